package webhooks_test

import (
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/gorilla/mux"

	"phonebank/internal/testbank"
	"phonebank/webhooks"
)

// More comes in than one process can carry, because Postgres hangs: reports are turned away first, then texts, then callers, who hear
// words. What was let in is answered in the end, and every text that was acknowledged is there.
func TestCrowd_ReportsGoFirstThenTextsThenCallsAndNothingAcknowledgedIsLost(t *testing.T) {
	b := testbank.New(t, testbank.Options{NoLoops: true})
	router := mux.NewRouter()
	server := httptest.NewServer(router)
	defer server.Close()
	b.Public = server.URL
	hooks := webhooks.New(webhooks.Parts{Carrier: b.Carrier, Desk: b.Desk, Voice: b.Board, Log: slog.New(slog.NewTextHandler(io.Discard, nil)), Wall: time.Now,
		PublicURL: server.URL, Org: "Test Union", Numbers: func(string) bool { return true }, InFlight: 8})
	hooks.Routes(router)
	report := func() int {
		code, _ := request{path: "/twilio/messages/" + strings.Repeat("A", 52), form: url.Values{"MessageSid": {fmt.Sprintf("SM%032x", 1)},
			"AccountSid": {testbank.Account}, "MessageStatus": {"sent"}}}.send(t, b)
		return code
	}
	if code := report(); code != http.StatusNotFound {
		t.Fatalf("on a quiet day a report about a text that nobody knows is %d", code)
	}
	lock, err := b.Store.DB().Beginx()
	ok(t, err)
	_, err = lock.Exec(`LOCK TABLE inbox`)
	ok(t, err)
	var texts sync.WaitGroup
	codes := make(chan int, 12)
	for n := range 12 {
		texts.Go(func() {
			code, _ := request{path: "/twilio/messages", form: text(n, fmt.Sprintf("+1415555%04d", n), "hello")}.send(t, b)
			codes <- code
		})
	}
	for range 6 { // there is room for six texts; the others are turned away at once
		if code := <-codes; code != http.StatusServiceUnavailable {
			t.Errorf("a text beyond the house's room is answered with %d", code)
		}
	}
	if code := report(); code != http.StatusServiceUnavailable {
		t.Errorf("with the house three quarters full a report is answered with %d", code)
	}
	if code, body := (request{path: "/twilio/voice", form: call(1, "+14155550142")}).send(t, b); code != http.StatusOK || !strings.Contains(body, "<Response>") {
		t.Errorf("a caller is answered with %d %s", code, body)
	}
	if turned := hooks.TurnedAway(); turned != (webhooks.Turned{Reports: 1, Texts: 6}) {
		t.Errorf("counted as turned away: %+v", turned)
	}
	ok(t, lock.Rollback())
	texts.Wait()
	for range 6 {
		if code := <-codes; code != http.StatusOK {
			t.Errorf("a text that was let in is answered with %d", code)
		}
	}
	if n := b.Count(`SELECT count(*) FROM messages WHERE direction = 'in'`); n != 6 {
		t.Errorf("6 texts were acknowledged, %d are stored", n)
	}
}
