package phonebank_test

import (
	"fmt"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"phonebank"
	"phonebank/words"
)

func at(t *testing.T, zone, local string) time.Time {
	t.Helper()
	moment, err := phonebank.Instant(local, zone)
	if err != nil {
		t.Fatal(err)
	}
	return moment
}

// Every row has hours in order, where they were read and when. A window over midnight is refused: it would read as a night.
func TestStatesHours_EveryRowIsInOrderAndSaysWhereItIsFrom(t *testing.T) {
	known := map[string]bool{"": true}
	for _, s := range phonebank.States {
		known[s.Code] = true
		for z := range strings.SplitSeq(s.Zones, ",") {
			if _, err := phonebank.Zone(z); err != nil {
				t.Errorf("%s: %v", s.Code, err)
			}
		}
	}
	before := ""
	for _, row := range append([]phonebank.StateHours{phonebank.FederalHours}, phonebank.StatesHours...) {
		if !known[row.State] || row.State < before {
			t.Errorf("%q is no state that we know, or stands out of order", row.State)
		}
		before = row.State
		if row.Week.Open >= row.Week.Close || row.Week.Open < 6 || row.Week.Close > 22 {
			t.Errorf("%s: %v is no window of a day", row.State, row.Week)
		}
		for _, day := range []phonebank.Hours{row.Saturday, row.Sunday} {
			if day != (phonebank.Hours{}) && (day.Open >= day.Close || day.Open < 6 || day.Close > 22) {
				t.Errorf("%s: %v is no window of a Saturday or a Sunday", row.State, day)
			}
		}
		if _, err := time.Parse("2006-01", row.Date); err != nil || row.Source == "" {
			t.Errorf("%s: where was it read, and when? %q %q", row.State, row.Source, row.Date)
		}
		switch row.How {
		case phonebank.ReadLaw, phonebank.ReadQuoted, phonebank.ReadTold:
		default:
			t.Errorf("%s: how was it read? %q", row.State, row.How)
		}
	}
}

