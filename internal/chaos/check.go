package main

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"phonebank"
)

// finding is one promise held against what was seen.
type finding struct {
	promise string
	what    string
	trials  int
	bad     int
	first   string // the first bad row
	note    string
}

func (f *finding) try() { f.trials++ }

func (f *finding) fault(format string, args ...any) {
	if f.bad++; f.bad == 1 {
		f.first = fmt.Sprintf(format, args...)
	}
}

// bound says what zero failures in N trials mean: not never, but seldom.
func (f finding) bound() string {
	switch {
	case f.bad > 0:
		return "BROKEN"
	case f.trials == 0:
		return "not tried"
	}
	return fmt.Sprintf("rate <= 3/N = %.2g", 3/float64(f.trials))
}

// check joins the product's records with what the local Twilio saw.
func (w *world) check(ctx context.Context) ([]finding, error) {
	w.ledger.read()
	w.ledger.mu.Lock()
	defer w.ledger.mu.Unlock()
	if w.ledger.gap > 0 {
		return nil, fmt.Errorf("%d entries of the local Twilio's transcript were lost before they were read: the shard proves nothing", w.ledger.gap)
	}
	r, err := w.readRecords(ctx)
	if err != nil {
		return nil, err
	}
	out := []finding{w.acknowledged(r), w.answered(r), w.fetched(r), w.doubles(r), w.doubleCalls(r), w.ended(r), w.bound(r), w.converged(r), w.inTime(r), w.capSeen(r)}
	for _, q := range inSQL {
		f := finding{promise: q.promise, what: q.what}
		if err := w.sql.GetContext(ctx, &f.trials, q.trials); err != nil {
			return nil, fmt.Errorf("%s: %w", q.what, err)
		}
		var bad []string
		if err := w.sql.SelectContext(ctx, &bad, q.bad); err != nil {
			return nil, fmt.Errorf("%s: %w", q.what, err)
		}
		for _, row := range bad {
			f.fault("%s", row)
		}
		out = append(out, f)
	}
	slices.SortStableFunc(out, func(a, b finding) int {
		var x, y int
		_, _ = fmt.Sscanf(a.promise, "P%d", &x)
		_, _ = fmt.Sscanf(b.promise, "P%d", &y)
		return x - y
	})
	return out, nil
}

// acknowledged: whatever we said 200 to is in the records.
func (w *world) acknowledged(r *records) finding {
	f := finding{promise: "P1", what: "webhooks that were answered with 200 and are not in the records"}
	for _, a := range w.ledger.acks {
		switch a.op {
		case "inbound-message":
			f.try()
			if m, kept := r.messages[a.sid]; !kept || m.Direction != "in" {
				f.fault("the text %s of a person was taken at %s, and is nowhere", a.sid, a.at.Format(time.TimeOnly))
			}
		case "message-status":
			f.try()
			m, kept := r.messages[a.sid]
			if !kept || m.State.Rank() < phonebank.MessageState(a.status).Rank() {
				f.fault("%s was reported as %s and taken, and our records say %q", a.sid, a.status, m.State)
			}
		case "call-status":
			f.try()
			if !r.keys[fmt.Sprintf("call:%s:%s:%s", a.sid, a.sequence, a.status)] {
				f.fault("the event %s of call %s was taken, and is nowhere", a.status, a.sid)
			}
		case "voice":
			if a.token != "voice" { // a later step of a call, or the words of the fallback
				continue
			}
			f.try()
			if _, kept := r.callSIDs[a.sid]; !kept {
				w.voiceWithoutRow++
			}
		case "recording-status":
			if a.status != "completed" {
				continue
			}
			f.try()
			if c, known := r.calls[a.token]; !known || c.Recording == "" {
				f.fault("a voicemail of call %s was taken, and is nowhere", a.token)
			}
		}
	}
	if w.voiceWithoutRow > 0 {
		f.note = fmt.Sprintf("%d callers heard the static words while the records were away; the reconciler fetches these calls", w.voiceWithoutRow)
	}
	return f
}

