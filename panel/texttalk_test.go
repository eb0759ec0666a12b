package panel

import (
	"encoding/json"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"phonebank"
	"phonebank/texting"
)

// textTalk begins a talk by text from a person's page, and answers with its address and the id of its tab.
func (h *house) textTalk(b *browser, p phonebank.Person) (talk, tab string) {
	h.t.Helper()
	r := b.post("/people/" + string(p.ID) + "/talk")
	if r.Status != http.StatusSeeOther || !strings.HasPrefix(r.Header.Get("Location"), "/talk/") {
		h.t.Fatalf("status %d to %q:\n%s", r.Status, r.Header.Get("Location"), visible(r.Body))
	}
	tab = phonebank.NewID[string](midday)
	b.send(r.Header.Get("Location")+"/hold", holding{Tab: tab}).is(http.StatusOK)
	return r.Header.Get("Location"), tab
}

func (r reply) thread() (state threadState) {
	r.t.Helper()
	if err := json.Unmarshal([]byte(r.Body), &state); err != nil {
		r.t.Fatalf("status %d: %v\n%s", r.Status, err, r.Body)
	}
	return state
}

// writes lets a person text us.
func (h *house) writes(sid string, number phonebank.Number, body string) {
	h.t.Helper()
	h.must(h.Desk.Receive(h.t.Context(), texting.In{SID: sid, From: number, To: h.campaign.Number, Body: body, Zones: "America/New_York"}))
}

func TestTextTalk_OnePressIsOneText(t *testing.T) {
	h := newHouse(t)
	p := h.person("Xiomara Quiñones", "+12125550111")
	b := h.browser(h.boss)
	talk, tab := h.textTalk(b, p)
	again, _ := h.textTalk(b, p)
	if again != talk {
		t.Errorf("a second press began %s beside %s", again, talk)
	}
	state := b.get(talk + "/thread").is(http.StatusOK).thread()
	if !state.First || len(state.Texts) != 0 || !phonebank.ValidID(state.Draft) {
		t.Fatalf("%+v", state)
	}
	press := pressedText{Tab: tab, ID: state.Draft, Body: "Hi Xiomara, it’s Rosa. (Reply STOP to opt out)"}
	var all sync.WaitGroup
	for range 20 {
		all.Go(func() { b.send(talk+"/text", press).is(http.StatusOK) })
	}
	all.Wait()
	if n := h.count(`SELECT count(*) FROM outbox WHERE conversation_id = $1`, strings.TrimPrefix(talk, "/talk/")); n != 1 {
		t.Fatalf("%d texts of one press, twenty times", n)
	}
	after := b.get(talk + "/thread").thread()
	if len(after.Texts) != 1 || after.Texts[0].Body != "Hi Xiomara, it's Rosa. (Reply STOP to opt out)" || !after.Texts[0].ByHand || after.First || after.Draft == state.Draft {
		t.Errorf("%+v", after)
	}
	// A second tab that has not seen the first text means the same press; with other words it is told, and nothing is lost.
	b.send(talk+"/text", pressedText{Tab: tab, ID: state.Draft, Body: "Something else"}).is(http.StatusConflict).says("Another text has just gone out")
	b.send(talk+"/text", pressedText{Tab: tab, ID: phonebank.NewID[string](midday), Body: "Hello?"}).is(http.StatusConflict).says("This thread has moved on")
	if n := h.count(`SELECT count(*) FROM outbox`); n != 1 {
		t.Errorf("%d texts", n)
	}
	b.send(talk+"/text", pressedText{Tab: tab, ID: after.Draft, Body: "Is now good?"}).is(http.StatusOK)
	if n := h.count(`SELECT count(*) FROM outbox`); n != 2 {
		t.Errorf("%d texts after a second press", n)
	}
}

func TestTextTalk_OnlyTheTabThatHoldsTheTalkSends(t *testing.T) {
	h := newHouse(t)
	p := h.person("Xiomara Quiñones", "+12125550111")
	b := h.browser(h.boss)
	talk, tab := h.textTalk(b, p)
	draft := b.get(talk + "/thread").thread().Draft
	other := phonebank.NewID[string](midday)
	b.send(talk+"/text", pressedText{Tab: other, ID: draft, Body: "Hello"}).is(http.StatusConflict).says("open in another tab")
	b.send(talk+"/hold", holding{Tab: other, Take: true}).is(http.StatusOK)
	b.send(talk+"/text", pressedText{Tab: tab, ID: draft, Body: "Hello"}).is(http.StatusConflict)
	b.send(talk+"/text", pressedText{Tab: other, ID: draft, Body: "Hello"}).is(http.StatusOK)
	if n := h.count(`SELECT count(*) FROM outbox`); n != 1 {
		t.Errorf("%d texts", n)
	}
}

