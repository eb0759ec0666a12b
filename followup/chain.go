package followup

import (
	"context"
	"slices"
	"strings"
	"time"

	"phonebank"
	"phonebank/script"
	"phonebank/store"
)

// A promise brings a chain along: a reminder before, a check-in after, a call if nobody answers.

// silentBatch bounds one round of MissingAnswers.
const silentBatch = 200

// MissingAnswers plans the call that follows a check-in which nobody answered within a day of calling hours. Any process may
// run it, any number of times: each check-in is looked at once.
func (d *Diary) MissingAnswers(ctx context.Context) error {
	for {
		list, err := d.Store.SilentCheckIns(ctx, d.Now().Add(-phonebank.AnswerWithin), silentBatch)
		if err != nil {
			return err
		}
		for _, s := range list {
			if err := d.missingAnswer(ctx, s); err != nil {
				return err
			}
		}
		if len(list) < silentBatch {
			return nil
		}
	}
}

func (d *Diary) missingAnswer(ctx context.Context, s store.Silent) error {
	at := d.Now()
	var call phonebank.FollowUp
	err := d.Store.InTx(ctx, func(tx *store.Tx) error {
		call = phonebank.FollowUp{}
		phone, err := tx.LockPhone(ctx, s.PhoneID)
		if err != nil {
			return err
		}
		f, err := tx.LockFollowUp(ctx, s.ID)
		if err != nil || !f.CallIfSilent || f.State != phonebank.FollowUpDone || phone.HoldSince != nil {
			return err
		}
		if err := tx.CallIfSilent(ctx, f.ID, false); err != nil {
			return err
		}
		sent, open, err := tx.CheckedIn(ctx, f.ID)
		answered := sent != nil && phone.LastInboundAt != nil && phone.LastInboundAt.After(*sent)
		if err != nil || sent == nil || !open || answered || phone.OptedOutAt != nil || phone.BadAt != nil {
			return err
		}
		call, err = planCall(ctx, tx, f, phone, at)
		return err
	})
	if err == nil && call.ID != "" {
		d.ring(ctx, call, at)
		d.tell(call)
	}
	return err
}

// planCall writes the call down that takes the place of an answer, at the next moment at which we may call.
func planCall(ctx context.Context, tx *store.Tx, f phonebank.FollowUp, phone phonebank.Phone, at time.Time) (call phonebank.FollowUp, err error) {
	person, err := tx.Person(ctx, f.PersonID)
	if err != nil {
		return call, err
	}
	zones := person.Places(phone)
	loc, err := phonebank.Zone(phonebank.FirstZone(zones))
	if err != nil {
		return call, err
	}
	next := phonebank.NextContact(zones, at, 0)
	if next.IsZero() {
		return call, nil // they can't be called at all: their day stands on the list of promises that wait
	}
	call, err = phonebank.Wish{Channel: phonebank.ByCall, Reason: phonebank.ReasonUnanswered, Local: next.In(loc).Format(phonebank.LocalForm)}.Plan(person, phone, f.CampaignID, f.OwnerID, false, at)
	if err != nil {
		return call, err
	}
	call.Conversation, call.CommitmentID = f.Conversation, f.CommitmentID
	return call, tx.AddFollowUp(ctx, call, "", "")
}

// NoCallIfSilent takes back the call that would follow a check-in without an answer.
func (d *Diary) NoCallIfSilent(ctx context.Context, id phonebank.FollowUpID, user phonebank.UserID) error {
	return d.change(ctx, id, user, func(tx *store.Tx, f *phonebank.FollowUp, at time.Time) error {
		if err := tx.CallIfSilent(ctx, id, false); err != nil {
			return err
		}
		return tx.Note(ctx, at, "follow_up", string(id), "no call if silent", store.By{User: user})
	})
}

