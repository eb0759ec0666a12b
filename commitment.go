package phonebank

import (
	"fmt"
	"strings"
	"time"
)

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

// How a promise ends; each event is named like the state it leads to.
const (
	SettleKept   CommitmentEvent = "kept"
	SettlePartly CommitmentEvent = "partly"
	SettleMissed CommitmentEvent = "missed"
	SettleMoved  CommitmentEvent = "moved"
	SettleLetGo  CommitmentEvent = "let_go"
	SettleReopen CommitmentEvent = "reopen" // it was marked wrongly
)

// Settlements lists how a promise may end.
var Settlements = []CommitmentEvent{SettleKept, SettlePartly, SettleMissed, SettleMoved, SettleLetGo}

// ReasonUnanswered is the call that follows a check-in which nobody answered.
const ReasonUnanswered Reason = "unanswered_text"

// ReasonMaintenance is a talk to hear how somebody is, with nothing to ask of them.
const ReasonMaintenance Reason = "maintenance"

// ChainReasons are the follow-ups that a promise brings along: they end with it.
var ChainReasons = []Reason{ReasonBefore, ReasonAfter, ReasonUnanswered}

// AnswerWithin is how long a check-in waits for its answer before somebody calls: a day, and so one day of calling hours.
const AnswerWithin = 24 * time.Hour

// MissedEnough is how many promises in a row somebody misses before texts to them go by a person's press only.
const MissedEnough = 2

// CommitmentTable holds every move of a commitment. A wrong mark can be corrected, since people call back and say how it really went.
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

// Fits refuses a reminder that would come when the time of the promise is there already.
func (c Commitment) Fits(f FollowUp) error {
	if c.ID != "" && f.Reason == ReasonBefore && !f.DueAt.Before(c.By) {
		return Fail(Invalid, "A reminder has to come before what they promised, which is %s. Pick an earlier time for it.", whenFact(c.Zone, c.By))
	}
	return nil
}

// SpokenWhen writes a local wish as a text of ours says it, as the browser writes it too: "Thu Dec 3, 6:30 pm". What is no
// time stays as it is.
func SpokenWhen(local, locale string) string {
	at, err := time.Parse(LocalForm, local)
	if err != nil {
		return local
	}
	if strings.HasPrefix(locale, "es") {
		return fmt.Sprintf("%s %d %s, %d:%02d", spokenDays[at.Weekday()], at.Day(), spokenMonths[at.Month()-1], at.Hour(), at.Minute())
	}
	clock := "3 pm"
	if at.Minute() != 0 {
		clock = "3:04 pm"
	}
	return at.Format("Mon Jan 2, " + clock)
}

var (
	spokenDays   = [...]string{"dom", "lun", "mar", "mié", "jue", "vie", "sáb"}
	spokenMonths = [...]string{"ene", "feb", "mar", "abr", "may", "jun", "jul", "ago", "sep", "oct", "nov", "dic"}
)
