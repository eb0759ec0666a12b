package simulator

import (
	"errors"
	"net/url"
	"strings"
	"time"
)

// gather asks for keys, or words: what is inside it is said first, a key stops that. With nothing pressed the next
// verb runs, unless actionOnEmptyResult. Source: Twilio docs, "TwiML Voice: <Gather>".
func (p *player) gather(n *node) (*source, error) {
	input, ok := n.attrs["input"]
	if !ok {
		input = "dtmf"
	}
	g := gathering{timeout: time.Duration(p.count(n, "timeout", 5)) * time.Second, most: p.count(n, "numDigits", 0), finish: "#",
		keys: strings.Contains(input, "dtmf"), speech: strings.Contains(input, "speech")}
	if finish, ok := n.attrs["finishOnKey"]; ok {
		g.finish = finish
	}
	p.forget()
	p.barge, p.pressed = g.keys, ""
	for _, child := range n.children {
		if _, err := p.perform(child); errors.Is(err, errBarge) {
			break
		} else if err != nil {
			p.barge = false
			return nil, err
		}
	}
	p.barge = false
	result, err := p.collect(g)
	if err != nil {
		return nil, err
	}
	if len(result) == 0 {
		if !p.truth(n, "actionOnEmptyResult", false) {
			return nil, nil
		}
		result = url.Values{"Digits": {""}}
	}
	return p.follow(n.attrs["action"], n.attrs["method"], result)
}

// gathering is what a Gather waits for.
type gathering struct {
	timeout      time.Duration // of silence
	most         int           // so many keys are enough; 0 means no limit
	finish       string        // these keys end it and are not counted
	keys, speech bool
}

// forget throws away keys and words from before.
func (p *player) forget() {
	for {
		select {
		case <-p.c.keys:
		case <-p.c.spoken:
		default:
			return
		}
	}
}

// collect returns what the action is told; nothing when nothing came.
func (p *player) collect(g gathering) (url.Values, error) {
	digits := ""
	keys, spoken := p.c.keys, p.c.spoken
	if !g.keys {
		keys = nil
	}
	if !g.speech {
		spoken = nil
	}
	finished := func(key string) bool {
		if key != "" && strings.Contains(g.finish, key) {
			return true
		}
		digits += key
		return g.most > 0 && len(digits) >= g.most
	}
	done := func(key string) (url.Values, error) {
		if digits == "" {
			return nil, nil
		}
		if !strings.Contains(g.finish, key) {
			key = ""
		}
		return url.Values{"Digits": {digits}, "FinishedOnKey": {key}}, nil
	}
	if finished(p.pressed) {
		return done(p.pressed)
	}
	for {
		silence := p.s.clock.NewTimer(g.timeout)
		select {
		case key := <-keys:
			silence.Stop()
			if finished(key) {
				return done(key)
			}
		case words := <-spoken:
			silence.Stop()
			return url.Values{"SpeechResult": {words}, "Confidence": {"0.9"}}, nil
		case <-silence.C:
			return done("")
		case <-p.ctx.Done():
			silence.Stop()
			return nil, errStop
		}
	}
}
