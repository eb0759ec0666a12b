package panel

import (
	"context"
	"net/http"

	"phonebank"
	"phonebank/store"
)

// minePage is a volunteer's own people: what they promised and who waits for them.
type minePage struct {
	Page
	Owed      []owed
	Settle    []dueCommitment    // "did it happen?"
	Readings  []suggested        // what a text to them seems to say
	Due       []dueCall          // calls of today
	Drafts    []draft            // texts that wait for a press
	Free      []store.DraftsFree // texts of waves that anybody may take
	Waits     []waitRow          // that are theirs to answer
	TextTalks []store.Texting    // that are open, by text
	Unsure    int                // texts and calls of theirs whose outcome nobody knows
	Pool      []waitRow          // that anybody may answer who is free
	PoolMore  int
	Later     []store.Due
	More      int  // promises that stand on no list here
	Here      bool // they have a shift, so they can call
	Nothing   bool // is due now

	read map[phonebank.Number]bool // whose texts have a reading to confirm: nothing else asks the same
}

// draft is a promised text with the words that it would leave with.
type draft struct {
	store.Due
	When string // on the person's own clock
	Late bool
}

// dueCall is a call that they promised for today.
type dueCall struct {
	store.Due
	When string
	Why  string
	Now  bool // its time has come
}

// dueCommitment is something that a person said they would do, whose day has come.
type dueCommitment struct {
	store.DueCommitment
	When string
}

type owed struct {
	Talk   phonebank.ConversationID
	Person string
	Ago    string
}

// mostMine bounds each list of the page; how much more there is, is said.
const mostMine = 50

func (p *Panel) mine(w http.ResponseWriter, r *http.Request, me phonebank.User) error {
	page, err := p.minePage(r, me)
	if err != nil {
		return err
	}
	p.show(w, r, me, http.StatusOK, "me", page)
	return nil
}

func (p *Panel) minePage(r *http.Request, me phonebank.User) (*minePage, error) {
	ctx := r.Context()
	page := &minePage{Page: Page{Title: lang(r).Say("My people"), Nav: "me"}}
	if err := p.fillPromises(ctx, me, page); err != nil {
		return nil, err
	}
	if err := p.fillWaits(ctx, me, page); err != nil {
		return nil, err
	}
	var err error
	if page.Unsure, err = p.Store.Unsure(ctx, me.ID, p.Now()); err != nil {
		return nil, err
	}
	if page.TextTalks, err = p.Store.TextTalksOf(ctx, me.ID); err != nil {
		return nil, err
	}
	talks, err := p.Store.OwedWrapUps(ctx, me.ID)
	if err != nil {
		return nil, err
	}
	for _, t := range talks {
		person, err := p.Store.Person(ctx, t.PersonID)
		if err != nil {
			return nil, err
		}
		page.Owed = append(page.Owed, owed{t.ID, person.Name, lang(r).Ago(p.Now().Sub(t.StartedAt))})
	}
	if _, err := p.Store.CurrentShift(ctx, me.ID); err == nil {
		page.Here = true
	} else if phonebank.KindOf(err) != phonebank.NotFound {
		return nil, err
	}
	page.Nothing = len(page.Owed)+len(page.Settle)+len(page.Readings)+len(page.Due)+len(page.Drafts)+len(page.Free)+len(page.Waits)+len(page.TextTalks) == 0
	return page, nil
}

// fillPromises reads what this volunteer promised, and what was promised to them.
func (p *Panel) fillPromises(ctx context.Context, me phonebank.User, page *minePage) error {
	l, at := spoken(ctx), p.Now()
	due, total, err := p.Store.MyPromises(ctx, me.ID, mostMine)
	if err != nil {
		return err
	}
	page.More = total - len(due)
	for _, f := range due {
		now, when := !f.DueAt.After(at), dueWords(l, f.FollowUp.Zone, f.DueAt, at)
		today := now || f.DueAt.Before(midnight(there(f.FollowUp.Zone, at)))
		switch {
		case f.Channel == phonebank.ByText && (f.State == phonebank.FollowUpNeedsPerson || !f.Automatic && now):
			page.Drafts = append(page.Drafts, draft{f, when, now})
		case f.Channel == phonebank.ByCall && today:
			page.Due = append(page.Due, dueCall{f, when, l.Say(reasonWords(f.Reason)), now})
		default:
			page.Later = append(page.Later, f)
		}
	}
	read, err := p.Store.OpenSuggestions(ctx, me.ID)
	if err != nil {
		return err
	}
	page.Readings = p.readings(l, read, "me")
	if page.Free, err = p.Store.DraftsFree(ctx, me.ID, false, at); err != nil {
		return err
	}
	page.read = map[phonebank.Number]bool{}
	for _, s := range read {
		page.read[s.Number] = true
	}
	settle, err := p.Store.DueCommitments(ctx, me.ID, at)
	for _, c := range settle {
		if page.read[c.Number] {
			continue // what they wrote about it stands above, with the same question
		}
		page.Settle = append(page.Settle, dueCommitment{c, dueWords(l, c.Zone, c.By, at)})
	}
	return err
}

// fillWaits reads who waits: for this volunteer, and for anybody who is free.
func (p *Panel) fillWaits(ctx context.Context, me phonebank.User, page *minePage) error {
	list, err := p.Store.Inbox(ctx, me, p.Now(), 2*mostMine)
	if err != nil {
		return err
	}
	for _, one := range list {
		row := p.waitRow(ctx, me, one, "me")
		switch {
		case page.read[one.Number] && one.CallSince == nil && one.HoldSince == nil:
			// what they wrote stands above, with the answer to press
		case row.Mine && (one.ClaimerID == "" || one.ClaimerID == me.ID):
			page.Waits = append(page.Waits, row)
		case one.Offered && len(page.Pool) < mostMine:
			page.Pool = append(page.Pool, row)
		case one.Offered:
			page.PoolMore++
		}
	}
	return nil
}
