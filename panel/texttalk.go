package panel

import (
	"context"
	"crypto/sha256"
	"encoding/base32"
	"fmt"
	"net/http"
	"regexp"
	"time"

	"github.com/gorilla/mux"

	"phonebank"
	"phonebank/dialer"
	"phonebank/texting"
	"phonebank/words"
)

// threadState is the thread beside the rail: what was said by text, and what decides about the next text.
type threadState struct {
	Texts     []threadText    `json:"texts"`
	Calls     []threadCall    `json:"calls"`
	Draft     string          `json:"draft"`      // the id of the next text: the same in every tab until one has gone out
	First     bool            `json:"first"`      // nothing has ever gone out to this number
	WhyNot    string          `json:"why_not"`    // why no text may go now, or ""
	Fetching  string          `json:"fetching"`   // why what is sent now goes a moment later, or ""
	LastReply *time.Time      `json:"last_reply"` // when they last wrote
	Host      bool            `json:"host"`       // there is a session with a host to ask for help
	Waiting   []threadWaiting `json:"waiting"`    // who else waits for whoever reads this
	Seems     []threadReading `json:"seems"`      // what their texts seem to say, for a person to confirm
}

type threadText struct {
	ID     phonebank.MessageID `json:"id"`
	Theirs bool                `json:"theirs"`
	Body   string              `json:"body"`
	At     time.Time           `json:"at"`
	When   string              `json:"when"`
	Who    string              `json:"who"` // who of us wrote it; empty: whoever reads this, or nobody
	Note   string              `json:"note"`
	Bad    bool                `json:"bad"`
	Media  string              `json:"media"` // that pictures came along, in words
	ByHand bool                `json:"by_hand"`
}

// threadCall is a call of this talk that led back to the thread.
type threadCall struct {
	ID    phonebank.CallID `json:"id"`
	At    time.Time        `json:"at"`
	When  string           `json:"when"`
	Words string           `json:"words"`
}

// threadReading is what a text of theirs seems to say about a promise or a call.
type threadReading struct {
	ID    phonebank.SuggestionID   `json:"id"`
	Text  phonebank.MessageID      `json:"text"`
	Kind  phonebank.SuggestionKind `json:"kind"`
	Says  string                   `json:"says"`
	Doing string                   `json:"doing"`
	Reply string                   `json:"reply"`
}

type threadWaiting struct {
	Person string    `json:"person"`
	Since  time.Time `json:"since"`
	Link   string    `json:"link"`
}

// personTalk begins a talk by text with the script beside it, or opens the one that is there.
func (p *Panel) personTalk(w http.ResponseWriter, r *http.Request, me phonebank.User) error {
	id := phonebank.PersonID(mux.Vars(r)["id"])
	if err := p.mayRead(r.Context(), me, id); err != nil {
		return err
	}
	choice := dialer.Choice{Script: clean(r, "script", 80), Ask: clean(r, "ask", 80), Locale: clean(r, "locale", 10)}
	talk, err := p.Switchboard.Text(r.Context(), id, me, choice, r.PostFormValue("take") != "")
	if err == nil {
		return to(w, r, "/talk/"+string(talk))
	}
	page, pageErr := p.personPage(r, me)
	if pageErr != nil {
		return pageErr
	}
	p.again(w, r, me, err, "person", page)
	return nil
}

// talkThread answers with the thread of a talk. Its volunteer's page says with ?seen that it is in front of somebody.
func (p *Panel) talkThread(w http.ResponseWriter, r *http.Request, me phonebank.User) error {
	c, err := p.talkFor(r, me)
	if err != nil {
		return err
	}
	if c.UserID == me.ID && r.URL.Query().Has("seen") {
		person, err := p.Store.Person(r.Context(), c.PersonID)
		if err != nil {
			return err
		}
		if err := p.Store.SeeThread(r.Context(), person.PhoneID, p.Now()); err != nil {
			return err
		}
	}
	state, err := p.threadOf(r, c, me)
	if err != nil {
		return err
	}
	return answer(w, state)
}

