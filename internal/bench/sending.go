package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"sync"
	"time"

	"phonebank"
	"phonebank/store"
	"phonebank/worker"
)

const (
	reminders = 10_000
	senders   = 20 // the worker's own default
	// leadTime is how long before their moment the reminders of a round are known to the queue.
	leadTime = 6 * time.Second
	// promisedAhead is how long before their moment they are written down, by the product's clock.
	promisedAhead = 10 * time.Minute
)

// measureSending lets the product's worker send 10,000 reminders that are due at one moment to the local Twilio, beside two
// commits for each of as many rows.
func measureSending(ctx context.Context, w *world, r *report) error {
	if err := w.agree(ctx); err != nil {
		return err
	}
	var bare, product, delivered []float64
	doubles, missing, lost := 0, 0, 0
	for round := range min(r.rounds, 3) {
		rings, err := w.promise(ctx, round)
		if err != nil {
			return err
		}
		cost, err := w.claimAndAccept(ctx)
		if err != nil {
			return err
		}
		bare = append(bare, cost.took.Seconds())
		late, all, err := w.sendThem(ctx, rings)
		if err != nil {
			return err
		}
		product, delivered = append(product, late.Seconds()), append(delivered, all.Seconds())
		sent, err := w.sentTo()
		if err != nil {
			return err
		}
		unknown, err := w.unknown(ctx)
		if err != nil {
			return err
		}
		for _, ring := range rings {
			switch n := sent[ring.to]; {
			case n == 0 && unknown[ring.to]:
				lost++ // no answer came: it is looked up, never sent again, and a person decides
			case n == 0:
				missing++
			case n > 1:
				doubles += n - 1
			}
		}
		if err := w.tidy(ctx); err != nil {
			return err
		}
	}
	base, last := median(bare), median(product)
	table([][]string{
		{"what", "time", "a second", "to bare"},
		{"bare: 10,000 x (claim and commit, accept and commit)", fmt.Sprintf("%.1f s", base), perSecond(reminders / base), "1"},
		{"product: their moment until the last one is accepted, and stored as accepted", fmt.Sprintf("%.1f s", last), perSecond(reminders / last), times(last / base)},
		{"product: until the last one is stored as delivered (20,000 callbacks more)", fmt.Sprintf("%.1f s", median(delivered)), "", ""},
	})
	fmt.Println()
	r.hold("10,000 reminders, the last accepted, to the bare commits", times(last/base), "<= 2", last <= 2*base)
	r.must("texts that the local Twilio has twice", doubles)
	r.must("texts that it has not, though the product counts them as sent", missing)
	fmt.Printf("texts without an answer, kept as unknown for a person: %d\n", lost)
	return nil
}

// reminder is one text with the number it goes to.
type reminder struct {
	id         string
	generation int
	to         string
}

// agree keeps the consent to reminders that people gave in talks.
func (w *world) agree(ctx context.Context) error {
	_, err := w.admin.ExecContext(ctx, `
		INSERT INTO consents (id, person_id, phone_id, channel, given, source, at)
		SELECT 'C' || substr(id, 2), id, phone_id, 'text_ok', true, 'a talk', $1 FROM people ORDER BY id LIMIT $2`, w.clock.Now(), 5*reminders)
	return err
}

