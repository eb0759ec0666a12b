package store

import (
	"context"
	"fmt"
	"time"

	"github.com/lib/pq"

	"phonebank"
)

// Watermark is what we know of what came in: how far it is fetched, and since when webhooks arrive without a break.
type Watermark struct {
	FetchedThrough time.Time `db:"fetched_through"`
	AliveAt        time.Time `db:"alive_at"`
	OutageUntil    time.Time `db:"outage_until"`
	Fresh          bool      `db:"fresh"`
}

// fresh is the condition under which something may be sent or dialed at a moment: webhooks arrive now, everything from before
// the last outage is fetched, and that is not long ago. It reads one row, so that a claim can ask it in its own statement. A
// Postgres that was started since the last beat has answered webhooks with errors in between.
func fresh(at string) string {
	return fmt.Sprintf(`EXISTS (SELECT 1 FROM watermark w
			WHERE w.fetched_through > %[1]s::timestamptz - interval '%[2]d seconds' AND w.fetched_through >= w.outage_until
				AND w.alive_at > %[1]s::timestamptz - interval '%[3]d seconds' AND w.postgres_since = pg_postmaster_start_time())`,
		at, int(phonebank.FetchedWithin.Seconds()), int(phonebank.OutageAfter.Seconds()))
}

// Watermark reads it as it is at a moment.
func (q queries) Watermark(ctx context.Context, at time.Time) (w Watermark, err error) {
	err = q.hotGet(ctx, &w, `SELECT fetched_through, alive_at, outage_until, `+fresh("$1")+` AS fresh FROM watermark`, at)
	return w, err
}

// MaySend tells whether anything may be sent or dialed now: what came in is fetched, and nobody has paused everything.
func (q queries) MaySend(ctx context.Context, at time.Time) (may bool, err error) {
	err = q.hotGet(ctx, &may, `SELECT NOT EXISTS (SELECT 1 FROM pauses WHERE lifted_at IS NULL) AND `+fresh("$1"), at)
	return may, err
}

// Beat says that webhooks are served. Where nobody said so for too long, where Postgres was away, or where the process knows of
// a break itself, an outage has just ended: what came in meanwhile must be fetched before anything is sent.
func (q queries) Beat(ctx context.Context, at time.Time, afterBreak bool) error {
	_, err := q.hotExec(ctx, fmt.Sprintf(`
		UPDATE watermark SET alive_at = $1, postgres_since = pg_postmaster_start_time(),
			outage_until = CASE WHEN $2 OR alive_at < $1::timestamptz - interval '%d seconds' OR postgres_since <> pg_postmaster_start_time()
				THEN $1 ELSE outage_until END`, int(phonebank.OutageAfter.Seconds())), at, afterBreak)
	return err
}

// Outage notes that Twilio could not be reached: what it may have wanted to tell us meanwhile must be fetched first.
func (q queries) Outage(ctx context.Context, until time.Time) error {
	_, err := q.exec(ctx, `UPDATE watermark SET outage_until = GREATEST(outage_until, $1)`, until)
	return err
}

// Fetched moves the watermark: everything that Twilio took for us before a moment is here.
func (q queries) Fetched(ctx context.Context, through time.Time) error {
	_, err := q.exec(ctx, `UPDATE watermark SET fetched_through = $1`, through)
	return err
}

// RingTextAgain lets a text that was rung in vain, in a pause or before what came in was fetched, be rung as soon as that is
// over. A text of a wave that is paused by itself waits for its next turn.
func (q queries) RingTextAgain(ctx context.Context, id phonebank.OutboxID) error {
	_, err := q.exec(ctx, `
		UPDATE outbox SET rung_at = NULL
		WHERE id = $1 AND state = 'ready' AND NOT EXISTS (SELECT 1 FROM follow_ups f WHERE f.id = outbox.follow_up_id AND NOT `+waveStands+`)`, id)
	return err
}

// NotReceived answers with those of Twilio's names of texts that we have not stored.
func (q queries) NotReceived(ctx context.Context, sids []string) (list []string, err error) {
	err = q.all(ctx, &list, `SELECT sid FROM unnest($1::text[]) AS t(sid) WHERE NOT EXISTS (SELECT 1 FROM inbox WHERE key = 'message:' || sid)`, pq.Array(sids))
	return list, err
}

// NotAnswered answers with those of Twilio's names of calls that we have never heard of.
func (q queries) NotAnswered(ctx context.Context, sids []string) (list []string, err error) {
	err = q.all(ctx, &list, `SELECT sid FROM unnest($1::text[]) AS t(sid) WHERE NOT EXISTS (SELECT 1 FROM calls WHERE calls.sid = t.sid)`, pq.Array(sids))
	return list, err
}

// NotRecorded answers with the calls to us, by Twilio's name of them, that have no voicemail kept.
func (q queries) NotRecorded(ctx context.Context, sids []string) (list []phonebank.Call, err error) {
	err = q.all(ctx, &list, `SELECT `+callColumns+` FROM calls WHERE sid = ANY($1) AND kind = 'inbound' AND recording_sid = ''`, pq.Array(sids))
	return list, err
}

// OurNumbers lists the numbers that campaigns call from: what comes in to them is ours.
func (q queries) OurNumbers(ctx context.Context) (list []phonebank.Number, err error) {
	err = q.all(ctx, &list, `SELECT DISTINCT number FROM campaigns ORDER BY number`)
	return list, err
}

// HeardSince tells whether somebody at a number has been on the line with one of us after a moment.
func (q queries) HeardSince(ctx context.Context, phone phonebank.PhoneID, at time.Time) (heard bool, err error) {
	err = q.get(ctx, &heard, `
		SELECT EXISTS (SELECT 1 FROM calls
			WHERE phone_id = $1 AND created_at > $2 AND answered_at IS NOT NULL AND (kind = 'outbound' OR shift_id IS NOT NULL))`, phone, at)
	return heard, err
}
