package store

import (
	"context"
	"time"

	"phonebank"
)

// About is what somebody who knows a person may put right about them.
type About struct {
	FirstName, SayName, Languages, Place, Zone, Region string
}

// SetAbout keeps what was put right about a person; the journal keeps what stood there before. Whoever is on a list moves with
// their zone and state, so that nobody is called at night.
func (tx *Tx) SetAbout(ctx context.Context, p phonebank.Person, a About, by phonebank.UserID, at time.Time) error {
	changed := false
	for _, f := range []struct{ name, was, is string }{
		{"first_name", p.FirstName, a.FirstName}, {"say_name", p.SayName, a.SayName}, {"languages", p.Languages, a.Languages}, {"place", p.Place, a.Place}, {"zone", p.Zone, a.Zone}, {"region", p.Region, a.Region},
	} {
		if f.was == f.is {
			continue
		}
		changed = true
		if err := tx.Note(ctx, at, "person", string(p.ID), f.name, By{User: by, Note: f.was}); err != nil {
			return err
		}
	}
	if !changed {
		return nil
	}
	if _, err := tx.exec(ctx, `UPDATE people SET first_name = $2, say_name = $3, languages = $4, place = $5, zone = $6, region = $7 WHERE id = $1`,
		p.ID, a.FirstName, a.SayName, a.Languages, a.Place, a.Zone, a.Region); err != nil || a.Zone == p.Zone && a.Region == p.Region {
		return err
	}
	where, err := tx.whereabouts(ctx, []string{string(p.ID)})
	if err != nil {
		return err
	}
	return tx.moveOnLists(ctx, where)
}

// SetOwner gives a person to the volunteer who knows them from now on, or to nobody.
func (tx *Tx) SetOwner(ctx context.Context, p phonebank.Person, owner, by phonebank.UserID, at time.Time) error {
	if p.OwnerID == owner {
		return nil
	}
	if err := tx.Note(ctx, at, "person", string(p.ID), "owner", By{User: by, Note: string(p.OwnerID)}); err != nil {
		return err
	}
	_, err := tx.exec(ctx, `UPDATE people SET owner_id = $2 WHERE id = $1`, p.ID, null(owner))
	return err
}

// Known is somebody to whom a person may belong.
type Known struct {
	ID   phonebank.UserID `db:"id"`
	Name string           `db:"name"`
}

// Everyone lists who works with us, by name.
func (q queries) Everyone(ctx context.Context) (list []Known, err error) {
	err = q.all(ctx, &list, `SELECT id, name FROM users WHERE removed_at IS NULL ORDER BY lower(name), id LIMIT 500`)
	return list, err
}
