// Package font holds the typeface of the PDFs, measures text in it and cuts
// subsets of it for embedding.
//
// The typeface is BIZ UDPGothic 1.05 by Morisawa, under the SIL Open Font
// License (OFL.txt). Its files are embedded in the binary and used where they
// lie: a [Face] is a view of the file with two tables of its own (character to
// glyph, and widths), made once a process and safe for use by many goroutines.
// A program that runs in a browser embeds none; [Face.Split] makes the files that
// it loads.
//
// Limits: TrueType outlines only; no kerning, no ligatures, no vertical forms.
package font

import (
	_ "embed" // for the licence
	"encoding/binary"
	"errors"
	"fmt"
)

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

// FaceName is the PostScript name of the typeface's face of the weight.
func (w Weight) FaceName() string {
	if w == Bold {
		return "BIZUDPGothic-Bold"
	}
	return "BIZUDPGothic-Regular"
}

// Faces is a typeface: its faces by weight.
type Faces [Weights]*Face

// planes is the number of characters for which a face has a table: the Basic
// Multilingual Plane and the two with rare kanji.
const planes = 3 << 16

// Face is one TrueType font. It does not change, but a split one loads outlines.
type Face struct {
	name       string
	tables     map[string]string
	unitsPerEm int
	numGlyphs  int
	longLoca   bool
	metrics    int // number of full entries in hmtx
	ascent     int
	descent    int
	// glyphs and widths are found by character, in pages of 256; a page that
	// the font lacks is nil.
	pages [planes >> 8]*[256]glyphInfo
	apart *apart // outlines that lie in other files; nil where there are none
}

// glyphInfo is what a face knows of a character.
type glyphInfo struct {
	glyph uint16 // 0 where there is none
	width uint16 // thousandths of an em
}

// ErrFont is wrapped by every error about a font file.
var ErrFont = errors.New("not a usable TrueType font")

// Parse reads a TrueType font with a Unicode character map. The name is its
// PostScript name. Data is kept, not copied.
func Parse(name, data string) (*Face, error) {
	f := &Face{name: name, tables: map[string]string{}}
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
	}{{"head", 54}, {"hhea", 36}, {"maxp", 32}, {"hmtx", 4}, {"loca", 4}, {"glyf", 0}, {"cmap", 4}, {"OS/2", 78}} {
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
	return f, nil
}

// readCmap fills pages from the subtable of format 12 or, where there is none,
// of format 4 (OpenType 1.9, cmap).
func (f *Face) readCmap() error {
	cmap := f.tables["cmap"]
	var format4, format12 string
	for i := range u16(cmap, 2) {
		at := 4 + 8*i
		if len(cmap) < at+8 {
			break
		}
		off := u32(cmap, at+4)
		if u16(cmap, at) != 3 || off+16 > len(cmap) {
			continue
		}
		switch encoding, format := u16(cmap, at+2), u16(cmap, off); {
		case encoding == 1 && format == 4:
			format4 = cmap[off:]
		case encoding == 10 && format == 12:
			format12 = cmap[off:]
		}
	}
	switch {
	case format12 != "":
		return f.readFormat12(format12)
	case format4 != "":
		return f.readFormat4(format4)
	}
	return errors.New("it has no Unicode character map")
}

var errCmap = errors.New("the character map is cut off")

func (f *Face) readFormat12(sub string) error {
	n := u32(sub, 12)
	if n > len(sub)/12 || len(sub) < 16+12*n {
		return errCmap
	}
	for i := range n {
		at := 16 + 12*i
		start, end, g := u32(sub, at), u32(sub, at+4), u32(sub, at+8)
		for c := start; c <= end && c < planes; c++ {
			f.setGlyph(c, g+c-start)
		}
	}
	return nil
}

