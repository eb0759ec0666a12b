package store_test

import (
	"testing"
	"time"

	"phonebank"
	"phonebank/internal/testbank"
	"phonebank/store"
)

// A pass of the sweeper with nothing due reads next to nothing of what is planned, however much that is: the rows that its statements
// read are counted by Postgres itself.
func TestSweep_ReadsNothingOfWhatIsPlanned(t *testing.T) {
	b := testbank.New(t, testbank.Options{NoLoops: true})
	const many = 5_000
	manyFollowUps(t, b, many)
	for _, query := range []string{
		`UPDATE follow_ups SET due_at = created_at + interval '3 days'`,
		`INSERT INTO follow_ups (id, campaign_id, person_id, phone_id, owner_id, channel, reason, state, body, automatic, local_wish, zone, due_at, not_after, created_at)
			SELECT 'TEXT' || right(id, 22), campaign_id, person_id, phone_id, owner_id, 'text', 'before_commitment', 'planned', 'See you', true, '', zone, due_at, not_after, created_at FROM follow_ups`,
		`INSERT INTO outbox (id, state, follow_up_id, campaign_id, person_id, phone_id, from_number, to_number, body, automatic, token, not_before, not_after, created_at)
			SELECT f.id, 'ready', f.id, f.campaign_id, f.person_id, f.phone_id, '+12125550100', p.number, f.body, true, f.id, f.due_at, f.not_after, f.created_at
			FROM follow_ups f JOIN phones p ON p.id = f.phone_id WHERE f.channel = 'text'`,
		`ANALYZE`,
	} {
		_, err := b.Store.DB().Exec(query)
		ok(t, err)
	}
	at := b.Clock.Now().Add(time.Hour)
	for name, statement := range map[string]func(*store.Tx) (int, error){
		"calls and drafts that are due": func(tx *store.Tx) (int, error) {
			list, err := tx.RingFollowUps(ctx, at, time.Minute, 1000)
			return len(list), err
		},
		"texts that are due": func(tx *store.Tx) (int, error) {
			list, err := tx.RingTexts(ctx, at, time.Minute, false, 1000)
			return len(list), err
		},
		"calls that are past":  func(tx *store.Tx) (int, error) { list, err := tx.PastCalls(ctx, at); return len(list), err },
		"texts that are past":  func(tx *store.Tx) (int, error) { list, err := tx.TooLateTexts(ctx, at); return len(list), err },
		"texts to weigh":       func(tx *store.Tx) (int, error) { list, err := tx.UnweighedTexts(ctx, at, 100); return len(list), err },
		"check-ins in silence": func(tx *store.Tx) (int, error) { list, err := tx.SilentCheckIns(ctx, at, 100); return len(list), err },
		"leases that ran out":  func(tx *store.Tx) (int, error) { list, err := tx.LeasedOut(ctx, at); return len(list), err },
		"texts nobody knows of": func(tx *store.Tx) (int, error) {
			list, err := tx.UnknownTexts(ctx, at, phonebank.LookAfter, 10)
			return len(list), err
		},
	} {
		ok(t, b.Store.InTx(ctx, func(tx *store.Tx) error {
			read := func() (rows int) { // of this connection, which may have written what was planned a moment ago
				ok(t, tx.QueryRowxContext(ctx, `SELECT COALESCE(sum(seq_tup_read + idx_tup_fetch), 0) FROM pg_stat_xact_user_tables WHERE relname IN ('follow_ups', 'outbox')`).Scan(&rows))
				return rows
			}
			before := read()
			n, err := statement(tx)
			ok(t, err)
			if rows := read() - before; n != 0 || rows > 50 {
				t.Errorf("%s: found %d and read %d rows of %d", name, n, rows, 3*many)
			}
			return nil
		}))
	}
	// What is past is found all the same.
	list, err := b.Store.PastCalls(ctx, at.AddDate(0, 2, 0))
	ok(t, err)
	late, err := b.Store.TooLateTexts(ctx, at.AddDate(0, 2, 0))
	ok(t, err)
	if len(list) == 0 || len(late) == 0 {
		t.Errorf("%d calls and %d texts are past in two months", len(list), len(late))
	}
}
