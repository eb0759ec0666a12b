package store

import (
	"context"
	"math"
	"strconv"

	"github.com/lib/pq"

	"phonebank"
)

// WaveLine is a wave on a list.
type WaveLine struct {
	phonebank.Wave
	Session      string `db:"session"`       // its name, empty for a round of texts
	SessionState string `db:"session_state"` // planned, open, ended
	Due          int    `db:"due"`           // rows that are still to come
	Done         int    `db:"done"`          // rows that are done
	SignedUp     int    `db:"signed_up"`     // who said they will come, or came
	Minutes      int    `db:"-"`             // of volunteers' time that what is still to come takes, all together
}

// Waves lists waves, the newest first; with a campaign only its own.
func (q queries) Waves(ctx context.Context, campaign phonebank.CampaignID, limit int) (list []WaveLine, err error) {
	if err = q.all(ctx, &list, `
		SELECT w.*, COALESCE(s.name, '') AS session, COALESCE(s.state, '') AS session_state, COALESCE(`+signUps+`, 0) AS signed_up, rows.due + w.size - w.filled AS due, rows.done
		FROM (SELECT `+waveColumns+` FROM waves WHERE $1 = '' OR campaign_id = $1 ORDER BY created_at DESC LIMIT $2) w
		LEFT JOIN sessions s ON s.id = w.session_id
		CROSS JOIN LATERAL (
			SELECT count(*) FILTER (WHERE f.state <> 'done') AS due, count(*) FILTER (WHERE f.state = 'done') AS done FROM follow_ups f
			WHERE f.wave_id = w.id AND f.reason <> 'heads_up' AND f.state IN ('planned', 'due', 'offered', 'in_progress', 'needs_person', 'done')) rows
		ORDER BY w.created_at DESC`, string(campaign), limit); err != nil || len(list) == 0 {
		return list, err
	}
	pace, err := q.WavePace(ctx)
	for i, w := range list {
		list[i].Minutes = pace.Minutes(w.Channel, w.Due)
	}
	return list, err
}

// WaveProgress is how far a wave has come.
type WaveProgress struct {
	Size          int `db:"size"`           // people it took
	Filled        int `db:"filled"`         // of these, whose follow-up is written, or who left before
	Waiting       int `db:"waiting"`        // rows that are still to come
	OnNow         int `db:"on_now"`         // on a volunteer's screen, ringing, or being sent
	Reached       int `db:"reached"`        // people who were talked with, or wrote back
	NotReached    int `db:"not_reached"`    // tried as often as a wave may, and nobody answered
	LetGo         int `db:"let_go"`         // taken out: they said stop, or something else came between
	DraftsWaiting int `db:"drafts_waiting"` // texts that wait for a volunteer's press
	Sent          int `db:"sent"`           // texts that have left
}

// WavePace is how long one try takes a volunteer here.
type WavePace struct {
	Call  float64 `db:"call"`  // minutes from the ring to the saved wrap-up
	Calls int     `db:"calls"` // from how many calls that is known; 0: it is a guess
}

// Minutes is what reaching for n people once takes.
func (p WavePace) Minutes(c phonebank.Channel, n int) int {
	each := phonebank.WaveMinutesPerText
	if c == phonebank.ByCall {
		if each = p.Call; p.Calls == 0 {
			each = phonebank.WaveMinutesPerCall
		}
	}
	return int(math.Ceil(float64(n) * each))
}

// WavePace reads the calls of the last 30 days on which there were any, at most the newest 1,000 of them.
func (q queries) WavePace(ctx context.Context) (p WavePace, err error) {
	err = q.get(ctx, &p, `
		SELECT COALESCE(avg(LEAST(EXTRACT(epoch FROM COALESCE(c.wrapped_at, k.ended_at) - k.created_at) / 60, 60)), 0)::float8 AS call, count(*) AS calls
		FROM (SELECT conversation_id, created_at, ended_at FROM calls
			WHERE kind = 'outbound' AND ended_at IS NOT NULL AND created_at > (SELECT max(created_at) FROM calls) - interval '30 days'
			ORDER BY created_at DESC LIMIT 1000) k
		LEFT JOIN conversations c ON c.id = k.conversation_id AND c.outcome <> ''`)
	return p, err
}

