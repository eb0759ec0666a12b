// Package store holds all SQL: rows in, domain values out. It decides nothing about people, texts or calls; what may
// happen is asked of the root package, and what must be true is a constraint or a guarded update.
package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"net"
	"sync"
	"time"

	"github.com/jmoiron/sqlx"
	"github.com/lib/pq"

	"phonebank"
)

// Options says how to reach Postgres.
type Options struct {
	// Deadline bounds every read and write on a connection (default 3 s): lib/pq alone waits for ever on a frozen server.
	Deadline time.Duration
	// Conns is the size of the pool, all of them kept open (default 16): opening one costs more than a query.
	Conns int
	// Wall is the machine's clock, for deadlines on sockets; the product's own clock may be moved in a demo.
	Wall func() time.Time
}

// Store is Postgres, the only truth.
type Store struct {
	queries
	db    *sqlx.DB
	zones zoneCache
}

// queries are the reads and single statements that work in a transaction and outside of one.
type queries struct {
	sqlx.ExtContext
	hot *statements
}

// Tx is one transaction: one thing that happened, with its journal and the work that becomes due.
type Tx struct{ queries }

// Open connects lazily: a server that is down shows in the first query and in Ping, as Unavailable.
func Open(url string, o Options) (*Store, error) {
	if o.Deadline == 0 {
		o.Deadline = 3 * time.Second
	}
	if o.Conns == 0 {
		o.Conns = 16
	}
	config, err := pq.NewConfig(url)
	if err != nil {
		return nil, fmt.Errorf("read the database address: %w", err)
	}
	// A statement with its arguments goes in one round trip instead of two. Bytes then travel as they are, so what is JSON
	// must be handed over as text.
	config.BinaryParameters = true
	connector, err := pq.NewConnectorConfig(config)
	if err != nil {
		return nil, fmt.Errorf("read the database address: %w", err)
	}
	connector.Dialer(dialer{deadline: o.Deadline, wall: o.Wall})
	db := sqlx.NewDb(sql.OpenDB(connector), "postgres")
	db.SetMaxOpenConns(o.Conns)
	db.SetMaxIdleConns(o.Conns)
	return &Store{queries: queries{db, &statements{db: db}}, db: db}, nil
}

// Close ends every connection.
func (s *Store) Close() error { return s.db.Close() }

// Ping tells whether Postgres answers.
func (s *Store) Ping(ctx context.Context) error { return known(s.db.PingContext(ctx)) }

// DB is the pool itself, for tests and benchmarks that look at rows.
func (s *Store) DB() *sqlx.DB { return s.db }

// InTx runs one transaction: it commits where do returns nil, else it rolls back. Two transactions that wait for each other are
// found by Postgres, which ends one of them; that one is run again, so do must not build on what an earlier run left in memory.
// An error of the commit itself means that nobody knows whether it took place, so a caller must not act as if it had.
func (s *Store) InTx(ctx context.Context, do func(*Tx) error) error {
	for try := 1; ; try++ {
		err := s.once(ctx, do)
		var pe *pq.Error
		if try == 4 || !errors.As(err, &pe) || pe.Code != "40P01" {
			return known(err)
		}
	}
}

func (s *Store) once(ctx context.Context, do func(*Tx) error) error {
	s.hot.catchUp(ctx)
	tx, err := s.db.BeginTxx(ctx, nil)
	if err != nil {
		return err
	}
	if err := do(&Tx{queries{tx, s.hot}}); err != nil {
		_ = tx.Rollback() // the first error is the one to tell
		return err
	}
	return tx.Commit()
}

// known gives an error of the database its kind: what a person can mend, and what passes.
func known(err error) error {
	var named *phonebank.Error
	switch {
	case err == nil || errors.As(err, &named):
		return err
	case errors.Is(err, sql.ErrNoRows):
		return phonebank.Because(err, phonebank.NotFound, "We can't find that. It may have been removed.")
	}
	var pe *pq.Error
	if errors.As(err, &pe) {
		switch pe.Code {
		case "23505":
			return phonebank.Because(err, phonebank.Conflict, "That is there already.")
		case textsCapped:
			return phonebank.Because(err, phonebank.Forbidden, phonebank.TextedOften)
		case callsCapped:
			return phonebank.Because(err, phonebank.Forbidden, phonebank.RungOften)
		case "23514", "22001", "22007", "22021", "22P02", "22P05":
			return phonebank.Because(err, phonebank.Invalid, "Something in that can't be stored as it is.")
		}
	}
	return phonebank.Because(err, phonebank.Unavailable, "We can't reach our records right now. Nothing you typed is lost. Please try again in a moment.")
}

func (q queries) exec(ctx context.Context, query string, args ...any) (int64, error) {
	res, err := q.ExecContext(ctx, query, args...)
	if err != nil {
		return 0, known(err)
	}
	n, err := res.RowsAffected()
	return n, known(err)
}

