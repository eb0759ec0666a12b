package simulator

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

func callSteps(entries []Entry) (out []string) {
	for _, e := range entries {
		out = append(out, e.Params.Get("SequenceNumber")+" "+e.Params.Get("CallStatus"))
	}
	return out
}

func TestCall_HowItEnds(t *testing.T) {
	w := newWorld(t)
	hello := w.says("/hello", "<Response><Say>Hello</Say></Response>")
	for _, row := range []struct {
		why  string
		b    Behaviour
		want []string
		sip  string
	}{
		{"a human answers", Behaviour{}, []string{"0 initiated", "1 ringing", "2 in-progress", "3 completed"}, "200"},
		{"busy", Behaviour{Takes: Busy}, []string{"0 initiated", "1 ringing", "2 busy"}, "486"},
		{"declined", Behaviour{Takes: Declines}, []string{"0 initiated", "1 ringing", "2 busy"}, "603"},
		{"nobody there", Behaviour{Takes: NoAnswer}, []string{"0 initiated", "1 ringing", "2 no-answer"}, "487"},
		{"no such number", Behaviour{Takes: Fails}, []string{"0 initiated", "1 ringing", "2 failed"}, "404"},
	} {
		t.Run(row.why, func(t *testing.T) {
			w.Person(ana, row.b)
			sid := w.call(ana, hello, "Timeout", "20")
			if row.b.Takes == NoAnswer {
				w.hook(opCallStatus, "CallSid", sid, "CallStatus", "ringing")
				w.Clock().Advance(26 * time.Second)
			}
			end := w.see("the end", func(e Entry) bool { return isHook(e, opCallStatus, "CallSid", sid) && e.Params.Has("CallDuration") })
			if diff := cmp.Diff(row.want, callSteps(w.hooks(opCallStatus, "CallSid", sid))); diff != "" {
				t.Error(diff)
			}
			if got := end.Params.Get("SipResponseCode"); got != row.sip {
				t.Errorf("SIP %s, want %s", got, row.sip)
			}
		})
	}
	if bad := w.unsigned(); len(bad) > 0 {
		t.Errorf("the official validator refuses %v", bad)
	}
}

func TestCall_OnlyTheEndIsReportedUnlessAskedFor(t *testing.T) {
	w := newWorld(t)
	sid := w.made("/Calls.json", "From", us, "To", ana, "Twiml", "<Response><Hangup/></Response>", "StatusCallback", w.app.URL+"/end")
	w.hook(opCallStatus, "CallSid", sid, "CallStatus", "completed", "SequenceNumber", "0")
	if got := len(w.hooks(opCallStatus, "CallSid", sid)); got != 1 {
		t.Errorf("%d callbacks", got)
	}
}

func TestCall_UpdateByREST(t *testing.T) {
	w := newWorld(t)
	wait := w.says("/wait", `<Response><Pause length="600"/></Response>`)
	other := w.says("/other", `<Response><Say>Somewhere else</Say><Pause length="600"/></Response>`)
	sid := w.call(ana, wait)
	w.hook(opVoice, "CallSid", sid)
	w.ask(http.MethodPost, "/Calls/"+sid+".json", "Url", other)
	w.heard(sid, "Somewhere else")
	if status, c := w.ask(http.MethodPost, "/Calls/"+sid+".json", "Status", "completed"); status != 200 || c["status"] != "completed" {
		t.Errorf("hang-up: %d %v", status, c)
	}
	if _, body := w.ask(http.MethodPost, "/Calls/"+sid+".json", "Status", "completed"); body["code"] != 21220.0 {
		t.Errorf("a second hang-up: %v", body)
	}
	w.Person(ben, Behaviour{Takes: Manual})
	ringing := w.call(ben, wait)
	w.hook(opCallStatus, "CallSid", ringing, "CallStatus", "ringing")
	if _, body := w.ask(http.MethodPost, "/Calls/"+ringing+".json", "Url", other); body["code"] != 21220.0 {
		t.Errorf("redirecting a ringing call: %v", body)
	}
	if _, c := w.ask(http.MethodPost, "/Calls/"+ringing+".json", "Status", "canceled"); c["status"] != "canceled" {
		t.Errorf("canceled: %v", c)
	}
}

