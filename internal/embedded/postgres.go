//go:build unix

package embedded

import (
	"cmp"
	"context"
	"database/sql"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"syscall"
	"time"

	"github.com/lib/pq"
)

// StartPostgres runs a Postgres of this machine on opts.DataDir, making the
// cluster and the database the first time, and returns when it takes
// connections. ctx bounds the start only: the server runs until Stop, or until
// this process ends in whatever way.
func StartPostgres(ctx context.Context, opts PostgresOptions) (*Postgres, error) {
	dataDir, err := filepath.Abs(opts.DataDir)
	if err != nil {
		return nil, err
	}
	p := &Postgres{dataDir: dataDir, output: &tail{next: opts.Log}}
	if err := p.start(ctx, opts); err != nil {
		quickly, cancel := context.WithTimeout(context.Background(), 10*time.Second)
		defer cancel()
		return nil, errors.Join(err, p.Stop(quickly))
	}
	return p, nil
}

// start takes the steps in order; what it took so far is in p for Stop.
func (p *Postgres) start(ctx context.Context, opts PostgresOptions) error {
	dir := filepath.Join(p.dataDir, "postgres")
	if err := makeDataDir(p.dataDir); err != nil {
		return err
	}
	if err := p.takeLock(); err != nil {
		return err
	}
	owner, err := accountFor(dir)
	if err != nil {
		return err
	}
	if err := owner.checkPath(p.dataDir); err != nil {
		return err
	}
	c := cluster{dir: dir, account: owner}
	if err := c.awaitPredecessor(ctx); err != nil {
		return err
	}
	removeStaleSocket(p.dataDir)

	major, err := clusterMajor(dir)
	if err != nil {
		return err
	}
	programs, err := findBinaries(opts.BinDir, major)
	if err != nil {
		return err
	}
	if err := c.prepare(ctx, programs, major, opts.Fast); err != nil {
		return err
	}
	if err := c.disownPidFile(); err != nil {
		return fmt.Errorf("read what a killed server left: %w", err)
	}
	if err := p.makeSocketDir(opts.SocketDir, owner); err != nil {
		return err
	}
	if err := p.launchAlone(ctx, c, programs, opts.Fast); err != nil {
		return err
	}
	return p.open(ctx, cmp.Or(opts.Database, "phonebank"))
}

// patience is how long a start waits for what a killed process left running.
const patience = 20 * time.Second

// awaitPredecessor waits for the server of a process that was killed: the
// kernel has told it to stop, and it may still be writing its last checkpoint.
func (c cluster) awaitPredecessor(ctx context.Context) error {
	limit := time.NewTimer(patience)
	defer limit.Stop()
	tick := time.NewTicker(20 * time.Millisecond)
	defer tick.Stop()
	for {
		pid := c.running()
		if pid == 0 {
			return nil
		}
		select {
		case <-tick.C:
		case <-limit.C:
			return fmt.Errorf("another Postgres (process %d) runs on %s already: stop it with `kill -INT %d`, or give this phonebank a folder of its own with DATA_DIR", pid, c.dir, pid)
		case <-ctx.Done():
			return ctx.Err()
		}
	}
}

// launchAlone starts the server and waits until it greets. When a postmaster was
// killed, its backends finish what they are at before they notice, and until
// then Postgres refuses to start beside them: so that answer is tried again.
func (p *Postgres) launchAlone(ctx context.Context, c cluster, programs binaries, fast bool) error {
	limit := time.NewTimer(patience)
	defer limit.Stop()
	for {
		if err := p.launch(c, programs, fast); err != nil {
			return fmt.Errorf("start %s: %w", programs.path("postgres"), err)
		}
		err := p.awaitReady(ctx)
		if err == nil || !strings.Contains(err.Error(), "is still in use") {
			return err
		}
		select {
		case <-time.After(200 * time.Millisecond):
		case <-limit.C:
			return err
		case <-ctx.Done():
			return ctx.Err()
		}
	}
}

