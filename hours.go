package phonebank

import (
	"strings"
	"sync"
	"time"
)

// Calling hours: 9 in the morning to 8 in the evening where the person is. Federal law allows 8 to 9; several states end at
// 8, so the narrower hours are ours everywhere, and StatesHours has the states that are stricter still.
const (
	OpenHour  = 9
	CloseHour = 20
	// SendMargin is how long before closing the last text may start, so that a slow carrier still delivers in time.
	SendMargin = 10 * time.Minute
	// ReplyGrace is how long after a person's own text or call we may answer them outside hours.
	ReplyGrace = 15 * time.Minute
)

// lookAhead is how far NextContact looks: past a closed Sunday and the holidays around it, and back to the same weekday.
const lookAhead = 8

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

// open answers with the hours of a day there, days after the day of at; both are the same moment on a closed day.
func (p place) open(at time.Time, days int) (from, until time.Time) {
	local := at.In(p.zone)
	// Noon names the day: midnight is skipped on some days of some zones.
	noon := time.Date(local.Year(), local.Month(), local.Day()+days, 12, 0, 0, 0, p.zone)
	y, m, d := noon.Date()
	h := p.days[noon.Weekday()]
	from = time.Date(y, m, d, h.Open, 0, 0, 0, p.zone)
	if h.Close <= h.Open {
		return from, from
	}
	if _, quiet := p.holiday(noon); quiet {
		return from, from
	}
	return from, time.Date(y, m, d, h.Close, 0, 0, 0, p.zone)
}

// next answers with the first moment from at on when the hours are open there, now and until margin from then.
func (p place) next(at time.Time, margin time.Duration) (time.Time, bool) {
	for day := range lookAhead + 1 {
		from, until := p.open(at, day)
		if from.Before(at) {
			from = at
		}
		if from.Add(margin).Before(until) {
			return from, true
		}
	}
	return time.Time{}, false
}

// MayContact tells whether the hours are open in every place where a person may be, now and until margin from now.
func MayContact(zones string, at time.Time, margin time.Duration) bool {
	all := places(zones)
	for _, p := range all {
		from, until := p.open(at, 0)
		if at.Before(from) || !at.Add(margin).Before(until) {
			return false
		}
	}
	return len(all) > 0 // an unreadable place is never a reason to ring at night
}

// NextContact answers with the first moment from at on when MayContact holds, or the zero time where the places leave no
// common hour within eight days.
func NextContact(zones string, at time.Time, margin time.Duration) time.Time {
	all := places(zones)
	for t := at; len(all) > 0 && t.Before(at.AddDate(0, 0, lookAhead)); {
		latest := t
		for _, p := range all {
			next, ok := p.next(t, margin)
			if !ok {
				return time.Time{}
			}
			if next.After(latest) {
				latest = next
			}
		}
		if latest.Equal(t) {
			return t
		}
		t = latest
	}
	return time.Time{}
}

// ClosesIn answers how long it is until the hours close, at most a day, and 0 on a closed day: a text's ValidityPeriod ends
// SendMargin before.
func ClosesIn(zones string, at time.Time) time.Duration {
	all := places(zones)
	if len(all) == 0 {
		return 0
	}
	least := 24 * time.Hour
	for _, p := range all {
		from, until := p.open(at, 0)
		if !from.Before(until) {
			return 0
		}
		least = min(least, until.Sub(at))
	}
	return max(least, 0)
}

// OpenDay is how a day's hours are told: by the clock of the first place where a person may be, as far as every place is open.
type OpenDay struct {
	From, Until time.Time // the same moment where nobody may be called all day
	Sunday      string    // the state whose own hours of a Sunday these are
	Holiday     string    // why nobody is called that day in State
	State       string
	Quiet       bool // a place that keeps holidays
}

// Closed tells that nobody may be called there on that day.
func (d OpenDay) Closed() bool { return !d.From.Before(d.Until) }

// DayOf answers with the hours of the day on which at falls.
func DayOf(zones string, at time.Time) (day OpenDay) {
	for i, p := range places(zones) {
		from, until := p.open(at, 0)
		if i == 0 {
			day = OpenDay{From: from, Until: until, Quiet: len(p.holidays) > 0}
			there := at.In(p.zone)
			if there.Weekday() == time.Sunday && p.state != "" && p.days[time.Sunday] != p.days[time.Monday] {
				day.Sunday = p.state
			} else if holiday, quiet := p.holiday(there); quiet {
				day.Holiday, day.State = holiday.Name, p.state
			}
			continue
		}
		if from.After(day.From) {
			day.From = from.In(day.From.Location())
		}
		if until.Before(day.Until) {
			day.Until = until.In(day.From.Location())
		}
	}
	return day
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
