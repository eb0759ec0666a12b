package main

import (
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"testing"
)

// Every place that a bug is planted in is still there, once, and so is the test that must notice it.
func TestMutants_EveryPlaceAndEveryTestIsThere(t *testing.T) {
	t.Chdir("../../..")
	var names []string
	for i, m := range mutants {
		if slices.Contains(names, m.name) {
			t.Errorf("two are called %q", m.name)
		}
		names = append(names, m.name)
		if _, err := m.overlay(filepath.Join(t.TempDir(), "overlay")); err != nil {
			t.Errorf("%d, %s: %v", i, m.name, err)
		}
		if (m.shard == "") != (m.says == "") {
			t.Errorf("%s: a bad day must say what", m.name)
		}
		if !there(t, m.test) {
			t.Errorf("%s: %s has no test %s", m.name, m.test.pkg, m.test.run)
		}
	}
}

func there(t *testing.T, c catcher) bool {
	t.Helper()
	files, err := filepath.Glob(filepath.Join(c.pkg, "*_test.go"))
	if err != nil {
		t.Fatal(err)
	}
	is := regexp.MustCompile(`(?m)^func ` + c.run + `\(`)
	return slices.ContainsFunc(files, func(file string) bool {
		text, err := os.ReadFile(file)
		return err == nil && is.Match(text)
	})
}
