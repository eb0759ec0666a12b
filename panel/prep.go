package panel

import (
	"context"
	"slices"
	"strings"
	"time"

	"phonebank"
	"phonebank/dialer"
	"phonebank/script"
	"phonebank/words"
)

// prep is what a volunteer reads before a talk, and may still settle: its kind, its ask, its language.
type prep struct {
	Ways     []way
	Note     string     // why the kind that would fit cannot be had
	Tongues  []tongue   // the languages in which it may be held; empty where there is but one
	Words    []ownWords // what they told us, in their words
	Promises []promisedBefore
}

// way is one kind of talk by one script.
type way struct {
	Kind, Script string
	Name         string
	Chosen       bool
	Because      string // why it is suggested
	Closed       string // why it cannot be chosen
	Purpose      string
	Asks         []askWay
	First        []firstLine
}

// askWay is one thing that may be asked of them.
type askWay struct {
	ID, Label string
	Chosen    bool
	Smaller   bool // held in reserve
}

// tongue is one language of a talk.
type tongue struct {
	Locale, Name string
	Chosen       bool
}

// firstLine is how a talk begins, with the words that are known filled in.
type firstLine struct {
	Locale string
	Parts  script.Filled
}

// promisedBefore is something that they said they would do, and what became of it.
type promisedBefore struct{ Words, State string }

// ownWords are somebody's own words, with the day and who heard them.
type ownWords struct {
	Value, Day, By string
	Mine           bool // told to whoever reads it
}

// kindNames are the kinds of talks as a volunteer reads them.
var kindNames = map[string]string{
	phonebank.KindRecruitment: "A first talk", phonebank.KindMaintenance: "A catch-up",
	phonebank.KindEscalation: "A step up", phonebank.KindAny: "By agenda",
}

// toldIn writes a sentence of ours in a language; a day among its words is a day where the person lives.
func toldIn(l words.Language, zones string, s phonebank.Sentence) string {
	args := slices.Clone(s.Args)
	for i, a := range args {
		if at, ok := a.(time.Time); ok {
			args[i] = l.ShortDay(there(zones, at))
		}
	}
	return l.Say(s.Format, args...)
}

// prep reads everything that is settled before a talk with the person on a card.
func (p *Panel) prep(ctx context.Context, c *card, shift phonebank.Shift, session phonebank.Session, me phonebank.User, zones string) (*prep, error) {
	out, l := &prep{}, spoken(ctx)
	r, err := p.Store.Relationship(ctx, c.Person.ID, me.ID)
	if err != nil {
		return nil, err
	}
	about := phonebank.Reason("")
	if shift.FollowUpID != "" {
		f, err := p.Store.FollowUp(ctx, shift.FollowUpID)
		if err != nil {
			return nil, err
		}
		about = f.Reason
	}
	own, byKind, err := p.scriptsFor(ctx, session)
	if err != nil {
		return nil, err
	}
	gate := phonebank.StepUpGate
	if s := byKind[phonebank.KindEscalation]; s != nil {
		gate = dialer.GateOf(s)
	}
	kind, because := phonebank.Suggest(r, gate, about, p.Now())
	chosen := kind
	if byKind[kind] == nil && own != nil {
		chosen = own.Kind
		out.Note = l.Say("No script for “%s” is live yet, so this one is by the usual script.", l.Say(kindNames[kind]))
	}
	from, err := p.sourcesFor(ctx, c.Person, me, zones)
	if err != nil {
		return nil, err
	}
	for _, kind := range phonebank.Kinds {
		s := byKind[kind]
		if s == nil {
			continue
		}
		w := way{Kind: kind, Script: s.ID, Name: l.Say(kindNames[kind]), Chosen: kind == chosen, Purpose: s.Purpose.In(string(l)), Asks: asksOf(l, s, session.AskID)}
		if w.Chosen {
			w.Because = toldIn(l, zones, because)
		}
		if why, closed := dialer.GateOf(s).Closed(r, p.Now()); closed {
			w.Closed, w.Chosen = toldIn(l, zones, why), false
		}
		out.Ways = append(out.Ways, w)
	}
	chooseOne(out.Ways)
	out.Tongues = tonguesOf(l, byKind, byKind[chosen], c.Person.Languages, me.Languages)
	for i := range out.Ways {
		s := byKind[out.Ways[i].Kind]
		locales := []string{dialer.UsualLocale(s, c.Person.Languages, me.Languages, l)}
		if len(out.Tongues) > 0 {
			locales = []string{string(words.English), string(words.Spanish)}
		}
		for _, locale := range locales {
			out.Ways[i].First = append(out.Ways[i].First, firstLineOf(s, locale, from))
		}
	}
	return out, p.whatTheySaid(ctx, out, c, shift, me, zones)
}

