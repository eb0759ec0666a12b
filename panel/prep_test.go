package panel

import (
	"net/http"
	"testing"
	"time"

	"phonebank"
	"phonebank/script"
	"phonebank/store"
)

// starters makes every starter script live, as a new phone bank has them.
func (h *house) starters() {
	h.t.Helper()
	for _, id := range script.Starters() {
		s, err := script.Starter(id)
		h.must(err)
		doc, err := s.JSON()
		h.must(err)
		h.must(h.Store.AddScript(h.t.Context(), s.ID, s.Version, "live", s.Title.In("en"), doc, midday))
	}
}

// holds puts a person on a volunteer's card, as the dialer would, in a session of its own.
func (h *house) holds(u phonebank.User, p phonebank.Person) phonebank.Shift {
	h.t.Helper()
	s, _ := h.session(phonebank.SessionOpen, true)
	shift, err := h.Store.KeepShift(h.t.Context(), s.ID, u.ID, true, midday)
	h.must(err)
	h.db.SQL().MustExec(`UPDATE shifts SET state = 'reserved', person_id = $2, leg_joined = true, seen_at = $3 WHERE id = $1`, shift.ID, p.ID, midday.Add(time.Minute))
	return shift
}

// promisedTo writes down what a person said they would do, and what became of it.
func (h *house) promisedTo(u phonebank.User, p phonebank.Person, what string, daysAgo int, state phonebank.CommitmentState) {
	h.t.Helper()
	by := midday.AddDate(0, 0, -daysAgo)
	h.must(h.Store.AddCommitment(h.t.Context(), phonebank.Commitment{ID: phonebank.NewID[phonebank.CommitmentID](by), CampaignID: h.campaign.ID, PersonID: p.ID, UserID: u.ID, What: what,
		ByLocal: by.Format("2006-01-02") + "T18:30", Zone: "America/New_York", By: by, State: state, CreatedAt: by.AddDate(0, 0, -3)}))
}

// talkedWith writes an earlier talk down.
func (h *house) talkedWith(u phonebank.User, p phonebank.Person, daysAgo int) phonebank.Conversation {
	h.t.Helper()
	at := midday.AddDate(0, 0, -daysAgo)
	c := phonebank.Conversation{ID: phonebank.NewID[phonebank.ConversationID](at), CampaignID: h.campaign.ID, PersonID: p.ID, UserID: u.ID, Channel: phonebank.TalkInPerson,
		Kind: phonebank.KindAny, AskID: script.NoAsk, State: phonebank.ConversationOpen, ScriptID: h.campaign.ScriptID, ScriptVersion: 1, Locale: "en", StartedAt: at}
	h.must(h.Store.AddConversation(h.t.Context(), c))
	h.db.SQL().MustExec(`UPDATE conversations SET state = 'wrapped', outcome = 'connected', wrapped_at = $2 WHERE id = $1`, c.ID, at)
	return c
}

// reads changes the language in which somebody reads.
func (b *browser) reads(language string) {
	b.t.Helper()
	b.post("/language", "language", language, "back", "/shift").to("/shift")
}

func TestCard_SaysWhyThemWhatForAndWhatIsAsked(t *testing.T) {
	h := newHouse(t)
	h.starters()
	p, dana := h.person("Xiomara Quiñones", "+12125550111"), h.user("Dana", phonebank.Volunteer)
	h.must(h.Store.SetStake(t.Context(), dana.ID, "418 Alder, 2B", "my heat failed too"))
	h.holds(dana, p)
	b := h.browser(dana)
	b.get("/shift").is(http.StatusOK).says("Next person", "Why them:", "On the list of Heat by December. This is the first talk.", "Suggested:",
		"You haven't talked yet. Say who you are, and get to know them.", "What for:", "Meet every household", "What you ask", "come to the tenants' meeting, Thu Dec 3, 6:30 pm, St. Mark's hall",
		"sign on to the inspection request", "in reserve, smaller", "Nothing today, just to meet", "You begin with", "Hi Xiomara, it’s Dana from the tenants’ union. I live at 418 Alder, 2B.",
		`id="say-en" value="en" checked`, "A step up needs 2 kept promises. So far there is none.", `id="way-escalation" value="escalation-next-rung" disabled`)
	b.reads("es")
	b.get("/shift").is(http.StatusOK).says("Próxima persona", "Por qué esta persona:", "Todavía no han hablado. Dile quién eres y conoce a esta persona.", "Primera charla", "Ponerse al día",
		"venir a la reunión de inquilinos, jue 3 dic, 18:30", "firmar la petición de inspección", "en reserva, algo más pequeño", "Hola Xiomara, soy Dana", `id="say-es" value="es" checked`,
		"Para dar un paso más hacen falta 2 promesas cumplidas.", "Llamar a <bdi>Xiomara</bdi>").
		hides("Suggested", "What you ask", "Why them", "Before today", "Someone else", "Raise hand", "Save", "Practice first")
}

