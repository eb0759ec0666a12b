package panel

import (
	"encoding/json"
	"net/http"
	"strings"
	"testing"
	"time"

	"phonebank"
)

// later moves the house's clock.
func (h *house) later(d time.Duration) time.Time {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.at = h.at.Add(d)
	return h.at
}

// marked stores what a volunteer marked in a talk: a type and its data as JSON, in turn.
func (h *house) marked(c phonebank.Conversation, pairs ...string) {
	h.t.Helper()
	var events []phonebank.Event
	for i := 0; i+1 < len(pairs); i += 2 {
		events = append(events, phonebank.Event{ID: phonebank.NewID[string](h.now()), At: h.now(), Type: pairs[i], Data: json.RawMessage(pairs[i+1])})
	}
	_, err := h.Store.AddEvents(h.t.Context(), c.ID, events, h.now())
	h.must(err)
}

// toTheAsk walks a talk from the first line to the question, once back to the stake.
func (h *house) toTheAsk(c phonebank.Conversation) {
	h.t.Helper()
	h.marked(c, "light", `{"step":"intro","colour":"green"}`,
		"slot", `{"name":"their_stake","value":"your boys share one blanket"}`,
		"light", `{"step":"stake","colour":"green"}`, "visit", `{"step":"stake"}`, "visit", `{"step":"ask"}`,
		"silence", `{"phase":"open"}`, "silence", `{"phase":"close","seconds":7}`)
}

// wrap saves a talk's wrap-up as its volunteer.
func (h *house) wrap(u phonebank.User, c phonebank.Conversation, w phonebank.Wrap) {
	h.t.Helper()
	w.ID = phonebank.NewID[string](h.now())
	h.browser(u).send("/talk/"+string(c.ID)+"/wrap", w).is(http.StatusOK)
}

func (h *house) rung(p phonebank.Person) int {
	h.t.Helper()
	got, err := h.Store.Person(h.t.Context(), p.ID)
	h.must(err)
	return got.Rung
}

func (h *house) openMove(p phonebank.Person) string {
	h.t.Helper()
	var ids []string
	h.must(h.db.SQL().Select(&ids, `SELECT id FROM rung_moves WHERE person_id = $1 AND state = 'proposed'`, p.ID))
	if len(ids) != 1 {
		h.t.Fatalf("%d open proposals", len(ids))
	}
	return ids[0]
}

func (h *house) commitment(p phonebank.Person) string {
	h.t.Helper()
	list, err := h.Store.CommitmentsOf(h.t.Context(), p.ID)
	h.must(err)
	if len(list) == 0 {
		h.t.Fatal("nothing was promised")
	}
	return string(list[0].ID)
}

