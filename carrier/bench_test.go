package carrier

import (
	"net/url"
	"testing"
)

// inboundText is a form as Twilio posts it, with the parameters that an inbound text has.
func inboundText() url.Values {
	return url.Values{
		"MessageSid": {"SM0123456789abcdef0123456789abcdef"}, "SmsSid": {"SM0123456789abcdef0123456789abcdef"},
		"SmsMessageSid": {"SM0123456789abcdef0123456789abcdef"}, "AccountSid": {"AC5151515151515151aaaaaaaaaaaaaaaa"}, "From": {"+12125550123"},
		"To": {"+12125550100"}, "Body": {"Yes, I can come on Thursday. Should I bring anything?"}, "NumMedia": {"0"}, "NumSegments": {"1"},
		"SmsStatus": {"received"}, "ApiVersion": {"2010-04-01"}, "FromCity": {"NEW YORK"}, "FromState": {"NY"}, "FromZip": {"10001"}, "FromCountry": {"US"},
		"ToCity": {"NEW YORK"}, "ToState": {"NY"}, "ToZip": {"10001"}, "ToCountry": {"US"},
	}
}

func BenchmarkVerify(b *testing.B) {
	c, err := New(Account{SID: "AC5151515151515151aaaaaaaaaaaaaaaa", AuthToken: "testtoken0123456789abcdef0123456", BaseURL: "http://127.0.0.1:1"})
	if err != nil {
		b.Fatal(err)
	}
	const address = "https://phonebank.example.org/twilio/messages"
	form := inboundText()
	signature := Signature("testtoken0123456789abcdef0123456", address, form)
	b.ReportAllocs()
	for b.Loop() {
		if !c.Verify(signature, address, form) {
			b.Fatal("a good signature was refused")
		}
	}
}

func BenchmarkTwiML(b *testing.B) {
	b.ReportAllocs()
	for b.Loop() {
		out := TwiML(
			Say{Words: Spoken("Test Union") + ". We are connecting you."},
			Dial{Action: "https://phonebank.example.org/twilio/voice/left/x", Method: "POST", Conference: Conference{Label: "c-01M87TX6637VPJH1J6FFAK5TTD",
				StartOnEnter: true, Beep: "false", JitterBufferSize: "small", Name: "shift-01m87tx6637vpjh1j6ffak5ttd"}})
		if len(out) == 0 {
			b.Fatal("no TwiML")
		}
	}
}
