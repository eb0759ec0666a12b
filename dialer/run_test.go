package dialer_test

import (
	"context"
	"testing"
	"time"

	"phonebank/internal/testbank"
	"phonebank/simulator"
)

func TestRun_EndsWhenItsCallsAreAnsweredFor(t *testing.T) {
	b := testbank.New(t, testbank.Options{NoLoops: true})
	b.Sim.Fault(simulator.Rule{Side: simulator.SideAPI, Op: "calls.create", Do: simulator.DoSlow, Delay: time.Second, Count: 1})
	b.Sim.Fault(simulator.Rule{Side: simulator.SideWebhook, Op: "call-status", Do: simulator.DoLost}) // only the answer names the call
	_, shift := b.Volunteer("Dana", testbank.VolunteerPhone)
	ok(t, b.Board.RingVolunteer(ctx, shift.ID))
	running, stop := context.WithCancel(ctx)
	done := make(chan struct{})
	go func() { b.Board.Run(running); close(done) }()
	b.Until("the call is on its way", func() bool { return b.Count(`SELECT count(*) FROM calls WHERE state = 'placing'`) == 1 })
	stop()
	<-done
	if n := b.Count(`SELECT count(*) FROM calls WHERE sid IS NULL`); n != 0 {
		t.Error("the dialer ended before its answer was kept")
	}
}
