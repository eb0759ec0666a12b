package panel

import (
	"context"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"phonebank"
	"phonebank/script"
)

// waveForm is a wave as it is being written.
type waveForm struct {
	Page
	ID        phonebank.WaveID // empty: a new one
	State     phonebank.WaveState
	Campaign  phonebank.Campaign
	Campaigns []phonebank.Campaign
	Sessions  []phonebank.Session
	Asks      []askWay // of the campaign's script, for a session of its own
	Steps     []choice
	Kinds     []choice
	Tags      []choice
	Ladder    ladder

	Name    string
	Channel phonebank.Channel
	Local   string
	Session string // empty: one of its own
	Ask     string // of that one; empty: decided later
	Body    string
	HeadsUp string
	Filter  phonebank.WaveFilter
	Rung    string
	Days    string

	When    string // Local in words
	Place   string // by whose clocks
	Preview *waveLook
}

// waveLook is what a coordinator sees of a wave before it starts.
type waveLook struct {
	phonebank.WavePreview
	Out     []leftOut
	Effort  effort
	Without []without // where nobody fits: how many would, without one line
	Sample  string    // the text as the first of them would read it
	Heads   string    // the text of the day before, the same way
}

// without is how many people fit if one line of the filter is taken away.
type without struct {
	Words string
	N     int
}

func (p *Panel) waveNew(w http.ResponseWriter, r *http.Request, me phonebank.User) error {
	page, err := p.waveForm(r, phonebank.CampaignID(r.URL.Query().Get("campaign")))
	if err != nil {
		return err
	}
	page.Channel, page.Local = phonebank.ByCall, soon(there(page.Campaign.Zone, p.Now()))
	page.When = waveDay(lang(r), page.Local, page.Campaign.Zone)
	p.show(w, r, me, http.StatusOK, "wave-form", page)
	return nil
}

// waveForm reads what there is to pick from.
func (p *Panel) waveForm(r *http.Request, campaign phonebank.CampaignID) (*waveForm, error) {
	ctx, l := r.Context(), lang(r)
	page := &waveForm{Page: Page{Title: l.Say("Plan a wave"), Nav: "waves"}}
	var err error
	if page.Campaigns, err = p.Store.Campaigns(ctx); err != nil {
		return nil, err
	}
	if len(page.Campaigns) == 0 {
		return nil, phonebank.Fail(phonebank.Conflict, "There is no campaign yet. Create one first, under “Campaigns”; then come back here.")
	}
	page.Campaign = page.Campaigns[0]
	for _, c := range page.Campaigns {
		if c.ID == campaign {
			page.Campaign = c
		}
	}
	page.Place = placeOf(page.Campaign.Zone)
	sessions, err := p.Store.Sessions(ctx)
	if err != nil {
		return nil, err
	}
	for _, s := range sessions {
		if s.CampaignID == page.Campaign.ID && s.State != phonebank.SessionEnded {
			page.Sessions = append(page.Sessions, s)
		}
	}
	var doc *script.Script
	if page.Steps, doc, err = p.stepsToPick(ctx, page.Campaign); err != nil {
		return nil, err
	}
	if doc != nil {
		for _, a := range doc.Asks {
			page.Asks = append(page.Asks, askWay{ID: a.ID, Label: askOn(l, doc, a.ID, page.Campaign.Zone, p.Now())})
		}
	}
	for _, k := range phonebank.Kinds {
		page.Kinds = append(page.Kinds, choice{k, l.Say(kindNames[k])})
	}
	for _, tag := range []string{"place", "plan", "opponent", "someone"} {
		page.Tags = append(page.Tags, choice{tag, l.Say(tagWords(tag))})
	}
	page.Ladder, err = p.ladderIn(ctx, page.Campaign.ScriptID)
	return page, err
}