// answered: what somebody was told is saved is saved.
func (w *world) answered(r *records) finding {
	f := finding{promise: "P1", what: "promises and wrap-ups that were answered with yes and are not in the records"}
	for _, id := range w.ledger.promises {
		f.try()
		if !r.followUps[id] {
			f.fault("follow-up %s was answered with 201, and is nowhere", id)
		}
	}
	for wrap, talk := range w.ledger.wraps {
		f.try()
		if r.wraps[talk] != wrap {
			f.fault("the wrap-up %s of talk %s was answered with 200, and is not there", wrap, talk)
		}
	}
	return f
}

// fetched: what people wrote and no webhook brought is fetched later.
func (w *world) fetched(r *records) finding {
	f := finding{promise: "P2", what: "texts of people that never reached the records, acknowledged or not"}
	for _, in := range w.ledger.inbound {
		f.try()
		if _, kept := r.messages[in.sid]; !kept {
			f.fault("%q (%s) at %s is nowhere", in.body, in.sid, in.at.Format(time.TimeOnly))
		}
	}
	return f
}

// doubles: one step of a follow-up is at most one text at Twilio.
func (w *world) doubles(r *records) finding {
	f := finding{promise: "P3", what: "texts of follow-ups, taken for sending, that Twilio has more than once"}
	byToken, byWords := map[string]int{}, map[string]int{}
	for _, s := range w.ledger.sent {
		byToken[s.token]++
		if strings.HasSuffix(s.body, ")") { // ours, each with a number of its own
			byWords[s.body]++
		}
	}
	for _, o := range r.outbox {
		if o.FollowUp == nil || o.Attempt == 0 && byToken[o.Token] == 0 {
			continue // a person sent it, or it was cancelled before anybody took it
		}
		f.try()
		if n := byToken[o.Token]; n > 1 {
			f.fault("outbox %s (%s, attempt %d): %d texts at Twilio", o.ID, o.State, o.Attempt, n)
		}
	}
	for words, n := range byWords {
		if n > 1 {
			f.fault("%q is %d times at Twilio", words, n)
		}
	}
	share := 0.0
	if w.ledger.asked > 0 {
		share = 100 * float64(w.ledger.faulty) / float64(w.ledger.asked)
	}
	f.note = fmt.Sprintf("%d requests to send, %.0f %% of them with a faulty answer", w.ledger.asked, share)
	return f
}

func (w *world) doubleCalls(r *records) finding {
	f := finding{promise: "P3", what: "calls that Twilio placed more than once"}
	byToken := map[string]int{}
	for _, s := range w.ledger.rung {
		byToken[s.token]++
	}
	for token, n := range byToken {
		f.try()
		if _, known := r.calls[token]; n > 1 || !known {
			f.fault("call %s was placed %d times, known %v", token, n, known)
		}
	}
	return f
}

// ended: every automatic text has an end, and no end lies about what Twilio has.
func (w *world) ended(r *records) finding {
	f := finding{promise: "P4", what: "texts without an end, or with one that Twilio contradicts"}
	atTwilio := map[string]string{}
	for _, s := range w.ledger.sent {
		atTwilio[s.token] = s.sid
	}
	ends := map[string]int{}
	for _, o := range r.outbox {
		f.try()
		sid, there := atTwilio[o.Token]
		follow := ""
		if o.Follow != nil {
			follow = *o.Follow
		}
		ends[o.State]++
		switch {
		case o.State == "sending" || o.State == "ready":
			f.fault("outbox %s is still %s, follow-up %s: %s", o.ID, o.State, follow, o.Why)
		case o.State == "unknown" && o.FollowUp != nil && follow != "needs_person" && follow != "done" && follow != "cancelled":
			f.fault("outbox %s is unknown, and its follow-up %s, on nobody's list", o.ID, follow)
		case o.State == "accepted" && (!there || o.SID == nil || *o.SID != sid):
			f.fault("outbox %s counts as sent, and Twilio does not have it under that name", o.ID)
		case there && o.State != "accepted" && o.State != "unknown":
			f.fault("outbox %s is %s (%s), and Twilio has it as %s", o.ID, o.State, o.Why, sid)
		case o.State == "accepted" && o.FollowUp != nil && follow != "done" && follow != "cancelled":
			f.fault("outbox %s is sent, and its follow-up %s", o.ID, follow)
		case o.FollowUp != nil && (follow == "planned" || follow == "due" || follow == "in_progress"):
			f.fault("outbox %s is %s, and its follow-up still %s", o.ID, o.State, follow)
		}
	}
	var words []string
	for state, n := range ends {
		words = append(words, fmt.Sprintf("%s %d", state, n))
	}
	slices.Sort(words)
	f.note = strings.Join(words, ", ")
	return f
}

