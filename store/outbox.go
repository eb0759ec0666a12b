package store

import (
	"context"
	"time"

	"github.com/lib/pq"

	"phonebank"
)

const outboxColumns = `id, state, follow_up_id, step, nonce, COALESCE(campaign_id, '') AS campaign_id, COALESCE(person_id, '') AS person_id, phone_id,
	COALESCE(user_id, '') AS user_id, COALESCE(conversation_id, '') AS conversation_id, message_id, from_number, to_number, body, automatic, legal, generation,
	attempt, token, sid, not_before, not_after, rung_at, claimed_at, error_code, why, created_at, looked, asked_at, COALESCE(decided_by, '') AS decided_by, decided_at`

// AddOutbox writes down a text that must leave. A nonce that is there already is a Conflict: the same press.
func (q queries) AddOutbox(ctx context.Context, o phonebank.Outbox) error {
	if o.Token == "" {
		o.Token = phonebank.NewToken()
	}
	_, err := q.hotExec(ctx, `
		INSERT INTO outbox (id, state, follow_up_id, step, nonce, campaign_id, person_id, phone_id, user_id, conversation_id, from_number, to_number, body,
			automatic, legal, token, not_before, not_after, created_at)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19)`,
		o.ID, o.State, o.FollowUpID, max(o.Step, 1), o.Nonce, null(o.CampaignID), null(o.PersonID), o.PhoneID, null(o.UserID), null(o.Conversation), o.From, o.To, o.Body,
		o.Automatic, o.Legal, o.Token, o.NotBefore, o.NotAfter, o.CreatedAt)
	return err
}

// Outbox finds one.
func (q queries) Outbox(ctx context.Context, id phonebank.OutboxID) (o phonebank.Outbox, err error) {
	err = q.get(ctx, &o, `SELECT `+outboxColumns+` FROM outbox WHERE id = $1`, id)
	return o, err
}

// OutboxByNonce finds the text that a form's press made.
func (q queries) OutboxByNonce(ctx context.Context, nonce string) (o phonebank.Outbox, err error) {
	err = q.get(ctx, &o, `SELECT `+outboxColumns+` FROM outbox WHERE nonce = $1`, nonce)
	return o, err
}

// OutboxByToken finds the text whose callbacks carry a token, and keeps it to this transaction.
func (tx *Tx) OutboxByToken(ctx context.Context, token string) (o phonebank.Outbox, err error) {
	err = tx.hotGet(ctx, &o, `SELECT `+outboxColumns+` FROM outbox WHERE token = $1 FOR NO KEY UPDATE`, token)
	return o, err
}

// OutboxOf finds the text of a follow-up.
func (q queries) OutboxOf(ctx context.Context, id phonebank.FollowUpID) (o phonebank.Outbox, err error) {
	err = q.get(ctx, &o, `SELECT `+outboxColumns+` FROM outbox WHERE follow_up_id = $1 ORDER BY step DESC LIMIT 1`, id)
	return o, err
}

// Sending is a text that is about to be claimed, with all that decides whether it may go.
type Sending struct {
	phonebank.Outbox
	Person        phonebank.PersonID      `db:"pid"`
	PersonZone    string                  `db:"person_zone"`
	PersonRegion  string                  `db:"person_region"`
	PhoneZones    string                  `db:"phone_zones"`
	OptedOut      bool                    `db:"opted_out"`
	OnHold        bool                    `db:"on_hold"`
	NoTexts       bool                    `db:"no_texts"`
	LastInboundAt *time.Time              `db:"last_inbound_at"`
	FollowUpState phonebank.FollowUpState `db:"follow_up_state"`
	TextOK        bool                    `db:"text_ok"`
}

