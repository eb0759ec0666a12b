//go:build unix

package embedded

import (
	"errors"
	"fmt"
	"io/fs"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"syscall"
)

const (
	// socketParent is /tmp and not $TMPDIR: a socket's path may have 107 bytes at
	// most, and the account that Postgres drops to must be able to enter it.
	socketParent = "/tmp"

	// socketPrefix begins the name of every socket folder we make, so that one
	// left by a killed process can be told from anything else.
	socketPrefix = "phonebank-pg-"
)

// makeDataDir makes the data folder. Root's may be passed through by the account
// that Postgres drops to, but not listed; anybody else's is private.
func makeDataDir(dir string) error {
	private, parents := fs.FileMode(0o700), fs.FileMode(0o700)
	if os.Geteuid() == 0 {
		private, parents = 0o711, 0o755
	}
	if err := makeFolder(dir, private, parents); err != nil {
		return fmt.Errorf("make the data folder %s (DATA_DIR chooses another): %w", dir, err)
	}
	if err := makeFolder(filepath.Join(dir, "run"), 0o700, private); err != nil {
		return fmt.Errorf("make the data folder %s (DATA_DIR chooses another): %w", dir, err)
	}
	return nil
}

// makeFolder makes dir and the parents it lacks with exactly these permissions,
// whatever the umask. Folders that exist stay as they are.
func makeFolder(dir string, mode, parents fs.FileMode) error {
	if _, err := os.Stat(dir); err == nil {
		return nil
	}
	if err := makeFolder(filepath.Dir(dir), parents, parents); err != nil {
		return err
	}
	if err := os.Mkdir(dir, mode); err != nil {
		return err
	}
	return os.Chmod(dir, mode)
}

// takeLock makes sure that one process at a time runs a server on the folder.
// The kernel drops the lock when its holder dies, so it is never stale.
func (p *Postgres) takeLock() error {
	lock, err := os.OpenFile(filepath.Join(p.dataDir, "run", "lock"), os.O_CREATE|os.O_RDWR, 0o600)
	if err != nil {
		return fmt.Errorf("open the data folder %s (DATA_DIR chooses another): %w", p.dataDir, err)
	}
	err = syscall.Flock(int(lock.Fd()), syscall.LOCK_EX|syscall.LOCK_NB)
	if errors.Is(err, syscall.EWOULDBLOCK) {
		lock.Close()
		return fmt.Errorf("another phonebank runs on the data folder %s already: stop it, or give this one a folder of its own with DATA_DIR", p.dataDir)
	}
	if err != nil {
		lock.Close()
		return fmt.Errorf("lock the data folder %s: %w", p.dataDir, err)
	}
	p.lock = lock
	return nil
}

// removeStaleSocket removes the socket folder that a killed process left. Only
// one that we made, by the name in the address file, is ever touched.
func removeStaleSocket(dataDir string) {
	text, err := os.ReadFile(urlFile(dataDir))
	if err != nil {
		return
	}
	os.Remove(urlFile(dataDir))
	address, err := url.Parse(strings.TrimSpace(string(text)))
	if err != nil {
		return
	}
	if dir := address.Query().Get("host"); filepath.Dir(dir) == socketParent && strings.HasPrefix(filepath.Base(dir), socketPrefix) {
		os.RemoveAll(dir)
	}
}

// makeSocketDir makes the folder whose permissions are the server's only lock:
// whoever can open the socket is trusted.
func (p *Postgres) makeSocketDir(named string, owner account) error {
	p.socketDir = named
	if named == "" {
		dir, err := os.MkdirTemp(socketParent, socketPrefix)
		if err != nil {
			return fmt.Errorf("make the folder of the Postgres socket: %w", err)
		}
		p.socketDir, p.ownSocket = dir, true
	}
	if err := owner.give(p.socketDir); err != nil {
		return fmt.Errorf("make the folder of the Postgres socket: %w", err)
	}
	return nil
}