func (p *Panel) threadOf(r *http.Request, c phonebank.Conversation, me phonebank.User) (*threadState, error) {
	ctx := r.Context()
	// The id of the next text is read before the thread: should a text go out in between, the press is refused, not doubled.
	draft, err := p.nextDraft(ctx, c.ID)
	if err != nil {
		return nil, err
	}
	person, err := p.Store.Person(ctx, c.PersonID)
	if err != nil {
		return nil, err
	}
	zones, phone, err := p.zonesOf(ctx, person)
	if err != nil {
		return nil, err
	}
	state := &threadState{Draft: draft, First: true, LastReply: phone.LastInboundAt, Texts: []threadText{}, Calls: []threadCall{}, Waiting: []threadWaiting{}, Seems: []threadReading{}}
	list, err := p.bubbles(r, phone.ID)
	if err != nil {
		return nil, err
	}
	for _, b := range list {
		state.Texts = append(state.Texts, p.textOf(lang(r), b, me, zones))
		state.First = state.First && b.Direction == phonebank.In
	}
	waiting, err := p.Store.TextsWaiting(ctx, c.ID)
	if err != nil {
		return nil, err
	}
	for _, o := range waiting {
		state.Texts = append(state.Texts, threadText{ID: phonebank.MessageID(o.ID), Body: o.Body, At: o.CreatedAt, When: p.stamp(lang(r), zones, o.CreatedAt), Note: lang(r).Say("goes by itself in a moment"), ByHand: true})
		state.First = false
	}
	byHand, _, err := p.Store.TextConsent(ctx, person.ID, phone.ID)
	if err != nil {
		return nil, err
	}
	if why, not := phonebank.NotText(person, phone, byHand, p.Now()); not {
		state.WhyNot = lang(r).Say(why.Format, why.Args...)
	}
	if state.Fetching, err = p.fetching(r); err != nil {
		return nil, err
	}
	if c.ShiftID != "" {
		shift, err := p.Store.Shift(ctx, c.ShiftID)
		if err != nil {
			return nil, err
		}
		state.Host = shift.State != phonebank.ShiftOff
	}
	calls, err := p.Store.CallsOf(ctx, c.ID)
	if err != nil {
		return nil, err
	}
	for _, call := range calls {
		if call.State == phonebank.CallEnded || call.State == phonebank.CallWrapped {
			state.Calls = append(state.Calls, threadCall{call.ID, call.CreatedAt, p.stamp(lang(r), zones, call.CreatedAt), callWords(lang(r), call, person.Called())})
		}
	}
	readings, err := p.suggestions(ctx, person.ID)
	if err != nil {
		return nil, err
	}
	for _, s := range readings {
		state.Seems = append(state.Seems, threadReading{s.ID, s.MessageID, s.Kind, s.Says, s.Doing, s.Reply})
	}
	return state, p.addWaiting(ctx, me, phone.ID, state)
}

// fetching says that what is sent or dialed now waits until what came in is fetched; empty: it goes at once, or everything
// is paused, and that is said in its own words.
func (p *Panel) fetching(r *http.Request) (string, error) {
	var b Page
	if err := p.holdUps(r, &b); err != nil || !b.Fetching || b.Paused != nil {
		return "", err
	}
	return lang(r).Say("We are fetching what came in while we were away. One moment."), nil
}

// textOf is one text as its volunteer reads it.
func (p *Panel) textOf(l words.Language, b bubble, me phonebank.User, zones string) threadText {
	out := threadText{ID: b.ID, Theirs: b.Direction == phonebank.In, Body: b.Body, At: b.At, When: p.stamp(l, zones, b.At), Note: l.Say(b.Note), Bad: b.Bad, ByHand: b.UserID != "" && !b.Automatic}
	if b.UserID != me.ID {
		out.Who = b.Who
	}
	if b.Automatic {
		out.Note = l.Say("sent at the agreed time") + ", " + out.Note
	}
	switch {
	case b.Media == 1:
		out.Media = l.Say("They sent a picture along. We don't load pictures: ask them what is in it.")
	case b.Media > 1:
		out.Media = l.Say("They sent %d pictures along. We don't load pictures: ask them what is in them.", b.Media)
	}
	return out
}

// stamp is a time of today as a clock, any other with its day, as it is where the person is.
func (p *Panel) stamp(l words.Language, zones string, at time.Time) string {
	then, now := there(zones, at), there(zones, p.Now())
	if then.YearDay() == now.YearDay() && then.Year() == now.Year() {
		return l.Clock(then)
	}
	return l.When(then)
}

// callWords says how a call of a talk by text went.
func callWords(l words.Language, call phonebank.Call, firstName string) string {
	switch {
	case call.OurFault:
		return l.Say("Our line failed, not you. Nobody was rung.")
	case call.Result == phonebank.ResultAnswered:
		return l.Say("You talked on the phone.")
	case call.Result == phonebank.ResultBusy:
		return l.Say("You called. The line was busy.")
	case call.Result == phonebank.ResultVoicemail:
		return l.Say("You called and reached a voicemail.")
	case call.Result == phonebank.ResultFailed:
		return l.Say("You called. The number couldn't be reached.")
	case call.Result == phonebank.ResultCanceled:
		return l.Say("The call was stopped before it was answered.")
	}
	return l.Say("You called. %s didn't pick up.", firstName)
}

// addWaiting lists who else waits for this volunteer, the longest first.
func (p *Panel) addWaiting(ctx context.Context, me phonebank.User, but phonebank.PhoneID, state *threadState) error {
	list, err := p.Store.WaitingThreads(ctx, me.ID)
	if err != nil {
		return err
	}
	talks, err := p.textTalks(ctx, me)
	if err != nil {
		return err
	}
	for _, t := range list {
		if t.PhoneID == but || t.Hold {
			continue
		}
		link := "/people/" + string(t.PersonID) + "#thread"
		if talk, open := talks[t.PersonID]; open {
			link = "/talk/" + string(talk)
		}
		state.Waiting = append(state.Waiting, threadWaiting{Person: t.Person, Since: t.Since, Link: link})
	}
	return nil
}

