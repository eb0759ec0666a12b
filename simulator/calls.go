package simulator

import (
	"context"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"
)

// call is one leg between the account and one person.
type call struct {
	sid, from, to      string
	direction          string // inbound or outbound-api
	status             string // as REST says it: queued, ringing, in-progress, completed, busy, no-answer, failed, canceled
	created, updated   time.Time
	answered, ended    time.Time
	queueTime          time.Duration
	timeout, timeLimit time.Duration
	answeredBy         string
	sip                int
	callback           callback
	sequence           int // number of the next callback
	numberCallback     callback
	amd                amd
	recordAll          bool         // record from the answer to the end
	recordCallback     callback     // of that recording
	start              source       // what runs once it is answered
	seat               *participant // its place in a conference, while it has one
	captions           []Caption
	recording          []*recording // being made now
	limit              *Timer       // ends the call at its TimeLimit

	ctx       context.Context // ends with the call
	cancel    context.CancelFunc
	interrupt context.CancelFunc // stops what is being played, for a redirect
	next      *source            // what to play then
	taken     chan bool          // Answer (true) or Decline, pressed by hand
	keys      chan string        // keys pressed
	spoken    chan string        // words said by the person
	heard     chan struct{}      // somebody else spoke
}

// callback is an address for events, and which events it wants.
type callback struct {
	url, method string
	events      []string
}

func (c callback) wants(event string) bool { return c.url != "" && slices.Contains(c.events, event) }

// person is the number at the other end.
func (c *call) person() string {
	if c.direction == "inbound" {
		return c.from
	}
	return c.to
}

func (c *call) over() bool { return !c.ended.IsZero() }

type callJSON struct {
	Sid             string            `json:"sid"`
	DateCreated     *string           `json:"date_created"`
	DateUpdated     *string           `json:"date_updated"`
	ParentCallSid   *string           `json:"parent_call_sid"`
	AccountSid      string            `json:"account_sid"`
	To              string            `json:"to"`
	ToFormatted     string            `json:"to_formatted"`
	From            string            `json:"from"`
	FromFormatted   string            `json:"from_formatted"`
	PhoneNumberSid  *string           `json:"phone_number_sid"`
	Status          string            `json:"status"`
	StartTime       *string           `json:"start_time"`
	EndTime         *string           `json:"end_time"`
	Duration        *string           `json:"duration"`
	Price           *string           `json:"price"`
	PriceUnit       string            `json:"price_unit"`
	Direction       string            `json:"direction"`
	AnsweredBy      *string           `json:"answered_by"`
	APIVersion      string            `json:"api_version"`
	ForwardedFrom   *string           `json:"forwarded_from"`
	GroupSid        *string           `json:"group_sid"`
	CallerName      *string           `json:"caller_name"`
	QueueTime       string            `json:"queue_time"`
	TrunkSid        *string           `json:"trunk_sid"`
	URI             string            `json:"uri"`
	SubresourceURIs map[string]string `json:"subresource_uris"`
}

func (s *Simulator) renderCall(c *call) any {
	at := s.accountPath() + "/Calls/" + c.sid
	ours := c.from
	if c.direction == "inbound" {
		ours = c.to
	}
	out := callJSON{
		Sid: c.sid, DateCreated: date(c.created), DateUpdated: date(c.updated), AccountSid: s.cfg.AccountSID, To: c.to, ToFormatted: formatted(c.to),
		From: c.from, FromFormatted: formatted(c.from), Status: c.status, StartTime: date(c.began()), EndTime: date(c.ended),
		PriceUnit: "USD", Direction: c.direction, AnsweredBy: text(c.answeredBy), APIVersion: "2010-04-01",
		QueueTime: strconv.FormatInt(c.queueTime.Milliseconds(), 10), URI: at + ".json",
		SubresourceURIs: map[string]string{"recordings": at + "/Recordings.json"},
	}
	if n := s.ours(ours); n != nil {
		out.PhoneNumberSid = &n.sid
	}
	if c.over() {
		out.Duration = text(c.duration())
		if !c.answered.IsZero() {
			out.Price = text("-0.01400")
		}
	}
	return out
}

// began is the start time: the answer; of a call that nobody answered its end, of one that comes in its arrival.
func (c *call) began() time.Time {
	switch {
	case !c.answered.IsZero():
		return c.answered
	case c.direction == "inbound":
		return c.created
	}
	return c.ended
}

// duration is the length of the talk in seconds, "0" when there was none.
func (c *call) duration() string {
	if c.answered.IsZero() {
		return "0"
	}
	return wholeSeconds(c.ended.Sub(c.answered))
}

// formatted writes a US number as people do.
func formatted(number string) string {
	if len(number) == 12 && strings.HasPrefix(number, "+1") {
		return "(" + number[2:5] + ") " + number[5:8] + "-" + number[8:]
	}
	return number
}

var callEvents = []string{"initiated", "ringing", "answered", "completed"}

