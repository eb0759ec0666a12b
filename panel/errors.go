package panel

import (
	"encoding/json"
	"errors"
	"net/http"

	"phonebank"
	"phonebank/words"
)

// errSignIn is the answer to somebody whom we don't know yet, at a door for those we know.
var errSignIn = errors.New("not signed in")

// errTooMany is the answer to a browser that tries too often.
var errTooMany = errors.New("too many tries")

// telling is an error as it is told to a person: a status, a title and a sentence.
type telling struct {
	Status int
	Title  string
	Detail string
}

// tell maps an error to what a browser is told, in the reader's language. It is the only place that does.
func tell(l words.Language, err error) telling {
	t := telling{Detail: phonebank.SentenceBy(l.Tell, err)}
	var large *http.MaxBytesError
	switch {
	case errors.Is(err, errSignIn):
		t = telling{http.StatusUnauthorized, l.Say("You're not signed in here"), l.Say("Open your link again. Nothing you did is lost.")}
	case errors.Is(err, errTooMany):
		t = telling{http.StatusTooManyRequests, l.Say("That was very often"), l.Say("Wait a minute, then try again.")}
	case errors.As(err, &large):
		t = telling{http.StatusRequestEntityTooLarge, l.Say("That is too big"), l.Say("More was sent than this page takes. Make it smaller and try again.")}
	case phonebank.KindOf(err) == phonebank.Invalid:
		t.Status, t.Title = http.StatusUnprocessableEntity, l.Say("Something needs mending")
	case phonebank.KindOf(err) == phonebank.NotFound:
		t.Status, t.Title = http.StatusNotFound, l.Say("Not here")
	case phonebank.KindOf(err) == phonebank.Forbidden:
		t.Status, t.Title = http.StatusForbidden, l.Say("This one isn't open to you")
	case phonebank.KindOf(err) == phonebank.Conflict:
		t.Status, t.Title = http.StatusConflict, l.Say("That isn't possible any more")
	case phonebank.KindOf(err) == phonebank.Stale:
		t.Status, t.Title = http.StatusConflict, l.Say("This has changed meanwhile")
	default:
		t.Status, t.Title = http.StatusServiceUnavailable, l.Say("Our side isn't working")
	}
	return t
}

// failPage is the page that is shown where there is no page to go back to.
type failPage struct {
	Page
	Problem telling
}

// fail answers with an error: a page for a person, problem details (RFC 9457) for a script.
func (p *Panel) fail(w http.ResponseWriter, r *http.Request, rt route, me phonebank.User, err error) {
	if r.Context().Err() != nil && r.Method == http.MethodGet {
		return // whoever asked has gone
	}
	t := tell(lang(r), err)
	if t.Status >= http.StatusInternalServerError && r.Context().Err() == nil {
		p.Log.Error("request failed", "method", r.Method, "route", rt.path, "user", me.ID, "error", err)
	}
	if rt.json {
		writeProblem(w, t)
		return
	}
	if t.Status == http.StatusTooManyRequests {
		w.Header().Set("Retry-After", "60")
	}
	page := &failPage{Page: Page{Title: t.Title}, Problem: t}
	p.show(w, r, me, t.Status, "fail", page)
}

// writeProblem writes problem details.
func writeProblem(w http.ResponseWriter, t telling) {
	body, err := json.Marshal(map[string]any{"type": "about:blank", "title": t.Title, "status": t.Status, "detail": t.Detail})
	if err != nil {
		body = nil // never with strings and a number
	}
	w.Header().Set("Content-Type", "application/problem+json")
	w.WriteHeader(t.Status)
	_, _ = w.Write(body) // whoever asked may have gone
}

// answer writes JSON.
func answer(w http.ResponseWriter, v any) error {
	body, err := json.Marshal(v)
	if err != nil {
		return err
	}
	w.Header().Set("Content-Type", "application/json")
	_, _ = w.Write(body) // whoever asked may have gone
	return nil
}
