package main

import (
	"bytes"
	"context"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"sync"
	"time"

	"github.com/gorilla/mux"
	"github.com/hibiken/asynq"
	"github.com/jmoiron/sqlx"
	"github.com/redis/go-redis/v9"

	"phonebank"
	"phonebank/carrier"
	"phonebank/dialer"
	"phonebank/followup"
	"phonebank/internal/embedded"
	"phonebank/live"
	"phonebank/migrations"
	"phonebank/script"
	"phonebank/simulator"
	"phonebank/store"
	"phonebank/texting"
	"phonebank/webhooks"
	"phonebank/worker"
)

const (
	ours    = "+12125550100"
	account = "AC5151515151515151bbbbbbbbbbbbbbbb"
	token   = "benchtoken0123456789abcdef012345"
	org     = "Test Union"

	listed = 100_000 // people on the list
	hidden = 25_000  // of them in the top priority that is not due yet, in the second half of the claims
)

// world is the whole phone bank of one process, as `phonebank serve` puts it together, on servers of its own.
type world struct {
	dir      string
	postgres *embedded.Postgres
	server   *embedded.RedisServer
	said     *said
	ends     []func()

	clock  *simulator.Clock
	redis  *redis.Client
	queue  asynq.RedisConnOpt
	store  *store.Store // the product's, with its own pool
	voices *store.Store
	bare   *sqlx.DB // of the contestants, a pool of the same size
	admin  *sqlx.DB

	carrier *carrier.Client
	live    *live.Live
	desk    *texting.Desk
	voice   *dialer.Switchboard
	diary   *followup.Diary
	bell    *worker.Bell
	sim     *simulator.Simulator
	twilio  string
	public  string // where the product listens
	address string
	log     *slog.Logger

	coordinator phonebank.User
	campaign    phonebank.Campaign

	postgresVersion, redisVersion string
}

// said keeps what Postgres prints, for the plans.
type said struct {
	mu  sync.Mutex
	all bytes.Buffer
}

func (s *said) Write(b []byte) (int, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.all.Write(b)
}

// take answers with what was said since the last time.
func (s *said) take() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	out := s.all.String()
	s.all.Reset()
	return out
}

func build(ctx context.Context, plans bool) (*world, error) {
	w := &world{said: &said{}, log: slog.New(slog.NewTextHandler(os.Stderr, &slog.HandlerOptions{Level: slog.LevelWarn}))}
	if err := w.startServers(ctx); err != nil {
		return w, err
	}
	if err := w.wire(plans); err != nil {
		return w, err
	}
	return w, w.seed(ctx)
}

func (w *world) close() {
	for i := len(w.ends) - 1; i >= 0; i-- {
		w.ends[i]()
	}
}

func (w *world) later(end func()) { w.ends = append(w.ends, end) }

func (w *world) startServers(ctx context.Context) error {
	var err error
	if w.dir, err = os.MkdirTemp("", "phonebank-bench-"); err != nil {
		return err
	}
	w.later(func() { _ = os.RemoveAll(w.dir) })
	if err := os.Chmod(w.dir, 0o711); err != nil { // the account that Postgres drops to passes through
		return err
	}
	if w.postgres, err = embedded.StartPostgres(ctx, embedded.PostgresOptions{DataDir: filepath.Join(w.dir, "data"), Log: w.said}); err != nil {
		return err
	}
	w.later(func() {
		stop, cancel := context.WithTimeout(context.Background(), 20*time.Second)
		defer cancel()
		if err := w.postgres.Stop(stop); err != nil {
			fmt.Fprintln(os.Stderr, "bench: stop Postgres:", err)
		}
	})
	if w.server, err = embedded.StartRedisServer(ctx, w.dir); err != nil {
		return err
	}
	w.later(w.server.Stop)
	return migrations.Up(ctx, w.postgres.URL())
}

