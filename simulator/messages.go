package simulator

import (
	"net/http"
	"regexp"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"
)

// message is one text, in either direction. auto marks Twilio's own reply to a keyword: it is seen in the
// person's thread and nowhere else.
type message struct {
	sid, from, to, body string
	direction, status   string
	service             string
	media               []string
	created, updated    time.Time
	sent                time.Time
	segments            int
	errorCode           int
	callback            string
	validity            time.Duration
	auto, deleted       bool
	pending             *Timer // the next step of its delivery
}

// defaultValidity is how long a text may wait to be sent. Source: Twilio docs, "Message resource", ValidityPeriod.
const defaultValidity = 36000 * time.Second

type messageJSON struct {
	Body                *string           `json:"body"`
	NumSegments         string            `json:"num_segments"`
	Direction           string            `json:"direction"`
	From                *string           `json:"from"`
	To                  string            `json:"to"`
	DateUpdated         *string           `json:"date_updated"`
	Price               *string           `json:"price"`
	ErrorMessage        *string           `json:"error_message"`
	URI                 string            `json:"uri"`
	AccountSid          string            `json:"account_sid"`
	NumMedia            string            `json:"num_media"`
	Status              string            `json:"status"`
	MessagingServiceSid *string           `json:"messaging_service_sid"`
	Sid                 string            `json:"sid"`
	DateSent            *string           `json:"date_sent"`
	DateCreated         *string           `json:"date_created"`
	ErrorCode           *int              `json:"error_code"`
	PriceUnit           string            `json:"price_unit"`
	APIVersion          string            `json:"api_version"`
	SubresourceURIs     map[string]string `json:"subresource_uris"`
}

func (s *Simulator) renderMessage(m *message) any {
	at := s.accountPath() + "/Messages/" + m.sid
	body, code := m.body, m.errorCode // copies: the answer is written after the lock is gone
	out := messageJSON{
		Body: &body, NumSegments: strconv.Itoa(m.segments), Direction: m.direction, From: text(m.from), To: m.to,
		DateCreated: date(m.created), DateUpdated: date(m.updated), DateSent: date(m.sent), URI: at + ".json", AccountSid: s.cfg.AccountSID,
		NumMedia: strconv.Itoa(len(m.media)), Status: m.status, MessagingServiceSid: text(m.service), Sid: m.sid,
		PriceUnit: "USD", APIVersion: "2010-04-01", SubresourceURIs: map[string]string{"media": at + "/Media.json"},
	}
	if code != 0 {
		out.ErrorCode, out.ErrorMessage = &code, text(carrierMessages[code])
	}
	if !m.sent.IsZero() && m.direction != "inbound" {
		out.Price = text("-" + strconv.FormatFloat(0.0083*float64(m.segments), 'f', 5, 64))
	}
	return out
}

func (s *Simulator) messageEndpoints() []endpoint {
	all, one := "/{AccountSid}/Messages.json", "/{AccountSid}/Messages/{Sid}.json"
	return []endpoint{
		{http.MethodPost, all, "messages.create", []string{"To", "From", "MessagingServiceSid", "Body", "MediaUrl", "StatusCallback", "ValidityPeriod",
			"SmartEncoded", "SendAt", "ScheduleType", "ShortenUrls", "RiskCheck", "MaxPrice", "Attempt", "ProvideFeedback"}, 201, s.createMessage},
		{http.MethodGet, all, "messages.list", listFields("To", "From", "DateSent<>"), 200, s.listMessages},
		{http.MethodGet, one, "messages.fetch", nil, 200, s.fetchMessage},
		{http.MethodPost, one, "messages.update", []string{"Body", "Status"}, 200, s.updateMessage},
		{http.MethodDelete, one, "messages.delete", nil, 204, s.deleteMessage},
	}
}

var serviceSID = regexp.MustCompile(`^MG[0-9a-fA-F]{32}$`)

