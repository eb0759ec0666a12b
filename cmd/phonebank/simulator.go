package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"os"
	"strconv"
	"time"

	"phonebank/carrier"
	"phonebank/simulator"
)

type simulatorCommand struct{}

// Run serves the local Twilio alone, for whoever develops against it.
func (simulatorCommand) Run(ctx context.Context) error {
	c, err := read(os.Getenv)
	if err != nil {
		return err
	}
	if c.Account.SID == "" {
		c.Account.SID, c.Account.AuthToken = simulatorAccount()
		fmt.Printf("account %s\nauth token %s\n", c.Account.SID, c.Account.AuthToken)
	}
	sim, stop, err := c.startSimulator(simulator.NewClock(), logger(c.LogLevel))
	if err != nil {
		return err
	}
	defer stop()
	fmt.Printf("simulator http://%s/_sim/?token=%s\n", c.SimulatorListen, sim.Token())
	<-ctx.Done()
	return nil
}

// startSimulator serves a local Twilio on SIMULATOR_LISTEN, which calls this service back where PUBLIC_URL says.
func (c *config) startSimulator(clock *simulator.Clock, log *slog.Logger) (*simulator.Simulator, func(), error) {
	seed, err := strconv.ParseInt(or(c.DemoSeed, "0"), 10, 64)
	if err != nil {
		return nil, nil, misuse{fmt.Errorf("DEMO_SEED %q is no whole number", c.DemoSeed)}
	}
	own := simulator.Config{AccountSID: c.Account.SID, AuthToken: c.Account.AuthToken, APIKey: c.Account.APIKey, APISecret: c.Account.APISecret, Numbers: c.Numbers,
		Token: c.SimulatorToken, Clock: clock, Seed: seed, PublicURL: "http://" + c.SimulatorListen, Logger: log}
	if c.PublicURL != "" {
		own.SMSURL, own.VoiceURL, own.VoiceFallbackURL = c.PublicURL+"/twilio/messages", c.PublicURL+"/twilio/voice", c.PublicURL+"/twilio/voice/fallback"
	}
	sim, err := simulator.New(own)
	if err != nil {
		return nil, nil, misuse{err}
	}
	listener, err := net.Listen("tcp", c.SimulatorListen)
	if err != nil {
		sim.Close()
		return nil, nil, taken("SIMULATOR_LISTEN", c.SimulatorListen, err)
	}
	server := &http.Server{Handler: sim.Handler(), ReadHeaderTimeout: 5 * time.Second}
	go func() {
		if err := server.Serve(listener); !errors.Is(err, http.ErrServerClosed) {
			log.Error("simulator stopped", "error", err)
		}
	}()
	return sim, func() {
		_ = server.Close() // its pages hold streams open; nobody waits for an answer
		sim.Close()
	}, nil
}

// simulatorAccount makes an account of the reserved prefix, which the real Twilio never has.
func simulatorAccount() (sid, token string) {
	return carrier.SimulatorAccount + randomHex(8), randomHex(16)
}
