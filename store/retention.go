package store

import (
	"context"
	"time"

	"github.com/lib/pq"

	"phonebank"
)

// Voicemail is one recording that lies at Twilio.
type Voicemail struct {
	CallID phonebank.CallID `db:"id"`
	SID    string           `db:"recording_sid"`
}

// OldVoicemails lists recordings made before a moment, and those of people who are about to be forgotten.
func (q queries) OldVoicemails(ctx context.Context, before time.Time, of []string, limit int) (list []Voicemail, err error) {
	err = q.all(ctx, &list, `
		SELECT id, recording_sid FROM calls
		WHERE recording_sid <> '' AND (created_at < $1 OR person_id = ANY($2)
			OR phone_id IN (SELECT phone_id FROM people WHERE id = ANY($2)))
		ORDER BY created_at LIMIT $3`, before, pq.Array(of), limit)
	return list, err
}

// ForgetVoicemail notes that a recording is gone at Twilio; the call stays.
func (q queries) ForgetVoicemail(ctx context.Context, v Voicemail, at time.Time) error {
	if _, err := q.exec(ctx, `UPDATE calls SET recording_sid = '' WHERE id = $1 AND recording_sid = $2`, v.CallID, v.SID); err != nil {
		return err
	}
	return q.Note(ctx, at, "call", string(v.CallID), "forget_voicemail", By{})
}

// forgettable is true for a person p on a number n with whom nothing has happened since $1 and nothing is to come: no talk, text or
// call, no open promise, no wrap-up that is owed.
const forgettable = `p.created_at < $1
			AND (p.last_contact_at IS NULL OR p.last_contact_at < $1)
			AND (n.last_inbound_at IS NULL OR n.last_inbound_at < $1)
			AND n.hold_since IS NULL
			AND NOT EXISTS (SELECT 1 FROM messages m WHERE m.phone_id = p.phone_id AND m.at >= $1)
			AND NOT EXISTS (SELECT 1 FROM calls c WHERE c.phone_id = p.phone_id AND c.created_at >= $1)
			AND NOT EXISTS (SELECT 1 FROM conversations c WHERE c.person_id = p.id AND (c.started_at >= $1 OR c.state <> 'wrapped'))
			AND NOT EXISTS (SELECT 1 FROM follow_ups f WHERE f.person_id = p.id AND f.state IN ('planned', 'due', 'offered', 'in_progress', 'needs_person'))
			AND NOT EXISTS (SELECT 1 FROM commitments c WHERE c.person_id = p.id AND c.state = 'open' AND c.by_at >= $1)
			AND NOT EXISTS (SELECT 1 FROM retaliations r WHERE r.person_id = p.id AND r.state = 'open')`

// Forgettable lists people who may be forgotten, in the order of their ids; tried with 100,000 people: 0.4 s.
func (q queries) Forgettable(ctx context.Context, before time.Time, after phonebank.PersonID, limit int) (ids []string, err error) {
	err = q.all(ctx, &ids, `SELECT p.id FROM people p JOIN phones n ON n.id = p.phone_id WHERE p.id > $2 AND `+forgettable+` ORDER BY p.id LIMIT $3`,
		before, string(after), limit)
	return ids, err
}

// ForgottenBy are the tables that hold something about a person, in the order in which their rows go, each with the rows that
// do: of a person, of their talks, of their numbers. A table that is missing here fails a test.
var ForgottenBy = []struct{ Table, Where string }{
	{"suggestions", `person_id = ANY($1)`},
	{"wave_members", `person_id = ANY($1)`},
	{"last_talks", `person_id = ANY($1)`},
	{"retaliations", `person_id = ANY($1)`},
	{"rung_moves", `person_id = ANY($1)`},
	{"heard_stands", `person_id = ANY($1)`},
	{"step_ups", `person_id = ANY($1)`},
	{"words", `person_id = ANY($1)`},
	{"learned", `conversation_id = ANY($2)`},
	{"events", `conversation_id = ANY($2)`},
	{"outbox", `person_id = ANY($1) OR phone_id = ANY($3)`},
	{"messages", `person_id = ANY($1) OR phone_id = ANY($3)`},
	{"calls", `person_id = ANY($1) OR phone_id = ANY($3)`},
	{"follow_ups", `person_id = ANY($1) OR phone_id = ANY($3)`},
	{"commitments", `person_id = ANY($1)`},
	{"refusals", `phone_id = ANY($3)`},
	{"consents", `person_id = ANY($1) OR phone_id = ANY($3)`},
	{"call_list", `person_id = ANY($1) OR phone_id = ANY($3)`},
	{"conversations", `person_id = ANY($1)`},
	{"people", `id = ANY($1)`},
	{"phones", `id = ANY($3)`},
}

