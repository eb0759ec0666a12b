package script

import (
	"errors"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
)

type fillCase struct {
	Name         string            `json:"name"`
	Script       string            `json:"script"`
	Locale       string            `json:"locale"`
	Ask          string            `json:"ask"`
	Line         string            `json:"line"`
	Conversation map[string]string `json:"conversation"`
	History      map[string]string `json:"history"`
	Volunteer    map[string]string `json:"volunteer"`
	Builtins     map[string]string `json:"builtins"`
	Want         Filled            `json:"want"`
	Text         *string           `json:"text"`
	Gaps         []string          `json:"gaps"`
}

func TestFill_SharedVectors(t *testing.T) {
	for _, c := range readVectors[[]fillCase](t, "testdata/fill/lines.json") {
		t.Run(c.Name, func(t *testing.T) {
			got := Fill(c.Line, Sources{
				Script: starter(t, c.Script), Locale: c.Locale, Ask: c.Ask,
				Conversation: c.Conversation, History: c.History, Volunteer: c.Volunteer, Builtins: c.Builtins,
			})
			if diff := cmp.Diff(c.Want, got); diff != "" {
				t.Error(diff)
			}
			if diff := cmp.Diff(c.Gaps, got.Gaps()); diff != "" {
				t.Error(diff)
			}
			text, err := got.Text()
			if c.Text != nil && text != *c.Text {
				t.Errorf("as a text: %q, want %q", text, *c.Text)
			}
			var gap *GapError
			if errors.As(err, &gap) != (len(c.Gaps) > 0) {
				t.Errorf("a text with a gap must be refused, and only then; got %v", err)
			}
		})
	}
}

func TestSegments_SharedVectors(t *testing.T) {
	type row struct {
		Text       string `json:"text"`
		Segments   int    `json:"segments"`
		Characters int    `json:"characters"`
		GSM        bool   `json:"gsm"`
	}
	for _, c := range readVectors[[]row](t, "testdata/fill/segments.json") {
		segments, characters, gsm := Segments(c.Text)
		if segments != c.Segments || characters != c.Characters || gsm != c.GSM {
			t.Errorf("%.20q: %d segments, %d characters, plain %v; want %d, %d, %v", c.Text, segments, characters, gsm, c.Segments, c.Characters, c.GSM)
		}
	}
}

func TestFill_NeverShowsABraceOfItsOwn(t *testing.T) {
	s := starter(t, "heat-recruitment")
	rapid.Check(t, func(t *rapid.T) {
		line := rapid.StringMatching(`([a-zA-Z ]{0,5}[{}|]{0,2}[a-z_0-9]{0,9}[|}]{0,2}){0,6}`).Draw(t, "line")
		if got := Fill(line, Sources{Script: s, Locale: "en"}).String(); strings.ContainsAny(got, "{}") {
			t.Fatalf("a brace reached the screen: %q", got)
		}
	})
}

func TestFill_WordsCapturedOnceAreSaidBackInLaterSteps(t *testing.T) {
	s := starter(t, "heat-recruitment")
	w := NewWalk(s, Start{})
	later := func(step string) string {
		found, _ := s.Step(step)
		var said []string
		for _, l := range found.Say {
			said = append(said, Fill(l.Text.In("en"), Sources{Script: s, Locale: "en", Ask: "meeting", Conversation: w.State().Slots}).String())
		}
		return strings.Join(said, " ")
	}
	if strings.Contains(later("educate"), "your son coughs") {
		t.Fatal("their words were there before they were said")
	}
	w.Apply(Event{Type: "slot", Data: Data{Name: "their_stake", Value: "your son coughs"}})
	for _, step := range []string{"agitate", "educate", "ask"} {
		if !strings.Contains(later(step), "your son coughs") {
			t.Errorf("%s does not say their words back: %s", step, later(step))
		}
	}
}
