package panel

import (
	"net/http"
	"sort"
	"strings"
	"time"

	"phonebank"
	"phonebank/store"
	"phonebank/words"
)

// need is one thing that waits for a coordinator.
type need struct {
	Kind  string // for the buttons that go with it
	Label string
	Tone  string
	Since time.Time
	Title string
	Words string
	Link  string
	ID    string
	Sound string
}

// needs gathers what waits for a coordinator, the oldest first; a raised hand is always on top.
func (p *Panel) needs(r *http.Request, rooms []openRoom) ([]need, error) {
	ctx, l := r.Context(), lang(r)
	var list []need
	for _, room := range rooms {
		for _, h := range room.Here {
			if h.Help {
				asks := l.Say("asks for help")
				if h.Person != "" {
					asks = l.Say("asks for help, with %s", h.Person)
				}
				link := ""
				if h.Talk != "" {
					link = "/talk/" + string(h.Talk)
				}
				list = append(list, need{Kind: "help", Label: l.Say("Help"), Tone: "stop", Since: h.Since, Title: h.Name, Words: asks, ID: string(h.ShiftID), Link: link})
			}
			if !h.Admitted {
				list = append(list, need{Kind: "admit", Label: l.Say("Door"), Tone: "slow", Since: h.Since, Title: h.Name, Words: l.Say("wants to join %s", room.Session.Name), ID: string(h.ShiftID)})
			}
		}
	}
	threads, err := p.Store.WaitingThreads(ctx, "")
	if err != nil {
		return nil, err
	}
	for _, t := range threads {
		list = append(list, threadNeed(l, t))
	}
	unknown, err := p.Store.UnknownTexts(ctx, p.Now().AddDate(0, 0, -14))
	if err != nil {
		return nil, err
	}
	for _, o := range unknown {
		name := o.To.Pretty()
		if person, err := p.Store.Person(ctx, o.PersonID); err == nil {
			name = person.Name
		}
		list = append(list, need{Kind: "unknown", Label: l.Say("Text"), Tone: "slow", Since: o.CreatedAt, Title: name, ID: string(o.ID), Link: personLink(o.PersonID),
			Words: l.Say("Nobody knows whether this text arrived: “%s”. Sending it again could send it twice, so we don't. Look at their thread, then leave it.", short(o.Body, 80))})
	}
	voices, err := p.Store.Voicemails(ctx, "")
	if err != nil {
		return nil, err
	}
	for i, v := range voices {
		if i == 5 || p.Now().Sub(v.At) > 24*time.Hour {
			break
		}
		list = append(list, need{Kind: "voicemail", Label: l.Say("Voicemail"), Tone: "", Since: v.At, Title: nameOr(l, v.Person, v.Number), Link: personLink(v.PersonID),
			Words: l.Say("left a voicemail, %s. A call back is on the list of follow-ups.", l.Count(v.Seconds, "second", "seconds")), Sound: "/voicemails/" + v.ID + ".wav"})
	}
	owed, err := p.Store.OwedByAll(ctx)
	if err != nil {
		return nil, err
	}
	for _, o := range owed {
		if p.Now().Sub(o.Since) < 15*time.Minute {
			continue // they are at it
		}
		list = append(list, need{Kind: "wrap", Label: l.Say("Wrap-up"), Tone: "", Since: o.Since, Title: nameOr(l, o.Who, ""), Words: l.Say("has a talk with %s to wrap up", o.Person), Link: "/talk/" + string(o.Talk)})
	}
	ofTalks, err := p.talkNeeds(r)
	if err != nil {
		return nil, err
	}
	list = append(list, ofTalks...)
	ofRungs, err := p.rungNeeds(r)
	if err != nil {
		return nil, err
	}
	list = append(list, ofRungs...)
	sort.SliceStable(list, func(i, j int) bool {
		if (list[i].Kind == "help") != (list[j].Kind == "help") {
			return list[i].Kind == "help"
		}
		return list[i].Since.Before(list[j].Since)
	})
	return list, nil
}

func threadNeed(l words.Language, t store.Waiting) need {
	n := need{Kind: "text", Label: l.Say("Text"), Since: t.Since, Title: nameOr(l, t.Person, t.Number), Words: "“" + short(t.Words, 160) + "”", Link: personLink(t.PersonID), ID: string(t.PhoneID)}
	if t.Owner != "" {
		n.Words += " · " + l.Say("for %s", t.Owner)
	}
	if t.PersonID == "" {
		n.Link = "/threads/" + string(t.PhoneID)
		n.Label = l.Say("Unknown")
	}
	if t.Hold {
		n.Kind, n.Label, n.Tone = "hold", l.Say("Was it a no?"), "slow"
	}
	return n
}

func personLink(id phonebank.PersonID) string {
	if id == "" {
		return ""
	}
	return "/people/" + string(id)
}

func nameOr(l words.Language, name string, n phonebank.Number) string {
	if name != "" {
		return name
	}
	if n == "" {
		return l.Say("Somebody")
	}
	return n.Pretty()
}

// short cuts words to a length that a board can show.
func short(s string, most int) string {
	s = strings.Join(strings.Fields(s), " ")
	if r := []rune(s); len(r) > most {
		return string(r[:most]) + "…"
	}
	return s
}
