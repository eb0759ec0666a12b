// Command mutants is the gate of the tests themselves: it plants one bug after another into a copy that only the compiler sees,
// and each must be caught by the test that stands beside it in the list, the worst of them by a bad day too: a harness that has
// never failed shows nothing either. The sources are never touched.
package main

import (
	"bytes"
	"context"
	"encoding/json"
	"flag"
	"fmt"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"time"
)

// patience is the most that one mutant may take, compiler and all.
const patience = 6 * time.Minute

func main() {
	only := flag.String("only", "", "plant only those whose name holds these words")
	flag.Parse()
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	if err := run(ctx, *only); err != nil {
		fmt.Fprintln(os.Stderr, "mutants:", err)
		os.Exit(1) //nolint:gocritic // nothing is left to end
	}
}

func run(ctx context.Context, only string) error {
	dir, err := os.MkdirTemp("", "phonebank-mutants-")
	if err != nil {
		return err
	}
	defer func() { _ = os.RemoveAll(dir) }()
	var mine []mutant
	for _, m := range mutants {
		if strings.Contains(m.name, only) {
			mine = append(mine, m)
		}
	}
	// A test that fails without a bug catches nothing.
	if err := healthy(ctx, mine); err != nil {
		return err
	}
	harness := filepath.Join(dir, "chaos")
	if out, err := exec.CommandContext(ctx, "go", "build", "-o", harness, "phonebank/internal/chaos").CombinedOutput(); err != nil {
		return fmt.Errorf("build the fault harness: %w\n%s", err, out)
	}
	began := time.Now()
	fmt.Println("| planted bug | caught by | seconds | |")
	fmt.Println("| --- | --- | --- | --- |")
	var survived []string
	for i, m := range mine {
		at := time.Now()
		by, caught, why := m.plant(ctx, filepath.Join(dir, fmt.Sprint(i)), harness)
		verdict := "caught"
		if !caught {
			verdict = "SURVIVED"
			survived = append(survived, m.name+": "+why)
		}
		fmt.Printf("| %s | %s | %.0f | %s |\n", m.name, by, time.Since(at).Seconds(), verdict)
	}
	fmt.Printf("\n%d planted, %d caught, %s\n", len(mine), len(mine)-len(survived), time.Since(began).Round(time.Second))
	if len(survived) > 0 {
		return fmt.Errorf("%s", strings.Join(survived, "\n"))
	}
	return nil
}

// healthy runs every test of the list on the code as it is.
func healthy(ctx context.Context, list []mutant) error {
	tests := map[string][]string{}
	for _, m := range list {
		if !slices.Contains(tests[m.test.pkg], m.test.run) {
			tests[m.test.pkg] = append(tests[m.test.pkg], m.test.run)
		}
	}
	for pkg, names := range tests {
		out, err := goTest(ctx, "", pkg, "^("+strings.Join(names, "|")+")$")
		for _, name := range names {
			if !bytes.Contains(out, []byte("--- PASS: "+name)) {
				return fmt.Errorf("%s of %s does not pass on the code as it is (%v):\n%s", name, pkg, err, tail(out))
			}
		}
	}
	return nil
}

// goTest runs a test without vet, which has judged the code elsewhere and has nothing to say of a planted bug.
func goTest(ctx context.Context, overlay, pkg, run string) ([]byte, error) {
	args := []string{"test", "-v", "-vet=off", "-count=1", "-timeout", "4m"}
	if overlay != "" {
		args = append(args, "-overlay", overlay)
	}
	return exec.CommandContext(ctx, "go", append(args, "-run", run, pkg)...).CombinedOutput()
}

// plant compiles the code with the bug and answers by what it must be caught, whether it was, and what was said if not.
func (m mutant) plant(ctx context.Context, dir, harness string) (by string, caught bool, why string) {
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	by = m.test.pkg + " " + m.test.run
	overlay, err := m.overlay(dir)
	if err != nil {
		return by, false, err.Error()
	}
	out, err := goTest(ctx, overlay, m.test.pkg, "^"+m.test.run+"$")
	// What does not compile, or does not end, was not judged by the test.
	caught = err != nil && bytes.Contains(out, []byte("--- FAIL: "+m.test.run))
	if !caught || m.shard == "" {
		return by, caught, tail(out)
	}
	caught, why = m.badDay(ctx, dir, overlay, harness)
	return by + ", and a bad day by " + m.says, caught, why
}

// badDay answers whether the fault harness names the promise that the bug breaks.
func (m mutant) badDay(ctx context.Context, dir, overlay, harness string) (caught bool, why string) {
	binary := filepath.Join(dir, "phonebank")
	if out, err := exec.CommandContext(ctx, "go", "build", "-buildvcs=false", "-tags", "chaos", "-overlay", overlay, "-o", binary, "phonebank/cmd/phonebank").CombinedOutput(); err != nil {
		return false, "it does not compile: " + tail(out)
	}
	// What a bad day shows depends on the day: three may be needed.
	for seed := 1; seed <= 3 && ctx.Err() == nil; seed++ {
		out, err := exec.CommandContext(ctx, harness, append(strings.Fields(m.shard), "-scale", "60", "-seed", fmt.Sprint(seed), "-binary", binary)...).CombinedOutput()
		if err != nil && bytes.Contains(out, []byte("\nchaos: ")) && bytes.Contains(out[bytes.LastIndex(out, []byte("\nchaos: ")):], []byte(m.says+", ")) {
			return true, ""
		}
		why = tail(out)
	}
	return false, why
}

// overlay writes the changed files beside the sources, and the file that tells the compiler of them.
func (m mutant) overlay(dir string) (string, error) {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return "", err
	}
	changed := map[string]string{}
	for _, e := range m.edits {
		text, there := changed[e.file]
		if !there {
			raw, err := os.ReadFile(e.file)
			if err != nil {
				return "", err
			}
			text = string(raw)
		}
		if n := strings.Count(text, e.old); n != 1 {
			return "", fmt.Errorf("the place in %s is there %d times: %q", e.file, n, e.old)
		}
		changed[e.file] = strings.Replace(text, e.old, e.new, 1)
	}
	replace := map[string]string{}
	for file, text := range changed {
		real, err := filepath.Abs(file)
		if err != nil {
			return "", err
		}
		to := filepath.Join(dir, strings.ReplaceAll(file, "/", "_"))
		if err := os.WriteFile(to, []byte(text), 0o600); err != nil {
			return "", err
		}
		replace[real] = to
	}
	raw, err := json.Marshal(map[string]any{"Replace": replace})
	if err != nil {
		return "", err
	}
	path := filepath.Join(dir, "overlay.json")
	return path, os.WriteFile(path, raw, 0o600)
}

// tail is the end of what a command said.
func tail(out []byte) string {
	lines := strings.Split(strings.TrimSpace(string(out)), "\n")
	return strings.Join(lines[max(0, len(lines)-25):], "\n")
}
