package embedded

import (
	"bytes"
	"fmt"
	"os"
	"syscall"
)

// childAttributes are how a server is started: in a process group of its own,
// so that Ctrl-C in the terminal reaches us and not it, and with onDeath sent
// to it by the kernel when the thread that started it is gone. That is what
// keeps a `kill -9` of ours from leaving the server behind.
func childAttributes(onDeath syscall.Signal) *syscall.SysProcAttr {
	return &syscall.SysProcAttr{Setpgid: true, Pdeathsig: onDeath}
}

// runs tells whether pid is a live process of that program. A process that has
// ended but was not collected by its parent (as in a container whose first
// process collects nobody) is not alive, and a number that was given to another
// program since is not it.
func runs(pid int, program string) bool {
	stat, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", pid))
	if err != nil {
		return false
	}
	// The line is: pid (name) state ...; the name itself may hold parentheses.
	open, shut := bytes.IndexByte(stat, '('), bytes.LastIndexByte(stat, ')')
	if open < 0 || shut < open || shut+2 >= len(stat) {
		return false
	}
	name, state := string(stat[open+1:shut]), stat[shut+2]
	return name == program && state != 'Z' && state != 'X'
}
