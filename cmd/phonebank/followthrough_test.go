package main

import (
	"encoding/json"
	"net/http"
	"regexp"
	"strings"
	"testing"
	"time"
)

// clock is where the demo's time stands, where its people live.
func (d *demo) clock() time.Time {
	d.t.Helper()
	var got struct{ Now time.Time }
	ok(d.t, json.Unmarshal(d.control(http.MethodGet, "/clock", nil), &got))
	return got.Now.In(newYork(d.t))
}

// moveTo moves the demo's time forward to a day and hour where its people live.
func (d *demo) moveTo(day time.Time, hour, minute int) {
	d.t.Helper()
	at := time.Date(day.Year(), day.Month(), day.Day(), hour, minute, 0, 0, newYork(d.t))
	d.control(http.MethodPost, "/clock", map[string]string{"set": at.UTC().Format(time.RFC3339)})
}

func newYork(t *testing.T) *time.Location {
	t.Helper()
	loc, err := time.LoadLocation("America/New_York")
	ok(t, err)
	return loc
}

// A promise is followed through: a talk on Monday, the reminder on Wednesday, "can't, call me Friday at 6", the volunteer who says yes
// to that, the call on Friday, the promise kept, and the next rung, which a coordinator confirms. In between nobody had to remember.
func TestFollowThrough_FromTheTalkOnMondayToTheRung(t *testing.T) {
	d, c := startDemo(t), startChrome(t)
	coordinator := c.person("the coordinator", d.coordinator)
	coordinator.press("Sign in as")
	coordinator.sees("Live board")
	// The demo's meeting is on the first Thursday five days or more after it was begun.
	thursday := d.clock().AddDate(0, 0, 5)
	for thursday.Weekday() != time.Thursday {
		thursday = thursday.AddDate(0, 0, 1)
	}
	d.moveTo(thursday.AddDate(0, 0, -3), 17, 30)

	volunteer, phone, neighbour := inATalk(t, c, d)
	toTheLastStep(volunteer)
	volunteer.press("Text")
	volunteer.press("They said yes")
	volunteer.press("Day before, 6 pm")
	volunteer.press("Date and way agreed")
	neighbour.press("Hang up")
	volunteer.sees("How did it end?", "Xiomara will come to the tenants’ meeting", "Sends itself")
	volunteer.press("Save, take a break")
	volunteer.sees("Saved: your talk with Xiomara", "Breathe.")

	// Wednesday evening the reminder goes by itself.
	neighbour.seesNo("The plan is: come to the tenants' meeting")
	d.moveTo(thursday.AddDate(0, 0, -1), 18, 1)
	neighbour.sees("The plan is: come to the tenants' meeting")
	neighbour.answers("can't, call me Friday at 6")

	// What she wrote is read as a guess; the volunteer says yes to it, and a text back waits for their press.
	volunteer.open(d.base + "/me")
	volunteer.sees("can't, call me Friday at 6", "It seems that it won't happen as planned, and they want a call", "6:00 pm")
	volunteer.picture("suggestion")
	volunteer.press("I'll call then")
	volunteer.sees("Texts to send")
	volunteer.press("Send")
	neighbour.sees("it is. I'll call you then")
	volunteer.seesNo("Texts to send")
	volunteer.sees("Coming up", "Xiomara Quiñones", "6:00 pm there")
	volunteer.press("Xiomara Quiñones")
	volunteer.sees("Promises", "We call")
	theirs := volunteer.address()

	// Friday at six she is on the screen of the one who promised to call.
	friday := thursday.AddDate(0, 0, 1)
	d.moveTo(friday, 17, 50)
	volunteer.open(d.base + "/shift")
	volunteer.press("Ring my phone")
	phone.press("Answer")
	volunteer.wait("the phone to be connected", func() bool {
		phone.press("1") // it may have asked, or be about to
		return strings.Contains(volunteer.text(), "Your phone is connected")
	})
	d.moveTo(friday, 18, 0)
	page := volunteer.another("her page", theirs)
	page.wait("the call to be due", func() bool {
		page.reload()
		return regexp.MustCompile(`We call [^.]*\bdue\b`).MatchString(page.text())
	})
	page.close()
	volunteer.press("I'm ready")
	volunteer.sees("Next person", "Xiomara Quiñones", "come to the tenants")
	volunteer.picture("callback")
	volunteer.press("Call Xiomara")
	neighbour.press("Answer")
	volunteer.sees("On call")
	neighbour.press("Hang up")
	volunteer.sees("How did it end?")
	volunteer.press("Good talk, no ask")
	volunteer.press("Save, take a break")

	// She had come after all: kept. That speaks for a rung, and a coordinator decides.
	volunteer.sees("Breathe.")
	volunteer.open(theirs)
	volunteer.sees("Promises", "Did it happen?")
	volunteer.press("Kept")
	volunteer.sees("kept")
	coordinator.open(d.base + "/ladder")
	coordinator.sees("Xiomara Quiñones", "come to the tenants' meeting")
	coordinator.picture("rung")
}

