package phonebank

import (
	"slices"
	"strconv"
	"strings"
)

// State is a state of the United States, the District or a territory: its letters, its name, and the zones of its clocks.
type State struct {
	Code, Name string
	Zones      string // comma separated; the one with most people first
}

const (
	eastern, central, mountain, pacific = "America/New_York", "America/Chicago", "America/Denver", "America/Los_Angeles"
)

// States lists them by their letters. Where two zones keep the same clocks today, such as Boise's and Denver's, one stands
// for both; zones of a few people that keep another clock by habit only are left out.
var States = []State{
	{"AK", "Alaska", "America/Anchorage,America/Adak"},
	{"AL", "Alabama", central},
	{"AR", "Arkansas", central},
	{"AS", "American Samoa", "Pacific/Pago_Pago"},
	{"AZ", "Arizona", "America/Phoenix," + mountain},
	{"CA", "California", pacific},
	{"CO", "Colorado", mountain},
	{"CT", "Connecticut", eastern},
	{"DC", "Washington, D.C.", eastern},
	{"DE", "Delaware", eastern},
	{"FL", "Florida", eastern + "," + central},
	{"GA", "Georgia", eastern},
	{"GU", "Guam", "Pacific/Guam"},
	{"HI", "Hawaii", "Pacific/Honolulu"},
	{"IA", "Iowa", central},
	{"ID", "Idaho", mountain + "," + pacific},
	{"IL", "Illinois", central},
	{"IN", "Indiana", eastern + "," + central},
	{"KS", "Kansas", central + "," + mountain},
	{"KY", "Kentucky", eastern + "," + central},
	{"LA", "Louisiana", central},
	{"MA", "Massachusetts", eastern},
	{"MD", "Maryland", eastern},
	{"ME", "Maine", eastern},
	{"MI", "Michigan", eastern + "," + central},
	{"MN", "Minnesota", central},
	{"MO", "Missouri", central},
	{"MP", "Northern Mariana Islands", "Pacific/Saipan"},
	{"MS", "Mississippi", central},
	{"MT", "Montana", mountain},
	{"NC", "North Carolina", eastern},
	{"ND", "North Dakota", central + "," + mountain},
	{"NE", "Nebraska", central + "," + mountain},
	{"NH", "New Hampshire", eastern},
	{"NJ", "New Jersey", eastern},
	{"NM", "New Mexico", mountain},
	{"NV", "Nevada", pacific + "," + mountain},
	{"NY", "New York", eastern},
	{"OH", "Ohio", eastern},
	{"OK", "Oklahoma", central},
	{"OR", "Oregon", pacific + "," + mountain},
	{"PA", "Pennsylvania", eastern},
	{"PR", "Puerto Rico", "America/Puerto_Rico"},
	{"RI", "Rhode Island", eastern},
	{"SC", "South Carolina", eastern},
	{"SD", "South Dakota", central + "," + mountain},
	{"TN", "Tennessee", central + "," + eastern},
	{"TX", "Texas", central + "," + mountain},
	{"UT", "Utah", mountain},
	{"VA", "Virginia", eastern},
	{"VI", "U.S. Virgin Islands", "America/St_Thomas"},
	{"VT", "Vermont", eastern},
	{"WA", "Washington", pacific},
	{"WI", "Wisconsin", central},
	{"WV", "West Virginia", eastern},
	{"WY", "Wyoming", mountain},
}

var statesByCode = func() map[string]State {
	by := map[string]State{}
	for _, s := range States {
		by[s.Code] = s
	}
	return by
}()

// otherNames are names that lists and number plans use beside the one in States, folded.
var otherNames = map[string]string{"d c": "DC", "washington d c": "DC", "district of columbia": "DC", "washington state": "WA", "virgin islands": "VI", "us virgin islands": "VI"}

