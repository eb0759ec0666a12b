package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"os/exec"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/chromedp/cdproto/input"
	"github.com/chromedp/cdproto/page"
	"github.com/chromedp/chromedp"

	"phonebank/internal/eyes"
)

// patience is how long a person looks at a page that does not do what it should.
const patience = 20 * time.Second

// demo is the real binary, run as the README says, on a data folder that outlives a restart.
type demo struct {
	*process
	t                                 *testing.T
	env                               []string
	base, sim                         string
	join, coordinator, own, neighbour string
}

const demoToken = "letmein"

func startDemo(t *testing.T) *demo {
	t.Helper()
	dir, err := os.MkdirTemp("", "phonebank-browser")
	ok(t, err)
	t.Cleanup(func() { _ = os.RemoveAll(dir) }) // after the process has ended: cleanups run backwards
	ok(t, os.Chmod(dir, 0o755))                 // as root, Postgres runs as somebody else and must get in
	listen, sim := freePort(t), freePort(t)
	d := &demo{t: t, base: "http://" + listen, sim: "http://" + sim}
	d.env = []string{"LISTEN=" + listen, "SIMULATOR_LISTEN=" + sim, "DATA_DIR=" + dir + "/data", "SIMULATOR_TOKEN=" + demoToken}
	d.start()
	return d
}

func (d *demo) start() {
	d.t.Helper()
	d.process = start(d.t, d.env, "demo")
	d.line("Ctrl-C")
	d.coordinator, d.join, d.own, d.neighbour = d.line("coordinator"), d.line("volunteer"), d.line("volunteer-phone"), d.line("phone")
	p := d.process
	d.t.Cleanup(func() {
		if p != d.process {
			return // it was killed; the next one answers
		}
		if words := strings.TrimSpace(string(d.control(http.MethodGet, "/debugger", nil))); words != "[]" && words != "null" {
			d.t.Errorf("Twilio would complain: %s", words)
		}
	})
}

// control speaks to the simulator as the documentation of its control API says.
func (d *demo) control(method, path string, body any) []byte {
	d.t.Helper()
	return d.call(method, d.sim+"/_sim"+path, demoToken, body)
}

func (d *demo) call(method, address, token string, body any) []byte {
	d.t.Helper()
	var words io.Reader
	if body != nil {
		raw, err := json.Marshal(body)
		ok(d.t, err)
		words = bytes.NewReader(raw)
	}
	req, err := http.NewRequest(method, address, words)
	ok(d.t, err)
	req.Header.Set("Authorization", "Bearer "+token)
	req.Header.Set("Content-Type", "application/json")
	res, err := http.DefaultClient.Do(req)
	ok(d.t, err)
	defer func() { _ = res.Body.Close() }()
	text, err := io.ReadAll(res.Body)
	ok(d.t, err)
	if res.StatusCode >= 300 {
		d.t.Fatalf("%s %s: %d %s", method, address, res.StatusCode, text)
	}
	return text
}

// text is what somebody writes to us from their own phone.
func (d *demo) text(from, body string) {
	d.t.Helper()
	d.control(http.MethodPost, "/texts", map[string]string{"from": from, "to": "+12125550100", "body": body})
}

// command runs one of the tools beside the demo, as whoever runs it would.
func (d *demo) command(args ...string) string {
	d.t.Helper()
	cmd := exec.Command(binary, args...)
	cmd.Env = append([]string{"PATH=" + os.Getenv("PATH"), "HOME=" + os.Getenv("HOME")}, d.env...)
	out, err := cmd.CombinedOutput()
	if err != nil {
		d.t.Fatalf("%v: %v\n%s", args, err, out)
	}
	return string(out)
}

// chrome is one real Chromium.
type chrome struct {
	t   *testing.T
	ctx context.Context
}

func startChrome(t *testing.T) *chrome {
	t.Helper()
	ctx, done, err := eyes.Chromium(context.Background())
	ok(t, err)
	t.Cleanup(done)
	return &chrome{t, ctx}
}

