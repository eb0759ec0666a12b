package worker

import (
	"context"
	"time"
)

// keepEvery is how often a worker asks whether a day has passed since the last purge, whoever ran it.
const keepEvery = 15 * time.Minute

// keepLoop forgets, once a day, what need not be known any longer.
func (w *Worker) keepLoop(ctx context.Context) {
	tick := time.NewTicker(keepEvery)
	defer tick.Stop()
	for {
		if err := w.Keeper.Tick(ctx); err != nil && ctx.Err() == nil {
			w.Log.Warn("purge not finished", "error", err)
		}
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
	}
}
