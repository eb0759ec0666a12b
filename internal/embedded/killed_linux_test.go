package embedded

import (
	"net/url"
	"os"
	"syscall"
	"testing"
)

// The kernel tells Postgres that its parent is gone; no handler of ours can run.
// Starting again on the folder waits for that end, and starts nothing beside it.
func TestStart_KilledParentLeavesNoServer(t *testing.T) {
	dir := folder(t)
	h := startHelper(t, self(t), dir, nil)
	query(t, h.url, `CREATE TABLE kept (n int)`)
	check(t, h.Process.Signal(syscall.SIGKILL))
	_ = h.Wait() // it was killed, as it should

	again := start(t, dir)
	if runs(h.pid, "postgres") {
		t.Error("the server of the killed program still runs")
	}
	query(t, again.URL(), `TABLE kept`)

	address, err := url.Parse(h.url)
	check(t, err)
	if _, err := os.Stat(address.Query().Get("host")); !os.IsNotExist(err) {
		t.Errorf("the socket folder of the killed program is still there: %v", err)
	}
}
