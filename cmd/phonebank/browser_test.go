package main

import (
	"encoding/csv"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

const xiomara = "+12125550120"

// onTheLine brings a newcomer from the join link to a connected phone, by what the pages say.
func onTheLine(t *testing.T, c *chrome, d *demo) (volunteer, phone *tab) {
	t.Helper()
	volunteer = c.person("the volunteer", d.join)
	volunteer.sees("Tonight's heat calls", "What you'll do", "We ring your own phone")
	volunteer.writes("Your first name", "Dana")
	volunteer.press("Join")
	volunteer.sees("Hi Dana. Let's connect your phone.", "Answer, and press 1")
	volunteer.writes("Where you live", "418 Alder, 2B")
	volunteer.writes("And I want that too, because …", "my mother coughs all night when the heat is off")
	phone = volunteer.another("the volunteer's own phone", d.own)
	phone.sees("SIMULATOR", "No call.")
	volunteer.press("Ring my phone")
	volunteer.sees("Your phone is ringing", "Answer and press 1.")
	phone.press("Answer")
	phone.sees("Press 1 to join.")
	phone.press("1")
	phone.sees("You are in.")
	volunteer.sees("Your phone is connected", "Nobody is called until you say so.")
	return volunteer, phone
}

// inATalk goes on until Xiomara has picked up.
func inATalk(t *testing.T, c *chrome, d *demo) (volunteer, phone, neighbour *tab) {
	t.Helper()
	volunteer, phone = onTheLine(t, c, d)
	neighbour = c.person("Xiomara", d.neighbour)
	neighbour.sees("Xiomara Quiñones", "No call.")
	volunteer.press("I'm ready")
	volunteer.sees("Next person", "Xiomara Quiñones", "kee-NYO-ness", "Why them:", "Before today")
	volunteer.press("Call Xiomara")
	volunteer.sees("Ringing", "Your first line is ready below.", "Hi Xiomara, it’s Dana from the tenants’ union. I live at 418 Alder, 2B.")
	neighbour.sees("(212) 555-0100 is calling.")
	neighbour.press("Answer")
	answered := time.Now()
	volunteer.sees("On call")
	t.Logf("from Answer to the panel's \"On call\": %v", time.Since(answered).Round(time.Millisecond))
	return volunteer, phone, neighbour
}

func TestNewcomer_FromTheJoinLinkToTheTextOnTheirPhone(t *testing.T) {
	d, c := startDemo(t), startChrome(t)
	volunteer, phone, neighbour := inATalk(t, c, d)

	// They hear each other.
	neighbour.writes("Say", "Hello, who is this?")
	neighbour.press("Say")
	phone.sees("Hello, who is this?")
	phone.writes("Say", "Hi Xiomara, it's Dana from the tenants' union.")
	phone.press("Say")
	neighbour.sees("Hi Xiomara, it's Dana from the tenants' union.")

	// 1 to 3: what they want to change and why is captured once, and said back at once.
	volunteer.press("Open to talking")
	volunteer.sees("Issues & stake", "What has this winter been like in your place?", "Say it back before you move on")
	volunteer.writes("I heard you say you really want", "the cold in the kids' room")
	volunteer.writes("to change, because", "your youngest coughs all night")
	volunteer.sees("So you want the cold in the kids’ room to change, because your youngest coughs all night")
	volunteer.writes("Notes", "two boys, 4 and 7")
	volunteer.sees("Saved here and with us")
	volunteer.picture("panel-laptop")
	volunteer.size(390, 844) // the same panel, on a phone
	volunteer.sees("They said…", "2 Issues & stake")
	volunteer.picture("panel-phone")
	volunteer.size(1280, 800)
	volunteer.seesNo("They said…")
	volunteer.press("Told a real story")
	volunteer.sees("Agitation", "You said your youngest coughs all night")
	volunteer.press("the landlord")
	volunteer.press("Names who, wants change")

	// 4 and 5: their words come back, joined with the volunteer's own.
	volunteer.sees("I heard you say you really want the cold in the kids’ room to change, because your youngest coughs all night",
		"And I want that too, because my mother coughs all night when the heat is off")
	volunteer.press("Ready now")
	volunteer.sees("You want the cold in the kids’ room to change, because your youngest coughs all night", "Can I count on you to come to the tenants’ meeting?")
	volunteer.press("I’ve asked. Start the quiet")
	volunteer.sees("Your question is out. Now wait.", "Say nothing until Xiomara answers")
	neighbour.writes("Say", "Yes. What time is it on?")
	neighbour.press("Say")
	phone.sees("Yes. What time is it on?")
	volunteer.press("Clear yes")
	volunteer.sees("They said yes. What came with it?")
	volunteer.press("Asked where, when or what to bring")

	// 6: what, by when, how and when, in their own time.
	volunteer.sees("So the plan is: come to the tenants’ meeting", "All times are Xiomara's")
	volunteer.press("Text")
	volunteer.press("They said yes")
	volunteer.press("In 1 minute (try it)")
	volunteer.press("Date and way agreed")
	volunteer.sees("Time to say goodbye", "Thank you, Xiomara.")

	// Ending takes two presses in two places: a second press in the same one changes nothing.
	end := volunteer.press("End call")
	volunteer.sees("End the call?", "End now", "Stay on")
	volunteer.pressAgain(end)
	volunteer.seesNo("End the call?")
	volunteer.sees("On call", "End call")
	neighbour.sees("In a call with")
	volunteer.press("End call")
	volunteer.press("End now")
	neighbour.sees("is over")
	volunteer.sees("How did it end?", "What was agreed", "Xiomara will come to the tenants’ meeting", "text, in 1 minute", "Sends itself")
	volunteer.press("Save, next person")
	volunteer.sees("Next person", "Before today", "Goes out by itself", "The reminder to Xiomara Quiñones")
	volunteer.seesNo("Call Xiomara")
	neighbour.seesNo("it's Dana from Alder Tenants Union")

	// The promise is kept by itself.
	d.control(http.MethodPost, "/clock", map[string]string{"advance": "61s"})
	advanced := time.Now()
	neighbour.sees("Hi Xiomara, it's Dana from Alder Tenants Union. The plan is: come to the tenants' meeting")
	t.Logf("from the due minute to the text on their phone: %v", time.Since(advanced).Round(time.Millisecond))
	if n := strings.Count(neighbour.text(), "it's Dana from Alder Tenants Union"); n != 1 {
		t.Errorf("the text came %d times", n)
	}
}

func TestTalk_ReloadSecondTabAndKilledServerLoseNothing(t *testing.T) {
	d, c := startDemo(t), startChrome(t)
	volunteer, phone, neighbour := inATalk(t, c, d)
	volunteer.press("Open to talking")
	volunteer.writes("I heard you say you really want", "the cold in the kids' room")
	volunteer.writes("Notes", "two boys, 4 and 7")

	// A reload while the words are still a draft: they are in the browser's store already.
	volunteer.kept("two boys, 4 and 7")
	volunteer.reload()
	volunteer.sees("Issues & stake", "On call")
	volunteer.holds("I heard you say you really want", "the cold in the kids' room")
	volunteer.holds("Notes", "two boys, 4 and 7")
	volunteer.sees("Saved here and with us")

	second := volunteer.another("a second tab", volunteer.address())
	second.sees("This talk is open in another tab", "Nothing you press here is sent.", "Use this one instead")
	second.holds("Notes", "two boys, 4 and 7")
	if locked, err := eval[bool](second, `[...document.querySelectorAll(".light")].every(b => b.disabled) && document.getElementById("notes").readOnly`); err != nil || !locked {
		t.Errorf("the second tab can be written in (%v)", err)
	}
	second.close()

	// The server dies in mid-talk, and somebody types on.
	volunteer.writes("to change, because", "your youngest coughs all night")
	volunteer.sees("because your youngest coughs all night")
	volunteer.mark()
	for _, page := range []*tab{volunteer, phone, neighbour} {
		page.expectAway(true)
	}
	d.kill()
	volunteer.writes("Notes", "two boys, 4 and 7; the older one has asthma")
	volunteer.press("Told a real story")
	volunteer.sees("Agitation", "You said your youngest coughs all night", "Saved here. ")
	away := time.Now()
	d.start()
	t.Logf("the server is back after %v", time.Since(away).Round(time.Millisecond))
	back := time.Now()
	volunteer.sees("Saved here and with us")
	t.Logf("everything is with the server again %v later", time.Since(back).Round(time.Millisecond))
	volunteer.notReloaded()
	volunteer.holds("Notes", "two boys, 4 and 7; the older one has asthma")

	// What the server holds is what was typed: somebody else reads it.
	coordinator := c.person("the coordinator", d.coordinator)
	coordinator.press("Sign in as")
	coordinator.sees("Live board")
	coordinator.open(volunteer.address())
	coordinator.sees("Xiomara Quiñones")
	coordinator.holds("Notes", "two boys, 4 and 7; the older one has asthma")
	coordinator.wait("their words", func() bool {
		return strings.Contains(coordinator.text(), "your youngest coughs all night") || strings.Contains(coordinator.text(), "How did it end?")
	})
}

func TestRoom_SeesTheTalkAndTheTextAsTheyHappen(t *testing.T) {
	d, c := startDemo(t), startChrome(t)
	coordinator := c.person("the coordinator", d.coordinator)
	coordinator.press("Sign in as")
	coordinator.sees("Live board", "Nobody is here yet")
	coordinator.mark()
	volunteer, _, neighbour := inATalk(t, c, d)
	coordinator.sees("Dana", "talking", "Xiomara Quiñones", "Dana called Xiomara Quiñones: talking")
	volunteer.press("End call")
	volunteer.press("End now")
	coordinator.sees("wrapping up")
	volunteer.press("Save, take a break")
	volunteer.sees("Your phone is connected")

	// What they write is on the page of whoever talked with them, and on the board, in less than a second.
	mine := volunteer.another("the volunteer's list", d.base+"/me")
	mine.sees("My people")
	mine.mark()
	neighbour.writes("Text", "Who do I ask for at the hall?")
	sent := time.Now()
	neighbour.press("Send")
	mine.sees("Who do I ask for at the hall?")
	t.Logf("from Send to the volunteer's page: %v", time.Since(sent).Round(time.Millisecond))
	if took := time.Since(sent); took > 3*time.Second {
		t.Errorf("the text took %v to the volunteer", took)
	}
	coordinator.sees("Who do I ask for at the hall?")
	mine.notReloaded()
	coordinator.notReloaded()
}

func TestStrangersWords_StayWords(t *testing.T) {
	d, c := startDemo(t), startChrome(t)
	combining := "Zoe" + strings.Repeat("\u20d2", 1365) // 4 KB of marks on one letter
	strange := []string{
		`</Say><Redirect>http://127.0.0.1:9/</Redirect>`,
		`<script>document.title="owned"</script><img src=x onerror="document.title='owned'">`,
		"\u202eAmal <b>bold</b>\u202c \u2067Noor\u2069",
		combining,
	}
	file := filepath.Join(t.TempDir(), "people.csv")
	out, err := os.Create(file)
	ok(t, err)
	rows := csv.NewWriter(out)
	ok(t, rows.Write([]string{"name", "phone"}))
	for i, name := range strange {
		ok(t, rows.Write([]string{name, "+1212555014" + string(rune('0'+i))}))
	}
	rows.Flush()
	ok(t, rows.Error())
	ok(t, out.Close())
	t.Log(d.command("import", file, "--campaign", demoCampaign, "--text-consent", "signed in at the block party"))

	coordinator := c.person("the coordinator", d.coordinator)
	coordinator.noDialogs()
	coordinator.press("Sign in as")
	coordinator.sees("Live board")
	d.text(xiomara, combining)
	for i, words := range strange {
		d.text("+1212555014"+string(rune('0'+i)), words)
	}
	shown := []string{strange[0], strange[1], "Amal <b>bold</b>", "Zoe"}
	coordinator.sees(shown...)
	coordinator.unharmed()
	coordinator.open(d.base + "/people")
	for _, name := range shown[:3] {
		coordinator.sees(name)
		coordinator.unharmed()
	}
	for _, name := range append(shown[:3:3], "Xiomara Quiñones") {
		coordinator.open(d.base + "/people")
		coordinator.press(name)
		coordinator.sees("Texts", name)
		coordinator.unharmed()
		coordinator.size(390, 844)
		coordinator.unharmed()
		coordinator.size(1280, 800)
	}

	// The same as the name of a volunteer, who is then called back: the bank says who called.
	volunteer := c.person("the volunteer", d.join)
	volunteer.noDialogs()
	volunteer.writes("Your first name", strange[1][:60])
	volunteer.press("Join")
	volunteer.sees("Let's connect your phone", strange[1][:60])
	volunteer.unharmed()
	coordinator.open(d.base + "/room")
	coordinator.unharmed()
}
