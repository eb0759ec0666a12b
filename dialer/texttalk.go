package dialer

import (
	"context"
	"time"

	"phonebank"
	"phonebank/store"
)

// Text begins a talk by text with a person, or finds the one that is open. One volunteer at a time texts with a person; who
// coordinates may take the talk over, with its events, its step and its words.
func (b *Switchboard) Text(ctx context.Context, person phonebank.PersonID, user phonebank.User, choice Choice, take bool) (phonebank.ConversationID, error) {
	at := b.Now()
	open, err := b.Store.TextTalk(ctx, person)
	if err == nil {
		return open.ID, b.goOnByText(ctx, open, user, take, at)
	}
	if phonebank.KindOf(err) != phonebank.NotFound {
		return "", err
	}
	// The shift is only where a hand goes up and whose ask it is; texting needs neither a session nor a line.
	shift, err := b.Store.CurrentShift(ctx, user.ID)
	if err != nil && phonebank.KindOf(err) != phonebank.NotFound {
		return "", err
	}
	var c phonebank.Conversation
	err = b.Store.InTx(ctx, func(tx *store.Tx) error {
		c = phonebank.Conversation{PersonID: person, UserID: user.ID, Channel: phonebank.TalkByText}
		if shift.ID != "" && shift.State != phonebank.ShiftOff {
			c.ShiftID, c.SessionID = shift.ID, shift.SessionID
		}
		c, err = beginText(ctx, tx, c, choice, at)
		return err
	})
	if err != nil && phonebank.KindOf(err) == phonebank.Conflict {
		// Somebody was faster, perhaps the same hand: a press is looked at again.
		if open, again := b.Store.TextTalk(ctx, person); again == nil {
			return open.ID, b.goOnByText(ctx, open, user, take, at)
		}
	}
	if err != nil {
		return "", err
	}
	b.Live.Publish("person:"+string(person), "user:"+string(user.ID))
	return c.ID, nil
}

func beginText(ctx context.Context, tx *store.Tx, c phonebank.Conversation, choice Choice, at time.Time) (phonebank.Conversation, error) {
	person, err := tx.Person(ctx, c.PersonID)
	if err != nil {
		return c, err
	}
	phone, err := tx.LockPhone(ctx, person.PhoneID)
	if err != nil {
		return c, err
	}
	byHand, _, err := tx.TextConsent(ctx, person.ID, phone.ID)
	if err != nil {
		return c, err
	}
	if why, not := phonebank.NotText(person, phone, byHand, at); not {
		return c, why.Fail(phonebank.Forbidden)
	}
	campaign, err := tx.CampaignOf(ctx, person.ID, "")
	if err != nil {
		return c, err
	}
	c.CampaignID = campaign.ID
	if c, err = Begin(ctx, tx, c, choice, at); err != nil {
		return c, err
	}
	return c, tx.KeepTexts(ctx, c.ID)
}

// goOnByText opens a talk that is there to whoever may go on with it.
func (b *Switchboard) goOnByText(ctx context.Context, open phonebank.Conversation, user phonebank.User, take bool, at time.Time) error {
	if open.UserID == user.ID {
		return nil
	}
	if take && user.Role.AtLeast(phonebank.Coordinator) {
		return b.takeTextTalk(ctx, open.ID, user.ID, at)
	}
	other, err := b.Store.User(ctx, open.UserID)
	if err != nil {
		return err
	}
	person, err := b.Store.Person(ctx, open.PersonID)
	if err != nil {
		return err
	}
	return phonebank.Fail(phonebank.Conflict, "%s is texting with %s already. Two voices in one thread confuse people: ask %s, or a coordinator, who goes on.", other.Name, person.Called(), other.Name)
}

func (b *Switchboard) takeTextTalk(ctx context.Context, id phonebank.ConversationID, user phonebank.UserID, at time.Time) error {
	var was phonebank.Conversation
	err := b.Store.InTx(ctx, func(tx *store.Tx) error {
		var err error
		if was, err = tx.LockConversation(ctx, id); err != nil {
			return err
		}
		if was.State != phonebank.ConversationOpen {
			return phonebank.Fail(phonebank.Stale, "This talk is over. Press the button again to begin another.")
		}
		if was.Channel != phonebank.TalkByText {
			return phonebank.Fail(phonebank.Conflict, "They are on the phone with each other right now. Wait until the call is over.")
		}
		if err := tx.TakeTextTalk(ctx, was, user); err != nil {
			return err
		}
		return tx.Note(ctx, at, "conversation", string(id), "take_over", store.By{User: user, Note: "from " + string(was.UserID)})
	})
	if err == nil {
		b.Live.Publish("conversation:"+string(id), "person:"+string(was.PersonID), "user:"+string(was.UserID), "user:"+string(user))
	}
	return err
}
