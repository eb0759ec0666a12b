package dialer

import (
	"context"
	"slices"
	"time"

	"phonebank"
	"phonebank/store"
)

// RingsPerDay bounds how often a volunteer's number is rung without an answer: it may be a stranger's by mistake.
const RingsPerDay = 3

// Join begins a volunteer's shift in an open session, or finds it.
func (b *Switchboard) Join(ctx context.Context, session phonebank.Session, user phonebank.UserID) (phonebank.Shift, error) {
	switch session.State {
	case phonebank.SessionEnded:
		return phonebank.Shift{}, phonebank.Fail(phonebank.Conflict, "This session is over. Ask whoever invited you for the next one.")
	case phonebank.SessionPlanned:
		return phonebank.Shift{}, phonebank.Fail(phonebank.Conflict, "This session has not begun yet. Keep the link and come back at its time.")
	}
	s, err := b.Store.KeepShift(ctx, session.ID, user, session.AutoAdmit, b.Now())
	if err == nil {
		b.tell(s)
	}
	return s, err
}

// Admit lets a newcomer in.
func (b *Switchboard) Admit(ctx context.Context, id phonebank.ShiftID) error {
	s, err := b.Store.Shift(ctx, id)
	if err != nil {
		return err
	}
	if err := b.Store.Admit(ctx, id); err != nil {
		return err
	}
	b.tell(s)
	return nil
}

// RingVolunteer rings a volunteer's own phone; pressing 1 puts them into their room.
func (b *Switchboard) RingVolunteer(ctx context.Context, id phonebank.ShiftID) error {
	at := b.Now()
	var s phonebank.Shift
	err := b.Store.InTx(ctx, func(tx *store.Tx) error {
		var err error
		if s, err = tx.Shift(ctx, id); err != nil {
			return err
		}
		if !s.Admitted {
			return phonebank.Fail(phonebank.Forbidden, "The host lets you in first. It takes a moment.")
		}
		if s.LegJoined {
			return nil
		}
		return b.ringShift(ctx, tx, &s, at)
	})
	if err == nil {
		b.tell(s, "calls")
	}
	return err
}

func (b *Switchboard) ringShift(ctx context.Context, tx *store.Tx, s *phonebank.Shift, at time.Time) error {
	user, err := tx.User(ctx, s.UserID)
	if err != nil {
		return err
	}
	session, err := tx.Session(ctx, s.SessionID)
	if err != nil {
		return err
	}
	if session.State != phonebank.SessionOpen {
		return phonebank.Fail(phonebank.Conflict, "This session is over.")
	}
	campaign, err := tx.Campaign(ctx, session.CampaignID)
	if err != nil {
		return err
	}
	rings, err := tx.VolunteerRings(ctx, user.Phone, at.Add(-24*time.Hour))
	if err != nil {
		return err
	}
	if rings >= RingsPerDay {
		return phonebank.Fail(phonebank.Forbidden, "We rang %s three times and nobody pressed 1. Check the number, or ask the host.", user.Phone.Masked())
	}
	if s.LegCallID != "" {
		old, err := tx.Call(ctx, s.LegCallID)
		if err == nil && old.State != phonebank.CallEnded && old.State != phonebank.CallWrapped {
			if old.CreatedAt.After(at.Add(-(phonebank.RingSeconds + 10) * time.Second)) {
				return nil // it rings already: a second press changes nothing
			}
			if err := tx.AskHangUp(ctx, old.ID, at); err != nil {
				return err
			}
		}
	}
	if err := move(ctx, tx, s, phonebank.ShiftConnect, at); err != nil {
		return err
	}
	call := phonebank.Call{ID: phonebank.NewID[phonebank.CallID](at), Kind: phonebank.CallVolunteer, State: phonebank.CallReserved, Token: phonebank.NewToken(),
		CampaignID: campaign.ID, ShiftID: s.ID, From: campaign.Number, To: user.Phone, Tries: rings + 1, CreatedAt: at}
	if err := tx.AddCall(ctx, call, ""); err != nil {
		return err
	}
	s.LegCallID = call.ID
	return tx.SetLeg(ctx, s.ID, call.ID, false, "")
}