// planning makes Postgres print the plan of each statement of a pool as it really ran.
const planning = "&options=-c%20session_preload_libraries%3Dauto_explain%20-c%20auto_explain.log_min_duration%3D0%20-c%20auto_explain.log_analyze%3Don" +
	"%20-c%20auto_explain.log_buffers%3Don"

func (w *world) wire(plans bool) error {
	w.clock = simulator.NewClock()
	evening := time.Now().UTC().Truncate(24 * time.Hour).Add(22*time.Hour + 30*time.Minute)
	for !evening.After(time.Now()) || evening.Weekday() != time.Tuesday {
		evening = evening.AddDate(0, 0, 1)
	}
	if err := w.clock.Set(evening); err != nil { // calling hours are open from New York to Los Angeles
		return err
	}
	address := w.postgres.URL()
	if plans {
		address += planning
	}
	var err error
	if w.store, err = store.Open(address, store.Options{Wall: time.Now}); err != nil {
		return err
	}
	w.later(func() { _ = w.store.Close() })
	if w.voices, err = store.Open(w.postgres.URL(), store.Options{Wall: time.Now, Deadline: time.Second, Conns: 6}); err != nil {
		return err
	}
	w.later(func() { _ = w.voices.Close() })
	if w.bare, err = sqlx.Open("postgres", w.postgres.URL()); err != nil {
		return err
	}
	w.bare.SetMaxOpenConns(16)
	w.bare.SetMaxIdleConns(16)
	w.later(func() { _ = w.bare.Close() })
	if w.admin, err = sqlx.Open("postgres", w.postgres.URL()); err != nil {
		return err
	}
	w.later(func() { _ = w.admin.Close() })

	options, err := redis.ParseURL(w.server.URL())
	if err != nil {
		return err
	}
	w.redis = redis.NewClient(options)
	w.later(func() { _ = w.redis.Close() })
	if w.queue, err = asynq.ParseRedisURI(w.server.URL()); err != nil {
		return err
	}
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return err
	}
	w.address, w.public = listener.Addr().String(), "http://"+listener.Addr().String()
	if err := w.startTwilio(); err != nil {
		return err
	}
	if w.carrier, err = carrier.New(carrier.Account{SID: account, AuthToken: token, BaseURL: w.twilio}); err != nil {
		return err
	}
	w.live = live.Start(w.redis, w.log)
	w.later(w.live.Close)
	w.bell = worker.NewBell(w.queue, w.log)
	w.later(func() { _ = w.bell.Close() })
	w.desk = texting.New(texting.Parts{Store: w.store, Carrier: w.carrier, Live: w.live, Log: w.log, Now: w.clock.Now, Wall: time.Now, PublicURL: w.public, Org: org})
	w.later(w.desk.Close)
	w.diary = followup.New(followup.Parts{Store: w.store, Live: w.live, Bell: w.bell, Log: w.log, Now: w.clock.Now})
	w.voice = dialer.New(dialer.Parts{Store: w.voices, Carrier: w.carrier, Live: w.live, Bell: w.bell, Log: w.log, Now: w.clock.Now, PublicURL: w.public, Org: org})
	router := mux.NewRouter()
	webhooks.New(webhooks.Parts{Carrier: w.carrier, Desk: w.desk, Voice: w.voice, Log: w.log, Wall: time.Now, PublicURL: w.public, Org: org,
		Numbers: func(n string) bool { return n == ours }}).Routes(router)
	w.serve(listener, router)
	return nil
}

func (w *world) serve(listener net.Listener, handler http.Handler) {
	server := &http.Server{Handler: handler, ReadHeaderTimeout: 5 * time.Second}
	go func() { _ = server.Serve(listener) }() // ends by Close
	w.later(func() { _ = server.Close() })
}

func (w *world) startTwilio() error {
	var err error
	if w.sim, err = simulator.New(simulator.Config{AccountSID: account, AuthToken: token, Numbers: []string{ours}, Clock: w.clock, Seed: 7,
		Timings: simulator.FastTimings(), Logger: w.log, SMSURL: w.public + "/twilio/messages", VoiceURL: w.public + "/twilio/voice"}); err != nil {
		return err
	}
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return err
	}
	w.twilio = "http://" + listener.Addr().String()
	w.serve(listener, w.sim.Handler())
	w.later(w.sim.Close)
	return nil
}

