package panel

import (
	"encoding/json"
	"net/http"
	"testing"
	"time"

	"phonebank"
)

// mark sends one mark of a talk as its volunteer's browser does.
func (b *browser) mark(talk phonebank.ConversationID, kind, data string) reply {
	b.t.Helper()
	tab := phonebank.NewID[string](midday)
	b.send("/talk/"+string(talk)+"/hold", map[string]any{"tab": tab, "take": true}).is(http.StatusOK)
	return b.send("/talk/"+string(talk)+"/events", map[string]any{"tab": tab, "events": []phonebank.Event{{ID: phonebank.NewID[string](midday), At: midday, Type: kind, Data: json.RawMessage(data)}}})
}

// wrapUp saves a wrap-up as its volunteer's browser does.
func (b *browser) wrapUp(talk phonebank.ConversationID, w phonebank.Wrap) reply {
	b.t.Helper()
	w.ID = phonebank.NewID[string](midday)
	return b.send("/talk/"+string(talk)+"/wrap", w)
}

func TestRetaliation_ACoordinatorSeesItAtOnceAndWorksThroughThePlan(t *testing.T) {
	h := newHouse(t)
	dana, xio := h.user("Dana", phonebank.Volunteer), h.person("Xiomara Quiñones", "+12125550111")
	talk := h.talk(dana, xio)
	h.browser(dana).mark(talk.ID, "retaliation", `{"words":"he said he'd raise my rent"}`).is(http.StatusOK)
	boss := h.browser(h.boss)
	boss.get("/room").says("Retaliation", "Xiomara Quiñones", "he said he'd raise my rent", "Dana heard it")
	open, err := h.Store.OpenRetaliations(t.Context())
	h.must(err)
	page := "/retaliations/" + string(open[0].ID)
	boss.get(page).is(http.StatusOK).says("he said he'd raise my rent", "Are they safe now?", "7 points are open")
	boss.post(page+"/plan", "point", "safe_now", "words", "Yes, at her sister's", "done", "yes").to(page + "#safe_now")
	boss.post(page+"/plan", "point", "legal_clinic", "words", "Tuesday at 4", "done", "no").to(page + "#legal_clinic")
	boss.get(page).says("Yes, at her sister's", "Tuesday at 4", "6 points are open")
	boss.post(page+"/plan", "point", "no_such_point").is(http.StatusUnprocessableEntity).says("The plan has no such point.")
	boss.post(page+"/close", "note", "").is(http.StatusUnprocessableEntity).says("Write one sentence on how it stands")
	boss.post(page+"/close", "note", "The clinic wrote to him; he took it back.").to(page)
	boss.get(page).says("Closed by Rosa", "he took it back", "Yes, at her sister's")
	boss.get("/room").hides("raise my rent")
	if n := h.count(`SELECT count(*) FROM follow_ups WHERE reason = 'retaliation' AND state = 'done'`); n != 1 {
		t.Errorf("%d of its follow-ups are done", n)
	}
	boss.post(page+"/plan", "point", "safe_now", "done", "no").is(http.StatusConflict)
	boss.post(page + "/reopen").to(page)
	boss.get("/room").says("he said he'd raise my rent")
	h.browser(dana).get(page).is(http.StatusForbidden)
}

func TestUndo_IsOfferedForTenMinutesAndLeadsBackToTheWrapUp(t *testing.T) {
	h := newHouse(t)
	dana, xio := h.user("Dana", phonebank.Volunteer), h.person("Xiomara Quiñones", "+12125550111")
	talk := h.talk(dana, xio)
	b := h.browser(dana)
	b.wrapUp(talk.ID, phonebank.Wrap{Outcome: phonebank.OutcomeConnected, Note: "two boys"}).is(http.StatusOK).says("/shift")
	var state talkState
	read := func() {
		t.Helper()
		state = talkState{}
		h.must(json.Unmarshal([]byte(b.get("/talk/"+string(talk.ID)+"/state").is(http.StatusOK).Body), &state))
	}
	read()
	if state.UndoUntil == nil || !state.UndoUntil.Equal(midday.Add(phonebank.UndoFor)) || len(state.Wrap) == 0 {
		t.Fatalf("it can be undone until %v, wrapped up as %s", state.UndoUntil, state.Wrap)
	}
	h.browser(h.boss).post("/talk/" + string(talk.ID) + "/undo").is(http.StatusForbidden)
	b.post("/talk/" + string(talk.ID) + "/undo").to("/talk/" + string(talk.ID))
	read()
	if state.Conversation.State != phonebank.ConversationEnded || state.UndoUntil != nil || string(state.Wrap) != "null" && len(state.Wrap) != 0 {
		t.Errorf("after it was undone: %s %v %s", state.Conversation.State, state.UndoUntil, state.Wrap)
	}
	var was phonebank.Wrap
	h.must(json.Unmarshal(state.Undone, &was))
	if was.Note != "two boys" {
		t.Errorf("the wrap-up that was taken back is there to be mended: %+v", was)
	}
	b.wrapUp(talk.ID, phonebank.Wrap{Outcome: phonebank.OutcomeConnected}).is(http.StatusOK)
	h.mu.Lock()
	h.at = h.at.Add(phonebank.UndoFor + time.Minute)
	h.mu.Unlock()
	b.post("/talk/" + string(talk.ID) + "/undo").is(http.StatusConflict).says("can be undone for 10 minutes")
}

