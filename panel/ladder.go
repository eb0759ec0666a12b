package panel

import (
	"context"
	"net/http"
	"strconv"

	"github.com/gorilla/mux"

	"phonebank"
	"phonebank/script"
	"phonebank/store"
	"phonebank/words"
)

// rung is one rung of a ladder, with the name that the campaign's script gives it.
type rung struct {
	Rung     int
	Name     string
	Evidence string
}

// ladder is the rungs of one campaign, from the ground up.
type ladder []rung

// houseLadder names the rungs where a campaign's script names none.
func houseLadder(l words.Language) ladder {
	return ladder{
		{0, l.Say("Met us"), l.Say("a real conversation")},
		{1, l.Say("Told their story"), l.Say("their stake in their words")},
		{2, l.Say("Showed up"), l.Say("one promise kept")},
		{3, l.Say("Took a task"), l.Say("two promises kept")},
		{4, l.Say("Leads others"), l.Say("brought or coached someone else")},
	}
}

// Name is what a rung is called.
func (l ladder) Name(n int) string {
	for _, r := range l {
		if r.Rung == n {
			return r.Name
		}
	}
	return strconv.Itoa(n)
}

// ladderOf reads the ladder of the campaign that a person belongs to.
func (p *Panel) ladderOf(ctx context.Context, person phonebank.PersonID) (ladder, error) {
	c, err := p.Store.CampaignOf(ctx, person, "")
	if phonebank.KindOf(err) == phonebank.NotFound && err != nil {
		return houseLadder(spoken(ctx)), nil
	}
	if err != nil {
		return nil, err
	}
	return p.ladderIn(ctx, c.ScriptID)
}

func (p *Panel) ladderIn(ctx context.Context, scriptID string) (ladder, error) {
	l := spoken(ctx)
	s, err := p.liveScript(ctx, scriptID)
	if phonebank.KindOf(err) == phonebank.NotFound && err != nil {
		return houseLadder(l), nil
	}
	if err != nil {
		return nil, err
	}
	return namedLadder(l, s), nil
}

func namedLadder(l words.Language, s *script.Script) ladder {
	if len(s.Ladder) == 0 {
		return houseLadder(l)
	}
	var out ladder
	for _, r := range s.Ladder {
		out = append(out, rung{r.Rung, r.Name.In(string(l)), r.Evidence.In(string(l))})
	}
	return out
}

// climb is one move on the ladder as it is told: what speaks for it, and what a coordinator decided.
type climb struct {
	ID       phonebank.RungMoveID
	PersonID phonebank.PersonID
	Person   string
	From, To string
	Why      string // what kind of evidence it is
	Quote    string // the evidence itself
	State    phonebank.RungState
	Decided  string // who decided
	At       string
	Day      string
	Note     string
}

func climbOf(l words.Language, names ladder, zone string, m store.RungLine) climb {
	at := m.ProposedAt
	if m.DecidedAt != nil {
		at = *m.DecidedAt
	}
	return climb{ID: m.ID, PersonID: m.PersonID, Person: m.Person, From: names.Name(m.From), To: names.Name(m.To), Why: l.Say(groundWords(m.Ground)), Quote: m.Evidence,
		State: m.State, Decided: m.Decider, At: at.UTC().Format("2006-01-02T15:04:05Z07:00"), Day: l.ShortDay(there(zone, at)), Note: m.Note}
}

// groundWords says what kind of evidence speaks for a move.
func groundWords(g phonebank.RungGround) string {
	switch g {
	case phonebank.GroundStake:
		return "They told us why it matters to them:"
	case phonebank.GroundKept:
		return "They kept a promise:"
	case phonebank.GroundKeptTwo:
		return "They kept two promises:"
	}
	return "A coordinator wrote down:"
}

// ladderPage lists the moves that wait for a coordinator. It compares nobody with anybody.
type ladderPage struct {
	Page
	Waiting []climb
	Rungs   ladder
}

const mostProposals = 200

func (p *Panel) ladder(w http.ResponseWriter, r *http.Request, me phonebank.User) error {
	page, err := p.ladderPage(r)
	if err != nil {
		return err
	}
	p.show(w, r, me, http.StatusOK, "ladder", page)
	return nil
}

func (p *Panel) ladderPage(r *http.Request) (*ladderPage, error) {
	ctx, l := r.Context(), lang(r)
	page := &ladderPage{Page: Page{Title: l.Say("The ladder"), Nav: "people"}, Rungs: houseLadder(l)}
	list, err := p.Store.ProposedRungs(ctx, mostProposals)
	if err != nil {
		return nil, err
	}
	zone := p.houseZone(r)
	for _, m := range list {
		names, err := p.ladderOf(ctx, m.PersonID)
		if err != nil {
			return nil, err
		}
		page.Waiting = append(page.Waiting, climbOf(l, names, zone, m))
	}
	return page, nil
}

// rungNeeds says in one line how many moves on the ladder wait for a coordinator. They may wait for days, so the line is as
// old as the newest of them and nobody who needs help now stands below it.
func (p *Panel) rungNeeds(r *http.Request) ([]need, error) {
	waiting, err := p.Store.ProposedRungs(r.Context(), mostProposals)
	if err != nil || len(waiting) == 0 {
		return nil, err
	}
	l := lang(r)
	return []need{{Kind: "rung", Label: l.Say("Ladder"), Tone: "pen", Since: waiting[len(waiting)-1].ProposedAt, Title: l.Count(len(waiting), "move waits", "moves wait"),
		Words: l.Say("for you to say whether it was earned."), Link: "/ladder"}}, nil
}

// rungDecide approves or declines a proposal, on the list or on the person's page, and goes back there.
func (p *Panel) rungDecide(w http.ResponseWriter, r *http.Request, me phonebank.User) error {
	id := mux.Vars(r)["id"]
	if !phonebank.ValidID(id) {
		return notThere()
	}
	person, err := p.Diary.Decide(r.Context(), phonebank.RungMoveID(id), phonebank.RungEvent(clean(r, "how", 10)), me.ID, clean(r, "note", 400))
	if err == nil {
		if r.PostFormValue("back") == "person" {
			return to(w, r, "/people/"+string(person)+"#rung")
		}
		return to(w, r, "/ladder")
	}
	page, pageErr := p.ladderPage(r)
	if pageErr != nil {
		return pageErr
	}
	p.again(w, r, me, err, "ladder", page)
	return nil
}

// personRung moves somebody by hand, on evidence that is written down.
func (p *Panel) personRung(w http.ResponseWriter, r *http.Request, me phonebank.User) error {
	return p.pressPerson(w, r, me, personURL(r)+"#rung", func(id phonebank.PersonID) error {
		to, err := strconv.Atoi(r.PostFormValue("rung"))
		if err != nil {
			return phonebank.Because(err, phonebank.Invalid, "Pick one of the rungs.")
		}
		return p.Diary.SetRung(r.Context(), id, to, clean(r, "evidence", 400), me.ID)
	})
}