// number is that of the n-th person on the list.
func number(n int) phonebank.Number { return phonebank.Number(fmt.Sprintf("+1212%07d", 2_000_000+n)) }

// zoneOf spreads people over the country as an East Coast union's list might be.
func zoneOf(n int) string {
	switch n % 10 {
	case 0:
		return "America/Los_Angeles"
	case 1:
		return "America/Denver"
	case 2, 3:
		return "America/Chicago"
	}
	return "America/New_York"
}

// seed imports the list, as a coordinator would.
func (w *world) seed(ctx context.Context) error {
	if err := w.admin.GetContext(ctx, &w.postgresVersion, `SHOW server_version`); err != nil {
		return err
	}
	info, err := w.redis.Info(ctx, "server").Result()
	if err != nil {
		return err
	}
	for line := range bytes.Lines([]byte(info)) {
		if v, ok := bytes.CutPrefix(bytes.TrimSpace(line), []byte("redis_version:")); ok {
			w.redisVersion = string(v)
		}
	}
	at := w.clock.Now()
	// The clock is turned by hours and nothing is lost here on purpose: sending never waits for what came in to be fetched.
	if _, err := w.admin.ExecContext(ctx, `UPDATE watermark SET fetched_through = '9999-01-01', alive_at = '9999-01-01'`); err != nil {
		return err
	}
	w.coordinator = phonebank.User{ID: phonebank.NewID[phonebank.UserID](at), Name: "Cora", Role: phonebank.Coordinator, Phone: "+12125550191", CreatedAt: at}
	if err := w.store.AddUser(ctx, w.coordinator); err != nil {
		return err
	}
	w.campaign = phonebank.Campaign{ID: phonebank.NewID[phonebank.CampaignID](at), Name: "Heat", Number: ours, ScriptID: "heat-recruitment", Zone: "America/New_York", CreatedAt: at}
	if err := w.store.AddCampaign(ctx, w.campaign); err != nil {
		return err
	}
	for _, id := range script.Starters() {
		s, err := script.Starter(id)
		if err != nil {
			return err
		}
		doc, err := s.JSON()
		if err != nil {
			return err
		}
		if err := w.store.AddScript(ctx, s.ID, s.Version, s.Status, s.Title.In("en"), doc, at); err != nil {
			return err
		}
	}
	const chunk = 500 // one statement, which a busy machine must end within the deadline of a connection
	for from := 0; from < listed; from += chunk {
		list := make([]store.NewPerson, chunk)
		for i := range list {
			n := from + i
			list[i] = store.NewPerson{Name: fmt.Sprintf("Neighbor %06d", n), FirstName: "Neighbor", Place: "Riverside", Zone: zoneOf(n), Number: number(n),
				Zones: "America/New_York", Priority: 1, TextSource: "a sign-up sheet", CallSource: "a sign-up sheet"}
		}
		if err := w.store.InTx(ctx, func(tx *store.Tx) error {
			_, err := tx.ImportPeople(ctx, w.campaign.ID, list, "bench", at)
			return err
		}); err != nil {
			return err
		}
	}
	if _, err := w.admin.ExecContext(ctx, `UPDATE people SET owner_id = $1`, w.coordinator.ID); err != nil {
		return err
	}
	return w.tidy(ctx)
}

// tidy is what autovacuum does in a quiet minute, so that no round pays for the one before it.
func (w *world) tidy(ctx context.Context) error {
	for _, statement := range []string{`VACUUM ANALYZE`, `CHECKPOINT`} {
		if _, err := w.admin.ExecContext(ctx, statement); err != nil {
			return err
		}
	}
	return nil
}

func (w *world) count(ctx context.Context, query string, args ...any) (n int, err error) {
	err = w.admin.GetContext(ctx, &n, query, args...)
	return n, err
}
