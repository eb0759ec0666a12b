package texting

import (
	"context"
	"time"

	"phonebank"
	"phonebank/internal/crash"
	"phonebank/store"
)

// Draft is one text that somebody has pressed send on.
type Draft struct {
	Nonce        string // of the form: the same press twice is the same text
	PersonID     phonebank.PersonID
	UserID       phonebank.UserID
	Conversation phonebank.ConversationID
	Body         string
}

// Send writes a text down and hands it over. What cannot go is said in a sentence before anything is written; the second
// press of one form answers with the first's text.
func (d *Desk) Send(ctx context.Context, draft Draft) (phonebank.Outbox, error) {
	at := d.Now()
	draft.Body = Plain(draft.Body)
	switch {
	case draft.Body == "":
		return phonebank.Outbox{}, phonebank.Fail(phonebank.Invalid, "There is nothing to send yet. Write your text first.")
	case len([]rune(draft.Body)) > phonebank.MaxText:
		return phonebank.Outbox{}, phonebank.Fail(phonebank.Invalid, "This is longer than a text can be (%d letters). Make it two.", phonebank.MaxText)
	case !phonebank.ValidID(draft.Nonce):
		return phonebank.Outbox{}, phonebank.Fail(phonebank.Stale, "This page is out of date. Reload it; your words stay.")
	}
	var o phonebank.Outbox
	err := d.Store.InTx(ctx, func(tx *store.Tx) error {
		var err error
		o, err = d.write(ctx, tx, draft, at)
		return err
	})
	if phonebank.KindOf(err) == phonebank.Conflict {
		return d.again(ctx, draft)
	}
	if err != nil {
		return o, err
	}
	crash.Here("send.written")
	if err := d.Deliver(ctx, o.ID, 0); err != nil {
		return o, err
	}
	return d.went(ctx, o.ID)
}

// again answers a press that was there already: with its text, or in words why that did not go. Other words under the same
// press are another hand's, in a second tab that had not seen the first: they are not dropped in silence.
func (d *Desk) again(ctx context.Context, draft Draft) (phonebank.Outbox, error) {
	o, err := d.Store.OutboxByNonce(ctx, draft.Nonce)
	if err != nil {
		return o, err
	}
	if o.Body != draft.Body {
		return o, phonebank.Fail(phonebank.Stale, "Another text has just gone out from here. Read it, then press Send again if yours still fits.")
	}
	return d.went(ctx, o.ID)
}

// went answers with a text that somebody has just pressed Send on, or in words why it did not go.
func (d *Desk) went(ctx context.Context, id phonebank.OutboxID) (phonebank.Outbox, error) {
	o, err := d.Store.Outbox(ctx, id)
	if err != nil {
		return o, err
	}
	switch o.State {
	case phonebank.OutboxHeld, phonebank.OutboxCancelled, phonebank.OutboxFailed, phonebank.OutboxExpired:
		return o, phonebank.Fail(phonebank.Forbidden, "The text did not go. %s", o.Why)
	}
	return o, nil
}

