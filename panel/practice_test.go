package panel

import (
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"phonebank"
	"phonebank/script"
)

// practised reads the state of a practice page.
func practised(t *testing.T, r reply) (state practiceState, doc script.Script) {
	t.Helper()
	r.is(http.StatusOK)
	if err := json.Unmarshal([]byte(r.Body), &state); err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(state.Script, &doc); err != nil {
		t.Fatal(err)
	}
	return state, doc
}

// scriptVersion writes another version of the recruitment script down.
func (h *house) scriptVersion(n int, status string) {
	h.t.Helper()
	doc, err := script.Starter("heat-recruitment")
	h.must(err)
	changed := *doc
	changed.Version, changed.Status = n, status
	raw, err := changed.JSON()
	h.must(err)
	h.must(h.Store.AddScript(h.t.Context(), changed.ID, n, status, "Heat", raw, midday))
}

func TestPractice_PageInBothLanguages(t *testing.T) {
	h := newHouse(t)
	b := h.browser(h.user("Dana", phonebank.Volunteer))
	page := b.get("/practice?persona=soft_yes").is(http.StatusOK)
	page.says(`<html lang="en">`, `data-practice="/practice/state?persona=soft_yes"`, "talk/main.js", "Opening practice.")
	if csp := page.Header.Get("Content-Security-Policy"); !strings.Contains(csp, "frame-ancestors 'self'") || !strings.Contains(csp, "default-src 'none'") {
		t.Errorf("the script editor shows this page in a frame, and nothing else may be looser: %s", csp)
	}
	if csp := b.get("/practice/state").Header.Get("Content-Security-Policy"); !strings.Contains(csp, "frame-ancestors 'none'") {
		t.Errorf("only the page itself may be framed: %s", csp)
	}
	b.post("/language", "language", "es", "back", "/practice").to("/practice")
	b.get("/practice").says(`<html lang="es">`, "Práctica", "Abriendo la práctica.", "Volver a mi turno").hides("Opening practice")
	h.browser(phonebank.User{}).get("/practice").is(http.StatusUnauthorized)
}

func TestPractice_StateHoldsAllThatATalkNeeds(t *testing.T) {
	h := newHouse(t)
	dana := h.user("Dana", phonebank.Volunteer)
	h.must(h.Store.SetStake(t.Context(), dana.ID, "418 Alder", "my grandfather's oxygen failed"))
	got := h.browser(dana).get("/practice/state?persona=hard_no")
	state, doc := practised(t, got)
	if doc.ID != "heat-recruitment" || !state.Live || state.Persona != "hard_no" || state.Volunteer != (talkVolunteer{Name: "Dana", Place: "418 Alder", Stake: "my grandfather's oxygen failed"}) {
		t.Errorf("%s %t %q %+v", doc.ID, state.Live, state.Persona, state.Volunteer)
	}
	got.says("take_me_off", "cue_packs").hides("+1212", "5550199")
	if state, _ := practised(t, h.browser(dana).get("/practice/state?persona=nobody")); state.Persona != "" {
		t.Errorf("a partner that there is not: %q", state.Persona)
	}
}

func TestPractice_WithTheScriptOfMySession(t *testing.T) {
	h := newHouse(t)
	dana := h.user("Dana", phonebank.Volunteer)
	other, err := script.Starter("agenda-any-1to1")
	h.must(err)
	raw, err := other.JSON()
	h.must(err)
	h.must(h.Store.AddScript(t.Context(), other.ID, other.Version, "live", "Agenda", raw, midday))
	b := h.browser(dana)
	if _, doc := practised(t, b.get("/practice/state")); doc.ID != "heat-recruitment" {
		t.Errorf("without a session: %s", doc.ID)
	}
	s, _ := h.session(phonebank.SessionOpen, true)
	_, err = h.Store.KeepShift(t.Context(), s.ID, dana.ID, true, midday)
	h.must(err)
	h.db.SQL().MustExec(`UPDATE campaigns SET script_id = $1`, other.ID)
	state, doc := practised(t, b.get("/practice/state"))
	if doc.ID != other.ID || state.Ask != s.AskID {
		t.Errorf("%s, asking %q", doc.ID, state.Ask)
	}
	if _, doc := practised(t, b.get("/practice/state?script=heat-recruitment")); doc.ID != "heat-recruitment" {
		t.Errorf("asked for by name: %s", doc.ID)
	}
}

func TestPractice_OnAHouseWithoutAnyScript(t *testing.T) {
	h := newHouse(t)
	h.db.SQL().MustExec(`UPDATE scripts SET status = 'retired'`)
	b := h.browser(h.user("Dana", phonebank.Volunteer))
	if _, doc := practised(t, b.get("/practice/state")); doc.ID != "heat-recruitment" {
		t.Errorf("a newcomer has nothing to practice with: %s", doc.ID)
	}
	b.get("/practice?script=agenda-any-1to1").is(http.StatusNotFound).says("not live", "Ask your host")
}

