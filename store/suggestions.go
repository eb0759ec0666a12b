package store

import (
	"context"
	"time"

	"phonebank"
)

const suggestionColumns = `id, message_id, person_id, phone_id, COALESCE(commitment_id, '') AS commitment_id, COALESCE(follow_up_id, '') AS follow_up_id, kind, event,
	local_wish, zone, falls, plain, spanish, ask, reply, state, why, at, COALESCE(decided_by, '') AS decided_by, decided_at`

// Suggestion finds one.
func (q queries) Suggestion(ctx context.Context, id phonebank.SuggestionID) (s phonebank.Suggestion, err error) {
	err = q.get(ctx, &s, `SELECT `+suggestionColumns+` FROM suggestions WHERE id = $1`, id)
	return s, err
}

// LockSuggestion finds one and keeps it to this transaction.
func (tx *Tx) LockSuggestion(ctx context.Context, id phonebank.SuggestionID) (s phonebank.Suggestion, err error) {
	err = tx.get(ctx, &s, `SELECT `+suggestionColumns+` FROM suggestions WHERE id = $1 FOR NO KEY UPDATE`, id)
	return s, err
}

// SaveSuggestion stores what a person made of one, or why it fell away.
func (q queries) SaveSuggestion(ctx context.Context, s phonebank.Suggestion, c phonebank.Change[phonebank.SuggestionState, phonebank.SuggestionEvent], by By) error {
	return save(ctx, q, "suggestion", string(s.ID), c, by, set{"why", by.Note}, set{"decided_by", null(by.User)}, set{"decided_at", c.At})
}

// Suggested is an open suggestion as it is shown: with the text that it was read from and what it is about.
type Suggested struct {
	phonebank.Suggestion
	Person  string           `db:"person"`
	First   string           `db:"first_name"`
	OwnerID phonebank.UserID `db:"owner_id"`
	Owner   string           `db:"owner"`
	Body    string           `db:"body"`
	What    string           `db:"what"`  // the promise
	Moves   *time.Time       `db:"moves"` // the call that would move, as it is planned now
	Number  phonebank.Number `db:"number"`
}

const suggestedQuery = `
	SELECT s.id, s.message_id, s.person_id, s.phone_id, COALESCE(s.commitment_id, '') AS commitment_id, COALESCE(s.follow_up_id, '') AS follow_up_id, s.kind, s.event,
		s.local_wish, s.zone, s.falls, s.plain, s.spanish, s.ask, s.reply, s.state, s.why, s.at, COALESCE(s.decided_by, '') AS decided_by, s.decided_at,
		p.name AS person, p.first_name, COALESCE(u.id, '') AS owner_id, COALESCE(u.name, '') AS owner, m.body, COALESCE(c.what, '') AS what, f.due_at AS moves, ph.number
	FROM suggestions s JOIN people p ON p.id = s.person_id JOIN phones ph ON ph.id = s.phone_id JOIN messages m ON m.id = s.message_id
		LEFT JOIN commitments c ON c.id = s.commitment_id
		LEFT JOIN follow_ups f ON f.id = s.follow_up_id AND f.state IN ('planned', 'due', 'offered', 'needs_person')
		LEFT JOIN users u ON u.id = COALESCE(p.owner_id, c.user_id)
	WHERE s.state = 'open'`

// SuggestionsOf lists what the texts of one person seem to say and nobody has looked at, the oldest first.
func (q queries) SuggestionsOf(ctx context.Context, person phonebank.PersonID) (list []Suggested, err error) {
	err = q.all(ctx, &list, suggestedQuery+` AND s.person_id = $1 ORDER BY s.at, s.id LIMIT 20`, person)
	return list, err
}

// OpenSuggestions lists those that wait for somebody, the longest first; with an owner only theirs.
func (q queries) OpenSuggestions(ctx context.Context, owner phonebank.UserID) (list []Suggested, err error) {
	err = q.all(ctx, &list, suggestedQuery+` AND ($1 = '' OR COALESCE(p.owner_id, c.user_id) = $1) ORDER BY s.at, s.id LIMIT 200`, string(owner))
	return list, err
}

