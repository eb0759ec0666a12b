package panel

import (
	"context"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"phonebank"
	"phonebank/store"
)

// reportTable is one table of the report, on the page and as CSV. Everything in it is counted together: no row stands for
// a volunteer.
type reportTable struct {
	Slug  string
	Title string
	Note  string
	Head  []string
	Rows  []reportRow
}

// reportRow is a row with the bar that goes with it, where one does.
type reportRow struct {
	Cells []string
	Bar   *bar
}

// bar draws how often talks came to a step: the first time, and again. The numbers stand beside it.
// Both are in hundredths of the longest.
type bar struct{ First, Again int }

// numberShown is one number with what it counts.
type numberShown struct {
	N, Of int
	Text  string
	OfAll bool
}

// quotes are words of people without their names.
type quotes struct {
	Slug   string
	Title  string
	People string
	Hidden bool
	Lines  []quoteLine
}

type quoteLine struct{ At, Day, Tag, Words string }

// phase is a phase of a campaign, to choose from.
type phase struct{ Key, Name string }

type methodPage struct {
	Page
	Campaigns    []phonebank.Campaign
	Campaign     phonebank.CampaignID
	Scripts      []store.Guided
	Script       string
	Phases       []phase
	Phase        string
	Since, Until string
	Query        string
	Talks        []numberShown
	Answers      []numberShown
	Stay         []numberShown
	Tables       []reportTable
	Versions     []reportTable
	Replayed     string
	Learned      quotes
	Spoken       []quotes
}

// fewPeople is the smallest group whose words are shown: in a smaller one somebody could be recognised.
const fewPeople = 5

const mostQuotes = 60

func (p *Panel) report(w http.ResponseWriter, r *http.Request, me phonebank.User) error {
	page, n, err := p.reportPage(r)
	if err == nil {
		err = p.fillReport(r.Context(), page, n)
	}
	if err != nil {
		return err
	}
	p.show(w, r, me, http.StatusOK, "report", page)
	return nil
}

// reportPage reads which talks the report is about.
func (p *Panel) reportPage(r *http.Request) (*methodPage, store.Narrowed, error) {
	ctx, l, q := r.Context(), lang(r), r.URL.Query()
	page := &methodPage{Page: Page{Title: l.Say("Report"), Nav: "report"}, Campaign: phonebank.CampaignID(q.Get("campaign")), Script: q.Get("script"), Phase: q.Get("phase")}
	n := store.Narrowed{Campaign: page.Campaign, Phase: page.Phase}
	var err error
	if page.Campaigns, err = p.Store.Campaigns(ctx); err != nil {
		return nil, n, err
	}
	if page.Scripts, err = p.Store.GuidedBy(ctx); err != nil {
		return nil, n, err
	}
	for _, s := range page.Scripts {
		one := phase{s.Phase, l.Say(phaseWords(s.Phase))}
		if s.Phase != "" && !slices.Contains(page.Phases, one) {
			page.Phases = append(page.Phases, one)
		}
	}
	if page.Script != "" {
		id, version, _ := strings.Cut(page.Script, "/")
		n.Script = id
		if n.Version, err = strconv.Atoi(version); err != nil || n.Version < 1 || n.Version > 1<<30 {
			return nil, n, phonebank.Because(err, phonebank.Invalid, "Pick one of the scripts.")
		}
	}
	for _, field := range []string{string(n.Campaign), n.Script, n.Phase} {
		if len(field) > 100 || strings.ContainsRune(field, 0) || strings.ToValidUTF8(field, "") != field {
			return nil, n, phonebank.Fail(phonebank.Invalid, "Pick what the report is about from the lists.")
		}
	}
	now := there(p.houseZone(r), p.Now())
	since, until := dayOr(q.Get("since"), now.AddDate(0, -3, 0)), dayOr(q.Get("until"), now)
	if until.Before(since) {
		since, until = until, since
	}
	if early := until.AddDate(-2, 0, 0); since.Before(early) {
		since = early // two years are read at once, no more
	}
	page.Since, page.Until = since.Format(time.DateOnly), until.Format(time.DateOnly)
	n.Since, n.Until = since.UTC(), until.AddDate(0, 0, 1).UTC()
	page.Query = url.Values{"campaign": {string(page.Campaign)}, "script": {page.Script}, "phase": {page.Phase}, "since": {page.Since}, "until": {page.Until}}.Encode()
	return page, n, nil
}

// dayOr reads a day at its start where the phone bank is, else takes the one that is given.
func dayOr(day string, other time.Time) time.Time {
	at, err := time.ParseInLocation(time.DateOnly, day, other.Location())
	if err != nil || at.Year() < 2000 || at.Year() > 9000 {
		return time.Date(other.Year(), other.Month(), other.Day(), 0, 0, 0, 0, other.Location())
	}
	return at
}

