package simulator

import (
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"
)

// recording is one recording of a call. Its sound is a tone of the same length; words are what was said into it.
type recording struct {
	sid, call, conference string
	source, status        string
	created, updated      time.Time
	duration              time.Duration
	words                 []string
	callback              callback
	person                string
}

// recordFields are the recording parameters that Calls and Participants share.
var recordFields = []string{"Record", "RecordingChannels", "RecordingStatusCallback", "RecordingStatusCallbackMethod",
	"RecordingStatusCallbackEvent", "RecordingTrack", "Trim"}

var recordingEvents = []string{"in-progress", "completed", "absent"}

type recordingJSON struct {
	AccountSid        string            `json:"account_sid"`
	APIVersion        string            `json:"api_version"`
	CallSid           string            `json:"call_sid"`
	ConferenceSid     *string           `json:"conference_sid"`
	DateCreated       *string           `json:"date_created"`
	DateUpdated       *string           `json:"date_updated"`
	StartTime         *string           `json:"start_time"`
	Duration          *string           `json:"duration"`
	Sid               string            `json:"sid"`
	Price             *string           `json:"price"`
	PriceUnit         string            `json:"price_unit"`
	Status            string            `json:"status"`
	Channels          int               `json:"channels"`
	Source            string            `json:"source"`
	ErrorCode         *int              `json:"error_code"`
	URI               string            `json:"uri"`
	EncryptionDetails any               `json:"encryption_details"`
	SubresourceURIs   map[string]string `json:"subresource_uris"`
	MediaURL          string            `json:"media_url"`
}

func (s *Simulator) renderRecording(r *recording) any {
	out := recordingJSON{
		AccountSid: s.cfg.AccountSID, APIVersion: "2010-04-01", CallSid: r.call, ConferenceSid: text(r.conference), DateCreated: date(r.created),
		DateUpdated: date(r.updated), StartTime: date(r.created), Sid: r.sid, PriceUnit: "USD", Status: r.status, Channels: 1, Source: r.source,
		URI: s.accountPath() + "/Recordings/" + r.sid + ".json", MediaURL: s.recordingURL(r),
		SubresourceURIs: map[string]string{"transcriptions": s.accountPath() + "/Recordings/" + r.sid + "/Transcriptions.json"},
	}
	if r.status == "completed" {
		out.Duration, out.Price = text(wholeSeconds(r.duration)), text("-0.00250")
	}
	return out
}

// renderCallRecording is the same recording under its call: there it has a track, and neither subresources nor media_url.
func (s *Simulator) renderCallRecording(r *recording) any {
	full := s.renderRecording(r).(recordingJSON)
	return map[string]any{
		"account_sid": full.AccountSid, "api_version": full.APIVersion, "call_sid": full.CallSid, "conference_sid": full.ConferenceSid,
		"date_created": full.DateCreated, "date_updated": full.DateUpdated, "start_time": full.StartTime, "duration": full.Duration, "sid": full.Sid,
		"price": full.Price, "price_unit": full.PriceUnit, "status": full.Status, "channels": full.Channels, "source": full.Source,
		"error_code": nil, "encryption_details": nil, "track": "both",
		"uri": s.accountPath() + "/Calls/" + r.call + "/Recordings/" + r.sid + ".json",
	}
}

func (s *Simulator) recordingURL(r *recording) string {
	return s.apiURL(s.accountPath() + "/Recordings/" + r.sid)
}

func (s *Simulator) recordingEndpoints() []endpoint {
	one, ofCall := "/{AccountSid}/Recordings/{Sid}.json", "/{AccountSid}/Calls/{CallSid}/Recordings"
	list := listFields("CallSid", "ConferenceSid", "DateCreated<>", "IncludeSoftDeleted")
	start := slices.DeleteFunc(slices.Clone(recordFields), func(f string) bool { return f == "Record" })
	return []endpoint{
		{http.MethodGet, "/{AccountSid}/Recordings.json", "recordings.list", list, 200, s.listRecordings},
		{http.MethodGet, ofCall + ".json", "recordings.list", list, 200, s.listRecordings},
		{http.MethodGet, "/{AccountSid}/Conferences/{ConferenceSid}/Recordings.json", "recordings.list", list, 200, s.listRecordings},
		{http.MethodPost, ofCall + ".json", "recordings.create", start, 201, s.createRecording},
		{http.MethodPost, ofCall + "/{Sid}.json", "recordings.update", []string{"Status", "PauseBehavior"}, 200, s.updateRecording},
		{http.MethodGet, ofCall + "/{Sid}.json", "recordings.fetch", nil, 200, s.fetchRecording},
		{http.MethodGet, one, "recordings.fetch", nil, 200, s.fetchRecording},
		{http.MethodDelete, one, "recordings.delete", nil, 204, s.deleteRecording},
		{http.MethodGet, "/{AccountSid}/Recordings/{Media:RE[0-9a-f]{32}(?:\\.wav|\\.mp3)?}", "recordings.media", []string{"RequestedChannels"}, 200, s.fetchMedia},
	}
}

func (s *Simulator) listRecordings(a *ask) (any, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	render := s.renderRecording
	for _, name := range []string{"CallSid", "ConferenceSid"} {
		if sid := a.vars[name]; sid != "" {
			a.form.Set(name, sid)
			render = s.renderCallRecording
		}
	}
	kept := newestFirst(s.recordings, func(r *recording) bool {
		return is(a.form, "CallSid", r.call) && is(a.form, "ConferenceSid", r.conference) && within(a.form, "DateCreated", r.created)
	})
	return page(a, "recordings", kept, func(r *recording) string { return r.sid }, render)
}

