package script

import (
	"encoding/json"
	"strings"
	"testing"
)

// everything is a document that uses every name of the schema, made from the schema itself: a name that the schema allows and
// this package does not keep would be dropped in silence.
func everything(tb testing.TB) []byte {
	tb.Helper()
	var schema map[string]any
	if err := json.Unmarshal(schemaJSON, &schema); err != nil {
		tb.Fatal(err)
	}
	doc, err := json.Marshal(sampleOf(tb, schema, schema, 0))
	if err != nil {
		tb.Fatal(err)
	}
	return doc
}

func sampleOf(tb testing.TB, root, s map[string]any, depth int) any {
	if ref, ok := s["$ref"].(string); ok {
		defs := root["$defs"].(map[string]any)
		return sampleOf(tb, root, defs[strings.TrimPrefix(ref, "#/$defs/")].(map[string]any), depth)
	}
	if v, ok := s["const"]; ok {
		return v
	}
	if list, ok := s["enum"].([]any); ok {
		return list[0]
	}
	if list, ok := s["oneOf"].([]any); ok {
		return sampleOf(tb, root, list[len(list)-1].(map[string]any), depth)
	}
	kind := s["type"]
	if list, ok := kind.([]any); ok {
		kind = list[0]
	}
	switch kind {
	case "object":
		out := map[string]any{}
		props, _ := s["properties"].(map[string]any)
		for name, p := range props {
			if name == "also" && depth > 6 {
				continue // a follow-up may have one after it, and so on
			}
			out[name] = sampleOf(tb, root, p.(map[string]any), depth+1)
		}
		if rest, ok := s["additionalProperties"].(map[string]any); ok {
			out["en"] = sampleOf(tb, root, rest, depth+1)
		}
		return out
	case "array":
		one := sampleOf(tb, root, s["items"].(map[string]any), depth+1)
		if n, ok := s["minItems"].(float64); ok && n > 1 {
			return []any{one, one}
		}
		return []any{one}
	case "integer", "number":
		return 1
	case "boolean":
		return true
	case "string":
		pattern, _ := s["pattern"].(string)
		for _, p := range []struct{ has, sample string }{
			{"pick", "self"}, {"T", "2026-12-03T18:30"}, {`\d{4}`, "2026-12-03"}, {"https", "https://example.org/"}, {"^[a-z]{2}", "en"}, {"[a-z]", "name"},
		} {
			if strings.Contains(pattern, p.has) {
				return p.sample
			}
		}
		return "words"
	}
	tb.Fatalf("no sample for %v", s)
	return nil
}

func TestParse_KeepsEveryNameOfTheSchema(t *testing.T) {
	doc := everything(t)
	s, err := Parse(doc)
	if err != nil {
		t.Fatalf("%v\n%s", err, doc)
	}
	out, err := s.JSON()
	if err != nil {
		t.Fatal(err)
	}
	kept(t, "", plainValues(t, doc), plainValues(t, out))
	again, err := s.YAML()
	if err != nil {
		t.Fatal(err)
	}
	kept(t, "", plainValues(t, doc), plainValues(t, again))
}

func TestParse_KeepsEveryWordOfTheStarters(t *testing.T) {
	for _, id := range Starters() {
		doc, err := starterFiles.ReadFile("starter/" + id + ".yaml")
		if err != nil {
			t.Fatal(err)
		}
		out, err := starter(t, id).JSON()
		if err != nil {
			t.Fatal(err)
		}
		kept(t, id, plainValues(t, doc), plainValues(t, out))
	}
}
