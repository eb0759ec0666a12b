package simulator

import (
	"net/url"
	"testing"
)

// The vectors that Twilio publishes: the documentation of webhook security and the tests of the official libraries.
func TestSign_PublishedVectors(t *testing.T) {
	const address = "https://mycompany.com/myapp.php?foo=1&bar=2"
	five := url.Values{"CallSid": {"CA1234567890ABCDE"}, "Caller": {"+14158675309"}, "Digits": {"1234"}, "From": {"+14158675309"}, "To": {"+18005551212"}}
	seven := url.Values{"ReasonConferenceEnded": {"test"}, "Reason": {"Participant"}}
	for key, values := range five {
		seven[key] = values
	}
	const hashed = address + "&bodySHA256=0a1ff7634d9ab3b95db5c9a2dfe9416e41502b283a80c7cf19632632f96e6620"
	for _, row := range []struct {
		why, address string
		params       url.Values
		want         string
	}{
		{"the five parameters of the documentation", address, five, "RSOYDt4T1cUTdK1PDd93/VVr8B8="},
		{"Reason sorts before ReasonConferenceEnded", address, seven, "vOEb5UThFn24KEfnOFLQY2AE5FY="},
		{"another scheme is another signature", "http://mycompany.com/myapp.php?foo=1&bar=2", seven, "n2xBNyzSW7rfYStDtOFiFMv7qNo="},
		{"JSON: the address with the body's hash, no parameters", hashed, nil, "a9nBmqA0ju/hNViExpshrM61xv4="},
		{"JSON: the hash as the only parameter", "https://mycompany.com/myapp.php?bodySHA256=0a1ff7634d9ab3b95db5c9a2dfe9416e41502b283a80c7cf19632632f96e6620", nil, "y77kIzt2vzLz71DgmJGsen2scGs="},
		{"a form body", address, url.Values{"property": {"value"}, "boolean": {"true"}}, "NBdBDr/T/lgjI+tlgpXjKZQZs/k="},
		{"a fragment is not part of the address", address + "#rc=3&rp=all", five, "RSOYDt4T1cUTdK1PDd93/VVr8B8="},
	} {
		if got := sign("12345", row.address, row.params); got != row.want {
			t.Errorf("%s: %s, want %s", row.why, got, row.want)
		}
	}
	if sign("12345", address, seven) == "95+Bu0JVPi0r/SsESZCVf0dWAjw=" {
		t.Error("signed in the wrong order")
	}
}

func TestSign_RepeatedKeyCountsWithEachDifferentValue(t *testing.T) {
	repeated := url.Values{"M": {"b", "a", "b"}}
	if got, want := sign("t", "https://x", repeated), sign("t", "https://xMaMb", nil); got != want {
		t.Errorf("%s, want %s", got, want)
	}
}
