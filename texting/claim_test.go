package texting_test

import (
	"testing"
	"time"

	"phonebank"
	"phonebank/internal/testbank"
	"phonebank/store"
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

// Who claims waits for what is being stored about the number and judges by that, not by what was there when it began.
func TestClaim_WaitsForWhatIsBeingStoredAboutTheNumber(t *testing.T) {
	b := testbank.New(t, testbank.Options{NoLoops: true})
	p := b.Neighbor("Walt Brandt", "+12125550123")
	id := mustOutbox(t, b, reminder(t, b, p, "See you Thursday.").ID).ID
	b.Clock.Advance(61 * time.Second)
	delivered := make(chan error, 1)
	ok(t, b.Store.InTx(ctx, func(tx *store.Tx) error {
		if _, err := tx.HoldPhone(ctx, p.PhoneID, "please stop by at 5", b.Clock.Now()); err != nil {
			return err
		}
		go func() { delivered <- b.Desk.Deliver(ctx, id, 0) }()
		b.Until("the claim waits for the number", func() bool {
			return b.Count(`SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'`) == 1
		})
		return nil
	}))
	ok(t, <-delivered)
	if sent := b.Sent("+12125550123"); len(sent) != 0 {
		t.Errorf("a text went after the hold was stored: %v", sent)
	}
	if o, err := b.Store.Outbox(ctx, id); err != nil || o.State != phonebank.OutboxReady || o.Attempt != 0 {
		t.Errorf("the text is %s after %d attempts (%v)", o.State, o.Attempt, err)
	}
}

// refuseCommits lets every change of a table fail at the last moment, as a disk does that is full: at the commit.
func refuseCommits(t *testing.T, b *testbank.Bank, table string) {
	t.Helper()
	_, err := b.Store.DB().Exec(`
		CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'the disk is full' USING ERRCODE = '53100'; END $$;
		CREATE CONSTRAINT TRIGGER refused AFTER UPDATE ON ` + table + ` DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION refuse()`)
	ok(t, err)
}

// Only a claim that is committed may ask Twilio: one that never was leaves no trace here, and the text would go again.
func TestDeliver_AClaimThatWasNotCommittedAsksNobody(t *testing.T) {
	b := testbank.New(t, testbank.Options{NoLoops: true})
	p := b.Neighbor("Walt Brandt", "+12125550123")
	id := mustOutbox(t, b, reminder(t, b, p, "See you Thursday.").ID).ID
	b.Clock.Advance(61 * time.Second)
	refuseCommits(t, b, "outbox")
	if err := b.Desk.Deliver(ctx, id, 0); err == nil {
		t.Error("nobody is told that the claim was not kept")
	}
	if sent := b.Sent("+12125550123"); len(sent) != 0 {
		t.Errorf("a text went that nobody claimed: %v", sent)
	}
}

// Twilio tells us once what became of a text, unless we say that we could not keep it: then it tells us again.
func TestStatus_WhatIsNotCommittedIsNotAnswered(t *testing.T) {
	b := testbank.New(t, testbank.Options{NoLoops: true, Timings: slowReports()})
	p := b.Neighbor("Walt Brandt", "+12125550123")
	f := reminder(t, b, p, "See you Thursday.")
	b.Clock.Advance(61 * time.Second)
	ok(t, b.Desk.Deliver(ctx, mustOutbox(t, b, f.ID).ID, 0))
	o := mustOutbox(t, b, f.ID)
	refuseCommits(t, b, "messages")
	if err := b.Desk.Status(ctx, texting.Report{Token: o.Token, SID: *o.SID, Status: "delivered"}); err == nil {
		t.Error("Twilio is told that we have kept what we have not")
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
