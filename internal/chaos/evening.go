package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"time"

	"github.com/gorilla/mux"
	"github.com/hibiken/asynq"

	"phonebank/carrier"
	"phonebank/dialer"
	"phonebank/live"
	"phonebank/store"
	"phonebank/texting"
	"phonebank/webhooks"
	"phonebank/worker"
)

// An evening is 60 volunteers at Twilio's default of one new call a second. In each second that is a call with six reports (initiated,
// ringing, answered, completed; in and out of the room) and a text with two; every other second somebody writes, and ten times a minute
// somebody rings.
const (
	reportsASecond = 8.0
	textsASecond   = 0.5
	callsASecond   = 1.0 / 6
	times          = 10 // as many as that come in
)

// Postgres is so slow meanwhile that each answer of it takes slowness, with the pools of a process as it is by default.
const (
	slowness   = 1200 * time.Millisecond
	overrunFor = 40 * time.Second
)

// turnedOut is what became of one kind of webhook.
type turnedOut struct {
	mu                sync.Mutex
	sent, taken, away int // answered with what it asked for; answered with 503, or with words from memory
	odd               int // anything else
	slowest           time.Duration
}

// overrun is P17: ten times an evening at the real webhooks of one process, while Postgres is slow. Reports are turned away first,
// then texts, callers last; nothing that was acknowledged is lost, and every caller hears words.
func overrun(ctx context.Context, o options, say func(string, ...any)) error {
	w, err := quietDay(ctx, o, unheardScale, 400)
	if err != nil {
		return err
	}
	defer w.close()
	gone, err := w.sendSome(ctx, 200)
	if err != nil {
		return err
	}
	e, err := w.house(ctx)
	if err != nil {
		return err
	}
	e.gone = gone
	var all sync.WaitGroup
	reports, texts, calls := &turnedOut{}, &turnedOut{}, &turnedOut{}
	rush, over := context.WithTimeout(ctx, overrunFor)
	defer over()
	e.slow.delay.Store(int64(slowness / 2))
	e.pour(rush, &all, times*reportsASecond, reports, e.report)
	e.pour(rush, &all, times*textsASecond, texts, e.text)
	e.pour(rush, &all, times*callsASecond, calls, e.call)
	<-rush.Done()
	e.slow.delay.Store(0)
	all.Wait()
	turned := e.hooks.TurnedAway()
	var stored int
	if err := w.sql.GetContext(ctx, &stored, `SELECT count(*) FROM messages WHERE direction = 'in' AND body LIKE 'how are you? (%'`); err != nil {
		return err
	}
	say("| P17 | %d times an evening for %.0f s, each answer of Postgres %.1f s late: %d reports, %d texts and %d calls came in, and for want of room %d, %d and %d were turned away; %d callers heard the words that are kept ready | the slowest caller heard words | %.1f s | %d | 1/1 | reports before texts before calls |",
		times, overrunFor.Seconds(), slowness.Seconds(), reports.sent, texts.sent, calls.sent, turned.Reports, turned.Texts, turned.Calls, calls.away, calls.slowest.Seconds(), reports.sent+texts.sent+calls.sent)
	share := func(n int64, of *turnedOut) float64 { return float64(n) / float64(max(1, of.sent)) }
	switch {
	case turned.Reports == 0:
		return errors.New("P17: nothing had to be turned away, so nothing is known about the order")
	case share(turned.Texts, texts) > share(turned.Reports, reports) || share(turned.Calls, calls) > share(turned.Texts, texts):
		return fmt.Errorf("P17: not reports first and callers last: %+v of %d reports, %d texts, %d calls", turned, reports.sent, texts.sent, calls.sent)
	case stored < texts.taken:
		return fmt.Errorf("P17: %d texts were acknowledged, and %d are in the records", texts.taken, stored)
	case calls.odd+texts.odd+reports.odd > 0:
		return fmt.Errorf("P17: %d reports, %d texts and %d calls were answered with something else than 200, 503 or words", reports.odd, texts.odd, calls.odd)
	}
	return nil
}

// house is one process's webhooks in this process, over a Postgres that can be slowed.
type house struct {
	*world
	hooks  *webhooks.Hooks
	slow   *wire
	url    string
	client *http.Client
	gone   []sent // texts that have left, about which reports come
}

