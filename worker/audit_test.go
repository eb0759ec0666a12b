package worker_test

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"phonebank"
	"phonebank/internal/testbank"
	"phonebank/store"
)

// Each promise that the auditor asks about is broken by hand, by writing the row that must never be, and is found, once.
func TestAudit_FindsEveryRowThatMustNeverBe(t *testing.T) {
	// A text as the claim leaves it: accepted, a minute ago.
	const text = `
		INSERT INTO outbox (id, state, follow_up_id, step, person_id, phone_id, from_number, to_number, body, automatic, token, sid, not_before, not_after, claimed_at, created_at)
		SELECT $1, 'accepted', NULL, 1, p.id, p.phone_id, '+12125550100', ph.number, 'Hi', false, $1, $1, $2::timestamptz, $2::timestamptz + interval '4 hours', $2, $2
		FROM people p JOIN phones ph ON ph.id = p.phone_id WHERE p.name = 'Walt Brandt'`
	const call = `
		INSERT INTO calls (id, kind, state, token, person_id, phone_id, from_number, to_number, created_at, placed_at)
		SELECT $1, 'outbound', 'ended', $1, p.id, p.phone_id, '+12125550100', ph.number, $2, $2
		FROM people p JOIN phones ph ON ph.id = p.phone_id WHERE p.name = 'Walt Brandt'`
	const promise = `
		INSERT INTO follow_ups (id, campaign_id, person_id, phone_id, channel, reason, state, local_wish, zone, due_at, not_after, created_at)
		SELECT $1, c.id, p.id, p.phone_id, 'text', 'asked', $3, '2026-11-24T17:00', 'America/New_York', $2, $2::timestamptz + interval '4 hours', $2
		FROM people p, campaigns c WHERE p.name = 'Walt Brandt'`
	type plant func(sql string, args ...any)
	for _, c := range []struct {
		promise string
		plant   func(do plant, at time.Time)
	}{
		{"text_after_stop", func(do plant, at time.Time) {
			do(`UPDATE phones SET opted_out_at = $1, opted_out_how = 'text'`, at.Add(-time.Minute))
			do(text, "A", at)
		}},
		{"call_after_stop", func(do plant, at time.Time) {
			do(`UPDATE phones SET opted_out_at = $1, opted_out_how = 'text'`, at.Add(-time.Minute))
			do(call, "A", at)
		}},
		{"promise_after_stop", func(do plant, at time.Time) {
			do(`UPDATE phones SET opted_out_at = $1, opted_out_how = 'text'`, at.Add(-time.Minute))
			do(promise, "A", at.Add(time.Hour), "planned")
		}},
		{"text_twice", func(do plant, at time.Time) {
			do(promise, "F", at, "done")
			do(text, "A", at.Add(-time.Minute))
			do(text, "B", at)
			do(`UPDATE outbox SET follow_up_id = 'F', step = CASE id WHEN 'A' THEN 1 ELSE 2 END`)
		}},
		{"text_too_late", func(do plant, at time.Time) {
			do(text, "A", at)
			do(`UPDATE outbox SET not_after = $1`, at.Add(-time.Second))
		}},
		{"text_over_cap", func(do plant, at time.Time) {
			for i, id := range []string{"A", "B", "C", "D"} {
				do(text, id, at.Add(time.Duration(i-4)*time.Minute))
			}
		}},
		{"call_over_cap", func(do plant, at time.Time) {
			for i, id := range []string{"A", "B", "C", "D"} {
				do(call, id, at.Add(time.Duration(i-4)*time.Minute))
			}
		}},
		{"text_unagreed", func(do plant, at time.Time) {
			do(text, "A", at)
			do(`UPDATE outbox SET automatic = true`)
		}},
		{"sent_in_pause", func(do plant, at time.Time) {
			do(`INSERT INTO pauses (at, by_user) SELECT $1, id FROM users LIMIT 1`, at.Add(-time.Minute))
			do(text, "A", at)
		}},
		{"number_held_twice", func(do plant, at time.Time) {
			do(call, "A", at)
			do(call, "B", at)
			do(`UPDATE calls SET state = 'ringing'`)
		}},
		{"promise_in_the_air", func(do plant, at time.Time) { do(promise, "A", at.Add(-time.Hour), "in_progress") }},
		{"unknown_in_silence", func(do plant, at time.Time) {
			do(text, "A", at.Add(-36*time.Minute))
			do(`UPDATE outbox SET state = 'unknown', sid = NULL`)
		}},
		{"outside_hours", func(do plant, at time.Time) {
			do(text, "A", at)
			do(`UPDATE people SET zone = 'Europe/Madrid'`)
			do(`UPDATE phones SET zones = 'Europe/Madrid'`)
		}},
	} {
		t.Run(c.promise, func(t *testing.T) {
			b := testbank.New(t, testbank.Options{NoLoops: true})
			b.Neighbor("Walt Brandt", "+12125550123")
			ok(t, b.Worker.Audit(ctx, b.Clock.Now()))
			if n := b.Count(`SELECT count(*) FROM findings`); n != 0 {
				t.Fatalf("%d findings in a clean bank", n)
			}
			// The database itself refuses some of these rows: they are what it cannot refuse in a restore or by hand.
			tx := b.Store.DB().MustBegin()
			tx.MustExec(`SET LOCAL session_replication_role = replica`)
			c.plant(func(sql string, args ...any) { tx.MustExec(sql, args...) }, b.Clock.Now())
			ok(t, tx.Commit())
			at := b.Clock.Now().Add(30 * time.Second)
			ok(t, b.Worker.Audit(ctx, at))
			var found []string
			ok(t, b.Store.DB().Select(&found, `SELECT DISTINCT promise FROM findings`))
			if !slices.Contains(found, c.promise) {
				t.Fatalf("found %v", found)
			}
			paused, err := b.Store.Paused(ctx)
			ok(t, err)
			if paused == nil || paused.Kind != store.AuditorPause && c.promise != "sent_in_pause" || paused.Why == "" {
				t.Fatalf("%+v", paused)
			}
			// A coordinator has looked: the same row does not stop everything again.
			ok(t, b.Store.LiftKind(ctx, store.AuditorPause, b.Coordinator.ID, at))
			ok(t, b.Store.Lift(ctx, b.Coordinator.ID, at))
			again, err := b.Store.Audit(ctx, at.Add(time.Minute))
			ok(t, err)
			if len(again) != 0 {
				t.Errorf("found again: %v", again)
			}
		})
		delete(left, c.promise)
	}
	if len(left) != 0 {
		t.Errorf("no bad row was planted for %v", left)
	}
}

