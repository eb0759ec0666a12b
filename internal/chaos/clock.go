package main

import (
	"context"
	"fmt"
	"time"

	"phonebank/simulator"
)

// hurry is the clock of a shard: the product and the local Twilio both live by it, so that every wait of theirs is as much
// shorter in real time. What the machine needs time for, a commit or a request, is not hurried.
type hurry struct {
	factor      int
	began, then time.Time
}

// newHurry starts on a Tuesday morning in New York, so that a shard of some minutes stays inside calling hours.
func newHurry(factor int, now time.Time) hurry {
	then := time.Date(now.Year(), now.Month(), now.Day(), 14, 35, 0, 0, time.UTC)
	for !then.After(now) || then.Weekday() != time.Tuesday {
		then = then.AddDate(0, 0, 1)
	}
	return hurry{factor: factor, began: now, then: then}
}

// Now is the time of the product.
func (h hurry) Now() time.Time {
	return h.then.Add(time.Since(h.began) * time.Duration(h.factor)).UTC()
}

// real is how long a wait of the product takes here.
func (h hurry) real(d time.Duration) time.Duration { return d / time.Duration(h.factor) }

// at is the real instant at which the product's clock shows t.
func (h hurry) at(t time.Time) time.Time { return h.began.Add(h.real(t.Sub(h.then))) }

// env tells a process of the service about the clock.
func (h hurry) env() string {
	return fmt.Sprintf("CHAOS_CLOCK=%d,%d,%d", h.factor, h.began.UnixNano(), h.then.UnixNano())
}

// ahead is how much the local Twilio's clock is in front. It moves in small steps, and what it accepts must never seem to be
// older than the request.
const ahead = time.Second

// drive keeps the local Twilio's clock going until ctx ends.
func (h hurry) drive(ctx context.Context, clock *simulator.Clock) {
	tick := time.NewTicker(5 * time.Millisecond)
	defer tick.Stop()
	for {
		_ = clock.Set(h.Now().Add(ahead)) // an earlier time than it shows is refused, and the next step is later
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
	}
}
