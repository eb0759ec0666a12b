package store

import (
	"context"
	"time"

	"phonebank"
)

// Finding is one row that must never be: which promise it breaks, and its id.
type Finding struct {
	Promise string `db:"promise"`
	ThingID string `db:"thing_id"`
}

// check is one promise as a question to the live records: $1 is where the auditor looks from, $2 is now. Whatever a claim
// decides is judged by the order in which it was stored; where only times tell, slack stands between a clock that was read
// before a lock and the moment after it.
type check struct {
	promise string
	words   string // what was found, to the coordinator who must look
	rows    string
}

const slack = `interval '10 seconds'`

// checks are all that the auditor asks. Each rides an index on what is recent or open, so that it stays as quick with a million
// rows as with none.
var checks = []check{
	{"text_after_stop", "A text was taken for sending after its number had asked us to stop.", `
		SELECT o.id FROM outbox o JOIN phones p ON p.id = o.phone_id
		WHERE o.claimed_at > $1 AND NOT o.legal AND p.opted_out_at IS NOT NULL AND (o.claimed_at > p.opted_out_at + ` + slack + `
			OR (SELECT max(id) FROM journal WHERE thing = 'outbox' AND thing_id = o.id AND event = 'claim')
				> (SELECT min(id) FROM journal WHERE thing = 'phone' AND thing_id = p.id AND event = 'opt_out' AND at >= p.opted_out_at))`},
	{"call_after_stop", "A phone was rung after its number had asked us to stop.", `
		SELECT c.id FROM calls c JOIN phones p ON p.id = c.phone_id
		WHERE c.created_at > $1::timestamptz - interval '5 minutes' AND c.kind = 'outbound' AND c.placed_at > p.opted_out_at + ` + slack},
	{"promise_after_stop", "Something is still planned for a number that asked us to stop.", `
		SELECT f.id FROM phones p JOIN follow_ups f ON f.phone_id = p.id AND f.state IN ('planned', 'due', 'offered', 'needs_person')
		WHERE p.opted_out_at > $2::timestamptz - interval '7 days' AND p.opted_out_at < $2::timestamptz - ` + slack + ` AND $1::timestamptz IS NOT NULL AND f.reason <> 'retaliation'
			-- A text that was at Twilio as they said it, and that Twilio refused for the moment, is cancelled by its next claim.
			AND NOT EXISTS (SELECT 1 FROM outbox o WHERE o.follow_up_id = f.id AND o.state = 'ready' AND o.attempt > 0 AND o.not_before > $2::timestamptz - interval '3 minutes')`},
	{"text_twice", "Twilio took two texts for one that we meant to send.", `
		SELECT b.id FROM outbox b JOIN outbox a ON a.follow_up_id = b.follow_up_id AND a.step < b.step
		WHERE b.claimed_at > $1 AND a.state = 'accepted' AND b.state = 'accepted' AND a.decided_at IS NULL
		UNION
		SELECT thing_id FROM journal WHERE event = 'second_sid' AND at > $1`},
	{"text_too_late", "A text was taken for sending after its last moment.", `
		SELECT id FROM outbox WHERE claimed_at > $1 AND claimed_at > not_after`},
	{"text_over_cap", "A number got more texts in a day than we allow.", `
		SELECT o.id FROM outbox o
		WHERE o.claimed_at > $1 AND NOT o.legal AND (
			SELECT count(*) FROM outbox c WHERE c.phone_id = o.phone_id AND NOT c.legal AND c.claimed_at <= o.claimed_at
				AND c.claimed_at > GREATEST(o.claimed_at - interval '24 hours', ` + heardBefore("o.phone_id", "o.claimed_at") + `)) > 3`},
	{"call_over_cap", "A number was rung more often in a day than we allow.", `
		SELECT o.id FROM calls o
		WHERE o.created_at > $1::timestamptz - interval '5 minutes' AND o.kind = 'outbound' AND o.placed_at IS NOT NULL AND NOT o.our_fault AND (
			SELECT count(*) FROM calls c WHERE c.phone_id = o.phone_id AND c.kind = 'outbound' AND NOT c.our_fault AND c.placed_at <= o.placed_at
				AND c.placed_at > GREATEST(o.placed_at - interval '24 hours', ` + heardBefore("o.phone_id", "o.placed_at") + `)) > 3`},
	{"text_unagreed", "A text went out by itself to somebody who had not agreed to that.", `
		SELECT o.id FROM outbox o
		WHERE o.claimed_at > $1 AND o.automatic AND NOT o.legal AND NOT COALESCE((
			SELECT c.given FROM consents c WHERE c.person_id = o.person_id AND c.channel = 'text_ok' AND c.at <= o.claimed_at + ` + slack + `
			ORDER BY c.at DESC, c.id DESC LIMIT 1), false)`},
	{"sent_in_pause", "Something went out while everything was paused.", `
		SELECT o.id FROM outbox o JOIN pauses p ON o.claimed_at > p.at + ` + slack + ` AND o.claimed_at < COALESCE(p.lifted_at - ` + slack + `, 'infinity')
		WHERE o.claimed_at > $1 AND (NOT o.legal OR p.kind = 'restored')
		UNION
		SELECT c.id FROM calls c JOIN pauses p ON c.placed_at > p.at + ` + slack + ` AND c.placed_at < COALESCE(p.lifted_at - ` + slack + `, 'infinity')
		WHERE c.created_at > $1::timestamptz - interval '5 minutes' AND c.kind = 'outbound'`},
	{"number_held_twice", "Two volunteers hold the same number.", `
		SELECT pe.phone_id FROM shifts s JOIN people pe ON pe.id = s.person_id
		WHERE s.state = 'reserved' AND $1::timestamptz IS NOT NULL GROUP BY pe.phone_id HAVING count(*) > 1
		UNION
		SELECT phone_id FROM calls WHERE kind = 'outbound' AND state IN ('placing', 'ringing', 'answered', 'bridged') GROUP BY phone_id HAVING count(*) > 1`},
	{"promise_in_the_air", "A promise is on its way with nothing that carries it.", `
		SELECT f.id FROM follow_ups f
		WHERE f.state = 'in_progress' AND $1::timestamptz IS NOT NULL
			AND NOT EXISTS (SELECT 1 FROM outbox o WHERE o.follow_up_id = f.id AND (o.state = 'sending' OR o.state = 'unknown' AND o.asked_at IS NULL
				OR o.claimed_at > $2::timestamptz - interval '10 minutes'))
			AND NOT EXISTS (SELECT 1 FROM shifts s WHERE s.follow_up_id = f.id)
			AND NOT EXISTS (SELECT 1 FROM calls c LEFT JOIN conversations v ON v.id = c.conversation_id
				WHERE c.follow_up_id = f.id AND (c.state NOT IN ('ended', 'wrapped') OR v.state <> 'wrapped' OR COALESCE(v.wrapped_at, c.ended_at, c.created_at) > $2::timestamptz - interval '10 minutes'))`},
	{"unknown_in_silence", "Nobody knows whether a text went, and nobody is asked.", `
		SELECT id FROM outbox WHERE state = 'unknown' AND asked_at IS NULL AND $1::timestamptz IS NOT NULL AND claimed_at < $2::timestamptz - interval '35 minutes'`},
}

