package words

import (
	"cmp"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"sync"
	"time"
)

// Tell is Say for a sentence that may be another one put together: a reason inside it, or nothing but a reason. What is
// a whole sentence in itself is said in this language as well.
func (l Language) Tell(english string, args ...any) string {
	if l == English {
		return l.Say(english, args...)
	}
	if !l.Has(english) {
		return l.Retell(fmt.Sprintf(english, args...))
	}
	said := slices.Clone(args)
	for i, a := range said {
		if s, ok := a.(string); ok && strings.HasSuffix(s, ".") {
			said[i] = l.Retell(s)
		}
	}
	return l.Say(english, said...)
}

// Retell says a sentence of ours that the records hold in English, with the words already in it: why a text did not go,
// why a row could not be read. A sentence that is none of ours comes back as it is.
func (l Language) Retell(told string) string {
	if l == English || told == "" {
		return told
	}
	if l.Has(told) {
		return l.Say(told)
	}
	for _, p := range patterns() {
		if found := p.match.FindStringSubmatch(told); found != nil {
			args := make([]any, len(found)-1)
			for i, a := range found[1:] {
				args[i] = l.reread(a)
			}
			return fmt.Sprintf(p.spanish, args...)
		}
	}
	return told
}

// layouts are how the records hold a time in English.
var layouts = []string{"3:04 pm", "3 pm", "Mon Jan 2, 3:04 pm", "Mon Jan 2"}

// reread writes a word out of a kept sentence in this language where it is a time of day or a day.
func (l Language) reread(word string) string {
	for i, layout := range layouts {
		at, err := time.Parse(layout, word)
		switch {
		case err != nil:
			continue
		case i < 2:
			return l.Clock(at)
		}
		// Without its year a day has no weekday of its own: the one that was written is kept.
		at = onWeekday(at, word[:3])
		if i == 2 {
			return l.When(at)
		}
		return l.Day(at)
	}
	return word
}

// onWeekday finds a year in which a day falls on a weekday.
func onWeekday(at time.Time, weekday string) time.Time {
	for range 30 {
		if at.Format("Mon") == weekday {
			break
		}
		at = at.AddDate(1, 0, 0)
	}
	return at
}

// pattern finds the sentences that were made of one of ours by putting words into it.
type pattern struct {
	match   *regexp.Regexp
	spanish string
	letters int // that are ours: the pattern with the most is asked first
}

var verb = regexp.MustCompile(`%(\[\d+\])?[a-z]`)

// patterns are all whole sentences with words to put in. Half sentences are left out: they would be found in everything.
var patterns = sync.OnceValue(func() []pattern {
	var list []pattern
	for en, es := range spanish() {
		ours := len(verb.ReplaceAllString(en, ""))
		if ours == len(en) || ours < 16 || !strings.HasSuffix(en, ".") {
			continue
		}
		parts := verb.Split(en, -1)
		for i, p := range parts {
			parts[i] = regexp.QuoteMeta(p)
		}
		list = append(list, pattern{regexp.MustCompile(`(?s)^` + strings.Join(parts, `(.+?)`) + `$`), verb.ReplaceAllString(es, "%${1}s"), ours})
	}
	slices.SortFunc(list, func(a, b pattern) int {
		return cmp.Or(cmp.Compare(b.letters, a.letters), cmp.Compare(a.spanish, b.spanish))
	})
	return list
})
