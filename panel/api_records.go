package panel

import (
	"context"
	"time"

	"phonebank"
)

// What took place is read only here: talks, calls, texts, promises of people. They change through the phone bank itself.

type apiConversation struct {
	apiItem
	CampaignID    phonebank.CampaignID        `json:"campaign_id"`
	SessionID     *string                     `json:"session_id"`
	PersonID      phonebank.PersonID          `json:"person_id"`
	UserID        *string                     `json:"user_id"`
	Channel       string                      `json:"channel"`
	State         phonebank.ConversationState `json:"state"`
	Outcome       phonebank.Outcome           `json:"outcome"`
	ScriptID      string                      `json:"script_id"`
	ScriptVersion int                         `json:"script_version"`
	Locale        string                      `json:"locale"`
	StartedAt     time.Time                   `json:"started_at"`
	EndedAt       *time.Time                  `json:"ended_at"`
	WrappedAt     *time.Time                  `json:"wrapped_at"`
}

func showConversation(c phonebank.Conversation) apiConversation {
	return apiConversation{
		apiItem: apiItem{string(c.ID)}, CampaignID: c.CampaignID, SessionID: idOrNull(c.SessionID), PersonID: c.PersonID, UserID: idOrNull(c.UserID),
		Channel: c.Channel, State: c.State, Outcome: c.Outcome, ScriptID: c.ScriptID, ScriptVersion: c.ScriptVersion, Locale: c.Locale,
		StartedAt: c.StartedAt.UTC(), EndedAt: utcOrNull(c.EndedAt), WrappedAt: utcOrNull(c.WrappedAt),
	}
}

func (a *api) conversations(ctx context.Context, want apiAsked) ([]apiConversation, error) {
	list, err := a.Store.PageConversations(ctx, want.after, want.limit)
	return apiItems(list, showConversation), err
}

func (a *api) conversation(ctx context.Context, c apiCall) (any, error) {
	return apiOne(ctx, c, a.Store.Conversation, showConversation)
}

type apiPhoneCall struct {
	apiItem
	SID            *string              `json:"sid"`
	Direction      phonebank.CallKind   `json:"direction"`
	State          phonebank.CallState  `json:"state"`
	Result         phonebank.CallResult `json:"result"`
	From           phonebank.Number     `json:"from"`
	To             phonebank.Number     `json:"to"`
	CampaignID     *string              `json:"campaign_id"`
	PersonID       *string              `json:"person_id"`
	ConversationID *string              `json:"conversation_id"`
	FollowUpID     *string              `json:"follow_up_id"`
	Tries          int                  `json:"tries"`
	Unknown        bool                 `json:"unknown"`
	CreatedAt      time.Time            `json:"created_at"`
	PlacedAt       *time.Time           `json:"placed_at"`
	AnsweredAt     *time.Time           `json:"answered_at"`
	BridgedAt      *time.Time           `json:"bridged_at"`
	EndedAt        *time.Time           `json:"ended_at"`
}

func showCall(c phonebank.Call) apiPhoneCall {
	return apiPhoneCall{
		apiItem: apiItem{string(c.ID)}, SID: idOrNull(c.SID), Direction: c.Kind, State: c.State, Result: c.Result, From: c.From, To: c.To,
		CampaignID: idOrNull(c.CampaignID), PersonID: idOrNull(c.PersonID), ConversationID: idOrNull(c.Conversation), FollowUpID: idOrNull(c.FollowUpID),
		Tries: c.Tries, Unknown: c.Unknown, CreatedAt: c.CreatedAt.UTC(), PlacedAt: utcOrNull(c.PlacedAt), AnsweredAt: utcOrNull(c.AnsweredAt),
		BridgedAt: utcOrNull(c.BridgedAt), EndedAt: utcOrNull(c.EndedAt),
	}
}

func (a *api) calls(ctx context.Context, want apiAsked) ([]apiPhoneCall, error) {
	list, err := a.Store.PageCalls(ctx, want.after, want.limit)
	return apiItems(list, showCall), err
}

func (a *api) call(ctx context.Context, c apiCall) (any, error) {
	return apiOne(ctx, c, a.callWithPerson, showCall)
}

// callWithPerson finds a call between us and a person. A volunteer's own leg is none: their number is theirs.
func (a *api) callWithPerson(ctx context.Context, id phonebank.CallID) (phonebank.Call, error) {
	call, err := a.Store.Call(ctx, id)
	if err == nil && call.Kind != phonebank.CallOut && call.Kind != phonebank.CallIn {
		return call, phonebank.Fail(phonebank.NotFound, "There is no call with this id.")
	}
	return call, err
}

type apiMessage struct {
	apiItem
	SID            *string                `json:"sid"`
	Direction      phonebank.Direction    `json:"direction"`
	State          phonebank.MessageState `json:"state"`
	From           phonebank.Number       `json:"from"`
	To             phonebank.Number       `json:"to"`
	Body           string                 `json:"body"`
	Media          int                    `json:"media"`
	CampaignID     *string                `json:"campaign_id"`
	PersonID       *string                `json:"person_id"`
	UserID         *string                `json:"user_id"`
	ConversationID *string                `json:"conversation_id"`
	Automatic      bool                   `json:"automatic"`
	ErrorCode      *int                   `json:"error_code"`
	At             time.Time              `json:"at"`
	SeenAt         *time.Time             `json:"seen_at"`
}

