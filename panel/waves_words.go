package panel

import (
	"strings"
	"time"

	"phonebank"
	"phonebank/store"
	"phonebank/words"
)

// What a wave is, in words: the lines of its filter, why somebody is left out, how it stands, what it takes.

// filterLine is one line of a wave's filter, with what the filter is without it.
type filterLine struct {
	Words string
	Rest  phonebank.WaveFilter
}

// clauses says a filter line by line.
func clauses(l words.Language, f phonebank.WaveFilter, steps []choice, names ladder) (list []filterLine) {
	add := func(said string, drop func(*phonebank.WaveFilter)) {
		rest := f
		drop(&rest)
		list = append(list, filterLine{said, rest})
	}
	if f.Light != "" {
		add(l.Say(lastLightWords(f.Light)), func(f *phonebank.WaveFilter) { f.Light = "" })
	}
	if f.LastStep != "" {
		add(l.Say("Their last talk ended at the step “%s”.", named(steps, f.LastStep)), func(f *phonebank.WaveFilter) { f.LastStep = "" })
	}
	if f.Kind != "" {
		add(l.Say("Their last talk was of this kind: %s.", l.Say(kindNames[f.Kind])), func(f *phonebank.WaveFilter) { f.Kind = "" })
	}
	if f.Rung != nil {
		add(l.Say("They stand on the rung “%s”.", names.Name(*f.Rung)), func(f *phonebank.WaveFilter) { f.Rung = nil })
	}
	if f.Missed {
		add(l.Say("They missed a promise, and have kept none since."), func(f *phonebank.WaveFilter) { f.Missed = false })
	}
	if f.Due {
		add(l.Say("The day of a promise of theirs has come."), func(f *phonebank.WaveFilter) { f.Due = false })
	}
	if f.Stake != "" {
		add(l.Say("What they care about has “%s” in it.", f.Stake), func(f *phonebank.WaveFilter) { f.Stake = "" })
	}
	if f.DaysSince > 0 {
		add(l.Say("Their last talk was at least %s ago.", l.Count(f.DaysSince, "day", "days")), func(f *phonebank.WaveFilter) { f.DaysSince = 0 })
	}
	if f.Language != "" {
		add(l.Say("They speak %s.", f.Language), func(f *phonebank.WaveFilter) { f.Language = "" })
	}
	if f.Tag != "" {
		add(l.Say("A talk with them brought out: %s.", l.Say(tagWords(f.Tag))), func(f *phonebank.WaveFilter) { f.Tag = "" })
	}
	if f.NewToUs {
		add(l.Say("Nobody of ours has talked with them yet."), func(f *phonebank.WaveFilter) { f.NewToUs = false })
	}
	return list
}

// choice is one thing to pick from a list.
type choice struct{ ID, Name string }

func named(list []choice, id string) string {
	for _, c := range list {
		if c.ID == id {
			return c.Name
		}
	}
	return id
}

func lastLightWords(light string) string {
	switch light {
	case "green":
		return "Their last talk ended with a green light."
	case "yellow":
		return "Their last talk ended with a yellow light: stay, or come back."
	}
	return "Their last talk ended with an honest “not now”."
}

// leftOut is how many people are left out for one reason.
type leftOut struct {
	N     int
	Words string
}

// outWords lists who is left out, by reason, in the order in which the reasons are told.
func outWords(l words.Language, counts map[phonebank.WaveExclusion]int) (list []leftOut) {
	for _, why := range phonebank.WaveExclusions {
		if n := counts[why]; n > 0 {
			list = append(list, leftOut{n, l.Say(exclusionWords(why))})
		}
	}
	return list
}

func exclusionWords(why phonebank.WaveExclusion) string {
	switch why {
	case phonebank.LeftOutStop:
		return "They said no, or may have, or their number can't be reached."
	case phonebank.LeftOutHours:
		return "It is too early or too late where they are then."
	case phonebank.LeftOutCooldown:
		return "Somebody was in touch with them within two days."
	case phonebank.LeftOutCallback:
		return "A call or text that was agreed with them is still to come."
	case phonebank.LeftOutWave:
		return "Another wave has them."
	}
	return "Nobody has written down that they may be texted."
}

// waveState says how a wave stands, with the mark and the tone that go with it.
func waveState(l words.Language, w phonebank.Wave) (said, tone string) {
	switch {
	case w.State == phonebank.WaveLive && w.PausedAt != nil:
		return l.Say("paused"), "slow"
	case w.State == phonebank.WaveLive:
		return l.Say("live now"), "go"
	case w.State == phonebank.WaveScheduled:
		return l.Say("scheduled"), "pen"
	case w.State == phonebank.WaveDone:
		return l.Say("finished"), ""
	}
	return l.Say("draft"), ""
}

