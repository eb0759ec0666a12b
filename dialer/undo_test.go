package dialer_test

import (
	"testing"
	"time"

	"phonebank"
	"phonebank/internal/testbank"
)

// wrapped holds a talk with a person and saves its wrap-up, as the volunteer's browser would.
func wrapped(t *testing.T, b *testbank.Bank, w phonebank.Wrap) (phonebank.User, phonebank.Conversation) {
	t.Helper()
	user, shift := b.Connected("Dana", testbank.VolunteerPhone)
	shift, _ = talk(t, b, shift)
	id := shift.Conversation
	_, err := b.Board.Mark(ctx, id, user.ID, []phonebank.Event{event(b, "slot", map[string]any{"name": "their_stake", "value": "your youngest was in hospital"})})
	ok(t, err)
	ok(t, b.Board.HangUp(ctx, id, user.ID))
	b.AwaitShift(shift.ID, func(s phonebank.Shift) bool { return s.State == phonebank.ShiftWrapUp })
	ok(t, b.Board.Wrap(ctx, id, user.ID, w))
	c, err := b.Store.Conversation(ctx, id)
	ok(t, err)
	return user, c
}

func promise(b *testbank.Bank) phonebank.Wrap {
	return phonebank.Wrap{ID: phonebank.NewID[string](b.Clock.Now()), Outcome: phonebank.OutcomeCommitment, Answer: "clear_yes", Support: "strong_yes",
		Commitment: &phonebank.Agreed{What: "come to the tenants' meeting", By: phonebankLocal(b, 9*24*time.Hour)},
		TextOK:     &phonebank.TextOK{Words: "Can I text you a reminder at this number?"},
		Learned:    []phonebank.Heard{{Tag: "place", Words: "the super has a key"}},
		FollowUps: []phonebank.Wish{
			{Channel: phonebank.ByText, Reason: phonebank.ReasonBefore, InMinutes: 30, Body: "See you Thursday."},
			{Channel: phonebank.ByCall, Reason: phonebank.ReasonFindOut, Local: phonebankLocal(b, 24*time.Hour), Body: "Can they raise the rent?"},
		}, Then: "break"}
}

func TestUndo_TakesThePromisesBackAndKeepsTheirWords(t *testing.T) {
	b := testbank.New(t, testbank.Options{})
	person := b.Neighbor("Xiomara Quiñones", "+12125550120")
	user, c := wrapped(t, b, promise(b))
	if n := b.Count(`SELECT count(*) FROM follow_ups WHERE reason = 'find_out' AND state = 'planned' AND body = 'Can they raise the rent?'`); n != 1 {
		t.Errorf("what we said we'd find out is %d follow-ups", n)
	}
	ok(t, b.Board.Undo(ctx, c.ID, user.ID))
	ok(t, b.Board.Undo(ctx, c.ID, user.ID)) // pressed twice
	for question, want := range map[string]int{
		`SELECT count(*) FROM conversations WHERE state = 'ended' AND outcome = '' AND wrapped_at IS NULL AND wrap IS NOT NULL`: 1,
		`SELECT count(*) FROM follow_ups WHERE state = 'cancelled' AND why <> ''`:                                               2,
		`SELECT count(*) FROM outbox WHERE state = 'cancelled'`:                                                                 1,
		`SELECT count(*) FROM commitments`:                                                                                      0,
		`SELECT count(*) FROM learned`:                                                                                          0,
		`SELECT count(*) FROM consents WHERE channel = 'text_ok' AND given`:                                                     1,
		`SELECT count(*) FROM consents WHERE channel = 'text_ok' AND NOT given`:                                                 1,
		`SELECT count(*) FROM words WHERE name = 'their_stake'`:                                                                 1,
		`SELECT count(*) FROM journal WHERE thing = 'commitment' AND event = 'taken back'`:                                      1,
		`SELECT count(*) FROM journal WHERE thing = 'conversation' AND event = 'undo' AND from_state = 'wrapped'`:               1,
	} {
		if n := b.Count(question); n != want {
			t.Errorf("%s: %d, want %d", question, n, want)
		}
	}
	_, automatic, err := b.Store.TextConsent(ctx, person.ID, person.PhoneID)
	ok(t, err)
	if automatic {
		t.Error("reminders may still go by themselves after the yes to them was taken back")
	}
	b.Clock.Advance(31 * time.Minute)

	again := promise(b)
	again.FollowUps = nil
	ok(t, b.Board.Wrap(ctx, c.ID, user.ID, again))
	if n := b.Count(`SELECT count(*) FROM commitments WHERE state = 'open'`); n != 1 {
		t.Errorf("wrapped up again, it is %d commitments", n)
	}
	if _, automatic, err = b.Store.TextConsent(ctx, person.ID, person.PhoneID); err != nil || !automatic {
		t.Errorf("the yes that was saved again counts: %v %v", automatic, err)
	}
	if got := b.Sent("+12125550120"); len(got) != 0 {
		t.Errorf("a reminder that was taken back went out: %v", got)
	}
}

