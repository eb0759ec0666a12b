package panel

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"phonebank"
	"phonebank/store"
)

// promised writes a call or a text that is still to come for a person.
func (h *house) promised(p phonebank.Person, owner phonebank.UserID, channel phonebank.Channel, reason phonebank.Reason, state phonebank.FollowUpState, due time.Time) phonebank.FollowUp {
	h.t.Helper()
	f := phonebank.FollowUp{ID: phonebank.NewID[phonebank.FollowUpID](midday), CampaignID: h.campaign.ID, PersonID: p.ID, PhoneID: p.PhoneID, OwnerID: owner, Channel: channel, Reason: reason,
		State: state, Local: due.In(mustZone("America/New_York")).Format(phonebank.LocalForm), Zone: "America/New_York", DueAt: due, NotAfter: due.AddDate(0, 0, 14), CreatedAt: midday}
	if channel == phonebank.ByText {
		f.Body = "Still on for Thursday?"
	}
	h.must(h.Store.InTx(h.t.Context(), func(tx *store.Tx) error { return tx.AddFollowUp(h.t.Context(), f, h.campaign.Number, "+12125550111") }))
	return f
}

func mustZone(name string) *time.Location {
	loc, err := phonebank.Zone(name)
	if err != nil {
		panic(err)
	}
	return loc
}

// promise writes what a person said they'd do.
func (h *house) promise(p phonebank.Person, by phonebank.UserID, what string, due time.Time) phonebank.CommitmentID {
	h.t.Helper()
	id := phonebank.NewID[phonebank.CommitmentID](midday)
	h.db.SQL().MustExec(`INSERT INTO commitments (id, campaign_id, person_id, user_id, what, by_local, zone, by_at, state, created_at) VALUES ($1, $2, $3, $4, $5, '', 'America/New_York', $6, 'open', $7)`,
		id, h.campaign.ID, p.ID, by, what, due, midday)
	return id
}

func TestFollowUps_OverdueFirstInTheirTimeWithTheirWords(t *testing.T) {
	h := newHouse(t)
	luis := h.user("Luis", phonebank.Volunteer)
	marcus, xiomara, walt, ofelia := h.person("Marcus Tolliver", "+12125550111"), h.person("Xiomara Quiñones", "+12125550112"), h.person("Walt Brandt", "+12125550113"), h.person("Ofelia Reyes", "+12125550114")
	late := h.promised(marcus, luis.ID, phonebank.ByCall, phonebank.ReasonAfter, phonebank.FollowUpDue, midday.Add(-20*time.Hour))
	h.db.SQL().MustExec(`UPDATE follow_ups SET commitment_id = $2 WHERE id = $1`, late.ID, h.promise(marcus, luis.ID, "sign the inspection request", midday.Add(-44*time.Hour)))
	h.promised(xiomara, h.boss.ID, phonebank.ByText, phonebank.ReasonAsked, phonebank.FollowUpNeedsPerson, midday.Add(3*time.Hour))
	h.db.SQL().MustExec(`UPDATE people SET languages = 'Spanish' WHERE id = $1`, ofelia.ID)
	h.promised(ofelia, "", phonebank.ByCall, phonebank.ReasonLanguage, phonebank.FollowUpPlanned, midday.Add(26*time.Hour))
	h.promised(walt, luis.ID, phonebank.ByCall, "revisit", phonebank.FollowUpPlanned, midday.AddDate(0, 3, 6))
	b := h.browser(h.boss)
	page := b.get("/follow-ups").is(http.StatusOK).says("Overdue <b>1</b>", "Today <b>2</b>", "This week <b>3</b>", "Mine <b>1</b>", "Unowned <b>1</b>", "Everything <b>4</b>",
		`class="own spoken" dir="auto">sign the inspection request`, "late", "Sun Nov 22, 6:00 pm", "<bdi>Luis</bdi>, now anyone", "Today, 5:00 pm", "draft", "waits for a press",
		"anyone who speaks Español").hides("Walt Brandt")
	if strings.Index(page.Body, "Marcus Tolliver") > strings.Index(page.Body, "Xiomara Quiñones") {
		t.Error("what is overdue does not come first")
	}
	b.get("/follow-ups?tab=overdue").says("Marcus").hides("Xiomara", "Ofelia")
	b.get("/follow-ups?tab=mine").says("Xiomara").hides("Marcus")
	b.get("/follow-ups?tab=unowned").says("Ofelia").hides("Marcus")
	b.get("/follow-ups?q=walt").says("Walt Brandt", `value="walt"`, "Show all").hides("Marcus", "Ofelia")
	b.get("/follow-ups?owner="+string(luis.ID)).says("Walt Brandt", "Marcus").hides("Xiomara Quiñones")
	b.get("/follow-ups?q=zzz").says("Nobody found")
	b.get("/follow-ups?q=" + strings.Repeat("x", 200)).is(http.StatusUnprocessableEntity)
	b.get("/follow-ups?after=nonsense&tab=%27").is(http.StatusOK).says("Marcus")
	h.db.SQL().MustExec(`UPDATE follow_ups SET state = 'done' WHERE person_id <> $1`, walt.ID)
	h.db.SQL().MustExec(`UPDATE commitments SET state = 'kept'`)
	b.get("/follow-ups").says("Nobody is due. The next is Walt Brandt, Mar 1.")
	h.browser(luis).get("/follow-ups").is(http.StatusForbidden).hides("Walt")
}

