package script

import (
	"regexp"
	"strings"
)

// Where a part of a line comes from. The order of the first five is the order in which a slot is resolved.
const (
	FromConversation = "conversation"
	FromHistory      = "history"
	FromVolunteer    = "volunteer"
	FromFact         = "fact"
	FromFallback     = "fallback"
	FromBuiltin      = "builtin"
	FromLine         = "line"
	FromGap          = "gap"
)

// Part is a piece of a filled line. A gap carries the name of what is missing as its text, never a brace.
type Part struct {
	Text string `json:"text"`
	From string `json:"from"`
	Slot string `json:"slot,omitempty"`
}

// Filled is a line with its slots resolved.
type Filled []Part

// Sources are the places a slot is looked up in.
type Sources struct {
	Script       *Script
	Locale       string
	Ask          string            // the live ask; {ask} and {ask_when} follow it
	Conversation map[string]string // said in this talk
	History      map[string]string // kept from earlier talks
	Volunteer    map[string]string // written in prep
	Builtins     map[string]string // names the product knows: first_name, volunteer, ...
}

// Builtins are the names a line may use without declaring them.
var Builtins = []string{
	"first_name", "volunteer", "volunteer_place", "org", "last_contact_by", "last_topic", "purpose", "ask", "ask_when",
	"what", "by_when", "follow_how", "follow_when",
}

var placeholder = regexp.MustCompile(`\{([a-z][a-z0-9_]*)(?:\|([^{}]*))?\}`)

// aName is a first name in a line with what leads up to it.
var aName = regexp.MustCompile(`,? *\{first_name\}`)

// Nameless is a line as it is said to somebody whose name nobody knows: "Hi {first_name}, it's Dana" is "Hi, it's Dana".
func Nameless(line string) string { return aName.ReplaceAllString(line, "") }

// Fill resolves the slots of a line: conversation, history, volunteer, fact, then the line's own fallback.
func Fill(line string, from Sources) Filled {
	if name, asked := from.Builtins["first_name"]; asked && tidy(name) == "" {
		line = Nameless(line)
	}
	var out Filled
	at := 0
	for _, m := range placeholder.FindAllStringSubmatchIndex(line, -1) {
		out = out.words(line[at:m[0]])
		fallback := ""
		if m[4] >= 0 {
			fallback = line[m[4]:m[5]]
		}
		out = append(out, from.resolve(line[m[2]:m[3]], fallback))
		at = m[1]
	}
	return out.words(line[at:])
}

var noBraces = strings.NewReplacer("{", "", "}", "")

// words adds the line's own words. A brace that is no slot is a slip, and never reaches a screen or a phone.
func (l Filled) words(text string) Filled {
	if text = noBraces.Replace(text); text == "" {
		return l
	}
	return append(l, Part{Text: text, From: FromLine})
}

func (f Sources) resolve(name, fallback string) Part {
	places := []struct {
		from   string
		values map[string]string
	}{{FromConversation, f.Conversation}, {FromHistory, f.History}, {FromVolunteer, f.Volunteer}}
	for _, p := range places {
		if v := tidy(p.values[name]); v != "" {
			return Part{Text: f.spoken(name, v), From: p.from, Slot: name}
		}
	}
	if fact, ok := f.Script.Facts[name]; ok {
		if v := tidy(fact.Value.In(f.Locale)); v != "" {
			return Part{Text: v, From: FromFact, Slot: name}
		}
	}
	if v := f.builtin(name); v != "" {
		return Part{Text: v, From: FromBuiltin, Slot: name}
	}
	if fallback != "" {
		return Part{Text: fallback, From: FromFallback, Slot: name}
	}
	return Part{Text: f.missing(name), From: FromGap, Slot: name}
}

func (f Sources) builtin(name string) string {
	ask, hasAsk := f.Script.AskByID(f.Ask)
	switch {
	case name == "ask" && hasAsk:
		return ask.Label.In(f.Locale)
	case name == "ask_when" && hasAsk && ask.When != "":
		return SpokenWhen(ask.When, f.Locale)
	case name == "purpose":
		return tidy(f.Script.Purpose.In(f.Locale))
	}
	return tidy(f.Builtins[name])
}

var spokenHow = map[string]map[string]string{
	"en": {"call": "call", "text": "text"},
	"es": {"call": "llamada", "text": "mensaje"},
}

// spoken turns a kept value into words: a date is read as a date, a choice as its label.
func (f Sources) spoken(name, value string) string {
	switch name {
	case "by_when", "follow_when":
		return SpokenWhen(value, f.Locale)
	case "follow_how":
		if w := spokenHow[language2(f.Locale)][value]; w != "" {
			return w
		}
	}
	if slot, ok := f.Script.Slots[name]; ok {
		for _, o := range slot.Options {
			if o.Value == value && !o.Label.IsZero() {
				return o.Label.In(f.Locale)
			}
		}
	}
	return value
}

var missingWords = map[string]map[string]string{
	"en": {
		"first_name": "their name", "volunteer": "your name", "volunteer_place": "where you live", "org": "our group",
		"last_contact_by": "who spoke with them", "last_topic": "what about", "ask": "the ask", "ask_when": "when",
		"what": "what they'll do", "by_when": "by when", "follow_how": "call or text", "follow_when": "when",
	},
	"es": {
		"first_name": "su nombre", "volunteer": "tu nombre", "volunteer_place": "dónde vives", "org": "nuestro grupo",
		"last_contact_by": "quién habló con ellos", "last_topic": "de qué", "ask": "la petición", "ask_when": "cuándo",
		"what": "qué harán", "by_when": "para cuándo", "follow_how": "llamada o mensaje", "follow_when": "cuándo",
	},
}

// missing names what is not known yet, in words.
func (f Sources) missing(name string) string {
	if slot, ok := f.Script.Slots[name]; ok {
		return strings.ToLower(slot.Label.In(f.Locale))
	}
	if fact, ok := f.Script.Facts[name]; ok {
		return strings.ToLower(fact.Label.In(f.Locale))
	}
	if w := missingWords[language2(f.Locale)][name]; w != "" {
		return w
	}
	return strings.ReplaceAll(name, "_", " ")
}

// String is the line as one string, for reading. A gap shows its name.
func (l Filled) String() string {
	var b strings.Builder
	for _, p := range l {
		b.WriteString(p.Text)
	}
	return b.String()
}

// Gaps names what is missing, in the order it is missed.
func (l Filled) Gaps() []string {
	var gaps []string
	for _, p := range l {
		if p.From == FromGap {
			gaps = append(gaps, p.Text)
		}
	}
	return gaps
}

// tidy takes the full stop off a kept sentence, because the line it lands in brings its own.
func tidy(v string) string {
	return strings.TrimRight(strings.TrimSpace(v), " .\n\t")
}

func language2(locale string) string {
	if len(locale) < 2 {
		return locale
	}
	return locale[:2]
}
