package main

import (
	"encoding/json"
	"os"
	"path/filepath"
	"testing"

	"phonebank/script"
	"phonebank/words"
)

// tongue is the language in which a story is lived through. The story is written in English; what stands on the pages in
// another language is looked up where the pages look it up.
type tongue struct {
	t    *testing.T
	lang words.Language
	ours map[string]string // what the pages and the starter script say
}

func speaking(t *testing.T, lang words.Language) tongue {
	t.Helper()
	s := tongue{t, lang, map[string]string{}}
	if lang == words.English {
		return s
	}
	files, err := filepath.Glob("../../panel/static/words/es/*.json")
	ok(t, err)
	for _, f := range files {
		body, err := os.ReadFile(f)
		ok(t, err)
		ok(t, json.Unmarshal(body, &s.ours))
	}
	starter, err := script.Starter(demoScript)
	ok(t, err)
	doc, err := starter.JSON()
	ok(t, err)
	var whole any
	ok(t, json.Unmarshal(doc, &whole))
	s.learn(whole)
	return s
}

// learn takes every pair of an English and a Spanish sentence out of a document.
func (s tongue) learn(part any) {
	switch part := part.(type) {
	case []any:
		for _, p := range part {
			s.learn(p)
		}
	case map[string]any:
		en, isWords := part["en"].(string)
		if es, both := part["es"].(string); isWords && both {
			s.ours[en] = es
			return
		}
		for _, p := range part {
			s.learn(p)
		}
	}
}

// say gives a sentence as it stands on the page.
func (s tongue) say(english string) string {
	s.t.Helper()
	if s.lang == words.English {
		return english
	}
	if es, ok := s.ours[english]; ok {
		return es
	}
	if !s.lang.Has(english) {
		s.t.Fatalf("nothing says %q in %s", english, s.lang.Name())
	}
	return s.lang.Say(english)
}

// sees waits for sentences in the story's language.
func (s tongue) sees(p *tab, english ...string) {
	s.t.Helper()
	for _, e := range english {
		p.sees(s.say(e))
	}
}

// press presses a button by its words in the story's language.
func (s tongue) press(p *tab, english string) {
	s.t.Helper()
	p.press(s.say(english))
}
