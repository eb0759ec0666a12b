// Command bench measures the phone bank beside the bare work that each of its figures consists of: in one run, on one
// private Postgres that flushes to disk and one real Redis, with the load coming from the same machine. What counts are the
// ratios; docs/performance.md says what each figure means. It must never be pointed at a server that it did not start.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"os"
	"os/signal"
	"runtime"
	"runtime/pprof"
	"strings"
	"syscall"
	"time"
)

// limit is the most that a whole run may take.
const limit = 25 * time.Minute

// part is one figure of the report, or a few that belong together.
type part struct {
	name  string
	about string
	run   func(context.Context, *world, *report) error
}

var parts = []part{
	{"weight", "What a phone fetches to open a talk", measureWeight},
	{"browser", "The panel in a browser: slow network, no network", measureBrowser},
	{"claim", "Claim of the next person: 32 volunteers, 100,000 people on one list", measureClaims},
	{"text", "Inbound text webhook: signed, committed with all its effects", measureTexts},
	{"send", "10,000 follow-up texts due at one moment", measureSending},
	{"waves", "A wave of 10,000 people out of 100,000; its pages while 20,000 rows are written", measureWaves},
	{"voice", "Voice webhook to TwiML: 50 calls at once", measureVoice},
	{"sweep", "A pass of the sweeper over 1,000,000 planned follow-ups", measureSweep},
	{"crowd", "100,000 follow-up texts due in the same minute", measureCrowded},
}

func main() {
	only := flag.String("only", "", "measure these parts alone: weight,browser,claim,text,send,waves,voice,sweep,crowd")
	rounds := flag.Int("rounds", 3, "how often each pair is measured; the medians are printed")
	plans := flag.Bool("plans", false, "print the plans of the claim and of the sweeper instead of measuring")
	profile := flag.String("profile", "", "write a CPU profile of the parts to this file")
	flag.Parse()
	if *profile != "" {
		f, err := os.Create(*profile)
		if err == nil {
			err = pprof.StartCPUProfile(f)
		}
		if err != nil {
			fmt.Fprintln(os.Stderr, "bench:", err)
			os.Exit(1)
		}
		defer pprof.StopCPUProfile()
	}
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	ctx, cancel := context.WithTimeout(ctx, limit)
	defer cancel()
	if err := run(ctx, *only, *rounds, *plans); err != nil {
		fmt.Fprintln(os.Stderr, "bench:", err)
		pprof.StopCPUProfile()
		os.Exit(1) //nolint:gocritic // everything was ended by run
	}
}

func run(ctx context.Context, only string, rounds int, plans bool) error {
	w, err := build(ctx, plans)
	defer w.close()
	if err != nil {
		return err
	}
	if plans {
		return printPlans(ctx, w)
	}
	r := &report{rounds: rounds}
	fmt.Printf("%s, %d cores, %s. Postgres %s (fsync on), Redis %s and the load share them.\n",
		runtime.GOOS+"/"+runtime.GOARCH, runtime.NumCPU(), runtime.Version(), w.postgresVersion, w.redisVersion)
	for _, p := range parts {
		if only != "" && !strings.Contains(","+only+",", ","+p.name+",") {
			continue
		}
		began := time.Now()
		fmt.Printf("\n## %s\n\n", p.about)
		if err := p.run(ctx, w, r); err != nil {
			return fmt.Errorf("%s: %w", p.name, err)
		}
		fmt.Printf("\n(%s)\n", time.Since(began).Round(time.Second))
	}
	return r.sum()
}

// report collects what the bars say.
type report struct {
	rounds int
	bars   []bar
	wrong  []string
}

type bar struct {
	name, got, want string
	met             bool
}

// hold notes a figure with its bar. A missed one is said, and fails nothing: other work on the machine can cause it.
func (r *report) hold(name, got, want string, met bool) {
	r.bars = append(r.bars, bar{name, got, want, met})
}

// must notes what may never be otherwise, however slow the machine is.
func (r *report) must(what string, n int) {
	fmt.Printf("%s: %d\n", what, n)
	if n != 0 {
		r.wrong = append(r.wrong, fmt.Sprintf("%s: %d", what, n))
	}
}

func (r *report) sum() error {
	fmt.Printf("\n## Bars\n\n")
	rows := [][]string{{"figure", "this run", "bar", ""}}
	for _, b := range r.bars {
		said := "met"
		if !b.met {
			said = "MISSED"
		}
		rows = append(rows, []string{b.name, b.got, b.want, said})
	}
	table(rows)
	if len(r.wrong) > 0 {
		return errors.New("what may never be was seen: " + strings.Join(r.wrong, "; "))
	}
	return nil
}