// fillReport reads everything that the page shows.
func (p *Panel) fillReport(ctx context.Context, page *methodPage, n store.Narrowed) error {
	for _, fill := range []func(context.Context, *methodPage, store.Narrowed) error{p.fillFigures, p.fillStay, p.fillRungs, p.fillSteps, p.fillHeard} {
		if err := fill(ctx, page, n); err != nil {
			return err
		}
	}
	return nil
}

func (p *Panel) fillFigures(ctx context.Context, page *methodPage, n store.Narrowed) error {
	l := spoken(ctx)
	list, err := p.Store.Figures(ctx, n)
	if err != nil {
		return err
	}
	var whole store.Figures
	phases := reportTable{Slug: "phases", Title: l.Say("By phase"), Head: []string{l.Say("Phase"), l.Say("Talks"), l.Say("Stakes heard"), l.Say("Next talks agreed"), l.Say("Clear yes"), l.Say("Not sure"), l.Say("Honest no")}}
	for _, f := range list {
		if f.Whole {
			whole = f
			continue
		}
		phases.Rows = append(phases.Rows, reportRow{Cells: cells(l.Say(phaseWords(f.Phase)), f.Talks, f.Stakes, f.Next, f.Yes, f.Unsure, f.No)})
	}
	page.Talks = []numberShown{
		{N: whole.Long, Text: l.Say("talks over two minutes, by phone")}, {N: whole.ByText, Text: l.Say("talks by text")}, {N: whole.InPerson, Text: l.Say("talks face to face")},
		{N: whole.Stakes, Of: whole.Talks, OfAll: true, Text: l.Say("talks in which they told us why it matters")}, {N: whole.Next, Of: whole.Talks, OfAll: true, Text: l.Say("talks that agreed the next one")},
	}
	page.Answers = []numberShown{{N: whole.Yes, Text: l.Say("Clear yes")}, {N: whole.Unsure, Text: l.Say("Not sure")}, {N: whole.No, Text: l.Say("Honest no")}}
	due, err := p.Store.PromisesDue(ctx, n, p.Now())
	if err != nil {
		return err
	}
	promises := reportTable{Slug: "promises", Title: l.Say("Promises that came due"), Head: []string{l.Say("How it went"), l.Say("Promises")}}
	all := 0
	for _, s := range phonebank.CommitmentTable.States() {
		promises.Rows = append(promises.Rows, reportRow{Cells: cells(l.Say(keptWords(s)), due[s])})
		all += due[s]
	}
	page.Talks = append(page.Talks, numberShown{N: due[phonebank.CommitmentKept], Of: all, OfAll: true, Text: l.Say("promises kept, of those that came due")})
	page.Tables = append(page.Tables, phases, promises)
	return nil
}

func (p *Panel) fillStay(ctx context.Context, page *methodPage, n store.Narrowed) error {
	l := spoken(ctx)
	s, err := p.Store.Stayed(ctx, n, p.Now())
	if err != nil {
		return err
	}
	filled, err := p.Store.RolesFilled(ctx, n)
	if err != nil {
		return err
	}
	page.Stay = []numberShown{
		{N: s.New, Of: s.People, OfAll: true, Text: l.Say("people are new to us")}, {N: s.Here30, Of: s.Of30, OfAll: true, Text: l.Say("new people are still here after 30 days")},
		{N: s.Here90, Of: s.Of90, OfAll: true, Text: l.Say("new people are still here after 90 days")}, {N: filled, Text: l.Say("people took on a task or a role")},
	}
	return nil
}

func (p *Panel) fillRungs(ctx context.Context, page *methodPage, n store.Narrowed) error {
	l := spoken(ctx)
	list, err := p.Store.Rungs(ctx, n)
	if err != nil {
		return err
	}
	names, err := p.ladderFor(ctx, page)
	if err != nil {
		return err
	}
	t := reportTable{Slug: "rungs", Title: l.Say("On the ladder today"), Head: []string{l.Say("Rung"), l.Say("People")}, Note: l.Say("The people of these talks, by the rung on which they stand today.")}
	for _, one := range list {
		t.Rows = append(t.Rows, reportRow{Cells: cells(names.Name(one.Rung), one.N)})
	}
	page.Tables = append(page.Tables, t)
	return nil
}

// ladderFor names the rungs as the campaign of the report does, or the newest one.
func (p *Panel) ladderFor(ctx context.Context, page *methodPage) (ladder, error) {
	for _, c := range page.Campaigns {
		if page.Campaign == "" || c.ID == page.Campaign {
			return p.ladderIn(ctx, c.ScriptID)
		}
	}
	return houseLadder(spoken(ctx)), nil
}

