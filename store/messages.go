package store

import (
	"context"
	"sort"
	"time"

	"github.com/lib/pq"

	"phonebank"
)

const messageColumns = `id, direction, state, COALESCE(sid, '') AS sid, COALESCE(campaign_id, '') AS campaign_id, COALESCE(person_id, '') AS person_id, phone_id,
	COALESCE(user_id, '') AS user_id, COALESCE(conversation_id, '') AS conversation_id, from_number, to_number, body, media, error_code, automatic, at, seen_at`

// Inbound is one text as Twilio handed it over.
type Inbound struct {
	SID      string
	From, To phonebank.Number
	Body     string
	Media    int
	Zones    string // candidates of the number, should it be new
	At       time.Time
}

// Received is what an inbound text led to.
type Received struct {
	SID       string               `db:"sid"`
	Fresh     bool                 `db:"-"` // false: Twilio told us before, nothing has changed
	MessageID phonebank.MessageID  `db:"id"`
	PhoneID   phonebank.PhoneID    `db:"phone_id"`
	PersonID  phonebank.PersonID   `db:"person_id"`
	OwnerID   phonebank.UserID     `db:"owner_id"`
	Campaign  phonebank.CampaignID `db:"campaign_id"`

	Conversation phonebank.ConversationID `db:"conversation_id"` // the open talk by text that it belongs to, or empty
}

// ReceiveTexts stores inbound texts with all their effects in ONE statement: the inbox row that makes a repeat harmless,
// the number, the message for its volunteer, and the end of what an answer ends. Several requests may share one commit;
// each is answered only after it. Rows are taken in the order of number and SID so that two batches never deadlock.
func (q queries) ReceiveTexts(ctx context.Context, batch []Inbound) (map[string]Received, error) {
	sort.Slice(batch, func(i, j int) bool {
		if batch[i].From != batch[j].From {
			return batch[i].From < batch[j].From
		}
		return batch[i].SID < batch[j].SID
	})
	n := len(batch)
	sids, froms, tos, bodies := make([]string, n), make([]string, n), make([]string, n), make([]string, n)
	zones, ids, phones := make([]string, n), make([]string, n), make([]string, n)
	media, ats := make([]int64, n), make([]string, n)
	for i, in := range batch {
		sids[i], froms[i], tos[i], bodies[i], zones[i] = in.SID, string(in.From), string(in.To), in.Body, in.Zones
		media[i], ats[i] = int64(in.Media), in.At.Format(time.RFC3339Nano)
		ids[i], phones[i] = phonebank.NewID[string](in.At), phonebank.NewID[string](in.At)
	}
	var rows []Received
	err := q.hotAll(ctx, &rows, `
		WITH t AS (
			SELECT * FROM unnest($1::text[], $2::text[], $3::text[], $4::text[], $5::text[], $6::text[], $7::text[], $8::int[], $9::timestamptz[])
				AS t(sid, sender, receiver, body, zones, id, phone_id, media, at)),
		fresh AS (
			INSERT INTO inbox (key, at) SELECT 'message:' || sid, at FROM t ORDER BY 1
			ON CONFLICT (key) DO NOTHING RETURNING key),
		news AS (
			SELECT t.* FROM t JOIN fresh ON fresh.key = 'message:' || t.sid),
		numbers AS (
			INSERT INTO phones AS p (id, number, zones, created_at, last_inbound_at, waiting_since)
			SELECT DISTINCT ON (sender) phone_id, sender, zones, at, at, at FROM news ORDER BY sender, at DESC
			ON CONFLICT (number) DO UPDATE SET last_inbound_at = GREATEST(p.last_inbound_at, EXCLUDED.last_inbound_at),
				waiting_since = COALESCE(p.waiting_since, EXCLUDED.waiting_since)
			RETURNING id, number),
		who AS (
			SELECT DISTINCT ON (phone_id) id, phone_id, owner_id FROM people WHERE phone_id IN (SELECT id FROM numbers)
			ORDER BY phone_id, last_contact_at DESC NULLS LAST, created_at),
		answered AS (
			UPDATE follow_ups SET state = 'cancelled', why = 'They answered.', generation = generation + 1
			WHERE phone_id IN (SELECT id FROM numbers) AND reason = 'unanswered_text' AND state IN ('planned', 'due', 'offered', 'needs_person')
			RETURNING id),
		needless AS (
			UPDATE outbox SET state = 'cancelled', why = 'They answered.', generation = generation + 1
			WHERE follow_up_id IN (SELECT id FROM answered) AND state IN ('held', 'ready'))
		INSERT INTO messages (id, direction, state, sid, campaign_id, person_id, phone_id, user_id, conversation_id, from_number, to_number, body, media, at)
		SELECT news.id, 'in', 'received', news.sid,
			(SELECT c.id FROM campaigns c WHERE c.number = news.receiver ORDER BY c.created_at DESC LIMIT 1),
			who.id, numbers.id, COALESCE(talk.user_id, who.owner_id), talk.id, news.sender, news.receiver, news.body, news.media, news.at
		FROM news JOIN numbers ON numbers.number = news.sender LEFT JOIN who ON who.phone_id = numbers.id
			LEFT JOIN conversations talk ON talk.person_id = who.id AND talk.texted AND talk.state = 'open'
		RETURNING sid, id, phone_id, COALESCE(person_id, '') AS person_id, COALESCE(user_id, '') AS owner_id, COALESCE(campaign_id, '') AS campaign_id,
			COALESCE(conversation_id, '') AS conversation_id`,
		pq.Array(sids), pq.Array(froms), pq.Array(tos), pq.Array(bodies), pq.Array(zones), pq.Array(ids), pq.Array(phones), pq.Array(media), pq.Array(ats))
	if err != nil {
		return nil, err
	}
	out := make(map[string]Received, len(rows))
	for _, r := range rows {
		r.Fresh = true
		out[r.SID] = r
	}
	return out, nil
}

