package panel

import (
	"encoding/csv"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"phonebank"
	"phonebank/script"
	"phonebank/store"
)

// heldTalk is one talk of a set whose figures were counted by hand.
type heldTalk struct {
	days    int // before midday
	channel string
	seconds int
	outcome phonebank.Outcome
	answer  string
	stake   string // a slot in which it was told
	next    bool
	script  string
}

func (h *house) held(u phonebank.User, p phonebank.Person, d heldTalk) phonebank.Conversation {
	h.t.Helper()
	at := midday.AddDate(0, 0, -d.days)
	if d.script == "" {
		d.script = h.campaign.ScriptID
	}
	c := phonebank.Conversation{ID: phonebank.NewID[phonebank.ConversationID](at), CampaignID: h.campaign.ID, PersonID: p.ID, UserID: u.ID, Channel: d.channel, Kind: "any", AskID: "meeting",
		State: phonebank.ConversationWrapped, ScriptID: d.script, ScriptVersion: 1, Locale: "en", StartedAt: at}
	h.must(h.Store.AddConversation(h.t.Context(), c))
	h.db.SQL().MustExec(`UPDATE conversations SET outcome = $2, wrap = jsonb_build_object('answer', $3::text), wrapped_at = $4, ended_at = $4 WHERE id = $1`, c.ID, d.outcome, d.answer, at)
	if d.seconds > 0 {
		h.must(h.Store.AddCall(h.t.Context(), phonebank.Call{ID: phonebank.NewID[phonebank.CallID](at), Kind: phonebank.CallOut, State: phonebank.CallWrapped, Result: phonebank.ResultAnswered, Token: phonebank.NewToken(),
			CampaignID: h.campaign.ID, PersonID: p.ID, PhoneID: p.PhoneID, Conversation: c.ID, From: h.campaign.Number, To: "+12125550111", Tries: 1, CreatedAt: at}, ""))
		h.db.SQL().MustExec(`UPDATE calls SET answered_at = $2, ended_at = $3 WHERE conversation_id = $1`, c.ID, at, at.Add(time.Duration(d.seconds)*time.Second))
	}
	if d.stake != "" {
		h.must(h.Store.KeepWord(h.t.Context(), p.ID, store.Word{Name: d.stake, Value: "the boys are cold", Label: "their stake", At: at}, c.ID, u.ID))
	}
	if d.next {
		h.db.SQL().MustExec(`INSERT INTO follow_ups (id, campaign_id, person_id, phone_id, conversation_id, channel, reason, state, local_wish, zone, due_at, not_after, created_at)
			VALUES ($1, $2, $3, $4, $5, 'call', 'revisit', 'done', '', 'America/New_York', $6, $6, $6)`, phonebank.NewID[string](at), h.campaign.ID, p.ID, p.PhoneID, c.ID, at)
	}
	return c
}

// promisedBy writes down something that was due some days ago, settled some days ago where it has been.
func (h *house) promisedBy(p phonebank.Person, due int, state phonebank.CommitmentState, settled int) {
	h.t.Helper()
	at := midday.AddDate(0, 0, -due)
	h.must(h.Store.AddCommitment(h.t.Context(), phonebank.Commitment{ID: phonebank.NewID[phonebank.CommitmentID](at), CampaignID: h.campaign.ID, PersonID: p.ID, What: "come", ByLocal: "2026-11-01T12:00",
		Zone: "America/New_York", By: at, State: state, CreatedAt: at}))
	if state != phonebank.CommitmentOpen {
		h.db.SQL().MustExec(`UPDATE commitments SET settled_at = $2 WHERE person_id = $1 AND by_at = $3`, p.ID, midday.AddDate(0, 0, -settled), at)
	}
}

const wholePeriod = "since=2026-07-01&until=2026-11-23"

