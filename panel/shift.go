package panel

import (
	"context"
	"net/http"
	"time"

	"phonebank"
	"phonebank/dialer"
	"phonebank/script"
	"phonebank/store"
	"phonebank/words"
)

// shiftPage is a volunteer's room: one thing to do in each state.
type shiftPage struct {
	Page
	Zone     string
	Here     bool // they have a shift in a session that is not over
	Over     bool // their last session has ended
	Shift    phonebank.Shift
	Session  phonebank.Session
	Campaign phonebank.Campaign
	Host     string
	Purpose  string
	Ask      string
	Roles    []string // who plays which tonight
	First    bool     // they have held no talk before: practice comes first
	Card     *card
	Failed   *failedLine
	Left     int    // people still to be called
	Opens    string // when the next of them may be called, "" for now
	Texts    int    // texts that wait for this volunteer
	Promises int    // promises of theirs that are due
	Stake    stake
	Facts    []fact
	Owed     []phonebank.Conversation
	Closed   *closedCard // whose card closed by itself
	Settled  []alsoOpen  // calls that a talk just now may have settled as well
	Undo     []Undoable  // wrap-ups that can still be taken back
	Coming   []store.Due // reminders that go by themselves within the day
	Silent   bool        // their phone was rung, and nobody pressed 1
}

type fact struct{ Label, Value, Source string }

// card is the person who is next.
type card struct {
	Person   phonebank.Person
	Number   phonebank.Number // leaves the server in a demo only, inside a link to a simulated phone
	There    string
	Why      string
	Callback *callback // what was promised, where somebody is called for a promise
	Before   []past
	Prep     *prep
	AutoCall int // seconds until the call goes by itself, 0 for never
	Key      string
}

// failedLine is a call that our side could not make.
type failedLine struct {
	Talk     phonebank.ConversationID
	Person   string
	Sentence string
}

// shift shows the room, or leads to the talk that is going on.
func (p *Panel) shift(w http.ResponseWriter, r *http.Request, me phonebank.User) error {
	page, err := p.shiftPage(r.Context(), me)
	if err != nil {
		return err
	}
	if talk := talkOf(page); talk != "" {
		if r.Header.Get("X-Fragment") != "" {
			w.Header().Set("X-Go", talk)
			w.WriteHeader(http.StatusNoContent)
			return nil
		}
		return to(w, r, talk)
	}
	p.show(w, r, me, http.StatusOK, "shift", page)
	return nil
}

// talkOf is where a volunteer belongs who is in a talk or owes its wrap-up.
func talkOf(page *shiftPage) string {
	s := page.Shift
	if !page.Here || s.Conversation == "" || page.Failed != nil || s.State != phonebank.ShiftOnCall && s.State != phonebank.ShiftWrapUp {
		return ""
	}
	return "/talk/" + string(s.Conversation)
}

