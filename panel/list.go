package panel

import (
	"encoding/json"
	"errors"
	"net/http"
	"strings"
	"time"

	"github.com/gorilla/mux"

	"phonebank"
	"phonebank/people"
	"phonebank/store"
)

// peoplePage is the list of everybody.
type peoplePage struct {
	Page
	Search string
	People []store.Found
	Next   string
}

const pageOfPeople = 50

func (p *Panel) people(w http.ResponseWriter, r *http.Request, me phonebank.User) error {
	page := &peoplePage{Page: Page{Title: lang(r).Say("People"), Nav: "people"}, Search: strings.TrimSpace(r.URL.Query().Get("q"))}
	if len(page.Search) > 100 || strings.ContainsRune(page.Search, 0) {
		return phonebank.Fail(phonebank.Invalid, "Search for a part of a name, or the digits of a number.")
	}
	var err error
	page.People, err = p.Store.FindPeople(r.Context(), strings.ToValidUTF8(page.Search, ""), phonebank.PersonID(r.URL.Query().Get("after")), pageOfPeople)
	if err != nil {
		return err
	}
	if len(page.People) == pageOfPeople {
		page.Next = string(page.People[pageOfPeople-1].ID)
	}
	p.show(w, r, me, http.StatusOK, "people", page)
	return nil
}

// personForm is one person as somebody writes them down.
type personForm struct {
	Page
	Campaigns []phonebank.Campaign
	States    []phonebank.State
	One       people.One
}

func (p *Panel) personNew(w http.ResponseWriter, r *http.Request, me phonebank.User) error {
	page, err := p.personForm(r)
	if err != nil {
		return err
	}
	p.show(w, r, me, http.StatusOK, "person-new", page)
	return nil
}

func (p *Panel) personForm(r *http.Request) (*personForm, error) {
	campaigns, err := p.Store.Campaigns(r.Context())
	if err == nil && len(campaigns) == 0 {
		err = phonebank.Fail(phonebank.Conflict, "There is no campaign yet whose list they could go on. Create one first, under “Campaigns”.")
	}
	return &personForm{Page: Page{Title: lang(r).Say("Add a person"), Nav: "people"}, Campaigns: campaigns, States: phonebank.States}, err
}

func (p *Panel) personAdd(w http.ResponseWriter, r *http.Request, me phonebank.User) error {
	page, err := p.personForm(r)
	if err != nil {
		return err
	}
	page.One = people.One{Name: clean(r, "name", 120), SayName: clean(r, "say_name", 120), Phone: clean(r, "phone", 40), Place: clean(r, "place", 200),
		Languages: clean(r, "languages", 120), Zone: clean(r, "zone", 60), Region: clean(r, "region", 40), Zip: clean(r, "zip", 20),
		Campaign: phonebank.CampaignID(clean(r, "campaign", 26)), TextConsent: clean(r, "text_consent", 200), By: me.ID}
	one, err := p.Roster.AddByHand(r.Context(), page.One)
	if err != nil {
		p.again(w, r, me, err, "person-new", page)
		return nil
	}
	return to(w, r, "/people/"+string(one.ID))
}

// importPage is where a file of people comes in.
type importPage struct {
	Page
	Campaigns []phonebank.Campaign
	Scripts   []store.ScriptName
	Before    []brought
	Campaign  string
	NewName   string
	NewNumber string
	NewZone   string
	NewScript string
	Text      string
	Call      string
	Zones     []string
	Zone      string
}

// brought is an import with its report read.
type brought struct {
	store.Brought
	Report people.Report
}

// usZones are the zones that a campaign usually sits in, for a list to pick from.
var usZones = []string{"America/New_York", "America/Chicago", "America/Denver", "America/Phoenix", "America/Los_Angeles", "America/Anchorage", "Pacific/Honolulu", "America/Puerto_Rico"}

func (p *Panel) importForm(w http.ResponseWriter, r *http.Request, me phonebank.User) error {
	page, err := p.importPage(r)
	if err != nil {
		return err
	}
	p.show(w, r, me, http.StatusOK, "import", page)
	return nil
}

