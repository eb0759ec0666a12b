package main

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/lib/pq"

	"phonebank"
)

const (
	volunteers     = 32
	claimsPerRound = 3200
)

// The bare claim of one row out of as many: the state of the art for a queue in Postgres, with an index made for it. Where a
// priority is not due yet, it probes each priority by itself, since one range over all of them walks every row of the first.
const (
	bareClaim = `
		UPDATE bare_list SET state = 'held' WHERE id = (
			SELECT id FROM bare_list WHERE campaign_id = $1 AND state = 'waiting' AND next_attempt_at <= $2
			ORDER BY priority, next_attempt_at LIMIT 1 FOR UPDATE SKIP LOCKED)
		RETURNING id`
	bareProbes = `
		UPDATE bare_list SET state = 'held' WHERE id = (
			SELECT next.id FROM unnest('{0,1,2,3}'::smallint[]) AS probe(priority), LATERAL (
				SELECT id FROM bare_list l WHERE campaign_id = $1 AND l.priority = probe.priority AND state = 'waiting' AND next_attempt_at <= $2
				ORDER BY next_attempt_at LIMIT 1 FOR UPDATE SKIP LOCKED) next
			LIMIT 1)
		RETURNING id`
)

// measureClaims lets 32 volunteers claim at once, first where everybody is due, then where the top priority is not.
func measureClaims(ctx context.Context, w *world, r *report) error {
	defer func() { _, _ = w.admin.Exec(`UPDATE sessions SET state = 'ended'`) }() // the voice part has sessions of its own
	rows := [][]string{{"list", "claiming", "claims", "p50", "p99", "to bare"}}
	overlaps := 0
	for _, half := range []struct{ name, statement string }{{"everybody is due", bareClaim}, {"the top priority, 25,000 people, is not due yet", bareProbes}} {
		if half.statement == bareProbes {
			if err := w.hideTop(ctx); err != nil {
				return err
			}
		}
		if err := w.makeBareList(ctx); err != nil {
			return err
		}
		var bare, product []sample
		for round := range r.rounds {
			if err := w.tidy(ctx); err != nil {
				return err
			}
			for i := range 2 {
				if (i+round)%2 == 0 {
					s, err := w.claimBare(ctx, half.statement)
					if err != nil {
						return err
					}
					bare = append(bare, s)
					continue
				}
				s, doubles, err := w.claimPeople(ctx)
				if err != nil {
					return err
				}
				overlaps += doubles
				product = append(product, s)
			}
		}
		base, b50, b99 := medians(bare)
		rate, p50, p99 := medians(product)
		rows = append(rows, []string{half.name, "bare UPDATE of one row", perSecond(base), ms(b50), ms(b99), "1"},
			[]string{half.name, "product: list, number, shift, journal", perSecond(rate), ms(p50), ms(p99), times(rate / base)})
		r.hold("claim, "+half.name+", to the bare claim", times(rate/base), ">= 0.7", rate >= 0.7*base)
		r.hold("claim, "+half.name+", p99 at 32 volunteers", ms(p99), "< 25 ms", p99 < 25*time.Millisecond)
	}
	table(rows)
	fmt.Println()
	r.must("people handed to two volunteers", overlaps)
	return nil
}

// hideTop moves 25,000 people into the top priority, to be called again in four hours.
func (w *world) hideTop(ctx context.Context) error {
	_, err := w.admin.ExecContext(ctx, `
		UPDATE call_list SET priority = 0, next_attempt_at = $2
		WHERE campaign_id = $1 AND person_id IN (SELECT person_id FROM call_list WHERE campaign_id = $1 AND state = 'waiting' ORDER BY person_id DESC LIMIT $3)`,
		w.campaign.ID, w.clock.Now().Add(4*time.Hour), hidden)
	return err
}

// makeBareList copies the list as it is now, with the keys and the index of a queue.
func (w *world) makeBareList(ctx context.Context) error {
	for _, statement := range []string{
		`DROP TABLE IF EXISTS bare_list`,
		`CREATE TABLE bare_list (id bigint PRIMARY KEY, LIKE call_list) WITH (fillfactor = 85)`,
		`INSERT INTO bare_list SELECT row_number() OVER (), * FROM call_list WHERE state = 'waiting'`,
		`CREATE INDEX ON bare_list (campaign_id, priority, next_attempt_at) WHERE state = 'waiting'`,
	} {
		if _, err := w.admin.ExecContext(ctx, statement); err != nil {
			return err
		}
	}
	return nil
}

