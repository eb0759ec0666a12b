package worker

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"time"

	"github.com/hibiken/asynq"
	"github.com/redis/go-redis/v9"

	"phonebank/internal/crash"
	"phonebank/store"
)

// ringsWaiting is how many bells may wait in the queue before the sweeper rings no more: some seconds of work. Each ring has a
// generation of its own and makes the ones before it void. Were a row rung again while its bell still waits behind a crowd,
// the hands would take void bells alone, new ones would join the end of the line faster than that, and nothing would ever go.
const ringsWaiting = 2000

// line is where asynq keeps the bells of its default queue that wait to be taken. Its Inspector is not asked, since it counts memory
// too, and does not find a queue whose Redis was wiped. A test fails where this name is another one.
const line = "asynq:{default}:pending"

// room is how many bells the queue takes before the sweeper has to wait. Where Redis does not answer it is an error: a ring would
// be lost, and the row would count as rung.
func (b *Bell) room(ctx context.Context) (int, error) {
	ctx, cancel := context.WithTimeout(ctx, 2*time.Second)
	defer cancel()
	waiting, err := b.redis.LLen(ctx, line).Result()
	return max(0, ringsWaiting-int(waiting)), err
}

// ring rings for everything that is due, and answers whether some of it had to wait. A queue that is away is logged: the rows
// wait, and all else of a sweep goes on.
func (w *Worker) ring(ctx context.Context) bool {
	more, err := w.ringDue(ctx)
	if err != nil && ctx.Err() == nil {
		w.Log.Warn("not rung for what is due", "error", err)
	}
	return more
}

// ringDue rings for what is due and unclaimed, as far as the queue has room. It answers whether something may be left.
func (w *Worker) ringDue(ctx context.Context) (bool, error) {
	room, err := w.Bell.room(ctx)
	if err != nil || room == 0 {
		return err == nil, err
	}
	due, err := w.Diary.Due(ctx, room)
	if err != nil {
		return false, err
	}
	for _, r := range due {
		w.Bell.ring(ctx, followUpTask, r, 0)
	}
	texts, err := w.Desk.Due(ctx, room)
	if err != nil {
		return false, err
	}
	if len(texts) > 0 {
		crash.Here("sweep.rung")
	}
	for _, r := range texts {
		w.Bell.ring(ctx, textTask, r, 0)
	}
	return len(due) == room || len(texts) == room, nil
}

// Bell rings through asynq. A ring that fails is logged: the sweeper finds the row.
type Bell struct {
	client *asynq.Client
	redis  redis.UniversalClient
	log    *slog.Logger
}

// NewBell makes a bell.
func NewBell(to asynq.RedisConnOpt, log *slog.Logger) *Bell {
	client, ok := to.MakeRedisClient().(redis.UniversalClient)
	if !ok {
		panic("asynq makes no Redis client of this") // a mistake of the code, not of a user
	}
	return &Bell{client: asynq.NewClientFromRedisClient(client), redis: client, log: log}
}

// Close ends the bell's connection.
func (b *Bell) Close() error { return b.redis.Close() }

// Soon rings for a row after a while.
func (b *Bell) Soon(ctx context.Context, kind, id string, generation int, in time.Duration) {
	b.ring(ctx, kind, store.Rung{ID: id, Generation: generation}, in)
}

func (b *Bell) ring(ctx context.Context, kind string, r store.Rung, in time.Duration) {
	payload, err := json.Marshal(r)
	if err != nil {
		b.log.Error("task not written", "error", err)
		return
	}
	// asynq keeps whole seconds and cuts the rest off. A ring before the row is due changes nothing and is lost.
	if in > 0 {
		in += time.Second
	}
	// Never make a person wait for Redis: the row is kept already.
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), 2*time.Second)
	defer cancel()
	_, err = b.client.EnqueueContext(ctx, asynq.NewTask(kind, payload), asynq.TaskID(fmt.Sprintf("%s:%s:%d", kind, r.ID, r.Generation)),
		asynq.ProcessIn(crash.Scale(max(in, 0))), asynq.MaxRetry(0), asynq.Timeout(time.Minute))
	if err != nil && !errors.Is(err, asynq.ErrTaskIDConflict) {
		b.log.Warn("bell not rung", "kind", kind, "id", r.ID, "error", err)
	}
}
