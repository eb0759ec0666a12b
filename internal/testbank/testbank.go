// Package testbank is a whole phone bank for a test: real Postgres, real Redis, the local Twilio reached over HTTP through
// twilio-go, signed webhooks coming back. It must never be imported by anything but tests.
package testbank

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/gorilla/mux"
	"github.com/hibiken/asynq"
	"github.com/redis/go-redis/v9"

	"phonebank"
	"phonebank/carrier"
	"phonebank/dialer"
	"phonebank/followup"
	"phonebank/internal/testdb"
	"phonebank/live"
	"phonebank/people"
	"phonebank/script"
	"phonebank/simulator"
	"phonebank/store"
	"phonebank/texting"
	"phonebank/webhooks"
	"phonebank/worker"
)

// Numbers of every bank: ours, and a volunteer's own phone.
const (
	Ours           = "+12125550100"
	VolunteerPhone = "+12125550190"
	Account        = "AC5151515151515151aaaaaaaaaaaaaaaa"
	Token          = "testtoken0123456789abcdef0123456"
)

// Bank is one phone bank with one campaign and one open session.
type Bank struct {
	T        testing.TB
	Clock    *simulator.Clock
	Sim      *simulator.Simulator
	Store    *store.Store
	Carrier  *carrier.Client
	Live     *live.Live
	Desk     *texting.Desk
	Board    *dialer.Switchboard
	Diary    *followup.Diary
	Roster   *people.Roster
	Worker   *worker.Worker
	Hooks    *webhooks.Hooks
	Bell     *worker.Bell
	Redis    *redis.Client
	Public   string // where Twilio reaches the webhooks
	Twilio   string // where the local Twilio is
	Database string
	RedisURL string
	Router   *mux.Router

	Campaign    phonebank.Campaign
	Session     phonebank.Session
	Coordinator phonebank.User
}

// Options change a bank.
type Options struct {
	NoLoops       bool          // neither dialer nor worker runs: the test turns the crank
	VoiceDeadline time.Duration // voice has a pool of its own that gives up this soon
	Database      string        // another database than a fresh one
	Timings       simulator.Timings
	SweepEvery    time.Duration // how often the worker looks after what nobody rang for (default 300 ms)
	Log           *slog.Logger
}

// pressesOne presses 1 until somebody asks for it: a slow machine may ask late.
var pressesOne = func() (list []simulator.Press) {
	for i := range 20 {
		list = append(list, simulator.Press{After: time.Duration(10+i*i*20) * time.Millisecond, Digits: "1"})
	}
	return list
}()

// Tuesday is when every bank begins: half past five in the afternoon in New York.
var Tuesday = time.Date(2026, 11, 24, 22, 30, 0, 0, time.UTC)

// New starts a bank that ends with the test.
func New(t testing.TB, o Options) *Bank {
	t.Helper()
	b := &Bank{T: t, Clock: simulator.NewClock(), Database: o.Database, RedisURL: testdb.Redis(t)}
	if time.Now().After(Tuesday) {
		Tuesday = nextEvening(time.Now())
	}
	must(t, b.Clock.Set(Tuesday))
	if b.Database == "" {
		b.Database = testdb.New(t).URL
	}
	if o.Timings == (simulator.Timings{}) {
		o.Timings = simulator.FastTimings()
	}
	if o.Log == nil {
		o.Log = slog.New(slog.NewTextHandler(os.Stderr, &slog.HandlerOptions{Level: slog.LevelError}))
	}
	b.Router = mux.NewRouter()
	server := httptest.NewServer(b.Router)
	t.Cleanup(server.Close)
	b.Public = server.URL
	b.startTwilio(o)
	var err error
	b.Carrier, err = carrier.New(carrier.Account{SID: Account, AuthToken: Token, BaseURL: b.Twilio, RequestTimeout: 3 * time.Second})
	must(t, err)
	b.Store, err = store.Open(b.Database, store.Options{Wall: time.Now})
	must(t, err)
	t.Cleanup(func() { _ = b.Store.Close() })
	b.wire(o)
	b.seed()
	b.caughtUp(o)
	return b
}