func (s *Simulator) recordingBySID(a *ask, sid string) (*recording, error) {
	for _, r := range s.recordings {
		if r.sid == sid {
			a.sid = sid
			return r, nil
		}
	}
	return nil, notFound(a.path)
}

func (s *Simulator) fetchRecording(a *ask) (any, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	r, err := s.recordingBySID(a, a.vars["Sid"])
	if err != nil {
		return nil, err
	}
	if a.vars["CallSid"] != "" {
		return s.renderCallRecording(r), nil
	}
	return s.renderRecording(r), nil
}

// createRecording starts recording a live call. Source: Twilio docs, "Call Recording resource".
func (s *Simulator) createRecording(a *ask) (any, error) {
	cb, err := s.readCallback(a.form, "RecordingStatusCallback", recordingEvents, []string{"completed"})
	if err != nil {
		return nil, err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	c, err := s.callBySID(a, "CallSid")
	if err != nil {
		return nil, err
	}
	if c.over() || c.answered.IsZero() {
		return nil, bad(21220, "Requested resource is not eligible for recording")
	}
	r := s.startRecording(c, "StartCallRecordingAPI", cb)
	a.sid = r.sid
	return s.renderCallRecording(r), nil
}

// updateRecording pauses, resumes or stops a recording that is being made.
func (s *Simulator) updateRecording(a *ask) (any, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	c, err := s.callBySID(a, "CallSid")
	if err != nil {
		return nil, err
	}
	for _, r := range c.recording {
		if r.sid != a.vars["Sid"] && a.vars["Sid"] != "Twilio.CURRENT" {
			continue
		}
		a.sid = r.sid
		switch status := a.form.Get("Status"); status {
		case "paused", "in-progress":
			r.status, r.updated = status, s.clock.Now()
		case "stopped":
			s.stopRecording(r, "completed")
		default:
			return nil, bad(20001, "Status must be paused, in-progress or stopped")
		}
		return s.renderCallRecording(r), nil
	}
	return nil, notFound(a.path)
}

func (s *Simulator) deleteRecording(a *ask) (any, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	r, err := s.recordingBySID(a, a.vars["Sid"])
	if err != nil {
		return nil, err
	}
	s.recordings = slices.DeleteFunc(s.recordings, func(other *recording) bool { return other == r })
	return nil, nil
}

// fetchMedia is the sound: a WAV whatever ending was asked for.
func (s *Simulator) fetchMedia(a *ask) (any, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	sid, _, _ := strings.Cut(a.vars["Media"], ".")
	r, err := s.recordingBySID(a, sid)
	if err != nil {
		return nil, err
	}
	if r.status != "completed" {
		return nil, notFound(a.path)
	}
	return answer{status: http.StatusOK, mime: "audio/x-wav", raw: tone(r.duration)}, nil
}

// startCallRecording records a whole call that was made with Record=true.
func (s *Simulator) startCallRecording(c *call) {
	if c.recordAll {
		s.startRecording(c, "OutboundAPI", c.recordCallback)
	}
}

func (s *Simulator) startRecording(c *call, source string, cb callback) *recording {
	now := s.clock.Now()
	r := &recording{sid: newSID("RE"), call: c.sid, source: source, status: "in-progress", created: now, updated: now, callback: cb, person: c.person()}
	if c.seat != nil {
		r.conference = c.seat.conference.sid
	}
	s.recordings = append(s.recordings, r)
	c.recording = append(c.recording, r)
	s.reportRecording(r, "in-progress")
	return r
}

// stopRecording ends a recording; it is completed, or absent, after Timings.Record. A second stop changes nothing.
func (s *Simulator) stopRecording(r *recording, status string) {
	if r.status != "in-progress" && r.status != "paused" {
		return
	}
	now := s.clock.Now()
	r.status, r.updated, r.duration = "processing", now, now.Sub(r.created)
	c := s.callBy[r.call]
	c.recording = slices.DeleteFunc(slices.Clone(c.recording), func(other *recording) bool { return other == r })
	s.after(s.time.Record, func() {
		s.mu.Lock()
		defer s.mu.Unlock()
		r.status, r.updated = status, s.clock.Now()
		s.reportRecording(r, status)
	})
}

// reportRecording sends a recording's state. Source: Twilio docs, "Recording status callback".
func (s *Simulator) reportRecording(r *recording, status string) {
	if !r.callback.wants(status) {
		return
	}
	p := url.Values{
		"AccountSid": {s.cfg.AccountSID}, "CallSid": {r.call}, "RecordingSid": {r.sid}, "RecordingUrl": {s.recordingURL(r)}, "RecordingStatus": {status},
		"RecordingDuration": {wholeSeconds(r.duration)}, "RecordingChannels": {"1"}, "RecordingStartTime": {r.created.Format(rfc2822)},
		"RecordingSource": {r.source}, "RecordingTrack": {"both"}, "ErrorCode": {strconv.Itoa(0)},
	}
	if r.conference != "" {
		p.Set("ConferenceSid", r.conference)
	}
	s.outbox.post(hook{op: opRecordingStatus, sid: r.sid, to: r.person, url: r.callback.url, method: r.callback.method, params: p})
}
