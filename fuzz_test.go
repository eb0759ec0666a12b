package phonebank

import (
	"strings"
	"testing"
	"time"
	"unicode/utf8"
)

// Whatever somebody texts, reading it never fails, a keyword is found under any capitals, marks and accents around it, and folding
// twice is folding once.
func FuzzRead(f *testing.F) {
	for _, s := range []string{"STOP", " ¡No más! ", "please stop by at 5", "YES", "start", "ayuda", "álto", "S\u200bTOP", "remove me", "", "\xff\xfe", "para", "parada"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, body string) {
		meaning, _ := Read(body, false)
		folded := Fold(body)
		if Fold(folded) != folded {
			t.Errorf("folding %q gives %q, and again %q", body, folded, Fold(folded))
		}
		if again, _ := Read(strings.ToUpper(folded)+" !", false); again != meaning {
			t.Errorf("%q means %q, and in capitals with a mark %q", body, meaning, again)
		}
		if open, _ := Read(body, true); meaning == SaysStop && open != SaysStop {
			t.Errorf("%q is a stop only where no question is open", body)
		}
	})
}

// Reports come in any order, with words that nobody knows: a text only climbs, and the same report twice changes nothing.
func FuzzClimb(f *testing.F) {
	for _, s := range []string{"sent delivered", "delivered sent", "failed undelivered delivered", "read", "made-up sent", ""} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, reports string) {
		state := MessagePlanned
		for _, word := range strings.Fields(reports) {
			next, _ := state.Climb(MessageState(word))
			if next.Rank() < state.Rank() {
				t.Fatalf("%q: from %s down to %s", reports, state, next)
			}
			if again, conflict := next.Climb(next); again != next || conflict {
				t.Fatalf("%q: %s twice is %s, conflict %v", reports, next, again, conflict)
			}
			if MessageState(word).Rank() == 0 && next != state {
				t.Fatalf("%q: an unknown word moved it from %s to %s", reports, state, next)
			}
			state = next
		}
	})
}

// The next moment when somebody may be contacted is one when they may, never in the past, and none before it was allowed.
func FuzzNextContact(f *testing.F) {
	for _, zones := range []string{"", "America/New_York", "America/Chicago@TX", "America/Chicago@AL,America/New_York", "America/New_York@PA", "America/Denver@UT", "America/New_York@RI", "Pacific/Chatham", "Nowhere/Atall", "America/New_York@ZZ", ",", "@RI"} {
		f.Add(zones, int64(1_795_000_000), int64(0))
		f.Add(zones, int64(1_804_000_000), int64(600))
	}
	f.Fuzz(func(t *testing.T, zones string, unix, margin int64) {
		at := time.Unix(1_735_689_600+(unix%189_000_000+189_000_000)%189_000_000, 0).UTC() // 2025 to 2030
		wait := time.Duration((margin%3600+3600)%3600) * time.Second
		next := NextContact(zones, at, wait)
		if next.IsZero() {
			return
		}
		if next.Before(at) || !MayContact(zones, next, wait) {
			t.Fatalf("%q at %s: next is %s", zones, at, next)
		}
		for step := at; step.Before(next); step = step.Add(7 * time.Minute) {
			if MayContact(zones, step, wait) && next.Sub(step) > 5*time.Minute {
				t.Fatalf("%q at %s: next is %s, though %s was allowed", zones, at, next, step)
			}
		}
	})
}

// An id or token that a browser sends is either of our form or refused; one that is taken can stand in a URL and a key as it is.
func FuzzValidID(f *testing.F) {
	f.Add("01ARZ3NDEKTSV4RRFFQ69G5FAV")
	f.Add("01arz3ndektsv4rrffq69g5fav")
	f.Add("../../../../etc/passwd....")
	f.Add("01ARZ3NDEKTSV4RRFFQ69G5FA\x00")
	f.Fuzz(func(t *testing.T, id string) {
		if !ValidID(id) {
			return
		}
		if len(id) != 26 || !utf8.ValidString(id) || strings.ContainsFunc(id, func(r rune) bool { return !(r >= '0' && r <= '9' || r >= 'A' && r <= 'Z') }) {
			t.Errorf("%q passes as an id", id)
		}
	})
}
