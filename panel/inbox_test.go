package panel

import (
	"fmt"
	"net/http"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"phonebank"
	"phonebank/texting"
)

// cameIn lets somebody text us, as the webhook would.
func (h *house) cameIn(number, body string) phonebank.PhoneID {
	h.t.Helper()
	h.must(h.Desk.Receive(h.t.Context(), texting.In{SID: "SM" + strings.ToLower(phonebank.NewID[string](h.now())) + "000000", From: phonebank.Number(number), To: h.campaign.Number, Body: body, Zones: "America/New_York"}))
	phone, err := h.Store.PhoneByNumber(h.t.Context(), phonebank.Number(number))
	h.must(err)
	return phone.ID
}

// rings lets somebody call us while nobody is ready, as the switchboard writes it down; with seconds they leave a voicemail.
func (h *house) rings(number string, seconds int) (phonebank.CallID, phonebank.PhoneID) {
	h.t.Helper()
	phone, err := h.Store.KeepPhone(h.t.Context(), phonebank.Number(number), "America/New_York", h.now())
	h.must(err)
	person, err := h.Store.PersonOf(h.t.Context(), phone.ID)
	if err != nil {
		person, err = h.Store.AddPerson(h.t.Context(), phonebank.Person{ID: phonebank.NewID[phonebank.PersonID](h.now()), PhoneID: phone.ID, Name: "Caller ending " + number[len(number)-4:], FirstName: "Caller", CreatedAt: h.now()})
		h.must(err)
	}
	at := h.now()
	call := phonebank.Call{ID: phonebank.NewID[phonebank.CallID](at), Kind: phonebank.CallIn, State: phonebank.CallAnswered, SID: "CA" + string(phonebank.NewID[string](at)), Token: phonebank.NewToken(),
		CampaignID: h.campaign.ID, PersonID: person.ID, PhoneID: phone.ID, From: phonebank.Number(number), To: h.campaign.Number, Tries: 1, CreatedAt: at, AnsweredAt: &at}
	h.must(h.Store.AddCall(h.t.Context(), call, ""))
	if seconds > 0 {
		h.must(h.Store.SetRecording(h.t.Context(), call.ID, "RE"+string(phonebank.NewID[string](at)), seconds))
	}
	return call.ID, phone.ID
}

// owns makes a volunteer the one who knows a person.
func (h *house) owns(u phonebank.User, p phonebank.Person) {
	h.t.Helper()
	h.db.SQL().MustExec(`UPDATE people SET owner_id = $2 WHERE id = $1`, p.ID, u.ID)
}

// onShift lets a volunteer be here, in a session of its own.
func (h *house) onShift(u phonebank.User, here bool) {
	h.t.Helper()
	if h.count(`SELECT count(*) FROM shifts WHERE user_id = $1`, u.ID) == 0 {
		s, _ := h.session(phonebank.SessionOpen, true)
		_, err := h.Store.KeepShift(h.t.Context(), s.ID, u.ID, true, h.now())
		h.must(err)
	}
	state := "off"
	if here {
		state = "break"
	}
	h.db.SQL().MustExec(`UPDATE shifts SET state = $2, seen_at = $3, admitted = true WHERE user_id = $1`, u.ID, state, h.now())
}

func (h *house) speaks(u phonebank.User, languages string) {
	h.t.Helper()
	h.db.SQL().MustExec(`UPDATE users SET languages = $2 WHERE id = $1`, u.ID, languages)
}

