// Package people is how persons and numbers come in: by hand, by file, with their consent. It never clears an opt-out.
package people

import (
	"strings"

	"github.com/nyaruka/phonenumbers"

	"phonebank"
)

// ParseNumber reads a number as people write it, in North America unless it says otherwise, and answers with the zones it may be
// in. An area code narrows them; a number that says nothing leaves all of them open, and the strictest hours count.
func ParseNumber(raw string) (phonebank.Number, string, error) {
	parsed, err := phonenumbers.Parse(strings.TrimSpace(raw), "US")
	if err != nil || phonenumbers.IsPossibleNumberWithReason(parsed) != phonenumbers.IS_POSSIBLE {
		return "", "", phonebank.Fail(phonebank.Invalid, "%q is no phone number we can read. Write it like 212 555 0110.", short(raw))
	}
	n := phonebank.Number(phonenumbers.Format(parsed, phonenumbers.E164))
	if !n.Valid() {
		return "", "", phonebank.Fail(phonebank.Invalid, "%q is no phone number we can read. Write it like 212 555 0110.", short(raw))
	}
	return n, ZonesOf(n), nil
}

// VolunteerNumber reads the number that a volunteer wants to be rung on: an ordinary one of North America, since a join link
// in the wrong hands must not ring premium numbers at our cost.
func VolunteerNumber(raw string) (phonebank.Number, error) {
	n, _, err := ParseNumber(raw)
	if err != nil {
		return "", err
	}
	if len(n) != 12 || !strings.HasPrefix(string(n), "+1") || strings.HasPrefix(string(n), "+1900") || strings.HasPrefix(string(n), "+1976") {
		return "", phonebank.Fail(phonebank.Invalid, "We can ring phones in the United States and Canada only. Please give such a number.")
	}
	return n, nil
}

func short(s string) string {
	r := []rune(strings.TrimSpace(s))
	if len(r) > 24 {
		return string(r[:24]) + "…"
	}
	return string(r)
}

// FirstName reads the name that a volunteer says hello with.
func FirstName(name string) string {
	first, _, _ := strings.Cut(strings.TrimSpace(name), " ")
	return first
}
