package dialer_test

import (
	"testing"
	"time"

	"phonebank"
	"phonebank/dialer"
	"phonebank/internal/testbank"
	"phonebank/simulator"
)

func TestSession_TheEndDropsEveryLegAndGivesPeopleBack(t *testing.T) {
	b := testbank.New(t, testbank.Options{})
	b.Neighbor("Priya Raman", "+12125550129")
	_, shift := b.Connected("Dana", testbank.VolunteerPhone)
	ok(t, b.Board.Ready(ctx, shift.ID))
	b.AwaitShift(shift.ID, func(s phonebank.Shift) bool { return s.State == phonebank.ShiftReserved })
	ok(t, b.Board.EndSession(ctx, b.Session.ID, b.Coordinator.ID))
	b.Until("the leg dropped", func() bool {
		return b.Count(`SELECT count(*) FROM calls WHERE kind = 'volunteer' AND state = 'ended'`) == 1
	})
	if b.Count(`SELECT count(*) FROM call_list WHERE state = 'waiting'`) != 1 || b.Count(`SELECT count(*) FROM phones WHERE held_by IS NOT NULL`) != 0 {
		t.Error("the person was not given back")
	}
}

func TestShift_AClosedLaptopFreesPersonAndLeg(t *testing.T) {
	b := testbank.New(t, testbank.Options{})
	b.Neighbor("Priya Raman", "+12125550129")
	_, shift := b.Connected("Dana", testbank.VolunteerPhone)
	ok(t, b.Board.Ready(ctx, shift.ID))
	b.Clock.Advance(phonebank.PanelSilence + time.Second)
	ok(t, b.Board.Sweep(ctx))
	if s := b.AwaitShift(shift.ID, func(s phonebank.Shift) bool { return s.State == phonebank.ShiftOff }); s.PersonID != "" {
		t.Error("the person is still held")
	}
	b.Until("the leg dropped", func() bool {
		return b.Count(`SELECT count(*) FROM calls WHERE kind = 'volunteer' AND state = 'ended'`) == 1
	})
	if b.Count(`SELECT count(*) FROM call_list WHERE state = 'waiting'`) != 1 {
		t.Error("the person was not given back")
	}
}

func TestShift_ALegThatDropsInATalkIsRungAgainAndTheTalkGoesOn(t *testing.T) {
	b := testbank.New(t, testbank.Options{})
	b.Neighbor("Priya Raman", "+12125550129")
	_, shift := b.Connected("Dana", testbank.VolunteerPhone)
	shift, call := talk(t, b, shift)
	leg, err := b.Store.Call(ctx, shift.LegCallID)
	ok(t, err)
	ok(t, b.Sim.HangUp(leg.SID))
	shift = b.AwaitShift(shift.ID, func(s phonebank.Shift) bool { return s.LegJoined && s.LegCallID != leg.ID })
	if shift.State != phonebank.ShiftOnCall {
		t.Errorf("the volunteer is %s", shift.State)
	}
	call, err = b.Store.Call(ctx, call.ID)
	ok(t, err)
	if call.State != phonebank.CallBridged || b.Count(`SELECT count(*) FROM calls WHERE hang_up_at IS NOT NULL AND kind = 'outbound'`) != 0 {
		t.Errorf("the person's line: %+v", call)
	}
}

