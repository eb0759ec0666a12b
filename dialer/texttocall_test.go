package dialer_test

import (
	"errors"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"phonebank"
	"phonebank/dialer"
	"phonebank/internal/testbank"
	"phonebank/simulator"
	"phonebank/texting"
)

func textTalk(t *testing.T, b *testbank.Bank, p phonebank.Person, u phonebank.User) phonebank.Conversation {
	t.Helper()
	id, err := b.Board.Text(ctx, p.ID, u, dialer.Choice{}, false)
	ok(t, err)
	c, err := b.Store.Conversation(ctx, id)
	ok(t, err)
	return c
}

func says(t *testing.T, err error, kind phonebank.Kind, words string) {
	t.Helper()
	var e *phonebank.Error
	if !errors.As(err, &e) || e.Kind != kind || !strings.Contains(e.Sentence, words) {
		t.Errorf("%v; wanted %s with %q", err, kind, words)
	}
}

func TestText_TwentyPressesBeginOneTalkAndItNeedsNoShift(t *testing.T) {
	b := testbank.New(t, testbank.Options{NoLoops: true})
	p := b.Neighbor("Xiomara Quiñones", "+12125550120")
	dana := phonebank.User{ID: phonebank.NewID[phonebank.UserID](b.Clock.Now()), Name: "Dana", Role: phonebank.Volunteer, CreatedAt: b.Clock.Now()}
	ok(t, b.Store.AddUser(ctx, dana))
	var all sync.WaitGroup
	ids := make(chan phonebank.ConversationID, 20)
	for range 20 {
		all.Go(func() {
			id, err := b.Board.Text(ctx, p.ID, dana, dialer.Choice{}, false)
			if err != nil {
				t.Error(err)
			}
			ids <- id
		})
	}
	all.Wait()
	close(ids)
	first := <-ids
	for id := range ids {
		if id != first {
			t.Errorf("talks %s and %s", first, id)
		}
	}
	c, err := b.Store.Conversation(ctx, first)
	ok(t, err)
	if c.Channel != phonebank.TalkByText || c.ShiftID != "" || c.UserID != dana.ID || c.State != phonebank.ConversationOpen {
		t.Errorf("%+v", c)
	}
}

func TestText_OneVolunteerAtATimeAndACoordinatorMayTakeOver(t *testing.T) {
	b := testbank.New(t, testbank.Options{NoLoops: true})
	p := b.Neighbor("Xiomara Quiñones", "+12125550120")
	dana, _ := b.Volunteer("Dana", testbank.VolunteerPhone)
	luis, _ := b.Volunteer("Luis", "+12125550195")
	c := textTalk(t, b, p, dana)
	_, err := b.Board.Mark(ctx, c.ID, dana.ID, []phonebank.Event{event(b, "slot", map[string]any{"name": "problem", "value": "the cold"})})
	ok(t, err)
	_, err = b.Board.Text(ctx, p.ID, luis, dialer.Choice{}, true)
	says(t, err, phonebank.Conflict, "Dana is texting with Xiomara already")
	_, err = b.Board.Text(ctx, p.ID, b.Coordinator, dialer.Choice{}, false)
	says(t, err, phonebank.Conflict, "Dana is texting with Xiomara already")
	id, err := b.Board.Text(ctx, p.ID, b.Coordinator, dialer.Choice{}, true)
	ok(t, err)
	after, err := b.Store.Conversation(ctx, c.ID)
	ok(t, err)
	events, err := b.Store.Events(ctx, c.ID)
	ok(t, err)
	if id != c.ID || after.UserID != b.Coordinator.ID || len(events) != 1 {
		t.Errorf("talk %s held by %s with %d events", id, after.UserID, len(events))
	}
	if _, err = b.Board.Mark(ctx, c.ID, dana.ID, []phonebank.Event{event(b, "note", map[string]any{"text": "mine"})}); phonebank.KindOf(err) != phonebank.Forbidden {
		t.Errorf("whom it was taken from still marks: %v", err)
	}
	if n := b.Count(`SELECT count(*) FROM journal WHERE event = 'take_over' AND by_user = $1`, b.Coordinator.ID); n != 1 {
		t.Errorf("%d lines in the journal", n)
	}
}

func TestText_IsRefusedInWordsWhereNobodyMayText(t *testing.T) {
	b := testbank.New(t, testbank.Options{NoLoops: true})
	p := b.Neighbor("Xiomara Quiñones", "+12125550120")
	dana, _ := b.Volunteer("Dana", testbank.VolunteerPhone)
	_, err := b.Store.DB().Exec(`DELETE FROM consents`)
	ok(t, err)
	_, err = b.Board.Text(ctx, p.ID, dana, dialer.Choice{}, false)
	says(t, err, phonebank.Forbidden, "Nobody has recorded that Xiomara may be texted")
	ok(t, b.Desk.Stop(ctx, p.ID, dana.ID, "no more"))
	_, err = b.Board.Text(ctx, p.ID, dana, dialer.Choice{}, false)
	says(t, err, phonebank.Forbidden, "asked us to stop")
}