func TestLadder_AYesEarnsNothingAKeptPromiseIsProposedAndACoordinatorDecides(t *testing.T) {
	h := newHouse(t)
	p, dana := h.person("Xiomara Quiñones", "+12125550111"), h.user("Dana", phonebank.Volunteer)
	page := "/people/" + string(p.ID)
	c := h.talk(dana, p)
	h.toTheAsk(c)
	h.marked(c, "light", `{"step":"ask","colour":"green","answer":"clear_yes","sign":"named_day"}`)
	h.wrap(dana, c, phonebank.Wrap{Outcome: phonebank.OutcomeCommitment, Answer: "clear_yes", Commitment: &phonebank.Agreed{What: "come to the tenants' meeting", By: "2026-12-03T18:30"}})
	if h.rung(p) != 0 {
		t.Fatal("a yes moved somebody up")
	}
	boss, volunteer := h.browser(h.boss), h.browser(dana)
	boss.get("/ladder").says("Xiomara", "Told their story", "They told us why it matters to them:", "your boys share one blanket")
	boss.get("/room").says("1 move waits", `href="/ladder"`)
	first := h.openMove(p)

	h.later(11 * 24 * time.Hour)
	volunteer.post("/commitments/"+h.commitment(p)+"/settle", "how", "kept").to(page + "#promises")
	second := h.openMove(p)
	if second == first || h.rung(p) != 0 {
		t.Fatalf("a kept promise must be proposed in the place of what says less, and change nothing: rung %d", h.rung(p))
	}
	if n := h.count(`SELECT count(*) FROM rung_moves WHERE id = $1 AND state = 'withdrawn'`, first); n != 1 {
		t.Error("the first proposal is still open")
	}
	boss.get("/ladder").says("Showed up", "They kept a promise:", "come to the tenants' meeting").hides("one blanket")
	volunteer.post("/rungs/"+second+"/decide", "how", "approve").is(http.StatusForbidden)
	volunteer.post(page+"/rung", "rung", "4", "evidence", "she is great").is(http.StatusForbidden)
	volunteer.get("/ladder").is(http.StatusForbidden)
	if h.rung(p) != 0 {
		t.Fatal("a volunteer moved somebody")
	}
	boss.post("/rungs/"+second+"/decide", "how", "approve", "back", "person").to(page + "#rung")
	if h.rung(p) != 2 {
		t.Fatalf("rung %d after a kept promise whose ask has rung 2", h.rung(p))
	}
	boss.post("/rungs/"+second+"/decide", "how", "approve").to("/ladder") // pressed twice
	boss.post("/rungs/"+second+"/decide", "how", "decline").is(http.StatusConflict)
	if n := h.count(`SELECT count(*) FROM journal WHERE thing = 'rung_move' AND event = 'approve' AND by_user = $1`, h.boss.ID); n != 1 {
		t.Errorf("%d lines in the journal for one decision", n)
	}
	boss.get(page).says("Met us", "Showed up", "Decided by", "Rosa")
	// Whoever knows them reads where they stand, and nothing of what led there.
	volunteer.get(page).says("Showed up").hides("Decided by", "Set the rung by hand")
	boss.get("/ladder").says("Nothing waits for you here")
}

func TestLadder_NotYetHoldsUntilSomethingNewIsKnown(t *testing.T) {
	h := newHouse(t)
	p, dana := h.person("Xiomara Quiñones", "+12125550111"), h.user("Dana", phonebank.Volunteer)
	c := h.talk(dana, p)
	h.toTheAsk(c)
	h.wrap(dana, c, phonebank.Wrap{Outcome: phonebank.OutcomeConnected, Commitment: &phonebank.Agreed{What: "ask her sister", By: "2026-11-30T12:00"}})
	boss := h.browser(h.boss)
	h.later(time.Hour)
	boss.post("/rungs/"+h.openMove(p)+"/decide", "how", "decline").to("/ladder")
	if h.rung(p) != 0 || h.count(`SELECT count(*) FROM rung_moves WHERE state = 'proposed'`) != 0 {
		t.Fatal("a decline moved somebody, or left a proposal open")
	}
	h.later(time.Hour)
	again := h.talk(dana, p)
	h.wrap(dana, again, phonebank.Wrap{Outcome: phonebank.OutcomeConnected})
	if n := h.count(`SELECT count(*) FROM rung_moves WHERE state = 'proposed'`); n != 0 {
		t.Error("what was declined is asked again though nothing new is known")
	}
	h.browser(dana).post("/commitments/"+h.commitment(p)+"/settle", "how", "kept").is(http.StatusSeeOther)
	boss.get("/ladder").says("Showed up", "ask her sister")
	// A wrong mark is put right: its proposal goes with it.
	h.browser(dana).post("/commitments/"+h.commitment(p)+"/settle", "how", "missed").is(http.StatusSeeOther)
	boss.get("/ladder").says("Nothing waits for you here")
	if n := h.count(`SELECT count(*) FROM rung_moves WHERE state = 'withdrawn'`); n != 1 {
		t.Errorf("%d proposals withdrawn", n)
	}
}

