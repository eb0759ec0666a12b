package panel

import (
	"fmt"
	"testing"

	"phonebank"
)

// wavesOf asks everything of waves once. callback is in a wave already, and so is its person.
func wavesOf(w *apiWorld, callback string) {
	w.Helper()
	w.addPerson("Cy Orr", "212 555 0113")
	plan := map[string]any{"campaign_id": w.campaign.ID, "name": "Check in", "kind": "text", "body": "Hi {first_name}.", "filter": map[string]any{"new_to_us": true}, "reason": "maintenance"}
	preview := w.expect(200, "POST", "/waves/preview", plan)
	if fmt.Sprint(preview["found"], preview["takes"], preview["left_out"]) != "3 0 map[consent:2 cooldown:1]" {
		w.Errorf("the preview of texts says %v", preview)
	}
	plan["kind"], plan["heads_up"] = "call", "Hi {first_name}, we ring tomorrow."
	delete(plan, "body")
	if preview := w.expect(200, "POST", "/waves/preview", plan); preview["takes"] != 2.0 || len(preview["samples"].([]any)) != 2 || preview["minutes"] != 8.0 {
		w.Errorf("the preview of calls says %v", preview)
	}
	wave := w.made("/waves", plan)
	path := "/waves/" + wave["id"].(string)
	if wave["state"] != "draft" || wave["session_id"] == nil || wave["size"] != 0.0 || fmt.Sprint(wave["filter"]) != "map[new_to_us:true]" || wave["zone"] != "America/New_York" {
		w.Errorf("the draft is %v", wave)
	}
	unsettled := w.expect(422, "POST", path+"/schedule", map[string]any{"starts_local": "2026-03-05T18:00"})
	if unsettled["detail"] != "Choose in its session what people are asked to do, or “No ask today”. Then the wave can start." {
		w.Errorf("an ask that nobody has chosen: %v", unsettled["detail"])
	}
	_, err := w.store.DB().Exec(`UPDATE sessions SET ask_id = 'none' WHERE id = $1`, wave["session_id"])
	sure(w.T, err)
	w.expect(422, "POST", path+"/schedule", map[string]any{"starts_local": "2026-03-05T22:00"})
	if now := w.expect(200, "POST", path+"/schedule", map[string]any{"starts_local": "2026-03-05T18:00"}); now["state"] != "scheduled" || now["starts_at"] != "2026-03-05T23:00:00Z" {
		w.Errorf("scheduled, it is %v", now)
	}
	if now := w.expect(200, "POST", path+"/withdraw", nil); now["state"] != "draft" {
		w.Errorf("taken back, it is %v", now)
	}
	w.expect(409, "POST", path+"/pause", nil)
	if now := w.expect(200, "POST", path+"/launch", nil); now["state"] != "live" || now["size"] != 2.0 || now["found"] != 3.0 || now["launched_at"] == nil {
		w.Errorf("launched, it is %v", now)
	}
	w.expect(409, "POST", path+"/launch", nil)
	w.expect(409, "POST", path+"/withdraw", nil)
	if now := w.expect(200, "POST", path+"/pause", nil); now["paused_at"] == nil {
		w.Errorf("paused, it is %v", now)
	}
	if now := w.expect(200, "POST", path+"/resume", nil); now["paused_at"] != nil {
		w.Errorf("going on, it is %v", now)
	}
	sure(w.T, w.tick())
	if s := w.got("/sessions/" + wave["session_id"].(string)); s["state"] != "open" {
		w.Errorf("its session is %v", s["state"])
	}
	if progress := w.got(path + "/progress"); progress["filled"] != 2.0 || progress["waiting"] != 2.0 {
		w.Errorf("its progress is %v", progress)
	}
	people := w.got(path + "/people?limit=1")
	one := people["items"].([]any)[0].(map[string]any)
	if one["name"] != "Bo Lind" && one["name"] != "Cy Orr" || one["follow_up_state"] != "due" || people["next"] == nil {
		w.Errorf("its people begin with %v", one)
	}
	if f := w.got("/follow-ups/" + one["follow_up_id"].(string)); f["reason"] != "maintenance" || f["wave_id"] != wave["id"] || f["automatic"] != false {
		w.Errorf("its follow-up is %v", f)
	}
	if now := w.expect(200, "POST", path+"/finish", nil); now["state"] != "done" || now["done_at"] == nil {
		w.Errorf("ended, it is %v", now)
	}
	if f := w.got("/follow-ups/" + one["follow_up_id"].(string)); f["state"] != "cancelled" || f["why"] != "The wave ended." {
		w.Errorf("with it its follow-up is %v", f)
	}
	if report := w.got(path + "/report"); report["size"] != 2.0 || report["open"] != 2.0 || report["talks"] != 0.0 {
		w.Errorf("the report is %v", report)
	}
	if f := w.got("/follow-ups/" + callback); f["state"] != "planned" {
		w.Errorf("a callback of another wave is %v", f)
	}
	w.expect(404, "GET", "/waves/"+string(phonebank.NewID[phonebank.WaveID](noon))+"/people", nil)
}

func TestAPI_WhatOnlyAWaveWritesCannotBeAskedFor(t *testing.T) {
	w := newAPIWorld(t)
	person := w.addPerson("Ana Ruiz", "212 555 0110")
	for _, reason := range []string{"wave", "heads_up"} {
		w.expect(422, "POST", "/follow-ups", map[string]any{"person_id": person, "kind": "text", "due_at": "2026-03-04T20:00:00Z", "body": "See you?", "reason": reason})
	}
	for what, plan := range map[string]map[string]any{
		"a brace that nobody fills": {"campaign_id": w.campaign.ID, "name": "A", "kind": "text", "body": "Hi {volunteer}."},
		"no words":                  {"campaign_id": w.campaign.ID, "name": "A", "kind": "text"},
		"no such campaign":          {"campaign_id": phonebank.NewID[phonebank.CampaignID](noon), "name": "A", "kind": "call"},
	} {
		if refused := w.expect(422, "POST", "/waves", plan); refused["detail"] == "" {
			t.Errorf("%s: %v", what, refused)
		}
	}
}
