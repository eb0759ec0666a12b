package worker_test

import (
	"fmt"
	"testing"
	"time"

	"phonebank"
	"phonebank/dialer"
	"phonebank/internal/testbank"
	"phonebank/simulator"
	"phonebank/texting"
)

// lost lets none of Twilio's webhooks about what comes in reach us.
func lost(b *testbank.Bank) {
	for _, op := range []string{"inbound-message", "voice", "recording-status", "call-status"} {
		b.Sim.Fault(simulator.Rule{Side: simulator.SideWebhook, Op: op, Do: simulator.DoLost})
	}
}

func TestFetch_TextsWhoseWebhooksWereLostArriveOnceAndInOrder(t *testing.T) {
	b := testbank.New(t, testbank.Options{NoLoops: true})
	p := b.Neighbor("Walt Brandt", "+12125550123")
	b.Neighbor("Rosa Diaz", "+12125550124")
	_ = mustRemind(t, b, p, "See you Thursday.")
	b.FetchFromNow()
	lost(b)
	wrote := b.Clock.Now()
	for i, words := range []string{"who is this", "is it about the heat", "ok thanks"} {
		_, err := b.Sim.Text("+12125550124", testbank.Ours, words)
		ok(t, err)
		b.Clock.Advance(time.Duration(20+i) * time.Second)
	}
	_, err := b.Sim.Text("+12125550123", testbank.Ours, "STOP")
	ok(t, err)
	_, err = b.Sim.Text("+14155550142", testbank.Ours, "wrong number?")
	ok(t, err)
	b.Clock.Advance(6 * time.Minute)
	if n := b.Count(`SELECT count(*) FROM messages WHERE direction = 'in'`); n != 0 {
		t.Fatalf("%d texts came by webhooks that were to be lost", n)
	}
	for range 3 { // a repeat changes nothing
		ok(t, b.Worker.Fetch(ctx))
	}
	if n := b.Count(`SELECT count(*) FROM messages WHERE direction = 'in'`); n != 5 {
		t.Errorf("%d of 5 texts", n)
	}
	var bodies []string
	ok(t, b.Store.DB().Select(&bodies, `SELECT body FROM messages WHERE from_number = '+12125550124' ORDER BY at`))
	if fmt.Sprint(bodies) != "[who is this is it about the heat ok thanks]" {
		t.Errorf("%v", bodies)
	}
	var at time.Time
	ok(t, b.Store.DB().Get(&at, `SELECT min(at) FROM messages WHERE from_number = '+12125550124'`))
	if d := at.Sub(wrote).Abs(); d > 2*time.Second {
		t.Errorf("the first is kept %s away from when it was written", d)
	}
	phone, err := b.Store.Phone(ctx, p.PhoneID)
	ok(t, err)
	if left := b.Count(`SELECT count(*) FROM follow_ups WHERE state <> 'cancelled'`); phone.OptedOutAt == nil || left != 0 {
		t.Errorf("a STOP that was fetched: %v, %d promises left", phone.OptedOutAt, left)
	}
	waiting, err := b.Store.WaitingThreads(ctx, "")
	ok(t, err)
	if len(waiting) != 2 {
		t.Errorf("%d threads wait, want Rosa's and the unknown number's", len(waiting))
	}
	if n := b.Count(`SELECT count(*) FROM outbox WHERE legal`); n != 0 {
		t.Errorf("%d answers to a keyword of six minutes ago", n)
	}
}

func mustRemind(t *testing.T, b *testbank.Bank, p phonebank.Person, words string) phonebank.FollowUp {
	t.Helper()
	ok(t, b.Store.GiveConsent(ctx, p.ID, p.PhoneID, "text_ok", "a talk", "May I text you?", "Dana", b.Clock.Now()))
	f, err := b.Diary.Promise(ctx, p.ID, b.Coordinator.ID, phonebank.Wish{Channel: phonebank.ByText, Reason: phonebank.ReasonBefore, InMinutes: 1, Body: words})
	ok(t, err)
	return f
}

