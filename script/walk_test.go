package script

import (
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
)

// walkCase is a shared vector: the browser's walk runs the same files.
type walkCase struct {
	Name   string         `json:"name"`
	Script string         `json:"script"`
	Start  Start          `json:"start"`
	Events []Event        `json:"events"`
	Want   map[string]any `json:"want"`
}

func TestWalk_SharedVectors(t *testing.T) {
	files, err := filepath.Glob("testdata/walk/*.json")
	if err != nil || len(files) == 0 {
		t.Fatalf("no vectors: %v", err)
	}
	for _, name := range files {
		if filepath.Base(name) == "random.json" {
			continue
		}
		for _, c := range readVectors[[]walkCase](t, name) {
			t.Run(c.Name, func(t *testing.T) {
				got := asMap(t, Replay(starter(t, c.Script), c.Start, c.Events))
				for key, want := range c.Want {
					if diff := cmp.Diff(want, got[key]); diff != "" {
						t.Errorf("%s: %s", key, diff)
					}
				}
			})
		}
	}
}

func readVectors[T any](t *testing.T, name string) T {
	t.Helper()
	b, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	var v T
	if err := json.Unmarshal(b, &v); err != nil {
		t.Fatalf("%s: %v", name, err)
	}
	return v
}

func asMap(t *testing.T, v any) map[string]any {
	t.Helper()
	b, err := json.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	var m map[string]any
	if err := json.Unmarshal(b, &m); err != nil {
		t.Fatal(err)
	}
	return m
}

// presses lists every event that a volunteer could cause, sensible or not.
func presses(s *Script) []Event {
	all := []Event{
		{Type: "silence", Data: Data{Phase: "open"}},
		{Type: "silence", Data: Data{Phase: "close", Seconds: 3}},
		{Type: "ask", Data: Data{ID: NoAsk}},
		{Type: "nonsense"},
		{Type: "find_out", Data: Data{ID: "q1", Text: "Who pays for the part?"}},
		{Type: "find_out", Data: Data{ID: "q1", Text: "Who pays for the boiler part?"}},
		{Type: "find_out", Data: Data{ID: "q2", Text: "Is the meeting on the ground floor?"}},
		{Type: "find_out", Data: Data{ID: "q1"}},
		{Type: "retaliation", Data: Data{Words: "a note under the door"}},
		{Type: "retaliation"},
		{Type: "fact", Data: Data{ID: "no_such_fact"}},
		{Type: "slot", Data: Data{Name: "problem", Value: "the cold"}},
		{Type: "slot", Data: Data{Name: "problem"}},
		{Type: "note", Data: Data{Text: "ask about the stairs"}},
	}
	for _, what := range []string{"stop", "wrong_person", "another_language", "call_later"} {
		all = append(all, Event{Type: "engine", Data: Data{What: what}})
	}
	for i := range s.Steps {
		step := &s.Steps[i]
		all = append(all, Event{Type: "visit", Data: Data{Step: step.ID}}, Event{Type: "moment", Data: Data{Step: step.ID}},
			Event{Type: "cue", Data: Data{Step: step.ID, ID: "0", On: true}}, Event{Type: "cue", Data: Data{Step: step.ID, ID: "1", On: true}},
			Event{Type: "cue", Data: Data{Step: step.ID, ID: "0"}})
		for _, l := range step.Say {
			all = append(all, Event{Type: "own_line", Data: Data{Step: step.ID, ID: l.ID, Text: "in my words"}},
				Event{Type: "own_line", Data: Data{Step: step.ID, ID: l.ID}}, Event{Type: "line", Data: Data{Step: step.ID, ID: l.ID}})
		}
		for _, p := range step.Probes {
			all = append(all, Event{Type: "probe", Data: Data{Step: step.ID, ID: p.ID, On: true}}, Event{Type: "probe", Data: Data{Step: step.ID, ID: p.ID}})
		}
		eachLight(step, func(colour string, light Light) {
			e := Event{Type: "light", Data: Data{Step: step.ID, Colour: colour, ID: light.ID}}
			all = append(all, e)
			if light.Sets != nil && light.Sets.Answer == ClearYes {
				for _, sign := range []string{"named_day", "asked_details", "neither"} {
					e.Data.Sign = sign
					all = append(all, e)
				}
			}
			if light.Sets != nil && light.Sets.Answer == HardNo {
				e.Data.Which = "wrong_time"
				all = append(all, e)
			}
		})
	}
	for _, a := range s.Asks {
		all = append(all, Event{Type: "ask", Data: Data{ID: a.ID}})
	}
	for _, e := range s.Endings {
		all = append(all, Event{Type: "ending", Data: Data{ID: e.ID}})
	}
	for _, name := range sortedKeys(s.Facts) {
		all = append(all, Event{Type: "fact", Data: Data{ID: name}})
	}
	for _, name := range sortedKeys(s.Paths) {
		all = append(all, Event{Type: "path", Data: Data{Name: name}})
	}
	return all
}