func TestUndo_AfterTenMinutesItIsTooLate(t *testing.T) {
	b := testbank.New(t, testbank.Options{})
	b.Neighbor("Xiomara Quiñones", "+12125550120")
	user, c := wrapped(t, b, promise(b))
	b.Clock.Advance(phonebank.UndoFor + time.Second)
	if err := b.Board.Undo(ctx, c.ID, user.ID); phonebank.KindOf(err) != phonebank.Conflict {
		t.Errorf("undone after more than ten minutes: %v", err)
	}
	if n := b.Count(`SELECT count(*) FROM commitments WHERE state = 'open'`); n != 1 {
		t.Errorf("%d commitments", n)
	}
}

func TestUndo_IsTheVolunteersOwn(t *testing.T) {
	b := testbank.New(t, testbank.Options{})
	b.Neighbor("Xiomara Quiñones", "+12125550120")
	_, c := wrapped(t, b, promise(b))
	other, _ := b.Volunteer("Luis", "+12125550131")
	if err := b.Board.Undo(ctx, c.ID, other.ID); phonebank.KindOf(err) != phonebank.Forbidden {
		t.Errorf("somebody else undid it: %v", err)
	}
}

func TestUndo_ANumberThatWasTakenOffStaysOff(t *testing.T) {
	b := testbank.New(t, testbank.Options{})
	person := b.Neighbor("Xiomara Quiñones", "+12125550120")
	user, c := wrapped(t, b, phonebank.Wrap{ID: phonebank.NewID[string](b.Clock.Now()), Outcome: phonebank.OutcomeOptOut, Then: "break"})
	ok(t, b.Board.Undo(ctx, c.ID, user.ID))
	phone, err := b.Store.Phone(ctx, person.PhoneID)
	ok(t, err)
	if phone.OptedOutAt == nil {
		t.Error("undoing a wrap-up lifted a stop")
	}
}

// A wrap-up was taken back in a browser that was offline and could not know that it had arrived: the next one takes its place.
func TestWrap_ReplacesTheOneThatWasTakenBackInTheBrowser(t *testing.T) {
	b := testbank.New(t, testbank.Options{})
	b.Neighbor("Xiomara Quiñones", "+12125550120")
	first := promise(b)
	user, c := wrapped(t, b, first)
	second := phonebank.Wrap{ID: phonebank.NewID[string](b.Clock.Now()), Outcome: phonebank.OutcomeConnected, Answer: "unsure", Then: "next", Replaces: first.ID}
	ok(t, b.Board.Wrap(ctx, c.ID, user.ID, second))
	ok(t, b.Board.Wrap(ctx, c.ID, user.ID, second)) // the browser tries again
	if n := b.Count(`SELECT count(*) FROM conversations WHERE state = 'wrapped' AND outcome = 'connected'`); n != 1 {
		t.Errorf("%d talks are wrapped up as the second one says", n)
	}
	if n := b.Count(`SELECT count(*) FROM commitments`) + b.Count(`SELECT count(*) FROM follow_ups WHERE state <> 'cancelled'`); n != 0 {
		t.Errorf("%d promises of the first are left", n)
	}
	third := second
	third.ID, third.Replaces = phonebank.NewID[string](b.Clock.Now()), first.ID
	if err := b.Board.Wrap(ctx, c.ID, user.ID, third); phonebank.KindOf(err) != phonebank.Conflict {
		t.Errorf("one that replaces what is gone was taken: %v", err)
	}
}

