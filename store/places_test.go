package store_test

import (
	"testing"
	"time"

	"phonebank"
	"phonebank/internal/testbank"
	"phonebank/store"
)

func placesOnList(t *testing.T, b *testbank.Bank, person phonebank.PersonID) (zones string) {
	t.Helper()
	ok(t, b.Store.DB().Get(&zones, `SELECT zones FROM call_list WHERE person_id = $1`, person))
	var known bool
	ok(t, b.Store.DB().Get(&known, `SELECT EXISTS (SELECT 1 FROM zone_sets WHERE zones = $1)`, zones))
	if !known {
		t.Errorf("the claim does not look for people in %q", zones)
	}
	return zones
}

// A list says where a person may be by all that is known, also when more is learned or a release knows better.
func TestPlaces_ListsFollowWhatIsKnown(t *testing.T) {
	b := testbank.New(t, testbank.Options{NoLoops: true})
	bring := func(p store.NewPerson) phonebank.Person {
		t.Helper()
		p.Name, p.FirstName, p.Number, p.Priority = "Ana Ruiz", "Ana", "+12145550140", 1
		ok(t, b.Store.InTx(ctx, func(tx *store.Tx) error {
			_, err := tx.ImportPeople(ctx, b.Campaign.ID, []store.NewPerson{p}, "test", b.Clock.Now())
			return err
		}))
		found, err := b.Store.FindPeople(ctx, "Ana Ruiz", "", 1)
		ok(t, err)
		return found[0].Person
	}
	ana := bring(store.NewPerson{Zones: "America/Chicago"})
	if z := placesOnList(t, b, ana.ID); z != "America/Chicago" {
		t.Errorf("by the number: %q", z)
	}
	// The next import tells the state; a third one tells another, and what was known stays.
	ana = bring(store.NewPerson{Region: "TX"})
	if z := placesOnList(t, b, ana.ID); ana.Region != "TX" || z != "America/Chicago@TX" {
		t.Errorf("in Texas: %q, %q", ana.Region, z)
	}
	if ana = bring(store.NewPerson{Region: "RI"}); ana.Region != "TX" {
		t.Errorf("an import overwrote the state with %q", ana.Region)
	}
	// By hand they move to Rhode Island, which their number knows nothing of.
	ok(t, b.Store.InTx(ctx, func(tx *store.Tx) error {
		return tx.SetAbout(ctx, ana, store.About{FirstName: "Ana", Region: "RI"}, b.Coordinator.ID, b.Clock.Now())
	}))
	if z := placesOnList(t, b, ana.ID); z != "America/New_York@RI" {
		t.Errorf("in Rhode Island: %q", z)
	}
	if n := b.Count(`SELECT count(*) FROM journal WHERE thing = 'person' AND event = 'region' AND note = 'TX'`); n != 1 {
		t.Errorf("the journal holds %d lines of what stood there before", n)
	}
	// A release that knows the number's state better moves whoever is in it by their number alone.
	ok(t, b.Store.InTx(ctx, func(tx *store.Tx) error {
		return tx.SetAbout(ctx, phonebank.Person{ID: ana.ID, FirstName: "Ana", Region: "RI"}, store.About{FirstName: "Ana"}, b.Coordinator.ID, b.Clock.Now())
	}))
	for range 2 { // again changes nothing
		ok(t, b.Store.Replace(ctx, func(phonebank.Number) string { return "America/Chicago@TX" }))
		if z := placesOnList(t, b, ana.ID); z != "America/Chicago@TX" {
			t.Errorf("after the release: %q", z)
		}
	}
}

// The claim looks at the state's hours: on a Sunday morning nobody in Texas or Alabama is handed out, at noon Texas is.
func TestClaim_KeepsToTheHoursOfStates(t *testing.T) {
	b := testbank.New(t, testbank.Options{NoLoops: true})
	for i, place := range []string{"America/Chicago@TX", "America/Chicago@AL", "America/New_York@MA"} {
		ok(t, b.Store.InTx(ctx, func(tx *store.Tx) error {
			_, err := tx.ImportPeople(ctx, b.Campaign.ID, []store.NewPerson{{Name: place, FirstName: "N", Number: phonebank.Number("+1214555014" + string(rune('0'+i))), Zones: place, Priority: 1}}, "test", b.Clock.Now())
			return err
		}))
	}
	sunday, err := phonebank.Instant(testbank.Tuesday.AddDate(0, 0, 5).Format("2006-01-02")+"T10:00", "America/Chicago")
	ok(t, err)
	ok(t, b.Clock.Set(sunday))
	claim := func() (names []string) {
		for range 4 {
			u := phonebank.User{ID: phonebank.NewID[phonebank.UserID](b.Clock.Now()), Name: "V", Role: phonebank.Volunteer, CreatedAt: b.Clock.Now()}
			ok(t, b.Store.AddUser(ctx, u))
			shift, err := b.Store.KeepShift(ctx, b.Session.ID, u.ID, true, b.Clock.Now())
			ok(t, err)
			_, err = b.Store.DB().Exec(`UPDATE shifts SET state = 'ready' WHERE id = $1`, shift.ID)
			ok(t, err)
			shift.State = phonebank.ShiftReady
			change, err := shift.Apply(phonebank.ShiftReserve, b.Clock.Now())
			ok(t, err)
			got, err := b.Store.ClaimPerson(ctx, shift, b.Campaign.ID, change)
			if phonebank.KindOf(err) == phonebank.NotFound && err != nil {
				return names
			}
			ok(t, err)
			p, err := b.Store.Person(ctx, got.PersonID)
			ok(t, err)
			names = append(names, p.Name)
		}
		return names
	}
	if names := claim(); len(names) != 1 || names[0] != "America/New_York@MA" {
		t.Errorf("on Sunday morning: %v", names)
	}
	b.Clock.Advance(4 * time.Hour)
	if names := claim(); len(names) != 1 || names[0] != "America/Chicago@TX" {
		t.Errorf("on Sunday afternoon: %v", names)
	}
}
