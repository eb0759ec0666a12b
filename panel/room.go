package panel

import (
	"bytes"
	"io"
	"net/http"
	"sort"
	"strings"
	"time"

	"github.com/gorilla/mux"

	"phonebank"
	"phonebank/people"
	"phonebank/store"
	"phonebank/texting"
)

func seeker(body []byte) io.ReadSeeker { return bytes.NewReader(body) }

func draftOf(r *http.Request, id phonebank.PersonID, me phonebank.User) texting.Draft {
	return texting.Draft{Nonce: r.PostFormValue("nonce"), PersonID: id, UserID: me.ID, Body: clean(r, "body", 4000)}
}

// roomPage is the coordinator's live board.
type roomPage struct {
	Page
	Zone     string
	Rooms    []openRoom
	Counts   []count
	Needs    []need
	Now      []happened
	Due      []store.Due
	TestTo   string
	Topics   string
	Campaign bool // there is a campaign at all
}

type openRoom struct {
	Session phonebank.Session
	Here    []here
}

// here is one volunteer in the room, by name and never by score.
type here struct {
	store.Here
	Words string
	Tone  string
	Step  string // of their talk
}

type count struct {
	N     int
	Words string
}

// need is one thing that waits for a coordinator.
type need struct {
	Kind  string // for the buttons that go with it
	Label string
	Tone  string
	Since time.Time
	Title string
	Words string
	Link  string
	ID    string
	Sound string
}

// happened is one call or text, as it happens.
type happened struct {
	At    time.Time
	Words string
	Quote string
	Link  string
}

func (p *Panel) room(w http.ResponseWriter, r *http.Request, me phonebank.User) error {
	page, err := p.roomPage(r)
	if err != nil {
		return err
	}
	p.show(w, r, me, http.StatusOK, "room", page)
	return nil
}

func (p *Panel) roomPage(r *http.Request) (*roomPage, error) {
	ctx := r.Context()
	page := &roomPage{Page: Page{Title: "Live board", Nav: "room"}, Zone: p.houseZone(r), Topics: "room"}
	campaigns, err := p.Store.Campaigns(ctx)
	if err != nil {
		return nil, err
	}
	page.Campaign = len(campaigns) > 0
	sessions, err := p.Store.Sessions(ctx)
	if err != nil {
		return nil, err
	}
	for _, s := range sessions {
		if s.State != phonebank.SessionOpen || len(page.Rooms) == mostTopics-1 {
			continue
		}
		room, err := p.roomOf(r, s)
		if err != nil {
			return nil, err
		}
		page.Rooms = append(page.Rooms, room)
		page.Topics += ",session:" + string(s.ID)
	}
	page.Counts = counts(page.Rooms)
	if page.Needs, err = p.needs(r, page.Rooms); err != nil {
		return nil, err
	}
	if page.Now, err = p.happenings(r); err != nil {
		return nil, err
	}
	page.Due, err = p.Store.FollowUps(ctx, p.Now().Add(24*time.Hour), 12)
	return page, err
}

func (p *Panel) roomOf(r *http.Request, s phonebank.Session) (openRoom, error) {
	list, err := p.Store.Room(r.Context(), s.ID)
	room := openRoom{Session: s}
	for _, h := range list {
		words, tone := stateWords(h)
		one := here{Here: h, Words: words, Tone: tone}
		if h.Talk != "" {
			if one.Step, err = p.stepOf(r.Context(), h.Talk); err != nil {
				return room, err
			}
		}
		room.Here = append(room.Here, one)
	}
	return room, err
}

// stateWords says what a volunteer is doing.
func stateWords(h store.Here) (words, tone string) {
	switch {
	case !h.Admitted:
		return "at the door", "slow"
	case h.State == phonebank.ShiftOff:
		return "not connected", ""
	case h.State == phonebank.ShiftConnecting:
		return "their phone rings", ""
	case h.State == phonebank.ShiftBreak:
		return "connected, not taking calls", ""
	case h.State == phonebank.ShiftReady:
		return "ready", "go"
	case h.State == phonebank.ShiftReserved:
		return "reading a card", "pen"
	case h.State == phonebank.ShiftWrapUp:
		return "wrapping up", "pen"
	case h.CallState == phonebank.CallAnswered || h.CallState == phonebank.CallBridged:
		return "talking", "go"
	case h.CallState == phonebank.CallEnded:
		return "line ended", ""
	}
	return "ringing", "pen"
}

