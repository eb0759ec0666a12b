package dialer

import (
	"context"
	"time"

	"phonebank"
	"phonebank/store"
)

// CallInstead turns a talk by text into a call: the same talk with its events, its step and its words, on the line of the
// volunteer's shift. Everything that guards a call guards this one. Pressed twice it is one call.
func (b *Switchboard) CallInstead(ctx context.Context, id phonebank.ConversationID, user phonebank.UserID) error {
	shift, err := b.Store.CurrentShift(ctx, user)
	if err != nil && phonebank.KindOf(err) == phonebank.NotFound {
		return phonebank.Because(err, phonebank.Conflict, "To call, join an open session first: we ring your phone and connect you. This talk waits here as it is.")
	}
	if err != nil {
		return err
	}
	_, err = b.inShift(ctx, shift.ID, func(tx *store.Tx, s *phonebank.Shift, at time.Time) error {
		c, err := tx.LockConversation(ctx, id)
		if err != nil {
			return err
		}
		switch {
		case c.UserID != user:
			return phonebank.Fail(phonebank.Forbidden, "This is somebody else's talk.")
		case s.Conversation == id && s.State == phonebank.ShiftOnCall:
			return nil
		case c.State != phonebank.ConversationOpen || c.Channel != phonebank.TalkByText:
			return phonebank.Fail(phonebank.Conflict, "This talk has moved on. Their page has a Call button.")
		case s.State == phonebank.ShiftOnCall || s.State == phonebank.ShiftWrapUp:
			return phonebank.Fail(phonebank.Conflict, "You are in another talk. Wrap that one up first; this one waits here as it is.")
		case !s.LegJoined:
			return phonebank.Fail(phonebank.Conflict, "Your phone isn't connected. Press “Ring my phone” on your shift, answer, press 1, and come back. This talk waits here as it is.")
		}
		if paused, err := tx.Paused(ctx); err != nil {
			return err
		} else if paused != nil {
			return phonebank.Fail(phonebank.Unavailable, "%s has paused all calls. This talk waits here as it is.", paused.Who)
		}
		if s.State == phonebank.ShiftReserved { // whose card is open goes back on the list
			if err := b.stepIn(ctx, tx, s, phonebank.ShiftRelease, at); err != nil {
				return err
			}
		}
		s.PersonID, s.FollowUpID, s.Conversation = c.PersonID, "", c.ID
		c.Channel, c.ShiftID, c.SessionID = phonebank.TalkByCall, s.ID, s.SessionID
		if err := tx.MoveTalk(ctx, c); err != nil {
			return err
		}
		if err := tx.Note(ctx, at, "conversation", string(id), "to_call", store.By{User: user}); err != nil {
			return err
		}
		if err := b.reserve(ctx, tx, *s, c, "", at); err != nil {
			return err
		}
		return move(ctx, tx, s, phonebank.ShiftDial, at)
	})
	return err
}

// backToText follows a call of a talk by text on which nobody spoke: the thread goes on where it was. It answers false for
// any other talk. The conversation is locked.
func backToText(ctx context.Context, tx *store.Tx, c phonebank.Conversation, at time.Time) (bool, error) {
	texted, err := tx.Texted(ctx, c.ID)
	if err != nil || !texted || c.State == phonebank.ConversationWrapped {
		return false, err
	}
	change, err := c.Apply(phonebank.ConversationReopen, at)
	if err != nil {
		return false, err
	}
	if err := tx.SaveConversation(ctx, c, change, store.By{}); err != nil {
		return false, err
	}
	c.Channel = phonebank.TalkByText
	if err := tx.MoveTalk(ctx, c); err != nil {
		return false, err
	}
	return true, tx.Note(ctx, at, "conversation", string(c.ID), "to_text", store.By{})
}

// closeUnspoken closes a talk that was prepared for a line on which nobody spoke, without an outcome.
func closeUnspoken(ctx context.Context, tx *store.Tx, call phonebank.Call, at time.Time) error {
	c, err := tx.LockConversation(ctx, call.Conversation)
	if err != nil {
		return err
	}
	if back, err := backToText(ctx, tx, c, at); back || err != nil {
		return err
	}
	change, err := c.Apply(phonebank.ConversationWrap, at)
	if err != nil {
		return err
	}
	return tx.SaveConversation(ctx, c, change, store.By{Note: string(call.Result)})
}

// afterFault follows a line that we failed to make. The volunteer keeps the person, and presses Retry or Next; a talk by
// text goes on as one, with its own button to call.
func (b *Switchboard) afterFault(ctx context.Context, tx *store.Tx, call phonebank.Call, at time.Time) error {
	if call.Conversation == "" {
		return nil
	}
	c, err := tx.LockConversation(ctx, call.Conversation)
	if err != nil || c.EndedAt != nil {
		return err // they had talked on the line before: its wrap-up is owed as a call's
	}
	back, err := backToText(ctx, tx, c, at)
	if err != nil {
		return err
	}
	if !back {
		return b.leftAlone(ctx, tx, call, at)
	}
	if err := tx.ReleaseNumber(ctx, call.ShiftID, call.PhoneID); err != nil {
		return err
	}
	return b.freeShift(ctx, tx, call, at)
}

// leftAlone gives everything of a line back that we failed to make, where its volunteer has gone meanwhile: nobody is there to
// press Retry or Next.
func (b *Switchboard) leftAlone(ctx context.Context, tx *store.Tx, call phonebank.Call, at time.Time) error {
	if call.ShiftID == "" {
		return nil
	}
	s, err := tx.Shift(ctx, call.ShiftID)
	if err != nil || s.State == phonebank.ShiftOnCall && s.Conversation == call.Conversation {
		return err
	}
	s.PersonID, s.FollowUpID, s.Conversation = call.PersonID, call.FollowUpID, call.Conversation
	return b.letGo(ctx, tx, s, at)
}

// restIfTexting gives a volunteer a break whose talk goes on by text: nobody else may be put through to them meanwhile.
func restIfTexting(ctx context.Context, tx *store.Tx, s *phonebank.Shift, id phonebank.ConversationID, at time.Time) error {
	if id == "" {
		return nil
	}
	c, err := tx.Conversation(ctx, id)
	if err != nil || c.Channel != phonebank.TalkByText {
		return err
	}
	return move(ctx, tx, s, phonebank.ShiftRest, at)
}
