package store

import (
	"context"
	"time"

	"phonebank"
)

// HoldPhone stops all sends and calls to a number until a person has ruled on what was said. Whoever goes on writing while
// it is on hold adds to the same question; a talk that is under way is not cut, a phone that rings stops ringing.
func (tx *Tx) HoldPhone(ctx context.Context, id phonebank.PhoneID, words string, at time.Time) (s Stopped, err error) {
	if _, err = tx.LockPhone(ctx, id); err != nil {
		return s, err
	}
	if _, err = tx.exec(ctx, `
		UPDATE phones SET hold_since = COALESCE(hold_since, $2), hold_words = CASE WHEN hold_since IS NULL OR hold_words = '' THEN $3 ELSE hold_words || E'\n' || $3 END
		WHERE id = $1`, id, at, words); err != nil {
		return s, err
	}
	if _, err = tx.exec(ctx, `
		INSERT INTO refusals AS r (id, phone_id, words, state, at) VALUES ($1, $2, $3, 'open', $4)
		ON CONFLICT (phone_id) WHERE state = 'open' DO UPDATE SET words = r.words || E'\n' || EXCLUDED.words`,
		phonebank.NewID[string](at), id, words, at); err != nil {
		return s, err
	}
	if err = tx.stopRinging(ctx, id, at); err != nil {
		return s, err
	}
	if err = tx.Note(ctx, at, "phone", string(id), "hold", By{Note: "sounds like a refusal"}); err != nil {
		return s, err
	}
	return tx.touched(ctx, id)
}

// LiftHold ends a hold after a person has ruled that it was no refusal; by says why in words.
func (tx *Tx) LiftHold(ctx context.Context, id phonebank.PhoneID, by By, at time.Time) error {
	if err := tx.ruleOn(ctx, id, phonebank.RuleOther, by.Note, by.User, at); err != nil {
		return err
	}
	if _, err := tx.exec(ctx, `UPDATE phones SET hold_since = NULL, hold_words = '' WHERE id = $1`, id); err != nil {
		return err
	}
	return tx.Note(ctx, at, "phone", string(id), "lift_hold", by)
}

const refusalColumns = `r.id, r.phone_id, r.words, r.state, r.at, COALESCE(r.ruled_by, '') AS ruled_by, r.ruled_at, r.why`

// ruleOn settles what may have been a no, where something is open.
func (tx *Tx) ruleOn(ctx context.Context, id phonebank.PhoneID, event phonebank.PossibleNoEvent, why string, user phonebank.UserID, at time.Time) error {
	var open []phonebank.PossibleNo
	if err := tx.all(ctx, &open, `SELECT `+refusalColumns+` FROM refusals r WHERE r.phone_id = $1 AND r.state = 'open' FOR UPDATE`, id); err != nil {
		return err
	}
	for _, n := range open {
		change, err := n.Apply(event, at)
		if err != nil {
			return err
		}
		if err := save(ctx, tx.queries, "refusal", string(n.ID), change, By{User: user, Note: why}, set{"ruled_by", null(user)}, set{"ruled_at", at}, set{"why", why}); err != nil {
			return err
		}
	}
	return nil
}

// Ruled is one question whether something was a no, with who ruled on it.
type Ruled struct {
	phonebank.PossibleNo
	Who string `db:"who"`
}

// RefusalsOn lists what at a number may have been a no, the newest first.
func (q queries) RefusalsOn(ctx context.Context, id phonebank.PhoneID) (list []Ruled, err error) {
	err = q.all(ctx, &list, `
		SELECT `+refusalColumns+`, COALESCE(u.name, '') AS who FROM refusals r LEFT JOIN users u ON u.id = r.ruled_by
		WHERE r.phone_id = $1 ORDER BY r.at DESC LIMIT 30`, id)
	return list, err
}
