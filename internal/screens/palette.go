package main

import (
	"bytes"
	"image"
	"image/color"
	"image/png"
	"slices"
)

// smaller writes a picture with the 256 colours that it uses most. A page has few, so nobody sees a difference, and the
// pictures of a whole product stay small enough to be kept beside it.
func smaller(shot []byte) ([]byte, error) {
	from, err := png.Decode(bytes.NewReader(shot))
	if err != nil {
		return nil, err
	}
	bounds := from.Bounds()
	count := map[color.RGBA]int{}
	at := func(x, y int) color.RGBA { return color.RGBAModel.Convert(from.At(x, y)).(color.RGBA) }
	for y := bounds.Min.Y; y < bounds.Max.Y; y++ {
		for x := bounds.Min.X; x < bounds.Max.X; x++ {
			count[at(x, y)]++
		}
	}
	used := make([]color.RGBA, 0, len(count))
	for c := range count {
		used = append(used, c)
	}
	slices.SortFunc(used, func(a, b color.RGBA) int {
		if n := count[b] - count[a]; n != 0 {
			return n
		}
		return int(a.R) - int(b.R) + 2*(int(a.G)-int(b.G)) + 3*(int(a.B)-int(b.B)) // the same picture gives the same file
	})
	palette := make(color.Palette, 0, 256)
	for _, c := range used[:min(256, len(used))] {
		palette = append(palette, c)
	}
	nearest := make(map[color.RGBA]uint8, len(used))
	for _, c := range used {
		nearest[c] = uint8(palette.Index(c)) //nolint:gosec // a palette has 256 colours at most
	}
	to := image.NewPaletted(bounds, palette)
	for y := bounds.Min.Y; y < bounds.Max.Y; y++ {
		for x := bounds.Min.X; x < bounds.Max.X; x++ {
			to.SetColorIndex(x, y, nearest[at(x, y)])
		}
	}
	var out bytes.Buffer
	err = (&png.Encoder{CompressionLevel: png.BestCompression}).Encode(&out, to)
	return out.Bytes(), err
}
