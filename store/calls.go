package store

import (
	"cmp"
	"context"
	"time"

	"github.com/lib/pq"

	"phonebank"
)

const callColumns = `id, kind, state, result, COALESCE(sid, '') AS sid, token, COALESCE(campaign_id, '') AS campaign_id, COALESCE(shift_id, '') AS shift_id,
	COALESCE(person_id, '') AS person_id, COALESCE(phone_id, '') AS phone_id, COALESCE(conversation_id, '') AS conversation_id,
	COALESCE(follow_up_id, '') AS follow_up_id, from_number, to_number, tries, sentence, our_fault, muted, unknown, created_at,
	placed_at, answered_at, joined_at, bridged_at, ended_at, recording_sid, recording_seconds`

// AddCall writes down the intent of a call. The nonce is of the form that asked for it: a second press is the same call.
func (q queries) AddCall(ctx context.Context, c phonebank.Call, nonce string) error {
	_, err := q.hotExec(ctx, `
		INSERT INTO calls (id, kind, state, sid, token, campaign_id, shift_id, person_id, phone_id, conversation_id, follow_up_id,
			from_number, to_number, tries, nonce, created_at, answered_at)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17)`,
		c.ID, c.Kind, c.State, null(c.SID), c.Token, null(c.CampaignID), null(c.ShiftID), null(c.PersonID), null(c.PhoneID), null(c.Conversation),
		null(c.FollowUpID), c.From, c.To, c.Tries, null(nonce), c.CreatedAt, c.AnsweredAt)
	return err
}

// Call finds one.
func (q queries) Call(ctx context.Context, id phonebank.CallID) (c phonebank.Call, err error) {
	err = q.get(ctx, &c, `SELECT `+callColumns+` FROM calls WHERE id = $1`, id)
	return c, err
}

// CallByToken finds the call whose callbacks carry a token, and keeps it to this transaction.
func (tx *Tx) CallByToken(ctx context.Context, token string) (c phonebank.Call, err error) {
	err = tx.get(ctx, &c, `SELECT `+callColumns+` FROM calls WHERE token = $1 FOR NO KEY UPDATE`, token)
	return c, err
}

// CallByToken finds the call whose callbacks carry a token.
func (s *Store) CallByToken(ctx context.Context, token string) (c phonebank.Call, err error) {
	err = s.hotGet(ctx, &c, `SELECT `+callColumns+` FROM calls WHERE token = $1`, token)
	return c, err
}

// CallBySID finds a call by Twilio's name of it.
func (q queries) CallBySID(ctx context.Context, sid string) (c phonebank.Call, err error) {
	err = q.hotGet(ctx, &c, `SELECT `+callColumns+` FROM calls WHERE sid = $1`, sid)
	return c, err
}

// CallOf finds the newest call of a conversation.
func (q queries) CallOf(ctx context.Context, id phonebank.ConversationID) (c phonebank.Call, err error) {
	err = q.get(ctx, &c, `SELECT `+callColumns+` FROM calls WHERE conversation_id = $1 ORDER BY created_at DESC LIMIT 1`, id)
	return c, err
}

// SaveCall stores a move of a call with the times that go with it.
func (q queries) SaveCall(ctx context.Context, call phonebank.Call, c phonebank.Change[phonebank.CallState, phonebank.CallEvent], by By) error {
	sets := []set{{"result", call.Result}, {"sentence", call.Sentence}, {"our_fault", call.OurFault}, {"unknown", call.Unknown}, {"sid", null(call.SID)}}
	switch c.To {
	case phonebank.CallPlacing:
		sets = append(sets, set{"placed_at", c.At})
	case phonebank.CallAnswered:
		sets = append(sets, set{"answered_at", c.At})
	case phonebank.CallBridged:
		sets = append(sets, set{"bridged_at", c.At})
	case phonebank.CallEnded:
		sets = append(sets, set{"ended_at", c.At}, set{"hang_up_at", nil})
	}
	return save(ctx, q, "call", string(call.ID), c, by, sets...)
}

// PlaceWithin is how old an intent may be: a phone must not ring minutes after somebody pressed Call.
const PlaceWithin = time.Minute

