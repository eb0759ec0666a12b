package simulator

import (
	"container/heap"
	"fmt"
	"sync"
	"time"
)

// Clock is the simulated time. It runs as fast as real time and can be moved forward; whatever was due
// in between fires, in order, while it moves. Safe for concurrent use.
type Clock struct {
	mu     sync.Mutex
	offset time.Duration
	timers timerHeap
	wake   *time.Timer
	count  uint64

	firing sync.Mutex // held by the one goroutine that fires timers
}

// Timer is one thing that the clock will do.
type Timer struct {
	// C receives the time when a timer made by NewTimer fires; nil for AfterFunc.
	C <-chan time.Time

	clock *Clock
	at    time.Time
	order uint64
	index int
	fire  func()
}

// NewClock starts at the real time.
func NewClock() *Clock { return &Clock{} }

// Now is the simulated time, in UTC.
func (c *Clock) Now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.now()
}

func (c *Clock) now() time.Time { return time.Now().UTC().Add(c.offset) }

// AfterFunc calls f once d has passed. f runs on the clock's own goroutine: it must be short, must not block
// and must not move the clock.
func (c *Clock) AfterFunc(d time.Duration, f func()) *Timer {
	t := &Timer{clock: c, fire: f}
	c.add(t, d)
	return t
}

// NewTimer sends the time on the timer's C once d has passed.
func (c *Clock) NewTimer(d time.Duration) *Timer {
	ch := make(chan time.Time, 1)
	t := &Timer{clock: c, C: ch, fire: func() { ch <- c.Now() }}
	c.add(t, d)
	return t
}

// Stop keeps the timer from firing and says whether it was still to fire.
func (t *Timer) Stop() bool {
	c := t.clock
	c.mu.Lock()
	defer c.mu.Unlock()
	if t.index < 0 {
		return false
	}
	heap.Remove(&c.timers, t.index)
	return true
}

// Advance moves the clock forward by d and returns when everything due by then has been fired.
// A negative d moves nothing: time does not go back.
func (c *Clock) Advance(d time.Duration) {
	c.firing.Lock()
	defer c.firing.Unlock()
	target := c.Now().Add(max(d, 0))
	for {
		t := c.stepTo(target)
		if t == nil {
			return
		}
		t.fire()
	}
}

// Set moves the clock forward to t; an earlier t is refused.
func (c *Clock) Set(t time.Time) error {
	d := t.Sub(c.Now())
	if d < 0 {
		return fmt.Errorf("set the clock to %s: that is %s in the past", t.UTC().Format(time.RFC3339), (-d).Round(time.Second))
	}
	c.Advance(d)
	return nil
}

// stepTo moves the clock to the next timer due by target and takes it, or to target when there is none.
func (c *Clock) stepTo(target time.Time) *Timer {
	c.mu.Lock()
	defer c.mu.Unlock()
	now := c.now()
	if len(c.timers) == 0 || c.timers[0].at.After(target) {
		c.offset += max(target.Sub(now), 0)
		c.arm()
		return nil
	}
	t := heap.Pop(&c.timers).(*Timer)
	c.offset += max(t.at.Sub(now), 0)
	return t
}

func (c *Clock) add(t *Timer, d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.count++
	t.at, t.order = c.now().Add(d), c.count
	heap.Push(&c.timers, t)
	if c.timers[0] == t {
		c.arm()
	}
}

// arm sets the one real timer to the earliest simulated one.
func (c *Clock) arm() {
	if c.wake != nil {
		c.wake.Stop()
	}
	if len(c.timers) > 0 {
		c.wake = time.AfterFunc(c.timers[0].at.Sub(c.now()), func() { c.Advance(0) })
	}
}

// halt forgets every timer.
func (c *Clock) halt() {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.wake != nil {
		c.wake.Stop()
	}
	for _, t := range c.timers {
		t.index = -1
	}
	c.timers = nil
}

type timerHeap []*Timer

func (h timerHeap) Len() int { return len(h) }
func (h timerHeap) Less(i, j int) bool {
	if h[i].at.Equal(h[j].at) {
		return h[i].order < h[j].order
	}
	return h[i].at.Before(h[j].at)
}
func (h timerHeap) Swap(i, j int) {
	h[i], h[j] = h[j], h[i]
	h[i].index, h[j].index = i, j
}
func (h *timerHeap) Push(x any) {
	t := x.(*Timer)
	t.index = len(*h)
	*h = append(*h, t)
}
func (h *timerHeap) Pop() any {
	old := *h
	t := old[len(old)-1]
	old[len(old)-1] = nil
	*h = old[:len(old)-1]
	t.index = -1
	return t
}