func TestFetch_ACallThatMetADeadLineIsCalledBack(t *testing.T) {
	b := testbank.New(t, testbank.Options{NoLoops: true})
	p := b.Neighbor("Walt Brandt", "+12125550123")
	b.FetchFromNow()
	lost(b)
	_, err := b.Sim.Ring("+12125550123", testbank.Ours)
	ok(t, err)
	_, err = b.Sim.Ring("+14155550142", testbank.Ours)
	ok(t, err)
	b.Clock.Advance(7 * time.Minute)
	for range 2 {
		ok(t, b.Worker.Fetch(ctx))
	}
	calls := b.Count(`SELECT count(*) FROM calls WHERE kind = 'inbound' AND state = 'ended'`)
	owed := b.Count(`SELECT count(*) FROM follow_ups WHERE reason = 'returned_call' AND state = 'planned'`)
	if calls != 2 || owed != 2 || b.Count(`SELECT count(*) FROM follow_ups WHERE person_id = $1`, p.ID) != 1 {
		t.Errorf("%d calls, %d callbacks; want two of each", calls, owed)
	}
}

func TestFetch_WhoeverHasTalkedWithUsSinceIsNotCalledBack(t *testing.T) {
	b := testbank.New(t, testbank.Options{NoLoops: true})
	p := b.Neighbor("Walt Brandt", "+12125550123")
	b.FetchFromNow()
	lost(b)
	_, err := b.Sim.Ring("+12125550123", testbank.Ours)
	ok(t, err)
	b.Clock.Advance(2 * time.Minute)
	at := b.Clock.Now()
	_, err = b.Store.DB().Exec(`INSERT INTO calls (id, kind, state, token, person_id, phone_id, from_number, to_number, created_at, placed_at, answered_at, ended_at)
		VALUES ('A', 'outbound', 'ended', 'T', $1, $2, $3, '+12125550123', $4, $4, $4, $4)`, p.ID, p.PhoneID, testbank.Ours, at)
	ok(t, err)
	b.Clock.Advance(5 * time.Minute)
	ok(t, b.Worker.Fetch(ctx))
	if owed := b.Count(`SELECT count(*) FROM follow_ups`); owed != 0 || b.Count(`SELECT count(*) FROM calls WHERE kind = 'inbound'`) != 1 {
		t.Errorf("%d callbacks to somebody who has been on the line since", owed)
	}
}

func TestFetch_AVoicemailWhoseReportWasLostIsHeard(t *testing.T) {
	b := testbank.New(t, testbank.Options{NoLoops: true})
	b.Neighbor("Walt Brandt", "+12125550123")
	b.Sim.Person("+12125550123", simulator.Behaviour{Talks: []string{"Call me about the heat"}, HangsUpAfter: 5 * time.Second})
	b.Sim.Fault(simulator.Rule{Side: simulator.SideWebhook, Op: "recording-status", Do: simulator.DoLost})
	b.FetchFromNow()
	_, err := b.Sim.Ring("+12125550123", testbank.Ours)
	ok(t, err)
	b.Until("the caller has left a message", func() bool {
		b.Clock.Advance(time.Second)
		list, err := b.Carrier.Voicemails(ctx, testbank.Tuesday)
		return err == nil && len(list) == 1
	})
	if n := b.Count(`SELECT count(*) FROM calls WHERE recording_sid <> ''`); n != 0 {
		t.Fatal("its report was to be lost")
	}
	b.Clock.Advance(5 * time.Minute)
	for range 2 {
		ok(t, b.Worker.Fetch(ctx))
	}
	if n := b.Count(`SELECT count(*) FROM calls WHERE kind = 'inbound' AND recording_sid <> '' AND result = 'voicemail'`); n != 1 {
		t.Errorf("%d voicemails", n)
	}
}