func counts(rooms []openRoom) []count {
	var total, talking, ringing, ready, rest int
	for _, room := range rooms {
		for _, h := range room.Here {
			total++
			switch h.Words {
			case "talking":
				talking++
			case "ringing":
				ringing++
			case "ready", "reading a card":
				ready++
			default:
				rest++
			}
		}
	}
	return []count{{total, "here"}, {talking, "talking"}, {ringing, "ringing"}, {ready, "ready"}, {rest, "on a break or wrapping up"}}
}

// needs gathers what waits for a coordinator, the oldest first; a raised hand is always on top.
func (p *Panel) needs(r *http.Request, rooms []openRoom) ([]need, error) {
	ctx := r.Context()
	var list []need
	for _, room := range rooms {
		for _, h := range room.Here {
			if h.Help {
				words := "asks for help"
				if h.Person != "" {
					words += ", with " + h.Person
				}
				link := ""
				if h.Talk != "" {
					link = "/talk/" + string(h.Talk)
				}
				list = append(list, need{Kind: "help", Label: "Help", Tone: "stop", Since: h.Since, Title: h.Name, Words: words, ID: string(h.ShiftID), Link: link})
			}
			if !h.Admitted {
				list = append(list, need{Kind: "admit", Label: "Door", Tone: "slow", Since: h.Since, Title: h.Name, Words: "wants to join " + room.Session.Name, ID: string(h.ShiftID)})
			}
		}
	}
	threads, err := p.Store.WaitingThreads(ctx, "")
	if err != nil {
		return nil, err
	}
	for _, t := range threads {
		list = append(list, threadNeed(t))
	}
	unknown, err := p.Store.UnknownTexts(ctx, p.Now().AddDate(0, 0, -14))
	if err != nil {
		return nil, err
	}
	for _, o := range unknown {
		name := o.To.Pretty()
		if person, err := p.Store.Person(ctx, o.PersonID); err == nil {
			name = person.Name
		}
		list = append(list, need{Kind: "unknown", Label: "Text", Tone: "slow", Since: o.CreatedAt, Title: name, ID: string(o.ID), Link: personLink(o.PersonID),
			Words: "Nobody knows whether this text arrived: “" + short(o.Body, 80) + "”. Sending it again could send it twice, so we don't. Look at their thread, then leave it."})
	}
	voices, err := p.Store.Voicemails(ctx, "")
	if err != nil {
		return nil, err
	}
	for i, v := range voices {
		if i == 5 || p.Now().Sub(v.At) > 24*time.Hour {
			break
		}
		list = append(list, need{Kind: "voicemail", Label: "Voice", Tone: "", Since: v.At, Title: nameOr(v.Person, v.Number), Link: personLink(v.PersonID),
			Words: "left a voicemail, " + plural(v.Seconds, "second", "seconds") + ". A call back is on the list of follow-ups.", Sound: "/voicemails/" + v.ID + ".wav"})
	}
	owed, err := p.Store.OwedByAll(ctx)
	if err != nil {
		return nil, err
	}
	for _, o := range owed {
		if p.Now().Sub(o.Since) < 15*time.Minute {
			continue // they are at it
		}
		list = append(list, need{Kind: "wrap", Label: "Wrap-up", Tone: "", Since: o.Since, Title: nameOr(o.Who, ""), Words: "has a talk with " + o.Person + " to wrap up", Link: "/talk/" + string(o.Talk)})
	}
	sort.SliceStable(list, func(i, j int) bool {
		if (list[i].Kind == "help") != (list[j].Kind == "help") {
			return list[i].Kind == "help"
		}
		return list[i].Since.Before(list[j].Since)
	})
	return list, nil
}

func threadNeed(t store.Waiting) need {
	n := need{Kind: "text", Label: "Text", Since: t.Since, Title: nameOr(t.Person, t.Number), Words: "“" + short(t.Words, 160) + "”", Link: personLink(t.PersonID), ID: string(t.PhoneID)}
	if t.Owner != "" {
		n.Words += " · for " + t.Owner
	}
	if t.PersonID == "" {
		n.Link = "/threads/" + string(t.PhoneID)
		n.Label = "Unknown"
	}
	if t.Hold {
		n.Kind, n.Label, n.Tone = "hold", "Was it a no?", "slow"
	}
	return n
}

func personLink(id phonebank.PersonID) string {
	if id == "" {
		return ""
	}
	return "/people/" + string(id)
}

func nameOr(name string, n phonebank.Number) string {
	if name != "" {
		return name
	}
	if n == "" {
		return "Somebody"
	}
	return n.Pretty()
}

