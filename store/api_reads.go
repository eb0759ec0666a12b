package store

import (
	"context"

	"github.com/lib/pq"

	"phonebank"
)

// More lists of the API, each by id, so that a page begins where the one before ended.

// PageCampaigns lists campaigns.
func (s *Store) PageCampaigns(ctx context.Context, after string, limit int) ([]phonebank.Campaign, error) {
	return Page[phonebank.Campaign](ctx, s, campaignColumns, "campaigns", "", after, limit)
}

// PageSessions lists sessions.
func (s *Store) PageSessions(ctx context.Context, after string, limit int) ([]phonebank.Session, error) {
	return Page[phonebank.Session](ctx, s, sessionColumns, "sessions", "", after, limit)
}

// PageWaves lists waves.
func (s *Store) PageWaves(ctx context.Context, after string, limit int) ([]phonebank.Wave, error) {
	return Page[phonebank.Wave](ctx, s, waveColumns, "waves", "", after, limit)
}

// CampaignsOf answers with the campaigns on whose lists each of some people are. It rides call_list_person.
func (q queries) CampaignsOf(ctx context.Context, people []phonebank.PersonID) (map[phonebank.PersonID][]phonebank.CampaignID, error) {
	ids := make([]string, len(people))
	for i, id := range people {
		ids[i] = string(id)
	}
	var rows []struct {
		Person   phonebank.PersonID   `db:"person_id"`
		Campaign phonebank.CampaignID `db:"campaign_id"`
	}
	if err := q.all(ctx, &rows, `
		SELECT person_id, campaign_id FROM call_list
		WHERE person_id = ANY($1)
		ORDER BY campaign_id`, pq.Array(ids)); err != nil {
		return nil, err
	}
	lists := map[phonebank.PersonID][]phonebank.CampaignID{}
	for _, r := range rows {
		lists[r.Person] = append(lists[r.Person], r.Campaign)
	}
	return lists, nil
}
