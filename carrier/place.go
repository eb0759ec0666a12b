package carrier

import (
	"context"
	"time"

	api "github.com/twilio/twilio-go/rest/api/v2010"
)

var callEvents = []string{"initiated", "ringing", "answered", "completed"}

// Twilio tries again only where an address asks for it in its fragment (docs: Webhook connection overrides): an event that we
// answered with 503, or not in time, comes again; a caller waits for TwiML at most two tries before the fallback.
const (
	eventsAgain = "#ct=2000&rt=5000&rc=4&rp=all"
	twimlAgain  = "#ct=1000&rt=3000&rc=1&rp=all"
)

// Ring is a call to one phone that then follows our TwiML: a volunteer's own phone, a test.
type Ring struct {
	From, To  string
	AnswerURL string
	StatusURL string
	Seconds   int // how long it rings; Twilio may add five
}

// Ring places a call and answers with Twilio's name of it.
func (c *Client) Ring(ctx context.Context, r Ring) (sid string, err error) {
	req := c.request(ctx)
	defer req.cancel()
	p := &api.CreateCallParams{}
	p.SetPathAccountSid(c.account.SID).SetFrom(r.From).SetTo(r.To).SetUrl(r.AnswerURL + twimlAgain).SetMethod("POST").
		SetStatusCallback(r.StatusURL + eventsAgain).SetStatusCallbackMethod("POST").SetStatusCallbackEvent(callEvents).SetTimeout(r.Seconds)
	made, err := req.CreateCall(p)
	if err != nil {
		return "", req.failure(err)
	}
	return text(made.Sid), nil
}

// Bridge is a call to a person that leads straight into a volunteer's conference: no webhook stands between the answer and
// the volunteer's voice, so the two seconds that the abandonment rule allows are never used up (47 CFR 64.1200(a)(7)).
type Bridge struct {
	Conference string
	Label      string
	From, To   string
	StatusURL  string
	Seconds    int // how long it rings
	Limit      int // seconds after which a forgotten line ends
}

// Bridge adds a person to a conference and answers with Twilio's name of the call.
func (c *Client) Bridge(ctx context.Context, b Bridge) (sid, conference string, err error) {
	req := c.request(ctx)
	defer req.cancel()
	p := &api.CreateParticipantParams{}
	p.SetPathAccountSid(c.account.SID).SetFrom(b.From).SetTo(b.To).SetLabel(b.Label).SetBeep("false").SetEarlyMedia(true).
		SetStartConferenceOnEnter(true).SetEndConferenceOnExit(false).SetTimeout(b.Seconds).SetTimeLimit(b.Limit).
		SetStatusCallback(b.StatusURL + eventsAgain).SetStatusCallbackMethod("POST").SetStatusCallbackEvent(callEvents).SetJitterBufferSize("small")
	made, err := req.CreateParticipant(b.Conference, p)
	if err != nil {
		return "", "", req.failure(err)
	}
	return text(made.CallSid), text(made.ConferenceSid), nil
}

// HangUp ends a call; one that has ended already is as good.
func (c *Client) HangUp(ctx context.Context, sid string) error {
	req := c.request(ctx)
	defer req.cancel()
	p := &api.UpdateCallParams{}
	p.SetPathAccountSid(c.account.SID).SetStatus("completed")
	_, err := req.UpdateCall(sid, p)
	if f := req.failure(err); f != nil {
		if MeaningOf(FailureOf(f).Code) == AlreadyEnd {
			return nil
		}
		return f
	}
	return nil
}

// Mute makes one leg of a conference unheard, or heard again.
func (c *Client) Mute(ctx context.Context, conference, callSID string, on bool) error {
	req := c.request(ctx)
	defer req.cancel()
	p := &api.UpdateParticipantParams{}
	p.SetPathAccountSid(c.account.SID).SetMuted(on)
	_, err := req.UpdateParticipant(conference, callSID, p)
	return req.failure(err)
}

// CallReport is what Twilio knows of a call.
type CallReport struct {
	SID, Status string
	Seconds     int
}