// ClaimCall takes the oldest call that waits to be placed, for this process alone. It answers NotFound where there is
// none, where everything is paused, or where what came in is not fetched yet: a person's call waits for that, at most as long as
// any intent may. In records that were restored even volunteers' own phones stay silent. What was said at the number since it was written down is checked again in the
// second statement, after its lock.
func (s *Store) ClaimCall(ctx context.Context, at time.Time) (call phonebank.Call, err error) {
	var refused, zones string
	err = s.InTx(ctx, func(tx *Tx) error {
		if err := tx.get(ctx, &call, `
			SELECT `+callColumns+` FROM calls WHERE state = 'reserved' AND hang_up_at IS NULL
				AND NOT EXISTS (SELECT 1 FROM pauses WHERE lifted_at IS NULL AND (kind = 'restored' OR calls.kind NOT IN ('volunteer', 'test')))
				AND (calls.kind IN ('volunteer', 'test') OR created_at < $2 OR `+fresh("$1")+`)
			ORDER BY created_at LIMIT 1 FOR NO KEY UPDATE SKIP LOCKED`, at, at.Add(-PlaceWithin)); err != nil {
			return err
		}
		if at.Sub(call.CreatedAt) > PlaceWithin {
			call.OurFault, refused = true, "It took us too long to dial, so nobody was rung. Try again."
		} else if call.Kind == phonebank.CallOut {
			phone, err := tx.LockPhone(ctx, call.PhoneID)
			if err != nil {
				return err
			}
			if refused, zones, err = tx.whyNotRing(ctx, call, phone, at); err != nil {
				return err
			}
		}
		event := phonebank.CallPlace
		if refused != "" {
			event = phonebank.CallEnd
			call.Result, call.Sentence = phonebank.ResultCanceled, refused
		}
		change, err := call.Apply(event, at)
		if err != nil {
			return err
		}
		if err := tx.SaveCall(ctx, call, change, By{Note: cmp.Or(refused, zones)}); err != nil {
			return err
		}
		call.State = change.To
		return nil
	})
	if Capped(err) {
		return s.refuseCapped(ctx, call.ID, at)
	}
	return call, err
}

// whyNotRing answers with the reason why a person must not be rung now, or "", and with the zones by which their hours are
// judged: the journal keeps them, so that the auditor judges by the same.
func (tx *Tx) whyNotRing(ctx context.Context, call phonebank.Call, phone phonebank.Phone, at time.Time) (why, zones string, err error) {
	person, err := tx.Person(ctx, call.PersonID)
	if err != nil {
		return "", "", err
	}
	if on, err := tx.OnTheLine(ctx, phone.ID, call.ID); err != nil || on {
		return person.Called() + " is on the line with somebody of us right now.", "", err
	}
	rung, err := tx.RungLately(ctx, phone, call.ID, at)
	if err != nil {
		return "", "", err
	}
	if reason, not := phonebank.NotRing(person, phone, rung, at); not {
		return reason.String(), "", nil
	}
	return "", person.Places(phone), nil
}

// RungLately counts the calls we placed to a number within a day and since the person was last in touch.
func (q queries) RungLately(ctx context.Context, phone phonebank.Phone, but phonebank.CallID, at time.Time) (n int, err error) {
	since := at.Add(-24 * time.Hour)
	if phone.LastInboundAt != nil && phone.LastInboundAt.After(since) {
		since = *phone.LastInboundAt
	}
	err = q.get(ctx, &n, `
		SELECT count(*) FROM calls
		WHERE phone_id = $1 AND kind = 'outbound' AND id <> $2 AND placed_at > $3 AND NOT our_fault`, phone.ID, but, since)
	return n, err
}

// SetCallSID binds Twilio's name to a call.
func (q queries) SetCallSID(ctx context.Context, id phonebank.CallID, sid string) error {
	_, err := q.exec(ctx, `UPDATE calls SET sid = $2, unknown = false WHERE id = $1 AND (sid IS NULL OR sid = $2)`, id, sid)
	return err
}

// SetUnknown notes that Twilio's answer to a placed call was lost. It is never placed again.
func (q queries) SetUnknown(ctx context.Context, id phonebank.CallID) error {
	_, err := q.exec(ctx, `UPDATE calls SET unknown = true WHERE id = $1 AND sid IS NULL`, id)
	return err
}

// SetJoined notes that a person's leg is in the conference.
func (q queries) SetJoined(ctx context.Context, id phonebank.CallID, at time.Time) error {
	_, err := q.exec(ctx, `UPDATE calls SET joined_at = COALESCE(joined_at, $2) WHERE id = $1`, id, at)
	return err
}

// SetMuted notes whether the volunteer is heard.
func (q queries) SetMuted(ctx context.Context, id phonebank.CallID, on bool) error {
	_, err := q.exec(ctx, `UPDATE calls SET muted = $2 WHERE id = $1`, id, on)
	return err
}

