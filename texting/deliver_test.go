package texting_test

import (
	"errors"
	"fmt"
	"math/rand"
	"sync"
	"testing"
	"time"

	"phonebank"
	"phonebank/internal/testbank"
	"phonebank/simulator"
	"phonebank/texting"
)

// What Twilio does with a request decides whether it may be sent again; only where nothing was processed may it.
func TestDeliver_AtMostOneTextWhateverTwilioAnswers(t *testing.T) {
	for _, c := range []struct {
		fault string
		after phonebank.OutboxState
		end   phonebank.OutboxState
		sent  int
	}{
		{simulator.DoTooMany, phonebank.OutboxReady, phonebank.OutboxAccepted, 1},
		{simulator.DoAcceptError, phonebank.OutboxUnknown, phonebank.OutboxAccepted, 1},
		{simulator.DoAcceptReset, phonebank.OutboxUnknown, phonebank.OutboxAccepted, 1},
		{simulator.DoAcceptHalf, phonebank.OutboxUnknown, phonebank.OutboxAccepted, 1},
		{simulator.DoAcceptTimeout, phonebank.OutboxUnknown, phonebank.OutboxAccepted, 1},
		{simulator.DoServerError, phonebank.OutboxUnknown, phonebank.OutboxUnknown, 0},
		{"21614", phonebank.OutboxFailed, phonebank.OutboxFailed, 0},
		{"21610", phonebank.OutboxFailed, phonebank.OutboxFailed, 0},
	} {
		t.Run(c.fault, func(t *testing.T) {
			b := testbank.New(t, testbank.Options{NoLoops: true, Timings: slowReports()})
			p := b.Neighbor("Walt Brandt", "+12125550123")
			f := reminder(t, b, p, "See you Thursday.")
			b.Sim.Fault(simulator.Rule{Side: simulator.SideAPI, Op: "messages.create", Do: c.fault, Count: 1})
			b.Clock.Advance(61 * time.Second)
			o, err := b.Store.OutboxOf(ctx, f.ID)
			ok(t, err)
			ok(t, b.Desk.Deliver(ctx, o.ID, o.Generation))
			if o, err = b.Store.OutboxOf(ctx, f.ID); err != nil || o.State != c.after {
				t.Fatalf("right after: %s %v", o.State, err)
			}
			for range 4 {
				ok(t, b.Desk.Sweep(ctx))
				due, err := b.Desk.Due(ctx, 10)
				ok(t, err)
				for _, r := range due {
					ok(t, b.Desk.Deliver(ctx, phonebank.OutboxID(r.ID), r.Generation))
				}
				b.Clock.Advance(3 * time.Minute)
			}
			b.Until("the end of it", func() bool {
				o, err = b.Store.OutboxOf(ctx, f.ID)
				return err == nil && o.State == c.end
			})
			if sent := b.Sent("+12125550123"); len(sent) != c.sent {
				t.Errorf("%d texts", len(sent))
			}
		})
	}
}

// slowReports lets callbacks come minutes later, so that what resolves a lost answer is the look at Twilio's list.
func slowReports() simulator.Timings {
	f := simulator.FastTimings()
	f.Sent, f.Delivered = time.Minute, time.Minute
	return f
}

func TestUnknown_ReachesAPersonAfterHalfAnHour(t *testing.T) {
	b := testbank.New(t, testbank.Options{NoLoops: true})
	p := b.Neighbor("Walt Brandt", "+12125550123")
	f := reminder(t, b, p, "See you Thursday.")
	b.Sim.Fault(simulator.Rule{Side: simulator.SideAPI, Op: "messages.create", Do: simulator.DoServerError, Count: 1})
	b.Clock.Advance(61 * time.Second)
	ok(t, b.Desk.Deliver(ctx, mustOutbox(t, b, f.ID).ID, 0))
	b.Clock.Advance(31 * time.Minute)
	ok(t, b.Desk.Sweep(ctx))
	got, err := b.Store.FollowUp(ctx, f.ID)
	ok(t, err)
	if got.State != phonebank.FollowUpNeedsPerson || got.Why == "" {
		t.Errorf("%s %q", got.State, got.Why)
	}
}

