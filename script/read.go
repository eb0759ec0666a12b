package script

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"math"
	"regexp"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"gopkg.in/yaml.v3"
)

// MaxBytes is the largest document Parse reads. The longest starter script is a tenth of it.
const MaxBytes = 512 << 10

// maxDepth is more than any script needs.
const maxDepth = 40

// document is what was read, as plain values.
type document struct {
	raw   []byte
	value map[string]any
	lines map[string]int // the line of each path; found only when a problem needs it
}

// read turns YAML or JSON into plain values and makes sure it is a document of the wanted format.
func read(doc []byte, format string) (map[string]any, error) {
	d, err := readDocument(doc, format)
	return d.value, err
}

func readDocument(doc []byte, format string) (*document, error) {
	d := &document{raw: doc}
	switch {
	case len(doc) > MaxBytes:
		return d, refused(0, words("The document is over %d KB.", MaxBytes>>10))
	case !utf8.Valid(doc):
		return d, refused(0, words("The document is not plain text in UTF-8."))
	}
	value, err := d.values()
	if err != nil {
		return d, err
	}
	root, ok := value.(map[string]any)
	if !ok {
		return d, refused(1, words("The document is not a list of names and values."))
	}
	if root["format"] != format {
		return d, refused(d.line("/format"), words("The first line must be “%s”.", "format: "+format))
	}
	d.value = root
	return d, nil
}

func (d *document) values() (any, error) {
	if json.Valid(d.raw) {
		return d.readJSON()
	}
	return d.readYAML()
}

// line is where a path stands, or where what holds it stands.
func (d *document) line(path string) int {
	if d.lines == nil {
		d.lines = map[string]int{}
		_, _ = d.values() // it was read before, without keeping the lines
	}
	for {
		if n, ok := d.lines[path]; ok {
			return n
		}
		cut := strings.LastIndexByte(path, '/')
		if cut < 0 {
			return 1
		}
		path = path[:cut]
	}
}

// under is the path of a child, where lines are kept.
func (d *document) under(path, key string) string {
	if d.lines == nil {
		return ""
	}
	return path + pointer(key)
}

func (d *document) stands(path string, line func() int) {
	if d.lines != nil {
		d.lines[path] = line()
	}
}

// refused is a document that cannot be read, with the line that it fails on.
func refused(line int, what phrase) error {
	p := Problem{Line: line, Level: Error, what: what, Sentence: what.in(english)}
	if line > 0 {
		p.where = []phrase{words("Line %d", line)}
		p.Place = sayPlace(p.where, english)
	}
	return &Malformed{Problems: []Problem{p}}
}

var yamlLine = regexp.MustCompile(`^(?:yaml: )?line (\d+): `)

// The reasons of a YAML reader, in words that help someone who does not know YAML.
var yamlReasons = []struct{ has, says string }{
	{"did not find expected", "This line does not fit the one before it. Check that the spaces at its beginning, the colons and the quotation marks match."},
	{"mapping values are not allowed", "There is a colon too many here. Put the sentence in quotation marks."},
	{"could not find expected ':'", "A name needs a colon after it."},
	{"found character that cannot start any token", "A value begins with a sign that it cannot begin with (a tab, @, ` or %). Put it in quotation marks."},
	{"found unexpected end of stream", "Something that is opened here is never closed: a quotation mark or a bracket."},
	{"control characters are not allowed", "There is a character here that no keyboard types. Delete it and type it again."},
}

func (d *document) readYAML() (any, error) {
	dec := yaml.NewDecoder(bytes.NewReader(d.raw))
	var node yaml.Node
	if err := dec.Decode(&node); err != nil {
		if errors.Is(err, io.EOF) {
			return nil, refused(0, words("The document is empty."))
		}
		return nil, yamlError(err)
	}
	var second yaml.Node
	if err := dec.Decode(&second); !errors.Is(err, io.EOF) {
		return nil, refused(max(1, second.Line), words("One file holds one script, and this one goes on after it."))
	}
	if len(node.Content) == 0 {
		return nil, refused(0, words("The document is empty."))
	}
	return d.node(node.Content[0], "", 0)
}

func yamlError(err error) error {
	text := err.Error()
	line := 1
	if m := yamlLine.FindStringSubmatch(text); m != nil {
		line, _ = strconv.Atoi(m[1])
		text = text[len(m[0]):]
	}
	for _, r := range yamlReasons {
		if strings.Contains(text, r.has) {
			return refused(line, words(r.says))
		}
	}
	return refused(line, words("This cannot be read: %s.", strings.TrimPrefix(text, "yaml: ")))
}