// waveFacts are what a wave ($1) came to, person by person:
//   - talks: the real talks with its people that began between its launch and its end, whoever rang whom;
//   - reached: its people who were talked with, or wrote back to its text, before it ended;
//   - unreached: those who were rung as often as one wave may and were not reached.
var waveFacts = `
	this AS (SELECT id, channel, size, filled, launched_at, COALESCE(done_at, 'infinity') AS until FROM waves WHERE id = $1),
	talks AS MATERIALIZED (
		SELECT c.id, c.person_id, c.outcome FROM this JOIN wave_members m ON m.wave_id = this.id JOIN conversations c ON c.person_id = m.person_id
		WHERE c.started_at >= this.launched_at AND c.started_at <= this.until AND c.state = 'wrapped' AND c.outcome <> ''),
	reached AS MATERIALIZED (
		SELECT person_id FROM talks WHERE outcome IN ('commitment', 'connected', 'no_thanks')
		UNION
		SELECT m.person_id FROM this JOIN wave_members m ON m.wave_id = this.id JOIN outbox o ON o.follow_up_id = m.follow_up_id AND o.state = 'accepted'
			JOIN messages x ON x.phone_id = m.phone_id AND x.direction = 'in' AND x.at >= o.claimed_at
		WHERE this.channel = 'text' AND x.at <= this.until),
	unreached AS MATERIALIZED (
		SELECT f.person_id FROM follow_ups f JOIN calls k ON k.follow_up_id = f.id
		WHERE f.wave_id = $1 AND k.placed_at IS NOT NULL AND NOT k.our_fault AND f.person_id NOT IN (SELECT person_id FROM reached)
		GROUP BY f.person_id HAVING count(*) >= ` + strconv.Itoa(phonebank.WaveTries) + `) `

// WaveProgress counts how far a wave has come.
func (q queries) WaveProgress(ctx context.Context, id phonebank.WaveID) (p WaveProgress, err error) {
	err = q.get(ctx, &p, `
		WITH `+waveFacts+`, rows AS (
			SELECT count(*) FILTER (WHERE state IN ('planned', 'due', 'needs_person')) AS waiting, count(*) FILTER (WHERE state IN ('offered', 'in_progress')) AS on_now,
				count(*) FILTER (WHERE state = 'needs_person') AS asks, count(*) FILTER (WHERE state = 'done') AS done
			FROM follow_ups WHERE wave_id = $1 AND reason <> 'heads_up')
		SELECT this.size, this.filled, rows.waiting, rows.on_now, (SELECT count(*) FROM reached) AS reached, (SELECT count(*) FROM unreached) AS not_reached,
			(SELECT count(*) FROM wave_members m WHERE m.wave_id = $1 AND m.state = 'left') AS let_go,
			CASE WHEN this.channel = 'text' THEN rows.asks ELSE 0 END AS drafts_waiting, CASE WHEN this.channel = 'text' THEN rows.done ELSE 0 END AS sent
		FROM this, rows`, id)
	return p, err
}

// WaveReport is what came of a wave. Every count can be recounted by hand: its talks are those with its people between its
// launch and its end; its promises are those made in these talks, and those of its people that were settled in that time.
type WaveReport struct {
	Found      int                       `db:"found"`       // who fit its filter
	LeftOut    phonebank.LeftOut         `db:"left_out"`    // those it did not take, by the first reason that held
	Size       int                       `db:"size"`        // people it took: reached, not reached, taken out, and open together
	Reached    int                       `db:"reached"`     // talked with, or wrote back
	NotReached int                       `db:"not_reached"` // rung as often as one wave may, and not reached
	LetGo      int                       `db:"let_go"`      // taken out after they were found, and not reached: they said stop, or something else came between
	Open       int                       `db:"open"`        // still to come, or not come to when the wave ended
	Sent       int                       `db:"sent"`        // texts that have left
	Talks      int                       `db:"talks"`       // real talks
	Made       int                       `db:"made"`        // promises made in its talks
	Kept       int                       `db:"kept"`        // what became of its promises
	Partly     int                       `db:"partly"`
	Missed     int                       `db:"missed"`
	Moved      int                       `db:"moved"`
	LetGoOf    int                       `db:"let_go_of"`  // promises that they changed their mind about
	Ahead      int                       `db:"ahead"`      // promises that are still open
	NoThanks   int                       `db:"no_thanks"`  // talks that ended with an honest no
	Later      int                       `db:"later"`      // asked for another time
	Stopped    int                       `db:"stopped"`    // said stop in a talk of the wave
	NextTalks  int                       `db:"next_talks"` // talks with which another one was agreed
	Outcomes   map[phonebank.Outcome]int `db:"-"`          // how every contact ended
}

