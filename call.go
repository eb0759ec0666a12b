package phonebank

import "time"

// Call is one leg at Twilio that we asked for or that came to us. How the line ended is its Result; what came of the
// talk is the conversation's outcome, another thing.
type Call struct {
	ID           CallID         `db:"id"`
	Kind         CallKind       `db:"kind"`
	State        CallState      `db:"state"`
	Result       CallResult     `db:"result"`
	SID          string         `db:"sid"`
	Token        string         `db:"token"` // in the path of every callback, so that a callback can resolve an unknown create
	CampaignID   CampaignID     `db:"campaign_id"`
	ShiftID      ShiftID        `db:"shift_id"`
	PersonID     PersonID       `db:"person_id"`
	PhoneID      PhoneID        `db:"phone_id"`
	Conversation ConversationID `db:"conversation_id"`
	FollowUpID   FollowUpID     `db:"follow_up_id"`
	From         Number         `db:"from_number"`
	To           Number         `db:"to_number"`
	Tries        int            `db:"tries"` // which call to this person on this list it is, from 1
	Sentence     string         `db:"sentence"`
	OurFault     bool           `db:"our_fault"`
	Muted        bool           `db:"muted"`
	Unknown      bool           `db:"unknown"` // placed, and Twilio's answer was lost: never placed again
	CreatedAt    time.Time      `db:"created_at"`
	PlacedAt     *time.Time     `db:"placed_at"`
	AnsweredAt   *time.Time     `db:"answered_at"`
	JoinedAt     *time.Time     `db:"joined_at"`
	BridgedAt    *time.Time     `db:"bridged_at"`
	EndedAt      *time.Time     `db:"ended_at"`
	RecordingSID string         `db:"recording_sid"`
	RecordingSec int            `db:"recording_seconds"`
}

// CallKind says whose leg it is.
type CallKind string

const (
	CallOut       CallKind = "outbound"  // we ring a person
	CallIn        CallKind = "inbound"   // a person rings us
	CallVolunteer CallKind = "volunteer" // we ring a volunteer's own phone so that they can join
	CallTest      CallKind = "test"      // a coordinator's test call to themselves
)

type (
	CallState  string
	CallEvent  string
	CallResult string
)

const (
	CallReserved CallState = "reserved" // written down, not yet placed
	CallPlacing  CallState = "placing"  // claimed by a dialer, handed to Twilio
	CallRinging  CallState = "ringing"
	CallAnswered CallState = "answered"
	CallBridged  CallState = "bridged" // both hear each other
	CallEnded    CallState = "ended"
	CallWrapped  CallState = "wrapped"
)

const (
	CallPlace  CallEvent = "place"
	CallRing   CallEvent = "ring"
	CallAnswer CallEvent = "answer"
	CallBridge CallEvent = "bridge"
	CallEnd    CallEvent = "end"
	CallWrap   CallEvent = "wrap"
)

const (
	ResultNone      CallResult = ""
	ResultAnswered  CallResult = "answered"
	ResultNoAnswer  CallResult = "no_answer"
	ResultBusy      CallResult = "busy"
	ResultVoicemail CallResult = "voicemail"
	ResultFailed    CallResult = "failed"
	ResultCanceled  CallResult = "canceled"
)

// CallResults lists every way a line ends, for the database's CHECK.
var CallResults = []CallResult{ResultNone, ResultAnswered, ResultNoAnswer, ResultBusy, ResultVoicemail, ResultFailed, ResultCanceled}

// CallTable holds every move of a call. Twilio's events arrive in any order and more than once: what comes late is
// ignored, and only a call that was written down and never handed over may be placed.
var CallTable = newTable[CallState, CallEvent]("call", `
          place    ring     answer    bridge   end    wrap
reserved  placing  x        x         x        ended  x
placing   x        ringing  answered  x        ended  x
ringing   x        .        answered  x        ended  x
answered  x        .        .         bridged  ended  x
bridged   x        .        .         .        ended  x
ended     x        .        .         .        .      wrapped
wrapped   x        .        .         .        .      .
`)

// Apply answers with the move an event makes. The end of a call carries what must follow: a talk is wrapped up, a line
// that nobody answered frees the volunteer and brings the person back later.
func (c Call) Apply(event CallEvent, at time.Time) (Change[CallState, CallEvent], error) {
	change, err := CallTable.Apply(c.State, event, at)
	if err != nil || !change.Moved() || event != CallEnd || c.Kind != CallOut && c.Kind != CallIn {
		return change, err
	}
	nobody := c.Result == ResultVoicemail || c.Result == ResultNoAnswer // as the volunteer heard it
	if (c.State == CallAnswered || c.State == CallBridged) && !nobody {
		change.Effects = []Effect{StartWrapUp}
	} else {
		change.Effects = []Effect{FreeVolunteer, TryAgain}
	}
	return change, nil
}

const (
	// MaxTries is how often one person is rung on one list before we stop by ourselves.
	MaxTries = 3
	// RetryAfter is when a person who did not answer, or was busy, may be rung again.
	RetryAfter = 4 * time.Hour
	// RingSeconds is how long a person's phone rings: at least 15 s or four rings are owed to them (47 CFR 64.1200(a)(6)).
	RingSeconds = 25
	// CallLimitSeconds ends a forgotten line after an hour.
	CallLimitSeconds = 3600
)

// ResultOf reads Twilio's final call status (Call resource, "Call Status Values").
func ResultOf(status string, wasAnswered bool) CallResult {
	switch status {
	case "busy":
		return ResultBusy
	case "no-answer":
		return ResultNoAnswer
	case "failed":
		return ResultFailed
	case "canceled":
		return ResultCanceled
	}
	if wasAnswered {
		return ResultAnswered
	}
	return ResultNoAnswer
}

// Sentence says to the volunteer how a line ended, and whose doing it was.
func (r CallResult) Sentence(firstName string) string {
	switch r {
	case ResultNoAnswer:
		return firstName + " didn't pick up. We'll try again later."
	case ResultBusy:
		return "The line was busy. We'll try again later."
	case ResultVoicemail:
		return "You reached a voicemail. We'll try again later."
	case ResultFailed:
		return "This number can't be reached. We've marked it, so nobody tries it again."
	case ResultCanceled:
		return "The call was stopped before it was answered."
	}
	return ""
}
