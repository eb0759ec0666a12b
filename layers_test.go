package phonebank_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"io"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// layers is the house from the ground up. A package imports what stands on a
// lower row, never its siblings: what two of them share is a rule of the root
// package or a method of the store. A folder inside a package is part of it.
var layers = [][]string{
	{"phonebank", "script", "words"},
	{"store", "carrier", "live"},
	{"dialer", "texting", "followup", "people"},
	{"webhooks", "panel", "worker"},
	{"cmd"},
}

// apart are the parts beside the layers, each with those that may import it.
// They import none of the layers themselves; tests may import anything.
var apart = map[string][]string{
	"migrations": {"store", "internal", "cmd"},
	"internal":   {"cmd"},
	"simulator":  {"cmd", "internal"},
}

// owned are the libraries that only some parts may know, so that replacing one
// stays the work of one package.
var owned = map[string][]string{
	"github.com/twilio/twilio-go": {"carrier"},
	"github.com/jmoiron/sqlx":     {"store", "migrations", "internal/embedded", "internal/testdb"},
	"github.com/lib/pq":           {"store", "migrations", "internal/embedded", "internal/testdb"},
	"github.com/hibiken/asynq":    {"worker", "cmd"},
}

// testBank is a whole phone bank for tests; nothing but tests imports it.
const testBank = "phonebank/internal/testbank"

// whole are the packages that put the whole house together, beside cmd: the bank of the tests, `make bench`, and the fault
// harness with its planted bugs.
var whole = []string{testBank, "phonebank/internal/bench", "phonebank/internal/chaos"}

// points are the moments at which the fault harness ends a process: empty functions in an ordinary build, so any layer may
// mark its own.
const points = "phonebank/internal/crash"

// twilioRoot pulls in every Twilio product and a minute of compiling; the
// packages below it do not.
const twilioRoot = "github.com/twilio/twilio-go"

// pkg is what `go list -json` says about a package.
type pkg struct {
	Dir          string
	ImportPath   string
	GoFiles      []string
	Imports      []string
	TestImports  []string
	XTestImports []string
}

func TestLayers_ImportsPointOneWay(t *testing.T) {
	for _, p := range packages(t) {
		for _, imported := range p.Imports {
			if why := badImport(p.ImportPath, imported); why != "" {
				t.Errorf("%s imports %s: %s", p.ImportPath, imported, why)
			}
		}
		for _, imported := range slices.Concat(p.TestImports, p.XTestImports) {
			if imported == twilioRoot {
				t.Errorf("a test of %s imports %s: it takes a minute to compile, use a package below it", p.ImportPath, imported)
			}
		}
	}
}

// badImport says in words what is wrong with an import, "" when nothing is.
func badImport(importer, imported string) string {
	from, to := part(importer), part(imported)
	if imported == twilioRoot {
		return "it takes a minute to compile, use a package below it"
	}
	if to == "" {
		return foreignImport(importer, from, imported)
	}
	if from == to {
		return ""
	}
	if slices.Contains(whole, importer) || imported == points {
		return ""
	}
	if allowed, beside := apart[to]; beside {
		if to == "internal" && (strings.HasSuffix(imported, "/testdb") || imported == testBank) {
			return "only tests may"
		}
		if !slices.Contains(allowed, from) {
			return "of ours, only " + strings.Join(allowed, ", ") + " and tests may"
		}
		return ""
	}
	if _, beside := apart[from]; beside {
		return from + " stands apart from the layers and imports none of them"
	}
	high, low := layer(from), layer(to)
	switch {
	case high < 0:
		return "the layers do not say where " + from + " stands"
	case low < 0:
		return "the layers do not say where " + to + " stands"
	case high == low:
		return "siblings never import each other"
	case high < low:
		return "imports point down: " + strings.Join(layers[low], ", ") + " stand above " + strings.Join(layers[high], ", ")
	}
	return ""
}

// foreignImport judges an import from outside this module.
func foreignImport(importer, from, imported string) string {
	if slices.Contains(whole, importer) {
		return ""
	}
	standard := !strings.Contains(strings.Split(imported, "/")[0], ".")
	if from == "phonebank" && !standard {
		return "the words and rules know the standard library only"
	}
	for library, owners := range owned {
		if within(imported, library) && !slices.ContainsFunc(owners, func(owner string) bool {
			return within(importer, "phonebank/"+owner)
		}) {
			return "only " + strings.Join(owners, ", ") + " may"
		}
	}
	return ""
}

// part is the part of the house that a package of ours belongs to, "" for any
// other package.
func part(importPath string) string {
	if importPath == "phonebank" {
		return "phonebank"
	}
	rest, ours := strings.CutPrefix(importPath, "phonebank/")
	if !ours {
		return ""
	}
	name, _, _ := strings.Cut(rest, "/")
	return name
}

// layer is the row that a part stands on, -1 for none.
func layer(name string) int {
	return slices.IndexFunc(layers, func(row []string) bool { return slices.Contains(row, name) })
}

// within tells whether a path is that package or one below it.
func within(path, root string) bool { return path == root || strings.HasPrefix(path, root+"/") }