func TestInbox_EverythingThatWaitsInOneListTheOldestFirst(t *testing.T) {
	h := newHouse(t)
	xiomara, dana := h.person("Xiomara Quiñones", "+12125550111"), h.user("Dana", phonebank.Volunteer)
	h.owns(dana, xiomara)
	h.person("Walt Brandt", "+12125550112")
	boss := h.browser(h.boss)
	boss.get("/inbox").is(http.StatusOK).says("Nobody waits for an answer")

	h.rings("+12125550155", 0) // nobody knows this number
	h.later(time.Minute)
	call, _ := h.rings("+12125550112", 9)
	h.later(time.Minute)
	h.cameIn("+12125550142", "who is this")
	h.later(time.Minute)
	h.cameIn("+12125550111", "is it still on Thursday?")
	h.later(time.Second)
	h.cameIn("+12125550111", "and where?")
	h.later(time.Minute - time.Second)
	h.cameIn("+12125550113", "leave me alone at work")

	page := boss.get("/inbox").is(http.StatusOK).says("Unknown, (•••) •••-0155", "They called, and nobody could take it.", "Walt Brandt", "left a voicemail, 9 seconds", "/voicemails/"+string(call)+".wav",
		"(212) 555-0142", "who is this", "Unknown", "Xiomara Quiñones", "and where?", "2 texts wait.", "Dana knows them, and is away: whoever is free answers.", "Was it a no?", "leave me alone at work", "Read it by 3:04 pm.")
	last := -1
	for _, name := range []string{"•••-0155", "Walt Brandt", "(212) 555-0142", "Xiomara", "leave me alone"} {
		at := strings.Index(page.Body, name)
		if at < last {
			t.Errorf("%s stands before what waits longer", name)
		}
		last = at
	}
	page.hides("waits longer than")
	// It shows in the bar of every page, on the board, and for a script that asks again.
	boss.get("/people").says(`<span class="count num">5<span class="vh"> wait</span></span>`)
	boss.get("/inbox/count").is(http.StatusOK).says(`>5<span`)
	boss.get("/room").says("5 wait in the inbox", "/inbox#w-", "who is this", "for Dana")

	// After a quarter of an hour a wait is marked in words; after an hour, what may have been a no.
	h.later(12 * time.Minute)
	if n := strings.Count(boss.get("/inbox").Body, "waits longer than 15 minutes"); n != 2 {
		t.Errorf("%d waits are marked, after 16, 15, 14 and 13 minutes", n)
	}
	h.later(time.Hour)
	boss.get("/inbox").says("should have been read by 3:04 pm")
}

func TestInbox_ACallBackOrATalkEndsTheWaitOfACaller(t *testing.T) {
	h := newHouse(t)
	walt := h.person("Walt Brandt", "+12125550112")
	waits := func() int { return h.count(`SELECT count(*) FROM phones WHERE missed_since IS NOT NULL`) }
	ring := func(state string, ourFault bool) {
		h.later(time.Minute)
		id := phonebank.NewID[phonebank.CallID](h.now())
		h.must(h.Store.AddCall(t.Context(), phonebank.Call{ID: id, Kind: phonebank.CallOut, State: phonebank.CallReserved, Token: phonebank.NewToken(), CampaignID: h.campaign.ID, PersonID: walt.ID,
			PhoneID: walt.PhoneID, From: h.campaign.Number, To: "+12125550112", Tries: 1, CreatedAt: h.now()}, ""))
		h.db.SQL().MustExec(`UPDATE calls SET state = 'placing', placed_at = $2 WHERE id = $1`, id, h.now())
		h.db.SQL().MustExec(`UPDATE calls SET state = $2, our_fault = $3, bridged_at = CASE WHEN $2 = 'bridged' THEN $4::timestamptz END WHERE id = $1`, id, state, ourFault, h.now())
	}
	h.rings("+12125550112", 0)
	if waits() != 1 {
		t.Fatal("a call that nobody took waits for nobody")
	}
	ring("ended", true)
	if waits() != 1 {
		t.Error("a line that we could not make has answered them")
	}
	ring("ended", false)
	if waits() != 0 {
		t.Error("we rang back, and they still wait in the inbox")
	}
	h.rings("+12125550112", 0)
	ring("bridged", false)
	if waits() != 0 {
		t.Error("we talked, and they still wait in the inbox")
	}
	// Put through to somebody and gone before anybody spoke: that is a missed call as well.
	in, _ := h.rings("+12125550112", 0)
	h.db.SQL().MustExec(`UPDATE phones SET missed_since = NULL`)
	dana := h.user("Dana", phonebank.Volunteer)
	h.onShift(dana, true)
	h.db.SQL().MustExec(`UPDATE calls SET shift_id = (SELECT id FROM shifts LIMIT 1) WHERE id = $1`, in)
	h.db.SQL().MustExec(`UPDATE calls SET state = 'ended' WHERE id = $1`, in)
	if waits() != 1 {
		t.Error("they hung up before anybody spoke, and nobody knows")
	}
}

