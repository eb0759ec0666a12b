package phonebank

import (
	"fmt"
	"time"
)

// String is a sentence in English.
func (s Sentence) String() string { return fmt.Sprintf(s.Format, s.Args...) }

// In is a sentence inside another one, in another language: say speaks it.
func (s Sentence) In(_, _ func(time.Time) string, say func(string, ...any) string) string {
	return say(s.Format, s.Args...)
}

// Fail makes an error of a sentence, which is then told in the language of whoever reads it.
func (s Sentence) Fail(kind Kind) error { return Fail(kind, s.Format, s.Args...) }

// NotRing tells why a person must not be rung now, and whether there is any reason. It is asked when a card opens and again,
// under the number's lock, at the moment of dialing. rung counts our calls to the number within a day and since the person
// was last in touch.
func NotRing(person Person, phone Phone, rung int, at time.Time) (why Sentence, not bool) {
	switch {
	case phone.OptedOutAt != nil:
		return sentence("%s asked us not to call. We never ring somebody who said no.", person.Called()), true
	case phone.HoldSince != nil:
		return sentence("Something %s said may have been a no. A coordinator reads it before anybody rings.", person.Called()), true
	case phone.BadAt != nil:
		return sentence("This number can't be reached."), true
	case rung >= CallsPerDay:
		return sentence(RungOften), true
	case !mayReach(person, phone, at, 0):
		return closedForCalls(person, phone, at), true
	}
	return why, false
}

// NotText is NotRing for a text: its number must take texts, and there must be a recorded consent.
func NotText(person Person, phone Phone, consent bool, at time.Time) (why Sentence, not bool) {
	switch {
	case phone.OptedOutAt != nil:
		return sentence("%s asked us to stop. We never text somebody who said no.", person.Called()), true
	case phone.HoldSince != nil:
		return sentence("Something %s said may have been a no. A coordinator reads it before anything is sent.", person.Called()), true
	case phone.BadAt != nil || phone.NoTextsAt != nil:
		return sentence("This number doesn't take texts."), true
	case !consent:
		return sentence("Nobody has recorded that %s may be texted. You can call, and ask.", person.Called()), true
	case !mayReach(person, phone, at, SendMargin):
		return closedForTexts(person, phone, at), true
	}
	return why, false
}

// RungOften and TextedOften are said where a number has had its share of a day.
const (
	RungOften   = "We have rung this number often since yesterday. That is enough for a day."
	TextedOften = "This number has had its texts for today. A person decides."
)

// mayReach applies the hours: closed hours open for the quarter of an hour after the person's own text or call.
func mayReach(person Person, phone Phone, at time.Time, margin time.Duration) bool {
	if phone.LastInboundAt != nil && at.Sub(*phone.LastInboundAt) < ReplyGrace && !phone.LastInboundAt.After(at) {
		return true
	}
	return MayContact(person.Places(phone), at, margin)
}

// closedForCalls tells the hours of today where a person is.
func closedForCalls(person Person, phone Phone, at time.Time) Sentence {
	zones := person.Places(phone)
	day := DayOf(zones, at)
	switch {
	case day.Closed() && day.Sunday != "":
		return sentence("It is Sunday in %s, where %s is. Nobody is called there on a Sunday.", stateFact(day.Sunday), person.Called())
	case day.Holiday != "":
		return sentence("It is a holiday in %s, where %s is: %s. Nobody is called there today.", stateFact(day.State), person.Called(), nameFact(day.Holiday))
	case day.Closed():
		return sentence("It is %s where %s is, and at no hour of today may we call everywhere they may be.", clockFact(zones, at), person.Called())
	case day.Sunday != "":
		return sentence("It is Sunday in %s, where %s is. On Sundays we call there from %s to %s.", stateFact(day.Sunday), person.Called(), hourFact(day.From), hourFact(day.Until))
	}
	return sentence("It is %s where %s is. We call from %s to %s.", clockFact(zones, at), person.Called(), hourFact(day.From), hourFact(day.Until))
}

