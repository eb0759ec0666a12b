package main

import (
	"bufio"
	"context"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"strings"
	"sync"
	"syscall"
	"time"

	"phonebank/internal/crash"
)

// process is one part of the service, kept running: whoever kills it finds it started again, as a supervisor would.
type process struct {
	name, role string
	env, args  []string
	binary     string
	agenda     *agenda

	mu      sync.Mutex
	cmd     *exec.Cmd
	ready   bool
	starts  int
	ends    map[string]int // how it ended, and how often
	said    []string       // the last lines of the run that ended worst
	armed   bool           // it may be sent to a crash point
	stopped chan struct{}  // closed when it will not be started again
	over    bool
}

// run keeps the process going until stop.
func (p *process) run(ctx context.Context) {
	defer close(p.stopped)
	for !p.isOver() && ctx.Err() == nil {
		p.once(ctx)
		select {
		case <-ctx.Done():
		case <-time.After(150 * time.Millisecond):
		}
	}
}

func (p *process) isOver() bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.over
}

// once starts the process, on its way to a crash point where it is armed, and waits until it has ended.
func (p *process) once(ctx context.Context) {
	env := append([]string{"PATH=" + os.Getenv("PATH"), "HOME=" + os.Getenv("HOME"), "LOG_LEVEL=error"}, p.env...)
	p.mu.Lock()
	if p.armed {
		env = append(env, "CRASH_AT="+p.agenda.next(p.role))
	}
	cmd := exec.Command(p.binary, p.args...)
	cmd.Env = env
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true} // Ctrl-C reaches the harness, which ends it in order
	out, err := cmd.StdoutPipe()
	if err != nil {
		p.mu.Unlock()
		return
	}
	cmd.Stderr = cmd.Stdout
	err = cmd.Start()
	if err == nil {
		p.cmd, p.starts = cmd, p.starts+1
	}
	p.mu.Unlock()
	if err != nil {
		fmt.Fprintln(os.Stderr, "chaos:", p.name, err)
		return
	}
	var lines []string
	scan := bufio.NewScanner(out)
	for scan.Scan() {
		line := scan.Text()
		if strings.HasPrefix(line, "ready ") {
			p.mu.Lock()
			p.ready = true
			p.mu.Unlock()
		}
		if at, ends := strings.CutPrefix(line, "chaos: ends at "); ends {
			p.agenda.visited(at)
		}
		if lines = append(lines, line); len(lines) > 60 {
			lines = lines[1:]
		}
	}
	_ = cmd.Wait() // how it ended is read below
	how := "in order"
	if status, ok := cmd.ProcessState.Sys().(syscall.WaitStatus); ok {
		switch {
		case status.Signaled():
			how = status.Signal().String()
		case status.ExitStatus() != 0:
			how = fmt.Sprintf("exit %d", status.ExitStatus())
		}
	}
	p.mu.Lock()
	p.ready = false
	p.ends[how]++
	if how != "in order" && how != syscall.SIGKILL.String() {
		p.said = lines
	}
	p.cmd = nil
	p.mu.Unlock()
}

// signal reaches the process that runs now, if one does.
func (p *process) signal(s syscall.Signal) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.cmd != nil {
		_ = p.cmd.Process.Signal(s) // it may have ended just now
	}
}

func (p *process) isReady() bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.ready
}

func (p *process) arm(on bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.armed = on
}

// stop ends the process for good: asked first, then killed.
func (p *process) stop() {
	p.mu.Lock()
	p.over = true
	p.mu.Unlock()
	for try := range 40 {
		p.signal(syscall.SIGCONT)
		if try < 25 {
			p.signal(syscall.SIGTERM)
		} else {
			p.signal(syscall.SIGKILL)
		}
		select {
		case <-p.stopped:
			return
		case <-time.After(250 * time.Millisecond):
		}
	}
}

// agenda is which crash points are still to be visited.
type agenda struct {
	mu     sync.Mutex
	rng    *rand.Rand
	points []crash.Point
	tried  map[string]bool
	done   map[string]int
}

// newAgenda begins with all of these.
func newAgenda(points []crash.Point, seed uint64) *agenda {
	return &agenda{points: points, rng: rand.New(rand.NewPCG(seed, 2)), tried: map[string]bool{}, done: map[string]int{}}
}

// next answers with what is left for a role, and after which passing of each a process is to die.
func (a *agenda) next(role string) string {
	a.mu.Lock()
	defer a.mu.Unlock()
	var at []string
	for _, p := range a.points {
		if p.Role == role && a.done[p.Name] == 0 {
			times := 1 + a.rng.IntN(2)
			if a.tried[p.Name] {
				times = 1 // it may come seldom
			}
			a.tried[p.Name] = true
			at = append(at, fmt.Sprintf("%s:%d", p.Name, times))
		}
	}
	return strings.Join(at, ",")
}

// visited notes where a process has died.
func (a *agenda) visited(name string) {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.done[name]++
}

// left lists the points that nobody has visited yet.
func (a *agenda) left() (names []string) {
	a.mu.Lock()
	defer a.mu.Unlock()
	for _, p := range a.points {
		if a.done[p.Name] == 0 {
			names = append(names, p.Name)
		}
	}
	return names
}
