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

// Offer hands a ready shift its next person: a callback that is due before anybody new.
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

// offerCallback takes the callback that this volunteer should make next. One that may not be made now waits for its
// person's next opening.
func (b *Switchboard) offerCallback(ctx context.Context, s phonebank.Shift, campaign phonebank.CampaignID, at time.Time) (offered bool, err error) {
	for range 20 { // callbacks that may not be made now are put off, so this ends; the bound is for the reader
		var put bool
		err = b.Store.InTx(ctx, func(tx *store.Tx) error {
			offered, put = false, false
			// Two offers to one volunteer, by the loop and by their own press, come one after the other: else the second would
			// skip the call that the first has locked, and offer a later one.
			if now, err := tx.LockShift(ctx, s.ID); err != nil || now.State != phonebank.ShiftReady {
				return err
			}
			f, err := tx.ClaimDueCall(ctx, s, campaign, at, b.Grace)
			if err != nil {
				return err
			}
			person, err := tx.Person(ctx, f.PersonID)
			if err != nil {
				return err
			}
			phone, err := tx.LockPhone(ctx, f.PhoneID)
			if err != nil {
				return err
			}
			rung, err := tx.RungLately(ctx, phone, "", at)
			if err != nil {
				return err
			}
			if phonebank.WhyNotRing(person, phone, rung, at) != "" {
				put = true
				f.DueAt = phonebank.NextContact(phonebank.ZonesOf(person.Zone, phone.Zones), at.Add(time.Hour), 0)
				return tx.MoveFollowUp(ctx, f, store.By{Note: "may not be called now"}, at)
			}
			change, err := f.Apply(phonebank.FollowUpOffer, at)
			if err != nil {
				return err
			}
			if err := tx.SaveFollowUp(ctx, f, change, store.By{User: s.UserID}); err != nil {
				return err
			}
			if err := tx.HoldNumber(ctx, phone.ID, s.ID, at); err != nil {
				return err
			}
			s.PersonID, s.FollowUpID, s.Conversation = person.ID, f.ID, ""
			offered = true
			return move(ctx, tx, &s, phonebank.ShiftReserve, at)
		})
		if phonebank.KindOf(err) == phonebank.NotFound && err != nil {
			return false, nil
		}
		if err != nil || offered || !put {
			break
		}
	}
	if err == nil && offered {
		b.tell(s)
	}
	return offered, err
}
