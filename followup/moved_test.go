package followup_test

import (
	"testing"

	"phonebank"
)

// They can't and ask for a call, which takes the check-in off; then it moves: the new day has its reminder, its check-in and
// the call that follows where nobody answers.
func TestMoveOn_PlansTheCheckInAnewThatFellWithTheOldDay(t *testing.T) {
	p := agree(t)
	p.at("2026-12-02T18:00")
	p.writes("can't, call me Friday at 6")
	_, err := p.Diary.Confirm(ctx, p.suggested().ID, p.dana.ID, "")
	ok(t, err)
	moved, err := p.Diary.MoveOn(ctx, p.commitment().ID, p.dana.ID, "2026-12-10T18:30")
	ok(t, err)
	for reason, local := range map[phonebank.Reason]string{phonebank.ReasonBefore: "2026-12-09T18:00", phonebank.ReasonAfter: "2026-12-11T18:00"} {
		if n := p.Count(`SELECT count(*) FROM follow_ups WHERE commitment_id = $1 AND reason = $2 AND local_wish = $3 AND state = 'planned' AND automatic`, moved.ID, reason, local); n != 1 {
			t.Errorf("%d of %s at %s are planned", n, reason, local)
		}
	}
	p.at("2026-12-09T18:00")
	p.at("2026-12-11T18:00")
	p.at("2026-12-12T18:01")
	if n := p.Count(`SELECT count(*) FROM follow_ups WHERE commitment_id = $1 AND reason = 'unanswered_text'`, moved.ID); n != 1 {
		t.Errorf("%d calls follow a check-in that nobody answered", n)
	}
}

func TestMoveOn_AfterAMissAndWhatSomebodyTookOff(t *testing.T) {
	planned := func(p *promise, id phonebank.CommitmentID) int {
		return p.Count(`SELECT count(*) FROM follow_ups WHERE commitment_id = $1 AND reason = 'after_commitment' AND state = 'planned'`, id)
	}
	p := agree(t)
	p.at("2026-12-03T18:31")
	ok(t, p.Diary.Settle(ctx, p.commitment().ID, phonebank.SettleMissed, p.dana.ID))
	moved, err := p.Diary.MoveOn(ctx, p.commitment().ID, p.dana.ID, "2026-12-10T18:30")
	ok(t, err)
	if n := planned(p, moved.ID); n != 1 {
		t.Errorf("after a miss %d check-ins are planned", n)
	}
	p = agree(t)
	ok(t, p.Diary.Cancel(ctx, p.checkIn(), p.dana.ID, "Taken off the list by hand."))
	moved, err = p.Diary.MoveOn(ctx, p.commitment().ID, p.dana.ID, "2026-12-10T18:30")
	ok(t, err)
	if n := planned(p, moved.ID); n != 0 {
		t.Errorf("%d check-ins are planned that somebody took off", n)
	}
}

// A reminder comes before what it reminds of, also when it is moved.
func TestReminder_ComesBeforeThePromise(t *testing.T) {
	p := agree(t)
	var reminder phonebank.FollowUpID
	ok(t, p.Store.DB().Get(&reminder, `SELECT id FROM follow_ups WHERE reason = 'before_commitment'`))
	for _, late := range []string{"2026-12-03T18:30", "2026-12-05T18:00"} {
		says(t, p.Diary.Move(ctx, reminder, p.dana.ID, late), phonebank.Invalid, "has to come before what they promised, which is")
	}
	ok(t, p.Diary.Move(ctx, reminder, p.dana.ID, "2026-12-03T18:00"))
	ok(t, p.Diary.Move(ctx, p.checkIn(), p.dana.ID, "2026-12-05T18:00"))
}