func TestDeliver_AStaleRingDoesNothing(t *testing.T) {
	b := testbank.New(t, testbank.Options{NoLoops: true})
	p := b.Neighbor("Walt Brandt", "+12125550123")
	f := reminder(t, b, p, "See you Thursday.")
	ok(t, b.Diary.Move(ctx, f.ID, b.Coordinator.ID, b.Clock.Now().Add(24*time.Hour).In(newYork(t)).Format(phonebank.LocalForm)))
	b.Clock.Advance(2 * time.Minute)
	ok(t, b.Desk.Deliver(ctx, mustOutbox(t, b, f.ID).ID, 0)) // rung for the old time
	if sent := b.Sent("+12125550123"); len(sent) != 0 {
		t.Errorf("%v", sent)
	}
}

func TestDeliver_NotAfterTheEveningEnds(t *testing.T) {
	b := testbank.New(t, testbank.Options{NoLoops: true})
	p := b.Neighbor("Walt Brandt", "+12125550123")
	f := reminder(t, b, p, "See you Thursday.")
	b.Clock.Advance(2*time.Hour + 25*time.Minute) // 7:55 pm there
	due, err := b.Desk.Due(ctx, 10)
	ok(t, err)
	ok(t, b.Desk.Deliver(ctx, mustOutbox(t, b, f.ID).ID, due[0].Generation))
	if sent := b.Sent("+12125550123"); len(sent) != 0 {
		t.Fatalf("a text at 7:55 pm: %v", sent)
	}
	got, err := b.Store.FollowUp(ctx, f.ID)
	ok(t, err)
	if got.State != phonebank.FollowUpNeedsPerson {
		t.Errorf("its last moment is before the next morning, so a person decides; it is %s", got.State)
	}
}

func TestCap_TheFourthTextOfADayWaitsForAPerson(t *testing.T) {
	b := testbank.New(t, testbank.Options{NoLoops: true})
	p := b.Neighbor("Walt Brandt", "+12125550123")
	for i := range 4 {
		f := reminder(t, b, p, fmt.Sprint("Reminder ", i))
		b.Clock.Advance(61 * time.Second)
		ok(t, b.Desk.Deliver(ctx, mustOutbox(t, b, f.ID).ID, 0))
		got, err := b.Store.FollowUp(ctx, f.ID)
		ok(t, err)
		if want := map[bool]phonebank.FollowUpState{true: phonebank.FollowUpDone, false: phonebank.FollowUpNeedsPerson}[i < 3]; got.State != want {
			t.Errorf("text %d: %s (%s)", i+1, got.State, got.Why)
		}
	}
	if sent := b.Sent("+12125550123"); len(sent) != 3 {
		t.Errorf("%d texts", len(sent))
	}
}

func TestPause_HoldsATextUntilItIsOver(t *testing.T) {
	b := testbank.New(t, testbank.Options{NoLoops: true})
	p := b.Neighbor("Walt Brandt", "+12125550123")
	f := reminder(t, b, p, "See you Thursday.")
	ok(t, b.Store.Pause(ctx, b.Coordinator.ID, b.Clock.Now()))
	b.Clock.Advance(61 * time.Second)
	ok(t, b.Desk.Deliver(ctx, mustOutbox(t, b, f.ID).ID, 0))
	if sent := b.Sent("+12125550123"); len(sent) != 0 {
		t.Fatalf("a text in the pause: %v", sent)
	}
	ok(t, b.Store.Lift(ctx, b.Coordinator.ID, b.Clock.Now()))
	ok(t, b.Desk.Deliver(ctx, mustOutbox(t, b, f.ID).ID, 0))
	if sent := b.Sent("+12125550123"); len(sent) != 1 {
		t.Errorf("after the pause: %v %+v", sent, mustOutbox(t, b, f.ID))
	}
}

