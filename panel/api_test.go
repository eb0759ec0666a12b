package panel

import (
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/gorilla/mux"

	"phonebank"
	"phonebank/store"
)

func TestAPI_EveryRouteIsDescribedAndEveryDescriptionIsARoute(t *testing.T) {
	w := newAPIWorld(t)
	sure(t, w.doc.Validate(t.Context()))
	var described, routed []string
	for path, item := range w.doc.Paths.Map() {
		for method := range item.Operations() {
			described = append(described, method+" /api/v1"+path)
		}
	}
	sure(t, w.mux.Walk(func(route *mux.Route, _ *mux.Router, _ []*mux.Route) error {
		path, err := route.GetPathTemplate()
		methods, _ := route.GetMethods() // the prefix of the subrouter has none
		for _, method := range methods {
			routed = append(routed, method+" "+path)
		}
		return err
	}))
	slices.Sort(described)
	slices.Sort(routed)
	if got, want := strings.Join(routed, "\n"), strings.Join(described, "\n"); got != want {
		t.Errorf("routes:\n%s\n\ndescribed:\n%s", got, want)
	}
}

func TestAPI_TheDescriptionNamesTheStatesOfTheCode(t *testing.T) {
	w := newAPIWorld(t)
	for where, want := range map[string]string{
		"Conversation.state":   fmt.Sprint(phonebank.ConversationTable.States()),
		"Conversation.outcome": fmt.Sprint(append([]phonebank.Outcome{""}, phonebank.Outcomes...)),
		"Call.state":           fmt.Sprint(phonebank.CallTable.States()),
		"Call.result":          fmt.Sprint(phonebank.CallResults),
		"Message.state":        fmt.Sprint(phonebank.MessageStates),
		"Commitment.state":     fmt.Sprint(phonebank.CommitmentTable.States()),
		"FollowUp.state":       fmt.Sprint(phonebank.FollowUpTable.States()),
		"FollowUp.reason":      fmt.Sprint(phonebank.Reasons),
		"NewFollowUp.reason":   fmt.Sprint(slices.DeleteFunc(slices.Clone(phonebank.Reasons), func(r phonebank.Reason) bool { return r == phonebank.ReasonWave || r == phonebank.ReasonHeadsUp })),
		"Wave.state":           fmt.Sprint(phonebank.WaveTable.States()),
		"WavePerson.state":     fmt.Sprint(phonebank.MemberTable.States()),
		"Outbox.state":         fmt.Sprint(phonebank.OutboxTable.States()),
		"Person.support":       fmt.Sprint(append([]string{""}, phonebank.Supports...)),
	} {
		schema, field, _ := strings.Cut(where, ".")
		if got := fmt.Sprint(w.doc.Components.Schemas[schema].Value.Properties[field].Value.Enum); got != want {
			t.Errorf("%s is one of %s in the description, %s in the code", where, got, want)
		}
	}
}

