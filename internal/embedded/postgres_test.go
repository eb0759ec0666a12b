//go:build unix

package embedded

import (
	"context"
	"database/sql"
	"io/fs"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
)

func TestStart_KeepsDataAndLeavesNothingRunning(t *testing.T) {
	dir := folder(t)
	first := start(t, dir)
	query(t, first.URL(), `CREATE TABLE promises (words text)`)
	query(t, first.URL(), `INSERT INTO promises VALUES ('zażółć gęślą jaźń')`)

	if running, ok := RunningURL(dir); !ok || running != first.URL() {
		t.Errorf("another command finds %q, %v; want %q", running, ok, first.URL())
	}
	info, err := os.Stat(urlFile(dir))
	check(t, err)
	if info.Mode().Perm() != 0o600 {
		t.Errorf("the address may be read by others: %v", info.Mode())
	}

	check(t, first.Stop(context.Background()))
	if _, ok := RunningURL(dir); ok {
		t.Error("a stopped server is still announced")
	}
	if runs(first.PID(), "postgres") {
		t.Error("the server outlived Stop")
	}
	address, err := url.Parse(first.URL())
	check(t, err)
	if _, err := os.Stat(address.Query().Get("host")); !os.IsNotExist(err) {
		t.Errorf("the socket folder outlived Stop: %v", err)
	}

	second := start(t, dir)
	var words, upper string
	query(t, second.URL(), `SELECT words, upper(words) FROM promises`, &words, &upper)
	if words != "zażółć gęślą jaźń" || upper != "ZAŻÓŁĆ GĘŚLĄ JAŹŃ" {
		t.Errorf("got %q and %q back", words, upper)
	}
}

func TestStart_ClusterIsPrivateAndTheRestIsOurs(t *testing.T) {
	dir := folder(t)
	pg := start(t, dir)
	cluster := filepath.Join(dir, "postgres")
	info, err := os.Stat(cluster)
	check(t, err)
	if info.Mode().Perm() != 0o700 {
		t.Errorf("the cluster has permissions %v", info.Mode())
	}
	owner, _ := ownerOf(cluster)
	if owner == 0 {
		t.Error("the cluster belongs to root")
	}
	check(t, filepath.WalkDir(dir, func(path string, _ fs.DirEntry, err error) error {
		if path == cluster {
			return fs.SkipDir
		}
		if uid, _ := ownerOf(path); uid != os.Geteuid() {
			t.Errorf("%s was given away", path)
		}
		return err
	}))
	var listens string
	query(t, pg.URL(), `SHOW listen_addresses`, &listens)
	if listens != "" {
		t.Errorf("the server listens on %q", listens)
	}
}

func TestStart_SecondOnSameFolderSaysSo(t *testing.T) {
	dir := folder(t)
	first := start(t, dir)
	mustContain(t, refused(t, PostgresOptions{DataDir: dir}), "another phonebank", dir, "DATA_DIR")
	if running, ok := RunningURL(dir); !ok || running != first.URL() {
		t.Error("the refused start disturbed the running one")
	}
}

func TestStart_AfterKilledServer(t *testing.T) {
	dir := folder(t)
	first := start(t, dir)
	query(t, first.URL(), `CREATE TABLE kept (n int)`)

	// A backend at work does not notice at once that its postmaster is gone.
	db, err := sql.Open("postgres", first.URL())
	check(t, err)
	t.Cleanup(func() { db.Close() })
	conn, err := db.Conn(t.Context())
	check(t, err)
	working := make(chan struct{})
	go func() {
		close(working)
		_, _ = conn.ExecContext(t.Context(), `SELECT sum(n) FROM generate_series(1, 3000000) n`)
	}()
	<-working

	check(t, syscall.Kill(first.PID(), syscall.SIGKILL))
	<-first.Done()
	check(t, first.Stop(context.Background()))
	query(t, start(t, dir).URL(), `TABLE kept`)
}

// In a container process ids begin anew, so the id in a pid file that was left
// may be some other process of the same user.
func TestStart_AfterKilledServerWhoseIDIsTakenAgain(t *testing.T) {
	dir := folder(t)
	first := start(t, dir)
	pidFile := filepath.Join(dir, "postgres", "postmaster.pid")
	left, err := os.ReadFile(pidFile)
	check(t, err)
	check(t, first.Stop(context.Background()))

	owner, err := accountFor(filepath.Join(dir, "postgres"))
	check(t, err)
	other := owner.command(t.Context(), "cat")
	stdin, err := other.StdinPipe()
	check(t, err)
	check(t, other.Start())
	t.Cleanup(func() { stdin.Close(); _ = other.Wait() })
	_, rest, _ := strings.Cut(string(left), "\n")
	check(t, os.WriteFile(pidFile, []byte(itoa(other.Process.Pid)+"\n"+rest), 0o600))
	if owner.dropped {
		check(t, os.Chown(pidFile, owner.uid, owner.gid))
	}

	start(t, dir)
}

func TestStart_AsOrdinaryUser(t *testing.T) {
	dir, program, as := folder(t), self(t), (*syscall.Credential)(nil)
	if os.Geteuid() == 0 {
		// Root tests it as nobody, who can run only a copy of this program.
		program = filepath.Join(filepath.Dir(dir), "helper")
		check(t, exec.Command("cp", self(t), program).Run())
		check(t, os.Mkdir(dir, 0o700))
		nobody := lookup(t, "nobody")
		check(t, os.Chown(dir, nobody.uid, nobody.gid))
		as = &syscall.Credential{Uid: uint32(nobody.uid), Gid: uint32(nobody.gid)}
	}
	h := startHelper(t, program, dir, as)
	var user string
	query(t, h.url, `SELECT current_user`, &user)
	h.stdin.Close()
	check(t, h.Wait())
	if runs(h.pid, "postgres") {
		t.Error("the server outlived the program")
	}
}