func (s *Simulator) callEndpoints() []endpoint {
	all, one := "/{AccountSid}/Calls.json", "/{AccountSid}/Calls/{Sid}.json"
	return []endpoint{
		{http.MethodPost, all, "calls.create", slices.Concat([]string{"To", "From", "Url", "Twiml", "Method", "FallbackUrl", "FallbackMethod",
			"Timeout", "TimeLimit", "SendDigits", "CallerId", "CallToken", "CallReason", "StatusCallback", "StatusCallbackMethod", "StatusCallbackEvent",
			"AsyncAmd", "AsyncAmdStatusCallback", "AsyncAmdStatusCallbackMethod"}, amdFields, recordFields), 201, s.createCall},
		{http.MethodGet, all, "calls.list", listFields("To", "From", "ParentCallSid", "Status", "StartTime<>", "EndTime<>"), 200, s.listCalls},
		{http.MethodGet, one, "calls.fetch", nil, 200, s.fetchCall},
		{http.MethodPost, one, "calls.update", []string{"Status", "Url", "Twiml", "Method", "FallbackUrl", "FallbackMethod",
			"StatusCallback", "StatusCallbackMethod", "TimeLimit"}, 200, s.updateCall},
	}
}

// createCall checks a call as Twilio does and queues it. Source: Twilio docs, "Call resource".
func (s *Simulator) createCall(a *ask) (any, error) {
	c, err := s.readCall(a)
	if err != nil {
		return nil, err
	}
	if c.start, err = s.readSource(a.form); err != nil {
		return nil, err
	}
	if c.start.url == "" && c.start.twiml == "" {
		return nil, bad(21205, "Url parameter is required.")
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.queueCall(a, c)
	return s.renderCall(c), nil
}

func (s *Simulator) newCall(from, to, direction, status string) *call {
	now := s.clock.Now()
	c := &call{sid: newSID("CA"), from: from, to: to, direction: direction, status: status, created: now, updated: now, timeLimit: 4 * time.Hour,
		taken: make(chan bool, 1), keys: make(chan string, 256), spoken: make(chan string, 16), heard: make(chan struct{}, 1)}
	c.ctx, c.cancel = context.WithCancel(s.ctx)
	return c
}

// queueCall files an outbound leg and sends it on its way when the account may place the next call.
func (s *Simulator) queueCall(a *ask, c *call) {
	a.sid = c.sid
	now := s.clock.Now()
	if s.nextCall.Before(now) {
		s.nextCall = now
	}
	c.queueTime = s.nextCall.Sub(now)
	s.nextCall = s.nextCall.Add(s.time.CallEvery)
	s.keepCall(c)
	s.spawn(func() { s.placeCall(c) })
}

func (s *Simulator) keepCall(c *call) {
	s.calls = append(s.calls, c)
	s.callBy[c.sid] = c
	s.callsOf[c.person()] = append(s.callsOf[c.person()], c)
	s.hub.poke(c.person())
}

func (s *Simulator) listCalls(a *ask) (any, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	f := a.form
	kept := newestFirst(s.calls, func(c *call) bool {
		return is(f, "To", c.to) && is(f, "From", c.from) && is(f, "Status", c.status) && !f.Has("ParentCallSid") &&
			within(f, "StartTime", c.began()) && within(f, "EndTime", c.ended)
	})
	return page(a, "calls", kept, func(c *call) string { return c.sid }, s.renderCall)
}

func (s *Simulator) callBySID(a *ask, name string) (*call, error) {
	c := s.callBy[a.vars[name]]
	if c == nil {
		return nil, notFound(a.path)
	}
	a.sid = c.sid
	return c, nil
}

func (s *Simulator) fetchCall(a *ask) (any, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	c, err := s.callBySID(a, "Sid")
	if err != nil {
		return nil, err
	}
	return s.renderCall(c), nil
}

// updateCall hangs up (Status=completed, or canceled before the answer) or plays new TwiML to a live leg (Url, Twiml).
// A call that is over answers 21220.
func (s *Simulator) updateCall(a *ask) (any, error) {
	src, err := s.readSource(a.form)
	if err != nil {
		return nil, err
	}
	cb, err := s.readCallback(a.form, "StatusCallback", callEvents, []string{"completed"})
	if err != nil {
		return nil, err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	c, err := s.callBySID(a, "Sid")
	if err != nil {
		return nil, err
	}
	if c.over() {
		return nil, notInProgress()
	}
	if cb.url != "" {
		c.callback.url, c.callback.method = cb.url, cb.method
	}
	live := c.status == "in-progress"
	switch status := a.form.Get("Status"); {
	case status == "completed" && live:
		s.endCall(c, "completed", 200, leftByAPI)
	case status == "completed", status == "canceled" && !live:
		s.endCall(c, "canceled", 487, leftByAPI)
	case status == "canceled":
		return nil, notInProgress()
	case status != "":
		return nil, bad(21218, "Status must be completed or canceled")
	case (src.url != "" || src.twiml != "") && !live:
		return nil, notInProgress()
	case src.url != "" || src.twiml != "":
		c.next = &src
		c.interrupt()
	}
	return s.renderCall(c), nil
}