// Reword gives a text that has not left other words.
func (d *Diary) Reword(ctx context.Context, id phonebank.FollowUpID, user phonebank.UserID, body string) error {
	body = strings.TrimSpace(script.Straighten(body))
	switch {
	case body == "":
		return phonebank.Fail(phonebank.Invalid, "The text has no words yet.")
	case len([]rune(body)) > phonebank.MaxText:
		return phonebank.Fail(phonebank.Invalid, "The text is longer than a text can be (%d letters). Shorten it.", phonebank.MaxText)
	}
	return d.change(ctx, id, user, func(tx *store.Tx, f *phonebank.FollowUp, at time.Time) error {
		if f.Channel != phonebank.ByText || !slices.Contains(phonebank.FollowUpOpen, f.State) {
			return phonebank.Fail(phonebank.Conflict, "This text has left already, or was taken off. Reload the page.")
		}
		f.Body = body
		return tx.Reword(ctx, *f, store.By{User: user}, at)
	})
}

// MoveOn says that a promise moved to another time, and moves what follows from it along: the promise ends as moved, and
// another one takes its place.
func (d *Diary) MoveOn(ctx context.Context, id phonebank.CommitmentID, user phonebank.UserID, local string) (moved phonebank.Commitment, err error) {
	at := d.Now()
	var ring []phonebank.FollowUp
	err = d.Store.InTx(ctx, func(tx *store.Tx) error {
		ring = nil
		old, phone, err := lockPromise(ctx, tx, id)
		if err != nil {
			return err
		}
		change, err := old.Apply(phonebank.SettleMoved, at)
		if err != nil {
			return err
		}
		if !change.Moved() {
			moved, err = tx.MovedTo(ctx, id) // pressed twice
			return err
		}
		if moved, err = movedPromise(old, local, at); err != nil {
			return err
		}
		if err := d.settle(ctx, tx, old, phonebank.SettleMoved, store.By{User: user, Note: local}, at); err != nil {
			return err
		}
		if err := tx.AddMoved(ctx, moved, old.ID); err != nil {
			return err
		}
		ring, err = d.moveChain(ctx, tx, old, moved, phone, store.By{User: user}, at)
		return err
	})
	if err != nil {
		return moved, err
	}
	for _, f := range ring {
		d.ring(ctx, f, at)
	}
	d.tellPromise(moved)
	return moved, nil
}

func movedPromise(old phonebank.Commitment, local string, at time.Time) (phonebank.Commitment, error) {
	by, err := phonebank.Instant(local, old.Zone)
	switch {
	case err != nil:
		return old, err
	case !by.After(at):
		return old, phonebank.Fail(phonebank.Invalid, "That has passed already. To which day and what time did it move?")
	case by.After(at.AddDate(2, 0, 0)):
		return old, phonebank.Fail(phonebank.Invalid, "That is more than two years away.")
	}
	moved := old
	moved.ID, moved.ByLocal, moved.By = phonebank.NewID[phonebank.CommitmentID](at), local, by
	moved.State, moved.CreatedAt, moved.SettledAt = phonebank.CommitmentOpen, at, nil
	return moved, nil
}

// moveChain moves what is still to come, and makes anew what has gone out already: the new day has its own reminder and its
// own check-in, by the same way and in the same words.
func (d *Diary) moveChain(ctx context.Context, tx *store.Tx, old, moved phonebank.Commitment, phone phonebank.Phone, by store.By, at time.Time) (ring []phonebank.FollowUp, err error) {
	person, err := tx.Person(ctx, old.PersonID)
	if err != nil {
		return nil, err
	}
	campaign, err := tx.Campaign(ctx, old.CampaignID)
	if err != nil {
		return nil, err
	}
	_, automatic, err := tx.TextConsent(ctx, person.ID, phone.ID)
	if err != nil {
		return nil, err
	}
	chain, err := tx.ChainOf(ctx, old.ID)
	if err != nil {
		return nil, err
	}
	for _, reason := range []phonebank.Reason{phonebank.ReasonBefore, phonebank.ReasonAfter} {
		last, found := lastLink(chain, reason)
		if !found {
			continue // there was none, or somebody took it off
		}
		f, ok := shifted(last, old, moved, person, phone, automatic, at)
		if !ok {
			continue
		}
		if err := tx.AddFollowUp(ctx, f, campaign.Number, phone.Number); err != nil {
			return nil, err
		}
		ring = append(ring, f)
	}
	for _, f := range chain {
		if err := cancelLink(ctx, tx, f, "It moved to another day.", by, at); err != nil {
			return nil, err
		}
	}
	return ring, nil
}

