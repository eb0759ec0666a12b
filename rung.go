package phonebank

import "time"

// The rungs of the ladder of engagement, as the product counts them. A script gives them its own names. A rung is earned
// by a promise that was kept or by evidence that somebody wrote down, never by saying yes.
const (
	RungMet      = 0 // a real conversation
	RungStory    = 1 // why it matters to them, in their words
	RungShowedUp = 2 // one promise kept
	RungTask     = 3 // two promises kept
	RungTop      = 9 // no ladder is longer
)

// RungMove is one move on the ladder: what speaks for it, who proposed it, and what a coordinator decided.
type RungMove struct {
	ID           RungMoveID     `db:"id"`
	PersonID     PersonID       `db:"person_id"`
	From         int            `db:"from_rung"`
	To           int            `db:"to_rung"`
	Ground       RungGround     `db:"ground"`
	Evidence     string         `db:"evidence"` // in words: theirs, what they did, or what a coordinator saw
	CommitmentID CommitmentID   `db:"commitment_id"`
	Conversation ConversationID `db:"conversation_id"`
	State        RungState      `db:"state"`
	ProposedBy   UserID         `db:"proposed_by"` // empty: the product did
	ProposedAt   time.Time      `db:"proposed_at"`
	DecidedBy    UserID         `db:"decided_by"`
	DecidedAt    *time.Time     `db:"decided_at"`
	Note         string         `db:"note"`
}

type (
	RungMoveID string
	RungState  string
	RungEvent  string
	RungGround string
)

const (
	RungProposed  RungState = "proposed"
	RungApproved  RungState = "approved"
	RungDeclined  RungState = "declined"
	RungWithdrawn RungState = "withdrawn" // its evidence fell away, or a later move says more
)

const (
	RungApprove  RungEvent = "approve"
	RungDecline  RungEvent = "decline"
	RungWithdraw RungEvent = "withdraw"
)

// What speaks for a move.
const (
	GroundStake   RungGround = "stake"
	GroundKept    RungGround = "kept"
	GroundKeptTwo RungGround = "kept_two"
	GroundByHand  RungGround = "by_hand"
)

// RungGrounds lists what may speak for a move.
var RungGrounds = []RungGround{GroundStake, GroundKept, GroundKeptTwo, GroundByHand}

// RungTable holds every move of a proposal. What was decided stays decided: whoever thinks otherwise later makes a new move,
// so that the history tells both.
var RungTable = newTable[RungState, RungEvent]("proposal", `
           approve   decline   withdraw
proposed   approved  declined  withdrawn
approved   .         x         .
declined   x         .         .
withdrawn  x         x         .
`)

// Apply answers with the move an event makes.
func (m RungMove) Apply(event RungEvent, at time.Time) (Change[RungState, RungEvent], error) {
	return RungTable.Apply(m.State, event, at)
}

// Evidence is what is known of a person that may earn them a rung.
type Evidence struct {
	Stake []Told // why it matters to them, in their words, the oldest first
	Kept  []Kept // promises that they kept, the oldest first
}

// Told is something they said, and in which talk.
type Told struct {
	Words        string         `db:"words"`
	Conversation ConversationID `db:"conversation_id"`
	At           time.Time      `db:"at"`
}

// Kept is a promise that they kept, with the rung of the ask that it answered (0: of none).
type Kept struct {
	ID   CommitmentID `db:"id"`
	What string       `db:"what"`
	Rung int          `db:"rung"`
	At   time.Time    `db:"at"`
}

// StakeNames are the slots in which a script keeps why it matters to a person.
var StakeNames = []string{"their_stake", "story"}

// Propose answers with the highest move that the evidence speaks for, if there is one. decided is when a coordinator last
// decided about this person's rung: they knew what was known then, so only what came later is a reason to ask again.
func Propose(rung int, e Evidence, decided time.Time) (best RungMove, earned bool) {
	best = RungMove{From: rung, To: rung, State: RungProposed}
	consider := func(at time.Time, m RungMove) {
		if m.To > best.To && at.After(decided) {
			m.From, m.State = rung, RungProposed
			best, earned = m, true
		}
	}
	for _, s := range e.Stake {
		consider(s.At, RungMove{To: RungStory, Ground: GroundStake, Evidence: s.Words, Conversation: s.Conversation})
	}
	for i, k := range e.Kept {
		to := k.Rung
		if to == 0 {
			to = RungShowedUp
		}
		consider(k.At, RungMove{To: min(to, RungTop), Ground: GroundKept, Evidence: k.What, CommitmentID: k.ID})
		if i > 0 {
			consider(k.At, RungMove{To: RungTask, Ground: GroundKeptTwo, Evidence: e.Kept[i-1].What + " · " + k.What, CommitmentID: k.ID})
		}
	}
	return best, earned
}
