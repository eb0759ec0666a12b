package carrier

import (
	"encoding/xml"
	"errors"
	"io"
	"strings"
	"testing"
)

// Whatever a person's name or an organization's holds, what we answer Twilio is one well-formed document with the verbs that we meant
// and no other.
func FuzzTwiML(f *testing.F) {
	for _, s := range []string{"Alder Tenants", "<Dial>911</Dial>", "]]><Redirect/>", "&amp;", "\x00\x1b[31m", "O’Neil & Söhne", "\xff\xfe", "&#x3C;Hangup/&#x3E;"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, words string) {
		doc := TwiML(Say{Words: words}, Hangup{})
		var verbs []string
		d := xml.NewDecoder(strings.NewReader(string(doc)))
		for {
			token, err := d.Token()
			if errors.Is(err, io.EOF) {
				break
			}
			if err != nil {
				t.Fatalf("%q: %v in %s", words, err, doc)
			}
			if start, ok := token.(xml.StartElement); ok {
				verbs = append(verbs, start.Name.Local)
			}
		}
		if got := strings.Join(verbs, " "); got != "Response Say Hangup" {
			t.Errorf("%q makes %s", words, got)
		}
	})
}
