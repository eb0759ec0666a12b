package script

import (
	"encoding/json"
	"fmt"
	"maps"
	"math/rand/v2"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
)

func partners(t testing.TB) *Personas {
	t.Helper()
	p, err := Partners()
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func TestPartners_AreSevenAndSpeakBothLanguages(t *testing.T) {
	var ids []string
	for _, who := range partners(t).People {
		ids = append(ids, who.ID)
	}
	want := []string{"story_behind_the_story", "soft_yes", "blames_neighbours", "doubts_the_plan", "afraid_of_payback", "hard_no", "take_me_off"}
	if diff := cmp.Diff(want, ids); diff != "" {
		t.Error(diff)
	}
	doc, err := partners(t).JSON()
	if err != nil {
		t.Fatal(err)
	}
	sameFile(t, filepath.Join("testdata", "persona", "personas.json"), doc)
}

func TestPartners_NobodySpeaksLikeAMachine(t *testing.T) {
	for _, who := range partners(t).People {
		for i, r := range who.Rules {
			for locale, words := range r.Say.By {
				if n := len(strings.Fields(words)); n > 35 {
					t.Errorf("%s, rule %d says %d words at once in %s", who.ID, i+1, n, locale)
				}
				if strings.ContainsAny(words, `{}"`) {
					t.Errorf("%s, rule %d: %s", who.ID, i+1, words)
				}
			}
		}
	}
}

// small is a document that is right, to be spoilt.
func small() map[string]any {
	both := map[string]any{"en": "a", "es": "b"}
	rule := func(hears string) map[string]any { return map[string]any{"hears": hears, "say": both} }
	ask := rule("ask")
	ask["truth"], ask["reveals"] = "unsure", "worry"
	return map[string]any{
		"format":  PersonasFormat,
		"general": map[string]any{"rules": []any{rule("pickup"), rule("any")}, "debrief": []any{}, "try": []any{}},
		"personas": []any{map[string]any{
			"id": "one", "name": both, "first_name": both, "place": "1A", "why": both, "teaches": both, "story": both,
			"voice": map[string]any{"pitch": 1, "rate": 1}, "start": map[string]any{"mood": 5, "hidden": map[string]any{"worry": both}},
			"rules": []any{rule("say.open"), ask}, "debrief": []any{}, "try": []any{map[string]any{"say": both}},
		}},
	}
}

func TestParsePersonas_RefusesAPartnerWhoWouldFallSilent(t *testing.T) {
	type doc = map[string]any
	who := func(d doc) doc { return d["personas"].([]any)[0].(doc) }
	rule := func(d doc, i int) doc { return who(d)["rules"].([]any)[i].(doc) }
	add := func(d doc, r doc) { who(d)["rules"] = append(who(d)["rules"].([]any), r) }
	both := doc{"en": "a", "es": "b"}
	for name, c := range map[string]struct {
		spoil func(d doc)
		says  string
	}{
		"another format":            {func(d doc) { d["format"] = "pb.script/1" }, "pb.personas/1"},
		"an unknown key":            {func(d doc) { rule(d, 0)["if_not"] = "x" }, "if_not"},
		"no Spanish":                {func(d doc) { rule(d, 0)["say"] = doc{"en": "a"} }, "missing in es"},
		"plain words":               {func(d doc) { who(d)["story"] = "a" }, "the story is missing in en"},
		"nothing to hear":           {func(d doc) { rule(d, 0)["hears"] = "telepathy" }, "nobody can hear"},
		"a step of no type":         {func(d doc) { rule(d, 0)["hears"] = "step.dance" }, "nobody can hear"},
		"a quiet without an end":    {func(d doc) { rule(d, 0)["hears"] = "silence.900s" }, "nobody can hear"},
		"a condition that breaks":   {func(d doc) { rule(d, 0)["if"] = "mood >" }, "breaks off"},
		"an unknown slot":           {func(d doc) { rule(d, 0)["if"] = "revealed(secret)" }, "secret was revealed, which is not hidden"},
		"a slot told, not hidden":   {func(d doc) { rule(d, 0)["reveals"] = "secret" }, "reveals secret, which is not hidden"},
		"hidden for ever":           {func(d doc) { delete(rule(d, 1), "reveals") }, "hides worry and never tells"},
		"a truth that is none":      {func(d doc) { rule(d, 1)["truth"] = "maybe" }, "a truth that is none"},
		"a mark that is none":       {func(d doc) { rule(d, 0)["if"] = "marked(ask) == 'clear-yes'" }, "which it never is"},
		"a type that is none":       {func(d doc) { rule(d, 0)["if"] = "type == 'stake'" }, "which it never is"},
		"truth of something else":   {func(d doc) { rule(d, 0)["if"] = "truth(listen) == 'unsure'" }, "only the truth of the ask"},
		"no answer to the ask":      {func(d doc) { rule(d, 1)["if"] = "mood > 1" }, "no answer of last resort to the ask"},
		"a rule in the shade":       {func(d doc) { add(d, doc{"hears": "ask", "if": "mood > 1", "say": both, "truth": "unsure"}) }, "rule 2 is there before it"},
		"a narrower ear in shade":   {func(d doc) { rule(d, 0)["hears"] = "say"; add(d, doc{"hears": "step.listen", "say": both}) }, "rule 1 is there before it"},
		"no last resort":            {func(d doc) { d["general"].(doc)["rules"] = []any{} }, `no answer of last resort to "pickup"`},
		"nothing to try":            {func(d doc) { who(d)["try"] = []any{doc{"if": "mood > 1", "say": both}} }, "one thing to try next"},
		"a try that hides the rest": {func(d doc) { who(d)["try"] = []any{doc{"say": both}, doc{"say": both}} }, "never said"},
		"two of one name":           {func(d doc) { d["personas"] = append(d["personas"].([]any), who(d)) }, "an id of its own"},
		"a mood off the scale":      {func(d doc) { who(d)["start"].(doc)["mood"] = 11 }, "mood of 11"},
		"a voice like a mouse":      {func(d doc) { who(d)["voice"] = doc{"pitch": 3, "rate": 1} }, "a pitch and a rate"},
	} {
		t.Run(name, func(t *testing.T) {
			raw, err := json.Marshal(small())
			if err != nil {
				t.Fatal(err)
			}
			if _, err := ParsePersonas(raw); err != nil {
				t.Fatalf("the document was to be right before it is spoilt: %v", err)
			}
			var d doc
			if err := json.Unmarshal(raw, &d); err != nil {
				t.Fatal(err)
			}
			c.spoil(d)
			if raw, err = json.Marshal(d); err != nil {
				t.Fatal(err)
			}
			if _, err := ParsePersonas(raw); err == nil || !strings.Contains(err.Error(), c.says) {
				t.Errorf("got %v, want a sentence with %q", err, c.says)
			}
		})
	}
}

// conditionCase is a shared vector: the browser reads the same conditions.
type conditionCase struct {
	Name    string `json:"name"`
	If      string `json:"if"`
	Facts   facts  `json:"facts"`
	Want    bool   `json:"want"`
	Refused bool   `json:"refused"`
}

func TestCondition_SharedVectors(t *testing.T) {
	for _, c := range readVectors[[]conditionCase](t, "testdata/persona/conditions.json") {
		t.Run(c.Name, func(t *testing.T) {
			got, err := c.Facts.holds(c.If)
			if (err != nil) != c.Refused {
				t.Fatalf("refused: %v", err)
			}
			if got != c.Want {
				t.Errorf("holds: %t", got)
			}
		})
	}
}

// FuzzCondition: whatever is written as a condition, it is refused with a sentence or it has an answer; nothing hangs, and
// nothing that was read can fail later.
func FuzzCondition(f *testing.F) {
	for _, who := range partners(f).People {
		for _, r := range who.Rules {
			f.Add(r.If)
		}
	}
	for _, s := range []string{"", "((((", "!!!!", "mood > 1 &&", "revealed(", "'", "mood > 99999999999999999999999999", "type == ''", "1 == 1", "\x00", "mood ≥ 5"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, source string) {
		c, err := parseCondition(source)
		if err != nil {
			if err.Error() == "" {
				t.Fatal("refused without a word")
			}
			return
		}
		none, all := facts{}, facts{Numbers: map[string]float64{}, Words: map[string]string{"step": "x", "type": "ask"}, Sets: map[string][]string{}, Answers: map[string]map[string]string{}}
		for _, n := range factNumbers {
			all.Numbers[n] = 7
		}
		for _, f := range []facts{none, all} {
			holds, err := f.holds(source)
			if err != nil {
				t.Fatalf("%q was read once and not again: %v", source, err)
			}
			if not, err := f.holds("!(" + source + ")"); err == nil && not == holds {
				t.Fatalf("%q and its opposite agree", source)
			}
		}
		c.each(func(n *node) {
			if n.op == opCompare && len(n.kids) != 2 || n.op == opNot && len(n.kids) != 1 {
				t.Fatalf("%q: a piece is missing", source)
			}
		})
	})
}

