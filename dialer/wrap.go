package dialer

import (
	"context"
	"encoding/json"
	"strings"
	"time"

	"phonebank"
	"phonebank/script"
	"phonebank/store"
)

// Mark stores what a volunteer marked in a talk, in order, each once. "Don't contact me" and "Wrong person" act in the
// same transaction: the number is blocked the moment we hear of it.
func (b *Switchboard) Mark(ctx context.Context, id phonebank.ConversationID, user phonebank.UserID, events []phonebank.Event) ([]string, error) {
	at := b.Now()
	var shift phonebank.Shift
	var stopped store.Stopped
	stored := make([]string, 0, len(events))
	err := b.Store.InTx(ctx, func(tx *store.Tx) error {
		c, err := tx.LockConversation(ctx, id)
		if err != nil {
			return err
		}
		if c.UserID != user {
			return phonebank.Fail(phonebank.Forbidden, "This is somebody else's talk.")
		}
		fresh, err := tx.AddEvents(ctx, id, events, at)
		if err != nil {
			return err
		}
		isNew := map[string]bool{}
		for _, e := range fresh {
			isNew[e] = true
		}
		for _, e := range events {
			stored = append(stored, e.ID)
			if isNew[e.ID] && e.Type == "engine" {
				if stopped, err = b.engine(ctx, tx, c, e, at); err != nil {
					return err
				}
			}
		}
		if c.ShiftID != "" {
			shift, err = tx.Shift(ctx, c.ShiftID)
		}
		return err
	})
	if err != nil {
		return nil, err
	}
	b.Live.Publish("conversation:"+string(id), "session:"+string(shift.SessionID))
	for _, p := range stopped.People {
		b.Live.Publish("person:" + string(p))
	}
	return stored, nil
}

func (b *Switchboard) engine(ctx context.Context, tx *store.Tx, c phonebank.Conversation, e phonebank.Event, at time.Time) (store.Stopped, error) {
	var d struct{ What, Words string }
	if err := json.Unmarshal(e.Data, &d); err != nil {
		return store.Stopped{}, phonebank.Because(err, phonebank.Invalid, "This mark can't be read.")
	}
	person, err := tx.Person(ctx, c.PersonID)
	if err != nil {
		return store.Stopped{}, err
	}
	switch d.What {
	case "stop":
		return b.optOut(ctx, tx, person, c.UserID, d.Words, at)
	case "wrong_person":
		return store.Stopped{People: []phonebank.PersonID{person.ID}}, tx.MarkBad(ctx, person.PhoneID, "Somebody else answers this number.", store.By{User: c.UserID}, at)
	}
	return store.Stopped{}, nil
}

func (b *Switchboard) optOut(ctx context.Context, tx *store.Tx, person phonebank.Person, user phonebank.UserID, words string, at time.Time) (store.Stopped, error) {
	phone, err := tx.LockPhone(ctx, person.PhoneID)
	if err != nil || phone.OptedOutAt != nil {
		return store.Stopped{}, err
	}
	return tx.OptOut(ctx, person.PhoneID, "spoken", words, store.By{User: user}, at)
}

