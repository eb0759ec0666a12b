package dialer_test

import (
	"slices"
	"sync"
	"testing"
	"time"

	"phonebank"
	"phonebank/dialer"
	"phonebank/internal/testbank"
	"phonebank/simulator"
	"phonebank/store"
)

// promiseCall writes a call down that somebody promised for a minute from now. The person is on no list.
func promiseCall(b *testbank.Bank, p phonebank.Person, owner phonebank.UserID) phonebank.FollowUpID {
	b.T.Helper()
	ok(b.T.(*testing.T), b.Store.Talked(ctx, b.Campaign.ID, p.ID, "seen"))
	f, err := b.Diary.Promise(ctx, p.ID, owner, phonebank.Wish{Channel: phonebank.ByCall, Reason: phonebank.ReasonScheduled, InMinutes: 1})
	ok(b.T.(*testing.T), err)
	return f.ID
}

// fallDue lets the minute pass and waits until every callback waits for its volunteer.
func fallDue(b *testbank.Bank) {
	b.T.Helper()
	b.Clock.Advance(61 * time.Second)
	b.Until("every callback is due", func() bool {
		return b.Count(`SELECT count(*) FROM follow_ups WHERE channel = 'call' AND state = 'planned' AND due_at <= $1`, b.Clock.Now()) == 0
	})
}

// wave writes a wave down. It is live with its first row: without one the worker would end it.
func wave(b *testbank.Bank, name string) phonebank.WaveID {
	b.T.Helper()
	id := phonebank.NewID[phonebank.WaveID](b.Clock.Now())
	_, err := b.Store.DB().Exec(`
		INSERT INTO waves (id, campaign_id, session_id, name, state, reason, size, filled, created_by, created_at, launched_at) VALUES ($1, $2, $3, $4, 'draft', 'wave', 1, 1, $5, $6, $6)`,
		id, b.Campaign.ID, b.Session.ID, name, b.Coordinator.ID, b.Clock.Now())
	ok(b.T.(*testing.T), err)
	return id
}

// inWave gives a person a call of a wave, due now.
func inWave(b *testbank.Bank, p phonebank.Person, id phonebank.WaveID) phonebank.FollowUpID {
	b.T.Helper()
	at := b.Clock.Now()
	f := phonebank.FollowUp{ID: phonebank.NewID[phonebank.FollowUpID](at), CampaignID: b.Campaign.ID, PersonID: p.ID, PhoneID: p.PhoneID, WaveID: id, SessionID: b.Session.ID,
		Channel: phonebank.ByCall, Reason: phonebank.ReasonWave, State: phonebank.FollowUpDue, Zone: "America/New_York", Local: at.Format(phonebank.LocalForm), DueAt: at,
		NotAfter: at.AddDate(0, 0, 14), CreatedAt: at}
	ok(b.T.(*testing.T), b.Store.Talked(ctx, b.Campaign.ID, p.ID, "seen"))
	ok(b.T.(*testing.T), b.Store.InTx(ctx, func(tx *store.Tx) error { return tx.AddFollowUp(ctx, f, "", "") }))
	_, err := b.Store.DB().Exec(`UPDATE waves SET state = 'live' WHERE id = $1 AND state = 'draft'`, id)
	ok(b.T.(*testing.T), err)
	return f.ID
}

// rangInVain lets somebody ring us while nobody is free.
func rangInVain(b *testbank.Bank, number string) {
	b.T.Helper()
	sid, err := b.Sim.Ring(number, testbank.Ours)
	ok(b.T.(*testing.T), err)
	b.Until("the callback to "+number, func() bool {
		return b.Count(`SELECT count(*) FROM follow_ups f JOIN phones p ON p.id = f.phone_id WHERE p.number = $1 AND f.reason = 'returned_call'`, number) == 1
	})
	_ = b.Sim.HangUp(sid) // they may have gone by themselves
	awake(b)
	b.Clock.Advance(61 * time.Second) // nobody tells us of the end of such a line: it is looked up
	ok(b.T.(*testing.T), b.Board.Sweep(ctx))
	b.Until("the line of "+number+" is down", func() bool {
		return b.Count(`SELECT count(*) FROM calls WHERE kind = 'inbound' AND from_number = $1 AND state <> 'ended'`, number) == 0
	})
}

