package main

import (
	"strings"
	"testing"

	"phonebank/words"
)

// answers is what somebody writes back from their own phone.
func (p *tab) answers(text string) {
	p.t.Helper()
	p.writes("Text", text)
	p.press("Send")
}

// sends presses Send once, on a line that the script has made ready, and waits until it is on the other phone.
func (p *tab) sends(to *tab, begins string) {
	p.t.Helper()
	p.wait("a text that says "+begins, func() bool {
		ready, err := eval[bool](p, `(b => Boolean(b) && b.value.includes(`+quoted(begins)+`) && !document.getElementById("send-text").disabled)(document.getElementById("text-body"))`)
		return err == nil && ready
	})
	p.press("Send")
	to.sees(begins)
}

// uses takes words out of their text by hand, as words to say back.
func (p *tab) uses(s tongue, text, as string, words ...string) {
	p.t.Helper()
	p.click("“Use words” of "+text, `(e => { if (!e) return null; e.scrollIntoView({block: "center"}); const r = e.getBoundingClientRect(); return {x: r.x + r.width / 2, y: r.y + r.height / 2}; })(
		[...document.querySelectorAll(".msg.them")].filter(m => m.innerText.includes(`+quoted(text)+`)).map(m => m.querySelector(".linky")).at(-1))`)
	s.sees(p, "Which words?")
	for _, w := range words {
		p.press(w)
	}
	p.press(strings.ReplaceAll(s.say("Use as {what}"), "{what}", s.say(as)))
}

// The same talk, held by text alone: one press for each text, the person's words taken out of their own bubbles, back to
// stake and back to the plan, and a clear yes at the end.
func TestMethod_TheSameTalkByText(t *testing.T) {
	d, c, s := startDemo(t), startChrome(t), speaking(t, words.English)
	neighbour := c.person("Xiomara", d.neighbour)
	v := c.person("the volunteer", d.join)
	v.writes("Your first name", "Dana")
	v.writes("Languages you speak", "English")
	v.press("Join")
	v.sees("Hi Dana.")

	// A coordinator says who keeps in touch with her; from then on she is one of the volunteer's people.
	coordinator := c.person("the coordinator", d.coordinator)
	coordinator.press("Sign in as")
	coordinator.sees("Live board")
	coordinator.open(d.base + "/people")
	coordinator.press("Xiomara Quiñones")
	coordinator.sees("Who knows them")
	person := coordinator.address()
	coordinator.wait("Dana among those who may know her", func() bool {
		there, err := eval[bool](coordinator, `(o => { if (!o) return false; o.value = [...o.options].find(x => x.text.startsWith("Dana")).value; o.form.requestSubmit(); return true; })(document.getElementById("owner"))`)
		return err == nil && there
	})
	coordinator.sees("Dana knows them")
	v.open(person)
	v.press("Text with the script")
	v.sees("Texting", "Introduction")
	talk := v.address()

	v.sends(neighbour, "it's Dana, your neighbor with Alder Tenants Union")
	neighbour.answers("hi dana!! honestly terrible. kids room is freezing again")
	v.sees("kids room is freezing again")
	v.press("Open to talking")
	v.sends(neighbour, "What's been the hardest part for you?")
	neighbour.answers("my youngest was in the hospital in feb")
	v.sees("my youngest was in the hospital in feb")
	v.uses(s, "kids room is freezing", "this problem", "kids", "room")
	v.press("Told a real story")
	v.sends(neighbour, "Who do you think could actually fix this")
	neighbour.answers("idk. crestline? nobody ever comes")
	v.sees("nobody ever comes")

	// Back to stake: why it matters was in what she wrote before.
	v.press("Issues & stake")
	v.uses(s, "my youngest was in", "their stake", "my", "youngest", "was", "in", "the", "hospital")
	v.press("Told a real story")
	v.press("the landlord")
	v.press("Names who, wants change")
	v.sees("Plan to win", "my youngest was in the hospital")
	v.press("Ready now")
	v.sends(neighbour, "Can I count on you to come to the tenants' meeting?")
	v.sees("Waiting for Xiomara.")
	neighbour.answers("maybe, depends on work")
	v.sees("maybe, depends on work")
	v.press("Not sure")
	v.sees("Not sure is honest")
	v.press("4 Plan to win")
	v.press("Ready now")
	neighbour.answers("ok yes ill be there. what time?")
	v.sees("ill be there")
	v.press("Clear yes")
	v.press("Asked where, when or what to bring")
	v.sees("Next steps")
	v.press("Text")
	v.press("They said yes")
	v.press("Day before, 6 pm")
	v.press("Date and way agreed")
	v.press("On to wrap-up")
	v.sees("How did it end?", "Xiomara will come to the tenants’ meeting")
	v.press("Save")
	v.sees("Saved")

	coordinator.open(person)
	coordinator.sees("kids room", "my youngest was in the hospital", "come to the tenants' meeting")
	coordinator.tellsTheSameStory(talk, "intro", "stake", "agitate", "educate", "ask", "educate", "ask", "next")
	for _, line := range []string{"your neighbor with Alder Tenants Union", "the hardest part for you", "actually fix this", "Can I count on you"} {
		if n := strings.Count(neighbour.text(), line); n != 1 {
			t.Errorf("%q came %d times", line, n)
		}
	}
}
