package main

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"sync"
	"time"

	"phonebank/simulator"
)

// ledger is what the local Twilio saw, kept from its transcript while the shard runs. It knows nothing of the product, so what
// it holds can be held against the product's records.
type ledger struct {
	sim *simulator.Simulator

	mu       sync.Mutex
	last     int
	gap      int            // entries that were overwritten before they were read
	sent     []sent         // texts that were processed, whatever was answered
	asked    int            // requests to send a text
	faulty   int            // of them those that a fault struck
	rung     []sent         // calls that were processed
	inbound  []inbound      // texts that people wrote
	acks     []ack          // webhooks that the service answered with 200
	callers  []string       // numbers that rang us, once for each call
	lines    []string       // those calls, by Twilio's name of them
	hooks    map[string]int // webhooks by kind and fault
	refusals map[string]int // webhooks that were not answered with 200, by kind

	promises []string          // follow-ups that the API answered with 201
	wraps    map[string]string // wrap-ups that were answered with 200, and their talks
}

func (l *ledger) made(id string) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.promises = append(l.promises, id)
}

func (l *ledger) wrap(id, talk string) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.wraps[id] = talk
}

type sent struct {
	sid, token, to, body string
	at                   time.Time
}

type inbound struct {
	sid, from, body string
	at              time.Time
}

type ack struct {
	op, sid, token, status, code, sequence string
	at                                     time.Time
}

func newLedger(sim *simulator.Simulator) *ledger {
	return &ledger{sim: sim, hooks: map[string]int{}, refusals: map[string]int{}, wraps: map[string]string{}}
}

// follow reads the transcript often enough that nothing of it is lost, until ctx ends.
func (l *ledger) follow(ctx context.Context) {
	tick := time.NewTicker(250 * time.Millisecond)
	defer tick.Stop()
	for {
		l.read()
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
	}
}

func (l *ledger) read() {
	entries := l.sim.Transcript()
	l.mu.Lock()
	defer l.mu.Unlock()
	for _, e := range entries {
		if e.N <= l.last {
			continue
		}
		l.gap += e.N - l.last - 1
		l.last = e.N
		l.take(e)
	}
}

func (l *ledger) take(e simulator.Entry) {
	switch {
	case e.Kind == simulator.KindAPI && e.Op == "messages.create":
		l.asked++
		if e.Fault != "" {
			l.faulty++
		}
		if e.SID != "" {
			l.sent = append(l.sent, sent{e.SID, tokenIn(e.Params.Get("StatusCallback")), e.Params.Get("To"), e.Params.Get("Body"), e.At})
		}
	case e.Kind == simulator.KindAPI && (e.Op == "calls.create" || e.Op == "participants.create"):
		if e.SID != "" {
			l.rung = append(l.rung, sent{sid: e.SID, token: tokenIn(e.Params.Get("StatusCallback")), to: e.Params.Get("To"), at: e.At})
		}
	case e.Kind == simulator.KindText && e.Who == "them":
		l.inbound = append(l.inbound, inbound{e.SID, e.Params.Get("From"), e.Words, e.At})
	case e.Kind == simulator.KindWebhook:
		if e.Fault != "" {
			l.hooks[e.Op+" "+e.Fault]++
		}
		if e.Op == "voice" && strings.HasSuffix(e.URL, "/twilio/voice"+again) && !slices.Contains(l.lines, e.SID) {
			// Whoever rang has given a sign of life, however the webhook of it went: the call is fetched.
			l.lines, l.callers = append(l.lines, e.SID), append(l.callers, e.Params.Get("From"))
		}
		if e.Status != 200 {
			l.refusals[fmt.Sprintf("%s %d", e.Op, e.Status)]++
			return
		}
		a := ack{op: e.Op, sid: e.SID, token: tokenIn(e.URL), at: e.At, code: e.Params.Get("ErrorCode"), sequence: e.Params.Get("SequenceNumber")}
		switch e.Op {
		case "message-status":
			a.status = e.Params.Get("MessageStatus")
		case "call-status":
			a.status = e.Params.Get("CallStatus")
		case "recording-status":
			a.status = e.Params.Get("RecordingStatus")
		}
		l.acks = append(l.acks, a)
	}
}

// tokenIn reads our token out of an address: its last part, before the fragment.
func tokenIn(address string) string {
	address, _, _ = strings.Cut(address, "#")
	return address[strings.LastIndexByte(address, '/')+1:]
}
