package worker_test

import (
	"fmt"
	"testing"
	"time"

	"phonebank/internal/testbank"
)

// A crowd that takes longer than the sweeper's patience must not be rung for again and again: each new ring makes the one that
// waits in line void, and the hands would find void ones alone for ever.
func TestSweep_RingsNoMoreThanTheQueueCanTake(t *testing.T) {
	b := testbank.New(t, testbank.Options{NoLoops: true})
	remind(t, b, 1, 1)
	rung := func() int { return b.Count(`SELECT count(*) FROM outbox WHERE generation = 1 AND rung_at IS NOT NULL`) }
	b.Clock.Advance(2 * time.Minute)
	for i := range 2000 {
		b.Bell.Soon(ctx, "text", fmt.Sprint("CROWD", i), 0, 0)
	}
	ok(t, b.Worker.Sweep(ctx))
	if rung() != 0 {
		t.Error("a bell was rung behind a crowd of others")
	}
	ok(t, b.Redis.FlushDB(ctx).Err())
	ok(t, b.Worker.Sweep(ctx))
	if rung() != 1 {
		t.Error("nobody rang when the queue had room again")
	}
}
