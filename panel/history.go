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
	contacts, consents := []past{}, []past{}
	seen := map[string]bool{}
	for _, e := range entries {
		text, quote := told(e)
		if text == "" || slices.Contains(but, e.ID) {
			continue
		}
		line := past{At: e.At.UTC().Format(time.RFC3339), Day: words.English.ShortDay(there(zones, e.At)), Text: text, Quote: quote}
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
func told(e store.Entry) (text, quote string) {
	who := e.Who
	if who == "" {
		who = "We"
	}
	switch e.Kind {
	case "call":
		switch phonebank.CallResult(e.State) {
		case phonebank.ResultAnswered:
			return who + " talked with them by phone.", ""
		case phonebank.ResultNoAnswer, phonebank.ResultBusy:
			return who + " called. Nobody picked up.", ""
		case phonebank.ResultVoicemail:
			return who + " called and reached a voicemail.", ""
		case phonebank.ResultFailed:
			return who + " called. The number couldn't be reached.", ""
		case phonebank.ResultCanceled:
			return who + " called. The call was stopped before an answer.", ""
		}
		return who + " is calling.", ""
	case "call_in":
		if e.State == string(phonebank.ResultAnswered) {
			return "They called us and talked.", ""
		}
		return "They called us.", ""
	case "voicemail":
		return "They left a voicemail.", ""
	case "text_in":
		return "They texted:", e.Words
	case "text_out":
		return who + " texted: " + e.Words, ""
	case "talk":
		return outcomeWords(phonebank.Outcome(e.State)), e.Words
	case "consent_text", "consent_call":
		return "On our list: " + strings.TrimSuffix(e.State, ".") + ".", ""
	case "consent_text_ok":
		return "Agreed to reminders by text.", ""
	case "consent_all":
		return "About hearing from us: " + e.State + ".", e.Words
	}
	return "", ""
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
	talk, err := p.Store.LastTalkWith(ctx, person.ID)
	if err != nil {
		return "", err
	}
	if talk.Topic != "" {
		who := talk.Who
		if who == "" {
			who = "one of us"
		}
		return "Told " + who + " about " + talk.Topic + " on " + words.English.ShortDay(there(zones, talk.At)) + ".", nil
	}
	entries, err := p.Store.Timeline(ctx, person, 80)
	if err != nil {
		return "", err
	}
	for _, e := range entries {
		if e.Kind == "talk" {
			who := e.Who
			if who == "" {
				who = "one of us"
			}
			return "Talked with " + who + " on " + words.English.ShortDay(there(zones, e.At)) + ".", nil
		}
	}
	c, err := p.Store.Campaign(ctx, campaign)
	if err != nil {
		return "", err
	}
	return "On the list of " + c.Name + ". This is the first talk.", nil
}

// promised says what a callback is about.
func (p *Panel) promised(ctx context.Context, f phonebank.FollowUp) (string, error) {
	words := reasonWords(f.Reason)
	if f.CommitmentID != "" {
		c, err := p.Store.Commitment(ctx, f.CommitmentID)
		if err != nil {
			return "", err
		}
		words += " They said they would " + c.What + " by " + script.SpokenWhen(c.ByLocal, "en") + "."
	}
	return words, nil
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
	case "retaliation":
		return "They told us about retaliation."
	case phonebank.ReasonAsked:
		return "A coordinator asked for this."
	}
	return ""
}

// liveScript reads the live version of a script.
func (p *Panel) liveScript(ctx context.Context, id string) (*script.Script, error) {
	_, doc, err := p.Store.LiveScript(ctx, id)
	if err != nil {
		return nil, err
	}
	return script.Parse(doc)
}

// askWords says what a session asks people to do, "" where it asks nothing.
func askWords(s *script.Script, id string) string {
	ask, ok := s.AskByID(id)
	if !ok {
		return ""
	}
	words := ask.Label.In("en")
	if ask.When != "" {
		words += ", " + script.SpokenWhen(ask.When, "en")
	}
	if ask.Where != "" {
		words += ", " + ask.Where
	}
	return words
}

// zonesOf are the zones that a person may be in.
func (p *Panel) zonesOf(ctx context.Context, person phonebank.Person) (string, phonebank.Phone, error) {
	phone, err := p.Store.Phone(ctx, person.PhoneID)
	return phonebank.ZonesOf(person.Zone, phone.Zones), phone, err
}

// mayRead tells whether somebody may see a person at all.
func (p *Panel) mayRead(ctx context.Context, me phonebank.User, id phonebank.PersonID) error {
	if !phonebank.ValidID(string(id)) {
		return notThere()
	}
	if coordinator.lets(me) {
		return nil
	}
	may, err := p.Store.MayRead(ctx, me.ID, id)
	if err == nil && !may {
		return notThere()
	}
	return err
}

// notThere is told to a volunteer alike about what is not there and what is not theirs to see.
func notThere() error {
	return phonebank.Fail(phonebank.NotFound, "We can't find that, or it isn't yours to see. Your own people are under “My people”.")
}
