package followup_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"phonebank"
	"phonebank/store"
)

func TestWave_FindsPeopleByWhatTalksFound(t *testing.T) {
	w := newWorld(t)
	ana, bo, cy, dot := w.person("Ana", func(p *store.NewPerson) { p.Languages = "Spanish" }), w.person("Bo"), w.person("Cy", func(p *store.NewPerson) { p.Languages = "Tigrinya" }), w.person("Dot")
	w.person("Eve")
	anas := w.talk(ana, 40, phonebank.OutcomeCommitment, phonebank.KindRecruitment, "green", "ask")
	w.talk(bo, 20, phonebank.OutcomeConnected, phonebank.KindRecruitment, "green", "ask")
	bos := w.talk(bo, 10, phonebank.OutcomeNoThanks, phonebank.KindMaintenance, "not_now", "stake")
	w.talk(cy, 3, phonebank.OutcomeCallback, phonebank.KindRecruitment, "yellow", "hello") // no real talk
	dots := w.talk(dot, 5, phonebank.OutcomeConnected, phonebank.KindEscalation, "yellow", "plan")
	ok(t, w.Store.KeepWord(ctx, ana.ID, store.Word{Name: "their_stake", Value: "La CALEFACCIÓN no sirve", At: w.Clock.Now()}, anas, ""))
	ok(t, w.Store.KeepWord(ctx, bo.ID, store.Word{Name: "problem", Value: "the heat, and mold on every wall", At: w.Clock.Now()}, bos, ""))
	ok(t, w.Store.Learn(ctx, dots, "Repairs", "the lift stands still", w.Clock.Now()))
	_, err := w.Store.DB().Exec(`UPDATE people SET rung = 2 WHERE id = $1`, dot.ID)
	ok(t, err)
	w.settle(w.promise(ana, anas, -4), "missed")
	w.settle(w.promise(bo, bos, -4), "missed")
	w.Clock.Advance(time.Minute)
	w.settle(w.promise(bo, bos, -1), "kept") // made good
	w.promise(dot, dots, -1)
	w.promise(ana, anas, 9)
	two := 2
	for _, c := range []struct {
		filter phonebank.WaveFilter
		want   string
	}{
		{phonebank.WaveFilter{}, "Ana Bo Cy Dot Eve"},
		{phonebank.WaveFilter{Light: "green"}, "Ana"}, // Bo's last light was another
		{phonebank.WaveFilter{Light: "not_now"}, "Bo"},
		{phonebank.WaveFilter{LastStep: "plan"}, "Dot"},
		{phonebank.WaveFilter{Kind: "maintenance"}, "Bo"},
		{phonebank.WaveFilter{Rung: &two}, "Dot"},
		{phonebank.WaveFilter{Missed: true}, "Ana"},
		{phonebank.WaveFilter{Due: true}, "Dot"},
		{phonebank.WaveFilter{Stake: "calefaccion"}, "Ana"},
		{phonebank.WaveFilter{Stake: "Mold heat"}, "Bo"},
		{phonebank.WaveFilter{Stake: "100%"}, ""},
		{phonebank.WaveFilter{DaysSince: 10}, "Ana Bo"},
		{phonebank.WaveFilter{DaysSince: 11}, "Ana"},
		{phonebank.WaveFilter{Language: "español"}, "Ana"},
		{phonebank.WaveFilter{Language: "English"}, "Bo Dot Eve"},
		{phonebank.WaveFilter{Language: "tigrinya"}, "Cy"},
		{phonebank.WaveFilter{Tag: "repairs"}, "Dot"},
		{phonebank.WaveFilter{NewToUs: true}, "Cy Eve"},
		{phonebank.WaveFilter{Light: "green", DaysSince: 41}, ""},
	} {
		got, err := w.Diary.PreviewWave(ctx, phonebank.Wave{CampaignID: w.Campaign.ID, Channel: phonebank.ByCall, Filter: c.filter})
		ok(t, err)
		if found := strings.Join(got.Samples, " "); found != c.want || got.Found != got.Takes || got.Takes != len(strings.Fields(c.want)) {
			t.Errorf("%+v finds %q (%+v), want %q", c.filter, found, got, c.want)
		}
	}
	// A wrap-up that is taken back takes its talk out, and the talk before it counts again.
	_, err = w.Store.DB().Exec(`UPDATE conversations SET state = 'ended', outcome = '' WHERE id = $1`, bos)
	ok(t, err)
	got, err := w.Diary.PreviewWave(ctx, phonebank.Wave{CampaignID: w.Campaign.ID, Channel: phonebank.ByCall, Filter: phonebank.WaveFilter{Light: "green"}})
	ok(t, err)
	if !slices.Equal(got.Samples, []string{"Ana", "Bo"}) {
		t.Errorf("after Bo's wrap-up was taken back a green light finds %v", got.Samples)
	}
}

