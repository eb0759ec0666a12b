package script

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"sort"
	"strings"
	"sync"

	"github.com/santhosh-tekuri/jsonschema/v6"
	fault "github.com/santhosh-tekuri/jsonschema/v6/kind"
)

var compiled = sync.OnceValues(func() (*jsonschema.Schema, error) {
	doc, err := jsonschema.UnmarshalJSON(bytes.NewReader(schemaJSON))
	if err != nil {
		return nil, fmt.Errorf("read the script schema: %w", err)
	}
	c := jsonschema.NewCompiler()
	if err := c.AddResource(Format, doc); err != nil {
		return nil, fmt.Errorf("load the script schema: %w", err)
	}
	return c.Compile(Format)
})

// shape compares the document with the schema and says what is wrong in sentences.
func (d *document) shape() []Problem {
	schema, err := compiled()
	if err != nil {
		return problemsOf(err)
	}
	err = schema.Validate(d.value)
	if err == nil {
		return nil
	}
	var bad *jsonschema.ValidationError
	if !errors.As(err, &bad) {
		return problemsOf(err)
	}
	c := collector{document: d, seen: map[string]bool{}}
	c.collect(bad)
	sort.SliceStable(c.problems, func(i, j int) bool { return c.problems[i].Line < c.problems[j].Line })
	return c.problems
}

type collector struct {
	*document
	problems []Problem
	seen     map[string]bool
}

// collect keeps the leaves of the validator's tree: only they name what a person can mend.
func (c *collector) collect(e *jsonschema.ValidationError) {
	switch k := e.ErrorKind.(type) {
	case *fault.OneOf:
		c.either(e)
	case *fault.PropertyNames:
		c.add(append(e.InstanceLocation[:len(e.InstanceLocation):len(e.InstanceLocation)], k.Property), words("“%s” can't be a name here: use small letters, digits and _, or a language such as en.", k.Property), false)
	case *fault.AdditionalProperties:
		for _, name := range k.Properties {
			c.add(append(e.InstanceLocation[:len(e.InstanceLocation):len(e.InstanceLocation)], name), unknown(name), false)
		}
	case *fault.Required:
		for _, name := range k.Missing {
			c.add(e.InstanceLocation, words("“%s” is missing.", name), false)
		}
	default:
		if len(e.Causes) == 0 {
			c.add(e.InstanceLocation, leaf(e.ErrorKind), mistyped(e))
		}
		for _, cause := range e.Causes {
			c.collect(cause)
		}
	}
}

// either goes on with the alternative that the writer meant: words written as one string, or as one a language.
func (c *collector) either(e *jsonschema.ValidationError) {
	for _, cause := range e.Causes {
		if !mistyped(cause) {
			c.collect(cause)
			return
		}
	}
	c.add(e.InstanceLocation, words("This must be a sentence, or one sentence a language: {en: …, es: …}."), true)
}

// mistyped tells whether a whole value is of another kind than this alternative wants.
func mistyped(e *jsonschema.ValidationError) bool {
	if _, ok := e.ErrorKind.(*fault.Type); ok {
		return true
	}
	for _, cause := range e.Causes {
		if len(cause.InstanceLocation) == len(e.InstanceLocation) && mistyped(cause) {
			return true
		}
	}
	return false
}

func (c *collector) add(keys []string, what phrase, mistyped bool) {
	p := problem(c.value, pointer(keys...), Error, what)
	if key := p.Path + what.in(english); !c.seen[key] {
		c.seen[key] = true
		p.Line, p.mistyped = c.line(p.Path), mistyped
		c.problems = append(c.problems, p)
	}
}

// leaf says one rule of the schema as a sentence.
func leaf(k jsonschema.ErrorKind) phrase {
	switch k := k.(type) {
	case *fault.Type:
		return words("This must be %s.", kinds(k.Want))
	case *fault.Enum:
		return words("“%v” is not one of these: %s.", k.Got, list(k.Want))
	case *fault.Const:
		return words("This must be “%v”.", k.Want)
	case *fault.MinLength, *fault.MinItems, *fault.MinProperties:
		return words("This is empty.")
	case *fault.Minimum:
		return words("This must be at least %s.", k.Want.RatString())
	case *fault.Pattern:
		switch {
		case strings.Contains(k.Want, "pick"):
			return words("“%s” leads nowhere: name a step, “self” to stay, “end(…)” to close, or “pick(a,b)” for a choice.", k.Got)
		case strings.Contains(k.Want, "T"):
			return words("“%s” is not a day and time like 2026-12-03T18:30.", k.Got)
		case strings.Contains(k.Want, `\d{4}`):
			return words("“%s” is not a day like 2026-12-03.", k.Got)
		case strings.Contains(k.Want, "https"):
			return words("“%s” is not an address that begins with https:// or /.", k.Got)
		case strings.Contains(k.Want, "[a-z]{2}"):
			return words("“%s” is not a language like en or es.", k.Got)
		}
		return words("“%s” can't be used as a name: small letters, digits, - and _, beginning with a letter.", k.Got)
	}
	return words("This is not what a script holds here.")
}

func kinds(want []string) phrase {
	if len(want) == 0 {
		return words("something else")
	}
	switch want[0] {
	case "string":
		return words("text")
	case "integer", "number":
		return words("a whole number")
	case "boolean":
		return words("true or false")
	case "array":
		return words("a list")
	}
	return words("a group of names and values")
}

func list(values []any) string {
	all := make([]string, len(values))
	for i, v := range values {
		all[i] = fmt.Sprint(v)
	}
	return strings.Join(all, ", ")
}

// unknown refuses a name, and tells which one was meant where it is a slip of the fingers.
func unknown(name string) phrase {
	if near := nearest(name); near != "" {
		return words("“%s” is not a name that belongs here. Did you mean “%s”?", name, near)
	}
	return words("“%s” is not a name that belongs here.", name)
}

// names are all names of the format, read from the schema.
var names = sync.OnceValue(func() []string {
	var doc any
	_ = json.Unmarshal(schemaJSON, &doc) // compiled says it better
	all := map[string]bool{}
	var visit func(any)
	visit = func(v any) {
		switch v := v.(type) {
		case map[string]any:
			if props, ok := v["properties"].(map[string]any); ok {
				for name := range props {
					all[name] = true
				}
			}
			for _, x := range v {
				visit(x)
			}
		case []any:
			for _, x := range v {
				visit(x)
			}
		}
	}
	visit(doc)
	return sortedKeys(all)
})

func nearest(name string) string {
	best, at := "", 3
	for _, candidate := range names() {
		if n := distance(name, candidate); n < at && n < len(candidate)/2+1 {
			best, at = candidate, n
		}
	}
	return best
}

// distance counts the letters to change, add or take away (Levenshtein).
func distance(a, b string) int {
	row := make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i := 1; i <= len(a); i++ {
		above := row[0]
		row[0] = i
		for j := 1; j <= len(b); j++ {
			cost := above
			if a[i-1] != b[j-1] {
				cost++
			}
			above = row[j]
			row[j] = min(cost, row[j]+1, row[j-1]+1)
		}
	}
	return row[len(b)]
}
