package panel

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"mime/multipart"
	"net/http"
	"strings"
	"testing"
	"time"

	"phonebank"
	"phonebank/store"
)

func TestJoin_LinkNamePhoneGo(t *testing.T) {
	h := newHouse(t)
	_, token := h.session(phonebank.SessionOpen, false)
	b := h.browser(phonebank.User{})
	b.get("/j/"+token).is(http.StatusOK).says("Tuesday heat calls", "Rosa", "What you'll do", "come to the tenants' meeting", "Thu Dec 3, 6:30 pm")
	if n := h.count(`SELECT count(*) FROM shifts`); n != 0 {
		t.Fatal("a visit to the link made a shift")
	}
	b.post("/j/"+token, "name", "Dana", "phone", "12", "languages", "English").is(http.StatusUnprocessableEntity).
		says(`value="Dana"`, `value="12"`, `value="English"`, "no phone number we can read")
	if n := h.count(`SELECT count(*) FROM users WHERE name = 'Dana'`); n != 0 {
		t.Fatal("a number that nobody can ring made a volunteer")
	}
	b.post("/j/"+token, "name", "Dana", "phone", "212 555 0190").to("/shift")
	b.get("/shift").is(http.StatusOK).says("You're at the door", "lets you in")
	b.post("/shift/ring").is(http.StatusForbidden).says("The host lets you in first")
	// The same browser is the same volunteer, whatever it types.
	b.post("/j/"+token, "name", "Dana R", "phone", "(212) 555-0191").to("/shift")
	if n := h.count(`SELECT count(*) FROM users WHERE role = 'volunteer'`); n != 1 {
		t.Errorf("%d volunteers from one browser", n)
	}
	boss := h.browser(h.boss)
	boss.get("/room").says("Dana R", "at the door", "Admit")
	var shift string
	h.must(h.db.SQL().Get(&shift, `SELECT id FROM shifts`))
	boss.post("/shifts/" + shift + "/admit").to("/room")
	b.get("/shift").says("Ring my phone", "(•••) •••-0191").hides("5550191", "555-0191")
	b.post("/shift/ring").to("/shift")
	b.get("/shift").says("Your phone is ringing", "Answer and press 1")
}

func TestJoin_ClosedDoorsSayWhatNext(t *testing.T) {
	h := newHouse(t)
	_, planned := h.session(phonebank.SessionPlanned, true)
	_, ended := h.session(phonebank.SessionEnded, true)
	b := h.browser(phonebank.User{})
	b.get("/j/"+planned).is(http.StatusOK).says("hasn't begun yet", "come back")
	b.get("/j/"+ended).is(http.StatusOK).says("This session is over", "Rosa")
	b.get("/j/"+phonebank.NewToken()).is(http.StatusNotFound).says("doesn't lead anywhere", "ask whoever invited you")
	if n := h.count(`SELECT count(*) FROM users WHERE role = 'volunteer'`); n != 0 {
		t.Errorf("a closed door made %d volunteers", n)
	}
}

func TestJoin_WhoeverComesLaterSignsUp(t *testing.T) {
	h := newHouse(t)
	session, planned := h.session(phonebank.SessionPlanned, true)
	b := h.browser(phonebank.User{})
	b.get("/j/"+planned).says("hasn't begun yet", "I'll be there").hides("You are signed up")
	b.post("/j/"+planned, "name", "Dana", "phone", "not a number").is(http.StatusUnprocessableEntity)
	for range 2 {
		b.post("/j/"+planned, "name", "Dana", "phone", "212 555 0190").to("/j/" + planned)
	}
	b.get("/j/"+planned).says("You are signed up", "come back").hides("I'll be there")
	if n := h.count(`SELECT count(*) FROM sign_ups WHERE session_id = $1`, session.ID); n != 1 {
		t.Errorf("one volunteer signed up %d times", n)
	}
	if n := h.count(`SELECT count(*) FROM shifts`); n != 0 {
		t.Errorf("%d shifts have begun before the session", n)
	}
}

