package panel

import (
	"io"
	"net/http"
	"time"

	"github.com/gorilla/mux"

	"phonebank"
	"phonebank/store"
)

// personPage is everything about one person.
type personPage struct {
	Page
	Person      store.Found
	Phone       phonebank.Phone
	Zone        string
	There       string
	Shares      []string
	Words       []store.Word
	Commitments []phonebank.Commitment
	FollowUps   []store.Due
	Consents    []store.Consent
	Before      []past
	Thread      []bubble
	Waiting     bool
	HoldWords   string
	WhyNotText  string
	WhyNotCall  string
	Here        bool // whoever reads this has a shift, so they can call
	Body        string
	StopWords   string
	ReopenWords string
	Promise     typedPromise
}

// typedPromise is a follow-up as somebody began to type it.
type typedPromise struct{ Channel, Local, Body string }

// bubble is one text of a thread.
type bubble struct {
	phonebank.Message
	Who   string
	Note  string // how far it got, in words
	Bad   bool
	After bool // it came in after hours or without a person
}

func (p *Panel) person(w http.ResponseWriter, r *http.Request, me phonebank.User) error {
	page, err := p.personPage(r, me)
	if err != nil {
		return err
	}
	if r.Header.Get("X-Fragment") == "" {
		if err := p.Store.SeeThread(r.Context(), page.Phone.ID, p.Now()); err != nil {
			return err
		}
	}
	p.show(w, r, me, http.StatusOK, "person", page)
	return nil
}

func (p *Panel) personPage(r *http.Request, me phonebank.User) (*personPage, error) {
	ctx, id := r.Context(), phonebank.PersonID(mux.Vars(r)["id"])
	if err := p.mayRead(ctx, me, id); err != nil {
		return nil, err
	}
	found, err := p.Store.FoundPerson(ctx, id)
	if err != nil {
		return nil, err
	}
	page := &personPage{Page: Page{Title: found.Name, Nav: "me"}, Person: found}
	if coordinator.lets(me) {
		page.Nav = "people"
	} else {
		page.Person.Number = ""
	}
	if page.Zone, page.Phone, err = p.zonesOf(ctx, found.Person); err != nil {
		return nil, err
	}
	page.There = phonebank.TimeThere(page.Zone, p.Now())
	if page.Shares, err = p.Store.SharesNumber(ctx, found.Person); err != nil {
		return nil, err
	}
	if page.Words, err = p.Store.Words(ctx, id); err != nil {
		return nil, err
	}
	if page.Commitments, err = p.Store.CommitmentsOf(ctx, id); err != nil {
		return nil, err
	}
	if page.FollowUps, err = p.Store.FollowUpsOf(ctx, id); err != nil {
		return nil, err
	}
	if page.Consents, err = p.Store.ConsentsOf(ctx, found.Person); err != nil {
		return nil, err
	}
	if page.Before, err = p.history(ctx, found.Person, page.Zone, 40); err != nil {
		return nil, err
	}
	if page.Thread, err = p.bubbles(r, page.Phone.ID); err != nil {
		return nil, err
	}
	return page, p.fillContact(r, me, page)
}

// fillContact reads whether and how this person may be reached now.
func (p *Panel) fillContact(r *http.Request, me phonebank.User, page *personPage) error {
	ctx := r.Context()
	since, err := p.Store.WaitingSince(ctx, page.Phone.ID)
	if err != nil {
		return err
	}
	page.Waiting = since != nil
	if page.Phone.HoldSince != nil {
		if page.HoldWords, err = p.Store.HoldWords(ctx, page.Phone.ID); err != nil {
			return err
		}
	}
	byHand, _, err := p.Store.TextConsent(ctx, page.Person.ID, page.Phone.ID)
	if err != nil {
		return err
	}
	rung, err := p.Store.RungLately(ctx, page.Phone, "", p.Now())
	if err != nil {
		return err
	}
	page.WhyNotText = phonebank.WhyNotText(page.Person.Person, page.Phone, byHand, p.Now())
	page.WhyNotCall = phonebank.WhyNotRing(page.Person.Person, page.Phone, rung, p.Now())
	_, err = p.Store.CurrentShift(ctx, me.ID)
	page.Here = err == nil
	if err != nil && phonebank.KindOf(err) != phonebank.NotFound {
		return err
	}
	return nil
}

