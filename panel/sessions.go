package panel

import (
	"net/http"
	"strconv"

	"github.com/gorilla/mux"

	"phonebank"
	"phonebank/people"
	"phonebank/script"
	"phonebank/store"
)

// sessionsPage lists the evenings.
type sessionsPage struct {
	Page
	Zone      string
	Sessions  []listed
	Campaigns []phonebank.Campaign
}

type listed struct {
	phonebank.Session
	Campaign string
}

func (p *Panel) sessions(w http.ResponseWriter, r *http.Request, me phonebank.User) error {
	page := &sessionsPage{Page: Page{Title: "Sessions", Nav: "sessions"}, Zone: p.houseZone(r)}
	var err error
	if page.Campaigns, err = p.Store.Campaigns(r.Context()); err != nil {
		return err
	}
	names := map[phonebank.CampaignID]string{}
	for _, c := range page.Campaigns {
		names[c.ID] = c.Name
	}
	all, err := p.Store.Sessions(r.Context())
	if err != nil {
		return err
	}
	for _, s := range all {
		page.Sessions = append(page.Sessions, listed{s, names[s.CampaignID]})
	}
	p.show(w, r, me, http.StatusOK, "sessions", page)
	return nil
}

// sessionForm is a session as it is being written.
type sessionForm struct {
	Page
	Campaign  phonebank.Campaign
	Campaigns []phonebank.Campaign
	Asks      []script.Ask
	Name      string
	Ask       string
	Briefing  string
	AutoAdmit bool
	AutoCall  int
	Chosen    bool // an ask, or none on purpose
}

func (p *Panel) sessionNew(w http.ResponseWriter, r *http.Request, me phonebank.User) error {
	page, err := p.sessionForm(r, r.URL.Query().Get("campaign"))
	if err != nil {
		return err
	}
	p.show(w, r, me, http.StatusOK, "session-new", page)
	return nil
}

func (p *Panel) sessionForm(r *http.Request, campaign string) (*sessionForm, error) {
	page := &sessionForm{Page: Page{Title: "New session", Nav: "sessions"}}
	var err error
	if page.Campaigns, err = p.Store.Campaigns(r.Context()); err != nil {
		return nil, err
	}
	if len(page.Campaigns) == 0 {
		return nil, phonebank.Fail(phonebank.Conflict, "There is no campaign yet. Create one first, under “Campaigns”; then come back here.")
	}
	page.Campaign = page.Campaigns[0]
	for _, c := range page.Campaigns {
		if string(c.ID) == campaign {
			page.Campaign = c
		}
	}
	doc, err := p.liveScript(r.Context(), page.Campaign.ScriptID)
	if err != nil {
		return nil, phonebank.Because(err, phonebank.Conflict, "The script of %s is not live, so there is nothing to ask yet.", page.Campaign.Name)
	}
	page.Asks = doc.Asks
	return page, nil
}

// sessionCreate writes a session down and shows its join link, once. The form's nonce is the session's id, so a second press
// finds the same session.
func (p *Panel) sessionCreate(w http.ResponseWriter, r *http.Request, me phonebank.User) error {
	page, err := p.sessionForm(r, clean(r, "campaign", 26))
	if err != nil {
		return err
	}
	page.Name, page.Briefing, page.AutoAdmit = clean(r, "name", 120), clean(r, "briefing", 2000), r.PostFormValue("auto_admit") != ""
	page.Ask, page.Chosen = clean(r, "ask", 80), r.PostForm.Has("ask")
	page.AutoCall, _ = strconv.Atoi(clean(r, "auto_call", 4)) // no number: no automatic call
	s, token, err := p.addSession(r, me, page)
	if err != nil && phonebank.KindOf(err) == phonebank.Conflict && s.ID != "" {
		return to(w, r, "/sessions/"+string(s.ID))
	}
	if err != nil {
		p.again(w, r, me, err, "session-new", page)
		return nil
	}
	return p.showSession(w, r, me, s.ID, token)
}

func (p *Panel) addSession(r *http.Request, me phonebank.User, page *sessionForm) (s phonebank.Session, token string, err error) {
	nonce, at := r.PostFormValue("nonce"), p.Now()
	switch {
	case !phonebank.ValidID(nonce):
		return s, "", phonebank.Fail(phonebank.Stale, "This page is out of date. Here it is anew; what you typed is still there.")
	case page.Name == "":
		return s, "", phonebank.Fail(phonebank.Invalid, "Give the session a name that volunteers will recognise: “Tuesday heat calls”.")
	case !page.Chosen:
		return s, "", phonebank.Fail(phonebank.Invalid, "Choose what people are asked to do, or “No ask today”. Both are fine; it should be on purpose.")
	case page.AutoCall < 0 || page.AutoCall > 60:
		return s, "", phonebank.Fail(phonebank.Invalid, "A call can start by itself after 3 to 60 seconds, or never.")
	}
	if page.Ask != "" {
		known := false
		for _, a := range page.Asks {
			known = known || a.ID == page.Ask
		}
		if !known {
			return s, "", phonebank.Fail(phonebank.Invalid, "That ask is not in this campaign's script. Choose one of the list.")
		}
	}
	s = phonebank.Session{ID: phonebank.SessionID(nonce), CampaignID: page.Campaign.ID, Name: page.Name, State: phonebank.SessionPlanned, AskID: page.Ask,
		Briefing: page.Briefing, AutoAdmit: page.AutoAdmit, AutoCall: page.AutoCall, CreatedBy: me.ID, CreatedAt: at}
	if r.PostFormValue("open") != "" {
		s.State, s.OpenedAt = phonebank.SessionOpen, &at
	}
	token = phonebank.NewToken()
	if err = p.Store.AddSession(r.Context(), s, token); err == nil {
		p.Live.Publish("room")
	}
	return s, token, err
}

