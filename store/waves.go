package store

import (
	"context"
	"time"

	"github.com/lib/pq"

	"phonebank"
)

const waveColumns = `id, campaign_id, COALESCE(session_id, '') AS session_id, name, channel, reason, state, filter, body, heads_up, local_wish, zone, starts_at,
	paused_at, size, filled, found, left_out, why, gathered, body_es, heads_up_es, heads_up_at, fixed_at, created_by, created_at, launched_at,
	done_at`

// waveStands is true for a follow-up f of no wave, or of one that goes on. Nothing of a wave is offered, released or sent
// while it is paused, before it is live, or after its end; only the texts of the day before belong to a wave that is still ahead.
const waveStands = `(f.wave_id IS NULL OR EXISTS (SELECT 1 FROM waves w WHERE w.id = f.wave_id AND w.paused_at IS NULL
	AND (w.state = 'live' OR w.state = 'scheduled' AND f.reason = 'heads_up')))`

// AddWave writes down a wave.
func (q queries) AddWave(ctx context.Context, w phonebank.Wave) error {
	_, err := q.exec(ctx, `
		INSERT INTO waves (id, campaign_id, session_id, name, channel, reason, state, filter, body, heads_up, local_wish, zone, starts_at, gathered, created_by,
			created_at, launched_at, body_es, heads_up_es)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19)`,
		w.ID, w.CampaignID, null(w.SessionID), w.Name, w.Channel, w.Reason, w.State, w.Filter, w.Body, w.HeadsUp, w.Local, w.Zone, w.StartsAt, w.Gathered, w.CreatedBy,
		w.CreatedAt, w.LaunchedAt, w.BodyES, w.HeadsUpES)
	return err
}

// Wave finds one.
func (q queries) Wave(ctx context.Context, id phonebank.WaveID) (w phonebank.Wave, err error) {
	err = q.get(ctx, &w, `SELECT `+waveColumns+` FROM waves WHERE id = $1`, id)
	return w, err
}

// LockWave finds one and keeps it to this transaction.
func (tx *Tx) LockWave(ctx context.Context, id phonebank.WaveID) (w phonebank.Wave, err error) {
	err = tx.get(ctx, &w, `SELECT `+waveColumns+` FROM waves WHERE id = $1 FOR NO KEY UPDATE`, id)
	return w, err
}

// TryLockWave is LockWave for a loop that comes again: a wave that another process has in hand is NotFound.
func (tx *Tx) TryLockWave(ctx context.Context, id phonebank.WaveID) (w phonebank.Wave, err error) {
	err = tx.get(ctx, &w, `SELECT `+waveColumns+` FROM waves WHERE id = $1 FOR NO KEY UPDATE SKIP LOCKED`, id)
	return w, err
}

// EditWave stores what a wave is about, while nobody is in it yet.
func (q queries) EditWave(ctx context.Context, w phonebank.Wave, by By, at time.Time) error {
	n, err := q.exec(ctx, `
		UPDATE waves SET session_id = $2, name = $3, channel = $4, reason = $5, filter = $6, body = $7, heads_up = $8, local_wish = $9, zone = $10, starts_at = $11, heads_up_at = $12,
			body_es = $13, heads_up_es = $14
		WHERE id = $1 AND state IN ('draft', 'scheduled') AND fixed_at IS NULL`,
		w.ID, null(w.SessionID), w.Name, w.Channel, w.Reason, w.Filter, w.Body, w.HeadsUp, w.Local, w.Zone, w.StartsAt, w.HeadsUpAt, w.BodyES, w.HeadsUpES)
	if err != nil {
		return err
	}
	if n == 0 {
		return phonebank.Fail(phonebank.Conflict, "The people of this wave are settled already, so it can't be changed any more. Take it back to a draft first.")
	}
	return q.Note(ctx, at, "wave", string(w.ID), "edit", by)
}

// SaveWave stores a move of a wave, with what goes with it.
func (q queries) SaveWave(ctx context.Context, w phonebank.Wave, c phonebank.Change[phonebank.WaveState, phonebank.WaveEvent], by By) error {
	return save(ctx, q, "wave", string(w.ID), c, by, set{"local_wish", w.Local}, set{"zone", w.Zone}, set{"starts_at", w.StartsAt}, set{"heads_up_at", w.HeadsUpAt},
		set{"why", w.Why}, set{"paused_at", w.PausedAt}, set{"launched_at", w.LaunchedAt}, set{"done_at", w.DoneAt})
}

// PauseWave stops everything of a wave at once, or lets it go on; a second press changes nothing.
func (q queries) PauseWave(ctx context.Context, id phonebank.WaveID, paused bool, by By, at time.Time) error {
	event := "pause"
	if !paused {
		event = "resume"
	}
	_, err := q.exec(ctx, `
		WITH turned AS (
			UPDATE waves SET paused_at = CASE WHEN $2 THEN $3::timestamptz END
			WHERE id = $1 AND (paused_at IS NULL) = $2 RETURNING id)
		INSERT INTO journal (at, thing, thing_id, event, by_user, note) SELECT $3, 'wave', id, $4, $5, $6 FROM turned`,
		id, paused, at, event, string(by.User), by.Note)
	return err
}

