package panel

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"slices"
	"strings"
	"time"

	"phonebank"
	"phonebank/script"
	"phonebank/store"
	"phonebank/words"
)

// talkState is everything that a talk's page shows.
type talkState struct {
	Conversation talkConversation    `json:"conversation"`
	Holder       bool                `json:"holder"`
	Person       talkPerson          `json:"person"`
	firstName    string              // as it is said aloud; empty: nobody knows it
	History      []past              `json:"history"`
	Volunteer    talkVolunteer       `json:"volunteer"`
	Org          string              `json:"org"`
	OurNumber    string              `json:"our_number"`
	Demo         bool                `json:"demo"`
	Call         *talkCall           `json:"call"`
	Line         talkLine            `json:"line"`
	Script       json.RawMessage     `json:"script"`
	Library      json.RawMessage     `json:"library"`
	Slots        map[string]talkSlot `json:"slots"`
	Builtins     map[string]string   `json:"builtins"`
	Promise      *talkPromise        `json:"promise"` // what they said last that they would do
	Ask          *talkAsk            `json:"ask"`
	Events       []phonebank.Event   `json:"events"`
	Wrap         json.RawMessage     `json:"wrap"`
	Undone       json.RawMessage     `json:"undone"` // the wrap-up that was taken back: it is mended, not typed again
	UndoUntil    *time.Time          `json:"undo_until"`
	Own          []store.OwnLine     `json:"own"` // how this volunteer says the lines of this script
	Help         bool                `json:"help"`
	Paused       *talkPaused         `json:"paused"`
	Fetching     string              `json:"fetching"` // why what is dialed now is dialed a moment later, or ""
	Now          time.Time           `json:"now"`
}

type talkConversation struct {
	ID        phonebank.ConversationID    `json:"id"`
	Channel   string                      `json:"channel"`
	State     phonebank.ConversationState `json:"state"`
	StartedAt time.Time                   `json:"started_at"`
	Locale    string                      `json:"locale"`
	Locales   []string                    `json:"locales"`
	Kind      string                      `json:"kind"`
}

type talkPerson struct {
	ID          phonebank.PersonID `json:"id"`
	Name        string             `json:"name"`
	FirstName   string             `json:"first_name"`
	SayName     string             `json:"say_name"`
	Number      string             `json:"number"` // masked: the page of a talk never holds a whole number
	Place       string             `json:"place"`
	Languages   []string           `json:"languages"`
	TimeThere   string             `json:"time_there"`
	Zone        string             `json:"zone"`
	Why         string             `json:"why"`
	TextAllowed bool               `json:"text_allowed"` // this number takes texts; whether they agreed is text_ok
	TextOK      bool               `json:"text_ok"`
	ByHand      bool               `json:"by_hand"` // promises were missed in a row: nothing sends itself
}

type talkVolunteer struct {
	Name  string `json:"name"`
	Place string `json:"place"`
	Stake string `json:"stake"`
}

type talkCall struct {
	ID         phonebank.CallID     `json:"id"`
	State      phonebank.CallState  `json:"state"`
	Direction  phonebank.CallKind   `json:"direction"`
	Result     phonebank.CallResult `json:"result"`
	OurFault   bool                 `json:"our_fault"`
	Sentence   string               `json:"sentence"`
	AnsweredAt *time.Time           `json:"answered_at"`
	EndedAt    *time.Time           `json:"ended_at"`
	Tries      int                  `json:"tries"`
	Muted      bool                 `json:"muted"`
}

type talkLine struct {
	Joined bool   `json:"joined"`
	Words  string `json:"words"`
}

type talkSlot struct {
	Value string `json:"value"`
	From  string `json:"from"`
	Day   string `json:"day"`
}

type talkAsk struct {
	ID      string `json:"id"`
	Label   string `json:"label"`
	When    string `json:"when"`
	Where   string `json:"where"`
	Smaller string `json:"smaller"`
}

type talkPaused struct {
	Who  string `json:"who"`
	When string `json:"when"`
}

func (p *Panel) talkState(w http.ResponseWriter, r *http.Request, me phonebank.User) error {
	c, err := p.talkFor(r, me)
	if err != nil {
		return err
	}
	state, err := p.stateOf(r.Context(), c)
	if err != nil {
		return err
	}
	state.Holder = c.UserID == me.ID && (c.Holder == "" || c.Holder == r.URL.Query().Get("tab") || c.HeldAt != nil && c.HeldAt.Before(p.Now().Add(-phonebank.PanelSilence)))
	paused, err := p.paused(r)
	if err != nil {
		return err
	}
	if paused != nil {
		state.Paused = &talkPaused{Who: paused.Who, When: paused.When}
	}
	if state.Fetching, err = p.fetching(r); err != nil {
		return err
	}
	return answerPacked(w, r, state)
}

