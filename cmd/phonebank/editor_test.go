package main

import (
	"strings"
	"testing"
)

// A coordinator rewrites a line and publishes it while a volunteer is in a talk: that talk keeps the words it began with,
// and the next one has the new ones.
func TestEditor_ATalkKeepsItsWordsAndTheNextHasTheNew(t *testing.T) {
	d, c := startDemo(t), startChrome(t)
	volunteer, _, neighbour := inATalk(t, c, d)
	coordinator := c.person("the coordinator", d.coordinator)
	coordinator.press("Sign in as")
	coordinator.sees("Live board")
	coordinator.open(d.base + "/scripts/heat-recruitment/1")
	coordinator.sees("Version 1, live", "Its words stay as they are")
	coordinator.press("Make a new version")
	coordinator.sees("Version 2", "Publish version 2")

	// What was written stands below the field as a volunteer sees it, and in the live panel beside the form.
	coordinator.writes("Line 1, in English", "Good evening [their name], it's [your name] from the tenants' union. Is now an alright time?")
	coordinator.sees("Saved here and with us", "Good evening Xiomara, it’s")
	coordinator.press("Publish version 2")
	coordinator.sees("From the next talk on, volunteers see version 2.")
	coordinator.click("the second press", `(b => { if (!b || b.disabled) return null; const r = b.getBoundingClientRect(); return {x: r.x + r.width / 2, y: r.y + r.height / 2}; })([...document.querySelectorAll("dialog[open] button")].find(b => b.innerText.trim() === "Publish version 2"))`)
	coordinator.sees("Version 2, live")

	volunteer.reload()
	volunteer.sees("Hi Xiomara, it’s Dana")
	volunteer.press("Open to talking")
	volunteer.press("End call")
	volunteer.press("End now")
	neighbour.sees("is over")
	volunteer.press("Save, next person")
	volunteer.wait("the new words on a card", func() bool {
		shown := volunteer.text()
		if strings.Contains(shown, "Hola Ofelia") { // she speaks Spanish, whose words are as they were
			volunteer.press("Someone else")
			volunteer.seesNo("Hola Ofelia")
		}
		return strings.Contains(shown, "Good evening")
	})
}
