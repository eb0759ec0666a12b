package texting_test

import (
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"phonebank"
	"phonebank/internal/testbank"
	"phonebank/simulator"
	"phonebank/texting"
)

// unsure makes a reminder whose outcome nobody knows and that has reached a person's list: Twilio answered with an error, and
// has it or not, as told.
func unsure(t *testing.T, b *testbank.Bank, p phonebank.Person, fault string) phonebank.FollowUp {
	t.Helper()
	f := reminder(t, b, p, "See you Thursday.")
	b.Sim.Fault(simulator.Rule{Side: simulator.SideAPI, Op: "messages.create", Do: fault, Count: 1})
	b.Sim.Fault(simulator.Rule{Side: simulator.SideWebhook, Op: "message-status", Do: simulator.DoLost})
	b.Clock.Advance(61 * time.Second)
	ok(t, b.Desk.Deliver(ctx, mustOutbox(t, b, f.ID).ID, 0))
	if fault != simulator.DoServerError {
		// Twilio's list is behind: it shows nothing until the person has decided.
		_, err := b.Store.DB().Exec(`UPDATE outbox SET from_number = '+12125550100 ' WHERE follow_up_id = $1`, f.ID)
		ok(t, err)
	}
	for _, minutes := range []int{2, 5, 10, 15} {
		b.Clock.Advance(time.Duration(minutes) * time.Minute)
		ok(t, b.Desk.Sweep(ctx))
	}
	return f
}

func TestUnsure_IsLookedUpAfterOneFiveFifteenAndThirtyMinutes(t *testing.T) {
	b := testbank.New(t, testbank.Options{NoLoops: true})
	p := b.Neighbor("Walt Brandt", "+12125550123")
	f := reminder(t, b, p, "See you Thursday.")
	b.Sim.Fault(simulator.Rule{Side: simulator.SideAPI, Op: "messages.create", Do: simulator.DoServerError, Count: 1})
	b.Clock.Advance(61 * time.Second)
	ok(t, b.Desk.Deliver(ctx, mustOutbox(t, b, f.ID).ID, 0))
	lists := func() (n int) {
		for _, e := range b.Sim.Transcript() {
			if e.Op == "messages.list" && e.Params.Get("From") == testbank.Ours {
				n++
			}
		}
		return n
	}
	for second := 0; second <= 40*60; second += 10 {
		b.Clock.Advance(10 * time.Second)
		ok(t, b.Desk.Sweep(ctx))
		o := mustOutbox(t, b, f.ID)
		waited := b.Clock.Now().Sub(*o.ClaimedAt)
		want := 0
		for _, after := range phonebank.LookAfter {
			if waited >= after {
				want++
			}
		}
		if got := lists(); got != want {
			t.Fatalf("%s after the claim it was looked up %d times, want %d", waited, got, want)
		}
		if asked := o.AskedAt != nil; asked != (waited >= 30*time.Minute) {
			t.Fatalf("%s after the claim a person is asked: %v", waited, asked)
		}
	}
	got, err := b.Store.FollowUp(ctx, f.ID)
	ok(t, err)
	if got.State != phonebank.FollowUpNeedsPerson || got.Why == "" {
		t.Errorf("%s %q", got.State, got.Why)
	}
}

func TestUnsure_IsListedEvenWhereTwilioCannotBeAsked(t *testing.T) {
	b := testbank.New(t, testbank.Options{NoLoops: true})
	p := b.Neighbor("Walt Brandt", "+12125550123")
	f := reminder(t, b, p, "See you Thursday.")
	b.Sim.Fault(simulator.Rule{Side: simulator.SideAPI, Op: "messages", Do: simulator.DoServerError})
	b.Clock.Advance(61 * time.Second)
	ok(t, b.Desk.Deliver(ctx, mustOutbox(t, b, f.ID).ID, 0))
	b.Clock.Advance(31 * time.Minute)
	ok(t, b.Desk.Sweep(ctx))
	if o := mustOutbox(t, b, f.ID); o.AskedAt == nil {
		t.Error("nobody is asked")
	}
	if err := b.Desk.SendAgain(ctx, mustOutbox(t, b, f.ID).ID, b.Coordinator); phonebank.KindOf(err) != phonebank.Unavailable {
		t.Errorf("while Twilio can't be asked, nothing is sent again: %v", err)
	}
}

