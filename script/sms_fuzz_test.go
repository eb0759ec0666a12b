package script

import (
	"strings"
	"testing"
	"unicode/utf8"
)

// A text's cost is counted by what it is made of: never less than what its letters need, one more letter never makes it cheaper, and
// straight quotes never make it dearer.
func FuzzSegments(f *testing.F) {
	for _, s := range []string{"", "hello", strings.Repeat("a", 160), strings.Repeat("a", 161), "it’s", "`", "€uro [x]", "😀", strings.Repeat("ñ", 153), "á"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, text string) {
		if !utf8.ValidString(text) {
			return
		}
		segments, characters, plain := Segments(text)
		one, most := 70, 67
		if plain {
			one, most = 160, 153
		}
		if characters > one && characters > segments*most || characters <= one && segments > 1 {
			t.Errorf("%q: %d characters in %d segments", text, characters, segments)
		}
		if more, _, _ := Segments(text + "a"); more < segments {
			t.Errorf("%q: %d segments, and %d with a letter more", text, segments, more)
		}
		if straightened, _, _ := Segments(Straighten(text)); plain && straightened > segments {
			t.Errorf("%q: straightened it costs %d segments instead of %d", text, straightened, segments)
		}
	})
}