// stepsToPick lists the steps of every live script, the campaign's own first, each once, with the campaign's own script.
func (p *Panel) stepsToPick(ctx context.Context, campaign phonebank.Campaign) (list []choice, own *script.Script, err error) {
	l := string(spoken(ctx))
	live, err := p.Store.LiveScriptsByKind(ctx)
	if err != nil {
		return nil, nil, err
	}
	var docs []*script.Script
	for _, one := range live {
		s, err := script.Parse(one.Document)
		if err != nil {
			return nil, nil, err
		}
		if s.ID == campaign.ScriptID {
			own, docs = s, append([]*script.Script{s}, docs...)
		} else {
			docs = append(docs, s)
		}
	}
	for _, s := range docs {
		for _, step := range s.Steps {
			if !slices.ContainsFunc(list, func(c choice) bool { return c.ID == step.ID }) {
				list = append(list, choice{step.ID, step.Name.In(l)})
			}
		}
	}
	return list, own, nil
}

// typed takes what somebody has written into the form.
func (f *waveForm) typed(r *http.Request) {
	f.Name, f.Channel, f.Local = clean(r, "name", 120), phonebank.Channel(clean(r, "channel", 10)), clean(r, "local", 16)
	f.Session, f.Ask = clean(r, "session", 26), clean(r, "ask", 80)
	f.Body, f.HeadsUp = clean(r, "body", 1600), clean(r, "heads_up", 1600)
	f.Rung, f.Days = clean(r, "rung", 2), clean(r, "days_since", 6)
	f.Filter = phonebank.WaveFilter{Light: clean(r, "light", 20), LastStep: clean(r, "last_step", 80), Kind: clean(r, "kind", 20), Missed: r.PostFormValue("missed") != "",
		Due: r.PostFormValue("due") != "", Stake: clean(r, "stake", 80), Language: clean(r, "language", 80), Tag: clean(r, "tag", 80), NewToUs: r.PostFormValue("new_to_us") != ""}
	f.When = waveDay(lang(r), f.Local, f.Campaign.Zone)
}

// wave is what the form says, as far as it can be read.
func (f *waveForm) wave(me phonebank.UserID) (phonebank.Wave, error) {
	w := phonebank.Wave{ID: f.ID, CampaignID: f.Campaign.ID, SessionID: phonebank.SessionID(f.Session), Name: f.Name, Channel: f.Channel, Filter: f.Filter, Body: texts(f.Body),
		HeadsUp: texts(f.HeadsUp), Local: f.Local, Zone: f.Campaign.Zone, CreatedBy: me}
	if f.Rung != "" {
		n, err := strconv.Atoi(f.Rung)
		if err != nil {
			return w, phonebank.Because(err, phonebank.Invalid, "Pick the rung from the list.")
		}
		w.Filter.Rung = &n
	}
	if f.Days != "" {
		n, err := strconv.Atoi(f.Days)
		if err != nil || n < 1 {
			return w, phonebank.Because(err, phonebank.Invalid, "Write the days since the last talk as a number from 1 to 3650.")
		}
		w.Filter.DaysSince = n
	}
	if f.Local != "" {
		at, err := phonebank.Instant(f.Local, f.Campaign.Zone)
		if err != nil {
			return w, err
		}
		w.StartsAt = &at
	}
	return w, nil
}

// waveEditForm shows a wave as it may be changed, until it begins.
func (p *Panel) waveEditForm(w http.ResponseWriter, r *http.Request, me phonebank.User) error {
	page, err := p.waveEdited(r)
	if err != nil {
		return err
	}
	p.show(w, r, me, http.StatusOK, "wave-form", page)
	return nil
}

