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

// Subset returns a TrueType font with the glyphs of the characters that are
// given, and their components, and nothing else. Characters that the face lacks
// are left out; order and repetition do not matter. Hinting is dropped: print
// and today's screens do not use it, and it is a good part of the bytes.
func (f *Face) Subset(runes []rune) []byte {
	runes = slices.Clone(runes)
	slices.Sort(runes)
	runes = slices.Compact(runes)
	runes = slices.DeleteFunc(runes, func(r rune) bool { return !f.Has(r) })

	// New glyph numbers: .notdef, the characters in their order, components.
	old := make([]int, 1, len(runes)+1)
	number := make(map[int]int, len(runes)+1)
	number[0] = 0
	add := func(g int) int {
		if n, ok := number[g]; ok {
			return n
		}
		number[g] = len(old)
		old = append(old, g)
		return number[g]
	}
	for _, r := range runes {
		add(int(f.glyphs[r]))
	}
	size := 0
	for _, g := range old {
		size += len(f.outline(g)) + 4
	}
	glyf := make([]byte, 0, size)
	offsets := make([]int, 0, len(old)+1)
	for i := 0; i < len(old); i++ { // old grows by the components
		offsets = append(offsets, len(glyf))
		glyf = appendOutline(glyf, f.outline(old[i]), add)
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
	post := []byte(f.tables["post"][:32])
	binary.BigEndian.PutUint32(post, 0x00030000) // no glyph names

	return assemble([]fontTable{
		{"OS/2", []byte(f.tables["OS/2"])},
		{"cmap", appendCmap(nil, runes, func(r rune) int { return number[int(f.glyphs[r])] })},
		{"glyf", glyf},
		{"head", head},
		{"hhea", hhea},
		{"hmtx", hmtx},
		{"loca", loca},
		{"maxp", maxp},
		{"name", []byte{0, 0, 0, 0, 0, 6}}, // no names: the PDF carries it
		{"post", post},
	})
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

// appendCmap appends a cmap table with one subtable of format 4, whose segments
// are the runs of neighbouring characters with neighbouring glyphs.
func appendCmap(out []byte, runes []rune, glyph func(rune) int) []byte {
	type segment struct{ start, end, delta int }
	var segs []segment
	for _, r := range runes {
		c, d := int(r), glyph(r)-int(r)
		if n := len(segs) - 1; n >= 0 && segs[n].end+1 == c && segs[n].delta == d {
			segs[n].end = c
			continue
		}
		segs = append(segs, segment{c, c, d})
	}
	segs = append(segs, segment{0xFFFF, 0xFFFF, 1})
	n := len(segs)
	log := bits.Len(uint(n)) - 1
	for _, v := range []int{0, 1, 3, 1, 0, 12, 4, 16 + 8*n, 0, 2 * n, 2 << log, log, 2*n - 2<<log} {
		out = put16(out, v)
	}
	for _, s := range segs {
		out = put16(out, s.end)
	}
	out = put16(out, 0)
	for _, s := range segs {
		out = put16(out, s.start)
	}
	for _, s := range segs {
		out = put16(out, s.delta)
	}
	for range segs {
		out = put16(out, 0)
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
