package panel

import (
	"bytes"
	"compress/gzip"
	"io"
	"io/fs"
	"net/http/httptest"
	"testing"

	"github.com/gorilla/mux"
)

func TestStatic_TravelsCompressedAndArrivesWhole(t *testing.T) {
	files, err := fs.Sub(staticFiles, "static")
	if err != nil {
		t.Fatal(err)
	}
	packed, err := compressed(files)
	if err != nil {
		t.Fatal(err)
	}
	p := &Panel{static: files, packed: packed, version: "v"}
	r := mux.NewRouter()
	r.HandleFunc("/static/{version}/{rest:.*}", p.serveStatic)
	want, err := fs.ReadFile(files, "talk/main.js")
	if err != nil {
		t.Fatal(err)
	}
	for _, accepts := range []string{"", "gzip, br"} {
		req := httptest.NewRequest("GET", "/static/v/talk/main.js", nil)
		req.Header.Set("Accept-Encoding", accepts)
		got := httptest.NewRecorder()
		r.ServeHTTP(got, req)
		body := io.Reader(got.Body)
		if accepts != "" {
			if got.Body.Len() > len(want)/2 || got.Header().Get("Content-Encoding") != "gzip" {
				t.Errorf("%d of %d bytes travel", got.Body.Len(), len(want))
			}
			if body, err = gzip.NewReader(got.Body); err != nil {
				t.Fatal(err)
			}
		}
		arrived, err := io.ReadAll(body)
		if err != nil || !bytes.Equal(arrived, want) || got.Header().Get("Content-Type") != "text/javascript; charset=utf-8" {
			t.Errorf("accepting %q: %d bytes of %d, %s, %v", accepts, len(arrived), len(want), got.Header().Get("Content-Type"), err)
		}
	}
}
