package panel

import (
	"context"
	"slices"
	"strings"
	"time"

	"phonebank"
	"phonebank/script"
	"phonebank/store"
	"phonebank/words"
)

// past is one line of what happened before, as a volunteer reads it.
type past struct {
	At    string `json:"at"`
	Day   string `json:"day"`
	Text  string `json:"text"`
	Quote string `json:"quote,omitempty"`
}

// history says what happened with a person before, the newest first. Where there were fewer contacts than asked for, it also
// says on whose word they may be reached: often that is how we met.
func (p *Panel) history(ctx context.Context, person phonebank.Person, zones string, most int, but ...string) ([]past, error) {
	entries, err := p.Store.Timeline(ctx, person, 80)
	if err != nil {
		return nil, err
	}
	l := spoken(ctx)
	contacts, consents := []past{}, []past{}
	seen := map[string]bool{}
	for _, e := range entries {
		text, quote := told(l, zones, e)
		if text == "" || e.Kind == "follow_up" || slices.Contains(but, e.ID) {
			continue
		}
		line := past{At: e.At.UTC().Format(time.RFC3339), Day: l.ShortDay(there(zones, e.At)), Text: text, Quote: quote}
		switch {
		case !strings.HasPrefix(e.Kind, "consent"):
			contacts = append(contacts, line)
		case !seen[line.Day+line.Text]:
			seen[line.Day+line.Text] = true
			consents = append(consents, line)
		}
	}
	list := contacts[:min(len(contacts), most)]
	list = append(list, consents[:min(len(consents), most-len(list))]...)
	slices.SortStableFunc(list, func(a, b past) int { return strings.Compare(b.At, a.At) })
	return list, nil
}

// told puts a line of a timeline into words, with what they said themselves as a quote.
func told(l words.Language, zones string, e store.Entry) (text, quote string) {
	switch e.Kind {
	case "call":
		return calledWords(l, e), ""
	case "call_in":
		if e.State == string(phonebank.ResultAnswered) {
			return l.Say("They called us and talked."), ""
		}
		return l.Say("They called us."), ""
	case "voicemail":
		return l.Say("They left a voicemail."), ""
	case "text_in":
		return l.Say("They texted:"), e.Words
	case "text_out":
		if e.Who == "" {
			return l.Say("We texted: %s", e.Words), ""
		}
		return l.Say("%s texted: %s", e.Who, e.Words), ""
	case "talk":
		text := l.Say(outcomeWords(phonebank.Outcome(e.State)))
		if e.Channel != phonebank.TalkByCall {
			text = talkedHow(l, e.Channel, e.Who) + " " + text
		}
		return text, e.Words
	case "follow_up":
		text := l.Say(promiseWords(phonebank.Channel(e.Channel), phonebank.FollowUpState(e.State)))
		if e.Note != "" {
			text += " " + l.Retell(e.Note)
		}
		return text, ""
	case "consent_text", "consent_call":
		return l.Say("On our list: %s.", sourceWords(l, zones, e.State, e.At)), ""
	case "consent_text_ok":
		if e.Note == "no" {
			return l.Say("Reminders by text are off again."), ""
		}
		return l.Say("Agreed to reminders by text."), ""
	case "consent_all":
		return l.Say("About hearing from us: %s.", sourceWords(l, zones, e.State, e.At)), e.Words
	}
	return "", ""
}

// calledWords says what came of a call of ours. A verb follows whoever acts, so with a name and without are two sentences.
func calledWords(l words.Language, e store.Entry) string {
	named, ours := "%s is calling.", "We are calling."
	switch phonebank.CallResult(e.State) {
	case phonebank.ResultAnswered:
		named, ours = "%s talked with them by phone.", "We talked with them by phone."
	case phonebank.ResultNoAnswer, phonebank.ResultBusy:
		named, ours = "%s called. Nobody picked up.", "We called. Nobody picked up."
	case phonebank.ResultVoicemail:
		named, ours = "%s called and reached a voicemail.", "We called and reached a voicemail."
	case phonebank.ResultFailed:
		named, ours = "%s called. The number couldn't be reached.", "We called. The number couldn't be reached."
	case phonebank.ResultCanceled:
		named, ours = "%s called. The call was stopped before an answer.", "We called. The call was stopped before an answer."
	}
	if e.Who == "" {
		return l.Say(ours)
	}
	return l.Say(named, e.Who)
}

