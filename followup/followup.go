// Package followup keeps the phone bank's own promises: what is due is offered to the one who promised it, what a
// coordinator brings to a session is offered there in due order, and nothing is dropped in silence.
package followup

import (
	"context"
	"log/slog"
	"time"

	"phonebank"
	"phonebank/internal/crash"
	"phonebank/live"
	"phonebank/store"
)

// Bell rings for a row at a time: asynq in the product. It may lose a ring, never a row.
type Bell interface {
	Soon(ctx context.Context, kind, id string, generation int, in time.Duration)
}

// Diary holds what was promised.
type Diary struct {
	Parts
}

// Parts are what a diary works with.
type Parts struct {
	Store *store.Store
	Live  *live.Live
	Bell  Bell
	Log   *slog.Logger
	Now   func() time.Time
	Org   string // in whose name people hear from us
}

// New opens a diary.
func New(p Parts) *Diary { return &Diary{Parts: p} }

// RingAgain is how long a doorbell that rang may go unanswered before it rings again.
const RingAgain = 30 * time.Second

// Promise writes a follow-up that a coordinator or the API asks for.
func (d *Diary) Promise(ctx context.Context, person phonebank.PersonID, owner phonebank.UserID, wish phonebank.Wish) (phonebank.FollowUp, error) {
	if wish.Reason == phonebank.ReasonWave || wish.Reason == phonebank.ReasonHeadsUp {
		return phonebank.FollowUp{}, phonebank.Fail(phonebank.Invalid, "Only a wave itself writes what belongs to it. Give another reason.")
	}
	at := d.Now()
	var f phonebank.FollowUp
	err := d.Store.InTx(ctx, func(tx *store.Tx) error {
		p, err := tx.Person(ctx, person)
		if err != nil {
			return err
		}
		phone, err := tx.LockPhone(ctx, p.PhoneID)
		if err != nil {
			return err
		}
		campaign, err := tx.CampaignOf(ctx, p.ID, "")
		if err != nil {
			return phonebank.Because(err, phonebank.Conflict, "There is no campaign yet that this could belong to.")
		}
		_, automatic, err := tx.TextConsent(ctx, p.ID, phone.ID)
		if err != nil {
			return err
		}
		if f, err = wish.Plan(p, phone, campaign.ID, owner, automatic, at); err != nil {
			return err
		}
		return tx.AddFollowUp(ctx, f, campaign.Number, phone.Number)
	})
	if err != nil {
		return f, err
	}
	crash.Here("promise.committed")
	d.ring(ctx, f, at)
	d.tell(f)
	return f, nil
}

func (d *Diary) ring(ctx context.Context, f phonebank.FollowUp, at time.Time) {
	in := f.DueAt.Sub(at)
	if in > 24*time.Hour {
		return // the sweeper finds it
	}
	if f.Channel == phonebank.ByText && f.Automatic {
		if o, err := d.Store.OutboxOf(ctx, f.ID); err == nil {
			d.Bell.Soon(ctx, "text", string(o.ID), o.Generation, in)
		}
		return
	}
	d.Bell.Soon(ctx, "follow_up", string(f.ID), f.Generation, in)
}

// FallDue answers the doorbell of a follow-up whose time has come: a call waits for its volunteer, a text that nobody agreed
// to be automatic goes on its owner's list as a draft. A stale generation means it was moved or cancelled: nothing happens.
func (d *Diary) FallDue(ctx context.Context, id phonebank.FollowUpID, generation int) error {
	at := d.Now()
	var f phonebank.FollowUp
	moved := false
	err := d.Store.InTx(ctx, func(tx *store.Tx) error {
		moved = false
		var err error
		if f, err = tx.LockFollowUp(ctx, id); err != nil {
			return err
		}
		if f.Generation != generation || f.State != phonebank.FollowUpPlanned || f.DueAt.After(at) {
			return nil
		}
		event := phonebank.FollowUpFallDue
		if f.Channel == phonebank.ByText {
			if f.Automatic {
				return nil // its text goes by itself
			}
			event, f.Why = phonebank.FollowUpAsk, "Written and waiting for your press."
		}
		change, err := f.Apply(event, at)
		if err != nil {
			return err
		}
		moved = true
		crash.Here("due.before-commit")
		return tx.SaveFollowUp(ctx, f, change, store.By{})
	})
	if phonebank.KindOf(err) == phonebank.NotFound && err != nil {
		return nil
	}
	if err == nil && moved {
		crash.Here("due.committed")
		d.tell(f)
	}
	return err
}

// Due takes the follow-ups that have come due and for which nobody has rung lately. Whoever calls it rings.
func (d *Diary) Due(ctx context.Context, limit int) ([]store.Rung, error) {
	return d.Store.RingFollowUps(ctx, d.Now(), RingAgain, limit)
}

