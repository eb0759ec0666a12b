package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"slices"
	"strings"
	"time"

	"github.com/redis/go-redis/v9"

	"phonebank"
	"phonebank/carrier"
	"phonebank/migrations"
	"phonebank/store"
)

type doctorCommand struct {
	Fix bool `help:"Point our numbers at this service where they point elsewhere."`
}

// Run looks at everything that must be right before anybody is called, and says what is wrong and what to do.
func (d *doctorCommand) Run(ctx context.Context) error {
	c, err := read(os.Getenv)
	if err != nil {
		return err
	}
	d2 := &diagnosis{config: c}
	d2.database(ctx)
	d2.queue(ctx)
	d2.address()
	d2.twilio(ctx, d.Fix)
	if d2.wrong > 0 {
		return fmt.Errorf("%d of %d things need you", d2.wrong, d2.looked)
	}
	fmt.Println("All is well.")
	return nil
}

type diagnosis struct {
	config
	looked, wrong int
}

func (d *diagnosis) good(what string, args ...any) {
	d.looked++
	fmt.Printf("ok     "+what+"\n", args...)
}

func (d *diagnosis) bad(what string, args ...any) {
	d.looked++
	d.wrong++
	fmt.Printf("WRONG  "+what+"\n", args...)
}

func (d *diagnosis) database(ctx context.Context) {
	end, err := d.reach(ctx)
	defer end()
	if err != nil {
		d.bad("Postgres: %v", err)
		return
	}
	s, err := store.Open(d.DatabaseURL, store.Options{Wall: time.Now})
	if err != nil {
		d.bad("DATABASE_URL: %v", err)
		return
	}
	defer func() { _ = s.Close() }() // only questions were asked
	if err := s.Ping(ctx); err != nil {
		d.bad("Postgres does not answer. Is it running, and may this user connect? (%v)", errors.Unwrap(err))
		return
	}
	version, err := migrations.Version(ctx, d.DatabaseURL)
	if err != nil || version != migrations.Latest() {
		d.bad("The database is at version %d and this program needs %d. Run 'phonebank migrate'.", version, migrations.Latest())
		return
	}
	d.good("Postgres answers and is at version %d.", version)
	d.sending(ctx, s)
}

// sending tells what keeps texts and calls from going out.
func (d *diagnosis) sending(ctx context.Context, s *store.Store) {
	pauses, err := s.Pauses(ctx)
	if err != nil {
		d.bad("Whether anything is paused can't be read. (%v)", err)
		return
	}
	for _, p := range pauses {
		since := p.At.UTC().Format(time.RFC1123)
		if p.Kind == store.PersonPause {
			d.bad("%s has paused all texts and calls since %s. Resume on the live board.", p.Who, since)
		} else {
			d.bad("All texts and calls are paused since %s. %s When that is looked after, run 'phonebank resume'.", since, p.Why)
		}
	}
	at := time.Now()
	mark, err := s.Watermark(ctx, at)
	switch {
	case err != nil:
		d.bad("What came in was last fetched at a time that can't be read. (%v)", err)
	case mark.Fresh:
		d.good("What came in is fetched up to %s.", mark.FetchedThrough.UTC().Format(time.RFC1123))
	case at.Sub(mark.AliveAt) > phonebank.OutageAfter:
		fmt.Println("note   No process serves Twilio's webhooks now, and nothing is sent while none does. 'phonebank serve' starts one.")
	default:
		d.bad("What came in while we were away is not fetched yet (the last time up to %s), so nothing is sent. Does Twilio answer?", mark.FetchedThrough.UTC().Format(time.RFC1123))
	}
}

func (d *diagnosis) queue(ctx context.Context) {
	if d.RedisURL == "" {
		d.good("REDIS_URL is not set: one process, with a Redis of its own.")
		return
	}
	options, err := redis.ParseURL(d.RedisURL)
	if err != nil {
		d.bad("REDIS_URL can't be read: %v", err)
		return
	}
	client := redis.NewClient(options)
	defer func() { _ = client.Close() }() // only a ping was sent
	ctx, cancel := context.WithTimeout(ctx, 3*time.Second)
	defer cancel()
	if err := client.Ping(ctx).Err(); err != nil {
		d.bad("Redis does not answer. Promises are safe in Postgres, and go out late until it does. (%v)", err)
		return
	}
	d.good("Redis answers.")
}

func (d *diagnosis) address() {
	if d.PublicURL == "" {
		d.bad("PUBLIC_URL is not set. Twilio must reach this service: set it to its https address.")
		return
	}
	if err := checkPublic(d.PublicURL); err != nil {
		d.bad("%v", err)
		return
	}
	d.good("PUBLIC_URL is %s.", d.PublicURL)
}

func (d *diagnosis) twilio(ctx context.Context, fix bool) {
	client, err := carrier.New(d.Account)
	if err != nil {
		d.bad("Twilio: %v.", err)
		return
	}
	numbers, err := client.Numbers(ctx)
	if err != nil {
		f := carrier.FailureOf(err)
		if f.Code == 20003 {
			d.bad("Twilio does not know this account and token. Check TWILIO_ACCOUNT_SID and TWILIO_AUTH_TOKEN.")
			return
		}
		d.bad("Twilio does not answer (%v).", f)
		return
	}
	d.good("Twilio knows the account, which has %d numbers.", len(numbers))
	if len(d.Numbers) == 0 {
		d.bad("TWILIO_NUMBERS is not set: say which of the account's numbers this service calls from.")
	}
	for _, ours := range d.Numbers {
		i := slices.IndexFunc(numbers, func(n carrier.OurNumber) bool { return n.Number == ours })
		if i < 0 {
			d.bad("TWILIO_NUMBERS names %s, which this account does not have.", ours)
			continue
		}
		d.points(ctx, client, numbers[i], fix)
	}
}

// points looks whether Twilio brings a number's texts and calls here.
func (d *diagnosis) points(ctx context.Context, client *carrier.Client, n carrier.OurNumber, fix bool) {
	texts, calls := d.PublicURL+"/twilio/messages", d.PublicURL+"/twilio/voice"
	if plain(n.SMSURL) == texts && plain(n.VoiceURL) == calls {
		d.good("Texts and calls to %s come here.", n.Number)
		return
	}
	if !fix {
		d.bad("Texts and calls to %s go elsewhere. 'phonebank doctor --fix' points them to %s.", n.Number, d.PublicURL)
		return
	}
	if err := client.PointNumber(ctx, n.SID, texts, calls); err != nil {
		d.bad("Twilio did not let us point %s here (%v).", n.Number, carrier.FailureOf(err))
		return
	}
	d.good("Texts and calls to %s come here from now on.", n.Number)
}

// plain takes Twilio's connection overrides off an address.
func plain(address string) string {
	address, _, _ = strings.Cut(address, "#")
	return address
}
