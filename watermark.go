package phonebank

import "time"

// What came in decides what may go out: a STOP that Twilio took while we were away must be read before the next text leaves.
const (
	// FetchEvery is how often Twilio is asked for what came in, beside its webhooks; after an outage it is asked at once.
	FetchEvery = 5 * time.Minute
	// FetchedWithin is how long ago that may be where something is sent or dialed: two rounds and a slow answer.
	FetchedWithin = 12 * time.Minute
	// FetchOverlap is asked for once more at each round: what Twilio shows in its lists late, and lines that were still open.
	FetchOverlap = 15 * time.Minute
	// OutageAfter is how long nobody may say that webhooks are served before it counts as an outage.
	OutageAfter = 60 * time.Second
)

// LookAfter is when a text whose outcome nobody knows is looked up at Twilio, counted from its claim. Absent after the last of
// these, it goes on a person's list: absence is no proof, so it is never sent again by itself.
var LookAfter = []time.Duration{time.Minute, 5 * time.Minute, 15 * time.Minute, 30 * time.Minute}
