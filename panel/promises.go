package panel

import (
	"net/http"

	"github.com/gorilla/mux"

	"phonebank"
)

// personPromise writes a follow-up; a second press of the same form is the same promise.
func (p *Panel) personPromise(w http.ResponseWriter, r *http.Request, me phonebank.User) error {
	return p.pressPerson(w, r, me, personURL(r)+"#promises", func(id phonebank.PersonID) error {
		wish := phonebank.Wish{Channel: phonebank.Channel(clean(r, "channel", 10)), Reason: phonebank.ReasonAsked, Local: clean(r, "local", 16), Body: texts(clean(r, "promise", 1600))}
		if wish.Channel == phonebank.ByCall {
			wish.Reason = phonebank.ReasonScheduled
		}
		if wish.Local == "" {
			return phonebank.Fail(phonebank.Invalid, "Pick a day and a time, as it is where they are.")
		}
		return p.once(r, func() error {
			_, err := p.Diary.Promise(r.Context(), id, me.ID, wish)
			return err
		})
	})
}

// myFollowUp finds a promise that somebody may change: a volunteer their own, a coordinator any.
func (p *Panel) myFollowUp(r *http.Request, me phonebank.User) (phonebank.FollowUp, error) {
	id := mux.Vars(r)["id"]
	if !phonebank.ValidID(id) {
		return phonebank.FollowUp{}, notThere()
	}
	f, err := p.Store.FollowUp(r.Context(), phonebank.FollowUpID(id))
	if err == nil && f.OwnerID != me.ID && !coordinator.lets(me) {
		err = notThere()
	}
	return f, err
}

// pressFollowUp runs one press on a promise, wherever it was shown, and goes back there.
func (p *Panel) pressFollowUp(w http.ResponseWriter, r *http.Request, me phonebank.User, do func(f phonebank.FollowUp) error) error {
	f, err := p.myFollowUp(r, me)
	if err != nil {
		return err
	}
	back := "/people/" + string(f.PersonID) + "#promises"
	switch r.PostFormValue("back") {
	case "me":
		back = "/me"
	case "follow-ups":
		back = "/follow-ups"
	}
	if err = do(f); err == nil {
		return to(w, r, back)
	}
	if back == "/me" {
		page, pageErr := p.minePage(r, me)
		if pageErr != nil {
			return pageErr
		}
		for i := range page.Drafts {
			if page.Drafts[i].ID == f.ID {
				page.Drafts[i].Body = clean(r, "body", 4000)
			}
		}
		p.again(w, r, me, err, "me", page)
		return nil
	}
	page, pageErr := p.personPage(mux.SetURLVars(r, map[string]string{"id": string(f.PersonID)}), me)
	if pageErr != nil {
		return pageErr
	}
	p.again(w, r, me, err, "person", page)
	return nil
}

// followUpSend lets a draft go, with the words that stand in it now.
func (p *Panel) followUpSend(w http.ResponseWriter, r *http.Request, me phonebank.User) error {
	return p.pressFollowUp(w, r, me, func(f phonebank.FollowUp) error {
		o, err := p.Store.OutboxOf(r.Context(), f.ID)
		if err != nil {
			return err
		}
		if o.State != phonebank.OutboxHeld && o.State != phonebank.OutboxReady {
			return nil // pressed twice
		}
		return p.Desk.Press(r.Context(), o.ID, clean(r, "body", 1600), me.ID)
	})
}

func (p *Panel) followUpDone(w http.ResponseWriter, r *http.Request, me phonebank.User) error {
	return p.pressFollowUp(w, r, me, func(f phonebank.FollowUp) error { return p.Diary.Done(r.Context(), f.ID, me.ID) })
}

func (p *Panel) followUpCancel(w http.ResponseWriter, r *http.Request, me phonebank.User) error {
	return p.pressFollowUp(w, r, me, func(f phonebank.FollowUp) error {
		return p.Diary.Cancel(r.Context(), f.ID, me.ID, "Taken off the list by hand.")
	})
}

func (p *Panel) followUpMove(w http.ResponseWriter, r *http.Request, me phonebank.User) error {
	return p.pressFollowUp(w, r, me, func(f phonebank.FollowUp) error { return p.Diary.Move(r.Context(), f.ID, me.ID, clean(r, "local", 16)) })
}

// commitmentSettle says how it went with what they said they would do.
func (p *Panel) commitmentSettle(w http.ResponseWriter, r *http.Request, me phonebank.User) error {
	id := mux.Vars(r)["id"]
	if !phonebank.ValidID(id) {
		return notThere()
	}
	c, err := p.Store.Commitment(r.Context(), phonebank.CommitmentID(id))
	if err != nil {
		return err
	}
	if err := p.mayRead(r.Context(), me, c.PersonID); err != nil {
		return err
	}
	if err = p.Diary.Settle(r.Context(), c.ID, phonebank.CommitmentEvent(clean(r, "how", 20)), me.ID); err == nil {
		return to(w, r, "/people/"+string(c.PersonID)+"#promises")
	}
	page, pageErr := p.personPage(mux.SetURLVars(r, map[string]string{"id": string(c.PersonID)}), me)
	if pageErr != nil {
		return pageErr
	}
	p.again(w, r, me, err, "person", page)
	return nil
}
