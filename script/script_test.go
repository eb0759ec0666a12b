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
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"gopkg.in/yaml.v3"
)

var update = flag.Bool("update", false, "write the files that the browser's tests read")

func starter(t *testing.T, id string) *Script {
	t.Helper()
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
	if _, err := SharedLibrary(); err != nil {
		t.Error(err)
	}
	if _, err := Starter("nothing"); err == nil || !strings.Contains(err.Error(), "heat-recruitment") {
		t.Errorf("an unknown starter should name the known ones, got %v", err)
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
		{"a misspelt field is named with its step", "    skip: {ok: true, why: {en: \"You already know", "    skipp: {}\n    skip: {ok: true, why: {en: \"You already know", "steps, stake", "skipp"},
		{"a light that cannot be read names its step", "goto: agitate}", "goto: \"to agitate!\"}", "steps, stake, lights, green, number 1, goto", "pattern"},
		{"another format is refused", "format: pb.script/1", "format: pb.script/9", "format", "pb.script/1"},
		{"an outcome of one's own is refused", "outcome: no_thanks", "outcome: defeated", "endings, kind_no, outcome", "no_thanks"},
	} {
		t.Run(row.sentence, func(t *testing.T) {
			doc := strings.Replace(string(good), row.old, row.new, 1)
			_, err := Parse([]byte(doc))
			var bad *Malformed
			if !errors.As(err, &bad) {
				t.Fatalf("want a list of problems, got %v", err)
			}
			for _, p := range bad.Problems {
				if p.Place == row.place && strings.Contains(p.Text, row.text) {
					return
				}
			}
			t.Errorf("no problem at %q about %q in %v", row.place, row.text, bad.Problems)
		})
	}
}

func TestParse_RefusesWhatIsNotOneDocument(t *testing.T) {
	for sentence, doc := range map[string]string{
		"nothing":                "",
		"a list":                 "- a\n- b",
		"broken YAML":            "format: [",
		"a name given twice":     "format: pb.script/1\nformat: pb.script/1",
		"two documents":          "format: pb.script/1\n---\nformat: pb.script/1",
		"more than half a MB":    strings.Repeat("#", MaxBytes+1),
		"words that repeat self": "a: &a [x]\nb: *a",
	} {
		if _, err := Parse([]byte(doc)); err == nil {
			t.Errorf("%s was read as a script", sentence)
		}
	}
}

func FuzzParse(f *testing.F) {
	for _, id := range Starters() {
		doc, err := starterFiles.ReadFile("starter/" + id + ".yaml")
		if err != nil {
			f.Fatal(err)
		}
		f.Add(doc)
	}
	f.Fuzz(func(t *testing.T, doc []byte) {
		s, err := Parse(doc)
		if err != nil {
			return
		}
		Lint(s)
		if _, err := s.JSON(); err != nil {
			t.Fatal(err)
		}
	})
}

