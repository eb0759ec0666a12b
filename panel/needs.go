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
	ctx := r.Context()
	var list []need
	for _, room := range rooms {
		for _, h := range room.Here {
			if h.Help {
				words := "asks for help"
				if h.Person != "" {
					words += ", with " + h.Person
				}
				link := ""
				if h.Talk != "" {
					link = "/talk/" + string(h.Talk)
				}
				list = append(list, need{Kind: "help", Label: "Help", Tone: "stop", Since: h.Since, Title: h.Name, Words: words, ID: string(h.ShiftID), Link: link})
			}
			if !h.Admitted {
				list = append(list, need{Kind: "admit", Label: "Door", Tone: "slow", Since: h.Since, Title: h.Name, Words: "wants to join " + room.Session.Name, ID: string(h.ShiftID)})
			}
		}
	}
	threads, err := p.Store.WaitingThreads(ctx, "")
	if err != nil {
		return nil, err
	}
	for _, t := range threads {
		list = append(list, threadNeed(t))
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
		list = append(list, need{Kind: "unknown", Label: "Text", Tone: "slow", Since: o.CreatedAt, Title: name, ID: string(o.ID), Link: personLink(o.PersonID),
			Words: "Nobody knows whether this text arrived: “" + short(o.Body, 80) + "”. Sending it again could send it twice, so we don't. Look at their thread, then leave it."})
	}
	voices, err := p.Store.Voicemails(ctx, "")
	if err != nil {
		return nil, err
	}
	for i, v := range voices {
		if i == 5 || p.Now().Sub(v.At) > 24*time.Hour {
			break
		}
		list = append(list, need{Kind: "voicemail", Label: "Voice", Tone: "", Since: v.At, Title: nameOr(v.Person, v.Number), Link: personLink(v.PersonID),
			Words: "left a voicemail, " + words.English.Count(v.Seconds, "second", "seconds") + ". A call back is on the list of follow-ups.", Sound: "/voicemails/" + v.ID + ".wav"})
	}
	owed, err := p.Store.OwedByAll(ctx)
	if err != nil {
		return nil, err
	}
	for _, o := range owed {
		if p.Now().Sub(o.Since) < 15*time.Minute {
			continue // they are at it
		}
		list = append(list, need{Kind: "wrap", Label: "Wrap-up", Tone: "", Since: o.Since, Title: nameOr(o.Who, ""), Words: "has a talk with " + o.Person + " to wrap up", Link: "/talk/" + string(o.Talk)})
	}
	sort.SliceStable(list, func(i, j int) bool {
		if (list[i].Kind == "help") != (list[j].Kind == "help") {
			return list[i].Kind == "help"
		}
		return list[i].Since.Before(list[j].Since)
	})
	return list, nil
}

func threadNeed(t store.Waiting) need {
	n := need{Kind: "text", Label: "Text", Since: t.Since, Title: nameOr(t.Person, t.Number), Words: "“" + short(t.Words, 160) + "”", Link: personLink(t.PersonID), ID: string(t.PhoneID)}
	if t.Owner != "" {
		n.Words += " · for " + t.Owner
	}
	if t.PersonID == "" {
		n.Link = "/threads/" + string(t.PhoneID)
		n.Label = "Unknown"
	}
	if t.Hold {
		n.Kind, n.Label, n.Tone = "hold", "Was it a no?", "slow"
	}
	return n
}

func personLink(id phonebank.PersonID) string {
	if id == "" {
		return ""
	}
	return "/people/" + string(id)
}

func nameOr(name string, n phonebank.Number) string {
	if name != "" {
		return name
	}
	if n == "" {
		return "Somebody"
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