func TestHold_SomebodyWeTalkedWithIsNotHandedOutAgainWhileTheWrapUpIsOwed(t *testing.T) {
	b := testbank.New(t, testbank.Options{})
	b.Neighbor("Priya Raman", "+12125550129")
	user, shift := b.Connected("Dana", testbank.VolunteerPhone)
	shift, _ = talk(t, b, shift)
	ok(t, b.Board.HangUp(ctx, shift.Conversation, user.ID))
	b.AwaitShift(shift.ID, func(s phonebank.Shift) bool { return s.State == phonebank.ShiftWrapUp })
	b.Clock.Advance(phonebank.PanelSilence + time.Second) // the laptop is closed over the wrap-up
	ok(t, b.Board.Sweep(ctx))
	b.Clock.Advance(phonebank.HoldFor)
	ok(t, b.Board.Sweep(ctx))
	if n := b.Count(`SELECT count(*) FROM call_list WHERE state = 'waiting'`); n != 0 {
		t.Error("they are back on the list, and would be rung again tonight")
	}
	owed, err := b.Store.OwedWrapUps(ctx, user.ID)
	ok(t, err)
	if len(owed) != 1 {
		t.Errorf("%d wrap-ups are owed", len(owed))
	}
}

func TestPass_TheNextCardIsSomebodyElse(t *testing.T) {
	b := testbank.New(t, testbank.Options{})
	b.Neighbor("Priya Raman", "+12125550129")
	b.Neighbor("Sam Okafor", "+12125550130")
	_, shift := b.Connected("Dana", testbank.VolunteerPhone)
	ok(t, b.Board.Ready(ctx, shift.ID))
	first := b.AwaitShift(shift.ID, func(s phonebank.Shift) bool { return s.State == phonebank.ShiftReserved })
	ok(t, b.Board.Pass(ctx, shift.ID))
	if second := b.AwaitShift(shift.ID, func(s phonebank.Shift) bool { return s.State == phonebank.ShiftReserved }); second.PersonID == first.PersonID {
		t.Error("the same card again")
	}
}

func TestCard_IsNotRungWhileItsPersonTalksWithSomebodyElse(t *testing.T) {
	b := testbank.New(t, testbank.Options{})
	b.Neighbor("Walt Brandt", "+12125550123")
	_, card := b.Connected("Dana", testbank.VolunteerPhone)
	_, free := b.Connected("Luis", "+12125550192")
	ok(t, b.Board.Ready(ctx, card.ID))
	b.AwaitShift(card.ID, func(s phonebank.Shift) bool { return s.State == phonebank.ShiftReserved })
	ok(t, b.Board.Ready(ctx, free.ID))
	_, err := b.Sim.Ring("+12125550123", testbank.Ours)
	ok(t, err)
	b.AwaitShift(free.ID, func(s phonebank.Shift) bool { return s.State == phonebank.ShiftOnCall })
	// Their card may have closed by itself by now; either way nobody rings.
	_, err = b.Board.Call(ctx, card.ID, phonebank.NewID[string](b.Clock.Now()), dialer.Choice{})
	if kind := phonebank.KindOf(err); err == nil || kind != phonebank.Conflict && kind != phonebank.Stale {
		t.Errorf("they are rung while they talk with us: %v", err)
	}
	if n := b.Count(`SELECT count(*) FROM calls WHERE kind = 'outbound'`); n != 0 {
		t.Errorf("%d calls were made to somebody who talks with us", n)
	}
}

func TestVolunteerPhone_IsRungThreeTimesADayUnlessSomebodyPressesOne(t *testing.T) {
	b := testbank.New(t, testbank.Options{})
	_, shift := b.Volunteer("Dana", testbank.VolunteerPhone)
	b.Sim.Person(testbank.VolunteerPhone, simulator.Behaviour{HangsUpAfter: 5 * time.Millisecond}) // answers, and presses nothing
	for range dialer.RingsPerDay {
		ok(t, b.Board.RingVolunteer(ctx, shift.ID))
		b.Until("hung up", func() bool {
			return b.Count(`SELECT count(*) FROM calls WHERE kind = 'volunteer' AND state <> 'ended'`) == 0
		})
		b.AwaitShift(shift.ID, func(s phonebank.Shift) bool { return s.State == phonebank.ShiftOff })
	}
	if err := b.Board.RingVolunteer(ctx, shift.ID); phonebank.KindOf(err) != phonebank.Forbidden {
		t.Errorf("a fourth time: %v", err)
	}
}
