package font

import (
	"encoding/binary"
	"math/bits"
	"slices"
)

// Flags of a component of a composite glyph (OpenType 1.9, glyf).
const (
	argsAreWords     = 0x0001
	haveScale        = 0x0008
	moreComponents   = 0x0020
	haveXYScale      = 0x0040
	haveTwoByTwo     = 0x0080
	haveInstructions = 0x0100
)

// Subset is a part of a face for embedding in a PDF as a CIDFontType2 (ISO
// 32000-1, 9.9): the tables that such a font needs and no others. Its glyphs are
// numbered by character: glyph i+1 is Runes[i], also where two characters share
// an outline, so that a glyph tells which character it stands for.
type Subset struct {
	Runes  []rune // sorted
	Widths []int  // of the Runes, in thousandths of an em
	Data   []byte // the font file
	pages  [planes >> 8]*[256]uint16
}

// Glyph returns the number of the character's glyph, or 0 (.notdef) for one that
// is not in the subset.
func (s *Subset) Glyph(r rune) uint16 {
	if r < 0 || r >= planes || s.pages[r>>8] == nil {
		return 0
	}
	return s.pages[r>>8][r&255]
}

// Subset returns a subset with the characters that are given and nothing else.
// Characters that the face lacks are left out; order and repetition do not
// matter. Hinting is dropped: print and today's screens do not use it, and it is
// a sixth of the bytes. There are errors only for a split face, where a file of
// outlines cannot be had; see [ParseSplit].
func (f *Face) Subset(runes []rune) (*Subset, error) {
	runes = slices.Clone(runes)
	slices.Sort(runes)
	runes = slices.Compact(runes)
	runes = slices.DeleteFunc(runes, func(r rune) bool { return !f.Has(r) })
	s := &Subset{Runes: runes, Widths: make([]int, len(runes))}

	// New glyph numbers: .notdef, the characters in their order, components.
	old := make([]int, 1, len(runes)+1)
	for i, r := range runes {
		old = append(old, f.glyph(r))
		s.Widths[i] = f.Width(r)
		if s.pages[r>>8] == nil {
			s.pages[r>>8] = new([256]uint16)
		}
		s.pages[r>>8][r&255] = uint16(i + 1)
	}
	components := map[int]int{}
	number := func(g int) int {
		n, ok := components[g]
		if !ok {
			n = len(old)
			components[g] = n
			old = append(old, g)
		}
		return n
	}
	size := 0
	for _, g := range old {
		outline, err := f.outline(g)
		if err != nil {
			return nil, err
		}
		size += len(outline) + 4
	}
	glyf := make([]byte, 0, size)
	offsets := make([]int, 0, len(old)+1)
	for i := 0; i < len(old); i++ { // old grows by the components
		offsets = append(offsets, len(glyf))
		outline, err := f.outline(old[i])
		if err != nil {
			return nil, err
		}
		glyf = appendOutline(glyf, outline, number)
		for len(glyf)%4 != 0 {
			glyf = append(glyf, 0)
		}
	}
	offsets = append(offsets, len(glyf))

	loca := make([]byte, 0, 4*len(offsets))
	for _, o := range offsets {
		loca = put32(loca, o)
	}
	hmtx := make([]byte, 0, 4*len(old))
	for _, g := range old {
		hmtx = put16(put16(hmtx, f.advance(g)), f.bearing(g))
	}
	head := []byte(f.tables["head"])
	copy(head[8:], []byte{0, 0, 0, 0}) // checksum, set below
	binary.BigEndian.PutUint16(head[50:], 1)
	hhea := []byte(f.tables["hhea"])
	binary.BigEndian.PutUint16(hhea[34:], uint16(len(old)))
	maxp := []byte(f.tables["maxp"])
	binary.BigEndian.PutUint16(maxp[4:], uint16(len(old)))
	binary.BigEndian.PutUint16(maxp[26:], 0) // no instructions

	s.Data = assemble([]fontTable{
		{"glyf", glyf}, {"head", head}, {"hhea", hhea}, {"hmtx", hmtx}, {"loca", loca}, {"maxp", maxp},
	})
	return s, nil
}

// appendOutline appends a glyph's outline without its instructions, with the
// components of a composite one numbered by number.
func appendOutline(out []byte, g string, number func(int) int) []byte {
	if len(g) < 10 {
		return out
	}
	if contours := i16(g, 0); contours >= 0 {
		at := 10 + 2*contours
		if len(g) < at+2 {
			return out
		}
		out = append(append(out, g[:at]...), 0, 0)
		return append(out, g[min(len(g), at+2+u16(g, at)):]...)
	}
	out = append(out, g[:10]...)
	for at := 10; at+4 <= len(g); {
		flags := u16(g, at)
		n := 6
		if flags&argsAreWords != 0 {
			n = 8
		}
		switch {
		case flags&haveScale != 0:
			n += 2
		case flags&haveXYScale != 0:
			n += 4
		case flags&haveTwoByTwo != 0:
			n += 8
		}
		if at+n > len(g) {
			break
		}
		out = put16(out, flags&^haveInstructions)
		out = put16(out, number(u16(g, at+2)))
		out = append(out, g[at+4:at+n]...)
		if flags&moreComponents == 0 {
			break
		}
		at += n
	}
	return out
}

type fontTable struct {
	tag  string
	data []byte
}

// assemble writes the tables, which are sorted by tag, behind a directory.
func assemble(tables []fontTable) []byte {
	n := len(tables)
	log := bits.Len(uint(n)) - 1
	size := 12 + 16*n
	for _, t := range tables {
		size += (len(t.data) + 3) &^ 3
	}
	out := make([]byte, 0, size)
	out = put32(out, 0x00010000)
	for _, v := range []int{n, 16 << log, log, 16*n - 16<<log} {
		out = put16(out, v)
	}
	at, head := 12+16*n, 0
	for _, t := range tables {
		if t.tag == "head" {
			head = at
		}
		out = append(out, t.tag...)
		out = put32(put32(put32(out, int(checksum(t.data))), at), len(t.data))
		at += (len(t.data) + 3) &^ 3
	}
	for _, t := range tables {
		out = append(out, t.data...)
		for len(out)%4 != 0 {
			out = append(out, 0)
		}
	}
	binary.BigEndian.PutUint32(out[head+8:], 0xB1B0AFBA-checksum(out))
	return out
}

// checksum is the sum of a table's 32-bit words (OpenType 1.9, table directory).
func checksum(b []byte) uint32 {
	var sum uint32
	for ; len(b) >= 4; b = b[4:] {
		sum += binary.BigEndian.Uint32(b)
	}
	if len(b) > 0 {
		var last [4]byte
		copy(last[:], b)
		sum += binary.BigEndian.Uint32(last[:])
	}
	return sum
}
