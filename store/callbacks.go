package store

import (
	"context"
	"fmt"
	"strings"
	"time"

	"phonebank"
)

// Turn is why a callback is somebody's next call. The turns come in one order, for everybody.
type Turn string

const (
	TheyRang    Turn = "they_rang"    // they called us in vain: nobody lets them wait
	OwnPromise  Turn = "own_promise"  // this volunteer promised it
	BroughtHere Turn = "brought"      // a coordinator brought it to this session
	PoolPromise Turn = "pool_promise" // somebody else promised it, and can't make it
	WaveCall    Turn = "wave_call"    // a round that a coordinator planned
)

// Turns is that order. Whoever rings us right now comes before all of them, people from the list come after: neither is a
// callback.
var Turns = []Turn{TheyRang, OwnPromise, BroughtHere, PoolPromise, WaveCall}

const (
	// ownerHere: whoever promised it is on a shift where this callback could reach them. Somebody who helps another campaign
	// tonight is not: the callback can't be offered there, so it doesn't wait for them.
	ownerHere = `EXISTS (SELECT 1 FROM shifts s JOIN sessions x ON x.id = s.session_id
		WHERE s.user_id = f.owner_id AND s.state <> 'off' AND s.admitted AND x.state = 'open' AND x.campaign_id = f.campaign_id)`

	// anybodys: nobody has to be waited for.
	anybodys = `(f.owner_id IS NULL OR f.owner_id = $4 OR f.due_at < $5 OR NOT ` + ownerHere + `)`

	// hereOrFree: not kept for another session that is still to come or under way.
	hereOrFree = `(f.session_id IS NULL OR f.session_id = $3 OR EXISTS (SELECT 1 FROM sessions x WHERE x.id = f.session_id AND x.state = 'ended'))`

	// builtWave: a wave that found its people by itself. One without was made of callbacks that somebody had promised.
	builtWave = `NOT w.gathered`

	// stopped: a coordinator has stopped the wave that this row is in. A promise outlives the wave that it was brought to, a row
	// of a built wave does not.
	stopped = `EXISTS (SELECT 1 FROM waves w WHERE w.id = f.wave_id AND (w.state = 'live' AND w.paused_at IS NOT NULL OR w.state <> 'live' AND ` + builtWave + `))`

	// callable: on the list of calls to make, with a number that nobody else holds and that is on no line of ours, in a language
	// that both speak, and not with somebody who has talked with us since it was promised: whether that talk has settled it,
	// their volunteer says.
	callable = `f.channel = 'call' AND f.state = 'due' AND f.campaign_id = $1 AND f.due_at <= $2
		AND EXISTS (SELECT 1 FROM phones p WHERE p.id = f.phone_id AND p.opted_out_at IS NULL AND p.hold_since IS NULL AND p.bad_at IS NULL
			AND (p.held_by IS NULL OR p.held_until < $2))
		AND NOT EXISTS (SELECT 1 FROM calls l WHERE l.phone_id = f.phone_id AND l.kind IN ('outbound', 'inbound')
			AND l.state IN ('reserved', 'placing', 'ringing', 'answered', 'bridged'))
		AND EXISTS (SELECT 1 FROM people pe, users me WHERE pe.id = f.person_id AND me.id = $4 AND CASE
			WHEN f.reason = 'needs_language' THEN tongues_in(split_part(pe.languages, ',', 1)) & ~tongues_in(me.languages) = 0
			ELSE f.owner_id = me.id OR tongues_in(pe.languages) = 0 OR tongues_in(me.languages) = 0 OR tongues_in(pe.languages) & tongues_in(me.languages) <> 0 END)
		AND NOT EXISTS (SELECT 1 FROM conversations c WHERE c.person_id = f.person_id AND c.started_at > f.created_at
			AND (c.ended_at > $6 OR c.outcome <> '' AND c.wrapped_at > $6))`

	firstDue = ` ORDER BY f.due_at LIMIT 1 FOR NO KEY UPDATE OF f SKIP LOCKED`
)

