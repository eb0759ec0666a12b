package store

import (
	"context"
	"crypto/sha256"
	"time"

	"phonebank"
)

const userColumns = `id, name, spoken, role, phone, place, stake, languages, locale, created_at, removed_at`

// AddUser writes down somebody who works with us.
func (q queries) AddUser(ctx context.Context, u phonebank.User) error {
	_, err := q.exec(ctx, `
		INSERT INTO users (id, name, role, phone, place, stake, languages, created_at)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8)`, u.ID, u.Name, u.Role, u.Phone, u.Place, u.Stake, u.Languages, u.CreatedAt)
	return err
}

// User finds one who works with us.
func (q queries) User(ctx context.Context, id phonebank.UserID) (u phonebank.User, err error) {
	err = q.get(ctx, &u, `SELECT `+userColumns+` FROM users WHERE id = $1`, id)
	return u, err
}

// UserByName finds somebody with a role by the name they were added with.
func (q queries) UserByName(ctx context.Context, name string, role phonebank.Role) (u phonebank.User, err error) {
	err = q.get(ctx, &u, `SELECT `+userColumns+` FROM users WHERE name = $1 AND role = $2 AND removed_at IS NULL ORDER BY created_at LIMIT 1`, name, role)
	return u, err
}

// SetStake keeps why it matters to a volunteer, where they live and how to say it, in their words.
func (q queries) SetStake(ctx context.Context, id phonebank.UserID, place, stake string) error {
	_, err := q.exec(ctx, `UPDATE users SET place = $2, stake = $3 WHERE id = $1`, id, place, stake)
	return err
}

// SetSpoken keeps how a volunteer says their own name on the phone.
func (q queries) SetSpoken(ctx context.Context, id phonebank.UserID, spoken string) error {
	_, err := q.exec(ctx, `UPDATE users SET spoken = $2 WHERE id = $1`, id, spoken)
	return err
}

// SetUserLocale keeps in which language somebody reads our pages.
func (q queries) SetUserLocale(ctx context.Context, id phonebank.UserID, locale string) error {
	_, err := q.exec(ctx, `UPDATE users SET locale = $2 WHERE id = $1`, id, locale)
	return err
}

// RemoveUser takes somebody out: every cookie and token of theirs is dead from now on.
func (tx *Tx) RemoveUser(ctx context.Context, id phonebank.UserID, by By, at time.Time) error {
	if _, err := tx.exec(ctx, `UPDATE users SET removed_at = $2 WHERE id = $1 AND removed_at IS NULL`, id, at); err != nil {
		return err
	}
	if _, err := tx.exec(ctx, `UPDATE secrets SET revoked_at = $2 WHERE user_id = $1 AND revoked_at IS NULL`, id, at); err != nil {
		return err
	}
	return tx.Note(ctx, at, "user", string(id), "remove", by)
}

// SecretKind says what a secret opens.
type SecretKind string

const (
	LoginSecret SecretKind = "login" // a browser's cookie
	LinkSecret  SecretKind = "link"  // a one-time link
	TokenSecret SecretKind = "token" // the JSON API
)

// Hash is what is stored of a secret. Secrets are 160 random bits or more, so a plain SHA-256 is enough.
func Hash(secret string) []byte {
	sum := sha256.Sum256([]byte(secret))
	return sum[:]
}

// AddSecret keeps the hash of a secret; a zero expires means until it is revoked. An API token given from outside may be
// added again.
func (q queries) AddSecret(ctx context.Context, kind SecretKind, secret string, user phonebank.UserID, name string, at, expires time.Time) error {
	var until *time.Time
	if !expires.IsZero() {
		until = &expires
	}
	_, err := q.exec(ctx, `
		INSERT INTO secrets (hash, kind, user_id, name, created_at, expires_at)
		VALUES ($1, $2, $3, $4, $5, $6)
		ON CONFLICT (hash) DO NOTHING`, Hash(secret), kind, user, name, at, until)
	return err
}

// Who finds the one who holds a secret of a kind, if it is still good.
func (q queries) Who(ctx context.Context, kind SecretKind, secret string, at time.Time) (u phonebank.User, err error) {
	err = q.get(ctx, &u, `
		SELECT u.id, u.name, u.spoken, u.role, u.phone, u.place, u.stake, u.languages, u.locale, u.created_at, u.removed_at
		FROM secrets s JOIN users u ON u.id = s.user_id
		WHERE s.hash = $1 AND s.kind = $2 AND s.revoked_at IS NULL AND u.removed_at IS NULL
			AND (s.expires_at IS NULL OR s.expires_at > $3)
			AND (s.kind <> 'link' OR s.used_at IS NULL)`, Hash(secret), kind, at)
	return u, err
}

// Redeem spends a one-time link, once, whoever presses first.
func (q queries) Redeem(ctx context.Context, secret string, at time.Time) (u phonebank.User, err error) {
	err = q.get(ctx, &u, `
		WITH spent AS (
			UPDATE secrets SET used_at = $2
			WHERE hash = $1 AND kind = 'link' AND used_at IS NULL AND revoked_at IS NULL AND expires_at > $2
			RETURNING user_id)
		SELECT u.id, u.name, u.spoken, u.role, u.phone, u.place, u.stake, u.languages, u.locale, u.created_at, u.removed_at
		FROM spent JOIN users u ON u.id = spent.user_id
		WHERE u.removed_at IS NULL`, Hash(secret), at)
	return u, err
}

// Revoke makes one secret worthless.
func (q queries) Revoke(ctx context.Context, secret string, at time.Time) error {
	_, err := q.exec(ctx, `UPDATE secrets SET revoked_at = $2 WHERE hash = $1`, Hash(secret), at)
	return err
}
