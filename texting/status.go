package texting

import (
	"context"
	"fmt"

	"phonebank"
	"phonebank/carrier"
	"phonebank/store"
)

// Report is what Twilio says about a text of ours, by callback or when asked.
type Report struct {
	Token     string
	SID       string
	Status    phonebank.MessageState
	ErrorCode int
}

// Status stores a report. Callbacks come in any order and more than once: a text only climbs. One that carries our token
// also resolves a text whose answer was lost.
func (d *Desk) Status(ctx context.Context, r Report) error {
	at := d.Now()
	var s store.Sending
	meaning := carrier.Meaning("")
	err := d.Store.InTx(ctx, func(tx *store.Tx) error {
		o, err := tx.OutboxByToken(ctx, r.Token)
		if err != nil {
			return err
		}
		s.Outbox = o
		if o.SID != nil && *o.SID != r.SID {
			return phonebank.Fail(phonebank.Conflict, "This token belongs to another text.")
		}
		fresh, err := tx.Once(ctx, fmt.Sprintf("status:%s:%s:%d", r.SID, r.Status, r.ErrorCode), at)
		if err != nil || !fresh {
			return err
		}
		if o.State != phonebank.OutboxAccepted {
			change, err := o.Apply(phonebank.OutboxAccept, at)
			if err != nil {
				return err
			}
			o.SID = &r.SID
			if err := tx.FinishText(ctx, o, change, phonebank.MessageAccepted, phonebank.FollowUpDone, o.NotBefore); err != nil {
				return err
			}
		}
		if o.MessageID == nil {
			return nil
		}
		m, err := tx.LockMessage(ctx, *o.MessageID)
		if err != nil {
			return err
		}
		to, conflict := m.State.Climb(r.Status)
		if r.Status.Rank() == 0 {
			d.Log.Warn("unknown message status", "status", r.Status)
		}
		if conflict {
			if err := tx.Note(ctx, at, "message", string(m.ID), "conflict", store.By{Note: string(m.State) + " and " + string(r.Status)}); err != nil {
				return err
			}
		}
		if to == m.State {
			return nil
		}
		if r.ErrorCode != 0 {
			meaning = carrier.MeaningOf(r.ErrorCode)
		}
		return tx.SaveClimb(ctx, m.ID, r.SID, to, r.ErrorCode)
	})
	if err != nil {
		return err
	}
	d.told(s)
	return d.mark(ctx, s.PhoneID, meaning)
}
