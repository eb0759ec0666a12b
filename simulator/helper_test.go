package simulator

import (
	"context"
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"sync"
	"testing"
	"time"

	twilio "github.com/twilio/twilio-go/client"
	"go.uber.org/goleak"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

const (
	testAccount = "AC51515151515151510123456789abcdef"
	testToken   = "0123456789abcdef0123456789abcdef"
	us          = "+12125550100"
	ana         = "+12125550110"
	ben         = "+12125550111"
)

// world is a simulator and the application that it calls, both on loopback.
type world struct {
	*Simulator
	t    *testing.T
	api  *httptest.Server
	app  *httptest.Server
	mu   sync.Mutex
	xml  map[string]string // what the application answers, by path
	code map[string]int
	bad  []string // requests whose signature the official validator did not take
}

func newWorld(t *testing.T, change ...func(*Config)) *world {
	t.Helper()
	w := &world{t: t, xml: map[string]string{}, code: map[string]int{}}
	w.app = httptest.NewServer(http.HandlerFunc(w.answer))
	cfg := Config{AccountSID: testAccount, AuthToken: testToken, Numbers: []string{us, "+12125550101"}, Token: "letmein", Seed: 7,
		SMSURL: w.app.URL + "/sms", VoiceURL: w.app.URL + "/voice", Timings: FastTimings()}
	for _, c := range change {
		c(&cfg)
	}
	sim, err := New(cfg)
	if err != nil {
		t.Fatal(err)
	}
	w.Simulator = sim
	w.api = httptest.NewServer(sim.Handler())
	t.Cleanup(func() {
		w.api.CloseClientConnections()
		sim.Close()
		w.api.Close()
		w.app.Close()
		http.DefaultClient.CloseIdleConnections()
	})
	return w
}

func (w *world) answer(out http.ResponseWriter, r *http.Request) {
	r.ParseForm()
	params := map[string]string{}
	for key := range r.PostForm {
		params[key] = r.PostForm.Get(key)
	}
	validator := twilio.NewRequestValidator(testToken)
	w.mu.Lock()
	defer w.mu.Unlock()
	if !validator.Validate(w.app.URL+r.RequestURI, params, r.Header.Get("X-Twilio-Signature")) {
		w.bad = append(w.bad, r.RequestURI)
	}
	out.Header().Set("Content-Type", "text/xml")
	if code := w.code[r.URL.Path]; code != 0 {
		out.WriteHeader(code)
	}
	body := w.xml[r.URL.Path]
	if body == "" {
		body = "<Response/>"
	}
	io.WriteString(out, body)
}

// says makes the application answer a path with TwiML.
func (w *world) says(path, xml string) string {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.xml[path] = xml
	return w.app.URL + path
}

func (w *world) fails(path string, code int) string {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.code[path] = code
	return w.app.URL + path
}

func (w *world) unsigned() []string {
	w.mu.Lock()
	defer w.mu.Unlock()
	return append([]string{}, w.bad...)
}

// ask makes a REST request under the account; form is a list of keys and values.
func (w *world) ask(method, path string, form ...string) (int, map[string]any) {
	w.t.Helper()
	res, err := w.try(method, path, form...)
	if err != nil {
		w.t.Fatal(err)
	}
	defer res.Body.Close()
	body := map[string]any{}
	json.NewDecoder(res.Body).Decode(&body)
	return res.StatusCode, body
}

func (w *world) try(method, path string, form ...string) (*http.Response, error) {
	values := url.Values{}
	for i := 0; i < len(form); i += 2 {
		values.Add(form[i], form[i+1])
	}
	address, body := w.api.URL+"/_host/api.twilio.com/2010-04-01/Accounts/"+testAccount+path, ""
	if method == http.MethodPost {
		body = values.Encode()
	} else if len(values) > 0 {
		address += "?" + values.Encode()
	}
	ctx, cancel := context.WithTimeout(context.Background(), 3*time.Second)
	req, _ := http.NewRequestWithContext(ctx, method, address, strings.NewReader(body))
	req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	req.SetBasicAuth(testAccount, testToken)
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		cancel()
		return nil, err
	}
	raw, err := io.ReadAll(res.Body)
	cancel()
	res.Body.Close()
	res.Body = io.NopCloser(strings.NewReader(string(raw)))
	return res, err
}

// made is the SID of something that a POST must make.
func (w *world) made(path string, form ...string) string {
	w.t.Helper()
	status, body := w.ask(http.MethodPost, path, form...)
	if status != http.StatusCreated {
		w.t.Fatalf("POST %s answered %d %v", path, status, body)
	}
	if sid, ok := body["call_sid"].(string); ok && strings.Contains(path, "Participants") {
		return sid
	}
	return body["sid"].(string)
}

func (w *world) text(to, body string, more ...string) string {
	w.t.Helper()
	return w.made("/Messages.json", append([]string{"From", us, "To", to, "Body", body, "StatusCallback", w.app.URL + "/status"}, more...)...)
}

func (w *world) call(to, url string, more ...string) string {
	w.t.Helper()
	return w.made("/Calls.json", append([]string{"From", us, "To", to, "Url", url, "StatusCallback", w.app.URL + "/call-status",
		"StatusCallbackEvent", "initiated", "StatusCallbackEvent", "ringing", "StatusCallbackEvent", "answered", "StatusCallbackEvent", "completed"}, more...)...)
}

// see waits for an entry of the transcript.
func (w *world) see(what string, match func(Entry) bool) Entry {
	w.t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), 5*time.Second)
	defer cancel()
	e, err := w.Await(ctx, match)
	if err != nil {
		for _, seen := range w.Transcript() {
			w.t.Logf("%d %s %s %s %d %v %s %s%s", seen.N, seen.Kind, seen.Op, seen.URL, seen.Status, seen.Params, seen.Words, seen.Fault, seen.Error)
		}
		w.t.Fatalf("never seen: %s; debugger: %v", what, w.Debugger())
	}
	return e
}

// hook waits for a webhook of this kind with these parameters (keys and values).
func (w *world) hook(op string, want ...string) Entry {
	w.t.Helper()
	return w.see(op+" "+strings.Join(want, " "), func(e Entry) bool { return isHook(e, op, want...) })
}

func isHook(e Entry, op string, want ...string) bool {
	if e.Kind != KindWebhook || e.Op != op || e.Status == 0 {
		return false
	}
	for i := 0; i < len(want); i += 2 {
		if e.Params.Get(want[i]) != want[i+1] {
			return false
		}
	}
	return true
}

// hooks are the webhooks of this kind that were delivered so far.
func (w *world) hooks(op string, want ...string) (out []Entry) {
	for _, e := range w.Transcript() {
		if isHook(e, op, want...) {
			out = append(out, e)
		}
	}
	return out
}

// heard waits until a leg heard, or said, words that contain these.
func (w *world) heard(sid, words string) Entry {
	w.t.Helper()
	return w.see("caption "+words, func(e Entry) bool { return e.Kind == KindCaption && e.SID == sid && strings.Contains(e.Words, words) })
}

// until waits for a state of a person's phone, looking again at every change of it.
func (w *world) until(number, what string, holds func() bool) {
	w.t.Helper()
	changed, stop := w.hub.watch(number)
	defer stop()
	late := time.After(5 * time.Second)
	for !holds() {
		select {
		case <-changed:
		case <-late:
			w.t.Fatalf("never so: %s", what)
		}
	}
}

func (w *world) complained(code int) bool {
	for _, p := range w.Debugger() {
		if p.Code == code {
			return true
		}
	}
	return false
}
