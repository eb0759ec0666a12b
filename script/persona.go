package script

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
)

// PersonasFormat is the document of the practice partners.
const PersonasFormat = "pb.personas/1"

// Personas are the people to practise with: made up, played by rules, and never counted. The browser plays them; this
// package reads the document and makes sure that every one of them can hold a whole talk in both languages.
type Personas struct {
	Format  string    `json:"format"`
	General Manners   `json:"general"` // what every partner falls back on
	People  []Persona `json:"personas"`
}

// Manners are answers and remarks. The first rule that hears and holds is the answer; every remark that holds is said.
type Manners struct {
	Rules   []Rule   `json:"rules"`
	Debrief []Remark `json:"debrief"`
	Try     []Remark `json:"try"` // one thing to try next: the first that holds
}

// Persona is one partner.
type Persona struct {
	ID        string `json:"id"`
	Name      Words  `json:"name"`
	FirstName Words  `json:"first_name"`
	SayName   Words  `json:"say_name,omitzero"` // where the name isn't said as it is written
	Place     string `json:"place"`
	Why       Words  `json:"why"`     // why them, as a card would say it
	Teaches   Words  `json:"teaches"` // what it is good for, without giving the talk away
	Story     Words  `json:"story"`   // what was there to be heard, for afterwards
	Voice     Voice  `json:"voice"`
	Start     Inside `json:"start"`
	Manners
}

// Voice is how the browser speaks their words.
type Voice struct {
	Pitch float64 `json:"pitch"`
	Rate  float64 `json:"rate"`
}

// Inside is how they come to the phone: how open they are, from 0 to 10, and what they don't say at first.
type Inside struct {
	Mood   int              `json:"mood"`
	Hidden map[string]Words `json:"hidden"`
}

// Rule is one answer: what they hear, under which condition, what they say, and what that changes.
type Rule struct {
	Hears   string  `json:"hears"`
	If      string  `json:"if,omitempty"`
	Once    bool    `json:"once,omitempty"` // nobody says the same thing twice in the same words
	Pause   float64 `json:"pause,omitempty"`
	Say     Words   `json:"say"`
	Mood    int     `json:"mood,omitempty"`
	Reveals string  `json:"reveals,omitempty"`
	Truth   string  `json:"truth,omitempty"` // what they really mean, whatever it sounds like
}

// Remark is a sentence of the debrief.
type Remark struct {
	If  string `json:"if,omitempty"`
	Say Words  `json:"say"`
}

// JSON is the document as the browser reads it.
func (p *Personas) JSON() ([]byte, error) { return canonical(p) }

// Person finds a partner by its id.
func (p *Personas) Person(id string) (*Persona, bool) {
	for i := range p.People {
		if p.People[i].ID == id {
			return &p.People[i], true
		}
	}
	return nil, false
}

// ParsePersonas reads a pb.personas/1 document. A partner who could fall silent in the middle of a talk is refused.
func ParsePersonas(doc []byte) (*Personas, error) {
	value, err := read(doc, PersonasFormat)
	if err != nil {
		return nil, err
	}
	b, err := json.Marshal(value)
	if err != nil {
		return nil, err
	}
	d := json.NewDecoder(bytes.NewReader(b))
	d.DisallowUnknownFields()
	var p Personas
	if err := d.Decode(&p); err != nil {
		return nil, err
	}
	if problems := p.lint(); len(problems) > 0 {
		return nil, errors.New("not partners yet: " + strings.Join(problems, "; "))
	}
	return &p, nil
}

// Partners are the people to practise with who ship with the product. The caller must not change them.
var Partners = sync.OnceValues(func() (*Personas, error) {
	doc, err := starterFiles.ReadFile("starter/personas.yaml")
	if err != nil {
		return nil, fmt.Errorf("read the practice partners: %w", err)
	}
	p, err := ParsePersonas(doc)
	if err != nil {
		return nil, fmt.Errorf("the practice partners: %w", err)
	}
	return p, nil
})

// The languages that every partner speaks.
var partnerLocales = []string{"en", "es"}

// The values that rules and remarks may name.
var (
	truths   = []string{ClearYes, Unsure, HardNo, truthStop}
	marks    = []string{ClearYes, Unsure, HardNo, truthStop, "green", "yellow", "not_now"}
	stepKind = []string{"purpose", "intro", "listen", "agitate", "educate", "inoculate", "ask", "next", "debrief", "coach", "recognize"}
)

// truthStop is the truth of somebody who wants to be left alone.
const truthStop = "stop"

// lint reads the partners as a volunteer would meet them. They ship inside the binary, so its sentences are for us.
func (p *Personas) lint() []string {
	l := &personaLint{}
	l.manners("general", p.General, nil)
	for _, needed := range []string{"pickup", "any"} {
		if !slices.ContainsFunc(p.General.Rules, func(r Rule) bool { return r.Hears == needed && r.If == "" && !r.Once }) {
			l.block("general", "has no answer of last resort to %q", needed)
		}
	}
	seen := map[string]bool{}
	for i := range p.People {
		who := &p.People[i]
		if who.ID == "" || seen[who.ID] {
			l.block("personas", "number %d needs an id of its own, not %q", i+1, who.ID)
		}
		seen[who.ID] = true
		l.person(who)
	}
	return l.problems
}

type personaLint struct{ problems []string }

