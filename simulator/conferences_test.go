package simulator

import (
	"net/http"
	"strconv"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// hall is a conference with ana in it by TwiML and ben by REST.
type hall struct {
	*world
	sid, ana, ben string
}

func meet(t *testing.T, anaAttrs string, benForm ...string) hall {
	t.Helper()
	w := newWorld(t)
	w.says("/after", `<Response><Say>You are alone again</Say><Pause length="600"/></Response>`)
	join := w.says("/join", `<Response><Dial action="/after"><Conference participantLabel="ana" beep="false" waitUrl="" statusCallback="`+w.app.URL+
		`/conf" statusCallbackEvent="start end join leave mute hold modify announcement" `+anaAttrs+`>room-1</Conference></Dial></Response>`)
	h := hall{world: w, ana: w.call(ana, join)}
	h.sid = w.hook(opConference, "StatusCallbackEvent", "participant-join", "CallSid", h.ana).SID
	h.ben = w.made("/Conferences/room-1/Participants.json", append([]string{"From", us, "To", ben, "Label", "ben",
		"StatusCallback", w.app.URL + "/call-status"}, benForm...)...)
	w.hook(opConference, "StatusCallbackEvent", "conference-start")
	return h
}

func (h hall) event(name string, want ...string) Entry {
	h.t.Helper()
	return h.hook(opConference, append([]string{"StatusCallbackEvent", name}, want...)...)
}

func TestConference_WhyItEnds(t *testing.T) {
	for _, row := range []struct {
		why, anaAttrs string
		end           func(hall)
		left          map[string]string // ReasonParticipantLeft by label
		ended, by     string
	}{
		{"the leader hangs up", `endConferenceOnExit="true"`, func(h hall) { h.HangUp(h.ana) },
			map[string]string{"ana": "participant_hung_up", "ben": "moderator_ended_conference"}, "participant-with-end-conference-on-exit-left", "ana"},
		{"the leader is removed", `endConferenceOnExit="true"`, func(h hall) { h.ask(http.MethodDelete, "/Conferences/"+h.sid+"/Participants/ana.json") },
			map[string]string{"ana": "participant_updated_via_api", "ben": "moderator_ended_conference"}, "participant-with-end-conference-on-exit-kicked", "ana"},
		{"the last one leaves", "", func(h hall) { h.HangUp(h.ben); h.event("participant-leave", "CallSid", h.ben); h.HangUp(h.ana) },
			map[string]string{"ana": "participant_hung_up", "ben": "participant_hung_up"}, "last-participant-left", "ana"},
		{"the last one is removed", "", func(h hall) {
			h.HangUp(h.ana)
			h.event("participant-leave", "CallSid", h.ana)
			h.ask(http.MethodDelete, "/Conferences/"+h.sid+"/Participants/"+h.ben+".json")
		}, map[string]string{"ana": "participant_hung_up", "ben": "participant_updated_via_api"}, "last-participant-kicked", "ben"},
		{"it is ended by REST", "", func(h hall) { h.ask(http.MethodPost, "/Conferences/"+h.sid+".json", "Status", "completed") },
			map[string]string{"ana": "conference_ended_via_api", "ben": "conference_ended_via_api"}, "conference-ended-via-api", ""},
	} {
		t.Run(row.why, func(t *testing.T) {
			h := meet(t, row.anaAttrs)
			row.end(h)
			end := h.event("conference-end")
			left := map[string]string{}
			for _, e := range h.hooks(opConference, "StatusCallbackEvent", "participant-leave") {
				left[e.Params.Get("ParticipantLabel")] = e.Params.Get("ReasonParticipantLeft")
			}
			if diff := cmp.Diff(row.left, left); diff != "" {
				t.Error(diff)
			}
			if got := end.Params.Get("ReasonConferenceEnded"); got != row.ended || end.Params.Get("ParticipantLabelEndingConference") != row.by {
				t.Errorf("ended by %q: %s, want %q: %s", end.Params.Get("ParticipantLabelEndingConference"), got, row.by, row.ended)
			}
			for i, e := range h.hooks(opConference) {
				if e.Params.Get("SequenceNumber") != strconv.Itoa(i+1) {
					t.Errorf("event %d is numbered %s", i+1, e.Params.Get("SequenceNumber"))
				}
			}
			if _, f := h.ask(http.MethodGet, "/Conferences/"+h.sid+".json"); f["status"] != "completed" || f["reason_conference_ended"] != row.ended {
				t.Errorf("GET says %v", f)
			}
			if bad := h.unsigned(); len(bad) > 0 {
				t.Errorf("the official validator refuses %v", bad)
			}
		})
	}
}

func TestConference_TheOneLeftGoesOnWithItsTwiML(t *testing.T) {
	h := meet(t, "")
	h.ask(http.MethodPost, "/Conferences/"+h.sid+".json", "Status", "completed")
	h.hook(opVoice, "CallSid", h.ana, "DialCallStatus", "answered")
	h.heard(h.ana, "You are alone again")
	h.hook(opCallStatus, "CallSid", h.ben, "CallStatus", "completed")
}

func TestConference_WhoHearsWhom(t *testing.T) {
	h := meet(t, "")
	set := func(who, key, value string) {
		h.ask(http.MethodPost, "/Conferences/"+h.sid+"/Participants/"+who+".json", key, value)
	}
	hears := func(sid, words string) bool {
		for _, c := range h.viewOf(sid).Captions {
			if c.Who == WhoThem && c.Words == words {
				return true
			}
		}
		return false
	}
	for _, row := range []struct {
		why        string
		key, value string // of ben
		benHeard   bool
		anaHeard   bool
	}{
		{"plainly", "Muted", "false", true, true},
		{"a muted one is not heard", "Muted", "true", false, true},
		{"unmuted", "Muted", "false", true, true},
		{"a held one neither hears nor is heard", "Hold", "true", false, false},
		{"back from hold", "Hold", "false", true, true},
	} {
		set("ben", row.key, row.value)
		h.Say(h.ben, "ben "+row.why)
		h.Say(h.ana, "ana "+row.why)
		if hears(h.ana, "ben "+row.why) != row.benHeard || hears(h.ben, "ana "+row.why) != row.anaHeard {
			t.Errorf("%s: ben heard %v, ana heard %v", row.why, hears(h.ana, "ben "+row.why), hears(h.ben, "ana "+row.why))
		}
	}
	for _, event := range []string{"participant-mute", "participant-unmute", "participant-hold", "participant-unhold"} {
		h.event(event, "CallSid", h.ben)
	}
	set("ben", "EndConferenceOnExit", "true")
	h.event("participant-modify", "EndConferenceOnExit", "true")
}

func TestConference_Announcement(t *testing.T) {
	h := meet(t, "")
	address := h.says("/announce", "<Response><Say>One moment</Say></Response>")
	h.ask(http.MethodPost, "/Conferences/"+h.sid+"/Participants/ben.json", "AnnounceUrl", address)
	h.heard(h.ben, "One moment")
	h.event("announcement-end", "CallSid", h.ben)
}

func TestConference_ALabelIsUnique(t *testing.T) {
	h := meet(t, "")
	if status, body := h.ask(http.MethodPost, "/Conferences/room-1/Participants.json", "From", us, "To", "+12125550112", "Label", "ben"); status != 400 || body["code"] != 16025.0 {
		t.Errorf("by REST: %d %v", status, body)
	}
	twice := h.says("/twice", `<Response><Dial><Conference participantLabel="ana">room-1</Conference></Dial><Say>Moving on</Say></Response>`)
	sid := h.call("+12125550113", twice)
	h.heard(sid, "Moving on")
	if !h.complained(16025) {
		t.Error("16025 is not on the debugger's list")
	}
}

func TestConference_OneWhoNeverAnswersFailsToJoin(t *testing.T) {
	h := meet(t, "")
	h.Person("+12125550114", Behaviour{Takes: Busy})
	sid := h.made("/Conferences/"+h.sid+"/Participants.json", "From", us, "To", "+12125550114", "Label", "third")
	h.event("participant-leave", "CallSid", sid, "ReasonParticipantLeft", "participant_add_failed", "ParticipantCallStatus", "busy")
}

func TestConference_AParticipantMakesTheRoom(t *testing.T) {
	w := newWorld(t)
	sid := w.made("/Conferences/new-room/Participants.json", "From", us, "To", ana, "ConferenceStatusCallback", w.app.URL+"/conf",
		"ConferenceStatusCallbackEvent", "start end join leave", "WaitUrl", w.says("/music", "<Response><Say>Please wait</Say></Response>"))
	w.hook(opConference, "StatusCallbackEvent", "participant-join", "CallSid", sid, "FriendlyName", "new-room")
	w.heard(sid, "Please wait")
	w.HangUp(sid)
	w.hook(opConference, "StatusCallbackEvent", "conference-end", "ReasonConferenceEnded", "last-participant-left")
	if status, _ := w.ask(http.MethodPost, "/Conferences/CF00000000000000000000000000000000/Participants.json", "From", us, "To", ana); status != 404 {
		t.Errorf("an unknown SID answers %d", status)
	}
}

func TestConference_ALegIsRedirectedOut(t *testing.T) {
	h := meet(t, "")
	drop := h.says("/drop", `<Response><Say>Sorry we missed you</Say></Response>`)
	h.ask(http.MethodPost, "/Calls/"+h.ben+".json", "Url", drop)
	h.event("participant-leave", "CallSid", h.ben, "ReasonParticipantLeft", "participant_updated_via_api")
	h.heard(h.ben, "Sorry we missed you")
	h.hook(opCallStatus, "CallSid", h.ben, "CallStatus", "completed")
}

func TestConference_HangupOnStar(t *testing.T) {
	w := newWorld(t)
	join := w.says("/join", `<Response><Dial hangupOnStar="true" action="/after"><Conference waitUrl="">room</Conference></Dial></Response>`)
	sid := w.call(ana, join)
	w.until(ana, "in the room", func() bool { return w.viewOf(sid).Room == "room" })
	w.Press(sid, "1*")
	w.hook(opVoice, "CallSid", sid, "DialCallStatus", "answered", "CallStatus", "in-progress")
}
