package store

import (
	"context"
	"encoding/json"
	"time"

	"phonebank"
)

// OwnLine is how a volunteer says one line of a script in their own way.
type OwnLine struct {
	Step   string `db:"step" json:"step"`
	Line   string `db:"line" json:"id"`
	Locale string `db:"locale" json:"locale"`
	Words  string `db:"words" json:"text"`
}

// KeepOwnLine keeps a volunteer's own wording; empty words give the line back to the script.
func (q queries) KeepOwnLine(ctx context.Context, user phonebank.UserID, scriptID string, l OwnLine, at time.Time) error {
	if l.Words == "" {
		_, err := q.exec(ctx, `DELETE FROM own_lines WHERE user_id = $1 AND script_id = $2 AND step = $3 AND line = $4 AND locale = $5`, user, scriptID, l.Step, l.Line, l.Locale)
		return err
	}
	_, err := q.exec(ctx, `
		INSERT INTO own_lines (user_id, script_id, step, line, locale, words, at) VALUES ($1, $2, $3, $4, $5, $6, $7)
		ON CONFLICT (user_id, script_id, step, line, locale) DO UPDATE SET words = EXCLUDED.words, at = EXCLUDED.at`,
		user, scriptID, l.Step, l.Line, l.Locale, l.Words, at)
	return err
}

// OwnLines lists a volunteer's own wordings of a script's lines.
func (q queries) OwnLines(ctx context.Context, user phonebank.UserID, scriptID string) (list []OwnLine, err error) {
	list = []OwnLine{}
	err = q.all(ctx, &list, `SELECT step, line, locale, words FROM own_lines WHERE user_id = $1 AND script_id = $2 ORDER BY step, line, locale`, user, scriptID)
	return list, err
}

// Cared is a volunteer who said that a talk was hard.
type Cared struct {
	Talk phonebank.ConversationID `db:"id"`
	Who  string                   `db:"who"`
	At   time.Time                `db:"at"`
}

// HardTalks lists who said since then that a talk was hard, and whom nobody has looked in on yet.
func (q queries) HardTalks(ctx context.Context, since time.Time) (list []Cared, err error) {
	err = q.all(ctx, &list, `
		SELECT c.id, COALESCE(u.name, '') AS who, c.wrapped_at AS at FROM conversations c LEFT JOIN users u ON u.id = c.user_id
		WHERE c.wrap ->> 'feeling' = 'hard' AND c.cared_at IS NULL AND c.wrapped_at > $1 ORDER BY c.wrapped_at LIMIT 50`, since)
	return list, err
}

// LookedIn says that somebody has looked in on a volunteer after a hard talk.
func (q queries) LookedIn(ctx context.Context, id phonebank.ConversationID, by By, at time.Time) error {
	n, err := q.exec(ctx, `UPDATE conversations SET cared_at = $2 WHERE id = $1 AND cared_at IS NULL`, id, at)
	if err != nil || n == 0 {
		return err
	}
	return q.Note(ctx, at, "conversation", string(id), "looked in", by)
}

// SetSayName keeps how a name is said, as it was learned from the person.
func (q queries) SetSayName(ctx context.Context, id phonebank.PersonID, say string) error {
	_, err := q.exec(ctx, `UPDATE people SET say_name = $2 WHERE id = $1 AND say_name <> $2`, id, say)
	return err
}

// LateWraps lists a volunteer's talks that were wrapped up since then, the newest first: those that can still be undone.
func (q queries) LateWraps(ctx context.Context, user phonebank.UserID, since time.Time) (list []phonebank.Conversation, err error) {
	err = q.all(ctx, &list, `
		SELECT `+conversationColumns+` FROM conversations
		WHERE user_id = $1 AND state = 'wrapped' AND wrapped_at > $2 AND outcome <> '' ORDER BY wrapped_at DESC LIMIT 10`, user, since)
	return list, err
}

// PromisedIn lists the follow-ups that a wrap-up made. A report of retaliation is a coordinator's and none of them.
func (tx *Tx) PromisedIn(ctx context.Context, c phonebank.Conversation) (list []phonebank.FollowUp, err error) {
	err = tx.all(ctx, &list, `
		SELECT `+followUpColumns+` FROM follow_ups
		WHERE conversation_id = $1 AND reason <> 'retaliation' AND created_at >= $2 ORDER BY id FOR NO KEY UPDATE`, c.ID, c.WrappedAt)
	return list, err
}

// UnsayCommitment takes back what a wrap-up says was agreed and nothing has come of yet: it was never said, so it is no
// broken promise of theirs either. The journal keeps that it was there.
func (tx *Tx) UnsayCommitment(ctx context.Context, c phonebank.Conversation, by By, at time.Time) error {
	var ids []string
	if err := tx.all(ctx, &ids, `SELECT id FROM commitments WHERE conversation_id = $1 AND state = 'open' AND created_at >= $2 FOR UPDATE`, c.ID, c.WrappedAt); err != nil {
		return err
	}
	for _, id := range ids {
		if _, err := tx.exec(ctx, `UPDATE follow_ups SET commitment_id = NULL WHERE commitment_id = $1`, id); err != nil {
			return err
		}
		if _, err := tx.exec(ctx, `DELETE FROM commitments WHERE id = $1`, id); err != nil {
			return err
		}
		if err := tx.Note(ctx, at, "commitment", id, "taken back", by); err != nil {
			return err
		}
	}
	return nil
}

// UnlearnIn takes back what else a wrap-up says came out of a talk.
func (tx *Tx) UnlearnIn(ctx context.Context, id phonebank.ConversationID) error {
	_, err := tx.exec(ctx, `DELETE FROM learned WHERE conversation_id = $1`, id)
	return err
}

// TakeBackRecap cancels the text of a wrap-up that has not left, and tells whether it had left already.
func (tx *Tx) TakeBackRecap(ctx context.Context, nonce string) (left bool, err error) {
	n, err := tx.exec(ctx, `UPDATE outbox SET state = 'cancelled', why = 'The wrap-up was undone.', generation = generation + 1 WHERE nonce = $1 AND state IN ('held', 'ready')`, nonce)
	if err != nil || n > 0 {
		return false, err
	}
	err = tx.get(ctx, &left, `SELECT EXISTS (SELECT 1 FROM outbox WHERE nonce = $1 AND state NOT IN ('cancelled', 'expired', 'failed'))`, nonce)
	return left, err
}

// SetNote puts another note in the place of the one that was written in a talk. The words that stood there before leave the
// events too: who takes a note back wants it gone.
func (tx *Tx) SetNote(ctx context.Context, c phonebank.Conversation, note string, by By, at time.Time) error {
	if _, err := tx.exec(ctx, `UPDATE events SET data = jsonb_build_object('text', '') WHERE conversation_id = $1 AND type = 'note'`, c.ID); err != nil {
		return err
	}
	if _, err := tx.exec(ctx, `UPDATE conversations SET wrap = jsonb_set(wrap, '{note}', to_jsonb($2::text)) WHERE id = $1 AND wrap IS NOT NULL`, c.ID, note); err != nil {
		return err
	}
	event := "note edited"
	if note == "" {
		event = "note deleted"
	} else {
		data, err := json.Marshal(map[string]string{"text": note})
		if err != nil {
			return err
		}
		if _, err := tx.AddEvents(ctx, c.ID, []phonebank.Event{{ID: phonebank.NewID[string](at), At: at, Type: "note", Data: data}}, at); err != nil {
			return err
		}
	}
	return tx.Note(ctx, at, "conversation", string(c.ID), event, by)
}
