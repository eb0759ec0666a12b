package phonebank

import "time"

// FollowUp is what we promised: a text or a call, to one person, at a time they named. It keeps the wish in their local
// time and the instant it means, so that a change of a zone's rules can be seen and put right.
type FollowUp struct {
	ID           FollowUpID     `db:"id"`
	CampaignID   CampaignID     `db:"campaign_id"`
	PersonID     PersonID       `db:"person_id"`
	PhoneID      PhoneID        `db:"phone_id"`
	Conversation ConversationID `db:"conversation_id"`
	CommitmentID CommitmentID   `db:"commitment_id"`
	OwnerID      UserID         `db:"owner_id"` // whose promise it is
	WaveID       WaveID         `db:"wave_id"`
	SessionID    SessionID      `db:"session_id"` // where it is offered, once a wave took it there
	Channel      Channel        `db:"channel"`
	Reason       Reason         `db:"reason"`
	State        FollowUpState  `db:"state"`
	Body         string         `db:"body"`
	Automatic    bool           `db:"automatic"` // agreed in the talk, may go out without another press
	Local        string         `db:"local_wish"`
	Zone         string         `db:"zone"`
	DueAt        time.Time      `db:"due_at"`
	NotAfter     time.Time      `db:"not_after"`
	Why          string         `db:"why"` // why it ended as it did, in words
	Generation   int            `db:"generation"`
	CreatedAt    time.Time      `db:"created_at"`
	DoneAt       *time.Time     `db:"done_at"`
	CallIfSilent bool           `db:"call_if_silent"` // a check-in that nobody answers leads to a call
}

type (
	FollowUpState string
	FollowUpEvent string
	Channel       string
	Reason        string
)

const (
	ByText Channel = "text"
	ByCall Channel = "call"
)

const (
	FollowUpPlanned     FollowUpState = "planned"
	FollowUpDue         FollowUpState = "due"         // its time has come: a call waits for its volunteer
	FollowUpOffered     FollowUpState = "offered"     // on a volunteer's screen
	FollowUpInProgress  FollowUpState = "in_progress" // the text is on its way, the call rings
	FollowUpDone        FollowUpState = "done"
	FollowUpFailed      FollowUpState = "failed"
	FollowUpNeedsPerson FollowUpState = "needs_person" // a person must press: a draft to send, or an outcome nobody knows
	FollowUpCancelled   FollowUpState = "cancelled"
	FollowUpExpired     FollowUpState = "expired"
)

const (
	FollowUpFallDue  FollowUpEvent = "fall_due"
	FollowUpOffer    FollowUpEvent = "offer"
	FollowUpTakeBack FollowUpEvent = "take_back" // the volunteer passed, or nobody answered
	FollowUpStart    FollowUpEvent = "start"
	FollowUpFinish   FollowUpEvent = "finish"
	FollowUpFail     FollowUpEvent = "fail"
	FollowUpAsk      FollowUpEvent = "ask_person"
	FollowUpCancel   FollowUpEvent = "cancel"
	FollowUpExpire   FollowUpEvent = "expire"
	FollowUpMove     FollowUpEvent = "move" // to another time
)

// FollowUpTable holds every move of a follow-up. Nothing leaves an end: a cancelled promise is made anew, never revived.
var FollowUpTable = newTable[FollowUpState, FollowUpEvent]("follow-up", `
              fall_due  offer    take_back  start        finish  fail    ask_person    cancel     expire   move
planned       due       offered  .          in_progress  done    failed  needs_person  cancelled  expired  planned
due           .         offered  .          in_progress  done    failed  needs_person  cancelled  expired  planned
offered       .         .        due        in_progress  done    failed  needs_person  cancelled  expired  planned
in_progress   .         x        due        .            done    failed  needs_person  cancelled  x        planned
done          .         x        .          x            .       .       .             .          .        x
failed        .         x        .          x            done    .       .             .          .        x
needs_person  .         offered  .          in_progress  done    failed  .             cancelled  expired  planned
cancelled     .         x        .          x            .       .       .             .          .        x
expired       .         x        .          x            .       .       .             .          .        x
`)

// Apply answers with the move an event makes.
func (f FollowUp) Apply(event FollowUpEvent, at time.Time) (Change[FollowUpState, FollowUpEvent], error) {
	return FollowUpTable.Apply(f.State, event, at)
}

// FollowUpOpen are the states in which a follow-up is still to come; STOP and a reply cancel these.
var FollowUpOpen = []FollowUpState{FollowUpPlanned, FollowUpDue, FollowUpOffered, FollowUpNeedsPerson}

// Reasons lists why we get back to somebody.
var Reasons = []Reason{
	"before_commitment", "after_commitment", "scheduled_call", "revisit", "maintenance", "first_week", "returned_call",
	"unanswered_text", "needs_language", "retaliation", "find_out", "asked", "wave", "heads_up",
}

const (
	ReasonBefore      Reason = "before_commitment"
	ReasonAfter       Reason = "after_commitment"
	ReasonScheduled   Reason = "scheduled_call"
	ReasonReturned    Reason = "returned_call"
	ReasonLanguage    Reason = "needs_language"
	ReasonRetaliation Reason = "retaliation" // a coordinator's
	ReasonFindOut     Reason = "find_out"    // we said that we would find something out
	ReasonAsked       Reason = "asked"       // a coordinator set it by hand or through the API
	ReasonWave        Reason = "wave"        // a wave has them
	ReasonHeadsUp     Reason = "heads_up"    // the text of the day before a wave
)

// MayBeAutomatic lists what may go out without a person's press, and then only with the person's recorded text_ok: the
// reminders and check-ins that were agreed in the talk, and the word of the day before a wave.
func (r Reason) MayBeAutomatic() bool {
	return r == ReasonBefore || r == ReasonAfter || r == ReasonScheduled || r == ReasonHeadsUp
}

// LateBy is how long after its time a text may still go out; later than that a person decides.
const LateBy = 4 * time.Hour

// Local wishes are written without a zone, as a person says them.
const LocalForm = "2006-01-02T15:04"

// Instant reads a local wish in a zone. A wish inside the hour that a spring change skips moves forward, and one inside
// the hour that an autumn change repeats takes the first, as package time does.
func Instant(local, zone string) (time.Time, error) {
	loc, err := Zone(zone)
	if err != nil {
		return time.Time{}, Because(err, Invalid, "We don't know the time zone %q.", zone)
	}
	at, err := time.ParseInLocation(LocalForm, local, loc)
	if err != nil {
		return time.Time{}, Because(err, Invalid, "%q is no date and time. Write it like 2026-12-03T18:30.", local)
	}
	return at.UTC(), nil
}
