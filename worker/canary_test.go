package worker_test

import (
	"bytes"
	"fmt"
	"log/slog"
	"strings"
	"sync"
	"testing"
	"time"

	"phonebank"
	"phonebank/internal/testbank"
	"phonebank/simulator"
	"phonebank/texting"
)

// buffer takes log lines from many goroutines.
type buffer struct {
	mu  sync.Mutex
	all bytes.Buffer
}

func (b *buffer) Write(p []byte) (int, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.all.Write(p)
}

func (b *buffer) String() string {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.all.String()
}

// Names, numbers, words and tokens are planted wherever a day's work brings them, faults of Twilio included; none is in a line of the
// log, even at its most talkative, and none in what waits in the queue.
func TestCanary_NothingAboutAPersonIsInLogsOrTasks(t *testing.T) {
	log := &buffer{}
	b := testbank.New(t, testbank.Options{Log: slog.New(slog.NewJSONHandler(log, &slog.HandlerOptions{Level: slog.LevelDebug}))})
	p := b.Neighbor("Canary Quiñones", "+16465550199")
	ok(t, b.Store.GiveConsent(ctx, p.ID, p.PhoneID, "text_ok", "a talk", "canaryconsent", "Dana", b.Clock.Now()))
	for i, do := range []string{simulator.DoServerError, simulator.DoAcceptReset, simulator.DoTooMany} {
		b.Sim.Fault(simulator.Rule{Side: simulator.SideAPI, Op: "messages.create", Do: do, Count: 1, After: i})
	}
	_, err := b.Diary.Promise(ctx, p.ID, b.Coordinator.ID, phonebank.Wish{Channel: phonebank.ByText, Reason: phonebank.ReasonBefore, InMinutes: 1, Body: "canarybody"})
	ok(t, err)
	far, err := b.Diary.Promise(ctx, p.ID, b.Coordinator.ID, phonebank.Wish{Channel: phonebank.ByText, Reason: phonebank.ReasonBefore, InMinutes: 60, Body: "canarylater"})
	ok(t, err)
	b.Clock.Advance(61 * time.Second)
	b.Until("the first text to have an outcome", func() bool {
		b.Clock.Advance(time.Second)
		return b.Count(`SELECT count(*) FROM outbox WHERE state IN ('accepted', 'unknown')`) == 1
	})
	if tasks := b.InRedis(); !strings.Contains(tasks, "follow_up") && !strings.Contains(tasks, "text") {
		t.Fatalf("no task of %s is in the queue, so this proves nothing: %s", far.ID, tasks)
	}
	// Somebody writes, rings in vain, and says stop; a number that cannot be reached; an unsigned knock.
	ok(t, b.Desk.Receive(ctx, texting.In{SID: fmt.Sprintf("SM%032x", 1), From: "+16465550199", To: testbank.Ours, Body: "canarywords", Zones: "America/New_York"}))
	_, err = b.Sim.Ring("+16465550199", testbank.Ours)
	ok(t, err)
	b.Until("the callback", func() bool { return b.Count(`SELECT count(*) FROM follow_ups WHERE reason = 'returned_call'`) == 1 })
	tasks := b.InRedis()
	ok(t, b.Desk.Receive(ctx, texting.In{SID: fmt.Sprintf("SM%032x", 2), From: "+16465550199", To: testbank.Ours, Body: "STOP", Zones: "America/New_York"}))
	var tokens []string
	ok(t, b.Store.DB().Select(&tokens, `SELECT token FROM outbox UNION SELECT token FROM calls`))
	lines := log.String()
	if lines == "" {
		t.Fatal("nothing was logged, so this proves nothing")
	}
	for where, said := range map[string]string{"the log": lines, "the queue": tasks} {
		for _, secret := range append(tokens, "canary", "Canary", "6465550199", "555-0199", testbank.Token) {
			if i := strings.Index(said, secret); i >= 0 {
				t.Errorf("%s holds %q: …%s…", where, secret, said[max(0, i-120):min(len(said), i+60)])
			}
		}
	}
}
