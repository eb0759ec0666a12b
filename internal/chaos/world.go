package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"os"
	"os/exec"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/hibiken/asynq"
	"github.com/jmoiron/sqlx"
	"github.com/redis/go-redis/v9"

	"phonebank"
	"phonebank/followup"
	"phonebank/internal/crash"
	"phonebank/internal/embedded"
	"phonebank/live"
	"phonebank/migrations"
	"phonebank/script"
	"phonebank/simulator"
	"phonebank/store"
	"phonebank/worker"
)

const (
	ours    = "+12125550100"
	account = "AC5151515151515151cccccccccccccccc"
	token   = "chaostoken0123456789abcdef012345"
	zone    = "America/New_York"
)

// world is one shard: two of each process of the real service on one Postgres and one real Redis, a local Twilio in this
// process, and a wire between any two of them.
type world struct {
	options
	dir      string
	log      io.Writer
	ends     []func()
	loops    sync.WaitGroup
	clock    hurry
	began    time.Time
	schedule []string
	mu       sync.Mutex // of schedule

	database *database
	server   *embedded.RedisServer
	redis    *redis.Client
	sim      *simulator.Simulator
	ledger   *ledger
	agenda   *agenda
	wires    map[string]*wire // postgres, redis, twilio, public
	parts    []*process

	store       *store.Store // of the harness, past every wire
	sql         *sqlx.DB
	diary       *followup.Diary
	coordinator phonebank.User
	campaign    phonebank.Campaign
	people      []person
	join        string // of the open session's link

	voiceWithoutRow int // calls that were answered from memory
}

// person is somebody who may be texted. Some share a number with the one before them.
type person struct {
	ID     phonebank.PersonID `db:"id"`
	Phone  phonebank.PhoneID  `db:"phone_id"`
	Number phonebank.Number   `db:"number"`
}

func (w *world) later(end func()) { w.ends = append(w.ends, end) }

func (w *world) close() {
	for i := len(w.ends) - 1; i >= 0; i-- {
		w.ends[i]()
	}
}

// note writes a line of the schedule, as it happens.
func (w *world) note(format string, args ...any) {
	line := fmt.Sprintf("%6.1fs  ", time.Since(w.began).Seconds()) + fmt.Sprintf(format, args...)
	w.mu.Lock()
	defer w.mu.Unlock()
	w.schedule = append(w.schedule, line)
	if w.verbose {
		fmt.Fprintln(w.log, line)
	}
}

// build compiles the service with its crash points. overlay replaces source files, for a planted bug.
func build(ctx context.Context, binary, overlay string) error {
	args := []string{"build", "-buildvcs=false", "-tags", "chaos", "-o", binary}
	if overlay != "" {
		args = append(args, "-overlay", overlay)
	}
	cmd := exec.CommandContext(ctx, "go", append(args, "phonebank/cmd/phonebank")...)
	if out, err := cmd.CombinedOutput(); err != nil {
		return fmt.Errorf("build the service with its crash points: %w\n%s", err, out)
	}
	return nil
}

// open starts everything but the service itself, and writes down whom it may text.
func open(ctx context.Context, o options, log io.Writer) (w *world, err error) {
	w = &world{options: o, log: log, clock: newHurry(o.scale, time.Now()), began: time.Now(), wires: map[string]*wire{}}
	defer func() {
		if err != nil {
			w.close()
		}
	}()
	if w.dir, err = os.MkdirTemp("/tmp", "phonebank-chaos-"); err != nil { // the path of a socket has room for little more
		return w, err
	}
	w.later(func() { _ = os.RemoveAll(w.dir) })
	if err := os.Chmod(w.dir, 0o711); err != nil { // the account that Postgres drops to passes through
		return w, err
	}
	if w.database, err = startDatabase(ctx, w.dir); err != nil {
		return w, err
	}
	w.later(w.database.stop)
	if w.server, err = embedded.StartRedisServer(ctx, w.dir); err != nil {
		return w, err
	}
	w.later(w.server.Stop)
	if err := migrations.Up(ctx, w.database.url()); err != nil {
		return w, err
	}
	if err := w.wire(ctx); err != nil {
		return w, err
	}
	return w, w.seed(ctx)
}

