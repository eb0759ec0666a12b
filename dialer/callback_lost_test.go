package dialer_test

import (
	"testing"
	"time"

	"phonebank"
	"phonebank/dialer"
	"phonebank/internal/testbank"
	"phonebank/simulator"
	"phonebank/store"
)

// offered is a bank with one callback on a volunteer's card, and what goes with it.
type offered struct {
	*testbank.Bank
	t      *testing.T
	user   phonebank.User
	shift  phonebank.Shift
	person phonebank.Person
	id     phonebank.FollowUpID
}

const theirs = "+12125550129"

func onCard(t *testing.T) *offered {
	t.Helper()
	o := &offered{Bank: testbank.New(t, testbank.Options{}), t: t}
	o.person = o.Neighbor("Priya Raman", theirs)
	o.user, o.shift = o.Connected("Dana", testbank.VolunteerPhone)
	o.id = promiseCall(o.Bank, o.person, o.user.ID)
	fallDue(o.Bank)
	ok(t, o.Board.Ready(ctx, o.shift.ID))
	o.shift = o.AwaitShift(o.shift.ID, reserved)
	if o.shift.FollowUpID != o.id {
		t.Fatalf("the card is about %q", o.shift.FollowUpID)
	}
	return o
}

func (o *offered) row() phonebank.FollowUp {
	o.t.Helper()
	f, err := o.Store.FollowUp(ctx, o.id)
	ok(o.t, err)
	return f
}

// isDue waits until the callback waits for somebody again.
func (o *offered) isDue() {
	o.t.Helper()
	o.Until("the callback is due again", func() bool { return o.row().State == phonebank.FollowUpDue })
}

// closes waits until the card has closed, and its volunteer is on a break with the reason at hand.
func (o *offered) closes() {
	o.t.Helper()
	s := o.AwaitShift(o.shift.ID, func(s phonebank.Shift) bool { return s.State == phonebank.ShiftBreak })
	if s.ClosedPerson != o.person.ID || s.ClosedFollowUp != o.id || s.PersonID != "" {
		o.t.Errorf("closed without a reason: %+v", s)
	}
	if n := o.Count(`SELECT count(*) FROM phones WHERE held_by = $1`, o.shift.ID); n != 0 {
		o.t.Error("the number is still held")
	}
}

func (o *offered) call() phonebank.ConversationID {
	o.t.Helper()
	id, err := o.Board.Call(ctx, o.shift.ID, phonebank.NewID[string](o.Clock.Now()), dialer.Choice{})
	ok(o.t, err)
	return id
}

