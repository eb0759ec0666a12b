package panel

import (
	"context"
	"strings"
	"time"

	"phonebank"
	"phonebank/live"
	"phonebank/people"
	"phonebank/script"
	"phonebank/store"
)

type apiCampaign struct {
	apiItem
	Name      string           `json:"name"`
	Number    phonebank.Number `json:"number"`
	ScriptID  string           `json:"script_id"`
	Zone      string           `json:"zone"`
	CreatedAt time.Time        `json:"created_at"`
}

func showCampaign(c phonebank.Campaign) apiCampaign {
	return apiCampaign{apiItem: apiItem{string(c.ID)}, Name: c.Name, Number: c.Number, ScriptID: c.ScriptID, Zone: c.Zone, CreatedAt: c.CreatedAt.UTC()}
}

func (a *api) campaigns(ctx context.Context, want apiAsked) ([]apiCampaign, error) {
	list, err := a.Store.PageCampaigns(ctx, want.after, want.limit)
	return apiItems(list, showCampaign), err
}

func (a *api) campaign(ctx context.Context, c apiCall) (any, error) {
	return apiOne(ctx, c, a.Store.Campaign, showCampaign)
}

// addCampaign writes down a campaign with the number it calls from and a script that is live.
func (a *api) addCampaign(ctx context.Context, c apiCall) (any, error) {
	var in struct {
		Name     string `json:"name"`
		Number   string `json:"number"`
		ScriptID string `json:"script_id"`
		Zone     string `json:"zone"`
	}
	if err := c.read(&in, bodyLimit); err != nil {
		return nil, err
	}
	name := strings.TrimSpace(in.Name)
	if err := checkWords("name", name, true, 120); err != nil {
		return nil, err
	}
	number, _, err := people.ParseNumber(in.Number)
	if err != nil {
		return nil, err
	}
	if _, err := phonebank.Zone(in.Zone); err != nil {
		return nil, phonebank.Because(err, phonebank.Invalid, "“zone” is no time zone. Write it like America/New_York.")
	}
	if _, _, err := a.Store.LiveScript(ctx, in.ScriptID); err != nil {
		return nil, unknownID(err, "script_id")
	}
	at := a.Now()
	made := phonebank.Campaign{ID: phonebank.NewID[phonebank.CampaignID](at), Name: name, Number: number, ScriptID: in.ScriptID, Zone: in.Zone, CreatedAt: at}
	err = a.Store.InTx(ctx, func(tx *store.Tx) error {
		if err := tx.AddCampaign(ctx, made); err != nil {
			return err
		}
		return tx.Note(ctx, at, "campaign", string(made.ID), "add", store.By{User: c.user.ID})
	})
	if err != nil {
		return nil, err
	}
	a.Live.Publish(live.Room)
	return apiMade{value: showCampaign(made), at: "/api/v1/campaigns/" + string(made.ID)}, nil
}

// apiSession is one phone-bank evening. The join link is shown once, when the session is made: only its hash is kept.
type apiSession struct {
	apiItem
	CampaignID phonebank.CampaignID `json:"campaign_id"`
	Name       string               `json:"name"`
	State      string               `json:"state"`
	AskID      string               `json:"ask_id"`
	Briefing   string               `json:"briefing"`
	AutoAdmit  bool                 `json:"auto_admit"`
	AutoCall   int                  `json:"auto_call"`
	CreatedBy  phonebank.UserID     `json:"created_by"`
	CreatedAt  time.Time            `json:"created_at"`
	OpenedAt   *time.Time           `json:"opened_at"`
	EndedAt    *time.Time           `json:"ended_at"`
	JoinURL    string               `json:"join_url,omitempty"`
}

func showSession(s phonebank.Session) apiSession {
	return apiSession{
		apiItem: apiItem{string(s.ID)}, CampaignID: s.CampaignID, Name: s.Name, State: s.State, AskID: apiAsk(s.AskID), Briefing: s.Briefing,
		AutoAdmit: s.AutoAdmit, AutoCall: s.AutoCall, CreatedBy: s.CreatedBy, CreatedAt: s.CreatedAt.UTC(), OpenedAt: utcOrNull(s.OpenedAt), EndedAt: utcOrNull(s.EndedAt),
	}
}

func (a *api) sessions(ctx context.Context, want apiAsked) ([]apiSession, error) {
	list, err := a.Store.PageSessions(ctx, want.after, want.limit)
	return apiItems(list, showSession), err
}

func (a *api) session(ctx context.Context, c apiCall) (any, error) {
	return apiOne(ctx, c, a.Store.Session, showSession)
}

