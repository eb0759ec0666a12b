// Package worker is the hands of the phone bank: asynq rings, a handler claims the row that Postgres promises. A task holds
// the id of a row and a generation, nothing about a person, and a task that is lost or comes twice changes nothing.
package worker

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"sync"
	"time"

	"github.com/hibiken/asynq"

	"phonebank"
	"phonebank/dialer"
	"phonebank/followup"
	"phonebank/internal/crash"
	"phonebank/people"
	"phonebank/store"
	"phonebank/texting"
)

// The kinds of rows that tasks ring for.
const (
	textTask     = "text"
	followUpTask = "follow_up"
)

// Parts are what a worker works with.
type Parts struct {
	Redis asynq.RedisConnOpt
	Desk  *texting.Desk
	Board *dialer.Switchboard
	Diary *followup.Diary
	Bell  *Bell
	Log   *slog.Logger
	// Keeper forgets what is old; without one nothing is forgotten.
	Keeper *people.Keeper
	// Numbers are ours beside those of campaigns: what comes in to them is fetched too.
	Numbers []string
	// SweepEvery is how often what nobody rang for is looked after (default 30 s).
	SweepEvery time.Duration
	// LookEvery is how soon a worker sees that what came in must be fetched before anything may leave (default 2 s).
	LookEvery time.Duration
	// Concurrency is how many texts may be on their way to Twilio at once from this process (default 20: Twilio limits
	// requests in flight by account).
	Concurrency int
	// CheckEvery is how often an idle queue is looked at (default 200 ms).
	CheckEvery time.Duration
}

// Worker serves tasks and sweeps.
type Worker struct {
	Parts
	audited time.Time // by this process
}

// New makes a worker.
func New(p Parts) *Worker {
	if p.SweepEvery == 0 {
		p.SweepEvery = 30 * time.Second
	}
	if p.LookEvery == 0 {
		p.LookEvery = min(p.SweepEvery, 2*time.Second)
	}
	if p.Concurrency == 0 {
		p.Concurrency = 20
	}
	if p.CheckEvery == 0 {
		p.CheckEvery = 200 * time.Millisecond
	}
	return &Worker{Parts: p}
}

// Run serves until ctx ends, then lets what is under way finish. Without Redis it keeps trying: the rows wait.
func (w *Worker) Run(ctx context.Context) error {
	mux := asynq.NewServeMux()
	mux.HandleFunc(textTask, w.handle(func(ctx context.Context, r store.Rung) error {
		return w.Desk.Deliver(ctx, phonebank.OutboxID(r.ID), r.Generation)
	}))
	mux.HandleFunc(followUpTask, w.handle(func(ctx context.Context, r store.Rung) error {
		return w.Diary.FallDue(ctx, phonebank.FollowUpID(r.ID), r.Generation)
	}))
	server := asynq.NewServer(w.Redis, asynq.Config{
		Concurrency: w.Concurrency, TaskCheckInterval: w.CheckEvery, DelayedTaskCheckInterval: time.Second, ShutdownTimeout: 5 * time.Second,
		Logger: quiet{w.Log}, LogLevel: asynq.WarnLevel,
	})
	var loops sync.WaitGroup
	loops.Go(func() { w.fetchLoop(ctx) })
	loops.Go(func() { w.waveLoop(ctx) })
	loops.Go(func() { w.sweepLoop(ctx) }) // most of it needs no queue
	if w.Keeper != nil {
		loops.Go(func() { w.keepLoop(ctx) })
	}
	for {
		err := server.Start(mux)
		if err == nil {
			break
		}
		w.Log.Warn("no queue yet", "error", err)
		select {
		case <-ctx.Done():
			loops.Wait()
			return nil
		case <-time.After(time.Second):
		}
	}
	<-ctx.Done()
	server.Shutdown()
	loops.Wait()
	return nil
}

// handle serves one ring. A failure is logged and not retried by the queue: the sweeper rings again under a new generation, so
// that a task of an old one can never act.
func (w *Worker) handle(do func(context.Context, store.Rung) error) asynq.HandlerFunc {
	return func(ctx context.Context, t *asynq.Task) error {
		var r store.Rung
		if err := json.Unmarshal(t.Payload(), &r); err != nil {
			w.Log.Error("unreadable task", "type", t.Type())
			return nil
		}
		crash.Here("task.taken")
		if err := do(ctx, r); err != nil {
			w.Log.Warn("task not done", "type", t.Type(), "id", r.ID, "error", err)
		}
		crash.Here("task.done")
		return nil
	}
}

// sweepLoop looks after what nobody rang for, at each tick, and every second where more is due than the queue could take.
func (w *Worker) sweepLoop(ctx context.Context) {
	tick := time.NewTicker(w.SweepEvery)
	defer tick.Stop()
	for {
		before := w.Desk.Now()
		more := w.ring(ctx)
		if err := w.lookAfter(ctx); err != nil && ctx.Err() == nil {
			w.Log.Warn("sweep not finished", "error", err)
		}
		if err := w.AuditWhenDue(ctx, before); err != nil && ctx.Err() == nil {
			w.Log.Warn("promises not audited", "error", err)
		}
		for waiting := true; waiting; {
			var soon <-chan time.Time
			if more {
				soon = time.After(time.Second)
			}
			select {
			case <-ctx.Done():
				return
			case <-tick.C:
				waiting = false
			case <-soon:
				more = w.ring(ctx)
			}
		}
	}
}

// Sweep rings for what is due and unclaimed, and looks after what went wrong. Any process may run it.
func (w *Worker) Sweep(ctx context.Context) error {
	w.ring(ctx)
	return w.lookAfter(ctx)
}

// lookAfter is the part of a sweep that needs no queue. One step that fails keeps none of the others from being done.
func (w *Worker) lookAfter(ctx context.Context) error {
	var all []error
	for _, step := range []func(context.Context) error{w.Diary.Expire, w.Desk.WeighReplies, w.Diary.MissingAnswers, w.Desk.Sweep} {
		all = append(all, step(ctx))
	}
	return errors.Join(all...)
}

// quiet turns asynq's lines into ours.
type quiet struct{ log *slog.Logger }

func (q quiet) Debug(args ...any) { q.log.Debug("queue", "words", fmt.Sprint(args...)) }
func (q quiet) Info(args ...any)  { q.log.Info("queue", "words", fmt.Sprint(args...)) }
func (q quiet) Warn(args ...any)  { q.log.Warn("queue", "words", fmt.Sprint(args...)) }
func (q quiet) Error(args ...any) { q.log.Error("queue", "words", fmt.Sprint(args...)) }
func (q quiet) Fatal(args ...any) { q.log.Error("queue", "words", fmt.Sprint(args...)) }
