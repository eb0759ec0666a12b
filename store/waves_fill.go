package store

import (
	"context"
	"time"

	"github.com/lib/pq"

	"phonebank"
)

// Member is somebody in a wave whose row is to be written, with all that decides how.
type Member struct {
	PersonID    phonebank.PersonID `db:"person_id"`
	PhoneID     phonebank.PhoneID  `db:"phone_id"`
	Number      phonebank.Number   `db:"number"`
	FirstName   string             `db:"first_name"`
	Languages   string             `db:"languages"`
	Zone        string             `db:"zone"`
	Region      string             `db:"region"`
	PhoneZones  string             `db:"phone_zones"`
	OwnerID     phonebank.UserID   `db:"owner_id"` // whoever knows them, while they are with us
	Stopped     bool               `db:"stopped"`  // opted out, on hold, or the number can't be reached
	NoTexts     bool               `db:"no_texts"`
	Agreed      bool               `db:"agreed"` // a call or text outside of any wave is to come
	Met         bool               `db:"met"`    // somebody was in touch with them since the wave settled on its people
	TextByHand  bool               `db:"text_by_hand"`
	TextByRobot bool               `db:"text_ok"`
}

const memberColumns = `m.person_id, m.phone_id, ph.number, p.first_name, p.languages, p.zone, p.region, ph.zones AS phone_zones,
	COALESCE((SELECT u.id FROM users u WHERE u.id = p.owner_id AND u.removed_at IS NULL), '') AS owner_id,
	ph.opted_out_at IS NOT NULL OR ph.hold_since IS NOT NULL OR ph.bad_at IS NOT NULL AS stopped, ph.no_texts_at IS NOT NULL AS no_texts,
	EXISTS (SELECT 1 FROM follow_ups u WHERE u.person_id = m.person_id AND u.wave_id IS NULL AND u.state IN ('planned', 'due', 'offered', 'in_progress', 'needs_person')) AS agreed,
	COALESCE(p.last_contact_at > w.fixed_at, false) AS met,
	EXISTS (SELECT 1 FROM consents c WHERE c.person_id = m.person_id AND c.channel = 'text' AND c.given)
		OR EXISTS (SELECT 1 FROM messages x WHERE x.phone_id = m.phone_id AND x.direction = 'in') OR ` + agreedToTexts + ` AS text_by_hand,
	p.by_hand_since IS NULL AND ` + agreedToTexts + ` AS text_ok`

// agreedToTexts is what a wave's person said last about texts that go by themselves.
const agreedToTexts = `COALESCE((SELECT c.given FROM consents c WHERE c.person_id = m.person_id AND c.channel = 'text_ok' ORDER BY c.at DESC, c.id DESC LIMIT 1), false)`

// LockMembers takes some people of a wave for whom the next row is to be written. Their numbers are locked first, as a STOP
// locks them, and everything else is read after that, so that nothing is written for somebody who has just said no. Several numbers
// are always locked in their own order, as by texts that come in together: else each could wait for the other.
func (tx *Tx) LockMembers(ctx context.Context, id phonebank.WaveID, untold bool, limit int) (list []Member, err error) {
	var people []string
	if err = tx.all(ctx, &people, `
		SELECT m.person_id
		FROM (SELECT person_id, phone_id FROM wave_members WHERE wave_id = $1 AND state = 'waiting' AND (NOT $2 OR NOT told) ORDER BY person_id LIMIT $3) m
			JOIN phones ph ON ph.id = m.phone_id
		ORDER BY ph.number FOR NO KEY UPDATE OF ph`, id, untold, limit); err != nil || len(people) == 0 {
		return nil, err
	}
	err = tx.all(ctx, &list, `
		SELECT `+memberColumns+` FROM wave_members m JOIN waves w ON w.id = m.wave_id JOIN people p ON p.id = m.person_id JOIN phones ph ON ph.id = m.phone_id
		WHERE m.wave_id = $1 AND m.person_id = ANY($2) AND m.state = 'waiting' ORDER BY m.person_id`, id, pq.Array(people))
	return list, err
}

// LeaveWave takes people out of a wave after they were found, with the reason.
func (tx *Tx) LeaveWave(ctx context.Context, id phonebank.WaveID, out map[phonebank.PersonID]phonebank.WaveExclusion) error {
	people, whys := make([]string, 0, len(out)), make([]string, 0, len(out))
	for p, why := range out {
		people, whys = append(people, string(p)), append(whys, string(why))
	}
	_, err := tx.exec(ctx, `
		UPDATE wave_members m SET state = 'left', why = t.why FROM unnest($2::text[], $3::text[]) AS t(person_id, why)
		WHERE m.wave_id = $1 AND m.person_id = t.person_id AND m.state = ANY($4)`,
		id, pq.Array(people), pq.Array(whys), pq.Array(phonebank.MemberTable.Sources(phonebank.MemberLeave)))
	return err
}