// ForgetPeople removes everything about some people: their words, talks, texts, calls, promises, and the lines of the journal
// about any of these. Their numbers are locked first, as by whatever comes in or is promised, and then it is asked once more who may be
// forgotten: somebody may have written since they were listed. A number goes with its last person; if it said no, its hash stays.
// It answers with how many people and numbers went.
func (tx *Tx) ForgetPeople(ctx context.Context, before time.Time, listed []string) (people, numbers int, err error) {
	if _, err = tx.exec(ctx, `
		SELECT 1 FROM phones WHERE id IN (SELECT phone_id FROM people WHERE id = ANY($1)) ORDER BY number FOR UPDATE`, pq.Array(listed)); err != nil {
		return 0, 0, err
	}
	var still, phones []string
	if err = tx.all(ctx, &still, `SELECT p.id FROM people p JOIN phones n ON n.id = p.phone_id WHERE p.id = ANY($2) AND `+forgettable, before, pq.Array(listed)); err != nil {
		return 0, 0, err
	}
	if err = tx.all(ctx, &phones, `
		SELECT n.id FROM phones n
		WHERE n.id IN (SELECT phone_id FROM people WHERE id = ANY($1))
			AND NOT EXISTS (SELECT 1 FROM people o WHERE o.phone_id = n.id AND o.id <> ALL($1))`, pq.Array(still)); err != nil {
		return 0, 0, err
	}
	return len(still), len(phones), tx.forget(ctx, still, phones)
}

// strange is true for a number n that belongs to nobody we know, and from which nothing came since $1.
const strange = `n.created_at < $1 AND (n.last_inbound_at IS NULL OR n.last_inbound_at < $1) AND n.hold_since IS NULL
			AND NOT EXISTS (SELECT 1 FROM people p WHERE p.phone_id = n.id)
			AND NOT EXISTS (SELECT 1 FROM calls c WHERE c.phone_id = n.id AND c.created_at >= $1)
			AND NOT EXISTS (SELECT 1 FROM calls c WHERE c.phone_id = n.id AND c.recording_sid <> '')`

// ForgetStrangers removes some numbers that belong to nobody, with what came from them. It answers with how many; 0 is all.
func (tx *Tx) ForgetStrangers(ctx context.Context, before time.Time, limit int) (int, error) {
	var listed, still []string
	if err := tx.all(ctx, &listed, `SELECT id FROM phones WHERE id IN (SELECT n.id FROM phones n WHERE `+strange+` ORDER BY n.id LIMIT $2) ORDER BY number FOR UPDATE`,
		before, limit); err != nil {
		return 0, err
	}
	if err := tx.all(ctx, &still, `SELECT n.id FROM phones n WHERE n.id = ANY($2) AND `+strange, before, pq.Array(listed)); err != nil {
		return 0, err
	}
	return len(still), tx.forget(ctx, nil, still)
}

func (tx *Tx) forget(ctx context.Context, people, phones []string) error {
	var talks []string
	if err := tx.all(ctx, &talks, `SELECT id FROM conversations WHERE person_id = ANY($1)`, pq.Array(people)); err != nil {
		return err
	}
	if _, err := tx.exec(ctx, `
		INSERT INTO forgotten_numbers (hash, at, how)
		SELECT number_hash(number), opted_out_at, opted_out_how FROM phones WHERE id = ANY($1) AND opted_out_at IS NOT NULL
		ON CONFLICT (hash) DO NOTHING`, pq.Array(phones)); err != nil {
		return err
	}
	// Who came back and took the no back is not blocked a second time.
	if _, err := tx.exec(ctx, `
		DELETE FROM forgotten_numbers WHERE hash IN (SELECT number_hash(number) FROM phones WHERE id = ANY($1) AND opted_out_at IS NULL)`, pq.Array(phones)); err != nil {
		return err
	}
	if _, err := tx.exec(ctx, `
		UPDATE shifts SET person_id = NULL, conversation_id = NULL, follow_up_id = NULL
		WHERE person_id = ANY($1) OR conversation_id = ANY($2)`, pq.Array(people), pq.Array(talks)); err != nil {
		return err
	}
	if _, err := tx.exec(ctx, `
		UPDATE shifts SET closed_person_id = NULL, closed_follow_up_id = NULL WHERE closed_person_id = ANY($1)`, pq.Array(people)); err != nil {
		return err
	}
	// A number's other calls may belong to one of these talks, or have kept one of these promises.
	if _, err := tx.exec(ctx, `UPDATE calls SET conversation_id = NULL WHERE conversation_id = ANY($1)`, pq.Array(talks)); err != nil {
		return err
	}
	if _, err := tx.exec(ctx, `
		UPDATE calls SET follow_up_id = NULL
		WHERE follow_up_id IN (SELECT id FROM follow_ups WHERE person_id = ANY($1))`, pq.Array(people)); err != nil {
		return err
	}
	for _, t := range ForgottenBy {
		if err := tx.forgetRows(ctx, t.Table, t.Where, people, talks, phones); err != nil {
			return err
		}
	}
	return nil
}