// awake keeps every panel open, however far the clock is moved.
func awake(b *testbank.Bank) {
	b.T.Helper()
	_, err := b.Store.DB().Exec(`UPDATE shifts SET seen_at = $1`, b.Clock.Now().Add(72*time.Hour))
	ok(b.T.(*testing.T), err)
}

// later lets hours pass. A volunteer's line never lasts that long: they go, and are back on the line afterwards.
func later(b *testbank.Bank, s phonebank.Shift, pass time.Duration) {
	b.T.Helper()
	t := b.T.(*testing.T)
	ok(t, b.Board.Leave(ctx, s.ID))
	b.Until("the leg dropped", func() bool {
		return b.Count(`SELECT count(*) FROM calls WHERE kind = 'volunteer' AND state <> 'ended'`) == 0
	})
	b.Clock.Advance(pass)
	ok(t, b.Board.RingVolunteer(ctx, s.ID))
	b.AwaitShift(s.ID, func(s phonebank.Shift) bool { return s.LegJoined })
	ok(t, b.Board.Ready(ctx, s.ID))
}

// wrapUp hangs up and saves the talk; what comes next is up to then.
func wrapUp(b *testbank.Bank, s phonebank.Shift, then string) {
	b.T.Helper()
	t := b.T.(*testing.T)
	awaitCall(b, s.Conversation, phonebank.CallBridged)
	ok(t, b.Board.HangUp(ctx, s.Conversation, s.UserID))
	b.AwaitShift(s.ID, func(now phonebank.Shift) bool {
		return now.State == phonebank.ShiftWrapUp && now.Conversation == s.Conversation
	})
	ok(t, b.Board.Wrap(ctx, s.Conversation, s.UserID, phonebank.Wrap{ID: phonebank.NewID[string](b.Clock.Now()), Outcome: phonebank.OutcomeConnected, Then: then}))
}

func reserved(s phonebank.Shift) bool { return s.State == phonebank.ShiftReserved }

func TestOrder_OneOfEachComesInTheOrderThatWasAgreed(t *testing.T) {
	b := testbank.New(t, testbank.Options{})
	dana, shift := b.Connected("Dana", testbank.VolunteerPhone)
	luis, _ := b.Volunteer("Luis", "+12125550192") // not on a shift
	fresh := b.Neighbor("From the list", "+12125550141")
	people := map[phonebank.PersonID]string{fresh.ID: "new"}
	add := func(name, number, kind string) phonebank.Person {
		p := b.Neighbor(name, number)
		people[p.ID] = kind
		ok(t, b.Store.Talked(ctx, b.Campaign.ID, p.ID, "seen"))
		return p
	}
	inWave(b, add("Wave", "+12125550142", "wave"), wave(b, "Catch up"))
	promiseCall(b, add("Pool", "+12125550143", "pool promise"), luis.ID)
	promiseCall(b, add("Own", "+12125550144", "own promise"), dana.ID)
	add("Missed", "+12125550145", "missed inbound")
	add("Live", "+12125550146", "live inbound")
	rangInVain(b, "+12125550145")
	fallDue(b)

	// Everything waits; somebody is ready, and is handed nobody yet. Then somebody rings.
	ok(t, b.Store.Pause(ctx, b.Coordinator.ID, b.Clock.Now()))
	ok(t, b.Board.Ready(ctx, shift.ID))
	_, err := b.Sim.Ring("+12125550146", testbank.Ours)
	ok(t, err)
	now := b.AwaitShift(shift.ID, func(s phonebank.Shift) bool { return s.State == phonebank.ShiftOnCall })
	ok(t, b.Store.Lift(ctx, b.Coordinator.ID, b.Clock.Now()))
	order := []string{people[now.PersonID]}
	for len(order) < len(people) {
		wrapUp(b, now, "")
		now = b.AwaitShift(shift.ID, reserved)
		order = append(order, people[now.PersonID])
		_, err := b.Board.Call(ctx, shift.ID, phonebank.NewID[string](b.Clock.Now()), dialer.Choice{})
		ok(t, err)
		now = b.AwaitShift(shift.ID, func(s phonebank.Shift) bool { return s.State == phonebank.ShiftOnCall })
	}
	t.Log("offered:", order)
	if want := []string{"live inbound", "missed inbound", "own promise", "pool promise", "wave", "new"}; !slices.Equal(order, want) {
		t.Errorf("the order is %q", order)
	}
}