func (p *Panel) fillSteps(ctx context.Context, page *methodPage, n store.Narrowed) error {
	l := spoken(ctx)
	versions, replayed, all, err := p.steps(ctx, l, n)
	if err != nil {
		return err
	}
	page.Replayed = l.Say("These numbers come from %d talks.", replayed)
	if all > mostWalks {
		page.Replayed += " " + l.Say("There are %d talks in this period; only the newest %d are read.", all, mostWalks)
	}
	for _, v := range versions {
		t := reportTable{Slug: "steps", Title: l.Say("%s, version %d", v.Title, v.Version), Note: l.Count(v.Talks, "talk", "talks"),
			Head: []string{l.Say("Step"), l.Say("Talks that came here"), l.Say("Stayed for more"), l.Say("Came back here"), l.Say("Ended here"), l.Say("Yellow lights")}}
		widest := 1
		for _, s := range v.Steps {
			widest = max(widest, s.Visits)
		}
		for _, s := range v.Steps {
			yellow := l.Say("none")
			if s.Lights > 0 {
				yellow = fmt.Sprintf("%d %%", (100*s.Yellow+s.Lights/2)/s.Lights)
			}
			t.Rows = append(t.Rows, reportRow{Cells: append(cells(s.Name, s.Reached, s.Stayed, s.Back, s.Ended), yellow), Bar: &bar{First: 100 * s.Reached / widest, Again: 100 * s.Again() / widest}})
		}
		page.Versions = append(page.Versions, t)
	}
	return nil
}

// fillHeard reads what we are hearing. What people said about what holds them back is shown only where enough of them spoke.
func (p *Panel) fillHeard(ctx context.Context, page *methodPage, n store.Narrowed) error {
	l := spoken(ctx)
	line := func(h store.Hearing, tag string) quoteLine {
		return quoteLine{h.At.UTC().Format(time.RFC3339), l.ShortDay(there(p.zone(ctx), h.At)), tag, h.Words}
	}
	tags, err := p.Store.HearingsByTag(ctx, n)
	if err != nil {
		return err
	}
	t := reportTable{Slug: "hearing", Title: l.Say("What we're hearing, by subject"), Head: []string{l.Say("Subject"), l.Say("Lines"), l.Say("People")}}
	for _, one := range tags {
		people := strconv.Itoa(one.People)
		if one.People < fewPeople {
			people = l.Say("fewer than %d", fewPeople)
		}
		t.Rows = append(t.Rows, reportRow{Cells: append(cells(l.Say(tagWords(one.Tag)), one.Lines), people)})
	}
	page.Tables = append(page.Tables, t)
	learned, err := p.Store.Hearings(ctx, n, mostQuotes)
	if err != nil {
		return err
	}
	page.Learned = quotes{Slug: "learned", Title: l.Say("What we're hearing")}
	for _, h := range learned {
		page.Learned.Lines = append(page.Learned.Lines, line(h, l.Say(tagWords(h.Tag))))
	}
	for _, group := range []struct {
		slug, title string
		names       []string
	}{{"barriers", l.Say("What gets in the way"), []string{"barrier"}}, {"worries", l.Say("What worries people"), []string{"objection", "their_fear"}}} {
		list, people, err := p.Store.Spoken(ctx, n, group.names, mostQuotes)
		if err != nil {
			return err
		}
		g := quotes{Slug: group.slug, Title: group.title, People: l.Count(people, "person", "people")}
		if people < fewPeople {
			g.People, g.Hidden = l.Say("fewer than %d people", fewPeople), true
			list = nil
		}
		for _, h := range list {
			g.Lines = append(g.Lines, line(h, ""))
		}
		page.Spoken = append(page.Spoken, g)
	}
	return nil
}

// cells writes a row: a name, then numbers.
func cells(name string, numbers ...int) []string {
	out := []string{name}
	for _, n := range numbers {
		out = append(out, strconv.Itoa(n))
	}
	return out
}

// phaseWords names a phase of a campaign, as the playbook counts them.
func phaseWords(phase string) string {
	switch phase {
	case "learning":
		return "Learning"
	case "planning":
		return "Planning"
	case "implementation":
		return "Implementation"
	case "execution":
		return "Execution"
	case "reflection":
		return "Reflection"
	}
	return "No phase given"
}

// keptWords says how it went with what they said they would do.
func keptWords(s phonebank.CommitmentState) string {
	switch s {
	case phonebank.CommitmentKept:
		return "Kept"
	case phonebank.CommitmentPartly:
		return "Partly"
	case phonebank.CommitmentMissed:
		return "Missed"
	case phonebank.CommitmentMoved:
		return "Moved to another day"
	case phonebank.CommitmentLetGo:
		return "They changed their mind"
	}
	return "Nobody has asked yet"
}
