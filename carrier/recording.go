package carrier

import (
	"context"
	"errors"
	"net/http"

	api "github.com/twilio/twilio-go/rest/api/v2010"
)

// DeleteRecording removes a voicemail at Twilio. One that is gone already is no error: it was what we wanted.
// https://www.twilio.com/docs/voice/api/recording
func (c *Client) DeleteRecording(ctx context.Context, sid string) error {
	r := c.request(ctx)
	defer r.cancel()
	p := &api.DeleteRecordingParams{}
	p.SetPathAccountSid(c.account.SID)
	err := r.failure(r.DeleteRecording(sid, p))
	var f *Failure
	if errors.As(err, &f) && f.Status == http.StatusNotFound {
		return nil
	}
	return err
}
