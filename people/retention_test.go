package people_test

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"phonebank"
	"phonebank/dialer"
	"phonebank/internal/testbank"
	"phonebank/people"
	"phonebank/simulator"
	"phonebank/store"
	"phonebank/texting"
)

func keeper(b *testbank.Bank, days int) *people.Keeper {
	return &people.Keeper{Store: b.Store, Twilio: b.Carrier, Now: b.Clock.Now, Days: days, Between: 24 * time.Hour}
}

// rows writes down every row of every table that holds one of these words.
func rows(t *testing.T, b *testbank.Bank, words ...string) (found []string) {
	t.Helper()
	var tables []string
	ok(t, b.Store.DB().Select(&tables, `SELECT table_name FROM information_schema.tables WHERE table_schema = 'public' AND table_type = 'BASE TABLE' ORDER BY 1`))
	for _, table := range tables {
		var lines []string
		ok(t, b.Store.DB().Select(&lines, `SELECT x::text FROM `+table+` x`))
		for _, line := range lines {
			if slices.ContainsFunc(words, func(w string) bool { return strings.Contains(strings.ToLower(line), w) }) {
				found = append(found, table+": "+line)
			}
		}
	}
	return found
}

// voicemail lets somebody ring in vain and leave a message.
func voicemail(t *testing.T, b *testbank.Bank, from, words string) {
	t.Helper()
	before := b.Count(`SELECT count(*) FROM calls WHERE recording_sid <> ''`)
	sid, err := b.Sim.Ring(from, testbank.Ours)
	ok(t, err)
	b.Until("the tone", func() bool {
		return slices.ContainsFunc(b.Sim.Transcript(), func(e simulator.Entry) bool { return e.SID == sid && e.Words == "(beep)" })
	})
	ok(t, b.Sim.Say(sid, words))
	b.Clock.Advance(30 * time.Second)
	b.Until("the recording", func() bool { return b.Count(`SELECT count(*) FROM calls WHERE recording_sid <> ''`) == before+1 })
}

// talk writes down a talk with every kind of words that one leaves behind.
func talk(t *testing.T, b *testbank.Bank, p phonebank.Person, user phonebank.UserID) {
	t.Helper()
	at := b.Clock.Now()
	c, err := b.Board.LogTalk(ctx, p.ID, user, at, dialer.Choice{})
	ok(t, err)
	raw, err := json.Marshal(map[string]any{"name": "their_stake", "value": "your canarystake lives here too"})
	ok(t, err)
	_, err = b.Board.Mark(ctx, c.ID, user, []phonebank.Event{{ID: phonebank.NewID[string](at), At: at, Type: "slot", Data: raw}})
	ok(t, err)
	loc, err := phonebank.Zone("America/New_York")
	ok(t, err)
	day := func(n int) string {
		return time.Date(at.In(loc).Year(), at.In(loc).Month(), at.In(loc).Day()+n, 15, 0, 0, 0, loc).Format(phonebank.LocalForm)
	}
	ok(t, b.Board.Wrap(ctx, c.ID, user, phonebank.Wrap{ID: phonebank.NewID[string](at), Outcome: phonebank.OutcomeCommitment, Answer: "clear_yes", Support: "strong_yes",
		Leader: phonebank.Leader{Flag: true, Why: "canaryleader"}, Commitment: &phonebank.Agreed{What: "canarypromise", By: day(9)},
		TextOK: &phonebank.TextOK{Words: "canaryconsent"}, Learned: []phonebank.Heard{{Tag: "place", Words: "canarylearned"}}, Barrier: "canarybarrier", Buddy: "canarybuddy",
		Note: "canarynote", FollowUps: []phonebank.Wish{{Channel: phonebank.ByText, Reason: phonebank.ReasonBefore, Local: day(8), Body: "canarytext"},
			{Channel: phonebank.ByCall, Reason: phonebank.ReasonFindOut, Local: day(1), Body: "canaryquestion"}}, Then: "break"}))
}

func text(t *testing.T, b *testbank.Bank, from, body string) {
	t.Helper()
	ok(t, b.Desk.Receive(ctx, texting.In{SID: fmt.Sprintf("SM%032x", b.Clock.Now().UnixNano()), From: phonebank.Number(from), To: testbank.Ours, Body: body, Zones: "America/New_York"}))
	b.Clock.Advance(time.Second)
}

