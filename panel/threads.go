package panel

import (
	"net/http"

	"phonebank"
	"phonebank/people"
)

// threadPage is what came from a number that nobody knows yet.
type threadPage struct {
	Page
	Phone     phonebank.Phone
	Thread    []bubble
	HoldWords string
	Zone      string
	Campaigns []phonebank.Campaign
	Name      string
	RuleWhy   string
	Claim     claimNote
}

func (p *Panel) thread(w http.ResponseWriter, r *http.Request, me phonebank.User) error {
	page, err := p.threadPage(r, me)
	if err != nil {
		return err
	}
	known, err := p.Store.PeopleOn(r.Context(), page.Phone.ID)
	if err != nil {
		return err
	}
	if len(known) > 0 {
		return to(w, r, "/people/"+string(known[0].ID))
	}
	p.show(w, r, me, http.StatusOK, "thread", page)
	return nil
}

// threadPage reads what came from a number: for who coordinates, and for whoever said that they answer it.
func (p *Panel) threadPage(r *http.Request, me phonebank.User) (*threadPage, error) {
	phone, err := p.Store.Phone(r.Context(), phoneID(r))
	if err != nil {
		return nil, err
	}
	claim, err := p.Store.ClaimOn(r.Context(), phone.ID, p.Now())
	if err != nil {
		return nil, err
	}
	boss := coordinator.lets(me)
	if !boss && claim.UserID != me.ID {
		return nil, notThere()
	}
	page := &threadPage{Page: Page{Title: numberFor(boss, phone.Number), Nav: "inbox"}, Phone: phone, Claim: claimNote{claim, claim.UserID == me.ID}, Zone: phonebank.ZonesOf("", "", phone.Zones)}
	if page.Thread, err = p.bubbles(r, phone.ID); err != nil {
		return nil, err
	}
	if page.HoldWords, err = p.Store.HoldWords(r.Context(), phone.ID); err != nil {
		return nil, err
	}
	page.Campaigns, err = p.Store.Campaigns(r.Context())
	return page, err
}

func (p *Panel) pressThread(w http.ResponseWriter, r *http.Request, me phonebank.User, do func(page *threadPage) (string, error)) error {
	page, err := p.threadPage(r, me)
	if err != nil && phonebank.KindOf(err) == phonebank.NotFound {
		return p.claimOver(w, r, me, phoneID(r), p.calledBy(r, phoneID(r)), err)
	}
	if err != nil {
		return err
	}
	next, err := do(page)
	if err == nil {
		return to(w, r, next)
	}
	page.Name, page.RuleWhy = clean(r, "name", 120), clean(r, "why", 400)
	p.again(w, r, me, err, "thread", page)
	return nil
}

// threadPerson gives an unknown number its person. They can be answered before anybody knows what they are called.
func (p *Panel) threadPerson(w http.ResponseWriter, r *http.Request, me phonebank.User) error {
	return p.pressThread(w, r, me, func(page *threadPage) (string, error) {
		name := clean(r, "name", 120)
		if last := string(page.Phone.Number); name == "" {
			name = phonebank.UnknownCaller + last[max(0, len(last)-4):]
		}
		one, err := p.Roster.AddByHand(r.Context(), people.One{Name: name, Phone: string(page.Phone.Number), Campaign: phonebank.CampaignID(clean(r, "campaign", 26)), By: me.ID, Owner: me.ID})
		return "/people/" + string(one.ID), err
	})
}

func (p *Panel) threadAnswered(w http.ResponseWriter, r *http.Request, me phonebank.User) error {
	return p.pressThread(w, r, me, func(page *threadPage) (string, error) {
		return "/inbox", p.Desk.NoAnswerNeeded(r.Context(), page.Phone.ID, me.ID)
	})
}

func (p *Panel) threadRule(w http.ResponseWriter, r *http.Request, me phonebank.User) error {
	return p.pressThread(w, r, me, func(page *threadPage) (string, error) { return "/inbox", p.rule(r, me, page.Phone.ID) })
}
