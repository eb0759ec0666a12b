package panel

import (
	"context"
	"net/http"
	"net/url"
	"strings"
	"time"

	"phonebank"
	"phonebank/store"
	"phonebank/words"
)

// followUpsPage is the coordinators' board: what we promised and what people promised, overdue first, the waves below.
type followUpsPage struct {
	Page
	Tabs     []boardTab
	Tab      string // "" while somebody searches: a search goes through everything
	Search   string
	Owner    phonebank.UserID
	Owners   []store.Owner
	Rows     []boardRow
	Next     string // address of the next page
	Nobody   string // what stands there instead of rows
	AtRisk   int    // promised calls until tonight that nobody will be there to make
	View     string // the query of this very view, for a press that comes back to it
	Sessions []phonebank.Session
	Waves    []waveLine
	Free     []store.DraftsFree // texts of waves that stand on nobody's list, under Unowned

	Chosen  map[string]bool
	Name    string // of a wave
	Session string
	GiveTo  string
}

// boardTab is one cut through the board, with how much it holds.
type boardTab struct {
	Key, Name string
	N         int
	On        bool
}

// boardRow is one line as it is read.
type boardRow struct {
	store.BoardRow
	Due   string // on the person's own clock
	Late  bool
	How   string
	Who   string // whose it is, "" for anybody
	Pool  bool   // the time in which it was theirs alone is over
	Among string // who may take it, where that is not everybody
	Why   string
	Note  string // what else there is to know
	Draft bool   // its words wait for somebody's press
	Risk  bool   // a promised call for which nobody will be there
	Open  bool   // what may be changed about it stands open
}

const rowsOfBoard = 50

func (p *Panel) followUps(w http.ResponseWriter, r *http.Request, me phonebank.User) error {
	page, err := p.followUpsPage(r, me, r.URL.Query())
	if err != nil {
		return err
	}
	p.show(w, r, me, http.StatusOK, "follow-ups", page)
	return nil
}

// followUpsPage reads the board as a query asks for it.
func (p *Panel) followUpsPage(r *http.Request, me phonebank.User, view url.Values) (*followUpsPage, error) {
	ctx, l := r.Context(), lang(r)
	page := &followUpsPage{Page: Page{Title: l.Say("Follow-ups"), Nav: "follow-ups"}, Tab: view.Get("tab"), Search: strings.TrimSpace(view.Get("q")),
		Owner: phonebank.UserID(view.Get("owner")), View: view.Encode(), Chosen: map[string]bool{}}
	if len(page.Search) > 100 || strings.ContainsRune(page.Search, 0) || page.Owner != "" && !phonebank.ValidID(string(page.Owner)) {
		return nil, phonebank.Fail(phonebank.Invalid, "Search for a part of a name, or pick somebody from the list.")
	}
	at := p.Now()
	tonight := midnight(there(p.houseZone(r), at))
	week := tonight.AddDate(0, 0, 6)
	counts, err := p.Store.CountBoard(ctx, me.ID, at, tonight, week)
	if err != nil {
		return nil, err
	}
	asked := store.BoardAsked{Owner: page.Owner, Name: strings.ToValidUTF8(page.Search, ""), Limit: rowsOfBoard + 1}
	free, err := p.Store.DraftsFree(ctx, me.ID, true, at)
	if err != nil {
		return nil, err
	}
	for _, wave := range free {
		counts.Unowned += wave.N
	}
	page.settle(l, counts)
	switch page.Tab {
	case "overdue":
		asked.Until = at
	case "today":
		asked.Until = tonight
	case "week":
		asked.Until = week
	case "mine":
		asked.Owner = me.ID
	case "unowned":
		asked.Unowned, page.Free = true, free
	}
	asked.After = markOf(view.Get("after"))
	if err := p.fillBoard(ctx, page, asked, view, at); err != nil {
		return nil, err
	}
	if err := p.markRisks(ctx, page, tonight); err != nil {
		return nil, err
	}
	if page.Owners, err = p.Store.Owners(ctx); err != nil {
		return nil, err
	}
	all, err := p.Store.Sessions(ctx)
	if err != nil {
		return nil, err
	}
	for _, s := range all {
		if s.State != phonebank.SessionEnded {
			page.Sessions = append(page.Sessions, s)
		}
	}
	page.Waves, err = p.waveLines(ctx, wavesOnBoard)
	return page, err
}

// settle names the tabs and finds which one is open.
func (page *followUpsPage) settle(l words.Language, n store.BoardCounts) {
	page.Tabs = []boardTab{
		{Key: "overdue", Name: l.Say("Overdue"), N: n.Overdue}, {Key: "today", Name: l.Say("Today"), N: n.Today}, {Key: "week", Name: l.Say("This week"), N: n.Week},
		{Key: "mine", Name: l.Say("Mine"), N: n.Mine}, {Key: "unowned", Name: l.Say("Unowned"), N: n.Unowned}, {Key: "all", Name: l.Say("Everything"), N: n.All},
	}
	if page.Search != "" || page.Owner != "" {
		page.Tab = ""
		return
	}
	for i := range page.Tabs {
		page.Tabs[i].On = page.Tabs[i].Key == page.Tab
		if page.Tabs[i].On {
			return
		}
	}
	page.Tab, page.Tabs[2].On = "week", true
}

