package main

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/cookiejar"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"os"
	"os/exec"
	"regexp"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"phonebank"
	"phonebank/carrier"
	"phonebank/internal/testdb"
	"phonebank/store"
)

// process is one started command, stopped with the test, by its own pid.
type process struct {
	t     *testing.T
	cmd   *exec.Cmd
	mu    sync.Mutex
	lines []string
	done  chan struct{}
}

func start(t *testing.T, env []string, args ...string) *process {
	t.Helper()
	p := &process{t: t, cmd: exec.Command(binary, args...), done: make(chan struct{})}
	p.cmd.Env = append([]string{"PATH=" + os.Getenv("PATH"), "HOME=" + os.Getenv("HOME"), "LOG_LEVEL=warn"}, env...)
	out, err := p.cmd.StdoutPipe()
	ok(t, err)
	p.cmd.Stderr = p.cmd.Stdout
	ok(t, p.cmd.Start())
	go func() {
		lines := bufio.NewScanner(out)
		for lines.Scan() {
			p.mu.Lock()
			p.lines = append(p.lines, lines.Text())
			p.mu.Unlock()
		}
		_ = p.cmd.Wait() // how it ended is asked for where it matters
		close(p.done)
	}()
	t.Cleanup(func() {
		p.signal(os.Interrupt)
		select {
		case <-p.done:
		case <-time.After(10 * time.Second):
			p.signal(syscall.SIGKILL)
			<-p.done
		}
		if t.Failed() {
			t.Logf("%s said:\n%s", strings.Join(args, " "), strings.Join(p.said(), "\n"))
		}
	})
	return p
}

func (p *process) signal(s os.Signal) { _ = p.cmd.Process.Signal(s) } // it may have ended

func (p *process) kill() {
	p.signal(syscall.SIGKILL)
	<-p.done
}

func (p *process) said() []string {
	p.mu.Lock()
	defer p.mu.Unlock()
	return append([]string(nil), p.lines...)
}

// line waits for a line that begins with a word, and answers with what follows.
func (p *process) line(word string) (rest string) {
	p.t.Helper()
	until(p.t, "the line "+word, func() bool {
		for _, l := range p.said() {
			if after, found := strings.CutPrefix(l, word+" "); found {
				rest = after
				return true
			}
		}
		select {
		case <-p.done:
			p.t.Fatalf("it ended: %s", strings.Join(p.said(), "\n"))
		default:
		}
		return false
	})
	return rest
}

func ok(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func until(t testing.TB, what string, holds func() bool) {
	t.Helper()
	for deadline := time.Now().Add(time.Minute); !holds(); time.Sleep(10 * time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatalf("waited in vain for %s", what)
		}
	}
}

func freePort(t *testing.T) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	ok(t, err)
	defer func() { _ = l.Close() }()
	return l.Addr().String()
}

// world is a simulator of its own process, one Postgres and one real Redis, and what every service needs to know of them.
type world struct {
	t              *testing.T
	env            []string
	public, twilio string
	store          *store.Store
	twilioClient   *carrier.Client
	token          string
}

const (
	worldAccount = "AC5151515151515151bbbbbbbbbbbbbbbb"
	worldToken   = "worldtoken0123456789abcdef012345"
)

func newWorld(t *testing.T) *world {
	w := &world{t: t}
	database, redis := testdb.New(t).URL, testdb.Redis(t)
	listen, sim := freePort(t), freePort(t)
	w.public, w.twilio = "http://"+listen, "http://"+sim
	start(t, []string{"SIMULATOR_LISTEN=" + sim, "TWILIO_ACCOUNT_SID=" + worldAccount, "TWILIO_AUTH_TOKEN=" + worldToken, "SIMULATOR_TOKEN=letmein",
		"PUBLIC_URL=" + w.public}, "simulator").line("simulator")
	w.env = []string{"DATABASE_URL=" + database, "REDIS_URL=" + redis, "PUBLIC_URL=" + w.public, "TWILIO_ACCOUNT_SID=" + worldAccount, "TWILIO_AUTH_TOKEN=" + worldToken,
		"TWILIO_NUMBERS=+12125550100", "TWILIO_API_BASE_URL=" + w.twilio, "ORG_NAME=Test Union"}
	var err error
	w.store, err = store.Open(database, store.Options{Wall: time.Now})
	ok(t, err)
	t.Cleanup(func() { _ = w.store.Close() })
	w.twilioClient, err = carrier.New(carrier.Account{SID: worldAccount, AuthToken: worldToken, BaseURL: w.twilio})
	ok(t, err)
	return w
}

