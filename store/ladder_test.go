package store_test

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// A rung that could be written anywhere would sooner or later be written by a yes.
func TestLadder_OneStatementWritesTheRung(t *testing.T) {
	writes := regexp.MustCompile(`(?s)UPDATE people\b[^;"` + "`" + `]*?\brung\s*=|INSERT INTO people\s*\([^)]*\brung\b`)
	found := map[string]int{}
	ok(t, filepath.WalkDir("..", func(path string, d os.DirEntry, err error) error {
		if err != nil || d.IsDir() || strings.HasSuffix(path, "_test.go") || !strings.HasSuffix(path, ".go") && !strings.HasSuffix(path, ".sql") {
			return err
		}
		text, err := os.ReadFile(path)
		if n := len(writes.FindAll(text, -1)); n > 0 {
			found[filepath.ToSlash(path)] = n
		}
		return err
	}))
	if len(found) != 1 || found["../store/ladder.go"] != 1 {
		t.Errorf("people.rung is written in %v; only the approved move in store/ladder.go may", found)
	}
}
