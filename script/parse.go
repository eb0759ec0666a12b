package script

import (
	"bytes"
	_ "embed"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"sort"
	"strings"
	"sync"
	"time"

	"github.com/santhosh-tekuri/jsonschema/v6"
	"golang.org/x/text/language"
	"golang.org/x/text/message"
	"gopkg.in/yaml.v3"
)

// MaxBytes is the largest document Parse reads. The longest starter script is a tenth of it.
const MaxBytes = 512 << 10

//go:embed schema.json
var schemaJSON []byte

// Schema is the JSON Schema of pb.script/1, for editors and other programs.
func Schema() []byte { return bytes.Clone(schemaJSON) }

// Problem is one thing to mend, as a sentence with its place. One that blocks keeps a script from going live.
type Problem struct {
	Place  string `json:"place"`
	Text   string `json:"text"`
	Blocks bool   `json:"blocks"`
}

func (p Problem) String() string {
	if p.Place == "" {
		return p.Text
	}
	return p.Place + ": " + p.Text
}

// Malformed is the error of Parse: the document is not a script yet, and these are the reasons.
type Malformed struct{ Problems []Problem }

func (m *Malformed) Error() string {
	lines := make([]string, len(m.Problems))
	for i, p := range m.Problems {
		lines[i] = p.String()
	}
	return "not a script yet: " + strings.Join(lines, "; ")
}

// Parse reads one script from YAML or JSON (the same document) and checks its shape. What it says is Lint's business.
func Parse(doc []byte) (*Script, error) {
	value, err := read(doc, Format)
	if err != nil {
		return nil, err
	}
	if err := checkShape(value); err != nil {
		return nil, err
	}
	var s Script
	if err := into(value, &s); err != nil {
		return nil, err
	}
	return &s, nil
}

// read turns YAML or JSON into plain values and makes sure it is a document of the wanted format.
func read(doc []byte, format string) (map[string]any, error) {
	if len(doc) > MaxBytes {
		return nil, malformed("", fmt.Sprintf("the document is over %d KB", MaxBytes>>10))
	}
	dec := yaml.NewDecoder(bytes.NewReader(doc))
	var raw any
	if err := dec.Decode(&raw); err != nil {
		if errors.Is(err, io.EOF) {
			return nil, malformed("", "the document is empty")
		}
		return nil, malformed("", strings.TrimPrefix(err.Error(), "yaml: "))
	}
	if err := dec.Decode(new(any)); !errors.Is(err, io.EOF) {
		return nil, malformed("", "one file holds one document, this one goes on after it")
	}
	value, ok := plain(raw).(map[string]any)
	if !ok {
		return nil, malformed("", "the document is not a list of names and values")
	}
	if value["format"] != format {
		return nil, malformed("format", fmt.Sprintf("the first line must be %q", "format: "+format))
	}
	return value, nil
}

// plain turns YAML's own types into JSON's: bare dates become words again, keys become strings.
func plain(v any) any {
	switch v := v.(type) {
	case map[string]any:
		for k := range v {
			v[k] = plain(v[k])
		}
		return v
	case map[any]any:
		out := make(map[string]any, len(v))
		for k, x := range v {
			out[fmt.Sprint(k)] = plain(x)
		}
		return out
	case []any:
		for i := range v {
			v[i] = plain(v[i])
		}
		return v
	case time.Time:
		if v.Equal(v.Truncate(24 * time.Hour)) {
			return v.Format(time.DateOnly)
		}
		return v.Format(time.RFC3339)
	default:
		return v
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

func checkShape(value map[string]any) error {
	schema, err := compiled()
	if err != nil {
		return err
	}
	b, err := json.Marshal(value)
	if err != nil {
		return malformed("", err.Error())
	}
	instance, err := jsonschema.UnmarshalJSON(bytes.NewReader(b))
	if err != nil {
		return malformed("", err.Error())
	}
	err = schema.Validate(instance)
	var bad *jsonschema.ValidationError
	if !errors.As(err, &bad) {
		return err
	}
	m := &Malformed{}
	collect(bad, value, m)
	sort.SliceStable(m.Problems, func(i, j int) bool { return m.Problems[i].Place < m.Problems[j].Place })
	return m
}

// collect keeps the leaves of the validator's tree: only they name what a person can mend.
func collect(e *jsonschema.ValidationError, value map[string]any, m *Malformed) {
	if len(e.Causes) > 0 {
		for _, c := range e.Causes {
			collect(c, value, m)
		}
		return
	}
	words := e.ErrorKind.LocalizedString(message.NewPrinter(language.English))
	p := Problem{Place: place(e.InstanceLocation, value), Text: words, Blocks: true}
	for _, seen := range m.Problems {
		if seen == p {
			return
		}
	}
	m.Problems = append(m.Problems, p)
}

// place reads a path aloud: steps/2/goto becomes "steps, agitate, goto", because people know ids and not numbers.
func place(path []string, value map[string]any) string {
	var at any = value
	names := make([]string, 0, len(path))
	for _, key := range path {
		name := key
		switch v := at.(type) {
		case map[string]any:
			at = v[key]
		case []any:
			var i int
			if _, err := fmt.Sscanf(key, "%d", &i); err != nil || i >= len(v) {
				break
			}
			at = v[i]
			name = fmt.Sprintf("number %d", i+1)
			if item, ok := at.(map[string]any); ok {
				if id, ok := item["id"].(string); ok && id != "" {
					name = id
				}
			}
		}
		names = append(names, name)
	}
	return strings.Join(names, ", ")
}

func malformed(where, text string) error {
	return &Malformed{Problems: []Problem{{Place: where, Text: text, Blocks: true}}}
}
