package store

import (
	"context"
	"encoding/json"
	"time"

	"phonebank"
)

// Entry is one line of a person's timeline.
type Entry struct {
	At      time.Time `db:"at"`
	Kind    string    `db:"kind"` // call, call_in, voicemail, text_in, text_out, talk, follow_up, consent_*
	ID      string    `db:"id"`
	Who     string    `db:"who"`
	State   string    `db:"state"` // of a call in that reached nobody of us: empty, since our greeting is no talk
	Words   string    `db:"words"`
	Note    string    `db:"note"`
	Channel string    `db:"channel"`
	Talk    string    `db:"talk"`    // the talk that a call belongs to
	Seconds int       `db:"seconds"` // how long a line was open, or a voicemail is
}

// Timeline lists what happened with a person, the newest first.
func (q queries) Timeline(ctx context.Context, p phonebank.Person, limit int) (list []Entry, err error) {
	err = q.all(ctx, &list, `
		SELECT * FROM (
			SELECT c.created_at AS at, CASE WHEN c.recording_sid <> '' THEN 'voicemail' WHEN c.kind = 'inbound' THEN 'call_in' ELSE 'call' END AS kind, c.id,
				COALESCE(u.name, '') AS who, CASE WHEN c.kind = 'inbound' AND c.bridged_at IS NULL THEN '' WHEN c.result = '' THEN c.state ELSE c.result END AS state, '' AS words, '' AS note, 'call' AS channel,
				COALESCE(c.conversation_id, '') AS talk,
				CASE WHEN c.recording_sid <> '' THEN c.recording_seconds ELSE COALESCE(EXTRACT(epoch FROM c.ended_at - c.answered_at)::int, 0) END AS seconds
			FROM calls c LEFT JOIN shifts s ON s.id = c.shift_id LEFT JOIN users u ON u.id = s.user_id
			WHERE c.person_id = $1 AND c.kind IN ('outbound', 'inbound')
			UNION ALL
			SELECT m.at, CASE WHEN m.direction = 'in' THEN 'text_in' ELSE 'text_out' END, m.id, CASE WHEN m.automatic THEN '' ELSE COALESCE(u.name, '') END, m.state, m.body, '', 'text', '', 0
			FROM messages m LEFT JOIN users u ON u.id = m.user_id WHERE m.phone_id = $2
			UNION ALL
			SELECT t.wrapped_at, 'talk', t.id, COALESCE(u.name, ''), t.outcome, COALESCE(
				(SELECT w.value FROM words w WHERE w.conversation_id = t.id ORDER BY w.name NOT IN ('their_stake', 'their_words'), w.name LIMIT 1), t.wrap->>'note', ''),
				COALESCE(t.wrap->>'note', ''), t.channel, t.id, 0
			FROM conversations t LEFT JOIN users u ON u.id = t.user_id WHERE t.person_id = $1 AND t.state = 'wrapped' AND t.outcome <> ''
			UNION ALL
			SELECT COALESCE(f.done_at, f.due_at), 'follow_up', f.id, COALESCE(u.name, ''), f.state, '', f.why, f.channel, '', 0
			FROM follow_ups f LEFT JOIN users u ON u.id = f.owner_id
			WHERE f.person_id = $1 AND (f.channel = 'call' AND f.state IN ('done', 'failed', 'expired', 'cancelled') OR f.channel = 'text' AND f.state IN ('failed', 'expired', 'cancelled'))
			UNION ALL
			SELECT k.at, 'consent_' || k.channel, k.id, k.stated_by, k.source, k.words, CASE WHEN k.given THEN '' ELSE 'no' END, '', '', 0 FROM consents k
			WHERE (k.person_id = $1 OR k.person_id IS NULL AND k.phone_id = $2)) t
		ORDER BY at DESC LIMIT $3`, p.ID, p.PhoneID, limit)
	return list, err
}

