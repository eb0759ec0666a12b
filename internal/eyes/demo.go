package eyes

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"net"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"time"
)

// Demo is the product as `phonebank demo` starts it, on free ports and a folder of its own.
type Demo struct {
	Lines map[string]string // what it printed: ready, coordinator, volunteer, phone, ...
	cmd   *exec.Cmd
	dir   string
	sim   string // where its local Twilio listens
}

// simToken opens the local Twilio of this demo.
const simToken = "letmein"

// StartDemo builds the product and starts its demo. The whole of it ends with Close.
func StartDemo(ctx context.Context) (d *Demo, err error) {
	dir, err := os.MkdirTemp("", "phonebank-eyes")
	if err != nil {
		return nil, err
	}
	d = &Demo{Lines: map[string]string{}, dir: dir, sim: freePort()}
	defer func() {
		if err != nil {
			d.Close()
		}
	}()
	if err := os.Chmod(dir, 0o755); err != nil { // as root, Postgres runs as somebody else and must get in
		return d, err
	}
	binary := filepath.Join(dir, "phonebank")
	if out, err := exec.CommandContext(ctx, "go", "build", "-buildvcs=false", "-o", binary, "./cmd/phonebank").CombinedOutput(); err != nil {
		return d, fmt.Errorf("build: %w\n%s", err, out)
	}
	d.cmd = exec.CommandContext(ctx, binary, "demo")
	d.cmd.Cancel = func() error { return d.cmd.Process.Signal(syscall.SIGTERM) }
	d.cmd.WaitDelay = 20 * time.Second
	d.cmd.Env = append(os.Environ(), "LISTEN="+freePort(), "SIMULATOR_LISTEN="+d.sim, "DATA_DIR="+dir+"/data", "SIMULATOR_TOKEN="+simToken)
	d.cmd.Stderr = os.Stderr
	out, err := d.cmd.StdoutPipe()
	if err != nil {
		return d, err
	}
	if err := d.cmd.Start(); err != nil {
		return d, err
	}
	for lines := bufio.NewScanner(out); lines.Scan(); {
		name, value, _ := strings.Cut(lines.Text(), " ")
		d.Lines[name] = strings.TrimSpace(value)
		if strings.Contains(lines.Text(), "Ctrl-C") {
			go func() { // whatever it prints from here on must not fill the pipe
				for lines.Scan() { //nolint:revive // read and dropped
				}
			}()
			return d, nil
		}
	}
	return d, fmt.Errorf("the demo ended before it was ready")
}

// Base is its address.
func (d *Demo) Base() string { return strings.TrimRight(d.Lines["ready"], "/") }

// Coordinator signs in as the demo's coordinator and answers with a client that holds the cookie.
func (d *Demo) Coordinator(ctx context.Context) (*http.Client, error) {
	jar, err := cookiejar.New(nil)
	if err != nil {
		return nil, err
	}
	c := &http.Client{Jar: jar, Timeout: 20 * time.Second}
	_, err = d.Press(ctx, c, d.Lines["coordinator"], nil)
	return c, err
}

// Press sends a form, as a button does, and answers with the address that it led to.
func (d *Demo) Press(ctx context.Context, c *http.Client, address string, form url.Values) (string, error) {
	if strings.HasPrefix(address, "/") {
		address = d.Base() + address
	}
	r, err := http.NewRequestWithContext(ctx, http.MethodPost, address, strings.NewReader(form.Encode()))
	if err != nil {
		return "", err
	}
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	res, err := c.Do(r)
	if err != nil {
		return "", err
	}
	defer func() { _ = res.Body.Close() }()
	if res.StatusCode >= http.StatusBadRequest {
		return "", fmt.Errorf("POST %s: %s", r.URL.Path, res.Status)
	}
	return res.Request.URL.String(), nil
}

// Control asks something of the local Twilio, by its control API (docs/simulator.md).
func (d *Demo) Control(ctx context.Context, path string, body any) error {
	raw, err := json.Marshal(body)
	if err != nil {
		return err
	}
	r, err := http.NewRequestWithContext(ctx, http.MethodPost, "http://"+d.sim+"/_sim"+path, bytes.NewReader(raw))
	if err != nil {
		return err
	}
	r.Header.Set("Authorization", "Bearer "+simToken)
	r.Header.Set("Content-Type", "application/json")
	res, err := http.DefaultClient.Do(r)
	if err != nil {
		return err
	}
	defer func() { _ = res.Body.Close() }()
	if res.StatusCode >= http.StatusBadRequest {
		return fmt.Errorf("POST /_sim%s: %s", path, res.Status)
	}
	return nil
}

// Close ends the demo with all that it started.
func (d *Demo) Close() {
	if d.cmd != nil && d.cmd.Process != nil {
		_ = d.cmd.Process.Signal(syscall.SIGTERM) // it may have ended by itself
		_ = d.cmd.Wait()
	}
	_ = os.RemoveAll(d.dir)
}

func freePort() string {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return "127.0.0.1:0"
	}
	defer func() { _ = l.Close() }()
	return l.Addr().String()
}