func TestTextTalk_ATextWithAGapIsRefusedHereToo(t *testing.T) {
	h := newHouse(t)
	p := h.person("Xiomara Quiñones", "+12125550111")
	b := h.browser(h.boss)
	talk, tab := h.textTalk(b, p)
	draft := b.get(talk + "/thread").thread().Draft
	for _, body := range []string{"So you want ___ to change?", "So you want {problem} to change?", "So you want {problem|this} to change?"} {
		b.send(talk+"/text", pressedText{Tab: tab, ID: draft, Body: body}).is(http.StatusUnprocessableEntity).says("A word is still missing")
	}
	b.send(talk+"/text", pressedText{Tab: tab, ID: draft, Body: "  "}).is(http.StatusUnprocessableEntity).says("nothing to send")
	if n := h.count(`SELECT count(*) FROM outbox`); n != 0 {
		t.Errorf("%d texts", n)
	}
}

func TestTextTalk_AStopBetweenTypingAndSendingIsRespectedInWords(t *testing.T) {
	h := newHouse(t)
	p := h.person("Xiomara Quiñones", "+12125550111")
	b := h.browser(h.boss)
	talk, tab := h.textTalk(b, p)
	draft := b.get(talk + "/thread").thread().Draft
	h.writes("SM1", "+12125550111", "stop")
	b.send(talk+"/text", pressedText{Tab: tab, ID: draft, Body: "Hello"}).is(http.StatusForbidden).says("Xiomara asked us to stop")
	state := b.get(talk + "/thread").thread()
	if !strings.Contains(state.WhyNot, "Xiomara asked us to stop") || len(state.Texts) != 1 || !state.Texts[0].Theirs {
		t.Errorf("%+v", state)
	}
	// It is wrapped up all the same, and then nothing more is sent from it.
	b.send(talk+"/wrap", phonebank.Wrap{ID: phonebank.NewID[string](midday), Outcome: phonebank.OutcomeOptOut, Then: "next"}).is(http.StatusOK).says(`"/me"`)
	b.send(talk+"/text", pressedText{Tab: tab, ID: draft, Body: "Hello"}).is(http.StatusConflict).says("wrapped up already")
}

func TestTextTalk_WhatIsInFrontOfSomebodyIsRead(t *testing.T) {
	h := newHouse(t)
	p := h.person("Xiomara Quiñones", "+12125550111")
	b := h.browser(h.boss)
	talk, _ := h.textTalk(b, p)
	h.writes("SM1", "+12125550111", "its freezing")
	unread := `SELECT count(*) FROM messages WHERE seen_at IS NULL`
	if b.get(talk + "/thread").is(http.StatusOK); h.count(unread) != 1 {
		t.Error("a page in the background has read it")
	}
	state := b.get(talk + "/thread?seen").thread()
	if h.count(unread) != 0 || state.LastReply == nil || state.Texts[0].Body != "its freezing" {
		t.Errorf("%+v", state)
	}
	b.get("/talk/" + strings.TrimPrefix(talk, "/talk/") + "/state").is(http.StatusOK).hides("its freezing") // it stands in the thread, not in what was before
}

func TestTextTalk_WhoElseWaitsIsListedWithTheWayThere(t *testing.T) {
	h := newHouse(t)
	xiomara, walt, ofelia := h.person("Xiomara Quiñones", "+12125550111"), h.person("Walt Brandt", "+12125550112"), h.person("Ofelia Reyes", "+12125550113")
	dana := h.user("Dana", phonebank.Volunteer)
	h.db.SQL().MustExec(`UPDATE people SET owner_id = $1`, dana.ID)
	b := h.browser(dana)
	talk, _ := h.textTalk(b, xiomara)
	other, _ := h.textTalk(b, ofelia)
	h.writes("SM1", "+12125550112", "who is this")
	h.writes("SM2", "+12125550113", "can you call?")
	list := b.get(talk + "/thread").thread().Waiting
	if len(list) != 2 || list[0].Link != "/people/"+string(walt.ID)+"#thread" || list[1].Link != other {
		t.Errorf("%+v", list)
	}
	b.get("/me").is(http.StatusOK).says("Text with the script", "Talks by text", talk, other)
}

