package panel

import (
	"context"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/gorilla/mux"

	"phonebank"
	"phonebank/store"
)

// personPage is everything about one person: the home of the relationship.
type personPage struct {
	Page
	Person      store.Found
	Phone       phonebank.Phone
	Zone        string
	There       string
	Shares      []string
	Words       []said
	Stands      []stand
	Chains      []chained // what they promised, with what follows
	Others      []link    // what belongs to no promise of theirs
	Off         []link    // of those, what was taken off
	ByHand      string    // since when no text goes to them by itself
	Suggestions []suggested
	Consents    []agreed
	Before      []storyLine
	GoesBy      string // where the name they use is no part of their name
	Rung        string
	Ladder      ladder
	Proposed    []climb // what waits for a coordinator
	Ready       string  // whose word it is that they are ready for more, and since when
	Climbs      []climb // what was decided
	Thread      []bubble
	Waiting     bool
	HoldWords   string
	WhyNotText  string
	WhyNotCall  string
	Here        bool // whoever reads this has a shift, so they can call
	TextTalk    textTalk
	Knows       bool // whoever reads this may put right what we know about them
	Everyone    []store.Known
	Zones       []string
	States      []phonebank.State
	Hours       string // when they can be called and texted
	Today       string
	Body        string
	StopWords   string
	ReopenWords string
	RuleWhy     string
	Claim       claimNote
	Evidence    string
	Promise     typedPromise
}

// claimNote says who is answering this person right now, if anybody.
type claimNote struct {
	store.Claim
	Mine bool
}

// typedPromise is a follow-up as somebody began to type it.
type typedPromise struct{ Channel, Local, Body string }

// bubble is one text of a thread.
type bubble struct {
	phonebank.Message
	Who   string
	Note  string // how far it got, in words
	Bad   bool
	After bool // it came in after hours or without a person
}

// said is one thing in their own words.
type said struct {
	At, Day   string
	Label     string
	Value     string
	By        string
	Sensitive bool
}

// stand is how they stood to the cause on one day.
type stand struct {
	At, Day string
	Support string
	Leader  bool
	Why     string
	By      string
}

// agreed is one yes or no to hearing from us, on whose word.
type agreed struct {
	At, Day string
	Text    string
	Source  string
	Words   string
	By      string
}

// storyLine is one line of the timeline; a talk is told at length.
type storyLine struct {
	past
	Sound string // the voicemail, to be played
	Talk  *toldTalk
}

func (p *Panel) person(w http.ResponseWriter, r *http.Request, me phonebank.User) error {
	page, err := p.personPage(r, me)
	if err != nil {
		return err
	}
	if r.Header.Get("X-Fragment") == "" {
		if err := p.Store.SeeThread(r.Context(), page.Phone.ID, p.Now()); err != nil {
			return err
		}
	}
	p.show(w, r, me, http.StatusOK, "person", page)
	return nil
}

func (p *Panel) personPage(r *http.Request, me phonebank.User) (*personPage, error) {
	ctx, id, l := r.Context(), phonebank.PersonID(mux.Vars(r)["id"]), lang(r)
	if err := p.mayRead(ctx, me, id); err != nil {
		return nil, err
	}
	found, err := p.Store.FoundPerson(ctx, id)
	if err != nil {
		return nil, err
	}
	page := &personPage{Page: Page{Title: shown(lang(r), found.Name), Nav: "me"}, Person: found, Knows: found.OwnerID == me.ID || coordinator.lets(me)}
	if found.FirstName != "" && !slices.Contains(strings.Fields(found.Name), found.FirstName) {
		page.GoesBy = found.FirstName
	}
	if coordinator.lets(me) {
		page.Nav = "people"
	} else {
		page.Person.Number = ""
	}
	if page.Zone, page.Phone, err = p.zonesOf(ctx, found.Person); err != nil {
		return nil, err
	}
	now := there(page.Zone, p.Now())
	page.There, page.Today = l.Clock(now), now.Format(time.DateOnly)
	if page.Shares, err = p.Store.SharesNumber(ctx, found.Person); err != nil {
		return nil, err
	}
	if err := p.fillPromised(r, page); err != nil {
		return nil, err
	}
	if page.Before, err = p.story(ctx, me, found.Person, page.Zone); err != nil {
		return nil, err
	}
	if page.Thread, err = p.bubbles(r, page.Phone.ID); err != nil {
		return nil, err
	}
	if err := p.fillKnown(ctx, me, page); err != nil {
		return nil, err
	}
	if err := p.fillRung(ctx, me, page); err != nil {
		return nil, err
	}
	return page, p.fillContact(r, me, page)
}

// fillPromised reads what they promised, what follows from it, and what their texts seem to say about it.
func (p *Panel) fillPromised(r *http.Request, page *personPage) error {
	ctx, id := r.Context(), page.Person.ID
	commitments, err := p.Store.CommitmentsOf(ctx, id)
	if err != nil {
		return err
	}
	followUps, err := p.Store.FollowUpsOf(ctx, id)
	if err != nil {
		return err
	}
	p.chains(ctx, page, commitments, followUps, r.URL.Query().Get("move"))
	since, err := p.Store.ByHand(ctx, id)
	if err != nil {
		return err
	}
	if since != nil {
		page.ByHand = lang(r).ShortDay(there(page.Zone, *since))
	}
	page.Suggestions, err = p.suggestions(ctx, id)
	return err
}