func TestJoin_GuessingLinksIsSlowedDown(t *testing.T) {
	h := newHouse(t)
	b := h.browser(phonebank.User{})
	for range 10 {
		b.get("/j/" + phonebank.NewToken()).is(http.StatusNotFound)
	}
	b.get("/j/" + phonebank.NewToken()).is(http.StatusTooManyRequests).says("Wait a minute")
	b.post("/login/" + phonebank.NewToken()).is(http.StatusTooManyRequests)
}

func TestLogin_LinkIsSpentByAPressOnly(t *testing.T) {
	h := newHouse(t)
	link := phonebank.NewToken()
	h.must(h.Store.AddSecret(t.Context(), store.LinkSecret, link, h.boss.ID, "", midday, midday.Add(15*time.Minute)))
	b := h.browser(phonebank.User{})
	for range 3 {
		b.get("/login/"+link).is(http.StatusOK).says("Sign in as", "Rosa")
	}
	b.post("/login/" + link).to("/")
	b.get("/").to("/room")
	h.browser(phonebank.User{}).post("/login/" + link).is(http.StatusNotFound).says("has been used")
	b.post("/logout").to("/")
	b.get("/room").is(http.StatusUnauthorized).says("not signed in")
}

func TestPeople_VolunteerSeesOnlyTheirOwnAndNoNumbers(t *testing.T) {
	h := newHouse(t)
	mine, other := h.person("Xiomara Quiñones", "+12125550111"), h.person("Walt Brandt", "+12125550112")
	dana, luis := h.user("Dana", phonebank.Volunteer), h.user("Luis", phonebank.Volunteer)
	talk := h.talk(dana, mine)
	b := h.browser(dana)
	b.get("/people/"+string(mine.ID)).is(http.StatusOK).says("Xiomara", "(•••) •••-0111").hides("5550111", "555-0111")
	b.get("/people/" + string(other.ID)).is(http.StatusNotFound).hides("Walt")
	for _, path := range []string{"/text", "/call", "/stop", "/follow-ups", "/answered"} {
		b.post("/people/"+string(other.ID)+path, "nonce", phonebank.NewID[string](midday), "body", "hello").is(http.StatusNotFound).hides("Walt")
	}
	b.get("/talk/"+string(talk.ID)+"/state").is(http.StatusOK).hides("5550111", "555-0111")
	stranger := h.browser(luis)
	stranger.get("/talk/" + string(talk.ID)).is(http.StatusForbidden).hides("Xiomara")
	stranger.get("/talk/" + string(talk.ID) + "/state").is(http.StatusForbidden).hides("Xiomara")
	stranger.send("/talk/"+string(talk.ID)+"/hold", holding{Tab: phonebank.NewID[string](midday), Take: true}).is(http.StatusForbidden)
	stranger.send("/talk/"+string(talk.ID)+"/hangup", struct{}{}).is(http.StatusForbidden)
	h.browser(h.boss).get("/people/"+string(other.ID)).is(http.StatusOK).says("Walt", "(212) 555-0112")
}

func TestPages_WordsOfOthersAreOnlyWords(t *testing.T) {
	h := newHouse(t)
	const nasty = `<script>alert(1)</script>"'&` + "\u202e"
	p := h.person("Eve "+`<img src=x onerror=alert(1)>`, "+12125550113")
	dana := h.user(nasty, phonebank.Volunteer)
	h.must(h.Store.SetStake(t.Context(), dana.ID, nasty, nasty))
	c := h.talk(dana, p)
	h.must(h.Store.KeepWord(t.Context(), p.ID, store.Word{Name: "problem", Value: nasty, Label: "this problem", At: midday}, c.ID, dana.ID))
	h.db.SQL().MustExec(`INSERT INTO messages (id, direction, state, person_id, phone_id, from_number, to_number, body, at) VALUES ('M1', 'in', 'received', $1, $2, '+12125550113', '+12125550100', $3, $4)`, p.ID, p.PhoneID, nasty, midday)
	h.db.SQL().MustExec(`UPDATE phones SET waiting_since = $2 WHERE id = $1`, p.PhoneID, midday)
	h.db.SQL().MustExec(`UPDATE people SET owner_id = $2 WHERE id = $1`, p.ID, dana.ID)
	for path, b := range map[string]*browser{"/room": h.browser(h.boss), "/people": h.browser(h.boss), "/people/" + string(p.ID): h.browser(h.boss), "/me": h.browser(dana), "/talk/" + string(c.ID): h.browser(dana)} {
		b.get(path).is(http.StatusOK).hides("<script>alert", "<img src=x")
	}
	h.browser(h.boss).get("/people/"+string(p.ID)).says("&lt;script&gt;alert(1)", `<q dir="auto">`)
	h.browser(h.boss).get("/people?q=" + `%3Cscript%3Ealert(1)`).is(http.StatusOK).hides("<script>alert")
}

