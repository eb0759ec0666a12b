package panel

import (
	"context"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"sync"
	"time"

	"phonebank"
	"phonebank/live"
	"phonebank/script"
)

const (
	mostTopics  = 20
	mostStreams = 24               // of one user: several tabs on several devices
	heartbeat   = 15 * time.Second // below the idle limit of every proxy we know
	patience    = 10 * time.Second // for one write, before a browser counts as gone
)

// streams counts the open streams and ends them all when the server drains.
type streams struct {
	mu   sync.Mutex
	of   map[phonebank.UserID]int
	done chan struct{}
	once sync.Once
}

func newStreams() *streams {
	return &streams{of: map[phonebank.UserID]int{}, done: make(chan struct{})}
}

func (s *streams) close() { s.once.Do(func() { close(s.done) }) }

func (s *streams) enter(id phonebank.UserID) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.of[id] >= mostStreams {
		return false
	}
	s.of[id]++
	return true
}

func (s *streams) leave(id phonebank.UserID) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.of[id]--; s.of[id] <= 0 {
		delete(s.of, id)
	}
}

// liveStream says which topics have changed, and nothing else: what the change was is read through the doors of the pages.
func (p *Panel) liveStream(w http.ResponseWriter, r *http.Request, me phonebank.User) error {
	topics := strings.Split(r.URL.Query().Get("topics"), ",")
	if len(topics) > mostTopics {
		return phonebank.Fail(phonebank.Invalid, "A page may follow %d topics at most.", mostTopics)
	}
	for _, t := range topics {
		if err := p.mayFollow(r.Context(), me, t); err != nil {
			return err
		}
	}
	if !p.streams.enter(me.ID) {
		return errTooMany
	}
	defer p.streams.leave(me.ID)
	listener := p.Live.Listen(topics...)
	defer listener.Close()

	h := w.Header()
	h.Set("Content-Type", "text/event-stream")
	h.Set("X-Accel-Buffering", "no") // nginx would keep events back otherwise
	send := sender(w)
	if send("retry: 3000\n\n") != nil {
		return nil
	}
	beat := time.NewTicker(heartbeat)
	defer beat.Stop()
	for {
		words := ""
		select {
		case <-r.Context().Done():
			return nil
		case <-p.streams.done:
			return nil
		case <-beat.C:
			words = ": still here\n\n"
		case <-listener.Changed():
			changed := listener.Take()
			slices.Sort(changed)
			for _, t := range changed {
				words += fmt.Sprintf("event: topic\ndata: %s\n\n", t)
			}
		}
		if words != "" && send(words) != nil {
			return nil // the browser has gone; it comes back by itself
		}
	}
}

// sender writes to a browser with a bound on each write. The server's own deadline is for whole answers and is taken off; a
// write that hangs is ended by a deadline in the past, which needs no clock.
func sender(w http.ResponseWriter) func(string) error {
	control := http.NewResponseController(w)
	_ = control.SetWriteDeadline(time.Time{}) // a writer that knows no deadlines needs none
	_ = control.SetReadDeadline(time.Time{})
	return func(words string) error {
		stop := time.AfterFunc(patience, func() { _ = control.SetWriteDeadline(time.Unix(1, 0)) })
		defer stop.Stop()
		if _, err := w.Write([]byte(words)); err != nil {
			return err
		}
		return control.Flush()
	}
}

// mayFollow tells whether somebody may hear that a topic changed. Even that is denied by default.
func (p *Panel) mayFollow(ctx context.Context, me phonebank.User, topic string) error {
	boss := coordinator.lets(me)
	kind, id, _ := strings.Cut(topic, ":")
	denied := phonebank.Fail(phonebank.Forbidden, "This isn't yours to follow.")
	if kind == live.Room && id == "" {
		if boss {
			return nil
		}
		return denied
	}
	if topic == live.Inbox {
		return nil // it says that something waits somewhere, and not whose it is
	}
	if !phonebank.ValidID(id) {
		return denied
	}
	var mine bool
	var err error
	switch kind {
	case "user":
		mine = string(me.ID) == id
	case "shift":
		var s phonebank.Shift
		s, err = p.Store.Shift(ctx, phonebank.ShiftID(id))
		mine = s.UserID == me.ID
	case "session":
		var s phonebank.Shift
		s, err = p.Store.CurrentShift(ctx, me.ID)
		mine = string(s.SessionID) == id
	case "conversation":
		var c phonebank.Conversation
		c, err = p.Store.Conversation(ctx, phonebank.ConversationID(id))
		mine = c.UserID == me.ID
	case "person":
		mine, err = p.Store.MayRead(ctx, me.ID, phonebank.PersonID(id), p.Now())
	case "wave": // a coordinator's
	default:
		return denied
	}
	switch {
	case err != nil && phonebank.KindOf(err) != phonebank.NotFound:
		return err
	case mine || boss:
		return nil
	}
	return denied
}

// sortedFacts lists a script's facts by name, so that a page is the same each time.
func sortedFacts(s *script.Script) (list []script.Fact) {
	names := make([]string, 0, len(s.Facts))
	for name := range s.Facts {
		names = append(names, name)
	}
	slices.Sort(names)
	for _, name := range names {
		list = append(list, s.Facts[name])
	}
	return list
}
