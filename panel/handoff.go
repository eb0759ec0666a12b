package panel

import (
	"context"
	"encoding/json"
	"net/http"
	"slices"
	"time"

	"github.com/gorilla/mux"

	"phonebank"
	"phonebank/script"
	"phonebank/store"
	"phonebank/words"
)

// callback is what a card says of the call that was promised: whose promise it is, what was agreed and in which words, and
// where it is somebody else's, what to open with. Nobody starts from nothing with a person who was promised something.
type callback struct {
	From  string     // whose promise it is, where it is not the reader's own
	When  string     // for when it was agreed, their time
	Words string     // what was said about this call
	Note  string     // of the talk in which it was agreed
	By    string     // who wrote that note
	Open  []openLine // how to begin in somebody else's place
	Also  []alsoOpen // what else is promised to the same person
}

// openLine is a first sentence in one language of the talk.
type openLine struct{ Locale, Text string }

// alsoOpen is another call that is still to come.
type alsoOpen struct {
	ID         phonebank.FollowUpID
	Person     string
	What, When string
}

// callbackOf reads what a card or a talk says of a callback. The locales are those in which the talk may be held.
func (p *Panel) callbackOf(ctx context.Context, f phonebank.FollowUp, person phonebank.Person, me phonebank.User, zones string, locales []string) (*callback, error) {
	l := spoken(ctx)
	out := &callback{When: l.When(there(f.Zone, f.DueAt)), Words: f.Body}
	if at, err := phonebank.Instant(f.Local, f.Zone); err == nil {
		out.When = l.When(there(f.Zone, at)) // as they wished it, however often it was put off since
	}
	if f.Reason == phonebank.ReasonReturned || f.WaveID != "" && f.Conversation == "" {
		out.When = "" // nothing was agreed: they rang us, or a wave has them
	}
	var err error
	if out.Note, out.By, err = p.noteOf(ctx, f); err != nil {
		return nil, err
	}
	also, err := p.Store.AlsoOpen(ctx, f)
	if err != nil {
		return nil, err
	}
	for _, one := range also {
		out.Also = append(out.Also, stillOpen(l, one))
	}
	var owner phonebank.User
	switch {
	case f.WaveID != "" && f.Conversation == "":
		return out, nil // a wave promised nobody anything
	case f.OwnerID != "" && f.OwnerID != me.ID:
		if owner, err = p.Store.User(ctx, f.OwnerID); err != nil {
			return nil, err
		}
		out.From = owner.SaidName()
	case f.Reason != phonebank.ReasonReturned:
		return out, nil // the script's own first line is the right one
	}
	for _, locale := range locales {
		if text := p.openWith(words.Known(locale), f, person, me, owner, zones); text != "" {
			out.Open = append(out.Open, openLine{locale, text})
		}
	}
	return out, nil
}

// openWith is the first sentence of a call that somebody else promised, in the language of the talk. Where nobody promised
// them anything, the script's own first line is the right one.
func (p *Panel) openWith(l words.Language, f phonebank.FollowUp, person phonebank.Person, me, owner phonebank.User, zones string) string {
	if person.FirstName == "" {
		person.FirstName = "{first_name}"
		return script.Nameless(p.openWith(l, f, person, me, owner, zones))
	}
	first, mine, theirs := person.FirstName, me.SaidName(), owner.SaidName()
	wish, err := phonebank.Instant(f.Local, f.Zone)
	if err != nil {
		wish = f.DueAt
	}
	day, now := there(zones, wish), there(zones, p.Now())
	switch {
	case f.Reason == phonebank.ReasonAsked:
		return ""
	case f.Reason == phonebank.ReasonReturned && theirs == "":
		return l.Say("Hi %s, this is %s with %s. You called us and we missed you, so I'm calling you back. Is now a good time?", first, mine, p.Org)
	case f.Reason == phonebank.ReasonReturned:
		return l.Say("Hi %s, this is %s with %s. You called us and we missed you. %s isn't here right now, so I'm calling you back. Is now a good time?", first, mine, p.Org, theirs)
	case day.YearDay() == now.YearDay() && day.Year() == now.Year():
		return l.Say("Hi %s, this is %s with %s. %s promised you a call today and can't make it, so I'm calling instead. Is now still a good time?", first, mine, p.Org, theirs)
	}
	return l.Say("Hi %s, this is %s with %s. %s promised you a call on %s and couldn't make it, so I'm calling instead. Is now a good time?", first, mine, p.Org, theirs, l.ShortDay(day))
}

// noteOf is what was written down in the talk in which a call was agreed.
func (p *Panel) noteOf(ctx context.Context, f phonebank.FollowUp) (note, by string, err error) {
	if f.Conversation == "" {
		return "", "", nil
	}
	raw, err := p.Store.Wrap(ctx, f.Conversation)
	if err != nil || len(raw) == 0 {
		return "", "", err
	}
	var w phonebank.Wrap
	if err := json.Unmarshal(raw, &w); err != nil || w.Note == "" {
		return "", "", err
	}
	c, err := p.Store.Conversation(ctx, f.Conversation)
	if err != nil || c.UserID == "" {
		return w.Note, "", err
	}
	u, err := p.Store.User(ctx, c.UserID)
	return w.Note, u.SaidName(), err
}

