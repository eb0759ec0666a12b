package texting

import (
	"context"
	"time"

	"phonebank"
	"phonebank/store"
)

// RingAgain is how long a doorbell that rang may go unanswered before it rings again.
const RingAgain = 30 * time.Second

// GiveUpAfter is how long we look for a text whose answer was lost before a person decides: long enough for Twilio's lists
// to be complete, and never by sending again.
const GiveUpAfter = 30 * time.Minute

// Due takes the texts that are due and for which nobody has rung lately, each under a new generation. Whoever calls it rings.
func (d *Desk) Due(ctx context.Context, limit int) ([]store.Rung, error) {
	return d.Store.RingTexts(ctx, d.Now(), RingAgain, limit)
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
		if err := d.Store.FinishText(ctx, o, change, "", "", o.NotBefore); err != nil {
			return err
		}
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
	unknown, err := d.Store.UnknownTexts(ctx, at.Add(-GiveUpAfter))
	if err != nil {
		return err
	}
	for _, o := range unknown {
		if err := d.resolve(ctx, o, at); err != nil {
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

// resolve looks a lost text up at Twilio. What is found is bound; what is absent is no proof, so after a while a person decides.
func (d *Desk) resolve(ctx context.Context, o phonebank.Outbox, at time.Time) error {
	if o.ClaimedAt == nil {
		return nil
	}
	found, err := d.Carrier.FindTexts(ctx, string(o.From), string(o.To), *o.ClaimedAt)
	if err != nil {
		return err
	}
	for _, r := range found {
		// Twilio's clock is to the second; what we claimed at 12:00:00.9 it may have created at 12:00:00.
		if r.Body == o.Body && !r.At.Before(o.ClaimedAt.Truncate(time.Second)) {
			bound, err := d.Store.SIDTaken(ctx, r.SID)
			if err != nil {
				return err
			}
			if !bound {
				return d.Status(ctx, Report{Token: o.Token, SID: r.SID, Status: phonebank.MessageState(r.Status), ErrorCode: r.ErrorCode})
			}
		}
	}
	if at.Sub(*o.ClaimedAt) < GiveUpAfter || o.FollowUpID == nil {
		return nil
	}
	return d.Store.InTx(ctx, func(tx *store.Tx) error {
		return d.moveFollowUp(ctx, tx, store.Sending{Outbox: o}, phonebank.FollowUpAsk, at, "Nobody knows whether this text went. Ask them, or leave it.")
	})
}