// FindCall looks a call up: its events may have been lost.
func (c *Client) FindCall(ctx context.Context, sid string) (CallReport, error) {
	req := c.request(ctx)
	defer req.cancel()
	p := &api.FetchCallParams{}
	p.SetPathAccountSid(c.account.SID)
	got, err := req.FetchCall(sid, p)
	if err != nil {
		return CallReport{}, req.failure(err)
	}
	return CallReport{SID: text(got.Sid), Status: text(got.Status)}, nil
}

// Text is one text to send.
type Text struct {
	From, To, Body string
	StatusURL      string
	Validity       time.Duration // after which Twilio gives up: 1 s to 10 h
}

// Sent is Twilio's answer to a text.
type Sent struct {
	SID    string
	Status string
}

// Send hands one text over.
func (c *Client) Send(ctx context.Context, t Text) (Sent, error) {
	req := c.request(ctx)
	defer req.cancel()
	p := &api.CreateMessageParams{}
	p.SetPathAccountSid(c.account.SID).SetTo(t.To).SetFrom(t.From).SetBody(t.Body).SetStatusCallback(t.StatusURL + eventsAgain)
	if c.account.MessagingSID != "" {
		p.SetMessagingServiceSid(c.account.MessagingSID)
	}
	if t.Validity > 0 {
		p.SetValidityPeriod(int(min(max(t.Validity, time.Second), 10*time.Hour).Seconds()))
	}
	made, err := req.CreateMessage(p)
	if err != nil {
		return Sent{}, req.failure(err)
	}
	return Sent{SID: text(made.Sid), Status: text(made.Status)}, nil
}

// MessageReport is what Twilio knows of a text.
type MessageReport struct {
	SID, Body, Status string
	ErrorCode         int
	At                time.Time
}

// FindTexts lists what was sent from one number to another since a moment, to resolve a text whose answer was lost.
func (c *Client) FindTexts(ctx context.Context, from, to string, since time.Time) ([]MessageReport, error) {
	req := c.request(ctx)
	defer req.cancel()
	p := &api.ListMessageParams{}
	p.SetPathAccountSid(c.account.SID).SetFrom(from).SetTo(to).SetDateSentAfter(since.Add(-24 * time.Hour)).SetLimit(100)
	got, err := req.ListMessage(p)
	if err != nil {
		return nil, req.failure(err)
	}
	var out []MessageReport
	for _, m := range got {
		r := MessageReport{SID: text(m.Sid), Body: text(m.Body), Status: text(m.Status)}
		if m.ErrorCode != nil {
			r.ErrorCode = *m.ErrorCode
		}
		if m.DateCreated != nil {
			r.At, _ = time.Parse(time.RFC1123Z, *m.DateCreated) // no readable date: a zero time, which matches nothing
		}
		out = append(out, r)
	}
	return out, nil
}

// Numbers lists the numbers of the account with the addresses that Twilio calls for them.
func (c *Client) Numbers(ctx context.Context) ([]OurNumber, error) {
	req := c.request(ctx)
	defer req.cancel()
	p := &api.ListIncomingPhoneNumberParams{}
	p.SetPathAccountSid(c.account.SID).SetLimit(1000)
	got, err := req.ListIncomingPhoneNumber(p)
	if err != nil {
		return nil, req.failure(err)
	}
	var out []OurNumber
	for _, n := range got {
		out = append(out, OurNumber{SID: text(n.Sid), Number: text(n.PhoneNumber), SMSURL: text(n.SmsUrl), VoiceURL: text(n.VoiceUrl)})
	}
	return out, nil
}

// OurNumber is one number of the account.
type OurNumber struct {
	SID, Number, SMSURL, VoiceURL string
}

// PointNumber sets the addresses that Twilio calls for a number.
func (c *Client) PointNumber(ctx context.Context, sid, smsURL, voiceURL string) error {
	req := c.request(ctx)
	defer req.cancel()
	p := &api.UpdateIncomingPhoneNumberParams{}
	p.SetPathAccountSid(c.account.SID).SetSmsUrl(smsURL + eventsAgain).SetSmsMethod("POST").SetVoiceUrl(voiceURL + twimlAgain).SetVoiceMethod("POST").
		SetVoiceFallbackUrl(voiceURL + "/fallback").SetVoiceFallbackMethod("POST")
	_, err := req.UpdateIncomingPhoneNumber(sid, p)
	return req.failure(err)
}

func text(s *string) string {
	if s == nil {
		return ""
	}
	return *s
}