// LockSending locks the number of a text and reads, in that first statement, what does not depend on other rows.
func (tx *Tx) LockSending(ctx context.Context, id phonebank.OutboxID) (s Sending, err error) {
	err = tx.hotGet(ctx, &s, `
		SELECT o.id, o.state, o.follow_up_id, o.step, o.nonce, COALESCE(o.campaign_id, '') AS campaign_id, COALESCE(o.person_id, '') AS person_id, o.phone_id,
			COALESCE(o.user_id, '') AS user_id, COALESCE(o.conversation_id, '') AS conversation_id, o.message_id, o.from_number, o.to_number, o.body, o.automatic,
			o.legal, o.generation, o.attempt, o.token, o.sid, o.not_before, o.not_after, o.rung_at, o.claimed_at, o.error_code, o.why, o.created_at,
			COALESCE(o.person_id, '') AS pid, COALESCE(pe.zone, '') AS person_zone, COALESCE(pe.region, '') AS person_region, p.zones AS phone_zones,
			p.opted_out_at IS NOT NULL AS opted_out, p.hold_since IS NOT NULL AS on_hold, p.bad_at IS NOT NULL OR p.no_texts_at IS NOT NULL AS no_texts,
			p.last_inbound_at, COALESCE(f.state, '') AS follow_up_state,
			NOT o.automatic OR o.legal OR COALESCE((SELECT c.given FROM consents c WHERE c.person_id = o.person_id AND c.channel = 'text_ok' ORDER BY c.at DESC, c.id DESC LIMIT 1), false) AS text_ok
		FROM outbox o JOIN phones p ON p.id = o.phone_id LEFT JOIN people pe ON pe.id = o.person_id LEFT JOIN follow_ups f ON f.id = o.follow_up_id
		WHERE o.id = $1
		FOR NO KEY UPDATE OF p`, id)
	return s, err
}

// ClaimText takes a ready text for one attempt, writes its message and moves its follow-up, in one statement after the
// number's lock. It answers false where the text was claimed, moved or cancelled meanwhile, where everything or its wave is
// paused, where what came in is not fetched, or where the number has had its share of today. The journal keeps the zones by
// which its hours were judged, so that the auditor judges by the same.
func (tx *Tx) ClaimText(ctx context.Context, s Sending, generation int, c phonebank.Change[phonebank.OutboxState, phonebank.OutboxEvent], f phonebank.Change[phonebank.FollowUpState, phonebank.FollowUpEvent]) (bool, error) {
	since := c.At.Add(-24 * time.Hour)
	if s.LastInboundAt != nil && s.LastInboundAt.After(since) {
		since = *s.LastInboundAt
	}
	message := phonebank.NewID[phonebank.MessageID](c.At)
	n, err := tx.hotExec(ctx, `
		WITH claimed AS (
			UPDATE outbox SET state = $3::text, attempt = attempt + 1, claimed_at = $4, message_id = COALESCE(message_id, $5)
			WHERE id = $1 AND generation = $2 AND state = $6::text AND not_before <= $4 AND not_after > $4
				AND NOT EXISTS (SELECT 1 FROM pauses WHERE lifted_at IS NULL AND (kind = 'restored' OR NOT outbox.legal))
				AND (legal OR `+fresh("$4")+`)
				AND NOT EXISTS (SELECT 1 FROM follow_ups f WHERE f.id = outbox.follow_up_id AND NOT `+waveStands+`)
				AND (NOT automatic OR NOT EXISTS (`+unweighedOn+`outbox.phone_id) AND NOT EXISTS (`+suggestedOn+`outbox.phone_id))
				AND (legal OR (SELECT count(*) FROM outbox o WHERE o.phone_id = outbox.phone_id AND o.claimed_at > $7 AND NOT o.legal AND o.id <> $1) < $8)
			RETURNING id, message_id, campaign_id, person_id, phone_id, user_id, conversation_id, from_number, to_number, body, automatic, follow_up_id),
		written AS (
			INSERT INTO messages (id, direction, state, campaign_id, person_id, phone_id, user_id, conversation_id, from_number, to_number, body, automatic, at)
			SELECT message_id, 'out', 'planned', campaign_id, person_id, phone_id, user_id, conversation_id, from_number, to_number, body, automatic, $4 FROM claimed
			ON CONFLICT (id) DO NOTHING),
		followed AS (
			UPDATE follow_ups SET state = $10::text FROM claimed WHERE follow_ups.id = claimed.follow_up_id AND follow_ups.state = $9::text),
		answered AS (
			UPDATE phones SET waiting_since = NULL, missed_since = NULL
			FROM claimed WHERE phones.id = claimed.phone_id AND (phones.waiting_since IS NOT NULL OR phones.missed_since IS NOT NULL) AND NOT claimed.automatic)
		INSERT INTO journal (at, thing, thing_id, event, from_state, to_state, note)
		SELECT $4, 'outbox', id, $11, $6::text, $3::text, $12 FROM claimed`,
		s.ID, generation, string(c.To), c.At, message, string(c.From), since, phonebank.TextsPerDay, string(f.From), string(f.To), string(c.Event),
		phonebank.ZonesOf(s.PersonZone, s.PersonRegion, s.PhoneZones))
	return n == 1, err
}

