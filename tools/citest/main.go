// Command citest reads the output of `go test -json`, prints what `go test`
// itself would have printed, and fails when a test failed or was skipped: in CI
// a test that did not run has proven nothing.
package main

import (
	"bufio"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"strings"
)

// event is one line of `go test -json`; see `go doc test2json`.
type event struct {
	Action  string
	Package string
	Test    string
	Output  string
}

func main() {
	bad, err := report(os.Stdin, os.Stdout)
	if err != nil {
		fmt.Fprintln(os.Stderr, "citest:", err)
		os.Exit(1)
	}
	if bad {
		os.Exit(1)
	}
}

// report copies what a person wants to see and tells whether anything failed or
// was skipped. What a test printed is kept until it is known how it ended.
func report(in io.Reader, out io.Writer) (bad bool, err error) {
	printed := map[string][]string{} // by package and test
	var skipped []string
	tests := 0

	lines := bufio.NewScanner(in)
	lines.Buffer(nil, 16<<20)
	for lines.Scan() {
		var e event
		if err := json.Unmarshal(lines.Bytes(), &e); err != nil {
			fmt.Fprintln(out, lines.Text()) // go itself, about something that is no test
			continue
		}
		key := e.Package + " " + e.Test
		switch e.Action {
		case "build-output":
			fmt.Fprint(out, e.Output)
		case "build-fail":
			bad = true
		case "output":
			if e.Test != "" {
				printed[key] = append(printed[key], e.Output)
			} else if e.Output != "PASS\n" {
				fmt.Fprint(out, e.Output)
			}
		case "fail":
			bad = true
			for _, line := range printed[key] {
				fmt.Fprint(out, line)
			}
			delete(printed, key)
		case "skip":
			if e.Test != "" { // a package without tests is skipped too
				skipped = append(skipped, key+": "+reason(printed[key]))
			}
			delete(printed, key)
		case "pass":
			if e.Test != "" {
				tests++
			}
			delete(printed, key)
		}
	}
	if err := lines.Err(); err != nil {
		return true, err
	}
	for _, line := range skipped {
		fmt.Fprintf(out, "SKIPPED %s\n", line)
	}
	fmt.Fprintf(out, "%d tests passed, %d skipped\n", tests, len(skipped))
	return bad || len(skipped) > 0, nil
}

// reason is what a test said when it skipped itself.
func reason(output []string) string {
	for _, line := range output {
		if !strings.HasPrefix(line, "=== ") && !strings.HasPrefix(strings.TrimSpace(line), "--- SKIP") {
			return strings.TrimSpace(line)
		}
	}
	return "no reason given"
}
