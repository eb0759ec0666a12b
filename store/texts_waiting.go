package store

import (
	"context"

	"phonebank"
)

// TextsWaiting lists the texts of a talk that somebody has pressed Send on and that were never tried yet: they go by themselves
// as soon as what came in is fetched.
func (q queries) TextsWaiting(ctx context.Context, talk phonebank.ConversationID) (list []phonebank.Outbox, err error) {
	err = q.all(ctx, &list, `SELECT `+outboxColumns+` FROM outbox WHERE conversation_id = $1 AND state = 'ready' AND nonce IS NOT NULL
		AND NOT EXISTS (SELECT 1 FROM messages m WHERE m.id = outbox.message_id) ORDER BY created_at`, talk)
	return list, err
}
