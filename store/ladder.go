package store

import (
	"context"
	"fmt"
	"time"

	"github.com/lib/pq"

	"phonebank"
)

// Moves on the ladder. ApproveRung and SetRung are the only statements that write people.rung: a rung never changes
// without a coordinator, nor without a line that says why.

const rungColumns = `id, person_id, from_rung, to_rung, ground, evidence, COALESCE(commitment_id, '') AS commitment_id,
	COALESCE(conversation_id, '') AS conversation_id, state, COALESCE(proposed_by, '') AS proposed_by, proposed_at,
	COALESCE(decided_by, '') AS decided_by, decided_at, note`

// WeighRung keeps the one open proposal of a person in step with what is known of them: it is made, replaced by one that
// says more, or withdrawn when its evidence fell away. It changes no rung.
func (tx *Tx) WeighRung(ctx context.Context, person phonebank.PersonID, at time.Time) error {
	var now struct {
		Rung    int        `db:"rung"`
		Decided *time.Time `db:"decided"`
	}
	if err := tx.get(ctx, &now, `
		SELECT rung, (SELECT max(decided_at) FROM rung_moves WHERE person_id = $1 AND state IN ('approved', 'declined')) AS decided
		FROM people WHERE id = $1 FOR NO KEY UPDATE`, person); err != nil {
		return err
	}
	evidence, err := tx.evidence(ctx, person)
	if err != nil {
		return err
	}
	decided := time.Time{}
	if now.Decided != nil {
		decided = *now.Decided
	}
	move, earned := phonebank.Propose(now.Rung, evidence, decided)
	open, err := tx.openRungs(ctx, person)
	if err != nil {
		return err
	}
	for _, o := range open {
		if earned && o.To == move.To && o.Ground == move.Ground && o.Evidence == move.Evidence {
			return nil
		}
		if err := tx.withdrawRung(ctx, o, "", at); err != nil {
			return err
		}
	}
	if !earned {
		return nil
	}
	move.ID, move.PersonID, move.ProposedAt = phonebank.NewID[phonebank.RungMoveID](at), person, at
	return tx.addRungMove(ctx, move)
}

func (q queries) evidence(ctx context.Context, person phonebank.PersonID) (e phonebank.Evidence, err error) {
	if err = q.all(ctx, &e.Stake, `
		SELECT w.value AS words, w.conversation_id, GREATEST(w.at, COALESCE(c.wrapped_at, w.at)) AS at
		FROM words w JOIN conversations c ON c.id = w.conversation_id
		WHERE w.person_id = $1 AND w.name = ANY($2) AND w.value <> '' ORDER BY at, w.name LIMIT 100`, person, pq.Array(phonebank.StakeNames)); err != nil {
		return e, err
	}
	err = q.all(ctx, &e.Kept, `
		SELECT id, what, rung, COALESCE(settled_at, created_at) AS at FROM commitments
		WHERE person_id = $1 AND state = 'kept' ORDER BY at, id LIMIT 200`, person)
	return e, err
}

func (q queries) openRungs(ctx context.Context, person phonebank.PersonID) (list []phonebank.RungMove, err error) {
	err = q.all(ctx, &list, `SELECT `+rungColumns+` FROM rung_moves WHERE person_id = $1 AND state = 'proposed'`, person)
	return list, err
}

func (tx *Tx) withdrawRung(ctx context.Context, m phonebank.RungMove, by phonebank.UserID, at time.Time) error {
	change, err := m.Apply(phonebank.RungWithdraw, at)
	if err != nil {
		return err
	}
	return save(ctx, tx.queries, "rung_move", string(m.ID), change, By{User: by})
}

func (tx *Tx) addRungMove(ctx context.Context, m phonebank.RungMove) error {
	_, err := tx.exec(ctx, `
		INSERT INTO rung_moves (id, person_id, from_rung, to_rung, ground, evidence, commitment_id, conversation_id, state, proposed_by, proposed_at, decided_by, decided_at, note)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14)`,
		m.ID, m.PersonID, m.From, m.To, m.Ground, m.Evidence, null(m.CommitmentID), null(m.Conversation), m.State, null(m.ProposedBy), m.ProposedAt,
		null(m.DecidedBy), m.DecidedAt, m.Note)
	return err
}

// LockRungMove finds a move and keeps it to this transaction.
func (tx *Tx) LockRungMove(ctx context.Context, id phonebank.RungMoveID) (m phonebank.RungMove, err error) {
	err = tx.get(ctx, &m, `SELECT `+rungColumns+` FROM rung_moves WHERE id = $1 FOR NO KEY UPDATE`, id)
	return m, err
}

// DecideRung stores what a coordinator decided about a proposal; where it is approved the person stands on the new rung.
func (tx *Tx) DecideRung(ctx context.Context, m phonebank.RungMove, c phonebank.Change[phonebank.RungState, phonebank.RungEvent], by By) error {
	if err := save(ctx, tx.queries, "rung_move", string(m.ID), c, by, set{"decided_by", string(by.User)}, set{"decided_at", c.At}, set{"note", by.Note}); err != nil {
		return err
	}
	if c.To != phonebank.RungApproved || !c.Moved() {
		return nil
	}
	return tx.stand(ctx, m, by, c.At)
}

