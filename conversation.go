package phonebank

import (
	"encoding/json"
	"time"
)

// Conversation is one talk between a person and their volunteer, by call, by text or face to face, guided by one
// version of a script. Its events are append-only: they replay to the same state on any machine.
type Conversation struct {
	ID            ConversationID    `db:"id"`
	CampaignID    CampaignID        `db:"campaign_id"`
	SessionID     SessionID         `db:"session_id"`
	ShiftID       ShiftID           `db:"shift_id"`
	PersonID      PersonID          `db:"person_id"`
	UserID        UserID            `db:"user_id"`
	Channel       string            `db:"channel"`
	State         ConversationState `db:"state"`
	ScriptID      string            `db:"script_id"`
	ScriptVersion int               `db:"script_version"`
	Locale        string            `db:"locale"`
	Kind          string            `db:"kind"`   // recruitment, maintenance, escalation, any
	AskID         string            `db:"ask_id"` // the one live ask, chosen before the talk; "none" where nothing is asked
	Outcome       Outcome           `db:"outcome"`
	Holder        string            `db:"holder"` // the browser tab that may write
	HeldAt        *time.Time        `db:"held_at"`
	StartedAt     time.Time         `db:"started_at"`
	EndedAt       *time.Time        `db:"ended_at"`
	WrappedAt     *time.Time        `db:"wrapped_at"`
}

type (
	ConversationState string
	ConversationEvent string
	Outcome           string
)

// The ways in which a talk is held.
const (
	TalkByCall   = "call"
	TalkByText   = "text"
	TalkInPerson = "in_person"
)

const (
	ConversationOpen    ConversationState = "open"
	ConversationEnded   ConversationState = "ended" // the line is down, wrap-up is owed
	ConversationWrapped ConversationState = "wrapped"
)

const (
	ConversationEnd    ConversationEvent = "end"
	ConversationWrap   ConversationEvent = "wrap"
	ConversationReopen ConversationEvent = "reopen" // called back after a dropped line
	ConversationUndo   ConversationEvent = "undo"   // the wrap-up is taken back, and owed again
)

// ConversationTable holds every move of a conversation. A wrap-up that arrives before the end of the call is welcome: it
// may have waited in an offline browser.
var ConversationTable = newTable[ConversationState, ConversationEvent]("conversation", `
         end    wrap     reopen  undo
open     ended  wrapped  .       .
ended    .      wrapped  open    .
wrapped  .      .        x       ended
`)

// UndoFor is how long a wrap-up can be taken back.
const UndoFor = 10 * time.Minute

// LongestOwnLine bounds a volunteer's own wording of a line: what is longer is not said in one breath.
const LongestOwnLine = 600

// Apply answers with the move an event makes.
func (c Conversation) Apply(event ConversationEvent, at time.Time) (Change[ConversationState, ConversationEvent], error) {
	return ConversationTable.Apply(c.State, event, at)
}

const (
	OutcomeNone          Outcome = ""
	OutcomeCommitment    Outcome = "commitment"
	OutcomeConnected     Outcome = "connected"
	OutcomeNoThanks      Outcome = "no_thanks"
	OutcomeCallback      Outcome = "callback"
	OutcomeNeedsLanguage Outcome = "needs_language"
	OutcomeBadNumber     Outcome = "bad_number"
	OutcomeOptOut        Outcome = "opt_out"
)

// Outcomes lists what a talk can come to; none of them is a failure, and a yes is only one of several.
var Outcomes = []Outcome{
	OutcomeCommitment, OutcomeConnected, OutcomeNoThanks, OutcomeCallback, OutcomeNeedsLanguage, OutcomeBadNumber, OutcomeOptOut,
}

// Supports lists how a person stands to the cause, as the volunteer heard it.
var Supports = []string{"strong_yes", "leaning_yes", "unsure", "leaning_no", "no", "not_heard"}

// Event is one thing that the volunteer marked: a light, a tick, a word that was heard. The browser gave it its id and
// time and kept it in its own store first, so it may arrive late and more than once.
type Event struct {
	ID   string          `db:"id" json:"id"`
	At   time.Time       `db:"at" json:"at"`
	Type string          `db:"type" json:"type"`
	Data json.RawMessage `db:"data" json:"data"`
}

// EventTypes are the events that a panel may send.
var EventTypes = map[string]bool{
	"visit": true, "light": true, "probe": true, "line": true, "slot": true, "note": true, "silence": true, "moment": true,
	"path": true, "ask": true, "locale": true, "ending": true, "engine": true,
	"cue": true, "fact": true, "find_out": true, "own_line": true, "retaliation": true,
}
