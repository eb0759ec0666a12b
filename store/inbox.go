package store

import (
	"context"
	"time"

	"phonebank"
)

// Wait is one number that waits for somebody of us: what was written or may have been a no, a call that nobody took. Several
// people may share the number; the one we were in touch with last stands first.
type Wait struct {
	PhoneID   phonebank.PhoneID  `db:"phone_id"`
	Number    phonebank.Number   `db:"number"`
	Zones     string             `db:"zones"`
	PersonID  phonebank.PersonID `db:"person_id"`
	Person    string             `db:"person"`
	FirstName string             `db:"first_name"`
	Zone      string             `db:"zone"`
	Region    string             `db:"region"`
	Languages string             `db:"languages"`
	Others    string             `db:"others"` // who else is on the number

	Since     time.Time  `db:"since"` // the longest of its waits
	TextSince *time.Time `db:"waiting_since"`
	CallSince *time.Time `db:"missed_since"`
	HoldSince *time.Time `db:"hold_since"`
	InboundAt *time.Time `db:"last_inbound_at"`
	Stopped   bool       `db:"stopped"` // they had asked us to stop, and got in touch again
	HoldWords string     `db:"hold_words"`
	Words     string     `db:"words"` // the last thing that they wrote
	Texts     int        `db:"texts"` // how many of theirs wait
	Voicemail string     `db:"voicemail"`
	Seconds   int        `db:"seconds"`
	CallBack  bool       `db:"call_back"` // a call back is planned

	OwnerID   phonebank.UserID `db:"owner_id"`
	Owner     string           `db:"owner"`
	OwnerHere bool             `db:"owner_here"`
	ClaimerID phonebank.UserID `db:"claimer_id"` // who said "I'll answer", while it counts
	Claimer   string           `db:"claimer"`
	ClaimedAt *time.Time       `db:"claimed_at"`
	Offered   bool             `db:"offered"` // by the pool, to whoever reads this
	Total     int              `db:"total"`   // how many such rows there are
}

// waits is that a number waits at all; it rides the three partial indexes of phones.
const waits = `(ph.waiting_since IS NOT NULL OR ph.missed_since IS NOT NULL OR ph.hold_since IS NOT NULL)`

// claimedAt is that somebody has said "I'll answer" and it still counts: after a moment, and about this very wait.
func claimedAt(after string) string {
	return `COALESCE(ph.claimed_at > ` + after + ` AND ph.claimed_at >= LEAST(ph.waiting_since, ph.missed_since, ph.hold_since), false)`
}

var claimed = claimedAt("$2")

// inbox are the numbers that wait, as $1 reads them: $2 is before when a claim, and an owner's own time, has run out; $3
// that they read everybody's. The pool offers what its owner cannot answer now, or has not for too long, to whoever was let
// into an open session, their phone connected or not, and shares a language; where either's languages are unknown, nobody is kept apart for it.
var inbox = `
	FROM phones ph
	JOIN users me ON me.id = $1
	LEFT JOIN LATERAL (SELECT id, name, first_name, zone, region, languages, owner_id FROM people WHERE phone_id = ph.id ORDER BY last_contact_at DESC NULLS LAST, created_at LIMIT 1) pe ON true
	LEFT JOIN conversations talk ON talk.person_id = pe.id AND talk.texted AND talk.state = 'open'
	LEFT JOIN users ow ON ow.id = COALESCE(talk.user_id, pe.owner_id) AND ow.removed_at IS NULL
	LEFT JOIN users cl ON cl.id = ph.claimed_by AND ` + claimed + `
	CROSS JOIN LATERAL (SELECT EXISTS (SELECT 1 FROM shifts s WHERE s.user_id = ow.id AND s.state <> 'off') AS here) o
	CROSS JOIN LATERAL (SELECT ph.hold_since IS NULL AND ph.opted_out_at IS NULL
		AND (ow.id IS NULL OR NOT o.here OR LEAST(ph.waiting_since, ph.missed_since) <= $2)
		AND EXISTS (SELECT 1 FROM shifts s JOIN sessions x ON x.id = s.session_id WHERE s.user_id = $1 AND s.admitted AND x.state = 'open')
		AND (tongues_in(COALESCE(pe.languages, '')) = 0 OR tongues_in(me.languages) = 0 OR tongues_in(pe.languages) & tongues_in(me.languages) <> 0) AS open) pool
	WHERE ` + waits + ` AND ($3 OR ow.id = $1 OR cl.id = $1 OR pool.open)`

// readsAll tells who reads everybody's waits.
func readsAll(me phonebank.User) bool { return me.Role.AtLeast(phonebank.Lead) }

// Inbox lists what waits, the longest wait first, as somebody may see it: who coordinates or leads everything, a volunteer
// what is theirs and what the pool offers them.
func (q queries) Inbox(ctx context.Context, me phonebank.User, at time.Time, limit int) ([]Wait, error) {
	return q.waiting(ctx, me, at, "", limit)
}

// Wait finds one number's row, or NotFound where it waits no longer or is not theirs to see.
func (q queries) Wait(ctx context.Context, me phonebank.User, at time.Time, phone phonebank.PhoneID) (Wait, error) {
	list, err := q.waiting(ctx, me, at, phone, 1)
	if err == nil && len(list) == 0 {
		err = phonebank.Fail(phonebank.NotFound, "This doesn't wait any more, or it isn't yours to answer.")
	}
	if err != nil {
		return Wait{}, err
	}
	return list[0], nil
}

