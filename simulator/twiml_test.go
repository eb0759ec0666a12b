package simulator

import (
	"net/http"
	"strings"
	"testing"
)

func TestTwiML_IsTakenStrictly(t *testing.T) {
	for _, row := range []struct {
		why, xml string
		code     int
	}{
		{"every verb with its attributes", `<?xml version="1.0"?><Response><!-- c --><Say voice="alice" language="en-US" loop="2">Hi <break time="1s"/></Say><Play>x.mp3</Play><Pause length="1"/>` +
			`<Gather input="dtmf speech" numDigits="1" timeout="1" finishOnKey="#" action="a" method="POST" actionOnEmptyResult="true"><Say>a</Say></Gather>` +
			`<Dial action="a" hangupOnStar="true" timeLimit="9"><Conference participantLabel="v" startConferenceOnEnter="true" endConferenceOnExit="false" beep="false" waitUrl="" muted="false" ` +
			`jitterBufferSize="small" maxParticipants="9" statusCallback="s" statusCallbackEvent="start end" coach="CA1">room</Conference></Dial>` +
			`<Record action="a" maxLength="9" playBeep="false" timeout="1" finishOnKey="1" recordingStatusCallback="r"/><Redirect method="POST">x</Redirect><Hangup/><Reject reason="busy"/></Response>`, 0},
		{"an unknown verb", `<Response><Sing/></Response>`, 12200},
		{"verbs are case-sensitive", `<Response><say>hi</say></Response>`, 12200},
		{"an unknown attribute", `<Response><Say volume="9">hi</Say></Response>`, 12200},
		{"a verb in the wrong place", `<Response><Gather><Hangup/></Gather></Response>`, 12200},
		{"another root", `<Answer/>`, 12100},
		{"open elements", `<Response><Say>hi</Response>`, 12100},
		{"an unknown entity", `<Response><Say>&nbsp;</Say></Response>`, 12100},
		{"two roots", `<Response/><Response/>`, 12100},
		{"no document", ``, 12100},
		{"a bare ampersand", `<Response><Say>you & me</Say></Response>`, 12100},
	} {
		_, problem := parseTwiML(reply{status: 200, mime: "text/xml", body: row.xml}, voiceVerbs)
		code := 0
		if problem != nil {
			code = problem.code
		}
		if code != row.code {
			t.Errorf("%s: %d, want %d (%v)", row.why, code, row.code, problem)
		}
	}
	if _, problem := parseTwiML(reply{status: 200, mime: "application/json", body: `<Response/>`}, voiceVerbs); problem == nil || problem.code != 12300 {
		t.Errorf("another content type: %v", problem)
	}
}

func TestTwiML_AProblemEndsTheCallAndIsReported(t *testing.T) {
	w := newWorld(t)
	never := "/never"
	sid := w.call(ana, w.says("/bad", `<Response><Say loud="yes">x</Say><Redirect>`+never+`</Redirect></Response>`))
	w.hook(opCallStatus, "CallSid", sid, "CallStatus", "completed")
	if !w.complained(12200) {
		t.Error("12200 is not on the debugger's list")
	}
	for _, e := range w.hooks(opVoice) {
		if strings.HasSuffix(e.URL, never) {
			t.Error("what follows the problem ran")
		}
	}
}

func TestTwiML_FallbackIsAskedOnceWithTheError(t *testing.T) {
	w := newWorld(t)
	bad := w.fails("/bad", http.StatusBadGateway)
	w.says("/fallback", "<Response><Say>Sorry</Say></Response>")
	sid := w.call(ana, bad, "FallbackUrl", w.app.URL+"/fallback")
	w.heard(sid, "Sorry")
	w.hook(opVoice, "CallSid", sid, "ErrorCode", "11200", "ErrorUrl", bad)
}

func TestTwiML_DocumentsThatLeadToEachOtherEnd(t *testing.T) {
	w := newWorld(t)
	sid := w.call(ana, w.says("/round", "<Response><Redirect/></Response>"))
	w.hook(opCallStatus, "CallSid", sid, "CallStatus", "completed")
	if got := len(w.hooks(opVoice, "CallSid", sid)); got != maxDocuments {
		t.Errorf("%d documents were fetched, want %d", got, maxDocuments)
	}
}