func TestCard_CatchUpCarriesInWhatTheySaid(t *testing.T) {
	h := newHouse(t)
	h.starters()
	p, dana, luis := h.person("Joon Park", "+12125550112"), h.user("Dana", phonebank.Volunteer), h.user("Luis", phonebank.Volunteer)
	before := h.talkedWith(luis, p, 70)
	h.must(h.Store.KeepWord(t.Context(), p.ID, store.Word{Name: "their_stake", Value: "his baby sleeps in the kitchen", At: before.StartedAt}, before.ID, luis.ID))
	h.promisedTo(luis, p, "bring a neighbor", -3, phonebank.CommitmentOpen)
	shift := h.holds(dana, p)
	b := h.browser(dana)
	card := b.get("/shift").says(`id="way-maintenance" value="maintenance-checkin" checked`, "Luis talked with them on Sep 14, and they said they would bring a neighbor.",
		"They promised:", "still open", "his baby sleeps in the kitchen")
	b.post("/shift/call", "nonce", card.nonce(), "script", "maintenance-checkin", "locale", "en").to("/shift")
	var talk phonebank.Conversation
	h.must(h.db.SQL().Get(&talk, `SELECT id, kind, script_id, ask_id, locale FROM conversations WHERE shift_id = $1`, shift.ID))
	if talk.Kind != phonebank.KindMaintenance || talk.ScriptID != "maintenance-checkin" {
		t.Errorf("the talk is a %s by %s", talk.Kind, talk.ScriptID)
	}
	b.get("/talk/"+string(talk.ID)+"/state").says(`"last_commitment":{"value":"bring a neighbor","from":"history"`, `"promise":{"what":"bring a neighbor"`, `"kind":"maintenance"`)
}

func TestCard_StepUpOpensWithACoordinatorsOKAndNoFormGetsPastItsGate(t *testing.T) {
	h := newHouse(t)
	h.starters()
	p, dana := h.person("Grace Adeyemi", "+12125550113"), h.user("Dana", phonebank.Volunteer)
	h.talkedWith(dana, p, 20)
	h.promisedTo(dana, p, "come to the meeting", 15, phonebank.CommitmentKept)
	h.promisedTo(dana, p, "knock on three doors", 5, phonebank.CommitmentKept)
	shift := h.holds(dana, p)
	b, boss, page := h.browser(dana), h.browser(h.boss), "/people/"+string(p.ID)
	press := func() reply {
		return b.post("/shift/call", "nonce", phonebank.NewID[string](midday), "script", "escalation-next-rung")
	}
	b.get("/shift").says("A step up needs a coordinator's OK", `id="way-maintenance" value="maintenance-checkin" checked`)
	press().is(http.StatusForbidden).says("A step up needs a coordinator's OK")
	if n := h.count(`SELECT count(*) FROM conversations WHERE shift_id = $1`, shift.ID); n != 0 {
		t.Error("a form made by hand got past the gate")
	}
	b.post(page+"/step-up", "on", "1").is(http.StatusForbidden)
	for range 2 {
		boss.post(page+"/step-up", "on", "1").to(page)
	}
	if n := h.count(`SELECT count(*) FROM step_ups WHERE withdrawn_at IS NULL`); n != 1 {
		t.Errorf("two presses gave %d words", n)
	}
	b.get("/shift").says(`id="way-escalation" value="escalation-next-rung" checked`, "They have kept 2 promises, and Rosa says they are ready for more.")
	boss.post(page+"/step-up", "on", "0").to(page)
	press().is(http.StatusForbidden)
	boss.post(page+"/step-up", "on", "1").to(page)
	press().to("/shift")
	var talk phonebank.Conversation
	h.must(h.db.SQL().Get(&talk, `SELECT id, kind, ask_id FROM conversations WHERE shift_id = $1`, shift.ID))
	if talk.Kind != phonebank.KindEscalation || talk.AskID != "role" {
		t.Errorf("the talk is a %s that asks %s", talk.Kind, talk.AskID)
	}
	b.get("/talk/" + string(talk.ID) + "/state").says("You said you would come to the meeting and knock on three doors, and you did")
}

