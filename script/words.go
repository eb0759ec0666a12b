package script

import (
	"bytes"
	"encoding/json"
	"fmt"
	"sort"
)

// Words is a sentence in one or several languages. A plain string in the document is the script's first language.
type Words struct {
	Plain string
	By    map[string]string
}

// In gives the words in a language, else in the plain form, else in any language, the first by name.
func (w Words) In(locale string) string {
	if t := w.By[locale]; t != "" {
		return t
	}
	if w.Plain != "" {
		return w.Plain
	}
	if t := w.By["en"]; t != "" {
		return t
	}
	for _, l := range sortedKeys(w.By) {
		return w.By[l]
	}
	return ""
}

// Has tells whether the words exist in exactly this language, where plain words belong to the first one.
func (w Words) Has(locale, first string) bool {
	return w.By[locale] != "" || (w.Plain != "" && locale == first)
}

// IsZero tells whether there are no words at all.
func (w Words) IsZero() bool { return w.Plain == "" && len(w.By) == 0 }

// MarshalJSON writes the words the way they were given.
func (w Words) MarshalJSON() ([]byte, error) {
	if w.By != nil {
		return json.Marshal(w.By)
	}
	return json.Marshal(w.Plain)
}

// UnmarshalJSON reads a plain string or one string a language.
func (w *Words) UnmarshalJSON(b []byte) error {
	*w = Words{}
	if len(b) > 0 && b[0] == '{' {
		return json.Unmarshal(b, &w.By)
	}
	return json.Unmarshal(b, &w.Plain)
}

// MarshalJSON writes a bare value where the choice reads as it is kept.
func (o Option) MarshalJSON() ([]byte, error) {
	if o.Label.IsZero() {
		return json.Marshal(o.Value)
	}
	return json.Marshal(optionDoc(o))
}

// UnmarshalJSON reads a bare value or {value, label}.
func (o *Option) UnmarshalJSON(b []byte) error {
	*o = Option{}
	if len(b) > 0 && b[0] == '"' {
		return json.Unmarshal(b, &o.Value)
	}
	var doc optionDoc
	if err := json.Unmarshal(b, &doc); err != nil {
		return err
	}
	*o = Option(doc)
	return nil
}

type optionDoc struct {
	Value string `json:"value"`
	Label Words  `json:"label"`
}

// canonical writes JSON without HTML escapes and without a trailing newline.
func canonical(v any) ([]byte, error) {
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	if err := enc.Encode(v); err != nil {
		return nil, fmt.Errorf("write the document as JSON: %w", err)
	}
	return bytes.TrimRight(b.Bytes(), "\n"), nil
}

func sortedKeys[V any](m map[string]V) []string {
	keys := make([]string, 0, len(m))
	for k := range m {
		keys = append(keys, k)
	}
	sort.Strings(keys)
	return keys
}
