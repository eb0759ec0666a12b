package store

import (
	"context"
	"time"

	"github.com/lib/pq"

	"phonebank"
)

// The board is what a coordinator looks after: every call and text that is still to come, and every promise of a person
// whose day has come and of which nobody has heard how it went.

// BoardAsked narrows the board down. What is not set narrows nothing.
type BoardAsked struct {
	Until   time.Time // due before this; zero for everything that is to come
	Owner   phonebank.UserID
	Unowned bool
	Name    string // a part of the person's name
	After   BoardMark
	Limit   int
}

// BoardMark is where a page of the board ended.
type BoardMark struct {
	DueAt time.Time
	ID    string
}

// BoardRow is one line of the board.
type BoardRow struct {
	ID         string                  `db:"id"`
	Promise    bool                    `db:"promise"` // a promise of theirs, not a call or text of ours
	PersonID   phonebank.PersonID      `db:"person_id"`
	Person     string                  `db:"person"`
	Languages  string                  `db:"languages"`
	What       string                  `db:"what"` // what they said they'd do
	OwnerID    phonebank.UserID        `db:"owner_id"`
	Owner      string                  `db:"owner"`
	CampaignID phonebank.CampaignID    `db:"campaign_id"`
	SessionID  phonebank.SessionID     `db:"session_id"`
	Channel    phonebank.Channel       `db:"channel"`
	Reason     phonebank.Reason        `db:"reason"`
	State      phonebank.FollowUpState `db:"state"`
	Body       string                  `db:"body"`
	Automatic  bool                    `db:"automatic"`
	Local      string                  `db:"local_wish"`
	Zone       string                  `db:"zone"`
	DueAt      time.Time               `db:"due_at"`
	Tried      int                     `db:"tried"` // how often we have rung for it
}

// boardOpen and askedNobody are written as the indexes of the board are, so that Postgres may use them. What a wave wrote
// for its people is looked after on the wave's own page: thousands of lines would bury the promises here.
const (
	stillOpen = `f.state IN ('planned', 'due', 'offered', 'in_progress', 'needs_person')`
	boardOpen = stillOpen + ` AND f.reason NOT IN ('wave', 'heads_up') AND (f.wave_id IS NULL OR EXISTS (SELECT 1 FROM waves w WHERE w.id = f.wave_id AND w.gathered))`
	// A promise whose day has come stands for itself only while no call or text of ours will ask about it. It belongs to whoever
	// knows the person, and to whoever agreed it with them where nobody does.
	askedNobody = `c.state = 'open' AND NOT EXISTS (SELECT 1 FROM follow_ups f WHERE f.commitment_id = c.id AND ` + stillOpen + `)`
)

// never is later than any promise.
var never = time.Date(9999, 1, 1, 0, 0, 0, 0, time.UTC)

const board = `
	SELECT * FROM (
		(SELECT f.id, false AS promise, f.person_id, p.name AS person, p.languages, COALESCE(c.what, '') AS what, COALESCE(f.owner_id, '') AS owner_id,
			COALESCE(u.name, '') AS owner, f.campaign_id, COALESCE(f.session_id, '') AS session_id, f.channel, f.reason, f.state, f.body, f.automatic,
			f.local_wish, f.zone, f.due_at, (SELECT count(*) FROM calls k WHERE k.follow_up_id = f.id) AS tried
		FROM follow_ups f JOIN people p ON p.id = f.person_id LEFT JOIN users u ON u.id = f.owner_id LEFT JOIN commitments c ON c.id = f.commitment_id
		WHERE ` + boardOpen + ` AND f.due_at < $1 AND (f.due_at, f.id) > ($2, $3)
			AND ($4 = '' OR f.owner_id = $4) AND (NOT $5 OR f.owner_id IS NULL) AND ($6 = '' OR lower(p.name) LIKE $6)
		ORDER BY f.due_at, f.id LIMIT $7)
		UNION ALL
		(SELECT c.id, true, c.person_id, p.name, p.languages, c.what, COALESCE(p.owner_id, c.user_id, ''), COALESCE(u.name, ''), c.campaign_id, '', '', '', '', '', false,
			c.by_local, c.zone, c.by_at, 0
		FROM commitments c JOIN people p ON p.id = c.person_id LEFT JOIN users u ON u.id = COALESCE(p.owner_id, c.user_id)
		WHERE ` + askedNobody + ` AND c.by_at < LEAST($1, $8) AND (c.by_at, c.id) > ($2, $3)
			AND ($4 = '' OR COALESCE(p.owner_id, c.user_id) = $4) AND (NOT $5 OR COALESCE(p.owner_id, c.user_id) IS NULL) AND ($6 = '' OR lower(p.name) LIKE $6)
		ORDER BY c.by_at, c.id LIMIT $7)) b
	ORDER BY due_at, id LIMIT $7`

