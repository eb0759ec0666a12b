package script

import (
	"fmt"
	"slices"
	"time"
)

// The limits of a line: longer is not said in one breath, and costs more than one text.
const (
	maxSpokenWords = 45
	maxClaimAge    = 90 * 24 * time.Hour
)

// claims are facts that say something about the world, so they need a source.
var claims = []string{"proof", "example", "result", "law"}

// Lint reads a script as a coordinator would and says what to mend, in sentences with their place.
func Lint(s *Script) []Problem {
	l := &linter{s: s}
	l.ids()
	l.moves()
	l.asks()
	l.slots()
	l.lines()
	l.translations()
	l.facts()
	return l.problems
}

// Stale lists claims whose source is older than 90 days on that day, or undated. They do not stop a script that is
// live already; they ask someone to look again.
func Stale(s *Script, today time.Time) []Problem {
	var out []Problem
	for _, name := range sortedKeys(s.Facts) {
		f := s.Facts[name]
		if !slices.Contains(claims, name) {
			continue
		}
		where := "Fact " + name
		at, err := time.Parse(time.DateOnly, f.AsOf)
		switch {
		case err != nil:
			out = append(out, Problem{Place: where, Text: "has no date; say when it was last checked"})
		case today.Sub(at) > maxClaimAge:
			out = append(out, Problem{Place: where, Text: fmt.Sprintf("was last checked on %s, more than 90 days ago", f.AsOf)})
		}
	}
	return out
}

type linter struct {
	s        *Script
	problems []Problem
}

func (l *linter) block(place, format string, args ...any) {
	l.problems = append(l.problems, Problem{Place: place, Text: fmt.Sprintf(format, args...), Blocks: true})
}

func (l *linter) note(place, format string, args ...any) {
	l.problems = append(l.problems, Problem{Place: place, Text: fmt.Sprintf(format, args...)})
}

func (l *linter) stepName(s *Step) string { return "Step " + s.Name.In(l.s.Locales[0]) }

// eachLight visits the lights of a step in the order they are shown.
func eachLight(s *Step, visit func(colour string, light Light)) {
	for _, colour := range []string{"green", "yellow", "not_now"} {
		for _, light := range s.Lights.Of(colour) {
			visit(colour, light)
		}
	}
}

func (l *linter) ids() {
	seen := map[string]bool{}
	for i := range l.s.Steps {
		s := &l.s.Steps[i]
		if seen[s.ID] {
			l.block(l.stepName(s), "another step is called %q too", s.ID)
		}
		seen[s.ID] = true
		lights := map[string]bool{}
		eachLight(s, func(colour string, light Light) {
			if key := colour + "/" + light.ID; lights[key] {
				l.block(l.stepName(s), "two %s lights share the id %q, so one can never be chosen", colour, light.ID)
			} else {
				lights[key] = true
			}
		})
	}
	asks, endings := map[string]bool{}, map[string]bool{}
	for _, a := range l.s.Asks {
		if asks[a.ID] {
			l.block("Asks", "two asks are called %q", a.ID)
		}
		asks[a.ID] = true
	}
	for _, e := range l.s.Endings {
		if endings[e.ID] {
			l.block("Endings", "two endings are called %q", e.ID)
		}
		endings[e.ID] = true
	}
}

// moves checks that every light leads somewhere and every step and ending can be reached.
func (l *linter) moves() {
	reached, ended := map[string]bool{l.s.Steps[0].ID: true}, map[string]bool{}
	for i := range l.s.Steps {
		s := &l.s.Steps[i]
		eachLight(s, func(colour string, light Light) {
			for _, to := range targets(light.Goto) {
				if id, ok := endOf(to); ok {
					ended[id] = true
					if _, ok := l.s.Ending(id); !ok {
						l.block(l.stepName(s), "the light %q closes with an ending that does not exist: %s", light.Label.In(l.s.Locales[0]), id)
					}
					continue
				}
				if to == "self" {
					continue
				}
				if _, ok := l.s.Step(to); !ok {
					l.block(l.stepName(s), "the light %q leads to a step that does not exist: %s", light.Label.In(l.s.Locales[0]), to)
				}
				if to != s.ID {
					reached[to] = true
				}
			}
			if light.Path != "" {
				if _, ok := l.s.Paths[light.Path]; !ok {
					l.block(l.stepName(s), "the light %q takes a path that does not exist: %s", light.Label.In(l.s.Locales[0]), light.Path)
				}
			}
			for _, id := range light.Offer {
				if !slices.ContainsFunc(s.Probes, func(p Line) bool { return p.ID == id }) {
					l.block(l.stepName(s), "the light %q offers a question that this step does not have: %s", light.Label.In(l.s.Locales[0]), id)
				}
			}
		})
	}
	for i := range l.s.Steps {
		if s := &l.s.Steps[i]; !reached[s.ID] {
			l.block(l.stepName(s), "no light leads here")
		}
	}
	for _, e := range l.s.Endings {
		if !ended[e.ID] && !engineEnding(e.Outcome) {
			l.note("Ending "+e.ID, "no light leads here, so it will never be used")
		}
	}
	for _, name := range sortedKeys(l.s.Paths) {
		for _, id := range l.s.Paths[name] {
			if _, ok := l.s.Step(id); !ok {
				l.block("Path "+name, "goes through a step that does not exist: %s", id)
			}
		}
		if len(l.s.Paths[name]) == 0 || l.s.Paths[name][0] != l.s.Steps[0].ID {
			l.block("Path "+name, "must begin where the script begins: people must know who is calling")
		}
	}
}

