package panel

import (
	"net/http"
	"slices"
	"strconv"
	"strings"

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
	page := &sessionsPage{Page: Page{Title: lang(r).Say("Sessions"), Nav: "sessions"}, Zone: p.houseZone(r)}
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
	ID        phonebank.SessionID // empty: a new one
	Open      bool                // it is open already, so its ask stays settled
	Campaign  phonebank.Campaign
	Campaigns []phonebank.Campaign
	Scripts   []scriptChoice
	Name      string
	When      string
	Script    string
	Ask       string // of that script; script.NoAsk: nothing on purpose; empty: not decided yet
	Goal      string
	Briefing  string
	Roles     string
	AutoAdmit bool
	AutoCall  int
}

// scriptChoice is one live script with what it can ask people to do.
type scriptChoice struct {
	ID, Title, Kind string
	Asks            []askWay
}

func (p *Panel) sessionNew(w http.ResponseWriter, r *http.Request, me phonebank.User) error {
	page, err := p.sessionForm(r, r.URL.Query().Get("campaign"))
	if err != nil {
		return err
	}
	p.show(w, r, me, http.StatusOK, "session-form", page)
	return nil
}

func (p *Panel) sessionForm(r *http.Request, campaign string) (*sessionForm, error) {
	page := &sessionForm{Page: Page{Title: lang(r).Say("New session"), Nav: "sessions"}}
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
	page.Script = page.Campaign.ScriptID
	return page, p.readScripts(r, page)
}

// readScripts lists the live scripts, the campaign's own first, each with its asks.
func (p *Panel) readScripts(r *http.Request, page *sessionForm) error {
	live, err := p.Store.LiveScriptsByKind(r.Context())
	if err != nil {
		return err
	}
	l := string(lang(r))
	for _, one := range live {
		s, err := script.Parse(one.Document)
		if err != nil {
			return err
		}
		c := scriptChoice{ID: s.ID, Title: s.Title.In(l), Kind: lang(r).Say(kindNames[s.Kind])}
		for _, a := range s.Asks {
			c.Asks = append(c.Asks, askWay{ID: a.ID, Label: askOn(lang(r), s, a.ID, page.Campaign.Zone, p.Now())})
		}
		if s.ID == page.Campaign.ScriptID {
			page.Scripts = append([]scriptChoice{c}, page.Scripts...)
		} else {
			page.Scripts = append(page.Scripts, c)
		}
	}
	if len(page.Scripts) == 0 {
		return phonebank.Fail(phonebank.Conflict, "The script of %s is not live, so there is nothing to ask yet.", page.Campaign.Name)
	}
	return nil
}

// typed takes what somebody has written into the form.
func (f *sessionForm) typed(r *http.Request) {
	f.Name, f.When, f.Goal = clean(r, "name", 120), clean(r, "when", 120), clean(r, "goal", 300)
	f.Briefing, f.Roles, f.AutoAdmit = clean(r, "briefing", 2000), clean(r, "roles", 1000), r.PostFormValue("auto_admit") != ""
	f.Script = clean(r, "script", 60)
	if f.Script == "" {
		f.Script = f.Campaign.ScriptID
	}
	f.Ask = clean(r, "ask-"+f.Script, 80)
	f.AutoCall, _ = strconv.Atoi(clean(r, "auto_call", 4)) // no number: no automatic call
}

// check refuses what a session cannot be, with what to do about it.
func (f *sessionForm) check(open bool) error {
	switch {
	case f.Name == "":
		return phonebank.Fail(phonebank.Invalid, "Give the session a name that volunteers will recognise: “Tuesday heat calls”.")
	case f.AutoCall < 0 || f.AutoCall > 60:
		return phonebank.Fail(phonebank.Invalid, "A call can start by itself after 3 to 60 seconds, or never.")
	case open && f.Ask == "":
		return phonebank.Fail(phonebank.Invalid, "Choose what people are asked to do, or “No ask today”. Both are fine; it should be on purpose.")
	}
	for _, c := range f.Scripts {
		if c.ID != f.Script {
			continue
		}
		if f.Ask == "" || f.Ask == script.NoAsk || slices.ContainsFunc(c.Asks, func(a askWay) bool { return a.ID == f.Ask }) {
			return nil
		}
		return phonebank.Fail(phonebank.Invalid, "That ask is not in this script. Choose one of the list.")
	}
	return phonebank.Fail(phonebank.Invalid, "This script isn't live any more. Choose another one.")
}

// into writes the form into a session. The campaign's own script is not named, so that a session follows it.
func (f *sessionForm) into(s phonebank.Session) phonebank.Session {
	s.Name, s.When, s.AskID, s.Goal, s.Briefing, s.Roles, s.AutoAdmit, s.AutoCall = f.Name, f.When, f.Ask, f.Goal, f.Briefing, f.Roles, f.AutoAdmit, f.AutoCall
	s.ScriptID = f.Script
	if f.Script == f.Campaign.ScriptID {
		s.ScriptID = ""
	}
	return s
}

