package store

import (
	"context"
	"encoding/json"
	"time"

	"phonebank"
)

const retaliationColumns = `r.id, r.person_id, r.conversation_id, r.user_id, COALESCE(r.follow_up_id, '') AS follow_up_id, r.words, r.checklist, r.note, r.state, r.at, r.closed_at`

// Reported is a report of retaliation with the names that a page shows.
type Reported struct {
	phonebank.Retaliation
	Plan   json.RawMessage `db:"checklist"`
	Person string          `db:"person"`
	Who    string          `db:"who"`
	Closer string          `db:"closer"`
}

const reportedFrom = `FROM retaliations r JOIN people p ON p.id = r.person_id JOIN users u ON u.id = r.user_id LEFT JOIN users x ON x.id = r.closed_by`

func (q queries) reported(ctx context.Context, where string, args ...any) (list []Reported, err error) {
	if err = q.all(ctx, &list, `SELECT `+retaliationColumns+`, p.name AS person, u.name AS who, COALESCE(x.name, '') AS closer `+reportedFrom+` WHERE `+where, args...); err != nil {
		return nil, err
	}
	for i := range list {
		if err := json.Unmarshal(list[i].Plan, &list[i].Checklist); err != nil {
			return nil, err
		}
	}
	return list, nil
}

// AddRetaliation keeps a report. The same mark twice is the same report.
func (q queries) AddRetaliation(ctx context.Context, r phonebank.Retaliation) error {
	_, err := q.exec(ctx, `
		INSERT INTO retaliations (id, person_id, conversation_id, user_id, follow_up_id, words, state, at)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8) ON CONFLICT (id) DO NOTHING`,
		r.ID, r.PersonID, r.Conversation, r.UserID, null(r.FollowUpID), r.Words, r.State, r.At)
	return err
}

// RetaliationIn answers with the open report of a talk, or NotFound.
func (tx *Tx) RetaliationIn(ctx context.Context, id phonebank.ConversationID) (phonebank.Retaliation, error) {
	list, err := tx.reported(ctx, `r.conversation_id = $1 AND r.state = 'open' ORDER BY r.at LIMIT 1 FOR NO KEY UPDATE OF r`, id)
	return firstReport(list, err)
}

// Retaliation finds one.
func (q queries) Retaliation(ctx context.Context, id phonebank.RetaliationID) (Reported, error) {
	list, err := q.reported(ctx, `r.id = $1`, id)
	if err == nil && len(list) == 0 {
		err = phonebank.Fail(phonebank.NotFound, "We can't find this report.")
	}
	if err != nil {
		return Reported{}, err
	}
	return list[0], nil
}

// LockRetaliation finds one and keeps it to this transaction.
func (tx *Tx) LockRetaliation(ctx context.Context, id phonebank.RetaliationID) (phonebank.Retaliation, error) {
	list, err := tx.reported(ctx, `r.id = $1 FOR NO KEY UPDATE OF r`, id)
	return firstReport(list, err)
}

func firstReport(list []Reported, err error) (phonebank.Retaliation, error) {
	if err == nil && len(list) == 0 {
		err = phonebank.Fail(phonebank.NotFound, "We can't find this report.")
	}
	if err != nil {
		return phonebank.Retaliation{}, err
	}
	return list[0].Retaliation, nil
}

// OpenRetaliations lists the reports that nobody has closed, the oldest first.
func (q queries) OpenRetaliations(ctx context.Context) ([]Reported, error) {
	return q.reported(ctx, `r.state = 'open' ORDER BY r.at LIMIT 50`)
}

// RetaliationsOf lists what a person told us was done to them, the newest first.
func (q queries) RetaliationsOf(ctx context.Context, person phonebank.PersonID) ([]Reported, error) {
	return q.reported(ctx, `r.person_id = $1 ORDER BY r.at DESC LIMIT 50`, person)
}

// SetRetaliationWords keeps what was heard, as it was last put.
func (tx *Tx) SetRetaliationWords(ctx context.Context, id phonebank.RetaliationID, words string) error {
	_, err := tx.exec(ctx, `UPDATE retaliations SET words = $2 WHERE id = $1`, id, words)
	return err
}

// SetRetaliationPlan keeps one point of the plan, and leaves the others to whoever works on them at the same time.
func (tx *Tx) SetRetaliationPlan(ctx context.Context, id phonebank.RetaliationID, key string, p phonebank.Planned, by By, at time.Time) error {
	raw, err := json.Marshal(p)
	if err != nil {
		return err
	}
	if _, err := tx.exec(ctx, `UPDATE retaliations SET checklist = checklist || jsonb_build_object($2::text, $3::jsonb) WHERE id = $1`, id, key, string(raw)); err != nil {
		return err
	}
	return tx.Note(ctx, at, "retaliation", string(id), "plan "+key, by)
}

// SaveRetaliation stores a move of a report, with how it was closed.
func (tx *Tx) SaveRetaliation(ctx context.Context, r phonebank.Retaliation, c phonebank.Change[phonebank.RetaliationState, phonebank.RetaliationEvent], by By) error {
	if c.To == phonebank.RetaliationOpen {
		return save(ctx, tx.queries, "retaliation", string(r.ID), c, by, set{"closed_at", nil}, set{"closed_by", nil})
	}
	return save(ctx, tx.queries, "retaliation", string(r.ID), c, by, set{"closed_at", c.At}, set{"closed_by", null(by.User)}, set{"note", r.Note})
}
