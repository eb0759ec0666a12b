package script

import "strconv"

// use says what becomes of words: they are said, sent as a text, or read by the volunteer.
type use int

const (
	shown  use = iota // read by the volunteer: a name, a goal, a sign
	spoken            // said aloud, filled with slots
	texted            // sent as a text, filled with slots
	filler            // put into a line: what a fact says, what an ask is called
)

// filled tells whether slots in braces are filled in these words.
func (u use) filled() bool { return u == spoken || u == texted }

// eachWords visits every sentence of a script, with its path. Words that are left out are not visited.
func eachWords(s *Script, visit func(keys []string, w Words, u use)) {
	v := wordVisitor{visit}
	v.one(shown, s.Title, "title")
	v.one(filler, s.Purpose, "purpose")
	for _, name := range sortedKeys(s.Facts) {
		v.one(shown, s.Facts[name].Label, "facts", name, "label")
		v.one(filler, s.Facts[name].Value, "facts", name, "value")
	}
	for _, name := range sortedKeys(s.Slots) {
		slot := s.Slots[name]
		v.one(shown, slot.Label, "slots", name, "label")
		v.one(shown, slot.Carrier, "slots", name, "carrier")
		v.one(shown, slot.Example, "slots", name, "example")
		v.list(shown, slot.Quick, "slots", name, "quick")
		for i, o := range slot.Options {
			v.one(filler, o.Label, "slots", name, "options", strconv.Itoa(i), "label")
		}
	}
	for i, a := range s.Asks {
		v.one(filler, a.Label, "asks", strconv.Itoa(i), "label")
	}
	for i, r := range s.Ladder {
		v.one(shown, r.Name, "ladder", strconv.Itoa(i), "name")
		v.one(shown, r.Evidence, "ladder", strconv.Itoa(i), "evidence")
	}
	for i, r := range s.Resources {
		v.one(shown, r.Title, "resources", strconv.Itoa(i), "title")
	}
	for i := range s.Steps {
		v.step(&s.Steps[i], "steps", strconv.Itoa(i))
	}
	for i, e := range s.Endings {
		v.one(spoken, e.Say, "endings", strconv.Itoa(i), "say")
		at := []string{"endings", strconv.Itoa(i), "follow_up"}
		for f := e.FollowUp; f != nil; f = f.Also {
			v.one(texted, f.Text, append(at[:len(at):len(at)], "text")...)
			at = append(at[:len(at):len(at)], "also")
		}
	}
}

type wordVisitor struct {
	visit func(keys []string, w Words, u use)
}

func (v wordVisitor) one(u use, w Words, keys ...string) {
	if !w.IsZero() {
		v.visit(keys, w, u)
	}
}

func (v wordVisitor) list(u use, all []Words, keys ...string) {
	for i, w := range all {
		v.one(u, w, append(keys[:len(keys):len(keys)], strconv.Itoa(i))...)
	}
}

func (v wordVisitor) step(s *Step, at ...string) {
	under := func(keys ...string) []string { return append(at[:len(at):len(at)], keys...) }
	v.one(shown, s.Name, under("name")...)
	v.one(shown, s.Goal, under("goal")...)
	v.list(shown, s.YouDo, under("you_do")...)
	v.list(shown, s.TheyDo, under("they_do")...)
	for i, l := range s.Say {
		v.one(shown, l.Label, under("say", strconv.Itoa(i), "label")...)
		v.one(spoken, l.Text, under("say", strconv.Itoa(i), "text")...)
	}
	for i, l := range s.Probes {
		v.one(shown, l.Label, under("probes", strconv.Itoa(i), "label")...)
		v.one(spoken, l.Text, under("probes", strconv.Itoa(i), "text")...)
	}
	v.signs(s.Cues, under("cues")...)
	v.one(spoken, s.Summarize, under("summarize")...)
	if s.Silence != nil {
		v.one(shown, s.Silence.Nudge, under("silence", "nudge")...)
	}
	for _, colour := range colours {
		for i, l := range s.Lights.Of(colour) {
			v.one(shown, l.Label, under("lights", colour, strconv.Itoa(i), "label")...)
			v.signs(l.Signs, under("lights", colour, strconv.Itoa(i), "signs")...)
		}
	}
	v.one(shown, s.Skip.Why, under("skip", "why")...)
	if s.SMS != nil {
		v.one(texted, s.SMS.FirstLine, under("sms", "first_line")...)
		v.one(shown, s.SMS.Note, under("sms", "note")...)
	}
}

func (v wordVisitor) signs(s *Signs, at ...string) {
	if s == nil {
		return
	}
	for _, list := range []struct {
		key string
		all []Words
	}{{"also", s.Also}, {"voice", s.Voice}, {"sms", s.SMS}, {"in_person", s.InPerson}} {
		v.list(shown, list.all, append(at[:len(at):len(at)], list.key)...)
	}
}
