// Command chaos is the fault harness: it starts two of each process of the real service on one Postgres and one real Redis of
// its own, with a local Twilio in its own process, does to them whatever a bad day does, lets them come to rest, and holds the
// product's records against what Twilio saw. It ends by itself, and ends no process that it did not start.
package main

import (
	"cmp"
	"context"
	"flag"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"os/signal"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"time"
)

// options are one shard.
type options struct {
	seed     uint64
	shard    time.Duration // how long the bad day lasts; longer where the crash points take longer
	follows  int           // texts that are taken for sending in it, by far the most of them automatic
	scale    int           // the product's waits are 1/scale of what they are
	only     string        // points, random, prompt or crowd
	points   []string      // these crash points alone
	patience time.Duration // for the crash points; 0: as long as the shard
	troubles int           // so many random troubles are enough; 0: as many as there is time for
	binary   string        // the service, already built
	verbose  bool
}

func main() {
	o := options{}
	flag.Uint64Var(&o.seed, "seed", uint64(time.Now().UnixNano()), "what decides the schedule")
	flag.DurationVar(&o.shard, "shard", 270*time.Second, "how long the bad day lasts")
	flag.IntVar(&o.follows, "n", 10_000, "how many texts are taken for sending")
	flag.IntVar(&o.scale, "scale", 30, "the product's waits are this many times as short")
	flag.StringVar(&o.only, "only", "", "points: the crash points alone; random: random troubles alone; prompt: how soon work flows again; crowd: ten times an evening")
	point := flag.String("point", "", "visit these crash points alone, with commas between")
	flag.StringVar(&o.binary, "binary", "", "a service built with -tags chaos, instead of building one")
	flag.BoolVar(&o.verbose, "v", false, "print the schedule while it happens")
	flag.Parse()
	if *point != "" {
		o.points = strings.Split(*point, ",")
	}
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	ctx, cancel := context.WithTimeout(ctx, 3*o.shard+4*time.Minute)
	defer cancel()
	if err := run(ctx, o, os.Stdout); err != nil {
		fmt.Fprintln(os.Stderr, "chaos:", err)
		os.Exit(1) //nolint:gocritic // everything was ended by run
	}
}

// run is a bad day and then, on a good one, how soon work flows again. An error is a broken promise, or a harness that could
// not prove any.
func run(ctx context.Context, o options, out io.Writer) error {
	if o.binary == "" {
		dir, err := os.MkdirTemp("", "phonebank-chaos-bin-")
		if err != nil {
			return err
		}
		defer func() { _ = os.RemoveAll(dir) }()
		o.binary = filepath.Join(dir, "phonebank")
		if err := build(ctx, o.binary, ""); err != nil {
			return err
		}
	}
	if o.only != "prompt" && o.only != "crowd" {
		if err := shard(ctx, o, out); err != nil || o.only != "" {
			return err
		}
	}
	return quiet(ctx, o, func(format string, args ...any) { fmt.Fprintf(out, format+"\n", args...) })
}

// shard runs one bad day to its end and reports.
func shard(ctx context.Context, o options, out io.Writer) error {
	w, err := open(ctx, o, out)
	if err != nil {
		return err
	}
	defer w.close()
	if err := w.serve(ctx); err != nil {
		return err
	}
	k, err := w.trouble(ctx)
	if err != nil {
		return err
	}
	return w.report(ctx, k)
}

// trouble is the bad day itself: work all the time, every crash point once, then whatever the seed decides. Then everything
// is mended, and what was begun comes to its end.
func (w *world) trouble(ctx context.Context) (*work, error) {
	k := newWork(w)
	k.promiseAhead(ctx)
	w.began = time.Now()
	w.note("%d texts are promised ahead", k.promised.Load())
	day, over := context.WithCancel(ctx)
	defer over()
	looking, seen := context.WithCancel(ctx)
	defer seen()
	go w.coordinate(looking)
	twilioFaults(w.sim)
	worked := make(chan error, 1)
	go func() { worked <- k.run(day) }()
	if w.only != "random" {
		w.visitPoints(day)
	}
	if w.only != "points" {
		w.disturb(day, max(w.shard/3, w.shard-time.Since(w.began)))
	}
	over()
	if err := <-worked; err != nil {
		return k, err
	}
	w.calm()
	w.note("the machines are mended, Twilio is not")
	if err := w.allReady(ctx, time.Minute); err != nil {
		return k, err
	}
	w.drain(ctx)
	w.sim.ClearFaults()
	w.note("everything is mended")
	return k, w.rest(ctx)
}

