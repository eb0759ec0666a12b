package dialer

import (
	"context"
	"time"

	"phonebank"
	"phonebank/store"
)

// Call writes the call to the person on a volunteer's card down, and begins their talk as it was settled there. The nonce is of the form: a second
// press is the same call. It answers with the talk.
func (b *Switchboard) Call(ctx context.Context, id phonebank.ShiftID, nonce string, choice Choice) (phonebank.ConversationID, error) {
	s, err := b.inShift(ctx, id, func(tx *store.Tx, s *phonebank.Shift, at time.Time) error {
		if s.State == phonebank.ShiftOnCall && s.Conversation != "" {
			return nil // pressed twice
		}
		if s.State != phonebank.ShiftReserved || s.PersonID == "" {
			return phonebank.Fail(phonebank.Stale, "This card is no longer yours. Press Ready for the next person.")
		}
		if !s.LegJoined {
			return phonebank.Fail(phonebank.Conflict, "Your phone isn't connected. Press “Ring my phone” first, then call.")
		}
		if paused, err := tx.Paused(ctx); err != nil {
			return err
		} else if paused != nil {
			return phonebank.Fail(phonebank.Unavailable, "%s has paused all calls. Your card stays open.", paused.Who)
		}
		if s.FollowUpID != "" {
			if err := stillTheirs(ctx, tx, *s); err != nil {
				return err
			}
		}
		conversation, err := b.begin(ctx, tx, *s, choice, at)
		if err != nil {
			return err
		}
		s.Conversation = conversation.ID
		if err := b.reserve(ctx, tx, *s, conversation, nonce, at); err != nil {
			return err
		}
		if s.FollowUpID != "" {
			if err := moveFollowUp(ctx, tx, s.FollowUpID, phonebank.FollowUpStart, at, ""); err != nil {
				return err
			}
		}
		return move(ctx, tx, s, phonebank.ShiftDial, at)
	})
	return s.Conversation, err
}

// begin writes the talk of a shift with the person on its card down.
func (b *Switchboard) begin(ctx context.Context, tx *store.Tx, s phonebank.Shift, choice Choice, at time.Time) (phonebank.Conversation, error) {
	session, err := tx.Session(ctx, s.SessionID)
	if err != nil {
		return phonebank.Conversation{}, err
	}
	return Begin(ctx, tx, phonebank.Conversation{CampaignID: session.CampaignID, SessionID: session.ID, ShiftID: s.ID, PersonID: s.PersonID,
		UserID: s.UserID, Channel: phonebank.TalkByCall}, choice, at)
}

// reserve writes the intent of a call down. Whether the person may be rung is asked here, for a clear sentence at once, and
// again under the number's lock when the dialer takes it.
func (b *Switchboard) reserve(ctx context.Context, tx *store.Tx, s phonebank.Shift, conversation phonebank.Conversation, nonce string, at time.Time) error {
	person, err := tx.Person(ctx, s.PersonID)
	if err != nil {
		return err
	}
	phone, err := tx.LockPhone(ctx, person.PhoneID)
	if err != nil {
		return err
	}
	if err := mayRing(ctx, tx, person, phone, at); err != nil {
		return err
	}
	campaign, err := tx.Campaign(ctx, conversation.CampaignID)
	if err != nil {
		return err
	}
	tries, err := tx.Tries(ctx, campaign.ID, person.ID)
	if err != nil {
		return err
	}
	if err := tx.HoldNumber(ctx, phone.ID, s.ID, at); err != nil {
		return err
	}
	return tx.AddCall(ctx, phonebank.Call{ID: phonebank.NewID[phonebank.CallID](at), Kind: phonebank.CallOut, State: phonebank.CallReserved, Token: phonebank.NewToken(),
		CampaignID: campaign.ID, ShiftID: s.ID, PersonID: person.ID, PhoneID: phone.ID, Conversation: conversation.ID, FollowUpID: s.FollowUpID,
		From: campaign.Number, To: phone.Number, Tries: tries + 1, CreatedAt: at}, nonce)
}

// mayRing answers with the reason, as a volunteer may read it, why somebody must not be rung now. The number is locked.
func mayRing(ctx context.Context, tx *store.Tx, person phonebank.Person, phone phonebank.Phone, at time.Time) error {
	on, err := tx.OnTheLine(ctx, phone.ID, "")
	if err != nil {
		return err
	}
	if on {
		return phonebank.Fail(phonebank.Conflict, "%s is on the line with somebody of us right now.", person.Called())
	}
	rung, err := tx.RungLately(ctx, phone, "", at)
	if err != nil {
		return err
	}
	if why, not := phonebank.NotRing(person, phone, rung, at); not {
		return why.Fail(phonebank.Forbidden)
	}
	return nil
}

