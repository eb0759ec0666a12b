package simulator

import (
	"fmt"
	"net/http"
	"net/url"
	"strconv"
)

// Text is a person's text to one of the account's numbers. It returns the SID under which the application
// will hear of it.
func (s *Simulator) Text(from, to, body string, media ...string) (sid string, err error) {
	if !e164.MatchString(from) {
		return "", fmt.Errorf("send a text: the sender is not an E.164 number")
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	n := s.ours(to)
	if n == nil {
		return "", fmt.Errorf("send a text: the receiver is not a number of the account")
	}
	now := s.clock.Now()
	m := &message{sid: newSID("SM"), from: from, to: to, body: body, media: media, direction: "inbound", status: "received",
		created: now, updated: now, sent: now, segments: segments(body)}
	s.keepMessage(m)
	s.transcript.add(Entry{At: now, Kind: KindText, SID: m.sid, Who: "them", Words: body, Params: url.Values{"From": {from}, "To": {to}}})
	if reply := s.keyword(from, to, body); reply != "" {
		s.keepMessage(&message{sid: newSID("SM"), from: to, to: from, body: reply, direction: "outbound-reply", status: "delivered",
			created: now, updated: now, sent: now, segments: segments(reply), auto: true})
	}
	h := hook{op: opInboundMessage, sid: m.sid, to: from, url: n.smsURL, method: n.smsMethod, params: s.inboundParams(m)}
	fallback, method := n.smsFallbackURL, n.smsFallback
	h.done = func(r reply) { s.takeReply(m, h, r, fallback, method) }
	s.outbox.post(h)
	return m.sid, nil
}

// inboundParams are those of Twilio docs, "Twilio's request to your incoming message webhook URL".
func (s *Simulator) inboundParams(m *message) url.Values {
	p := geography(m.from, m.to)
	for key, value := range map[string]string{
		"MessageSid": m.sid, "SmsSid": m.sid, "SmsMessageSid": m.sid, "AccountSid": s.cfg.AccountSID, "From": m.from, "To": m.to, "Body": m.body,
		"NumMedia": strconv.Itoa(len(m.media)), "NumSegments": strconv.Itoa(m.segments), "SmsStatus": "received", "ApiVersion": "2010-04-01",
	} {
		p.Set(key, value)
	}
	for i, address := range m.media {
		p.Set(fmt.Sprintf("MediaUrl%d", i), address)
		p.Set(fmt.Sprintf("MediaContentType%d", i), "image/jpeg")
	}
	return p
}

// takeReply reads the application's answer to an inbound text: nothing, or TwiML. When it fails, the fallback
// address is asked once, with ErrorCode and ErrorUrl.
func (s *Simulator) takeReply(m *message, h hook, r reply, fallback, method string) {
	code := 0
	switch {
	case !r.ok():
		code = r.complaint()
	case r.status == http.StatusNoContent || r.body == "":
	default:
		code = s.replyByTwiML(m, h.url, r)
	}
	if code == 0 || fallback == "" {
		return
	}
	again := h
	again.url, again.method = fallback, method
	again.params = url.Values{"ErrorCode": {strconv.Itoa(code)}, "ErrorUrl": {h.url}}
	for key, values := range h.params {
		again.params[key] = values
	}
	again.done = func(r reply) { s.takeReply(m, again, r, "", "") }
	s.outbox.post(again)
}

// replyByTwiML sends the Message verbs of an answer; it returns the debugger's code when the answer is no good.
func (s *Simulator) replyByTwiML(m *message, address string, r reply) int {
	doc, problem := parseTwiML(r, messagingVerbs)
	if problem != nil {
		s.problem(problem.code, m.sid, address, "%s", problem.message)
		return problem.code
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, verb := range doc.children {
		if verb.name != "Message" || s.blocked[pair{m.to, m.from}] {
			continue
		}
		body, now := verb.words(), s.clock.Now()
		out := &message{sid: newSID("SM"), from: m.to, to: m.from, body: body, direction: "outbound-reply", status: "queued",
			created: now, updated: now, segments: segments(body), validity: defaultValidity, callback: verb.attrs["statusCallback"]}
		s.keepMessage(out)
		out.pending = s.after(0, func() { s.queueMessage(out, 0) })
	}
	return 0
}
