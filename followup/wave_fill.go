package followup

import (
	"context"
	"strings"
	"time"

	"phonebank"
	"phonebank/script"
	"phonebank/store"
	"phonebank/words"
)

// fillBatch is how many rows of a wave one transaction writes: small enough that a STOP waits for no longer than a blink. Between two of
// them the writer rests, so that those who read and call have the database too.
const (
	fillBatch = 250
	fillRest  = 20 * time.Millisecond
)

// settle finds a wave's people for a moment and fixes them, in the transaction of whoever launches it.
func settle(ctx context.Context, tx *store.Tx, w *phonebank.Wave, starts time.Time, by store.By, at time.Time) error {
	mine, err := tx.OneLaunch(ctx)
	if err != nil {
		return err
	}
	if !mine {
		return phonebank.Fail(phonebank.Unavailable, "Another wave is finding its people this very moment. Try again in a few seconds.")
	}
	then := *w
	then.StartsAt = &starts
	h, err := hunt(ctx, tx, then, starts)
	if err != nil {
		return err
	}
	slices, err := tx.Slices(ctx, w.CampaignID, store.TakeSlice)
	if err != nil {
		return err
	}
	w.Size, w.Found, w.LeftOut = 0, 0, phonebank.LeftOut{}
	for _, s := range slices {
		counts, err := tx.TakeSought(ctx, h, s)
		if err != nil {
			return err
		}
		for _, c := range counts {
			w.Found += c.N
			if c.Why == "" {
				w.Size += c.N
			} else {
				w.LeftOut[c.Why] += c.N
			}
		}
	}
	if w.Size == 0 && w.Found == 0 {
		return phonebank.Fail(phonebank.Conflict, "Nobody fits this wave. Ask for less, or look at the list.")
	}
	if w.Size == 0 {
		return phonebank.Fail(phonebank.Conflict, "Everybody who fits is left out at this time. The preview says why.")
	}
	w.Filled, w.FixedAt = 0, &at
	return tx.SettleWave(ctx, w.ID, w.Size, w.Found, w.LeftOut, by, at)
}

// fill writes a batch of a live wave's follow-ups. Killed in the middle it leaves whole batches only, and whoever comes next
// goes on there. It answers with how many people it settled, 0 where there is nothing to do or another process does it.
func (d *Diary) fill(ctx context.Context, id phonebank.WaveID) (n int, err error) {
	at := d.Now()
	err = d.Store.InTx(ctx, func(tx *store.Tx) error {
		n = 0
		w, err := tx.TryLockWave(ctx, id)
		if err != nil {
			return err
		}
		if w.State != phonebank.WaveLive || w.PausedAt != nil {
			return nil
		}
		campaign, err := tx.Campaign(ctx, w.CampaignID)
		if err != nil {
			return err
		}
		members, err := tx.LockMembers(ctx, id, false, fillBatch)
		if err != nil {
			return err
		}
		out, rows, numbers := map[phonebank.PersonID]phonebank.WaveExclusion{}, make([]phonebank.FollowUp, 0, len(members)), map[phonebank.PhoneID]phonebank.Number{}
		for _, m := range members {
			switch {
			case m.Stopped, !w.Calls() && m.NoTexts:
				out[m.PersonID] = phonebank.LeftOutStop
			case m.Agreed:
				out[m.PersonID] = phonebank.LeftOutCallback
			case m.Met: // a wave that was settled the day before must not ring whom somebody has just talked with
				out[m.PersonID] = phonebank.LeftOutCooldown
			default:
				f, err := d.row(w, m, campaign, at)
				if err != nil {
					return err
				}
				rows, numbers[m.PhoneID] = append(rows, f), m.Number
			}
		}
		if err := tx.LeaveWave(ctx, id, out); err != nil {
			return err
		}
		if _, err := tx.FillWave(ctx, rows, campaign.Number, numbers); err != nil {
			return err
		}
		if n = len(members); n == fillBatch {
			return tx.AddFilled(ctx, id, n)
		}
		return tx.CountFilled(ctx, id) // the last ones: everybody is counted once
	})
	if phonebank.KindOf(err) == phonebank.NotFound && err != nil {
		return 0, nil
	}
	return n, err
}

// row is the follow-up of one person of a live wave: a call that waits in its session, or a draft that waits for a press.
func (d *Diary) row(w phonebank.Wave, m store.Member, campaign phonebank.Campaign, at time.Time) (phonebank.FollowUp, error) {
	zone := phonebank.FirstZone(phonebank.ZonesOf(m.Zone, m.Region, m.PhoneZones))
	loc, err := phonebank.Zone(zone)
	if err != nil {
		return phonebank.FollowUp{}, err
	}
	f := phonebank.FollowUp{ID: phonebank.NewID[phonebank.FollowUpID](at), CampaignID: w.CampaignID, PersonID: m.PersonID, PhoneID: m.PhoneID, WaveID: w.ID,
		SessionID: w.SessionID, Channel: w.Channel, Reason: w.Reason, State: phonebank.FollowUpDue, Local: at.In(loc).Format(phonebank.LocalForm), Zone: zone,
		DueAt: at.UTC(), NotAfter: at.AddDate(0, 0, 14).UTC(), CreatedAt: at}
	if !w.Calls() {
		f.State, f.OwnerID, f.Why = phonebank.FollowUpNeedsPerson, m.OwnerID, "Written and waiting for your press."
		f.Body, f.NotAfter = d.merge(w.Body, w.BodyES, m, campaign), at.Add(phonebank.LateBy).UTC()
	}
	return f, nil
}

