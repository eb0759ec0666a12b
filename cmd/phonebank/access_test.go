package main

import (
	"os"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/chromedp/kb"
)

// pagesOf reads the addresses of all pages out of the panel's own list of doors: a page that nobody looks at is missed here.
func pagesOf(t *testing.T) []string {
	t.Helper()
	raw, err := os.ReadFile("../../panel/routes.go")
	ok(t, err)
	var list []string
	for _, m := range regexp.MustCompile(`(?m)^\s*get\("([^"]+)"`).FindAllStringSubmatch(string(raw), -1) {
		if path := m[1]; path != "/" && !strings.Contains(path, ".") {
			list = append(list, path)
		}
	}
	if len(list) < 15 {
		t.Fatalf("only %d pages were found in the list of doors", len(list))
	}
	return list
}

// Every page, as a newcomer, a volunteer and a coordinator meet it, in each of its states that a person can bring about.
func TestAccess_EveryPageAndState(t *testing.T) {
	began := time.Now()
	d, c, i := startDemo(t), startChrome(t), newInspector(t)

	stranger := c.person("a stranger", d.base+"/")
	stranger.sees("Welcome to")
	i.look(stranger, "welcome")
	stranger.press("Español")
	stranger.sees("Te damos la bienvenida")
	i.look(stranger, "welcome in Spanish")
	stranger.expectAway(true) // a refusal is written to the console as well
	stranger.open(d.base + "/room")
	i.look(stranger, "not signed in, in Spanish")
	stranger.open(d.base + "/nowhere")
	i.look(stranger, "no such page, in Spanish")
	stranger.expectAway(false)
	stranger.open(d.join)
	i.look(stranger, "join in Spanish")
	stranger.close()

	boss := c.person("the coordinator", d.coordinator)
	boss.sees("This link signs you in")
	i.look(boss, "sign in")
	boss.press("Sign in as")
	boss.sees("Live board", "Nobody is here yet")
	i.look(boss, "live board, empty")

	i.volunteers(d, c, boss)
	i.coordinators(t, d, boss)

	for _, path := range pagesOf(t) {
		if !i.hasSeen(path) {
			t.Errorf("nobody has looked at %s: add it to this test", path)
		}
	}
	t.Logf("%d states looked at in %v", len(i.seen), time.Since(began).Round(time.Second))
}

// volunteers goes through a shift and what belongs to it.
func (i *inspector) volunteers(d *demo, c *chrome, boss *tab) {
	v := c.person("the volunteer", d.join)
	v.sees("What you'll do")
	i.look(v, "join")
	v.writes("Your first name", "Dana")
	v.press("Join")
	v.sees("Let's connect your phone")
	i.look(v, "shift, not connected")
	v.open(d.base + "/me")
	i.look(v, "my people, empty")
	v.open(d.base + "/practice")
	v.sees("Practice with somebody made up")
	i.look(v, "practice, whom with")
	v.press("Andre")
	v.sees("Hey, hello!")
	i.look(v, "practice, a talk")
	v.open(d.base + "/shift")
	phone := v.another("the volunteer's own phone", d.own)
	v.press("Ring my phone")
	v.sees("Your phone is ringing")
	i.look(v, "shift, ringing")
	phone.press("Answer")
	phone.sees("Press 1 to join.")
	phone.press("1")
	v.sees("Your phone is connected")
	i.look(v, "shift, on a break")
	neighbour := c.person("Xiomara", d.neighbour)
	v.press("I'm ready")
	v.sees("Call Xiomara")
	i.look(v, "shift, a card")
	boss.open(d.base + "/room")
	boss.sees("Dana")
	i.look(boss, "live board, somebody here")
	v.tick("In English")
	v.press("Call Xiomara")
	v.sees("Ringing")
	i.look(v, "talk, ringing")
	neighbour.press("Answer")
	v.sees("On call")
	i.talk(v)
	neighbour.writes("Text", "Who do I ask for at the hall?")
	neighbour.press("Send")
	v.open(d.base + "/me")
	v.sees("Who do I ask for at the hall?")
	i.look(v, "my people, somebody waits")
	v.open(d.base + "/inbox")
	v.sees("Who do I ask for at the hall?")
	i.look(v, "inbox, as a volunteer")
	v.press("I'll answer")
	v.sees("You said you'd answer.")
	i.look(v, "a person, as a volunteer who answers")
	v.press("Text with the script")
	v.sees("What are you reading?", "Who do I ask for at the hall?")
	i.look(v, "talk, by text")
	thread := v.address()
	v.open(d.base + "/shift")
	v.press("That's it for today")
	v.sees("Thank you")
	i.look(v, "thanks")
	v.press("Español")
	i.look(v, "thanks in Spanish")
	for _, address := range []string{d.base + "/shift", d.base + "/me", d.base + "/practice", thread} {
		v.open(address)
		v.wait("the page in Spanish", func() bool {
			drawn, err := eval[bool](v, `document.documentElement.lang === "es" && Boolean(document.querySelector("main h1, main h2"))`)
			return err == nil && drawn
		})
		i.look(v, address+" in Spanish")
	}
}

