package panel

import (
	"bytes"
	"context"
	"fmt"
	"html/template"
	"net/http"
	"strings"
	"time"

	"phonebank"
	"phonebank/script"
	"phonebank/store"
	"phonebank/words"
)

// Page is what every page has.
type Page struct {
	Title    string
	Org      string
	Demo     bool
	Me       phonebank.User
	Boss     bool        // me is a coordinator
	Nav      string      // which of the links at the top this page is
	Paused   *pausedNow  // the gravest of what pauses everything
	Pauses   []pausedNow // all of them, the gravest first
	Fetching bool        // nothing leaves yet: what came in while we were away is being fetched
	Problem  string      // what went wrong with the last press, in a sentence
	Notice   string      // what came of it
	At       string      // when this was read, for a page that has lost its stream
	Static   string
	Lang     words.Language    // in which it is read
	Here     string            // its own address, for a press that comes back to it
	Inbox    int               // how many wait for an answer, as far as they are theirs
	MyShift  phonebank.ShiftID // of mine, where it is not off: every page keeps it alive
}

func (b *Page) base() *Page { return b }

// StaticVersion is part of the address of every script and style.
func (b *Page) StaticVersion() string { return b.Static }

// view is a page that can be shown: a struct with a Page in it.
type view interface{ base() *Page }

// pausedNow says who has paused everything, when, and why where no person did.
type pausedNow struct {
	Kind store.PauseKind
	Who  string
	When string
	Why  string
}

// show renders a page, or only its live part where a script asks for that: both come from the same template.
func (p *Panel) show(w http.ResponseWriter, r *http.Request, me phonebank.User, status int, name string, v view) {
	b := v.base()
	b.Org, b.Demo, b.Me, b.Boss, b.Static = p.Org, p.Demo, me, coordinator.lets(me), p.version
	b.Lang, b.Here = lang(r), r.URL.RequestURI()
	if r.Method != http.MethodGet {
		b.Here = "/" + b.Nav // a press has an address that nobody can come back to
	}
	if me.ID != "" && status < http.StatusInternalServerError {
		if err := p.holdUps(r, b); err != nil {
			p.Log.Debug("pause not read", "error", err) // the page itself was read; the banner comes with the next one
		}
		b.At = p.clock(r, p.Now())
		if r.Header.Get("X-Fragment") == "" {
			b.Inbox = p.countInbox(r.Context(), me)
		}
		if s, err := p.Store.CurrentShift(r.Context(), me.ID); err == nil && s.State != phonebank.ShiftOff {
			b.MyShift = s.ID
		}
	}
	pages := p.pages[b.Lang]
	if r.Header.Get("X-Fragment") != "" && pages.Lookup(name+"-live") != nil {
		name += "-live"
	}
	var out bytes.Buffer
	if err := pages.ExecuteTemplate(&out, name, v); err != nil {
		p.Log.Error("page not rendered", "page", name, "error", err)
		http.Error(w, b.Lang.Say("This page could not be drawn. The fault is ours. Please reload."), http.StatusInternalServerError)
		return
	}
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	w.WriteHeader(status)
	_, _ = w.Write(out.Bytes()) // whoever asked may have gone
}

// again shows a page once more after a press that failed, with what was typed and a sentence about it.
func (p *Panel) again(w http.ResponseWriter, r *http.Request, me phonebank.User, err error, name string, v view) {
	status := http.StatusOK
	if err != nil {
		t := tell(lang(r), err)
		status, v.base().Problem = t.Status, t.Detail
		if status >= http.StatusInternalServerError {
			p.Log.Error("press failed", "path", r.Pattern, "user", me.ID, "error", err)
		}
	}
	p.show(w, r, me, status, name, v)
}

// holdUps reads what keeps everything from going out, for the banners of a page.
func (p *Panel) holdUps(r *http.Request, b *Page) error {
	list, err := p.Store.Pauses(r.Context())
	if err != nil {
		return err
	}
	for _, got := range list {
		b.Pauses = append(b.Pauses, pausedNow{Kind: got.Kind, Who: got.Who, When: p.clock(r, got.At), Why: got.Why})
	}
	if len(b.Pauses) > 0 {
		b.Paused = &b.Pauses[0]
	}
	mark, err := p.Store.Watermark(r.Context(), p.Now())
	b.Fetching = err == nil && !mark.Fresh
	return err
}

