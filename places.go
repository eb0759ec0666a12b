package phonebank

import (
	"slices"
	"strings"
	"sync"
	"time"
)

// Where a person may be is written as a list of places, comma separated. A place is a zone, such as America/New_York, or a
// zone within a state that asks for hours of its own, such as America/Chicago@TX. Only this file reads and writes the list.

// UnknownZones are the candidates of a number that could be anywhere in the 48 states: together they leave 12:00 to
// 20:00 Eastern. No state is known there, so none of a state's own hours apply.
const UnknownZones = "America/New_York,America/Chicago,America/Denver,America/Phoenix,America/Los_Angeles"

// place is one of the places where a person may be.
type place struct {
	zone  *time.Location
	state string // where its hours are its own
	calendar
}

var placesCache sync.Map // list -> []place: a list is read over and over, and there are few of them

// places reads a list. It answers with nothing where any part of it cannot be read.
func places(list string) []place {
	if list == "" {
		list = UnknownZones
	}
	if known, ok := placesCache.Load(list); ok {
		return known.([]place)
	}
	var all []place
	for one := range strings.SplitSeq(list, ",") {
		name, state, _ := strings.Cut(one, "@")
		zone, err := Zone(name)
		if err != nil || state != "" && statesByCode[state].Code == "" {
			return nil
		}
		p := place{zone: zone, calendar: everyday}
		if own, ok := calendars[state]; ok {
			p.state, p.calendar = state, own
		}
		all = append(all, p)
	}
	placesCache.Store(list, all)
	return all
}

// PlacesIn writes zones down as places in a state. A state whose hours are no other than everywhere's leaves no mark, so that
// lists of people stay in few groups.
func PlacesIn(zones, state string) string {
	if _, own := calendars[state]; !own || zones == "" {
		return zones
	}
	list := strings.Split(zones, ",")
	for i, z := range list {
		list[i] = z + "@" + state
	}
	return strings.Join(list, ",")
}

// ZonesOf answers with the places where a person may be: the zone that they stated, else those of the state that they live
// in, as far as their number agrees, else those of their number, else unknown.
func ZonesOf(stated, region, ofNumber string) string {
	switch {
	case stated != "":
		if region == "" {
			region = stateAt(stated, ofNumber)
		}
		return PlacesIn(stated, region)
	case statesByCode[region].Code != "":
		theirs := statesByCode[region].Zones
		var both []string
		for one := range strings.SplitSeq(ofNumber, ",") {
			if name, _, _ := strings.Cut(one, "@"); slices.Contains(strings.Split(theirs, ","), name) {
				both = append(both, name)
			}
		}
		if len(both) > 0 {
			theirs = strings.Join(both, ",")
		}
		return PlacesIn(theirs, region)
	case ofNumber != "":
		return ofNumber
	}
	return UnknownZones
}

// Places is ZonesOf for a person and their number.
func (p Person) Places(phone Phone) string { return ZonesOf(p.Zone, p.Region, phone.Zones) }

// stateAt answers with the state of a number that lies in the stated zone: whoever gives the zone that their number has
// anyway has not said that they moved.
func stateAt(stated, ofNumber string) string {
	for one := range strings.SplitSeq(ofNumber, ",") {
		if name, state, _ := strings.Cut(one, "@"); name == stated {
			return state
		}
	}
	return ""
}

// FirstZone is the zone in which times are shown and wishes are read where several are possible.
func FirstZone(list string) string {
	first, _, _ := strings.Cut(list, ",")
	zone, _, _ := strings.Cut(first, "@")
	return zone
}
