package carrier

import (
	"bytes"
	"context"
	"encoding/xml"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"
)

const bodyHash = "0a1ff7634d9ab3b95db5c9a2dfe9416e41502b283a80c7cf19632632f96e6620"

// The vectors that Twilio publishes with its libraries (twilio-go, client/request_validator_test.go), token "12345".
func TestVerify_TwiliosPublishedVectors(t *testing.T) {
	c, err := New(Account{SID: "AC00000000000000000000000000000000", AuthToken: "12345"})
	if err != nil {
		t.Fatal(err)
	}
	call := url.Values{"Digits": {"1234"}, "CallSid": {"CA1234567890ABCDE"}, "To": {"+18005551212"}, "Caller": {"+14158675309"}, "From": {"+14158675309"}}
	conference := url.Values{"Digits": {"1234"}, "CallSid": {"CA1234567890ABCDE"}, "To": {"+18005551212"}, "Caller": {"+14158675309"}, "From": {"+14158675309"},
		"ReasonConferenceEnded": {"test"}, "Reason": {"Participant"}}
	for _, v := range []struct {
		why, signature, address string
		form                    url.Values
		want                    bool
	}{
		{"a call", "RSOYDt4T1cUTdK1PDd93/VVr8B8=", "https://mycompany.com/myapp.php?foo=1&bar=2", call, true},
		{"keys of which one begins with another", "vOEb5UThFn24KEfnOFLQY2AE5FY=", "https://mycompany.com/myapp.php?foo=1&bar=2", conference, true},
		{"keys in the wrong order", "95+Bu0JVPi0r/SsESZCVf0dWAjw=", "https://mycompany.com/myapp.php?foo=1&bar=2", conference, false},
		{"plain http", "n2xBNyzSW7rfYStDtOFiFMv7qNo=", "http://mycompany.com/myapp.php?foo=1&bar=2", conference, true},
		{"plain http with a port that was not signed", "n2xBNyzSW7rfYStDtOFiFMv7qNo=", "http://mycompany.com:1234/myapp.php?foo=1&bar=2", conference, true},
		{"a port that was not signed", "vOEb5UThFn24KEfnOFLQY2AE5FY=", "https://mycompany.com:1234/myapp.php?foo=1&bar=2", conference, true},
		{"a form body", "NBdBDr/T/lgjI+tlgpXjKZQZs/k=", "https://mycompany.com/myapp.php?foo=1&bar=2", url.Values{"property": {"value"}, "boolean": {"true"}}, true},
		{"a JSON body, of which the address carries the hash", "a9nBmqA0ju/hNViExpshrM61xv4=", "https://mycompany.com/myapp.php?foo=1&bar=2&bodySHA256=" + bodyHash, nil, true},
		{"the hash as the only parameter", "y77kIzt2vzLz71DgmJGsen2scGs=", "https://mycompany.com/myapp.php?bodySHA256=" + bodyHash, nil, true},
		{"another host", "vOEb5UThFn24KEfnOFLQY2AE5FY=", "https://example.org/myapp.php?foo=1&bar=2", conference, false},
		{"no signature", "", "https://mycompany.com/myapp.php?foo=1&bar=2", call, false},
	} {
		if got := c.Verify(v.signature, v.address, v.form); got != v.want {
			t.Errorf("%s: %v", v.why, got)
		}
	}
}

func TestVerify_ThePreviousTokenStillCountsWhileItIsRotated(t *testing.T) {
	c, err := New(Account{SID: "AC00000000000000000000000000000000", AuthToken: "new", PreviousToken: "12345"})
	if err != nil {
		t.Fatal(err)
	}
	form := url.Values{"Body": {"hi  "}}
	if !c.Verify(Signature("12345", "https://example.org/x", form), "https://example.org/x", form) || c.Verify(Signature("", "https://example.org/x", form), "https://example.org/x", form) {
		t.Error("the token before, or an empty one, is read wrongly")
	}
}

func FuzzSignature(f *testing.F) {
	f.Add("Body", "STOP", "https://example.org/twilio/messages")
	f.Add("", "\x00", "::::")
	c, err := New(Account{SID: "AC00000000000000000000000000000000", AuthToken: "12345"})
	if err != nil {
		f.Fatal(err)
	}
	f.Fuzz(func(t *testing.T, key, value, address string) {
		form := url.Values{key: {value}}
		if !c.Verify(Signature("12345", address, form), address, form) {
			t.Errorf("our own signature of %q=%q for %q is refused", key, value, address)
		}
	})
}

