package phonebank

import (
	"regexp"
	"strconv"
	"strings"
)

// What people type, put into one form before any time is looked for in it.

var (
	dotted    = regexp.MustCompile(`\b([ap])\. ?m\b\.?`)
	halfHour  = regexp.MustCompile(`(\d)[.h](\d\d)\b`)
	hourSign  = regexp.MustCompile(`\b(\d{1,2}) ?(h|hrs|horas)\b`)
	glued     = regexp.MustCompile(`\b(\d{1,2})(\d\d)? ?([ap])m?\b`)
	compact   = regexp.MustCompile(`\b(at|las) (\d{1,2})([0-5]\d)\b`)
	ish       = regexp.MustCompile(`(\d) ?ish\b`)
	spelledAt = regexp.MustCompile(`\b(at|around|about|after|before|by|until|las|la|or|o|past|quarter to) (one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|una|dos|tres|cuatro|cinco|seis|siete|ocho|nueve|diez|once|doce)\b`)
	spelledPM = regexp.MustCompile(`\b(one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve) (am|pm|oclock|thirty)\b`)
	digitHalf = regexp.MustCompile(`\b(\d{1,2}) (thirty|y media)\b`)
	digitQuar = regexp.MustCompile(`\b(\d{1,2}) y cuarto\b`)
	halfPast  = regexp.MustCompile(`\bhalf past (\d{1,2})\b`)
	butWord   = regexp.MustCompile(`\b(but|pero)\b`)
	halfOfDay = regexp.MustCompile(`(\d:\d\d) ?([ap])m?\b`)
	noonWord  = regexp.MustCompile(`\b(noon|midday|(el |al )?mediodia|medio dia)\b`)
	quartPast = regexp.MustCompile(`\bquarter past (\d{1,2})\b`)
	greetings = regexp.MustCompile(`\b(good (morning|afternoon|evening|night)|buen(os|as) (dias|tardes|noches)|buen dia)\b`)
	numbers   = map[string]string{"one": "1", "two": "2", "three": "3", "four": "4", "five": "5", "six": "6", "seven": "7", "eight": "8", "nine": "9", "ten": "10", "eleven": "11", "twelve": "12",
		"una": "1", "dos": "2", "tres": "3", "cuatro": "4", "cinco": "5", "seis": "6", "siete": "7", "ocho": "8", "nueve": "9", "diez": "10", "once": "11", "doce": "12"}
)

// clausesOf folds a text like Fold, but keeps what a time is written with, and cuts it at its stops: "can't, call me Friday
// at 6:30" is two clauses, and the no in the first says nothing of the second.
func clausesOf(body string) []string {
	var b strings.Builder
	for _, r := range strings.ToLower(body) {
		if plain, ok := plainLetter[r]; ok {
			r = plain
		}
		switch {
		case r == '\'' || r == '’' || r == '‘' || r == '`' || r >= 0x300 && r <= 0x36f || r == 0x200b || r == 0x200d || r == 0xfeff:
		case r == '@':
			b.WriteString(" at ")
		default:
			b.WriteRune(r)
		}
	}
	text := strings.ReplaceAll(b.String(), "o clock", "oclock")
	text = dotted.ReplaceAllString(text, "${1}m ")
	text = halfHour.ReplaceAllString(text, "$1:$2")
	text = butWord.ReplaceAllString(text, ",")
	var clauses []string
	for _, part := range strings.FieldsFunc(text, func(r rune) bool { return strings.ContainsRune(".,;!?¡¿\n\r()|\"", r) }) {
		part = strings.Map(func(r rune) rune {
			if r >= 'a' && r <= 'z' || r >= '0' && r <= '9' || r == ':' || r == '/' {
				return r
			}
			return ' '
		}, part)
		part = strings.Join(strings.Fields(part), " ")
		if part = greetings.ReplaceAllString(clocksIn(part), " "); strings.TrimSpace(part) != "" {
			clauses = append(clauses, strings.Join(strings.Fields(part), " "))
		}
	}
	return clauses
}

// clocksIn writes the ways in which people write a clock in one: "6:30 pm".
func clocksIn(text string) string {
	word := func(s string) string {
		f := strings.Fields(s)
		for i := range f {
			if n, ok := numbers[f[i]]; ok {
				f[i] = n
			}
		}
		return strings.Join(f, " ")
	}
	text = spelledAt.ReplaceAllStringFunc(text, word)
	text = spelledPM.ReplaceAllStringFunc(text, word)
	text = hourSign.ReplaceAllStringFunc(text, func(s string) string {
		m := hourSign.FindStringSubmatch(s)
		if n, _ := strconv.Atoi(m[1]); n < 13 || n > 23 {
			return s // "3 h" may be how long
		}
		return m[1] + ":00"
	})
	text = glued.ReplaceAllStringFunc(text, func(s string) string {
		m := glued.FindStringSubmatch(s)
		if m[2] == "" {
			m[2] = "00"
		}
		return m[1] + ":" + m[2] + " " + m[3] + "m"
	})
	text = halfOfDay.ReplaceAllString(text, "$1 ${2}m")
	text = compact.ReplaceAllString(text, "$1 $2:$3")
	text = ish.ReplaceAllString(text, "$1")
	text = digitHalf.ReplaceAllString(text, "$1:30")
	text = digitQuar.ReplaceAllString(text, "$1:15")
	text = halfPast.ReplaceAllString(text, "at $1:30")
	text = quartPast.ReplaceAllString(text, "at $1:15")
	return noonWord.ReplaceAllString(text, "12:00 pm")
}
