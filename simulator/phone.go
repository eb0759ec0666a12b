package simulator

import (
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"time"
)

// textView is one text as its person sees it.
type textView struct {
	Sid    string    `json:"sid"`
	Mine   bool      `json:"mine"` // the person wrote it
	Auto   bool      `json:"auto"` // Twilio's own reply to a keyword
	With   string    `json:"with"` // the account's number
	Body   string    `json:"body"`
	Media  []string  `json:"media,omitempty"`
	Status string    `json:"status"`
	Error  int       `json:"error,omitempty"`
	At     time.Time `json:"at"`
}

// callView is one call as its person sees it.
type callView struct {
	Sid       string     `json:"sid"`
	Direction string     `json:"direction"`
	Status    string     `json:"status"`
	With      string     `json:"with"`
	Created   time.Time  `json:"created"`
	Answered  *time.Time `json:"answered,omitempty"`
	Ended     *time.Time `json:"ended,omitempty"`
	Room      string     `json:"room,omitempty"` // conference it is in
	Muted     bool       `json:"muted"`
	Hold      bool       `json:"hold"`
	Captions  []Caption  `json:"captions"`
}

// phoneView is everything that a phone page shows.
type phoneView struct {
	Number  string     `json:"number"`
	Name    string     `json:"name"`
	Ours    []string   `json:"ours"`    // numbers that can be rung and texted
	Stopped []string   `json:"stopped"` // those that were told STOP
	Call    *callView  `json:"call"`    // the newest call, live or over
	Live    bool       `json:"live"`
	Texts   []textView `json:"texts"`
}

// shownOnPhone is how many texts and captions a page gets.
const shownOnPhone = 100

func last[T any](all []T, n int) []T { return all[max(0, len(all)-n):] }

func viewText(m *message) textView {
	v := textView{Sid: m.sid, Mine: m.direction == "inbound", Auto: m.auto, With: m.from, Body: m.body, Media: m.media, Status: m.status, Error: m.errorCode, At: m.created}
	if v.Mine {
		v.With = m.to
	}
	return v
}

func viewCall(c *call) callView {
	v := callView{Sid: c.sid, Direction: c.direction, Status: c.status, With: c.from, Created: c.created, Captions: append([]Caption{}, c.captions...)}
	if c.direction == "inbound" {
		v.With = c.to
	}
	if !c.answered.IsZero() {
		v.Answered = &c.answered
	}
	if c.over() {
		v.Ended = &c.ended
	}
	if c.seat != nil {
		v.Room, v.Muted, v.Hold = c.seat.conference.name, c.seat.muted, c.seat.hold
	}
	return v
}

// phone is the state of one phone.
func (s *Simulator) phone(number string) phoneView {
	s.mu.Lock()
	defer s.mu.Unlock()
	v := phoneView{Number: number, Ours: []string{}, Stopped: []string{}, Texts: []textView{}}
	if p := s.people[number]; p != nil {
		v.Name = p.Name
	}
	for _, n := range s.numbers {
		v.Ours = append(v.Ours, n.number)
		if s.blocked[pair{n.number, number}] {
			v.Stopped = append(v.Stopped, n.number)
		}
	}
	for _, m := range last(s.threads[number], shownOnPhone) {
		if m.arrived() {
			v.Texts = append(v.Texts, viewText(m))
		}
	}
	if c := s.currentCall(number); c != nil {
		call := viewCall(c)
		call.Captions = last(call.Captions, shownOnPhone)
		v.Call, v.Live = &call, !c.over()
	}
	return v
}

// arrived says whether the person can see a text: what they wrote, and what was delivered.
func (m *message) arrived() bool { return m.direction == "inbound" || m.status == "delivered" }

// currentCall is the call that a phone shows: one that is on, else one that rings, else the last. A call that does
// not ring yet is not seen.
func (s *Simulator) currentCall(number string) *call {
	var shown *call
	rank := func(c *call) int {
		switch {
		case c.over():
			return 0
		case c.status == "ringing":
			return 1
		}
		return 2
	}
	for _, c := range last(s.callsOf[number], shownOnPhone) {
		if c.status != "queued" && (shown == nil || rank(c) >= rank(shown)) {
			shown = c
		}
	}
	return shown
}

// showTexts lists the texts of ?number=, or all.
func (s *Simulator) showTexts(r *http.Request) (any, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	all := s.messages
	if number := r.URL.Query().Get("number"); number != "" {
		all = s.threads[plus(number)]
	}
	out := []textView{}
	for _, m := range all {
		out = append(out, viewText(m))
	}
	return out, nil
}

// showCalls lists the calls of ?number=, or all.
func (s *Simulator) showCalls(r *http.Request) (any, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	all := s.calls
	if number := r.URL.Query().Get("number"); number != "" {
		all = s.callsOf[plus(number)]
	}
	out := []callView{}
	for _, c := range all {
		out = append(out, viewCall(c))
	}
	return out, nil
}

// plus gives a number its plus sign back, which a query turns into a space.
func plus(number string) string { return "+" + strings.TrimLeft(number, "+ ") }

func sortPeople(people []personJSON) []personJSON {
	slices.SortFunc(people, func(a, b personJSON) int { return strings.Compare(a.Number, b.Number) })
	return people
}

// heartbeat keeps proxies and browsers from giving up on a silent stream; it is real time.
const heartbeat = 15 * time.Second

// streamPhone sends the state of a phone whenever it changes. While it runs the phone is in somebody's hand.
func (s *Simulator) streamPhone(w http.ResponseWriter, r *http.Request) {
	number := plus(r.PathValue("number"))
	changed, stop := s.hub.watch(number)
	defer stop()
	defer s.openPage(number)()
	w.Header().Set("Content-Type", "text/event-stream")
	out := http.NewResponseController(w)
	beat := time.NewTicker(heartbeat)
	defer beat.Stop()
	fmt.Fprint(w, "retry: 1000\n\n")
	for {
		state, err := json.Marshal(s.phone(number))
		if err != nil {
			return
		}
		if _, err := fmt.Fprintf(w, "data: %s\n\n", state); err != nil || out.Flush() != nil {
			return
		}
		select {
		case <-changed:
		case <-beat.C:
		case <-r.Context().Done():
			return
		case <-s.ctx.Done():
			return
		}
	}
}
