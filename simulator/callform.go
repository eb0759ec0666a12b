package simulator

import (
	"net/url"
	"slices"
	"strings"
	"time"
)

// readCall makes a leg of the parameters that Calls and Participants share.
func (s *Simulator) readCall(a *ask) (*call, error) {
	f := a.form
	c := s.newCall(f.Get("From"), f.Get("To"), "outbound-api", "queued")
	switch {
	case c.to == "":
		return nil, bad(21201, "No 'To' number is specified")
	case !e164.MatchString(c.to):
		return nil, bad(21211, "The phone number you are attempting to call, %s, is not valid.", c.to)
	case c.from == "":
		return nil, bad(21213, "No 'From' number is specified")
	case !e164.MatchString(c.from):
		return nil, bad(21212, "The source phone number provided, %s, is not valid.", c.from)
	case s.ours(c.from) == nil:
		return nil, bad(21210, "The source phone number provided, %s, is not yet verified for your account.", c.from)
	}
	timeout, err := whole(f, "Timeout", 60, 1, 600)
	if err != nil {
		return nil, err
	}
	limit, err := whole(f, "TimeLimit", 14400, 1, 86400)
	if err != nil {
		return nil, err
	}
	c.timeout, c.timeLimit = time.Duration(timeout)*time.Second, time.Duration(limit)*time.Second
	if c.amd, err = s.readAMD(f); err != nil {
		return nil, err
	}
	if c.recordAll, err = flag(f, "Record", false); err != nil {
		return nil, err
	}
	if c.recordCallback, err = s.readCallback(f, "RecordingStatusCallback", recordingEvents, []string{"completed"}); err != nil {
		return nil, err
	}
	c.callback, err = s.readCallback(f, "StatusCallback", callEvents, []string{"completed"})
	return c, err
}

// readCallback reads NAME, NAMEMethod and NAMEEvent.
func (s *Simulator) readCallback(f url.Values, name string, known, usual []string) (callback, error) {
	cb := callback{url: f.Get(name), method: f.Get(name + "Method"), events: usual}
	if cb.url != "" && !s.allowed(cb.url) {
		return cb, s.badURL(21609, name)
	}
	if f.Has(name + "Event") {
		cb.events = strings.Fields(strings.Join(f[name+"Event"], " "))
	}
	for _, event := range cb.events {
		if !slices.Contains(known, event) {
			return cb, bad(21626, "%sEvent %s is not one of %s", name, event, strings.Join(known, ", "))
		}
	}
	return cb, nil
}

// readSource reads where a leg's TwiML comes from.
func (s *Simulator) readSource(f url.Values) (source, error) {
	src := source{url: f.Get("Url"), method: f.Get("Method"), twiml: f.Get("Twiml"), fallback: f.Get("FallbackUrl"), fallbackMethod: f.Get("FallbackMethod")}
	switch {
	case src.url != "" && src.twiml != "":
		return src, bad(20001, "Url and Twiml must not both be given: the documentation contradicts itself on which is used")
	case len(src.twiml) > 4000:
		return src, bad(21617, "Twiml exceeds 4000 characters")
	case src.url != "" && !s.allowed(src.url):
		return src, s.badURL(21205, "Url")
	case src.fallback != "" && !s.allowed(src.fallback):
		return src, s.badURL(21205, "FallbackUrl")
	}
	return src, nil
}
