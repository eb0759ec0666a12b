package simulator

import (
	"context"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"
)

// participant is one leg's place in a conference.
type participant struct {
	call                    *call
	conference              *conference
	label                   string
	owner                   string // the name of whose phone it is, where the simulator was told one
	muted, hold, coaching   bool
	coach                   string // call being coached
	startOnEnter, endOnExit bool
	earlyMedia              bool
	byREST                  bool // made by the Participants API: the call ends when it leaves
	joined                  bool
	waitURL, waitMethod     string // "" is silence
	created, updated        time.Time
	gone                    chan struct{}      // closed when it left
	music                   context.CancelFunc // stops what is played to it alone
}

// who names a participant to the others.
func (p *participant) who() string {
	switch {
	case p.owner != "":
		return p.owner
	case p.label != "":
		return p.label
	}
	return "caller"
}

type participantJSON struct {
	AccountSid             string  `json:"account_sid"`
	CallSid                string  `json:"call_sid"`
	Label                  *string `json:"label"`
	CallSidToCoach         *string `json:"call_sid_to_coach"`
	Coaching               bool    `json:"coaching"`
	ConferenceSid          string  `json:"conference_sid"`
	DateCreated            *string `json:"date_created"`
	DateUpdated            *string `json:"date_updated"`
	EndConferenceOnExit    bool    `json:"end_conference_on_exit"`
	Muted                  bool    `json:"muted"`
	Hold                   bool    `json:"hold"`
	StartConferenceOnEnter bool    `json:"start_conference_on_enter"`
	Status                 string  `json:"status"`
	QueueTime              string  `json:"queue_time"`
	URI                    string  `json:"uri"`
}

func (s *Simulator) renderParticipant(p *participant) any {
	return participantJSON{
		AccountSid: s.cfg.AccountSID, CallSid: p.call.sid, Label: text(p.label), CallSidToCoach: text(p.coach), Coaching: p.coaching,
		ConferenceSid: p.conference.sid, DateCreated: date(p.created), DateUpdated: date(p.updated), EndConferenceOnExit: p.endOnExit, Muted: p.muted,
		Hold: p.hold, StartConferenceOnEnter: p.startOnEnter, Status: p.status(), QueueTime: strconv.FormatInt(p.call.queueTime.Milliseconds(), 10),
		URI: s.accountPath() + "/Conferences/" + p.conference.sid + "/Participants/" + p.call.sid + ".json",
	}
}

// status follows the call. Source: Twilio docs, "Participant resource", status.
func (p *participant) status() string {
	switch p.call.status {
	case "in-progress":
		return "connected"
	case "queued", "ringing":
		return p.call.status
	case "completed":
		return "complete"
	}
	return "failed"
}

func (s *Simulator) participantEndpoints() []endpoint {
	all := "/{AccountSid}/Conferences/{ConferenceSid}/Participants.json"
	one := "/{AccountSid}/Conferences/{ConferenceSid}/Participants/{CallSid}.json"
	return []endpoint{
		{http.MethodPost, all, "participants.create", slices.Concat([]string{"From", "To", "Label", "EarlyMedia", "Beep", "Muted", "StartConferenceOnEnter",
			"EndConferenceOnExit", "WaitUrl", "WaitMethod", "MaxParticipants", "JitterBufferSize", "Timeout", "TimeLimit", "CallerId", "CallReason", "CallToken",
			"StatusCallback", "StatusCallbackMethod", "StatusCallbackEvent", "ConferenceStatusCallback", "ConferenceStatusCallbackMethod",
			"ConferenceStatusCallbackEvent", "Coaching", "CallSidToCoach", "Region", "Byoc", "SipAuthUsername", "SipAuthPassword",
			"ConferenceRecord", "ConferenceTrim", "ConferenceRecordingStatusCallback", "ConferenceRecordingStatusCallbackMethod",
			"ConferenceRecordingStatusCallbackEvent", "AmdStatusCallback", "AmdStatusCallbackMethod"}, amdFields, recordFields), 201, s.createParticipant},
		{http.MethodGet, all, "participants.list", listFields("Muted", "Hold", "Coaching"), 200, s.listParticipants},
		{http.MethodGet, one, "participants.fetch", nil, 200, s.fetchParticipant},
		{http.MethodPost, one, "participants.update", []string{"Muted", "Hold", "HoldUrl", "HoldMethod", "AnnounceUrl", "AnnounceMethod", "WaitUrl", "WaitMethod",
			"BeepOnExit", "EndConferenceOnExit", "Coaching", "CallSidToCoach"}, 200, s.updateParticipant},
		{http.MethodDelete, one, "participants.delete", nil, 204, s.deleteParticipant},
	}
}