func TestLadder_ByHandNeedsEvidenceAndDownIsSilent(t *testing.T) {
	h := newHouse(t)
	p := h.person("Xiomara Quiñones", "+12125550111")
	page, boss := "/people/"+string(p.ID), h.browser(h.boss)
	boss.post(page+"/rung", "rung", "4", "evidence", "  ").is(http.StatusUnprocessableEntity).says("Write down what you saw")
	boss.post(page+"/rung", "rung", "44", "evidence", "she coached Walt").is(http.StatusUnprocessableEntity).says("Pick one of the rungs", `value="she coached Walt"`)
	boss.post(page+"/rung", "rung", "4", "evidence", "she coached Walt, Nov 20").to(page + "#rung")
	boss.post(page+"/rung", "rung", "4", "evidence", "again").is(http.StatusConflict)
	if h.rung(p) != 4 {
		t.Fatal("not set")
	}
	h.later(time.Hour)
	boss.post(page+"/rung", "rung", "1", "evidence", "she moved away").to(page + "#rung")
	if h.rung(p) != 1 {
		t.Fatal("not moved down")
	}
	boss.get(page).says("she coached Walt, Nov 20", "she moved away", "A coordinator wrote down:", "Leads others")
	for _, silent := range []string{`SELECT count(*) FROM outbox`, `SELECT count(*) FROM messages`, `SELECT count(*) FROM follow_ups`} {
		if n := h.count(silent); n != 0 {
			t.Errorf("a move down sent or planned something: %s = %d", silent, n)
		}
	}
	boss.post(page+"/step-up", "on", "1").is(http.StatusSeeOther)
	boss.get(page).says("Ready for a step up, says Rosa, Nov 23.", "Take that back")
	boss.post(page+"/step-up", "on", "0").is(http.StatusSeeOther)
	boss.get(page).says("They are ready for a step-up talk").hides("Take that back")
	if n := h.count(`SELECT count(*) FROM journal WHERE thing = 'person' AND event = 'rung' AND note = '4 to 1'`); n != 1 {
		t.Errorf("%d lines in the journal", n)
	}
}

func TestPerson_SupportAndLeaderAreKeptByDateAndUndoneWithTheWrapUp(t *testing.T) {
	h := newHouse(t)
	p, dana := h.person("Xiomara Quiñones", "+12125550111"), h.user("Dana", phonebank.Volunteer)
	page := "/people/" + string(p.ID)
	h.wrap(dana, h.talk(dana, p), phonebank.Wrap{Outcome: phonebank.OutcomeConnected, Support: "unsure"})
	h.later(5 * 24 * time.Hour)
	last := h.talk(dana, p)
	h.wrap(dana, last, phonebank.Wrap{Outcome: phonebank.OutcomeConnected, Support: "strong_yes", Leader: phonebank.Leader{Flag: true, Why: "everybody on her floor asks her"}})
	b := h.browser(h.boss)
	b.get(page).says("Unsure", "Nov 23", "A strong yes", "Nov 28", "may lead others", "everybody on her floor asks her")
	h.browser(dana).post("/talk/" + string(last.ID) + "/undo").is(http.StatusSeeOther)
	b.get(page).says("Unsure", "Nov 23").hides("A strong yes", "everybody on her floor asks her")
	got, err := h.Store.Person(t.Context(), p.ID)
	h.must(err)
	if got.Support != "unsure" || got.Leader != "" {
		t.Errorf("after the undo they stand at %q, leader %q", got.Support, got.Leader)
	}
}