func TestLayers_BadImportsAreNamed(t *testing.T) {
	for _, row := range []struct{ importer, imported, why string }{
		{"phonebank", "time", ""},
		{"phonebank", "github.com/google/go-cmp/cmp", "standard library only"},
		{"phonebank/script", "phonebank", "siblings"},
		{"phonebank/store", "phonebank", ""},
		{"phonebank/store", "phonebank/migrations", ""},
		{"phonebank/store", "github.com/lib/pq/pqerror", ""},
		{"phonebank/store", "phonebank/live", "siblings"},
		{"phonebank/store/rows", "phonebank/store", ""},
		{"phonebank/carrier", "github.com/twilio/twilio-go", "minute to compile"},
		{"phonebank/carrier", "github.com/twilio/twilio-go/client", ""},
		{"phonebank/carrier", "phonebank/texting", "imports point down"},
		{"phonebank/texting", "github.com/twilio/twilio-go/client", "only carrier may"},
		{"phonebank/texting", "github.com/lib/pqx", ""},
		{"phonebank/panel", "phonebank/webhooks", "siblings"},
		{"phonebank/panel", "github.com/jmoiron/sqlx", "only store"},
		{"phonebank/panel", "github.com/hibiken/asynq", "only worker, cmd may"},
		{"phonebank/panel", "phonebank/elsewhere", "where elsewhere stands"},
		{"phonebank/panel", "phonebank/internal/embedded", "only cmd and tests may"},
		{"phonebank/texting", "phonebank/internal/crash", ""},
		{"phonebank/internal/crash", "phonebank/texting", "apart from the layers"},
		{"phonebank/cmd/phonebank", "phonebank/panel", ""},
		{"phonebank/cmd/phonebank", "phonebank/simulator", ""},
		{"phonebank/cmd/phonebank", "phonebank/internal/testdb", "only tests may"},
		{"phonebank/simulator", "phonebank", "apart from the layers"},
		{"phonebank/simulator", "phonebank/internal/embedded", "only cmd and tests may"},
		{"phonebank/worker", "phonebank/simulator", "only cmd, internal and tests may"},
		{"phonebank/internal/testdb", "phonebank/migrations", ""},
		{"phonebank/internal/testdb", "phonebank/store", "apart from the layers"},
	} {
		why := badImport(row.importer, row.imported)
		if (row.why == "") != (why == "") || !strings.Contains(why, row.why) {
			t.Errorf("%s importing %s: got %q, want %q", row.importer, row.imported, why, row.why)
		}
	}
}

// The rules take the time as a parameter, so that a test, and the clock of the
// demo, can be anywhere in it.
func TestLayers_OnlyTheEdgesReadTheClock(t *testing.T) {
	readers := []string{"cmd", "simulator", "internal"}
	for _, p := range packages(t) {
		if slices.Contains(readers, part(p.ImportPath)) {
			continue
		}
		for _, name := range p.GoFiles {
			path := filepath.Join(p.Dir, name)
			fset := token.NewFileSet()
			file, err := parser.ParseFile(fset, path, nil, parser.SkipObjectResolution)
			if err != nil {
				t.Fatal(err)
			}
			for _, read := range clockReads(file) {
				at := fset.Position(read.Pos())
				t.Errorf("%s:%d uses time.%s: only %s may, take the time as a parameter",
					filepath.Join(part(p.ImportPath), name), at.Line, read.Sel.Name, strings.Join(readers, ", "))
			}
		}
	}
}

// clockReads finds time.Now, and the two that call it, whatever name the file
// imports package time under.
func clockReads(file *ast.File) []*ast.SelectorExpr {
	name := ""
	for _, spec := range file.Imports {
		if path, err := strconv.Unquote(spec.Path.Value); err == nil && path == "time" {
			name = "time"
			if spec.Name != nil {
				name = spec.Name.Name
			}
		}
	}
	var reads []*ast.SelectorExpr
	ast.Inspect(file, func(n ast.Node) bool {
		selector, ok := n.(*ast.SelectorExpr)
		if !ok || !slices.Contains([]string{"Now", "Since", "Until"}, selector.Sel.Name) {
			return true
		}
		if ident, ok := selector.X.(*ast.Ident); ok && name != "" && ident.Name == name {
			reads = append(reads, selector)
		}
		return true
	})
	return reads
}

func TestLayers_ClockIsSeenUnderAnyName(t *testing.T) {
	const source = `package p
import clock "time"
var now = clock.Now
func f(t clock.Time, time interface{ Now() int }) { _ = clock.Since(t); _ = time.Now(); _ = t.Add(clock.Second) }`
	file, err := parser.ParseFile(token.NewFileSet(), "p.go", source, parser.SkipObjectResolution)
	if err != nil {
		t.Fatal(err)
	}
	if reads := clockReads(file); len(reads) != 2 {
		t.Errorf("found %d reads of the clock, want clock.Now and clock.Since", len(reads))
	}
}

// packages lists the packages of this module.
func packages(t *testing.T) []pkg {
	t.Helper()
	cmd := exec.Command("go", "list", "-e", "-json=Dir,ImportPath,GoFiles,Imports,TestImports,XTestImports", "./...")
	out, err := cmd.Output()
	if err != nil {
		var exit *exec.ExitError
		if errors.As(err, &exit) {
			err = fmt.Errorf("%w: %s", err, exit.Stderr)
		}
		t.Fatalf("go list: %v", err)
	}
	var all []pkg
	for decoder := json.NewDecoder(strings.NewReader(string(out))); ; {
		var p pkg
		if err := decoder.Decode(&p); errors.Is(err, io.EOF) {
			return all
		} else if err != nil {
			t.Fatalf("go list: %v", err)
		}
		all = append(all, p)
	}
}
