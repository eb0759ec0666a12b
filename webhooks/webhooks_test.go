package webhooks_test

import (
	"encoding/xml"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"testing"
	"time"

	"phonebank"
	"phonebank/carrier"
	"phonebank/internal/testbank"
	"phonebank/internal/testdb"
)

func TestMain(m *testing.M) { testdb.Main(m) }

func ok(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func text(n int, from, body string) url.Values {
	sid := fmt.Sprintf("SM%032x", n)
	return url.Values{"MessageSid": {sid}, "SmsSid": {sid}, "AccountSid": {testbank.Account}, "From": {from}, "To": {testbank.Ours}, "Body": {body}, "NumMedia": {"0"}, "ApiVersion": {"2010-04-01"}}
}

func call(n int, from string) url.Values {
	return url.Values{"CallSid": {fmt.Sprintf("CA%032x", n)}, "AccountSid": {testbank.Account}, "From": {from}, "To": {testbank.Ours}, "CallStatus": {"ringing"}, "Direction": {"inbound"}}
}

// request is one knock, as Twilio would make it unless told otherwise.
type request struct {
	path, signature, method, kind, body string
	form                                url.Values
}

func (r request) send(t *testing.T, b *testbank.Bank) (int, string) {
	t.Helper()
	if r.method == "" {
		r.method = http.MethodPost
	}
	if r.kind == "" {
		r.kind = "application/x-www-form-urlencoded"
	}
	if r.body == "" {
		r.body = r.form.Encode()
	}
	if r.signature == "" {
		r.signature = carrier.Signature(testbank.Token, b.Public+r.path, r.form)
	}
	req, err := http.NewRequest(r.method, b.Public+r.path, strings.NewReader(r.body))
	ok(t, err)
	req.Header.Set("Content-Type", r.kind)
	req.Header.Set("X-Forwarded-Host", "example.com")
	if r.signature != "none" {
		req.Header.Set("X-Twilio-Signature", r.signature)
	}
	res, err := http.DefaultClient.Do(req)
	ok(t, err)
	defer func() { _ = res.Body.Close() }()
	body, err := io.ReadAll(res.Body)
	ok(t, err)
	return res.StatusCode, string(body)
}

func TestDoor_OnlyWhatTwilioSignedIsBelieved(t *testing.T) {
	b := testbank.New(t, testbank.Options{NoLoops: true})
	good := text(1, "+14155550142", "hello")
	repeated := text(2, "+14155550142", "hello")
	repeated["Extra"] = []string{"a", "b"}
	missing := text(3, "+14155550142", "hello")
	missing.Del("From")
	account := text(4, "+14155550142", "hello")
	account.Set("AccountSid", "AC5151515151515151bbbbbbbbbbbbbbbb")
	stranger := text(5, "+14155550142", "hello")
	stranger.Set("To", "+12125550199")
	big := text(6, "+14155550142", strings.Repeat("x", 65<<10))
	// "Body=STOP" and "Bod=ySTOP" are the same bytes under the signature.
	shifted := text(7, "+14155550142", "")
	shifted.Del("Body")
	shifted.Set("Bod", "ySTOP")
	odd := text(8, "+14155550142", "hello")
	odd.Set("Bo dy", "x")
	for _, c := range []struct {
		why    string
		r      request
		status []int
	}{
		{"no signature", request{path: "/twilio/messages", form: good, signature: "none"}, []int{403}},
		{"a made-up signature", request{path: "/twilio/messages", form: good, signature: "AAAAAAAAAAAAAAAAAAAAAAAAAAA="}, []int{403}},
		{"another token's signature", request{path: "/twilio/messages", form: good, signature: carrier.Signature("other", b.Public+"/twilio/messages", good)}, []int{403}},
		{"another address's signature", request{path: "/twilio/messages", form: good, signature: carrier.Signature(testbank.Token, "https://example.com/twilio/messages", good)}, []int{403}},
		{"words changed after signing", request{path: "/twilio/messages", form: good, body: text(1, "+14155550143", "hello").Encode()}, []int{403}},
		{"a repeated key", request{path: "/twilio/messages", form: repeated}, []int{400}},
		{"a missing key", request{path: "/twilio/messages", form: missing}, []int{400}},
		{"a key of another shape", request{path: "/twilio/messages", form: odd}, []int{400}},
		{"another account", request{path: "/twilio/messages", form: account}, []int{403}},
		{"not our number", request{path: "/twilio/messages", form: stranger}, []int{404}},
		{"65 KB", request{path: "/twilio/messages", form: big}, []int{413}},
		{"GET", request{path: "/twilio/messages", form: good, method: http.MethodGet}, []int{405}},
		{"JSON", request{path: "/twilio/messages", form: good, kind: "application/json"}, []int{415}},
		{"a path that is not clean", request{path: "/twilio//messages", form: good}, []int{404}},
		{"a token nobody gave out", request{path: "/twilio/messages/" + phonebank.NewToken(), form: url.Values{"MessageSid": good["MessageSid"], "AccountSid": good["AccountSid"], "MessageStatus": {"sent"}}}, []int{404}},
	} {
		status, _ := c.r.send(t, b)
		if fmt.Sprint([]int{status}) != fmt.Sprint(c.status) {
			t.Errorf("%s: %d, want %v", c.why, status, c.status)
		}
	}
	if n := b.Count(`SELECT (SELECT count(*) FROM messages) + (SELECT count(*) FROM inbox) + (SELECT count(*) FROM phones)`); n != 0 {
		t.Errorf("%d rows were stored by refused requests", n)
	}
	// The shifted text is signed, but carries no words: it must not be read as STOP.
	if status, _ := (request{path: "/twilio/messages", form: shifted}).send(t, b); status != 200 {
		t.Errorf("an empty text: %d", status)
	}
	if n := b.Count(`SELECT count(*) FROM phones WHERE opted_out_at IS NOT NULL`); n != 0 {
		t.Error("a shifted key was read as STOP")
	}
}

func TestText_TwentyTimesTheSameIsOne(t *testing.T) {
	b := testbank.New(t, testbank.Options{NoLoops: true})
	var all sync.WaitGroup
	for range 20 {
		all.Go(func() {
			if status, body := (request{path: "/twilio/messages", form: text(1, "+14155550142", "hi ✓ ñ  ")}).send(t, b); status != 200 || !strings.Contains(body, "<Response>") {
				t.Errorf("%d %s", status, body)
			}
		})
	}
	all.Wait()
	var body string
	ok(t, b.Store.DB().Get(&body, `SELECT body FROM messages`)) // an error where there are two
	if body != "hi ✓ ñ  " {
		t.Errorf("%q", body)
	}
}

func TestCall_TwentyTimesTheSameIsOne(t *testing.T) {
	b := testbank.New(t, testbank.Options{NoLoops: true})
	answers := map[string]int{}
	for range 20 {
		status, body := (request{path: "/twilio/voice", form: call(1, "+14155550142")}).send(t, b)
		if status != 200 {
			t.Fatalf("%d %s", status, body)
		}
		answers[body]++
	}
	if len(answers) != 1 || b.Count(`SELECT count(*) FROM calls`) != 1 || b.Count(`SELECT count(*) FROM follow_ups`) != 1 {
		t.Errorf("%d different answers, %d calls", len(answers), b.Count(`SELECT count(*) FROM calls`))
	}
}

func TestText_NothingAPersonWritesBecomesMarkup(t *testing.T) {
	b := testbank.New(t, testbank.Options{NoLoops: true})
	for i, body := range []string{"</Say><Redirect>http://x</Redirect>", "<script>alert(1)</script>", "\u202Egnirts", strings.Repeat("e\u0301", 2000), "a\x00b", "\xff\xfe"} {
		if status, answer := (request{path: "/twilio/messages", form: text(i, "+14155550142", body)}).send(t, b); status != 200 || strings.Contains(answer, "Redirect") {
			t.Errorf("%q: %d %s", body, status, answer)
		}
	}
	if n := b.Count(`SELECT count(*) FROM messages`); n != 6 {
		t.Errorf("%d of 6 kept", n)
	}
	for _, name := range []string{"</Say><Redirect>x</Redirect>", "<script>", "\u202Eevil", strings.Repeat("a\u0301\u0302\u0303", 1400)} {
		said := carrier.Spoken(name)
		if strings.ContainsAny(said, "<>&\u202e") || len([]rune(said)) > 60 {
			t.Errorf("%.20q is said as %q", name, said)
		}
		raw := carrier.TwiML(carrier.Say{Words: "Hello " + name})
		var back struct{ Say string }
		if err := xml.Unmarshal(raw, &back); err != nil || strings.Contains(string(raw), "<Redirect") || strings.Contains(string(raw), "<script") {
			t.Errorf("%s: %v", raw, err)
		}
	}
}

// Voice answers from memory while Postgres is frozen or gone; a text is never acknowledged without being stored.
func TestPostgresFrozenAndStopped_VoiceAnswersAndTextsWait(t *testing.T) {
	server := testdb.NewServer(t)
	b := testbank.New(t, testbank.Options{NoLoops: true, Database: server.New(t).URL, VoiceDeadline: time.Second})
	if status, _ := (request{path: "/twilio/messages", form: text(1, "+14155550142", "before")}).send(t, b); status != 200 {
		t.Fatal("not well from the start")
	}
	look := func(how string) {
		t.Helper()
		began := time.Now()
		status, body := (request{path: "/twilio/voice", form: call(7, "+14155550142")}).send(t, b)
		took := time.Since(began)
		t.Logf("%s: voice answered in %v", how, took.Round(time.Millisecond))
		if status != 200 || !strings.Contains(body, "<Record") || took > 2500*time.Millisecond {
			t.Errorf("%s: a caller hears %d %s after %v", how, status, body, took)
		}
		if status, _ = (request{path: "/twilio/messages", form: text(9, "+14155550142", "during")}).send(t, b); status != 503 {
			t.Errorf("%s: a text that is not stored is answered with %d", how, status)
		}
	}
	server.Freeze(t)
	look("frozen")
	server.Thaw()
	server.Stop(t)
	look("stopped")
	server.Start(t)
	b.Until("texts again", func() bool {
		status, _ := (request{path: "/twilio/messages", form: text(9, "+14155550142", "during")}).send(t, b)
		return status == 200
	})
	if n := b.Count(`SELECT count(*) FROM messages WHERE body = 'during'`); n != 1 {
		t.Errorf("the text that waited is there %d times", n)
	}
}
