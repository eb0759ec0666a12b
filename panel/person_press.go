package panel

import (
	"net/http"

	"github.com/gorilla/mux"

	"phonebank"
	"phonebank/store"
)

// pressPerson runs one press on a person's page; what went wrong is said there, with what was typed.
func (p *Panel) pressPerson(w http.ResponseWriter, r *http.Request, me phonebank.User, next string, do func(id phonebank.PersonID) error) error {
	id := phonebank.PersonID(mux.Vars(r)["id"])
	if err := p.mayRead(r.Context(), me, id); err != nil {
		if person, found := p.Store.Person(r.Context(), id); found == nil && phonebank.KindOf(err) == phonebank.NotFound {
			return p.claimOver(w, r, me, person.PhoneID, shown(lang(r), person.Called()), err)
		}
		return err
	}
	err := do(id)
	if err == nil {
		// Who answered in somebody's place has let go of them with it.
		if gone := p.mayRead(r.Context(), me, id); phonebank.KindOf(gone) == phonebank.NotFound && gone != nil {
			next = "/inbox?done=answered"
		}
		return to(w, r, next)
	}
	page, pageErr := p.personPage(r, me)
	if pageErr != nil {
		return pageErr
	}
	page.giveBack(r)
	p.again(w, r, me, err, "person", page)
	return nil
}

// giveBack puts what was typed into the forms of the page again.
func (page *personPage) giveBack(r *http.Request) {
	page.RuleWhy = clean(r, "why", 400)
	page.Body, page.StopWords, page.ReopenWords = clean(r, "body", 4000), clean(r, "words", 400), clean(r, "how", 400)
	page.Evidence = clean(r, "evidence", 400)
	page.Promise = typedPromise{clean(r, "channel", 10), clean(r, "local", 20), clean(r, "promise", 4000)}
}

// asPerson is a request about a person that was made at another address.
func asPerson(r *http.Request, id phonebank.PersonID) *http.Request {
	return mux.SetURLVars(r, map[string]string{"id": string(id)})
}

func personURL(r *http.Request) string { return "/people/" + mux.Vars(r)["id"] }

// personText sends one text for one press: the form's nonce makes a second press the same text.
func (p *Panel) personText(w http.ResponseWriter, r *http.Request, me phonebank.User) error {
	return p.pressPerson(w, r, me, personURL(r)+"#thread", func(id phonebank.PersonID) error {
		_, err := p.Desk.Send(r.Context(), draftOf(r, id, me))
		return err
	})
}

func (p *Panel) personCall(w http.ResponseWriter, r *http.Request, me phonebank.User) error {
	return p.pressPerson(w, r, me, "/shift", func(id phonebank.PersonID) error {
		s, err := p.Store.CurrentShift(r.Context(), me.ID)
		if err != nil && phonebank.KindOf(err) == phonebank.NotFound {
			return phonebank.Because(err, phonebank.Conflict, "To call, join an open session first: we ring your phone and connect you.")
		}
		if err != nil {
			return err
		}
		if !s.LegJoined {
			return phonebank.Fail(phonebank.Conflict, "Your phone isn't connected. Press “Ring my phone” on your shift, answer, press 1, and come back here.")
		}
		return p.Switchboard.CallPerson(r.Context(), s.ID, id)
	})
}

// personStop blocks texts and calls at once: they asked for it, in whatever way.
func (p *Panel) personStop(w http.ResponseWriter, r *http.Request, me phonebank.User) error {
	return p.pressPerson(w, r, me, personURL(r), func(id phonebank.PersonID) error {
		return p.Desk.Stop(r.Context(), id, me.ID, clean(r, "words", 400))
	})
}

func (p *Panel) personReopen(w http.ResponseWriter, r *http.Request, me phonebank.User) error {
	return p.pressPerson(w, r, me, personURL(r), func(id phonebank.PersonID) error {
		return p.Desk.Reopen(r.Context(), id, me.ID, clean(r, "how", 400))
	})
}

func (p *Panel) personRule(w http.ResponseWriter, r *http.Request, me phonebank.User) error {
	return p.pressPerson(w, r, me, personURL(r), func(id phonebank.PersonID) error {
		person, err := p.Store.Person(r.Context(), id)
		if err != nil {
			return err
		}
		return p.rule(r, me, person.PhoneID)
	})
}

// personAbout puts right what we know about them: whoever knows them may, and a coordinator.
func (p *Panel) personAbout(w http.ResponseWriter, r *http.Request, me phonebank.User) error {
	return p.pressPerson(w, r, me, personURL(r)+"#about", func(id phonebank.PersonID) error {
		person, err := p.Store.Person(r.Context(), id)
		if err != nil {
			return err
		}
		if person.OwnerID != me.ID && !coordinator.lets(me) {
			return phonebank.Fail(phonebank.Forbidden, "Whoever knows them can change this, and a coordinator.")
		}
		stuck, err := p.Diary.About(r.Context(), id, store.About{FirstName: clean(r, "first_name", 60), SayName: clean(r, "say_name", 120), Languages: clean(r, "languages", 120),
			Place: clean(r, "place", 200), Zone: clean(r, "zone", 60), Region: clean(r, "region", 2)}, me.ID)
		if err == nil && stuck > 0 {
			err = phonebank.Fail(phonebank.Conflict, "Saved. In the new time zone %d of our promises fall outside of calling hours or have passed. Give them another time.", stuck)
		}
		return err
	})
}

// personOwner says who knows them from now on.
func (p *Panel) personOwner(w http.ResponseWriter, r *http.Request, me phonebank.User) error {
	return p.pressPerson(w, r, me, personURL(r)+"#about", func(id phonebank.PersonID) error {
		return p.Diary.Give(r.Context(), id, phonebank.UserID(clean(r, "owner", 26)), me.ID)
	})
}

// rule reads which of the two buttons was pressed; anything else is neither.
func (p *Panel) rule(r *http.Request, me phonebank.User, phone phonebank.PhoneID) error {
	switch r.PostFormValue("was") {
	case "no":
		return p.Desk.Rule(r.Context(), phone, me.ID, true, clean(r, "why", 400))
	case "other":
		return p.Desk.Rule(r.Context(), phone, me.ID, false, clean(r, "why", 400))
	}
	return phonebank.Fail(phonebank.Invalid, "Say whether it was a no.")
}

func (p *Panel) personAnswered(w http.ResponseWriter, r *http.Request, me phonebank.User) error {
	return p.pressPerson(w, r, me, personURL(r), func(id phonebank.PersonID) error {
		person, err := p.Store.Person(r.Context(), id)
		if err != nil {
			return err
		}
		return p.Desk.NoAnswerNeeded(r.Context(), person.PhoneID, me.ID)
	})
}

// once runs what a form asks for, once for each form.
func (p *Panel) once(r *http.Request, do func() error) error {
	nonce := r.PostFormValue("nonce")
	if !phonebank.ValidID(nonce) {
		return phonebank.Fail(phonebank.Stale, "This page is out of date. Here it is anew; what you typed is still there.")
	}
	fresh, err := p.Store.Once(r.Context(), "form:"+nonce, p.Now())
	if err != nil || !fresh {
		return err
	}
	return do()
}
