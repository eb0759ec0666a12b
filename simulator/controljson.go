package simulator

import (
	"encoding/json"
	"time"
)

// span is a duration in the control API: "1h30m", or a number of seconds.
type span time.Duration

func (d *span) UnmarshalJSON(raw []byte) error {
	var seconds float64
	if json.Unmarshal(raw, &seconds) == nil {
		*d = span(seconds * float64(time.Second))
		return nil
	}
	var words string
	if err := json.Unmarshal(raw, &words); err != nil {
		return err
	}
	parsed, err := time.ParseDuration(words)
	*d = span(parsed)
	return err
}

func (d span) MarshalJSON() ([]byte, error) { return json.Marshal(time.Duration(d).String()) }

type pressJSON struct {
	After  span   `json:"after,omitempty"`
	Digits string `json:"digits"`
}

type replyJSON struct {
	Contains string `json:"contains,omitempty"`
	Any      bool   `json:"any,omitempty"`
	Say      string `json:"say"`
	After    span   `json:"after,omitempty"`
}

type personJSON struct {
	Number       string      `json:"number"`
	Name         string      `json:"name,omitempty"`
	Takes        string      `json:"takes,omitempty"`
	After        span        `json:"after,omitempty"`
	Greeting     string      `json:"greeting,omitempty"`
	Beep         span        `json:"beep,omitempty"`
	Talks        []string    `json:"talks,omitempty"`
	Presses      []pressJSON `json:"presses,omitempty"`
	HangsUpAfter span        `json:"hangs_up_after,omitempty"`
	Replies      []replyJSON `json:"replies,omitempty"`
	SaysStop     bool        `json:"says_stop,omitempty"`
	Carrier      int         `json:"carrier,omitempty"`
	Pages        int         `json:"pages,omitempty"` // phone pages open now; read only
}

func (p personJSON) behaviour() Behaviour {
	b := Behaviour{Name: p.Name, Takes: p.Takes, After: time.Duration(p.After), Greeting: p.Greeting, Beep: time.Duration(p.Beep), Talks: p.Talks,
		HangsUpAfter: time.Duration(p.HangsUpAfter), SaysStop: p.SaysStop, Carrier: p.Carrier}
	for _, press := range p.Presses {
		b.Presses = append(b.Presses, Press{time.Duration(press.After), press.Digits})
	}
	for _, r := range p.Replies {
		b.Replies = append(b.Replies, Reply{r.Contains, r.Any, r.Say, time.Duration(r.After)})
	}
	return b
}

func showPerson(number string, p *person) personJSON {
	b := p.Behaviour
	out := personJSON{Number: number, Name: b.Name, Takes: b.Takes, After: span(b.After), Greeting: b.Greeting, Beep: span(b.Beep), Talks: b.Talks,
		HangsUpAfter: span(b.HangsUpAfter), SaysStop: b.SaysStop, Carrier: b.Carrier, Pages: p.pages}
	for _, press := range b.Presses {
		out.Presses = append(out.Presses, pressJSON{span(press.After), press.Digits})
	}
	for _, r := range b.Replies {
		out.Replies = append(out.Replies, replyJSON{r.Contains, r.Any, r.Say, span(r.After)})
	}
	return out
}

type ruleJSON struct {
	Side  string  `json:"side"`
	Op    string  `json:"op,omitempty"`
	To    string  `json:"to,omitempty"`
	P     float64 `json:"p,omitempty"`
	Count int     `json:"count,omitempty"`
	After int     `json:"after,omitempty"`
	Do    string  `json:"do"`
	Delay span    `json:"delay,omitempty"`
	Token string  `json:"token,omitempty"`
}
