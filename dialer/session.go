package dialer

import (
	"context"
	"time"

	"phonebank"
	"phonebank/store"
)

// EndSession closes a session for everybody: legs are dropped, held people go back on the list.
func (b *Switchboard) EndSession(ctx context.Context, id phonebank.SessionID, user phonebank.UserID) error {
	at := b.Now()
	err := b.Store.InTx(ctx, func(tx *store.Tx) error {
		here, err := tx.ShiftsHere(ctx, id)
		if err != nil {
			return err
		}
		for _, s := range here {
			if s, err = tx.LockShift(ctx, s.ID); err != nil {
				return err
			}
			if err := b.stepIn(ctx, tx, &s, phonebank.ShiftLeave, at); err != nil {
				return err
			}
		}
		if err := tx.EndSession(ctx, id, at); err != nil {
			return err
		}
		return tx.Note(ctx, at, "session", string(id), "end", store.By{User: user})
	})
	if err == nil {
		b.Live.Publish("session:"+string(id), "room", "calls")
	}
	return err
}

// Remove takes a volunteer out: leg dropped, cookie dead.
func (b *Switchboard) Remove(ctx context.Context, id phonebank.ShiftID, by phonebank.UserID) error {
	_, err := b.inShift(ctx, id, func(tx *store.Tx, s *phonebank.Shift, at time.Time) error {
		if err := b.stepIn(ctx, tx, s, phonebank.ShiftLeave, at); err != nil {
			return err
		}
		return tx.RemoveUser(ctx, s.UserID, store.By{User: by}, at)
	})
	return err
}