// seedReport writes a set of talks down whose figures were counted by hand, in the comments of the tests below.
func (h *house) seedReport() (dana, luis phonebank.User) {
	h.t.Helper()
	other, err := script.Starter("escalation-next-rung")
	h.must(err)
	raw, err := other.JSON()
	h.must(err)
	h.must(h.Store.AddScript(h.t.Context(), other.ID, 1, "live", "Step-up", raw, midday))
	dana, luis = h.user("Dana", phonebank.Volunteer), h.user("Luis", phonebank.Volunteer)
	var p [7]phonebank.Person
	for i := range p {
		p[i] = h.person(fmt.Sprint("Neighbor ", i), fmt.Sprintf("+121255501%02d", 30+i))
	}
	t1 := h.held(dana, p[1], heldTalk{days: 100, channel: "call", seconds: 720, outcome: phonebank.OutcomeCommitment, answer: "clear_yes", stake: "their_stake", next: true})
	t2 := h.held(dana, p[1], heldTalk{days: 53, channel: "call", seconds: 60, outcome: phonebank.OutcomeConnected, answer: "unsure"})
	t3 := h.held(luis, p[2], heldTalk{days: 100, channel: "text", outcome: phonebank.OutcomeNoThanks, answer: "hard_no"})
	t4 := h.held(luis, p[3], heldTalk{days: 44, channel: "in_person", outcome: phonebank.OutcomeConnected, stake: "story"})
	t5 := h.held(luis, p[4], heldTalk{days: 3, channel: "call", seconds: 180, outcome: phonebank.OutcomeNoThanks, answer: "unsure"})
	h.held(luis, p[5], heldTalk{days: 175, channel: "call", seconds: 300, outcome: phonebank.OutcomeConnected}) // before the period
	t6 := h.held(dana, p[5], heldTalk{days: 22, channel: "call", seconds: 120, outcome: phonebank.OutcomeConnected, script: other.ID})
	h.held(dana, p[6], heldTalk{days: 13, channel: "call", seconds: 30, outcome: phonebank.OutcomeCallback})
	h.promisedBy(p[1], 95, phonebank.CommitmentKept, 3)
	h.promisedBy(p[3], 9, phonebank.CommitmentKept, 8)
	h.promisedBy(p[4], 1, phonebank.CommitmentMissed, 0)
	h.promisedBy(p[2], 22, phonebank.CommitmentOpen, 0)
	h.promisedBy(p[2], -10, phonebank.CommitmentOpen, 0) // still to come
	for i, m := range []struct {
		person   phonebank.Person
		from, to int
		state    string
	}{{p[3], 2, 3, "approved"}, {p[1], 3, 4, "approved"}, {p[2], 0, 3, "declined"}} {
		h.db.SQL().MustExec(`INSERT INTO rung_moves (id, person_id, from_rung, to_rung, ground, evidence, state, proposed_at, decided_by, decided_at) VALUES ($1, $2, $3, $4, 'by_hand', 'seen', $5, $6, $7, $6)`,
			fmt.Sprint("move", i), m.person.ID, m.from, m.to, m.state, midday.AddDate(0, 0, -7), h.boss.ID)
	}
	h.db.SQL().MustExec(`UPDATE people SET rung = 3 WHERE id = $1`, p[3].ID)
	ctx := h.t.Context()
	h.must(h.Store.Learn(ctx, t1.ID, "opponent", "part in stock since March", midday))
	h.must(h.Store.Learn(ctx, t3.ID, "place", "the laundry is where people meet", midday))
	for i, c := range []phonebank.Conversation{t1, t3, t4, t5, t6} {
		h.must(h.Store.KeepWord(ctx, c.PersonID, store.Word{Name: "objection", Value: fmt.Sprint("worry ", i), Label: "their worry", At: midday}, c.ID, dana.ID))
	}
	h.must(h.Store.KeepWord(ctx, p[1].ID, store.Word{Name: "barrier", Value: "her shift ends at nine", Label: "what got in the way", At: midday}, t2.ID, dana.ID))
	h.toTheAsk(t1) // introduction, stake, agitation, back to the stake, the ask
	h.marked(t2, "light", `{"step":"intro","colour":"green"}`, "light", `{"step":"stake","colour":"yellow","id":"keep"}`)
	return dana, luis
}