func TestUnsure_SendAgainIsOneMoreTextHoweverOftenItIsPressed(t *testing.T) {
	b := testbank.New(t, testbank.Options{NoLoops: true})
	p := b.Neighbor("Walt Brandt", "+12125550123")
	f := unsure(t, b, p, simulator.DoServerError)
	first := mustOutbox(t, b, f.ID)
	list, err := b.Store.UnsureTexts(ctx, "")
	ok(t, err)
	if len(list) != 1 || list[0].Person != "Walt Brandt" || list[0].Body != "See you Thursday." {
		t.Fatalf("%+v", list)
	}
	var all sync.WaitGroup
	errs := make(chan error, 8)
	for range 8 {
		all.Go(func() { errs <- b.Desk.SendAgain(ctx, first.ID, b.Coordinator) })
	}
	all.Wait()
	close(errs)
	went := 0
	for err := range errs {
		if err == nil {
			went++
		} else if phonebank.KindOf(err) != phonebank.Stale && phonebank.KindOf(err) != phonebank.Conflict {
			t.Error(err)
		}
	}
	if sent := b.Sent("+12125550123"); went != 1 || len(sent) != 1 {
		t.Errorf("%d of 8 presses went through, %d texts", went, len(sent))
	}
	second := mustOutbox(t, b, f.ID)
	if second.Step != 2 || second.Token == first.Token || second.State != phonebank.OutboxAccepted {
		t.Errorf("%+v", second)
	}
	old, err := b.Store.Outbox(ctx, first.ID)
	ok(t, err)
	if old.State != phonebank.OutboxFailed || old.DecidedBy != b.Coordinator.ID {
		t.Errorf("the first is %s, decided by %q", old.State, old.DecidedBy)
	}
	if got, err := b.Store.FollowUp(ctx, f.ID); err != nil || got.State != phonebank.FollowUpDone {
		t.Errorf("%s %v", got.State, err)
	}
	if err := b.Desk.Leave(ctx, first.ID, b.Coordinator.ID); phonebank.KindOf(err) != phonebank.Stale {
		t.Errorf("leaving what was sent again: %v", err)
	}
}

func TestUnsure_LeaveEndsItAndALateReportIsStillShown(t *testing.T) {
	b := testbank.New(t, testbank.Options{NoLoops: true})
	p := b.Neighbor("Walt Brandt", "+12125550123")
	f := unsure(t, b, p, simulator.DoAcceptError)
	first := mustOutbox(t, b, f.ID)
	ok(t, b.Desk.Leave(ctx, first.ID, b.Coordinator.ID))
	got, err := b.Store.FollowUp(ctx, f.ID)
	ok(t, err)
	if got.State != phonebank.FollowUpCancelled || len(b.Sent("+12125550123")) != 1 {
		t.Fatalf("%s, %v", got.State, b.Sent("+12125550123"))
	}
	ok(t, b.Desk.Status(ctx, texting.Report{Token: first.Token, SID: sid(1), Status: "delivered"}))
	decided, err := b.Store.DecidedTexts(ctx, "", b.Clock.Now().Add(-time.Hour))
	ok(t, err)
	if len(decided) != 1 || decided[0].State != phonebank.OutboxAccepted || !strings.Contains(decided[0].Why, "did arrive") || decided[0].DecidedBy != "Cora" {
		t.Errorf("%+v", decided)
	}
	if m, err := b.Store.Message(ctx, *first.MessageID); err != nil || m.State != phonebank.MessageDelivered {
		t.Errorf("%s %v", m.State, err)
	}
}