// serve starts one process of the service.
func (w *world) serve(listen string, args ...string) *process {
	w.t.Helper()
	p := start(w.t, append([]string{"LISTEN=" + listen}, w.env...), append([]string{"serve"}, args...)...)
	p.line("ready")
	return p
}

func (w *world) tool(args ...string) string {
	w.t.Helper()
	cmd := exec.Command(binary, args...)
	cmd.Env = append([]string{"PATH=" + os.Getenv("PATH"), "HOME=" + os.Getenv("HOME")}, w.env...)
	var out, errs bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &errs
	if err := cmd.Run(); err != nil {
		w.t.Fatalf("%v: %v\n%s%s", args, err, out.String(), errs.String())
	}
	return strings.TrimSpace(out.String())
}

// api calls the JSON API as a coordinator.
func (w *world) api(method, path string, body any) map[string]any {
	w.t.Helper()
	if w.token == "" {
		w.tool("user", "add", "Cora")
		w.token = w.tool("token", "Cora")
	}
	return w.json(http.DefaultClient, method, w.public+"/api/v1"+path, body, "Bearer "+w.token)
}

func (w *world) sim(method, path string, body any) map[string]any {
	w.t.Helper()
	return w.json(http.DefaultClient, method, w.twilio+"/_sim"+path, body, "Bearer letmein")
}

func (w *world) json(client *http.Client, method, address string, body any, auth string) (answer map[string]any) {
	w.t.Helper()
	raw, err := json.Marshal(body)
	ok(w.t, err)
	req, err := http.NewRequest(method, address, bytes.NewReader(raw))
	ok(w.t, err)
	if auth != "" {
		req.Header.Set("Authorization", auth)
	}
	req.Header.Set("Content-Type", "application/json")
	req.Header.Set("Sec-Fetch-Site", "same-origin")
	res, err := client.Do(req)
	ok(w.t, err)
	defer func() { _ = res.Body.Close() }()
	text, err := io.ReadAll(res.Body)
	ok(w.t, err)
	if res.StatusCode >= 300 {
		w.t.Fatalf("%s %s: %d %s", method, address, res.StatusCode, text)
	}
	_ = json.Unmarshal(text, &answer) // a list or nothing is no object
	return answer
}

// openZone is a zone in which it is about one in the afternoon right now, so that calling hours are open whenever a test runs.
func openZone() string {
	offset := 13 - time.Now().UTC().Hour()
	if offset > 0 {
		return fmt.Sprintf("Etc/GMT-%d", offset) // the sign is POSIX's: east is minus
	}
	return fmt.Sprintf("Etc/GMT+%d", -offset)
}

// browser is a volunteer's browser without scripts.
type browser struct {
	w      *world
	client *http.Client
	page   string
	at     string
}

func (w *world) browser() *browser {
	jar, err := cookiejar.New(nil)
	ok(w.t, err)
	return &browser{w: w, client: &http.Client{Jar: jar}}
}

func (b *browser) get(path string) string {
	b.w.t.Helper()
	res, err := b.client.Get(b.w.public + path)
	ok(b.w.t, err)
	return b.read(res)
}

func (b *browser) post(path string, fields url.Values) string {
	b.w.t.Helper()
	req, err := http.NewRequest(http.MethodPost, b.w.public+path, strings.NewReader(fields.Encode()))
	ok(b.w.t, err)
	req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	req.Header.Set("Sec-Fetch-Site", "same-origin")
	res, err := b.client.Do(req)
	ok(b.w.t, err)
	return b.read(res)
}

func (b *browser) read(res *http.Response) string {
	b.w.t.Helper()
	defer func() { _ = res.Body.Close() }()
	text, err := io.ReadAll(res.Body)
	ok(b.w.t, err)
	if res.StatusCode >= 400 {
		b.w.t.Fatalf("%s: %d %s", res.Request.URL.Path, res.StatusCode, text)
	}
	b.page, b.at = string(text), res.Request.URL.Path
	return b.page
}

// see loads a page until it says something.
func (b *browser) see(path, words string) {
	b.w.t.Helper()
	until(b.w.t, fmt.Sprintf("%q on %s", words, path), func() bool { return strings.Contains(b.get(path), words) })
}

