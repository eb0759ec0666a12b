package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"sync"
	"syscall"
	"time"

	"phonebank/internal/embedded"
)

// database is the shard's own Postgres. It does not flush to disk: a killed server loses nothing by that, only a machine
// would.
type database struct {
	dir    string
	mu     sync.Mutex
	server *embedded.Postgres
	frozen []int
}

func startDatabase(ctx context.Context, dir string) (*database, error) {
	d := &database{dir: dir}
	if err := os.MkdirAll(filepath.Join(dir, "socket"), 0o700); err != nil {
		return nil, err
	}
	return d, d.start(ctx)
}

func (d *database) start(ctx context.Context) error {
	d.mu.Lock()
	defer d.mu.Unlock()
	server, err := embedded.StartPostgres(ctx, embedded.PostgresOptions{DataDir: filepath.Join(d.dir, "data"), SocketDir: filepath.Join(d.dir, "socket"), Fast: true})
	if err == nil {
		d.server = server
	}
	return err
}

// socket is where the server listens, the same after every start.
func (d *database) socket() string { return filepath.Join(d.dir, "socket", ".s.PGSQL.5432") }

// url is the server's address for the harness itself, past the wire that can be cut.
func (d *database) url() string { return d.server.URL() }

// immediate is `pg_ctl stop -m immediate`, and a start: every connection is gone, and the log is replayed.
func (d *database) immediate(ctx context.Context, away time.Duration) error {
	return d.without(ctx, func() error { time.Sleep(away); return nil })
}

// without stops the server at once, does something, and starts it again.
func (d *database) without(ctx context.Context, do func() error) error {
	d.mu.Lock()
	server := d.server
	d.mu.Unlock()
	if err := syscall.Kill(server.PID(), syscall.SIGQUIT); err != nil {
		return fmt.Errorf("stop Postgres at once: %w", err)
	}
	<-server.Done()
	_ = server.Stop(ctx) // it has ended; this gives its folder back
	return errors.Join(do(), d.start(ctx))
}

// freeze stops the server and all its processes where they are: connections stay open and say nothing.
func (d *database) freeze() error {
	d.mu.Lock()
	defer d.mu.Unlock()
	pid := d.server.PID()
	list, err := children(pid)
	if err != nil {
		return err
	}
	for _, pid := range append([]int{pid}, list...) {
		if syscall.Kill(pid, syscall.SIGSTOP) == nil {
			d.frozen = append(d.frozen, pid)
		}
	}
	return nil
}

func (d *database) thaw() {
	d.mu.Lock()
	defer d.mu.Unlock()
	for _, pid := range d.frozen {
		_ = syscall.Kill(pid, syscall.SIGCONT)
	}
	d.frozen = nil
}

func (d *database) stop() {
	d.thaw()
	ctx, cancel := context.WithTimeout(context.Background(), 20*time.Second)
	defer cancel()
	if err := d.server.Stop(ctx); err != nil {
		fmt.Fprintln(os.Stderr, "chaos: stop Postgres:", err)
	}
}

// children lists the processes whose parent is pid: each backend of Postgres is in a session of its own, so that a signal to
// the group would not reach it.
func children(pid int) (found []int, err error) {
	stats, err := filepath.Glob("/proc/[0-9]*/stat")
	if err != nil || len(stats) == 0 {
		return nil, fmt.Errorf("the fault harness freezes a server by its processes, which needs /proc, that is, Linux")
	}
	for _, path := range stats {
		text, err := os.ReadFile(path)
		if err != nil {
			continue // it ended meanwhile
		}
		var state string
		var parent int
		if _, err := fmt.Sscan(string(text[bytes.LastIndexByte(text, ')')+1:]), &state, &parent); err != nil || parent != pid {
			continue
		}
		if child, err := strconv.Atoi(filepath.Base(filepath.Dir(path))); err == nil {
			found = append(found, child)
		}
	}
	return found, nil
}
