package panel

import (
	"net/http"
	"sort"
	"strings"
	"time"

	"phonebank"
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
func (p *Panel) needs(r *http.Request, me phonebank.User, rooms []openRoom) ([]need, error) {
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
	waits, err := p.waitNeeds(r, me)
	if err != nil {
		return nil, err
	}
	list = append(list, waits...)
	unsure, err := p.unsureNeeds(r)
	if err != nil {
		return nil, err
	}
	list = append(list, unsure...)
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

// mostWaitNeeds bounds how much of the inbox stands on the board; the rest is one link away.
const mostWaitNeeds = 8

// waitNeeds are the oldest of the inbox that nobody is answering: each leads to its row there.
func (p *Panel) waitNeeds(r *http.Request, me phonebank.User) (list []need, err error) {
	waits, err := p.Store.Inbox(r.Context(), me, p.Now(), mostWaits)
	if err != nil {
		return nil, err
	}
	for _, w := range waits {
		if w.ClaimerID != "" || len(list) == mostWaitNeeds {
			continue
		}
		row := p.waitRow(r.Context(), me, w, "inbox")
		n := need{Kind: "wait", Label: row.Label, Tone: row.Tone, Since: w.Since, Title: row.Title, Link: "/inbox#" + row.Anchor}
		switch {
		case row.Quote != "":
			n.Words = "“" + short(row.Quote, 160) + "”"
		case len(row.What) > 0:
			n.Words = row.What[0]
		}
		if row.Sound != "" {
			n.Sound = "/voicemails/" + row.Sound + ".wav"
		}
		if w.OwnerID != "" && w.HoldSince == nil {
			n.Words += " · " + lang(r).Say("for %s", w.Owner)
		}
		if row.Long || row.Overdue {
			n.Tone = "slow"
		}
		list = append(list, n)
	}
	return list, nil
}

func personLink(id phonebank.PersonID) string {
	if id == "" {
		return ""
	}
	return "/people/" + string(id)
}

// shown is a name as a page has it: whoever rang from a number that nobody knows has none, and what stands for it is ours.
func shown(l words.Language, name string) string {
	if last, unknown := strings.CutPrefix(name, phonebank.UnknownCaller); unknown {
		return l.Say("Unknown, %s", phonebank.Number(last).Masked())
	}
	return name
}

func nameOr(l words.Language, name string, n phonebank.Number) string {
	if name != "" {
		return shown(l, name)
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
