package testdb

import (
	"context"
	"os"
	"testing"

	"github.com/redis/go-redis/v9"

	"phonebank/internal/embedded"
)

// redisPool is one real Redis whose numbered databases are lent to tests.
type redisPool struct {
	server *embedded.RedisServer
	dir    string
	free   chan int
}

// redisDatabases is how many numbers there are to lend.
const redisDatabases = 1024

// Redis is the address of an empty database on a real Redis, this test's alone
// until it ends. Published topics are not: Redis sends them to every database of
// the server, so a test that counts what is published starts a server of its own
// with embedded.StartRedisServer.
func Redis(t testing.TB) string {
	t.Helper()
	pool := sharedRedis(t)
	number := <-pool.free
	t.Cleanup(func() { pool.free <- number })
	address := pool.server.DatabaseURL(number)
	if err := flush(context.Background(), address); err != nil {
		t.Fatalf("testdb: empty the Redis database: %v", err)
	}
	return address
}

// flush empties one database.
func flush(ctx context.Context, address string) error {
	opts, err := redis.ParseURL(address)
	if err != nil {
		return err
	}
	client := redis.NewClient(opts)
	defer client.Close()
	return client.FlushDB(ctx).Err()
}

// sharedRedis starts the Redis of this process the first time.
func sharedRedis(t testing.TB) *redisPool {
	t.Helper()
	shared.Lock()
	defer shared.Unlock()
	requireMain(t)
	if shared.redis == nil {
		pool, err := startRedis()
		if err != nil {
			t.Fatalf("testdb: %v", err)
		}
		shared.redis = pool
	}
	return shared.redis
}

// startRedis starts the server with every number free.
func startRedis() (*redisPool, error) {
	dir, err := os.MkdirTemp("/tmp", "phonebank-redis-")
	if err != nil {
		return nil, err
	}
	server, err := embedded.StartRedisServer(context.Background(), dir)
	if err != nil {
		os.RemoveAll(dir)
		return nil, err
	}
	pool := &redisPool{server: server, dir: dir, free: make(chan int, redisDatabases)}
	for n := range redisDatabases {
		pool.free <- n
	}
	return pool, nil
}

// close stops the server.
func (p *redisPool) close() {
	p.server.Stop()
	os.RemoveAll(p.dir)
}