// talkOf reads the id of the talk that a page belongs to.
var talkOf = regexp.MustCompile(`/talk/([0-9A-Z]{26})`)

// The whole way through, with the service split over three processes on one Postgres and one real Redis.
func TestThreeProcesses_FromImportToTheTextThatWasPromised(t *testing.T) {
	w := newWorld(t)
	w.serve(strings.TrimPrefix(w.public, "http://"), "--only=webhooks,panel")
	w.serve(freePort(t), "--only=dialer")
	w.serve(freePort(t), "--only=worker")
	campaign := w.api("POST", "/campaigns", map[string]any{"name": "Heat", "number": "+12125550100", "script_id": "heat-recruitment", "zone": "America/New_York"})
	dir := t.TempDir()
	ok(t, os.WriteFile(dir+"/people.csv", []byte("first_name,last_name,phone,time zone\nXiomara,Quiñones,212 555 0120,"+openZone()+"\n"), 0o600))
	if said := w.tool("import", dir+"/people.csv", "--campaign", "Heat", "--text-consent", "signed in at the May block party"); !strings.Contains(said, "1 new") {
		t.Fatal(said)
	}
	session := w.api("POST", "/sessions", map[string]any{"campaign_id": campaign["id"], "name": "Tuesday", "ask_id": "meeting", "auto_admit": true})
	w.api("POST", fmt.Sprintf("/sessions/%v/open", session["id"]), nil)
	w.sim("POST", "/people", map[string]any{"number": "+12125550190", "presses": []any{map[string]any{"after": "1500ms", "digits": "1"}, map[string]any{"after": "4s", "digits": "1"}}})

	volunteer := w.browser()
	joinURL, err := url.Parse(session["join_url"].(string))
	ok(t, err)
	volunteer.get(joinURL.Path)
	volunteer.post(joinURL.Path, url.Values{"name": {"Dana"}, "phone": {"212 555 0190"}})
	volunteer.post("/shift/ring", nil)
	volunteer.see("/shift", "Your phone is connected")
	volunteer.post("/shift/ready", nil)
	volunteer.see("/shift", "Xiomara")
	nonce := regexp.MustCompile(`name="nonce" value="([0-9A-Z]{26})"`).FindStringSubmatch(volunteer.page)
	volunteer.post("/shift/call", url.Values{"nonce": {nonce[1]}})
	talk := talkOf.FindStringSubmatch(volunteer.at)
	if talk == nil {
		t.Fatalf("Call led to %s", volunteer.at)
	}
	ask := func(method, path string, body any) map[string]any {
		t.Helper()
		return w.json(volunteer.client, method, w.public+"/talk/"+talk[1]+path, body, "")
	}
	tab := phonebank.NewID[string](time.Now())
	ask("POST", "/hold", map[string]any{"tab": tab})
	until(t, "both to hear each other", func() bool {
		call, there := ask("GET", "/state?tab="+tab, nil)["call"].(map[string]any)
		return there && call["state"] == "bridged"
	})
	ask("POST", "/hangup", map[string]any{})
	until(t, "the end of the call", func() bool {
		return ask("GET", "/state?tab="+tab, nil)["conversation"].(map[string]any)["state"] == "ended"
	})
	ask("POST", "/wrap", map[string]any{"id": phonebank.NewID[string](time.Now()), "outcome": "commitment", "text_ok": map[string]any{"words": "May I text you?"},
		"follow_ups": []any{map[string]any{"channel": "text", "reason": "scheduled_call", "in_minutes": 60, "body": "I'll ring you at six."}}, "then": "break"})

	// A second promise, due as soon as the API's minutes allow.
	due := time.Now().UTC().Format(time.RFC3339)
	people := w.api("GET", "/people", nil)["items"].([]any)
	made := w.api("POST", "/follow-ups", map[string]any{"person_id": people[0].(map[string]any)["id"], "kind": "text", "reason": "before_commitment", "due_at": due, "body": "See you Thursday."})
	if made["automatic"] != true {
		t.Fatalf("they said yes to reminders, and this one waits for a press: %v", made)
	}
	until(t, "the text", func() bool { return w.texts("+12125550120") == 1 })
	until(t, "the promise kept", func() bool { return w.api("GET", fmt.Sprintf("/follow-ups/%v", made["id"]), nil)["state"] == "done" })
}

