//go:build unix

package embedded

import (
	"context"
	"errors"
	"fmt"
	"net"
	"os/exec"
	"strconv"
	"strings"
	"syscall"
	"time"

	"github.com/redis/go-redis/v9"
)

// RedisServer is a real Redis (or Valkey) of this machine, for tests: what the
// product promises about Redis is proven on the real one.
type RedisServer struct {
	port int
	pid  int
	done chan struct{}
}

// StartRedisServer runs redis-server or valkey-server on a free loopback port,
// with dir as its working folder and nothing saved. It has 1,024 databases, so
// that tests which share it can have one each.
func StartRedisServer(ctx context.Context, dir string) (*RedisServer, error) {
	program, err := redisProgram()
	if err != nil {
		return nil, err
	}
	// Between finding a free port and the server taking it another process may
	// take it first; then the server says so by ending, and we try the next.
	const tries = 5
	for range tries {
		var r *RedisServer
		if r, err = startRedisServer(ctx, program, dir); err == nil {
			return r, nil
		}
		if ctx.Err() != nil {
			break
		}
	}
	return nil, err
}

// redisProgram finds the server; Debian and Fedora differ in which they ship.
func redisProgram() (string, error) {
	for _, name := range []string{"redis-server", "valkey-server", "/usr/sbin/redis-server", "/usr/sbin/valkey-server"} {
		if path, err := exec.LookPath(name); err == nil {
			return path, nil
		}
	}
	return "", errors.New("no redis-server or valkey-server was found on this machine: install one (Debian, Ubuntu: apt-get install redis-server)")
}

// startRedisServer is one try.
func startRedisServer(ctx context.Context, program, dir string) (*RedisServer, error) {
	port, err := freePort()
	if err != nil {
		return nil, fmt.Errorf("find a free port for %s: %w", program, err)
	}
	cmd := exec.Command(program, "--bind", "127.0.0.1", "--port", strconv.Itoa(port),
		"--save", "", "--appendonly", "no", "--databases", "1024", "--dir", dir)
	cmd.SysProcAttr = childAttributes(syscall.SIGKILL) // it holds nothing worth a farewell
	output := &tail{}
	cmd.Stdout, cmd.Stderr = output, output
	r := &RedisServer{port: port, done: make(chan struct{})}
	if r.pid, err = startAndWait(cmd, r.done); err != nil {
		return nil, fmt.Errorf("start %s: %w", program, err)
	}
	if err := r.awaitReady(ctx, output); err != nil {
		r.Stop()
		return nil, fmt.Errorf("start %s: %w", program, err)
	}
	return r, nil
}

// freePort asks the kernel for one.
func freePort() (int, error) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return 0, err
	}
	defer listener.Close()
	return listener.Addr().(*net.TCPAddr).Port, nil
}

// awaitReady connects until the server accepts.
func (r *RedisServer) awaitReady(ctx context.Context, output *tail) error {
	tick := time.NewTicker(5 * time.Millisecond)
	defer tick.Stop()
	for {
		if conn, err := net.Dial("tcp", r.addr()); err == nil {
			conn.Close()
			return r.checkOurs(ctx)
		}
		select {
		case <-tick.C:
		case <-r.done:
			return fmt.Errorf("it ended at once: %s", lastLine(output.kept))
		case <-ctx.Done():
			return ctx.Err()
		}
	}
}

// checkOurs makes sure that what answers is the server we started: the port may
// have gone to somebody else's Redis.
func (r *RedisServer) checkOurs(ctx context.Context) error {
	client := redis.NewClient(&redis.Options{Addr: r.addr()})
	defer client.Close()
	info, err := client.Info(ctx, "server").Result()
	if err != nil {
		return err
	}
	if !strings.Contains(info, fmt.Sprintf("\nprocess_id:%d\r", r.pid)) {
		return fmt.Errorf("another server took port %d", r.port)
	}
	return nil
}

func (r *RedisServer) addr() string { return net.JoinHostPort("127.0.0.1", strconv.Itoa(r.port)) }

// URL is the address of its first database, for go-redis and asynq.
func (r *RedisServer) URL() string { return r.DatabaseURL(0) }

// DatabaseURL is the address of database n.
func (r *RedisServer) DatabaseURL(n int) string { return fmt.Sprintf("redis://%s/%d", r.addr(), n) }

// PID is the server's process id.
func (r *RedisServer) PID() int { return r.pid }

// Stop ends the server, also one that a test has frozen. Calling it twice is fine.
func (r *RedisServer) Stop() {
	select {
	case <-r.done:
	default:
		_ = syscall.Kill(r.pid, syscall.SIGKILL)
		<-r.done
	}
}
