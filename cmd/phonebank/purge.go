package main

import (
	"context"
	"fmt"
	"os"
	"time"

	"phonebank/carrier"
	"phonebank/people"
	"phonebank/store"
)

type purgeCommand struct {
	Days int `help:"Forget people after so many days without contact. Without it, as RETAIN_DAYS says." placeholder:"DAYS"`
}

// Run removes what need not be known any longer, and says what went.
func (p *purgeCommand) Run(ctx context.Context) error {
	if p.Days < 0 {
		return misuse{fmt.Errorf("--days is a number of days, such as 365")}
	}
	return withStore(ctx, func(c config, s *store.Store) error {
		k := c.keeper(s, nil, time.Now)
		if p.Days > 0 {
			k.Days = p.Days
		}
		if c.Account.SID != "" {
			twilio, err := carrier.New(c.Account)
			if err != nil {
				return misuse{err}
			}
			k.Twilio = twilio
		}
		done, err := k.Purge(ctx)
		fmt.Printf("Removed: %d voicemails, %d people, %d numbers, %d volunteers.\n", done.Voicemails, done.People, done.Numbers, done.Volunteers)
		if err != nil {
			return err
		}
		hashes, err := s.ForgottenNumbers(ctx)
		if err != nil {
			return err
		}
		fmt.Printf("%d numbers that said no are kept as hashes, so that they stay blocked.\n", hashes)
		if k.Days == 0 {
			fmt.Fprintln(os.Stderr, "Nobody is forgotten while RETAIN_DAYS is not set: only voicemails of more than 30 days went.")
		}
		return nil
	})
}

// keeper forgets as the environment says.
func (c *config) keeper(s *store.Store, twilio people.Recordings, now func() time.Time) *people.Keeper {
	return &people.Keeper{Store: s, Twilio: twilio, Now: now, Days: c.RetainDays, Between: 24 * time.Hour}
}
