package simulator

import (
	"net/http"
	"time"
)

// conference is one room. It is in-progress from its start (two people in it, one of whom may start it) to its end.
type conference struct {
	sid, name, status string
	created, updated  time.Time
	seats             []*participant // present and on their way, in the order they came
	callback          callback       // fixed by the first participant
	sequence          int            // number of the last callback
	reason            string         // why it ended
	endedBy           string         // call that ended it
	capacity          int
}

// leaveReason says why a participant left. Source: Twilio docs, "TwiML Voice: <Conference>", ReasonParticipantLeft.
type leaveReason string

const (
	leftByPerson    leaveReason = "participant_hung_up"
	leftByAPI       leaveReason = "participant_updated_via_api"
	leftUnanswered  leaveReason = "participant_add_failed"
	leftByModerator leaveReason = "moderator_ended_conference"
	leftByEnd       leaveReason = "conference_ended_via_api"
)

// Why a conference ended. Source: the same page, ReasonConferenceEnded.
const (
	endedByAPI        = "conference-ended-via-api"
	endedLastLeft     = "last-participant-left"
	endedLastKicked   = "last-participant-kicked"
	endedLeaderLeft   = "participant-with-end-conference-on-exit-left"
	endedLeaderKicked = "participant-with-end-conference-on-exit-kicked"
)

// conferenceEvents are the values of statusCallbackEvent.
var conferenceEvents = []string{"start", "end", "join", "leave", "mute", "hold", "modify", "speaker", "announcement"}

type conferenceJSON struct {
	AccountSid              string            `json:"account_sid"`
	DateCreated             *string           `json:"date_created"`
	DateUpdated             *string           `json:"date_updated"`
	APIVersion              string            `json:"api_version"`
	FriendlyName            string            `json:"friendly_name"`
	Region                  string            `json:"region"`
	Sid                     string            `json:"sid"`
	Status                  string            `json:"status"`
	URI                     string            `json:"uri"`
	SubresourceURIs         map[string]string `json:"subresource_uris"`
	ReasonConferenceEnded   *string           `json:"reason_conference_ended"`
	CallSidEndingConference *string           `json:"call_sid_ending_conference"`
}

func (s *Simulator) renderConference(f *conference) any {
	at := s.accountPath() + "/Conferences/" + f.sid
	return conferenceJSON{
		AccountSid: s.cfg.AccountSID, DateCreated: date(f.created), DateUpdated: date(f.updated), APIVersion: "2010-04-01", FriendlyName: f.name,
		Region: "us1", Sid: f.sid, Status: f.status, URI: at + ".json", ReasonConferenceEnded: text(f.reason), CallSidEndingConference: text(f.endedBy),
		SubresourceURIs: map[string]string{"participants": at + "/Participants.json", "recordings": at + "/Recordings.json"},
	}
}

func (s *Simulator) conferenceEndpoints() []endpoint {
	all, one := "/{AccountSid}/Conferences.json", "/{AccountSid}/Conferences/{ConferenceSid}.json"
	return []endpoint{
		{http.MethodGet, all, "conferences.list", listFields("FriendlyName", "Status", "DateCreated<>", "DateUpdated<>"), 200, s.listConferences},
		{http.MethodGet, one, "conferences.fetch", nil, 200, s.fetchConference},
		{http.MethodPost, one, "conferences.update", []string{"Status", "AnnounceUrl", "AnnounceMethod"}, 200, s.updateConference},
	}
}

func (s *Simulator) listConferences(a *ask) (any, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	kept := newestFirst(s.conferences, func(f *conference) bool {
		return is(a.form, "FriendlyName", f.name) && is(a.form, "Status", f.status) &&
			within(a.form, "DateCreated", f.created) && within(a.form, "DateUpdated", f.updated)
	})
	return page(a, "conferences", kept, func(f *conference) string { return f.sid }, s.renderConference)
}

func (s *Simulator) conferenceBySID(a *ask) (*conference, error) {
	for _, f := range s.conferences {
		if f.sid == a.vars["ConferenceSid"] {
			a.sid = f.sid
			return f, nil
		}
	}
	return nil, notFound(a.path)
}

func (s *Simulator) fetchConference(a *ask) (any, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	f, err := s.conferenceBySID(a)
	if err != nil {
		return nil, err
	}
	return s.renderConference(f), nil
}

// updateConference ends a conference (Status=completed) or speaks to all who are in it (AnnounceUrl).
func (s *Simulator) updateConference(a *ask) (any, error) {
	announce := a.form.Get("AnnounceUrl")
	if announce != "" && !s.allowed(announce) {
		return nil, s.badURL(21205, "AnnounceUrl")
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	f, err := s.conferenceBySID(a)
	if err != nil {
		return nil, err
	}
	if f.status == "completed" {
		return nil, bad(20001, "Conference %s is completed", f.sid)
	}
	if status := a.form.Get("Status"); status != "" && status != "completed" {
		return nil, bad(20001, "Status must be completed")
	}
	if a.form.Has("Status") {
		s.endConference(f, endedByAPI, nil, leftByEnd)
	}
	if announce != "" {
		for _, p := range f.seats {
			s.announce(p, announce, a.form.Get("AnnounceMethod"))
		}
	}
	return s.renderConference(f), nil
}