// Ready says that a volunteer takes the next person, and hands them one if anybody can be called.
func (b *Switchboard) Ready(ctx context.Context, id phonebank.ShiftID) error {
	at := b.Now()
	var s phonebank.Shift
	err := b.Store.InTx(ctx, func(tx *store.Tx) error {
		var err error
		if s, err = tx.Shift(ctx, id); err != nil {
			return err
		}
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
			return b.passOver(ctx, tx, &s, at)
		}
		return move(ctx, tx, &s, phonebank.ShiftGoReady, at)
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
	if err := b.giveBack(ctx, tx, *s, at); err != nil {
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

// Rest gives the person back, if one was handed over, and takes a break.
func (b *Switchboard) Rest(ctx context.Context, id phonebank.ShiftID) error {
	return b.step(ctx, id, phonebank.ShiftRest)
}

// Pass gives the person back and takes another.
func (b *Switchboard) Pass(ctx context.Context, id phonebank.ShiftID) error {
	if err := b.step(ctx, id, phonebank.ShiftRest); err != nil {
		return err
	}
	return b.Ready(ctx, id)
}

// Leave ends a volunteer's presence: their leg is dropped and whom they held goes back on the list. A talk that waits for
// its wrap-up stays theirs.
func (b *Switchboard) Leave(ctx context.Context, id phonebank.ShiftID) error {
	return b.step(ctx, id, phonebank.ShiftLeave)
}

func (b *Switchboard) step(ctx context.Context, id phonebank.ShiftID, event phonebank.ShiftEvent) error {
	at := b.Now()
	var s phonebank.Shift
	err := b.Store.InTx(ctx, func(tx *store.Tx) error {
		var err error
		if s, err = tx.Shift(ctx, id); err != nil {
			return err
		}
		return b.stepIn(ctx, tx, &s, event, at)
	})
	if err == nil {
		b.tell(s, "calls")
	}
	return err
}

func (b *Switchboard) stepIn(ctx context.Context, tx *store.Tx, s *phonebank.Shift, event phonebank.ShiftEvent, at time.Time) error {
	change, err := s.Apply(event, at)
	if err != nil {
		return err
	}
	if slices.Contains(change.Effects, phonebank.ReleasePerson) {
		if err := b.giveBack(ctx, tx, *s, at); err != nil {
			return err
		}
	}
	if err := tx.SaveShift(ctx, *s, change, store.By{User: s.UserID}); err != nil {
		return err
	}
	if event == phonebank.ShiftLeave {
		calls, err := tx.LiveCalls(ctx, s.ID)
		if err != nil {
			return err
		}
		for _, c := range calls {
			if err := tx.AskHangUp(ctx, c.ID, at); err != nil {
				return err
			}
		}
	}
	s.State = change.To
	return nil
}

// giveBack undoes what handing a person over did: their place on the list, their callback, the hold on their number.
func (b *Switchboard) giveBack(ctx context.Context, tx *store.Tx, s phonebank.Shift, at time.Time) error {
	if s.PersonID == "" {
		return nil
	}
	session, err := tx.Session(ctx, s.SessionID)
	if err != nil {
		return err
	}
	if s.FollowUpID != "" {
		if err := moveFollowUp(ctx, tx, s.FollowUpID, phonebank.FollowUpTakeBack, at, ""); err != nil {
			return err
		}
	}
	if err := tx.GiveBack(ctx, session.CampaignID, s.PersonID); err != nil {
		return err
	}
	return tx.ReleaseNumber(ctx, s.ID)
}

func moveFollowUp(ctx context.Context, tx *store.Tx, id phonebank.FollowUpID, event phonebank.FollowUpEvent, at time.Time, why string) error {
	f, err := tx.LockFollowUp(ctx, id)
	if err != nil {
		return err
	}
	change, err := f.Apply(event, at)
	if err != nil {
		return err
	}
	f.Why = why
	return tx.SaveFollowUp(ctx, f, change, store.By{})
}

// Help raises or lowers a volunteer's hand.
func (b *Switchboard) Help(ctx context.Context, id phonebank.ShiftID, on bool) error {
	s, err := b.Store.Shift(ctx, id)
	if err != nil {
		return err
	}
	if err := b.Store.SetHelp(ctx, id, on); err != nil {
		return err
	}
	b.tell(s)
	return nil
}

// EndSession closes a session for everybody: legs are dropped, held people go back on the list.
func (b *Switchboard) EndSession(ctx context.Context, id phonebank.SessionID, user phonebank.UserID) error {
	at := b.Now()
	err := b.Store.InTx(ctx, func(tx *store.Tx) error {
		here, err := tx.ShiftsHere(ctx, id)
		if err != nil {
			return err
		}
		for i := range here {
			if err := b.stepIn(ctx, tx, &here[i], phonebank.ShiftLeave, at); err != nil {
				return err
			}
		}
		if err := tx.EndSession(ctx, id, at); err != nil {
			return err
		}
		return tx.Note(ctx, at, "session", string(id), "end", store.By{User: user})
	})
	if err == nil {
		b.Live.Publish("session:"+string(id), "room", "calls")
	}
	return err
}

// Remove takes a volunteer out: leg dropped, cookie dead.
func (b *Switchboard) Remove(ctx context.Context, id phonebank.ShiftID, by phonebank.UserID) error {
	at := b.Now()
	var s phonebank.Shift
	err := b.Store.InTx(ctx, func(tx *store.Tx) error {
		var err error
		if s, err = tx.Shift(ctx, id); err != nil {
			return err
		}
		if err := b.stepIn(ctx, tx, &s, phonebank.ShiftLeave, at); err != nil {
			return err
		}
		return tx.RemoveUser(ctx, s.UserID, store.By{User: by}, at)
	})
	if err == nil {
		b.tell(s, "calls")
	}
	return err
}
