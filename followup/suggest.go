package followup

import (
	"context"
	"time"

	"phonebank"
	"phonebank/live"
	"phonebank/store"
)

// Confirm carries out what a text seemed to say, now that a person has read it: a promise is settled, or a call is planned
// and a text back is written for that person to send. local is the time as they put it right, empty for the one that was
// read. A second press finds it done.
func (d *Diary) Confirm(ctx context.Context, id phonebank.SuggestionID, user phonebank.UserID, local string) (s phonebank.Suggestion, err error) {
	at := d.Now()
	var ring []phonebank.FollowUp
	err = d.decide(ctx, id, user, phonebank.SuggestionConfirm, func(tx *store.Tx, said phonebank.Suggestion, phone phonebank.Phone) error {
		s, ring = said, nil
		switch s.Kind {
		case phonebank.SuggestSettle:
			c, err := tx.LockCommitment(ctx, s.CommitmentID)
			if err != nil {
				return err
			}
			return d.settle(ctx, tx, c, s.Event, store.By{User: user, Note: "as they wrote"}, at)
		case phonebank.SuggestTime:
			if local == "" {
				local = s.Local
			}
			var err error
			ring, err = d.callThen(ctx, tx, s, phone, local, user, at)
			return err
		}
		return phonebank.Fail(phonebank.Invalid, "Write back first: this can be read in more than one way.")
	})
	if err != nil {
		return s, err
	}
	for _, f := range ring {
		d.ring(ctx, f, at)
		d.tell(f)
	}
	return s, nil
}

// Dismiss puts a reading aside: it did not mean that, or somebody sees to it in another way.
func (d *Diary) Dismiss(ctx context.Context, id phonebank.SuggestionID, user phonebank.UserID) (s phonebank.Suggestion, err error) {
	err = d.decide(ctx, id, user, phonebank.SuggestionDismiss, func(_ *store.Tx, said phonebank.Suggestion, _ phonebank.Phone) error {
		s = said
		return nil
	})
	return s, err
}

// decide moves a suggestion and does what the move asks for, in one transaction that holds the number.
func (d *Diary) decide(ctx context.Context, id phonebank.SuggestionID, user phonebank.UserID, event phonebank.SuggestionEvent, do func(*store.Tx, phonebank.Suggestion, phonebank.Phone) error) error {
	at := d.Now()
	s, err := d.Store.Suggestion(ctx, id)
	if err != nil {
		return err
	}
	err = d.Store.InTx(ctx, func(tx *store.Tx) error {
		phone, err := tx.LockPhone(ctx, s.PhoneID)
		if err != nil {
			return err
		}
		if s, err = tx.LockSuggestion(ctx, id); err != nil {
			return err
		}
		change, err := s.Apply(event, at)
		if err != nil || !change.Moved() {
			return err
		}
		if err := tx.SaveSuggestion(ctx, s, change, store.By{User: user}); err != nil {
			return err
		}
		return do(tx, s, phone)
	})
	if err == nil {
		d.Live.Publish(live.Room, "person:"+string(s.PersonID), "user:"+string(user))
	}
	return err
}

