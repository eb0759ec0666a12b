// Package simulator is a local Twilio: a strict subset of its REST API, signed webhooks, a TwiML interpreter,
// scripted people and a phone for the browser. It must never import anything of the product, so that it stays
// an independent witness, and never reach anything but loopback and the hosts it was allowed.
package simulator

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"errors"
	"fmt"
	"log/slog"
	mathrand "math/rand/v2"
	"net/http"
	"regexp"
	"strings"
	"sync"
	"time"
)

// AccountPrefix begins every simulated account, so that none is ever mistaken for a real one.
const AccountPrefix = "AC5151515151515151"

// DefaultNumber is the account's number when Config names none.
const DefaultNumber = "+12125550100"

// Config says which account the simulator plays and how. AccountSID and AuthToken are required.
type Config struct {
	AccountSID, AuthToken string   // AccountSID begins with AccountPrefix
	APIKey, APISecret     string   // optional second pair for HTTP Basic
	Numbers               []string // E.164 numbers that the account owns; empty means DefaultNumber
	Token                 string   // opens /_sim/; empty means a random one
	Clock                 *Clock   // nil means NewClock
	Seed                  int64    // of everything that is left to chance, except SIDs; 0 means a random one
	AllowHosts            []string // hosts, besides loopback, that webhooks may go to
	PublicURL             string   // how the simulator is reached, for links to recordings and media
	SMSURL, VoiceURL      string   // webhooks of every number
	SMSFallbackURL        string
	VoiceFallbackURL      string
	Logger                *slog.Logger
	Timings               Timings
}

// Simulator is one running local Twilio.
type Simulator struct {
	cfg     Config
	clock   *Clock
	time    Timings
	log     *slog.Logger
	handler http.Handler

	transcript transcript
	debugger   debugger
	faults     faults
	outbox     *outbox
	hub        hub

	ctx     context.Context
	cancel  context.CancelFunc
	closing sync.Mutex
	closed  bool
	running sync.WaitGroup

	// mu guards everything below and is never held while anything waits.
	mu          sync.Mutex
	created     time.Time
	numbers     []*number
	messages    []*message
	messageBy   map[string]*message
	threads     map[string][]*message // by the person's number, oldest first
	blocked     map[pair]bool         // the person said STOP to this number
	nextText    map[string]time.Time  // by sender: when it may send again
	calls       []*call
	callBy      map[string]*call
	callsOf     map[string][]*call // by the person's number, oldest first
	nextCall    time.Time
	conferences []*conference
	recordings  []*recording
	people      map[string]*person
}

// pair is one of the account's numbers and one person's.
type pair struct{ ours, theirs string }

var (
	e164      = regexp.MustCompile(`^\+[1-9]\d{7,14}$`)
	secretish = regexp.MustCompile(`^[0-9A-Za-z]+$`)
)

// New makes a simulator; its clock runs and it serves as soon as Handler is mounted.
func New(cfg Config) (*Simulator, error) {
	if !regexp.MustCompile(`^` + AccountPrefix + `[0-9a-f]{16}$`).MatchString(cfg.AccountSID) {
		return nil, fmt.Errorf("the simulator's account must begin with %s and go on with 16 hex digits: any other could be a real one", AccountPrefix)
	}
	if !secretish.MatchString(cfg.AuthToken) {
		return nil, errors.New("the simulator's auth token must be letters and digits only, as Twilio's clients demand")
	}
	if len(cfg.Numbers) == 0 {
		cfg.Numbers = []string{DefaultNumber}
	}
	for _, n := range cfg.Numbers {
		if !e164.MatchString(n) {
			return nil, fmt.Errorf("the account's number %q is not E.164", n)
		}
	}
	own := cfg.Clock == nil
	if own {
		cfg.Clock = NewClock()
	}
	if cfg.Timings == (Timings{}) {
		cfg.Timings = DefaultTimings()
	}
	if cfg.Logger == nil {
		cfg.Logger = slog.New(slog.DiscardHandler)
	}
	if cfg.Token == "" {
		cfg.Token = randomHex(16)
	}
	if cfg.Seed == 0 {
		cfg.Seed = mathrand.Int64()
	}
	s := &Simulator{
		cfg: cfg, clock: cfg.Clock, time: cfg.Timings, log: cfg.Logger,
		created:   cfg.Clock.Now(),
		messageBy: map[string]*message{}, threads: map[string][]*message{}, blocked: map[pair]bool{}, nextText: map[string]time.Time{},
		callBy: map[string]*call{}, callsOf: map[string][]*call{}, people: map[string]*person{},
	}
	s.faults.rng = mathrand.New(mathrand.NewPCG(uint64(cfg.Seed), 1))
	s.hub.subscribers = map[string]map[chan struct{}]bool{}
	s.ctx, s.cancel = context.WithCancel(context.Background())
	s.outbox = newOutbox(s)
	for _, n := range cfg.Numbers {
		s.numbers = append(s.numbers, newNumber(n, cfg, s.created))
	}
	if own {
		context.AfterFunc(s.ctx, s.clock.halt)
	}
	s.handler = s.routes()
	return s, nil
}