func TestMayContact_TheStricterOfOursAndTheStates(t *testing.T) {
	for _, c := range []struct {
		place, local string
		want         bool
	}{
		{"America/New_York@RI", "2026-11-24T17:59", true},
		{"America/New_York@RI", "2026-11-24T18:00", false}, // Rhode Island ends at six
		{"America/New_York@KY", "2026-11-24T09:59", false}, // Kentucky begins at ten
		{"America/New_York@KY", "2026-11-24T10:00", true},
		{"America/Chicago@TX", "2026-11-24T09:00", true},
		{"America/Chicago@TX", "2026-11-22T11:59", false}, // a Sunday in Texas begins at noon
		{"America/Chicago@TX", "2026-11-22T12:00", true},
		{"America/Chicago@TX", "2026-11-24T20:00", false}, // Texas would allow it until nine; we don't
		{"America/Chicago@AL", "2026-11-22T14:00", false}, // no Sunday in Alabama
		{"America/Chicago@AL", "2026-11-23T09:00", true},
		{"America/Chicago", "2026-11-22T14:00", true}, // a Sunday in Illinois
		{"America/New_York@FL", "2026-11-22T19:59", true},
		{"America/New_York@RI", "2026-11-21T09:59", false}, // a Saturday in Rhode Island: ten to five
		{"America/New_York@RI", "2026-11-21T16:59", true},
		{"America/New_York@RI", "2026-11-21T17:00", false},
		{"America/New_York@RI", "2026-11-22T12:00", false}, // and no Sunday
		{"America/New_York@PA", "2026-11-24T18:59", true},
		{"America/New_York@PA", "2026-11-24T19:00", false}, // Pennsylvania ends at seven
		{"America/New_York@PA", "2026-11-22T12:00", false},
		{"America/New_York@PA", "2026-11-26T12:00", false}, // Thanksgiving
		{"America/New_York", "2026-11-26T12:00", true},     // which New York's law leaves alone
		{"America/Denver@UT", "2026-07-24T12:00", false},   // Pioneer Day
		{"America/Denver@UT", "2026-07-23T12:00", true},
		{"America/Chicago@SD", "2026-11-22T12:00", false},
		{"America/Chicago@MS", "2026-11-26T12:00", true}, // Mississippi's rule of holidays is gone
		{"America/Chicago@KY,America/New_York@KY", "2026-11-24T10:30", true},
		{"America/Chicago@ZZ", "2026-11-24T12:00", false}, // a state that nobody knows
	} {
		if got := phonebank.MayContact(c.place, at(t, phonebank.FirstZone(c.place), c.local), 0); got != c.want {
			t.Errorf("%s at %s: %v", c.place, c.local, got)
		}
	}
	saturday := at(t, "America/Chicago", "2026-11-21T19:55")
	if got, want := phonebank.NextContact("America/Chicago@LA", saturday, phonebank.SendMargin), at(t, "America/Chicago", "2026-11-23T09:00"); !got.Equal(want) {
		t.Errorf("after Saturday evening in Louisiana: %v", got)
	}
	if got, want := phonebank.NextContact("America/Chicago@TX", saturday, phonebank.SendMargin), at(t, "America/Chicago", "2026-11-22T12:00"); !got.Equal(want) {
		t.Errorf("after Saturday evening in Texas: %v", got)
	}
	// From Christmas Eve of 2027, a Friday that Pennsylvania keeps because Christmas is a Saturday, to the Tuesday after.
	eve := at(t, "America/New_York", "2027-12-24T10:00")
	if got, want := phonebank.NextContact("America/New_York@PA", eve, phonebank.SendMargin), at(t, "America/New_York", "2027-12-28T09:00"); !got.Equal(want) {
		t.Errorf("after Christmas in Pennsylvania: %v", got)
	}
	if left := phonebank.ClosesIn("America/New_York@PA", eve); left != 0 {
		t.Errorf("a holiday in Pennsylvania closes in %s", left)
	}
	if left := phonebank.ClosesIn("America/New_York@RI", at(t, "America/New_York", "2026-11-24T17:00")); left != time.Hour {
		t.Errorf("Rhode Island closes in %s", left)
	}
	if left := phonebank.ClosesIn("America/Chicago@MS", at(t, "America/Chicago", "2026-11-22T12:00")); left != 0 {
		t.Errorf("a Sunday in Mississippi closes in %s", left)
	}
}

func TestZonesOf_StatedThenAddressThenNumberThenUnknown(t *testing.T) {
	for _, c := range []struct{ stated, region, number, want, why string }{
		{"America/Denver", "", "America/New_York", "America/Denver", "what they stated wins"},
		{"America/Chicago", "TX", "America/New_York", "America/Chicago@TX", "in the state that they stated"},
		{"America/Chicago", "", "America/Chicago@TX", "America/Chicago@TX", "the zone of their number anyway: they have not moved"},
		{"America/New_York", "", "America/Chicago@TX", "America/New_York", "moved away: Texas asks nothing there"},
		{"", "TX", "America/Denver@TX", "America/Denver@TX", "El Paso: the number narrows the state"},
		{"", "TX", "America/New_York", "America/Chicago@TX,America/Denver@TX", "a number of elsewhere narrows nothing"},
		{"", "FL", "America/New_York,America/Chicago", "America/New_York,America/Chicago", "both sides of Florida"},
		{"", "FL", "", "America/New_York,America/Chicago", "no number that tells"},
		{"", "RI", "America/Los_Angeles", "America/New_York@RI", "the address wins over the number"},
		{"", "", "America/Chicago@AL", "America/Chicago@AL", "the number"},
		{"", "", "", phonebank.UnknownZones, "unknown"},
	} {
		if got := phonebank.ZonesOf(c.stated, c.region, c.number); got != c.want {
			t.Errorf("%s: %s, want %s", c.why, got, c.want)
		}
	}
	if z := phonebank.FirstZone("America/Chicago@TX,America/Denver@TX"); z != "America/Chicago" {
		t.Errorf("times are shown in %q", z)
	}
}