func TestPurge_LeavesNothingButHashedOptOuts(t *testing.T) {
	b := testbank.New(t, testbank.Options{})
	gone := b.Neighbor("Canary Quiñones", "+16465550199")
	vesper, _ := b.Volunteer("Vesper Canary", "+12125550192")
	talk(t, b, gone, vesper.ID)
	voicemail(t, b, "+16465550199", "It's canaryvoice. Call me.")
	text(t, b, "+16465550199", "this is canarywords")
	text(t, b, "+16465550199", "STOP")
	text(t, b, "+13125550177", "who is this canarystranger")
	bring(t, b, "Name,Phone,Canary Quiñones's row\nRejected Canary,12,\n", "")
	stays := b.Neighbor("Walt Brandt", "+12125550123")
	if found := rows(t, b, "canary", "6465550199", "3125550177"); len(found) < 20 {
		t.Fatalf("only %d rows to forget, so this proves little: %v", len(found), found)
	}
	b.Clock.Advance(200 * 24 * time.Hour)
	text(t, b, "+12125550123", "still here")
	b.Clock.Advance(190 * 24 * time.Hour)

	done, err := keeper(b, 365).Purge(ctx)
	ok(t, err)
	if done != (store.Purged{Voicemails: 1, People: 1, Numbers: 2, Volunteers: 1}) {
		t.Errorf("purged %+v", done)
	}
	for _, row := range rows(t, b, "canary", "6465550199", "3125550177") {
		t.Errorf("still there: %s", row)
	}
	if n, err := b.Store.ForgottenNumbers(ctx); err != nil || n != 1 {
		t.Errorf("%d hashes are left: %v", n, err)
	}
	if p, err := b.Store.Person(ctx, stays.ID); err != nil || p.Name != "Walt Brandt" || b.Count(`SELECT count(*) FROM messages WHERE body = 'still here'`) != 1 {
		t.Errorf("somebody who wrote to us half a year ago was forgotten: %+v %v", p, err)
	}
	again, err := keeper(b, 365).Purge(ctx)
	ok(t, err)
	if again != (store.Purged{}) {
		t.Errorf("a second run removed %+v", again)
	}

	bring(t, b, "Name,Phone\nXiomara Again,(646) 555-0199\n", "a new list")
	if n := b.Count(`SELECT count(*) FROM phones WHERE number = '+16465550199' AND opted_out_at IS NOT NULL`); n != 1 {
		t.Error("who said no before they were forgotten can be called again")
	}
	back, err := b.Store.FindPeople(ctx, "Xiomara Again", "", 1)
	ok(t, err)
	ok(t, b.Store.InTx(ctx, func(tx *store.Tx) error {
		return tx.OptIn(ctx, back[0].PhoneID, "person", "they asked us to", store.By{User: b.Coordinator.ID}, b.Clock.Now())
	}))
	b.Clock.Advance(400 * 24 * time.Hour)
	if _, err := keeper(b, 365).Purge(ctx); err != nil {
		t.Error(err)
	}
	if n, err := b.Store.ForgottenNumbers(ctx); err != nil || n != 0 {
		t.Errorf("they took their no back, and %d hashes are left: %v", n, err)
	}
}

func TestPurge_NobodyIsForgottenWhileSomethingIsToCome(t *testing.T) {
	b := testbank.New(t, testbank.Options{NoLoops: true})
	promised := b.Neighbor("Promised", "+12125550121")
	b.Neighbor("Untouched", "+12125550122")
	loc, err := phonebank.Zone("America/New_York")
	ok(t, err)
	spring := b.Clock.Now().In(loc).AddDate(0, 6, 0).Format("2006-01-02") + "T15:00"
	_, err = b.Diary.Promise(ctx, promised.ID, b.Coordinator.ID, phonebank.Wish{Channel: phonebank.ByCall, Reason: "revisit", Local: spring})
	ok(t, err)
	b.Clock.Advance(100 * 24 * time.Hour)
	done, err := keeper(b, 90).Purge(ctx)
	ok(t, err)
	if done.People != 1 || b.Count(`SELECT count(*) FROM people WHERE name = 'Promised'`) != 1 {
		t.Errorf("purged %+v", done)
	}
	if done, err = keeper(b, 0).Purge(ctx); err != nil || done.People != 0 {
		t.Errorf("without a number of days nobody is forgotten: %+v %v", done, err)
	}
}

