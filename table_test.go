package phonebank

import (
	"fmt"
	"math/rand"
	"slices"
	"testing"
	"time"
)

func guard[S, E ~string](t *testing.T, table *Table[S, E]) {
	t.Helper()
	for _, from := range table.States() {
		for _, event := range table.Events() {
			cell, ok := table.moves[from][event]
			if !ok {
				t.Errorf("%s: %s x %s is not listed", table.name, from, event)
			}
			change, err := table.Apply(from, event, time.Time{})
			switch cell {
			case refuse:
				if KindOf(err) != Conflict {
					t.Errorf("%s: %s x %s should be refused as a conflict, got %v", table.name, from, event, err)
				}
			case ignore:
				if err != nil || change.Moved() {
					t.Errorf("%s: %s x %s should change nothing, got %v %v", table.name, from, event, change, err)
				}
			default:
				if err != nil || change.To != S(cell) || change.From != from {
					t.Errorf("%s: %s x %s should lead to %s, got %v %v", table.name, from, event, cell, change, err)
				}
			}
		}
	}
	if _, err := table.Apply("no such state", table.Events()[0], time.Time{}); KindOf(err) != Invalid {
		t.Errorf("%s: an unknown state must be refused as invalid, got %v", table.name, err)
	}
}

func TestTables_EveryPairOfStateAndEventIsListed(t *testing.T) {
	guard(t, CallTable)
	guard(t, ShiftTable)
	guard(t, ConversationTable)
	guard(t, CommitmentTable)
	guard(t, FollowUpTable)
	guard(t, WaveTable)
	guard(t, OutboxTable)
	guard(t, ScriptTable)
	guard(t, RetaliationTable)
	guard(t, PossibleNoTable)
	guard(t, SuggestionTable)
}

func TestTable_AGridWithAHolePanics(t *testing.T) {
	for name, grid := range map[string]string{
		"a row that is short":      "a b\nx a",
		"a state nobody has named": "go\non off",
	} {
		func() {
			defer func() {
				if recover() == nil {
					t.Errorf("%s: no panic", name)
				}
			}()
			newTable[string, string]("broken", grid)
		}()
	}
}

// Twilio numbers a call's events but does not deliver them in order (docs: Call status callbacks).
func TestCall_CallbacksInAnyOrderAndRepeatedEndTheSame(t *testing.T) {
	events := []CallEvent{CallRing, CallAnswer, CallEnd}
	for seed := range int64(200) {
		r := rand.New(rand.NewSource(seed))
		stream := slices.Concat(events, events)
		r.Shuffle(len(stream), func(i, j int) { stream[i], stream[j] = stream[j], stream[i] })
		call := Call{Kind: CallOut, State: CallPlacing}
		for _, e := range stream {
			change, err := call.Apply(e, time.Time{})
			if err != nil {
				t.Fatalf("seed %d: %s in %s: %v", seed, e, call.State, err)
			}
			call.State = change.To
		}
		if call.State != CallEnded {
			t.Fatalf("seed %d: %v ends in %s", seed, stream, call.State)
		}
	}
}

func TestCall_TheEndSaysWhatMustFollow(t *testing.T) {
	for _, c := range []struct {
		state CallState
		want  []Effect
	}{
		{CallRinging, []Effect{FreeVolunteer, TryAgain}},
		{CallAnswered, []Effect{StartWrapUp}},
		{CallBridged, []Effect{StartWrapUp}},
	} {
		change, err := Call{Kind: CallOut, State: c.state}.Apply(CallEnd, time.Time{})
		if err != nil || !slices.Equal(change.Effects, c.want) {
			t.Errorf("a call that ends while %s: %v, %v", c.state, change.Effects, err)
		}
	}
	if change, _ := (Call{Kind: CallVolunteer, State: CallAnswered}).Apply(CallEnd, time.Time{}); len(change.Effects) != 0 {
		t.Errorf("a volunteer's own leg has no talk to wrap up: %v", change.Effects)
	}
}

func TestShift_WhoeverHoldsAPersonAndLeavesGivesThemBack(t *testing.T) {
	for _, e := range []ShiftEvent{ShiftRest, ShiftLeave, ShiftRelease} {
		change, err := Shift{State: ShiftReserved}.Apply(e, time.Time{})
		if err != nil || !slices.Contains(change.Effects, ReleasePerson) {
			t.Errorf("%s: %v %v", e, change.Effects, err)
		}
	}
}

// All orders of six reports, each also with every report repeated.
func TestMessage_StatusReportsInAnyOrderConverge(t *testing.T) {
	reports := []MessageState{MessageAccepted, MessageQueued, MessageSending, MessageSent, MessageUndelivered, MessageDelivered}
	orders := 0
	permute(reports, func(order []MessageState) {
		orders++
		state := MessagePlanned
		for _, next := range slices.Concat(order, order) {
			state, _ = state.Climb(next)
		}
		if state != MessageDelivered {
			t.Fatalf("%v ends in %s", order, state)
		}
	})
	t.Logf("%d orders", orders)
}

func TestMessage_AtEqualHeightTheFirstStaysAndTheConflictIsTold(t *testing.T) {
	state, conflict := MessageFailed.Climb(MessageUndelivered)
	if state != MessageFailed || !conflict {
		t.Errorf("failed, then undelivered: %s, conflict %v", state, conflict)
	}
	if state, conflict = MessageSent.Climb("something new"); state != MessageSent || conflict {
		t.Errorf("an unknown word changes nothing: %s %v", state, conflict)
	}
}

func permute[T any](list []T, visit func([]T)) {
	var walk func(int)
	walk = func(k int) {
		if k == len(list) {
			visit(slices.Clone(list))
			return
		}
		for i := k; i < len(list); i++ {
			list[k], list[i] = list[i], list[k]
			walk(k + 1)
			list[k], list[i] = list[i], list[k]
		}
	}
	walk(0)
}

func TestOutbox_ThereIsNoWayFromUnknownToReady(t *testing.T) {
	reach := map[OutboxState]bool{OutboxUnknown: true}
	for range OutboxTable.States() {
		for from := range reach {
			for _, event := range OutboxTable.Events() {
				if change, err := OutboxTable.Apply(from, event, time.Time{}); err == nil {
					reach[change.To] = true
				}
			}
		}
	}
	for _, never := range []OutboxState{OutboxReady, OutboxSending, OutboxHeld} {
		if reach[never] {
			t.Errorf("a text with an unknown outcome can become %s and be sent twice", never)
		}
	}
}

func TestID_SortsByTimeAndNeverRepeats(t *testing.T) {
	at := time.Date(2026, 11, 22, 18, 0, 0, 0, time.UTC)
	seen := map[PersonID]bool{}
	var last PersonID
	for i := range 1000 {
		id := NewID[PersonID](at.Add(time.Duration(i) * time.Millisecond))
		if seen[id] || id <= last || !ValidID(string(id)) {
			t.Fatalf("id %d: %s after %s", i, id, last)
		}
		seen[id], last = true, id
	}
	for _, bad := range []string{"", "abc", "01ARZ3NDEKTSV4RRFFQ69G5FA'", fmt.Sprintf("%026d ", 1)} {
		if ValidID(bad) {
			t.Errorf("%q passes as an id", bad)
		}
	}
}
