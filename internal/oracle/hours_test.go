// Package oracle holds rules of the house against a second telling of them in another language.
package oracle

import (
	"bytes"
	"encoding/json"
	"fmt"
	"maps"
	"os"
	"os/exec"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/nyaruka/phonenumbers"

	"phonebank"
	"phonebank/people"
)

// The years that the oracle is asked about.
var from, to = time.Date(2025, 1, 1, 0, 0, 0, 0, time.UTC), time.Date(2031, 1, 1, 0, 0, 0, 0, time.UTC)

// named are zones whose clocks are unlike others': no summer time, two hours of it, half an hour, quarters, a day of Ramadan.
var named = []string{
	"America/New_York", "America/Phoenix", "America/Indiana/Knox", "America/Shiprock", "Pacific/Honolulu", "America/Puerto_Rico", "Asia/Kathmandu",
	"Australia/Lord_Howe", "Pacific/Chatham", "Africa/Casablanca", "Europe/Dublin", "Pacific/Apia",
}

// answer is what the oracle says; moments are minutes since 1970.
type answer struct {
	TZ        string              `json:"tz"`
	Clocks    map[string][][2]int `json:"clocks"`
	Unknown   []string            `json:"unknown"`
	Intervals map[string][]int    `json:"intervals"`
}

func ask(t *testing.T, zones, lists []string) (a answer) {
	t.Helper()
	whole := phonebank.Hours{Open: phonebank.OpenHour, Close: phonebank.CloseHour}
	question, err := json.Marshal(map[string]any{
		"from": from, "to": to, "zones": zones, "lists": lists,
		"table": map[string]any{"states": phonebank.StatesHours, "federal": phonebank.FederalHours, "house": phonebank.StateHours{Week: whole, Saturday: whole, Sunday: whole}},
	})
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command("node", "hours.mjs")
	cmd.Stdin, cmd.Stderr = bytes.NewReader(question), os.Stderr
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("node hours.mjs: %v", err)
	}
	if err := json.Unmarshal(out, &a); err != nil {
		t.Fatal(err)
	}
	return a
}

// numberZones are the zones in which numbers may lie, American area codes first.
func numberZones(t *testing.T) (american, all []string) {
	t.Helper()
	found := map[string]bool{}
	take := func(zones []string) {
		for _, z := range zones {
			if _, err := phonebank.Zone(z); err == nil {
				found[z] = true
			}
		}
	}
	for code := 200; code < 1000; code++ {
		list := people.ZonesOf(phonebank.Number(fmt.Sprintf("+1%d5550123", code)))
		if list == "" {
			continue
		}
		for place := range strings.SplitSeq(list, ",") {
			take([]string{phonebank.FirstZone(place)})
		}
	}
	american = slices.Sorted(maps.Keys(found))
	for prefix := 1; prefix < 100_000; prefix++ {
		zones, err := phonenumbers.GetTimezonesForPrefix(fmt.Sprint(prefix))
		if err != nil {
			t.Fatal(err)
		}
		take(zones)
	}
	return american, slices.Sorted(maps.Keys(found))
}

// changes are the moments at which Go's clocks of a zone change, found as the oracle finds them.
func changes(t *testing.T, name string) (list [][2]int) {
	t.Helper()
	zone, err := phonebank.Zone(name)
	if err != nil {
		t.Fatal(err)
	}
	offset := func(minute int) int {
		_, seconds := time.Unix(int64(minute)*60, 0).In(zone).Zone()
		return seconds / 60
	}
	first, last := int(from.Unix()/60), int(to.Unix()/60)
	list = append(list, [2]int{first, offset(first)})
	for a := first; a < last; a += 360 {
		before, after := a, min(a+360, last)
		if offset(before) == offset(after) {
			continue
		}
		for after-before > 1 {
			if middle := (before + after) / 2; offset(middle) == offset(before) {
				before = middle
			} else {
				after = middle
			}
		}
		list = append(list, [2]int{after, offset(after)})
	}
	return list
}

// P7: the Go rule and the oracle agree at every minute around every change of clocks, at every opening and closing, and on a
// grid over six years, for every zone in which a number may lie, every state, and every list of places that area codes make.
func TestHours_AgreeWithAnOracleInAnotherLanguage(t *testing.T) {
	american, zones := numberZones(t)
	for _, s := range phonebank.States {
		american = append(american, strings.Split(s.Zones, ",")...)
	}
	zones = append(append(zones, american...), named...)
	lists := append(slices.Clone(zones), phonebank.UnknownZones)
	for _, s := range phonebank.States {
		lists = append(lists, phonebank.PlacesIn(s.Zones, s.Code))
		for z := range strings.SplitSeq(s.Zones, ",") {
			lists = append(lists, z+"@"+s.Code)
		}
	}
	for code := 200; code < 1000; code++ {
		if list := people.ZonesOf(phonebank.Number(fmt.Sprintf("+1%d5550123", code))); list != "" {
			lists = append(lists, list)
		}
	}
	sort := func(list []string) []string { slices.Sort(list); return slices.Compact(list) }
	zones, lists = sort(zones), sort(lists)
	oracle := ask(t, zones, lists)

	// First the clocks themselves: where two copies of the zones are of different dates, a difference is theirs and not the rule's.
	apart := map[string]bool{}
	for _, z := range zones {
		if clocks, ok := oracle.Clocks[z]; !ok || !slices.Equal(clocks, changes(t, z)) {
			apart[z] = true
		}
	}
	for _, z := range slices.Sorted(maps.Keys(apart)) {
		if slices.Contains(american, z) || len(apart) > 12 {
			t.Errorf("the clocks of %s change at other moments in Go's zones and in node's (%s): one of the two is out of date", z, oracle.TZ)
			continue
		}
		t.Logf("not compared: Go's zones and node's (%s) differ about %s", oracle.TZ, z)
	}

	var compared, nexts, wrong atomic.Int64
	work := make(chan string)
	var all sync.WaitGroup
	for range 2 {
		all.Go(func() {
			for list := range work {
				c := comparison{list: list, open: oracle.Intervals[list], fail: func(format string, args ...any) {
					if wrong.Add(1) <= 20 {
						t.Errorf(format, args...)
					}
				}}
				c.run(oracle.Clocks)
				compared.Add(c.compared)
				nexts.Add(c.nexts)
			}
		})
	}
	places := 0
	for _, list := range lists {
		if slices.ContainsFunc(strings.Split(list, ","), func(place string) bool { return apart[phonebank.FirstZone(place)] }) {
			continue
		}
		places++
		work <- list
	}
	close(work)
	all.Wait()
	t.Logf("%d lists of places in %d zones: MayContact compared %d times, NextContact %d times, with %d differences (node's zones: %s)", places, len(zones)-len(apart),
		compared.Load(), nexts.Load(), wrong.Load(), oracle.TZ)
	if compared.Load() < 1_000_000 || nexts.Load() < 100_000 {
		t.Error("that is not enough to say anything")
	}
}

