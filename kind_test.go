package phonebank

import (
	"fmt"
	"testing"
	"time"
)

var aTalk = time.Date(2026, 11, 23, 19, 0, 0, 0, time.UTC)

func daysBefore(n int) *time.Time {
	at := aTalk.AddDate(0, 0, -n)
	return &at
}

// ready is somebody whom a coordinator trusts with more.
func ready(change func(*Relationship)) Relationship {
	r := Relationship{Rung: RungTask, Kept: 2, Stake: true, TalkedAt: daysBefore(20), StepUpBy: "Rosa", StepUpAt: daysBefore(1)}
	if change != nil {
		change(&r)
	}
	return r
}

func promised(state CommitmentState, by time.Time) *Commitment {
	return &Commitment{What: "bring a neighbor", State: state, By: by}
}

func said(s Sentence) string { return fmt.Sprintf(s.Format, s.Args...) }

func TestSuggest_KindFollowsTheRelationshipAndSaysWhy(t *testing.T) {
	tomorrow, yesterday := aTalk.AddDate(0, 0, 1), aTalk.AddDate(0, 0, -1)
	for _, row := range []struct {
		who   string
		r     Relationship
		about Reason
		want  string
		says  string
	}{
		{"a stranger", Relationship{}, "", KindRecruitment, "You haven't talked yet. Say who you are, and get to know them."},
		{"met by another, stake unknown", Relationship{TalkedAt: daysBefore(60), TalkedWith: "Luis"}, "", KindRecruitment,
			fmt.Sprintf("Luis talked with them on %s, and nobody has heard yet why it matters to them.", daysBefore(60))},
		{"met by the same volunteer", Relationship{TalkedAt: daysBefore(60)}, "", KindRecruitment,
			fmt.Sprintf("You talked on %s, and nobody has heard yet why it matters to them.", daysBefore(60))},
		{"told their stake", Relationship{TalkedAt: daysBefore(9), Stake: true}, "", KindMaintenance, fmt.Sprintf("You talked on %s. Hear how they have been since.", daysBefore(9))},
		{"on a rung, by hand", Relationship{Rung: RungStory}, "", KindMaintenance, "You know each other already. Hear how they are."},
		{"promised, not due yet", Relationship{TalkedAt: daysBefore(9), Last: promised(CommitmentOpen, tomorrow)}, "", KindMaintenance,
			fmt.Sprintf("You talked on %s, and they said they would bring a neighbor.", daysBefore(9))},
		{"promised to another", Relationship{TalkedAt: daysBefore(9), TalkedWith: "Luis", Last: promised(CommitmentMissed, yesterday)}, "", KindMaintenance,
			fmt.Sprintf("Luis talked with them on %s, and they said they would bring a neighbor.", daysBefore(9))},
		{"promise is due this very moment", Relationship{TalkedAt: daysBefore(9), Last: promised(CommitmentOpen, aTalk)}, "", KindMaintenance,
			"They said they would bring a neighbor. Hear how it went before you ask for anything new."},
		{"a check-in that was agreed", Relationship{TalkedAt: daysBefore(28)}, "maintenance", KindMaintenance, fmt.Sprintf("You talked on %s. Hear how they have been since.", daysBefore(28))},
		{"ready for more", ready(nil), "", KindEscalation, "They have kept 2 promises, and Rosa says they are ready for more."},
		{"ready, called on the day after a promise", ready(nil), ReasonAfter, KindMaintenance, fmt.Sprintf("You talked on %s. Hear how they have been since.", daysBefore(20))},
		{"ready, with a promise that is overdue", ready(func(r *Relationship) { r.Last = promised(CommitmentOpen, yesterday) }), "", KindMaintenance,
			"They said they would bring a neighbor. Hear how it went before you ask for anything new."},
		{"ready, with a promise still to come", ready(func(r *Relationship) { r.Last = promised(CommitmentOpen, tomorrow) }), "", KindEscalation,
			"They have kept 2 promises, and Rosa says they are ready for more."},
		{"two kept, nobody's OK", ready(func(r *Relationship) { r.StepUpAt, r.StepUpBy = nil, "" }), "", KindMaintenance, fmt.Sprintf("You talked on %s. Hear how they have been since.", daysBefore(20))},
	} {
		kind, because := Suggest(row.r, StepUpGate, row.about, aTalk)
		if kind != row.want || said(because) != row.says {
			t.Errorf("%s: %s because %q, want %s because %q", row.who, kind, said(because), row.want, row.says)
		}
	}
}

func TestGate_ClosedSaysWhatIsMissing(t *testing.T) {
	exactly, over := aTalk.Add(-60*24*time.Hour), aTalk.Add(-60*24*time.Hour-time.Second)
	for _, row := range []struct {
		who  string
		gate Gate
		r    Relationship
		want string
	}{
		{"everything is there", StepUpGate, ready(nil), ""},
		{"no promise kept", StepUpGate, ready(func(r *Relationship) { r.Kept = 0 }), "A step up needs 2 kept promises. So far there is none."},
		{"one kept", StepUpGate, ready(func(r *Relationship) { r.Kept = 1 }), "A step up needs 2 kept promises. So far they have kept 1."},
		{"three kept", StepUpGate, ready(func(r *Relationship) { r.Kept = 3 }), ""},
		{"talked exactly sixty days ago", StepUpGate, ready(func(r *Relationship) { r.TalkedAt = &exactly }), ""},
		{"a second more", StepUpGate, ready(func(r *Relationship) { r.TalkedAt = &over }), fmt.Sprintf("A step up needs a talk in the last 60 days. The last one was on %s.", over)},
		{"never talked", StepUpGate, ready(func(r *Relationship) { r.TalkedAt = nil }), "A step up needs a talk in the last 60 days. There was none yet."},
		{"no coordinator's OK", StepUpGate, ready(func(r *Relationship) { r.StepUpAt = nil }), "A step up needs a coordinator's OK, which is given on the person's page."},
		{"a script without a gate asks for nothing", Gate{}, Relationship{}, ""},
	} {
		why, closed := row.gate.Closed(row.r, aTalk)
		if closed != (row.want != "") || said(why) != row.want && closed {
			t.Errorf("%s: closed is %v, %q, want %q", row.who, closed, said(why), row.want)
		}
	}
}