func TestText_WhatTheyAnswerBelongsToTheTalk(t *testing.T) {
	b := testbank.New(t, testbank.Options{NoLoops: true})
	p := b.Neighbor("Xiomara Quiñones", "+12125550120")
	dana, _ := b.Volunteer("Dana", testbank.VolunteerPhone)
	c := textTalk(t, b, p, dana)
	heard := b.Live.Listen("conversation:" + string(c.ID))
	defer heard.Close()
	ok(t, b.Desk.Receive(ctx, texting.In{SID: "SM1", From: "+12125550120", To: testbank.Ours, Body: "its freezing", Zones: "America/New_York"}))
	<-heard.Changed()
	if n := b.Count(`SELECT count(*) FROM messages WHERE conversation_id = $1 AND user_id = $2`, c.ID, dana.ID); n != 1 {
		t.Errorf("%d texts belong to the talk and its volunteer", n)
	}
	ok(t, b.Board.Wrap(ctx, c.ID, dana.ID, phonebank.Wrap{ID: phonebank.NewID[string](b.Clock.Now()), Outcome: phonebank.OutcomeConnected, Then: "next"}))
	if n := b.Count(`SELECT count(*) FROM phones WHERE waiting_since IS NOT NULL`); n != 1 {
		t.Error("what nobody has read still waits after the wrap-up")
	}
	ok(t, b.Desk.Receive(ctx, texting.In{SID: "SM2", From: "+12125550120", To: testbank.Ours, Body: "bye", Zones: "America/New_York"}))
	if n := b.Count(`SELECT count(*) FROM messages WHERE conversation_id = $1`, c.ID); n != 1 {
		t.Error("a text after the wrap-up went into the talk")
	}
	// Once it was read, the wrap-up of the next talk closes the thread.
	c = textTalk(t, b, p, dana)
	ok(t, b.Store.SeeThread(ctx, p.PhoneID, b.Clock.Now()))
	ok(t, b.Board.Wrap(ctx, c.ID, dana.ID, phonebank.Wrap{ID: phonebank.NewID[string](b.Clock.Now()), Outcome: phonebank.OutcomeConnected, Then: "next"}))
	if n := b.Count(`SELECT count(*) FROM phones WHERE waiting_since IS NOT NULL`); n != 0 {
		t.Error("a thread that was read and wrapped up still waits")
	}
}

func TestCallInstead_KeepsTheStepTheWordsAndOneTalk(t *testing.T) {
	b := testbank.New(t, testbank.Options{})
	p := b.Neighbor("Xiomara Quiñones", "+12125550120")
	dana, shift := b.Connected("Dana", testbank.VolunteerPhone)
	c := textTalk(t, b, p, dana)
	marked, err := b.Board.Mark(ctx, c.ID, dana.ID, []phonebank.Event{
		event(b, "light", map[string]any{"step": "intro", "colour": "green"}),
		event(b, "slot", map[string]any{"name": "their_stake", "value": "your youngest was in hospital"}),
	})
	ok(t, err)
	ok(t, b.Board.CallInstead(ctx, c.ID, dana.ID))
	ok(t, b.Board.CallInstead(ctx, c.ID, dana.ID)) // pressed twice
	call := awaitCall(b, c.ID, phonebank.CallBridged)
	if n := b.Count(`SELECT count(*) FROM calls WHERE kind = 'outbound'`); n != 1 || call.PersonID != p.ID {
		t.Errorf("%d calls, the last to %s", n, call.PersonID)
	}
	now, err := b.Store.Conversation(ctx, c.ID)
	ok(t, err)
	events, err := b.Store.Events(ctx, c.ID)
	ok(t, err)
	kept := slices.EqualFunc(events, marked, func(e phonebank.Event, id string) bool { return e.ID == id })
	if now.Channel != phonebank.TalkByCall || now.ShiftID != shift.ID || now.ScriptVersion != c.ScriptVersion || !kept {
		t.Errorf("%+v with events %v", now, events)
	}
	ok(t, b.Board.HangUp(ctx, c.ID, dana.ID))
	b.AwaitShift(shift.ID, func(s phonebank.Shift) bool { return s.State == phonebank.ShiftWrapUp })
	ok(t, b.Board.Wrap(ctx, c.ID, dana.ID, phonebank.Wrap{ID: phonebank.NewID[string](b.Clock.Now()), Outcome: phonebank.OutcomeConnected, Then: "break"}))
	if n := b.Count(`SELECT count(*) FROM conversations WHERE state = 'wrapped'`); n != 1 {
		t.Errorf("%d talks, wrapped up as one", n)
	}
	words, err := b.Store.Words(ctx, p.ID)
	ok(t, err)
	if len(words) != 1 || words[0].Value != "your youngest was in hospital" {
		t.Errorf("their words: %+v", words)
	}
}

