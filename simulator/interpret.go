package simulator

import (
	"context"
	"errors"
	"net/http"
	"net/url"
	"strconv"
	"time"
)

// source is where a leg's next document comes from: an address, TwiML itself, or a place in a conference.
type source struct {
	url, method              string
	fallback, fallbackMethod string
	twiml                    string
	params                   url.Values // what the verb adds to the request
	seat                     *participant
}

// player plays documents to one leg until they run out or ctx ends.
type player struct {
	s     *Simulator
	c     *call
	ctx   context.Context
	verbs map[string]verb
	src   source // of the document being played

	barge   bool   // a key press ends what is being said
	pressed string // the key that did
}

var (
	errStop  = errors.New("nothing more is to be played")
	errBarge = errors.New("a key was pressed")
)

// maxDocuments bounds documents that redirect to each other for ever.
const maxDocuments = 500

// run plays a document and those it leads to.
func (p *player) run(src source) {
	if src.seat != nil {
		p.enter(src.seat)
		return
	}
	for range maxDocuments {
		doc := p.fetch(src)
		if doc == nil {
			return
		}
		next, err := p.play(doc)
		if err != nil || next == nil {
			return
		}
		next.fallback, next.fallbackMethod = src.fallback, src.fallbackMethod
		src = *next
	}
	p.problem(12200, "%d documents led to each other: the simulator stops here", maxDocuments)
}

func (p *player) problem(code int, format string, args ...any) {
	p.s.problem(code, p.c.sid, p.src.url, format, args...)
}

// fetch gets and checks a document; when that fails it tries the fallback address once, with ErrorCode and ErrorUrl.
// Source: Twilio docs, "Availability and reliability" (fallback URLs); errors 11200, 11205, 12100, 12200, 12300.
func (p *player) fetch(src source) *node {
	p.src = src
	doc, code := p.get()
	if doc == nil && src.fallback != "" && p.ctx.Err() == nil {
		p.src = source{url: src.fallback, method: src.fallbackMethod, params: url.Values{"ErrorCode": {strconv.Itoa(code)}, "ErrorUrl": {src.url}}}
		doc, _ = p.get()
	}
	return doc
}

func (p *player) get() (*node, int) {
	r := reply{status: http.StatusOK, mime: "text/xml", body: p.src.twiml}
	if p.src.twiml == "" {
		if r = p.request(); !r.ok() {
			return nil, r.complaint()
		}
	}
	doc, problem := parseTwiML(r, p.verbs)
	if problem != nil {
		p.problem(problem.code, "%s", problem.message)
		return nil, problem.code
	}
	return doc, 0
}

// request asks the application for a document.
func (p *player) request() reply {
	s := p.s
	h := s.voiceHook(p.c, p.src)
	struck := s.faults.pick(SideWebhook, h.op, h.to)
	if struck.has(DoLost) {
		s.problem(11200, p.c.sid, h.url, "a fault kept the request from arriving")
		return reply{err: errors.New("lost by a fault")}
	}
	if r, ok := struck.find(DoSlow, DoLate); ok && s.pause(p.ctx, r.delay()) != nil {
		return reply{err: errStop}
	}
	r := s.ask(s.ctx, h, struck) // to its end, even when the call is over by then: Twilio does not break it off either
	if struck.has(DoDuplicate) {
		s.ask(s.ctx, h, struck)
	}
	return r
}

// voiceHook is the request for a document.
func (s *Simulator) voiceHook(c *call, src source) hook {
	s.mu.Lock()
	defer s.mu.Unlock()
	params := s.callParams(c, c.status)
	for key, values := range src.params {
		params[key] = values
	}
	return hook{op: opVoice, sid: c.sid, to: c.person(), url: src.url, method: src.method, params: params}
}

// play runs the verbs of a document in turn and returns the document that one of them leads to.
func (p *player) play(doc *node) (*source, error) {
	for i, n := range doc.children {
		if err := p.pickUp(n, i == 0); err != nil {
			return nil, err
		}
		next, err := p.perform(n)
		if next != nil || err != nil {
			return next, err
		}
	}
	return nil, nil
}

