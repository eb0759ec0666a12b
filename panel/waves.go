package panel

import (
	"context"
	"net/http"
	"time"

	"github.com/gorilla/mux"

	"phonebank"
	"phonebank/store"
)

// waveLine is one wave on a list.
type waveLine struct {
	store.WaveLine
	Is      string // how it stands
	Tone    string
	When    string
	Effort  effort
	Settled string // what became of its promises, once it is over
}

const (
	wavesOnBoard = 8  // below the follow-ups; the others are on a page of their own
	wavesOnPage  = 60 // the newest
)

// waveLines lists the newest waves, those that are live before the others.
func (p *Panel) waveLines(ctx context.Context, most int) ([]waveLine, error) {
	l := spoken(ctx)
	list, err := p.Store.Waves(ctx, "", most)
	if err != nil {
		return nil, err
	}
	var over []phonebank.WaveID
	for _, w := range list {
		if w.State == phonebank.WaveDone {
			over = append(over, w.ID)
		}
	}
	settled, err := p.Store.PromisesOfWaves(ctx, over)
	if err != nil {
		return nil, err
	}
	var live, rest []waveLine
	for _, w := range list {
		line := waveLine{WaveLine: w, When: startWords(l, w.Wave)}
		line.Is, line.Tone = waveState(l, w.Wave)
		switch w.State {
		case phonebank.WaveDone:
			line.Settled = settledWords(l, settled[w.ID])
		case phonebank.WaveLive, phonebank.WaveScheduled:
			line.Effort = effortOf(l, w.Channel, w.Minutes, w.SignedUp)
		}
		if w.State == phonebank.WaveLive {
			live = append(live, line)
		} else {
			rest = append(rest, line)
		}
	}
	return append(live, rest...), nil
}

// liveWaves lists the waves that people are being reached for now.
func (p *Panel) liveWaves(ctx context.Context) ([]waveLine, error) {
	l := spoken(ctx)
	list, err := p.Store.Waves(ctx, "", wavesOnBoard)
	var live []waveLine
	for _, w := range list {
		if w.State == phonebank.WaveLive {
			line := waveLine{WaveLine: w}
			line.Is, line.Tone = waveState(l, w.Wave)
			live = append(live, line)
		}
	}
	return live, err
}

// wavesPage lists the rounds.
type wavesPage struct {
	Page
	Waves []waveLine
}

func (p *Panel) waves(w http.ResponseWriter, r *http.Request, me phonebank.User) error {
	page := &wavesPage{Page: Page{Title: lang(r).Say("Waves"), Nav: "waves"}}
	var err error
	if page.Waves, err = p.waveLines(r.Context(), wavesOnPage); err != nil {
		return err
	}
	p.show(w, r, me, http.StatusOK, "waves", page)
	return nil
}

// wavePage is one wave: whom it is for, how far it is, who is in it.
type wavePage struct {
	Page
	Wave      phonebank.Wave
	Campaign  phonebank.Campaign
	Session   phonebank.Session
	Is, Tone  string
	When      string
	Clauses   []filterLine
	LeftOut   []leftOut
	Progress  store.WaveProgress
	Percent   int // of its people, whose line is written
	Filling   bool
	SignedUp  int
	Effort    effort
	Undecided bool // its session has no ask yet, so it can't start
	Here      []here
	People    []wavePerson
	Next      string
	Local     string // when, as somebody types it
	Place     string // by whose clocks
}

// wavePerson is one person of a wave as the list has them.
type wavePerson struct {
	store.WavePerson
	Words string
}

const peopleOfWave = 50

func waveID(r *http.Request) phonebank.WaveID { return phonebank.WaveID(mux.Vars(r)["id"]) }

func (p *Panel) wave(w http.ResponseWriter, r *http.Request, me phonebank.User) error {
	page, err := p.wavePage(r, waveID(r))
	if err != nil {
		return err
	}
	p.show(w, r, me, http.StatusOK, "wave", page)
	return nil
}

