package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"github.com/gorilla/mux"
	"github.com/hibiken/asynq"
	"github.com/redis/go-redis/v9"

	"phonebank"
	"phonebank/carrier"
	"phonebank/dialer"
	"phonebank/followup"
	"phonebank/internal/crash"
	"phonebank/live"
	"phonebank/panel"
	"phonebank/people"
	"phonebank/store"
	"phonebank/texting"
	"phonebank/webhooks"
	"phonebank/worker"
)

// The parts that a process may run; all of them by default.
var roles = []string{"webhooks", "panel", "dialer", "worker"}

// app is one process of the service.
type app struct {
	config
	only       []string
	now        func() time.Time
	sweepEvery time.Duration
	demo       bool
	demoPhone  phonebank.Number
	phoneLink  func(phonebank.Number) string
	log        *slog.Logger

	store, voiceStore *store.Store
	redis             *redis.Client
	live              *live.Live
	bell              *worker.Bell
	carrier           *carrier.Client
	desk              *texting.Desk
	board, voice      *dialer.Switchboard
	diary             *followup.Diary
	metrics           *metrics
	hooks             *webhooks.Hooks
	draining          atomic.Bool
}

// build connects everything; nothing listens yet.
func (a *app) build() error {
	var err error
	if a.carrier, err = carrier.New(a.Account); err != nil {
		return misuse{err}
	}
	if a.store, err = store.Open(a.DatabaseURL, store.Options{Wall: time.Now}); err != nil {
		return err
	}
	if a.voiceStore, err = store.Open(a.DatabaseURL, store.Options{Wall: time.Now, Deadline: time.Second, Conns: 6}); err != nil {
		return err
	}
	options, err := redis.ParseURL(a.RedisURL)
	if err != nil {
		return misuse{fmt.Errorf("REDIS_URL: %w", err)}
	}
	options.MaxRetries, options.DialTimeout, options.ReadTimeout = 1, 2*time.Second, 2*time.Second
	a.redis = redis.NewClient(options)
	queue, err := asynq.ParseRedisURI(a.RedisURL)
	if err != nil {
		return misuse{fmt.Errorf("REDIS_URL: %w", err)}
	}
	a.live = live.Start(a.redis, a.log)
	a.bell = worker.NewBell(queue, a.log)
	a.metrics = newMetrics(a.store, queue)
	a.desk = texting.New(texting.Parts{Store: a.store, Carrier: a.carrier, Live: a.live, Log: a.log, Now: a.now, Wall: time.Now, PublicURL: a.PublicURL, Org: a.Org})
	parts := dialer.Parts{Store: a.store, Carrier: a.carrier, Live: a.live, Bell: a.bell, Log: a.log, Now: a.now, PublicURL: a.PublicURL, Org: a.Org}
	a.board = dialer.New(parts)
	parts.Store = a.voiceStore
	a.voice = dialer.New(parts)
	a.diary = followup.New(followup.Parts{Store: a.store, Live: a.live, Bell: a.bell, Log: a.log, Now: a.now, Org: a.Org})
	return nil
}

// close ends what build began, the last first.
func (a *app) close() {
	a.desk.Close()
	a.live.Close()
	for _, err := range []error{a.bell.Close(), a.redis.Close(), a.metrics.Close(), a.voiceStore.Close(), a.store.Close()} {
		if err != nil {
			a.log.Warn("not closed", "error", err)
		}
	}
}

func (a *app) runs(role string) bool { return slices.Contains(a.only, role) }

// handler mounts what this process serves, and answers how to end the streams that browsers hold open.
func (a *app) handler() (h http.Handler, endStreams func(), err error) {
	r := mux.NewRouter()
	endStreams = func() {}
	a.health(r)
	if a.runs("webhooks") {
		a.hooks = webhooks.New(webhooks.Parts{Carrier: a.carrier, Desk: a.desk, Voice: a.voice, Log: a.log, Observe: a.metrics.webhook, Wall: time.Now,
			PublicURL: a.PublicURL, Org: a.Org, Numbers: a.ours})
		a.hooks.Routes(r)
	}
	if a.runs("panel") {
		p, err := panel.New(panel.Parts{Store: a.store, Carrier: a.carrier, Live: a.live, Switchboard: a.board, Desk: a.desk, Diary: a.diary,
			Roster: people.New(a.store, a.now), Log: a.log, Now: a.now, PublicURL: a.PublicURL, Org: a.Org, Demo: a.demo, DemoPhone: a.demoPhone, PhoneLink: a.phoneLink})
		if err != nil {
			return nil, nil, err
		}
		p.Routes(r)
		endStreams = p.Close
	}
	return r, endStreams, nil
}