// fillKnown reads what is known of them: their words, how they stood, what they agreed to.
func (p *Panel) fillKnown(ctx context.Context, me phonebank.User, page *personPage) error {
	l, id := spoken(ctx), page.Person.ID
	on := func(at time.Time) (string, string) {
		return at.UTC().Format(time.RFC3339), l.ShortDay(there(page.Zone, at))
	}
	heard, err := p.Store.SaidBy(ctx, id, string(l))
	if err != nil {
		return err
	}
	for _, w := range heard {
		at, day := on(w.At)
		page.Words = append(page.Words, said{at, day, l.Retell(w.Label), w.Value, w.By, w.Sensitive})
	}
	stands, err := p.Store.StandsOf(ctx, id)
	if err != nil {
		return err
	}
	for _, s := range stands {
		at, day := on(s.At)
		page.Stands = append(page.Stands, stand{at, day, l.Say(supportWords(s.Support)), s.Leader, s.Why, s.By})
	}
	consents, err := p.Store.ConsentsOf(ctx, page.Person.Person)
	if err != nil {
		return err
	}
	for _, c := range consents {
		at, day := on(c.At)
		page.Consents = append(page.Consents, agreed{at, day, l.Say(consentWords(c)), sourceWords(l, page.Zone, c.Source, c.At), c.Words, c.By})
	}
	if err := p.fillRulings(ctx, page); err != nil {
		return err
	}
	page.Zones, page.States = usZones, phonebank.States
	hours := phonebank.HoursThere(page.Zone, p.Now())
	page.Hours = l.Say(hours.Format, hours.Args...)
	if z := page.Person.Zone; z != "" && !slices.Contains(usZones, z) {
		page.Zones = append([]string{z}, usZones...)
	}
	if coordinator.lets(me) {
		page.Everyone, err = p.Store.Everyone(ctx)
	}
	return err
}

// fillRulings adds what may have been a no, and who ruled on it when and why, to what they agreed to.
func (p *Panel) fillRulings(ctx context.Context, page *personPage) error {
	l := spoken(ctx)
	list, err := p.Store.RefusalsOn(ctx, page.Phone.ID)
	if err != nil {
		return err
	}
	add := func(at time.Time, text, why, words, by string) {
		page.Consents = append(page.Consents, agreed{At: at.UTC().Format(time.RFC3339), Day: l.ShortDay(there(page.Zone, at)), Text: text, Source: why, Words: words, By: by})
	}
	for _, n := range list {
		if n.Who != "" && n.State == phonebank.WasNo {
			add(*n.RuledAt, l.Say("Read: it was a no"), n.Why, "", n.Who)
		}
		if n.Who != "" && n.State == phonebank.WasOther {
			add(*n.RuledAt, l.Say("Read: it wasn't a no"), n.Why, "", n.Who)
		}
		add(n.At, l.Say("May have been a no"), "", n.Words, "")
	}
	slices.SortStableFunc(page.Consents, func(a, b agreed) int { return strings.Compare(b.At, a.At) })
	return nil
}

// fillRung reads where they stand on the ladder. Everybody who knows them may read the rung's name; what led there, and what
// waits to be decided, is for coordinators.
func (p *Panel) fillRung(ctx context.Context, me phonebank.User, page *personPage) (err error) {
	if page.Ladder, err = p.ladderOf(ctx, page.Person.ID); err != nil {
		return err
	}
	page.Rung = page.Ladder.Name(page.Person.Rung)
	if !coordinator.lets(me) {
		return nil
	}
	known, err := p.Store.Relationship(ctx, page.Person.ID, me.ID)
	if err != nil {
		return err
	}
	if l := spoken(ctx); known.StepUpAt != nil {
		page.Ready = l.Say("Ready for a step up, says %s, %s.", known.StepUpBy, l.ShortDay(there(page.Zone, *known.StepUpAt)))
	}
	moves, err := p.Store.RungsOf(ctx, page.Person.ID)
	if err != nil {
		return err
	}
	for _, m := range moves {
		switch c := climbOf(spoken(ctx), page.Ladder, page.Zone, m); m.State {
		case phonebank.RungProposed:
			page.Proposed = append(page.Proposed, c)
		case phonebank.RungApproved, phonebank.RungDeclined:
			page.Climbs = append(page.Climbs, c)
		}
	}
	return nil
}

