package main

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"phonebank/words"
)

// The whole method, lived through by a newcomer on a phone: practice first, then a talk that goes back and forth, without
// internet from agitation to wrap-up. What the coordinator reads afterwards is what was heard.
func TestMethod_NewcomerOnAPhoneInEnglish(t *testing.T) { wholeMethod(t, words.English) }

func TestMethod_NewcomerOnAPhoneInSpanish(t *testing.T) { wholeMethod(t, words.Spanish) }

func wholeMethod(t *testing.T, lang words.Language) {
	d, c, s := startDemo(t), startChrome(t), speaking(t, lang)
	v := c.person("the volunteer", d.join)
	v.size(390, 844)
	if lang == words.Spanish {
		v.press("Prefiero leer en español")
	}
	v.writes(s.say("Your first name"), "Dana")
	v.writes(s.say("Languages you speak"), s.lang.Name()) // Xiomara speaks both: the talk is held in what they share
	s.press(v, "Join")

	// Practice once, before anybody real.
	s.press(v, "Practice first")
	v.press("Lucía")
	s.press(v, "I've said it")
	s.press(v, "Open to talking")
	s.press(v, "End practice")
	s.press(v, "End now")
	v.sees(strings.ReplaceAll(s.say("Looking back with {name}"), "{name}", "Lucía"))
	s.press(v, "I'm ready: to my shift")

	// Their own phone, then the first person.
	phone := v.another("the volunteer's own phone", d.own)
	phone.sees("SIMULATOR")
	s.press(v, "Ring my phone")
	phone.press("Answer")
	phone.sees(fmt.Sprintf(s.say("This is the %s phone bank. Press 1 to join."), "Alder Tenants Union"))
	phone.press("1")
	s.sees(v, "Your phone is connected")
	neighbour := c.person("Xiomara", d.neighbour)
	neighbour.sees("No call.")
	s.press(v, "I'm ready")
	v.sees("Xiomara Quiñones")
	v.press(fmt.Sprintf(s.say("Call %s"), "Xiomara"))
	neighbour.press("Answer")
	s.sees(v, "On call")
	talk := v.address()

	// Stake, in their words; then agitation, where the internet goes.
	s.press(v, "Open to talking")
	s.sees(v, "What has this winter been like in your place?")
	problem, stake, target := "the cold in the kids' room", "your youngest coughs all night", "the landlord"
	carrier, because := "I heard you say you really want", "to change, because"
	if lang == words.Spanish {
		problem, stake, target = "el frío en el cuarto de los niños", "tu hijo menor tose toda la noche", "el dueño"
		carrier, because = "Te oí decir que de verdad quieres que cambie", "porque"
	}
	v.writes(carrier, problem)
	s.press(v, "Told a real story")
	s.sees(v, "Agitation")
	v.mark()
	v.offline(true)
	s.sees(v, "Your internet dropped. The call is still on.")

	// Back to stake for the why, and forward again: their words are said back at once.
	v.goTo(s, "Issues & stake")
	v.writes(because, stake)
	s.press(v, "Told a real story")
	v.sees(stake)
	v.press(target)
	s.press(v, "Names who, wants change")
	v.sees(stake)
	s.press(v, "Ready now")
	s.press(v, "I’ve asked. Start the quiet")
	s.sees(v, "Your question is out. Now wait.")
	s.press(v, "Not sure")
	s.sees(v, "Not sure is honest", "Go back to")
	v.press("4 " + s.say("Plan to win"))
	s.press(v, "Ready now")
	s.press(v, "I’ve asked. Start the quiet")
	s.press(v, "Clear yes")
	s.press(v, "Named a day or a time")
	s.sees(v, "Next steps")
	s.press(v, "Text")
	s.press(v, "They said yes")
	v.press(s.say("In 1 minute (try it)"))
	s.press(v, "Date and way agreed")
	s.sees(v, "Time to say goodbye")

	// They hang up. Nothing can tell the page, so it asks; the wrap-up is saved all the same.
	neighbour.press("Hang up")
	s.press(v, "On to wrap-up")
	s.sees(v, "How did it end?", "What was agreed")
	s.press(v, "Save, next person")
	s.sees(v, "Saved here")
	v.offline(false)
	s.sees(v, "Next person")

	// What the server holds is the talk as it was: every event once, in order, and the person's page tells the story.
	coordinator := c.person("the coordinator", d.coordinator)
	coordinator.press("Sign in as")
	coordinator.sees("Live board")
	coordinator.open(d.base + "/people")
	coordinator.press("Xiomara Quiñones")
	coordinator.sees(problem, stake, s.say("come to the tenants' meeting"))
	coordinator.tellsTheSameStory(talk, "intro", "stake", "agitate", "educate", "ask", "educate", "ask", "next")
}

// goTo opens the list of steps of a phone and jumps.
func (p *tab) goTo(s tongue, step string) {
	p.t.Helper()
	p.click("the list of steps", `(e => { if (!e) return null; const r = e.getBoundingClientRect(); return {x: r.x + r.width / 2, y: r.y + r.height / 2}; })(document.querySelector(".strip button, .strip summary"))`)
	p.press(s.say(step))
}

// tellsTheSameStory holds what the server keeps of a talk against what was lived: every mark once, in the order in which
// it was made, and the way from step to step.
func (p *tab) tellsTheSameStory(talk string, way ...string) {
	p.t.Helper()
	type event struct {
		ID, At, Type string
		Data         struct{ Step, Colour string }
	}
	state, err := eval[struct {
		Events []event `json:"events"`
	}](p, `fetch(`+quoted(talk+"/state")+`).then(r => r.json()).then(s => ({events: s.events}))`)
	ok(p.t, err)
	seen := map[string]bool{}
	var lights []string
	before := ""
	for _, e := range state.Events {
		if seen[e.ID] {
			p.t.Errorf("the mark %s is there twice", e.ID)
		}
		seen[e.ID] = true
		if e.ID < before {
			p.t.Errorf("the mark %s (%s) came before %s, and is kept after it", e.ID, e.Type, before)
		}
		before = e.ID
		if e.Type == "light" && (len(lights) == 0 || lights[len(lights)-1] != e.Data.Step) {
			lights = append(lights, e.Data.Step)
		}
	}
	if !slices.Equal(lights, way) {
		p.t.Errorf("lights were pressed on %v, want %v", lights, way)
	}
}