// table fetches one table of the report as CSV, by its first cell.
func (b *browser) table(slug string) map[string][]string {
	b.t.Helper()
	got := b.get("/report/" + slug + ".csv?" + wholePeriod).is(http.StatusOK)
	if kind := got.Header.Get("Content-Type"); kind != "text/csv; charset=utf-8" {
		b.t.Errorf("%s is %q", slug, kind)
	}
	rows, err := csv.NewReader(strings.NewReader(got.Body)).ReadAll()
	if err != nil || len(rows) == 0 {
		b.t.Fatalf("%s: %v: %q", slug, err, got.Body)
	}
	list := map[string][]string{}
	for _, r := range rows[1:] {
		list[r[0]] = r[1:]
	}
	return list
}

func (h *house) same(table string, got map[string][]string, want map[string]string) {
	h.t.Helper()
	for name, cells := range want {
		if is := strings.Join(got[name], ","); is != cells {
			h.t.Errorf("%s, %q: %q, counted by hand %q", table, name, is, cells)
		}
	}
}

func TestReport_FiguresAreThoseCountedByHand(t *testing.T) {
	h := newHouse(t)
	h.seedReport()
	b := h.browser(h.boss)
	// Six talks in the period: the callback is no talk, and one talk was before it. Two minutes sharp is two minutes.
	h.same("figures", b.table("figures"), map[string]string{
		"talks over two minutes, by phone": "3,", "talks by text": "1,", "talks face to face": "1,",
		"talks in which they told us why it matters": "2,6", "talks that agreed the next one": "1,6", "promises kept, of those that came due": "2,4",
		"Clear yes": "1,", "Not sure": "1,", "Honest no": "2,",
		// Five people; one of them had talked with us before. Three of the four new ones came 30 days ago or earlier, two came
		// 90 days ago; one of each talked or kept a promise that long after, and one of the three kept one after 36 days.
		"people are new to us": "4,5", "new people are still here after 30 days": "2,3", "new people are still here after 90 days": "1,2",
		"people took on a task or a role": "1,",
	})
	h.same("promises", b.table("promises"), map[string]string{"Kept": "2", "Partly": "0", "Missed": "1", "Moved to another day": "0", "They changed their mind": "0", "Nobody has asked yet": "1"})
	h.same("phases", b.table("phases"), map[string]string{"Implementation": "5,2,1,1,1,2", "Execution": "1,0,0,0,0,0"})
	h.same("rungs", b.table("rungs"), map[string]string{"Met us": "4", "Took a task": "1"})
	h.same("hearing", b.table("hearing"), map[string]string{"How the other side works": "1,fewer than 5", "About the place": "1,fewer than 5"})
	page := b.get("/report?"+wholePeriod).is(http.StatusOK).says("part in stock since March", "the laundry is where people meet", "worry 0", "worry 4", "fewer than 5 people", "Their words are shown once at least five people",
		"Heat by December: first 1:1, version 1", "These numbers come from 2 talks.", `<svg class="visits"`, "4<small> of 5</small>")
	page.hides("her shift ends at nine", "the boys are cold")
	b.get("/report/barriers.csv?" + wholePeriod).says("fewer than 5 people").hides("her shift ends at nine")
	if n := h.count(`SELECT count(*) FROM journal WHERE thing = 'report' AND event = 'export' AND by_user = $1`, h.boss.ID); n != 6 {
		t.Errorf("%d exports on record", n)
	}
}

func TestReport_StepsSayWhereTalksLoopAndEnd(t *testing.T) {
	h := newHouse(t)
	h.seedReport()
	rows, err := csv.NewReader(strings.NewReader(h.browser(h.boss).get("/report/steps.csv?" + wholePeriod).Body)).ReadAll()
	h.must(err)
	got := map[string][]string{}
	for _, r := range rows[1:] {
		if r[0] != "Heat by December: first 1:1, version 1" {
			t.Errorf("a talk without a way through its script is counted: %v", r)
		}
		got[r[1]] = r[2:]
	}
	// Came here, stayed for more, came back, ended here, yellow.
	h.same("steps", got, map[string]string{"Introduction": "2,0,0,0,0 %", "Issues & stake": "2,1,1,1,50 %", "Agitation": "1,0,0,0,none", "The ask": "1,0,0,1,none"})
}

