package panel

import (
	"net/http"

	"github.com/gorilla/mux"

	"phonebank"
	"phonebank/live"
	"phonebank/people"
)

// joinPage is the door of a session.
type joinPage struct {
	Page
	Token    string
	Session  phonebank.Session
	Campaign phonebank.Campaign
	Host     string
	Ask      string
	Purpose  string
	Known    bool // this browser is somebody's already
	SignedUp bool // they have said that they will come
	Name     string
	Phone    string
	Spoken   string
}

// join shows what somebody is invited to. It changes nothing, whoever opens the link.
func (p *Panel) join(w http.ResponseWriter, r *http.Request, me phonebank.User) error {
	page, err := p.joinPage(r, me)
	if err != nil {
		return err
	}
	page.Name, page.Phone, page.Spoken = me.Name, me.Phone.Pretty(), me.Languages
	if me.Phone == "" && p.DemoPhone != "" {
		page.Phone = p.DemoPhone.Pretty()
	}
	p.show(w, r, me, http.StatusOK, "join", page)
	return nil
}

func (p *Panel) joinPage(r *http.Request, me phonebank.User) (*joinPage, error) {
	token := mux.Vars(r)["token"]
	if !p.tries.open(address(r), p.Now()) {
		return nil, errTooMany
	}
	s, err := p.Store.SessionByJoin(r.Context(), token)
	if phonebank.KindOf(err) == phonebank.NotFound && err != nil {
		p.tries.take(address(r), p.Now())
		return nil, phonebank.Because(err, phonebank.NotFound, "This link doesn't lead anywhere any more. The host may have made a new one: ask whoever invited you.")
	}
	if err != nil {
		return nil, err
	}
	page := &joinPage{Page: Page{Title: lang(r).Say("Join %s", s.Name)}, Token: token, Session: s, Known: me.ID != ""}
	if page.Campaign, err = p.Store.Campaign(r.Context(), s.CampaignID); err != nil {
		return nil, err
	}
	if s.State == phonebank.SessionPlanned && me.ID != "" {
		if page.SignedUp, err = p.Store.SignedUp(r.Context(), s.ID, me.ID); err != nil {
			return nil, err
		}
	}
	host, err := p.Store.User(r.Context(), s.CreatedBy)
	if err != nil {
		return nil, err
	}
	page.Host = host.SaidName()
	if doc, err := p.liveScript(r.Context(), scriptOf(s, page.Campaign)); err == nil {
		page.Purpose, page.Ask = doc.Purpose.In(string(lang(r))), askIn(lang(r), doc, s.AskID)
	}
	return page, nil
}

// joined lets somebody in, or notes that they will come to a session that has not begun: the same browser is the same volunteer.
func (p *Panel) joined(w http.ResponseWriter, r *http.Request, me phonebank.User) error {
	page, err := p.joinPage(r, me)
	if err != nil {
		return err
	}
	page.Name, page.Phone, page.Spoken = clean(r, "name", 80), clean(r, "phone", 40), clean(r, "languages", 120)
	if err := p.letIn(w, r, me, page); err != nil {
		p.again(w, r, me, err, "join", page)
		return nil
	}
	if page.Session.State == phonebank.SessionPlanned {
		return to(w, r, "/j/"+page.Token)
	}
	return to(w, r, "/shift")
}

func (p *Panel) letIn(w http.ResponseWriter, r *http.Request, me phonebank.User, page *joinPage) error {
	at := p.Now()
	if !p.joins.take(address(r), at) {
		return errTooMany
	}
	if page.Name == "" {
		return phonebank.Fail(phonebank.Invalid, "Tell us your first name: it is how you say hello on the phone.")
	}
	number, err := people.VolunteerNumber(page.Phone)
	if err != nil {
		return err
	}
	if page.Session.State == phonebank.SessionEnded {
		_, err := p.Switchboard.Join(r.Context(), page.Session, me.ID)
		return err // says in words why not
	}
	switch {
	case me.ID == "":
		me = phonebank.User{ID: phonebank.NewID[phonebank.UserID](at), Name: page.Name, Role: phonebank.Volunteer, Phone: number, Languages: page.Spoken, CreatedAt: at}
		if err := p.Store.AddUser(r.Context(), me); err != nil {
			return err
		}
		if err := p.remember(w, r, me.ID); err != nil {
			return err
		}
	case coordinator.lets(me):
		if err := p.Store.SetUserPhone(r.Context(), me.ID, number); err != nil {
			return err
		}
	default:
		if err := p.Store.SetContact(r.Context(), me.ID, page.Name, number, page.Spoken); err != nil {
			return err
		}
	}
	if page.Session.State == phonebank.SessionPlanned {
		err := p.Store.SignUp(r.Context(), page.Session.ID, me.ID, at)
		if err == nil {
			p.Live.Publish(live.Room)
		}
		return err
	}
	_, err = p.Switchboard.Join(r.Context(), page.Session, me.ID)
	return err
}
