package store

import (
	"context"
	"slices"
	"strings"
	"time"

	"github.com/lib/pq"

	"phonebank"
)

const personColumns = `id, phone_id, COALESCE(owner_id, '') AS owner_id, name, first_name, say_name, place, languages, zone, region, support, leader, rung, created_at`

// Person finds one.
func (q queries) Person(ctx context.Context, id phonebank.PersonID) (p phonebank.Person, err error) {
	err = q.get(ctx, &p, `SELECT `+personColumns+` FROM people WHERE id = $1`, id)
	return p, err
}

// PersonOf finds who most likely rings or writes from a number: the one we were in touch with last.
func (q queries) PersonOf(ctx context.Context, phone phonebank.PhoneID) (p phonebank.Person, err error) {
	err = q.hotGet(ctx, &p, `
		SELECT `+personColumns+` FROM people WHERE phone_id = $1
		ORDER BY last_contact_at DESC NULLS LAST, created_at LIMIT 1`, phone)
	return p, err
}

// AddPerson writes down one person by hand; the same name on the same number is the same person.
func (q queries) AddPerson(ctx context.Context, p phonebank.Person) (phonebank.Person, error) {
	err := q.get(ctx, &p, `
		INSERT INTO people (id, phone_id, owner_id, name, first_name, say_name, place, languages, zone, region, created_at)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)
		ON CONFLICT (phone_id, name) DO UPDATE SET place = CASE WHEN EXCLUDED.place = '' THEN people.place ELSE EXCLUDED.place END
		RETURNING `+personColumns,
		p.ID, p.PhoneID, null(p.OwnerID), p.Name, p.FirstName, p.SayName, p.Place, p.Languages, p.Zone, p.Region, p.CreatedAt)
	return p, err
}

// Touch notes that somebody was in touch with a person, and who: the relationship is theirs now.
func (q queries) Touch(ctx context.Context, id phonebank.PersonID, owner phonebank.UserID, at time.Time) error {
	_, err := q.exec(ctx, `UPDATE people SET last_contact_at = $3, owner_id = COALESCE($2, owner_id) WHERE id = $1`, id, null(owner), at)
	return err
}

// SetHeard keeps what a talk told about a person: support, and why somebody thinks they may lead.
func (q queries) SetHeard(ctx context.Context, id phonebank.PersonID, support, leader, language string) error {
	_, err := q.exec(ctx, `
		UPDATE people SET support = CASE WHEN $2 IN ('', 'not_heard') THEN support ELSE $2 END,
			leader = CASE WHEN $3 = '' THEN leader ELSE $3 END,
			languages = CASE WHEN $4 = '' OR position(lower($4) in lower(languages)) > 0 THEN languages
				ELSE $4 || CASE WHEN languages = '' THEN '' ELSE ', ' || languages END END
		WHERE id = $1`, id, support, leader, language)
	return err
}

// GiveConsent adds a consent, with who stated it and in which words. Told twice it is one row; told again after another
// word it is the newest.
func (q queries) GiveConsent(ctx context.Context, person phonebank.PersonID, phone phonebank.PhoneID, channel, source, words, by string, at time.Time) error {
	return q.consent(ctx, person, phone, channel, true, source, words, by, at)
}

// WithdrawConsent takes a yes back, as a row of its own: what was said stays on record.
func (q queries) WithdrawConsent(ctx context.Context, person phonebank.PersonID, phone phonebank.PhoneID, channel, source, by string, at time.Time) error {
	return q.consent(ctx, person, phone, channel, false, source, "", by, at)
}

// consent writes a yes or a no down. A source is named to the minute, so that a wrap-up which is undone and saved again at
// once finds its own row: that row is then what was said last.
func (q queries) consent(ctx context.Context, person phonebank.PersonID, phone phonebank.PhoneID, channel string, given bool, source, words, by string, at time.Time) error {
	_, err := q.exec(ctx, `
		INSERT INTO consents AS was (id, person_id, phone_id, channel, given, source, words, stated_by, at)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)
		ON CONFLICT (person_id, channel, source) DO UPDATE
			SET id = EXCLUDED.id, phone_id = EXCLUDED.phone_id, given = EXCLUDED.given, words = EXCLUDED.words, stated_by = EXCLUDED.stated_by, at = EXCLUDED.at
			WHERE was.given <> EXCLUDED.given OR EXISTS (
				SELECT 1 FROM consents other WHERE other.person_id = was.person_id AND other.channel = was.channel AND other.id <> was.id AND other.at >= was.at)`,
		phonebank.NewID[string](at), person, phone, channel, given, source, words, by, at)
	return err
}

