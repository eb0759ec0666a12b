package panel

import (
	"context"
	"strings"
	"time"

	"phonebank"
	"phonebank/live"
	"phonebank/people"
	"phonebank/store"
)

// apiPerson is a person as the API shows them, with their whole number.
type apiPerson struct {
	apiItem
	Name        string                 `json:"name"`
	FirstName   string                 `json:"first_name"`
	SayName     string                 `json:"say_name"`
	Number      phonebank.Number       `json:"number"`
	Place       string                 `json:"place"`
	Languages   string                 `json:"languages"`
	Zone        string                 `json:"zone"`
	Region      string                 `json:"region"`
	Support     string                 `json:"support"`
	OwnerID     *string                `json:"owner_id"`
	CampaignIDs []phonebank.CampaignID `json:"campaign_ids"`
	OptedOutAt  *time.Time             `json:"opted_out_at"`
	HoldSince   *time.Time             `json:"hold_since"`
	BadAt       *time.Time             `json:"bad_at"`
	CreatedAt   time.Time              `json:"created_at"`
}

func showPerson(p store.Found, lists []phonebank.CampaignID) apiPerson {
	return apiPerson{
		apiItem: apiItem{string(p.ID)}, Name: p.Name, FirstName: p.FirstName, SayName: p.SayName, Number: p.Number, Place: p.Place,
		Languages: p.Languages, Zone: p.Zone, Region: p.Region, Support: p.Support, OwnerID: idOrNull(p.OwnerID), CampaignIDs: append([]phonebank.CampaignID{}, lists...),
		OptedOutAt: utcOrNull(p.OptedOutAt), HoldSince: utcOrNull(p.HoldSince), BadAt: utcOrNull(p.BadAt), CreatedAt: p.CreatedAt.UTC(),
	}
}

func (a *api) people(ctx context.Context, want apiAsked) ([]apiPerson, error) {
	found, err := a.Store.FindPeople(ctx, want.query.Get("q"), phonebank.PersonID(want.after), want.limit)
	if err != nil {
		return nil, err
	}
	return a.showPeople(ctx, found)
}

func (a *api) showPeople(ctx context.Context, found []store.Found) ([]apiPerson, error) {
	ids := make([]phonebank.PersonID, len(found))
	for i, p := range found {
		ids[i] = p.ID
	}
	lists, err := a.Store.CampaignsOf(ctx, ids)
	return apiItems(found, func(p store.Found) apiPerson { return showPerson(p, lists[p.ID]) }), err
}

func (a *api) person(ctx context.Context, c apiCall) (any, error) {
	id, err := c.id()
	if err != nil {
		return nil, err
	}
	return a.personByID(ctx, phonebank.PersonID(id))
}

func (a *api) personByID(ctx context.Context, id phonebank.PersonID) (any, error) {
	found, err := a.Store.FoundPerson(ctx, id)
	if err != nil {
		return nil, err
	}
	list, err := a.showPeople(ctx, []store.Found{found})
	if err != nil {
		return nil, err
	}
	return list[0], nil
}

// apiNewPerson is one person to write down. TextConsent is on whose word they may be texted; without it they may be
// called, and asked.
type apiNewPerson struct {
	Name        string               `json:"name"`
	Number      string               `json:"number"`
	SayName     string               `json:"say_name"`
	Place       string               `json:"place"`
	Languages   string               `json:"languages"`
	Zone        string               `json:"zone"`
	Region      string               `json:"region"`
	CampaignID  phonebank.CampaignID `json:"campaign_id"`
	TextConsent string               `json:"text_consent"`
}