func (f *Face) readFormat4(sub string) error {
	segs := u16(sub, 6) / 2
	ends, starts := 14, 16+2*segs
	deltas, offsets := starts+2*segs, starts+4*segs
	if len(sub) < offsets+2*segs {
		return errCmap
	}
	for s := range segs {
		start, end := u16(sub, starts+2*s), u16(sub, ends+2*s)
		delta, off := u16(sub, deltas+2*s), u16(sub, offsets+2*s)
		for c := start; c <= end && c != 0xFFFF; c++ {
			g := c + delta
			if off != 0 {
				at := offsets + 2*s + off + 2*(c-start)
				if at+2 > len(sub) {
					return errCmap
				}
				if g = u16(sub, at); g != 0 {
					g += delta
				}
			}
			f.setGlyph(c, g&0xFFFF)
		}
	}
	return nil
}

func (f *Face) setGlyph(c, g int) {
	if g == 0 || g >= f.numGlyphs {
		return
	}
	p := f.pages[c>>8]
	if p == nil {
		p = new([256]glyphInfo)
		f.pages[c>>8] = p
	}
	w := (f.advance(g)*2000 + f.unitsPerEm) / (2 * f.unitsPerEm)
	p[c&255] = glyphInfo{uint16(g), uint16(w)}
}

// info returns what the face knows of a character.
func (f *Face) info(r rune) glyphInfo {
	if r < 0 || r >= planes {
		return glyphInfo{}
	}
	if p := f.pages[r>>8]; p != nil {
		return p[r&255]
	}
	return glyphInfo{}
}

func (f *Face) glyph(r rune) int { return int(f.info(r).glyph) }

// Name returns the PostScript name of the face.
func (f *Face) Name() string { return f.name }

// Has reports whether the face can draw the character.
func (f *Face) Has(r rune) bool { return f.info(r).glyph != 0 }

// Width returns how far the character moves the pen, in thousandths of an em,
// rounded as it stands in the PDF; 0 for a character that the face lacks.
func (f *Face) Width(r rune) int { return int(f.info(r).width) }

// StringWidth returns the width of s in thousandths of an em.
func (f *Face) StringWidth(s string) int {
	w := 0
	for _, r := range s {
		w += f.Width(r)
	}
	return w
}

// Metrics are the measures of a face in thousandths of an em (ISO 32000-1,
// 9.8.1). Descent is negative.
type Metrics struct {
	Ascent, Descent, CapHeight int
	Box                        [4]int // least x and y, greatest x and y of all glyphs
	StemV                      int
}

// Metrics returns the measures of the face.
func (f *Face) Metrics() Metrics {
	em := func(v int) int { return v * 1000 / f.unitsPerEm }
	head, os2 := f.tables["head"], f.tables["OS/2"]
	m := Metrics{Ascent: em(f.ascent), Descent: em(f.descent), CapHeight: em(f.ascent)}
	if u16(os2, 0) >= 2 && len(os2) >= 90 {
		m.CapHeight = em(i16(os2, 88))
	}
	for i := range m.Box {
		m.Box[i] = em(i16(head, 36+2*i))
	}
	// A file does not say how thick the stems are; this is how PDF writers
	// commonly guess it from the weight.
	weight := u16(os2, 4)
	m.StemV = 50 + weight*weight/(65*65)
	return m
}

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
// without an outline or outside of the font. There are errors only for outlines
// that lie apart.
func (f *Face) outline(g int) (string, error) {
	if g >= f.numGlyphs {
		return "", nil
	}
	if f.apart != nil {
		if at, ok := f.apart.glyphs[g]; ok {
			return f.apart.outline(at)
		}
	}
	loca, glyf := f.tables["loca"], f.tables["glyf"]
	var from, to int
	if f.longLoca {
		from, to = u32(loca, 4*g), u32(loca, 4*g+4)
	} else {
		from, to = 2*u16(loca, 2*g), 2*u16(loca, 2*g+2)
	}
	if from >= to || to > len(glyf) {
		return "", nil
	}
	return glyf[from:to], nil
}

func u16(s string, at int) int { return int(s[at])<<8 | int(s[at+1]) }

func i16(s string, at int) int { return int(int16(u16(s, at))) }

func u32(s string, at int) int { return u16(s, at)<<16 | u16(s, at+2) }

func put16(b []byte, v int) []byte { return binary.BigEndian.AppendUint16(b, uint16(v)) }

func put32(b []byte, v int) []byte { return binary.BigEndian.AppendUint32(b, uint32(v)) }
