package phonebank

import "time"

// Commitment is what a person said they would do, by when. It is kept or not by what happens, never by saying yes.
type Commitment struct {
	ID           CommitmentID    `db:"id"`
	CampaignID   CampaignID      `db:"campaign_id"`
	PersonID     PersonID        `db:"person_id"`
	Conversation ConversationID  `db:"conversation_id"`
	UserID       UserID          `db:"user_id"` // who agreed it with them
	What         string          `db:"what"`
	ByLocal      string          `db:"by_local"` // as it was said, in the person's zone: 2026-12-03T18:30
	Zone         string          `db:"zone"`
	By           time.Time       `db:"by_at"`
	State        CommitmentState `db:"state"`
	CreatedAt    time.Time       `db:"created_at"`
	SettledAt    *time.Time      `db:"settled_at"`
}

type (
	CommitmentState string
	CommitmentEvent string
)

const (
	CommitmentOpen   CommitmentState = "open"
	CommitmentKept   CommitmentState = "kept"
	CommitmentPartly CommitmentState = "partly"
	CommitmentMissed CommitmentState = "missed"
	CommitmentMoved  CommitmentState = "moved"
	CommitmentLetGo  CommitmentState = "let_go" // they changed their mind
)

// CommitmentTable holds every move of a commitment. Each event is named like the state it leads to; a wrong mark can be
// corrected, since people call back and say how it really went.
var CommitmentTable = newTable[CommitmentState, CommitmentEvent]("commitment", `
        kept  partly  missed  moved  let_go  reopen
open    kept  partly  missed  moved  let_go  .
kept    .     partly  missed  x      let_go  open
partly  kept  .       missed  x      let_go  open
missed  kept  partly  .       moved  let_go  open
moved   x     x       x       .      x       x
let_go  kept  partly  x       x      .       open
`)

// Apply answers with the move an event makes.
func (c Commitment) Apply(event CommitmentEvent, at time.Time) (Change[CommitmentState, CommitmentEvent], error) {
	return CommitmentTable.Apply(c.State, event, at)
}