func TestInbox_OfTwentyPressesAtOnceOneAnswers(t *testing.T) {
	h := newHouse(t)
	h.person("Xiomara Quiñones", "+12125550111")
	phone := h.cameIn("+12125550111", "is it still on Thursday?")
	var users []phonebank.User
	for i := range 20 {
		u := h.user(fmt.Sprint("Volunteer ", i), phonebank.Volunteer)
		h.onShift(u, true)
		users = append(users, u)
	}
	var all sync.WaitGroup
	var won, lost atomic.Int32
	for _, u := range users {
		all.Go(func() {
			switch err := h.Desk.Claim(t.Context(), phone, u, false); {
			case err == nil:
				won.Add(1)
			case phonebank.KindOf(err) == phonebank.Conflict:
				lost.Add(1)
			default:
				t.Error(err)
			}
		})
	}
	all.Wait()
	if won.Load() != 1 || lost.Load() != 19 {
		t.Errorf("%d answer, %d were told who does", won.Load(), lost.Load())
	}
	if n := h.count(`SELECT count(*) FROM journal WHERE thing = 'phone' AND event = 'claim'`); n != 1 {
		t.Errorf("%d claims in the journal", n)
	}
}

func TestInbox_ThePoolIsForThoseWhoAreHereAndShareTheLanguage(t *testing.T) {
	h := newHouse(t)
	p := h.person("Ofelia Reyes", "+12125550111")
	h.db.SQL().MustExec(`UPDATE people SET languages = 'Spanish' WHERE id = $1`, p.ID)
	dana, luis, priya, sam := h.user("Dana", phonebank.Volunteer), h.user("Luis", phonebank.Volunteer), h.user("Priya", phonebank.Volunteer), h.user("Sam", phonebank.Volunteer)
	h.owns(dana, p)
	h.speaks(luis, "English, Spanish")
	h.speaks(priya, "English")
	for _, u := range []phonebank.User{dana, luis, priya} {
		h.onShift(u, true)
	}
	h.onShift(sam, false)
	phone := h.cameIn("+12125550111", "¿a qué hora es?")

	h.browser(dana).get("/me").says("Texts waiting on me", "¿a qué hora es?", "You know them.")
	for _, u := range []phonebank.User{luis, priya, sam} {
		h.browser(u).get("/inbox").says("Nobody waits").hides("Ofelia")
	}
	// Its owner is here and does not get to it.
	h.later(19 * time.Minute)
	h.browser(luis).get("/inbox").hides("Ofelia")
	h.later(time.Minute)
	h.browser(luis).get("/inbox").says("Ofelia", "hasn't got to it", "(•••) •••-0111", "waits longer than 15 minutes").hides("¿a qué hora es?", "Reyes", "5550111")
	h.browser(luis).get("/me").says("From the pool", "I'll answer", "No promises due. Enjoy your evening.")
	h.browser(dana).get("/me").says("Others may answer too by now.")
	h.browser(priya).get("/inbox").hides("Ofelia")
	h.browser(sam).get("/inbox").says("Ofelia") // let in, with a phone that is not connected: a text can be answered without one
	h.browser(priya).post("/inbox/" + string(phone) + "/claim").is(http.StatusNotFound).hides("Ofelia")
	h.db.SQL().MustExec(`UPDATE sessions SET state = 'ended' WHERE id = (SELECT session_id FROM shifts WHERE user_id = $1)`, sam.ID)
	h.browser(sam).get("/inbox").hides("Ofelia")
	h.browser(sam).post("/inbox/" + string(phone) + "/claim").is(http.StatusNotFound)
	// An owner who is away loses it at once.
	q := h.person("Lucía Ferrer", "+12125550112")
	h.owns(dana, q)
	h.onShift(dana, false)
	h.cameIn("+12125550112", "hello?")
	h.browser(luis).get("/inbox").says("Lucía", "Dana knows them, and is away")
	h.browser(priya).get("/inbox").says("Lucía") // nobody has written down what she speaks
	// Somebody who was not let in yet is not here.
	h.db.SQL().MustExec(`UPDATE shifts SET admitted = false WHERE user_id = $1`, luis.ID)
	h.browser(luis).get("/inbox").hides("Lucía", "Ofelia")
}

