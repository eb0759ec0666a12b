package store_test

import (
	"context"
	"fmt"
	"regexp"
	"slices"
	"sync"
	"testing"
	"time"

	"phonebank"
	"phonebank/internal/testbank"
	"phonebank/internal/testdb"
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

func words[S ~string](list []S) (out []string) {
	for _, s := range list {
		out = append(out, string(s))
	}
	return out
}

// The CHECK of every column that holds a state lists the same words as the Go table, so neither can drift alone.
func TestSchema_EveryCheckListsTheStatesOfItsTable(t *testing.T) {
	db := testdb.New(t)
	for _, c := range []struct {
		table, column string
		want          []string
	}{
		{"calls", "state", words(phonebank.CallTable.States())},
		{"calls", "result", words(phonebank.CallResults)},
		{"shifts", "state", words(phonebank.ShiftTable.States())},
		{"conversations", "state", words(phonebank.ConversationTable.States())},
		{"conversations", "outcome", append(words(phonebank.Outcomes), "")},
		{"commitments", "state", words(phonebank.CommitmentTable.States())},
		{"follow_ups", "state", words(phonebank.FollowUpTable.States())},
		{"follow_ups", "reason", words(phonebank.Reasons)},
		{"waves", "state", words(phonebank.WaveTable.States())},
		{"wave_members", "state", words(phonebank.MemberTable.States())},
		{"wave_members", "why", append(words(phonebank.WaveExclusions), "")},
		{"refusals", "state", words(phonebank.PossibleNoTable.States())},
		{"retaliations", "state", words(phonebank.RetaliationTable.States())},
		{"outbox", "state", words(phonebank.OutboxTable.States())},
		{"messages", "state", words(phonebank.MessageStates)},
		{"users", "role", words(phonebank.Roles)},
		{"scripts", "status", words(phonebank.ScriptTable.States())},
		{"suggestions", "state", words(phonebank.SuggestionTable.States())},
		{"suggestions", "kind", words(phonebank.SuggestionKinds)},
		{"suggestions", "event", append(words(phonebank.Settlements), "")},
		{"rung_moves", "state", words(phonebank.RungTable.States())},
		{"rung_moves", "ground", words(phonebank.RungGrounds)},
		{"heard_stands", "support", append(slices.Clone(phonebank.Supports), "")},
	} {
		var rule string
		ok(t, db.SQL().Get(&rule, `
			SELECT pg_get_constraintdef(oid) FROM pg_constraint
			WHERE conrelid = $1::regclass AND contype = 'c' AND conname = $2`, c.table, c.table+"_"+c.column+"_check"))
		var got []string
		for _, m := range regexp.MustCompile(`'([a-z_]*)'::text`).FindAllStringSubmatch(rule, -1) {
			got = append(got, m[1])
		}
		slices.Sort(got)
		slices.Sort(c.want)
		if !slices.Equal(got, c.want) {
			t.Errorf("%s.%s: the database knows %v, Go %v", c.table, c.column, got, c.want)
		}
	}
}

// Two hundred volunteers take every person of a list that holds many shared numbers, all at once: nobody is handed out twice, and
// no number to two volunteers.
func TestClaim_NobodyIsHandedToTwoVolunteers(t *testing.T) {
	b := testbank.New(t, testbank.Options{NoLoops: true})
	const people, volunteers = 2000, 200
	var list []store.NewPerson
	for i := range people {
		list = append(list, store.NewPerson{Name: fmt.Sprint("Neighbor ", i), FirstName: "N", Zone: "America/New_York", Number: phonebank.Number(fmt.Sprintf("+1646555%04d", i-i%5/4)), Priority: i % 4})
	}
	ok(t, b.Store.InTx(ctx, func(tx *store.Tx) error {
		_, err := tx.ImportPeople(ctx, b.Campaign.ID, list, "test", b.Clock.Now())
		return err
	}))
	var all sync.WaitGroup
	var mu sync.Mutex
	seen := map[phonebank.PersonID]int{}
	for i := range volunteers {
		u := phonebank.User{ID: phonebank.NewID[phonebank.UserID](b.Clock.Now()), Name: fmt.Sprint("V", i), Role: phonebank.Volunteer, CreatedAt: b.Clock.Now()}
		ok(t, b.Store.AddUser(ctx, u))
		shift, err := b.Store.KeepShift(ctx, b.Session.ID, u.ID, true, b.Clock.Now())
		ok(t, err)
		_, err = b.Store.DB().Exec(`UPDATE shifts SET state = 'ready' WHERE id = $1`, shift.ID)
		ok(t, err)
		shift.State = phonebank.ShiftReady
		all.Go(func() {
			for {
				change, err := shift.Apply(phonebank.ShiftReserve, b.Clock.Now())
				if err != nil {
					t.Error(err)
					return
				}
				got, err := b.Store.ClaimPerson(ctx, shift, b.Campaign.ID, change)
				if phonebank.KindOf(err) == phonebank.NotFound && err != nil {
					return
				}
				if err != nil {
					t.Error(err)
					return
				}
				mu.Lock()
				seen[got.PersonID]++
				mu.Unlock()
				var others int
				if err := b.Store.DB().Get(&others, `SELECT count(*) FROM shifts WHERE state = 'reserved' AND person_id IN (SELECT id FROM people WHERE phone_id = $1)`, got.PhoneID); err != nil || others != 1 {
					t.Errorf("%d volunteers hold one number (%v)", others, err)
				}
				if _, err := b.Store.DB().Exec(`UPDATE shifts SET state = 'ready', person_id = NULL WHERE id = $1`, shift.ID); err != nil {
					t.Error(err)
				}
				if err := b.Store.ReleaseNumber(ctx, shift.ID, got.PhoneID); err != nil {
					t.Error(err)
				}
			}
		})
	}
	all.Wait()
	for id, n := range seen {
		if n != 1 {
			t.Errorf("%s was handed out %d times", id, n)
		}
	}
	if len(seen) != people {
		t.Errorf("%d of %d were handed out", len(seen), people)
	}
}

// A claim passes by whom another is handing out just now: it neither takes them too nor waits for the other.
func TestClaim_PassesByWhomAnotherIsHandingOut(t *testing.T) {
	b := testbank.New(t, testbank.Options{NoLoops: true})
	b.Neighbor("Walt Brandt", "+12125550123")
	other := b.Neighbor("Rosa Fuentes", "+12125550124")
	shift, err := b.Store.KeepShift(ctx, b.Session.ID, b.Coordinator.ID, true, b.Clock.Now())
	ok(t, err)
	_, err = b.Store.DB().Exec(`UPDATE shifts SET state = 'ready' WHERE id = $1`, shift.ID)
	ok(t, err)
	_, err = b.Store.DB().Exec(`UPDATE call_list SET priority = 3 WHERE person_id = $1`, other.ID)
	ok(t, err)
	shift.State = phonebank.ShiftReady
	change, err := shift.Apply(phonebank.ShiftReserve, b.Clock.Now())
	ok(t, err)
	another, err := b.Store.DB().Begin()
	ok(t, err)
	defer func() { _ = another.Rollback() }()
	_, err = another.Exec(`UPDATE call_list SET state = 'held' WHERE person_id <> $1`, other.ID)
	ok(t, err)
	type answer struct {
		got store.Claimed
		err error
	}
	claimed := make(chan answer, 1)
	go func() {
		got, err := b.Store.ClaimPerson(ctx, shift, b.Campaign.ID, change)
		claimed <- answer{got, err}
	}()
	b.Until("the claim has somebody or waits", func() bool {
		return len(claimed) == 1 || b.Count(`SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'`) == 1
	})
	if len(claimed) == 0 {
		t.Error("it waits for the other claim")
	}
	ok(t, another.Commit())
	if a := <-claimed; a.err != nil || a.got.PersonID != other.ID {
		t.Errorf("it was handed %v and not the next person (%v)", a.got, a.err)
	}
}

func TestClaim_TheMostUrgentWhoseHoursAreOpenComesFirst(t *testing.T) {
	b := testbank.New(t, testbank.Options{NoLoops: true})
	at := b.Clock.Now() // half past five in New York, half past two in Los Angeles
	list := []store.NewPerson{
		{Name: "Asleep", FirstName: "A", Zone: "Europe/Madrid", Number: "+12125550121", Priority: 0},
		{Name: "Later", FirstName: "L", Zone: "America/New_York", Number: "+12125550122", Priority: 0},
		{Name: "West", FirstName: "W", Zone: "America/Los_Angeles", Number: "+12125550123", Priority: 1},
		{Name: "East", FirstName: "E", Zone: "America/New_York", Number: "+12125550124", Priority: 1},
	}
	ok(t, b.Store.InTx(ctx, func(tx *store.Tx) error {
		_, err := tx.ImportPeople(ctx, b.Campaign.ID, list, "test", at)
		return err
	}))
	_, err := b.Store.DB().Exec(`UPDATE call_list SET next_attempt_at = $1 WHERE person_id = (SELECT id FROM people WHERE name = 'Later')`, at.Add(time.Hour))
	ok(t, err)
	shift, err := b.Store.KeepShift(ctx, b.Session.ID, b.Coordinator.ID, true, at)
	ok(t, err)
	for _, want := range []string{"East", "West", ""} {
		_, err = b.Store.DB().Exec(`UPDATE shifts SET state = 'ready', person_id = NULL WHERE id = $1`, shift.ID)
		ok(t, err)
		shift.State = phonebank.ShiftReady
		change, err := shift.Apply(phonebank.ShiftReserve, at)
		ok(t, err)
		got, err := b.Store.ClaimPerson(ctx, shift, b.Campaign.ID, change)
		if want == "" {
			if phonebank.KindOf(err) != phonebank.NotFound {
				t.Errorf("somebody is handed out whose hours are closed or whose time has not come: %v %v", got, err)
			}
			break
		}
		ok(t, err)
		person, err := b.Store.Person(ctx, got.PersonID)
		ok(t, err)
		if person.Name != want {
			t.Errorf("%s before %s: where the evening ends first is called first", person.Name, want)
		}
		ok(t, b.Store.ReleaseNumber(ctx, shift.ID, got.PhoneID))
	}
	if _, err = b.Store.ClaimPerson(ctx, phonebank.Shift{ID: shift.ID}, b.Campaign.ID, phonebank.Change[phonebank.ShiftState, phonebank.ShiftEvent]{From: phonebank.ShiftBreak, To: phonebank.ShiftReserved, At: at}); phonebank.KindOf(err) != phonebank.Stale {
		t.Errorf("a shift that is not in the state it was read in: %v", err)
	}
}

func TestSave_AMoveFromAStateThatIsGoneIsStale(t *testing.T) {
	b := testbank.New(t, testbank.Options{NoLoops: true})
	shift, err := b.Store.KeepShift(ctx, b.Session.ID, b.Coordinator.ID, true, b.Clock.Now())
	ok(t, err)
	change, err := shift.Apply(phonebank.ShiftConnect, b.Clock.Now())
	ok(t, err)
	ok(t, b.Store.SaveShift(ctx, shift, change, store.By{}))
	if err := b.Store.SaveShift(ctx, shift, change, store.By{}); phonebank.KindOf(err) != phonebank.Stale {
		t.Errorf("the same move twice: %v", err)
	}
	if n := b.Count(`SELECT count(*) FROM journal WHERE thing = 'shift' AND event = 'connect' AND from_state = 'off' AND to_state = 'connecting'`); n != 1 {
		t.Errorf("%d lines in the journal for one move", n)
	}
}