// ours tells whether a number is one of this service's own.
func (a *app) ours(n string) bool { return len(a.Numbers) == 0 || slices.Contains(a.Numbers, n) }

// serve runs this process's parts until ctx ends, then lets what is under way finish. started is called once it listens.
func (a *app) serve(ctx context.Context, started func()) error {
	if err := a.recognize(ctx); err != nil {
		return err
	}
	listener, err := net.Listen("tcp", a.Listen)
	if err != nil {
		return taken("LISTEN", a.Listen, err)
	}
	handler, endStreams, err := a.handler()
	if err != nil {
		return err
	}
	server := &http.Server{Handler: handler, ReadHeaderTimeout: 5 * time.Second, ReadTimeout: 30 * time.Second, IdleTimeout: 2 * time.Minute, MaxHeaderBytes: 32 << 10,
		ErrorLog: slog.NewLogLogger(a.log.Handler(), slog.LevelDebug)}
	failed := make(chan error, 1)
	go func() {
		if err := server.Serve(listener); !errors.Is(err, http.ErrServerClosed) {
			failed <- err
		}
	}()
	loops, endLoops := context.WithCancel(context.WithoutCancel(ctx))
	defer endLoops()
	var running sync.WaitGroup
	if a.runs("webhooks") {
		running.Go(func() { a.hooks.Beat(loops, a.beatEvery()) })
	}
	if a.runs("dialer") {
		running.Go(func() { a.board.Run(loops) })
		running.Go(func() { a.sweepCalls(loops) })
	}
	if a.runs("worker") {
		queue, err := asynq.ParseRedisURI(a.RedisURL)
		if err != nil {
			return misuse{err}
		}
		w := worker.New(worker.Parts{Redis: queue, Desk: a.desk, Board: a.board, Diary: a.diary, Bell: a.bell, Log: a.log, Numbers: a.Numbers, SweepEvery: a.sweepEvery,
			Keeper: a.keeper(a.store, a.carrier, a.now)})
		running.Go(func() {
			if err := w.Run(loops); err != nil {
				failed <- err
			}
		})
		running.Go(func() {
			if err := a.store.Replace(loops, people.ZonesOf); err != nil && loops.Err() == nil {
				a.log.Warn("the zones of numbers not read anew", "error", err)
			}
		})
	}
	started()
	select {
	case <-ctx.Done():
	case err = <-failed:
	}
	a.draining.Store(true)
	endStreams() // a browser connects again to whoever serves it next; other requests may finish
	bounded, cancel := context.WithTimeout(context.WithoutCancel(ctx), 5*time.Second)
	defer cancel()
	if shut := server.Shutdown(bounded); shut != nil {
		_ = server.Close() // whoever still holds a line after five seconds loses it
	}
	endLoops()
	running.Wait()
	return err
}

// beatEvery is how often a process says that it serves webhooks: far more often than their silence counts as an outage.
func (a *app) beatEvery() time.Duration {
	if a.sweepEvery == 0 {
		return 5 * time.Second
	}
	return min(max(a.sweepEvery/6, crash.Scale(500*time.Millisecond)), 5*time.Second)
}

// sweepCalls looks after silent panels and lost call events.
func (a *app) sweepCalls(ctx context.Context) {
	tick := time.NewTicker(crash.Scale(5 * time.Second))
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
			if err := a.board.Sweep(ctx); err != nil && ctx.Err() == nil {
				a.log.Warn("calls not swept", "error", err)
			}
		}
	}
}

// taken says in one sentence that a port is in use, and the way out.
func taken(name, address string, err error) error {
	return phonebank.Because(err, phonebank.Unavailable, "%s is in use already. Stop what runs there, or choose another: %s=127.0.0.1:9090 phonebank ...", address, name)
}
