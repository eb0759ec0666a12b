package texting_test

import (
	"testing"
	"time"

	"phonebank"
	"phonebank/internal/testbank"
	"phonebank/store"
)

// What decides is read at the claim: somebody who has moved since a text was planned is not texted at night there.
func TestDeliver_AZoneThatChangedSinceTheTextWasPlanned(t *testing.T) {
	for name, c := range map[string]struct {
		about store.About
		zones string
	}{
		"the person's zone":  {store.About{FirstName: "Walt", Zone: "Asia/Kathmandu"}, "America/New_York"},
		"the person's state": {store.About{FirstName: "Walt", Region: "RI"}, ""},
		"the number's zones": {store.About{FirstName: "Walt"}, "Europe/Dublin"},
	} {
		t.Run(name, func(t *testing.T) {
			b := testbank.New(t, testbank.Options{NoLoops: true})
			p := b.Neighbor("Walt Brandt", "+12125550123")
			f := reminder(t, b, p, "See you Thursday.")
			b.Clock.Advance(61 * time.Minute) // past half past six in New York
			ok(t, b.Store.InTx(ctx, func(tx *store.Tx) error { return tx.SetAbout(ctx, p, c.about, b.Coordinator.ID, b.Clock.Now()) }))
			_, err := b.Store.DB().Exec(`UPDATE phones SET zones = $1`, c.zones)
			ok(t, err)
			ok(t, b.Desk.Deliver(ctx, mustOutbox(t, b, f.ID).ID, 0))
			if sent := b.Sent("+12125550123"); len(sent) != 0 {
				t.Fatalf("a text outside the hours there: %v", sent)
			}
			if o := mustOutbox(t, b, f.ID); o.State != phonebank.OutboxHeld && !(o.State == phonebank.OutboxReady && o.NotBefore.After(b.Clock.Now())) {
				t.Errorf("it is %s, from %s on", o.State, o.NotBefore)
			}
		})
	}
}

// A person may answer whoever has just written, at any hour; a reminder that goes by itself waits for the morning.
func TestDeliver_AtNightOnlyAPersonAnswers(t *testing.T) {
	b := testbank.New(t, testbank.Options{NoLoops: true})
	p := b.Neighbor("Walt Brandt", "+12125550123")
	b.Clock.Advance(5 * time.Hour) // half past ten at night
	wrote := b.Clock.Now()
	_, err := b.Store.DB().Exec(`UPDATE phones SET last_inbound_at = $1 WHERE id = $2`, wrote, p.PhoneID)
	ok(t, err)
	ok(t, b.Store.InTx(ctx, func(tx *store.Tx) error {
		if err := tx.GiveConsent(ctx, p.ID, p.PhoneID, "text_ok", "a test", "", "", wrote); err != nil {
			return err
		}
		for id, automatic := range map[phonebank.OutboxID]bool{"answer": false, "reminder": true} {
			if err := tx.AddOutbox(ctx, phonebank.Outbox{ID: id, State: phonebank.OutboxReady, CampaignID: b.Campaign.ID, PersonID: p.ID, PhoneID: p.PhoneID, UserID: b.Coordinator.ID,
				From: testbank.Ours, To: "+12125550123", Body: string(id), Automatic: automatic, NotBefore: wrote, NotAfter: wrote.Add(24 * time.Hour), CreatedAt: wrote}); err != nil {
				return err
			}
		}
		return nil
	}))
	b.Clock.Advance(14 * time.Minute)
	for _, id := range []phonebank.OutboxID{"answer", "reminder"} {
		ok(t, b.Desk.Deliver(ctx, id, 0))
	}
	sent := b.Sent("+12125550123")
	if len(sent) != 1 || sent[0] != "answer" {
		t.Fatalf("at a quarter to eleven at night went: %v", sent)
	}
	reminder, err := b.Store.Outbox(ctx, "reminder")
	ok(t, err)
	if reminder.State != phonebank.OutboxReady || !phonebank.MayContact("America/New_York", reminder.NotBefore, phonebank.SendMargin) {
		t.Errorf("the reminder is %s, from %s on", reminder.State, reminder.NotBefore)
	}
}

// Where only the database counts right, the text goes to a person's list instead of round and round.
func TestCap_WhatOnlyTheDatabaseRefusesWaitsForAPerson(t *testing.T) {
	b := testbank.New(t, testbank.Options{NoLoops: true})
	p := b.Neighbor("Walt Brandt", "+12125550123")
	f := reminder(t, b, p, "See you Thursday.")
	b.Clock.Advance(61 * time.Second)
	// Three texts that another claim wrote down after this one had counted, as only a fault of ours could.
	_, err := b.Store.DB().Exec(`CREATE FUNCTION hide() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN
			INSERT INTO outbox (id, state, phone_id, from_number, to_number, body, token, not_before, not_after, claimed_at, created_at)
			SELECT ''past'' || i, ''accepted'', NEW.phone_id, '''', '''', '''', ''past'' || i, NEW.not_before, NEW.not_after, NEW.claimed_at, NEW.created_at FROM generate_series(1, 3) i;
			RETURN NEW; END'`)
	ok(t, err)
	_, err = b.Store.DB().Exec(`CREATE TRIGGER a_hide BEFORE UPDATE OF state ON outbox FOR EACH ROW WHEN (NEW.state = 'sending') EXECUTE FUNCTION hide()`)
	ok(t, err)
	ok(t, b.Desk.Deliver(ctx, mustOutbox(t, b, f.ID).ID, 0))
	if sent := b.Sent("+12125550123"); len(sent) != 0 {
		t.Fatalf("a fourth text: %v", sent)
	}
	got, err := b.Store.FollowUp(ctx, f.ID)
	ok(t, err)
	if got.State != phonebank.FollowUpNeedsPerson || got.Why != phonebank.TextedOften {
		t.Errorf("its promise is %s: %q", got.State, got.Why)
	}
}
