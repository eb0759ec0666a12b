package store

import (
	"context"
	"strconv"
	"strings"
	"time"

	"github.com/lib/pq"

	"phonebank"
)

// How many places of a list one statement looks through, and takes into a wave: small enough that no statement runs into the connection's
// deadline, however long the list is.
const (
	LookSlice = 50_000
	TakeSlice = 10_000
)

// Slice is a range of people on a campaign's list, [From, Before).
type Slice struct{ From, Before string }

// Slices lists the ranges in which a campaign's list is read, each with as many places.
func (q queries) Slices(ctx context.Context, campaign phonebank.CampaignID, places int) (list []Slice, err error) {
	for from := ""; ; {
		var next []string
		if err := q.all(ctx, &next, `
			SELECT person_id FROM call_list WHERE campaign_id = $1 AND person_id >= $2 ORDER BY person_id OFFSET $3 LIMIT 1`, campaign, from, places); err != nil {
			return nil, err
		}
		if len(next) == 0 {
			return append(list, Slice{from, "\x7f"}), nil
		}
		list = append(list, Slice{from, next[0]})
		from = next[0]
	}
}

// OpenZones answers with the sets of zones on lists whose hours are open at a moment and for margin from then.
func (q queries) OpenZones(ctx context.Context, at time.Time, margin time.Duration) ([]string, error) {
	var all []string
	if err := q.all(ctx, &all, `SELECT zones FROM zone_sets`); err != nil {
		return nil, err
	}
	open := []string{}
	for _, z := range all {
		if phonebank.MayContact(z, at, margin) {
			open = append(open, z)
		}
	}
	return open, nil
}

// Hunt is a wave looking for its people: whom, for when, and where hours are open then.
type Hunt struct {
	Wave  phonebank.Wave
	At    time.Time // when it starts
	Zones []string  // whose hours are open when it starts
}

