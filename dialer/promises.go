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
	heard := at
	if c.Channel == phonebank.TalkInPerson {
		heard = c.StartedAt // it is written down after the day on which it was said
	}
	said := map[string]store.Word{}
	for _, e := range events {
		var d struct{ Name, Value string }
		if e.Type != "slot" || json.Unmarshal(e.Data, &d) != nil {
			continue
		}
		slot, known := s.Slots[d.Name]
		if known && slot.Keep == "person" && slot.From == "conversation" {
			said[d.Name] = store.Word{Name: d.Name, Value: strings.TrimSpace(d.Value), Label: slot.Label.In(c.Locale), At: heard}
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
	if err = keepAside(ctx, tx, c, person, w, at); err != nil {
		return nil, "", err
	}
	owner, err := keeper(ctx, tx, c, w.FollowUps)
	if err != nil {
		return nil, "", err
	}
	if err = tx.Touch(ctx, person.ID, owner, at); err != nil {
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
	commitment, err := b.keepCommitment(ctx, tx, c, person, phone, w, at)
	if err != nil {
		return nil, "", err
	}
	if phone.OptedOutAt != nil {
		if len(w.FollowUps) > 0 {
			return nil, "", phonebank.Fail(phonebank.Forbidden, "%s's number is blocked, so nothing more can be promised. Leave the follow-ups out and save again.", person.FirstName)
		}
		return nil, "", nil
	}
	if w.TextOK != nil {
		if err = tx.GiveConsent(ctx, person.ID, phone.ID, "text_ok", "asked in the talk of "+phonebank.WhenThere(person.Places(phone), at), w.TextOK.Words, string(c.UserID), at); err != nil {
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
	wishes := w.FollowUps
	if w.Outcome == phonebank.OutcomeNeedsLanguage && len(wishes) == 0 {
		loc, err := phonebank.Zone(phonebank.FirstZone(person.Places(phone)))
		if err != nil {
			return nil, "", err
		}
		next := phonebank.NextContact(person.Places(phone), at.Add(time.Minute), 0)
		wishes = []phonebank.Wish{{Channel: phonebank.ByCall, Reason: phonebank.ReasonLanguage, Local: next.In(loc).Format(phonebank.LocalForm)}}
	}
	for _, wish := range wishes {
		f, err := wish.Plan(person, phone, c.CampaignID, c.UserID, automatic, at)
		if err != nil {
			return nil, "", err
		}
		f.Body = script.Straighten(f.Body)
		if err := commitment.Fits(f); err != nil {
			return nil, "", err
		}
		f.Conversation, f.CommitmentID = c.ID, commitment.ID
		f.CallIfSilent = commitment.ID != "" && f.Channel == phonebank.ByText && f.Reason == phonebank.ReasonAfter && !wish.NoCall
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

// keepAside keeps what was heard beside the answer: how the name is said, what may get in the way, who comes along.
func keepAside(ctx context.Context, tx *store.Tx, c phonebank.Conversation, person phonebank.Person, w phonebank.Wrap, at time.Time) error {
	if say := strings.TrimSpace(w.SayName); say != "" && say != person.SayName {
		if err := tx.SetSayName(ctx, person.ID, say); err != nil {
			return err
		}
	}
	for _, said := range []store.Word{{Name: "barrier", Label: "what could get in the way", Value: strings.TrimSpace(w.Barrier), At: at},
		{Name: "buddy", Label: "who comes along", Value: strings.TrimSpace(w.Buddy), At: at}} {
		if said.Value == "" {
			continue
		}
		if err := tx.KeepWord(ctx, c.PersonID, said, c.ID, c.UserID); err != nil {
			return err
		}
	}
	return nil
}

func (b *Switchboard) keepCommitment(ctx context.Context, tx *store.Tx, c phonebank.Conversation, person phonebank.Person, phone phonebank.Phone, w phonebank.Wrap, at time.Time) (kept phonebank.Commitment, err error) {
	if w.Commitment == nil {
		return kept, nil
	}
	zone := phonebank.FirstZone(person.Places(phone))
	by, err := phonebank.Instant(w.Commitment.By, zone)
	if err != nil {
		return kept, err
	}
	kept = phonebank.Commitment{ID: phonebank.NewID[phonebank.CommitmentID](at), CampaignID: c.CampaignID, PersonID: person.ID, Conversation: c.ID, UserID: c.UserID,
		What: w.Commitment.What, ByLocal: w.Commitment.By, Zone: zone, By: by, State: phonebank.CommitmentOpen, CreatedAt: at}
	return kept, tx.AddCommitment(ctx, kept)
}

// keepRecap writes the plan's text down, which the volunteer pressed Send on. Without consent it is refused in words; the
// wrap-up can then be saved without it.
func (b *Switchboard) keepRecap(ctx context.Context, tx *store.Tx, c phonebank.Conversation, campaign phonebank.Campaign, person phonebank.Person, phone phonebank.Phone, byHand bool, w phonebank.Wrap, at time.Time) (phonebank.OutboxID, error) {
	body := strings.TrimSpace(script.Straighten(w.Recap.Body))
	if why, not := phonebank.NotText(person, phone, byHand, at); not {
		return "", phonebank.Fail(phonebank.Forbidden, "The recap can't be sent: %s Take the text out and save again.", why)
	}
	nonce := recapNonce(w)
	o := phonebank.Outbox{ID: phonebank.NewID[phonebank.OutboxID](at), State: phonebank.OutboxReady, Nonce: &nonce, CampaignID: campaign.ID, PersonID: person.ID,
		PhoneID: phone.ID, UserID: c.UserID, Conversation: c.ID, From: campaign.Number, To: phone.Number, Body: body, NotBefore: at, NotAfter: at.Add(phonebank.LateBy), CreatedAt: at}
	return o.ID, tx.AddOutbox(ctx, o)
}
