package script

import (
	"encoding/json"
	"os"
	"testing"
)

// BenchmarkReplay reads a whole talk again, as every look at a conversation does.
func BenchmarkReplay(b *testing.B) {
	doc, err := os.ReadFile("testdata/walk/random.json")
	if err != nil {
		b.Fatal(err)
	}
	var cases []walkCase
	if err := json.Unmarshal(doc, &cases); err != nil {
		b.Fatal(err)
	}
	longest := cases[0]
	for _, c := range cases {
		if len(c.Events) > len(longest.Events) {
			longest = c
		}
	}
	s, err := Starter(longest.Script)
	if err != nil {
		b.Fatal(err)
	}
	b.ReportAllocs()
	b.ReportMetric(float64(len(longest.Events)), "events/talk")
	for b.Loop() {
		Replay(s, longest.Start, longest.Events)
	}
}
