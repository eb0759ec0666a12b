package simulator

import (
	"bytes"
	"crypto/subtle"
	"encoding/json"
	"io"
	"net"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/gorilla/mux"
)

const (
	apiHost     = "api.twilio.com"
	lookupsHost = "lookups.twilio.com"
	hostPrefix  = "/_host/"
	maxBody     = 1 << 20
)

// ask is one REST request, its credentials already checked.
type ask struct {
	form   url.Values // body of a POST, query of a GET
	vars   map[string]string
	path   string
	struck struckRules
	sid    string // the resource that was made or touched, for the transcript
}

// endpoint is one REST operation. fields are all the parameters it knows; any other is refused.
type endpoint struct {
	method, path, op string
	fields           []string
	status           int
	serve            func(*ask) (any, error)
}

// answer is what goes back: raw for media, else body as JSON.
type answer struct {
	status int
	body   any
	raw    []byte
	mime   string
}

func (s *Simulator) routes() http.Handler {
	root := mux.NewRouter().SkipClean(true).UseEncodedPath()
	s.mount(root, s.endpoints())
	root.PathPrefix("/_sim").Handler(s.controlRoutes())
	root.NotFoundHandler = http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		writeJSON(w, http.StatusNotFound, notFound(r.URL.Path))
	})
	root.MethodNotAllowedHandler = http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		writeJSON(w, http.StatusMethodNotAllowed, refuse(http.StatusMethodNotAllowed, 20004, "Method not allowed"))
	})
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if rest, ok := strings.CutPrefix(r.URL.EscapedPath(), hostPrefix); ok {
			r = inside(r, rest)
		}
		root.ServeHTTP(w, r)
	})
}

// inside takes the host off a path that begins with /_host/<host>/.
func inside(r *http.Request, rest string) *http.Request {
	host, path, _ := strings.Cut(rest, "/")
	r = r.Clone(r.Context())
	r.Host = host
	r.URL.RawPath = "/" + path
	r.URL.Path, _ = url.PathUnescape(r.URL.RawPath)
	return r
}

func (s *Simulator) endpoints() []endpoint {
	return slices.Concat(s.accountEndpoints(), s.messageEndpoints(), s.callEndpoints(), s.conferenceEndpoints(),
		s.participantEndpoints(), s.recordingEndpoints(), s.numberEndpoints())
}

func (s *Simulator) mount(root *mux.Router, endpoints []endpoint) {
	for _, e := range endpoints {
		route := root.HandleFunc("/2010-04-01/Accounts"+e.path, func(w http.ResponseWriter, r *http.Request) { s.serve(w, r, e) })
		route.Methods(e.method)
	}
	root.HandleFunc("/v2/PhoneNumbers/{Number}", s.answerOther("lookups.fetch", s.lookup)).Methods(http.MethodGet).Host(lookupsHost)
	s.mountMessaging(root)
}

// serve runs one REST operation with its faults and writes the transcript.
func (s *Simulator) serve(w http.ResponseWriter, r *http.Request, e endpoint) {
	a := &ask{vars: map[string]string{}, path: r.URL.Path}
	for key, value := range mux.Vars(r) {
		a.vars[key], _ = url.PathUnescape(value)
	}
	form, err := readForm(r)
	a.form = form
	a.struck = s.faults.pick(SideAPI, e.op, form.Get("To"))
	entry := Entry{At: s.clock.Now(), Kind: KindAPI, Op: e.op, Method: r.Method, URL: r.URL.RequestURI(), Params: form, Fault: a.struck.String()}
	out, refused := s.refuseByFault(a.struck)
	if !refused {
		out = s.run(r, e, a, err)
	}
	out = out.encoded()
	entry.SID, entry.Status = a.sid, out.status
	if out.mime == "application/json" {
		entry.Answer = string(out.raw)
	}
	s.transcript.add(entry)
	s.write(w, r, a, out)
}

// run checks credentials and parameters, then does what was asked.
func (s *Simulator) run(r *http.Request, e endpoint, a *ask, formErr error) answer {
	if !s.authentic(r) {
		return refusal(unauthorized())
	}
	if sid := a.vars["AccountSid"]; sid != "" && sid != s.cfg.AccountSID {
		return refusal(notFound(a.path))
	}
	if formErr != nil {
		return refusal(bad(20001, "The request could not be read: %s", formErr))
	}
	for key := range a.form {
		if !slices.Contains(e.fields, key) {
			s.problem(20001, "", a.path, "%s has no parameter %s", e.op, key)
			return refusal(bad(20001, "%s has no parameter %s", e.op, key))
		}
	}
	body, err := e.serve(a)
	if err != nil {
		return refusal(asAPIError(err))
	}
	if media, ok := body.(answer); ok {
		return media
	}
	return answer{status: e.status, body: body}
}