// sessionPage is one evening: its door, who is there, what it asks.
type sessionPage struct {
	Page
	Session  phonebank.Session
	Campaign phonebank.Campaign
	Host     string
	Ask      string
	Room     openRoom
	Link     string // shown once: only its hash is kept
	Zone     string
	Mine     bool // I have a shift here
	MyPhone  string
	Drafts   []store.Due
}

func (p *Panel) session(w http.ResponseWriter, r *http.Request, me phonebank.User) error {
	return p.showSession(w, r, me, sessionID(r), "")
}

func sessionID(r *http.Request) phonebank.SessionID {
	return phonebank.SessionID(mux.Vars(r)["id"])
}

// showSession shows a session, with its join link where that was made in this very request.
func (p *Panel) showSession(w http.ResponseWriter, r *http.Request, me phonebank.User, id phonebank.SessionID, token string) error {
	page, err := p.sessionPage(r, me, id)
	if err != nil {
		return err
	}
	if token != "" {
		page.Link = p.PublicURL + "/j/" + token
	}
	p.show(w, r, me, http.StatusOK, "session", page)
	return nil
}

func (p *Panel) sessionPage(r *http.Request, me phonebank.User, id phonebank.SessionID) (*sessionPage, error) {
	s, err := p.Store.Session(r.Context(), id)
	if err != nil {
		return nil, err
	}
	page := &sessionPage{Page: Page{Title: s.Name, Nav: "sessions"}, Session: s, MyPhone: me.Phone.Pretty()}
	if page.Campaign, err = p.Store.Campaign(r.Context(), s.CampaignID); err != nil {
		return nil, err
	}
	page.Zone = page.Campaign.Zone
	host, err := p.Store.User(r.Context(), s.CreatedBy)
	if err != nil {
		return nil, err
	}
	page.Host = host.Name
	if doc, err := p.liveScript(r.Context(), page.Campaign.ScriptID); err == nil {
		page.Ask = askWords(doc, s.AskID)
	}
	if page.Room, err = p.roomOf(r, s); err != nil {
		return nil, err
	}
	for _, h := range page.Room.Here {
		page.Mine = page.Mine || h.UserID == me.ID
	}
	return page, nil
}

func (p *Panel) pressSession(w http.ResponseWriter, r *http.Request, me phonebank.User, next string, do func(id phonebank.SessionID) error) error {
	id := sessionID(r)
	err := do(id)
	if err == nil {
		return to(w, r, next)
	}
	page, pageErr := p.sessionPage(r, me, id)
	if pageErr != nil {
		return pageErr
	}
	if typed := clean(r, "phone", 40); typed != "" {
		page.MyPhone = typed
	}
	p.again(w, r, me, err, "session", page)
	return nil
}

func (p *Panel) sessionOpen(w http.ResponseWriter, r *http.Request, me phonebank.User) error {
	return p.pressSession(w, r, me, "/sessions/"+string(sessionID(r)), func(id phonebank.SessionID) error {
		err := p.Store.OpenSession(r.Context(), id, p.Now())
		if err == nil {
			p.Live.Publish("room", "session:"+string(id))
		}
		return err
	})
}

// sessionEndAsk shows who is still here and what has not been sent, before a session ends for everybody.
func (p *Panel) sessionEndAsk(w http.ResponseWriter, r *http.Request, me phonebank.User) error {
	page, err := p.sessionPage(r, me, sessionID(r))
	if err != nil {
		return err
	}
	if page.Drafts, err = p.Store.UnsentDrafts(r.Context(), page.Session.ID); err != nil {
		return err
	}
	page.Title = "End " + page.Session.Name + "?"
	p.show(w, r, me, http.StatusOK, "session-end", page)
	return nil
}

func (p *Panel) sessionEnd(w http.ResponseWriter, r *http.Request, me phonebank.User) error {
	id := sessionID(r)
	here, err := p.Store.ShiftsHere(r.Context(), id)
	if err != nil {
		return err
	}
	return p.pressSession(w, r, me, "/sessions/"+string(id), func(id phonebank.SessionID) error {
		if err := p.Switchboard.EndSession(r.Context(), id, me.ID); err != nil {
			return err
		}
		for _, s := range here {
			p.Live.Publish("shift:" + string(s.ID))
		}
		return nil
	})
}

// sessionRenew makes a new join link and shows it, once; the old one leads nowhere from now on.
func (p *Panel) sessionRenew(w http.ResponseWriter, r *http.Request, me phonebank.User) error {
	s, err := p.Store.Session(r.Context(), sessionID(r))
	if err != nil {
		return err
	}
	if s.State == phonebank.SessionEnded {
		return phonebank.Fail(phonebank.Conflict, "This session is over, so it has no join link any more.")
	}
	token := phonebank.NewToken()
	if err := p.Store.RenewJoin(r.Context(), s.ID, token); err != nil {
		return err
	}
	return p.showSession(w, r, me, s.ID, token)
}

// sessionJoin lets a coordinator take calls too, on their own phone.
func (p *Panel) sessionJoin(w http.ResponseWriter, r *http.Request, me phonebank.User) error {
	return p.pressSession(w, r, me, "/shift", func(id phonebank.SessionID) error {
		number, err := people.VolunteerNumber(clean(r, "phone", 40))
		if err != nil {
			return err
		}
		s, err := p.Store.Session(r.Context(), id)
		if err != nil {
			return err
		}
		if err := p.Store.SetUserPhone(r.Context(), me.ID, number); err != nil {
			return err
		}
		shift, err := p.Switchboard.Join(r.Context(), s, me.ID)
		if err == nil && !shift.Admitted {
			err = p.Switchboard.Admit(r.Context(), shift.ID)
		}
		return err
	})
}