func TestInbox_WhoSaysIllAnswerReadsExactlyThatPersonUntilItIsOver(t *testing.T) {
	h := newHouse(t)
	xiomara, walt := h.person("Xiomara Quiñones", "+12125550111"), h.person("Walt Brandt", "+12125550112")
	dana, luis := h.user("Dana", phonebank.Volunteer), h.user("Luis", phonebank.Volunteer)
	h.owns(dana, xiomara)
	h.onShift(luis, true)
	phone := h.cameIn("+12125550111", "is it still on Thursday?")
	b, page := h.browser(luis), "/people/"+string(xiomara.ID)
	may := func(want bool, when string) {
		t.Helper()
		status := http.StatusNotFound
		if want {
			status = http.StatusOK
		}
		got := b.get(page).is(status)
		if !want && strings.Contains(got.Body, "Xiomara") {
			t.Errorf("%s: the page gives a name away", when)
		}
		b.get("/people/" + string(walt.ID)).is(http.StatusNotFound)
	}
	may(false, "before")
	b.post(page+"/text", "nonce", phonebank.NewID[string](midday), "body", "hello").is(http.StatusNotFound)
	b.post("/inbox/" + string(phone) + "/answered").is(http.StatusForbidden).says("Press “I'll answer” first.")

	b.post("/inbox/" + string(phone) + "/claim").to(page + "#thread")
	may(true, "while they answer")
	b.get(page).says("is it still on Thursday?", "You said you'd answer.", "(•••) •••-0111").hides("5550111", "555-0111")
	b.get("/inbox").says("You said you'd answer.", "Let go", "Go on")
	h.browser(h.boss).get("/inbox").says("Luis is answering.", "Take it over")
	h.browser(dana).get("/me").says("My people").hides("is it still on Thursday?")
	h.browser(dana).get(page).says("is answering.")
	h.browser(dana).post(page+"/text", "nonce", phonebank.NewID[string](midday), "body", "Yes!").is(http.StatusForbidden).says("Luis is answering Xiomara right now", "Yes!")

	b.post("/inbox/" + string(phone) + "/let-go").to("/inbox")
	may(false, "after letting go")

	b.post("/inbox/" + string(phone) + "/claim").to(page + "#thread")
	h.later(20*time.Minute - time.Second)
	may(true, "within twenty minutes")
	h.later(time.Second)
	may(false, "after twenty minutes")
	b.get("/inbox").says("I'll answer")
	h.browser(h.boss).get("/inbox").hides("Luis is answering.")

	// A new text after an answer is a new wait: what was said about the one before counts no more.
	b.post("/inbox/" + string(phone) + "/claim").to(page + "#thread")
	h.must(h.Store.Answered(t.Context(), phone))
	may(false, "after the answer")
	h.later(time.Minute)
	h.cameIn("+12125550111", "thank you")
	may(false, "at the next text")

	// A coordinator may pass somebody over.
	b.post("/inbox/" + string(phone) + "/claim").to(page + "#thread")
	boss := h.browser(h.boss)
	boss.post("/inbox/" + string(phone) + "/claim").is(http.StatusConflict).says("Luis is answering this already.")
	boss.post("/inbox/"+string(phone)+"/claim", "over", "yes").to(page + "#thread")
	may(false, "after it was taken over")
	b.post("/inbox/"+string(phone)+"/claim", "over", "yes").is(http.StatusConflict)
}

func TestInbox_AnUnknownNumberIsAnsweredByWhoTakesIt(t *testing.T) {
	h := newHouse(t)
	luis, priya := h.user("Luis", phonebank.Volunteer), h.user("Priya", phonebank.Volunteer)
	h.onShift(luis, true)
	h.onShift(priya, true)
	phone := h.cameIn("+14155550142", "who is this")
	b, thread := h.browser(luis), "/threads/"+string(phone)
	b.get("/inbox").says("(•••) •••-0142", "Unknown").hides("who is this", "4155550142", "(415) 555-0142")
	b.get(thread).is(http.StatusNotFound).hides("who is this")
	b.post("/inbox/" + string(phone) + "/claim").to(thread)
	b.get(thread).is(http.StatusOK).says("who is this", "(•••) •••-0142", "Who is it?").hides("4155550142", "(415) 555-0142")
	h.browser(priya).get(thread).is(http.StatusNotFound)
	b.post(thread+"/rule", "was", "no").is(http.StatusForbidden)
	done := b.post(thread+"/person", "name", "Ofelia Reyes", "campaign", string(h.campaign.ID)).is(http.StatusSeeOther)
	b.get(done.Header.Get("Location")).says("Ofelia Reyes", "who is this").hides("4155550142", "(415) 555-0142")

	// Nobody has to make a name up: whoever is not known is answered all the same, and stays unknown.
	nameless := h.cameIn("+14155550143", "wrong building?")
	b.post("/inbox/" + string(nameless) + "/claim").to("/threads/" + string(nameless))
	done = b.post("/threads/"+string(nameless)+"/person", "name", "", "campaign", string(h.campaign.ID)).is(http.StatusSeeOther)
	b.get(done.Header.Get("Location")).says("Unknown, (•••) •••-0143", "wrong building?").hides("4155550143", "Caller")
}

