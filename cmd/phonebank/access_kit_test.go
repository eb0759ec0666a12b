package main

import (
	"fmt"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"
)

// inspector looks at pages as somebody does who sees little, moves little, or has a small screen. It remembers which pages
// it has seen.
type inspector struct {
	t    *testing.T
	axe  string
	seen []string // the paths of the pages that were looked at
}

func newInspector(t *testing.T) *inspector {
	t.Helper()
	axe, err := os.ReadFile("../../internal/axe/node_modules/axe-core/axe.min.js")
	if err != nil {
		t.Fatalf("axe-core is missing: `make npm` fetches it (%v)", err)
	}
	return &inspector{t: t, axe: string(axe)}
}

// hasSeen tells whether a page of this pattern was looked at: "/people/{id}", "/scripts/{script}/{version}".
func (i *inspector) hasSeen(pattern string) bool {
	ids := strings.NewReplacer(`\{id\}`, `[0-9A-Z]{26}`, `\{token\}`, `[0-9A-Z]{52}`).Replace(regexp.QuoteMeta(pattern))
	match := regexp.MustCompile("^" + regexp.MustCompile(`\\\{\w+\\\}`).ReplaceAllString(ids, `[^/]+`) + "$")
	return slices.ContainsFunc(i.seen, match.MatchString)
}

// window is a size and a theme in which every page is looked at.
type window struct {
	name          string
	width, height int64
	dark          bool
}

var windows = []window{{"laptop, light", 1280, 800, false}, {"laptop, dark", 1280, 800, true}, {"phone, dark", 390, 844, true}, {"phone, light", 390, 844, false}}

// look checks the page that a tab shows now, in every window: axe-core finds nothing, what can be pressed is large enough,
// nothing moves, and at 320 px (a window of 1280 at 400 %) nothing has to be scrolled sideways.
func (i *inspector) look(p *tab, state string) {
	i.t.Helper()
	path, err := eval[string](p, "location.pathname")
	ok(i.t, err)
	i.seen = append(i.seen, path)
	for _, w := range windows {
		p.size(w.width, w.height)
		p.theme(w.dark)
		p.drawn()
		i.told(p, state+" ("+w.name+")", fmt.Sprintf(`(%s)()`, violations))
		i.told(p, state+" ("+w.name+")", smallTargets)
	}
	i.told(p, state, moving)
	p.size(320, 256)
	p.drawn()
	i.told(p, state+" (at 400 %)", sideways)
	p.size(1280, 800)
	p.theme(false)
	p.drawn()
}

// drawn waits until a page has taken in the size of its window: what is pressed next is where it seems to be.
func (p *tab) drawn() {
	p.t.Helper()
	_, err := eval[bool](p, `new Promise(done => requestAnimationFrame(() => requestAnimationFrame(() => done(true))))`)
	ok(p.t, err)
}

// told runs a check that answers with sentences, and fails the test with each.
func (i *inspector) told(p *tab, where, check string) {
	i.t.Helper()
	list, err := eval[[]string](p, check)
	if err != nil && strings.Contains(err.Error(), "axe is not defined") {
		_, err = eval[bool](p, i.axe+"; true")
		ok(i.t, err)
		list, err = eval[[]string](p, check)
	}
	if err != nil {
		i.t.Errorf("%s: the page could not be looked at: %v", where, err)
	}
	for _, words := range list {
		i.t.Errorf("%s: %s", where, words)
	}
}

// theme sets what the reader prefers, without loading the page anew. Whoever reads here prefers no motion.
func (p *tab) theme(dark bool) {
	p.t.Helper()
	scheme := "light"
	if dark {
		scheme = "dark"
	}
	_, err := chromedp.Call(p.ctx, emulation.SetEmulatedMedia, emulation.SetEmulatedMediaParams{
		Features: []*emulation.MediaFeature{{Name: "prefers-color-scheme", Value: scheme}, {Name: "prefers-reduced-motion", Value: "reduce"}},
	})
	ok(p.t, err)
}

const violations = `async () => {
  if (typeof axe === "undefined") throw new Error("axe is not defined");
  const found = await axe.run(document, {resultTypes: ["violations"],
    runOnly: {type: "tag", values: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]}});
  return found.violations.flatMap(v => v.nodes.map(n => v.id + ": " + n.target.join(" ") + " " + n.html.slice(0, 160) + " " + n.failureSummary.replace(/\s+/g, " ")));
}`

// What is pressed with a finger is 44 by 44 px; a link that stands alone at least 24 (WCAG 2.2, 2.5.8), and one inside a
// sentence is as high as its line.
const smallTargets = `(() => {
  const out = [];
  for (const e of document.querySelectorAll("a[href], button, summary, select, textarea, input:not([type=hidden]), [role=button], [role=radio], [role=tab], [role=option]")) {
    if (!e.checkVisibility({visibilityProperty: true, opacityProperty: true}) || e.disabled || e.closest("[inert], [aria-hidden=true]") || e.classList.contains("skip")) continue;
    let r = e.getBoundingClientRect();
    for (const l of e.labels || []) if (l.contains(e)) r = l.getBoundingClientRect();
    if (r.right <= 0 || r.bottom <= 0) continue; // beside the page until it has the focus
    const link = e.matches("a[href]:not(.btn)");
    const text = n => n.textContent.replace(/\s+/g, " ").trim();
    const inside = link && getComputedStyle(e).display === "inline" && text(e.closest("p, li, dd, td, h1, h2, div, span:not(:only-child)") || e) !== text(e);
    const least = inside ? 0 : link && !e.closest("nav") ? 24 : 44;
    if (Math.min(r.width, r.height) < least - 0.5) out.push("too small to press, " + Math.round(r.width) + " by " + Math.round(r.height) + " px: " + e.outerHTML.slice(0, 140));
  }
  return out;
})()`

