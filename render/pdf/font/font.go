// Package font holds the typeface of the PDFs, measures text in it and cuts
// subsets of it for embedding.
//
// The typeface is BIZ UDPGothic 1.05 by Morisawa, under the SIL Open Font
// License (OFL.txt). Its files are embedded in the binary and used where they
// lie: a [Face] is a view of the file with two tables of its own (character to
// glyph, and widths), made once a process and safe for use by many goroutines.
//
// Limits: TrueType outlines only; characters of the Basic Multilingual Plane
// only, because the PDF writer knows no others; no kerning, no ligatures, no
// vertical forms.
package font

import (
	_ "embed" // for the font files
	"encoding/binary"
	"errors"
	"fmt"
	"sync"
)

//go:embed BIZUDPGothic-Regular.ttf
var regularFile string

//go:embed BIZUDPGothic-Bold.ttf
var boldFile string

// License is the licence of the typeface, which must go where the font files go.
//
//go:embed OFL.txt
var License string

// Weight chooses a face of the typeface.
type Weight uint8

// The faces of the typeface.
const (
	Regular Weight = iota
	Bold
	Weights // number of weights
)

var (
	loadRegular = sync.OnceValues(func() (*Face, error) { return Parse("BIZUDPGothic-Regular", regularFile) })
	loadBold    = sync.OnceValues(func() (*Face, error) { return Parse("BIZUDPGothic-Bold", boldFile) })
)

// Load returns the face of the weight. The file is read once a process.
func Load(w Weight) (*Face, error) {
	if w == Bold {
		return loadBold()
	}
	return loadRegular()
}

// bmp is the number of characters in the Basic Multilingual Plane.
const bmp = 1 << 16

// Face is one TrueType font. It is immutable.
type Face struct {
	name       string
	data       string
	tables     map[string]string
	unitsPerEm int
	numGlyphs  int
	longLoca   bool
	metrics    int // number of full entries in hmtx
	ascent     int
	descent    int
	glyphs     [bmp]uint16 // glyph of a character, 0 where there is none
	widths     [bmp]uint16 // thousandths of an em
}

// ErrFont is wrapped by every error about a font file.
var ErrFont = errors.New("not a usable TrueType font")

// Parse reads a TrueType font with a Unicode character map of format 4. The
// name is its PostScript name. Data is kept, not copied.
func Parse(name, data string) (*Face, error) {
	f := &Face{name: name, data: data, tables: map[string]string{}}
	fail := func(format string, args ...any) (*Face, error) {
		return nil, fmt.Errorf("font %s: %w: %s", name, ErrFont, fmt.Sprintf(format, args...))
	}
	if len(data) < 12 || u32(data, 0) != 0x00010000 {
		return fail("it does not begin as one")
	}
	n := u16(data, 4)
	if len(data) < 12+16*n {
		return fail("the table directory is cut off")
	}
	for i := range n {
		at := 12 + 16*i
		tag, off, size := data[at:at+4], u32(data, at+8), u32(data, at+12)
		if off+size > len(data) {
			return fail("table %q is cut off", tag)
		}
		f.tables[tag] = data[off : off+size]
	}
	for _, t := range []struct {
		tag  string
		size int
	}{{"head", 54}, {"hhea", 36}, {"maxp", 32}, {"hmtx", 4}, {"loca", 4}, {"glyf", 0}, {"cmap", 4}, {"OS/2", 78}, {"post", 32}} {
		if len(f.tables[t.tag]) < t.size {
			return fail("table %q is missing or too short", t.tag)
		}
	}
	f.unitsPerEm = u16(f.tables["head"], 18)
	f.longLoca = u16(f.tables["head"], 50) == 1
	f.ascent, f.descent = i16(f.tables["hhea"], 4), i16(f.tables["hhea"], 6)
	f.metrics = u16(f.tables["hhea"], 34)
	f.numGlyphs = u16(f.tables["maxp"], 4)
	size := 2
	if f.longLoca {
		size = 4
	}
	switch {
	case f.unitsPerEm == 0:
		return fail("it has no units")
	case f.metrics == 0 || f.metrics > f.numGlyphs || len(f.tables["hmtx"]) < 2*f.metrics+2*f.numGlyphs:
		return fail("the widths are cut off")
	case len(f.tables["loca"]) < size*(f.numGlyphs+1):
		return fail("the list of glyphs is cut off")
	}
	if err := f.readCmap(); err != nil {
		return fail("%v", err)
	}
	for r := range f.glyphs {
		if g := f.glyphs[r]; g != 0 {
			f.widths[r] = uint16((f.advance(int(g))*2000 + f.unitsPerEm) / (2 * f.unitsPerEm))
		}
	}
	return f, nil
}