func (p *Panel) importPage(r *http.Request) (*importPage, error) {
	page := &importPage{Page: Page{Title: lang(r).Say("Import people"), Nav: "people"}, Zones: usZones, Zone: p.houseZone(r), NewZone: p.houseZone(r)}
	var err error
	if page.Campaigns, err = p.Store.Campaigns(r.Context()); err != nil {
		return nil, err
	}
	if len(page.Campaigns) > 0 {
		page.Campaign, page.NewNumber = string(page.Campaigns[0].ID), page.Campaigns[0].Number.Pretty()
	}
	if page.Scripts, err = p.Store.LiveScripts(r.Context()); err != nil {
		return nil, err
	}
	list, err := p.Store.Imports(r.Context())
	if err != nil {
		return nil, err
	}
	for _, b := range list {
		one := brought{Brought: b}
		if err := json.Unmarshal(b.Report, &one.Report); err != nil {
			return nil, err
		}
		page.Before = append(page.Before, one)
	}
	return page, nil
}

// importFile reads a file of people into a campaign, a known one or one that begins with it.
func (p *Panel) importFile(w http.ResponseWriter, r *http.Request, me phonebank.User) error {
	control := http.NewResponseController(w)
	_ = control.SetReadDeadline(time.Time{}) // a big file over a slow line takes longer than a page
	_ = control.SetWriteDeadline(time.Time{})
	parseErr := r.ParseMultipartForm(8 << 20)
	if r.MultipartForm != nil {
		defer func() { _ = r.MultipartForm.RemoveAll() }() // temporary files; the system clears what is left
	}
	page, err := p.importPage(r)
	if err != nil {
		return err
	}
	page.Campaign, page.NewName, page.NewNumber, page.NewZone = clean(r, "campaign", 26), clean(r, "new_name", 120), clean(r, "new_number", 40), clean(r, "new_zone", 60)
	page.NewScript, page.Text, page.Call = clean(r, "new_script", 80), clean(r, "text_consent", 200), clean(r, "call_consent", 200)
	report, err := p.bring(r, me, page, parseErr)
	if err != nil {
		p.again(w, r, me, err, "import", page)
		return nil
	}
	p.Live.Publish("room", "due")
	return to(w, r, "/imports/"+report.ID)
}

func (p *Panel) bring(r *http.Request, me phonebank.User, page *importPage, parseErr error) (people.Report, error) {
	var large *http.MaxBytesError
	if errors.As(parseErr, &large) {
		return people.Report{}, phonebank.Because(parseErr, phonebank.Invalid, "The file is bigger than 64 MB. Split it in two. Nothing was imported.")
	}
	if parseErr != nil {
		return people.Report{}, phonebank.Because(parseErr, phonebank.Invalid, "The file did not arrive whole. Nothing was imported; please try again.")
	}
	file, head, err := r.FormFile("file")
	if err != nil {
		return people.Report{}, phonebank.Because(err, phonebank.Invalid, "Choose a CSV file first. It needs a column for names and one for phone numbers.")
	}
	defer func() { _ = file.Close() }() // it was only read
	campaign := phonebank.CampaignID(page.Campaign)
	if page.Campaign == "new" {
		c, err := p.addCampaign(r, page.NewName, page.NewNumber, page.NewZone, page.NewScript)
		if err != nil {
			return people.Report{}, err
		}
		campaign, page.Campaign = c.ID, string(c.ID)
	}
	if campaign == "" {
		return people.Report{}, phonebank.Fail(phonebank.Invalid, "Pick the campaign whose list these people go on.")
	}
	return p.Roster.Import(r.Context(), people.File{Name: short(head.Filename, 120), Campaign: campaign, By: me.Name, TextConsent: page.Text, CallConsent: page.Call, CSV: file})
}

// reportPage says what an import did.
type reportPage struct {
	Page
	Brought brought
	Rows    []people.Rejected
	More    int
	Zone    string
}

func (p *Panel) importReport(w http.ResponseWriter, r *http.Request, me phonebank.User) error {
	b, err := p.Store.Import(r.Context(), mux.Vars(r)["id"])
	if err != nil {
		return err
	}
	page := &reportPage{Page: Page{Title: lang(r).Say("What was imported"), Nav: "people"}, Brought: brought{Brought: b}, Zone: p.houseZone(r)}
	if err := json.Unmarshal(b.Report, &page.Brought.Report); err != nil {
		return err
	}
	page.Rows = page.Brought.Report.Rejected
	if len(page.Rows) > 100 {
		page.Rows, page.More = page.Rows[:100], len(page.Rows)-100
	}
	p.show(w, r, me, http.StatusOK, "import-report", page)
	return nil
}