func (asked BoardAsked) args(at time.Time) []any {
	until, name := asked.Until, ""
	if until.IsZero() {
		until = never
	}
	if asked.Name != "" {
		name = like(asked.Name)
	}
	return []any{until, asked.After.DueAt, asked.After.ID, string(asked.Owner), asked.Unowned, name, asked.Limit, at}
}

// Board lists one page of the board, what is due first coming first.
func (q queries) Board(ctx context.Context, asked BoardAsked, at time.Time) (list []BoardRow, err error) {
	err = q.all(ctx, &list, board, asked.args(at)...)
	return list, err
}

// BoardCounts are the figures on the board's tabs. Today and Week hold what is overdue too.
type BoardCounts struct {
	Overdue int `db:"overdue"`
	Today   int `db:"today"`
	Week    int `db:"week"`
	Mine    int `db:"mine"`
	Unowned int `db:"unowned"`
	All     int `db:"everything"`
}

// CountBoard counts the board's tabs for one coordinator.
func (q queries) CountBoard(ctx context.Context, me phonebank.UserID, at, today, week time.Time) (n BoardCounts, err error) {
	err = q.get(ctx, &n, `
		SELECT count(*) FILTER (WHERE due_at < $2) AS overdue, count(*) FILTER (WHERE due_at < $3) AS today, count(*) FILTER (WHERE due_at < $4) AS week,
			count(*) FILTER (WHERE owner_id = $1) AS mine, count(*) FILTER (WHERE owner_id IS NULL) AS unowned, count(*) AS everything
		FROM (
			SELECT f.due_at, f.owner_id FROM follow_ups f WHERE `+boardOpen+`
			UNION ALL
			SELECT c.by_at, COALESCE(p.owner_id, c.user_id) FROM commitments c JOIN people p ON p.id = c.person_id WHERE `+askedNobody+` AND c.by_at < $2) b`, string(me), at, today, week)
	return n, err
}

// Owner is somebody who may be given a promise to look after.
type Owner struct {
	ID   phonebank.UserID `db:"id"`
	Name string           `db:"name"`
}

// Owners lists everybody who works with us, by name.
func (q queries) Owners(ctx context.Context) (list []Owner, err error) {
	err = q.all(ctx, &list, `SELECT id, name FROM users WHERE removed_at IS NULL ORDER BY lower(name), id LIMIT 500`)
	return list, err
}

// AssignFollowUps gives promises to somebody, or to anyone where owner is empty. The text of one goes out under the new
// owner's name. It answers how many there were: what has ended meanwhile stays as it ended.
func (tx *Tx) AssignFollowUps(ctx context.Context, ids []phonebank.FollowUpID, owner phonebank.UserID, by By, at time.Time) (int, error) {
	list := make([]string, len(ids))
	for i, id := range ids {
		list[i] = string(id)
	}
	var given []string
	if err := tx.all(ctx, &given, `
		UPDATE follow_ups f SET owner_id = $2 WHERE f.id = ANY($1) AND `+boardOpen+` RETURNING f.id`, pq.Array(list), null(owner)); err != nil {
		return 0, err
	}
	if _, err := tx.exec(ctx, `UPDATE outbox SET user_id = $2 WHERE follow_up_id = ANY($1) AND state IN ('held', 'ready')`, pq.Array(given), null(owner)); err != nil {
		return 0, err
	}
	for _, id := range given {
		if err := tx.Note(ctx, at, "follow_up", id, "assign", by); err != nil {
			return 0, err
		}
	}
	return len(given), nil
}

// Caller is a volunteer who was on a shift lately and could be asked for another hour.
type Caller struct {
	ID        phonebank.UserID `db:"id"`
	Name      string           `db:"name"`
	Phone     phonebank.Number `db:"phone"`
	Languages string           `db:"languages"`
	LastAt    time.Time        `db:"last_at"`
	Session   string           `db:"session"` // the last one they were in
	Comes     bool             `db:"comes"`   // they have said so already, or are here
}

// Callers lists who was on a shift since a day, by name, and whether they come to a session already.
func (q queries) Callers(ctx context.Context, session phonebank.SessionID, since time.Time) (list []Caller, err error) {
	err = q.all(ctx, &list, `
		SELECT u.id, u.name, u.phone, u.languages, s.seen_at AS last_at, x.name AS session,
			EXISTS (SELECT 1 FROM sign_ups g WHERE g.session_id = $1 AND g.user_id = u.id) OR EXISTS (SELECT 1 FROM shifts h WHERE h.session_id = $1 AND h.user_id = u.id) AS comes
		FROM users u
		JOIN LATERAL (SELECT session_id, seen_at FROM shifts WHERE user_id = u.id AND admitted AND seen_at >= $2 ORDER BY seen_at DESC LIMIT 1) s ON true
		JOIN sessions x ON x.id = s.session_id
		WHERE u.removed_at IS NULL
		ORDER BY lower(u.name), u.id LIMIT 300`, session, since)
	return list, err
}
