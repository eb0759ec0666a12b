package store_test

import (
	"fmt"
	"testing"
	"time"

	"pgregory.net/rapid"

	"phonebank"
	"phonebank/internal/testbank"
	"phonebank/store"
)

// Volunteers claim and give back, people stop, are held and shared numbers among them, the clock goes on into the night: whatever the
// order, a claim hands out nobody who said no, nobody outside their hours, and no number that another volunteer holds.
func TestProperty_WhateverHappensAClaimHandsOutOnlyWhoMayBeCalled(t *testing.T) {
	b := testbank.New(t, testbank.Options{NoLoops: true})
	zones := []string{"America/New_York", "America/Los_Angeles", "Pacific/Honolulu"}
	round, claims := 0, 0
	rapid.Check(t, func(rt *rapid.T) {
		round++
		campaign := phonebank.Campaign{ID: phonebank.NewID[phonebank.CampaignID](b.Clock.Now()), Name: fmt.Sprint("Round ", round), Number: testbank.Ours,
			ScriptID: "heat-recruitment", Zone: zones[0], CreatedAt: b.Clock.Now()}
		ok(t, b.Store.AddCampaign(ctx, campaign))
		session := phonebank.Session{ID: phonebank.NewID[phonebank.SessionID](b.Clock.Now()), CampaignID: campaign.ID, Name: campaign.Name, State: phonebank.SessionOpen, AskID: "meeting",
			CreatedBy: b.Coordinator.ID, CreatedAt: b.Clock.Now()}
		ok(t, b.Store.AddSession(ctx, session, phonebank.NewToken()))
		var list []store.NewPerson
		for i := range rapid.IntRange(1, 8).Draw(rt, "people") {
			zone := rapid.SampledFrom(zones).Draw(rt, "zone")
			list = append(list, store.NewPerson{Name: fmt.Sprint("R", round, "N", i), FirstName: "N", Zone: zone, Zones: zone, Priority: i % 4,
				Number: phonebank.Number(fmt.Sprintf("+1646%03d%04d", round%1000, i/2))}) // every two share one
		}
		ok(t, b.Store.InTx(ctx, func(tx *store.Tx) error {
			_, err := tx.ImportPeople(ctx, campaign.ID, list, "test", b.Clock.Now())
			return err
		}))
		var phones []phonebank.PhoneID
		ok(t, b.Store.DB().Select(&phones, `SELECT DISTINCT phone_id FROM call_list WHERE campaign_id = $1 ORDER BY 1`, campaign.ID))
		shifts := make([]phonebank.Shift, 3)
		for i := range shifts {
			u := phonebank.User{ID: phonebank.NewID[phonebank.UserID](b.Clock.Now()), Name: "V", Role: phonebank.Volunteer, CreatedAt: b.Clock.Now()}
			ok(t, b.Store.AddUser(ctx, u))
			s, err := b.Store.KeepShift(ctx, session.ID, u.ID, true, b.Clock.Now())
			ok(t, err)
			_, err = b.Store.DB().Exec(`UPDATE shifts SET state = 'ready' WHERE id = $1`, s.ID)
			ok(t, err)
			s.State, shifts[i] = phonebank.ShiftReady, s
		}
		for range rapid.IntRange(1, 25).Draw(rt, "steps") {
			who := rapid.IntRange(0, 2).Draw(rt, "who")
			phone := rapid.SampledFrom(phones).Draw(rt, "phone")
			at := b.Clock.Now()
			switch rapid.SampledFrom([]string{"claim", "claim", "claim", "give back", "stop", "hold", "rule", "time"}).Draw(rt, "step") {
			case "claim":
				change, err := shifts[who].Apply(phonebank.ShiftReserve, at)
				if err != nil {
					continue // they hold somebody
				}
				got, err := b.Store.ClaimPerson(ctx, shifts[who], campaign.ID, change)
				if phonebank.KindOf(err) == phonebank.NotFound {
					continue
				}
				ok(t, err)
				claims++
				shifts[who].State, shifts[who].PersonID = phonebank.ShiftReserved, got.PersonID
				held, err := b.Store.Phone(ctx, got.PhoneID)
				ok(t, err)
				person, err := b.Store.Person(ctx, got.PersonID)
				ok(t, err)
				if held.OptedOutAt != nil || held.HoldSince != nil {
					rt.Fatalf("somebody who said no was handed out")
				}
				if !phonebank.MayContact(person.Zone, at, 0) {
					rt.Fatalf("handed out at %s in %s", at, person.Zone)
				}
				if n := b.Count(`SELECT count(*) FROM shifts WHERE state = 'reserved' AND person_id IN (SELECT id FROM people WHERE phone_id = $1)`, got.PhoneID); n != 1 {
					rt.Fatalf("%d volunteers hold one number", n)
				}
			case "give back":
				if shifts[who].State != phonebank.ShiftReserved {
					continue
				}
				p, err := b.Store.Person(ctx, shifts[who].PersonID)
				ok(t, err)
				ok(t, b.Store.ReleaseNumber(ctx, shifts[who].ID, p.PhoneID))
				ok(t, b.Store.GiveBack(ctx, campaign.ID, p.ID))
				_, err = b.Store.DB().Exec(`UPDATE shifts SET state = 'ready', person_id = NULL WHERE id = $1`, shifts[who].ID)
				ok(t, err)
				shifts[who].State, shifts[who].PersonID = phonebank.ShiftReady, ""
			case "stop":
				ok(t, b.Store.InTx(ctx, func(tx *store.Tx) error {
					_, err := tx.OptOut(ctx, phone, "text", "STOP", store.By{}, at)
					return err
				}))
			case "hold":
				ok(t, b.Store.InTx(ctx, func(tx *store.Tx) error {
					_, err := tx.HoldPhone(ctx, phone, "not sure", at)
					return err
				}))
			case "rule":
				ok(t, b.Store.InTx(ctx, func(tx *store.Tx) error {
					return tx.LiftHold(ctx, phone, store.By{User: b.Coordinator.ID, Note: "it was an invitation"}, at)
				}))
			case "time":
				b.Clock.Advance(time.Duration(rapid.IntRange(1, 300).Draw(rt, "minutes")) * time.Minute)
			}
		}
	})
	t.Logf("%d rounds, %d claims", round, claims)
}