// importRejects hands out the rows that could not be used, to mend and import again.
func (p *Panel) importRejects(w http.ResponseWriter, r *http.Request, me phonebank.User) error {
	id := mux.Vars(r)["id"]
	rejects, err := p.Store.Rejects(r.Context(), id)
	if err != nil {
		return err
	}
	if err := p.Store.Note(r.Context(), p.Now(), "import", id, "export_rejects", store.By{User: me.ID}); err != nil {
		return err
	}
	w.Header().Set("Content-Type", "text/csv; charset=utf-8")
	w.Header().Set("Content-Disposition", `attachment; filename="rows-to-mend.csv"`)
	_, _ = w.Write([]byte(rejects)) // whoever asked may have gone
	return nil
}

// campaignsPage lists the causes.
type campaignsPage struct {
	Page
	Campaigns []campaignLine
	Scripts   []store.ScriptName
	Zones     []string
	Name      string
	Number    string
	Zone      string
	Script    string
}

type campaignLine struct {
	phonebank.Campaign
	Script string
	Size   store.ListSize
}

func (p *Panel) campaigns(w http.ResponseWriter, r *http.Request, me phonebank.User) error {
	page, err := p.campaignsPage(r)
	if err != nil {
		return err
	}
	p.show(w, r, me, http.StatusOK, "campaigns", page)
	return nil
}

func (p *Panel) campaignsPage(r *http.Request) (*campaignsPage, error) {
	page := &campaignsPage{Page: Page{Title: lang(r).Say("Campaigns"), Nav: "campaigns"}, Zones: usZones, Zone: p.houseZone(r)}
	list, err := p.Store.Campaigns(r.Context())
	if err != nil {
		return nil, err
	}
	if page.Scripts, err = p.Store.LiveScripts(r.Context()); err != nil {
		return nil, err
	}
	sizes, err := p.Store.ListSizes(r.Context())
	if err != nil {
		return nil, err
	}
	titles := map[string]string{}
	for _, s := range page.Scripts {
		titles[s.ID] = s.Title
	}
	for _, c := range list {
		page.Campaigns = append(page.Campaigns, campaignLine{c, titles[c.ScriptID], sizes[c.ID]})
	}
	if len(list) > 0 {
		page.Number = list[0].Number.Pretty()
	}
	return page, nil
}

func (p *Panel) campaignCreate(w http.ResponseWriter, r *http.Request, me phonebank.User) error {
	page, err := p.campaignsPage(r)
	if err != nil {
		return err
	}
	page.Name, page.Number, page.Zone, page.Script = clean(r, "name", 120), clean(r, "number", 40), clean(r, "zone", 60), clean(r, "script", 80)
	if _, err := p.addCampaign(r, page.Name, page.Number, page.Zone, page.Script); err != nil {
		p.again(w, r, me, err, "campaigns", page)
		return nil
	}
	return to(w, r, "/campaigns")
}

func (p *Panel) addCampaign(r *http.Request, name, number, zone, script string) (phonebank.Campaign, error) {
	c := phonebank.Campaign{ID: phonebank.NewID[phonebank.CampaignID](p.Now()), Name: name, ScriptID: script, Zone: zone, CreatedAt: p.Now()}
	if name == "" {
		return c, phonebank.Fail(phonebank.Invalid, "Give the campaign a name.")
	}
	var err error
	if c.Number, _, err = people.ParseNumber(number); err != nil {
		return c, err
	}
	if _, err := phonebank.Zone(zone); err != nil {
		return c, phonebank.Because(err, phonebank.Invalid, "Pick the time zone that the campaign sits in.")
	}
	if _, _, err := p.Store.LiveScript(r.Context(), script); err != nil {
		return c, phonebank.Because(err, phonebank.Invalid, "Pick one of the scripts.")
	}
	err = p.Store.AddCampaign(r.Context(), c)
	if err != nil && phonebank.KindOf(err) == phonebank.Conflict {
		err = phonebank.Because(err, phonebank.Conflict, "There is a campaign of that name already. Pick it from the list, or give this one another name.")
	}
	return c, err
}
