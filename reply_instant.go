package phonebank

import (
	"fmt"
	"regexp"
	"time"
)

// instant is the one moment that the times of a text mean, or what to ask, of hours about the day of that moment. The half of the day is never guessed: it is the
// one that they say, or the only one at which we call.
func (r reply) instant(f found, loc *time.Location) (at time.Time, ask string) {
	if len(f.spans) == 1 {
		if len(f.days) > 0 || f.part != "" {
			return at, AskOne
		}
		at = r.now.Add(f.spans[0]).In(loc).Truncate(time.Minute)
		return r.check(at)
	}
	local := r.now.In(loc)
	today := time.Date(local.Year(), local.Month(), local.Day(), 0, 0, 0, 0, loc)
	day, named := today, len(f.days) == 1
	if named {
		day = f.days[0]
	} else if planned := r.about.CallAt.In(loc); !r.about.CallAt.IsZero() && planned.After(local) && planned.Format(time.DateOnly) != local.Format(time.DateOnly) {
		if !insteadOf.MatchString(r.whole) {
			return at, AskPlanned
		}
		day = time.Date(planned.Year(), planned.Month(), planned.Day(), 0, 0, 0, 0, loc)
	}
	var open []time.Time
	for _, hour := range hoursOf(f.clocks[0], f.part) {
		t := time.Date(day.Year(), day.Month(), day.Day(), hour[0], hour[1], 0, 0, loc)
		if t.Hour() == hour[0] && t.Minute() == hour[1] && MayContact(r.zones, t, 0) {
			open = append(open, t)
		}
	}
	switch len(open) {
	case 0:
		return day.Add(12 * time.Hour), AskHours
	case 1:
		return r.check(open[0])
	}
	return at, AskOne
}

var insteadOf = regexp.MustCompile(`\b(instead|rather|better|en vez|en lugar|mejor)\b`)

func (r reply) check(at time.Time) (time.Time, string) {
	switch {
	case !at.After(r.now):
		return at, AskPast
	case !MayContact(r.zones, at, 0):
		return at, AskHours
	}
	return at, ""
}

// hoursOf lists what a clock may mean: "6:30pm" one time, "6:30" two.
func hoursOf(clock, part string) (list [][2]int) {
	var hour, minute int
	half := ""
	if _, err := fmt.Sscanf(clock, "%d:%d%s", &hour, &minute, &half); err != nil && half != "" {
		return nil
	}
	if hour > 23 || minute > 59 {
		return nil
	}
	if half == "" && part == "morning" {
		half = "am"
	} else if half == "" && part == "evening" && hour != 12 {
		half = "pm"
	} else if part == "morning" && half == "pm" && hour != 12 || part == "evening" && half == "am" {
		return nil // "6 pm in the morning"
	}
	switch {
	case hour > 12 || hour == 0:
		if half == "am" || half == "pm" && hour == 0 {
			return nil
		}
		return [][2]int{{hour, minute}}
	case half == "am":
		return [][2]int{{hour % 12, minute}}
	case half == "pm":
		return [][2]int{{hour%12 + 12, minute}}
	}
	return [][2]int{{hour % 12, minute}, {hour%12 + 12, minute}}
}
