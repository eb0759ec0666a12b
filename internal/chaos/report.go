package main

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"
	"time"
)

// report prints what was done and what came of it. Its error names the first bad row.
func (w *world) report(ctx context.Context, k *work) error {
	findings, err := w.check(ctx)
	if err != nil {
		return err
	}
	say := func(format string, args ...any) { fmt.Fprintf(w.log, format+"\n", args...) }
	say("seed %d, scale 1/%d, %s of troubles, %s in all", w.options.seed, w.scale, w.shard, time.Since(w.began).Round(time.Second))
	say("two webhooks processes with panel, two dialers, two workers, one Postgres, one real Redis, one local Twilio")
	say("%d texts promised, %d talks wrapped up, %d stops said at the moment of a text and %d at that of a call, %d texts and %d calls of people, %d promises refused or not kept for want of records",
		k.promised.Load(), k.wrapped.Load(), k.racing.Load(), k.ringing.Load(), len(w.ledger.inbound), len(w.ledger.callers), k.unkept.Load())
	say("crash points visited: %d of %d: %s", len(w.agenda.done), len(w.agenda.points), counts(w.agenda.done))
	ends := map[string]int{}
	for _, p := range w.parts {
		for how, n := range p.ends {
			ends[p.name+" "+how] += n
		}
	}
	say("ends of processes: %s", counts(ends))
	taken := map[string]int{}
	for _, a := range w.ledger.acks {
		taken[a.op]++
	}
	say("webhooks taken: %s. Not taken at a try: %s. Struck by a fault: %s", counts(taken), counts(w.ledger.refusals), counts(w.ledger.hooks))
	say("")
	say("| promise | what would break it | seen | N | bound |")
	say("| --- | --- | --- | --- | --- |")
	var broken []string
	for _, f := range findings {
		say("| %s | %s | %d | %d | %s |", f.promise, f.what, f.bad, f.trials, f.bound())
		if f.note != "" {
			say("| | (%s) | | | |", f.note)
		}
		if f.bad > 0 {
			broken = append(broken, fmt.Sprintf("%s, %s: %d of %d. The first: %s", f.promise, f.what, f.bad, f.trials, f.first))
		}
	}
	var found []string
	if err := w.sql.SelectContext(ctx, &found, `SELECT promise || ' ' || count(*) FROM findings GROUP BY promise ORDER BY promise`); err != nil {
		return err
	}
	say("\nThe live auditor stopped everything for: %s. A coordinator looked each time.", cmp.Or(strings.Join(found, ", "), "nothing"))
	if w.only != "random" {
		for _, name := range w.agenda.left() {
			broken = append(broken, "the crash point "+name+" was never reached, so nothing is known about it")
		}
	}
	for _, p := range w.parts {
		if p.ends["exit 2"] > 0 {
			broken = append(broken, p.name+" fell over by itself:\n"+strings.Join(p.said, "\n"))
		}
	}
	if len(broken) == 0 {
		return nil
	}
	say("\nThe schedule:\n%s", strings.Join(w.schedule, "\n"))
	return fmt.Errorf("%s\nAgain: go run ./internal/chaos -seed %d -shard %s -n %d -scale %d", strings.Join(broken, "\n"), w.options.seed, w.shard, w.follows, w.scale)
}

// counts writes a tally in words.
func counts(n map[string]int) string {
	var words []string
	for what, n := range n {
		words = append(words, fmt.Sprintf("%s %d", what, n))
	}
	slices.Sort(words)
	return cmp.Or(strings.Join(words, ", "), "none")
}