func showMessage(m phonebank.Message) apiMessage {
	return apiMessage{
		apiItem: apiItem{string(m.ID)}, SID: idOrNull(m.SID), Direction: m.Direction, State: m.State, From: m.From, To: m.To, Body: m.Body,
		Media: m.Media, CampaignID: idOrNull(m.CampaignID), PersonID: idOrNull(m.PersonID), UserID: idOrNull(m.UserID), ConversationID: idOrNull(m.Conversation),
		Automatic: m.Automatic, ErrorCode: codeOrNull(m.ErrorCode), At: m.At.UTC(), SeenAt: utcOrNull(m.SeenAt),
	}
}

func (a *api) messages(ctx context.Context, want apiAsked) ([]apiMessage, error) {
	list, err := a.Store.PageMessages(ctx, want.after, want.limit)
	return apiItems(list, showMessage), err
}

func (a *api) message(ctx context.Context, c apiCall) (any, error) {
	return apiOne(ctx, c, a.Store.Message, showMessage)
}

type apiCommitment struct {
	apiItem
	CampaignID     phonebank.CampaignID      `json:"campaign_id"`
	PersonID       phonebank.PersonID        `json:"person_id"`
	ConversationID *string                   `json:"conversation_id"`
	UserID         *string                   `json:"user_id"`
	What           string                    `json:"what"`
	ByAt           time.Time                 `json:"by_at"`
	ByLocal        string                    `json:"by_local"`
	Zone           string                    `json:"zone"`
	State          phonebank.CommitmentState `json:"state"`
	CreatedAt      time.Time                 `json:"created_at"`
	SettledAt      *time.Time                `json:"settled_at"`
}

func showCommitment(c phonebank.Commitment) apiCommitment {
	return apiCommitment{
		apiItem: apiItem{string(c.ID)}, CampaignID: c.CampaignID, PersonID: c.PersonID, ConversationID: idOrNull(c.Conversation),
		UserID: idOrNull(c.UserID), What: c.What, ByAt: c.By.UTC(), ByLocal: c.ByLocal, Zone: c.Zone, State: c.State, CreatedAt: c.CreatedAt.UTC(),
		SettledAt: utcOrNull(c.SettledAt),
	}
}

func (a *api) commitments(ctx context.Context, want apiAsked) ([]apiCommitment, error) {
	list, err := a.Store.PageCommitments(ctx, want.after, want.limit)
	return apiItems(list, showCommitment), err
}

func (a *api) commitment(ctx context.Context, c apiCall) (any, error) {
	return apiOne(ctx, c, a.Store.Commitment, showCommitment)
}

// apiOutbox is a text that must leave, at most once, and what came of it.
type apiOutbox struct {
	apiItem
	State      phonebank.OutboxState `json:"state"`
	SID        *string               `json:"sid"`
	FollowUpID *phonebank.FollowUpID `json:"follow_up_id"`
	MessageID  *phonebank.MessageID  `json:"message_id"`
	CampaignID *string               `json:"campaign_id"`
	PersonID   *string               `json:"person_id"`
	UserID     *string               `json:"user_id"`
	From       phonebank.Number      `json:"from"`
	To         phonebank.Number      `json:"to"`
	Body       string                `json:"body"`
	Automatic  bool                  `json:"automatic"`
	Attempt    int                   `json:"attempt"`
	NotBefore  time.Time             `json:"not_before"`
	NotAfter   time.Time             `json:"not_after"`
	ClaimedAt  *time.Time            `json:"claimed_at"`
	ErrorCode  *int                  `json:"error_code"`
	Why        string                `json:"why"`
	CreatedAt  time.Time             `json:"created_at"`
}

func showOutbox(o phonebank.Outbox) apiOutbox {
	return apiOutbox{
		apiItem: apiItem{string(o.ID)}, State: o.State, SID: o.SID, FollowUpID: o.FollowUpID, MessageID: o.MessageID,
		CampaignID: idOrNull(o.CampaignID), PersonID: idOrNull(o.PersonID), UserID: idOrNull(o.UserID), From: o.From, To: o.To, Body: o.Body, Automatic: o.Automatic,
		Attempt: o.Attempt, NotBefore: o.NotBefore.UTC(), NotAfter: o.NotAfter.UTC(), ClaimedAt: utcOrNull(o.ClaimedAt), ErrorCode: codeOrNull(o.ErrorCode),
		Why: o.Why, CreatedAt: o.CreatedAt.UTC(),
	}
}

func (a *api) outbox(ctx context.Context, want apiAsked) ([]apiOutbox, error) {
	list, err := a.Store.PageOutbox(ctx, want.after, want.limit)
	return apiItems(list, showOutbox), err
}

func (a *api) outboxText(ctx context.Context, c apiCall) (any, error) {
	return apiOne(ctx, c, a.Store.Outbox, showOutbox)
}
