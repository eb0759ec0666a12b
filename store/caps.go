package store

import (
	"context"
	"errors"
	"time"

	"github.com/lib/pq"

	"phonebank"
)

// What the database answers when a number has had its share of a day (migration 00014): the last line, whatever the code does.
const (
	textsCapped = "PBT03"
	callsCapped = "PBC03"
)

// Capped tells whether the database refused because a number has had its share of a day.
func Capped(err error) bool {
	var pe *pq.Error
	return errors.As(err, &pe) && (pe.Code == textsCapped || pe.Code == callsCapped)
}

// refuseCapped ends a call that the database did not let go out, so that it is not tried over and over.
func (s *Store) refuseCapped(ctx context.Context, id phonebank.CallID, at time.Time) (call phonebank.Call, err error) {
	err = s.InTx(ctx, func(tx *Tx) error {
		if err := tx.get(ctx, &call, `SELECT `+callColumns+` FROM calls WHERE id = $1 FOR NO KEY UPDATE`, id); err != nil {
			return err
		}
		if call.State != phonebank.CallReserved {
			return phonebank.Fail(phonebank.NotFound, "Another process has this call.")
		}
		change, err := call.Apply(phonebank.CallEnd, at)
		if err != nil {
			return err
		}
		call.Result, call.Sentence = phonebank.ResultCanceled, phonebank.RungOften
		if err := tx.SaveCall(ctx, call, change, By{Note: phonebank.RungOften}); err != nil {
			return err
		}
		call.State = change.To
		return nil
	})
	return call, err
}
