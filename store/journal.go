package store

import (
	"context"
	"fmt"
	"strings"
	"time"

	"phonebank"
)

// By says who made a change and with which words, for the journal.
type By struct {
	User phonebank.UserID
	Note string
	Said time.Time // when the person said it themselves, where it reached us later; zero: now
}

// said is when it was said, for a change that is stored at a moment.
func (b By) said(at time.Time) time.Time {
	if b.Said.IsZero() {
		return at
	}
	return b.Said
}

// set is one further column of a row that changes with its state.
type set struct {
	column string
	value  any
}

// things lists the tables whose rows have a state, by the name that the journal uses.
var things = map[string]string{
	"call": "calls", "shift": "shifts", "conversation": "conversations", "commitment": "commitments", "follow_up": "follow_ups", "outbox": "outbox", "retaliation": "retaliations",
	"rung_move": "rung_moves", "suggestion": "suggestions", "refusal": "refusals", "wave": "waves",
}

// save stores a move as compare-and-set on the state it began with, and its line in the journal, in one statement. A row
// that is no longer in that state is Stale: somebody else was faster.
func save[S, E ~string](ctx context.Context, q queries, thing, id string, c phonebank.Change[S, E], by By, sets ...set) error {
	if !c.Moved() {
		return nil
	}
	var columns strings.Builder
	args := []any{id, string(c.From), string(c.To), c.At, thing, string(c.Event), string(by.User), by.Note}
	for _, s := range sets {
		args = append(args, s.value)
		fmt.Fprintf(&columns, ", %s = $%d", s.column, len(args))
	}
	n, err := q.hotExec(ctx, `
		WITH moved AS (
			UPDATE `+things[thing]+` SET state = $3::text`+columns.String()+`
			WHERE id = $1 AND state = $2::text
			RETURNING id)
		INSERT INTO journal (at, thing, thing_id, event, from_state, to_state, by_user, note)
		SELECT $4, $5, id, $6, $2::text, $3::text, $7, $8 FROM moved`, args...)
	if err != nil {
		return fmt.Errorf("save %s %s: %w", thing, c.Event, err)
	}
	if n != 1 {
		return phonebank.Fail(phonebank.Stale, "This has changed in the meantime. Please look again.")
	}
	return nil
}

// Note writes a line in the journal that goes with no move: who revealed a number, who imported what.
func (q queries) Note(ctx context.Context, at time.Time, thing, id, event string, by By) error {
	_, err := q.exec(ctx, `
		INSERT INTO journal (at, thing, thing_id, event, by_user, note)
		VALUES ($1, $2, $3, $4, $5, $6)`, at, thing, id, event, string(by.User), by.Note)
	return err
}

// LastNoted answers with the time of the newest line of the journal.
func (q queries) LastNoted(ctx context.Context) (time.Time, error) {
	var at *time.Time
	if err := q.get(ctx, &at, `SELECT max(at) FROM (SELECT at FROM journal ORDER BY id DESC LIMIT 100) t`); err != nil || at == nil {
		return time.Time{}, err
	}
	return *at, nil
}
