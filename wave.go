package phonebank

import (
	"database/sql/driver"
	"encoding/json"
	"fmt"
	"time"
)

// Wave is a round of calls or texts that a coordinator plans from what earlier talks found: a filter, a time, and a session
// (calls) or the volunteers' queues (texts). It finds its people at launch; nobody is in two live waves.
type Wave struct {
	ID         WaveID     `db:"id"`
	CampaignID CampaignID `db:"campaign_id"`
	SessionID  SessionID  `db:"session_id"` // where its calls are made; empty for texts
	Name       string     `db:"name"`
	Channel    Channel    `db:"channel"`
	Reason     Reason     `db:"reason"` // why these people now: what its follow-ups carry
	State      WaveState  `db:"state"`
	Filter     WaveFilter `db:"filter"`
	Body       string     `db:"body"`     // of a text wave: the draft that a volunteer reads, changes and sends
	HeadsUp    string     `db:"heads_up"` // of a call wave: the text of the day before, empty for none
	BodyES     string     `db:"body_es"`  // the same for people who would rather talk in Spanish; empty: Body for all
	HeadsUpES  string     `db:"heads_up_es"`
	Local      string     `db:"local_wish"` // when it starts, in Zone, as it was written
	Zone       string     `db:"zone"`
	StartsAt   *time.Time `db:"starts_at"`
	PausedAt   *time.Time `db:"paused_at"`   // while it is set, nothing of this wave is offered or released
	Size       int        `db:"size"`        // people it took when they were found
	Filled     int        `db:"filled"`      // of these, how many have their follow-up already, or left before they had one
	Found      int        `db:"found"`       // who fit the filter then
	LeftOut    LeftOut    `db:"left_out"`    // those it did not take, by the first reason that held
	Why        string     `db:"why"`         // why it went back to a draft, in words
	Gathered   bool       `db:"gathered"`    // callbacks that were agreed before, brought to a session: they outlive the wave
	HeadsUpAt  *time.Time `db:"heads_up_at"` // when the texts of the day before are written; nil: there are none
	FixedAt    *time.Time `db:"fixed_at"`    // since when its people are settled
	CreatedBy  UserID     `db:"created_by"`
	CreatedAt  time.Time  `db:"created_at"`
	LaunchedAt *time.Time `db:"launched_at"`
	DoneAt     *time.Time `db:"done_at"`
}

type (
	WaveState string
	WaveEvent string
)

const (
	WaveDraft     WaveState = "draft"
	WaveScheduled WaveState = "scheduled"
	WaveLive      WaveState = "live"
	WaveDone      WaveState = "done"
)

const (
	WaveSchedule WaveEvent = "schedule"
	WaveWithdraw WaveEvent = "withdraw" // back to a draft: nobody was contacted yet
	WaveLaunch   WaveEvent = "launch"
	WaveFinish   WaveEvent = "finish" // everybody was reached or let go, or a coordinator ended it
)

// WaveTable holds every move of a wave. A finished one is a record: who is still to be called goes into a new one.
var WaveTable = newTable[WaveState, WaveEvent]("wave", `
           schedule   withdraw  launch  finish
draft      scheduled  .         live    done
scheduled  .          draft     live    done
live       x          x         .       done
done       x          x         x       .
`)

// Apply answers with the move an event makes.
func (w Wave) Apply(event WaveEvent, at time.Time) (Change[WaveState, WaveEvent], error) {
	return WaveTable.Apply(w.State, event, at)
}

// Calls tells a round of calls, which has a session, from a round of texts.
func (w Wave) Calls() bool { return w.Channel == ByCall }

// WaveTries is how often one person is rung within one wave.
const WaveTries = 3

// WaveFilter says who belongs to a wave, by what earlier talks found. Every field that is set must hold; an empty filter is
// everybody on the campaign's list.
type WaveFilter struct {
	Light     string `json:"light,omitempty"`      // green, yellow or not_now: the last light of their last talk
	LastStep  string `json:"last_step,omitempty"`  // the step in which their last talk ended
	Kind      string `json:"kind,omitempty"`       // of their last talk: recruitment, maintenance, escalation
	Rung      *int   `json:"rung,omitempty"`       // where they stand on the ladder
	Missed    bool   `json:"missed,omitempty"`     // a promise of theirs was missed and not made good since
	Due       bool   `json:"due,omitempty"`        // a promise of theirs is open and its day has come
	Stake     string `json:"stake,omitempty"`      // a word in what they said they care about
	DaysSince int    `json:"days_since,omitempty"` // their last talk is at least this many days ago
	Language  string `json:"language,omitempty"`   // they speak it; for English also those of whom nobody wrote down another
	Tag       string `json:"tag,omitempty"`        // what else came out of a talk with them
	NewToUs   bool   `json:"new_to_us,omitempty"`  // nobody of ours has talked with them
}

