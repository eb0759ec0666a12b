package followup_test

import (
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"phonebank"
	"phonebank/internal/testbank"
	"phonebank/store"
)

func TestWave_OpensItsSessionAtItsTimeOnceWithTwoWorkers(t *testing.T) {
	w := newWorld(t)
	w.crowd(3)
	second := w.Another(testbank.Options{NoLoops: true})
	wave := w.calls("Evening", phonebank.WaveFilter{})
	starts := w.Clock.Now().Add(time.Hour)
	ok(t, w.Diary.ScheduleWave(ctx, wave.ID, w.local(starts), w.Coordinator.ID))
	ok(t, w.Diary.TickWaves(ctx))
	if now := w.wave(wave.ID); now.State != phonebank.WaveScheduled {
		t.Fatalf("an hour before its time it is %s", now.State)
	}
	w.Clock.Advance(time.Hour)
	var both sync.WaitGroup
	for _, d := range []*testbank.Bank{w.Bank, second, w.Bank, second} {
		both.Go(func() {
			if err := d.Diary.TickWaves(ctx); err != nil {
				t.Error(err)
			}
		})
	}
	both.Wait()
	ok(t, w.Diary.TickWaves(ctx))
	s, err := w.Store.Session(ctx, wave.SessionID)
	ok(t, err)
	now := w.wave(wave.ID)
	if now.State != phonebank.WaveLive || s.State != phonebank.SessionOpen || now.Size != 3 || now.Filled != 3 {
		t.Errorf("at its time the wave is %s with %d of %d, its session %s", now.State, now.Filled, now.Size, s.State)
	}
	for what, query := range map[string]string{
		"launches in the journal":  `SELECT count(*) - 1 FROM journal WHERE thing = 'wave' AND event = 'launch'`,
		"openings in the journal":  `SELECT count(*) - 1 FROM journal WHERE thing = 'session' AND event = 'open'`,
		"calls that wait":          `SELECT count(*) - 3 FROM follow_ups WHERE channel = 'call' AND state = 'due' AND session_id IS NOT NULL`,
		"people with two calls":    `SELECT count(*) FROM (SELECT 1 FROM follow_ups GROUP BY person_id HAVING count(*) > 1) x`,
		"texts of a call wave":     `SELECT count(*) FROM outbox`,
		"people without their row": `SELECT count(*) FROM wave_members WHERE follow_up_id IS NULL`,
	} {
		if n := w.Count(query); n != 0 {
			t.Errorf("%s: %d too many", what, n)
		}
	}
}

func TestWave_AfterAnOutageItStartsOnItsDayOrSaysWhyNot(t *testing.T) {
	w := newWorld(t)
	w.crowd(1)
	today, tomorrow := w.calls("Today", phonebank.WaveFilter{}), w.texts("Tomorrow", "Hi", phonebank.WaveFilter{})
	at := w.Clock.Now()
	ok(t, w.Diary.ScheduleWave(ctx, today.ID, w.local(at.Add(30*time.Minute)), w.Coordinator.ID))
	w.Clock.Advance(2 * time.Hour) // the worker was down; it is half past seven
	ok(t, w.Diary.TickWaves(ctx))
	if now := w.wave(today.ID); now.State != phonebank.WaveLive {
		t.Errorf("an hour and a half late, calling hours are open, and it is %s (%s)", now.State, now.Why)
	}
	ok(t, w.Diary.FinishWave(ctx, today.ID, w.Coordinator.ID))
	ok(t, w.Diary.ScheduleWave(ctx, tomorrow.ID, w.local(at.AddDate(0, 0, 1)), w.Coordinator.ID))
	w.Clock.Advance(26 * time.Hour) // half past nine in the evening
	ok(t, w.Diary.TickWaves(ctx))
	now := w.wave(tomorrow.ID)
	if now.State != phonebank.WaveDraft || now.Why != "It could not start at its time, and calling hours were over when it could. Set another time." {
		t.Errorf("at half past nine in the evening it is %s: %q", now.State, now.Why)
	}
	if n := w.Count(`SELECT count(*) FROM wave_members WHERE wave_id = $1`, tomorrow.ID); n != 0 {
		t.Errorf("%d people are still in a draft", n)
	}
	// A time again clears the reason; and a wave that nobody fits goes back in words as well.
	ok(t, w.Diary.ChangeWave(ctx, phonebank.Wave{ID: tomorrow.ID, Name: "Tomorrow", Channel: phonebank.ByText, Body: "Hi", Filter: phonebank.WaveFilter{Light: "green"}}, w.Coordinator.ID))
	ok(t, w.Diary.ScheduleWave(ctx, tomorrow.ID, w.local(at.AddDate(0, 0, 2)), w.Coordinator.ID))
	if now := w.wave(tomorrow.ID); now.Why != "" {
		t.Errorf("scheduled anew it still says %q", now.Why)
	}
	w.Clock.Advance(20 * time.Hour)
	ok(t, w.Diary.TickWaves(ctx))
	if now := w.wave(tomorrow.ID); now.State != phonebank.WaveDraft || now.Why != "Nobody fits this wave. Ask for less, or look at the list." {
		t.Errorf("with nobody who fits it is %s: %q", now.State, now.Why)
	}
}

