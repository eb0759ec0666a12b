package simulator

import (
	"strings"
	"unicode/utf16"
)

// The GSM 03.38 alphabet. A letter of the extension costs two septets.
const (
	gsmBasic = "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?" +
		"¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà"
	gsmExtension = "\f^{}\\[~]|€"
)

// segments counts the SMS segments of a text: GSM-7 160 septets alone or 153 each when split, otherwise UCS-2
// with 70 or 67 units; one letter outside GSM-7 makes the whole text UCS-2.
// Source: Twilio docs, "What the Heck is a Segment?".
func segments(body string) int {
	septets := 0
	for _, r := range body {
		switch {
		case strings.ContainsRune(gsmBasic, r):
			septets++
		case strings.ContainsRune(gsmExtension, r):
			septets += 2
		default:
			return split(len(utf16.Encode([]rune(body))), 70, 67)
		}
	}
	return split(septets, 160, 153)
}

func split(units, alone, each int) int {
	if units <= alone {
		return 1
	}
	return (units + each - 1) / each
}
