package texting_test

import (
	"testing"
	"time"

	"phonebank"
	"phonebank/internal/testbank"
	"phonebank/simulator"
	"phonebank/texting"
)

// refused leaves a number whose next text Twilio refuses because it has opted out there, with another promise still to come.
func refused(t *testing.T, b *testbank.Bank) (now, later phonebank.FollowUp) {
	t.Helper()
	p := b.Neighbor("Walt Brandt", "+12125550123")
	now, later = reminder(t, b, p, "See you Thursday."), reminder(t, b, p, "See you Friday.")
	b.Sim.Fault(simulator.Rule{Side: simulator.SideAPI, Op: "messages.create", Do: "21610", Count: 1})
	b.Clock.Advance(61 * time.Second)
	return now, later
}

// unmarked counts the texts that Twilio refused because of an opt-out, on numbers of which we do not know that.
func unmarked(b *testbank.Bank) int {
	return b.Count(`SELECT count(*) FROM outbox o JOIN phones p ON p.id = o.phone_id WHERE o.state = 'failed' AND o.error_code = 21610 AND p.opted_out_at IS NULL`)
}

func TestOptedOutAtTwilio_TheOutcomeAndTheStopAreOneTransaction(t *testing.T) {
	b := testbank.New(t, testbank.Options{NoLoops: true})
	now, later := refused(t, b)
	o := mustOutbox(t, b, now.ID)
	ok(t, b.Desk.Deliver(ctx, o.ID, 0))
	if o = mustOutbox(t, b, now.ID); o.State != phonebank.OutboxFailed || o.ErrorCode != 21610 || unmarked(b) != 0 {
		t.Fatalf("%s %d, %d numbers unmarked", o.State, o.ErrorCode, unmarked(b))
	}
	if rest := mustOutbox(t, b, later.ID); rest.State != phonebank.OutboxCancelled {
		t.Errorf("what was to come is %s", rest.State)
	}
	if n := b.Count(`SELECT count(DISTINCT x) FROM (SELECT xmin::text AS x FROM outbox UNION ALL SELECT xmin::text FROM phones WHERE opted_out_at IS NOT NULL
		UNION ALL SELECT xmin::text FROM follow_ups) rows`); n != 1 {
		t.Errorf("the outcome, the stop and what it cancels are of %d transactions", n)
	}
}

// The stop cannot be stored: then neither is the outcome, and nobody takes the text for failed while the number may be texted.
func TestOptedOutAtTwilio_WithoutTheStopThereIsNoOutcome(t *testing.T) {
	b := testbank.New(t, testbank.Options{NoLoops: true})
	now, _ := refused(t, b)
	refuseCommits(t, b, "phones")
	o := mustOutbox(t, b, now.ID)
	if err := b.Desk.Deliver(ctx, o.ID, 0); err == nil {
		t.Error("nobody is told that the stop was not kept")
	}
	if o = mustOutbox(t, b, now.ID); o.State != phonebank.OutboxSending || unmarked(b) != 0 {
		t.Errorf("the text is %s, %d numbers unmarked", o.State, unmarked(b))
	}
}

// A callback tells of the opt-out, whatever came before it: as the first word of a text's end, as a second one, after it arrived.
func TestOptedOutAtTwilio_ACallbackMarksTheNumberWhateverWeKnow(t *testing.T) {
	for _, before := range []phonebank.MessageState{"", phonebank.MessageFailed, phonebank.MessageDelivered} {
		t.Run("after "+string(before), func(t *testing.T) {
			b := testbank.New(t, testbank.Options{NoLoops: true, Timings: slowReports()})
			p := b.Neighbor("Walt Brandt", "+12125550123")
			f := reminder(t, b, p, "See you Thursday.")
			b.Clock.Advance(61 * time.Second)
			ok(t, b.Desk.Deliver(ctx, mustOutbox(t, b, f.ID).ID, 0))
			o := mustOutbox(t, b, f.ID)
			if before != "" {
				ok(t, b.Desk.Status(ctx, texting.Report{Token: o.Token, SID: *o.SID, Status: before}))
			}
			for range 2 { // a repeat changes nothing
				ok(t, b.Desk.Status(ctx, texting.Report{Token: o.Token, SID: *o.SID, Status: phonebank.MessageFailed, ErrorCode: 21610}))
			}
			if n := b.Count(`SELECT count(*) FROM journal WHERE thing = 'phone' AND event = 'opt_out'`); n != 1 {
				t.Errorf("the stop is stored %d times", n)
			}
			if phone, err := b.Store.Phone(ctx, p.PhoneID); err != nil || phone.OptedOutAt == nil {
				t.Errorf("the number is not marked (%v)", err)
			}
		})
	}
}
