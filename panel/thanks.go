package panel

import (
	"context"
	"net/http"
	"slices"

	"phonebank"
	"phonebank/script"
	"phonebank/store"
)

// thanksPage is the end of a shift: what everybody learned together, never who did how much.
type thanksPage struct {
	Page
	Session phonebank.Session
	Evening store.Evening
	Stories []string // what people said that is nobody's secret, without their names
	Learned []string
	TryNext string
	Next    phonebank.Session // the next one that is planned, if there is one
	Drafts  []store.Due
	Owed    []phonebank.Conversation
	Zone    string
	Here    bool
}

func (p *Panel) shiftThanks(w http.ResponseWriter, r *http.Request, me phonebank.User) error {
	page := &thanksPage{Page: Page{Title: lang(r).Say("Thank you"), Nav: "shift/thanks"}, Zone: p.houseZone(r)}
	mine, err := p.Store.MyFollowUps(r.Context(), me.ID)
	if err != nil {
		return err
	}
	for _, f := range mine {
		if f.Channel == phonebank.ByText && f.State == phonebank.FollowUpNeedsPerson {
			page.Drafts = append(page.Drafts, f)
		}
	}
	if page.Owed, err = p.Store.OwedWrapUps(r.Context(), me.ID); err != nil {
		return err
	}
	if _, err := p.Store.CurrentShift(r.Context(), me.ID); err == nil {
		page.Here = true
	}
	last, err := p.Store.LastShift(r.Context(), me.ID)
	if err == nil {
		err = p.readEvening(r.Context(), page, last.SessionID, me)
	}
	if err != nil && phonebank.KindOf(err) != phonebank.NotFound {
		return err
	}
	p.show(w, r, me, http.StatusOK, "thanks", page)
	return nil
}

// readEvening reads what came of a session.
func (p *Panel) readEvening(ctx context.Context, page *thanksPage, id phonebank.SessionID, me phonebank.User) (err error) {
	if page.Session, err = p.Store.Session(ctx, id); err != nil {
		return err
	}
	if page.Evening, err = p.Store.Evening(ctx, id, ""); err != nil {
		return err
	}
	own, err := p.Store.Evening(ctx, id, me.ID)
	if err != nil {
		return err
	}
	page.TryNext = spoken(ctx).Say(tryNext(own))
	if page.Learned, err = p.Store.LearnedTonight(ctx, id); err != nil {
		return err
	}
	if page.Stories, err = p.stories(ctx, id); err != nil {
		return err
	}
	page.Next, err = p.Store.NextSession(ctx, page.Session.CampaignID)
	if phonebank.KindOf(err) == phonebank.NotFound && err != nil {
		return nil
	}
	return err
}

// tryNext is one thing to try next time, from what a volunteer's own talks left open. They alone read it.
func tryNext(own store.Evening) string {
	switch {
	case own.Talks == 0:
		return "Hold one practice talk before your next shift. Three minutes are enough to find your first sentence."
	case own.Stakes < own.Talks:
		return "When they tell you what is wrong, ask once more: why does that mean so much to you? Then wait."
	case own.Next < own.Talks:
		return "Before you say goodbye, ask when you can call again, and write it down while they listen."
	}
	return "After your question, count to four before you say anything. What comes then is theirs."
}

// fewestStories is how many people must have said something before any of it is shown: else everybody knows who it was.
const fewestStories = 3

// stories are the words of people that their script doesn't mark as sensitive.
func (p *Panel) stories(ctx context.Context, id phonebank.SessionID) (list []string, err error) {
	said, err := p.Store.WordsTonight(ctx, id)
	if err != nil {
		return nil, err
	}
	type version struct {
		id string
		n  int
	}
	docs := map[version]*script.Script{}
	for _, w := range said {
		v := version{w.Script, w.Version}
		if docs[v] == nil {
			raw, err := p.Store.Script(ctx, w.Script, w.Version)
			if err != nil {
				return nil, err
			}
			if docs[v], err = script.Parse(raw); err != nil {
				return nil, err
			}
		}
		slot, known := docs[v].Slots[w.Name]
		if known && !slot.Sensitive && slot.Type == "text" && !slices.Contains(phonebank.StakeNames, w.Name) && !slices.Contains(list, w.Value) {
			list = append(list, w.Value)
		}
	}
	if len(list) < fewestStories {
		return nil, nil
	}
	return list[:min(len(list), 6)], nil
}