// Wrap saves the outcome of a talk and everything that was promised in it, in one transaction: what they will do, the
// follow-ups with their local wish and the instant it means, the consent they gave, their words. Saving again with the
// same id changes nothing.
func (b *Switchboard) Wrap(ctx context.Context, id phonebank.ConversationID, user phonebank.UserID, w phonebank.Wrap) error {
	if err := w.Check(); err != nil {
		return err
	}
	at := b.Now()
	var shift phonebank.Shift
	var person phonebank.Person
	var ring []phonebank.FollowUp
	var recap phonebank.OutboxID
	err := b.Store.InTx(ctx, func(tx *store.Tx) error {
		c, err := tx.LockConversation(ctx, id)
		if err != nil {
			return err
		}
		if c.UserID != user {
			return phonebank.Fail(phonebank.Forbidden, "This is somebody else's talk.")
		}
		if done, err := b.wrappedBefore(ctx, tx, c, w); done || err != nil {
			return err
		}
		c.Outcome = w.Outcome
		change, err := c.Apply(phonebank.ConversationWrap, at)
		if err != nil {
			return err
		}
		if err := tx.SaveConversation(ctx, c, change, store.By{User: user}); err != nil {
			return err
		}
		whole, err := json.Marshal(w)
		if err != nil {
			return err
		}
		if err := tx.SaveWrap(ctx, id, whole); err != nil {
			return err
		}
		if person, err = tx.Person(ctx, c.PersonID); err != nil {
			return err
		}
		if err := b.keepWords(ctx, tx, c, at); err != nil {
			return err
		}
		if ring, recap, err = b.keepPromises(ctx, tx, c, person, w, at); err != nil {
			return err
		}
		return b.goOn(ctx, tx, &shift, c, w, at)
	})
	if err != nil {
		return err
	}
	for _, f := range ring {
		b.ringFor(ctx, f, at)
	}
	if recap != "" {
		b.Bell.Soon(ctx, TextBell, string(recap), 0, 0)
	}
	b.tell(shift, "conversation:"+string(id), "person:"+string(person.ID), "user:"+string(user))
	if shift.State == phonebank.ShiftReady {
		if err := b.Offer(ctx, shift); err != nil && phonebank.KindOf(err) != phonebank.NotFound && phonebank.KindOf(err) != phonebank.Stale {
			b.Log.Warn("next person not offered", "shift", shift.ID, "error", err) // the loop offers again
		}
	}
	return nil
}

// wrappedBefore tells a second save of the same wrap-up from one that comes too late.
func (b *Switchboard) wrappedBefore(ctx context.Context, tx *store.Tx, c phonebank.Conversation, w phonebank.Wrap) (bool, error) {
	if c.State != phonebank.ConversationWrapped {
		return false, nil
	}
	raw, err := tx.Wrap(ctx, c.ID)
	if err != nil {
		return false, err
	}
	var before phonebank.Wrap
	if len(raw) > 0 {
		if err := json.Unmarshal(raw, &before); err != nil {
			return false, err
		}
	}
	if before.ID == w.ID {
		return true, nil
	}
	return false, phonebank.Fail(phonebank.Conflict, "This talk is wrapped up already. Their page shows what was saved.")
}

// ringFor lets the bell ring for a follow-up that comes due within a day; later ones are found by the sweeper.
func (b *Switchboard) ringFor(ctx context.Context, f phonebank.FollowUp, at time.Time) {
	in := f.DueAt.Sub(at)
	if in > 24*time.Hour {
		return
	}
	if f.Channel == phonebank.ByText && f.Automatic {
		if o, err := b.Store.OutboxOf(ctx, f.ID); err == nil {
			b.Bell.Soon(ctx, TextBell, string(o.ID), o.Generation, in)
		}
		return
	}
	b.Bell.Soon(ctx, FollowUpBell, string(f.ID), f.Generation, in)
}

// keepWords keeps the person's own words, as they were last said in this talk.
func (b *Switchboard) keepWords(ctx context.Context, tx *store.Tx, c phonebank.Conversation, at time.Time) error {
	doc, err := tx.Script(ctx, c.ScriptID, c.ScriptVersion)
	if err != nil {
		return err
	}
	s, err := script.Parse(doc)
	if err != nil {
		return err
	}
	events, err := tx.Events(ctx, c.ID)
	if err != nil {
		return err
	}
	said := map[string]store.Word{}
	for _, e := range events {
		var d struct{ Name, Value string }
		if e.Type != "slot" || json.Unmarshal(e.Data, &d) != nil {
			continue
		}
		slot, known := s.Slots[d.Name]
		if known && slot.Keep == "person" && slot.From == "conversation" {
			said[d.Name] = store.Word{Name: d.Name, Value: strings.TrimSpace(d.Value), Label: slot.Label.In(c.Locale), At: at}
		}
	}
	for _, w := range said {
		if w.Value == "" {
			continue
		}
		if err := tx.KeepWord(ctx, c.PersonID, w, c.ID, c.UserID); err != nil {
			return err
		}
	}
	return nil
}

