package script

import (
	"slices"
	"strconv"
	"strings"
)

// names checks that every name in a line is provided by something, in every language, and that what a line says back was
// asked for before it.
func (l *linter) names() {
	asked := l.askedBefore()
	for i := range l.s.Steps {
		for j, name := range l.s.Steps[i].Capture {
			if _, ok := l.s.Slots[name]; !ok {
				l.block(at("steps", i, "capture", j), "It keeps “%s”, which is not a declared slot.", name)
			}
		}
	}
	eachWords(l.s, func(keys []string, w Words, u use) {
		l.braces(keys, w, u)
		if !u.filled() {
			return
		}
		told := map[string]bool{}
		for _, locale := range l.s.Locales {
			for _, m := range placeholder.FindAllStringSubmatch(w.By[locale]+plainIn(w, locale, l.first), -1) {
				name, fallback := m[1], m[2]
				if told[name] {
					continue
				}
				told[name] = true
				l.source(keys, name, fallback, asked)
			}
		}
	})
	l.sources(asked)
}

// plainIn is the plain sentence where it is written in this language.
func plainIn(w Words, locale, first string) string {
	if locale == first {
		return w.Plain
	}
	return ""
}

// askedBefore gives the first step, by its order, that keeps each slot.
func (l *linter) askedBefore() map[string]int {
	asked := map[string]int{}
	for i := range l.s.Steps {
		for _, name := range slices.Concat(l.s.Steps[i].Capture, l.s.Steps[i].Fields) {
			if _, ok := asked[name]; !ok {
				asked[name] = i
			}
		}
	}
	return asked
}

func (l *linter) source(keys []string, name, fallback string, asked map[string]int) {
	slot, isSlot := l.s.Slots[name]
	_, isFact := l.s.Facts[name]
	if !isSlot && !isFact && !slices.Contains(Builtins, name) {
		l.block(keys, "It waits for {%s}, which nothing provides. Declare it as a slot or a fact.", name)
		return
	}
	if !isSlot || slot.From != FromConversation || fallback != "" {
		return
	}
	here := len(l.s.Steps) // an ending comes after every step
	if keys[0] == "steps" {
		here, _ = strconv.Atoi(keys[1]) // eachWords counts them
	}
	if step, kept := asked[name]; kept && step <= here {
		return
	}
	l.warn(keys, "It says “%s”, but no earlier step asks for it. Ask for it before, or give words to fall back on: {%s|…}.", slot.Label.In(l.first), name)
}

// sources checks that something fills each slot.
func (l *linter) sources(asked map[string]int) {
	used := map[string]bool{}
	eachWords(l.s, func(_ []string, w Words, _ use) {
		for _, text := range append([]string{w.Plain}, values(w.By)...) {
			for _, m := range placeholder.FindAllStringSubmatch(text, -1) {
				used[m[1]] = true
			}
		}
	})
	for _, name := range sortedKeys(l.s.Slots) {
		slot := l.s.Slots[name]
		_, kept := asked[name]
		switch slot.From {
		case FromConversation:
			if !kept && used[name] {
				l.block(at("slots", name), "Nothing fills this: no step keeps it. Add “%s” to what a step keeps.", name)
			} else if !kept {
				l.warn(at("slots", name), "No step keeps this and no line says it.")
			}
		case FromVolunteer:
			if name != "your_stake" && used[name] {
				l.block(at("slots", name), "Nothing fills this: volunteers write down your_stake and nothing else.")
			}
		case "script":
			if _, ok := l.s.Facts[name]; !ok {
				l.block(at("slots", name), "Nothing fills this: there is no fact called “%s”.", name)
			}
		}
	}
}

func values(m map[string]string) []string {
	out := make([]string, 0, len(m))
	for _, k := range sortedKeys(m) {
		out = append(out, m[k])
	}
	return out
}

