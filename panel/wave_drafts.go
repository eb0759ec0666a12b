package panel

import (
	"net/http"
	"strconv"

	"phonebank"
	"phonebank/store"
)

// Texts of a wave to people whom nobody of us knows yet stand on nobody's list. Whoever is in an open session takes a few of
// them at a time; a coordinator gives more of them to somebody by name.

const (
	draftsAtOnce = 5   // that somebody takes: few enough to read each one
	mostDrafts   = 100 // that are given by name
)

// waveTake puts the next few texts of a wave on the list of whoever pressed.
func (p *Panel) waveTake(w http.ResponseWriter, r *http.Request, me phonebank.User) error {
	err := p.takeDrafts(r, me, me.ID, draftsAtOnce, false)
	if err == nil {
		return to(w, r, "/me#drafts")
	}
	page, pageErr := p.minePage(r, me)
	if pageErr != nil {
		return pageErr
	}
	p.again(w, r, me, err, "me", page)
	return nil
}

// waveGive puts some of them on somebody's list, from the board.
func (p *Panel) waveGive(w http.ResponseWriter, r *http.Request, me phonebank.User) error {
	return p.pressBoard(w, r, me, func([]phonebank.FollowUpID) (string, error) {
		who, err := p.Store.User(r.Context(), phonebank.UserID(clean(r, "give_to", 26)))
		if err != nil || who.RemovedAt != nil {
			return "", phonebank.Because(err, phonebank.Invalid, "Pick a name: who reads and sends them.")
		}
		n, err := strconv.Atoi(clean(r, "most", 4))
		if err != nil || n < 1 || n > mostDrafts {
			return "", phonebank.Because(err, phonebank.Invalid, "Write how many they get, from 1 to %d.", mostDrafts)
		}
		if err := p.takeDrafts(r, me, who.ID, n, true); err != nil {
			return "", err
		}
		return lang(r).Say("%s has them now, under “Texts to send”.", who.Name), nil
	})
}

func (p *Panel) takeDrafts(r *http.Request, me phonebank.User, owner phonebank.UserID, most int, anyway bool) error {
	wave := waveID(r)
	if !phonebank.ValidID(string(wave)) {
		return notThere()
	}
	taken := 0
	err := p.Store.InTx(r.Context(), func(tx *store.Tx) error {
		var err error
		taken, err = tx.TakeDrafts(r.Context(), wave, owner, anyway, most, store.By{User: me.ID, Note: string(owner)}, p.Now())
		return err
	})
	if err != nil {
		return err
	}
	if taken == 0 {
		return phonebank.Fail(phonebank.Conflict, "None of these texts is left: others have taken them, or the wave is paused.")
	}
	p.Live.Publish("room", "user:"+string(owner), "wave:"+string(wave))
	return nil
}
