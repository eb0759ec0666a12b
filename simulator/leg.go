package simulator

import (
	"context"
	"fmt"
	"net/url"
	"strconv"
	"time"
)

// Ring is a person's call to one of the account's numbers.
func (s *Simulator) Ring(from, to string) (callSID string, err error) {
	if !e164.MatchString(from) {
		return "", fmt.Errorf("ring: the caller is not an E.164 number")
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	n := s.ours(to)
	if n == nil {
		return "", fmt.Errorf("ring: the called is not a number of the account")
	}
	c := s.newCall(from, to, "inbound", "ringing")
	c.start = source{url: n.voiceURL, method: n.voiceMethod, fallback: n.voiceFallbackURL, fallbackMethod: n.voiceFallback}
	c.numberCallback = callback{url: n.statusCallback, method: n.statusMethod}
	s.keepCall(c)
	s.spawn(func() { s.follow(c, c.start) })
	return c.sid, nil
}

// placeCall takes an outbound leg from the queue to its end.
// Source: Twilio docs, "Call resource" (status values) and "Monitor outbound call events".
func (s *Simulator) placeCall(c *call) {
	if s.pause(c.ctx, c.queueTime+s.time.Dial) != nil || !s.advanceCall(c, "queued", "initiated") {
		return
	}
	if s.pause(c.ctx, s.time.Ring) != nil {
		return
	}
	patience := s.clock.NewTimer(c.timeout + ringLonger) // before the event, so that who hears of it may move the clock
	defer patience.Stop()
	if !s.advanceCall(c, "ringing", "ringing") {
		return
	}
	b := s.phoneOf(c)
	if !s.waitForAnswer(c, b, patience) || !s.advanceCall(c, "in-progress", "answered") {
		return
	}
	s.liveOn(c, b)
	s.follow(c, c.start)
}

// phoneOf is how the called phone acts; one in somebody's hand that is in another call is busy.
func (s *Simulator) phoneOf(c *call) Behaviour {
	s.mu.Lock()
	defer s.mu.Unlock()
	b := s.behaviour(c.to)
	if b.Takes == Manual {
		for _, other := range s.callsOf[c.to] {
			if other != c && other.status == "in-progress" {
				b.Takes, b.After = Busy, 0
			}
		}
	}
	return b
}

// ringLonger is what Twilio adds to the Timeout that it was given.
const ringLonger = 5 * time.Second

// waitForAnswer rings and says whether somebody, or something, picked up.
func (s *Simulator) waitForAnswer(c *call, b Behaviour, patience *Timer) bool {
	takes := s.clock.NewTimer(b.After)
	defer takes.Stop()
	for {
		select {
		case answered := <-c.taken:
			if !answered {
				s.end(c, "busy", 603, leftByPerson)
			}
			return answered
		case <-takes.C:
			switch b.Takes {
			case Answers, Voicemail:
				return true
			case Busy:
				s.end(c, "busy", 486, leftByPerson)
			case Declines:
				s.end(c, "busy", 603, leftByPerson)
			case Fails:
				s.end(c, "failed", 404, leftByPerson)
			}
		case <-patience.C:
			s.end(c, "no-answer", 487, leftByPerson)
		case <-c.ctx.Done():
			return false
		}
	}
}

// advanceCall moves a leg that is not over to its next state and reports it.
func (s *Simulator) advanceCall(c *call, status, event string) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	if c.over() {
		return false
	}
	now := s.clock.Now()
	c.status, c.updated = status, now
	if event == "answered" {
		s.answerCall(c, now)
	} else if c.seat != nil {
		s.ringInConference(c, event)
	}
	word := status
	if event == "initiated" {
		word = event
	}
	s.reportCall(c, event, word)
	s.hub.poke(c.person())
	return true
}

// answerCall starts what runs from the answer on.
func (s *Simulator) answerCall(c *call, now time.Time) {
	c.status, c.answered, c.updated = "in-progress", now, now
	c.limit = s.after(c.timeLimit, func() { s.end(c, "completed", 200, leftByAPI) })
	s.detectMachine(c)
	s.startCallRecording(c)
	s.hub.poke(c.person())
}

