package panel

import (
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"
	"unicode"
	"unicode/utf8"

	"phonebank"
	"phonebank/store"
	"phonebank/words"
)

// neighbors puts people on the campaign's list of whom two missed a promise.
func (h *house) neighbors() (list []phonebank.Person) {
	h.t.Helper()
	for i, name := range []string{"Ana Pérez", "Ben Ortiz", "Cora Lee", "Dev Shah"} {
		list = append(list, h.person(name, "+1212555014"+string(rune('0'+i))))
	}
	for _, p := range list[:2] {
		id := h.promise(p, h.boss.ID, "come to the meeting", midday.AddDate(0, 0, -9))
		h.db.SQL().MustExec(`UPDATE commitments SET state = 'missed', settled_at = $2 WHERE id = $1`, id, midday.AddDate(0, 0, -8))
	}
	return list
}

// tick does what the worker's loop does every few seconds.
func (h *house) tick() {
	h.t.Helper()
	for range 4 {
		h.must(h.Diary.TickWaves(h.t.Context()))
	}
}

func (h *house) waveID(name string) string {
	h.t.Helper()
	var id string
	h.must(h.db.SQL().Get(&id, `SELECT id FROM waves WHERE name = $1`, name))
	return id
}

func TestWaves_BuiltLookedAtLaunchedPausedAndTold(t *testing.T) {
	h := newHouse(t)
	h.neighbors()
	b := h.browser(h.boss)
	b.get("/waves").is(http.StatusOK).says("No wave yet.")
	form := b.get("/waves/new").is(http.StatusOK).says("Their last talk ended with", "They stand on the rung", "Look before you launch", "That is Tue Nov 24, 6:00 pm in New York.", "One of its own")
	nonce := form.nonce()

	// Looking keeps nothing and contacts nobody; what was typed is still there.
	filled := func(do string, more ...string) []string {
		return append([]string{"nonce", nonce, "campaign", string(h.campaign.ID), "do", do, "name", "Second chances", "channel", "call", "missed", "1", "local", "2026-11-24T18:00", "ask", "none"}, more...)
	}
	b.post("/waves", filled("look")...).is(http.StatusOK).says("<b>2 people</b>", "Ana Pérez", "Ben Ortiz", `value="Second chances"`, `name="missed" value="1" checked`, "Nobody has signed up yet", "short").hides("Cora")
	if n := h.count(`SELECT count(*) FROM waves`); n != 0 {
		t.Fatal("a look was kept")
	}
	// Where nobody fits, it says which line empties it.
	b.post("/waves", filled("look", "stake", "radiator")...).is(http.StatusOK).says("Nobody fits all of this.", "What they care about has “radiator” in it.", "2 people without it", `value="radiator"`)
	// What is wrong is said, and nothing that was typed is lost.
	b.post("/waves", filled("draft", "days_since", "soon")...).is(http.StatusUnprocessableEntity).says("a number from 1 to 3650", `value="soon"`, `value="Second chances"`)

	done := b.post("/waves", filled("draft")...).is(http.StatusSeeOther)
	page := done.Header.Get("Location")
	if page != "/waves/"+h.waveID("Second chances") {
		t.Fatalf("a draft leads to %s", page)
	}
	b.post("/waves", filled("draft")...).to("/waves") // pressed twice
	if n := h.count(`SELECT count(*) FROM waves`); n != 1 {
		t.Errorf("one form made %d waves", n)
	}
	b.get(page).says("Second chances", "draft", "They missed a promise, and have kept none since.", "Launch now").hides("It can't start yet")
	b.get("/waves").says("Second chances", "Nobody is in it yet.")

	// The launch is asked about first, with everything that will happen.
	b.get(page+"/launch").is(http.StatusOK).says("Launch Second chances now?", "2 people are in it, and stay in it.", "Ana Pérez", "opens now, and its join link works", "Nobody is rung by itself.", "three times at most", "Launch 2 calls now")
	b.post(page + "/launch").to(page)
	b.post(page + "/launch").is(http.StatusConflict)
	h.tick()
	b.get(page).says("live now", "2 people are in it.", "Ana Pérez", "Waits for a volunteer.", "Pause this wave", "Nobody is in its session yet").hides("Launch now")
	if n := h.count(`SELECT count(*) FROM sessions s JOIN waves w ON w.session_id = s.id WHERE s.state = 'open' AND s.ask_id = 'none'`); n != 1 {
		t.Error("its session did not open")
	}
	b.get("/follow-ups").says("Second chances", "still to come").hides("Ana Pérez")
	b.get("/room").says("Second chances", "2")

	b.post(page + "/pause").to(page)
	b.get(page).says("paused", "This wave is paused.", "Resume")
	b.post(page + "/resume").to(page)
	b.get(page).says("live now").hides("This wave is paused.")

	b.get(page+"/people").is(http.StatusOK).says("Ana Pérez", "Ben Ortiz")
	b.get(page + "/people?after=x").is(http.StatusNotFound)
	b.get(page+"/finish").is(http.StatusOK).says("End Second chances?", "2 people have not had their turn", "Keep it going")
	b.post(page + "/finish").to(page)
	b.get(page).says("finished", "Report").hides("Pause this wave")
	b.get(page+"/report").is(http.StatusOK).says("What came of it", "Of fewer than 5 people who fit, the wave took fewer than 5.", "It ended before fewer than 5 people had their turn.", "Promises, and what came of them", "nobody is ranked")
	csv := b.get(page+"/report.csv").is(http.StatusOK).says("Second chances", "Missed")
	if !strings.HasPrefix(csv.Header.Get("Content-Disposition"), "attachment") {
		t.Error("the report is not a download")
	}
	b.get("/waves").says("no promise came due in it", page+"/report")
}

