// Command screens takes a picture of every state of the talk panel and of every page, on a laptop and on a phone, in light
// and in dark, into docs/screens. The states of the panel come from the same scenes that its developers look at; the pages
// come from the demo.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"os"
	"os/signal"
	"path/filepath"
	"strings"
	"syscall"
	"time"

	"github.com/chromedp/chromedp"

	"phonebank/internal/eyes"
)

// limit is the most that a whole run may take.
const limit = 9 * time.Minute

func main() {
	into := flag.String("into", "docs/screens", "the folder of the pictures")
	only := flag.String("only", "", "take only pictures whose name begins so")
	flag.Parse()
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	ctx, cancel := context.WithTimeout(ctx, limit)
	defer cancel()
	n, err := run(ctx, *into, *only)
	if err != nil {
		fmt.Fprintln(os.Stderr, "screens:", err)
		os.Exit(1) //nolint:gocritic // everything was ended by run
	}
	fmt.Printf("%d pictures in %s\n", n, *into)
}

func run(ctx context.Context, into, only string) (int, error) {
	if err := os.MkdirAll(into, 0o755); err != nil {
		return 0, err
	}
	page, done, err := eyes.Chromium(ctx)
	if err != nil {
		return 0, err
	}
	defer done()
	a := &album{page: page, into: into, only: only}
	for _, chapter := range []func(context.Context, *album) error{talks, pages} {
		if err := chapter(ctx, a); err != nil {
			return a.taken, err
		}
	}
	return a.taken, nil
}

// album takes pictures.
type album struct {
	page  context.Context
	into  string
	only  string
	taken int
}

var sizes = []struct {
	name          string
	width, height int64
}{{"laptop", 1280, 800}, {"phone", 390, 844}}

// take opens an address and takes its four pictures. ready is a selector that shows when the page has been drawn.
func (a *album) take(name, address, ready string) error {
	if !strings.HasPrefix(name, a.only) {
		return nil
	}
	ctx, cancel := context.WithTimeout(a.page, 30*time.Second)
	defer cancel()
	for _, size := range sizes {
		if err := chromedp.Do(ctx, chromedp.EmulateViewport(size.width, size.height)); err != nil {
			return err
		}
		for _, dark := range []bool{false, true} {
			if err := eyes.Dark(ctx, dark); err != nil {
				return err
			}
			if !dark {
				if err := chromedp.Do(ctx, chromedp.Navigate(address)); err != nil {
					return fmt.Errorf("%s: %w", name, err)
				}
				if err := wait(ctx, ready); err != nil {
					return fmt.Errorf("%s never showed %q: %w", name, ready, err)
				}
			}
			if err := a.shoot(ctx, name+"-"+size.name, dark); err != nil {
				return err
			}
		}
	}
	return nil
}

// wait looks until something stands on the page.
func wait(ctx context.Context, selector string) error {
	for {
		there, err := chromedp.Run(ctx, chromedp.Evaluate[bool](fmt.Sprintf(`Boolean(document.querySelector(%q))`, selector)))
		if there || ctx.Err() != nil {
			return errors.Join(err, ctx.Err())
		}
		time.Sleep(20 * time.Millisecond)
	}
}

// settled waits for fonts and two frames, so that a picture shows what a person sees.
const settled = `(async () => { await document.fonts.ready; for (let i = 0; i < 3; i++) await new Promise(requestAnimationFrame); return true; })()`

func (a *album) shoot(ctx context.Context, name string, dark bool) error {
	theme := "light"
	if dark {
		theme = "dark"
	}
	if _, err := chromedp.Run(ctx, chromedp.Evaluate[bool](settled, chromedp.EvalAwaitPromise)); err != nil {
		return err
	}
	shot, err := chromedp.Run(ctx, func(ctx context.Context, t *chromedp.Target) ([]byte, error) {
		return chromedp.CaptureScreenshot()(ctx, t)
	})
	if err != nil {
		return err
	}
	if shot, err = smaller(shot); err != nil {
		return err
	}
	a.taken++
	return os.WriteFile(filepath.Join(a.into, name+"-"+theme+".png"), shot, 0o600)
}
