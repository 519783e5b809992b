package font

import (
	"fmt"
	"sync"
)

// apartTag is the table of a split face that lists the glyphs whose outlines lie
// apart, in the order in which they lie there: number of the file, glyph and
// length, 16 bits each.
const apartTag = "aprt"

// restSize is about how large a file of rare outlines is.
const restSize = 128 << 10

// apart are outlines in other files, which are loaded when one is needed.
type apart struct {
	glyphs map[int]place
	sizes  []int // of the files

	mu    sync.Mutex
	load  func(n int) (string, error)
	files []string
}

// place is where an outline lies apart.
type place struct{ file, from, to int }

// outline returns an outline. After an error the next call tries again.
func (a *apart) outline(at place) (string, error) {
	a.mu.Lock()
	defer a.mu.Unlock()
	if a.files[at.file] == "" {
		data, err := a.load(at.file)
		if err != nil {
			return "", fmt.Errorf("rare characters: %w", err)
		}
		if want := a.sizes[at.file]; len(data) != want {
			return "", fmt.Errorf("rare characters: %w: %d bytes instead of %d", ErrFont, len(data), want)
		}
		a.files[at.file] = data
	}
	return a.files[at.file][at.from:at.to], nil
}

// Split returns the face as files that [ParseSplit] reads: one with everything
// that sets text and the outlines of the characters that common reports, and
// others with the outlines of all other characters. What subsets do not take over
// is left out: hinting, glyphs that no character has, tables for other purposes.
// Subsets of the split face are those of the face, byte for byte.
func (f *Face) Split(common func(rune) bool) (core string, rest []string, err error) {
	const (
		unused = iota
		rare
		often
	)
	use := make([]int, f.numGlyphs)
	outlines := make([][]byte, f.numGlyphs)
	// reach marks a glyph and its components, and cuts their hinting off.
	var reach func(g, how int)
	reach = func(g, how int) {
		if g >= f.numGlyphs || use[g] >= how || err != nil {
			return
		}
		use[g] = how
		outline, oerr := f.outline(g)
		if oerr != nil {
			err = oerr
			return
		}
		outlines[g] = appendOutline(nil, outline, func(c int) int {
			reach(c, how)
			return c
		})
		if len(outlines[g]) > 0xFFFF {
			err = fmt.Errorf("font %s: %w: glyph %d is too large", f.name, ErrFont, g)
		}
	}
	reach(0, often)
	var cmap []byte
	groups := 0
	for hi, page := range f.pages {
		if page == nil {
			continue
		}
		for lo, info := range page {
			if info.glyph == 0 {
				continue
			}
			r, g := rune(hi<<8|lo), int(info.glyph)
			how := rare
			if common(r) {
				how = often
			}
			reach(g, how)
			// A character that follows another with a glyph that follows
			// that one's belongs to its group.
			if n := len(cmap); n > 0 && u32(string(cmap[n-8:]), 0)+1 == int(r) &&
				u32(string(cmap[n-4:]), 0)+int(r)-u32(string(cmap[n-12:]), 0) == g {
				put := put32(nil, int(r))
				copy(cmap[n-8:], put)
				continue
			}
			cmap = put32(put32(put32(cmap, int(r)), int(r)), g)
			groups++
		}
	}
	if err != nil {
		return "", nil, err
	}
	// OpenType 1.9, cmap: one subtable of format 12 for Windows.
	head := put16(put16(nil, 0), 1)
	head = put32(put16(put16(head, 3), 10), 12)
	head = put32(put16(put16(head, 12), 0), 16+len(cmap))
	cmap = append(put32(put32(head, 0), groups), cmap...)

	var glyf, loca, list, file []byte
	for g, outline := range outlines {
		loca = put32(loca, len(glyf))
		switch {
		case len(outline) == 0:
		case use[g] == often:
			glyf = append(glyf, outline...)
		default:
			if len(file) > 0 && len(file)+len(outline) > restSize {
				rest = append(rest, string(file))
				file = nil
			}
			file = append(file, outline...)
			list = put16(put16(put16(list, len(rest)), g), len(outline))
		}
	}
	if len(file) > 0 {
		rest = append(rest, string(file))
	}
	loca = put32(loca, len(glyf))
	table := func(tag string) []byte { return []byte(f.tables[tag]) }
	fontHead := table("head")
	copy(fontHead[50:], []byte{0, 1}) // long offsets
	first := assemble([]fontTable{
		{"OS/2", table("OS/2")}, {apartTag, list}, {"cmap", cmap}, {"glyf", glyf}, {"head", fontHead}, {"hhea", table("hhea")},
		{"hmtx", table("hmtx")}, {"loca", loca}, {"maxp", table("maxp")},
	})
	return string(first), rest, nil
}

// ParseSplit reads the first file of [Face.Split]. The others are asked for by
// their numbers when a subset needs them, and kept. Rest may wait; it is not called
// again while it does.
func ParseSplit(name, core string, rest func(n int) (string, error)) (*Face, error) {
	f, err := Parse(name, core)
	if err != nil {
		return nil, err
	}
	a := &apart{glyphs: map[int]place{}, load: rest}
	for list := f.tables[apartTag]; len(list) >= 6; list = list[6:] {
		file := u16(list, 0)
		for len(a.sizes) <= file {
			a.sizes = append(a.sizes, 0)
		}
		from := a.sizes[file]
		a.sizes[file] += u16(list, 4)
		a.glyphs[u16(list, 2)] = place{file, from, a.sizes[file]}
	}
	a.files = make([]string, len(a.sizes))
	f.apart = a
	return f, nil
}
