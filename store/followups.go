package store

import (
	"context"
	"time"

	"phonebank"
)

const followUpColumns = `id, campaign_id, person_id, phone_id, COALESCE(conversation_id, '') AS conversation_id, COALESCE(commitment_id, '') AS commitment_id,
	COALESCE(owner_id, '') AS owner_id, COALESCE(wave_id, '') AS wave_id, COALESCE(session_id, '') AS session_id, channel, reason, state, body, automatic,
	local_wish, zone, due_at, not_after, why, generation, created_at, done_at, call_if_silent`

// AddFollowUp keeps a promise. A text has its outbox row from the start: held where a person must press, else ready.
func (tx *Tx) AddFollowUp(ctx context.Context, f phonebank.FollowUp, from, to phonebank.Number) error {
	if _, err := tx.hotExec(ctx, `
		INSERT INTO follow_ups (id, campaign_id, person_id, phone_id, conversation_id, commitment_id, owner_id, wave_id, session_id, channel, reason, state, body,
			automatic, local_wish, zone, due_at, not_after, created_at, call_if_silent, why)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21)`,
		f.ID, f.CampaignID, f.PersonID, f.PhoneID, null(f.Conversation), null(f.CommitmentID), null(f.OwnerID), null(f.WaveID), null(f.SessionID), f.Channel, f.Reason,
		f.State, f.Body, f.Automatic, f.Local, f.Zone, f.DueAt, f.NotAfter, f.CreatedAt, f.CallIfSilent, f.Why); err != nil {
		return err
	}
	if f.Channel != phonebank.ByText {
		return nil
	}
	state := phonebank.OutboxHeld
	if f.Automatic {
		state = phonebank.OutboxReady
	}
	return tx.AddOutbox(ctx, phonebank.Outbox{
		ID: phonebank.NewID[phonebank.OutboxID](f.CreatedAt), State: state, FollowUpID: &f.ID, Step: 1, CampaignID: f.CampaignID, PersonID: f.PersonID,
		PhoneID: f.PhoneID, UserID: f.OwnerID, Conversation: f.Conversation, From: from, To: to, Body: f.Body, Automatic: f.Automatic,
		NotBefore: f.DueAt, NotAfter: f.NotAfter, CreatedAt: f.CreatedAt,
	})
}

// FollowUp finds one.
func (q queries) FollowUp(ctx context.Context, id phonebank.FollowUpID) (f phonebank.FollowUp, err error) {
	err = q.get(ctx, &f, `SELECT `+followUpColumns+` FROM follow_ups WHERE id = $1`, id)
	return f, err
}

// LockFollowUp finds one and keeps it to this transaction.
func (tx *Tx) LockFollowUp(ctx context.Context, id phonebank.FollowUpID) (f phonebank.FollowUp, err error) {
	err = tx.get(ctx, &f, `SELECT `+followUpColumns+` FROM follow_ups WHERE id = $1 FOR NO KEY UPDATE`, id)
	return f, err
}

// SaveFollowUp stores a move of a follow-up with why it ended.
func (q queries) SaveFollowUp(ctx context.Context, f phonebank.FollowUp, c phonebank.Change[phonebank.FollowUpState, phonebank.FollowUpEvent], by By) error {
	var done any
	switch c.To {
	case phonebank.FollowUpDone, phonebank.FollowUpFailed, phonebank.FollowUpCancelled, phonebank.FollowUpExpired:
		done = c.At
	}
	return save(ctx, q, "follow_up", string(f.ID), c, by, set{"why", f.Why}, set{"done_at", done})
}

// MoveFollowUp sets another time; whatever was rung for the old one finds its generation gone. What has ended stays ended.
func (tx *Tx) MoveFollowUp(ctx context.Context, f phonebank.FollowUp, by By, at time.Time) error {
	n, err := tx.exec(ctx, `
		UPDATE follow_ups SET local_wish = $2, zone = $3, due_at = $4, not_after = $5, state = 'planned', generation = generation + 1, rung_at = NULL
		WHERE id = $1 AND state IN ('planned', 'due', 'offered', 'in_progress', 'needs_person')`, f.ID, f.Local, f.Zone, f.DueAt, f.NotAfter)
	if err != nil {
		return err
	}
	if n == 0 {
		return phonebank.Fail(phonebank.Stale, "This has changed in the meantime. Please look again.")
	}
	if _, err := tx.exec(ctx, `
		UPDATE outbox SET not_before = $2, not_after = $3, generation = generation + 1, rung_at = NULL, state = CASE WHEN automatic THEN 'ready' ELSE state END
		WHERE follow_up_id = $1 AND state IN ('held', 'ready')`, f.ID, f.DueAt, f.NotAfter); err != nil {
		return err
	}
	return tx.Note(ctx, at, "follow_up", string(f.ID), "move", by)
}

// CancelText takes back the text of a follow-up that has not left.
func (tx *Tx) CancelText(ctx context.Context, id phonebank.FollowUpID, why string) error {
	_, err := tx.exec(ctx, `UPDATE outbox SET state = 'cancelled', why = $2, generation = generation + 1 WHERE follow_up_id = $1 AND state IN ('held', 'ready')`, id, why)
	return err
}

// Rung is one row that is due and for which the doorbell must ring.
type Rung struct {
	ID         string `db:"id"`
	Generation int    `db:"generation"`
}

// RingFollowUps takes follow-ups that have come due, each under a new generation. Calls become due; texts that wait for a
// person's press go on that person's list. A bell that rang and was not heard is rung again after some time.
func (q queries) RingFollowUps(ctx context.Context, at time.Time, again time.Duration, limit int) (list []Rung, err error) {
	err = q.all(ctx, &list, `
		UPDATE follow_ups SET generation = generation + 1, rung_at = $1
		WHERE id IN (
			SELECT id FROM follow_ups
			WHERE state = 'planned' AND due_at <= $1 AND NOT (channel = 'text' AND automatic) AND (rung_at IS NULL OR rung_at < $2)
			ORDER BY due_at LIMIT $3 FOR NO KEY UPDATE SKIP LOCKED)
		RETURNING id, generation`, at, at.Add(-again), limit)
	return list, err
}

// OpenFollowUps lists what is still to come for a person.
func (q queries) OpenFollowUps(ctx context.Context, person phonebank.PersonID) (list []phonebank.FollowUp, err error) {
	err = q.all(ctx, &list, `SELECT `+followUpColumns+` FROM follow_ups WHERE person_id = $1 ORDER BY due_at DESC LIMIT 100`, person)
	return list, err
}
