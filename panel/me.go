package panel

import (
	"net/http"

	"phonebank"
	"phonebank/store"
)

// minePage is a volunteer's own people: what they promised and what waits for them.
type minePage struct {
	Page
	Zone       string
	Drafts     []draft // texts that wait for a press
	Calls      []store.Due
	Later      []store.Due
	Waiting    []store.Waiting
	Voicemails []store.Happening
	Owed       []owed
	TextTalks  []store.Texting // that are open, by text
	Here       bool            // they have a shift, so they can call
	Empty      bool
}

// draft is a promised text with the words that it would leave with.
type draft struct {
	store.Due
	Late bool
}

type owed struct {
	Talk   phonebank.ConversationID
	Person string
	Ago    string
}

func (p *Panel) mine(w http.ResponseWriter, r *http.Request, me phonebank.User) error {
	page, err := p.minePage(r, me)
	if err != nil {
		return err
	}
	p.show(w, r, me, http.StatusOK, "me", page)
	return nil
}

func (p *Panel) minePage(r *http.Request, me phonebank.User) (*minePage, error) {
	page := &minePage{Page: Page{Title: lang(r).Say("My people"), Nav: "me"}, Zone: p.houseZone(r)}
	due, err := p.Store.MyFollowUps(r.Context(), me.ID)
	if err != nil {
		return nil, err
	}
	for _, f := range due {
		switch {
		case f.Channel == phonebank.ByText && (f.State == phonebank.FollowUpNeedsPerson || !f.Automatic && !f.DueAt.After(p.Now())):
			page.Drafts = append(page.Drafts, draft{f, f.DueAt.Before(p.Now())})
		case f.Channel == phonebank.ByCall && !f.DueAt.After(p.Now()):
			page.Calls = append(page.Calls, f)
		default:
			page.Later = append(page.Later, f)
		}
	}
	if page.Waiting, err = p.Store.WaitingThreads(r.Context(), me.ID); err != nil {
		return nil, err
	}
	if page.Voicemails, err = p.Store.Voicemails(r.Context(), me.ID); err != nil {
		return nil, err
	}
	if page.TextTalks, err = p.Store.TextTalksOf(r.Context(), me.ID); err != nil {
		return nil, err
	}
	talks, err := p.Store.OwedWrapUps(r.Context(), me.ID)
	if err != nil {
		return nil, err
	}
	for _, t := range talks {
		person, err := p.Store.Person(r.Context(), t.PersonID)
		if err != nil {
			return nil, err
		}
		page.Owed = append(page.Owed, owed{t.ID, person.Name, lang(r).Ago(p.Now().Sub(t.StartedAt))})
	}
	if _, err := p.Store.CurrentShift(r.Context(), me.ID); err == nil {
		page.Here = true
	} else if phonebank.KindOf(err) != phonebank.NotFound {
		return nil, err
	}
	page.Empty = len(page.Drafts)+len(page.Calls)+len(page.Waiting)+len(page.Voicemails)+len(page.Owed) == 0
	return page, nil
}
