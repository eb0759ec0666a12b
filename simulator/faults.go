package simulator

import (
	"fmt"
	"math/rand/v2"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"
)

// Sides that a fault rule can be on.
const (
	SideAPI     = "api"     // requests of the application to us
	SideWebhook = "webhook" // our requests to the application
)

// What a fault rule can do. On the api side also a Twilio error code: "30003" and the like mean that a text is
// accepted and the carrier then refuses it, "21614" and the like that the request is refused with 400.
const (
	DoTooMany       = "429"                 // refused with 20429, not processed
	DoServerError   = "500"                 // an HTML page, not processed
	DoUnavailable   = "503"                 // an HTML page, not processed
	DoRevoked       = "revoked"             // 401 with 20003
	DoReset         = "reset"               // the connection is reset before anything is processed
	DoSlow          = "slow"                // processed and answered after Delay
	DoAcceptTimeout = "accept-then-timeout" // processed, the answer never comes
	DoAcceptError   = "accept-then-500"     // processed, answered with 500
	DoAcceptReset   = "accept-then-reset"   // processed, the connection is reset
	DoAcceptHalf    = "accept-then-half"    // processed, the answer breaks off in the middle of its JSON
	DoCallbackFirst = "callback-first"      // the first callback is delivered before the 201

	DoLost          = "lost"            // a webhook is not sent
	DoLate          = "late"            // sent after Delay, others overtake it
	DoReorder       = "reorder"         // sent after the next one of the same call or message
	DoDuplicate     = "duplicate"       // sent twice
	DoBadSignature  = "bad-signature"   // the signature is wrong
	DoOldToken      = "old-token"       // signed with Rule.Token
	DoExtra         = "extra-parameter" // with a parameter that nobody described
	DoRepeatedKey   = "repeated-key"    // one parameter twice, with two values
	defaultLateness = 3 * time.Second
)

var (
	apiFaults = []string{DoTooMany, DoServerError, DoUnavailable, DoRevoked, DoReset, DoSlow,
		DoAcceptTimeout, DoAcceptError, DoAcceptReset, DoAcceptHalf, DoCallbackFirst}
	webhookFaults = []string{DoLost, DoLate, DoReorder, DoDuplicate, DoBadSignature, DoOldToken, DoExtra, DoRepeatedKey, DoSlow}
	carrierCode   = regexp.MustCompile(`^3\d{4}$`)
	refusalCode   = regexp.MustCompile(`^2\d{4}$`)
)

// Rule is one fault: what goes wrong, where, and how often.
type Rule struct {
	Side  string        // SideAPI or SideWebhook
	Op    string        // "messages.create", "message-status" ...; "messages" means all of messages; "" any
	To    string        // only requests about this number; "" any
	P     float64       // chance of each match, 0 to 1; 0 means always
	Count int           // at most so many times; 0 means no limit
	After int           // the first so many matches pass unharmed
	Do    string        // one of the Do constants, or a carrier error code
	Delay time.Duration // for slow and late; 0 means 3 s
	Token string        // for old-token
}

func (r Rule) check() error {
	switch {
	case r.Side == SideAPI && (slices.Contains(apiFaults, r.Do) || carrierCode.MatchString(r.Do) || refusalCode.MatchString(r.Do)):
	case r.Side == SideWebhook && slices.Contains(webhookFaults, r.Do):
	case r.Side != SideAPI && r.Side != SideWebhook:
		return fmt.Errorf("a fault's side is %q or %q, not %q", SideAPI, SideWebhook, r.Side)
	default:
		return fmt.Errorf("the %s side has no fault %q", r.Side, r.Do)
	}
	if r.P < 0 || r.P > 1 || r.Count < 0 || r.After < 0 || r.Delay < 0 {
		return fmt.Errorf("a fault's p is 0 to 1; count, after and delay are not negative")
	}
	return nil
}

func (r Rule) delay() time.Duration {
	if r.Delay == 0 {
		return defaultLateness
	}
	return r.Delay
}

func (r Rule) matches(side, op, to string) bool {
	return r.Side == side && (r.Op == "" || r.Op == op || strings.HasPrefix(op, r.Op+".")) && (r.To == "" || r.To == to)
}

type activeRule struct {
	Rule
	seen, done int
}

// faults holds the active rules.
type faults struct {
	mu    sync.Mutex
	rules []*activeRule
	rng   *rand.Rand
}

func (f *faults) add(r Rule) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.rules = append(f.rules, &activeRule{Rule: r})
}

func (f *faults) clear() {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.rules = nil
}

func (f *faults) list() []Rule {
	f.mu.Lock()
	defer f.mu.Unlock()
	out := []Rule{}
	for _, r := range f.rules {
		out = append(out, r.Rule)
	}
	return out
}

// pick returns the rules that strike this request, counting it.
func (f *faults) pick(side, op, to string) (struck struckRules) {
	f.mu.Lock()
	defer f.mu.Unlock()
	for _, r := range f.rules {
		if !r.matches(side, op, to) || (r.Count > 0 && r.done == r.Count) {
			continue
		}
		r.seen++
		if r.seen <= r.After || (r.P > 0 && f.rng.Float64() >= r.P) {
			continue
		}
		r.done++
		struck = append(struck, r.Rule)
	}
	return struck
}

// struckRules are the rules that strike one request.
type struckRules []Rule

func (s struckRules) find(do ...string) (Rule, bool) {
	for _, r := range s {
		if slices.Contains(do, r.Do) {
			return r, true
		}
	}
	return Rule{}, false
}

func (s struckRules) has(do string) bool { _, ok := s.find(do); return ok }

// code is the first error code of the given form, 0 if there is none.
func (s struckRules) code(form *regexp.Regexp) int {
	for _, r := range s {
		if form.MatchString(r.Do) {
			code, _ := strconv.Atoi(r.Do)
			return code
		}
	}
	return 0
}

func (s struckRules) String() string {
	names := make([]string, len(s))
	for i, r := range s {
		names[i] = r.Do
	}
	return strings.Join(names, " ")
}