// WavesToTend lists what the worker has to look at: scheduled waves whose time or whose day before has come, live ones, and
// ended ones whose people still wait to be let go.
func (q queries) WavesToTend(ctx context.Context, at time.Time) (list []phonebank.Wave, err error) {
	err = q.all(ctx, &list, `
		SELECT `+waveColumns+` FROM waves
		WHERE state = 'live' OR state = 'scheduled' AND (starts_at <= $1 OR heads_up_at <= $1)
			OR state = 'done' AND id IN (SELECT wave_id FROM wave_members WHERE state IN ('waiting', 'filled'))
		ORDER BY starts_at NULLS FIRST, id LIMIT 100`, at)
	return list, err
}

// WaveOf tells which wave a follow-up belongs to, where that wave does not let it go out now.
func (tx *Tx) WaveOf(ctx context.Context, id phonebank.FollowUpID) (w phonebank.Wave, stands bool, err error) {
	var list []phonebank.Wave
	err = tx.all(ctx, &list, `
		SELECT `+waveColumns+` FROM waves WHERE id = (SELECT f.wave_id FROM follow_ups f WHERE f.id = $1 AND NOT `+waveStands+`)`, id)
	if len(list) == 0 {
		return w, true, err
	}
	return list[0], false, err
}

// SignUp notes that somebody will come to a session that has not begun.
func (q queries) SignUp(ctx context.Context, session phonebank.SessionID, user phonebank.UserID, at time.Time) error {
	_, err := q.exec(ctx, `INSERT INTO sign_ups (session_id, user_id, at) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING`, session, user, at)
	return err
}

// SignedUp tells whether somebody has said that they will come.
func (q queries) SignedUp(ctx context.Context, session phonebank.SessionID, user phonebank.UserID) (yes bool, err error) {
	err = q.get(ctx, &yes, `SELECT EXISTS (SELECT 1 FROM sign_ups WHERE session_id = $1 AND user_id = $2)`, session, user)
	return yes, err
}

// signUps counts who comes or came to a session s.
const signUps = `(SELECT count(*) FROM (SELECT user_id FROM sign_ups WHERE session_id = s.id UNION SELECT user_id FROM shifts WHERE session_id = s.id) who)`

// SignUps counts who said they will come to a session, or came.
func (q queries) SignUps(ctx context.Context, session phonebank.SessionID) (n int, err error) {
	err = q.get(ctx, &n, `SELECT COALESCE((SELECT `+signUps+` FROM sessions s WHERE s.id = $1), 0)`, string(session))
	return n, err
}

// GatherWave writes down a wave and brings its follow-ups to a session: those that were chosen, are still to come, and whose
// people are in no other wave.
func (tx *Tx) GatherWave(ctx context.Context, w phonebank.Wave, followUps []string) (int64, error) {
	if err := tx.AddWave(ctx, w); err != nil {
		return 0, err
	}
	n, err := tx.exec(ctx, `
		WITH chosen AS (
			SELECT id, person_id, phone_id, due_at FROM follow_ups
			WHERE id = ANY($3) AND channel = 'call' AND state IN ('planned', 'due') AND campaign_id = $4 ORDER BY person_id, due_at FOR NO KEY UPDATE),
		placed AS (
			INSERT INTO wave_members (wave_id, person_id, phone_id, follow_up_id, state)
			SELECT DISTINCT ON (person_id) $1, person_id, phone_id, id, 'filled' FROM chosen ORDER BY person_id, due_at
			ON CONFLICT DO NOTHING RETURNING person_id)
		UPDATE follow_ups f SET wave_id = $1, session_id = $2 FROM chosen, placed WHERE f.id = chosen.id AND placed.person_id = chosen.person_id`,
		w.ID, w.SessionID, pq.Array(followUps), w.CampaignID)
	if err != nil {
		return 0, err
	}
	_, err = tx.exec(ctx, `
		UPDATE waves SET size = m.n, filled = m.n, found = m.n FROM (SELECT count(*) AS n FROM wave_members WHERE wave_id = $1) m WHERE id = $1`, w.ID)
	return n, err
}

// SetWhereItEnded keeps the light that was pressed last in a talk, and the step in which it ended.
func (q queries) SetWhereItEnded(ctx context.Context, id phonebank.ConversationID, light, step string) error {
	_, err := q.exec(ctx, `UPDATE conversations SET light = $2, last_step = $3 WHERE id = $1 AND (light <> $2 OR last_step <> $3)`, id, light, step)
	return err
}
