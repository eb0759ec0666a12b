package simulator

import (
	"fmt"
	"time"
)

// Whose words a caption is.
const (
	WhoYou  = "you"  // the person on this leg
	WhoThem = "them" // another person in the conference
	WhoLine = "line" // Twilio: Say, Play, tones
)

// Caption is one thing said or heard on a leg.
type Caption struct {
	N     int       `json:"n"` // counts from 1 on each leg
	At    time.Time `json:"at"`
	Who   string    `json:"who"`
	Name  string    `json:"name,omitempty"` // of the other person: the participant's label
	Words string    `json:"words"`
}

const captionsKept = 500

// hear writes a caption on a leg.
func (s *Simulator) hear(c *call, who, name, words string) {
	now := s.clock.Now()
	n := 1
	if len(c.captions) > 0 {
		n = c.captions[len(c.captions)-1].N + 1
	}
	c.captions = append(c.captions, Caption{N: n, At: now, Who: who, Name: name, Words: words})
	if len(c.captions) > captionsKept {
		c.captions = append(c.captions[:0], c.captions[1:]...)
	}
	s.transcript.add(Entry{At: now, Kind: KindCaption, SID: c.sid, Who: who, Words: words})
	if who != WhoYou {
		select {
		case c.heard <- struct{}{}:
		default:
		}
	}
	s.hub.poke(c.person())
}

// Say is what the person on a leg says: everyone who would hear it gets it as a caption, a recording takes it down.
func (s *Simulator) Say(callSID, words string) error {
	return s.onLiveCall(callSID, "say something", func(c *call) {
		s.hear(c, WhoYou, "", words)
		for _, r := range c.recording {
			r.words = append(r.words, words)
		}
		select {
		case c.spoken <- words:
		default:
		}
		if c.seat != nil && c.seat.joined {
			s.carry(c.seat, words)
		}
	})
}

// Press is keys pressed by the person on a leg.
func (s *Simulator) Press(callSID, digits string) error {
	for _, key := range digits {
		if (key < '0' || key > '9') && key != '*' && key != '#' {
			return fmt.Errorf("press a key: a phone has no key %q", key)
		}
	}
	return s.onLiveCall(callSID, "press a key", func(c *call) {
		s.hear(c, WhoYou, "", "(pressed "+digits+")")
		for _, key := range digits {
			select {
			case c.keys <- string(key):
			default:
			}
		}
	})
}

// HangUp is the person on a leg hanging up; while it rings it is Decline.
func (s *Simulator) HangUp(callSID string) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	c := s.callBy[callSID]
	if c == nil || c.over() {
		return fmt.Errorf("hang up: there is no such live call")
	}
	if c.direction != "inbound" && c.answered.IsZero() {
		s.endCall(c, "busy", 603, leftByPerson)
		return nil
	}
	s.endCall(c, "completed", 200, leftByPerson)
	return nil
}

// Answer picks up a ringing phone.
func (s *Simulator) Answer(callSID string) error { return s.take(callSID, true) }

// Decline refuses a ringing call.
func (s *Simulator) Decline(callSID string) error { return s.take(callSID, false) }

func (s *Simulator) take(callSID string, answer bool) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	c := s.callBy[callSID]
	if c == nil || c.status != "ringing" || c.direction == "inbound" {
		return fmt.Errorf("take a call: it does not ring")
	}
	select {
	case c.taken <- answer:
	default:
	}
	return nil
}

func (s *Simulator) onLiveCall(callSID, what string, do func(*call)) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	c := s.callBy[callSID]
	if c == nil || c.over() || c.answered.IsZero() {
		return fmt.Errorf("%s: there is no such live call", what)
	}
	do(c)
	return nil
}