func TestCall_ManualPhoneRingsUntilTaken(t *testing.T) {
	w := newWorld(t)
	w.Person(ana, Behaviour{Takes: Manual})
	hello := w.says("/hello", `<Response><Say>Hello</Say><Pause length="600"/></Response>`)
	sid := w.call(ana, hello)
	w.hook(opCallStatus, "CallSid", sid, "CallStatus", "ringing")
	if err := w.Say(sid, "too early"); err == nil {
		t.Error("nobody can speak before the answer")
	}
	if err := w.Answer(sid); err != nil {
		t.Fatal(err)
	}
	w.heard(sid, "Hello")
	second := w.call(ana, hello)
	w.hook(opCallStatus, "CallSid", second, "CallStatus", "busy")
	if err := w.HangUp(sid); err != nil {
		t.Fatal(err)
	}
	w.hook(opCallStatus, "CallSid", sid, "CallStatus", "completed")
	third := w.call(ana, hello)
	w.hook(opCallStatus, "CallSid", third, "CallStatus", "ringing")
	w.Decline(third)
	w.hook(opCallStatus, "CallSid", third, "CallStatus", "busy", "SipResponseCode", "603")
}

func TestGather(t *testing.T) {
	for _, row := range []struct {
		why, gather, press, want string
	}{
		{"enough keys end it at once", `numDigits="2" timeout="60"`, "12", "12"},
		{"the finish key is not counted", `timeout="60"`, "4711#", "4711"},
		{"another finish key", `finishOnKey="*" timeout="60"`, "4#*", "4#"},
		{"silence ends it", `timeout="0"`, "", "next verb"},
		{"an empty result is told when asked for", `timeout="0" actionOnEmptyResult="true"`, "", ""},
		{"keys typed quickly during the prompt keep their order", `numDigits="5" timeout="60"`, "31415", "31415"},
	} {
		t.Run(row.why, func(t *testing.T) {
			w := newWorld(t, func(c *Config) { c.Timings.Letter = 10 * time.Millisecond })
			w.says("/pressed", "<Response><Hangup/></Response>")
			w.says("/next", "<Response><Hangup/></Response>")
			menu := w.says("/menu", `<Response><Gather action="pressed" `+row.gather+`><Say>Press something now</Say></Gather><Redirect>/next</Redirect></Response>`)
			sid := w.call(ana, menu)
			if row.press != "" {
				w.heard(sid, "Press something")
				w.Press(sid, row.press)
			}
			if row.want == "next verb" {
				w.see("the next verb", func(e Entry) bool { return isHook(e, opVoice) && strings.HasSuffix(e.URL, "/next") })
				return
			}
			got := w.see("the action", func(e Entry) bool { return isHook(e, opVoice) && strings.HasSuffix(e.URL, "/pressed") })
			if got.Params.Get("Digits") != row.want {
				t.Errorf("Digits %q, want %q", got.Params.Get("Digits"), row.want)
			}
		})
	}
}

func TestInboundCall_IsAnsweredByTheFirstVerbThatSpeaks(t *testing.T) {
	w := newWorld(t)
	w.says("/voice", `<Response><Redirect>spoken?a=1%202</Redirect></Response>`)
	w.says("/spoken", `<Response><Say>Welcome</Say><Redirect>more</Redirect></Response>`)
	w.says("/more", `<Response><Pause length="600"/></Response>`)
	sid, err := w.Ring(ana, us)
	if err != nil {
		t.Fatal(err)
	}
	w.heard(sid, "Welcome")
	for path, want := range map[string]string{"/voice": "ringing", "/spoken?a=1%202": "ringing", "/more": "in-progress"} {
		e := w.see(path, func(e Entry) bool { return isHook(e, opVoice, "CallSid", sid) && strings.HasSuffix(e.URL, path) })
		if got := e.Params.Get("CallStatus"); got != want || e.Params.Get("Direction") != "inbound" {
			t.Errorf("%s was asked with CallStatus %s, want %s", path, got, want)
		}
	}
	w.HangUp(sid)
	w.says("/voice", `<Response><Reject reason="busy"/></Response>`)
	rejected, _ := w.Ring(ana, us)
	w.until(ana, "the call is refused as busy", func() bool { return w.viewOf(rejected).Status == "busy" })
}