func TestAccount_ASimulatorsAndARealOneRefuseEachOther(t *testing.T) {
	for why, a := range map[string]Account{
		"a simulator's account without its address": {SID: SimulatorAccount + "0000000000000000", AuthToken: "x"},
		"a real account with an address":            {SID: "AC00000000000000000000000000000000", AuthToken: "x", BaseURL: "http://127.0.0.1:1"},
		"no token":                                  {SID: "AC00000000000000000000000000000000"},
		"an address that is none":                   {SID: SimulatorAccount + "0000000000000000", AuthToken: "x", BaseURL: "nowhere"},
	} {
		if _, err := New(a); err == nil {
			t.Errorf("%s is taken", why)
		}
	}
}

// What a request's end tells about what Twilio did decides whether it may be asked again.
func TestFailure_OnlyWhatWasNeverProcessedMayBeAskedAgain(t *testing.T) {
	for _, c := range []struct {
		why    string
		answer http.HandlerFunc
		doing  Doing
		code   int
	}{
		{"429", reply(429, `{"code":20429,"message":"Too Many Requests","status":429}`), NotSent, 20429},
		{"a number that is none", reply(400, `{"code":21211,"message":"The 'To' number +15550001111 is not valid","status":400}`), Refused, 21211},
		{"an HTML 503", reply(503, `<html>busy</html>`), Lost, 0},
		{"500 with JSON", reply(500, `{"code":20500,"message":"x","status":500}`), Lost, 20500},
		{"half an answer", reply(201, `{"sid":"SM`), Lost, 0},
		{"no answer in time", func(http.ResponseWriter, *http.Request) { time.Sleep(700 * time.Millisecond) }, Lost, 0},
		{"a reset", func(w http.ResponseWriter, _ *http.Request) {
			conn, _, err := w.(http.Hijacker).Hijack()
			if err == nil {
				_ = conn.(*net.TCPConn).SetLinger(0)
				_ = conn.Close()
			}
		}, Lost, 0},
	} {
		server := httptest.NewServer(c.answer)
		client, err := New(Account{SID: SimulatorAccount + "0000000000000000", AuthToken: "x", BaseURL: server.URL, RequestTimeout: 400 * time.Millisecond})
		if err != nil {
			t.Fatal(err)
		}
		_, err = client.Send(context.Background(), Text{From: "+12125550100", To: "+15550001111", Body: "hi", StatusURL: "http://127.0.0.1/x"})
		if f := FailureOf(err); err == nil || f.Doing != c.doing || f.Code != c.code || strings.Contains(err.Error(), "5550001111") {
			t.Errorf("%s: %v", c.why, err)
		}
		server.Close()
	}
	gone, err := New(Account{SID: SimulatorAccount + "0000000000000000", AuthToken: "x", BaseURL: "http://127.0.0.1:1"})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := gone.Send(context.Background(), Text{From: "+1", To: "+1", Body: "x"}); FailureOf(err).Doing != NotSent {
		t.Errorf("a connection that was refused: %v", err)
	}
}

func reply(status int, body string) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		w.WriteHeader(status)
		_, _ = io.WriteString(w, body)
	}
}

func TestTwiML_WordsAreNeverMarkup(t *testing.T) {
	raw := TwiML(Say{Words: `</Say><Redirect>x</Redirect> & "quotes"`}, Redirect{Method: "POST", URL: "https://example.org/a?b=1&c=2"}, Hangup{})
	var back struct {
		Say, Redirect string
	}
	if err := xml.Unmarshal(raw, &back); err != nil || back.Say != `</Say><Redirect>x</Redirect> & "quotes"` || back.Redirect != "https://example.org/a?b=1&c=2" {
		t.Errorf("%s: %v", raw, err)
	}
	if bytes.Count(raw, []byte("<Redirect")) != 1 {
		t.Errorf("%s", raw)
	}
}

func FuzzSpoken(f *testing.F) {
	f.Add("Xiomara Quiñones")
	f.Add("</Say>\u202e\u0301\u0301\u0301")
	f.Fuzz(func(t *testing.T, name string) {
		said := Spoken(name)
		if strings.ContainsAny(said, "<>&\"\x00\u202e\u2066") || len([]rune(said)) > 60 {
			t.Errorf("%q is said as %q", name, said)
		}
	})
}