func TestImport_SaysWhatItDidAndWhatToMend(t *testing.T) {
	h := newHouse(t)
	b := h.browser(h.boss)
	upload := func(csv string, fields ...string) reply {
		var body bytes.Buffer
		form := multipart.NewWriter(&body)
		for i := 0; i+1 < len(fields); i += 2 {
			h.must(form.WriteField(fields[i], fields[i+1]))
		}
		if csv != "" {
			file, err := form.CreateFormFile("file", "may.csv")
			h.must(err)
			_, err = file.Write([]byte(csv))
			h.must(err)
		}
		h.must(form.Close())
		return b.do(b.request(http.MethodPost, "/import", form.FormDataContentType(), &body))
	}
	b.get("/import").says("On whose word may these people be texted?", h.campaign.Name)
	upload("", "campaign", string(h.campaign.ID), "text_consent", "the block party").is(http.StatusUnprocessableEntity).says("Choose a CSV file", `value="the block party"`)
	upload("name,phone\nAna,212 555 0120\n", "campaign", "new", "new_name", "", "new_number", "212 555 0100").is(http.StatusUnprocessableEntity).says("Give the campaign a name")
	done := upload("name,phone,colour\nAna,212 555 0120,red\nAna,212 555 0120,red\n=1+1,12,blue\n,212 555 0121,\n", "campaign", "new", "new_name", "Spring", "new_number", "212 555 0100",
		"new_zone", "America/Chicago", "new_script", "heat-recruitment", "text_consent", "signed in at the party")
	done.is(http.StatusSeeOther)
	where := done.Header.Get("Location")
	b.get(where).is(http.StatusOK).says("may.csv", "Spring", "new people", "no phone number we can read", "There is no name", "Not used:", "colour", "Download them as CSV")
	csv := b.get(where+"/rejects.csv").is(http.StatusOK).says("line,reason,name,phone,colour", "'=1+1")
	if !strings.HasPrefix(csv.Header.Get("Content-Disposition"), "attachment") {
		t.Error("rows to mend are not a download")
	}
	if n := h.count(`SELECT count(*) FROM consents WHERE channel = 'text' AND source = 'signed in at the party'`); n != 1 {
		t.Errorf("%d consents for one usable person", n)
	}
	h.browser(h.user("Dana", phonebank.Volunteer)).get(where).is(http.StatusForbidden).hides("may.csv")
}

func TestPause_EveryPageSaysWhoAndWhen(t *testing.T) {
	h := newHouse(t)
	b, dana := h.browser(h.boss), h.browser(h.user("Dana", phonebank.Volunteer))
	b.get("/room").says("Pause everything").hides("Everything is paused")
	b.post("/pause").to("/room")
	b.post("/pause").to("/room")
	for _, path := range []string{"/room", "/sessions", "/sessions/new", "/people", "/people/add", "/import", "/follow-ups", "/campaigns", "/me", "/shift", "/shift/thanks"} {
		b.get(path).is(http.StatusOK).says("Everything is paused.", "Rosa", "2:00 pm", "Resume")
	}
	dana.get("/me").says("Everything is paused.", "Rosa", "2:00 pm").hides("Resume")
	dana.post("/resume").is(http.StatusForbidden)
	b.post("/resume").to("/room")
	b.get("/room").hides("Everything is paused")
}

