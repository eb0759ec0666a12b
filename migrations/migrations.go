// Package migrations holds the numbered SQL that makes and changes the schema,
// and applies it. Files only ever go forward: one that was released is never
// edited, and there is no way down.
package migrations

import (
	"context"
	"database/sql"
	"embed"
	"errors"
	"fmt"
	"io/fs"

	_ "github.com/lib/pq" // the driver that sql.Open names
	"github.com/pressly/goose/v3"
	"github.com/pressly/goose/v3/lock"
)

//go:embed *.sql
var files embed.FS

// Up brings the database at url to the newest version. Several processes may
// call it at once, as they do when one release starts in three places: a session
// lock lets one work while the others wait, then find nothing left to do.
func Up(ctx context.Context, url string) (err error) {
	db, err := sql.Open("postgres", url)
	if err != nil {
		return fmt.Errorf("migrate: %w", err)
	}
	defer func() { err = errors.Join(err, db.Close()) }()

	// Ask for the lock every second, for five minutes at most.
	locker, err := lock.NewPostgresSessionLocker(lock.WithLockTimeout(1, 300), lock.WithUnlockTimeout(1, 60))
	if err != nil {
		return fmt.Errorf("migrate: %w", err)
	}
	provider, err := goose.NewProvider(goose.DialectPostgres, db, files,
		goose.WithSessionLocker(locker), goose.WithDisableGlobalRegistry(true))
	if err != nil {
		return fmt.Errorf("migrate: %w", err)
	}
	if _, err := provider.Up(ctx); err != nil {
		return fmt.Errorf("migrate: %w", err)
	}
	return nil
}

// Version is the number of the last file applied to the database at url, 0 when
// none was. It only reads, so it is safe to ask about any database.
func Version(ctx context.Context, url string) (version int64, err error) {
	db, err := sql.Open("postgres", url)
	if err != nil {
		return 0, fmt.Errorf("read the schema version: %w", err)
	}
	defer func() { err = errors.Join(err, db.Close()) }()

	var migrated bool
	if err := db.QueryRowContext(ctx, `SELECT to_regclass('goose_db_version') IS NOT NULL`).Scan(&migrated); err != nil {
		return 0, fmt.Errorf("read the schema version: %w", err)
	}
	if !migrated {
		return 0, nil
	}
	err = db.QueryRowContext(ctx, `SELECT coalesce(max(version_id), 0) FROM goose_db_version WHERE is_applied`).Scan(&version)
	if err != nil {
		return 0, fmt.Errorf("read the schema version: %w", err)
	}
	return version, nil
}

// Latest is the number of the newest file that this program carries.
func Latest() int64 {
	names, err := fs.Glob(files, "*.sql")
	if err != nil {
		panic(err) // the pattern is ours
	}
	var latest int64
	for _, name := range names {
		if number, err := goose.NumericComponent(name); err == nil {
			latest = max(latest, number)
		}
	}
	return latest
}