func TestInbox_AfterHoursItWaitsAndSaysUntilWhen(t *testing.T) {
	h := newHouse(t)
	h.person("Xiomara Quiñones", "+12125550111")
	h.later(9 * time.Hour) // eleven at night in New York
	h.cameIn("+12125550111", "is it still on Thursday?")
	boss := h.browser(h.boss)
	boss.get("/inbox").hides("They can be answered from") // within a quarter of an hour of their own text
	h.later(16 * time.Minute)
	boss.get("/inbox").says("They can be answered from", "9:00 am")
	h.later(12 * time.Hour)
	boss.get("/inbox").says("Xiomara", "12 hours").hides("They can be answered from")
}

func TestInbox_WhoAskedUsToStopAndWritesAgainIsReadByACoordinatorOnly(t *testing.T) {
	h := newHouse(t)
	xiomara, dana, luis := h.person("Xiomara Quiñones", "+12125550111"), h.user("Dana", phonebank.Volunteer), h.user("Luis", phonebank.Volunteer)
	h.owns(dana, xiomara)
	h.onShift(luis, true)
	h.cameIn("+12125550111", "STOP")
	h.browser(h.boss).get("/inbox").says("Nobody waits")
	h.later(time.Minute)
	phone := h.cameIn("+12125550111", "sorry, wrong button")
	h.browser(h.boss).get("/inbox").says("sorry, wrong button", "They asked us to stop earlier", "A coordinator decides.").hides("I'll answer")
	h.browser(luis).get("/inbox").hides("Xiomara")
	h.browser(h.boss).post("/inbox/" + string(phone) + "/claim").is(http.StatusForbidden)
	h.browser(h.boss).post("/inbox/" + string(phone) + "/answered").to("/inbox")
	h.browser(h.boss).get("/inbox").says("Nobody waits")
}

func TestInbox_ReadsTheSameInSpanish(t *testing.T) {
	h := newHouse(t)
	h.person("Xiomara Quiñones", "+12125550111")
	h.rings("+12125550111", 12)
	h.cameIn("+12125550113", "leave me alone")
	h.later(20 * time.Minute)
	b := h.browser(h.boss)
	b.reads("es")
	b.get("/inbox").says("Buzón", "Llamó y dejó un mensaje de voz", "¿Fue un no?", "espera más de 15 minutos", "Yo contesto").hides("Nobody", "waits longer", "I'll answer")
}