// tab is one page in one person's browser. What is done to it is done by hand: it finds things by the words on them,
// and presses where a finger would.
type tab struct {
	t    *testing.T
	who  string
	ctx  context.Context
	mu   sync.Mutex
	said []string // errors and refusals in the console
	away bool     // while the server is away, a browser says so
}

// person opens a browser of their own: nothing is shared with the others.
func (c *chrome) person(who, address string) *tab {
	c.t.Helper()
	ctx, cancel := chromedp.NewContext(c.ctx, chromedp.WithNewBrowserContext())
	c.t.Cleanup(cancel)
	return newTab(c.t, who, ctx, address)
}

// another is a second tab of the same browser.
func (p *tab) another(who, address string) *tab {
	p.t.Helper()
	ctx, cancel := chromedp.NewContext(p.ctx)
	p.t.Cleanup(cancel)
	return newTab(p.t, who, ctx, address)
}

func newTab(t *testing.T, who string, ctx context.Context, address string) *tab {
	t.Helper()
	p := &tab{t: t, who: who, ctx: ctx}
	ok(t, chromedp.Do(ctx))
	messages := chromedp.Console(ctx)
	go func() {
		for m, err := range messages {
			if err != nil {
				return
			}
			p.hear(m)
		}
	}()
	p.size(1280, 800)
	t.Cleanup(func() {
		p.mu.Lock()
		defer p.mu.Unlock()
		for _, m := range p.said {
			t.Errorf("the console of %s says: %s", who, m)
		}
	})
	p.open(address)
	return p
}

func (p *tab) hear(m chromedp.ConsoleMessage) {
	p.mu.Lock()
	defer p.mu.Unlock()
	bad := m.Type == chromedp.ConsoleError || m.Type == chromedp.ConsoleException || m.Source == "security"
	if bad && !(p.away && m.Source == "network") {
		p.said = append(p.said, fmt.Sprintf("%s %s (%s)", m.Type, m.Text, m.URL))
	}
}

// expectAway lets the browser complain about a server that cannot be reached, and about nothing else.
func (p *tab) expectAway(away bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.away = away
}

func (p *tab) size(width, height int64) {
	p.t.Helper()
	ok(p.t, chromedp.Do(p.ctx, chromedp.EmulateViewport(width, height)))
}

func (p *tab) open(address string) {
	p.t.Helper()
	ctx, cancel := context.WithTimeout(p.ctx, patience)
	defer cancel()
	if err := chromedp.Do(ctx, chromedp.Navigate(address)); err != nil {
		p.t.Fatalf("%s opens %s: %v", p.who, address, err)
	}
}

func (p *tab) reload() {
	p.t.Helper()
	ok(p.t, chromedp.Do(p.ctx, chromedp.Reload()))
}

// eval asks the page. A page that is just being left is asked again by whoever waits.
func eval[T any](p *tab, js string) (T, error) {
	ctx, cancel := context.WithTimeout(p.ctx, 5*time.Second)
	defer cancel()
	return chromedp.Run(ctx, chromedp.Evaluate[T](js, chromedp.EvalAwaitPromise))
}

const visibleText = `document.body ? document.body.innerText.replace(/\s+/g, " ") : ""`

// text is what stands on the page, as the eye reads it.
func (p *tab) text() string {
	words, err := eval[string](p, visibleText)
	if err != nil {
		return ""
	}
	return words
}

// wait looks until something holds, and shows the page when it never does.
func (p *tab) wait(what string, holds func() bool) {
	p.t.Helper()
	for deadline := time.Now().Add(patience); !holds(); time.Sleep(20 * time.Millisecond) {
		if time.Now().After(deadline) {
			p.t.Fatalf("%s waited in vain for %s. The page says:\n%s", p.who, what, p.text())
		}
	}
}

