package simulator

import "time"

// Timings are the waits of the simulated network, all in simulated time except WebhookTimeout.
// The zero value means DefaultTimings.
type Timings struct {
	Dial      time.Duration // a call is taken from the queue: event initiated
	Ring      time.Duration // initiated to ringing
	Answer    time.Duration // ringing until an ordinary person answers
	Join      time.Duration // answered until in the conference, for a participant added by REST
	Letter    time.Duration // speaking one letter of a Say
	Talk      time.Duration // a person waits this long for the other side before saying the next line
	Sent      time.Duration // a text is queued until sent
	Delivered time.Duration // sent until delivered
	Record    time.Duration // a recording ended until it can be fetched
	CallEvery time.Duration // pause between two calls of the account (calls per second); 0 = none
	TextEvery time.Duration // pause between two texts of one sender (messages per second); 0 = none
	PageGrace time.Duration // a phone stays in hand this long after its page was closed

	// WebhookTimeout is the most that one webhook may take, in real time. Twilio: 15 s.
	WebhookTimeout time.Duration
}

// DefaultTimings are those of an ordinary day: answers in a few seconds, texts in under two.
func DefaultTimings() Timings {
	return Timings{
		Dial: 150 * time.Millisecond, Ring: 1500 * time.Millisecond, Answer: 3 * time.Second, Join: 300 * time.Millisecond,
		Letter: 50 * time.Millisecond, Talk: 4 * time.Second,
		Sent: 300 * time.Millisecond, Delivered: 1200 * time.Millisecond, Record: 500 * time.Millisecond,
		CallEvery: time.Second, PageGrace: 3 * time.Second, WebhookTimeout: 15 * time.Second,
	}
}

// FastTimings are for tests: a few milliseconds each, no limit on calls or texts a second.
func FastTimings() Timings {
	return Timings{
		Dial: time.Millisecond, Ring: 2 * time.Millisecond, Answer: 3 * time.Millisecond, Join: 2 * time.Millisecond,
		Letter: 20 * time.Microsecond, Talk: 10 * time.Millisecond,
		Sent: 2 * time.Millisecond, Delivered: 3 * time.Millisecond, Record: 2 * time.Millisecond,
		PageGrace: 10 * time.Millisecond, WebhookTimeout: 15 * time.Second,
	}
}