func TestInbox_AnAnswerInSomebodysPlaceTakesNobodyAway(t *testing.T) {
	h := newHouse(t)
	xiomara, walt := h.person("Xiomara Quiñones", "+12125550111"), h.person("Walt Brandt", "+12125550112")
	dana, luis := h.user("Dana", phonebank.Volunteer), h.user("Luis", phonebank.Volunteer)
	h.owns(dana, xiomara)
	h.onShift(luis, true)
	h.db.SQL().MustExec(`UPDATE watermark SET fetched_through = $1, alive_at = $1, outage_until = 'epoch'`, midday.AddDate(1, 0, 0)) // all that came in is fetched
	b := h.browser(luis)
	answer := func(p phonebank.Person, number, to string) {
		t.Helper()
		phone := h.cameIn(number, "is it still on Thursday?")
		b.post("/inbox/" + string(phone) + "/claim").to("/people/" + string(p.ID) + "#thread")
		b.post("/people/"+string(p.ID)+"/text", "nonce", phonebank.NewID[string](h.now()), "body", "Yes, at 6:30.").to(to)
		if n := h.count(`SELECT count(*) FROM phones WHERE id = $1 AND waiting_since IS NOT NULL`, phone); n != 0 {
			t.Errorf("%s still waits", p.Name)
		}
		h.later(time.Minute)
	}
	answer(xiomara, "+12125550111", "/inbox?done=answered")
	b.get("/inbox?done=answered").says("Thank you for answering.", "Nobody waits")
	b.get("/people/" + string(xiomara.ID)).is(http.StatusNotFound)
	if n := h.count(`SELECT count(*) FROM people WHERE id = $1 AND owner_id = $2`, xiomara.ID, dana.ID); n != 1 {
		t.Error("an answer in her place took Xiomara from Dana")
	}
	// Whom nobody knew is known by who answered.
	answer(walt, "+12125550112", "/people/"+string(walt.ID)+"#thread")
	b.get("/people/" + string(walt.ID)).is(http.StatusOK).says("Walt Brandt")
}

func TestRefusal_IsReadWithinTheHourAndRuledWithWhoWhenAndWhy(t *testing.T) {
	h := newHouse(t)
	walt := h.person("Walt Brandt", "+12125550112")
	dana := h.user("Dana", phonebank.Volunteer)
	h.owns(dana, walt)
	phone := h.cameIn("+12125550112", "please stop by at 5")
	h.later(time.Minute)
	h.cameIn("+12125550112", "don't call before")
	boss, page, row := h.browser(h.boss), "/people/"+string(walt.ID), "/inbox/"+string(phone)
	boss.get("/inbox").says("Was it a no?", "please stop by at 5\ndon't call before", "What they meant").hides("I'll answer")
	h.browser(dana).get("/me").says("A coordinator reads this first.").hides("It was a no: stop")
	h.browser(dana).post(row+"/rule", "was", "no").is(http.StatusForbidden)
	h.browser(dana).post(row + "/claim").is(http.StatusForbidden)
	boss.post(row+"/rule", "was", "other").is(http.StatusUnprocessableEntity).says("Say in a few words what they meant")
	boss.post(row + "/rule").is(http.StatusUnprocessableEntity).says("Say whether it was a no.")
	boss.post(row+"/rule", "was", "other", "why", "He invites us for 5.").to("/inbox")
	boss.post(row+"/rule", "was", "other", "why", "again").is(http.StatusConflict).says("Somebody has read this already.")
	boss.get("/inbox").says("Walt Brandt", "2 texts wait.").hides("Was it a no?")
	boss.get(page).says("May have been a no", "please stop by at 5", "Read: it wasn&#39;t a no", "He invites us for 5.", "Rosa")

	// The next time it is one; taken back, that too is told with its reason.
	h.later(24 * time.Hour)
	h.cameIn("+12125550112", "stop calling me")
	boss.post(row+"/rule", "was", "no", "why", "I rang him to be sure.").to("/inbox")
	boss.get(page).says("Read: it was a no", "I rang him to be sure.", "Asked us to stop", "stop calling me")
	h.later(time.Hour)
	boss.post(page + "/reopen").is(http.StatusUnprocessableEntity)
	boss.post(page+"/reopen", "how", "He wrote to Rosa on Monday that he wants to come.").to(page)
	boss.post(page+"/reopen", "how", "twice").is(http.StatusConflict).says("Nothing is blocked here any more.")
	boss.get(page).says("Wants to hear from us again", "He wrote to Rosa on Monday that he wants to come.", "Rosa")
	for query, want := range map[string]int{
		`SELECT count(*) FROM journal WHERE thing = 'refusal' AND event = 'rule_other' AND by_user = $1 AND note = 'He invites us for 5.' AND from_state = 'open' AND to_state = 'was_other'`: 1,
		`SELECT count(*) FROM journal WHERE thing = 'refusal' AND event = 'rule_no' AND by_user = $1 AND note = 'I rang him to be sure.'`:                                                     1,
		`SELECT count(*) FROM journal WHERE thing = 'phone' AND event = 'opt_in' AND by_user = $1`:                                                                                            1,
		`SELECT count(*) FROM consents WHERE channel = 'all' AND given AND stated_by = $1 AND words LIKE 'He wrote to Rosa%'`:                                                                 1,
	} {
		if n := h.count(query, h.boss.ID); n != want {
			t.Errorf("%d, want %d: %s", n, want, query)
		}
	}
}