// follow plays a source to a leg, and whatever it is redirected to, until there is nothing left: then it hangs up.
func (s *Simulator) follow(c *call, src source) {
	if c.amd.sync && s.pause(c.ctx, amdTakes) != nil {
		return
	}
	for {
		ctx, cancel := context.WithCancel(c.ctx)
		s.mu.Lock()
		c.interrupt = cancel
		s.mu.Unlock()
		(&player{s: s, c: c, ctx: ctx, verbs: voiceVerbs}).run(src)
		cancel()
		s.mu.Lock()
		next := c.next
		c.next = nil
		s.mu.Unlock()
		if next == nil {
			s.end(c, "completed", 200, leftByPerson)
			return
		}
		src = *next
	}
}

// end is endCall for those who do not hold the lock.
func (s *Simulator) end(c *call, status string, sip int, why leaveReason) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.endCall(c, status, sip, why)
}

// endCall is the one way in which a leg ends: it leaves its conference, its recordings stop, its last event goes out.
// An inbound call that was never answered ends as no-answer unless it was refused. A second end changes nothing.
func (s *Simulator) endCall(c *call, status string, sip int, why leaveReason) {
	if c.over() {
		return
	}
	if status == "completed" && c.answered.IsZero() {
		status = "no-answer"
	}
	now := s.clock.Now()
	c.status, c.ended, c.updated, c.sip = status, now, now, sip
	c.cancel()
	if c.limit != nil {
		c.limit.Stop()
	}
	if c.seat != nil {
		s.leave(c.seat, why, false)
	}
	for _, r := range c.recording {
		s.stopRecording(r, "completed")
	}
	c.recording = nil
	s.reportCall(c, "completed", status)
	if c.numberCallback.url != "" {
		p := s.callParams(c, status)
		p.Set("CallDuration", c.duration())
		p.Set("Duration", minutes(c.duration()))
		p.Set("Timestamp", now.Format(rfc2822))
		s.outbox.post(hook{op: opCallStatus, sid: c.sid, to: c.person(), url: c.numberCallback.url, method: c.numberCallback.method, params: p})
	}
	s.hub.poke(c.person())
}

// reportCall sends a progress event to those who want it. Callbacks are numbered from 0 in the order in which they
// are made. Source: Twilio docs, "Voice webhooks", status callback parameters.
func (s *Simulator) reportCall(c *call, event, status string) {
	if !c.callback.wants(event) {
		return
	}
	p := s.callParams(c, status)
	p.Set("Timestamp", s.clock.Now().Format(rfc2822))
	p.Set("CallbackSource", "call-progress-events")
	p.Set("SequenceNumber", strconv.Itoa(c.sequence))
	c.sequence++
	if event == "completed" {
		p.Set("CallDuration", c.duration())
		p.Set("Duration", minutes(c.duration()))
		p.Set("SipResponseCode", strconv.Itoa(c.sip))
	}
	s.outbox.post(hook{op: opCallStatus, sid: c.sid, to: c.person(), url: c.callback.url, method: c.callback.method, params: p})
}

func minutes(seconds string) string {
	n, _ := strconv.Atoi(seconds)
	return strconv.Itoa((n + 59) / 60)
}

// callParams are what every voice webhook carries. Source: Twilio docs, "TwiML Voice: Twilio's request parameters".
func (s *Simulator) callParams(c *call, status string) url.Values {
	p := geography(c.from, c.to)
	for side, number := range map[string]string{"Caller": c.from, "Called": c.to} {
		for part, value := range map[string]string{"": number, "Country": "US", "State": "", "City": "", "Zip": ""} {
			p.Set(side+part, value)
		}
	}
	for key, value := range map[string]string{"CallSid": c.sid, "AccountSid": s.cfg.AccountSID, "From": c.from, "To": c.to, "CallStatus": status,
		"Direction": c.direction, "ApiVersion": "2010-04-01"} {
		p.Set(key, value)
	}
	if c.answeredBy != "" {
		p.Set("AnsweredBy", c.answeredBy)
	}
	return p
}
