package phonebank

// Hours are the hours of one day at which people may be called and texted: from Open on, until before Close, by the clock
// where they are. Where Close is not after Open nobody is called at all, so a window over midnight is a closed day.
type Hours struct {
	Open  int `json:"open"`
	Close int `json:"close"`
}

// within answers with the stricter of two windows.
func (h Hours) within(other Hours) Hours {
	return Hours{max(h.Open, other.Open), min(h.Close, other.Close)}
}

// StateHours are the calling hours that one state asks for, with where that was read and when. A source that only tells of
// the law says so: it is to be checked by whoever answers for the calls.
type StateHours struct {
	State  string `json:"state"`
	Week   Hours  `json:"week"` // Monday to Saturday
	Sunday Hours  `json:"sunday"`
	Source string `json:"source"`
	Date   string `json:"date"`
}

// none is a day on which nobody is called.
var none = Hours{}

// FederalHours hold in every state. They are written for selling by phone; we keep to them whatever the call is for.
var FederalHours = StateHours{"", Hours{8, 21}, Hours{8, 21}, "47 CFR 64.1200(c)(1)", "2026-11"}

const secondHand = "Second-hand: Drop Cowboy's and Referrizer's lists of state calling hours"

// StatesHours is what we know beyond the federal hours. What is asked at any moment is the strictest of the federal hours,
// the state's and our own (OpenHour to CloseHour).
var StatesHours = []StateHours{
	{"AL", Hours{8, 20}, none, secondHand, "2025-11"},
	{"CT", Hours{9, 20}, Hours{9, 20}, secondHand, "2025-11"},
	{"FL", Hours{8, 20}, Hours{8, 20}, secondHand, "2025-11"},
	{"KY", Hours{10, 21}, Hours{10, 21}, secondHand, "2025-11"},
	{"LA", Hours{8, 20}, none, secondHand, "2025-11"},
	{"MA", Hours{8, 20}, Hours{8, 20}, secondHand, "2025-11"},
	{"MD", Hours{8, 20}, Hours{8, 20}, secondHand, "2025-11"},
	{"MS", Hours{8, 20}, none, secondHand, "2025-11"},
	{"OK", Hours{8, 20}, Hours{8, 20}, secondHand, "2025-11"},
	{"RI", Hours{9, 18}, Hours{9, 18}, secondHand, "2025-11"},
	{"TX", Hours{9, 21}, Hours{12, 21}, secondHand, "2025-11"},
	{"WA", Hours{8, 20}, Hours{8, 20}, "Not checked: from memory", "2026-11"},
}

// everyday are the hours of each weekday, Sunday first, where no state asks for more than we do anyway.
var everyday = week(StateHours{Week: Hours{OpenHour, CloseHour}, Sunday: Hours{OpenHour, CloseHour}})

// weeks are the hours of the states that ask for more.
var weeks = func() map[string][7]Hours {
	list := map[string][7]Hours{}
	for _, s := range StatesHours {
		if w := week(s); w != everyday {
			list[s.State] = w
		}
	}
	return list
}()

// week writes a state's hours out for each weekday, Sunday first, none of them wider than the federal hours or ours.
func week(s StateHours) (days [7]Hours) {
	ours := Hours{OpenHour, CloseHour}
	for i := range days {
		days[i] = s.Week.within(FederalHours.Week).within(ours)
	}
	days[0] = s.Sunday.within(FederalHours.Sunday).within(ours)
	return days
}