// readCmap fills glyphs from the subtable of format 4 (OpenType 1.9, cmap).
func (f *Face) readCmap() error {
	cmap := f.tables["cmap"]
	sub := ""
	for i := range u16(cmap, 2) {
		at := 4 + 8*i
		if len(cmap) < at+8 {
			break
		}
		off := u32(cmap, at+4)
		if u16(cmap, at) == 3 && u16(cmap, at+2) == 1 && off+14 <= len(cmap) && u16(cmap, off) == 4 {
			sub = cmap[off:]
		}
	}
	if sub == "" {
		return errors.New("it has no Unicode character map")
	}
	segs := u16(sub, 6) / 2
	ends, starts := 14, 16+2*segs
	deltas, offsets := starts+2*segs, starts+4*segs
	if len(sub) < offsets+2*segs {
		return errors.New("the character map is cut off")
	}
	for s := range segs {
		start, end := u16(sub, starts+2*s), u16(sub, ends+2*s)
		delta, off := u16(sub, deltas+2*s), u16(sub, offsets+2*s)
		for c := start; c <= end && c != 0xFFFF; c++ {
			g := c + delta
			if off != 0 {
				at := offsets + 2*s + off + 2*(c-start)
				if at+2 > len(sub) {
					break
				}
				if g = u16(sub, at); g != 0 {
					g += delta
				}
			}
			if g &= 0xFFFF; g < f.numGlyphs {
				f.glyphs[c] = uint16(g)
			}
		}
	}
	return nil
}

// Name returns the PostScript name of the face.
func (f *Face) Name() string { return f.name }

// Has reports whether the face can draw the character.
func (f *Face) Has(r rune) bool { return r >= 0 && r < bmp && f.glyphs[r] != 0 }

// Width returns how far the character moves the pen, in thousandths of an em,
// rounded as the PDF writer rounds it; 0 for a character that the face lacks.
func (f *Face) Width(r rune) int {
	if r < 0 || r >= bmp {
		return 0
	}
	return int(f.widths[r])
}

// StringWidth returns the width of s in thousandths of an em.
func (f *Face) StringWidth(s string) int {
	w := 0
	for _, r := range s {
		w += f.Width(r)
	}
	return w
}

// Ascent returns how far the face reaches above the baseline, in thousandths of
// an em.
func (f *Face) Ascent() int { return f.ascent * 1000 / f.unitsPerEm }

// Descent returns how far the face reaches below the baseline, in thousandths of
// an em, as a positive number.
func (f *Face) Descent() int { return -f.descent * 1000 / f.unitsPerEm }

// advance returns the advance width of a glyph in font units.
func (f *Face) advance(g int) int {
	return u16(f.tables["hmtx"], 4*min(g, f.metrics-1))
}

// bearing returns the left side bearing of a glyph in font units.
func (f *Face) bearing(g int) int {
	if g < f.metrics {
		return u16(f.tables["hmtx"], 4*g+2)
	}
	return u16(f.tables["hmtx"], 4*f.metrics+2*(g-f.metrics))
}

// outline returns the bytes of a glyph in the glyf table; empty for a glyph
// without an outline or outside of the font.
func (f *Face) outline(g int) string {
	if g >= f.numGlyphs {
		return ""
	}
	loca, glyf := f.tables["loca"], f.tables["glyf"]
	var from, to int
	if f.longLoca {
		from, to = u32(loca, 4*g), u32(loca, 4*g+4)
	} else {
		from, to = 2*u16(loca, 2*g), 2*u16(loca, 2*g+2)
	}
	if from >= to || to > len(glyf) {
		return ""
	}
	return glyf[from:to]
}

func u16(s string, at int) int { return int(s[at])<<8 | int(s[at+1]) }

func i16(s string, at int) int { return int(int16(u16(s, at))) }

func u32(s string, at int) int { return u16(s, at)<<16 | u16(s, at+2) }

func put16(b []byte, v int) []byte { return binary.BigEndian.AppendUint16(b, uint16(v)) }

func put32(b []byte, v int) []byte { return binary.BigEndian.AppendUint32(b, uint32(v)) }