func TestPause_CallKeepsTheCardAndSaysWhy(t *testing.T) {
	h := newHouse(t)
	p, dana := h.person("Xiomara Quiñones", "+12125550111"), h.user("Dana", phonebank.Volunteer)
	s, _ := h.session(phonebank.SessionOpen, true)
	shift, err := h.Store.KeepShift(t.Context(), s.ID, dana.ID, true, midday)
	h.must(err)
	h.db.SQL().MustExec(`UPDATE shifts SET state = 'reserved', person_id = $2, leg_joined = true WHERE id = $1`, shift.ID, p.ID)
	b := h.browser(dana)
	nonce := b.get("/shift").says("Xiomara Quiñones", "Call", "Someone else", "2:00 pm there").hides("555-0111", "5550111").nonce()
	h.browser(h.boss).post("/pause")
	b.post("/shift/call", "nonce", nonce).is(http.StatusServiceUnavailable).says("Rosa has paused all calls", "Xiomara Quiñones")
	h.browser(h.boss).post("/resume")
	b.post("/shift/call", "nonce", nonce).to("/shift")
	b.post("/shift/call", "nonce", nonce).to("/shift")
	if n := h.count(`SELECT count(*) FROM calls WHERE kind = 'outbound'`); n != 1 {
		t.Errorf("two presses made %d calls", n)
	}
	var talk string
	h.must(h.db.SQL().Get(&talk, `SELECT id FROM conversations`))
	b.get("/shift").to("/talk/" + talk)
	b.get("/talk/"+talk).is(http.StatusOK).says(`data-conversation="`+talk+`"`, "/static/"+h.version+"/talk/main.js")
}

func TestText_OneFormIsOneText(t *testing.T) {
	h := newHouse(t)
	p := h.person("Xiomara Quiñones", "+12125550111")
	b := h.browser(h.boss)
	page := "/people/" + string(p.ID)
	nonce := b.get(page).says("Text to", "Send").nonce()
	b.post(page+"/text", "nonce", nonce, "body", "See you Thursday").to(page + "#thread")
	b.post(page+"/text", "nonce", nonce, "body", "See you Thursday").to(page + "#thread")
	if n := h.count(`SELECT count(*) FROM outbox`); n != 1 {
		t.Errorf("one form made %d texts", n)
	}
	b.post(page+"/text", "nonce", phonebank.NewID[string](midday), "body", strings.Repeat("long ", 400)).is(http.StatusUnprocessableEntity).says("Make it two", "long long long")
	b.post(page+"/text", "nonce", "old", "body", "my words").is(http.StatusConflict).says("out of date", "my words")
}

func TestPromise_OneFormIsOnePromiseInTheirTime(t *testing.T) {
	h := newHouse(t)
	p := h.person("Xiomara Quiñones", "+12125550111")
	b := h.browser(h.boss)
	page := "/people/" + string(p.ID)
	b.post(page+"/follow-ups", "nonce", phonebank.NewID[string](midday), "channel", "text", "local", "2026-11-24T23:00", "promise", "Still on?").
		is(http.StatusUnprocessableEntity).says("outside calling hours", "2026-11-24T23:00", "Still on?")
	nonce := phonebank.NewID[string](midday)
	for range 2 {
		b.post(page+"/follow-ups", "nonce", nonce, "channel", "call", "local", "2026-11-24T18:30").to(page + "#promises")
	}
	if n := h.count(`SELECT count(*) FROM follow_ups WHERE due_at = '2026-11-24T23:30Z'`); n != 1 {
		t.Errorf("one form made %d promises", n)
	}
	b.get("/follow-ups").says("Xiomara Quiñones", "Tue Nov 24, 6:30 pm")
	var id string
	h.must(h.db.SQL().Get(&id, `SELECT id FROM follow_ups`))
	h.browser(h.user("Luis", phonebank.Volunteer)).post("/follow-ups/" + id + "/cancel").is(http.StatusNotFound)
	s, _ := h.session(phonebank.SessionPlanned, true)
	b.post("/follow-ups/wave", "session", string(s.ID)).is(http.StatusUnprocessableEntity).says("Tick at least one call")
	b.post("/follow-ups/wave", "session", string(s.ID), "tick", id).is(http.StatusOK).says("1 call is offered in that session now")
	b.post("/follow-ups/"+id+"/cancel", "back", "follow-ups").to("/follow-ups")
	b.get("/follow-ups").says("Nobody is due.")
}

