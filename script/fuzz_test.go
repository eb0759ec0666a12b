package script

import (
	"encoding/json"
	"os"
	"reflect"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
)

func TestYAML_ReadsBackToTheSameScript(t *testing.T) {
	for _, id := range append(Starters(), "sparse") {
		s := starter(t, id)
		doc, err := s.YAML()
		if err != nil {
			t.Fatal(err)
		}
		again, err := Parse(doc)
		if err != nil {
			t.Fatalf("%s: %v\n%s", id, err, doc)
		}
		if diff := cmp.Diff(s, again, cmpopts.EquateEmpty()); diff != "" {
			t.Errorf("%s changed on the way through YAML: %s", id, diff)
		}
	}
}

func TestParse_ChangesNothingInSilence(t *testing.T) {
	for _, row := range []struct{ sentence, doc, want string }{
		{"a name written twice", "format: pb.script/1\nid: a\nid: b", "Line 3: “id” is written twice in the same place. Keep one of them."},
		{"a name written twice in JSON", `{"format": "pb.script/1",` + "\n" + `"id": "a", "id": "b"}`, "Line 2: “id” is written twice in the same place. Keep one of them."},
		{"a name that is a number", "format: pb.script/1\nfacts: {1: {label: a, value: b}}", "Line 2: “1” is not a name. Put it in quotation marks."},
		{"a reference", "format: pb.script/1\ntitle: &t hello\npurpose: *t", "Line 3: “*t” refers to something written elsewhere. Write it out here."},
		{"a value with a tag of its own", "format: pb.script/1\ntitle: !secret hello", "Line 2: “!secret” is a kind of value that a script does not hold."},
		{"a character that no keyboard types", `{"format": "pb.script/1", "title": "a\u0000b"}`, "Line 1: There is a character here that no keyboard types. Delete it and type it again."},
		{"half a character", `{"format": "pb.script/1", "title": "\ud800"}`, "Line 1: There is a character here that no keyboard types. Delete it and type it again."},
		{"a number beyond counting", "format: pb.script/1\nversion: .inf", "Line 2: “.inf” is not a number that can be counted with."},
		{"a second document", "format: pb.script/1\n---\nformat: pb.script/1", "Line 2: One file holds one script, and this one goes on after it."},
		{"nothing", "", "The document is empty."},
		{"only a comment", "# nothing here", "The document is empty."},
		{"a list", "- a\n- b", "Line 1: The document is not a list of names and values."},
		{"a document of another kind", "format: pb.library/1", "Line 1: The first line must be “format: pb.script/1”."},
		{"more than half a MB", strings.Repeat("#", MaxBytes+1), "The document is over 512 KB."},
		{"another alphabet", "\xff\xfe", "The document is not plain text in UTF-8."},
		{"a bracket that is never closed", "format: [", "Line 1: This line does not fit the one before it. Check that the spaces at its beginning, the colons and the quotation marks match."},
		{"a colon too many", "format: pb.script/1\ntitle: this: that", "Line 2: There is a colon too many here. Put the sentence in quotation marks."},
	} {
		t.Run(row.sentence, func(t *testing.T) {
			_, err := Parse([]byte(row.doc))
			bad, ok := err.(*Malformed)
			if !ok {
				t.Fatalf("was read as a script, or failed without words: %v", err)
			}
			if got := bad.Problems[0].String(); got != row.want {
				t.Errorf("got  %s\nwant %s", got, row.want)
			}
		})
	}
}

func TestParse_KeepsADayAsItWasWritten(t *testing.T) {
	doc, err := starterFiles.ReadFile("starter/heat-recruitment.yaml")
	if err != nil {
		t.Fatal(err)
	}
	s, err := Parse([]byte(strings.Replace(string(doc), `source: "Code office records"`, "source: 2026-11-02 10:30:00", 1)))
	if err != nil {
		t.Fatal(err)
	}
	if got := s.Facts["proof"]; got.Source != "2026-11-02 10:30:00" || got.AsOf != "2026-11-02" {
		t.Errorf("a bare date became %q, %q", got.Source, got.AsOf)
	}
}

// kept tells whether every value of a document is in another one at the same place. What says nothing (null, false, 0 and
// what is empty) may be left out: leaving it out says the same.
func kept(t *testing.T, path string, in, out any) {
	if reflect.DeepEqual(in, out) {
		return
	}
	switch v := in.(type) {
	case nil:
		return
	case map[string]any:
		o, _ := out.(map[string]any)
		for key, x := range v {
			kept(t, path+"/"+key, x, o[key])
		}
		return
	case []any:
		o, _ := out.([]any)
		if len(v) > 0 && len(o) != len(v) {
			t.Fatalf("%s had %d entries, has %d", path, len(v), len(o))
		}
		for i, x := range v {
			kept(t, path, x, o[i])
		}
		return
	case bool:
		if !v {
			return
		}
	case string:
		if v == "" {
			return
		}
	case float64:
		if v == 0 {
			return
		}
	}
	t.Fatalf("%s was %#v and is %#v", path, in, out)
}

// plainValues reads a document as plain JSON values, as any other program would.
func plainValues(t *testing.T, doc []byte) any {
	value, err := read(doc, Format)
	if err != nil {
		t.Fatal(err)
	}
	b, err := json.Marshal(value)
	if err != nil {
		t.Fatal(err)
	}
	var v any
	if err := json.Unmarshal(b, &v); err != nil {
		t.Fatal(err)
	}
	return v
}

