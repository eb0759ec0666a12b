package store

import (
	"context"
	"time"

	"github.com/lib/pq"

	"phonebank"
)

// Views are what screens read: a board is a query. Nothing here changes a row.

// Here is one volunteer in the room.
type Here struct {
	ShiftID   phonebank.ShiftID        `db:"shift_id"`
	UserID    phonebank.UserID         `db:"user_id"`
	Name      string                   `db:"name"`
	State     phonebank.ShiftState     `db:"state"`
	Admitted  bool                     `db:"admitted"`
	LegJoined bool                     `db:"leg_joined"`
	Help      bool                     `db:"help"`
	Since     time.Time                `db:"state_since"`
	PersonID  phonebank.PersonID       `db:"person_id"`
	Person    string                   `db:"person"`
	Talk      phonebank.ConversationID `db:"conversation_id"`
	CallState phonebank.CallState      `db:"call_state"`
}

// Room lists everybody in a session by name, never by score.
func (q queries) Room(ctx context.Context, session phonebank.SessionID) (list []Here, err error) {
	err = q.all(ctx, &list, `
		SELECT s.id AS shift_id, s.user_id, u.name, s.state, s.admitted, s.leg_joined, s.help, s.state_since, COALESCE(s.person_id, '') AS person_id,
			COALESCE(p.name, '') AS person, COALESCE(s.conversation_id, '') AS conversation_id,
			COALESCE((SELECT c.state FROM calls c WHERE c.conversation_id = s.conversation_id ORDER BY c.created_at DESC LIMIT 1), '') AS call_state
		FROM shifts s JOIN users u ON u.id = s.user_id LEFT JOIN people p ON p.id = s.person_id
		WHERE s.session_id = $1 AND (s.state <> 'off' OR NOT s.admitted)
		ORDER BY u.name`, session)
	return list, err
}

// Happening is one line of what goes on: a call or a text.
type Happening struct {
	At       time.Time          `db:"at"`
	Kind     string             `db:"kind"` // call, text, voicemail
	ID       string             `db:"id"`
	Inward   bool               `db:"inward"`
	PersonID phonebank.PersonID `db:"person_id"`
	Person   string             `db:"person"`
	Number   phonebank.Number   `db:"number"`
	Who      string             `db:"who"`
	State    string             `db:"state"`
	Result   string             `db:"result"`
	Words    string             `db:"words"`
	Seconds  int                `db:"seconds"`
}

// Happenings lists the newest calls and texts of everybody.
func (q queries) Happenings(ctx context.Context, limit int) (list []Happening, err error) {
	err = q.all(ctx, &list, `
		SELECT * FROM (
			(SELECT c.created_at AS at, CASE WHEN c.recording_sid <> '' THEN 'voicemail' ELSE 'call' END AS kind, c.id, c.kind = 'inbound' AS inward,
				COALESCE(c.person_id, '') AS person_id, COALESCE(p.name, '') AS person,
				CASE WHEN c.kind = 'inbound' THEN c.from_number ELSE c.to_number END AS number, COALESCE(u.name, '') AS who, c.state,
				CASE WHEN c.kind = 'inbound' AND c.bridged_at IS NULL AND c.result = 'answered' THEN 'missed' ELSE c.result END AS result, -- our greeting is no talk
				'' AS words, COALESCE(EXTRACT(epoch FROM c.ended_at - c.answered_at)::int, 0) AS seconds
			FROM calls c LEFT JOIN people p ON p.id = c.person_id LEFT JOIN shifts s ON s.id = c.shift_id LEFT JOIN users u ON u.id = s.user_id
			WHERE c.kind IN ('outbound', 'inbound') ORDER BY c.created_at DESC LIMIT $1)
			UNION ALL
			(SELECT m.at, 'text', m.id, m.direction = 'in', COALESCE(m.person_id, ''), COALESCE(p.name, ''),
				CASE WHEN m.direction = 'in' THEN m.from_number ELSE m.to_number END, CASE WHEN m.automatic THEN '' ELSE COALESCE(u.name, '') END, m.state, '', m.body, 0
			FROM messages m LEFT JOIN people p ON p.id = m.person_id LEFT JOIN users u ON u.id = m.user_id
			ORDER BY m.at DESC LIMIT $1)) t
		ORDER BY at DESC LIMIT $1`, limit)
	return list, err
}

// Due is one follow-up on a list.
type Due struct {
	phonebank.FollowUp
	Person string           `db:"person"`
	Number phonebank.Number `db:"number"`
	Owner  string           `db:"owner"`
	What   string           `db:"what"`
}

