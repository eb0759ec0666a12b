package texting

import (
	"context"

	"phonebank"
	"phonebank/live"
	"phonebank/store"
)

// Stop blocks texts and calls to a person's number because they asked for it, however they asked.
func (d *Desk) Stop(ctx context.Context, id phonebank.PersonID, user phonebank.UserID, words string) error {
	person, err := d.Store.Person(ctx, id)
	if err != nil {
		return err
	}
	return d.block(ctx, person.PhoneID, user, words, "")
}

// block stores an opt-out that a person of ours was told about, once.
func (d *Desk) block(ctx context.Context, id phonebank.PhoneID, user phonebank.UserID, words, why string) error {
	at := d.Now()
	var stopped store.Stopped
	err := d.Store.InTx(ctx, func(tx *store.Tx) error {
		phone, err := tx.LockPhone(ctx, id)
		if err != nil || phone.OptedOutAt != nil && phone.HoldSince == nil {
			return err // a hold on a number that is blocked already ends with this
		}
		stopped, err = tx.OptOut(ctx, id, "told to us", words, store.By{User: user, Note: why}, at)
		return err
	})
	if err == nil {
		d.tellAll(stopped)
	}
	return err
}

// Reopen lifts an opt-out because the person asked for it. Who says so, and how they asked, is kept with it.
func (d *Desk) Reopen(ctx context.Context, id phonebank.PersonID, user phonebank.UserID, words string) error {
	if words == "" {
		return phonebank.Fail(phonebank.Invalid, "Say how they asked to hear from us again. It is kept with your name.")
	}
	at := d.Now()
	person, err := d.Store.Person(ctx, id)
	if err != nil {
		return err
	}
	err = d.Store.InTx(ctx, func(tx *store.Tx) error {
		phone, err := tx.LockPhone(ctx, person.PhoneID)
		if err != nil {
			return err
		}
		if phone.OptedOutAt == nil {
			return phonebank.Fail(phonebank.Stale, "Nothing is blocked here any more. Their page shows since when.")
		}
		return tx.OptIn(ctx, person.PhoneID, "asked to hear from us again", words, store.By{User: user, Note: words}, at)
	})
	if err == nil {
		d.tellAll(store.Stopped{People: []phonebank.PersonID{id}})
	}
	return err
}

// Rule ends a hold: what was said at a number was a no, which blocks it, or it was something else, and then why. Both are
// kept with who said so.
func (d *Desk) Rule(ctx context.Context, id phonebank.PhoneID, user phonebank.UserID, wasNo bool, why string) error {
	words, err := d.Store.HoldWords(ctx, id)
	if err != nil {
		return err
	}
	if wasNo {
		return d.block(ctx, id, user, words, why)
	}
	if why == "" {
		return phonebank.Fail(phonebank.Invalid, "Say in a few words what they meant, if it wasn't a no. It is kept with your name.")
	}
	at := d.Now()
	people, err := d.Store.PeopleOn(ctx, id)
	if err != nil {
		return err
	}
	err = d.Store.InTx(ctx, func(tx *store.Tx) error {
		phone, err := tx.LockPhone(ctx, id)
		if err != nil {
			return err
		}
		if phone.HoldSince == nil {
			return phonebank.Fail(phonebank.Stale, "Somebody has read this already. Their page shows what was decided.")
		}
		return tx.LiftHold(ctx, id, store.By{User: user, Note: why}, at)
	})
	if err != nil {
		return err
	}
	var touched store.Stopped
	for _, p := range people {
		touched.People = append(touched.People, p.ID)
	}
	d.tellAll(touched)
	return nil
}

// NoAnswerNeeded takes a number off the list of those that wait: all is said, and nobody needs to call back.
func (d *Desk) NoAnswerNeeded(ctx context.Context, id phonebank.PhoneID, user phonebank.UserID) error {
	people, err := d.Store.PeopleOn(ctx, id)
	if err != nil {
		return err
	}
	at := d.Now()
	err = d.Store.InTx(ctx, func(tx *store.Tx) error {
		if _, err := tx.LockPhone(ctx, id); err != nil {
			return err
		}
		if err := tx.Answered(ctx, id); err != nil {
			return err
		}
		returned, err := tx.ReturnedCalls(ctx, id)
		if err != nil {
			return err
		}
		for _, f := range returned {
			change, err := f.Apply(phonebank.FollowUpCancel, at)
			if err != nil {
				return err
			}
			f.Why = "Somebody read what they wanted, and no call back is needed."
			if err := tx.SaveFollowUp(ctx, f, change, store.By{User: user}); err != nil {
				return err
			}
		}
		return tx.Note(ctx, at, "phone", string(id), "no_answer_needed", store.By{User: user})
	})
	if err != nil {
		return err
	}
	var touched store.Stopped
	for _, p := range people {
		touched.People = append(touched.People, p.ID)
		if p.OwnerID != "" {
			touched.Owners = append(touched.Owners, p.OwnerID)
		}
	}
	d.tellAll(touched)
	return nil
}

func (d *Desk) tellAll(s store.Stopped) {
	topics := []string{live.Room, live.Inbox, live.Calls}
	for _, p := range s.People {
		topics = append(topics, "person:"+string(p))
	}
	for _, u := range s.Owners {
		topics = append(topics, "user:"+string(u))
	}
	for _, c := range s.Talks {
		topics = append(topics, "conversation:"+string(c))
	}
	d.Live.Publish(topics...)
}