// check answers with the person and the zones of their number.
func (n apiNewPerson) check(at time.Time) (p phonebank.Person, number phonebank.Number, zones string, err error) {
	name := strings.TrimSpace(n.Name)
	for _, field := range []struct {
		name, text string
		required   bool
		most       int
	}{{"name", name, true, 120}, {"say_name", n.SayName, false, 120}, {"place", n.Place, false, 200}, {"languages", n.Languages, false, 120}, {"text_consent", n.TextConsent, false, 200}} {
		if err := checkWords(field.name, field.text, field.required, field.most); err != nil {
			return p, "", "", err
		}
	}
	if n.Zone != "" {
		if _, err := phonebank.Zone(n.Zone); err != nil {
			return p, "", "", phonebank.Because(err, phonebank.Invalid, "“zone” is no time zone. Write it like America/New_York, or leave it out.")
		}
	}
	region, err := people.Region(n.Region)
	if err != nil {
		return p, "", "", err
	}
	if number, zones, err = people.ParseNumber(n.Number); err != nil {
		return p, "", "", err
	}
	p = phonebank.Person{
		ID: phonebank.NewID[phonebank.PersonID](at), Name: name, FirstName: people.FirstName(name), SayName: n.SayName, Place: n.Place,
		Languages: n.Languages, Zone: n.Zone, Region: region, CreatedAt: at,
	}
	return p, number, zones, nil
}

// addPerson writes down one person. The same name on the same number is the same person, answered with 200; what their
// number has asked of us stays in force.
func (a *api) addPerson(ctx context.Context, c apiCall) (any, error) {
	var in apiNewPerson
	if err := c.read(&in, bodyLimit); err != nil {
		return nil, err
	}
	at := a.Now()
	fresh, number, zones, err := in.check(at)
	if err != nil {
		return nil, err
	}
	var kept phonebank.Person
	err = a.Store.InTx(ctx, func(tx *store.Tx) error {
		phone, err := tx.KeepPhone(ctx, number, zones, at)
		if err != nil {
			return err
		}
		fresh.PhoneID = phone.ID
		if kept, err = tx.AddPerson(ctx, fresh); err != nil {
			return err
		}
		if in.CampaignID != "" {
			if _, err := tx.Campaign(ctx, in.CampaignID); err != nil {
				return unknownID(err, "campaign_id")
			}
			if err := tx.PutOnList(ctx, in.CampaignID, kept, phone, at); err != nil {
				return err
			}
		}
		if in.TextConsent != "" {
			if err := tx.GiveConsent(ctx, kept.ID, phone.ID, "text", in.TextConsent, "", string(c.user.ID), at); err != nil {
				return err
			}
		}
		return tx.Note(ctx, at, "person", string(kept.ID), "add", store.By{User: c.user.ID})
	})
	if err != nil {
		return nil, err
	}
	a.Live.Publish(live.Room, "person:"+string(kept.ID))
	value, err := a.personByID(ctx, kept.ID)
	if err != nil || kept.ID != fresh.ID {
		return value, err
	}
	return apiMade{value: value, at: "/api/v1/people/" + string(kept.ID)}, nil
}

// apiImport is a CSV file, and what the one who brings it states about consent for all of it.
type apiImport struct {
	CampaignID  phonebank.CampaignID `json:"campaign_id"`
	CSV         string               `json:"csv"`
	Name        string               `json:"name"`
	TextConsent string               `json:"text_consent"`
	CallConsent string               `json:"call_consent"`
}

// importPeople answers with the report, also where no row could be used: the rows and their reasons are in it.
func (a *api) importPeople(ctx context.Context, c apiCall) (any, error) {
	var in apiImport
	if err := c.read(&in, importLimit); err != nil {
		return nil, err
	}
	for field, text := range map[string]string{"name": in.Name, "text_consent": in.TextConsent, "call_consent": in.CallConsent} {
		if err := checkWords(field, text, false, 200); err != nil {
			return nil, err
		}
	}
	if _, err := a.Store.Campaign(ctx, in.CampaignID); err != nil {
		return nil, unknownID(err, "campaign_id")
	}
	if in.Name == "" {
		in.Name = "api.csv"
	}
	report, err := a.Roster.Import(ctx, people.File{
		Name: in.Name, Campaign: in.CampaignID, By: string(c.user.ID), TextConsent: in.TextConsent,
		CallConsent: in.CallConsent, CSV: strings.NewReader(in.CSV),
	})
	if err != nil {
		return nil, err
	}
	a.Live.Publish(live.Room)
	return showReport(report), nil
}

// showReport leaves no list out: an empty one is written as such.
func showReport(r people.Report) people.Report {
	r.Matched, r.Ignored = append([]string{}, r.Matched...), append([]string{}, r.Ignored...)
	return r
}