// fillBoard reads one page of rows; where there is none, it says who comes next.
func (p *Panel) fillBoard(ctx context.Context, page *followUpsPage, asked store.BoardAsked, view url.Values, at time.Time) error {
	l := spoken(ctx)
	list, err := p.Store.Board(ctx, asked, at)
	if err != nil {
		return err
	}
	if len(list) > rowsOfBoard {
		list = list[:rowsOfBoard]
		last := list[rowsOfBoard-1]
		next := url.Values{}
		for name, v := range view {
			next[name] = v
		}
		next.Set("after", last.DueAt.UTC().Format(time.RFC3339Nano)+"_"+last.ID)
		page.Next = "/follow-ups?" + next.Encode()
	}
	for _, one := range list {
		page.Rows = append(page.Rows, p.boardRow(l, one, at))
	}
	if len(list) > 0 {
		return nil
	}
	if page.Tab == "" {
		page.Nobody = l.Say("Nobody found. Try fewer letters, or another name.")
		return nil
	}
	page.Nobody = l.Say("Nobody is due.")
	asked.Until, asked.Limit = time.Time{}, 1
	later, err := p.Store.Board(ctx, asked, at)
	if err == nil && len(later) > 0 {
		page.Nobody = l.Say("Nobody is due. The next is %s, %s.", later[0].Person, l.ShortDay(there(later[0].Zone, later[0].DueAt)))
	}
	return err
}

// boardRow puts a line of the board into words.
func (p *Panel) boardRow(l words.Language, b store.BoardRow, at time.Time) boardRow {
	b.Person = shown(l, b.Person)
	row := boardRow{BoardRow: b, Due: dueWords(l, b.Zone, b.DueAt, at), Late: b.DueAt.Before(at), Who: b.Owner}
	if b.Promise {
		row.How, row.Why = l.Say("ask"), l.Say("Its day has come. Did it happen?")
		return row
	}
	row.Draft = b.Channel == phonebank.ByText && (b.State == phonebank.FollowUpNeedsPerson || !b.Automatic)
	switch {
	case b.Channel == phonebank.ByCall:
		row.How = l.Say("call")
	case row.Draft:
		row.How = l.Say("draft")
	default:
		row.How = l.Say("text")
	}
	row.Why = l.Say(reasonWords(b.Reason))
	row.Pool = b.Owner != "" && b.Channel == phonebank.ByCall && b.State == phonebank.FollowUpDue && at.Sub(b.DueAt) >= p.Switchboard.Grace
	if tongues := words.Among(b.Languages); b.Reason == phonebank.ReasonLanguage && len(tongues) > 0 {
		row.Among = l.Say("anyone who speaks %s", tongues[0].Name())
	}
	switch {
	case b.State == phonebank.FollowUpNeedsPerson && row.Draft:
		row.Note = l.Say("waits for a press")
	case b.State == phonebank.FollowUpNeedsPerson:
		row.Note = l.Say("waits for somebody")
	case b.State == phonebank.FollowUpOffered:
		row.Note = l.Say("on somebody's screen")
	case b.State == phonebank.FollowUpInProgress:
		row.Note = l.Say("on its way")
	case b.SessionID != "":
		row.Note = l.Say("in a session")
	}
	return row
}

// markRisks finds the promised calls for which nobody will be there until a moment.
func (p *Panel) markRisks(ctx context.Context, page *followUpsPage, until time.Time) error {
	list, err := p.Store.CallbacksAtRisk(ctx, until)
	if err != nil {
		return err
	}
	page.AtRisk = len(list)
	at := map[string]bool{}
	for _, f := range list {
		at[string(f.ID)] = true
	}
	for i := range page.Rows {
		page.Rows[i].Risk = at[page.Rows[i].ID]
	}
	return nil
}

// dueWords says when something is due, as the clocks of a person show it.
func dueWords(l words.Language, zone string, due, at time.Time) string {
	local, now := there(zone, due), there(zone, at)
	if local.Year() == now.Year() && local.YearDay() == now.YearDay() {
		return l.Say("Today, %s", l.Clock(local))
	}
	return l.When(local)
}

// midnight is the end of a day.
func midnight(day time.Time) time.Time {
	return time.Date(day.Year(), day.Month(), day.Day()+1, 0, 0, 0, 0, day.Location())
}

// markOf reads where a page of the board ended. What cannot be read is the beginning.
func markOf(after string) store.BoardMark {
	at, id, _ := strings.Cut(after, "_")
	due, err := time.Parse(time.RFC3339Nano, at)
	if err != nil || !phonebank.ValidID(id) || due.Year() < 2000 || due.Year() > 9000 {
		return store.BoardMark{}
	}
	return store.BoardMark{DueAt: due, ID: id}
}

