package simulator

import (
	"net/url"
	"slices"
	"strings"
	"time"
)

// dial is Dial with a Conference in it. Source: Twilio docs, "TwiML Voice: <Dial>" and "<Conference>".
func (p *player) dial(n *node) (*source, error) {
	if len(n.children) != 1 {
		p.problem(12200, "Dial needs one Conference in it: the simulator dials nothing else")
		return nil, errStop
	}
	action, hasAction := n.attrs["action"]
	problem := p.conference(n, n.children[0])
	if problem != nil {
		p.problem(problem.code, "%s", problem.message)
	}
	result := url.Values{"DialCallStatus": {"answered"}}
	if problem != nil {
		result.Set("DialCallStatus", "failed")
	}
	if p.ctx.Err() != nil {
		if hasAction && p.c.ctx.Err() != nil {
			p.tell(action, n.attrs["method"], result)
		}
		return nil, errStop
	}
	if !hasAction {
		return nil, nil
	}
	return p.follow(action, n.attrs["method"], result)
}

// conference seats the leg in the room that a Conference element names, and waits until it leaves.
func (p *player) conference(dial, n *node) *twimlProblem {
	seat, cb, problem := p.readConference(n)
	if problem != nil {
		return problem
	}
	s := p.s
	s.mu.Lock()
	if p.c.over() {
		s.mu.Unlock()
		return nil
	}
	problem = s.sit(s.room(n.words(), cb, p.count(n, "maxParticipants", 250)), seat)
	if problem == nil {
		s.join(seat)
	}
	s.mu.Unlock()
	if problem == nil {
		p.remain(seat, time.Duration(p.count(dial, "timeLimit", 14400))*time.Second, p.truth(dial, "hangupOnStar", false))
	}
	return problem
}

func (p *player) readConference(n *node) (*participant, callback, *twimlProblem) {
	seat := &participant{call: p.c, label: n.attrs["participantLabel"], muted: p.truth(n, "muted", false), startOnEnter: p.truth(n, "startConferenceOnEnter", true),
		endOnExit: p.truth(n, "endConferenceOnExit", false), coach: n.attrs["coach"], coaching: n.attrs["coach"] != "", waitMethod: n.attrs["waitMethod"], waitURL: holdMusic}
	cb := callback{method: n.attrs["statusCallbackMethod"], events: strings.Fields(n.attrs["statusCallbackEvent"])}
	for _, event := range cb.events {
		if !slices.Contains(conferenceEvents, event) {
			return nil, cb, complain(12200, "statusCallbackEvent %s is not one of %s", event, strings.Join(conferenceEvents, ", "))
		}
	}
	if len(cb.events) == 0 {
		cb.events = []string{"start", "end"}
	}
	if jitter := n.attrs["jitterBufferSize"]; !slices.Contains([]string{"", "large", "medium", "small", "off"}, jitter) {
		return nil, cb, complain(12200, "jitterBufferSize must be large, medium, small or off")
	}
	if beep := n.attrs["beep"]; !slices.Contains([]string{"", "true", "false", "onEnter", "onExit"}, beep) {
		return nil, cb, complain(12200, "beep must be true, false, onEnter or onExit")
	}
	if n.words() == "" {
		return nil, cb, complain(12200, "a Conference needs a name")
	}
	for name, into := range map[string]*string{"statusCallback": &cb.url, "waitUrl": &seat.waitURL} {
		value, given := n.attrs[name]
		if !given {
			continue
		}
		if *into = value; value != "" {
			full, err := p.resolve(value)
			if err != nil || !p.s.allowed(full) {
				return nil, cb, complain(12200, "%s is not an address that the simulator calls", name)
			}
			*into = full
		}
	}
	return seat, cb, nil
}

// enter is a call made by the Participants API going into its room after the answer, and staying.
func (p *player) enter(seat *participant) {
	if p.s.pause(p.ctx, p.s.time.Join) != nil {
		return
	}
	p.s.mu.Lock()
	here := p.c.seat == seat
	if here {
		p.s.join(seat)
	}
	p.s.mu.Unlock()
	if here {
		p.remain(seat, p.c.timeLimit, false)
	}
}

// remain waits until the leg leaves the conference: by itself, or because it was taken out.
func (p *player) remain(seat *participant, limit time.Duration, star bool) {
	leave := func(why leaveReason) {
		p.s.mu.Lock()
		defer p.s.mu.Unlock()
		p.s.leave(seat, why, false)
	}
	t := p.s.clock.NewTimer(limit)
	defer t.Stop()
	for {
		select {
		case <-seat.gone:
			return
		case key := <-p.c.keys:
			if star && key == "*" {
				leave(leftByPerson)
				return
			}
		case <-t.C:
			leave(leftByPerson)
			return
		case <-p.ctx.Done():
			leave(leftByAPI)
			return
		}
	}
}

// tell sends an action whose answer nobody will hear: the call is over.
func (p *player) tell(action, method string, params url.Values) {
	src, err := p.follow(action, method, params)
	if err == nil {
		p.s.outbox.post(p.s.voiceHook(p.c, *src))
	}
}
