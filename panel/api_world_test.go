package panel

import (
	"bytes"
	"context"
	"encoding/json"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"testing"
	"time"

	"github.com/getkin/kin-openapi/openapi3"
	"github.com/getkin/kin-openapi/openapi3filter"
	"github.com/getkin/kin-openapi/routers"
	"github.com/getkin/kin-openapi/routers/gorillamux"
	"github.com/gorilla/mux"
	"github.com/redis/go-redis/v9"

	"phonebank"
	"phonebank/dialer"
	"phonebank/followup"
	"phonebank/internal/testdb"
	"phonebank/live"
	"phonebank/people"
	"phonebank/script"
	"phonebank/store"
)

// noon is a Tuesday: 12:00 in New York, 9:00 in Los Angeles.
var noon = time.Date(2026, 3, 3, 17, 0, 0, 0, time.UTC)

// apiWorld is an API on a database of its own, with one campaign, and its description to hold every answer against.
type apiWorld struct {
	*testing.T
	store    *store.Store
	door     http.Handler
	mux      *mux.Router
	doc      *openapi3.T
	find     routers.Router
	seen     map[string]bool // operations that have answered with success
	token    string
	user     phonebank.User
	campaign phonebank.Campaign
	tick     func() error // what the worker does for waves every few seconds
}

type noBell struct{}

func (noBell) Soon(context.Context, string, string, int, time.Duration) {}

func newAPIWorld(t *testing.T) *apiWorld {
	t.Helper()
	s, err := store.Open(testdb.New(t).URL, store.Options{Wall: time.Now})
	sure(t, err)
	t.Cleanup(func() { sure(t, s.Close()) })
	options, err := redis.ParseURL(testdb.Redis(t))
	sure(t, err)
	client := redis.NewClient(options)
	log := slog.New(slog.DiscardHandler)
	topics := live.Start(client, log)
	t.Cleanup(func() {
		topics.Close()
		sure(t, client.Close())
	})
	now := func() time.Time { return noon }

	w := &apiWorld{T: t, store: s, mux: mux.NewRouter(), seen: map[string]bool{}}
	p := &Panel{Parts: Parts{
		Store: s, Live: topics, Log: log, Now: now, PublicURL: "https://bank.example.org", Roster: people.New(s, now),
		Diary:       followup.New(followup.Parts{Store: s, Live: topics, Bell: noBell{}, Log: log, Now: now}),
		Switchboard: dialer.New(dialer.Parts{Store: s, Live: topics, Bell: noBell{}, Log: log, Now: now}),
	}}
	p.apiRoutes(w.mux)
	w.tick = func() error { return p.Diary.TickWaves(context.Background()) }
	w.door = w.mux
	w.doc, err = openapi3.NewLoader().LoadFromData(openapi)
	sure(t, err)
	w.find, err = gorillamux.NewRouter(w.doc)
	sure(t, err)

	w.user, w.token = w.addUser("Bea", phonebank.Coordinator)
	starter, err := script.Starter(script.Starters()[0])
	sure(t, err)
	document, err := starter.JSON()
	sure(t, err)
	sure(t, s.AddScript(t.Context(), starter.ID, 1, "live", "Starter", document, noon))
	w.campaign = phonebank.Campaign{
		ID: phonebank.NewID[phonebank.CampaignID](noon), Name: "Repairs now", Number: "+12125550100", ScriptID: starter.ID,
		Zone: "America/New_York", CreatedAt: noon,
	}
	sure(t, s.AddCampaign(t.Context(), w.campaign))
	return w
}

