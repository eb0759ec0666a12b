package script

import (
	"bytes"
	_ "embed"
	"encoding/json"
	"strconv"
)

//go:embed schema.json
var schemaJSON []byte

// Schema is the JSON Schema of pb.script/1, for editors and other programs.
func Schema() []byte { return bytes.Clone(schemaJSON) }

// Parse reads one script from YAML or JSON (the same document) and checks its shape; what it refuses is a *Malformed. What
// a script says is Lint's business.
func Parse(doc []byte) (*Script, error) {
	d, err := readDocument(doc, Format)
	if err != nil {
		return nil, err
	}
	if problems := d.shape(); len(problems) > 0 {
		return nil, &Malformed{Problems: problems}
	}
	var s Script
	if err := into(d.value, &s); err != nil {
		return nil, err
	}
	return &s, nil
}

// Draft reads a script that is still being written: what can be read of it, and what its shape still lacks. The script is
// nil only where nothing can be read at all.
func Draft(doc []byte) (*Script, []Problem) {
	d, err := readDocument(doc, Format)
	if err != nil {
		return nil, problemsOf(err)
	}
	problems := d.shape()
	s := &Script{}
	if into(d.value, s) != nil {
		// A value of the wrong kind hides the rest, so it is left out of the draft; its problem tells.
		for _, p := range problems {
			if p.mistyped {
				takeOut(d.value, keysOf(p.Path))
			}
		}
		s = &Script{}
		if err := into(d.value, s); err != nil {
			return nil, append(problems, problemsOf(err)...)
		}
	}
	s.complete()
	return s, problems
}

// complete gives a draft the lists that every script has, empty as they are.
func (s *Script) complete() {
	if len(s.Locales) == 0 {
		s.Locales = []string{"en"}
	}
	if s.Success == nil {
		s.Success = []string{}
	}
	if s.Steps == nil {
		s.Steps = []Step{}
	}
	if s.Endings == nil {
		s.Endings = []Ending{}
	}
	for i := range s.Steps {
		if s.Steps[i].Say == nil {
			s.Steps[i].Say = []Line{}
		}
		if s.Steps[i].Lights.Green == nil {
			s.Steps[i].Lights.Green = []Light{}
		}
	}
}

func problemsOf(err error) []Problem {
	if bad, ok := err.(*Malformed); ok {
		return bad.Problems
	}
	return []Problem{{Sentence: err.Error(), Level: Error}}
}

// takeOut takes a value out of a document.
func takeOut(v any, keys []string) {
	for ; len(keys) > 1; keys = keys[1:] {
		switch holder := v.(type) {
		case map[string]any:
			v = holder[keys[0]]
		case []any:
			i, _ := strconv.Atoi(keys[0]) // the path was written by our own reader
			v = holder[i]
		}
	}
	if len(keys) == 0 {
		return
	}
	switch holder := v.(type) {
	case map[string]any:
		delete(holder, keys[0])
	case []any:
		i, _ := strconv.Atoi(keys[0])
		holder[i] = nil
	}
}

func into(value any, out any) error {
	b, err := json.Marshal(value)
	if err != nil {
		return malformed("", err.Error())
	}
	if err := json.Unmarshal(b, out); err != nil {
		return malformed("", err.Error())
	}
	return nil
}
