package simulator

import (
	"bufio"
	"context"
	"encoding/json"
	"io"
	"net/http"
	"net/http/cookiejar"
	"strings"
	"testing"
	"time"
)

// control makes a request of the control API with the bearer token.
func (w *world) control(method, path, body string) (int, any) {
	w.t.Helper()
	req, _ := http.NewRequest(method, w.api.URL+"/_sim"+path, strings.NewReader(body))
	req.Header.Set("Authorization", "Bearer letmein")
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		w.t.Fatal(err)
	}
	defer res.Body.Close()
	var out any
	json.NewDecoder(res.Body).Decode(&out)
	return res.StatusCode, out
}

func TestControl_TheTokenOpensIt(t *testing.T) {
	w := newWorld(t)
	for _, path := range []string{"/_sim/", "/_sim/people", "/_sim/phone/+12125550110", "/_sim/?token=wrong"} {
		res, err := http.Get(w.api.URL + path)
		if err != nil {
			t.Fatal(err)
		}
		res.Body.Close()
		if res.StatusCode != http.StatusUnauthorized {
			t.Errorf("%s without the token is %d", path, res.StatusCode)
		}
	}
	jar, _ := cookiejar.New(nil)
	browser := &http.Client{Jar: jar}
	res, err := browser.Get(w.api.URL + "/_sim/phone/+12125550110?token=letmein")
	if err != nil {
		t.Fatal(err)
	}
	page, _ := io.ReadAll(res.Body)
	res.Body.Close()
	if res.StatusCode != 200 || res.Request.URL.RawQuery != "" || !strings.Contains(string(page), "SIMULATOR") || !strings.Contains(string(page), "(212) 555-0110") {
		t.Errorf("the phone page is %d at %s", res.StatusCode, res.Request.URL)
	}
	if policy := res.Header.Get("Content-Security-Policy"); !strings.HasPrefix(policy, "default-src 'none'") || strings.Contains(string(page), "<style") || strings.Contains(string(page), "onclick") {
		t.Errorf("policy %q", policy)
	}
	req, _ := http.NewRequest(http.MethodPost, w.api.URL+"/_sim/texts", strings.NewReader(`{"from":"+12125550110","to":"+12125550100","body":"forged"}`))
	req.Header.Set("Origin", "https://elsewhere.example")
	req.Header.Set("Sec-Fetch-Site", "cross-site")
	res, err = browser.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	res.Body.Close()
	if res.StatusCode != http.StatusForbidden {
		t.Errorf("another site's request with the cookie is %d", res.StatusCode)
	}
}

func TestControl_PeopleTextsAndCalls(t *testing.T) {
	w := newWorld(t)
	w.says("/voice", `<Response><Gather numDigits="1" timeout="60" action="/pressed"><Say>Press</Say></Gather></Response>`)
	w.says("/pressed", `<Response><Pause length="600"/></Response>`)
	if status, body := w.control("POST", "/people", `{"number":"+12125550110","name":"Ana","after":"2s","talks":["Hello?"],"presses":[{"after":1.5,"digits":"1"}],"replies":[{"any":true,"say":"ok","after":"1m"}]}`); status != 200 {
		t.Fatalf("people: %d %v", status, body)
	}
	_, people := w.control("GET", "/people", "")
	if p := people.([]any)[0].(map[string]any); p["name"] != "Ana" || p["after"] != "2s" || p["presses"].([]any)[0].(map[string]any)["after"] != "1.5s" {
		t.Errorf("people: %v", people)
	}
	_, made := w.control("POST", "/texts", `{"from":"+12125550111","to":"`+us+`","body":"hi"}`)
	w.hook(opInboundMessage, "MessageSid", made.(map[string]any)["sid"].(string))
	if _, texts := w.control("GET", "/texts?number=+12125550111", ""); texts.([]any)[0].(map[string]any)["body"] != "hi" {
		t.Errorf("texts: %v", texts)
	}
	_, rang := w.control("POST", "/calls", `{"from":"+12125550111","to":"`+us+`"}`)
	sid := rang.(map[string]any)["sid"].(string)
	w.heard(sid, "Press")
	w.control("POST", "/calls/"+sid+"/say", `{"words":"Hm"}`)
	w.heard(sid, "Hm")
	w.control("POST", "/calls/"+sid+"/press", `{"digits":"7"}`)
	w.hook(opVoice, "Digits", "7")
	w.control("POST", "/calls/"+sid+"/hangup", "")
	if _, calls := w.control("GET", "/calls?number=%2B12125550111", ""); calls.([]any)[0].(map[string]any)["status"] != "completed" {
		t.Errorf("calls: %v", calls)
	}
	_, entries := w.control("GET", "/transcript?since=1", "")
	if first := entries.([]any)[0].(map[string]any)["n"]; first != 2.0 {
		t.Errorf("the transcript since 1 begins with %v", first)
	}
}

