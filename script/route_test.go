package script

import (
	"encoding/json"
	"fmt"
	"path/filepath"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
)

// Every light of the six steps is pressed by a vector with a name, so no transition of the method goes untested.
func TestWalk_EveryLightOfTheSixStepsHasANamedVector(t *testing.T) {
	pressed := map[string]bool{}
	files, err := filepath.Glob("testdata/walk/*.json")
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range files {
		if filepath.Base(name) == "random.json" {
			continue
		}
		for _, c := range readVectors[[]walkCase](t, name) {
			for _, e := range c.Events {
				if e.Type == "light" && c.Script == "heat-recruitment" {
					pressed[fmt.Sprintf("%s %s %s", e.Data.Step, e.Data.Colour, e.Data.ID)] = true
				}
			}
		}
	}
	s := starter(t, "heat-recruitment")
	for i := range s.Steps {
		step := &s.Steps[i]
		eachLight(step, func(colour string, light Light) {
			if key := fmt.Sprintf("%s %s %s", step.ID, colour, light.ID); !pressed[key] {
				t.Errorf("no vector presses %s (%s)", key, light.Label.In("en"))
			}
		})
	}
}

// Nothing blocks movement but what must be said first: from any step to any step, in every script.
func TestWalk_AnyJumpIsPossible(t *testing.T) {
	for _, id := range append(Starters(), "sparse") {
		s := starter(t, id)
		for _, from := range s.Path("") {
			for _, to := range s.Path("") {
				w := NewWalk(s, Start{})
				visit := func(step string) bool { return w.Apply(Event{Type: "visit", Data: Data{Step: step}}) }
				// Say first what has to be said, as everybody must.
				for _, step := range s.Steps {
					if !step.Skip.OK {
						visit(step.ID)
					}
				}
				visit(from)
				if w.State().Step != from {
					t.Fatalf("%s: %s cannot be reached", id, from)
				}
				visit(to)
				if w.State().Step != to {
					t.Errorf("%s: no way from %s to %s", id, from, to)
				}
			}
		}
	}
}

// Only saying who you are, why you call and thanks cannot be left out; each of them blocks everything behind it.
func TestWalk_WhoWhyAndThanksCannotBeLeftOut(t *testing.T) {
	for _, id := range Starters() {
		s := starter(t, id)
		var must []string
		for i := range s.Steps {
			step := &s.Steps[i]
			if mustBeSaid(step.Type) == step.Skip.OK {
				t.Errorf("%s: step %s of type %s can be left out: %v", id, step.ID, step.Type, step.Skip.OK)
			}
			w := NewWalk(s, Start{})
			want := ""
			if at := slices.Index(must, step.ID); len(must) > 1 && at < 0 {
				want = must[1] // the first is where a talk begins
			}
			if got := w.Blocked(step.ID); got != want {
				t.Errorf("%s: the way to %s is blocked by %q, want %q", id, step.ID, got, want)
			}
			if !step.Skip.OK {
				must = append(must, step.ID)
			}
		}
	}
}

// drawRun is any run of presses, with times that go forward.
func drawRun(t *rapid.T, all []Event) []Event {
	events := rapid.SliceOfN(rapid.SampledFrom(all), 0, 58).Draw(t, "presses")
	events = slices.Clone(events)
	for i := range events {
		events[i].At = minute(i + 1)
	}
	return events
}

// The trail is data: wherever the events are replayed, at once or as they come, from memory or from JSON, the same trail
// and the same state come out.
func TestTrail_ReplaysToTheSameState(t *testing.T) {
	for _, id := range append(Starters(), "sparse") {
		s := starter(t, id)
		all := presses(s)
		rapid.Check(t, func(t *rapid.T) {
			events := drawRun(t, all)
			start := Start{At: minute(0)}
			whole := Replay(s, start, events)

			asTheyCome := NewWalk(s, start)
			for _, e := range events {
				asTheyCome.Apply(e)
			}
			if diff := cmp.Diff(whole, asTheyCome.State()); diff != "" {
				t.Fatalf("one by one ends elsewhere: %s", diff)
			}

			b, err := json.Marshal(events)
			if err != nil {
				t.Fatal(err)
			}
			var stored []Event
			if err := json.Unmarshal(b, &stored); err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(whole, Replay(s, start, stored)); diff != "" {
				t.Fatalf("stored and read again it ends elsewhere: %s", diff)
			}
		})
	}
}

// The trail tells the same story as the state: its steps are the route, its times go forward, its last lights are the
// lights, its cues are the cues.
func TestTrail_TellsWhatTheStateSays(t *testing.T) {
	for _, id := range append(Starters(), "sparse") {
		s := starter(t, id)
		all := presses(s)
		rapid.Check(t, func(t *rapid.T) {
			st := Replay(s, Start{At: minute(0)}, drawRun(t, all))
			route, visits, lights, cues, at := []string{}, map[string]int{}, map[string]string{}, map[string]map[string]bool{}, ""
			for _, v := range st.Trail {
				route = append(route, v.Step)
				visits[v.Step]++
				if v.At < at {
					t.Fatalf("the trail goes back in time: %s after %s", v.At, at)
				}
				at = v.At
				if v.Light != "" {
					lights[v.Step] = v.Light
				}
				for _, c := range v.Cues {
					if cues[v.Step] == nil {
						cues[v.Step] = map[string]bool{}
					}
					if cues[v.Step][c] {
						t.Fatalf("the sign %s is on two visits of %s", c, v.Step)
					}
					cues[v.Step][c] = true
				}
			}
			stated := map[string]map[string]bool{}
			for step, list := range st.Cues {
				stated[step] = map[string]bool{}
				for _, c := range list {
					stated[step][c] = true
				}
			}
			for what, diff := range map[string]string{"route": cmp.Diff(st.Route, route), "visits": cmp.Diff(st.Visits, visits),
				"lights": cmp.Diff(st.Lights, lights), "cues": cmp.Diff(stated, cues)} {
				if diff != "" {
					t.Fatalf("%s: %s", what, diff)
				}
			}
			if st.Trail[len(st.Trail)-1].Step != st.Step {
				t.Fatal("the trail ends where the talk does not stand")
			}
		})
	}
}