// wire connects the harness's own view of the records, the local Twilio, and the stretches of network that can be cut.
func (w *world) wire(ctx context.Context) error {
	var err error
	if w.store, err = store.Open(w.database.url(), store.Options{Wall: time.Now}); err != nil {
		return err
	}
	w.later(func() { _ = w.store.Close() })
	if w.sql, err = sqlx.Open("postgres", w.database.url()); err != nil {
		return err
	}
	w.later(func() { _ = w.sql.Close() })
	options, err := redis.ParseURL(w.server.URL())
	if err != nil {
		return err
	}
	w.redis = redis.NewClient(options)
	w.later(func() { _ = w.redis.Close() })
	queue, err := asynq.ParseRedisURI(w.server.URL())
	if err != nil {
		return err
	}
	quiet := slog.New(slog.DiscardHandler)
	told := live.Start(w.redis, quiet)
	w.later(told.Close)
	bell := worker.NewBell(queue, quiet)
	w.later(func() { _ = bell.Close() })
	w.diary = followup.New(followup.Parts{Store: w.store, Live: told, Bell: hurriedBell{bell, w.clock}, Log: quiet, Now: w.clock.Now})

	listeners := make([]string, 2)
	for i := range listeners {
		if listeners[i], err = freeAddress(); err != nil {
			return err
		}
	}
	balancer, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return err
	}
	w.listen(balancer, front(listeners))
	twilio, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return err
	}
	redisAddress := options.Addr
	for name, to := range map[string][]target{"postgres": {{"unix", w.database.socket()}}, "redis": {{"tcp", redisAddress}},
		"twilio": {{"tcp", twilio.Addr().String()}}, "public": {{"tcp", balancer.Addr().String()}}} {
		if w.wires[name], err = newWire(name, to...); err != nil {
			return err
		}
		w.later(w.wires[name].close)
	}
	if err := w.startTwilio(ctx, twilio); err != nil {
		return err
	}
	return w.plan(listeners)
}

func (w *world) listen(listener net.Listener, handler http.Handler) {
	server := &http.Server{Handler: handler, ReadHeaderTimeout: 5 * time.Second}
	go func() { _ = server.Serve(listener) }() // ends by Close
	w.later(func() { _ = server.Close() })
}

// hurriedBell rings by the harness's own clock.
type hurriedBell struct {
	bell  *worker.Bell
	clock hurry
}

func (b hurriedBell) Soon(ctx context.Context, kind, id string, generation int, in time.Duration) {
	b.bell.Soon(ctx, kind, id, generation, b.clock.real(in))
}

func freeAddress() (string, error) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return "", err
	}
	defer func() { _ = l.Close() }()
	return l.Addr().String(), nil
}

func (w *world) public() string { return "http://" + w.wires["public"].address() }

func (w *world) startTwilio(ctx context.Context, listener net.Listener) error {
	clock := simulator.NewClock()
	if err := clock.Set(w.clock.Now().Add(ahead)); err != nil {
		return err
	}
	timings := simulator.FastTimings()
	timings.Sent, timings.Delivered, timings.WebhookTimeout = time.Second, 2*time.Second, 3*time.Second
	timings.Dial, timings.Ring, timings.Answer, timings.Join, timings.Record = time.Second, time.Second, 2*time.Second, time.Second, time.Second
	timings.Talk = time.Second // between two sentences of a message
	var err error
	if w.sim, err = simulator.New(simulator.Config{AccountSID: account, AuthToken: token, Numbers: []string{ours}, Clock: clock, Seed: int64(w.options.seed), Timings: timings,
		SMSURL: w.public() + "/twilio/messages" + again, VoiceURL: w.public() + "/twilio/voice" + again, VoiceFallbackURL: w.public() + "/twilio/voice/fallback"}); err != nil {
		return err
	}
	w.later(w.sim.Close)
	w.listen(listener, w.sim.Handler())
	w.ledger = newLedger(w.sim)
	driven, cancel := context.WithCancel(ctx)
	w.loops.Go(func() { w.clock.drive(driven, clock) })
	w.loops.Go(func() { w.ledger.follow(driven) })
	w.later(func() { cancel(); w.loops.Wait() })
	return nil
}

// again asks Twilio to try a webhook again, as our own numbers do (docs: Webhook connection overrides).
const again = "#ct=1000&rt=3000&rc=5&rp=all"

// plan says what the service consists of: two of each process.
func (w *world) plan(listeners []string) error {
	env := []string{
		"DATABASE_URL=postgres://phonebank@" + w.wires["postgres"].address() + "/phonebank?sslmode=disable",
		"REDIS_URL=redis://" + w.wires["redis"].address() + "/0",
		"PUBLIC_URL=" + w.public(), "TWILIO_ACCOUNT_SID=" + account, "TWILIO_AUTH_TOKEN=" + token, "TWILIO_NUMBERS=" + ours,
		"TWILIO_API_BASE_URL=http://" + w.wires["twilio"].address(), "ORG_NAME=Chaos Union", w.clock.env(),
	}
	var mine []crash.Point
	for _, p := range crash.Points {
		if len(w.points) == 0 || slices.Contains(w.points, p.Name) {
			mine = append(mine, p)
		}
	}
	w.agenda = newAgenda(mine, w.options.seed)
	for _, part := range []struct{ role, only string }{{"webhooks", "webhooks,panel"}, {"dialer", "dialer"}, {"worker", "worker"}} {
		for i := range 2 {
			listen := ""
			var err error
			if part.role == "webhooks" {
				listen = listeners[i]
			} else if listen, err = freeAddress(); err != nil {
				return err
			}
			w.parts = append(w.parts, &process{name: fmt.Sprintf("%s %d", part.role, i+1), role: part.role, env: append([]string{"LISTEN=" + listen}, env...),
				args: []string{"serve", "--only=" + part.only}, binary: w.options.binary, agenda: w.agenda, ends: map[string]int{}, stopped: make(chan struct{})})
		}
	}
	return nil
}

