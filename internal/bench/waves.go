package main

import (
	"context"
	"fmt"
	"time"

	"phonebank"
)

const (
	waveBuilt  = 10_000
	waveLoaded = 20_000
)

// measureWaves builds a wave of 10,000 people out of 100,000, and reads every page of waves, as a coordinator's browser would, while waves of
// 20,000 are launched and their rows are written.
func measureWaves(ctx context.Context, w *world, r *report) error {
	if err := w.talks(ctx); err != nil {
		return err
	}
	built, err := w.draftWave(ctx, "Ten thousand", phonebank.WaveFilter{Light: "green", DaysSince: 3})
	if err != nil {
		return err
	}
	began := time.Now()
	preview, err := w.diary.PreviewWave(ctx, built)
	if err != nil {
		return err
	}
	looked := time.Since(began)
	began = time.Now()
	if err := w.diary.LaunchWave(ctx, built.ID, w.coordinator.ID); err != nil {
		return err
	}
	found := time.Since(began)
	began = time.Now()
	if err := w.diary.TickWaves(ctx); err != nil {
		return err
	}
	filled := time.Since(began)
	table([][]string{{"a wave of", "out of", "preview", "found and fixed", "its rows written"},
		{fmt.Sprint(preview.Takes), fmt.Sprint(listed), looked.Round(time.Millisecond).String(), found.Round(time.Millisecond).String(), filled.Round(time.Millisecond).String()}})
	r.hold("a wave of 10,000 from 100,000, until it is live", found.Round(time.Millisecond).String(), "<= 5s", found <= 5*time.Second)
	r.must("people of the wave who are missing", max(waveBuilt-preview.Takes, preview.Takes-waveBuilt))
	if err := w.diary.FinishWave(ctx, built.ID, w.coordinator.ID); err != nil {
		return err
	}
	return w.readWhileFilling(ctx, r)
}

func (w *world) draftWave(ctx context.Context, name string, f phonebank.WaveFilter) (phonebank.Wave, error) {
	return w.diary.DraftWave(ctx, phonebank.Wave{CampaignID: w.campaign.ID, Name: name, Channel: phonebank.ByText, Body: "Hi {first_name}, how did it go?", Filter: f, CreatedBy: w.coordinator.ID})
}

// talks gives six in ten of the people a talk: one in ten ended green and may be texted, two in ten yellow, three not now.
func (w *world) talks(ctx context.Context) error {
	at := w.clock.Now()
	if _, err := w.admin.ExecContext(ctx, `
		INSERT INTO conversations (id, campaign_id, person_id, user_id, channel, state, script_id, script_version, kind, ask_id, outcome, light, last_step, started_at, wrapped_at)
		SELECT 'WAVE' || lpad(n::text, 22, '0'), $1, person_id, $2, 'call', 'wrapped', $3, 1, 'recruitment', 'none', 'connected',
			CASE WHEN n % 10 = 0 THEN 'green' WHEN n % 10 < 3 THEN 'yellow' ELSE 'not_now' END, 'ask', $4::timestamptz - interval '10 days', $4::timestamptz - interval '10 days'
		FROM (SELECT person_id, row_number() OVER (ORDER BY person_id) AS n FROM call_list WHERE campaign_id = $1) l WHERE n % 10 < 6`,
		w.campaign.ID, w.coordinator.ID, w.campaign.ScriptID, at); err != nil {
		return err
	}
	if _, err := w.admin.ExecContext(ctx, `
		INSERT INTO consents (id, person_id, phone_id, channel, given, source, at)
		SELECT 'WAVE' || right(l.person_id, 22), l.person_id, l.phone_id, 'text', true, 'a sheet', $1 FROM call_list l JOIN last_talks t ON t.person_id = l.person_id WHERE t.light <> 'not_now'
		ON CONFLICT DO NOTHING`, at); err != nil {
		return err
	}
	_, err := w.admin.ExecContext(ctx, `ANALYZE`)
	return err
}
