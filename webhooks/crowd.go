package webhooks

import (
	"net/http"
	"sync/atomic"
)

// crowd counts the webhooks that are being served. When there are more than one process can carry, those go first that can best be
// done without: reports about texts and calls, which Twilio keeps; then texts, which are fetched from it later; a caller last, and even
// they hear words. Nothing of a request is read before it is let in, so memory stays bounded.
type crowd struct {
	most   int64
	inside atomic.Int64
	away   [forVoice + 1]atomic.Int64 // turned away, by kind
}

// share is how full, in quarters, the house may be for one kind of webhook to be let in.
type share int64

const (
	forReports share = 2
	forTexts   share = 3
	forVoice   share = 4
)

// enter lets one in, or answers false; whoever entered must leave.
func (c *crowd) enter(kind share) bool {
	if c.inside.Add(1) > c.most*int64(kind)/4 {
		c.inside.Add(-1)
		c.away[kind].Add(1)
		return false
	}
	return true
}

func (c *crowd) leave() { c.inside.Add(-1) }

// Turned is how many webhooks were turned away at the door for want of room. A caller who was turned away heard words.
type Turned struct{ Reports, Texts, Calls int64 }

// TurnedAway counts them since the process began.
func (h *Hooks) TurnedAway() Turned {
	return Turned{h.crowd.away[forReports].Load(), h.crowd.away[forTexts].Load(), h.crowd.away[forVoice].Load()}
}

// admit serves one request when there is room for its kind, and else answers with what its kind gets instead. It tells the status.
func (h *Hooks) admit(w http.ResponseWriter, r *http.Request, s shape, do use, otherwise instead) int {
	if !h.crowd.enter(s.room) {
		h.missed(s)
		otherwise(w)
		if s.voice {
			return http.StatusOK
		}
		return http.StatusServiceUnavailable
	}
	defer h.crowd.leave()
	return h.serve(w, r, s, do, otherwise)
}
