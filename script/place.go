package script

import (
	"strconv"
	"strings"
)

var (
	escaped   = strings.NewReplacer("~", "~0", "/", "~1")
	unescaped = strings.NewReplacer("~1", "/", "~0", "~")
)

// pointer writes a JSON pointer (RFC 6901).
func pointer(keys ...string) string {
	var b strings.Builder
	for _, k := range keys {
		b.WriteByte('/')
		b.WriteString(escaped.Replace(k))
	}
	return b.String()
}

func keysOf(path string) []string {
	if path == "" {
		return nil
	}
	keys := strings.Split(path[1:], "/")
	for i, k := range keys {
		keys[i] = unescaped.Replace(k)
	}
	return keys
}

// placeOf reads a path aloud as a coordinator would find it: "Step 4 (Plan to win), line C, in Spanish".
func placeOf(doc any, path string) (where []phrase, step string) {
	keys := keysOf(path)
	root, _ := doc.(map[string]any)
	locale := firstLocale(root)
	at := doc
	for i := 0; i < len(keys); i++ {
		key, parent := keys[i], ""
		if i > 0 {
			parent = keys[i-1]
		}
		switch v := at.(type) {
		case map[string]any:
			at = v[key]
			switch {
			case i == 1:
				where = []phrase{memberOf(parent, key, at, locale)}
			case i == 0 || !silent[key] && (!isList(at) || i == len(keys)-1):
				where = append(where, nameOf(key, i, at))
			}
		case []any:
			n, err := strconv.Atoi(key)
			if err != nil || n < 0 || n >= len(v) {
				at = nil
				continue
			}
			at = v[n]
			item, _ := at.(map[string]any)
			if i == 1 && parent == "steps" {
				step, _ = item["id"].(string)
			}
			if i == 1 {
				where = nil // "Step 4" says more than "The steps"
			}
			where = append(where, itemOf(root, parent, n, item, locale))
		default:
			where = append(where, words("%s", key))
			at = nil
		}
	}
	return where, step
}

// silent keys only hold others, whose own names say enough.
var silent = map[string]bool{"lights": true, "text": true, "label": true, "signs": true, "first_line": true}

func isList(v any) bool { _, ok := v.([]any); return ok }

var topNames = map[string]string{
	"format": "The first line", "id": "The script's id", "version": "The version", "status": "The status", "kind": "The kind", "title": "The title",
	"credit": "The credit", "phase": "The phase", "locales": "The languages", "purpose": "The purpose", "success": "What counts as success",
	"cadence": "How often", "eligible": "The gate", "facts": "The facts", "slots": "The slots", "asks": "The asks", "ladder": "The ladder",
	"paths": "The paths", "resources": "The resources", "steps": "The steps", "endings": "The endings",
}

var partNames = map[string]string{
	"say": "its lines", "probes": "its questions", "summarize": "the say-back line", "goal": "its goal", "name": "its name", "sms": "the text", "note": "the note beside the text",
	"silence": "the silence", "nudge": "the nudge", "skip": "leaving it out", "why": "the reason", "goto": "where it leads", "cues": "its signs", "capture": "what it keeps",
	"fields": "its fields", "tips": "its tips", "value": "its value", "source": "its source", "as_of": "its date", "carrier": "the sentence it is typed in",
	"example": "its example", "smaller": "the smaller ask", "follow_up": "its follow-up", "also": "the follow-up after it", "evidence": "its evidence",
	"minutes": "its minutes", "ask": "its ask", "you_do": "what you do", "they_do": "what they do", "offer": "what it offers", "path": "its path", "when": "when",
	"options": "its choices", "quick": "its quick words", "outcome": "its outcome", "type": "its type", "kind": "its kind", "from": "where it comes from",
	"reason": "its reason", "every": "how often", "then": "what comes after it", "where": "where", "rung": "its rung", "url": "its address", "pack": "its shared signs",
}