// ticks puts a tick into a box.
func (p *tab) ticks(id string) {
	p.t.Helper()
	p.wait("a tick at "+id, func() bool {
		there, err := eval[bool](p, `(e => { if (!e) return false; if (!e.checked) e.click(); return e.checked; })(document.getElementById(`+quoted(id)+`))`)
		return err == nil && there
	})
}

// picks chooses one of a list.
func (p *tab) picks(id, value string) {
	p.t.Helper()
	p.wait(value+" in "+id, func() bool {
		there, err := eval[bool](p, `(e => { if (!e) return false; e.value = `+quoted(value)+`; return e.value === `+quoted(value)+`; })(document.getElementById(`+quoted(id)+`))`)
		return err == nil && there
	})
}

// toTheLastStep walks a talk from hello to the next steps.
func toTheLastStep(volunteer *tab) {
	volunteer.t.Helper()
	volunteer.press("Open to talking")
	volunteer.sees("Issues & stake")
	volunteer.writes("I heard you say you really want", "the cold in the kids' room")
	volunteer.writes("to change, because", "your youngest coughs all night")
	volunteer.press("Told a real story")
	volunteer.sees("Agitation")
	volunteer.press("the landlord")
	volunteer.press("Names who, wants change")
	volunteer.press("Ready now")
	volunteer.press("I’ve asked. Start the quiet")
	volunteer.press("Clear yes")
	volunteer.press("Named a day or a time")
	volunteer.sees("Next steps")
}

// A coordinator builds a wave, looks, launches, pauses, resumes and reads what came of it; somebody in it says stop meanwhile, and in the
// same moment nothing of what was to come for them is left.
func TestFollowThrough_AWaveFromThePlanToTheReport(t *testing.T) {
	d, c := startDemo(t), startChrome(t)
	coordinator := c.person("the coordinator", d.coordinator)
	coordinator.press("Sign in as")
	coordinator.sees("Live board")
	coordinator.open(d.base + "/follow-ups")
	coordinator.press("Plan a wave")
	coordinator.writes("Name", "Check-ins by phone")
	coordinator.ticks("new_to_us")
	coordinator.press("Look")
	coordinator.sees("Who would be in it?", "Such as:")
	coordinator.picture("wave-look")
	coordinator.picks("ask", "meeting")
	coordinator.press("Launch now")
	coordinator.sees("What happens", "A volunteer reads each person's card and presses Call.")
	coordinator.picture("wave-launch")
	coordinator.press("Launch")
	coordinator.sees("Check-ins by phone", "live", "still to come", "Marcus Tolliver")
	wave := coordinator.address()
	coordinator.press("Pause this wave")
	coordinator.sees("This wave is paused.")
	coordinator.picture("wave-paused")
	coordinator.press("Resume")
	coordinator.seesNo("This wave is paused.")

	// In the middle of it, somebody says stop.
	d.text("+12125550121", "STOP")
	coordinator.open(d.base + "/people")
	coordinator.press("Marcus Tolliver")
	coordinator.sees("asked us to stop")
	coordinator.open(wave)
	coordinator.wait("Marcus to be out of the wave", func() bool {
		gone, err := eval[bool](coordinator, `[...document.querySelectorAll("main li")].filter(l => l.innerText.includes("Marcus Tolliver")).every(l => l.innerText.includes("They said no"))`)
		return err == nil && gone
	})
	coordinator.press("End it")
	coordinator.sees("people have not had their turn")
	coordinator.press("End it")
	coordinator.sees("Check-ins by phone", "finished")
	coordinator.open(wave + "/report")
	coordinator.sees("What came of it", "Counted together, and nobody is ranked.")
	coordinator.picture("wave-report")
}
