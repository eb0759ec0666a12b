package texting

import (
	"context"
	"strings"
	"time"

	"phonebank"
	"phonebank/carrier"
	"phonebank/internal/crash"
	"phonebank/live"
	"phonebank/script"
	"phonebank/store"
)

// Deliver sends one text that is due, at most once: claim and commit, then one request, then its outcome. A claim that
// fails means that somebody else has it, that it was cancelled or moved, or that it must not go now; none of these is an
// error. generation is the one that the doorbell was rung with.
func (d *Desk) Deliver(ctx context.Context, id phonebank.OutboxID, generation int) error {
	claimedAt := d.Wall()
	s, ok, err := d.claim(ctx, id, generation)
	if err != nil || !ok {
		return err
	}
	crash.Here("claim.committed")
	s.Attempt++
	if slept := d.Wall().Sub(claimedAt); slept > phonebank.ClaimToSend {
		// This process slept between its claim and now: another may have acted on the lease. Nothing was sent, and nothing is.
		return d.finish(ctx, s, phonebank.OutboxBackOff, nil, "The sender slept too long.")
	}
	d.told(s)
	zones := phonebank.ZonesOf(s.PersonZone, s.PersonRegion, s.PhoneZones)
	sent, err := d.Carrier.Send(ctx, carrier.Text{From: string(s.From), To: string(s.To), Body: s.Body,
		StatusURL: d.PublicURL + "/twilio/messages/" + s.Token, Validity: validity(s, zones, d.Now())})
	crash.Here("text.answered")
	// From here on the outcome must be kept even if whoever asked has gone.
	keep, cancel := context.WithTimeout(context.WithoutCancel(ctx), 10*time.Second)
	defer cancel()
	if err == nil {
		s.SID = &sent.SID
		return d.finish(keep, s, phonebank.OutboxAccept, &sent, "")
	}
	return d.failed(keep, s, carrier.FailureOf(err))
}

// validity ends ten minutes before the person's evening, so that a slow carrier does not deliver at night. An answer outside
// hours goes at once or not at all.
func validity(s store.Sending, zones string, now time.Time) time.Duration {
	left := phonebank.ClosesIn(zones, now) - phonebank.SendMargin
	if s.Legal || !phonebank.MayContact(zones, now, phonebank.SendMargin) {
		return 5 * time.Minute
	}
	return min(left, s.NotAfter.Sub(now)+phonebank.LateBy, 10*time.Hour)
}

// claim takes the text in one short transaction: the number is locked first, and everything that decides is read after it.
func (d *Desk) claim(ctx context.Context, id phonebank.OutboxID, generation int) (s store.Sending, ok bool, err error) {
	at := d.Now()
	err = d.Store.InTx(ctx, func(tx *store.Tx) error {
		ok = false
		var err error
		if s, err = tx.LockSending(ctx, id); err != nil {
			return err
		}
		if s.State != phonebank.OutboxReady || s.Generation != generation || s.NotBefore.After(at) {
			return nil
		}
		if again, err := d.mustWait(ctx, tx, s, at); err != nil || again {
			return err
		}
		change, err := s.Apply(phonebank.OutboxClaim, at)
		if err != nil {
			return err
		}
		var start phonebank.Change[phonebank.FollowUpState, phonebank.FollowUpEvent]
		if s.FollowUpID != nil {
			if start, err = (phonebank.FollowUp{State: s.FollowUpState}).Apply(phonebank.FollowUpStart, at); err != nil {
				return nil // its promise has ended: the text goes with it
			}
		}
		if ok, err = tx.ClaimText(ctx, s, generation, change, start); err != nil || ok {
			crash.Here("claim.before-commit")
			return err
		}
		// The sweeper may have rung under a new generation in between, and then the text is for whoever hears that ring.
		now, err := tx.Outbox(ctx, s.ID)
		if err != nil || now.State != phonebank.OutboxReady || now.Generation != generation {
			return err
		}
		if !s.NotAfter.After(at) {
			return nil // the sweeper puts it on a person's list
		}
		if enough, err := tx.TextedEnough(ctx, s, at); err != nil || enough {
			if err != nil {
				return err
			}
			return d.handOver(ctx, tx, s, at, phonebank.TextedOften)
		}
		if back, err := d.keptBack(ctx, tx, s, at); err != nil || back {
			return err
		}
		// Everything or its wave is paused, or what came in is being fetched: it stays ready, and is rung again when that is over.
		return tx.RingTextAgain(ctx, s.ID)
	})
	if store.Capped(err) {
		return s, false, d.capped(ctx, id, generation)
	}
	if phonebank.KindOf(err) == phonebank.Stale && err != nil {
		return s, false, nil // a STOP or another sender was faster while this one waited for the number's lock
	}
	return s, ok, err
}

