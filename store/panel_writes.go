package store

import (
	"context"

	"phonebank"
)

// SetContact keeps how a volunteer is called and reached, as they give it when they join.
func (q queries) SetContact(ctx context.Context, id phonebank.UserID, name string, phone phonebank.Number, languages string) error {
	_, err := q.exec(ctx, `UPDATE users SET name = $2, phone = $3, languages = $4 WHERE id = $1 AND removed_at IS NULL`, id, name, phone, languages)
	return err
}

// SetUserPhone keeps the number that a volunteer is rung on.
func (q queries) SetUserPhone(ctx context.Context, id phonebank.UserID, phone phonebank.Number) error {
	_, err := q.exec(ctx, `UPDATE users SET phone = $2 WHERE id = $1 AND removed_at IS NULL`, id, phone)
	return err
}
