package panel

import (
	"net/http"
	"testing"

	"phonebank"
)

// What was typed about a reading stands there again, on the page where it was typed, and the next press leads back to it.
func TestSuggestions_WhatWasTypedIsThereAgainAfterAnError(t *testing.T) {
	h, p, dana := agreedHouse(t)
	b := h.browser(dana)
	h.hears("+12125550111", "can't, call me Friday at 6")
	confirm := "/suggestions/" + h.one(`SELECT id FROM suggestions WHERE state = 'open'`) + "/confirm"
	b.post(confirm, "local", "2026-11-27T22:30", "back", "me").says("outside", "My people", `value="2026-11-27T22:30"`, `name="back" value="me"`)
	b.post(confirm, "local", "2026-11-27T22:30", "back", "inbox").says("outside", `value="2026-11-27T22:30"`, `name="back" value="inbox"`)
	b.post(confirm, "local", "2026-11-27T18:30", "back", "me").to("/me")
	b.get("/me").says("Your answer to their text.").hides("You promised these")
	b.get("/people/"+string(p.ID)).says("They asked to hear from us.", "taken off")
	h.hears("+12125550111", "can you call later?")
	ask := "/suggestions/" + h.one(`SELECT id FROM suggestions WHERE state = 'open' AND kind = 'ask'`) + "/confirm"
	b.post(ask, "nonce", "none", "body", "Sure. Is noon fine?", "back", "me").says("Sure. Is noon fine?", "My people")
}

func TestPromises_WhatWasTypedIsThereAgainAfterAnError(t *testing.T) {
	h, p, dana := agreedHouse(t)
	b := h.browser(dana)
	page := "/people/" + string(p.ID)
	after := h.one(`SELECT id FROM follow_ups WHERE reason = 'after_commitment'`)
	before := h.one(`SELECT id FROM follow_ups WHERE reason = 'before_commitment'`)
	c := h.commitment(p)
	b.post("/follow-ups/"+after+"/move", "local", "2026-12-04T23:30").says("outside", `value="2026-12-04T23:30"`)
	b.post("/follow-ups/"+before+"/move", "local", "2026-12-05T18:00").says("A reminder has to come before what they promised", "Thu Dec 3", `value="2026-12-05T18:00" max="2026-12-03T18:30"`)
	b.post("/commitments/"+c+"/settle", "how", "moved", "local", "2020-01-01T10:00").says("passed already", `value="2020-01-01T10:00"`)
	b.post("/commitments/"+c+"/settle", "how", "missed").is(http.StatusSeeOther)
	b.post("/commitments/"+c+"/talk", "nonce", phonebank.NewID[string](h.now()), "local", "2026-12-05T23:45").says("outside", `value="2026-12-05T23:45"`)
	b.get(page).says("taken off")
}