func (p *Panel) shiftPage(ctx context.Context, me phonebank.User) (*shiftPage, error) {
	page := &shiftPage{Page: Page{Title: spoken(ctx).Say("Your shift"), Nav: "shift"}, Stake: stakeOf(me), Zone: p.zone(ctx)}
	mine, err := p.Store.MyFollowUps(ctx, me.ID)
	if err != nil {
		return nil, err
	}
	for _, f := range mine {
		if f.Channel == phonebank.ByText && f.Automatic && f.State == phonebank.FollowUpPlanned && f.DueAt.Before(p.Now().Add(24*time.Hour)) && len(page.Coming) < 3 {
			page.Coming = append(page.Coming, f)
		}
	}
	if page.Undo, err = p.undoable(ctx, me); err != nil {
		return nil, err
	}
	if page.Settled, err = p.maybeSettled(ctx, me); err != nil {
		return nil, err
	}
	if page.Owed, err = p.Store.OwedWrapUps(ctx, me.ID); err != nil {
		return nil, err
	}
	page.Shift, err = p.Store.CurrentShift(ctx, me.ID)
	if err != nil && phonebank.KindOf(err) == phonebank.NotFound {
		return page, p.lastSession(ctx, me, page)
	}
	if err != nil {
		return nil, err
	}
	page.Here = true
	if page.Shift.State == phonebank.ShiftOff && page.Shift.LegCallID != "" {
		leg, err := p.Store.Call(ctx, page.Shift.LegCallID)
		if err != nil {
			return nil, err
		}
		page.Silent = leg.JoinedAt == nil && leg.EndedAt != nil && p.Now().Sub(*leg.EndedAt) < 10*time.Minute
	}
	if page.Session, err = p.Store.Session(ctx, page.Shift.SessionID); err != nil {
		return nil, err
	}
	if page.Campaign, err = p.Store.Campaign(ctx, page.Session.CampaignID); err != nil {
		return nil, err
	}
	if err := p.readBriefing(ctx, page); err != nil {
		return nil, err
	}
	talked, err := p.Store.HasTalked(ctx, me.ID)
	if err != nil {
		return nil, err
	}
	page.First = !talked
	return page, p.fillShift(ctx, me, page)
}

// readBriefing reads what this session is about: who hosts it, why we call, the one ask, the facts.
func (p *Panel) readBriefing(ctx context.Context, page *shiftPage) error {
	host, err := p.Store.User(ctx, page.Session.CreatedBy)
	if err != nil {
		return err
	}
	page.Host, page.Roles = host.SaidName(), lines(page.Session.Roles)
	doc, err := p.liveScript(ctx, scriptOf(page.Session, page.Campaign))
	if err != nil {
		if phonebank.KindOf(err) == phonebank.Unavailable {
			return err
		}
		return nil // a script that was retired says nothing more
	}
	l := spoken(ctx)
	page.Purpose, page.Ask, page.Facts = doc.Purpose.In(string(l)), askIn(l, doc, page.Session.AskID), factsOf(l, doc)
	return nil
}

// scriptOf is the script of a session: its own, else the campaign's.
func scriptOf(s phonebank.Session, c phonebank.Campaign) string {
	if s.ScriptID != "" {
		return s.ScriptID
	}
	return c.ScriptID
}

// fillShift reads what the state of the shift shows.
func (p *Panel) fillShift(ctx context.Context, me phonebank.User, page *shiftPage) error {
	switch page.Shift.State {
	case phonebank.ShiftReserved:
		c, err := p.card(ctx, page.Shift, page.Session, me)
		page.Card = c
		return err
	case phonebank.ShiftReady:
		return p.waiting(ctx, me, page)
	case phonebank.ShiftBreak:
		c, err := p.closed(ctx, page.Shift)
		page.Closed = c
		return err
	case phonebank.ShiftOnCall:
		call, err := p.Store.CallOf(ctx, page.Shift.Conversation)
		if err != nil && phonebank.KindOf(err) != phonebank.NotFound {
			return err
		}
		if call.State == phonebank.CallEnded && call.OurFault {
			person, err := p.Store.Person(ctx, page.Shift.PersonID)
			if err != nil {
				return err
			}
			page.Failed = &failedLine{Talk: page.Shift.Conversation, Person: person.Called(), Sentence: call.Sentence}
		}
	}
	return nil
}

func (p *Panel) lastSession(ctx context.Context, me phonebank.User, page *shiftPage) error {
	last, err := p.Store.LastShift(ctx, me.ID)
	if err != nil && phonebank.KindOf(err) == phonebank.NotFound {
		return nil
	}
	if err != nil {
		return err
	}
	page.Over = true
	page.Session, err = p.Store.Session(ctx, last.SessionID)
	return err
}

