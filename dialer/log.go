package dialer

import (
	"context"
	"time"

	"phonebank"
	"phonebank/store"
)

// LogTalk writes down a talk that took place face to face: the same panel without a call, on the day it was. It needs no shift.
func (b *Switchboard) LogTalk(ctx context.Context, person phonebank.PersonID, user phonebank.UserID, on time.Time, choice Choice) (phonebank.Conversation, error) {
	at := b.Now()
	var c phonebank.Conversation
	if on.After(at) {
		return c, phonebank.Fail(phonebank.Invalid, "That day is still to come. Pick the day on which you talked.")
	}
	if on.Before(at.AddDate(0, 0, -90)) {
		return c, phonebank.Fail(phonebank.Invalid, "That is more than 90 days ago. Write a talk down while you still have their words.")
	}
	err := b.Store.InTx(ctx, func(tx *store.Tx) error {
		campaign, err := tx.CampaignOf(ctx, person, "")
		if err != nil {
			return phonebank.Because(err, phonebank.Conflict, "There is no campaign yet that this could belong to.")
		}
		c, err = Begin(ctx, tx, phonebank.Conversation{CampaignID: campaign.ID, PersonID: person, UserID: user, Channel: phonebank.TalkInPerson}, choice, on)
		return err
	})
	if err == nil {
		b.Live.Publish("person:"+string(person), "user:"+string(user))
	}
	return c, err
}
