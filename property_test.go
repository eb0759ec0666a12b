package phonebank

import (
	"slices"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"
)

// wander applies any events in any order and looks at each state that is reached.
func wander[S, E ~string](table *Table[S, E], start S, look func(rt *rapid.T, way []S)) func(*rapid.T) {
	return func(rt *rapid.T) {
		way := []S{start}
		for range rapid.IntRange(1, 40).Draw(rt, "steps") {
			event := rapid.SampledFrom(table.Events()).Draw(rt, "event")
			change, err := table.Apply(way[len(way)-1], event, time.Time{})
			if err != nil {
				continue // refused in words, and nothing has changed
			}
			if !slices.Contains(table.States(), change.To) {
				rt.Fatalf("%s by %s leads to %q", change.From, event, change.To)
			}
			way = append(way, change.To)
		}
		look(rt, way)
	}
}

// after tells whether a state comes later on a way than another one.
func after[S ~string](way []S, first, then S) bool {
	i := slices.Index(way, first)
	return i >= 0 && slices.Contains(way[i+1:], then)
}

func TestProperty_WhateverHappensATextIsSentAtMostOnceWithoutAPerson(t *testing.T) {
	rapid.Check(t, wander(OutboxTable, OutboxReady, func(rt *rapid.T, way []OutboxState) {
		for _, end := range []OutboxState{OutboxUnknown, OutboxAccepted, OutboxFailed, OutboxCancelled, OutboxExpired} {
			if after(way, end, OutboxSending) {
				rt.Fatalf("%v: sent again after %s", way, end)
			}
		}
		if after(way, OutboxAccepted, OutboxFailed) || after(way, OutboxAccepted, OutboxCancelled) {
			rt.Fatalf("%v: what Twilio has taken was forgotten", way)
		}
	}))
}

func TestProperty_APromiseThatEndedStaysEnded(t *testing.T) {
	rapid.Check(t, wander(FollowUpTable, FollowUpPlanned, func(rt *rapid.T, way []FollowUpState) {
		for _, end := range []FollowUpState{FollowUpDone, FollowUpCancelled, FollowUpExpired, FollowUpFailed} {
			i := slices.Index(way, end)
			if i < 0 {
				continue
			}
			for _, then := range way[i+1:] {
				if then != end && !(end == FollowUpFailed && then == FollowUpDone) { // Twilio may still say that it arrived
					rt.Fatalf("%v: %s became %s", way, end, then)
				}
			}
		}
	}))
}

func TestProperty_ACallThatEndedNeverRingsAgain(t *testing.T) {
	rapid.Check(t, wander(CallTable, CallReserved, func(rt *rapid.T, way []CallState) {
		for _, live := range []CallState{CallPlacing, CallRinging, CallAnswered, CallBridged} {
			if after(way, CallEnded, live) {
				rt.Fatalf("%v: %s after its end", way, live)
			}
		}
	}))
}

func TestProperty_AWaveThatIsOverStaysOver(t *testing.T) {
	rapid.Check(t, wander(WaveTable, WaveDraft, func(rt *rapid.T, way []WaveState) {
		if i := slices.Index(way, WaveDone); i >= 0 && slices.ContainsFunc(way[i:], func(s WaveState) bool { return s != WaveDone }) {
			rt.Fatalf("%v", way)
		}
		if after(way, WaveLive, WaveDraft) || after(way, WaveLive, WaveScheduled) {
			rt.Fatalf("%v: people were contacted, and it says they were not", way)
		}
	}))
}

// P8: where it is not known in which of several places somebody is, only hours that are allowed in all of them are.
func TestProperty_SeveralPlacesAllowOnlyWhatEachAllows(t *testing.T) {
	places := []string{"America/New_York", "America/Chicago", "America/Denver", "America/Phoenix", "America/Los_Angeles", "Pacific/Honolulu",
		"America/Chicago@TX", "America/Chicago@AL", "America/New_York@RI", "America/Kentucky/Louisville@KY", "Asia/Kathmandu", "Australia/Lord_Howe"}
	rapid.Check(t, func(rt *rapid.T) {
		some := rapid.SliceOfNDistinct(rapid.SampledFrom(places), 1, 6, rapid.ID).Draw(rt, "places")
		at := time.Unix(rapid.Int64Range(1_735_689_600, 1_924_991_999).Draw(rt, "at"), 0).UTC()
		margin := time.Duration(rapid.IntRange(0, 60).Draw(rt, "margin")) * time.Minute
		each := true
		for _, p := range some {
			each = each && MayContact(p, at, margin)
		}
		if all := MayContact(strings.Join(some, ","), at, margin); all != each {
			rt.Fatalf("%v at %s: together %v, each %v", some, at, all, each)
		}
	})
}