// change gives the recruitment script with one thing altered, as a coordinator's edit would leave it.
func change(t *testing.T, edit func(doc map[string]any)) *Script {
	t.Helper()
	raw, err := starterFiles.ReadFile("starter/heat-recruitment.yaml")
	if err != nil {
		t.Fatal(err)
	}
	var doc map[string]any
	if err := yaml.Unmarshal(raw, &doc); err != nil {
		t.Fatal(err)
	}
	edit(doc)
	b, err := yaml.Marshal(doc)
	if err != nil {
		t.Fatal(err)
	}
	s, err := Parse(b)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func stepDoc(doc map[string]any, i int) map[string]any {
	return doc["steps"].([]any)[i].(map[string]any)
}

func TestLint_SaysWhatToMendInSentences(t *testing.T) {
	for _, row := range []struct {
		sentence string
		edit     func(doc map[string]any)
		want     string
	}{
		{"a light to nowhere", func(d map[string]any) {
			stepDoc(d, 0)["lights"].(map[string]any)["green"] = []any{map[string]any{"label": "On", "goto": "nowhere"}}
		}, "Step Introduction: the light \"On\" leads to a step that does not exist: nowhere"},
		{"an ending nobody wrote", func(d map[string]any) {
			stepDoc(d, 0)["lights"].(map[string]any)["green"] = []any{map[string]any{"label": "On", "goto": "end(gone)"}}
		}, "Step Introduction: the light \"On\" closes with an ending that does not exist: gone"},
		{"a step that cannot be reached", func(d map[string]any) {
			stepDoc(d, 5)["lights"].(map[string]any)["green"] = []any{map[string]any{"label": "On", "goto": "end(committed)"}}
		}, "Step Next steps: no light leads here"},
		{"a name nothing provides", func(d map[string]any) {
			stepDoc(d, 1)["summarize"] = map[string]any{"en": "So {mystery}.", "es": "Entonces {mystery}."}
		}, "Step Issues & stake: waits for {mystery}, which nothing provides: declare it as a slot or a fact"},
		{"a stake said back before it was asked for", func(d map[string]any) {
			stepDoc(d, 1)["capture"] = []any{"problem"}
		}, "Step Plan to win: says their stake, but no earlier step asks for it"},
		{"a speech", func(d map[string]any) {
			stepDoc(d, 1)["say"] = []any{map[string]any{"id": "open", "text": map[string]any{"en": strings.Repeat("word ", 46), "es": "Hola"}}}
		}, "Step Issues & stake: the line \"open\" is 46 words in en; over 45 is a speech"},
		{"a text of two segments", func(d map[string]any) {
			stepDoc(d, 1)["sms"] = map[string]any{"first_line": map[string]any{"en": strings.Repeat("a", 161), "es": "Hola"}}
		}, "Step Issues & stake: the text in en is 2 segments (161 characters); keep it to 1"},
		{"an ask without quiet", func(d map[string]any) {
			stepDoc(d, 5)["say"] = []any{map[string]any{"id": "q", "text": map[string]any{"en": "Will you {ask}?", "es": "¿Puedes {ask}?"}}}
		}, "Step The ask: asks without waiting: mark the question 'then: silence'"},
		{"next steps without a way", func(d map[string]any) { stepDoc(d, 6)["fields"] = []any{"what", "by_when"} },
			"Step Next steps: does not say how you follow up: add follow_how"},
		{"a second question in one talk", func(d map[string]any) {
			again := map[string]any{}
			for k, v := range stepDoc(d, 5) {
				again[k] = v
			}
			again["id"] = "ask_again"
			d["steps"] = append(d["steps"].([]any), again)
		}, "Asks: 2 steps put a question; one talk carries one live ask"},
		{"a line missing in Spanish", func(d map[string]any) {
			stepDoc(d, 1)["summarize"] = map[string]any{"en": "Right?"}
		}, "Step Issues & stake: the say-back line is missing in es"},
		{"a claim without a source", func(d map[string]any) {
			delete(d["facts"].(map[string]any)["proof"].(map[string]any), "source")
		}, "Fact proof: is a claim without a source; say where it is from"},
	} {
		t.Run(row.sentence, func(t *testing.T) {
			var got []string
			for _, p := range Lint(change(t, row.edit)) {
				got = append(got, p.String())
			}
			if !strings.Contains(strings.Join(got, "\n")+"\n", row.want+"\n") {
				t.Errorf("want %q among\n%s", row.want, strings.Join(got, "\n"))
			}
		})
	}
}

func TestStale_AsksForAFreshLookAfterNinetyDays(t *testing.T) {
	s := starter(t, "heat-recruitment")
	checked := time.Date(2026, 11, 2, 0, 0, 0, 0, time.UTC)
	if got := Stale(s, checked.AddDate(0, 0, 90)); len(got) != 0 {
		t.Errorf("90 days is still fresh, got %v", got)
	}
	if got := Stale(s, checked.AddDate(0, 0, 91)); len(got) != 4 {
		t.Errorf("want the four claims named, got %v", got)
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