// told is a person with a whole history: a talk by phone that came back to the stake, a text, a voicemail, promises.
func (h *house) told() (phonebank.Person, phonebank.User, phonebank.Conversation) {
	h.t.Helper()
	p, dana := h.person("Xiomara Quiñones", "+12125550111"), h.user("Dana", phonebank.Volunteer)
	c := h.talk(dana, p)
	h.toTheAsk(c)
	h.marked(c, "light", `{"step":"ask","colour":"yellow","id":"unsure"}`)
	h.wrap(dana, c, phonebank.Wrap{Outcome: phonebank.OutcomeConnected, Answer: "unsure", Note: "two boys, 4 and 7", Learned: []phonebank.Heard{{Tag: "opponent", Words: "part in stock since March"}},
		Commitment: &phonebank.Agreed{What: "ask her sister", By: "2026-11-30T12:00"}, TextOK: &phonebank.TextOK{Words: "Can I text you a reminder at this number?"}})
	h.db.SQL().MustExec(`UPDATE calls SET state = 'wrapped', result = 'answered', ended_at = answered_at + interval '12 minutes' WHERE conversation_id = $1`, c.ID)
	h.db.SQL().MustExec(`INSERT INTO messages (id, direction, state, person_id, phone_id, from_number, to_number, body, at) VALUES ('M1', 'in', 'received', $1, $2, '+12125550111', '+12125550100', 'is it still on Thursday?', $3)`, p.ID, p.PhoneID, midday)
	h.must(h.Store.AddCall(h.t.Context(), phonebank.Call{ID: phonebank.NewID[phonebank.CallID](midday), Kind: phonebank.CallIn, State: phonebank.CallEnded, Result: phonebank.ResultVoicemail, Token: phonebank.NewToken(),
		CampaignID: h.campaign.ID, PersonID: p.ID, PhoneID: p.PhoneID, From: "+12125550111", To: h.campaign.Number, Tries: 1, CreatedAt: midday}, ""))
	h.db.SQL().MustExec(`UPDATE calls SET recording_sid = 'RE1', recording_seconds = 9, result = 'voicemail', state = 'ended' WHERE kind = 'inbound'`)
	return p, dana, c
}

func TestPerson_PageTellsTheWholeStory(t *testing.T) {
	h := newHouse(t)
	p, dana, c := h.told()
	for _, b := range []*browser{h.browser(dana), h.browser(h.boss)} {
		b.get("/people/"+string(p.ID)).is(http.StatusOK).says(
			"A talk by phone with Dana.", "12 minutes", "A good talk.", "Not sure yet.", "7 seconds of quiet after the question.", // the talk
			"Introduction", "Open to talking", "Issues &amp; stake", "↻2", "Agitation", "The ask", // the way it took
			"How the other side works", "part in stock since March", "two boys, 4 and 7", "Change the note", `action="/talk/`+string(c.ID)+`/note"`,
			"They texted:", "is it still on Thursday?", "They left a voicemail.", "<audio", // the other channels
			"your boys share one blanket", "sensitive", "heard by <bdi>Dana</bdi>", // their words
			"They will <bdi>ask her sister</bdi>", "open", "Kept",
			"Yes to reminders by text", "Can I text you a reminder at this number?", "Yes to texts", "said so at the block party",
			"On the ladder", "Met us", "Log a 1:1", "Text with the script", "Don&#39;t contact").
			hides("talked with them by phone", "+12125550111") // a talk is told once, and a number never whole in its raw form
	}
	// Ten minutes later the wrap-up can no longer be undone.
	h.browser(dana).get("/people/" + string(p.ID)).says("Undo this wrap-up")
	h.browser(h.boss).get("/people/" + string(p.ID)).hides("Undo this wrap-up")
	h.later(11 * time.Minute)
	h.browser(dana).get("/people/" + string(p.ID)).hides("Undo this wrap-up")
	h.browser(dana).post("/talk/"+string(c.ID)+"/note", "text", "two boys, 4 and 8").is(http.StatusSeeOther)
	h.browser(dana).get("/people/" + string(p.ID)).says("two boys, 4 and 8").hides("4 and 7")
}

