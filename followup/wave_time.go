package followup

import (
	"context"
	"time"

	"phonebank"
	"phonebank/store"
)

// headsUpHour is when people hear from us the day before, on their own clock.
const headsUpHour = 12

// plan sets when a wave starts, on the clock of its campaign, and when the texts of the day before are written.
func plan(w *phonebank.Wave, local string, at time.Time) error {
	starts, err := phonebank.Instant(local, w.Zone)
	switch {
	case err != nil:
		return err
	case starts.Before(at.Add(-time.Minute)):
		return phonebank.Fail(phonebank.Invalid, "%s has passed already. Pick a time that is still to come.", phonebank.WhenThere(w.Zone, starts))
	case starts.After(at.AddDate(1, 0, 0)):
		return phonebank.Fail(phonebank.Invalid, "%s is more than a year away.", phonebank.WhenThere(w.Zone, starts))
	case !phonebank.MayContact(w.Zone, starts, 0):
		return phonebank.WaveHours(w.Zone, starts).Fail(phonebank.Invalid)
	}
	w.Local, w.StartsAt, w.HeadsUpAt, w.Why = local, &starts, nil, ""
	if !w.Calls() || w.HeadsUp == "" || starts.Sub(at) < phonebank.WaveHeadsUpAhead {
		return nil
	}
	loc, err := phonebank.Zone(w.Zone)
	if err != nil {
		return err
	}
	day := starts.In(loc)
	// They are settled at nine, so that noon is still ahead wherever they are.
	written := time.Date(day.Year(), day.Month(), day.Day()-1, phonebank.OpenHour, 0, 0, 0, loc).UTC()
	if written.Before(at) {
		written = at
	}
	w.HeadsUpAt = &written
	return nil
}

// ScheduleWave gives a wave its time: it starts then by itself, and a round of calls opens its session.
func (d *Diary) ScheduleWave(ctx context.Context, id phonebank.WaveID, local string, user phonebank.UserID) error {
	return d.moveWave(ctx, id, user, phonebank.WaveSchedule, func(tx *store.Tx, w *phonebank.Wave, at time.Time) error {
		if w.State != phonebank.WaveDraft {
			return phonebank.Fail(phonebank.Conflict, "This wave is no draft any more. Look again.")
		}
		if err := plan(w, local, at); err != nil {
			return err
		}
		return ready(ctx, tx, *w)
	})
}

// ready answers with what still hinders a wave's start: a session whose ask nobody has settled, or that is over.
func ready(ctx context.Context, tx *store.Tx, w phonebank.Wave) error {
	if !w.Calls() {
		return nil
	}
	s, err := tx.Session(ctx, w.SessionID)
	switch {
	case err != nil:
		return phonebank.Because(err, phonebank.Invalid, "Pick the session in which these calls are made.")
	case s.State == phonebank.SessionEnded:
		return phonebank.Fail(phonebank.Conflict, "That session is over. Pick another one.")
	case s.AskID == "":
		return phonebank.Fail(phonebank.Invalid, "Choose in its session what people are asked to do, or “No ask today”. Then the wave can start.")
	}
	return nil
}

// WithdrawWave takes a scheduled wave back to a draft. Texts of the day before that have not left are cancelled.
func (d *Diary) WithdrawWave(ctx context.Context, id phonebank.WaveID, user phonebank.UserID) error {
	return d.moveWave(ctx, id, user, phonebank.WaveWithdraw, func(tx *store.Tx, w *phonebank.Wave, at time.Time) error {
		if w.State != phonebank.WaveScheduled && w.State != phonebank.WaveDraft {
			return phonebank.Fail(phonebank.Conflict, "This wave has begun, so it can't go back to a draft. Pause it, or end it.")
		}
		w.Why = ""
		return unsettle(ctx, tx, w, store.By{User: user}, at)
	})
}

// unsettle lets everybody go whom a wave had settled on before its start.
func unsettle(ctx context.Context, tx *store.Tx, w *phonebank.Wave, by store.By, at time.Time) error {
	w.PausedAt, w.HeadsUpAt = nil, nil
	if err := tx.CancelWaveRows(ctx, w.ID, "The wave was called off.", by, at); err != nil {
		return err
	}
	return tx.UnsettleWave(ctx, w.ID)
}

// moveWave is one move of a wave by somebody, or by nobody: the row is locked, prepared, and saved with its line in the journal.
func (d *Diary) moveWave(ctx context.Context, id phonebank.WaveID, user phonebank.UserID, event phonebank.WaveEvent, prepare func(*store.Tx, *phonebank.Wave, time.Time) error) error {
	at := d.Now()
	var w phonebank.Wave
	err := d.Store.InTx(ctx, func(tx *store.Tx) error {
		var err error
		if w, err = tx.LockWave(ctx, id); err != nil {
			return err
		}
		return turn(ctx, tx, &w, event, store.By{User: user}, at, prepare)
	})
	if err == nil {
		d.tellWave(w)
	}
	return err
}

// turn applies an event to a locked wave and saves it.
func turn(ctx context.Context, tx *store.Tx, w *phonebank.Wave, event phonebank.WaveEvent, by store.By, at time.Time, prepare func(*store.Tx, *phonebank.Wave, time.Time) error) error {
	change, err := w.Apply(event, at)
	if err != nil {
		return err
	}
	if prepare != nil {
		if err := prepare(tx, w, at); err != nil {
			return err
		}
	}
	if err := tx.SaveWave(ctx, *w, change, by); err != nil {
		return err
	}
	w.State = change.To
	return nil
}

// PauseWave stops a wave at once: nothing of it is offered, released or sent.
func (d *Diary) PauseWave(ctx context.Context, id phonebank.WaveID, user phonebank.UserID) error {
	return d.turnPause(ctx, id, true, user)
}

// ResumeWave lets a paused wave go on.
func (d *Diary) ResumeWave(ctx context.Context, id phonebank.WaveID, user phonebank.UserID) error {
	return d.turnPause(ctx, id, false, user)
}

func (d *Diary) turnPause(ctx context.Context, id phonebank.WaveID, paused bool, user phonebank.UserID) error {
	at := d.Now()
	var w phonebank.Wave
	err := d.Store.InTx(ctx, func(tx *store.Tx) error {
		var err error
		if w, err = tx.LockWave(ctx, id); err != nil {
			return err
		}
		if w.State != phonebank.WaveScheduled && w.State != phonebank.WaveLive {
			return phonebank.Fail(phonebank.Conflict, "Only a wave that is scheduled or live can be paused.")
		}
		return tx.PauseWave(ctx, id, paused, store.By{User: user}, at)
	})
	if err == nil {
		d.tellWave(w)
	}
	return err
}