// inTurn says which rows have each turn. A wave's rows are looked for wave by wave, so that a large one is never walked.
var inTurn = map[Turn]string{
	TheyRang: `SELECT ` + followUpColumns + ` FROM follow_ups f
		WHERE f.reason = 'returned_call' AND ` + callable + ` AND ` + hereOrFree + ` AND ` + anybodys + ` AND NOT ` + stopped + firstDue,
	OwnPromise: `SELECT ` + followUpColumns + ` FROM follow_ups f
		WHERE f.wave_id IS NULL AND f.owner_id = $4 AND ` + callable + ` AND ` + hereOrFree + firstDue,
	BroughtHere: `SELECT near.* FROM (SELECT w.id FROM waves w WHERE w.campaign_id = $1 AND NOT (` + builtWave + `) AND NOT (w.state = 'live' AND w.paused_at IS NOT NULL)
			ORDER BY w.created_at) w
		CROSS JOIN LATERAL (SELECT ` + followUpColumns + ` FROM follow_ups f WHERE f.wave_id = w.id AND ` + callable + ` AND ` + hereOrFree + firstDue + `) near`,
	PoolPromise: `SELECT ` + followUpColumns + ` FROM follow_ups f
		WHERE f.wave_id IS NULL AND ` + callable + ` AND ` + hereOrFree + ` AND ` + anybodys + firstDue,
	WaveCall: `SELECT near.* FROM (SELECT w.id FROM waves w WHERE w.campaign_id = $1 AND w.state = 'live' AND w.paused_at IS NULL AND ` + builtWave + `
			ORDER BY w.created_at) w
		CROSS JOIN LATERAL (SELECT ` + followUpColumns + ` FROM follow_ups f WHERE f.wave_id = w.id AND ` + callable + ` AND ` + hereOrFree + firstDue + `) near`,
}

// claimDueCall asks turn by turn, and stops at the first row: what comes later is neither read nor locked.
var claimDueCall = func() string {
	probes := make([]string, len(Turns))
	for i, t := range Turns {
		probes[i] = fmt.Sprintf(`SELECT *, '%s' AS turn FROM (%s) turn_%d`, t, inTurn[t], i)
	}
	return strings.Join(probes, ` UNION ALL `) + ` LIMIT 1`
}()

// CallsDue tells whether a campaign has any call to make: where it has none, nobody's shift is locked to look for one.
func (q queries) CallsDue(ctx context.Context, campaign phonebank.CampaignID, at time.Time) (due bool, err error) {
	err = q.hotGet(ctx, &due, `SELECT EXISTS (SELECT 1 FROM follow_ups WHERE channel = 'call' AND state = 'due' AND campaign_id = $1 AND due_at <= $2)`, campaign, at)
	return due, err
}

// callWaits asks what claimDueCall asks, and takes nothing.
var callWaits = `SELECT EXISTS (` + strings.ReplaceAll(claimDueCall, `FOR NO KEY UPDATE OF f SKIP LOCKED`, ``) + `)`

// CallWaits tells whether there is a callback for a shift, also where its row is just in somebody's hands: a sweep looks at it, or another
// volunteer is being handed it.
func (q queries) CallWaits(ctx context.Context, shift phonebank.Shift, campaign phonebank.CampaignID, at time.Time, grace time.Duration) (waits bool, err error) {
	err = q.hotGet(ctx, &waits, callWaits, campaign, at, shift.SessionID, shift.UserID, at.Add(-grace), at.Add(-phonebank.RetryAfter))
	return waits, err
}

// ClaimDueCall takes the callback that a ready volunteer should make next, and says whose turn it was. Rows that another
// volunteer is just being handed are skipped.
func (tx *Tx) ClaimDueCall(ctx context.Context, shift phonebank.Shift, campaign phonebank.CampaignID, at time.Time, grace time.Duration) (phonebank.FollowUp, Turn, error) {
	var row struct {
		phonebank.FollowUp
		Turn Turn `db:"turn"`
	}
	err := tx.hotGet(ctx, &row, claimDueCall, campaign, at, shift.SessionID, shift.UserID, at.Add(-grace), at.Add(-phonebank.RetryAfter))
	return row.FollowUp, row.Turn, err
}

// CallWith finds the call that a talk with a person is about: the one that is due, else the one that is planned until a
// moment. It stays with this transaction.
func (tx *Tx) CallWith(ctx context.Context, person phonebank.PersonID, until time.Time) (f phonebank.FollowUp, err error) {
	err = tx.get(ctx, &f, `
		SELECT `+followUpColumns+` FROM follow_ups f
		WHERE f.person_id = $1 AND f.channel = 'call' AND (f.state IN ('due', 'offered') OR f.state = 'planned' AND f.due_at <= $2) AND f.reason <> 'retaliation'
		ORDER BY f.reason = 'returned_call' DESC, f.due_at LIMIT 1 FOR NO KEY UPDATE`, person, until)
	return f, err
}

