package store

import (
	"context"
	"time"

	"phonebank"
)

// DueCommitment is a promise of a person whose day has come and of which nobody has said yet how it went.
type DueCommitment struct {
	phonebank.Commitment
	Person  string           `db:"person"`
	Number  phonebank.Number `db:"number"`
	OwnerID phonebank.UserID `db:"owner_id"` // who knows the person, else who agreed it with them
	Owner   string           `db:"owner"`
}

// DueCommitments lists promises that wait for "did it happen?", the longest first; with an owner only theirs. A promise
// belongs to whoever knows the person, and to whoever agreed it with them where nobody does.
func (q queries) DueCommitments(ctx context.Context, owner phonebank.UserID, at time.Time) (list []DueCommitment, err error) {
	err = q.all(ctx, &list, `
		SELECT c.id, c.campaign_id, c.person_id, COALESCE(c.conversation_id, '') AS conversation_id, COALESCE(c.user_id, '') AS user_id, c.what, c.by_local, c.zone,
			c.by_at, c.state, c.created_at, c.settled_at, p.name AS person, ph.number, COALESCE(u.id, '') AS owner_id, COALESCE(u.name, '') AS owner
		FROM commitments c JOIN people p ON p.id = c.person_id JOIN phones ph ON ph.id = p.phone_id
			LEFT JOIN users u ON u.id = COALESCE(p.owner_id, c.user_id)
		WHERE c.state = 'open' AND c.by_at <= $2 AND ($1 = '' OR COALESCE(p.owner_id, c.user_id) = $1)
		ORDER BY c.by_at, c.id LIMIT 200`, string(owner), at)
	return list, err
}

// LockCommitment finds one and keeps it to this transaction.
func (tx *Tx) LockCommitment(ctx context.Context, id phonebank.CommitmentID) (c phonebank.Commitment, err error) {
	err = tx.get(ctx, &c, `SELECT `+commitmentColumns+` FROM commitments WHERE id = $1 FOR NO KEY UPDATE`, id)
	return c, err
}

// MovedTo finds the promise that took the place of one that was moved.
func (q queries) MovedTo(ctx context.Context, from phonebank.CommitmentID) (c phonebank.Commitment, err error) {
	err = q.get(ctx, &c, `SELECT `+commitmentColumns+` FROM commitments WHERE moved_from = $1`, from)
	return c, err
}

// AddMoved keeps the promise that takes the place of one that was moved: it earns the same rung.
func (tx *Tx) AddMoved(ctx context.Context, c phonebank.Commitment, from phonebank.CommitmentID) error {
	if err := tx.AddCommitment(ctx, c); err != nil {
		return err
	}
	_, err := tx.exec(ctx, `UPDATE commitments SET moved_from = $2, rung = (SELECT rung FROM commitments WHERE id = $2) WHERE id = $1`, c.ID, from)
	return err
}

// ChainOf lists every follow-up of a promise, the earliest first, and keeps them to this transaction.
func (tx *Tx) ChainOf(ctx context.Context, id phonebank.CommitmentID) (list []phonebank.FollowUp, err error) {
	err = tx.all(ctx, &list, `SELECT `+followUpColumns+` FROM follow_ups WHERE commitment_id = $1 ORDER BY id FOR NO KEY UPDATE`, id)
	return list, err
}

// HandOnChain gives a follow-up to the promise that took the place of its own.
func (tx *Tx) HandOnChain(ctx context.Context, f phonebank.FollowUpID, to phonebank.CommitmentID) error {
	_, err := tx.exec(ctx, `UPDATE follow_ups SET commitment_id = $2 WHERE id = $1`, f, to)
	return err
}

// Reword gives a follow-up other words, and its text that has not left; automatic tells whether it may still go by itself.
func (tx *Tx) Reword(ctx context.Context, f phonebank.FollowUp, by By, at time.Time) error {
	if _, err := tx.exec(ctx, `UPDATE follow_ups SET body = $2, automatic = $3 WHERE id = $1`, f.ID, f.Body, f.Automatic); err != nil {
		return err
	}
	if _, err := tx.exec(ctx, `
		WITH old AS (SELECT id, state FROM outbox WHERE follow_up_id = $1 AND state IN ('held', 'ready') FOR NO KEY UPDATE),
		new AS (
			UPDATE outbox o SET body = $2, automatic = $3, state = CASE WHEN $3 THEN o.state ELSE 'held' END FROM old WHERE o.id = old.id
			RETURNING o.id, old.state AS was, o.state)
		INSERT INTO journal (at, thing, thing_id, event, from_state, to_state, by_user)
		SELECT $4, 'outbox', id, 'hold', was, state, $5 FROM new WHERE was <> state`, f.ID, f.Body, f.Automatic, at, string(by.User)); err != nil {
		return err
	}
	return tx.Note(ctx, at, "follow_up", string(f.ID), "reword", by)
}

// CallIfSilent says whether a check-in that nobody answers leads to a call.
func (tx *Tx) CallIfSilent(ctx context.Context, id phonebank.FollowUpID, call bool) error {
	_, err := tx.exec(ctx, `UPDATE follow_ups SET call_if_silent = $2 WHERE id = $1`, id, call)
	return err
}