func TestStatus_CallbacksInAnyOrderAndRepeatedEndTheSame(t *testing.T) {
	b := testbank.New(t, testbank.Options{NoLoops: true})
	for seed := range int64(12) {
		p := b.Neighbor(fmt.Sprint("Neighbor ", seed), fmt.Sprintf("+1646555%04d", seed))
		f := reminder(t, b, p, "See you Thursday.")
		reports := []phonebank.MessageState{"queued", "sending", "sent", "delivered", "sent", "delivered"}
		rand.New(rand.NewSource(seed)).Shuffle(len(reports), func(i, j int) { reports[i], reports[j] = reports[j], reports[i] })
		o := mustOutbox(t, b, f.ID)
		b.Sim.Fault(simulator.Rule{Side: simulator.SideWebhook, Op: "message-status", Do: simulator.DoLost})
		b.Clock.Advance(61 * time.Second)
		ok(t, b.Desk.Deliver(ctx, o.ID, 0))
		o = mustOutbox(t, b, f.ID)
		for _, r := range reports {
			ok(t, b.Desk.Status(ctx, texting.Report{Token: o.Token, SID: *o.SID, Status: r}))
		}
		m, err := b.Store.Message(ctx, *o.MessageID)
		ok(t, err)
		if m.State != phonebank.MessageDelivered {
			t.Errorf("%v ends in %s", reports, m.State)
		}
		if err := b.Desk.Status(ctx, texting.Report{Token: o.Token, SID: sid(int(seed)), Status: "delivered"}); phonebank.KindOf(err) != phonebank.Conflict {
			t.Errorf("a report for another text with our token: %v", err)
		}
	}
}

// Two hundred numbers at which a reminder and a STOP meet: whoever is first, nothing is claimed after the STOP is stored.
func TestClaim_NothingIsClaimedAfterAStopIsStored(t *testing.T) {
	b := testbank.New(t, testbank.Options{NoLoops: true})
	const pairs = 200
	var ids []phonebank.OutboxID
	for i := range pairs {
		p := b.Neighbor(fmt.Sprint("Neighbor ", i), fmt.Sprintf("+1646555%04d", i))
		ids = append(ids, mustOutbox(t, b, reminder(t, b, p, "See you Thursday.").ID).ID)
	}
	b.Clock.Advance(61 * time.Second)
	var all sync.WaitGroup
	errs := make(chan error, 2*pairs)
	gate := make(chan struct{}, 8)
	for i, id := range ids {
		gate <- struct{}{}
		all.Go(func() {
			defer func() { <-gate }()
			var pair sync.WaitGroup
			pair.Go(func() { errs <- b.Desk.Deliver(ctx, id, 0) })
			pair.Go(func() { errs <- b.Desk.Receive(ctx, in(10_000+i, fmt.Sprintf("+1646555%04d", i), "STOP")) })
			pair.Wait()
		})
	}
	all.Wait()
	close(errs)
	var err error
	for e := range errs {
		err = errors.Join(err, e)
	}
	ok(t, err)
	after := b.Count(`SELECT count(*) FROM journal c JOIN outbox o ON o.id = c.thing_id AND c.thing = 'outbox' AND c.event = 'claim'
		JOIN journal s ON s.thing = 'phone' AND s.thing_id = o.phone_id AND s.event = 'opt_out' WHERE c.id > s.id`)
	stopped := b.Count(`SELECT count(*) FROM phones WHERE opted_out_at IS NOT NULL`)
	left := b.Count(`SELECT count(*) FROM outbox WHERE state IN ('ready', 'held', 'sending')`)
	t.Logf("%d pairs: %d claimed before their STOP, %d after", pairs, b.Count(`SELECT count(*) FROM outbox WHERE claimed_at IS NOT NULL`), after)
	if after != 0 || stopped != pairs || left != 0 {
		t.Errorf("%d claims after a STOP, %d of %d numbers stopped, %d texts still to come", after, stopped, pairs, left)
	}
}