// talk goes through the panel: steps, sheets, the ask, the quiet, an unsure answer, a yes, the end, the wrap-up.
func (i *inspector) talk(v *tab) {
	i.look(v, "talk, introduction")
	v.press("Open to talking")
	v.writes("I heard you say you really want", "the cold in the kids' room")
	v.writes("to change, because", "your youngest coughs all night")
	v.sees("Saved here and with us")
	i.look(v, "talk, issues and stake")
	for _, sheet := range []string{"Facts and answers", "I was threatened", "Don't contact me", "Another language", "Call me later"} {
		v.press(sheet)
		v.wait("the sheet "+sheet, func() bool { return v.sheet() })
		i.look(v, "talk, sheet: "+sheet)
		if sheet == "I was threatened" {
			v.writes("What happened, when, and who did it?", "the super said he would call the police")
			v.press("Tell a coordinator")
		} else {
			v.key(kb.Escape)
		}
		v.wait("the sheet "+sheet+" to close", func() bool { return !v.sheet() })
	}
	v.press("Told a real story")
	v.sees("Agitation")
	i.look(v, "talk, agitation")
	v.press("Names who, wants change")
	v.sees("I heard you say")
	i.look(v, "talk, plan to win")
	v.press("Ready now")
	v.sees("Can I count on you")
	i.look(v, "talk, the ask")
	v.press("I’ve asked. Start the quiet")
	v.sees("Now wait.")
	i.look(v, "talk, the quiet")
	v.press("Not sure")
	v.sees("Not sure is honest")
	i.look(v, "talk, unsure")
	v.key("5") // back to the ask
	v.press("I’ve asked. Start the quiet")
	v.press("Clear yes")
	v.sees("What came with it?")
	i.look(v, "talk, a yes")
	v.press("Asked where, when or what to bring")
	v.sees("So the plan is")
	i.look(v, "talk, next steps")
	v.press("End call")
	v.sees("End the call?")
	i.look(v, "talk, ending the call")
	v.press("End now")
	v.sees("How did it end?")
	i.look(v, "talk, wrap-up")
	v.press("Save, take a break")
	v.sees("Your phone is connected")
}

// sheet tells whether something lies over the talk.
func (p *tab) sheet() bool {
	open, err := eval[bool](p, `Boolean(document.querySelector("dialog[open]"))`)
	return err == nil && open
}