// locales lists the languages in which the talk on a card may be held.
func (p *prep) locales() (list []string) {
	for _, w := range p.Ways {
		for _, f := range w.First {
			if w.Chosen {
				list = append(list, f.Locale)
			}
		}
	}
	return list
}

// chooseOne settles on the first way that is open where the one that fits is not: a press of Call always has one.
func chooseOne(ways []way) {
	if slices.ContainsFunc(ways, func(w way) bool { return w.Chosen }) {
		return
	}
	if i := slices.IndexFunc(ways, func(w way) bool { return w.Closed == "" }); i >= 0 {
		ways[i].Chosen = true
	}
}

// scriptsFor finds by which script each kind of talk is held in a session: the session's or the campaign's own for its own
// kind, else the one that went live last.
func (p *Panel) scriptsFor(ctx context.Context, session phonebank.Session) (own *script.Script, byKind map[string]*script.Script, err error) {
	ownID := session.ScriptID
	if ownID == "" {
		campaign, err := p.Store.Campaign(ctx, session.CampaignID)
		if err != nil {
			return nil, nil, err
		}
		ownID = campaign.ScriptID
	}
	live, err := p.Store.LiveScriptsByKind(ctx)
	if err != nil {
		return nil, nil, err
	}
	byKind = map[string]*script.Script{}
	for _, one := range live {
		if byKind[one.Kind] != nil && one.ID != ownID {
			continue
		}
		s, err := script.Parse(one.Document)
		if err != nil {
			return nil, nil, err
		}
		byKind[one.Kind] = s
		if one.ID == ownID {
			own = s
		}
	}
	return own, byKind, nil
}

// asksOf lists what may be asked in a talk: the usual ask, the smaller one that is held in reserve, or nothing today.
func asksOf(l words.Language, s *script.Script, sessionAsk string) (list []askWay) {
	usual, ok := s.AskByID(dialer.UsualAsk(s, sessionAsk))
	if !ok {
		return nil
	}
	list = []askWay{{ID: usual.ID, Label: askIn(l, s, usual.ID), Chosen: true}}
	if smaller, ok := s.AskByID(usual.Smaller); ok {
		list = append(list, askWay{ID: smaller.ID, Label: askIn(l, s, smaller.ID), Smaller: true})
	}
	return append(list, askWay{ID: script.NoAsk, Label: l.Say("Nothing today, just to meet")})
}

// tonguesOf lists in which languages a talk may be held, where there is a choice.
func tonguesOf(l words.Language, byKind map[string]*script.Script, chosen *script.Script, theirs, mine string) (list []tongue) {
	usual := ""
	if chosen != nil {
		usual = dialer.UsualLocale(chosen, theirs, mine, l)
	}
	heard := map[string]bool{}
	for _, s := range byKind {
		for _, locale := range s.Locales {
			heard[locale] = true
		}
	}
	for _, tongueOf := range words.Languages {
		if heard[string(tongueOf)] {
			list = append(list, tongue{Locale: string(tongueOf), Name: l.Say(languageNames[tongueOf]), Chosen: string(tongueOf) == usual})
		}
	}
	if len(list) < 2 {
		return nil
	}
	return list
}

var languageNames = map[words.Language]string{words.English: "In English", words.Spanish: "In Spanish"}

// sourcesFor gathers the words that the first line may wait for.
func (p *Panel) sourcesFor(ctx context.Context, person phonebank.Person, me phonebank.User, zones string) (script.Sources, error) {
	from := script.Sources{History: map[string]string{}, Volunteer: map[string]string{"your_stake": me.Stake}}
	said, err := p.Store.Words(ctx, person.ID)
	if err != nil {
		return from, err
	}
	for _, w := range said { // the newest first
		if _, known := from.History[w.Name]; !known {
			from.History[w.Name] = w.Value
		}
	}
	last, err := p.Store.LastTalkWith(ctx, person.ID)
	if err != nil {
		return from, err
	}
	from.Builtins = map[string]string{"first_name": person.FirstName, "volunteer": me.SaidName(), "volunteer_place": me.Place, "org": p.Org,
		"last_contact_by": last.Who, "last_topic": last.Topic}
	promises, err := p.Store.CommitmentsOf(ctx, person.ID)
	for name, slot := range carried(spoken(ctx), promises, zones) {
		from.History[name] = slot.Value
	}
	return from, err
}

