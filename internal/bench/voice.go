package main

import (
	"bufio"
	"bytes"
	"context"
	"fmt"
	mathrand "math/rand/v2"
	"net"
	"net/http"
	"net/url"
	"time"

	"github.com/lib/pq"

	"phonebank"
)

const (
	atOnce      = 50
	bursts      = 20
	freeAtOnce  = 30 // of 50 callers so many find a volunteer, the others leave a message
	joinsAtOnce = 2000
)

// measureVoice asks for TwiML over 50 connections: volunteers' phones that answered and pressed 1, and people who call us.
func measureVoice(ctx context.Context, w *world, r *report) error {
	lines, err := w.connect(atOnce)
	if err != nil {
		return err
	}
	defer func() {
		for _, l := range lines {
			_ = l.conn.Close() // nothing more is said on it
		}
	}()
	rows := [][]string{{"webhook", "answers", "p50", "p99", "slowest"}}
	fromMemory := 0
	for _, one := range []struct {
		name string
		run  func(context.Context, *world, []*line, int) (sample, int, error)
	}{
		{"volunteer's phone answered, pressed 1: 50 connections without a pause", joins},
		{"inbound call: 50 in the same moment, 20 times", callsAtOnce},
		{"inbound call: 50 connections without a pause", callsWithoutPause},
	} {
		var rounds []sample
		for round := range min(r.rounds, 3) {
			s, odd, err := one.run(ctx, w, lines, round)
			if err != nil {
				return err
			}
			fromMemory += odd
			rounds = append(rounds, s)
		}
		rate, p50, p99 := medians(rounds)
		slowest := time.Duration(0)
		for _, s := range rounds {
			slowest = max(slowest, s.percentile(1))
		}
		rows = append(rows, []string{one.name, perSecond(rate), ms(p50), ms(p99), ms(slowest)})
		r.hold("TwiML, "+one.name+", p99", ms(p99), "< 50 ms", p99 < 50*time.Millisecond)
	}
	table(rows)
	fmt.Println()
	fmt.Printf("calls that were answered from memory within the two seconds of the budget, for want of an answer: %d\n", fromMemory)
	return nil
}

func (w *world) connect(n int) ([]*line, error) {
	lines := make([]*line, n)
	for i := range lines {
		conn, err := net.Dial("tcp", w.address)
		if err != nil {
			return nil, err
		}
		lines[i] = &line{conn: conn, reader: bufio.NewReader(conn)}
	}
	return lines, nil
}

// answered checks that an answer is the TwiML that the product thought of, and not what it keeps ready for its own faults.
func answered(status int, body []byte, want ...string) bool {
	if status != http.StatusOK || bytes.Contains(body, []byte("fault on our side")) {
		return false
	}
	for _, verb := range want {
		if bytes.Contains(body, []byte(verb)) {
			return true
		}
	}
	return false
}

func (w *world) voiceForm(sid, from, to, status string) url.Values {
	return url.Values{
		"CallSid": {sid}, "AccountSid": {account}, "From": {from}, "To": {to}, "CallStatus": {status}, "ApiVersion": {"2010-04-01"}, "Direction": {"inbound"},
		"Caller": {from}, "Called": {to}, "FromCity": {"NEW YORK"}, "FromState": {"NY"}, "FromZip": {"10001"}, "FromCountry": {"US"},
		"ToCity": {"NEW YORK"}, "ToState": {"NY"}, "ToZip": {"10001"}, "ToCountry": {"US"}, "CallToken": {"x"}, "StirVerstat": {"TN-Validation-Passed-A"},
	}
}

// joins asks first what a volunteer hears when they answer, then what they hear once they pressed 1.
func joins(ctx context.Context, w *world, lines []*line, _ int) (sample, int, error) {
	shifts, err := w.readyShifts(ctx, atOnce, true)
	if err != nil {
		return sample{}, 0, err
	}
	at := w.clock.Now()
	ids, tokens, held := make([]string, joinsAtOnce/2), make([]string, joinsAtOnce/2), make([]string, joinsAtOnce/2)
	for i := range ids {
		ids[i], tokens[i], held[i] = phonebank.NewID[string](at), phonebank.NewToken(), string(shifts[i%len(shifts)].ID)
	}
	if _, err := w.admin.ExecContext(ctx, `
		INSERT INTO calls (id, kind, state, token, shift_id, from_number, to_number, created_at)
		SELECT id, 'volunteer', 'answered', token, shift, $4, '+12125550190', $5 FROM unnest($1::text[], $2::text[], $3::text[]) AS t(id, token, shift)`,
		pq.Array(ids), pq.Array(tokens), pq.Array(held), ours, at); err != nil {
		return sample{}, 0, err
	}
	requests := make([][]byte, joinsAtOnce)
	for i := range requests {
		form, step := w.voiceForm("CA"+randomHex(), ours, "+12125550190", "in-progress"), "join"
		if i%2 == 1 {
			form.Set("Digits", "1")
			step = "pressed"
		}
		requests[i] = signed(w.address, "/twilio/voice/"+step+"/"+tokens[i/2], form)
	}
	return w.ask(lines, requests, "<Gather", "<Conference")
}

// callers writes inbound calls from people on the list; one in ten comes from a number that nobody knows.
func (w *world) callers(n int) [][]byte {
	out := make([][]byte, n)
	for i := range out {
		from := string(number(mathrand.IntN(listed)))
		if i%10 == 0 {
			from = fmt.Sprintf("+1718%07d", 2_000_000+mathrand.IntN(7_000_000))
		}
		out[i] = signed(w.address, "/twilio/voice", w.voiceForm("CA"+randomHex(), from, ours, "ringing"))
	}
	return out
}

func callsAtOnce(ctx context.Context, w *world, lines []*line, _ int) (all sample, odd int, err error) {
	for range bursts {
		if err := w.freshSession(ctx); err != nil {
			return all, odd, err
		}
		s, bad, err := w.ask(lines, w.callers(len(lines)), "<Conference", "<Record")
		if err != nil {
			return all, odd, err
		}
		all.done, all.took, all.each = all.done+s.done, all.took+s.took, append(all.each, s.each...)
		odd += bad
	}
	return all, odd, nil
}

func callsWithoutPause(ctx context.Context, w *world, lines []*line, _ int) (sample, int, error) {
	if err := w.freshSession(ctx); err != nil {
		return sample{}, 0, err
	}
	return w.ask(lines, w.callers(bursts*len(lines)), "<Conference", "<Record")
}

// freshSession ends every session and opens one in which some volunteers are ready.
func (w *world) freshSession(ctx context.Context) error {
	if _, err := w.admin.ExecContext(ctx, `UPDATE sessions SET state = 'ended' WHERE state = 'open'`); err != nil {
		return err
	}
	_, err := w.readyShifts(ctx, freeAtOnce, true)
	return err
}

func (w *world) ask(lines []*line, requests [][]byte, want ...string) (sample, int, error) {
	odd := make([]int, len(lines))
	s, err := crowd(len(lines), len(requests), func(client, i int) (bool, error) {
		status, body, err := lines[client].send(requests[i])
		if err == nil && !answered(status, body, want...) {
			odd[client]++
		}
		return true, err
	})
	total := 0
	for _, n := range odd {
		total += n
	}
	return s, total, err
}
