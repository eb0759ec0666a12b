package embedded

import (
	"fmt"
	"sync"
	"time"

	"github.com/alicebob/miniredis/v2"
)

// Redis is a Redis inside this process, on a free loopback port. It keeps
// nothing: the product treats Redis as losable, so nothing is lost with it.
type Redis struct {
	server *miniredis.Miniredis
	url    string
	stop   chan struct{}
	once   sync.Once
	ended  sync.WaitGroup
}

// StartRedis runs an in-process Redis until Close.
func StartRedis() (*Redis, error) {
	server, err := miniredis.Run()
	if err != nil {
		return nil, fmt.Errorf("start the in-process Redis: %w", err)
	}
	r := &Redis{server: server, url: "redis://" + server.Addr() + "/0", stop: make(chan struct{})}
	r.ended.Go(r.age)
	return r, nil
}

// URL is the address for go-redis and asynq.
func (r *Redis) URL() string { return r.url }

// Close ends the server. Calling it twice is fine.
func (r *Redis) Close() {
	r.once.Do(func() {
		close(r.stop)
		r.ended.Wait()
		r.server.Close()
	})
}

// age lets keys expire. miniredis moves its expiry only when it is told how much
// time has passed; without this asynq's leases and unique locks would never end.
func (r *Redis) age() {
	tick := time.NewTicker(time.Second)
	defer tick.Stop()
	last := time.Now()
	for {
		select {
		case now := <-tick.C:
			r.server.FastForward(now.Sub(last))
			last = now
		case <-r.stop:
			return
		}
	}
}