// talkedHow says by which way a talk was held, and with whom.
func talkedHow(l words.Language, channel, who string) string {
	named, ours := "A talk by phone with %s.", "A talk by phone."
	switch channel {
	case phonebank.TalkByText:
		named, ours = "A talk by text with %s.", "A talk by text."
	case phonebank.TalkInPerson:
		named, ours = "A talk face to face with %s.", "A talk face to face."
	}
	if who == "" {
		return l.Say(ours)
	}
	return l.Say(named, who)
}

// promiseWords says what became of a promise of ours.
func promiseWords(c phonebank.Channel, s phonebank.FollowUpState) string {
	call := c == phonebank.ByCall
	switch s {
	case phonebank.FollowUpDone:
		return "A call that we promised was made."
	case phonebank.FollowUpExpired:
		if call {
			return "A call that we promised was not made in time."
		}
		return "A text that we promised did not go out in time."
	case phonebank.FollowUpFailed:
		if call {
			return "A call that we promised did not come about."
		}
		return "A text that we promised did not arrive."
	}
	if call {
		return "A call that we promised was taken off the list."
	}
	return "A text that we promised was taken off the list."
}

// sourceWords says on whose word somebody may be reached, or how they stopped it. What a person wrote down stays as it is.
func sourceWords(l words.Language, zones, source string, at time.Time) string {
	switch {
	case source == "text":
		return l.Say("by their own text")
	case source == "spoken":
		return l.Say("said in a talk")
	case source == "carrier":
		return l.Say("their phone company told us")
	case source == "told to us":
		return l.Say("told to us")
	case source == "asked to hear from us again":
		return l.Say("asked to hear from us again")
	case strings.HasPrefix(source, "asked in the talk of "):
		return l.Say("asked in the talk of %s", l.When(there(zones, at)))
	case strings.HasPrefix(source, "taken back with the wrap-up of "):
		return l.Say("taken back with the wrap-up of %s", l.When(there(zones, at)))
	}
	return strings.TrimSuffix(source, ".")
}

// outcomeWords says what came of a talk; none of these is a failure.
func outcomeWords(o phonebank.Outcome) string {
	switch o {
	case phonebank.OutcomeCommitment:
		return "The talk ended with a clear yes."
	case phonebank.OutcomeConnected:
		return "A good talk."
	case phonebank.OutcomeNoThanks:
		return "The talk ended with a no, thanks."
	case phonebank.OutcomeCallback:
		return "They asked for another time."
	case phonebank.OutcomeNeedsLanguage:
		return "They prefer another language."
	case phonebank.OutcomeBadNumber:
		return "Somebody else answered this number."
	case phonebank.OutcomeOptOut:
		return "They asked us to stop."
	}
	return ""
}

// why says in a sentence why this person is called now.
func (p *Panel) why(ctx context.Context, person phonebank.Person, zones string, campaign phonebank.CampaignID, followUp phonebank.FollowUpID) (string, error) {
	if followUp != "" {
		f, err := p.Store.FollowUp(ctx, followUp)
		if err != nil {
			return "", err
		}
		return p.promised(ctx, f)
	}
	l := spoken(ctx)
	talk, err := p.Store.LastTalkWith(ctx, person.ID)
	if err != nil {
		return "", err
	}
	if talk.Topic != "" {
		day := l.ShortDay(there(zones, talk.At))
		if talk.Who == "" {
			return l.Say("Told one of us about %s on %s.", talk.Topic, day), nil
		}
		return l.Say("Told %s about %s on %s.", talk.Who, talk.Topic, day), nil
	}
	entries, err := p.Store.Timeline(ctx, person, 80)
	if err != nil {
		return "", err
	}
	for _, e := range entries {
		if day := l.ShortDay(there(zones, e.At)); e.Kind == "talk" && e.Who == "" {
			return l.Say("Talked with one of us on %s.", day), nil
		} else if e.Kind == "talk" {
			return l.Say("Talked with %s on %s.", e.Who, day), nil
		}
	}
	c, err := p.Store.Campaign(ctx, campaign)
	if err != nil {
		return "", err
	}
	return l.Say("On the list of %s. This is the first talk.", c.Name), nil
}

// promised says what a callback is about.
func (p *Panel) promised(ctx context.Context, f phonebank.FollowUp) (string, error) {
	l := spoken(ctx)
	text := l.Say(reasonWords(f.Reason))
	if f.WaveID != "" && f.Conversation == "" {
		said, err := p.waveWhy(ctx, f.WaveID)
		if err != nil || said == "" {
			return text, err
		}
		if f.Reason == phonebank.ReasonWave {
			text = said
		} else {
			text += " " + said
		}
	}
	if f.CommitmentID != "" {
		c, err := p.Store.Commitment(ctx, f.CommitmentID)
		if err != nil {
			return "", err
		}
		text += " " + theyWould(l, c)
	}
	return text, nil
}

