package main

import (
	"slices"
	"testing"

	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"
)

// A whole talk with hands that use no mouse and, where they can, no sight: from the card to the saved wrap-up.
func TestTalk_ByKeyboardAlone(t *testing.T) {
	d, c := startDemo(t), startChrome(t)
	v, _ := onTheLine(t, c, d)
	neighbour := c.person("Xiomara", d.neighbour)
	neighbour.sees("No call.")
	v.theme(false)

	v.tabTo("I'm ready")
	v.key(kb.Enter)
	v.sees("Next person", "Call Xiomara")
	v.on("Call Xiomara") // Enter calls, from wherever the card came
	v.tabTo("In Spanish", "In English")
	if v.focus() == "In Spanish" {
		v.key(kb.ArrowUp)
	}
	v.on("In English")
	v.tabTo("Call Xiomara")
	v.key(kb.Enter)
	v.sees("Ringing")
	v.hears("Ringing")
	neighbour.press("Answer")
	v.sees("On call")
	v.hears("On call")

	// A light is a letter. The new step takes the focus, and says its name and what it is for.
	v.key("g")
	v.on("Issues & stake")
	v.hears("Issues & stake. ")
	v.key("w")
	v.on("I heard you say you really want")
	v.types("the cold in the kids' room")
	v.key(kb.Tab)
	v.on("to change, because")
	v.types("your youngest coughs all night")
	v.sees("because your youngest coughs all night")
	v.sees("Saved here and with us")

	// Letters that are typed are letters. From the words, Tab goes on to the notes, and to the lights in the order in which they stand.
	way := v.tabTo("Told a real story")
	if !slices.Contains(way, "Notes") {
		t.Errorf("from the words to the lights, the notes are passed by: %q", way)
	}
	v.key(kb.Enter)
	v.on("Agitation")
	v.hears("Agitation. ")
	v.key("?")
	v.sees("No key ends a call.")
	v.key(kb.Escape)
	v.seesNo("No key ends a call.")
	v.key("g")
	v.hears("Plan to win. ")
	v.key("G") // the second green of this step: ready now
	v.sees("Can I count on you to come to the tenants’ meeting?")
	v.hears("The ask. ")
	v.key(" ")
	v.on("Your question is out. Now wait.")
	v.key("g")
	v.sees("They said yes. What came with it?")
	v.key("2")
	v.sees("So the plan is")
	v.hears("Next steps. ")
	for _, chip := range []string{"Text", "They said yes", "In 1 minute (try it)"} {
		v.tabTo(chip)
		v.key(kb.Enter)
	}
	v.key("g")
	v.sees("Time to say goodbye")

	// Ending takes two places, for the keyboard as well: Enter held too long stays on the line.
	v.tabTo("End call")
	v.key(kb.Enter)
	v.on("Stay on")
	v.key(kb.Enter)
	v.seesNo("End the call?")
	v.sees("On call")
	v.tabTo("End call")
	v.key(kb.Enter)
	v.on("Stay on")
	v.chord(kb.Tab, chromedp.ModifierShift)
	v.on("End now")
	v.key(kb.Enter)
	v.sees("How did it end?", "What was agreed", "Xiomara will come to the tenants’ meeting")
	v.tabTo("Good")
	v.key(kb.Enter)
	v.chord(kb.Enter, chromedp.ModifierCtrl)
	v.sees("Next person", "The reminder to Xiomara Quiñones")
	v.seesNo("Call Xiomara")
}

// types enters words letter by letter, as hands do.
func (p *tab) types(words string) {
	p.t.Helper()
	p.key(words)
}

// chord presses one key while another is held.
func (p *tab) chord(key string, held chromedp.Modifier) {
	p.t.Helper()
	ok(p.t, chromedp.Do(p.ctx, chromedp.KeyEvent(key, chromedp.KeyModifiers(held))))
}
