package panel

import (
	"encoding/json"
	"errors"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/gorilla/mux"

	"phonebank"
	"phonebank/words"
)

// apiProblem is what the API answers instead of what was asked for: problem details of RFC 9457.
type apiProblem struct {
	Type   string `json:"type"`
	Title  string `json:"title"`
	Status int    `json:"status"`
	Detail string `json:"detail"`

	challenge string // of a 401
}

func (p *apiProblem) Error() string { return p.Detail }

// problemType begins the type of every problem. The word after it stays the same for good: programs decide by it.
const problemType = "urn:phonebank:problem:"

func newProblem(status int, word, title, detail string) *apiProblem {
	return &apiProblem{Type: problemType + word, Title: title, Status: status, Detail: detail}
}

func unauthorized(detail, parameter string) *apiProblem {
	p := newProblem(http.StatusUnauthorized, "unauthorized", "Not signed in", detail)
	p.challenge = `Bearer realm="phonebank"` + parameter
	return p
}

// problemOf tells an error to the outside: what the protocol refuses as it is, everything else by its kind, in the words
// that a page would use.
func problemOf(err error) *apiProblem {
	var p *apiProblem
	if errors.As(err, &p) {
		return p
	}
	t := tell(words.English, err)
	return newProblem(t.Status, string(phonebank.KindOf(err)), t.Title, t.Detail)
}

// refuse writes a problem. What is our fault is logged: its cause is not for the outside.
func (a *api) refuse(w http.ResponseWriter, r *http.Request, err error) {
	p := problemOf(err)
	if p.challenge != "" {
		w.Header().Set("WWW-Authenticate", p.challenge)
	}
	if p.Status == http.StatusServiceUnavailable {
		w.Header().Set("Retry-After", "5")
		a.Log.WarnContext(r.Context(), "api request failed", "method", r.Method, "route", routeOf(r), "error", err)
	}
	a.write(w, r, p.Status, "application/problem+json", p)
}

// routeOf names the route of a request without the ids in it.
func routeOf(r *http.Request) string {
	if route := mux.CurrentRoute(r); route != nil {
		if path, err := route.GetPathTemplate(); err == nil {
			return path
		}
	}
	return ""
}

// unrouted answers what no route takes: a path that is not there, or a method that its path does not know, with those it
// knows (RFC 9110, 15.5.6). It finds them by asking the router itself; gorilla/mux forgets, below a prefix, that it was
// only the method that did not fit.
func (a *api) unrouted(v1 *mux.Router) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		var allowed []string
		for _, method := range []string{http.MethodGet, http.MethodPost, http.MethodDelete} {
			probe, match := r.Clone(r.Context()), mux.RouteMatch{}
			probe.Method = method
			if v1.Match(probe, &match) && match.MatchErr == nil {
				allowed = append(allowed, method)
			}
		}
		if len(allowed) == 0 {
			a.refuse(w, r, phonebank.Fail(phonebank.NotFound, "There is no such path. /api/v1/openapi.json lists all of them."))
			return
		}
		w.Header().Set("Allow", strings.Join(allowed, ", "))
		a.refuse(w, r, newProblem(http.StatusMethodNotAllowed, "method_not_allowed", "Method not allowed",
			"This path takes "+strings.Join(allowed, " and ")+" only."))
	}
}

// apiMade is a new thing and where to find it.
type apiMade struct {
	value any
	at    string
}

// answer writes what a handler made of a request.
func (a *api) answer(w http.ResponseWriter, r *http.Request, value any) {
	status := http.StatusOK
	switch v := value.(type) {
	case apiMade:
		w.Header().Set("Location", v.at)
		status, value = http.StatusCreated, v.value
	case apiPage:
		if v.Next != nil {
			query := r.URL.Query()
			query.Set("cursor", *v.Next)
			next := url.URL{Path: r.URL.Path, RawQuery: query.Encode()}
			w.Header().Set("Link", "<"+next.String()+`>; rel="next"`)
		}
	}
	a.write(w, r, status, "application/json", value)
}

func (a *api) write(w http.ResponseWriter, r *http.Request, status int, mediaType string, value any) {
	text, err := json.Marshal(value)
	if err != nil {
		a.Log.ErrorContext(r.Context(), "api answer not written", "route", routeOf(r), "error", err)
		w.WriteHeader(http.StatusInternalServerError)
		return
	}
	w.Header().Set("Content-Type", mediaType)
	w.Header().Set("Cache-Control", "no-store") // names and numbers
	w.Header().Set("X-Content-Type-Options", "nosniff")
	w.WriteHeader(status)
	_, _ = w.Write(append(text, '\n')) // a client that has gone has nothing to be told
}

// apiItems makes items of rows. An empty list is written as one, not as null.
func apiItems[T, V any](rows []T, show func(T) V) []V {
	items := make([]V, len(rows))
	for i, r := range rows {
		items[i] = show(r)
	}
	return items
}

// idOrNull writes an id that is not there as null.
func idOrNull[T ~string](id T) *string {
	if id == "" {
		return nil
	}
	text := string(id)
	return &text
}

func codeOrNull(code int) *int {
	if code == 0 {
		return nil
	}
	return &code
}

// utcOrNull writes every time in one zone, whatever the database's session has.
func utcOrNull(at *time.Time) *time.Time {
	if at == nil {
		return nil
	}
	utc := at.UTC()
	return &utc
}
