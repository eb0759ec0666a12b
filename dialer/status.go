package dialer

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"time"

	"phonebank"
	"phonebank/internal/crash"
	"phonebank/store"
)

// Report is one call event as Twilio tells it.
type Report struct {
	Token    string
	SID      string
	Status   string // initiated, ringing, in-progress, completed, busy, no-answer, failed, canceled
	Sequence string
}

// CallStatus stores a call event. Events come in any order and more than once; a late one changes nothing.
func (b *Switchboard) CallStatus(ctx context.Context, r Report) error {
	at := b.Now()
	var call phonebank.Call
	var shift phonebank.Shift
	err := b.Store.InTx(ctx, func(tx *store.Tx) error {
		var err error
		if call, err = b.lockCall(ctx, tx, r.Token); err != nil {
			return err
		}
		if call.SID != "" && call.SID != r.SID {
			return phonebank.Fail(phonebank.Conflict, "This token belongs to another call.")
		}
		fresh, err := tx.Once(ctx, fmt.Sprintf("call:%s:%s:%s", r.SID, r.Sequence, r.Status), at)
		if err != nil || !fresh {
			return err
		}
		if call.SID == "" {
			call.SID = r.SID
			if err := tx.SetCallSID(ctx, call.ID, r.SID); err != nil {
				return err
			}
		}
		switch {
		case r.Status == "ringing":
			err = b.advance(ctx, tx, &call, phonebank.CallRing, at)
		case r.Status == "in-progress":
			if err = b.advance(ctx, tx, &call, phonebank.CallAnswer, at); err == nil {
				err = b.bridgeIf(ctx, tx, &call, at)
			}
		case over(r.Status):
			err = b.endIn(ctx, tx, call, ending{status: r.Status}, at)
		}
		crash.Here("call-report.before-commit")
		if err != nil {
			return err
		}
		if call.ShiftID != "" {
			shift, err = tx.Shift(ctx, call.ShiftID)
		}
		return err
	})
	if err == nil {
		crash.Here("call-report.committed")
		b.tell(shift, "conversation:"+string(call.Conversation), "person:"+string(call.PersonID))
	}
	return err
}

func (b *Switchboard) advance(ctx context.Context, tx *store.Tx, call *phonebank.Call, event phonebank.CallEvent, at time.Time) error {
	change, err := call.Apply(event, at)
	if err != nil || !change.Moved() {
		return err
	}
	if err := tx.SaveCall(ctx, *call, change, store.By{}); err != nil {
		return err
	}
	call.State = change.To
	return nil
}

// bridgeIf notes that both hear each other: answered, and in the room. With early media a leg may join before it is
// answered, so either may come last.
func (b *Switchboard) bridgeIf(ctx context.Context, tx *store.Tx, call *phonebank.Call, at time.Time) error {
	if call.State != phonebank.CallAnswered || call.JoinedAt == nil {
		return nil
	}
	return b.advance(ctx, tx, call, phonebank.CallBridge, at)
}

// ending is how a line ended: Twilio's status, or what we know without it.
type ending struct {
	status   string
	result   phonebank.CallResult
	ourFault bool
	bad      bool
}

func (b *Switchboard) end(ctx context.Context, id phonebank.CallID, e ending) error {
	at := b.Now()
	var call phonebank.Call
	var shift phonebank.Shift
	err := b.Store.InTx(ctx, func(tx *store.Tx) error {
		found, err := tx.Call(ctx, id)
		if err != nil {
			return err
		}
		if call, err = b.lockCall(ctx, tx, found.Token); err != nil {
			return err
		}
		if err := b.endIn(ctx, tx, call, e, at); err != nil {
			return err
		}
		if call.ShiftID != "" {
			shift, err = tx.Shift(ctx, call.ShiftID)
		}
		return err
	})
	if err == nil {
		b.tell(shift, "conversation:"+string(call.Conversation), "person:"+string(call.PersonID))
	}
	return err
}

// endIn ends a line and does what must follow, all in one transaction.
func (b *Switchboard) endIn(ctx context.Context, tx *store.Tx, call phonebank.Call, e ending, at time.Time) error {
	if call.Result == phonebank.ResultNone {
		call.Result = e.result
		if e.status != "" {
			call.Result = phonebank.ResultOf(e.status, call.AnsweredAt != nil)
		}
	}
	call.OurFault = e.ourFault
	change, err := call.Apply(phonebank.CallEnd, at)
	if err != nil || !change.Moved() {
		return err
	}
	if call.Kind == phonebank.CallOut {
		person, err := tx.Person(ctx, call.PersonID)
		if err != nil {
			return err
		}
		call.Sentence = call.Result.Sentence(person.Called())
		if call.OurFault {
			call.Sentence = "Our line failed, not you. Nobody was rung. Try again in a moment."
			if call.Unknown {
				call.Sentence = "Nobody knows whether their phone rang: Twilio's answer was lost. We don't ring again by ourselves."
			}
		}
	}
	if err := tx.SaveCall(ctx, call, change, store.By{}); err != nil {
		return err
	}
	if call.Kind == phonebank.CallVolunteer {
		return b.legGone(ctx, tx, call, at)
	}
	if call.OurFault {
		return b.afterFault(ctx, tx, call, at)
	}
	talked, err := b.talked(ctx, tx, call)
	if err != nil {
		return err
	}
	if talked || slices.Contains(change.Effects, phonebank.StartWrapUp) {
		return b.startWrapUp(ctx, tx, call, at)
	}
	if slices.Contains(change.Effects, phonebank.TryAgain) {
		if e.bad || e.status == "failed" {
			if err := tx.MarkBad(ctx, call.PhoneID, "This number can't be reached.", store.By{}, at); err != nil {
				return err
			}
		}
		if err := b.noTalk(ctx, tx, call, at); err != nil {
			return err
		}
		return b.freeShift(ctx, tx, call, at)
	}
	return nil
}

