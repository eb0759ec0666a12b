package simulator

import (
	"strings"
	"testing"
)

func TestSegments(t *testing.T) {
	for _, row := range []struct {
		why  string
		body string
		want int
	}{
		{"an empty text is one segment", "", 1},
		{"160 letters of GSM-7 fit one", strings.Repeat("a", 160), 1},
		{"161 are split in parts of 153", strings.Repeat("a", 161), 2},
		{"306 fill two parts", strings.Repeat("a", 306), 2},
		{"307 need a third", strings.Repeat("a", 307), 3},
		{"accents of the GSM alphabet cost one", strings.Repeat("é", 160), 1},
		{"the euro sign costs two: 80 fit", strings.Repeat("€", 80), 1},
		{"81 do not", strings.Repeat("€", 81), 2},
		{"70 letters of UCS-2 fit one", strings.Repeat("✓", 70), 1},
		{"71 are split in parts of 67", strings.Repeat("✓", 71), 2},
		{"an emoji is two units", strings.Repeat("😀", 35), 1},
		{"36 emoji are 72 units", strings.Repeat("😀", 36), 2},
		{"a backtick is ASCII but not GSM-7", strings.Repeat("`", 71), 2},
		{"one curly quote makes all of it UCS-2", strings.Repeat("a", 70) + "’", 2},
	} {
		if got := segments(row.body); got != row.want {
			t.Errorf("%s: %d, want %d", row.why, got, row.want)
		}
	}
}