// TextedEnough tells whether a number has had its texts of a day, as the claim counts them.
func (tx *Tx) TextedEnough(ctx context.Context, s Sending, at time.Time) (enough bool, err error) {
	since := at.Add(-24 * time.Hour)
	if s.LastInboundAt != nil && s.LastInboundAt.After(since) {
		since = *s.LastInboundAt
	}
	err = tx.get(ctx, &enough, `SELECT count(*) >= $3 FROM outbox WHERE phone_id = $1 AND claimed_at > $2 AND NOT legal AND id <> $4`, s.PhoneID, since, phonebank.TextsPerDay, s.ID)
	return enough, err
}

// Outcome is what came of a claimed text: its own move, and what that means for its message and its follow-up.
type Outcome struct {
	phonebank.Outbox
	Change    phonebank.Change[phonebank.OutboxState, phonebank.OutboxEvent]
	Message   phonebank.MessageState
	FollowUp  phonebank.FollowUpState
	NotBefore time.Time
}

// FinishText stores what came of a claimed text: its own move, its message's state and its follow-up's end, in one
// statement. It changes nothing where a callback was faster.
func (q queries) FinishText(ctx context.Context, o Outcome) error {
	_, err := q.hotExec(ctx, `
		WITH moved AS (
			UPDATE outbox SET state = $3::text, sid = COALESCE($4, sid), error_code = $5, why = $6, not_before = $7,
				claimed_at = CASE WHEN $3::text = 'ready' THEN NULL ELSE claimed_at END,
				rung_at = CASE WHEN $3::text = 'ready' THEN NULL ELSE rung_at END
			WHERE id = $1 AND state = $2::text
			RETURNING id, message_id, follow_up_id),
		written AS (
			UPDATE messages SET sid = COALESCE($4, sid), error_code = $5,
				state = CASE WHEN $8::text <> '' AND messages.state = 'planned' THEN $8::text ELSE messages.state END
			FROM moved WHERE messages.id = moved.message_id),
		followed AS (
			UPDATE follow_ups SET state = $9::text, why = $6, done_at = CASE WHEN $9::text IN ('done', 'failed') THEN $10::timestamptz END
			FROM moved WHERE follow_ups.id = moved.follow_up_id AND $9::text <> '' AND follow_ups.state NOT IN ('done', 'cancelled'))
		INSERT INTO journal (at, thing, thing_id, event, from_state, to_state, note)
		SELECT $10, 'outbox', id, $11, $2::text, $3::text, $6 FROM moved`,
		o.ID, string(o.Change.From), string(o.Change.To), o.SID, o.ErrorCode, o.Why, o.NotBefore, string(o.Message), string(o.FollowUp), o.Change.At, string(o.Change.Event))
	return err
}

// SaveOutbox stores a move that goes with no attempt: a press, a hold, an end.
func (q queries) SaveOutbox(ctx context.Context, o phonebank.Outbox, c phonebank.Change[phonebank.OutboxState, phonebank.OutboxEvent], by By) error {
	return save(ctx, q, "outbox", string(o.ID), c, by, set{"why", o.Why}, set{"body", o.Body}, set{"not_before", o.NotBefore}, set{"not_after", o.NotAfter}, set{"user_id", null(o.UserID)}, set{"automatic", o.Automatic})
}

// DelayText moves a ready text to the next moment when it may go.
func (q queries) DelayText(ctx context.Context, id phonebank.OutboxID, until time.Time) error {
	_, err := q.exec(ctx, `UPDATE outbox SET not_before = $2, rung_at = NULL WHERE id = $1 AND state = 'ready'`, id, until)
	return err
}

// RingTexts takes ready texts that are due and for which nobody has rung lately, each under a new generation. Where nothing may
// leave now but the one answer that a keyword is owed, it takes only those.
func (q queries) RingTexts(ctx context.Context, at time.Time, again time.Duration, onlyLegal bool, limit int) (list []Rung, err error) {
	err = q.all(ctx, &list, `
		UPDATE outbox SET generation = generation + 1, rung_at = $1
		WHERE id IN (
			SELECT id FROM outbox
			WHERE state = 'ready' AND not_before <= $1 AND not_after > $1 AND (rung_at IS NULL OR rung_at < $2) AND (legal OR NOT $4::boolean)
			ORDER BY not_before LIMIT $3 FOR NO KEY UPDATE SKIP LOCKED)
		RETURNING id, generation`, at, at.Add(-again), limit, onlyLegal)
	return list, err
}