// sees waits until all these words can be read.
func (p *tab) sees(words ...string) {
	p.t.Helper()
	for _, w := range words {
		p.wait(fmt.Sprintf("%q", w), func() bool { return strings.Contains(p.text(), w) })
	}
}

// seesNo waits until none of these words can be read any more.
func (p *tab) seesNo(words ...string) {
	p.t.Helper()
	for _, w := range words {
		p.wait(fmt.Sprintf("%q to go", w), func() bool { return !strings.Contains(p.text(), w) })
	}
}

// findPress finds what can be pressed by the words on it: the whole words first, then how they begin. It answers where, or
// why not yet. What is covered, out of sight or switched off cannot be pressed.
const findPress = `(words => {
  const text = e => (e.innerText || e.value || "").replace(/\s+/g, " ").trim();
  const all = [...document.querySelectorAll("button, a[href], summary, input[type=submit]")].filter(e => e.checkVisibility({visibilityProperty: true}));
  const e = all.find(e => text(e) === words) || all.find(e => text(e).startsWith(words));
  if (!e || e.disabled || e.closest("[inert]")) return null;
  e.scrollIntoView({block: "nearest", inline: "nearest"});
  const r = e.getBoundingClientRect(), x = r.x + r.width / 2, y = r.y + r.height / 2, top = document.elementFromPoint(x, y);
  return top && (e.contains(top) || top.contains(e) && top.tagName === "LABEL") ? {x, y} : null;
})(%s)`

// findField finds a field by its label, as a person does.
const findField = `(words => {
  const text = e => e.innerText.replace(/\s+/g, " ").trim();
  const label = [...document.querySelectorAll("label")].find(l => l.control && (text(l) === words || text(l).startsWith(words)));
  return label ? label.control : [...document.querySelectorAll("textarea, input")].find(e => e.placeholder === words || e.getAttribute("aria-label") === words) || null;
})(%s)`

func quoted(s string) string {
	raw, err := json.Marshal(s)
	if err != nil {
		panic(err) // a string always becomes JSON
	}
	return string(raw)
}

type spot struct{ X, Y float64 }

// click presses what find finds, and answers where.
func (p *tab) click(what, find string) spot {
	p.t.Helper()
	var at spot
	p.wait(what, func() bool {
		found, err := eval[*spot](p, find)
		if err != nil || found == nil {
			return false
		}
		at = *found
		return true
	})
	p.pressAgain(at)
	return at
}

// press presses a button or a link by its words, and answers where that was.
func (p *tab) press(words string) spot {
	p.t.Helper()
	return p.click(fmt.Sprintf("%q to press", words), fmt.Sprintf(findPress, quoted(words)))
}

// writes types into a field, in place of what stood there.
func (p *tab) writes(label, words string) {
	p.t.Helper()
	field := fmt.Sprintf(findField, quoted(label))
	p.click(fmt.Sprintf("the field %q", label), `(e => { if (!e || e.disabled || e.readOnly) return null; e.scrollIntoView({block: "nearest"}); const r = e.getBoundingClientRect(); return r.width ? {x: r.x + r.width / 2, y: r.y + r.height / 2} : null; })(`+field+`)`)
	p.wait("the cursor in "+label, func() bool {
		there, err := eval[bool](p, `(e => { if (document.activeElement !== e) return false; e.select(); return true; })(`+field+`)`)
		return err == nil && there
	})
	_, err := chromedp.Call(p.ctx, input.InsertText, input.InsertTextParams{Text: words})
	ok(p.t, err)
}

// holds waits until a field holds these words.
func (p *tab) holds(label, words string) {
	p.t.Helper()
	p.wait(fmt.Sprintf("%q in %q", words, label), func() bool {
		value, err := eval[string](p, `(e => e ? e.value : "")(`+fmt.Sprintf(findField, quoted(label))+`)`)
		return err == nil && value == words
	})
}

