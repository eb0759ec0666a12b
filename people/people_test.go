package people_test

import (
	"context"
	"fmt"
	"strings"
	"testing"

	"phonebank"
	"phonebank/internal/testbank"
	"phonebank/internal/testdb"
	"phonebank/people"
	"phonebank/store"
)

func TestMain(m *testing.M) { testdb.Main(m) }

var ctx = context.Background()

func ok(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func bring(t *testing.T, b *testbank.Bank, csv, texts string) people.Report {
	t.Helper()
	r, err := b.Roster.Import(ctx, people.File{Name: "list.csv", Campaign: b.Campaign.ID, By: "Cora", TextConsent: texts, CSV: strings.NewReader(csv)})
	ok(t, err)
	return r
}

func TestImport_TenThousandRowsTwiceAreTheSamePeople(t *testing.T) {
	b := testbank.New(t, testbank.Options{NoLoops: true})
	var file strings.Builder
	file.WriteString("First Name,Last Name,Pref Phone ,Voter File VANID,Favourite colour\n")
	for i := range 10_000 {
		// Every tenth shares a number with the one before; every hundredth has none that can be read.
		number := fmt.Sprintf("(646) 555-%04d", i-i%10/9)
		if i%100 == 50 {
			number = "12"
		}
		fmt.Fprintf(&file, "Neighbor %d,Ngô,%s,%d,blue\n", i, number, i)
	}
	first := bring(t, b, file.String(), "signed in at the May block party")
	if first.Rows != 10_000 || first.New != 9_900 || len(first.Rejected) != 100 || first.Texts != 9_900 {
		t.Fatalf("%d rows, %d new, %d rejected, %d texts", first.Rows, first.New, len(first.Rejected), first.Texts)
	}
	if r := first.Rejected[0]; r.Line != 52 || !strings.Contains(r.Reason, "no phone number we can read") {
		t.Errorf("the first bad row is told as line %d: %s", r.Line, r.Reason)
	}
	if len(first.Ignored) != 1 || first.Ignored[0] != "Favourite colour" {
		t.Errorf("columns not used: %v", first.Ignored)
	}
	if phones := b.Count(`SELECT count(*) FROM phones`); phones >= first.New {
		t.Errorf("%d numbers for %d people: several share one", phones, first.New)
	}
	second := bring(t, b, file.String(), "signed in at the May block party")
	if second.New != 0 || second.Known != 9_900 {
		t.Errorf("again: %d new, %d known", second.New, second.Known)
	}
	if n := b.Count(`SELECT count(*) FROM call_list`); n != 9_900 {
		t.Errorf("%d places on the list", n)
	}
	rejects, err := b.Store.Rejects(ctx, first.ID)
	ok(t, err)
	if lines := strings.Count(rejects, "\n"); lines != 101 || !strings.HasPrefix(rejects, "line,reason,First Name") {
		t.Errorf("the file of rejected rows has %d lines: %.80s", lines, rejects)
	}
}

func TestImport_NeverClearsAnOptOut(t *testing.T) {
	b := testbank.New(t, testbank.Options{NoLoops: true})
	p := b.Neighbor("Walt Brandt", "+12125550123")
	ok(t, b.Store.InTx(ctx, func(tx *store.Tx) error {
		_, err := tx.OptOut(ctx, p.PhoneID, "text", "STOP", store.By{}, b.Clock.Now())
		return err
	}))
	r := bring(t, b, "name,phone\nWalt Brandt,212 555 0123\nWilla Brandt,212-555-0123\n", "a list we bought")
	phone, err := b.Store.Phone(ctx, p.PhoneID)
	ok(t, err)
	if phone.OptedOutAt == nil || r.Stopped != 1 {
		t.Errorf("opted out %v, told %d", phone.OptedOutAt, r.Stopped)
	}
	if n := b.Count(`SELECT count(*) FROM call_list WHERE state <> 'done'`); n != 0 {
		t.Errorf("%d of them can be called", n)
	}
}

func TestImport_WithoutASourceTheyCanBeCalledAndNotTexted(t *testing.T) {
	b := testbank.New(t, testbank.Options{NoLoops: true})
	r := bring(t, b, "name,phone,SMS Opt-In\nAna Ruiz,212 555 0140,yes\nBen Cole,212 555 0141,\nCy Dean,212 555 0142,no\n", "")
	if r.Texts != 1 || b.Count(`SELECT count(*) FROM consents WHERE channel = 'text'`) != 1 {
		t.Errorf("%d may be texted, by their own column", r.Texts)
	}
	r = bring(t, b, "name,phone,SMS Opt-In\nDi Eng,212 555 0143,\nEd Fox,212 555 0144,no\n", "signed in")
	if r.Texts != 1 {
		t.Errorf("stated for the file, and refused by one row: %d", r.Texts)
	}
}

func TestImport_BadFilesAreToldInWords(t *testing.T) {
	b := testbank.New(t, testbank.Options{NoLoops: true})
	for why, c := range map[string]struct{ csv, says string }{
		"empty":           {"", "first line must name the columns"},
		"no phone column": {"first,last\nAna,Ruiz\n", "No column of this file is named like a phone number"},
		"no rows":         {"name,phone\n", "no rows"},
		"not UTF-8":       {"name,phone\nJos\xe9,2125550140\n", "UTF-8"},
	} {
		_, err := b.Roster.Import(ctx, people.File{Name: "x", Campaign: b.Campaign.ID, CSV: strings.NewReader(c.csv)})
		if phonebank.KindOf(err) != phonebank.Invalid || !strings.Contains(phonebank.SentenceOf(err), c.says) {
			t.Errorf("%s: %v", why, err)
		}
	}
	r := bring(t, b, "\ufeffname;phone;time zone\nAna \u202eRuiz;212 555 0140;\n;212 555 0141;\nBen;212 555 0142;Mars/Base\n\"Cy\nDean\";212 555 0143;\n", "")
	if r.New != 2 || len(r.Rejected) != 2 {
		t.Errorf("%+v", r)
	}
	if n := b.Count(`SELECT count(*) FROM people WHERE name = 'Ana Ruiz'`); n != 1 {
		t.Error("the mark that turns the line around was kept in a name")
	}
}

func TestParseNumber_AsPeopleWriteThem(t *testing.T) {
	for raw, want := range map[string]phonebank.Number{
		"212 555 0110": "+12125550110", "(212) 555-0110": "+12125550110", "1-212-555-0110": "+12125550110", "+1 212.555.0110": "+12125550110",
		"+52 55 1234 5678": "+525512345678", " 2125550110 ": "+12125550110",
	} {
		if got, _, err := people.ParseNumber(raw); err != nil || got != want {
			t.Errorf("%q: %q %v", raw, got, err)
		}
	}
	for _, raw := range []string{"", "none", "12", "555-0110", "not-a-number", "++1", strings.Repeat("9", 40)} {
		if got, _, err := people.ParseNumber(raw); phonebank.KindOf(err) != phonebank.Invalid || err == nil {
			t.Errorf("%q is read as %q", raw, got)
		}
	}
	if zones := people.ZonesOf("+12125550110"); zones != "America/New_York" {
		t.Errorf("212 is in %q", zones)
	}
	for _, premium := range []string{"+1 900 555 0110", "+44 20 7946 0000"} {
		if n, err := people.VolunteerNumber(premium); err == nil {
			t.Errorf("a join link may ring %s", n)
		}
	}
}