// short cuts words to a length that a board can show.
func short(s string, most int) string {
	s = strings.Join(strings.Fields(s), " ")
	if r := []rune(s); len(r) > most {
		return string(r[:most]) + "…"
	}
	return s
}

// happenings says the newest calls and texts in words.
func (p *Panel) happenings(r *http.Request) ([]happened, error) {
	list, err := p.Store.Happenings(r.Context(), 14)
	if err != nil {
		return nil, err
	}
	out := make([]happened, len(list))
	for i, h := range list {
		name, who := nameOr(h.Person, h.Number), h.Who
		if who == "" {
			who = "We"
		}
		out[i] = happened{At: h.At, Link: personLink(h.PersonID)}
		switch {
		case h.Kind == "text" && h.Inward:
			out[i].Words, out[i].Quote = name+" texted", short(h.Words, 120)
		case h.Kind == "text":
			how, _ := reached(phonebank.MessageState(h.State))
			out[i].Words, out[i].Quote = who+" texted "+name+" ("+how+")", short(h.Words, 120)
		case h.Kind == "voicemail":
			out[i].Words = name + " left a voicemail"
		case h.Inward:
			out[i].Words = name + " called us" + lineWords(h)
		default:
			out[i].Words = who + " called " + name + lineWords(h)
		}
	}
	return out, nil
}

func lineWords(h store.Happening) string {
	switch phonebank.CallResult(h.Result) {
	case phonebank.ResultAnswered:
		if h.Seconds >= 60 {
			return ": talked " + plural(h.Seconds/60, "minute", "minutes")
		}
		return ": picked up"
	case phonebank.ResultNoAnswer:
		return ": nobody picked up"
	case phonebank.ResultBusy:
		return ": busy"
	case phonebank.ResultVoicemail:
		return ": a voicemail"
	case phonebank.ResultFailed:
		return ": can't be reached"
	case phonebank.ResultCanceled:
		return ": stopped before an answer"
	}
	switch phonebank.CallState(h.State) {
	case phonebank.CallAnswered, phonebank.CallBridged:
		return ": talking"
	case phonebank.CallRinging:
		return ": ringing"
	}
	return ": getting a line"
}

// pressRoom runs one press on the board; what went wrong is said above it.
func (p *Panel) pressRoom(w http.ResponseWriter, r *http.Request, me phonebank.User, do func() error) error {
	err := do()
	if err == nil {
		back := "/room"
		if s := r.PostFormValue("session"); phonebank.ValidID(s) {
			back = "/sessions/" + s
		}
		return to(w, r, back)
	}
	page, pageErr := p.roomPage(r)
	if pageErr != nil {
		return pageErr
	}
	page.TestTo = clean(r, "number", 40)
	p.again(w, r, me, err, "room", page)
	return nil
}

func (p *Panel) shiftAdmit(w http.ResponseWriter, r *http.Request, me phonebank.User) error {
	return p.pressRoom(w, r, me, func() error { return p.Switchboard.Admit(r.Context(), shiftID(r)) })
}

func (p *Panel) shiftHelped(w http.ResponseWriter, r *http.Request, me phonebank.User) error {
	return p.pressRoom(w, r, me, func() error { return p.Switchboard.Help(r.Context(), shiftID(r), false) })
}

// shiftRemove takes a volunteer out for good: their line ends and their cookie is dead.
func (p *Panel) shiftRemove(w http.ResponseWriter, r *http.Request, me phonebank.User) error {
	return p.pressRoom(w, r, me, func() error {
		s, err := p.Store.Shift(r.Context(), shiftID(r))
		if err != nil {
			return err
		}
		u, err := p.Store.User(r.Context(), s.UserID)
		if err != nil {
			return err
		}
		if u.ID == me.ID || coordinator.lets(u) {
			return phonebank.Fail(phonebank.Forbidden, "Coordinators can't be removed here. They end their own shift.")
		}
		return p.Switchboard.Remove(r.Context(), s.ID, me.ID)
	})
}

func shiftID(r *http.Request) phonebank.ShiftID { return phonebank.ShiftID(mux.Vars(r)["id"]) }

// textLeave closes a text whose outcome nobody knows: a person has decided.
func (p *Panel) textLeave(w http.ResponseWriter, r *http.Request, me phonebank.User) error {
	return p.pressRoom(w, r, me, func() error {
		err := p.Desk.Leave(r.Context(), phonebank.OutboxID(mux.Vars(r)["id"]), me.ID)
		if err == nil {
			p.Live.Publish("room")
		}
		return err
	})
}

