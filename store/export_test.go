package store

import (
	"context"
	"time"
)

// BoardPlan is how Postgres reads a page of the board.
func (q queries) BoardPlan(ctx context.Context, asked BoardAsked, at time.Time) (plan []string, err error) {
	err = q.all(ctx, &plan, `EXPLAIN `+board, asked.args(at)...)
	return plan, err
}
