package followup

import (
	"context"
	"regexp"
	"strings"
	"time"

	"phonebank"
	"phonebank/live"
	"phonebank/store"
)

// What a coordinator writes is bounded.
const (
	longestName = 120
	longestWord = 80
)

// PreviewWave tells whom a wave would take, were it to start at its time, or now where it has none yet.
func (d *Diary) PreviewWave(ctx context.Context, w phonebank.Wave) (phonebank.WavePreview, error) {
	preview := phonebank.WavePreview{LeftOut: phonebank.LeftOut{}}
	if err := checkFilter(w.Filter); err != nil {
		return preview, err
	}
	h, err := hunt(ctx, d.Store, w, d.Now())
	if err != nil {
		return preview, err
	}
	slices, err := d.Store.Slices(ctx, w.CampaignID, store.LookSlice)
	if err != nil {
		return preview, err
	}
	var first phonebank.PersonID
	for _, s := range slices {
		counts, err := d.Store.Sought(ctx, h, s)
		if err != nil {
			return preview, err
		}
		for _, c := range counts {
			preview.Found += c.N
			if c.Why != "" {
				preview.LeftOut[c.Why] += c.N
				continue
			}
			if preview.Takes += c.N; first == "" {
				first = c.First
			}
		}
	}
	if first != "" {
		if preview.Samples, err = d.Store.Named(ctx, h, first, samples); err != nil {
			return preview, err
		}
	}
	pace, err := d.Store.WavePace(ctx)
	if err != nil {
		return preview, err
	}
	preview.Minutes = pace.Minutes(w.Channel, preview.Takes)
	if w.SessionID != "" {
		preview.SignedUp, err = d.Store.SignUps(ctx, w.SessionID)
	}
	return preview, err
}

// samples is how many names a preview shows.
const samples = 5

// reader is what a hunt needs: the store, or a transaction of it.
type reader interface {
	OpenZones(ctx context.Context, at time.Time, margin time.Duration) ([]string, error)
}

// hunt prepares the search for a wave's people: at its time, or now where that has passed or is not set.
func hunt(ctx context.Context, r reader, w phonebank.Wave, now time.Time) (store.Hunt, error) {
	at := now
	if w.StartsAt != nil && w.StartsAt.After(now) {
		at = *w.StartsAt
	}
	margin := time.Duration(0)
	if w.Channel == phonebank.ByText {
		margin = phonebank.SendMargin
	}
	zones, err := r.OpenZones(ctx, at, margin)
	return store.Hunt{Wave: w, At: at, Zones: zones}, err
}

// DraftWave keeps a wave as a draft. A round of calls that names no session gets a planned one of its own.
func (d *Diary) DraftWave(ctx context.Context, w phonebank.Wave) (phonebank.Wave, error) {
	at := d.Now()
	w.ID, w.State, w.CreatedAt = phonebank.NewID[phonebank.WaveID](at), phonebank.WaveDraft, at
	err := d.Store.InTx(ctx, func(tx *store.Tx) error {
		if err := d.checkWave(ctx, tx, &w); err != nil {
			return err
		}
		if w.Calls() && w.SessionID == "" {
			s := phonebank.Session{ID: phonebank.NewID[phonebank.SessionID](at), CampaignID: w.CampaignID, Name: w.Name, State: phonebank.SessionPlanned,
				When: w.Local, AutoAdmit: true, CreatedBy: w.CreatedBy, CreatedAt: at}
			if err := tx.AddSession(ctx, s, phonebank.NewToken()); err != nil {
				return err
			}
			w.SessionID = s.ID
		}
		if err := tx.AddWave(ctx, w); err != nil {
			return err
		}
		return tx.Note(ctx, at, "wave", string(w.ID), "draft", store.By{User: w.CreatedBy})
	})
	if err == nil {
		d.tellWave(w)
	}
	return w, err
}

// ChangeWave stores what a wave is about, while nobody is in it.
func (d *Diary) ChangeWave(ctx context.Context, w phonebank.Wave, user phonebank.UserID) error {
	at := d.Now()
	err := d.Store.InTx(ctx, func(tx *store.Tx) error {
		was, err := tx.LockWave(ctx, w.ID)
		if err != nil {
			return err
		}
		if was.State != phonebank.WaveDraft && was.State != phonebank.WaveScheduled {
			return phonebank.Fail(phonebank.Conflict, "This wave has begun, so it can't be changed any more. Pause it, or end it and make another.")
		}
		w.CampaignID, w.State = was.CampaignID, was.State
		if w.SessionID == "" && w.Channel == was.Channel {
			w.SessionID = was.SessionID
		}
		if err := d.checkWave(ctx, tx, &w); err != nil {
			return err
		}
		if w.State == phonebank.WaveScheduled {
			if err := plan(&w, w.Local, at); err != nil {
				return err
			}
		}
		return tx.EditWave(ctx, w, store.By{User: user}, at)
	})
	if err == nil {
		d.tellWave(w)
	}
	return err
}

