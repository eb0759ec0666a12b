package simulator

import (
	"context"
	"net/url"
	"sync"
	"time"
)

// What kind of thing a transcript entry is.
const (
	KindAPI     = "api"     // the application asked, we answered
	KindWebhook = "webhook" // we asked the application, it answered
	KindCaption = "caption" // words that a leg heard or said
	KindText    = "text"    // a person sent or received a text
)

// Entry is one thing that happened, as seen from outside.
type Entry struct {
	N      int        `json:"n"` // counts from 1, without gaps
	At     time.Time  `json:"at"`
	Kind   string     `json:"kind"`
	Op     string     `json:"op,omitempty"`  // as in fault rules: messages.create, call-status ...
	SID    string     `json:"sid,omitempty"` // the message, call, conference or recording it is about
	Method string     `json:"method,omitempty"`
	URL    string     `json:"url,omitempty"`
	Params url.Values `json:"params,omitempty"`
	Status int        `json:"status,omitempty"` // of the answer; 0 when there was none
	Answer string     `json:"answer,omitempty"` // cut after 4,000 letters
	Who    string     `json:"who,omitempty"`    // whose words: you, them or line
	Words  string     `json:"words,omitempty"`
	Fault  string     `json:"fault,omitempty"` // the fault that was applied
	Error  string     `json:"error,omitempty"` // why there was no answer
}

const transcriptSize = 20000

// transcript keeps the last transcriptSize entries.
type transcript struct {
	mu      sync.Mutex
	ring    []Entry
	count   int
	changed chan struct{} // closed at the next entry, when somebody waits
}

func (t *transcript) add(e Entry) {
	if len(e.Answer) > 4000 {
		e.Answer = e.Answer[:4000]
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	t.count++
	e.N = t.count
	if len(t.ring) < transcriptSize {
		t.ring = append(t.ring, e)
	} else {
		t.ring[(e.N-1)%transcriptSize] = e
	}
	if t.changed != nil {
		close(t.changed)
		t.changed = nil
	}
}

// since lists the kept entries after number n, and a channel that is closed when there are more.
func (t *transcript) since(n int) ([]Entry, <-chan struct{}) {
	t.mu.Lock()
	defer t.mu.Unlock()
	first := max(n, t.count-len(t.ring), 0)
	out := make([]Entry, 0, max(t.count-first, 0))
	for i := first; i < t.count; i++ {
		out = append(out, t.ring[i%transcriptSize])
	}
	if t.changed == nil {
		t.changed = make(chan struct{})
	}
	return out, t.changed
}

// await returns the first kept entry that matches, waiting for it if need be.
func (t *transcript) await(ctx context.Context, match func(Entry) bool) (Entry, error) {
	n := 0
	for {
		entries, more := t.since(n)
		for _, e := range entries {
			if match(e) {
				return e, nil
			}
			n = e.N
		}
		select {
		case <-more:
		case <-ctx.Done():
			return Entry{}, ctx.Err()
		}
	}
}

// Problem is one line of the debugger: something that Twilio would have complained about.
type Problem struct {
	At      time.Time `json:"at"`
	Code    int       `json:"code"`
	Message string    `json:"message"`
	SID     string    `json:"sid,omitempty"`
	URL     string    `json:"url,omitempty"`
}

const debuggerSize = 1000

// debugger keeps the last debuggerSize problems.
type debugger struct {
	mu       sync.Mutex
	problems []Problem
}

func (d *debugger) add(p Problem) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if len(d.problems) == debuggerSize {
		d.problems = append(d.problems[:0], d.problems[1:]...)
	}
	d.problems = append(d.problems, p)
}

func (d *debugger) list() []Problem {
	d.mu.Lock()
	defer d.mu.Unlock()
	return append([]Problem{}, d.problems...)
}