// createMessage checks a text as Twilio does and queues it. Source: Twilio docs, "Message resource".
func (s *Simulator) createMessage(a *ask) (any, error) {
	m, start, err := s.readMessage(a)
	if err != nil {
		return nil, err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if m.service == "" && s.blocked[pair{m.from, m.to}] {
		return nil, bad(21610, "Attempt to send to unsubscribed recipient")
	}
	a.sid = m.sid
	s.keepMessage(m)
	m.pending = s.after(start, func() { s.queueMessage(m, a.struck.code(carrierCode)) })
	return s.renderMessage(m), nil
}

// readMessage makes a message of the parameters, and says when its sending begins.
func (s *Simulator) readMessage(a *ask) (m *message, start time.Duration, err error) {
	f := a.form
	now := s.clock.Now()
	m = &message{sid: newSID("SM"), from: f.Get("From"), to: f.Get("To"), body: f.Get("Body"), media: f["MediaUrl"], service: f.Get("MessagingServiceSid"),
		callback: f.Get("StatusCallback"), direction: "outbound-api", status: "queued", created: now, updated: now, segments: segments(f.Get("Body"))}
	switch {
	case m.to == "":
		return nil, 0, bad(21604, "A 'To' phone number is required.")
	case !e164.MatchString(m.to):
		return nil, 0, bad(21211, "The 'To' number %s is not a valid phone number.", m.to)
	case m.from == "" && m.service == "":
		return nil, 0, bad(21603, "A 'From' phone number is required.")
	case m.service != "" && !serviceSID.MatchString(m.service):
		return nil, 0, bad(21701, "The Messaging Service does not exist")
	case m.service == "" && s.ours(m.from) == nil:
		return nil, 0, bad(21606, "The 'From' phone number provided (%s) is not a valid message-capable Twilio phone number for this destination", m.from)
	case m.from == m.to:
		return nil, 0, bad(21266, "'To' and 'From' number cannot be the same: %s", m.to)
	case m.body == "" && len(m.media) == 0:
		return nil, 0, bad(21602, "Message body is required.")
	case utf8.RuneCountInString(m.body) > 1600:
		return nil, 0, bad(21617, "The concatenated message body exceeds the 1600 character limit")
	case len(m.media) > 10:
		return nil, 0, bad(21623, "Number of media files exceeds allowed limit")
	case m.callback != "" && !s.allowed(m.callback):
		return nil, 0, s.badURL(21609, "StatusCallback")
	}
	if len(m.media) > 0 {
		m.sid = newSID("MM")
	}
	validity, err := whole(f, "ValidityPeriod", 36000, 1, 36000)
	if err != nil {
		return nil, 0, err
	}
	m.validity = time.Duration(validity) * time.Second
	for _, name := range []string{"SmartEncoded", "ShortenUrls", "ProvideFeedback"} {
		if _, err := flag(f, name, false); err != nil {
			return nil, 0, err
		}
	}
	if m.service != "" {
		m.status, m.segments = "accepted", 0
	}
	if f.Has("SendAt") || f.Has("ScheduleType") {
		start, err = s.schedule(m, f.Get("ScheduleType"), f.Get("SendAt"), now)
	}
	return m, start, err
}

// schedule reads SendAt: only through a Messaging Service, 5 minutes to 35 days ahead.
// Source: Twilio docs, "Message Scheduling".
func (s *Simulator) schedule(m *message, kind, sendAt string, now time.Time) (time.Duration, error) {
	at, err := time.Parse(time.RFC3339, sendAt)
	switch {
	case m.service == "":
		return 0, bad(35118, "MessagingServiceSid is required to schedule a message")
	case kind != "fixed":
		return 0, bad(35111, "ScheduleType must be fixed")
	case err != nil, at.Before(now.Add(5 * time.Minute)), at.After(now.AddDate(0, 0, 35)):
		return 0, bad(35114, "SendAt must be ISO 8601, 5 minutes to 35 days ahead")
	}
	m.status = "scheduled"
	return at.Sub(now), nil
}

// keepMessage files a message under its SID, in the list and in the person's thread.
func (s *Simulator) keepMessage(m *message) {
	person := m.to
	if m.direction == "inbound" {
		person = m.from
	}
	s.threads[person] = append(s.threads[person], m)
	if !m.auto {
		s.messages = append(s.messages, m)
		s.messageBy[m.sid] = m
	}
	s.hub.poke(person)
}

func (s *Simulator) listMessages(a *ask) (any, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	kept := newestFirst(s.messages, func(m *message) bool {
		return !m.deleted && is(a.form, "To", m.to) && is(a.form, "From", m.from) && within(a.form, "DateSent", m.sent)
	})
	return page(a, "messages", kept, func(m *message) string { return m.sid }, s.renderMessage)
}

func (s *Simulator) messageBySID(a *ask) (*message, error) {
	m := s.messageBy[a.vars["Sid"]]
	if m == nil {
		return nil, notFound(a.path)
	}
	a.sid = m.sid
	return m, nil
}

func (s *Simulator) fetchMessage(a *ask) (any, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	m, err := s.messageBySID(a)
	if err != nil {
		return nil, err
	}
	return s.renderMessage(m), nil
}

// updateMessage redacts (an empty Body) or cancels (Status=canceled, before it is sent).
func (s *Simulator) updateMessage(a *ask) (any, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	m, err := s.messageBySID(a)
	if err != nil {
		return nil, err
	}
	switch {
	case a.form.Has("Status"):
		if a.form.Get("Status") != "canceled" || (m.status != "scheduled" && m.status != "accepted") {
			return nil, refuse(http.StatusConflict, 30409, "Message cannot be canceled: it is %s", m.status)
		}
		m.pending.Stop()
		s.advanceMessage(m, "canceled", 0)
	case a.form.Get("Body") != "":
		return nil, bad(20001, "Body can only be made empty")
	case !m.finished():
		return nil, refuse(http.StatusConflict, 20009, "Cannot redact message because delivery has not been completed.")
	default:
		m.body, m.updated = "", s.clock.Now()
	}
	return s.renderMessage(m), nil
}

func (s *Simulator) deleteMessage(a *ask) (any, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	m, err := s.messageBySID(a)
	if err != nil {
		return nil, err
	}
	if !m.finished() {
		return nil, refuse(http.StatusConflict, 20009, "Cannot delete message because delivery has not been completed.")
	}
	m.deleted = true
	delete(s.messageBy, m.sid)
	return nil, nil
}

func (m *message) finished() bool {
	return strings.Contains(" delivered undelivered failed canceled received read ", " "+m.status+" ")
}