func TestWaves_OneOfTextsIsScheduledMovedAndCalledOff(t *testing.T) {
	h := newHouse(t)
	h.neighbors()
	b := h.browser(h.boss)
	nonce := b.get("/waves/new").nonce()
	post := func(do, body string) reply {
		return b.post("/waves", "nonce", nonce, "campaign", string(h.campaign.ID), "do", do, "name", "Day-before texts", "channel", "text", "body", body, "local", "2026-11-24T18:00", "missed", "1")
	}
	post("look", "Hi {first_name}, {org} here about {campaign}.").is(http.StatusOK).says(", Alder Tenants here about Heat by December.", "1 text,", "All together it takes about 5 minutes.", "Volunteers read, change and send each one.")
	post("schedule", "Hi {nickname}").is(http.StatusUnprocessableEntity).says("Only {first_name}, {campaign} and {org} can be filled in here.", "Hi {nickname}")
	nonce = b.get("/waves/new").nonce()
	page := post("schedule", "Hi {first_name}, still on?").is(http.StatusSeeOther).Header.Get("Location")
	b.get(page).says("scheduled", "Tue Nov 24, 6:00 pm", "Hi {first_name}, still on?", "Move it to another time", "Back to a draft").hides("Ask last week's callers")
	b.get(page + "/callers").is(http.StatusConflict).says("made of texts")
	b.post(page+"/schedule", "local", "2026-11-24T23:00").is(http.StatusUnprocessableEntity).says("outside calling hours", `value="2026-11-24T23:00"`)
	b.post(page + "/schedule").is(http.StatusUnprocessableEntity).says("Pick the day and the time")
	b.post(page+"/schedule", "local", "2026-11-25T17:30").to(page)
	b.get(page).says("Wed Nov 25, 5:30 pm")
	b.get("/waves").says("It finds its people when it starts.", page+"#time")
	edit := b.get(page+"/edit").is(http.StatusOK).says("Change Day-before texts", `value="2026-11-25T17:30"`, "Hi {first_name}, still on?").hides("Schedule")
	b.post(page+"/edit", "nonce", edit.nonce(), "do", "draft", "name", "Evening texts", "channel", "text", "body", "Hi {first_name}!", "local", "2026-11-25T17:30").to(page)
	b.get(page).says("Evening texts", "Everybody on the campaign's list.", "scheduled")
	b.post(page + "/withdraw").to(page)
	b.get(page).says("draft", "Let it start by itself")
	b.get(page+"/launch").says("Launch 4 drafts now", "No text leaves by itself.", "wait for whoever takes them")
	b.post(page + "/launch").to(page)
	h.tick()
	b.get(page).says("live now", "drafts that wait for a press")
	if n := h.count(`SELECT count(*) FROM outbox WHERE state <> 'held'`); n != 0 {
		t.Errorf("%d texts of a wave left or are about to without anybody's press", n)
	}
	b.get(page + "/edit").is(http.StatusConflict)
	b.get("/waves/" + phonebank.NewID[string](midday)).is(http.StatusNotFound)
}

func TestWaves_ASessionWithoutAnAskIsSaidBeforeItStarts(t *testing.T) {
	h := newHouse(t)
	h.neighbors()
	b := h.browser(h.boss)
	page := b.post("/waves", "nonce", b.get("/waves/new").nonce(), "do", "draft", "name", "Calls", "channel", "call", "local", "2026-11-24T18:00").is(http.StatusSeeOther).Header.Get("Location")
	b.get(page).says("It can't start yet.", "Choose it in the session")
	b.get(page + "/launch").says("It can't start yet.").hides("Launch 4 calls now")
	b.post(page+"/schedule", "local", "2026-11-24T18:00").is(http.StatusUnprocessableEntity).says("Choose in its session what people are asked to do")
	var session string
	h.must(h.db.SQL().Get(&session, `SELECT session_id FROM waves`))
	b.get("/sessions/" + session).says("Tue Nov 24, 6:00 pm")
	h.db.SQL().MustExec(`UPDATE sessions SET ask_id = 'none'`)
	b.post(page+"/schedule", "local", "2026-11-24T18:00").to(page)
	h.mu.Lock()
	h.at = time.Date(2026, 11, 24, 23, 1, 0, 0, time.UTC)
	h.mu.Unlock()
	h.tick()
	b.get(page).says("live now", "4 people are in it.")
	b.get("/sessions/" + session).says("open now")
}