// engineEnding: these outcomes belong to buttons that are always there, and kind endings are offered by the walk.
func engineEnding(outcome string) bool {
	return outcome == "no_thanks" || slices.ContainsFunc(sortedKeys(engineOutcome), func(k string) bool { return engineOutcome[k] == outcome })
}

// asks checks that a talk asks one thing, clearly, followed by quiet, and that next steps carry a date and a way.
func (l *linter) asks() {
	questions := 0
	for i := range l.s.Steps {
		s := &l.s.Steps[i]
		switch s.Type {
		case "ask":
			questions++
			if s.Silence == nil || !slices.ContainsFunc(s.Say, func(line Line) bool { return line.Then == "silence" }) {
				l.block(l.stepName(s), "asks without waiting: mark the question 'then: silence'")
			}
			if s.Ask != nil && *s.Ask != "" {
				if _, ok := l.s.AskByID(*s.Ask); !ok {
					l.block(l.stepName(s), "asks for something that is not in the list of asks: %s", *s.Ask)
				}
			}
		case "next":
			if !slices.Contains(s.Fields, "by_when") && !slices.Contains(s.Fields, "follow_when") {
				l.block(l.stepName(s), "agrees nothing with a date: add by_when or follow_when")
			}
			if !slices.Contains(s.Fields, "follow_how") {
				l.block(l.stepName(s), "does not say how you follow up: add follow_how")
			}
		}
	}
	if questions > 1 {
		l.block("Asks", "%d steps put a question; one talk carries one live ask", questions)
	}
	for _, a := range l.s.Asks {
		if a.Smaller == "" {
			continue
		}
		if _, ok := l.s.AskByID(a.Smaller); !ok {
			l.block("Ask "+a.ID, "names a smaller ask that does not exist: %s", a.Smaller)
		}
		if a.Smaller == a.ID {
			l.block("Ask "+a.ID, "is its own smaller ask")
		}
	}
}

// slots checks that every name in a line has a source, and that what a line says back was asked for before.
func (l *linter) slots() {
	asked := map[string]bool{}
	for i := range l.s.Steps {
		s := &l.s.Steps[i]
		for _, name := range s.Capture {
			if _, ok := l.s.Slots[name]; !ok {
				l.block(l.stepName(s), "keeps %q, which is not a declared slot", name)
			}
			asked[name] = true
		}
		for _, text := range spokenOf(s) {
			for _, m := range placeholder.FindAllStringSubmatch(text.In(l.s.Locales[0]), -1) {
				l.source(s, m[1], m[2], asked)
			}
		}
		for _, locale := range l.s.Locales[1:] {
			for _, text := range spokenOf(s) {
				for _, m := range placeholder.FindAllStringSubmatch(text.By[locale], -1) {
					if !l.known(m[1]) {
						l.block(l.stepName(s), "waits for {%s} in %s, which nothing provides", m[1], locale)
					}
				}
			}
		}
	}
}

func (l *linter) known(name string) bool {
	_, slot := l.s.Slots[name]
	_, fact := l.s.Facts[name]
	return slot || fact || slices.Contains(Builtins, name)
}

func (l *linter) source(s *Step, name, fallback string, asked map[string]bool) {
	if !l.known(name) {
		l.block(l.stepName(s), "waits for {%s}, which nothing provides: declare it as a slot or a fact", name)
		return
	}
	slot, ok := l.s.Slots[name]
	if ok && slot.From == FromConversation && !asked[name] && fallback == "" {
		l.note(l.stepName(s), "says %s, but no earlier step asks for it", slot.Label.In(l.s.Locales[0]))
	}
}

func spokenOf(s *Step) []Words {
	var all []Words
	for _, line := range s.Say {
		all = append(all, line.Text)
	}
	for _, line := range s.Probes {
		all = append(all, line.Text)
	}
	if !s.Summarize.IsZero() {
		all = append(all, s.Summarize)
	}
	if s.SMS != nil {
		all = append(all, s.SMS.FirstLine)
	}
	return all
}

func (l *linter) facts() {
	for _, name := range claims {
		if f, ok := l.s.Facts[name]; ok && f.Source == "" {
			l.block("Fact "+name, "is a claim without a source; say where it is from")
		}
	}
}
