package simulator

import (
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
)

// node is one element of a TwiML document.
type node struct {
	name     string
	attrs    map[string]string
	text     strings.Builder
	children []*node
}

// words are the text of an element and of what is in it, spaces folded.
func (n *node) words() string {
	out := n.text.String()
	for _, child := range n.children {
		out += " " + child.words()
	}
	return strings.Join(strings.Fields(out), " ")
}

// verb is what the schema knows of an element: its attributes, and the elements it may contain.
type verb struct {
	attrs, children []string
}

func attrs(list string, children ...string) verb {
	return verb{strings.Fields(list), children}
}

const callbacks = " recordingStatusCallback recordingStatusCallbackMethod recordingStatusCallbackEvent "

// voiceVerbs is the part of TwiML Voice that the simulator plays. Source: Twilio docs, "TwiML for Programmable Voice".
var voiceVerbs = map[string]verb{
	"Response": attrs("", "Say", "Play", "Pause", "Gather", "Dial", "Record", "Redirect", "Hangup", "Reject"),
	"Say":      attrs("voice language loop", "break", "emphasis", "lang", "p", "phoneme", "prosody", "s", "say-as", "sub", "w"),
	"Play":     attrs("loop digits"),
	"Pause":    attrs("length"),
	"Gather": attrs("input action method timeout speechTimeout maxSpeechTime finishOnKey numDigits partialResultCallback partialResultCallbackMethod"+
		" language hints bargeIn profanityFilter speechModel enhanced actionOnEmptyResult debug", "Say", "Play", "Pause"),
	"Dial": attrs("action method timeout timeLimit callerId record trim hangupOnStar answerOnBridge ringTone recordingTrack"+callbacks, "Conference"),
	"Conference": attrs("muted beep startConferenceOnEnter endConferenceOnExit participantLabel jitterBufferSize maxParticipants waitUrl waitMethod" +
		" record region trim coach statusCallback statusCallbackMethod statusCallbackEvent" + callbacks),
	"Record":   attrs("action method timeout finishOnKey maxLength playBeep trim transcribe transcribeCallback" + callbacks),
	"Redirect": attrs("method"),
	"Hangup":   attrs(""),
	"Reject":   attrs("reason"),
	"break":    attrs("strength time"), "emphasis": attrs("level"), "lang": attrs("xml:lang lang"), "p": attrs(""), "s": attrs(""), "w": attrs("role"),
	"phoneme": attrs("alphabet ph"), "prosody": attrs("volume rate pitch"), "say-as": attrs("interpret-as role format"), "sub": attrs("alias"),
}

// waitVerbs are those that a waiting or held participant may be played. Source: Twilio docs, "TwiML Voice: <Conference>", waitUrl.
var waitVerbs = map[string]verb{
	"Response": attrs("", "Say", "Play", "Pause", "Redirect"),
	"Say":      voiceVerbs["Say"], "Play": voiceVerbs["Play"], "Pause": voiceVerbs["Pause"], "Redirect": voiceVerbs["Redirect"],
}

// messagingVerbs is the part of TwiML Messaging that the simulator takes. Source: Twilio docs, "TwiML for Programmable SMS".
var messagingVerbs = map[string]verb{
	"Response": attrs("", "Message"),
	"Message":  attrs("to from action method statusCallback", "Body", "Media"),
	"Body":     attrs(""),
	"Media":    attrs(""),
}

// twimlProblem is a document that cannot be played, with the debugger's code.
type twimlProblem struct {
	code    int
	message string
}

func complain(code int, format string, args ...any) *twimlProblem {
	return &twimlProblem{code, fmt.Sprintf(format, args...)}
}

// parseTwiML reads an answer strictly. Source: Twilio docs, errors 12100 (document parse failure), 12200 (schema
// validation) and 12300 (invalid content type).
func parseTwiML(r reply, verbs map[string]verb) (*node, *twimlProblem) {
	if !slices.Contains([]string{"text/xml", "application/xml", "text/html"}, r.mime) {
		return nil, complain(12300, "a TwiML answer must be text/xml, not %q", r.mime)
	}
	root, problem := readXML(r.body)
	if problem != nil {
		return nil, problem
	}
	if root.name != "Response" {
		return nil, complain(12100, "the document's root is %s, not Response", root.name)
	}
	return root, validate(root, verbs)
}

func readXML(body string) (*node, *twimlProblem) {
	decoder := xml.NewDecoder(strings.NewReader(body))
	var root *node
	var open []*node
	for {
		token, err := decoder.Token()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return nil, complain(12100, "bad XML: %s", err)
		}
		switch t := token.(type) {
		case xml.StartElement:
			n := &node{name: t.Name.Local, attrs: map[string]string{}}
			for _, a := range t.Attr {
				if a.Name.Space != "xmlns" && a.Name.Local != "xmlns" {
					n.attrs[a.Name.Local] = a.Value
				}
			}
			switch {
			case len(open) > 0:
				parent := open[len(open)-1]
				parent.children = append(parent.children, n)
			case root != nil:
				return nil, complain(12100, "bad XML: a second root, %s", n.name)
			default:
				root = n
			}
			open = append(open, n)
		case xml.EndElement:
			open = open[:len(open)-1]
		case xml.CharData:
			if len(open) > 0 {
				open[len(open)-1].text.Write(t)
			}
		}
	}
	if root == nil {
		return nil, complain(12100, "bad XML: no root element")
	}
	return root, nil
}

// validate holds every element and attribute against the schema; names are case-sensitive.
func validate(n *node, verbs map[string]verb) *twimlProblem {
	known := verbs[n.name]
	for name := range n.attrs {
		if !slices.Contains(known.attrs, name) {
			return complain(12200, "attribute %s is not allowed in %s", name, n.name)
		}
	}
	for _, child := range n.children {
		if !slices.Contains(known.children, child.name) {
			return complain(12200, "%s is not allowed in %s, or the simulator does not play it", child.name, n.name)
		}
		if problem := validate(child, verbs); problem != nil {
			return problem
		}
	}
	return nil
}