// launch starts the postmaster and begins to wait for its end. Both happen in
// one goroutine that keeps its thread: the kernel's word to the child that its
// parent is gone follows the thread that started it, not the process.
func (p *Postgres) launch(c cluster, programs binaries, fast bool) error {
	args := []string{"-D", c.dir, "-k", p.socketDir, "-c", "listen_addresses=", "-c", "unix_socket_permissions=0700"}
	if fast {
		args = append(args, "-c", "fsync=off", "-c", "full_page_writes=off", "-c", "max_connections=300")
	}
	cmd := c.account.command(context.Background(), programs.path("postgres"), args...)
	credential := cmd.SysProcAttr.Credential
	cmd.SysProcAttr = childAttributes(syscall.SIGINT)
	cmd.SysProcAttr.Credential = credential
	cmd.Stdout, cmd.Stderr = p.output, p.output
	done := make(chan struct{})
	pid, err := startAndWait(cmd, done)
	if err == nil {
		p.pid, p.done = pid, done
	}
	return err
}

// startAndWait starts cmd on a thread that lives until it ends, then closes done.
func startAndWait(cmd *exec.Cmd, done chan<- struct{}) (int, error) {
	cmd.WaitDelay = time.Second // a straggler that holds the log open delays nothing
	started := make(chan error)
	go func() {
		runtime.LockOSThread()
		err := cmd.Start()
		started <- err
		if err == nil {
			_ = cmd.Wait() // how it ended is in its log; that it ended is done
			close(done)
		}
	}()
	if err := <-started; err != nil {
		return 0, err
	}
	return cmd.Process.Pid, nil
}

// awaitReady connects until the server greets, or has given up.
func (p *Postgres) awaitReady(ctx context.Context) error {
	p.url = socketURL(p.socketDir, "postgres")
	tick := time.NewTicker(10 * time.Millisecond)
	defer tick.Stop()
	for {
		if greet(ctx, p.url) == nil {
			return nil
		}
		select {
		case <-tick.C:
		case <-p.done:
			return fmt.Errorf("the database in %s did not start, Postgres says: %s", p.dataDir, lastLine(p.output.kept))
		case <-ctx.Done():
			return ctx.Err()
		}
	}
}

// open makes the database if it is not there and tells other commands of this
// data folder where it is.
func (p *Postgres) open(ctx context.Context, database string) error {
	db, err := sql.Open("postgres", p.url)
	if err != nil {
		return err
	}
	defer db.Close()
	var exists bool
	if err := db.QueryRowContext(ctx, `SELECT EXISTS (SELECT FROM pg_database WHERE datname = $1)`, database).Scan(&exists); err != nil {
		return fmt.Errorf("look for the database %s: %w", database, err)
	}
	if !exists {
		if _, err := db.ExecContext(ctx, `CREATE DATABASE `+pq.QuoteIdentifier(database)); err != nil {
			return fmt.Errorf("create the database %s: %w", database, err)
		}
	}
	p.url = socketURL(p.socketDir, database)
	if err := os.WriteFile(urlFile(p.dataDir), []byte(p.url+"\n"), 0o600); err != nil {
		return fmt.Errorf("write the address of the database: %w", err)
	}
	return nil
}

// Stop ends the server the fast way: open transactions are rolled back, the
// rest is written out. When ctx ends first, Postgres is told to drop everything,
// which costs the next start a recovery but no data. Calling it twice is fine.
func (p *Postgres) Stop(ctx context.Context) error {
	var err error
	if p.pid != 0 {
		err = p.end(ctx)
	}
	if p.ownSocket {
		os.RemoveAll(p.socketDir)
	}
	if p.lock != nil {
		os.Remove(urlFile(p.dataDir))
		p.lock.Close()
		p.lock = nil
	}
	return err
}

// end asks, then insists, then kills, and comes back when the process is gone.
func (p *Postgres) end(ctx context.Context) error {
	select {
	case <-p.done:
		return nil
	default:
	}
	if err := syscall.Kill(p.pid, syscall.SIGINT); err != nil {
		return fmt.Errorf("stop Postgres: %w", err)
	}
	select {
	case <-p.done:
		return nil
	case <-ctx.Done():
	}
	_ = syscall.Kill(p.pid, syscall.SIGQUIT)
	select {
	case <-p.done:
	case <-time.After(5 * time.Second):
		_ = syscall.Kill(p.pid, syscall.SIGKILL)
		<-p.done
	}
	return fmt.Errorf("stop Postgres the orderly way: %w", ctx.Err())
}