// carried is what earlier promises bring into a talk, in its language: the newest one, whatever became of it, and what
// they have done.
func carried(l words.Language, promises []phonebank.Commitment, zones string) map[string]talkSlot {
	out := map[string]talkSlot{}
	if len(promises) == 0 {
		return out
	}
	last := promises[0]
	out["last_commitment"] = talkSlot{Value: last.What, From: script.FromHistory, Day: l.ShortDay(there(zones, last.By))}
	var kept []string
	for _, k := range promises {
		if k.State == phonebank.CommitmentKept {
			kept = append([]string{k.What}, kept...) // the oldest first: it is a story
		}
	}
	if len(kept) > 0 {
		out["achievements"] = talkSlot{Value: l.Say("You said you would %s, and you did", series(l, kept)), From: script.FromHistory}
	}
	return out
}

// talkPromise is the newest thing that somebody said they would do, and what became of it.
type talkPromise struct {
	What  string `json:"what"`
	By    string `json:"by"`
	State string `json:"state"`
}

func lastPromise(l words.Language, promises []phonebank.Commitment) *talkPromise {
	if len(promises) == 0 {
		return nil
	}
	k := promises[0]
	return &talkPromise{What: k.What, By: script.SpokenWhen(k.ByLocal, string(l)), State: l.Say(promiseStates[k.State])}
}

// promiseStates say what became of a promise, without a score.
var promiseStates = map[phonebank.CommitmentState]string{
	phonebank.CommitmentOpen: "still open", phonebank.CommitmentKept: "kept", phonebank.CommitmentPartly: "partly done",
	phonebank.CommitmentMissed: "not this time", phonebank.CommitmentMoved: "moved to another day", phonebank.CommitmentLetGo: "they changed their mind",
}

// series joins what belongs together as it is said: "this, that and that".
func series(l words.Language, list []string) string {
	if len(list) < 2 {
		return strings.Join(list, "")
	}
	return l.Say("%s and %s", strings.Join(list[:len(list)-1], ", "), list[len(list)-1])
}

func firstLineOf(s *script.Script, locale string, from script.Sources) firstLine {
	from.Script, from.Locale = s, locale
	step := s.Steps[0]
	line := script.Words{}
	if len(step.Say) > 0 {
		line = step.Say[0].Text
	}
	filled := script.Fill(line.In(locale), from)
	for i := range filled {
		filled[i].Text = strings.ReplaceAll(filled[i].Text, "'", "’")
	}
	return firstLine{Locale: locale, Parts: filled}
}

// whatTheySaid reads their own words and their promises, less what the card says in another place.
func (p *Panel) whatTheySaid(ctx context.Context, out *prep, c *card, shift phonebank.Shift, me phonebank.User, zones string) error {
	l := spoken(ctx)
	said, err := p.Store.Words(ctx, c.Person.ID)
	if err != nil {
		return err
	}
	quoted := map[string]bool{}
	for _, b := range c.Before {
		quoted[b.Quote] = true
	}
	for _, w := range said {
		if w.Name == "last_topic" || quoted[w.Value] || len(out.Words) == 3 {
			continue
		}
		quoted[w.Value] = true
		out.Words = append(out.Words, ownWords{Value: w.Value, Day: l.ShortDay(there(zones, w.At)), By: w.By, Mine: w.By != "" && w.By == me.Name})
	}
	promises, err := p.Store.CommitmentsOf(ctx, c.Person.ID)
	if err != nil {
		return err
	}
	for i, k := range promises {
		newest := i == 0 && shift.FollowUpID == "" // a callback about it says so in its reason
		if (newest || k.State == phonebank.CommitmentOpen && i > 0) && len(out.Promises) < 3 {
			out.Promises = append(out.Promises, promisedBefore{theyWould(l, k), l.Say(promiseStates[k.State])})
		}
	}
	return nil
}