// A long period costs time and not memory: only the newest talks are replayed, and it is known how many there are.
func TestReport_ReplaysTheNewestTalksOnly(t *testing.T) {
	h := newHouse(t)
	h.seedReport()
	var walked []store.Walked
	all, err := h.Store.EachWalk(t.Context(), store.Narrowed{Since: midday.AddDate(0, -6, 0), Until: midday}, 3, func(w store.Walked) error {
		walked = append(walked, w)
		return nil
	})
	h.must(err)
	if all != 8 || len(walked) != 3 || h.count(`SELECT count(*) FROM conversations WHERE id = ANY(ARRAY[$1, $2, $3]) AND started_at >= $4`, walked[0].ID, walked[1].ID, walked[2].ID, midday.AddDate(0, 0, -22)) != 3 {
		t.Errorf("%d talks in all, %d replayed: %+v", all, len(walked), walked)
	}
}

func TestReport_IsNarrowedAndEmptyInWords(t *testing.T) {
	h := newHouse(t)
	h.seedReport()
	b := h.browser(h.boss)
	b.get("/report?"+wholePeriod+"&script=escalation-next-rung/1").says("0<small> of 1</small>", "No talk of this period went through a script.")
	b.get("/report?"+wholePeriod+"&phase=execution").says("0<small> of 1</small>").hides("part in stock since March", "worry 0")
	b.get("/report?since=2020-01-01&until=2020-02-01").says("No talk of this period", "Nothing yet.", "Nothing in this period.")
	b.get("/report?since=not-a-day").is(http.StatusOK)
	b.get("/report?script=x/y").is(http.StatusUnprocessableEntity)
	b.get("/report?campaign=%00").is(http.StatusUnprocessableEntity)
	b.get("/report/nothing.csv").is(http.StatusNotFound)
	b.get("/report?" + wholePeriod + "&campaign=01ARZ3NDEKTSV4RRFFQ69G5FAV").is(http.StatusOK).says("0<small> of 0</small>")
}

// A number beside a volunteer's name would be a ranking, however it is meant; so would people in the order of anything.
func TestReport_NobodyIsRankedAndOnlyCoordinatorsReadIt(t *testing.T) {
	h := newHouse(t)
	dana, luis := h.seedReport()
	b := h.browser(h.boss)
	for _, path := range []string{"/report?" + wholePeriod, "/report/figures.csv?" + wholePeriod, "/report/steps.csv?" + wholePeriod, "/report/learned.csv?" + wholePeriod, "/report/worries.csv?" + wholePeriod, "/report/people.csv"} {
		b.get(path).is(http.StatusOK).hides(dana.Name, luis.Name)
	}
	b.get("/report?" + wholePeriod).hides("Neighbor ")
	for _, role := range []phonebank.Role{phonebank.Volunteer, phonebank.Lead} {
		other := h.browser(h.user("Sam", role))
		for _, path := range []string{"/report", "/report/figures.csv", "/report/people.csv", "/ladder"} {
			other.get(path).is(http.StatusForbidden).hides("Neighbor", "laundry")
		}
	}
	h.browser(phonebank.User{}).get("/report").is(http.StatusUnauthorized)
}

func TestReport_PeopleCarryTheirRungAndNoFormula(t *testing.T) {
	h := newHouse(t)
	h.seedReport()
	p := h.person("=cmd()", "+12125550155")
	h.db.SQL().MustExec(`UPDATE people SET support = 'leaning_yes', leader = '@everybody asks her' WHERE id = $1`, p.ID)
	rows, err := csv.NewReader(strings.NewReader(h.browser(h.boss).get("/report/people.csv").Body)).ReadAll()
	h.must(err)
	if len(rows) != 1+8 {
		t.Fatalf("%d rows for eight people", len(rows)-1)
	}
	got := map[string][]string{}
	for _, r := range rows {
		got[r[1]] = r
	}
	if r := got["Neighbor 3"]; len(r) == 0 || r[6] != "3" || r[7] != "Took a task" || r[3] != "+12125550133" {
		t.Errorf("a person with a rung: %q", r)
	}
	if r := got["'=cmd()"]; len(r) == 0 || r[8] != "Leaning yes" || r[9] != "'@everybody asks her" {
		t.Errorf("somebody's words became a formula: %q", rows)
	}
}