// TextConsent tells whether a person may be texted by hand (a recorded source, their own text, or text_ok), and whether
// reminders may go by themselves: with text_ok only, and not to somebody whose promises were missed in a row.
func (q queries) TextConsent(ctx context.Context, person phonebank.PersonID, phone phonebank.PhoneID) (byHand, automatic bool, err error) {
	var row struct {
		ByHand    bool `db:"by_hand"`
		Automatic bool `db:"automatic"`
	}
	err = q.get(ctx, &row, `
		SELECT EXISTS (SELECT 1 FROM consents WHERE person_id = $1 AND channel = 'text' AND given)
			OR EXISTS (SELECT 1 FROM messages WHERE phone_id = $2 AND direction = 'in') OR ok.given AS by_hand, ok.given AND (SELECT by_hand_since IS NULL FROM people WHERE id = $1) AS automatic
		FROM (SELECT `+newestTextOK+` AS given) ok`, person, phone)
	return row.ByHand, row.Automatic, err
}

// newestTextOK is what a person ($1) said last about reminders by text: a yes that was taken back is a no.
const newestTextOK = `COALESCE((SELECT given FROM consents WHERE person_id = $1 AND channel = 'text_ok' ORDER BY at DESC, id DESC LIMIT 1), false)`

// NewPerson is one usable row of an import.
type NewPerson struct {
	Name, FirstName, SayName, Place, Languages, Zone, Region, ExternalID string
	Number                                                               phonebank.Number
	Zones                                                                string
	Priority                                                             int
	TextSource, CallSource                                               string // "" where nobody has stated one
}

// Imported counts what an import did.
type Imported struct {
	New, Known, Stopped int
}

// ImportPeople writes many people and their places on a campaign's list in a few statements. It is idempotent: the same
// name on the same number is the same person, a known field is filled only where it was empty, and neither an opt-out
// nor a bad mark is ever cleared.
func (tx *Tx) ImportPeople(ctx context.Context, campaign phonebank.CampaignID, list []NewPerson, by string, at time.Time) (done Imported, err error) {
	for chunk := range slices.Chunk(list, 2000) {
		one, err := tx.importChunk(ctx, campaign, chunk, by, at)
		if err != nil {
			return done, err
		}
		done.New += one.New
		done.Known += one.Known
		done.Stopped += one.Stopped
	}
	return done, nil
}