func (q queries) get(ctx context.Context, into any, query string, args ...any) error {
	return known(sqlx.GetContext(ctx, q, into, query, args...))
}

func (q queries) all(ctx context.Context, into any, query string, args ...any) error {
	return known(sqlx.SelectContext(ctx, q, into, query, args...))
}

// statements are those that are planned once for each connection instead of at every use: where thousands a minute run,
// planning costs more than the work.
type statements struct {
	db     *sqlx.DB
	by     sync.Map // text -> *sqlx.Stmt
	wanted sync.Map // texts that a transaction missed
}

// prepare makes a statement ready. It takes a connection, so nobody who holds one may ask.
func (s *statements) prepare(ctx context.Context, query string) (*sqlx.Stmt, error) {
	made, err := s.db.PreparexContext(ctx, query)
	if err != nil {
		return nil, known(err)
	}
	ready, raced := s.by.LoadOrStore(query, made)
	if raced {
		_ = made.Close() // somebody else was faster; theirs is kept
	}
	return ready.(*sqlx.Stmt), nil
}

// catchUp prepares what earlier transactions missed. What cannot be prepared now runs unprepared.
func (s *statements) catchUp(ctx context.Context) {
	s.wanted.Range(func(query, _ any) bool {
		if _, err := s.prepare(ctx, query.(string)); err == nil {
			s.wanted.Delete(query)
		}
		return true
	})
}

// prepared answers with a statement that is ready to run here, or with nil where it is to run unprepared this time.
func (q queries) prepared(ctx context.Context, query string) (*sqlx.Stmt, error) {
	tx, inTx := q.ExtContext.(*sqlx.Tx)
	ready, ok := q.hot.by.Load(query)
	switch {
	case inTx && ok:
		return tx.StmtxContext(ctx, ready), nil
	case inTx:
		q.hot.wanted.Store(query, nil)
		return nil, nil
	case ok:
		return ready.(*sqlx.Stmt), nil
	}
	return q.hot.prepare(ctx, query)
}

// hotAll, hotGet and hotExec are all, get and exec of a statement that stays planned.
func (q queries) hotAll(ctx context.Context, into any, query string, args ...any) error {
	s, err := q.prepared(ctx, query)
	if err != nil {
		return err
	}
	if s == nil {
		return q.all(ctx, into, query, args...)
	}
	return known(s.SelectContext(ctx, into, args...))
}

func (q queries) hotGet(ctx context.Context, into any, query string, args ...any) error {
	s, err := q.prepared(ctx, query)
	if err != nil {
		return err
	}
	if s == nil {
		return q.get(ctx, into, query, args...)
	}
	return known(s.GetContext(ctx, into, args...))
}

func (q queries) hotExec(ctx context.Context, query string, args ...any) (int64, error) {
	s, err := q.prepared(ctx, query)
	if err != nil {
		return 0, err
	}
	if s == nil {
		return q.exec(ctx, query, args...)
	}
	res, err := s.ExecContext(ctx, args...)
	if err != nil {
		return 0, known(err)
	}
	n, err := res.RowsAffected()
	return n, known(err)
}

// null stores an empty id as NULL, so that a foreign key holds.
func null[T ~string](id T) any {
	if id == "" {
		return nil
	}
	return string(id)
}

// dialer gives every connection a deadline on each read and write.
type dialer struct {
	deadline time.Duration
	wall     func() time.Time
}

func (d dialer) Dial(network, address string) (net.Conn, error) {
	return d.DialTimeout(network, address, d.deadline)
}

func (d dialer) DialTimeout(network, address string, timeout time.Duration) (net.Conn, error) {
	ctx, cancel := context.WithTimeout(context.Background(), min(timeout, d.deadline))
	defer cancel()
	return d.DialContext(ctx, network, address)
}

func (d dialer) DialContext(ctx context.Context, network, address string) (net.Conn, error) {
	c, err := (&net.Dialer{Timeout: d.deadline}).DialContext(ctx, network, address)
	if err != nil {
		return nil, err
	}
	return &deadlineConn{Conn: c, d: d}, nil
}

type deadlineConn struct {
	net.Conn
	d dialer
}

func (c *deadlineConn) Read(b []byte) (int, error) {
	if err := c.SetReadDeadline(c.d.wall().Add(c.d.deadline)); err != nil {
		return 0, err
	}
	return c.Conn.Read(b)
}

func (c *deadlineConn) Write(b []byte) (int, error) {
	if err := c.SetWriteDeadline(c.d.wall().Add(c.d.deadline)); err != nil {
		return 0, err
	}
	return c.Conn.Write(b)
}

// zoneCache remembers the few sets of zones on lists for some seconds.
type zoneCache struct {
	mu    sync.Mutex
	at    time.Time
	zones []string
}