// cues lists everything that a partner could hear in a talk by this script.
func cues(s *Script, locale string) []cue {
	all := []cue{{Kind: "pickup"}}
	for i := range s.Steps {
		step := &s.Steps[i]
		at := cue{Step: step.ID, Type: step.Type}
		with := func(kind, id, text string) cue {
			c := at
			c.Kind, c.ID, c.Text = kind, id, text
			return c
		}
		for _, line := range step.Say {
			all = append(all, with("say", line.ID, line.Text.In(locale)))
		}
		if !step.Summarize.IsZero() {
			all = append(all, with("say", lineBack, step.Summarize.In(locale)))
		}
		for _, line := range step.Probes {
			all = append(all, with("probe", line.ID, line.Text.In(locale)))
		}
		for _, n := range []int{3, 5, 6, 7, 8, 10, 12} {
			c := with("silence", "", "")
			c.Seconds = n
			all = append(all, c)
		}
		for _, colour := range []string{"green", "yellow", "not_now"} {
			c := with("light", "", "")
			c.Colour = colour
			all = append(all, c)
		}
		if step.Type == "ask" {
			all = append(all, with("ask", "", step.Say[len(step.Say)-1].Text.In(locale)))
		}
	}
	return all
}

// playCase is one talk on record: the browser's partner must answer the same.
type playCase struct {
	Persona string  `json:"persona"`
	Locale  string  `json:"locale"`
	Cues    []cue   `json:"cues"`
	Replies []reply `json:"replies"`
}

