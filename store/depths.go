package store

import "context"

// Depth is how many rows of a thing are in a state.
type Depth struct {
	Thing string `db:"thing"`
	State string `db:"state"`
	N     int    `db:"n"`
}

// Depths counts what waits and who is here, for the operator. Ends are left out: they only grow.
func (q queries) Depths(ctx context.Context) (list []Depth, err error) {
	err = q.all(ctx, &list, `
		SELECT 'outbox' AS thing, state, count(*) AS n FROM outbox WHERE state IN ('ready', 'sending', 'unknown', 'held') GROUP BY state
		UNION ALL
		SELECT 'shifts', state, count(*) FROM shifts WHERE state <> 'off' GROUP BY state
		UNION ALL
		SELECT 'follow_ups', state, count(*) FROM follow_ups WHERE state IN ('planned', 'due', 'offered', 'in_progress', 'needs_person') GROUP BY state`)
	return list, err
}