// The first one turns up while its second is still waiting for an open hour, say: the second stays at home.
func TestUnsure_ASecondTryThatHasNotLeftIsTakenBackWhenTheFirstTurnsUp(t *testing.T) {
	b := testbank.New(t, testbank.Options{NoLoops: true})
	p := b.Neighbor("Walt Brandt", "+12125550123")
	f := unsure(t, b, p, simulator.DoServerError)
	first := mustOutbox(t, b, f.ID)
	b.FetchFromNow()
	_, err := b.Store.DB().Exec(`UPDATE watermark SET outage_until = $1`, b.Clock.Now().Add(time.Second)) // nothing may leave now
	ok(t, err)
	ok(t, b.Desk.SendAgain(ctx, first.ID, b.Coordinator))
	if o := mustOutbox(t, b, f.ID); o.State != phonebank.OutboxReady || o.Step != 2 {
		t.Fatalf("%s step %d", o.State, o.Step)
	}
	ok(t, b.Desk.Status(ctx, texting.Report{Token: first.Token, SID: sid(1), Status: "sent"}))
	if o := mustOutbox(t, b, f.ID); o.State != phonebank.OutboxCancelled {
		t.Errorf("the second is %s", o.State)
	}
	if got, err := b.Store.FollowUp(ctx, f.ID); err != nil || got.State != phonebank.FollowUpDone {
		t.Errorf("%s %v", got.State, err)
	}
}

func TestUnsure_AnOptOutMeanwhileIsStronger(t *testing.T) {
	b := testbank.New(t, testbank.Options{NoLoops: true})
	p := b.Neighbor("Walt Brandt", "+12125550123")
	f := unsure(t, b, p, simulator.DoServerError)
	ok(t, b.Desk.Receive(ctx, in(1, "+12125550123", "STOP")))
	if err := b.Desk.SendAgain(ctx, mustOutbox(t, b, f.ID).ID, b.Coordinator); phonebank.KindOf(err) != phonebank.Forbidden {
		t.Errorf("%v", err)
	}
	if sent := b.Sent("+12125550123"); len(sent) != 0 {
		t.Errorf("%v", sent)
	}
}

// A text of somebody's own hand belongs to no promise, and is listed and sent again all the same.
func TestUnsure_AManualTextIsListedForWhoeverWroteIt(t *testing.T) {
	b := testbank.New(t, testbank.Options{NoLoops: true})
	p := b.Neighbor("Walt Brandt", "+12125550123")
	dana, _ := b.Volunteer("Dana", "+12125550192")
	luis, _ := b.Volunteer("Luis", "+12125550193")
	b.Sim.Fault(simulator.Rule{Side: simulator.SideAPI, Op: "messages.create", Do: simulator.DoServerError, Count: 1})
	o, err := b.Desk.Send(ctx, texting.Draft{Nonce: phonebank.NewID[string](b.Clock.Now()), PersonID: p.ID, UserID: dana.ID, Body: "It's Dana."})
	ok(t, err)
	b.Clock.Advance(31 * time.Minute)
	ok(t, b.Desk.Sweep(ctx))
	for of, want := range map[phonebank.UserID]int{dana.ID: 1, luis.ID: 0, "": 1} {
		if list, err := b.Store.UnsureTexts(ctx, of); err != nil || len(list) != want {
			t.Errorf("%q sees %d of %d: %v", of, len(list), want, err)
		}
	}
	ok(t, b.Desk.SendAgain(ctx, o.ID, dana))
	if sent := b.Sent("+12125550123"); !slices.Equal(sent, []string{"It's Dana."}) {
		t.Errorf("%v", sent)
	}
}