// promise writes 10,000 promises down, as a wrap-up does, for people who agreed to reminders.
func (w *world) promise(ctx context.Context, round int) ([]reminder, error) {
	at := w.clock.Now()
	due := at.Add(promisedAhead)
	var people []struct {
		ID     phonebank.PersonID `db:"id"`
		Phone  phonebank.PhoneID  `db:"phone_id"`
		Number phonebank.Number   `db:"number"`
		Zone   string             `db:"zone"`
	}
	if err := w.admin.SelectContext(ctx, &people, `SELECT pe.id, pe.phone_id, p.number, pe.zone FROM people pe JOIN phones p ON p.id = pe.phone_id
		WHERE pe.id IN (SELECT person_id FROM consents WHERE channel = 'text_ok') ORDER BY pe.id OFFSET $1 LIMIT $2`, round*reminders, reminders); err != nil {
		return nil, err
	}
	const chunk = 1000
	for from := 0; from < len(people); from += chunk {
		if err := w.store.InTx(ctx, func(tx *store.Tx) error {
			for _, p := range people[from : from+chunk] {
				if err := tx.AddFollowUp(ctx, phonebank.FollowUp{ID: phonebank.NewID[phonebank.FollowUpID](at), CampaignID: w.campaign.ID, PersonID: p.ID, PhoneID: p.Phone,
					OwnerID: w.coordinator.ID, Channel: phonebank.ByText, Reason: phonebank.ReasonBefore, State: phonebank.FollowUpPlanned,
					Body: "Hi, it's Cora from Test Union. See you Thursday at 6 in the library?", Automatic: true, Local: "2026-12-03T18:00", Zone: p.Zone,
					DueAt: due, NotAfter: due.Add(phonebank.LateBy), CreatedAt: at}, ours, p.Number); err != nil {
					return err
				}
			}
			return nil
		}); err != nil {
			return nil, err
		}
	}
	var rows []struct {
		ID         string `db:"id"`
		Generation int    `db:"generation"`
		To         string `db:"to_number"`
	}
	if err := w.admin.SelectContext(ctx, &rows, `SELECT id, generation, to_number FROM outbox WHERE state = 'ready'`); err != nil {
		return nil, err
	}
	out := make([]reminder, len(rows))
	for i, row := range rows {
		out[i] = reminder{row.ID, row.Generation, row.To}
	}
	if len(out) != reminders {
		return nil, fmt.Errorf("%d reminders are ready, not %d", len(out), reminders)
	}
	return out, w.tidy(ctx)
}

// claimAndAccept does to a copy of the outbox what no sender can do without: a commit that claims, and one that keeps the answer.
func (w *world) claimAndAccept(ctx context.Context) (sample, error) {
	for _, statement := range []string{
		`DROP TABLE IF EXISTS bare_outbox`,
		`CREATE TABLE bare_outbox (LIKE outbox INCLUDING ALL) WITH (fillfactor = 80)`,
		`INSERT INTO bare_outbox SELECT * FROM outbox WHERE state = 'ready'`,
		`VACUUM ANALYZE bare_outbox`,
	} {
		if _, err := w.admin.ExecContext(ctx, statement); err != nil {
			return sample{}, err
		}
	}
	var ids []string
	if err := w.admin.SelectContext(ctx, &ids, `SELECT id FROM bare_outbox`); err != nil {
		return sample{}, err
	}
	claim, err := w.bare.PrepareContext(ctx, `UPDATE bare_outbox SET state = 'sending', attempt = attempt + 1, claimed_at = $2 WHERE id = $1 AND state = 'ready'`)
	if err != nil {
		return sample{}, err
	}
	defer claim.Close()
	accept, err := w.bare.PrepareContext(ctx, `UPDATE bare_outbox SET state = 'accepted', sid = $2 WHERE id = $1 AND state = 'sending'`)
	if err != nil {
		return sample{}, err
	}
	defer accept.Close()
	at := w.clock.Now()
	return crowd(senders, len(ids), func(_, i int) (bool, error) {
		if _, err := claim.ExecContext(ctx, ids[i], at); err != nil {
			return false, err
		}
		_, err := accept.ExecContext(ctx, ids[i], "SM"+ids[i])
		return true, err
	})
}