func TestWave_StartsOnlyWithItsAskSettled(t *testing.T) {
	w := newWorld(t)
	w.crowd(1)
	wave := w.draft(phonebank.Wave{Name: "Evening", Channel: phonebank.ByCall})
	if s, err := w.Store.Session(ctx, wave.SessionID); err != nil || s.State != phonebank.SessionPlanned || s.Name != "Evening" {
		t.Fatalf("its own session is %+v, %v", s, err)
	}
	refused(t, w.Diary.ScheduleWave(ctx, wave.ID, w.local(w.Clock.Now().Add(time.Hour)), w.Coordinator.ID), phonebank.Invalid)
	refused(t, w.Diary.LaunchWave(ctx, wave.ID, w.Coordinator.ID), phonebank.Invalid)
	refused(t, w.Diary.ScheduleWave(ctx, wave.ID, w.local(w.Clock.Now().Add(-time.Hour)), w.Coordinator.ID), phonebank.Invalid)
	refused(t, w.Diary.ScheduleWave(ctx, wave.ID, w.local(w.Clock.Now().Add(4*time.Hour)), w.Coordinator.ID), phonebank.Invalid)
	if w.wave(wave.ID).State != phonebank.WaveDraft || w.Count(`SELECT count(*) FROM wave_members`) != 0 {
		t.Error("a refused start left something behind")
	}
}

func TestWave_NobodyIsInTwoWavesWhoeverLaunchesFirst(t *testing.T) {
	w := newWorld(t)
	w.crowd(40)
	var list []phonebank.Wave
	for i := range 4 {
		list = append(list, w.texts(fmt.Sprint("Wave ", i), "Hi {first_name}", phonebank.WaveFilter{}))
	}
	var all sync.WaitGroup
	var mu sync.Mutex
	live := 0
	for _, wave := range list {
		all.Go(func() {
			err := w.Diary.LaunchWave(ctx, wave.ID, w.Coordinator.ID)
			mu.Lock()
			defer mu.Unlock()
			if err == nil {
				live++
			} else if kind := phonebank.KindOf(err); kind != phonebank.Conflict && kind != phonebank.Unavailable {
				t.Error(err)
			}
		})
	}
	all.Wait()
	if live != 1 {
		t.Errorf("%d waves of the same forty people are live", live)
	}
	_, err := w.Store.DB().Exec(`INSERT INTO wave_members (wave_id, person_id, phone_id, state) SELECT w.id, m.person_id, m.phone_id, 'waiting' FROM wave_members m, waves w WHERE w.id <> m.wave_id LIMIT 1`)
	if err == nil {
		t.Error("the database took somebody into a second wave")
	}
	// A wave that has ended holds nobody.
	for _, wave := range list {
		if w.wave(wave.ID).State == phonebank.WaveLive {
			ok(t, w.Diary.FinishWave(ctx, wave.ID, w.Coordinator.ID))
		}
	}
	for _, wave := range list {
		if w.wave(wave.ID).State == phonebank.WaveDraft {
			ok(t, w.Diary.LaunchWave(ctx, wave.ID, w.Coordinator.ID))
			break
		}
	}
}

