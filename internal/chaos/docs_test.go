package main

import (
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// The page of promises names every promise, and each command on it exists: a test by its name, a goal of the Makefile, a crash
// point, a flag.
func TestDocs_EveryPromiseAndEveryCommandIsThere(t *testing.T) {
	t.Chdir("../..")
	raw, err := os.ReadFile("docs/reliability.md")
	if err != nil {
		t.Fatal(err)
	}
	page := string(raw)
	for n := 1; n <= 24; n++ {
		row := regexp.MustCompile(fmt.Sprintf(`(?m)^\| P%d \| .*$`, n)).FindString(page)
		if !strings.Contains(row, "`go test ") && !strings.Contains(row, "`make ") {
			t.Errorf("P%d has no row with a command", n)
		}
	}
	tests := regexp.MustCompile("go test (\\S+) -run '?([\\w|]+)'?`").FindAllStringSubmatch(page, -1)
	if len(tests) < 20 {
		t.Errorf("only %d tests are named", len(tests))
	}
	for _, c := range tests {
		for name := range strings.SplitSeq(c[2], "|") {
			if !testThere(t, c[1], name) {
				t.Errorf("%s has no test that begins with %s", c[1], name)
			}
		}
	}
	makefile, err := os.ReadFile("Makefile")
	if err != nil {
		t.Fatal(err)
	}
	for _, goal := range regexp.MustCompile("`make ([a-z-]+)").FindAllStringSubmatch(page, -1) {
		if !strings.Contains(string(makefile), "\n"+goal[1]+":") {
			t.Errorf("there is no make %s", goal[1])
		}
	}
	if left := regexp.MustCompile(`CHAOS-\w+`).FindString(page); left != "" {
		t.Errorf("the figure %s was never filled in", left)
	}
}

func testThere(t *testing.T, pkg, name string) bool {
	t.Helper()
	files, err := filepath.Glob(filepath.Join(pkg, "*_test.go"))
	if err != nil {
		t.Fatal(err)
	}
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		if strings.Contains(string(text), "\nfunc "+name) {
			return true
		}
	}
	return false
}
