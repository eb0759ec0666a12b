package dialer

import (
	"context"
	"time"

	"phonebank"
	"phonebank/store"
)

// Who is next, when somebody is ready:
//
//  1. whoever rings us right now: CallIn puts them through before anybody is handed over;
//  2. a callback, in the turns of store.Turns: who rang us in vain, what this volunteer promised, what a coordinator brought
//     to this session, what somebody else promised and can't make, a wave;
//  3. somebody from the list.
//
// A callback waits for whoever promised it for the time of Grace where they are on a shift of its campaign, and for nobody
// else. Whoever is in another campaign's session tonight could not be offered it there, so the pool has it at once.

// Today is how far ahead a planned call still counts as what a talk of now is about: who rings us in the morning about
// tonight's call has had it. What is planned for later stays, and the volunteer is asked.
const Today = 12 * time.Hour

// A callback whose row is in other hands is looked for again, a few times and shortly: somebody waits at the screen.
const (
	lookAgain = 5
	lookAfter = 20 * time.Millisecond
)

// offerCallback takes the callback that this volunteer should make next. One that may not be made now waits for its
// person's next opening.
func (b *Switchboard) offerCallback(ctx context.Context, s phonebank.Shift, campaign phonebank.CampaignID, at time.Time) (offered bool, err error) {
	if due, err := b.Store.CallsDue(ctx, campaign, at); err != nil || !due {
		return false, err
	}
	var f phonebank.FollowUp
	looks := 0
	for range 20 { // callbacks that may not be made now are put off, so this ends; the bound is for the reader
		var put bool
		err = b.Store.InTx(ctx, func(tx *store.Tx) error {
			offered, put = false, false
			// Two offers to one volunteer, by the loop and by their own press, come one after the other: else the second would
			// skip the call that the first has locked, and offer a later one.
			now, err := tx.LockShift(ctx, s.ID)
			if err != nil || now.State != phonebank.ShiftReady {
				return err
			}
			if f, _, err = tx.ClaimDueCall(ctx, now, campaign, at, b.Grace); err != nil {
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
			if _, not := phonebank.NotRing(person, phone, rung, at); not {
				put = true
				return putOff(ctx, tx, f, person.Places(phone), at.Add(time.Hour), "may not be called now", at)
			}
			now.PersonID, now.FollowUpID, now.Conversation = person.ID, f.ID, ""
			if err := giveCard(ctx, tx, &now, f, phone, at); err != nil {
				return err
			}
			s, offered = now, true
			return nil
		})
		if phonebank.KindOf(err) == phonebank.NotFound && err != nil {
			// Whose row is in other hands for a moment is not passed by for somebody new.
			waits, err := b.Store.CallWaits(ctx, s, campaign, at, b.Grace)
			if looks++; err != nil || !waits || looks > lookAgain {
				return false, err
			}
			select {
			case <-ctx.Done():
				return false, ctx.Err()
			case <-time.After(lookAfter):
			}
			continue
		}
		if err != nil || offered || !put {
			break
		}
	}
	if err == nil && offered {
		b.tell(s, "person:"+string(f.PersonID), "user:"+string(f.OwnerID))
	}
	return offered, err
}

// giveCard opens the card of a callback for a shift: the callback is theirs, the number is held, the shift has it.
func giveCard(ctx context.Context, tx *store.Tx, s *phonebank.Shift, f phonebank.FollowUp, phone phonebank.Phone, at time.Time) error {
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
	return move(ctx, tx, s, phonebank.ShiftReserve, at)
}

// putOff moves a call to the next hour, from a moment on, at which its person may be rung. Where there is none, a person looks
// at it: their zone is wrong, or they moved.
func putOff(ctx context.Context, tx *store.Tx, f phonebank.FollowUp, places string, from time.Time, why string, at time.Time) error {
	due := phonebank.NextContact(places, from, 0)
	if due.IsZero() {
		return moveFollowUp(ctx, tx, f.ID, phonebank.FollowUpAsk, at, "We know no hour at which they may be called. Put right where they live, or leave it.")
	}
	f.Zone = phonebank.FirstZone(places)
	loc, err := phonebank.Zone(f.Zone)
	if err != nil {
		return err
	}
	f.DueAt, f.Local = due, due.In(loc).Format(phonebank.LocalForm)
	return tx.MoveFollowUp(ctx, f, store.By{Note: why}, at)
}

// stillTheirs tells whether the callback on a card may be rung: it was neither moved nor taken back since, and its wave goes on.
func stillTheirs(ctx context.Context, tx *store.Tx, s phonebank.Shift) error {
	f, err := tx.LockFollowUp(ctx, s.FollowUpID)
	if err != nil {
		return err
	}
	if f.State != phonebank.FollowUpOffered {
		return phonebank.Fail(phonebank.Stale, "This call has changed since your card opened, so nobody was rung. Look again.")
	}
	name, err := tx.StoppedWave(ctx, f.ID)
	if err == nil && name != "" {
		err = phonebank.Fail(phonebank.Unavailable, "“%s” is paused, so nobody was rung. They come back when it goes on.", name)
	}
	return err
}

// attach lets a talk be about the call that was promised to its person, so that it is finished when they have talked. It
// changes nothing where nothing is due or planned for today.
func attach(ctx context.Context, tx *store.Tx, s *phonebank.Shift, event phonebank.FollowUpEvent, at time.Time) error {
	f, err := tx.CallWith(ctx, s.PersonID, at.Add(Today))
	if phonebank.KindOf(err) == phonebank.NotFound && err != nil {
		return nil
	}
	if err != nil {
		return err
	}
	change, err := f.Apply(event, at)
	if err != nil {
		return err
	}
	s.FollowUpID = f.ID
	return tx.SaveFollowUp(ctx, f, change, store.By{User: s.UserID})
}

// callbackMissed puts a callback that nobody answered off to the person's next opening, and on a person's list after the
// last try: a promise is never dropped in silence. Within a wave the last try is the end of it.
func (b *Switchboard) callbackMissed(ctx context.Context, tx *store.Tx, call phonebank.Call, next, at time.Time) error {
	f, err := tx.LockFollowUp(ctx, call.FollowUpID)
	if err != nil {
		return err
	}
	phone, err := tx.LockPhone(ctx, f.PhoneID)
	if err != nil {
		return err
	}
	if phone.OptedOutAt != nil || phone.BadAt != nil {
		return moveFollowUp(ctx, tx, f.ID, phonebank.FollowUpCancel, at, "The number is blocked or can't be reached.")
	}
	person, err := tx.Person(ctx, f.PersonID)
	if err != nil {
		return err
	}
	wave, err := tx.WaveTriesOf(ctx, f)
	if err != nil {
		return err
	}
	last := wave.N >= phonebank.WaveTries || wave.Over
	if !wave.Built {
		tries, err := tx.FollowUpTries(ctx, f.ID)
		if err != nil {
			return err
		}
		last = tries >= phonebank.MaxTries
	}
	if f.State == phonebank.FollowUpDone {
		if wave.Built && last {
			return nil
		}
		// It rang as answered and nobody was there: the promise is made anew, since nothing leaves an end.
		f.ID, f.State, f.CreatedAt = phonebank.NewID[phonebank.FollowUpID](at), phonebank.FollowUpPlanned, at
		if due := phonebank.NextContact(person.Places(phone), next, 0); !due.IsZero() {
			next = due
		}
		f.DueAt, f.NotAfter = next, next.AddDate(0, 0, 14)
		return tx.AddFollowUp(ctx, f, call.From, call.To)
	}
	if last && !wave.Built {
		return moveFollowUp(ctx, tx, f.ID, phonebank.FollowUpAsk, at, "Nobody answered, three times. Text them, or leave it.")
	}
	change, err := f.Apply(phonebank.FollowUpTakeBack, at)
	if err != nil || !change.Moved() {
		return err // it was moved or taken back while it rang
	}
	if err := tx.SaveFollowUp(ctx, f, change, store.By{}); err != nil {
		return err
	}
	switch {
	case wave.Built && wave.Over:
		return moveFollowUp(ctx, tx, f.ID, phonebank.FollowUpExpire, at, "Nobody answered, and the wave has ended.")
	case last:
		return moveFollowUp(ctx, tx, f.ID, phonebank.FollowUpExpire, at, "Rung three times, nobody answered.")
	}
	if call.Kind == phonebank.CallIn {
		// They rang us and nobody spoke: the promise stands as it was.
		if !f.DueAt.After(at) {
			return nil
		}
		return tx.MoveFollowUp(ctx, f, store.By{Note: "they rang, and nobody spoke"}, at)
	}
	return putOff(ctx, tx, f, person.Places(phone), next, "nobody answered", at)
}

// keeper answers to whom a person belongs after a talk: to whoever talked with them, but for a call that somebody else had
// promised. That talk hands nobody over; only a call that was agreed in it for later does.
func keeper(ctx context.Context, tx *store.Tx, c phonebank.Conversation, wishes []phonebank.Wish) (phonebank.UserID, error) {
	call, err := tx.CallOf(ctx, c.ID)
	if phonebank.KindOf(err) == phonebank.NotFound && err != nil || err == nil && call.FollowUpID == "" {
		return c.UserID, nil
	}
	if err != nil {
		return "", err
	}
	f, err := tx.FollowUp(ctx, call.FollowUpID)
	if err != nil || f.OwnerID == "" || f.OwnerID == c.UserID {
		return c.UserID, err
	}
	for _, w := range wishes {
		if w.Channel == phonebank.ByCall && w.Reason == phonebank.ReasonScheduled {
			return c.UserID, nil
		}
	}
	return "", nil // as before
}

// closeCards closes the cards of people who must not be rung any more. Their volunteers read why, and press when they are
// ready for somebody else: no other card slips under their finger.
func (b *Switchboard) closeCards(ctx context.Context) error {
	closed, err := b.Store.ClosedCards(ctx)
	if err != nil {
		return err
	}
	for _, id := range closed {
		at := b.Now()
		var s phonebank.Shift
		err := b.Store.InTx(ctx, func(tx *store.Tx) error {
			var err error
			if s, err = tx.LockClosedCard(ctx, id); err != nil {
				return err
			}
			s.ClosedPerson, s.ClosedFollowUp = s.PersonID, s.FollowUpID
			return b.stepIn(ctx, tx, &s, phonebank.ShiftRest, at)
		})
		if kind := phonebank.KindOf(err); err != nil && kind != phonebank.NotFound && kind != phonebank.Stale {
			return err
		}
		if err == nil {
			b.tell(s)
		}
	}
	return nil
}

// freeStrays makes calls due again that stand as somebody's and are nobody's. None should be; each is told in the log.
func (b *Switchboard) freeStrays(ctx context.Context) error {
	strays, err := b.Store.StrayFollowUps(ctx)
	if err != nil {
		return err
	}
	for _, id := range strays {
		at := b.Now()
		err := b.Store.InTx(ctx, func(tx *store.Tx) error {
			if _, err := tx.LockStray(ctx, id); err != nil {
				return err
			}
			return takeBack(ctx, tx, id, at)
		})
		if phonebank.KindOf(err) == phonebank.NotFound && err != nil {
			continue
		}
		if err != nil {
			return err
		}
		b.Log.Warn("a callback that nobody had is due again", "follow_up", id)
	}
	return nil
}