// stateOf reads a talk with all that belongs to it.
func (p *Panel) stateOf(ctx context.Context, c phonebank.Conversation) (*talkState, error) {
	doc, err := p.Store.Script(ctx, c.ScriptID, c.ScriptVersion)
	if err != nil {
		return nil, err
	}
	s, err := script.Parse(doc)
	if err != nil {
		return nil, err
	}
	library, err := script.SharedLibrary()
	if err != nil {
		return nil, err
	}
	shared, err := library.JSON()
	if err != nil {
		return nil, err
	}
	state := &talkState{Org: p.Org, Demo: p.Demo, Script: doc, Library: shared, Now: p.Now().UTC(), Slots: map[string]talkSlot{}, Builtins: map[string]string{},
		Conversation: talkConversation{ID: c.ID, Channel: c.Channel, State: c.State, StartedAt: c.StartedAt.UTC(), Locale: c.Locale, Locales: s.Locales, Kind: c.Kind}}
	for _, read := range []func(context.Context, phonebank.Conversation, *script.Script, *talkState) error{p.readPerson, p.readCall, p.readWords, p.readAsk} {
		if err := read(ctx, c, s, state); err != nil {
			return nil, err
		}
	}
	if state.Events, err = p.Store.Events(ctx, c.ID); err != nil {
		return nil, err
	}
	return state, p.readWrap(ctx, c, state)
}

// readWrap reads the wrap-up, and how this volunteer says their lines.
func (p *Panel) readWrap(ctx context.Context, c phonebank.Conversation, state *talkState) error {
	var err error
	if state.Own, err = p.Store.OwnLines(ctx, c.UserID, c.ScriptID); err != nil {
		return err
	}
	wrap, err := p.Store.Wrap(ctx, c.ID)
	if err != nil || c.State != phonebank.ConversationWrapped {
		state.Undone = wrap
		return err
	}
	state.Wrap = wrap
	if until := c.WrappedAt.Add(phonebank.UndoFor); c.Outcome != phonebank.OutcomeNone && until.After(p.Now()) {
		state.UndoUntil = &until
	}
	return nil
}

// ending says how a line ended, in the language of whoever reads it.
func ending(l words.Language, c phonebank.Call, firstName string) string {
	if c.Result == phonebank.ResultNoAnswer && !c.OurFault && c.Sentence != "" {
		return l.Say("%s didn't pick up. We'll try again later.", firstName)
	}
	if c.Sentence == "" {
		return ""
	}
	return l.Say(c.Sentence)
}

func (p *Panel) readPerson(ctx context.Context, c phonebank.Conversation, _ *script.Script, state *talkState) error {
	person, err := p.Store.Person(ctx, c.PersonID)
	if err != nil {
		return err
	}
	zones, phone, err := p.zonesOf(ctx, person)
	if err != nil {
		return err
	}
	_, agreed, err := p.Store.TextConsent(ctx, person.ID, phone.ID)
	if err != nil {
		return err
	}
	byHand, err := p.Store.ByHand(ctx, person.ID)
	if err != nil {
		return err
	}
	call, err := p.Store.CallOf(ctx, c.ID)
	if err != nil && phonebank.KindOf(err) != phonebank.NotFound {
		return err
	}
	why, err := p.why(ctx, person, zones, c.CampaignID, call.FollowUpID)
	if err != nil {
		return err
	}
	if why, err = p.standingIn(ctx, why, call.FollowUpID, c, person, zones); err != nil {
		return err
	}
	state.firstName = person.FirstName
	state.Person = talkPerson{ID: person.ID, Name: shown(spoken(ctx), person.Name), FirstName: shown(spoken(ctx), person.Called()), SayName: person.SayName, Number: phone.Number.Masked(), Place: person.Place,
		Languages: listOfWords(person.Languages), TimeThere: spoken(ctx).Clock(there(zones, p.Now())), Zone: phonebank.FirstZone(zones), Why: why,
		TextAllowed: phone.OptedOutAt == nil && phone.HoldSince == nil && phone.BadAt == nil && phone.NoTextsAt == nil, TextOK: agreed, ByHand: byHand != nil}
	beside, err := p.textsIn(ctx, c, phone.ID)
	if err != nil {
		return err
	}
	state.History, err = p.history(ctx, person, zones, 12, append(beside, string(c.ID), string(call.ID))...)
	return err
}