func TestStateCode_AsListsWriteIt(t *testing.T) {
	for written, want := range map[string]string{"tx": "TX", " Texas ": "TX", "WASHINGTON, D.C.": "DC", "District of Columbia": "DC", "Washington": "WA", "new  york": "NY", "Puerto Rico": "PR", "Ontario": "", "": "", "XX": ""} {
		if got := phonebank.StateCode(written); got != want {
			t.Errorf("%q is %q, want %q", written, got, want)
		}
	}
	for zip, want := range map[string]string{
		"10001": "NY", "00501": "NY", "501": "NY", "2138": "MA", "02138-1234": "MA", "79901": "TX", "73301": "TX", "73101": "OK", "35203": "AL", "39501": "MS", "40202": "KY",
		"02903": "RI", "06390": "NY", "96799": "AS", "96910": "GU", "96950": "MP", "96960": "", "00907": "PR", "00802": "VI", "99501": "AK", "96813": "HI", "09001": "", "M5V 2T6": "", "": "", "12": "", "123456": "",
	} {
		if got := phonebank.StateOfZip(zip); got != want {
			t.Errorf("ZIP %q is %q, want %q", zip, got, want)
		}
	}
}

// What a volunteer reads names the person's real hours of that day, in their own language.
func TestHours_AreToldAsTheyAreThere(t *testing.T) {
	texan := phonebank.Person{FirstName: "Ana", Region: "TX"}
	dallas := phonebank.Phone{Zones: "America/Chicago@TX"}
	sunday := at(t, "America/Chicago", "2026-11-22T10:30")
	told := func(s phonebank.Sentence) (en, es string) {
		return words.English.Say(s.Format, s.Args...), words.Spanish.Say(s.Format, s.Args...)
	}
	expect := func(s phonebank.Sentence, en, es string) {
		t.Helper()
		gotEN, gotES := told(s)
		if gotEN != en || gotES != es {
			t.Errorf("\n%s\n%s, not\n%s\n%s", gotEN, gotES, en, es)
		}
		if kept := words.Spanish.Retell(s.String()); kept != es && !strings.Contains(en, "Mississippi") && !strings.Contains(en, "Pennsylvania") {
			t.Errorf("out of the records it is told as %q", kept)
		}
	}
	why, _ := phonebank.NotRing(texan, dallas, 0, sunday)
	expect(why, "It is Sunday in Texas, where Ana is. On Sundays we call there from 12 pm to 8 pm.", "Es domingo en Texas, donde está Ana. Los domingos llamamos allá de 12:00 a 20:00.")
	why, _ = phonebank.NotText(texan, dallas, true, sunday)
	expect(why, "It is Sunday in Texas, where Ana is. On Sundays texts go there from 12 pm to 7:50 pm.", "Es domingo en Texas, donde está Ana. Los domingos los mensajes salen allá de 12:00 a 19:50.")
	why, _ = phonebank.NotRing(texan, dallas, 0, at(t, "America/Chicago", "2026-11-24T08:05"))
	expect(why, "It is 8:05 am where Ana is. We call from 9 am to 8 pm.", "Son las 08:05 donde está Ana. Llamamos de 09:00 a 20:00.")
	why, _ = phonebank.NotRing(phonebank.Person{FirstName: "Bo", Region: "MS"}, phonebank.Phone{}, 0, sunday)
	expect(why, "It is Sunday in Mississippi, where Bo is. Nobody is called there on a Sunday.", "Es domingo en Misisipi, donde está Bo. Allá no llamamos a nadie en domingo.")
	bo, thanksgiving := phonebank.Person{FirstName: "Bo", Region: "PA"}, at(t, "America/New_York", "2026-11-26T12:00")
	why, _ = phonebank.NotRing(bo, phonebank.Phone{}, 0, thanksgiving)
	expect(why, "It is a holiday in Pennsylvania, where Bo is: Thanksgiving. Nobody is called there today.", "Es día feriado en Pensilvania, donde está Bo: Día de Acción de Gracias. Hoy no llamamos a nadie allá.")
	why, _ = phonebank.NotText(bo, phonebank.Phone{}, true, thanksgiving)
	expect(why, "It is a holiday in Pennsylvania, where Bo is: Thanksgiving. Nobody is texted there today.", "Es día feriado en Pensilvania, donde está Bo: Día de Acción de Gracias. Hoy no escribimos a nadie allá.")

	plan := func(person phonebank.Person, phone phonebank.Phone, local string) error {
		_, err := phonebank.Wish{Channel: phonebank.ByText, Reason: phonebank.ReasonAfter, Local: local, Body: "Hi"}.Plan(person, phone, "", "", true, at(t, "America/Chicago", "2026-11-20T12:00"))
		return err
	}
	for _, c := range []struct{ region, local, en, es string }{
		{"DALLAS", "2026-11-22T10:30", "It is Sunday in Texas then: pick a time between 12 pm and 7:45 pm where Ana is.", "Ese día es domingo en Texas: elige una hora entre las 12:00 y las 19:45 de donde está Ana."},
		{"TX", "2026-11-22T10:30", "It is Sunday in Texas then: pick a time between 1 pm and 7:45 pm where Ana is.", "Ese día es domingo en Texas: elige una hora entre las 13:00 y las 19:45 de donde está Ana."}, // or El Paso
		{"LA", "2026-11-22T14:00", "Sun Nov 22, 2:00 pm is a Sunday in Louisiana, and nobody is called or texted there on a Sunday. Pick another day.", "dom 22 nov, 14:00 es domingo en Luisiana, y allá no llamamos ni escribimos a nadie en domingo. Elige otro día."},
		{"PA", "2026-11-26T14:00", "Thu Nov 26, 2:00 pm is a holiday in Pennsylvania (Thanksgiving), and nobody is called or texted there that day. Pick another day.", "jue 26 nov, 14:00 es día feriado en Pensilvania (Día de Acción de Gracias), y ese día allá no llamamos ni escribimos a nadie. Elige otro día."},
		{"RI", "2026-11-24T18:30", "Tue Nov 24, 6:30 pm there is outside calling hours. Pick a time between 9 am and 5:45 pm where Ana is.", "mar 24 nov, 18:30 allá está fuera del horario de llamadas. Elige una hora entre las 09:00 y las 17:45 de donde está Ana."},
		{"", "2026-11-24T09:30", "Tue Nov 24, 9:30 am there is outside calling hours. Pick a time between 12 pm and 7:45 pm where Ana is.", "mar 24 nov, 09:30 allá está fuera del horario de llamadas. Elige una hora entre las 12:00 y las 19:45 de donde está Ana."},
	} {
		person, phone := phonebank.Person{FirstName: "Ana", Region: c.region}, phonebank.Phone{}
		if c.region == "DALLAS" {
			person.Region, phone = "", dallas
		}
		err := plan(person, phone, c.local)
		if got := phonebank.SentenceOf(err); got != c.en {
			t.Errorf("%s: %q, not %q", c.region, got, c.en)
		}
		if got := phonebank.SentenceBy(words.Spanish.Tell, err); got != c.es {
			t.Errorf("%s: %q, not %q", c.region, got, c.es)
		}
	}
	for place, want := range map[string]string{
		"America/Chicago@TX": "It is 10:30 am there. We call and text from 9 am to 8 pm, on Sundays from 12 pm to 8 pm.",
		"America/Chicago@MS": "It is 10:30 am there. We call and text from 9 am to 8 pm, and nobody on Sundays.",
		"America/Chicago@AL": "It is 10:30 am there. We call and text from 9 am to 8 pm, and nobody on Sundays and holidays.",
		"America/Chicago":    "It is 10:30 am there. We call and text from 9 am to 8 pm.",
	} {
		if got, _ := told(phonebank.HoursThere(place, sunday)); got != want {
			t.Errorf("%s: %s", place, got)
		}
	}
	// A holiday and a Saturday of its own hours do not stand for the week.
	for at, place := range map[time.Time]string{thanksgiving: "America/New_York@PA", at(t, "America/New_York", "2026-11-21T12:00"): "America/New_York@RI"} {
		until := map[string]string{"America/New_York@PA": "7 pm", "America/New_York@RI": "6 pm"}[place]
		if got, _ := told(phonebank.HoursThere(place, at)); got != "It is 12:00 pm there. We call and text from 9 am to "+until+", and nobody on Sundays and holidays." {
			t.Errorf("%s: %s", place, got)
		}
	}
}

