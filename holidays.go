package phonebank

import "time"

// Holiday is a day of the year on which some states ask for quiet. It is a date, the first of a weekday from a date on (the
// third Monday of January is the first one from the 15th on), or a day counted from Easter Sunday.
type Holiday struct {
	Name    string       `json:"name"`
	Month   time.Month   `json:"month"` // 0: Day is counted from Easter Sunday
	Day     int          `json:"day"`
	Weekday time.Weekday `json:"weekday"` // aDate: the date itself
}

// aDate is the weekday of a holiday that is kept on its date, whichever weekday that is.
const aDate time.Weekday = -1

// on answers with the day of a holiday in a year.
func (h Holiday) on(year int) time.Time {
	if h.Month == 0 {
		return easter(year).AddDate(0, 0, h.Day)
	}
	day := time.Date(year, h.Month, h.Day, 0, 0, 0, 0, time.UTC)
	if h.Weekday == aDate {
		return day
	}
	return day.AddDate(0, 0, (int(h.Weekday-day.Weekday())+7)%7)
}

// keeps tells whether a holiday is kept on a day. One at a weekend is also kept on the weekday to which states move it: the
// Friday before a Saturday, the Monday after a Sunday and, in some, after a Saturday. A quiet day too many costs little.
func (h Holiday) keeps(year int, month time.Month, day int) bool {
	asked := time.Date(year, month, day, 0, 0, 0, 0, time.UTC)
	for _, y := range []int{year - 1, year, year + 1} { // New Year's Day may be moved into the old year
		switch on, days := h.on(y), int(asked.Sub(h.on(y))/(24*time.Hour)); {
		case days == 0:
			return true
		case h.Month == 0 || h.Weekday != aDate: // always on the same weekday
		case on.Weekday() == time.Saturday && (days == -1 || days == 2):
			return true
		case on.Weekday() == time.Sunday && days == 1:
			return true
		}
	}
	return false
}

// easter answers with Easter Sunday of the western churches (Butcher's rule).
func easter(year int) time.Time {
	golden, century, rest := year%19, year/100, year%100
	full := (19*golden + century - century/4 - (century-(century+8)/25+1)/3 + 15) % 30
	sunday := (32 + 2*(century%4) + 2*(rest/4) - full - rest%4) % 7
	late := (golden + 11*full + 22*sunday) / 451
	days := full + sunday - 7*late + 114
	return time.Date(year, time.Month(days/31), days%31+1, 0, 0, 0, 0, time.UTC)
}

var (
	mardiGras  = Holiday{Name: "Mardi Gras", Day: -47}
	goodFriday = Holiday{Name: "Good Friday", Day: -2}
	// Election Day is no holiday in odd years everywhere; it is quiet each year all the same.
	electionDay = Holiday{"Election Day", time.November, 2, time.Tuesday}
)

// federalHolidays are those of 5 U.S.C. 6103. A state that asks for quiet on holidays gets all of them, also where its own law
// leaves one out.
var federalHolidays = []Holiday{
	{"New Year's Day", time.January, 1, aDate},
	{"Martin Luther King Day", time.January, 15, time.Monday},
	{"Presidents' Day", time.February, 15, time.Monday},
	{"Memorial Day", time.May, 25, time.Monday},
	{"Juneteenth", time.June, 19, aDate},
	{"Independence Day", time.July, 4, aDate},
	{"Labor Day", time.September, 1, time.Monday},
	{"Columbus Day", time.October, 8, time.Monday},
	{"Veterans Day", time.November, 11, aDate},
	{"Thanksgiving", time.November, 22, time.Thursday},
	{"Christmas Day", time.December, 25, aDate},
}

// federalAnd answers with the federal holidays and a state's own.
func federalAnd(own ...Holiday) []Holiday {
	return append(append([]Holiday(nil), federalHolidays...), own...)
}

// The holidays of the states that ask for quiet on theirs. Days that a governor or a president names for one year are in no
// table: a coordinator pauses.
var (
	// Code of Ala. § 1-3-8. Mardi Gras is one in two counties; a number tells no county.
	alabamaHolidays = federalAnd(mardiGras,
		Holiday{"Confederate Memorial Day", time.April, 22, time.Monday},
		Holiday{"Jefferson Davis' Birthday", time.June, 1, time.Monday})
	// La. R.S. 1:55
	louisianaHolidays = federalAnd(mardiGras, goodFriday, electionDay,
		Holiday{"Battle of New Orleans Day", time.January, 8, aDate},
		Holiday{"Huey P. Long Day", time.August, 30, aDate},
		Holiday{"All Saints' Day", time.November, 1, aDate})
	// 44 P.S. § 11
	pennsylvaniaHolidays = federalAnd(goodFriday, electionDay,
		Holiday{"Flag Day", time.June, 14, aDate})
	// R.I. Gen. Laws § 25-1-1
	rhodeIslandHolidays = federalAnd(electionDay,
		Holiday{"Rhode Island Independence Day", time.May, 4, aDate},
		Holiday{"Victory Day", time.August, 8, time.Monday})
	// Utah Code § 63G-1-301, which keeps Juneteenth on a Monday
	utahHolidays = federalAnd(goodFriday,
		Holiday{"Juneteenth", time.June, 15, time.Monday},
		Holiday{"Pioneer Day", time.July, 24, aDate})
)