// coordinators goes through every page of theirs, after a talk has been held.
func (i *inspector) coordinators(t *testing.T, d *demo, boss *tab) {
	t.Helper()
	visit := func(state, path string, words ...string) {
		t.Helper()
		boss.open(d.base + path)
		boss.sees(words...)
		i.look(boss, state)
	}
	d.text("+12125550147", "who is this")
	visit("live board, an unknown number waits", "/room", "who is this")
	boss.press("Pause everything")
	boss.sees("Everything is paused.")
	i.look(boss, "live board, paused")
	boss.press("Resume")
	boss.seesNo("Everything is paused.")
	boss.follow("/retaliations/")
	boss.sees("he would call the police")
	i.look(boss, "a report of retaliation")
	d.text("+12125550126", "leave me alone at work")
	visit("inbox", "/inbox", "who is this", "leave me alone at work", "It wasn't a no")
	boss.press("I'll answer")
	boss.sees("A number that we don't know yet.")
	i.look(boss, "an unknown number")
	visit("sessions", "/sessions", "Tonight's heat calls")
	boss.press("Tonight's heat calls")
	boss.sees("Who is here")
	i.look(boss, "a session")
	session := boss.address()
	boss.open(session + "/edit")
	i.look(boss, "changing a session")
	boss.open(session + "/end")
	boss.sees("for everybody?")
	i.look(boss, "ending a session")
	visit("a new session", "/sessions/new", "what do we ask people to do?")
	visit("people", "/people", "Xiomara Quiñones")
	boss.press("Xiomara Quiñones")
	boss.sees("What happened")
	i.look(boss, "a person")
	visit("nobody found", "/people?q=zzzz", "Nobody found")
	visit("add a person", "/people/add", "Add a person")
	file := t.TempDir() + "/people.csv"
	ok(t, os.WriteFile(file, []byte("name,phone\nNia,+12125550148\nNobody,12\n"), 0o600))
	d.command("import", file, "--campaign", demoCampaign)
	visit("import", "/import", "Earlier imports")
	boss.press("people.csv")
	boss.sees("Rows to mend")
	i.look(boss, "what was imported")
	visit("follow-ups", "/follow-ups?tab=all", "Follow-ups")
	i.waves(d, boss)
	visit("the method's report", "/report", "Report")
	visit("the ladder", "/ladder", "The ladder")
	visit("what nobody knows", "/unsure", "Did it go?")
	visit("scripts", "/scripts", "Scripts")
	boss.follow("/scripts/heat-recruitment/")
	boss.wait("the script", func() bool {
		drawn, err := eval[bool](boss, `Boolean(document.querySelector(".edname h1"))`)
		return err == nil && drawn
	})
	i.look(boss, "a script")
	visit("campaigns", "/campaigns", "Heat by December")
	boss.expectAway(true)
	boss.writes("Name", "Another one")
	boss.writes("Its number", "12")
	boss.press("Create")
	boss.sees("That didn't work.")
	i.look(boss, "a form that was refused")
	boss.expectAway(false)

	boss.press("Español")
	boss.sees("Tablero en vivo")
	for _, path := range []string{"/room", "/inbox", "/sessions", "/sessions/new", "/people", "/people/add", "/import", "/follow-ups?tab=all", "/waves", "/waves/new", "/campaigns", "/report", "/ladder", "/scripts"} {
		visit(path+" in Spanish", path)
	}
}

// waves goes through the planning of one, to the page that asks before it starts.
func (i *inspector) waves(d *demo, boss *tab) {
	boss.open(d.base + "/waves")
	boss.sees("No wave yet.")
	i.look(boss, "waves, none yet")
	boss.open(d.base + "/waves/new")
	boss.sees("Whom is it for?")
	i.look(boss, "a new wave")
	boss.writes("Name", "Second round")
	boss.press("Look")
	boss.sees("Look again")
	i.look(boss, "a new wave, looked at")
	boss.press("Save as a draft")
	boss.sees("Let it start by itself")
	i.look(boss, "a wave")
	wave := boss.address()
	for _, part := range []string{"/edit", "/launch", "/people", "/callers", "/finish", "/report"} {
		boss.open(wave + part)
		i.look(boss, "a wave: "+part)
	}
}
