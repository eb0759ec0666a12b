package script

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"
	"time"
)

// change gives the recruitment script with one thing altered, as a coordinator's edit would leave it.
func change(t *testing.T, edit func(doc map[string]any)) *Script {
	t.Helper()
	doc := plainDoc(t, "heat-recruitment")
	edit(doc)
	b, err := json.Marshal(doc)
	if err != nil {
		t.Fatal(err)
	}
	s, err := Parse(b)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func plainDoc(t *testing.T, id string) map[string]any {
	t.Helper()
	b, err := starter(t, id).JSON()
	if err != nil {
		t.Fatal(err)
	}
	var doc map[string]any
	if err := json.Unmarshal(b, &doc); err != nil {
		t.Fatal(err)
	}
	return doc
}

type object = map[string]any

func step(doc object, id string) object {
	for _, s := range doc["steps"].([]any) {
		if s := s.(object); s["id"] == id {
			return s
		}
	}
	panic("no step " + id)
}

func both(en, es string) object { return object{"en": en, "es": es} }

func line(id, en, es string) []any { return []any{object{"id": id, "text": both(en, es)}} }

func on(to string) []any { return []any{object{"label": both("On", "Sigue"), "goto": to}} }

func TestLint_SaysWhatToMendInSentencesWithTheirPlace(t *testing.T) {
	for _, row := range []struct {
		sentence string
		edit     func(d object)
		path     string
		want     string
	}{
		{"a light to nowhere", func(d object) { step(d, "intro")["lights"].(object)["green"] = on("nowhere") }, "/steps/0/lights/green/0/goto",
			"Step 1 (Introduction), green light “On”, where it leads: It leads to a step that does not exist: “nowhere”. There are: intro, stake, agitate, educate, inoculate, ask, next."},
		{"an ending nobody wrote", func(d object) { step(d, "intro")["lights"].(object)["green"] = on("end(gone)") }, "/steps/0/lights/green/0/goto",
			"Step 1 (Introduction), green light “On”, where it leads: It closes with an ending that does not exist: “gone”. There are: committed, kind_no, callback, wrong_number, stop."},
		{"a step that cannot be reached", func(d object) {
			step(d, "ask")["lights"].(object)["green"] = []any{object{"label": both("Yes", "Sí"), "goto": "end(committed)", "sets": object{"answer": "clear_yes"}}}
		}, "/steps/6",
			"Step 6 (Next steps): No light leads here, so nobody would ever come to this step."},
		{"steps that lead to each other and are reached by nobody", func(d object) {
			step(d, "agitate")["lights"].(object)["green"] = on("end(kind_no)")
			step(d, "educate")["lights"].(object)["green"] = on("inoculate")
			step(d, "inoculate")["lights"].(object)["green"] = on("educate")
			step(d, "ask")["lights"].(object)["yellow"] = []any{object{"label": both("Not sure", "Con dudas"), "goto": "stake", "sets": object{"answer": "unsure"}}}
			step(d, "ask")["lights"].(object)["not_now"] = []any{object{"label": both("No", "No"), "goto": "end(kind_no)", "sets": object{"answer": "hard_no"}}}
		}, "/steps/3", "Step 4 (Plan to win): No light leads here, so nobody would ever come to this step."},
		{"a name nothing provides", func(d object) { step(d, "stake")["summarize"] = both("So {mystery}.", "Entonces {mystery}.") }, "/steps/1/summarize",
			"Step 2 (Issues & stake), the say-back line: It waits for {mystery}, which nothing provides. Declare it as a slot or a fact."},
		{"a name nothing provides, in a text", func(d object) { step(d, "stake")["sms"] = object{"first_line": both("Hi {mystery}", "Hola")} }, "/steps/1/sms/first_line",
			"Step 2 (Issues & stake), the text: It waits for {mystery}, which nothing provides. Declare it as a slot or a fact."},
		{"a name nothing provides, in Spanish only", func(d object) { step(d, "stake")["summarize"] = both("So {problem}.", "Entonces {misterio}.") }, "/steps/1/summarize",
			"Step 2 (Issues & stake), the say-back line: It waits for {misterio}, which nothing provides. Declare it as a slot or a fact."},
		{"a stake said back before it was asked for", func(d object) {
			step(d, "stake")["capture"] = []any{"problem"}
			step(d, "ask")["capture"] = []any{"their_stake"}
		}, "/steps/3/say/0/text",
			"Step 4 (Plan to win), line A: It says “their stake”, but no earlier step asks for it. Ask for it before, or give words to fall back on: {their_stake|…}."},
		{"a slot that nothing fills", func(d object) { step(d, "stake")["capture"] = []any{"problem"} }, "/slots/their_stake",
			"Slot “their stake”: Nothing fills this: no step keeps it. Add “their_stake” to what a step keeps."},
		{"a slot that only a volunteer could know", func(d object) {
			d["slots"].(object)["my_floor"] = object{"label": "your floor", "from": "volunteer", "type": "text"}
			step(d, "intro")["say"] = line("open", "I live on {my_floor}.", "Vivo en {my_floor}.")
		}, "/slots/my_floor", "Slot “your floor”: Nothing fills this: volunteers write down your_stake and nothing else."},
		{"a step that keeps what is not declared", func(d object) { step(d, "intro")["capture"] = []any{"shoe_size"} }, "/steps/0/capture/0",
			"Step 1 (Introduction), what it keeps 1: It keeps “shoe_size”, which is not a declared slot."},
		{"a speech", func(d object) {
			step(d, "educate")["say"].([]any)[2].(object)["text"] = both(strings.Repeat("word ", 46), "Hola")
		}, "/steps/3/say/2/text/en",
			"Step 4 (Plan to win), line C, in English: This is 46 words long, and more than 45 is a speech. Make two lines of it."},
		{"a text of two segments", func(d object) { step(d, "stake")["sms"] = object{"first_line": both(strings.Repeat("a", 161), "Hola")} }, "/steps/1/sms/first_line/en",
			"Step 2 (Issues & stake), the text, in English: This text is 2 segments long once it is filled in (161 characters). Keep it to 1."},
		{"a text that grows too long when it is filled in", func(d object) {
			step(d, "stake")["sms"] = object{"first_line": both(strings.Repeat("a", 140)+" {problem}", "Hola")}
		}, "/steps/1/sms/first_line/en",
			"Step 2 (Issues & stake), the text, in English: This text is 2 segments long once it is filled in (167 characters). Keep it to 1."},
		{"a Spanish text of three segments", func(d object) { step(d, "stake")["sms"] = object{"first_line": both("Hi", strings.Repeat("á", 135))} }, "/steps/1/sms/first_line/es",
			"Step 2 (Issues & stake), the text, in Spanish: This text is 3 segments long once it is filled in (135 characters). Keep it to 2."},
		{"a curly quote in a text", func(d object) { step(d, "stake")["sms"] = object{"first_line": both("What’s hardest?", "¿Qué?")} }, "/steps/1/sms/first_line/en",
			"Step 2 (Issues & stake), the text, in English: There is a curly quote, a long dash or the like in this text. One of them makes a text cost more than double: write ' and \" and - instead."},
		{"an ask without quiet", func(d object) { step(d, "ask")["say"] = line("q", "Will you {ask}?", "¿Puedes {ask}?") }, "/steps/5/say",
			"Step 5 (The ask), its lines: The question has no silence after it. Mark it “then: silence”."},
		{"an ask without a welcome for a no", func(d object) { delete(step(d, "ask")["lights"].(object), "not_now") }, "/steps/5/lights",
			"Step 5 (The ask): No light is set for a no, and a no must always be welcome."},
		{"next steps without a way", func(d object) { step(d, "next")["fields"] = []any{"what", "by_when"} }, "/steps/6/fields",
			"Step 6 (Next steps), its fields: It does not say how you follow up. Add follow_how."},
		{"next steps without a date", func(d object) { step(d, "next")["fields"] = []any{"what", "follow_how"} }, "/steps/6/fields",
			"Step 6 (Next steps), its fields: Nothing is agreed with a date. Add by_when or follow_when."},
		{"a second question in one talk", func(d object) {
			again := object{}
			for k, v := range step(d, "ask") {
				again[k] = v
			}
			again["id"] = "ask_again"
			d["steps"] = append(d["steps"].([]any), again)
		}, "/steps/7", "Step 7 (The ask): This is a second ask. One talk carries one live ask; name a smaller one in the list of asks instead."},
		{"a line missing in Spanish", func(d object) { step(d, "stake")["summarize"] = object{"en": "Right?"} }, "/steps/1/summarize/es",
			"Step 2 (Issues & stake), the say-back line, in Spanish: This is missing. A script goes live only when everything that is said or sent is there in each of its languages."},
		{"a text missing in English", func(d object) { step(d, "stake")["sms"] = object{"first_line": object{"es": "Hola"}} }, "/steps/1/sms/first_line/en",
			"Step 2 (Issues & stake), the text, in English: This is missing. A script goes live only when everything that is said or sent is there in each of its languages."},
		{"an ask missing in Spanish", func(d object) { d["asks"].([]any)[1].(object)["label"] = object{"en": "sign"} }, "/asks/1/label/es",
			"Ask “sign”, in Spanish: This is missing. A script goes live only when everything that is said or sent is there in each of its languages."},
		{"a goal missing in Spanish may wait", func(d object) { step(d, "stake")["goal"] = object{"en": "Listen."} }, "/steps/1/goal/es",
			"Step 2 (Issues & stake), its goal, in Spanish: This is missing, so it shows in another language."},
		{"a language that nobody declared", func(d object) { step(d, "stake")["goal"].(object)["fr"] = "Écoutez." }, "/steps/1/goal/fr",
			"Step 2 (Issues & stake), its goal, in fr: This language is not one of the script's languages, so nobody sees it."},
		{"a claim without a source", func(d object) { delete(d["facts"].(object)["proof"].(object), "source") }, "/facts/proof",
			"Fact “how we know”: This is a claim without a source. Say where it is from."},
		{"a claim without a date", func(d object) { delete(d["facts"].(object)["law"].(object), "as_of") }, "/facts/law",
			"Fact “what the law says”: This is a claim without a date. Say when it was last checked."},
		{"saying who you are cannot be left out", func(d object) { step(d, "intro")["skip"] = object{"ok": true} }, "/steps/0/skip",
			"Step 1 (Introduction), leaving it out: This can't be left out: people must know who is calling, and why."},
		{"thanks cannot be left out", func(d object) { step(d, "stake")["type"] = "recognize" }, "/steps/1/skip",
			"Step 2 (Issues & stake), leaving it out: This can't be left out: say thanks for what they did before you ask for more."},
		{"a short path that leaves out who we are", func(d object) { d["paths"].(object)["two_minutes"] = []any{"stake", "ask"} }, "/paths/two_minutes",
			"Path “two_minutes”: It leaves out “Introduction”, which has to be said in every talk."},
		{"a brace that is no slot", func(d object) { step(d, "stake")["summarize"] = both("So {Their Stake}.", "Sí.") }, "/steps/1/summarize",
			"Step 2 (Issues & stake), the say-back line: There is a brace here that is not a slot. A slot is written {their_stake} or {their_stake|it matters to you}."},
		{"braces where nothing is filled in", func(d object) { step(d, "stake")["goal"] = both("Find {problem}.", "Busca.") }, "/steps/1/goal",
			"Step 2 (Issues & stake), its goal: There are braces here, and nothing is filled in here. Write the words out."},
		{"two lights that look alike", func(d object) { step(d, "intro")["lights"].(object)["green"] = append(on("stake"), on("agitate")...) }, "/steps/0/lights/green/1",
			"Step 1 (Introduction), green light “On”: Another light of this colour has the same id, so one of them can never be chosen. Give it an id."},
		{"two steps of one name", func(d object) { step(d, "agitate")["id"] = "stake" }, "/steps/2", "Step 3 (Agitation): Another step is called “stake” too. Each needs a name of its own."},
		{"a tip nobody wrote", func(d object) { step(d, "stake")["tips"] = []any{"magic"} }, "/steps/1/tips/0",
			"Step 2 (Issues & stake), its tips 1: There is no tip called “magic”. There are: "},
		{"a follow-up at no time", func(d object) { d["endings"].([]any)[1].(object)["follow_up"].(object)["when"] = "soon" }, "/endings/1/follow_up/when",
			"Ending “kind_no”, its follow-up, when: “soon” is not a time that can be worked out. Write by_when - 1d, +90d, +4w, or asked."},
		{"a smaller ask that is not there", func(d object) { d["asks"].([]any)[0].(object)["smaller"] = "tiny" }, "/asks/0/smaller",
			"Ask “come to the tenants' meeting”, the smaller ask: It names a smaller ask that does not exist: “tiny”."},
	} {
		t.Run(row.sentence, func(t *testing.T) {
			var got []string
			for _, p := range Lint(change(t, row.edit)) {
				if strings.HasPrefix(p.String(), row.want) && p.Path == row.path {
					return
				}
				got = append(got, p.Path+" "+p.String())
			}
			t.Errorf("want\n%s %s\namong\n%s", row.path, row.want, strings.Join(got, "\n"))
		})
	}
}

func TestLint_TellsErrorsFromWarnings(t *testing.T) {
	missing := change(t, func(d object) { step(d, "stake")["goal"] = object{"en": "Listen."} })
	if got := Lint(missing); len(got) != 1 || got[0].Level != Warning || HasErrors(got) || got[0].Step != "stake" {
		t.Errorf("want one warning on the step, got %v", got)
	}
	if got := Lint(change(t, func(d object) { step(d, "stake")["summarize"] = object{"en": "Right?"} })); !HasErrors(got) {
		t.Error("a spoken line without its Spanish keeps a script from going live")
	}
}

func TestLint_OfAnEmptyDraftIsWordsAndNoCrash(t *testing.T) {
	for _, doc := range []string{"format: pb.script/1", "format: pb.script/1\nsteps: [{}, {type: ask}]\nendings: [{follow_up: {}}]\npaths: {a: []}"} {
		s, problems := Draft([]byte(doc))
		if s == nil || !HasErrors(problems) {
			t.Fatalf("a draft is read as far as it goes, got %v, %v", s, problems)
		}
		Lint(s)
	}
}

func TestDraft_KeepsWhatCanBeRead(t *testing.T) {
	doc := `format: pb.script/1
id: mine
title: {en: My talk}
locales: [en]
steps:
  - {id: intro, type: intro, name: {en: Hello}, goal: 7, minutes: soon, say: [{id: a, text: {en: "Hi, I'm {volunteer}."}}]}
`
	s, problems := Draft([]byte(doc))
	if s == nil || len(s.Steps) != 1 || s.Steps[0].Say[0].Text.In("en") != "Hi, I'm {volunteer}." || s.Title.In("en") != "My talk" {
		t.Fatalf("the draft lost words: %+v", s)
	}
	var got []string
	for _, p := range problems {
		got = append(got, fmt.Sprintf("%d %s", p.Line, p))
	}
	for _, want := range []string{
		"6 Step 1 (Hello), its minutes: This must be a whole number.",
		"6 Step 1 (Hello), its goal: This must be a sentence, or one sentence a language: {en: …, es: …}.",
		"6 Step 1 (Hello): “lights” is missing.",
		"1 “endings” is missing.",
	} {
		if !strings.Contains(strings.Join(got, "\n")+"\n", want+"\n") {
			t.Errorf("want %q among\n%s", want, strings.Join(got, "\n"))
		}
	}
	if s, problems := Draft([]byte("a: [")); s != nil || len(problems) != 1 {
		t.Errorf("what cannot be read at all is no draft: %v, %v", s, problems)
	}
}

func TestLocate_FindsTheLineInTheFile(t *testing.T) {
	doc, err := starterFiles.ReadFile("starter/heat-recruitment.yaml")
	if err != nil {
		t.Fatal(err)
	}
	text := strings.Replace(string(doc), "goto: agitate}", "goto: nowhere}", 1)
	s, err := Parse([]byte(text))
	if err != nil {
		t.Fatal(err)
	}
	want := 1 + strings.Count(text[:strings.Index(text, "goto: nowhere}")], "\n")
	for _, p := range Locate([]byte(text), Lint(s)) {
		if strings.HasSuffix(p.Path, "/goto") {
			if p.Line != want {
				t.Errorf("on line %d, want %d", p.Line, want)
			}
			return
		}
	}
	t.Error("the light to nowhere was not found")
}

func TestStale_AsksForAFreshLookAfterNinetyDays(t *testing.T) {
	s := starter(t, "heat-recruitment")
	checked := time.Date(2026, 11, 2, 0, 0, 0, 0, time.UTC)
	if got := Stale(s, checked.AddDate(0, 0, 90)); len(got) != 0 {
		t.Errorf("90 days is still fresh, got %v", got)
	}
	got := Stale(s, checked.AddDate(0, 0, 91))
	if len(got) != 4 {
		t.Fatalf("want the four claims named, got %v", got)
	}
	if want := "Fact “how we know”, its date: This was last checked on 2026-11-02, more than 90 days ago. Check it again and write the new date."; got[0].String() != want {
		t.Errorf("got %q, want %q", got[0], want)
	}
	if HasErrors(got) {
		t.Error("an old source asks for a look; it takes no script away in the middle of an evening")
	}
}
