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
	_, err := b.inShift(ctx, id, func(tx *store.Tx, s *phonebank.Shift, at time.Time) error {
		if !s.Admitted {
			return phonebank.Fail(phonebank.Forbidden, "The host lets you in first. It takes a moment.")
		}
		if s.LegJoined {
			return nil
		}
		return b.ringShift(ctx, tx, s, at)
	})
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
			if s.State == phonebank.ShiftConnecting && old.CreatedAt.After(at.Add(-(phonebank.RingSeconds+10)*time.Second)) {
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

// Rest gives the person back, if one was handed over, and takes a break.
func (b *Switchboard) Rest(ctx context.Context, id phonebank.ShiftID) error {
	return b.step(ctx, id, phonebank.ShiftRest)
}

// PassFor is how long somebody waits whom a volunteer has passed on, so that the next card is somebody else's.
const PassFor = 10 * time.Minute

// Pass gives the person back and takes another.
func (b *Switchboard) Pass(ctx context.Context, id phonebank.ShiftID) error {
	_, err := b.inShift(ctx, id, func(tx *store.Tx, s *phonebank.Shift, at time.Time) error {
		if s.State != phonebank.ShiftReserved {
			return nil // pressed twice: the next card is there already
		}
		if err := b.stepIn(ctx, tx, s, phonebank.ShiftRest, at); err != nil {
			return err
		}
		if s.FollowUpID != "" {
			f, err := tx.LockFollowUp(ctx, s.FollowUpID)
			if err != nil || f.State != phonebank.FollowUpDue {
				return err // it was moved or taken back while the card was open
			}
			f.DueAt = at.Add(PassFor)
			return tx.MoveFollowUp(ctx, f, store.By{User: s.UserID, Note: "passed"}, at)
		}
		session, err := tx.Session(ctx, s.SessionID)
		if err != nil {
			return err
		}
		return tx.PutOff(ctx, session.CampaignID, s.PersonID, at.Add(PassFor))
	})
	if err != nil {
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
	_, err := b.inShift(ctx, id, func(tx *store.Tx, s *phonebank.Shift, at time.Time) error {
		return b.stepIn(ctx, tx, s, event, at)
	})
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
	was := s.State
	s.State = change.To
	if event != phonebank.ShiftLeave {
		return nil
	}
	calls, err := tx.LiveCalls(ctx, s.ID)
	if err != nil {
		return err
	}
	talking := false
	for _, c := range calls {
		talking = talking || c.Kind != phonebank.CallVolunteer
		if err := tx.AskHangUp(ctx, c.ID, at); err != nil {
			return err
		}
	}
	if was == phonebank.ShiftOnCall && !talking {
		return b.letGo(ctx, tx, *s, at) // no line's end will do it
	}
	return nil
}

// letGo closes what a call that our own line never made has left open: the talk that was prepared, the callback, the hold. Where
// there was a talk before, its wrap-up is owed and the person does not go back on the list.
func (b *Switchboard) letGo(ctx context.Context, tx *store.Tx, s phonebank.Shift, at time.Time) error {
	if s.Conversation == "" {
		return b.giveBack(ctx, tx, s, at)
	}
	c, err := tx.LockConversation(ctx, s.Conversation)
	if err != nil {
		return err
	}
	event := phonebank.ConversationWrap
	if c.EndedAt != nil {
		event = phonebank.ConversationEnd
	}
	change, err := c.Apply(event, at)
	if err != nil {
		return err
	}
	if err := tx.SaveConversation(ctx, c, change, store.By{}); err != nil {
		return err
	}
	if c.EndedAt == nil {
		return b.giveBack(ctx, tx, s, at)
	}
	person, err := tx.Person(ctx, c.PersonID)
	if err != nil {
		return err
	}
	return tx.ReleaseNumber(ctx, s.ID, person.PhoneID)
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
		elsewhere, err := tx.HasCard(ctx, s.FollowUpID, s.ID) // they rang us, and somebody else talks with them
		if err != nil {
			return err
		}
		if !elsewhere {
			if err := takeBack(ctx, tx, s.FollowUpID, at); err != nil {
				return err
			}
		}
	}
	if err := tx.GiveBack(ctx, session.CampaignID, s.PersonID); err != nil {
		return err
	}
	person, err := tx.Person(ctx, s.PersonID)
	if err != nil {
		return err
	}
	return tx.ReleaseNumber(ctx, s.ID, person.PhoneID)
}

// takeBack makes a callback due again that was on somebody's card or line. Its number is locked first, as by a stop: what was in
// somebody's hands as they said it was not cancelled with the rest, and must not come back.
func takeBack(ctx context.Context, tx *store.Tx, id phonebank.FollowUpID, at time.Time) error {
	f, err := tx.FollowUp(ctx, id)
	if err != nil {
		return err
	}
	phone, err := tx.LockPhone(ctx, f.PhoneID)
	if err != nil {
		return err
	}
	if phone.OptedOutAt != nil || phone.BadAt != nil {
		return moveFollowUp(ctx, tx, id, phonebank.FollowUpCancel, at, "The number is blocked or can't be reached.")
	}
	return moveFollowUp(ctx, tx, id, phonebank.FollowUpTakeBack, at, "")
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
