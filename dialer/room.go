package dialer

import (
	"context"
	"fmt"
	"time"

	"phonebank"
	"phonebank/store"
)

// AloneFor is how long a person waits for a volunteer whose phone dropped, while we ring it again, before the line ends: a
// person is never left in silence.
const AloneFor = 20 * time.Second

// legGone follows the end of a volunteer's own line. In the middle of a talk their phone is rung again; else their shift ends.
func (b *Switchboard) legGone(ctx context.Context, tx *store.Tx, leg phonebank.Call, at time.Time) error {
	s, err := tx.Shift(ctx, leg.ShiftID)
	if err != nil || s.LegCallID != leg.ID {
		return err // a newer leg has taken its place
	}
	if err := tx.SetLeg(ctx, s.ID, leg.ID, false, ""); err != nil {
		return err
	}
	s.LegJoined = false
	switch s.State {
	case phonebank.ShiftOnCall:
		live, err := tx.LiveCalls(ctx, s.ID)
		if err != nil {
			return err
		}
		for _, c := range live {
			if c.Kind != phonebank.CallVolunteer {
				if err := tx.AskHangUp(ctx, c.ID, at.Add(AloneFor)); err != nil {
					return err
				}
			}
		}
		if len(live) == 0 {
			return nil
		}
		if err := b.ringShift(ctx, tx, &s, at); phonebank.KindOf(err) == phonebank.Unavailable && err != nil {
			return err
		}
		return nil
	case phonebank.ShiftWrapUp, phonebank.ShiftOff:
		return nil // the wrap-up can be finished without a phone
	}
	return b.stepIn(ctx, tx, &s, phonebank.ShiftLeave, at)
}

// RoomReport is one conference event as Twilio tells it.
type RoomReport struct {
	Token      string // of the volunteer's leg, which was first in and so fixed where events go
	Conference string
	Event      string // participant-join, participant-leave, conference-end, ...
	CallSID    string
	Label      string
	Sequence   string
}

// Conference stores who is in a room.
func (b *Switchboard) Conference(ctx context.Context, r RoomReport) error {
	at := b.Now()
	var shift phonebank.Shift
	var talk phonebank.ConversationID
	err := b.Store.InTx(ctx, func(tx *store.Tx) error {
		leg, err := b.lockCall(ctx, tx, r.Token)
		if err != nil {
			return err
		}
		fresh, err := tx.Once(ctx, fmt.Sprintf("conference:%s:%s:%s", r.Conference, r.Sequence, r.Event), at)
		if err != nil || !fresh {
			return err
		}
		if shift, err = tx.Shift(ctx, leg.ShiftID); err != nil {
			return err
		}
		if r.Label == volunteerLabel {
			return b.volunteerIn(ctx, tx, &shift, r, at)
		}
		id, ok := callOfLabel(r.Label)
		if !ok {
			return nil
		}
		found, err := tx.Call(ctx, id)
		if err != nil {
			return err
		}
		call, err := b.lockCall(ctx, tx, found.Token)
		if err != nil {
			return err
		}
		if talk = call.Conversation; call.ShiftID != shift.ID {
			return phonebank.Fail(phonebank.Conflict, "This leg belongs to another room.")
		}
		switch r.Event {
		case "participant-join":
			if err := tx.SetJoined(ctx, call.ID, at); err != nil {
				return err
			}
			call.JoinedAt = &at
			if call.SID == "" {
				call.SID = r.CallSID
				if err := tx.SetCallSID(ctx, call.ID, r.CallSID); err != nil {
					return err
				}
			}
			return b.bridgeIf(ctx, tx, &call, at)
		case "participant-leave":
			if call.Kind == phonebank.CallIn {
				return b.endIn(ctx, tx, call, ending{status: "completed"}, at)
			}
			return tx.AskHangUp(ctx, call.ID, at) // its own last event may be lost: the dialer looks it up
		}
		return nil
	})
	if err == nil {
		b.tell(shift, "conversation:"+string(talk))
	}
	return err
}

func (b *Switchboard) volunteerIn(ctx context.Context, tx *store.Tx, s *phonebank.Shift, r RoomReport, at time.Time) error {
	leg, err := tx.CallBySID(ctx, r.CallSID)
	if err != nil && phonebank.KindOf(err) != phonebank.NotFound {
		return err
	}
	if err != nil && s.LegCallID != "" {
		// The room may tell of a leg before the request that made it is answered: it is the one that we have just rung.
		rung, err := tx.Call(ctx, s.LegCallID)
		if err != nil {
			return err
		}
		if rung.SID == "" {
			if err := tx.SetCallSID(ctx, rung.ID, r.CallSID); err != nil {
				return err
			}
			leg = rung
		}
	}
	switch r.Event {
	case "participant-join":
		if leg.ID == "" || leg.ID != s.LegCallID || leg.State == phonebank.CallEnded {
			return nil
		}
		if err := tx.SetLeg(ctx, s.ID, leg.ID, true, r.Conference); err != nil {
			return err
		}
		if err := tx.SetJoined(ctx, leg.ID, at); err != nil {
			return err
		}
		if s.State == phonebank.ShiftOnCall { // back in the middle of a talk: nobody is hung up on any more
			return tx.KeepLines(ctx, s.ID, at)
		}
		return move(ctx, tx, s, phonebank.ShiftJoin, at)
	case "participant-leave":
		if leg.ID != "" && s.LegCallID == leg.ID && s.LegJoined {
			return b.legGone(ctx, tx, leg, at)
		}
	}
	return nil
}
