package simulator

import (
	"context"
	"errors"
	"io"
	"mime"
	"net"
	"net/http"
	"net/url"
	"strings"
	"time"
)

// Kinds of webhook, as fault rules and the transcript name them.
const (
	opVoice           = "voice"
	opInboundMessage  = "inbound-message"
	opMessageStatus   = "message-status"
	opCallStatus      = "call-status"
	opConference      = "conference-status"
	opRecordingStatus = "recording-status"
	opAMD             = "amd-status"
)

// hook is one request to the application.
type hook struct {
	op     string // kind of webhook
	sid    string // the resource it is about; callbacks of one resource keep their order
	to     string // the person's number, for fault rules
	url    string
	method string
	params url.Values
	done   func(reply) // may be nil; called from the goroutine that sent it

	faulted bool // its fault was applied already: it comes back late or reordered
}

// reply is what the application said; err tells why it said nothing.
type reply struct {
	status int
	mime   string
	body   string
	err    error
}

// ok says whether the application took the webhook.
func (r reply) ok() bool { return r.err == nil && r.status >= 200 && r.status < 300 }

// complaint is the debugger's code for a webhook that failed.
// Source: Twilio docs, errors 11200 (HTTP retrieval failure) and 11205 (HTTP connection failure).
func (r reply) complaint() int {
	if failure(r) == "ct" {
		return 11205
	}
	return 11200
}

// failure is the retry class of a reply: "" when it was taken.
func failure(r reply) string {
	var op *net.OpError
	switch {
	case errors.As(r.err, &op) && op.Op == "dial":
		return "ct"
	case r.err != nil:
		return "rt"
	case r.status >= 500:
		return "5xx"
	case r.status >= 400:
		return "4xx"
	}
	return ""
}

// ask sends one webhook now, with the retries that its address asks for, and returns the last answer.
func (s *Simulator) ask(ctx context.Context, h hook, struck struckRules) reply {
	if !s.allowed(h.url) {
		s.problem(11205, h.sid, h.url, "the simulator sends webhooks to loopback and allowed hosts only")
		return reply{err: errors.New("host not on the allow-list")}
	}
	t, err := parseTarget(h.url, s.time.WebhookTimeout)
	if err != nil {
		return reply{err: err}
	}
	ctx, cancel := context.WithTimeout(ctx, t.total)
	defer cancel()
	token := randomHex(16) // the same for every retry, so that the application can tell them from new events
	for attempt := 0; ; attempt++ {
		r := s.attempt(ctx, h, t, token, struck)
		if attempt == t.retries || !t.retry(failure(r)) || ctx.Err() != nil {
			if !r.ok() && s.ctx.Err() == nil {
				s.problem(r.complaint(), h.sid, h.url, "the application did not take a webhook of kind %s", h.op)
			}
			return r
		}
	}
}

// attempt sends a webhook once.
func (s *Simulator) attempt(ctx context.Context, h hook, t target, token string, struck struckRules) reply {
	ctx, cancel := context.WithTimeout(context.WithValue(ctx, connectTimeout{}, t.connect), t.connect+t.read)
	defer cancel()
	params := url.Values{}
	for key, values := range h.params {
		params[key] = values
	}
	spoil(params, struck)
	address, signed, body := *t.url, params, ""
	if h.method == http.MethodGet {
		query := address.Query()
		for key, values := range params {
			query[key] = values
		}
		address.RawQuery, signed = query.Encode(), nil
	} else {
		h.method, body = http.MethodPost, params.Encode()
	}
	req, err := http.NewRequestWithContext(ctx, h.method, address.String(), strings.NewReader(body))
	if err != nil {
		return reply{err: err}
	}
	if h.method == http.MethodPost {
		req.Header.Set("Content-Type", "application/x-www-form-urlencoded; charset=UTF-8")
	}
	req.Header.Set("User-Agent", "TwilioProxy/1.1")
	req.Header.Set("Accept", "*/*")
	req.Header.Set("I-Twilio-Idempotency-Token", token)
	req.Header.Set("X-Twilio-Signature", s.signature(address.String(), signed, struck))
	r := s.send(req)
	e := Entry{At: s.clock.Now(), Kind: KindWebhook, Op: h.op, SID: h.sid, Method: h.method, URL: h.url, Params: params,
		Status: r.status, Answer: r.body, Fault: struck.String()}
	if r.err != nil {
		e.Error = r.err.Error()
	}
	s.transcript.add(e)
	return r
}

func (s *Simulator) send(req *http.Request) reply {
	res, err := s.outbox.client.Do(req)
	if err != nil {
		return reply{err: err}
	}
	defer res.Body.Close()
	body, err := io.ReadAll(io.LimitReader(res.Body, 64<<10))
	if err != nil {
		return reply{err: err}
	}
	kind, _, _ := mime.ParseMediaType(res.Header.Get("Content-Type"))
	return reply{status: res.StatusCode, mime: kind, body: string(body)}
}

// spoil applies the faults that change what a webhook carries.
func spoil(params url.Values, struck struckRules) {
	if struck.has(DoExtra) {
		params.Set("SomethingTwilioAddsLater", "x")
	}
	if struck.has(DoRepeatedKey) {
		params["Repeated"] = []string{"second", "first"}
	}
}

func (s *Simulator) signature(address string, params url.Values, struck struckRules) string {
	if struck.has(DoBadSignature) {
		return sign(s.cfg.AuthToken+"0", address, params)
	}
	if r, ok := struck.find(DoOldToken); ok {
		return sign(r.Token, address, params)
	}
	return sign(s.cfg.AuthToken, address, params)
}

type connectTimeout struct{}

// newClient follows no redirect: Twilio would lose the body there.
func newClient() *http.Client {
	return &http.Client{
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
		Transport: &http.Transport{
			MaxIdleConnsPerHost: outboxWorkers,
			IdleConnTimeout:     30 * time.Second,
			DialContext: func(ctx context.Context, network, address string) (net.Conn, error) {
				timeout, _ := ctx.Value(connectTimeout{}).(time.Duration)
				return (&net.Dialer{Timeout: timeout}).DialContext(ctx, network, address)
			},
		},
	}
}