// talked tells whether there was a talk before this call: they were rung again after a dropped line, and its wrap-up is owed
// whether or not anybody picked up now.
func (b *Switchboard) talked(ctx context.Context, tx *store.Tx, call phonebank.Call) (bool, error) {
	if call.Conversation == "" {
		return false, nil
	}
	c, err := tx.Conversation(ctx, call.Conversation)
	return c.EndedAt != nil, err
}

// startWrapUp follows a talk: its outcome and promise are asked for.
func (b *Switchboard) startWrapUp(ctx context.Context, tx *store.Tx, call phonebank.Call, at time.Time) error {
	if call.Conversation == "" {
		return nil
	}
	c, err := tx.LockConversation(ctx, call.Conversation)
	if err != nil {
		return err
	}
	change, err := c.Apply(phonebank.ConversationEnd, at)
	if err != nil {
		return err
	}
	if err := tx.SaveConversation(ctx, c, change, store.By{}); err != nil {
		return err
	}
	if call.FollowUpID != "" {
		if err := moveFollowUp(ctx, tx, call.FollowUpID, phonebank.FollowUpFinish, at, "We talked."); err != nil {
			return err
		}
	}
	returned, err := tx.ReturnedCalls(ctx, call.PhoneID)
	if err != nil {
		return err
	}
	for _, f := range returned {
		if err := moveFollowUp(ctx, tx, f.ID, phonebank.FollowUpFinish, at, "We talked."); err != nil {
			return err
		}
	}
	owner, err := keeper(ctx, tx, c, nil)
	if err != nil {
		return err
	}
	if err := tx.Touch(ctx, call.PersonID, owner, at); err != nil {
		return err
	}
	if call.ShiftID == "" {
		return nil
	}
	s, err := tx.Shift(ctx, call.ShiftID)
	if err != nil || s.Conversation != call.Conversation || s.State != phonebank.ShiftOnCall {
		return err
	}
	if c.State != phonebank.ConversationWrapped {
		return move(ctx, tx, &s, phonebank.ShiftHungUp, at)
	}
	// Wrapped up before the line was down: on to what they chose then.
	if err := move(ctx, tx, &s, phonebank.ShiftMissed, at); err != nil {
		return err
	}
	raw, err := tx.Wrap(ctx, c.ID)
	if err != nil {
		return err
	}
	var w phonebank.Wrap
	if len(raw) > 0 {
		if err := json.Unmarshal(raw, &w); err != nil {
			return err
		}
	}
	if w.Then == "break" || !s.LegJoined {
		return move(ctx, tx, &s, phonebank.ShiftRest, at)
	}
	return nil
}

// noTalk follows a line on which nobody spoke: the talk that was prepared is closed without an outcome, and the person is
// tried again in four hours, three times at most.
func (b *Switchboard) noTalk(ctx context.Context, tx *store.Tx, call phonebank.Call, at time.Time) error {
	if call.Conversation != "" {
		if err := closeUnspoken(ctx, tx, call, at); err != nil {
			return err
		}
	}
	next := at.Add(phonebank.RetryAfter)
	if call.FollowUpID != "" {
		if err := b.callbackMissed(ctx, tx, call, next, at); err != nil {
			return err
		}
	} else if err := tx.TryLater(ctx, call.CampaignID, call.PersonID, next, string(call.Result)); err != nil {
		return err
	}
	if call.ShiftID == "" {
		return nil
	}
	return tx.ReleaseNumber(ctx, call.ShiftID, call.PhoneID)
}

func (b *Switchboard) freeShift(ctx context.Context, tx *store.Tx, call phonebank.Call, at time.Time) error {
	if call.ShiftID == "" {
		return nil
	}
	s, err := tx.Shift(ctx, call.ShiftID)
	if err != nil || s.State != phonebank.ShiftOnCall || s.Conversation != call.Conversation {
		return err
	}
	if err := move(ctx, tx, &s, phonebank.ShiftMissed, at); err != nil {
		return err
	}
	return restIfTexting(ctx, tx, &s, call.Conversation, at)
}
