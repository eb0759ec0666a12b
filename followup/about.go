package followup

import (
	"context"
	"strings"

	"phonebank"
	"phonebank/store"
)

// About puts right what we know about a person: the name they use, how to say it, languages, place, zone, state. A new zone moves
// what was promised: "at seven" means seven where they are. It answers with how many promises could not be moved, because
// their time has passed there or is outside of calling hours.
func (d *Diary) About(ctx context.Context, id phonebank.PersonID, a store.About, user phonebank.UserID) (stuck int, err error) {
	if a.FirstName = strings.TrimSpace(a.FirstName); a.FirstName == "" {
		return 0, phonebank.Fail(phonebank.Invalid, "Write the name they use.")
	}
	if a.Zone != "" {
		if _, err := phonebank.Zone(a.Zone); err != nil {
			return 0, phonebank.Because(err, phonebank.Invalid, "Pick the time zone that they are in, or leave it to their number.")
		}
	}
	if code := phonebank.StateCode(a.Region); code == "" && a.Region != "" {
		return 0, phonebank.Fail(phonebank.Invalid, "Pick the state that they live in, or leave it to their number.")
	}
	var was phonebank.Person
	err = d.Store.InTx(ctx, func(tx *store.Tx) error {
		var err error
		if was, err = tx.Person(ctx, id); err != nil {
			return err
		}
		return tx.SetAbout(ctx, was, a, user, d.Now())
	})
	if err != nil {
		return 0, err
	}
	d.Live.Publish("person:" + string(id))
	if was.Zone == a.Zone && was.Region == a.Region {
		return 0, nil
	}
	promised, err := d.Store.FollowUpsOf(ctx, id)
	if err != nil {
		return 0, err
	}
	for _, f := range promised {
		if f.State != phonebank.FollowUpPlanned {
			continue
		}
		if err := d.Move(ctx, f.ID, user, f.Local); err != nil {
			stuck++
		}
	}
	return stuck, nil
}

// Give lets a person belong to another volunteer, or to nobody.
func (d *Diary) Give(ctx context.Context, id phonebank.PersonID, owner, user phonebank.UserID) error {
	var was phonebank.Person
	err := d.Store.InTx(ctx, func(tx *store.Tx) error {
		var err error
		if was, err = tx.Person(ctx, id); err != nil {
			return err
		}
		if owner != "" {
			if _, err := tx.User(ctx, owner); err != nil {
				return phonebank.Because(err, phonebank.Invalid, "Pick somebody who works with us.")
			}
		}
		return tx.SetOwner(ctx, was, owner, user, d.Now())
	})
	if err == nil {
		d.Live.Publish("person:"+string(id), "user:"+string(was.OwnerID), "user:"+string(owner))
	}
	return err
}
