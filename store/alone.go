package store

import (
	"context"
	"database/sql/driver"
)

// Work that one process at a time does, by the number of its lock.
type Work int64

const (
	FetchWork Work = 0x70686f6e650001 // fetching what came in
	AuditWork Work = 0x70686f6e650002
)

// Alone does something unless another process is at it, and answers whether it did. The lock is the connection's: it is gone
// with a process that dies.
func (s *Store) Alone(ctx context.Context, work Work, do func(context.Context) error) (ran bool, err error) {
	conn, err := s.db.Connx(ctx)
	if err != nil {
		return false, known(err)
	}
	// Whatever becomes of the work, no connection with a lock on it may go back to the pool.
	defer func() { _ = conn.Close() }()
	if err := conn.GetContext(ctx, &ran, `SELECT pg_try_advisory_lock($1)`, int64(work)); err != nil || !ran {
		return false, known(err)
	}
	done := do(ctx)
	if _, err := conn.ExecContext(context.WithoutCancel(ctx), `SELECT pg_advisory_unlock($1)`, int64(work)); err != nil {
		_ = conn.Raw(func(any) error { return driver.ErrBadConn })
	}
	return true, done
}