// pause stops every call and text of everybody, until somebody resumes.
func (p *Panel) pause(w http.ResponseWriter, r *http.Request, me phonebank.User) error {
	return p.pressRoom(w, r, me, func() error {
		if err := p.Store.Pause(r.Context(), me.ID, p.Now()); err != nil {
			return err
		}
		return p.tellAll(r)
	})
}

func (p *Panel) resume(w http.ResponseWriter, r *http.Request, me phonebank.User) error {
	return p.pressRoom(w, r, me, func() error {
		if err := p.Store.Lift(r.Context(), me.ID, p.Now()); err != nil {
			return err
		}
		return p.tellAll(r)
	})
}

// tellAll lets every open screen look again.
func (p *Panel) tellAll(r *http.Request) error {
	topics := []string{"room", "calls", "due"}
	sessions, err := p.Store.Sessions(r.Context())
	if err != nil {
		return err
	}
	for _, s := range sessions {
		if s.State != phonebank.SessionOpen {
			continue
		}
		shifts, err := p.Store.ShiftsHere(r.Context(), s.ID)
		if err != nil {
			return err
		}
		for _, sh := range shifts {
			topics = append(topics, "shift:"+string(sh.ID))
			if sh.Conversation != "" {
				topics = append(topics, "conversation:"+string(sh.Conversation))
			}
		}
	}
	p.Live.Publish(topics...)
	return nil
}

// testCall rings a number that a coordinator gives and says that everything works.
func (p *Panel) testCall(w http.ResponseWriter, r *http.Request, me phonebank.User) error {
	return p.pressRoom(w, r, me, func() error {
		number, err := people.VolunteerNumber(clean(r, "number", 40))
		if err != nil {
			return err
		}
		campaigns, err := p.Store.Campaigns(r.Context())
		if err != nil {
			return err
		}
		if len(campaigns) == 0 {
			return phonebank.Fail(phonebank.Conflict, "There is no campaign yet, so there is no number to call from. Create one first.")
		}
		return p.once(r, func() error {
			if !p.rings.take(string(me.ID), p.Now()) {
				return errTooMany
			}
			return p.Switchboard.TestCall(r.Context(), number, campaigns[0].Number)
		})
	})
}

// threadPage is what came from a number that nobody knows yet.
type threadPage struct {
	Page
	Phone     phonebank.Phone
	Thread    []bubble
	HoldWords string
	Zone      string
	Campaigns []phonebank.Campaign
	Name      string
}

func (p *Panel) thread(w http.ResponseWriter, r *http.Request, me phonebank.User) error {
	page, err := p.threadPage(r)
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

func (p *Panel) threadPage(r *http.Request) (*threadPage, error) {
	phone, err := p.Store.Phone(r.Context(), phonebank.PhoneID(mux.Vars(r)["id"]))
	if err != nil {
		return nil, err
	}
	page := &threadPage{Page: Page{Title: phone.Number.Pretty(), Nav: "room"}, Phone: phone, Zone: phonebank.ZonesOf("", phone.Zones)}
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
	page, err := p.threadPage(r)
	if err != nil {
		return err
	}
	next, err := do(page)
	if err == nil {
		return to(w, r, next)
	}
	page.Name = clean(r, "name", 120)
	p.again(w, r, me, err, "thread", page)
	return nil
}

// threadPerson gives an unknown number its person.
func (p *Panel) threadPerson(w http.ResponseWriter, r *http.Request, me phonebank.User) error {
	return p.pressThread(w, r, me, func(page *threadPage) (string, error) {
		one, err := p.Roster.AddByHand(r.Context(), people.One{Name: clean(r, "name", 120), Phone: string(page.Phone.Number), Campaign: phonebank.CampaignID(clean(r, "campaign", 26)), By: me.ID, Owner: me.ID})
		return "/people/" + string(one.ID), err
	})
}

func (p *Panel) threadAnswered(w http.ResponseWriter, r *http.Request, me phonebank.User) error {
	return p.pressThread(w, r, me, func(page *threadPage) (string, error) {
		return "/room", p.Desk.NoAnswerNeeded(r.Context(), page.Phone.ID, me.ID)
	})
}

func (p *Panel) threadRule(w http.ResponseWriter, r *http.Request, me phonebank.User) error {
	return p.pressThread(w, r, me, func(page *threadPage) (string, error) { return "/room", p.rule(r, me, page.Phone.ID) })
}
