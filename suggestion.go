package phonebank

import "time"

// Suggestion is what a text of theirs seems to say about something that was promised. It changes nothing: a person reads
// it, with the text beside it, and confirms or dismisses it.
type Suggestion struct {
	ID           SuggestionID    `db:"id"`
	MessageID    MessageID       `db:"message_id"`
	PersonID     PersonID        `db:"person_id"`
	PhoneID      PhoneID         `db:"phone_id"`
	CommitmentID CommitmentID    `db:"commitment_id"`
	FollowUpID   FollowUpID      `db:"follow_up_id"` // the call that would move
	Kind         SuggestionKind  `db:"kind"`
	Event        CommitmentEvent `db:"event"`      // of kind settle: how it went
	Local        string          `db:"local_wish"` // of kind time: when they want to be called, where they are
	Zone         string          `db:"zone"`
	Falls        bool            `db:"falls"` // what was planned will not be, they say
	Plain        bool            `db:"plain"` // the whole text says just this
	Spanish      bool            `db:"spanish"`
	Ask          string          `db:"ask"`   // of kind ask: what a person should ask, as a sentence of ours
	Reply        string          `db:"reply"` // what a person may write back
	State        SuggestionState `db:"state"`
	Why          string          `db:"why"`
	At           time.Time       `db:"at"`
	DecidedBy    UserID          `db:"decided_by"`
	DecidedAt    *time.Time      `db:"decided_at"`
}

type (
	SuggestionID    string
	SuggestionKind  string
	SuggestionState string
	SuggestionEvent string
)

const (
	SuggestSettle SuggestionKind = "settle" // how a promise went
	SuggestTime   SuggestionKind = "time"   // when to call
	SuggestAsk    SuggestionKind = "ask"    // it could mean more than one thing: a person asks
)

// SuggestionKinds lists them, for the database's CHECK.
var SuggestionKinds = []SuggestionKind{SuggestSettle, SuggestTime, SuggestAsk}

const (
	SuggestionOpen      SuggestionState = "open"
	SuggestionConfirmed SuggestionState = "confirmed"
	SuggestionDismissed SuggestionState = "dismissed"
)

const (
	SuggestionConfirm SuggestionEvent = "confirm"
	SuggestionDismiss SuggestionEvent = "dismiss" // a person said no to it, or it fell away
)

// SuggestionTable holds every move of a suggestion. What was decided stays decided.
var SuggestionTable = newTable[SuggestionState, SuggestionEvent]("suggestion", `
           confirm    dismiss
open       confirmed  dismissed
confirmed  .          x
dismissed  x          .
`)

// Apply answers with the move an event makes.
func (s Suggestion) Apply(event SuggestionEvent, at time.Time) (Change[SuggestionState, SuggestionEvent], error) {
	return SuggestionTable.Apply(s.State, event, at)
}