// closedForTexts is closedForCalls for texts, which end a little earlier.
func closedForTexts(person Person, phone Phone, at time.Time) Sentence {
	zones := person.Places(phone)
	day := DayOf(zones, at)
	switch last := day.Until.Add(-SendMargin); {
	case day.Closed() && day.Sunday != "":
		return sentence("It is Sunday in %s, where %s is. Nobody is texted there on a Sunday.", stateFact(day.Sunday), person.Called())
	case day.Holiday != "":
		return sentence("It is a holiday in %s, where %s is: %s. Nobody is texted there today.", stateFact(day.State), person.Called(), nameFact(day.Holiday))
	case day.Closed():
		return sentence("It is %s where %s is, and at no hour of today may we text everywhere they may be.", clockFact(zones, at), person.Called())
	case day.Sunday != "":
		return sentence("It is Sunday in %s, where %s is. On Sundays texts go there from %s to %s.", stateFact(day.Sunday), person.Called(), hourFact(day.From), hourFact(last))
	default:
		return sentence("It is %s where %s is. Texts go from %s to %s.", clockFact(zones, at), person.Called(), hourFact(day.From), hourFact(last))
	}
}

// outsideHours tells when on the day of a wish a person can be called or texted.
func outsideHours(person Person, zones string, at time.Time, margin time.Duration) Sentence {
	day := DayOf(zones, at)
	last := lastQuarter(day.Until.Add(-margin)) // at which it could still begin
	switch {
	case day.Closed() && day.Sunday != "":
		return sentence("%s is a Sunday in %s, and nobody is called or texted there on a Sunday. Pick another day.", whenFact(zones, at), stateFact(day.Sunday))
	case day.Holiday != "":
		return sentence("%s is a holiday in %s (%s), and nobody is called or texted there that day. Pick another day.", whenFact(zones, at), stateFact(day.State), nameFact(day.Holiday))
	case day.Closed():
		return sentence("At no hour of that day may we reach %s everywhere they may be. Pick another day, or say in which time zone they are.", person.Called())
	case day.Sunday != "":
		return sentence("It is Sunday in %s then: pick a time between %s and %s where %s is.", stateFact(day.Sunday), hourFact(day.From), hourFact(last), person.Called())
	}
	return sentence("%s there is outside calling hours. Pick a time between %s and %s where %s is.", whenFact(zones, at), hourFact(day.From), hourFact(last), person.Called())
}

// WaveHours tells when on the day of a wish a wave can start, on the clock of its campaign.
func WaveHours(zone string, at time.Time) Sentence {
	day := DayOf(zone, at)
	return sentence("%s is outside calling hours. Pick a time between %s and %s.", whenFact(zone, at), hourFact(day.From), hourFact(lastQuarter(day.Until)))
}

// lastQuarter is the last quarter of an hour before closing, as people name a time.
func lastQuarter(closing time.Time) time.Time {
	return closing.Add(-time.Minute).Truncate(15 * time.Minute)
}

// HoursThere tells when a person can be called and texted where they are, as a form says it that asks for a time.
func HoursThere(zones string, at time.Time) Sentence {
	weekday, sunday := at, at
	for !ordinary(zones, weekday) {
		weekday = weekday.AddDate(0, 0, 1)
	}
	for local(zones, sunday).Weekday() != time.Sunday {
		sunday = sunday.AddDate(0, 0, 1)
	}
	now, day, special := clockFact(zones, at), DayOf(zones, weekday), DayOf(zones, sunday)
	switch {
	case day.Closed():
		return sentence("It is %s there. They may be in places that leave no common hour: say in which time zone they are.", now)
	case special.Closed() && special.Quiet:
		return sentence("It is %s there. We call and text from %s to %s, and nobody on Sundays and holidays.", now, hourFact(day.From), hourFact(day.Until))
	case special.Closed():
		return sentence("It is %s there. We call and text from %s to %s, and nobody on Sundays.", now, hourFact(day.From), hourFact(day.Until))
	case special.Sunday != "":
		return sentence("It is %s there. We call and text from %s to %s, on Sundays from %s to %s.", now, hourFact(day.From), hourFact(day.Until), hourFact(special.From), hourFact(special.Until))
	}
	return sentence("It is %s there. We call and text from %s to %s.", now, hourFact(day.From), hourFact(day.Until))
}

// ordinary tells whether a moment is on a day from Monday to Friday that is no holiday there.
func ordinary(zones string, at time.Time) bool {
	weekday := local(zones, at).Weekday()
	return weekday != time.Saturday && weekday != time.Sunday && DayOf(zones, at).Holiday == ""
}
