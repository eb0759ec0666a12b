package worker

import (
	"context"
	"time"

	"phonebank/live"
	"phonebank/store"
)

// auditEvery is how often the live records are asked whether our promises hold.
const auditEvery = time.Minute

// AuditWhenDue audits where the last time is a minute old, by the product's clock. before is when the sweep that came first
// began: what that sweep should have looked after must not be found for want of time.
func (w *Worker) AuditWhenDue(ctx context.Context, before time.Time) error {
	if before.Sub(w.audited) < auditEvery {
		return nil
	}
	w.audited = before
	_, err := w.Desk.Store.Alone(ctx, store.AuditWork, func(ctx context.Context) error { return w.Audit(ctx, before) })
	return err
}

// Audit asks the live records whether our promises hold. What it finds stops every text and call until a coordinator has looked,
// and is said once, with ids alone.
func (w *Worker) Audit(ctx context.Context, at time.Time) error {
	found, err := w.Desk.Store.Audit(ctx, at)
	if len(found) > 0 {
		for _, f := range found {
			w.Log.Error("the auditor found what must never be", "promise", f.Promise, "id", f.ThingID)
		}
		if _, pauseErr := w.Desk.Store.PauseItself(ctx, store.AuditorPause, store.AuditWords(found[0].Promise), "", w.Desk.Now()); pauseErr != nil {
			return pauseErr
		}
		w.Desk.Live.Publish(live.Room, live.Calls, live.Due)
	}
	return err
}