// Value and Scan keep a filter as JSON.
func (f WaveFilter) Value() (driver.Value, error) {
	raw, err := json.Marshal(f)
	return string(raw), err
}

func (f *WaveFilter) Scan(from any) error {
	*f = WaveFilter{}
	switch raw := from.(type) {
	case []byte:
		return json.Unmarshal(raw, f)
	case string:
		return json.Unmarshal([]byte(raw), f)
	}
	return fmt.Errorf("a wave's filter is JSON, not %T", from)
}

// WaveExclusion is why somebody who fits a filter is left out of a wave.
type WaveExclusion string

const (
	LeftOutStop     WaveExclusion = "opt_out"  // they said no, or may have, or their number can't be reached
	LeftOutHours    WaveExclusion = "hours"    // where they are, calling hours are closed at the wave's time
	LeftOutCooldown WaveExclusion = "cooldown" // somebody was in touch within WaveCooldown
	LeftOutCallback WaveExclusion = "callback" // a call or text that was agreed with them is still to come
	LeftOutWave     WaveExclusion = "wave"     // another live wave has them
	LeftOutConsent  WaveExclusion = "consent"  // a text, and nobody recorded that they may be texted
)

// WaveExclusions lists them in the order in which they are told; a person counts for the first that holds.
var WaveExclusions = []WaveExclusion{LeftOutStop, LeftOutHours, LeftOutCooldown, LeftOutCallback, LeftOutWave, LeftOutConsent}

// WaveCooldown is how long somebody is left in peace by waves after any contact.
const WaveCooldown = 48 * time.Hour

// WavePreview is what a coordinator reads before a wave is launched.
type WavePreview struct {
	Found    int                   // who fit the filter
	Takes    int                   // of these, who would be in the wave
	LeftOut  map[WaveExclusion]int // the others, by the first reason that holds
	Samples  []string              // a few names of those it takes
	Minutes  int                   // of callers' time that it needs, all together
	SignedUp int                   // volunteers who signed up for its session
}

// LeftOut counts people by the reason why a wave does not take them.
type LeftOut map[WaveExclusion]int

// Value and Scan keep the counts as JSON.
func (l LeftOut) Value() (driver.Value, error) {
	raw, err := json.Marshal(l)
	return string(raw), err
}

func (l *LeftOut) Scan(from any) error {
	*l = LeftOut{}
	raw, ok := from.([]byte)
	if !ok {
		return fmt.Errorf("counts by reason are JSON, not %T", from)
	}
	return json.Unmarshal(raw, l)
}

type (
	MemberState string
	MemberEvent string
)

const (
	MemberWaiting MemberState = "waiting" // in the wave, their follow-up is still to be written
	MemberFilled  MemberState = "filled"
	MemberLeft    MemberState = "left" // they said stop, or something else came between, after they were found
	MemberOver    MemberState = "over" // the wave has ended
)

const (
	MemberFill   MemberEvent = "fill"
	MemberLeave  MemberEvent = "leave"
	MemberFinish MemberEvent = "finish"
)

// MemberTable holds every move of a person within a wave.
var MemberTable = newTable[MemberState, MemberEvent]("place in a wave", `
         fill    leave  finish
waiting  filled  left   over
filled   .       left   over
left     .       .      .
over     .       .      .
`)

// WaveHeadsUpAhead is how far ahead a wave must be scheduled for its people to be told the day before.
const WaveHeadsUpAhead = 24 * time.Hour

// What one try takes of a volunteer's time where this phone bank has no calls of its own yet to go by, from the ring to the
// saved wrap-up; and what reading, changing and sending one draft takes.
const (
	WaveMinutesPerCall = 4.0
	WaveMinutesPerText = 1.0
)