// sought is everybody on a slice of a campaign's list who fits a filter, each with the first reason that keeps them out of
// the wave, in the order of phonebank.WaveExclusions, or ”. What may keep somebody out is read as a set, once, and joined: asked person by
// person it took several times as long.
func (h Hunt) sought(s Slice) (query string, args []any) {
	arg := func(v any) string {
		args = append(args, v)
		return "$" + strconv.Itoa(len(args))
	}
	f, w := h.Wave.Filter, h.Wave
	campaign, from, before := arg(string(w.CampaignID)), arg(s.From), arg(s.Before)
	within := func(column string) string { // said of every table, so that each is read in the same range
		return column + " >= " + from + " AND " + column + " < " + before
	}
	fits := []string{"l.campaign_id = " + campaign, within("l.person_id")}
	hold := func(condition string) { fits = append(fits, condition) }
	joins := ""
	if f.Light != "" || f.LastStep != "" || f.Kind != "" || f.DaysSince > 0 {
		joins = " JOIN last_talks t ON t.person_id = l.person_id"
		hold(within("t.person_id"))
	}
	if f.Rung != nil || f.Language != "" {
		joins += " JOIN people p ON p.id = l.person_id"
		hold(within("p.id"))
	}
	if f.Light != "" {
		hold("t.light = " + arg(f.Light))
	}
	if f.LastStep != "" {
		hold("t.last_step = " + arg(f.LastStep))
	}
	if f.Kind != "" {
		hold("t.kind = " + arg(f.Kind))
	}
	if f.DaysSince > 0 {
		hold("t.at <= " + arg(h.At.AddDate(0, 0, -f.DaysSince)))
	}
	if f.NewToUs {
		hold("NOT EXISTS (SELECT 1 FROM last_talks n WHERE n.person_id = l.person_id)")
	}
	if f.Rung != nil {
		hold("p.rung = " + arg(*f.Rung))
	}
	if f.Missed {
		hold(`EXISTS (SELECT 1 FROM commitments m WHERE m.person_id = l.person_id AND m.state = 'missed' AND NOT EXISTS (
			SELECT 1 FROM commitments k WHERE k.person_id = m.person_id AND k.state IN ('kept', 'partly') AND k.settled_at > m.settled_at))`)
	}
	if f.Due {
		hold("EXISTS (SELECT 1 FROM commitments d WHERE d.person_id = l.person_id AND d.state = 'open' AND d.by_at <= " + arg(h.At) + ")")
	}
	if f.Stake != "" {
		var parts []string
		for word := range strings.FieldsSeq(phonebank.Fold(f.Stake)) {
			parts = append(parts, like(word))
		}
		hold("EXISTS (SELECT 1 FROM words s WHERE s.person_id = l.person_id AND s.name = ANY(" + arg(pq.Array(stakeWords)) + ") AND folded(s.value) LIKE ALL (" + arg(pq.Array(parts)) + "::text[]))")
	}
	if f.Language != "" {
		language := arg(f.Language)
		hold("CASE tongues_in(" + language + ") WHEN 0 THEN folded(p.languages) LIKE " + arg(like(phonebank.Fold(f.Language))) +
			" WHEN 1 THEN l.tongues & 1 <> 0 OR p.languages = '' ELSE l.tongues & tongues_in(" + language + ") <> 0 END")
	}
	if f.Tag != "" {
		hold("l.person_id IN (SELECT c.person_id FROM learned x JOIN conversations c ON c.id = x.conversation_id WHERE lower(x.tag) = lower(" + arg(f.Tag) + "))")
	}
	since := arg(h.At.Add(-phonebank.WaveCooldown))
	wave, zones := arg(string(w.ID)), arg(pq.Array(h.Zones))
	held, holders := "person_id", " AND "+within("person_id")
	stopped, consent := "opted_out_at IS NOT NULL OR hold_since IS NOT NULL OR bad_at IS NOT NULL", "false"
	if w.Channel == phonebank.ByText {
		held, holders = "phone_id", "" // two who share a number would both read each text
		stopped += " OR no_texts_at IS NOT NULL"
		consent = `by_hand.person_id IS NULL AND NOT COALESCE(by_itself.given, false) AND NOT EXISTS (SELECT 1 FROM messages m WHERE m.phone_id = l.phone_id AND m.direction = 'in')`
		joins += `
			LEFT JOIN (SELECT DISTINCT person_id FROM consents WHERE channel = 'text' AND given AND ` + within("person_id") + `) by_hand ON by_hand.person_id = l.person_id
			LEFT JOIN (SELECT DISTINCT ON (person_id) person_id, given FROM consents WHERE channel = 'text_ok' AND ` + within("person_id") + `
				ORDER BY person_id, at DESC, id DESC) by_itself ON by_itself.person_id = l.person_id`
	}
	return `sought AS (
			SELECT l.person_id, l.phone_id, CASE
				WHEN apart.stopped THEN 'opt_out'
				WHEN NOT l.zones = ANY(` + zones + `) THEN 'hours'
				WHEN apart.heard OR met.id IS NOT NULL OR texted.phone_id IS NOT NULL THEN 'cooldown'
				WHEN agreed.person_id IS NOT NULL THEN 'callback'
				WHEN waved.held IS NOT NULL THEN 'wave'
				WHEN ` + consent + ` THEN 'consent'
				ELSE '' END AS why
			FROM call_list l` + joins + `
			LEFT JOIN (SELECT id, ` + stopped + ` AS stopped, last_inbound_at > ` + since + ` AS heard FROM phones
				WHERE ` + stopped + ` OR last_inbound_at > ` + since + `) apart ON apart.id = l.phone_id
			LEFT JOIN (SELECT id FROM people WHERE last_contact_at > ` + since + ` AND ` + within("id") + `) met ON met.id = l.person_id
			LEFT JOIN (SELECT DISTINCT phone_id FROM messages WHERE at > ` + since + `) texted ON texted.phone_id = l.phone_id
			LEFT JOIN (SELECT DISTINCT person_id FROM follow_ups WHERE wave_id IS NULL AND state IN ('planned', 'due', 'offered', 'in_progress', 'needs_person')
				AND ` + within("person_id") + `) agreed ON agreed.person_id = l.person_id
			LEFT JOIN (SELECT DISTINCT ` + held + ` AS held FROM wave_members WHERE wave_id <> ` + wave + ` AND state IN ('waiting', 'filled')` + holders + `) waved ON waved.held = l.` + held + `
			WHERE ` + strings.Join(fits, " AND ") + `)`, args
}

// stakeWords are the slots in which people say what they care about.
var stakeWords = append([]string{"problem", "their_words", "last_topic"}, phonebank.StakeNames...)

