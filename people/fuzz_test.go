package people_test

import (
	"strings"
	"testing"

	"phonebank"
	"phonebank/people"
)

// A number is read as people write it, or refused in words; one that is read is whole, and reads the same again.
func FuzzParseNumber(f *testing.F) {
	for _, s := range []string{"(646) 555-0199", "+1 212 555 0110", "212.555.0110 x3", "+44 20 7946 0958", "call me", "", "+", "١٢٣", "\x00212", "0015551234567890123"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, raw string) {
		n, zones, err := people.ParseNumber(raw)
		if err != nil {
			if phonebank.KindOf(err) != phonebank.Invalid {
				t.Fatalf("%q: %v", raw, err)
			}
			return
		}
		if !n.Valid() {
			t.Fatalf("%q reads as %q", raw, n)
		}
		again, same, err := people.ParseNumber(string(n))
		if err != nil || again != n || same != zones {
			t.Fatalf("%q reads as %q (%s), and that as %q (%s): %v", raw, n, zones, again, same, err)
		}
		if _, err := people.VolunteerNumber(raw); err == nil && (!strings.HasPrefix(string(n), "+1") || strings.HasPrefix(string(n), "+1900")) {
			t.Fatalf("we would ring %q", n)
		}
	})
}

// No cell that we write is a formula to a spreadsheet, and no cell loses what stood in it.
func FuzzNeutral(f *testing.F) {
	for _, s := range []string{"=1+1", "+cmd|' /C calc'!A0", "@SUM(A1)", "-2", "\t=1", "+12125550110", "plain", "", "'=1"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, cell string) {
		out := people.Neutral([]string{cell})[0]
		if strings.TrimPrefix(out, "'") != cell && out != cell {
			t.Errorf("%q became %q", cell, out)
		}
		if out != "" && strings.ContainsRune("=+-@\t\r", rune(out[0])) && !phonebank.Number(out).Valid() {
			t.Errorf("%q opens as a formula", out)
		}
	})
}
