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

// quiet measures how soon work flows again after one trouble on a day on which nothing else goes wrong: Redis was wiped, the workers
// died, no webhook came through, and ten times an evening came in at once.
func quiet(ctx context.Context, o options, say func(string, ...any)) error {
	say("\nOne trouble at a time (times in seconds of the product's clock)\n")
	say("| promise | what happened | until | took | N | scale | bar |")
	say("| --- | --- | --- | --- | --- | --- | --- |")
	if o.only == "crowd" {
		return overrun(ctx, o, say)
	}
	return errors.Join(promptly(ctx, o, say), heardAgain(ctx, o, say), overrun(ctx, o, say))
}

// quietDay starts everything for a day of its own, with nobody at work but who is asked to.
func quietDay(ctx context.Context, o options, scale, people int) (*world, error) {
	o.scale, o.follows = scale, people
	w, err := open(ctx, o, discard{})
	if err != nil {
		return nil, err
	}
	if err := w.serve(ctx); err != nil {
		w.close()
		return nil, err
	}
	return w, nil
}

// promptly is P12 and P13.
func promptly(ctx context.Context, o options, say func(string, ...any)) error {
	w, err := quietDay(ctx, o, promptScale, 600)
	if err != nil {
		return err
	}
	defer w.close()
	k := newWork(w)
	var late []error
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
		say("| %s | %s as 200 texts came due | the last was accepted | %.0f s | %d | 1/%d | <= %.0f s |", c.promise, c.what, took.Seconds(), accepted, promptScale, c.bar.Seconds())
		if took > c.bar {
			late = append(late, fmt.Errorf("%s: after %s the last of %d texts was accepted %.0f s late, and %.0f s are promised", c.promise, c.what, accepted, took.Seconds(), c.bar.Seconds()))
		}
	}
	return errors.Join(late...)
}

// heardAgain is P2, once for each cause.
func heardAgain(ctx context.Context, o options, say func(string, ...any)) error {
	w, err := quietDay(ctx, o, unheardScale, 600)
	if err != nil {
		return err
	}
	defer w.close()
	const bar = 10 * time.Minute
	var late []error
	for i, c := range causes {
		took, lost, err := w.unheard(ctx, i*(writers+callers+speakers), c.do)
		if err != nil {
			return fmt.Errorf("P2, %s: %w", c.what, err)
		}
		n := len(lost.texts) + len(lost.calls) + len(lost.voicemails)
		say("| P2 | %s | %d texts, %d calls and %d voicemails were in the records | %.0f s | %d | 1/%d | <= %.0f s |", c.what, len(lost.texts), len(lost.calls), len(lost.voicemails),
			took.Seconds(), n, unheardScale, bar.Seconds())
		if took > bar {
			late = append(late, fmt.Errorf("P2: %s, and the last was in the records %.0f s after that; %.0f s are promised", c.what, took.Seconds(), bar.Seconds()))
		}
		if len(lost.texts) < writers || len(lost.calls) < callers || len(lost.voicemails) == 0 { // a message that ended too soon came through
			late = append(late, fmt.Errorf("P2: %s, and still webhooks came through: only %d texts, %d calls and %d voicemails were lost", c.what, len(lost.texts), len(lost.calls), len(lost.voicemails)))
		}
	}
	return errors.Join(late...)
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
