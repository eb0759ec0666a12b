package words

import (
	"encoding/json"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// Everything that a page, a voice or an error of ours says has its Spanish, and the catalogs hold nothing that nobody
// says. The sentences are read out of the source: a new one without Spanish is named here with its place.

const house = ".." // this package's way to the others

// said is what the source says: each sentence with the first place of it, and every string that it holds at all.
type said struct {
	must    map[string]string
	strings map[string]bool
	unclear []string // places whose sentence cannot be read without running them
	drawn   []string // words that stand in a template as they are
}

func newSaid() *said { return &said{must: map[string]string{}, strings: map[string]bool{}} }

func (s *said) say(sentence, place string) {
	if strings.Trim(sentence, " %sdqv") == "" {
		return // nothing but what is put in
	}
	s.strings[sentence] = true
	if _, ok := s.must[sentence]; !ok {
		s.must[sentence] = place
	}
}

func each(t *testing.T, root, suffix string, do func(path string, body []byte)) {
	t.Helper()
	err := filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if name := d.Name(); d.IsDir() && (name == "node_modules" || name == "testdata" || name == ".git" || name == "test") {
			return filepath.SkipDir
		}
		if d.IsDir() || !strings.HasSuffix(path, suffix) || strings.HasSuffix(path, "_test.go") {
			return nil
		}
		body, err := os.ReadFile(path)
		if err == nil {
			do(path, body)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
}

func unquoted(lit *ast.BasicLit) string {
	s, err := strconv.Unquote(lit.Value)
	if err != nil {
		return ""
	}
	return s
}

// sentence reads a string that is written in one piece or in several; what is no string becomes %s.
func sentence(e ast.Expr) (words string, whole bool) {
	switch x := e.(type) {
	case *ast.BasicLit:
		if x.Kind == token.STRING {
			return unquoted(x), true
		}
	case *ast.ParenExpr:
		return sentence(x.X)
	case *ast.BinaryExpr:
		a, wholeA := sentence(x.X)
		b, wholeB := sentence(x.Y)
		return a + b, wholeA && wholeB
	}
	return "%s", false
}

// goFiles reads the Go source. Problem details of the API, what is printed in a terminal and what Twilio is told stay English.
func (s *said) goFiles(t *testing.T) {
	t.Helper()
	files := token.NewFileSet()
	functions := map[string]*ast.FuncDecl{} // by folder and name
	lists := map[string]*ast.CompositeLit{} // maps of sentences, by folder and name
	var all []*ast.File
	each(t, house, ".go", func(path string, body []byte) {
		for _, aside := range []string{"tools", "internal", "simulator"} {
			if strings.HasPrefix(path, filepath.Join(house, aside)) {
				return
			}
		}
		f, err := parser.ParseFile(files, path, body, 0)
		if err != nil {
			t.Fatal(err)
		}
		all = append(all, f)
		for _, d := range f.Decls {
			switch x := d.(type) {
			case *ast.FuncDecl:
				functions[filepath.Dir(path)+"."+x.Name.Name] = x
			case *ast.GenDecl:
				for _, spec := range x.Specs {
					if v, ok := spec.(*ast.ValueSpec); ok && len(v.Names) == 1 && len(v.Values) == 1 {
						if list, ok := v.Values[0].(*ast.CompositeLit); ok {
							lists[filepath.Dir(path)+"."+v.Names[0].Name] = list
						}
					}
				}
			}
		}
	})
	for _, f := range all {
		path := files.Position(f.Pos()).Filename
		place := func(n ast.Node) string {
			p := files.Position(n.Pos())
			return fmt.Sprintf("%s:%d", strings.TrimPrefix(p.Filename, house+"/"), p.Line)
		}
		base := filepath.Base(path)
		english := strings.HasPrefix(base, "api") || strings.Contains(path, "/cmd/") || strings.Contains(path, "/webhooks/")
		// Below the pages, whole sentences are reasons: they are kept in the records, and said by Retell.
		kept := !english && !strings.Contains(path, "/panel/") && !strings.Contains(path, "/script/")
		var within *ast.FuncDecl
		ast.Inspect(f, func(n ast.Node) bool {
			switch x := n.(type) {
			case *ast.BasicLit:
				if x.Kind == token.STRING {
					words := unquoted(x)
					s.strings[words], s.strings[strings.ReplaceAll(words, "_", " ")] = true, true
					if kept && aSentence.MatchString(words) {
						s.say(words, place(x))
					}
				}
			case *ast.BinaryExpr:
				if words, _ := sentence(x); words != "" {
					s.strings[words] = true
				}
				if words, _ := sentence(x); kept && aSentence.MatchString(words) {
					s.say(words, place(x))
					return false // its pieces are no sentences
				}
			case *ast.FuncDecl:
				within = x
			case *ast.CallExpr:
				if panics(x) {
					return false
				}
				s.call(x, english, within, place, beside{functions, lists, filepath.Dir(path) + "."})
			}
			return true
		})
	}
}

// beside is what stands in the same package.
type beside struct {
	functions map[string]*ast.FuncDecl
	lists     map[string]*ast.CompositeLit
	folder    string
}

// call reads one call of something that speaks.
func (s *said) call(x *ast.CallExpr, english bool, within *ast.FuncDecl, place func(ast.Node) string, near beside) {
	name, method := "", false
	switch f := x.Fun.(type) {
	case *ast.Ident:
		name = f.Name
	case *ast.SelectorExpr:
		name = f.Sel.Name
		on, isPackage := f.X.(*ast.Ident)
		method = !isPackage || on.Name != "phonebank"
	}
	var spoken []ast.Expr
	switch {
	case (name == "Fail") && !method && len(x.Args) > 1 && !english:
		spoken = x.Args[1:2]
	case (name == "Because") && !method && len(x.Args) > 2 && !english:
		spoken = x.Args[2:3]
	case (name == "Say" || name == "Tell") && method && len(x.Args) > 0:
		spoken = x.Args[:1]
	case name == "Count" && method && len(x.Args) == 3:
		spoken = x.Args[1:]
	}
	for _, e := range spoken {
		if words, whole := sentence(e); whole {
			s.say(words, place(e))
			continue
		}
		if at := place(e); !s.answers(e, within, place, near) && !strings.HasPrefix(at, "words/") && !strings.HasPrefix(at, "errors.go") && !strings.HasPrefix(at, "panel/page.go") && !strings.HasPrefix(at, "webhooks/") {
			s.unclear = append(s.unclear, at)
		}
	}
}

// answers reads the sentences that a function or a map answers with, asked here or where a variable was set. A field is
// believed: what is put into it is read where it is written.
func (s *said) answers(e ast.Expr, within *ast.FuncDecl, place func(ast.Node) string, near beside) (found bool) {
	switch x := e.(type) {
	case *ast.SelectorExpr:
		return true
	case *ast.IndexExpr:
		name, _ := x.X.(*ast.Ident)
		if name == nil || near.lists[near.folder+name.Name] == nil {
			return false
		}
		for _, one := range near.lists[near.folder+name.Name].Elts {
			if kv, ok := one.(*ast.KeyValueExpr); ok {
				one = kv.Value
			}
			if words, whole := sentence(one); whole {
				s.say(words, place(one))
				found = true
			}
		}
		return found
	}
	if name, ok := e.(*ast.Ident); ok && within != nil {
		ast.Inspect(within, func(n ast.Node) bool {
			set, ok := n.(*ast.AssignStmt)
			if !ok {
				return true
			}
			for i, left := range set.Lhs {
				if id, ok := left.(*ast.Ident); !ok || id.Name != name.Name || i > 0 && len(set.Rhs) == 1 {
					continue
				}
				if words, whole := sentence(set.Rhs[i]); whole {
					s.say(words, place(set))
					found = true
				} else if _, again := set.Rhs[i].(*ast.Ident); !again && s.answers(set.Rhs[i], within, place, near) {
					found = true
				}
			}
			return true
		})
		return found
	}
	fn := near.called(e)
	if fn == nil {
		return false
	}
	ast.Inspect(fn, func(n ast.Node) bool {
		if r, ok := n.(*ast.ReturnStmt); ok && len(r.Results) > 0 {
			if words, whole := sentence(r.Results[0]); whole && words != "" {
				s.say(words, place(r))
				found = true
			}
		}
		return true
	})
	return found
}

// panics tells of what only a programmer reads.
func panics(x *ast.CallExpr) bool {
	switch f := x.Fun.(type) {
	case *ast.Ident:
		return f.Name == "panic"
	case *ast.SelectorExpr:
		return f.Sel.Name == "New" || f.Sel.Name == "Errorf"
	}
	return false
}

// called finds the function whose answers are said.
func (b beside) called(e ast.Expr) *ast.FuncDecl {
	call, ok := e.(*ast.CallExpr)
	if !ok {
		return nil
	}
	switch f := call.Fun.(type) {
	case *ast.Ident:
		return b.functions[b.folder+f.Name]
	case *ast.SelectorExpr:
		return b.functions[b.folder+f.Sel.Name]
	}
	return nil
}

const quotes = `"((?:[^"\\]|\\.)*)"`

// aSentence is something that a person reads: it begins with a capital letter or with a name, and ends with a full stop.
var aSentence = regexp.MustCompile(`^(\p{Lu}|%s |“).* .* .*\.$`)

var (
	action    = regexp.MustCompile(`(?s)\{\{.*?\}\}`)
	spokenBy  = regexp.MustCompile(`\b(?:t|around) ` + quotes)
	counted   = regexp.MustCompile(`\bplural (?:\([^)]*\)|[^\s()]+) ` + quotes + ` ` + quotes)
	shownText = regexp.MustCompile(`(?s)>([^<>]*)<`)
	shownAttr = regexp.MustCompile(`\b(?:placeholder|aria-label|title|alt)="([^"]*)"`)
	aLetter   = regexp.MustCompile(`\p{L}{2}`)
	inCode    = regexp.MustCompile(`(?s)<code>.*?</code>|<kbd.*?</kbd>|\blang=" +">.*?</|<!--.*?-->|<svg.*?</svg>|<script.*?</script>`)
)

// sameInBoth are names of formats, and examples of what somebody may type.
var sameInBoth = []string{"YAML", "JSON", "see-oh-MAH-rah", "418 Alder, 2B"}

// templates reads what pages say, and finds words on them that go past the catalogs.
func (s *said) templates(t *testing.T) {
	t.Helper()
	each(t, filepath.Join(house, "panel", "templates"), ".html", func(path string, body []byte) {
		text := string(body)
		place := func(at int) string {
			return fmt.Sprintf("%s:%d", strings.TrimPrefix(path, house+"/"), 1+strings.Count(text[:at], "\n"))
		}
		for _, a := range action.FindAllStringIndex(text, -1) {
			inside := text[a[0]:a[1]]
			for _, m := range append(spokenBy.FindAllStringSubmatch(inside, -1), counted.FindAllStringSubmatch(inside, -1)...) {
				for _, words := range m[1:] {
					s.say(strings.ReplaceAll(words, `\"`, `"`), place(a[0]))
				}
			}
			for _, m := range regexp.MustCompile(quotes).FindAllStringSubmatch(inside, -1) {
				s.strings[m[1]] = true
			}
		}
		// What is left without its actions is what stands there in one language.
		hide := func(m string) string { return regexp.MustCompile(`[^\n]`).ReplaceAllString(m, " ") }
		bare := inCode.ReplaceAllStringFunc(action.ReplaceAllStringFunc(text, hide), hide)
		for _, find := range []*regexp.Regexp{shownText, shownAttr} {
			for _, m := range find.FindAllStringSubmatchIndex(bare, -1) {
				if words := strings.TrimSpace(bare[m[2]:m[3]]); aLetter.MatchString(words) && !slices.Contains(sameInBoth, words) {
					s.drawn = append(s.drawn, fmt.Sprintf("%s: %q", place(m[2]), strings.Join(strings.Fields(words), " ")))
				}
			}
		}
	})
}

var (
	comments   = regexp.MustCompile(`(?m)^[ \t]*(//|/?\*).*$|/\*\*.*?\*/`)
	spokenByJS = regexp.MustCompile(`\bt\(\s*(?:` + quotes + `|'((?:[^'\\]|\\.)*)')`)
	countedJS  = regexp.MustCompile(`\bcount\((?:[^()"]|\([^()]*\))*,\s*` + quotes + `,\s*` + quotes)
)

func (s *said) scripts(t *testing.T) {
	t.Helper()
	each(t, filepath.Join(house, "panel", "static"), ".js", func(path string, body []byte) {
		text := comments.ReplaceAllString(string(body), "")
		for _, find := range []*regexp.Regexp{spokenByJS, countedJS} {
			for _, m := range find.FindAllStringSubmatchIndex(text, -1) {
				at := fmt.Sprintf("%s:%d", strings.TrimPrefix(path, house+"/"), 1+strings.Count(text[:m[0]], "\n"))
				for i := 2; i < len(m); i += 2 {
					if m[i] >= 0 && m[i] < m[i+1] {
						s.say(strings.NewReplacer(`\"`, `"`, `\'`, `'`).Replace(text[m[i]:m[i+1]]), at)
					}
				}
			}
		}
		for _, m := range regexp.MustCompile(quotes).FindAllStringSubmatch(text, -1) {
			s.strings[m[1]], s.strings[strings.ReplaceAll(m[1], "_", " ")] = true, true
		}
	})
}

func catalogs(t *testing.T, folder string) map[string]string {
	t.Helper()
	place := map[string]string{}
	each(t, folder, ".json", func(path string, body []byte) {
		var some map[string]string
		if err := json.Unmarshal(body, &some); err != nil {
			t.Fatalf("%s: %v", path, err)
		}
		for en := range some {
			place[en] = strings.TrimPrefix(path, house+"/")
		}
	})
	return place
}

// settle compares what is said with what is known.
func (s *said) settle(t *testing.T, known map[string]string) {
	t.Helper()
	for _, words := range slices.Sorted(maps.Keys(s.must)) {
		if known[words] == "" {
			t.Errorf("%s: no Spanish for %q", s.must[words], words)
		}
	}
	for _, words := range slices.Sorted(maps.Keys(known)) {
		if !s.strings[words] {
			t.Errorf("%s: nobody says %q", known[words], words)
		}
	}
	for _, at := range s.unclear {
		t.Errorf("%s: give Say a sentence or a function that answers with sentences, so that its Spanish can be looked for", at)
	}
	for _, at := range s.drawn {
		t.Errorf("%s stands there in English for everybody", at)
	}
}

func TestSpanish_EverySentenceOfGoAndItsPages(t *testing.T) {
	s := newSaid()
	s.goFiles(t)
	s.templates(t)
	if len(s.must) < 300 {
		t.Fatalf("only %d sentences were found: the search is broken", len(s.must))
	}
	s.settle(t, catalogs(t, "es"))
}

func TestSpanish_EverySentenceOfTheBrowser(t *testing.T) {
	s := newSaid()
	s.scripts(t)
	if len(s.must) < 5 {
		t.Fatalf("only %d sentences were found: the search is broken", len(s.must))
	}
	s.settle(t, catalogs(t, filepath.Join(house, "panel", "static", "words", "es")))
}