// SetRung writes down a move that a coordinator decided by hand, with its evidence, and withdraws a proposal that it answers.
func (tx *Tx) SetRung(ctx context.Context, m phonebank.RungMove, at time.Time) error {
	open, err := tx.openRungs(ctx, m.PersonID)
	if err != nil {
		return err
	}
	for _, o := range open {
		if err := tx.withdrawRung(ctx, o, m.DecidedBy, at); err != nil {
			return err
		}
	}
	if err := tx.addRungMove(ctx, m); err != nil {
		return err
	}
	return tx.stand(ctx, m, By{User: m.DecidedBy}, at)
}

func (tx *Tx) stand(ctx context.Context, m phonebank.RungMove, by By, at time.Time) error {
	n, err := tx.exec(ctx, `UPDATE people SET rung = $2 WHERE id = $1 AND rung = $3`, m.PersonID, m.To, m.From)
	if err != nil {
		return err
	}
	if n != 1 {
		return phonebank.Fail(phonebank.Stale, "This has changed in the meantime. Please look again.")
	}
	return tx.Note(ctx, at, "person", string(m.PersonID), "rung", By{User: by.User, Note: fmt.Sprintf("%d to %d", m.From, m.To)})
}

// RungLine is one move on the ladder with the names that go with it.
type RungLine struct {
	phonebank.RungMove
	Person  string `db:"person"`
	Decider string `db:"decider"`
}

const rungLineColumns = `m.id, m.person_id, m.from_rung, m.to_rung, m.ground, m.evidence, COALESCE(m.commitment_id, '') AS commitment_id,
	COALESCE(m.conversation_id, '') AS conversation_id, m.state, COALESCE(m.proposed_by, '') AS proposed_by, m.proposed_at,
	COALESCE(m.decided_by, '') AS decided_by, m.decided_at, m.note, p.name AS person, COALESCE(d.name, '') AS decider
	FROM rung_moves m JOIN people p ON p.id = m.person_id LEFT JOIN users d ON d.id = m.decided_by`

// ProposedRungs lists the moves that wait for a coordinator, the longest wait first.
func (q queries) ProposedRungs(ctx context.Context, limit int) (list []RungLine, err error) {
	err = q.all(ctx, &list, `SELECT `+rungLineColumns+` WHERE m.state = 'proposed' ORDER BY m.proposed_at, m.id LIMIT $1`, limit)
	return list, err
}

// RungsOf lists every move of a person, the newest first.
func (q queries) RungsOf(ctx context.Context, person phonebank.PersonID) (list []RungLine, err error) {
	err = q.all(ctx, &list, `SELECT `+rungLineColumns+` WHERE m.person_id = $1 ORDER BY COALESCE(m.decided_at, m.proposed_at) DESC, m.id DESC LIMIT 100`, person)
	return list, err
}

// EarnedBy sets which rung the promise of a talk answers, read from the ask that they said yes to.
func (q queries) EarnedBy(ctx context.Context, talk phonebank.ConversationID, rung int) error {
	_, err := q.exec(ctx, `UPDATE commitments SET rung = $2 WHERE conversation_id = $1`, talk, rung)
	return err
}

// Stand is how somebody stood to the cause in one talk, as it was heard.
type Stand struct {
	Support string    `db:"support"`
	Leader  bool      `db:"leader"`
	Why     string    `db:"why"`
	By      string    `db:"heard_by"`
	At      time.Time `db:"at"`
}

// KeepStand keeps how a person stood in a talk; saving the talk again tells it anew.
func (q queries) KeepStand(ctx context.Context, talk phonebank.ConversationID, person phonebank.PersonID, by phonebank.UserID, s Stand) error {
	_, err := q.exec(ctx, `
		INSERT INTO heard_stands (conversation_id, person_id, support, leader, why, heard_by, at) VALUES ($1, $2, $3, $4, $5, $6, $7)
		ON CONFLICT (conversation_id) DO UPDATE SET support = EXCLUDED.support, leader = EXCLUDED.leader, why = EXCLUDED.why, at = EXCLUDED.at`,
		talk, person, s.Support, s.Leader, s.Why, null(by), s.At)
	return err
}

// StandsOf lists how a person stood, the newest first.
func (q queries) StandsOf(ctx context.Context, person phonebank.PersonID) (list []Stand, err error) {
	err = q.all(ctx, &list, `
		SELECT s.support, s.leader, s.why, COALESCE(u.name, '') AS heard_by, s.at
		FROM heard_stands s LEFT JOIN users u ON u.id = s.heard_by WHERE s.person_id = $1 ORDER BY s.at DESC LIMIT 100`, person)
	return list, err
}

// ForgetStand takes back what a wrap-up said about where a person stands: the wrap-up was undone. The latest of what other
// talks heard holds again, and a proposal that rested on this talk is weighed anew.
func (tx *Tx) ForgetStand(ctx context.Context, talk phonebank.ConversationID, person phonebank.PersonID, at time.Time) error {
	if _, err := tx.exec(ctx, `DELETE FROM heard_stands WHERE conversation_id = $1`, talk); err != nil {
		return err
	}
	if _, err := tx.exec(ctx, `
		UPDATE people SET
			support = COALESCE((SELECT support FROM heard_stands WHERE person_id = $1 AND support NOT IN ('', 'not_heard') ORDER BY at DESC LIMIT 1), ''),
			leader = COALESCE((SELECT why FROM heard_stands WHERE person_id = $1 AND leader ORDER BY at DESC LIMIT 1), '')
		WHERE id = $1`, person); err != nil {
		return err
	}
	return tx.WeighRung(ctx, person, at)
}
