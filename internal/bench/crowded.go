package main

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
	"syscall"
	"time"
)

// crowded is how many reminders are due in the same minute, for as many people.
const crowded = listed

// crowdedLead is how long before their minute they are known to the queue.
const crowdedLead = 30 * time.Second

// measureCrowded lets a worker of its own, the real binary in its own process, send 100,000 reminders that are due in one minute, beside two
// commits for each of as many rows. The worker's clock is the machine's, so these people live where it is afternoon.
func measureCrowded(ctx context.Context, w *world, r *report) error {
	if err := w.writeCrowd(ctx); err != nil {
		return err
	}
	bare, err := w.claimAndAccept(ctx)
	if err != nil {
		return err
	}
	fmt.Printf("bare: %.1f s; the reminders now go into the queue\n", bare.took.Seconds()) // the rest takes minutes
	before, err := w.sentTo()
	if err != nil {
		return err
	}
	due := time.Now().Add(crowdedLead).UTC().Truncate(time.Second)
	if _, err := w.admin.ExecContext(ctx, `UPDATE outbox SET not_before = $1, not_after = $2 WHERE state = 'ready'`, due, due.Add(4*time.Hour)); err != nil {
		return err
	}
	var ids []string
	if err := w.admin.SelectContext(ctx, &ids, `SELECT id FROM outbox WHERE state = 'ready'`); err != nil {
		return err
	}
	if len(ids) != crowded {
		return fmt.Errorf("%d reminders are ready, not %d", len(ids), crowded)
	}
	if err := w.ringAll(ctx, ids, due); err != nil {
		return err
	}
	took, peak, err := w.letWorkerSend(ctx, due)
	if err != nil {
		return err
	}
	sent, err := w.sentTo()
	if err != nil {
		return err
	}
	doubles := 0
	for number, n := range sent {
		doubles += max(0, n-before[number]-1)
	}
	missing, err := w.count(ctx, `SELECT count(*) FROM outbox WHERE id LIKE 'CROWD%' AND state NOT IN ('accepted', 'unknown')`)
	if err != nil {
		return err
	}
	base := bare.took.Seconds()
	fmt.Println()
	table([][]string{
		{"what", "time", "a second", "to bare"},
		{"bare: 100,000 x (claim and commit, accept and commit)", fmt.Sprintf("%.1f s", base), perSecond(crowded / base), "1"},
		{"product: their minute until the last one is accepted, and stored as accepted", fmt.Sprintf("%.1f s", took.Seconds()), perSecond(crowded / took.Seconds()), times(took.Seconds() / base)},
	})
	fmt.Printf("\nThe worker's memory at its highest: %.0f MB.\n", float64(peak)/(1<<20))
	r.hold("100,000 reminders in one minute, the last accepted, to the bare commits", times(took.Seconds()/base), "<= 2", took.Seconds() <= 2*base)
	r.must("texts that the local Twilio has twice", doubles)
	r.must("texts that did not end", missing)
	return nil
}

// afternoon is a zone in which it is about one o'clock right now.
func afternoon() string {
	if offset := 13 - time.Now().UTC().Hour(); offset > 0 {
		return fmt.Sprintf("Etc/GMT-%d", offset) // the sign is POSIX's: east is minus
	} else {
		return fmt.Sprintf("Etc/GMT+%d", -offset)
	}
}

// writeCrowd promises everybody on the list one reminder, by statements over sets: how long that takes is not what is measured.
func (w *world) writeCrowd(ctx context.Context) error {
	at := time.Now().UTC()
	for _, s := range []struct {
		statement string
		args      []any
	}{
		{`DELETE FROM outbox WHERE state IN ('ready', 'held')`, nil},
		{`UPDATE people SET zone = $1`, []any{afternoon()}},
		{`INSERT INTO consents (id, person_id, phone_id, channel, given, source, at)
			SELECT 'CROWD' || substr(id, 6), id, phone_id, 'text_ok', true, 'a crowd', $1 FROM people ON CONFLICT DO NOTHING`, []any{at}},
		{`INSERT INTO follow_ups (id, campaign_id, person_id, phone_id, owner_id, channel, reason, state, body, automatic, local_wish, zone, due_at, not_after, created_at)
			SELECT 'CROWD' || substr(id, 6), $1, id, phone_id, $2, 'text', 'before_commitment', 'planned', 'See you Thursday at 6 in the library?', true,
				'2026-12-03T18:00', zone, $3, $4, $5 FROM people`, []any{w.campaign.ID, w.coordinator.ID, at.Add(time.Hour), at.Add(5 * time.Hour), at}},
		{`INSERT INTO outbox (id, state, follow_up_id, campaign_id, person_id, phone_id, user_id, from_number, to_number, body, automatic, token, not_before, not_after, created_at)
			SELECT f.id, 'ready', f.id, f.campaign_id, f.person_id, f.phone_id, f.owner_id, $1, p.number, f.body, true,
				rpad(upper(replace(gen_random_uuid()::text || gen_random_uuid()::text, '-', '')), 52, '0'), f.due_at, f.not_after, f.created_at
			FROM follow_ups f JOIN phones p ON p.id = f.phone_id WHERE f.id LIKE 'CROWD%'`, []any{ours}},
	} {
		if _, err := w.admin.ExecContext(ctx, s.statement, s.args...); err != nil {
			return err
		}
	}
	return w.tidy(ctx)
}

