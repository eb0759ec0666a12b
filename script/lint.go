package script

import (
	"encoding/json"
	"slices"
	"strconv"
	"time"
)

// The limits of a line: longer is not said in one breath, and costs more than one text.
const (
	maxSpokenWords = 45
	maxClaimAge    = 90 * 24 * time.Hour
)

// colours are the lights in the order they are shown. None is red.
var colours = []string{"green", "yellow", "not_now"}

// claims are facts that say something about the world, so they need a source and a day.
var claims = []string{"proof", "example", "result", "law", "update"}

// Lint reads a script as a coordinator would and says what to mend, in sentences with their place.
func Lint(s *Script) []Problem {
	l := &linter{s: s, first: "en"}
	if len(s.Locales) > 0 {
		l.first = s.Locales[0]
	}
	if doc, err := s.JSON(); err == nil {
		_ = json.Unmarshal(doc, &l.doc) // we wrote it ourselves
	}
	l.ids()
	l.sections()
	l.moves()
	l.paths()
	l.unskippable()
	l.asks()
	l.nextSteps()
	l.followUps()
	l.names()
	l.lines()
	l.languages()
	l.facts()
	l.shared()
	return l.problems
}

// Stale lists claims that were last checked more than 90 days before that day. They do not stop a script; they ask someone
// to look again.
func Stale(s *Script, today time.Time) []Problem {
	l := &linter{s: s}
	if doc, err := s.JSON(); err == nil {
		_ = json.Unmarshal(doc, &l.doc)
	}
	for _, name := range claims {
		f, ok := s.Facts[name]
		if at, err := time.Parse(time.DateOnly, f.AsOf); ok && err == nil && today.Sub(at) > maxClaimAge {
			l.warn([]string{"facts", name, "as_of"}, "This was last checked on %s, more than 90 days ago. Check it again and write the new date.", f.AsOf)
		}
	}
	return l.problems
}

// Locate finds the lines that problems stand on, for whoever reads the script as a file.
func Locate(doc []byte, problems []Problem) []Problem {
	d, err := readDocument(doc, Format)
	if err != nil {
		return problems
	}
	out := slices.Clone(problems)
	for i := range out {
		if out[i].Path != "" && out[i].Line == 0 {
			out[i].Line = d.line(out[i].Path)
		}
	}
	return out
}

type linter struct {
	s        *Script
	first    string // the script's first language
	doc      any    // the script as plain values, to name places with
	problems []Problem
}

func (l *linter) block(keys []string, format string, args ...any) {
	l.problems = append(l.problems, problem(l.doc, pointer(keys...), Error, words(format, args...)))
}

func (l *linter) warn(keys []string, format string, args ...any) {
	l.problems = append(l.problems, problem(l.doc, pointer(keys...), Warning, words(format, args...)))
}

func at(keys ...any) []string {
	out := make([]string, len(keys))
	for i, k := range keys {
		switch k := k.(type) {
		case int:
			out[i] = strconv.Itoa(k)
		case string:
			out[i] = k
		}
	}
	return out
}

// eachLight visits the lights of a step in the order they are shown.
func eachLight(s *Step, visit func(colour string, light Light)) {
	for _, colour := range colours {
		for _, light := range s.Lights.Of(colour) {
			visit(colour, light)
		}
	}
}

// ids checks that nothing hides something else behind the same name.
func (l *linter) ids() {
	twice := map[string]bool{}
	again := func(group, id string) bool {
		key := group + "\x00" + id
		was := twice[key]
		twice[key] = true
		return was
	}
	for i := range l.s.Steps {
		s := &l.s.Steps[i]
		if again("steps", s.ID) {
			l.block(at("steps", i), "Another step is called “%s” too. Each needs a name of its own.", s.ID)
		}
		for j, line := range s.Say {
			if again("say"+strconv.Itoa(i), line.ID) {
				l.block(at("steps", i, "say", j), "Another line of this step is called “%s” too.", line.ID)
			}
		}
		for j, line := range s.Probes {
			if again("probes"+strconv.Itoa(i), line.ID) {
				l.block(at("steps", i, "probes", j), "Another question of this step is called “%s” too.", line.ID)
			}
		}
		for _, colour := range colours {
			for j, light := range s.Lights.Of(colour) {
				if again(colour+strconv.Itoa(i), light.ID) {
					l.block(at("steps", i, "lights", colour, j), "Another light of this colour has the same id, so one of them can never be chosen. Give it an id.")
				}
			}
		}
	}
	for i, a := range l.s.Asks {
		if again("asks", a.ID) {
			l.block(at("asks", i), "Another ask is called “%s” too.", a.ID)
		}
	}
	for i, e := range l.s.Endings {
		if again("endings", e.ID) {
			l.block(at("endings", i), "Another ending is called “%s” too.", e.ID)
		}
	}
}

// sections tells which steps vanish because nothing is written in them, and which must not.
func (l *linter) sections() {
	for i := range l.s.Steps {
		s := &l.s.Steps[i]
		switch {
		case s.Empty():
			l.warn(at("steps", i), "Nothing is written here, so this section is left out of every talk.")
		case len(s.Say) == 0:
			l.block(at("steps", i, "say"), "There is nothing to say on this step.")
		}
	}
}

func (l *linter) facts() {
	for _, name := range claims {
		f, ok := l.s.Facts[name]
		if !ok {
			continue
		}
		if f.Source == "" {
			l.block(at("facts", name), "This is a claim without a source. Say where it is from.")
		}
		if _, err := time.Parse(time.DateOnly, f.AsOf); err != nil {
			l.block(at("facts", name), "This is a claim without a date. Say when it was last checked.")
		}
	}
}

// shared checks what a script takes from the library.
func (l *linter) shared() {
	library, err := SharedLibrary()
	if err != nil {
		return
	}
	pack := func(s *Signs, keys ...any) {
		if s == nil || s.Pack == "" {
			return
		}
		if _, ok := library.CuePacks[s.Pack]; !ok {
			l.block(at(append(keys, "pack")...), "There is no shared list of signs called “%s”. There are: %s.", s.Pack, join(sortedKeys(library.CuePacks)))
		}
	}
	for i := range l.s.Steps {
		s := &l.s.Steps[i]
		pack(s.Cues, "steps", i, "cues")
		for _, colour := range colours {
			for j, light := range s.Lights.Of(colour) {
				pack(light.Signs, "steps", i, "lights", colour, j, "signs")
			}
		}
		for j, tip := range s.Tips {
			if _, ok := library.Tips[tip]; !ok {
				l.block(at("steps", i, "tips", j), "There is no tip called “%s”. There are: %s.", tip, join(sortedKeys(library.Tips)))
			}
		}
	}
}
