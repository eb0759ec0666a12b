package followup

import (
	"context"

	"phonebank"
)

// Fill writes one batch, so that a test can stop in the middle.
func (d *Diary) Fill(ctx context.Context, id phonebank.WaveID) (int, error) { return d.fill(ctx, id) }

// Batch is the size of one.
const Batch = fillBatch
