package store_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"phonebank"
	"phonebank/internal/testbank"
	"phonebank/store"
)

// manyFollowUps writes people with one call each into a bank, all still to come, half of them overdue.
func manyFollowUps(t *testing.T, b *testbank.Bank, n int) {
	t.Helper()
	at := b.Clock.Now()
	for _, query := range []string{
		`INSERT INTO phones (id, number, created_at) SELECT 'PHONE' || lpad(i::text, 21, '0'), '+1646' || lpad(i::text, 7, '0'), $2 FROM generate_series(1, $1::int) i`,
		`INSERT INTO people (id, phone_id, name, first_name, created_at)
			SELECT 'PERSON' || lpad(i::text, 20, '0'), 'PHONE' || lpad(i::text, 21, '0'), 'Neighbor ' || i, 'Neighbor', $2 FROM generate_series(1, $1::int) i`,
	} {
		_, err := b.Store.DB().Exec(query, n, at)
		ok(t, err)
	}
	_, err := b.Store.DB().Exec(`
		INSERT INTO follow_ups (id, campaign_id, person_id, phone_id, owner_id, channel, reason, state, local_wish, zone, due_at, not_after, created_at)
		SELECT 'FOLLOW' || lpad(i::text, 20, '0'), $3, 'PERSON' || lpad(i::text, 20, '0'), 'PHONE' || lpad(i::text, 21, '0'), CASE WHEN i % 3 > 0 THEN $4 END, 'call',
			'maintenance', 'planned', '', 'America/New_York', $2::timestamptz + (i - $1 / 2) * interval '1 minute', $2::timestamptz + interval '30 days', $2
		FROM generate_series(1, $1::int) i`, n, at, b.Campaign.ID, b.Coordinator.ID)
	ok(t, err)
	_, err = b.Store.DB().Exec(`ANALYZE`)
	ok(t, err)
}

// A page of the board is read along an index, however many promises there are: those that are not shown are neither
// read nor sorted.
func TestBoard_ManyPromisesAreReadAlongAnIndex(t *testing.T) {
	b := testbank.New(t, testbank.Options{NoLoops: true})
	const many = 20_000
	manyFollowUps(t, b, many)
	at := b.Clock.Now()
	n, err := b.Store.CountBoard(ctx, b.Coordinator.ID, at, at.Add(time.Hour), at.Add(24*time.Hour))
	ok(t, err)
	if n.All != many || n.Overdue != many/2 || n.Today != many/2+60 || n.Week != many/2+1440 || n.Unowned != many/3 || n.Mine != many-many/3 {
		t.Errorf("the tabs hold %+v", n)
	}
	var seen []string
	asked := store.BoardAsked{Until: at, Limit: 50}
	for range 3 {
		page, err := b.Store.Board(ctx, asked, at)
		ok(t, err)
		for _, row := range page {
			seen = append(seen, row.ID)
		}
		asked.After = store.BoardMark{DueAt: page[len(page)-1].DueAt, ID: page[len(page)-1].ID}
	}
	for i, id := range seen {
		if want := fmt.Sprintf("FOLLOW%020d", i+1); id != want {
			t.Fatalf("line %d is %s, want %s", i, id, want)
		}
	}
	for name, asked := range map[string]store.BoardAsked{
		"follow_ups_board":       {Until: at, Limit: 50, After: asked.After},
		"follow_ups_board_owner": {Owner: b.Coordinator.ID, Limit: 50},
	} {
		plan, err := b.Store.BoardPlan(ctx, asked, at)
		ok(t, err)
		if whole := strings.Join(plan, "\n"); !strings.Contains(whole, "Index Scan using "+name+" on follow_ups f ") {
			t.Errorf("the board of %+v is not read along %s:\n%s", asked, name, whole)
		}
	}
}

// What a wave wrote for its people stays off the board; a promise of a person stands there once its day has come, until
// something of ours asks about it.
func TestBoard_HoldsPromisesAndNoWave(t *testing.T) {
	b := testbank.New(t, testbank.Options{NoLoops: true})
	manyFollowUps(t, b, 3)
	at := b.Clock.Now()
	promise := phonebank.Commitment{ID: phonebank.NewID[phonebank.CommitmentID](at), CampaignID: b.Campaign.ID, PersonID: "PERSON00000000000000000003", UserID: b.Coordinator.ID,
		What: "bring my neighbor", ByLocal: "2026-11-23T18:00", Zone: "America/New_York", By: at.Add(time.Hour), State: phonebank.CommitmentOpen, CreatedAt: at}
	_, err := b.Store.DB().Exec(`
		INSERT INTO commitments (id, campaign_id, person_id, user_id, what, by_local, zone, by_at, state, created_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)`,
		promise.ID, promise.CampaignID, promise.PersonID, promise.UserID, promise.What, promise.ByLocal, promise.Zone, promise.By, promise.State, promise.CreatedAt)
	ok(t, err)
	rows := func(at time.Time) (list []string) {
		t.Helper()
		page, err := b.Store.Board(ctx, store.BoardAsked{Limit: 50}, at)
		ok(t, err)
		for _, row := range page {
			list = append(list, row.Person+" "+row.What)
		}
		n, err := b.Store.CountBoard(ctx, b.Coordinator.ID, at, at, at)
		ok(t, err)
		if n.All != len(page) {
			t.Errorf("the tab says %d, the board holds %d", n.All, len(page))
		}
		return list
	}
	same := func(got []string, want ...string) {
		t.Helper()
		if strings.Join(got, "|") != strings.Join(want, "|") {
			t.Errorf("the board holds %q, want %q", got, want)
		}
	}
	same(rows(at), "Neighbor 1 ", "Neighbor 2 ", "Neighbor 3 ")
	later := at.Add(2 * time.Hour)
	same(rows(later), "Neighbor 1 ", "Neighbor 2 ", "Neighbor 3 ", "Neighbor 3 bring my neighbor")
	_, err = b.Store.DB().Exec(`UPDATE follow_ups SET commitment_id = $1, reason = 'after_commitment' WHERE person_id = $2`, promise.ID, promise.PersonID)
	ok(t, err)
	same(rows(later), "Neighbor 1 ", "Neighbor 2 ", "Neighbor 3 bring my neighbor")
	_, err = b.Store.DB().Exec(`UPDATE follow_ups SET state = 'done' WHERE person_id = $1`, promise.PersonID)
	ok(t, err)
	same(rows(later), "Neighbor 1 ", "Neighbor 2 ", "Neighbor 3 bring my neighbor")
	_, err = b.Store.DB().Exec(`UPDATE commitments SET state = 'kept'`)
	ok(t, err)
	_, err = b.Store.DB().Exec(`UPDATE follow_ups SET reason = 'wave' WHERE person_id LIKE '%1'`)
	ok(t, err)
	same(rows(later), "Neighbor 2 ")
}
