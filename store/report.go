package store

import (
	"context"
	"encoding/json"
	"slices"
	"time"

	"github.com/lib/pq"

	"phonebank"
)

// The report counts talks, promises and words, and people only together: nothing in it can be read by volunteer, so that it
// cannot become a ranking of anybody.

// Narrowed is which talks a report is about: of a period, and where wanted of one campaign, script, version or phase.
type Narrowed struct {
	Campaign     phonebank.CampaignID
	Script       string
	Version      int
	Phase        string
	Since, Until time.Time
}

func (n Narrowed) args(more ...any) []any {
	return append([]any{n.Since, n.Until, string(n.Campaign), n.Script, n.Version, n.Phase}, more...)
}

// talksOf is the talks of a report, riding conversations_started. A talk that is not wrapped up says nothing yet.
const talksOf = `talks AS (
	SELECT c.id, c.person_id, c.campaign_id, c.channel, c.outcome, c.started_at, c.script_id, c.script_version, c.ask_id, c.locale,
		c.outcome IN ('commitment', 'connected', 'no_thanks') AS talked, COALESCE(c.wrap ->> 'answer', '') AS answer, COALESCE(s.document ->> 'phase', '') AS phase
	FROM conversations c LEFT JOIN scripts s ON s.id = c.script_id AND s.version = c.script_version
	WHERE c.state = 'wrapped' AND c.outcome <> '' AND c.started_at >= $1 AND c.started_at < $2
		AND ($3 = '' OR c.campaign_id = $3) AND ($4 = '' OR c.script_id = $4) AND ($5::int = 0 OR c.script_version = $5) AND ($6 = '' OR s.document ->> 'phase' = $6)) `

// Figures are what came out of talks, in the whole or in one phase.
type Figures struct {
	Whole    bool   `db:"whole"`
	Phase    string `db:"phase"`
	Talks    int    `db:"talks"` // people talked: a callback or a wrong number is no talk
	Long     int    `db:"long"`  // by phone, longer than two minutes
	ByText   int    `db:"bytext"`
	InPerson int    `db:"in_person"`
	People   int    `db:"people"`
	Stakes   int    `db:"stakes"` // why it matters to them, in their words
	Next     int    `db:"next"`   // a next talk was agreed
	Yes      int    `db:"yes"`
	Unsure   int    `db:"unsure"`
	No       int    `db:"no"`
}

// Figures counts what came out of the talks: the whole first, then by phase.
func (q queries) Figures(ctx context.Context, n Narrowed) (list []Figures, err error) {
	err = q.all(ctx, &list, `
		WITH `+talksOf+`, told AS (
			SELECT t.*,
				t.channel = 'call' AND 120 <= (SELECT sum(EXTRACT(epoch FROM k.ended_at - k.answered_at)) FROM calls k WHERE k.conversation_id = t.id AND k.kind IN ('outbound', 'inbound')) AS long,
				EXISTS (SELECT 1 FROM words w WHERE w.person_id = t.person_id AND w.conversation_id = t.id AND w.name = ANY($7) AND w.value <> '') AS stake,
				EXISTS (SELECT 1 FROM follow_ups f WHERE f.person_id = t.person_id AND f.conversation_id = t.id AND f.channel = 'call'
					AND f.reason IN ('before_commitment', 'after_commitment', 'scheduled_call', 'revisit', 'maintenance', 'first_week')) AS next,
				CASE WHEN t.answer = 'hard_no' OR t.outcome = 'no_thanks' THEN 'no' WHEN t.answer = 'clear_yes' THEN 'yes' WHEN t.answer = 'unsure' THEN 'unsure'
					WHEN t.outcome = 'commitment' THEN 'yes' ELSE '' END AS answered
			FROM talks t WHERE t.talked)
		SELECT grouping(phase) = 1 AS whole, COALESCE(phase, '') AS phase, count(*) AS talks, count(*) FILTER (WHERE long) AS long,
			count(*) FILTER (WHERE channel = 'text') AS bytext, count(*) FILTER (WHERE channel = 'in_person') AS in_person, count(DISTINCT person_id) AS people,
			count(*) FILTER (WHERE stake) AS stakes, count(*) FILTER (WHERE next) AS next, count(*) FILTER (WHERE answered = 'yes') AS yes,
			count(*) FILTER (WHERE answered = 'unsure') AS unsure, count(*) FILTER (WHERE answered = 'no') AS no
		FROM told GROUP BY GROUPING SETS ((), (phase)) ORDER BY grouping(phase) DESC, phase`, n.args(pq.Array(phonebank.StakeNames))...)
	return list, err
}

