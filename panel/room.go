package panel

import (
	"bytes"
	"cmp"
	"io"
	"net/http"
	"time"

	"github.com/gorilla/mux"

	"phonebank"
	"phonebank/people"
	"phonebank/store"
	"phonebank/texting"
	"phonebank/words"
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
	Waves    []waveLine // those that are live
	TestTo   string
	Topics   string
	Campaign bool // there is a campaign at all
}

type openRoom struct {
	Session   phonebank.Session
	Here      []here
	NoSpeaker string // people on the list with whom nobody here can talk
}

// here is one volunteer in the room, by name and never by score.
type here struct {
	store.Here
	Is    string // what they are doing, by which they are counted
	Words string // the same, as it is read
	Tone  string
	Step  string // of their talk
}

type count struct {
	N     int
	Words string
}

func (p *Panel) room(w http.ResponseWriter, r *http.Request, me phonebank.User) error {
	page, err := p.roomPage(r, me)
	if err != nil {
		return err
	}
	p.show(w, r, me, http.StatusOK, "room", page)
	return nil
}

func (p *Panel) roomPage(r *http.Request, me phonebank.User) (*roomPage, error) {
	ctx := r.Context()
	page := &roomPage{Page: Page{Title: lang(r).Say("Live board"), Nav: "room"}, Zone: p.houseZone(r), Topics: "room,inbox"}
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
		if s.State != phonebank.SessionOpen || len(page.Rooms) == mostTopics-4 {
			continue
		}
		room, err := p.roomOf(r, s)
		if err != nil {
			return nil, err
		}
		page.Rooms = append(page.Rooms, room)
		page.Topics += ",session:" + string(s.ID)
	}
	page.Counts = counts(lang(r), page.Rooms)
	if page.Needs, err = p.needs(r, me, page.Rooms); err != nil {
		return nil, err
	}
	page.Inbox = p.countInbox(ctx, me)
	if page.Now, err = p.happenings(r); err != nil {
		return nil, err
	}
	if page.Waves, err = p.liveWaves(ctx); err != nil {
		return nil, err
	}
	page.Due, err = p.Store.FollowUps(ctx, p.Now().Add(24*time.Hour), 12)
	return page, err
}

func (p *Panel) roomOf(r *http.Request, s phonebank.Session) (openRoom, error) {
	list, err := p.Store.Room(r.Context(), s.ID)
	room := openRoom{Session: s}
	for _, h := range list {
		is, tone := stateWords(h)
		one := here{Here: h, Is: is, Words: lang(r).Say(is), Tone: tone}
		if h.Talk != "" {
			if one.Step, err = p.stepOf(r.Context(), h.Talk); err != nil {
				return room, err
			}
		}
		room.Here = append(room.Here, one)
	}
	if err == nil {
		room.NoSpeaker, err = p.noSpeaker(r, s.ID)
	}
	return room, err
}

// stateWords says what a volunteer is doing.
func stateWords(h store.Here) (is, tone string) {
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

func counts(l words.Language, rooms []openRoom) []count {
	var total, talking, ringing, ready, rest int
	for _, room := range rooms {
		for _, h := range room.Here {
			total++
			switch h.Is {
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
	return []count{{total, l.Say("here")}, {talking, l.Say("talking")}, {ringing, l.Say("ringing")}, {ready, l.Say("ready")}, {rest, l.Say("on a break or wrapping up")}}
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
	page, pageErr := p.roomPage(r, me)
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

// pause stops every call and text of everybody, until somebody resumes.
func (p *Panel) pause(w http.ResponseWriter, r *http.Request, me phonebank.User) error {
	return p.pressRoom(w, r, me, func() error {
		if err := p.Store.Pause(r.Context(), me.ID, p.Now()); err != nil {
			return err
		}
		return p.tellAll(r)
	})
}

// resume lifts one pause. A coordinator may lift any of them: the banner says what that means where Phonebank itself paused.
func (p *Panel) resume(w http.ResponseWriter, r *http.Request, me phonebank.User) error {
	return p.pressRoom(w, r, me, func() error {
		kind := store.PauseKind(cmp.Or(clean(r, "kind", 20), string(store.PersonPause)))
		if err := p.Store.LiftKind(r.Context(), kind, me.ID, p.Now()); err != nil {
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
