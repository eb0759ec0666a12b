// Package live tells browsers and loops that something has changed. It carries names of topics and nothing else: what the
// change was is read from Postgres, and a message that is lost costs a few seconds, never a fact.
package live

import (
	"context"
	"log/slog"
	"strings"
	"sync"

	"github.com/redis/go-redis/v9"
)

// Topics: "session:<id>", "shift:<id>", "conversation:<id>", "person:<id>", "user:<id>", "room" for what every coordinator's
// page shows, "inbox" for what waits for an answer, and the two that loops wait for.
const (
	Room  = "room"
	Inbox = "inbox"
	Calls = "calls" // a call waits to be placed or hung up
	Due   = "due"   // a callback has come due
)

const channel = "phonebank:topics"

// Live joins the processes of one phone bank over Redis.
type Live struct {
	redis *redis.Client
	log   *slog.Logger
	done  chan struct{}
	stop  context.CancelFunc

	mu        sync.Mutex
	listeners map[*Listener]struct{}
	pending   map[string]struct{} // to be published
	wake      chan struct{}
}

// Start listens and publishes until Close.
func Start(client *redis.Client, log *slog.Logger) *Live {
	ctx, cancel := context.WithCancel(context.Background())
	l := &Live{redis: client, log: log, done: make(chan struct{}), stop: cancel,
		listeners: map[*Listener]struct{}{}, pending: map[string]struct{}{}, wake: make(chan struct{}, 1)}
	var wg sync.WaitGroup
	wg.Go(func() { l.listen(ctx) })
	wg.Go(func() { l.flush(ctx) })
	go func() { wg.Wait(); close(l.done) }()
	return l
}

// Close ends both loops.
func (l *Live) Close() {
	l.stop()
	<-l.done
}

// Publish says that topics have changed; call it after the commit. It never blocks and never fails: listeners of this
// process hear at once, those of others as soon as Redis allows. A topic that waits already is said once.
func (l *Live) Publish(topics ...string) {
	l.tell(topics)
	l.mu.Lock()
	for _, t := range topics {
		if t != "" && !strings.HasSuffix(t, ":") {
			l.pending[t] = struct{}{}
		}
	}
	l.mu.Unlock()
	select {
	case l.wake <- struct{}{}:
	default:
	}
}

func (l *Live) flush(ctx context.Context) {
	for {
		select {
		case <-ctx.Done():
			return
		case <-l.wake:
		}
		l.mu.Lock()
		topics := make([]string, 0, len(l.pending))
		for t := range l.pending {
			topics = append(topics, t)
		}
		clear(l.pending)
		l.mu.Unlock()
		if len(topics) == 0 {
			continue
		}
		if err := l.redis.Publish(ctx, channel, strings.Join(topics, "\n")).Err(); err != nil && ctx.Err() == nil {
			l.log.Warn("topics not published", "count", len(topics), "error", err)
		}
	}
}

func (l *Live) listen(ctx context.Context) {
	sub := l.redis.Subscribe(ctx, channel)
	defer func() { _ = sub.Close() }() // the client reconnects by itself until then
	messages := sub.Channel()
	for {
		select {
		case <-ctx.Done():
			return
		case msg, open := <-messages:
			if !open {
				return
			}
			l.tell(strings.Split(msg.Payload, "\n"))
		}
	}
}

func (l *Live) tell(topics []string) {
	l.mu.Lock()
	defer l.mu.Unlock()
	for li := range l.listeners {
		li.mark(topics)
	}
}

// Listener keeps the set of topics that have changed since it last looked: bounded memory, nothing dropped.
type Listener struct {
	live   *Live
	wants  map[string]bool
	mu     sync.Mutex
	dirty  map[string]struct{}
	signal chan struct{}
}

// Listen begins to note changes of topics.
func (l *Live) Listen(topics ...string) *Listener {
	li := &Listener{live: l, wants: map[string]bool{}, dirty: map[string]struct{}{}, signal: make(chan struct{}, 1)}
	for _, t := range topics {
		li.wants[t] = true
	}
	l.mu.Lock()
	l.listeners[li] = struct{}{}
	l.mu.Unlock()
	return li
}

// Changed signals that Take has something.
func (li *Listener) Changed() <-chan struct{} { return li.signal }

// Take answers with what has changed since the last time.
func (li *Listener) Take() []string {
	li.mu.Lock()
	defer li.mu.Unlock()
	out := make([]string, 0, len(li.dirty))
	for t := range li.dirty {
		out = append(out, t)
	}
	clear(li.dirty)
	return out
}

// Close stops listening.
func (li *Listener) Close() {
	li.live.mu.Lock()
	delete(li.live.listeners, li)
	li.live.mu.Unlock()
}

func (li *Listener) mark(topics []string) {
	li.mu.Lock()
	defer li.mu.Unlock()
	hit := false
	for _, t := range topics {
		if li.wants[t] {
			li.dirty[t] = struct{}{}
			hit = true
		}
	}
	if hit {
		select {
		case li.signal <- struct{}{}:
		default:
		}
	}
}