// ringAll puts every doorbell into an empty queue.
func (w *world) ringAll(ctx context.Context, ids []string, due time.Time) error {
	if err := w.redis.FlushDB(ctx).Err(); err != nil {
		return err
	}
	_, err := crowd(8, len(ids), func(_, i int) (bool, error) {
		w.bell.Soon(ctx, "text", ids[i], 0, time.Until(due))
		return true, nil
	})
	return err
}

// letWorkerSend runs a worker until every text has an outcome. It answers how late the last one was accepted, and the most memory that
// the worker held, in bytes.
func (w *world) letWorkerSend(ctx context.Context, due time.Time) (took time.Duration, peak int64, err error) {
	binary := filepath.Join(w.dir, "phonebank")
	if out, err := exec.CommandContext(ctx, "go", "build", "-buildvcs=false", "-o", binary, "./cmd/phonebank").CombinedOutput(); err != nil {
		return 0, 0, fmt.Errorf("build the worker: %w\n%s", err, out)
	}
	cmd := exec.CommandContext(ctx, binary, "serve", "--only=worker") //nolint:gosec // built a line before
	cmd.Env = append(os.Environ(), "LISTEN=127.0.0.1:0", "DATABASE_URL="+w.postgres.URL(), "REDIS_URL="+w.server.URL(), "PUBLIC_URL="+w.public,
		"TWILIO_ACCOUNT_SID="+account, "TWILIO_AUTH_TOKEN="+token, "TWILIO_NUMBERS="+ours, "TWILIO_API_BASE_URL="+w.twilio, "LOG_LEVEL=error")
	cmd.Stderr = os.Stderr
	if err := cmd.Start(); err != nil {
		return 0, 0, err
	}
	defer func() {
		_ = cmd.Process.Signal(syscall.SIGTERM) // it may have ended
		_ = cmd.Wait()
	}()
	for tries := range 4 * 600 {
		left, err := w.count(ctx, `SELECT count(*) FROM outbox WHERE id LIKE 'CROWD%' AND state IN ('ready', 'sending')`)
		if err != nil {
			return 0, 0, err
		}
		if tries%120 == 119 {
			fmt.Printf("%d texts are still to go\n", left)
		}
		if left == 0 {
			var last time.Time
			err := w.admin.GetContext(ctx, &last, `SELECT max(at) FROM journal WHERE thing = 'outbox' AND thing_id LIKE 'CROWD%' AND to_state = 'accepted'`)
			return last.Sub(due), highest(cmd.Process.Pid), err
		}
		select {
		case <-time.After(250 * time.Millisecond): // asks the database again
		case <-ctx.Done():
			return 0, 0, ctx.Err()
		}
	}
	return 0, 0, errors.New("waited in vain for the last text")
}

// highest is the most memory that a process has held, in bytes; 0 where the system does not tell.
func highest(pid int) int64 {
	if runtime.GOOS != "linux" {
		return 0
	}
	f, err := os.Open(fmt.Sprintf("/proc/%d/status", pid))
	if err != nil {
		return 0
	}
	defer func() { _ = f.Close() }() // it was only read
	for lines := bufio.NewScanner(f); lines.Scan(); {
		if words := strings.Fields(lines.Text()); len(words) == 3 && words[0] == "VmHWM:" {
			kilobytes, err := strconv.ParseInt(words[1], 10, 64)
			if err != nil {
				return 0
			}
			return kilobytes << 10
		}
	}
	return 0
}
