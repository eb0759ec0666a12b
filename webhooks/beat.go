package webhooks

import (
	"context"
	"time"
)

// betweenBeats keeps a crowd that is turned away from asking the database once more for each.
const betweenBeats = time.Second

// Beat says again and again that webhooks are served here, until ctx ends. It begins once the process listens: whatever came
// before its first beat may have met nobody. A beat that fails is a break as well, since webhooks fail with it, and so is a text
// or a caller that had to be turned away: it may have been a stop, and is fetched before anything is sent.
func (h *Hooks) Beat(ctx context.Context, every time.Duration) {
	tick := time.NewTicker(every)
	defer tick.Stop()
	afterBreak := true
	for {
		err := h.Desk.Store.Beat(ctx, h.Desk.Now(), afterBreak)
		if err != nil && ctx.Err() == nil && !afterBreak {
			h.Log.Warn("beat not kept", "error", err)
		}
		last := h.Wall()
		afterBreak = err != nil
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		case <-h.unmet:
			afterBreak = true
			select {
			case <-ctx.Done():
				return
			case <-time.After(last.Add(min(every, betweenBeats)).Sub(h.Wall())):
			}
		}
	}
}

// missed notes that somebody who wrote or rang was turned away.
func (h *Hooks) missed(s shape) {
	if s.room == forReports {
		return // a report tells nothing that was said
	}
	select {
	case h.unmet <- struct{}{}:
	default: // it is noted already
	}
}
