package main

import (
	"encoding/json"
	"fmt"
	"slices"
	"testing"
	"time"
)

// inStore reads what waits in the browser's own store to be sent, in the order in which it will go.
const inStore = `(async () => {
	const got = r => new Promise((yes, no) => { r.onsuccess = () => yes(r.result); r.onerror = () => no(r.error); });
	const [{name}] = await indexedDB.databases(), db = await got(indexedDB.open(name));
	const all = await got(db.transaction("outbox").objectStore("outbox").getAll());
	db.close();
	return all.filter(i => i.kind === %s).map(i => i.id).sort();
})()`

// withServer reads the events that the server holds of a talk, in the order in which it stored them.
const withServer = `fetch(location.pathname + "/state").then(r => r.json()).then(s => s.events.map(e => e.id))`

func (p *tab) ids(js string) []string {
	p.t.Helper()
	ids, err := eval[[]string](p, js)
	ok(p.t, err)
	return ids
}

// The internet goes in the middle of a talk, at agitate, and stays away through the ask, the next steps and the wrap-up, with a
// wrap-up that is taken back and saved anew. The call goes on meanwhile. When it is back, every event is with the server once
// and in order, and so is the wrap-up that was meant.
func TestOffline_FromAgitateToTheWrapUpNothingIsLostOrTwice(t *testing.T) {
	d, c := startDemo(t), startChrome(t)
	volunteer, phone, neighbour := inATalk(t, c, d)
	volunteer.press("Open to talking")
	volunteer.writes("I heard you say you really want", "the cold in the kids' room")
	volunteer.writes("to change, because", "your youngest coughs all night")
	volunteer.press("Told a real story")
	volunteer.sees("Agitation", "Saved here and with us")
	volunteer.wait("all of it to be with the server", func() bool { return len(volunteer.ids(waiting("event"))) == 0 })
	before := volunteer.ids(withServer)
	talk := volunteer.address()

	volunteer.mark()
	volunteer.expectAway(true)
	volunteer.offline(true)
	typed := time.Now()
	volunteer.writes("Notes", "works nights")
	volunteer.kept("works nights")
	t.Logf("typed words are in the browser's store after %v", time.Since(typed).Round(time.Millisecond))
	volunteer.press("the landlord")
	volunteer.sees("Your internet dropped. The call is still on.", "Saved here. No internet: it will go when you're back. The call is still on.")
	neighbour.writes("Say", "Are you still there?")
	neighbour.press("Say")
	phone.sees("Are you still there?")

	volunteer.press("Names who, wants change")
	volunteer.press("Ready now")
	volunteer.press("I’ve asked. Start the quiet")
	volunteer.sees("Your question is out. Now wait.")
	volunteer.press("Not sure")
	volunteer.sees("Not sure is honest", "Saved here. No internet")
	volunteer.press("4 Plan to win")
	volunteer.press("Ready now")
	volunteer.press("I’ve asked. Start the quiet")
	volunteer.press("Clear yes")
	volunteer.press("Named a day or a time")
	volunteer.press("Call")
	volunteer.press("Day before, 6 pm")
	volunteer.press("Date and way agreed")
	volunteer.press("On to wrap-up")
	volunteer.sees("How did it end?", "Xiomara will come to the tenants’ meeting", "Saved here. No internet")
	volunteer.press("Save, next person")
	volunteer.sees("Saved here", "No internet", "it goes the next time you open one")

	// It was saved too soon: it is taken back here, mended, and saved again, all without a network.
	volunteer.press("Undo")
	volunteer.press("About the place")
	volunteer.writes("About the place", "the super has a key")
	volunteer.press("Save, next person")
	volunteer.sees("Saved here")
	volunteer.kept("the super has a key")
	volunteer.notReloaded()
	made := volunteer.ids(waiting("event"))
	if wraps := volunteer.ids(waiting("wrap")); len(made) < 12 || len(wraps) != 1 {
		t.Fatalf("%d events and %d wrap-ups wait in the browser", len(made), len(wraps))
	}

	neighbour.press("Hang up")
	neighbour.sees("is over")
	volunteer.offline(false)
	volunteer.sees("Next person")

	coordinator := c.person("the coordinator", d.coordinator)
	coordinator.press("Sign in as")
	coordinator.sees("Live board")
	coordinator.open(talk)
	coordinator.sees("Saved", "Xiomara Quiñones")
	after, want := coordinator.ids(withServer), append(slices.Clone(before), made...)
	if !slices.Equal(after, want) {
		t.Errorf("the server holds %d events, want the %d that were made, each once and in order:\n%v\n%v", len(after), len(want), after, want)
	}
	raw, err := eval[string](coordinator, `fetch(location.pathname + "/state").then(r => r.json()).then(s => JSON.stringify(s.wrap))`)
	ok(t, err)
	var wrap struct {
		Outcome, Note string
		Learned       []struct{ Words string }
	}
	ok(t, json.Unmarshal([]byte(raw), &wrap))
	if wrap.Outcome != "commitment" || wrap.Note != "works nights" || len(wrap.Learned) != 1 || wrap.Learned[0].Words != "the super has a key" {
		t.Errorf("wrapped up as %s", raw)
	}
}

// waiting reads the ids of one kind of thing that waits to be sent.
func waiting(kind string) string { return fmt.Sprintf(inStore, quoted(kind)) }