// Every way in which a callback leaves the path, and how it comes back or ends in words.
var ways = []struct {
	name string
	do   func(*offered)
}{
	{"the volunteer passes", func(o *offered) {
		ok(o.t, o.Board.Pass(ctx, o.shift.ID))
		if f := o.row(); f.State != phonebank.FollowUpPlanned || f.DueAt.Sub(o.Clock.Now()) > dialer.PassFor {
			o.t.Errorf("%s for %v", f.State, f.DueAt)
		}
		o.Clock.Advance(dialer.PassFor + time.Second)
		o.AwaitShift(o.shift.ID, func(s phonebank.Shift) bool { return reserved(s) && s.FollowUpID == o.id })
	}},
	{"the volunteer takes a break", func(o *offered) {
		ok(o.t, o.Board.Rest(ctx, o.shift.ID))
		o.isDue()
	}},
	{"the laptop is closed", func(o *offered) {
		o.Clock.Advance(phonebank.PanelSilence + time.Second)
		ok(o.t, o.Board.Sweep(ctx))
		o.isDue()
	}},
	{"the volunteer's phone drops", func(o *offered) {
		leg, err := o.Store.Call(ctx, o.shift.LegCallID)
		ok(o.t, err)
		ok(o.t, o.Sim.HangUp(leg.SID))
		o.isDue()
	}},
	{"killed between two rows: the shift is off", func(o *offered) {
		_, err := o.Store.DB().Exec(`UPDATE shifts SET state = 'off', person_id = NULL, follow_up_id = NULL WHERE id = $1`, o.shift.ID)
		ok(o.t, err)
		ok(o.t, o.Board.Sweep(ctx))
		o.isDue()
	}},
	{"killed between two rows: the shift has somebody else", func(o *offered) {
		other := o.Neighbor("Sam Okafor", "+12125550130")
		_, err := o.Store.DB().Exec(`UPDATE shifts SET person_id = $2, follow_up_id = NULL WHERE id = $1`, o.shift.ID, other.ID)
		ok(o.t, err)
		ok(o.t, o.Board.Sweep(ctx))
		o.isDue()
	}},
	{"killed on the line: nobody has the talk", func(o *offered) {
		_, err := o.Store.DB().Exec(`UPDATE follow_ups SET state = 'in_progress' WHERE id = $1`, o.id)
		ok(o.t, err)
		_, err = o.Store.DB().Exec(`UPDATE shifts SET state = 'off', person_id = NULL, follow_up_id = NULL WHERE id = $1`, o.shift.ID)
		ok(o.t, err)
		ok(o.t, o.Board.Sweep(ctx))
		o.isDue()
	}},
	{"they say stop while it is on its way, and it comes back", func(o *offered) {
		_, err := o.Store.DB().Exec(`UPDATE follow_ups SET state = 'in_progress' WHERE id = $1`, o.id)
		ok(o.t, err)
		ok(o.t, o.Desk.Stop(ctx, o.person.ID, o.user.ID, "take me off your list"))
		ok(o.t, o.Board.Rest(ctx, o.shift.ID))
		if f := o.row(); f.State != phonebank.FollowUpCancelled {
			o.t.Errorf("a callback to a number that said stop is %s", f.State)
		}
	}},
	{"nobody answers, three times", func(o *offered) {
		o.Sim.Person(theirs, simulator.Behaviour{Takes: simulator.Busy})
		for try := 1; try <= phonebank.MaxTries; try++ {
			o.call()
			o.AwaitShift(o.shift.ID, func(s phonebank.Shift) bool { return s.State == phonebank.ShiftReady })
			if f := o.row(); try < phonebank.MaxTries && (f.State != phonebank.FollowUpPlanned || f.DueAt.Sub(o.Clock.Now()) < 3*time.Hour) {
				o.t.Fatalf("after try %d: %s for %v", try, f.State, f.DueAt)
			}
			if try == phonebank.MaxTries {
				break
			}
			// Their next opening, and a volunteer who is still there.
			later(o.Bank, o.shift, 24*time.Hour)
			o.shift = o.AwaitShift(o.shift.ID, reserved)
		}
		if f := o.row(); f.State != phonebank.FollowUpNeedsPerson || f.Why == "" {
			o.t.Errorf("after the last try: %s, %q", f.State, f.Why)
		}
	}},
	{"a voicemail answers", func(o *offered) {
		id := o.call()
		awaitCall(o.Bank, id, phonebank.CallBridged)
		ok(o.t, o.Board.Voicemail(ctx, id, o.user.ID))
		o.Until("put off", func() bool { return o.row().State == phonebank.FollowUpPlanned })
	}},
	{"it rang as answered, and nobody was there", func(o *offered) {
		id := o.call()
		awaitCall(o.Bank, id, phonebank.CallBridged)
		ok(o.t, o.Board.HangUp(ctx, id, o.user.ID))
		o.AwaitShift(o.shift.ID, func(s phonebank.Shift) bool { return s.State == phonebank.ShiftWrapUp })
		ok(o.t, o.Board.NotConnected(ctx, id, o.user.ID))
		if n := o.Count(`SELECT count(*) FROM follow_ups WHERE person_id = $1 AND state = 'planned' AND owner_id = $2`, o.person.ID, o.user.ID); n != 1 {
			o.t.Errorf("the promise was made anew %d times", n)
		}
	}},
	{"our line fails, and the volunteer goes on", func(o *offered) {
		o.Sim.Fault(simulator.Rule{Side: simulator.SideAPI, Op: "participants.create", Do: simulator.DoTooMany, Count: 1})
		awaitCall(o.Bank, o.call(), phonebank.CallEnded)
		if f := o.row(); f.State != phonebank.FollowUpInProgress {
			o.t.Fatalf("while its volunteer looks at it: %s", f.State)
		}
		ok(o.t, o.Board.Leave(ctx, o.shift.ID))
		o.isDue()
	}},
	{"the answer to a call is lost, and its volunteer has gone", func(o *offered) {
		o.Sim.Person(theirs, simulator.Behaviour{Takes: simulator.Manual})
		o.Sim.Fault(simulator.Rule{Side: simulator.SideAPI, Op: "participants.create", Do: simulator.DoReset, Count: 1})
		id := o.call()
		o.Until("the unknown call", func() bool {
			return o.Count(`SELECT count(*) FROM calls WHERE unknown OR state = 'ended' AND kind = 'outbound'`) == 1
		})
		ok(o.t, o.Board.Leave(ctx, o.shift.ID))
		o.Clock.Advance(time.Minute)
		ok(o.t, o.Board.Sweep(ctx))
		ok(o.t, o.Board.Sweep(ctx))
		o.isDue()
		if c, err := o.Store.Conversation(ctx, id); err != nil || c.State != phonebank.ConversationWrapped {
			o.t.Errorf("the talk that never was is %s", c.State)
		}
	}},
	{"the session ends", func(o *offered) {
		ok(o.t, o.Board.EndSession(ctx, o.Session.ID, o.Coordinator.ID))
		o.isDue()
	}},
	{"the owner is taken out", func(o *offered) {
		_, luis := o.Connected("Luis", "+12125550192")
		ok(o.t, o.Board.Remove(ctx, o.shift.ID, o.Coordinator.ID))
		o.isDue()
		ok(o.t, o.Board.Ready(ctx, luis.ID))
		o.AwaitShift(luis.ID, func(s phonebank.Shift) bool { return reserved(s) && s.FollowUpID == o.id })
	}},
	{"the person moves it", func(o *offered) {
		ok(o.t, o.Diary.Move(ctx, o.id, o.Coordinator.ID, phonebankLocal(o.Bank, 24*time.Hour)))
		o.closes()
		if _, err := o.Board.Call(ctx, o.shift.ID, phonebank.NewID[string](o.Clock.Now()), dialer.Choice{}); err == nil {
			o.t.Error("they were rung all the same")
		}
		if f := o.row(); f.State != phonebank.FollowUpPlanned || f.DueAt.Sub(o.Clock.Now()) < 23*time.Hour {
			o.t.Errorf("%s for %v", f.State, f.DueAt)
		}
		mine, err := o.Store.MyFollowUps(ctx, o.user.ID)
		ok(o.t, err)
		if len(mine) != 1 || !mine[0].DueAt.Equal(o.row().DueAt) {
			o.t.Error("their volunteer does not see the new time")
		}
	}},
	{"the person says stop", func(o *offered) {
		ok(o.t, o.Desk.Stop(ctx, o.person.ID, o.Coordinator.ID, "leave me alone"))
		o.closes()
		if f := o.row(); f.State != phonebank.FollowUpCancelled || f.Why == "" {
			o.t.Errorf("%s: %q", f.State, f.Why)
		}
		ok(o.t, o.Board.Pass(ctx, o.shift.ID)) // a press that was on its way
		if f := o.row(); f.State != phonebank.FollowUpCancelled {
			o.t.Errorf("a pass has revived it: %s", f.State)
		}
	}},
	{"what they said may have been a no", func(o *offered) {
		ok(o.t, o.Store.InTx(ctx, func(tx *store.Tx) error {
			_, err := tx.HoldPhone(ctx, o.person.PhoneID, "not again", o.Clock.Now())
			return err
		}))
		o.closes()
		o.isDue()
		ok(o.t, o.Store.InTx(ctx, func(tx *store.Tx) error {
			return tx.LiftHold(ctx, o.person.PhoneID, store.By{User: o.Coordinator.ID, Note: "She meant the texts."}, o.Clock.Now())
		}))
		ok(o.t, o.Board.Ready(ctx, o.shift.ID))
		o.AwaitShift(o.shift.ID, func(s phonebank.Shift) bool { return reserved(s) && s.FollowUpID == o.id })
	}},
	{"they ring, and somebody else talks with them", func(o *offered) {
		// Its card is not open any more when they ring, and the next volunteer takes the call.
		luis, other := o.Connected("Luis", "+12125550192")
		_, err := o.Store.DB().Exec(`UPDATE shifts SET leg_joined = false WHERE id = $1`, o.shift.ID)
		ok(o.t, err)
		ok(o.t, o.Board.Ready(ctx, other.ID))
		_, err = o.Sim.Ring(theirs, testbank.Ours)
		ok(o.t, err)
		other = o.AwaitShift(other.ID, func(s phonebank.Shift) bool { return s.State == phonebank.ShiftOnCall })
		s := o.AwaitShift(o.shift.ID, func(s phonebank.Shift) bool { return s.State == phonebank.ShiftBreak })
		if f := o.row(); f.State != phonebank.FollowUpInProgress || s.ClosedFollowUp != o.id {
			o.t.Errorf("while they talk with %s: %s, closed %q", luis.Name, f.State, s.ClosedFollowUp)
		}
		wrapUp(o.Bank, other, "break")
		if f := o.row(); f.State != phonebank.FollowUpDone || f.Why == "" {
			o.t.Errorf("after the talk: %s, %q", f.State, f.Why)
		}
	}},
	{"two were due, one talk", func(o *offered) {
		second := promiseCall(o.Bank, o.person, o.user.ID)
		fallDue(o.Bank)
		o.call()
		o.shift = o.AwaitShift(o.shift.ID, func(s phonebank.Shift) bool { return s.State == phonebank.ShiftOnCall })
		also, err := o.Store.AlsoOpen(ctx, o.row())
		ok(o.t, err)
		if len(also) != 1 || also[0].ID != second {
			o.t.Errorf("the card shows %d further calls", len(also))
		}
		wrapUp(o.Bank, o.shift, "")
		if f := o.row(); f.State != phonebank.FollowUpDone {
			o.t.Errorf("the one that was offered is %s", f.State)
		}
		f, err := o.Store.FollowUp(ctx, second)
		ok(o.t, err)
		if s := o.AwaitShift(o.shift.ID, func(s phonebank.Shift) bool { return s.State == phonebank.ShiftReady }); f.State != phonebank.FollowUpDue || s.PersonID != "" {
			o.t.Errorf("the other is %s, and the shift has %q", f.State, s.PersonID)
		}
		asked, err := o.Store.MaybeSettled(ctx, o.user.ID, o.Clock.Now().Add(-time.Hour))
		ok(o.t, err)
		if len(asked) != 1 || asked[0].ID != second {
			o.t.Errorf("asked about %d calls", len(asked))
		}
		ok(o.t, o.Diary.Done(ctx, second, o.user.ID))
	}},
	{"nobody can make it for two weeks", func(o *offered) {
		ok(o.t, o.Board.Rest(ctx, o.shift.ID))
		o.Clock.Advance(15 * 24 * time.Hour)
		o.Until("it ends in words", func() bool { f := o.row(); return f.State == phonebank.FollowUpExpired && f.Why != "" })
	}},
	{"a closed hour where they are", func(o *offered) {
		ok(o.t, o.Board.Rest(ctx, o.shift.ID))
		o.isDue()
		later(o.Bank, o.shift, 5*time.Hour) // half past ten in the evening
		f := o.row()
		if s, err := o.Store.Shift(ctx, o.shift.ID); err != nil || s.FollowUpID != "" || f.State != phonebank.FollowUpPlanned {
			o.t.Fatalf("offered at night: %+v, %s", s, f.State)
		}
		if !phonebank.MayContact(f.Zone, f.DueAt, 0) {
			o.t.Errorf("moved to %v", f.DueAt)
		}
	}},
}

func TestCallback_IsNeverLost(t *testing.T) {
	for _, way := range ways {
		t.Run(way.name, func(t *testing.T) {
			o := onCard(t)
			way.do(o)
			if strays, err := o.Store.StrayFollowUps(ctx); err != nil || len(strays) != 0 {
				t.Errorf("%d strays, %v", len(strays), err)
			}
		})
	}
}