// viewOf is a call as its person sees it.
func (w *world) viewOf(sid string) callView {
	w.Simulator.mu.Lock()
	defer w.Simulator.mu.Unlock()
	return viewCall(w.callBy[sid])
}

func TestVoicemail_LeftByACaller(t *testing.T) {
	w := newWorld(t)
	w.says("/voice", `<Response><Say>Leave a message</Say><Record action="/left" timeout="60" recordingStatusCallback="/recorded"/><Say>Nothing heard</Say></Response>`)
	w.says("/left", "<Response><Hangup/></Response>")
	sid, _ := w.Ring(ana, us)
	w.heard(sid, "(beep)")
	w.Say(sid, "Please call me back")
	w.Press(sid, "#")
	left := w.see("the action", func(e Entry) bool { return isHook(e, opVoice) && strings.HasSuffix(e.URL, "/left") })
	re := left.Params.Get("RecordingSid")
	w.hook(opRecordingStatus, "RecordingSid", re, "RecordingStatus", "completed", "CallSid", sid)
	_, r := w.ask(http.MethodGet, "/Recordings/"+re+".json")
	if r["status"] != "completed" || r["source"] != "RecordVerb" {
		t.Errorf("recording %v", r)
	}
	for _, ending := range []string{"", ".wav", ".mp3"} {
		res, err := w.try(http.MethodGet, "/Recordings/"+re+ending)
		if err != nil || res.StatusCode != 200 || res.Header.Get("Content-Type") != "audio/x-wav" {
			t.Errorf("media %q: %v %v", ending, res, err)
		}
	}
	if status, _ := w.ask(http.MethodDelete, "/Recordings/"+re+".json"); status != 204 {
		t.Errorf("DELETE answered %d", status)
	}
	if status, _ := w.ask(http.MethodGet, "/Recordings/"+re+".json"); status != 404 {
		t.Errorf("a deleted recording answers %d", status)
	}
}

func TestVoicemail_HangingUpStillTellsTheAction(t *testing.T) {
	w := newWorld(t)
	w.says("/voice", `<Response><Record action="/left" timeout="60"/></Response>`)
	sid, _ := w.Ring(ana, us)
	w.heard(sid, "(beep)")
	w.Say(sid, "Bye")
	w.HangUp(sid)
	w.hook(opVoice, "CallSid", sid, "Digits", "hangup", "CallStatus", "completed")
}

func TestCall_VoicemailOfAPersonAnswers(t *testing.T) {
	w := newWorld(t)
	w.Person(ana, Behaviour{Takes: Voicemail, Greeting: "This is Ana's phone"})
	sid := w.call(ana, w.says("/wait", `<Response><Pause length="600"/></Response>`), "MachineDetection", "Enable", "AsyncAmd", "true", "AsyncAmdStatusCallback", w.app.URL+"/amd")
	w.heard(sid, "This is Ana's phone")
	w.heard(sid, "(beep)")
	w.Clock().Advance(5 * time.Second)
	w.hook(opAMD, "CallSid", sid, "AnsweredBy", "machine_start")
	w.Clock().Advance(voicemailListens)
	w.until(ana, "the machine hangs up", func() bool { return w.viewOf(sid).Status == "completed" })
}

func TestRecording_StartedByREST(t *testing.T) {
	w := newWorld(t)
	sid := w.call(ana, w.says("/wait", `<Response><Pause length="600"/></Response>`))
	w.hook(opVoice, "CallSid", sid)
	re := w.made("/Calls/"+sid+"/Recordings.json", "RecordingStatusCallback", w.app.URL+"/recording", "RecordingStatusCallbackEvent", "in-progress completed")
	w.hook(opRecordingStatus, "RecordingSid", re, "RecordingStatus", "in-progress")
	w.HangUp(sid)
	w.hook(opRecordingStatus, "RecordingSid", re, "RecordingStatus", "completed")
	if _, body := w.ask(http.MethodGet, "/Recordings.json", "CallSid", sid); len(body["recordings"].([]any)) != 1 {
		t.Errorf("recordings of the call: %v", body)
	}
}
