package simulator

import (
	"crypto/sha256"
	"crypto/subtle"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"time"
)

// controlRoutes are the control API and the pages, both behind the token.
func (s *Simulator) controlRoutes() http.Handler {
	guarded := http.NewServeMux()
	for pattern, serve := range map[string]func(*http.Request) (any, error){
		"GET /_sim/people":                s.showPeople,
		"POST /_sim/people":               s.takePerson,
		"GET /_sim/texts":                 s.showTexts,
		"POST /_sim/texts":                s.takeText,
		"GET /_sim/calls":                 s.showCalls,
		"POST /_sim/calls":                s.takeRing,
		"POST /_sim/calls/{sid}/{action}": s.takeAction,
		"GET /_sim/faults":                s.showFaults,
		"POST /_sim/faults":               s.takeFault,
		"DELETE /_sim/faults":             s.dropFaults,
		"GET /_sim/clock":                 s.showClock,
		"POST /_sim/clock":                s.takeClock,
		"GET /_sim/transcript":            s.showTranscript,
		"GET /_sim/debugger":              func(*http.Request) (any, error) { return s.Debugger(), nil },
	} {
		guarded.HandleFunc(pattern, func(w http.ResponseWriter, r *http.Request) {
			body, err := serve(r)
			if err != nil {
				writeJSON(w, http.StatusBadRequest, map[string]string{"error": err.Error()})
				return
			}
			writeJSON(w, http.StatusOK, body)
		})
	}
	s.pageRoutes(guarded)
	open := http.NewServeMux()
	open.Handle("/_sim/", s.guard(http.NewCrossOriginProtection().Handler(guarded)))
	open.Handle("/_sim", http.RedirectHandler("/_sim/", http.StatusSeeOther))
	open.HandleFunc("GET /_sim/static/{file}", serveStatic)
	return open
}

const cookieName = "sim"

// guard lets in who has the token: as a bearer, as ?token= in a link (which leaves a cookie), or by that cookie.
func (s *Simulator) guard(next http.Handler) http.Handler {
	digest := sha256.Sum256([]byte(s.cfg.Token))
	secret := hex.EncodeToString(digest[:])
	same := func(a, b string) bool { return subtle.ConstantTimeCompare([]byte(a), []byte(b)) == 1 }
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Cache-Control", "no-store")
		query := r.URL.Query()
		if r.Method == http.MethodGet && same(query.Get("token"), s.cfg.Token) {
			http.SetCookie(w, &http.Cookie{Name: cookieName, Value: secret, Path: "/_sim/", HttpOnly: true, SameSite: http.SameSiteStrictMode})
			query.Del("token")
			here := *r.URL
			here.RawQuery = query.Encode()
			http.Redirect(w, r, here.RequestURI(), http.StatusSeeOther)
			return
		}
		bearer, _ := strings.CutPrefix(r.Header.Get("Authorization"), "Bearer ")
		cookie, err := r.Cookie(cookieName)
		if !same(bearer, s.cfg.Token) && (err != nil || !same(cookie.Value, secret)) {
			writeJSON(w, http.StatusUnauthorized, map[string]string{"error": "open the link with ?token=, or send Authorization: Bearer TOKEN"})
			return
		}
		next.ServeHTTP(w, r)
	})
}

// readJSON reads a small JSON body; a field that nobody knows is an error.
func readJSON(r *http.Request, into any) error {
	decoder := json.NewDecoder(http.MaxBytesReader(nil, r.Body, maxBody))
	decoder.DisallowUnknownFields()
	if err := decoder.Decode(into); err != nil {
		return fmt.Errorf("read the JSON body: %w", err)
	}
	return nil
}

func (s *Simulator) showPeople(*http.Request) (any, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	out := []personJSON{}
	for number, p := range s.people {
		out = append(out, showPerson(number, p))
	}
	return sortPeople(out), nil
}

