package script

import (
	"slices"
	"strings"
)

func join(all []string) string { return strings.Join(all, ", ") }

// moves checks that every light leads somewhere, and that every step and ending is reached by one.
func (l *linter) moves() {
	ended := map[string]bool{}
	for i := range l.s.Steps {
		for _, colour := range colours {
			for j, light := range l.s.Steps[i].Lights.Of(colour) {
				l.light(i, light, at("steps", i, "lights", colour, j), ended)
			}
		}
	}
	reached := l.reached()
	for i := range l.s.Steps {
		if !reached[l.s.Steps[i].ID] {
			l.block(at("steps", i), "No light leads here, so nobody would ever come to this step.")
		}
	}
	for i, e := range l.s.Endings {
		if !ended[e.ID] && !engineEnding(e.Outcome) {
			l.warn(at("endings", i), "No light leads here, so it is only used when a volunteer chooses it.")
		}
	}
}

func (l *linter) light(i int, light Light, keys []string, ended map[string]bool) {
	s := &l.s.Steps[i]
	under := func(key string) []string { return append(keys[:len(keys):len(keys)], key) }
	for _, to := range targets(light.Goto) {
		if id, ok := endOf(to); ok {
			ended[id] = true
			if _, ok := l.s.Ending(id); !ok {
				l.block(under("goto"), "It closes with an ending that does not exist: “%s”. There are: %s.", id, join(l.endingIDs()))
			}
			continue
		}
		if _, ok := l.s.Step(to); !ok && to != "self" {
			l.block(under("goto"), "It leads to a step that does not exist: “%s”. There are: %s.", to, join(l.s.Path("")))
		}
	}
	if light.Path != "" {
		if _, ok := l.s.Paths[light.Path]; !ok {
			l.block(under("path"), "It takes a path that does not exist: “%s”.", light.Path)
		}
	}
	for _, id := range light.Offer {
		if !slices.ContainsFunc(s.Probes, func(p Line) bool { return p.ID == id }) {
			l.block(under("offer"), "It offers a question that this step does not have: “%s”.", id)
		}
	}
}

func (l *linter) endingIDs() []string {
	ids := make([]string, len(l.s.Endings))
	for i, e := range l.s.Endings {
		ids[i] = e.ID
	}
	return ids
}

// reached follows the lights from the first step. A step that only leads to itself is not a way.
func (l *linter) reached() map[string]bool {
	reached := map[string]bool{}
	var next []string
	if len(l.s.Steps) > 0 {
		next = append(next, l.s.Steps[0].ID)
	}
	for len(next) > 0 {
		id := next[0]
		next = next[1:]
		s, ok := l.s.Step(id)
		if !ok || reached[id] {
			continue
		}
		reached[id] = true
		eachLight(s, func(_ string, light Light) { next = append(next, targets(light.Goto)...) })
	}
	return reached
}

// engineEnding: these outcomes belong to buttons that are always there, and kind endings are offered by the walk.
func engineEnding(outcome string) bool {
	return outcome == "no_thanks" || slices.ContainsFunc(sortedKeys(engineOutcome), func(k string) bool { return engineOutcome[k] == outcome })
}

// paths checks that a shorter way still begins at the beginning and leaves out nothing that must be said.
func (l *linter) paths() {
	for _, name := range sortedKeys(l.s.Paths) {
		path := l.s.Paths[name]
		for i, id := range path {
			if _, ok := l.s.Step(id); !ok {
				l.block(at("paths", name, i), "It goes through a step that does not exist: “%s”.", id)
			}
		}
		for i := range l.s.Steps {
			if s := &l.s.Steps[i]; mustBeSaid(s.Type) && !slices.Contains(path, s.ID) {
				l.block(at("paths", name), "It leaves out “%s”, which has to be said in every talk.", s.Name.In(l.first))
			}
		}
		if len(path) > 0 && len(l.s.Steps) > 0 && path[0] != l.s.Steps[0].ID {
			l.block(at("paths", name, 0), "It must begin where the script begins: people must know who is calling.")
		}
	}
}

// mustBeSaid: who we are, why we call, and thanks before more is asked.
func mustBeSaid(kind string) bool { return kind == "intro" || kind == "purpose" || kind == "recognize" }

func (l *linter) unskippable() {
	for i := range l.s.Steps {
		s := &l.s.Steps[i]
		switch {
		case !s.Skip.OK || !mustBeSaid(s.Type):
		case s.Type == "recognize":
			l.block(at("steps", i, "skip"), "This can't be left out: say thanks for what they did before you ask for more.")
		default:
			l.block(at("steps", i, "skip"), "This can't be left out: people must know who is calling, and why.")
		}
	}
}