func TestRefusal_AKeywordSettlesWhatNobodyHasReadYet(t *testing.T) {
	h := newHouse(t)
	h.person("Walt Brandt", "+12125550112")
	h.cameIn("+12125550112", "leave me alone at work")
	h.later(time.Minute)
	h.cameIn("+12125550112", "STOP")
	h.browser(h.boss).get("/inbox").says("Nobody waits")
	if n := h.count(`SELECT count(*) FROM refusals WHERE state = 'was_no' AND ruled_by IS NULL`); n != 1 {
		t.Error("a plain stop left the question open whether it was one")
	}
	// START lifts the keyword, and whatever else was said stays on record.
	h.cameIn("+12125550112", "START")
	if n := h.count(`SELECT count(*) FROM phones WHERE opted_out_at IS NULL`); n != 1 {
		t.Error("START did not lift a keyword")
	}
}

func TestRefusal_StopsAPhoneThatRingsAndTellsEverybodyOnTheNumber(t *testing.T) {
	h := newHouse(t)
	lucia, hugo := h.person("Lucía Ferrer", "+12125550131"), h.person("Hugo Ferrer", "+12125550131")
	dana, luis := h.user("Dana", phonebank.Volunteer), h.user("Luis", phonebank.Volunteer)
	h.owns(dana, lucia)
	h.owns(luis, hugo)
	talk := h.talk(luis, hugo)
	ring := func(state string) phonebank.CallID {
		id := phonebank.NewID[phonebank.CallID](h.now())
		h.must(h.Store.AddCall(t.Context(), phonebank.Call{ID: id, Kind: phonebank.CallOut, State: phonebank.CallState(state), Token: phonebank.NewToken(), CampaignID: h.campaign.ID, PersonID: lucia.ID,
			PhoneID: lucia.PhoneID, From: h.campaign.Number, To: "+12125550131", Tries: 1, CreatedAt: h.now()}, ""))
		return id
	}
	written, ringing := ring("reserved"), ring("ringing")
	heard := h.Live.Listen("person:"+string(lucia.ID), "person:"+string(hugo.ID), "user:"+string(dana.ID), "user:"+string(luis.ID), "conversation:"+string(talk.ID), "calls")
	defer heard.Close()
	phone := h.cameIn("+12125550131", "don't call us any more please")
	for _, id := range []phonebank.CallID{written, ringing} {
		if n := h.count(`SELECT count(*) FROM calls WHERE id = $1 AND hang_up_at IS NOT NULL`, id); n != 1 {
			t.Error("a phone rings on after what may have been a no")
		}
	}
	if n := h.count(`SELECT count(*) FROM calls WHERE conversation_id = $1 AND hang_up_at IS NOT NULL`, talk.ID); n != 0 {
		t.Error("a talk that is under way was cut")
	}
	told := map[string]bool{}
	for len(told) < 6 {
		select {
		case <-heard.Changed():
			for _, topic := range heard.Take() {
				told[topic] = true
			}
		case <-time.After(10 * time.Second):
			t.Fatalf("only %v were told", told)
		}
	}
	for _, p := range []phonebank.Person{lucia, hugo} {
		h.browser(h.boss).get("/people/"+string(p.ID)).says("Was this a no?", "don't call us any more please")
		h.browser(h.boss).post("/people/" + string(p.ID) + "/call").is(http.StatusConflict) // she has no shift
	}
	h.browser(dana).post("/people/"+string(lucia.ID)+"/text", "nonce", phonebank.NewID[string](midday), "body", "hello").is(http.StatusForbidden).says("may have been a no")
	h.browser(h.boss).get("/inbox").says("Lucía Ferrer", "Hugo Ferrer", "on the same number")
	h.browser(h.boss).post("/inbox/"+string(phone)+"/rule", "was", "no").to("/inbox")
	for _, p := range []phonebank.Person{lucia, hugo} {
		h.browser(h.boss).get("/people/"+string(p.ID)).says("asked us to stop", "don't call us any more please")
	}
}