func TestWalk_WhateverIsPressed(t *testing.T) {
	for _, id := range append(Starters(), "sparse") {
		s := starter(t, id)
		all := presses(s)
		rapid.Check(t, func(t *rapid.T) {
			w := NewWalk(s, Start{})
			smaller := 0
			for _, e := range rapid.SliceOfN(rapid.SampledFrom(all), 0, 60).Draw(t, "presses") {
				before := w.State()
				closed := slices.Clone(before.ClosedAsks)
				w.Apply(e)
				after := w.State()
				if _, ok := s.Step(after.Step); !ok {
					t.Fatalf("stands on a step that does not exist: %q", after.Step)
				}
				if slices.Contains(closed, after.Ask) && (after.Mode == ModeSilence || after.Mode == ModeSign) {
					t.Fatalf("the closed ask %q was asked again", after.Ask)
				}
				if after.SmallerUsed && !before.SmallerUsed {
					smaller++
				}
				if after.Answer == ClearYes && after.Sign != "named_day" && after.Sign != "asked_details" {
					t.Fatalf("a clear yes without a sign")
				}
				if after.Mode == ModeChoose && len(after.Options) == 0 {
					t.Fatalf("a choice without a way on")
				}
				if after.Mode == ModeChoose && after.Answer == Unsure && after.UnsureCount >= 2 && typeOf(s, after.Step) == "ask" {
					if _, kind := endOf(after.Options[0]); !kind {
						t.Fatalf("after two not-sures leaving kindly must come first: %v", after.Options)
					}
				}
			}
			if smaller > 1 {
				t.Fatalf("a smaller ask was offered %d times", smaller)
			}
		})
	}
}

// minute is the time of the i-th press.
func minute(i int) string { return fmt.Sprintf("2026-11-22T18:%02d:00Z", i) }

func typeOf(s *Script, id string) string {
	step, _ := s.Step(id)
	return step.Type
}

// randomCase is a long run of presses with the state that Go arrives at; the browser must arrive there too.
type randomCase struct {
	Script string  `json:"script"`
	Events []Event `json:"events"`
	State  State   `json:"state"`
}

func TestWalk_RandomRunsAreOnRecordForTheBrowser(t *testing.T) {
	name := filepath.Join("testdata", "walk", "random.json")
	if *update {
		rng := rand.New(rand.NewPCG(1, 2))
		var cases []randomCase
		for _, id := range Starters() {
			s := starter(t, id)
			all := presses(s)
			for range 25 {
				events := make([]Event, 5+rng.IntN(36))
				for i := range events {
					events[i] = all[rng.IntN(len(all))]
					// Final events end the run early; keep them rare so that the rest is walked too.
					if w := events[i].Data.What; (w == "stop" || w == "wrong_person") && rng.IntN(5) > 0 {
						events[i] = all[0]
					}
					events[i].At = minute(i)
				}
				cases = append(cases, randomCase{Script: id, Events: events, State: Replay(s, Start{}, events)})
			}
		}
		b, err := json.Marshal(cases)
		if err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(name, append(b, '\n'), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	for i, c := range readVectors[[]randomCase](t, name) {
		if diff := cmp.Diff(c.State, Replay(starter(t, c.Script), Start{}, c.Events)); diff != "" {
			t.Errorf("run %d of %s: %s", i, c.Script, diff)
		}
	}
}

func TestOutcome_PresetsWrapUpFromTheLights(t *testing.T) {
	s := starter(t, "heat-recruitment")
	toAsk := []Event{{Type: "visit", Data: Data{Step: "ask"}}}
	light := func(colour, id, sign string) Event {
		return Event{Type: "light", Data: Data{Step: "ask", Colour: colour, ID: id, Sign: sign}}
	}
	for _, row := range []struct {
		sentence string
		events   []Event
		want     string
	}{
		{"a talk without an ask is a good talk", nil, "connected"},
		{"a clear yes is a commitment", append(slices.Clone(toAsk), light("green", "", "named_day")), "commitment"},
		{"a yes without a sign is a good talk", append(slices.Clone(toAsk), light("green", "", "neither")), "connected"},
		{"not sure is a good talk", append(slices.Clone(toAsk), light("yellow", "unsure", "")), "connected"},
		{"a hard no is no thanks", append(slices.Clone(toAsk), light("not_now", "hard", "")), "no_thanks"},
		{"busy is a callback", []Event{{Type: "light", Data: Data{Step: "intro", Colour: "yellow", ID: "busy"}}}, "callback"},
		{"don't contact me wins over a yes", append(slices.Clone(toAsk), light("green", "", "named_day"), Event{Type: "engine", Data: Data{What: "stop"}}), "opt_out"},
		{"a wrong person", []Event{{Type: "engine", Data: Data{What: "wrong_person"}}}, "bad_number"},
		{"another language", []Event{{Type: "engine", Data: Data{What: "another_language"}}}, "needs_language"},
		{"closing with an agreement nobody made is a good talk", []Event{{Type: "ending", Data: Data{ID: "committed"}}}, "connected"},
	} {
		t.Run(row.sentence, func(t *testing.T) {
			w := NewWalk(s, Start{})
			for i, e := range row.events {
				if !w.Apply(e) {
					t.Fatalf("event %d did not count: %+v", i, e)
				}
			}
			if got := w.Outcome(); got != row.want {
				t.Errorf("got %s, want %s", got, row.want)
			}
		})
	}
}

func ExampleReplay() {
	s, _ := Starter("heat-recruitment")
	state := Replay(s, Start{}, []Event{
		{Type: "light", Data: Data{Step: "intro", Colour: "green"}},
		{Type: "light", Data: Data{Step: "stake", Colour: "yellow", ID: "keep"}},
		{Type: "light", Data: Data{Step: "stake", Colour: "green"}},
	})
	fmt.Println(state.Route)
	// Output: [intro stake stake agitate]
}