func (p *Panel) readCall(ctx context.Context, c phonebank.Conversation, _ *script.Script, state *talkState) error {
	campaign, err := p.Store.Campaign(ctx, c.CampaignID)
	if err != nil {
		return err
	}
	state.OurNumber = campaign.Number.Pretty()
	call, err := p.Store.CallOf(ctx, c.ID)
	if err != nil && phonebank.KindOf(err) != phonebank.NotFound {
		return err
	}
	if err == nil {
		state.Call = &talkCall{ID: call.ID, State: call.State, Direction: call.Kind, Result: call.Result, OurFault: call.OurFault, Sentence: ending(spoken(ctx), call, state.Person.FirstName),
			AnsweredAt: call.AnsweredAt, EndedAt: call.EndedAt, Tries: call.Tries, Muted: call.Muted}
	}
	state.Line.Words = spoken(ctx).Say("Your phone is not on the line")
	if c.ShiftID == "" {
		return nil
	}
	shift, err := p.Store.Shift(ctx, c.ShiftID)
	if err != nil {
		return err
	}
	state.Help = shift.Help
	if shift.LegJoined {
		state.Line = talkLine{Joined: true, Words: spoken(ctx).Say("Your phone is connected")}
	}
	return nil
}

// readWords reads what they said before and what the volunteer brings.
func (p *Panel) readWords(ctx context.Context, c phonebank.Conversation, s *script.Script, state *talkState) error {
	me, err := p.Store.User(ctx, c.UserID)
	if err != nil {
		return err
	}
	state.Volunteer = talkVolunteer{Name: me.SaidName(), Place: me.Place, Stake: me.Stake}
	said, err := p.Store.Words(ctx, c.PersonID)
	if err != nil {
		return err
	}
	for _, w := range said { // the newest first
		if _, known := state.Slots[w.Name]; !known && w.Value != "" {
			state.Slots[w.Name] = talkSlot{Value: w.Value, From: script.FromHistory, Day: spoken(ctx).ShortDay(there(state.Person.Zone, w.At))}
		}
	}
	promises, err := p.Store.CommitmentsOf(ctx, c.PersonID)
	if err != nil {
		return err
	}
	for name, slot := range carried(words.Known(c.Locale), promises, state.Person.Zone) {
		state.Slots[name] = slot
	}
	state.Promise = lastPromise(spoken(ctx), promises)
	if me.Stake != "" {
		state.Slots["your_stake"] = talkSlot{Value: me.Stake, From: script.FromVolunteer}
	}
	last, err := p.Store.LastTalkWith(ctx, c.PersonID)
	if err != nil {
		return err
	}
	for name, words := range map[string]string{"first_name": state.firstName, "volunteer": me.SaidName(), "volunteer_place": me.Place,
		"last_contact_by": last.Who, "last_topic": last.Topic, "purpose": s.Purpose.In(c.Locale), "ask": "", "ask_when": ""} {
		state.Builtins[name] = words
	}
	return nil
}

func (p *Panel) readAsk(_ context.Context, c phonebank.Conversation, s *script.Script, state *talkState) error {
	ask, ok := s.AskByID(c.AskID)
	if !ok {
		return nil
	}
	state.Ask = &talkAsk{ID: ask.ID, Label: ask.Label.In(c.Locale), When: ask.When, Where: ask.Where, Smaller: ask.Smaller}
	state.Builtins["ask"] = ask.Label.In(c.Locale)
	if ask.When != "" {
		state.Builtins["ask_when"] = script.SpokenWhen(ask.When, c.Locale)
	}
	return nil
}

// read decodes a body of JSON; a field that we don't know is refused, so that nothing is dropped in silence.
func read(r *http.Request, into any) error {
	d := json.NewDecoder(r.Body)
	d.DisallowUnknownFields()
	if err := d.Decode(into); err != nil {
		var large *http.MaxBytesError
		if errors.As(err, &large) {
			return err
		}
		return phonebank.Because(err, phonebank.Invalid, "We could not read what this page sent. Reload it; your words stay.")
	}
	if d.More() {
		return phonebank.Fail(phonebank.Invalid, "We could not read what this page sent. Reload it; your words stay.")
	}
	return nil
}

// listOfWords splits a list as people write it.
func listOfWords(s string) []string {
	list := []string{}
	for _, w := range strings.FieldsFunc(s, func(r rune) bool { return r == ',' || r == ';' || r == '/' }) {
		if w = strings.TrimSpace(w); w != "" && !slices.Contains(list, w) {
			list = append(list, w)
		}
	}
	return list
}