// seeds are small, so that a minute of fuzzing tries many of their neighbors. The long scripts have tests of their own.
func seeds(f *testing.F) {
	doc, err := os.ReadFile("testdata/scripts/sparse.json")
	if err != nil {
		f.Fatal(err)
	}
	f.Add(doc)
	s, err := Parse(doc)
	if err != nil {
		f.Fatal(err)
	}
	if doc, err = s.YAML(); err != nil {
		f.Fatal(err)
	}
	f.Add(doc)
	f.Add(everything(f))
	for _, odd := range []string{
		"format: pb.script/1", "format: pb.script/1\nsteps: [{}, {type: ask}]\nendings: [{follow_up: {also: {}}}]\npaths: {a: []}",
		"{\"format\": \"pb.script/1\", \"title\": {\"en\": \"\\ud83d\\ude00\"}}", "a: &a [*a]", "? [a]\n: b", "format: pb.script/1\nsteps: {0: x}", "- - - -", "\"a\"",
	} {
		f.Add([]byte(odd))
	}
}

// Nothing that is read crashes; what is read and written again, as JSON or as YAML, is read as the same script; and every
// value of the document is in the script.
func FuzzParse(f *testing.F) {
	seeds(f)
	f.Fuzz(func(t *testing.T, doc []byte) {
		if draft, problems := Draft(doc); draft != nil {
			Lint(draft)
		} else if len(problems) == 0 {
			t.Fatal("nothing was read and nothing was said about it")
		}
		s, err := Parse(doc)
		if err != nil {
			if err.Error() == "" || !utf8.ValidString(err.Error()) {
				t.Fatalf("an error without words: %q", err)
			}
			return
		}
		Lint(s)
		asJSON, err := s.JSON()
		if err != nil {
			t.Fatal(err)
		}
		asYAML, err := s.YAML()
		if err != nil {
			t.Fatal(err)
		}
		kept(t, "", plainValues(t, doc), plainValues(t, asJSON))
		for _, again := range [][]byte{asJSON, asYAML} {
			twin, err := Parse(again)
			if err != nil {
				t.Fatalf("what was read cannot be read again: %v\n%s", err, again)
			}
			twice, err := twin.JSON()
			if err != nil {
				t.Fatal(err)
			}
			if string(twice) != string(asJSON) {
				t.Fatalf("read again it is another script:\n%s\n%s", asJSON, twice)
			}
		}
	})
}

// Any script that can be read can be walked, whatever is pressed and in whichever order.
func FuzzWalk(f *testing.F) {
	for _, id := range append(Starters(), "sparse") {
		f.Add([]byte("format: pb.script/1"), id, []byte{1, 2, 3, 250, 17, 80, 4, 4, 90, 13})
	}
	f.Fuzz(func(t *testing.T, doc []byte, id string, choices []byte) {
		s, err := Parse(doc)
		if err != nil {
			if id != "sparse" && !slices.Contains(Starters(), id) {
				return
			}
			s = starter(t, id)
		}
		all := presses(s)
		w := NewWalk(s, Start{At: minute(0)})
		var events []Event
		for i := 0; i+1 < len(choices); i += 2 {
			e := all[(int(choices[i])<<8|int(choices[i+1]))%len(all)]
			e.At = minute(i % 60)
			events = append(events, e)
			w.Apply(e)
			st := w.State()
			if _, ok := s.Step(st.Step); !ok {
				t.Fatalf("stands on a step that does not exist: %q", st.Step)
			}
			if len(st.Trail) != len(st.Route) || st.Trail[len(st.Trail)-1].Step != st.Step {
				t.Fatal("the trail and the route part")
			}
			if st.Mode == ModeChoose && len(st.Options) == 0 {
				t.Fatal("a choice without a way on")
			}
			if w.Outcome() == "" {
				t.Fatal("a talk that comes to nothing at all")
			}
		}
		if diff := cmp.Diff(w.State(), Replay(s, Start{At: minute(0)}, events)); diff != "" {
			t.Fatalf("replayed it ends elsewhere: %s", diff)
		}
	})
}

// Whatever a line says and whatever was heard: no brace of the line reaches a screen, a gap is named, and a text with a gap
// is refused.
func FuzzFill(f *testing.F) {
	f.Add("Hi {first_name}, it's {volunteer_place|near you} {their_stake}.", "problem", "the cold", "en")
	f.Add("{by_when} {{x}} {follow_how|", "by_when", "2026-12-03T18:30", "es")
	f.Add("¿{nadie}?", "named_target", "city", "es-MX")
	f.Add("}{", "", "", "")
	f.Fuzz(func(t *testing.T, line, name, value, locale string) {
		s := starter(t, "heat-recruitment")
		filled := Fill(line, Sources{Script: s, Locale: locale, Ask: "meeting", Conversation: map[string]string{name: value}})
		for _, p := range filled {
			if p.From != FromConversation && strings.ContainsAny(p.Text, "{}") {
				t.Fatalf("a brace reached the screen: %+v", p)
			}
			if p.Text == "" {
				t.Fatalf("a piece without words: %+v", p)
			}
			if (p.Slot == "") != (p.From == FromLine) {
				t.Fatalf("a piece without a source: %+v", p)
			}
		}
		text, err := filled.Text()
		if (err != nil) != (len(filled.Gaps()) > 0) {
			t.Fatalf("a text with a gap must be refused, and only then: %v", err)
		}
		if err == nil && Straighten(text) != text {
			t.Fatalf("a text is straightened once and for all: %q", text)
		}
		if n, chars, _ := Segments(text); n < 0 || chars < 0 || n == 0 && chars > 0 {
			t.Fatalf("a text of %d segments and %d characters", n, chars)
		}
	})
}
