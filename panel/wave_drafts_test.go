package panel

import (
	"net/http"
	"strings"
	"sync"
	"testing"

	"phonebank"
)

// A wave of texts to people nobody knows reaches them: somebody in an open session takes a few, or a coordinator gives them.
func TestWaveDrafts_ThatNobodyHasAreTakenByWhoeverIsThere(t *testing.T) {
	h := newHouse(t)
	h.neighbors()
	boss := h.browser(h.boss)
	page := boss.post("/waves", "nonce", boss.get("/waves/new").nonce(), "campaign", string(h.campaign.ID), "do", "draft", "name", "Hello <b>all</b>", "channel", "text", "body", "Hi {first_name}!").
		is(http.StatusSeeOther).Header.Get("Location")
	boss.post(page + "/launch").to(page)
	h.tick()
	h.db.SQL().MustExec(`UPDATE follow_ups SET owner_id = NULL; UPDATE outbox SET user_id = NULL`)
	away, dana, luis := h.user("Olga", phonebank.Volunteer), h.user("Dana", phonebank.Volunteer), h.user("Luis", phonebank.Volunteer)
	for _, u := range []phonebank.User{dana, luis} {
		h.onShift(u, false) // at the door of an open session is enough once they are let in, with or without a phone
	}
	mine := h.browser(away)
	mine.get("/me").hides("that anybody may send")
	mine.post(page + "/take").is(http.StatusConflict).says("None of these texts is left")
	h.browser(dana).get("/me").says("Texts of the wave “<bdi>Hello &lt;b&gt;all&lt;/b&gt;</bdi>” that anybody may send", "4 texts are written", "Take the next 5")
	boss.get("/follow-ups?tab=unowned").says("Texts of waves that nobody has", "Unowned <b>4</b>", "4 texts")
	boss.get("/follow-ups").hides("Texts of waves that nobody has")

	boss.post(page+"/give", "view", "tab=unowned", "give_to", "", "most", "1").is(http.StatusUnprocessableEntity).says("Pick a name")
	boss.post(page+"/give", "view", "tab=unowned", "give_to", string(luis.ID), "most", "1000").is(http.StatusUnprocessableEntity).says("from 1 to 100")
	h.browser(dana).post(page+"/give", "give_to", string(dana.ID), "most", "1").is(http.StatusForbidden)
	boss.post(page+"/give", "view", "tab=unowned", "give_to", string(luis.ID), "most", "1").is(http.StatusOK).says("Luis has them now", "Unowned <b>3</b>")

	boss.post(page + "/pause").to(page)
	h.browser(dana).get("/me").hides("that anybody may send")
	boss.post(page + "/resume").to(page)
	var both sync.WaitGroup
	for _, u := range []phonebank.User{dana, luis} {
		b := h.browser(u)
		both.Go(func() { b.post(page + "/take") })
	}
	both.Wait()
	if n := h.count(`SELECT count(*) FROM follow_ups f JOIN outbox o ON o.follow_up_id = f.id WHERE f.owner_id = o.user_id AND f.owner_id IN ($1, $2)`, dana.ID, luis.ID); n != 4 {
		t.Errorf("%d of 4 drafts have the one who took them, on both rows", n)
	}
	if n := h.count(`SELECT count(*) FROM journal WHERE thing = 'follow_up' AND event = 'assign'`); n != 4 {
		t.Errorf("4 drafts were taken once each, and the journal has %d lines", n)
	}
	var owner phonebank.UserID
	h.must(h.db.SQL().Get(&owner, `SELECT owner_id FROM follow_ups LIMIT 1`))
	for _, u := range []phonebank.User{dana, luis} {
		if u.ID == owner {
			body := h.browser(u).get("/me").says("Texts to send").Body
			if !strings.Contains(body, `action="/follow-ups/`) {
				t.Error("what they took can't be sent")
			}
		}
	}
}
