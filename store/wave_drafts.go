package store

import (
	"context"
	"time"

	"phonebank"
)

// DraftsFree are the texts of one wave that wait for a press and that nobody has on a list: they go to people whom nobody of
// us knows yet, so whoever is there takes some.
type DraftsFree struct {
	WaveID phonebank.WaveID `db:"wave_id"`
	Wave   string           `db:"wave"`
	N      int              `db:"n"`
}

// draftsFree is the one definition of such a text; $2 is the moment, since a text whose time is over waits for nobody. A wave
// that is paused offers nothing.
const draftsFree = `f.channel = 'text' AND f.state = 'needs_person' AND f.owner_id IS NULL AND f.not_after > $2`

// mayTake is that $1 is in an open session of the wave's campaign; $3 passes over that, for who looks after everybody's.
const mayTake = `w.state IN ('live', 'scheduled') AND w.paused_at IS NULL AND ($3 OR EXISTS (
	SELECT 1 FROM shifts s JOIN sessions x ON x.id = s.session_id WHERE s.user_id = $1 AND s.admitted AND x.state = 'open' AND x.campaign_id = w.campaign_id))`

// DraftsFree lists the waves whose texts somebody may take, the oldest wave first.
func (q queries) DraftsFree(ctx context.Context, user phonebank.UserID, anyway bool, at time.Time) (list []DraftsFree, err error) {
	err = q.all(ctx, &list, `
		SELECT w.id AS wave_id, w.name AS wave, r.n FROM waves w
		CROSS JOIN LATERAL (SELECT count(*) AS n FROM follow_ups f WHERE f.wave_id = w.id AND `+draftsFree+`) r
		WHERE `+mayTake+` AND r.n > 0 ORDER BY w.created_at, w.id LIMIT 20`, user, at, anyway)
	return list, err
}

// TakeDrafts puts the next texts of a wave on somebody's list. Two who press at once get different ones: what one of them is
// taking, the other passes over.
func (tx *Tx) TakeDrafts(ctx context.Context, wave phonebank.WaveID, owner phonebank.UserID, anyway bool, most int, by By, at time.Time) (int, error) {
	var taken []string
	if err := tx.all(ctx, &taken, `
		UPDATE follow_ups SET owner_id = $4 WHERE id IN (
			SELECT f.id FROM follow_ups f JOIN waves w ON w.id = f.wave_id
			WHERE f.wave_id = $5 AND `+draftsFree+` AND `+mayTake+`
			ORDER BY f.due_at, f.id LIMIT $6 FOR NO KEY UPDATE OF f SKIP LOCKED)
		RETURNING id`, by.User, at, anyway, owner, wave, most); err != nil {
		return 0, err
	}
	for _, id := range taken {
		if _, err := tx.exec(ctx, `UPDATE outbox SET user_id = $2 WHERE follow_up_id = $1 AND state = 'held'`, id, owner); err != nil {
			return 0, err
		}
		if err := tx.Note(ctx, at, "follow_up", id, "assign", by); err != nil {
			return 0, err
		}
	}
	return len(taken), nil
}
