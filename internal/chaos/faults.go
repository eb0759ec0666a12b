package main

import (
	"context"
	"math/rand/v2"
	"syscall"
	"time"

	"phonebank/simulator"
)

// twilioFaults make about a quarter of all answers to a text faulty, and a third of all callbacks.
func twilioFaults(sim *simulator.Simulator) {
	api := func(op, do string, p float64) {
		sim.Fault(simulator.Rule{Side: simulator.SideAPI, Op: op, Do: do, P: p, Delay: 20 * time.Second})
	}
	for do, p := range map[string]float64{
		simulator.DoAcceptTimeout: 0.02, simulator.DoAcceptError: 0.04, simulator.DoAcceptReset: 0.04, simulator.DoAcceptHalf: 0.03, simulator.DoCallbackFirst: 0.03,
		simulator.DoServerError: 0.01, simulator.DoUnavailable: 0.01, simulator.DoReset: 0.02, simulator.DoTooMany: 0.04, simulator.DoSlow: 0.03,
		"21211": 0.003, "21214": 0.003, "21408": 0.003, "21610": 0.004, "21614": 0.004, "30003": 0.004, "30005": 0.004, "30007": 0.004, "30034": 0.004,
	} {
		api("messages.create", do, p)
	}
	for _, op := range []string{"calls.create", "participants.create"} {
		for do, p := range map[string]float64{simulator.DoAcceptError: 0.03, simulator.DoAcceptReset: 0.03, simulator.DoServerError: 0.03, simulator.DoTooMany: 0.03} {
			api(op, do, p)
		}
	}
	api("messages.list", simulator.DoServerError, 0.1)
	for do, p := range map[string]float64{simulator.DoLost: 0.05, simulator.DoLate: 0.08, simulator.DoReorder: 0.06, simulator.DoDuplicate: 0.10,
		simulator.DoBadSignature: 0.02, simulator.DoExtra: 0.03, simulator.DoRepeatedKey: 0.02, simulator.DoSlow: 0.02} {
		sim.Fault(simulator.Rule{Side: simulator.SideWebhook, Do: do, P: p, Delay: 30 * time.Second})
	}
}

// trouble is one thing that can go wrong with the machines.
type trouble struct {
	name   string
	weight int
	do     func(ctx context.Context, w *world, rng *rand.Rand)
}

var troubles = []trouble{
	{"kill a webhooks process", 4, kill("webhooks")},
	{"kill a worker", 6, kill("worker")},
	{"kill a dialer", 3, kill("dialer")},
	{"kill everything", 2, kill("")},
	{"wipe Redis", 5, wipe},
	{"stop Postgres at once", 2, immediate},
	{"freeze Postgres", 2, freezeDatabase},
	{"freeze a worker", 3, freezeWorker},
	{"cut the network to Postgres", 2, cutWire("postgres")},
	{"cut the network to Redis", 2, cutWire("redis")},
	{"cut the network to Twilio", 2, cutWire("twilio")},
	{"cut the network from Twilio", 2, cutWire("public")},
	{"silence the network to Postgres", 1, silence("postgres")},
	{"silence the network to Twilio", 1, silence("twilio")},
}

// disturb makes trouble at moments that the seed decides, for some time.
func (w *world) disturb(ctx context.Context, lasts time.Duration) {
	rng := rand.New(rand.NewPCG(w.options.seed, 4))
	const every = 2500 * time.Millisecond
	over := time.Now().Add(lasts)
	total := 0
	for _, t := range troubles {
		total += t.weight
	}
	for made := 0; time.Now().Before(over) && ctx.Err() == nil && (w.options.troubles == 0 || made < w.options.troubles); made++ {
		pause(ctx, int(every.Seconds()*1000*(0.3+1.4*rng.Float64())))
		n := rng.IntN(total)
		for _, t := range troubles {
			if n -= t.weight; n < 0 {
				w.note("%s", t.name)
				t.do(ctx, w, rng)
				break
			}
		}
	}
}

// kill ends one process of a role, or all of every role, as a power cut would.
func kill(role string) func(context.Context, *world, *rand.Rand) {
	return func(_ context.Context, w *world, rng *rand.Rand) {
		one := rng.IntN(2)
		for _, p := range w.parts {
			if role == "" {
				p.signal(syscall.SIGKILL)
			} else if p.role == role {
				if one == 0 {
					p.signal(syscall.SIGKILL)
				}
				one--
			}
		}
	}
}

func wipe(ctx context.Context, w *world, _ *rand.Rand) {
	if err := w.redis.FlushAll(ctx).Err(); err != nil && ctx.Err() == nil {
		w.note("Redis was not wiped: %v", err)
	}
}

func immediate(ctx context.Context, w *world, rng *rand.Rand) {
	if err := w.database.immediate(context.WithoutCancel(ctx), time.Duration(rng.IntN(1500))*time.Millisecond); err != nil {
		w.note("Postgres did not come back: %v", err)
	}
}

func freezeDatabase(ctx context.Context, w *world, rng *rand.Rand) {
	if err := w.database.freeze(); err != nil {
		w.note("Postgres was not frozen: %v", err)
	}
	pause(ctx, 500+rng.IntN(4000)) // longer than the deadline of a connection, at times
	w.database.thaw()
}

func freezeWorker(ctx context.Context, w *world, rng *rand.Rand) {
	var workers []*process
	for _, p := range w.parts {
		if p.role == "worker" {
			workers = append(workers, p)
		}
	}
	p := workers[rng.IntN(len(workers))]
	p.signal(syscall.SIGSTOP)
	pause(ctx, 300+rng.IntN(7000)) // longer than a claim may wait for its request, at times
	p.signal(syscall.SIGCONT)
}

func cutWire(name string) func(context.Context, *world, *rand.Rand) {
	return func(ctx context.Context, w *world, rng *rand.Rand) {
		w.wires[name].sever()
		pause(ctx, rng.IntN(2500))
		w.wires[name].mend()
	}
}

func silence(name string) func(context.Context, *world, *rand.Rand) {
	return func(ctx context.Context, w *world, rng *rand.Rand) {
		w.wires[name].silent.Store(true)
		pause(ctx, 200+rng.IntN(3000))
		w.wires[name].mend()
	}
}

func pause(ctx context.Context, milliseconds int) {
	select {
	case <-ctx.Done():
	case <-time.After(time.Duration(milliseconds) * time.Millisecond):
	}
}

// calm ends every trouble with the machines.
func (w *world) calm() {
	w.database.thaw()
	for _, wire := range w.wires {
		wire.mend()
	}
	for _, p := range w.parts {
		p.arm(false)
		p.signal(syscall.SIGCONT)
	}
}
