package main

import (
	"strings"
	"testing"
)

func TestReport(t *testing.T) {
	for _, row := range []struct {
		why   string
		lines []string
		bad   bool
		says  []string
		not   string
	}{
		{
			"tests that pass leave only the package's closing line",
			[]string{
				`{"Action":"output","Package":"p","Test":"TestA","Output":"chatter\n"}`,
				`{"Action":"pass","Package":"p","Test":"TestA"}`,
				`{"Action":"output","Package":"p","Output":"PASS\n"}`,
				`{"Action":"output","Package":"p","Output":"ok  \tp\t0.1s\n"}`,
				`{"Action":"pass","Package":"p"}`,
			},
			false,
			[]string{"ok  \tp\t0.1s\n", "1 tests passed, 0 skipped"},
			"chatter",
		},
		{
			"a skipped test is a failure and is named with its reason",
			[]string{
				`{"Action":"output","Package":"p","Test":"TestB","Output":"=== RUN   TestB\n"}`,
				`{"Action":"output","Package":"p","Test":"TestB","Output":"    b_test.go:7: no browser\n"}`,
				`{"Action":"output","Package":"p","Test":"TestB","Output":"--- SKIP: TestB (0.00s)\n"}`,
				`{"Action":"skip","Package":"p","Test":"TestB"}`,
			},
			true,
			[]string{"SKIPPED p TestB: b_test.go:7: no browser"},
			"",
		},
		{
			"a package without tests is not a skipped test",
			[]string{
				`{"Action":"output","Package":"q","Output":"?   \tq\t[no test files]\n"}`,
				`{"Action":"skip","Package":"q"}`,
			},
			false,
			[]string{"?   \tq\t[no test files]"},
			"SKIPPED",
		},
		{
			"a failed test shows what it printed",
			[]string{
				`{"Action":"output","Package":"p","Test":"TestC","Output":"    c_test.go:3: wrong\n"}`,
				`{"Action":"fail","Package":"p","Test":"TestC"}`,
			},
			true,
			[]string{"c_test.go:3: wrong"},
			"",
		},
		{
			"a package that does not compile shows the compiler's words",
			[]string{
				`{"ImportPath":"p","Action":"build-output","Output":"p.go:1: undefined: x\n"}`,
				`{"ImportPath":"p","Action":"build-fail"}`,
			},
			true,
			[]string{"p.go:1: undefined: x"},
			"",
		},
	} {
		var out strings.Builder
		bad, err := report(strings.NewReader(strings.Join(row.lines, "\n")), &out)
		if err != nil || bad != row.bad {
			t.Errorf("%s: bad is %v, error %v", row.why, bad, err)
		}
		for _, words := range row.says {
			if !strings.Contains(out.String(), words) {
				t.Errorf("%s: %q does not say %q", row.why, out.String(), words)
			}
		}
		if row.not != "" && strings.Contains(out.String(), row.not) {
			t.Errorf("%s: %q says %q", row.why, out.String(), row.not)
		}
	}
}
