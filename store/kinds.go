package store

import (
	"context"
	"time"

	"phonebank"
)

// Relationship reads what is known about a person before a talk, as one of us sees it: what they said to that volunteer
// themselves is not told in somebody's name.
func (q queries) Relationship(ctx context.Context, person phonebank.PersonID, me phonebank.UserID) (r phonebank.Relationship, err error) {
	var row struct {
		Rung       int        `db:"rung"`
		Kept       int        `db:"kept"`
		Stake      bool       `db:"stake"`
		TalkedAt   *time.Time `db:"talked_at"`
		TalkedWith string     `db:"talked_with"`
		StepUpAt   *time.Time `db:"step_up_at"`
		StepUpBy   string     `db:"step_up_by"`
	}
	err = q.get(ctx, &row, `
		SELECT p.rung, (SELECT count(*) FROM commitments k WHERE k.person_id = p.id AND k.state = 'kept') AS kept,
			EXISTS (SELECT 1 FROM words w WHERE w.person_id = p.id AND w.name = 'their_stake' AND w.value <> '') AS stake,
			talk.started_at AS talked_at, COALESCE(CASE WHEN talk.user_id = $2 THEN '' ELSE talk.name END, '') AS talked_with,
			ok.at AS step_up_at, COALESCE(ok.name, '') AS step_up_by
		FROM people p
		LEFT JOIN LATERAL (
			SELECT c.started_at, c.user_id, u.name FROM conversations c LEFT JOIN users u ON u.id = c.user_id
			WHERE c.person_id = p.id AND c.state = 'wrapped' AND c.outcome IN ('commitment', 'connected', 'no_thanks')
			ORDER BY c.started_at DESC LIMIT 1) talk ON true
		LEFT JOIN LATERAL (
			SELECT s.at, u.name FROM step_ups s JOIN users u ON u.id = s.by_user WHERE s.person_id = p.id AND s.withdrawn_at IS NULL) ok ON true
		WHERE p.id = $1`, person, me)
	if err != nil {
		return r, err
	}
	r = phonebank.Relationship{Rung: row.Rung, Kept: row.Kept, Stake: row.Stake, TalkedAt: row.TalkedAt, TalkedWith: row.TalkedWith, StepUpAt: row.StepUpAt, StepUpBy: row.StepUpBy}
	promises, err := q.CommitmentsOf(ctx, person)
	if len(promises) > 0 {
		r.Last = &promises[0]
	}
	return r, err
}

// SayReady keeps a coordinator's word that somebody is ready for more; a second press changes nothing.
func (tx *Tx) SayReady(ctx context.Context, person phonebank.PersonID, by phonebank.UserID, at time.Time) error {
	n, err := tx.exec(ctx, `
		INSERT INTO step_ups (id, person_id, by_user, at) VALUES ($1, $2, $3, $4)
		ON CONFLICT (person_id) WHERE withdrawn_at IS NULL DO NOTHING`, phonebank.NewID[string](at), person, by, at)
	if err != nil || n == 0 {
		return err
	}
	return tx.Note(ctx, at, "person", string(person), "step_up_ok", By{User: by})
}

// TakeReadyBack withdraws that word.
func (tx *Tx) TakeReadyBack(ctx context.Context, person phonebank.PersonID, by phonebank.UserID, at time.Time) error {
	n, err := tx.exec(ctx, `UPDATE step_ups SET withdrawn_at = $2, withdrawn_by = $3 WHERE person_id = $1 AND withdrawn_at IS NULL`, person, at, by)
	if err != nil || n == 0 {
		return err
	}
	return tx.Note(ctx, at, "person", string(person), "step_up_back", By{User: by})
}

// LiveScriptOf is the newest live version of one script, and which kind of talk it guides.
type LiveScriptOf struct {
	ID       string `db:"id"`
	Version  int    `db:"version"`
	Kind     string `db:"kind"`
	Document []byte `db:"document"`
}

// LiveScriptsByKind lists every script that is live with its newest live version, the one that went live last in front.
func (q queries) LiveScriptsByKind(ctx context.Context) (list []LiveScriptOf, err error) {
	err = q.all(ctx, &list, `
		SELECT id, version, kind, document FROM (
			SELECT DISTINCT ON (id) id, version, document ->> 'kind' AS kind, document, created_at FROM scripts WHERE status = 'live' ORDER BY id, version DESC) newest
		ORDER BY created_at DESC, id`)
	return list, err
}

// HasTalked tells whether a volunteer has held a talk of their own before.
func (q queries) HasTalked(ctx context.Context, user phonebank.UserID) (has bool, err error) {
	err = q.get(ctx, &has, `SELECT EXISTS (SELECT 1 FROM conversations WHERE user_id = $1 AND state = 'wrapped' AND outcome <> '')`, user)
	return has, err
}

// NoSpeaker counts the people of a session's list who wait for somebody who speaks with them: they speak no English, and
// nobody who is here speaks what they do. It reads call_list_apart, which holds only people like them.
func (q queries) NoSpeaker(ctx context.Context, session phonebank.SessionID) (spanish, other int, err error) {
	var row struct {
		Spanish int `db:"spanish"`
		Other   int `db:"other"`
	}
	err = q.get(ctx, &row, `
		WITH room AS (
			SELECT COALESCE(bit_or(tongues_in(u.languages)), 0) AS tongues, COALESCE(bool_or(tongues_in(u.languages) = 0), false) AS untold
			FROM shifts s JOIN users u ON u.id = s.user_id WHERE s.session_id = $1 AND s.state <> 'off')
		SELECT count(*) FILTER (WHERE l.tongues & 2 <> 0) AS spanish, count(*) FILTER (WHERE l.tongues & 2 = 0) AS other
		FROM room, call_list l
		WHERE l.campaign_id = (SELECT campaign_id FROM sessions WHERE id = $1) AND l.state = 'waiting' AND l.tongues <> 0 AND l.tongues & 1 = 0
			AND l.tongues & room.tongues = 0 AND NOT room.untold`, session)
	return row.Spanish, row.Other, err
}
