package main

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/chromedp"

	"phonebank/internal/eyes"
)

// What Chromium's own tools call slow 4G: 1.6 Mbit/s down, 750 kbit/s up, 150 ms before every answer.
const (
	slowDown    = 1.6e6 / 8
	slowUp      = 750e3 / 8
	slowLatency = 150
)

const (
	mostUntilUsable = 2 * time.Second
	mostUntilPaint  = 50 * time.Millisecond
	presses         = 30
)

// usable tells that a volunteer can work: the first line stands there and a light can be pressed.
const usable = `Boolean(document.querySelector(".say") && document.querySelector(".light:not([disabled])"))`

// press presses lights and steps as a volunteer would, and tells how long each took until the screen had changed.
const press = `(async times => {
	const painted = () => new Promise(done => requestAnimationFrame(() => { const c = new MessageChannel(); c.port1.onmessage = done; c.port2.postMessage(0); }));
	const took = [];
	for (let i = 0; i < times; i++) {
		const b = document.querySelector(".light:not([disabled])");
		if (!b) break;
		const began = performance.now();
		b.click();
		await painted();
		took.push(performance.now() - began);
		document.dispatchEvent(new KeyboardEvent("keydown", { key: i %% 2 ? "2" : "3", bubbles: true }));
		await painted();
	}
	return took;
})(%d)`

// measureBrowser opens the panel of a talk as a phone does, on a slow network, then presses lights without any network.
func measureBrowser(ctx context.Context, _ *world, r *report) error {
	d, err := eyes.StartDemo(ctx)
	if err != nil {
		return err
	}
	defer d.Close()
	c, err := d.Coordinator(ctx)
	if err != nil {
		return err
	}
	var until []time.Duration
	var bytes, fonts float64
	for range r.rounds {
		talk, cookie, err := openTalk(ctx, d, c) // a talk of its own: one tab at a time may write in it
		if err != nil {
			return err
		}
		took, got, letters, err := firstLoad(ctx, d, talk, cookie)
		if err != nil {
			return err
		}
		until, bytes, fonts = append(until, took), got, letters
	}
	slices.Sort(until)
	middle := until[len(until)/2]
	fmt.Printf("Over slow 4G (%.1f Mbit/s, %d ms), nothing cached: usable after %s (%d loads: %v); %s fetched, and %s of fonts.\n",
		slowDown*8/1e6, slowLatency, middle.Round(time.Millisecond), len(until), rounded(until), kilobytes(int(bytes)), kilobytes(int(fonts)))
	r.hold("panel usable over slow 4G, first load", middle.Round(time.Millisecond).String(), "< 2 s", middle < mostUntilUsable)
	r.hold("fetched for it, without fonts", kilobytes(int(bytes)), "<= 200 KB", bytes <= mostWeight)

	talk, cookie, err := openTalk(ctx, d, c)
	if err != nil {
		return err
	}
	painted, err := pressOffline(ctx, d, talk, cookie)
	if err != nil {
		return err
	}
	slices.Sort(painted)
	worst := time.Duration(painted[len(painted)-1] * float64(time.Millisecond))
	half := time.Duration(painted[len(painted)/2] * float64(time.Millisecond))
	fmt.Printf("A light pressed with the network off is on screen after %s (median of %d, worst %s).\n", half.Round(100*time.Microsecond), len(painted), worst.Round(100*time.Microsecond))
	r.hold("light press painted, network off, worst", worst.Round(100*time.Microsecond).String(), "< 50 ms", worst < mostUntilPaint)
	return nil
}

func rounded(all []time.Duration) []time.Duration {
	out := make([]time.Duration, len(all))
	for i, d := range all {
		out[i] = d.Round(time.Millisecond)
	}
	return out
}

var personLink = regexp.MustCompile(`href="/people/([0-9A-Z]{26})"`)

// openTalk begins a talk face to face: it opens the same panel as a call.
func openTalk(ctx context.Context, d *eyes.Demo, c *http.Client) (address string, cookie *http.Cookie, err error) {
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, d.Base()+"/people", nil)
	if err != nil {
		return "", nil, err
	}
	res, err := c.Do(r)
	if err != nil {
		return "", nil, err
	}
	page, err := io.ReadAll(res.Body)
	_ = res.Body.Close()
	if err != nil {
		return "", nil, err
	}
	found := personLink.FindSubmatch(page)
	if found == nil {
		return "", nil, fmt.Errorf("the demo lists nobody")
	}
	if address, err = d.Press(ctx, c, "/people/"+string(found[1])+"/log", url.Values{}); err != nil {
		return "", nil, err
	}
	base, err := url.Parse(d.Base())
	if err != nil {
		return "", nil, err
	}
	for _, kept := range c.Jar.Cookies(base) {
		if strings.Contains(kept.Name, "phonebank") {
			cookie = kept
		}
	}
	if cookie == nil || !strings.Contains(address, "/talk/") {
		return "", nil, fmt.Errorf("no talk was opened: %s", address)
	}
	return address, cookie, nil
}