// merge writes a wave's words for one person, in their language where the wave has them in it.
func (d *Diary) merge(en, es string, m store.Member, campaign phonebank.Campaign) string {
	said := en
	if es != "" && words.Spoken(m.Languages) == words.Spanish {
		said = es
	}
	return script.Straighten(strings.NewReplacer("{first_name}", m.FirstName, "{campaign}", campaign.Name, "{org}", d.Org).Replace(said))
}

// headsUp writes a batch of the texts of the day before. They go by themselves only to people who agreed to reminders; for
// others who may be texted a draft waits for a press; nobody else hears of it.
func (d *Diary) headsUp(ctx context.Context, id phonebank.WaveID) (n int, err error) {
	at := d.Now()
	err = d.Store.InTx(ctx, func(tx *store.Tx) error {
		n = 0
		w, err := tx.TryLockWave(ctx, id)
		if err != nil {
			return err
		}
		if w.State != phonebank.WaveScheduled || w.PausedAt != nil || w.FixedAt == nil || w.StartsAt == nil || !w.StartsAt.After(at) {
			return nil
		}
		campaign, err := tx.Campaign(ctx, w.CampaignID)
		if err != nil {
			return err
		}
		members, err := tx.LockMembers(ctx, id, true, fillBatch)
		if err != nil {
			return err
		}
		rows, numbers, told := make([]phonebank.FollowUp, 0, len(members)), map[phonebank.PhoneID]phonebank.Number{}, []string{}
		for _, m := range members {
			f, goes, err := d.dayBefore(w, m, campaign, at)
			if err != nil {
				return err
			}
			if goes {
				rows, numbers[m.PhoneID] = append(rows, f), m.Number
			} else {
				told = append(told, string(m.PersonID))
			}
		}
		if _, err := tx.FillWave(ctx, rows, campaign.Number, numbers); err != nil {
			return err
		}
		n = len(members)
		return tx.ToldMembers(ctx, id, told)
	})
	if phonebank.KindOf(err) == phonebank.NotFound && err != nil {
		return 0, nil
	}
	return n, err
}

// dayBefore is the text of the day before for one person, at noon on their own clock, or as soon after that as may be.
func (d *Diary) dayBefore(w phonebank.Wave, m store.Member, campaign phonebank.Campaign, at time.Time) (f phonebank.FollowUp, goes bool, err error) {
	if m.Stopped || m.NoTexts || m.Agreed || m.Met || !m.TextByHand {
		return f, false, nil
	}
	zones := phonebank.ZonesOf(m.Zone, m.Region, m.PhoneZones)
	zone := phonebank.FirstZone(zones)
	loc, err := phonebank.Zone(zone)
	if err != nil {
		return f, false, err
	}
	house, err := phonebank.Zone(w.Zone)
	if err != nil {
		return f, false, err
	}
	day := w.StartsAt.In(house)
	due := time.Date(day.Year(), day.Month(), day.Day()-1, headsUpHour, 0, 0, 0, loc)
	if due.Before(at) {
		due = at
	}
	if due = phonebank.NextContact(zones, due, phonebank.SendMargin); due.IsZero() || !due.Before(w.StartsAt.Add(-time.Hour)) {
		return f, false, nil
	}
	f = phonebank.FollowUp{ID: phonebank.NewID[phonebank.FollowUpID](at), CampaignID: w.CampaignID, PersonID: m.PersonID, PhoneID: m.PhoneID, WaveID: w.ID,
		Channel: phonebank.ByText, Reason: phonebank.ReasonHeadsUp, State: phonebank.FollowUpNeedsPerson, Why: "Written and waiting for your press.",
		OwnerID: m.OwnerID, Body: d.merge(w.HeadsUp, w.HeadsUpES, m, campaign), Local: due.In(loc).Format(phonebank.LocalForm), Zone: zone, DueAt: due.UTC(),
		NotAfter: due.Add(phonebank.LateBy).UTC(), CreatedAt: at}
	if f.NotAfter.After(*w.StartsAt) {
		f.NotAfter = *w.StartsAt
	}
	if m.TextByRobot {
		f.State, f.Why, f.Automatic = phonebank.FollowUpPlanned, "", true
	}
	return f, true, nil
}
