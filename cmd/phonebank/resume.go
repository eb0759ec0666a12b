package main

import (
	"context"
	"fmt"
	"time"

	"phonebank/migrations"
	"phonebank/store"
)

// recognize looks, at each start, whether these records are where they say they are. Where they were restored or copied,
// everything stays paused until a person says that this is the one that sends; the service itself starts, so that they can look.
func (a *app) recognize(ctx context.Context) error {
	why, err := a.store.Recognize(ctx, a.InstanceID, a.now())
	if err != nil {
		return err
	}
	if why != "" {
		a.log.Error("nothing is sent until 'phonebank resume'", "why", why)
	}
	return nil
}

type resumeCommand struct{}

// Run says what holds everything back and lifts what Phonebank itself has paused. A person's pause is left to people.
func (resumeCommand) Run(ctx context.Context) error {
	return withStore(ctx, func(c config, s *store.Store) error {
		version, err := migrations.Version(ctx, c.DatabaseURL)
		if err != nil {
			return err
		}
		if version != migrations.Latest() {
			return fmt.Errorf("the database is at version %d and this program needs %d; run 'phonebank migrate'", version, migrations.Latest())
		}
		return c.resume(ctx, s, time.Now())
	})
}

func (c config) resume(ctx context.Context, s *store.Store, at time.Time) error {
	if _, err := s.Recognize(ctx, c.InstanceID, at); err != nil {
		return err
	}
	pauses, err := s.Pauses(ctx)
	if err != nil {
		return err
	}
	if len(pauses) == 0 {
		fmt.Println("Nothing is paused. Texts and calls go out at their time.")
		return nil
	}
	if texts, oldest, err := s.DueNow(ctx, at); err != nil {
		return err
	} else if texts > 0 {
		fmt.Printf("%d texts are due, the oldest since %s.\n", texts, oldest.UTC().Format(time.RFC1123))
	}
	for _, p := range pauses {
		if p.Kind == store.PersonPause {
			fmt.Printf("%s has paused all texts and calls since %s. That pause stays: it is lifted on the live board.\n", p.Who, p.At.UTC().Format(time.RFC1123))
			continue
		}
		if err := s.LiftKind(ctx, p.Kind, "", at); err != nil {
			return err
		}
		fmt.Printf("Paused since %s: %s Resumed.\n", p.At.UTC().Format(time.RFC1123), p.Why)
		if p.Kind == store.RestoredPause {
			fmt.Println("From now on these records belong here. Stop every other copy of them: both would send.")
		}
	}
	return nil
}
