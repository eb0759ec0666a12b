package simulator

import (
	"net/url"
	"strconv"
	"time"
)

// amdTakes is how long the simulated detection listens: near the average that Twilio names.
// Source: Twilio docs, "Answering machine detection FAQ".
const amdTakes = 4 * time.Second

var amdFields = []string{"MachineDetection", "MachineDetectionTimeout", "MachineDetectionSpeechThreshold",
	"MachineDetectionSpeechEndThreshold", "MachineDetectionSilenceTimeout"}

// amd is what a call asked of answering machine detection.
type amd struct {
	mode        string // "", Enable or DetectMessageEnd
	sync        bool   // TwiML waits for the result
	url, method string // of the asynchronous result
}

func (s *Simulator) readAMD(f url.Values) (amd, error) {
	a := amd{mode: f.Get("MachineDetection")}
	if a.mode != "" && a.mode != "Enable" && a.mode != "DetectMessageEnd" {
		return a, bad(20001, "MachineDetection must be Enable or DetectMessageEnd")
	}
	for _, name := range []string{"AsyncAmdStatusCallback", "AmdStatusCallback"} {
		if f.Has(name) {
			a.url, a.method = f.Get(name), f.Get(name+"Method")
			if !s.allowed(a.url) {
				return a, s.badURL(21609, name)
			}
		}
	}
	a.sync = a.mode != "" && f.Get("AsyncAmd") != "true"
	return a, nil
}

// detectMachine finds out, some seconds after the answer, who picked up.
func (s *Simulator) detectMachine(c *call) {
	if c.amd.mode == "" {
		return
	}
	by := "human"
	if s.behaviour(c.person()).Takes == Voicemail {
		by = "machine_start"
		if c.amd.mode == "DetectMessageEnd" {
			by = "machine_end_beep"
		}
	}
	s.after(amdTakes-time.Millisecond, func() {
		s.mu.Lock()
		defer s.mu.Unlock()
		if c.over() {
			return
		}
		c.answeredBy = by
		s.outbox.post(hook{op: opAMD, sid: c.sid, to: c.person(), url: c.amd.url, method: c.amd.method, params: url.Values{
			"CallSid": {c.sid}, "AccountSid": {s.cfg.AccountSID}, "AnsweredBy": {by},
			"MachineDetectionDuration": {strconv.FormatInt(amdTakes.Milliseconds(), 10)}}})
	})
}