// waiting says honestly how long it may take until somebody can be called.
func (p *Panel) waiting(ctx context.Context, me phonebank.User, page *shiftPage) error {
	left, _, err := p.Store.WaitingOn(ctx, page.Campaign.ID)
	if err != nil {
		return err
	}
	page.Left = left
	openings, err := p.Store.Openings(ctx, page.Campaign.ID)
	if err != nil {
		return err
	}
	now := p.Now()
	var next time.Time
	for _, o := range openings {
		from := o.At
		if from.Before(now) {
			from = now
		}
		if at := phonebank.NextContact(o.Zones, from, 0); !at.IsZero() && (next.IsZero() || at.Before(next)) {
			next = at
		}
	}
	if next.After(now.Add(30 * time.Second)) {
		local := there(page.Campaign.Zone, next)
		page.Opens = spoken(ctx).Clock(local)
		if next.Sub(now) > 12*time.Hour {
			page.Opens = spoken(ctx).When(local)
		}
	}
	page.Texts, page.Promises, err = p.mineWaiting(ctx, me)
	return err
}

// mineWaiting counts texts and promises that wait for somebody.
func (p *Panel) mineWaiting(ctx context.Context, me phonebank.User) (texts, promises int, err error) {
	threads, err := p.Store.WaitingThreads(ctx, me.ID)
	if err != nil {
		return 0, 0, err
	}
	due, err := p.Store.MyFollowUps(ctx, me.ID)
	if err != nil {
		return 0, 0, err
	}
	for _, f := range due {
		if f.State == phonebank.FollowUpNeedsPerson || !f.DueAt.After(p.Now()) {
			promises++
		}
	}
	return len(threads), promises, nil
}

func (p *Panel) card(ctx context.Context, s phonebank.Shift, session phonebank.Session, me phonebank.User) (*card, error) {
	person, err := p.Store.Person(ctx, s.PersonID)
	if err != nil {
		return nil, err
	}
	zones, phone, err := p.zonesOf(ctx, person)
	if err != nil {
		return nil, err
	}
	c := &card{Person: person, Number: phone.Number, There: spoken(ctx).Clock(there(zones, p.Now())), Key: string(person.ID) + s.StateSince.UTC().Format(time.RFC3339)}
	if c.Why, err = p.why(ctx, person, zones, session.CampaignID, s.FollowUpID); err != nil {
		return nil, err
	}
	if c.Before, err = p.history(ctx, person, zones, 3); err != nil {
		return nil, err
	}
	c.AutoCall = session.AutoCall
	if c.Prep, err = p.prep(ctx, c, s, session, me, zones); err != nil || s.FollowUpID == "" {
		return c, err
	}
	f, err := p.Store.FollowUp(ctx, s.FollowUpID)
	if err != nil {
		return nil, err
	}
	c.Callback, err = p.callbackOf(ctx, f, person, me, zones, c.Prep.locales())
	return c, err
}

func factsOf(l words.Language, doc *script.Script) (list []fact) {
	for _, f := range sortedFacts(doc) {
		list = append(list, fact{f.Label.In(string(l)), f.Value.In(string(l)), f.Source})
	}
	return list
}

// myShift finds the shift that a press is about.
func (p *Panel) myShift(ctx context.Context, me phonebank.User) (phonebank.Shift, error) {
	s, err := p.Store.CurrentShift(ctx, me.ID)
	if err != nil && phonebank.KindOf(err) == phonebank.NotFound {
		return s, phonebank.Because(err, phonebank.Conflict, "You're not in a session right now. Open your join link again.")
	}
	return s, err
}

// press runs one press of the room and shows it again; what went wrong is said above it.
func (p *Panel) press(w http.ResponseWriter, r *http.Request, me phonebank.User, do func(s phonebank.Shift) error) error {
	s, err := p.myShift(r.Context(), me)
	if err == nil {
		if err = p.Store.SeeShift(r.Context(), s.ID, p.Now()); err == nil {
			err = do(s)
		}
	}
	if err == nil {
		return to(w, r, "/shift")
	}
	page, pageErr := p.shiftPage(r.Context(), me)
	if pageErr != nil {
		return pageErr
	}
	p.again(w, r, me, err, "shift", page)
	return nil
}