// ToldMembers notes for whom nothing is left to write on the day before.
func (tx *Tx) ToldMembers(ctx context.Context, id phonebank.WaveID, people []string) error {
	_, err := tx.exec(ctx, `UPDATE wave_members SET told = true WHERE wave_id = $1 AND person_id = ANY($2)`, id, pq.Array(people))
	return err
}

// FillWave writes follow-ups of a wave in one statement, each with its text where it is one, and notes them with the people.
// Whoever has theirs already gets no second one: the member's row is moved by compare-and-set, and only what moved is written.
func (tx *Tx) FillWave(ctx context.Context, list []phonebank.FollowUp, from phonebank.Number, to map[phonebank.PhoneID]phonebank.Number) (int64, error) {
	if len(list) == 0 {
		return 0, nil
	}
	column := func(f func(phonebank.FollowUp) string) any {
		out := make([]string, len(list))
		for i, one := range list {
			out[i] = f(one)
		}
		return pq.Array(out)
	}
	one := list[0]
	place := `UPDATE wave_members m SET state = 'filled', follow_up_id = t.id FROM t WHERE m.wave_id = $1 AND m.person_id = t.person_id AND m.state = 'waiting' RETURNING t.*`
	if one.Reason == phonebank.ReasonHeadsUp {
		place = `UPDATE wave_members m SET told = true, heads_up_id = t.id FROM t WHERE m.wave_id = $1 AND m.person_id = t.person_id AND m.state = 'waiting' AND NOT m.told RETURNING t.*`
	}
	return tx.exec(ctx, `
		WITH t AS (
			SELECT * FROM unnest($2::text[], $3::text[], $4::text[], $5::text[], $6::text[], $7::text[], $8::bool[], $9::text[], $10::text[], $11::timestamptz[], $12::timestamptz[],
				$13::text[], $14::text[], $15::text[], $16::text[]) AS t(id, person_id, phone_id, owner_id, state, body, automatic, local_wish, zone, due_at, not_after, why, number, outbox_id, token)),
		placed AS (`+place+`),
		written AS (
			INSERT INTO follow_ups (id, campaign_id, person_id, phone_id, owner_id, wave_id, session_id, channel, reason, state, body, automatic, local_wish, zone,
				due_at, not_after, why, created_at)
			SELECT id, $17, person_id, phone_id, NULLIF(owner_id, ''), $1, NULLIF($18, ''), $19, $20, state, body, automatic, local_wish, zone, due_at, not_after, why, $21 FROM placed
			RETURNING id),
		held AS (
			INSERT INTO outbox (id, state, follow_up_id, campaign_id, person_id, phone_id, user_id, from_number, to_number, body, automatic, token, not_before, not_after, created_at)
			SELECT outbox_id, CASE WHEN automatic THEN 'ready' ELSE 'held' END, id, $17, person_id, phone_id, NULLIF(owner_id, ''), $22, number, body, automatic, token, due_at,
				not_after, $21 FROM placed WHERE $19 = 'text')
		SELECT 1 FROM written`,
		one.WaveID, column(func(f phonebank.FollowUp) string { return string(f.ID) }), column(func(f phonebank.FollowUp) string { return string(f.PersonID) }),
		column(func(f phonebank.FollowUp) string { return string(f.PhoneID) }), column(func(f phonebank.FollowUp) string { return string(f.OwnerID) }),
		column(func(f phonebank.FollowUp) string { return string(f.State) }), column(func(f phonebank.FollowUp) string { return f.Body }),
		column(func(f phonebank.FollowUp) string {
			if f.Automatic {
				return "true"
			}
			return "false"
		}), column(func(f phonebank.FollowUp) string { return f.Local }), column(func(f phonebank.FollowUp) string { return f.Zone }),
		column(func(f phonebank.FollowUp) string { return f.DueAt.Format(time.RFC3339Nano) }), column(func(f phonebank.FollowUp) string { return f.NotAfter.Format(time.RFC3339Nano) }),
		column(func(f phonebank.FollowUp) string { return f.Why }), column(func(f phonebank.FollowUp) string { return string(to[f.PhoneID]) }),
		column(func(f phonebank.FollowUp) string { return phonebank.NewID[string](f.CreatedAt) }), column(func(phonebank.FollowUp) string { return phonebank.NewToken() }),
		one.CampaignID, string(one.SessionID), string(one.Channel), string(one.Reason), one.CreatedAt, string(from))
}

// AddFilled counts on how many people of a wave have their row now. Whoever left by a STOP meanwhile is counted at the end.
func (tx *Tx) AddFilled(ctx context.Context, id phonebank.WaveID, n int) error {
	_, err := tx.exec(ctx, `UPDATE waves SET filled = LEAST(filled + $2, size) WHERE id = $1`, id, n)
	return err
}