// standingIn puts in front of why somebody is called that it is another volunteer's promise, and how to begin.
func (p *Panel) standingIn(ctx context.Context, why string, id phonebank.FollowUpID, c phonebank.Conversation, person phonebank.Person, zones string) (string, error) {
	if id == "" || c.UserID == "" {
		return why, nil
	}
	f, err := p.Store.FollowUp(ctx, id)
	if err != nil {
		return "", err
	}
	me, err := p.Store.User(ctx, c.UserID)
	if err != nil {
		return "", err
	}
	told, err := p.callbackOf(ctx, f, person, me, zones, []string{c.Locale})
	if err != nil {
		return why, err
	}
	l, text := spoken(ctx), why
	switch {
	case told.From != "" && f.Reason == phonebank.ReasonReturned:
		text = l.Say("%s knows them, and isn't here right now.", told.From) + " " + why
	case told.From != "":
		text = l.Say("%s promised this call, and you make it instead.", told.From) + " " + why
	}
	for _, o := range told.Open {
		text += " " + l.Say("You can open with: “%s”", o.Text)
	}
	return text, nil
}

func stillOpen(l words.Language, f store.Due) alsoOpen {
	what := l.Say(reasonWords(f.Reason))
	if f.What != "" {
		what += " " + l.Say("About: %s", f.What)
	}
	return alsoOpen{ID: f.ID, Person: f.Person, What: what, When: l.When(there(f.Zone, f.DueAt))}
}

// closedCard is the card that closed under a volunteer's eyes.
type closedCard struct{ Person, Why string }

// closed reads why a card closed, from the rows as they are now.
func (p *Panel) closed(ctx context.Context, s phonebank.Shift) (*closedCard, error) {
	if s.ClosedPerson == "" {
		return nil, nil
	}
	person, err := p.Store.Person(ctx, s.ClosedPerson)
	if phonebank.KindOf(err) == phonebank.NotFound && err != nil {
		return nil, nil // they were forgotten since
	}
	if err != nil {
		return nil, err
	}
	zones, phone, err := p.zonesOf(ctx, person)
	if err != nil {
		return nil, err
	}
	l, name := spoken(ctx), shown(spoken(ctx), person.Called())
	out := &closedCard{Person: shown(l, person.Name), Why: l.Say("We'll come back to %s. Nothing is lost.", name)}
	switch {
	case phone.OptedOutAt != nil:
		out.Why = l.Say("%s asked us to stop while you were reading. Nobody calls or texts them any more.", name)
		return out, nil
	case phone.HoldSince != nil:
		out.Why = l.Say("Something %s said may have been a no. A coordinator reads it before anybody rings.", name)
		return out, nil
	case phone.BadAt != nil:
		out.Why = l.Say("This number can't be reached.")
		return out, nil
	}
	if s.ClosedFollowUp == "" {
		return out, nil
	}
	f, err := p.Store.FollowUp(ctx, s.ClosedFollowUp)
	if err != nil {
		return nil, err
	}
	paused, err := p.Store.StoppedWave(ctx, f.ID)
	switch {
	case err != nil:
		return nil, err
	case paused != "":
		out.Why = l.Say("A coordinator has paused “%s”. They come back when it goes on.", paused)
	case f.State == phonebank.FollowUpPlanned:
		out.Why = l.Say("%s's call has moved to %s, their time.", name, l.When(there(zones, f.DueAt)))
	case f.State == phonebank.FollowUpInProgress:
		out.Why = l.Say("%s called us, and one of us is talking with them.", name)
	case f.State == phonebank.FollowUpDone:
		out.Why = l.Say("One of us has talked with %s, so this call is done.", name)
	case f.State == phonebank.FollowUpCancelled || f.State == phonebank.FollowUpExpired:
		out.Why = l.Say("%s's call was taken back.", name)
		if f.Why != "" {
			out.Why += " " + l.Retell(f.Why)
		}
	}
	return out, nil
}

// askedFor is how long after a talk its volunteer is asked whether it has settled another call as well.
const askedFor = time.Hour

// maybeSettled lists calls that the reader's last talks may have made needless.
func (p *Panel) maybeSettled(ctx context.Context, me phonebank.User) (list []alsoOpen, err error) {
	open, err := p.Store.MaybeSettled(ctx, me.ID, p.Now().Add(-askedFor))
	for _, f := range open {
		list = append(list, stillOpen(spoken(ctx), f))
	}
	return list, err
}

// shiftSettled says whether a talk has settled another call that was promised to the same person.
func (p *Panel) shiftSettled(w http.ResponseWriter, r *http.Request, me phonebank.User) error {
	id := phonebank.FollowUpID(mux.Vars(r)["id"])
	if !phonebank.ValidID(string(id)) {
		return notThere()
	}
	asked, err := p.maybeSettled(r.Context(), me)
	if err != nil {
		return err
	}
	if !slices.ContainsFunc(asked, func(a alsoOpen) bool { return a.ID == id }) {
		return to(w, r, "/shift") // answered already, or not theirs to answer
	}
	if clean(r, "settled", 10) == "yes" {
		err = p.Diary.Done(r.Context(), id, me.ID)
	} else {
		err = p.Store.Note(r.Context(), p.Now(), "follow_up", string(id), "still_to_do", store.By{User: me.ID})
	}
	if err != nil {
		return err
	}
	return to(w, r, "/shift")
}