// texts counts what the local Twilio has for a number.
func (w *world) texts(to string) int {
	w.t.Helper()
	found, err := w.twilioClient.FindTexts(context.Background(), "+12125550100", to, time.Now())
	ok(w.t, err)
	return len(found)
}

// remind promises an automatic text that is due now.
func (w *world) remind(number string) (followUp string) {
	w.t.Helper()
	campaigns := w.api("GET", "/campaigns", nil)["items"].([]any)
	var campaign any
	if len(campaigns) == 0 {
		campaign = w.api("POST", "/campaigns", map[string]any{"name": "Heat", "number": "+12125550100", "script_id": "heat-recruitment", "zone": "America/New_York"})["id"]
	} else {
		campaign = campaigns[0].(map[string]any)["id"]
	}
	person := w.api("POST", "/people", map[string]any{"name": "Neighbor " + number, "number": number, "zone": openZone(), "campaign_id": campaign, "text_consent": "a test"})
	phone, err := w.store.PhoneByNumber(context.Background(), phonebank.Number(number))
	ok(w.t, err)
	ok(w.t, w.store.GiveConsent(context.Background(), phonebank.PersonID(person["id"].(string)), phone.ID, "text_ok", "a test", "", "", time.Now()))
	return w.api("POST", "/follow-ups", map[string]any{"person_id": person["id"], "kind": "text", "reason": "before_commitment",
		"due_at": time.Now().UTC().Format(time.RFC3339), "body": "See you Thursday."})["id"].(string)
}

func (w *world) outboxState(followUp string) (state string) {
	w.t.Helper()
	o, err := w.store.OutboxOf(context.Background(), phonebank.FollowUpID(followUp))
	ok(w.t, err)
	return string(o.State)
}

// The worker is killed between Twilio's acceptance and the answer that never came: the text is not sent again, and the
// callback that carries our token tells what became of it.
func TestKill_BetweenTheRequestAndItsAnswerIsOneText(t *testing.T) {
	w := newWorld(t)
	w.serve(strings.TrimPrefix(w.public, "http://"), "--only=webhooks,panel")
	worker := w.serve(freePort(t), "--only=worker")
	w.sim("POST", "/faults", map[string]any{"side": "api", "op": "messages.create", "do": "accept-then-timeout", "count": 1})
	followUp := w.remind("+12125550121")
	until(t, "the text at Twilio", func() bool { return w.texts("+12125550121") == 1 })
	worker.kill()
	w.serve(freePort(t), "--only=worker")
	until(t, "its end", func() bool { return w.outboxState(followUp) == "accepted" })
	if n := w.texts("+12125550121"); n != 1 {
		t.Errorf("%d texts", n)
	}
}

// The worker is killed after its claim is committed and before its request has reached Twilio: nobody knows whether it went,
// so it is never sent by itself.
func TestKill_BetweenTheClaimAndTheRequestIsNeverTwo(t *testing.T) {
	w := newWorld(t)
	w.serve(strings.TrimPrefix(w.public, "http://"), "--only=webhooks,panel")
	// What came in is fetched through it, or nothing would leave; a text never gets through.
	sim, err := url.Parse(w.twilio)
	ok(t, err)
	pass := &httputil.ReverseProxy{Rewrite: func(r *httputil.ProxyRequest) {
		r.SetURL(sim)
		r.Out.Host = r.In.Host
	}}
	deaf := httptest.NewServer(http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) {
		if r.Method == http.MethodPost {
			_, _ = io.Copy(io.Discard, r.Body) // only then does the server see that whoever asked has gone
			<-r.Context().Done()
			return
		}
		pass.ServeHTTP(rw, r)
	}))
	defer func() { deaf.CloseClientConnections(); deaf.Close() }()
	real := append([]string(nil), w.env...)
	w.env = append(w.env, "TWILIO_API_BASE_URL="+deaf.URL)
	worker := w.serve(freePort(t), "--only=worker")
	followUp := w.remind("+12125550122")
	until(t, "the claim", func() bool { return w.outboxState(followUp) == "sending" })
	worker.kill()
	w.env = real
	// The lease is a minute; here it has passed.
	_, err = w.store.DB().Exec(`UPDATE outbox SET claimed_at = claimed_at - interval '2 minutes'`)
	ok(t, err)
	w.serve(freePort(t), "--only=worker")
	until(t, "what nobody knows", func() bool { return w.outboxState(followUp) == "unknown" })
	if n := w.texts("+12125550122"); n != 0 {
		t.Errorf("%d texts", n)
	}
}

