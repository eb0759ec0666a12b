package store_test

import (
	"fmt"
	"testing"
	"time"

	"phonebank"
	"phonebank/internal/testbank"
	"phonebank/store"
)

// speaker is a volunteer who is ready, with the languages that they told.
func speaker(t *testing.T, b *testbank.Bank, name, languages string) phonebank.Shift {
	t.Helper()
	at := b.Clock.Now()
	u := phonebank.User{ID: phonebank.NewID[phonebank.UserID](at), Name: name, Role: phonebank.Volunteer, Languages: languages, CreatedAt: at}
	ok(t, b.Store.AddUser(ctx, u))
	shift, err := b.Store.KeepShift(ctx, b.Session.ID, u.ID, true, at)
	ok(t, err)
	_, err = b.Store.DB().Exec(`UPDATE shifts SET state = 'ready', leg_joined = true WHERE id = $1`, shift.ID)
	ok(t, err)
	shift.State = phonebank.ShiftReady
	return shift
}

// offered is whom the claim hands to a shift, "" for nobody; the person then waits again.
func offered(t *testing.T, b *testbank.Bank, shift phonebank.Shift) string {
	t.Helper()
	change, err := shift.Apply(phonebank.ShiftReserve, b.Clock.Now())
	ok(t, err)
	got, err := b.Store.ClaimPerson(ctx, shift, b.Campaign.ID, change)
	if phonebank.KindOf(err) == phonebank.NotFound && err != nil {
		return ""
	}
	ok(t, err)
	person, err := b.Store.Person(ctx, got.PersonID)
	ok(t, err)
	_, err = b.Store.DB().Exec(`UPDATE shifts SET state = 'ready', person_id = NULL WHERE id = $1`, shift.ID)
	ok(t, err)
	ok(t, b.Store.ReleaseNumber(ctx, shift.ID, got.PhoneID))
	ok(t, b.Store.GiveBack(ctx, b.Campaign.ID, got.PersonID))
	return person.Name
}

func onTheList(t *testing.T, b *testbank.Bank, people ...string) {
	t.Helper()
	var list []store.NewPerson
	for i := 0; i < len(people); i += 2 {
		list = append(list, store.NewPerson{Name: people[i], FirstName: people[i], Languages: people[i+1], Zone: "America/New_York", Number: phonebank.Number(fmt.Sprintf("+1212555012%d", i)), Priority: 1})
	}
	for i, p := range list { // one after the other, so that the first in the list waits longest
		ok(t, b.Store.InTx(ctx, func(tx *store.Tx) error {
			_, err := tx.ImportPeople(ctx, b.Campaign.ID, []store.NewPerson{p}, "test", b.Clock.Now().Add(time.Duration(i-len(list))*time.Minute))
			return err
		}))
	}
}

func TestClaim_NobodyIsHandedToSomebodyWithWhomTheyShareNoLanguage(t *testing.T) {
	b := testbank.New(t, testbank.Options{NoLoops: true})
	onTheList(t, b, "Ofelia", "Spanish", "Marcus", "English", "Xiomara", "Spanish, English", "Untold", "", "Ioanna", "Klingon")
	for _, row := range []struct{ who, speaks, want string }{
		{"Dana", "English", "Marcus"},
		{"Rosa", "English, Spanish", "Ofelia"},
		{"Inés", "español", "Ofelia"},
		{"Kim", "Korean", "Untold"},
		{"Sam", "", "Ofelia"},
		{"Wei", "Mandarin, inglés", "Marcus"},
	} {
		if got := offered(t, b, speaker(t, b, row.who, row.speaks)); got != row.want {
			t.Errorf("%s, who speaks %q, is handed %q, want %q", row.who, row.speaks, got, row.want)
		}
	}
}

func TestClaim_WhoSpeaksNoEnglishComesFirstForWhoeverSpeaksWithThem(t *testing.T) {
	b := testbank.New(t, testbank.Options{NoLoops: true})
	onTheList(t, b, "Marcus", "English", "Xiomara", "Spanish, English", "Ofelia", "Spanish")
	if got := offered(t, b, speaker(t, b, "Rosa", "Spanish, English")); got != "Ofelia" {
		t.Errorf("Rosa is handed %s first, and others can talk with them", got)
	}
	// What is learned in a talk changes who may have them.
	person, err := b.Store.FindPeople(ctx, "Marcus", "", 1)
	ok(t, err)
	_, err = b.Store.DB().Exec(`UPDATE people SET languages = 'Vietnamese' WHERE id = $1`, person[0].ID)
	ok(t, err)
	if got := offered(t, b, speaker(t, b, "Dana", "English")); got != "Xiomara" {
		t.Errorf("Dana is handed %s, who speaks Vietnamese as we know now", got)
	}
}

func TestNoSpeaker_CountsWhomNobodyHereCanTalkWith(t *testing.T) {
	b := testbank.New(t, testbank.Options{NoLoops: true})
	onTheList(t, b, "Ofelia", "Spanish", "Inés", "español", "Minh", "Vietnamese", "Marcus", "English", "Xiomara", "Spanish, English")
	count := func(spanish, other int) {
		t.Helper()
		gotSpanish, gotOther, err := b.Store.NoSpeaker(ctx, b.Session.ID)
		ok(t, err)
		if gotSpanish != spanish || gotOther != other {
			t.Errorf("%d wait for Spanish and %d for another language, want %d and %d", gotSpanish, gotOther, spanish, other)
		}
	}
	speaker(t, b, "Dana", "English")
	count(2, 1)
	speaker(t, b, "Rosa", "Spanish, English")
	count(0, 1)
	speaker(t, b, "Sam", "")
	count(0, 0)
}

func TestClaimDueCall_AnotherLanguageIsForWhoeverSpeaksIt(t *testing.T) {
	b := testbank.New(t, testbank.Options{NoLoops: true})
	at := b.Clock.Now()
	onTheList(t, b, "Ofelia", "Spanish, English")
	person, err := b.Store.FindPeople(ctx, "Ofelia", "", 1)
	ok(t, err)
	f := phonebank.FollowUp{ID: phonebank.NewID[phonebank.FollowUpID](at), CampaignID: b.Campaign.ID, PersonID: person[0].ID, PhoneID: person[0].PhoneID, Channel: phonebank.ByCall,
		Reason: phonebank.ReasonLanguage, State: phonebank.FollowUpDue, Local: "2026-11-24T18:30", Zone: "America/New_York", DueAt: at.Add(-time.Hour), NotAfter: at.AddDate(0, 0, 14), CreatedAt: at}
	ok(t, b.Store.InTx(ctx, func(tx *store.Tx) error { return tx.AddFollowUp(ctx, f, "", "") }))
	claims := func(shift phonebank.Shift) bool {
		t.Helper()
		var found phonebank.FollowUp
		err := b.Store.InTx(ctx, func(tx *store.Tx) error {
			var err error
			found, _, err = tx.ClaimDueCall(ctx, shift, b.Campaign.ID, at, 15*time.Minute)
			return err
		})
		if phonebank.KindOf(err) == phonebank.NotFound && err != nil {
			return false
		}
		ok(t, err)
		return found.ID == f.ID
	}
	if claims(speaker(t, b, "Dana", "English")) {
		t.Error("they asked for Spanish, and Dana speaks English")
	}
	if claims(speaker(t, b, "Sam", "")) {
		t.Error("they asked for Spanish, and nobody knows what Sam speaks")
	}
	if !claims(speaker(t, b, "Rosa", "English, Spanish")) {
		t.Error("Rosa speaks Spanish and is not offered the call")
	}
}
