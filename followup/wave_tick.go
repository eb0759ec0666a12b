package followup

import (
	"context"
	"time"

	"phonebank"
	"phonebank/store"
)

// TickWaves does what waves need done without anyone pressing: it starts those whose time has come, writes the rows of live
// ones and the texts of the day before, and ends those of which nothing is left. Any process may run it, any number of times;
// what one wave lacks keeps no other from going on.
func (d *Diary) TickWaves(ctx context.Context) error {
	at := d.Now()
	list, err := d.Store.WavesToTend(ctx, at)
	if err != nil {
		return err
	}
	for _, w := range list {
		if err := d.tend(ctx, w, at); err != nil && ctx.Err() == nil {
			d.Log.Warn("wave not tended", "wave", w.ID, "state", w.State, "error", err)
		}
	}
	return ctx.Err()
}

func (d *Diary) tend(ctx context.Context, w phonebank.Wave, at time.Time) error {
	switch {
	case w.State == phonebank.WaveDone:
		return d.endRows(ctx, w, store.By{})
	case w.PausedAt != nil:
		return nil
	case w.State == phonebank.WaveScheduled && !w.StartsAt.After(at):
		return d.begin(ctx, w.ID)
	case w.State == phonebank.WaveScheduled:
		return d.tellAhead(ctx, w)
	}
	return d.tendLive(ctx, w)
}

// tendLive writes what is still to be written of a live wave, and ends it when nothing of it is left.
func (d *Diary) tendLive(ctx context.Context, w phonebank.Wave) error {
	for {
		n, err := d.fill(ctx, w.ID)
		if err != nil {
			return err
		}
		if n == 0 {
			break
		}
		d.tellWave(w)
		rest(ctx)
	}
	left, err := d.Store.RowsLeft(ctx, w.ID)
	if err != nil || left {
		return err
	}
	return d.finish(ctx, w.ID, "")
}

// rest leaves the database to others for a moment.
func rest(ctx context.Context) {
	select {
	case <-time.After(fillRest):
	case <-ctx.Done():
	}
}

// begin starts a wave at its time. Late, after an outage, it still starts on its day while calling hours are open; else it goes
// back to a draft and says why, and so does one that nobody fits.
func (d *Diary) begin(ctx context.Context, id phonebank.WaveID) error {
	at := d.Now()
	var w phonebank.Wave
	err := d.Store.InTx(ctx, func(tx *store.Tx) error {
		var err error
		if w, err = tx.TryLockWave(ctx, id); err != nil {
			return err
		}
		if w.State != phonebank.WaveScheduled || w.PausedAt != nil || w.StartsAt.After(at) {
			return nil
		}
		if paused, err := tx.Paused(ctx); err != nil || paused != nil {
			return err
		}
		if why := tooLate(w, at); why != "" {
			return giveUp(ctx, tx, &w, why, at)
		}
		err = launch(ctx, tx, &w, store.By{}, at)
		if kind := phonebank.KindOf(err); err != nil && (kind == phonebank.Invalid || kind == phonebank.Conflict) {
			return giveUp(ctx, tx, &w, phonebank.SentenceOf(err), at)
		}
		return err
	})
	switch kind := phonebank.KindOf(err); {
	case err != nil && kind == phonebank.NotFound:
		return nil // another process has it in hand
	case err != nil:
		return err
	}
	d.tellWave(w)
	if w.State != phonebank.WaveLive {
		return nil
	}
	return d.tendLive(ctx, w)
}

// tooLate tells why a wave whose time has passed can't start any more.
func tooLate(w phonebank.Wave, at time.Time) string {
	loc, err := phonebank.Zone(w.Zone)
	if err != nil {
		return "We don't know the time zone of this wave any more. Set its time anew."
	}
	then, now := w.StartsAt.In(loc), at.In(loc)
	if then.Year() != now.Year() || then.YearDay() != now.YearDay() || !phonebank.MayContact(w.Zone, at, 0) {
		return "It could not start at its time, and calling hours were over when it could. Set another time."
	}
	return ""
}

// giveUp takes a wave that can't start back to a draft, with the reason in words.
func giveUp(ctx context.Context, tx *store.Tx, w *phonebank.Wave, why string, at time.Time) error {
	by := store.By{Note: why}
	return turn(ctx, tx, w, phonebank.WaveWithdraw, by, at, func(tx *store.Tx, w *phonebank.Wave, at time.Time) error {
		w.Why = why
		return unsettle(ctx, tx, w, by, at)
	})
}

// launch makes a locked wave live: its people are settled, unless they were the day before, and a round of calls opens its session.
func launch(ctx context.Context, tx *store.Tx, w *phonebank.Wave, by store.By, at time.Time) error {
	return turn(ctx, tx, w, phonebank.WaveLaunch, by, at, func(tx *store.Tx, w *phonebank.Wave, at time.Time) error {
		if err := ready(ctx, tx, *w); err != nil {
			return err
		}
		if w.FixedAt == nil {
			if err := settle(ctx, tx, w, at, by, at); err != nil {
				return err
			}
		} else if err := tx.CancelHeadsUps(ctx, w.ID, "The day before is over.", by, at); err != nil {
			return err
		}
		w.LaunchedAt, w.Why = &at, ""
		if !w.Calls() {
			return nil
		}
		s, err := tx.Session(ctx, w.SessionID)
		if err != nil || s.State == phonebank.SessionOpen {
			return err
		}
		if err := tx.OpenSession(ctx, s.ID, at); err != nil {
			return err
		}
		return tx.Note(ctx, at, "session", string(s.ID), "open", store.By{User: by.User, Note: "its wave began"})
	})
}

