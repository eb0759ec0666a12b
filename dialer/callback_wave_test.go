package dialer_test

import (
	"strings"
	"testing"
	"time"

	"phonebank"
	"phonebank/dialer"
	"phonebank/internal/testbank"
	"phonebank/simulator"
)

func TestWave_RingsThreeTimesAndRespectsItsPause(t *testing.T) {
	b := testbank.New(t, testbank.Options{})
	p := b.Neighbor("Priya Raman", theirs)
	b.Sim.Person(theirs, simulator.Behaviour{Takes: simulator.Busy})
	w := wave(b, "Catch up")
	id := inWave(b, p, w)
	_, shift := b.Connected("Dana", testbank.VolunteerPhone)
	set := func(query string) {
		t.Helper()
		_, err := b.Store.DB().Exec(query, w)
		ok(t, err)
	}
	set(`UPDATE waves SET paused_at = created_at WHERE id = $1`)
	ok(t, b.Board.Ready(ctx, shift.ID))
	if s, err := b.Store.Shift(ctx, shift.ID); err != nil || s.State != phonebank.ShiftReady {
		t.Fatalf("a paused wave was offered: %+v, %v", s, err)
	}
	set(`UPDATE waves SET paused_at = NULL WHERE id = $1`)
	b.AwaitShift(shift.ID, reserved)
	set(`UPDATE waves SET paused_at = created_at WHERE id = $1`) // under the volunteer's eyes
	s := b.AwaitShift(shift.ID, func(s phonebank.Shift) bool { return s.State == phonebank.ShiftBreak })
	if s.ClosedFollowUp != id {
		t.Error("the card closed without a reason")
	}
	set(`UPDATE waves SET paused_at = NULL WHERE id = $1`)
	ok(t, b.Board.Ready(ctx, shift.ID))
	for try := 1; try <= phonebank.WaveTries; try++ {
		b.AwaitShift(shift.ID, reserved)
		_, err := b.Board.Call(ctx, shift.ID, phonebank.NewID[string](b.Clock.Now()), dialer.Choice{})
		ok(t, err)
		b.AwaitShift(shift.ID, func(s phonebank.Shift) bool { return s.State == phonebank.ShiftReady })
		if try < phonebank.WaveTries {
			later(b, shift, 24*time.Hour)
		}
	}
	f, err := b.Store.FollowUp(ctx, id)
	ok(t, err)
	if f.State != phonebank.FollowUpExpired || f.Why != "Rung three times, nobody answered." {
		t.Errorf("after %d tries: %s, %q", phonebank.WaveTries, f.State, f.Why)
	}
}

// The wave ends while its call rings: nobody answers, and it does not come back as nobody's.
func TestWave_ThatEndsWhileItRingsTakesItsCallAlong(t *testing.T) {
	b := testbank.New(t, testbank.Options{})
	p := b.Neighbor("Priya Raman", theirs)
	b.Sim.Person(theirs, simulator.Behaviour{Takes: simulator.Busy})
	w := wave(b, "Catch up")
	id := inWave(b, p, w)
	_, shift := b.Connected("Dana", testbank.VolunteerPhone)
	ok(t, b.Board.Ready(ctx, shift.ID))
	b.AwaitShift(shift.ID, reserved)
	_, err := b.Store.DB().Exec(`
		CREATE FUNCTION ends() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN UPDATE waves SET state = 'done'; RETURN NULL; END $$;
		CREATE TRIGGER ends AFTER UPDATE OF placed_at ON calls FOR EACH STATEMENT EXECUTE FUNCTION ends()`)
	ok(t, err)
	_, err = b.Board.Call(ctx, shift.ID, phonebank.NewID[string](b.Clock.Now()), dialer.Choice{})
	ok(t, err)
	b.AwaitShift(shift.ID, func(s phonebank.Shift) bool { return s.State == phonebank.ShiftReady })
	f, err := b.Store.FollowUp(ctx, id)
	ok(t, err)
	if f.State != phonebank.FollowUpExpired || f.Why != "Nobody answered, and the wave has ended." {
		t.Errorf("%s, %q", f.State, f.Why)
	}
}

func TestWave_ThatIsOverKeepsWhatWasPromised(t *testing.T) {
	b := testbank.New(t, testbank.Options{})
	built, gathered := wave(b, "Catch up"), wave(b, "Brought here")
	_, err := b.Store.DB().Exec(`UPDATE waves SET gathered = true WHERE id = $1`, gathered)
	ok(t, err)
	row := inWave(b, b.Neighbor("Row", "+12125550141"), built)
	kept := inWave(b, b.Neighbor("Promised", "+12125550142"), gathered)
	_, err = b.Store.DB().Exec(`UPDATE waves SET state = 'done'`)
	ok(t, err)
	_, shift := b.Connected("Dana", testbank.VolunteerPhone)
	ok(t, b.Board.Ready(ctx, shift.ID))
	if s := b.AwaitShift(shift.ID, reserved); s.FollowUpID != kept {
		t.Errorf("offered %q, not the promise", s.FollowUpID)
	}
	ok(t, b.Board.Rest(ctx, shift.ID))
	_, err = b.Store.DB().Exec(`UPDATE follow_ups SET state = 'done' WHERE id = $1`, kept)
	ok(t, err)
	ok(t, b.Board.Ready(ctx, shift.ID))
	if s, err := b.Store.Shift(ctx, shift.ID); err != nil || s.FollowUpID == row {
		t.Error("a wave that is over goes on")
	}
}

func TestAtRisk_NamesTheCallsForWhichNobodyWillBeThere(t *testing.T) {
	b := testbank.New(t, testbank.Options{})
	dana, _ := b.Volunteer("Dana", "+12125550193")
	soon := promiseCall(b, b.Neighbor("Soon", "+12125550141"), dana.ID)
	p := b.Neighbor("Tomorrow", "+12125550142")
	ok(t, b.Store.Talked(ctx, b.Campaign.ID, p.ID, "seen"))
	tomorrow, err := b.Diary.Promise(ctx, p.ID, dana.ID, phonebank.Wish{Channel: phonebank.ByCall, Reason: phonebank.ReasonScheduled, InMinutes: 24 * 60})
	ok(t, err)
	inWave(b, b.Neighbor("Row", "+12125550143"), wave(b, "Catch up")) // no promise
	at := func() string {
		list, err := b.Store.CallbacksAtRisk(ctx, b.Clock.Now().Add(48*time.Hour))
		ok(t, err)
		var names []string
		for _, f := range list {
			names = append(names, map[phonebank.FollowUpID]string{soon: "soon", tomorrow.ID: "tomorrow"}[f.ID])
		}
		return strings.Join(names, " ")
	}
	if got := at(); got != "soon tomorrow" {
		t.Errorf("with nobody on a shift: %q", got)
	}
	b.Connected("Luis", testbank.VolunteerPhone)
	if got := at(); got != "tomorrow" {
		t.Errorf("with somebody here tonight: %q", got)
	}
	_, err = b.Store.DB().Exec(`UPDATE waves SET state = 'scheduled', starts_at = $1`, tomorrow.DueAt.Add(-time.Hour))
	ok(t, err)
	if got := at(); got != "" {
		t.Errorf("with a wave that opens its session tomorrow: %q", got)
	}
}
