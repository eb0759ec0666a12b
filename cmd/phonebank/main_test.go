package main

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"testing"

	"phonebank/internal/testdb"
)

// binary is this command, built once: what is tested from outside is what people run.
var binary string

func TestMain(m *testing.M) {
	path, err := filepath.Abs("../../bin/phonebank-under-test")
	if err == nil {
		var out []byte
		if out, err = exec.Command("go", "build", "-buildvcs=false", "-o", path, ".").CombinedOutput(); err != nil {
			err = fmt.Errorf("build: %w\n%s", err, out)
		}
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	binary = path
	testdb.Main(m)
}
