//go:build chaos

package crash

import (
	"fmt"
	"os"
	"strconv"
	"strings"
	"sync/atomic"
	"syscall"
	"time"
)

// The harness tells a process by its environment where to die and how fast its clock runs:
//
//	CRASH_AT=claim.committed:3,text.kept:1
//	                                at whichever it comes to first: the third claim, or the first answer kept
//	CHAOS_CLOCK=30,<began>,<then>   a clock 30 times as fast, which showed the instant <then> at the real instant <began>,
//	                                both in nanoseconds since 1970
var (
	left         = map[string]*atomic.Int64{} // how often a point may still be passed
	factor int64 = 1
	began  time.Time
	then   time.Time
)

func init() {
	for at := range strings.SplitSeq(os.Getenv("CRASH_AT"), ",") {
		if name, count, there := strings.Cut(at, ":"); there {
			left[name] = &atomic.Int64{}
			left[name].Store(number(count))
		}
	}
	if clock := os.Getenv("CHAOS_CLOCK"); clock != "" {
		parts := strings.Split(clock, ",")
		if len(parts) != 3 {
			panic("CHAOS_CLOCK is factor,began,then: " + clock)
		}
		factor, began, then = number(parts[0]), time.Unix(0, number(parts[1])), time.Unix(0, number(parts[2]))
		fmt.Fprintf(os.Stderr, "chaos: waits are 1/%d of what they are\n", factor)
		go endWithParent(os.Getppid())
	}
}

func number(words string) int64 {
	n, err := strconv.ParseInt(words, 10, 64)
	if err != nil || n < 1 {
		panic("chaos: a whole number above zero is needed, not " + words)
	}
	return n
}

// endWithParent ends a process whose harness is gone, in whatever way that ended.
func endWithParent(parent int) {
	for os.Getppid() == parent {
		time.Sleep(200 * time.Millisecond)
	}
	os.Exit(3)
}

// Here ends the process where the harness said so, with one line for the harness to know where it was.
func Here(name string) {
	if n := left[name]; n == nil || n.Add(-1) != 0 {
		return
	}
	_, _ = syscall.Write(2, []byte("\nchaos: ends at "+name+"\n")) // past every buffer
	_ = syscall.Kill(os.Getpid(), syscall.SIGKILL)
	select {} // nothing more is done here while the signal is on its way
}

// Now is the time of the hurried clock.
func Now() time.Time {
	if factor == 1 {
		return time.Now()
	}
	return then.Add(time.Since(began) * time.Duration(factor))
}

// Scale answers with the real time of a wait by the hurried clock.
func Scale(d time.Duration) time.Duration { return d / time.Duration(factor) }

// Patience is Scale for what the machine itself needs time for: a request over the network is given a second at least.
func Patience(d time.Duration) time.Duration { return min(d, max(Scale(d), time.Second)) }
