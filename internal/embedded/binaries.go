package embedded

import (
	"cmp"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
)

// binaries is one installed PostgreSQL: the folder of initdb and postgres, and
// the major version that its own postgres reports.
type binaries struct {
	dir   string
	major int
}

func (b binaries) path(program string) string { return filepath.Join(b.dir, program) }

// places are the folders where PostgreSQL's packages put their programs: Debian
// and Ubuntu, the PostgreSQL project's RPMs, Homebrew on both kinds of Mac and
// on Linux, Postgres.app.
var places = []string{
	"/usr/lib/postgresql/*/bin",
	"/usr/pgsql-*/bin",
	"/opt/homebrew/opt/postgresql@*/bin",
	"/usr/local/opt/postgresql@*/bin",
	"/home/linuxbrew/.linuxbrew/opt/postgresql@*/bin",
	"/Applications/Postgres.app/Contents/Versions/*/bin",
}

// findBinaries picks the programs to run. A folder that a person named is the
// only candidate. Otherwise the first of the usual places wins, newest version
// first, except that a cluster which exists already (wanted is its major
// version, else 0) gets the version that can read it when that one is installed.
func findBinaries(binDir string, wanted int) (binaries, error) {
	if binDir == "" {
		binDir = os.Getenv("PG_BIN")
	}
	if binDir != "" {
		b, err := inspect(binDir)
		if err != nil {
			return binaries{}, fmt.Errorf("PG_BIN names %s, which holds no PostgreSQL that runs (%w): %s", binDir, err, waysOut)
		}
		if b.major < minMajor {
			return binaries{}, errOldPostgres(b)
		}
		return b, nil
	}
	return choose(installed(places), wanted)
}

// choose picks among what is installed, in order of preference.
func choose(found []binaries, wanted int) (binaries, error) {
	if len(found) == 0 {
		return binaries{}, errNoPostgres
	}
	usable := slices.DeleteFunc(slices.Clone(found), func(b binaries) bool { return b.major < minMajor })
	if len(usable) == 0 {
		newest := slices.MaxFunc(found, func(a, b binaries) int { return cmp.Compare(a.major, b.major) })
		return binaries{}, errOldPostgres(newest)
	}
	if i := slices.IndexFunc(usable, func(b binaries) bool { return b.major == wanted }); i >= 0 {
		return usable[i], nil
	}
	return usable[0], nil
}

// installed lists the PostgreSQLs in places, then the one on PATH. Within one
// place the newest comes first, by what each reports and not by its name.
func installed(places []string) []binaries {
	var found []binaries
	for _, pattern := range places {
		var here []binaries
		dirs, _ := filepath.Glob(pattern) // its only error is a malformed pattern
		for _, dir := range dirs {
			if b, err := inspect(dir); err == nil {
				here = append(here, b)
			}
		}
		slices.SortStableFunc(here, func(a, b binaries) int { return cmp.Compare(b.major, a.major) })
		found = append(found, here...)
	}
	if path, err := exec.LookPath("postgres"); err == nil {
		if b, err := inspect(filepath.Dir(path)); err == nil {
			found = append(found, b)
		}
	}
	return found
}

// versionLine is what `postgres --version` prints; packagers append their own
// words, and a beta reads "19beta1".
var versionLine = regexp.MustCompile(`\(PostgreSQL\) (\d+)`)

// inspect asks the programs in dir for their version. Both must be there: some
// systems ship initdb in a package of its own.
func inspect(dir string) (binaries, error) {
	dir, err := filepath.Abs(dir)
	if err != nil {
		return binaries{}, err
	}
	b := binaries{dir: dir}
	if _, err := os.Stat(b.path("initdb")); err != nil {
		return binaries{}, err
	}
	out, err := exec.Command(b.path("postgres"), "--version").Output()
	if err != nil {
		return binaries{}, err
	}
	match := versionLine.FindSubmatch(out)
	if match == nil {
		return binaries{}, fmt.Errorf("postgres --version says %q", out)
	}
	b.major, err = strconv.Atoi(string(match[1]))
	return b, err
}
