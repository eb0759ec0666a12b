package panel

import (
	"net/http"
	"time"

	"github.com/gorilla/mux"

	"phonebank"
	"phonebank/live"
	"phonebank/store"
)

// unsurePage is what nobody knows the outcome of: a person looks, and decides. A volunteer sees what is theirs.
type unsurePage struct {
	Page
	Zone    string
	Texts   []unsureText
	Calls   []store.UnsureCall
	Decided []unsureText
}

// unsureText is one text with where it is shown.
type unsureText struct {
	store.UnsureText
	Arrived bool // a report came for it after somebody had decided
	Again   bool // it was sent again
}

// decidedShown is how long a decision stays in sight, with what came of it.
const decidedShown = 7 * 24 * time.Hour

func (p *Panel) unsure(w http.ResponseWriter, r *http.Request, me phonebank.User) error {
	page, err := p.unsurePage(r, me)
	if err != nil {
		return err
	}
	p.show(w, r, me, http.StatusOK, "unsure", page)
	return nil
}

// theirs limits a list to what is somebody's own; a coordinator sees everybody's.
func theirs(me phonebank.User) phonebank.UserID {
	if coordinator.lets(me) {
		return ""
	}
	return me.ID
}

func (p *Panel) unsurePage(r *http.Request, me phonebank.User) (*unsurePage, error) {
	ctx, of := r.Context(), theirs(me)
	nav := "me"
	if of == "" {
		nav = "room"
	}
	page := &unsurePage{Page: Page{Title: lang(r).Say("Did it go?"), Nav: nav}, Zone: p.houseZone(r)}
	texts, err := p.Store.UnsureTexts(ctx, of)
	if err != nil {
		return nil, err
	}
	page.Texts = unsureTexts(texts)
	if page.Calls, err = p.Store.UnsureCalls(ctx, of, p.Now()); err != nil {
		return nil, err
	}
	decided, err := p.Store.DecidedTexts(ctx, of, p.Now().Add(-decidedShown))
	if err != nil {
		return nil, err
	}
	page.Decided = unsureTexts(decided)
	return page, nil
}

func unsureTexts(list []store.UnsureText) (out []unsureText) {
	for _, t := range list {
		out = append(out, unsureText{UnsureText: t, Arrived: t.State == phonebank.OutboxAccepted, Again: t.Why == phonebank.SentAgain})
	}
	return out
}

// pressUnsure runs one decision, and says on the page what came of it.
func (p *Panel) pressUnsure(w http.ResponseWriter, r *http.Request, me phonebank.User, do func() error) error {
	if !phonebank.ValidID(mux.Vars(r)["id"]) {
		return notThere()
	}
	err := do()
	if err == nil {
		p.Live.Publish(live.Room, "user:"+string(me.ID))
		return to(w, r, "/unsure")
	}
	page, pageErr := p.unsurePage(r, me)
	if pageErr != nil {
		return pageErr
	}
	if t, readErr := p.Store.UnsureText(r.Context(), theirs(me), phonebank.OutboxID(mux.Vars(r)["id"])); readErr == nil && t.State == phonebank.OutboxAccepted && phonebank.KindOf(err) == phonebank.Conflict {
		page.Notice = tell(lang(r), err).Detail // it did arrive: that is good news, and nothing failed
		p.show(w, r, me, http.StatusConflict, "unsure", page)
		return nil
	}
	p.again(w, r, me, err, "unsure", page)
	return nil
}

// textAgain sends a text once more whose outcome nobody knows: a person says so.
func (p *Panel) textAgain(w http.ResponseWriter, r *http.Request, me phonebank.User) error {
	return p.pressUnsure(w, r, me, func() error {
		t, err := p.Store.UnsureText(r.Context(), theirs(me), phonebank.OutboxID(mux.Vars(r)["id"]))
		if err != nil {
			return err
		}
		return p.Desk.SendAgain(r.Context(), t.ID, me)
	})
}

// textLeave closes a text whose outcome nobody knows: a person has decided.
func (p *Panel) textLeave(w http.ResponseWriter, r *http.Request, me phonebank.User) error {
	return p.pressUnsure(w, r, me, func() error {
		t, err := p.Store.UnsureText(r.Context(), theirs(me), phonebank.OutboxID(mux.Vars(r)["id"]))
		if err != nil {
			return err
		}
		return p.Desk.Leave(r.Context(), t.ID, me.ID)
	})
}

// callLeave takes a call off the list whose outcome nobody knows. Nobody is rung again by itself.
func (p *Panel) callLeave(w http.ResponseWriter, r *http.Request, me phonebank.User) error {
	return p.pressUnsure(w, r, me, func() error {
		return p.Store.LeaveCall(r.Context(), theirs(me), phonebank.CallID(mux.Vars(r)["id"]), me.ID, p.Now())
	})
}

// unsureNeeds is what a coordinator's board says of it: one line, since the page has the rest.
func (p *Panel) unsureNeeds(r *http.Request) ([]need, error) {
	l := lang(r)
	texts, err := p.Store.UnsureTexts(r.Context(), "")
	if err != nil {
		return nil, err
	}
	calls, err := p.Store.UnsureCalls(r.Context(), "", p.Now())
	if err != nil {
		return nil, err
	}
	var list []need
	for _, t := range texts {
		list = append(list, need{Kind: "unsure", Label: l.Say("Did it go?"), Tone: "slow", Since: t.ClaimedAt, Title: nameOr(l, t.Person, t.Number), ID: string(t.ID), Link: "/unsure#" + string(t.ID),
			Words: l.Say("Nobody knows whether this text arrived: “%s”. Send it again, or leave it.", short(t.Body, 80))})
	}
	for _, c := range calls {
		list = append(list, need{Kind: "unsure", Label: l.Say("Did it go?"), Tone: "slow", Since: c.PlacedAt, Title: nameOr(l, c.Person, c.Number), ID: string(c.ID), Link: "/unsure#" + string(c.ID),
			Words: l.Say("Nobody knows whether their phone rang. We don't ring again by ourselves.")})
	}
	return list, nil
}
