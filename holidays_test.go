package phonebank

import (
	"slices"
	"testing"
	"time"
)

// The dates are those that governments and churches have published for these years.
func TestHolidays_FallOnTheirKnownDates(t *testing.T) {
	published := map[string][6]string{ // 2025 to 2030
		"Mardi Gras":                {"03-04", "02-17", "02-09", "02-29", "02-13", "03-05"},
		"Good Friday":               {"04-18", "04-03", "03-26", "04-14", "03-30", "04-19"},
		"Martin Luther King Day":    {"01-20", "01-19", "01-18", "01-17", "01-15", "01-21"},
		"Presidents' Day":           {"02-17", "02-16", "02-15", "02-21", "02-19", "02-18"},
		"Confederate Memorial Day":  {"04-28", "04-27", "04-26", "04-24", "04-23", "04-22"},
		"Memorial Day":              {"05-26", "05-25", "05-31", "05-29", "05-28", "05-27"},
		"Jefferson Davis' Birthday": {"06-02", "06-01", "06-07", "06-05", "06-04", "06-03"},
		"Juneteenth":                {"06-19", "06-19", "06-19", "06-19", "06-19", "06-19"},
		"Victory Day":               {"08-11", "08-10", "08-09", "08-14", "08-13", "08-12"},
		"Labor Day":                 {"09-01", "09-07", "09-06", "09-04", "09-03", "09-02"},
		"Columbus Day":              {"10-13", "10-12", "10-11", "10-09", "10-08", "10-14"},
		"Election Day":              {"11-04", "11-03", "11-02", "11-07", "11-06", "11-05"},
		"Veterans Day":              {"11-11", "11-11", "11-11", "11-11", "11-11", "11-11"},
		"Thanksgiving":              {"11-27", "11-26", "11-25", "11-23", "11-22", "11-28"},
	}
	seen := map[string]bool{}
	for _, s := range StatesHours {
		for _, h := range s.Holidays {
			dates, known := published[h.Name]
			if !known || h.Name == "Juneteenth" && h.Weekday == time.Monday {
				continue
			}
			seen[h.Name] = true
			for i, want := range dates {
				if got := h.on(2025 + i).Format("01-02"); got != want {
					t.Errorf("%s of %d is %s, not %s", h.Name, 2025+i, got, want)
				}
			}
		}
	}
	for name := range published {
		if !seen[name] {
			t.Errorf("no state keeps %s", name)
		}
	}
	for i, want := range []string{"06-16", "06-15", "06-21", "06-19", "06-18", "06-17"} { // Utah moves it to a Monday
		if h := (Holiday{"Juneteenth", time.June, 15, time.Monday}); h.on(2025+i).Format("01-02") != want || !slices.Contains(utahHolidays, h) {
			t.Errorf("Utah keeps Juneteenth of %d on %s", 2025+i, h.on(2025+i).Format("01-02"))
		}
	}
	for year, want := range map[int]string{1954: "04-18", 2008: "03-23", 2011: "04-24", 2025: "04-20", 2026: "04-05", 2027: "03-28", 2028: "04-16", 2029: "04-01", 2030: "04-21", 2038: "04-25"} {
		if got := easter(year).Format("01-02"); got != want {
			t.Errorf("Easter of %d is %s, not %s", year, got, want)
		}
	}
}

// A date at a weekend is quiet on the day itself and on the weekday to which a state moves it, also over the turn of a year.
func TestHolidays_AtAWeekendAreKeptOnTheWeekdayToo(t *testing.T) {
	for _, c := range []struct {
		name string
		day  string
		want bool
	}{
		{"Independence Day", "2026-07-04", true}, // a Saturday
		{"Independence Day", "2026-07-03", true},
		{"Independence Day", "2026-07-06", true},
		{"Independence Day", "2026-07-02", false},
		{"Independence Day", "2026-07-05", false},
		{"Independence Day", "2027-07-04", true}, // a Sunday
		{"Independence Day", "2027-07-05", true},
		{"Independence Day", "2027-07-02", false},
		{"Independence Day", "2025-07-04", true}, // a Friday
		{"Independence Day", "2025-07-07", false},
		{"New Year's Day", "2027-12-31", true}, // the first of 2028 is a Saturday
		{"New Year's Day", "2028-01-03", true},
		{"Christmas Day", "2027-12-24", true},
		{"Christmas Day", "2027-12-27", true},
		{"Thanksgiving", "2026-11-26", true},
		{"Thanksgiving", "2026-11-27", false},
	} {
		i := slices.IndexFunc(federalHolidays, func(h Holiday) bool { return h.Name == c.name })
		day, err := time.Parse(time.DateOnly, c.day)
		if err != nil {
			t.Fatal(err)
		}
		if got := federalHolidays[i].keeps(day.Date()); got != c.want {
			t.Errorf("%s on %s: %v", c.name, c.day, got)
		}
	}
}
