package simulator

import (
	"net/http"
	"sync"
	"time"
)

const outboxWorkers = 128

// reorderPatience is how long a reordered callback waits for a next one to go before it.
const reorderPatience = 10 * time.Second

// outbox sends callbacks: those of one resource in order, different resources side by side, and no more than
// outboxWorkers at once. A worker lives only while there is something to send.
type outbox struct {
	sim    *Simulator
	client *http.Client

	mu      sync.Mutex
	queues  map[string]*hookQueue
	ready   []*hookQueue // have something to send and nobody sending it
	workers int
}

// hookQueue are the callbacks of one resource that wait.
type hookQueue struct {
	sid   string
	hooks []hook
	held  []hook // reordered: to be sent after the next one
	busy  bool   // in ready, or with a worker
}

func newOutbox(s *Simulator) *outbox {
	return &outbox{sim: s, client: newClient(), queues: map[string]*hookQueue{}}
}

// post adds a callback to the queue of its resource; nothing happens when it has no address.
func (o *outbox) post(h hook) {
	if h.url == "" {
		return
	}
	o.mu.Lock()
	defer o.mu.Unlock()
	q := o.queues[h.sid]
	if q == nil {
		q = &hookQueue{sid: h.sid}
		o.queues[h.sid] = q
	}
	q.hooks = append(q.hooks, h)
	o.wake(q)
}

// wake sees to it that a worker comes by the queue.
func (o *outbox) wake(q *hookQueue) {
	if q.busy {
		return
	}
	q.busy = true
	o.ready = append(o.ready, q)
	if o.workers < outboxWorkers {
		o.workers++
		o.sim.spawn(o.work)
	}
}

// work takes one callback at a time from whichever queue has waited longest.
func (o *outbox) work() {
	o.mu.Lock()
	defer o.mu.Unlock()
	for len(o.ready) > 0 && o.sim.ctx.Err() == nil {
		q := o.ready[0]
		o.ready = o.ready[1:]
		h := q.hooks[0]
		q.hooks = q.hooks[1:]

		o.mu.Unlock()
		sent := o.deliver(q, h)
		o.mu.Lock()

		if sent {
			q.hooks = append(q.held, q.hooks...)
			q.held = nil
		}
		switch {
		case len(q.hooks) > 0:
			o.ready = append(o.ready, q)
		case len(q.held) > 0:
			q.busy = false
		default:
			delete(o.queues, q.sid)
		}
	}
	o.workers--
}

// hold keeps a callback back until another one of its resource went out, or nothing came for a while.
func (o *outbox) hold(q *hookQueue, h hook) {
	o.mu.Lock()
	defer o.mu.Unlock()
	q.held = append(q.held, h)
	o.sim.after(reorderPatience, func() {
		o.mu.Lock()
		defer o.mu.Unlock()
		if q.hooks, q.held = append(q.hooks, q.held...), nil; len(q.hooks) > 0 {
			o.wake(q)
		}
	})
}

// deliver sends a callback, unless a fault says otherwise, and says whether it went out.
func (o *outbox) deliver(q *hookQueue, h hook) bool {
	s := o.sim
	var struck struckRules
	if !h.faulted {
		struck = s.faults.pick(SideWebhook, h.op, h.to)
		h.faulted = true
	}
	note := func(do string) {
		s.transcript.add(Entry{At: s.clock.Now(), Kind: KindWebhook, Op: h.op, SID: h.sid, Method: h.method, URL: h.url, Params: h.params, Fault: do, Error: "held back"})
	}
	if struck.has(DoLost) {
		note(DoLost)
		return false
	}
	if r, ok := struck.find(DoLate); ok {
		s.after(r.delay(), func() { o.post(h) })
		note(DoLate)
		return false
	}
	if struck.has(DoReorder) {
		o.hold(q, h)
		note(DoReorder)
		return false
	}
	if r, ok := struck.find(DoSlow); ok && s.pause(s.ctx, r.delay()) != nil {
		return false
	}
	r := s.ask(s.ctx, h, struck)
	if struck.has(DoDuplicate) {
		s.ask(s.ctx, h, struck)
	}
	if h.done != nil {
		h.done(r)
	}
	return true
}
