package simulator

import (
	"embed"
	"html/template"
	"net/http"
	"net/url"
	"strings"
	"time"
)

//go:embed pages
var pageFiles embed.FS

var pageTemplates = template.Must(template.New("").Funcs(template.FuncMap{"path": url.PathEscape, "nice": formatted}).ParseFS(pageFiles, "pages/*.html"))

// pagePolicy: nothing but our own files.
const pagePolicy = "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src 'self' data:; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"

// indexPage is what /_sim/ shows.
type indexPage struct {
	Now      string
	Phones   []phoneLink
	Faults   []Rule
	Problems []Problem
}

// phoneLink is one person on the index.
type phoneLink struct {
	Number, Name, Takes string
	Texts, Calls        int
	Live                bool
}

func (s *Simulator) pageRoutes(mux *http.ServeMux) {
	mux.HandleFunc("GET /_sim/{$}", func(w http.ResponseWriter, _ *http.Request) { render(w, "index.html", s.index()) })
	mux.HandleFunc("GET /_sim/phone/{number}", s.showPhone)
	mux.HandleFunc("GET /_sim/phone/{number}/stream", s.streamPhone)
	mux.HandleFunc("GET /_sim/phone", func(w http.ResponseWriter, r *http.Request) {
		http.Redirect(w, r, "/_sim/phone/"+url.PathEscape(plus(strings.TrimSpace(r.URL.Query().Get("number")))), http.StatusSeeOther)
	})
}

func (s *Simulator) showPhone(w http.ResponseWriter, r *http.Request) {
	number := plus(r.PathValue("number"))
	s.mu.Lock()
	known := e164.MatchString(number) && s.ours(number) == nil
	s.mu.Unlock()
	if !known {
		http.Error(w, "A phone page is for a person's number, written like +12125550110.", http.StatusNotFound)
		return
	}
	render(w, "phone.html", s.phone(number))
}

// maxIndexed is how many people the index lists.
const maxIndexed = 200

func (s *Simulator) index() indexPage {
	s.mu.Lock()
	defer s.mu.Unlock()
	page := indexPage{Now: s.clock.Now().Format(time.RFC1123), Faults: s.faults.list(), Problems: last(s.Debugger(), 20)}
	seen := map[string]bool{}
	add := func(number string) {
		if seen[number] || len(seen) == maxIndexed {
			return
		}
		seen[number] = true
		link := phoneLink{Number: number, Takes: s.behaviour(number).Takes, Texts: len(s.threads[number]), Calls: len(s.callsOf[number])}
		if p := s.people[number]; p != nil {
			link.Name = p.Name
		}
		if c := s.currentCall(number); c != nil {
			link.Live = !c.over()
		}
		page.Phones = append(page.Phones, link)
	}
	people := []personJSON{}
	for number, p := range s.people {
		people = append(people, showPerson(number, p))
	}
	for _, p := range sortPeople(people) {
		add(p.Number)
	}
	for i := len(s.calls) - 1; i >= 0; i-- {
		add(s.calls[i].person())
	}
	for i := len(s.messages) - 1; i >= 0; i-- {
		if m := s.messages[i]; m.direction == "inbound" {
			add(m.from)
		} else {
			add(m.to)
		}
	}
	return page
}

func render(w http.ResponseWriter, name string, data any) {
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	w.Header().Set("Content-Security-Policy", pagePolicy)
	w.Header().Set("X-Content-Type-Options", "nosniff")
	w.Header().Set("Referrer-Policy", "no-referrer")
	pageTemplates.ExecuteTemplate(w, name, data)
}

func serveStatic(w http.ResponseWriter, r *http.Request) {
	file := r.PathValue("file")
	kind := map[string]string{"sim.css": "text/css; charset=utf-8", "phone.js": "text/javascript; charset=utf-8", "index.js": "text/javascript; charset=utf-8"}[file]
	body, err := pageFiles.ReadFile("pages/" + file)
	if kind == "" || err != nil {
		http.NotFound(w, r)
		return
	}
	w.Header().Set("Content-Type", kind)
	w.Header().Set("X-Content-Type-Options", "nosniff")
	w.Header().Set("Cache-Control", "no-cache")
	w.Write(body)
}
