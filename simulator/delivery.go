package simulator

import (
	"net/url"
	"strconv"
	"time"
)

// queueMessage starts the delivery of a text: through a Messaging Service accepted or scheduled become queued first,
// with a callback; the state that a message is made in never has one.
// Source: Twilio docs, "Track the message status of outbound messages".
func (s *Simulator) queueMessage(m *message, carrier int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if m.status != "queued" {
		m.from, m.segments = s.numbers[0].number, segments(m.body)
		if s.blocked[pair{m.from, m.to}] {
			s.advanceMessage(m, "failed", 21610)
			return
		}
		s.advanceMessage(m, "queued", 0)
	}
	if carrier == 0 {
		carrier = s.behaviour(m.to).Carrier
	}
	wait := s.turn(m.from)
	if wait > m.validity {
		m.pending = s.after(m.validity, func() { s.stepMessage(m, "failed", 30036) })
		return
	}
	m.pending = s.after(wait+s.time.Sent, func() {
		s.stepMessage(m, "sent", 0)
		s.after(s.time.Delivered, func() {
			if carrier != 0 {
				s.stepMessage(m, "undelivered", carrier)
				return
			}
			s.stepMessage(m, "delivered", 0)
			s.readBy(m)
		})
	})
}

// turn says how long a sender waits for its next slot (messages per second).
func (s *Simulator) turn(sender string) time.Duration {
	now := s.clock.Now()
	slot := s.nextText[sender]
	if slot.Before(now) {
		slot = now
	}
	s.nextText[sender] = slot.Add(s.time.TextEvery)
	return slot.Sub(now)
}

func (s *Simulator) stepMessage(m *message, status string, code int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.advanceMessage(m, status, code)
}

// advanceMessage moves a message to its next state and reports it.
func (s *Simulator) advanceMessage(m *message, status string, code int) {
	now := s.clock.Now()
	m.status, m.updated, m.errorCode = status, now, code
	if status == "sent" {
		m.sent = now
	}
	s.hub.poke(m.to)
	params := url.Values{
		"MessageSid": {m.sid}, "SmsSid": {m.sid}, "MessageStatus": {status}, "SmsStatus": {status},
		"From": {m.from}, "To": {m.to}, "AccountSid": {s.cfg.AccountSID}, "ApiVersion": {"2010-04-01"},
	}
	if m.service != "" {
		params.Set("MessagingServiceSid", m.service)
	}
	if code != 0 {
		params.Set("ErrorCode", strconv.Itoa(code))
		params.Set("ErrorMessage", carrierMessages[code])
	}
	if status == "delivered" || status == "undelivered" {
		params.Set("RawDlrDoneDate", now.Format("0601021504"))
	}
	s.outbox.post(hook{op: opMessageStatus, sid: m.sid, to: m.to, url: m.callback, params: params})
}