// AlsoOpen lists the other calls that are promised to the person of a callback, the next one first.
func (q queries) AlsoOpen(ctx context.Context, f phonebank.FollowUp) (list []Due, err error) {
	err = q.all(ctx, &list, `SELECT `+dueColumns+dueJoins+`
		WHERE f.person_id = $1 AND f.id <> $2 AND f.channel = 'call' AND f.state IN ('planned', 'due', 'needs_person') AND f.reason <> 'retaliation'
		ORDER BY f.due_at LIMIT 5`, f.PersonID, f.ID)
	return list, err
}

// MaybeSettled lists calls that a talk of a volunteer since a moment may have settled: promised before it, still to come. Whoever
// talked says so, once.
func (q queries) MaybeSettled(ctx context.Context, user phonebank.UserID, since time.Time) (list []Due, err error) {
	err = q.all(ctx, &list, `SELECT `+dueColumns+dueJoins+`
		WHERE f.channel = 'call' AND f.state IN ('planned', 'due', 'needs_person') AND f.reason <> 'retaliation'
			AND f.person_id IN (SELECT c.person_id FROM conversations c WHERE c.user_id = $1 AND c.started_at > $2 AND c.state = 'wrapped'
				AND c.outcome NOT IN ('', 'opt_out', 'bad_number') AND c.started_at > f.created_at
				AND NOT EXISTS (SELECT 1 FROM journal j WHERE j.thing = 'follow_up' AND j.thing_id = f.id AND j.event = 'still_to_do' AND j.at >= c.started_at))
		ORDER BY f.due_at LIMIT 5`, user, since)
	return list, err
}

// WaveTries is how often somebody was called within the wave of a callback.
type WaveTries struct {
	Built bool `db:"built"` // the wave found its people by itself; else its callbacks count as any others
	Over  bool `db:"over"`
	N     int  `db:"n"`
}

// WaveTriesOf counts the calls that were placed to somebody within the wave of a callback.
func (q queries) WaveTriesOf(ctx context.Context, f phonebank.FollowUp) (t WaveTries, err error) {
	if f.WaveID == "" {
		return t, nil
	}
	err = q.get(ctx, &t, `
		SELECT `+builtWave+` AS built, w.state = 'done' AS over, (
			SELECT count(*) FROM follow_ups f JOIN calls c ON c.follow_up_id = f.id
			WHERE f.person_id = $2 AND f.wave_id = w.id AND c.placed_at IS NOT NULL AND NOT c.our_fault) AS n
		FROM waves w WHERE w.id = $1`, f.WaveID, f.PersonID)
	return t, err
}

// StoppedWave names the wave that a callback is in, where a coordinator has stopped it; else "".
func (q queries) StoppedWave(ctx context.Context, id phonebank.FollowUpID) (name string, err error) {
	err = q.get(ctx, &name, `
		SELECT COALESCE((SELECT name FROM waves WHERE id = f.wave_id), '') FROM follow_ups f WHERE f.id = $1 AND `+stopped+`
		UNION ALL SELECT '' LIMIT 1`, id)
	return name, err
}

// HasCard tells whether a shift other than one has a callback on its screen or on its line.
func (q queries) HasCard(ctx context.Context, id phonebank.FollowUpID, but phonebank.ShiftID) (has bool, err error) {
	err = q.get(ctx, &has, `SELECT EXISTS (SELECT 1 FROM shifts WHERE follow_up_id = $1 AND id <> $2 AND state IN ('reserved', 'on_call'))`, id, but)
	return has, err
}

// strayFollowUp: a call that stands as somebody's, and is nobody's: their process died between two rows, or a line ended when
// they had gone.
const strayFollowUp = `f.channel = 'call' AND f.state IN ('offered', 'in_progress') AND (
	f.state = 'offered' AND NOT EXISTS (SELECT 1 FROM shifts s WHERE s.follow_up_id = f.id AND s.state = 'reserved')
	OR f.state = 'in_progress' AND NOT EXISTS (SELECT 1 FROM shifts s WHERE s.follow_up_id = f.id AND s.state = 'on_call')
		AND NOT EXISTS (SELECT 1 FROM calls c WHERE c.follow_up_id = f.id AND c.state IN ('reserved', 'placing', 'ringing', 'answered', 'bridged')))`