// Expire ends callbacks whose last moment has passed, in words on the person's page: nothing stays due for ever.
func (d *Diary) Expire(ctx context.Context) error {
	at := d.Now()
	past, err := d.Store.PastCalls(ctx, at)
	if err != nil {
		return err
	}
	for _, f := range past {
		err := d.Store.InTx(ctx, func(tx *store.Tx) error {
			now, err := tx.LockFollowUp(ctx, f.ID)
			if err != nil || now.NotAfter.After(at) {
				return err // it was moved in this moment
			}
			change, err := now.Apply(phonebank.FollowUpExpire, at)
			if err != nil || !change.Moved() {
				return err
			}
			now.Why = "Nobody could make this call in two weeks."
			return tx.SaveFollowUp(ctx, now, change, store.By{Note: now.Why})
		})
		if err != nil && phonebank.KindOf(err) != phonebank.Conflict {
			return err
		}
		d.tell(f)
	}
	return nil
}

// Cancel takes a promise back, with its text if that has not left.
func (d *Diary) Cancel(ctx context.Context, id phonebank.FollowUpID, user phonebank.UserID, why string) error {
	return d.end(ctx, id, user, phonebank.FollowUpCancel, why)
}

// Done marks a promise as kept by hand: the volunteer rang from their own page, say.
func (d *Diary) Done(ctx context.Context, id phonebank.FollowUpID, user phonebank.UserID) error {
	return d.end(ctx, id, user, phonebank.FollowUpFinish, "Done by hand.")
}

// end closes a promise for a reason; its text goes with it if that has not left.
func (d *Diary) end(ctx context.Context, id phonebank.FollowUpID, user phonebank.UserID, event phonebank.FollowUpEvent, why string) error {
	return d.change(ctx, id, user, func(tx *store.Tx, f *phonebank.FollowUp, at time.Time) error {
		change, err := f.Apply(event, at)
		if err != nil {
			return err
		}
		f.Why = why
		if err := tx.SaveFollowUp(ctx, *f, change, store.By{User: user}); err != nil {
			return err
		}
		f.State = change.To
		return tx.CancelText(ctx, id, why)
	})
}

// Move sets another time, in the person's own zone.
func (d *Diary) Move(ctx context.Context, id phonebank.FollowUpID, user phonebank.UserID, local string) error {
	return d.change(ctx, id, user, func(tx *store.Tx, f *phonebank.FollowUp, at time.Time) error {
		if _, err := f.Apply(phonebank.FollowUpMove, at); err != nil {
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
		planned, err := phonebank.Wish{Channel: f.Channel, Reason: f.Reason, Local: local, Body: f.Body}.Plan(person, phone, f.CampaignID, f.OwnerID, f.Automatic, at)
		if err != nil {
			return err
		}
		if f.CommitmentID != "" {
			c, err := tx.Commitment(ctx, f.CommitmentID)
			if err != nil {
				return err
			}
			if err := c.Fits(planned); err != nil {
				return err
			}
		}
		f.Local, f.Zone, f.DueAt, f.NotAfter = planned.Local, planned.Zone, planned.DueAt, planned.NotAfter
		f.State, f.Generation = phonebank.FollowUpPlanned, f.Generation+1
		return tx.MoveFollowUp(ctx, *f, store.By{User: user, Note: local}, at)
	})
}

func (d *Diary) change(ctx context.Context, id phonebank.FollowUpID, user phonebank.UserID, do func(*store.Tx, *phonebank.FollowUp, time.Time) error) error {
	at := d.Now()
	var f phonebank.FollowUp
	err := d.Store.InTx(ctx, func(tx *store.Tx) error {
		seen, err := tx.FollowUp(ctx, id)
		if err != nil {
			return err
		}
		if _, err := tx.LockPhone(ctx, seen.PhoneID); err != nil { // first, as by everything that sends
			return err
		}
		if f, err = tx.LockFollowUp(ctx, id); err != nil {
			return err
		}
		return do(tx, &f, at)
	})
	if err != nil {
		return err
	}
	if f.State == phonebank.FollowUpPlanned {
		d.ring(ctx, f, at)
	}
	d.tell(f)
	return nil
}

func (d *Diary) tell(f phonebank.FollowUp) {
	topics := []string{live.Room, "person:" + string(f.PersonID)}
	if f.OwnerID != "" {
		topics = append(topics, "user:"+string(f.OwnerID))
	}
	if f.Channel == phonebank.ByCall {
		topics = append(topics, live.Due)
	}
	d.Live.Publish(topics...)
}
