package phonebank

import (
	"testing"
	"time"
)

func TestRungTable_EveryPairOfStateAndEventIsListed(t *testing.T) { guard(t, RungTable) }

func TestPropose_AKeptPromiseOrTheirOwnWordsNeverAYes(t *testing.T) {
	day := func(n int) time.Time { return time.Date(2026, 11, n, 12, 0, 0, 0, time.UTC) }
	stake := func(n int) []Told {
		return []Told{{Words: "my boys share one blanket", Conversation: "T1", At: day(n)}}
	}
	kept := func(rungs ...int) (list []Kept) {
		for i, r := range rungs {
			list = append(list, Kept{ID: CommitmentID(rune('A' + i)), What: string(rune('a' + i)), Rung: r, At: day(10 + i)})
		}
		return list
	}
	for _, c := range []struct {
		name     string
		rung     int
		evidence Evidence
		decided  time.Time
		to       int // 0: nothing is proposed
		ground   RungGround
		words    string
	}{
		{"nothing is known", 0, Evidence{}, time.Time{}, 0, "", ""},
		{"they told why it matters to them", 0, Evidence{Stake: stake(1)}, time.Time{}, 1, GroundStake, "my boys share one blanket"},
		{"they told it, and stand there already", 1, Evidence{Stake: stake(1)}, time.Time{}, 0, "", ""},
		{"a kept promise earns the rung of its ask", 0, Evidence{Kept: kept(1)}, time.Time{}, 1, GroundKept, "a"},
		{"a kept promise that no ask led to is one promise kept", 0, Evidence{Kept: kept(0)}, time.Time{}, 2, GroundKept, "a"},
		{"a role that was carried out earns the role's rung", 3, Evidence{Kept: kept(4)}, time.Time{}, 4, GroundKept, "a"},
		{"two kept promises earn a task, however small they were", 1, Evidence{Kept: kept(1, 1)}, time.Time{}, 3, GroundKeptTwo, "a · b"},
		{"the highest move that the evidence speaks for comes first", 0, Evidence{Stake: stake(1), Kept: kept(2)}, time.Time{}, 2, GroundKept, "a"},
		{"what a coordinator knew when they decided is no reason to ask again", 0, Evidence{Stake: stake(1), Kept: kept(2)}, day(10), 0, "", ""},
		{"what came after a decision is", 0, Evidence{Stake: stake(1), Kept: kept(2)}, day(9), 2, GroundKept, "a"},
		{"two promises count together even where the first was known", 2, Evidence{Kept: kept(2, 2)}, day(10), 3, GroundKeptTwo, "a · b"},
		{"nobody is moved down", 4, Evidence{Stake: stake(1), Kept: kept(2, 2, 2)}, time.Time{}, 0, "", ""},
		{"no ladder is longer than the top", 0, Evidence{Kept: kept(40)}, time.Time{}, RungTop, GroundKept, "a"},
	} {
		m, earned := Propose(c.rung, c.evidence, c.decided)
		if earned != (c.to != 0) || earned && (m.To != c.to || m.From != c.rung || m.Ground != c.ground || m.Evidence != c.words || m.State != RungProposed) {
			t.Errorf("%s: got %v %+v", c.name, earned, m)
		}
	}
}