// Redial rings the person of a talk again: after a dropped line, or after a failure of ours. The talk, its step and its words
// stay. Nobody who picked up and hung up by themselves is rung without the volunteer's press.
func (b *Switchboard) Redial(ctx context.Context, id phonebank.ConversationID, user phonebank.UserID) error {
	at := b.Now()
	return b.inTalk(ctx, id, user, func(tx *store.Tx, c phonebank.Conversation, s phonebank.Shift) error {
		call, err := tx.CallOf(ctx, id)
		if err != nil {
			return err
		}
		if call.State != phonebank.CallEnded && call.State != phonebank.CallWrapped {
			return phonebank.Fail(phonebank.Conflict, "The line is still up.")
		}
		if c.State == phonebank.ConversationWrapped {
			return phonebank.Fail(phonebank.Conflict, "This talk is wrapped up. Their page has a Call button.")
		}
		if s.ID == "" || s.Conversation != id {
			return phonebank.Fail(phonebank.Conflict, "You have moved on from this talk. Their page has a Call button.")
		}
		if !s.LegJoined {
			return phonebank.Fail(phonebank.Conflict, "Your phone isn't connected. Answer it and press 1, then call back.")
		}
		if change, err := c.Apply(phonebank.ConversationReopen, at); err != nil {
			return err
		} else if err := tx.SaveConversation(ctx, c, change, store.By{User: user}); err != nil {
			return err
		}
		s.PersonID = c.PersonID
		if s.State != phonebank.ShiftOnCall {
			if err := move(ctx, tx, &s, phonebank.ShiftDial, at); err != nil {
				return err
			}
		}
		return b.reserve(ctx, tx, s, c, "", at)
	})
}

// HangUp ends the person's line. The volunteer's own leg stays in its room.
func (b *Switchboard) HangUp(ctx context.Context, id phonebank.ConversationID, user phonebank.UserID) error {
	return b.endLine(ctx, id, user, phonebank.ResultNone)
}

// Voicemail says that a machine picked up: the line ends, and the person is tried again later.
func (b *Switchboard) Voicemail(ctx context.Context, id phonebank.ConversationID, user phonebank.UserID) error {
	return b.endLine(ctx, id, user, phonebank.ResultVoicemail)
}

func (b *Switchboard) endLine(ctx context.Context, id phonebank.ConversationID, user phonebank.UserID, result phonebank.CallResult) error {
	at := b.Now()
	return b.inTalk(ctx, id, user, func(tx *store.Tx, _ phonebank.Conversation, _ phonebank.Shift) error {
		call, err := tx.CallOf(ctx, id)
		if err != nil {
			return err
		}
		if call.State == phonebank.CallEnded || call.State == phonebank.CallWrapped {
			return nil
		}
		if result != phonebank.ResultNone {
			if err := tx.SetResult(ctx, call.ID, result); err != nil {
				return err
			}
		}
		return tx.AskHangUp(ctx, call.ID, at)
	})
}

// NotConnected says that a line rang as answered and nobody was there: it counts as a try, never as a talk.
func (b *Switchboard) NotConnected(ctx context.Context, id phonebank.ConversationID, user phonebank.UserID) error {
	at := b.Now()
	return b.inTalk(ctx, id, user, func(tx *store.Tx, c phonebank.Conversation, s phonebank.Shift) error {
		call, err := tx.CallOf(ctx, id)
		if err != nil {
			return err
		}
		if call.State != phonebank.CallEnded && call.State != phonebank.CallWrapped {
			if err := tx.SetResult(ctx, call.ID, phonebank.ResultNoAnswer); err != nil {
				return err
			}
			return tx.AskHangUp(ctx, call.ID, at)
		}
		if c.State != phonebank.ConversationEnded {
			return phonebank.Fail(phonebank.Conflict, "This talk is wrapped up already.")
		}
		if err := tx.SetResult(ctx, call.ID, phonebank.ResultNoAnswer); err != nil {
			return err
		}
		call.Result = phonebank.ResultNoAnswer
		if err := b.noTalk(ctx, tx, call, at); err != nil {
			return err
		}
		if s.ID != "" && s.Conversation == id && s.State == phonebank.ShiftWrapUp {
			if err := move(ctx, tx, &s, phonebank.ShiftSaved, at); err != nil {
				return err
			}
			return restIfTexting(ctx, tx, &s, id, at)
		}
		return nil
	})
}