// checkWave reads what a coordinator wrote: everything that is wrong with a wave's words is said before it is kept.
func (d *Diary) checkWave(ctx context.Context, tx *store.Tx, w *phonebank.Wave) error {
	for _, words := range []*string{&w.Name, &w.Body, &w.BodyES, &w.HeadsUp, &w.HeadsUpES} {
		*words = strings.TrimSpace(*words)
	}
	campaign, err := tx.Campaign(ctx, w.CampaignID)
	if err != nil {
		return phonebank.Because(err, phonebank.Invalid, "Pick the campaign whose people the wave is for.")
	}
	if w.Zone == "" {
		w.Zone = campaign.Zone
	}
	if w.Reason == "" {
		w.Reason = phonebank.ReasonWave
	}
	switch {
	case w.Name == "":
		return phonebank.Fail(phonebank.Invalid, "Give the wave a name.")
	case len([]rune(w.Name)) > longestName:
		return phonebank.Fail(phonebank.Invalid, "The name of the wave is too long. A few words are enough.")
	case w.Channel != phonebank.ByText && w.Channel != phonebank.ByCall:
		return phonebank.Fail(phonebank.Invalid, "A wave is made of texts or of calls.")
	case w.Channel == phonebank.ByText && w.Body == "":
		return phonebank.Fail(phonebank.Invalid, "Write the text that volunteers start from.")
	case w.Channel == phonebank.ByText:
		w.SessionID, w.HeadsUp, w.HeadsUpES = "", "", ""
	default:
		w.Body, w.BodyES = "", ""
	}
	if !waveReason(w.Reason) {
		return phonebank.Fail(phonebank.Invalid, "A wave can't be for this reason.")
	}
	for _, words := range []string{w.Body, w.BodyES, w.HeadsUp, w.HeadsUpES} {
		if err := checkMerge(words); err != nil {
			return err
		}
	}
	if w.SessionID != "" {
		s, err := tx.Session(ctx, w.SessionID)
		if err != nil {
			return phonebank.Because(err, phonebank.Invalid, "Pick the session in which these calls are made.")
		}
		if s.CampaignID != w.CampaignID {
			return phonebank.Fail(phonebank.Invalid, "That session belongs to another campaign. Pick one of this campaign.")
		}
		if s.State == phonebank.SessionEnded {
			return phonebank.Fail(phonebank.Conflict, "That session is over. Pick another one.")
		}
	}
	if w.Local != "" {
		starts, err := phonebank.Instant(w.Local, w.Zone)
		if err != nil {
			return err
		}
		w.StartsAt = &starts
	} else {
		w.StartsAt = nil
	}
	return checkFilter(w.Filter)
}

// waveReason tells what a wave can be for: not what somebody agreed on with one person.
func waveReason(r phonebank.Reason) bool {
	switch r {
	case phonebank.ReasonWave, phonebank.ReasonAsked, "revisit", "maintenance", "first_week", phonebank.ReasonBefore, phonebank.ReasonAfter, phonebank.ReasonFindOut:
		return true
	}
	return false
}

func checkFilter(f phonebank.WaveFilter) error {
	switch f.Light {
	case "", "green", "yellow", "not_now":
	default:
		return phonebank.Fail(phonebank.Invalid, "%q is no light. It is green, yellow or not_now.", f.Light)
	}
	switch f.Kind {
	case "", phonebank.KindRecruitment, phonebank.KindMaintenance, phonebank.KindEscalation, phonebank.KindAny:
	default:
		return phonebank.Fail(phonebank.Invalid, "%q is no kind of talk. It is recruitment, maintenance or escalation.", f.Kind)
	}
	if f.Rung != nil && (*f.Rung < phonebank.RungMet || *f.Rung > phonebank.RungTop) {
		return phonebank.Fail(phonebank.Invalid, "The ladder has rungs from %d to %d.", phonebank.RungMet, phonebank.RungTop)
	}
	if f.DaysSince < 0 || f.DaysSince > 3650 {
		return phonebank.Fail(phonebank.Invalid, "Write the days since the last talk as a number from 1 to 3650.")
	}
	for _, word := range []string{f.LastStep, f.Stake, f.Language, f.Tag} {
		if len([]rune(word)) > longestWord || strings.ContainsRune(word, 0) {
			return phonebank.Fail(phonebank.Invalid, "Look for one or two words, not for a whole sentence.")
		}
	}
	if f.Stake != "" && phonebank.Fold(f.Stake) == "" {
		return phonebank.Fail(phonebank.Invalid, "Write the word that they said with letters.")
	}
	if f.NewToUs && (f.Light != "" || f.LastStep != "" || f.Kind != "" || f.DaysSince > 0 || f.Tag != "") {
		return phonebank.Fail(phonebank.Invalid, "Who is new to us has had no talk, so nothing about a last talk can be asked as well.")
	}
	return nil
}

// merged are the names that a wave's words may hold. Who will press Send is not known when the drafts are written.
var merged = regexp.MustCompile(`\{(first_name|campaign|org)\}`)

func checkMerge(words string) error {
	if len([]rune(words)) > phonebank.MaxText-200 {
		return phonebank.Fail(phonebank.Invalid, "The text is longer than a text can be once names are in it. Shorten it.")
	}
	if strings.ContainsAny(merged.ReplaceAllString(words, ""), "{}") {
		return phonebank.Fail(phonebank.Invalid, "Only {first_name}, {campaign} and {org} can be filled in here. Take the other braces out.")
	}
	return nil
}

// tellWave tells every screen that shows waves.
func (d *Diary) tellWave(w phonebank.Wave) {
	topics := []string{live.Room}
	if w.SessionID != "" {
		topics = append(topics, "session:"+string(w.SessionID), live.Due)
	}
	d.Live.Publish(topics...)
}
