package phonebank

import "time"

// Retaliation is what somebody told us was done to them for standing up: a threat, a notice, a cut of hours. It stays open
// until a coordinator has worked through the plan with them.
type Retaliation struct {
	ID           RetaliationID      `db:"id"` // the mark's own, so that a repeat is the same report
	PersonID     PersonID           `db:"person_id"`
	Conversation ConversationID     `db:"conversation_id"`
	UserID       UserID             `db:"user_id"` // who heard it
	FollowUpID   FollowUpID         `db:"follow_up_id"`
	Words        string             `db:"words"`
	Checklist    map[string]Planned `db:"-"`
	Note         string             `db:"note"` // how it was closed
	State        RetaliationState   `db:"state"`
	At           time.Time          `db:"at"`
	ClosedAt     *time.Time         `db:"closed_at"`
}

type (
	RetaliationID    string
	RetaliationState string
	RetaliationEvent string
)

const (
	RetaliationOpen   RetaliationState = "open"
	RetaliationClosed RetaliationState = "closed"
)

const (
	RetaliationClose  RetaliationEvent = "close"
	RetaliationReopen RetaliationEvent = "reopen"
)

// RetaliationTable holds every move of a report.
var RetaliationTable = newTable[RetaliationState, RetaliationEvent]("report", `
        close   reopen
open    closed  .
closed  .       open
`)

// Apply answers with the move an event makes.
func (r Retaliation) Apply(event RetaliationEvent, at time.Time) (Change[RetaliationState, RetaliationEvent], error) {
	return RetaliationTable.Apply(r.State, event, at)
}

// Planned is one point of the plan: what was found out, and whether it is settled.
type Planned struct {
	Done  bool   `json:"done"`
	Words string `json:"words"`
}

// Point is one line of the plan that a coordinator goes through with somebody who was threatened.
type Point struct {
	Key  string
	Ask  string
	Hint string
}

// RetaliationPlan lists the points in the order in which they matter: first that they are safe.
var RetaliationPlan = []Point{
	{"safe_now", "Are they safe now?", "If anybody is in danger, help comes first. Ask where they are and who is with them."},
	{"what_happened", "What happened, when, and who did it?", "In their words, with the day and the hour."},
	{"witnesses", "Who saw or heard it?", "Names, and whether they would say so."},
	{"keep_papers", "Letters, messages and photos are kept", "Ask them to keep everything and to send us a photo of it."},
	{"legal_clinic", "Somebody who knows the law has looked at it", "The legal clinic, the union's lawyer, or the hotline."},
	{"who_stands", "Who stands with them?", "Nobody goes through this alone: name the people who come along."},
	{"talk_again", "When do we talk again, and who calls?", "A day and a name. Write it on their page as a promise, too."},
}

// RetaliationPoint tells whether the plan has such a point.
func RetaliationPoint(key string) bool {
	for _, p := range RetaliationPlan {
		if p.Key == key {
			return true
		}
	}
	return false
}
