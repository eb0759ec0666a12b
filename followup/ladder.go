package followup

import (
	"context"
	"strings"

	"phonebank"
	"phonebank/live"
	"phonebank/store"
)

// Decide approves or declines a proposed move on the ladder. Nobody but a coordinator comes here, and nothing is sent: the
// person hears of it in the next talk or not at all.
func (d *Diary) Decide(ctx context.Context, id phonebank.RungMoveID, event phonebank.RungEvent, user phonebank.UserID, note string) (person phonebank.PersonID, err error) {
	at := d.Now()
	if event != phonebank.RungApprove && event != phonebank.RungDecline {
		return "", phonebank.Fail(phonebank.Invalid, "Say whether this rung is right.")
	}
	err = d.Store.InTx(ctx, func(tx *store.Tx) error {
		m, err := tx.LockRungMove(ctx, id)
		if err != nil {
			return err
		}
		person = m.PersonID
		change, err := m.Apply(event, at)
		if err != nil {
			return err
		}
		return tx.DecideRung(ctx, m, change, store.By{User: user, Note: note})
	})
	if err == nil {
		d.Live.Publish("person:"+string(person), live.Room)
	}
	return person, err
}

// SetRung moves a person by hand, up or down, on evidence that the coordinator writes down.
func (d *Diary) SetRung(ctx context.Context, person phonebank.PersonID, to int, evidence string, user phonebank.UserID) error {
	at := d.Now()
	if to < 0 || to > phonebank.RungTop {
		return phonebank.Fail(phonebank.Invalid, "Pick one of the rungs.")
	}
	if strings.TrimSpace(evidence) == "" {
		return phonebank.Fail(phonebank.Invalid, "Write down what you saw: a rung is earned by what somebody did.")
	}
	err := d.Store.InTx(ctx, func(tx *store.Tx) error {
		p, err := tx.Person(ctx, person)
		if err != nil {
			return err
		}
		if p.Rung == to {
			return phonebank.Fail(phonebank.Conflict, "That is where they stand already.")
		}
		return tx.SetRung(ctx, phonebank.RungMove{ID: phonebank.NewID[phonebank.RungMoveID](at), PersonID: person, From: p.Rung, To: to, Ground: phonebank.GroundByHand,
			Evidence: strings.TrimSpace(evidence), State: phonebank.RungApproved, ProposedBy: user, ProposedAt: at, DecidedBy: user, DecidedAt: &at}, at)
	})
	if err == nil {
		d.Live.Publish("person:"+string(person), live.Room)
	}
	return err
}
