package script

import (
	"embed"
	"fmt"
	"path"
	"sort"
	"strings"
	"sync"
)

// Library is what all scripts share: whispers, and what a feeling sounds like on each channel.
type Library struct {
	Format   string           `json:"format"`
	Tips     map[string]Words `json:"tips"`
	CuePacks map[string]Signs `json:"cue_packs"`
}

// JSON is the library as the browser reads it.
func (l *Library) JSON() ([]byte, error) { return canonical(l) }

// ParseLibrary reads a pb.library/1 document.
func ParseLibrary(doc []byte) (*Library, error) {
	value, err := read(doc, LibraryFormat)
	if err != nil {
		return nil, err
	}
	var l Library
	if err := into(value, &l); err != nil {
		return nil, err
	}
	return &l, nil
}

//go:embed starter/*.yaml
var starterFiles embed.FS

type shelf struct {
	scripts map[string]*Script
	order   []string
	library *Library
}

// The starters ship inside the binary and a test parses each, so a bad one cannot leave the house.
var starters = sync.OnceValues(func() (shelf, error) {
	files, err := starterFiles.ReadDir("starter")
	if err != nil {
		return shelf{}, fmt.Errorf("list the starter scripts: %w", err)
	}
	out := shelf{scripts: map[string]*Script{}}
	for _, f := range files {
		doc, err := starterFiles.ReadFile(path.Join("starter", f.Name()))
		if err != nil {
			return shelf{}, fmt.Errorf("read starter %s: %w", f.Name(), err)
		}
		if strings.HasPrefix(f.Name(), "persona") {
			continue
		}
		if strings.HasPrefix(f.Name(), "library") {
			if out.library, err = ParseLibrary(doc); err != nil {
				return shelf{}, fmt.Errorf("starter %s: %w", f.Name(), err)
			}
			continue
		}
		s, err := Parse(doc)
		if err != nil {
			return shelf{}, fmt.Errorf("starter %s: %w", f.Name(), err)
		}
		out.scripts[s.ID] = s
		out.order = append(out.order, s.ID)
	}
	sort.Strings(out.order)
	return out, nil
})

// Starter gives one of the scripts that ship with the product. The caller must not change it.
func Starter(id string) (*Script, error) {
	all, err := starters()
	if err != nil {
		return nil, err
	}
	s, ok := all.scripts[id]
	if !ok {
		return nil, fmt.Errorf("no starter script is called %q; there are %s", id, strings.Join(all.order, ", "))
	}
	return s, nil
}

// Starters lists the ids of the scripts that ship with the product.
func Starters() []string {
	all, err := starters()
	if err != nil {
		return nil
	}
	return append([]string(nil), all.order...)
}

// SharedLibrary is the library that ships with the product. The caller must not change it.
func SharedLibrary() (*Library, error) {
	all, err := starters()
	if err != nil {
		return nil, err
	}
	return all.library, nil
}
