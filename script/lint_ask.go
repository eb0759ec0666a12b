package script

import (
	"regexp"
	"slices"
)

// asks checks that a talk asks one thing, clearly, followed by quiet, and knows what to do with each answer.
func (l *linter) asks() {
	questions := 0
	for i := range l.s.Steps {
		s := &l.s.Steps[i]
		if s.Type != "ask" {
			continue
		}
		if questions++; questions > 1 {
			l.block(at("steps", i), "This is a second ask. One talk carries one live ask; name a smaller one in the list of asks instead.")
		}
		if s.Silence == nil || !slices.ContainsFunc(s.Say, func(line Line) bool { return line.Then == "silence" }) {
			l.block(at("steps", i, "say"), "The question has no silence after it. Mark it “then: silence”.")
		}
		if s.Ask != nil && *s.Ask != "" {
			if _, ok := l.s.AskByID(*s.Ask); !ok {
				l.block(at("steps", i, "ask"), "It asks for something that is not in the list of asks: “%s”.", *s.Ask)
			}
		}
		if len(l.s.Asks) == 0 {
			l.block(at("steps", i), "There is nothing to ask for: the list of asks is empty.")
		}
		l.answers(i, s)
	}
	for i, a := range l.s.Asks {
		if a.Smaller == "" {
			continue
		}
		if _, ok := l.s.AskByID(a.Smaller); !ok {
			l.block(at("asks", i, "smaller"), "It names a smaller ask that does not exist: “%s”.", a.Smaller)
		}
		if a.Smaller == a.ID {
			l.block(at("asks", i, "smaller"), "It is its own smaller ask.")
		}
	}
}

var noAnswer = []struct{ answer, sentence string }{
	{ClearYes, "No light is set for a clear yes."},
	{Unsure, "No light is set for “not sure”, so a yes that isn't meant would have nowhere to go."},
	{HardNo, "No light is set for a no, and a no must always be welcome."},
}

// answers checks that a yes, a maybe and a no each have their light.
func (l *linter) answers(i int, s *Step) {
	has := map[string]bool{}
	eachLight(s, func(_ string, light Light) {
		if light.Sets != nil {
			has[light.Sets.Answer] = true
		}
	})
	for _, a := range noAnswer {
		if !has[a.answer] {
			l.block(at("steps", i, "lights"), a.sentence)
		}
	}
}

// nextSteps checks that what is agreed carries a date and a way to follow up.
func (l *linter) nextSteps() {
	for i := range l.s.Steps {
		s := &l.s.Steps[i]
		if s.Type != "next" {
			continue
		}
		if !slices.Contains(s.Fields, "by_when") && !slices.Contains(s.Fields, "follow_when") {
			l.block(at("steps", i, "fields"), "Nothing is agreed with a date. Add by_when or follow_when.")
		}
		if !slices.Contains(s.Fields, "follow_how") {
			l.block(at("steps", i, "fields"), "It does not say how you follow up. Add follow_how.")
		}
	}
}

// followWhen: when an ending's follow-up is due. "asked" means that the time is agreed in the talk.
var followWhen = regexp.MustCompile(`^(asked|(by_when|follow_when)( [+-] \d{1,3}[dw])?|\+\d{1,3}[dw])$`)

var cadenceEvery = regexp.MustCompile(`^\d{1,2}[dw]$`)

func (l *linter) followUps() {
	for i, e := range l.s.Endings {
		keys := at("endings", i, "follow_up")
		for f := e.FollowUp; f != nil; f = f.Also {
			if !followWhen.MatchString(f.When) {
				l.block(append(keys[:len(keys):len(keys)], "when"), "“%s” is not a time that can be worked out. Write by_when - 1d, +90d, +4w, or asked.", f.When)
			}
			keys = append(keys[:len(keys):len(keys)], "also")
		}
	}
	if c := l.s.Cadence; c != nil && !cadenceEvery.MatchString(c.Every) {
		l.block(at("cadence", "every"), "“%s” is not how often. Write 4w for every four weeks, or 10d.", c.Every)
	}
}