// sendThem rings for every reminder, as a diary does, and lets a worker serve. It answers how late the last one was accepted,
// and stored as delivered.
func (w *world) sendThem(ctx context.Context, all []reminder) (accepted, delivered time.Duration, err error) {
	if err := w.redis.FlushDB(ctx).Err(); err != nil {
		return 0, 0, err
	}
	w.clock.Advance(promisedAhead - leadTime - w.clock.Now().Sub(w.promisedAt(ctx)))
	var due time.Time
	if err := w.admin.GetContext(ctx, &due, `SELECT max(not_before) FROM outbox WHERE state = 'ready'`); err != nil {
		return 0, 0, err
	}
	for _, one := range all {
		w.bell.Soon(ctx, "text", one.id, one.generation, due.Sub(w.clock.Now()))
	}
	if !w.clock.Now().Before(due) {
		return 0, 0, errors.New("the queue was not filled before their moment")
	}
	serving, stop := context.WithCancel(ctx)
	var running sync.WaitGroup
	running.Go(func() {
		_ = worker.New(worker.Parts{Redis: w.queue, Desk: w.desk, Board: w.voice, Diary: w.diary, Bell: w.bell, Log: w.log}).Run(serving)
	})
	defer func() { stop(); running.Wait() }()
	if err := w.await(ctx, `SELECT count(*) FROM outbox WHERE state IN ('ready', 'sending')`); err != nil {
		return 0, 0, err
	}
	if err := w.await(ctx, `
		SELECT count(*) FROM outbox o JOIN messages m ON m.id = o.message_id WHERE o.state = 'accepted' AND m.state <> 'delivered'`); err != nil {
		return 0, 0, err
	}
	delivered = w.clock.Now().Sub(due)
	var last time.Time
	if err := w.admin.GetContext(ctx, &last, `SELECT max(at) FROM journal WHERE thing = 'outbox' AND to_state = 'accepted'`); err != nil {
		return 0, 0, err
	}
	return last.Sub(due), delivered, nil
}

func (w *world) promisedAt(ctx context.Context) (at time.Time) {
	if err := w.admin.GetContext(ctx, &at, `SELECT max(created_at) FROM outbox WHERE state = 'ready'`); err != nil {
		return w.clock.Now()
	}
	return at
}

// await asks until nothing is left, at most a minute and a half.
func (w *world) await(ctx context.Context, left string) error {
	tick := time.NewTicker(250 * time.Millisecond)
	defer tick.Stop()
	for range 360 {
		n, err := w.count(ctx, left)
		if err != nil || n == 0 {
			return err
		}
		select {
		case <-tick.C:
		case <-ctx.Done():
			return ctx.Err()
		}
	}
	return errors.New("waited in vain for the last text")
}

// unknown lists the numbers whose text got no answer.
func (w *world) unknown(ctx context.Context) (map[string]bool, error) {
	var list []string
	err := w.admin.SelectContext(ctx, &list, `SELECT to_number FROM outbox WHERE state = 'unknown'`)
	out := map[string]bool{}
	for _, n := range list {
		out[n] = true
	}
	return out, err
}

// sentTo asks the local Twilio for every text of ours, and counts them by number.
func (w *world) sentTo() (map[string]int, error) {
	sent := map[string]int{}
	for path := "/2010-04-01/Accounts/" + account + "/Messages.json?PageSize=1000&From=%2B" + ours[1:]; path != ""; {
		req, err := http.NewRequest(http.MethodGet, w.twilio+path, nil)
		if err != nil {
			return nil, err
		}
		req.Host = "api.twilio.com"
		req.SetBasicAuth(account, token)
		res, err := http.DefaultClient.Do(req)
		if err != nil {
			return nil, err
		}
		var page struct {
			Messages []struct {
				To string `json:"to"`
			} `json:"messages"`
			Next string `json:"next_page_uri"`
		}
		err = json.NewDecoder(res.Body).Decode(&page)
		_ = res.Body.Close() // it is read, or err tells more
		if err != nil {
			return nil, err
		}
		for _, m := range page.Messages {
			sent[m.To]++
		}
		path = page.Next
	}
	return sent, nil
}