// left are the promises for which nothing has been planted yet.
var left = func() map[string]bool {
	all := map[string]bool{}
	for _, p := range store.Promises() {
		all[p] = true
	}
	return all
}()

// A day in which everything goes as it should leaves the auditor nothing to say: talks, texts, a STOP, a lost answer, a pause.
func TestAudit_SaysNothingOfADayThatWentWell(t *testing.T) {
	b := testbank.New(t, testbank.Options{})
	for i := range 12 {
		p := b.Neighbor(fmt.Sprint("Neighbor ", i), fmt.Sprintf("+1646555%04d", i))
		ok(t, b.Store.GiveConsent(ctx, p.ID, p.PhoneID, "text_ok", "a talk", "May I text you?", "Dana", b.Clock.Now()))
		_, err := b.Diary.Promise(ctx, p.ID, b.Coordinator.ID, phonebank.Wish{Channel: phonebank.ByText, Reason: phonebank.ReasonBefore, InMinutes: 1 + i%3, Body: "See you Thursday."})
		ok(t, err)
		if i%4 == 0 {
			_, err := b.Sim.Text(fmt.Sprintf("+1646555%04d", i), testbank.Ours, []string{"STOP", "who is this?"}[i/4%2])
			ok(t, err)
		}
	}
	for range 20 {
		b.Clock.Advance(20 * time.Second)
		ok(t, b.Worker.Audit(ctx, b.Clock.Now()))
	}
	b.Until("every text has left or was cancelled", func() bool { return b.Count(`SELECT count(*) FROM outbox WHERE state IN ('ready', 'sending')`) == 0 })
	ok(t, b.Worker.Audit(ctx, b.Clock.Now()))
	var found []store.Finding
	ok(t, b.Store.DB().Select(&found, `SELECT promise, thing_id FROM findings`))
	if len(found) != 0 {
		t.Errorf("%v", found)
	}
}
