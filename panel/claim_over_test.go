package panel

import (
	"net/http"
	"testing"
	"time"

	"phonebank"
)

// A claim runs out under somebody's hands: every word they typed comes back, with who has it now.
func TestClaimOver_WhatSomebodyTypedComesBackWithWhoHasItNow(t *testing.T) {
	h := newHouse(t)
	xiomara, dana, luis, priya := h.person("Xiomara Quiñones", "+12125550111"), h.user("Dana", phonebank.Volunteer), h.user("Luis", phonebank.Volunteer), h.user("Priya", phonebank.Volunteer)
	h.owns(dana, xiomara)
	h.onShift(luis, true)
	h.onShift(priya, true)
	phone := h.cameIn("+12125550111", "is it still on Thursday?")
	b, page, claim := h.browser(luis), "/people/"+string(xiomara.ID), "/inbox/"+string(phone)+"/claim"
	text := func() reply {
		return b.post(page+"/text", "nonce", phonebank.NewID[string](h.now()), "body", "Yes! Thursday at 6:30.")
	}
	sent := func(want int) {
		t.Helper()
		if n := h.count(`SELECT count(*) FROM outbox`); n != want {
			t.Errorf("%d texts, want %d", n, want)
		}
	}
	// Nobody who never said that they'd answer learns anything by trying.
	text().is(http.StatusNotFound).hides("Xiomara", "Yes! Thursday")

	b.post(claim).to(page + "#thread")
	h.later(21 * time.Minute)
	text().is(http.StatusConflict).says("it went back to the pool: nobody has it now. Nothing was sent.", "Xiomara", "Yes! Thursday at 6:30.</textarea>", "I'll answer, with these words").
		hides("is it still on Thursday?", "Quiñones", "0111")
	b.post(page+"/follow-ups", "nonce", phonebank.NewID[string](h.now()), "channel", "text", "local", "2026-11-30T18:00", "promise", "I'll bring the flyer.").
		is(http.StatusConflict).says("bring the flyer.</textarea>", `name="local" value="2026-11-30T18:00"`)
	b.get(page).is(http.StatusNotFound)
	sent(0)

	// Taken again, the words stand in the composer; a person presses Send.
	b.post(claim, "body", "Yes! Thursday at 6:30.").is(http.StatusOK).says("It's yours again for 20 minutes.", "data-given>Yes! Thursday at 6:30.</textarea>", "is it still on Thursday?")
	sent(0)
	h.later(21 * time.Minute)

	// Somebody else was faster.
	h.browser(priya).post(claim).to(page + "#thread")
	text().is(http.StatusConflict).says("Priya is answering now. Nothing was sent.", "Yes! Thursday at 6:30.</textarea>", "Look again").hides("I'll answer, with these words")
	b.post(claim, "body", "Yes! Thursday at 6:30.").is(http.StatusConflict).says("Priya is answering now.", "Yes! Thursday at 6:30.</textarea>")
	b.reads("es")
	text().is(http.StatusConflict).says("ahora le contesta Priya", "Lo que escribiste").hides("Nothing was sent")
	b.reads("en")

	// It has been answered.
	nonce := phonebank.NewID[string](h.now())
	h.browser(priya).post(page+"/text", "nonce", nonce, "body", "See you there!").to("/inbox?done=answered")
	sent(1)
	text().is(http.StatusConflict).says("Xiomara waits no longer: somebody has answered", "Yes! Thursday at 6:30.</textarea>")
	// The second of two presses on one form is the first one's text.
	h.browser(priya).post(page+"/text", "nonce", nonce, "body", "See you there!").to("/inbox?done=answered")
	sent(1)
	// A day later nothing is known of it any more.
	h.later(24 * time.Hour)
	text().is(http.StatusNotFound).hides("Xiomara")
}

func TestClaimOver_TheNameOfAnUnknownNumberComesBackToo(t *testing.T) {
	h := newHouse(t)
	luis := h.user("Luis", phonebank.Volunteer)
	h.onShift(luis, true)
	phone := h.cameIn("+14155550142", "who is this")
	b, thread := h.browser(luis), "/threads/"+string(phone)
	b.post(thread+"/person", "name", "Ofelia Reyes").is(http.StatusNotFound)
	b.post("/inbox/" + string(phone) + "/claim").to(thread)
	h.later(21 * time.Minute)
	b.post(thread+"/person", "name", "Ofelia Reyes").is(http.StatusConflict).says("(•••) •••-0142", `value="Ofelia Reyes"`, "I'll answer, with these words").hides("who is this", "4155550142")
	b.post("/inbox/"+string(phone)+"/claim", "name", "Ofelia Reyes").is(http.StatusOK).says("who is this", `value="Ofelia Reyes"`, "It's yours again")
}
