package main

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"time"

	"phonebank"
	"phonebank/carrier"
	"phonebank/migrations"
	"phonebank/simulator"
	"phonebank/store"
)

type demoCommand struct{}

// keptSecrets are what a demo needs again at its next start: its account and its join link. They open nothing but this demo.
type keptSecrets struct {
	Account   string `json:"account"`
	AuthToken string `json:"auth_token"`
	Join      string `json:"join"`
}

// Run starts everything on this machine and prints where to look first.
func (demoCommand) Run(ctx context.Context) error {
	c, err := read(os.Getenv)
	if err != nil {
		return err
	}
	if os.Getenv("ORG_NAME") == "" {
		c.Org = "Alder Tenants Union"
	}
	if c.PublicURL == "" {
		c.PublicURL = "http://" + c.Listen
	}
	if err := checkPublic(c.PublicURL); err != nil {
		return err
	}
	end, err := c.storage(ctx)
	defer end()
	if err != nil {
		return err
	}
	if err := migrations.Up(ctx, c.DatabaseURL); err != nil {
		return err
	}
	kept, err := c.keep()
	if err != nil {
		return err
	}
	c.Account = carrier.Account{SID: kept.Account, AuthToken: kept.AuthToken, APIKey: c.Account.APIKey, APISecret: c.Account.APISecret, BaseURL: "http://" + c.SimulatorListen}
	if len(c.Numbers) == 0 {
		c.Numbers = []string{"+12125550100"}
	}
	log := logger(c.LogLevel)
	clock := simulator.NewClock()
	a := &app{config: c, only: roles, now: clock.Now, sweepEvery: time.Second, demo: true, log: log}
	if err := a.setClock(ctx, clock); err != nil {
		return err
	}
	sim, stopSimulator, err := c.startSimulator(clock, log)
	if err != nil {
		return err
	}
	defer stopSimulator()
	phone := func(n phonebank.Number) string {
		return "http://" + c.SimulatorListen + "/_sim/phone/" + url.PathEscape(string(n)) + "?token=" + sim.Token()
	}
	a.phoneLink, a.demoPhone = phone, demoVolunteerPhone
	if err := a.build(); err != nil {
		return err
	}
	defer a.close()
	seeded, err := a.seed(ctx, kept.Join)
	if err != nil {
		return fmt.Errorf("seed the demo: %w", err)
	}
	liveNeighbors(sim)
	link := phonebank.NewToken()
	// Whoever reads these lines owns the machine: the link may be opened all day, once.
	if err := a.store.AddSecret(ctx, store.LinkSecret, link, seeded.coordinator, "demo", clock.Now(), clock.Now().Add(12*time.Hour)); err != nil {
		return err
	}
	return a.serve(ctx, func() {
		fmt.Println("ready http://" + c.Listen)
		fmt.Println("coordinator " + c.PublicURL + "/login/" + link)
		fmt.Println("volunteer " + c.PublicURL + "/j/" + kept.Join)
		fmt.Println("volunteer-phone " + phone(demoVolunteerPhone))
		fmt.Println("phone " + phone(demoNeighbors[0].number))
		fmt.Println("simulator http://" + c.SimulatorListen + "/_sim/?token=" + sim.Token())
		fmt.Println()
		fmt.Println("Nothing here leaves this machine: the phones are simulated, the people are made up.")
		fmt.Printf("The demo's clock says %s in New York, inside calling hours.\n", phonebank.WhenThere("America/New_York", clock.Now()))
		fmt.Println("Open the volunteer line first, in a browser. Then open volunteer-phone and phone beside it: you play both people.")
		fmt.Println("Ctrl-C stops everything; the data stays in " + c.DataDir + ".")
	})
}

// keep reads what the last start kept, or makes it. What the environment gives wins.
func (c *config) keep() (keptSecrets, error) {
	var k keptSecrets
	path := filepath.Join(c.DataDir, "demo.json")
	raw, err := os.ReadFile(path) //nolint:gosec // in the data folder that whoever runs this names
	if err == nil {
		if err := json.Unmarshal(raw, &k); err != nil {
			return k, fmt.Errorf("%s is unreadable: remove it, and the demo makes a new one: %w", path, err)
		}
	} else if !os.IsNotExist(err) {
		return k, err
	}
	if k.Account == "" {
		k.Account, k.AuthToken = simulatorAccount()
		k.Join = phonebank.NewToken()
		raw, err := json.Marshal(k)
		if err != nil {
			return k, err
		}
		if err := os.WriteFile(path, raw, 0o600); err != nil {
			return k, err
		}
	}
	if c.Account.SID != "" {
		k.Account, k.AuthToken = c.Account.SID, c.Account.AuthToken
	}
	return k, nil
}

// setClock lets the demo begin inside calling hours, whenever it is started: it may be moved forward by some hours, and the
// product's clock and the simulator's move together. It never runs behind what the records hold.
func (a *app) setClock(ctx context.Context, clock *simulator.Clock) error {
	s, err := store.Open(a.DatabaseURL, store.Options{Wall: time.Now})
	if err != nil {
		return err
	}
	defer func() { _ = s.Close() }() // only one question was asked
	last, err := s.LastNoted(ctx)
	if err != nil {
		return err
	}
	at := clock.Now()
	if last.After(at) {
		at = last
	}
	at = phonebank.NextContact("America/New_York", at, 2*time.Hour)
	if at.After(clock.Now()) {
		return clock.Set(at)
	}
	return nil
}

func randomHex(bytes int) string {
	raw := make([]byte, bytes)
	if _, err := rand.Read(raw); err != nil {
		panic("no randomness: " + err.Error())
	}
	return hex.EncodeToString(raw)
}
