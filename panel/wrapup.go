package panel

import (
	"context"
	"net/http"
	"time"

	"github.com/gorilla/mux"

	"phonebank"
	"phonebank/dialer"
	"phonebank/store"
)

// talkUndo takes a wrap-up back and leads to it: it can be saved anew.
func (p *Panel) talkUndo(w http.ResponseWriter, r *http.Request, me phonebank.User) error {
	c, err := p.myTalk(r, me)
	if err != nil {
		return err
	}
	if err := p.Switchboard.Undo(r.Context(), c.ID, me.ID); err != nil {
		return err
	}
	return to(w, r, "/talk/"+string(c.ID))
}

// Undoable is a wrap-up that can still be taken back.
type Undoable struct {
	Talk    phonebank.ConversationID
	Person  string
	Minutes int // that are left, rounded up
}

// undoable lists what somebody wrapped up in the last ten minutes, for the pages on which they may notice a slip.
func (p *Panel) undoable(ctx context.Context, me phonebank.User) ([]Undoable, error) {
	at := p.Now()
	late, err := p.Store.LateWraps(ctx, me.ID, at.Add(-phonebank.UndoFor))
	if err != nil {
		return nil, err
	}
	var list []Undoable
	for _, c := range late {
		person, err := p.Store.Person(ctx, c.PersonID)
		if err != nil {
			return nil, err
		}
		left := c.WrappedAt.Add(phonebank.UndoFor).Sub(at)
		list = append(list, Undoable{Talk: c.ID, Person: person.Name, Minutes: int((left + time.Minute - 1) / time.Minute)})
	}
	return list, nil
}

// talkNote edits or deletes the note of a talk: its author may, and a coordinator.
func (p *Panel) talkNote(w http.ResponseWriter, r *http.Request, me phonebank.User) error {
	c, err := p.talkFor(r, me)
	if err != nil {
		return err
	}
	note := clean(r, "text", 4*dialer.LongestNote)
	if r.PostFormValue("delete") != "" {
		note = ""
	}
	if err := p.Switchboard.SetNote(r.Context(), c.ID, me.ID, note); err != nil {
		return err
	}
	return to(w, r, "/people/"+string(c.PersonID)+"#talk-"+string(c.ID))
}

// talkCared says that somebody has looked in on a volunteer after a hard talk.
func (p *Panel) talkCared(w http.ResponseWriter, r *http.Request, me phonebank.User) error {
	id := mux.Vars(r)["id"]
	if !phonebank.ValidID(id) {
		return notThere()
	}
	if err := p.Store.LookedIn(r.Context(), phonebank.ConversationID(id), store.By{User: me.ID}, p.Now()); err != nil {
		return err
	}
	p.Live.Publish("room")
	return to(w, r, "/room")
}

// personLog begins to write down a talk that took place face to face: when is today, yesterday or other, and then day is
// its date. Script, ask and locale are optional, as on the prep card.
func (p *Panel) personLog(w http.ResponseWriter, r *http.Request, me phonebank.User) error {
	id := phonebank.PersonID(mux.Vars(r)["id"])
	if err := p.mayRead(r.Context(), me, id); err != nil {
		return err
	}
	on, err := p.dayOfTalk(r, id)
	if err != nil {
		return err
	}
	c, err := p.Switchboard.LogTalk(r.Context(), id, me.ID, on, dialer.Choice{Script: clean(r, "script", 80), Ask: clean(r, "ask", 80), Locale: clean(r, "locale", 10)})
	if err != nil {
		return err
	}
	return to(w, r, "/talk/"+string(c.ID))
}

// dayOfTalk reads on which day a talk took place, as the calendar stood where the person is. Today is now.
func (p *Panel) dayOfTalk(r *http.Request, id phonebank.PersonID) (time.Time, error) {
	person, err := p.Store.Person(r.Context(), id)
	if err != nil {
		return time.Time{}, err
	}
	zone, _, err := p.zonesOf(r.Context(), person)
	if err != nil {
		return time.Time{}, err
	}
	now := there(zone, p.Now())
	noon := func(day time.Time) time.Time {
		return time.Date(day.Year(), day.Month(), day.Day(), 12, 0, 0, 0, now.Location())
	}
	switch clean(r, "when", 20) {
	case "", "today":
		return now, nil
	case "yesterday":
		return noon(now.AddDate(0, 0, -1)), nil
	}
	day, err := time.ParseInLocation(time.DateOnly, clean(r, "day", 10), now.Location())
	if err != nil {
		return time.Time{}, phonebank.Because(err, phonebank.Invalid, "Pick the day on which you talked.")
	}
	if sameDay(day, now) {
		return now, nil
	}
	return noon(day), nil
}

func sameDay(a, b time.Time) bool { return a.Format(time.DateOnly) == b.Format(time.DateOnly) }

// talkNeeds lists what came out of talks and waits for a coordinator: somebody was threatened, a volunteer had a hard one.
func (p *Panel) talkNeeds(r *http.Request) ([]need, error) {
	l := lang(r)
	reports, err := p.Store.OpenRetaliations(r.Context())
	if err != nil {
		return nil, err
	}
	var list []need
	for _, report := range reports {
		words := l.Say("was threatened. %s heard it.", report.Who)
		if report.Words != "" {
			words = l.Say("was threatened: “%s”. %s heard it.", short(report.Words, 160), report.Who)
		}
		list = append(list, need{Kind: "retaliation", Label: l.Say("Retaliation"), Tone: "stop", Since: report.At, Title: report.Person, Words: words, Link: "/retaliations/" + string(report.ID)})
	}
	hard, err := p.Store.HardTalks(r.Context(), p.Now().Add(-12*time.Hour))
	if err != nil {
		return nil, err
	}
	for _, h := range hard {
		list = append(list, need{Kind: "care", Label: l.Say("Care"), Tone: "slow", Since: h.At, Title: nameOr(l, h.Who, ""), Words: l.Say("said: “That was hard.” A kind word helps."), ID: string(h.Talk)})
	}
	return list, nil
}