// braces checks that no brace would ever reach a screen or a phone.
func (l *linter) braces(keys []string, w Words, u use) {
	for _, text := range append([]string{w.Plain}, values(w.By)...) {
		if u.filled() {
			text = placeholder.ReplaceAllString(text, "")
			if strings.ContainsAny(text, "{}") {
				l.block(keys, "There is a brace here that is not a slot. A slot is written {their_stake} or {their_stake|it matters to you}.")
				return
			}
		} else if strings.ContainsAny(text, "{}") {
			l.block(keys, "There are braces here, and nothing is filled in here. Write the words out.")
			return
		}
	}
}

// lines measures what is said and what is sent, filled with the facts and with words of a usual length.
func (l *linter) lines() {
	eachWords(l.s, func(keys []string, w Words, u use) {
		for _, locale := range l.s.Locales {
			if !w.Has(locale, l.first) {
				continue
			}
			switch u {
			case spoken:
				if n := len(strings.Fields(Fill(w.In(locale), l.sample(locale)).String())); n > maxSpokenWords {
					l.block(inLocale(keys, w, locale), "This is %d words long, and more than %d is a speech. Make two lines of it.", n, maxSpokenWords)
				}
			case texted:
				l.text(inLocale(keys, w, locale), w.In(locale), locale)
			}
		}
	})
}

func (l *linter) text(keys []string, line, locale string) {
	if strings.ContainsAny(line, "’‘“”–—…\u00a0\u202f") {
		l.block(keys, "There is a curly quote, a long dash or the like in this text. One of them makes a text cost more than double: write ' and \" and - instead.")
	}
	most := 1
	if language2(locale) == "es" {
		most = 2
	}
	if n, chars, _ := Segments(Straighten(Fill(line, l.sample(locale)).String())); n > most {
		l.block(keys, "This text is %d segments long once it is filled in (%d characters). Keep it to %d.", n, chars, most)
	}
}

// inLocale is the path of the words in one language.
func inLocale(keys []string, w Words, locale string) []string {
	if w.By[locale] == "" {
		return keys
	}
	return append(keys[:len(keys):len(keys)], locale)
}

// sample is a talk of ordinary length, to measure lines with.
func (l *linter) sample(locale string) Sources {
	said := map[string]string{"by_when": "2026-12-03T18:30", "follow_when": "2026-12-02T18:00", "follow_how": "text"}
	for name, slot := range l.s.Slots {
		said[name] = slot.Example.In(locale)
		if said[name] == "" && len(slot.Options) == 0 {
			said[name] = "something they told us about"
		}
	}
	ask := ""
	if len(l.s.Asks) > 0 {
		ask = l.s.Asks[0].ID
		said["what"] = l.s.Asks[0].Label.In(locale)
	}
	return Sources{Script: l.s, Locale: locale, Ask: ask, Conversation: said, Builtins: map[string]string{
		"first_name": "Xiomara", "volunteer": "Dana", "volunteer_place": "412 Alder", "org": "Alder Tenants",
		"last_contact_by": "Luis", "last_topic": "the radiators",
	}}
}

// languages: a script cannot go live with a line that is said or sent missing in a language it declares. What a volunteer
// reads may wait.
func (l *linter) languages() {
	eachWords(l.s, func(keys []string, w Words, u use) {
		for _, locale := range l.s.Locales {
			if w.Has(locale, l.first) {
				continue
			}
			path := append(keys[:len(keys):len(keys)], locale)
			if u == shown && keys[0] != "title" && keys[len(keys)-1] != "carrier" {
				l.warn(path, "This is missing, so it shows in another language.")
			} else {
				l.block(path, "This is missing. A script goes live only when everything that is said or sent is there in each of its languages.")
			}
		}
		for _, locale := range sortedKeys(w.By) {
			if !slices.Contains(l.s.Locales, locale) {
				l.warn(append(keys[:len(keys):len(keys)], locale), "This language is not one of the script's languages, so nobody sees it.")
			}
		}
	})
}
