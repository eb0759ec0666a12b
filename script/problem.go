package script

import (
	"fmt"
	"strings"
)

// Level is how much a problem weighs.
type Level string

// An error keeps a script from going live; a warning asks a coordinator to look again.
const (
	Error   Level = "error"
	Warning Level = "warning"
)

// Problem is one thing to mend: its path for a program (a JSON pointer), its place and sentence for a person.
type Problem struct {
	Path     string `json:"path"`
	Line     int    `json:"line,omitempty"` // in the document, where it was read from one
	Place    string `json:"place"`
	Sentence string `json:"sentence"`
	Level    Level  `json:"level"`
	Step     string `json:"step,omitempty"` // the id of the step it is on

	where    []phrase
	what     phrase
	mistyped bool // the value is of another kind than the format holds, so it cannot even be read
}

func (p Problem) String() string {
	if p.Place == "" {
		return p.Sentence
	}
	return p.Place + ": " + p.Sentence
}

// In gives the problem in another language; say formats one sentence in it, as words.Language does.
func (p Problem) In(say func(format string, args ...any) string) Problem {
	if p.what.format != "" {
		p.Place, p.Sentence = sayPlace(p.where, say), p.what.in(say)
	}
	return p
}

// HasErrors tells whether one of the problems keeps a script from going live.
func HasErrors(problems []Problem) bool {
	for _, p := range problems {
		if p.Level == Error {
			return true
		}
	}
	return false
}

// Malformed is the error of Parse: the document is not a script yet, and these are the reasons.
type Malformed struct{ Problems []Problem }

func (m *Malformed) Error() string {
	lines := make([]string, len(m.Problems))
	for i, p := range m.Problems {
		lines[i] = p.String()
	}
	return "not a script yet: " + strings.Join(lines, " ")
}

// malformed refuses a document for one reason.
func malformed(place, sentence string) error {
	return &Malformed{Problems: []Problem{{Place: place, Sentence: sentence, Level: Error}}}
}

// phrase is a sentence, or a part of a place, that can still be said in another language.
type phrase struct {
	format string
	args   []any
}

func words(format string, args ...any) phrase { return phrase{format, args} }

func (p phrase) in(say func(string, ...any) string) string {
	args := make([]any, len(p.args))
	for i, a := range p.args {
		if inner, ok := a.(phrase); ok {
			a = inner.in(say)
		}
		args[i] = a
	}
	return say(p.format, args...)
}

func sayPlace(where []phrase, say func(string, ...any) string) string {
	parts := make([]string, len(where))
	for i, p := range where {
		parts[i] = p.in(say)
	}
	return strings.Join(parts, ", ")
}

// english formats as the code is written.
func english(format string, args ...any) string {
	if len(args) == 0 {
		return format
	}
	return fmt.Sprintf(format, args...)
}

// problem builds a problem at a path of a document.
func problem(doc any, path string, level Level, what phrase) Problem {
	where, step := placeOf(doc, path)
	return Problem{Path: path, Level: level, Step: step, where: where, what: what, Place: sayPlace(where, english), Sentence: what.in(english)}
}
