package simulator

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"
)

// How a person's phone takes a call.
const (
	Answers   = "answers"   // a human, after Behaviour.After
	Busy      = "busy"      // busy signal
	NoAnswer  = "no-answer" // rings until the caller gives up
	Voicemail = "voicemail" // a machine answers, says Greeting, beeps, listens and hangs up
	Declines  = "declines"  // a human presses Decline
	Fails     = "fails"     // the number cannot be reached (SIP 404)
	Manual    = "manual"    // rings until Answer or Decline is called or pressed on the phone page
)

// Behaviour is how one person acts. The zero value is an ordinary person: gets texts, answers as a human after
// Timings.Answer, presses nothing, says nothing and stays on the line until hung up.
type Behaviour struct {
	Name         string        // for the pages
	Takes        string        // one of the constants above; "" means Answers
	After        time.Duration // rings this long before Takes happens; 0 means Timings.Answer
	Greeting     string        // of a voicemail
	Beep         time.Duration // of a voicemail: silence between greeting and beep
	Talks        []string      // lines said in turn, each after the other side spoke, or after Timings.Talk of silence
	Presses      []Press       // keys pressed during a call
	HangsUpAfter time.Duration // from the answer; 0 means never
	Replies      []Reply       // answers to texts; each is given once
	SaysStop     bool          // answers the first text with STOP
	Carrier      int           // error code with which the carrier refuses every text, such as 30003; 0 means none
}

// Press is keys pressed some time after the answer.
type Press struct {
	After  time.Duration
	Digits string
}

// Reply is what a person texts back. It is given to the first text that contains Contains, in any case, or to any.
type Reply struct {
	Contains string
	Any      bool
	Say      string
	After    time.Duration
}

func (b Behaviour) check() error {
	if !slices.Contains([]string{"", Answers, Busy, NoAnswer, Voicemail, Declines, Fails, Manual}, b.Takes) {
		return fmt.Errorf("a phone cannot take a call as %q", b.Takes)
	}
	return nil
}

// person is a behaviour and what is left of it.
type person struct {
	Behaviour
	given map[int]bool // replies already given
	stop  bool         // STOP already said
	pages int          // phone pages that are open
}

// voicemailListens is how long a voicemail records before it hangs up.
const voicemailListens = 30 * time.Second

// Person makes a number behave as told from now on; it panics on a Takes that does not exist.
func (s *Simulator) Person(number string, b Behaviour) {
	if err := b.check(); err != nil {
		panic("simulator: " + err.Error())
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	p := s.personOf(number)
	p.Behaviour, p.given, p.stop = b, map[int]bool{}, false
	s.hub.poke(number)
}

func (s *Simulator) personOf(number string) *person {
	p := s.people[number]
	if p == nil {
		p = &person{given: map[int]bool{}}
		s.people[number] = p
	}
	return p
}

// behaviour is how a number acts now: a phone whose page is open is in somebody's hand.
func (s *Simulator) behaviour(number string) Behaviour {
	b := Behaviour{}
	if p := s.people[number]; p != nil {
		b = p.Behaviour
		if p.pages > 0 {
			b.Takes = Manual
		}
	}
	if b.Takes == "" {
		b.Takes = Answers
	}
	if b.After == 0 {
		b.After = s.time.Answer
	}
	return b
}

// callerBehaviour is how a person acts who rang us: the same, but no machine answers.
func (s *Simulator) callerBehaviour(c *call) Behaviour {
	b := s.behaviour(c.person())
	b.Takes = Answers
	return b
}

// openPage marks a phone as in hand until the returned function is called and Timings.PageGrace has passed.
func (s *Simulator) openPage(number string) (closePage func()) {
	count := func(n int) {
		s.mu.Lock()
		defer s.mu.Unlock()
		s.personOf(number).pages += n
		s.hub.poke(number)
	}
	count(1)
	return func() { s.after(s.time.PageGrace, func() { count(-1) }) }
}

// readBy lets the person who got a text answer it.
func (s *Simulator) readBy(m *message) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.transcript.add(Entry{At: s.clock.Now(), Kind: KindText, SID: m.sid, Who: "you", Words: m.body})
	p := s.people[m.to]
	if p == nil {
		return
	}
	say := func(words string, after time.Duration) {
		s.after(after, func() { s.Text(m.to, m.from, words) })
	}
	if p.SaysStop && !p.stop {
		p.stop = true
		say("STOP", 0)
		return
	}
	for i, r := range p.Replies {
		if !p.given[i] && (r.Any || (r.Contains != "" && strings.Contains(strings.ToLower(m.body), strings.ToLower(r.Contains)))) {
			p.given[i] = true
			say(r.Say, r.After)
			return
		}
	}
}

// liveOn plays the person's part of an answered call until the call ends.
func (s *Simulator) liveOn(c *call, b Behaviour) {
	if b.HangsUpAfter > 0 {
		s.after(b.HangsUpAfter, func() { s.HangUp(c.sid) })
	}
	for _, press := range b.Presses {
		s.after(press.After, func() { s.Press(c.sid, press.Digits) })
	}
	if b.Takes == Voicemail {
		s.spawn(func() { s.playVoicemail(c, b) })
	} else if len(b.Talks) > 0 {
		s.spawn(func() { s.talk(c, b.Talks) })
	}
}

func (s *Simulator) playVoicemail(c *call, b Behaviour) {
	greeting := b.Greeting
	if greeting == "" {
		greeting = "Hi, please leave a message after the tone."
	}
	s.Say(c.sid, greeting)
	if s.pause(c.ctx, s.speech(greeting)+b.Beep) != nil {
		return
	}
	s.after(voicemailListens, func() { s.HangUp(c.sid) })
	s.Say(c.sid, "(beep)")
}

// talk says the lines in turn: each when the other side has spoken, or after a silence.
func (s *Simulator) talk(c *call, lines []string) {
	for _, line := range lines {
		if s.waitToSpeak(c) != nil {
			return
		}
		s.Say(c.sid, line)
	}
}

func (s *Simulator) waitToSpeak(c *call) error {
	silence := s.clock.NewTimer(s.time.Talk)
	defer silence.Stop()
	select {
	case <-c.heard:
		return nil
	case <-silence.C:
		return nil
	case <-c.ctx.Done():
		return context.Cause(c.ctx)
	}
}

// speech is how long words take to say.
func (s *Simulator) speech(words string) time.Duration {
	return time.Duration(len(words)) * s.time.Letter
}