// Two volunteers take from one pile at the same time: each sees their own turns in order, and nobody is rung twice.
func TestOrder_HoldsForTwoVolunteersAtOnce(t *testing.T) {
	b := testbank.New(t, testbank.Options{})
	dana, first := b.Connected("Dana", testbank.VolunteerPhone)
	luis, second := b.Connected("Luis", "+12125550192")
	away, _ := b.Volunteer("Nadia", "+12125550193")
	turn := map[phonebank.PersonID]int{} // own promises and others' count as they are for the one who is handed them
	owner := map[phonebank.PersonID]phonebank.UserID{}
	n := 0
	add := func(rank int) phonebank.Person {
		n++
		p := b.Neighbor("Neighbor "+string(rune('A'+n)), numberOf(n))
		turn[p.ID] = rank
		if rank < 4 {
			ok(t, b.Store.Talked(ctx, b.Campaign.ID, p.ID, "seen"))
		}
		return p
	}
	w := wave(b, "Catch up")
	for range 3 {
		add(0)
		rangInVain(b, numberOf(n))
		for _, who := range []phonebank.UserID{dana.ID, luis.ID, away.ID} {
			p := add(2)
			owner[p.ID] = who
			promiseCall(b, p, who)
		}
		inWave(b, add(3), w)
		add(4)
	}
	fallDue(b)
	var mu sync.Mutex
	seen := map[phonebank.PersonID]int{}
	var both sync.WaitGroup
	for _, shift := range []phonebank.Shift{first, second} {
		both.Go(func() {
			was := 0
			for {
				if err := b.Board.Ready(ctx, shift.ID); err != nil {
					t.Error(err)
					return
				}
				s, err := b.Store.Shift(ctx, shift.ID)
				if err != nil || s.State != phonebank.ShiftReserved {
					return // nobody is left
				}
				rank := turn[s.PersonID]
				if owner[s.PersonID] == s.UserID {
					rank = 1
				}
				mu.Lock()
				seen[s.PersonID]++
				mu.Unlock()
				if rank < was {
					t.Errorf("turn %d after turn %d", rank, was)
				}
				was = rank
				// They talk, and it is written down: what a call over the wire would add is time.
				if _, err := b.Store.DB().Exec(`UPDATE follow_ups SET state = 'done' WHERE id = $1`, s.FollowUpID); err != nil {
					t.Error(err)
				}
				if err := b.Store.Talked(ctx, b.Campaign.ID, s.PersonID, "talked"); err != nil {
					t.Error(err)
				}
				if err := b.Board.Rest(ctx, shift.ID); err != nil {
					t.Error(err)
					return
				}
			}
		})
	}
	both.Wait()
	for id := range turn {
		// Whose promise it is may be here and in a break for good: theirs waits for them.
		if seen[id] > 1 || seen[id] == 0 && owner[id] == "" {
			t.Errorf("somebody with turn %d was handed over %d times", turn[id], seen[id])
		}
	}
}

