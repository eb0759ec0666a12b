package script

import (
	"slices"
	"strings"
)

// lines measures what is said and what is sent, filled with the facts and with words of a usual length.
func (l *linter) lines() {
	for i := range l.s.Steps {
		s := &l.s.Steps[i]
		for _, locale := range l.s.Locales {
			from := l.sample(locale)
			for _, line := range s.Say {
				if n := len(strings.Fields(Fill(line.Text.In(locale), from).String())); n > maxSpokenWords {
					l.block(l.stepName(s), "the line %q is %d words in %s; over %d is a speech", line.ID, n, locale, maxSpokenWords)
				}
			}
			if s.SMS == nil {
				continue
			}
			most := 1
			if language2(locale) == "es" {
				most = 2
			}
			if n, chars, _ := Segments(Straighten(Fill(s.SMS.FirstLine.In(locale), from).String())); n > most {
				l.block(l.stepName(s), "the text in %s is %d segments (%d characters); keep it to %d", locale, n, chars, most)
			}
		}
	}
}

// sample is a talk of ordinary length, to measure lines with.
func (l *linter) sample(locale string) Sources {
	said := map[string]string{"what": "", "by_when": "2026-12-03T18:30", "follow_when": "2026-12-02T18:00", "follow_how": "text"}
	for name, slot := range l.s.Slots {
		said[name] = slot.Example.In(locale)
		if said[name] == "" && len(slot.Options) == 0 {
			said[name] = "something they told us about"
		}
	}
	ask := ""
	for _, a := range l.s.Asks {
		if ask == "" {
			ask = a.ID
			said["what"] = a.Label.In(locale)
		}
	}
	return Sources{Script: l.s, Locale: locale, Ask: ask, Conversation: said, Builtins: map[string]string{
		"first_name": "Xiomara", "volunteer": "Dana", "volunteer_place": "412 Alder", "org": "Alder Tenants",
		"last_contact_by": "Luis", "last_topic": "the radiators",
	}}
}

// translations: a script cannot go live with a spoken line or a text missing in a language it declares.
func (l *linter) translations() {
	first := l.s.Locales[0]
	for _, locale := range l.s.Locales {
		if !l.s.Title.Has(locale, first) {
			l.block("Title", "is missing in %s", locale)
		}
		if !l.s.Purpose.Has(locale, first) {
			l.block("Purpose", "is missing in %s", locale)
		}
		for i := range l.s.Steps {
			s := &l.s.Steps[i]
			for _, line := range append(slices.Clone(s.Say), s.Probes...) {
				if !line.Text.Has(locale, first) {
					l.block(l.stepName(s), "the line %q is missing in %s", line.ID, locale)
				}
			}
			if !s.Summarize.IsZero() && !s.Summarize.Has(locale, first) {
				l.block(l.stepName(s), "the say-back line is missing in %s", locale)
			}
			if s.SMS != nil && !s.SMS.FirstLine.Has(locale, first) {
				l.block(l.stepName(s), "the text is missing in %s", locale)
			}
		}
		for _, a := range l.s.Asks {
			if !a.Label.Has(locale, first) {
				l.block("Ask "+a.ID, "is missing in %s", locale)
			}
		}
		for _, e := range l.s.Endings {
			if !e.Say.IsZero() && !e.Say.Has(locale, first) {
				l.block("Ending "+e.ID, "its closing line is missing in %s", locale)
			}
		}
		for _, name := range sortedKeys(l.s.Facts) {
			if !l.s.Facts[name].Value.Has(locale, first) {
				l.block("Fact "+name, "is missing in %s", locale)
			}
		}
	}
}
