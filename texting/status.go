package texting

import (
	"context"
	"fmt"

	"phonebank"
	"phonebank/carrier"
	"phonebank/internal/crash"
	"phonebank/store"
)

// Report is what Twilio says about a text of ours, by callback or when asked.
type Report struct {
	Token     string
	SID       string
	Status    phonebank.MessageState
	ErrorCode int
}

// key is Twilio's own name of the event.
func (r Report) key() string { return fmt.Sprintf("status:%s:%s:%d", r.SID, r.Status, r.ErrorCode) }

// Status stores a report. Callbacks come in any order and more than once: a text only climbs. One that carries our token
// also resolves a text whose answer was lost.
func (d *Desk) Status(ctx context.Context, r Report) error {
	moved, err := d.climb(ctx, r)
	if err != nil || moved {
		return err
	}
	at := d.Now()
	var s store.Sending
	second := false
	err = d.Store.InTx(ctx, func(tx *store.Tx) error {
		o, err := tx.OutboxByToken(ctx, r.Token)
		if err != nil {
			return err
		}
		s.Outbox = o
		if second = o.SID != nil && *o.SID != r.SID; second {
			return phonebank.Fail(phonebank.Conflict, "This token belongs to another text.")
		}
		fresh, err := tx.Once(ctx, r.key(), at)
		if err != nil || !fresh {
			return err
		}
		if o.State != phonebank.OutboxAccepted {
			change, err := o.Apply(phonebank.OutboxAccept, at)
			if err != nil {
				return err
			}
			o.SID = &r.SID
			if o.DecidedAt != nil {
				o.Why = "The first one did arrive after all."
				if err := tx.DropAgain(ctx, o, "The first one did arrive.", at); err != nil {
					return err
				}
			}
			if err := tx.FinishText(ctx, store.Outcome{Outbox: o, Change: change, Message: phonebank.MessageAccepted, FollowUp: phonebank.FollowUpDone, NotBefore: o.NotBefore}); err != nil {
				return err
			}
		}
		if o.MessageID == nil {
			return nil
		}
		m, err := tx.LockMessage(ctx, *o.MessageID)
		if err != nil {
			return err
		}
		to, conflict := m.State.Climb(r.Status)
		if r.Status.Rank() == 0 {
			d.Log.Warn("unknown message status", "status", r.Status)
		}
		if conflict {
			if err := tx.Note(ctx, at, "message", string(m.ID), "conflict", store.By{Note: string(m.State) + " and " + string(r.Status)}); err != nil {
				return err
			}
		}
		// A stop that Twilio tells us of is kept in the transaction that takes the report, whatever else we know of the text.
		if meaning := carrier.MeaningOf(r.ErrorCode); r.ErrorCode != 0 && (to != m.State || meaning == carrier.OptedOut) {
			if err := d.mark(ctx, tx, s.PhoneID, meaning); err != nil {
				return err
			}
		}
		if to == m.State {
			return nil
		}
		crash.Here("report.before-commit")
		return tx.SaveClimb(ctx, m.ID, r.SID, to, r.ErrorCode)
	})
	if second {
		// Twilio has two texts for one claim of ours, which must never be: the auditor reads this line.
		if noted := d.Store.Note(ctx, at, "outbox", string(s.ID), "second_sid", store.By{}); noted != nil {
			return noted
		}
	}
	if err != nil {
		return err
	}
	crash.Here("report.committed")
	d.told(s)
	return nil
}

// reported is one callback that waits for the next commit.
type reported struct {
	climb  store.Climb
	answer chan reportAnswer
}

type reportAnswer struct {
	moved bool
	err   error
}

// climb takes the short way: a report of an accepted text that only climbs shares one statement and one commit with those that
// come in while a commit is under way, on one connection, so that the callbacks of a thousand texts never keep a text from
// being sent. It answers false where a report needs the longer look. The first look may come before Twilio's answer is kept, or
// beside another report of the same text, so there is a second one.
func (d *Desk) climb(ctx context.Context, r Report) (moved bool, err error) {
	if r.ErrorCode != 0 || r.Status.Rank() == 0 {
		return false, nil
	}
	c := store.Climb{Key: r.key(), Token: r.Token, SID: r.SID, To: r.Status}
	for _, from := range phonebank.MessageStates {
		if to, conflict := from.Climb(r.Status); to != from && !conflict {
			c.Below = append(c.Below, from)
		}
	}
	for range 2 {
		if moved, err = d.climbOnce(ctx, c); moved || err != nil {
			break
		}
	}
	return moved, err
}

func (d *Desk) climbOnce(ctx context.Context, c store.Climb) (bool, error) {
	w := reported{climb: c, answer: make(chan reportAnswer, 1)}
	select {
	case d.reports <- w:
	case <-d.done:
		return false, phonebank.Fail(phonebank.Unavailable, "We are closing down. Please try again.")
	case <-ctx.Done():
		return false, phonebank.Because(ctx.Err(), phonebank.Unavailable, "We are too busy right now. Please try again.")
	}
	a := <-w.answer // the loop answers everything it takes, within the deadline of the database
	return a.moved, a.err
}

func (d *Desk) climbBatch(batch []reported) {
	var climbs []store.Climb
	first := map[string]int{}
	for i, w := range batch {
		if _, twice := first[w.climb.Token]; !twice {
			first[w.climb.Token] = i
			climbs = append(climbs, w.climb)
		}
	}
	crash.Here("climb.before-commit")
	got, err := d.Store.ClimbTexts(context.Background(), climbs, d.Now()) // the requests are many; the database's own deadline bounds this
	crash.Here("climb.committed")
	if phonebank.KindOf(err) != phonebank.Unavailable {
		err = nil // one that cannot be stored must not take the others with it: each takes the longer look
	}
	for i, w := range batch {
		c, moved := got[w.climb.Token]
		moved = moved && first[w.climb.Token] == i
		if moved {
			d.told(store.Sending{Outbox: phonebank.Outbox{PersonID: c.PersonID, UserID: c.UserID, Conversation: c.Conversation}})
		}
		w.answer <- reportAnswer{moved: moved, err: err}
	}
}