const dueColumns = `f.id, f.campaign_id, f.person_id, f.phone_id, COALESCE(f.conversation_id, '') AS conversation_id, COALESCE(f.commitment_id, '') AS commitment_id,
	COALESCE(f.owner_id, '') AS owner_id, COALESCE(f.wave_id, '') AS wave_id, COALESCE(f.session_id, '') AS session_id, f.channel, f.reason, f.state, f.body,
	f.automatic, f.local_wish, f.zone, f.due_at, f.not_after, f.why, f.generation, f.created_at, f.done_at, f.call_if_silent,
	p.name AS person, ph.number, COALESCE(u.name, '') AS owner, COALESCE(c.what, '') AS what`

const dueJoins = ` FROM follow_ups f JOIN people p ON p.id = f.person_id JOIN phones ph ON ph.id = f.phone_id
	LEFT JOIN users u ON u.id = f.owner_id LEFT JOIN commitments c ON c.id = f.commitment_id `

// FollowUps lists what is to come until a moment, overdue first. A wave's own lines stand with the wave.
func (q queries) FollowUps(ctx context.Context, until time.Time, limit int) (list []Due, err error) {
	err = q.all(ctx, &list, `SELECT `+dueColumns+dueJoins+`
		WHERE `+boardOpen+` AND f.due_at <= $1
		ORDER BY f.due_at LIMIT $2`, until, limit)
	return list, err
}

// MyFollowUps lists what one volunteer has promised.
func (q queries) MyFollowUps(ctx context.Context, owner phonebank.UserID) (list []Due, err error) {
	err = q.all(ctx, &list, `SELECT `+dueColumns+dueJoins+`
		WHERE f.owner_id = $1 AND f.state IN ('planned', 'due', 'offered', 'in_progress', 'needs_person')
		ORDER BY f.due_at LIMIT 200`, owner)
	return list, err
}

// MyPromises lists the nearest of what one volunteer has promised, and tells how many there are.
func (q queries) MyPromises(ctx context.Context, owner phonebank.UserID, limit int) (list []Due, total int, err error) {
	if err = q.all(ctx, &list, `SELECT `+dueColumns+dueJoins+`
		WHERE f.owner_id = $1 AND f.state IN ('planned', 'due', 'offered', 'in_progress', 'needs_person')
		ORDER BY f.due_at, f.id LIMIT $2`, owner, limit); err != nil {
		return nil, 0, err
	}
	err = q.get(ctx, &total, `
		SELECT count(*) FROM follow_ups
		WHERE owner_id = $1 AND state IN ('planned', 'due', 'offered', 'in_progress', 'needs_person')`, owner)
	return list, total, err
}

// UnsentDrafts lists the texts that wait for a press of somebody in a session.
func (q queries) UnsentDrafts(ctx context.Context, session phonebank.SessionID) (list []Due, err error) {
	err = q.all(ctx, &list, `SELECT `+dueColumns+dueJoins+`
		WHERE f.channel = 'text' AND f.state = 'needs_person' AND f.owner_id IN (SELECT user_id FROM shifts WHERE session_id = $1)
		ORDER BY f.due_at LIMIT 200`, session)
	return list, err
}

// Waiting is a thread in which the last word is theirs.
type Waiting struct {
	PhoneID  phonebank.PhoneID  `db:"phone_id"`
	Number   phonebank.Number   `db:"number"`
	PersonID phonebank.PersonID `db:"person_id"`
	Person   string             `db:"person"`
	Owner    string             `db:"owner"`
	OwnerID  phonebank.UserID   `db:"owner_id"`
	Since    time.Time          `db:"since"`
	Words    string             `db:"words"`
	Hold     bool               `db:"hold"`
}

// WaitingThreads lists threads that wait for an answer, the longest wait first; with an owner only theirs. Numbers on hold,
// where what was said may have been a no, come first.
func (q queries) WaitingThreads(ctx context.Context, owner phonebank.UserID) (list []Waiting, err error) {
	err = q.all(ctx, &list, `
		SELECT ph.id AS phone_id, ph.number, COALESCE(pe.id, '') AS person_id, COALESCE(pe.name, '') AS person, COALESCE(u.name, '') AS owner,
			COALESCE(pe.owner_id, '') AS owner_id, COALESCE(ph.hold_since, ph.waiting_since) AS since, COALESCE(m.body, '') AS words, ph.hold_since IS NOT NULL AS hold
		FROM phones ph
		LEFT JOIN LATERAL (SELECT id, name, owner_id FROM people WHERE phone_id = ph.id ORDER BY last_contact_at DESC NULLS LAST, created_at LIMIT 1) pe ON true
		LEFT JOIN users u ON u.id = pe.owner_id
		LEFT JOIN LATERAL (SELECT body FROM messages WHERE phone_id = ph.id AND direction = 'in' ORDER BY at DESC LIMIT 1) m ON true
		WHERE (ph.waiting_since IS NOT NULL OR ph.hold_since IS NOT NULL) AND ph.opted_out_at IS NULL AND ($1 = '' OR pe.owner_id = $1)
		ORDER BY ph.hold_since IS NULL, since LIMIT 200`, string(owner))
	return list, err
}

