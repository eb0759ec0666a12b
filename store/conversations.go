package store

import (
	"context"
	"encoding/json"
	"time"

	"github.com/lib/pq"

	"phonebank"
)

const conversationColumns = `id, campaign_id, COALESCE(session_id, '') AS session_id, COALESCE(shift_id, '') AS shift_id, person_id,
	COALESCE(user_id, '') AS user_id, channel, state, script_id, script_version, locale, kind, ask_id, outcome, holder, held_at, started_at, ended_at, wrapped_at`

// AddConversation begins a talk.
func (q queries) AddConversation(ctx context.Context, c phonebank.Conversation) error {
	_, err := q.hotExec(ctx, `
		INSERT INTO conversations (id, campaign_id, session_id, shift_id, person_id, user_id, channel, state, script_id, script_version, locale, kind, ask_id, started_at)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14)`,
		c.ID, c.CampaignID, null(c.SessionID), null(c.ShiftID), c.PersonID, null(c.UserID), c.Channel, c.State, c.ScriptID, c.ScriptVersion, c.Locale, c.Kind, c.AskID, c.StartedAt)
	return err
}

// Conversation finds one.
func (q queries) Conversation(ctx context.Context, id phonebank.ConversationID) (c phonebank.Conversation, err error) {
	err = q.get(ctx, &c, `SELECT `+conversationColumns+` FROM conversations WHERE id = $1`, id)
	return c, err
}

// LockConversation finds one and keeps it to this transaction.
func (tx *Tx) LockConversation(ctx context.Context, id phonebank.ConversationID) (c phonebank.Conversation, err error) {
	err = tx.get(ctx, &c, `SELECT `+conversationColumns+` FROM conversations WHERE id = $1 FOR NO KEY UPDATE`, id)
	return c, err
}

// SaveConversation stores a move of a conversation.
func (q queries) SaveConversation(ctx context.Context, conv phonebank.Conversation, c phonebank.Change[phonebank.ConversationState, phonebank.ConversationEvent], by By) error {
	var sets []set
	switch c.To {
	case phonebank.ConversationEnded:
		sets = []set{{"ended_at", c.At}}
		if c.Event == phonebank.ConversationUndo {
			sets = []set{{"wrapped_at", nil}, {"outcome", ""}} // it ended when it ended
		}
	case phonebank.ConversationWrapped:
		sets = []set{{"wrapped_at", c.At}, {"outcome", conv.Outcome}}
	}
	return save(ctx, q, "conversation", string(conv.ID), c, by, sets...)
}

// SaveWrap keeps the wrap-up as it was written.
func (q queries) SaveWrap(ctx context.Context, id phonebank.ConversationID, wrap []byte) error {
	_, err := q.exec(ctx, `UPDATE conversations SET wrap = $2 WHERE id = $1`, id, string(wrap))
	return err
}

// Wrap answers with the wrap-up as it was written, or nil.
func (q queries) Wrap(ctx context.Context, id phonebank.ConversationID) (wrap json.RawMessage, err error) {
	var raw []byte
	err = q.get(ctx, &raw, `SELECT wrap FROM conversations WHERE id = $1`, id)
	return raw, err
}

// HoldConversation lets one browser tab write. Another may take it when it asks to, or when the holder has been silent.
func (q queries) HoldConversation(ctx context.Context, id phonebank.ConversationID, tab string, take bool, at time.Time) (bool, error) {
	n, err := q.exec(ctx, `
		UPDATE conversations SET holder = $2, held_at = $4
		WHERE id = $1 AND ($3 OR holder IN ('', $2) OR held_at < $5)`, id, tab, take, at, at.Add(-phonebank.PanelSilence))
	return n == 1, err
}

// AddEvents stores what a panel marked. An event that is there already is the same event.
func (q queries) AddEvents(ctx context.Context, id phonebank.ConversationID, events []phonebank.Event, at time.Time) (fresh []string, err error) {
	ids, ats, types, datas := make([]string, len(events)), make([]string, len(events)), make([]string, len(events)), make([]string, len(events))
	for i, e := range events {
		ids[i], ats[i], types[i], datas[i] = e.ID, e.At.Format(time.RFC3339Nano), e.Type, string(e.Data)
	}
	err = q.all(ctx, &fresh, `
		INSERT INTO events (id, conversation_id, at, stored_at, type, data)
		SELECT t.id, $1, t.at, $6, t.type, t.data
		FROM unnest($2::text[], $3::timestamptz[], $4::text[], $5::jsonb[]) WITH ORDINALITY AS t(id, at, type, data, n)
		ORDER BY t.n
		ON CONFLICT (id) DO NOTHING
		RETURNING id`, id, pq.Array(ids), pq.Array(ats), pq.Array(types), pq.Array(datas), at)
	return fresh, err
}

