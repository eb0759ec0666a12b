package store

import (
	"context"
	"time"

	"github.com/lib/pq"

	"phonebank"
)

const phoneColumns = `id, number, zones, opted_out_at, opted_out_how, opted_out_words, hold_since, bad_at, no_texts_at, last_inbound_at`

// Phone finds a number by its id.
func (q queries) Phone(ctx context.Context, id phonebank.PhoneID) (p phonebank.Phone, err error) {
	err = q.get(ctx, &p, `SELECT `+phoneColumns+` FROM phones WHERE id = $1`, id)
	return p, err
}

// PhoneByNumber finds a number as it is written in E.164.
func (q queries) PhoneByNumber(ctx context.Context, n phonebank.Number) (p phonebank.Phone, err error) {
	err = q.get(ctx, &p, `SELECT `+phoneColumns+` FROM phones WHERE number = $1`, n)
	return p, err
}

// LockPhone keeps a number to this transaction: a claim and a STOP wait for each other here. What the claim checks must be
// read after this, in a statement of its own, since a statement that waited for the lock still sees what was before.
func (tx *Tx) LockPhone(ctx context.Context, id phonebank.PhoneID) (p phonebank.Phone, err error) {
	err = tx.hotGet(ctx, &p, `SELECT `+phoneColumns+` FROM phones WHERE id = $1 FOR NO KEY UPDATE`, id)
	return p, err
}

// KeepPhone finds a number or writes it down.
func (q queries) KeepPhone(ctx context.Context, n phonebank.Number, zones string, at time.Time) (p phonebank.Phone, err error) {
	err = q.hotGet(ctx, &p, `
		INSERT INTO phones (id, number, zones, created_at) VALUES ($1, $2, $3, $4)
		ON CONFLICT (number) DO UPDATE SET zones = CASE WHEN phones.zones = '' THEN EXCLUDED.zones ELSE phones.zones END
		RETURNING `+phoneColumns, phonebank.NewID[phonebank.PhoneID](at), n, zones, at)
	return p, err
}

// Stopped is who is touched by an opt-out, so that their screens can be told.
type Stopped struct {
	Fresh  bool // false: the number was blocked before
	People []phonebank.PersonID
	Owners []phonebank.UserID
	Talks  []phonebank.ConversationID // that are open with somebody on the number
}

// touched lists who is on a number, who knows them, and who is in a talk with them.
func (tx *Tx) touched(ctx context.Context, id phonebank.PhoneID) (s Stopped, err error) {
	if err = tx.all(ctx, &s.People, `SELECT id FROM people WHERE phone_id = $1`, id); err != nil {
		return s, err
	}
	if err = tx.all(ctx, &s.Talks, `SELECT c.id FROM conversations c JOIN people p ON p.id = c.person_id WHERE p.phone_id = $1 AND c.state = 'open'`, id); err != nil {
		return s, err
	}
	err = tx.all(ctx, &s.Owners, `SELECT DISTINCT owner_id FROM people WHERE phone_id = $1 AND owner_id IS NOT NULL`, id)
	return s, err
}