func TestTextTalk_SomebodyElsesIsNamedAndACoordinatorTakesItOver(t *testing.T) {
	h := newHouse(t)
	p := h.person("Xiomara Quiñones", "+12125550111")
	dana, luis := h.user("Dana", phonebank.Volunteer), h.user("Luis", phonebank.Volunteer)
	h.browser(luis).post("/people/" + string(p.ID) + "/talk").is(http.StatusNotFound).hides("Xiomara")
	h.db.SQL().MustExec(`UPDATE people SET owner_id = $1`, dana.ID)
	talk, tab := h.textTalk(h.browser(dana), p)
	boss := h.browser(h.boss)
	boss.get("/people/"+string(p.ID)).says("Take over the talk by text from", "Dana")
	boss.post("/people/" + string(p.ID) + "/talk").is(http.StatusConflict).says("Dana is texting with Xiomara already")
	boss.post("/people/"+string(p.ID)+"/talk", "take", "1").to(talk)
	h.browser(dana).send(talk+"/text", pressedText{Tab: tab, ID: tab, Body: "Hello"}).is(http.StatusForbidden)
}

func TestTextTalk_CallInsteadSaysWhatIsMissing(t *testing.T) {
	h := newHouse(t)
	p := h.person("Xiomara Quiñones", "+12125550111")
	b := h.browser(h.boss)
	talk, _ := h.textTalk(b, p)
	b.send(talk+"/call", struct{}{}).is(http.StatusConflict).says("join an open session first")
	if got := callWords("en", phonebank.Call{State: phonebank.CallEnded, Result: phonebank.ResultNoAnswer}, "Xiomara"); got != "You called. Xiomara didn't pick up." {
		t.Error(got)
	}
}

func TestTextTalk_SpeaksSpanish(t *testing.T) {
	h := newHouse(t)
	p := h.person("Xiomara Quiñones", "+12125550111")
	b := h.browser(h.boss)
	b.post("/language", "language", "es", "back", "/me").to("/me")
	talk, tab := h.textTalk(b, p)
	b.send(talk+"/text", pressedText{Tab: tab, ID: tab, Body: "Hola"}).is(http.StatusConflict).hides("moved on")
	h.mu.Lock()
	h.at = h.at.Add(10 * time.Hour)
	h.mu.Unlock()
	if why := b.get(talk + "/thread").thread().WhyNot; why == "" || strings.Contains(why, "where") {
		t.Errorf("outside of hours: %q", why)
	}
}

func TestTextTalk_SaysThatWhatCameInIsBeingFetched(t *testing.T) {
	h := newHouse(t)
	p := h.person("Xiomara Quiñones", "+12125550111")
	b := h.browser(h.boss)
	talk, tab := h.textTalk(b, p)
	state := func() (words string) {
		var in struct {
			Fetching string `json:"fetching"`
		}
		h.must(json.Unmarshal([]byte(b.get(talk+"/state").is(http.StatusOK).Body), &in))
		return in.Fetching
	}
	if got := b.get(talk+"/thread").thread().Fetching + state(); got != "" {
		t.Fatalf("everything is fetched, and they read %q", got)
	}
	h.db.SQL().MustExec(`UPDATE watermark SET fetched_through = 'epoch'`)
	const words = "We are fetching what came in while we were away. One moment."
	now := b.get(talk + "/thread").thread()
	if now.Fetching != words || state() != words {
		t.Errorf("%q, %q", now.Fetching, state())
	}
	b.get("/people/" + string(p.ID)).says("A text that you send now goes by itself right after.")
	// A press counts all the same: its text waits, once.
	after := b.send(talk+"/text", pressedText{Tab: tab, ID: now.Draft, Body: "Is Thursday good?"}).is(http.StatusOK).thread()
	if len(after.Texts) != 1 || after.Texts[0].Note != "goes by itself in a moment" || after.Texts[0].Body != "Is Thursday good?" || !after.Texts[0].ByHand || after.First || after.Draft == now.Draft || after.Fetching != words {
		t.Errorf("%+v", after)
	}
	b.reads("es")
	if got := b.get(talk + "/thread").thread().Fetching; got != "Estamos trayendo lo que llegó mientras no estábamos. Un momento." {
		t.Errorf("%q", got)
	}
	if n := h.count(`SELECT count(*) FROM outbox WHERE state = 'ready'`); n != 1 {
		t.Errorf("%d texts wait", n)
	}
	// A pause is said in its own words, by whoever pressed it.
	b.post("/pause")
	if got := b.get(talk + "/thread").thread().Fetching; got != "" {
		t.Errorf("paused, and they read %q", got)
	}
}
