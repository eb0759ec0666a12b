package panel

import (
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"phonebank"
)

func TestMine_PromisesDueTextsWaitingAndThePool(t *testing.T) {
	h := newHouse(t)
	dana := h.user("Dana", phonebank.Volunteer)
	b := h.browser(dana)
	b.get("/me").is(http.StatusOK).says("No promises due. Enjoy your evening.")

	xiomara, walt, ofelia := h.person("Xiomara Quiñones", "+12125550111"), h.person("Walt Brandt", "+12125550112"), h.person("Ofelia Reyes", "+12125550113")
	h.db.SQL().MustExec(`UPDATE people SET zone = 'America/Los_Angeles' WHERE id = $1`, walt.ID)
	for _, p := range []phonebank.Person{xiomara, walt} {
		h.owns(dana, p)
	}
	promise := func(p phonebank.Person, w phonebank.Wish) phonebank.FollowUp {
		f, err := h.Diary.Promise(t.Context(), p.ID, dana.ID, w)
		h.must(err)
		return f
	}
	promise(walt, phonebank.Wish{Channel: phonebank.ByCall, Reason: phonebank.ReasonScheduled, Local: "2026-11-23T14:00"})
	text := promise(xiomara, phonebank.Wish{Channel: phonebank.ByText, Reason: phonebank.ReasonAsked, InMinutes: 1, Body: "See you Thursday?"})
	promise(xiomara, phonebank.Wish{Channel: phonebank.ByCall, Reason: phonebank.ReasonScheduled, Local: "2026-12-03T18:30"})
	h.promisedTo(dana, xiomara, "bring two neighbors", 1, phonebank.CommitmentOpen)
	h.later(2 * time.Minute)
	h.must(h.Diary.FallDue(t.Context(), text.ID, 0))
	h.cameIn("+12125550111", "who do I ask for at the hall?")
	h.onShift(dana, true)
	h.cameIn("+12125550113", "hello?")

	page := b.get("/me").is(http.StatusOK).says("Promises due", "Walt Brandt", "Today, 2:00 pm there", "They asked to be called at this time.", "bring two neighbors", "Did it happen?", "Kept", "Moved",
		"Texts waiting on me", "who do I ask for at the hall?", "I'll answer", "Text with the script", "Texts to send", "See you Thursday?", "From the pool", "Ofelia", "(•••) •••-0113", "Coming up", "Thu Dec 3, 6:30 pm there").
		hides("Enjoy your evening", "hello?", "5550113", "Reyes")
	if i, j := strings.Index(page.Body, "Promises due"), strings.Index(page.Body, "From the pool"); i > j {
		t.Error("their own promises stand below the pool")
	}
	// One press, one text, with the words as they were changed.
	b.post("/follow-ups/"+string(text.ID)+"/send", "back", "me", "body", "See you on Thursday at 6:30?").to("/me")
	b.post("/follow-ups/"+string(text.ID)+"/send", "back", "me", "body", "See you on Thursday at 6:30?").to("/me")
	if n := h.count(`SELECT count(*) FROM outbox WHERE follow_up_id = $1 AND body = 'See you on Thursday at 6:30?'`, text.ID); n != 1 {
		t.Errorf("%d texts", n)
	}
	// What is taken from the pool is theirs until they let go, from this very page.
	phone, err := h.Store.Phone(t.Context(), ofelia.PhoneID)
	h.must(err)
	b.post("/inbox/"+string(phone.ID)+"/claim", "back", "me").to("/people/" + string(ofelia.ID) + "#thread")
	b.get("/me").says("hello?", "You said you'd answer.").hides("From the pool")
	b.post("/inbox/"+string(phone.ID)+"/let-go", "back", "me").to("/me")
	b.get("/me").says("From the pool")
	luis := h.user("Luis", phonebank.Volunteer)
	h.onShift(luis, true)
	h.must(h.Desk.Claim(t.Context(), phone.ID, luis, false))
	b.post("/inbox/"+string(phone.ID)+"/claim", "back", "me").is(http.StatusConflict).says("Luis is answering this already.", "Promises due")

	b.reads("es")
	b.get("/me").says("Promesas para hoy", "Mensajes por enviar", "¿Se hizo?").hides("Promises due", "waiting on me")
}

func TestMine_ShowsTheNearestAndSaysHowManyMore(t *testing.T) {
	h := newHouse(t)
	dana := h.user("Dana", phonebank.Volunteer)
	p := h.person("Xiomara Quiñones", "+12125550111")
	h.owns(dana, p)
	for i := range 53 {
		_, err := h.Diary.Promise(t.Context(), p.ID, dana.ID, phonebank.Wish{Channel: phonebank.ByCall, Reason: phonebank.ReasonScheduled, Local: fmt.Sprintf("2026-12-%02dT%02d:30", 1+i/4, 10+i%4)})
		h.must(err)
	}
	page := h.browser(dana).get("/me").says("3 more promises of yours are further away.", "No promises due. Enjoy your evening.")
	if n := strings.Count(page.Body, "there</span>"); n != 50 {
		t.Errorf("%d promises on the page", n)
	}
}