func TestWave_FillingGoesOnWhereItStopped(t *testing.T) {
	w := newWorld(t)
	w.crowd(1158)
	wave := w.texts("Many", "Hi {first_name}", phonebank.WaveFilter{})
	ok(t, w.Diary.LaunchWave(ctx, wave.ID, w.Coordinator.ID))
	n, err := w.Diary.Fill(ctx, wave.ID) // and then its process was killed
	ok(t, err)
	if now := w.wave(wave.ID); n != 250 || now.Filled != 250 || now.Size != 1158 {
		t.Fatalf("the first batch wrote %d; the wave says %d of %d", n, now.Filled, now.Size)
	}
	progress, err := w.Store.WaveProgress(ctx, wave.ID)
	ok(t, err)
	if progress.Filled != 250 || progress.DraftsWaiting != 250 {
		t.Errorf("the progress is %+v", progress)
	}
	second := w.Another(testbank.Options{NoLoops: true})
	var both sync.WaitGroup
	for _, d := range []*testbank.Bank{w.Bank, second, w.Bank, second} {
		both.Go(func() {
			if err := d.Diary.TickWaves(ctx); err != nil {
				t.Error(err)
			}
		})
	}
	both.Wait()
	ok(t, w.Diary.TickWaves(ctx))
	for what, c := range map[string][2]int{
		"drafts":       {1158, w.Count(`SELECT count(*) FROM follow_ups WHERE wave_id = $1 AND state = 'needs_person' AND NOT automatic`, wave.ID)},
		"people":       {1158, w.Count(`SELECT count(DISTINCT person_id) FROM follow_ups WHERE wave_id = $1`, wave.ID)},
		"held texts":   {1158, w.Count(`SELECT count(*) FROM outbox o JOIN follow_ups f ON f.id = o.follow_up_id WHERE f.wave_id = $1 AND o.state = 'held'`, wave.ID)},
		"told members": {1158, w.Count(`SELECT count(*) FROM wave_members WHERE wave_id = $1 AND state = 'filled' AND follow_up_id IS NOT NULL`, wave.ID)},
		"filled":       {1158, w.wave(wave.ID).Filled},
	} {
		if c[0] != c[1] {
			t.Errorf("%s: want %d, got %d", what, c[0], c[1])
		}
	}
	if n := len(w.Sent("+19172000000")); n != 0 {
		t.Errorf("%d texts of a wave went by themselves", n)
	}
}

