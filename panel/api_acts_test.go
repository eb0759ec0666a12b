package panel

import (
	"fmt"
	"strings"
	"testing"

	"phonebank"
	"phonebank/store"
)

func TestAPI_ATextIsPromisedInThePersonsOwnTime(t *testing.T) {
	w := newAPIWorld(t)
	person := w.addPerson("Ana Ruiz", "212 555 0110")
	f := w.made("/follow-ups", map[string]any{"person_id": person, "kind": "text", "due_at": "2026-03-04T20:00:30.000Z", "body": " See you at six? "})
	for field, want := range map[string]any{
		"state": "planned", "due_at": "2026-03-04T20:00:00Z", "due_local": "2026-03-04T15:00", "zone": "America/New_York",
		"body": "See you at six?", "reason": "asked", "automatic": false, "owner_id": string(w.user.ID), "campaign_id": string(w.campaign.ID),
	} {
		if f[field] != want {
			t.Errorf("%s is %v, want %v", field, f[field], want)
		}
	}
	text := w.got("/outbox")["items"].([]any)[0].(map[string]any)
	if text["follow_up_id"] != f["id"] || text["state"] != "held" {
		t.Errorf("nobody recorded that she may be texted, and her text is %v", text)
	}
	moved := w.expect(200, "POST", "/follow-ups/"+f["id"].(string)+"/move", map[string]any{"due_at": "2026-03-09T10:00:00-04:00"})
	if moved["due_local"] != "2026-03-09T10:00" || moved["due_at"] != "2026-03-09T14:00:00Z" {
		t.Errorf("over the change of the clocks it moved to %v, %v", moved["due_local"], moved["due_at"])
	}
	w.expect(422, "POST", "/follow-ups/"+f["id"].(string)+"/move", map[string]any{"due_at": "2026-03-09T23:00:00-04:00"})
	cancelled := w.expect(200, "POST", "/follow-ups/"+f["id"].(string)+"/cancel", nil)
	if cancelled["state"] != "cancelled" || cancelled["why"] != "Taken back by Bea." || cancelled["done_at"] == nil {
		t.Errorf("cancelled, it reads %v", cancelled)
	}
	w.expect(409, "POST", "/follow-ups/"+f["id"].(string)+"/move", map[string]any{"due_at": "2026-03-09T10:00:00-04:00"})
}

func TestAPI_StopCancelsWhatWasDueAndForbidsMore(t *testing.T) {
	w := newAPIWorld(t)
	ctx := t.Context()
	leaver, stayer := w.addPerson("Ana Ruiz", "212 555 0110"), w.addPerson("Bo Lind", "212 555 0111")
	promise := func(person string) map[string]any {
		return map[string]any{"person_id": person, "kind": "text", "due_at": "2026-03-04T20:00:00Z", "body": "See you?"}
	}
	due := w.made("/follow-ups", promise(leaver))["id"].(string)
	phone, err := w.store.PhoneByNumber(ctx, "+12125550110")
	sure(t, err)
	sure(t, w.store.InTx(ctx, func(tx *store.Tx) error {
		_, err := tx.OptOut(ctx, phone.ID, "text", "Stop.", store.By{}, noon)
		return err
	}))
	if f := w.got("/follow-ups/" + due); f["state"] != "cancelled" {
		t.Errorf("after STOP the text that was due is %v", f["state"])
	}
	if p := w.got("/people/" + leaver); p["opted_out_at"] != "2026-03-03T17:00:00Z" {
		t.Errorf("after STOP the person reads %v", p)
	}
	refused := w.expect(403, "POST", "/follow-ups", promise(leaver))
	if refused["type"] != problemType+"forbidden" || !strings.Contains(refused["detail"].(string), "stop") {
		t.Errorf("a text asked for after STOP is refused with %v", refused)
	}
	w.made("/follow-ups", promise(stayer))

	// Written down or imported once more, they stay stopped.
	again := w.expect(200, "POST", "/people", map[string]any{"name": "Ana Ruiz", "number": "+12125550110", "text_consent": "said so", "campaign_id": w.campaign.ID})
	report := w.expect(200, "POST", "/people/imports", map[string]any{"campaign_id": w.campaign.ID, "csv": "name,phone\nAna Ruiz,2125550110\n", "text_consent": "said so"})
	if again["id"] != leaver || again["opted_out_at"] == nil || report["known"] != 1.0 || report["stopped"] != 1.0 {
		t.Errorf("brought in again: %v, %v", again, report)
	}
	w.expect(403, "POST", "/follow-ups", promise(leaver))
}

func TestAPI_ATextGoesByItselfOnlyWhereThePersonAgreed(t *testing.T) {
	w := newAPIWorld(t)
	ctx := t.Context()
	person := w.addPerson("Ana Ruiz", "212 555 0110")
	phone, err := w.store.PhoneByNumber(ctx, "+12125550110")
	sure(t, err)
	promise := map[string]any{"person_id": person, "kind": "text", "due_at": "2026-03-04T20:00:00Z", "body": "See you?", "reason": "before_commitment"}
	if f := w.made("/follow-ups", promise); f["automatic"] != false {
		t.Error("a reminder goes by itself to somebody who never agreed to that")
	}
	sure(t, w.store.GiveConsent(ctx, phonebank.PersonID(person), phone.ID, "text_ok", "talk", "May we text you?", string(w.user.ID), noon))
	if f := w.made("/follow-ups", promise); f["automatic"] != true {
		t.Error("a reminder that was agreed waits for a press")
	}
	promise["reason"] = "asked"
	if f := w.made("/follow-ups", promise); f["automatic"] != false {
		t.Error("a text that was not agreed in a talk goes by itself")
	}
}

