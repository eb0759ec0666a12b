package phonebank

import "time"

// WhyNotRing answers with the reason why a person must not be rung now, as a volunteer may read it, or "". It is asked
// when a card opens and again, under the number's lock, at the moment of dialing. rung counts our calls to the number
// within a day and since the person was last in touch.
func WhyNotRing(person Person, phone Phone, rung int, at time.Time) string {
	switch {
	case phone.OptedOutAt != nil:
		return person.FirstName + " asked us not to call. We never ring somebody who said no."
	case phone.HoldSince != nil:
		return "Something " + person.FirstName + " said may have been a no. A coordinator reads it before anybody rings."
	case phone.BadAt != nil:
		return "This number can't be reached."
	case rung >= CallsPerDay:
		return "We have rung this number often since yesterday. That is enough for a day."
	case !mayReach(person, phone, at, 0):
		return "It is " + TimeThere(ZonesOf(person.Zone, phone.Zones), at) + " where " + person.FirstName + " is. We call from 9 am to 8 pm."
	}
	return ""
}

// WhyNotText is WhyNotRing for a text: its number must take texts, and there must be a recorded consent.
func WhyNotText(person Person, phone Phone, consent bool, at time.Time) string {
	switch {
	case phone.OptedOutAt != nil:
		return person.FirstName + " asked us to stop. We never text somebody who said no."
	case phone.HoldSince != nil:
		return "Something " + person.FirstName + " said may have been a no. A coordinator reads it before anything is sent."
	case phone.BadAt != nil || phone.NoTextsAt != nil:
		return "This number doesn't take texts."
	case !consent:
		return "Nobody has recorded that " + person.FirstName + " may be texted. You can call, and ask."
	case !mayReach(person, phone, at, SendMargin):
		return "It is " + TimeThere(ZonesOf(person.Zone, phone.Zones), at) + " where " + person.FirstName + " is. Texts go from 9 am to ten to 8 pm."
	}
	return ""
}

// mayReach applies the hours: closed hours open for the quarter of an hour after the person's own text or call.
func mayReach(person Person, phone Phone, at time.Time, margin time.Duration) bool {
	if phone.LastInboundAt != nil && at.Sub(*phone.LastInboundAt) < ReplyGrace && !phone.LastInboundAt.After(at) {
		return true
	}
	return MayContact(ZonesOf(person.Zone, phone.Zones), at, margin)
}
