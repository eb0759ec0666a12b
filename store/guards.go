package store

import (
	"context"
	"time"

	"phonebank"
)

// OnTheLine tells whether a number is in another call with us right now, either way: whoever talks with one of us is not rung
// by another.
func (q queries) OnTheLine(ctx context.Context, phone phonebank.PhoneID, but phonebank.CallID) (on bool, err error) {
	err = q.get(ctx, &on, `
		SELECT EXISTS (SELECT 1 FROM calls
			WHERE phone_id = $1 AND id <> $2 AND kind IN ('outbound', 'inbound') AND state IN ('reserved', 'placing', 'ringing', 'answered', 'bridged'))`, phone, string(but))
	return on, err
}

// OwesReturn tells whether a callback to somebody who rang us in vain is still open for a number.
func (q queries) OwesReturn(ctx context.Context, phone phonebank.PhoneID) (owes bool, err error) {
	err = q.get(ctx, &owes, `
		SELECT EXISTS (SELECT 1 FROM follow_ups
			WHERE phone_id = $1 AND reason = 'returned_call' AND state IN ('planned', 'due', 'offered', 'in_progress'))`, phone)
	return owes, err
}

// ReturnedCalls lists the callbacks to a number that a talk makes needless.
func (q queries) ReturnedCalls(ctx context.Context, phone phonebank.PhoneID) (list []phonebank.FollowUp, err error) {
	err = q.all(ctx, &list, `
		SELECT `+followUpColumns+` FROM follow_ups
		WHERE phone_id = $1 AND reason = 'returned_call' AND state IN ('planned', 'due', 'offered')`, phone)
	return list, err
}

// LegalToday counts the answers to keywords that a number got within a day: two machines must not talk for ever.
func (q queries) LegalToday(ctx context.Context, phone phonebank.PhoneID, at time.Time) (n int, err error) {
	err = q.get(ctx, &n, `SELECT count(*) FROM outbox WHERE phone_id = $1 AND legal AND created_at > $2`, phone, at.Add(-24*time.Hour))
	return n, err
}

// PutOff lets a person on a list wait: the volunteer who was handed them passed.
func (q queries) PutOff(ctx context.Context, campaign phonebank.CampaignID, person phonebank.PersonID, until time.Time) error {
	_, err := q.exec(ctx, `
		UPDATE call_list SET next_attempt_at = GREATEST(next_attempt_at, $3)
		WHERE campaign_id = $1 AND person_id = $2 AND state = 'waiting'`, campaign, person, until)
	return err
}

// PastCalls lists callbacks whose last moment has passed.
func (q queries) PastCalls(ctx context.Context, at time.Time) (list []phonebank.FollowUp, err error) {
	err = q.all(ctx, &list, `
		SELECT `+followUpColumns+` FROM follow_ups
		WHERE channel = 'call' AND state IN ('planned', 'due') AND not_after < $1 LIMIT 200`, at)
	return list, err
}

// FindCallByToken finds the call whose callbacks carry a token, without keeping it.
func (q queries) FindCallByToken(ctx context.Context, token string) (c phonebank.Call, err error) {
	err = q.get(ctx, &c, `SELECT `+callColumns+` FROM calls WHERE token = $1`, token)
	return c, err
}
