package texting

import (
	"context"
	"time"

	"phonebank"
	"phonebank/store"
)

// errDecided is for the second of two presses: a text whose outcome nobody knew is decided about once.
func errDecided() error {
	return phonebank.Fail(phonebank.Stale, "Somebody has decided about this text already. Look at the thread.")
}

// errArrived is for a press that came after the answer: the text was found at Twilio in the last moment.
func errArrived() error {
	return phonebank.Fail(phonebank.Conflict, "It has turned up: the text did go. Nothing was sent again.")
}

// SendAgain sends a text once more whose outcome nobody knows, because a person says so. It is another text with a token and a
// claim of its own; the first one is closed with who decided, and a report of it still counts. However often it is pressed,
// there is one more text: the first press closes the old one under the number's lock.
func (d *Desk) SendAgain(ctx context.Context, id phonebank.OutboxID, user phonebank.User) error {
	old, err := d.Store.Outbox(ctx, id)
	if err != nil {
		return err
	}
	if old.State != phonebank.OutboxUnknown {
		return errDecided()
	}
	// One more look: the most certain way not to send twice. Where Twilio can't be asked, it could not be sent either.
	if found, err := d.look(ctx, old); err != nil || found {
		if err != nil {
			return phonebank.Because(err, phonebank.Unavailable, "Twilio can't be asked right now whether it went, so nothing was sent. Try again in a moment.")
		}
		return errArrived()
	}
	at := d.Now()
	again := phonebank.Outbox{ID: phonebank.NewID[phonebank.OutboxID](at)}
	err = d.Store.InTx(ctx, func(tx *store.Tx) error {
		s, err := tx.LockSending(ctx, id)
		if err != nil {
			return err
		}
		if s.State != phonebank.OutboxUnknown {
			return errDecided()
		}
		if err := d.mayGo(ctx, tx, s, at); err != nil {
			return err
		}
		change, err := s.Apply(phonebank.OutboxFail, at)
		if err != nil {
			return err
		}
		s.Why = phonebank.SentAgain
		if err := tx.Decide(ctx, s.Outbox, change, user.ID); err != nil {
			return err
		}
		step := 0
		if s.FollowUpID != nil {
			if step, err = tx.LastStep(ctx, *s.FollowUpID); err != nil {
				return err
			}
		}
		again = phonebank.Outbox{ID: again.ID, State: phonebank.OutboxReady, FollowUpID: s.FollowUpID, Step: step + 1, CampaignID: s.CampaignID, PersonID: s.PersonID,
			PhoneID: s.PhoneID, UserID: user.ID, Conversation: s.Conversation, From: s.From, To: s.To, Body: s.Body, NotBefore: at, NotAfter: at.Add(phonebank.LateBy), CreatedAt: at}
		nonce := "again-" + string(s.ID)
		again.Nonce = &nonce
		return tx.AddOutbox(ctx, again)
	})
	if phonebank.KindOf(err) == phonebank.Conflict && err != nil {
		return errDecided()
	}
	if err != nil {
		return err
	}
	d.told(store.Sending{Outbox: old})
	if err := d.Deliver(ctx, again.ID, 0); err != nil {
		return err
	}
	_, err = d.went(ctx, again.ID)
	return err
}

// mayGo answers, in words, why a text must not leave now, or nil. It is asked under the number's lock.
func (d *Desk) mayGo(ctx context.Context, tx *store.Tx, s store.Sending, at time.Time) error {
	if err := mayText(ctx, tx, s, at); err != nil {
		return err
	}
	if err := waveStands(ctx, tx, s.FollowUpID); err != nil {
		return err
	}
	if s.FollowUpID != nil {
		if _, err := (phonebank.FollowUp{State: s.FollowUpState}).Apply(phonebank.FollowUpStart, at); err != nil {
			return phonebank.Fail(phonebank.Stale, "What this text was for was taken off meanwhile, so it was not sent. Leave it, or write to them.")
		}
	}
	if paused, err := tx.Paused(ctx); err != nil {
		return err
	} else if paused != nil {
		return phonebank.Fail(phonebank.Unavailable, "%s has paused all texts and calls. Your words stay here; send them when the pause is over.", paused.Who)
	}
	return nil
}

// Leave closes a text whose outcome nobody knows, or a draft that nobody wants to send: a person has decided.
func (d *Desk) Leave(ctx context.Context, id phonebank.OutboxID, user phonebank.UserID) error {
	at := d.Now()
	var s store.Sending
	err := d.Store.InTx(ctx, func(tx *store.Tx) error {
		var err error
		if s, err = tx.LockSending(ctx, id); err != nil {
			return err
		}
		event := phonebank.OutboxFail
		switch s.State {
		case phonebank.OutboxHeld, phonebank.OutboxReady:
			event = phonebank.OutboxCancel
		case phonebank.OutboxUnknown:
		default:
			return errDecided()
		}
		change, err := s.Apply(event, at)
		if err != nil {
			return err
		}
		s.Why = "A person decided to leave it."
		if err := tx.Decide(ctx, s.Outbox, change, user); err != nil {
			return err
		}
		return d.moveFollowUp(ctx, tx, s, phonebank.FollowUpCancel, at, s.Why)
	})
	if err == nil {
		d.told(s)
	}
	return err
}