func TestCare_AHardTalkAsksACoordinatorToLookIn(t *testing.T) {
	h := newHouse(t)
	dana, xio := h.user("Dana", phonebank.Volunteer), h.person("Xiomara Quiñones", "+12125550111")
	talk := h.talk(dana, xio)
	h.browser(dana).wrapUp(talk.ID, phonebank.Wrap{Outcome: phonebank.OutcomeConnected, Feeling: phonebank.FeelingHard, Then: "break"}).is(http.StatusOK)
	boss := h.browser(h.boss)
	boss.get("/room").says("Care", "Dana", "That was hard")
	boss.post("/talk/" + string(talk.ID) + "/cared").to("/room")
	boss.get("/room").hides("That was hard")
	h.browser(dana).post("/talk/" + string(talk.ID) + "/cared").is(http.StatusForbidden)
}

func TestOwnLine_ComesBackInTheNextTalkByTheSameScript(t *testing.T) {
	h := newHouse(t)
	dana := h.user("Dana", phonebank.Volunteer)
	first := h.talk(dana, h.person("Xiomara Quiñones", "+12125550111"))
	b := h.browser(dana)
	b.mark(first.ID, "own_line", `{"step":"stake","id":"open","locale":"en","text":"So how's this winter treating you?"}`).is(http.StatusOK)
	second := h.talk(dana, h.person("Marcus Tolliver", "+12125550112"))
	b.get("/talk/" + string(second.ID) + "/state").says(`"own":[{"step":"stake","id":"open","locale":"en","text":"So how's this winter treating you?"}]`)
	luis := h.user("Luis", phonebank.Volunteer)
	third := h.talk(luis, h.person("Ofelia Reyes", "+12125550113"))
	h.browser(luis).get("/talk/" + string(third.ID) + "/state").hides("treating you")
}

func TestLog_ATalkFaceToFaceIsBegunOnTheDayItWas(t *testing.T) {
	h := newHouse(t)
	dana, xio := h.user("Dana", phonebank.Volunteer), h.person("Xiomara Quiñones", "+12125550111")
	h.db.SQL().MustExec(`UPDATE people SET owner_id = $1 WHERE id = $2`, dana.ID, xio.ID)
	b, log := h.browser(dana), "/people/"+string(xio.ID)+"/log"
	for _, c := range []struct{ when, day, want string }{
		{"today", "", "2026-11-23"},
		{"yesterday", "", "2026-11-22"},
		{"other", "2026-11-14", "2026-11-14"},
	} {
		got := b.post(log, "when", c.when, "day", c.day).is(http.StatusSeeOther)
		var day string
		h.must(h.db.SQL().Get(&day, `SELECT to_char(started_at AT TIME ZONE 'America/New_York', 'YYYY-MM-DD') FROM conversations WHERE channel = 'in_person' AND '/talk/' || id = $1`, got.Header.Get("Location")))
		if day != c.want {
			t.Errorf("%s %s: the talk is kept on %s, want %s", c.when, c.day, day, c.want)
		}
		b.get(got.Header.Get("Location")+"/state").is(http.StatusOK).says(`"channel":"in_person"`, `"call":null`)
	}
	b.post(log, "when", "other", "day", "2026-11-25").is(http.StatusUnprocessableEntity)
	b.post(log, "when", "other", "day", "last week").is(http.StatusUnprocessableEntity)
	h.browser(h.user("Luis", phonebank.Volunteer)).post(log, "when", "today").is(http.StatusNotFound)
}

func TestNote_TheAuthorAndACoordinatorMayChangeIt(t *testing.T) {
	h := newHouse(t)
	dana, xio := h.user("Dana", phonebank.Volunteer), h.person("Xiomara Quiñones", "+12125550111")
	talk := h.talk(dana, xio)
	b, note := h.browser(dana), "/talk/"+string(talk.ID)+"/note"
	b.wrapUp(talk.ID, phonebank.Wrap{Outcome: phonebank.OutcomeConnected, Note: "her brother drinks"}).is(http.StatusOK)
	there := "/people/" + string(xio.ID) + "#talk-" + string(talk.ID)
	b.post(note, "text", "two boys, 4 and 7").to(there)
	h.browser(h.boss).post(note, "delete", "yes").to(there)
	h.browser(h.user("Luis", phonebank.Volunteer)).post(note, "text", "mine now").is(http.StatusForbidden)
	if n := h.count(`SELECT count(*) FROM conversations WHERE wrap ->> 'note' = ''`); n != 1 {
		t.Errorf("%d notes are gone", n)
	}
}

func TestTalkState_SpeaksTheVolunteersLanguage(t *testing.T) {
	h := newHouse(t)
	dana, xio := h.user("Dana", phonebank.Volunteer), h.person("Xiomara Quiñones", "+12125550111")
	h.must(h.Store.SetUserLocale(t.Context(), dana.ID, "es"))
	talk := h.talk(dana, xio)
	b := h.browser(dana)
	b.get("/talk/"+string(talk.ID)).says(`<html lang="es">`, "Ir a lo que vas a decir")
	b.get("/talk/"+string(talk.ID)+"/state").says("Tu teléfono está conectado", "Es la primera conversación", `"time_there":"14:00"`)
}
