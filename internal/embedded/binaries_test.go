//go:build unix

package embedded

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestInstalled_NewestFirstWithinAPlaceByWhatItReports(t *testing.T) {
	root := t.TempDir()
	t.Setenv("PATH", t.TempDir())
	pretend(t, filepath.Join(root, "debian/9.6/bin"), "postgres (PostgreSQL) 9.6.24")
	pretend(t, filepath.Join(root, "debian/15/bin"), "postgres (PostgreSQL) 15.18 (Debian 15.18-0+deb12u1)")
	pretend(t, filepath.Join(root, "debian/17/bin"), "postgres (PostgreSQL) 17.2")
	pretend(t, filepath.Join(root, "debian/100/bin"), "not a database")
	pretend(t, filepath.Join(root, "brew/19/bin"), "postgres (PostgreSQL) 19beta1 (Homebrew)")
	check(t, os.MkdirAll(filepath.Join(root, "debian/16/bin"), 0o755)) // removed, its folder left

	var majors []int
	for _, b := range installed([]string{root + "/debian/*/bin", root + "/brew/*/bin"}) {
		majors = append(majors, b.major)
	}
	if diff := cmp.Diff([]int{17, 15, 9, 19}, majors); diff != "" {
		t.Error(diff)
	}
}

func TestChoose(t *testing.T) {
	for _, row := range []struct {
		why    string
		found  []int
		wanted int
		want   int
		says   string
	}{
		{"the first that is new enough", []int{17, 15, 19}, 0, 17, ""},
		{"an old one in front does not hide a new one", []int{14, 16}, 0, 16, ""},
		{"data that exists gets the version that can read it", []int{17, 15}, 15, 15, ""},
		{"data of a version that is not here gets the usual one, and a sentence later", []int{17, 15}, 16, 17, ""},
		{"data of a version that is too old does not bring that version back", []int{17, 14}, 14, 17, ""},
		{"only old ones", []int{13, 14}, 0, 0, "PostgreSQL 14 in"},
		{"none", nil, 0, 0, "no PostgreSQL programs were found"},
	} {
		var found []binaries
		for _, major := range row.found {
			found = append(found, binaries{dir: "somewhere", major: major})
		}
		got, err := choose(found, row.wanted)
		if got.major != row.want {
			t.Errorf("%s: got %d", row.why, got.major)
		}
		if row.says == "" {
			check(t, err)
		} else if err == nil {
			t.Errorf("%s: no error", row.why)
		} else {
			mustContain(t, err.Error(), row.says, "apt-get install postgresql")
		}
	}
}

// pretend makes a folder with programs that report that version.
func pretend(t *testing.T, dir, version string) {
	t.Helper()
	check(t, os.MkdirAll(dir, 0o755))
	for _, name := range []string{"initdb", "postgres"} {
		check(t, os.WriteFile(filepath.Join(dir, name), []byte("#!/bin/sh\necho '"+version+"'\n"), 0o755))
	}
}