// The starter of a step up begins with thanks: neither a jump nor the short path leads past it.
func TestStepUp_RecognizingThemCannotBeSkipped(t *testing.T) {
	s, err := script.Starter("escalation-next-rung")
	if err != nil {
		t.Fatal(err)
	}
	for path := range s.Paths {
		w := script.NewWalk(s, script.Start{Path: path})
		for _, step := range []string{"stake", "ask", "next"} {
			if w.Apply(script.Event{Type: "visit", Data: script.Data{Step: step}}) || w.Blocked(step) == "" {
				t.Errorf("on the path %s, %s is reached without a word of thanks", path, step)
			}
		}
		w.Apply(script.Event{Type: "visit", Data: script.Data{Step: "recognize"}})
		if !w.Apply(script.Event{Type: "visit", Data: script.Data{Step: "ask"}}) {
			t.Errorf("on the path %s, the way to the ask stays closed after the thanks", path)
		}
	}
}

func TestCard_AskMayBeTheSmallerOneOrNothing(t *testing.T) {
	h := newHouse(t)
	for i, ask := range []string{"sign", "none", ""} {
		p, u := h.person("Person "+string(rune('A'+i)), "+1212555012"+string(rune('0'+i))), h.user("V"+ask, phonebank.Volunteer)
		shift := h.holds(u, p)
		b := h.browser(u)
		b.post("/shift/call", "nonce", b.get("/shift").nonce(), "script", "heat-recruitment", "ask-heat-recruitment", ask, "locale", "es").to("/shift")
		want := ask
		if want == "" {
			want = "meeting" // nothing was chosen: the session's
		}
		if n := h.count(`SELECT count(*) FROM conversations WHERE shift_id = $1 AND ask_id = $2 AND locale = 'es'`, shift.ID, want); n != 1 {
			t.Errorf("the talk was not begun with the ask %q", want)
		}
	}
	p, u := h.person("Person Z", "+12125550129"), h.user("Z", phonebank.Volunteer)
	h.holds(u, p)
	h.browser(u).post("/shift/call", "nonce", phonebank.NewID[string](midday), "script", "heat-recruitment", "ask-heat-recruitment", "fly").is(http.StatusUnprocessableEntity).says("no such ask")
}

func TestSession_OpensWithAnAskOrWithNoneOnPurpose(t *testing.T) {
	h := newHouse(t)
	h.starters()
	b := h.browser(h.boss)
	nonce := b.get("/sessions/new").says("One ask, chosen beforehand", "No ask today, just to meet", "A catch-up", "A step up").nonce()
	b.post("/sessions", "nonce", nonce, "campaign", string(h.campaign.ID), "name", "Tuesday", "when", "Dec 1, 6 pm", "goal", "Hear from the fourth floor", "roles", "Host: Rosa\nGreeter: Luis").
		is(http.StatusOK).says("not decided yet", "Hear from the fourth floor", "Greeter: Luis")
	page := "/sessions/" + nonce
	b.post(page+"/open").is(http.StatusUnprocessableEntity).says("before you open the session", "not decided yet")
	if n := h.count(`SELECT count(*) FROM sessions WHERE state = 'open'`); n != 0 {
		t.Fatal("a session opened before anybody decided what is asked")
	}
	b.get(page+"/edit").says(`value="Tuesday"`, "Host: Rosa")
	b.post(page+"/edit", "name", "", "ask-heat-recruitment", "none").is(http.StatusUnprocessableEntity).says("Give the session a name")
	b.post(page+"/edit", "name", "Tuesday", "script", "heat-recruitment", "ask-heat-recruitment", "role").is(http.StatusUnprocessableEntity).says("not in this script")
	b.post(page+"/edit", "name", "Tuesday calls", "script", "heat-recruitment", "ask-heat-recruitment", "none", "goal", "Meet the fourth floor").to(page)
	b.post(page + "/open").to(page)
	b.get(page).says("Tuesday calls", "nothing today. We want to meet them.", "Meet the fourth floor")
	b.post(page+"/edit", "name", "Tuesday calls").is(http.StatusUnprocessableEntity).says("it should be on purpose")
	b.post(page + "/end").to(page)
	b.post(page+"/edit", "name", "Later", "ask-heat-recruitment", "none").is(http.StatusConflict).says("can't be changed any more")
}

