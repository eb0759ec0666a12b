package store

import (
	"cmp"
	"context"
	"time"

	"phonebank"
)

const campaignColumns = `id, name, number, script_id, zone, created_at`

// AddCampaign writes down a campaign.
func (q queries) AddCampaign(ctx context.Context, c phonebank.Campaign) error {
	_, err := q.exec(ctx, `
		INSERT INTO campaigns (id, name, number, script_id, zone, created_at)
		VALUES ($1, $2, $3, $4, $5, $6)`, c.ID, c.Name, c.Number, c.ScriptID, c.Zone, c.CreatedAt)
	return err
}

// Campaign finds one.
func (q queries) Campaign(ctx context.Context, id phonebank.CampaignID) (c phonebank.Campaign, err error) {
	err = q.get(ctx, &c, `SELECT `+campaignColumns+` FROM campaigns WHERE id = $1`, id)
	return c, err
}

// CampaignByName finds the campaign that a command names.
func (q queries) CampaignByName(ctx context.Context, name string) (c phonebank.Campaign, err error) {
	err = q.get(ctx, &c, `SELECT `+campaignColumns+` FROM campaigns WHERE name = $1`, name)
	return c, err
}

// CampaignOf finds the campaign that a person who reaches one of our numbers belongs to: the one whose list they are on,
// else the newest one with that number, else the newest of all.
func (q queries) CampaignOf(ctx context.Context, person phonebank.PersonID, number phonebank.Number) (c phonebank.Campaign, err error) {
	err = q.hotGet(ctx, &c, `
		SELECT `+campaignColumns+` FROM campaigns c
		ORDER BY EXISTS (SELECT 1 FROM call_list l WHERE l.campaign_id = c.id AND l.person_id = $1) DESC, number = $2 DESC, created_at DESC
		LIMIT 1`, string(person), number)
	return c, err
}

// Campaigns lists all, the newest first.
func (q queries) Campaigns(ctx context.Context) (list []phonebank.Campaign, err error) {
	err = q.all(ctx, &list, `SELECT `+campaignColumns+` FROM campaigns ORDER BY created_at DESC`)
	return list, err
}

const sessionColumns = `id, campaign_id, name, state, script_id, ask_id, when_words, goal, briefing, roles, auto_admit, auto_call, created_by, created_at, opened_at, ended_at`

// AddSession writes down a session; the secret of its join link is kept as a hash.
func (q queries) AddSession(ctx context.Context, s phonebank.Session, joinToken string) error {
	_, err := q.exec(ctx, `
		INSERT INTO sessions (id, campaign_id, name, state, script_id, ask_id, when_words, goal, briefing, roles, auto_admit, auto_call, join_hash, created_by, created_at, opened_at)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16)`,
		s.ID, s.CampaignID, s.Name, s.State, s.ScriptID, s.AskID, s.When, s.Goal, s.Briefing, s.Roles, s.AutoAdmit, s.AutoCall, Hash(joinToken), s.CreatedBy, s.CreatedAt, s.OpenedAt)
	return err
}

// EditSession stores what a session is about, until it is over. Talks that have begun keep what they began with.
func (q queries) EditSession(ctx context.Context, s phonebank.Session) error {
	n, err := q.exec(ctx, `
		UPDATE sessions SET name = $2, script_id = $3, ask_id = $4, when_words = $5, goal = $6, briefing = $7, roles = $8, auto_admit = $9, auto_call = $10
		WHERE id = $1 AND state <> 'ended'`, s.ID, s.Name, s.ScriptID, s.AskID, s.When, s.Goal, s.Briefing, s.Roles, s.AutoAdmit, s.AutoCall)
	if err == nil && n == 0 {
		return phonebank.Fail(phonebank.Conflict, "This session is over, so it can't be changed any more.")
	}
	return err
}