// pickUp answers an inbound call at the first verb that speaks; Reject, a Pause at the head and Redirect do not.
// Source: Twilio docs, "TwiML Voice: <Reject>" and "<Pause>".
func (p *player) pickUp(n *node, first bool) error {
	if p.ctx.Err() != nil {
		return errStop
	}
	if n.name == "Reject" || n.name == "Redirect" || (n.name == "Pause" && first) {
		return nil
	}
	p.s.mu.Lock()
	defer p.s.mu.Unlock()
	if p.c.over() {
		return errStop
	}
	if p.c.answered.IsZero() {
		p.s.answerCall(p.c, p.s.clock.Now())
		p.s.liveOn(p.c, p.s.callerBehaviour(p.c))
	}
	return nil
}

// perform runs one verb.
func (p *player) perform(n *node) (*source, error) {
	switch n.name {
	case "Say", "Play":
		return nil, p.speak(n)
	case "Pause":
		return nil, p.wait(time.Duration(p.count(n, "length", 1)) * time.Second)
	case "Gather":
		return p.gather(n)
	case "Dial":
		return p.dial(n)
	case "Record":
		return p.record(n)
	case "Redirect":
		return p.follow(n.words(), n.attrs["method"], nil)
	case "Reject":
		status := "no-answer"
		if n.attrs["reason"] == "busy" {
			status = "busy"
		}
		p.s.end(p.c, status, 486, leftByPerson)
	}
	return nil, errStop // Hangup and Reject
}

// speak is Say and Play: a caption, and the time it takes.
func (p *player) speak(n *node) error {
	words := n.words()
	if n.name == "Play" {
		words = "(plays " + brief(words+n.attrs["digits"], 80) + ")"
	}
	times := p.count(n, "loop", 1)
	if times == 0 {
		times = maxDocuments
	}
	for range times {
		p.s.mu.Lock()
		over := p.c.over()
		if !over {
			p.s.hear(p.c, WhoLine, "", words)
		}
		p.s.mu.Unlock()
		if over {
			return errStop
		}
		if err := p.wait(p.s.speech(words)); err != nil {
			return err
		}
	}
	return nil
}

// wait lets time pass; with barge on, a key press ends it.
func (p *player) wait(d time.Duration) error {
	t := p.s.clock.NewTimer(d)
	defer t.Stop()
	keys := p.c.keys
	if !p.barge {
		keys = nil
	}
	select {
	case <-t.C:
		return nil
	case key := <-keys:
		p.pressed = key
		return errBarge
	case <-p.ctx.Done():
		return errStop
	}
}

// follow is the way to the next document; a relative address starts from the current one, "" means that one again.
func (p *player) follow(address, method string, params url.Values) (*source, error) {
	full, err := p.resolve(address)
	if err != nil {
		p.problem(11100, "invalid URL: %s", err)
		return nil, errStop
	}
	return &source{url: full, method: method, params: params}, nil
}

func (p *player) resolve(address string) (string, error) {
	ref, err := url.Parse(address)
	if err != nil {
		return "", err
	}
	if ref.IsAbs() {
		return address, nil
	}
	if p.src.url == "" {
		return "", errors.New("a relative address needs a document that has one itself")
	}
	base, err := url.Parse(p.src.url)
	if err != nil {
		return "", err
	}
	full := base.ResolveReference(ref)
	if ref.Fragment == "" {
		full.Fragment, full.RawFragment = base.Fragment, base.RawFragment
	}
	return full.String(), nil
}

// count reads a whole-number attribute; a bad one is reported and replaced by the default.
func (p *player) count(n *node, attr string, def int) int {
	value, ok := n.attrs[attr]
	if !ok {
		return def
	}
	number, err := strconv.Atoi(value)
	if err != nil || number < 0 {
		p.problem(12200, "attribute %s of %s is not a whole number", attr, n.name)
		return def
	}
	return number
}

// truth reads a boolean attribute.
func (p *player) truth(n *node, attr string, def bool) bool {
	switch value, ok := n.attrs[attr]; {
	case !ok:
		return def
	case value == "true", value == "false":
		return value == "true"
	}
	p.problem(12200, "attribute %s of %s must be true or false", attr, n.name)
	return def
}