// forgetRows deletes one table's rows, and what the journal says and the auditor found about each of them.
func (tx *Tx) forgetRows(ctx context.Context, table, where string, people, talks, phones []string) error {
	id := "id"
	switch table {
	case "words", "wave_members", "last_talks", "call_list", "heard_stands":
		id = "person_id" // they have no id of their own, and no line in the journal but their person's
	case "learned", "events":
		id = "conversation_id"
	}
	_, err := tx.exec(ctx, `
		WITH given AS (SELECT $1::text[] AS people, $2::text[] AS talks, $3::text[] AS phones),
		gone AS (DELETE FROM `+table+` WHERE `+where+` RETURNING `+id+` AS id),
		found AS (DELETE FROM findings WHERE thing_id IN (SELECT id FROM gone))
		DELETE FROM journal WHERE thing_id IN (SELECT id FROM gone)
			AND thing IN ('person', 'phone', 'call', 'conversation', 'commitment', 'follow_up', 'outbox', 'message', 'retaliation', 'rung_move', 'suggestion', 'step_up', 'refusal')`,
		pq.Array(people), pq.Array(talks), pq.Array(phones))
	return err
}

// ForgetImports empties the files of old imports: the rows that could not be used hold names and numbers, and so may the head of
// a column that nobody knew.
func (q queries) ForgetImports(ctx context.Context, before time.Time) error {
	_, err := q.exec(ctx, `
		UPDATE imports SET rejects = '', file_name = '', report = report || '{"rejected": [], "ignored": []}'
		WHERE at < $1 AND (rejects <> '' OR file_name <> '' OR report->'ignored' <> '[]')`, before)
	return err
}

// ForgetVolunteers takes name, phone and own words from volunteers who had no shift since a moment. What they did stays, as
// somebody's.
func (q queries) ForgetVolunteers(ctx context.Context, before time.Time) (int64, error) {
	return q.exec(ctx, `
		WITH old AS (
			SELECT u.id FROM users u
			WHERE u.role = 'volunteer' AND u.created_at < $1 AND u.name <> ''
				AND NOT EXISTS (SELECT 1 FROM shifts s WHERE s.user_id = u.id AND s.seen_at >= $1)
				AND NOT EXISTS (SELECT 1 FROM follow_ups f WHERE f.owner_id = u.id AND f.state IN ('planned', 'due', 'offered', 'in_progress', 'needs_person'))),
		keys AS (DELETE FROM secrets WHERE user_id IN (SELECT id FROM old)),
		lines AS (DELETE FROM own_lines WHERE user_id IN (SELECT id FROM old)),
		legs AS (UPDATE calls SET to_number = '' WHERE kind IN ('volunteer', 'test') AND shift_id IN (SELECT s.id FROM shifts s JOIN old ON old.id = s.user_id))
		UPDATE users SET name = '', spoken = '', phone = '', place = '', stake = '', languages = '', removed_at = COALESCE(removed_at, $1)
		WHERE id IN (SELECT id FROM old)`, before)
}

// Purged is what one run removed.
type Purged struct {
	Voicemails int `db:"voicemails"`
	People     int `db:"people"`
	Numbers    int `db:"numbers"`
	Volunteers int `db:"volunteers"`
}

// BeginPurge writes a run down, and answers false where another one began after a moment: of many processes one does it.
func (q queries) BeginPurge(ctx context.Context, after, at time.Time) (id int64, begun bool, err error) {
	var ids []int64
	err = q.all(ctx, &ids, `
		INSERT INTO purges (at) SELECT $2 FROM number_salt
		WHERE NOT EXISTS (SELECT 1 FROM purges WHERE at > $1)
		RETURNING id`, after, at)
	if err != nil || len(ids) == 0 {
		return 0, false, err
	}
	return ids[0], true, nil
}

// EndPurge keeps what a run removed.
func (q queries) EndPurge(ctx context.Context, id int64, p Purged) error {
	_, err := q.exec(ctx, `UPDATE purges SET voicemails = $2, people = $3, numbers = $4, volunteers = $5 WHERE id = $1`, id, p.Voicemails, p.People, p.Numbers, p.Volunteers)
	return err
}

// ForgottenNumbers counts the numbers that said no and of which only the hash is left.
func (q queries) ForgottenNumbers(ctx context.Context) (n int, err error) {
	err = q.get(ctx, &n, `SELECT count(*) FROM forgotten_numbers`)
	return n, err
}

// Tables counts the tables of the database: an empty one may take a backup in.
func (q queries) Tables(ctx context.Context) (n int, err error) {
	err = q.get(ctx, &n, `SELECT count(*) FROM information_schema.tables WHERE table_schema = 'public'`)
	return n, err
}
