package phonebank

import "time"

// PossibleNo is something that somebody said which may have been a no. While it is open, nothing goes out to their number.
type PossibleNo struct {
	ID      PossibleNoID    `db:"id"`
	PhoneID PhoneID         `db:"phone_id"`
	Words   string          `db:"words"`
	State   PossibleNoState `db:"state"`
	At      time.Time       `db:"at"`
	RuledBy UserID          `db:"ruled_by"`
	RuledAt *time.Time      `db:"ruled_at"`
	Why     string          `db:"why"`
}

type (
	PossibleNoID    string
	PossibleNoState string
	PossibleNoEvent string
)

const (
	PossibleNoOpen PossibleNoState = "open"
	WasNo          PossibleNoState = "was_no"
	WasOther       PossibleNoState = "was_other"
)

const (
	RuleNo    PossibleNoEvent = "rule_no"
	RuleOther PossibleNoEvent = "rule_other"
)

// PossibleNoTable holds every ruling. A ruling stands: whoever was blocked by it is opened again by their own wish, and
// whoever was not says it once more.
var PossibleNoTable = newTable[PossibleNoState, PossibleNoEvent]("ruling", `
           rule_no  rule_other
open       was_no   was_other
was_no     .        x
was_other  x        .
`)

// Apply answers with the move an event makes.
func (n PossibleNo) Apply(event PossibleNoEvent, at time.Time) (Change[PossibleNoState, PossibleNoEvent], error) {
	return PossibleNoTable.Apply(n.State, event, at)
}