func refusal(err *apiError) answer { return answer{status: err.Status, body: err} }

func (a answer) encoded() answer {
	if a.raw == nil && a.body != nil {
		a.raw, _ = json.Marshal(a.body)
		a.mime = "application/json"
	}
	return a
}

// refuseByFault answers a request that a fault keeps from being processed.
func (s *Simulator) refuseByFault(struck struckRules) (answer, bool) {
	page := func(status int) (answer, bool) {
		return answer{status: status, mime: "text/html", raw: []byte("<html><head><title>" + http.StatusText(status) + "</title></head><body><h1>" + http.StatusText(status) + "</h1></body></html>")}, true
	}
	switch {
	case struck.has(DoReset):
		return answer{}, true
	case struck.has(DoRevoked):
		return refusal(unauthorized()), true
	case struck.has(DoTooMany):
		return refusal(tooMany()), true
	case struck.has(DoServerError):
		return page(http.StatusInternalServerError)
	case struck.has(DoUnavailable):
		return page(http.StatusServiceUnavailable)
	case struck.code(refusalCode) != 0:
		return refusal(bad(struck.code(refusalCode), "The simulator was told to refuse this request")), true
	}
	return answer{}, false
}

// write sends the answer, or does to it what the fault says.
func (s *Simulator) write(w http.ResponseWriter, r *http.Request, a *ask, out answer) {
	if rule, ok := a.struck.find(DoSlow); ok && s.pause(r.Context(), rule.delay()) != nil {
		return
	}
	if a.struck.has(DoCallbackFirst) && out.status < 300 {
		s.waitForCallback(r, a.sid)
	}
	switch {
	case a.struck.has(DoReset), a.struck.has(DoAcceptReset):
		reset(w)
		return
	case a.struck.has(DoAcceptTimeout):
		s.hang(r)
		panic(http.ErrAbortHandler)
	case a.struck.has(DoAcceptError):
		out = answer{status: http.StatusInternalServerError, mime: "text/html", raw: []byte("<html><body><h1>Internal Server Error</h1></body></html>")}
	}
	if out.mime != "" {
		w.Header().Set("Content-Type", out.mime)
	}
	if a.struck.has(DoAcceptHalf) {
		w.Header().Set("Content-Length", strconv.Itoa(len(out.raw)))
		out.raw = out.raw[:len(out.raw)/2]
	}
	w.WriteHeader(out.status)
	w.Write(out.raw)
}

// hang waits until the client gives up.
func (s *Simulator) hang(r *http.Request) {
	select {
	case <-r.Context().Done():
	case <-s.ctx.Done():
	}
}

// waitForCallback returns when the first callback about the resource was answered, or after 5 s.
func (s *Simulator) waitForCallback(r *http.Request, sid string) {
	ctx, cancel := contextFor(r, s.ctx, 5*time.Second)
	defer cancel()
	s.Await(ctx, func(e Entry) bool { return e.Kind == KindWebhook && e.SID == sid && e.Op != opVoice })
}

// reset closes the connection with a TCP reset.
func reset(w http.ResponseWriter) {
	conn, _, err := http.NewResponseController(w).Hijack()
	if err != nil {
		panic(http.ErrAbortHandler)
	}
	if tcp, ok := conn.(*net.TCPConn); ok {
		tcp.SetLinger(0)
	}
	conn.Close()
}

// readForm is the body of a POST, or the query of any other request.
func readForm(r *http.Request) (url.Values, error) {
	if r.Method != http.MethodPost {
		return r.URL.Query(), nil
	}
	body, err := io.ReadAll(http.MaxBytesReader(nil, r.Body, maxBody))
	if err != nil {
		return url.Values{}, err
	}
	return url.ParseQuery(string(bytes.TrimSpace(body)))
}

// authentic checks HTTP Basic: account and auth token, or API key and secret.
func (s *Simulator) authentic(r *http.Request) bool {
	user, password, _ := r.BasicAuth()
	same := func(wantUser, wantPassword string) bool {
		return wantUser != "" && subtle.ConstantTimeCompare([]byte(user), []byte(wantUser))&subtle.ConstantTimeCompare([]byte(password), []byte(wantPassword)) == 1
	}
	return same(s.cfg.AccountSID, s.cfg.AuthToken) || same(s.cfg.APIKey, s.cfg.APISecret)
}

func writeJSON(w http.ResponseWriter, status int, body any) {
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	json.NewEncoder(w).Encode(body)
}
