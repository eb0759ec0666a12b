package panel

import (
	"net"
	"net/http"
	"strings"
	"sync"
	"time"

	"golang.org/x/time/rate"

	"phonebank"
)

// policy lets a page load nothing but our own files and send nothing anywhere but here.
const policy = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; font-src 'self'; media-src 'self'; " +
	"form-action 'self'; base-uri 'none'; frame-ancestors 'none'"

// framing is the policy of the script editor, which shows the panel itself beside the form, for a practice talk. The page
// that is shown allows it with framed; every other page stays out of every frame.
const framing = policy + "; frame-src 'self'"

var framed = strings.Replace(policy, "frame-ancestors 'none'", "frame-ancestors 'self'", 1)

func (p *Panel) headers(w http.ResponseWriter) {
	h := w.Header()
	h.Set("Content-Security-Policy", policy)
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("Referrer-Policy", "no-referrer")
	if p.secure {
		h.Set("Strict-Transport-Security", "max-age=31536000")
	}
}

// guard stands at every door: it sets the headers, refuses what another site sent, bounds the body, finds out who comes,
// and lets through whom the route names and nobody else.
func (p *Panel) guard(rt route) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		p.headers(w)
		w.Header().Set("Cache-Control", "no-store")
		if err := p.cross.Check(r); err != nil {
			p.fail(w, r, rt, phonebank.User{}, phonebank.Because(err, phonebank.Forbidden, "Another site asked for this, so we didn't do it. Open the page here and press the button yourself."))
			return
		}
		most := rt.most
		if most == 0 {
			most = smallBody
		}
		r.Body = http.MaxBytesReader(w, r.Body, most)
		me, err := p.whoIs(r)
		r = speaking(r, me)
		switch {
		case err != nil && rt.who != anyone:
			p.fail(w, r, rt, me, err)
			return
		case !rt.who.lets(me) && me.ID == "":
			p.fail(w, r, rt, me, errSignIn)
			return
		case !rt.who.lets(me):
			p.fail(w, r, rt, me, phonebank.Fail(phonebank.Forbidden, "This page is for coordinators. Your own pages are at the top."))
			return
		}
		if err := rt.do(w, r, me); err != nil {
			p.fail(w, r, rt, me, err)
		}
	})
}

// gate lets each key through so many times, then once in a while. It remembers a bounded number of keys.
type gate struct {
	mu    sync.Mutex
	burst int
	every time.Duration
	keys  map[string]*rate.Limiter
}

const gateKeys = 10_000

func newGate(burst int, every time.Duration) *gate {
	return &gate{burst: burst, every: every, keys: map[string]*rate.Limiter{}}
}

// of finds the limiter of a key. A full gate forgets everybody: that is kinder than shutting newcomers out, and nobody can
// make it grow.
func (g *gate) of(key string) *rate.Limiter {
	g.mu.Lock()
	defer g.mu.Unlock()
	l := g.keys[key]
	if l == nil {
		if len(g.keys) >= gateKeys {
			clear(g.keys)
		}
		l = rate.NewLimiter(rate.Every(g.every), g.burst)
		g.keys[key] = l
	}
	return l
}

// open tells whether a key has tries left, without taking one.
func (g *gate) open(key string, at time.Time) bool { return g.of(key).TokensAt(at) >= 1 }

// take uses one try up.
func (g *gate) take(key string, at time.Time) bool { return g.of(key).AllowN(at, 1) }

// address is where a request comes from, without its port.
func address(r *http.Request) string {
	host, _, err := net.SplitHostPort(r.RemoteAddr)
	if err != nil {
		return r.RemoteAddr
	}
	return host
}
