package texting

import (
	"context"
	"time"

	"phonebank"
	"phonebank/live"
	"phonebank/store"
)

// WroteSince is why an automatic text waits for a person.
const WroteSince = "They wrote, and nobody has looked at it yet. A person decides whether this still goes."

// SaidNotSo is why the automatic texts of a promise became drafts.
const SaidNotSo = "They wrote that it is not so, or not yet. A person decides what still goes."

// weighBatch bounds one round of reading.
const weighBatch = 100

// weighSoon asks for what has come in to be read. The webhook is answered already; should this process die, the next sweep
// of any process reads it.
func (d *Desk) weighSoon() {
	select {
	case d.replies <- struct{}{}:
	default: // asked already
	}
}

func (d *Desk) weighLoop() {
	for {
		select {
		case <-d.done:
			return
		case <-d.replies:
		}
		ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
		if err := d.WeighReplies(ctx); err != nil {
			d.Log.Warn("replies not read", "error", err) // the sweeper reads them
		}
		cancel()
	}
}

// WeighReplies reads every text that came in and was not read yet, and writes down what it seems to say about something that
// is open with that person. It sends nothing and settles nothing. Any process may run it, any number of times.
func (d *Desk) WeighReplies(ctx context.Context) error {
	for {
		list, err := d.Store.UnweighedTexts(ctx, d.Now(), weighBatch)
		if err != nil {
			return err
		}
		for _, id := range list {
			if err := d.weigh(ctx, id); err != nil {
				return err
			}
		}
		if len(list) < weighBatch {
			return nil
		}
	}
}

// weigh reads one text. The number is locked first, as by everything that decides what goes to it.
func (d *Desk) weigh(ctx context.Context, id phonebank.MessageID) error {
	m, err := d.Store.Message(ctx, id)
	if err != nil {
		return err
	}
	var said *phonebank.Suggestion
	err = d.Store.InTx(ctx, func(tx *store.Tx) error {
		said = nil
		phone, err := tx.LockPhone(ctx, m.PhoneID)
		if err != nil {
			return err
		}
		m, err := tx.LockUnweighed(ctx, id)
		if err != nil {
			if phonebank.KindOf(err) == phonebank.NotFound {
				return nil // somebody else was faster
			}
			return err
		}
		if m.PersonID != "" && phone.OptedOutAt == nil {
			if said, err = d.suggest(ctx, tx, m, phone); err != nil {
				return err
			}
		}
		return tx.Weighed(ctx, id, d.Now())
	})
	if err == nil && said != nil {
		topics := []string{live.Room, "person:" + string(said.PersonID)}
		for topic, id := range map[string]string{"user:": string(m.UserID), "conversation:": string(m.Conversation)} {
			if id != "" {
				topics = append(topics, topic+id)
			}
		}
		d.Live.Publish(topics...)
	}
	return err
}

// suggest writes down what a text seems to say, and keeps back what must not go by itself after it.
func (d *Desk) suggest(ctx context.Context, tx *store.Tx, m phonebank.Message, phone phonebank.Phone) (*phonebank.Suggestion, error) {
	person, err := tx.Person(ctx, m.PersonID)
	if err != nil {
		return nil, err
	}
	matter, err := tx.MatterOf(ctx, m)
	if err != nil {
		return nil, err
	}
	zones := person.Places(phone)
	got := phonebank.ReadReply(m.Body, m.At, zones, about(matter, m.At))
	if got.Kind == "" {
		return nil, nil
	}
	s := phonebank.Suggestion{ID: phonebank.NewID[phonebank.SuggestionID](m.At), MessageID: m.ID, PersonID: person.ID, PhoneID: phone.ID, Kind: got.Kind, Event: got.Event,
		Local: got.Local, Falls: got.Falls, Plain: got.Plain, Spanish: got.Spanish, Ask: got.Ask, Reply: got.Reply, State: phonebank.SuggestionOpen, Zone: phonebank.FirstZone(zones), At: d.Now()}
	if len(matter.Promises) > 0 {
		s.CommitmentID = matter.Promises[0].ID
	}
	if got.Kind == phonebank.SuggestTime {
		s.FollowUpID = matter.Call.ID
	}
	if err := tx.AddSuggestion(ctx, s); err != nil {
		return nil, err
	}
	if got.Holds && s.CommitmentID != "" {
		_, err = tx.DraftAutomatic(ctx, person.ID, s.CommitmentID, SaidNotSo, store.By{Note: "they wrote"}, s.At)
	}
	return &s, err
}

// about says what a text may be about.
func about(m store.Matter, at time.Time) phonebank.ReplyAbout {
	a := phonebank.ReplyAbout{Asked: m.Asked, Promised: len(m.Promises) > 0, Spanish: len(m.Tongue) >= 2 && m.Tongue[:2] == "es"}
	if a.Promised {
		a.Due = !m.Promises[0].By.After(at)
		a.Several = len(m.Promises) > 1 && m.Promises[0].ID != m.AskedAbout
	}
	if m.Call.ID != "" {
		a.CallAt = m.Call.DueAt
	}
	return a
}

// keptBack hands an automatic text to a person where a text of theirs has not been looked at. One that is still being read
// stays ready: it is rung again in a moment.
func (d *Desk) keptBack(ctx context.Context, tx *store.Tx, s store.Sending, at time.Time) (bool, error) {
	if !s.Automatic {
		return false, nil
	}
	if unseen, err := tx.Unseen(ctx, s.PhoneID); err != nil || !unseen {
		return false, err
	}
	return true, d.handOver(ctx, tx, s, at, WroteSince)
}
