package people

import (
	"slices"
	"strings"
	"sync"

	"github.com/nyaruka/phonenumbers"

	"phonebank"
)

// same are zones that keep the clock of another, whose name stands for both: so people fall into few groups, and the zones of
// a number can be laid over those of a state.
var same = map[string]string{
	"America/Boise": "America/Denver", "America/North_Dakota/Center": "America/Chicago", "America/Juneau": "America/Anchorage",
	"America/Detroit": "America/New_York",
}

// split are the area codes that span several zones. Google's data names the zone of each exchange, but a mobile number tells
// only where it was bought, and area codes that were laid over others have no exchanges listed: so all zones of the area count.
var split = map[string]string{
	"208": "America/Denver,America/Los_Angeles", "986": "America/Denver,America/Los_Angeles",
	"219": "America/Chicago,America/New_York",
	"270": "America/Chicago,America/New_York", "364": "America/Chicago,America/New_York",
	"308": "America/Chicago,America/Denver",
	"423": "America/New_York,America/Chicago", "729": "America/New_York,America/Chicago",
	"541": "America/Los_Angeles,America/Denver", "458": "America/Los_Angeles,America/Denver",
	"574": "America/New_York,America/Chicago",
	"605": "America/Chicago,America/Denver",
	"606": "America/New_York,America/Chicago",
	"620": "America/Chicago,America/Denver",
	"701": "America/Chicago,America/Denver",
	"775": "America/Los_Angeles,America/Denver",
	"785": "America/Chicago,America/Denver",
	"812": "America/New_York,America/Chicago", "930": "America/New_York,America/Chicago",
	"850": "America/New_York,America/Chicago", "448": "America/New_York,America/Chicago",
	"906": "America/New_York,America/Chicago",
	"907": "America/Anchorage,America/Adak",
	"928": "America/Phoenix,America/Denver",
	// Canada
	"250": "America/Vancouver,America/Edmonton", "236": "America/Vancouver,America/Edmonton", "257": "America/Vancouver,America/Edmonton",
	"672": "America/Vancouver,America/Edmonton", "778": "America/Vancouver,America/Edmonton",
	"418": "America/Toronto,America/Halifax", "367": "America/Toronto,America/Halifax", "581": "America/Toronto,America/Halifax",
	"709": "America/St_Johns,America/Halifax", "879": "America/St_Johns,America/Halifax",
	"807": "America/Toronto,America/Winnipeg",
	"867": "America/Fort_Nelson,America/Edmonton,America/Vancouver,America/Winnipeg,America/Toronto",
}

var areas sync.Map // area code -> places: all numbers of one lie in the same, and a list holds many of them

// ZonesOf reads the places that a number may be in, or "" where its prefix tells nothing narrower than a continent.
func ZonesOf(n phonebank.Number) string {
	if len(n) != 12 || !strings.HasPrefix(string(n), "+1") {
		return read(n)
	}
	if known, ok := areas.Load(n[2:5]); ok {
		return known.(string)
	}
	places := read(n)
	areas.Store(n[2:5], places)
	return places
}

func read(n phonebank.Number) string {
	parsed, err := phonenumbers.Parse(string(n), "US")
	if err != nil {
		return ""
	}
	if parsed.GetCountryCode() == 1 && len(n) == 12 {
		if zones, ok := split[string(n[2:5])]; ok {
			return phonebank.PlacesIn(zones, stateOf(parsed))
		}
	}
	told, err := phonenumbers.GetTimezonesForNumber(parsed)
	if err != nil || len(told) == 0 || len(told) > 6 {
		return ""
	}
	var zones []string
	for _, z := range told {
		if other, ok := same[z]; ok {
			z = other
		}
		if _, err := phonebank.Zone(z); err != nil {
			return ""
		}
		if !slices.Contains(zones, z) {
			zones = append(zones, z)
		}
	}
	return phonebank.PlacesIn(strings.Join(zones, ","), stateOf(parsed))
}

// stateOf answers with the state of a number's area code, which Google's data tells as "Texas" or as "San Antonio, TX".
func stateOf(n *phonenumbers.PhoneNumber) string {
	if n.GetCountryCode() != 1 {
		return ""
	}
	told, err := phonenumbers.GetGeocodingForNumber(n, "en")
	if err != nil {
		return ""
	}
	if i := strings.LastIndex(told, ", "); i >= 0 {
		told = told[i+2:]
	}
	return phonebank.StateCode(told)
}