func TestPractice_DraftsAreForCoordinators(t *testing.T) {
	h := newHouse(t)
	h.scriptVersion(2, "draft")
	h.scriptVersion(3, "retired")
	dana, boss := h.browser(h.user("Dana", phonebank.Volunteer)), h.browser(h.boss)
	for version, status := range map[int]string{2: "draft", 3: "retired"} {
		for _, path := range []string{"/practice", "/practice/state"} {
			address := fmt.Sprintf("%s?script=heat-recruitment&version=%d", path, version)
			dana.get(address).is(http.StatusForbidden).says("not live").hides("oxygen")
			boss.get(address).is(http.StatusOK)
		}
		state, doc := practised(t, boss.get(fmt.Sprintf("/practice/state?script=heat-recruitment&version=%d", version)))
		if state.Live || doc.Version != version {
			t.Errorf("%s: live %t, version %d", status, state.Live, doc.Version)
		}
	}
	if state, doc := practised(t, dana.get("/practice/state?script=heat-recruitment&version=1")); !state.Live || doc.Version != 1 {
		t.Errorf("the live version by its number: live %t, version %d", state.Live, doc.Version)
	}
	for _, bad := range []string{"0", "-1", "x", "99999999999999999999"} {
		boss.get("/practice?script=heat-recruitment&version=" + bad).is(http.StatusNotFound)
	}
	boss.get("/practice?script=heat-recruitment&version=77").is(http.StatusNotFound)
	h.must(h.Store.AddScript(t.Context(), "broken", 1, "draft", "Broken", []byte(`{"format":"pb.script/1","id":"broken"}`), midday))
	boss.get("/practice?script=broken&version=1").is(http.StatusUnprocessableEntity).says("cannot be practiced yet")
}

// rows counts every row of every table.
func (h *house) rows() map[string]int {
	h.t.Helper()
	var tables []string
	h.must(h.db.SQL().Select(&tables, `SELECT table_name FROM information_schema.tables WHERE table_schema = 'public' AND table_type = 'BASE TABLE'`))
	if len(tables) < 10 {
		h.t.Fatalf("only %v", tables)
	}
	count := map[string]int{}
	for _, name := range tables {
		count[name] = h.count(`SELECT count(*) FROM "` + name + `"`)
	}
	return count
}

// Practice is never counted and never shown: there is no door that could take anything, and no visit leaves a row behind.
func TestPractice_LeavesNothingBehind(t *testing.T) {
	h := newHouse(t)
	for _, route := range h.routes() {
		if strings.HasPrefix(route.path, "/practice") && route.method != http.MethodGet {
			t.Errorf("%s %s takes something", route.method, route.path)
		}
	}
	dana := h.user("Dana", phonebank.Volunteer)
	s, _ := h.session(phonebank.SessionOpen, true)
	_, err := h.Store.KeepShift(t.Context(), s.ID, dana.ID, true, midday)
	h.must(err)
	b := h.browser(dana)
	b.get("/shift").is(http.StatusOK)
	before := h.rows()
	for _, path := range []string{"/practice", "/practice?persona=soft_yes", "/practice/state", "/practice/state?persona=soft_yes"} {
		if got := b.get(path).is(http.StatusOK).Header.Get("Cache-Control"); got != "no-store" {
			t.Errorf("%s: %s", path, got)
		}
		b.post(path, "anything", "at all").is(http.StatusNotFound)
		b.send(path, map[string]string{"anything": "at all"}).is(http.StatusNotFound)
	}
	after := h.rows()
	for _, name := range slices.Sorted(maps.Keys(after)) {
		if before[name] != after[name] {
			t.Errorf("practicing made %d rows in %s", after[name]-before[name], name)
		}
	}
	boss := h.browser(h.boss)
	for _, path := range []string{"/room", "/people"} {
		boss.get(path).is(http.StatusOK).hides("/practice", "practic")
	}
}

// A newcomer is offered practice before the first call, and everybody else finds it in a quiet form.
func TestPractice_OfferedBeforeTheFirstCall(t *testing.T) {
	h := newHouse(t)
	dana := h.user("Dana", phonebank.Volunteer)
	s, _ := h.session(phonebank.SessionOpen, true)
	shift, err := h.Store.KeepShift(t.Context(), s.ID, dana.ID, true, midday)
	h.must(err)
	b := h.browser(dana)
	for _, state := range []string{"off", "break"} {
		h.db.SQL().MustExec(`UPDATE shifts SET state = $2, state_since = $3 WHERE id = $1`, shift.ID, state, midday)
		b.get("/shift").says(`href="/practice"`, "unpracticed", "Practice first")
	}
	// Whoever has talked is not asked first any more.
	h.talk(dana, h.person("Xiomara Quiñones", "+12125550111"))
	h.db.SQL().MustExec(`UPDATE conversations SET started_at = $1, state = 'wrapped', outcome = 'connected', ended_at = $1`, midday.Add(-time.Hour))
	h.db.SQL().MustExec(`UPDATE shifts SET state = 'break', conversation_id = NULL, person_id = NULL`)
	b.get("/shift").says(`href="/practice"`, "Practice").hides("unpracticed", "Practice first")
}
