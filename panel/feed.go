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
	out := make([]happened, len(list))
	for i, h := range list {
		name, who := nameOr(h.Person, h.Number), h.Who
		if who == "" {
			who = "We"
		}
		out[i] = happened{At: h.At, Link: personLink(h.PersonID)}
		switch {
		case h.Kind == "text" && h.Inward:
			out[i].Words, out[i].Quote = name+" texted", short(h.Words, 120)
		case h.Kind == "text":
			how, _ := reached(phonebank.MessageState(h.State))
			out[i].Words, out[i].Quote = who+" texted "+name+" ("+how+")", short(h.Words, 120)
		case h.Kind == "voicemail":
			out[i].Words = name + " left a voicemail"
		case h.Inward:
			out[i].Words = name + " called us" + lineWords(h)
		default:
			out[i].Words = who + " called " + name + lineWords(h)
		}
	}
	return out, nil
}

func lineWords(h store.Happening) string {
	switch phonebank.CallResult(h.Result) {
	case phonebank.ResultAnswered:
		if h.Seconds >= 60 {
			return ": talked " + words.English.Count(h.Seconds/60, "minute", "minutes")
		}
		return ": picked up"
	case phonebank.ResultNoAnswer:
		return ": nobody picked up"
	case phonebank.ResultBusy:
		return ": busy"
	case phonebank.ResultVoicemail:
		return ": a voicemail"
	case phonebank.ResultFailed:
		return ": can't be reached"
	case phonebank.ResultCanceled:
		return ": stopped before an answer"
	}
	switch phonebank.CallState(h.State) {
	case phonebank.CallAnswered, phonebank.CallBridged:
		return ": talking"
	case phonebank.CallRinging:
		return ": ringing"
	}
	return ": getting a line"
}
