package dialer

import (
	"context"
	"time"

	"phonebank"
	"phonebank/store"
)

// Ready says that a volunteer takes the next person, and hands them one if anybody can be called.
func (b *Switchboard) Ready(ctx context.Context, id phonebank.ShiftID) error {
	s, err := b.inShift(ctx, id, func(tx *store.Tx, s *phonebank.Shift, at time.Time) error {
		session, err := tx.Session(ctx, s.SessionID)
		if err != nil {
			return err
		}
		if session.State != phonebank.SessionOpen {
			return phonebank.Fail(phonebank.Conflict, "This session is over. Thank you for being here.")
		}
		if !s.LegJoined {
			return phonebank.Fail(phonebank.Conflict, "Your phone isn't connected yet. Press “Ring my phone”, answer, and press 1.")
		}
		if s.State == phonebank.ShiftReserved || s.State == phonebank.ShiftReady {
			return nil // a second press, or another tab
		}
		if s.State == phonebank.ShiftOnCall {
			return b.passOver(ctx, tx, s, at)
		}
		return move(ctx, tx, s, phonebank.ShiftGoReady, at)
	})
	if err != nil {
		return err
	}
	err = b.Offer(ctx, s)
	b.tell(s)
	if kind := phonebank.KindOf(err); err != nil && (kind == phonebank.NotFound || kind == phonebank.Stale) {
		return nil // they wait, and are handed somebody as soon as there is one
	}
	return err
}

// passOver leaves a call that our own line never made, and gives the person back.
func (b *Switchboard) passOver(ctx context.Context, tx *store.Tx, s *phonebank.Shift, at time.Time) error {
	call, err := tx.CallOf(ctx, s.Conversation)
	if err != nil {
		return err
	}
	if call.State != phonebank.CallEnded || !call.OurFault {
		return phonebank.Fail(phonebank.Conflict, "You are still on a call.")
	}
	if err := b.letGo(ctx, tx, *s, at); err != nil {
		return err
	}
	return move(ctx, tx, s, phonebank.ShiftMissed, at)
}

// Offer hands a ready shift its next person, in the order of callback.go: a callback that is due before anybody new.
func (b *Switchboard) Offer(ctx context.Context, s phonebank.Shift) error {
	if s.State != phonebank.ShiftReady || !s.LegJoined {
		return nil
	}
	session, err := b.Store.Session(ctx, s.SessionID)
	if err != nil {
		return err
	}
	if paused, err := b.Store.Paused(ctx); err != nil || paused != nil {
		return err
	}
	at := b.Now()
	if offered, err := b.offerCallback(ctx, s, session.CampaignID, at); err != nil || offered {
		return err
	}
	change, err := s.Apply(phonebank.ShiftReserve, at)
	if err != nil {
		return err
	}
	if _, err := b.Store.ClaimPerson(ctx, s, session.CampaignID, change); err != nil {
		return err
	}
	b.tell(s)
	return nil
}
