package panel

import (
	"context"
	_ "embed"
	"net/http"
	"strings"

	"github.com/gorilla/mux"

	"phonebank"
	"phonebank/followup"
	"phonebank/store"
)

// openapi describes every path below /api/v1. Tests hold it against the routes and the live answers.
//
//go:embed openapi.json
var openapi []byte

// api is the door for other programs: what a coordinator may read and ask for, as JSON. It knows no cookies, only bearer
// tokens, so that no page on the web can act through somebody's browser.
type api struct {
	Parts
}

// apiRoutes adds the API to a router.
func (p *Panel) apiRoutes(r *mux.Router) {
	a := &api{p.Parts}
	a.routes(r)
}

// apiCall is one request that has shown who asks.
type apiCall struct {
	*http.Request
	user phonebank.User
}

// id reads an id from the path. What has not the form of an id names nothing.
func (c apiCall) id() (string, error) {
	id := mux.Vars(c.Request)["id"]
	if !phonebank.ValidID(id) {
		return "", phonebank.Fail(phonebank.NotFound, "There is nothing with this id.")
	}
	return id, nil
}

// apiHandler answers with a value to write as JSON: a made one is 201, a page carries the link to the next.
type apiHandler func(ctx context.Context, c apiCall) (any, error)

// apiRoute is one line of the API's table.
type apiRoute struct {
	method, path string
	handle       apiHandler
}

// table lists every route that needs a token. A path that is not here is 404, a method that is not here 405.
func (a *api) table() []apiRoute {
	return []apiRoute{
		{http.MethodGet, "/people", listOf(a.people)},
		{http.MethodPost, "/people", a.addPerson},
		{http.MethodPost, "/people/imports", a.importPeople},
		{http.MethodGet, "/people/{id}", a.person},
		{http.MethodGet, "/campaigns", listOf(a.campaigns)},
		{http.MethodPost, "/campaigns", a.addCampaign},
		{http.MethodGet, "/campaigns/{id}", a.campaign},
		{http.MethodGet, "/sessions", listOf(a.sessions)},
		{http.MethodPost, "/sessions", a.addSession},
		{http.MethodGet, "/sessions/{id}", a.session},
		{http.MethodPost, "/sessions/{id}/open", a.openSession},
		{http.MethodPost, "/sessions/{id}/end", a.endSession},
		{http.MethodGet, "/conversations", listOf(a.conversations)},
		{http.MethodGet, "/conversations/{id}", a.conversation},
		{http.MethodGet, "/calls", listOf(a.calls)},
		{http.MethodGet, "/calls/{id}", a.call},
		{http.MethodGet, "/messages", listOf(a.messages)},
		{http.MethodGet, "/messages/{id}", a.message},
		{http.MethodGet, "/commitments", listOf(a.commitments)},
		{http.MethodGet, "/commitments/{id}", a.commitment},
		{http.MethodGet, "/follow-ups", listOf(a.followUps)},
		{http.MethodPost, "/follow-ups", a.addFollowUp},
		{http.MethodGet, "/follow-ups/{id}", a.followUp},
		{http.MethodPost, "/follow-ups/{id}/cancel", a.cancelFollowUp},
		{http.MethodPost, "/follow-ups/{id}/move", a.moveFollowUp},
		{http.MethodGet, "/outbox", listOf(a.outbox)},
		{http.MethodGet, "/outbox/{id}", a.outboxText},
		{http.MethodGet, "/waves", listOf(a.waves)},
		{http.MethodPost, "/waves", a.addWave},
		{http.MethodPost, "/waves/preview", a.previewWave},
		{http.MethodGet, "/waves/{id}", a.wave},
		{http.MethodPost, "/waves/{id}/schedule", a.scheduleWave},
		{http.MethodPost, "/waves/{id}/withdraw", a.turnWave((*followup.Diary).WithdrawWave)},
		{http.MethodPost, "/waves/{id}/launch", a.turnWave((*followup.Diary).LaunchWave)},
		{http.MethodPost, "/waves/{id}/pause", a.turnWave((*followup.Diary).PauseWave)},
		{http.MethodPost, "/waves/{id}/resume", a.turnWave((*followup.Diary).ResumeWave)},
		{http.MethodPost, "/waves/{id}/finish", a.turnWave((*followup.Diary).FinishWave)},
		{http.MethodGet, "/waves/{id}/people", listOf(a.wavePeople)},
		{http.MethodGet, "/waves/{id}/progress", a.waveProgress},
		{http.MethodGet, "/waves/{id}/report", a.waveReport},
		{http.MethodGet, "/pause", a.paused},
		{http.MethodPost, "/pause", a.pause},
		{http.MethodDelete, "/pause", a.lift},
	}
}

// routes mounts the table below /api/v1, with the description beside it.
func (a *api) routes(r *mux.Router) {
	v1 := r.PathPrefix("/api/v1").Subrouter()
	v1.NotFoundHandler, v1.MethodNotAllowedHandler = a.unrouted(v1), a.unrouted(v1)
	v1.HandleFunc("/openapi.json", a.describe).Methods(http.MethodGet)
	for _, route := range a.table() {
		v1.HandleFunc(route.path, a.serve(route.handle)).Methods(route.method)
	}
}

// serve lets in who holds a good token, and writes what the handler answers.
func (a *api) serve(handle apiHandler) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		user, err := a.who(r)
		if err != nil {
			a.refuse(w, r, err)
			return
		}
		value, err := handle(r.Context(), apiCall{Request: r, user: user})
		if err != nil {
			a.refuse(w, r, err)
			return
		}
		a.answer(w, r, value)
	}
}

// who finds the one whose token a request carries. The API shows whole numbers, so it is for coordinators.
func (a *api) who(r *http.Request) (phonebank.User, error) {
	scheme, token, _ := strings.Cut(r.Header.Get("Authorization"), " ")
	if token = strings.TrimSpace(token); !strings.EqualFold(scheme, "Bearer") || token == "" {
		return phonebank.User{}, unauthorized("Send a token: “Authorization: Bearer …”. “phonebank token” makes one.", "")
	}
	user, err := a.Store.Who(r.Context(), store.TokenSecret, token, a.Now())
	switch {
	case err != nil && phonebank.KindOf(err) == phonebank.NotFound:
		return user, unauthorized("This token is unknown, has expired or was taken back.", `, error="invalid_token"`)
	case err != nil:
		return user, err
	case !user.Role.AtLeast(phonebank.Coordinator):
		return user, phonebank.Fail(phonebank.Forbidden, "The API is for coordinators. This token belongs to a %s.", user.Role)
	}
	return user, nil
}

// describe answers with the description of the API. It holds nothing secret, so it needs no token.
func (a *api) describe(w http.ResponseWriter, _ *http.Request) {
	w.Header().Set("Content-Type", "application/json")
	w.Header().Set("X-Content-Type-Options", "nosniff")
	_, _ = w.Write(openapi) // a client that has gone has nothing to be told
}