func TestPerson_StopAndLiftAreKeptWithNames(t *testing.T) {
	h := newHouse(t)
	p, dana := h.person("Xiomara Quiñones", "+12125550111"), h.user("Dana", phonebank.Volunteer)
	h.talk(dana, p)
	b, page := h.browser(dana), "/people/"+string(p.ID)
	b.post(page+"/stop", "words", "please don't call").to(page)
	b.get(page).says("asked us to stop", "please don&#39;t call").hides("Text to <bdi>")
	b.post(page+"/reopen", "how", "she asked").is(http.StatusForbidden)
	boss := h.browser(h.boss)
	boss.post(page + "/reopen").is(http.StatusUnprocessableEntity).says("Say how they asked")
	boss.post(page+"/reopen", "how", "she rang me on Monday").to(page)
	boss.get(page).says("she rang me on Monday", "Text to")
	if n := h.count(`SELECT count(*) FROM journal WHERE event IN ('opt_out', 'opt_in') AND by_user <> ''`); n != 2 {
		t.Errorf("%d lines in the journal", n)
	}
}

func TestPerson_HoldIsRuledByACoordinator(t *testing.T) {
	h := newHouse(t)
	p := h.person("Walt Brandt", "+12125550112")
	hold := func() {
		h.must(h.Store.InTx(t.Context(), func(tx *store.Tx) error {
			_, err := tx.HoldPhone(t.Context(), p.PhoneID, "leave me alone at work", midday)
			return err
		}))
	}
	hold()
	b, page := h.browser(h.boss), "/people/"+string(p.ID)
	b.get("/room").says("Was it a no?", "Walt Brandt")
	b.get(page).says("Was this a no?", "leave me alone at work")
	b.post(page+"/rule", "was", "other", "why", "only at work; evenings are fine").to(page)
	b.get(page).hides("Was this a no?")
	hold()
	b.post("/threads/"+string(p.PhoneID)+"/rule", "was", "no").to("/inbox")
	b.get(page).says("asked us to stop", "leave me alone at work")
}

func TestThread_UnknownNumberGetsAName(t *testing.T) {
	h := newHouse(t)
	phone, err := h.Store.KeepPhone(t.Context(), "+12125550142", "", midday)
	h.must(err)
	h.db.SQL().MustExec(`INSERT INTO messages (id, direction, state, phone_id, from_number, to_number, body, at) VALUES ('M1', 'in', 'received', $1, '+12125550142', '+12125550100', 'who is this', $2)`, phone.ID, midday)
	h.db.SQL().MustExec(`UPDATE phones SET waiting_since = $2 WHERE id = $1`, phone.ID, midday)
	b := h.browser(h.boss)
	b.get("/room").says("(212) 555-0142", "who is this", "Unknown")
	b.get("/threads/"+string(phone.ID)).says("who is this", "Go on and answer")
	done := b.post("/threads/"+string(phone.ID)+"/person", "name", "Ofelia Reyes", "campaign", string(h.campaign.ID)).is(http.StatusSeeOther)
	b.get(done.Header.Get("Location")).says("Ofelia Reyes", "who is this", "waits for an answer")
}

