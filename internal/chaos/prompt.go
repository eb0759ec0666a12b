package main

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"syscall"
	"time"

	"phonebank"
)

// promptScale is slower than that of a bad day: what is measured here are waits of a minute, next to which the machine's own
// time must stay small.
const promptScale = 6

// prompt measures how soon due work flows again after Redis was wiped, and after the workers died in the middle of it. Nothing
// else goes wrong meanwhile.
func prompt(ctx context.Context, o options, say func(string, ...any)) error {
	o.scale, o.follows = promptScale, 600
	w, err := open(ctx, o, discard{})
	if err != nil {
		return err
	}
	defer w.close()
	if err := w.serve(ctx); err != nil {
		return err
	}
	k := newWork(w)
	say("\nHow soon due work flows again (scale 1/%d, in seconds of the product's clock)\n", promptScale)
	say("| promise | what happened as 200 texts came due | the last was accepted after | N | bar |")
	say("| --- | --- | --- | --- | --- |")
	var late []string
	for _, c := range []struct {
		promise, what string
		bar           time.Duration
		do            func()
	}{
		{"P12", "Redis was wiped, and no bell rang", time.Minute, func() { wipe(ctx, w, nil) }},
		{"P13", "both workers were killed", 90 * time.Second, func() {
			for _, p := range w.parts {
				if p.role == "worker" {
					p.signal(syscall.SIGKILL)
				}
			}
		}},
	} {
		took, accepted, err := w.flow(ctx, k, c.do)
		if err != nil {
			return fmt.Errorf("%s: %w", c.promise, err)
		}
		say("| %s | %s | %.0f s | %d | <= %.0f s |", c.promise, c.what, took.Seconds(), accepted, c.bar.Seconds())
		if took > c.bar {
			late = append(late, fmt.Sprintf("%s: after %s the last of %d texts was accepted %.0f s late, and %.0f s are promised", c.promise, c.what, accepted, took.Seconds(), c.bar.Seconds()))
		}
	}
	if len(late) > 0 {
		return errors.New(strings.Join(late, "\n"))
	}
	return nil
}

// flow promises texts for one moment, makes trouble at that moment, and answers how long after it the last of them was
// accepted. Those that a dying worker had in hand are nobody's to send again, and are counted by nobody here.
func (w *world) flow(ctx context.Context, k *work, trouble func()) (took time.Duration, accepted int, err error) {
	var due time.Time
	var ids []string
	for range 200 {
		f, ok := k.promiseTo(ctx, k.someone(), 2)
		if !ok {
			return 0, 0, errors.New("a text could not be promised")
		}
		due = f.DueAt
		ids = append(ids, string(f.ID))
	}
	pause(ctx, int(time.Until(w.clock.at(due)).Milliseconds())-100)
	trouble()
	for limit := time.Now().Add(w.clock.real(4 * time.Minute)); time.Now().Before(limit) && ctx.Err() == nil; pause(ctx, 100) {
		var open int
		if err := w.sql.GetContext(ctx, &open, `SELECT count(*) FROM outbox WHERE state IN ('ready', 'sending')`); err != nil {
			return 0, 0, err
		}
		if open == 0 {
			break
		}
	}
	var rows []struct {
		Due time.Time `db:"due_at"`
		At  time.Time `db:"at"`
	}
	if err := w.sql.SelectContext(ctx, &rows, `
		SELECT f.due_at, min(j.at) AS at FROM follow_ups f JOIN outbox o ON o.follow_up_id = f.id JOIN journal j ON j.thing = 'outbox' AND j.thing_id = o.id AND j.to_state = $1
		WHERE f.id = ANY(string_to_array($2, ',')) GROUP BY f.id, f.due_at`, string(phonebank.OutboxAccepted), strings.Join(ids, ",")); err != nil {
		return 0, 0, err
	}
	for _, r := range rows {
		took = max(took, r.At.Sub(r.Due))
	}
	var left int
	if err := w.sql.GetContext(ctx, &left, `SELECT count(*) FROM outbox WHERE state IN ('ready', 'sending')`); err != nil {
		return 0, 0, err
	}
	if left > 0 {
		return 0, 0, fmt.Errorf("%d texts are still not on their way after four minutes", left)
	}
	return took, len(rows), nil
}

// discard takes what nobody reads.
type discard struct{}

func (discard) Write(b []byte) (int, error) { return len(b), nil }
