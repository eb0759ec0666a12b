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
	inbound chan waiting
	reports chan reported
	replies chan struct{} // somebody wrote
	done    chan struct{}
	loops   sync.WaitGroup
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
	d := &Desk{Parts: p, inbound: make(chan waiting), reports: make(chan reported), replies: make(chan struct{}, 1), done: make(chan struct{})}
	d.loops.Go(func() { gather(d, d.inbound, d.receiveBatch) })
	d.loops.Go(func() { gather(d, d.reports, d.climbBatch) })
	d.loops.Go(d.weighLoop)
	return d
}

// Close answers what was taken and stops; what comes later is told to come again.
func (d *Desk) Close() {
	close(d.done)
	d.loops.Wait()
}
