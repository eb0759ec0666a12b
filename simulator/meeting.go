package simulator

import (
	"net/url"
	"slices"
	"strconv"
)

// room finds the live conference of this name, or makes one whose callbacks go where its first participant says.
func (s *Simulator) room(name string, cb callback, capacity int) *conference {
	for _, f := range s.conferences {
		if f.status != "completed" && f.name == name {
			return f
		}
	}
	now := s.clock.Now()
	f := &conference{sid: newSID("CF"), name: name, status: "init", created: now, updated: now, callback: cb, capacity: capacity}
	s.conferences = append(s.conferences, f)
	return f
}

// sit keeps a place for a leg; it refuses a label that is taken (16025) and a full room (16020).
func (s *Simulator) sit(f *conference, p *participant) *twimlProblem {
	for _, other := range f.seats {
		if p.label != "" && other.label == p.label {
			return complain(16025, "the label is already used in this conference")
		}
	}
	if len(f.seats) >= f.capacity {
		return complain(16020, "the conference is full")
	}
	now := s.clock.Now()
	p.owner = s.personOf(p.call.person()).Name
	p.conference, p.created, p.updated, p.gone = f, now, now, make(chan struct{})
	f.seats = append(f.seats, p)
	p.call.seat = p
	return nil
}

// join puts a leg into the conference; with two people in it, one of whom may start it, the conference starts.
func (s *Simulator) join(p *participant) {
	f := p.conference
	p.joined, p.updated = true, s.clock.Now()
	s.hub.poke(p.call.person())
	s.reportConference(f, "join", "participant-join", p, nil)
	for _, other := range f.present() {
		if other != p {
			s.hear(other.call, WhoLine, "", "("+p.who()+" joined)")
		}
	}
	present := f.present()
	if f.status != "init" {
		return
	}
	if len(present) < 2 || !slices.ContainsFunc(present, func(p *participant) bool { return p.startOnEnter }) {
		s.playWaiting(p)
		return
	}
	f.status, f.updated = "in-progress", s.clock.Now()
	for _, other := range present {
		other.stopMusic()
	}
	s.reportConference(f, "start", "conference-start", nil, nil)
}

func (f *conference) present() []*participant {
	var out []*participant
	for _, p := range f.seats {
		if p.joined {
			out = append(out, p)
		}
	}
	return out
}

// leave takes a participant out, and with it ends the conference when it was the last one or one with
// endConferenceOnExit. kicked is a removal by the Participants API.
func (s *Simulator) leave(p *participant, why leaveReason, kicked bool) {
	f := p.conference
	if p.call.seat != p {
		return
	}
	if !p.joined && why != leftByEnd && why != leftByModerator && p.call.answered.IsZero() {
		why = leftUnanswered
	}
	s.takeOut(p, why)
	leader, last := endedLeaderLeft, endedLastLeft
	if kicked {
		leader, last = endedLeaderKicked, endedLastKicked
	}
	switch {
	case f.status == "completed":
	case p.joined && p.endOnExit:
		s.endConference(f, leader, p, leftByModerator)
	case len(f.seats) == 0:
		s.endConference(f, last, p, leftByModerator)
	}
}

// takeOut removes a participant's place and tells everybody.
func (s *Simulator) takeOut(p *participant, why leaveReason) {
	f := p.conference
	f.seats = slices.DeleteFunc(f.seats, func(other *participant) bool { return other == p })
	f.updated, p.updated, p.call.seat = s.clock.Now(), s.clock.Now(), nil
	p.stopMusic()
	close(p.gone)
	s.hub.poke(p.call.person())
	s.reportConference(f, "leave", "participant-leave", p, url.Values{
		"ReasonParticipantLeft": {string(why)}, "ParticipantCallStatus": {p.call.status}})
	for _, other := range f.present() {
		s.hear(other.call, WhoLine, "", "("+p.who()+" left)")
	}
}

// endConference ends a conference: everybody left in it goes, their calls go on with what follows in their TwiML.
func (s *Simulator) endConference(f *conference, reason string, by *participant, why leaveReason) {
	f.status, f.reason, f.updated = "completed", reason, s.clock.Now()
	extra := url.Values{"Reason": {endWords(reason)}, "ReasonConferenceEnded": {reason}}
	if by != nil {
		f.endedBy = by.call.sid
		extra.Set("CallSidEndingConference", by.call.sid)
		extra.Set("ParticipantLabelEndingConference", by.label)
	}
	for _, p := range slices.Clone(f.seats) {
		s.takeOut(p, why)
		if p.call.answered.IsZero() {
			s.endCall(p.call, "canceled", 487, why)
		}
	}
	s.reportConference(f, "end", "conference-end", nil, extra)
}

func endWords(reason string) string {
	switch reason {
	case endedByAPI:
		return "Conference ended via API"
	case endedLeaderLeft, endedLeaderKicked:
		return "Participant with endConferenceOnExit left"
	}
	return "Last participant left"
}

// reportConference sends an event to the address that the first participant gave. Callbacks are numbered from 1
// without gaps. Source: Twilio docs, "TwiML Voice: <Conference>", statusCallback parameters.
func (s *Simulator) reportConference(f *conference, kind, event string, p *participant, extra url.Values) {
	if !f.callback.wants(kind) {
		return
	}
	f.sequence++
	params := url.Values{
		"ConferenceSid": {f.sid}, "FriendlyName": {f.name}, "AccountSid": {s.cfg.AccountSID}, "SequenceNumber": {strconv.Itoa(f.sequence)},
		"Timestamp": {s.clock.Now().Format(rfc2822)}, "StatusCallbackEvent": {event},
	}
	to := ""
	if p != nil {
		to = p.call.person()
		for key, value := range map[string]bool{"Muted": p.muted, "Hold": p.hold, "Coaching": p.coaching,
			"StartConferenceOnEnter": p.startOnEnter, "EndConferenceOnExit": p.endOnExit} {
			params.Set(key, strconv.FormatBool(value))
		}
		params.Set("CallSid", p.call.sid)
		if p.label != "" {
			params.Set("ParticipantLabel", p.label)
		}
	}
	for key, values := range extra {
		params[key] = values
	}
	s.outbox.post(hook{op: opConference, sid: f.sid, to: to, url: f.callback.url, method: f.callback.method, params: params})
}

// carry brings what one participant says to all who would hear it.
func (s *Simulator) carry(from *participant, words string) {
	for _, p := range from.conference.present() {
		if p.hears(from) {
			s.hear(p.call, WhoThem, from.who(), words)
		}
	}
}

// hears is who hears whom: nobody before the start; a muted or held participant is heard by nobody; a held one hears
// nobody; a coach is heard only by the one being coached. Source: Twilio docs, "Participant resource".
func (p *participant) hears(from *participant) bool {
	if p == from || p.conference.status != "in-progress" || from.muted || from.hold || p.hold {
		return false
	}
	return !from.coaching || from.coach == p.call.sid
}
