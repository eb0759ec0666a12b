package simulator

import (
	"net/url"
	"strings"
	"time"
)

// record takes down what the person says, until silence, a key, the longest time or the end of the call. With nothing
// said the action is not requested and the next verb runs. Source: Twilio docs, "TwiML Voice: <Record>".
func (p *player) record(n *node) (*source, error) {
	finish, ok := n.attrs["finishOnKey"]
	if !ok {
		finish = "1234567890*#"
	}
	status, err := p.recordingCallback(n)
	if err != nil {
		p.problem(12200, "recordingStatusCallback is not an address that the simulator calls")
		return nil, errStop
	}
	p.forget()
	p.s.mu.Lock()
	if p.c.over() {
		p.s.mu.Unlock()
		return nil, errStop
	}
	if p.truth(n, "playBeep", true) {
		p.s.hear(p.c, WhoLine, "", "(beep)")
	}
	r := p.s.startRecording(p.c, "RecordVerb", status)
	p.s.mu.Unlock()

	digits := p.listen(finish, time.Duration(p.count(n, "timeout", 5))*time.Second, time.Duration(p.count(n, "maxLength", 3600))*time.Second)

	p.s.mu.Lock()
	empty := digits == "" && len(r.words) == 0
	p.s.stopRecording(r, map[bool]string{true: "absent", false: "completed"}[empty])
	result := url.Values{"RecordingUrl": {p.s.recordingURL(r)}, "RecordingSid": {r.sid}, "RecordingDuration": {wholeSeconds(r.duration)}, "Digits": {digits}}
	p.s.mu.Unlock()
	switch {
	case p.c.ctx.Err() != nil:
		p.tell(n.attrs["action"], n.attrs["method"], result)
		return nil, errStop
	case p.ctx.Err() != nil:
		return nil, errStop
	case empty:
		return nil, nil
	}
	return p.follow(n.attrs["action"], n.attrs["method"], result)
}

func (p *player) recordingCallback(n *node) (callback, error) {
	cb := callback{method: n.attrs["recordingStatusCallbackMethod"], events: strings.Fields(n.attrs["recordingStatusCallbackEvent"])}
	if len(cb.events) == 0 {
		cb.events = []string{"completed"}
	}
	if n.attrs["recordingStatusCallback"] == "" {
		return cb, nil
	}
	full, err := p.resolve(n.attrs["recordingStatusCallback"])
	cb.url = full
	if err == nil && !p.s.allowed(full) {
		err = errStop
	}
	return cb, err
}

// listen waits for the end of a recording and returns the key that ended it, "hangup" when the call did.
func (p *player) listen(finish string, silence, longest time.Duration) string {
	limit := p.s.clock.NewTimer(longest)
	defer limit.Stop()
	for {
		quiet := p.s.clock.NewTimer(silence)
		select {
		case key := <-p.c.keys:
			quiet.Stop()
			if strings.Contains(finish, key) {
				return key
			}
		case words := <-p.c.spoken:
			quiet.Stop()
			if p.s.pause(p.ctx, p.s.speech(words)) != nil {
				return "hangup"
			}
		case <-quiet.C:
			return ""
		case <-limit.C:
			quiet.Stop()
			return ""
		case <-p.ctx.Done():
			quiet.Stop()
			return "hangup"
		}
	}
}
