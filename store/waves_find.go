package store

import (
	"context"
	"strconv"
	"strings"
	"time"

	"github.com/lib/pq"

	"phonebank"
)

// WaveSlice is how many places of a list one statement looks through: no statement then runs into the connection's deadline,
// however long the list is.
const WaveSlice = 5_000

// Slice is a range of people on a campaign's list, (After, Until].
type Slice struct{ After, Until string }

// Slices lists the ranges in which a campaign's list is read.
func (q queries) Slices(ctx context.Context, campaign phonebank.CampaignID) ([]Slice, error) {
	var ends []string
	if err := q.all(ctx, &ends, `
		SELECT person_id FROM (SELECT person_id, row_number() OVER (ORDER BY person_id) AS n FROM call_list WHERE campaign_id = $1) l
		WHERE n % $2 = 0 ORDER BY person_id`, campaign, WaveSlice); err != nil {
		return nil, err
	}
	list := make([]Slice, 0, len(ends)+1)
	after := ""
	for _, end := range ends {
		list = append(list, Slice{after, end})
		after = end
	}
	return append(list, Slice{after, "\x7f"}), nil
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
// the wave, in the order of phonebank.WaveExclusions, or ”.
func (h Hunt) sought(s Slice) (query string, args []any) {
	arg := func(v any) string {
		args = append(args, v)
		return "$" + strconv.Itoa(len(args))
	}
	f, w := h.Wave.Filter, h.Wave
	campaign, after, until := arg(string(w.CampaignID)), arg(s.After), arg(s.Until)
	fits := []string{"l.campaign_id = " + campaign}
	within := func(column string) { // said of every table, so that each is read in the same small range
		fits = append(fits, column+" > "+after, column+" <= "+until)
	}
	within("l.person_id")
	within("p.id")
	hold := func(condition string) { fits = append(fits, condition) }
	joins := ""
	if f.Light != "" || f.LastStep != "" || f.Kind != "" || f.DaysSince > 0 {
		joins = " JOIN last_talks t ON t.person_id = l.person_id"
		within("t.person_id")
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
	reachable, consent := "false", "false"
	if w.Channel == phonebank.ByText {
		reachable = "ph.no_texts_at IS NOT NULL"
		consent = `NOT EXISTS (SELECT 1 FROM consents c WHERE c.person_id = l.person_id AND c.channel = 'text' AND c.given)
				AND NOT COALESCE((SELECT c.given FROM consents c WHERE c.person_id = l.person_id AND c.channel = 'text_ok' ORDER BY c.at DESC, c.id DESC LIMIT 1), false)
				AND NOT EXISTS (SELECT 1 FROM messages m WHERE m.phone_id = l.phone_id AND m.direction = 'in')`
	}
	return `recent AS MATERIALIZED (SELECT DISTINCT phone_id FROM messages WHERE at > ` + since + ` ),
		sought AS (
			SELECT l.person_id, l.phone_id, p.name, CASE
				WHEN ph.opted_out_at IS NOT NULL OR ph.hold_since IS NOT NULL OR ph.bad_at IS NOT NULL OR ` + reachable + ` THEN 'opt_out'
				WHEN NOT l.zones = ANY(` + zones + `) THEN 'hours'
				WHEN p.last_contact_at > ` + since + ` OR ph.last_inbound_at > ` + since + ` OR l.phone_id IN (SELECT phone_id FROM recent) THEN 'cooldown'
				WHEN EXISTS (SELECT 1 FROM follow_ups u WHERE u.person_id = l.person_id AND u.wave_id IS NULL
					AND u.state IN ('planned', 'due', 'offered', 'in_progress', 'needs_person')) THEN 'callback'
				WHEN EXISTS (SELECT 1 FROM wave_members m WHERE m.person_id = l.person_id AND m.wave_id <> ` + wave + ` AND m.state IN ('waiting', 'filled')) THEN 'wave'
				WHEN ` + consent + ` THEN 'consent'
				ELSE '' END AS why
			FROM call_list l JOIN people p ON p.id = l.person_id JOIN phones ph ON ph.id = l.phone_id` + joins + `
			WHERE ` + strings.Join(fits, " AND ") + `)`, args
}

// stakeWords are the slots in which people say what they care about.
var stakeWords = append([]string{"problem", "their_words", "last_topic"}, phonebank.StakeNames...)

// Counted is how many people of a slice fall under one reason; those under ” are for the wave.
type Counted struct {
	Why phonebank.WaveExclusion `db:"why"`
	N   int                     `db:"n"`
}

// Sought counts who fits on a slice of the list, by why they are left out, and names a few of those who are not.
func (q queries) Sought(ctx context.Context, h Hunt, s Slice, samples int) (counts []Counted, names []string, err error) {
	query, args := h.sought(s)
	var rows []struct {
		Counted
		Names pq.StringArray `db:"names"`
	}
	args = append(args, samples)
	if err = q.all(ctx, &rows, `WITH `+query+`
		SELECT why, count(*) AS n, CASE WHEN why = '' THEN (array_agg(name ORDER BY person_id))[1:$`+strconv.Itoa(len(args))+`] ELSE '{}' END AS names FROM sought GROUP BY why`, args...); err != nil {
		return nil, nil, err
	}
	for _, r := range rows {
		counts = append(counts, r.Counted)
		names = append(names, r.Names...)
	}
	return counts, names, nil
}

// TakeSought puts everybody on a slice of the list who fits and may be taken into the wave. Whoever another wave took in the
// same moment counts as its.
func (tx *Tx) TakeSought(ctx context.Context, h Hunt, s Slice) (counts []Counted, err error) {
	query, args := h.sought(s)
	args = append(args, string(h.Wave.ID))
	err = tx.all(ctx, &counts, `WITH `+query+`, taken AS (
			INSERT INTO wave_members (wave_id, person_id, phone_id, state)
			SELECT $`+strconv.Itoa(len(args))+`, person_id, phone_id, 'waiting' FROM sought WHERE why = '' ORDER BY person_id
			ON CONFLICT DO NOTHING RETURNING person_id)
		SELECT CASE WHEN why = '' AND person_id NOT IN (SELECT person_id FROM taken) THEN 'wave' ELSE why END AS why, count(*) AS n FROM sought GROUP BY 1`, args...)
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
