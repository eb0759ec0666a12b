package phonebank

import (
	"testing"
	"time"
)

// A window over midnight, or one written the wrong way round, is a closed day: it must never be read as a night.
func TestHours_AWindowOverMidnightIsClosed(t *testing.T) {
	zone, err := Zone("America/New_York")
	if err != nil {
		t.Fatal(err)
	}
	for _, h := range []Hours{{20, 9}, {22, 2}, {12, 12}, {}} {
		p := place{zone: zone}
		for i := range p.days {
			p.days[i] = h
		}
		for at := utc("2026-03-07 05:00"); at.Before(utc("2026-03-09 05:00")); at = at.Add(time.Minute) { // over the spring change
			if from, until := p.open(at, 0); !at.Before(from) && at.Before(until) {
				t.Fatalf("%v is open at %s", h, at)
			}
		}
		if _, ok := p.next(utc("2026-03-07 05:00"), 0); ok {
			t.Errorf("%v opens", h)
		}
	}
}