// LaunchWave starts a wave now. Its people are found and fixed here; their rows are written in the background.
func (d *Diary) LaunchWave(ctx context.Context, id phonebank.WaveID, user phonebank.UserID) error {
	at := d.Now()
	var w phonebank.Wave
	err := d.Store.InTx(ctx, func(tx *store.Tx) error {
		var err error
		if w, err = tx.LockWave(ctx, id); err != nil {
			return err
		}
		if w.State == phonebank.WaveLive {
			return phonebank.Fail(phonebank.Conflict, "This wave is live already.")
		}
		if !phonebank.MayContact(w.Zone, at, 0) {
			return phonebank.Fail(phonebank.Conflict, "Calling hours are over for today. Give the wave a time instead.")
		}
		w.PausedAt = nil
		return launch(ctx, tx, &w, store.By{User: user}, at)
	})
	if err == nil {
		d.tellWave(w)
	}
	return err
}

// tellAhead settles the people of a wave that is still ahead, and writes their texts of the day before.
func (d *Diary) tellAhead(ctx context.Context, w phonebank.Wave) error {
	if w.FixedAt == nil {
		at := d.Now()
		err := d.Store.InTx(ctx, func(tx *store.Tx) error {
			now, err := tx.TryLockWave(ctx, w.ID)
			if err != nil {
				return err
			}
			if now.State != phonebank.WaveScheduled || now.FixedAt != nil || now.PausedAt != nil || now.HeadsUpAt == nil {
				return nil
			}
			err = settle(ctx, tx, &now, *now.StartsAt, store.By{}, at)
			if phonebank.KindOf(err) == phonebank.Conflict && err != nil {
				return giveUp(ctx, tx, &now, phonebank.SentenceOf(err), at)
			}
			return err
		})
		if phonebank.KindOf(err) == phonebank.NotFound && err != nil {
			return nil
		}
		if err != nil {
			return err
		}
	}
	for {
		n, err := d.headsUp(ctx, w.ID)
		if err != nil || n == 0 {
			return err
		}
		d.tellWave(w)
		rest(ctx)
	}
}

// FinishWave ends a wave. What of it is still to come ends with it; calls and texts that are under way end by themselves.
func (d *Diary) FinishWave(ctx context.Context, id phonebank.WaveID, user phonebank.UserID) error {
	return d.finish(ctx, id, user)
}

func (d *Diary) finish(ctx context.Context, id phonebank.WaveID, user phonebank.UserID) error {
	var ended phonebank.Wave
	err := d.moveWave(ctx, id, user, phonebank.WaveFinish, func(tx *store.Tx, w *phonebank.Wave, at time.Time) error {
		if user == "" {
			left, err := tx.RowsLeft(ctx, id)
			if err != nil || left {
				return phonebank.Because(err, phonebank.Stale, "Something of this wave has begun again.")
			}
		}
		w.DoneAt, w.PausedAt = &at, nil
		ended = *w
		return nil
	})
	if err != nil {
		return err
	}
	return d.endRows(ctx, ended, store.By{User: user})
}

// endRows lets go of everything of an ended wave, some at a time: nothing of it is offered any more in the meantime, and
// whoever is killed here is followed by the worker.
func (d *Diary) endRows(ctx context.Context, w phonebank.Wave, by store.By) error {
	at := d.Now()
	for {
		var n int64
		err := d.Store.InTx(ctx, func(tx *store.Tx) error {
			var err error
			n, err = tx.EndWaveRows(ctx, w, "The wave ended.", by, at)
			return err
		})
		if err != nil || n == 0 {
			return err
		}
		d.tellWave(w)
	}
}

// GatherWave brings chosen callbacks to one session: they are offered there, in the order in which they are due. They were
// agreed with people before, so they outlive the wave.
func (d *Diary) GatherWave(ctx context.Context, name string, session phonebank.SessionID, chosen []phonebank.FollowUpID, user phonebank.UserID) (phonebank.Wave, int64, error) {
	at := d.Now()
	var w phonebank.Wave
	var taken int64
	if len(chosen) == 0 {
		return w, 0, phonebank.Fail(phonebank.Invalid, "Tick at least one call first.")
	}
	ids := make([]string, len(chosen))
	for i, id := range chosen {
		ids[i] = string(id)
	}
	err := d.Store.InTx(ctx, func(tx *store.Tx) error {
		s, err := tx.Session(ctx, session)
		if err != nil {
			return phonebank.Because(err, phonebank.Invalid, "Pick the session in which these calls are made.")
		}
		if s.State == phonebank.SessionEnded {
			return phonebank.Fail(phonebank.Conflict, "That session is over. Pick another one.")
		}
		campaign, err := tx.Campaign(ctx, s.CampaignID)
		if err != nil {
			return err
		}
		w = phonebank.Wave{ID: phonebank.NewID[phonebank.WaveID](at), CampaignID: s.CampaignID, SessionID: s.ID, Name: name, Channel: phonebank.ByCall,
			Reason: phonebank.ReasonAsked, State: phonebank.WaveLive, Zone: campaign.Zone, Gathered: true, CreatedBy: user, CreatedAt: at, LaunchedAt: &at}
		if taken, err = tx.GatherWave(ctx, w, ids); err != nil {
			return err
		}
		if taken == 0 {
			return phonebank.Fail(phonebank.Conflict, "None of these can be called any more, or they belong to another campaign.")
		}
		if s.State == phonebank.SessionPlanned {
			return tx.OpenSession(ctx, s.ID, at)
		}
		return nil
	})
	if err == nil {
		d.tellWave(w)
	}
	return w, taken, err
}