func TestSession_LinkIsShownOnceAndCanBeRenewed(t *testing.T) {
	h := newHouse(t)
	b := h.browser(h.boss)
	nonce := b.get("/sessions/new").says("come to the tenants&#39; meeting", "No ask today, just to meet").nonce()
	b.post("/sessions", "nonce", nonce, "campaign", string(h.campaign.ID), "name", "Tuesday", "briefing", "be kind", "open", "1").is(http.StatusUnprocessableEntity).says("on purpose", "be kind")
	made := b.post("/sessions", "nonce", nonce, "campaign", string(h.campaign.ID), "name", "Tuesday", "ask-heat-recruitment", "none", "open", "1").is(http.StatusOK).says(h.server.URL+"/j/", "shown once")
	_, link, _ := strings.Cut(made.Body, `class="linkbox" href="`+h.server.URL)
	link, _, _ = strings.Cut(link, `"`)
	h.browser(phonebank.User{}).get(link).is(http.StatusOK).says("Tuesday")
	b.post("/sessions", "nonce", nonce, "campaign", string(h.campaign.ID), "name", "Tuesday", "ask-heat-recruitment", "none").to("/sessions/" + nonce)
	b.get("/sessions/" + nonce).is(http.StatusOK).hides("/j/")
	b.post("/sessions/" + nonce + "/renew").is(http.StatusOK).says("/j/").hides(link)
	h.browser(phonebank.User{}).get(link).is(http.StatusNotFound)
	b.get("/sessions/"+nonce+"/end").says("for everybody?", "0 unsent drafts")
	b.post("/sessions/" + nonce + "/end").to("/sessions/" + nonce)
	b.post("/sessions/" + nonce + "/end").is(http.StatusConflict).says("over already")
}

func TestSession_RemovedVolunteerIsOut(t *testing.T) {
	h := newHouse(t)
	_, token := h.session(phonebank.SessionOpen, true)
	b := h.browser(phonebank.User{})
	b.post("/j/"+token, "name", "Dana", "phone", "212 555 0190").to("/shift")
	var shift, session string
	h.must(h.db.SQL().QueryRow(`SELECT id, session_id FROM shifts`).Scan(&shift, &session))
	h.browser(h.boss).post("/shifts/"+shift+"/remove", "session", session).to("/sessions/" + session)
	b.get("/shift").is(http.StatusUnauthorized)
}

