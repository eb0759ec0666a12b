package texting

import (
	"context"

	"phonebank"
	"phonebank/store"
)

// capped hands a text to a person that the database did not let go: its number has had its texts of the day, whatever the
// claim thought. The claim's own transaction is over by then.
func (d *Desk) capped(ctx context.Context, id phonebank.OutboxID, generation int) error {
	at := d.Now()
	return d.Store.InTx(ctx, func(tx *store.Tx) error {
		s, err := tx.LockSending(ctx, id)
		if err != nil || s.State != phonebank.OutboxReady || s.Generation != generation {
			return err
		}
		return d.handOver(ctx, tx, s, at, phonebank.TextedOften)
	})
}