// SetResult marks how a line ended before its end is reported: the volunteer reached a voicemail, say.
func (q queries) SetResult(ctx context.Context, id phonebank.CallID, result phonebank.CallResult) error {
	_, err := q.exec(ctx, `UPDATE calls SET result = $2 WHERE id = $1`, id, result)
	return err
}

// SetRecording keeps where a voicemail can be heard.
func (q queries) SetRecording(ctx context.Context, id phonebank.CallID, sid string, seconds int) error {
	_, err := q.exec(ctx, `
		UPDATE calls SET recording_sid = $2, recording_seconds = GREATEST($3, recording_seconds), result = 'voicemail'
		WHERE id = $1`, id, sid, seconds)
	return err
}

// AskHangUp asks for the end of a call; the dialer carries it out.
func (q queries) AskHangUp(ctx context.Context, id phonebank.CallID, at time.Time) error {
	_, err := q.exec(ctx, `
		UPDATE calls SET hang_up_at = $2
		WHERE id = $1 AND (hang_up_at IS NULL OR hang_up_at > $2) AND state IN ('reserved', 'placing', 'ringing', 'answered', 'bridged')`, id, at)
	return err
}

// ToHangUp takes the calls whose end was asked for, and gives each a few seconds before it is tried again.
func (q queries) ToHangUp(ctx context.Context, at time.Time) (list []phonebank.Call, err error) {
	err = q.all(ctx, &list, `
		UPDATE calls SET hang_up_at = $1::timestamptz + interval '5 seconds'
		WHERE id IN (
			SELECT id FROM calls
			WHERE hang_up_at IS NOT NULL AND hang_up_at <= $1 AND state IN ('reserved', 'placing', 'ringing', 'answered', 'bridged')
			LIMIT 50 FOR NO KEY UPDATE SKIP LOCKED)
		RETURNING `+callColumns, at)
	return list, err
}

// OverdueCalls lists calls that have said nothing for longer than they may: their events were lost, so they are looked up.
func (q queries) OverdueCalls(ctx context.Context, at time.Time) (list []phonebank.Call, err error) {
	err = q.all(ctx, &list, `
		SELECT `+callColumns+` FROM calls
		WHERE state = ANY($2) AND COALESCE(placed_at, created_at) < $1::timestamptz - CASE
			WHEN state IN ('placing', 'ringing') THEN make_interval(secs => $3)
			WHEN kind = 'inbound' AND shift_id IS NULL THEN interval '1 minute' -- a message is short, and who leaves one is not rung meanwhile
			ELSE make_interval(secs => $4) END
		LIMIT 100`, at, pq.Array([]string{"placing", "ringing", "answered", "bridged"}), phonebank.RingSeconds+20, phonebank.CallLimitSeconds+60)
	return list, err
}

// LiveCalls lists the calls of a shift that are not over.
func (q queries) LiveCalls(ctx context.Context, shift phonebank.ShiftID) (list []phonebank.Call, err error) {
	err = q.all(ctx, &list, `
		SELECT `+callColumns+` FROM calls
		WHERE shift_id = $1 AND state IN ('reserved', 'placing', 'ringing', 'answered', 'bridged')`, shift)
	return list, err
}

// VolunteerRings counts how often we rang a volunteer's phone since a moment, so that a wrong number is not rung all night.
func (q queries) VolunteerRings(ctx context.Context, number phonebank.Number, since time.Time) (n int, err error) {
	err = q.get(ctx, &n, `
		SELECT count(*) FROM calls WHERE kind = 'volunteer' AND to_number = $1 AND created_at > $2 AND joined_at IS NULL AND NOT our_fault`, number, since)
	return n, err
}

// KeepLines takes back the ends that were to come because a volunteer's phone was gone. What somebody asked for stays asked.
func (q queries) KeepLines(ctx context.Context, shift phonebank.ShiftID, at time.Time) error {
	_, err := q.exec(ctx, `
		UPDATE calls SET hang_up_at = NULL
		WHERE shift_id = $1 AND kind <> 'volunteer' AND hang_up_at > $2 AND state IN ('placing', 'ringing', 'answered', 'bridged')`, shift, at)
	return err
}

// FollowUpTries counts the calls that were placed for a callback.
func (q queries) FollowUpTries(ctx context.Context, id phonebank.FollowUpID) (n int, err error) {
	err = q.get(ctx, &n, `SELECT count(*) FROM calls WHERE follow_up_id = $1 AND placed_at IS NOT NULL AND NOT our_fault`, id)
	return n, err
}