func TestWave_TellsTheFirstReasonWhySomebodyIsLeftOut(t *testing.T) {
	w := newWorld(t)
	at := w.Clock.Now() // half past five in New York
	all := map[string]phonebank.Person{}
	for _, name := range []string{"Takes", "Stop", "Hold", "Bad", "StopAndAsleep", "Touched", "Wrote", "Callback", "Busy", "Unasked"} {
		all[name] = w.person(name, func(p *store.NewPerson) {
			if name == "StopAndAsleep" {
				p.Zone = "Europe/Madrid"
			}
			if name == "Unasked" {
				p.TextSource = ""
			}
		})
	}
	w.person("Asleep", func(p *store.NewPerson) { p.Zone = "Europe/Madrid" })
	set := func(query, name string, args ...any) {
		t.Helper()
		_, err := w.Store.DB().Exec(query, append([]any{all[name].PhoneID}, args...)...)
		ok(t, err)
	}
	set(`UPDATE phones SET opted_out_at = $2 WHERE id = $1`, "Stop", at)
	set(`UPDATE phones SET opted_out_at = $2 WHERE id = $1`, "StopAndAsleep", at)
	set(`UPDATE phones SET hold_since = $2 WHERE id = $1`, "Hold", at)
	set(`UPDATE phones SET bad_at = $2 WHERE id = $1`, "Bad", at)
	set(`UPDATE people SET last_contact_at = $2 WHERE phone_id = $1`, "Touched", at.Add(-47*time.Hour))
	set(`UPDATE people SET last_contact_at = $2 WHERE phone_id = $1`, "Takes", at.Add(-49*time.Hour))
	set(`INSERT INTO messages (id, direction, state, phone_id, from_number, to_number, body, at) VALUES ('m1', 'in', 'received', $1, '+1', '+1', 'hi', $2)`, "Wrote", at.Add(-time.Hour))
	_, err := w.Diary.Promise(ctx, all["Callback"].ID, w.Coordinator.ID, phonebank.Wish{Channel: phonebank.ByCall, Reason: phonebank.ReasonAsked, Local: w.local(at.AddDate(0, 0, 20))})
	ok(t, err)
	other := w.texts("Another", "Hi {first_name}", phonebank.WaveFilter{})
	_, err = w.Store.DB().Exec(`UPDATE waves SET state = 'live' WHERE id = $1`, other.ID)
	ok(t, err)
	_, err = w.Store.DB().Exec(`INSERT INTO wave_members (wave_id, person_id, phone_id, state) VALUES ($1, $2, $3, 'filled')`, other.ID, all["Busy"].ID, all["Busy"].PhoneID)
	ok(t, err)

	preview, err := w.Diary.PreviewWave(ctx, phonebank.Wave{CampaignID: w.Campaign.ID, Channel: phonebank.ByText})
	ok(t, err)
	want := phonebank.LeftOut{phonebank.LeftOutStop: 4, phonebank.LeftOutHours: 1, phonebank.LeftOutCooldown: 2, phonebank.LeftOutCallback: 1, phonebank.LeftOutWave: 1, phonebank.LeftOutConsent: 1}
	if preview.Found != 11 || preview.Takes != 1 || fmt.Sprint(preview.LeftOut) != fmt.Sprint(map[phonebank.WaveExclusion]int(want)) || !slices.Equal(preview.Samples, []string{"Takes"}) {
		t.Errorf("the preview says %+v, want left out %v", preview, want)
	}
	calls, err := w.Diary.PreviewWave(ctx, phonebank.Wave{CampaignID: w.Campaign.ID, Channel: phonebank.ByCall})
	ok(t, err)
	if calls.Takes != 2 || calls.LeftOut[phonebank.LeftOutConsent] != 0 {
		t.Errorf("nobody needs to agree to texts to be called: %+v", calls)
	}
	// At ten in the morning in New York it is four in the afternoon in Madrid.
	morning := time.Date(at.Year(), at.Month(), at.Day()+3, 15, 0, 0, 0, time.UTC)
	later, err := w.Diary.PreviewWave(ctx, phonebank.Wave{CampaignID: w.Campaign.ID, Channel: phonebank.ByCall, StartsAt: &morning})
	ok(t, err)
	if later.LeftOut[phonebank.LeftOutHours] != 0 || later.LeftOut[phonebank.LeftOutCooldown] != 0 || later.Takes != 5 {
		t.Errorf("hours and cooldown count at the time of the wave: %+v", later)
	}
	// What the preview says is what the launch does.
	wave := w.texts("Ours", "Hi {first_name}", phonebank.WaveFilter{})
	ok(t, w.Diary.LaunchWave(ctx, wave.ID, w.Coordinator.ID))
	if now := w.wave(wave.ID); now.Size != 1 || now.Found != 11 || fmt.Sprint(now.LeftOut) != fmt.Sprint(want) {
		t.Errorf("launched, it took %d of %d and left out %v", now.Size, now.Found, now.LeftOut)
	}
}

