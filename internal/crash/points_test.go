package crash_test

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"phonebank/internal/crash"
)

// The harness visits the points of the list. One that is in the code alone would never be visited, and one that is in the
// list alone would be waited for in vain.
func TestPoints_TheListAndTheCodeNameTheSame(t *testing.T) {
	root, err := filepath.Abs("../..")
	if err != nil {
		t.Fatal(err)
	}
	found := map[string]int{}
	err = filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if d.IsDir() && (strings.HasPrefix(d.Name(), ".") && path != root || d.Name() == "node_modules") {
			return filepath.SkipDir
		}
		if d.IsDir() || !strings.HasSuffix(path, ".go") || strings.HasSuffix(path, "_test.go") {
			return nil
		}
		source, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		if !strings.Contains(string(source), `"phonebank/internal/crash"`) {
			return nil
		}
		set := token.NewFileSet()
		file, err := parser.ParseFile(set, path, source, parser.SkipObjectResolution)
		if err != nil {
			return err
		}
		for _, name := range named(t, set, file) {
			found[name]++
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	var listed []string
	for _, p := range crash.Points {
		if slices.Contains(listed, p.Name) {
			t.Errorf("%s is listed twice", p.Name)
		}
		if !slices.Contains([]string{"webhooks", "dialer", "worker"}, p.Role) || p.When == "" {
			t.Errorf("%s: where and when does it come?", p.Name)
		}
		listed = append(listed, p.Name)
		if found[p.Name] != 1 {
			t.Errorf("%s is listed, and in the code %d times", p.Name, found[p.Name])
		}
	}
	for name := range found {
		if !slices.Contains(listed, name) {
			t.Errorf("%s is in the code, and not listed", name)
		}
	}
}

// named finds the points of a file: crash.Here with a name that stands there in letters.
func named(t *testing.T, set *token.FileSet, file *ast.File) (names []string) {
	ast.Inspect(file, func(n ast.Node) bool {
		call, ok := n.(*ast.CallExpr)
		if !ok {
			return true
		}
		of, ok := call.Fun.(*ast.SelectorExpr)
		if !ok || of.Sel.Name != "Here" {
			return true
		}
		if pkg, ok := of.X.(*ast.Ident); !ok || pkg.Name != "crash" {
			return true
		}
		literal, ok := call.Args[0].(*ast.BasicLit)
		if !ok {
			t.Errorf("%s: the name of a point must stand in the code", set.Position(call.Pos()))
			return true
		}
		name, err := strconv.Unquote(literal.Value)
		if err != nil {
			t.Error(err)
		}
		names = append(names, name)
		return true
	})
	return names
}

// An ordinary build goes through every point unharmed, and its clock is the machine's.
func TestHere_DoesNothingInAnOrdinaryBuild(t *testing.T) {
	for _, p := range crash.Points {
		t.Setenv("CRASH_AT", p.Name+":1")
		crash.Here(p.Name)
	}
	if crash.Scale(60) != 60 || crash.Patience(60) != 60 {
		t.Error("a wait is not what it is")
	}
}