// PromisesDue counts what people said they would do and what has come due in the period, by how it went.
func (q queries) PromisesDue(ctx context.Context, n Narrowed, at time.Time) (map[phonebank.CommitmentState]int, error) {
	var rows []struct {
		State phonebank.CommitmentState `db:"state"`
		N     int                       `db:"n"`
	}
	err := q.all(ctx, &rows, `
		SELECT k.state, count(*) AS n FROM commitments k LEFT JOIN conversations c ON c.id = k.conversation_id
			LEFT JOIN scripts s ON s.id = c.script_id AND s.version = c.script_version
		WHERE k.by_at >= $1 AND k.by_at < $2 AND k.by_at <= $7 AND ($3 = '' OR k.campaign_id = $3)
			AND ($4 = '' OR c.script_id = $4) AND ($5::int = 0 OR c.script_version = $5) AND ($6 = '' OR s.document ->> 'phase' = $6)
		GROUP BY k.state`, n.args(at)...)
	states := map[phonebank.CommitmentState]int{}
	for _, r := range rows {
		states[r.State] = r.N
	}
	return states, err
}

// Stayed is how many of the people are new to us, and how many of those are still here.
type Stayed struct {
	People int `db:"people"` // who talked with us in the period
	New    int `db:"new"`    // whose first talk that was
	Of30   int `db:"of30"`   // new, and that is at least 30 days ago
	Here30 int `db:"here30"` // of those, who talked again or kept a promise 30 days on or later
	Of90   int `db:"of90"`
	Here90 int `db:"here90"`
}

// Stayed counts who is new and who stayed.
func (q queries) Stayed(ctx context.Context, n Narrowed, at time.Time) (s Stayed, err error) {
	err = q.get(ctx, &s, `
		WITH `+talksOf+`, met AS (SELECT DISTINCT person_id FROM talks WHERE talked),
		first AS (
			SELECT m.person_id, min(c.started_at) AS at FROM met m JOIN conversations c ON c.person_id = m.person_id
			WHERE c.state = 'wrapped' AND c.outcome IN ('commitment', 'connected', 'no_thanks') GROUP BY m.person_id),
		later AS (
			SELECT f.person_id, f.at, f.at >= $1 AS fresh, GREATEST(
				(SELECT max(c.started_at) FROM conversations c WHERE c.person_id = f.person_id AND c.state = 'wrapped' AND c.outcome IN ('commitment', 'connected', 'no_thanks')),
				(SELECT max(k.settled_at) FROM commitments k WHERE k.person_id = f.person_id AND k.state = 'kept')) AS last
			FROM first f)
		SELECT count(*) AS people, count(*) FILTER (WHERE fresh) AS new,
			count(*) FILTER (WHERE fresh AND at <= $7::timestamptz - interval '30 days') AS of30,
			count(*) FILTER (WHERE fresh AND at <= $7::timestamptz - interval '30 days' AND last >= at + interval '30 days') AS here30,
			count(*) FILTER (WHERE fresh AND at <= $7::timestamptz - interval '90 days') AS of90,
			count(*) FILTER (WHERE fresh AND at <= $7::timestamptz - interval '90 days' AND last >= at + interval '90 days') AS here90
		FROM later`, n.args(at)...)
	return s, err
}

// RolesFilled counts who took on a role in the period: a move to a task or higher that a coordinator approved.
func (q queries) RolesFilled(ctx context.Context, n Narrowed) (filled int, err error) {
	err = q.get(ctx, &filled, `
		SELECT count(*) FROM rung_moves m
		WHERE m.state = 'approved' AND m.to_rung >= $7 AND m.from_rung < $7 AND m.decided_at >= $1 AND m.decided_at < $2 AND EXISTS (
			SELECT 1 FROM conversations c LEFT JOIN scripts s ON s.id = c.script_id AND s.version = c.script_version
			WHERE c.person_id = m.person_id AND ($3 = '' OR c.campaign_id = $3) AND ($4 = '' OR c.script_id = $4) AND ($5::int = 0 OR c.script_version = $5)
				AND ($6 = '' OR s.document ->> 'phase' = $6))`, n.args(phonebank.RungTask)...)
	return filled, err
}

// OnRung is how many people stand on a rung.
type OnRung struct {
	Rung int `db:"rung"`
	N    int `db:"n"`
}

// Rungs counts where the people of the period's talks stand today.
func (q queries) Rungs(ctx context.Context, n Narrowed) (list []OnRung, err error) {
	err = q.all(ctx, &list, `
		WITH `+talksOf+`
		SELECT p.rung, count(*) AS n FROM people p WHERE p.id IN (SELECT person_id FROM talks WHERE talked) GROUP BY p.rung ORDER BY p.rung`, n.args()...)
	return list, err
}

// Hearing is one thing that came out of a talk, without a name.
type Hearing struct {
	Tag   string    `db:"tag"`
	Words string    `db:"words"`
	At    time.Time `db:"at"`
}

// Hearings lists what else came out of talks, the newest first.
func (q queries) Hearings(ctx context.Context, n Narrowed, most int) (list []Hearing, err error) {
	err = q.all(ctx, &list, `
		WITH `+talksOf+`
		SELECT l.tag, l.words, l.at FROM learned l JOIN talks t ON t.id = l.conversation_id ORDER BY l.at DESC, l.id DESC LIMIT $7`, n.args(most)...)
	return list, err
}

// Tagged is how many lines and people speak of one thing.
type Tagged struct {
	Tag    string `db:"tag"`
	Lines  int    `db:"lines"`
	People int    `db:"people"`
}