// nameOf names what a key holds.
func nameOf(key string, depth int, value any) phrase {
	if name, ok := topNames[key]; ok && depth == 0 {
		return words(name)
	}
	if _, isText := value.(string); (isText || value == nil) && isLocale(key) {
		return localeName(key)
	}
	if name, ok := partNames[key]; ok && depth > 0 {
		return words(name)
	}
	return words("%s", key)
}

// memberOf names one of what is kept by name.
func memberOf(parent, key string, value any, locale string) phrase {
	item, _ := value.(map[string]any)
	switch parent {
	case "slots":
		return words("Slot “%s”", said(item["label"], locale, key))
	case "facts":
		return words("Fact “%s”", said(item["label"], locale, key))
	case "paths":
		return words("Path “%s”", key)
	}
	if isLocale(key) {
		return words("%s, %s", words(topNames[parent]), localeName(key))
	}
	return words("%s, %s", words(topNames[parent]), nameOf(key, 1, value))
}

// itemOf names one of a list.
func itemOf(root map[string]any, parent string, n int, item map[string]any, locale string) phrase {
	id, _ := item["id"].(string)
	switch parent {
	case "steps":
		return stepPhrase(root, n, locale)
	case "say":
		return words("line %s", short(id, n))
	case "probes":
		return words("question %s", short(id, n))
	case "green":
		return words("green light “%s”", said(item["label"], locale, id))
	case "yellow":
		return words("yellow light “%s”", said(item["label"], locale, id))
	case "not_now":
		return words("not-now light “%s”", said(item["label"], locale, id))
	case "asks":
		return words("Ask “%s”", said(item["label"], locale, id))
	case "endings":
		return words("Ending “%s”", id)
	case "voice":
		return words("sign %d by voice", n+1)
	case "sms":
		return words("sign %d by text", n+1)
	case "in_person":
		return words("sign %d in person", n+1)
	case "ladder":
		return words("Rung “%s”", said(item["name"], locale, strconv.Itoa(n)))
	case "resources":
		return words("Resource “%s”", said(item["title"], locale, strconv.Itoa(n+1)))
	}
	if name, ok := partNames[parent]; ok {
		return words("%s %d", words(name), n+1)
	}
	return words("number %d", n+1)
}

// stepPhrase numbers a step as the rail does: what they'll say is a stop without a number.
func stepPhrase(root map[string]any, n int, locale string) phrase {
	steps, _ := root["steps"].([]any)
	number, name := 0, ""
	for i := 0; i <= n && i < len(steps); i++ {
		s, _ := steps[i].(map[string]any)
		if s["type"] != "inoculate" {
			number++
		}
		if i == n {
			id, _ := s["id"].(string)
			name = said(s["name"], locale, id)
			if s["type"] == "inoculate" {
				return words("The stop “%s”", name)
			}
		}
	}
	return words("Step %d (%s)", number, name)
}

// short is how a line is called: A to D of the plan, else its id.
func short(id string, n int) string {
	switch {
	case id == "":
		return strconv.Itoa(n + 1)
	case len(id) == 1:
		return strings.ToUpper(id)
	}
	return "“" + id + "”"
}

// said reads words in a language, or gives what stands for them.
func said(v any, locale, otherwise string) string {
	switch v := v.(type) {
	case string:
		if v != "" {
			return v
		}
	case map[string]any:
		for _, l := range append([]string{locale}, sortedKeys(v)...) {
			if s, ok := v[l].(string); ok && s != "" {
				return s
			}
		}
	}
	return otherwise
}

func firstLocale(root map[string]any) string {
	if list, ok := root["locales"].([]any); ok && len(list) > 0 {
		if l, ok := list[0].(string); ok {
			return l
		}
	}
	return "en"
}

func isLocale(key string) bool {
	return len(key) == 2 || len(key) == 5 && key[2] == '-'
}

// localeName says a language as a coordinator would.
func localeName(locale string) phrase {
	switch language2(locale) {
	case "en":
		return words("in English")
	case "es":
		return words("in Spanish")
	}
	return words("in %s", locale)
}