// caughtUp lets a bank begin with everything fetched that came in. Where no loop runs, nobody would say so ever after: there
// every webhook is the test's own call, so for such a bank it stays so whatever its clock does, until FetchFromNow.
func (b *Bank) caughtUp(o Options) {
	ctx := context.Background()
	must(b.T, b.Store.Beat(ctx, b.Clock.Now(), true))
	must(b.T, b.Worker.Fetch(ctx))
	if o.NoLoops {
		b.mark("9999-01-01", "9999-01-01")
	}
}

// FetchFromNow gives a bank without loops a watermark as the product keeps it: fetched now, and stale as its clock moves on.
func (b *Bank) FetchFromNow() {
	b.T.Helper()
	b.mark(b.Clock.Now(), b.Clock.Now())
}

func (b *Bank) mark(fetched, alive any) {
	_, err := b.Store.DB().Exec(`UPDATE watermark SET fetched_through = $1, alive_at = $2, outage_until = 'epoch'`, fetched, alive)
	must(b.T, err)
}

// Another starts a second set of processes on the same Redis and Twilio, and on the same Postgres unless the options name another
// database.
func (b *Bank) Another(o Options) *Bank {
	b.T.Helper()
	second := *b
	if o.Log == nil {
		o.Log = slog.New(slog.NewTextHandler(os.Stderr, &slog.HandlerOptions{Level: slog.LevelError}))
	}
	second.Router = mux.NewRouter()
	if o.Database != "" {
		var err error
		second.Database = o.Database
		second.Store, err = store.Open(o.Database, store.Options{Wall: time.Now})
		must(b.T, err)
		b.T.Cleanup(func() { _ = second.Store.Close() })
	}
	second.wire(o)
	return &second
}

// nextEvening keeps tests inside calling hours when the fixed Tuesday has passed.
func nextEvening(now time.Time) time.Time {
	day := time.Date(now.Year(), now.Month(), now.Day(), 22, 30, 0, 0, time.UTC)
	for !day.After(now) || day.Weekday() != time.Tuesday {
		day = day.AddDate(0, 0, 1)
	}
	return day
}

func (b *Bank) startTwilio(o Options) {
	sim, err := simulator.New(simulator.Config{AccountSID: Account, AuthToken: Token, Numbers: []string{Ours}, Clock: b.Clock, Seed: 7, Timings: o.Timings, Logger: o.Log,
		SMSURL: b.Public + "/twilio/messages", VoiceURL: b.Public + "/twilio/voice", VoiceFallbackURL: b.Public + "/twilio/voice/fallback"})
	must(b.T, err)
	b.Sim = sim
	server := httptest.NewServer(sim.Handler())
	b.Twilio = server.URL
	b.T.Cleanup(func() { server.CloseClientConnections(); server.Close() })
	sim.Person(VolunteerPhone, simulator.Behaviour{Name: "Volunteer", Presses: pressesOne})
}

