package store

import (
	"context"
	"database/sql"
	"errors"
	"time"

	"github.com/lib/pq"

	"phonebank"
)

// What tells one installation's records from a copy of them.
const (
	cluster  = `system_identifier::text FROM pg_control_system()`
	database = `oid::text FROM pg_database WHERE datname = current_database()`
)

// Recognize compares these records with the installation that they say they belong to; the first start writes that down. Where
// they belong to another one, everything is paused until a person says that this is the one that sends, and the answer says why.
// A full copy that runs with the environment of the first cannot be told apart.
func (s *Store) Recognize(ctx context.Context, instance string, at time.Time) (why string, err error) {
	err = s.InTx(ctx, func(tx *Tx) error {
		if _, err := tx.exec(ctx, `
			INSERT INTO installation (cluster, database, instance, written_by, at)
			SELECT (SELECT `+cluster+`), (SELECT `+database+`), $1, pg_current_xact_id()::xid::text, $2
			ON CONFLICT (one) DO NOTHING`, instance, at); err != nil {
			return readable(err)
		}
		why, err = tx.stranger(ctx, instance)
		if err != nil || why == "" {
			return err
		}
		_, err = tx.PauseItself(ctx, RestoredPause, why, instance, at)
		return err
	})
	return why, err
}

// stranger says in a sentence why these records are not where they say they are, or "".
func (q queries) stranger(ctx context.Context, instance string) (string, error) {
	var got struct {
		Cluster  bool   `db:"cluster"`
		Database bool   `db:"database"`
		Dump     bool   `db:"dump"`
		Instance string `db:"instance"`
	}
	err := q.get(ctx, &got, `
		SELECT cluster <> (SELECT `+cluster+`) AS cluster, database <> (SELECT `+database+`) AS database, written_by <> xmin::text AS dump, instance
		FROM installation`)
	switch {
	case err != nil:
		return "", readable(err)
	case got.Cluster:
		return "These records come from another Postgres: they were restored or copied here.", nil
	case got.Database:
		return "These records come from another database of this Postgres: they were restored or copied here.", nil
	case got.Dump:
		return "These records were brought back from a backup.", nil
	case got.Instance != instance && got.Instance != "":
		return "These records belong to the installation that INSTANCE_ID names otherwise.", nil
	case got.Instance != instance:
		// It is given a name for the first time. The transaction must stay the row's own.
		_, err := q.exec(ctx, `UPDATE installation SET instance = $1, written_by = pg_current_xact_id()::xid::text`, instance)
		return "", err
	}
	return "", nil
}

// readable turns a refusal to read the cluster's name into what to do about it.
func readable(err error) error {
	var pe *pq.Error
	if errors.As(err, &pe) && pe.Code == "42501" {
		return phonebank.Because(err, phonebank.Forbidden, "This Postgres user may not read which cluster it is in. Grant it once: GRANT EXECUTE ON FUNCTION pg_control_system() TO the user of DATABASE_URL.")
	}
	return err
}

// DueNow counts what would leave at once if nothing held it back: texts that are due, and callbacks.
func (q queries) DueNow(ctx context.Context, at time.Time) (texts int, oldest *time.Time, err error) {
	var got struct {
		N      int          `db:"n"`
		Oldest sql.NullTime `db:"oldest"`
	}
	err = q.get(ctx, &got, `SELECT count(*) AS n, min(not_before) AS oldest FROM outbox WHERE state = 'ready' AND not_before <= $1 AND not_after > $1`, at)
	if got.Oldest.Valid {
		oldest = &got.Oldest.Time
	}
	return got.N, oldest, err
}