func (w *world) house(ctx context.Context) (*house, error) {
	e := &house{world: w, client: &http.Client{Timeout: time.Minute, Transport: &http.Transport{MaxIdleConnsPerHost: 1000}}}
	var err error
	if e.slow, err = newWire("slow postgres", target{"unix", w.database.socket()}); err != nil {
		return nil, err
	}
	w.later(e.slow.close)
	address := "postgres://phonebank@" + e.slow.address() + "/phonebank?sslmode=disable"
	main, err := store.Open(address, store.Options{Wall: time.Now})
	if err != nil {
		return nil, err
	}
	w.later(func() { _ = main.Close() })
	voice, err := store.Open(address, store.Options{Wall: time.Now, Deadline: time.Second, Conns: 6})
	if err != nil {
		return nil, err
	}
	w.later(func() { _ = voice.Close() })
	twilio, err := carrier.New(carrier.Account{SID: account, AuthToken: token, BaseURL: "http://" + w.wires["twilio"].address(), RequestTimeout: 3 * time.Second})
	if err != nil {
		return nil, err
	}
	queue, err := asynq.ParseRedisURI(w.server.URL())
	if err != nil {
		return nil, err
	}
	quiet := slog.New(slog.DiscardHandler)
	told := live.Start(w.redis, quiet)
	w.later(told.Close)
	bell := worker.NewBell(queue, quiet)
	w.later(func() { _ = bell.Close() })
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return nil, err
	}
	e.url = "http://" + listener.Addr().String()
	desk := texting.New(texting.Parts{Store: main, Carrier: twilio, Live: told, Log: quiet, Now: w.clock.Now, Wall: time.Now, PublicURL: e.url, Org: "Chaos Union"})
	w.later(desk.Close)
	board := dialer.New(dialer.Parts{Store: voice, Carrier: twilio, Live: told, Bell: bell, Log: quiet, Now: w.clock.Now, PublicURL: e.url, Org: "Chaos Union"})
	e.hooks = webhooks.New(webhooks.Parts{Carrier: twilio, Desk: desk, Voice: board, Log: quiet, Wall: time.Now, PublicURL: e.url, Org: "Chaos Union",
		Numbers: func(n string) bool { return n == ours }})
	router := mux.NewRouter()
	e.hooks.Routes(router)
	w.listen(listener, router)
	return e, ctx.Err()
}

// sendSome lets some texts leave, so that there is something to report about.
func (w *world) sendSome(ctx context.Context, n int) ([]sent, error) {
	k := newWork(w)
	for range n {
		if _, ok := k.promiseTo(ctx, k.someone(), 1); !ok {
			return nil, errors.New("a text could not be promised")
		}
	}
	for limit := time.Now().Add(30 * time.Second); time.Now().Before(limit); pause(ctx, 100) {
		w.ledger.read()
		w.ledger.mu.Lock()
		gone := w.ledger.sent
		w.ledger.mu.Unlock()
		if len(gone) >= n {
			return gone, nil
		}
	}
	return nil, fmt.Errorf("of %d texts not all have left", n)
}

// pour lets so many webhooks a second come in, whatever became of those before.
func (e *house) pour(ctx context.Context, all *sync.WaitGroup, perSecond float64, out *turnedOut, one func(n int, out *turnedOut)) {
	all.Go(func() {
		tick := time.NewTicker(time.Duration(float64(time.Second) / perSecond))
		defer tick.Stop()
		for n := 0; ; n++ {
			select {
			case <-ctx.Done():
				return
			case <-tick.C:
				all.Go(func() { one(n, out) })
			}
		}
	})
}

func (e *house) report(n int, out *turnedOut) {
	about := e.gone[n%len(e.gone)]
	e.come(out, "/twilio/messages/"+about.token, url.Values{"MessageSid": {about.sid}, "AccountSid": {account}, "MessageStatus": {"delivered"}}, "")
}

func (e *house) text(n int, out *turnedOut) {
	e.come(out, "/twilio/messages", url.Values{"MessageSid": {fmt.Sprintf("SM%032x", n+1)}, "AccountSid": {account}, "From": {string(e.people[n%len(e.people)].Number)}, "To": {ours},
		"Body": {fmt.Sprintf("how are you? (%d)", n)}, "NumMedia": {"0"}}, "")
}

func (e *house) call(n int, out *turnedOut) {
	e.come(out, "/twilio/voice", url.Values{"CallSid": {fmt.Sprintf("CA%032x", n+1)}, "AccountSid": {account}, "From": {string(e.people[n%len(e.people)].Number)}, "To": {ours},
		"CallStatus": {"ringing"}, "Direction": {"inbound"}}, "fault on our side")
}

// come sends one webhook, signed as Twilio signs it. memory is in the answer that a caller hears where there is nothing better.
func (e *house) come(out *turnedOut, path string, form url.Values, memory string) {
	req, err := http.NewRequest(http.MethodPost, e.url+path, strings.NewReader(form.Encode()))
	if err != nil {
		panic(err) // the address is this listener's
	}
	req.Header.Set("Content-Type", "application/x-www-form-urlencoded; charset=UTF-8")
	req.Header.Set("X-Twilio-Signature", carrier.Signature(token, e.url+path, form))
	began := time.Now()
	status, body := 0, []byte(nil)
	if res, err := e.client.Do(req); err == nil {
		status = res.StatusCode
		body, _ = io.ReadAll(res.Body) // half an answer is an odd one below
		_ = res.Body.Close()
	}
	out.mu.Lock()
	defer out.mu.Unlock()
	out.sent++
	out.slowest = max(out.slowest, time.Since(began))
	switch {
	case memory != "" && !strings.Contains(string(body), "<Response>"):
		out.odd++
	case status == http.StatusServiceUnavailable, memory != "" && strings.Contains(string(body), memory):
		out.away++
	case status == http.StatusOK:
		out.taken++
	default:
		out.odd++
	}
}