func (p *Panel) waveEdited(r *http.Request) (*waveForm, error) {
	was, err := p.Store.Wave(r.Context(), waveID(r))
	if err != nil {
		return nil, err
	}
	if was.State != phonebank.WaveDraft && was.State != phonebank.WaveScheduled {
		return nil, phonebank.Fail(phonebank.Conflict, "This wave has begun, so it can't be changed any more. Pause it, or end it and make another.")
	}
	page, err := p.waveForm(r, was.CampaignID)
	if err != nil {
		return nil, err
	}
	page.Title, page.ID, page.State = lang(r).Say("Change %s", was.Name), was.ID, was.State
	page.Name, page.Channel, page.Local, page.Session, page.Body, page.HeadsUp, page.Filter = was.Name, was.Channel, was.Local, string(was.SessionID), was.Body, was.HeadsUp, was.Filter
	if was.Filter.Rung != nil {
		page.Rung = strconv.Itoa(*was.Filter.Rung)
	}
	if was.Filter.DaysSince > 0 {
		page.Days = strconv.Itoa(was.Filter.DaysSince)
	}
	page.When = waveDay(lang(r), page.Local, page.Campaign.Zone)
	return page, nil
}

// waveCreate and waveEdit take one press on the form: look, keep, schedule, or go on to the launch. Whatever goes wrong,
// everything that was typed is still there.
func (p *Panel) waveCreate(w http.ResponseWriter, r *http.Request, me phonebank.User) error {
	page, err := p.waveForm(r, phonebank.CampaignID(clean(r, "campaign", 26)))
	if err != nil {
		return err
	}
	return p.pressWaveForm(w, r, me, page)
}

func (p *Panel) waveEdit(w http.ResponseWriter, r *http.Request, me phonebank.User) error {
	page, err := p.waveEdited(r)
	if err != nil {
		return err
	}
	return p.pressWaveForm(w, r, me, page)
}

func (p *Panel) pressWaveForm(w http.ResponseWriter, r *http.Request, me phonebank.User, page *waveForm) error {
	page.typed(r)
	ctx, do := r.Context(), r.PostFormValue("do")
	wave, err := page.wave(me.ID)
	if err == nil && do == "look" {
		if page.Preview, err = p.look(ctx, page, wave); err == nil {
			p.show(w, r, me, http.StatusOK, "wave-form", page)
			return nil
		}
	}
	if err == nil {
		err = p.keepWave(r, me, page, wave)
	}
	if err == nil && page.ID == "" {
		return to(w, r, "/waves") // pressed twice: it is on the list
	}
	if err == nil && do == "schedule" {
		err = p.setTime(ctx, page.ID, page.Local, me.ID)
	}
	if err != nil {
		p.again(w, r, me, err, "wave-form", page)
		return nil
	}
	if do == "launch" {
		return to(w, r, "/waves/"+string(page.ID)+"/launch")
	}
	return to(w, r, "/waves/"+string(page.ID))
}

// keepWave stores what the form says, as a new draft or in the wave that is being changed.
func (p *Panel) keepWave(r *http.Request, me phonebank.User, page *waveForm, wave phonebank.Wave) error {
	ctx := r.Context()
	if page.ID != "" {
		return p.Diary.ChangeWave(ctx, wave, me.ID)
	}
	return p.once(r, func() error {
		made, err := p.Diary.DraftWave(ctx, wave)
		if err != nil {
			return err
		}
		page.ID, page.State, page.Title = made.ID, made.State, lang(r).Say("Change %s", made.Name)
		own := page.Session == "" && made.SessionID != ""
		page.Session = string(made.SessionID)
		if !own {
			return nil
		}
		s, err := p.Store.Session(ctx, made.SessionID)
		if err != nil {
			return err
		}
		s.AskID, s.When = page.Ask, ""
		if made.StartsAt != nil {
			s.When = lang(r).When(there(made.Zone, *made.StartsAt))
		}
		return p.Store.EditSession(ctx, s)
	})
}

