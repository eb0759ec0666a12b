// Package webhooks is where Twilio comes in: verify, parse, one use-case, answer. It never acts on what is not signed, and
// never says yes to what is not committed.
package webhooks

import (
	"cmp"
	"context"
	"log/slog"
	"net/http"
	"time"

	"github.com/gorilla/mux"

	"phonebank/carrier"
	"phonebank/dialer"
	"phonebank/texting"
)

// Parts are what the webhooks work with. Voice has its own switchboard over a pool whose connections give up after a
// second: a caller hears TwiML within two and a half, whatever Postgres does.
type Parts struct {
	Carrier   *carrier.Client
	Desk      *texting.Desk
	Voice     *dialer.Switchboard
	Log       *slog.Logger
	Observe   func(route string, status int, took time.Duration)
	Wall      func() time.Time
	PublicURL string
	Org       string
	Numbers   func(string) bool // whether a number is ours
	InFlight  int               // how many webhooks are served at once (default 512)
}

// Hooks answers Twilio.
type Hooks struct {
	Parts
	crowd crowd
	unmet chan struct{} // somebody who wrote or rang was turned away
}

// New makes the webhooks.
func New(p Parts) *Hooks {
	if p.Observe == nil {
		p.Observe = func(string, int, time.Duration) {}
	}
	return &Hooks{Parts: p, crowd: crowd{most: int64(cmp.Or(p.InFlight, 512))}, unmet: make(chan struct{}, 1)}
}

// VoiceBudget is how long a voice webhook may think before the caller hears static TwiML.
const VoiceBudget = 2 * time.Second

// Routes mounts Twilio's paths, exactly as they are written: a path that is cleaned would no longer match its signature.
func (h *Hooks) Routes(r *mux.Router) {
	t := r.SkipClean(true).PathPrefix("/twilio").Subrouter()
	t.HandleFunc("/messages", h.door("inbound text", inboundText, h.text, unavailable))
	t.HandleFunc("/messages/{token:[0-9A-Z]{52}}", h.door("message status", messageStatus, h.messageStatus, unavailable))
	t.HandleFunc("/voice", h.door("inbound call", inboundCall, h.call, h.takeWords))
	t.HandleFunc("/voice/fallback", h.door("voice fallback", anyCall, h.fallback, h.takeWords))
	t.HandleFunc("/voice/status/{token:[0-9A-Z]{52}}", h.door("call status", callStatus, h.callStatus, unavailable))
	t.HandleFunc("/voice/conference/{token:[0-9A-Z]{52}}", h.door("conference", conference, h.conference, unavailable))
	t.HandleFunc("/voice/recording/{token:[0-9A-Z]{52}}", h.door("recording", recording, h.recording, unavailable))
	t.HandleFunc("/voice/{step:join|pressed|left|test|recorded}/{token:[0-9A-Z]{52}}", h.door("voice step", anyCall, h.step, h.takeWords))
	t.NotFoundHandler = http.NotFoundHandler()
}

// reply is what a use-case came to: TwiML, or nothing but an acknowledgement.
type reply struct {
	twiml []byte
}

type use func(ctx context.Context, f form) (reply, error)

// instead answers where a use-case could not: with an honest 503 for what Twilio keeps, with TwiML for a person on the line.
type instead func(w http.ResponseWriter)

// unavailable keeps a text or an event with Twilio, from where it is fetched later: never a false 200.
func unavailable(w http.ResponseWriter) {
	w.Header().Set("Retry-After", "5")
	http.Error(w, "not stored", http.StatusServiceUnavailable)
}

// takeWords answers a call from memory when nothing else can: an apology and a message, so that nobody meets a dead line.
func (h *Hooks) takeWords(w http.ResponseWriter) {
	writeXML(w, carrier.TwiML(append(
		h.say("", "Thank you for calling %s. We have a fault on our side and cannot connect you right now. Please leave your name and we will call you back. The message is recorded and kept for 30 days.", carrier.Spoken(h.Org)),
		carrier.Record{Action: h.PublicURL + "/twilio/voice/fallback", Method: "POST", MaxLength: 120, Timeout: 5, PlayBeep: true},
		carrier.Hangup{},
	)...))
}

func writeXML(w http.ResponseWriter, body []byte) {
	w.Header().Set("Content-Type", "text/xml; charset=utf-8")
	w.WriteHeader(http.StatusOK)
	_, _ = w.Write(body) // Twilio hung up: nobody is left to tell
}
