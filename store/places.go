package store

import (
	"context"

	"github.com/lib/pq"

	"phonebank"
)

// whereabouts are people, each with the places where they may be: what their lists must say.
type whereabouts struct{ ids, zones []string }

// stands is what tells where a person may be.
type stands struct {
	ID     string `db:"id"`
	Zone   string `db:"zone"`
	Region string `db:"region"`
	Zones  string `db:"zones"`
}

const standing = `SELECT pe.id, pe.zone, pe.region, ph.zones FROM people pe JOIN phones ph ON ph.id = pe.phone_id `

func placesOf(list []stands) (w whereabouts) {
	for _, s := range list {
		w.ids, w.zones = append(w.ids, s.ID), append(w.zones, phonebank.ZonesOf(s.Zone, s.Region, s.Zones))
	}
	return w
}

// whereabouts reads where people may be.
func (q queries) whereabouts(ctx context.Context, people []string) (whereabouts, error) {
	var list []stands
	err := q.all(ctx, &list, standing+`WHERE pe.id = ANY($1)`, pq.Array(people))
	return placesOf(list), err
}

// moveOnLists writes on every list where people may be, as far as it says something else.
func (q queries) moveOnLists(ctx context.Context, w whereabouts) error {
	_, err := q.exec(ctx, `
		WITH moved AS (
			UPDATE call_list l SET zones = w.zones FROM unnest($1::text[], $2::text[]) AS w(id, zones)
			WHERE l.person_id = w.id AND l.zones <> w.zones RETURNING l.zones)
		INSERT INTO zone_sets (zones) SELECT DISTINCT zones FROM moved ON CONFLICT DO NOTHING`, pq.Array(w.ids), pq.Array(w.zones))
	return err
}

// numbersAtOnce is how many numbers one step of Replace looks at.
const numbersAtOnce = 2000

// Replace reads the places of every number anew, some at a time, and moves whoever is on a list along: the places of area codes
// and the hours of states change with a release, and what was written down before must follow. It may be interrupted and
// repeated. zonesOf reads a number.
func (s *Store) Replace(ctx context.Context, zonesOf func(phonebank.Number) string) error {
	for after := ""; ; {
		var numbers []struct {
			ID     string           `db:"id"`
			Number phonebank.Number `db:"number"`
			Zones  string           `db:"zones"`
		}
		if err := s.all(ctx, &numbers, `SELECT id, number, zones FROM phones WHERE id > $1 ORDER BY id LIMIT $2`, after, numbersAtOnce); err != nil || len(numbers) == 0 {
			return err
		}
		var ids, changed, zones []string
		for _, n := range numbers {
			ids = append(ids, n.ID)
			if z := zonesOf(n.Number); z != n.Zones {
				changed, zones = append(changed, n.ID), append(zones, z)
			}
		}
		after = ids[len(ids)-1]
		err := s.InTx(ctx, func(tx *Tx) error {
			if len(changed) > 0 {
				if _, err := tx.exec(ctx, `UPDATE phones p SET zones = t.zones FROM unnest($1::text[], $2::text[]) AS t(id, zones) WHERE p.id = t.id`,
					pq.Array(changed), pq.Array(zones)); err != nil {
					return err
				}
			}
			var list []stands
			if err := tx.all(ctx, &list, standing+`WHERE pe.phone_id = ANY($1)`, pq.Array(ids)); err != nil {
				return err
			}
			return tx.moveOnLists(ctx, placesOf(list))
		})
		if err != nil {
			return err
		}
	}
}
