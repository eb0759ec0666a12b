package store

import (
	"context"
	"time"

	"phonebank"
)

// PauseKind says who stopped everything.
type PauseKind string

const (
	PersonPause   PauseKind = "person"
	RestoredPause PauseKind = "restored" // these records were restored or copied: another copy may be sending
	AuditorPause  PauseKind = "auditor"  // something was found that must never be
)

// PauseKinds lists them, the gravest first.
var PauseKinds = []PauseKind{RestoredPause, AuditorPause, PersonPause}

// Itself is who paused where no person did.
const Itself = "Phonebank"

// Paused says who has paused everything, since when and why.
type Paused struct {
	Kind PauseKind `db:"kind" json:"kind"`
	Who  string    `db:"who" json:"who"`
	At   time.Time `db:"at" json:"when"`
	Why  string    `db:"why" json:"why"`
}

// Pauses lists those in force, the gravest first.
func (q queries) Pauses(ctx context.Context) (list []Paused, err error) {
	err = q.all(ctx, &list, `
		SELECT p.kind, COALESCE(u.name, $1) AS who, p.at, p.why
		FROM pauses p LEFT JOIN users u ON u.id = p.by_user
		WHERE p.lifted_at IS NULL
		ORDER BY array_position(ARRAY['restored', 'auditor', 'person'], p.kind)`, Itself)
	return list, err
}

// Paused answers with the gravest pause that is in force, or nil.
func (q queries) Paused(ctx context.Context) (*Paused, error) {
	list, err := q.Pauses(ctx)
	if err != nil || len(list) == 0 {
		return nil, err
	}
	return &list[0], nil
}

// Pause is a person's: it stops every send and call; a second press changes nothing.
func (q queries) Pause(ctx context.Context, by phonebank.UserID, at time.Time) error {
	_, err := q.exec(ctx, `INSERT INTO pauses (at, by_user) VALUES ($1, $2) ON CONFLICT (kind) WHERE lifted_at IS NULL DO NOTHING`, at, by)
	return err
}

// PauseItself stops everything without a person, until one has looked. While one of its kind is in force it stays the first.
func (q queries) PauseItself(ctx context.Context, kind PauseKind, why, instance string, at time.Time) (fresh bool, err error) {
	n, err := q.exec(ctx, `
		WITH made AS (
			INSERT INTO pauses (at, kind, why, instance) VALUES ($1, $2, $3, $4)
			ON CONFLICT (kind) WHERE lifted_at IS NULL DO NOTHING RETURNING id)
		INSERT INTO journal (at, thing, thing_id, event, note) SELECT $1, 'pause', id::text, $2, $3 FROM made`, at, string(kind), why, instance)
	return n == 1, err
}

// Lift ends a person's pause; those of other kinds stay.
func (q queries) Lift(ctx context.Context, by phonebank.UserID, at time.Time) error {
	return q.LiftKind(ctx, PersonPause, by, at)
}

// LiftKind ends the pause of one kind, by a person of ours or, without one, by whoever typed the command. With a restore's
// pause the records belong to the installation that they are in from now on.
func (q queries) LiftKind(ctx context.Context, kind PauseKind, by phonebank.UserID, at time.Time) error {
	_, err := q.exec(ctx, `
		WITH lifted AS (
			UPDATE pauses SET lifted_at = $1, lifted_by = $2 WHERE lifted_at IS NULL AND kind = $3 RETURNING id, instance),
		ours AS (
			UPDATE installation SET cluster = (SELECT `+cluster+`), database = (SELECT `+database+`), instance = lifted.instance,
				written_by = pg_current_xact_id()::xid::text, at = $1
			FROM lifted WHERE $3 = 'restored')
		INSERT INTO journal (at, thing, thing_id, event, from_state, by_user) SELECT $1, 'pause', id::text, 'lift', $3, COALESCE($2, '') FROM lifted`,
		at, null(by), string(kind))
	return err
}
