package script

import (
	"fmt"
	"strings"
)

// GapError says which words a text still waits for.
type GapError struct{ Missing []string }

func (e *GapError) Error() string {
	return fmt.Sprintf("this text is missing %s", strings.Join(e.Missing, ", "))
}

// Text is the line as an SMS. It refuses gaps, because a text with a hole in it reaches a person, and it straightens
// quotes and dashes, because one curly quote turns 160 characters into 70.
func (l Filled) Text() (string, error) {
	if gaps := l.Gaps(); len(gaps) > 0 {
		return "", &GapError{Missing: gaps}
	}
	return Straighten(l.String()), nil
}

var straight = strings.NewReplacer("’", "'", "‘", "'", "“", `"`, "”", `"`, "–", "-", "—", "-", "…", "...", "\u00a0", " ", "\u202f", " ")

// Straighten writes typographic marks in the plain signs a phone's alphabet knows. Letters keep their accents.
func Straighten(s string) string { return straight.Replace(s) }

// gsm holds the characters of GSM 03.38; those of its extension count twice.
const (
	gsmBasic    = "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà"
	gsmExtended = "^{}\\[~]|€"
)

// Segments counts what a text costs: how many segments, how many characters, and whether it fits the plain alphabet.
func Segments(text string) (segments, characters int, gsm bool) {
	gsm = true
	septets, units := 0, 0
	for _, r := range text {
		switch {
		case strings.ContainsRune(gsmBasic, r):
			septets++
		case strings.ContainsRune(gsmExtended, r):
			septets += 2
		default:
			gsm = false
		}
		units++
		if r > 0xFFFF {
			units++
		}
	}
	if gsm {
		return pieces(septets, 160, 153), septets, true
	}
	return pieces(units, 70, 67), units, false
}

func pieces(n, one, many int) int {
	if n <= one {
		return 1
	}
	return (n + many - 1) / many
}