func (s *Simulator) takePerson(r *http.Request) (any, error) {
	var in personJSON
	if err := readJSON(r, &in); err != nil {
		return nil, err
	}
	b := in.behaviour()
	if !e164.MatchString(in.Number) {
		return nil, fmt.Errorf("number must be E.164")
	}
	if err := b.check(); err != nil {
		return nil, err
	}
	s.Person(in.Number, b)
	return in, nil
}

func (s *Simulator) takeText(r *http.Request) (any, error) {
	var in struct {
		From, To, Body string
		Media          []string
	}
	if err := readJSON(r, &in); err != nil {
		return nil, err
	}
	sid, err := s.Text(in.From, in.To, in.Body, in.Media...)
	return map[string]string{"sid": sid}, err
}

func (s *Simulator) takeRing(r *http.Request) (any, error) {
	var in struct{ From, To string }
	if err := readJSON(r, &in); err != nil {
		return nil, err
	}
	sid, err := s.Ring(in.From, in.To)
	return map[string]string{"sid": sid}, err
}

// takeAction is what a person does in a call: press, say, hangup, answer, decline.
func (s *Simulator) takeAction(r *http.Request) (any, error) {
	var in struct{ Digits, Words string }
	if r.ContentLength != 0 {
		if err := readJSON(r, &in); err != nil {
			return nil, err
		}
	}
	sid, action := r.PathValue("sid"), r.PathValue("action")
	do := map[string]func() error{
		"press":   func() error { return s.Press(sid, in.Digits) },
		"say":     func() error { return s.Say(sid, in.Words) },
		"hangup":  func() error { return s.HangUp(sid) },
		"answer":  func() error { return s.Answer(sid) },
		"decline": func() error { return s.Decline(sid) },
	}[action]
	if do == nil {
		return nil, fmt.Errorf("a person in a call can press, say, hangup, answer or decline")
	}
	return map[string]string{"sid": sid}, do()
}

func (s *Simulator) showFaults(*http.Request) (any, error) {
	out := []ruleJSON{}
	for _, r := range s.faults.list() {
		out = append(out, ruleJSON{r.Side, r.Op, r.To, r.P, r.Count, r.After, r.Do, span(r.Delay), r.Token})
	}
	return out, nil
}

func (s *Simulator) takeFault(r *http.Request) (any, error) {
	var in ruleJSON
	if err := readJSON(r, &in); err != nil {
		return nil, err
	}
	rule := Rule{in.Side, in.Op, in.To, in.P, in.Count, in.After, in.Do, time.Duration(in.Delay), in.Token}
	if err := rule.check(); err != nil {
		return nil, err
	}
	s.faults.add(rule)
	return in, nil
}

func (s *Simulator) dropFaults(r *http.Request) (any, error) {
	s.ClearFaults()
	return s.showFaults(r)
}

func (s *Simulator) showClock(*http.Request) (any, error) {
	return map[string]string{"now": s.clock.Now().Format(time.RFC3339Nano)}, nil
}

func (s *Simulator) takeClock(r *http.Request) (any, error) {
	var in struct {
		Advance span
		Set     time.Time
	}
	if err := readJSON(r, &in); err != nil {
		return nil, err
	}
	switch {
	case in.Advance < 0 || (in.Advance == 0 && in.Set.IsZero()):
		return nil, fmt.Errorf("the clock takes advance (a duration) or set (a time), and only goes forward")
	case in.Advance > 0:
		s.clock.Advance(time.Duration(in.Advance))
	default:
		if err := s.clock.Set(in.Set); err != nil {
			return nil, err
		}
	}
	return s.showClock(r)
}

// showTranscript lists the entries after ?since=N.
func (s *Simulator) showTranscript(r *http.Request) (any, error) {
	since, err := strconv.Atoi(r.URL.Query().Get("since"))
	if err != nil && r.URL.Query().Has("since") {
		return nil, fmt.Errorf("since must be the number of an entry")
	}
	entries, _ := s.transcript.since(since)
	return entries, nil
}
