package words

import (
	"encoding/json"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"
)

func TestSpanish_EveryFileReadsAndKeepsItsVerbs(t *testing.T) {
	all, err := load()
	if err != nil {
		t.Fatal(err)
	}
	verb := regexp.MustCompile(`%(\[\d\])?[a-z]`)
	order := regexp.MustCompile(`\[\d\]`)
	for en, es := range all {
		was, is := verb.FindAllString(en, -1), verb.FindAllString(order.ReplaceAllString(es, ""), -1)
		slices.Sort(was)
		slices.Sort(is)
		if !slices.Equal(was, is) {
			t.Errorf("%q takes %v, its Spanish %v", en, was, is)
		}
		if strings.TrimSpace(es) == "" {
			t.Errorf("%q has an empty Spanish", en)
		}
	}
}

func TestSpanish_FilesHoldNoKeyTwice(t *testing.T) {
	list, err := files.ReadDir("es")
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range list {
		body, err := files.ReadFile("es/" + f.Name())
		if err != nil {
			t.Fatal(err)
		}
		d := json.NewDecoder(strings.NewReader(string(body)))
		seen, key := map[string]bool{}, true
		for d.More() || key {
			tok, err := d.Token()
			if err != nil {
				break
			}
			s, isString := tok.(string)
			if !isString {
				continue
			}
			if key && seen[s] {
				t.Errorf("%s says %q twice", f.Name(), s)
			}
			if key {
				seen[s] = true
			}
			key = !key
		}
	}
}

func TestWanted(t *testing.T) {
	for header, want := range map[string]Language{
		"": English, "es-MX,es;q=0.9,en;q=0.8": Spanish, "en-US,es;q=0.5": English, "fr,es;q=0.7": Spanish, "fr": English, ";;;": English,
	} {
		if got := Wanted(header); got != want {
			t.Errorf("Wanted(%q) = %s, want %s", header, got, want)
		}
	}
}

func TestSpoken(t *testing.T) {
	for list, want := range map[string]Language{
		"": English, "Spanish, English": Spanish, "English, Spanish": English, "Español": Spanish, "Quechua; Spanish": Spanish, "Mandarin": English,
	} {
		if got := Spoken(list); got != want {
			t.Errorf("Spoken(%q) = %s, want %s", list, got, want)
		}
	}
}

func TestWhen(t *testing.T) {
	at := time.Date(2026, 12, 3, 18, 30, 0, 0, time.UTC)
	if got := English.When(at); got != "Thu Dec 3, 6:30 pm" {
		t.Error(got)
	}
	if got := Spanish.When(at); got != "jue 3 dic, 18:30" {
		t.Error(got)
	}
	if got := Spanish.Ago(3 * time.Hour); got != "3 horas" {
		t.Error(got)
	}
}
