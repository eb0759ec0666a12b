// Package eyes opens the product in a real Chromium, for the tools that look at it: the pictures of docs/screens and the
// figures of `make bench` that only a browser can give. It must never be pointed at anything but this machine.
package eyes

import (
	"context"
	"errors"
	"os"
	"os/exec"
	"slices"

	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/chromedp"
)

// Chromium starts a browser without a window. The context that it answers with is one page; done ends the browser.
func Chromium(ctx context.Context) (page context.Context, done func(), err error) {
	path := ""
	for _, name := range []string{"chromium-headless-shell", "chromium", "google-chrome"} {
		if found, err := exec.LookPath(name); err == nil {
			path = found
			break
		}
	}
	if path == "" {
		return nil, nil, errors.New("no browser found: this needs chromium-headless-shell, chromium or google-chrome on the PATH (on Debian: apt-get install chromium-headless-shell)")
	}
	options := append(slices.Clone(chromedp.DefaultExecAllocatorOptions[:]), chromedp.ExecPath(path), chromedp.DisableGPU, chromedp.Flag("disable-component-update", true))
	if os.Geteuid() == 0 {
		options = append(options, chromedp.NoSandbox) // Chromium refuses to run as root with it
	}
	allocator, end := chromedp.NewExecAllocator(ctx, options...)
	page, cancel := chromedp.NewContext(allocator)
	done = func() { cancel(); end() }
	if err := chromedp.Do(page); err != nil {
		done()
		return nil, nil, err
	}
	return page, done, nil
}

// Dark tells pages that the reader prefers dark, or light.
func Dark(page context.Context, dark bool) error {
	scheme := "light"
	if dark {
		scheme = "dark"
	}
	_, err := chromedp.Call(page, emulation.SetEmulatedMedia, emulation.SetEmulatedMediaParams{
		Features: []*emulation.MediaFeature{{Name: "prefers-color-scheme", Value: scheme}, {Name: "prefers-reduced-motion", Value: "reduce"}},
	})
	return err
}
