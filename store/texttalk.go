package store

import (
	"context"
	"time"

	"phonebank"
)

// TextTalk finds the open talk by text with a person.
func (q queries) TextTalk(ctx context.Context, person phonebank.PersonID) (c phonebank.Conversation, err error) {
	err = q.get(ctx, &c, `SELECT `+conversationColumns+` FROM conversations WHERE person_id = $1 AND texted AND state = 'open'`, person)
	return c, err
}

// KeepTexts makes a talk the one that a person's texts belong to. Where there is one already it is a Conflict.
func (q queries) KeepTexts(ctx context.Context, id phonebank.ConversationID) error {
	_, err := q.exec(ctx, `UPDATE conversations SET texted = true WHERE id = $1`, id)
	return err
}

// Texted tells whether a talk began by text.
func (q queries) Texted(ctx context.Context, id phonebank.ConversationID) (texted bool, err error) {
	err = q.get(ctx, &texted, `SELECT texted FROM conversations WHERE id = $1`, id)
	return texted, err
}

// TakeTextTalk gives a talk to somebody else, and with it the person: what they text next waits for who took it.
func (q queries) TakeTextTalk(ctx context.Context, c phonebank.Conversation, user phonebank.UserID) error {
	_, err := q.exec(ctx, `
		WITH taken AS (UPDATE conversations SET user_id = $2, holder = '', held_at = NULL WHERE id = $1 RETURNING person_id)
		UPDATE people SET owner_id = $2 FROM taken WHERE people.id = taken.person_id`, c.ID, user)
	return err
}

// MoveTalk stores by which way a talk goes on, and in whose shift.
func (q queries) MoveTalk(ctx context.Context, c phonebank.Conversation) error {
	_, err := q.exec(ctx, `
		UPDATE conversations SET channel = $2, shift_id = $3, session_id = $4, ended_at = CASE WHEN $2 = 'text' THEN NULL ELSE ended_at END
		WHERE id = $1`, c.ID, c.Channel, null(c.ShiftID), null(c.SessionID))
	return err
}

// TextsOf counts the texts that a talk has sent or tried to send.
func (q queries) TextsOf(ctx context.Context, id phonebank.ConversationID) (n int, err error) {
	err = q.get(ctx, &n, `SELECT count(*) FROM outbox WHERE conversation_id = $1`, id)
	return n, err
}

// CallsOf lists the calls of a talk, the oldest first.
func (q queries) CallsOf(ctx context.Context, id phonebank.ConversationID) (list []phonebank.Call, err error) {
	err = q.all(ctx, &list, `SELECT `+callColumns+` FROM calls WHERE conversation_id = $1 ORDER BY created_at`, id)
	return list, err
}

// ReadThread takes a thread off the list of those that wait, where everything in it has been seen: whoever closes a talk by
// text has read it, but not what came in that second.
func (q queries) ReadThread(ctx context.Context, phone phonebank.PhoneID) error {
	_, err := q.exec(ctx, `
		UPDATE phones SET waiting_since = NULL
		WHERE id = $1 AND NOT EXISTS (SELECT 1 FROM messages WHERE phone_id = $1 AND direction = 'in' AND seen_at IS NULL)`, phone)
	return err
}

// Texting is an open talk by text as a list shows it.
type Texting struct {
	Talk     phonebank.ConversationID `db:"id"`
	PersonID phonebank.PersonID       `db:"person_id"`
	Person   string                   `db:"person"`
	Theirs   bool                     `db:"theirs"` // the last word is theirs
	Since    time.Time                `db:"since"`
}

// TextTalksOf lists a volunteer's open talks by text: those with the last word theirs first, then the longest wait.
func (q queries) TextTalksOf(ctx context.Context, user phonebank.UserID) (list []Texting, err error) {
	err = q.all(ctx, &list, `
		SELECT c.id, c.person_id, p.name AS person, COALESCE(m.direction = 'in', false) AS theirs, COALESCE(m.at, c.started_at) AS since
		FROM conversations c JOIN people p ON p.id = c.person_id
		LEFT JOIN LATERAL (SELECT direction, at FROM messages WHERE phone_id = p.phone_id ORDER BY at DESC LIMIT 1) m ON true
		WHERE c.user_id = $1 AND c.state <> 'wrapped' AND c.texted AND c.state = 'open'
		ORDER BY theirs DESC, since LIMIT 100`, user)
	return list, err
}