// story is a person's timeline across calls, texts and talks, the newest first. A talk is told at length, so the call that
// it was held on is not told twice.
func (p *Panel) story(ctx context.Context, me phonebank.User, person phonebank.Person, zones string) ([]storyLine, error) {
	entries, err := p.Store.Timeline(ctx, person, 120)
	if err != nil {
		return nil, err
	}
	talks, err := p.talksTold(ctx, me, person.ID)
	if err != nil {
		return nil, err
	}
	l := spoken(ctx)
	var list []storyLine
	seen := map[string]bool{} // a yes to calls and one to texts on the same word is one line
	for _, e := range entries {
		if (e.Kind == "call" || e.Kind == "call_in") && e.State == string(phonebank.ResultAnswered) && talks[e.Talk] != nil {
			continue
		}
		text, quote := told(l, zones, e)
		if text == "" {
			continue
		}
		if key := l.ShortDay(there(zones, e.At)) + text; strings.HasPrefix(e.Kind, "consent") {
			if seen[key] {
				continue
			}
			seen[key] = true
		}
		line := storyLine{past: past{At: e.At.UTC().Format(time.RFC3339), Day: l.ShortDay(there(zones, e.At)), Text: text, Quote: quote}}
		switch e.Kind {
		case "talk":
			line.Talk = talks[e.ID]
		case "voicemail":
			line.Sound = e.ID
		}
		list = append(list, line)
	}
	return list, nil
}

// supportWords says how somebody stands to the cause.
func supportWords(s string) string {
	switch s {
	case "strong_yes":
		return "A strong yes"
	case "leaning_yes":
		return "Leaning yes"
	case "unsure":
		return "Unsure"
	case "leaning_no":
		return "Leaning no"
	case "no":
		return "A no"
	}
	return "Not heard"
}

// consentWords says what somebody agreed to, or no longer agrees to.
func consentWords(c store.Consent) string {
	switch {
	case c.Channel == "all" && c.Given:
		return "Wants to hear from us again"
	case c.Channel == "all":
		return "Asked us to stop"
	case c.Channel == "text_ok" && c.Given:
		return "Yes to reminders by text"
	case c.Channel == "text_ok":
		return "No to reminders by text"
	case c.Channel == "text" && c.Given:
		return "Yes to texts"
	case c.Channel == "text":
		return "No to texts"
	case c.Given:
		return "Yes to calls"
	}
	return "No to calls"
}

// fillContact reads whether and how this person may be reached now.
func (p *Panel) fillContact(r *http.Request, me phonebank.User, page *personPage) error {
	ctx := r.Context()
	since, err := p.Store.WaitingSince(ctx, page.Phone.ID)
	if err != nil {
		return err
	}
	page.Waiting = since != nil
	claim, err := p.Store.ClaimOn(ctx, page.Phone.ID, p.Now())
	if err != nil {
		return err
	}
	page.Claim = claimNote{claim, claim.UserID == me.ID}
	if page.Phone.HoldSince != nil {
		if page.HoldWords, err = p.Store.HoldWords(ctx, page.Phone.ID); err != nil {
			return err
		}
	}
	byHand, _, err := p.Store.TextConsent(ctx, page.Person.ID, page.Phone.ID)
	if err != nil {
		return err
	}
	rung, err := p.Store.RungLately(ctx, page.Phone, "", p.Now())
	if err != nil {
		return err
	}
	if why, not := phonebank.NotText(page.Person.Person, page.Phone, byHand, p.Now()); not {
		page.WhyNotText = lang(r).Say(why.Format, why.Args...)
	}
	if page.TextTalk, err = p.textTalkWith(ctx, me, page.Person.ID); err != nil {
		return err
	}
	if why, not := phonebank.NotRing(page.Person.Person, page.Phone, rung, p.Now()); not {
		page.WhyNotCall = lang(r).Say(why.Format, why.Args...)
	}
	_, err = p.Store.CurrentShift(ctx, me.ID)
	page.Here = err == nil
	if err != nil && phonebank.KindOf(err) != phonebank.NotFound {
		return err
	}
	return nil
}

// bubbles reads a thread of texts.
func (p *Panel) bubbles(r *http.Request, phone phonebank.PhoneID) ([]bubble, error) {
	texts, err := p.Store.Thread(r.Context(), phone)
	if err != nil {
		return nil, err
	}
	var ids []phonebank.UserID
	for _, m := range texts {
		if m.Direction == phonebank.Out && m.UserID != "" {
			ids = append(ids, m.UserID)
		}
	}
	names, err := p.Store.NamesOf(r.Context(), ids)
	if err != nil {
		return nil, err
	}
	list := make([]bubble, len(texts))
	for i, m := range texts {
		list[i] = bubble{Message: m, Who: names[m.UserID]}
		if m.Direction == phonebank.Out {
			note, bad := reached(m.State)
			list[i].Note, list[i].Bad = lang(r).Say(note), bad
		}
	}
	return list, nil
}

// reached says how far a text of ours got.
func reached(s phonebank.MessageState) (words string, bad bool) {
	switch s {
	case phonebank.MessageDelivered, phonebank.MessageRead:
		return "delivered", false
	case phonebank.MessageSent:
		return "sent", false
	case phonebank.MessageFailed, phonebank.MessageUndelivered:
		return "did not arrive", true
	case phonebank.MessageCanceled:
		return "taken back", true
	}
	return "on its way", false
}
