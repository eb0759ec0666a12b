package main

import (
	"bytes"
	"compress/gzip"
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"phonebank/script"
)

// mostWeight is what a phone may fetch, compressed and without fonts.
const mostWeight = 200 << 10

// measureWeight adds up what a phone fetches to open a talk for the first time: the page, its styles, its modules, the icons,
// and the script with the whispers as data. Each file is compressed by itself, as a web server does it.
func measureWeight(_ context.Context, _ *world, r *report) error {
	groups := []struct {
		name  string
		files []string
	}{
		{"page", []string{"panel/templates/talk.html"}},
		{"styles", []string{"panel/static/css/app.css", "panel/static/css/talk.css"}},
		{"icons", []string{"panel/static/icons.svg"}},
		{"modules", nil},
	}
	for _, pattern := range []string{"panel/static/js/words.js", "panel/static/talk/*.js", "panel/static/talk/view/*.js", "panel/static/talk/view/later/*.js"} {
		found, err := filepath.Glob(pattern)
		if err != nil {
			return err
		}
		for _, name := range found {
			if !strings.HasSuffix(name, "test.js") {
				groups[3].files = append(groups[3].files, name)
			}
		}
	}
	if len(groups[3].files) == 0 {
		return fmt.Errorf("no modules of the talk: run this from the folder of the project")
	}
	rows := [][]string{{"what", "files", "bytes", "compressed"}}
	total, plain := 0, 0
	add := func(name string, documents ...[]byte) error {
		raw, small := 0, 0
		for _, d := range documents {
			n, err := compressed(d)
			if err != nil {
				return err
			}
			raw, small = raw+len(d), small+n
		}
		plain, total = plain+raw, total+small
		rows = append(rows, []string{name, fmt.Sprint(len(documents)), kilobytes(raw), kilobytes(small)})
		return nil
	}
	for _, g := range groups {
		var documents [][]byte
		for _, name := range g.files {
			d, err := os.ReadFile(name)
			if err != nil {
				return err
			}
			documents = append(documents, d)
		}
		if err := add(g.name, documents...); err != nil {
			return err
		}
	}
	s, err := script.Starter("heat-recruitment")
	if err != nil {
		return err
	}
	document, err := s.JSON()
	if err != nil {
		return err
	}
	library, err := script.SharedLibrary()
	if err != nil {
		return err
	}
	whispers, err := library.JSON()
	if err != nil {
		return err
	}
	if err := add("script and whispers", document, whispers); err != nil {
		return err
	}
	table(append(rows, []string{"all", "", kilobytes(plain), kilobytes(total)}))
	r.hold("first load of a talk, compressed, without fonts", kilobytes(total), "<= 200 KB", total <= mostWeight)
	return nil
}

func compressed(document []byte) (int, error) {
	var b bytes.Buffer
	z := gzip.NewWriter(&b)
	if _, err := z.Write(document); err != nil {
		return 0, err
	}
	err := z.Close()
	return b.Len(), err
}

func kilobytes(n int) string { return fmt.Sprintf("%.1f KB", float64(n)/1024) }
