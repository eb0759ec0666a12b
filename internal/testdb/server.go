package testdb

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/jmoiron/sqlx"

	"phonebank/internal/embedded"
)

// stopPatience is how long a server may take to stop in an orderly way.
const stopPatience = 20 * time.Second

// Server is a Postgres with a migrated template on it.
type Server struct {
	root     string             // its folders; empty for a server that is not ours
	postgres *embedded.Postgres // nil for a server that is not ours, and while stopped
	frozen   []int
	url      string
	admin    *sqlx.DB
	template string
}

// NewServer starts a Postgres of this test's own, to stop, start again and
// freeze. Its address stays the same over a restart.
func NewServer(t testing.TB) *Server {
	t.Helper()
	requireMain(t)
	s, err := startServer("")
	if err != nil {
		t.Fatalf("testdb: %v", err)
	}
	t.Cleanup(func() {
		s.Thaw()
		if err := s.close(); err != nil {
			t.Errorf("testdb: %v", err)
		}
	})
	return s
}

// startServer uses the server at address, or starts one when that is empty.
func startServer(address string) (*Server, error) {
	s := &Server{url: address}
	ctx := context.Background()
	if address == "" {
		if err := s.makeRoot(); err != nil {
			return nil, err
		}
		if err := s.launch(ctx); err != nil {
			return nil, errors.Join(err, s.close())
		}
	}
	admin, err := sqlx.Open("postgres", s.url)
	if err != nil {
		return nil, errors.Join(err, s.close())
	}
	s.admin = admin
	if err := s.makeTemplate(ctx); err != nil {
		return nil, errors.Join(err, s.close())
	}
	return s, nil
}

// makeRoot makes the server's folder, which the account that Postgres drops to
// must be able to pass through.
func (s *Server) makeRoot() error {
	root, err := os.MkdirTemp("/tmp", "phonebank-testdb-")
	if err != nil {
		return err
	}
	s.root = root
	if err := os.Chmod(root, 0o711); err != nil {
		return err
	}
	return os.Mkdir(filepath.Join(root, "socket"), 0o700)
}

// launch starts the private Postgres.
func (s *Server) launch(ctx context.Context) error {
	pg, err := embedded.StartPostgres(ctx, embedded.PostgresOptions{
		DataDir:   filepath.Join(s.root, "data"),
		SocketDir: filepath.Join(s.root, "socket"),
		Fast:      true,
	})
	if err != nil {
		return err
	}
	s.postgres, s.url = pg, pg.URL()
	return nil
}

// Postgres is the running server, to ask for its process id; nil while stopped.
func (s *Server) Postgres() *embedded.Postgres { return s.postgres }

// URL is the address of the server's own database, which is not migrated.
func (s *Server) URL() string { return s.url }

// Stop ends the server as an administrator would: connections are dropped.
func (s *Server) Stop(t testing.TB) {
	t.Helper()
	s.requireOwn(t)
	if err := s.stop(); err != nil {
		t.Fatalf("testdb: %v", err)
	}
}

// Start runs a stopped server again, at the same address with the same data.
func (s *Server) Start(t testing.TB) {
	t.Helper()
	s.requireOwn(t)
	if err := s.launch(context.Background()); err != nil {
		t.Fatalf("testdb: %v", err)
	}
}

// requireOwn keeps a test away from the server that others use.
func (s *Server) requireOwn(t testing.TB) {
	t.Helper()
	if s == shared.server {
		t.Fatal("testdb: other tests use this server: take one of your own with NewServer")
	}
}

func (s *Server) stop() error {
	if s.postgres == nil {
		return nil
	}
	ctx, cancel := context.WithTimeout(context.Background(), stopPatience)
	defer cancel()
	err := s.postgres.Stop(ctx)
	s.postgres = nil
	return err
}

// stopped tells whether the test left its own server off.
func (s *Server) stopped() bool { return s.root != "" && s.postgres == nil }

// close stops what is ours and removes what we made.
func (s *Server) close() error {
	var errs []error
	if s.admin != nil {
		if s.root == "" && s.template != "" {
			_, err := s.admin.Exec(`DROP DATABASE IF EXISTS ` + s.template + ` WITH (FORCE)`)
			errs = append(errs, err)
		}
		errs = append(errs, s.admin.Close())
	}
	if s.root != "" {
		errs = append(errs, s.stop(), os.RemoveAll(s.root))
	}
	return errors.Join(errs...)
}
