package webhooks

import (
	"cmp"
	"context"
	"strconv"

	"phonebank"
	"phonebank/carrier"
	"phonebank/dialer"
	"phonebank/people"
	"phonebank/texting"
	"phonebank/words"
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
	return reply{}, h.Desk.Receive(ctx, texting.In{SID: f.get("MessageSid"), From: from, To: phonebank.Number(f.get("To")), Body: texting.Stored(f.values.Get("Body")),
		Media: media, OptOutType: f.get("OptOutType"), Zones: people.ZonesOf(from)})
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
		return reply{twiml: carrier.TwiML(append(h.say("", "Thank you for calling %s. Your number is hidden, so we cannot call you back. Please call again with your number shown, or send us a text.", carrier.Spoken(h.Org)),
			carrier.Hangup{})...)}, nil
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

// voices are the languages of Twilio's own voices (docs: the attribute language of Say).
var voices = map[words.Language]string{words.English: "en-US", words.Spanish: "es-MX"}

// say speaks in the language of whoever listens, and in every language of ours where nobody knows theirs yet.
func (h *Hooks) say(l words.Language, sentence string, args ...any) (verbs []any) {
	if l != "" {
		return []any{carrier.Say{Language: voices[l], Words: l.Say(sentence, args...)}}
	}
	for _, l := range words.Languages {
		verbs = append(verbs, h.say(l, sentence, args...)...)
	}
	return verbs
}

// render says an instruction in Twilio's words.
func (h *Hooks) render(in dialer.Instruction) reply {
	url := func(step string) string { return h.PublicURL + "/twilio/voice/" + step + "/" + in.Token }
	org, room := carrier.Spoken(h.Org), carrier.Conference{Label: in.Label, StartOnEnter: true, Beep: "false", JitterBufferSize: "small", Name: in.Conference}
	var verbs []any
	switch in.Step {
	case dialer.AskForOne:
		ask := carrier.Gather{Action: url("pressed"), Method: "POST", NumDigits: 1, Timeout: 10, Says: h.say(in.Language, "This is the %s phone bank. Press 1 to join.", org)}
		verbs = append([]any{ask, ask}, h.say(in.Language, "Nobody pressed 1. Goodbye.")...)
		verbs = append(verbs, carrier.Hangup{})
	case dialer.Enter:
		// Somebody waits for the person to say hello: where nobody knows a language, one is enough.
		hello := h.say(cmp.Or(in.Language, words.English), "%s. We are connecting you.", org)
		if in.Volunteer {
			hello = h.say(in.Language, "You are in. Keep this line open, and look at your screen.")
			room.StatusCallback, room.StatusCallbackEvent = url("conference"), "start end join leave mute"
		}
		verbs = append(hello, carrier.Dial{Action: url("left"), Method: "POST", Conference: room})
	case dialer.TakeWords:
		verbs = append(h.say(in.Language, "Thank you for calling %s. Nobody is free right now. Leave a message after the tone and one of us calls you back. The message is recorded and kept for 30 days. To stop all our calls and texts, send us the word stop.", org),
			carrier.Record{Action: url("recorded"), Method: "POST", MaxLength: 120, Timeout: 5, PlayBeep: true, StatusCallback: url("recording"), StatusCallbackM: "POST"},
			carrier.Hangup{})
	case dialer.Thanks:
		verbs = append(h.say(in.Language, "Thank you. We will call you back. Goodbye."), carrier.Hangup{})
	case dialer.SayGood:
		verbs = append(h.say(in.Language, "This is %s. Your phone line works. Goodbye.", org), carrier.Hangup{})
	default:
		verbs = append(h.say(in.Language, "Goodbye."), carrier.Hangup{})
	}
	return reply{twiml: carrier.TwiML(verbs...)}
}
