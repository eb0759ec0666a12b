package simulator

import "sync"

// hub tells phone pages that something about their number changed.
type hub struct {
	mu          sync.Mutex
	subscribers map[string]map[chan struct{}]bool
}

// watch returns a channel that gets a signal when the number changed, and a function to stop.
func (h *hub) watch(number string) (<-chan struct{}, func()) {
	ch := make(chan struct{}, 1)
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.subscribers[number] == nil {
		h.subscribers[number] = map[chan struct{}]bool{}
	}
	h.subscribers[number][ch] = true
	return ch, func() {
		h.mu.Lock()
		defer h.mu.Unlock()
		delete(h.subscribers[number], ch)
		if len(h.subscribers[number]) == 0 {
			delete(h.subscribers, number)
		}
	}
}

func (h *hub) poke(number string) {
	h.mu.Lock()
	defer h.mu.Unlock()
	for ch := range h.subscribers[number] {
		select {
		case ch <- struct{}{}:
		default:
		}
	}
}