func TestMisuse_ExitsWithTwoAndFailureWithOne(t *testing.T) {
	for _, c := range []struct {
		why  string
		args []string
		env  []string
		code int
		says string
	}{
		{"an unknown command", []string{"dance"}, nil, 2, "unexpected argument dance"},
		{"no command", nil, nil, 2, "expected one of"},
		{"parts without a common Redis", []string{"serve", "--only=worker"}, nil, 2, "REDIS_URL"},
		{"an unknown part", []string{"serve", "--only=web"}, nil, 2, `not "web"`},
		{"a simulator's account without its address", []string{"serve"}, []string{"TWILIO_ACCOUNT_SID=" + worldAccount, "TWILIO_AUTH_TOKEN=x"}, 2, "TWILIO_API_BASE_URL"},
		{"a real account with a simulator's address", []string{"serve"}, []string{"TWILIO_ACCOUNT_SID=AC00000000000000000000000000000000", "TWILIO_AUTH_TOKEN=x", "TWILIO_API_BASE_URL=http://127.0.0.1:1"}, 2, "simulator only"},
		{"an address in the clear", []string{"serve"}, []string{"PUBLIC_URL=http://calls.example.org"}, 2, "not https"},
		{"nothing set up", []string{"doctor"}, []string{"DATABASE_URL=postgres://127.0.0.1:1/none?sslmode=disable"}, 1, "Postgres does not answer"},
	} {
		cmd := exec.Command(binary, c.args...)
		cmd.Env = append([]string{"PATH=" + os.Getenv("PATH"), "HOME=" + t.TempDir(), "DATA_DIR=" + t.TempDir()}, c.env...)
		out, err := cmd.CombinedOutput()
		if code := cmd.ProcessState.ExitCode(); code != c.code || !strings.Contains(string(out), c.says) {
			t.Errorf("%s: exit %d (%v), said %s", c.why, code, err, out)
		}
	}
	for _, args := range [][]string{{"--help"}, {"demo", "--help"}, {"serve", "--help"}, {"import", "--help"}, {"user", "add", "--help"}, {"doctor", "--help"}} {
		if out, err := exec.Command(binary, args...).CombinedOutput(); err != nil || !strings.Contains(string(out), "Usage: phonebank") {
			t.Errorf("%v: %v %s", args, err, out)
		}
	}
}

func TestDoctor_SaysInWordsWhatIsWrong(t *testing.T) {
	w := newWorld(t)
	w.serve(strings.TrimPrefix(w.public, "http://"))
	until(t, "what came in at Twilio to be fetched for the first time", func() bool {
		mark, err := w.store.Watermark(context.Background(), time.Now())
		return err == nil && mark.Fresh
	})
	if said := w.tool("doctor"); !strings.Contains(said, "All is well.") || !strings.Contains(said, "Texts and calls to +12125550100 come here.") {
		t.Errorf("on a good day: %s", said)
	}
	cmd := exec.Command(binary, "doctor")
	cmd.Env = append(append([]string{"PATH=" + os.Getenv("PATH")}, w.env...), "PUBLIC_URL=http://127.0.0.1:1", "TWILIO_AUTH_TOKEN=wrong", "REDIS_URL=redis://127.0.0.1:1")
	out, err := cmd.CombinedOutput()
	for _, says := range []string{"Redis does not answer", "Check TWILIO_ACCOUNT_SID and TWILIO_AUTH_TOKEN", "2 of 5 things need you"} {
		if !strings.Contains(string(out), says) {
			t.Errorf("it does not say %q: %s", says, out)
		}
	}
	if cmd.ProcessState.ExitCode() != 1 {
		t.Errorf("exit %v", err)
	}
	for path, says := range map[string]string{"/livez": "ok", "/readyz": `"database":"ok"`, "/metrics": "process_resident_memory_bytes"} {
		res, err := http.Get(w.public + path)
		ok(t, err)
		body, err := io.ReadAll(res.Body)
		ok(t, err)
		_ = res.Body.Close()
		if res.StatusCode != http.StatusOK || !strings.Contains(string(body), says) {
			t.Errorf("%s: %d %s", path, res.StatusCode, body)
		}
	}
}
