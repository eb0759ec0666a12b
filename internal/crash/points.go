// Package crash names the moments at which a process may die. In an ordinary build it does nothing at all; built with the tag
// chaos, the fault harness chooses one of these moments for a process, and the process kills itself there as a power cut
// would: nothing is closed, flushed or told. It must never be able to end a process of an ordinary build.
package crash

// Point is one moment, and the part of the service in which it can come.
type Point struct {
	Name string
	Role string // webhooks, dialer or worker
	When string
}

// Points are all of them. A test holds this list against the code, so that the harness can visit each.
var Points = []Point{
	{"inbound.before-commit", "webhooks", "an inbound text is about to be stored"},
	{"inbound.committed", "webhooks", "it is stored, and Twilio has no 200 yet"},
	{"keyword.before-commit", "webhooks", "a STOP, START or refusal has done all it does, and is not committed"},
	{"keyword.committed", "webhooks", "it is committed, and Twilio has no 200 yet"},
	{"climb.before-commit", "webhooks", "a callback about a text is about to be stored"},
	{"climb.committed", "webhooks", "it is stored, and Twilio has no 200 yet"},
	{"report.before-commit", "webhooks", "a callback that needed the longer look is not committed"},
	{"report.committed", "webhooks", "it is committed, and Twilio has no 200 yet"},
	{"call-in.before-commit", "webhooks", "somebody rings us, and their call is not committed"},
	{"call-in.committed", "webhooks", "it is committed, and Twilio has no TwiML yet"},
	{"voicemail.before-commit", "webhooks", "where a voicemail can be heard is not committed"},
	{"voicemail.committed", "webhooks", "it is committed, and Twilio has no 200 yet"},
	{"call-report.before-commit", "webhooks", "an event of a call is not committed"},
	{"call-report.committed", "webhooks", "it is committed, and Twilio has no 200 yet"},
	{"send.written", "webhooks", "a volunteer's text is written down, and nobody has claimed it"},
	{"wrap.before-commit", "webhooks", "a wrap-up with all its promises is not committed"},
	{"wrap.committed", "webhooks", "it is committed, and the volunteer has no answer yet"},
	{"promise.committed", "webhooks", "a follow-up is promised, and no bell is rung for it"},

	{"claim.before-commit", "worker", "a text is claimed, and the claim is not committed"},
	{"claim.committed", "worker", "the claim is committed, and nothing is sent"},
	{"text.answered", "worker", "Twilio has answered, and nothing of it is kept"},
	{"text.kept", "worker", "the answer is kept, and nobody is told"},
	{"request.written", "worker", "a request to Twilio is written, and no answer has come"},
	{"task.taken", "worker", "a task is taken from the queue, and nothing is done"},
	{"task.done", "worker", "a task is done, and the queue does not know"},
	{"sweep.rung", "worker", "the sweeper has counted a ring, and the bell has not rung"},
	{"sweep.leased-out", "worker", "a text whose sender died is written down as unknown"},
	{"sweep.looked-up", "worker", "Twilio's list has an unknown text, and nothing of it is kept"},
	{"due.before-commit", "worker", "a callback falls due, and that is not committed"},
	{"due.committed", "worker", "it is committed, and nobody is told"},

	{"dial.claimed", "dialer", "a call is claimed and committed, and nobody is rung"},
	{"dial.answered", "dialer", "Twilio has placed the call, and its name is not kept"},
	{"dial.kept", "dialer", "its name is kept, and nobody is told"},
}
