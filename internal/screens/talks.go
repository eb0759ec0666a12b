package main

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"net/http"
	"os"
	"os/exec"
	"regexp"
	"strings"
	"syscall"
	"time"
)

// scene finds the states that the panel's own server lists on its first page.
var scene = regexp.MustCompile(`href="(/talk/([a-z0-9-]+)[^"]*)"`)

// inSpanish are the states that are shown in Spanish too: the longest words, and those on which most depends.
var inSpanish = map[string]bool{"stake": true, "educate": true, "ask": true, "silence": true, "unsure": true, "next": true, "wrap": true, "text": true}

// talks takes a picture of every state of the talk panel.
func talks(ctx context.Context, a *album) error {
	cmd := exec.CommandContext(ctx, "node", "panel/static/talk/test/devserver.mjs", "0")
	cmd.Cancel = func() error { return cmd.Process.Signal(syscall.SIGTERM) }
	cmd.WaitDelay = 5 * time.Second
	cmd.Stderr = os.Stderr
	out, err := cmd.StdoutPipe()
	if err != nil {
		return err
	}
	if err := cmd.Start(); err != nil {
		return err
	}
	defer func() {
		_ = cmd.Process.Signal(syscall.SIGTERM) // it may have ended by itself
		_ = cmd.Wait()
	}()
	lines := bufio.NewScanner(out)
	if !lines.Scan() {
		return fmt.Errorf("the panel's server ended before it was ready")
	}
	base := strings.TrimRight(lines.Text(), "/")
	list, err := fetch(ctx, base+"/")
	if err != nil {
		return err
	}
	found := scene.FindAllStringSubmatch(list, -1)
	if len(found) == 0 {
		return fmt.Errorf("the panel's server lists no scenes")
	}
	for _, s := range found {
		if err := a.take("talk-"+s[2], base+s[1], "#app .bar"); err != nil {
			return err
		}
		if !inSpanish[s[2]] {
			continue
		}
		if err := a.take("talk-"+s[2]+"-es", base+s[1]+"?lang=es", "#app .bar"); err != nil {
			return err
		}
	}
	return nil
}

func fetch(ctx context.Context, address string) (string, error) {
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, address, nil)
	if err != nil {
		return "", err
	}
	res, err := http.DefaultClient.Do(r)
	if err != nil {
		return "", err
	}
	defer func() { _ = res.Body.Close() }()
	body, err := io.ReadAll(res.Body)
	return string(body), err
}
