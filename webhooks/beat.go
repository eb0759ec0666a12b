package webhooks

import (
	"context"
	"time"
)

// Beat says again and again that webhooks are served here, until ctx ends. It begins once the process listens: whatever came
// before its first beat may have met nobody. A beat that fails is a break as well, since webhooks fail with it.
func (h *Hooks) Beat(ctx context.Context, every time.Duration) {
	tick := time.NewTicker(every)
	defer tick.Stop()
	afterBreak := true
	for {
		err := h.Desk.Store.Beat(ctx, h.Desk.Now(), afterBreak)
		if err != nil && ctx.Err() == nil && !afterBreak {
			h.Log.Warn("beat not kept", "error", err)
		}
		afterBreak = err != nil
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
	}
}
