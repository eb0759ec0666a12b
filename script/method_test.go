package script_test

import (
	"encoding/json"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// named are the names of all tests of the house: Go tests, titles of browser tests, and the shared vectors that both run.
func named(t *testing.T) map[string]bool {
	t.Helper()
	goTest := regexp.MustCompile(`(?m)^func ((?:Test|Fuzz)\w+)\(`)
	jsTest := regexp.MustCompile(`(?m)^\s*test\("([^"]+)"`)
	all := map[string]bool{}
	err := filepath.WalkDir("..", func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			if err == nil && (d.Name() == "node_modules" || d.Name() == ".git" || d.Name() == "bin") {
				return filepath.SkipDir
			}
			return err
		}
		var title *regexp.Regexp
		switch {
		case strings.HasSuffix(path, "_test.go"):
			title = goTest
		case strings.HasSuffix(path, ".test.mjs"):
			title = jsTest
		default:
			return nil
		}
		body, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		for _, m := range title.FindAllStringSubmatch(string(body), -1) {
			all[m[1]] = true
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	for _, pattern := range []string{"testdata/walk/*.json", "testdata/fill/lines.json"} {
		files, err := filepath.Glob(pattern)
		if err != nil {
			t.Fatal(err)
		}
		for _, name := range files {
			body, err := os.ReadFile(name)
			if err != nil {
				t.Fatal(err)
			}
			var cases []struct {
				Name string `json:"name"`
			}
			if err := json.Unmarshal(body, &cases); err != nil {
				t.Fatal(err)
			}
			for _, c := range cases {
				all[c.Name] = true
			}
		}
	}
	return all
}

// docs/method.md promises a place and a test for every idea. A promise that nothing keeps would be worse than none.
func TestMethod_EveryIdeaHasItsPlaceAndItsTest(t *testing.T) {
	body, err := os.ReadFile("../docs/method.md")
	if err != nil {
		t.Fatal(err)
	}
	tests, quoted := named(t), regexp.MustCompile("`([^`]+)`")
	path := regexp.MustCompile(`^[a-z0-9_-]+(/[a-z0-9_-]+)*(\.[a-z0-9]+)?$`)
	section, rows := "", 0
	for _, line := range strings.Split(string(body), "\n") {
		if strings.HasPrefix(line, "## ") {
			section = line
		}
		cells := strings.Split(line, " | ")
		if !strings.HasPrefix(line, "| ") || len(cells) != 3 || strings.HasPrefix(line, "| The idea") {
			continue
		}
		rows++
		idea := strings.TrimPrefix(cells[0], "| ")
		for _, m := range quoted.FindAllStringSubmatch(cells[1], -1) {
			if !path.MatchString(m[1]) || !strings.ContainsAny(m[1], "/.") {
				continue
			}
			if _, err := os.Stat(filepath.Join("..", m[1])); err != nil {
				t.Errorf("%s: there is no %s", idea, m[1])
			}
		}
		kept := false
		for _, m := range quoted.FindAllStringSubmatch(cells[2], -1) {
			if strings.HasPrefix(m[1], "/") {
				continue // the address of a screen
			}
			if kept = tests[m[1]]; !kept {
				t.Errorf("%s: there is no test called %q", idea, m[1])
			}
		}
		if !kept && !(section == "## Tips" && strings.Contains(cells[2], "screen: ")) {
			t.Errorf("%s: no test keeps it", idea)
		}
	}
	if rows != 46 {
		t.Errorf("the method has 46 ideas, the table has %d", rows)
	}
}
