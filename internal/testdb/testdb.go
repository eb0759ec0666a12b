// Package testdb gives each test a fresh, migrated Postgres database and a clean
// real Redis. It must never be imported by anything but tests.
package testdb

import (
	"context"
	"crypto/rand"
	"fmt"
	"net/url"
	"os"
	"strings"
	"sync"
	"testing"

	"github.com/jmoiron/sqlx"
	_ "github.com/lib/pq" // the driver that sqlx.Connect names

	"phonebank/migrations"
)

// DB is a database of one test, gone when the test ends.
type DB struct {
	// URL is its address, for the code under test.
	URL string

	server *Server
	sql    *sqlx.DB
}

// SQL is a pool for the test's own questions, apart from that of the code under
// test.
func (db *DB) SQL() *sqlx.DB { return db.sql }

// Server is the server that the database is on. Unless it came from NewServer,
// other tests use it too: do not stop or freeze it.
func (db *DB) Server() *Server { return db.server }

// shared is what the tests of this process have in common, started by the first
// test that asks.
var shared struct {
	sync.Mutex
	managed bool // Main runs, so everything will be stopped
	server  *Server
	redis   *redisPool
}

// Main runs the tests and then stops what they shared. Every package that uses
// testdb has it as its TestMain:
//
//	func TestMain(m *testing.M) { testdb.Main(m) }
func Main(m *testing.M) {
	shared.managed = true
	code := m.Run()
	if err := stopShared(); err != nil {
		fmt.Fprintln(os.Stderr, "testdb:", err)
		code = max(code, 1)
	}
	os.Exit(code)
}

// stopShared ends the servers of this process.
func stopShared() error {
	shared.Lock()
	defer shared.Unlock()
	if shared.redis != nil {
		shared.redis.close()
	}
	if shared.server != nil {
		return shared.server.close()
	}
	return nil
}

// New makes a database for this test, a copy of one that was migrated once. The
// server is a private Postgres of this process, or the one at TEST_DATABASE_URL,
// whose user must be allowed to create databases.
func New(t testing.TB) *DB {
	t.Helper()
	return sharedServer(t).New(t)
}

// sharedServer starts the server of this process the first time.
func sharedServer(t testing.TB) *Server {
	t.Helper()
	shared.Lock()
	defer shared.Unlock()
	requireMain(t)
	if shared.server == nil {
		server, err := startServer(os.Getenv("TEST_DATABASE_URL"))
		if err != nil {
			t.Fatalf("testdb: %v", err)
		}
		shared.server = server
	}
	return shared.server
}

// requireMain fails a test whose package would leave servers behind.
func requireMain(t testing.TB) {
	t.Helper()
	if !shared.managed {
		t.Fatal("testdb: this package needs `func TestMain(m *testing.M) { testdb.Main(m) }`")
	}
}

// New makes a database on this server for this test.
func (s *Server) New(t testing.TB) *DB {
	t.Helper()
	name := s.newName("test")
	if _, err := s.admin.Exec(`CREATE DATABASE ` + name + ` TEMPLATE ` + s.template); err != nil {
		t.Fatalf("testdb: copy the template: %v", err)
	}
	db := &DB{URL: withDatabase(s.url, name), server: s}
	pool, err := sqlx.Open("postgres", db.URL)
	if err != nil {
		t.Fatalf("testdb: %v", err)
	}
	db.sql = pool
	t.Cleanup(func() {
		pool.Close()
		if _, err := s.admin.Exec(`DROP DATABASE ` + name + ` WITH (FORCE)`); err != nil && !s.stopped() {
			t.Errorf("testdb: drop the test's database: %v", err)
		}
	})
	return db
}

// newName names a database as no other process does that uses the same server.
func (s *Server) newName(kind string) string {
	return strings.ToLower(kind + "_" + rand.Text()[:12])
}

// withDatabase is the address of another database on the same server.
func withDatabase(address, name string) string {
	u, err := url.Parse(address)
	if err != nil {
		panic(fmt.Sprintf("testdb: TEST_DATABASE_URL must be a URL: %v", err))
	}
	u.Path = "/" + name
	return u.String()
}

// makeTemplate migrates a database once and closes it to connections, which
// would hold up the copying.
func (s *Server) makeTemplate(ctx context.Context) error {
	s.template = s.newName("template")
	if _, err := s.admin.ExecContext(ctx, `CREATE DATABASE `+s.template); err != nil {
		return fmt.Errorf("create the template: %w", err)
	}
	if err := migrations.Up(ctx, withDatabase(s.url, s.template)); err != nil {
		return err
	}
	if _, err := s.admin.ExecContext(ctx, `ALTER DATABASE `+s.template+` WITH ALLOW_CONNECTIONS false`); err != nil {
		return fmt.Errorf("close the template: %w", err)
	}
	return nil
}