func (b *Bank) wire(o Options) {
	t := b.T
	options, err := redis.ParseURL(b.RedisURL)
	must(t, err)
	b.Redis = redis.NewClient(options)
	queue, err := asynq.ParseRedisURI(b.RedisURL)
	must(t, err)
	b.Live = live.Start(b.Redis, o.Log)
	b.Bell = worker.NewBell(queue, o.Log)
	b.Desk = texting.New(texting.Parts{Store: b.Store, Carrier: b.Carrier, Live: b.Live, Log: o.Log, Now: b.Clock.Now, Wall: time.Now, PublicURL: b.Public, Org: "Test Union"})
	b.Board = dialer.New(dialer.Parts{Store: b.Store, Carrier: b.Carrier, Live: b.Live, Bell: b.Bell, Log: o.Log, Now: b.Clock.Now, PublicURL: b.Public, Org: "Test Union"})
	b.Diary = followup.New(followup.Parts{Store: b.Store, Live: b.Live, Bell: b.Bell, Log: o.Log, Now: b.Clock.Now, Org: "Test Union"})
	b.Roster = people.New(b.Store, b.Clock.Now)
	b.Worker = worker.New(worker.Parts{Redis: queue, Desk: b.Desk, Board: b.Board, Diary: b.Diary, Bell: b.Bell, Log: o.Log, SweepEvery: cmp.Or(o.SweepEvery, 300*time.Millisecond), CheckEvery: 50 * time.Millisecond, LookEvery: 100 * time.Millisecond})
	voice := b.Board
	if o.VoiceDeadline > 0 {
		pool, err := store.Open(b.Database, store.Options{Wall: time.Now, Deadline: o.VoiceDeadline, Conns: 4})
		must(t, err)
		t.Cleanup(func() { _ = pool.Close() })
		parts := b.Board.Parts
		parts.Store = pool
		voice = dialer.New(parts)
	}
	b.Hooks = webhooks.New(webhooks.Parts{Carrier: b.Carrier, Desk: b.Desk, Voice: voice, Log: o.Log, Wall: time.Now, PublicURL: b.Public, Org: "Test Union",
		Numbers: func(n string) bool { return n == Ours }})
	b.Hooks.Routes(b.Router)
	ctx, cancel := context.WithCancel(context.Background())
	var loops sync.WaitGroup
	if !o.NoLoops {
		loops.Go(func() { b.Board.Run(ctx) })
		loops.Go(func() { _ = b.Worker.Run(ctx) })
		loops.Go(func() { b.Hooks.Beat(ctx, 100*time.Millisecond) })
	}
	t.Cleanup(func() {
		b.Sim.Close()
		cancel()
		loops.Wait()
		b.Desk.Close()
		b.Live.Close()
		_ = b.Bell.Close()
		_ = b.Redis.Close()
	})
}

func (b *Bank) seed() {
	ctx, at := context.Background(), b.Clock.Now()
	for _, id := range script.Starters() {
		s, err := script.Starter(id)
		must(b.T, err)
		doc, err := s.JSON()
		must(b.T, err)
		must(b.T, b.Store.AddScript(ctx, s.ID, s.Version, s.Status, s.Title.In("en"), doc, at))
	}
	b.Coordinator = phonebank.User{ID: phonebank.NewID[phonebank.UserID](at), Name: "Cora", Role: phonebank.Coordinator, Phone: "+12125550191", CreatedAt: at}
	must(b.T, b.Store.AddUser(ctx, b.Coordinator))
	b.Campaign = phonebank.Campaign{ID: phonebank.NewID[phonebank.CampaignID](at), Name: "Heat", Number: Ours, ScriptID: "heat-recruitment", Zone: "America/New_York", CreatedAt: at}
	must(b.T, b.Store.AddCampaign(ctx, b.Campaign))
	b.Session = phonebank.Session{ID: phonebank.NewID[phonebank.SessionID](at), CampaignID: b.Campaign.ID, Name: "Tuesday", State: phonebank.SessionOpen, AskID: "meeting",
		AutoAdmit: true, CreatedBy: b.Coordinator.ID, CreatedAt: at, OpenedAt: &at}
	must(b.T, b.Store.AddSession(ctx, b.Session, phonebank.NewToken()))
}

// Neighbor adds a person who lives in New York, on the campaign's list, with consent to texts.
func (b *Bank) Neighbor(name, number string) phonebank.Person {
	b.T.Helper()
	ctx, at := context.Background(), b.Clock.Now()
	must(b.T, b.Store.InTx(ctx, func(tx *store.Tx) error {
		_, err := tx.ImportPeople(ctx, b.Campaign.ID, []store.NewPerson{{Name: name, FirstName: people.FirstName(name), Zone: "America/New_York",
			Number: phonebank.Number(number), Zones: "America/New_York", Priority: 1, TextSource: "a test"}}, "test", at)
		return err
	}))
	found, err := b.Store.FindPeople(ctx, name, "", 1)
	must(b.T, err)
	return found[0].Person
}

