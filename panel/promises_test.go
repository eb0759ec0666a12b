package panel

import (
	"fmt"
	"net/http"
	"testing"
	"time"

	"phonebank"
	"phonebank/texting"
)

// agreed is a house in which Xiomara promised Dana to come on Thursday Dec 3 at half past six, with its chain.
func agreedHouse(t *testing.T) (h *house, p phonebank.Person, dana phonebank.User) {
	h = newHouse(t)
	p, dana = h.person("Xiomara Quiñones", "+12125550111"), h.user("Dana", phonebank.Volunteer)
	h.wrap(dana, h.talk(dana, p), phonebank.Wrap{Outcome: phonebank.OutcomeCommitment, Answer: "clear_yes", Commitment: &phonebank.Agreed{What: "come to the tenants' meeting", By: "2026-12-03T18:30"},
		TextOK: &phonebank.TextOK{Words: "Can I text you a reminder at this number?"},
		FollowUps: []phonebank.Wish{{Channel: phonebank.ByText, Reason: phonebank.ReasonBefore, Local: "2026-12-02T18:00", Body: "Still good?"},
			{Channel: phonebank.ByText, Reason: phonebank.ReasonAfter, Local: "2026-12-04T18:00", Body: "How did it go?"}}})
	return h, p, dana
}

var textsIn int

func (h *house) hears(from, body string) {
	h.t.Helper()
	textsIn++
	h.must(h.Desk.Receive(h.t.Context(), texting.In{SID: fmt.Sprintf("SM%032d", textsIn), From: phonebank.Number(from), To: "+12125550100", Body: body, Zones: "America/New_York"}))
	h.must(h.Desk.WeighReplies(h.t.Context()))
}

func (h *house) one(query string, args ...any) (id string) {
	h.t.Helper()
	h.must(h.db.SQL().Get(&id, query, args...))
	return id
}

func TestPromises_TheChainStandsOnThePageWithItsTimesAndCanBeChanged(t *testing.T) {
	h, p, dana := agreedHouse(t)
	page := "/people/" + string(p.ID)
	b := h.browser(dana)
	b.get(page).says("They will", "come to the tenants", "Thu Dec 3, 6:30 pm", "We text", "Wed Dec 2, 6:00 pm", "Fri Dec 4, 6:00 pm", "goes by itself",
		"If nobody answers, you call: Sat Dec 5, 6:00 pm.", "Still good?", "How did it go?")
	after := h.one(`SELECT id FROM follow_ups WHERE reason = 'after_commitment'`)
	b.post("/follow-ups/"+after+"/words", "body", "So, how was it?").to(page + "#promises")
	b.post("/follow-ups/"+after+"/move", "local", "2026-12-05T11:00").to(page + "#promises")
	b.get(page).says("So, how was it?", "Sat Dec 5, 11:00 am", "If nobody answers, you call: Sun Dec 6, 11:00 am.").hides("How did it go?")
	b.post("/follow-ups/"+after+"/words", "body", "").is(http.StatusUnprocessableEntity).says("The text has no words yet.")
	b.post("/follow-ups/" + after + "/no-call").to(page + "#promises")
	b.get(page).hides("If nobody answers, you call")
	before := h.one(`SELECT id FROM follow_ups WHERE reason = 'before_commitment'`)
	b.post("/follow-ups/" + before + "/cancel").to(page + "#promises")
	if n := h.count(`SELECT count(*) FROM outbox WHERE follow_up_id = $1 AND state = 'cancelled'`, before); n != 1 {
		t.Error("its text was not taken back")
	}
	// Somebody else's volunteer may neither see nor change it.
	luis := h.browser(h.user("Luis", phonebank.Volunteer))
	luis.get(page).is(http.StatusNotFound)
	for _, path := range []string{"/follow-ups/" + after + "/words", "/follow-ups/" + after + "/no-call", "/commitments/" + h.commitment(p) + "/settle", "/commitments/" + h.commitment(p) + "/talk"} {
		luis.post(path, "how", "kept", "body", "x").is(http.StatusNotFound)
	}
}

func TestPromises_AMoveAsksForItsTimeAndTakesTheChainAlong(t *testing.T) {
	h, p, dana := agreedHouse(t)
	page, c := "/people/"+string(p.ID), h.commitment(p)
	b := h.browser(dana)
	b.post("/commitments/"+c+"/settle", "how", "moved", "back", "me").to(page + "?move=" + c + "#c-" + c)
	b.get(page+"?move="+c).says("To when, as it is there", "Move it, with what follows", "<details open>")
	b.post("/commitments/"+c+"/settle", "how", "moved", "local", "2026-11-01T18:00").says("That has passed already")
	b.post("/commitments/"+c+"/settle", "how", "moved", "local", "2026-12-10T19:00").to(page + "#promises")
	b.get(page).says("Thu Dec 10, 7:00 pm", "Wed Dec 9, 6:00 pm", "Fri Dec 11, 6:00 pm", "It moved to another day.")
}

