package panel

import (
	"cmp"
	"context"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/gorilla/mux"

	"phonebank"
	"phonebank/store"
	"phonebank/texting"
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
		back = boardAddress(r)
	}
	if err = do(f); err == nil {
		return to(w, r, back)
	}
	if strings.HasPrefix(back, "/follow-ups") && coordinator.lets(me) {
		return p.boardAgain(w, r, me, f.ID, err)
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
	return p.onPersonPage(w, r, me, f.PersonID, err)
}

// followUpSend lets a draft go, with the words that stand in it now.
func (p *Panel) followUpSend(w http.ResponseWriter, r *http.Request, me phonebank.User) error {
	return p.pressFollowUp(w, r, me, func(f phonebank.FollowUp) error {
		o, err := p.Store.OutboxOf(r.Context(), f.ID)
		if err != nil {
			return err
		}
		body := clean(r, "body", 1600)
		leaving := o.State == phonebank.OutboxReady && !o.Automatic && texting.Plain(body) == o.Body
		if leaving || o.State != phonebank.OutboxHeld && o.State != phonebank.OutboxReady {
			return nil // pressed twice
		}
		return p.Desk.Press(r.Context(), o.ID, body, me.ID)
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
	Off    []link // what was taken off
	Moving bool   // the form for its new time stands open
	To     string // the time in that form
	Talk   string // where it was missed: when a talk could be, where they are; empty: one is planned, or it was not missed
	Sooner string // the earliest new time
}

// link is one follow-up with what may still be done about it.
type link struct {
	store.Due
	Open      bool
	Silent    string // when a call follows, should nobody answer; empty: none does
	Changing  bool   // the forms that change it stand open
	To, Words string // what stands in them
	Latest    string // a reminder comes before the promise
}

// chains sorts what was and is promised: each promise of theirs with its chain, and what belongs to none.
func (p *Panel) chains(ctx context.Context, page *personPage, commitments []phonebank.Commitment, followUps []store.Due, moving string) {
	l, at := spoken(ctx), p.Now()
	slices.SortStableFunc(followUps, func(a, b store.Due) int { return a.DueAt.Compare(b.DueAt) })
	of := map[phonebank.CommitmentID][]link{}
	talk := false
	for _, f := range followUps {
		one := link{Due: f, Open: slices.Contains(phonebank.FollowUpOpen, f.State), To: f.Local, Words: f.Body}
		if f.CallIfSilent && (one.Open || f.State == phonebank.FollowUpInProgress || f.State == phonebank.FollowUpDone) {
			one.Silent = l.When(there(f.FollowUp.Zone, phonebank.NextContact(page.Zone, maxTime(f.DueAt, doneAt(f)).Add(phonebank.AnswerWithin), 0)))
		}
		of[f.CommitmentID] = append(of[f.CommitmentID], one)
		talk = talk || one.Open && f.Reason == phonebank.ReasonMaintenance
	}
	for _, c := range commitments {
		one := chained{Commitment: c, Due: c.State == phonebank.CommitmentOpen && !c.By.After(at), Moving: moving == string(c.ID), To: c.ByLocal}
		one.Links, one.Off = still(of[c.ID])
		for i := range one.Links {
			if one.Links[i].Reason == phonebank.ReasonBefore {
				one.Links[i].Latest = c.ByLocal
			}
		}
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
	page.Others, page.Off = still(page.Others)
}

// still parts what follows, or did, from what was taken off.
func still(all []link) (kept, off []link) {
	for _, one := range all {
		if one.State == phonebank.FollowUpCancelled {
			off = append(off, one)
		} else {
			kept = append(kept, one)
		}
	}
	return kept, off
}

// giveBackAbout puts what was typed about one promise, one text or one reading into its own form again.
func (page *personPage) giveBackAbout(r *http.Request) {
	id, local, body := mux.Vars(r)["id"], clean(r, "local", 16), clean(r, "body", 4000)
	again := func(links []link) {
		for i := range links {
			if one := &links[i]; string(one.ID) == id {
				one.Changing = true
				one.To, one.Words = cmp.Or(local, one.To), cmp.Or(body, one.Words)
			}
		}
	}
	again(page.Others)
	for i := range page.Chains {
		one := &page.Chains[i]
		again(one.Links)
		if string(one.ID) != id || local == "" {
			continue
		}
		if clean(r, "how", 20) == string(phonebank.SettleMoved) {
			one.Moving, one.To = true, local
		} else if one.Talk != "" {
			one.Talk = local
		}
	}
	giveBackReading(r, page.Suggestions)
}

// giveBackReading puts what was typed about a reading into its form again, with the page to which its press leads back.
func giveBackReading(r *http.Request, list []suggested) {
	for i := range list {
		if one := &list[i]; string(one.ID) == mux.Vars(r)["id"] {
			one.Local, one.Reply = cmp.Or(clean(r, "local", 16), one.Local), cmp.Or(clean(r, "body", 4000), one.Reply)
			one.Back = r.PostFormValue("back")
		}
	}
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