// keepPromises writes what the wrap-up says about the person and what was agreed. A talk that ended with a no to being
// contacted promises nothing.
func (b *Switchboard) keepPromises(ctx context.Context, tx *store.Tx, c phonebank.Conversation, person phonebank.Person, w phonebank.Wrap, at time.Time) (ring []phonebank.FollowUp, recap phonebank.OutboxID, err error) {
	by := store.By{User: c.UserID}
	leader := ""
	if w.Leader.Flag {
		if leader = w.Leader.Why; leader == "" {
			leader = "marked in a talk"
		}
	}
	if err = tx.SetHeard(ctx, person.ID, w.Support, leader, w.Language); err != nil {
		return nil, "", err
	}
	for _, h := range w.Learned {
		if h.Tag == "" && h.Words == "" {
			continue
		}
		if err = tx.Learn(ctx, c.ID, h.Tag, h.Words, at); err != nil {
			return nil, "", err
		}
	}
	if err = tx.Touch(ctx, person.ID, c.UserID, at); err != nil {
		return nil, "", err
	}
	if err = tx.Talked(ctx, c.CampaignID, person.ID, string(w.Outcome)); err != nil {
		return nil, "", err
	}
	switch w.Outcome {
	case phonebank.OutcomeOptOut:
		_, err = b.optOut(ctx, tx, person, c.UserID, w.Note, at)
		return nil, "", err
	case phonebank.OutcomeBadNumber:
		return nil, "", tx.MarkBad(ctx, person.PhoneID, "Somebody else answers this number.", by, at)
	}
	phone, err := tx.LockPhone(ctx, person.PhoneID)
	if err != nil {
		return nil, "", err
	}
	if phone.OptedOutAt != nil {
		return nil, "", nil
	}
	if w.TextOK != nil {
		if err = tx.GiveConsent(ctx, person.ID, phone.ID, "text_ok", "asked in the talk of "+phonebank.DayThere(phonebank.ZonesOf(person.Zone, phone.Zones), at), w.TextOK.Words, string(c.UserID), at); err != nil {
			return nil, "", err
		}
	}
	campaign, err := tx.Campaign(ctx, c.CampaignID)
	if err != nil {
		return nil, "", err
	}
	byHand, automatic, err := tx.TextConsent(ctx, person.ID, phone.ID)
	if err != nil {
		return nil, "", err
	}
	commitment, err := b.keepCommitment(ctx, tx, c, person, phone, w, at)
	if err != nil {
		return nil, "", err
	}
	wishes := w.FollowUps
	if w.Outcome == phonebank.OutcomeNeedsLanguage && len(wishes) == 0 {
		loc, err := phonebank.Zone(phonebank.FirstZone(phonebank.ZonesOf(person.Zone, phone.Zones)))
		if err != nil {
			return nil, "", err
		}
		next := phonebank.NextContact(phonebank.ZonesOf(person.Zone, phone.Zones), at.Add(time.Minute), 0)
		wishes = []phonebank.Wish{{Channel: phonebank.ByCall, Reason: phonebank.ReasonLanguage, Local: next.In(loc).Format(phonebank.LocalForm)}}
	}
	for _, wish := range wishes {
		f, err := wish.Plan(person, phone, c.CampaignID, c.UserID, automatic, at)
		if err != nil {
			return nil, "", err
		}
		f.Body = script.Straighten(f.Body)
		f.Conversation, f.CommitmentID = c.ID, commitment
		if wish.Reason == phonebank.ReasonLanguage {
			f.OwnerID = "" // whoever speaks it
		}
		if err := tx.AddFollowUp(ctx, f, campaign.Number, phone.Number); err != nil {
			return nil, "", err
		}
		ring = append(ring, f)
	}
	if w.Recap == nil || !w.Recap.Send || strings.TrimSpace(w.Recap.Body) == "" {
		return ring, "", nil
	}
	recap, err = b.keepRecap(ctx, tx, c, campaign, person, phone, byHand, w, at)
	return ring, recap, err
}