func TestOwner_HasTheGraceTimeAndThenThePoolDoes(t *testing.T) {
	for _, c := range []struct {
		name   string
		owner  string // what the owner does at the time
		after  time.Duration
		offers bool
	}{
		{"the owner is on a break here", "here", time.Minute, false},
		{"the owner is here, and their time is over", "here", 15*time.Minute + time.Second, true},
		{"the owner is not on a shift", "away", time.Minute, true},
		{"the owner helps another campaign", "elsewhere", time.Minute, true},
		{"the owner was taken out", "removed", time.Minute, true},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			b := testbank.New(t, testbank.Options{})
			b.Sim.Person("+12125550194", simulator.Behaviour{Name: "Dana"})
			var dana phonebank.User
			switch c.owner {
			case "here", "removed":
				var s phonebank.Shift
				dana, s = b.Connected("Dana", "+12125550193")
				if c.owner == "removed" {
					ok(t, b.Board.Remove(ctx, s.ID, b.Coordinator.ID))
				}
			case "away":
				dana, _ = b.Volunteer("Dana", "+12125550193")
			case "elsewhere":
				dana, _ = b.Volunteer("Dana", "+12125550193")
				at := b.Clock.Now()
				other := phonebank.Campaign{ID: phonebank.NewID[phonebank.CampaignID](at), Name: "Rent", Number: testbank.Ours, ScriptID: b.Campaign.ScriptID, Zone: b.Campaign.Zone, CreatedAt: at}
				ok(t, b.Store.AddCampaign(ctx, other))
				session := b.Session
				session.ID, session.CampaignID = phonebank.NewID[phonebank.SessionID](at), other.ID
				ok(t, b.Store.AddSession(ctx, session, phonebank.NewToken()))
				s, err := b.Board.Join(ctx, session, dana.ID)
				ok(t, err)
				ok(t, b.Board.RingVolunteer(ctx, s.ID))
				b.AwaitShift(s.ID, func(s phonebank.Shift) bool { return s.LegJoined })
			}
			f := promiseCall(b, b.Neighbor("Priya Raman", "+12125550129"), dana.ID)
			_, shift := b.Connected("Luis", testbank.VolunteerPhone)
			b.Clock.Advance(c.after)
			fallDue(b)
			ok(t, b.Board.Ready(ctx, shift.ID))
			s, err := b.Store.Shift(ctx, shift.ID)
			ok(t, err)
			if got := s.FollowUpID == f; got != c.offers {
				t.Errorf("handed to the pool: %v", got)
			}
		})
	}
}

// A talk in the place of somebody else changes nobody's owner, unless it was agreed in it that the new volunteer calls again.
func TestHandOff_ThePersonStaysWithWhoeverPromised(t *testing.T) {
	for _, again := range []bool{false, true} {
		b := testbank.New(t, testbank.Options{})
		dana, _ := b.Volunteer("Dana", "+12125550193")
		p := b.Neighbor("Priya Raman", "+12125550129")
		ok(t, b.Store.Touch(ctx, p.ID, dana.ID, b.Clock.Now()))
		f := promiseCall(b, p, dana.ID)
		luis, shift := b.Connected("Luis", testbank.VolunteerPhone)
		fallDue(b)
		shift, _ = talk(t, b, shift)
		ok(t, b.Board.HangUp(ctx, shift.Conversation, luis.ID))
		b.AwaitShift(shift.ID, func(s phonebank.Shift) bool { return s.State == phonebank.ShiftWrapUp })
		w := phonebank.Wrap{ID: phonebank.NewID[string](b.Clock.Now()), Outcome: phonebank.OutcomeConnected, Then: "break"}
		if again {
			w.FollowUps = []phonebank.Wish{{Channel: phonebank.ByCall, Reason: phonebank.ReasonScheduled, InMinutes: 30}}
		}
		ok(t, b.Board.Wrap(ctx, shift.Conversation, luis.ID, w))
		p, err := b.Store.Person(ctx, p.ID)
		ok(t, err)
		if want := map[bool]phonebank.UserID{false: dana.ID, true: luis.ID}[again]; p.OwnerID != want {
			t.Errorf("agreed to call again: %v; the person belongs to %s, not to %s", again, p.OwnerID, want)
		}
		if n := b.Count(`SELECT count(*) FROM journal WHERE thing = 'follow_up' AND thing_id = $1 AND event = 'finish'`, f); n != 1 {
			t.Errorf("the callback was finished %d times", n)
		}
	}
}