// textTalks finds somebody's open talks by text, by person.
func (p *Panel) textTalks(ctx context.Context, me phonebank.User) (map[phonebank.PersonID]phonebank.ConversationID, error) {
	list, err := p.Store.TextTalksOf(ctx, me.ID)
	talks := map[phonebank.PersonID]phonebank.ConversationID{}
	for _, t := range list {
		talks[t.PersonID] = t.Talk
	}
	return talks, err
}

// nextDraft is the id of a talk's next text. It follows from the talk and from how many texts it has sent, so that every tab
// and every press until then means one and the same text.
func (p *Panel) nextDraft(ctx context.Context, id phonebank.ConversationID) (string, error) {
	n, err := p.Store.TextsOf(ctx, id)
	sum := sha256.Sum256(fmt.Appendf(nil, "text %s %d", id, n))
	return draftIDs.EncodeToString(sum[:16]), err
}

// draftIDs writes 16 bytes in the form of our ids.
var draftIDs = base32.NewEncoding("0123456789ABCDEFGHJKMNPQRSTVWXYZ").WithPadding(base32.NoPadding)

// pressedText is one press of Send.
type pressedText struct {
	Tab  string `json:"tab"`
	ID   string `json:"id"`
	Body string `json:"body"`
}

// hole is what a line shows where a word is missing: a blank to fill in, or a slot that was never filled.
var hole = regexp.MustCompile(`_{2,}|\{[^{}]*\}`)

// talkText sends one text for one press, from the one tab that holds the talk. A repeat of the press, by a held key, a second
// click, a lost answer or a second tab, is the same text.
func (p *Panel) talkText(w http.ResponseWriter, r *http.Request, me phonebank.User) error {
	var in pressedText
	if err := read(r, &in); err != nil {
		return err
	}
	c, err := p.myTalk(r, me)
	if err != nil {
		return err
	}
	if err := p.checkText(r.Context(), c, in); err != nil {
		return err
	}
	if _, err := p.Desk.Send(r.Context(), texting.Draft{Nonce: in.ID, PersonID: c.PersonID, UserID: me.ID, Conversation: c.ID, Body: in.Body}); err != nil {
		return err
	}
	state, err := p.threadOf(r, c, me)
	if err != nil {
		return err
	}
	return answer(w, state)
}

func (p *Panel) checkText(ctx context.Context, c phonebank.Conversation, in pressedText) error {
	switch {
	case !phonebank.ValidID(in.Tab):
		return phonebank.Fail(phonebank.Invalid, "This tab has no id of its own. Reload the page; your words stay.")
	case c.State == phonebank.ConversationWrapped:
		return phonebank.Fail(phonebank.Conflict, "This talk is wrapped up already. Their page shows what was saved.")
	case c.Channel != phonebank.TalkByText:
		return phonebank.Fail(phonebank.Conflict, "This talk goes on by phone. Text them from their page.")
	case hole.MatchString(in.Body):
		return phonebank.Fail(phonebank.Invalid, "A word is still missing in this text. Fill the gap, then press Send.")
	}
	held, err := p.Store.HoldConversation(ctx, c.ID, in.Tab, false, p.Now())
	if err != nil {
		return err
	}
	if !held {
		return phonebank.Fail(phonebank.Conflict, "This talk is open in another tab, and that one sends. Your words stay here.")
	}
	next, err := p.nextDraft(ctx, c.ID)
	if err != nil || in.ID == next {
		return err
	}
	if _, err = p.Store.OutboxByNonce(ctx, in.ID); err != nil && phonebank.KindOf(err) == phonebank.NotFound {
		return phonebank.Because(err, phonebank.Stale, "This thread has moved on. Read it once more, then press Send.")
	}
	return err
}

// talkCall goes on with a talk by text as a call.
func (p *Panel) talkCall(w http.ResponseWriter, r *http.Request, me phonebank.User) error {
	return p.act(w, r, me, func(c phonebank.Conversation) error { return p.Switchboard.CallInstead(r.Context(), c.ID, me.ID) })
}

// textsIn lists the texts of a talk, which its own history leaves out.
func (p *Panel) textsIn(ctx context.Context, c phonebank.Conversation, phone phonebank.PhoneID) ([]string, error) {
	if c.Channel != phonebank.TalkByText {
		return nil, nil
	}
	list, err := p.Store.Thread(ctx, phone)
	var ids []string
	for _, m := range list {
		if m.Conversation == c.ID {
			ids = append(ids, string(m.ID))
		}
	}
	return ids, err
}

// textTalk says on a person's page who texts with them by the script, if anybody.
type textTalk struct {
	ID   phonebank.ConversationID
	Who  string
	Mine bool
}

func (p *Panel) textTalkWith(ctx context.Context, me phonebank.User, person phonebank.PersonID) (textTalk, error) {
	c, err := p.Store.TextTalk(ctx, person)
	if err != nil {
		if phonebank.KindOf(err) == phonebank.NotFound {
			err = nil
		}
		return textTalk{}, err
	}
	who, err := p.Store.User(ctx, c.UserID)
	return textTalk{ID: c.ID, Who: who.Name, Mine: c.UserID == me.ID}, err
}