// addSession plans a session. Its link lets nobody in before it is opened.
func (a *api) addSession(ctx context.Context, c apiCall) (any, error) {
	var in struct {
		CampaignID phonebank.CampaignID `json:"campaign_id"`
		Name       string               `json:"name"`
		AskID      string               `json:"ask_id"`
		Briefing   string               `json:"briefing"`
		AutoAdmit  bool                 `json:"auto_admit"`
		AutoCall   int                  `json:"auto_call"`
	}
	if err := c.read(&in, bodyLimit); err != nil {
		return nil, err
	}
	name := strings.TrimSpace(in.Name)
	if err := checkWords("name", name, true, 120); err != nil {
		return nil, err
	}
	if err := checkWords("briefing", in.Briefing, false, 4000); err != nil {
		return nil, err
	}
	if in.AutoCall < 0 || in.AutoCall > 60 {
		return nil, phonebank.Fail(phonebank.Invalid, "“auto_call” is a number of seconds from 0 to 60; 0 means that the volunteer presses Call.")
	}
	campaign, err := a.Store.Campaign(ctx, in.CampaignID)
	if err != nil {
		return nil, unknownID(err, "campaign_id")
	}
	if err := a.checkAsk(ctx, campaign, in.AskID); err != nil {
		return nil, err
	}
	at, token := a.Now(), phonebank.NewToken()
	ask := in.AskID
	if ask == "" {
		ask = script.NoAsk // whoever names no ask here asks for nothing, and the API says so
	}
	made := phonebank.Session{
		ID: phonebank.NewID[phonebank.SessionID](at), CampaignID: campaign.ID, Name: name, State: phonebank.SessionPlanned, AskID: ask,
		Briefing: in.Briefing, AutoAdmit: in.AutoAdmit, AutoCall: in.AutoCall, CreatedBy: c.user.ID, CreatedAt: at,
	}
	err = a.Store.InTx(ctx, func(tx *store.Tx) error {
		if err := tx.AddSession(ctx, made, token); err != nil {
			return err
		}
		return tx.Note(ctx, at, "session", string(made.ID), "add", store.By{User: c.user.ID})
	})
	if err != nil {
		return nil, err
	}
	a.Live.Publish(live.Room)
	value := showSession(made)
	value.JoinURL = strings.TrimRight(a.PublicURL, "/") + "/j/" + token
	return apiMade{value: value, at: "/api/v1/sessions/" + string(made.ID)}, nil
}

// apiAsk is an ask as the API says it: nothing is asked where it is empty.
func apiAsk(id string) string {
	if id == script.NoAsk {
		return ""
	}
	return id
}

// checkAsk refuses an ask that the campaign's script does not have: a volunteer would stand before an empty step.
func (a *api) checkAsk(ctx context.Context, campaign phonebank.Campaign, id string) error {
	if id == "" {
		return nil
	}
	_, document, err := a.Store.LiveScript(ctx, campaign.ScriptID)
	if err != nil {
		return err
	}
	parsed, err := script.Parse(document)
	if err != nil {
		return err
	}
	if _, found := parsed.AskByID(id); !found {
		return phonebank.Fail(phonebank.Invalid, "“ask_id” names no ask of the campaign's script.")
	}
	return nil
}

// openSession lets volunteers in.
func (a *api) openSession(ctx context.Context, c apiCall) (any, error) {
	return a.turnSession(ctx, c, func(ctx context.Context, id phonebank.SessionID, user phonebank.UserID) error {
		at := a.Now()
		err := a.Store.InTx(ctx, func(tx *store.Tx) error {
			if err := tx.OpenSession(ctx, id, at); err != nil {
				return err
			}
			return tx.Note(ctx, at, "session", string(id), "open", store.By{User: user})
		})
		if err == nil {
			a.Live.Publish(live.Room, "session:"+string(id))
		}
		return err
	})
}

// endSession sends everybody home; their legs are dropped.
func (a *api) endSession(ctx context.Context, c apiCall) (any, error) {
	return a.turnSession(ctx, c, a.Switchboard.EndSession)
}

func (a *api) turnSession(ctx context.Context, c apiCall, turn func(context.Context, phonebank.SessionID, phonebank.UserID) error) (any, error) {
	id, err := c.id()
	if err != nil {
		return nil, err
	}
	if _, err := a.Store.Session(ctx, phonebank.SessionID(id)); err != nil {
		return nil, err
	}
	if err := turn(ctx, phonebank.SessionID(id), c.user.ID); err != nil {
		return nil, err
	}
	return a.session(ctx, c)
}
