//go:build unix

package embedded

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
	"syscall"
)

// cluster is a Postgres data folder and the account it belongs to.
type cluster struct {
	dir     string
	account account
}

// clusterMajor reads which major version wrote the cluster at dir; 0 when there
// is none.
func clusterMajor(dir string) (int, error) {
	text, err := os.ReadFile(filepath.Join(dir, "PG_VERSION"))
	if errors.Is(err, fs.ErrNotExist) {
		return 0, nil
	}
	if err != nil {
		return 0, fmt.Errorf("read the version of the data in %s: %w", dir, err)
	}
	major, err := strconv.Atoi(strings.TrimSpace(string(text)))
	if err != nil {
		return 0, fmt.Errorf("the data in %s is not of a PostgreSQL that phonebank knows: PG_VERSION says %q", dir, text)
	}
	return major, nil
}

// prepare makes the cluster if there is none, and refuses one of another major
// version: Postgres cannot read it, and converting somebody's data unasked is
// not ours to do.
func (c cluster) prepare(ctx context.Context, programs binaries, major int, fast bool) error {
	switch major {
	case 0:
		return c.create(ctx, programs, fast)
	case programs.major:
		return nil
	default:
		return fmt.Errorf("the data in %s was written by PostgreSQL %d and the programs in %s are PostgreSQL %d: install PostgreSQL %d (PG_BIN may name its folder), or move %s aside to begin with an empty database",
			c.dir, major, programs.dir, programs.major, major, c.dir)
	}
}

// create runs initdb in a folder beside the final one and renames it when it is
// whole, so that an interrupted first start leaves nothing that looks like data.
func (c cluster) create(ctx context.Context, programs binaries, fast bool) error {
	if entries, err := os.ReadDir(c.dir); err == nil && len(entries) > 0 {
		return fmt.Errorf("%s holds files but no PostgreSQL data: move it aside, or choose another folder with DATA_DIR", c.dir)
	}
	unfinished := c.dir + ".new"
	if err := os.RemoveAll(unfinished); err != nil {
		return fmt.Errorf("clear an unfinished first start: %w", err)
	}
	if err := os.Mkdir(unfinished, 0o700); err != nil {
		return fmt.Errorf("make the database folder: %w", err)
	}
	if err := c.account.give(unfinished); err != nil {
		return fmt.Errorf("make the database folder: %w", err)
	}
	args := []string{
		"--pgdata=" + unfinished, "--username=" + superuser, "--auth=trust",
		"--encoding=UTF8", "--locale=" + locale(), "--lc-messages=C",
	}
	if fast {
		args = append(args, "--no-sync")
	}
	cmd := c.account.command(ctx, programs.path("initdb"), args...)
	cmd.SysProcAttr.Setpgid = true // Ctrl-C is ours to handle: ctx ends it
	if out, err := cmd.CombinedOutput(); err != nil {
		if ctx.Err() != nil {
			return ctx.Err()
		}
		return fmt.Errorf("make the database with initdb: %w: %s", err, lastLine(out))
	}
	if err := os.Rename(unfinished, c.dir); err != nil {
		return fmt.Errorf("make the database folder: %w", err)
	}
	return nil
}

// locale folds case in every script and sorts the same on every machine. macOS
// has no C.UTF-8.
func locale() string {
	if runtime.GOOS == "darwin" {
		return "en_US.UTF-8"
	}
	return "C.UTF-8"
}

// running answers the postmaster that uses the cluster now, 0 when none does.
func (c cluster) running() int {
	text, err := os.ReadFile(c.pidFile())
	if err != nil {
		return 0
	}
	first, _, _ := strings.Cut(string(text), "\n")
	pid, err := strconv.Atoi(strings.TrimSpace(first))
	if err != nil || !runs(pid, "postgres") {
		return 0
	}
	return pid
}

func (c cluster) pidFile() string { return filepath.Join(c.dir, "postmaster.pid") }

// disownPidFile makes a pid file that a killed server left harmless. Postgres
// would refuse to start if its process id meanwhile belongs to some other
// process, common in a container where ids begin anew. It ignores the id of its
// own parent, which is us, and still reads the rest of the file to make sure
// that no old backend is left in shared memory; so only the first line changes.
// Call it only when running has answered 0.
func (c cluster) disownPidFile() error {
	text, err := os.ReadFile(c.pidFile())
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return err
	}
	_, rest, _ := bytes.Cut(text, []byte("\n"))
	return os.WriteFile(c.pidFile(), append(strconv.AppendInt(nil, int64(os.Getpid()), 10), append([]byte("\n"), rest...)...), 0o600)
}

// command prepares a Postgres program to run as the account, in a folder it can
// enter, without the PG* settings of the person's own psql.
func (a account) command(ctx context.Context, program string, args ...string) *exec.Cmd {
	cmd := exec.CommandContext(ctx, program, args...)
	cmd.Dir = "/"
	cmd.SysProcAttr = &syscall.SysProcAttr{}
	if a.dropped {
		cmd.SysProcAttr.Credential = &syscall.Credential{Uid: uint32(a.uid), Gid: uint32(a.gid)}
	}
	for _, entry := range os.Environ() {
		if !strings.HasPrefix(entry, "PG") {
			cmd.Env = append(cmd.Env, entry)
		}
	}
	return cmd
}
