package panel

import (
	"strings"
	"testing"
	"time"

	"phonebank"
	"phonebank/store"
)

// doubt writes a text of somebody's hand whose outcome nobody knows, and about which a person is asked.
func (h *house) doubt(u phonebank.User, p phonebank.Person, body string) string {
	h.t.Helper()
	at := h.now()
	id := phonebank.NewID[string](at)
	_, err := h.Store.DB().Exec(`
		INSERT INTO outbox (id, state, person_id, phone_id, user_id, from_number, to_number, body, token, not_before, not_after, claimed_at, asked_at, created_at)
		VALUES ($1, 'unknown', $2, $3, $4, '+12125550100', '+12125550123', $5, $1, $6, $6::timestamptz + interval '4 hours', $6::timestamptz - interval '31 minutes', $6, $6)`,
		id, p.ID, p.PhoneID, u.ID, body, at)
	h.must(err)
	return id
}

func TestUnsure_AVolunteerDecidesAboutTheirOwnAndSeesNoNumber(t *testing.T) {
	h := newHouse(t)
	p := h.person("Walt Brandt", "+12125550123")
	dana, luis := h.user("Dana", phonebank.Volunteer), h.user("Luis", phonebank.Volunteer)
	id := h.doubt(dana, p, "It's Dana, about the heat.")
	mine, others, boss := h.browser(dana), h.browser(luis), h.browser(h.boss)
	for _, c := range []struct {
		who  string
		b    *browser
		sees bool
		full bool
	}{{"Dana", mine, true, false}, {"Luis", others, false, false}, {"the coordinator", boss, true, true}} {
		page := c.b.get("/unsure").Body
		if strings.Contains(page, "about the heat") != c.sees || strings.Contains(page, "(212) 555-0123") != c.full {
			t.Errorf("%s: sees it %v, the whole number %v", c.who, strings.Contains(page, "about the heat"), strings.Contains(page, "(212) 555-0123"))
		}
	}
	if page := mine.get("/me").Body; !strings.Contains(page, `href="/unsure"`) {
		t.Error("their own page does not lead there")
	}
	if r := others.post("/texts/" + id + "/leave"); r.Status == 303 {
		t.Errorf("Luis decides about Dana's text: %d", r.Status)
	}
	// Twilio can't be reached in this house, so a second try is refused in words and nothing is written.
	if r := mine.post("/texts/" + id + "/again"); !strings.Contains(r.Body, "can&#39;t be asked right now") {
		t.Errorf("%d %s", r.Status, r.Body)
	}
	if r := boss.get("/room"); !strings.Contains(r.Body, "Nobody knows whether this text arrived") {
		t.Error("the live board says nothing of it")
	}
	if r := mine.post("/texts/" + id + "/leave"); r.Status != 303 {
		t.Errorf("%d %s", r.Status, r.Body)
	}
	if r := mine.post("/texts/" + id + "/leave"); !strings.Contains(r.Body, "has decided about this text already") {
		t.Errorf("the second press: %d", r.Status)
	}
	if page := mine.get("/unsure").Body; !strings.Contains(page, "Decided in the last seven days") || !strings.Contains(page, "Nothing is in doubt") {
		t.Error("the decision is not shown")
	}
}

// Each pause says who and why, and is lifted by itself.
func TestPause_ThoseOfPhonebankItselfAreShownWithTheirReason(t *testing.T) {
	h := newHouse(t)
	boss, dana := h.browser(h.boss), h.browser(h.user("Dana", phonebank.Volunteer))
	ctx := t.Context()
	_, err := h.Store.PauseItself(ctx, store.RestoredPause, "These records were brought back from a backup.", "", h.now())
	h.must(err)
	h.must(h.Store.Pause(ctx, h.boss.ID, h.now()))
	page := boss.get("/room").Body
	for _, words := range []string{"These records were brought back from a backup.", "no other copy of them is running", "Rosa", `value="restored"`, `value="person"`} {
		if !strings.Contains(page, words) {
			t.Errorf("the coordinator does not read %q", words)
		}
	}
	if page := dana.get("/me").Body; !strings.Contains(page, "brought back from a backup") || strings.Contains(page, `action="/resume"`) {
		t.Error("a volunteer reads the reason and has no button")
	}
	if r := dana.post("/resume", "kind", "restored"); r.Status == 303 {
		t.Error("a volunteer lifts it")
	}
	boss.post("/resume", "kind", "person")
	if got, err := h.Store.Paused(ctx); err != nil || got == nil || got.Kind != store.RestoredPause {
		t.Fatalf("the restore's pause is lifted with the person's: %+v %v", got, err)
	}
	boss.post("/resume", "kind", "restored")
	if got, err := h.Store.Paused(ctx); err != nil || got != nil {
		t.Fatalf("%+v %v", got, err)
	}
	_, err = h.Store.DB().Exec(`UPDATE watermark SET alive_at = $1`, h.now().Add(-time.Hour))
	h.must(err)
	if page := dana.get("/me").Body; !strings.Contains(page, "We are fetching what came in while we were away. One moment.") {
		t.Error("nobody says that everything waits")
	}
}