// kept waits until words are in the browser's own store, which outlives a reload. The promise is 300 ms.
func (p *tab) kept(words string) {
	p.t.Helper()
	p.wait(fmt.Sprintf("%q in the browser's store", words), func() bool {
		there, err := eval[bool](p, `(async () => {
			const got = r => new Promise((yes, no) => { r.onsuccess = () => yes(r.result); r.onerror = () => no(r.error); });
			const [{name}] = await indexedDB.databases(), db = await got(indexedDB.open(name));
			const all = await Promise.all([...db.objectStoreNames].map(s => got(db.transaction(s).objectStore(s).getAll())));
			db.close();
			return JSON.stringify(all).includes(`+quoted(words)+`);
		})()`)
		return err == nil && there
	})
}

// address is where the tab is.
func (p *tab) address() string {
	p.t.Helper()
	at, err := eval[string](p, "location.href")
	ok(p.t, err)
	return at
}

// mark leaves a sign in the page that a reload would wipe away.
func (p *tab) mark() {
	p.t.Helper()
	_, err := eval[bool](p, "window.notReloaded = true")
	ok(p.t, err)
}

func (p *tab) notReloaded() {
	p.t.Helper()
	if same, err := eval[bool](p, "window.notReloaded === true"); err != nil || !same {
		p.t.Errorf("%s: the page was loaded anew", p.who)
	}
}

// unharmed tells that what strangers wrote stayed words: nothing of it ran, and the page kept its shape.
func (p *tab) unharmed() {
	p.t.Helper()
	state, err := eval[struct {
		Title, Inside string
		Wide          []string
	}](p, `({title: document.title, wide: document.documentElement.scrollWidth <= document.documentElement.clientWidth + 1 ? [] :
		[...document.querySelectorAll("body *")].filter(e => e.getBoundingClientRect().right > innerWidth + 1).map(e => e.outerHTML.slice(0, 80)),
		inside: [...document.querySelectorAll("script:not([src]), [onerror], [onload], redirect, img[src='x']")].map(e => e.outerHTML).join(" ")})`)
	ok(p.t, err)
	if state.Inside != "" || state.Title == "owned" {
		p.t.Errorf("%s: a stranger's words became part of the page: %q %q", p.who, state.Title, state.Inside)
	}
	if len(state.Wide) > 0 {
		p.t.Errorf("%s: a stranger's words make the page %s wider than its window: %q", p.who, p.address(), state.Wide)
	}
}

// picture saves what the window shows, when PICTURES names a folder.
func (p *tab) picture(name string) {
	p.t.Helper()
	dir := os.Getenv("PICTURES")
	if dir == "" {
		return
	}
	shot, err := chromedp.Run(p.ctx, func(ctx context.Context, t *chromedp.Target) ([]byte, error) {
		return chromedp.CaptureScreenshot()(ctx, t)
	})
	ok(p.t, err)
	ok(p.t, os.WriteFile(dir+"/"+name+".png", shot, 0o600))
}

// noDialogs fails the test when a page opens one: none of ours does.
func (p *tab) noDialogs() {
	events := chromedp.Events(p.ctx, page.JavascriptDialogOpening)
	go func() {
		for e, err := range events {
			if err != nil {
				if !errors.Is(err, context.Canceled) {
					p.t.Logf("dialogs: %v", err)
				}
				return
			}
			p.t.Errorf("%s: a dialog opened: %s", p.who, e.Message)
			_, _ = chromedp.Call(p.ctx, page.HandleJavaScriptDialog, page.HandleJavaScriptDialogParams{})
		}
	}()
}

// pressAgain presses a place, whatever is there now.
func (p *tab) pressAgain(at spot) {
	p.t.Helper()
	ok(p.t, chromedp.Do(p.ctx, chromedp.MouseClickXY(at.X, at.Y)))
}

func (p *tab) close() {
	p.t.Helper()
	ok(p.t, chromedp.Cancel(p.ctx))
}
