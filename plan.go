package phonebank

import "time"

// MaxText is the longest text that Twilio takes (docs: error 21617).
const MaxText = 1600

// Wish is one follow-up as it was agreed: by which way, why, and when in the person's own time.
type Wish struct {
	Channel   Channel `json:"channel"`
	Reason    Reason  `json:"reason"`
	Local     string  `json:"local"`
	InMinutes int     `json:"in_minutes"`
	Body      string  `json:"body"`
	NoCall    bool    `json:"no_call"` // a check-in that nobody answers leads to no call
}

// Plan turns a wish into a follow-up: it keeps the local wish and the instant it means, and refuses what could never be
// kept: a time that has passed, or one at which we neither call nor text. textOK tells that the person agreed to
// reminders by text; only then may a reminder go by itself.
func (w Wish) Plan(person Person, phone Phone, campaign CampaignID, owner UserID, textOK bool, at time.Time) (FollowUp, error) {
	zones := person.Places(phone)
	zone := FirstZone(zones)
	f := FollowUp{ID: NewID[FollowUpID](at), CampaignID: campaign, PersonID: person.ID, PhoneID: phone.ID, OwnerID: owner, Channel: w.Channel, Reason: w.Reason,
		State: FollowUpPlanned, Body: w.Body, Zone: zone, CreatedAt: at}
	if w.Channel != ByText && w.Channel != ByCall {
		return f, Fail(Invalid, "A follow-up is a text or a call.")
	}
	known := false
	for _, r := range Reasons {
		known = known || r == w.Reason
	}
	if !known {
		return f, Fail(Invalid, "%q is no reason to follow up that we know.", w.Reason)
	}
	if phone.OptedOutAt != nil {
		return f, Fail(Forbidden, "%s asked us to stop, so nothing more can be promised.", person.Called())
	}
	if w.InMinutes > 0 {
		loc, err := Zone(zone)
		if err != nil {
			return f, Because(err, Invalid, "We don't know the time zone %q.", zone)
		}
		f.DueAt = at.Add(time.Duration(w.InMinutes) * time.Minute).UTC()
		f.Local = f.DueAt.In(loc).Format(LocalForm)
	} else {
		due, err := Instant(w.Local, zone)
		if err != nil {
			return f, err
		}
		f.Local, f.DueAt = w.Local, due
	}
	if f.DueAt.Before(at.Add(-time.Minute)) {
		return f, Fail(Invalid, "%s has passed already. Pick a time that is still to come.", whenFact(zone, f.DueAt))
	}
	if f.DueAt.After(at.AddDate(2, 0, 0)) {
		return f, Fail(Invalid, "%s is more than two years away.", whenFact(zone, f.DueAt))
	}
	margin := time.Duration(0)
	if w.Channel == ByText {
		margin = SendMargin
		if w.Body == "" {
			return f, Fail(Invalid, "The text has no words yet.")
		}
	}
	if !MayContact(zones, f.DueAt, margin) {
		return f, outsideHours(person, zones, f.DueAt, margin).Fail(Invalid)
	}
	if len([]rune(w.Body)) > MaxText {
		return f, Fail(Invalid, "The text is longer than a text can be (%d letters). Shorten it.", MaxText)
	}
	f.NotAfter = f.DueAt.Add(LateBy)
	if w.Channel == ByCall {
		f.NotAfter = f.DueAt.AddDate(0, 0, 14) // a call that nobody could make stays on the list for two weeks
	}
	f.Automatic = w.Channel == ByText && textOK && w.Reason.MayBeAutomatic()
	return f, nil
}

// Wrap is a wrap-up as the volunteer saved it.
type Wrap struct {
	ID         string  `json:"id"` // the browser's; the same on a second try
	Outcome    Outcome `json:"outcome"`
	Answer     string  `json:"answer"`
	CutShort   bool    `json:"cut_short"`
	Support    string  `json:"support"`
	Leader     Leader  `json:"leader"`
	Commitment *Agreed `json:"commitment"`
	FollowUps  []Wish  `json:"follow_ups"`
	TextOK     *TextOK `json:"text_ok"`
	Recap      *Recap  `json:"recap"`
	Learned    []Heard `json:"learned"`
	Language   string  `json:"language"`
	SayName    string  `json:"say_name"` // how they say their own name
	Barrier    string  `json:"barrier"`  // what could get in the way
	Buddy      string  `json:"buddy"`    // who comes along
	Note       string  `json:"note"`
	Feeling    string  `json:"feeling"`
	Then       string  `json:"then"`
	Replaces   string  `json:"replaces"` // an earlier one that was taken back in a browser that could not know whether it had arrived
}

// FeelingHard asks a coordinator to look in on a volunteer, quietly.
const FeelingHard = "hard"

// Leader says why somebody thinks a person may lead.
type Leader struct {
	Flag bool   `json:"flag"`
	Why  string `json:"why"`
}

// Agreed is what a person said they would do, by when, in their own time.
type Agreed struct {
	What string `json:"what"`
	By   string `json:"by_when"`
}

// TextOK is the question that a person said yes to.
type TextOK struct {
	Words string `json:"words"`
}

// Recap is the plan in a text; it goes only where the volunteer pressed Send.
type Recap struct {
	Body string `json:"body"`
	Send bool   `json:"send"`
}

// Heard is what else came out of a talk.
type Heard struct {
	Tag   string `json:"tag"`
	Words string `json:"words"`
}

// Check answers with what is missing or too long in a wrap-up, as a sentence. Only the outcome is required.
func (w Wrap) Check() error {
	if !ValidID(w.ID) {
		return Fail(Invalid, "This wrap-up has no id of its own. Reload the page; your words stay.")
	}
	found := false
	for _, o := range Outcomes {
		found = found || o == w.Outcome
	}
	if !found {
		return Fail(Invalid, "Choose how it ended.")
	}
	if w.Support != "" {
		found = false
		for _, s := range Supports {
			found = found || s == w.Support
		}
		if !found {
			return Fail(Invalid, "%q is no level of support that we know.", w.Support)
		}
	}
	if w.Commitment != nil && (w.Commitment.What == "" || w.Commitment.By == "") {
		return Fail(Invalid, "Say what they will do, and by when.")
	}
	if len(w.FollowUps) > 10 || len(w.Learned) > 20 {
		return Fail(Invalid, "That is more than one talk can lead to. Take some of it out.")
	}
	if len([]rune(w.SayName)) > 120 || len([]rune(w.Barrier)) > 400 || len([]rune(w.Buddy)) > 200 {
		return Fail(Invalid, "A short line is enough for the name, for what could get in the way, and for who comes along.")
	}
	if w.Feeling != "" && w.Feeling != "good" && w.Feeling != "okay" && w.Feeling != FeelingHard {
		return Fail(Invalid, "%q is no answer to how it was for you.", w.Feeling)
	}
	long := w.Note + w.Leader.Why + w.Language
	for _, h := range w.Learned {
		long += h.Words
	}
	for _, f := range w.FollowUps {
		long += f.Body
	}
	if len(long) > 20_000 {
		return Fail(Invalid, "The notes are too long to keep. Shorten them a little.")
	}
	return nil
}
