package script

import (
	"fmt"
	"time"
)

// LocalLayout is how a promised time is kept: wall clock in the person's own zone, without an offset.
const LocalLayout = "2006-01-02T15:04"

var (
	weekdays = map[string][7]string{
		"en": {"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"},
		"es": {"dom", "lun", "mar", "mié", "jue", "vie", "sáb"},
	}
	months = map[string][12]string{
		"en": {"Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"},
		"es": {"ene", "feb", "mar", "abr", "may", "jun", "jul", "ago", "sep", "oct", "nov", "dic"},
	}
)

// SpokenWhen reads a kept local time aloud: "Thu Dec 3, 6:30 pm". What is not a time is left as it is, because a
// person may have said "after the holidays".
func SpokenWhen(local, locale string) string {
	t, err := time.Parse(LocalLayout, local)
	if err != nil {
		return local
	}
	if language2(locale) == "es" {
		return fmt.Sprintf("%s %d %s, %d:%02d", weekdays["es"][t.Weekday()], t.Day(), months["es"][t.Month()-1], t.Hour(), t.Minute())
	}
	half, hour := "am", t.Hour()
	if hour >= 12 {
		half, hour = "pm", hour-12
	}
	if hour == 0 {
		hour = 12
	}
	clock := fmt.Sprintf("%d %s", hour, half)
	if t.Minute() != 0 {
		clock = fmt.Sprintf("%d:%02d %s", hour, t.Minute(), half)
	}
	return fmt.Sprintf("%s %s %d, %s", weekdays["en"][t.Weekday()], months["en"][t.Month()-1], t.Day(), clock)
}
