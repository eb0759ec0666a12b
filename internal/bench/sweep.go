package main

import (
	"context"
	"fmt"
	"time"

	"phonebank/worker"
)

// ahead is how many follow-ups are planned for every person on the list: together a million.
const ahead = 1_000_000 / listed

// measureSweep times whole passes of the sweeper over a million rows that are planned for later: nothing due, and 1,000 due.
func measureSweep(ctx context.Context, w *world, r *report) error {
	if err := w.planAMillion(ctx); err != nil {
		return err
	}
	sweeper := w.sweeper()
	pass := func() (float64, error) {
		if err := w.redis.FlushDB(ctx).Err(); err != nil { // nobody takes the bells here, and it would wait for room
			return 0, err
		}
		began := time.Now()
		err := sweeper.Sweep(ctx)
		return float64(time.Since(began).Microseconds()) / 1000, err
	}
	rows := [][]string{{"1,000,000 follow-ups planned for later, and", "one pass, median of 7", "slowest"}}
	for _, due := range []int{0, 1000} {
		var took []float64
		for range 7 {
			if _, err := w.admin.ExecContext(ctx, `
				UPDATE outbox SET not_before = $1, rung_at = NULL WHERE id IN (SELECT id FROM outbox WHERE id LIKE 'LATER%' AND not_before > $1 LIMIT $2)`,
				w.clock.Now().Add(-time.Second), due); err != nil {
				return err
			}
			ms, err := pass()
			if err != nil {
				return err
			}
			took = append(took, ms)
			if _, err := w.admin.ExecContext(ctx, `UPDATE outbox SET not_before = $1 WHERE id LIKE 'LATER%' AND not_before < $1 AND rung_at IS NOT NULL`,
				w.clock.Now().Add(24*time.Hour)); err != nil {
				return err
			}
		}
		slowest := took[0]
		for _, ms := range took {
			slowest = max(slowest, ms)
		}
		rows = append(rows, []string{fmt.Sprintf("%d texts due", due), fmt.Sprintf("%.1f ms", median(took)), fmt.Sprintf("%.1f ms", slowest)})
		if due == 0 {
			r.hold("a pass of the sweeper, a million planned and nothing due", fmt.Sprintf("%.1f ms", median(took)), "< 50 ms", median(took) < 50)
		}
	}
	table(rows)
	return nil
}

// sweeper is a worker that only sweeps.
func (w *world) sweeper() *worker.Worker {
	return worker.New(worker.Parts{Redis: w.queue, Desk: w.desk, Diary: w.diary, Bell: w.bell, Log: w.log})
}

// planAMillion writes a million follow-ups for the coming weeks: texts with their rows in the outbox, and every fifth a call.
func (w *world) planAMillion(ctx context.Context) error {
	at := w.clock.Now()
	for _, s := range []struct {
		statement string
		args      []any
	}{
		{`INSERT INTO follow_ups (id, campaign_id, person_id, phone_id, owner_id, channel, reason, state, body, automatic, local_wish, zone, due_at, not_after, created_at)
			SELECT 'LATER' || n || substr(p.id, 7), $1, p.id, p.phone_id, $2, CASE WHEN n % 5 = 4 THEN 'call' ELSE 'text' END, 'before_commitment', 'planned', 'See you Thursday.',
				n % 5 <> 4, '2026-12-20T18:00', 'America/New_York', $3::timestamptz + n * interval '2 days', $3::timestamptz + n * interval '2 days' + interval '4 hours', $4
			FROM people p, generate_series(0, $5 - 1) n`, []any{w.campaign.ID, w.coordinator.ID, at.Add(24 * time.Hour), at, ahead}},
		{`INSERT INTO outbox (id, state, follow_up_id, campaign_id, person_id, phone_id, user_id, from_number, to_number, body, automatic, token, not_before, not_after, created_at)
			SELECT f.id, 'ready', f.id, f.campaign_id, f.person_id, f.phone_id, f.owner_id, $1, p.number, f.body, true,
				rpad(upper(replace(gen_random_uuid()::text || gen_random_uuid()::text, '-', '')), 52, '0'), f.due_at, f.not_after, f.created_at
			FROM follow_ups f JOIN phones p ON p.id = f.phone_id WHERE f.id LIKE 'LATER%' AND f.channel = 'text'`, []any{ours}},
	} {
		if _, err := w.admin.ExecContext(ctx, s.statement, s.args...); err != nil {
			return err
		}
	}
	return w.tidy(ctx)
}
