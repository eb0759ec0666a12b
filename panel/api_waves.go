package panel

import (
	"context"
	"strings"
	"time"

	"phonebank"
	"phonebank/followup"
	"phonebank/store"
)

// apiWave is a round of calls or texts. Taken is told once, when callbacks were brought to a session: how many of the chosen
// ones it holds.
type apiWave struct {
	apiItem
	CampaignID  phonebank.CampaignID `json:"campaign_id"`
	SessionID   *string              `json:"session_id"`
	Name        string               `json:"name"`
	Kind        phonebank.Channel    `json:"kind"`
	Reason      phonebank.Reason     `json:"reason"`
	State       phonebank.WaveState  `json:"state"`
	Gathered    bool                 `json:"gathered"`
	Filter      phonebank.WaveFilter `json:"filter"`
	Body        string               `json:"body"`
	BodyES      string               `json:"body_es"`
	HeadsUp     string               `json:"heads_up"`
	HeadsUpES   string               `json:"heads_up_es"`
	StartsLocal string               `json:"starts_local"`
	Zone        string               `json:"zone"`
	StartsAt    *time.Time           `json:"starts_at"`
	PausedAt    *time.Time           `json:"paused_at"`
	Found       int                  `json:"found"`
	Size        int                  `json:"size"`
	Filled      int                  `json:"filled"`
	LeftOut     phonebank.LeftOut    `json:"left_out"`
	Why         string               `json:"why"`
	CreatedBy   phonebank.UserID     `json:"created_by"`
	CreatedAt   time.Time            `json:"created_at"`
	LaunchedAt  *time.Time           `json:"launched_at"`
	DoneAt      *time.Time           `json:"done_at"`
	Taken       *int64               `json:"taken,omitempty"`
}

func showWave(w phonebank.Wave) apiWave {
	if w.LeftOut == nil {
		w.LeftOut = phonebank.LeftOut{}
	}
	return apiWave{
		apiItem: apiItem{string(w.ID)}, CampaignID: w.CampaignID, SessionID: idOrNull(w.SessionID), Name: w.Name, Kind: w.Channel, Reason: w.Reason, State: w.State,
		Gathered: w.Gathered, Filter: w.Filter, Body: w.Body, BodyES: w.BodyES, HeadsUp: w.HeadsUp, HeadsUpES: w.HeadsUpES, StartsLocal: w.Local, Zone: w.Zone,
		StartsAt: utcOrNull(w.StartsAt), PausedAt: utcOrNull(w.PausedAt), Found: w.Found, Size: w.Size, Filled: w.Filled, LeftOut: w.LeftOut, Why: w.Why,
		CreatedBy: w.CreatedBy, CreatedAt: w.CreatedAt.UTC(), LaunchedAt: utcOrNull(w.LaunchedAt), DoneAt: utcOrNull(w.DoneAt),
	}
}

func (a *api) waves(ctx context.Context, want apiAsked) ([]apiWave, error) {
	list, err := a.Store.PageWaves(ctx, want.after, want.limit)
	return apiItems(list, showWave), err
}

func (a *api) wave(ctx context.Context, c apiCall) (any, error) {
	return apiOne(ctx, c, a.Store.Wave, showWave)
}

// apiPlan is a wave as another program asks for it: planned from what talks found, or callbacks brought to a session.
type apiPlan struct {
	Name        string                  `json:"name"`
	SessionID   phonebank.SessionID     `json:"session_id"`
	FollowUpIDs *[]phonebank.FollowUpID `json:"follow_up_ids"`
	CampaignID  phonebank.CampaignID    `json:"campaign_id"`
	Kind        phonebank.Channel       `json:"kind"`
	Reason      phonebank.Reason        `json:"reason"`
	Filter      phonebank.WaveFilter    `json:"filter"`
	Body        string                  `json:"body"`
	BodyES      string                  `json:"body_es"`
	HeadsUp     string                  `json:"heads_up"`
	HeadsUpES   string                  `json:"heads_up_es"`
	StartsLocal string                  `json:"starts_local"`
}