func TestControl_ClockAndFaults(t *testing.T) {
	w := newWorld(t)
	before := w.Clock().Now()
	for _, body := range []string{`{}`, `{"advance":"-1h"}`, `{"set":"2001-01-01T00:00:00Z"}`, `{"advanced":"1h"}`, `{"advance":"soon"}`} {
		if status, _ := w.control("POST", "/clock", body); status != 400 {
			t.Errorf("%s is %d", body, status)
		}
	}
	w.control("POST", "/clock", `{"advance":"1h"}`)
	w.control("POST", "/clock", `{"set":"`+before.Add(3*time.Hour).Format(time.RFC3339)+`"}`)
	if passed := w.Clock().Now().Sub(before); passed < 3*time.Hour-time.Second {
		t.Errorf("the clock moved by %s", passed)
	}
	if status, _ := w.control("POST", "/faults", `{"side":"api","do":"explode"}`); status != 400 {
		t.Errorf("an unknown fault is %d", status)
	}
	w.control("POST", "/faults", `{"side":"api","op":"messages","do":"slow","delay":"2s"}`)
	if _, rules := w.control("GET", "/faults", ""); rules.([]any)[0].(map[string]any)["delay"] != "2s" {
		t.Errorf("faults: %v", rules)
	}
	if _, rules := w.control("DELETE", "/faults", ""); len(rules.([]any)) != 0 {
		t.Errorf("after DELETE: %v", rules)
	}
}

func TestPhonePage_RingsWhileItIsOpen(t *testing.T) {
	w := newWorld(t)
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	req, _ := http.NewRequestWithContext(ctx, "GET", w.api.URL+"/_sim/phone/+12125550110/stream", nil)
	req.Header.Set("Authorization", "Bearer letmein")
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	lines := bufio.NewScanner(res.Body)
	until := func(what string, match func(phoneView) bool) phoneView {
		t.Helper()
		for lines.Scan() {
			var v phoneView
			if data, ok := strings.CutPrefix(lines.Text(), "data: "); ok && json.Unmarshal([]byte(data), &v) == nil && match(v) {
				return v
			}
		}
		t.Fatalf("the stream ended before %s", what)
		return phoneView{}
	}
	until("the first state", func(v phoneView) bool { return v.Call == nil && v.Ours[0] == us })
	sid := w.call(ana, w.says("/hello", `<Response><Say>Hello there</Say><Pause length="600"/></Response>`))
	until("it rings", func(v phoneView) bool { return v.Live && v.Call.Status == "ringing" && v.Call.With == us })
	w.Answer(sid)
	until("the caption", func(v phoneView) bool { return len(v.Call.Captions) > 0 && v.Call.Captions[0].Words == "Hello there" })
	w.text(ana, "And a text")
	until("the text", func(v phoneView) bool { return len(v.Texts) > 0 && v.Texts[0].Body == "And a text" })
	w.Text(ana, us, "STOP")
	until("the block", func(v phoneView) bool { return len(v.Stopped) == 1 })
	cancel()
	w.until(ana, "the page is closed and the phone out of hand", func() bool {
		w.Simulator.mu.Lock()
		defer w.Simulator.mu.Unlock()
		return w.behaviour(ana).Takes == Answers
	})
}

func TestNew_RefusesAnAccountThatCouldBeReal(t *testing.T) {
	for _, cfg := range []Config{
		{AccountSID: "AC00000000000000000000000000000000", AuthToken: testToken},
		{AccountSID: "AC5151515151515151", AuthToken: testToken},
		{AccountSID: testAccount},
		{AccountSID: testAccount, AuthToken: "not-alphanumeric"},
		{AccountSID: testAccount, AuthToken: testToken, Numbers: []string{"2125550100"}},
	} {
		if _, err := New(cfg); err == nil {
			t.Errorf("%+v was taken", cfg)
		}
	}
}

func TestAccount_NumbersLookupAndHosts(t *testing.T) {
	w := newWorld(t)
	if _, a := w.ask("GET", ".json"); a["sid"] != testAccount || a["status"] != "active" {
		t.Errorf("account: %v", a)
	}
	_, list := w.ask("GET", "/IncomingPhoneNumbers.json")
	first := list["incoming_phone_numbers"].([]any)[0].(map[string]any)
	if first["phone_number"] != us || first["sms_url"] != w.app.URL+"/sms" {
		t.Errorf("numbers: %v", first)
	}
	service := "/v1/Services/MG" + strings.Repeat("a", 32)
	for _, row := range []struct {
		host, path string
		want       int
	}{
		{"lookups.twilio.com", "/v2/PhoneNumbers/+12125550110?Fields=line_type_intelligence", 200},
		{"api.twilio.com", "/v2/PhoneNumbers/+12125550110", 404},
		{"messaging.twilio.com", service, 200},
		{"messaging.twilio.com", service + "/PhoneNumbers?PageSize=20", 200},
		{"api.twilio.com", service, 404},
	} {
		req, _ := http.NewRequest("GET", w.api.URL+row.path, nil)
		req.Host = row.host
		req.SetBasicAuth(testAccount, testToken)
		res, err := http.DefaultClient.Do(req)
		if err != nil {
			t.Fatal(err)
		}
		res.Body.Close()
		if res.StatusCode != row.want {
			t.Errorf("%s at %s is %d", row.path, row.host, res.StatusCode)
		}
	}
	req, _ := http.NewRequest("GET", w.api.URL+"/2010-04-01/Accounts/"+testAccount+"/Messages.json", nil)
	req.SetBasicAuth(testAccount, "wrong")
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	if res.StatusCode != 401 {
		t.Errorf("a wrong token is %d", res.StatusCode)
	}
}

func TestTranscript_KeepsTheLastEntriesOnly(t *testing.T) {
	var tr transcript
	for range transcriptSize + 5 {
		tr.add(Entry{Kind: KindText})
	}
	all, _ := tr.since(0)
	if len(all) != transcriptSize || all[0].N != 6 || all[len(all)-1].N != transcriptSize+5 {
		t.Errorf("%d entries from %d to %d", len(all), all[0].N, all[len(all)-1].N)
	}
	if rest, _ := tr.since(transcriptSize + 3); len(rest) != 2 {
		t.Errorf("%d entries after the third last", len(rest))
	}
}