// serve starts the service and waits until all of it is ready.
func (w *world) serve(ctx context.Context) error {
	for _, p := range w.parts {
		go p.run(ctx)
	}
	w.later(func() {
		var all sync.WaitGroup
		for _, p := range w.parts {
			all.Go(p.stop)
		}
		all.Wait()
	})
	return w.allReady(ctx, time.Minute)
}

func (w *world) allReady(ctx context.Context, patience time.Duration) error {
	for deadline := time.Now().Add(patience); ; {
		var missing []string
		for _, p := range w.parts {
			if !p.isReady() {
				missing = append(missing, p.name)
			}
		}
		if len(missing) == 0 {
			return nil
		}
		if time.Now().After(deadline) || ctx.Err() != nil {
			var said []string
			for _, p := range w.parts {
				said = append(said, p.said...)
			}
			return errors.New("these did not come up: " + strings.Join(missing, ", ") + "\n" + strings.Join(said, "\n"))
		}
		time.Sleep(20 * time.Millisecond)
	}
}

// coordinate is a coordinator who looks at once when the auditor has stopped everything, and lets it go on. What it found is
// held against the promises at the end.
func (w *world) coordinate(ctx context.Context) {
	for ctx.Err() == nil {
		_ = w.store.LiftKind(ctx, store.AuditorPause, w.coordinator.ID, w.clock.Now()) // the records may be away: again in a moment
		pause(ctx, 200)
	}
}

// seed writes down a campaign, a session, and people with their consent. Every tenth shares a number with the one before.
func (w *world) seed(ctx context.Context) error {
	at := w.clock.Now().Add(-time.Hour)
	w.coordinator = phonebank.User{ID: phonebank.NewID[phonebank.UserID](at), Name: "Cora", Role: phonebank.Coordinator, Phone: "+12125550191", CreatedAt: at}
	if err := w.store.AddUser(ctx, w.coordinator); err != nil {
		return err
	}
	w.campaign = phonebank.Campaign{ID: phonebank.NewID[phonebank.CampaignID](at), Name: "Heat", Number: ours, ScriptID: "heat-recruitment", Zone: zone, CreatedAt: at}
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
	w.join = phonebank.NewToken()
	session := phonebank.Session{ID: phonebank.NewID[phonebank.SessionID](at), CampaignID: w.campaign.ID, Name: "Tuesday", State: phonebank.SessionOpen, AskID: "meeting",
		AutoAdmit: true, CreatedBy: w.coordinator.ID, CreatedAt: at, OpenedAt: &at}
	if err := w.store.AddSession(ctx, session, w.join); err != nil {
		return err
	}
	var list []store.NewPerson
	number := 0
	for i := range w.total() { // enough for one text each: the cap is reached only where it is meant to be
		if i%10 != 9 {
			number++
		}
		list = append(list, store.NewPerson{Name: fmt.Sprintf("Neighbor %05d", i), FirstName: "Neighbor", Zone: zone, Number: phonebank.Number(fmt.Sprintf("+1212%07d", 2_000_000+number)),
			Zones: zone, Priority: 1, TextSource: "a sign-up sheet", CallSource: "a sign-up sheet"})
	}
	if err := w.store.InTx(ctx, func(tx *store.Tx) error {
		_, err := tx.ImportPeople(ctx, w.campaign.ID, list, "chaos", at)
		return err
	}); err != nil {
		return err
	}
	if _, err := w.sql.ExecContext(ctx, `
		INSERT INTO consents (id, person_id, phone_id, channel, given, source, at)
		SELECT 'C' || substr(id, 2), id, phone_id, 'text_ok', true, 'a talk', $1 FROM people`, at); err != nil {
		return err
	}
	if err := w.sql.SelectContext(ctx, &w.people, `SELECT pe.id, pe.phone_id, p.number FROM people pe JOIN phones p ON p.id = pe.phone_id ORDER BY pe.name`); err != nil {
		return err
	}
	_, err := w.sql.ExecContext(ctx, `ANALYZE`)
	return err
}