// Consent is on whose word a person may be contacted, or may not.
type Consent struct {
	Channel string    `db:"channel"`
	Given   bool      `db:"given"`
	Source  string    `db:"source"`
	Words   string    `db:"words"`
	By      string    `db:"stated_by"`
	At      time.Time `db:"at"`
}

// ConsentsOf lists a person's consents and their number's opt-outs with how each was lifted, the newest first.
func (q queries) ConsentsOf(ctx context.Context, p phonebank.Person) (list []Consent, err error) {
	err = q.all(ctx, &list, `
		SELECT k.channel, k.given, k.source, k.words, COALESCE(u.name, k.stated_by) AS stated_by, k.at FROM consents k LEFT JOIN users u ON u.id = k.stated_by
		WHERE k.person_id = $1 OR k.person_id IS NULL AND k.phone_id = $2 ORDER BY k.at DESC LIMIT 50`, p.ID, p.PhoneID)
	return list, err
}

// PastTalk is one talk with a person as their page tells it.
type PastTalk struct {
	phonebank.Conversation
	Who     string          `db:"who"`
	Wrap    json.RawMessage `db:"wrap"`
	Seconds int             `db:"seconds"` // on the line, all its calls together
}

// TalksWith lists the talks with a person that were wrapped up, the newest first.
func (q queries) TalksWith(ctx context.Context, person phonebank.PersonID, limit int) (list []PastTalk, err error) {
	err = q.all(ctx, &list, `
		SELECT t.id, t.campaign_id, t.person_id, COALESCE(t.user_id, '') AS user_id, t.channel, t.state, t.script_id, t.script_version, t.locale, t.kind, t.ask_id,
			t.outcome, t.started_at, t.ended_at, t.wrapped_at, COALESCE(u.name, '') AS who, COALESCE(t.wrap, '{}') AS wrap,
			COALESCE((SELECT sum(EXTRACT(epoch FROM c.ended_at - c.answered_at))::int FROM calls c WHERE c.conversation_id = t.id AND c.kind IN ('outbound', 'inbound')), 0) AS seconds
		FROM conversations t LEFT JOIN users u ON u.id = t.user_id
		WHERE t.person_id = $1 AND t.state = 'wrapped' AND t.outcome <> '' ORDER BY t.wrapped_at DESC LIMIT $2`, person, limit)
	return list, err
}

// LearnedIn lists what else came out of a talk.
func (q queries) LearnedIn(ctx context.Context, talk phonebank.ConversationID) (list []phonebank.Heard, err error) {
	var rows []struct {
		Tag   string `db:"tag"`
		Words string `db:"words"`
	}
	err = q.all(ctx, &rows, `SELECT tag, words FROM learned WHERE conversation_id = $1 ORDER BY id`, talk)
	for _, r := range rows {
		list = append(list, phonebank.Heard{Tag: r.Tag, Words: r.Words})
	}
	return list, err
}

// Said is one thing in a person's own words.
type Said struct {
	Word
	Sensitive bool `db:"sensitive"` // the script asks to handle it with care
}

// SaidBy lists a person's own words, the newest first, with what the script calls them in a language.
func (q queries) SaidBy(ctx context.Context, person phonebank.PersonID, locale string) (list []Said, err error) {
	err = q.all(ctx, &list, `
		SELECT w.name, w.value, COALESCE(NULLIF(s.document -> 'slots' -> w.name -> 'label' ->> $2, ''), w.label) AS label, COALESCE(u.name, '') AS heard_by, w.at,
			COALESCE((s.document -> 'slots' -> w.name ->> 'sensitive')::boolean, false) AS sensitive
		FROM words w JOIN conversations c ON c.id = w.conversation_id LEFT JOIN scripts s ON s.id = c.script_id AND s.version = c.script_version
		LEFT JOIN users u ON u.id = w.heard_by WHERE w.person_id = $1 AND w.value <> '' ORDER BY w.at DESC, w.name LIMIT 100`, person, locale)
	return list, err
}