func TestDeliver_AFaultOfOurSetupLosesNoPromise(t *testing.T) {
	b := testbank.New(t, testbank.Options{NoLoops: true})
	p := b.Neighbor("Walt Brandt", "+12125550123")
	f := reminder(t, b, p, "See you Thursday.")
	b.Sim.Fault(simulator.Rule{Side: simulator.SideAPI, Op: "messages.create", Do: simulator.DoRevoked, Count: 1})
	b.Clock.Advance(61 * time.Second)
	ok(t, b.Desk.Deliver(ctx, mustOutbox(t, b, f.ID).ID, 0))
	if o := mustOutbox(t, b, f.ID); o.State != phonebank.OutboxReady || o.ErrorCode != 20003 {
		t.Fatalf("after a revoked token: %s %d", o.State, o.ErrorCode)
	}
	b.Clock.Advance(time.Minute)
	due, err := b.Desk.Due(ctx, 10)
	ok(t, err)
	ok(t, b.Desk.Deliver(ctx, phonebank.OutboxID(due[0].ID), due[0].Generation))
	if sent := b.Sent("+12125550123"); len(sent) != 1 {
		t.Errorf("%v", sent)
	}
}

func TestMove_AReminderThatWasHandedOverGoesAtItsNewTime(t *testing.T) {
	b := testbank.New(t, testbank.Options{NoLoops: true})
	p := b.Neighbor("Walt Brandt", "+12125550123")
	f := reminder(t, b, p, "See you Thursday.")
	b.Clock.Advance(2*time.Hour + 25*time.Minute) // 7:55 pm there: a person decides
	due, err := b.Desk.Due(ctx, 10)
	ok(t, err)
	ok(t, b.Desk.Deliver(ctx, phonebank.OutboxID(due[0].ID), due[0].Generation))
	ok(t, b.Diary.Move(ctx, f.ID, b.Coordinator.ID, b.Clock.Now().Add(16*time.Hour).In(newYork(t)).Format(phonebank.LocalForm)))
	b.Clock.Advance(16*time.Hour + time.Minute)
	due, err = b.Desk.Due(ctx, 10)
	ok(t, err)
	if len(due) != 1 {
		t.Fatalf("%d texts are due", len(due))
	}
	ok(t, b.Desk.Deliver(ctx, phonebank.OutboxID(due[0].ID), due[0].Generation))
	if sent := b.Sent("+12125550123"); len(sent) != 1 {
		t.Errorf("%v", sent)
	}
}

// The sweeper rings under a new generation while a sender is between its lock and its claim: the sender steps back, and the text
// is not mistaken for one too many.
func TestRing_ASweepInTheMiddleOfAClaimHoldsNothing(t *testing.T) {
	b := testbank.New(t, testbank.Options{NoLoops: true})
	var ids []phonebank.OutboxID
	for i := range 60 {
		p := b.Neighbor(fmt.Sprint("Neighbor ", i), fmt.Sprintf("+1646555%04d", i))
		ids = append(ids, mustOutbox(t, b, reminder(t, b, p, "See you Thursday.").ID).ID)
	}
	b.Clock.Advance(61 * time.Second)
	var all sync.WaitGroup
	for _, id := range ids {
		all.Go(func() {
			if err := b.Desk.Deliver(ctx, id, 0); err != nil {
				t.Error(err)
			}
		})
		all.Go(func() {
			due, err := b.Desk.Due(ctx, 1)
			if err != nil {
				t.Error(err)
			}
			for _, r := range due {
				if err := b.Desk.Deliver(ctx, phonebank.OutboxID(r.ID), r.Generation); err != nil {
					t.Error(err)
				}
			}
		})
	}
	all.Wait()
	if held := b.Count(`SELECT count(*) FROM outbox WHERE state = 'held'`); held != 0 {
		t.Errorf("%d texts were put on a person's list for nothing", held)
	}
}