func TestWave_TheNeededTimeIsWhatCallsTakeHere(t *testing.T) {
	w := newWorld(t)
	w.crowd(10)
	s := w.session("Soon")
	preview := func() phonebank.WavePreview {
		p, err := w.Diary.PreviewWave(ctx, phonebank.Wave{CampaignID: w.Campaign.ID, Channel: phonebank.ByCall, SessionID: s.ID})
		ok(t, err)
		return p
	}
	if p := preview(); p.Minutes != 40 || p.SignedUp != 0 {
		t.Errorf("with no calls to go by ten people take %d minutes, %d signed up", p.Minutes, p.SignedUp)
	}
	at := w.Clock.Now()
	for i, minutes := range []int{1, 3} {
		_, err := w.Store.DB().Exec(`INSERT INTO calls (id, kind, state, token, from_number, to_number, created_at, ended_at) VALUES ($1, 'outbound', 'ended', $1, '', '', $2, $3)`,
			fmt.Sprint("call", i), at.Add(-time.Hour), at.Add(-time.Hour+time.Duration(minutes)*time.Minute))
		ok(t, err)
	}
	ok(t, w.Store.SignUp(ctx, s.ID, w.Coordinator.ID, at))
	ok(t, w.Store.SignUp(ctx, s.ID, w.Coordinator.ID, at))
	if p := preview(); p.Minutes != 20 || p.SignedUp != 1 {
		t.Errorf("calls took two minutes each: ten people take %d minutes, %d signed up", p.Minutes, p.SignedUp)
	}
}

func TestWave_RefusesWhatCannotBe(t *testing.T) {
	w := newWorld(t)
	eleven := 11
	for what, wave := range map[string]phonebank.Wave{
		"no name":        {Channel: phonebank.ByText, Body: "Hi"},
		"no words":       {Name: "A", Channel: phonebank.ByText},
		"no channel":     {Name: "A"},
		"a brace":        {Name: "A", Channel: phonebank.ByText, Body: "Hi {volunteer}"},
		"a brace, ahead": {Name: "A", Channel: phonebank.ByCall, HeadsUp: "Hi {first_name"},
		"no such light":  {Name: "A", Channel: phonebank.ByCall, Filter: phonebank.WaveFilter{Light: "red"}},
		"no such rung":   {Name: "A", Channel: phonebank.ByCall, Filter: phonebank.WaveFilter{Rung: &eleven}},
		"new and talked": {Name: "A", Channel: phonebank.ByCall, Filter: phonebank.WaveFilter{NewToUs: true, Light: "green"}},
		"a promise":      {Name: "A", Channel: phonebank.ByCall, Reason: phonebank.ReasonRetaliation},
		"no such time":   {Name: "A", Channel: phonebank.ByCall, Local: "tomorrow"},
		"too long":       {Name: "A", Channel: phonebank.ByText, Body: strings.Repeat("a", 1500)},
		"no such place":  {Name: "A", Channel: phonebank.ByCall, SessionID: "nowhere"},
	} {
		wave.CampaignID, wave.CreatedBy = w.Campaign.ID, w.Coordinator.ID
		_, err := w.Diary.DraftWave(ctx, wave)
		if err == nil || phonebank.KindOf(err) != phonebank.Invalid {
			t.Errorf("%s: %v", what, err)
		}
	}
	if n := w.Count(`SELECT count(*) FROM waves`) + w.Count(`SELECT count(*) FROM sessions WHERE state = 'planned'`); n != 0 {
		t.Errorf("%d rows are left of waves that were refused", n)
	}
}
