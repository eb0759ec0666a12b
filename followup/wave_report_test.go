package followup_test

import (
	"fmt"
	"testing"
	"time"

	"phonebank"
	"phonebank/store"
)

// A small world in which everything can be counted on one's fingers: nine people, of whom a wave of calls takes seven.
func TestWaveReport_CountsWhatAPersonCounts(t *testing.T) {
	w := newWorld(t)
	people := map[string]phonebank.Person{}
	for _, name := range []string{"Yes", "Kept", "No", "Later", "Silent", "Stops", "Left", "Blocked"} {
		people[name] = w.person(name)
	}
	w.person("Asleep", func(p *store.NewPerson) { p.Zone = "Europe/Madrid" })
	_, err := w.Store.DB().Exec(`UPDATE phones SET opted_out_at = $2 WHERE id = $1`, people["Blocked"].PhoneID, w.Clock.Now())
	ok(t, err)
	before := w.talk(people["Kept"], 30, phonebank.OutcomeCommitment, phonebank.KindRecruitment, "green", "ask")
	old := w.promise(people["Kept"], before, -1)
	settledBefore := w.promise(people["Kept"], before, -9)
	w.settle(settledBefore, "missed") // before the wave: none of its doing
	w.Clock.Advance(time.Minute)

	wave := w.calls("Check in", phonebank.WaveFilter{})
	ok(t, w.Diary.LaunchWave(ctx, wave.ID, w.Coordinator.ID))
	ok(t, w.Diary.TickWaves(ctx))
	w.Clock.Advance(10 * time.Minute)
	row := func(name string) (id string) {
		t.Helper()
		ok(t, w.Store.DB().Get(&id, `SELECT id FROM follow_ups WHERE person_id = $1 AND wave_id = $2`, people[name].ID, wave.ID))
		return id
	}
	ring := func(name string, times int) {
		t.Helper()
		for i := range times {
			_, err := w.Store.DB().Exec(`INSERT INTO calls (id, kind, state, result, token, person_id, follow_up_id, from_number, to_number, created_at, placed_at, ended_at)
				VALUES ($1, 'outbound', 'ended', 'no_answer', $1, $2, $3, '', '', $4, $4, $4)`, fmt.Sprint(name, i), people[name].ID, row(name), w.Clock.Now())
			ok(t, err)
		}
	}
	ring("Silent", 3)
	ring("Left", 2)
	yes := w.talk(people["Yes"], 0, phonebank.OutcomeCommitment, phonebank.KindMaintenance, "green", "ask")
	w.promise(people["Yes"], yes, 5)
	w.talk(people["No"], 0, phonebank.OutcomeNoThanks, phonebank.KindMaintenance, "not_now", "ask")
	w.talk(people["Kept"], 0, phonebank.OutcomeConnected, phonebank.KindMaintenance, "green", "ask")
	w.settle(old, "kept")
	w.talk(people["Later"], 0, phonebank.OutcomeCallback, phonebank.KindMaintenance, "", "hello")
	ok(t, w.Store.InTx(ctx, func(tx *store.Tx) error {
		_, err := tx.OptOut(ctx, people["Stops"].PhoneID, "text", "Stop", store.By{}, w.Clock.Now())
		return err
	}))
	_, err = w.Store.DB().Exec(`UPDATE follow_ups SET state = 'done' WHERE wave_id = $1 AND person_id = ANY(ARRAY[$2, $3, $4])`, wave.ID, people["Yes"].ID, people["No"].ID, people["Kept"].ID)
	ok(t, err)
	ok(t, w.Diary.FinishWave(ctx, wave.ID, w.Coordinator.ID))
	w.Clock.Advance(time.Hour)
	after := w.talk(people["Left"], 0, phonebank.OutcomeCommitment, phonebank.KindMaintenance, "green", "ask") // the wave is over
	w.promise(people["Left"], after, 5)

	r, err := w.Store.WaveReport(ctx, wave.ID)
	ok(t, err)
	outcomes := fmt.Sprint(r.Outcomes)
	left := fmt.Sprint(r.LeftOut)
	r.Outcomes, r.LeftOut = nil, nil
	want := store.WaveReport{Found: 9, Size: 7, Reached: 3, NotReached: 1, LetGo: 1, Open: 2, Talks: 3, Made: 1, Kept: 1, Ahead: 1, NoThanks: 1, Later: 1}
	if fmt.Sprintf("%+v", r) != fmt.Sprintf("%+v", want) {
		t.Errorf("the report says\n%+v, counted by hand it is\n%+v", r, want)
	}
	if outcomes != "map[callback:1 commitment:1 connected:1 no_thanks:1]" || left != "map[hours:1 opt_out:1]" {
		t.Errorf("outcomes %s, left out %s", outcomes, left)
	}
	if r.Reached+r.NotReached+r.LetGo+r.Open != r.Size {
		t.Error("the parts are not the whole")
	}
	promises, err := w.Store.PromisesOfWaves(ctx, []phonebank.WaveID{wave.ID})
	ok(t, err)
	if got := promises[wave.ID]; got != (store.WavePromises{WaveID: wave.ID, Kept: r.Kept, Partly: r.Partly, Missed: r.Missed, Moved: r.Moved, LetGoOf: r.LetGoOf}) || got.Kept != 1 {
		t.Errorf("the list says %+v of its promises, the report %+v", got, r)
	}
	lines, err := w.Store.Waves(ctx, w.Campaign.ID, 10)
	ok(t, err)
	if len(lines) != 1 || lines[0].Done != 3 || lines[0].Due != 0 || lines[0].Session != "Check in" || lines[0].SessionState != phonebank.SessionOpen {
		t.Errorf("on the list it reads %+v", lines)
	}
	list, err := w.Store.WavePeople(ctx, wave.ID, "", 10)
	ok(t, err)
	for _, p := range list {
		switch {
		case p.Name == "Silent" && (p.Tries != 3 || p.Row != phonebank.FollowUpCancelled):
			t.Errorf("Silent reads %+v", p)
		case p.Name == "Yes" && (p.Outcome != phonebank.OutcomeCommitment || p.Row != phonebank.FollowUpDone || p.State != phonebank.MemberOver):
			t.Errorf("Yes reads %+v", p)
		case p.Name == "Stops" && (p.State != phonebank.MemberLeft || p.Left != phonebank.LeftOutStop):
			t.Errorf("Stops reads %+v", p)
		}
	}
}

