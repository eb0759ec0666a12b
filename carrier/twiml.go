package carrier

import (
	"encoding/xml"
	"strings"
	"unicode"

	"golang.org/x/text/unicode/norm"
)

// TwiML is written from typed structs only: no text of a person ever becomes markup.

// Response is one answer to Twilio.
type Response struct {
	XMLName xml.Name `xml:"Response"`
	Verbs   []any
}

// Say is spoken by Twilio.
type Say struct {
	XMLName  xml.Name `xml:"Say"`
	Language string   `xml:"language,attr,omitempty"`
	Words    string   `xml:",chardata"`
}

// Pause is silence.
type Pause struct {
	XMLName xml.Name `xml:"Pause"`
	Length  int      `xml:"length,attr"`
}

// Gather waits for a key.
type Gather struct {
	XMLName   xml.Name `xml:"Gather"`
	Action    string   `xml:"action,attr"`
	Method    string   `xml:"method,attr"`
	NumDigits int      `xml:"numDigits,attr"`
	Timeout   int      `xml:"timeout,attr"`
	Says      []any
}

// Dial joins a conference; what follows it is reached through its action alone.
type Dial struct {
	XMLName    xml.Name `xml:"Dial"`
	Action     string   `xml:"action,attr,omitempty"`
	Method     string   `xml:"method,attr,omitempty"`
	Conference Conference
}

// Conference is the room that a volunteer waits in.
type Conference struct {
	XMLName             xml.Name `xml:"Conference"`
	Label               string   `xml:"participantLabel,attr,omitempty"`
	StartOnEnter        bool     `xml:"startConferenceOnEnter,attr"`
	EndOnExit           bool     `xml:"endConferenceOnExit,attr"`
	Beep                string   `xml:"beep,attr"`
	WaitURL             string   `xml:"waitUrl,attr"`
	JitterBufferSize    string   `xml:"jitterBufferSize,attr,omitempty"`
	StatusCallback      string   `xml:"statusCallback,attr,omitempty"`
	StatusCallbackEvent string   `xml:"statusCallbackEvent,attr,omitempty"`
	Name                string   `xml:",chardata"`
}

// Record takes a voicemail.
type Record struct {
	XMLName         xml.Name `xml:"Record"`
	Action          string   `xml:"action,attr"`
	Method          string   `xml:"method,attr"`
	MaxLength       int      `xml:"maxLength,attr"`
	Timeout         int      `xml:"timeout,attr"`
	PlayBeep        bool     `xml:"playBeep,attr"`
	StatusCallback  string   `xml:"recordingStatusCallback,attr,omitempty"`
	StatusCallbackM string   `xml:"recordingStatusCallbackMethod,attr,omitempty"`
}

// Redirect goes on with other TwiML.
type Redirect struct {
	XMLName xml.Name `xml:"Redirect"`
	Method  string   `xml:"method,attr"`
	URL     string   `xml:",chardata"`
}

// Hangup ends the call.
type Hangup struct {
	XMLName xml.Name `xml:"Hangup"`
}

// Reject refuses a call before it is answered: nobody pays for it.
type Reject struct {
	XMLName xml.Name `xml:"Reject"`
	Reason  string   `xml:"reason,attr"`
}

// TwiML renders verbs in order.
func TwiML(verbs ...any) []byte {
	out, err := xml.Marshal(Response{Verbs: verbs})
	if err != nil {
		panic("TwiML of our own structs: " + err.Error()) // every verb above marshals
	}
	return append([]byte(xml.Header), out...)
}

// Spoken makes a name safe to be said: composed letters, nothing that is control, direction, markup or a pile of accents,
// at most 60 of them.
func Spoken(name string) string {
	var b strings.Builder
	n, marks := 0, 0
	for _, r := range norm.NFC.String(name) {
		if n == 60 {
			break
		}
		switch {
		case unicode.Is(unicode.Mn, r):
			if marks++; marks > 1 {
				continue
			}
		case unicode.IsLetter(r), unicode.IsDigit(r), r == ' ', r == '-', r == '\'', r == '’', r == '.':
			marks = 0
		default:
			continue
		}
		b.WriteRune(r)
		n++
	}
	return strings.TrimSpace(b.String())
}
