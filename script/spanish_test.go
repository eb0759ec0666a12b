package script_test

import (
	"go/ast"
	"go/parser"
	"go/token"
	"strconv"
	"strings"
	"testing"

	"phonebank/script"
	"phonebank/words"
)

// sentences are all sentences that a problem can be said with: what stands in the calls that say one, and in the tables
// that they are taken from.
func sentences(t *testing.T) map[string]bool {
	t.Helper()
	all := map[string]bool{}
	literal := func(e ast.Expr) {
		if lit, ok := e.(*ast.BasicLit); ok && lit.Kind == token.STRING {
			s, err := strconv.Unquote(lit.Value)
			if err != nil {
				t.Fatal(err)
			}
			if strings.ContainsFunc(strings.ReplaceAll(s, "%s", ""), func(r rune) bool { return r >= 'A' && r <= 'z' }) {
				all[s] = true
			}
		}
	}
	tables := map[string]bool{"topNames": true, "partNames": true, "yamlReasons": true, "noAnswer": true}
	for _, name := range []string{"lint.go", "lint_moves.go", "lint_ask.go", "lint_words.go", "shape.go", "read.go", "place.go"} {
		file, err := parser.ParseFile(token.NewFileSet(), name, nil, 0)
		if err != nil {
			t.Fatal(err)
		}
		ast.Inspect(file, func(n ast.Node) bool {
			switch n := n.(type) {
			case *ast.CallExpr:
				said := ""
				switch f := n.Fun.(type) {
				case *ast.Ident:
					said = f.Name
				case *ast.SelectorExpr:
					said = f.Sel.Name
				}
				switch {
				case said == "words" && len(n.Args) > 0:
					literal(n.Args[0])
				case (said == "block" || said == "warn") && len(n.Args) > 1:
					literal(n.Args[1])
				}
			case *ast.ValueSpec:
				if !tables[n.Names[0].Name] {
					return true
				}
				for _, v := range n.Values {
					for _, e := range v.(*ast.CompositeLit).Elts {
						switch e := e.(type) {
						case *ast.KeyValueExpr:
							literal(e.Value)
						case *ast.CompositeLit:
							literal(e.Elts[len(e.Elts)-1])
						}
					}
				}
			}
			return true
		})
	}
	return all
}

func TestProblems_CanBeSaidInSpanish(t *testing.T) {
	all := sentences(t)
	if len(all) < 100 {
		t.Fatalf("only %d sentences were found", len(all))
	}
	for s := range all {
		if !words.Spanish.Has(s) {
			t.Errorf("no Spanish for %q", s)
		}
	}
}

func TestProblem_IsSaidInSpanishWithItsPlace(t *testing.T) {
	s, err := script.Starter("heat-recruitment")
	if err != nil {
		t.Fatal(err)
	}
	doc, err := s.JSON()
	if err != nil {
		t.Fatal(err)
	}
	broken, err := script.Parse([]byte(strings.Replace(string(doc), `"goto":"agitate"`, `"goto":"nowhere"`, 1)))
	if err != nil {
		t.Fatal(err)
	}
	problems := script.Lint(broken)
	if len(problems) == 0 {
		t.Fatal("nothing to mend was found")
	}
	got := problems[0].In(words.Spanish.Say).String()
	want := "Paso 2 (Issues & stake), luz verde “Told a real story”, a dónde lleva: Lleva a un paso que no existe: “nowhere”. Hay: intro, stake, agitate, educate, inoculate, ask, next."
	if got != want {
		t.Errorf("got  %s\nwant %s", got, want)
	}
}