func TestTalk_StateHasWhatThePanelNeeds(t *testing.T) {
	h := newHouse(t)
	p, dana := h.person("Xiomara Quiñones", "+12125550111"), h.user("Dana", phonebank.Volunteer)
	h.must(h.Store.SetStake(t.Context(), dana.ID, "418 Alder, 2B", "my heat failed too"))
	before := h.talk(h.user("Luis", phonebank.Volunteer), p)
	h.must(h.Store.KeepWord(t.Context(), p.ID, store.Word{Name: "problem", Value: "the cold in the kids' room", Label: "this problem", At: midday.AddDate(0, 0, -70)}, before.ID, before.UserID))
	c := h.talk(dana, p)
	b, base := h.browser(dana), "/talk/"+string(c.ID)
	tab, other := phonebank.NewID[string](midday), phonebank.NewID[string](midday)
	b.send(base+"/hold", holding{Tab: tab}).is(http.StatusOK).says(`"holder":true`)
	b.send(base+"/hold", holding{Tab: other}).is(http.StatusOK).says(`"holder":false`)

	mark := func(tab, id, kind, data string) reply {
		return b.send(base+"/events", marked{Tab: tab, Events: []phonebank.Event{{ID: id, At: midday, Type: kind, Data: json.RawMessage(data)}}})
	}
	id := phonebank.NewID[string](midday)
	mark(tab, id, "note", `{"text":"two boys"}`).is(http.StatusOK).says(id)
	mark(tab, id, "note", `{"text":"two boys"}`).is(http.StatusOK).says(id)
	mark(other, phonebank.NewID[string](midday), "note", `{"text":"x"}`).is(http.StatusConflict).says("another tab")
	mark(tab, phonebank.NewID[string](midday), "hack", `{}`).is(http.StatusUnprocessableEntity)
	mark(tab, phonebank.NewID[string](midday), "note", `[]`).is(http.StatusUnprocessableEntity)
	mark(tab, "x", "note", `{}`).is(http.StatusUnprocessableEntity)
	mark(tab, phonebank.NewID[string](midday), "note", `{"text":"`+strings.Repeat("x", mostEventData)+`"}`).is(http.StatusUnprocessableEntity)
	if n := h.count(`SELECT count(*) FROM events`); n != 1 {
		t.Errorf("%d events are stored", n)
	}

	got := b.get(base + "/state?tab=" + tab).is(http.StatusOK)
	var state map[string]any
	h.must(json.Unmarshal([]byte(got.Body), &state))
	at := func(path string) any {
		var v any = state
		for _, key := range strings.Split(path, ".") {
			m, ok := v.(map[string]any)
			if !ok {
				return nil
			}
			v = m[key]
		}
		return v
	}
	for path, want := range map[string]any{
		"conversation.state": "open", "conversation.channel": "call", "holder": true, "person.first_name": "Xiomara", "person.number": "(•••) •••-0111",
		"person.time_there": "2:00 pm", "person.zone": "America/New_York", "person.text_allowed": true, "person.text_ok": false, "person.why": "Told Luis about the cold in the kids' room on Sep 14.",
		"volunteer.name": "Dana", "volunteer.stake": "my heat failed too", "call.state": "bridged", "call.direction": "outbound", "line.joined": true,
		"slots.problem.value": "the cold in the kids' room", "slots.problem.from": "history", "slots.problem.day": "Sep 14", "slots.your_stake.from": "volunteer",
		"builtins.last_contact_by": "Luis", "builtins.ask": "come to the tenants' meeting", "builtins.ask_when": "Thu Dec 3, 6:30 pm", "ask.id": "meeting", "ask.smaller": "sign",
		"wrap": nil, "paused": nil, "help": false, "our_number": "(212) 555-0100", "script.id": "heat-recruitment", "library.format": "pb.library/1",
	} {
		if at(path) != want {
			t.Errorf("%s is %v, want %v", path, at(path), want)
		}
	}
	for _, key := range []string{"history", "events", "org", "demo", "now"} {
		if _, ok := state[key]; !ok {
			t.Errorf("no %s in the state", key)
		}
	}
	boss := h.browser(h.boss)
	boss.get(base + "/state").is(http.StatusOK).says(`"holder":false`)
	boss.send(base+"/hold", holding{Tab: other, Take: true}).is(http.StatusOK).says(`"holder":false`)
	boss.send(base+"/hangup", struct{}{}).is(http.StatusForbidden)
}

func TestTalk_WrapRefusesWhatItDoesNotKnow(t *testing.T) {
	h := newHouse(t)
	p, dana := h.person("Xiomara Quiñones", "+12125550111"), h.user("Dana", phonebank.Volunteer)
	c := h.talk(dana, p)
	b := h.browser(dana)
	path, id := "/talk/"+string(c.ID)+"/wrap", phonebank.NewID[string](midday)
	odd := b.send(path, map[string]any{"id": id, "outcome": "connected", "surprise": 1}).is(http.StatusUnprocessableEntity)
	if odd.Header.Get("Content-Type") != "application/problem+json" {
		t.Errorf("an error of JSON comes as %s", odd.Header.Get("Content-Type"))
	}
	b.send(path, map[string]any{"id": id}).is(http.StatusUnprocessableEntity).says("Choose how it ended")
	h.db.SQL().MustExec(`UPDATE calls SET state = 'ended', result = 'answered', ended_at = $1`, midday)
	h.db.SQL().MustExec(`UPDATE shifts SET state = 'wrap_up'`)
	h.db.SQL().MustExec(`UPDATE conversations SET state = 'ended'`)
	b.get("/me").says("To wrap up", "Xiomara")
	for range 2 {
		b.send(path, map[string]any{"id": id, "outcome": "connected", "then": "break"}).is(http.StatusOK).says(`"next":"/shift"`)
	}
	b.get("/talk/" + string(c.ID) + "/state").says(`"outcome":"connected"`)
	b.get("/shift").is(http.StatusOK).says("Your phone is connected")
}

