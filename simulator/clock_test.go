package simulator

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

func TestClock_AJumpFiresWhatWasDueInOrder(t *testing.T) {
	c := NewClock()
	defer c.halt()
	start := c.Now()
	var fired []string
	note := func(name string, at time.Duration) func() {
		return func() {
			fired = append(fired, name)
			if off := c.Now().Sub(start) - at; off < 0 || off > time.Second {
				t.Errorf("%s fired %s off its time", name, off)
			}
		}
	}
	c.AfterFunc(2*time.Hour, note("second", 2*time.Hour))
	c.AfterFunc(time.Hour, func() {
		note("first", time.Hour)()
		c.AfterFunc(90*time.Minute, note("chained", 150*time.Minute))
	})
	c.AfterFunc(4*time.Hour, note("too late", 4*time.Hour))
	stopped := c.AfterFunc(time.Minute, note("stopped", time.Minute))
	if !stopped.Stop() || stopped.Stop() {
		t.Error("Stop must say true once")
	}
	c.Advance(3 * time.Hour)
	if diff := cmp.Diff([]string{"first", "second", "chained"}, fired); diff != "" {
		t.Error(diff)
	}
	if passed := c.Now().Sub(start); passed < 3*time.Hour || passed > 3*time.Hour+time.Minute {
		t.Errorf("3 h on, %s passed", passed)
	}
}

func TestClock_RealTimeFiresTimers(t *testing.T) {
	c := NewClock()
	defer c.halt()
	select {
	case <-c.NewTimer(time.Millisecond).C:
	case <-time.After(5 * time.Second):
		t.Fatal("a timer of 1 ms did not fire in 5 s")
	}
}

func TestClock_NeverGoesBack(t *testing.T) {
	c := NewClock()
	defer c.halt()
	before := c.Now()
	if err := c.Set(before.Add(-time.Hour)); err == nil {
		t.Error("setting the clock back must be refused")
	}
	c.Advance(-time.Hour)
	if c.Now().Before(before) {
		t.Error("the clock went back")
	}
	if err := c.Set(before.Add(time.Hour)); err != nil || c.Now().Before(before.Add(time.Hour)) {
		t.Errorf("set an hour on: %v", err)
	}
}
