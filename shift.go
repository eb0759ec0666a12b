package phonebank

import "time"

// Shift is one volunteer's presence in a session, which is one phone-bank evening.
type Shift struct {
	ID           ShiftID        `db:"id"`
	SessionID    SessionID      `db:"session_id"`
	UserID       UserID         `db:"user_id"`
	State        ShiftState     `db:"state"`
	Admitted     bool           `db:"admitted"`
	PersonID     PersonID       `db:"person_id"` // whose card is open
	FollowUpID   FollowUpID     `db:"follow_up_id"`
	Conversation ConversationID `db:"conversation_id"`
	LegCallID    CallID         `db:"leg_call_id"` // the volunteer's own phone
	LegJoined    bool           `db:"leg_joined"`
	ConferenceID string         `db:"conference_sid"`
	Help         bool           `db:"help"`
	SeenAt       time.Time      `db:"seen_at"` // when the panel last spoke to us
	StateSince   time.Time      `db:"state_since"`
	CreatedAt    time.Time      `db:"created_at"`

	ClosedPerson   PersonID   `db:"closed_person_id"` // whose card closed by itself, until their next step
	ClosedFollowUp FollowUpID `db:"closed_follow_up_id"`
}

type (
	ShiftState string
	ShiftEvent string
)

const (
	ShiftOff        ShiftState = "off"
	ShiftConnecting ShiftState = "connecting" // their own phone rings, or waits for the 1
	ShiftBreak      ShiftState = "break"      // connected, and nobody is handed to them
	ShiftReady      ShiftState = "ready"
	ShiftReserved   ShiftState = "reserved" // a person's card is open, nobody is rung yet
	ShiftOnCall     ShiftState = "on_call"
	ShiftWrapUp     ShiftState = "wrap_up"
)

const (
	ShiftConnect ShiftEvent = "connect" // we ring their phone
	ShiftJoin    ShiftEvent = "join"    // they pressed 1
	ShiftRest    ShiftEvent = "rest"
	ShiftGoReady ShiftEvent = "ready"
	ShiftReserve ShiftEvent = "reserve" // a person is handed to them
	ShiftRelease ShiftEvent = "release" // they pass, or the hold ran out
	ShiftDial    ShiftEvent = "dial"    // the call is written down, or a caller is put through
	ShiftMissed  ShiftEvent = "missed"  // the line ended before anybody spoke
	ShiftHungUp  ShiftEvent = "hung_up" // a talk ended
	ShiftSaved   ShiftEvent = "saved"   // wrap-up is stored
	ShiftLeave   ShiftEvent = "leave"
)

// ShiftTable holds every move of a shift. Joining leads to a break, not to ready: whoever is ready may be handed a
// caller at any second, and a newcomer reads the briefing first.
var ShiftTable = newTable[ShiftState, ShiftEvent]("shift", `
            connect     join   rest   ready  reserve   release  dial     missed  hung_up  saved  leave
off         connecting  break  x      x      x         .        x        .       .        x      .
connecting  .           break  .      x      x         .        x        .       .        x      off
break       .           .      .      ready  x         .        on_call  .       .        x      off
ready       .           .      break  .      reserved  .        on_call  .       .        x      off
reserved    .           .      break  x      x         ready    on_call  .       .        x      off
on_call     .           .      x      x      x         x        .        ready   wrap_up  x      off
wrap_up     .           .      x      x      x         x        on_call  .       .        ready  off
`)

// Apply answers with the move an event makes.
func (s Shift) Apply(event ShiftEvent, at time.Time) (Change[ShiftState, ShiftEvent], error) {
	change, err := ShiftTable.Apply(s.State, event, at)
	if err == nil && change.Moved() && s.State == ShiftReserved && (event == ShiftRest || event == ShiftLeave || event == ShiftRelease) {
		change.Effects = []Effect{ReleasePerson}
	}
	return change, err
}

// PanelSilence is how long a panel may say nothing before its volunteer counts as gone: their leg is dropped and the
// person they held goes back on the list. A talk that is under way is never cut for it.
const PanelSilence = 90 * time.Second

// HoldFor is how long one person is held for one volunteer; the panel renews it.
const HoldFor = 10 * time.Minute
