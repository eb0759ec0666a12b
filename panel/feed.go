package panel

import (
	"net/http"
	"time"

	"phonebank"
	"phonebank/store"
	"phonebank/words"
)

// happened is one call or text, as it happens.
type happened struct {
	At    time.Time
	Words string
	Quote string
	Link  string
}

// happenings says the newest calls and texts in words.
func (p *Panel) happenings(r *http.Request) ([]happened, error) {
	list, err := p.Store.Happenings(r.Context(), 14)
	if err != nil {
		return nil, err
	}
	l := lang(r)
	out := make([]happened, len(list))
	for i, h := range list {
		name, who := nameOr(l, h.Person, h.Number), h.Who
		if who == "" {
			who = l.Say("We")
		}
		out[i] = happened{At: h.At, Link: personLink(h.PersonID)}
		switch {
		case h.Kind == "text" && h.Inward:
			out[i].Words, out[i].Quote = l.Say("%s texted", name), short(h.Words, 120)
		case h.Kind == "text":
			how, _ := reached(phonebank.MessageState(h.State))
			out[i].Words, out[i].Quote = l.Say("%s texted %s", who, name)+" ("+l.Say(how)+")", short(h.Words, 120)
		case h.Kind == "voicemail":
			out[i].Words = l.Say("%s left a voicemail", name)
		case h.Inward:
			out[i].Words = l.Say("%s called us", name) + ": " + lineWords(l, h)
		default:
			out[i].Words = l.Say("%s called %s", who, name) + ": " + lineWords(l, h)
		}
	}
	return out, nil
}

func lineWords(l words.Language, h store.Happening) string {
	switch phonebank.CallResult(h.Result) {
	case "missed":
		return l.Say("nobody could take it")
	case phonebank.ResultAnswered:
		if h.Seconds >= 60 {
			return l.Say("talked %s", l.Count(h.Seconds/60, "minute", "minutes"))
		}
		return l.Say("picked up")
	case phonebank.ResultNoAnswer:
		return l.Say("nobody picked up")
	case phonebank.ResultBusy:
		return l.Say("busy")
	case phonebank.ResultVoicemail:
		return l.Say("a voicemail")
	case phonebank.ResultFailed:
		return l.Say("can't be reached")
	case phonebank.ResultCanceled:
		return l.Say("stopped before an answer")
	}
	switch phonebank.CallState(h.State) {
	case phonebank.CallAnswered, phonebank.CallBridged:
		if h.Inward && phonebank.CallState(h.State) == phonebank.CallAnswered {
			return l.Say("on the line")
		}
		return l.Say("talking")
	case phonebank.CallRinging:
		return l.Say("ringing")
	}
	return l.Say("getting a line")
}