func TestLive_EachTopicIsForWhomItConcerns(t *testing.T) {
	h := newHouse(t)
	p, dana := h.person("Xiomara Quiñones", "+12125550111"), h.user("Dana", phonebank.Volunteer)
	other := h.person("Walt Brandt", "+12125550112")
	c := h.talk(dana, p)
	b, boss, nobody := h.browser(dana), h.browser(h.boss), h.browser(phonebank.User{})
	allowed := []string{"conversation:" + string(c.ID), "shift:" + string(c.ShiftID), "session:" + string(c.SessionID), "person:" + string(p.ID), "user:" + string(dana.ID)}
	denied := []string{"room", "calls", "due", "person:" + string(other.ID), "user:" + string(h.boss.ID), "conversation:" + phonebank.NewID[string](midday), "", "conversation:", "room:x"}
	for _, topic := range denied {
		b.get("/live?topics=" + topic).is(http.StatusForbidden)
		b.get("/live?topics=" + allowed[0] + "," + topic).is(http.StatusForbidden)
	}
	boss.get("/live?topics=calls").is(http.StatusForbidden)
	nobody.get("/live?topics=room").is(http.StatusUnauthorized)
	b.get("/live?topics=" + strings.Repeat("room,", 30)).is(http.StatusUnprocessableEntity)

	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	res, err := b.http.Do(b.request(http.MethodGet, "/live?topics="+strings.Join(allowed, ","), "", nil).WithContext(ctx))
	h.must(err)
	defer func() { _ = res.Body.Close() }()
	if kind := res.Header.Get("Content-Type"); kind != "text/event-stream" {
		t.Fatalf("the stream is %q", kind)
	}
	lines := bufio.NewScanner(res.Body)
	if !lines.Scan() || lines.Text() != "retry: 3000" {
		t.Fatalf("the stream begins with %q", lines.Text())
	}
	h.Live.Publish("person:"+string(other.ID), "person:"+string(p.ID))
	for lines.Scan() {
		if data, ok := strings.CutPrefix(lines.Text(), "data: "); ok {
			if data != "person:"+string(p.ID) {
				t.Errorf("the stream says %q", data)
			}
			break
		}
	}
	h.Close() // the server drains: streams end by themselves
	for lines.Scan() {
	}
	h.must(lines.Err())
}

func TestFragment_IsThePartOfThePage(t *testing.T) {
	h := newHouse(t)
	b := h.browser(h.boss)
	r := b.request(http.MethodGet, "/room", "", nil)
	r.Header.Set("X-Fragment", "1")
	b.do(r).is(http.StatusOK).says("Live board", "Needs you").hides("<html", "<head>")
}

func TestThanks_ListsUnsentDrafts(t *testing.T) {
	h := newHouse(t)
	p, dana := h.person("Xiomara Quiñones", "+12125550111"), h.user("Dana", phonebank.Volunteer)
	s, _ := h.session(phonebank.SessionOpen, true)
	_, err := h.Store.KeepShift(t.Context(), s.ID, dana.ID, true, midday)
	h.must(err)
	f, err := h.Diary.Promise(t.Context(), p.ID, dana.ID, phonebank.Wish{Channel: phonebank.ByText, Reason: phonebank.ReasonAsked, InMinutes: 1, Body: "See you Thursday?"})
	h.must(err)
	h.mu.Lock()
	h.at = midday.Add(2 * time.Minute)
	h.mu.Unlock()
	h.must(h.Diary.FallDue(t.Context(), f.ID, f.Generation))
	b := h.browser(dana)
	b.post("/shift/leave").to("/shift/thanks")
	b.get("/shift/thanks").says("Thank you", "1 text waits", "See you Thursday?")
	b.get("/me").says("Texts to send", "See you Thursday?")
	h.browser(h.boss).get("/sessions/"+string(s.ID)+"/end").says("1 unsent draft", "See you Thursday?")
	b.post("/follow-ups/"+string(f.ID)+"/send", "back", "me", "body", "See you Thursday at 6?").to("/me")
	if n := h.count(`SELECT count(*) FROM outbox WHERE body = 'See you Thursday at 6?' AND state <> 'held'`); n != 1 {
		t.Errorf("the draft did not go with its new words")
	}
}
