package script

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
)

// mostMood is how open a partner can be.
const mostMood = 10

// hearing is what a rule listens for: "say.open", "step.listen", "probe.why", "silence.5s", "ask", "light.green", "any".
type hearing struct {
	kind, arg string
	seconds   int
}

// parseHears reads it.
func parseHears(s string) (hearing, error) {
	kind, arg, has := strings.Cut(s, ".")
	h := hearing{kind: kind, arg: arg}
	switch kind {
	case "pickup", "ask", "any":
		if !has {
			return h, nil
		}
	case "say", "probe":
		if !has || arg != "" {
			return h, nil
		}
	case "step":
		if slices.Contains(stepKind, arg) {
			return h, nil
		}
	case "light":
		if !has || slices.Contains([]string{"green", "yellow", "not_now"}, arg) {
			return h, nil
		}
	case "silence":
		digits, ok := strings.CutSuffix(arg, "s")
		n, err := strconv.Atoi(digits)
		if ok && err == nil && n >= 1 && n <= 60 {
			h.arg, h.seconds = "", n
			return h, nil
		}
	}
	return h, fmt.Errorf("nobody can hear %q; there is pickup, say, say.LINE, step.TYPE, probe, probe.ID, silence.5s, ask, light, light.COLOUR and any", s)
}

// covers tells whether this ear hears whatever the other hears.
func (h hearing) covers(other hearing) bool {
	switch h.kind {
	case "any":
		return other.kind == "say" || other.kind == "step" || other.kind == "probe" || other.kind == "any"
	case "say":
		return (other.kind == "say" || other.kind == "step") && (h.arg == "" || h == other)
	case "probe", "light":
		return other.kind == h.kind && (h.arg == "" || h == other)
	}
	return h == other
}

// The names of a condition. A test holds the browser's equal.
var (
	factNumbers = []string{
		"mood",   // 0 to 10
		"heard",  // how often this very thing was heard before
		"asked",  // how often the question was put before
		"probes", // how many questions of the lists were asked
		"told",   // lines without a question
		"share",  // of all words, how many were the volunteer's
		"quiet",  // the longest quiet that was allowed, in seconds
		"broke",  // how often the quiet was broken before they had answered
		"after",  // how much was still said after they asked to be left alone
	}
	factWords   = []string{"step", "type"}
	factSets    = []string{"revealed", "said", "probed", "noted", "visited"}
	factAnswers = []string{"marked", "truth"}
)

type op int

const (
	opNumber op = iota
	opText
	opName
	opCall
	opNot
	opAnd
	opOr
	opCompare
)

// sense is what a piece of a condition stands for.
type sense int

const (
	aNumber sense = iota
	aText
	aBool
)

// node is one piece of a condition.
type node struct {
	op     op
	name   string // of a name, a call, a comparison
	text   string // of a word in quotes, or what a call asks about
	number float64
	kids   []*node
	sense  sense
}

// condition is one "if". It is a tiny language on purpose: it can compare, and ask, and nothing else. Whatever it is, it
// ends, and it cannot fail once it has been read.
type condition struct{ root *node }

const (
	longestCondition = 300
	deepestCondition = 24
)

func parseCondition(source string) (condition, error) {
	if len(source) > longestCondition {
		return condition{}, fmt.Errorf("it is longer than %d characters", longestCondition)
	}
	tokens, err := cut(source)
	if err != nil {
		return condition{}, err
	}
	r := &reader{tokens: tokens}
	root, err := r.or()
	if err == nil && r.at < len(tokens) {
		err = fmt.Errorf("%q is in the way", tokens[r.at])
	}
	if err == nil && root.sense != aBool {
		err = fmt.Errorf("it is neither true nor false")
	}
	return condition{root}, err
}

// cut splits a condition into its words and signs.
func cut(s string) (tokens []string, err error) {
	for i := 0; i < len(s); {
		c := s[i]
		j := i + 1
		switch {
		case c == ' ':
			i++
			continue
		case c == '\'':
			end := strings.IndexByte(s[j:], '\'')
			if end < 0 {
				return nil, fmt.Errorf("a quote is not closed")
			}
			j += end + 1
		case letter(c):
			for j < len(s) && (letter(s[j]) || digit(s[j])) {
				j++
			}
		case digit(c):
			for j < len(s) && (digit(s[j]) || s[j] == '.') {
				j++
			}
		case strings.ContainsRune("=!<>&|", rune(c)) && j < len(s) && slices.Contains([]string{"==", "!=", ">=", "<=", "&&", "||"}, s[i:j+1]):
			j++
		case !strings.ContainsRune("()!<>", rune(c)):
			return nil, fmt.Errorf("%q is nothing it knows", string(c))
		}
		tokens = append(tokens, s[i:j])
		i = j
	}
	return tokens, nil
}