// NextSession finds the session of a campaign that is planned next: the one that was written down first.
func (q queries) NextSession(ctx context.Context, campaign phonebank.CampaignID) (s phonebank.Session, err error) {
	err = q.get(ctx, &s, `SELECT `+sessionColumns+` FROM sessions WHERE campaign_id = $1 AND state = 'planned' ORDER BY created_at LIMIT 1`, campaign)
	return s, err
}

// Session finds one.
func (q queries) Session(ctx context.Context, id phonebank.SessionID) (s phonebank.Session, err error) {
	err = q.get(ctx, &s, `SELECT `+sessionColumns+` FROM sessions WHERE id = $1`, id)
	return s, err
}

// Sessions lists all, the open ones first, then the newest.
func (q queries) Sessions(ctx context.Context) (list []phonebank.Session, err error) {
	err = q.all(ctx, &list, `SELECT `+sessionColumns+` FROM sessions ORDER BY state = 'open' DESC, created_at DESC LIMIT 200`)
	return list, err
}

// SessionByJoin finds the session that a join link opens.
func (q queries) SessionByJoin(ctx context.Context, token string) (s phonebank.Session, err error) {
	err = q.get(ctx, &s, `SELECT `+sessionColumns+` FROM sessions WHERE join_hash = $1`, Hash(token))
	return s, err
}

// RenewJoin gives a session a new join link; the old one leads nowhere.
func (q queries) RenewJoin(ctx context.Context, id phonebank.SessionID, token string) error {
	_, err := q.exec(ctx, `UPDATE sessions SET join_hash = $2 WHERE id = $1 AND state <> 'ended'`, id, Hash(token))
	return err
}

// OpenSession opens the door. Nobody rings a neighbor before it is settled what they are asked: one thing, or nothing on purpose.
func (q queries) OpenSession(ctx context.Context, id phonebank.SessionID, at time.Time) error {
	n, err := q.exec(ctx, `UPDATE sessions SET state = 'open', opened_at = $2 WHERE id = $1 AND state = 'planned' AND ask_id <> ''`, id, at)
	if err != nil || n == 1 {
		return err
	}
	s, err := q.Session(ctx, id)
	if err == nil && s.State == phonebank.SessionPlanned {
		return phonebank.Fail(phonebank.Invalid, "Choose what people are asked to do, or “No ask today”, before you open the session.")
	}
	if err != nil {
		return err
	}
	return phonebank.Fail(phonebank.Conflict, "This session is open already, or over.")
}

// EndSession closes it for good; its join link is dead from now on.
func (q queries) EndSession(ctx context.Context, id phonebank.SessionID, at time.Time) error {
	n, err := q.exec(ctx, `UPDATE sessions SET state = 'ended', ended_at = $2 WHERE id = $1 AND state <> 'ended'`, id, at)
	if err == nil && n == 0 {
		return phonebank.Fail(phonebank.Conflict, "This session is over already.")
	}
	return err
}

const shiftColumns = `id, session_id, user_id, state, admitted, COALESCE(person_id, '') AS person_id, COALESCE(follow_up_id, '') AS follow_up_id,
	COALESCE(conversation_id, '') AS conversation_id, COALESCE(leg_call_id, '') AS leg_call_id, leg_joined, conference_sid,
	help, seen_at, state_since, created_at, COALESCE(closed_person_id, '') AS closed_person_id, COALESCE(closed_follow_up_id, '') AS closed_follow_up_id`

// KeepShift finds a volunteer's shift in a session or begins it, off.
func (q queries) KeepShift(ctx context.Context, session phonebank.SessionID, user phonebank.UserID, admitted bool, at time.Time) (s phonebank.Shift, err error) {
	err = q.get(ctx, &s, `
		INSERT INTO shifts (id, session_id, user_id, state, admitted, seen_at, state_since, created_at)
		VALUES ($1, $2, $3, 'off', $4, $5, $5, $5)
		ON CONFLICT (session_id, user_id) DO UPDATE SET seen_at = EXCLUDED.seen_at
		RETURNING `+shiftColumns, phonebank.NewID[phonebank.ShiftID](at), session, user, admitted, at)
	return s, err
}