// Volunteer adds a volunteer with a phone of their own and a shift, not yet connected.
func (b *Bank) Volunteer(name, number string) (phonebank.User, phonebank.Shift) {
	b.T.Helper()
	ctx, at := context.Background(), b.Clock.Now()
	b.Sim.Person(number, simulator.Behaviour{Name: name, Presses: pressesOne})
	u := phonebank.User{ID: phonebank.NewID[phonebank.UserID](at), Name: name, Role: phonebank.Volunteer, Phone: phonebank.Number(number), CreatedAt: at}
	must(b.T, b.Store.AddUser(ctx, u))
	s, err := b.Board.Join(ctx, b.Session, u.ID)
	must(b.T, err)
	return u, s
}

// Connected adds a volunteer whose phone was rung, who pressed 1 and waits in their room.
func (b *Bank) Connected(name, number string) (phonebank.User, phonebank.Shift) {
	b.T.Helper()
	u, s := b.Volunteer(name, number)
	must(b.T, b.Board.RingVolunteer(context.Background(), s.ID))
	s = b.AwaitShift(s.ID, func(s phonebank.Shift) bool { return s.LegJoined })
	return u, s
}

// AwaitShift waits until a shift is as wanted.
func (b *Bank) AwaitShift(id phonebank.ShiftID, want func(phonebank.Shift) bool) (s phonebank.Shift) {
	b.T.Helper()
	b.Until(fmt.Sprintf("shift %s", id), func() bool {
		var err error
		s, err = b.Store.Shift(context.Background(), id)
		return err == nil && want(s)
	})
	return s
}

// Until waits for a condition, at most 20 seconds.
func (b *Bank) Until(what string, holds func() bool) {
	b.T.Helper()
	deadline := time.Now().Add(20 * time.Second)
	for !holds() {
		if time.Now().After(deadline) {
			for _, e := range b.Sim.Transcript() {
				if e.Op != "messages.list" {
					b.T.Log(e.Kind, e.Op, e.SID, e.Params.Get("CallStatus"), e.Status, e.Words, e.Error)
				}
			}
			b.T.Fatalf("waited in vain for: %s; the simulator complains: %v", what, b.Sim.Debugger())
		}
		time.Sleep(5 * time.Millisecond) // asks the database again; nothing is timed by it
	}
}

// Sent lists the texts of ours that the local Twilio has for a number.
func (b *Bank) Sent(to string) (bodies []string) {
	b.T.Helper()
	req := httptest.NewRequest(http.MethodGet, "/_sim/texts?number="+url.QueryEscape(to), nil)
	req.Header.Set("Authorization", "Bearer "+b.Sim.Token())
	answer := httptest.NewRecorder()
	b.Sim.Handler().ServeHTTP(answer, req)
	var texts []struct {
		Mine, Auto bool // written by the person, or by Twilio itself
		Body       string
	}
	must(b.T, json.Unmarshal(answer.Body.Bytes(), &texts))
	for _, m := range texts {
		if !m.Mine && !m.Auto {
			bodies = append(bodies, m.Body)
		}
	}
	return bodies
}

// Count answers with the number that a query counts.
func (b *Bank) Count(query string, args ...any) (n int) {
	b.T.Helper()
	must(b.T, b.Store.DB().Get(&n, query, args...))
	return n
}

// InRedis writes down everything that Redis holds: what waits in the queue.
func (b *Bank) InRedis() string {
	b.T.Helper()
	ctx := context.Background()
	keys, err := b.Redis.Keys(ctx, "*").Result()
	must(b.T, err)
	var all strings.Builder
	for _, key := range keys {
		fmt.Fprintln(&all, key)
		switch kind, err := b.Redis.Type(ctx, key).Result(); {
		case err != nil:
			must(b.T, err)
		case kind == "hash":
			values, err := b.Redis.HGetAll(ctx, key).Result()
			must(b.T, err)
			fmt.Fprintln(&all, values)
		case kind == "zset":
			values, err := b.Redis.ZRange(ctx, key, 0, -1).Result()
			must(b.T, err)
			fmt.Fprintln(&all, values)
		case kind == "list":
			values, err := b.Redis.LRange(ctx, key, 0, -1).Result()
			must(b.T, err)
			fmt.Fprintln(&all, values)
		}
	}
	return all.String()
}

// Handler is the bank's web server, for tests that mount more on it.
func (b *Bank) Handler() http.Handler { return b.Router }

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}