// Once notes a webhook by Twilio's own name of it and answers whether it is new.
func (q queries) Once(ctx context.Context, key string, at time.Time) (bool, error) {
	n, err := q.exec(ctx, `INSERT INTO inbox (key, at) VALUES ($1, $2) ON CONFLICT (key) DO NOTHING`, key, at)
	return n == 1, err
}

// Message finds one.
func (q queries) Message(ctx context.Context, id phonebank.MessageID) (m phonebank.Message, err error) {
	err = q.get(ctx, &m, `SELECT `+messageColumns+` FROM messages WHERE id = $1`, id)
	return m, err
}

// LockMessage finds one and keeps it to this transaction.
func (tx *Tx) LockMessage(ctx context.Context, id phonebank.MessageID) (m phonebank.Message, err error) {
	err = tx.get(ctx, &m, `SELECT `+messageColumns+` FROM messages WHERE id = $1 FOR NO KEY UPDATE`, id)
	return m, err
}

// SaveClimb stores the higher of two reports about a text.
func (q queries) SaveClimb(ctx context.Context, id phonebank.MessageID, sid string, to phonebank.MessageState, code int) error {
	_, err := q.exec(ctx, `UPDATE messages SET state = $2, sid = COALESCE(sid, $3), error_code = $4 WHERE id = $1`, id, to, null(sid), code)
	return err
}

// Climb is one report about a text of ours, as Twilio's callback tells it.
type Climb struct {
	Key   string // Twilio's name of the event, for the inbox
	Token string
	SID   string
	To    phonebank.MessageState
	Below []phonebank.MessageState // from which the report climbs without a word to add
}

// Climbed is a text that a report has moved, with whose screens show it.
type Climbed struct {
	Token        string                   `db:"token"`
	PersonID     phonebank.PersonID       `db:"person_id"`
	UserID       phonebank.UserID         `db:"user_id"`
	Conversation phonebank.ConversationID `db:"conversation_id"`
}