// CountFilled keeps how many people of a wave have their row, or left before they had one.
func (tx *Tx) CountFilled(ctx context.Context, id phonebank.WaveID) error {
	_, err := tx.exec(ctx, `
		UPDATE waves SET filled = size - left_to_fill.n
		FROM (SELECT count(*) AS n FROM wave_members WHERE wave_id = $1 AND state = 'waiting') left_to_fill
		WHERE id = $1 AND filled <> size - left_to_fill.n`, id)
	return err
}

// leaveWaves takes everybody on a number out of the waves they are in: nothing is offered or written to them any more.
func (tx *Tx) leaveWaves(ctx context.Context, phone phonebank.PhoneID) error {
	_, err := tx.exec(ctx, `UPDATE wave_members SET state = 'left', why = 'opt_out' WHERE phone_id = $1 AND state = ANY($2)`,
		phone, pq.Array(phonebank.MemberTable.Sources(phonebank.MemberLeave)))
	return err
}

// cancelOf cancels rows of a wave ($1) that are still to come, some at a time, each with its text and its line in the journal.
const cancelOf = `
	WITH gone AS (
		UPDATE follow_ups f SET state = 'cancelled', why = $2, done_at = $3, generation = generation + 1
		FROM (SELECT id, state FROM follow_ups WHERE wave_id = $1 AND state = ANY($4) AND ($6 = '' OR reason = $6) ORDER BY id LIMIT 1000 FOR NO KEY UPDATE) old
		WHERE f.id = old.id RETURNING f.id, old.state),
	texts AS (
		UPDATE outbox o SET state = 'cancelled', why = $2, generation = o.generation + 1
		FROM gone WHERE o.follow_up_id = gone.id AND o.state IN ('held', 'ready'))
	INSERT INTO journal (at, thing, thing_id, event, from_state, to_state, by_user, note)
	SELECT $3, 'follow_up', id, 'cancel', state, 'cancelled', $5, $2 FROM gone`

// CancelWaveRows cancels everything of a wave that is still to come, in this transaction.
func (tx *Tx) CancelWaveRows(ctx context.Context, id phonebank.WaveID, why string, by By, at time.Time) error {
	return tx.cancelWave(ctx, id, "", why, by, at)
}

// CancelHeadsUps cancels the texts of the day before that nobody has sent.
func (tx *Tx) CancelHeadsUps(ctx context.Context, id phonebank.WaveID, why string, by By, at time.Time) error {
	return tx.cancelWave(ctx, id, phonebank.ReasonHeadsUp, why, by, at)
}

func (tx *Tx) cancelWave(ctx context.Context, id phonebank.WaveID, reason phonebank.Reason, why string, by By, at time.Time) error {
	for {
		n, err := tx.exec(ctx, cancelOf, id, why, at, pq.Array(openFollowUps), string(by.User), string(reason))
		if err != nil || n == 0 {
			return err
		}
	}
}

// UnsettleWave forgets who was found for a wave that went back to a draft.
func (tx *Tx) UnsettleWave(ctx context.Context, id phonebank.WaveID) error {
	if _, err := tx.exec(ctx, `DELETE FROM wave_members WHERE wave_id = $1`, id); err != nil {
		return err
	}
	_, err := tx.exec(ctx, `UPDATE waves SET size = 0, filled = 0, found = 0, left_out = '{}', fixed_at = NULL WHERE id = $1`, id)
	return err
}

// EndWaveRows lets some of a wave's rows go after its end, and with the last of them its people. It answers with how many
// rows it ended. Callbacks that were agreed before the wave are nobody's wave any more, and stay.
func (tx *Tx) EndWaveRows(ctx context.Context, w phonebank.Wave, why string, by By, at time.Time) (n int64, err error) {
	if w.Gathered {
		n, err = tx.exec(ctx, `
			UPDATE follow_ups SET wave_id = NULL, session_id = NULL
			WHERE id IN (SELECT id FROM follow_ups WHERE wave_id = $1 AND state = ANY($2) ORDER BY id LIMIT 1000 FOR NO KEY UPDATE)`, w.ID, pq.Array(openFollowUps))
	} else {
		n, err = tx.exec(ctx, cancelOf, w.ID, why, at, pq.Array(openFollowUps), string(by.User), "")
	}
	if err != nil || n > 0 {
		return n, err
	}
	_, err = tx.exec(ctx, `UPDATE wave_members SET state = 'over' WHERE wave_id = $1 AND state = ANY($2)`, w.ID, pq.Array(phonebank.MemberTable.Sources(phonebank.MemberFinish)))
	return 0, err
}

// RowsLeft tells whether anything of a wave is still to come or under way.
func (q queries) RowsLeft(ctx context.Context, id phonebank.WaveID) (left bool, err error) {
	err = q.get(ctx, &left, `
		SELECT EXISTS (SELECT 1 FROM follow_ups WHERE wave_id = $1 AND state IN ('planned', 'due', 'offered', 'in_progress', 'needs_person'))
			OR EXISTS (SELECT 1 FROM wave_members WHERE wave_id = $1 AND state = 'waiting')`, id)
	return left, err
}
