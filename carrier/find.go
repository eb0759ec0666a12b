package carrier

import (
	"context"
	"strings"
	"time"

	api "github.com/twilio/twilio-go/rest/api/v2010"
)

// CameIn is one text or call that Twilio took for a number of ours.
type CameIn struct {
	SID, From, To string
	Body          string
	Media         int
	Status        string // of a call
	At            time.Time
}

// Voicemail is one recording, and the call that it was made on.
type Voicemail struct {
	SID, CallSID string
	Seconds      int
}

// pageSize is the most that Twilio gives at once.
const pageSize = 1000

// TextsIn lists the texts to a number of ours since a moment, the oldest first. Twilio may read the moment as its day.
func (c *Client) TextsIn(ctx context.Context, ours string, since time.Time) ([]CameIn, error) {
	req := c.lists(ctx)
	defer req.cancel()
	p := &api.ListMessageParams{}
	p.SetPathAccountSid(c.account.SID).SetTo(ours).SetDateSentAfter(since.UTC()).SetPageSize(pageSize)
	got, err := req.ListMessage(p)
	if err != nil {
		return nil, req.failure(err)
	}
	var out []CameIn
	for i := len(got) - 1; i >= 0; i-- {
		m := got[i]
		if text(m.Direction) == "inbound" {
			out = append(out, CameIn{SID: text(m.Sid), From: text(m.From), To: text(m.To), Body: text(m.Body), Media: whole(m.NumMedia), At: moment(m.DateSent, m.DateCreated)})
		}
	}
	return out, nil
}

// CallsIn lists the calls to a number of ours since a moment, the oldest first.
func (c *Client) CallsIn(ctx context.Context, ours string, since time.Time) ([]CameIn, error) {
	req := c.lists(ctx)
	defer req.cancel()
	p := &api.ListCallParams{}
	p.SetPathAccountSid(c.account.SID).SetTo(ours).SetStartTimeAfter(since.UTC()).SetPageSize(pageSize)
	got, err := req.ListCall(p)
	if err != nil {
		return nil, req.failure(err)
	}
	var out []CameIn
	for i := len(got) - 1; i >= 0; i-- {
		call := got[i]
		if text(call.Direction) == "inbound" {
			out = append(out, CameIn{SID: text(call.Sid), From: text(call.From), To: text(call.To), Status: text(call.Status), At: moment(call.StartTime, call.DateCreated)})
		}
	}
	return out, nil
}

// Voicemails lists the finished recordings since a moment.
func (c *Client) Voicemails(ctx context.Context, since time.Time) ([]Voicemail, error) {
	req := c.lists(ctx)
	defer req.cancel()
	p := &api.ListRecordingParams{}
	p.SetPathAccountSid(c.account.SID).SetDateCreatedAfter(since.UTC()).SetPageSize(pageSize)
	got, err := req.ListRecording(p)
	if err != nil {
		return nil, req.failure(err)
	}
	var out []Voicemail
	for _, r := range got {
		if text(r.Status) == "completed" {
			out = append(out, Voicemail{SID: text(r.Sid), CallSID: text(r.CallSid), Seconds: whole(r.Duration)})
		}
	}
	return out, nil
}

// lists is a request that may follow many pages.
func (c *Client) lists(ctx context.Context) *request {
	return c.requestWithin(ctx, 6*c.account.RequestTimeout)
}

// whole reads one of the numbers that Twilio writes as strings; what is none is 0.
func whole(s *string) int {
	n := 0
	for _, r := range strings.TrimSpace(text(s)) {
		if r < '0' || r > '9' {
			return 0
		}
		n = n*10 + int(r-'0')
	}
	return n
}

// moment reads the first of several dates that is there, or the zero time.
func moment(dates ...*string) time.Time {
	for _, d := range dates {
		if at, err := time.Parse(time.RFC1123Z, text(d)); err == nil {
			return at
		}
	}
	return time.Time{}
}