// ClimbTexts stores reports about accepted texts in one statement and answers with those that moved a text, by token. Any
// other report changes nothing here: it needs a longer look. Rows are locked in the order of their ids, so that two batches
// never deadlock, and what a report may climb from is checked on the newest version of its row.
func (q queries) ClimbTexts(ctx context.Context, batch []Climb, at time.Time) (map[string]Climbed, error) {
	n := len(batch)
	keys, tokens, sids, states, below := make([]string, n), make([]string, n), make([]string, n), make([]string, n), make([]string, n)
	for i, c := range batch {
		keys[i], tokens[i], sids[i], states[i] = c.Key, c.Token, c.SID, string(c.To)
		for _, b := range c.Below {
			below[i] += string(b) + ","
		}
	}
	var rows []Climbed
	err := q.hotAll(ctx, &rows, `
		WITH t AS (
			SELECT * FROM unnest($1::text[], $2::text[], $3::text[], $4::text[], $5::text[]) AS t(key, token, sid, state, below)),
		m AS (
			SELECT m.id, t.key, t.state, o.token, o.person_id, o.user_id, o.conversation_id
			FROM t JOIN outbox o ON o.token = t.token JOIN messages m ON m.id = o.message_id
			WHERE o.sid = t.sid AND o.state = 'accepted' AND m.state = ANY(string_to_array(t.below, ','))
			ORDER BY m.id FOR NO KEY UPDATE OF m),
		fresh AS (
			INSERT INTO inbox (key, at) SELECT key, $6 FROM m ON CONFLICT (key) DO NOTHING RETURNING key)
		UPDATE messages SET state = m.state
		FROM m JOIN fresh ON fresh.key = m.key WHERE messages.id = m.id
		RETURNING m.token, COALESCE(m.person_id, '') AS person_id, COALESCE(m.user_id, '') AS user_id, COALESCE(m.conversation_id, '') AS conversation_id`,
		pq.Array(keys), pq.Array(tokens), pq.Array(sids), pq.Array(states), pq.Array(below), at)
	out := make(map[string]Climbed, len(rows))
	for _, r := range rows {
		out[r.Token] = r
	}
	return out, err
}

// Thread lists the texts with one number, the oldest first.
func (q queries) Thread(ctx context.Context, phone phonebank.PhoneID) (list []phonebank.Message, err error) {
	err = q.all(ctx, &list, `
		SELECT * FROM (SELECT `+messageColumns+` FROM messages WHERE phone_id = $1 ORDER BY at DESC LIMIT 200) t ORDER BY at, id`, phone)
	return list, err
}

// SeeThread notes that a volunteer has read what came in.
func (q queries) SeeThread(ctx context.Context, phone phonebank.PhoneID, at time.Time) error {
	_, err := q.exec(ctx, `UPDATE messages SET seen_at = $2 WHERE phone_id = $1 AND direction = 'in' AND seen_at IS NULL`, phone, at)
	return err
}

// Answered takes a number off the list of those that wait.
func (q queries) Answered(ctx context.Context, phone phonebank.PhoneID) error {
	_, err := q.exec(ctx, `UPDATE phones SET waiting_since = NULL, missed_since = NULL WHERE id = $1`, phone)
	return err
}

// QuestionOpen tells whether a question of ours was the last text, so that YES is an answer and no wish to hear from us.
func (q queries) QuestionOpen(ctx context.Context, number phonebank.Number) (open bool, err error) {
	err = q.get(ctx, &open, `
		SELECT COALESCE((
			SELECT m.direction = 'out' AND m.body LIKE '%?%' FROM messages m JOIN phones p ON p.id = m.phone_id
			WHERE p.number = $1 ORDER BY m.at DESC LIMIT 1), false)`, number)
	return open, err
}

// SIDTaken tells whether one of our texts is bound to a SID already.
func (q queries) SIDTaken(ctx context.Context, sid string) (taken bool, err error) {
	err = q.get(ctx, &taken, `SELECT EXISTS (SELECT 1 FROM outbox WHERE sid = $1)`, sid)
	return taken, err
}
