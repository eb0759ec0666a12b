package main

import (
	"context"
	"fmt"
	"os"
	"slices"
	"strings"
	"time"

	"phonebank/internal/crash"
	"phonebank/internal/embedded"
	"phonebank/migrations"
	"phonebank/script"
)

type serveCommand struct {
	Only string `help:"Run these parts alone: webhooks,panel,dialer,worker." placeholder:"PARTS"`
}

// Run serves with what the environment names. What it does not name is started here: a private Postgres, an in-process Redis.
func (s *serveCommand) Run(ctx context.Context) error {
	c, err := read(os.Getenv)
	if err != nil {
		return err
	}
	only, err := parts(s.Only, c)
	if err != nil {
		return err
	}
	if c.PublicURL == "" {
		c.PublicURL = "http://" + c.Listen
	}
	if err := checkPublic(c.PublicURL); err != nil {
		return err
	}
	if err := c.Account.Check(); err != nil {
		return misuse{err}
	}
	c.Account.RequestTimeout = crash.Patience(10 * time.Second)
	end, err := c.storage(ctx)
	defer end()
	if err != nil {
		return err
	}
	if err := migrations.Up(ctx, c.DatabaseURL); err != nil {
		return err
	}
	a := &app{config: c, only: only, now: crash.Now, sweepEvery: crash.Scale(30 * time.Second), log: logger(c.LogLevel)}
	if err := a.build(); err != nil {
		return err
	}
	defer a.close()
	if err := addStarters(ctx, a.store, a.now(), func(*script.Script) {}); err != nil {
		return err
	}
	return a.serve(ctx, func() { fmt.Println("ready http://" + c.Listen) })
}

// parts reads --only. Without a common Redis the parts of a split service could not hear each other.
func parts(words string, c config) ([]string, error) {
	if words == "" {
		return roles, nil
	}
	only := strings.Split(words, ",")
	for _, part := range only {
		if !slices.Contains(roles, part) {
			return nil, misuse{fmt.Errorf("--only knows %s, not %q", strings.Join(roles, ", "), part)}
		}
	}
	if len(only) < len(roles) && (c.RedisURL == "" || c.DatabaseURL == "") {
		return nil, misuse{fmt.Errorf("--only splits the service over processes that share one Postgres and one Redis: set DATABASE_URL and REDIS_URL")}
	}
	return only, nil
}

// storage starts what the environment does not name, and answers how to end it.
func (c *config) storage(ctx context.Context) (end func(), err error) {
	var ends []func()
	end = func() {
		for _, e := range slices.Backward(ends) {
			e()
		}
	}
	if c.DatabaseURL == "" {
		pg, err := embedded.StartPostgres(ctx, embedded.PostgresOptions{DataDir: c.DataDir, BinDir: c.PGBin})
		if err != nil {
			return end, err
		}
		ends = append(ends, func() {
			stop, cancel := context.WithTimeout(context.Background(), 8*time.Second)
			defer cancel()
			if err := pg.Stop(stop); err != nil {
				fmt.Fprintln(os.Stderr, "phonebank: stop the private Postgres:", err)
			}
		})
		c.DatabaseURL = pg.URL()
	}
	if c.RedisURL == "" {
		r, err := embedded.StartRedis()
		if err != nil {
			return end, err
		}
		ends = append(ends, r.Close)
		c.RedisURL = r.URL()
	}
	return end, nil
}

type migrateCommand struct{}

// Run migrates the database that the environment names, or the one of a demo that runs on DATA_DIR.
func (migrateCommand) Run(ctx context.Context) error {
	return withDatabase(ctx, func(c config) error {
		if err := migrations.Up(ctx, c.DatabaseURL); err != nil {
			return err
		}
		version, err := migrations.Version(ctx, c.DatabaseURL)
		if err != nil {
			return err
		}
		fmt.Printf("The database is at version %d.\n", version)
		return nil
	})
}

// reach finds the database for a tool: the environment's, else that of a service which runs on DATA_DIR, else its own start of it.
func (c *config) reach(ctx context.Context) (end func(), err error) {
	if c.DatabaseURL != "" {
		return func() {}, nil
	}
	if running, ok := embedded.RunningURL(c.DataDir); ok {
		c.DatabaseURL = running
		return func() {}, nil
	}
	pg, err := embedded.StartPostgres(ctx, embedded.PostgresOptions{DataDir: c.DataDir, BinDir: c.PGBin})
	if err != nil {
		return func() {}, err
	}
	c.DatabaseURL = pg.URL()
	return func() {
		stop, cancel := context.WithTimeout(context.Background(), 8*time.Second)
		defer cancel()
		if err := pg.Stop(stop); err != nil {
			fmt.Fprintln(os.Stderr, "phonebank: stop the private Postgres:", err)
		}
	}, nil
}
