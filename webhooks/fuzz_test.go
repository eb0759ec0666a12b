package webhooks

import (
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"

	"phonebank/carrier"
)

// Whatever knocks, with a true signature or without: what is let through is a form in which each key stands once, carries our account,
// and has what its route needs.
func FuzzForm(f *testing.F) {
	const account, token = "AC5151515151515151aaaaaaaaaaaaaaaa", "testtoken0123456789abcdef0123456"
	client, err := carrier.New(carrier.Account{SID: account, AuthToken: token, BaseURL: "http://127.0.0.1:1"})
	if err != nil {
		f.Fatal(err)
	}
	h := New(Parts{Carrier: client, Log: slog.New(slog.NewTextHandler(io.Discard, nil)), PublicURL: "https://example.org", Numbers: func(n string) bool { return n == "+12125550100" }})
	good := url.Values{"MessageSid": {"SM" + strings.Repeat("0", 32)}, "AccountSid": {account}, "From": {"+14155550142"}, "To": {"+12125550100"}, "Body": {"hello"}}.Encode()
	f.Add(good, true)
	f.Add(good, false)
	f.Add(good+"&Body=STOP", true)
	f.Add(strings.Replace(good, "Body=hello", "Bod=yhello", 1), true)
	f.Add("%zz", true)
	f.Add("a;b=c", true)
	f.Add(strings.Replace(good, "To=", "To%00=", 1), true)
	f.Fuzz(func(t *testing.T, body string, signed bool) {
		r := httptest.NewRequest(http.MethodPost, "/twilio/messages", strings.NewReader(body))
		r.RequestURI = "/twilio/messages"
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		values, _ := url.ParseQuery(body) // what cannot be read is signed as far as it can
		if signed {
			r.Header.Set("X-Twilio-Signature", carrier.Signature(token, "https://example.org/twilio/messages", values))
		}
		got, status, why := h.read(httptest.NewRecorder(), r, inboundText)
		if status != 0 {
			if status < 400 || why == "" {
				t.Fatalf("refused with %d %q", status, why)
			}
			return
		}
		if !signed {
			t.Fatalf("%q came in unsigned", body)
		}
		for key, list := range got.values {
			if len(list) != 1 || !keyShape.MatchString(key) {
				t.Fatalf("%q: the key %q holds %q", body, key, list)
			}
		}
		if got.get("AccountSid") != account || got.get("To") != "+12125550100" || !sidShape.MatchString(got.get("MessageSid")) || got.get("From") == "" {
			t.Fatalf("%q came in as %v", body, got.values)
		}
	})
}