// WavePromises is what became of the promises of one wave.
type WavePromises struct {
	WaveID  phonebank.WaveID `db:"wave_id"`
	Kept    int              `db:"kept"`
	Partly  int              `db:"partly"`
	Missed  int              `db:"missed"`
	Moved   int              `db:"moved"`
	LetGoOf int              `db:"let_go_of"`
}

// PromisesOfWaves reads of several waves at once what their reports say of promises. It begins at what happened while each of them went on,
// not at its people: a list of large waves is as quick as one of small ones.
func (q queries) PromisesOfWaves(ctx context.Context, ids []phonebank.WaveID) (map[phonebank.WaveID]WavePromises, error) {
	list := make([]string, len(ids))
	for i, id := range ids {
		list[i] = string(id)
	}
	var rows []WavePromises
	if err := q.all(ctx, &rows, `
		SELECT w.id AS wave_id, count(*) FILTER (WHERE p.state = 'kept') AS kept, count(*) FILTER (WHERE p.state = 'partly') AS partly,
			count(*) FILTER (WHERE p.state = 'missed') AS missed, count(*) FILTER (WHERE p.state = 'moved') AS moved, count(*) FILTER (WHERE p.state = 'let_go') AS let_go_of
		FROM waves w CROSS JOIN LATERAL (
			SELECT k.state FROM conversations c JOIN commitments k ON k.conversation_id = c.id JOIN wave_members m ON m.wave_id = w.id AND m.person_id = c.person_id
			WHERE c.started_at >= w.launched_at AND c.started_at <= COALESCE(w.done_at, 'infinity') AND c.state = 'wrapped' AND c.outcome <> ''
			UNION ALL
			SELECT k.state FROM commitments k JOIN wave_members m ON m.wave_id = w.id AND m.person_id = k.person_id
			WHERE k.settled_at >= w.launched_at AND k.settled_at <= COALESCE(w.done_at, 'infinity') AND NOT EXISTS (SELECT 1 FROM conversations c
				WHERE c.id = k.conversation_id AND c.started_at >= w.launched_at AND c.started_at <= COALESCE(w.done_at, 'infinity') AND c.state = 'wrapped' AND c.outcome <> '')) p
		WHERE w.id = ANY($1) GROUP BY w.id`, pq.Array(list)); err != nil {
		return nil, err
	}
	of := make(map[phonebank.WaveID]WavePromises, len(rows))
	for _, r := range rows {
		of[r.WaveID] = r
	}
	return of, nil
}