// Voicemails lists what people said when nobody could take their call, the newest first; with an owner only theirs.
func (q queries) Voicemails(ctx context.Context, owner phonebank.UserID) (list []Happening, err error) {
	err = q.all(ctx, &list, `
		SELECT c.created_at AS at, 'voicemail' AS kind, c.id, true AS inward, COALESCE(c.person_id, '') AS person_id, COALESCE(p.name, '') AS person,
			c.from_number AS number, COALESCE(u.name, '') AS who, c.state, c.result, '' AS words, c.recording_seconds AS seconds
		FROM calls c LEFT JOIN people p ON p.id = c.person_id LEFT JOIN users u ON u.id = p.owner_id
		WHERE c.recording_sid <> '' AND ($1 = '' OR p.owner_id = $1)
		ORDER BY c.created_at DESC LIMIT 50`, string(owner))
	return list, err
}

// Found is one person on a list of people.
type Found struct {
	phonebank.Person
	Number     phonebank.Number `db:"number"`
	OptedOutAt *time.Time       `db:"opted_out_at"`
	BadAt      *time.Time       `db:"bad_at"`
	HoldSince  *time.Time       `db:"hold_since"`
	Owner      string           `db:"owner"`
}

const foundColumns = `p.id, p.phone_id, COALESCE(p.owner_id, '') AS owner_id, p.name, p.first_name, p.say_name, p.place, p.languages, p.zone, p.region, p.support, p.leader,
	p.rung, p.created_at, ph.number, ph.opted_out_at, ph.bad_at, ph.hold_since, COALESCE(u.name, '') AS owner`

// FindPeople searches by a part of a name or by the digits of a number. after is the last id of the page before.
func (q queries) FindPeople(ctx context.Context, words string, after phonebank.PersonID, limit int) (list []Found, err error) {
	digits := ""
	for _, r := range words {
		if r >= '0' && r <= '9' {
			digits += string(r)
		}
	}
	if len(digits) < 3 {
		digits = "none"
	}
	err = q.all(ctx, &list, `
		SELECT `+foundColumns+` FROM people p JOIN phones ph ON ph.id = p.phone_id LEFT JOIN users u ON u.id = p.owner_id
		WHERE p.id > $1 AND ($2 = '' OR lower(p.name) LIKE $3 OR ph.number LIKE '%' || $4 || '%')
		ORDER BY p.id LIMIT $5`, string(after), words, like(words), digits, limit)
	return list, err
}

// FoundPerson is one person with their number.
func (q queries) FoundPerson(ctx context.Context, id phonebank.PersonID) (f Found, err error) {
	err = q.get(ctx, &f, `SELECT `+foundColumns+` FROM people p JOIN phones ph ON ph.id = p.phone_id LEFT JOIN users u ON u.id = p.owner_id WHERE p.id = $1`, id)
	return f, err
}

// SharesNumber lists who else is on a person's number.
func (q queries) SharesNumber(ctx context.Context, p phonebank.Person) (names []string, err error) {
	err = q.all(ctx, &names, `SELECT name FROM people WHERE phone_id = $1 AND id <> $2 ORDER BY name LIMIT 20`, p.PhoneID, p.ID)
	return names, err
}

// LastTalk is what somebody else heard before.
type LastTalk struct {
	Who   string    `db:"who"`
	At    time.Time `db:"at"`
	Topic string    `db:"topic"`
}

// LastTalkWith answers with the last talk or note of a person, or nothing.
func (q queries) LastTalkWith(ctx context.Context, id phonebank.PersonID) (t LastTalk, err error) {
	var list []LastTalk
	err = q.all(ctx, &list, `
		SELECT COALESCE(u.name, '') AS who, w.at, w.value AS topic FROM words w LEFT JOIN users u ON u.id = w.heard_by
		WHERE w.person_id = $1 AND w.name IN ('problem', 'last_topic') ORDER BY w.at DESC LIMIT 1`, id)
	if len(list) > 0 {
		t = list[0]
	}
	return t, err
}

