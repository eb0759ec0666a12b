package store

import (
	"context"
	"time"

	"phonebank"
)

// UnsureText is a text whose outcome nobody knows, or about which somebody has decided lately.
type UnsureText struct {
	ID        phonebank.OutboxID    `db:"id"`
	State     phonebank.OutboxState `db:"state"`
	PersonID  phonebank.PersonID    `db:"person_id"`
	Person    string                `db:"person"`
	Number    phonebank.Number      `db:"number"`
	Zone      string                `db:"zone"`
	Body      string                `db:"body"`
	Why       string                `db:"why"`
	ClaimedAt time.Time             `db:"claimed_at"`
	Owner     string                `db:"owner"`
	DecidedBy string                `db:"decider"`
	DecidedAt *time.Time            `db:"decided_at"`
}

const unsureTexts = `
	SELECT o.id, o.state, COALESCE(o.person_id, '') AS person_id, COALESCE(p.name, '') AS person, o.to_number AS number, COALESCE(p.zone, ph.zones) AS zone, o.body, o.why,
		o.claimed_at, COALESCE(u.name, '') AS owner, COALESCE(d.name, '') AS decider, o.decided_at
	FROM outbox o JOIN phones ph ON ph.id = o.phone_id LEFT JOIN people p ON p.id = o.person_id LEFT JOIN follow_ups f ON f.id = o.follow_up_id
		LEFT JOIN users u ON u.id = COALESCE(o.user_id, f.owner_id, p.owner_id) LEFT JOIN users d ON d.id = o.decided_by
	WHERE ($1 = '' OR $1 IN (o.user_id, f.owner_id, p.owner_id)) `

// UnsureTexts lists those that wait for a person's decision, the oldest first; with somebody named only what is theirs: what
// they sent, what they promised, and what goes to people they know.
func (q queries) UnsureTexts(ctx context.Context, of phonebank.UserID) (list []UnsureText, err error) {
	err = q.all(ctx, &list, unsureTexts+`AND o.state = 'unknown' AND o.asked_at IS NOT NULL ORDER BY o.asked_at LIMIT 200`, string(of))
	return list, err
}

// UnsureText finds one of them.
func (q queries) UnsureText(ctx context.Context, of phonebank.UserID, id phonebank.OutboxID) (t UnsureText, err error) {
	err = q.get(ctx, &t, unsureTexts+`AND o.id = $2 AND (o.asked_at IS NOT NULL OR o.state = 'unknown')`, string(of), id)
	return t, err
}

// DecidedTexts lists those about which somebody has decided since a moment, the newest first.
func (q queries) DecidedTexts(ctx context.Context, of phonebank.UserID, since time.Time) (list []UnsureText, err error) {
	err = q.all(ctx, &list, unsureTexts+`AND o.decided_at > $2 AND o.claimed_at IS NOT NULL ORDER BY o.decided_at DESC LIMIT 50`, string(of), since)
	return list, err
}

// UnsureCall is a call that was handed to Twilio and whose answer was lost.
type UnsureCall struct {
	ID       phonebank.CallID   `db:"id"`
	PersonID phonebank.PersonID `db:"person_id"`
	Person   string             `db:"person"`
	Number   phonebank.Number   `db:"number"`
	Zone     string             `db:"zone"`
	Owner    string             `db:"owner"`
	PlacedAt time.Time          `db:"placed_at"`
}

const unsureCalls = `
	SELECT c.id, COALESCE(c.person_id, '') AS person_id, COALESCE(p.name, '') AS person, c.to_number AS number, COALESCE(NULLIF(p.zone, ''), ph.zones, '') AS zone,
		COALESCE(u.name, '') AS owner, COALESCE(c.placed_at, c.created_at) AS placed_at
	FROM calls c LEFT JOIN shifts s ON s.id = c.shift_id LEFT JOIN users u ON u.id = s.user_id LEFT JOIN people p ON p.id = c.person_id LEFT JOIN phones ph ON ph.id = c.phone_id
	WHERE c.unknown AND c.kind = 'outbound' AND c.state IN ('ended', 'wrapped') AND c.decided_at IS NULL AND ($1 = '' OR $1 IN (s.user_id, p.owner_id)) `

// UnsureCalls lists those of the last two weeks that nobody has looked at, the oldest first.
func (q queries) UnsureCalls(ctx context.Context, of phonebank.UserID, at time.Time) (list []UnsureCall, err error) {
	err = q.all(ctx, &list, unsureCalls+`AND c.created_at > $2 ORDER BY c.created_at LIMIT 100`, string(of), at.AddDate(0, 0, -14))
	return list, err
}

// LeaveCall notes that somebody has looked at a call whose outcome nobody knows.
func (q queries) LeaveCall(ctx context.Context, of phonebank.UserID, id phonebank.CallID, by phonebank.UserID, at time.Time) error {
	n, err := q.exec(ctx, `
		WITH left_ AS (
			UPDATE calls SET decided_by = $3, decided_at = $4
			WHERE id = $2 AND id IN (SELECT id FROM (`+unsureCalls+`AND c.id = $2) mine) RETURNING id)
		INSERT INTO journal (at, thing, thing_id, event, by_user) SELECT $4, 'call', id, 'leave', $3 FROM left_`, string(of), id, string(by), at)
	if err == nil && n == 0 {
		return phonebank.Fail(phonebank.Stale, "Somebody has looked at this call already.")
	}
	return err
}

// Unsure counts what waits for a decision of one person, or of anybody.
func (q queries) Unsure(ctx context.Context, of phonebank.UserID, at time.Time) (n int, err error) {
	err = q.get(ctx, &n, `
		SELECT (SELECT count(*) FROM (`+unsureTexts+`AND o.state = 'unknown' AND o.asked_at IS NOT NULL) t) + (SELECT count(*) FROM (`+unsureCalls+`AND c.created_at > $2) c)`,
		string(of), at.AddDate(0, 0, -14))
	return n, err
}