// Closed hours open for a quarter of an hour to whoever was in touch, and to nobody else.
func TestReplyGrace_IsThePersonsOwnInboundOnly(t *testing.T) {
	night := at(t, "America/New_York", "2026-11-24T23:00")
	wrote := night.Add(-14 * time.Minute)
	person, phone := phonebank.Person{FirstName: "Ana"}, phonebank.Phone{Zones: "America/New_York", LastInboundAt: &wrote}
	if why, not := phonebank.NotText(person, phone, true, night); not {
		t.Errorf("an answer within the quarter of an hour: %s", why)
	}
	if _, not := phonebank.NotText(person, phone, true, night.Add(time.Minute)); !not {
		t.Error("an answer after it")
	}
	if _, not := phonebank.NotText(person, phonebank.Phone{Zones: "America/New_York"}, true, night); !not {
		t.Error("somebody else, who has not written")
	}
	later := night.Add(time.Minute)
	if _, not := phonebank.NotText(person, phonebank.Phone{Zones: "America/New_York", LastInboundAt: &later}, true, night); !not {
		t.Error("a text that comes only later")
	}
}

// docs/hours.md shows the table as it is.
func TestDocs_TheHoursPageIsTheTable(t *testing.T) {
	page, err := os.ReadFile("docs/hours.md")
	if err != nil {
		t.Fatal(err)
	}
	names := map[string]string{}
	for _, s := range phonebank.States {
		names[s.Code] = s.Name
	}
	window := func(h phonebank.Hours) string {
		if h == (phonebank.Hours{}) {
			return "nobody"
		}
		return fmt.Sprintf("%d:00 to %d:00", h.Open, h.Close)
	}
	table := "<!-- hours -->\n| State | Monday to Friday | Saturday | Sunday | Holidays | Source | How it was read | When |\n|---|---|---|---|---|---|---|---|\n"
	for _, row := range append([]phonebank.StateHours{phonebank.FederalHours}, phonebank.StatesHours...) {
		name, holidays := names[row.State], ""
		if row.State == "" {
			name = "Federal, everywhere"
		}
		if len(row.Holidays) > 0 {
			holidays = "nobody"
		}
		table += fmt.Sprintf("| %s | %s | %s | %s | %s | %s | %s | %s |\n", name, window(row.Week), window(row.Saturday), window(row.Sunday), holidays, row.Source, row.How, row.Date)
	}
	table += "\n| Holidays | |\n|---|---|\n"
	for _, row := range phonebank.StatesHours {
		var days []string
		for _, h := range row.Holidays {
			if !slices.Contains(days, h.Name) {
				days = append(days, h.Name)
			}
		}
		if len(days) > 0 {
			table += fmt.Sprintf("| %s | %s |\n", names[row.State], strings.Join(days, ", "))
		}
	}
	table += "<!-- /hours -->"
	want := regexp.MustCompile(`(?s)<!-- hours -->.*<!-- /hours -->`).ReplaceAllLiteralString(string(page), table)
	if *update {
		if err := os.WriteFile("docs/hours.md", []byte(want), 0o644); err != nil {
			t.Fatal(err)
		}
	} else if want != string(page) || !strings.Contains(want, table) {
		t.Error("docs/hours.md is behind the table: go test . -run HoursPage -update")
	}
}