// OwedWrapUps lists talks of a volunteer that ended without a wrap-up.
func (q queries) OwedWrapUps(ctx context.Context, user phonebank.UserID) (list []phonebank.Conversation, err error) {
	err = q.all(ctx, &list, `SELECT `+conversationColumns+` FROM conversations WHERE user_id = $1 AND state = 'ended' ORDER BY started_at DESC LIMIT 20`, user)
	return list, err
}

// MayRead tells whether a volunteer may see a person: they hold them, own them, an open follow-up or a talk, or they have
// said "I'll answer" to what waits on their number, until it is answered or given back.
func (q queries) MayRead(ctx context.Context, user phonebank.UserID, person phonebank.PersonID, at time.Time) (may bool, err error) {
	err = q.get(ctx, &may, `
		SELECT EXISTS (SELECT 1 FROM people WHERE id = $2 AND owner_id = $1)
			OR EXISTS (SELECT 1 FROM shifts WHERE user_id = $1 AND person_id = $2)
			OR EXISTS (SELECT 1 FROM follow_ups WHERE owner_id = $1 AND person_id = $2 AND state IN ('planned', 'due', 'offered', 'in_progress', 'needs_person'))
			OR EXISTS (SELECT 1 FROM conversations WHERE user_id = $1 AND person_id = $2 AND state <> 'wrapped')
			OR EXISTS (SELECT 1 FROM commitments WHERE user_id = $1 AND person_id = $2 AND state = 'open')
			OR EXISTS (SELECT 1 FROM people pe JOIN phones ph ON ph.id = pe.phone_id WHERE pe.id = $2 AND ph.claimed_by = $1 AND `+claimedAt("$3")+`)`,
		user, person, at.Add(-phonebank.ClaimFor))
	return may, err
}

// Page lists rows for the API, by id, after the last one of the page before.
func Page[T any](ctx context.Context, s *Store, columns, table, where, after string, limit int, args ...any) (list []T, err error) {
	args = append([]any{after, limit}, args...)
	query := `SELECT ` + columns + ` FROM ` + table + ` WHERE id > $1`
	if where != "" {
		query += ` AND ` + where
	}
	err = s.all(ctx, &list, query+` ORDER BY id LIMIT $2`, args...)
	return list, err
}

// Lists of the API, each by id.
func (s *Store) PageCalls(ctx context.Context, after string, limit int) ([]phonebank.Call, error) {
	return Page[phonebank.Call](ctx, s, callColumns, "calls", "kind IN ('outbound', 'inbound')", after, limit)
}

// PageMessages lists texts.
func (s *Store) PageMessages(ctx context.Context, after string, limit int) ([]phonebank.Message, error) {
	return Page[phonebank.Message](ctx, s, messageColumns, "messages", "", after, limit)
}

// PageConversations lists talks.
func (s *Store) PageConversations(ctx context.Context, after string, limit int) ([]phonebank.Conversation, error) {
	return Page[phonebank.Conversation](ctx, s, conversationColumns, "conversations", "", after, limit)
}

// PageCommitments lists promises of people.
func (s *Store) PageCommitments(ctx context.Context, after string, limit int) ([]phonebank.Commitment, error) {
	return Page[phonebank.Commitment](ctx, s, commitmentColumns, "commitments", "", after, limit)
}

// PageFollowUps lists promises of ours.
func (s *Store) PageFollowUps(ctx context.Context, after string, limit int) ([]phonebank.FollowUp, error) {
	return Page[phonebank.FollowUp](ctx, s, followUpColumns, "follow_ups", "", after, limit)
}

// PageOutbox lists texts that must leave.
func (s *Store) PageOutbox(ctx context.Context, after string, limit int) ([]phonebank.Outbox, error) {
	return Page[phonebank.Outbox](ctx, s, outboxColumns, "outbox", "", after, limit)
}

// NamesOf answers with the names of users, for lists.
func (q queries) NamesOf(ctx context.Context, ids []phonebank.UserID) (map[phonebank.UserID]string, error) {
	var rows []struct {
		ID   phonebank.UserID `db:"id"`
		Name string           `db:"name"`
	}
	list := make([]string, len(ids))
	for i, id := range ids {
		list[i] = string(id)
	}
	if err := q.all(ctx, &rows, `SELECT id, name FROM users WHERE id = ANY($1)`, pq.Array(list)); err != nil {
		return nil, err
	}
	names := map[phonebank.UserID]string{}
	for _, r := range rows {
		names[r.ID] = r.Name
	}
	return names, nil
}