// Shift finds one.
func (q queries) Shift(ctx context.Context, id phonebank.ShiftID) (s phonebank.Shift, err error) {
	err = q.get(ctx, &s, `SELECT `+shiftColumns+` FROM shifts WHERE id = $1`, id)
	return s, err
}

// LockShift finds one and keeps it to this transaction.
func (tx *Tx) LockShift(ctx context.Context, id phonebank.ShiftID) (s phonebank.Shift, err error) {
	err = tx.get(ctx, &s, `SELECT `+shiftColumns+` FROM shifts WHERE id = $1 FOR NO KEY UPDATE`, id)
	return s, err
}

// CurrentShift finds the newest shift of a volunteer in a session that is not over.
func (q queries) CurrentShift(ctx context.Context, user phonebank.UserID) (s phonebank.Shift, err error) {
	err = q.get(ctx, &s, `
		SELECT `+shiftColumns+` FROM shifts
		WHERE user_id = $1 AND session_id IN (SELECT id FROM sessions WHERE state <> 'ended')
		ORDER BY seen_at DESC LIMIT 1`, user)
	return s, err
}

// ShiftsHere lists everybody who is in a session.
func (q queries) ShiftsHere(ctx context.Context, session phonebank.SessionID) (list []phonebank.Shift, err error) {
	err = q.all(ctx, &list, `SELECT `+shiftColumns+` FROM shifts WHERE session_id = $1 AND state <> 'off'`, session)
	return list, err
}

// Admit lets a newcomer in.
func (q queries) Admit(ctx context.Context, id phonebank.ShiftID) error {
	_, err := q.exec(ctx, `UPDATE shifts SET admitted = true WHERE id = $1`, id)
	return err
}

// SaveShift stores a move of a shift. What a state no longer needs is cleared with it: whoever is on a break holds nobody.
func (q queries) SaveShift(ctx context.Context, s phonebank.Shift, c phonebank.Change[phonebank.ShiftState, phonebank.ShiftEvent], by By) error {
	if c.To != phonebank.ShiftBreak {
		s.ClosedPerson, s.ClosedFollowUp = "", ""
	}
	sets := []set{{"state_since", c.At}, {"seen_at", c.At}, {"closed_person_id", null(s.ClosedPerson)}, {"closed_follow_up_id", null(s.ClosedFollowUp)}}
	switch c.To {
	case phonebank.ShiftOff:
		sets = append(sets, set{"person_id", nil}, set{"follow_up_id", nil}, set{"conversation_id", nil}, set{"leg_joined", false}, set{"help", false})
	case phonebank.ShiftBreak, phonebank.ShiftReady:
		sets = append(sets, set{"person_id", nil}, set{"follow_up_id", nil}, set{"conversation_id", nil})
	case phonebank.ShiftReserved, phonebank.ShiftOnCall:
		sets = append(sets, set{"person_id", null(s.PersonID)}, set{"follow_up_id", null(s.FollowUpID)}, set{"conversation_id", null(s.Conversation)})
	}
	return save(ctx, q, "shift", string(s.ID), c, by, sets...)
}

// SeeShift notes that a panel has spoken to us, and renews its hold on a person.
func (q queries) SeeShift(ctx context.Context, id phonebank.ShiftID, at time.Time) error {
	_, err := q.exec(ctx, `
		WITH seen AS (UPDATE shifts SET seen_at = $2 WHERE id = $1 AND seen_at < $3 RETURNING id)
		UPDATE phones SET held_until = $4 FROM seen WHERE held_by = seen.id`, id, at, at.Add(-5*time.Second), at.Add(phonebank.HoldFor))
	return err
}

// SetLeg notes the call to a volunteer's own phone, and whether it waits in its conference.
func (q queries) SetLeg(ctx context.Context, id phonebank.ShiftID, call phonebank.CallID, joined bool, conference string) error {
	_, err := q.exec(ctx, `
		UPDATE shifts SET leg_call_id = $2, leg_joined = $3, conference_sid = CASE WHEN $4 = '' THEN conference_sid ELSE $4 END
		WHERE id = $1`, id, null(call), joined, conference)
	return err
}

