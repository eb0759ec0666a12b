package phonebank

import (
	"regexp"
	"strings"
	"unicode"
)

// Meaning is what the rule of opt-out reads in an inbound text.
type Meaning string

const (
	Ordinary  Meaning = ""
	SaysStop  Meaning = "stop" // blocks texts and calls to the number, everywhere, at once
	SaysStart Meaning = "start"
	SaysHelp  Meaning = "help"
	// Refusal sounds like a no. All sends and calls to the number are held until a person has ruled.
	Refusal Meaning = "refusal"
)

// Twilio answers and blocks these by itself (docs: Advanced Opt-Out, default keywords), so we do not answer them again.
var twilioStop = words("stop", "stopall", "unsubscribe", "cancel", "end", "quit", "revoke", "optout")
var twilioStart = words("start", "unstop", "yes")
var twilioHelp = words("help", "info")

// ours are further words that are as plain, in English and Spanish (47 CFR 64.1200(a)(10): any reasonable means).
var (
	ourStop      = words("opt out", "stop texting me", "remove me", "take me off")
	spanishStop  = words("alto", "para", "basta", "no mas", "cancelar", "detener", "baja", "darme de baja")
	spanishStart = words("inicio", "iniciar")
	spanishHelp  = words("ayuda")
)

// refusals sound like a wish to be left alone, but could be something else ("please stop by at 5"): a person decides.
var refusals = regexp.MustCompile(`\b(stop|unsubscribe|opt ?out|take (me|us|my|this)|remove (me|us|my|this)|leave (me|us) alone|` +
	`(don ?t|do not|never|quit|no more) (call|text|contact|message|ring|calling|texting|calls|texts|messages)\w*|wrong number|` +
	`lose (my|this) number|not interested|harass\w*|lawyer|` +
	`no (me )?(llam\w+|escrib\w+|mand\w+|contact\w+|molest\w+)|dej\w+ de|quit\w+ (me|mi)|quitenme|borr\w+|basta|no quiero|numero equivocado|no mas)\b`)

func words(list ...string) map[string]bool {
	set := map[string]bool{}
	for _, w := range list {
		set[w] = true
	}
	return set
}

// Read applies the one rule for STOP, START and HELP. byTwilio tells that Twilio has answered already. YES opens a
// number again only where the whole text is that word and no question of ours is open.
func Read(body string, questionOpen bool) (meaning Meaning, byTwilio bool) {
	folded := Fold(body)
	switch {
	case twilioStop[folded]:
		return SaysStop, true
	case ourStop[folded] || spanishStop[folded]:
		return SaysStop, false
	case twilioStart[folded]:
		if folded == "yes" && questionOpen {
			return Ordinary, true
		}
		return SaysStart, true
	case spanishStart[folded]:
		return SaysStart, false
	case twilioHelp[folded]:
		return SaysHelp, true
	case spanishHelp[folded]:
		return SaysHelp, false
	case refusals.MatchString(folded):
		return Refusal, false
	}
	return Ordinary, false
}

// InSpanish tells that a keyword was the Spanish one: whoever writes ALTO is answered in Spanish.
func InSpanish(body string) bool {
	folded := Fold(body)
	return spanishStop[folded] || spanishStart[folded] || spanishHelp[folded]
}

var plainLetter = map[rune]rune{
	'á': 'a', 'à': 'a', 'â': 'a', 'ä': 'a', 'ã': 'a', 'é': 'e', 'è': 'e', 'ê': 'e', 'ë': 'e', 'í': 'i', 'ì': 'i', 'î': 'i',
	'ï': 'i', 'ó': 'o', 'ò': 'o', 'ô': 'o', 'ö': 'o', 'õ': 'o', 'ú': 'u', 'ù': 'u', 'û': 'u', 'ü': 'u', 'ñ': 'n', 'ç': 'c',
}

// Fold takes case, punctuation, accents and extra space out of a text, so that "¡No más!" reads as "no mas".
func Fold(body string) string {
	var b strings.Builder
	gap := false
	for _, r := range strings.ToLower(body) {
		if plain, ok := plainLetter[r]; ok {
			r = plain
		}
		switch {
		case unicode.IsLetter(r) || unicode.IsDigit(r):
			if gap && b.Len() > 0 {
				b.WriteByte(' ')
			}
			gap = false
			b.WriteRune(r)
		case unicode.Is(unicode.Mn, r) || unicode.Is(unicode.Cf, r):
			// combining marks and invisible formatting fall away without making a gap
		default:
			gap = true
		}
	}
	return b.String()
}
