package texting

import (
	"context"

	"phonebank"
	"phonebank/live"
	"phonebank/store"
)

// Claim says "I'll answer" to what waits at a number: from now on nobody else does, until it is answered, given back, or
// twenty minutes old. Of many presses one wins. over is a coordinator's word that whoever has it is to be passed over.
func (d *Desk) Claim(ctx context.Context, id phonebank.PhoneID, user phonebank.User, over bool) error {
	at := d.Now()
	over = over && user.Role.AtLeast(phonebank.Coordinator)
	var was store.Wait
	err := d.Store.InTx(ctx, func(tx *store.Tx) error {
		if _, err := tx.LockPhone(ctx, id); err != nil {
			return err
		}
		var err error
		if was, err = tx.Wait(ctx, user, at, id); err != nil {
			return err
		}
		if err := mayClaim(was, user, over); err != nil {
			return err
		}
		if won, err := tx.ClaimWait(ctx, id, user.ID, over, at); err != nil {
			return err
		} else if !won {
			return phonebank.Fail(phonebank.Stale, "This has changed in the meantime. Please look again.")
		}
		note := ""
		if was.ClaimerID != "" && was.ClaimerID != user.ID {
			note = "from " + string(was.ClaimerID)
		}
		return tx.Note(ctx, at, "phone", string(id), "claim", store.By{User: user.ID, Note: note})
	})
	if err == nil {
		d.tellWait(was, user.ID)
	}
	return err
}

// mayClaim tells why somebody may not answer what waits, or nothing.
func mayClaim(w store.Wait, user phonebank.User, over bool) error {
	switch {
	case w.HoldSince != nil:
		return phonebank.Fail(phonebank.Forbidden, "This may have been a no. A coordinator reads it first; nothing goes out until then.")
	case w.Stopped:
		return phonebank.Fail(phonebank.Forbidden, "They asked us to stop. A coordinator reads what they wrote and decides.")
	case w.ClaimerID != "" && w.ClaimerID != user.ID && !over:
		return phonebank.Fail(phonebank.Conflict, "%s is answering this already.", w.Claimer)
	}
	return nil
}

// beingAnswered is why a text doesn't go out while somebody else has said that they answer.
func beingAnswered(c store.Claim, firstName string) error {
	return phonebank.Fail(phonebank.Forbidden, "%s is answering %s right now, so your text did not go. Two answers confuse people: ask %s, or wait until they let go.", c.Name, firstName, c.Name)
}

// LetGo gives back what somebody said they would answer: it waits for the others again.
func (d *Desk) LetGo(ctx context.Context, id phonebank.PhoneID, user phonebank.User) error {
	at := d.Now()
	var was store.Wait
	err := d.Store.InTx(ctx, func(tx *store.Tx) error {
		var err error
		if was, err = tx.Wait(ctx, user, at, id); err != nil {
			return err
		}
		if let, err := tx.LetGoWait(ctx, id, user.ID); err != nil || !let {
			return err // it was theirs no longer
		}
		return tx.Note(ctx, at, "phone", string(id), "let_go", store.By{User: user.ID})
	})
	if err == nil {
		d.tellWait(was, user.ID)
	}
	return err
}

func (d *Desk) tellWait(w store.Wait, user phonebank.UserID) {
	topics := []string{live.Room, live.Inbox, "user:" + string(user)}
	for topic, id := range map[string]string{"person:": string(w.PersonID), "user:": string(w.OwnerID)} {
		if id != "" {
			topics = append(topics, topic+id)
		}
	}
	d.Live.Publish(topics...)
}
