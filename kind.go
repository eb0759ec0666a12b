package phonebank

import "time"

// The kinds of one-on-ones, in the order in which a relationship grows. An agenda fits any of them.
const (
	KindRecruitment = "recruitment"
	KindMaintenance = "maintenance"
	KindEscalation  = "escalation"
	KindAny         = "any"
)

// Kinds lists them.
var Kinds = []string{KindRecruitment, KindMaintenance, KindEscalation, KindAny}

// Relationship is what is known about a person before a talk with them.
type Relationship struct {
	Rung       int         // on the ladder
	Kept       int         // promises that they kept
	Stake      bool        // somebody has heard why it matters to them
	TalkedAt   *time.Time  // the last real talk; nil: there was none
	TalkedWith string      // whoever held it; empty: whoever asks
	Last       *Commitment // the newest thing that they said they would do
	StepUpBy   string      // the coordinator who says that they are ready for more; empty: nobody does
	StepUpAt   *time.Time
}

// Sentence is a sentence of ours before it is said in somebody's language: the English is its key. A time among its
// arguments is a day where the person lives.
type Sentence struct {
	Format string
	Args   []any
}

func sentence(format string, args ...any) Sentence { return Sentence{format, args} }

// Gate is what must be true before somebody is asked to take on more. Asking earlier would ask for more before saying thanks.
type Gate struct {
	Kept int  // promises that were kept
	Days int  // how old the last talk may be; 0: any age
	OK   bool // a coordinator must have said so
}

// StepUpGate is the gate of a step-up script that names none of its own.
var StepUpGate = Gate{Kept: 2, Days: 60, OK: true}

// Closed tells why the gate is closed for somebody, the first thing that is missing first.
func (g Gate) Closed(r Relationship, at time.Time) (why Sentence, closed bool) {
	switch {
	case r.Kept < g.Kept && r.Kept == 0:
		return sentence("A step up needs %d kept promises. So far there is none.", g.Kept), true
	case r.Kept < g.Kept:
		return sentence("A step up needs %d kept promises. So far they have kept %d.", g.Kept, r.Kept), true
	case g.Days > 0 && r.TalkedAt == nil:
		return sentence("A step up needs a talk in the last %d days. There was none yet.", g.Days), true
	case g.Days > 0 && at.Sub(*r.TalkedAt) > time.Duration(g.Days)*24*time.Hour:
		return sentence("A step up needs a talk in the last %d days. The last one was on %s.", g.Days, *r.TalkedAt), true
	case g.OK && r.StepUpAt == nil:
		return sentence("A step up needs a coordinator's OK, which is given on the person's page."), true
	}
	return Sentence{}, false
}

// Suggest answers with the kind of talk that fits, and why. It only suggests: whoever talks chooses. about is what a
// callback is for, "" where it is none.
func Suggest(r Relationship, gate Gate, about Reason, at time.Time) (kind string, because Sentence) {
	_, closed := gate.Closed(r, at)
	overdue := r.Last != nil && r.Last.State == CommitmentOpen && !r.Last.By.After(at)
	known := r.Stake || r.Last != nil || r.Kept > 0 || r.Rung > RungMet
	switch {
	case overdue:
		return KindMaintenance, sentence("They said they would %s. Hear how it went before you ask for anything new.", r.Last.What)
	case about == ReasonBefore || about == ReasonAfter || about == "maintenance" || about == "first_week":
		return KindMaintenance, r.lastTime()
	case !closed:
		return KindEscalation, sentence("They have kept %d promises, and %s says they are ready for more.", r.Kept, r.StepUpBy)
	case known:
		return KindMaintenance, r.lastTime()
	case r.TalkedAt == nil:
		return KindRecruitment, sentence("You haven't talked yet. Say who you are, and get to know them.")
	case r.TalkedWith == "":
		return KindRecruitment, sentence("You talked on %s, and nobody has heard yet why it matters to them.", *r.TalkedAt)
	}
	return KindRecruitment, sentence("%s talked with them on %s, and nobody has heard yet why it matters to them.", r.TalkedWith, *r.TalkedAt)
}

// lastTime is what a catch-up carries in.
func (r Relationship) lastTime() Sentence {
	switch {
	case r.TalkedAt == nil && r.Last == nil:
		return sentence("You know each other already. Hear how they are.")
	case r.TalkedAt == nil:
		return sentence("They said they would %s.", r.Last.What)
	case r.TalkedWith == "" && r.Last == nil:
		return sentence("You talked on %s. Hear how they have been since.", *r.TalkedAt)
	case r.TalkedWith == "":
		return sentence("You talked on %s, and they said they would %s.", *r.TalkedAt, r.Last.What)
	case r.Last == nil:
		return sentence("%s talked with them on %s. Hear how they have been since.", r.TalkedWith, *r.TalkedAt)
	}
	return sentence("%s talked with them on %s, and they said they would %s.", r.TalkedWith, *r.TalkedAt, r.Last.What)
}
