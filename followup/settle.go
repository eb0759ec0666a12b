package followup

import (
	"context"
	"slices"
	"time"

	"phonebank"
	"phonebank/live"
	"phonebank/store"
)

// Settle says how a promise of theirs went, and with that ends what was still to follow from it. A promise that was kept
// speaks for a rung; one that was missed never leads to the same ask again by itself. A move needs its new time: MoveOn.
func (d *Diary) Settle(ctx context.Context, id phonebank.CommitmentID, event phonebank.CommitmentEvent, user phonebank.UserID) error {
	if event == phonebank.SettleMoved {
		return phonebank.Fail(phonebank.Invalid, "Say to which day and what time it moved.")
	}
	var c phonebank.Commitment
	err := d.Store.InTx(ctx, func(tx *store.Tx) error {
		var err error
		if c, _, err = lockPromise(ctx, tx, id); err != nil {
			return err
		}
		return d.settle(ctx, tx, c, event, store.By{User: user}, d.Now())
	})
	if err == nil {
		d.tellPromise(c)
	}
	return err
}

// lockPromise finds a promise and keeps its number and itself to this transaction. The number comes first, as everywhere.
func lockPromise(ctx context.Context, tx *store.Tx, id phonebank.CommitmentID) (c phonebank.Commitment, phone phonebank.Phone, err error) {
	if c, err = tx.Commitment(ctx, id); err != nil {
		return c, phone, err
	}
	person, err := tx.Person(ctx, c.PersonID)
	if err != nil {
		return c, phone, err
	}
	if phone, err = tx.LockPhone(ctx, person.PhoneID); err != nil {
		return c, phone, err
	}
	c, err = tx.LockCommitment(ctx, id)
	return c, phone, err
}

// settle marks a promise, in a transaction that holds it.
func (d *Diary) settle(ctx context.Context, tx *store.Tx, c phonebank.Commitment, event phonebank.CommitmentEvent, by store.By, at time.Time) error {
	change, err := c.Apply(event, at)
	if err != nil || !change.Moved() {
		return err
	}
	if err := tx.SaveCommitment(ctx, c, change, by); err != nil {
		return err
	}
	if event != phonebank.SettleReopen && event != phonebank.SettleMoved {
		if err := d.endChain(ctx, tx, c.ID, endWords(event), by, at); err != nil {
			return err
		}
	}
	if err := tx.DismissAbout(ctx, c.ID, "Somebody has settled it.", by.User, at); err != nil {
		return err
	}
	if err := d.weighByHand(ctx, tx, c.PersonID, by, at); err != nil {
		return err
	}
	return tx.WeighRung(ctx, c.PersonID, at)
}

// endWords says on the person's page why what was to follow a promise was taken off.
func endWords(event phonebank.CommitmentEvent) string {
	switch event {
	case phonebank.SettleKept:
		return "They kept it."
	case phonebank.SettlePartly:
		return "They did part of it."
	case phonebank.SettleLetGo:
		return "They changed their mind."
	}
	return notTheSameAsk
}

// Why what was to follow a promise was taken off though nobody minded it: should the promise move, it follows the new day.
const (
	notTheSameAsk = "It did not happen. What comes next is a talk, not the same ask."
	cannot        = "They can't, and asked for a call."
)

// endChain takes off what is still to come of a promise: its reminder, its check-in, the call that would follow.
func (d *Diary) endChain(ctx context.Context, tx *store.Tx, id phonebank.CommitmentID, why string, by store.By, at time.Time) error {
	chain, err := tx.ChainOf(ctx, id)
	if err != nil {
		return err
	}
	for _, f := range chain {
		if err := cancelLink(ctx, tx, f, why, by, at); err != nil {
			return err
		}
	}
	return nil
}

func cancelLink(ctx context.Context, tx *store.Tx, f phonebank.FollowUp, why string, by store.By, at time.Time) error {
	if !slices.Contains(phonebank.ChainReasons, f.Reason) {
		return nil
	}
	if f.CallIfSilent {
		if err := tx.CallIfSilent(ctx, f.ID, false); err != nil {
			return err
		}
	}
	if !slices.Contains(phonebank.FollowUpOpen, f.State) {
		return nil // it is under way or over
	}
	change, err := f.Apply(phonebank.FollowUpCancel, at)
	if err != nil {
		return err
	}
	f.Why = why
	if err := tx.SaveFollowUp(ctx, f, change, by); err != nil {
		return err
	}
	return tx.CancelText(ctx, f.ID, why)
}

// MissedTwice is why the texts to somebody became drafts for a person.
const MissedTwice = "Two promises in a row did not happen, so a person writes now and no text goes by itself."

// weighByHand counts what was missed in a row. Twice stops what would go by itself; one that was kept since, or a mark that
// was wrong, lets it go on.
func (d *Diary) weighByHand(ctx context.Context, tx *store.Tx, person phonebank.PersonID, by store.By, at time.Time) error {
	missed, err := tx.MissedInARow(ctx, person)
	if err != nil {
		return err
	}
	byHand := missed >= phonebank.MissedEnough
	if err := tx.SetByHand(ctx, person, byHand, false, by, at); err != nil || !byHand {
		return err
	}
	_, err = tx.DraftAutomatic(ctx, person, "", MissedTwice, by, at)
	return err
}

// LiftByHand lets agreed reminders to somebody go by themselves again: a coordinator's word. What became a draft stays one.
func (d *Diary) LiftByHand(ctx context.Context, person phonebank.PersonID, user phonebank.UserID) error {
	at := d.Now()
	err := d.Store.InTx(ctx, func(tx *store.Tx) error {
		p, err := tx.Person(ctx, person)
		if err != nil {
			return err
		}
		if _, err := tx.LockPhone(ctx, p.PhoneID); err != nil {
			return err
		}
		return tx.SetByHand(ctx, person, false, true, store.By{User: user}, at)
	})
	if err == nil {
		d.Live.Publish("person:" + string(person))
	}
	return err
}

// tellPromise lets the screens know that show a promise.
func (d *Diary) tellPromise(c phonebank.Commitment) {
	topics := []string{live.Room, live.Due, "person:" + string(c.PersonID)}
	if c.UserID != "" {
		topics = append(topics, "user:"+string(c.UserID))
	}
	d.Live.Publish(topics...)
}