// ticked lists the lines that somebody has chosen.
func ticked(r *http.Request) (ids []phonebank.FollowUpID) {
	for _, id := range r.PostForm["tick"] {
		if phonebank.ValidID(id) && len(ids) < 2*rowsOfBoard {
			ids = append(ids, phonebank.FollowUpID(id))
		}
	}
	return ids
}

// viewOf is the view of the board on which a press was made.
func viewOf(r *http.Request) url.Values {
	view, err := url.ParseQuery(clean(r, "view", 400))
	if err != nil {
		return url.Values{} // a view that cannot be read is the usual one
	}
	return view
}

// boardAddress leads back to the tab, the search and the page of the board on which a press was made.
func boardAddress(r *http.Request) string {
	if view := viewOf(r).Encode(); view != "" {
		return "/follow-ups?" + view
	}
	return "/follow-ups"
}

// boardAgain shows the same view after a press on one line that failed, with that line open and its time as it was typed.
func (p *Panel) boardAgain(w http.ResponseWriter, r *http.Request, me phonebank.User, id phonebank.FollowUpID, err error) error {
	page, pageErr := p.followUpsPage(r, me, viewOf(r))
	if pageErr != nil {
		return pageErr
	}
	for i := range page.Rows {
		if row := &page.Rows[i]; row.ID == string(id) {
			row.Open = true
			if typed := clean(r, "local", 16); typed != "" {
				row.Local = typed
			}
		}
	}
	p.again(w, r, me, err, "follow-ups", page)
	return nil
}

// pressBoard runs one press on the ticked lines and shows the same view again: with what came of it, or with every tick and
// word as it was and a sentence about what went wrong.
func (p *Panel) pressBoard(w http.ResponseWriter, r *http.Request, me phonebank.User, do func(ids []phonebank.FollowUpID) (string, error)) error {
	view, ids := viewOf(r), ticked(r)
	notice, err := do(ids)
	page, pageErr := p.followUpsPage(r, me, view)
	if pageErr != nil {
		return pageErr
	}
	if err == nil {
		page.Notice = notice
		p.show(w, r, me, http.StatusOK, "follow-ups", page)
		return nil
	}
	page.Name, page.Session, page.GiveTo = clean(r, "name", 120), clean(r, "session", 26), clean(r, "give_to", 26)
	for _, id := range ids {
		page.Chosen[string(id)] = true
	}
	p.again(w, r, me, err, "follow-ups", page)
	return nil
}

// followUpsWave brings the ticked calls to one session, which opens with it.
func (p *Panel) followUpsWave(w http.ResponseWriter, r *http.Request, me phonebank.User) error {
	return p.pressBoard(w, r, me, func(ids []phonebank.FollowUpID) (string, error) {
		l, name := lang(r), clean(r, "name", 120)
		if name == "" {
			name = l.Say("Follow-up calls, %s", l.Day(there(p.houseZone(r), p.Now())))
		}
		_, taken, err := p.Diary.GatherWave(r.Context(), name, phonebank.SessionID(clean(r, "session", 26)), ids, me.ID)
		return l.Count(int(taken), "call is offered in that session now.", "calls are offered in that session now, in the order in which they are due.") + " " + l.Say("The session is open."), err
	})
}

// followUpsAssign gives the ticked lines to somebody, or to anyone.
func (p *Panel) followUpsAssign(w http.ResponseWriter, r *http.Request, me phonebank.User) error {
	return p.pressBoard(w, r, me, func(ids []phonebank.FollowUpID) (string, error) {
		ctx, l := r.Context(), lang(r)
		if len(ids) == 0 {
			return "", phonebank.Fail(phonebank.Invalid, "Tick at least one line first.")
		}
		to, name := clean(r, "give_to", 26), l.Say("anyone")
		switch {
		case to == "":
			return "", phonebank.Fail(phonebank.Invalid, "Pick who looks after them, or “anyone”.")
		case to == anyOwner:
			to = ""
		default:
			u, err := p.Store.User(ctx, phonebank.UserID(to))
			if err != nil || u.RemovedAt != nil {
				return "", phonebank.Because(err, phonebank.Invalid, "Pick who looks after them, or “anyone”.")
			}
			name = u.Name
		}
		given := 0
		err := p.Store.InTx(ctx, func(tx *store.Tx) error {
			var err error
			given, err = tx.AssignFollowUps(ctx, ids, phonebank.UserID(to), store.By{User: me.ID, Note: to}, p.Now())
			return err
		})
		if err == nil && given == 0 {
			err = phonebank.Fail(phonebank.Conflict, "None of these is still to come.")
		}
		if err != nil {
			return "", err
		}
		topics := []string{"room", "due"}
		if to != "" {
			topics = append(topics, "user:"+to)
		}
		p.Live.Publish(topics...)
		return l.Say("%s now: %s.", l.Count(given, "line", "lines"), name), nil
	})
}

// anyOwner is what the list of names sends for nobody in particular.
const anyOwner = "anyone"