// Each answer is held against openapi.json by w.call; this test leaves no operation out.
func TestAPI_EveryOperationAnswersAsItIsDescribed(t *testing.T) {
	w := newAPIWorld(t)
	ctx := t.Context()
	person := w.addPerson("Ana Ruiz", "212 555 0110")
	phone, err := w.store.PhoneByNumber(ctx, "+12125550110")
	sure(t, err)
	rowsOf(w, phonebank.PersonID(person), phone)

	w.made("/campaigns", map[string]any{"name": "Buses at night", "number": "+12125550101", "script_id": w.campaign.ScriptID, "zone": "America/New_York"})
	session := w.made("/sessions", map[string]any{"campaign_id": w.campaign.ID, "name": "Tuesday evening", "auto_admit": true, "auto_call": 5})["id"].(string)
	w.expect(200, "POST", "/people/imports", map[string]any{"campaign_id": w.campaign.ID, "csv": "first_name,last_name,phone,shoe\nBo,Lind,2125550111,42\nNo,Number,,43\n"})
	text := w.made("/follow-ups", map[string]any{"person_id": person, "kind": "text", "due_at": "2026-03-04T20:00:00Z", "body": "See you at six?"})["id"].(string)
	w.expect(200, "POST", "/follow-ups/"+text+"/move", map[string]any{"due_at": "2026-03-05T20:00:00Z"})
	w.expect(200, "POST", "/follow-ups/"+text+"/cancel", map[string]any{"why": "They told me already."})
	call := w.made("/follow-ups", map[string]any{"person_id": person, "kind": "call", "due_at": "2026-03-04T20:00:00Z", "reason": "revisit"})["id"]
	if wave := w.made("/waves", map[string]any{"name": "Day before", "session_id": session, "follow_up_ids": []any{call}}); wave["taken"] != 1.0 {
		t.Errorf("the wave took %v of one", wave["taken"])
	}
	wavesOf(w, call.(string))
	w.expect(200, "POST", "/sessions/"+session+"/end", nil)
	second := w.made("/sessions", map[string]any{"campaign_id": w.campaign.ID, "name": "Wednesday evening"})["id"].(string)
	w.expect(200, "POST", "/sessions/"+second+"/open", nil)
	w.got("/pause")
	w.expect(200, "POST", "/pause", nil)
	w.expect(200, "DELETE", "/pause", nil)
	w.got("/openapi.json")
	for _, list := range []string{"people", "campaigns", "sessions", "conversations", "calls", "messages", "commitments", "follow-ups", "outbox", "waves"} {
		items := w.got("/" + list)["items"].([]any)
		if len(items) == 0 {
			t.Errorf("/%s is empty", list)
			continue
		}
		first := items[0].(map[string]any)
		if one := w.got("/" + list + "/" + first["id"].(string)); fmt.Sprint(one) != fmt.Sprint(first) {
			t.Errorf("/%s shows %v in the list and %v alone", list, first, one)
		}
	}
	for path, item := range w.doc.Paths.Map() {
		for method, operation := range item.Operations() {
			if !w.seen[operation.OperationID] {
				t.Errorf("%s %s was never answered with success", method, path)
			}
		}
	}
}

// rowsOf writes what only the phone bank itself writes: a talk, its call, a text of theirs, a commitment.
func rowsOf(w *apiWorld, person phonebank.PersonID, phone phonebank.Phone) {
	w.Helper()
	ctx, s := w.Context(), w.store
	talk := phonebank.Conversation{
		ID: phonebank.NewID[phonebank.ConversationID](noon), CampaignID: w.campaign.ID, PersonID: person, UserID: w.user.ID,
		Channel: "call", Kind: "recruitment", AskID: "meeting", State: phonebank.ConversationOpen, ScriptID: w.campaign.ScriptID, ScriptVersion: 1, Locale: "en", StartedAt: noon,
	}
	sure(w.T, s.AddConversation(ctx, talk))
	sure(w.T, s.AddCall(ctx, phonebank.Call{
		ID: phonebank.NewID[phonebank.CallID](noon), Kind: phonebank.CallOut, State: phonebank.CallReserved,
		Token: phonebank.NewToken(), CampaignID: w.campaign.ID, PersonID: person, PhoneID: phone.ID, Conversation: talk.ID, From: w.campaign.Number,
		To: phone.Number, Tries: 1, CreatedAt: noon,
	}, ""))
	_, err := s.ReceiveTexts(ctx, []store.Inbound{{SID: "SM0123456789abcdef0123456789abcdef", From: phone.Number, To: w.campaign.Number, Body: "Sí ✓ <b>", At: noon}})
	sure(w.T, err)
	sure(w.T, s.AddCommitment(ctx, phonebank.Commitment{
		ID: phonebank.NewID[phonebank.CommitmentID](noon), CampaignID: w.campaign.ID, PersonID: person,
		Conversation: talk.ID, UserID: w.user.ID, What: "Bring two neighbours", ByLocal: "2026-03-12T18:30", Zone: "America/New_York", By: noon.AddDate(0, 0, 9),
		State: phonebank.CommitmentOpen, CreatedAt: noon,
	}))
}

