package panel

import (
	"net/http"
	"strings"

	"phonebank"
	"phonebank/words"
)

// stake is what a volunteer brings into every talk: their name as they say it, where they live, and why it matters to
// them. Three questions help to find the words; what counts are the words themselves.
type stake struct {
	Spoken, Place, Words string
	Like, For, Change    string // the answers to the three questions, until they are put together
}

func stakeOf(me phonebank.User) stake {
	return stake{Spoken: me.Spoken, Place: me.Place, Words: me.Stake}
}

// mostStake is how long a stake may be: two sentences, said in one breath.
const mostStake = 280

// together puts the three answers into two sentences that follow "And I want that too, because". What was left out is left out.
func together(l words.Language, like, whom, change string) string {
	like, whom, change = clause(like), clause(whom), clause(change)
	first := like
	switch {
	case like != "" && whom != "":
		first = l.Say("%s, and I do it for %s", like, whom)
	case whom != "":
		first = l.Say("I do it for %s", whom)
	}
	switch {
	case change == "":
		return first
	case first == "":
		return l.Say("if we win, %s", change)
	}
	return l.Say("%s. If we win, %s", first, change)
}

// clause takes the full stop off an answer, because the sentence it lands in brings its own.
func clause(s string) string { return strings.TrimRight(strings.TrimSpace(s), " .!") }

// shiftStake keeps it; it is theirs to say, and to leave out.
func (p *Panel) shiftStake(w http.ResponseWriter, r *http.Request, me phonebank.User) error {
	s := stake{Spoken: clean(r, "spoken", 80), Place: clean(r, "place", 120), Words: clean(r, "stake", mostStake),
		Like: clean(r, "like", 120), For: clean(r, "for", 80), Change: clean(r, "change", 120)}
	if r.PostFormValue("together") != "" {
		s.Words = together(lang(r), s.Like, s.For, s.Change)
	}
	err := p.Store.SetStake(r.Context(), me.ID, s.Place, s.Words)
	if err == nil {
		err = p.Store.SetSpoken(r.Context(), me.ID, s.Spoken)
	}
	if err == nil {
		return to(w, r, "/shift#stake")
	}
	page, pageErr := p.shiftPage(r.Context(), me)
	if pageErr != nil {
		return pageErr
	}
	page.Stake = s
	p.again(w, r, me, err, "shift", page)
	return nil
}
