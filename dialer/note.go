package dialer

import (
	"context"
	"strings"

	"phonebank"
	"phonebank/store"
)

// LongestNote bounds a note in letters.
const LongestNote = 8000

// SetNote puts another note in the place of the one of a talk; an empty one deletes it. Whether somebody may is decided
// at the door: the author, or a coordinator.
func (b *Switchboard) SetNote(ctx context.Context, id phonebank.ConversationID, user phonebank.UserID, note string) error {
	note = strings.TrimSpace(note)
	if len([]rune(note)) > LongestNote {
		return phonebank.Fail(phonebank.Invalid, "The notes are too long to keep. Shorten them a little.")
	}
	var c phonebank.Conversation
	err := b.Store.InTx(ctx, func(tx *store.Tx) error {
		var err error
		if c, err = tx.LockConversation(ctx, id); err != nil {
			return err
		}
		return tx.SetNote(ctx, c, note, store.By{User: user}, b.Now())
	})
	if err == nil {
		b.Live.Publish("conversation:"+string(id), "person:"+string(c.PersonID))
	}
	return err
}