// P20: whatever was claimed was claimed before its last moment; what missed it is on a person's list, or expired in words.
func TestLastMoment_NothingLeavesAfterIt(t *testing.T) {
	b := testbank.New(t, testbank.Options{NoLoops: true})
	var ids []phonebank.FollowUpID
	for i, number := range []string{"+12125550121", "+12125550122", "+12125550123", "+12125550124"} {
		p := b.Neighbor("Neighbor "+number, number)
		ids = append(ids, reminder(t, b, p, "See you Thursday.").ID)
		if i == 0 {
			b.Clock.Advance(61 * time.Second)
			ok(t, b.Desk.Deliver(ctx, mustOutbox(t, b, ids[0]).ID, 0))
		}
	}
	ok(t, b.Store.Pause(ctx, b.Coordinator.ID, b.Clock.Now()))
	b.Clock.Advance(phonebank.LateBy + 2*time.Minute)
	ok(t, b.Store.Lift(ctx, b.Coordinator.ID, b.Clock.Now()))
	for _, id := range ids {
		o := mustOutbox(t, b, id)
		ok(t, b.Desk.Deliver(ctx, o.ID, o.Generation))
	}
	ok(t, b.Desk.Sweep(ctx))
	late := b.Count(`SELECT count(*) FROM outbox WHERE claimed_at > not_after`)
	listed := b.Count(`SELECT count(*) FROM follow_ups WHERE state = 'needs_person' AND why <> ''`)
	t.Logf("4 texts: %d claimed, %d later than their last moment, %d on a person's list", b.Count(`SELECT count(*) FROM outbox WHERE claimed_at IS NOT NULL`), late, listed)
	if late != 0 || listed != 3 {
		t.Errorf("%d late, %d of 3 listed", late, listed)
	}
}

// What was taken off while nobody knew whether its text went is not sent again: the press says why, and nothing stands ready.
func TestUnsure_WhatWasTakenOffMeanwhileIsNotSentAgain(t *testing.T) {
	b := testbank.New(t, testbank.Options{NoLoops: true})
	p := b.Neighbor("Walt Brandt", "+12125550123")
	f := unsure(t, b, p, simulator.DoServerError)
	o := mustOutbox(t, b, f.ID)
	_, err := b.Store.DB().Exec(`UPDATE follow_ups SET state = 'cancelled' WHERE id = $1`, f.ID)
	ok(t, err)
	if err := b.Desk.SendAgain(ctx, o.ID, b.Coordinator); phonebank.KindOf(err) != phonebank.Stale {
		t.Errorf("%v", err)
	}
	if n := b.Count(`SELECT count(*) FROM outbox WHERE state = 'ready'`); n != 0 {
		t.Errorf("%d texts stand ready and would never go", n)
	}
}

// They say stop while nobody knows whether a text went: it ends with the text on the list to look at, and nothing planned for the
// number, which the auditor would take for a promise after a stop.
func TestUnsure_AStopMeanwhileLeavesNothingPlanned(t *testing.T) {
	b := testbank.New(t, testbank.Options{NoLoops: true})
	p := b.Neighbor("Walt Brandt", "+12125550123")
	f := reminder(t, b, p, "See you Thursday.")
	b.Sim.Fault(simulator.Rule{Side: simulator.SideAPI, Op: "messages.create", Do: simulator.DoServerError, Count: 1})
	b.Clock.Advance(61 * time.Second)
	ok(t, b.Desk.Deliver(ctx, mustOutbox(t, b, f.ID).ID, 0))
	ok(t, b.Desk.Receive(ctx, in(1, "+12125550123", "STOP")))
	for _, minutes := range []int{2, 5, 10, 15} {
		b.Clock.Advance(time.Duration(minutes) * time.Minute)
		ok(t, b.Desk.Sweep(ctx))
	}
	now, err := b.Store.FollowUp(ctx, f.ID)
	ok(t, err)
	if o := mustOutbox(t, b, f.ID); now.State != phonebank.FollowUpCancelled || o.State != phonebank.OutboxUnknown {
		t.Errorf("the promise is %s, its text %s", now.State, o.State)
	}
	found, err := b.Store.Audit(ctx, b.Clock.Now())
	ok(t, err)
	if len(found) != 0 {
		t.Errorf("the auditor stops everything for %v", found)
	}
}
