package testdb

import (
	"context"
	"errors"
	"net"
	"testing"

	"github.com/jmoiron/sqlx"
	"github.com/redis/go-redis/v9"

	"phonebank/migrations"
)

func TestMain(m *testing.M) { Main(m) }

func TestNew_EachTestHasAMigratedDatabaseOfItsOwn(t *testing.T) {
	first, second := New(t), New(t)
	first.SQL().MustExec(`CREATE TABLE only_here (n int)`)
	var there bool
	must(t, second.SQL().Get(&there, `SELECT to_regclass('only_here') IS NOT NULL`))
	if there {
		t.Error("a test sees the table of another")
	}
	version, err := migrations.Version(t.Context(), second.URL)
	must(t, err)
	if version == 0 || version != migrations.Latest() {
		t.Errorf("the copy is at version %d of %d", version, migrations.Latest())
	}
}

func TestNew_IsGoneWhenTheTestEnds(t *testing.T) {
	var inner *DB
	t.Run("a test", func(t *testing.T) { inner = New(t) })
	if ping(inner.URL) == nil {
		t.Error("its database is still there")
	}
}

func TestUp_ManyProcessesAtOnce(t *testing.T) {
	server := sharedServer(t)
	name := server.newName("empty")
	server.admin.MustExec(`CREATE DATABASE ` + name)
	t.Cleanup(func() { server.admin.MustExec(`DROP DATABASE ` + name + ` WITH (FORCE)`) })
	address := withDatabase(server.url, name)

	version, err := migrations.Version(t.Context(), address)
	must(t, err)
	if version != 0 {
		t.Errorf("an empty database is at version %d", version)
	}
	errs := make(chan error)
	for range 4 {
		go func() { errs <- migrations.Up(t.Context(), address) }()
	}
	for range 4 {
		must(t, <-errs)
	}
	version, err = migrations.Version(t.Context(), address)
	must(t, err)
	if version != migrations.Latest() {
		t.Errorf("it is at version %d, want %d", version, migrations.Latest())
	}
}

func TestServer_StopsAndComesBackAtTheSameAddress(t *testing.T) {
	server := NewServer(t)
	db := server.New(t)
	db.SQL().MustExec(`CREATE TABLE kept (n int)`)
	server.Stop(t)
	if ping(db.URL) == nil {
		t.Error("a stopped server answers")
	}
	server.Start(t)
	must(t, ping(db.URL))
	db.SQL().MustExec(`TABLE kept`)
}

func TestServer_FrozenSaysNothingUntilThawed(t *testing.T) {
	server := NewServer(t)
	db := server.New(t)
	conn, err := db.SQL().Connx(t.Context())
	must(t, err)
	defer conn.Close()

	server.Freeze(t)
	answer := make(chan error)
	go func() {
		_, err := conn.ExecContext(t.Context(), `SELECT 1`)
		answer <- err
	}()
	if err := ping(db.URL); !timedOut(err) {
		t.Errorf("a frozen server should leave a new connection waiting, got %v", err)
	}
	select {
	case err := <-answer:
		t.Errorf("a frozen server answered: %v", err)
		return
	default:
	}
	server.Thaw()
	must(t, <-answer)
}

func TestRedis_EachTestHasAnEmptyDatabase(t *testing.T) {
	first, second := client(t, Redis(t)), client(t, Redis(t))
	must(t, first.Set(t.Context(), "key", "value", 0).Err())
	if n := second.DBSize(t.Context()).Val(); n != 0 {
		t.Errorf("a test sees %d keys of another", n)
	}
	address := ""
	t.Run("a test that leaves keys", func(t *testing.T) {
		address = Redis(t)
		must(t, client(t, address).Set(t.Context(), "left", "behind", 0).Err())
	})
	for range redisDatabases - 2 { // until the same number comes round again
		next := Redis(t)
		if next == address {
			if n := client(t, next).DBSize(t.Context()).Val(); n != 0 {
				t.Errorf("a test sees %d keys of an earlier one", n)
			}
			return
		}
	}
	t.Error("a number that was given back is never lent again")
}

// ping makes one new connection, for a second at most.
func ping(address string) error {
	db, err := sqlx.Open("postgres", address+"&connect_timeout=1")
	if err != nil {
		return err
	}
	defer db.Close()
	return db.Ping()
}

// timedOut tells an answer that never came from a refusal.
func timedOut(err error) bool {
	var netErr net.Error
	return errors.Is(err, context.DeadlineExceeded) || errors.As(err, &netErr) && netErr.Timeout()
}

func client(t *testing.T, address string) *redis.Client {
	t.Helper()
	opts, err := redis.ParseURL(address)
	must(t, err)
	c := redis.NewClient(opts)
	t.Cleanup(func() { c.Close() })
	return c
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}