// comparison holds one list of places against the oracle's open intervals.
type comparison struct {
	list            string
	open            []int // opening and closing by turns
	fail            func(string, ...any)
	compared, nexts int64
}

// expected is the first minute from one on that the oracle allows with a margin, -1 where it knows none.
func (c *comparison) expected(minute, margin int) int {
	i, _ := slices.BinarySearch(c.open, minute+1)
	for i -= i % 2; i < len(c.open); i += 2 {
		if at := max(minute, c.open[i]); at+margin < c.open[i+1] {
			return at
		}
	}
	return -1
}

// at compares one minute; next asks for the next opening as well.
func (c *comparison) at(minute int, next bool) {
	moment := time.Unix(int64(minute)*60, 0).UTC()
	for _, margin := range []int{0, 10} {
		want := c.expected(minute, margin)
		c.compared++
		if got := phonebank.MayContact(c.list, moment, time.Duration(margin)*time.Minute); got != (want == minute) {
			c.fail("%s, %s, margin %d: MayContact %v", c.list, moment.Format(time.RFC3339), margin, got)
		}
		if !next {
			continue
		}
		c.nexts++
		got := phonebank.NextContact(c.list, moment, time.Duration(margin)*time.Minute)
		if want-minute > 8*24*60 || want < 0 {
			if !got.IsZero() {
				c.fail("%s, %s, margin %d: NextContact %s, and there is none in eight days", c.list, moment.Format(time.RFC3339), margin, got)
			}
		} else if got.Unix() != int64(want)*60 {
			c.fail("%s, %s, margin %d: NextContact %s, not %s", c.list, moment.Format(time.RFC3339), margin, got.UTC().Format(time.RFC3339), time.Unix(int64(want)*60, 0).UTC().Format(time.RFC3339))
		}
	}
}

func (c *comparison) run(clocks map[string][][2]int) {
	// A window needs its next opening, so the last days are not compared.
	first, last := int(from.Unix()/60)+1440, int(to.Unix()/60)-10*1440
	for place := range strings.SplitSeq(c.list, ",") {
		for _, change := range clocks[phonebank.FirstZone(place)] {
			for m := max(change[0]-180, first); m <= min(change[0]+180, last); m++ {
				c.at(m, m%15 == 0)
			}
		}
	}
	for i, edge := range c.open {
		if i%5 != 0 || edge < first || edge > last {
			continue
		}
		for m := edge - 1; m <= edge+1; m++ {
			c.at(m, i%15 == 0)
			c.at(m-10, false) // where the last text may start
		}
	}
	for i, m := 0, first; m < last; i, m = i+1, m+241 {
		c.at(m, i%8 == 0)
	}
}

// P8: a number of which nobody knows where it is gets only what is allowed in every one of its candidate zones.
func TestHours_AnUnknownPlaceAllowsOnlyWhatEveryCandidateAllows(t *testing.T) {
	checked, allowed := 0, 0
	candidates := strings.Split(phonebank.UnknownZones, ",")
	for at := from; at.Before(to); at = at.Add(11 * time.Minute) {
		checked++
		open := phonebank.MayContact("", at, phonebank.SendMargin)
		every := true
		for _, z := range candidates {
			every = every && phonebank.MayContact(z, at, phonebank.SendMargin)
		}
		if open != every {
			t.Fatalf("%s: unknown %v, every candidate %v", at, open, every)
		}
		if open {
			allowed++
			zone, _ := phonebank.Zone("America/New_York")
			if h := at.In(zone).Hour(); h < 12 || h >= 20 {
				t.Fatalf("%s is %d o'clock Eastern", at, h)
			}
		}
	}
	// Each zone of the 48 states is a candidate, so wherever the number turns out to be, it was not night there.
	for _, s := range phonebank.States {
		if slices.Contains([]string{"AK", "HI", "PR", "GU", "AS", "MP", "VI"}, s.Code) {
			continue
		}
		for z := range strings.SplitSeq(s.Zones, ",") {
			if !slices.Contains(candidates, z) {
				t.Errorf("%s of %s is no candidate", z, s.Code)
			}
		}
	}
	t.Logf("%d moments, %d of them allowed", checked, allowed)
}