// WaveReport reads what came of a wave.
func (q queries) WaveReport(ctx context.Context, id phonebank.WaveID) (r WaveReport, err error) {
	if err = q.get(ctx, &r, `
		WITH `+waveFacts+`, real AS (SELECT * FROM talks WHERE outcome IN ('commitment', 'connected', 'no_thanks')),
		promises AS (
			SELECT k.state FROM commitments k JOIN talks t ON t.id = k.conversation_id
			UNION ALL
			SELECT k.state FROM this JOIN wave_members m ON m.wave_id = this.id JOIN commitments k ON k.person_id = m.person_id
			WHERE k.settled_at >= this.launched_at AND k.settled_at <= this.until AND NOT EXISTS (SELECT 1 FROM talks t WHERE t.id = k.conversation_id)),
		settled AS (
			SELECT count(*) FILTER (WHERE state = 'kept') AS kept, count(*) FILTER (WHERE state = 'partly') AS partly, count(*) FILTER (WHERE state = 'missed') AS missed,
				count(*) FILTER (WHERE state = 'moved') AS moved, count(*) FILTER (WHERE state = 'let_go') AS let_go_of, count(*) FILTER (WHERE state = 'open') AS ahead
			FROM promises),
		out AS (
			SELECT count(*) AS n FROM wave_members m
			WHERE m.wave_id = $1 AND m.state = 'left' AND m.person_id NOT IN (SELECT person_id FROM reached) AND m.person_id NOT IN (SELECT person_id FROM unreached))
		SELECT w.found, w.left_out, w.size, (SELECT count(*) FROM reached) AS reached, (SELECT count(*) FROM unreached) AS not_reached, out.n AS let_go,
			w.size - (SELECT count(*) FROM reached) - (SELECT count(*) FROM unreached) - out.n AS open,
			(SELECT count(*) FROM wave_members m JOIN outbox o ON o.follow_up_id = m.follow_up_id WHERE m.wave_id = $1 AND o.state = 'accepted') AS sent,
			(SELECT count(*) FROM real) AS talks, (SELECT count(*) FROM commitments k JOIN talks t ON t.id = k.conversation_id) AS made, settled.*,
			(SELECT count(*) FROM real WHERE outcome = 'no_thanks') AS no_thanks, (SELECT count(*) FROM talks WHERE outcome = 'callback') AS later,
			(SELECT count(*) FROM talks WHERE outcome = 'opt_out') AS stopped,
			(SELECT count(*) FROM talks t WHERE EXISTS (SELECT 1 FROM follow_ups f WHERE f.conversation_id = t.id AND f.channel = 'call' AND f.state <> 'cancelled')) AS next_talks
		FROM waves w, settled, out WHERE w.id = $1`, id); err != nil {
		return r, err
	}
	var rows []struct {
		Outcome phonebank.Outcome `db:"outcome"`
		N       int               `db:"n"`
	}
	r.Outcomes = map[phonebank.Outcome]int{}
	err = q.all(ctx, &rows, `WITH `+waveFacts+` SELECT outcome, count(*) AS n FROM talks GROUP BY outcome`, id)
	for _, o := range rows {
		r.Outcomes[o.Outcome] = o.N
	}
	return r, err
}

// WavePerson is one person of a wave.
type WavePerson struct {
	PersonID phonebank.PersonID      `db:"person_id"`
	Name     string                  `db:"name"`
	Number   phonebank.Number        `db:"number"`
	Owner    string                  `db:"owner"` // whose row it is
	State    phonebank.MemberState   `db:"state"`
	Left     phonebank.WaveExclusion `db:"left_why"` // why they were taken out after they were found
	FollowUp phonebank.FollowUpID    `db:"follow_up_id"`
	Row      phonebank.FollowUpState `db:"row_state"` // of their follow-up; empty: it is still to be written
	Why      string                  `db:"why"`       // why that ended as it did
	HeadsUp  phonebank.FollowUpState `db:"heads_up_state"`
	Tries    int                     `db:"tries"`   // how often they were rung
	Outcome  phonebank.Outcome       `db:"outcome"` // of their last contact in the wave
}

// WavePeople lists the people of a wave. after is the last id of the page before.
func (q queries) WavePeople(ctx context.Context, id phonebank.WaveID, after string, limit int) (list []WavePerson, err error) {
	err = q.all(ctx, &list, `
		SELECT m.person_id, p.name, ph.number, COALESCE(u.name, '') AS owner, m.state, m.why AS left_why, COALESCE(m.follow_up_id, '') AS follow_up_id,
			COALESCE(f.state, '') AS row_state, COALESCE(f.why, '') AS why, COALESCE(h.state, '') AS heads_up_state,
			(SELECT count(*) FROM follow_ups x JOIN calls k ON k.follow_up_id = x.id WHERE x.person_id = m.person_id AND x.wave_id = $1 AND k.placed_at IS NOT NULL AND NOT k.our_fault) AS tries,
			COALESCE((SELECT c.outcome FROM waves w JOIN conversations c ON c.person_id = m.person_id
				WHERE w.id = $1 AND c.started_at >= w.launched_at AND c.started_at <= COALESCE(w.done_at, 'infinity') AND c.state = 'wrapped' ORDER BY c.started_at DESC LIMIT 1), '') AS outcome
		FROM (SELECT * FROM wave_members WHERE wave_id = $1 AND person_id > $2 ORDER BY person_id LIMIT $3) m
			JOIN people p ON p.id = m.person_id JOIN phones ph ON ph.id = m.phone_id
			LEFT JOIN follow_ups f ON f.id = m.follow_up_id LEFT JOIN follow_ups h ON h.id = m.heads_up_id LEFT JOIN users u ON u.id = f.owner_id
		ORDER BY m.person_id`, id, after, limit)
	return list, err
}
