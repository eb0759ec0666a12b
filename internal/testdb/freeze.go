package testdb

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"syscall"
	"testing"
)

// Freeze stops the server's processes in their tracks, so that its connections
// stay open and say nothing: what a machine out of memory or a dead disk looks
// like. Thaw, or the end of the test, lets them go on.
func (s *Server) Freeze(t testing.TB) {
	t.Helper()
	s.requireOwn(t)
	if s.postgres == nil {
		t.Fatal("testdb: a stopped server cannot be frozen")
	}
	// The postmaster first: it then starts no further backends.
	for _, pid := range append([]int{s.postgres.PID()}, children(t, s.postgres.PID())...) {
		if err := syscall.Kill(pid, syscall.SIGSTOP); err != nil && pid == s.postgres.PID() {
			t.Fatalf("testdb: freeze the server: %v", err)
		}
		s.frozen = append(s.frozen, pid)
	}
	for _, pid := range children(t, s.postgres.PID()) {
		if !slices.Contains(s.frozen, pid) { // started between the list and the signal
			_ = syscall.Kill(pid, syscall.SIGSTOP)
			s.frozen = append(s.frozen, pid)
		}
	}
}

// Thaw lets a frozen server go on. Without one it does nothing.
func (s *Server) Thaw() {
	for _, pid := range s.frozen {
		_ = syscall.Kill(pid, syscall.SIGCONT)
	}
	s.frozen = nil
}

// children lists the processes whose parent is pid. Postgres puts each backend
// in a session of its own, so a signal to the group would not reach them.
func children(t testing.TB, pid int) []int {
	t.Helper()
	stats, err := filepath.Glob("/proc/[0-9]*/stat")
	if err != nil || len(stats) == 0 {
		t.Fatal("testdb: freezing a server needs /proc, that is, Linux")
	}
	var found []int
	for _, path := range stats {
		text, err := os.ReadFile(path)
		if err != nil {
			continue // it ended meanwhile
		}
		var state string
		var child, parent int
		after := text[bytes.LastIndexByte(text, ')')+1:]
		if _, err := fmt.Sscan(string(after), &state, &parent); err != nil || parent != pid {
			continue
		}
		if child, err = strconv.Atoi(filepath.Base(filepath.Dir(path))); err == nil {
			found = append(found, child)
		}
	}
	return found
}
