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
	return d.block(ctx, person.PhoneID, user, words)
}

// block stores an opt-out that a person of ours was told about, once.
func (d *Desk) block(ctx context.Context, id phonebank.PhoneID, user phonebank.UserID, words string) error {
	at := d.Now()
	var stopped store.Stopped
	err := d.Store.InTx(ctx, func(tx *store.Tx) error {
		phone, err := tx.LockPhone(ctx, id)
		if err != nil || phone.OptedOutAt != nil {
			return err
		}
		stopped, err = tx.OptOut(ctx, id, "told to us", words, store.By{User: user}, at)
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
		if _, err := tx.LockPhone(ctx, person.PhoneID); err != nil {
			return err
		}
		return tx.OptIn(ctx, person.PhoneID, "asked to hear from us again", words, store.By{User: user, Note: words}, at)
	})
	if err == nil {
		d.tellAll(store.Stopped{People: []phonebank.PersonID{id}})
	}
	return err
}

// Rule ends a hold: what was said at a number was a no, which blocks it, or it was something else.
func (d *Desk) Rule(ctx context.Context, id phonebank.PhoneID, user phonebank.UserID, wasNo bool) error {
	words, err := d.Store.HoldWords(ctx, id)
	if err != nil {
		return err
	}
	if wasNo {
		return d.block(ctx, id, user, words)
	}
	at := d.Now()
	people, err := d.Store.PeopleOn(ctx, id)
	if err != nil {
		return err
	}
	err = d.Store.InTx(ctx, func(tx *store.Tx) error {
		if _, err := tx.LockPhone(ctx, id); err != nil {
			return err
		}
		return tx.LiftHold(ctx, id, store.By{User: user, Note: "it was no refusal"}, at)
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

// NoAnswerNeeded takes a thread off the list of those that wait: it says all that there is to say.
func (d *Desk) NoAnswerNeeded(ctx context.Context, id phonebank.PhoneID, user phonebank.UserID) error {
	people, err := d.Store.PeopleOn(ctx, id)
	if err != nil {
		return err
	}
	err = d.Store.InTx(ctx, func(tx *store.Tx) error {
		if err := tx.Answered(ctx, id); err != nil {
			return err
		}
		return tx.Note(ctx, d.Now(), "phone", string(id), "no_answer_needed", store.By{User: user})
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
	topics := []string{live.Room, live.Calls}
	for _, p := range s.People {
		topics = append(topics, "person:"+string(p))
	}
	for _, u := range s.Owners {
		topics = append(topics, "user:"+string(u))
	}
	d.Live.Publish(topics...)
}