func TestPartners_TalksAreOnRecordForTheBrowser(t *testing.T) {
	name := filepath.Join("testdata", "persona", "talks.json")
	all := partners(t)
	if *update {
		rng := rand.New(rand.NewPCG(3, 4))
		var cases []playCase
		for _, who := range all.People {
			for i := range 4 {
				c := playCase{Persona: who.ID, Locale: partnerLocales[i%2]}
				from := cues(starter(t, Starters()[rng.IntN(len(Starters()))]), c.Locale)
				if i < 2 {
					from = cues(starter(t, "heat-recruitment"), c.Locale)
				}
				for range 30 {
					c.Cues = append(c.Cues, from[rng.IntN(len(from))])
				}
				talk := all.play(mustPerson(t, all, who.ID), c.Locale)
				for _, heard := range c.Cues {
					c.Replies = append(c.Replies, talk.hear(heard))
				}
				cases = append(cases, c)
			}
		}
		doc, err := json.Marshal(cases)
		if err != nil {
			t.Fatal(err)
		}
		sameFile(t, name, doc)
	}
	for i, c := range readVectors[[]playCase](t, name) {
		talk := all.play(mustPerson(t, all, c.Persona), c.Locale)
		for k, heard := range c.Cues {
			if diff := cmp.Diff(c.Replies[k], talk.hear(heard)); diff != "" {
				t.Fatalf("talk %d with %s, cue %d %+v: %s\ngo test ./script -run Partners -update", i+1, c.Persona, k+1, heard, diff)
			}
		}
	}
}

