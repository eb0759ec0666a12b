package followup_test

import (
	"testing"

	"phonebank"
	"phonebank/store"
)

type storeDue = store.Due

func TestSettle_EveryEndingEndsTheChain(t *testing.T) {
	for _, event := range []phonebank.CommitmentEvent{phonebank.SettleKept, phonebank.SettlePartly, phonebank.SettleMissed, phonebank.SettleLetGo} {
		p := agree(t)
		p.at("2026-12-02T18:00")
		ok(t, p.Diary.Settle(ctx, p.commitment().ID, event, p.dana.ID))
		p.is("text before_commitment done auto 2026-12-02T18:00", "text after_commitment cancelled auto 2026-12-04T18:00")
		p.at("2026-12-04T18:01")
		if sent := p.Sent(hers); len(sent) != 1 {
			t.Errorf("%s: she still got %q", event, sent)
		}
		if n := p.Count(`SELECT count(*) FROM journal WHERE thing = 'commitment' AND event = $1 AND by_user = $2`, event, p.dana.ID); n != 1 {
			t.Errorf("%s has %d lines in the journal", event, n)
		}
		ok(t, p.Diary.Settle(ctx, p.commitment().ID, event, p.dana.ID)) // pressed twice
	}
}

func TestMoveOn_TheChainMovesWithThePromise(t *testing.T) {
	p := agree(t)
	old := p.commitment()
	says(t, p.Diary.Settle(ctx, old.ID, phonebank.SettleMoved, p.dana.ID), phonebank.Invalid, "what time it moved")
	_, err := p.Diary.MoveOn(ctx, old.ID, p.dana.ID, "2026-11-20T18:30")
	says(t, err, phonebank.Invalid, "has passed already")
	p.at("2026-12-02T18:00") // the reminder of the old day has gone
	moved, err := p.Diary.MoveOn(ctx, old.ID, p.dana.ID, "2026-12-10T19:00")
	ok(t, err)
	again, err := p.Diary.MoveOn(ctx, old.ID, p.dana.ID, "2026-12-10T19:00")
	ok(t, err)
	if again.ID != moved.ID || p.commitment().ID != moved.ID || p.commitment().State != phonebank.CommitmentOpen {
		t.Errorf("pressed twice: %+v and %+v", moved, again)
	}
	was, err := p.Store.Commitment(ctx, old.ID)
	ok(t, err)
	if was.State != phonebank.CommitmentMoved {
		t.Errorf("the old one is %s", was.State)
	}
	p.is("text before_commitment done auto 2026-12-02T18:00", "text after_commitment cancelled auto 2026-12-04T18:00",
		"text before_commitment planned auto 2026-12-09T18:00", "text after_commitment planned auto 2026-12-11T18:00")
	p.at("2026-12-09T18:00")
	p.at("2026-12-11T18:00")
	sent := p.Sent(hers)
	if len(sent) != 3 || sent[1] != "The plan is: come to the tenants' meeting, Thu Dec 10, 7 pm. Still good?" || sent[2] != "How did it go?" {
		t.Errorf("%q", sent)
	}
}

func TestMoveOn_WordsThatNameTheOldDayInTheirOwnWayAreReadByAPerson(t *testing.T) {
	p := agree(t, func(w *phonebank.Wrap) { w.FollowUps[0].Body = "See you this Thursday evening!" })
	_, err := p.Diary.MoveOn(ctx, p.commitment().ID, p.dana.ID, "2026-12-10T19:00")
	ok(t, err)
	p.is("text before_commitment cancelled auto 2026-12-02T18:00", "text after_commitment cancelled auto 2026-12-04T18:00",
		"text before_commitment planned 2026-12-09T18:00", "text after_commitment planned auto 2026-12-11T18:00")
}

func TestMissedTwice_TextsGoByAPersonsPressUntilACoordinatorLiftsIt(t *testing.T) {
	p := agree(t)
	first := p.commitment().ID
	ok(t, p.Diary.Settle(ctx, first, phonebank.SettleMissed, p.dana.ID))
	second := p.promises("2026-12-10T18:30")
	if since, err := p.Store.ByHand(ctx, p.person.ID); err != nil || since != nil {
		t.Fatalf("after one: %v %v", since, err)
	}
	third := p.promises("2026-12-17T18:30")
	ok(t, p.Diary.Settle(ctx, second, phonebank.SettleMissed, p.dana.ID))
	if n := p.Count(`SELECT count(*) FROM follow_ups WHERE commitment_id = $1 AND state = 'planned' AND NOT automatic AND why LIKE 'Two promises in a row%'`, third); n != 2 {
		t.Errorf("%d of what was planned are drafts now, with the reason in words", n)
	}
	fourth := p.promises("2026-12-24T18:30")
	if n := p.Count(`SELECT count(*) FROM follow_ups WHERE commitment_id = $1 AND automatic`, fourth); n != 0 {
		t.Errorf("%d of what is planned anew would go by themselves", n)
	}
	for _, at := range []string{"2026-12-16T18:01", "2026-12-18T18:01", "2026-12-23T18:01", "2026-12-25T18:01"} {
		p.at(at)
	}
	if sent := p.Sent(hers); len(sent) != 0 {
		t.Errorf("went by themselves: %q", sent)
	}
	ok(t, p.Diary.LiftByHand(ctx, p.person.ID, p.Coordinator.ID))
	fifth := p.promises("2027-01-07T18:30")
	if n := p.Count(`SELECT count(*) FROM follow_ups WHERE commitment_id = $1 AND automatic`, fifth); n != 2 {
		t.Errorf("%d of what was agreed since go by themselves", n)
	}
	ok(t, p.Diary.Settle(ctx, third, phonebank.SettleMissed, p.dana.ID))
	if since, err := p.Store.ByHand(ctx, p.person.ID); err != nil || since != nil {
		t.Errorf("one missed since it was lifted: %v %v", since, err)
	}
	// A kept one between, and a wrong mark that is put right.
	ok(t, p.Diary.Settle(ctx, fourth, phonebank.SettleKept, p.dana.ID))
	p.at("2027-01-07T18:31")
	ok(t, p.Diary.Settle(ctx, fifth, phonebank.SettleMissed, p.dana.ID))
	if since, err := p.Store.ByHand(ctx, p.person.ID); err != nil || since != nil {
		t.Errorf("a kept one lies between: %v %v", since, err)
	}
	sixth := p.promises("2027-02-04T18:30")
	p.at("2027-02-04T18:31")
	ok(t, p.Diary.Settle(ctx, sixth, phonebank.SettleMissed, p.dana.ID))
	if since, err := p.Store.ByHand(ctx, p.person.ID); err != nil || since == nil {
		t.Errorf("two in a row: %v %v", since, err)
	}
	ok(t, p.Diary.Settle(ctx, sixth, phonebank.SettleReopen, p.dana.ID))
	if since, err := p.Store.ByHand(ctx, p.person.ID); err != nil || since != nil {
		t.Errorf("the mark was wrong: %v %v", since, err)
	}
}
