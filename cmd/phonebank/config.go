package main

import (
	"fmt"
	"log/slog"
	"net"
	"net/url"
	"os"
	"strconv"
	"strings"

	"phonebank"
	"phonebank/carrier"
	"phonebank/internal/embedded"
)

// config is the environment, read once. docs/configuration.md says what each name means.
type config struct {
	Listen, SimulatorListen string
	DataDir                 string
	DatabaseURL, RedisURL   string
	PublicURL, Org          string
	InstanceID              string
	Account                 carrier.Account
	Numbers                 []string
	SimulatorToken          string
	DemoAPIToken, DemoSeed  string
	PGBin                   string
	LogLevel                slog.Level
	RetainDays              int
}

// read takes the environment. Every secret may also come from a file that ..._FILE names.
func read(env func(string) string) (config, error) {
	c := config{
		Listen: or(env("LISTEN"), "127.0.0.1:8080"), SimulatorListen: or(env("SIMULATOR_LISTEN"), "127.0.0.1:8181"),
		DataDir: or(env("DATA_DIR"), embedded.DefaultDataDir()), PublicURL: strings.TrimRight(env("PUBLIC_URL"), "/"),
		Org: or(env("ORG_NAME"), "Our Phone Bank"), DemoSeed: env("DEMO_SEED"), PGBin: env("PG_BIN"), InstanceID: env("INSTANCE_ID"),
	}
	c.Account = carrier.Account{SID: env("TWILIO_ACCOUNT_SID"), BaseURL: env("TWILIO_API_BASE_URL"), MessagingSID: env("TWILIO_MESSAGING_SERVICE_SID")}
	for name, into := range map[string]*string{
		"DATABASE_URL": &c.DatabaseURL, "REDIS_URL": &c.RedisURL, "TWILIO_AUTH_TOKEN": &c.Account.AuthToken,
		"TWILIO_AUTH_TOKEN_PREVIOUS": &c.Account.PreviousToken, "TWILIO_API_KEY": &c.Account.APIKey, "TWILIO_API_SECRET": &c.Account.APISecret,
		"SIMULATOR_TOKEN": &c.SimulatorToken, "DEMO_API_TOKEN": &c.DemoAPIToken,
	} {
		*into = env(name)
		if file := env(name + "_FILE"); *into == "" && file != "" {
			raw, err := os.ReadFile(file) //nolint:gosec // whoever runs this names the file
			if err != nil {
				return c, fmt.Errorf("%s_FILE: %w", name, err)
			}
			*into = strings.TrimSpace(string(raw))
		}
	}
	for n := range strings.SplitSeq(env("TWILIO_NUMBERS"), ",") {
		if n = strings.TrimSpace(n); n == "" {
			continue
		}
		if !phonebank.Number(n).Valid() {
			return c, misuse{fmt.Errorf("TWILIO_NUMBERS: %q is no number like +12125550100", n)}
		}
		c.Numbers = append(c.Numbers, n)
	}
	if days := env("RETAIN_DAYS"); days != "" {
		n, err := strconv.Atoi(days)
		if err != nil || n < 0 {
			return c, misuse{fmt.Errorf("RETAIN_DAYS: %q is no number of days, such as 365", days)}
		}
		c.RetainDays = n
	}
	if level := env("LOG_LEVEL"); level != "" {
		if err := c.LogLevel.UnmarshalText([]byte(level)); err != nil {
			return c, misuse{fmt.Errorf("LOG_LEVEL: %q is none of debug, info, warn, error", level)}
		}
	}
	return c, nil
}

func or(value, otherwise string) string {
	if value == "" {
		return otherwise
	}
	return value
}

// checkPublic refuses an address over which a cookie or a caller's words would travel in the clear.
func checkPublic(address string) error {
	u, err := url.Parse(address)
	if err != nil || u.Host == "" || u.Path != "" || u.RawQuery != "" {
		return misuse{fmt.Errorf("PUBLIC_URL %q is no address like https://calls.example.org", address)}
	}
	if u.Scheme == "https" {
		return nil
	}
	if ip := net.ParseIP(u.Hostname()); u.Scheme == "http" && (u.Hostname() == "localhost" || ip != nil && ip.IsLoopback()) {
		return nil
	}
	return misuse{fmt.Errorf("PUBLIC_URL %q is not https. Put a proxy with a certificate (Caddy, say) in front and give its https address; plain http works on this machine alone", address)}
}

// logger writes JSON lines to standard error; standard output is for what a person asked for.
func logger(level slog.Level) *slog.Logger {
	return slog.New(slog.NewJSONHandler(os.Stderr, &slog.HandlerOptions{Level: level}))
}