func TestInbound_OpensTheirPromiseAndFinishesIt(t *testing.T) {
	b := testbank.New(t, testbank.Options{})
	p := b.Neighbor("Priya Raman", "+12125550129")
	dana, shift := b.Connected("Dana", testbank.VolunteerPhone)
	ok(t, b.Store.Talked(ctx, b.Campaign.ID, p.ID, "seen"))
	tonight, err := b.Diary.Promise(ctx, p.ID, dana.ID, phonebank.Wish{Channel: phonebank.ByCall, Reason: phonebank.ReasonScheduled, InMinutes: 60})
	ok(t, err)
	later, err := b.Diary.Promise(ctx, p.ID, dana.ID, phonebank.Wish{Channel: phonebank.ByCall, Reason: "revisit", InMinutes: 7 * 24 * 60})
	ok(t, err)
	ok(t, b.Board.Ready(ctx, shift.ID))
	_, err = b.Sim.Ring("+12125550129", testbank.Ours)
	ok(t, err)
	shift = b.AwaitShift(shift.ID, func(s phonebank.Shift) bool { return s.State == phonebank.ShiftOnCall })
	if call := awaitCall(b, shift.Conversation, phonebank.CallBridged); call.FollowUpID != tonight.ID || shift.FollowUpID != tonight.ID {
		t.Errorf("the talk is about %q", call.FollowUpID)
	}
	wrapUp(b, shift, "break")
	for id, want := range map[phonebank.FollowUpID]phonebank.FollowUpState{tonight.ID: phonebank.FollowUpDone, later.ID: phonebank.FollowUpPlanned} {
		f, err := b.Store.FollowUp(ctx, id)
		ok(t, err)
		if f.State != want || f.State == phonebank.FollowUpDone && f.Why != "We talked." {
			t.Errorf("%s is %s: %s", f.Reason, f.State, f.Why)
		}
	}
	open, err := b.Store.MaybeSettled(ctx, dana.ID, b.Clock.Now().Add(-time.Hour))
	ok(t, err)
	if len(open) != 1 || open[0].ID != later.ID {
		t.Errorf("asked about %d further calls", len(open))
	}
}

func TestInbound_GoesToWhoeverHasTheirCardOpen(t *testing.T) {
	b := testbank.New(t, testbank.Options{})
	p := b.Neighbor("Priya Raman", "+12125550129")
	dana, card := b.Connected("Dana", testbank.VolunteerPhone)
	_, free := b.Connected("Luis", "+12125550192")
	f := promiseCall(b, p, dana.ID)
	fallDue(b)
	ok(t, b.Board.Ready(ctx, card.ID))
	b.AwaitShift(card.ID, reserved)
	ok(t, b.Board.Ready(ctx, free.ID))
	_, err := b.Sim.Ring("+12125550129", testbank.Ours)
	ok(t, err)
	card = b.AwaitShift(card.ID, func(s phonebank.Shift) bool { return s.State == phonebank.ShiftOnCall })
	wrapUp(b, card, "break")
	if n := b.Count(`SELECT count(*) FROM follow_ups WHERE id = $1 AND state = 'done'`, f); n != 1 {
		t.Error("the callback is not finished")
	}
}

func TestCallByHand_IsAboutTheCallThatIsDue(t *testing.T) {
	b := testbank.New(t, testbank.Options{})
	p := b.Neighbor("Priya Raman", "+12125550129")
	dana, shift := b.Connected("Dana", testbank.VolunteerPhone)
	f := promiseCall(b, p, dana.ID)
	fallDue(b)
	ok(t, b.Board.CallPerson(ctx, shift.ID, p.ID))
	if s := b.AwaitShift(shift.ID, reserved); s.FollowUpID != f {
		t.Errorf("the card is about %q", s.FollowUpID)
	}
}