// bound: a text whose outcome was unknown and that Twilio has is bound to its name in the end, or on a list.
func (w *world) bound(r *records) finding {
	f := finding{promise: "P4", what: "texts at Twilio that none of our rows asked for"}
	for _, s := range w.ledger.sent {
		f.try()
		if _, ours := r.byToken[s.token]; !ours {
			f.fault("%s to a number of ours came from no row: %q", s.sid, s.body)
		}
	}
	return f
}

// converged: callbacks in any order, repeated, with gaps, lead to the highest that was taken, and never to what Twilio did not say.
func (w *world) converged(r *records) finding {
	f := finding{promise: "P11", what: "texts whose state is not the highest that Twilio reported"}
	highest := map[string]phonebank.MessageState{}
	said := map[string][]string{}
	for _, a := range w.ledger.acks {
		if a.op != "message-status" {
			continue
		}
		said[a.sid] = append(said[a.sid], a.status)
		if s := phonebank.MessageState(a.status); s.Rank() > highest[a.sid].Rank() {
			highest[a.sid] = s
		}
	}
	for sid, top := range highest {
		f.try()
		if m := r.messages[sid]; m.State.Rank() < top.Rank() || m.State.Rank() == top.Rank() && !slices.Contains(said[sid], string(m.State)) {
			f.fault("%s is %q, and Twilio said %v", sid, m.State, said[sid])
		}
	}
	return f
}

// inTime: nothing is claimed after its last moment, and no request leaves long after its claim.
func (w *world) inTime(r *records) finding {
	f := finding{promise: "P20", what: "texts that were claimed after their last moment, or sent long after their claim"}
	sentAt := map[string]time.Time{}
	for _, s := range w.ledger.sent {
		sentAt[s.token] = s.at
	}
	// A claim and its request are at most five seconds apart by the machine's clock, and a network that has fallen silent may
	// hold the request for its own patience.
	slack := time.Duration(w.clock.factor) * (phonebank.ClaimToSend + 5*time.Second)
	for _, o := range r.outbox {
		if o.ClaimedAt == nil {
			continue
		}
		f.try()
		if !o.ClaimedAt.Before(o.NotAfter) {
			f.fault("outbox %s was claimed at %s, and %s was its last moment", o.ID, o.ClaimedAt.UTC().Format(time.TimeOnly), o.NotAfter.UTC().Format(time.TimeOnly))
		}
		if at, there := sentAt[o.Token]; there && at.After(o.NotAfter.Add(slack)) {
			f.fault("outbox %s reached Twilio at %s, and %s was its last moment", o.ID, at.Format(time.TimeOnly), o.NotAfter.UTC().Format(time.TimeOnly))
		}
	}
	return f
}

