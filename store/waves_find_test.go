package store_test

import (
	"slices"
	"testing"

	"phonebank"
	"phonebank/internal/testbank"
)

// The few whom a wave would take are found and named wherever they stand on a long list, and everybody else is counted under one reason.
func TestWaves_APreviewNamesTheFewOnALongList(t *testing.T) {
	b := testbank.New(t, testbank.Options{NoLoops: true})
	const many = 3_000
	manyFollowUps(t, b, many)
	for _, query := range []string{
		`INSERT INTO call_list (campaign_id, person_id, phone_id, zones, state, priority, next_attempt_at) SELECT (SELECT id FROM campaigns LIMIT 1), id, phone_id, 'America/New_York', 'waiting', 1, created_at FROM people
			ON CONFLICT DO NOTHING`,
		`INSERT INTO zone_sets (zones) VALUES ('America/New_York') ON CONFLICT DO NOTHING`,
		`UPDATE phones SET opted_out_at = created_at, opted_out_how = 'text' WHERE id NOT LIKE '%0000007' AND id NOT LIKE '%0000701' AND id NOT LIKE '%0002990'`,
		`UPDATE follow_ups SET state = 'done' WHERE person_id NOT LIKE '%0000007'`,
		`ANALYZE`,
	} {
		_, err := b.Store.DB().Exec(query)
		ok(t, err)
	}
	preview, err := b.Diary.PreviewWave(ctx, phonebank.Wave{CampaignID: b.Campaign.ID, Channel: phonebank.ByCall})
	ok(t, err)
	if preview.Found != many || preview.Takes != 2 || preview.LeftOut[phonebank.LeftOutStop] != many-3 || preview.LeftOut[phonebank.LeftOutCallback] != 1 {
		t.Errorf("%+v", preview)
	}
	if !slices.Equal(preview.Samples, []string{"Neighbor 701", "Neighbor 2990"}) {
		t.Errorf("named were %q", preview.Samples)
	}
}