func TestPerson_PageIsSpanishToWhoReadsSpanish(t *testing.T) {
	h := newHouse(t)
	p, dana, _ := h.told()
	h.must(h.Store.SetUserLocale(t.Context(), dana.ID, "es"))
	h.must(h.Store.SetUserLocale(t.Context(), h.boss.ID, "es"))
	page := h.browser(dana).get("/people/"+string(p.ID)).is(http.StatusOK).says(`lang="es"`, "En sus propias palabras", "Una conversación por teléfono con Dana.", "Presentación", "Quiere hablar", "Lo que importa",
		"7 segundos de silencio después de la pregunta", "por qué les importa", "Dejó un mensaje de voz.", "Nos conoció", "23 nov")
	if left := english(page.Body); len(left) > 0 {
		t.Errorf("left in English: %q", left)
	}
	whole := h.browser(h.boss).get("/people/"+string(p.ID)).says("Poner el peldaño a mano", "Contó su historia")
	if left := english(whole.Body); len(left) > 0 {
		t.Errorf("left in English for a coordinator: %q", left)
	}
	if left := english(h.browser(h.boss).get("/ladder").Body); len(left) > 0 {
		t.Errorf("left in English on the ladder: %q", left)
	}
	if left := english(h.browser(h.boss).get("/report").Body); len(left) > 0 {
		t.Errorf("left in English in the report: %q", left)
	}
}

// english finds common English words in what a person reads; what people themselves said is left out.
func english(body string) (left []string) {
	for _, theirs := range []string{"ask her sister", "your boys share one blanket", "part in stock since March", "two boys, 4 and 7", "is it still on Thursday?",
		"Can I text you a reminder at this number?", "said so at the block party", "Heat by December", "see-oh-MAH-rah"} {
		body = strings.ReplaceAll(body, theirs, "")
	}
	text := " " + strings.ToLower(blanks.ReplaceAllString(tags.ReplaceAllString(body, " "), " ")) + " "
	for _, word := range []string{"the", "they", "their", "with", "and", "this", "what", "who", "when", "you", "we", "is", "are", "talk", "talks", "by", "to", "of", "call", "calls", "people", "open", "kept", "yes", "not"} {
		if at := strings.Index(text, " "+word+" "); at >= 0 {
			left = append(left, strings.TrimSpace(text[max(0, at-40):min(len(text), at+40)]))
		}
	}
	return left
}

func TestPerson_AboutIsPutRightByWhoKnowsThemAndTheOldValueIsKept(t *testing.T) {
	h := newHouse(t)
	p, dana, luis := h.person("Xiomara Quiñones", "+12125550111"), h.user("Dana", phonebank.Volunteer), h.user("Luis", phonebank.Volunteer)
	h.talk(luis, p) // Luis is with them, but does not know them
	h.db.SQL().MustExec(`UPDATE people SET owner_id = $2, say_name = 'zee-oh', place = '3C' WHERE id = $1`, p.ID, dana.ID)
	page := "/people/" + string(p.ID)
	form := []string{"first_name", "Xio", "say_name", "see-oh-MAH-rah", "languages", "Spanish", "place", "3C", "zone", "America/Los_Angeles"}
	h.browser(luis).post(page+"/about", form...).is(http.StatusForbidden).says("Whoever knows them can change this")
	promise, err := h.Diary.Promise(t.Context(), p.ID, dana.ID, phonebank.Wish{Channel: phonebank.ByCall, Reason: phonebank.ReasonScheduled, Local: "2026-11-24T19:00"})
	h.must(err)
	b := h.browser(dana)
	b.post(page+"/about", form...).to(page + "#about")
	b.get(page).says("goes by <bdi>Xio</bdi>", "see-oh-<b>MAH</b>-rah", "11:00 am there")
	for field, was := range map[string]string{"first_name": "Xiomara", "say_name": "zee-oh", "zone": "America/New_York", "languages": ""} {
		if n := h.count(`SELECT count(*) FROM journal WHERE thing = 'person' AND event = $1 AND note = $2 AND by_user = $3`, field, was, dana.ID); n != 1 {
			t.Errorf("%d lines say that %s was %q", n, field, was)
		}
	}
	if n := h.count(`SELECT count(*) FROM journal WHERE thing = 'person' AND event = 'place'`); n != 0 {
		t.Error("what did not change is in the journal")
	}
	if n := h.count(`SELECT count(*) FROM call_list WHERE person_id = $1 AND zones = 'America/Los_Angeles'`, p.ID); n != 1 {
		t.Error("their place on the list kept the old zone: they would be called by the wrong clock")
	}
	moved, err := h.Store.FollowUp(t.Context(), promise.ID)
	h.must(err)
	if want := promise.DueAt.Add(3 * time.Hour); !moved.DueAt.Equal(want) {
		t.Errorf("seven is seven where they are: due %s, want %s", moved.DueAt, want)
	}
	b.post(page+"/about", "first_name", "", "zone", "Mars/Olympus").is(http.StatusUnprocessableEntity)
	b.post(page+"/about", "first_name", "Xio", "zone", "Mars/Olympus").is(http.StatusUnprocessableEntity).says("Pick the time zone")
	b.post(page+"/owner", "owner", string(luis.ID)).is(http.StatusForbidden)
	h.browser(h.boss).post(page+"/owner", "owner", string(luis.ID)).to(page + "#about")
	h.browser(h.boss).post(page+"/owner", "owner", "nobody").is(http.StatusUnprocessableEntity)
	if n := h.count(`SELECT count(*) FROM people WHERE id = $1 AND owner_id = $2`, p.ID, luis.ID); n != 1 {
		t.Error("the new owner was not kept")
	}
	if n := h.count(`SELECT count(*) FROM journal WHERE thing = 'person' AND event = 'owner' AND note = $1`, dana.ID); n != 1 {
		t.Error("the journal does not say who knew them before")
	}
}