func TestBriefing_GoalAskRolesAndHostAreBesideTheReadyButton(t *testing.T) {
	h := newHouse(t)
	dana := h.user("Dana", phonebank.Volunteer)
	s, _ := h.session(phonebank.SessionOpen, true)
	s.Goal, s.Roles, s.Briefing, s.When = "Hear from the fourth floor", "Host: Rosa\n\n Greeter: Luis ", "Listen more than you talk.", "Tonight, 6 to 8"
	h.must(h.Store.EditSession(t.Context(), s))
	_, err := h.Store.KeepShift(t.Context(), s.ID, dana.ID, true, midday)
	h.must(err)
	h.browser(dana).get("/shift").says("Tonight's goal:", "Hear from the fourth floor", "Why we call:", "to come to the tenants' meeting", "From <bdi>Rosa</bdi>:", "Listen more than you talk.",
		"Greeter: Luis", "Tonight, 6 to 8", "Practice first")
}

func TestStake_ThreeAnswersBecomeTwoSentencesThatAreKept(t *testing.T) {
	h := newHouse(t)
	dana := h.user("Dana", phonebank.Volunteer)
	s, _ := h.session(phonebank.SessionOpen, true)
	shift, err := h.Store.KeepShift(t.Context(), s.ID, dana.ID, true, midday)
	h.must(err)
	h.db.SQL().MustExec(`UPDATE shifts SET state = 'break', leg_joined = true WHERE id = $1`, shift.ID)
	b := h.browser(dana)
	b.get("/shift").says("You haven't said yet why this matters to you. That's fine")
	b.post("/shift/stake", "spoken", "Day-na", "place", "2B", "like", "my heat fails every January.", "for", "my mother", "change", "she sleeps through the night.", "together", "1").to("/shift#stake")
	b.get("/shift").says("my heat fails every January, and I do it for my mother. If we win, she sleeps through the night").hides("You haven&#39;t said yet")
	// The words are theirs: what they write themselves stays as it is, and the answers alone change nothing.
	b.post("/shift/stake", "spoken", "Day-na", "place", "2B", "stake", "I'm cold", "like", "x").to("/shift#stake")
	u, err := h.Store.User(t.Context(), dana.ID)
	h.must(err)
	if u.Stake != "I'm cold" || u.SaidName() != "Day-na" || u.Place != "2B" {
		t.Errorf("kept: %q %q %q", u.Stake, u.SaidName(), u.Place)
	}
	b.reads("es")
	b.post("/shift/stake", "like", "tengo frío", "for", "mi mamá", "change", "ella duerme", "together", "1").to("/shift#stake")
	b.get("/shift").says("tengo frío, y lo hago por mi mamá. Si ganamos, ella duerme")
}