func mustPerson(t testing.TB, all *Personas, id string) *Persona {
	t.Helper()
	who, ok := all.Person(id)
	if !ok {
		t.Fatalf("nobody is called %s", id)
	}
	return who
}

// Whatever is said in whatever order, by whatever script, a partner answers every word, stays on the scale, tells only
// what was hidden, and has meant something once the question was put.
func TestPartners_HoldAWholeTalkWithAnyScript(t *testing.T) {
	all := partners(t)
	for _, id := range Starters() {
		heard := cues(starter(t, id), "es")
		rapid.Check(t, func(t *rapid.T) {
			who := &all.People[rapid.IntRange(0, len(all.People)-1).Draw(t, "who")]
			talk := all.play(who, "es")
			asked := false
			for _, c := range rapid.SliceOfN(rapid.SampledFrom(heard), 1, 80).Draw(t, "cues") {
				r := talk.hear(c)
				if r.Rule < 0 && c.Kind != "light" && c.Kind != "silence" {
					t.Fatalf("%s has no answer to %+v", who.ID, c)
				}
				if r.Rule >= 0 && r.Say == "" {
					t.Fatalf("%s opens their mouth and says nothing: rule %d", who.ID, r.Rule)
				}
				asked = asked || c.Kind == "ask"
				if talk.mood < 0 || talk.mood > mostMood || asked && talk.truth == "" {
					t.Fatalf("%s: mood %d, truth %q", who.ID, talk.mood, talk.truth)
				}
			}
			for _, slot := range talk.revealed {
				if who.Start.Hidden[slot].IsZero() {
					t.Fatalf("%s told %s, which was not hidden", who.ID, slot)
				}
			}
		})
	}
}

// Every rule is there to be heard: a rule that no talk can reach is a sentence that nobody will ever read.
func TestPartners_EveryRuleIsReached(t *testing.T) {
	all := partners(t)
	rng := rand.New(rand.NewPCG(5, 6))
	general := map[int]bool{}
	for i := range all.People {
		who := &all.People[i]
		mine := map[int]bool{}
		for _, id := range Starters() {
			heard := cues(starter(t, id), "en")
			for range 600 {
				talk := all.play(who, "en")
				few := make([]cue, 10) // so that the same is said and asked again
				for i := range few {
					few[i] = heard[rng.IntN(len(heard))]
				}
				for range 30 {
					talk.hear(few[rng.IntN(len(few))])
				}
				maps.Copy(mine, talk.spent)
			}
		}
		for r := range len(who.Rules) {
			if !mine[r] {
				t.Errorf("%s never says rule %d, to %s: %s", who.ID, r+1, who.Rules[r].Hears, who.Rules[r].Say.In("en"))
			}
		}
		for r := range mine {
			general[r-len(who.Rules)] = true
		}
	}
	for r, rule := range all.General.Rules {
		if !general[r] {
			t.Errorf("nobody ever falls back on general rule %d, to %s: %s", r+1, rule.Hears, rule.Say.In("en"))
		}
	}
}