// paused is the gravest pause that is in force, or nil.
func (p *Panel) paused(r *http.Request) (*pausedNow, error) {
	var b Page
	err := p.holdUps(r, &b)
	return b.Paused, err
}

// houseZone is where the phone bank is: its newest campaign's zone.
func (p *Panel) houseZone(r *http.Request) string { return p.zone(r.Context()) }

func (p *Panel) zone(ctx context.Context) string {
	list, err := p.Store.Campaigns(ctx)
	if err != nil || len(list) == 0 {
		return "America/New_York"
	}
	return list[0].Zone
}

// clock writes a time of day where the phone bank is.
func (p *Panel) clock(r *http.Request, at time.Time) string {
	return lang(r).Clock(there(p.houseZone(r), at))
}

// vocabulary is what templates can say, in one language: t is a sentence of ours, every other word formats a value.
func (p *Panel) vocabulary(l words.Language) template.FuncMap {
	return template.FuncMap{
		"t":        func(sentence string, args ...any) string { return l.Say(sentence, args...) },
		"around":   func(sentence string, args ...any) template.HTML { return around(l, sentence, args) },
		"code":     code,
		"tongues":  func() []words.Language { return words.Languages },
		"nonce":    func() string { return phonebank.NewID[string](p.Now()) },
		"pretty":   func(n phonebank.Number) string { return n.Pretty() },
		"masked":   func(n phonebank.Number) string { return n.Masked() },
		"ago":      func(at time.Time) string { return l.Ago(p.Now().Sub(at)) },
		"iso":      func(at time.Time) string { return at.UTC().Format(time.RFC3339) },
		"when":     func(zone string, at time.Time) string { return l.When(there(zone, at)) },
		"day":      func(zone string, at time.Time) string { return l.ShortDay(there(zone, at)) },
		"late":     func(at time.Time) bool { return at.Before(p.Now()) },
		"reason":   func(r phonebank.Reason) string { return l.Say(reasonWords(r)) },
		"plain":    func(s any) string { return l.Say(strings.ReplaceAll(fmt.Sprint(s), "_", " ")) },
		"plural":   l.Count,
		"shown":    func(name string) string { return shown(l, name) },
		"told":     l.Retell,
		"segments": func(body string) string { return segments(l, body) },
		"static":   func(name string) string { return "/static/" + p.version + "/" + name },
		"say":      respelled,
		"phone":    p.phoneLink,
	}
}

// around is a sentence of ours around the words of others, whose direction of writing stays their own.
func around(l words.Language, sentence string, args []any) template.HTML {
	marked := make([]any, len(args))
	for i, a := range args {
		if ours, ok := a.(template.HTML); ok {
			marked[i] = ours
		} else {
			marked[i] = "<bdi>" + template.HTMLEscapeString(fmt.Sprint(a)) + "</bdi>"
		}
	}
	return template.HTML(fmt.Sprintf(template.HTMLEscapeString(l.Say(sentence)), marked...))
}

// code is a command as somebody types it.
func code(command string) template.HTML {
	return template.HTML("<code>" + template.HTMLEscapeString(command) + "</code>")
}

// there is an instant as the clocks of a zone show it.
func there(zone string, at time.Time) time.Time {
	loc, err := phonebank.Zone(phonebank.FirstZone(zone))
	if err != nil {
		loc = time.UTC
	}
	return at.In(loc)
}

// phoneLink leads to a simulated phone in a demo, "" otherwise.
func (p *Panel) phoneLink(n phonebank.Number) string {
	if p.PhoneLink == nil || n == "" {
		return ""
	}
	return p.PhoneLink(n)
}

// segments says what a text costs.
func segments(l words.Language, body string) string {
	n, letters, _ := script.Segments(texts(body))
	return l.Count(n, "text", "texts") + ", " + l.Count(letters, "character", "characters")
}

// texts writes a draft as it will leave.
func texts(body string) string { return strings.TrimSpace(script.Straighten(body)) }

// respelled splits a respelling into what is stressed, in capitals, and what is not.
func respelled(s string) (parts []stress) {
	start := 0
	strong := func(b byte) bool { return b >= 'A' && b <= 'Z' }
	for i := 1; i <= len(s); i++ {
		if i < len(s) && strong(s[i]) == strong(s[start]) {
			continue
		}
		word := s[start:i]
		parts = append(parts, stress{word, len(word) > 1 && strong(word[0])})
		start = i
	}
	return parts
}

type stress struct {
	Word   string
	Strong bool
}