const moving = `(() => {
  const long = s => s.split(",").some(d => (d.trim().endsWith("ms") ? parseFloat(d) / 1000 : parseFloat(d)) > 0.01);
  const out = [];
  for (const e of document.querySelectorAll("*")) for (const part of [null, "::before", "::after"]) {
    const s = getComputedStyle(e, part);
    if (s.animationName !== "none" && long(s.animationDuration) || s.transitionProperty !== "none" && long(s.transitionDuration)) out.push("moves for somebody who asked for no motion: " + e.outerHTML.slice(0, 120));
  }
  return out;
})()`

const sideways = `(() => {
  const page = document.scrollingElement;
  if (page.scrollWidth <= innerWidth) return [];
  const wide = [...document.querySelectorAll("body *")].filter(e => e.getBoundingClientRect().right > innerWidth + 1 && !e.closest(".table-wrap, .nav"));
  return ["the page is " + page.scrollWidth + " px wide: " + wide.slice(0, 5).map(e => e.outerHTML.slice(0, 100)).join(" | ")];
})()`

// tick presses the label of a radio button or a checkbox.
func (p *tab) tick(label string) {
	p.t.Helper()
	p.click(fmt.Sprintf("%q to tick", label), `(e => { const l = e && [...e.labels].find(l => l.contains(e)); if (!l) return null; l.scrollIntoView({block: "nearest"});
		const r = l.getBoundingClientRect(); return r.width ? {x: r.x + 12, y: r.y + r.height / 2} : null; })(`+fmt.Sprintf(findField, quoted(label))+`)`)
}

// follow goes where the first link leads whose address begins so.
func (p *tab) follow(address string) {
	p.t.Helper()
	p.click("a link to "+address, `(e => { if (!e) return null; e.scrollIntoView({block: "nearest"}); const r = e.getBoundingClientRect(); return {x: r.x + r.width / 2, y: r.y + r.height / 2}; })
		([...document.querySelectorAll('a[href^=`+quoted(address)+`]')].find(e => e.checkVisibility()))`)
}

// key presses keys, one after the other, on whatever has the focus.
func (p *tab) key(keys ...string) {
	p.t.Helper()
	for _, k := range keys {
		ok(p.t, chromedp.Do(p.ctx, chromedp.KeyEvent(k)))
	}
}

// focus is what the keyboard is on: its words, or the label of a field.
func (p *tab) focus() string {
	words, err := eval[string](p, `(e => {
		const text = n => (n.innerText || "").replace(/\s+/g, " ").trim();
		if (!e || e === document.body) return "";
		return (e.labels && e.labels.length ? text(e.labels[0]) : "") || e.getAttribute("aria-label") || text(e) || e.id || e.tagName;
	})(document.activeElement)`)
	if err != nil {
		return ""
	}
	return words
}

// hidden tells why whoever looks for the focus would not find it: no ring around it, or something lies over it.
const hidden = `(e => {
	if (!e || e === document.body) return "";
	const ring = n => n && getComputedStyle(n).outlineStyle !== "none" && parseFloat(getComputedStyle(n).outlineWidth) >= 2;
	const r = e.getBoundingClientRect(), top = document.elementFromPoint(r.x + r.width / 2, r.y + r.height / 2);
	if (e.type === "datetime-local") return ""; // the browser rings the part of it that is being typed
	if (![e, e.parentElement, e.parentElement.parentElement, ...(e.labels || [])].some(ring)) return "has no ring around it";
	return top && (e === top || e.contains(top) || top.contains(e) || [...e.labels || []].some(l => l.contains(top))) ? "" : "is covered";
})(document.activeElement)`

// tabTo walks on with Tab until the focus is on one of these words, and answers with everything on the way. Wherever the
// focus stands, it can be seen (WCAG 2.2, 2.4.7 and 2.4.11).
func (p *tab) tabTo(words ...string) (way []string) {
	p.t.Helper()
	for range 80 {
		at := p.focus()
		if slices.ContainsFunc(words, func(w string) bool { return at == w || strings.HasPrefix(at, w+" ") }) {
			return way
		}
		way = append(way, at)
		p.key(kb.Tab)
		if why, err := eval[string](p, hidden); err == nil && why != "" {
			p.t.Errorf("%s: the focus on %q %s", p.who, p.focus(), why)
		}
	}
	p.t.Fatalf("%s pressed Tab 80 times and never came to %q. On the way: %q", p.who, words, way)
	return nil
}

// on waits until the keyboard is on what these words name.
func (p *tab) on(words string) {
	p.t.Helper()
	p.wait(fmt.Sprintf("the focus on %q (it is on %q)", words, p.focus()), func() bool { return strings.HasPrefix(p.focus(), words) })
}

// hears waits until the page has told a screen reader these words.
func (p *tab) hears(words string) {
	p.t.Helper()
	p.wait(fmt.Sprintf("%q in the live region", words), func() bool {
		told, err := eval[string](p, `[...document.querySelectorAll("[role=status], [role=alert], [aria-live]")].map(e => e.textContent.replace(/\s+/g, " ")).join(" | ")`)
		return err == nil && strings.Contains(told, words)
	})
}