// mustWait answers true where the text must not go now, after it has put it where it belongs.
func (d *Desk) mustWait(ctx context.Context, tx *store.Tx, s store.Sending, at time.Time) (bool, error) {
	switch {
	case s.Legal:
		return false, nil
	case s.OptedOut:
		return true, d.end(ctx, tx, s, phonebank.OutboxCancel, at, "They asked us to stop.")
	case s.NoTexts:
		return true, d.end(ctx, tx, s, phonebank.OutboxFail, at, "This number takes no texts.")
	case s.OnHold:
		return true, tx.DelayText(ctx, s.ID, at.Add(5*time.Minute))
	case !s.TextOK:
		return true, d.handOver(ctx, tx, s, at, "They have not agreed to reminders by text, so a person sends it.")
	}
	zones := phonebank.ZonesOf(s.PersonZone, s.PersonRegion, s.PhoneZones)
	// Only a person's own answer may go for a while after they wrote; what goes by itself waits for the morning.
	answers := !s.Automatic && s.LastInboundAt != nil && !s.LastInboundAt.After(at) && at.Sub(*s.LastInboundAt) < phonebank.ReplyGrace
	if answers || phonebank.MayContact(zones, at, phonebank.SendMargin) {
		return false, nil
	}
	next := phonebank.NextContact(zones, at, phonebank.SendMargin)
	if next.IsZero() || !next.Before(s.NotAfter) {
		return true, d.handOver(ctx, tx, s, at, "Its time fell outside calling hours. A person decides.")
	}
	return true, tx.DelayText(ctx, s.ID, next)
}

// handOver puts a text on a person's list: it is held, and its promise needs somebody.
func (d *Desk) handOver(ctx context.Context, tx *store.Tx, s store.Sending, at time.Time, why string) error {
	change, err := s.Apply(phonebank.OutboxHold, at)
	if err != nil {
		return err
	}
	s.Why = why
	if err := tx.SaveOutbox(ctx, s.Outbox, change, store.By{Note: why}); err != nil {
		return err
	}
	return d.moveFollowUp(ctx, tx, s, phonebank.FollowUpAsk, at, why)
}

// end closes a text that will never go, and its promise with it.
func (d *Desk) end(ctx context.Context, tx *store.Tx, s store.Sending, event phonebank.OutboxEvent, at time.Time, why string) error {
	change, err := s.Apply(event, at)
	if err != nil {
		if event != phonebank.OutboxFail {
			return err
		}
		if change, err = s.Apply(phonebank.OutboxCancel, at); err != nil {
			return err
		}
	}
	s.Why = why
	if err := tx.SaveOutbox(ctx, s.Outbox, change, store.By{Note: why}); err != nil {
		return err
	}
	followed := phonebank.FollowUpFail
	if event == phonebank.OutboxCancel {
		followed = phonebank.FollowUpCancel
	}
	return d.moveFollowUp(ctx, tx, s, followed, at, why)
}

func (d *Desk) moveFollowUp(ctx context.Context, tx *store.Tx, s store.Sending, event phonebank.FollowUpEvent, at time.Time, why string) error {
	if s.FollowUpID == nil {
		return nil
	}
	f, err := tx.LockFollowUp(ctx, *s.FollowUpID)
	if err != nil {
		return err
	}
	change, err := f.Apply(event, at)
	if err != nil {
		return err
	}
	f.Why = why
	return tx.SaveFollowUp(ctx, f, change, store.By{Note: why})
}

// failed stores what became of a request that did not succeed.
func (d *Desk) failed(ctx context.Context, s store.Sending, f *carrier.Failure) error {
	s.ErrorCode = f.Code
	d.Log.Warn("text not accepted", "outbox", s.ID, "code", f.Code, "status", f.Status, "doing", f.Doing)
	switch f.Doing {
	case carrier.NotSent:
		return d.finish(ctx, s, phonebank.OutboxBackOff, nil, "Twilio was not reached. We try again.")
	case carrier.Lost:
		return d.finish(ctx, s, phonebank.OutboxLose, nil, "Twilio did not answer, so nobody knows whether it went.")
	}
	meaning := carrier.MeaningOf(f.Code)
	if meaning == carrier.OurSetup || meaning == carrier.TooMany {
		// It was refused for what we did, not for whom it is to: it waits until we have mended that, or a person decides.
		return d.finish(ctx, s, phonebank.OutboxBackOff, nil, meaning.Sentence())
	}
	return d.finishAndMark(ctx, s, meaning)
}

// mark keeps what Twilio told us about a number.
func (d *Desk) mark(ctx context.Context, tx *store.Tx, phone phonebank.PhoneID, m carrier.Meaning) error {
	switch m {
	case carrier.OptedOut:
		_, err := tx.OptOut(ctx, phone, "carrier", "", store.By{Note: "Twilio refused a text: opted out there"}, d.Now())
		return err
	case carrier.BadNumber:
		return tx.MarkBad(ctx, phone, "This number can't be reached.", store.By{}, d.Now())
	case carrier.NoTexts:
		return tx.MarkNoTexts(ctx, phone, d.Now())
	}
	return nil
}

// backOff grows from two seconds to a minute.
func backOff(attempt int) time.Duration {
	return min(time.Second<<min(attempt, 6), time.Minute)
}

func (d *Desk) told(s store.Sending) {
	topics := []string{live.Room, live.Inbox}
	for topic, id := range map[string]string{"person:": string(s.PersonID), "user:": string(s.UserID), "conversation:": string(s.Conversation)} {
		if id != "" {
			topics = append(topics, topic+id)
		}
	}
	d.Live.Publish(topics...)
}

// Plain writes a text as the carrier counts it: straight quotes, since one curly quote turns 160 letters of a segment into 70.
func Plain(body string) string { return strings.TrimSpace(script.Straighten(body)) }
