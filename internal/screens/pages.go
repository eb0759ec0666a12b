package main

import (
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/chromedp/chromedp"

	"phonebank/internal/eyes"
)

// shown are the pages of the demo, in the order in which somebody meets them.
var shown = []struct{ name, path string }{
	{"room", "/room"}, {"sessions", "/sessions"}, {"session-new", "/sessions/new"}, {"people", "/people"}, {"person-add", "/people/add"},
	{"import", "/import"}, {"follow-ups", "/follow-ups"}, {"waves", "/waves"}, {"wave-new", "/waves/new"}, {"campaigns", "/campaigns"}, {"scripts", "/scripts"}, {"ladder", "/ladder"},
	{"report", "/report"}, {"me", "/me"}, {"inbox", "/inbox"}, {"unsure", "/unsure"}, {"shift", "/shift"}, {"practice", "/practice"},
}

// pages takes a picture of every page around a talk, with the demo's people on it.
func pages(ctx context.Context, a *album) error {
	if !strings.HasPrefix(a.only, "page"[:min(4, len(a.only))]) {
		return nil
	}
	d, err := eyes.StartDemo(ctx)
	if err != nil {
		return err
	}
	defer d.Close()
	for _, p := range []struct{ name, address string }{
		{"welcome", d.Base() + "/"}, {"join", d.Lines["volunteer"]}, {"login", d.Lines["coordinator"]}, {"missing", d.Base() + "/nowhere"},
	} {
		if err := a.take("page-"+p.name, p.address, "main"); err != nil {
			return err
		}
	}
	if err := a.press(d.Lines["coordinator"], "main form button"); err != nil {
		return fmt.Errorf("sign in: %w", err)
	}
	if err := busy(ctx, d); err != nil {
		return err
	}
	for _, p := range shown {
		if err := a.take("page-"+p.name, d.Base()+p.path, "main"); err != nil {
			return err
		}
	}
	for _, p := range []struct{ name, list, link string }{
		{"person", "/people", `main a[href^="/people/0"]`}, {"session", "/sessions", `main a[href^="/sessions/0"]`}, {"script", "/scripts", `main a[href^="/scripts/"]`},
	} {
		address, err := a.first(d.Base()+p.list, p.link)
		if err != nil {
			return err
		}
		if err := a.take("page-"+p.name, address, "main"); err != nil {
			return err
		}
	}
	return wave(a, d)
}

// first answers with where the first link of a kind leads.
func (a *album) first(address, link string) (string, error) {
	ctx, cancel := context.WithTimeout(a.page, 30*time.Second)
	defer cancel()
	if err := chromedp.Do(ctx, chromedp.Navigate(address)); err != nil {
		return "", err
	}
	found, err := chromedp.Run(ctx, chromedp.Evaluate[string](`(document.querySelector('`+link+`') || {href: ""}).href`))
	if err == nil && found == "" {
		err = fmt.Errorf("%s has no %s", address, link)
	}
	return found, err
}

// press opens a page and presses one button on it.
func (a *album) press(address, button string) error {
	_, err := a.act(address, `document.querySelector('`+button+`').click()`)
	return err
}

// act opens a page and lets a script do what a person would; it answers with the address that this led to.
func (a *album) act(address, script string) (string, error) {
	ctx, cancel := context.WithTimeout(a.page, 30*time.Second)
	defer cancel()
	if err := chromedp.Do(ctx, chromedp.Navigate(address)); err != nil {
		return "", err
	}
	// The page that follows has no such mark.
	if _, err := chromedp.Run(ctx, chromedp.Evaluate[bool](`document.body.dataset.before = "yes"; `+script+`; true`)); err != nil {
		return "", err
	}
	for range 200 {
		at, err := chromedp.Run(ctx, chromedp.Evaluate[string](`document.readyState === "complete" && !document.body.dataset.before ? location.href : ""`))
		if err == nil && at != "" {
			return at, nil
		}
		time.Sleep(50 * time.Millisecond)
	}
	return "", fmt.Errorf("pressing something on %s led nowhere", address)
}