// callThen plans the call that they asked for: the one that was planned moves, else there is a new one for their volunteer.
// Where they also said that what was planned will not be, its reminder and check-in are taken off: the call takes their place.
func (d *Diary) callThen(ctx context.Context, tx *store.Tx, s phonebank.Suggestion, phone phonebank.Phone, local string, user phonebank.UserID, at time.Time) (ring []phonebank.FollowUp, err error) {
	person, err := tx.Person(ctx, s.PersonID)
	if err != nil {
		return nil, err
	}
	campaign, err := tx.CampaignOf(ctx, person.ID, "")
	if err != nil {
		return nil, err
	}
	call, err := d.movedCall(ctx, tx, s, person, phone, local, user, at)
	if err != nil {
		return nil, err
	}
	if call.ID == "" {
		owner, conversation := person.OwnerID, phonebank.ConversationID("")
		if s.CommitmentID != "" {
			c, err := tx.Commitment(ctx, s.CommitmentID)
			if err != nil {
				return nil, err
			}
			if conversation = c.Conversation; owner == "" {
				owner = c.UserID
			}
		}
		if owner == "" {
			owner = user
		}
		if call, err = (phonebank.Wish{Channel: phonebank.ByCall, Reason: phonebank.ReasonScheduled, Local: local}).Plan(person, phone, campaign.ID, owner, false, at); err != nil {
			return nil, err
		}
		call.CommitmentID, call.Conversation = s.CommitmentID, conversation
		if err := tx.AddFollowUp(ctx, call, "", ""); err != nil {
			return nil, err
		}
	}
	if s.Falls && s.CommitmentID != "" {
		if err := d.endChainBut(ctx, tx, s.CommitmentID, call.ID, cannot, store.By{User: user}, at); err != nil {
			return nil, err
		}
	}
	ring = append(ring, call)
	if phone.NoTextsAt != nil || phone.BadAt != nil {
		return ring, nil
	}
	// The text back waits for a press: a person reads it over and sends it.
	back := phonebank.FollowUp{ID: phonebank.NewID[phonebank.FollowUpID](at), CampaignID: campaign.ID, PersonID: person.ID, PhoneID: phone.ID, OwnerID: user, CommitmentID: s.CommitmentID,
		Channel: phonebank.ByText, Why: "Your answer to their text.", Reason: phonebank.ReasonScheduled, State: phonebank.FollowUpNeedsPerson, Body: phonebank.TimeReply(local, s.Spanish), Local: at.In(zoneOf(call.Zone)).Format(phonebank.LocalForm),
		Zone: call.Zone, DueAt: at, NotAfter: at.Add(phonebank.LateBy), CreatedAt: at}
	if err := tx.AddFollowUp(ctx, back, campaign.Number, phone.Number); err != nil {
		return nil, err
	}
	return append(ring, back), nil
}

func zoneOf(name string) *time.Location {
	loc, err := phonebank.Zone(name)
	if err != nil {
		return time.UTC
	}
	return loc
}

// movedCall moves the call that was planned with them, where it is still to come.
func (d *Diary) movedCall(ctx context.Context, tx *store.Tx, s phonebank.Suggestion, person phonebank.Person, phone phonebank.Phone, local string, user phonebank.UserID, at time.Time) (f phonebank.FollowUp, err error) {
	if s.FollowUpID == "" {
		return f, nil
	}
	if f, err = tx.LockFollowUp(ctx, s.FollowUpID); err != nil {
		return f, err
	}
	if change, err := f.Apply(phonebank.FollowUpMove, at); err != nil || f.State == phonebank.FollowUpInProgress || change.To != phonebank.FollowUpPlanned {
		return phonebank.FollowUp{}, nil // it was made, or it rings: a new one is planned
	}
	planned, err := phonebank.Wish{Channel: f.Channel, Reason: f.Reason, Local: local}.Plan(person, phone, f.CampaignID, f.OwnerID, false, at)
	if err != nil {
		return f, err
	}
	f.Local, f.Zone, f.DueAt, f.NotAfter = planned.Local, planned.Zone, planned.DueAt, planned.NotAfter
	f.State, f.Generation = phonebank.FollowUpPlanned, f.Generation+1
	return f, tx.MoveFollowUp(ctx, f, store.By{User: user, Note: local}, at)
}

// endChainBut takes off what is still to come of a promise, but for the one link that was just moved.
func (d *Diary) endChainBut(ctx context.Context, tx *store.Tx, id phonebank.CommitmentID, but phonebank.FollowUpID, why string, by store.By, at time.Time) error {
	chain, err := tx.ChainOf(ctx, id)
	if err != nil {
		return err
	}
	for _, f := range chain {
		if f.ID == but {
			continue
		}
		if err := cancelLink(ctx, tx, f, why, by, at); err != nil {
			return err
		}
	}
	return nil
}