// StateCode reads a state as people write it, by letters or by name; "" for what is none.
func StateCode(written string) string {
	if code := strings.ToUpper(strings.TrimSpace(written)); statesByCode[code].Code != "" {
		return code
	}
	name := Fold(written)
	if name == "" {
		return ""
	}
	if code := otherNames[name]; code != "" {
		return code
	}
	i := slices.IndexFunc(States, func(s State) bool { return Fold(s.Name) == name })
	if i < 0 {
		return ""
	}
	return States[i].Code
}

// zips are the first three digits of the ZIP codes of each state (United States Postal Service, Labeling List L002). Those of
// the military and of free states are left out, as they tell of no place.
var zips = []struct {
	from, to int
	state    string
}{
	{5, 5, "NY"}, {6, 7, "PR"}, {8, 8, "VI"}, {9, 9, "PR"}, {10, 27, "MA"}, {28, 29, "RI"}, {30, 38, "NH"}, {39, 49, "ME"}, {50, 54, "VT"}, {55, 55, "MA"}, {56, 59, "VT"},
	{60, 69, "CT"}, {70, 89, "NJ"}, {100, 149, "NY"}, {150, 196, "PA"}, {197, 199, "DE"}, {200, 200, "DC"}, {201, 201, "VA"}, {202, 205, "DC"}, {206, 212, "MD"},
	{214, 219, "MD"}, {220, 246, "VA"}, {247, 268, "WV"}, {270, 289, "NC"}, {290, 299, "SC"}, {300, 319, "GA"}, {320, 339, "FL"}, {341, 342, "FL"}, {344, 344, "FL"}, {346, 347, "FL"}, {349, 349, "FL"},
	{350, 352, "AL"}, {354, 369, "AL"}, {370, 385, "TN"}, {386, 397, "MS"}, {398, 399, "GA"}, {400, 427, "KY"}, {430, 459, "OH"}, {460, 479, "IN"}, {480, 499, "MI"},
	{500, 528, "IA"}, {530, 549, "WI"}, {550, 567, "MN"}, {569, 569, "DC"}, {570, 577, "SD"}, {580, 588, "ND"}, {590, 599, "MT"}, {600, 629, "IL"}, {630, 658, "MO"},
	{660, 679, "KS"}, {680, 693, "NE"}, {700, 714, "LA"}, {716, 729, "AR"}, {730, 731, "OK"}, {733, 733, "TX"}, {734, 749, "OK"}, {750, 799, "TX"}, {800, 816, "CO"},
	{820, 831, "WY"}, {832, 838, "ID"}, {840, 847, "UT"}, {850, 865, "AZ"}, {870, 884, "NM"}, {885, 885, "TX"}, {889, 898, "NV"}, {900, 961, "CA"},
	{967, 968, "HI"}, {970, 979, "OR"}, {980, 994, "WA"}, {995, 999, "AK"},
}

// StateOfZip reads the state out of a ZIP code of five or nine digits; "" for what is none. A spreadsheet may have eaten the
// zero in front.
func StateOfZip(written string) string {
	zip, _, _ := strings.Cut(strings.TrimSpace(written), "-")
	if len(zip) == 9 {
		zip = zip[:5]
	}
	n, err := strconv.Atoi(zip)
	if err != nil || n < 500 || len(zip) < 3 || len(zip) > 5 {
		return ""
	}
	switch n { // the few that another state's or territory's post serves
	case 96799:
		return "AS"
	case 6390:
		return "NY"
	}
	if n/100 == 969 {
		return pacificZip(n)
	}
	for _, z := range zips {
		if n/100 >= z.from && n/100 <= z.to {
			return z.state
		}
	}
	return ""
}

// pacificZip tells Guam from the Northern Marianas; the other islands of that prefix are states of their own.
func pacificZip(n int) string {
	switch {
	case n >= 96910 && n <= 96932:
		return "GU"
	case n >= 96950 && n <= 96952:
		return "MP"
	}
	return ""
}
