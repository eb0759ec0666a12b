package webhooks

import (
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"

	"phonebank/carrier"
)

// BenchmarkRead takes an inbound text through the door: body, form, signature, shape.
func BenchmarkRead(b *testing.B) {
	const account, token, public = "AC5151515151515151aaaaaaaaaaaaaaaa", "testtoken0123456789abcdef0123456", "https://phonebank.example.org"
	c, err := carrier.New(carrier.Account{SID: account, AuthToken: token, BaseURL: "http://127.0.0.1:1"})
	if err != nil {
		b.Fatal(err)
	}
	h := New(Parts{Carrier: c, PublicURL: public, Numbers: func(string) bool { return true }})
	form := url.Values{
		"MessageSid": {"SM0123456789abcdef0123456789abcdef"}, "SmsSid": {"SM0123456789abcdef0123456789abcdef"},
		"SmsMessageSid": {"SM0123456789abcdef0123456789abcdef"}, "AccountSid": {account}, "From": {"+12125550123"}, "To": {"+12125550100"},
		"Body": {"Yes, I can come on Thursday. Should I bring anything?"}, "NumMedia": {"0"}, "NumSegments": {"1"}, "SmsStatus": {"received"},
		"ApiVersion": {"2010-04-01"}, "FromCity": {"NEW YORK"}, "FromState": {"NY"}, "FromZip": {"10001"}, "FromCountry": {"US"},
		"ToCity": {"NEW YORK"}, "ToState": {"NY"}, "ToZip": {"10001"}, "ToCountry": {"US"},
	}
	body, signature := form.Encode(), carrier.Signature(token, public+"/twilio/messages", form)
	b.ReportAllocs()
	for b.Loop() {
		r := httptest.NewRequest(http.MethodPost, "/twilio/messages", strings.NewReader(body))
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded; charset=UTF-8")
		r.Header.Set("X-Twilio-Signature", signature)
		if _, status, why := h.read(nil, r, inboundText); status != 0 {
			b.Fatal(status, why)
		}
	}
}
