package panel

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"phonebank/script"
	"phonebank/store"
	"phonebank/words"
)

// stepLine is how talks went at one step of a script: where they loop or end, the script is weak there.
type stepLine struct {
	Step    string
	Name    string
	Reached int // talks that came here
	Visits  int
	Stayed  int // times they stayed for another question
	Back    int // times they came back to it from a later step
	Ended   int // talks for which it was the last step
	Lights  int
	Yellow  int
}

// Again is how often a talk was here once more.
func (s stepLine) Again() int { return s.Visits - s.Reached }

// versionSteps are the steps of one version, with how many talks it guided.
type versionSteps struct {
	ID      string
	Version int
	Title   string
	Talks   int
	Steps   []stepLine
	Last    string // the step on which this version means to end
}

// tally adds one talk to the steps of its version.
func (v *versionSteps) tally(s *script.Script, st script.State) {
	v.Talks++
	at := map[string]*stepLine{}
	for i := range v.Steps {
		at[v.Steps[i].Step] = &v.Steps[i]
	}
	order := map[string]int{}
	for i := range s.Steps {
		order[s.Steps[i].ID] = i
	}
	for step, n := range st.Visits {
		if line := at[step]; line != nil && n > 0 {
			line.Reached++
			line.Visits += n
		}
	}
	for i := 1; i < len(st.Route); i++ {
		from, to := st.Route[i-1], st.Route[i]
		line := at[to]
		switch {
		case line == nil:
		case from == to:
			line.Stayed++
		case order[to] < order[from]:
			line.Back++
		}
	}
	for _, visit := range st.Trail {
		if line := at[visit.Step]; line != nil && visit.Light != "" {
			line.Lights++
			if visit.Light == "yellow" {
				line.Yellow++
			}
		}
	}
	if line := at[st.Step]; line != nil {
		line.Ended++
	}
}

// mostWalks bounds how many talks a report replays. The page says so where it leaves some out.
const mostWalks = 2000

// steps replays the talks of a report and counts by step and version.
func (p *Panel) steps(ctx context.Context, l words.Language, n store.Narrowed) (versions []*versionSteps, replayed, all int, err error) {
	scripts := map[string]*script.Script{}
	by := map[string]*versionSteps{}
	all, err = p.Store.EachWalk(ctx, n, mostWalks, func(w store.Walked) error {
		s, err := p.scriptOf(ctx, scripts, w.Script, w.Version)
		if err != nil || s == nil || len(w.Events) == 0 {
			return err // a talk that was written down afterwards has no way through a script
		}
		key := fmt.Sprintf("%s/%d", w.Script, w.Version)
		v := by[key]
		if v == nil {
			v = &versionSteps{ID: w.Script, Version: w.Version, Title: s.Title.In(string(l))}
			for i := range s.Steps {
				v.Steps = append(v.Steps, stepLine{Step: s.Steps[i].ID, Name: s.Steps[i].Name.In(string(l))})
			}
			if len(v.Steps) > 0 {
				v.Last = v.Steps[len(v.Steps)-1].Step
			}
			by[key] = v
			versions = append(versions, v)
		}
		replayed++
		v.tally(s, script.Replay(s, script.Start{Ask: w.Ask, Locale: w.Locale}, marks(w.Events)))
		return nil
	})
	slices.SortFunc(versions, func(a, b *versionSteps) int {
		if a.ID != b.ID {
			return strings.Compare(a.ID, b.ID)
		}
		return b.Version - a.Version
	})
	return versions, replayed, all, err
}
