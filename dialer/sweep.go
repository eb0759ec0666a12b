package dialer

import (
	"context"
	"time"

	"phonebank"
	"phonebank/carrier"
	"phonebank/store"
)

// Sweep frees what was left behind: volunteers whose panel fell silent, people whose hold ran out, cards that must close,
// callbacks that nobody has, calls whose events were lost. Any process may run it, any number of times.
func (b *Switchboard) Sweep(ctx context.Context) error {
	at := b.Now()
	silent, err := b.Store.SilentShifts(ctx, at.Add(-phonebank.PanelSilence))
	if err != nil {
		return err
	}
	for _, s := range silent {
		if err := b.closeSilent(ctx, s, at); err != nil && phonebank.KindOf(err) != phonebank.Stale {
			return err
		}
	}
	if _, err := b.Store.StaleHolds(ctx, at); err != nil {
		return err
	}
	if err := b.closeCards(ctx); err != nil {
		return err
	}
	if err := b.freeStrays(ctx); err != nil {
		return err
	}
	overdue, err := b.Store.OverdueCalls(ctx, at)
	if err != nil {
		return err
	}
	for _, call := range overdue {
		if err := b.lookUp(ctx, call); err != nil {
			b.Log.Warn("overdue call not resolved", "call", call.ID, "error", err)
		}
	}
	return nil
}

// closeSilent ends the shift of a closed laptop: the leg is dropped, the person goes back on the list.
func (b *Switchboard) closeSilent(ctx context.Context, s phonebank.Shift, at time.Time) error {
	err := b.Store.InTx(ctx, func(tx *store.Tx) error {
		now, err := tx.LockShift(ctx, s.ID)
		if err != nil {
			return err
		}
		if now.SeenAt.After(at.Add(-phonebank.PanelSilence)) {
			return nil
		}
		s = now
		return b.stepIn(ctx, tx, &s, phonebank.ShiftLeave, at)
	})
	if err == nil {
		b.tell(s, "calls")
	}
	return err
}

// lookUp asks Twilio about a call that has said nothing for too long. One whose placing was never confirmed, and which
// nobody has heard of, ends as our fault: it is not placed again by itself.
func (b *Switchboard) lookUp(ctx context.Context, call phonebank.Call) error {
	if call.SID == "" {
		return b.end(ctx, call.ID, ending{result: phonebank.ResultFailed, ourFault: true})
	}
	report, err := b.Carrier.FindCall(ctx, call.SID)
	if err != nil {
		if carrier.FailureOf(err).Status == 404 {
			return b.end(ctx, call.ID, ending{result: phonebank.ResultFailed, ourFault: true})
		}
		return err
	}
	if over(report.Status) {
		return b.end(ctx, call.ID, ending{status: report.Status})
	}
	if call.PlacedAt != nil && b.Now().Sub(*call.PlacedAt) > phonebank.CallLimitSeconds*time.Second+time.Minute {
		return b.Store.AskHangUp(ctx, call.ID, b.Now())
	}
	return nil
}
