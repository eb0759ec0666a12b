// Package dialer is the voice of the phone bank: volunteers who come and go, the person that each is handed, the calls
// between them, and the wrap-up in which a talk becomes a promise. It never keeps the state of a call in memory, so any
// process can serve any callback, and it never rings a person twice for one press.
package dialer

import (
	"context"
	"log/slog"
	"strings"
	"sync"
	"time"

	"phonebank"
	"phonebank/carrier"
	"phonebank/live"
	"phonebank/store"
)

// Bell rings for a row at a time: asynq in the product. It may lose a ring, never a row.
type Bell interface {
	Soon(ctx context.Context, kind, id string, generation int, in time.Duration)
}

// The kinds of rows that a bell rings for.
const (
	TextBell     = "text"
	FollowUpBell = "follow_up"
)

// Switchboard is where calls are made, taken and ended.
type Switchboard struct {
	Parts
	underWay sync.WaitGroup // requests to Twilio
}

// Parts are what a switchboard works with.
type Parts struct {
	Store     *store.Store
	Carrier   *carrier.Client
	Live      *live.Live
	Bell      Bell
	Log       *slog.Logger
	Now       func() time.Time
	PublicURL string
	Org       string
	// Grace is how long a callback belongs to its volunteer before anybody may make it (default 15 min).
	Grace time.Duration
}

// New makes a switchboard.
func New(p Parts) *Switchboard {
	if p.Grace == 0 {
		p.Grace = 15 * time.Minute
	}
	return &Switchboard{Parts: p}
}

// conference names a shift's room at Twilio: opaque, and only letters that need no escaping in a path.
func conference(id phonebank.ShiftID) string { return "shift-" + strings.ToLower(string(id)) }

// label names a person's leg in a room.
func label(id phonebank.CallID) string { return "c-" + string(id) }

// callOfLabel reads a label back.
func callOfLabel(s string) (phonebank.CallID, bool) {
	id, ok := strings.CutPrefix(s, "c-")
	return phonebank.CallID(id), ok && phonebank.ValidID(id)
}

// volunteerLabel names the volunteer's own leg.
const volunteerLabel = "volunteer"

// tell publishes what the screens of a shift, its talk and the room show.
func (b *Switchboard) tell(s phonebank.Shift, more ...string) {
	topics := append([]string{live.Room}, more...)
	if s.ID != "" {
		topics = append(topics, "shift:"+string(s.ID), "session:"+string(s.SessionID))
	}
	if s.Conversation != "" {
		topics = append(topics, "conversation:"+string(s.Conversation))
	}
	b.Live.Publish(topics...)
}

// Everybody locks in one order, so that two transactions seldom wait for each other: shift, conversation, call, number.

// lockTalk keeps a talk and the shift it belongs to to this transaction.
func lockTalk(ctx context.Context, tx *store.Tx, id phonebank.ConversationID) (c phonebank.Conversation, s phonebank.Shift, err error) {
	if c, err = tx.Conversation(ctx, id); err != nil {
		return c, s, err
	}
	if c.ShiftID != "" {
		if s, err = tx.LockShift(ctx, c.ShiftID); err != nil {
			return c, s, err
		}
	}
	c, err = tx.LockConversation(ctx, id)
	return c, s, err
}

// lockCall keeps a call, its talk and its shift to this transaction.
func (b *Switchboard) lockCall(ctx context.Context, tx *store.Tx, token string) (phonebank.Call, error) {
	found, err := tx.FindCallByToken(ctx, token)
	if err != nil {
		return found, err
	}
	if found.ShiftID != "" {
		if _, err := tx.LockShift(ctx, found.ShiftID); err != nil {
			return found, err
		}
	}
	if found.Conversation != "" {
		if _, err := tx.LockConversation(ctx, found.Conversation); err != nil {
			return found, err
		}
	}
	return tx.CallByToken(ctx, token)
}

// move applies one event to a shift and stores it.
func move(ctx context.Context, tx *store.Tx, s *phonebank.Shift, event phonebank.ShiftEvent, at time.Time) error {
	change, err := s.Apply(event, at)
	if err != nil {
		return err
	}
	if err := tx.SaveShift(ctx, *s, change, store.By{User: s.UserID}); err != nil {
		return err
	}
	s.State = change.To
	return nil
}

// inShift runs one act of a shift in a transaction of its own and tells its screens.
func (b *Switchboard) inShift(ctx context.Context, id phonebank.ShiftID, do func(tx *store.Tx, s *phonebank.Shift, at time.Time) error) (phonebank.Shift, error) {
	at := b.Now()
	var s phonebank.Shift
	err := b.Store.InTx(ctx, func(tx *store.Tx) error {
		var err error
		if s, err = tx.LockShift(ctx, id); err != nil {
			return err
		}
		return do(tx, &s, at)
	})
	if err == nil {
		b.tell(s, live.Calls)
	}
	return s, err
}