func (q queries) waiting(ctx context.Context, me phonebank.User, at time.Time, phone phonebank.PhoneID, limit int) (list []Wait, err error) {
	err = q.all(ctx, &list, `
		SELECT w.*, COALESCE(m.body, '') AS words, COALESCE(n.texts, 0) AS texts, COALESCE(v.id, '') AS voicemail, COALESCE(v.recording_seconds, 0) AS seconds,
			COALESCE((SELECT string_agg(x.name, ', ' ORDER BY x.name) FROM people x WHERE x.phone_id = w.phone_id AND x.id <> w.person_id), '') AS others,
			EXISTS (SELECT 1 FROM follow_ups f WHERE f.phone_id = w.phone_id AND f.reason = 'returned_call' AND f.state IN ('planned', 'due', 'offered', 'in_progress')) AS call_back
		FROM (
			SELECT ph.id AS phone_id, ph.number, ph.zones, COALESCE(pe.id, '') AS person_id, COALESCE(pe.name, '') AS person, COALESCE(pe.first_name, '') AS first_name,
				COALESCE(pe.zone, '') AS zone, COALESCE(pe.region, '') AS region, COALESCE(pe.languages, '') AS languages, LEAST(ph.waiting_since, ph.missed_since, ph.hold_since) AS since,
				ph.waiting_since, ph.missed_since, ph.hold_since, ph.hold_words, ph.last_inbound_at, ph.opted_out_at IS NOT NULL AS stopped,
				COALESCE(ow.id, '') AS owner_id, COALESCE(ow.name, '') AS owner, o.here AS owner_here,
				COALESCE(cl.id, '') AS claimer_id, COALESCE(cl.name, '') AS claimer, CASE WHEN cl.id IS NOT NULL THEN ph.claimed_at END AS claimed_at,
				pool.open AND cl.id IS NULL AS offered, count(*) OVER () AS total `+inbox+` AND ($4 = '' OR ph.id = $4)
			ORDER BY since, ph.id LIMIT $5) w
		LEFT JOIN LATERAL (SELECT body FROM messages WHERE phone_id = w.phone_id AND direction = 'in' ORDER BY at DESC LIMIT 1) m ON w.waiting_since IS NOT NULL
		LEFT JOIN LATERAL (SELECT count(*) AS texts FROM messages WHERE phone_id = w.phone_id AND direction = 'in' AND at >= w.waiting_since) n ON w.waiting_since IS NOT NULL
		LEFT JOIN LATERAL (SELECT id, recording_seconds FROM calls WHERE phone_id = w.phone_id AND kind = 'inbound' AND recording_sid <> '' AND created_at >= w.missed_since
			ORDER BY created_at DESC LIMIT 1) v ON w.missed_since IS NOT NULL
		ORDER BY w.since, w.phone_id`,
		me.ID, at.Add(-phonebank.ClaimFor), readsAll(me), string(phone), limit)
	return list, err
}

// InboxCount counts what waits for somebody and nobody else is answering.
func (q queries) InboxCount(ctx context.Context, me phonebank.User, at time.Time) (n int, err error) {
	err = q.hotGet(ctx, &n, `SELECT count(*) `+inbox+` AND (cl.id IS NULL OR cl.id = $1)`, me.ID, at.Add(-phonebank.ClaimFor), readsAll(me))
	return n, err
}

// ClaimWait writes down who answers. It answers false where somebody else was faster; over tells that whoever has it is to
// be passed over.
func (tx *Tx) ClaimWait(ctx context.Context, phone phonebank.PhoneID, user phonebank.UserID, over bool, at time.Time) (bool, error) {
	n, err := tx.exec(ctx, `
		UPDATE phones ph SET claimed_by = $1, claimed_at = $4
		WHERE ph.id = $3 AND `+waits+` AND (ph.claimed_by = $1 OR $5 OR NOT `+claimed+`)`, user, at.Add(-phonebank.ClaimFor), phone, at, over)
	return n == 1, err
}

// LetGoWait gives a claim back.
func (tx *Tx) LetGoWait(ctx context.Context, phone phonebank.PhoneID, user phonebank.UserID) (bool, error) {
	n, err := tx.exec(ctx, `UPDATE phones SET claimed_by = NULL, claimed_at = NULL WHERE id = $1 AND claimed_by = $2`, phone, user)
	return n == 1, err
}

// Claim is who is answering a number.
type Claim struct {
	UserID phonebank.UserID `db:"id"`
	Name   string           `db:"name"`
	At     time.Time        `db:"claimed_at"`
}

// ClaimOn answers with who is answering a number right now, or with nobody.
func (q queries) ClaimOn(ctx context.Context, phone phonebank.PhoneID, at time.Time) (c Claim, err error) {
	var list []Claim
	err = q.all(ctx, &list, `
		SELECT u.id, u.name, ph.claimed_at FROM phones ph JOIN users u ON u.id = ph.claimed_by
		WHERE ph.id = $1 AND `+claimed, phone, at.Add(-phonebank.ClaimFor))
	if len(list) > 0 {
		c = list[0]
	}
	return c, err
}