// AddSuggestion keeps what a text seems to say. The same text is read once; what it says anew takes the place of what was
// read before and nobody has looked at.
func (tx *Tx) AddSuggestion(ctx context.Context, s phonebank.Suggestion) error {
	if _, err := tx.exec(ctx, dismissing+`s.person_id = $1 AND (s.kind = $5 OR s.kind = 'ask')`+dismissed, s.PersonID, "They wrote again.", "", s.At, string(s.Kind)); err != nil {
		return err
	}
	_, err := tx.exec(ctx, `
		INSERT INTO suggestions (id, message_id, person_id, phone_id, commitment_id, follow_up_id, kind, event, local_wish, zone, falls, plain, spanish, ask, reply, state, at)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17) ON CONFLICT (message_id) DO NOTHING`,
		s.ID, s.MessageID, s.PersonID, s.PhoneID, null(s.CommitmentID), null(s.FollowUpID), s.Kind, s.Event, s.Local, s.Zone, s.Falls, s.Plain, s.Spanish, s.Ask, s.Reply, s.State, s.At)
	return err
}

// Open suggestions that fall away, each with its line in the journal: $1 is what they are about, $2 why, $3 who, $4 when.
const (
	dismissing = `
	WITH gone AS (
		UPDATE suggestions s SET state = 'dismissed', why = $2, decided_by = NULLIF($3, ''), decided_at = $4 WHERE s.state = 'open' AND `
	dismissed = ` RETURNING s.id)
	INSERT INTO journal (at, thing, thing_id, event, from_state, to_state, by_user, note) SELECT $4, 'suggestion', id, 'dismiss', 'open', 'dismissed', $3, $2 FROM gone`
)

// DismissAbout lets the suggestions about a promise fall away: somebody has settled it.
func (tx *Tx) DismissAbout(ctx context.Context, id phonebank.CommitmentID, why string, by phonebank.UserID, at time.Time) error {
	_, err := tx.exec(ctx, dismissing+`s.commitment_id = $1 AND s.kind <> 'time'`+dismissed, id, why, string(by), at)
	return err
}

// DismissOn lets all suggestions of a number fall away.
func (tx *Tx) DismissOn(ctx context.Context, id phonebank.PhoneID, why string, by phonebank.UserID, at time.Time) error {
	_, err := tx.exec(ctx, dismissing+`s.phone_id = $1`+dismissed, id, why, string(by), at)
	return err
}

// AskedBack closes what a person was to ask, once they have written back.
func (tx *Tx) AskedBack(ctx context.Context, id phonebank.PhoneID, by phonebank.UserID, at time.Time) error {
	_, err := tx.exec(ctx, `
		WITH asked AS (
			UPDATE suggestions SET state = 'confirmed', why = 'Somebody wrote back.', decided_by = NULLIF($2, ''), decided_at = $3
			WHERE phone_id = $1 AND state = 'open' AND kind = 'ask' RETURNING id)
		INSERT INTO journal (at, thing, thing_id, event, from_state, to_state, by_user) SELECT $3, 'suggestion', id, 'confirm', 'open', 'confirmed', $2 FROM asked`, id, string(by), at)
	return err
}

// Texts that came in and were not weighed yet.

// aboutNothing are texts of people with whom nothing is open: they are weighed at once, with nothing in the scale.
const aboutNothing = `
	SELECT m.id FROM messages m WHERE m.direction = 'in' AND m.weighed_at IS NULL
		AND NOT EXISTS (SELECT 1 FROM commitments c WHERE c.person_id = m.person_id AND c.state = 'open')
		AND NOT EXISTS (SELECT 1 FROM follow_ups f WHERE f.person_id = m.person_id AND f.channel = 'call' AND f.reason <> 'retaliation' AND f.state IN ('planned', 'due', 'offered', 'needs_person'))
		AND NOT EXISTS (SELECT 1 FROM follow_ups f WHERE f.person_id = m.person_id AND f.channel = 'text' AND f.commitment_id IS NOT NULL AND f.state = 'done' AND f.done_at > m.at - interval '7 days')
	ORDER BY m.id LIMIT 1000 FOR NO KEY UPDATE SKIP LOCKED`

// UnweighedTexts lists texts that somebody has to weigh, the oldest first, after it has put aside those about nothing.
func (q queries) UnweighedTexts(ctx context.Context, at time.Time, limit int) (list []phonebank.MessageID, err error) {
	if _, err = q.exec(ctx, `UPDATE messages SET weighed_at = $1 WHERE id IN (`+aboutNothing+`)`, at); err != nil {
		return nil, err
	}
	err = q.all(ctx, &list, `SELECT id FROM messages WHERE direction = 'in' AND weighed_at IS NULL ORDER BY at, id LIMIT $1`, limit)
	return list, err
}