// visitPoints lets one of each pair of processes die at one point after another, while its twin goes on, until all were visited
// or the time is up.
func (w *world) visitPoints(ctx context.Context) {
	patience := cmp.Or(w.patience, w.shard)
	dice := rand.New(rand.NewPCG(w.options.seed, 5))
	for _, twin := range []string{" 1", " 2"} { // the second joins in where the first comes to no end of it
		for _, p := range w.parts {
			if strings.HasSuffix(p.name, twin) && len(w.agenda.left()) > 0 {
				p.arm(true)
				p.signal(syscall.SIGKILL) // started again, on its way to its first point
			}
		}
		next := time.Now().Add(5 * time.Second)
		for limit := time.Now().Add(patience / 2); len(w.agenda.left()) > 0 && ctx.Err() == nil && time.Now().Before(limit); pause(ctx, 100) {
			if time.Now().After(next) && slices.Contains(w.agenda.left(), "sweep.leased-out") {
				// A lease runs out only where a sender has died, and the points at which one dies may all have been visited.
				kill("worker")(ctx, w, dice)
				next = time.Now().Add(5 * time.Second)
			}
		}
	}
	for _, p := range w.parts {
		p.arm(false)
	}
	w.note("%d crash points are left to visit", len(w.agenda.left()))
}

// drain gives what waited for the machines its chance to meet a faulty Twilio as well. What may have been a no waits for a person.
func (w *world) drain(ctx context.Context) {
	for limit := time.Now().Add(w.shard / 3); ctx.Err() == nil && time.Now().Before(limit); pause(ctx, 200) {
		var left int
		if err := w.sql.GetContext(ctx, &left, `SELECT count(*) FROM outbox o JOIN phones p ON p.id = o.phone_id WHERE o.state = 'ready' AND p.hold_since IS NULL`); err == nil && left == 0 {
			return
		}
	}
}

// rest waits until nothing is under way any more. People rule on what sounded like a refusal, as they would within the hour.
func (w *world) rest(ctx context.Context) error {
	if _, err := w.sql.ExecContext(ctx, `UPDATE phones SET hold_since = NULL, hold_words = '' WHERE hold_since IS NOT NULL`); err != nil {
		return err
	}
	// Half an hour for what nobody knows, some minutes for sweeps and back-off, and what the machine itself needs.
	deadline := time.Now().Add(w.clock.real(45*time.Minute) + 30*time.Second)
	const open = `SELECT
		(SELECT count(*) FROM outbox WHERE state IN ('ready', 'sending'))
		+ (SELECT count(*) FROM outbox o JOIN follow_ups f ON f.id = o.follow_up_id WHERE o.state = 'unknown' AND f.state = 'in_progress')
		+ (SELECT count(*) FROM follow_ups WHERE channel = 'call' AND state = 'planned' AND due_at < $1)
		+ (SELECT count(*) FROM follow_ups WHERE channel = 'text' AND automatic AND state IN ('planned', 'due', 'in_progress'))`
	for {
		var left int
		err := w.sql.GetContext(ctx, &left, open, w.clock.Now())
		if err == nil && left == 0 {
			w.note("nothing is under way")
			break
		}
		if ctx.Err() != nil {
			return ctx.Err()
		}
		if time.Now().After(deadline) {
			w.note("%d rows are still under way (%v): %s", left, err, w.underWay(ctx))
			break // the check names the first of them
		}
		time.Sleep(200 * time.Millisecond)
	}
	pause(ctx, int(w.clock.real(time.Minute).Milliseconds())+1000) // callbacks that are late
	for limit := time.Now().Add(w.clock.real(10*time.Minute) + time.Second); time.Now().Before(limit) && ctx.Err() == nil; pause(ctx, 200) {
		if missing, err := w.missing(ctx); err == nil && missing == 0 {
			break // everything that people wrote is fetched; where not, the check names the first
		}
	}
	return ctx.Err()
}

// underWay says what the first row is that has not come to its end.
func (w *world) underWay(ctx context.Context) (row string) {
	_ = w.sql.GetContext(ctx, &row, `
		SELECT 'outbox ' || id || ' ' || state || ' until ' || not_before || ' ' || why FROM outbox WHERE state IN ('ready', 'sending')
		UNION ALL SELECT 'follow-up ' || id || ' ' || channel || ' ' || state || ' due ' || due_at FROM follow_ups
		WHERE state IN ('planned', 'in_progress') AND (channel = 'call' OR automatic) LIMIT 1`)
	return row
}

// missing counts the texts of people that are not in the records.
func (w *world) missing(ctx context.Context) (n int, err error) {
	w.ledger.read()
	w.ledger.mu.Lock()
	var sids []string
	for _, in := range w.ledger.inbound {
		sids = append(sids, in.sid)
	}
	w.ledger.mu.Unlock()
	err = w.sql.GetContext(ctx, &n, `SELECT count(*) FROM unnest(string_to_array($1, ',')) s (sid) WHERE sid <> '' AND NOT EXISTS (SELECT 1 FROM messages m WHERE m.sid = s.sid)`,
		strings.Join(sids, ","))
	return n, err
}
