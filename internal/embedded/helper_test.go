//go:build unix

package embedded

import (
	"bufio"
	"context"
	"database/sql"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
)

// helperDir tells a copy of the test binary to be a program that runs Postgres
// on that folder, so that a test can kill it.
const helperDir = "PHONEBANK_TEST_HELPER_DIR"

func TestMain(m *testing.M) {
	if dir := os.Getenv(helperDir); dir != "" {
		os.Exit(helperMain(dir))
	}
	os.Exit(m.Run())
}

// helperMain starts Postgres, says where it is, and stops it when its input ends.
func helperMain(dir string) int {
	pg, err := StartPostgres(context.Background(), PostgresOptions{DataDir: dir, Fast: true})
	if err != nil {
		fmt.Println("error", err)
		return 1
	}
	fmt.Println(pg.PID(), pg.URL())
	_, _ = io.Copy(io.Discard, os.Stdin)
	if err := pg.Stop(context.Background()); err != nil {
		fmt.Println("error", err)
		return 1
	}
	return 0
}

// helper is a running copy of this test binary.
type helper struct {
	*exec.Cmd
	stdin io.Closer
	pid   int    // of its Postgres
	url   string // of its Postgres
}

// startHelper runs a Postgres in another process, as another user if given.
func startHelper(t *testing.T, program, dir string, as *syscall.Credential) helper {
	t.Helper()
	cmd := exec.Command(program)
	cmd.Env = append(os.Environ(), helperDir+"="+dir)
	cmd.Dir = "/"
	cmd.Stderr = os.Stderr
	cmd.SysProcAttr = &syscall.SysProcAttr{Credential: as}
	stdin, err := cmd.StdinPipe()
	check(t, err)
	stdout, err := cmd.StdoutPipe()
	check(t, err)
	check(t, cmd.Start())
	t.Cleanup(func() {
		stdin.Close()
		_ = cmd.Wait() // the test that cares has waited itself
	})
	line, err := bufio.NewReader(stdout).ReadString('\n')
	check(t, err)
	pid, url, _ := strings.Cut(strings.TrimSpace(line), " ")
	h := helper{Cmd: cmd, stdin: stdin, url: url}
	if h.pid, err = strconv.Atoi(pid); err != nil {
		t.Fatalf("the helper says: %s", line)
	}
	return h
}

// self is this test binary.
func self(t *testing.T) string {
	t.Helper()
	path, err := os.Executable()
	check(t, err)
	return path
}

// start runs a Postgres that ends with the test.
func start(t *testing.T, dir string) *Postgres {
	t.Helper()
	pg, err := StartPostgres(context.Background(), PostgresOptions{DataDir: dir, Fast: true})
	check(t, err)
	t.Cleanup(func() { check(t, pg.Stop(context.Background())) })
	return pg
}

// refused starts a Postgres that must not start and returns the sentence why.
func refused(t *testing.T, opts PostgresOptions) string {
	t.Helper()
	pg, err := StartPostgres(context.Background(), opts)
	if err == nil {
		check(t, pg.Stop(context.Background()))
		t.Fatal("it started")
	}
	if strings.Contains(err.Error(), "\n") {
		t.Errorf("want one sentence, got %q", err)
	}
	return err.Error()
}

// folder is a new folder that every user may pass through, unlike t.TempDir's.
func folder(t *testing.T) string {
	t.Helper()
	dir, err := os.MkdirTemp("/tmp", "phonebank-test-")
	check(t, err)
	t.Cleanup(func() { os.RemoveAll(dir) })
	check(t, os.Chmod(dir, 0o755))
	return filepath.Join(dir, "data")
}

// query runs a statement, and scans its first row when there is something to
// scan into.
func query(t *testing.T, url, statement string, into ...any) {
	t.Helper()
	db, err := sql.Open("postgres", url)
	check(t, err)
	defer db.Close()
	if len(into) == 0 {
		_, err = db.Exec(statement)
	} else {
		err = db.QueryRow(statement).Scan(into...)
	}
	check(t, err)
}

func check(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// mustContain checks that a sentence holds every one of these words.
func mustContain(t *testing.T, sentence string, words ...string) {
	t.Helper()
	for _, word := range words {
		if !strings.Contains(sentence, word) {
			t.Errorf("%q does not say %q", sentence, word)
		}
	}
}