// LockUnweighed finds a text and keeps it to this transaction; NotFound: somebody else has weighed it.
func (tx *Tx) LockUnweighed(ctx context.Context, id phonebank.MessageID) (m phonebank.Message, err error) {
	err = tx.get(ctx, &m, `SELECT `+messageColumns+` FROM messages WHERE id = $1 AND direction = 'in' AND weighed_at IS NULL FOR NO KEY UPDATE`, id)
	return m, err
}

// Weighed notes that a text was weighed.
func (tx *Tx) Weighed(ctx context.Context, id phonebank.MessageID, at time.Time) error {
	_, err := tx.exec(ctx, `UPDATE messages SET weighed_at = $2 WHERE id = $1`, id, at)
	return err
}

// Matter is what a text may be about.
type Matter struct {
	Asked      phonebank.Reason // why our last text went out
	AskedAbout phonebank.CommitmentID
	Promises   []phonebank.Commitment // that are open, the nearest day first
	Call       phonebank.FollowUp     // the next one that is planned; no id: none
	Tongue     string                 // the language of their last talk
}

// MatterOf reads what is open with whoever wrote a text, when they wrote it.
func (tx *Tx) MatterOf(ctx context.Context, m phonebank.Message) (about Matter, err error) {
	var last []struct {
		Reason phonebank.Reason       `db:"reason"`
		ID     phonebank.CommitmentID `db:"commitment_id"`
	}
	if err = tx.all(ctx, &last, `
		SELECT COALESCE(f.reason, '') AS reason, COALESCE(f.commitment_id, '') AS commitment_id
		FROM messages o LEFT JOIN outbox b ON b.message_id = o.id LEFT JOIN follow_ups f ON f.id = b.follow_up_id AND f.person_id = $2
		WHERE o.phone_id = $1 AND o.direction = 'out' AND o.at <= $3 AND o.at > $3::timestamptz - interval '7 days' AND NOT COALESCE(b.legal, false)
		ORDER BY o.at DESC, o.id DESC LIMIT 1`, m.PhoneID, m.PersonID, m.At); err != nil {
		return about, err
	}
	if len(last) > 0 && last[0].ID != "" {
		about.Asked, about.AskedAbout = last[0].Reason, last[0].ID
	}
	if err = tx.all(ctx, &about.Promises, `
		SELECT `+commitmentColumns+` FROM commitments WHERE person_id = $1 AND state = 'open'
		ORDER BY id <> $2, abs(extract(epoch FROM by_at - $3)), id LIMIT 20`, m.PersonID, string(about.AskedAbout), m.At); err != nil {
		return about, err
	}
	var calls []phonebank.FollowUp
	if err = tx.all(ctx, &calls, `
		SELECT `+followUpColumns+` FROM follow_ups
		WHERE person_id = $1 AND channel = 'call' AND reason NOT IN ('retaliation', 'find_out') AND state IN ('planned', 'due', 'offered', 'needs_person')
		ORDER BY due_at, id LIMIT 1`, m.PersonID); err != nil {
		return about, err
	}
	if len(calls) > 0 {
		about.Call = calls[0]
	}
	var spoke []string
	if err = tx.all(ctx, &spoke, `SELECT locale FROM conversations WHERE person_id = $1 ORDER BY started_at DESC LIMIT 1`, m.PersonID); err == nil && len(spoke) > 0 {
		about.Tongue = spoke[0]
	}
	return about, err
}

// Unseen tells whether nobody has looked at what a text of theirs seems to say: then nothing goes to them by itself.
func (q queries) Unseen(ctx context.Context, phone phonebank.PhoneID) (unseen bool, err error) {
	err = q.get(ctx, &unseen, `SELECT EXISTS (`+suggestedOn+`$1)`, phone)
	return unseen, err
}

// What on a number keeps automatic texts back.
const (
	unweighedOn = `SELECT 1 FROM messages unweighed WHERE unweighed.direction = 'in' AND unweighed.weighed_at IS NULL AND unweighed.phone_id = `
	suggestedOn = `SELECT 1 FROM suggestions WHERE suggestions.state = 'open' AND suggestions.phone_id = `
)