// A voicemail is kept for thirty days, here and at Twilio; what Twilio could not remove is tried again.
func TestPurge_VoicemailsGoAtTwilioToo(t *testing.T) {
	b := testbank.New(t, testbank.Options{})
	b.Neighbor("Walt Brandt", "+12125550123")
	voicemail(t, b, "+12125550123", "It's Walt. Call me.")
	var sid string
	ok(t, b.Store.DB().Get(&sid, `SELECT recording_sid FROM calls WHERE recording_sid <> ''`))
	b.Clock.Advance(29 * 24 * time.Hour)
	if done, err := keeper(b, 0).Purge(ctx); err != nil || done.Voicemails != 0 {
		t.Fatalf("after 29 days: %+v %v", done, err)
	}
	b.Clock.Advance(2 * 24 * time.Hour)
	b.Sim.Fault(simulator.Rule{Side: simulator.SideAPI, Op: "recordings.delete", Do: simulator.DoServerError, Count: 1})
	if _, err := keeper(b, 0).Purge(ctx); phonebank.KindOf(err) != phonebank.Unavailable {
		t.Errorf("Twilio did not remove it: %v", err)
	}
	if n := b.Count(`SELECT count(*) FROM calls WHERE recording_sid <> ''`); n != 1 {
		t.Error("a voicemail that is still at Twilio was forgotten")
	}
	if done, err := keeper(b, 0).Purge(ctx); err != nil || done.Voicemails != 1 {
		t.Errorf("the next run: %+v %v", done, err)
	}
	if sound, _, err := b.Carrier.Recording(ctx, sid); err == nil {
		_ = sound.Close()
		t.Error("it can still be heard at Twilio")
	}
}

// Several workers ask every few minutes; of a day's asking one purges.
func TestPurge_OnceADayWhoeverAsks(t *testing.T) {
	b := testbank.New(t, testbank.Options{NoLoops: true})
	for range 3 {
		ok(t, keeper(b, 0).Tick(ctx))
	}
	b.Clock.Advance(25 * time.Hour)
	for range 3 {
		ok(t, keeper(b, 0).Tick(ctx))
	}
	if n := b.Count(`SELECT count(*) FROM purges`); n != 2 {
		t.Errorf("%d runs in two days", n)
	}
}

