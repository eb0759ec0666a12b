package phonebank

import (
	"strings"
	"sync"
	"time"
)

// Calling hours: 9 in the morning to 8 in the evening where the person is. Federal law allows 8 to 9 (47 CFR
// 64.1200(c)(1)); several states end at 8, so the narrower hours are ours everywhere.
const (
	OpenHour  = 9
	CloseHour = 20
	// SendMargin is how long before closing the last text may start, so that a slow carrier still delivers in time.
	SendMargin = 10 * time.Minute
	// ReplyGrace is how long after a person's own text or call we may answer them outside hours.
	ReplyGrace = 15 * time.Minute
)

// UnknownZones are the candidates of a number that could be anywhere in the 48 states: together they leave 12:00 to
// 20:00 Eastern.
const UnknownZones = "America/New_York,America/Chicago,America/Denver,America/Phoenix,America/Los_Angeles"

var zoneCache sync.Map // name -> *time.Location: LoadLocation reads the zone file anew at every call

// Zone is time.LoadLocation, remembered. "" and "Local" are no zones of a person.
func Zone(name string) (*time.Location, error) {
	if loc, ok := zoneCache.Load(name); ok {
		return loc.(*time.Location), nil
	}
	if name == "" || name == "Local" {
		return nil, Fail(Invalid, "A time zone is needed, such as America/New_York.")
	}
	loc, err := time.LoadLocation(name)
	if err != nil {
		return nil, err
	}
	zoneCache.Store(name, loc)
	return loc, nil
}

// ZonesOf answers with the zones that a person may be in: the stated one, else those of their number, else unknown.
func ZonesOf(stated, ofNumber string) string {
	if stated != "" {
		return stated
	}
	if ofNumber != "" {
		return ofNumber
	}
	return UnknownZones
}

// FirstZone is the zone in which times are shown and wishes are read where several are possible.
func FirstZone(zones string) string {
	first, _, _ := strings.Cut(zones, ",")
	return first
}

// MayContact tells whether the hours are open in every zone that a person may be in, now and until margin from now.
func MayContact(zones string, at time.Time, margin time.Duration) bool {
	if zones == "" {
		zones = UnknownZones
	}
	for name := range strings.SplitSeq(zones, ",") {
		loc, err := Zone(name)
		if err != nil {
			return false // an unreadable zone is never a reason to ring at night
		}
		for _, t := range []time.Time{at.In(loc), at.Add(margin).In(loc)} {
			if t.Hour() < OpenHour || t.Hour() >= CloseHour {
				return false
			}
		}
		if at.In(loc).Day() != at.Add(margin).In(loc).Day() {
			return false
		}
	}
	return true
}

// NextContact answers with the first moment from at on when MayContact holds, to the minute, or the zero time where the
// zones leave no common hour within eight days.
func NextContact(zones string, at time.Time, margin time.Duration) time.Time {
	if MayContact(zones, at, margin) {
		return at
	}
	t := at.Truncate(5 * time.Minute).Add(5 * time.Minute)
	for range 8 * 24 * 12 {
		if MayContact(zones, t, margin) {
			return t
		}
		t = t.Add(5 * time.Minute)
	}
	return time.Time{}
}

// ClosesIn answers how long the hours stay open, at most a day: a text's ValidityPeriod ends SendMargin before.
func ClosesIn(zones string, at time.Time) time.Duration {
	least := 24 * time.Hour
	if zones == "" {
		zones = UnknownZones
	}
	for name := range strings.SplitSeq(zones, ",") {
		loc, err := Zone(name)
		if err != nil {
			return 0
		}
		local := at.In(loc)
		end := time.Date(local.Year(), local.Month(), local.Day(), CloseHour, 0, 0, 0, loc)
		if d := end.Sub(at); d < least {
			least = d
		}
	}
	return max(least, 0)
}

// TimeThere writes the time of day where a person is, as a volunteer reads it: 5:46 pm.
func TimeThere(zones string, at time.Time) string {
	loc, err := Zone(FirstZone(zones))
	if err != nil {
		return ""
	}
	return strings.ToLower(at.In(loc).Format("3:04 PM"))
}

// DayThere writes a day as a volunteer reads it: Thu Dec 3.
func DayThere(zones string, at time.Time) string {
	loc, err := Zone(FirstZone(zones))
	if err != nil {
		return at.UTC().Format("Mon Jan 2")
	}
	return at.In(loc).Format("Mon Jan 2")
}

// WhenThere writes day and time where a person is: Thu Dec 3, 6:30 pm.
func WhenThere(zones string, at time.Time) string {
	return DayThere(zones, at) + ", " + TimeThere(zones, at)
}
