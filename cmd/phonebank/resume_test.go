package main

import (
	"context"
	"strings"
	"testing"
	"time"

	"phonebank"
	"phonebank/internal/testbank"
	"phonebank/internal/testdb"
	"phonebank/store"
)

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// P19: a copy of the database starts, due texts and all. It sends nothing until a person says so, and then it does.
func TestRestore_ACopyOfTheDatabaseSendsNothingUntilResume(t *testing.T) {
	ctx := context.Background()
	first := testdb.New(t)
	b := testbank.New(t, testbank.Options{NoLoops: true, Database: first.URL})
	if why, err := b.Store.Recognize(ctx, "", b.Clock.Now()); why != "" || err != nil {
		t.Fatalf("the first start: %q %v", why, err)
	}
	if why, err := b.Store.Recognize(ctx, "", b.Clock.Now()); why != "" || err != nil {
		t.Fatalf("the second start: %q %v", why, err)
	}
	p := b.Neighbor("Walt Brandt", "+12125550123")
	must(t, b.Store.GiveConsent(ctx, p.ID, p.PhoneID, "text_ok", "a talk", "May I text you?", "Dana", b.Clock.Now()))
	f, err := b.Diary.Promise(ctx, p.ID, b.Coordinator.ID, phonebank.Wish{Channel: phonebank.ByText, Reason: phonebank.ReasonBefore, InMinutes: 1, Body: "See you Thursday."})
	must(t, err)
	copied := first.Copy(t)

	c := b.Another(testbank.Options{NoLoops: true, Database: copied.URL})
	why, err := c.Store.Recognize(ctx, "", c.Clock.Now())
	must(t, err)
	if why == "" {
		t.Fatal("a copy takes itself for the first")
	}
	c.Clock.Advance(61 * time.Second)
	deliver := func() {
		t.Helper()
		o, err := c.Store.OutboxOf(ctx, f.ID)
		must(t, err)
		must(t, c.Desk.Deliver(ctx, o.ID, o.Generation))
	}
	deliver()
	// A coordinator's own pause that is lifted does not lift this one.
	must(t, c.Store.Pause(ctx, c.Coordinator.ID, c.Clock.Now()))
	must(t, c.Store.Lift(ctx, c.Coordinator.ID, c.Clock.Now()))
	deliver()
	if sent := c.Sent("+12125550123"); len(sent) != 0 {
		t.Fatalf("a copy sends: %v", sent)
	}
	if _, err := c.Store.ClaimCall(ctx, c.Clock.Now()); phonebank.KindOf(err) != phonebank.NotFound {
		t.Fatalf("a copy dials: %v", err)
	}
	must(t, config{}.resume(ctx, c.Store, c.Clock.Now()))
	if why, err := c.Store.Recognize(ctx, "", c.Clock.Now()); why != "" || err != nil {
		t.Fatalf("after resume: %q %v", why, err)
	}
	deliver()
	if sent := c.Sent("+12125550123"); len(sent) != 1 {
		t.Errorf("after resume: %v", sent)
	}
}

// What tells a copy, one by one.
func TestRestore_IsToldByClusterDatabaseDumpAndName(t *testing.T) {
	ctx := context.Background()
	for _, c := range []struct{ what, sql, instance, says string }{
		{"another cluster", `UPDATE installation SET cluster = '1', written_by = pg_current_xact_id()::xid::text`, "house", "another Postgres"},
		{"another database", `UPDATE installation SET database = '1', written_by = pg_current_xact_id()::xid::text`, "house", "another database"},
		{"a dump brought back in place", `UPDATE installation SET at = at`, "house", "brought back from a backup"},
		{"another name", `SELECT 1`, "rehearsal", "INSTANCE_ID"},
		{"no name any more", `SELECT 1`, "", "INSTANCE_ID"},
		{"nothing", `SELECT 1`, "house", ""},
	} {
		t.Run(c.what, func(t *testing.T) {
			s, err := store.Open(testdb.New(t).URL, store.Options{Wall: time.Now})
			must(t, err)
			defer func() { must(t, s.Close()) }()
			at := testbank.Tuesday
			for range 2 {
				why, err := s.Recognize(ctx, "house", at)
				must(t, err)
				if why != "" {
					t.Fatal(why)
				}
			}
			_, err = s.DB().Exec(c.sql)
			must(t, err)
			why, err := s.Recognize(ctx, c.instance, at)
			must(t, err)
			paused, err := s.Paused(ctx)
			must(t, err)
			if (why == "") != (c.says == "") || !strings.Contains(why, c.says) || (paused != nil) != (c.says != "") {
				t.Errorf("%q, paused %v", why, paused)
			}
			if err := s.LiftKind(ctx, store.RestoredPause, "", at); err != nil {
				t.Fatal(err)
			}
			if why, err := s.Recognize(ctx, c.instance, at); why != "" || err != nil {
				t.Errorf("after resume: %q %v", why, err)
			}
		})
	}
}