func sure(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func (w *apiWorld) addUser(name string, role phonebank.Role) (phonebank.User, string) {
	w.Helper()
	user, token := phonebank.User{ID: phonebank.NewID[phonebank.UserID](noon), Name: name, Role: role, CreatedAt: noon}, phonebank.NewToken()
	sure(w.T, w.store.AddUser(w.Context(), user))
	sure(w.T, w.store.AddSecret(w.Context(), store.TokenSecret, token, user.ID, "test", noon, time.Time{}))
	return user, token
}

// addPerson writes down somebody on the campaign's list, in New York.
func (w *apiWorld) addPerson(name, number string) string {
	w.Helper()
	return w.made("/people", map[string]any{"name": name, "number": number, "zone": "America/New_York", "campaign_id": w.campaign.ID})["id"].(string)
}

// apiReply is an answer that fitted its description.
type apiReply struct {
	status int
	header http.Header
	body   map[string]any
}

// send makes a request as it is told and holds the answer against the description: its status, its headers, its media
// type, and every field of its body. Whatever succeeds must have been a request that the description allows.
func (w *apiWorld) send(r *http.Request) apiReply {
	w.Helper()
	var sent []byte
	if r.Body != nil {
		sent, _ = io.ReadAll(r.Body) // a buffer
		r.Body = io.NopCloser(bytes.NewReader(sent))
	}
	route, vars, found := w.find.FindRoute(r)
	rec := httptest.NewRecorder()
	w.door.ServeHTTP(rec, r)
	reply := apiReply{status: rec.Code, header: rec.Header()}
	if err := json.Unmarshal(rec.Body.Bytes(), &reply.body); err != nil {
		w.Fatalf("%s %s answered %d and no JSON object: %v", r.Method, r.URL, rec.Code, err)
	}
	if found != nil { // a path or method that is not described must not be there
		if rec.Code != http.StatusNotFound && rec.Code != http.StatusMethodNotAllowed {
			w.Errorf("%s %s is not described and answered %d", r.Method, r.URL, rec.Code)
		}
		return reply
	}
	r.Body = io.NopCloser(bytes.NewReader(sent))
	request := &openapi3filter.RequestValidationInput{
		Request: r, PathParams: vars, Route: route,
		Options: &openapi3filter.Options{AuthenticationFunc: openapi3filter.NoopAuthenticationFunc},
	}
	if rec.Code < 300 {
		w.seen[route.Operation.OperationID] = true
		if err := openapi3filter.ValidateRequest(w.Context(), request); err != nil {
			w.Errorf("%s %s was accepted, and its description says: %v", r.Method, r.URL, err)
		}
	}
	err := openapi3filter.ValidateResponse(w.Context(), &openapi3filter.ResponseValidationInput{
		RequestValidationInput: request, Status: rec.Code,
		Header: rec.Header(), Body: io.NopCloser(rec.Body), Options: &openapi3filter.Options{IncludeResponseStatus: true},
	})
	if err != nil {
		w.Errorf("%s %s answered %d, and its description says: %v", r.Method, r.URL, rec.Code, err)
	}
	return reply
}

func (w *apiWorld) request(method, path string, body any) *http.Request {
	w.Helper()
	var in io.Reader
	switch b := body.(type) {
	case nil:
	case string:
		in = bytes.NewBufferString(b)
	default:
		text, err := json.Marshal(b)
		sure(w.T, err)
		in = bytes.NewReader(text)
	}
	r := httptest.NewRequestWithContext(w.Context(), method, "/api/v1"+path, in)
	r.Header.Set("Authorization", "Bearer "+w.token)
	if in != nil {
		r.Header.Set("Content-Type", "application/json")
	}
	return r
}

func (w *apiWorld) call(method, path string, body any) apiReply {
	w.Helper()
	return w.send(w.request(method, path, body))
}

// got reads what must be there.
func (w *apiWorld) got(path string) map[string]any {
	w.Helper()
	return w.expect(http.StatusOK, http.MethodGet, path, nil)
}

// made makes what must be possible, and finds it again where the answer says it is.
func (w *apiWorld) made(path string, body any) map[string]any {
	w.Helper()
	reply := w.call(http.MethodPost, path, body)
	if reply.status != http.StatusCreated {
		w.Fatalf("POST %s answered %d: %v", path, reply.status, reply.body)
	}
	if at := reply.header.Get("Location"); at != "/api/v1"+path+"/"+reply.body["id"].(string) {
		w.Errorf("POST %s says that it made %q", path, at)
	}
	return reply.body
}

func (w *apiWorld) expect(status int, method, path string, body any) map[string]any {
	w.Helper()
	reply := w.call(method, path, body)
	if reply.status != status {
		w.Fatalf("%s %s answered %d, want %d: %v", method, path, reply.status, status, reply.body)
	}
	return reply.body
}