// Counted is how many people of a slice fall under one reason; those under ” are for the wave.
type Counted struct {
	Why   phonebank.WaveExclusion `db:"why"`
	N     int                     `db:"n"`
	First phonebank.PersonID      `db:"first"` // of them, on the list
}

// Sought counts who fits on a slice of the list, by why they are left out.
func (q queries) Sought(ctx context.Context, h Hunt, s Slice) (counts []Counted, err error) {
	query, args := h.sought(s)
	err = q.all(ctx, &counts, `WITH `+query+` SELECT why, count(*) AS n, min(person_id) AS first FROM sought GROUP BY why`, args...)
	return counts, err
}

// namesPiece is how many places of a list are looked through at first for somebody to name.
const namesPiece = 200

// Named names the first few whom a wave would take, from somebody on. It looks through ever longer pieces of the list: nearly always the
// first one has enough.
func (q queries) Named(ctx context.Context, h Hunt, from phonebank.PersonID, most int) (names []string, err error) {
	for piece, s := namesPiece, (Slice{From: string(from)}); len(names) < most; piece, s.From = 8*piece, s.Before {
		var next []string
		if err := q.all(ctx, &next, `
			SELECT person_id FROM call_list WHERE campaign_id = $1 AND person_id >= $2 ORDER BY person_id OFFSET $3 LIMIT 1`, h.Wave.CampaignID, s.From, min(piece, LookSlice)); err != nil {
			return nil, err
		}
		s.Before = "\x7f"
		if len(next) > 0 {
			s.Before = next[0]
		}
		query, args := h.sought(s)
		var found []string
		args = append(args, most-len(names))
		if err := q.all(ctx, &found, `WITH `+query+`
			SELECT p.name FROM sought s JOIN people p ON p.id = s.person_id WHERE s.why = '' ORDER BY s.person_id LIMIT $`+strconv.Itoa(len(args)), args...); err != nil {
			return nil, err
		}
		names = append(names, found...)
		if len(next) == 0 {
			break
		}
	}
	return names, nil
}

// TakeSought puts everybody on a slice of the list who fits and may be taken into the wave. Whoever another wave took in the
// same moment counts as its. A round of texts takes one person of a number: two who share it would both read each text.
func (tx *Tx) TakeSought(ctx context.Context, h Hunt, s Slice) (counts []Counted, err error) {
	query, args := h.sought(s)
	args = append(args, string(h.Wave.ID))
	wave := "$" + strconv.Itoa(len(args))
	fit := `SELECT person_id, phone_id FROM sought WHERE why = '' ORDER BY person_id`
	if h.Wave.Channel == phonebank.ByText {
		fit = `SELECT DISTINCT ON (phone_id) person_id, phone_id FROM sought s
			WHERE why = '' AND NOT EXISTS (SELECT 1 FROM wave_members m WHERE m.wave_id = ` + wave + ` AND m.phone_id = s.phone_id) ORDER BY phone_id, person_id`
	}
	err = tx.all(ctx, &counts, `WITH `+query+`, fit AS (`+fit+`), taken AS (
			INSERT INTO wave_members (wave_id, person_id, phone_id, state) SELECT `+wave+`, person_id, phone_id, 'waiting' FROM fit ORDER BY person_id
			ON CONFLICT DO NOTHING RETURNING person_id)
		SELECT CASE WHEN why = '' AND person_id NOT IN (SELECT person_id FROM taken) THEN 'wave' ELSE why END AS why, count(*) AS n, min(person_id) AS first FROM sought GROUP BY 1`, args...)
	return counts, err
}

// OneLaunch lets one wave find its people at a time: two would look for the same. It answers false where another does it now.
func (tx *Tx) OneLaunch(ctx context.Context) (mine bool, err error) {
	err = tx.get(ctx, &mine, `SELECT pg_try_advisory_xact_lock(hashtext('waves find their people'))`)
	return mine, err
}

// SettleWave keeps who was found and left out when a wave's people were settled.
func (tx *Tx) SettleWave(ctx context.Context, id phonebank.WaveID, size, found int, out phonebank.LeftOut, by By, at time.Time) error {
	if _, err := tx.exec(ctx, `UPDATE waves SET size = $2, filled = 0, found = $3, left_out = $4, fixed_at = $5 WHERE id = $1`, id, size, found, out, at); err != nil {
		return err
	}
	return tx.Note(ctx, at, "wave", string(id), "settle", by)
}