func TestWave_ATextWaveWaitsForEachPress(t *testing.T) {
	w := newWorld(t)
	ana := w.person("Ana", func(p *store.NewPerson) { p.Languages = "Spanish, English" })
	w.person("Bo")
	u := phonebank.User{ID: phonebank.NewID[phonebank.UserID](w.Clock.Now()), Name: "Vic", Role: phonebank.Volunteer, CreatedAt: w.Clock.Now()}
	gone := phonebank.User{ID: phonebank.NewID[phonebank.UserID](w.Clock.Now()), Name: "Gone", Role: phonebank.Volunteer, CreatedAt: w.Clock.Now()}
	ok(t, w.Store.AddUser(ctx, u))
	ok(t, w.Store.AddUser(ctx, gone))
	_, err := w.Store.DB().Exec(`UPDATE people SET owner_id = CASE name WHEN 'Ana' THEN $1 ELSE $2 END`, u.ID, gone.ID)
	ok(t, err)
	_, err = w.Store.DB().Exec(`UPDATE users SET removed_at = $2 WHERE id = $1`, gone.ID, w.Clock.Now())
	ok(t, err)
	wave := w.draft(phonebank.Wave{Name: "Check in", Channel: phonebank.ByText, Body: "Hi {first_name}, {org} here about “{campaign}”.", BodyES: "Hola {first_name}."})
	ok(t, w.Diary.LaunchWave(ctx, wave.ID, w.Coordinator.ID))
	ok(t, w.Diary.TickWaves(ctx))
	var drafts []struct {
		Name, Body, Owner string
		ID                phonebank.OutboxID
	}
	ok(t, w.Store.DB().Select(&drafts, `
		SELECT p.name, o.body, COALESCE(f.owner_id, '') AS owner, o.id FROM follow_ups f JOIN people p ON p.id = f.person_id JOIN outbox o ON o.follow_up_id = f.id ORDER BY p.name`))
	if len(drafts) != 2 || drafts[0].Body != "Hola Ana." || drafts[1].Body != `Hi Bo, Test Union here about "Heat".` || drafts[0].Owner != string(u.ID) || drafts[1].Owner != "" {
		t.Fatalf("the drafts are %+v", drafts)
	}
	ok(t, w.Diary.PauseWave(ctx, wave.ID, w.Coordinator.ID))
	err = w.Desk.Press(ctx, drafts[0].ID, "Hola, Ana.", u.ID)
	if phonebank.KindOf(err) != phonebank.Conflict || !strings.Contains(phonebank.SentenceOf(err), "paused the wave “Check in”") {
		t.Errorf("a draft of a paused wave is pressed: %v", err)
	}
	ok(t, w.Diary.ResumeWave(ctx, wave.ID, w.Coordinator.ID))
	ok(t, w.Desk.Press(ctx, drafts[0].ID, "Hola, Ana.", u.ID))
	if sent := w.Sent("+12125560000"); !slices.Equal(sent, []string{"Hola, Ana."}) {
		t.Errorf("Ana has %v", sent)
	}
	if sent := w.Sent("+12125560001"); len(sent) != 0 {
		t.Errorf("Bo has %v, and nobody pressed", sent)
	}
	if now := w.wave(wave.ID); now.State != phonebank.WaveLive {
		t.Errorf("with a draft left the wave is %s", now.State)
	}
	// STOP takes the rest of it back at once, and with nothing left the wave ends by itself.
	bo, err := w.Store.PhoneByNumber(ctx, "+12125560001")
	ok(t, err)
	ok(t, w.Store.InTx(ctx, func(tx *store.Tx) error {
		_, err := tx.OptOut(ctx, bo.ID, "text", "Stop", store.By{}, w.Clock.Now())
		return err
	}))
	if n := w.Count(`SELECT count(*) FROM wave_members m JOIN follow_ups f ON f.id = m.follow_up_id JOIN outbox o ON o.follow_up_id = f.id
		WHERE m.phone_id = $1 AND m.state = 'left' AND m.why = 'opt_out' AND f.state = 'cancelled' AND o.state = 'cancelled'`, bo.ID); n != 1 {
		t.Error("after STOP something of the wave is still to come")
	}
	ok(t, w.Diary.TickWaves(ctx))
	if now := w.wave(wave.ID); now.State != phonebank.WaveDone || now.DoneAt == nil || !slices.Equal(w.names(wave.ID), nil) {
		t.Errorf("with nothing left the wave is %s and holds %v", now.State, w.names(wave.ID))
	}
	if got, err := w.Store.Person(ctx, ana.ID); err != nil || got.OwnerID != u.ID {
		t.Error("Ana's own volunteer was changed")
	}
}