func (b *Switchboard) keepCommitment(ctx context.Context, tx *store.Tx, c phonebank.Conversation, person phonebank.Person, phone phonebank.Phone, w phonebank.Wrap, at time.Time) (phonebank.CommitmentID, error) {
	if w.Commitment == nil {
		return "", nil
	}
	zone := phonebank.FirstZone(phonebank.ZonesOf(person.Zone, phone.Zones))
	by, err := phonebank.Instant(w.Commitment.By, zone)
	if err != nil {
		return "", err
	}
	kept := phonebank.Commitment{ID: phonebank.NewID[phonebank.CommitmentID](at), CampaignID: c.CampaignID, PersonID: person.ID, Conversation: c.ID, UserID: c.UserID,
		What: w.Commitment.What, ByLocal: w.Commitment.By, Zone: zone, By: by, State: phonebank.CommitmentOpen, CreatedAt: at}
	return kept.ID, tx.AddCommitment(ctx, kept)
}

// keepRecap writes the plan's text down, which the volunteer pressed Send on. Without consent it is refused in words; the
// wrap-up can then be saved without it.
func (b *Switchboard) keepRecap(ctx context.Context, tx *store.Tx, c phonebank.Conversation, campaign phonebank.Campaign, person phonebank.Person, phone phonebank.Phone, byHand bool, w phonebank.Wrap, at time.Time) (phonebank.OutboxID, error) {
	body := strings.TrimSpace(script.Straighten(w.Recap.Body))
	if why := phonebank.WhyNotText(person, phone, byHand, at); why != "" {
		return "", phonebank.Fail(phonebank.Forbidden, "The recap can't be sent: %s Take the text out and save again.", why)
	}
	nonce := "recap:" + w.ID
	o := phonebank.Outbox{ID: phonebank.NewID[phonebank.OutboxID](at), State: phonebank.OutboxReady, Nonce: &nonce, CampaignID: campaign.ID, PersonID: person.ID,
		PhoneID: phone.ID, UserID: c.UserID, Conversation: c.ID, From: campaign.Number, To: phone.Number, Body: body, NotBefore: at, NotAfter: at.Add(phonebank.LateBy), CreatedAt: at}
	return o.ID, tx.AddOutbox(ctx, o)
}

// goOn lets the volunteer go on: to the next person or to a break. A wrap-up that arrives late, when they have moved on,
// moves nothing but its own talk.
func (b *Switchboard) goOn(ctx context.Context, tx *store.Tx, shift *phonebank.Shift, c phonebank.Conversation, w phonebank.Wrap, at time.Time) error {
	call, err := tx.CallOf(ctx, c.ID)
	if err != nil && phonebank.KindOf(err) != phonebank.NotFound {
		return err
	}
	if call.ID != "" {
		if call.State == phonebank.CallEnded {
			if err := b.advance(ctx, tx, &call, phonebank.CallWrap, at); err != nil {
				return err
			}
		} else if call.State != phonebank.CallWrapped {
			if err := tx.AskHangUp(ctx, call.ID, at); err != nil {
				return err
			}
		}
	}
	if c.ShiftID == "" {
		return nil
	}
	if *shift, err = tx.Shift(ctx, c.ShiftID); err != nil {
		return err
	}
	if err := tx.ReleaseNumber(ctx, c.ShiftID); err != nil {
		return err
	}
	if shift.Conversation != c.ID || shift.State != phonebank.ShiftWrapUp {
		return nil
	}
	if err := move(ctx, tx, shift, phonebank.ShiftSaved, at); err != nil {
		return err
	}
	if w.Then == "break" || !shift.LegJoined {
		return move(ctx, tx, shift, phonebank.ShiftRest, at)
	}
	return nil
}