// waveWhy says why a wave has somebody: its name, and the first thing that it asks of those in it.
func (p *Panel) waveWhy(ctx context.Context, id phonebank.WaveID) (string, error) {
	l := spoken(ctx)
	w, err := p.Store.Wave(ctx, id)
	if err != nil || w.Gathered {
		return "", err
	}
	text := l.Say("They are in the wave “%s”.", w.Name)
	list, err := p.clausesOf(ctx, w)
	if err == nil && len(list) > 0 {
		text += " " + list[0].Words
	}
	return text, err
}

// theyWould says what somebody promised, as it was agreed.
func theyWould(l words.Language, c phonebank.Commitment) string {
	return l.Say("They said they would %s by %s.", c.What, script.SpokenWhen(c.ByLocal, string(l)))
}

// reasonWords says why we get back to somebody.
func reasonWords(r phonebank.Reason) string {
	switch r {
	case phonebank.ReasonBefore:
		return "The day before what they promised."
	case phonebank.ReasonAfter:
		return "After what they promised: how did it go?"
	case phonebank.ReasonScheduled:
		return "They asked to be called at this time."
	case "revisit":
		return "It was agreed to talk again about now."
	case "maintenance":
		return "A friendly check-in is due."
	case "first_week":
		return "Their first week with us."
	case phonebank.ReasonReturned:
		return "They called us and nobody could take it."
	case "unanswered_text":
		return "Our last text had no answer."
	case phonebank.ReasonLanguage:
		return "They prefer to talk in another language."
	case phonebank.ReasonRetaliation:
		return "They told us about retaliation."
	case phonebank.ReasonFindOut:
		return "We said we would find something out for them."
	case phonebank.ReasonAsked:
		return "A coordinator asked for this."
	case phonebank.ReasonWave:
		return "A wave has them."
	case phonebank.ReasonHeadsUp:
		return "A wave calls them on the next day."
	}
	return ""
}

// itsDayPassed tells whether the day of an ask is over: nobody can be asked to come to it any more.
func itsDayPassed(s *script.Script, id, zone string, now time.Time) bool {
	ask, ok := s.AskByID(id)
	if !ok || ask.When == "" {
		return false
	}
	at, err := phonebank.Instant(ask.When, zone)
	return err == nil && at.Before(now)
}

// askOn is an ask on a list to choose from, marked where its day has passed.
func askOn(l words.Language, s *script.Script, id, zone string, now time.Time) string {
	if itsDayPassed(s, id, zone, now) {
		return l.Say("%s (its day has passed)", askIn(l, s, id))
	}
	return askIn(l, s, id)
}

// liveScript reads the live version of a script.
func (p *Panel) liveScript(ctx context.Context, id string) (*script.Script, error) {
	_, doc, err := p.Store.LiveScript(ctx, id)
	if err != nil {
		return nil, err
	}
	return script.Parse(doc)
}

// askIn says what a session asks people to do, "" where it asks nothing.
func askIn(l words.Language, s *script.Script, id string) string {
	ask, ok := s.AskByID(id)
	if !ok {
		return ""
	}
	words := ask.Label.In(string(l))
	if ask.When != "" {
		words += ", " + script.SpokenWhen(ask.When, string(l))
	}
	if ask.Where != "" {
		words += ", " + ask.Where
	}
	return words
}

// zonesOf are the zones that a person may be in.
func (p *Panel) zonesOf(ctx context.Context, person phonebank.Person) (string, phonebank.Phone, error) {
	phone, err := p.Store.Phone(ctx, person.PhoneID)
	return person.Places(phone), phone, err
}

// mayRead tells whether somebody may see a person at all.
func (p *Panel) mayRead(ctx context.Context, me phonebank.User, id phonebank.PersonID) error {
	if !phonebank.ValidID(string(id)) {
		return notThere()
	}
	if coordinator.lets(me) {
		return nil
	}
	may, err := p.Store.MayRead(ctx, me.ID, id, p.Now())
	if err == nil && !may {
		return notThere()
	}
	return err
}

// notThere is told to a volunteer alike about what is not there and what is not theirs to see.
func notThere() error {
	return phonebank.Fail(phonebank.NotFound, "We can't find that, or it isn't yours to see. Your own people are under “My people”.")
}
