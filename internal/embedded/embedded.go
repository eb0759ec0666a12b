// Package embedded runs Postgres and Redis next to the program, so that the
// product starts on a machine where nobody has set up a server. It must never
// listen on the network, never touch a server that it did not start, and never
// leave one behind.
package embedded

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/lib/pq"
)

const (
	// minMajor is the oldest PostgreSQL that the product's SQL is written for.
	minMajor = 15

	// superuser owns the private cluster. Nobody else reaches its socket.
	superuser = "phonebank"

	// greetTimeout is how long a server may take to greet a connection before it
	// counts as not there.
	greetTimeout = 3 * time.Second
)

// PostgresOptions says where a private Postgres keeps its data and how it runs.
type PostgresOptions struct {
	// DataDir holds everything that must survive a restart: the cluster in
	// postgres/, and run/ with the address of the running server.
	DataDir string

	// BinDir is the folder of initdb and postgres. Empty means $PG_BIN, and
	// without that the usual places of this system.
	BinDir string

	// SocketDir is the folder of the Unix socket. Empty makes a fresh one for
	// each start; a test that restarts its server under one URL names it.
	SocketDir string

	// Database is created when it is not there yet. Empty means "phonebank".
	Database string

	// Fast turns off every flush to disk. Only for tests: a crash of the
	// machine then loses the cluster, though a kill of the server loses nothing.
	Fast bool

	// Log receives what Postgres prints. Nil drops it; the last lines are in
	// the error all the same when the start fails.
	Log io.Writer
}

// Postgres is a server that this process started and must stop.
type Postgres struct {
	url       string
	pid       int
	done      chan struct{}
	dataDir   string
	socketDir string
	ownSocket bool
	lock      *os.File
	output    *tail
}

// URL is the address for lib/pq: the Unix socket, the product's database, no TLS.
func (p *Postgres) URL() string { return p.url }

// PID is the process id of the postmaster.
func (p *Postgres) PID() int { return p.pid }

// Done is closed when the server has ended, asked or not.
func (p *Postgres) Done() <-chan struct{} { return p.done }

// DefaultDataDir is where data lives when nobody says otherwise. Root gets
// /var/lib/phonebank, because the account that Postgres drops to cannot enter
// root's home; anybody else gets the data folder of their own account.
func DefaultDataDir() string {
	if os.Geteuid() == 0 {
		return "/var/lib/phonebank"
	}
	if dir := os.Getenv("XDG_DATA_HOME"); filepath.IsAbs(dir) {
		return filepath.Join(dir, "phonebank")
	}
	if home, err := os.UserHomeDir(); err == nil {
		return filepath.Join(home, ".local", "share", "phonebank")
	}
	return filepath.Join(os.TempDir(), "phonebank")
}

// RunningURL is the address of the Postgres that some other process, usually
// the demo, runs on dataDir. It answers false when none is there or when the
// one that wrote the address is gone: a connection is really made.
func RunningURL(dataDir string) (string, bool) {
	text, err := os.ReadFile(urlFile(dataDir))
	if err != nil {
		return "", false
	}
	address := strings.TrimSpace(string(text))
	return address, greet(context.Background(), address) == nil
}

// urlFile names the file that tells other commands where the server of a data
// folder is.
func urlFile(dataDir string) string { return filepath.Join(dataDir, "run", "database-url") }

// socketURL is the address of a database behind the socket in dir.
func socketURL(dir, database string) string {
	query := url.Values{"host": {dir}, "sslmode": {"disable"}}
	return "postgres://" + superuser + "@/" + url.PathEscape(database) + "?" + query.Encode()
}

// greet makes one connection and closes it. The time limit covers the whole
// handshake, so a server that is frozen counts as not there.
func greet(ctx context.Context, address string) error {
	config, err := pq.NewConfig(address)
	if err != nil {
		return err
	}
	config.ConnectTimeout = greetTimeout
	connector, err := pq.NewConnectorConfig(config)
	if err != nil {
		return err
	}
	conn, err := connector.Connect(ctx)
	if err != nil {
		return err
	}
	return conn.Close()
}

// waysOut ends every sentence that says Postgres is missing.
const waysOut = "install it (Debian, Ubuntu: apt-get install postgresql), " +
	"or set PG_BIN to the folder that holds initdb and postgres, " +
	"or set DATABASE_URL to a server that runs already (docker compose up starts one)"

// errNoPostgres is the sentence for a machine without any Postgres programs.
var errNoPostgres = errors.New("no PostgreSQL programs were found on this machine: " + waysOut)

// errOldPostgres is the sentence for a machine whose newest Postgres is too old.
func errOldPostgres(b binaries) error {
	return fmt.Errorf("PostgreSQL %d in %s is too old, phonebank needs %d or newer: %s", b.major, b.dir, minMajor, waysOut)
}
