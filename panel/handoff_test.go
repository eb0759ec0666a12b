package panel

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"phonebank"
	"phonebank/store"
)

// calledFor puts the callback of an earlier talk on a volunteer's card, as the dialer would.
func (h *house) calledFor(u phonebank.User, f phonebank.FollowUp) phonebank.Shift {
	h.t.Helper()
	p, err := h.Store.Person(h.t.Context(), f.PersonID)
	h.must(err)
	shift := h.holds(u, p)
	h.db.SQL().MustExec(`UPDATE follow_ups SET state = 'offered' WHERE id = $1`, f.ID)
	h.db.SQL().MustExec(`UPDATE shifts SET follow_up_id = $2 WHERE id = $1`, shift.ID, f.ID)
	return shift
}

func TestHandOff_SaysWhosePromiseInWhichWordsAndWhatToOpenWith(t *testing.T) {
	h := newHouse(t)
	h.starters()
	p, dana, c := h.told()
	luis := h.user("Luis", phonebank.Volunteer)
	var commitment phonebank.CommitmentID
	h.must(h.db.SQL().Get(&commitment, `SELECT id FROM commitments WHERE conversation_id = $1`, c.ID))
	f := phonebank.FollowUp{ID: phonebank.NewID[phonebank.FollowUpID](midday), CampaignID: h.campaign.ID, PersonID: p.ID, PhoneID: p.PhoneID, OwnerID: dana.ID, Conversation: c.ID, CommitmentID: commitment,
		Channel: phonebank.ByCall, Reason: phonebank.ReasonScheduled, State: phonebank.FollowUpDue, Body: "after her shift, before the kids eat", Local: "2026-11-23T13:30", Zone: "America/New_York",
		DueAt: midday.Add(-30 * time.Minute), NotAfter: midday.AddDate(0, 0, 14), CreatedAt: midday.Add(-time.Hour)}
	h.must(h.Store.InTx(t.Context(), func(tx *store.Tx) error { return tx.AddFollowUp(t.Context(), f, "", "") }))
	also := h.promised(p, dana.ID, phonebank.ByCall, "revisit", phonebank.FollowUpPlanned, midday.AddDate(0, 0, 3))
	done := h.promised(p, dana.ID, phonebank.ByCall, phonebank.ReasonFindOut, phonebank.FollowUpPlanned, midday.AddDate(0, 0, 4))

	own := h.calledFor(dana, f)
	h.browser(dana).get("/shift").is(http.StatusOK).says("Agreed for", "after her shift, before the kids eat", "two boys, 4 and 7", "Also promised to them:", "It was agreed to talk again about now.").
		hides("in place of", "Open with")
	h.db.SQL().MustExec(`UPDATE shifts SET state = 'break', person_id = NULL, follow_up_id = NULL WHERE id = $1`, own.ID)

	h.calledFor(luis, f)
	b := h.browser(luis)
	b.get("/shift").is(http.StatusOK).says("You call in place of <bdi>Dana</bdi>", "agreed this with them, for", "1:30", "after her shift, before the kids eat", "<bdi>Dana</bdi> wrote down:", "two boys, 4 and 7",
		"They said they would ask her sister", "your boys share one blanket", "Open with",
		"Hi Xiomara, this is Luis with Alder Tenants. Dana promised you a call today and can't make it, so I'm calling instead.",
		"Hola, Xiomara. Soy Luis, de Alder Tenants. Dana te prometió una llamada para hoy")
	b.reads("es")
	card := b.get("/shift").says("Llamas en lugar de <bdi>Dana</bdi>", "<bdi>Dana</bdi> anotó:", "Con estas palabras:", "También le prometimos:", "Empieza así").
		hides("in place of", "wrote down", "Open with", "Also promised")
	b.reads("en")

	// The promise goes into the talk, and what else was promised is asked about once after it.
	b.post("/shift/call", "nonce", card.nonce(), "script", "heat-recruitment", "locale", "en").to("/shift")
	var talk string
	h.must(h.db.SQL().Get(&talk, `SELECT conversation_id FROM calls WHERE follow_up_id = $1`, f.ID))
	b.get("/talk/"+talk+"/state").says("Dana promised this call, and you make it instead.", "You can open with:")
	h.db.SQL().MustExec(`UPDATE conversations SET state = 'wrapped', outcome = 'connected', started_at = $2, wrapped_at = $2 WHERE id = $1`, talk, midday.Add(time.Minute))
	h.db.SQL().MustExec(`UPDATE shifts SET state = 'break', person_id = NULL, follow_up_id = NULL, conversation_id = NULL WHERE user_id = $1`, luis.ID)
	h.later(2 * time.Minute)
	b.get("/shift").says("Is this call to <bdi>Xiomara Quiñones</bdi> done as well?")
	b.post("/shift/settled/"+string(also.ID), "settled", "no").to("/shift")
	b.post("/shift/settled/"+string(done.ID), "settled", "yes").to("/shift")
	b.get("/shift").hides("done as well?")
	b.post("/shift/settled/"+string(also.ID), "settled", "yes").to("/shift") // asked once, and answered
	if s, err := h.Store.FollowUp(t.Context(), also.ID); err != nil || s.State != phonebank.FollowUpPlanned {
		t.Errorf("what is still to do is %s", s.State)
	}
	if s, err := h.Store.FollowUp(t.Context(), done.ID); err != nil || s.State != phonebank.FollowUpDone || s.Why == "" {
		t.Errorf("what is done is %s: %q", s.State, s.Why)
	}
}

