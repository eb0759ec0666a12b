package texting

import (
	"context"
	"time"

	"phonebank"
	"phonebank/internal/crash"
	"phonebank/store"
)

// RingAgain is how long a doorbell that rang may go unanswered before it rings again.
const RingAgain = 30 * time.Second

// lookAtOnce bounds how many unknown texts one round looks up, one request each.
const lookAtOnce = 200

// Due takes the texts that are due and for which nobody has rung lately, each under a new generation. Whoever calls it rings.
// While nothing may leave, nobody need ring for it.
func (d *Desk) Due(ctx context.Context, limit int) ([]store.Rung, error) {
	at := d.Now()
	may, err := d.Store.MaySend(ctx, at)
	if err != nil {
		return nil, err
	}
	return d.Store.RingTexts(ctx, at, RingAgain, !may, limit)
}

// Sweep looks after what went wrong: leases that ran out become unknown, unknown ones are looked up, and what is too late goes
// on a person's list. Any process may run it, any number of times.
func (d *Desk) Sweep(ctx context.Context) error {
	at := d.Now()
	leased, err := d.Store.LeasedOut(ctx, at.Add(-phonebank.ClaimLease))
	if err != nil {
		return err
	}
	for _, o := range leased {
		change, err := o.Apply(phonebank.OutboxLose, at)
		if err != nil {
			return err
		}
		o.Why = "The sender stopped before Twilio's answer was kept, so nobody knows whether it went."
		if err := d.Store.FinishText(ctx, store.Outcome{Outbox: o, Change: change, NotBefore: o.NotBefore}); err != nil {
			return err
		}
		crash.Here("sweep.leased-out")
	}
	late, err := d.Store.TooLateTexts(ctx, at)
	if err != nil {
		return err
	}
	for _, o := range late {
		if err := d.tooLate(ctx, o.ID, at); err != nil {
			return err
		}
	}
	unknown, err := d.Store.UnknownTexts(ctx, at, phonebank.LookAfter, lookAtOnce)
	if err != nil {
		return err
	}
	answers := true
	for _, o := range unknown {
		if answers, err = d.resolve(ctx, o, at, answers); err != nil {
			d.Log.Warn("unknown text not resolved", "outbox", o.ID, "error", err)
		}
	}
	return nil
}

func (d *Desk) tooLate(ctx context.Context, id phonebank.OutboxID, at time.Time) error {
	return d.Store.InTx(ctx, func(tx *store.Tx) error {
		s, err := tx.LockSending(ctx, id)
		if err != nil || s.State != phonebank.OutboxReady || s.NotAfter.After(at) {
			return err
		}
		if s.FollowUpID == nil {
			return d.end(ctx, tx, s, phonebank.OutboxExpire, at, "It could not go in time.")
		}
		return d.handOver(ctx, tx, s, at, "It could not go in time. A person decides whether it still should.")
	})
}

// resolve looks a lost text up at Twilio. What is found is bound; what is absent is no proof, so after the last look a person
// decides, and also where that look failed: nothing stays unknown in silence. It answers whether Twilio answers: where it does
// not, the other texts of this round do not wait for it too.
func (d *Desk) resolve(ctx context.Context, o phonebank.Outbox, at time.Time, answers bool) (bool, error) {
	looks, last := 0, phonebank.LookAfter[len(phonebank.LookAfter)-1]
	for _, after := range phonebank.LookAfter {
		if at.Sub(*o.ClaimedAt) >= after {
			looks++
		}
	}
	over := at.Sub(*o.ClaimedAt) >= last
	if answers {
		found, err := d.look(ctx, o)
		if found {
			return true, err
		}
		if answers = err == nil; !answers && !over {
			return false, err
		}
	}
	switch {
	case over:
		return answers, d.ask(ctx, o, at)
	case answers:
		return true, d.Store.Looked(ctx, o.ID, looks)
	}
	return false, nil
}

// look asks Twilio's list for a lost text and binds it where it is there.
func (d *Desk) look(ctx context.Context, o phonebank.Outbox) (bool, error) {
	found, err := d.Carrier.FindTexts(ctx, string(o.From), string(o.To), *o.ClaimedAt)
	if err != nil {
		return false, err
	}
	for _, r := range found {
		// Twilio's clock is to the second; what we claimed at 12:00:00.9 it may have created at 12:00:00.
		if r.Body != o.Body || r.At.Before(o.ClaimedAt.Truncate(time.Second)) {
			continue
		}
		bound, err := d.Store.SIDTaken(ctx, r.SID)
		if err != nil {
			return false, err
		}
		if !bound {
			crash.Here("sweep.looked-up")
			return true, d.Status(ctx, Report{Token: o.Token, SID: r.SID, Status: phonebank.MessageState(r.Status), ErrorCode: r.ErrorCode})
		}
	}
	return false, nil
}

// ask puts an unknown text, and the promise it was for, on a person's list.
func (d *Desk) ask(ctx context.Context, o phonebank.Outbox, at time.Time) error {
	const why = "Nobody knows whether this text went. A person decides."
	asked := false
	err := d.Store.InTx(ctx, func(tx *store.Tx) error {
		s, err := tx.LockSending(ctx, o.ID) // the number first, as a stop does
		if err != nil {
			return err
		}
		if asked, err = tx.AskPerson(ctx, o, why, at); err != nil || !asked {
			return err
		}
		if s.OptedOut { // nothing is planned for a number that has said stop: there is only the text to look at
			return d.moveFollowUp(ctx, tx, s, phonebank.FollowUpCancel, at, "They have asked us to stop since. Nobody knows whether this text went.")
		}
		return d.moveFollowUp(ctx, tx, s, phonebank.FollowUpAsk, at, why)
	})
	if asked && err == nil {
		d.told(store.Sending{Outbox: o})
	}
	return err
}
