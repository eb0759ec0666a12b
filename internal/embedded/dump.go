package embedded

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"strconv"
	"strings"

	"github.com/lib/pq"
)

// Dump writes a whole database into a new file with pg_dump. An existing file is never overwritten.
func Dump(ctx context.Context, databaseURL, binDir, file string) error {
	f, err := os.OpenFile(file, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o600) //nolint:gosec // whoever runs this names the file
	if err != nil {
		return err
	}
	err = program(ctx, databaseURL, binDir, f, "pg_dump", "--format=custom", "--no-owner", "--no-privileges")
	if err = errors.Join(err, f.Sync(), f.Close()); err != nil {
		return errors.Join(err, os.Remove(file)) // half a backup must not be taken for one
	}
	return nil
}

// Restore brings a file of Dump into an empty database, wholly or not at all.
func Restore(ctx context.Context, databaseURL, binDir, file string) error {
	return program(ctx, databaseURL, binDir, nil, "pg_restore", "--no-owner", "--no-privileges", "--exit-on-error", "--single-transaction",
		"--dbname=", file)
}

// program runs one of Postgres' own. The address goes by the environment: an argument could be read by everybody on the machine.
func program(ctx context.Context, databaseURL, binDir string, out *os.File, name string, args ...string) error {
	found, err := findBinaries(binDir, 0)
	if err != nil {
		return err
	}
	config, err := pq.NewConfig(databaseURL)
	if err != nil {
		return fmt.Errorf("read the database address: %w", err)
	}
	for i, a := range args {
		if a == "--dbname=" {
			args[i] += config.Database
		}
	}
	cmd := exec.CommandContext(ctx, found.path(name), args...) //nolint:gosec // a program of Postgres, by its own name
	cmd.Env = append(os.Environ(), "PGHOST="+config.Host, "PGPORT="+strconv.Itoa(int(config.Port)), "PGDATABASE="+config.Database, "PGUSER="+config.User,
		"PGPASSWORD="+config.Password, "PGSSLMODE="+string(config.SSLMode))
	var said bytes.Buffer
	cmd.Stderr = &said
	if out != nil {
		cmd.Stdout = out
	}
	if err := cmd.Run(); err != nil {
		return fmt.Errorf("%s: %w: %s", name, err, strings.TrimSpace(said.String()))
	}
	return nil
}