func TestHandOff_OpensWithTheDayThatWasPromised(t *testing.T) {
	h := newHouse(t)
	p, dana, luis := h.person("Joon Park", "+12125550112"), h.user("Dana", phonebank.Volunteer), h.user("Luis", phonebank.Volunteer)
	for reason, want := range map[phonebank.Reason]string{
		phonebank.ReasonScheduled: "Dana promised you a call on Nov 20 and couldn't make it",
		phonebank.ReasonReturned:  "You called us and we missed you. Dana isn't here right now",
		phonebank.ReasonAsked:     "",
	} {
		f := h.promised(p, dana.ID, phonebank.ByCall, reason, phonebank.FollowUpDue, midday.AddDate(0, 0, -3))
		told, err := h.callbackOf(t.Context(), f, p, luis, "America/New_York", []string{"en"})
		h.must(err)
		if want == "" && len(told.Open) != 0 || want != "" && (len(told.Open) != 1 || !strings.Contains(told.Open[0].Text, want)) {
			t.Errorf("%s opens with %v", reason, told.Open)
		}
	}
}

func TestClosedCard_SaysWhy(t *testing.T) {
	for _, c := range []struct{ name, set, says, dice string }{
		{"stop", `UPDATE phones SET opted_out_at = now() WHERE id = $1 AND $2 <> ''`, "asked us to stop while you were reading", "pidió que no sigamos"},
		{"moved", `UPDATE follow_ups SET state = 'planned', due_at = '2026-11-27T23:00:00Z' WHERE phone_id = $1 AND id = $2`, "call has moved to Fri Nov 27, 6:00 pm", "se cambió para"},
		{"on the line with another", `UPDATE follow_ups SET state = 'in_progress' WHERE phone_id = $1 AND id = $2`, "one of us is talking with them", "está hablando con alguien"},
		{"taken back", `UPDATE follow_ups SET state = 'cancelled', why = 'Done by hand.' WHERE phone_id = $1 AND id = $2`, "call was taken back. Done by hand.", "Hecho a mano."},
		{"free again", `UPDATE follow_ups SET state = 'due' WHERE phone_id = $1 AND id = $2`, "Nothing is lost.", "No se pierde nada."},
	} {
		t.Run(c.name, func(t *testing.T) {
			h := newHouse(t)
			p, dana := h.person("Joon Park", "+12125550112"), h.user("Dana", phonebank.Volunteer)
			f := h.promised(p, dana.ID, phonebank.ByCall, phonebank.ReasonScheduled, phonebank.FollowUpDue, midday)
			shift := h.calledFor(dana, f)
			h.db.SQL().MustExec(`UPDATE shifts SET state = 'break', person_id = NULL, follow_up_id = NULL, closed_person_id = $2, closed_follow_up_id = $3 WHERE id = $1`, shift.ID, p.ID, f.ID)
			h.db.SQL().MustExec(c.set, p.PhoneID, f.ID)
			b := h.browser(dana)
			b.get("/shift").says("<bdi>Joon Park</bdi>'s card has closed", c.says, "Next person")
			b.reads("es")
			b.get("/shift").says("Se cerró la ficha de", c.dice)
		})
	}
}

