package worker_test

import (
	"context"
	"fmt"
	"testing"
	"time"

	"phonebank"
	"phonebank/internal/testbank"
	"phonebank/internal/testdb"
	"phonebank/simulator"
)

func TestMain(m *testing.M) { testdb.Main(m) }

var ctx = context.Background()

func ok(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func remind(t *testing.T, b *testbank.Bank, i, minutes int) phonebank.FollowUp {
	t.Helper()
	p := b.Neighbor(fmt.Sprint("Neighbor ", i), fmt.Sprintf("+1646555%04d", i))
	ok(t, b.Store.GiveConsent(ctx, p.ID, p.PhoneID, "text_ok", "a talk", "May I text you?", "Dana", b.Clock.Now()))
	f, err := b.Diary.Promise(ctx, p.ID, b.Coordinator.ID, phonebank.Wish{Channel: phonebank.ByText, Reason: phonebank.ReasonBefore, InMinutes: minutes, Body: "See you Thursday."})
	ok(t, err)
	return f
}

// Redis is wiped again and again while texts come due: nothing is lost and nothing is doubled.
func TestRedisFlushed_WhileWorkIsDueLosesAndDoublesNothing(t *testing.T) {
	b := testbank.New(t, testbank.Options{})
	const n = 60
	for i := range n {
		remind(t, b, i, 1+i%3)
	}
	for range 4 {
		ok(t, b.Redis.FlushDB(ctx).Err())
		b.Clock.Advance(45 * time.Second)
		ok(t, b.Redis.FlushDB(ctx).Err())
	}
	b.Until("all sent", func() bool {
		b.Clock.Advance(time.Second)
		return b.Count(`SELECT count(*) FROM outbox WHERE state = 'accepted'`) == n
	})
	for i := range n {
		if sent := b.Sent(fmt.Sprintf("+1646555%04d", i)); len(sent) != 1 {
			t.Errorf("neighbor %d has %d texts", i, len(sent))
		}
	}
	if left := b.Count(`SELECT count(*) FROM follow_ups WHERE state <> 'done'`); left != 0 {
		t.Errorf("%d promises did not end", left)
	}
}

// Two workers on one Postgres and one Redis, a fifth of Twilio's answers lost or wrong.
func TestTwoWorkers_WithFaultyAnswersDoubleNothing(t *testing.T) {
	b := testbank.New(t, testbank.Options{})
	second := b.Another(testbank.Options{})
	for _, do := range []string{simulator.DoTooMany, simulator.DoAcceptError, simulator.DoAcceptReset, simulator.DoServerError} {
		b.Sim.Fault(simulator.Rule{Side: simulator.SideAPI, Op: "messages.create", Do: do, P: 0.06})
	}
	b.Sim.Fault(simulator.Rule{Side: simulator.SideWebhook, Op: "message-status", Do: simulator.DoDuplicate, P: 0.3})
	b.Sim.Fault(simulator.Rule{Side: simulator.SideWebhook, Op: "message-status", Do: simulator.DoLost, P: 0.2})
	const n = 150
	for i := range n {
		remind(t, b, i, 1)
	}
	b.Clock.Advance(61 * time.Second)
	b.Until("every text has an end or is known to be unknown", func() bool {
		b.Clock.Advance(time.Second)
		ok(t, second.Worker.Sweep(ctx))
		return b.Count(`SELECT count(*) FROM outbox WHERE state IN ('ready', 'sending')`) == 0
	})
	twice, sent := 0, 0
	for i := range n {
		got := len(b.Sent(fmt.Sprintf("+1646555%04d", i)))
		sent += got
		if got > 1 {
			twice++
		}
	}
	t.Logf("%d promises, %d texts at Twilio, %d doubled, %d with an outcome nobody knows", n, sent, twice, b.Count(`SELECT count(*) FROM outbox WHERE state = 'unknown'`))
	if twice != 0 {
		t.Errorf("%d people got the text twice", twice)
	}
	b.Clock.Advance(31 * time.Minute)
	b.Until("what is unknown is looked up, or on a person's list", func() bool {
		return b.Count(`SELECT count(*) FROM follow_ups WHERE state NOT IN ('done', 'needs_person')`) == 0
	})
}

func TestCallback_IsOfferedToItsVolunteerAtItsTime(t *testing.T) {
	b := testbank.New(t, testbank.Options{})
	p := b.Neighbor("Walt Brandt", "+12125550123")
	dana, own := b.Connected("Dana", testbank.VolunteerPhone)
	_, other := b.Connected("Luis", "+12125550192")
	ok(t, b.Store.Talked(ctx, b.Campaign.ID, p.ID, "seen"))
	_, err := b.Diary.Promise(ctx, p.ID, dana.ID, phonebank.Wish{Channel: phonebank.ByCall, Reason: phonebank.ReasonScheduled, InMinutes: 1})
	ok(t, err)
	ok(t, b.Board.Ready(ctx, other.ID))
	ok(t, b.Board.Ready(ctx, own.ID))
	b.Clock.Advance(61 * time.Second)
	own = b.AwaitShift(own.ID, func(s phonebank.Shift) bool {
		return s.State == phonebank.ShiftReserved && s.PersonID == p.ID && s.FollowUpID != ""
	})
	if other, err = b.Store.Shift(ctx, other.ID); err != nil || other.PersonID != "" {
		t.Errorf("somebody else was handed Dana's promise: %v", err)
	}
	// Passed on, it is due again, and Dana's for the grace time.
	ok(t, b.Board.Rest(ctx, own.ID))
	if n := b.Count(`SELECT count(*) FROM follow_ups WHERE state = 'due'`); n != 1 {
		t.Error("the promise was dropped")
	}
	b.Clock.Advance(16 * time.Minute)
	b.AwaitShift(other.ID, func(s phonebank.Shift) bool { return s.PersonID == p.ID })
}

func TestWave_ItsCallsAreOfferedInDueOrder(t *testing.T) {
	b := testbank.New(t, testbank.Options{})
	var ids []phonebank.FollowUpID
	var people []phonebank.PersonID
	for i, minutes := range []int{30, 10, 20} {
		p := b.Neighbor(fmt.Sprint("Neighbor ", i), fmt.Sprintf("+1646555%04d", i))
		ok(t, b.Store.Talked(ctx, b.Campaign.ID, p.ID, "seen"))
		f, err := b.Diary.Promise(ctx, p.ID, b.Coordinator.ID, phonebank.Wish{Channel: phonebank.ByCall, Reason: phonebank.ReasonAsked, InMinutes: minutes})
		ok(t, err)
		ids, people = append(ids, f.ID), append(people, p.ID)
	}
	b.Clock.Advance(31 * time.Minute)
	b.Until("due", func() bool { return b.Count(`SELECT count(*) FROM follow_ups WHERE state = 'due'`) == 3 })
	_, taken, err := b.Diary.GatherWave(ctx, "Tuesday's callbacks", b.Session.ID, ids, b.Coordinator.ID)
	ok(t, err)
	if taken != 3 {
		t.Fatalf("%d of 3 in the wave", taken)
	}
	_, shift := b.Connected("Dana", testbank.VolunteerPhone)
	for _, want := range []phonebank.PersonID{people[1], people[2], people[0]} {
		ok(t, b.Board.Ready(ctx, shift.ID))
		s := b.AwaitShift(shift.ID, func(s phonebank.Shift) bool { return s.State == phonebank.ShiftReserved })
		if s.PersonID != want {
			t.Errorf("offered %s, want %s", s.PersonID, want)
		}
		ok(t, b.Diary.Done(ctx, s.FollowUpID, s.UserID))
		ok(t, b.Board.Rest(ctx, shift.ID))
	}
}