func (w *world) claimBare(ctx context.Context, statement string) (sample, error) {
	claim, err := w.bare.PrepareContext(ctx, statement)
	if err != nil {
		return sample{}, err
	}
	defer claim.Close()
	at := w.clock.Now()
	return crowd(volunteers, claimsPerRound, func(int, int) (bool, error) {
		var id int64
		return true, claim.QueryRowContext(ctx, w.campaign.ID, at).Scan(&id)
	})
}

// claimPeople gives every claim a shift of its own that waits, so that nothing but claims is timed.
func (w *world) claimPeople(ctx context.Context) (s sample, doubles int, err error) {
	shifts, err := w.readyShifts(ctx, claimsPerRound, false)
	if err != nil {
		return s, 0, err
	}
	got := make([]phonebank.PersonID, len(shifts))
	s, err = crowd(volunteers, len(shifts), func(_, i int) (bool, error) {
		at := w.clock.Now()
		change, err := shifts[i].Apply(phonebank.ShiftReserve, at)
		if err != nil {
			return false, err
		}
		claimed, err := w.store.ClaimPerson(ctx, shifts[i], w.campaign.ID, change)
		got[i] = claimed.PersonID
		return true, err
	})
	if err != nil {
		return s, 0, err
	}
	seen := map[phonebank.PersonID]bool{}
	for _, id := range got {
		if seen[id] {
			doubles++
		}
		seen[id] = true
	}
	held, err := w.count(ctx, `SELECT count(*) FROM call_list l JOIN phones p ON p.id = l.phone_id JOIN shifts s ON s.id = p.held_by
		WHERE l.state = 'held' AND s.person_id = l.person_id AND s.state = 'reserved'`)
	if err != nil {
		return s, doubles, err
	}
	reserved, err := w.count(ctx, `SELECT count(*) FROM shifts WHERE state = 'reserved'`)
	if held != reserved {
		err = errors.Join(err, fmt.Errorf("%d shifts hold somebody, and %d people are held", reserved, held))
	}
	return s, doubles, err
}

// readyShifts adds one session in which so many volunteers wait for the next person.
func (w *world) readyShifts(ctx context.Context, n int, joined bool) ([]phonebank.Shift, error) {
	at := w.clock.Now()
	session := phonebank.Session{ID: phonebank.NewID[phonebank.SessionID](at), CampaignID: w.campaign.ID, Name: "Tuesday", State: phonebank.SessionOpen, AskID: "meeting",
		AutoAdmit: true, CreatedBy: w.coordinator.ID, CreatedAt: at, OpenedAt: &at}
	if err := w.store.AddSession(ctx, session, phonebank.NewToken()); err != nil {
		return nil, err
	}
	out := make([]phonebank.Shift, n)
	ids, users := make([]string, n), make([]string, n)
	for i := range out {
		out[i] = phonebank.Shift{ID: phonebank.NewID[phonebank.ShiftID](at), SessionID: session.ID, UserID: phonebank.NewID[phonebank.UserID](at),
			State: phonebank.ShiftReady, Admitted: true, LegJoined: joined}
		ids[i], users[i] = string(out[i].ID), string(out[i].UserID)
	}
	if _, err := w.admin.ExecContext(ctx, `
		INSERT INTO users (id, name, role, phone, created_at) SELECT id, 'Volunteer', 'volunteer', '+12125550190', $2 FROM unnest($1::text[]) AS id`,
		pq.Array(users), at); err != nil {
		return nil, err
	}
	_, err := w.admin.ExecContext(ctx, `
		INSERT INTO shifts (id, session_id, user_id, state, admitted, leg_joined, seen_at, state_since, created_at)
		SELECT id, $3, user_id, 'ready', true, $4, $5, $5, $5 FROM unnest($1::text[], $2::text[]) AS t(id, user_id)`,
		pq.Array(ids), pq.Array(users), session.ID, joined, at)
	return out, err
}