// OptOut blocks texts and calls to a number, for everybody on it and in every campaign, and cancels all that was to
// come, in the transaction that stores it (47 CFR 64.1200(a)(10): any reasonable means; we act within the second).
func (tx *Tx) OptOut(ctx context.Context, id phonebank.PhoneID, how, words string, by By, at time.Time) (s Stopped, err error) {
	before, err := tx.LockPhone(ctx, id)
	if err != nil {
		return s, err
	}
	// A keyword never weakens what a person said aloud: START lifts keywords only.
	if _, err = tx.exec(ctx, `
		UPDATE phones SET opted_out_at = COALESCE(opted_out_at, $2),
			opted_out_how = CASE WHEN opted_out_at IS NOT NULL AND opted_out_how <> 'text' THEN opted_out_how ELSE $3 END,
			opted_out_words = $4, hold_since = NULL, waiting_since = NULL, missed_since = NULL
		WHERE id = $1`, id, at, how, words); err != nil {
		return s, err
	}
	if err = tx.ruleOn(ctx, id, phonebank.RuleNo, by.Note, by.User, at); err != nil {
		return s, err
	}
	if _, err = tx.exec(ctx, `
		INSERT INTO consents (id, phone_id, channel, given, source, words, stated_by, at)
		VALUES ($1, $2, 'all', false, $3, $4, $5, $6)`, phonebank.NewID[string](at), id, how, words, string(by.User), by.said(at)); err != nil {
		return s, err
	}
	if err = tx.cancelAhead(ctx, id, "They asked us to stop.", by, at); err != nil {
		return s, err
	}
	if _, err = tx.exec(ctx, `UPDATE call_list SET state = 'done', why = 'opted out' WHERE phone_id = $1 AND state <> 'done'`, id); err != nil {
		return s, err
	}
	if err = tx.stopRinging(ctx, id, at); err != nil {
		return s, err
	}
	if err = tx.Note(ctx, at, "phone", string(id), "opt_out", By{User: by.User, Note: how}); err != nil {
		return s, err
	}
	s, err = tx.touched(ctx, id)
	s.Fresh = before.OptedOutAt == nil
	return s, err
}

// stopRinging ends the lines that are just being set up to a number: they must not ring on. A talk is never cut.
func (tx *Tx) stopRinging(ctx context.Context, id phonebank.PhoneID, at time.Time) error {
	_, err := tx.exec(ctx, `
		UPDATE calls SET hang_up_at = $2
		WHERE phone_id = $1 AND kind = 'outbound' AND state IN ('reserved', 'placing', 'ringing') AND (hang_up_at IS NULL OR hang_up_at > $2)`, id, at)
	return err
}

// cancelAhead cancels every follow-up and text that is still to come for a number.
func (tx *Tx) cancelAhead(ctx context.Context, id phonebank.PhoneID, why string, by By, at time.Time) error {
	if err := tx.leaveWaves(ctx, id); err != nil {
		return err
	}
	if err := tx.endChains(ctx, id, why, by, at); err != nil {
		return err
	}
	if _, err := tx.exec(ctx, `
		WITH gone AS (
			UPDATE follow_ups f SET state = 'cancelled', why = $2, done_at = $3, generation = generation + 1
			FROM (SELECT id, state FROM follow_ups WHERE phone_id = $1 AND state = ANY($4) FOR UPDATE) old
			WHERE f.id = old.id
			RETURNING f.id, old.state)
		INSERT INTO journal (at, thing, thing_id, event, from_state, to_state, by_user, note)
		SELECT $3, 'follow_up', id, 'cancel', state, 'cancelled', $5, $2 FROM gone`,
		id, why, at, pq.Array(openFollowUps), string(by.User)); err != nil {
		return err
	}
	_, err := tx.exec(ctx, `
		WITH gone AS (
			UPDATE outbox o SET state = 'cancelled', why = $2, generation = generation + 1
			FROM (SELECT id, state FROM outbox WHERE phone_id = $1 AND state = ANY($4) AND NOT legal FOR UPDATE) old
			WHERE o.id = old.id
			RETURNING o.id, old.state)
		INSERT INTO journal (at, thing, thing_id, event, from_state, to_state, by_user, note)
		SELECT $3, 'outbox', id, 'cancel', state, 'cancelled', $5, $2 FROM gone`,
		id, why, at, pq.Array(phonebank.OutboxTable.Sources(phonebank.OutboxCancel)), string(by.User))
	return err
}

var openFollowUps = func() (out []string) {
	for _, s := range phonebank.FollowUpOpen {
		out = append(out, string(s))
	}
	return out
}()