// talkWith plays what a person might do: each word is a cue, as in "say stake/open" or "silence stake 5".
func talkWith(t *testing.T, id string, presses ...string) (*play, []reply) {
	t.Helper()
	all := partners(t)
	talk := all.play(mustPerson(t, all, id), "en")
	s := starter(t, "heat-recruitment")
	var replies []reply
	for _, press := range presses {
		var c cue
		var where string
		if _, err := fmt.Sscan(press, &c.Kind, &where); err != nil {
			t.Fatalf("%q: %v", press, err)
		}
		c.Step, c.ID, _ = strings.Cut(where, "/")
		step, ok := s.Step(c.Step)
		if !ok {
			t.Fatalf("%q: no such step", press)
		}
		c.Type = step.Type
		if c.Kind == "silence" {
			if _, err := fmt.Sscan(c.ID, &c.Seconds); err != nil {
				t.Fatal(err)
			}
			c.ID = ""
		}
		replies = append(replies, talk.hear(c))
	}
	return talk, replies
}

func TestPartners_WhatOpensThem(t *testing.T) {
	for _, c := range []struct {
		id, name string
		presses  []string
		truth    string
		revealed []string
	}{
		{"story_behind_the_story", "asked straight away", []string{"say intro/open", "ask ask/"}, Unsure, nil},
		{"story_behind_the_story", "asked why, twice", []string{"say stake/open", "probe stake/wand", "probe stake/why", "ask ask/"}, ClearYes, []string{"problem", "their_stake"}},
		{"story_behind_the_story", "left in the quiet, then asked", []string{"say stake/open", "silence stake/5", "probe stake/then", "ask ask/"}, ClearYes, []string{"their_stake"}},
		{"soft_yes", "taken at his word", []string{"say stake/open", "probe stake/why", "ask ask/question"}, Unsure, nil},
		{"soft_yes", "asked what could get in the way", []string{"ask ask/question", "probe ask/if_dont", "ask ask/question"}, ClearYes, []string{"barrier"}},
		{"blames_neighbours", "asked while she blames the families", []string{"say agitate/open", "probe agitate/who", "ask ask/question"}, Unsure, nil},
		{"blames_neighbours", "asked who does better", []string{"say stake/open", "say agitate/open", "probe agitate/block", "probe agitate/benefits", "probe agitate/others", "ask ask/question"}, ClearYes, []string{"named_target"}},
		{"doubts_the_plan", "told the whole plan", []string{"say educate/a", "say educate/b", "say educate/c", "say educate/d", "ask ask/question"}, Unsure, nil},
		{"doubts_the_plan", "asked what is behind the doubt", []string{"say stake/open", "say educate/a", "silence educate/5", "say educate/d", "ask ask/question"}, ClearYes, []string{"objection"}},
		{"afraid_of_payback", "asked before the fear is out", []string{"say stake/open", "ask ask/question"}, Unsure, nil},
		{"afraid_of_payback", "met with honesty", []string{"silence stake/6", "say inoculate/open", "probe inoculate/plan", "ask ask/question"}, ClearYes, []string{"their_stake", "objection"}},
		{"hard_no", "asked kindly", []string{"say stake/open", "probe stake/why", "ask ask/question"}, HardNo, nil},
		{"hard_no", "asked for less", []string{"ask ask/question", "ask ask/question"}, HardNo, nil},
		{"take_me_off", "greeted", []string{"say intro/open"}, truthStop, nil},
	} {
		t.Run(c.id+", "+c.name, func(t *testing.T) {
			talk, replies := talkWith(t, c.id, c.presses...)
			if talk.truth != c.truth || !slices.Equal(talk.revealed, c.revealed) {
				t.Errorf("truth %q, told %v; they said:", talk.truth, talk.revealed)
				for i, r := range replies {
					t.Logf("  %s: %s", c.presses[i], r.Say)
				}
			}
		})
	}
}

func TestPartners_NobodySaysTheSameStoryTwice(t *testing.T) {
	_, replies := talkWith(t, "story_behind_the_story", "say stake/open", "say stake/open")
	if replies[0].Say == replies[1].Say {
		t.Errorf("twice in a row: %s", replies[0].Say)
	}
}