func (tx *Tx) importChunk(ctx context.Context, campaign phonebank.CampaignID, list []NewPerson, by string, at time.Time) (done Imported, err error) {
	column := func(f func(NewPerson) string) any {
		out := make([]string, len(list))
		for i, p := range list {
			out[i] = f(p)
		}
		return pq.Array(out)
	}
	ids := column(func(NewPerson) string { return phonebank.NewID[string](at) })
	phoneIDs := column(func(NewPerson) string { return phonebank.NewID[string](at) })
	numbers := column(func(p NewPerson) string { return string(p.Number) })
	if _, err = tx.exec(ctx, `
		INSERT INTO phones (id, number, zones, created_at)
		SELECT DISTINCT ON (number) id, number, zones, $4 FROM unnest($1::text[], $2::text[], $3::text[]) AS t(id, number, zones)
		ORDER BY number
		ON CONFLICT (number) DO NOTHING`, phoneIDs, numbers, column(func(p NewPerson) string { return p.Zones }), at); err != nil {
		return done, err
	}
	var rows []struct {
		ID      string `db:"id"`
		PhoneID string `db:"phone_id"`
		Name    string `db:"name"`
		Fresh   bool   `db:"fresh"`
	}
	if err = tx.all(ctx, &rows, `
		INSERT INTO people (id, phone_id, name, first_name, say_name, place, languages, zone, region, external_id, created_at)
		SELECT DISTINCT ON (p.id, t.name) t.id, p.id, t.name, t.first, t.say, t.place, t.lang, t.zone, t.region, t.ext, $11
		FROM unnest($1::text[], $2::text[], $3::text[], $4::text[], $5::text[], $6::text[], $7::text[], $8::text[], $9::text[], $10::text[])
			AS t(id, number, name, first, say, place, lang, zone, region, ext)
		JOIN phones p ON p.number = t.number
		ORDER BY p.id, t.name
		ON CONFLICT (phone_id, name) DO UPDATE SET
			say_name = CASE WHEN people.say_name = '' THEN EXCLUDED.say_name ELSE people.say_name END,
			place = CASE WHEN people.place = '' THEN EXCLUDED.place ELSE people.place END,
			languages = CASE WHEN people.languages = '' THEN EXCLUDED.languages ELSE people.languages END,
			zone = CASE WHEN people.zone = '' THEN EXCLUDED.zone ELSE people.zone END,
			region = CASE WHEN people.region = '' THEN EXCLUDED.region ELSE people.region END,
			external_id = CASE WHEN people.external_id = '' THEN EXCLUDED.external_id ELSE people.external_id END
		RETURNING id, phone_id, name, (xmax = 0) AS fresh`,
		ids, numbers, column(func(p NewPerson) string { return p.Name }), column(func(p NewPerson) string { return p.FirstName }),
		column(func(p NewPerson) string { return p.SayName }), column(func(p NewPerson) string { return p.Place }),
		column(func(p NewPerson) string { return p.Languages }), column(func(p NewPerson) string { return p.Zone }),
		column(func(p NewPerson) string { return p.Region }), column(func(p NewPerson) string { return p.ExternalID }), at); err != nil {
		return done, err
	}
	people := make([]string, len(rows))
	for i, r := range rows {
		people[i] = r.ID
		if r.Fresh {
			done.New++
		} else {
			done.Known++
		}
	}
	where, err := tx.whereabouts(ctx, people)
	if err != nil {
		return done, err
	}
	priorities := make([]int64, len(list))
	for i, p := range list {
		priorities[i] = int64(p.Priority)
	}
	names := column(func(p NewPerson) string { return p.Name })
	for _, c := range []struct {
		channel string
		source  func(NewPerson) string
	}{{"text", func(p NewPerson) string { return p.TextSource }}, {"call", func(p NewPerson) string { return p.CallSource }}} {
		if _, err = tx.exec(ctx, `
			INSERT INTO consents (id, person_id, phone_id, channel, given, source, stated_by, at)
			SELECT DISTINCT ON (pe.id) t.id, pe.id, ph.id, $5, true, t.source, $6, $7
			FROM unnest($1::text[], $2::text[], $3::text[], $4::text[]) AS t(id, number, name, source)
			JOIN phones ph ON ph.number = t.number JOIN people pe ON pe.phone_id = ph.id AND pe.name = t.name
			WHERE t.source <> ''
			ORDER BY pe.id
			ON CONFLICT (person_id, channel, source) DO NOTHING`,
			column(func(NewPerson) string { return phonebank.NewID[string](at) }), numbers, names, column(c.source), c.channel, by, at); err != nil {
			return done, err
		}
	}
	if _, err = tx.exec(ctx, `
		WITH placed AS (
			INSERT INTO call_list (campaign_id, person_id, phone_id, zones, tongues, priority, state, next_attempt_at, why)
			SELECT DISTINCT ON (pe.id) $4, pe.id, ph.id, w.zones, tongues_in(pe.languages), t.priority,
				CASE WHEN ph.opted_out_at IS NULL AND ph.bad_at IS NULL THEN 'waiting' ELSE 'done' END, $5,
				CASE WHEN ph.opted_out_at IS NOT NULL THEN 'opted out' WHEN ph.bad_at IS NOT NULL THEN 'bad number' ELSE '' END
			FROM unnest($1::text[], $2::text[], $3::bigint[]) AS t(number, name, priority)
			JOIN phones ph ON ph.number = t.number JOIN people pe ON pe.phone_id = ph.id AND pe.name = t.name
			JOIN unnest($6::text[], $7::text[]) AS w(id, zones) ON w.id = pe.id
			ORDER BY pe.id
			ON CONFLICT (campaign_id, person_id) DO NOTHING
			RETURNING zones)
		INSERT INTO zone_sets (zones) SELECT DISTINCT zones FROM placed ON CONFLICT DO NOTHING`,
		numbers, names, pq.Array(priorities), campaign, at, pq.Array(where.ids), pq.Array(where.zones)); err != nil {
		return done, err
	}
	if err = tx.moveOnLists(ctx, where); err != nil { // a list may have told nothing of their state before
		return done, err
	}
	err = tx.get(ctx, &done.Stopped, `SELECT count(*) FROM phones WHERE number = ANY($1) AND opted_out_at IS NOT NULL`, numbers)
	return done, err
}

// SaveImport keeps what an import did and the rows it could not use.
func (q queries) SaveImport(ctx context.Context, id string, campaign phonebank.CampaignID, file, by string, report []byte, rejects string, at time.Time) error {
	_, err := q.exec(ctx, `
		INSERT INTO imports (id, campaign_id, file_name, by_user, report, rejects, at)
		VALUES ($1, $2, $3, $4, $5, $6, $7)`, id, campaign, file, by, string(report), rejects, at)
	return err
}

// Rejects answers with the rows of an import that could not be used, as CSV to mend.
func (q queries) Rejects(ctx context.Context, id string) (rejects string, err error) {
	err = q.get(ctx, &rejects, `SELECT rejects FROM imports WHERE id = $1`, id)
	return rejects, err
}

// PutOnList gives one person a place on a campaign's list.
func (q queries) PutOnList(ctx context.Context, campaign phonebank.CampaignID, p phonebank.Person, phone phonebank.Phone, at time.Time) error {
	_, err := q.exec(ctx, `
		WITH placed AS (
			INSERT INTO call_list (campaign_id, person_id, phone_id, zones, next_attempt_at, tongues) VALUES ($1, $2, $3, $4, $5, tongues_in($6))
			ON CONFLICT (campaign_id, person_id) DO NOTHING RETURNING zones)
		INSERT INTO zone_sets (zones) SELECT zones FROM placed ON CONFLICT DO NOTHING`,
		campaign, p.ID, phone.ID, p.Places(phone), at, p.Languages)
	return err
}

// like escapes a search word for LIKE.
func like(word string) string {
	return "%" + strings.NewReplacer(`\`, `\\`, `%`, `\%`, `_`, `\_`).Replace(strings.ToLower(word)) + "%"
}