func (in apiPlan) wave(user phonebank.UserID) (phonebank.Wave, error) {
	for field, words := range map[string]string{"name": in.Name, "body": in.Body, "body_es": in.BodyES, "heads_up": in.HeadsUp, "heads_up_es": in.HeadsUpES,
		"filter": in.Filter.Stake + in.Filter.Tag + in.Filter.Language + in.Filter.LastStep} {
		if err := checkWords(field, words, false, bodyMost); err != nil {
			return phonebank.Wave{}, err
		}
	}
	return phonebank.Wave{CampaignID: in.CampaignID, SessionID: in.SessionID, Name: in.Name, Channel: in.Kind, Reason: in.Reason, Filter: in.Filter, Body: in.Body,
		BodyES: in.BodyES, HeadsUp: in.HeadsUp, HeadsUpES: in.HeadsUpES, Local: in.StartsLocal, CreatedBy: user}, nil
}

// addWave keeps a wave as a draft, or brings chosen callbacks to a session, which opens with it.
func (a *api) addWave(ctx context.Context, c apiCall) (any, error) {
	var in apiPlan
	if err := c.read(&in, bodyLimit); err != nil {
		return nil, err
	}
	if in.FollowUpIDs != nil {
		return a.gatherWave(ctx, c, in)
	}
	w, err := in.wave(c.user.ID)
	if err != nil {
		return nil, err
	}
	if w, err = a.Diary.DraftWave(ctx, w); err != nil {
		return nil, err
	}
	return apiMade{value: showWave(w), at: "/api/v1/waves/" + string(w.ID)}, nil
}

func (a *api) gatherWave(ctx context.Context, c apiCall, in apiPlan) (any, error) {
	name := strings.TrimSpace(in.Name)
	if err := checkWords("name", name, true, 120); err != nil {
		return nil, err
	}
	made, taken, err := a.Diary.GatherWave(ctx, name, in.SessionID, *in.FollowUpIDs, c.user.ID)
	if err != nil {
		return nil, err
	}
	w, err := a.Store.Wave(ctx, made.ID)
	if err != nil {
		return nil, err
	}
	value := showWave(w)
	value.Taken = &taken
	return apiMade{value: value, at: "/api/v1/waves/" + string(w.ID)}, nil
}

// previewWave tells whom a wave would take, and keeps nothing.
func (a *api) previewWave(ctx context.Context, c apiCall) (any, error) {
	var in apiPlan
	if err := c.read(&in, bodyLimit); err != nil {
		return nil, err
	}
	w, err := in.wave(c.user.ID)
	if err != nil {
		return nil, err
	}
	campaign, err := a.Store.Campaign(ctx, w.CampaignID)
	if err != nil {
		return nil, unknownID(err, "campaign_id")
	}
	if w.Channel != phonebank.ByText && w.Channel != phonebank.ByCall {
		return nil, phonebank.Fail(phonebank.Invalid, "A wave is made of texts or of calls.")
	}
	if w.Zone = campaign.Zone; w.Local != "" {
		at, err := phonebank.Instant(w.Local, w.Zone)
		if err != nil {
			return nil, err
		}
		w.StartsAt = &at
	}
	p, err := a.Diary.PreviewWave(ctx, w)
	if err != nil {
		return nil, err
	}
	if p.Samples == nil {
		p.Samples = []string{}
	}
	return struct {
		Found    int                             `json:"found"`
		Takes    int                             `json:"takes"`
		LeftOut  map[phonebank.WaveExclusion]int `json:"left_out"`
		Samples  []string                        `json:"samples"`
		Minutes  int                             `json:"minutes"`
		SignedUp int                             `json:"signed_up"`
	}{p.Found, p.Takes, p.LeftOut, p.Samples, p.Minutes, p.SignedUp}, nil
}

