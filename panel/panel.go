// Package panel is where people come in: the pages of volunteers and coordinators, the talk's JSON, the live stream. It
// translates a request into one use-case or one view and back again; it never decides what may happen to a person.
package panel

import (
	"crypto/sha256"
	"embed"
	"encoding/hex"
	"errors"
	"fmt"
	"html/template"
	"io/fs"
	"log/slog"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/gorilla/mux"

	"phonebank"
	"phonebank/carrier"
	"phonebank/dialer"
	"phonebank/followup"
	"phonebank/live"
	"phonebank/people"
	"phonebank/store"
	"phonebank/texting"
	"phonebank/words"
)

//go:embed templates/*.html
var templateFiles embed.FS

//go:embed static/css static/fonts static/js static/icons.svg static/talk/*.js static/talk/view static/talk/text/*.js static/talk/text/view static/words static/editor/*.js static/editor/view static/practice/*.js
var staticFiles embed.FS

// Parts are what the pages work with.
type Parts struct {
	Store       *store.Store
	Carrier     *carrier.Client
	Live        *live.Live
	Switchboard *dialer.Switchboard
	Desk        *texting.Desk
	Diary       *followup.Diary
	Roster      *people.Roster
	Log         *slog.Logger
	Now         func() time.Time
	PublicURL   string
	Org         string
	Demo        bool
	// DemoPhone is the number that a newcomer to a demo is offered as their own: its page is open to them.
	DemoPhone phonebank.Number
	// PhoneLink leads to the simulator's page of a phone, in a demo; nil otherwise.
	PhoneLink func(number phonebank.Number) string
}

// Panel answers browsers.
type Panel struct {
	Parts
	pages   map[words.Language]*template.Template
	static  fs.FS
	packed  map[string][]byte // static files as they travel, gzipped
	version string            // of the static files: part of their address, so that browsers may keep them
	secure  bool              // PublicURL is https
	cross   *http.CrossOriginProtection
	tries   *gate // failed links, by address of the browser
	joins   *gate // join forms, by address of the browser
	rings   *gate // test calls, by user
	streams *streams
}

// New makes the pages. It refuses an address on which a cookie could be read on its way.
func New(parts Parts) (*Panel, error) {
	address, err := url.Parse(parts.PublicURL)
	if err != nil {
		return nil, fmt.Errorf("read PUBLIC_URL: %w", err)
	}
	p := &Panel{Parts: parts, secure: address.Scheme == "https", streams: newStreams(),
		tries: newGate(10, 6*time.Second), joins: newGate(60, time.Second), rings: newGate(3, 20*time.Second)}
	p.PublicURL = strings.TrimRight(parts.PublicURL, "/")
	if !p.secure && !loopback(address.Hostname()) {
		return nil, errors.New("PUBLIC_URL must be https anywhere but on this machine: over plain http everybody on the way can read the sign-in cookie. Put a proxy with a certificate in front, and give its https address")
	}
	if p.static, err = fs.Sub(staticFiles, "static"); err != nil {
		return nil, err
	}
	if p.packed, err = compressed(p.static); err != nil {
		return nil, err
	}
	if p.version, err = versionOf(p.static); err != nil {
		return nil, err
	}
	p.cross = http.NewCrossOriginProtection()
	if err := p.cross.AddTrustedOrigin(address.Scheme + "://" + address.Host); err != nil {
		return nil, fmt.Errorf("read PUBLIC_URL: %w", err)
	}
	p.pages = map[words.Language]*template.Template{}
	for _, l := range words.Languages {
		if p.pages[l], err = template.New("").Funcs(p.vocabulary(l)).ParseFS(templateFiles, "templates/*.html"); err != nil {
			return nil, err
		}
	}
	return p, nil
}

// Close ends every live stream, so that a server can drain; browsers come back to another process by themselves.
func (p *Panel) Close() { p.streams.close() }

// patterns are the ids in an address: ours, and those of scripts, which are words.
var patterns = strings.NewReplacer("{id}", "{id:[0-9A-Z]{26}}", "{script}", "{script:[a-z][a-z0-9_-]*}", "{version}", "{version:[0-9]{1,6}}")

// Routes mounts every page, the talk's JSON, the stream, the static files and the API.
func (p *Panel) Routes(r *mux.Router) {
	for _, route := range p.routes() {
		r.Handle(patterns.Replace(route.path), p.guard(route)).Methods(route.method)
	}
	r.PathPrefix("/static/{version}/").Methods(http.MethodGet, http.MethodHead).HandlerFunc(p.serveStatic)
	api := r.NewRoute().Subrouter()
	api.Use(p.cross.Handler)
	p.apiRoutes(api)
	if r.NotFoundHandler == nil {
		r.NotFoundHandler = p.guard(route{who: anyone, do: func(http.ResponseWriter, *http.Request, phonebank.User) error {
			return phonebank.Fail(phonebank.NotFound, "There is no page at this address. It may have been mistyped.")
		}})
	}
	if r.MethodNotAllowedHandler == nil {
		r.MethodNotAllowedHandler = p.guard(route{who: anyone, do: func(http.ResponseWriter, *http.Request, phonebank.User) error {
			return phonebank.Fail(phonebank.NotFound, "This address takes a press of a button, not a visit. Go back and press it again.")
		}})
	}
}

// serveStatic sends scripts, styles and fonts. Their address holds their version, so a browser may keep them for ever.
func (p *Panel) serveStatic(w http.ResponseWriter, r *http.Request) {
	p.headers(w)
	prefix := "/static/" + mux.Vars(r)["version"] + "/"
	name := strings.TrimPrefix(r.URL.Path, prefix)
	if info, err := fs.Stat(p.static, name); err != nil || info.IsDir() {
		http.NotFound(w, r)
		return
	}
	if prefix == "/static/"+p.version+"/" {
		w.Header().Set("Cache-Control", "public, max-age=31536000, immutable")
	} else {
		w.Header().Set("Cache-Control", "no-cache")
	}
	if !p.sendCompressed(w, r, name) {
		http.StripPrefix(prefix, http.FileServerFS(p.static)).ServeHTTP(w, r)
	}
}

// versionOf is a short hash over all static files.
func versionOf(files fs.FS) (string, error) {
	sum := sha256.New()
	err := fs.WalkDir(files, ".", func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		body, err := fs.ReadFile(files, path)
		_, _ = fmt.Fprintf(sum, "%s %d\n", path, len(body)) // a hash takes everything
		_, _ = sum.Write(body)
		return err
	})
	return hex.EncodeToString(sum.Sum(nil))[:12], err
}

func loopback(host string) bool {
	return host == "localhost" || host == "127.0.0.1" || host == "::1" || strings.HasSuffix(host, ".localhost")
}
