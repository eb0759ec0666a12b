package store

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"phonebank"
)

// AddScript stores one version of a script; a version that is there stays as it is.
func (q queries) AddScript(ctx context.Context, id string, version int, status, title string, document []byte, at time.Time) error {
	_, err := q.exec(ctx, `
		INSERT INTO scripts (id, version, status, title, document, created_at, changed_at, published_at)
		VALUES ($1, $2, $3::text, $4, $5, $6, $6, CASE WHEN $3::text = 'live' THEN $6::timestamptz END)
		ON CONFLICT (id, version) DO NOTHING`, id, version, status, title, string(document), at)
	return err
}

// LiveScript answers with the newest live version of a script.
func (q queries) LiveScript(ctx context.Context, id string) (version int, document []byte, err error) {
	var row struct {
		Version  int    `db:"version"`
		Document []byte `db:"document"`
	}
	err = q.get(ctx, &row, `SELECT version, document FROM scripts WHERE id = $1 AND status = 'live' ORDER BY version DESC LIMIT 1`, id)
	return row.Version, row.Document, err
}

// Script answers with one version of a script.
func (q queries) Script(ctx context.Context, id string, version int) (document []byte, err error) {
	err = q.get(ctx, &document, `SELECT document FROM scripts WHERE id = $1 AND version = $2`, id, version)
	return document, err
}

// ScriptName is one script that a campaign may use.
type ScriptName struct {
	ID    string `db:"id"`
	Title string `db:"title"`
}

// LiveScripts lists the scripts that are live.
func (q queries) LiveScripts(ctx context.Context) (list []ScriptName, err error) {
	err = q.all(ctx, &list, `SELECT DISTINCT ON (id) id, title FROM scripts WHERE status = 'live' ORDER BY id, version DESC`)
	return list, err
}

// ScriptUse is one version with how it is used. Its title comes in every language that it has.
type ScriptUse struct {
	phonebank.ScriptVersion
	Title json.RawMessage `db:"title"`
	Talks int             `db:"talks"`
}

const scriptColumns = `s.id, s.version, s.status, s.revision, COALESCE(u.name, '') AS changed_by, s.changed_at, s.published_at, s.retired_at`

// ScriptVersions lists every version of every script, the newest first, without its words.
func (q queries) ScriptVersions(ctx context.Context) (list []ScriptUse, err error) {
	err = q.all(ctx, &list, `
		SELECT `+scriptColumns+`, COALESCE(s.document -> 'title', to_jsonb(s.title)) AS title,
			(SELECT count(*) FROM conversations c WHERE c.script_id = s.id AND c.script_version = s.version) AS talks
		FROM scripts s LEFT JOIN users u ON u.id = s.changed_by ORDER BY s.id, s.version DESC`)
	return list, err
}

// ScriptVersion answers with one version and its words.
func (q queries) ScriptVersion(ctx context.Context, id string, version int) (v phonebank.ScriptVersion, err error) {
	err = q.get(ctx, &v, `SELECT `+scriptColumns+`, s.document FROM scripts s LEFT JOIN users u ON u.id = s.changed_by WHERE s.id = $1 AND s.version = $2`, id, version)
	return v, err
}

// LockScriptVersion is ScriptVersion, kept to this transaction.
func (tx *Tx) LockScriptVersion(ctx context.Context, id string, version int) (v phonebank.ScriptVersion, err error) {
	err = tx.get(ctx, &v, `SELECT `+scriptColumns+`, s.document FROM scripts s LEFT JOIN users u ON u.id = s.changed_by WHERE s.id = $1 AND s.version = $2 FOR NO KEY UPDATE OF s`, id, version)
	return v, err
}

// NewestVersion answers with the newest version of a script and where it stands; no rows are NotFound.
func (q queries) NewestVersion(ctx context.Context, id string) (v phonebank.ScriptVersion, err error) {
	err = q.get(ctx, &v, `SELECT `+scriptColumns+`, s.document FROM scripts s LEFT JOIN users u ON u.id = s.changed_by WHERE s.id = $1 ORDER BY s.version DESC LIMIT 1`, id)
	return v, err
}