// capSeen is the cap as somebody outside sees it: three texts to a number, and three more for each sign of life.
func (w *world) capSeen(r *records) finding {
	f := finding{promise: "P21", what: "numbers with more texts at Twilio than three, and three for each of their own texts and calls"}
	legal := map[string]bool{}
	for _, o := range r.outbox {
		legal[o.Token] = o.Legal
	}
	got, signs := map[string]int{}, map[string]int{}
	for _, s := range w.ledger.sent {
		if !legal[s.token] {
			got[s.to]++
		}
	}
	for _, in := range w.ledger.inbound {
		signs[in.from]++
	}
	for _, p := range w.ledger.callers {
		signs[p]++
	}
	for number, n := range got {
		f.try()
		if n > 3+3*signs[number] {
			f.fault("the number ending %s got %d texts and gave %d signs of life", number[len(number)-4:], n, signs[number])
		}
	}
	return f
}

// inSQL are the promises that the records alone can break. Every query answers with bad rows.
var inSQL = []struct{ promise, what, trials, bad string }{
	{
		// The claim and the stop wait for the same lock, and write their line of the journal under it: the order of the lines is
		// the order in which they took place.
		"P5", "claims after a stop was stored",
		`SELECT count(*) FROM journal WHERE thing = 'phone' AND event = 'opt_out'`,
		`SELECT 'outbox ' || o.id || ' was claimed (line ' || c.id || ') after the stop (line ' || s.id || ') of its number'
		FROM journal s JOIN outbox o ON o.phone_id = s.thing_id JOIN journal c ON c.thing = 'outbox' AND c.thing_id = o.id AND c.event = 'claim'
		WHERE s.thing = 'phone' AND s.event = 'opt_out' AND NOT o.legal AND c.id > s.id
			AND NOT EXISTS (SELECT 1 FROM journal i WHERE i.thing = 'phone' AND i.thing_id = s.thing_id AND i.event = 'opt_in' AND i.id > s.id AND i.id < c.id) ORDER BY c.id`,
	},
	{
		"P5", "calls that were placed after a stop was stored",
		`SELECT count(*) FROM journal WHERE thing = 'call' AND event = 'place'`,
		`SELECT 'call ' || k.id || ' was placed (line ' || c.id || ') after the stop (line ' || s.id || ') of its number'
		FROM journal s JOIN calls k ON k.phone_id = s.thing_id AND k.kind = 'outbound' JOIN journal c ON c.thing = 'call' AND c.thing_id = k.id AND c.event = 'place'
		WHERE s.thing = 'phone' AND s.event = 'opt_out' AND c.id > s.id
			AND NOT EXISTS (SELECT 1 FROM journal i WHERE i.thing = 'phone' AND i.thing_id = s.thing_id AND i.event = 'opt_in' AND i.id > s.id AND i.id < c.id) ORDER BY c.id`,
	},
	{
		"P10", "presses that became more than one text",
		`SELECT count(*) FROM outbox WHERE nonce IS NOT NULL`,
		`SELECT body || ': ' || count(*) FROM outbox WHERE body LIKE 'Can you come? (h%' GROUP BY body HAVING count(*) > 1`,
	},
	{
		"P6", "rows that still lead to a number that said stop, whoever's they are",
		`SELECT count(*) FROM follow_ups f JOIN phones p ON p.id = f.phone_id WHERE p.opted_out_at IS NOT NULL`,
		`SELECT 'follow-up ' || f.id || ' is ' || f.state FROM follow_ups f JOIN phones p ON p.id = f.phone_id
		WHERE p.opted_out_at IS NOT NULL AND f.state IN ('planned', 'due', 'offered', 'needs_person') AND f.created_at < p.opted_out_at
			AND NOT EXISTS (SELECT 1 FROM outbox o WHERE o.follow_up_id = f.id AND o.state = 'unknown')
		UNION ALL
		SELECT 'outbox ' || o.id || ' is ' || o.state FROM outbox o JOIN phones p ON p.id = o.phone_id
		WHERE p.opted_out_at IS NOT NULL AND NOT o.legal AND o.state IN ('held', 'ready') AND o.created_at < p.opted_out_at
		UNION ALL
		SELECT 'a place on a list of ' || l.person_id || ' is ' || l.state FROM call_list l JOIN phones p ON p.id = l.phone_id
		WHERE p.opted_out_at IS NOT NULL AND l.state <> 'done'`,
	},
	{
		// A text that was out at Twilio as the stop was stored, and was turned back there, is cancelled as it comes back.
		"P6", "stops that cancelled in another transaction than their own",
		`SELECT count(*) FROM journal WHERE event = 'cancel' AND note = 'They asked us to stop.'`,
		`SELECT 'line ' || c.id || ' of the journal' FROM journal c
		WHERE c.event = 'cancel' AND c.note = 'They asked us to stop.' AND c.thing = 'follow_up'
			AND NOT EXISTS (SELECT 1 FROM journal s JOIN follow_ups f ON f.id = c.thing_id WHERE s.thing = 'phone' AND s.thing_id = f.phone_id AND s.event = 'opt_out' AND s.xmin = c.xmin)
			AND NOT EXISTS (SELECT 1 FROM outbox o JOIN journal b ON b.thing = 'outbox' AND b.thing_id = o.id AND b.event = 'back_off' AND b.id < c.id
				JOIN journal s ON s.thing = 'phone' AND s.thing_id = o.phone_id AND s.event = 'opt_out' AND s.id < b.id WHERE o.follow_up_id = c.thing_id)`,
	},
	{
		"P21", "texts beyond three to a number in 24 hours without a sign of life between",
		`SELECT count(DISTINCT phone_id) FROM outbox WHERE claimed_at IS NOT NULL AND NOT legal`,
		`SELECT 'outbox ' || o.id || ' was number ' || n.before + 1 FROM outbox o, LATERAL (
			SELECT count(*) AS before FROM outbox b WHERE b.phone_id = o.phone_id AND NOT b.legal AND b.claimed_at < o.claimed_at
				AND b.claimed_at > GREATEST(o.claimed_at - interval '24 hours',
					(SELECT max(m.at) FROM messages m WHERE m.phone_id = o.phone_id AND m.direction = 'in' AND m.at <= o.claimed_at),
					(SELECT max(c.created_at) FROM calls c WHERE c.phone_id = o.phone_id AND c.kind = 'inbound' AND c.created_at <= o.claimed_at))) n
		WHERE o.claimed_at IS NOT NULL AND NOT o.legal AND n.before >= 3`,
	},
	{
		"P4", "moves of the journal that no table of moves has",
		`SELECT count(*) FROM journal WHERE thing = 'outbox'`,
		`SELECT 'line ' || id || ': ' || from_state || ' -> ' || to_state FROM journal
		WHERE thing = 'outbox' AND (from_state IN ('accepted', 'failed', 'cancelled', 'expired', 'unknown') AND to_state IN ('ready', 'sending', 'held')
			OR from_state = 'accepted' AND to_state <> 'accepted')`,
	},
	{
		"P4", "promised calls that were forgotten: past their time, and neither due nor ended",
		`SELECT count(*) FROM follow_ups WHERE channel = 'call'`,
		`SELECT 'follow-up ' || id FROM follow_ups WHERE channel = 'call' AND state = 'planned' AND due_at < (SELECT max(at) FROM journal) - interval '5 minutes'`,
	},
	{
		// What the auditor judges by times has a slack of seconds, which are a third of one by a hurried clock: those findings are
		// counted below the table and judged by the order of the journal above.
		"auditor", "findings of the live auditor that need no clock",
		`SELECT count(*) FROM journal WHERE thing = 'outbox' AND event = 'claim'`,
		`SELECT promise || ' ' || thing_id FROM findings
		WHERE promise IN ('text_twice', 'text_too_late', 'text_over_cap', 'call_over_cap', 'text_unagreed', 'number_held_twice') ORDER BY at`,
	},
	{
		"P19", "pauses for a restore that never was",
		`SELECT count(*) FROM installation`,
		`SELECT 'everything is paused since ' || at FROM pauses WHERE kind = 'restored'`,
	},
}
