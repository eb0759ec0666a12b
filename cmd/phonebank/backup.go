package main

import (
	"context"
	"fmt"
	"os"

	"phonebank"
	"phonebank/internal/embedded"
	"phonebank/store"
)

type backupCommand struct {
	File string `arg:"" help:"Where to write the backup; it must not exist yet."`
}

// Run writes the whole database into one file while the service goes on.
func (b *backupCommand) Run(ctx context.Context) error {
	return withDatabase(ctx, func(c config) error {
		if err := embedded.Dump(ctx, c.DatabaseURL, c.PGBin, b.File); err != nil {
			return phonebank.Because(err, phonebank.Unavailable, "The backup was not written.")
		}
		info, err := os.Stat(b.File)
		if err != nil {
			return err
		}
		fmt.Printf("%s: %d KB. It holds names, numbers and what people said: keep it where only you can read it.\n", b.File, (info.Size()+1023)/1024)
		return nil
	})
}

type restoreCommand struct {
	File string `arg:"" help:"A file of 'phonebank backup'."`
}

// Run brings a backup into an empty database. What it holds is older than what people have answered since, so nothing is sent
// until somebody says so.
func (r *restoreCommand) Run(ctx context.Context) error {
	return withStore(ctx, func(c config, s *store.Store) error {
		tables, err := s.Tables(ctx)
		if err != nil {
			return err
		}
		if tables > 0 {
			return phonebank.Fail(phonebank.Conflict, "This database is not empty. Restore into a new one: set DATABASE_URL or DATA_DIR to it.")
		}
		if err := embedded.Restore(ctx, c.DatabaseURL, c.PGBin, r.File); err != nil {
			return phonebank.Because(err, phonebank.Unavailable, "The backup was not restored; the database is as empty as before.")
		}
		fmt.Println("Restored. Start the service: it sends nothing and rings nobody until you have looked and run 'phonebank resume'.")
		return nil
	})
}
