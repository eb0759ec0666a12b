package webhooks

import (
	"context"
	"strconv"
	"strings"

	"phonebank"
	"phonebank/carrier"
	"phonebank/dialer"
	"phonebank/people"
	"phonebank/texting"
)

var emptyTwiML = carrier.TwiML()

// text stores an inbound text. We never answer in TwiML: an answer goes by REST, so that it is recorded.
func (h *Hooks) text(ctx context.Context, f form) (reply, error) {
	from := phonebank.Number(f.get("From"))
	if !from.Valid() {
		return reply{}, phonebank.Fail(phonebank.Invalid, "The sender is no phone number.") // a short code, say
	}
	media, err := strconv.Atoi(f.get("NumMedia"))
	if err != nil || media < 0 || media > 10 {
		media = 0
	}
	return reply{}, h.Desk.Receive(ctx, texting.In{SID: f.get("MessageSid"), From: from, To: phonebank.Number(f.get("To")), Body: stored(f.values.Get("Body")),
		Media: media, OptOutType: f.get("OptOutType"), Zones: people.ZonesOf(from)})
}

// stored takes out of a text what Postgres cannot hold: a null byte, and bytes that are no UTF-8. Everything else stays letter by letter.
func stored(body string) string {
	return strings.ReplaceAll(strings.ToValidUTF8(body, "�"), "\x00", "")
}

func (h *Hooks) messageStatus(ctx context.Context, f form) (reply, error) {
	code, err := strconv.Atoi(f.get("ErrorCode"))
	if err != nil {
		code = 0 // only failures carry one
	}
	return reply{}, h.Desk.Status(ctx, texting.Report{Token: f.vars["token"], SID: f.get("MessageSid"), Status: phonebank.MessageState(f.get("MessageStatus")), ErrorCode: code})
}

func (h *Hooks) call(ctx context.Context, f form) (reply, error) {
	from := phonebank.Number(f.get("From"))
	if !from.Valid() {
		// A withheld number can be neither known nor called back; a message is better than a dead line.
		return reply{twiml: carrier.TwiML(
			carrier.Say{Words: "Thank you for calling " + carrier.Spoken(h.Org) + ". Your number is hidden, so we cannot call you back. Please call again with your number shown, or send us a text."},
			carrier.Hangup{})}, nil
	}
	in, err := h.Voice.CallIn(ctx, dialer.Inbound{SID: f.get("CallSid"), From: from, To: phonebank.Number(f.get("To")), Zones: people.ZonesOf(from)})
	return h.render(in), err
}

func (h *Hooks) step(ctx context.Context, f form) (reply, error) {
	in, err := h.Voice.Next(ctx, f.vars["step"], f.vars["token"], f.get("Digits"))
	if phonebank.KindOf(err) == phonebank.NotFound && err != nil {
		return h.render(dialer.Instruction{Step: dialer.Goodbye}), nil
	}
	return h.render(in), err
}

// fallback answers where Twilio could not reach an address of ours.
func (h *Hooks) fallback(_ context.Context, f form) (reply, error) {
	if f.get("RecordingUrl") != "" {
		return h.render(dialer.Instruction{Step: dialer.Thanks}), nil
	}
	return reply{}, phonebank.Fail(phonebank.Unavailable, "Twilio could not reach us before.")
}

func (h *Hooks) callStatus(ctx context.Context, f form) (reply, error) {
	return reply{}, h.Voice.CallStatus(ctx, dialer.Report{Token: f.vars["token"], SID: f.get("CallSid"), Status: f.get("CallStatus"), Sequence: f.get("SequenceNumber")})
}

func (h *Hooks) conference(ctx context.Context, f form) (reply, error) {
	return reply{}, h.Voice.Conference(ctx, dialer.RoomReport{Token: f.vars["token"], Conference: f.get("ConferenceSid"), Event: f.get("StatusCallbackEvent"),
		CallSID: f.get("CallSid"), Label: f.get("ParticipantLabel"), Sequence: f.get("SequenceNumber")})
}

func (h *Hooks) recording(ctx context.Context, f form) (reply, error) {
	if f.get("RecordingStatus") != "completed" {
		return reply{}, nil
	}
	seconds, err := strconv.Atoi(f.get("RecordingDuration"))
	if err != nil {
		seconds = 0
	}
	return reply{}, h.Voice.Recorded(ctx, f.vars["token"], f.get("RecordingSid"), seconds)
}

// render says an instruction in Twilio's words.
func (h *Hooks) render(in dialer.Instruction) reply {
	url := func(step string) string { return h.PublicURL + "/twilio/voice/" + step + "/" + in.Token }
	org := carrier.Spoken(h.Org)
	var verbs []any
	switch in.Step {
	case dialer.AskForOne:
		ask := carrier.Gather{Action: url("pressed"), Method: "POST", NumDigits: 1, Timeout: 10,
			Says: []carrier.Say{{Words: "This is the " + org + " phone bank. Press 1 to join."}}}
		verbs = []any{ask, ask, carrier.Say{Words: "Nobody pressed 1. Goodbye."}, carrier.Hangup{}}
	case dialer.Enter:
		if in.Volunteer {
			verbs = []any{
				carrier.Say{Words: "You are in. Keep this line open, and look at your screen."},
				carrier.Dial{Action: url("left"), Method: "POST", Conference: carrier.Conference{Label: in.Label, StartOnEnter: true, Beep: "false",
					JitterBufferSize: "small", StatusCallback: url("conference"), StatusCallbackEvent: "start end join leave mute", Name: in.Conference}},
			}
			break
		}
		verbs = []any{
			carrier.Say{Words: org + ". We are connecting you."},
			carrier.Dial{Action: url("left"), Method: "POST", Conference: carrier.Conference{Label: in.Label, StartOnEnter: true, Beep: "false",
				JitterBufferSize: "small", Name: in.Conference}},
		}
	case dialer.TakeWords:
		verbs = []any{
			carrier.Say{Words: "Thank you for calling " + org + ". Nobody is free right now. Leave a message after the tone and one of us calls you back. The message is recorded. To stop all our calls and texts, send us the word stop."},
			carrier.Record{Action: url("recorded"), Method: "POST", MaxLength: 120, Timeout: 5, PlayBeep: true, StatusCallback: url("recording"), StatusCallbackM: "POST"},
			carrier.Hangup{},
		}
	case dialer.Thanks:
		verbs = []any{carrier.Say{Words: "Thank you. We will call you back. Goodbye."}, carrier.Hangup{}}
	case dialer.SayGood:
		verbs = []any{carrier.Say{Words: "This is " + org + ". Your phone line works. Goodbye."}, carrier.Hangup{}}
	default:
		verbs = []any{carrier.Say{Words: "Goodbye."}, carrier.Hangup{}}
	}
	return reply{twiml: carrier.TwiML(verbs...)}
}