func (p *Panel) wavePage(r *http.Request, id phonebank.WaveID) (*wavePage, error) {
	ctx, l := r.Context(), lang(r)
	page, err := p.waveHead(r, id)
	if err != nil {
		return nil, err
	}
	if page.Progress, err = p.Store.WaveProgress(ctx, id); err != nil {
		return nil, err
	}
	if page.Filling = page.Wave.State == phonebank.WaveLive && page.Progress.Filled < page.Progress.Size; page.Progress.Size > 0 {
		page.Percent = 100 * page.Progress.Filled / page.Progress.Size
	}
	page.LeftOut = outWords(l, page.Wave.LeftOut)
	if page.Session.ID != "" {
		if page.SignedUp, err = p.Store.SignUps(ctx, page.Session.ID); err != nil {
			return nil, err
		}
	}
	pace, err := p.Store.WavePace(ctx)
	if err != nil {
		return nil, err
	}
	if page.Wave.State == phonebank.WaveLive {
		page.Effort = effortOf(l, page.Wave.Channel, pace.Minutes(page.Wave.Channel, page.Progress.Waiting+page.Progress.Size-page.Progress.Filled), page.SignedUp)
	}
	if page.Wave.State == phonebank.WaveLive && page.Session.State == phonebank.SessionOpen {
		room, err := p.roomOf(r, page.Session)
		if err != nil {
			return nil, err
		}
		page.Here = room.Here
	}
	page.People, page.Next, err = p.peopleOf(ctx, id, "")
	return page, err
}

// waveHead reads what every page of a wave says about it.
func (p *Panel) waveHead(r *http.Request, id phonebank.WaveID) (*wavePage, error) {
	ctx, l := r.Context(), lang(r)
	w, err := p.Store.Wave(ctx, id)
	if err != nil {
		return nil, err
	}
	page := &wavePage{Page: Page{Title: w.Name, Nav: "waves"}, Wave: w, When: startWords(l, w), Local: w.Local, Place: placeOf(w.Zone)}
	page.Is, page.Tone = waveState(l, w)
	if page.Campaign, err = p.Store.Campaign(ctx, w.CampaignID); err != nil {
		return nil, err
	}
	if page.Place == "" { // a wave from before waves had a zone of their own
		page.Place = placeOf(page.Campaign.Zone)
	}
	if page.Local == "" {
		page.Local = soon(there(page.Campaign.Zone, p.Now()))
	}
	if w.SessionID != "" {
		if page.Session, err = p.Store.Session(ctx, w.SessionID); err != nil {
			return nil, err
		}
		page.Undecided = page.Session.AskID == "" && w.State != phonebank.WaveDone
	}
	page.Clauses, err = p.clausesOf(ctx, w)
	return page, err
}

// clausesOf says the filter of a wave line by line, with the names that its campaign's script has for steps and rungs.
func (p *Panel) clausesOf(ctx context.Context, w phonebank.Wave) ([]filterLine, error) {
	var steps []choice
	var names ladder
	if w.Filter.LastStep != "" || w.Filter.Rung != nil { // every live script is read for their names
		c, err := p.Store.Campaign(ctx, w.CampaignID)
		if err != nil {
			return nil, err
		}
		if steps, _, err = p.stepsToPick(ctx, c); err != nil {
			return nil, err
		}
		if names, err = p.ladderIn(ctx, c.ScriptID); err != nil {
			return nil, err
		}
	}
	return clauses(spoken(ctx), w.Filter, steps, names), nil
}

// peopleOf lists one page of a wave's people, and where the next one begins.
func (p *Panel) peopleOf(ctx context.Context, id phonebank.WaveID, after string) (list []wavePerson, next string, err error) {
	l := spoken(ctx)
	rows, err := p.Store.WavePeople(ctx, id, after, peopleOfWave+1)
	if err != nil {
		return nil, "", err
	}
	if len(rows) > peopleOfWave {
		rows = rows[:peopleOfWave]
		next = "/waves/" + string(id) + "/people?after=" + string(rows[peopleOfWave-1].PersonID)
	}
	for _, one := range rows {
		list = append(list, wavePerson{one, l.Say(memberWords(one))})
	}
	return list, next, nil
}

// wavePeople is one page of a wave's people.
func (p *Panel) wavePeople(w http.ResponseWriter, r *http.Request, me phonebank.User) error {
	after := r.URL.Query().Get("after")
	if after != "" && !phonebank.ValidID(after) {
		return notThere()
	}
	page, err := p.waveHead(r, waveID(r))
	if err != nil {
		return err
	}
	page.Title = lang(r).Say("Who is in %s", page.Wave.Name)
	if page.People, page.Next, err = p.peopleOf(r.Context(), page.Wave.ID, after); err != nil {
		return err
	}
	p.show(w, r, me, http.StatusOK, "wave-people", page)
	return nil
}

// pressWave runs one press on a wave's page; what went wrong is said above it.
func (p *Panel) pressWave(w http.ResponseWriter, r *http.Request, me phonebank.User, do func(context.Context, phonebank.WaveID, phonebank.UserID) error) error {
	id := waveID(r)
	err := do(r.Context(), id, me.ID)
	if err == nil {
		return to(w, r, "/waves/"+string(id))
	}
	page, pageErr := p.wavePage(r, id)
	if pageErr != nil {
		return pageErr
	}
	if typed := clean(r, "local", 16); typed != "" {
		page.Local = typed
	}
	p.again(w, r, me, err, "wave", page)
	return nil
}

