package simulator

import (
	"context"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"
	"time"
)

func TestOverrides_AreTakenOffTheAddress(t *testing.T) {
	got, err := parseTarget("http://127.0.0.1/x?a=b#ct=1000&rt=3000&rc=2&rp=4xx,rt", 15*time.Second)
	if err != nil {
		t.Fatal(err)
	}
	if got.url.String() != "http://127.0.0.1/x?a=b" || got.connect != time.Second || got.read != 3*time.Second || got.retries != 2 {
		t.Errorf("%+v", got)
	}
	for kind, want := range map[string]bool{"4xx": true, "rt": true, "5xx": false, "ct": false, "": false} {
		if got.retry(kind) != want {
			t.Errorf("retry of %q: %v", kind, !want)
		}
	}
	usual, _ := parseTarget("http://127.0.0.1/#rc=99&ct=-1&tt=999999", 15*time.Second)
	if usual.retries != 1 || usual.connect != 5*time.Second || usual.total != 15*time.Second || !usual.retry("ct") || usual.retry("5xx") {
		t.Errorf("values out of bounds: %+v", usual)
	}
}

func TestWebhook_RetriesCarryTheSameIdempotencyToken(t *testing.T) {
	w := newWorld(t)
	var tries atomic.Int32
	tokens := make(chan string, 8)
	app := httptest.NewServer(http.HandlerFunc(func(out http.ResponseWriter, r *http.Request) {
		tokens <- r.Header.Get("I-Twilio-Idempotency-Token")
		if tries.Add(1) < 3 {
			out.WriteHeader(http.StatusServiceUnavailable)
		}
	}))
	defer app.Close()
	r := w.Simulator.ask(context.Background(), hook{op: opCallStatus, url: app.URL + "/#rc=4&rp=5xx"}, nil)
	if !r.ok() || tries.Load() != 3 {
		t.Errorf("%+v after %d tries", r, tries.Load())
	}
	if a, b, c := <-tokens, <-tokens, <-tokens; a == "" || a != b || b != c {
		t.Error("the retries of one event carry different tokens")
	}
	tries.Store(0)
	if r := w.Simulator.ask(context.Background(), hook{op: opCallStatus, url: app.URL + "/"}, nil); r.status != 503 || tries.Load() != 1 {
		t.Errorf("a 503 is not retried by default: %d tries", tries.Load())
	}
	if !w.complained(11200) {
		t.Error("a failed webhook is on the debugger's list")
	}
}

func TestWebhook_AnswersThatAreTooSlowAndPortsThatAreClosed(t *testing.T) {
	w := newWorld(t)
	release := make(chan struct{})
	slow := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { <-release }))
	defer slow.Close()
	defer close(release)
	if r := w.Simulator.ask(context.Background(), hook{op: opVoice, url: slow.URL + "/#ct=50&rt=50"}, nil); failure(r) != "rt" {
		t.Errorf("a slow answer is %q: %v", failure(r), r.err)
	}
	closed := httptest.NewServer(nil)
	closed.Close()
	if r := w.Simulator.ask(context.Background(), hook{op: opVoice, url: closed.URL}, nil); failure(r) != "ct" || r.complaint() != 11205 {
		t.Errorf("a closed port is %q: %v", failure(r), r.err)
	}
}

func TestWebhook_GoesNowhereElse(t *testing.T) {
	w := newWorld(t, func(c *Config) { c.AllowHosts = []string{"app.test"} })
	for address, want := range map[string]bool{
		"http://127.0.0.1:9/x": true, "http://localhost/x": true, "http://[::1]:9/": true, "https://app.test/x": true,
		"https://example.com/": false, "http://10.0.0.1/": false, "ftp://127.0.0.1/": false, "http://127.0.0.1.example.com/": false, "http://my_app.test/": false, "%": false,
	} {
		if got := w.allowed(address); got != want {
			t.Errorf("%s: %v", address, got)
		}
	}
	r := w.Simulator.ask(context.Background(), hook{op: opVoice, url: "http://example.com/"}, nil)
	if r.err == nil || !strings.Contains(r.err.Error(), "allow-list") {
		t.Errorf("%v", r.err)
	}
}

func TestWebhook_GETIsSignedOverItsAddress(t *testing.T) {
	w := newWorld(t, func(c *Config) { c.VoiceURL = strings.TrimSuffix(c.VoiceURL, "/voice") + "/voice?a=b" })
	n := w.numbers[0].sid
	if status, body := w.ask(http.MethodPost, "/IncomingPhoneNumbers/"+n+".json", "VoiceMethod", "GET"); status != 200 || body["voice_method"] != "GET" {
		t.Fatalf("%d %v", status, body)
	}
	sid, _ := w.Ring(ana, us)
	e := w.hook(opVoice, "CallSid", sid)
	if e.Method != http.MethodGet || len(w.unsigned()) > 0 {
		t.Errorf("%s, unsigned %v", e.Method, w.unsigned())
	}
}

// BenchmarkTexts sends texts end to end: REST in, two signed callbacks out.
func BenchmarkTexts(b *testing.B) {
	var seen atomic.Int64
	done := make(chan struct{})
	app := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) {
		if seen.Add(1) == int64(2*b.N) {
			close(done)
		}
	}))
	defer app.Close()
	sim, err := New(Config{AccountSID: testAccount, AuthToken: testToken, Numbers: []string{us}, Timings: FastTimings()})
	if err != nil {
		b.Fatal(err)
	}
	defer sim.Close()
	b.RunParallel(func(pb *testing.PB) {
		for pb.Next() {
			req := httptest.NewRequest(http.MethodPost, "/2010-04-01/Accounts/"+testAccount+"/Messages.json",
				strings.NewReader("From=%2B12125550100&To=%2B12125550110&Body=Hello&StatusCallback="+app.URL))
			req.SetBasicAuth(testAccount, testToken)
			out := httptest.NewRecorder()
			sim.Handler().ServeHTTP(out, req)
			if out.Code != http.StatusCreated {
				b.Errorf("%d %s", out.Code, out.Body)
			}
		}
	})
	<-done
}