// Handler serves Twilio's REST paths, by the Host header or by the prefix /_host/<host>/, and /_sim/.
func (s *Simulator) Handler() http.Handler { return s.handler }

// Clock is the simulated time.
func (s *Simulator) Clock() *Clock { return s.clock }

// Token opens /_sim/.
func (s *Simulator) Token() string { return s.cfg.Token }

// Fault puts a rule into force; it panics on a rule that Rule's comments do not describe.
func (s *Simulator) Fault(r Rule) {
	if err := r.check(); err != nil {
		panic("simulator: " + err.Error())
	}
	s.faults.add(r)
}

// ClearFaults takes every rule out of force.
func (s *Simulator) ClearFaults() { s.faults.clear() }

// Transcript is everything that was received and sent, oldest first: the last 20,000 entries.
func (s *Simulator) Transcript() []Entry { entries, _ := s.transcript.since(0); return entries }

// Await returns the first entry of the transcript that matches, waiting for it until ctx ends.
func (s *Simulator) Await(ctx context.Context, match func(Entry) bool) (Entry, error) {
	return s.transcript.await(ctx, match)
}

// Debugger lists the last 1,000 problems, oldest first, as Twilio's debugger would.
func (s *Simulator) Debugger() []Problem { return s.debugger.list() }

// Close ends every call, stops every goroutine and waits for them.
func (s *Simulator) Close() {
	s.closing.Lock()
	s.closed = true
	s.closing.Unlock()
	s.cancel()
	s.running.Wait()
	s.outbox.client.CloseIdleConnections()
}

// begin counts in a piece of work that Close waits for; false means that it may not start any more.
func (s *Simulator) begin() bool {
	s.closing.Lock()
	defer s.closing.Unlock()
	if s.closed {
		return false
	}
	s.running.Add(1)
	return true
}

func (s *Simulator) spawn(work func()) {
	if s.begin() {
		go func() { defer s.running.Done(); work() }()
	}
}

// after runs work, which must be short, once d of simulated time has passed.
func (s *Simulator) after(d time.Duration, work func()) *Timer {
	return s.clock.AfterFunc(d, func() {
		if s.begin() {
			defer s.running.Done()
			work()
		}
	})
}

// problem writes to the debugger.
func (s *Simulator) problem(code int, sid, url, format string, args ...any) {
	s.debugger.add(Problem{At: s.clock.Now(), Code: code, SID: sid, URL: url, Message: fmt.Sprintf(format, args...)})
	s.log.Warn("simulated Twilio complains", "code", code, "sid", sid)
}

// newSID is never seeded: a product that keeps its database across runs must not meet the same SID twice.
func newSID(prefix string) string { return prefix + randomHex(16) }

func randomHex(bytes int) string {
	b := make([]byte, bytes)
	rand.Read(b)
	return hex.EncodeToString(b)
}

// apiURL is the address of a REST resource, as webhooks carry it.
func (s *Simulator) apiURL(path string) string {
	if s.cfg.PublicURL == "" {
		return "https://" + apiHost + path
	}
	return strings.TrimRight(s.cfg.PublicURL, "/") + hostPrefix + apiHost + path
}

// accountPath is the path under which the account's resources live.
func (s *Simulator) accountPath() string { return "/2010-04-01/Accounts/" + s.cfg.AccountSID }