func TestAPI_OnlyACoordinatorsTokenOpensIt(t *testing.T) {
	w := newAPIWorld(t)
	_, lead := w.addUser("Lee", phonebank.Lead)
	_, admin := w.addUser("Ada", phonebank.Admin)
	gone, revoked := w.addUser("Gus", phonebank.Coordinator)
	sure(t, w.store.InTx(t.Context(), func(tx *store.Tx) error { return tx.RemoveUser(t.Context(), gone.ID, store.By{}, noon) }))
	login := phonebank.NewToken()
	sure(t, w.store.AddSecret(t.Context(), store.LoginSecret, login, w.user.ID, "", noon, time.Time{}))
	late := phonebank.NewToken()
	sure(t, w.store.AddSecret(t.Context(), store.TokenSecret, late, w.user.ID, "", noon.AddDate(0, 0, -2), noon))
	for _, row := range []struct {
		why, authorization string
		status             int
	}{
		{"a coordinator's token", "Bearer " + w.token, 200},
		{"the scheme is not a matter of case", "bearer " + w.token, 200},
		{"an admin may what a coordinator may", "Bearer " + admin, 200},
		{"no token", "", 401},
		{"an empty one", "Bearer ", 401},
		{"a made-up one", "Bearer " + phonebank.NewToken(), 401},
		{"the token without its scheme", w.token, 401},
		{"another scheme", "Basic " + w.token, 401},
		{"a browser's cookie is no token", "Bearer " + login, 401},
		{"one that has expired", "Bearer " + late, 401},
		{"one of somebody who was removed", "Bearer " + revoked, 401},
		{"a lead's", "Bearer " + lead, 403},
	} {
		for _, path := range []string{"/people", "/pause"} {
			r := w.request("GET", path, nil)
			r.Header.Set("Authorization", row.authorization)
			reply := w.send(r)
			if reply.status != row.status {
				t.Errorf("%s: GET %s answered %d, want %d", row.why, path, reply.status, row.status)
			}
			if challenge := reply.header.Get("WWW-Authenticate"); strings.HasPrefix(challenge, "Bearer") != (row.status == 401) {
				t.Errorf("%s: WWW-Authenticate is %q", row.why, challenge)
			}
		}
	}
	r := w.request("GET", "/openapi.json", nil)
	r.Header.Del("Authorization")
	if reply := w.send(r); reply.status != 200 {
		t.Errorf("the description without a token answered %d", reply.status)
	}
}

func TestAPI_PagesHoldEverybodyOnceInOrder(t *testing.T) {
	w := newAPIWorld(t)
	var csv strings.Builder
	csv.WriteString("name,phone\n")
	for i := range 250 {
		fmt.Fprintf(&csv, "Person %d,+1212555%04d\n", i, i)
	}
	report := w.expect(200, "POST", "/people/imports", map[string]any{"campaign_id": w.campaign.ID, "csv": csv.String()})
	if report["new"] != 250.0 {
		t.Fatalf("imported %v", report)
	}
	for _, row := range []struct {
		query string
		pages int
	}{{"", 3}, {"?limit=125", 2}, {"?limit=250", 1}, {"?limit=499&q=person", 1}, {"?limit=7", 36}} {
		var ids []string
		next, pages := "/people"+row.query, 0
		for next != "" {
			reply := w.call("GET", next, nil)
			pages++
			for _, item := range reply.body["items"].([]any) {
				ids = append(ids, item.(map[string]any)["id"].(string))
			}
			next = ""
			if link := reply.header.Get("Link"); link != "" {
				address, rel, _ := strings.Cut(strings.TrimPrefix(link, "<"), ">")
				u, err := url.Parse(address)
				sure(t, err)
				if rel != `; rel="next"` || u.Query().Get("cursor") != reply.body["next"] {
					t.Fatalf("Link is %q where next is %v", link, reply.body["next"])
				}
				next = strings.TrimPrefix(address, "/api/v1")
			} else if reply.body["next"] != nil {
				t.Fatalf("next is %v and there is no Link", reply.body["next"])
			}
		}
		if pages != row.pages || len(ids) != 250 || !slices.IsSorted(ids) || len(slices.Compact(ids)) != 250 {
			t.Errorf("%q: %d people on %d pages, want 250 on %d", row.query, len(ids), pages, row.pages)
		}
	}
	if found := w.got("/people?q=5550117")["items"].([]any); len(found) != 1 {
		t.Errorf("%d people have 555 0117", len(found))
	}
}

