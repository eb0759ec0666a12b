package store

import (
	"context"
	"time"

	"phonebank"
)

// ClaimedSince tells whether somebody said "I'll answer" to a number after a moment, whatever has become of that. What
// they were writing is given back to them by it; nothing else is opened.
func (q queries) ClaimedSince(ctx context.Context, phone phonebank.PhoneID, user phonebank.UserID, since time.Time) (held bool, err error) {
	err = q.get(ctx, &held, `
		SELECT EXISTS (SELECT 1 FROM journal WHERE thing = 'phone' AND thing_id = $1 AND event = 'claim' AND by_user = $2 AND at > $3)`, phone, user, since)
	return held, err
}

// StillWaits tells whether a number waits for anybody of us.
func (q queries) StillWaits(ctx context.Context, phone phonebank.PhoneID) (waiting bool, err error) {
	err = q.get(ctx, &waiting, `SELECT EXISTS (SELECT 1 FROM phones ph WHERE ph.id = $1 AND `+waits+`)`, phone)
	return waiting, err
}
