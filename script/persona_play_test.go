package script

import (
	"fmt"
	"slices"
	"strings"
	"sync"
)

// This is how the browser plays a partner, once more in Go: it holds the browser's play equal by shared vectors, and it
// proves that every rule of every partner can be reached in a talk.

// cue is what reaches a partner.
type cue struct {
	Kind    string `json:"kind"` // pickup, say, probe, silence, ask, light
	ID      string `json:"id,omitempty"`
	Step    string `json:"step,omitempty"`
	Type    string `json:"type,omitempty"` // of the step
	Colour  string `json:"colour,omitempty"`
	Seconds int    `json:"seconds,omitempty"`
	Text    string `json:"text,omitempty"` // the line as it was said
}

// lineBack is the id of "say it back": a line of every listening step that has one.
const lineBack = "back"

// hears tells whether a rule with this ear answers to a cue.
func (h hearing) hears(c cue) bool {
	switch h.kind {
	case "any": // words only: nobody answers a light, or the quiet, with "hm"
		return c.Kind == "say" || c.Kind == "probe"
	case "step":
		return c.Kind == "say" && c.ID != lineBack && c.Type == h.arg
	case "silence":
		return c.Kind == "silence" && c.Seconds == h.seconds
	case "light":
		return c.Kind == "light" && (h.arg == "" || h.arg == c.Colour)
	}
	return h.kind == c.Kind && (h.arg == "" || h.arg == c.ID)
}

// facts are what a condition can ask about: the talk as the partner lived it.
type facts struct {
	Numbers map[string]float64           `json:"numbers,omitempty"`
	Words   map[string]string            `json:"words,omitempty"`
	Sets    map[string][]string          `json:"sets,omitempty"`
	Answers map[string]map[string]string `json:"answers,omitempty"`
}

// readConditions are those that were read before: a partner is asked the same thing over and over.
var readConditions sync.Map

// holds reads a condition and answers it. An empty one always holds.
func (f facts) holds(source string) (bool, error) {
	if source == "" {
		return true, nil
	}
	c, known := readConditions.Load(source)
	if !known {
		parsed, err := parseCondition(source)
		if err != nil {
			return false, err
		}
		c, _ = readConditions.LoadOrStore(source, parsed)
	}
	return f.truth(c.(condition).root), nil
}

func (f facts) truth(n *node) bool {
	switch n.op {
	case opNot:
		return !f.truth(n.kids[0])
	case opAnd:
		return !slices.ContainsFunc(n.kids, func(k *node) bool { return !f.truth(k) })
	case opOr:
		return slices.ContainsFunc(n.kids, f.truth)
	case opCompare:
		return f.compare(n)
	}
	return slices.Contains(f.Sets[n.name], n.text) // a call: the reader lets nothing else through
}

func (f facts) compare(n *node) bool {
	if n.kids[0].sense == aText {
		return (f.text(n.kids[0]) == f.text(n.kids[1])) == (n.name == "==")
	}
	a, b := f.number(n.kids[0]), f.number(n.kids[1])
	switch n.name {
	case "==":
		return a == b
	case "!=":
		return a != b
	case ">=":
		return a >= b
	case "<=":
		return a <= b
	case ">":
		return a > b
	}
	return a < b
}

func (f facts) number(n *node) float64 {
	if n.op == opName {
		return f.Numbers[n.name]
	}
	return n.number
}

func (f facts) text(n *node) string {
	switch n.op {
	case opName:
		return f.Words[n.name]
	case opCall:
		return f.Answers[n.name][n.text]
	}
	return n.text
}

// play is one talk with one partner.
type play struct {
	who      *Persona
	rules    []Rule
	locale   string
	mood     int
	truth    string
	revealed []string
	said     []string
	probed   []string
	spent    map[int]bool
	heard    map[string]int
	asked    int
	told     int
	after    int
	yours    int
	theirs   int
}

func (p *Personas) play(who *Persona, locale string) *play {
	return &play{who: who, rules: append(slices.Clone(who.Rules), p.General.Rules...), locale: locale, mood: who.Start.Mood, spent: map[int]bool{}, heard: map[string]int{}}
}

// reply is what came back: the number of the rule, or -1.
type reply struct {
	Rule  int     `json:"rule"`
	Say   string  `json:"say,omitempty"`
	Pause float64 `json:"pause,omitempty"`
	Mood  int     `json:"mood"`
	Truth string  `json:"truth,omitempty"`
}

func (t *play) facts(c cue) facts {
	share := 0.0
	if t.yours+t.theirs > 0 {
		share = float64(t.yours) / float64(t.yours+t.theirs)
	}
	return facts{
		Numbers: map[string]float64{
			"mood": float64(t.mood), "heard": float64(t.heard[c.key()]), "asked": float64(t.asked), "probes": float64(len(t.probed)),
			"told": float64(t.told), "share": share, "after": float64(t.after),
		},
		Words:   map[string]string{"step": c.Step, "type": c.Type},
		Sets:    map[string][]string{"revealed": t.revealed, "said": t.said, "probed": t.probed},
		Answers: map[string]map[string]string{"truth": {"ask": t.truth}},
	}
}

// key is what makes two cues the same thing, heard twice.
func (c cue) key() string {
	return strings.Join([]string{c.Kind, c.Step, c.ID, c.Colour, fmt.Sprint(c.Seconds)}, "/")
}

// hear answers one cue with the first rule that hears and holds; what is said once is not said again.
func (t *play) hear(c cue) reply {
	known := t.facts(c)
	found := -1
	for i, r := range t.rules {
		ear, err := parseHears(r.Hears)
		if err != nil || !ear.hears(c) || r.Once && t.spent[i] {
			continue
		}
		if holds, err := known.holds(r.If); err == nil && holds {
			found = i
			break
		}
	}
	t.take(c)
	if found < 0 {
		return reply{Rule: -1, Mood: t.mood, Truth: t.truth}
	}
	r := t.rules[found]
	t.spent[found] = true
	t.mood = min(max(t.mood+r.Mood, 0), mostMood)
	if r.Reveals != "" && !slices.Contains(t.revealed, r.Reveals) {
		t.revealed = append(t.revealed, r.Reveals)
	}
	if r.Truth != "" {
		t.truth = r.Truth
	}
	words := r.Say.In(t.locale)
	t.theirs += len(strings.Fields(words))
	return reply{Rule: found, Say: words, Pause: r.Pause, Mood: t.mood, Truth: t.truth}
}

// take remembers what was heard.
func (t *play) take(c cue) {
	t.heard[c.key()]++
	if t.truth == truthStop && (c.Kind == "say" || c.Kind == "probe" || c.Kind == "ask") {
		t.after++
	}
	switch c.Kind {
	case "say":
		t.said = append(t.said, c.ID)
		if !strings.Contains(c.Text, "?") {
			t.told++
		}
	case "probe":
		if !slices.Contains(t.probed, c.ID) {
			t.probed = append(t.probed, c.ID)
		}
	case "ask":
		t.asked++
	}
	t.yours += len(strings.Fields(c.Text))
}