// sessionCreate writes a session down and shows its join link, once. The form's nonce is the session's id, so a second press
// finds the same session.
func (p *Panel) sessionCreate(w http.ResponseWriter, r *http.Request, me phonebank.User) error {
	page, err := p.sessionForm(r, clean(r, "campaign", 26))
	if err != nil {
		return err
	}
	page.typed(r)
	s, token, err := p.addSession(r, me, page)
	if err != nil && phonebank.KindOf(err) == phonebank.Conflict && s.ID != "" {
		return to(w, r, "/sessions/"+string(s.ID))
	}
	if err != nil {
		p.again(w, r, me, err, "session-form", page)
		return nil
	}
	return p.showSession(w, r, me, s.ID, token)
}

func (p *Panel) addSession(r *http.Request, me phonebank.User, page *sessionForm) (s phonebank.Session, token string, err error) {
	nonce, at, open := r.PostFormValue("nonce"), p.Now(), r.PostFormValue("open") != ""
	if !phonebank.ValidID(nonce) {
		return s, "", phonebank.Fail(phonebank.Stale, "This page is out of date. Here it is anew; what you typed is still there.")
	}
	if err := page.check(open); err != nil {
		return s, "", err
	}
	s = page.into(phonebank.Session{ID: phonebank.SessionID(nonce), CampaignID: page.Campaign.ID, State: phonebank.SessionPlanned, CreatedBy: me.ID, CreatedAt: at})
	if open {
		s.State, s.OpenedAt = phonebank.SessionOpen, &at
	}
	token = phonebank.NewToken()
	if err = p.Store.AddSession(r.Context(), s, token); err == nil {
		p.Live.Publish("room")
	}
	return s, token, err
}

// sessionEditForm shows a session as it may be changed.
func (p *Panel) sessionEditForm(w http.ResponseWriter, r *http.Request, me phonebank.User) error {
	page, _, err := p.sessionEdited(r)
	if err != nil {
		return err
	}
	p.show(w, r, me, http.StatusOK, "session-form", page)
	return nil
}

func (p *Panel) sessionEdited(r *http.Request) (*sessionForm, phonebank.Session, error) {
	s, err := p.Store.Session(r.Context(), sessionID(r))
	if err != nil {
		return nil, s, err
	}
	page, err := p.sessionForm(r, string(s.CampaignID))
	if err != nil {
		return nil, s, err
	}
	page.Title, page.ID, page.Open = lang(r).Say("Change %s", s.Name), s.ID, s.State == phonebank.SessionOpen
	page.Name, page.When, page.Ask, page.Goal, page.Briefing, page.Roles, page.AutoAdmit, page.AutoCall = s.Name, s.When, s.AskID, s.Goal, s.Briefing, s.Roles, s.AutoAdmit, s.AutoCall
	page.Script = scriptOf(s, page.Campaign)
	return page, s, nil
}

// sessionEdit stores what was changed. Talks that have begun keep what they began with; the next ones follow.
func (p *Panel) sessionEdit(w http.ResponseWriter, r *http.Request, me phonebank.User) error {
	page, s, err := p.sessionEdited(r)
	if err != nil {
		return err
	}
	page.typed(r)
	if err = page.check(page.Open); err == nil {
		err = p.Store.EditSession(r.Context(), page.into(s))
	}
	if err != nil {
		p.again(w, r, me, err, "session-form", page)
		return nil
	}
	here, err := p.Store.ShiftsHere(r.Context(), s.ID)
	if err != nil {
		return err
	}
	for _, shift := range here {
		p.Live.Publish("shift:" + string(shift.ID))
	}
	p.Live.Publish("room", "session:"+string(s.ID))
	return to(w, r, "/sessions/"+string(s.ID))
}

// lines splits what is written one a line.
func lines(s string) (list []string) {
	for line := range strings.Lines(s) {
		if line = strings.TrimSpace(line); line != "" {
			list = append(list, line)
		}
	}
	return list
}

// sessionPage is one evening: its door, who is there, what it asks.
type sessionPage struct {
	Page
	Session   phonebank.Session
	Campaign  phonebank.Campaign
	Host      string
	Script    string
	Ask       string
	Undecided bool // nobody has chosen an ask, nor none
	Roles     []string
	Room      openRoom
	Link      string // shown once: only its hash is kept
	Zone      string
	Mine      bool // I have a shift here
	MyPhone   string
	Drafts    []store.Due
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
	page.Undecided, page.Roles = s.AskID == "", lines(s.Roles)
	if doc, err := p.liveScript(r.Context(), scriptOf(s, page.Campaign)); err == nil {
		page.Script, page.Ask = doc.Title.In(string(lang(r))), askIn(lang(r), doc, s.AskID)
	}
	if page.Room, err = p.roomOf(r, s); err != nil {
		return nil, err
	}
	for _, h := range page.Room.Here {
		page.Mine = page.Mine || h.UserID == me.ID
	}
	return page, nil
}

// noSpeaker says in words who on a session's list waits for somebody who speaks with them.
func (p *Panel) noSpeaker(r *http.Request, id phonebank.SessionID) (string, error) {
	spanish, other, err := p.Store.NoSpeaker(r.Context(), id)
	switch {
	case err != nil || spanish+other == 0:
		return "", err
	case other == 0:
		return lang(r).Count(spanish, "person on the list prefers Spanish, and nobody here speaks it.", "people on the list prefer Spanish, and nobody here speaks it."), nil
	}
	return lang(r).Count(spanish+other, "person on the list speaks no English, and nobody here speaks with them.", "people on the list speak no English, and nobody here speaks with them."), nil
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
	page.Title = lang(r).Say("End %s?", page.Session.Name)
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