// SetHelp raises or lowers a volunteer's hand.
func (q queries) SetHelp(ctx context.Context, id phonebank.ShiftID, on bool) error {
	_, err := q.exec(ctx, `UPDATE shifts SET help = $2 WHERE id = $1`, id, on)
	return err
}

// SilentShifts lists shifts whose panel has said nothing since a moment, other than those in the middle of a call.
func (q queries) SilentShifts(ctx context.Context, since time.Time) (list []phonebank.Shift, err error) {
	err = q.all(ctx, &list, `
		SELECT `+shiftColumns+` FROM shifts
		WHERE state <> 'off' AND seen_at < $1
			AND (state <> 'on_call' OR NOT EXISTS (SELECT 1 FROM calls c
				WHERE c.shift_id = shifts.id AND c.kind <> 'volunteer' AND c.state IN ('reserved', 'placing', 'ringing', 'answered', 'bridged')))
		LIMIT 200`, since)
	return list, err
}

// A shift is locked while it is offered somebody, or while its volunteer has just pressed a button. That takes
// milliseconds: a caller waits them out rather than hear that nobody is free.
const (
	readyTries = 10
	readyPause = 15 * time.Millisecond
)

// ReadyShift finds, for somebody who rings us, who takes them: whoever is about to call them back and has their card open,
// else the volunteer who knows them if ready, else the one of the campaign who has waited longest. It locks the shift. It
// never waits for a lock, since it holds the caller's number: it looks again.
func (tx *Tx) ReadyShift(ctx context.Context, campaign phonebank.CampaignID, caller phonebank.Person) (s phonebank.Shift, err error) {
	s, err = tx.readyShift(ctx, campaign, `state = 'reserved' AND follow_up_id IS NOT NULL AND person_id = $2`, string(caller.ID))
	if caller.OwnerID != "" && phonebank.KindOf(err) == phonebank.NotFound && err != nil {
		s, err = tx.readyShift(ctx, campaign, `state = 'ready' AND user_id = $2`, string(caller.OwnerID))
	}
	if phonebank.KindOf(err) == phonebank.NotFound && err != nil {
		s, err = tx.readyShift(ctx, campaign, `state = 'ready' AND $2 = ''`, "")
	}
	return s, err
}

func (tx *Tx) readyShift(ctx context.Context, campaign phonebank.CampaignID, which, who string) (s phonebank.Shift, err error) {
	ready := `FROM shifts WHERE leg_joined AND ` + which + ` AND session_id IN (SELECT id FROM sessions WHERE campaign_id = $1 AND state = 'open')`
	for range readyTries {
		err = tx.hotGet(ctx, &s, `SELECT `+shiftColumns+` `+ready+` ORDER BY state_since LIMIT 1 FOR NO KEY UPDATE SKIP LOCKED`, campaign, who)
		if err == nil || phonebank.KindOf(err) != phonebank.NotFound {
			return s, err
		}
		var busy bool
		if failed := tx.hotGet(ctx, &busy, `SELECT EXISTS (SELECT 1 `+ready+`)`, campaign, who); failed != nil || !busy {
			return s, cmp.Or(failed, err)
		}
		select {
		case <-ctx.Done():
			return s, ctx.Err()
		case <-time.After(readyPause):
		}
	}
	return s, err
}

// WaitingShifts lists volunteers who are ready and have nobody, in open sessions.
func (q queries) WaitingShifts(ctx context.Context) (list []phonebank.Shift, err error) {
	err = q.all(ctx, &list, `
		SELECT `+shiftColumns+` FROM shifts
		WHERE state = 'ready' AND leg_joined AND session_id IN (SELECT id FROM sessions WHERE state = 'open')
		ORDER BY state_since LIMIT 200`)
	return list, err
}
