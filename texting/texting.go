// Package texting receives texts, sends each at most once, and follows what becomes of them. A person presses send on
// every conversational text; it never sends by itself what was not agreed in a talk or owed by law.
package texting

import (
	"log/slog"
	"sync"
	"time"

	"phonebank/carrier"
	"phonebank/live"
	"phonebank/store"
)

// Desk is where texts come in and leave.
type Desk struct {
	Parts
	gather chan waiting
	loop   sync.WaitGroup
}

// Parts are what a desk works with.
type Parts struct {
	Store     *store.Store
	Carrier   *carrier.Client
	Live      *live.Live
	Log       *slog.Logger
	Now       func() time.Time // the product's clock, which a demo may move
	Wall      func() time.Time // the machine's clock: how long this process slept
	PublicURL string
	Org       string
}

// New opens a desk; Close ends its gathering.
func New(p Parts) *Desk {
	d := &Desk{Parts: p, gather: make(chan waiting)}
	d.loop.Go(d.gatherLoop)
	return d
}

// Close answers what still waits and stops; nothing may be received after it.
func (d *Desk) Close() {
	close(d.gather)
	d.loop.Wait()
}