func TestCallInstead_NobodyPicksUpAndTheThreadGoesOn(t *testing.T) {
	b := testbank.New(t, testbank.Options{})
	p := b.Neighbor("Xiomara Quiñones", "+12125550120")
	b.Sim.Person("+12125550120", simulator.Behaviour{Takes: simulator.Busy})
	dana, shift := b.Connected("Dana", testbank.VolunteerPhone)
	c := textTalk(t, b, p, dana)
	ok(t, b.Board.CallInstead(ctx, c.ID, dana.ID))
	awaitCall(b, c.ID, phonebank.CallEnded)
	shift = b.AwaitShift(shift.ID, func(s phonebank.Shift) bool { return s.State == phonebank.ShiftBreak })
	now, err := b.Store.Conversation(ctx, c.ID)
	ok(t, err)
	if now.State != phonebank.ConversationOpen || now.Channel != phonebank.TalkByText || shift.Conversation != "" {
		t.Errorf("the talk is %s by %s, the shift holds %q", now.State, now.Channel, shift.Conversation)
	}
	if n := b.Count(`SELECT count(*) FROM phones WHERE held_by IS NOT NULL`); n != 0 {
		t.Error("the number is still held")
	}
	_, err = b.Desk.Send(ctx, texting.Draft{Nonce: phonebank.NewID[string](b.Clock.Now()), PersonID: p.ID, UserID: dana.ID, Conversation: c.ID, Body: "Sorry I missed you."})
	ok(t, err)
}

func TestCallInstead_AFailureOfOursLeadsBackToTheThread(t *testing.T) {
	b := testbank.New(t, testbank.Options{})
	p := b.Neighbor("Xiomara Quiñones", "+12125550120")
	dana, shift := b.Connected("Dana", testbank.VolunteerPhone)
	c := textTalk(t, b, p, dana)
	b.Sim.Fault(simulator.Rule{Side: simulator.SideAPI, Op: "participants.create", Do: simulator.DoTooMany, Count: 1})
	ok(t, b.Board.CallInstead(ctx, c.ID, dana.ID))
	awaitCall(b, c.ID, phonebank.CallEnded)
	b.AwaitShift(shift.ID, func(s phonebank.Shift) bool { return s.State == phonebank.ShiftBreak })
	ok(t, b.Board.CallInstead(ctx, c.ID, dana.ID))
	awaitCall(b, c.ID, phonebank.CallBridged)
}

func TestCallInstead_NobodyThereAfterAllLeadsBackToTheThread(t *testing.T) {
	b := testbank.New(t, testbank.Options{})
	p := b.Neighbor("Xiomara Quiñones", "+12125550120")
	dana, shift := b.Connected("Dana", testbank.VolunteerPhone)
	c := textTalk(t, b, p, dana)
	ok(t, b.Board.CallInstead(ctx, c.ID, dana.ID))
	call := awaitCall(b, c.ID, phonebank.CallBridged)
	ok(t, b.Sim.HangUp(call.SID))
	b.AwaitShift(shift.ID, func(s phonebank.Shift) bool { return s.State == phonebank.ShiftWrapUp })
	ok(t, b.Board.NotConnected(ctx, c.ID, dana.ID))
	b.AwaitShift(shift.ID, func(s phonebank.Shift) bool { return s.State == phonebank.ShiftBreak })
	now, err := b.Store.Conversation(ctx, c.ID)
	ok(t, err)
	if now.State != phonebank.ConversationOpen || now.Channel != phonebank.TalkByText || now.EndedAt != nil {
		t.Errorf("%+v", now)
	}
}

func TestCallInstead_SaysWhatToDoWhereItCannotCall(t *testing.T) {
	b := testbank.New(t, testbank.Options{NoLoops: true})
	p := b.Neighbor("Xiomara Quiñones", "+12125550120")
	rosa := phonebank.User{ID: phonebank.NewID[phonebank.UserID](b.Clock.Now()), Name: "Rosa", Role: phonebank.Volunteer, CreatedAt: b.Clock.Now()}
	ok(t, b.Store.AddUser(ctx, rosa))
	c := textTalk(t, b, p, rosa)
	says(t, b.Board.CallInstead(ctx, c.ID, rosa.ID), phonebank.Conflict, "join an open session first")
	_, err := b.Board.Join(ctx, b.Session, rosa.ID)
	ok(t, err)
	says(t, b.Board.CallInstead(ctx, c.ID, rosa.ID), phonebank.Conflict, "Ring my phone")
	_, err = b.Store.DB().Exec(`UPDATE shifts SET state = 'break', leg_joined = true WHERE user_id = $1`, rosa.ID)
	ok(t, err)
	b.Clock.Advance(5 * time.Hour)
	says(t, b.Board.CallInstead(ctx, c.ID, rosa.ID), phonebank.Forbidden, "We call from 9 am to 8 pm")
	now, err := b.Store.Conversation(ctx, c.ID)
	ok(t, err)
	if now.Channel != phonebank.TalkByText || b.Count(`SELECT count(*) FROM calls`) != 0 {
		t.Errorf("a refused call changed the talk: %+v", now)
	}
}
