package panel

import (
	"context"
	"net/http"
	"time"

	"github.com/gorilla/mux"

	"phonebank"
	"phonebank/store"
	"phonebank/texting"
	"phonebank/words"
)

// suggested is what a text seems to say, as a person decides about it.
type suggested struct {
	store.Suggested
	When  string // when they wrote, on their own clock
	Says  string // what it seems to say
	Doing string // what the press does
	Back  string // where the press leads back to; empty: their page
}

// suggestions lists what the texts of one person seem to say, for their page and wherever else they are read.
func (p *Panel) suggestions(ctx context.Context, id phonebank.PersonID) ([]suggested, error) {
	list, err := p.Store.SuggestionsOf(ctx, id)
	if err != nil {
		return nil, err
	}
	return p.readings(spoken(ctx), list, ""), nil
}

// readings says each reading in words; back is where a press on it leads back to.
func (p *Panel) readings(l words.Language, list []store.Suggested, back string) []suggested {
	var out []suggested
	for _, s := range list {
		out = append(out, suggested{Suggested: s, When: p.stamp(l, s.Zone, s.At), Says: sayReading(l, s), Doing: doingWords(l, s), Back: back})
	}
	return out
}

// sayReading says what a text seems to say, as a guess.
func sayReading(l words.Language, s store.Suggested) string {
	switch s.Kind {
	case phonebank.SuggestTime:
		at := l.When(there(s.Zone, instantOf(s.Local, s.Zone)))
		if s.Falls {
			return l.Say("It seems that it won't happen as planned, and they want a call: %s, their time.", at)
		}
		if s.Moves != nil {
			return l.Say("It seems they want the call at another time: %s, their time. It is planned for %s.", at, l.When(there(s.Zone, *s.Moves)))
		}
		return l.Say("It seems they want a call: %s, their time.", at)
	case phonebank.SuggestAsk:
		return l.Retell(s.Ask)
	}
	switch s.Event {
	case phonebank.SettleKept:
		return l.Say("It seems they did it: %s.", s.What)
	case phonebank.SettlePartly:
		return l.Say("It seems they did part of it: %s.", s.What)
	case phonebank.SettleLetGo:
		return l.Say("It seems they changed their mind: %s.", s.What)
	}
	return l.Say("It seems it did not happen: %s.", s.What)
}

// doingWords is what the press says that it does.
func doingWords(l words.Language, s store.Suggested) string {
	switch {
	case s.Kind == phonebank.SuggestTime && s.Falls:
		return l.Say("I'll call then. Take off what is still to follow.")
	case s.Kind == phonebank.SuggestTime:
		return l.Say("I'll call then")
	case s.Event == phonebank.SettleKept:
		return l.Say("Yes, kept")
	case s.Event == phonebank.SettlePartly:
		return l.Say("Yes, partly")
	case s.Event == phonebank.SettleLetGo:
		return l.Say("Yes, let it go")
	}
	return l.Say("Yes, missed")
}

// instantOf reads a local time that was checked when it was kept.
func instantOf(local, zone string) time.Time {
	at, err := phonebank.Instant(local, zone)
	if err != nil {
		return time.Time{}
	}
	return at
}

// suggestionOf finds a suggestion about somebody whom the reader may see.
func (p *Panel) suggestionOf(r *http.Request, me phonebank.User) (phonebank.Suggestion, error) {
	id := mux.Vars(r)["id"]
	if !phonebank.ValidID(id) {
		return phonebank.Suggestion{}, notThere()
	}
	s, err := p.Store.Suggestion(r.Context(), phonebank.SuggestionID(id))
	if err != nil {
		return s, err
	}
	return s, p.mayRead(r.Context(), me, s.PersonID)
}

// suggestionConfirm does what a person has read out of a text: it settles, it plans the call, or it writes back.
func (p *Panel) suggestionConfirm(w http.ResponseWriter, r *http.Request, me phonebank.User) error {
	return p.pressSuggestion(w, r, me, func(s phonebank.Suggestion) error {
		if s.Kind == phonebank.SuggestAsk {
			_, err := p.Desk.Send(r.Context(), texting.Draft{Nonce: r.PostFormValue("nonce"), PersonID: s.PersonID, UserID: me.ID, Body: clean(r, "body", 1600)})
			return err
		}
		_, err := p.Diary.Confirm(r.Context(), s.ID, me.ID, clean(r, "local", 16))
		return err
	})
}

func (p *Panel) suggestionDismiss(w http.ResponseWriter, r *http.Request, me phonebank.User) error {
	return p.pressSuggestion(w, r, me, func(s phonebank.Suggestion) error {
		_, err := p.Diary.Dismiss(r.Context(), s.ID, me.ID)
		return err
	})
}

// pressSuggestion runs one press and leads back to where it was made; what went wrong is said there, or on the person's page.
func (p *Panel) pressSuggestion(w http.ResponseWriter, r *http.Request, me phonebank.User, do func(phonebank.Suggestion) error) error {
	s, err := p.suggestionOf(r, me)
	if err != nil {
		return err
	}
	if err = do(s); err == nil {
		return to(w, r, p.backFrom(r, "/people/"+string(s.PersonID)+"#promises"))
	}
	if r.PostFormValue("back") != "me" {
		return p.onPersonPage(w, r, me, s.PersonID, err)
	}
	page, pageErr := p.minePage(r, me)
	if pageErr != nil {
		return pageErr
	}
	giveBackReading(r, page.Readings)
	p.again(w, r, me, err, "me", page)
	return nil
}

// backFrom is the page on which a press about a promise was made.
func (p *Panel) backFrom(r *http.Request, theirs string) string {
	switch back := r.PostFormValue("back"); back {
	case "me":
		return "/me"
	case "inbox":
		return "/inbox"
	case "follow-ups":
		return "/follow-ups"
	default:
		if phonebank.ValidID(back) {
			return "/talk/" + back
		}
	}
	return theirs
}

// onPersonPage shows somebody's page with what went wrong, and with what was typed.
func (p *Panel) onPersonPage(w http.ResponseWriter, r *http.Request, me phonebank.User, id phonebank.PersonID, err error) error {
	page, pageErr := p.personPage(asPerson(r, id), me)
	if pageErr != nil {
		return pageErr
	}
	page.giveBackAbout(r)
	p.again(w, r, me, err, "person", page)
	return nil
}
