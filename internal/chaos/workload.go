package main

import (
	"context"
	"fmt"
	"math/rand/v2"
	"sync"
	"sync/atomic"
	"time"

	"phonebank"
	"phonebank/simulator"
	"phonebank/store"
)

// work is what a bank does on a busy day: promises that come due, people who write, ring, and ask us to stop.
type work struct {
	*world
	rng      *rand.Rand
	mu       sync.Mutex // of rng
	all      sync.WaitGroup
	serial   atomic.Int64 // numbers the texts, so that no two have the same words
	promised atomic.Int64 // follow-ups that were promised
	unkept   atomic.Int64 // promises that could not be written down: whoever made them saw an error
	racing   atomic.Int64 // stops said at the moment of a text
	ringing  atomic.Int64 // stops said at the moment of a call
	next     atomic.Int64 // of the people
	wrapped  atomic.Int64 // talks that were wrapped up
	pressed  atomic.Int64 // forms that were sent twice
}

func newWork(w *world) *work {
	return &work{world: w, rng: rand.New(rand.NewPCG(w.options.seed, 3))}
}

func (k *work) chance(n int) bool { return k.pick(n) == 0 }

func (k *work) pick(n int) int {
	k.mu.Lock()
	defer k.mu.Unlock()
	return k.rng.IntN(n)
}

// someone is a person who has had no text yet, while there is one.
func (k *work) someone() person { return k.people[int(k.next.Add(1)-1)%len(k.people)] }

// every does something again and again, about so many times a second, until ctx ends.
func (k *work) every(ctx context.Context, perSecond float64, do func(context.Context)) {
	if perSecond <= 0 {
		return
	}
	k.all.Go(func() {
		tick := time.NewTicker(time.Duration(float64(time.Second) / perSecond))
		defer tick.Stop()
		for {
			select {
			case <-ctx.Done():
				return
			case <-tick.C:
				do(ctx)
			}
		}
	})
}

// run goes on until ctx ends.
func (k *work) run(ctx context.Context) error {
	if err := k.staff(ctx); err != nil {
		return err
	}
	k.keepUp(ctx)
	perSecond := float64(k.follows) / k.shard.Seconds()
	k.every(ctx, 1+perSecond/12, k.write)
	k.every(ctx, 0.5+perSecond/40, k.race)
	k.every(ctx, 2, k.ring)
	k.every(ctx, 1, k.callBack)
	k.all.Wait()
	return nil
}

// total is how many texts are promised, so that as many as are asked for are taken for sending: a stop cancels some before.
func (o options) total() int { return o.follows + o.follows/6 }

// lanes is how many promise at once.
const lanes = 6

// promiseAhead promises more than half of the day's texts before it begins, in one lane beside the other, due at any minute of it: as
// promises are, they were made when nothing was wrong yet.
func (k *work) promiseAhead(ctx context.Context) {
	over := time.Now().Add(k.shard)
	var all sync.WaitGroup
	for range lanes {
		all.Go(func() {
			for ctx.Err() == nil && k.promised.Load() < int64(k.total()*6/10) {
				left := time.Until(over) * time.Duration(k.clock.factor)
				k.promiseTo(ctx, k.someone(), 3+k.pick(max(1, int(left.Minutes()))))
			}
		})
	}
	all.Wait()
}

// keepUp promises the others in the course of the day. What could not be promised while the records were away is made up for, so that
// all are due before the day is over.
func (k *work) keepUp(ctx context.Context) {
	began, ahead := time.Now(), k.promised.Load()
	for range lanes {
		k.all.Go(func() {
			for ctx.Err() == nil {
				share := min(1, float64(time.Since(began))/(0.8*float64(k.shard)))
				switch made := k.promised.Load(); {
				case float64(made-ahead) < share*float64(int64(k.total())-ahead):
					k.promise(ctx)
				case share == 1 && len(k.agenda.left()) > 0: // enough for the day; a little goes on while a crash point waits to be visited
					k.promise(ctx)
					pause(ctx, 2000)
				default:
					pause(ctx, 50)
				}
			}
		})
	}
}

// promise is one automatic text, due in a minute or two. Now and then one number is promised more texts than it may get.
func (k *work) promise(ctx context.Context) {
	p := k.someone()
	times := 1
	if k.chance(60) {
		times = 5
	}
	for range times {
		if _, ok := k.promiseTo(ctx, p, 1+k.pick(2)); !ok {
			pause(ctx, 100) // they have said stop, or the records are away
		}
	}
}