// AddDraft stores a new draft. A version of that number that is there already is a Conflict.
func (q queries) AddDraft(ctx context.Context, id string, version int, title string, document []byte, by phonebank.UserID, at time.Time) error {
	_, err := q.exec(ctx, `
		WITH added AS (
			INSERT INTO scripts (id, version, status, title, document, created_at, changed_at, changed_by)
			VALUES ($1, $2, 'draft', $3, $4, $5, $5, $6) RETURNING id, version)
		INSERT INTO journal (at, thing, thing_id, event, to_state, by_user)
		SELECT $5, 'script', id || '@' || version, 'draft', 'draft', COALESCE($6, '') FROM added`,
		id, version, title, string(document), at, null(by))
	return err
}

// SaveDraft stores what was written over the revision that the writer began with, and answers with the next one. Somebody
// who was faster, or who published it, makes it Stale.
func (q queries) SaveDraft(ctx context.Context, id string, version, revision int, title string, document []byte, by phonebank.UserID, at time.Time) (next int, err error) {
	err = q.get(ctx, &next, `
		UPDATE scripts SET document = $5, title = $4, revision = revision + 1, changed_at = $6, changed_by = $7
		WHERE id = $1 AND version = $2 AND revision = $3 AND status = 'draft' RETURNING revision`,
		id, version, revision, title, string(document), at, null(by))
	if phonebank.KindOf(err) == phonebank.NotFound {
		return 0, phonebank.Fail(phonebank.Stale, "This draft was saved from another window since you opened it. Both are kept: choose which one goes on.")
	}
	return next, err
}

// DropDraft throws a draft away. What was ever live stays.
func (q queries) DropDraft(ctx context.Context, id string, version int, by phonebank.UserID, at time.Time) error {
	n, err := q.exec(ctx, `
		WITH gone AS (DELETE FROM scripts WHERE id = $1 AND version = $2 AND status = 'draft' RETURNING id, version)
		INSERT INTO journal (at, thing, thing_id, event, from_state, by_user)
		SELECT $3, 'script', id || '@' || version, 'discard', 'draft', $4 FROM gone`, id, version, at, string(by))
	if err == nil && n == 0 {
		err = phonebank.Fail(phonebank.Conflict, "Only a draft can be thrown away. This one has been published or is gone.")
	}
	return err
}

// SaveScriptMove stores a move of a version, with its line in the journal. A version that goes live says so in its document too.
func (q queries) SaveScriptMove(ctx context.Context, v phonebank.ScriptVersion, c phonebank.Change[phonebank.ScriptState, phonebank.ScriptEvent], by phonebank.UserID) error {
	if !c.Moved() {
		return nil
	}
	n, err := q.exec(ctx, `
		WITH moved AS (
			UPDATE scripts SET status = $4::text,
				published_at = CASE WHEN $4::text = 'live' THEN $5::timestamptz ELSE published_at END,
				retired_at = CASE WHEN $4::text = 'retired' THEN $5::timestamptz END,
				document = CASE WHEN $4::text = 'live' THEN jsonb_set(document, '{status}', '"live"') ELSE document END
			WHERE id = $1 AND version = $2 AND status = $3::text RETURNING id, version)
		INSERT INTO journal (at, thing, thing_id, event, from_state, to_state, by_user)
		SELECT $5, 'script', id || '@' || version, $6, $3::text, $4::text, $7 FROM moved`,
		v.ID, v.Version, string(c.From), string(c.To), c.At, string(c.Event), string(by))
	if err != nil {
		return fmt.Errorf("save script %s: %w", c.Event, err)
	}
	if n != 1 {
		return phonebank.Fail(phonebank.Stale, "This has changed in the meantime. Please look again.")
	}
	return nil
}

// SessionsOn names the sessions that are open now and begin their talks with this script: their own, or else their campaign's.
func (q queries) SessionsOn(ctx context.Context, script string) (names []string, err error) {
	err = q.all(ctx, &names, `
		SELECT s.name FROM sessions s JOIN campaigns c ON c.id = s.campaign_id
		WHERE s.state = 'open' AND COALESCE(NULLIF(s.script_id, ''), c.script_id) = $1 ORDER BY s.name`, script)
	return names, err
}