func TestAPI_BadInputIsAProblemAndChangesNothing(t *testing.T) {
	w := newAPIWorld(t)
	person := w.addPerson("Ana Ruiz", "212 555 0110")
	planned := w.made("/sessions", map[string]any{"campaign_id": w.campaign.ID, "name": "Tuesday"})["id"].(string)
	nobody := phonebank.NewID[string](noon)
	followUp := func(due, more string) string {
		return fmt.Sprintf(`{"person_id":%q,"kind":"text","due_at":%q,"body":"Hello"%s}`, person, due, more)
	}
	before := countRows(w)
	for _, row := range []struct {
		why, method, path, body string
		status                  int
		kind, says              string
	}{
		{"a path that is not there", "GET", "/persons", "", 404, "not_found", "openapi.json"},
		{"a method that is not there", "DELETE", "/people", "", 405, "method_not_allowed", "GET and POST"},
		{"an id of nobody", "GET", "/people/" + nobody, "", 404, "not_found", ""},
		{"what is no id", "GET", "/people/1", "", 404, "not_found", "id"},
		{"a NUL in an id", "GET", "/messages/%00", "", 404, "not_found", ""},
		{"a limit of nothing", "GET", "/people?limit=0", "", 422, "invalid", "limit"},
		{"a limit of too many", "GET", "/people?limit=501", "", 422, "invalid", "limit"},
		{"a limit in words", "GET", "/people?limit=all", "", 422, "invalid", "limit"},
		{"a made-up cursor", "GET", "/people?cursor=2", "", 422, "invalid", "cursor"},
		{"broken JSON", "POST", "/people", `{"name":`, 400, "malformed", "JSON"},
		{"two objects", "POST", "/people", `{"name":"A"} {"name":"B"}`, 400, "malformed", "JSON"},
		{"an array", "POST", "/people", `[]`, 422, "invalid", "object"},
		{"a field that is not there", "POST", "/people", `{"name":"A","number":"2125550111","colour":"red"}`, 422, "invalid", "colour"},
		{"a number for a name", "POST", "/people", `{"name":7,"number":"2125550111"}`, 422, "invalid", "name"},
		{"no name", "POST", "/people", `{"number":"2125550111"}`, 422, "invalid", "name"},
		{"a name of blanks", "POST", "/people", `{"name":"  ","number":"2125550111"}`, 422, "invalid", "name"},
		{"a long name", "POST", "/people", `{"name":"` + strings.Repeat("é", 121) + `","number":"2125550111"}`, 422, "invalid", "120"},
		{"a name that turns the line", "POST", "/people", `{"name":"Ana \u202e","number":"2125550111"}`, 422, "invalid", "202E"},
		{"no phone number", "POST", "/people", `{"name":"A","number":"soon"}`, 422, "invalid", "soon"},
		{"no time zone", "POST", "/people", `{"name":"A","number":"2125550111","zone":"Mars/Dome"}`, 422, "invalid", "zone"},
		{"no campaign", "POST", "/people", `{"name":"A","number":"2125550111","campaign_id":"` + nobody + `"}`, 422, "invalid", "campaign_id"},
		{"a body over 64 KB", "POST", "/people", `{"name":"` + strings.Repeat("a", 65<<10) + `"}`, 413, "too_large", "64 KB"},
		{"an import over 8 MB", "POST", "/people/imports", `{"csv":"` + strings.Repeat("a", 8<<20) + `"}`, 413, "too_large", "8192 KB"},
		{"an import without a phone column", "POST", "/people/imports", `{"campaign_id":"` + string(w.campaign.ID) + `","csv":"name\nAna\n"}`, 422, "invalid", "phone"},
		{"an import for no campaign", "POST", "/people/imports", `{"campaign_id":"x","csv":"name,phone\nAna,2125550111\n"}`, 422, "invalid", "campaign_id"},
		{"a campaign's name that is taken", "POST", "/campaigns", `{"name":"Repairs now","number":"2125550101","script_id":"` + w.campaign.ScriptID + `","zone":"America/New_York"}`, 409, "conflict", ""},
		{"a campaign without a script", "POST", "/campaigns", `{"name":"Buses","number":"2125550101","script_id":"none","zone":"America/New_York"}`, 422, "invalid", "script_id"},
		{"a session with an ask of another script", "POST", "/sessions", `{"campaign_id":"` + string(w.campaign.ID) + `","name":"T","ask_id":"fly"}`, 422, "invalid", "ask_id"},
		{"a session that calls after a minute and more", "POST", "/sessions", `{"campaign_id":"` + string(w.campaign.ID) + `","name":"T","auto_call":61}`, 422, "invalid", "auto_call"},
		{"opening no session", "POST", "/sessions/" + nobody + "/open", "", 404, "not_found", ""},
		{"ending no session", "POST", "/sessions/" + nobody + "/end", "", 404, "not_found", ""},
		{"a follow-up for nobody", "POST", "/follow-ups", `{"person_id":"` + nobody + `","kind":"text","due_at":"2026-03-04T20:00:00Z","body":"Hi"}`, 422, "invalid", "person_id"},
		{"a follow-up by letter", "POST", "/follow-ups", `{"person_id":"` + person + `","kind":"letter","due_at":"2026-03-04T20:00:00Z"}`, 422, "invalid", "text or a call"},
		{"a text without words", "POST", "/follow-ups", `{"person_id":"` + person + `","kind":"text","due_at":"2026-03-04T20:00:00Z","body":" "}`, 422, "invalid", "body"},
		{"a time without a zone", "POST", "/follow-ups", followUp("2026-03-04T20:00:00", ""), 422, "invalid", "due_at"},
		{"no time at all", "POST", "/follow-ups", followUp("tomorrow", ""), 422, "invalid", "due_at"},
		{"a time that has passed", "POST", "/follow-ups", followUp("2026-03-02T20:00:00Z", ""), 422, "invalid", "passed"},
		{"a time at night where they are", "POST", "/follow-ups", followUp("2026-03-04T20:00:00-08:00", ""), 422, "invalid", "calling hours"},
		{"a reason we don't know", "POST", "/follow-ups", followUp("2026-03-04T20:00:00Z", `,"reason":"boredom"`), 422, "invalid", "boredom"},
		{"cancelling nothing", "POST", "/follow-ups/" + nobody + "/cancel", "", 404, "not_found", ""},
		{"moving nothing", "POST", "/follow-ups/" + nobody + "/move", `{"due_at":"2026-03-04T20:00:00Z"}`, 404, "not_found", ""},
		{"a wave of nothing", "POST", "/waves", `{"name":"W","session_id":"` + planned + `","follow_up_ids":[]}`, 422, "invalid", "one call"},
		{"a wave of what is no call", "POST", "/waves", `{"name":"W","session_id":"` + planned + `","follow_up_ids":["` + nobody + `"]}`, 409, "conflict", ""},
	} {
		var body any
		if row.body != "" {
			body = row.body
		}
		reply := w.call(row.method, row.path, body)
		if reply.status != row.status || reply.header.Get("Content-Type") != "application/problem+json" || reply.body["type"] != problemType+row.kind ||
			reply.body["status"] != float64(row.status) || reply.body["title"] == "" || !strings.Contains(fmt.Sprint(reply.body["detail"]), row.says) {
			t.Errorf("%s: answered %d %s %v, want %d %s about %q", row.why, reply.status, reply.header.Get("Content-Type"), reply.body, row.status, row.kind, row.says)
		}
	}
	r := w.request("POST", "/people", `{"name":"A","number":"2125550111"}`)
	r.Header.Set("Content-Type", "text/plain")
	if reply := w.send(r); reply.status != http.StatusUnsupportedMediaType {
		t.Errorf("a text/plain body answered %d", reply.status)
	}
	if reply := w.call("DELETE", "/people", nil); reply.header.Get("Allow") != "GET, POST" {
		t.Errorf("Allow is %q", reply.header.Get("Allow"))
	}
	if after := countRows(w); after != before {
		t.Errorf("rows before %s, after %s", before, after)
	}
}

func countRows(w *apiWorld) (n string) {
	w.Helper()
	sure(w.T, w.store.DB().Get(&n, `SELECT concat_ws(' ', (SELECT count(*) FROM people), (SELECT count(*) FROM phones), (SELECT count(*) FROM campaigns),
		(SELECT count(*) FROM sessions), (SELECT count(*) FROM follow_ups), (SELECT count(*) FROM waves), (SELECT count(*) FROM imports), (SELECT count(*) FROM journal))`))
	return n
}