func TestFollowUps_APromiseWhoseDayHasComeIsAsked(t *testing.T) {
	h := newHouse(t)
	p := h.person("Xiomara Quiñones", "+12125550111")
	h.promise(p, h.boss.ID, "bring my neighbor Ana", midday.Add(-time.Hour))
	b := h.browser(h.boss)
	b.get("/follow-ups").says("bring my neighbor Ana", "Did it happen?", "Say how it went", "Overdue <b>1</b>").hides(`name="tick"`)
	h.db.SQL().MustExec(`UPDATE commitments SET state = 'kept'`)
	b.get("/follow-ups").says("Nobody is due.").hides("bring my neighbor Ana")
}

func TestFollowUps_TicksGoToSomebodyAndSurviveErrors(t *testing.T) {
	h := newHouse(t)
	luis := h.user("Luis", phonebank.Volunteer)
	p, q := h.person("Marcus Tolliver", "+12125550111"), h.person("Xiomara Quiñones", "+12125550112")
	call, text := h.promised(p, "", phonebank.ByCall, phonebank.ReasonAsked, phonebank.FollowUpPlanned, midday.Add(time.Hour)), h.promised(q, h.boss.ID, phonebank.ByText, phonebank.ReasonAsked, phonebank.FollowUpNeedsPerson, midday.Add(time.Hour))
	b := h.browser(h.boss)
	h.session(phonebank.SessionPlanned, true)
	ticked := `value="` + string(call.ID) + `" data-call checked`
	b.get("/follow-ups").hides(ticked)
	b.post("/follow-ups/assign", "give_to", string(luis.ID)).is(http.StatusUnprocessableEntity).says("Tick at least one line first.", `<option value="`+string(luis.ID)+`" selected>`)
	b.post("/follow-ups/assign", "tick", string(call.ID), "name", "My wave").is(http.StatusUnprocessableEntity).says("Pick who looks after them", ticked, `value="My wave"`)
	b.post("/follow-ups/wave", "tick", string(call.ID), "session", "").is(http.StatusUnprocessableEntity).says("Pick the session", ticked)
	b.post("/follow-ups/assign", "tick", string(call.ID), "tick", string(text.ID), "give_to", string(luis.ID), "view", "tab=today").is(http.StatusOK).says("2 lines now: Luis.", `href="/follow-ups?tab=today" aria-current="page"`)
	if n := h.count(`SELECT count(*) FROM follow_ups WHERE owner_id = $1`, luis.ID); n != 2 {
		t.Errorf("Luis looks after %d of 2", n)
	}
	if n := h.count(`SELECT count(*) FROM outbox WHERE user_id = $1 AND state = 'held'`, luis.ID); n != 1 {
		t.Error("the draft does not wait for Luis's press")
	}
	if n := h.count(`SELECT count(*) FROM journal WHERE event = 'assign' AND by_user = $1 AND note = $2`, h.boss.ID, luis.ID); n != 2 {
		t.Errorf("%d lines in the journal for two that were given away", n)
	}
	h.browser(luis).get("/people/" + string(p.ID)).is(http.StatusOK)
	b.post("/follow-ups/assign", "tick", string(call.ID), "give_to", "anyone").says("1 line now: anyone.")
	h.browser(luis).get("/people/" + string(p.ID)).is(http.StatusNotFound)
	h.db.SQL().MustExec(`UPDATE follow_ups SET state = 'done'`)
	b.post("/follow-ups/assign", "tick", string(call.ID), "give_to", string(luis.ID)).is(http.StatusConflict).says("None of these is still to come.")
	h.browser(luis).post("/follow-ups/assign", "tick", string(call.ID), "give_to", "anyone").is(http.StatusForbidden)
}