// startWords says when a wave starts or started, on the clocks of its campaign.
func startWords(l words.Language, w phonebank.Wave) string {
	at := w.StartsAt
	if w.LaunchedAt != nil {
		at = w.LaunchedAt
	}
	if at == nil {
		return l.Say("no time yet")
	}
	return l.When(there(w.Zone, *at))
}

// placeOf is the city that a zone is named after.
func placeOf(zone string) string {
	return strings.ReplaceAll(zone[strings.LastIndex(zone, "/")+1:], "_", " ")
}

// anEvening is how much of an evening one volunteer gives to one wave.
const anEvening = 60 // minutes

// effort is what a wave takes of people's time against those who signed up.
type effort struct {
	Words string // on a list
	Whole string // in a preview
	Short bool
}

func effortOf(l words.Language, c phonebank.Channel, minutes, signedUp int) effort {
	if minutes == 0 {
		return effort{}
	}
	needs := (minutes + anEvening - 1) / anEvening
	whole := l.Say("All together it takes about %s.", lasting(l, minutes))
	if c == phonebank.ByText {
		return effort{Words: l.Say("about %s of reading and sending", lasting(l, minutes)), Whole: whole + " " + l.Say("Volunteers read, change and send each one.")}
	}
	if signedUp*anEvening >= minutes {
		each := lasting(l, (minutes+signedUp-1)/signedUp)
		return effort{Words: l.Say("about %s for %d", each, signedUp), Whole: whole + " " + l.Say("That is about %s for each of the %d who signed up.", each, signedUp)}
	}
	e := effort{Words: l.Say("short: needs about %d", needs), Short: true}
	if signedUp == 0 {
		e.Whole = whole + " " + l.Say("Nobody has signed up yet. With an hour each, it takes about %s.", l.Count(needs, "volunteer", "volunteers"))
	} else {
		e.Whole = whole + " " + l.Say("%d signed up. With an hour each, it takes about %s.", signedUp, l.Count(needs, "volunteer", "volunteers"))
	}
	return e
}

// lasting says how long something takes: "40 minutes", "2½ hours".
func lasting(l words.Language, minutes int) string {
	if minutes < 55 {
		return l.Count(max(5, (minutes+4)/5*5), "minute", "minutes")
	}
	halves := (minutes + 15) / 30
	switch {
	case halves == 2:
		return l.Say("an hour")
	case halves%2 == 0:
		return l.Count(halves/2, "hour", "hours")
	}
	return l.Say("%d½ hours", halves/2)
}

// settledWords says what became of the promises of a wave that is over: "kept 21 · moved 6 · let go 3".
func settledWords(l words.Language, r store.WavePromises) string {
	var parts []string
	for _, one := range []struct {
		n    int
		said string
	}{{r.Kept, l.Say("kept %d", r.Kept)}, {r.Partly, l.Say("partly %d", r.Partly)}, {r.Moved, l.Say("moved %d", r.Moved)}, {r.Missed, l.Say("missed %d", r.Missed)}, {r.LetGoOf, l.Say("let go %d", r.LetGoOf)}} {
		if one.n > 0 {
			parts = append(parts, one.said)
		}
	}
	if len(parts) == 0 {
		return l.Say("no promise came due in it")
	}
	return strings.Join(parts, " · ")
}

// memberWords says how it stands with one person of a wave.
func memberWords(m store.WavePerson) string {
	switch {
	case m.Left != "":
		return exclusionWords(m.Left)
	case m.Outcome != "":
		return outcomeWords(m.Outcome)
	case m.State == phonebank.MemberWaiting:
		return "Their line is being written."
	}
	switch m.Row {
	case phonebank.FollowUpPlanned, phonebank.FollowUpDue:
		return "Waits for a volunteer."
	case phonebank.FollowUpOffered:
		return "On somebody's screen."
	case phonebank.FollowUpInProgress:
		return "On its way."
	case phonebank.FollowUpNeedsPerson:
		return "Waits for somebody's press."
	case phonebank.FollowUpDone:
		return "Done."
	case phonebank.FollowUpFailed, phonebank.FollowUpExpired:
		return "Not reached."
	case phonebank.FollowUpCancelled:
		return "Taken back."
	}
	return "Their turn did not come."
}

// waveDay is a day as the form's field has it, and in words with the place whose clocks it goes by.
func waveDay(l words.Language, local, zone string) string {
	at, err := phonebank.Instant(local, zone)
	if err != nil {
		return ""
	}
	return l.Say("That is %s in %s.", l.When(there(zone, at)), placeOf(zone))
}

// soon is a moment that a new wave starts from: tomorrow evening.
func soon(now time.Time) string {
	day := now.AddDate(0, 0, 1)
	return time.Date(day.Year(), day.Month(), day.Day(), 18, 0, 0, 0, day.Location()).Format(phonebank.LocalForm)
}