func TestWave_WhoeverSaysStopBeforeTheirRowIsWrittenGetsNone(t *testing.T) {
	w := newWorld(t)
	ana, bo, cy := w.person("Ana"), w.person("Bo"), w.person("Cy")
	wave := w.calls("Evening", phonebank.WaveFilter{})
	ok(t, w.Diary.LaunchWave(ctx, wave.ID, w.Coordinator.ID))
	ok(t, w.Store.InTx(ctx, func(tx *store.Tx) error {
		_, err := tx.OptOut(ctx, ana.PhoneID, "text", "Stop", store.By{}, w.Clock.Now())
		return err
	}))
	_, err := w.Store.DB().Exec(`UPDATE phones SET hold_since = $2 WHERE id = $1`, bo.PhoneID, w.Clock.Now()) // what Bo wrote may have been a no
	ok(t, err)
	_, err = w.Diary.Promise(ctx, cy.ID, w.Coordinator.ID, phonebank.Wish{Channel: phonebank.ByCall, Reason: phonebank.ReasonAsked, InMinutes: 30})
	ok(t, err)
	ok(t, w.Diary.TickWaves(ctx))
	if n := w.Count(`SELECT count(*) FROM follow_ups WHERE wave_id = $1`, wave.ID); n != 0 {
		t.Errorf("%d rows were written", n)
	}
	people, err := w.Store.WavePeople(ctx, wave.ID, "", 10)
	ok(t, err)
	for i, want := range []phonebank.WaveExclusion{phonebank.LeftOutStop, phonebank.LeftOutStop, phonebank.LeftOutCallback} {
		if people[i].State != phonebank.MemberLeft || people[i].Left != want {
			t.Errorf("%s is %s (%s), want left out for %s", people[i].Name, people[i].State, people[i].Left, want)
		}
	}
	if now := w.wave(wave.ID); now.State != phonebank.WaveDone || now.Filled != 3 {
		t.Errorf("the wave is %s with %d of 3", now.State, now.Filled)
	}
}

func TestWave_EndsWhatIsToComeAndKeepsWhatWasAgreedBefore(t *testing.T) {
	w := newWorld(t)
	ana := w.person("Ana")
	f, err := w.Diary.Promise(ctx, ana.ID, w.Coordinator.ID, phonebank.Wish{Channel: phonebank.ByCall, Reason: phonebank.ReasonAsked, InMinutes: 60})
	ok(t, err)
	bo := w.person("Bo")
	wave := w.calls("Evening", phonebank.WaveFilter{})
	ok(t, w.Diary.LaunchWave(ctx, wave.ID, w.Coordinator.ID))
	ok(t, w.Diary.TickWaves(ctx))
	gathered, taken, err := w.Diary.GatherWave(ctx, "Callbacks", w.Session.ID, []phonebank.FollowUpID{f.ID}, w.Coordinator.ID)
	ok(t, err)
	if taken != 1 || !gathered.Gathered || !slices.Equal(w.names(gathered.ID), []string{"Ana"}) || !slices.Equal(w.names(wave.ID), []string{"Bo"}) {
		t.Fatalf("gathered %d: %v, the other wave has %v", taken, w.names(gathered.ID), w.names(wave.ID))
	}
	for _, id := range []phonebank.WaveID{wave.ID, gathered.ID} {
		ok(t, w.Diary.FinishWave(ctx, id, w.Coordinator.ID))
		refused(t, w.Diary.ResumeWave(ctx, id, w.Coordinator.ID), phonebank.Conflict)
	}
	if f, err = w.Store.FollowUp(ctx, f.ID); err != nil || f.State != phonebank.FollowUpPlanned || f.WaveID != "" || f.SessionID != "" {
		t.Errorf("what was agreed with Ana is %+v, %v", f, err)
	}
	if n := w.Count(`SELECT count(*) FROM follow_ups WHERE person_id = $1 AND state = 'cancelled' AND why = 'The wave ended.' AND done_at IS NOT NULL`, bo.ID); n != 1 {
		t.Error("Bo's row did not end with the wave")
	}
	if n := w.Count(`SELECT count(*) FROM journal WHERE thing = 'follow_up' AND event = 'cancel' AND note = 'The wave ended.' AND by_user = $1`, w.Coordinator.ID); n != 1 {
		t.Errorf("the journal has %d lines about it", n)
	}
	if n := w.Count(`SELECT count(*) FROM wave_members WHERE state IN ('waiting', 'filled')`); n != 0 {
		t.Errorf("%d people are still in a wave", n)
	}
}

