package phonebank

import "time"

// Message is one text, in or out. Its words are kept letter by letter.
type Message struct {
	ID           MessageID      `db:"id"`
	Direction    Direction      `db:"direction"`
	State        MessageState   `db:"state"`
	SID          string         `db:"sid"`
	CampaignID   CampaignID     `db:"campaign_id"`
	PersonID     PersonID       `db:"person_id"`
	PhoneID      PhoneID        `db:"phone_id"`
	UserID       UserID         `db:"user_id"` // who sent it, or whose it is to answer
	Conversation ConversationID `db:"conversation_id"`
	From         Number         `db:"from_number"`
	To           Number         `db:"to_number"`
	Body         string         `db:"body"`
	Media        int            `db:"media"`
	ErrorCode    int            `db:"error_code"`
	Automatic    bool           `db:"automatic"`
	At           time.Time      `db:"at"`
	SeenAt       *time.Time     `db:"seen_at"` // when its volunteer opened it
}

// Direction says who wrote a text.
type Direction string

const (
	In  Direction = "in"
	Out Direction = "out"
)

// MessageState is Twilio's message status, with two of our own: planned (written down, not yet accepted) and received.
type MessageState string

const (
	MessagePlanned     MessageState = "planned"
	MessageReceived    MessageState = "received"
	MessageAccepted    MessageState = "accepted"
	MessageScheduled   MessageState = "scheduled"
	MessageQueued      MessageState = "queued"
	MessageSending     MessageState = "sending"
	MessageSent        MessageState = "sent"
	MessageCanceled    MessageState = "canceled"
	MessageFailed      MessageState = "failed"
	MessageUndelivered MessageState = "undelivered"
	MessageDelivered   MessageState = "delivered"
	MessageRead        MessageState = "read"
)

// messageRank orders Twilio's statuses: its callbacks come in no certain order ("Track outbound message status"), so a
// text only ever climbs, and delivered beats undelivered where both come.
var messageRank = map[MessageState]int{
	MessagePlanned: 0, MessageReceived: 0, MessageAccepted: 5, MessageScheduled: 7, MessageQueued: 10, MessageSending: 20,
	MessageSent: 30, MessageCanceled: 40, MessageFailed: 40, MessageUndelivered: 40, MessageDelivered: 50, MessageRead: 60,
}

// MessageStates lists every state, for the database's CHECK.
var MessageStates = []MessageState{
	MessagePlanned, MessageReceived, MessageAccepted, MessageScheduled, MessageQueued, MessageSending, MessageSent,
	MessageCanceled, MessageFailed, MessageUndelivered, MessageDelivered, MessageRead,
}

// Rank is the height of a state on the ladder; an unknown word ranks 0 and changes nothing.
func (s MessageState) Rank() int { return messageRank[s] }

// Climb joins two reports about one text. The higher stays; at equal height the first stays, and conflict tells that
// they differ, which the journal keeps. An error code stays with the state that it came with.
func (s MessageState) Climb(next MessageState) (state MessageState, conflict bool) {
	switch {
	case next.Rank() > s.Rank():
		return next, s.Rank() == MessageFailed.Rank()
	case next.Rank() == s.Rank() && next.Rank() > 0 && next != s:
		return s, true
	}
	return s, false
}