func TestAPI_AnImportTellsWhatItCouldNotUse(t *testing.T) {
	w := newAPIWorld(t)
	file := map[string]any{"campaign_id": w.campaign.ID, "csv": "first_name,last_name,phone,shoe\nBo,Lind,2125550111,42\nNo,Number,,43\n", "text_consent": "May block party"}
	first := w.expect(200, "POST", "/people/imports", file)
	if fmt.Sprint(first["new"], first["known"], first["may_be_texted"], first["ignored"]) != "1 0 1 [shoe]" ||
		fmt.Sprint(first["rejected"]) != "[map[line:3 reason:There is no phone number.]]" {
		t.Errorf("the report says %v", first)
	}
	if second := w.expect(200, "POST", "/people/imports", file); second["new"] != 0.0 || second["known"] != 1.0 {
		t.Errorf("the same file again: %v", second)
	}
	none := w.expect(200, "POST", "/people/imports", map[string]any{"campaign_id": w.campaign.ID, "csv": "name,phone\nAna,soon\n"})
	if none["new"] != 0.0 || len(none["rejected"].([]any)) != 1 {
		t.Errorf("a file without a usable row: %v", none)
	}
	bo := w.got("/people?q=lind")["items"].([]any)[0].(map[string]any)
	if bo["number"] != "+12125550111" || fmt.Sprint(bo["campaign_ids"]) != "["+string(w.campaign.ID)+"]" {
		t.Errorf("Bo was imported as %v", bo)
	}
	var by string
	sure(t, w.store.DB().Get(&by, `SELECT stated_by FROM consents WHERE channel = 'text' AND source = 'May block party'`))
	if by != string(w.user.ID) {
		t.Errorf("the consent was stated by %q", by)
	}
}

func TestAPI_TheJoinLinkIsShownOnce(t *testing.T) {
	w := newAPIWorld(t)
	s := w.made("/sessions", map[string]any{"campaign_id": w.campaign.ID, "name": "Tuesday"})
	token, ok := strings.CutPrefix(s["join_url"].(string), "https://bank.example.org/j/")
	found, err := w.store.SessionByJoin(t.Context(), token)
	if !ok || err != nil || string(found.ID) != s["id"] {
		t.Errorf("the join link %v leads to %q, %v", s["join_url"], found.ID, err)
	}
	path := "/sessions/" + s["id"].(string)
	for _, later := range []map[string]any{w.got(path), w.expect(200, "POST", path+"/open", nil)} {
		if later["join_url"] != nil {
			t.Error("the join link is shown again")
		}
	}
	w.expect(409, "POST", path+"/open", nil)
	if ended := w.expect(200, "POST", path+"/end", nil); ended["state"] != "ended" || ended["ended_at"] == nil {
		t.Errorf("ended, it reads %v", ended)
	}
	w.expect(409, "POST", path+"/end", nil)
}

func TestAPI_PauseSaysWhoAndSinceWhen(t *testing.T) {
	w := newAPIWorld(t)
	if now := w.got("/pause"); now["paused"] != false {
		t.Errorf("at first it is %v", now)
	}
	w.expect(200, "POST", "/pause", nil)
	_, w.token = w.addUser("Ada", phonebank.Admin)
	if now := w.expect(200, "POST", "/pause", nil); now["paused"] != true || now["by"] != "Bea" || now["since"] != "2026-03-03T17:00:00Z" {
		t.Errorf("paused twice it is %v", now)
	}
	if now := w.expect(200, "DELETE", "/pause", nil); now["paused"] != false || now["by"] != nil {
		t.Errorf("lifted it is %v", now)
	}
}

func TestAPI_AVolunteersOwnLineIsNotShown(t *testing.T) {
	w := newAPIWorld(t)
	leg := phonebank.Call{
		ID: phonebank.NewID[phonebank.CallID](noon), Kind: phonebank.CallVolunteer, State: phonebank.CallReserved, Token: phonebank.NewToken(),
		From: w.campaign.Number, To: "+12125550199", Tries: 1, CreatedAt: noon,
	}
	sure(t, w.store.AddCall(t.Context(), leg, ""))
	if items := w.got("/calls")["items"].([]any); len(items) != 0 {
		t.Errorf("calls are %v", items)
	}
	w.expect(404, "GET", "/calls/"+string(leg.ID), nil)
}

func TestAPI_WithoutItsRecordsItSaysTryAgain(t *testing.T) {
	w := newAPIWorld(t)
	sure(t, w.store.DB().Close())
	reply := w.call("GET", "/people", nil)
	if reply.status != 503 || reply.header.Get("Retry-After") == "" || strings.Contains(reply.body["detail"].(string), "sql") {
		t.Errorf("without Postgres it answered %d %v", reply.status, reply.body)
	}
}
