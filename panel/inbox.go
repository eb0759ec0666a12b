package panel

import (
	"context"
	"net/http"

	"github.com/gorilla/mux"

	"phonebank"
	"phonebank/store"
	"phonebank/words"
)

// inboxPage is what waits for an answer, in one list: texts, missed calls, voicemails, unknown numbers, and what may have
// been a no.
type inboxPage struct {
	Page
	Rows  []waitRow
	Total int
	More  int
	All   bool // whoever reads this reads everybody's
}

// waitRow is one wait as it is read.
type waitRow struct {
	store.Wait
	Anchor  string
	Label   string
	Tone    string
	Title   string
	Last    string // the end of the number, where there is no name to tell them apart
	What    []string
	Quote   string
	Sound   string
	Long    bool
	ReadBy  string // until when somebody reads what may have been a no
	Overdue bool
	Whose   string
	Closed  string // why nobody may answer now, and from when
	Link    string // "" where it is not theirs to open yet
	Mine    bool
	Take    bool
	Over    bool
	Script  bool // it can be answered with the script beside it
	Rule    bool
	Done    bool
	Back    string // the page that it stands on
	Why     string // of a ruling, as somebody began to type it
	Wrong   string // what went wrong with the last press on it
}

// mostWaits bounds a page; how many more there are is said.
const mostWaits = 50

func (p *Panel) inbox(w http.ResponseWriter, r *http.Request, me phonebank.User) error {
	page, err := p.inboxPage(r, me)
	if err != nil {
		return err
	}
	if r.URL.Query().Get("done") == "answered" {
		page.Notice = lang(r).Say("That's done. Thank you for answering.")
	}
	p.show(w, r, me, http.StatusOK, "inbox", page)
	return nil
}

func (p *Panel) inboxPage(r *http.Request, me phonebank.User) (*inboxPage, error) {
	page := &inboxPage{Page: Page{Title: lang(r).Say("Inbox"), Nav: "inbox"}, All: me.Role.AtLeast(phonebank.Lead)}
	list, err := p.Store.Inbox(r.Context(), me, p.Now(), mostWaits)
	if err != nil {
		return nil, err
	}
	for _, one := range list {
		page.Rows = append(page.Rows, p.waitRow(r.Context(), me, one, "inbox"))
		page.Total = one.Total
	}
	page.More = page.Total - len(page.Rows)
	return page, nil
}

// waitRow puts a wait into words. Whoever is only offered it reads that somebody waits, how long, and nothing that they
// said: that is for whoever takes it.
func (p *Panel) waitRow(ctx context.Context, me phonebank.User, w store.Wait, back string) waitRow {
	l, at, boss := spoken(ctx), p.Now(), coordinator.lets(me)
	mine := w.ClaimerID == me.ID || w.OwnerID == me.ID
	opens := boss || mine
	row := waitRow{Wait: w, Anchor: "w-" + string(w.PhoneID), Back: back, Title: shown(l, w.Person), Mine: mine, Long: at.Sub(w.Since) >= phonebank.LongWait,
		Rule: boss && w.HoldSince != nil, Done: opens && w.HoldSince == nil}
	switch {
	case w.PersonID == "":
		row.Title = numberFor(boss, w.Number)
	case !opens && !me.Role.AtLeast(phonebank.Lead):
		row.Title, row.Last, row.Others = w.FirstName, w.Number.Masked(), ""
		if w.FirstName == "" {
			row.Title, row.Last = shown(l, w.Person), ""
		}
	}
	row.Label, row.Tone = waitLabel(l, w)
	row.What = whatWaits(l, w)
	if opens || me.Role.AtLeast(phonebank.Lead) {
		row.Quote = w.Words
		if w.HoldSince != nil {
			row.Quote = w.HoldWords
		}
	}
	if opens && w.Voicemail != "" {
		row.Sound = w.Voicemail
	}
	if w.HoldSince != nil {
		until := w.HoldSince.Add(phonebank.RuleWithin)
		row.ReadBy, row.Overdue = l.Clock(there(p.zone(ctx), until)), !until.After(at)
		row.Long = false // it is marked by its own hour
	}
	row.Whose = whose(l, w, me, at.Sub(w.Since) >= phonebank.ClaimFor)
	if opens {
		row.Link = waitLink(w)
	}
	zones := phonebank.ZonesOf(w.Zone, w.Region, w.Zones)
	lately := w.InboundAt != nil && at.Sub(*w.InboundAt) < phonebank.ReplyGrace
	if next := phonebank.NextContact(zones, at, phonebank.SendMargin); !lately && next.After(at) && w.HoldSince == nil && !w.Stopped {
		row.Closed = l.Say("It is %s there. They can be answered from %s.", l.Clock(there(zones, at)), dueWords(l, zones, next, at))
	}
	free := w.HoldSince == nil && !w.Stopped
	row.Take = free && w.ClaimerID == ""
	row.Script = free && mine && w.TextSince != nil && w.PersonID != "" && (w.ClaimerID == "" || w.ClaimerID == me.ID)
	row.Over = free && boss && w.ClaimerID != "" && w.ClaimerID != me.ID
	return row
}