// Events lists everything that was marked in a talk, in order.
func (q queries) Events(ctx context.Context, id phonebank.ConversationID) (list []phonebank.Event, err error) {
	list = []phonebank.Event{}
	err = q.all(ctx, &list, `SELECT id, at, type, data FROM events WHERE conversation_id = $1 ORDER BY seq`, id)
	return list, err
}

// Word is one thing a person said, with the day and who heard it.
type Word struct {
	Name  string    `db:"name"`
	Value string    `db:"value"`
	Label string    `db:"label"`
	By    string    `db:"heard_by"`
	At    time.Time `db:"at"`
}

// KeepWord keeps a person's own words.
func (q queries) KeepWord(ctx context.Context, person phonebank.PersonID, w Word, id phonebank.ConversationID, by phonebank.UserID) error {
	_, err := q.exec(ctx, `
		INSERT INTO words (person_id, name, value, label, conversation_id, heard_by, at) VALUES ($1, $2, $3, $4, $5, $6, $7)
		ON CONFLICT (person_id, name, conversation_id) DO UPDATE SET value = EXCLUDED.value, at = EXCLUDED.at`,
		person, w.Name, w.Value, w.Label, id, null(by), w.At)
	return err
}

// Words lists a person's own words, the newest first.
func (q queries) Words(ctx context.Context, person phonebank.PersonID) (list []Word, err error) {
	err = q.all(ctx, &list, `
		SELECT w.name, w.value, w.label, COALESCE(u.name, '') AS heard_by, w.at
		FROM words w LEFT JOIN users u ON u.id = w.heard_by WHERE w.person_id = $1 ORDER BY w.at DESC LIMIT 100`, person)
	return list, err
}

// Learn keeps what else came out of a talk.
func (q queries) Learn(ctx context.Context, id phonebank.ConversationID, tag, words string, at time.Time) error {
	_, err := q.exec(ctx, `INSERT INTO learned (id, conversation_id, tag, words, at) VALUES ($1, $2, $3, $4, $5)`,
		phonebank.NewID[string](at), id, tag, words, at)
	return err
}

const commitmentColumns = `id, campaign_id, person_id, COALESCE(conversation_id, '') AS conversation_id, COALESCE(user_id, '') AS user_id, what, by_local, zone,
	by_at, state, created_at, settled_at`

// AddCommitment keeps what a person said they would do.
func (q queries) AddCommitment(ctx context.Context, c phonebank.Commitment) error {
	_, err := q.exec(ctx, `
		INSERT INTO commitments (id, campaign_id, person_id, conversation_id, user_id, what, by_local, zone, by_at, state, created_at)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)`,
		c.ID, c.CampaignID, c.PersonID, null(c.Conversation), null(c.UserID), c.What, c.ByLocal, c.Zone, c.By, c.State, c.CreatedAt)
	return err
}

// Commitment finds one.
func (q queries) Commitment(ctx context.Context, id phonebank.CommitmentID) (c phonebank.Commitment, err error) {
	err = q.get(ctx, &c, `SELECT `+commitmentColumns+` FROM commitments WHERE id = $1`, id)
	return c, err
}

// CommitmentsOf lists what a person said they would do, the newest first.
func (q queries) CommitmentsOf(ctx context.Context, person phonebank.PersonID) (list []phonebank.Commitment, err error) {
	err = q.all(ctx, &list, `SELECT `+commitmentColumns+` FROM commitments WHERE person_id = $1 ORDER BY created_at DESC LIMIT 100`, person)
	return list, err
}

// SaveCommitment stores a move of a commitment.
func (q queries) SaveCommitment(ctx context.Context, c phonebank.Commitment, change phonebank.Change[phonebank.CommitmentState, phonebank.CommitmentEvent], by By) error {
	var settled any
	if change.To != phonebank.CommitmentOpen {
		settled = change.At
	}
	return save(ctx, q, "commitment", string(c.ID), change, by, set{"settled_at", settled})
}