// bubbles reads a thread of texts.
func (p *Panel) bubbles(r *http.Request, phone phonebank.PhoneID) ([]bubble, error) {
	texts, err := p.Store.Thread(r.Context(), phone)
	if err != nil {
		return nil, err
	}
	var ids []phonebank.UserID
	for _, m := range texts {
		if m.Direction == phonebank.Out && m.UserID != "" {
			ids = append(ids, m.UserID)
		}
	}
	names, err := p.Store.NamesOf(r.Context(), ids)
	if err != nil {
		return nil, err
	}
	list := make([]bubble, len(texts))
	for i, m := range texts {
		list[i] = bubble{Message: m, Who: names[m.UserID]}
		if m.Direction == phonebank.Out {
			list[i].Note, list[i].Bad = reached(m.State)
		}
	}
	return list, nil
}

// reached says how far a text of ours got.
func reached(s phonebank.MessageState) (words string, bad bool) {
	switch s {
	case phonebank.MessageDelivered, phonebank.MessageRead:
		return "delivered", false
	case phonebank.MessageSent:
		return "sent", false
	case phonebank.MessageFailed, phonebank.MessageUndelivered:
		return "did not arrive", true
	case phonebank.MessageCanceled:
		return "taken back", true
	}
	return "on its way", false
}

// pressPerson runs one press on a person's page; what went wrong is said there, with what was typed.
func (p *Panel) pressPerson(w http.ResponseWriter, r *http.Request, me phonebank.User, next string, do func(id phonebank.PersonID) error) error {
	id := phonebank.PersonID(mux.Vars(r)["id"])
	if err := p.mayRead(r.Context(), me, id); err != nil {
		return err
	}
	err := do(id)
	if err == nil {
		return to(w, r, next)
	}
	page, pageErr := p.personPage(r, me)
	if pageErr != nil {
		return pageErr
	}
	page.Body, page.StopWords, page.ReopenWords = clean(r, "body", 4000), clean(r, "words", 400), clean(r, "how", 400)
	page.Promise = typedPromise{clean(r, "channel", 10), clean(r, "local", 20), clean(r, "promise", 4000)}
	p.again(w, r, me, err, "person", page)
	return nil
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

// rule reads which of the two buttons was pressed; anything else is neither.
func (p *Panel) rule(r *http.Request, me phonebank.User, phone phonebank.PhoneID) error {
	switch r.PostFormValue("was") {
	case "no":
		return p.Desk.Rule(r.Context(), phone, me.ID, true)
	case "other":
		return p.Desk.Rule(r.Context(), phone, me.ID, false)
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
		return p.Diary.Cancel(r.Context(), f.ID, me.ID, me.Name+" took it off the list.")
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

// voicemail plays what somebody said when nobody could take their call. It comes through us: a recording's own address
// would open it to whoever has it.
func (p *Panel) voicemail(w http.ResponseWriter, r *http.Request, me phonebank.User) error {
	id := mux.Vars(r)["id"]
	if !phonebank.ValidID(id) {
		return notThere()
	}
	call, err := p.Store.Call(r.Context(), phonebank.CallID(id))
	if err != nil {
		return err
	}
	if call.RecordingSID == "" {
		return phonebank.Fail(phonebank.NotFound, "There is no voicemail with this call.")
	}
	if call.PersonID != "" || !coordinator.lets(me) {
		if err := p.mayRead(r.Context(), me, call.PersonID); err != nil {
			return err
		}
	}
	sound, kind, err := p.Carrier.Recording(r.Context(), call.RecordingSID)
	if err != nil {
		return phonebank.Because(err, phonebank.Unavailable, "The voicemail can't be fetched right now. Try again in a minute.")
	}
	defer func() { _ = sound.Close() }() // it was only read
	if kind == "" {
		kind = "audio/wav"
	}
	body, err := io.ReadAll(sound)
	if err != nil {
		return phonebank.Because(err, phonebank.Unavailable, "The voicemail broke off on its way to us. Try again in a minute.")
	}
	w.Header().Set("Content-Type", kind)
	http.ServeContent(w, r, "", time.Time{}, seeker(body))
	return nil
}
