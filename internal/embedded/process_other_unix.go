//go:build unix && !linux

package embedded

import "syscall"

// childAttributes starts a server in a process group of its own. Only Linux can
// tie it to our life: elsewhere a `kill -9` of ours leaves the server running,
// and the next start says that it is there.
func childAttributes(syscall.Signal) *syscall.SysProcAttr {
	return &syscall.SysProcAttr{Setpgid: true}
}

// runs tells whether a process with that id exists; which program it is cannot
// be told without further tools.
func runs(pid int, _ string) bool {
	err := syscall.Kill(pid, 0)
	return err == nil || err == syscall.EPERM
}