// OptIn lifts what a keyword blocked. It revives nothing that was cancelled. A START that reached us late lifts no stop that was
// said after it.
func (tx *Tx) OptIn(ctx context.Context, id phonebank.PhoneID, how, words string, by By, at time.Time) error {
	n, err := tx.exec(ctx, `
		UPDATE phones SET opted_out_at = NULL, opted_out_how = '', opted_out_words = ''
		WHERE id = $1 AND opted_out_at IS NOT NULL AND ($2 OR opted_out_how = 'text'
			AND NOT EXISTS (SELECT 1 FROM consents c WHERE c.phone_id = $1 AND c.channel = 'all' AND NOT c.given AND c.at > $3))`, id, by.User != "", by.said(at))
	if err != nil || n == 0 {
		return err
	}
	if _, err = tx.exec(ctx, `
		INSERT INTO consents (id, phone_id, channel, given, source, words, stated_by, at)
		VALUES ($1, $2, 'all', true, $3, $4, $5, $6)`, phonebank.NewID[string](at), id, how, words, string(by.User), by.said(at)); err != nil {
		return err
	}
	return tx.Note(ctx, at, "phone", string(id), "opt_in", By{User: by.User, Note: how})
}

// MarkBad takes a number out of calling: Twilio said it cannot be reached, or somebody else answered.
func (tx *Tx) MarkBad(ctx context.Context, id phonebank.PhoneID, why string, by By, at time.Time) error {
	if _, err := tx.exec(ctx, `UPDATE phones SET bad_at = COALESCE(bad_at, $2) WHERE id = $1`, id, at); err != nil {
		return err
	}
	if _, err := tx.exec(ctx, `UPDATE call_list SET state = 'done', why = $2 WHERE phone_id = $1 AND state <> 'done'`, id, why); err != nil {
		return err
	}
	if err := tx.cancelAhead(ctx, id, why, by, at); err != nil {
		return err
	}
	return tx.Note(ctx, at, "phone", string(id), "bad", By{User: by.User, Note: why})
}

// MarkNoTexts takes a number out of texting only: a landline, say.
func (q queries) MarkNoTexts(ctx context.Context, id phonebank.PhoneID, at time.Time) error {
	_, err := q.exec(ctx, `UPDATE phones SET no_texts_at = COALESCE(no_texts_at, $2) WHERE id = $1`, id, at)
	return err
}

// ReleaseNumber gives a number back that a shift held.
func (q queries) ReleaseNumber(ctx context.Context, shift phonebank.ShiftID, phone phonebank.PhoneID) error {
	_, err := q.exec(ctx, `UPDATE phones SET held_by = NULL, held_until = NULL WHERE held_by = $1 AND id = $2`, shift, phone)
	return err
}

// HoldNumber gives a number to one shift, where no other holds it.
func (q queries) HoldNumber(ctx context.Context, id phonebank.PhoneID, shift phonebank.ShiftID, at time.Time) error {
	n, err := q.exec(ctx, `
		UPDATE phones SET held_by = $2, held_until = $3
		WHERE id = $1 AND (held_by IS NULL OR held_by = $2 OR held_until < $4)`, id, shift, at.Add(phonebank.HoldFor), at)
	if err == nil && n == 0 {
		return phonebank.Fail(phonebank.Conflict, "Somebody else is with this person right now.")
	}
	return err
}

// TakeNumber gives a number to the shift on whose line its person is, whoever had their card open.
func (q queries) TakeNumber(ctx context.Context, id phonebank.PhoneID, shift phonebank.ShiftID, at time.Time) error {
	_, err := q.exec(ctx, `UPDATE phones SET held_by = $2, held_until = $3 WHERE id = $1`, id, shift, at.Add(phonebank.HoldFor))
	return err
}

// HeardFrom notes that a person rang us: we may answer, at any hour, for a little while. A call that was found later takes
// nothing back.
func (q queries) HeardFrom(ctx context.Context, id phonebank.PhoneID, at time.Time) error {
	_, err := q.hotExec(ctx, `UPDATE phones SET last_inbound_at = GREATEST(last_inbound_at, $2) WHERE id = $1`, id, at)
	return err
}