// lastLink is the reminder or the check-in that a promise has now, or had until the promise fell through. What somebody took
// off by hand stays off.
func lastLink(chain []phonebank.FollowUp, reason phonebank.Reason) (last phonebank.FollowUp, found bool) {
	for _, f := range chain {
		gone := f.State == phonebank.FollowUpCancelled
		if f.Reason != reason || f.State == phonebank.FollowUpInProgress || gone && found && last.State != phonebank.FollowUpCancelled {
			continue
		}
		last, found = f, true
	}
	return last, found && (last.State != phonebank.FollowUpCancelled || last.Why == cannot || last.Why == notTheSameAsk)
}

// shifted is a follow-up of the old day as it is for the new one: as many days from it, at the same hour. One that would lie
// in the past is left out. Words that named the old day name the new one; where they did not say it in our way, a person
// reads them before they go.
func shifted(f phonebank.FollowUp, old, moved phonebank.Commitment, person phonebank.Person, phone phonebank.Phone, automatic bool, at time.Time) (phonebank.FollowUp, bool) {
	local := shiftedLocal(f.Local, old.ByLocal, moved.ByLocal)
	body := f.Body
	for _, locale := range []string{"en", "es"} {
		body = strings.ReplaceAll(body, phonebank.SpokenWhen(old.ByLocal, locale), phonebank.SpokenWhen(moved.ByLocal, locale))
	}
	sure := f.Channel == phonebank.ByCall || f.Reason == phonebank.ReasonAfter || body != f.Body
	local = withinHours(local, f.Channel, person, phone, at)
	n, err := phonebank.Wish{Channel: f.Channel, Reason: f.Reason, Local: local, Body: body}.Plan(person, phone, f.CampaignID, f.OwnerID, automatic && sure, at)
	if err != nil || moved.Fits(n) != nil {
		return n, false
	}
	n.Conversation, n.CommitmentID, n.CallIfSilent = f.Conversation, moved.ID, f.Channel == phonebank.ByText && f.Reason == phonebank.ReasonAfter
	if !sure {
		n.Why = "The day has moved: read the words once more before they go."
	}
	return n, true
}

// withinHours is a time to come at which we may call or text: the new day may be a quiet Sunday where the old one was none.
func withinHours(local string, channel phonebank.Channel, person phonebank.Person, phone phonebank.Phone, at time.Time) string {
	zones, margin := person.Places(phone), time.Duration(0)
	if channel == phonebank.ByText {
		margin = phonebank.SendMargin
	}
	due, err := phonebank.Instant(local, phonebank.FirstZone(zones))
	if err != nil || due.Before(at) || phonebank.MayContact(zones, due, margin) {
		return local
	}
	next := phonebank.NextContact(zones, due, margin)
	if next.IsZero() {
		return local
	}
	return next.In(zoneOf(phonebank.FirstZone(zones))).Format(phonebank.LocalForm)
}

// shiftedLocal keeps the distance in days and the hour; on the day itself it keeps the distance in hours.
func shiftedLocal(local, from, to string) string {
	var at [3]time.Time
	for i, s := range []string{local, from, to} {
		t, err := time.Parse(phonebank.LocalForm, s)
		if err != nil {
			return local
		}
		at[i] = t
	}
	day := func(t time.Time) time.Time { return time.Date(t.Year(), t.Month(), t.Day(), 0, 0, 0, 0, time.UTC) }
	if day(at[0]).Equal(day(at[1])) {
		return at[2].Add(at[0].Sub(at[1])).Format(phonebank.LocalForm)
	}
	days := day(at[0]).Sub(day(at[1]))
	return day(at[2]).Add(days).Add(at[0].Sub(day(at[0]))).Format(phonebank.LocalForm)
}
