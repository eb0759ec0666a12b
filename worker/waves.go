package worker

import (
	"context"
	"time"

	"phonebank/internal/crash"
)

// waveLoop starts waves at their time, writes their rows and ends them. It needs no queue: a wave begins although Redis is down.
func (w *Worker) waveLoop(ctx context.Context) {
	tick := time.NewTicker(crash.Scale(min(w.SweepEvery, 3*time.Second)))
	defer tick.Stop()
	for {
		if err := w.Diary.TickWaves(ctx); err != nil && ctx.Err() == nil {
			w.Log.Warn("waves not tended", "error", err)
		}
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
	}
}
