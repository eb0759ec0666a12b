package dialer_test

import (
	"slices"
	"testing"
	"time"

	"phonebank"
	"phonebank/internal/testbank"
	"phonebank/simulator"
)

func TestInbound_RingsThroughToTheVolunteerWhoKnowsThem(t *testing.T) {
	b := testbank.New(t, testbank.Options{})
	person := b.Neighbor("Walt Brandt", "+12125550123")
	dana, known := b.Connected("Dana", testbank.VolunteerPhone)
	_, other := b.Connected("Luis", "+12125550192")
	ok(t, b.Store.Touch(ctx, person.ID, dana.ID, b.Clock.Now()))
	ok(t, b.Store.Talked(ctx, b.Campaign.ID, person.ID, "seen"))
	ok(t, b.Board.Ready(ctx, other.ID))
	ok(t, b.Board.Ready(ctx, known.ID))
	_, err := b.Sim.Ring("+12125550123", testbank.Ours)
	ok(t, err)
	known = b.AwaitShift(known.ID, func(s phonebank.Shift) bool { return s.State == phonebank.ShiftOnCall })
	if call := awaitCall(b, known.Conversation, phonebank.CallBridged); call.Kind != phonebank.CallIn || call.PersonID != person.ID {
		t.Errorf("%+v", call)
	}
}

func TestInbound_WithNobodyReadyLeavesAVoicemailAndACallback(t *testing.T) {
	b := testbank.New(t, testbank.Options{})
	b.Neighbor("Walt Brandt", "+12125550123")
	sid, err := b.Sim.Ring("+12125550123", testbank.Ours)
	ok(t, err)
	b.Until("the callback, while they still listen to the greeting", func() bool {
		return b.Count(`SELECT count(*) FROM follow_ups WHERE reason = 'returned_call' AND channel = 'call'`) == 1
	})
	b.Until("the tone", func() bool {
		return slices.ContainsFunc(b.Sim.Transcript(), func(e simulator.Entry) bool { return e.SID == sid && e.Words == "(beep)" })
	})
	ok(t, b.Sim.Say(sid, "It's Walt. Call me."))
	b.Clock.Advance(30 * time.Second)
	b.Until("the recording", func() bool {
		return b.Count(`SELECT count(*) FROM calls WHERE recording_sid <> '' AND result = 'voicemail'`) == 1
	})
	var recording string
	ok(t, b.Store.DB().Get(&recording, `SELECT recording_sid FROM calls WHERE recording_sid <> ''`))
	sound, kind, err := b.Carrier.Recording(ctx, recording)
	ok(t, err)
	ok(t, sound.Close())
	if kind == "" {
		t.Error("the voicemail cannot be heard")
	}
}

func TestInbound_AnUnknownNumberIsKept(t *testing.T) {
	b := testbank.New(t, testbank.Options{})
	_, err := b.Sim.Ring("+14155550142", testbank.Ours)
	ok(t, err)
	b.Until("the caller", func() bool {
		return b.Count(`SELECT count(*) FROM people WHERE name = 'Caller ending 0142' AND first_name = ''`) == 1
	})
}

func TestInbound_FourMissedCallsAreOneCallback(t *testing.T) {
	b := testbank.New(t, testbank.Options{NoLoops: true})
	b.Neighbor("Walt Brandt", "+12125550123")
	for range 4 {
		_, err := b.Sim.Ring("+12125550123", testbank.Ours)
		ok(t, err)
	}
	b.Until("four calls", func() bool { return b.Count(`SELECT count(*) FROM calls WHERE kind = 'inbound'`) == 4 })
	if n := b.Count(`SELECT count(*) FROM follow_ups WHERE reason = 'returned_call'`); n != 1 {
		t.Errorf("%d callbacks are owed to one person", n)
	}
}