func letter(c byte) bool { return c == '_' || c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' }
func digit(c byte) bool  { return c >= '0' && c <= '9' }

// reader goes through the tokens: or, and, not, comparison, term.
type reader struct {
	tokens []string
	at     int
	depth  int
}

func (r *reader) next() string {
	if r.at < len(r.tokens) {
		return r.tokens[r.at]
	}
	return ""
}

func (r *reader) take(want string) bool {
	if r.next() != want {
		return false
	}
	r.at++
	return true
}

// chain reads parts that are joined by one sign.
func (r *reader) chain(o op, sign string, part func() (*node, error)) (*node, error) {
	first, err := part()
	if err != nil || r.next() != sign {
		return first, err
	}
	n := &node{op: o, sense: aBool, kids: []*node{first}}
	for r.take(sign) {
		more, err := part()
		if err != nil {
			return nil, err
		}
		n.kids = append(n.kids, more)
	}
	for _, k := range n.kids {
		if k.sense != aBool {
			return nil, fmt.Errorf("%s joins what is true or false, nothing else", sign)
		}
	}
	return n, nil
}

func (r *reader) or() (*node, error) {
	if r.depth++; r.depth > deepestCondition {
		return nil, fmt.Errorf("it goes too deep")
	}
	defer func() { r.depth-- }()
	return r.chain(opOr, "||", func() (*node, error) { return r.chain(opAnd, "&&", r.not) })
}

func (r *reader) not() (*node, error) {
	if !r.take("!") {
		return r.compare()
	}
	if r.depth++; r.depth > deepestCondition {
		return nil, fmt.Errorf("it goes too deep")
	}
	defer func() { r.depth-- }()
	k, err := r.not()
	if err != nil {
		return nil, err
	}
	if k.sense != aBool {
		return nil, fmt.Errorf("only what is true or false can be turned round")
	}
	return &node{op: opNot, sense: aBool, kids: []*node{k}}, nil
}

func (r *reader) compare() (*node, error) {
	left, err := r.term()
	if err != nil || !slices.Contains([]string{"==", "!=", ">=", "<=", ">", "<"}, r.next()) {
		return left, err
	}
	sign := r.next()
	r.at++
	right, err := r.term()
	if err != nil {
		return nil, err
	}
	if left.sense != right.sense || left.sense == aBool || left.sense == aText && sign != "==" && sign != "!=" {
		return nil, fmt.Errorf("the two sides of %s cannot be compared", sign)
	}
	return &node{op: opCompare, name: sign, sense: aBool, kids: []*node{left, right}}, nil
}

func (r *reader) term() (*node, error) {
	t := r.next()
	r.at++
	switch {
	case t == "":
		return nil, fmt.Errorf("it breaks off")
	case t == "(":
		n, err := r.or()
		if err == nil && !r.take(")") {
			err = fmt.Errorf("a bracket is not closed")
		}
		return n, err
	case t[0] == '\'':
		return &node{op: opText, sense: aText, text: t[1 : len(t)-1]}, nil
	case digit(t[0]):
		v, err := strconv.ParseFloat(t, 64)
		if err != nil {
			return nil, fmt.Errorf("%q is no number", t)
		}
		return &node{op: opNumber, sense: aNumber, number: v}, nil
	case r.next() == "(":
		return r.call(t)
	case slices.Contains(factNumbers, t):
		return &node{op: opName, sense: aNumber, name: t}, nil
	case slices.Contains(factWords, t):
		return &node{op: opName, sense: aText, name: t}, nil
	}
	return nil, fmt.Errorf("%q is nothing it knows", t)
}

// call reads a question with what it is about: revealed(their_stake).
func (r *reader) call(name string) (*node, error) {
	n := &node{op: opCall, name: name, sense: aBool}
	switch {
	case slices.Contains(factAnswers, name):
		n.sense = aText
	case !slices.Contains(factSets, name):
		return nil, fmt.Errorf("%q is nothing it can ask", name)
	}
	r.at++
	n.text = r.next()
	r.at++
	if n.text == "" || !letter(n.text[0]) || !r.take(")") {
		return nil, fmt.Errorf("%s asks about one name, in brackets", name)
	}
	return n, nil
}

// each visits every piece.
func (c condition) each(visit func(*node)) {
	var walk func(n *node)
	walk = func(n *node) {
		visit(n)
		for _, k := range n.kids {
			walk(k)
		}
	}
	walk(c.root)
}