func TestThanks_TellsWhatTheTeamLearnedAndNobodysScore(t *testing.T) {
	h := newHouse(t)
	dana, luis := h.user("Dana", phonebank.Volunteer), h.user("Luis", phonebank.Volunteer)
	session, _ := h.session(phonebank.SessionOpen, true)
	_, err := h.Store.KeepShift(t.Context(), session.ID, dana.ID, true, midday)
	h.must(err)
	b := h.browser(dana)
	for i, problem := range []string{"the cold in the kids' room", "the mold", "the mold", "no hot water"} {
		p := h.person("Person "+string(rune('A'+i)), "+1212555013"+string(rune('0'+i)))
		c := h.talkedWith(luis, p, 0)
		h.db.SQL().MustExec(`UPDATE conversations SET session_id = $2 WHERE id = $1`, c.ID, session.ID)
		h.must(h.Store.KeepWord(t.Context(), p.ID, store.Word{Name: "problem", Value: problem, At: midday}, c.ID, luis.ID))
		h.must(h.Store.KeepWord(t.Context(), p.ID, store.Word{Name: "their_stake", Value: "a secret of theirs " + problem, At: midday}, c.ID, luis.ID))
		if i == 2 {
			b.get("/shift/thanks").hides("the mold", "What people told us:") // of so few, everybody would know who it was
		}
	}
	b.get("/shift/thanks").says("What we learned together", "<b>4</b> <span>real talks", "<b>4</b> <span>told us why it matters", "the mold", "no hot water", "One thing to try next", "Hold one practice talk").
		hides("a secret of theirs", "Luis", "Person A")
	b.reads("es")
	b.get("/shift/thanks").says("Lo que aprendimos en equipo", "Algo para probar la próxima vez", "ten una conversación de práctica").hides("What we learned", "real talks", "Practice")
}

func TestTryNext_FollowsFromOnesOwnTalks(t *testing.T) {
	for _, row := range []struct {
		own  store.Evening
		want string
	}{
		{store.Evening{}, "Hold one practice talk"}, {store.Evening{Talks: 2, Stakes: 1, Next: 2}, "ask once more"},
		{store.Evening{Talks: 2, Stakes: 2, Next: 1}, "ask when you can call again"}, {store.Evening{Talks: 2, Stakes: 2, Next: 2}, "count to four"},
	} {
		reply{t: t, Body: tryNext(row.own)}.says(row.want)
	}
}

func TestJoin_InSpanishFromTheFirstLook(t *testing.T) {
	h := newHouse(t)
	_, token := h.session(phonebank.SessionOpen, true)
	b := h.browser(phonebank.User{})
	r := b.request(http.MethodGet, "/j/"+token, "", nil)
	r.Header.Set("Accept-Language", "es-MX,es;q=0.9")
	b.do(r).is(http.StatusOK).says("Qué vas a hacer", "Tu nombre de pila", "I'd rather read in English", "venir a la reunión de inquilinos").hides("What you&#39;ll do", "Your first name", "House rules")
	b.get("/j/" + token).says("Prefiero leer en español")
	b.post("/language", "language", "es", "back", "/j/"+token).to("/j/" + token)
	b.post("/j/"+token, "name", "Inés", "phone", "212 555 0190", "languages", "español").to("/shift")
	b.get("/shift").says("Vamos a conectar tu teléfono").hides("connect your phone")
	if n := h.count(`SELECT count(*) FROM shifts`); n != 1 {
		t.Errorf("%d shifts", n)
	}
}

func TestRoom_SaysWhomNobodyHereCanTalkWith(t *testing.T) {
	h := newHouse(t)
	h.person("Ofelia Reyes", "+12125550122")
	h.db.SQL().MustExec(`UPDATE people SET languages = 'Spanish'`)
	dana := h.user("Dana", phonebank.Volunteer)
	h.must(h.Store.SetContact(t.Context(), dana.ID, "Dana", dana.Phone, "English"))
	s, _ := h.session(phonebank.SessionOpen, true)
	shift, err := h.Store.KeepShift(t.Context(), s.ID, dana.ID, true, midday)
	h.must(err)
	h.db.SQL().MustExec(`UPDATE shifts SET state = 'ready' WHERE id = $1`, shift.ID)
	boss := h.browser(h.boss)
	for _, page := range []string{"/room", "/sessions/" + string(s.ID)} {
		boss.get(page).says("1 person on the list prefers Spanish, and nobody here speaks it.")
	}
	h.must(h.Store.SetContact(t.Context(), dana.ID, "Dana", dana.Phone, "English, español"))
	boss.get("/room").hides("nobody here speaks it")
}