func TestPerson_ConsentTellsWhoStoppedHowAndHowItWasLifted(t *testing.T) {
	h := newHouse(t)
	p := h.person("Xiomara Quiñones", "+12125550111")
	page, boss := "/people/"+string(p.ID), h.browser(h.boss)
	boss.post(page+"/stop", "words", "no more calls please").to(page)
	boss.get(page).says("Asked us to stop", "no more calls please", "Rosa").hides("Text with the script")
	h.later(48 * time.Hour)
	boss.post(page+"/reopen", "how", "She rang on Nov 25 and asked us back").to(page)
	boss.get(page).says("Asked us to stop", "no more calls please", "Nov 23", "Wants to hear from us again", "She rang on Nov 25 and asked us back", "Nov 25")
}

func TestPersonAdd_TheirStateDecidesTheirHours(t *testing.T) {
	h := newHouse(t)
	b := h.browser(h.boss)
	b.get("/people/add").is(http.StatusOK).says("State they live in", `<option value="TX">Texas</option>`, "Or their ZIP code")
	add := func(phone, region, zip string) reply {
		return b.post("/people", "name", "Ana Pérez", "phone", phone, "campaign", string(h.campaign.ID), "region", region, "zip", zip)
	}
	for _, c := range []struct{ phone, region, zip, want string }{
		{"212 555 0121", "", "", ""}, {"212 555 0122", "RI", "", "RI"}, {"212 555 0123", "", "02903", "RI"}, {"212 555 0124", "KY", "02903", "KY"}, {"212 555 0125", "", "10453-1234", "NY"}, {"212 555 0126", "", "09012", ""},
	} {
		where := add(c.phone, c.region, c.zip).is(http.StatusSeeOther).Header.Get("Location")
		var region string
		h.must(h.db.SQL().Get(&region, `SELECT region FROM people WHERE id = $1`, strings.TrimPrefix(where, "/people/")))
		if region != c.want {
			t.Errorf("state %q and ZIP %q are kept as %q, want %q", c.region, c.zip, region, c.want)
		}
		if c.want == "RI" {
			b.get(where).says("We call and text from 9 am to 6 pm")
		}
	}
	add("212 555 0127", "", "1045").is(http.StatusUnprocessableEntity).says(`is no ZIP code. Write its five digits`, `value="1045"`, `value="Ana Pérez"`)
}
