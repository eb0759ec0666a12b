package phonebank_test

import (
	"flag"
	"os"
	"regexp"
	"strings"
	"testing"

	"phonebank"
)

var update = flag.Bool("update", false, "write the diagrams of docs/architecture.md anew")

// The diagrams in the docs are drawn from the tables: a picture that lags behind the code would mislead.
func TestDiagrams_AreThoseOfTheTables(t *testing.T) {
	var b strings.Builder
	for _, d := range []struct{ name, diagram string }{
		{"Call", phonebank.CallTable.Diagram()},
		{"Shift", phonebank.ShiftTable.Diagram()},
		{"Conversation", phonebank.ConversationTable.Diagram()},
		{"Follow-up", phonebank.FollowUpTable.Diagram()},
		{"Wave", phonebank.WaveTable.Diagram()},
		{"Commitment", phonebank.CommitmentTable.Diagram()},
		{"Proposal on the ladder", phonebank.RungTable.Diagram()},
		{"Text that must leave", phonebank.OutboxTable.Diagram()},
		{"Version of a script", phonebank.ScriptTable.Diagram()},
	} {
		b.WriteString("\n### " + d.name + "\n\n```mermaid\n" + d.diagram + "```\n")
	}
	raw, err := os.ReadFile("docs/architecture.md")
	if err != nil {
		t.Fatal(err)
	}
	between := regexp.MustCompile(`(?s)<!-- states -->.*<!-- /states -->`)
	want := between.ReplaceAllLiteralString(string(raw), "<!-- states -->\n"+b.String()+"\n<!-- /states -->")
	if *update {
		if err := os.WriteFile("docs/architecture.md", []byte(want), 0o644); err != nil {
			t.Fatal(err)
		}
	} else if want != string(raw) {
		t.Error("docs/architecture.md is behind the tables: go test . -run Diagrams -update")
	}
}
