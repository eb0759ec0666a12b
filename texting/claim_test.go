package texting_test

import (
	"testing"
	"time"

	"phonebank"
	"phonebank/internal/testbank"
	"phonebank/texting"
)

// The sweeper rings again under a new generation; who comes late with the old one finds nothing to do.
func TestDeliver_ARingThatWasRungAgainDoesNothing(t *testing.T) {
	b := testbank.New(t, testbank.Options{NoLoops: true})
	p := b.Neighbor("Walt Brandt", "+12125550123")
	f := reminder(t, b, p, "See you Thursday.")
	b.Clock.Advance(61 * time.Second)
	due, err := b.Desk.Due(ctx, 10)
	ok(t, err)
	id := mustOutbox(t, b, f.ID).ID
	ok(t, b.Desk.Deliver(ctx, id, due[0].Generation-1))
	if sent := b.Sent("+12125550123"); len(sent) != 0 {
		t.Fatalf("an old ring sent %v", sent)
	}
	ok(t, b.Desk.Deliver(ctx, id, due[0].Generation))
	if sent := b.Sent("+12125550123"); len(sent) != 1 {
		t.Errorf("the newest ring sent %v", sent)
	}
}

// A ring that comes hours late must not send what nobody needs any more.
func TestDeliver_NothingGoesAfterItsLastMoment(t *testing.T) {
	b := testbank.New(t, testbank.Options{NoLoops: true})
	p := b.Neighbor("Walt Brandt", "+12125550123")
	f := reminder(t, b, p, "See you Thursday.")
	_, err := b.Store.DB().Exec(`UPDATE outbox SET not_after = not_before + interval '10 minutes'`)
	ok(t, err)
	b.Clock.Advance(12 * time.Minute)
	ok(t, b.Desk.Deliver(ctx, mustOutbox(t, b, f.ID).ID, 0))
	if sent := b.Sent("+12125550123"); len(sent) != 0 {
		t.Errorf("a text after its last moment: %v", sent)
	}
	ok(t, b.Desk.Sweep(ctx))
	if got, err := b.Store.FollowUp(ctx, f.ID); err != nil || got.State != phonebank.FollowUpNeedsPerson {
		t.Errorf("it is %s and not on a person's list (%v)", got.State, err)
	}
}

// A process that was frozen between its claim and its request may not act on a claim that others count as lost.
func TestDeliver_AProcessThatSleptSendsNothing(t *testing.T) {
	b := testbank.New(t, testbank.Options{NoLoops: true})
	p := b.Neighbor("Walt Brandt", "+12125550123")
	f := reminder(t, b, p, "See you Thursday.")
	b.Clock.Advance(61 * time.Second)
	parts, looks := b.Desk.Parts, 0
	parts.Wall = func() time.Time {
		looks++
		return testbank.Tuesday.Add(time.Duration(looks) * 6 * time.Second)
	}
	sleepy := texting.New(parts)
	defer sleepy.Close()
	ok(t, sleepy.Deliver(ctx, mustOutbox(t, b, f.ID).ID, 0))
	if sent := b.Sent("+12125550123"); len(sent) != 0 {
		t.Errorf("it sent %v", sent)
	}
	if o := mustOutbox(t, b, f.ID); o.State != phonebank.OutboxReady {
		t.Errorf("nothing was sent, and it is %s", o.State)
	}
}

// What is taken back takes its text with it.
func TestCancel_ItsTextGoesWithIt(t *testing.T) {
	b := testbank.New(t, testbank.Options{NoLoops: true})
	p := b.Neighbor("Walt Brandt", "+12125550123")
	f := reminder(t, b, p, "See you Thursday.")
	ok(t, b.Diary.Cancel(ctx, f.ID, b.Coordinator.ID, "Not needed any more."))
	if o := mustOutbox(t, b, f.ID); o.State != phonebank.OutboxCancelled {
		t.Errorf("the promise is cancelled, and its text %s", o.State)
	}
}

// A number is a household: whoever says stop on it says it for everybody on it.
func TestStop_ReachesEverybodyOnTheNumber(t *testing.T) {
	b := testbank.New(t, testbank.Options{NoLoops: true})
	first, second := b.Neighbor("Walt Brandt", "+12125550123"), b.Neighbor("Ines Brandt", "+12125550123")
	one, two := reminder(t, b, first, "See you Thursday."), reminder(t, b, second, "See you Friday.")
	ok(t, b.Desk.Receive(ctx, in(1, "+12125550123", "Stop")))
	for _, f := range []phonebank.FollowUp{one, two} {
		got, err := b.Store.FollowUp(ctx, f.ID)
		ok(t, err)
		if o := mustOutbox(t, b, f.ID); got.State != phonebank.FollowUpCancelled || o.State != phonebank.OutboxCancelled {
			t.Errorf("after a stop on their number: follow-up %s, text %s", got.State, o.State)
		}
	}
}

// Twilio's name of a text belongs to one row, whatever the code thinks: two rows with the same words must not both count as sent.
func TestSID_BelongsToOneText(t *testing.T) {
	b := testbank.New(t, testbank.Options{NoLoops: true})
	p := b.Neighbor("Walt Brandt", "+12125550123")
	reminder(t, b, p, "See you Thursday.")
	reminder(t, b, p, "See you Thursday.")
	if _, err := b.Store.DB().Exec(`UPDATE outbox SET sid = $1`, sid(1)); err == nil {
		t.Error("two texts have the same name at Twilio")
	}
}

// A sender that died after its claim leaves nothing in the air: nobody knows whether it went, and that is said.
func TestLease_OfADeadSenderEndsAsUnknown(t *testing.T) {
	b := testbank.New(t, testbank.Options{NoLoops: true})
	p := b.Neighbor("Walt Brandt", "+12125550123")
	f := reminder(t, b, p, "See you Thursday.")
	b.Clock.Advance(61 * time.Second)
	_, err := b.Store.DB().Exec(`UPDATE outbox SET state = 'sending', claimed_at = $1`, b.Clock.Now()) // and then the machine is gone
	ok(t, err)
	ok(t, b.Desk.Sweep(ctx))
	if o := mustOutbox(t, b, f.ID); o.State != phonebank.OutboxSending {
		t.Errorf("its lease is not over, and it is %s", o.State)
	}
	b.Clock.Advance(phonebank.ClaimLease + time.Second)
	ok(t, b.Desk.Sweep(ctx))
	if o := mustOutbox(t, b, f.ID); o.State != phonebank.OutboxUnknown {
		t.Errorf("its lease is over, and it is %s", o.State)
	}
}