// StrayFollowUps lists the calls that are lost from everybody's sight. There should never be one; the sweep makes them due again.
func (q queries) StrayFollowUps(ctx context.Context) (list []phonebank.FollowUpID, err error) {
	err = q.all(ctx, &list, `SELECT f.id FROM follow_ups f WHERE `+strayFollowUp+` LIMIT 200`)
	return list, err
}

// LockStray keeps a call to this transaction where it is still nobody's; else it answers NotFound.
func (tx *Tx) LockStray(ctx context.Context, id phonebank.FollowUpID) (f phonebank.FollowUp, err error) {
	if _, err = tx.LockFollowUp(ctx, id); err != nil {
		return f, err
	}
	err = tx.get(ctx, &f, `SELECT `+followUpColumns+` FROM follow_ups f WHERE f.id = $1 AND `+strayFollowUp, id)
	return f, err
}

// closedCard: what is on a volunteer's card must not be rung any more: they said no, it was moved or taken back, its wave was
// stopped, or they are with somebody else of us.
const closedCard = `s.state = 'reserved' AND (
	EXISTS (SELECT 1 FROM people pe JOIN phones p ON p.id = pe.phone_id WHERE pe.id = s.person_id
		AND (p.opted_out_at IS NOT NULL OR p.hold_since IS NOT NULL OR p.bad_at IS NOT NULL OR p.held_by <> s.id
			AND EXISTS (SELECT 1 FROM shifts o WHERE o.id = p.held_by AND o.state = 'on_call')))
	OR s.follow_up_id IS NOT NULL AND NOT EXISTS (SELECT 1 FROM follow_ups f WHERE f.id = s.follow_up_id AND f.state = 'offered' AND NOT ` + stopped + `))`

// ClosedCards lists the shifts whose card must close.
func (q queries) ClosedCards(ctx context.Context) (list []phonebank.ShiftID, err error) {
	err = q.hotAll(ctx, &list, `SELECT s.id FROM shifts s WHERE `+closedCard+` LIMIT 200`)
	return list, err
}

// LockClosedCard keeps a shift to this transaction where its card must still close; else it answers NotFound.
func (tx *Tx) LockClosedCard(ctx context.Context, id phonebank.ShiftID) (s phonebank.Shift, err error) {
	if _, err = tx.LockShift(ctx, id); err != nil {
		return s, err
	}
	err = tx.get(ctx, &s, `SELECT `+shiftColumns+` FROM shifts s WHERE s.id = $1 AND `+closedCard, id)
	return s, err
}

// EveningLasts is how long after its opening a session still counts as one in which a call will be made.
const EveningLasts = 4 * time.Hour

// CallbacksAtRisk lists the promised calls due until a moment for which nobody will be there: no session of their campaign is
// open around that time with anybody on a shift, and no wave opens one. A wave's own rows are no promises.
func (q queries) CallbacksAtRisk(ctx context.Context, until time.Time) (list []Due, err error) {
	err = q.all(ctx, &list, `SELECT `+dueColumns+dueJoins+`
		WHERE f.channel = 'call' AND f.state IN ('planned', 'due') AND f.due_at <= $1 AND f.reason NOT IN ('wave', 'heads_up')
			AND (f.wave_id IS NULL OR NOT EXISTS (SELECT 1 FROM waves w WHERE w.id = f.wave_id AND `+builtWave+`))
			AND NOT EXISTS (SELECT 1 FROM sessions x WHERE x.campaign_id = f.campaign_id AND x.state = 'open'
				AND (f.state = 'due' OR x.opened_at + make_interval(secs => $2) >= f.due_at)
				AND EXISTS (SELECT 1 FROM shifts s WHERE s.session_id = x.id AND s.state <> 'off' AND s.admitted))
			AND NOT EXISTS (SELECT 1 FROM waves w JOIN sessions x ON x.id = w.session_id WHERE w.campaign_id = f.campaign_id AND w.state = 'scheduled'
				AND x.state <> 'ended' AND f.due_at BETWEEN w.starts_at AND w.starts_at + make_interval(secs => $2))
		ORDER BY f.due_at LIMIT 200`, until, EveningLasts.Seconds())
	return list, err
}
