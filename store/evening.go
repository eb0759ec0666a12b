package store

import (
	"context"

	"github.com/lib/pq"

	"phonebank"
)

// Evening is what came of a session: what counts here is what was heard and what goes on, never how many said yes.
type Evening struct {
	Talks  int `db:"talks"`  // people who were talked with
	Stakes int `db:"stakes"` // of whom we know now why it matters to them
	Next   int `db:"next"`   // with whom another talk is agreed
}

// Evening counts a session for everybody together, or for one volunteer, who alone reads that.
func (q queries) Evening(ctx context.Context, session phonebank.SessionID, user phonebank.UserID) (e Evening, err error) {
	err = q.get(ctx, &e, `
		SELECT count(*) AS talks,
			count(*) FILTER (WHERE EXISTS (SELECT 1 FROM words w WHERE w.conversation_id = c.id AND w.name = ANY($3) AND w.value <> '')) AS stakes,
			count(*) FILTER (WHERE EXISTS (SELECT 1 FROM follow_ups f WHERE f.conversation_id = c.id AND f.channel = 'call' AND f.state <> 'cancelled')) AS next
		FROM conversations c
		WHERE c.session_id = $1 AND ($2 = '' OR c.user_id = $2) AND c.state = 'wrapped' AND c.outcome IN ('commitment', 'connected', 'no_thanks', 'callback')`,
		session, string(user), pq.Array(phonebank.StakeNames))
	return e, err
}

// TonightsWord is something that somebody said in a session, with the version of the script that asked for it.
type TonightsWord struct {
	Name    string `db:"name"`
	Value   string `db:"value"`
	Script  string `db:"script_id"`
	Version int    `db:"script_version"`
}

// WordsTonight lists what people said in a session, the newest first, without who they are.
func (q queries) WordsTonight(ctx context.Context, session phonebank.SessionID) (list []TonightsWord, err error) {
	err = q.all(ctx, &list, `
		SELECT w.name, w.value, c.script_id, c.script_version FROM words w JOIN conversations c ON c.id = w.conversation_id
		WHERE c.session_id = $1 AND w.value <> '' ORDER BY w.at DESC, w.name LIMIT 60`, session)
	return list, err
}

// LearnedTonight lists what else came out of the talks of a session, in the volunteers' words.
func (q queries) LearnedTonight(ctx context.Context, session phonebank.SessionID) (list []string, err error) {
	err = q.all(ctx, &list, `
		SELECT l.words FROM learned l JOIN conversations c ON c.id = l.conversation_id
		WHERE c.session_id = $1 AND l.words <> '' ORDER BY l.at DESC LIMIT 5`, session)
	return list, err
}