// Silent is a check-in that went out and led to nothing yet.
type Silent struct {
	ID      phonebank.FollowUpID `db:"id"`
	PhoneID phonebank.PhoneID    `db:"phone_id"`
}

// SilentCheckIns lists check-ins that went out before a moment and whose answer, or silence, nobody has looked at.
func (q queries) SilentCheckIns(ctx context.Context, before time.Time, limit int) (list []Silent, err error) {
	err = q.all(ctx, &list, `
		SELECT f.id, f.phone_id FROM follow_ups f JOIN phones p ON p.id = f.phone_id
		WHERE f.call_if_silent AND f.state = 'done' AND f.done_at <= $1 AND p.hold_since IS NULL ORDER BY f.done_at LIMIT $2`, before, limit)
	return list, err
}

// CheckedIn tells when a check-in left, or nothing where a person put it aside, and whether its promise is still open.
func (tx *Tx) CheckedIn(ctx context.Context, id phonebank.FollowUpID) (at *time.Time, open bool, err error) {
	var row struct {
		At   *time.Time `db:"at"`
		Open bool       `db:"open"`
	}
	err = tx.get(ctx, &row, `
		SELECT (SELECT max(o.claimed_at) FROM outbox o WHERE o.follow_up_id = f.id AND o.state = 'accepted') AS at, COALESCE(c.state = 'open', false) AS open
		FROM follow_ups f LEFT JOIN commitments c ON c.id = f.commitment_id WHERE f.id = $1`, id)
	return row.At, row.Open, err
}

// DraftAutomatic turns the texts that would still go to a person by themselves into drafts for a person: all of them, or
// those of one promise. What is under way is under way.
func (tx *Tx) DraftAutomatic(ctx context.Context, person phonebank.PersonID, about phonebank.CommitmentID, why string, by By, at time.Time) (int64, error) {
	return tx.exec(ctx, `
		WITH old AS (
			SELECT id, state FROM follow_ups
			WHERE person_id = $1 AND channel = 'text' AND automatic AND state IN ('planned', 'due') AND ($2 = '' OR commitment_id = $2) ORDER BY id FOR NO KEY UPDATE),
		new AS (
			UPDATE follow_ups f SET automatic = false, why = $3, rung_at = NULL, generation = generation + 1, state = CASE WHEN f.state = 'due' THEN 'needs_person' ELSE f.state END
			FROM old WHERE f.id = old.id RETURNING f.id, old.state AS was, f.state),
		texts AS (
			UPDATE outbox o SET state = 'held', automatic = false, why = $3, generation = generation + 1, rung_at = NULL
			FROM new WHERE o.follow_up_id = new.id AND o.state = 'ready' RETURNING o.id),
		noted AS (
			INSERT INTO journal (at, thing, thing_id, event, from_state, to_state, by_user, note) SELECT $4, 'outbox', id, 'hold', 'ready', 'held', $5, $3 FROM texts)
		INSERT INTO journal (at, thing, thing_id, event, from_state, to_state, by_user, note) SELECT $4, 'follow_up', id, 'ask_person', was, state, $5, $3 FROM new`,
		person, string(about), why, at, string(by.User))
}

// ByHand is whether texts to a person go by a person's press only, and since when.
func (q queries) ByHand(ctx context.Context, person phonebank.PersonID) (since *time.Time, err error) {
	err = q.get(ctx, &since, `SELECT by_hand_since FROM people WHERE id = $1`, person)
	return since, err
}

// MissedInARow counts the promises that a person missed since the last one they kept, or since a coordinator said that
// texts may go by themselves again.
func (q queries) MissedInARow(ctx context.Context, person phonebank.PersonID) (n int, err error) {
	err = q.get(ctx, &n, `
		SELECT count(*) FROM commitments c JOIN people p ON p.id = c.person_id
		WHERE c.person_id = $1 AND c.state = 'missed'
			AND c.settled_at > COALESCE((SELECT max(k.settled_at) FROM commitments k WHERE k.person_id = $1 AND k.state = 'kept'), '-infinity')
			AND c.settled_at > COALESCE(p.by_hand_lifted_at, '-infinity')`, person)
	return n, err
}

// SetByHand keeps whether texts to a person go by a person's press only.
func (tx *Tx) SetByHand(ctx context.Context, person phonebank.PersonID, byHand, lifted bool, by By, at time.Time) error {
	n, err := tx.exec(ctx, `
		UPDATE people SET by_hand_since = CASE WHEN $2 THEN $4::timestamptz END, by_hand_lifted_at = CASE WHEN $3 THEN $4 ELSE by_hand_lifted_at END
		WHERE id = $1 AND (by_hand_since IS NOT NULL) <> $2`, person, byHand, lifted, at)
	if err != nil || n == 0 {
		return err
	}
	event := "texts by hand"
	if !byHand {
		event = "texts by themselves"
	}
	return tx.Note(ctx, at, "person", string(person), event, by)
}

// endChains ends what would still follow from check-ins to a number, and what its texts seemed to say.
func (tx *Tx) endChains(ctx context.Context, id phonebank.PhoneID, why string, by By, at time.Time) error {
	if _, err := tx.exec(ctx, `UPDATE follow_ups SET call_if_silent = false WHERE call_if_silent AND state = 'done' AND phone_id = $1`, id); err != nil {
		return err
	}
	return tx.DismissOn(ctx, id, why, by.User, at)
}
