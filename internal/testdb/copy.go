package testdb

import (
	"net/url"
	"strings"
	"testing"

	"github.com/jmoiron/sqlx"
)

// Copy makes a second database with everything that is in this one, as an operator who clones it would. Whoever is connected to
// the first loses their connection.
func (db *DB) Copy(t testing.TB) *DB {
	t.Helper()
	u, err := url.Parse(db.URL)
	if err != nil {
		t.Fatalf("testdb: %v", err)
	}
	name, from := db.server.newName("copy"), strings.TrimPrefix(u.Path, "/")
	for _, sql := range []string{
		`SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '` + from + `'`,
		`CREATE DATABASE ` + name + ` TEMPLATE ` + from,
	} {
		if _, err := db.server.admin.Exec(sql); err != nil {
			t.Fatalf("testdb: copy the database: %v", err)
		}
	}
	second := &DB{URL: withDatabase(db.server.url, name), server: db.server}
	if second.sql, err = sqlx.Open("postgres", second.URL); err != nil {
		t.Fatalf("testdb: %v", err)
	}
	t.Cleanup(func() {
		second.sql.Close()
		if _, err := db.server.admin.Exec(`DROP DATABASE ` + name + ` WITH (FORCE)`); err != nil && !db.server.stopped() {
			t.Errorf("testdb: drop the copy: %v", err)
		}
	})
	return second
}