func TestWaves_LastWeeksCallersAreListedAndNobodyIsWrittenTo(t *testing.T) {
	h := newHouse(t)
	h.neighbors()
	dana, old := h.user("Dana", phonebank.Volunteer), h.user("Olga", phonebank.Volunteer)
	before, _ := h.session(phonebank.SessionOpen, true)
	for _, u := range []phonebank.User{dana, old} {
		_, err := h.Store.KeepShift(t.Context(), before.ID, u.ID, true, midday.AddDate(0, 0, -3))
		h.must(err)
	}
	h.db.SQL().MustExec(`UPDATE shifts SET seen_at = $2 WHERE user_id = $1`, old.ID, midday.AddDate(0, 0, -20))
	b := h.browser(h.boss)
	page := b.post("/waves", "nonce", b.get("/waves/new").nonce(), "do", "schedule", "name", "Calls", "channel", "call", "local", "2026-11-24T18:00", "ask", "none").is(http.StatusSeeOther).Header.Get("Location")
	b.get(page+"/callers").is(http.StatusOK).says("Dana", "Nov 20", "(212) 555-0199", "Make a new join link").hides("Olga", "/j/")
	shown := b.post(page+"/callers").is(http.StatusOK).says(h.server.URL+"/j/", "Can you give us an hour for “Calls”, Tue Nov 24, 6:00 pm?")
	_, link, _ := strings.Cut(shown.Body, `class="linkbox" href="`+h.server.URL)
	link, _, _ = strings.Cut(link, `"`)
	h.browser(phonebank.User{}).get(link).is(http.StatusOK).says("Calls")
	if n := h.count(`SELECT count(*) FROM outbox`) + h.count(`SELECT count(*) FROM messages`); n != 0 {
		t.Errorf("asking for hands wrote %d texts", n)
	}
	h.browser(dana).get(page + "/callers").is(http.StatusForbidden).hides("Olga")
}

// Whatever a coordinator types into the builder comes back as words, and nothing of it runs.
func TestWaves_WhatIsTypedIsOnlyWords(t *testing.T) {
	h := newHouse(t)
	h.neighbors()
	b := h.browser(h.boss)
	const nasty = `<script>alert(1)</script>"'&`
	for _, do := range []string{"look", "draft"} {
		b.post("/waves", "nonce", phonebank.NewID[string](midday), "do", do, "name", nasty, "channel", "call", "stake", nasty, "language", nasty, "tag", nasty, "last_step", nasty).hides("<script>alert")
	}
	b.get("/waves").is(http.StatusOK).hides("<script>alert").says("&lt;script&gt;")
	b.get("/follow-ups?q=" + url.QueryEscape(nasty)).is(http.StatusOK).hides("<script>alert")
}

func TestWaves_EverySentenceOfTheReportBeginsLikeOne(t *testing.T) {
	wave := phonebank.Wave{Channel: phonebank.ByCall, State: phonebank.WaveDone}
	few := store.WaveReport{Found: 3, Size: 3, Reached: 2, NotReached: 1, LetGo: 1, Open: 1}
	for _, l := range words.Languages {
		lines := figuresOf(l, wave, few)
		for _, line := range lines {
			if first, _ := utf8.DecodeRuneInString(line); !unicode.IsUpper(first) {
				t.Errorf("%s: %q", l, line)
			}
		}
		if l == words.English && !slices.Contains(lines, "Fewer than 5 people could be reached.") {
			t.Errorf("%q", lines)
		}
	}
}

func TestWaves_AFewTalksAreNotToldExactlyEither(t *testing.T) {
	lines := figuresOf(words.English, phonebank.Wave{Channel: phonebank.ByCall, State: phonebank.WaveDone}, store.WaveReport{Found: 9, Size: 7, Reached: 6, Talks: 1, NextTalks: 1, Made: 2})
	if !slices.Contains(lines, "Talks: fewer than 5, of which fewer than 5 agreed on the next one.") || !slices.Contains(lines, "New promises that came out of them: fewer than 5.") {
		t.Errorf("%q", lines)
	}
}

// Nobody is asked to come to something that is over.
func TestWaves_AnAskWhoseDayHasPassedIsMarkedAndLaunchesNothing(t *testing.T) {
	h := newHouse(t)
	h.starters()
	h.neighbors()
	h.db.SQL().MustExec(`UPDATE campaigns SET script_id = 'heat-recruitment'`)
	b := h.browser(h.boss)
	form := b.get("/waves/new").hides("its day has passed")
	page := b.post("/waves", "nonce", form.nonce(), "do", "draft", "name", "Calls", "channel", "call", "ask", "meeting").is(http.StatusSeeOther).Header.Get("Location")
	h.mu.Lock()
	h.at = time.Date(2026, 12, 7, 18, 0, 0, 0, time.UTC)
	h.mu.Unlock()
	b = h.browser(h.boss)
	b.get("/waves/new").says("(its day has passed)")
	b.post(page + "/launch").is(http.StatusConflict).says("The day of what its session asks people to do has passed.")
	if n := h.count(`SELECT count(*) FROM waves WHERE state = 'live'`); n != 0 {
		t.Error("people are called about a day that is over")
	}
}