func TestPromises_MissedOffersATalkAndTwiceStopsTextsUntilACoordinatorLiftsIt(t *testing.T) {
	h, p, dana := agreedHouse(t)
	page, c := "/people/"+string(p.ID), h.commitment(p)
	b, boss := h.browser(dana), h.browser(h.boss)
	h.later(11 * 24 * time.Hour)
	b.get(page).says("Did it happen?")
	b.post("/commitments/"+c+"/settle", "how", "missed", "back", "me").to(page + "#c-" + c)
	b.get(page).says("Don't ask the same again", "Plan a talk").hides("Texts go by hand")
	nonce := phonebank.NewID[string](h.now())
	for range 2 {
		b.post("/commitments/"+c+"/talk", "nonce", nonce, "local", "2026-12-05T18:00").to(page + "#promises")
	}
	if n := h.count(`SELECT count(*) FROM follow_ups WHERE reason = 'maintenance' AND channel = 'call' AND owner_id = $1 AND state = 'planned'`, dana.ID); n != 1 {
		t.Errorf("%d talks are planned", n)
	}
	b.get(page).says("A friendly check-in is due.").hides("Plan a talk")
	h.wrap(dana, h.talk(dana, p), phonebank.Wrap{Outcome: phonebank.OutcomeCommitment, Commitment: &phonebank.Agreed{What: "call two neighbors", By: "2026-12-08T18:00"}})
	b.post("/commitments/"+h.commitment(p)+"/settle", "how", "missed").is(http.StatusSeeOther)
	b.get(page).says("Texts go by hand.", "Two promises in a row did not happen").hides("by themselves again")
	b.post(page + "/lift").is(http.StatusForbidden)
	boss.get(page).says("Let agreed texts go by themselves again")
	boss.post(page + "/lift").to(page + "#promises")
	boss.get(page).hides("Texts go by hand.")
}

func TestSuggestions_APersonConfirmsOnThePageAndTheTextBackWaitsForAPress(t *testing.T) {
	h, p, dana := agreedHouse(t)
	page := "/people/" + string(p.ID)
	b := h.browser(dana)
	h.hears("+12125550111", "can't, call me Friday at 6")
	id := h.one(`SELECT id FROM suggestions WHERE state = 'open'`)
	b.get(page).says("can&#39;t, call me Friday at 6", "It seems that it won", "Fri Nov 27, 6:00 pm, their time", "Take off what is still to follow", `value="2026-11-27T18:00"`)
	luis := h.browser(h.user("Luis", phonebank.Volunteer))
	luis.post("/suggestions/" + id + "/confirm").is(http.StatusNotFound)
	luis.post("/suggestions/" + id + "/dismiss").is(http.StatusNotFound)
	b.post("/suggestions/"+id+"/confirm", "local", "2026-11-27T22:00").says("outside")
	b.post("/suggestions/"+id+"/confirm", "local", "2026-11-27T18:00").to(page + "#promises")
	b.get(page).says("Fri Nov 27, 6 pm it is. I&#39;ll call you then!", "waits for a press", "They can&#39;t, and asked for a call.").hides("It seems")
	if n := h.count(`SELECT count(*) FROM outbox WHERE state <> 'held' AND state <> 'cancelled'`); n != 0 {
		t.Errorf("%d texts went by themselves", n)
	}
}

func TestSuggestions_WhatIsUnclearIsAskedInWordsAPersonSends(t *testing.T) {
	h, p, dana := agreedHouse(t)
	page := "/people/" + string(p.ID)
	b := h.browser(dana)
	h.hears("+12125550111", "can you call later?")
	id := h.one(`SELECT id FROM suggestions WHERE state = 'open'`)
	b.get(page).says("Ask which day and what time", "Which day and what time suit you?")
	b.post("/suggestions/"+id+"/confirm", "nonce", phonebank.NewID[string](h.now()), "body", "Sure. When suits you?").is(http.StatusSeeOther)
	if n := h.count(`SELECT count(*) FROM outbox WHERE body = 'Sure. When suits you?'`); n != 1 {
		t.Errorf("%d texts", n)
	}
	b.get(page).hides("Ask which day and what time")
	h.hears("+12125550111", "tomorrow at 6")
	b.post("/suggestions/"+h.one(`SELECT id FROM suggestions WHERE state = 'open'`)+"/dismiss", "back", "me").to("/me")
	if n := h.count(`SELECT count(*) FROM follow_ups WHERE channel = 'call'`); n != 0 {
		t.Error("a dismissed time was planned")
	}
}