// Mute makes the volunteer unheard, or heard again.
func (b *Switchboard) Mute(ctx context.Context, id phonebank.ConversationID, user phonebank.UserID, on bool) error {
	c, err := b.Store.Conversation(ctx, id)
	if err != nil {
		return err
	}
	if c.UserID != user {
		return phonebank.Fail(phonebank.Forbidden, "This is somebody else's talk.")
	}
	s, err := b.Store.Shift(ctx, c.ShiftID)
	if err != nil {
		return err
	}
	leg, err := b.Store.Call(ctx, s.LegCallID)
	if err != nil || leg.SID == "" || s.ConferenceID == "" {
		return phonebank.Fail(phonebank.Conflict, "Your phone isn't connected, so there is nothing to mute.")
	}
	if err := b.Carrier.Mute(ctx, s.ConferenceID, leg.SID, on); err != nil {
		return phonebank.Because(err, phonebank.Unavailable, "We couldn't reach the line. Mute on your own phone, and try again.")
	}
	call, err := b.Store.CallOf(ctx, id)
	if err != nil {
		return err
	}
	if err := b.Store.SetMuted(ctx, call.ID, on); err != nil {
		return err
	}
	b.tell(s)
	return nil
}

// inTalk runs one act of a volunteer in their own talk, and tells whom it concerns.
func (b *Switchboard) inTalk(ctx context.Context, id phonebank.ConversationID, user phonebank.UserID, do func(*store.Tx, phonebank.Conversation, phonebank.Shift) error) error {
	var s phonebank.Shift
	err := b.Store.InTx(ctx, func(tx *store.Tx) error {
		c, shift, err := lockTalk(ctx, tx, id)
		if err != nil {
			return err
		}
		if s = shift; c.UserID != user {
			return phonebank.Fail(phonebank.Forbidden, "This is somebody else's talk.")
		}
		return do(tx, c, s)
	})
	if err == nil {
		b.tell(s, "calls", "conversation:"+string(id))
	}
	return err
}

// CallPerson puts one person on a volunteer's or coordinator's own card, from that person's page.
func (b *Switchboard) CallPerson(ctx context.Context, id phonebank.ShiftID, person phonebank.PersonID) error {
	_, err := b.inShift(ctx, id, func(tx *store.Tx, s *phonebank.Shift, at time.Time) error {
		if !s.LegJoined {
			return phonebank.Fail(phonebank.Conflict, "Your phone isn't connected. Press “Ring my phone” on your shift's page first.")
		}
		if s.State == phonebank.ShiftReserved {
			if err := b.stepIn(ctx, tx, s, phonebank.ShiftRelease, at); err != nil {
				return err
			}
		}
		if s.State == phonebank.ShiftBreak {
			if err := move(ctx, tx, s, phonebank.ShiftGoReady, at); err != nil {
				return err
			}
		}
		p, err := tx.Person(ctx, person)
		if err != nil {
			return err
		}
		phone, err := tx.LockPhone(ctx, p.PhoneID)
		if err != nil {
			return err
		}
		if err := mayRing(ctx, tx, p, phone, at); err != nil {
			return err
		}
		if err := tx.HoldNumber(ctx, phone.ID, s.ID, at); err != nil {
			return err
		}
		s.PersonID, s.FollowUpID, s.Conversation = person, "", ""
		if err := attach(ctx, tx, s, phonebank.FollowUpOffer, at); err != nil {
			return err
		}
		return move(ctx, tx, s, phonebank.ShiftReserve, at)
	})
	return err
}

// TestCall rings somebody's own phone, says that everything works, and hangs up.
func (b *Switchboard) TestCall(ctx context.Context, to, from phonebank.Number) error {
	at := b.Now()
	err := b.Store.AddCall(ctx, phonebank.Call{ID: phonebank.NewID[phonebank.CallID](at), Kind: phonebank.CallTest, State: phonebank.CallReserved,
		Token: phonebank.NewToken(), From: from, To: to, Tries: 1, CreatedAt: at}, "")
	if err == nil {
		b.Live.Publish("calls")
	}
	return err
}