// promiseTo writes a text down for a person, with words that no other text has. A few have little time to go.
func (k *work) promiseTo(ctx context.Context, p person, minutes int) (phonebank.FollowUp, bool) {
	k.promised.Add(1)
	n := k.serial.Add(1)
	f, err := k.diary.Promise(ctx, p.ID, k.coordinator.ID, phonebank.Wish{Channel: phonebank.ByText, Reason: phonebank.ReasonBefore, InMinutes: minutes,
		Body: fmt.Sprintf("See you Thursday at 6 in the library. (%d)", n)})
	if err != nil {
		k.promised.Add(-1)
		k.unkept.Add(1) // they have said stop, or the records are away: nothing was promised
		return f, false
	}
	if n%20 == 0 {
		// This one is worthless a few minutes after its time.
		if _, err := k.sql.ExecContext(ctx, `
			WITH f AS (UPDATE follow_ups SET not_after = due_at + interval '3 minutes' WHERE id = $1 RETURNING id, not_after)
			UPDATE outbox SET not_after = f.not_after FROM f WHERE follow_up_id = f.id`, f.ID); err != nil {
			k.unkept.Add(1)
		}
	}
	return f, true
}

// replies are what people write: nothing of it is a stop by the letter.
var replies = []string{"ok", "thanks, see you there", "who is this?", "sí", "can you call at 7 instead?", "not yet", "HELP", "START", "I did it!", "please stop by at 5"}

// stops are a stop by our one rule. Twilio itself knows the first two only.
var stops = []string{"STOP", "unsubscribe", "alto", "remove me", "stop texting me", "No más!"}

// write is a text of somebody to us.
func (k *work) write(context.Context) {
	p := k.people[k.pick(len(k.people))]
	words := replies[k.pick(len(replies))]
	if k.chance(25) {
		words = stops[k.pick(len(stops))]
	}
	_, _ = k.sim.Text(string(p.Number), ours, words) // its only error is a wrong number
}

// race promises a text and lets the person say stop at the moment at which it goes, by text or aloud.
func (k *work) race(ctx context.Context) {
	p := k.someone()
	f, ok := k.promiseTo(ctx, p, 1)
	if !ok {
		return
	}
	wait := time.Until(k.clock.at(f.DueAt)) + time.Duration(k.pick(500)-150)*time.Millisecond
	aloud, words := k.chance(4), stops[k.pick(len(stops))]
	k.all.Go(func() {
		select {
		case <-ctx.Done():
			return
		case <-time.After(max(wait, 0)):
		}
		k.racing.Add(1)
		if !aloud {
			_, _ = k.sim.Text(string(p.Number), ours, words) // its only error is a wrong number
			return
		}
		if err := k.store.InTx(ctx, func(tx *store.Tx) error {
			_, err := tx.OptOut(ctx, p.Phone, "spoken", "take me off your list", store.By{User: k.coordinator.ID}, k.clock.Now())
			return err
		}); err != nil {
			k.racing.Add(-1)
		}
	})
}

// spoken is what a caller says: to each of the two languages that greet them, and then after the tone.
var spoken = []string{"Hello?", "Is anybody there?", "Hi, this is about the meeting.", "Please call me back.", "Thank you."}

// ring is somebody who rings us and leaves a message, or hangs up before that.
func (k *work) ring(context.Context) {
	p := k.people[k.pick(len(k.people))]
	behaviour := simulator.Behaviour{Talks: spoken, HangsUpAfter: 40 * time.Second}
	if k.chance(4) {
		behaviour.HangsUpAfter = time.Second
	}
	k.sim.Person(string(p.Number), behaviour)
	_, _ = k.sim.Ring(string(p.Number), ours) // its only error is a wrong number
}

// callBack promises a call, so that follow-ups of calls come due as well.
func (k *work) callBack(ctx context.Context) {
	p := k.people[k.pick(len(k.people))]
	if _, err := k.diary.Promise(ctx, p.ID, k.coordinator.ID, phonebank.Wish{Channel: phonebank.ByCall, Reason: phonebank.ReasonScheduled, InMinutes: 1}); err != nil {
		k.unkept.Add(1)
	}
}
