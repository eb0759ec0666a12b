package dialer

import (
	"context"
	"encoding/json"
	"time"

	"phonebank"
	"phonebank/live"
	"phonebank/store"
)

// Mark stores what a volunteer marked in a talk, in order, each once. "Don't contact me", "Wrong person" and a report of
// retaliation act in the same transaction: the number is blocked, and a coordinator is called, the moment we hear of it.
func (b *Switchboard) Mark(ctx context.Context, id phonebank.ConversationID, user phonebank.UserID, events []phonebank.Event) ([]string, error) {
	at := b.Now()
	var shift phonebank.Shift
	var stopped store.Stopped
	var stored []string
	threatened := false
	err := b.Store.InTx(ctx, func(tx *store.Tx) error {
		stored = make([]string, 0, len(events))
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
			if !isNew[e.ID] {
				continue
			}
			switch e.Type {
			case "engine":
				stopped, err = b.engine(ctx, tx, c, e, at)
			case "retaliation":
				threatened = true
				err = b.threatened(ctx, tx, c, e, at)
			case "own_line":
				err = ownLine(ctx, tx, c, e, at)
			}
			if err != nil {
				return err
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
	if threatened {
		b.Live.Publish(live.Room)
	}
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
