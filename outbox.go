package phonebank

import "time"

// Outbox is one text that must leave, at most once. Twilio has no idempotency key on Messages, so a lost answer is an
// unknown outcome: it is resolved by a callback, by looking, or by a person, and there is no arrow from unknown to ready.
type Outbox struct {
	ID           OutboxID       `db:"id"`
	State        OutboxState    `db:"state"`
	FollowUpID   *FollowUpID    `db:"follow_up_id"`
	Step         int            `db:"step"`
	Nonce        *string        `db:"nonce"` // of the form that asked for it: a second press is the same text
	CampaignID   CampaignID     `db:"campaign_id"`
	PersonID     PersonID       `db:"person_id"`
	PhoneID      PhoneID        `db:"phone_id"`
	UserID       UserID         `db:"user_id"`
	Conversation ConversationID `db:"conversation_id"`
	MessageID    *MessageID     `db:"message_id"`
	From         Number         `db:"from_number"`
	To           Number         `db:"to_number"`
	Body         string         `db:"body"`
	Automatic    bool           `db:"automatic"`
	Legal        bool           `db:"legal"` // the one answer that STOP, START and HELP are owed
	Generation   int            `db:"generation"`
	Attempt      int            `db:"attempt"`
	Token        string         `db:"token"`
	SID          *string        `db:"sid"`
	NotBefore    time.Time      `db:"not_before"`
	NotAfter     time.Time      `db:"not_after"`
	RungAt       *time.Time     `db:"rung_at"`
	ClaimedAt    *time.Time     `db:"claimed_at"`
	ErrorCode    int            `db:"error_code"`
	Why          string         `db:"why"`
	CreatedAt    time.Time      `db:"created_at"`
	Looked       int            `db:"looked"`   // how often it was looked up at Twilio while nobody knew what became of it
	AskedAt      *time.Time     `db:"asked_at"` // since when a person is asked about it
	DecidedBy    UserID         `db:"decided_by"`
	DecidedAt    *time.Time     `db:"decided_at"`
}

type (
	OutboxState string
	OutboxEvent string
)

const (
	OutboxHeld      OutboxState = "held"  // waits for a person's press
	OutboxReady     OutboxState = "ready" // goes at its time
	OutboxSending   OutboxState = "sending"
	OutboxAccepted  OutboxState = "accepted"
	OutboxUnknown   OutboxState = "unknown"
	OutboxFailed    OutboxState = "failed"
	OutboxCancelled OutboxState = "cancelled"
	OutboxExpired   OutboxState = "expired"
)

const (
	OutboxRelease OutboxEvent = "release"
	OutboxHold    OutboxEvent = "hold"
	OutboxClaim   OutboxEvent = "claim"
	OutboxAccept  OutboxEvent = "accept"   // Twilio said 201, or a callback carried our token
	OutboxBackOff OutboxEvent = "back_off" // nothing was written, or 429: it never reached a queue
	OutboxLose    OutboxEvent = "lose"     // nobody knows
	OutboxFail    OutboxEvent = "fail"
	OutboxCancel  OutboxEvent = "cancel"
	OutboxExpire  OutboxEvent = "expire"
)

// OutboxTable holds every move of a text that must leave.
var OutboxTable = newTable[OutboxState, OutboxEvent]("text", `
           release  hold  claim    accept    back_off  lose     fail    cancel     expire
held       ready    .     x        x         x         x        failed  cancelled  expired
ready      .        held  sending  x         .         x        failed  cancelled  expired
sending    x        x     x        accepted  ready     unknown  failed  x          x
accepted   x        x     x        .         .         .        .       .          .
unknown    x        x     x        accepted  x         .        failed  .          .
failed     x        x     x        accepted  x         .        .       .          .
cancelled  x        x     x        accepted  x         .        .       .          .
expired    x        x     x        accepted  x         .        .       .          .
`)

// Apply answers with the move an event makes.
func (o Outbox) Apply(event OutboxEvent, at time.Time) (Change[OutboxState, OutboxEvent], error) {
	return OutboxTable.Apply(o.State, event, at)
}

// SentAgain is why a text is closed whose outcome nobody knew and that a person sent again.
const SentAgain = "Nobody knew whether it went. It was sent again."

const (
	// TextsPerDay and CallsPerDay cap what one number gets from us in 24 hours without an answer between, whatever
	// else goes wrong.
	TextsPerDay = 3
	CallsPerDay = 3
	// ClaimLease is how long a claimed text may stay without an outcome before it counts as unknown.
	ClaimLease = 60 * time.Second
	// ClaimToSend is the longest time between a claim and its request: a process that slept longer must not send.
	ClaimToSend = 5 * time.Second
)
