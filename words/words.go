// Package words says the product's own sentences in the language of whoever reads or hears them. The English sentence is
// the key: what stands in the code is what a person reads, and es/*.json holds its Spanish.
package words

import (
	"embed"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"time"

	"golang.org/x/text/language"
)

// Language is one that the product speaks.
type Language string

// The languages that the product speaks. English is what the code is written in.
const (
	English Language = "en"
	Spanish Language = "es"
)

// Languages lists them as they are offered.
var Languages = []Language{English, Spanish}

// Name is a language in its own words, as a switch shows it.
func (l Language) Name() string {
	if l == Spanish {
		return "Español"
	}
	return "English"
}

// Known takes a language that we speak, and English for any other.
func Known(tag string) Language {
	if strings.HasPrefix(strings.ToLower(tag), "es") {
		return Spanish
	}
	return English
}

var matcher = language.NewMatcher([]language.Tag{language.English, language.Spanish})

// Wanted reads an Accept-Language header (RFC 9110, 12.5.4): the language that a browser asks for, English when in doubt.
func Wanted(header string) Language {
	tags, _, err := language.ParseAcceptLanguage(header)
	if err != nil || len(tags) == 0 {
		return English
	}
	tag, _, _ := matcher.Match(tags...)
	base, _ := tag.Base()
	return Known(base.String())
}

// Among lists which of our languages somebody speaks, as a list of theirs holds them ("Spanish, English"), in its order.
func Among(languages string) (list []Language) {
	for _, name := range strings.FieldsFunc(strings.ToLower(languages), func(r rune) bool { return r == ',' || r == ';' || r == '/' || r == ' ' }) {
		switch {
		case strings.HasPrefix(name, "span"), strings.HasPrefix(name, "espa"), name == "es", name == "castellano":
			list = append(list, Spanish)
		case strings.HasPrefix(name, "engl"), strings.HasPrefix(name, "ingl"), name == "en":
			list = append(list, English)
		}
	}
	return list
}

// Spoken picks the language for a person: the first of theirs that we speak.
func Spoken(languages string) Language {
	if list := Among(languages); len(list) > 0 {
		return list[0]
	}
	return English
}

//go:embed es/*.json
var files embed.FS

// spanish is every sentence that we have in Spanish.
var spanish = sync.OnceValue(func() map[string]string {
	all, _ := load() // a test reads each file, so a bad one cannot leave the house
	return all
})

// load reads every file. One that is bad takes nothing away from the others.
func load() (map[string]string, error) {
	all := map[string]string{}
	list, err := files.ReadDir("es")
	if err != nil {
		return all, err
	}
	var bad error
	for _, f := range list {
		body, err := files.ReadFile("es/" + f.Name())
		var some map[string]string
		if err == nil {
			err = json.Unmarshal(body, &some)
		}
		if err != nil {
			bad = errors.Join(bad, fmt.Errorf("words/es/%s: %w", f.Name(), err))
		}
		for en, es := range some {
			if was, twice := all[en]; twice && was != es {
				bad = errors.Join(bad, fmt.Errorf("words/es/%s says %q in another way than a file before it", f.Name(), en))
				continue
			}
			all[en] = es
		}
	}
	return all, bad
}

// Has tells whether a sentence can be said in this language.
func (l Language) Has(english string) bool {
	if l != Spanish {
		return true
	}
	_, ok := spanish()[english]
	return ok
}

// Say gives a sentence in this language, formatted like fmt.Sprintf when it is given arguments. A sentence that has no
// Spanish yet stays English: a word too many in the wrong language is better than a gap.
func (l Language) Say(english string, args ...any) string {
	sentence := english
	if l == Spanish {
		if es, ok := spanish()[english]; ok {
			sentence = es
		}
	}
	if len(args) == 0 {
		return sentence
	}
	return fmt.Sprintf(sentence, l.facts(args)...)
}

// fact is a time or a name among the words of a sentence, which knows its English and asks how another language writes it.
type fact interface {
	In(clock, when func(time.Time) string, name func(string, ...any) string) string
}

// facts writes the facts among the words of a sentence in this language.
func (l Language) facts(args []any) []any {
	if l == English {
		return args
	}
	said := slices.Clone(args)
	for i, a := range said {
		if f, ok := a.(fact); ok {
			said[i] = f.In(l.Clock, l.When, l.Say)
		}
	}
	return said
}

// Count puts a number before what is counted: "1 text", "3 texts".
func (l Language) Count(n int, one, many string) string {
	if n == 1 {
		return "1 " + l.Say(one)
	}
	return fmt.Sprintf("%d %s", n, l.Say(many))
}

var spanishDays = [...]string{"dom", "lun", "mar", "mié", "jue", "vie", "sáb"}

var spanishMonths = [...]string{"ene", "feb", "mar", "abr", "may", "jun", "jul", "ago", "sep", "oct", "nov", "dic"}

// Clock writes a time of day as people say it: "6:30 pm", "18:30".
func (l Language) Clock(at time.Time) string {
	if l == Spanish {
		return at.Format("15:04")
	}
	return strings.ToLower(at.Format("3:04 PM"))
}

// Day writes a day with its weekday: "Thu Dec 3", "jue 3 dic".
func (l Language) Day(at time.Time) string {
	if l == Spanish {
		return fmt.Sprintf("%s %d %s", spanishDays[at.Weekday()], at.Day(), spanishMonths[at.Month()-1])
	}
	return at.Format("Mon Jan 2")
}

// ShortDay writes a day as a history lists it: "Sep 14", "14 sep".
func (l Language) ShortDay(at time.Time) string {
	if l == Spanish {
		return fmt.Sprintf("%d %s", at.Day(), spanishMonths[at.Month()-1])
	}
	return at.Format("Jan 2")
}

// When writes day and time: "Thu Dec 3, 6:30 pm", "jue 3 dic, 18:30".
func (l Language) When(at time.Time) string { return l.Day(at) + ", " + l.Clock(at) }

// Ago says how long something has lasted: "just now", "3 minutes".
func (l Language) Ago(d time.Duration) string {
	switch {
	case d < time.Minute:
		return l.Say("just now")
	case d < time.Hour:
		return l.Count(int(d.Minutes()), "minute", "minutes")
	case d < 48*time.Hour:
		return l.Count(int(d.Hours()), "hour", "hours")
	}
	return l.Count(int(d.Hours()/24), "day", "days")
}