func (p *Panel) wavePause(w http.ResponseWriter, r *http.Request, me phonebank.User) error {
	return p.pressWave(w, r, me, p.Diary.PauseWave)
}

func (p *Panel) waveResume(w http.ResponseWriter, r *http.Request, me phonebank.User) error {
	return p.pressWave(w, r, me, p.Diary.ResumeWave)
}

func (p *Panel) waveWithdraw(w http.ResponseWriter, r *http.Request, me phonebank.User) error {
	return p.pressWave(w, r, me, p.Diary.WithdrawWave)
}

// waveSchedule gives a draft its time, or another one to a wave that has one already.
func (p *Panel) waveSchedule(w http.ResponseWriter, r *http.Request, me phonebank.User) error {
	return p.pressWave(w, r, me, func(ctx context.Context, id phonebank.WaveID, user phonebank.UserID) error {
		return p.setTime(ctx, id, clean(r, "local", 16), user)
	})
}

func (p *Panel) setTime(ctx context.Context, id phonebank.WaveID, local string, user phonebank.UserID) error {
	if local == "" {
		return phonebank.Fail(phonebank.Invalid, "Pick the day and the time at which it starts.")
	}
	was, err := p.Store.Wave(ctx, id)
	if err != nil {
		return err
	}
	if was.State != phonebank.WaveScheduled {
		return p.Diary.ScheduleWave(ctx, id, local, user)
	}
	was.Local = local
	return p.Diary.ChangeWave(ctx, was, user)
}

// waveFinishAsk says what ending a wave means, before it ends.
func (p *Panel) waveFinishAsk(w http.ResponseWriter, r *http.Request, me phonebank.User) error {
	page, err := p.wavePage(r, waveID(r))
	if err != nil {
		return err
	}
	page.Title = lang(r).Say("End %s?", page.Wave.Name)
	p.show(w, r, me, http.StatusOK, "wave-finish", page)
	return nil
}

func (p *Panel) waveFinish(w http.ResponseWriter, r *http.Request, me phonebank.User) error {
	return p.pressWave(w, r, me, p.Diary.FinishWave)
}

// callersPage is whom a coordinator may ask for a hand, with the link to give them. Nobody is written to by itself.
type callersPage struct {
	wavePage
	Callers []store.Caller
	Link    string // shown once: only its hash is kept
	Words   string // to say or to paste
}

const lastWeeks = 14 * 24 * time.Hour

func (p *Panel) waveCallers(w http.ResponseWriter, r *http.Request, me phonebank.User) error {
	page, err := p.callersPage(r)
	if err != nil {
		return err
	}
	p.show(w, r, me, http.StatusOK, "wave-callers", page)
	return nil
}

func (p *Panel) callersPage(r *http.Request) (*callersPage, error) {
	head, err := p.waveHead(r, waveID(r))
	if err != nil {
		return nil, err
	}
	if head.Session.ID == "" {
		return nil, phonebank.Fail(phonebank.Conflict, "This wave is made of texts. Its drafts wait on the lists of volunteers, so there is no session to join.")
	}
	page := &callersPage{wavePage: *head}
	page.Title = lang(r).Say("Who could help with %s?", head.Wave.Name)
	page.Callers, err = p.Store.Callers(r.Context(), head.Session.ID, p.Now().Add(-lastWeeks))
	return page, err
}

// waveLink makes a join link for the wave's session and shows it, once; an older one leads nowhere from now on.
func (p *Panel) waveLink(w http.ResponseWriter, r *http.Request, me phonebank.User) error {
	page, err := p.callersPage(r)
	if err != nil {
		return err
	}
	if page.Session.State == phonebank.SessionEnded {
		p.again(w, r, me, phonebank.Fail(phonebank.Conflict, "This session is over, so it has no join link any more."), "wave-callers", page)
		return nil
	}
	token := phonebank.NewToken()
	if err := p.Store.RenewJoin(r.Context(), page.Session.ID, token); err != nil {
		return err
	}
	page.Link = p.PublicURL + "/j/" + token
	page.Words = lang(r).Say("Can you give us an hour for “%s”, %s? You join here: %s", page.Wave.Name, page.When, page.Link)
	p.show(w, r, me, http.StatusOK, "wave-callers", page)
	return nil
}