// Nothing points at somebody who is gone either: not a suggestion, a ruling, a place in a wave, a text that nobody knows the
// outcome of, what the auditor found about them, or a card that closed.
func TestPurge_NoRowNamesSomebodyWhoIsGone(t *testing.T) {
	b := testbank.New(t, testbank.Options{NoLoops: true})
	gone := b.Neighbor("Canary", "+16465550199")
	user, shift := b.Volunteer("Vesper", "+12125550192")
	talk(t, b, gone, user.ID)
	text(t, b, "+16465550199", "stop bothering me with this")
	var refusal string
	ok(t, b.Store.DB().Get(&refusal, `SELECT id FROM refusals`))
	ok(t, b.Desk.Rule(ctx, gone.PhoneID, b.Coordinator.ID, false, "she meant the landlord"))
	ids := map[string]string{}
	plant := func(what, query string, args ...any) {
		t.Helper()
		var id string
		ok(t, b.Store.DB().Get(&id, query, args...))
		ids[what] = id
	}
	at := b.Clock.Now()
	plant("message", `SELECT id FROM messages WHERE direction = 'in'`)
	plant("text to come", `SELECT id FROM follow_ups WHERE channel = 'text' LIMIT 1`)
	plant("suggestion", `INSERT INTO suggestions (id, message_id, person_id, phone_id, follow_up_id, kind, state, at)
		VALUES ('01SUGGESTION', $1, $2, $3, $4, 'ask', 'open', $5) RETURNING id`, ids["message"], gone.ID, gone.PhoneID, ids["text to come"], at)
	plant("wave", `INSERT INTO waves (id, campaign_id, name, state, created_by, created_at) VALUES ('01WAVE', $1, 'Spring', 'done', $2, $3) RETURNING id`, b.Campaign.ID, b.Coordinator.ID, at)
	plant("member", `INSERT INTO wave_members (wave_id, person_id, phone_id, follow_up_id, state) VALUES ('01WAVE', $1, $2, $3, 'over') RETURNING person_id`, gone.ID, gone.PhoneID, ids["text to come"])
	plant("unsure", `INSERT INTO outbox (id, state, person_id, phone_id, user_id, from_number, to_number, body, token, not_before, not_after, claimed_at, asked_at, created_at)
		VALUES ('01UNSURE', 'unknown', $1, $2, $3, $4, '+16465550199', 'canarytext', 'canarytoken', $5, $5, $5, $5, $5) RETURNING id`, gone.ID, gone.PhoneID, user.ID, testbank.Ours, at)
	plant("finding", `INSERT INTO findings (promise, thing_id, at) VALUES ('text_too_late', '01UNSURE', $1) RETURNING thing_id`, at)
	plant("held twice", `INSERT INTO findings (promise, thing_id, at) VALUES ('number_held_twice', $1, $2) RETURNING thing_id`, gone.PhoneID, at)
	plant("closed card", `UPDATE shifts SET closed_person_id = $2, closed_follow_up_id = $3 WHERE id = $1 RETURNING closed_person_id`, shift.ID, gone.ID, ids["text to come"])
	plant("talk", `SELECT id FROM conversations`)
	plant("promise", `SELECT id FROM commitments`)
	_, err := b.Store.DB().Exec(`UPDATE follow_ups SET state = 'cancelled'`) // nothing is to come any more
	ok(t, err)
	words := []string{strings.ToLower(string(gone.ID)), strings.ToLower(string(gone.PhoneID)), strings.ToLower(refusal), "canary"}
	for what, id := range ids {
		if what != "wave" {
			words = append(words, strings.ToLower(id))
		}
	}

	b.Clock.Advance(400 * 24 * time.Hour)
	done, err := keeper(b, 365).Purge(ctx)
	ok(t, err)
	if done.People != 1 || done.Numbers != 1 {
		t.Fatalf("purged %+v", done)
	}
	for _, row := range rows(t, b, words...) {
		t.Errorf("still there: %s", row)
	}
	if b.Count(`SELECT count(*) FROM waves WHERE id = '01WAVE'`) != 1 || b.Count(`SELECT count(*) FROM shifts`) != 1 {
		t.Error("what others did went with them")
	}
}

// Whatever is added to the schema about a person must be forgotten with them.
func TestPurge_KnowsEveryTableAboutAPerson(t *testing.T) {
	b := testbank.New(t, testbank.Options{NoLoops: true})
	var tables []string
	ok(t, b.Store.DB().Select(&tables, `
		SELECT DISTINCT c.table_name FROM information_schema.columns c JOIN information_schema.tables t USING (table_schema, table_name)
		WHERE c.table_schema = 'public' AND t.table_type = 'BASE TABLE' AND c.column_name IN ('person_id', 'phone_id', 'conversation_id', 'message_id') ORDER BY 1`))
	for _, table := range tables {
		if table == "shifts" { // it only points at who is on the screen, and is emptied
			continue
		}
		if !slices.ContainsFunc(store.ForgottenBy, func(f struct{ Table, Where string }) bool { return f.Table == table }) {
			t.Errorf("%s holds something about a person, and a purge leaves it", table)
		}
	}
}

// Somebody writes after they were listed and before they are forgotten: they stay, with what they wrote.
func TestPurge_WhoeverWritesMeanwhileStays(t *testing.T) {
	b := testbank.New(t, testbank.Options{NoLoops: true})
	p := b.Neighbor("Walt Brandt", "+12125550123")
	b.Clock.Advance(400 * 24 * time.Hour)
	before := b.Clock.Now().AddDate(0, 0, -365)
	listed, err := b.Store.Forgettable(ctx, before, "", 100)
	ok(t, err)
	if !slices.Contains(listed, string(p.ID)) {
		t.Fatalf("nobody to forget: %v", listed)
	}
	ok(t, b.Desk.Receive(ctx, texting.In{SID: "SM00000000000000000000000000000001", From: "+12125550123", To: testbank.Ours, Body: "I am back, call me"}))
	ok(t, b.Store.InTx(ctx, func(tx *store.Tx) error {
		people, _, err := tx.ForgetPeople(ctx, before, []string{string(p.ID)})
		if people != 0 {
			t.Errorf("%d people were forgotten", people)
		}
		return err
	}))
	if n := b.Count(`SELECT count(*) FROM messages WHERE person_id = $1`, p.ID); n != 1 {
		t.Errorf("%d texts are left of them", n)
	}
}
