package phonebank

import (
	"strings"
	"time"
)

// Fact is a time or a name inside a sentence of ours. Each language writes it in its own way; as it stands it is English.
type Fact struct {
	at   time.Time // on the clock where the person is
	kind string
	name string
}

const (
	factClock = "clock" // 5:46 pm
	factHour  = "hour"  // 9 am, 7:45 pm
	factWhen  = "when"  // Thu Dec 3, 6:30 pm
	factName  = "name"  // Texas
)

// clockFact, hourFact and whenFact are a moment by the clock of the first place where a person may be.
func clockFact(zones string, at time.Time) Fact { return Fact{at: local(zones, at), kind: factClock} }
func hourFact(at time.Time) Fact                { return Fact{at: at, kind: factHour} }
func whenFact(zones string, at time.Time) Fact  { return Fact{at: local(zones, at), kind: factWhen} }
func stateFact(code string) Fact                { return nameFact(statesByCode[code].Name) }
func nameFact(name string) Fact                 { return Fact{name: name, kind: factName} }

func local(zones string, at time.Time) time.Time {
	loc, err := Zone(FirstZone(zones))
	if err != nil {
		return at.UTC()
	}
	return at.In(loc)
}

// String is the fact in English.
func (f Fact) String() string {
	switch f.kind {
	case factHour:
		if f.at.Minute() == 0 {
			return strings.ToLower(f.at.Format("3 PM"))
		}
		return strings.ToLower(f.at.Format("3:04 PM"))
	case factClock:
		return strings.ToLower(f.at.Format("3:04 PM"))
	case factWhen:
		return f.at.Format("Mon Jan 2, ") + strings.ToLower(f.at.Format("3:04 PM"))
	}
	return f.name
}

// In is the fact in another language, of which it is told how that writes a time of day and a day with its time, and which
// names it has.
func (f Fact) In(clock, when func(time.Time) string, name func(string, ...any) string) string {
	switch f.kind {
	case factHour, factClock:
		return clock(f.at)
	case factWhen:
		return when(f.at)
	}
	return name(f.name)
}
