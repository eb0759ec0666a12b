package dialer_test

import (
	"fmt"
	"math/rand/v2"
	"testing"
	"time"

	"phonebank"
	"phonebank/dialer"
	"phonebank/internal/testbank"
	"phonebank/simulator"
)

// Everything that may happen to thirty callbacks, at random: afterwards each has ended in words, or somebody can still reach it.
func TestCallbacks_AtRandomNoneIsLost(t *testing.T) {
	const seed = 20261124
	dice := rand.New(rand.NewPCG(seed, 1))
	t.Logf("seed %d", seed)
	b := testbank.New(t, testbank.Options{})
	var shifts []phonebank.Shift
	for i := range 3 {
		_, s := b.Connected("Volunteer "+string(rune('A'+i)), numberOf(900+i))
		shifts = append(shifts, s)
	}
	w := wave(b, "Catch up")
	takes := []string{simulator.Answers, simulator.Busy, simulator.Voicemail, simulator.Declines}
	var people []phonebank.Person
	ids := map[phonebank.FollowUpID]bool{}
	for i := range 30 {
		p := b.Neighbor(fmt.Sprintf("Neighbor %02d", i), numberOf(i))
		b.Sim.Person(numberOf(i), simulator.Behaviour{Takes: takes[dice.IntN(len(takes))]})
		people = append(people, p)
		if i%5 == 4 {
			ids[inWave(b, p, w)] = true
		} else {
			ids[promiseCall(b, p, shifts[dice.IntN(len(shifts))].UserID)] = true
		}
	}
	fallDue(b)
	board := b.Board
	for range 150 {
		s, err := b.Store.Shift(ctx, shifts[dice.IntN(len(shifts))].ID)
		ok(t, err)
		p := people[dice.IntN(len(people))]
		// What is refused is refused in words, to whoever pressed: that too is a way for a callback to go.
		switch dice.IntN(16) {
		case 0, 1, 2, 3:
			_ = board.Ready(ctx, s.ID)
		case 4, 5, 6:
			_, _ = board.Call(ctx, s.ID, phonebank.NewID[string](b.Clock.Now()), dialer.Choice{})
		case 7:
			_ = board.Pass(ctx, s.ID)
		case 8:
			_ = board.Rest(ctx, s.ID)
		case 9:
			if s.Conversation != "" {
				_ = board.HangUp(ctx, s.Conversation, s.UserID)
			}
		case 10:
			if s.Conversation != "" {
				_ = board.Wrap(ctx, s.Conversation, s.UserID, phonebank.Wrap{ID: phonebank.NewID[string](b.Clock.Now()), Outcome: phonebank.OutcomeConnected, Then: "break"})
			}
		case 11:
			if dice.IntN(4) == 0 {
				_ = b.Desk.Stop(ctx, p.ID, b.Coordinator.ID, "stop")
			}
		case 12:
			open, err := b.Store.FollowUpsOf(ctx, p.ID)
			ok(t, err)
			_ = b.Diary.Move(ctx, open[0].ID, b.Coordinator.ID, phonebankLocal(b, time.Duration(30+dice.IntN(60))*time.Minute))
		case 13: // killed between two rows
			_, err := b.Store.DB().Exec(`UPDATE shifts SET state = 'break', person_id = NULL, follow_up_id = NULL WHERE id = $1 AND state = 'reserved'`, s.ID)
			ok(t, err)
		case 14:
			_, _ = b.Sim.Ring(numberOf(dice.IntN(len(people))), testbank.Ours)
		case 15:
			b.Clock.Advance(time.Duration(dice.IntN(40)) * time.Second)
			ok(t, board.Sweep(ctx))
		}
	}
	// Everybody goes home; what was under way comes to its end.
	for _, s := range shifts {
		_ = board.Leave(ctx, s.ID)
	}
	b.Until("every line is down", func() bool {
		return b.Count(`SELECT count(*) FROM calls WHERE state IN ('reserved', 'placing', 'ringing', 'answered', 'bridged') AND kind <> 'inbound'`) == 0
	})
	b.Clock.Advance(phonebank.PanelSilence + time.Second)
	ok(t, board.Sweep(ctx))
	if n := b.Count(`SELECT count(*) FROM shifts WHERE state = 'reserved'`); n != 0 {
		t.Errorf("%d cards are still open", n)
	}
	states := map[phonebank.FollowUpState]int{}
	var all []phonebank.FollowUp
	ok(t, b.Store.DB().Select(&all, `
		SELECT id, state, why, COALESCE(person_id, '') AS person_id, due_at, not_after FROM follow_ups WHERE channel = 'call'`))
	for _, f := range all {
		delete(ids, f.ID)
		states[f.State]++
		switch f.State {
		case phonebank.FollowUpPlanned, phonebank.FollowUpDue: // the sweeper and the volunteers reach it, until its last moment ends it
			if !f.NotAfter.After(f.DueAt) {
				t.Errorf("%s can never be made: due %v, not after %v", f.ID, f.DueAt, f.NotAfter)
			}
		case phonebank.FollowUpDone, phonebank.FollowUpCancelled, phonebank.FollowUpExpired, phonebank.FollowUpNeedsPerson:
			if f.Why == "" {
				t.Errorf("%s is %s, and nobody reads why", f.ID, f.State)
			}
		default:
			t.Errorf("%s is %s, and nobody has it", f.ID, f.State)
		}
	}
	if len(ids) != 0 {
		t.Errorf("%d callbacks are gone", len(ids))
	}
	t.Logf("%d callbacks: %v", len(all), states)
}
