package panel

import (
	"bytes"
	"io/fs"
	"net/http"
	"slices"
	"time"

	"github.com/gorilla/mux"

	"phonebank"
)

// talkPage is the shell of a talk; its script draws the rest from the state.
type talkPage struct {
	Page
	ConversationID phonebank.ConversationID
	ByText         bool
	Modules        []string // what the panel is made of: a phone on a slow network asks for all of it at once, not file by file
}

// talkFor finds a talk for somebody who may read it: the volunteer whose it is, or a coordinator.
func (p *Panel) talkFor(r *http.Request, me phonebank.User) (phonebank.Conversation, error) {
	id := mux.Vars(r)["id"]
	if !phonebank.ValidID(id) {
		return phonebank.Conversation{}, phonebank.Fail(phonebank.NotFound, "We can't find this talk.")
	}
	c, err := p.Store.Conversation(r.Context(), phonebank.ConversationID(id))
	if err == nil && c.UserID != me.ID && !coordinator.lets(me) {
		err = phonebank.Fail(phonebank.Forbidden, "This is somebody else's talk.")
	}
	return c, err
}

// myTalk finds a talk for the volunteer whose it is: nobody else may change it.
func (p *Panel) myTalk(r *http.Request, me phonebank.User) (phonebank.Conversation, error) {
	c, err := p.talkFor(r, me)
	if err == nil && c.UserID != me.ID {
		err = phonebank.Fail(phonebank.Forbidden, "This is somebody else's talk. You can read along.")
	}
	return c, err
}

func (p *Panel) talk(w http.ResponseWriter, r *http.Request, me phonebank.User) error {
	c, err := p.talkFor(r, me)
	if err != nil {
		return err
	}
	person, err := p.Store.Person(r.Context(), c.PersonID)
	if err != nil {
		return err
	}
	p.show(w, r, me, http.StatusOK, "talk", &talkPage{Page: Page{Title: lang(r).Say("Talking with %s", shown(lang(r), person.Called()))}, ConversationID: c.ID, ByText: c.Channel == phonebank.TalkByText, Modules: p.modules()})
	return nil
}

// modules lists the scripts of the panel of a talk, but for those that few talks need.
func (p *Panel) modules() []string {
	list := []string{"js/words.js"}
	for _, pattern := range []string{"talk/*.js", "talk/view/*.js"} {
		found, err := fs.Glob(p.static, pattern)
		if err != nil {
			p.Log.Error("the panel's scripts not listed", "error", err) // the pattern is ours: it is always well formed
		}
		list = append(list, found...)
	}
	return slices.DeleteFunc(list, func(name string) bool { return name == "talk/main.js" })
}

type holding struct {
	Tab  string `json:"tab"`
	Take bool   `json:"take"`
}

// talkHold lets one tab write, and says that the volunteer is still there.
func (p *Panel) talkHold(w http.ResponseWriter, r *http.Request, me phonebank.User) error {
	var in holding
	if err := read(r, &in); err != nil {
		return err
	}
	c, err := p.talkFor(r, me)
	if err != nil {
		return err
	}
	if !phonebank.ValidID(in.Tab) {
		return phonebank.Fail(phonebank.Invalid, "This tab has no id of its own. Reload the page; your words stay.")
	}
	if c.UserID != me.ID {
		return answer(w, map[string]bool{"holder": false})
	}
	held, err := p.Store.HoldConversation(r.Context(), c.ID, in.Tab, in.Take, p.Now())
	if err != nil {
		return err
	}
	if c.ShiftID != "" {
		if err := p.Store.SeeShift(r.Context(), c.ShiftID, p.Now()); err != nil {
			return err
		}
	}
	if held && in.Take && c.Holder != in.Tab {
		p.Live.Publish("conversation:" + string(c.ID))
	}
	return answer(w, map[string]bool{"holder": held})
}

type marked struct {
	Tab    string            `json:"tab"`
	Events []phonebank.Event `json:"events"`
}

const (
	mostEvents    = 50
	mostEventData = 16 << 10
)

// talkEvents stores what was marked, each once, from the one tab that may write.
func (p *Panel) talkEvents(w http.ResponseWriter, r *http.Request, me phonebank.User) error {
	var in marked
	if err := read(r, &in); err != nil {
		return err
	}
	c, err := p.myTalk(r, me)
	if err != nil {
		return err
	}
	if err := p.checkEvents(c, in); err != nil {
		return err
	}
	held, err := p.Store.HoldConversation(r.Context(), c.ID, in.Tab, false, p.Now())
	if err != nil {
		return err
	}
	if !held {
		return phonebank.Fail(phonebank.Conflict, "This talk is open in another tab, which keeps the notes.")
	}
	stored, err := p.Switchboard.Mark(r.Context(), c.ID, me.ID, in.Events)
	if err != nil {
		return err
	}
	return answer(w, map[string][]string{"stored": stored})
}