// createParticipant calls somebody into a conference, named by SID or friendly name; a name that has no live
// conference gets one. Source: Twilio docs, "Participant resource".
func (s *Simulator) createParticipant(a *ask) (any, error) {
	c, err := s.readCall(a)
	if err != nil {
		return nil, err
	}
	if a.form.Has("Timeout") && c.timeout < 5*time.Second {
		return nil, bad(20001, "Timeout must be 5 to 600")
	}
	c.amd.sync = false
	p, err := s.readParticipant(a.form)
	if err != nil {
		return nil, err
	}
	cb, err := s.readCallback(a.form, "ConferenceStatusCallback", conferenceEvents, []string{"start", "end"})
	if err != nil {
		return nil, err
	}
	capacity, err := whole(a.form, "MaxParticipants", 250, 2, 250)
	if err != nil {
		return nil, err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	var f *conference
	if strings.HasPrefix(a.vars["ConferenceSid"], "CF") {
		if f, err = s.conferenceBySID(a); err != nil {
			return nil, err
		}
		if f.status == "completed" {
			return nil, notFound(a.path)
		}
	} else {
		f = s.room(a.vars["ConferenceSid"], cb, capacity)
	}
	p.call = c
	if problem := s.sit(f, p); problem != nil {
		return nil, bad(problem.code, "%s", problem.message)
	}
	c.start = source{seat: p}
	s.queueCall(a, c)
	return s.renderParticipant(p), nil
}

func (s *Simulator) readParticipant(f url.Values) (*participant, error) {
	p := &participant{byREST: true, label: f.Get("Label"), coach: f.Get("CallSidToCoach"), waitMethod: f.Get("WaitMethod"), waitURL: f.Get("WaitUrl")}
	for name, into := range map[string]*bool{"Muted": &p.muted, "EndConferenceOnExit": &p.endOnExit, "Coaching": &p.coaching} {
		value, err := flag(f, name, false)
		if err != nil {
			return nil, err
		}
		*into = value
	}
	for name, into := range map[string]*bool{"StartConferenceOnEnter": &p.startOnEnter, "EarlyMedia": &p.earlyMedia} {
		value, err := flag(f, name, true)
		if err != nil {
			return nil, err
		}
		*into = value
	}
	if !f.Has("WaitUrl") {
		p.waitURL = holdMusic
	}
	if p.waitURL != "" && p.waitURL != holdMusic && !s.allowed(p.waitURL) {
		return nil, s.badURL(21205, "WaitUrl")
	}
	if beep := f.Get("Beep"); !slices.Contains([]string{"", "true", "false", "onEnter", "onExit"}, beep) {
		return nil, bad(20001, "Beep must be true, false, onEnter or onExit")
	}
	return p, nil
}

// ringInConference lets those who wait in the room hear the ringing, when early media is on.
func (s *Simulator) ringInConference(c *call, event string) {
	if event != "ringing" || !c.seat.earlyMedia {
		return
	}
	for _, other := range c.seat.conference.present() {
		s.hear(other.call, WhoLine, "", "("+c.seat.who()+": ringing)")
	}
}

func (s *Simulator) listParticipants(a *ask) (any, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	f, err := s.conferenceBySID(a)
	if err != nil {
		return nil, err
	}
	kept := newestFirst(f.seats, func(p *participant) bool {
		return is(a.form, "Muted", strconv.FormatBool(p.muted)) && is(a.form, "Hold", strconv.FormatBool(p.hold)) &&
			is(a.form, "Coaching", strconv.FormatBool(p.coaching))
	})
	return page(a, "participants", kept, func(p *participant) string { return p.call.sid }, s.renderParticipant)
}

// participantBy finds a participant by call SID or label.
func (s *Simulator) participantBy(a *ask) (*participant, error) {
	f, err := s.conferenceBySID(a)
	if err != nil {
		return nil, err
	}
	for _, p := range f.seats {
		if id := a.vars["CallSid"]; p.call.sid == id || (p.label != "" && p.label == id) {
			a.sid = p.call.sid
			return p, nil
		}
	}
	return nil, notFound(a.path)
}

func (s *Simulator) fetchParticipant(a *ask) (any, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	p, err := s.participantBy(a)
	if err != nil {
		return nil, err
	}
	return s.renderParticipant(p), nil
}

// updateParticipant changes a participant and reports what changed.
func (s *Simulator) updateParticipant(a *ask) (any, error) {
	for _, name := range []string{"HoldUrl", "AnnounceUrl", "WaitUrl"} {
		if address := a.form.Get(name); address != "" && !s.allowed(address) {
			return nil, s.badURL(21205, name)
		}
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	p, err := s.participantBy(a)
	if err != nil {
		return nil, err
	}
	was, now := *p, *p
	for name, into := range map[string]*bool{"Muted": &now.muted, "Hold": &now.hold, "EndConferenceOnExit": &now.endOnExit, "Coaching": &now.coaching} {
		if *into, err = flag(a.form, name, *into); err != nil {
			return nil, err
		}
	}
	if a.form.Has("CallSidToCoach") {
		now.coach = a.form.Get("CallSidToCoach")
	}
	if now.coaching && !slices.ContainsFunc(p.conference.present(), func(other *participant) bool { return other.call.sid == now.coach }) {
		return nil, bad(13240, "CallSidToCoach is not a participant of this conference")
	}
	p.muted, p.hold, p.endOnExit, p.coaching, p.coach, p.updated = now.muted, now.hold, now.endOnExit, now.coaching, now.coach, s.clock.Now()
	s.reportChange(p, "mute", was.muted, p.muted, "participant-mute", "participant-unmute")
	s.reportChange(p, "hold", was.hold, p.hold, "participant-hold", "participant-unhold")
	if was.endOnExit != p.endOnExit || was.coaching != p.coaching || was.coach != p.coach {
		s.reportConference(p.conference, "modify", "participant-modify", p, nil)
	}
	if was.hold != p.hold {
		s.playHold(p, a.form.Get("HoldUrl"), a.form.Get("HoldMethod"))
	}
	if address := a.form.Get("AnnounceUrl"); address != "" {
		s.announce(p, address, a.form.Get("AnnounceMethod"))
	}
	return s.renderParticipant(p), nil
}

func (s *Simulator) reportChange(p *participant, kind string, was, is bool, on, off string) {
	if was == is {
		return
	}
	event := off
	if is {
		event = on
	}
	s.hear(p.call, WhoLine, "", "("+strings.TrimPrefix(event, "participant-")+")")
	s.reportConference(p.conference, kind, event, p, nil)
}

// deleteParticipant removes a participant: a call made by the Participants API ends, another goes on with what
// follows in its TwiML.
func (s *Simulator) deleteParticipant(a *ask) (any, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	p, err := s.participantBy(a)
	if err != nil {
		return nil, err
	}
	s.leave(p, leftByAPI, true)
	if p.byREST {
		status := "completed"
		if p.call.answered.IsZero() {
			status = "canceled"
		}
		s.endCall(p.call, status, 487, leftByAPI)
	}
	return nil, nil
}
