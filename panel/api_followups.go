package panel

import (
	"context"
	"strings"
	"time"

	"phonebank"
	"phonebank/live"
)

// apiFollowUp is a promise of ours. due_at is the instant, due_local what it is on the person's own clock.
type apiFollowUp struct {
	apiItem
	PersonID       phonebank.PersonID      `json:"person_id"`
	CampaignID     phonebank.CampaignID    `json:"campaign_id"`
	OwnerID        *string                 `json:"owner_id"`
	Kind           phonebank.Channel       `json:"kind"`
	Reason         phonebank.Reason        `json:"reason"`
	State          phonebank.FollowUpState `json:"state"`
	Body           string                  `json:"body"`
	Automatic      bool                    `json:"automatic"`
	DueAt          time.Time               `json:"due_at"`
	DueLocal       string                  `json:"due_local"`
	Zone           string                  `json:"zone"`
	NotAfter       time.Time               `json:"not_after"`
	ConversationID *string                 `json:"conversation_id"`
	CommitmentID   *string                 `json:"commitment_id"`
	WaveID         *string                 `json:"wave_id"`
	SessionID      *string                 `json:"session_id"`
	Why            string                  `json:"why"`
	CreatedAt      time.Time               `json:"created_at"`
	DoneAt         *time.Time              `json:"done_at"`
}

func showFollowUp(f phonebank.FollowUp) apiFollowUp {
	return apiFollowUp{
		apiItem: apiItem{string(f.ID)}, PersonID: f.PersonID, CampaignID: f.CampaignID, OwnerID: idOrNull(f.OwnerID), Kind: f.Channel, Reason: f.Reason,
		State: f.State, Body: f.Body, Automatic: f.Automatic, DueAt: f.DueAt.UTC(), DueLocal: f.Local, Zone: f.Zone, NotAfter: f.NotAfter.UTC(),
		ConversationID: idOrNull(f.Conversation), CommitmentID: idOrNull(f.CommitmentID), WaveID: idOrNull(f.WaveID), SessionID: idOrNull(f.SessionID),
		Why: f.Why, CreatedAt: f.CreatedAt.UTC(), DoneAt: utcOrNull(f.DoneAt),
	}
}

func (a *api) followUps(ctx context.Context, want apiAsked) ([]apiFollowUp, error) {
	list, err := a.Store.PageFollowUps(ctx, want.after, want.limit)
	return apiItems(list, showFollowUp), err
}

func (a *api) followUp(ctx context.Context, c apiCall) (any, error) {
	return apiOne(ctx, c, a.Store.FollowUp, showFollowUp)
}

// bodyMost is the longest text that Twilio takes.
const bodyMost = 1600

// addFollowUp promises a text or a call, in the name of the token's user. A text that the person has not agreed to be
// automatic waits at its time as a draft, for a person's press.
func (a *api) addFollowUp(ctx context.Context, c apiCall) (any, error) {
	var in struct {
		PersonID phonebank.PersonID `json:"person_id"`
		Kind     phonebank.Channel  `json:"kind"`
		DueAt    string             `json:"due_at"`
		Body     string             `json:"body"`
		Reason   phonebank.Reason   `json:"reason"`
	}
	if err := c.read(&in, bodyLimit); err != nil {
		return nil, err
	}
	if in.Reason == "" {
		in.Reason = phonebank.ReasonAsked
	}
	body := strings.TrimSpace(in.Body)
	if err := checkWords("body", body, in.Kind == phonebank.ByText, bodyMost); err != nil {
		return nil, err
	}
	person, err := a.Store.Person(ctx, in.PersonID)
	if err != nil {
		return nil, unknownID(err, "person_id")
	}
	local, err := a.localWish(ctx, person, in.DueAt)
	if err != nil {
		return nil, err
	}
	f, err := a.Diary.Promise(ctx, person.ID, c.user.ID, phonebank.Wish{Channel: in.Kind, Reason: in.Reason, Local: local, Body: body})
	if err != nil {
		return nil, err
	}
	return apiMade{value: showFollowUp(f), at: "/api/v1/follow-ups/" + string(f.ID)}, nil
}

// localWish says an instant on the person's own clock, to the minute: promises are kept in their time, so that a change
// of their zone's rules moves the instant and not the hour they were told.
func (a *api) localWish(ctx context.Context, person phonebank.Person, due string) (string, error) {
	at, err := readInstant("due_at", due)
	if err != nil {
		return "", err
	}
	phone, err := a.Store.Phone(ctx, person.PhoneID)
	if err != nil {
		return "", err
	}
	zone, err := phonebank.Zone(phonebank.FirstZone(person.Places(phone)))
	if err != nil {
		return "", err
	}
	return at.In(zone).Format(phonebank.LocalForm), nil
}

// cancelFollowUp takes a promise back. One that has ended already stays as it ended, and is answered so.
func (a *api) cancelFollowUp(ctx context.Context, c apiCall) (any, error) {
	var in struct {
		Why string `json:"why"`
	}
	id, err := c.id()
	if err != nil {
		return nil, err
	}
	if c.ContentLength != 0 { // no body is no reason
		if err := c.read(&in, bodyLimit); err != nil {
			return nil, err
		}
	}
	if err := checkWords("why", in.Why, false, 200); err != nil {
		return nil, err
	}
	if in.Why == "" {
		in.Why = "Taken back by " + c.user.Name + "."
	}
	if err := a.Diary.Cancel(ctx, phonebank.FollowUpID(id), c.user.ID, in.Why); err != nil {
		return nil, err
	}
	return a.followUp(ctx, c)
}

// moveFollowUp sets another time.
func (a *api) moveFollowUp(ctx context.Context, c apiCall) (any, error) {
	var in struct {
		DueAt string `json:"due_at"`
	}
	id, err := c.id()
	if err != nil {
		return nil, err
	}
	if err := c.read(&in, bodyLimit); err != nil {
		return nil, err
	}
	f, err := a.Store.FollowUp(ctx, phonebank.FollowUpID(id))
	if err != nil {
		return nil, err
	}
	person, err := a.Store.Person(ctx, f.PersonID)
	if err != nil {
		return nil, err
	}
	local, err := a.localWish(ctx, person, in.DueAt)
	if err != nil {
		return nil, err
	}
	if err := a.Diary.Move(ctx, f.ID, c.user.ID, local); err != nil {
		return nil, err
	}
	return a.followUp(ctx, c)
}

// apiPause says whether everything is paused, by whom and since when.
type apiPause struct {
	Paused bool       `json:"paused"`
	By     *string    `json:"by"`
	Since  *time.Time `json:"since"`
}

func (a *api) paused(ctx context.Context, _ apiCall) (any, error) {
	now, err := a.Store.Paused(ctx)
	if err != nil || now == nil {
		return apiPause{}, err
	}
	return apiPause{Paused: true, By: &now.Who, Since: utcOrNull(&now.At)}, nil
}

// pause stops every send and call; asked for twice it stays the first one's pause.
func (a *api) pause(ctx context.Context, c apiCall) (any, error) {
	return a.turnPause(ctx, c, a.Store.Pause)
}

// lift ends the pause.
func (a *api) lift(ctx context.Context, c apiCall) (any, error) {
	return a.turnPause(ctx, c, a.Store.Lift)
}

func (a *api) turnPause(ctx context.Context, c apiCall, turn func(context.Context, phonebank.UserID, time.Time) error) (any, error) {
	if err := turn(ctx, c.user.ID, a.Now()); err != nil {
		return nil, err
	}
	a.Live.Publish(live.Room, live.Calls, live.Due)
	return a.paused(ctx, c)
}
