package panel

import (
	"bytes"
	"compress/gzip"
	"encoding/json"
	"io/fs"
	"mime"
	"net/http"
	"path"
	"slices"
	"strings"
)

// compressed holds the scripts and styles as they travel: made once at the start, so that a phone on a poor network fetches a
// third of their bytes and no request waits for it. Fonts are compressed already.
func compressed(files fs.FS) (map[string][]byte, error) {
	out := map[string][]byte{}
	err := fs.WalkDir(files, ".", func(name string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || !slices.Contains([]string{".js", ".json", ".css", ".svg"}, path.Ext(name)) {
			return err
		}
		body, err := fs.ReadFile(files, name)
		if err != nil {
			return err
		}
		var packed bytes.Buffer
		zip, err := gzip.NewWriterLevel(&packed, gzip.BestCompression)
		if err != nil {
			return err
		}
		if _, err := zip.Write(body); err != nil {
			return err
		}
		if err := zip.Close(); err != nil {
			return err
		}
		out[name] = packed.Bytes()
		return nil
	})
	return out, err
}

// sendCompressed answers with a file as it travels, where there is one and the browser takes it.
func (p *Panel) sendCompressed(w http.ResponseWriter, r *http.Request, name string) bool {
	packed, ok := p.packed[name]
	if !ok {
		return false
	}
	w.Header().Set("Vary", "Accept-Encoding")
	if !strings.Contains(r.Header.Get("Accept-Encoding"), "gzip") {
		return false
	}
	w.Header().Set("Content-Type", mime.TypeByExtension(path.Ext(name)))
	w.Header().Set("Content-Encoding", "gzip")
	if r.Method == http.MethodGet {
		_, _ = w.Write(packed) // the browser has gone: nobody is left to tell
	}
	return true
}

// answerPacked answers a script with a value that is worth packing: a talk comes with its whole script in every language.
func answerPacked(w http.ResponseWriter, r *http.Request, v any) error {
	w.Header().Set("Vary", "Accept-Encoding")
	if !strings.Contains(r.Header.Get("Accept-Encoding"), "gzip") {
		return answer(w, v)
	}
	body, err := json.Marshal(v)
	if err != nil {
		return err
	}
	w.Header().Set("Content-Type", "application/json")
	w.Header().Set("Content-Encoding", "gzip")
	zip, err := gzip.NewWriterLevel(w, gzip.BestSpeed)
	if err != nil {
		return err
	}
	_, _ = zip.Write(body) // whoever asked may have gone
	_ = zip.Close()
	return nil
}
