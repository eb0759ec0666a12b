package people_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/nyaruka/phonenumbers"

	"phonebank"
	"phonebank/internal/testbank"
	"phonebank/people"
)

func TestZonesOf_ANumberTellsItsZonesAndAStateWithHoursOfItsOwn(t *testing.T) {
	for number, want := range map[phonebank.Number]string{
		"+12125550110":   "America/New_York",                       // New York asks for no hours of its own
		"+12145550110":   "America/Chicago@TX",                     // Dallas
		"+19155550110":   "America/Denver@TX",                      // El Paso
		"+12055550110":   "America/Chicago@AL",                     // Birmingham
		"+12705550110":   "America/Chicago@KY,America/New_York@KY", // western Kentucky, on both sides of the line
		"+13645550110":   "America/Chicago@KY,America/New_York@KY", // the same, laid over it
		"+14015550110":   "America/New_York@RI",                    // Rhode Island
		"+13055550110":   "America/New_York",                       // Miami
		"+18505550110":   "America/New_York,America/Chicago",       // Tallahassee and Pensacola
		"+12195550110":   "America/Chicago,America/New_York",       // Gary
		"+19075550110":   "America/Anchorage,America/Adak",         // Alaska
		"+18085550110":   "Pacific/Honolulu",                       // Hawaii
		"+17875550110":   "America/Puerto_Rico",                    // Puerto Rico
		"+16715550110":   "Pacific/Guam",                           // Guam
		"+16845550110":   "Pacific/Pago_Pago",                      // American Samoa
		"+14165550110":   "America/Toronto",                        // Canada
		"+18005550110":   "",                                       // toll-free: anywhere
		"+525512345678":  "America/Mexico_City",                    // Mexico City
		"+442079460000":  "Europe/London",                          // London
		"+9779812345678": "Asia/Katmandu",                          // Nepal
	} {
		if got := people.ZonesOf(number); got != want {
			t.Errorf("%s is in %q, want %q", number, got, want)
		}
	}
}

// areaCodes are those of the United States in Google's data.
func areaCodes() (list []int) {
	for code := 200; code < 1000; code++ {
		n, err := phonenumbers.Parse(fmt.Sprintf("+1%d5550123", code), "US")
		if err != nil {
			continue
		}
		told, err := phonenumbers.GetGeocodingForNumber(n, "en")
		if i := strings.LastIndex(told, ", "); i >= 0 {
			told = told[i+2:]
		}
		if err == nil && phonebank.StateCode(told) != "" {
			list = append(list, code)
		}
	}
	return list
}

// Google's data knows zones by exchange. What we say of an area code holds every one of them, and its state lies in them.
func TestZonesOf_AnAreaCodeHoldsTheZonesOfAllItsExchanges(t *testing.T) {
	same := map[string]string{"America/Boise": "America/Denver", "America/North_Dakota/Center": "America/Chicago", "America/Juneau": "America/Anchorage"}
	codes := areaCodes()
	if len(codes) < 350 {
		t.Fatalf("only %d area codes of the United States", len(codes))
	}
	for _, code := range codes {
		ours := people.ZonesOf(phonebank.Number(fmt.Sprintf("+1%d5550123", code)))
		for exchange := 200; exchange < 1000; exchange++ {
			n, err := phonenumbers.Parse(fmt.Sprintf("+1%d%d0123", code, exchange), "US")
			if err != nil {
				t.Fatal(err)
			}
			zones, err := phonenumbers.GetTimezonesForNumber(n)
			if err != nil {
				t.Fatal(err)
			}
			for _, z := range zones {
				if other, ok := same[z]; ok {
					z = other
				}
				if len(zones) > 6 || code == 907 && z == "Pacific/Honolulu" { // one exchange of Alaska, against the rest of it
					continue
				}
				if !slices.ContainsFunc(strings.Split(ours, ","), func(place string) bool { return place == z || strings.HasPrefix(place, z+"@") }) {
					t.Errorf("%d-%d is in %s, and we say %s", code, exchange, z, ours)
				}
			}
		}
	}
	t.Logf("%d area codes, 800 exchanges each", len(codes))
}

// A number's state and its zones agree with the table of states, so that an address can be laid over a number.
func TestZonesOf_AreZonesOfTheNumbersState(t *testing.T) {
	for _, code := range areaCodes() {
		n, err := phonenumbers.Parse(fmt.Sprintf("+1%d5550123", code), "US")
		if err != nil {
			t.Fatal(err)
		}
		told, err := phonenumbers.GetGeocodingForNumber(n, "en")
		if err != nil {
			t.Fatal(err)
		}
		if i := strings.LastIndex(told, ", "); i >= 0 {
			told = told[i+2:]
		}
		state := phonebank.StateCode(told)
		at := slices.IndexFunc(phonebank.States, func(s phonebank.State) bool { return s.Code == state })
		for place := range strings.SplitSeq(people.ZonesOf(phonebank.Number(fmt.Sprintf("+1%d5550123", code))), ",") {
			zone := phonebank.FirstZone(place)
			if !slices.Contains(strings.Split(phonebank.States[at].Zones, ","), zone) {
				t.Errorf("%d is of %s and in %s, which is no zone of it", code, state, zone)
			}
		}
	}
}

// An import reads where people live from the columns that lists have for it, and leaves what is no state to their number.
func TestImport_TheStateComesFromItsColumnOrTheZip(t *testing.T) {
	b := testbank.New(t, testbank.Options{NoLoops: true})
	r := bring(t, b, "name,phone,State,Zip Code\nAna Ruiz,212 555 0140,Texas,10001\nBen Cole,212 555 0141,,02903-1234\nCy Dean,214 555 0142,,\nDi Eng,416 555 0143,Ontario,M5V 2T6\nEd Fox,915 555 0144,TX,79901\n", "")
	if r.New != 5 || len(r.Rejected) != 0 || !slices.Contains(r.Matched, "State → state") || !slices.Contains(r.Matched, "Zip Code → zip") {
		t.Fatalf("%+v", r)
	}
	for name, want := range map[string][2]string{
		"Ana Ruiz": {"TX", "America/Chicago@TX,America/Denver@TX"}, "Ben Cole": {"RI", "America/New_York@RI"}, "Cy Dean": {"", "America/Chicago@TX"},
		"Di Eng": {"", "America/Toronto"}, "Ed Fox": {"TX", "America/Denver@TX"},
	} {
		var got struct{ Region, Zones string }
		ok(t, b.Store.DB().Get(&got, `SELECT p.region, l.zones FROM people p JOIN call_list l ON l.person_id = p.id WHERE p.name = $1`, name))
		if got.Region != want[0] || got.Zones != want[1] {
			t.Errorf("%s: %q in %q, want %q in %q", name, got.Region, got.Zones, want[0], want[1])
		}
	}
	if _, err := b.Roster.AddByHand(ctx, people.One{Name: "Fay", Phone: "212 555 0150", Region: "Nowhere", Campaign: b.Campaign.ID}); phonebank.KindOf(err) != phonebank.Invalid {
		t.Errorf("a state that nobody knows: %v", err)
	}
	fay, err := b.Roster.AddByHand(ctx, people.One{Name: "Fay", Phone: "212 555 0150", Region: "alabama", Campaign: b.Campaign.ID})
	if err != nil || fay.Region != "AL" {
		t.Errorf("%+v %v", fay, err)
	}
}
