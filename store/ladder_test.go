package store_test

import (
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"phonebank"
	"phonebank/internal/testdb"
)

func TestSchema_LadderChecksListTheWordsOfItsTable(t *testing.T) {
	db := testdb.New(t)
	for _, c := range []struct {
		table, column string
		want          []string
	}{
		{"rung_moves", "state", words(phonebank.RungTable.States())},
		{"rung_moves", "ground", words(phonebank.RungGrounds)},
		{"heard_stands", "support", append(slices.Clone(phonebank.Supports), "")},
	} {
		var rule string
		ok(t, db.SQL().Get(&rule, `
			SELECT pg_get_constraintdef(oid) FROM pg_constraint
			WHERE conrelid = $1::regclass AND contype = 'c' AND conname = $2`, c.table, c.table+"_"+c.column+"_check"))
		var got []string
		for _, m := range regexp.MustCompile(`'([a-z_]*)'::text`).FindAllStringSubmatch(rule, -1) {
			got = append(got, m[1])
		}
		slices.Sort(got)
		slices.Sort(c.want)
		if !slices.Equal(got, c.want) {
			t.Errorf("%s.%s: the database knows %v, Go %v", c.table, c.column, got, c.want)
		}
	}
}

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