// scheduleWave gives a wave the time at which it starts by itself.
func (a *api) scheduleWave(ctx context.Context, c apiCall) (any, error) {
	var in struct {
		StartsLocal string `json:"starts_local"`
	}
	id, err := c.id()
	if err != nil {
		return nil, err
	}
	if err := c.read(&in, bodyLimit); err != nil {
		return nil, err
	}
	if err := a.Diary.ScheduleWave(ctx, phonebank.WaveID(id), in.StartsLocal, c.user.ID); err != nil {
		return nil, err
	}
	return a.wave(ctx, c)
}

// turnWave makes a handler of one move of a wave.
func (a *api) turnWave(turn func(*followup.Diary, context.Context, phonebank.WaveID, phonebank.UserID) error) apiHandler {
	return func(ctx context.Context, c apiCall) (any, error) {
		id, err := c.id()
		if err != nil {
			return nil, err
		}
		if err := turn(a.Diary, ctx, phonebank.WaveID(id), c.user.ID); err != nil {
			return nil, err
		}
		return a.wave(ctx, c)
	}
}

// apiMember is one person of a wave.
type apiMember struct {
	PersonID      phonebank.PersonID    `json:"person_id"`
	Name          string                `json:"name"`
	Number        phonebank.Number      `json:"number"`
	State         phonebank.MemberState `json:"state"`
	LeftOut       *string               `json:"left_out"`
	FollowUpID    *string               `json:"follow_up_id"`
	FollowUpState *string               `json:"follow_up_state"`
	HeadsUpState  *string               `json:"heads_up_state"`
	Why           string                `json:"why"`
	Tries         int                   `json:"tries"`
	Outcome       phonebank.Outcome     `json:"outcome"`
}

func (m apiMember) key() string { return string(m.PersonID) }

func showMember(p store.WavePerson) apiMember {
	return apiMember{PersonID: p.PersonID, Name: p.Name, Number: p.Number, State: p.State, LeftOut: idOrNull(p.Left), FollowUpID: idOrNull(p.FollowUp),
		FollowUpState: idOrNull(p.Row), HeadsUpState: idOrNull(p.HeadsUp), Why: p.Why, Tries: p.Tries, Outcome: p.Outcome}
}

func (a *api) wavePeople(ctx context.Context, want apiAsked) ([]apiMember, error) {
	if !phonebank.ValidID(want.id) {
		return nil, phonebank.Fail(phonebank.NotFound, "There is nothing with this id.")
	}
	if _, err := a.Store.Wave(ctx, phonebank.WaveID(want.id)); err != nil {
		return nil, err
	}
	list, err := a.Store.WavePeople(ctx, phonebank.WaveID(want.id), want.after, want.limit)
	return apiItems(list, showMember), err
}

// waveProgress tells how far a wave has come.
func (a *api) waveProgress(ctx context.Context, c apiCall) (any, error) {
	return apiOne(ctx, c, a.Store.WaveProgress, func(p store.WaveProgress) any {
		return map[string]int{"size": p.Size, "filled": p.Filled, "waiting": p.Waiting, "on_now": p.OnNow, "reached": p.Reached, "not_reached": p.NotReached,
			"let_go": p.LetGo, "drafts_waiting": p.DraftsWaiting, "sent": p.Sent}
	})
}

// waveReport tells what came of a wave.
func (a *api) waveReport(ctx context.Context, c apiCall) (any, error) {
	return apiOne(ctx, c, a.Store.WaveReport, func(r store.WaveReport) any {
		return map[string]any{"found": r.Found, "left_out": r.LeftOut, "size": r.Size, "reached": r.Reached, "not_reached": r.NotReached, "let_go": r.LetGo,
			"open": r.Open, "sent": r.Sent, "talks": r.Talks, "outcomes": r.Outcomes, "next_talks": r.NextTalks,
			"promises": map[string]int{"made": r.Made, "kept": r.Kept, "partly": r.Partly, "missed": r.Missed, "moved": r.Moved, "let_go": r.LetGoOf, "open": r.Ahead}}
	})
}