// node turns a piece of YAML into plain values. What YAML would do behind a writer's back (references, dates, binary
// data, names that are no text) is kept as written or refused, never changed in silence.
func (d *document) node(n *yaml.Node, path string, depth int) (any, error) {
	if depth > maxDepth {
		return nil, refused(n.Line, words("This is nested too deeply."))
	}
	d.stands(path, func() int { return n.Line })
	switch n.Kind {
	case yaml.MappingNode:
		out := make(map[string]any, len(n.Content)/2)
		for i := 0; i+1 < len(n.Content); i += 2 {
			k := n.Content[i]
			if k.Kind != yaml.ScalarNode || k.ShortTag() != "!!str" {
				return nil, refused(k.Line, words("“%s” is not a name. Put it in quotation marks.", k.Value))
			}
			if _, twice := out[k.Value]; twice {
				return nil, refused(k.Line, words("“%s” is written twice in the same place. Keep one of them.", k.Value))
			}
			if err := writable(k.Value, k.Line); err != nil {
				return nil, err
			}
			v, err := d.node(n.Content[i+1], d.under(path, k.Value), depth+1)
			if err != nil {
				return nil, err
			}
			out[k.Value] = v
		}
		return out, nil
	case yaml.SequenceNode:
		out := make([]any, len(n.Content))
		for i, c := range n.Content {
			v, err := d.node(c, d.under(path, strconv.Itoa(i)), depth+1)
			if err != nil {
				return nil, err
			}
			out[i] = v
		}
		return out, nil
	case yaml.ScalarNode:
		return scalar(n)
	}
	return nil, refused(n.Line, words("“*%s” refers to something written elsewhere. Write it out here.", n.Value))
}

func scalar(n *yaml.Node) (any, error) {
	switch n.ShortTag() {
	case "!!str", "!!timestamp": // a day is kept as it was written
		return n.Value, writable(n.Value, n.Line)
	case "!!null":
		return nil, nil
	case "!!bool":
		var v bool
		err := n.Decode(&v)
		return v, err
	case "!!int", "!!float":
		var whole int64
		if n.ShortTag() == "!!int" && n.Decode(&whole) == nil { // a fraction would be cut off in silence
			return whole, nil
		}
		var v float64
		if err := n.Decode(&v); err != nil || math.IsNaN(v) || math.IsInf(v, 0) {
			return nil, refused(n.Line, words("“%s” is not a number that can be counted with.", n.Value))
		}
		return v, nil
	}
	return nil, refused(n.Line, words("“%s” is a kind of value that a script does not hold.", n.Tag))
}

// unwritable finds what no database and no phone can take: control characters, and what was no character at all.
func unwritable(s string) bool {
	return strings.ContainsFunc(s, func(r rune) bool { return r == utf8.RuneError || unicode.IsControl(r) && r != '\n' && r != '\t' })
}

var noKeyboard = words("There is a character here that no keyboard types. Delete it and type it again.")

func writable(s string, line int) error {
	if unwritable(s) {
		return refused(line, noKeyboard)
	}
	return nil
}

func (d *document) readJSON() (any, error) {
	dec := json.NewDecoder(bytes.NewReader(d.raw))
	dec.UseNumber()
	return (&jsonReader{d, dec}).value("", 0)
}

type jsonReader struct {
	*document
	*json.Decoder
}

func (r *jsonReader) here() int { return 1 + bytes.Count(r.raw[:r.InputOffset()], []byte("\n")) }

func (r *jsonReader) value(path string, depth int) (any, error) {
	token, err := r.Token()
	if err != nil {
		return nil, refused(r.here(), words("This cannot be read: %s.", err.Error()))
	}
	if depth > maxDepth {
		return nil, refused(r.here(), words("This is nested too deeply."))
	}
	r.stands(path, r.here)
	switch v := token.(type) {
	case json.Delim:
		if v == '[' {
			return r.list(path, depth)
		}
		return r.object(path, depth)
	case json.Number:
		if whole, err := strconv.ParseInt(v.String(), 10, 64); err == nil {
			return whole, nil
		}
		n, err := v.Float64()
		if err != nil {
			return nil, refused(r.here(), words("“%s” is not a number that can be counted with.", v.String()))
		}
		return n, nil
	case string:
		return v, r.check(v)
	}
	return token, nil // true, false and null
}

func (r *jsonReader) check(s string) error {
	if unwritable(s) {
		return refused(r.here(), noKeyboard)
	}
	return nil
}

func (r *jsonReader) list(path string, depth int) (any, error) {
	out := []any{}
	for r.More() {
		item, err := r.value(r.under(path, strconv.Itoa(len(out))), depth+1)
		if err != nil {
			return nil, err
		}
		out = append(out, item)
	}
	_, err := r.Token()
	return out, err
}

func (r *jsonReader) object(path string, depth int) (any, error) {
	out := map[string]any{}
	for r.More() {
		key, err := r.Token()
		if err != nil {
			return nil, refused(r.here(), words("This cannot be read: %s.", err.Error()))
		}
		name := key.(string) // an object of JSON has no other keys
		if _, twice := out[name]; twice {
			return nil, refused(r.here(), words("“%s” is written twice in the same place. Keep one of them.", name))
		}
		if err := r.check(name); err != nil {
			return nil, err
		}
		if out[name], err = r.value(r.under(path, name), depth+1); err != nil {
			return nil, err
		}
	}
	_, err := r.Token()
	return out, err
}
