package dialer

import (
	"context"
	"time"

	"phonebank"
	"phonebank/script"
	"phonebank/store"
)

// keepStand keeps how the person stood in this talk, by date, and weighs what the talk adds to the evidence for a rung. A yes
// earns nothing: the promise only remembers which rung it would earn once it is kept.
func (b *Switchboard) keepStand(ctx context.Context, tx *store.Tx, c phonebank.Conversation, w phonebank.Wrap, at time.Time) error {
	if w.Support != "" && w.Support != "not_heard" || w.Leader.Flag {
		s := store.Stand{Support: w.Support, Leader: w.Leader.Flag, Why: w.Leader.Why, At: at}
		if c.Channel == phonebank.TalkInPerson {
			s.At = c.StartedAt // it is written down after the day on which it was heard
		}
		if err := tx.KeepStand(ctx, c.ID, c.PersonID, c.UserID, s); err != nil {
			return err
		}
	}
	if w.Commitment != nil && w.Answer == script.ClearYes {
		rung, err := askedRung(ctx, tx, c)
		if err != nil {
			return err
		}
		if err := tx.EarnedBy(ctx, c.ID, rung); err != nil {
			return err
		}
	}
	return tx.WeighRung(ctx, c.PersonID, at)
}

// askedRung is the rung of the ask that was live when they answered: it may have been swapped in the talk.
func askedRung(ctx context.Context, tx *store.Tx, c phonebank.Conversation) (int, error) {
	s, state, err := walked(ctx, tx, c)
	if err != nil {
		return 0, err
	}
	ask, ok := s.AskByID(state.Ask)
	if !ok {
		return 0, nil
	}
	return ask.Rung, nil
}
