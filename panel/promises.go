package panel

import (
	"context"
	"net/http"
	"slices"
	"time"

	"github.com/gorilla/mux"

	"phonebank"
	"phonebank/store"
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

// chained is one promise of theirs with everything that follows from it.
type chained struct {
	phonebank.Commitment
	Due    bool   // its day has come, and nobody has said how it went
	Links  []link // what follows, in order
	Moving bool   // the form for its new time stands open
	Talk   string // where it was missed: when a talk could be, where they are; empty: one is planned, or it was not missed
	Sooner string // the earliest new time
}

// link is one follow-up with what may still be done about it.
type link struct {
	store.Due
	Open   bool
	Silent string // when a call follows, should nobody answer; empty: none does
}

// chains sorts what was and is promised: each promise of theirs with its chain, and what belongs to none.
func (p *Panel) chains(ctx context.Context, page *personPage, commitments []phonebank.Commitment, followUps []store.Due, moving string) {
	l, at := spoken(ctx), p.Now()
	slices.SortStableFunc(followUps, func(a, b store.Due) int { return a.DueAt.Compare(b.DueAt) })
	of := map[phonebank.CommitmentID][]link{}
	talk := false
	for _, f := range followUps {
		one := link{Due: f, Open: slices.Contains(phonebank.FollowUpOpen, f.State)}
		if f.CallIfSilent && (one.Open || f.State == phonebank.FollowUpInProgress || f.State == phonebank.FollowUpDone) {
			one.Silent = l.When(there(f.FollowUp.Zone, phonebank.NextContact(page.Zone, maxTime(f.DueAt, doneAt(f)).Add(phonebank.AnswerWithin), 0)))
		}
		of[f.CommitmentID] = append(of[f.CommitmentID], one)
		talk = talk || one.Open && f.Reason == phonebank.ReasonMaintenance
	}
	for _, c := range commitments {
		one := chained{Commitment: c, Due: c.State == phonebank.CommitmentOpen && !c.By.After(at), Links: of[c.ID], Moving: moving == string(c.ID)}
		one.Sooner = there(c.Zone, at).Format(phonebank.LocalForm)
		if c.State == phonebank.CommitmentMissed && !talk {
			one.Talk = there(c.Zone, at).AddDate(0, 0, 1).Format("2006-01-02") + "T18:00"
			talk = true // it is offered once, with the newest
		}
		page.Chains = append(page.Chains, one)
		delete(of, c.ID)
	}
	for _, f := range followUps {
		for _, one := range of[f.CommitmentID] {
			if one.ID == f.ID {
				page.Others = append(page.Others, one)
			}
		}
	}
	slices.Reverse(page.Others)
}

func doneAt(f store.Due) time.Time {
	if f.DoneAt == nil {
		return time.Time{}
	}
	return *f.DoneAt
}

func maxTime(a, b time.Time) time.Time {
	if b.After(a) {
		return b
	}
	return a
}

func (p *Panel) followUpReword(w http.ResponseWriter, r *http.Request, me phonebank.User) error {
	return p.pressFollowUp(w, r, me, func(f phonebank.FollowUp) error {
		return p.Diary.Reword(r.Context(), f.ID, me.ID, clean(r, "body", 4000))
	})
}

// followUpNoCall takes back the call that would follow a check-in without an answer.
func (p *Panel) followUpNoCall(w http.ResponseWriter, r *http.Request, me phonebank.User) error {
	return p.pressFollowUp(w, r, me, func(f phonebank.FollowUp) error { return p.Diary.NoCallIfSilent(r.Context(), f.ID, me.ID) })
}

// commitmentOf finds a promise of somebody whom the reader may see.
func (p *Panel) commitmentOf(r *http.Request, me phonebank.User) (phonebank.Commitment, error) {
	id := mux.Vars(r)["id"]
	if !phonebank.ValidID(id) {
		return phonebank.Commitment{}, notThere()
	}
	c, err := p.Store.Commitment(r.Context(), phonebank.CommitmentID(id))
	if err != nil {
		return c, err
	}
	return c, p.mayRead(r.Context(), me, c.PersonID)
}

// commitmentSettle says how it went with what they said they would do. A move asks for its new time first.
func (p *Panel) commitmentSettle(w http.ResponseWriter, r *http.Request, me phonebank.User) error {
	c, err := p.commitmentOf(r, me)
	if err != nil {
		return err
	}
	theirs := "/people/" + string(c.PersonID)
	how, local := phonebank.CommitmentEvent(clean(r, "how", 20)), clean(r, "local", 16)
	if how == phonebank.SettleMoved {
		if local == "" {
			return to(w, r, theirs+"?move="+string(c.ID)+"#c-"+string(c.ID))
		}
		_, err = p.Diary.MoveOn(r.Context(), c.ID, me.ID, local)
	} else {
		err = p.Diary.Settle(r.Context(), c.ID, how, me.ID)
	}
	if err != nil {
		return p.onPersonPage(w, r, me, c.PersonID, err)
	}
	back := p.backFrom(r, theirs+"#promises")
	if how == phonebank.SettleMissed {
		back = theirs + "#c-" + string(c.ID) // a talk is offered there
	}
	return to(w, r, back)
}

// commitmentTalk plans a talk after something did not happen: to hear how they are, with nothing to ask of them.
func (p *Panel) commitmentTalk(w http.ResponseWriter, r *http.Request, me phonebank.User) error {
	c, err := p.commitmentOf(r, me)
	if err != nil {
		return err
	}
	owner := c.UserID
	if owner == "" {
		owner = me.ID
	}
	err = p.once(r, func() error {
		_, err := p.Diary.Promise(r.Context(), c.PersonID, owner, phonebank.Wish{Channel: phonebank.ByCall, Reason: phonebank.ReasonMaintenance, Local: clean(r, "local", 16)})
		return err
	})
	if err != nil {
		return p.onPersonPage(w, r, me, c.PersonID, err)
	}
	return to(w, r, "/people/"+string(c.PersonID)+"#promises")
}

// personLift lets agreed texts to somebody go by themselves again.
func (p *Panel) personLift(w http.ResponseWriter, r *http.Request, me phonebank.User) error {
	return p.pressPerson(w, r, me, personURL(r)+"#promises", func(id phonebank.PersonID) error { return p.Diary.LiftByHand(r.Context(), id, me.ID) })
}