func TestFollowUps_APressOnALineComesBackToTheViewItWasMadeIn(t *testing.T) {
	h := newHouse(t)
	luis := h.user("Luis", phonebank.Volunteer)
	p, q := h.person("Marcus Tolliver", "+12125550111"), h.person("Xiomara Quiñones", "+12125550112")
	call := h.promised(p, luis.ID, phonebank.ByCall, phonebank.ReasonAsked, phonebank.FollowUpPlanned, midday.Add(time.Hour))
	other := h.promised(q, luis.ID, phonebank.ByCall, phonebank.ReasonAsked, phonebank.FollowUpPlanned, midday.Add(time.Hour))
	b := h.browser(h.boss)
	view := "owner=" + string(luis.ID) + "&q=tolliver"
	b.get("/follow-ups?" + view).says(`name="view" value="` + strings.ReplaceAll(view, "&", "&amp;") + `"`)
	move := "/follow-ups/" + string(call.ID) + "/move"
	b.post(move, "back", "follow-ups", "view", view, "local", "2026-11-24T18:00").to("/follow-ups?" + view)
	b.post(move, "back", "follow-ups", "view", "tab=today", "local", "2026-11-24T18:30").to("/follow-ups?tab=today")
	b.post(move, "back", "follow-ups", "view", "%zz", "local", "2026-11-24T18:45").to("/follow-ups")
	// A time that cannot be is said there, with the line open and the time as it was typed.
	b.post(move, "back", "follow-ups", "view", view, "local", "2026-11-24T23:00").is(http.StatusUnprocessableEntity).
		says("outside calling hours", `value="2026-11-24T23:00"`, `<details class="sure" open>`, `value="tolliver"`, "Marcus Tolliver").hides("Xiomara")
	b.post("/follow-ups/"+string(other.ID)+"/cancel", "back", "follow-ups", "view", "tab=week").to("/follow-ups?tab=week")
	// The board is no way around its door.
	h.browser(luis).post(move, "back", "follow-ups", "local", "2026-11-24T23:00").is(http.StatusUnprocessableEntity).says("Marcus Tolliver").hides("Who looks after them")
}

func TestFollowUps_ManyAreReadPageByPage(t *testing.T) {
	h := newHouse(t)
	p := h.person("Xiomara Quiñones", "+12125550111")
	for i := range rowsOfBoard + 3 {
		h.promised(p, "", phonebank.ByCall, phonebank.ReasonAsked, phonebank.FollowUpPlanned, midday.Add(time.Duration(i)*time.Minute))
	}
	b := h.browser(h.boss)
	first := b.get("/follow-ups?tab=today")
	if n := strings.Count(first.Body, `name="tick"`); n != rowsOfBoard {
		t.Errorf("%d lines on a page", n)
	}
	_, next, found := strings.Cut(first.Body, `<a class="btn" href="/follow-ups?after=`)
	if !found {
		t.Fatal("no way to the next page")
	}
	next, _, _ = strings.Cut(next, `"`)
	second := b.get("/follow-ups?after=" + strings.ReplaceAll(next, "&amp;", "&"))
	if n := strings.Count(second.Body, `name="tick"`); n != 3 {
		t.Errorf("%d lines on the second page, want 3", n)
	}
	second.hides("The next ones")
}
