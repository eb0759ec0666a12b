package store

import (
	"context"
	"time"

	"phonebank"
)

// LastShift finds the newest shift of a volunteer, in whatever session, with the session.
func (q queries) LastShift(ctx context.Context, user phonebank.UserID) (s phonebank.Shift, err error) {
	err = q.get(ctx, &s, `SELECT `+shiftColumns+` FROM shifts WHERE user_id = $1 ORDER BY seen_at DESC LIMIT 1`, user)
	return s, err
}

// Opening is a set of zones with the first moment from which somebody there is on the list.
type Opening struct {
	Zones string    `db:"zones"`
	At    time.Time `db:"at"`
}

// Openings lists, for each set of zones on a campaign's list, when the first person there may be called as far as the list
// goes; the hours there are for the caller to add. It probes call_list_next once for each priority and set of zones.
func (q queries) Openings(ctx context.Context, campaign phonebank.CampaignID) (list []Opening, err error) {
	err = q.all(ctx, &list, `
		SELECT z.zones, min(n.at) AS at
		FROM zone_sets z, generate_series(0, 3) AS p(priority),
		LATERAL (
			SELECT l.next_attempt_at AS at FROM call_list l
			WHERE l.campaign_id = $1 AND l.priority = p.priority AND l.zones = z.zones AND l.state = 'waiting'
			ORDER BY l.next_attempt_at LIMIT 1) n
		GROUP BY z.zones`, campaign)
	return list, err
}

// Owed is one talk that ended without a wrap-up.
type Owed struct {
	Talk   phonebank.ConversationID `db:"id"`
	Who    string                   `db:"who"`
	Person string                   `db:"person"`
	Since  time.Time                `db:"since"`
}

// OwedByAll lists talks that ended without a wrap-up, the oldest first.
func (q queries) OwedByAll(ctx context.Context) (list []Owed, err error) {
	err = q.all(ctx, &list, `
		SELECT c.id, COALESCE(u.name, '') AS who, p.name AS person, COALESCE(c.ended_at, c.started_at) AS since
		FROM conversations c JOIN people p ON p.id = c.person_id LEFT JOIN users u ON u.id = c.user_id
		WHERE c.state = 'ended' ORDER BY since LIMIT 50`)
	return list, err
}

// HoldWords answers with what was said that may have been a no.
func (q queries) HoldWords(ctx context.Context, phone phonebank.PhoneID) (words string, err error) {
	err = q.get(ctx, &words, `SELECT hold_words FROM phones WHERE id = $1`, phone)
	return words, err
}

// WaitingSince tells since when a text of theirs has had no answer, or nil.
func (q queries) WaitingSince(ctx context.Context, phone phonebank.PhoneID) (since *time.Time, err error) {
	err = q.get(ctx, &since, `SELECT waiting_since FROM phones WHERE id = $1`, phone)
	return since, err
}

// PeopleOn lists who is on a number.
func (q queries) PeopleOn(ctx context.Context, phone phonebank.PhoneID) (list []phonebank.Person, err error) {
	err = q.all(ctx, &list, `SELECT `+personColumns+` FROM people WHERE phone_id = $1 ORDER BY last_contact_at DESC NULLS LAST, created_at LIMIT 50`, phone)
	return list, err
}

// Brought is one import as it was kept.
type Brought struct {
	ID       string    `db:"id"`
	Campaign string    `db:"campaign"`
	File     string    `db:"file_name"`
	By       string    `db:"by_user"`
	Report   []byte    `db:"report"`
	At       time.Time `db:"at"`
	Bad      bool      `db:"bad"`
}

// Import finds what an import did.
func (q queries) Import(ctx context.Context, id string) (b Brought, err error) {
	err = q.get(ctx, &b, `
		SELECT i.id, c.name AS campaign, i.file_name, i.by_user, i.report, i.at, i.rejects <> '' AS bad
		FROM imports i JOIN campaigns c ON c.id = i.campaign_id WHERE i.id = $1`, id)
	return b, err
}

// Imports lists the newest imports.
func (q queries) Imports(ctx context.Context) (list []Brought, err error) {
	err = q.all(ctx, &list, `
		SELECT i.id, c.name AS campaign, i.file_name, i.by_user, i.report, i.at, i.rejects <> '' AS bad
		FROM imports i JOIN campaigns c ON c.id = i.campaign_id ORDER BY i.at DESC LIMIT 10`)
	return list, err
}

// ListSize is how many people are on a campaign's list, and how many of them are still to be called.
type ListSize struct {
	Campaign phonebank.CampaignID `db:"campaign_id"`
	All      int                  `db:"total"`
	Waiting  int                  `db:"waiting"`
}

// ListSizes counts every campaign's list.
func (q queries) ListSizes(ctx context.Context) (map[phonebank.CampaignID]ListSize, error) {
	var rows []ListSize
	if err := q.all(ctx, &rows, `SELECT campaign_id, count(*) AS total, count(*) FILTER (WHERE state = 'waiting') AS waiting FROM call_list GROUP BY campaign_id`); err != nil {
		return nil, err
	}
	sizes := map[phonebank.CampaignID]ListSize{}
	for _, r := range rows {
		sizes[r.Campaign] = r
	}
	return sizes, nil
}

// FollowUpsOf lists what was and is promised to one person, the latest first.
func (q queries) FollowUpsOf(ctx context.Context, person phonebank.PersonID) (list []Due, err error) {
	err = q.all(ctx, &list, `SELECT `+dueColumns+dueJoins+`WHERE f.person_id = $1 ORDER BY f.due_at DESC LIMIT 60`, person)
	return list, err
}