// HearingsByTag counts what else came out of talks.
func (q queries) HearingsByTag(ctx context.Context, n Narrowed) (list []Tagged, err error) {
	err = q.all(ctx, &list, `
		WITH `+talksOf+`
		SELECT l.tag, count(*) AS lines, count(DISTINCT t.person_id) AS people FROM learned l JOIN talks t ON t.id = l.conversation_id
		GROUP BY l.tag ORDER BY l.tag`, n.args()...)
	return list, err
}

// Spoken lists what people said in the given slots, the newest first and without a name, with how many people said something.
func (q queries) Spoken(ctx context.Context, n Narrowed, names []string, most int) (list []Hearing, people int, err error) {
	if err = q.all(ctx, &list, `
		WITH `+talksOf+`
		SELECT w.label AS tag, w.value AS words, w.at FROM words w JOIN talks t ON t.id = w.conversation_id AND t.person_id = w.person_id
		WHERE w.name = ANY($7) AND w.value <> '' ORDER BY w.at DESC, w.value LIMIT $8`, n.args(pq.Array(names), most)...); err != nil {
		return nil, 0, err
	}
	err = q.get(ctx, &people, `
		WITH `+talksOf+`
		SELECT count(DISTINCT w.person_id) FROM words w JOIN talks t ON t.id = w.conversation_id AND t.person_id = w.person_id
		WHERE w.name = ANY($7) AND w.value <> ''`, n.args(pq.Array(names))...)
	return list, people, err
}

// Walked is one talk with the events that moved it, as a script replays them.
type Walked struct {
	ID      string            `db:"id"`
	Script  string            `db:"script_id"`
	Version int               `db:"script_version"`
	Ask     string            `db:"ask_id"`
	Locale  string            `db:"locale"`
	Events  []phonebank.Event `db:"-"`
}

// EachWalk hands over the newest talks of a report one after another, at most so many, with the events that move a walk. It
// reads a hundred talks at a time, so a long period costs time and not memory. It answers with how many talks there are in all.
func (q queries) EachWalk(ctx context.Context, n Narrowed, most int, do func(Walked) error) (all int, err error) {
	if err = q.get(ctx, &all, `WITH `+talksOf+`SELECT count(*) FROM talks`, n.args()...); err != nil {
		return 0, err
	}
	var list []Walked
	if err = q.all(ctx, &list, `
		WITH `+talksOf+`
		SELECT id, script_id, script_version, ask_id, locale FROM talks ORDER BY started_at DESC, id LIMIT $7`, n.args(most)...); err != nil {
		return 0, err
	}
	for chunk := range slices.Chunk(list, 100) {
		ids := make([]string, len(chunk))
		for i, w := range chunk {
			ids[i] = w.ID
		}
		var rows []struct {
			Talk string          `db:"conversation_id"`
			Type string          `db:"type"`
			Data json.RawMessage `db:"data"`
		}
		if err := q.all(ctx, &rows, `
			SELECT conversation_id, type, data FROM events
			WHERE conversation_id = ANY($1) AND type IN ('visit', 'light', 'path', 'ask', 'silence', 'ending', 'engine')
			ORDER BY conversation_id, seq`, pq.Array(ids)); err != nil {
			return 0, err
		}
		events := map[string][]phonebank.Event{}
		for _, r := range rows {
			events[r.Talk] = append(events[r.Talk], phonebank.Event{Type: r.Type, Data: r.Data})
		}
		for _, w := range chunk {
			w.Events = events[w.ID]
			if err := do(w); err != nil {
				return 0, err
			}
		}
	}
	return all, nil
}

// Guided is a version of a script that has guided talks.
type Guided struct {
	ID      string `db:"id"`
	Version int    `db:"version"`
	Title   string `db:"title"`
	Phase   string `db:"phase"`
}

// GuidedBy lists the versions that have guided talks, for a report to choose from.
func (q queries) GuidedBy(ctx context.Context) (list []Guided, err error) {
	err = q.all(ctx, &list, `
		SELECT s.id, s.version, s.title, COALESCE(s.document ->> 'phase', '') AS phase FROM scripts s
		WHERE EXISTS (SELECT 1 FROM conversations c WHERE c.script_id = s.id AND c.script_version = s.version) ORDER BY s.title, s.id, s.version DESC LIMIT 200`)
	return list, err
}

// ListedPeople lists people for an export, by id, after the last one of the page before; with a campaign those on its list.
func (q queries) ListedPeople(ctx context.Context, campaign phonebank.CampaignID, after phonebank.PersonID, limit int) (list []Found, err error) {
	err = q.all(ctx, &list, `
		SELECT `+foundColumns+` FROM people p JOIN phones ph ON ph.id = p.phone_id LEFT JOIN users u ON u.id = p.owner_id
		WHERE p.id > $1 AND ($2 = '' OR EXISTS (SELECT 1 FROM call_list l WHERE l.campaign_id = $2 AND l.person_id = p.id)) ORDER BY p.id LIMIT $3`, string(after), string(campaign), limit)
	return list, err
}