func (p *Panel) checkEvents(c phonebank.Conversation, in marked) error {
	switch {
	case !phonebank.ValidID(in.Tab):
		return phonebank.Fail(phonebank.Invalid, "This tab has no id of its own. Reload the page; your words stay.")
	case len(in.Events) == 0 || len(in.Events) > mostEvents:
		return phonebank.Fail(phonebank.Invalid, "Send between 1 and %d marks at a time.", mostEvents)
	}
	from, until := c.StartedAt.Add(-24*time.Hour), p.Now().Add(24*time.Hour)
	for _, e := range in.Events {
		data := bytes.TrimSpace(e.Data)
		switch {
		case !phonebank.ValidID(e.ID):
			return phonebank.Fail(phonebank.Invalid, "A mark has no id of its own.")
		case !phonebank.EventTypes[e.Type]:
			return phonebank.Fail(phonebank.Invalid, "%q is no mark that we know.", e.Type)
		case e.At.Before(from) || e.At.After(until):
			return phonebank.Fail(phonebank.Invalid, "A mark carries a time outside of this talk. Check the clock of this device.")
		case len(data) > mostEventData || len(data) == 0 || data[0] != '{' || bytes.Contains(data, []byte(`\u0000`)):
			return phonebank.Fail(phonebank.Invalid, "A mark can't be stored as it is.")
		}
	}
	return nil
}

// act runs one press of the talk's remote control.
func (p *Panel) act(w http.ResponseWriter, r *http.Request, me phonebank.User, do func(phonebank.Conversation) error) error {
	c, err := p.myTalk(r, me)
	if err != nil {
		return err
	}
	if err := do(c); err != nil {
		return err
	}
	return answer(w, struct{}{})
}

func (p *Panel) talkHangUp(w http.ResponseWriter, r *http.Request, me phonebank.User) error {
	return p.act(w, r, me, func(c phonebank.Conversation) error { return p.Switchboard.HangUp(r.Context(), c.ID, me.ID) })
}

func (p *Panel) talkVoicemail(w http.ResponseWriter, r *http.Request, me phonebank.User) error {
	return p.act(w, r, me, func(c phonebank.Conversation) error { return p.Switchboard.Voicemail(r.Context(), c.ID, me.ID) })
}

func (p *Panel) talkRedial(w http.ResponseWriter, r *http.Request, me phonebank.User) error {
	return p.act(w, r, me, func(c phonebank.Conversation) error { return p.Switchboard.Redial(r.Context(), c.ID, me.ID) })
}

func (p *Panel) talkNotConnected(w http.ResponseWriter, r *http.Request, me phonebank.User) error {
	return p.act(w, r, me, func(c phonebank.Conversation) error { return p.Switchboard.NotConnected(r.Context(), c.ID, me.ID) })
}

type switched struct {
	On bool `json:"on"`
}

func (p *Panel) talkMute(w http.ResponseWriter, r *http.Request, me phonebank.User) error {
	var in switched
	if err := read(r, &in); err != nil {
		return err
	}
	return p.act(w, r, me, func(c phonebank.Conversation) error { return p.Switchboard.Mute(r.Context(), c.ID, me.ID, in.On) })
}

func (p *Panel) talkHelp(w http.ResponseWriter, r *http.Request, me phonebank.User) error {
	var in switched
	if err := read(r, &in); err != nil {
		return err
	}
	return p.act(w, r, me, func(c phonebank.Conversation) error {
		if c.ShiftID == "" {
			return phonebank.Fail(phonebank.Conflict, "This talk belongs to no session, so there is no host to ask.")
		}
		if err := p.Switchboard.Help(r.Context(), c.ShiftID, in.On); err != nil {
			return err
		}
		p.Live.Publish("conversation:" + string(c.ID))
		return nil
	})
}

// talkWrap saves the outcome and every promise, in one press.
func (p *Panel) talkWrap(w http.ResponseWriter, r *http.Request, me phonebank.User) error {
	var in phonebank.Wrap
	if err := read(r, &in); err != nil {
		return err
	}
	c, err := p.myTalk(r, me)
	if err != nil {
		return err
	}
	if err := p.Switchboard.Wrap(r.Context(), c.ID, me.ID, in); err != nil {
		return err
	}
	next := "/shift"
	if c.Channel == phonebank.TalkByText {
		next = "/me" // who else waits for an answer
	} else if c.ShiftID == "" {
		next = "/people/" + string(c.PersonID)
	}
	return answer(w, map[string]string{"next": next})
}