// look reads whom a wave would take, and why others not. Where nobody fits, it tries the filter without each of its lines.
func (p *Panel) look(ctx context.Context, page *waveForm, wave phonebank.Wave) (*waveLook, error) {
	l := spoken(ctx)
	preview, err := p.Diary.PreviewWave(ctx, wave)
	if err != nil {
		return nil, err
	}
	look := &waveLook{WavePreview: preview, Out: outWords(l, preview.LeftOut), Effort: effortOf(l, wave.Channel, preview.Minutes, preview.SignedUp)}
	first := ""
	if len(preview.Samples) > 0 {
		first, _, _ = strings.Cut(preview.Samples[0], " ")
	}
	look.Sample, look.Heads = p.filled(wave.Body, first, page.Campaign.Name), p.filled(wave.HeadsUp, first, page.Campaign.Name)
	if preview.Found > 0 {
		return look, nil
	}
	for _, c := range clauses(l, wave.Filter, page.Steps, page.Ladder) {
		other := wave
		other.Filter = c.Rest
		found, err := p.Diary.PreviewWave(ctx, other)
		if err != nil {
			return nil, err
		}
		if found.Found > 0 {
			look.Without = append(look.Without, without{c.Words, found.Found})
		}
	}
	return look, nil
}

// filled puts the names into a text of a wave, as somebody would read it.
func (p *Panel) filled(body, first, campaign string) string {
	if first == "" {
		return ""
	}
	return strings.NewReplacer("{first_name}", first, "{org}", p.Org, "{campaign}", campaign).Replace(body)
}

// launchPage says exactly what a launch does, before it does it.
type launchPage struct {
	wavePage
	Look    *waveLook
	Minutes string
}

func (p *Panel) waveLaunchAsk(w http.ResponseWriter, r *http.Request, me phonebank.User) error {
	page, err := p.launchPage(r)
	if err != nil {
		return err
	}
	p.show(w, r, me, http.StatusOK, "wave-launch", page)
	return nil
}

func (p *Panel) launchPage(r *http.Request) (*launchPage, error) {
	head, err := p.waveHead(r, waveID(r))
	if err != nil {
		return nil, err
	}
	if head.Wave.State != phonebank.WaveDraft && head.Wave.State != phonebank.WaveScheduled {
		return nil, phonebank.Fail(phonebank.Conflict, "This wave has begun already.")
	}
	page := &launchPage{wavePage: *head}
	page.Title = lang(r).Say("Launch %s now?", head.Wave.Name)
	now := head.Wave
	now.StartsAt, now.Local = nil, ""
	page.Look, err = p.look(r.Context(), &waveForm{Campaign: head.Campaign}, now)
	return page, err
}

func (p *Panel) waveLaunch(w http.ResponseWriter, r *http.Request, me phonebank.User) error {
	id := waveID(r)
	err := p.askStillOn(r.Context(), id)
	if err == nil {
		err = p.Diary.LaunchWave(r.Context(), id, me.ID)
	}
	if err == nil {
		return to(w, r, "/waves/"+string(id))
	}
	page, pageErr := p.launchPage(r)
	if pageErr != nil {
		return pageErr
	}
	p.again(w, r, me, err, "wave-launch", page)
	return nil
}

// askStillOn refuses a wave whose session asks people to come to something that is over.
func (p *Panel) askStillOn(ctx context.Context, id phonebank.WaveID) error {
	w, err := p.Store.Wave(ctx, id)
	if err != nil || w.SessionID == "" {
		return err
	}
	s, err := p.Store.Session(ctx, w.SessionID)
	if err != nil {
		return err
	}
	c, err := p.Store.Campaign(ctx, s.CampaignID)
	if err != nil {
		return err
	}
	from := s.ScriptID
	if from == "" {
		from = c.ScriptID
	}
	doc, err := p.liveScript(ctx, from)
	if err == nil && itsDayPassed(doc, s.AskID, c.Zone, p.Now()) {
		return phonebank.Fail(phonebank.Conflict, "The day of what its session asks people to do has passed. Choose another ask in the session, then launch it.")
	}
	return err
}