func (p *Panel) shiftRing(w http.ResponseWriter, r *http.Request, me phonebank.User) error {
	return p.press(w, r, me, func(s phonebank.Shift) error { return p.Switchboard.RingVolunteer(r.Context(), s.ID) })
}

func (p *Panel) shiftReady(w http.ResponseWriter, r *http.Request, me phonebank.User) error {
	return p.press(w, r, me, func(s phonebank.Shift) error { return p.Switchboard.Ready(r.Context(), s.ID) })
}

func (p *Panel) shiftBreak(w http.ResponseWriter, r *http.Request, me phonebank.User) error {
	return p.press(w, r, me, func(s phonebank.Shift) error { return p.Switchboard.Rest(r.Context(), s.ID) })
}

func (p *Panel) shiftPass(w http.ResponseWriter, r *http.Request, me phonebank.User) error {
	return p.press(w, r, me, func(s phonebank.Shift) error { return p.Switchboard.Pass(r.Context(), s.ID) })
}

// shiftCall writes the call down; a second press of the same form is the same call.
func (p *Panel) shiftCall(w http.ResponseWriter, r *http.Request, me phonebank.User) error {
	nonce := r.PostFormValue("nonce")
	return p.press(w, r, me, func(s phonebank.Shift) error {
		if !phonebank.ValidID(nonce) {
			return phonebank.Fail(phonebank.Stale, "This page is out of date. Here it is anew: press Call again.")
		}
		by := clean(r, "script", 60)
		// Each script on the card has asks of its own, and all of them travel with the form.
		choice := dialer.Choice{Script: by, Ask: clean(r, "ask-"+by, 60), Locale: clean(r, "locale", 2)}
		talk, err := p.Switchboard.Call(r.Context(), s.ID, nonce, choice)
		if phonebank.KindOf(err) == phonebank.Conflict && err != nil {
			if again, readErr := p.Store.Shift(r.Context(), s.ID); readErr == nil && again.State == phonebank.ShiftOnCall && again.Conversation != "" {
				return nil // the same press, a moment earlier
			}
		}
		if err == nil && talk == "" {
			err = phonebank.Fail(phonebank.Stale, "This card is no longer yours. Press Ready for the next person.")
		}
		return err
	})
}

func (p *Panel) shiftHelp(w http.ResponseWriter, r *http.Request, me phonebank.User) error {
	on := r.PostFormValue("on") == "1"
	return p.press(w, r, me, func(s phonebank.Shift) error { return p.Switchboard.Help(r.Context(), s.ID, on) })
}

// shiftSeen says that this page is still open.
func (p *Panel) shiftSeen(w http.ResponseWriter, r *http.Request, me phonebank.User) error {
	s, err := p.Store.CurrentShift(r.Context(), me.ID)
	if err != nil && phonebank.KindOf(err) != phonebank.NotFound {
		return err
	}
	if err == nil {
		if err := p.Store.SeeShift(r.Context(), s.ID, p.Now()); err != nil {
			return err
		}
	}
	return answer(w, map[string]phonebank.ShiftState{"state": s.State})
}

// shiftLeave ends the shift.
func (p *Panel) shiftLeave(w http.ResponseWriter, r *http.Request, me phonebank.User) error {
	s, err := p.Store.CurrentShift(r.Context(), me.ID)
	if err == nil {
		err = p.Switchboard.Leave(r.Context(), s.ID)
	}
	if err == nil || phonebank.KindOf(err) == phonebank.NotFound {
		return to(w, r, "/shift/thanks")
	}
	page, pageErr := p.shiftPage(r.Context(), me)
	if pageErr != nil {
		return pageErr
	}
	p.again(w, r, me, err, "shift", page)
	return nil
}
