//go:build unix

package embedded

import (
	"context"
	"errors"
	"os"
	"os/user"
	"path/filepath"
	"strconv"
	"testing"
)

func TestStart_DataOfAnotherMajorVersionIsLeftAlone(t *testing.T) {
	dir := folder(t)
	version := filepath.Join(dir, "postgres", "PG_VERSION")
	check(t, os.MkdirAll(filepath.Dir(version), 0o755))
	check(t, os.WriteFile(version, []byte("13\n"), 0o600))
	if os.Geteuid() == 0 {
		nobody := lookup(t, "nobody")
		check(t, os.Chown(filepath.Dir(version), nobody.uid, nobody.gid))
	}
	mustContain(t, refused(t, PostgresOptions{DataDir: dir}),
		"written by PostgreSQL 13", "install PostgreSQL 13", "PG_BIN", "move", filepath.Dir(version))
	entries, err := os.ReadDir(filepath.Dir(version))
	check(t, err)
	if len(entries) != 1 {
		t.Errorf("the folder was touched: %v", entries)
	}
}

func TestStart_FolderWithSomethingElseInItIsLeftAlone(t *testing.T) {
	dir := folder(t)
	check(t, os.MkdirAll(filepath.Join(dir, "postgres", "thesis"), 0o755))
	mustContain(t, refused(t, PostgresOptions{DataDir: dir}), "holds files but no PostgreSQL data", "DATA_DIR")
}

func TestStart_MissingProgramsNameEveryWayOut(t *testing.T) {
	mustContain(t, refused(t, PostgresOptions{DataDir: folder(t), BinDir: t.TempDir()}),
		"PG_BIN", "apt-get install postgresql", "DATABASE_URL", "docker compose")
}

func TestStart_EndedContextStopsTheStart(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	dir := folder(t)
	if _, err := StartPostgres(ctx, PostgresOptions{DataDir: dir}); !errors.Is(err, context.Canceled) {
		t.Fatalf("got %v", err)
	}
	start(t, dir) // an interrupted first start leaves nothing in the way
}

func TestCheckPath_NamesTheClosedFolder(t *testing.T) {
	open := filepath.Dir(folder(t))
	closed := filepath.Join(open, "closed")
	inner := filepath.Join(closed, "inner")
	check(t, os.MkdirAll(inner, 0o755))
	stranger := account{name: "stranger", uid: 54321, gid: 54321}
	check(t, stranger.checkPath(inner))

	check(t, os.Chmod(closed, 0o700))
	err := stranger.checkPath(inner)
	if err == nil {
		t.Fatal("a closed folder was not noticed")
	}
	mustContain(t, err.Error(), "the folder "+closed+" is closed to the user stranger", "chmod o+x "+closed, "DATA_DIR")
}

// lookup finds a user by name.
func lookup(t *testing.T, name string) account {
	t.Helper()
	found, err := user.Lookup(name)
	check(t, err)
	a, err := droppedTo(found)
	check(t, err)
	return a
}

func itoa(n int) string { return strconv.Itoa(n) }