func (l *personaLint) block(place, format string, args ...any) {
	l.problems = append(l.problems, place+": "+fmt.Sprintf(format, args...))
}

// words wants a sentence in every language.
func (l *personaLint) words(place, what string, w Words) {
	for _, locale := range partnerLocales {
		if w.By[locale] == "" {
			l.block(place, "%s is missing in %s", what, locale)
		}
	}
}

func (l *personaLint) person(who *Persona) {
	for what, w := range map[string]Words{"the name": who.Name, "the first name": who.FirstName, "why them": who.Why, "what it teaches": who.Teaches, "the story": who.Story} {
		l.words(who.ID, what, w)
	}
	if who.Start.Mood < 0 || who.Start.Mood > mostMood {
		l.block(who.ID, "begins with a mood of %d; it goes from 0 to %d", who.Start.Mood, mostMood)
	}
	if who.Voice.Pitch < 0.5 || who.Voice.Pitch > 1.5 || who.Voice.Rate < 0.5 || who.Voice.Rate > 1.5 {
		l.block(who.ID, "needs a voice with a pitch and a rate between 0.5 and 1.5")
	}
	for _, name := range sortedKeys(who.Start.Hidden) {
		l.words(who.ID, "what is hidden as "+name, who.Start.Hidden[name])
	}
	if !slices.ContainsFunc(who.Rules, func(r Rule) bool { return r.Hears == "ask" && r.If == "" && !r.Once && r.Truth != "" }) {
		l.block(who.ID, "has no answer of last resort to the ask, with a truth")
	}
	l.manners(who.ID, who.Manners, who.Start.Hidden)
	for _, name := range sortedKeys(who.Start.Hidden) {
		if !slices.ContainsFunc(who.Rules, func(r Rule) bool { return r.Reveals == name }) {
			l.block(who.ID, "hides %s and never tells", name)
		}
	}
	if n := len(who.Try); n == 0 || who.Try[n-1].If != "" {
		l.block(who.ID, "needs one thing to try next that always holds, as the last")
	}
}

func (l *personaLint) manners(place string, m Manners, hidden map[string]Words) {
	for i, r := range m.Rules {
		where := fmt.Sprintf("%s, rule %d", place, i+1)
		if _, err := parseHears(r.Hears); err != nil {
			l.block(where, "%v", err)
		}
		l.words(where, "what they say", r.Say)
		l.condition(where, r.If, hidden)
		if r.Reveals != "" && hidden[r.Reveals].IsZero() {
			l.block(where, "reveals %s, which is not hidden", r.Reveals)
		}
		if r.Truth != "" && !slices.Contains(truths, r.Truth) {
			l.block(where, "has a truth that is none: %s", r.Truth)
		}
		if r.Pause < 0 || r.Pause > 20 {
			l.block(where, "pauses for %g seconds", r.Pause)
		}
		if before := shadow(m.Rules[:i], r); before >= 0 {
			l.block(where, "can never answer: rule %d is there before it", before+1)
		}
	}
	for kind, list := range map[string][]Remark{"debrief": m.Debrief, "try": m.Try} {
		for i, r := range list {
			where := fmt.Sprintf("%s, %s %d", place, kind, i+1)
			l.words(where, "the remark", r.Say)
			l.condition(where, r.If, hidden)
			if kind == "try" && r.If == "" && i < len(list)-1 {
				l.block(where, "holds always, so what comes after is never said")
			}
		}
	}
}

// condition checks an "if", and that what it names is there to be named.
func (l *personaLint) condition(where, source string, hidden map[string]Words) {
	if source == "" {
		return
	}
	c, err := parseCondition(source)
	if err != nil {
		l.block(where, "its condition cannot be read: %v", err)
		return
	}
	c.each(func(n *node) {
		switch {
		case n.op == opCall && n.name == "revealed" && hidden != nil && hidden[n.text].IsZero():
			l.block(where, "asks whether %s was revealed, which is not hidden", n.text)
		case n.op == opCall && n.name == "truth" && n.text != "ask":
			l.block(where, "asks for the truth of %s; there is only the truth of the ask", n.text)
		case n.op == opCall && n.name == "marked" && n.text != "ask" && !slices.Contains(stepKind, n.text),
			n.op == opCall && n.name == "visited" && !slices.Contains(stepKind, n.text):
			l.block(where, "names a type of step that is none: %s", n.text)
		case n.op == opCompare:
			l.value(where, n)
		}
	})
}

// value checks a word in quotes against what it is compared with.
func (l *personaLint) value(where string, n *node) {
	name, word := n.kids[0], n.kids[1]
	if name.op == opText {
		name, word = word, name
	}
	if word.op != opText || word.text == "" {
		return
	}
	known := map[string][]string{"truth": truths, "marked": marks, "type": stepKind}[name.name]
	if known != nil && !slices.Contains(known, word.text) {
		l.block(where, "compares %s with %q, which it never is", name.name, word.text)
	}
}

// shadow finds a rule before this one that answers whenever it would, or -1.
func shadow(before []Rule, r Rule) int {
	mine, err := parseHears(r.Hears)
	if err != nil {
		return -1
	}
	return slices.IndexFunc(before, func(b Rule) bool {
		if b.Once || b.If != "" && b.If != r.If {
			return false
		}
		theirs, err := parseHears(b.Hears)
		return err == nil && theirs.covers(mine)
	})
}
