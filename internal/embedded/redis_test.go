//go:build unix

package embedded

import (
	"context"
	"net"
	"net/url"
	"testing"
	"time"

	"github.com/redis/go-redis/v9"
)

func TestRedis_KeysReallyExpire(t *testing.T) {
	server, err := StartRedis()
	check(t, err)
	t.Cleanup(server.Close)
	client := connect(t, server.URL())

	check(t, client.Set(t.Context(), "lease", "held", time.Second).Err())
	check(t, client.Set(t.Context(), "row", "kept", time.Hour).Err())
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Second)
	defer cancel()
	tick := time.NewTicker(20 * time.Millisecond)
	defer tick.Stop()
	for client.Exists(ctx, "lease").Val() == 1 {
		<-tick.C
	}
	check(t, ctx.Err())
	if left := client.TTL(t.Context(), "row").Val(); left <= 0 || left >= time.Hour {
		t.Errorf("the longer key has %v left of an hour", left)
	}
}

func TestRedis_CloseFreesThePort(t *testing.T) {
	server, err := StartRedis()
	check(t, err)
	server.Close()
	server.Close()
	if answers(t, server.URL()) {
		t.Error("it still answers")
	}
}

func TestRedisServer_AnswersUntilStopped(t *testing.T) {
	server, err := StartRedisServer(t.Context(), t.TempDir())
	check(t, err)
	t.Cleanup(server.Stop)
	check(t, connect(t, server.URL()).Set(t.Context(), "key", "first", 0).Err())
	if n := connect(t, server.DatabaseURL(1023)).DBSize(t.Context()).Val(); n != 0 {
		t.Errorf("another database holds %d keys", n)
	}
	server.Stop()
	if runs(server.PID(), "redis-server") || answers(t, server.URL()) {
		t.Error("it outlived Stop")
	}
}

// answers tells whether anything listens at the address.
func answers(t *testing.T, address string) bool {
	t.Helper()
	u, err := url.Parse(address)
	check(t, err)
	conn, err := net.Dial("tcp", u.Host)
	if err != nil {
		return false
	}
	conn.Close()
	return true
}

// connect makes a client that ends with the test.
func connect(t *testing.T, address string) *redis.Client {
	t.Helper()
	opts, err := redis.ParseURL(address)
	check(t, err)
	client := redis.NewClient(opts)
	t.Cleanup(func() { client.Close() })
	return client
}
