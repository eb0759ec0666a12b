package texting_test

import (
	"context"
	"errors"
	"fmt"
	"math/rand"
	"slices"
	"sync"
	"testing"
	"time"

	"phonebank"
	"phonebank/internal/testbank"
	"phonebank/internal/testdb"
	"phonebank/simulator"
	"phonebank/store"
	"phonebank/texting"
)

func TestMain(m *testing.M) { testdb.Main(m) }

var ctx = context.Background()

func ok(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func sid(i int) string { return fmt.Sprintf("SM%032x", i) }

func in(i int, from, body string) texting.In {
	return texting.In{SID: sid(i), From: phonebank.Number(from), To: testbank.Ours, Body: body, Zones: "America/New_York"}
}

// reminder promises an automatic text in a minute to somebody who agreed to it.
func reminder(t *testing.T, b *testbank.Bank, p phonebank.Person, body string) phonebank.FollowUp {
	t.Helper()
	ok(t, b.Store.GiveConsent(ctx, p.ID, p.PhoneID, "text_ok", "a talk", "May I text you?", "Dana", b.Clock.Now()))
	f, err := b.Diary.Promise(ctx, p.ID, b.Coordinator.ID, phonebank.Wish{Channel: phonebank.ByText, Reason: phonebank.ReasonBefore, InMinutes: 1, Body: body})
	ok(t, err)
	return f
}

func TestReceive_TheSameSIDTwentyTimesIsOneMessage(t *testing.T) {
	b := testbank.New(t, testbank.Options{NoLoops: true})
	p := b.Neighbor("Walt Brandt", "+12125550123")
	var all sync.WaitGroup
	errs := make(chan error, 20)
	for range 20 {
		all.Go(func() { errs <- b.Desk.Receive(ctx, in(1, "+12125550123", "who is this  ")) })
	}
	all.Wait()
	close(errs)
	for err := range errs {
		ok(t, err)
	}
	thread, err := b.Store.Thread(ctx, p.PhoneID)
	ok(t, err)
	if len(thread) != 1 || thread[0].Body != "who is this  " || thread[0].PersonID != p.ID {
		t.Errorf("%+v", thread)
	}
}

func TestReceive_TextsThatArriveTogetherAreAllKept(t *testing.T) {
	b := testbank.New(t, testbank.Options{NoLoops: true})
	var all sync.WaitGroup
	errs := make(chan error, 300)
	for i := range 300 {
		all.Go(func() { errs <- b.Desk.Receive(ctx, in(i, fmt.Sprintf("+1646555%04d", i%40), fmt.Sprint("hello ", i))) })
	}
	all.Wait()
	close(errs)
	for err := range errs {
		ok(t, err)
	}
	if n, phones := b.Count(`SELECT count(*) FROM messages WHERE direction = 'in'`), b.Count(`SELECT count(*) FROM phones WHERE waiting_since IS NOT NULL`); n != 300 || phones != 40 {
		t.Errorf("%d texts of 300, %d numbers of 40", n, phones)
	}
}

func TestReceive_AnUnknownNumberIsKept(t *testing.T) {
	b := testbank.New(t, testbank.Options{NoLoops: true})
	ok(t, b.Desk.Receive(ctx, in(1, "+14155550142", "who is this")))
	waiting, err := b.Store.WaitingThreads(ctx, "")
	ok(t, err)
	if len(waiting) != 1 || waiting[0].PersonID != "" || waiting[0].Words != "who is this" {
		t.Errorf("%+v", waiting)
	}
}

func TestStop_CancelsEverythingInTheSameTransaction(t *testing.T) {
	b := testbank.New(t, testbank.Options{NoLoops: true})
	p := b.Neighbor("Walt Brandt", "+12125550123")
	f := reminder(t, b, p, "See you Thursday.")
	ok(t, b.Desk.Receive(ctx, in(1, "+12125550123", " Stop. ")))
	got, err := b.Store.FollowUp(ctx, f.ID)
	ok(t, err)
	o, err := b.Store.OutboxOf(ctx, f.ID)
	ok(t, err)
	if got.State != phonebank.FollowUpCancelled || o.State != phonebank.OutboxCancelled {
		t.Errorf("follow-up %s, text %s", got.State, o.State)
	}
	b.Clock.Advance(2 * time.Minute)
	ok(t, b.Worker.Sweep(ctx))
	ok(t, b.Desk.Deliver(ctx, o.ID, o.Generation))
	if sent := b.Sent("+12125550123"); len(sent) != 0 {
		t.Errorf("a text after STOP: %v (Twilio has answered its own keyword)", sent)
	}
	if _, err := b.Desk.Send(ctx, texting.Draft{Nonce: phonebank.NewID[string](b.Clock.Now()), PersonID: p.ID, Body: "Sorry!"}); phonebank.KindOf(err) != phonebank.Forbidden {
		t.Errorf("a text by hand after STOP: %v", err)
	}
}

func TestStop_AWordThatTwilioMissesGetsOneConfirmation(t *testing.T) {
	b := testbank.New(t, testbank.Options{NoLoops: true})
	b.Neighbor("Walt Brandt", "+12125550123")
	ok(t, b.Desk.Receive(ctx, in(1, "+12125550123", "Take me off!")))
	b.Until("the confirmation", func() bool { return len(b.Sent("+12125550123")) == 1 })
	ok(t, b.Desk.Receive(ctx, texting.In{SID: sid(2), From: "+12125550123", To: testbank.Ours, Body: "basta", OptOutType: "STOP"}))
	if n := b.Count(`SELECT count(*) FROM outbox WHERE legal`); n != 1 {
		t.Errorf("%d confirmations: none is owed where Twilio's own opt-out has answered", n)
	}
}

func TestStart_LiftsAKeywordAndRevivesNothing(t *testing.T) {
	b := testbank.New(t, testbank.Options{NoLoops: true})
	p := b.Neighbor("Walt Brandt", "+12125550123")
	f := reminder(t, b, p, "See you Thursday.")
	ok(t, b.Desk.Receive(ctx, in(1, "+12125550123", "STOP")))
	ok(t, b.Desk.Receive(ctx, in(2, "+12125550123", "START")))
	phone, err := b.Store.Phone(ctx, p.PhoneID)
	ok(t, err)
	got, err := b.Store.FollowUp(ctx, f.ID)
	ok(t, err)
	if phone.OptedOutAt != nil || got.State != phonebank.FollowUpCancelled {
		t.Errorf("opted out %v, follow-up %s", phone.OptedOutAt, got.State)
	}
	// What a person decided is not undone by a keyword.
	ok(t, b.Store.InTx(ctx, func(tx *store.Tx) error {
		_, err := tx.OptOut(ctx, p.PhoneID, "spoken", "never again", store.By{User: b.Coordinator.ID}, b.Clock.Now())
		return err
	}))
	ok(t, b.Desk.Receive(ctx, in(3, "+12125550123", "START")))
	if phone, err = b.Store.Phone(ctx, p.PhoneID); err != nil || phone.OptedOutAt == nil {
		t.Errorf("START lifted a spoken stop: %v", err)
	}
}

func TestYes_AnswersAQuestionAndOpensNothing(t *testing.T) {
	b := testbank.New(t, testbank.Options{NoLoops: true})
	p := b.Neighbor("Walt Brandt", "+12125550123")
	_, err := b.Desk.Send(ctx, texting.Draft{Nonce: phonebank.NewID[string](b.Clock.Now()), PersonID: p.ID, Body: "Can you come?"})
	ok(t, err)
	b.Clock.Advance(time.Second)
	ok(t, b.Desk.Receive(ctx, in(1, "+12125550123", "YES")))
	if n := b.Count(`SELECT count(*) FROM consents WHERE channel = 'all'`); n != 0 {
		t.Error("YES to a question was read as START")
	}
}

func TestRefusal_HoldsTheNumberUntilAPersonRules(t *testing.T) {
	b := testbank.New(t, testbank.Options{NoLoops: true})
	p := b.Neighbor("Walt Brandt", "+12125550123")
	f := reminder(t, b, p, "See you Thursday.")
	ok(t, b.Desk.Receive(ctx, in(1, "+12125550123", "please stop by at 5")))
	b.Clock.Advance(2 * time.Minute)
	ok(t, b.Worker.Sweep(ctx))
	o, err := b.Store.OutboxOf(ctx, f.ID)
	ok(t, err)
	ok(t, b.Desk.Deliver(ctx, o.ID, o.Generation))
	if sent := b.Sent("+12125550123"); len(sent) != 0 {
		t.Fatalf("a text went while the number is on hold: %v", sent)
	}
	ok(t, b.Store.InTx(ctx, func(tx *store.Tx) error {
		return tx.LiftHold(ctx, p.PhoneID, store.By{User: b.Coordinator.ID}, b.Clock.Now())
	}))
	b.Clock.Advance(6 * time.Minute)
	due, err := b.Desk.Due(ctx, 10)
	ok(t, err)
	if len(due) != 1 {
		t.Fatalf("due after the hold: %v", due)
	}
	ok(t, b.Desk.Deliver(ctx, o.ID, due[0].Generation))
	if sent := b.Sent("+12125550123"); len(sent) != 1 {
		t.Errorf("after the hold: %v", sent)
	}
}

func TestSend_TheSamePressTwiceIsOneText(t *testing.T) {
	b := testbank.New(t, testbank.Options{NoLoops: true})
	p := b.Neighbor("Walt Brandt", "+12125550123")
	draft := texting.Draft{Nonce: phonebank.NewID[string](b.Clock.Now()), PersonID: p.ID, UserID: b.Coordinator.ID, Body: "It’s Dana."}
	var all sync.WaitGroup
	errs := make(chan error, 8)
	for range 8 {
		all.Go(func() { _, err := b.Desk.Send(ctx, draft); errs <- err })
	}
	all.Wait()
	close(errs)
	for err := range errs {
		ok(t, err)
	}
	if sent := b.Sent("+12125550123"); !slices.Equal(sent, []string{"It's Dana."}) {
		t.Errorf("%v", sent)
	}
}

func TestSend_WithoutConsentIsRefusedInWords(t *testing.T) {
	b := testbank.New(t, testbank.Options{NoLoops: true})
	p := b.Neighbor("Walt Brandt", "+12125550123")
	_, err := b.Store.DB().Exec(`DELETE FROM consents`)
	ok(t, err)
	draft := texting.Draft{Nonce: phonebank.NewID[string](b.Clock.Now()), PersonID: p.ID, Body: "Hello"}
	if _, err = b.Desk.Send(ctx, draft); phonebank.KindOf(err) != phonebank.Forbidden {
		t.Fatal(err)
	}
	ok(t, b.Desk.Receive(ctx, in(1, "+12125550123", "who is this")))
	if _, err = b.Desk.Send(ctx, draft); err != nil {
		t.Errorf("whoever writes to us may be answered: %v", err)
	}
}

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

func mustOutbox(t *testing.T, b *testbank.Bank, id phonebank.FollowUpID) phonebank.Outbox {
	t.Helper()
	o, err := b.Store.OutboxOf(ctx, id)
	ok(t, err)
	return o
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

func newYork(t *testing.T) *time.Location {
	t.Helper()
	loc, err := phonebank.Zone("America/New_York")
	ok(t, err)
	return loc
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

func TestStop_SaidAgainAndAgainIsConfirmedOnce(t *testing.T) {
	b := testbank.New(t, testbank.Options{NoLoops: true})
	b.Neighbor("Walt Brandt", "+12125550123")
	for i := range 4 {
		ok(t, b.Desk.Receive(ctx, in(i, "+12125550123", "remove me")))
	}
	if n := b.Count(`SELECT count(*) FROM outbox WHERE legal`); n != 1 {
		t.Errorf("%d confirmations", n)
	}
}

func TestStart_DoesNotLiftWhatWasSaidAloudBeforeAKeyword(t *testing.T) {
	b := testbank.New(t, testbank.Options{NoLoops: true})
	p := b.Neighbor("Walt Brandt", "+12125550123")
	ok(t, b.Store.InTx(ctx, func(tx *store.Tx) error {
		_, err := tx.OptOut(ctx, p.PhoneID, "spoken", "never again", store.By{User: b.Coordinator.ID}, b.Clock.Now())
		return err
	}))
	ok(t, b.Desk.Receive(ctx, in(1, "+12125550123", "STOP")))
	ok(t, b.Desk.Receive(ctx, in(2, "+12125550123", "START")))
	if phone, err := b.Store.Phone(ctx, p.PhoneID); err != nil || phone.OptedOutAt == nil {
		t.Errorf("START lifted a spoken stop: %v", err)
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

func TestSend_TheFourthTextOfADayIsRefusedInWords(t *testing.T) {
	b := testbank.New(t, testbank.Options{NoLoops: true})
	p := b.Neighbor("Walt Brandt", "+12125550123")
	for i := range 4 {
		_, err := b.Desk.Send(ctx, texting.Draft{Nonce: phonebank.NewID[string](b.Clock.Now()), PersonID: p.ID, UserID: b.Coordinator.ID, Body: fmt.Sprint("Hello ", i)})
		if want := i == 3; (phonebank.KindOf(err) == phonebank.Forbidden && err != nil) != want {
			t.Errorf("text %d: %v", i+1, err)
		}
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
