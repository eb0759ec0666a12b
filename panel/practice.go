package panel

import (
	"context"
	"encoding/json"
	"net/http"
	"net/url"
	"strconv"

	"phonebank"
	"phonebank/script"
)

// practicePage is the shell of a practice talk: the real panel, with a partner in the page instead of a line.
type practicePage struct {
	Page
	StateURL string
}

// practiceState is everything that a practice talk needs. It is read once; after that nothing goes back or forth, and
// nothing of it is ever written down.
type practiceState struct {
	Script    json.RawMessage `json:"script"`
	Library   json.RawMessage `json:"library"`
	Personas  json.RawMessage `json:"personas"`
	Live      bool            `json:"live"` // of the script: a coordinator may try a draft
	Ask       string          `json:"ask"`
	Persona   string          `json:"persona"`
	Volunteer talkVolunteer   `json:"volunteer"`
	Org       string          `json:"org"`
	Home      string          `json:"home"`
}

// starterScript is practised where there is no session whose script it could be.
const starterScript = "heat-recruitment"

func (p *Panel) practice(w http.ResponseWriter, r *http.Request, me phonebank.User) error {
	if _, _, err := p.practiceScript(r, me); err != nil {
		return err
	}
	w.Header().Set("Content-Security-Policy", framed) // the script editor shows it beside the form
	address := url.URL{Path: "/practice/state", RawQuery: r.URL.RawQuery}
	p.show(w, r, me, http.StatusOK, "practice", &practicePage{Page: Page{Title: lang(r).Say("Practice")}, StateURL: address.String()})
	return nil
}

func (p *Panel) practiceState(w http.ResponseWriter, r *http.Request, me phonebank.User) error {
	doc, state, err := p.practiceScript(r, me)
	if err != nil {
		return err
	}
	library, err := script.SharedLibrary()
	if err != nil {
		return err
	}
	partners, err := script.Partners()
	if err != nil {
		return err
	}
	if _, known := partners.Person(r.URL.Query().Get("persona")); known {
		state.Persona = r.URL.Query().Get("persona")
	}
	state.Volunteer = talkVolunteer{Name: me.SaidName(), Place: me.Place, Stake: me.Stake}
	state.Org, state.Home = p.Org, "/shift"
	if state.Script, err = doc.JSON(); err != nil {
		return err
	}
	if state.Library, err = library.JSON(); err != nil {
		return err
	}
	if state.Personas, err = partners.JSON(); err != nil {
		return err
	}
	return answer(w, state)
}

// practiceScript finds what is to be practised: what the address asks for, else the script of the volunteer's session. A
// volunteer practises what is live; a coordinator may try a draft, or look back at a version that was retired.
func (p *Panel) practiceScript(r *http.Request, me phonebank.User) (*script.Script, *practiceState, error) {
	ctx, state := r.Context(), &practiceState{Live: true}
	id, version := r.URL.Query().Get("script"), 0
	if asked := r.URL.Query().Get("version"); asked != "" {
		var err error
		if version, err = strconv.Atoi(asked); err != nil || version < 1 {
			return nil, nil, phonebank.Fail(phonebank.NotFound, "There is no such version of this script.")
		}
	}
	if id == "" {
		var err error
		if id, state.Ask, err = p.mySessionScript(ctx, me); err != nil {
			return nil, nil, err
		}
		version = 0
	}
	live, raw, err := p.Store.LiveScript(ctx, id)
	switch {
	case err != nil && phonebank.KindOf(err) != phonebank.NotFound:
		return nil, nil, err
	case err != nil && version == 0:
		doc, err := script.Starter(id)
		if err != nil || id != starterScript {
			return nil, nil, phonebank.Fail(phonebank.NotFound, "This script is not live, so there is nothing to practice. Ask your host which one is.")
		}
		return doc, state, nil
	case err != nil || version != 0 && version != live:
		if !coordinator.lets(me) {
			return nil, nil, phonebank.Fail(phonebank.Forbidden, "This version is not live. You can practice the one that is used in talks.")
		}
		state.Live = false
		if raw, err = p.Store.Script(ctx, id, version); err != nil {
			return nil, nil, err
		}
	}
	doc, err := script.Parse(raw)
	if err != nil {
		return nil, nil, phonebank.Because(err, phonebank.Invalid, "This draft cannot be practiced yet: something in it is missing or misspelled. Mend what the editor lists first.")
	}
	return doc, state, nil
}

// mySessionScript is the script of the session that somebody is in, and what it asks; else the starter.
func (p *Panel) mySessionScript(ctx context.Context, me phonebank.User) (id, ask string, err error) {
	shift, err := p.Store.CurrentShift(ctx, me.ID)
	if phonebank.KindOf(err) == phonebank.NotFound && err != nil {
		return starterScript, "", nil
	}
	if err != nil {
		return "", "", err
	}
	session, err := p.Store.Session(ctx, shift.SessionID)
	if err != nil {
		return "", "", err
	}
	campaign, err := p.Store.Campaign(ctx, session.CampaignID)
	return scriptOf(session, campaign), session.AskID, err
}
