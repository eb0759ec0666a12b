package texting

import (
	"context"

	"phonebank"
	"phonebank/carrier"
	"phonebank/internal/crash"
	"phonebank/store"
)

// finish stores one outcome with what it means for the message and the promise.
func (d *Desk) finish(ctx context.Context, s store.Sending, event phonebank.OutboxEvent, sent *carrier.Sent, why string) error {
	o, err := d.outcome(s, event, sent, why)
	if err != nil {
		return err
	}
	if err := d.Store.FinishText(ctx, o); err != nil {
		return err
	}
	d.kept(s)
	return nil
}

// finishAndMark stores that a text was refused and, in the same transaction, what that tells about its number: were these two,
// a crash between them would leave a number unmarked that has opted out at Twilio. The number is locked first, as by a claim.
func (d *Desk) finishAndMark(ctx context.Context, s store.Sending, m carrier.Meaning) error {
	o, err := d.outcome(s, phonebank.OutboxFail, nil, m.Sentence())
	if err != nil {
		return err
	}
	if err := d.Store.InTx(ctx, func(tx *store.Tx) error {
		if _, err := tx.LockPhone(ctx, s.PhoneID); err != nil {
			return err
		}
		if err := tx.FinishText(ctx, o); err != nil {
			return err
		}
		return d.mark(ctx, tx, s.PhoneID, m)
	}); err != nil {
		return err
	}
	d.kept(s)
	return nil
}

// kept tells whoever looks at it that an outcome is stored.
func (d *Desk) kept(s store.Sending) {
	crash.Here("text.kept")
	d.told(s)
}

// outcome is what a claimed text, its message and its promise become by an event.
func (d *Desk) outcome(s store.Sending, event phonebank.OutboxEvent, sent *carrier.Sent, why string) (o store.Outcome, err error) {
	s.State = phonebank.OutboxSending
	at := d.Now()
	change, err := s.Apply(event, at)
	if err != nil {
		return o, err
	}
	s.Why = why
	o = store.Outcome{Outbox: s.Outbox, Change: change, NotBefore: s.NotBefore}
	switch event {
	case phonebank.OutboxAccept:
		o.Message, o.FollowUp = phonebank.MessageState(sent.Status), phonebank.FollowUpDone
		if o.Message.Rank() == 0 {
			o.Message = phonebank.MessageAccepted
		}
	case phonebank.OutboxFail:
		o.Message, o.FollowUp = phonebank.MessageFailed, phonebank.FollowUpFailed
	case phonebank.OutboxBackOff:
		o.NotBefore, o.FollowUp = at.Add(backOff(s.Attempt)), phonebank.FollowUpDue
	}
	return o, nil
}