func TestWrap_KeepsHowTheNameIsSaidAndWhatMayGetInTheWay(t *testing.T) {
	b := testbank.New(t, testbank.Options{})
	person := b.Neighbor("Xiomara Quiñones", "+12125550120")
	w := promise(b)
	w.SayName, w.Barrier, w.Buddy = "see-oh-MAH-rah", "works nights", "her neighbor Luz"
	wrapped(t, b, w)
	person, err := b.Store.Person(ctx, person.ID)
	ok(t, err)
	if person.SayName != "see-oh-MAH-rah" {
		t.Errorf("the name is said %q", person.SayName)
	}
	if n := b.Count(`SELECT count(*) FROM words WHERE (name, value) IN (('barrier', 'works nights'), ('buddy', 'her neighbor Luz'))`); n != 2 {
		t.Errorf("%d of barrier and buddy were kept", n)
	}
}

// Undone and saved again, twice in one minute: what was said last about reminders holds, a yes as well as a no.
func TestUndo_WhatWasSaidLastHoldsWithinOneMinute(t *testing.T) {
	b := testbank.New(t, testbank.Options{})
	person := b.Neighbor("Xiomara Quiñones", "+12125550120")
	user, c := wrapped(t, b, promise(b))
	is := func(when string, want bool) {
		t.Helper()
		_, automatic, err := b.Store.TextConsent(ctx, person.ID, person.PhoneID)
		ok(t, err)
		if automatic != want {
			t.Errorf("%s: reminders go by themselves: %v", when, automatic)
		}
	}
	again := func() {
		b.Clock.Advance(2 * time.Second)
		w := promise(b)
		ok(t, b.Board.Wrap(ctx, c.ID, user.ID, w))
		if n := b.Count(`SELECT count(*) FROM follow_ups WHERE state = 'planned' AND channel = 'text' AND automatic`); n != 1 {
			t.Errorf("%d reminders go by themselves", n)
		}
	}
	is("saved", true)
	for range 2 {
		b.Clock.Advance(2 * time.Second)
		ok(t, b.Board.Undo(ctx, c.ID, user.ID))
		is("undone", false)
		again()
		is("saved again", true)
	}
	b.Clock.Advance(2 * time.Second)
	ok(t, b.Board.Undo(ctx, c.ID, user.ID))
	is("undone for good", false)
	if n := b.Count(`SELECT count(*) FROM consents WHERE channel = 'text_ok'`); n != 2 {
		t.Errorf("what was said is %d rows", n)
	}
}

func TestWrap_RefusesAReminderAfterWhatWasPromised(t *testing.T) {
	b := testbank.New(t, testbank.Options{})
	b.Neighbor("Xiomara Quiñones", "+12125550120")
	user, c := wrapped(t, b, promise(b))
	ok(t, b.Board.Undo(ctx, c.ID, user.ID))
	late := promise(b)
	late.FollowUps = []phonebank.Wish{{Channel: phonebank.ByText, Reason: phonebank.ReasonBefore, Local: late.Commitment.By, Body: "Still good?"}}
	if err := b.Board.Wrap(ctx, c.ID, user.ID, late); phonebank.KindOf(err) != phonebank.Invalid {
		t.Errorf("a reminder at the hour of the promise was taken: %v", err)
	}
	if n := b.Count(`SELECT count(*) FROM commitments`) + b.Count(`SELECT count(*) FROM follow_ups WHERE state = 'planned'`); n != 0 {
		t.Errorf("%d rows of a refused wrap-up are left", n)
	}
}