// heardBefore is when somebody at a number was last in touch, as far as a claim at a moment may have known.
func heardBefore(phone, at string) string {
	return `COALESCE(GREATEST(
				(SELECT max(m.at) FROM messages m WHERE m.phone_id = ` + phone + ` AND m.direction = 'in' AND m.at <= ` + at + ` + ` + slack + `),
				(SELECT max(k.created_at) FROM calls k WHERE k.phone_id = ` + phone + ` AND k.kind = 'inbound' AND k.created_at <= ` + at + ` + ` + slack + `)), '-infinity')`
}

// outsideHours is the promise that needs more than SQL: the hours are judged by the same function that let the text or call go,
// by the zones that were kept with the claim.
const (
	outsideHours      = "outside_hours"
	outsideHoursWords = "Somebody was texted or rung outside calling hours."
)

// AuditWords says what a broken promise means.
func AuditWords(promise string) string {
	for _, c := range checks {
		if c.promise == promise {
			return c.words
		}
	}
	return outsideHoursWords
}

// Promises names everything that the auditor asks.
func Promises() (names []string) {
	for _, c := range checks {
		names = append(names, c.promise)
	}
	return append(names, outsideHours)
}

// AuditWindow is how far back the auditor looks at what went out; it looks every minute.
const AuditWindow = 15 * time.Minute

