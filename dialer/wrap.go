package dialer

import (
	"context"
	"encoding/json"
	"time"

	"phonebank"
	"phonebank/internal/crash"
	"phonebank/store"
)

// Wrap saves the outcome of a talk and everything that was promised in it, in one transaction: what they will do, the
// follow-ups with their local wish and the instant it means, the consent they gave, their words. Saving again with the
// same id changes nothing.
func (b *Switchboard) Wrap(ctx context.Context, id phonebank.ConversationID, user phonebank.UserID, w phonebank.Wrap) error {
	if err := w.Check(); err != nil {
		return err
	}
	at := b.Now()
	var shift phonebank.Shift
	var person phonebank.Person
	var ring []phonebank.FollowUp
	var recap phonebank.OutboxID
	err := b.Store.InTx(ctx, func(tx *store.Tx) error {
		c, _, err := lockTalk(ctx, tx, id)
		if err != nil {
			return err
		}
		if c.UserID != user {
			return phonebank.Fail(phonebank.Forbidden, "This is somebody else's talk.")
		}
		if done, err := b.wrappedBefore(ctx, tx, &c, w, at); done || err != nil {
			return err
		}
		c.Outcome = w.Outcome
		change, err := c.Apply(phonebank.ConversationWrap, at)
		if err != nil {
			return err
		}
		if err := tx.SaveConversation(ctx, c, change, store.By{User: user}); err != nil {
			return err
		}
		whole, err := json.Marshal(w)
		if err != nil {
			return err
		}
		if err := tx.SaveWrap(ctx, id, whole); err != nil {
			return err
		}
		if person, err = tx.Person(ctx, c.PersonID); err != nil {
			return err
		}
		if err := keepWhereItEnded(ctx, tx, c); err != nil {
			return err
		}
		if err := b.keepWords(ctx, tx, c, at); err != nil {
			return err
		}
		if ring, recap, err = b.keepPromises(ctx, tx, c, person, w, at); err != nil {
			return err
		}
		if err := b.keepStand(ctx, tx, c, w, at); err != nil {
			return err
		}
		if c.Channel == phonebank.TalkByText {
			if err := tx.ReadThread(ctx, person.PhoneID); err != nil {
				return err
			}
		}
		crash.Here("wrap.before-commit")
		return b.goOn(ctx, tx, &shift, c, w, at)
	})
	if err != nil {
		return err
	}
	crash.Here("wrap.committed")
	for _, f := range ring {
		b.ringFor(ctx, f, at)
	}
	if recap != "" {
		b.Bell.Soon(ctx, TextBell, string(recap), 0, 0)
	}
	b.tell(shift, "conversation:"+string(id), "person:"+string(person.ID), "user:"+string(user))
	if shift.State == phonebank.ShiftReady {
		if err := b.Offer(ctx, shift); err != nil && phonebank.KindOf(err) != phonebank.NotFound && phonebank.KindOf(err) != phonebank.Stale {
			b.Log.Warn("next person not offered", "shift", shift.ID, "error", err) // the loop offers again
		}
	}
	return nil
}

// wrappedBefore tells a second save of the same wrap-up from one that comes too late, and from one that takes the place of
// the first.
func (b *Switchboard) wrappedBefore(ctx context.Context, tx *store.Tx, c *phonebank.Conversation, w phonebank.Wrap, at time.Time) (bool, error) {
	if c.State != phonebank.ConversationWrapped {
		return false, nil
	}
	raw, err := tx.Wrap(ctx, c.ID)
	if err != nil {
		return false, err
	}
	var before phonebank.Wrap
	if len(raw) > 0 {
		if err := json.Unmarshal(raw, &before); err != nil {
			return false, err
		}
	}
	switch {
	case before.ID == w.ID:
		return true, nil
	case w.Replaces != "" && before.ID == w.Replaces:
		return false, b.undo(ctx, tx, c, at)
	}
	return false, phonebank.Fail(phonebank.Conflict, "This talk is wrapped up already. Their page shows what was saved.")
}

// goOn lets the volunteer go on: to the next person or to a break. A wrap-up that arrives late, when they have moved on,
// moves nothing but its own talk.
func (b *Switchboard) goOn(ctx context.Context, tx *store.Tx, shift *phonebank.Shift, c phonebank.Conversation, w phonebank.Wrap, at time.Time) error {
	call, err := tx.CallOf(ctx, c.ID)
	if err != nil && phonebank.KindOf(err) != phonebank.NotFound {
		return err
	}
	if call.ID != "" {
		if call.State == phonebank.CallEnded {
			if err := b.advance(ctx, tx, &call, phonebank.CallWrap, at); err != nil {
				return err
			}
		} else if call.State != phonebank.CallWrapped {
			if err := tx.AskHangUp(ctx, call.ID, at); err != nil {
				return err
			}
		}
	}
	if c.ShiftID == "" {
		return nil
	}
	if *shift, err = tx.Shift(ctx, c.ShiftID); err != nil {
		return err
	}
	person, err := tx.Person(ctx, c.PersonID)
	if err != nil {
		return err
	}
	if err := tx.ReleaseNumber(ctx, c.ShiftID, person.PhoneID); err != nil {
		return err
	}
	if shift.Conversation != c.ID {
		return nil
	}
	if over := call.State == phonebank.CallEnded || call.State == phonebank.CallWrapped; over && shift.State == phonebank.ShiftOnCall {
		// The line was never made again after a fault of ours: the talk is over all the same.
		if err := move(ctx, tx, shift, phonebank.ShiftHungUp, at); err != nil {
			return err
		}
	}
	if shift.State != phonebank.ShiftWrapUp {
		return nil
	}
	if err := move(ctx, tx, shift, phonebank.ShiftSaved, at); err != nil {
		return err
	}
	if w.Then == "break" || !shift.LegJoined {
		return move(ctx, tx, shift, phonebank.ShiftRest, at)
	}
	return nil
}
