//go:build unix

package embedded

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/user"
	"path/filepath"
	"strconv"
	"syscall"
)

// account is the user that Postgres runs as. Postgres refuses to run as root,
// so root hands it to an unprivileged one; anybody else runs it as themselves.
type account struct {
	name     string
	uid, gid int
	dropped  bool // we are root and this is somebody else
}

// accountFor picks the account for the cluster at dir. A cluster that exists
// keeps its owner, so installing the postgres package later changes nothing.
func accountFor(cluster string) (account, error) {
	owner, exists := ownerOf(cluster)
	self := os.Geteuid()
	if self != 0 {
		me := account{name: userName(self), uid: self, gid: os.Getegid()}
		if exists && owner != self {
			return account{}, fmt.Errorf("the data in %s belongs to %s and you are %s: start phonebank as %s, or choose another folder with DATA_DIR",
				cluster, userName(owner), me.name, userName(owner))
		}
		return me, nil
	}
	if exists && owner != 0 {
		found, err := user.LookupId(strconv.Itoa(owner))
		if err != nil {
			return account{}, fmt.Errorf("the data in %s belongs to user %d, who has no entry in the list of users, and Postgres needs one: run `chown -R postgres %s`", cluster, owner, cluster)
		}
		return droppedTo(found)
	}
	for _, name := range []string{"postgres", "nobody"} {
		if found, err := user.Lookup(name); err == nil {
			return droppedTo(found)
		}
	}
	return account{}, errors.New("this system has neither a user postgres nor a user nobody to run Postgres as, and it will not run as root: start phonebank as an ordinary user")
}

// droppedTo is the account that root hands Postgres to.
func droppedTo(u *user.User) (account, error) {
	uid, err := strconv.Atoi(u.Uid)
	if err != nil {
		return account{}, fmt.Errorf("user %s: %w", u.Username, err)
	}
	gid, err := strconv.Atoi(u.Gid)
	if err != nil {
		return account{}, fmt.Errorf("user %s: %w", u.Username, err)
	}
	return account{name: u.Username, uid: uid, gid: gid, dropped: true}, nil
}

// give makes the account the owner of a folder that only it shall read.
func (a account) give(dir string) error {
	if err := os.Chmod(dir, 0o700); err != nil {
		return err
	}
	if !a.dropped {
		return nil
	}
	return os.Chown(dir, a.uid, a.gid)
}

// checkPath makes sure that the account may enter dir and every folder above
// it, and names the one it may not. Postgres itself would only say "permission
// denied" about some file below.
func (a account) checkPath(dir string) error {
	folder, err := filepath.EvalSymlinks(dir)
	if err != nil {
		return err
	}
	for {
		info, err := os.Stat(folder)
		if err != nil {
			return err
		}
		if !a.mayEnter(info) {
			return fmt.Errorf("the folder %s is closed to the user %s, which Postgres runs as because it will not run as root: open it with `chmod o+x %s`, or choose another data folder with DATA_DIR (by default %s)",
				folder, a.name, folder, DefaultDataDir())
		}
		parent := filepath.Dir(folder)
		if parent == folder {
			return nil
		}
		folder = parent
	}
}

// mayEnter reads the permission bits of a folder the way the kernel does: the
// first class that fits decides.
func (a account) mayEnter(info fs.FileInfo) bool {
	stat := info.Sys().(*syscall.Stat_t)
	mode := info.Mode().Perm()
	switch {
	case int(stat.Uid) == a.uid:
		return mode&0o100 != 0
	case int(stat.Gid) == a.gid:
		return mode&0o010 != 0
	default:
		return mode&0o001 != 0
	}
}

// ownerOf is the user that a path belongs to, if the path is there.
func ownerOf(path string) (uid int, exists bool) {
	info, err := os.Stat(path)
	if err != nil {
		return 0, false
	}
	return int(info.Sys().(*syscall.Stat_t).Uid), true
}

// userName is a user's name for a sentence; its number when it has no name.
func userName(uid int) string {
	if u, err := user.LookupId(strconv.Itoa(uid)); err == nil {
		return u.Username
	}
	return "user " + strconv.Itoa(uid)
}