// P18: an outage, in which somebody says STOP and their reminder comes due. Nothing leaves before what came in is fetched, and then
// there is nothing left to leave.
func TestOutage_NothingLeavesBeforeWhatCameInIsFetched(t *testing.T) {
	b := testbank.New(t, testbank.Options{NoLoops: true})
	stops, stays := b.Neighbor("Walt Brandt", "+12125550123"), b.Neighbor("Rosa Diaz", "+12125550124")
	mustRemind(t, b, stops, "See you Thursday.")
	mustRemind(t, b, stays, "See you Thursday.")
	b.FetchFromNow()
	lost(b)
	_, err := b.Sim.Text("+12125550123", testbank.Ours, "STOP")
	ok(t, err)
	b.Clock.Advance(3 * time.Minute) // nobody served webhooks meanwhile
	deliverAll := func() {
		t.Helper()
		var due []struct {
			ID         phonebank.OutboxID
			Generation int
		}
		ok(t, b.Store.DB().Select(&due, `SELECT id, generation FROM outbox WHERE state = 'ready'`))
		for _, o := range due {
			ok(t, b.Desk.Deliver(ctx, o.ID, o.Generation))
		}
	}
	deliverAll()
	ok(t, b.Store.Beat(ctx, b.Clock.Now(), false)) // we are back, and what came in is not here yet
	deliverAll()
	ok(t, b.Worker.Sweep(ctx))
	if n := b.Count(`SELECT count(*) FROM outbox WHERE claimed_at IS NOT NULL`); n != 0 || len(b.Sent("+12125550124")) != 0 {
		t.Fatalf("%d texts left before what came in was fetched", n)
	}
	ok(t, b.Worker.FetchWhenDue(ctx))
	deliverAll()
	if sent := b.Sent("+12125550123"); len(sent) != 0 {
		t.Errorf("after STOP: %v", sent)
	}
	if sent := b.Sent("+12125550124"); len(sent) != 1 {
		t.Errorf("who said nothing has %d texts of 1", len(sent))
	}
	if n := b.Count(`SELECT count(*) FROM outbox WHERE state = 'cancelled'`); n != 1 {
		t.Errorf("%d texts cancelled by the STOP", n)
	}
}

// What makes the watermark stale, one by one, and that a text of a stale moment stays ready.
func TestWatermark_IsStaleAfterEveryKindOfOutage(t *testing.T) {
	for _, c := range []struct {
		what string
		do   func(t *testing.T, b *testbank.Bank)
	}{
		{"nobody has served webhooks for a minute", func(_ *testing.T, b *testbank.Bank) { b.Clock.Advance(61 * time.Second) }},
		{"a process has just started to serve them", func(t *testing.T, b *testbank.Bank) { ok(t, b.Store.Beat(ctx, b.Clock.Now(), true)) }},
		{"the last fetch is a quarter of an hour old", func(t *testing.T, b *testbank.Bank) {
			for range 15 {
				b.Clock.Advance(50 * time.Second)
				ok(t, b.Store.Beat(ctx, b.Clock.Now(), false))
			}
		}},
		{"Twilio does not answer us", func(t *testing.T, b *testbank.Bank) {
			b.Clock.Advance(time.Second)
			b.Sim.Fault(simulator.Rule{Side: simulator.SideAPI, Op: "messages.list", Do: simulator.DoUnavailable, Count: 1})
			if err := b.Worker.Fetch(ctx); err == nil {
				t.Error("a fetch without an answer went well")
			}
		}},
		{"Postgres has been started anew", func(t *testing.T, b *testbank.Bank) {
			_, err := b.Store.DB().Exec(`UPDATE watermark SET postgres_since = postgres_since - interval '1 hour'`)
			ok(t, err)
		}},
	} {
		t.Run(c.what, func(t *testing.T) {
			b := testbank.New(t, testbank.Options{NoLoops: true})
			p := b.Neighbor("Walt Brandt", "+12125550123")
			b.FetchFromNow()
			if mark, err := b.Store.Watermark(ctx, b.Clock.Now()); err != nil || !mark.Fresh {
				t.Fatalf("fresh at first: %v %v", mark.Fresh, err)
			}
			c.do(t, b)
			draft := texting.Draft{Nonce: phonebank.NewID[string](b.Clock.Now()), PersonID: p.ID, UserID: b.Coordinator.ID, Body: "It's Dana."}
			o, err := b.Desk.Send(ctx, draft)
			ok(t, err)
			if o.State != phonebank.OutboxReady || len(b.Sent("+12125550123")) != 0 {
				t.Fatalf("the text is %s", o.State)
			}
			b.Clock.Advance(time.Second)
			ok(t, b.Store.Beat(ctx, b.Clock.Now(), false))
			ok(t, b.Worker.FetchWhenDue(ctx))
			due, err := b.Desk.Due(ctx, 10)
			ok(t, err)
			if len(due) != 1 {
				t.Fatalf("%d texts are rung for at once", len(due))
			}
			ok(t, b.Desk.Deliver(ctx, phonebank.OutboxID(due[0].ID), due[0].Generation))
			if sent := b.Sent("+12125550123"); len(sent) != 1 {
				t.Errorf("%d texts after the fetch", len(sent))
			}
		})
	}
}

