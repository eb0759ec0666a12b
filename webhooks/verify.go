package webhooks

import (
	"context"
	"errors"
	"io"
	"mime"
	"net/http"
	"net/url"
	"regexp"
	"strings"

	"github.com/gorilla/mux"

	"phonebank"
)

// MaxBody is more than any webhook of Twilio's: a body beyond it is refused unread.
const MaxBody = 64 << 10

// form is a verified request.
type form struct {
	values url.Values
	vars   map[string]string
}

func (f form) get(key string) string { return f.values.Get(key) }

// shape says what a route's request must carry (docs: the request parameters of each webhook).
type shape struct {
	keys  []string // required
	ours  string   // the key that holds one of our numbers, or ""
	room  share    // how full the house may be for it
	voice bool
}

var (
	inboundText   = shape{room: forTexts, keys: []string{"MessageSid", "AccountSid", "From", "To"}, ours: "To"}
	messageStatus = shape{room: forReports, keys: []string{"MessageSid", "AccountSid", "MessageStatus"}}
	inboundCall   = shape{room: forVoice, keys: []string{"CallSid", "AccountSid", "From", "To", "CallStatus"}, ours: "To", voice: true}
	anyCall       = shape{room: forVoice, keys: []string{"CallSid", "AccountSid"}, voice: true}
	callStatus    = shape{room: forReports, keys: []string{"CallSid", "AccountSid", "CallStatus"}}
	conference    = shape{room: forReports, keys: []string{"ConferenceSid", "AccountSid", "StatusCallbackEvent"}}
	recording     = shape{room: forReports, keys: []string{"RecordingSid", "AccountSid", "CallSid", "RecordingStatus"}}
)

var sidShape = regexp.MustCompile(`^[A-Z]{2}[0-9a-f]{32}$`)

// keyShape is how Twilio names parameters; a key of another shape could carry the value of its neighbour under one
// signature, since key and value are signed without a mark between them ("Body=STOP" signs like "Bod=ySTOP").
var keyShape = regexp.MustCompile(`^[A-Za-z][A-Za-z0-9_.]{0,63}$`)

// door opens only to what Twilio signed: body cap, POST, form, signature over the configured address; then, for what is
// really Twilio's, no repeated key, no missing one, our account and our number. Nothing is stored before all of it holds.
func (h *Hooks) door(name string, s shape, do use, otherwise instead) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		began := h.Wall()
		status := h.admit(w, r, s, do, otherwise)
		h.Observe(name, status, h.Wall().Sub(began))
	}
}

func (h *Hooks) serve(w http.ResponseWriter, r *http.Request, s shape, do use, otherwise instead) int {
	f, status, why := h.read(w, r, s)
	if status != 0 {
		h.Log.Info("webhook refused", "path", route(r), "status", status, "why", why)
		if status == http.StatusMethodNotAllowed {
			w.Header().Set("Allow", http.MethodPost)
		}
		http.Error(w, why, status)
		return status
	}
	ctx := r.Context()
	if s.voice {
		var cancel context.CancelFunc
		ctx, cancel = context.WithTimeout(ctx, VoiceBudget)
		defer cancel()
	}
	out, err := h.within(ctx, s, do, f)
	switch kind := phonebank.KindOf(err); {
	case err == nil:
		if out.twiml == nil {
			out.twiml = emptyTwiML
		}
		writeXML(w, out.twiml)
		return http.StatusOK
	case kind == phonebank.Unavailable:
		if r.Context().Err() == nil { // else whoever asked has gone
			h.Log.Error("webhook not served", "path", route(r), "error", err)
		}
		h.missed(s)
		otherwise(w)
		if s.voice {
			return http.StatusOK
		}
		return http.StatusServiceUnavailable
	case s.voice:
		h.Log.Error("voice webhook refused by its use", "path", route(r), "error", err)
		otherwise(w) // somebody is on the line: they hear words, not an error
		return http.StatusOK
	case kind == phonebank.Stale:
		otherwise(w) // somebody else was faster: Twilio's next try finds the row as it is
		return http.StatusServiceUnavailable
	case kind == phonebank.NotFound:
		http.Error(w, "unknown", http.StatusNotFound)
		return http.StatusNotFound
	}
	h.Log.Warn("webhook refused by its use", "path", route(r), "error", err)
	http.Error(w, "refused", http.StatusConflict)
	return http.StatusConflict
}

// within answers a voice webhook inside its budget even where the use-case hangs: the database's own deadline ends that a
// little later, and what it commits then is what Twilio's next request finds.
func (h *Hooks) within(ctx context.Context, s shape, do use, f form) (reply, error) {
	if !s.voice {
		return do(ctx, f)
	}
	type result struct {
		out reply
		err error
	}
	done := make(chan result, 1)
	go func() {
		out, err := do(ctx, f)
		done <- result{out, err}
	}()
	select {
	case r := <-done:
		return r.out, r.err
	case <-ctx.Done():
		return reply{}, phonebank.Because(ctx.Err(), phonebank.Unavailable, "The answer took too long.")
	}
}

// route names a path without its token, for the log.
func route(r *http.Request) string {
	if current := mux.CurrentRoute(r); current != nil {
		if t, err := current.GetPathTemplate(); err == nil {
			return t
		}
	}
	return "/twilio"
}

func (h *Hooks) read(w http.ResponseWriter, r *http.Request, s shape) (form, int, string) {
	if r.Method != http.MethodPost {
		return form{}, http.StatusMethodNotAllowed, "POST only"
	}
	media, _, err := mime.ParseMediaType(r.Header.Get("Content-Type"))
	if err != nil || media != "application/x-www-form-urlencoded" {
		return form{}, http.StatusUnsupportedMediaType, "a form is expected"
	}
	body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, MaxBody))
	if err != nil {
		var tooBig *http.MaxBytesError
		if errors.As(err, &tooBig) {
			return form{}, http.StatusRequestEntityTooLarge, "too large"
		}
		return form{}, http.StatusBadRequest, "unreadable"
	}
	values, err := url.ParseQuery(string(body))
	if err != nil {
		return form{}, http.StatusBadRequest, "unreadable"
	}
	if !h.Carrier.Verify(r.Header.Get("X-Twilio-Signature"), h.PublicURL+r.RequestURI, values) {
		return form{}, http.StatusForbidden, "not signed"
	}
	for key, list := range values {
		if len(list) != 1 {
			return form{}, http.StatusBadRequest, "a repeated key"
		}
		if !keyShape.MatchString(key) {
			return form{}, http.StatusBadRequest, "a key that is none of Twilio's"
		}
	}
	for _, key := range s.keys {
		if values.Get(key) == "" {
			return form{}, http.StatusBadRequest, "a key is missing"
		}
		if strings.HasSuffix(key, "Sid") && !sidShape.MatchString(values.Get(key)) {
			return form{}, http.StatusBadRequest, "a name that is none of Twilio's"
		}
	}
	if values.Get("AccountSid") != h.Carrier.Account() {
		return form{}, http.StatusForbidden, "another account"
	}
	if s.ours != "" && !h.Numbers(values.Get(s.ours)) {
		return form{}, http.StatusNotFound, "not our number"
	}
	return form{values: values, vars: mux.Vars(r)}, 0, ""
}