// Who writes back to a wave's text was reached by it.
func TestWaveReport_AnAnswerToATextCounts(t *testing.T) {
	w := newWorld(t)
	w.person("Ana")
	w.person("Bo")
	wave := w.texts("Check in", "Hi {first_name}, how did it go?", phonebank.WaveFilter{})
	ok(t, w.Diary.LaunchWave(ctx, wave.ID, w.Coordinator.ID))
	ok(t, w.Diary.TickWaves(ctx))
	var drafts []phonebank.OutboxID
	ok(t, w.Store.DB().Select(&drafts, `SELECT id FROM outbox ORDER BY id`))
	for _, id := range drafts {
		ok(t, w.Desk.Press(ctx, id, "", w.Coordinator.ID))
	}
	w.Clock.Advance(time.Minute)
	_, err := w.Store.ReceiveTexts(ctx, []store.Inbound{{SID: "SM0123456789abcdef0123456789abcdef", From: "+12125560001", To: w.Campaign.Number, Body: "Good!", At: w.Clock.Now()}})
	ok(t, err)
	r, err := w.Store.WaveReport(ctx, wave.ID)
	ok(t, err)
	if r.Sent != 2 || r.Reached != 1 || r.Open != 1 || r.Talks != 0 {
		t.Errorf("the report says %+v", r)
	}
	p, err := w.Store.WaveProgress(ctx, wave.ID)
	ok(t, err)
	if p.Sent != 2 || p.Reached != 1 || p.DraftsWaiting != 0 || p.Waiting != 0 {
		t.Errorf("the progress says %+v", p)
	}
}