// phone is a fresh browser of the size of a phone that is signed in.
func phone(ctx context.Context, d *eyes.Demo, cookie *http.Cookie) (context.Context, func(), error) {
	page, done, err := eyes.Chromium(ctx)
	if err != nil {
		return nil, nil, err
	}
	if err = chromedp.Do(page, chromedp.EmulateViewport(390, 844, chromedp.EmulateMobile)); err == nil {
		_, err = chromedp.Call(page, network.SetCookie, network.SetCookieParams{Name: cookie.Name, Value: cookie.Value, URL: d.Base()})
	}
	if err != nil {
		done()
		return nil, nil, err
	}
	return page, done, nil
}

// throttle sets what the network of a page is like.
func throttle(page context.Context, offline bool) error {
	_, err := chromedp.Call(page, network.EmulateNetworkConditionsByRule, network.EmulateNetworkConditionsByRuleParams{
		MatchedNetworkConditions: []*network.Conditions{{Latency: slowLatency, DownloadThroughput: slowDown, UploadThroughput: slowUp, Offline: offline}},
	})
	return err
}

// firstLoad opens the talk in a browser that has nothing yet.
func firstLoad(ctx context.Context, d *eyes.Demo, talk string, cookie *http.Cookie) (took time.Duration, bytes, fonts float64, err error) {
	page, done, err := phone(ctx, d, cookie)
	if err != nil {
		return 0, 0, 0, err
	}
	defer done()
	if _, err := chromedp.Call(page, network.Enable, network.EnableParams{}); err != nil {
		return 0, 0, 0, err
	}
	if err := throttle(page, false); err != nil {
		return 0, 0, 0, err
	}
	var mu sync.Mutex
	letters := map[network.RequestID]bool{}
	go each(chromedp.Events(page, network.ResponseReceived), func(e network.EventResponseReceived) {
		mu.Lock()
		defer mu.Unlock()
		letters[e.RequestID] = e.Type == network.ResourceTypeFont
	})
	go each(chromedp.Events(page, network.LoadingFinished), func(e network.EventLoadingFinished) {
		mu.Lock()
		defer mu.Unlock()
		if letters[e.RequestID] {
			fonts += e.EncodedDataLength
		} else {
			bytes += e.EncodedDataLength
		}
	})
	if err := chromedp.Do(page, chromedp.Navigate(talk)); err != nil {
		return 0, 0, 0, err
	}
	took, err = whenUsable(page)
	time.Sleep(2 * time.Second) // what is fetched after that counts too
	mu.Lock()
	defer mu.Unlock()
	return took, bytes, fonts, err
}

func each[E any](events func(func(E, error) bool), do func(E)) {
	for e, err := range events {
		if err != nil {
			return
		}
		do(e)
	}
}

// whenUsable asks the page itself how long it took from the first byte that was asked for.
func whenUsable(page context.Context) (time.Duration, error) {
	for range 2000 {
		ms, err := chromedp.Run(page, chromedp.Evaluate[float64](usable+` ? performance.now() : 0`))
		if err == nil && ms > 0 {
			return time.Duration(ms * float64(time.Millisecond)), nil
		}
		time.Sleep(10 * time.Millisecond)
	}
	return 0, fmt.Errorf("the panel was not usable after twenty seconds")
}

// pressOffline presses lights with the network off.
func pressOffline(ctx context.Context, d *eyes.Demo, talk string, cookie *http.Cookie) ([]float64, error) {
	page, done, err := phone(ctx, d, cookie)
	if err != nil {
		return nil, err
	}
	defer done()
	if err := chromedp.Do(page, chromedp.Navigate(talk)); err != nil {
		return nil, err
	}
	if _, err := whenUsable(page); err != nil {
		return nil, err
	}
	if err := throttle(page, true); err != nil {
		return nil, err
	}
	took, err := chromedp.Run(page, chromedp.Evaluate[[]float64](fmt.Sprintf(press, presses), chromedp.EvalAwaitPromise))
	if err == nil && len(took) < presses {
		err = fmt.Errorf("only %d of %d presses found a light", len(took), presses)
	}
	return took, err
}
