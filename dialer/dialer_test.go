package dialer_test

import (
	"context"
	"encoding/json"
	"slices"
	"testing"
	"time"

	"phonebank"
	"phonebank/dialer"
	"phonebank/internal/testbank"
	"phonebank/internal/testdb"
	"phonebank/simulator"
)

func TestMain(m *testing.M) { testdb.Main(m) }

var ctx = context.Background()

func ok(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func event(b *testbank.Bank, kind string, data map[string]any) phonebank.Event {
	raw, err := json.Marshal(data)
	if err != nil {
		b.T.Fatal(err)
	}
	return phonebank.Event{ID: phonebank.NewID[string](b.Clock.Now()), At: b.Clock.Now(), Type: kind, Data: raw}
}

// talk hands the volunteer their next person, calls, and waits until both hear each other.
func talk(t *testing.T, b *testbank.Bank, s phonebank.Shift) (phonebank.Shift, phonebank.Call) {
	t.Helper()
	ok(t, b.Board.Ready(ctx, s.ID))
	b.AwaitShift(s.ID, func(s phonebank.Shift) bool { return s.State == phonebank.ShiftReserved })
	conversation, err := b.Board.Call(ctx, s.ID, phonebank.NewID[string](b.Clock.Now()), dialer.Choice{})
	ok(t, err)
	return b.AwaitShift(s.ID, func(s phonebank.Shift) bool { return s.State == phonebank.ShiftOnCall }), awaitCall(b, conversation, phonebank.CallBridged)
}

func awaitCall(b *testbank.Bank, id phonebank.ConversationID, state phonebank.CallState) (c phonebank.Call) {
	b.T.Helper()
	b.Until("call "+string(state), func() bool {
		var err error
		c, err = b.Store.CallOf(ctx, id)
		return err == nil && c.State == state
	})
	return c
}

func TestVertical_FromReadyToAKeptPromise(t *testing.T) {
	b := testbank.New(t, testbank.Options{})
	person := b.Neighbor("Xiomara Quiñones", "+12125550120")
	user, shift := b.Connected("Dana", testbank.VolunteerPhone)
	if shift.State != phonebank.ShiftBreak {
		t.Fatalf("a newcomer who has joined is %s: nobody may be put through to them yet", shift.State)
	}
	shift, call := talk(t, b, shift)
	if call.PersonID != person.ID || call.Kind != phonebank.CallOut {
		t.Fatalf("called %+v", call)
	}
	_, err := b.Board.Mark(ctx, shift.Conversation, user.ID, []phonebank.Event{
		event(b, "visit", map[string]any{"step": "stake"}),
		event(b, "slot", map[string]any{"name": "their_stake", "value": "your youngest was in hospital"}),
	})
	ok(t, err)
	ok(t, b.Board.HangUp(ctx, shift.Conversation, user.ID))
	shift = b.AwaitShift(shift.ID, func(s phonebank.Shift) bool { return s.State == phonebank.ShiftWrapUp })
	w := phonebank.Wrap{ID: phonebank.NewID[string](b.Clock.Now()), Outcome: phonebank.OutcomeCommitment, Answer: "clear_yes", Support: "strong_yes",
		Commitment: &phonebank.Agreed{What: "come to the tenants' meeting", By: phonebankLocal(b, 9*24*time.Hour)},
		TextOK:     &phonebank.TextOK{Words: "Can I text you a reminder at this number?"},
		FollowUps: []phonebank.Wish{
			{Channel: phonebank.ByText, Reason: phonebank.ReasonBefore, InMinutes: 1, Body: "See you Thursday – it’s at 6:30."},
			{Channel: phonebank.ByCall, Reason: phonebank.ReasonScheduled, InMinutes: 30},
		}, Then: "break"}
	ok(t, b.Board.Wrap(ctx, shift.Conversation, user.ID, w))
	ok(t, b.Board.Wrap(ctx, shift.Conversation, user.ID, w)) // the browser tries again
	if n := b.Count(`SELECT count(*) FROM follow_ups`); n != 2 {
		t.Fatalf("two promises, saved twice with one id, are %d rows", n)
	}
	if got := b.Sent("+12125550120"); len(got) != 0 {
		t.Fatalf("a text went before its time: %v", got)
	}
	b.Clock.Advance(61 * time.Second)
	b.Until("the reminder", func() bool { return len(b.Sent("+12125550120")) == 1 })
	if got := b.Sent("+12125550120")[0]; got != "See you Thursday - it's at 6:30." {
		t.Errorf("the text reads %q", got)
	}
	b.Until("delivered", func() bool { return b.Count(`SELECT count(*) FROM messages WHERE state = 'delivered'`) == 1 })
	b.Clock.Advance(30 * time.Minute)
	ok(t, b.Board.Ready(ctx, shift.ID))
	shift = b.AwaitShift(shift.ID, func(s phonebank.Shift) bool { return s.State == phonebank.ShiftReserved && s.FollowUpID != "" })
	if shift.PersonID != person.ID {
		t.Errorf("the callback is for %s", shift.PersonID)
	}
	if n := len(b.Sent("+12125550120")); n != 1 {
		t.Errorf("%d texts", n)
	}
	words, err := b.Store.Words(ctx, person.ID)
	ok(t, err)
	if len(words) != 1 || words[0].Value != "your youngest was in hospital" || words[0].By != "Dana" {
		t.Errorf("their words: %+v", words)
	}
}

func phonebankLocal(b *testbank.Bank, in time.Duration) string {
	loc, err := phonebank.Zone("America/New_York")
	if err != nil {
		b.T.Fatal(err)
	}
	return b.Clock.Now().Add(in).In(loc).Format(phonebank.LocalForm)
}

func TestCall_NobodyAnswersAndTheyAreTriedAgainInFourHoursThreeTimesAtMost(t *testing.T) {
	b := testbank.New(t, testbank.Options{})
	person := b.Neighbor("Dolores Petrakis", "+12125550126")
	b.Sim.Person("+12125550126", simulator.Behaviour{Takes: simulator.Busy})
	_, shift := b.Connected("Dana", testbank.VolunteerPhone)
	for try := 1; try <= phonebank.MaxTries; try++ {
		ok(t, b.Board.Ready(ctx, shift.ID))
		b.AwaitShift(shift.ID, func(s phonebank.Shift) bool { return s.State == phonebank.ShiftReserved })
		_, err := b.Board.Call(ctx, shift.ID, phonebank.NewID[string](b.Clock.Now()), dialer.Choice{})
		ok(t, err)
		b.AwaitShift(shift.ID, func(s phonebank.Shift) bool { return s.State == phonebank.ShiftReady })
		var row struct {
			State string    `db:"state"`
			Tries int       `db:"tries"`
			Next  time.Time `db:"next_attempt_at"`
		}
		ok(t, b.Store.DB().Get(&row, `SELECT state, tries, next_attempt_at FROM call_list WHERE person_id = $1`, person.ID))
		if row.Tries != try || (row.State == "done") != (try == phonebank.MaxTries) {
			t.Fatalf("after try %d: %+v", try, row)
		}
		if wait := row.Next.Sub(b.Clock.Now()); wait < 3*time.Hour+50*time.Minute || wait > 4*time.Hour {
			t.Fatalf("after try %d the next is in %v", try, wait)
		}
		// The same hour of the next day is inside calling hours and past the four hours; the volunteer comes back for it.
		ok(t, b.Board.Leave(ctx, shift.ID))
		b.Until("the leg dropped", func() bool {
			return b.Count(`SELECT count(*) FROM calls WHERE kind = 'volunteer' AND state <> 'ended'`) == 0
		})
		b.Clock.Advance(24 * time.Hour)
		ok(t, b.Board.RingVolunteer(ctx, shift.ID))
		b.AwaitShift(shift.ID, func(s phonebank.Shift) bool { return s.LegJoined })
	}
	if n := b.Count(`SELECT count(*) FROM conversations WHERE state <> 'wrapped'`); n != 0 {
		t.Errorf("%d talks wait for a wrap-up of a line that nobody answered", n)
	}
}

func TestCall_ANumberThatCannotBeReachedIsMarkedAndNeverTriedAgain(t *testing.T) {
	b := testbank.New(t, testbank.Options{})
	b.Neighbor("Sam Okafor", "+12125550130")
	b.Sim.Person("+12125550130", simulator.Behaviour{Takes: simulator.Fails})
	_, shift := b.Connected("Dana", testbank.VolunteerPhone)
	ok(t, b.Board.Ready(ctx, shift.ID))
	_, err := b.Board.Call(ctx, shift.ID, phonebank.NewID[string](b.Clock.Now()), dialer.Choice{})
	ok(t, err)
	b.Until("marked bad", func() bool { return b.Count(`SELECT count(*) FROM phones WHERE bad_at IS NOT NULL`) == 1 })
	b.AwaitShift(shift.ID, func(s phonebank.Shift) bool { return s.State == phonebank.ShiftReady })
	if n := b.Count(`SELECT count(*) FROM call_list WHERE state <> 'done'`); n != 0 {
		t.Errorf("%d places on the list are still open", n)
	}
}

func TestCall_OurFaultKeepsThePersonForARetry(t *testing.T) {
	b := testbank.New(t, testbank.Options{})
	person := b.Neighbor("Priya Raman", "+12125550129")
	user, shift := b.Connected("Dana", testbank.VolunteerPhone)
	b.Sim.Fault(simulator.Rule{Side: simulator.SideAPI, Op: "participants.create", Do: simulator.DoTooMany, Count: 1})
	ok(t, b.Board.Ready(ctx, shift.ID))
	conversation, err := b.Board.Call(ctx, shift.ID, phonebank.NewID[string](b.Clock.Now()), dialer.Choice{})
	ok(t, err)
	if call := awaitCall(b, conversation, phonebank.CallEnded); !call.OurFault || call.Sentence == "" {
		t.Fatalf("the volunteer is not told whose fault it was: %+v", call)
	}
	shift = b.AwaitShift(shift.ID, func(s phonebank.Shift) bool { return s.State == phonebank.ShiftOnCall })
	if shift.PersonID != person.ID {
		t.Fatal("the person was given away")
	}
	ok(t, b.Board.Redial(ctx, conversation, user.ID))
	awaitCall(b, conversation, phonebank.CallBridged)
}

func TestCall_PressedTwiceIsOneCall(t *testing.T) {
	b := testbank.New(t, testbank.Options{})
	b.Neighbor("Priya Raman", "+12125550129")
	_, shift := b.Connected("Dana", testbank.VolunteerPhone)
	ok(t, b.Board.Ready(ctx, shift.ID))
	nonce := phonebank.NewID[string](b.Clock.Now())
	first, err := b.Board.Call(ctx, shift.ID, nonce, dialer.Choice{})
	ok(t, err)
	second, err := b.Board.Call(ctx, shift.ID, nonce, dialer.Choice{})
	ok(t, err)
	if first != second || b.Count(`SELECT count(*) FROM calls WHERE kind = 'outbound'`) != 1 {
		t.Errorf("two presses: talks %s and %s", first, second)
	}
}

func TestVoicemail_CountsAsATryAndNotAsATalk(t *testing.T) {
	b := testbank.New(t, testbank.Options{})
	b.Neighbor("Renée Duval", "+12125550124")
	user, shift := b.Connected("Dana", testbank.VolunteerPhone)
	shift, _ = talk(t, b, shift)
	ok(t, b.Board.Voicemail(ctx, shift.Conversation, user.ID))
	b.AwaitShift(shift.ID, func(s phonebank.Shift) bool { return s.State == phonebank.ShiftReady })
	if n := b.Count(`SELECT count(*) FROM call_list WHERE state = 'waiting' AND tries = 1 AND why = 'voicemail'`); n != 1 {
		t.Error("the person is not back on the list for later")
	}
}

func TestStop_SaidInATalkBlocksTheNumberAtOnceForEverybodyOnIt(t *testing.T) {
	b := testbank.New(t, testbank.Options{})
	b.Neighbor("Hugo Ferrer", "+12125550131")
	lucia := b.Neighbor("Lucía Ferrer", "+12125550131")
	_, err := b.Diary.Promise(ctx, lucia.ID, b.Coordinator.ID, phonebank.Wish{Channel: phonebank.ByCall, Reason: phonebank.ReasonAsked, InMinutes: 60})
	ok(t, err)
	user, shift := b.Connected("Dana", testbank.VolunteerPhone)
	shift, _ = talk(t, b, shift)
	_, err = b.Board.Mark(ctx, shift.Conversation, user.ID, []phonebank.Event{event(b, "engine", map[string]any{"what": "stop", "words": "take us off"})})
	ok(t, err)
	for what, query := range map[string]string{
		"the number is blocked":                 `SELECT count(*) FROM phones WHERE opted_out_at IS NOT NULL AND opted_out_words = 'take us off'`,
		"the other person's call is cancelled":  `SELECT count(*) FROM follow_ups WHERE state = 'cancelled'`,
		"who asked, and when, is in the record": `SELECT count(*) FROM consents WHERE NOT given AND channel = 'all' AND source = 'spoken'`,
	} {
		if b.Count(query) != 1 {
			t.Errorf("not so: %s", what)
		}
	}
	if n := b.Count(`SELECT count(*) FROM call_list WHERE state <> 'done'`); n != 0 {
		t.Errorf("%d places on lists are still open", n)
	}
	if _, err = b.Diary.Promise(ctx, lucia.ID, b.Coordinator.ID, phonebank.Wish{Channel: phonebank.ByCall, Reason: phonebank.ReasonAsked, InMinutes: 60}); phonebank.KindOf(err) != phonebank.Forbidden {
		t.Errorf("a promise after the stop: %v", err)
	}
}

func TestPause_StopsCallsThatAreWrittenDownAndNotYetPlaced(t *testing.T) {
	b := testbank.New(t, testbank.Options{})
	b.Neighbor("Priya Raman", "+12125550129")
	_, shift := b.Connected("Dana", testbank.VolunteerPhone)
	ok(t, b.Board.Ready(ctx, shift.ID))
	b.AwaitShift(shift.ID, func(s phonebank.Shift) bool { return s.State == phonebank.ShiftReserved })
	ok(t, b.Store.Pause(ctx, b.Coordinator.ID, b.Clock.Now()))
	ok(t, b.Store.Pause(ctx, b.Coordinator.ID, b.Clock.Now()))
	if _, err := b.Board.Call(ctx, shift.ID, phonebank.NewID[string](b.Clock.Now()), dialer.Choice{}); phonebank.KindOf(err) != phonebank.Unavailable {
		t.Errorf("a call while everything is paused: %v", err)
	}
	ok(t, b.Store.Lift(ctx, b.Coordinator.ID, b.Clock.Now()))
	_, err := b.Board.Call(ctx, shift.ID, phonebank.NewID[string](b.Clock.Now()), dialer.Choice{})
	ok(t, err)
}

// Fifty answers, one after another: from the person's "answered" to the moment the records say that both hear each other.
func TestAnswer_BothAreInTheRoomWithinASecondFor95Of100(t *testing.T) {
	b := testbank.New(t, testbank.Options{})
	_, shift := b.Connected("Dana", testbank.VolunteerPhone)
	for i := range 50 {
		b.Neighbor("Neighbor "+string(rune('A'+i%26))+string(rune('a'+i/26)), numberOf(i))
	}
	var took []time.Duration
	for range 50 {
		s, call := talk(t, b, shift)
		var answered, bridged time.Time
		ok(t, b.Store.DB().QueryRow(`SELECT answered_at, bridged_at FROM calls WHERE id = $1`, call.ID).Scan(&answered, &bridged))
		took = append(took, bridged.Sub(answered))
		ok(t, b.Board.HangUp(ctx, s.Conversation, s.UserID))
		b.AwaitShift(s.ID, func(s phonebank.Shift) bool { return s.State == phonebank.ShiftWrapUp })
		ok(t, b.Board.Wrap(ctx, s.Conversation, s.UserID, phonebank.Wrap{ID: phonebank.NewID[string](b.Clock.Now()), Outcome: phonebank.OutcomeConnected, Then: "break"}))
	}
	slices.Sort(took)
	p95 := took[47]
	t.Logf("answered to bridged over 50 calls: median %v, p95 %v", took[25], p95)
	if p95 > time.Second {
		t.Errorf("p95 is %v", p95)
	}
}

func numberOf(i int) string {
	return "+1646555" + string([]byte{'0' + byte(i/1000%10), '0' + byte(i/100%10), '0' + byte(i/10%10), '0' + byte(i%10)})
}

func TestRedial_ThatNobodyPicksUpKeepsTheTalkAndItsWrapUp(t *testing.T) {
	b := testbank.New(t, testbank.Options{})
	b.Neighbor("Priya Raman", "+12125550129")
	user, shift := b.Connected("Dana", testbank.VolunteerPhone)
	shift, call := talk(t, b, shift)
	ok(t, b.Sim.HangUp(call.SID)) // the line drops
	b.AwaitShift(shift.ID, func(s phonebank.Shift) bool { return s.State == phonebank.ShiftWrapUp })
	b.Sim.Person("+12125550129", simulator.Behaviour{Takes: simulator.Busy})
	ok(t, b.Board.Redial(ctx, shift.Conversation, user.ID))
	b.Until("busy", func() bool { return b.Count(`SELECT count(*) FROM calls WHERE result = 'busy'`) == 1 })
	b.AwaitShift(shift.ID, func(s phonebank.Shift) bool { return s.State == phonebank.ShiftWrapUp })
	ok(t, b.Board.Wrap(ctx, shift.Conversation, user.ID, phonebank.Wrap{ID: phonebank.NewID[string](b.Clock.Now()), Outcome: phonebank.OutcomeConnected, Then: "break"}))
}

func TestOurFault_LeavingGivesEverythingBack(t *testing.T) {
	b := testbank.New(t, testbank.Options{})
	p := b.Neighbor("Priya Raman", "+12125550129")
	user, shift := b.Connected("Dana", testbank.VolunteerPhone)
	ok(t, b.Store.Talked(ctx, b.Campaign.ID, p.ID, "seen"))
	_, err := b.Diary.Promise(ctx, p.ID, user.ID, phonebank.Wish{Channel: phonebank.ByCall, Reason: phonebank.ReasonScheduled, InMinutes: 1})
	ok(t, err)
	b.Clock.Advance(61 * time.Second)
	ok(t, b.Board.Ready(ctx, shift.ID))
	b.AwaitShift(shift.ID, func(s phonebank.Shift) bool { return s.State == phonebank.ShiftReserved })
	b.Sim.Fault(simulator.Rule{Side: simulator.SideAPI, Op: "participants.create", Do: simulator.DoTooMany, Count: 1})
	conversation, err := b.Board.Call(ctx, shift.ID, phonebank.NewID[string](b.Clock.Now()), dialer.Choice{})
	ok(t, err)
	awaitCall(b, conversation, phonebank.CallEnded)
	ok(t, b.Board.Leave(ctx, shift.ID))
	for what, query := range map[string]string{
		"the callback waits again":        `SELECT count(*) FROM follow_ups WHERE state = 'due'`,
		"the talk that never was is shut": `SELECT count(*) FROM conversations WHERE state = 'wrapped'`,
		"the number is free":              `SELECT count(*) FROM phones WHERE number = '+12125550129' AND held_by IS NULL`,
		"the volunteer is off":            `SELECT count(*) FROM shifts WHERE state = 'off'`,
	} {
		if b.Count(query) != 1 {
			t.Errorf("not so: %s", what)
		}
	}
}
