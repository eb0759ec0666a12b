package dialer

import (
	"context"
	"encoding/json"
	"time"

	"phonebank"
	"phonebank/store"
)

// Undo takes a wrap-up back, for ten minutes after it was saved: its promises are cancelled, what was agreed was never
// agreed, a yes to texts is withdrawn in a row of its own. Their words stay. What cannot be taken back stays as it is: a
// text that has left, a number that was taken off the list.
func (b *Switchboard) Undo(ctx context.Context, id phonebank.ConversationID, user phonebank.UserID) error {
	at := b.Now()
	var c phonebank.Conversation
	err := b.Store.InTx(ctx, func(tx *store.Tx) error {
		var err error
		if c, _, err = lockTalk(ctx, tx, id); err != nil {
			return err
		}
		if c.UserID != user {
			return phonebank.Fail(phonebank.Forbidden, "This is somebody else's talk.")
		}
		if c.State == phonebank.ConversationWrapped && (c.WrappedAt == nil || at.Sub(*c.WrappedAt) > phonebank.UndoFor) {
			return phonebank.Fail(phonebank.Conflict, "A wrap-up can be undone for 10 minutes. On their page you can still change the note and the promises.")
		}
		return b.undo(ctx, tx, &c, at)
	})
	if err != nil {
		return err
	}
	b.tell(phonebank.Shift{}, "conversation:"+string(id), "person:"+string(c.PersonID), "user:"+string(user))
	return nil
}

// undo takes the wrap-up of a talk back, in a transaction that holds it. Pressed twice, the second press finds it undone.
func (b *Switchboard) undo(ctx context.Context, tx *store.Tx, c *phonebank.Conversation, at time.Time) error {
	change, err := c.Apply(phonebank.ConversationUndo, at)
	if err != nil || !change.Moved() {
		return err
	}
	if err := b.takeBack(ctx, tx, *c, at); err != nil {
		return err
	}
	if err := tx.SaveConversation(ctx, *c, change, store.By{User: c.UserID}); err != nil {
		return err
	}
	c.State, c.WrappedAt, c.Outcome = change.To, nil, phonebank.OutcomeNone
	return nil
}

// takeBack undoes what a wrap-up wrote.
func (b *Switchboard) takeBack(ctx context.Context, tx *store.Tx, c phonebank.Conversation, at time.Time) error {
	by := store.By{User: c.UserID, Note: "The wrap-up was undone."}
	var w phonebank.Wrap
	raw, err := tx.Wrap(ctx, c.ID)
	if err != nil {
		return err
	}
	if len(raw) > 0 {
		if err := json.Unmarshal(raw, &w); err != nil {
			return err
		}
	}
	person, err := tx.Person(ctx, c.PersonID)
	if err != nil {
		return err
	}
	phone, err := tx.LockPhone(ctx, person.PhoneID)
	if err != nil {
		return err
	}
	promises, err := tx.PromisedIn(ctx, c)
	if err != nil {
		return err
	}
	for _, f := range promises {
		change, err := f.Apply(phonebank.FollowUpCancel, at)
		if err != nil || !change.Moved() {
			continue // it is under way or over: their page shows it
		}
		f.Why = by.Note
		if err := tx.SaveFollowUp(ctx, f, change, by); err != nil {
			return err
		}
		if err := tx.CancelText(ctx, f.ID, f.Why); err != nil {
			return err
		}
	}
	if _, err := tx.TakeBackRecap(ctx, recapNonce(w)); err != nil {
		return err
	}
	if err := tx.UnsayCommitment(ctx, c, by, at); err != nil {
		return err
	}
	if err := tx.UnlearnIn(ctx, c.ID); err != nil {
		return err
	}
	if err := tx.ForgetStand(ctx, c.ID, c.PersonID, at); err != nil {
		return err
	}
	if w.TextOK == nil {
		return nil
	}
	zones := person.Places(phone)
	return tx.WithdrawConsent(ctx, person.ID, phone.ID, "text_ok", "taken back with the wrap-up of "+phonebank.WhenThere(zones, at), string(c.UserID), at)
}

// recapNonce names the one recap text of a wrap-up.
func recapNonce(w phonebank.Wrap) string { return "recap:" + w.ID }