func TestWave_TheDayBeforeOnlyWhoAgreedHearsByThemselves(t *testing.T) {
	w := newWorld(t)
	agreed := w.person("Agreed")
	w.person("May")
	w.person("West", func(p *store.NewPerson) { p.Zone = "America/Los_Angeles" })
	w.person("Never", func(p *store.NewPerson) { p.TextSource = "" })
	stops, taken := w.person("Stops"), w.person("Taken")
	missed := w.person("Twice")
	for _, p := range []phonebank.Person{agreed, stops, taken, missed} {
		ok(t, w.Store.GiveConsent(ctx, p.ID, p.PhoneID, "text_ok", "a talk", "May we text you?", "Cora", w.Clock.Now()))
	}
	ok(t, w.Store.WithdrawConsent(ctx, taken.ID, taken.PhoneID, "text_ok", "took it back", "Cora", w.Clock.Now().Add(time.Minute)))
	_, err := w.Store.DB().Exec(`UPDATE people SET by_hand_since = $2 WHERE id = $1`, missed.ID, w.Clock.Now()) // two promises were missed
	ok(t, err)
	s := w.session("Thursday")
	wave := w.draft(phonebank.Wave{Name: "Thursday", Channel: phonebank.ByCall, SessionID: s.ID, HeadsUp: "Hi {first_name}, somebody from “{campaign}” rings tomorrow."})
	starts := w.Clock.Now().AddDate(0, 0, 2) // Thursday, half past five
	ok(t, w.Diary.ScheduleWave(ctx, wave.ID, w.local(starts), w.Coordinator.ID))
	ok(t, w.Diary.TickWaves(ctx))
	if n := w.Count(`SELECT count(*) FROM wave_members`); n != 0 {
		t.Fatalf("%d people are settled two days ahead", n)
	}
	w.Clock.Advance(16 * time.Hour) // Wednesday, half past nine
	ok(t, w.Diary.TickWaves(ctx))
	ok(t, w.Diary.TickWaves(ctx))
	var rows []struct {
		Name, State, Held, Local, Body string
		Automatic                      bool
	}
	ok(t, w.Store.DB().Select(&rows, `
		SELECT p.name, f.state, f.automatic, o.state AS held, f.local_wish AS local, o.body FROM follow_ups f JOIN people p ON p.id = f.person_id JOIN outbox o ON o.follow_up_id = f.id
		WHERE f.reason = 'heads_up' ORDER BY p.name`))
	noon := w.local(starts.AddDate(0, 0, -1))[:10] + "T12:00"
	var got []string
	for _, r := range rows {
		if r.Local != noon {
			t.Errorf("%s hears at %s, not at noon on their own clock", r.Name, r.Local)
		}
		got = append(got, fmt.Sprint(r.Name, " ", r.State, " ", r.Automatic, " ", r.Held))
	}
	want := []string{"Agreed planned true ready", "May needs_person false held", "Stops planned true ready", "Taken needs_person false held", "Twice needs_person false held", "West needs_person false held"}
	if !slices.Equal(got, want) {
		t.Fatalf("the texts of the day before are %q, want %q", got, want)
	}
	if rows[0].Body != `Hi Agreed, somebody from "Heat" rings tomorrow.` {
		t.Errorf("it says %q", rows[0].Body)
	}
	ok(t, w.Store.InTx(ctx, func(tx *store.Tx) error {
		_, err := tx.OptOut(ctx, stops.PhoneID, "text", "Stop", store.By{}, w.Clock.Now())
		return err
	}))
	w.Clock.Advance(150 * time.Minute) // noon
	w.FetchFromNow()
	texts, err := w.Desk.Due(ctx, 100)
	ok(t, err)
	for _, r := range texts {
		ok(t, w.Desk.Deliver(ctx, phonebank.OutboxID(r.ID), r.Generation))
	}
	if sent := w.Sent("+12125560000"); len(sent) != 1 {
		t.Errorf("who agreed has %v", sent)
	}
	for _, number := range []string{"+12125560001", "+12125560002", "+12125560003", "+12125560004", "+12125560005", "+12125560006"} {
		if sent := w.Sent(number); len(sent) != 0 {
			t.Errorf("%s has %v by itself", number, sent)
		}
	}
	// Somebody talks with one of them before the wave begins.
	w.Clock.Advance(26 * time.Hour)
	ok(t, w.Store.InTx(ctx, func(tx *store.Tx) error { return tx.Touch(ctx, missed.ID, w.Coordinator.ID, w.Clock.Now()) }))
	w.Clock.Advance(3*time.Hour + 30*time.Minute)
	ok(t, w.Diary.TickWaves(ctx))
	if n := w.Count(`SELECT count(*) FROM wave_members WHERE state = 'left' AND why = 'cooldown' AND person_id = $1`, missed.ID); n != 1 {
		t.Error("a wave that was settled yesterday rings whom somebody has talked with since")
	}
	if now := w.wave(wave.ID); now.State != phonebank.WaveLive || now.Size != 7 {
		t.Fatalf("on its day the wave is %s with %d", now.State, now.Size)
	}
	if names := w.names(wave.ID); !slices.Equal(names, []string{"Agreed", "May", "Never", "Taken", "West"}) {
		t.Errorf("on its day it has %v: who had a text from it stays, who said stop is out", names)
	}
	if n := w.Count(`SELECT count(*) FROM follow_ups WHERE reason = 'heads_up' AND state = 'cancelled' AND why = 'The day before is over.'`); n != 4 {
		t.Errorf("%d drafts of the day before ended with it, want 4", n)
	}
	if n := w.Count(`SELECT count(*) FROM follow_ups WHERE wave_id = $1 AND channel = 'call' AND state = 'due'`, wave.ID); n != 5 {
		t.Errorf("%d calls wait, want 5", n)
	}
}

