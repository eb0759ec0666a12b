package phonebank

import "time"

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

// HowRead tells how a row of the table was read. Whoever answers for the calls checks it, the less sure ones first.
type HowRead string

const (
	ReadLaw    HowRead = "the law"     // its words, in a published copy
	ReadQuoted HowRead = "quoted"      // its words, as somebody else quotes them with their section
	ReadTold   HowRead = "second-hand" // what others say that the section asks
)

// StateHours are the calling hours that one state asks for, with the section that asks, how that was read and when.
type StateHours struct {
	State    string    `json:"state"`
	Week     Hours     `json:"week"` // Monday to Friday
	Saturday Hours     `json:"saturday"`
	Sunday   Hours     `json:"sunday"`
	Holidays []Holiday `json:"holidays"` // nobody is called on them
	Source   string    `json:"source"`
	How      HowRead   `json:"how"`
	Date     string    `json:"date"`
}

// The windows that states ask for.
var (
	none         = Hours{} // nobody is called at all
	eightToNine  = Hours{8, 21}
	eightToEight = Hours{8, 20}
	nineToNine   = Hours{9, 21}
	nineToEight  = Hours{9, 20}
)

// FederalHours hold in every state. They are written for selling by phone; we keep to them whatever the call is for.
var FederalHours = StateHours{"", eightToNine, eightToNine, eightToNine, nil, "47 CFR 64.1200(c)(1)", ReadQuoted, "2026-11"}

// StatesHours is what we know beyond the federal hours. What is asked at any moment is the strictest of the federal hours,
// the state's and our own (OpenHour to CloseHour).
var StatesHours = []StateHours{
	{"AL", eightToEight, eightToEight, none, alabamaHolidays, "Ala. Admin. Code r. 770-X-5-.17(2)", ReadQuoted, "2026-11"},
	{"CT", nineToEight, nineToEight, nineToEight, nil, "Conn. Gen. Stat. § 42-288a(c)", ReadQuoted, "2026-11"},
	{"FL", eightToEight, eightToEight, eightToEight, nil, "Fla. Stat. § 501.616(6)(a)", ReadLaw, "2026-11"},
	{"KY", Hours{10, 21}, Hours{10, 21}, Hours{10, 21}, nil, "KRS 367.46955(16)", ReadQuoted, "2026-11"},
	{"LA", eightToEight, eightToEight, none, louisianaHolidays, "La. R.S. 45:811", ReadLaw, "2026-11"},
	{"MA", eightToEight, eightToEight, eightToEight, nil, "201 CMR 12.02(2)", ReadLaw, "2026-11"},
	{"MD", eightToEight, eightToEight, eightToEight, nil, "Md. Code, Com. Law § 14-4502(c)", ReadQuoted, "2026-11"},
	{"MI", nineToNine, nineToNine, nineToNine, nil, "MCL 750.540e(1)(f)", ReadQuoted, "2026-11"},
	{"MN", nineToNine, nineToNine, nineToNine, nil, "Minn. Stat. § 325E.30", ReadQuoted, "2026-11"},
	{"MS", eightToEight, eightToEight, none, nil, "Miss. Code § 77-3-723", ReadLaw, "2026-11"},
	{"NM", nineToNine, nineToNine, nineToNine, nil, "NMSA § 57-12-22(B)(5)", ReadLaw, "2026-11"},
	{"NV", nineToEight, nineToEight, nineToEight, nil, "NRS 598.0918(3)", ReadTold, "2026-11"},
	{"OK", eightToEight, eightToEight, eightToEight, nil, "15 O.S. § 775C.4(A)", ReadTold, "2026-11"},
	{"OR", eightToEight, eightToEight, eightToEight, nil, "ORS 646.563(1)(b)", ReadTold, "2026-11"},
	{"PA", Hours{9, 19}, Hours{9, 19}, none, pennsylvaniaHolidays, "73 P.S. § 2245(a), as of Act 47 of 2026", ReadQuoted, "2026-11"},
	{"RI", Hours{9, 18}, Hours{10, 17}, none, rhodeIslandHolidays, "R.I. Gen. Laws §§ 5-61-2(2), 5-61-3.6", ReadLaw, "2026-11"},
	{"SD", nineToNine, nineToNine, none, nil, "SDCL 37-30A-3(2)", ReadTold, "2026-11"},
	{"TX", nineToNine, nineToNine, Hours{12, 21}, nil, "Tex. Bus. & Com. Code § 301.051", ReadTold, "2026-11"},
	{"UT", eightToNine, eightToNine, none, utahHolidays, "Utah Code § 13-25a-103(3)", ReadLaw, "2026-11"},
	{"WA", eightToEight, eightToEight, eightToEight, nil, "RCW 19.158.040(2)", ReadLaw, "2026-11"},
	{"WY", eightToEight, eightToEight, eightToEight, nil, "Wyo. Stat. § 40-12-302(d)", ReadQuoted, "2026-11"},
}

// calendar is what is asked in a place: the hours of each weekday, Sunday first, and the holidays on which nobody is called.
type calendar struct {
	days     [7]Hours
	holidays []Holiday
}

var ours = Hours{OpenHour, CloseHour}

// everyday is the calendar where no state asks for more than we do anyway.
var everyday = calendarOf(StateHours{Week: ours, Saturday: ours, Sunday: ours})

// calendars are those of the states that ask for more.
var calendars = func() map[string]calendar {
	list := map[string]calendar{}
	for _, s := range StatesHours {
		if c := calendarOf(s); c.days != everyday.days || len(c.holidays) > 0 {
			list[s.State] = c
		}
	}
	return list
}()

// calendarOf writes a state's hours out for each weekday, none of them wider than the federal hours or ours.
func calendarOf(s StateHours) calendar {
	c := calendar{holidays: s.Holidays}
	for i := range c.days {
		c.days[i] = s.Week.within(FederalHours.Week).within(ours)
	}
	c.days[time.Saturday] = s.Saturday.within(FederalHours.Saturday).within(ours)
	c.days[time.Sunday] = s.Sunday.within(FederalHours.Sunday).within(ours)
	return c
}

// holiday answers with the holiday that is kept on a day there.
func (c calendar) holiday(day time.Time) (Holiday, bool) {
	year, month, date := day.Date()
	for _, h := range c.holidays {
		if h.keeps(year, month, date) {
			return h, true
		}
	}
	return Holiday{}, false
}