// numberFor writes a number as somebody may see it.
func numberFor(boss bool, n phonebank.Number) string {
	if boss {
		return n.Pretty()
	}
	return n.Masked()
}

// waitLink leads to where a wait is answered.
func waitLink(w store.Wait) string {
	switch {
	case w.PersonID == "":
		return "/threads/" + string(w.PhoneID)
	case w.TextSince != nil:
		return "/people/" + string(w.PersonID) + "#thread"
	}
	return "/people/" + string(w.PersonID)
}

// waitLabel says in a word what a wait is.
func waitLabel(l words.Language, w store.Wait) (label, tone string) {
	switch {
	case w.HoldSince != nil:
		return l.Say("Was it a no?"), "slow"
	case w.Voicemail != "":
		return l.Say("Voicemail"), ""
	case w.CallSince != nil:
		return l.Say("Missed call"), ""
	case w.PersonID == "":
		return l.Say("Unknown"), ""
	}
	return l.Say("Text"), ""
}

// whatWaits says what happened, each thing in a sentence.
func whatWaits(l words.Language, w store.Wait) (list []string) {
	if w.Stopped {
		list = append(list, l.Say("They asked us to stop earlier, and got in touch again."))
	}
	switch {
	case w.Voicemail != "":
		list = append(list, l.Say("They called and left a voicemail, %s.", l.Count(w.Seconds, "second", "seconds")))
	case w.CallSince != nil:
		list = append(list, l.Say("They called, and nobody could take it."))
	}
	if w.CallSince != nil && w.CallBack {
		list = append(list, l.Say("A call back is planned."))
	}
	if w.TextSince != nil && w.HoldSince == nil {
		list = append(list, l.Count(w.Texts, "text waits.", "texts wait."))
	}
	return list
}

// whose says who answers, or who may.
func whose(l words.Language, w store.Wait, me phonebank.User, forAll bool) string {
	switch {
	case w.HoldSince != nil:
		return l.Say("A coordinator reads this first. Until then nothing goes out to this number.")
	case w.Stopped:
		return l.Say("A coordinator decides.")
	case w.ClaimerID == me.ID:
		return l.Say("You said you'd answer.")
	case w.ClaimerID != "":
		return l.Say("%s is answering.", w.Claimer)
	case w.OwnerID == me.ID && forAll:
		return l.Say("You know them. Others may answer too by now.")
	case w.OwnerID == me.ID:
		return l.Say("You know them.")
	case w.OwnerID == "":
		return l.Say("Nobody knows them yet: whoever is free answers.")
	case w.OwnerHere && !forAll:
		return l.Say("%s knows them, and is here.", w.Owner)
	case w.OwnerHere:
		return l.Say("%s knows them, and hasn't got to it: whoever is free answers.", w.Owner)
	}
	return l.Say("%s knows them, and is away: whoever is free answers.", w.Owner)
}