// Somebody moved their call: whoever promised it finds it on their own page at the new time.
func TestMoved_ItsVolunteerSeesTheNewTime(t *testing.T) {
	h := newHouse(t)
	p, dana := h.person("Joon Park", "+12125550112"), h.user("Dana", phonebank.Volunteer)
	f := h.promised(p, dana.ID, phonebank.ByCall, phonebank.ReasonScheduled, phonebank.FollowUpOffered, midday)
	h.must(h.Diary.Move(t.Context(), f.ID, h.boss.ID, "2026-11-27T18:00"))
	h.browser(dana).get("/me").says("Joon Park", "Nov 27, 6:00 pm")
}

// Whoever rang and was missed, and whom nobody knows: nothing was agreed, no name is made up, and the first line is there.
func TestHandOff_WhoRangAndWasMissedIsGreetedWithoutANameThatTheyNeverTold(t *testing.T) {
	h := newHouse(t)
	h.starters()
	call, _ := h.rings("+12125550178", 0)
	h.db.SQL().MustExec(`UPDATE people SET first_name = '' WHERE name = 'Caller ending 0178'`)
	h.db.SQL().MustExec(`UPDATE calls SET result = 'answered' WHERE id = $1`, call)
	var id phonebank.PersonID
	h.must(h.db.SQL().Get(&id, `SELECT person_id FROM calls WHERE id = $1`, call))
	p, err := h.Store.Person(t.Context(), id)
	h.must(err)
	dana := h.user("Dana", phonebank.Volunteer)
	h.calledFor(dana, h.promised(p, "", phonebank.ByCall, phonebank.ReasonReturned, phonebank.FollowUpDue, midday))
	b := h.browser(dana)
	b.get("/shift").says("Unknown, (•••) •••-0178", "They called us and nobody could take it.", "They called us.", "Call back", "Hi, this is Dana with Alder Tenants. You called us and we missed you, so I'm calling you back.", "Hi, it’s Dana").
		hides("Agreed for", "and talked", "Caller", "Hi ,")
	b.reads("es")
	b.get("/shift").says("Número desconocido, (•••) •••-0178", "Devolver la llamada", "Hola. Soy Dana").hides("Caller")
	h.browser(h.boss).get("/room").says("nobody could take it").hides("called us: picked up")
}

// A wave promised nobody anything: its card says which wave it is and why somebody is in it, and names no agreement.
func TestHandOff_ACallOfAWaveSaysWhyAndNothingThatWasNeverAgreed(t *testing.T) {
	h := newHouse(t)
	h.starters()
	people := h.neighbors()
	b := h.browser(h.boss)
	page := b.post("/waves", "nonce", b.get("/waves/new").nonce(), "do", "draft", "name", "Second chances", "channel", "call", "missed", "1", "ask", "none").is(http.StatusSeeOther).Header.Get("Location")
	b.post(page + "/launch").to(page)
	h.tick()
	var f phonebank.FollowUp
	h.must(h.db.SQL().Get(&f.ID, `SELECT id FROM follow_ups WHERE person_id = $1`, people[0].ID))
	f.PersonID = people[0].ID
	dana := h.user("Dana", phonebank.Volunteer)
	h.calledFor(dana, f)
	h.browser(dana).get("/shift").says("They are in the wave “Second chances”. They missed a promise, and have kept none since.").hides("Agreed for", "Open with")
	b.get(page+"/finish").says("Its session stays open.", "End the session too")
	b.post(page + "/finish").to(page)
	b.get(page).says("finished", "Its session stays open.", "/end")
}