// A volunteer's own press waits for the fetch and then goes on by itself; nobody is rung before.
func TestOutage_ACallWaitsForTheFetchAndGoesOnByItself(t *testing.T) {
	b := testbank.New(t, testbank.Options{})
	b.Neighbor("Walt Brandt", "+12125550123")
	_, s := b.Connected("Dana", testbank.VolunteerPhone)
	ok(t, b.Board.Ready(ctx, s.ID))
	s = b.AwaitShift(s.ID, func(s phonebank.Shift) bool { return s.State == phonebank.ShiftReserved })
	b.Sim.Fault(simulator.Rule{Side: simulator.SideAPI, Op: "messages.list", Do: simulator.DoUnavailable})
	_, err := b.Store.DB().Exec(`UPDATE watermark SET outage_until = $1`, b.Clock.Now().Add(-time.Second))
	ok(t, err)
	_, err = b.Store.DB().Exec(`UPDATE watermark SET fetched_through = $1`, b.Clock.Now().Add(-20*time.Second))
	ok(t, err)
	b.Until("Twilio was asked in vain", func() bool {
		return b.Count(`SELECT count(*) FROM watermark WHERE fetched_through < outage_until`) == 1
	})
	_, err = b.Board.Call(ctx, s.ID, phonebank.NewID[string](b.Clock.Now()), dialer.Choice{})
	ok(t, err)
	if n := b.Count(`SELECT count(*) FROM calls WHERE kind = 'outbound' AND state = 'reserved'`); n != 1 {
		t.Fatalf("%d calls wait", n)
	}
	b.Until("two rounds more that got no answer", func() bool {
		asked := 0
		for _, e := range b.Sim.Transcript() {
			if e.Op == "messages.list" {
				asked++
			}
		}
		return asked > 5
	})
	if n := b.Count(`SELECT count(*) FROM calls WHERE kind = 'outbound' AND placed_at IS NOT NULL`); n != 0 {
		t.Fatal("somebody was rung before what came in was fetched")
	}
	b.Sim.ClearFaults()
	b.Until("the call is placed by itself", func() bool {
		return b.Count(`SELECT count(*) FROM calls WHERE kind = 'outbound' AND placed_at IS NOT NULL`) == 1
	})
}

// Two processes at once: one fetches, the other goes on.
func TestFetch_OneProcessAtATime(t *testing.T) {
	b := testbank.New(t, testbank.Options{NoLoops: true})
	b.Clock.Advance(time.Hour)
	b.FetchFromNow()
	b.Clock.Advance(10 * time.Minute)
	b.Sim.Fault(simulator.Rule{Side: simulator.SideAPI, Op: "messages.list", Do: simulator.DoSlow, Delay: time.Second})
	done := make(chan error, 4)
	for range 4 {
		go func() { done <- b.Worker.FetchWhenDue(ctx) }()
	}
	for range 4 {
		ok(t, <-done)
	}
	asked := 0
	for _, e := range b.Sim.Transcript() {
		if e.Op == "messages.list" && e.At.After(b.Clock.Now().Add(-9*time.Minute)) {
			asked++
		}
	}
	if asked > 2 {
		t.Errorf("Twilio was asked %d times", asked)
	}
}