// inboxCount is the number beside the link to the inbox, on every page.
func (p *Panel) inboxCount(w http.ResponseWriter, r *http.Request, me phonebank.User) error {
	page := &Page{Inbox: p.countInbox(r.Context(), me)}
	p.show(w, r, me, http.StatusOK, "inboxcount", page)
	return nil
}

// countInbox reads it. A page does not wait for a number that cannot be read: it comes with the next one.
func (p *Panel) countInbox(ctx context.Context, me phonebank.User) int {
	n, err := p.Store.InboxCount(ctx, me, p.Now())
	if err != nil {
		p.Log.Debug("inbox not counted", "error", err)
	}
	return n
}

func phoneID(r *http.Request) phonebank.PhoneID { return phonebank.PhoneID(mux.Vars(r)["id"]) }

// pressInbox runs one press on a row and goes on from there; what went wrong is said above the list it was made in.
func (p *Panel) pressInbox(w http.ResponseWriter, r *http.Request, me phonebank.User, next string, do func() error) error {
	mine := r.PostFormValue("back") == "me"
	if next == "" {
		if next = "/inbox"; mine {
			next = "/me"
		}
	}
	err := do()
	if err == nil {
		return to(w, r, next)
	}
	if mine {
		page, pageErr := p.minePage(r, me)
		if pageErr != nil {
			return pageErr
		}
		p.again(w, r, me, err, "me", page)
		return nil
	}
	page, pageErr := p.inboxPage(r, me)
	if pageErr != nil {
		return pageErr
	}
	for i := range page.Rows {
		if page.Rows[i].PhoneID == phoneID(r) {
			page.Rows[i].Why, page.Rows[i].Wrong = clean(r, "why", 400), tell(lang(r), err).Detail
		}
	}
	p.again(w, r, me, err, "inbox", page)
	return nil
}

// inboxClaim says "I'll answer" and opens what there is to answer.
func (p *Panel) inboxClaim(w http.ResponseWriter, r *http.Request, me phonebank.User) error {
	row, err := p.Store.Wait(r.Context(), me, p.Now(), phoneID(r))
	if len(typedIn(r)) > 0 {
		return p.claimAgain(w, r, me, row, err)
	}
	return p.pressInbox(w, r, me, waitLink(row), func() error {
		if err != nil {
			return err
		}
		return p.Desk.Claim(r.Context(), row.PhoneID, me, r.PostFormValue("over") != "")
	})
}

func (p *Panel) inboxLetGo(w http.ResponseWriter, r *http.Request, me phonebank.User) error {
	return p.pressInbox(w, r, me, "", func() error { return p.Desk.LetGo(r.Context(), phoneID(r), me) })
}

// inboxAnswered takes a row off the list because all is said.
func (p *Panel) inboxAnswered(w http.ResponseWriter, r *http.Request, me phonebank.User) error {
	return p.pressInbox(w, r, me, "", func() error {
		row, err := p.Store.Wait(r.Context(), me, p.Now(), phoneID(r))
		if err != nil {
			return err
		}
		if !coordinator.lets(me) && row.ClaimerID != me.ID && row.OwnerID != me.ID {
			return phonebank.Fail(phonebank.Forbidden, "Press “I'll answer” first. Then you can read it and decide.")
		}
		return p.Desk.NoAnswerNeeded(r.Context(), row.PhoneID, me.ID)
	})
}

// inboxRule decides whether it was a no.
func (p *Panel) inboxRule(w http.ResponseWriter, r *http.Request, me phonebank.User) error {
	return p.pressInbox(w, r, me, "", func() error { return p.rule(r, me, phoneID(r)) })
}