// TooLateTexts lists texts whose last moment has passed: a person decides about them.
func (q queries) TooLateTexts(ctx context.Context, at time.Time) (list []phonebank.Outbox, err error) {
	err = q.all(ctx, &list, `SELECT `+outboxColumns+` FROM outbox WHERE state = 'ready' AND not_after <= $1 LIMIT 200`, at)
	return list, err
}

// LeasedOut lists texts that were claimed and have no outcome after their lease: nobody knows what became of them.
func (q queries) LeasedOut(ctx context.Context, before time.Time) (list []phonebank.Outbox, err error) {
	err = q.all(ctx, &list, `SELECT `+outboxColumns+` FROM outbox WHERE state = 'sending' AND claimed_at < $1 LIMIT 200`, before)
	return list, err
}

// UnknownTexts lists texts whose outcome nobody knows and that are to be looked up now: the first time a minute after the claim,
// then ever more seldom, at each of the given distances once.
func (q queries) UnknownTexts(ctx context.Context, at time.Time, after []time.Duration, limit int) (list []phonebank.Outbox, err error) {
	seconds := make([]int64, len(after))
	for i, d := range after {
		seconds[i] = int64(d.Seconds())
	}
	err = q.all(ctx, &list, `
		SELECT `+outboxColumns+` FROM outbox
		WHERE state = 'unknown' AND asked_at IS NULL AND claimed_at <= $1::timestamptz - make_interval(secs => ($2::bigint[])[LEAST(looked, $3 - 1) + 1])
		ORDER BY claimed_at LIMIT $4`, at, pq.Array(seconds), len(after), limit)
	return list, err
}

// Looked notes how often an unknown text has been looked up.
func (q queries) Looked(ctx context.Context, id phonebank.OutboxID, times int) error {
	_, err := q.exec(ctx, `UPDATE outbox SET looked = $2 WHERE id = $1 AND state = 'unknown'`, id, times)
	return err
}

// AskPerson puts an unknown text on a person's list, once.
func (tx *Tx) AskPerson(ctx context.Context, o phonebank.Outbox, why string, at time.Time) (bool, error) {
	n, err := tx.exec(ctx, `
		WITH asked AS (
			UPDATE outbox SET asked_at = $2, why = $3 WHERE id = $1 AND state = 'unknown' AND asked_at IS NULL RETURNING id)
		INSERT INTO journal (at, thing, thing_id, event, from_state, to_state, note) SELECT $2, 'outbox', id, 'ask_person', 'unknown', 'unknown', $3 FROM asked`,
		o.ID, at, why)
	return n == 1, err
}

// Decide stores what a person made of a text whose outcome nobody knows. A decision that somebody else has made is Stale.
func (tx *Tx) Decide(ctx context.Context, o phonebank.Outbox, c phonebank.Change[phonebank.OutboxState, phonebank.OutboxEvent], by phonebank.UserID) error {
	return save(ctx, tx.queries, "outbox", string(o.ID), c, By{User: by, Note: o.Why}, set{"why", o.Why}, set{"decided_by", string(by)}, set{"decided_at", c.At})
}

// LastStep is how many texts a follow-up has had so far.
func (tx *Tx) LastStep(ctx context.Context, id phonebank.FollowUpID) (step int, err error) {
	err = tx.get(ctx, &step, `SELECT COALESCE(max(step), 0) FROM outbox WHERE follow_up_id = $1`, id)
	return step, err
}

// DropAgain takes back the second try of a text whose first one has turned up, where it has not left.
func (tx *Tx) DropAgain(ctx context.Context, first phonebank.Outbox, why string, at time.Time) error {
	_, err := tx.exec(ctx, `
		WITH gone AS (
			UPDATE outbox SET state = 'cancelled', why = $2, generation = generation + 1 WHERE nonce = 'again-' || $1 AND state IN ('held', 'ready') RETURNING id)
		INSERT INTO journal (at, thing, thing_id, event, from_state, to_state, note) SELECT $3, 'outbox', id, 'cancel', 'ready', 'cancelled', $2 FROM gone`,
		string(first.ID), why, at)
	return err
}