func (d *Desk) write(ctx context.Context, tx *store.Tx, draft Draft, at time.Time) (o phonebank.Outbox, err error) {
	person, err := tx.Person(ctx, draft.PersonID)
	if err != nil {
		return o, err
	}
	phone, err := tx.LockPhone(ctx, person.PhoneID)
	if err != nil {
		return o, err
	}
	claim, err := tx.ClaimOn(ctx, phone.ID, at)
	if err != nil {
		return o, err
	}
	if claim.UserID != "" && claim.UserID != draft.UserID {
		return o, beingAnswered(claim, person.Called())
	}
	byHand, _, err := tx.TextConsent(ctx, person.ID, phone.ID)
	if err != nil {
		return o, err
	}
	if why, not := phonebank.NotText(person, phone, byHand, at); not {
		return o, why.Fail(phonebank.Forbidden)
	}
	if paused, err := tx.Paused(ctx); err != nil {
		return o, err
	} else if paused != nil {
		return o, phonebank.Fail(phonebank.Unavailable, "%s has paused all texts and calls. Your words stay here; send them when the pause is over.", paused.Who)
	}
	campaign, err := tx.CampaignOf(ctx, person.ID, "")
	if err != nil {
		return o, err
	}
	o = phonebank.Outbox{ID: phonebank.NewID[phonebank.OutboxID](at), State: phonebank.OutboxReady, Nonce: &draft.Nonce, CampaignID: campaign.ID, PersonID: person.ID,
		PhoneID: phone.ID, UserID: draft.UserID, Conversation: draft.Conversation, From: campaign.Number, To: phone.Number, Body: draft.Body,
		NotBefore: at, NotAfter: at.Add(phonebank.LateBy), CreatedAt: at}
	if err := tx.AddOutbox(ctx, o); err != nil {
		return o, err
	}
	if err := tx.AskedBack(ctx, phone.ID, draft.UserID, at); err != nil {
		return o, err
	}
	knows := draft.UserID
	if claim.UserID != "" && person.OwnerID != "" {
		knows = "" // who answers in somebody's place takes nobody away from them
	}
	return o, tx.Touch(ctx, person.ID, knows, at)
}

// mayText answers, in words, why a person must not be texted now, or nil. It is asked under the number's lock.
func mayText(ctx context.Context, tx *store.Tx, s store.Sending, at time.Time) error {
	person, err := tx.Person(ctx, s.PersonID)
	if err != nil {
		return err
	}
	phone, err := tx.Phone(ctx, s.PhoneID)
	if err != nil {
		return err
	}
	byHand, _, err := tx.TextConsent(ctx, person.ID, phone.ID)
	if err != nil {
		return err
	}
	if why, not := phonebank.NotText(person, phone, byHand, at); not {
		return why.Fail(phonebank.Forbidden)
	}
	return nil
}

// Press releases a text that waited for a person: the draft of a follow-up, with the words they gave it.
func (d *Desk) Press(ctx context.Context, id phonebank.OutboxID, body string, user phonebank.UserID) error {
	at := d.Now()
	var generation int
	err := d.Store.InTx(ctx, func(tx *store.Tx) error {
		s, err := tx.LockSending(ctx, id)
		if err != nil {
			return err
		}
		if err := mayText(ctx, tx, s, at); err != nil {
			return err
		}
		if err := waveStands(ctx, tx, s.FollowUpID); err != nil {
			return err
		}
		change, err := s.Apply(phonebank.OutboxRelease, at)
		if err != nil {
			return err
		}
		if !change.Moved() {
			return phonebank.Fail(phonebank.Stale, "This text is on its way already, with the words it had. Look at the thread.")
		}
		if len([]rune(body)) > phonebank.MaxText {
			return phonebank.Fail(phonebank.Invalid, "This is longer than a text can be (%d letters). Make it two.", phonebank.MaxText)
		}
		if body = Plain(body); body != "" {
			s.Body = body
		}
		s.Automatic = false // a person sends it from here on, whatever kept it from going by itself
		s.NotBefore, s.NotAfter, s.UserID, generation = at, at.Add(phonebank.LateBy), user, s.Generation
		return tx.SaveOutbox(ctx, s.Outbox, change, store.By{User: user})
	})
	if err != nil {
		return err
	}
	if err := d.Deliver(ctx, id, generation); err != nil {
		return err
	}
	_, err = d.went(ctx, id)
	return err
}

// waveStands answers with a sentence where a draft belongs to a wave that does not let it go now.
func waveStands(ctx context.Context, tx *store.Tx, id *phonebank.FollowUpID) error {
	if id == nil {
		return nil
	}
	w, stands, err := tx.WaveOf(ctx, *id)
	switch {
	case err != nil || stands:
		return err
	case w.PausedAt != nil:
		return phonebank.Fail(phonebank.Conflict, "A coordinator has paused the wave “%s”. Your words stay here; send them when it goes on.", w.Name)
	}
	return phonebank.Fail(phonebank.Conflict, "The wave “%s” has ended, so its texts don't go out any more.", w.Name)
}
