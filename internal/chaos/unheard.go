package main

import (
	"context"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"time"

	"phonebank/simulator"
)

// unheardScale is faster than that of prompt: the bar is ten minutes, and what is waited for is mostly the next round of fetching.
const unheardScale = 20

// So many people are in touch while nobody hears them: some write, some ring, and some are speaking a message as it begins.
const (
	writers  = 60
	callers  = 20
	speakers = 20
)

// in names what the local Twilio took from people: texts, calls, and calls in which a message was spoken.
type in struct{ texts, calls, voicemails []string }

// causes are two ways in which no webhook reaches the records. Each answers when the cause is over.
var causes = []struct {
	what string
	do   func(ctx context.Context, w *world, meanwhile func() error) error
}{
	{"the network from Twilio was cut until its last try was over", func(_ context.Context, w *world, meanwhile func() error) error {
		w.wires["public"].sever()
		defer w.wires["public"].mend()
		return meanwhile()
	}},
	{"Postgres was stopped at once, and every try met a 503", func(ctx context.Context, w *world, meanwhile func() error) error {
		return w.database.without(ctx, meanwhile)
	}},
}

// unheard measures P2: people write, ring and leave messages while no webhook of theirs comes through; how long after the end of that is
// all of it in the records?
func (w *world) unheard(ctx context.Context, first int, cause func(context.Context, *world, func() error) error) (took time.Duration, lost in, err error) {
	all, err := w.speakFirst(ctx, first)
	if err != nil {
		return 0, lost, err
	}
	if err := cause(ctx, w, func() error {
		for i := range writers {
			sid, err := w.sim.Text(string(w.people[first+i].Number), ours, fmt.Sprintf("is the meeting on? %d", i))
			if err != nil {
				return err
			}
			all.texts = append(all.texts, sid)
		}
		for i := range callers {
			number := string(w.people[first+writers+i].Number)
			w.sim.Person(number, simulator.Behaviour{HangsUpAfter: 10 * time.Second})
			sid, err := w.sim.Ring(number, ours)
			if err != nil {
				return err
			}
			all.calls = append(all.calls, sid)
		}
		pause(ctx, int(w.clock.real(4*time.Minute).Milliseconds())) // everybody has hung up, and Twilio has tried for the last time
		return nil
	}); err != nil {
		return 0, lost, err
	}
	over := w.clock.Now()
	if lost, err = w.notHere(ctx, all); err != nil {
		return 0, lost, err
	}
	for limit := time.Now().Add(w.clock.real(15 * time.Minute)); time.Now().Before(limit); pause(ctx, 50) {
		left, err := w.notHere(ctx, lost)
		if err != nil {
			return 0, lost, err
		}
		if len(left.texts)+len(left.calls)+len(left.voicemails) == 0 {
			return w.clock.Now().Sub(over), lost, ctx.Err()
		}
	}
	left, err := w.notHere(ctx, lost)
	return 0, lost, fmt.Errorf("after fifteen minutes %d texts, %d calls and %d messages are not in the records: %v %w", len(left.texts), len(left.calls), len(left.voicemails), left, err)
}

// speakFirst lets some people ring who are speaking their message when the cause begins.
func (w *world) speakFirst(ctx context.Context, first int) (all in, err error) {
	for i := range speakers {
		number := string(w.people[first+writers+callers+i].Number)
		w.sim.Person(number, simulator.Behaviour{Talks: append(slices.Clone(spoken), slices.Repeat([]string{"And one more thing."}, 60)...), HangsUpAfter: 2 * time.Minute})
		sid, err := w.sim.Ring(number, ours)
		if err != nil {
			return all, err
		}
		all.voicemails = append(all.voicemails, sid)
	}
	for limit := time.Now().Add(20 * time.Second); time.Now().Before(limit); pause(ctx, 10) {
		speaking := map[string]bool{} // they have heard what to do
		for _, e := range w.sim.Transcript() {
			if e.Kind == simulator.KindWebhook && e.Op == "voice" && e.Status == http.StatusOK {
				speaking[e.SID] = true
			}
		}
		if !slices.ContainsFunc(all.voicemails, func(sid string) bool { return !speaking[sid] }) {
			return all, ctx.Err()
		}
	}
	return all, fmt.Errorf("%d people rang, and not all of them were asked for a message", speakers)
}

// notHere lists what of it is not in the records.
func (w *world) notHere(ctx context.Context, of in) (left in, err error) {
	for _, q := range []struct {
		sids  []string
		where string
		into  *[]string
	}{
		{of.texts, `SELECT 1 FROM messages m WHERE m.sid = s.sid`, &left.texts},
		{of.calls, `SELECT 1 FROM calls c WHERE c.sid = s.sid`, &left.calls},
		{of.voicemails, `SELECT 1 FROM calls c WHERE c.sid = s.sid AND c.recording_sid <> ''`, &left.voicemails},
	} {
		if err := w.sql.SelectContext(ctx, q.into, `SELECT s.sid FROM unnest(string_to_array($1, ',')) s (sid) WHERE NOT EXISTS (`+q.where+`)`, strings.Join(q.sids, ",")); err != nil {
			return left, err
		}
	}
	return left, nil
}
