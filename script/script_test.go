package script

import (
	"bytes"
	"encoding/json"
	"errors"
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
)

var update = flag.Bool("update", false, "write the files that the browser's tests read")

func starter(t *testing.T, id string) *Script {
	t.Helper()
	if id == "sparse" { // a script with every edge that the starters don't have
		doc, err := os.ReadFile("testdata/scripts/sparse.json")
		if err != nil {
			t.Fatal(err)
		}
		s, err := Parse(doc)
		if err != nil {
			t.Fatal(err)
		}
		return s
	}
	s, err := Starter(id)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func TestStarters_AreReadyToUse(t *testing.T) {
	want := []string{"agenda-any-1to1", "escalation-next-rung", "heat-recruitment", "maintenance-checkin"}
	if diff := cmp.Diff(want, Starters()); diff != "" {
		t.Fatal(diff)
	}
	for _, id := range want {
		for _, p := range Lint(starter(t, id)) {
			t.Errorf("%s: %s", id, p)
		}
	}
	if _, err := Starter("nothing"); err == nil || !strings.Contains(err.Error(), "heat-recruitment") {
		t.Errorf("an unknown starter should name the known ones, got %v", err)
	}
}

// Everything in the scripts that ship is there in English and in Spanish, whether it is said, sent or only read.
func TestStarters_AreCompleteInEnglishAndSpanish(t *testing.T) {
	for _, id := range Starters() {
		s := starter(t, id)
		if diff := cmp.Diff([]string{"en", "es"}, s.Locales); diff != "" {
			t.Errorf("%s: %s", id, diff)
		}
		eachWords(s, func(keys []string, w Words, _ use) {
			for _, locale := range s.Locales {
				if w.By[locale] == "" {
					t.Errorf("%s: %s is missing in %s", id, pointer(keys...), locale)
				}
			}
		})
		for _, p := range Lint(starter(t, id)) {
			t.Errorf("%s: %s", id, p)
		}
	}
	library, err := SharedLibrary()
	if err != nil {
		t.Fatal(err)
	}
	for name, tip := range library.Tips {
		if tip.By["en"] == "" || tip.By["es"] == "" {
			t.Errorf("tip %s is not in both languages", name)
		}
	}
	for name, pack := range library.CuePacks {
		for sense, signs := range map[string][]Words{"voice": pack.Voice, "sms": pack.SMS, "in_person": pack.InPerson} {
			if len(signs) == 0 {
				t.Errorf("signs %s have nothing for %s", name, sense)
			}
			for _, w := range signs {
				if w.By["en"] == "" || w.By["es"] == "" {
					t.Errorf("signs %s, %s are not in both languages", name, sense)
				}
			}
		}
	}
}

// A real talk can be held with each of them, by voice, by text and face to face.
func TestStarters_AreRichEnoughForARealTalk(t *testing.T) {
	for _, id := range Starters() {
		s := starter(t, id)
		for i := range s.Steps {
			step := &s.Steps[i]
			place := id + ", " + step.ID
			if len(step.YouDo) == 0 || len(step.TheyDo) == 0 {
				t.Errorf("%s does not say what you do and what they do", place)
			}
			if len(step.Tips) == 0 || step.SMS == nil || len(step.Probes) == 0 || step.Minutes == 0 || step.Skip.Why.IsZero() {
				t.Errorf("%s lacks a tip, a text, a question, its minutes or a word about leaving it out", place)
			}
			if step.Cues == nil {
				t.Errorf("%s has no signs to listen for", place)
			}
			if step.Type != "next" && len(step.Lights.NotNow) == 0 {
				t.Errorf("%s has no light for a no", place)
			}
			if step.Type == "inoculate" && len(step.Say) < 4 {
				t.Errorf("%s has %d answers to what they may be told", place, len(step.Say))
			}
		}
		outcomes := map[string]bool{}
		for _, e := range s.Endings {
			outcomes[e.Outcome] = true
			if e.Say.IsZero() {
				t.Errorf("%s: ending %s says nothing", id, e.ID)
			}
		}
		for _, needed := range []string{"no_thanks", "callback", "bad_number", "opt_out"} {
			if !outcomes[needed] {
				t.Errorf("%s has no ending for %s", id, needed)
			}
		}
	}
}

func TestKinds_DifferAsTheMethodSays(t *testing.T) {
	types := func(s *Script) (all []string) {
		for _, step := range s.Steps {
			all = append(all, step.Type)
		}
		return all
	}
	maintenance, escalation, agenda := starter(t, "maintenance-checkin"), starter(t, "escalation-next-rung"), starter(t, "agenda-any-1to1")
	for id, want := range map[string][]string{
		"maintenance-checkin":  {"intro", "debrief", "educate", "coach", "next"},
		"escalation-next-rung": {"intro", "recognize", "listen", "educate", "inoculate", "ask", "next"},
		"agenda-any-1to1":      {"purpose", "intro", "listen", "agitate", "educate", "inoculate", "ask", "next"},
	} {
		if diff := cmp.Diff(want, types(starter(t, id))); diff != "" {
			t.Errorf("%s: %s", id, diff)
		}
	}
	if maintenance.Cadence == nil || maintenance.Cadence.Every != "4w" || maintenance.Cadence.Owner != "same_volunteer" || len(maintenance.Asks) != 0 {
		t.Errorf("maintenance comes every four weeks with the same volunteer and asks for nothing: %+v", maintenance.Cadence)
	}
	if maintenance.Slots["last_commitment"].From != FromHistory || !strings.Contains(maintenance.Steps[1].Say[0].Text.In("en"), "{last_commitment") {
		t.Error("maintenance carries in what was promised last time")
	}
	if want := (Eligible{MinKeptCommitments: 2, MaxDaysSinceTalk: 60, Needs: "coordinator_ok"}); escalation.Eligible == nil || *escalation.Eligible != want {
		t.Errorf("the gate of a step-up talk is %+v", escalation.Eligible)
	}
	if recognize, _ := escalation.Step("recognize"); recognize.Skip.OK || escalation.Asks[0].Kind != "role" {
		t.Error("thanks cannot be left out, and the ask is a role")
	}
	if agenda.Steps[0].Type != "purpose" || agenda.Steps[0].Skip.OK {
		t.Error("the agenda says its purpose first")
	}
	invite, _ := agenda.Step("invite")
	if invite.Ask != nil {
		t.Error("the agenda's ask is judged in the talk")
	}
	kinds := map[string]bool{}
	for _, a := range agenda.Asks {
		kinds[a.Kind] = true
	}
	for _, kind := range []string{"event", "sign", "introduce", "phonebank", "join"} {
		if !kinds[kind] {
			t.Errorf("the agenda offers no ask of kind %s", kind)
		}
	}
	for _, name := range []string{"story", "values", "interests", "duties", "resources", "grievance", "worry", "barrier", "buddy"} {
		if _, ok := agenda.Slots[name]; !ok {
			t.Errorf("the agenda keeps no %s", name)
		}
	}
}

func TestRecruitment_HasTheSixStepsAndBothLanguages(t *testing.T) {
	s := starter(t, "heat-recruitment")
	var types []string
	for _, step := range s.Steps {
		types = append(types, step.Type)
	}
	want := []string{"intro", "listen", "agitate", "educate", "inoculate", "ask", "next"}
	if diff := cmp.Diff(want, types); diff != "" {
		t.Error(diff)
	}
	plan, _ := s.Step("educate")
	if len(plan.Say) != 4 {
		t.Errorf("the plan to win is told in four beats, got %d", len(plan.Say))
	}
	for _, step := range s.Steps {
		for _, locale := range s.Locales {
			if step.Name.By[locale] == "" || step.Goal.By[locale] == "" {
				t.Errorf("step %s has no name or goal in %s", step.ID, locale)
			}
			eachLight(&step, func(colour string, light Light) {
				if light.Label.By[locale] == "" {
					t.Errorf("step %s: a %s light has no label in %s", step.ID, colour, locale)
				}
			})
		}
	}
}

func TestParse_JSONAndYAMLAreTheSameDocument(t *testing.T) {
	for _, id := range Starters() {
		s := starter(t, id)
		doc, err := s.JSON()
		if err != nil {
			t.Fatal(err)
		}
		again, err := Parse(doc)
		if err != nil {
			t.Fatalf("%s: %v", id, err)
		}
		if diff := cmp.Diff(s, again, cmpopts.EquateEmpty()); diff != "" {
			t.Errorf("%s changed on the way through JSON: %s", id, diff)
		}
		twice, _ := again.JSON()
		if !bytes.Equal(doc, twice) {
			t.Errorf("%s: its JSON is not the same twice", id)
		}
	}
}

func TestParse_SaysWhereAndWhat(t *testing.T) {
	good, err := starterFiles.ReadFile("starter/heat-recruitment.yaml")
	if err != nil {
		t.Fatal(err)
	}
	for _, row := range []struct{ sentence, old, new, place, text string }{
		{"a misspelt field is named with its step", "    skip: {ok: true, why: {en: \"You already know", "    skipp: {}\n    skip: {ok: true, why: {en: \"You already know", "Step 2 (Issues & stake), skipp", "skipp"},
		{"a light that cannot be read names its step", "goto: agitate}", "goto: \"to agitate!\"}", "Step 2 (Issues & stake), green light “Told a real story”, where it leads", "to agitate!"},
		{"another format is refused", "format: pb.script/1", "format: pb.script/9", "Line 1", "pb.script/1"},
		{"an outcome of one's own is refused", "outcome: no_thanks", "outcome: defeated", "Ending “kind_no”, its outcome", "no_thanks"},
	} {
		t.Run(row.sentence, func(t *testing.T) {
			doc := strings.Replace(string(good), row.old, row.new, 1)
			_, err := Parse([]byte(doc))
			var bad *Malformed
			if !errors.As(err, &bad) {
				t.Fatalf("want a list of problems, got %v", err)
			}
			for _, p := range bad.Problems {
				if p.Place == row.place && strings.Contains(p.Sentence, row.text) {
					return
				}
			}
			t.Errorf("no problem at %q about %q in %v", row.place, row.text, bad.Problems)
		})
	}
}

// The browser's tests read the same scripts as JSON, because Node has no YAML of its own.
func TestBrowserCopies_AreTheScriptsThatShip(t *testing.T) {
	for _, id := range Starters() {
		s := starter(t, id)
		doc, err := s.JSON()
		if err != nil {
			t.Fatal(err)
		}
		sameFile(t, filepath.Join("testdata", "scripts", id+".json"), doc)
	}
	lib, err := SharedLibrary()
	if err != nil {
		t.Fatal(err)
	}
	doc, err := lib.JSON()
	if err != nil {
		t.Fatal(err)
	}
	sameFile(t, filepath.Join("testdata", "scripts", "library.json"), doc)
}

func sameFile(t *testing.T, name string, doc []byte) {
	t.Helper()
	var pretty bytes.Buffer
	if err := json.Indent(&pretty, doc, "", " "); err != nil {
		t.Fatal(err)
	}
	pretty.WriteByte('\n')
	if *update {
		if err := os.MkdirAll(filepath.Dir(name), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(name, pretty.Bytes(), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	have, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(have, pretty.Bytes()) {
		t.Errorf("%s is out of date: go test ./script -update", name)
	}
}
