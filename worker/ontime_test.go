package worker_test

import (
	"testing"
	"time"

	"phonebank"
	"phonebank/internal/testbank"
)

// The queue alone rings on time: what is promised for a few seconds ahead goes out by the task that was scheduled for that moment,
// while the sweeper, which would find it too, does not run.
func TestOnTime_ATaskOfTheQueueRingsWithoutASweeper(t *testing.T) {
	b := testbank.New(t, testbank.Options{SweepEvery: time.Hour})
	p := b.Neighbor("Walt Brandt", "+12125550123")
	ok(t, b.Store.GiveConsent(ctx, p.ID, p.PhoneID, "text_ok", "a talk", "May I text you?", "Dana", b.Clock.Now()))
	loc, err := phonebank.Zone("America/New_York")
	ok(t, err)
	// Promises are made to the minute, so this one is made three seconds before one.
	minute := b.Clock.Now().Truncate(time.Minute).Add(time.Minute)
	b.Clock.Advance(minute.Add(-3 * time.Second).Sub(b.Clock.Now()))
	f, err := b.Diary.Promise(ctx, p.ID, b.Coordinator.ID, phonebank.Wish{Channel: phonebank.ByText, Reason: phonebank.ReasonBefore,
		Local: minute.In(loc).Format(phonebank.LocalForm), Body: "See you Thursday."})
	ok(t, err)
	if n := b.Count(`SELECT count(*) FROM outbox WHERE state = 'ready' AND not_before > $1`, b.Clock.Now()); n != 1 {
		t.Fatalf("%d texts are scheduled ahead", n)
	}
	b.Until("the text at its moment", func() bool { return len(b.Sent("+12125550123")) == 1 })
	if n := b.Count(`SELECT count(*) FROM outbox WHERE follow_up_id = $1 AND generation = 0 AND rung_at IS NULL`, f.ID); n != 1 {
		t.Error("a sweeper rang for it")
	}
	var late float64
	ok(t, b.Store.DB().Get(&late, `SELECT extract(epoch FROM claimed_at - not_before) FROM outbox WHERE follow_up_id = $1`, f.ID))
	t.Logf("claimed %.2f s after its moment", late)
}
