package webhooks_test

import (
	"testing"
	"time"

	"phonebank/internal/testbank"
)

// A text that could not be taken may have been a stop: nothing that goes by itself leaves before it is fetched.
func TestBeat_ATextThatWasTurnedAwayIsAnOutage(t *testing.T) {
	b := testbank.New(t, testbank.Options{})
	b.Until("a beat", func() bool { w, err := b.Store.Watermark(t.Context(), b.Clock.Now()); return err == nil && w.Fresh })
	outage := func() time.Time {
		t.Helper()
		w, err := b.Store.Watermark(t.Context(), b.Clock.Now())
		if err != nil {
			t.Fatal(err)
		}
		return w.OutageUntil
	}
	b.Clock.Advance(5 * time.Second)
	before := outage()
	if _, err := b.Store.DB().Exec(`ALTER TABLE inbox RENAME TO away`); err != nil {
		t.Fatal(err)
	}
	if _, err := b.Sim.Text("+12125550123", testbank.Ours, "STOP"); err != nil {
		t.Fatal(err)
	}
	b.Until("the outage to be noted", func() bool { return outage().After(before) })
}
