package people

import (
	"context"
	"fmt"
	"regexp"
	"strings"

	"phonebank"
	"phonebank/store"
)

// One is one person as somebody writes them down by hand.
type One struct {
	Name, SayName, Place, Languages, Zone, Region string
	Zip                                           string // tells the state where that is not given
	Phone                                         string
	Campaign                                      phonebank.CampaignID
	TextConsent                                   string // on whose word they may be texted; empty: calls only
	By                                            phonebank.UserID
	Owner                                         phonebank.UserID
}

// AddByHand writes one person down and puts them on a campaign's list. The same name on the same number is the same person.
func (r *Roster) AddByHand(ctx context.Context, one One) (phonebank.Person, error) {
	var none phonebank.Person
	name := cut(clean(one.Name), 120)
	if name == "" {
		return none, phonebank.Fail(phonebank.Invalid, "Give a name, so that we know whom to ask for.")
	}
	number, zones, err := ParseNumber(one.Phone)
	if err != nil {
		return none, err
	}
	if one.Zone != "" {
		if _, err := phonebank.Zone(one.Zone); err != nil {
			return none, phonebank.Because(err, phonebank.Invalid, "%q is no time zone. Write it like America/New_York, or leave it empty.", cut(one.Zone, 40))
		}
	}
	region, err := Region(one.Region)
	if err == nil && region == "" {
		region, err = regionOfZip(one.Zip)
	}
	if err != nil {
		return none, err
	}
	at := r.now()
	p := phonebank.Person{ID: phonebank.NewID[phonebank.PersonID](at), OwnerID: one.Owner, Name: name, FirstName: firstName(name), SayName: cut(clean(one.SayName), 120),
		Place: cut(clean(one.Place), 200), Languages: cut(clean(one.Languages), 120), Zone: one.Zone, Region: region, CreatedAt: at}
	err = r.store.InTx(ctx, func(tx *store.Tx) error {
		if _, err := tx.Campaign(ctx, one.Campaign); err != nil {
			return phonebank.Because(err, phonebank.Invalid, "Pick the campaign whose list they go on.")
		}
		phone, err := tx.KeepPhone(ctx, number, zones, at)
		if err != nil {
			return err
		}
		p.PhoneID = phone.ID
		if p, err = tx.AddPerson(ctx, p); err != nil {
			return err
		}
		if words := cut(clean(one.TextConsent), 200); words != "" {
			if err := tx.GiveConsent(ctx, p.ID, phone.ID, "text", words, "", string(one.By), at); err != nil {
				return fmt.Errorf("keep the consent of person %s: %w", p.ID, err)
			}
		}
		if phone.OptedOutAt != nil || phone.BadAt != nil {
			return nil // known, and not to be called: they go on no list
		}
		return tx.PutOnList(ctx, one.Campaign, p, phone, at)
	})
	return p, err
}

// Region reads the state that somebody wrote down; nothing written is no state.
func Region(written string) (string, error) {
	code := phonebank.StateCode(written)
	if code == "" && written != "" {
		return "", phonebank.Fail(phonebank.Invalid, "We don't know the state %q. Write its two letters, such as NY, or leave it empty.", cut(clean(written), 40))
	}
	return code, nil
}

var zip = regexp.MustCompile(`^\d{5}(-?\d{4})?$`)

// regionOfZip is the state of a ZIP code, by the rule of an import. A code that is told by the post of the military is one of
// no state; what is no code is said to whoever types it.
func regionOfZip(written string) (string, error) {
	if written = clean(written); written != "" && !zip.MatchString(written) {
		return "", phonebank.Fail(phonebank.Invalid, "%q is no ZIP code. Write its five digits, such as 10453, or leave it empty.", cut(written, 20))
	}
	return phonebank.StateOfZip(written), nil
}

// firstName is the name that a volunteer says hello with, empty for whoever has told us none.
func firstName(name string) string {
	if strings.HasPrefix(name, phonebank.UnknownCaller) {
		return ""
	}
	return FirstName(name)
}