func TestWave_WithdrawnItTakesTheDayBeforeBack(t *testing.T) {
	w := newWorld(t)
	p := w.person("Ana")
	ok(t, w.Store.GiveConsent(ctx, p.ID, p.PhoneID, "text_ok", "a talk", "May we text you?", "Cora", w.Clock.Now()))
	wave := w.draft(phonebank.Wave{Name: "Soon", Channel: phonebank.ByCall, SessionID: w.session("Soon").ID, HeadsUp: "Tomorrow!"})
	near := w.draft(phonebank.Wave{Name: "Too soon", Channel: phonebank.ByCall, SessionID: w.session("Too soon").ID, HeadsUp: "Tomorrow!"})
	ok(t, w.Diary.ScheduleWave(ctx, near.ID, w.local(w.Clock.Now().Add(2*time.Hour)), w.Coordinator.ID))
	if w.wave(near.ID).HeadsUpAt != nil {
		t.Error("a wave that starts today tells people about tomorrow")
	}
	ok(t, w.Diary.WithdrawWave(ctx, near.ID, w.Coordinator.ID))
	ok(t, w.Diary.ScheduleWave(ctx, wave.ID, w.local(w.Clock.Now().AddDate(0, 0, 2)), w.Coordinator.ID))
	w.Clock.Advance(16 * time.Hour)
	ok(t, w.Diary.TickWaves(ctx))
	ok(t, w.Diary.WithdrawWave(ctx, wave.ID, w.Coordinator.ID))
	if n := w.Count(`SELECT count(*) FROM outbox WHERE state = 'cancelled'`); n != 1 || w.Count(`SELECT count(*) FROM wave_members`) != 0 || w.wave(wave.ID).Size != 0 {
		t.Errorf("taken back, %d texts are cancelled and the wave still has people", n)
	}
	w.Clock.Advance(40 * time.Hour)
	ok(t, w.Diary.TickWaves(ctx))
	if now := w.wave(wave.ID); now.State != phonebank.WaveDraft {
		t.Errorf("a draft started by itself: %s", now.State)
	}
}

// Two who share a number would both read each text: a round of texts takes one of them, and no other round takes the second.
func TestWave_ATextGoesToANumberOnce(t *testing.T) {
	w := newWorld(t)
	w.person("Ana")
	w.person("Ben", func(p *store.NewPerson) { p.Number = "+12125560000" }) // lives with Ana
	first, second := w.texts("First", "Hi {first_name}", phonebank.WaveFilter{}), w.texts("Second", "Hi {first_name}", phonebank.WaveFilter{})
	ok(t, w.Diary.LaunchWave(ctx, first.ID, w.Coordinator.ID))
	if n := w.Count(`SELECT count(*) FROM wave_members`); n != 1 {
		t.Errorf("%d people of one number are in it", n)
	}
	if err := w.Diary.LaunchWave(ctx, second.ID, w.Coordinator.ID); err == nil {
		t.Error("a second round has the same number")
	}
}
