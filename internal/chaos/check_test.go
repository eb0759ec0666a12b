package main

import (
	"testing"
	"time"

	"phonebank"
)

func of(s string) *string { return &s }

// Each check sees what it is there to see: a day on which nothing is broken, and one broken thing at a time.
func TestChecks_SeeEachBrokenPromise(t *testing.T) {
	at := time.Date(2026, 12, 1, 15, 0, 0, 0, time.UTC)
	good := func() (*world, *records) {
		w := &world{clock: hurry{factor: 30}, ledger: newLedger(nil)}
		w.ledger.sent = []sent{{sid: "SM1", token: "T1", to: "+12125550123", body: "Come. (1)", at: at}}
		w.ledger.rung = []sent{{sid: "CA1", token: "K1"}}
		w.ledger.inbound = []inbound{{sid: "SM2", from: "+12125550123", body: "ok", at: at}}
		w.ledger.acks = []ack{{op: "inbound-message", sid: "SM2"}, {op: "message-status", sid: "SM1", status: "sent"}, {op: "message-status", sid: "SM1", status: "delivered"},
			{op: "call-status", sid: "CA1", sequence: "1", status: "ringing"}, {op: "recording-status", token: "K1", status: "completed"}}
		w.ledger.promises, w.ledger.wraps = []string{"F1"}, map[string]string{"W1": "C1"}
		done := "done"
		claimed := at.Add(-time.Second)
		o := outboxRow{ID: "O1", State: "accepted", FollowUp: of("F1"), Follow: &done, Token: "T1", SID: of("SM1"), To: "+12125550123", NotAfter: at.Add(time.Hour), ClaimedAt: &claimed}
		r := &records{outbox: []outboxRow{o}, byToken: map[string]outboxRow{"T1": o}, calls: map[string]callRow{"K1": {Recording: "RE1"}}, callSIDs: map[string]callRow{},
			messages: map[string]messageRow{"SM1": {State: phonebank.MessageDelivered, Direction: "out"}, "SM2": {Direction: "in", State: phonebank.MessageReceived}},
			keys:     map[string]bool{"call:CA1:1:ringing": true}, followUps: map[string]bool{"F1": true}, wraps: map[string]string{"C1": "W1"}}
		return w, r
	}
	checks := map[string]func(*world, *records) finding{
		"acknowledged": (*world).acknowledged, "answered": (*world).answered, "fetched": (*world).fetched, "doubles": (*world).doubles, "doubleCalls": (*world).doubleCalls,
		"ended": (*world).ended, "bound": (*world).bound, "converged": (*world).converged, "inTime": (*world).inTime, "capSeen": (*world).capSeen,
	}
	for name, check := range checks {
		w, r := good()
		if f := check(w, r); f.bad != 0 || f.trials == 0 {
			t.Errorf("%s: on a good day %+v", name, f)
		}
	}
	row := func(r *records, change func(*outboxRow)) {
		change(&r.outbox[0])
		r.byToken[r.outbox[0].Token] = r.outbox[0]
	}
	for _, c := range []struct {
		check, why string
		spoil      func(*world, *records)
	}{
		{"acknowledged", "a text was taken and is nowhere", func(_ *world, r *records) { delete(r.messages, "SM2") }},
		{"acknowledged", "a status was taken and forgotten", func(_ *world, r *records) { r.messages["SM1"] = messageRow{State: phonebank.MessageSent} }},
		{"acknowledged", "an event of a call was taken and is nowhere", func(_ *world, r *records) { clear(r.keys) }},
		{"acknowledged", "a voicemail was taken and is nowhere", func(_ *world, r *records) { r.calls["K1"] = callRow{} }},
		{"answered", "a promise was made and is nowhere", func(_ *world, r *records) { clear(r.followUps) }},
		{"answered", "a wrap-up was saved and is another", func(_ *world, r *records) { r.wraps["C1"] = "W2" }},
		{"fetched", "a text never came", func(_ *world, r *records) { delete(r.messages, "SM2") }},
		{"doubles", "two texts of one row", func(w *world, _ *records) { w.ledger.sent = append(w.ledger.sent, sent{sid: "SM3", token: "T1"}) }},
		{"doubles", "the same words from two rows", func(w *world, _ *records) {
			w.ledger.sent = append(w.ledger.sent, sent{sid: "SM3", token: "T2", body: "Come. (1)"})
		}},
		{"doubleCalls", "two calls of one row", func(w *world, _ *records) { w.ledger.rung = append(w.ledger.rung, w.ledger.rung[0]) }},
		{"ended", "a text is still on its way", func(_ *world, r *records) { row(r, func(o *outboxRow) { o.State = "sending" }) }},
		{"ended", "an unknown one is on nobody's list", func(_ *world, r *records) {
			row(r, func(o *outboxRow) { o.State, o.Follow = "unknown", of("in_progress") })
		}},
		{"ended", "one counts as sent that Twilio never had", func(w *world, _ *records) { w.ledger.sent = nil }},
		{"ended", "one counts as cancelled that Twilio has", func(_ *world, r *records) {
			row(r, func(o *outboxRow) { o.State, o.Follow = "cancelled", of("cancelled") })
		}},
		{"ended", "the promise of a sent one is still open", func(_ *world, r *records) { row(r, func(o *outboxRow) { o.Follow = of("planned") }) }},
		{"bound", "a text that no row asked for", func(_ *world, r *records) { clear(r.byToken) }},
		{"converged", "a state that Twilio did not report", func(_ *world, r *records) { r.messages["SM1"] = messageRow{State: phonebank.MessageSent} }},
		{"inTime", "claimed after its last moment", func(_ *world, r *records) { row(r, func(o *outboxRow) { o.NotAfter = at.Add(-time.Minute) }) }},
		{"inTime", "sent long after its last moment", func(w *world, _ *records) { w.ledger.sent[0].at = at.Add(2 * time.Hour) }},
		{"capSeen", "seven texts and one sign of life", func(w *world, _ *records) {
			for range 6 {
				w.ledger.sent = append(w.ledger.sent, w.ledger.sent[0])
			}
		}},
	} {
		w, r := good()
		c.spoil(w, r)
		if f := checks[c.check](w, r); f.bad == 0 || f.first == "" {
			t.Errorf("%s does not see that %s", c.check, c.why)
		}
	}
}