// Audit asks every promise of the live records and answers with what it had not found before.
func (q queries) Audit(ctx context.Context, at time.Time) (fresh []Finding, err error) {
	since := at.Add(-AuditWindow)
	for _, c := range checks {
		var found []Finding
		if err := q.all(ctx, &found, `
			INSERT INTO findings (promise, thing_id, at) SELECT $3, rows.id, $2 FROM (`+c.rows+` LIMIT 100) rows (id)
			ON CONFLICT DO NOTHING RETURNING promise, thing_id`, since, at, c.promise); err != nil {
			return fresh, err
		}
		fresh = append(fresh, found...)
	}
	night, err := q.outsideHours(ctx, since)
	if err != nil {
		return fresh, err
	}
	for _, id := range night {
		n, err := q.exec(ctx, `INSERT INTO findings (promise, thing_id, at) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING`, outsideHours, id, at)
		if err != nil {
			return fresh, err
		}
		if n == 1 {
			fresh = append(fresh, Finding{outsideHours, id})
		}
	}
	return fresh, nil
}

// hoursSampled bounds how many claims the hours are judged of anew, the newest first.
const hoursSampled = 500

func (q queries) outsideHours(ctx context.Context, since time.Time) (ids []string, err error) {
	var gone []struct {
		ID     string    `db:"id"`
		At     time.Time `db:"at"`
		Judged string    `db:"judged"`
		Zone   string    `db:"zone"`
		Region string    `db:"region"`
		Zones  string    `db:"zones"`
	}
	err = q.all(ctx, &gone, `
		SELECT g.id, g.at, COALESCE(j.note, '') AS judged, COALESCE(pe.zone, '') AS zone, COALESCE(pe.region, '') AS region, ph.zones
		FROM (
			(SELECT 'outbox' AS thing, 'claim' AS event, id, claimed_at AS at, person_id, phone_id FROM outbox WHERE claimed_at > $1 AND NOT legal ORDER BY claimed_at DESC LIMIT $2)
			UNION ALL
			(SELECT 'call', 'place', id, placed_at, person_id, phone_id FROM calls
			WHERE created_at > $1 AND kind = 'outbound' AND placed_at IS NOT NULL ORDER BY created_at DESC LIMIT $2)) g
		JOIN phones ph ON ph.id = g.phone_id LEFT JOIN people pe ON pe.id = g.person_id
		LEFT JOIN LATERAL (SELECT note FROM journal WHERE thing = g.thing AND thing_id = g.id AND event = g.event ORDER BY id DESC LIMIT 1) j ON true
		WHERE NOT EXISTS (SELECT 1 FROM messages m WHERE m.phone_id = g.phone_id AND m.direction = 'in' AND m.at BETWEEN g.at - make_interval(secs => $3) AND g.at + `+slack+`)
			AND NOT EXISTS (SELECT 1 FROM calls k WHERE k.phone_id = g.phone_id AND k.kind = 'inbound' AND k.created_at BETWEEN g.at - make_interval(secs => $3) AND g.at + `+slack+`)`,
		since, hoursSampled, phonebank.ReplyGrace.Seconds())
	for _, g := range gone {
		zones := g.Judged
		if zones == "" {
			zones = phonebank.ZonesOf(g.Zone, g.Region, g.Zones)
		}
		if !phonebank.MayContact(zones, g.At, 0) {
			ids = append(ids, g.ID)
		}
	}
	return ids, err
}

// FoundByPromise counts what the auditor has ever found.
func (q queries) FoundByPromise(ctx context.Context) (list []Depth, err error) {
	err = q.all(ctx, &list, `SELECT 'findings' AS thing, promise AS state, count(*) AS n FROM findings GROUP BY promise`)
	return list, err
}
