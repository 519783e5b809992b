package document

import (
	"hash/crc32"
	"math"
	"slices"
	"strconv"
	"strings"
	"unicode/utf16"

	"riskguide/render/pdf/font"
	"riskguide/render/pdf/pdffile"
)

// writer writes laid-out pages as PDF.
type writer struct {
	*pdffile.Writer
	cfg     *Config
	c       *composer
	subsets [font.Weights]*font.Subset
	pages   []pdffile.Ref
	fonts   [font.Weights]pdffile.Ref
}

// write returns the pages of c as PDF.
func write(cfg *Config, c *composer) ([]byte, error) {
	w := &writer{Writer: pdffile.New(), cfg: cfg, c: c}
	catalog, info, tree, resources := w.Reserve(), w.Reserve(), w.Reserve(), w.Reserve()
	for range c.pages {
		w.pages = append(w.pages, w.Reserve())
	}
	for i, runes := range c.runes() {
		s, err := c.ts.faces[i].Subset(runes)
		if err != nil {
			return nil, err
		}
		w.subsets[i] = s
		w.fonts[i] = w.font(c.ts.faces[i], w.subsets[i])
	}
	w.Object(resources, func(b []byte) []byte {
		b = append(b, "<</Font<<"...)
		for i, f := range w.fonts {
			b = pdffile.AppendRef(append(b, "/F"+strconv.Itoa(i)+" "...), f)
		}
		return append(b, ">>>>"...)
	})
	w.writePages(tree, resources)
	outline := w.outline()
	metadata := w.Reserve()
	w.Plain(metadata, "/Type/Metadata/Subtype/XML", w.xmp())
	w.Object(catalog, func(b []byte) []byte {
		b = pdffile.AppendRef(append(b, "<</Type/Catalog/Pages "...), tree)
		b = pdffile.AppendRef(append(b, "/Metadata "...), metadata)
		if cfg.Lang != "" {
			b = pdffile.AppendText(append(b, "/Lang"...), string(cfg.Lang))
		}
		if outline != 0 {
			b = pdffile.AppendRef(append(b, "/PageMode/UseOutlines/Outlines "...), outline)
		}
		return append(b, "/ViewerPreferences<</DisplayDocTitle true>>>>"...)
	})
	w.Object(info, func(b []byte) []byte {
		b = append(b, "<<"...)
		for _, e := range [][2]string{{"Title", cfg.Title}, {"Author", cfg.Author}, {"Subject", cfg.Subject},
			{"Keywords", cfg.Keywords}, {"Creator", cfg.Creator}, {"Producer", cfg.Creator}} {
			if e[1] != "" {
				b = pdffile.AppendText(append(b, "/"+e[0]...), e[1])
			}
		}
		b = pdffile.AppendDate(append(b, "/CreationDate"...), cfg.Date)
		b = pdffile.AppendDate(append(b, "/ModDate"...), cfg.Date)
		return append(b, ">>"...)
	})
	return w.Finish(catalog, info), nil
}

// runes returns the characters that the document draws in each weight, sorted.
func (c *composer) runes() [font.Weights][]rune {
	const pages = 0x110000 >> 8
	var used [font.Weights][pages]*[256]bool
	for _, p := range c.pages {
		for i := range p.Ops {
			op := &p.Ops[i]
			if op.Kind != OpText {
				continue
			}
			for _, r := range op.Text {
				page := &used[op.Look.weight][r>>8]
				if *page == nil {
					*page = new([256]bool)
				}
				(*page)[r&255] = true
			}
		}
	}
	var out [font.Weights][]rune
	for w := range used {
		for hi, p := range used[w] {
			if p == nil {
				continue
			}
			for lo, yes := range p {
				if yes {
					out[w] = append(out[w], rune(hi<<8|lo))
				}
			}
		}
	}
	return out
}

// font writes a font that is addressed by the glyph numbers of its subset (9.7).
func (w *writer) font(face *font.Face, s *font.Subset) pdffile.Ref {
	name := subsetTag(s.Data) + "+" + face.Name()
	top, descendant, descriptor, file, unicode := w.Reserve(), w.Reserve(), w.Reserve(), w.Reserve(), w.Reserve()
	w.Object(top, func(b []byte) []byte {
		b = append(b, "<</Type/Font/Subtype/Type0/Encoding/Identity-H/BaseFont/"+name+"/DescendantFonts["...)
		b = pdffile.AppendRef(b, descendant)
		b = pdffile.AppendRef(append(b, "]/ToUnicode "...), unicode)
		return append(b, ">>"...)
	})
	w.Object(descendant, func(b []byte) []byte {
		b = append(b, "<</Type/Font/Subtype/CIDFontType2/CIDToGIDMap/Identity/BaseFont/"+name...)
		b = append(b, "/CIDSystemInfo<</Registry(Adobe)/Ordering(Identity)/Supplement 0>>/FontDescriptor "...)
		b = pdffile.AppendRef(b, descriptor)
		b = append(b, "/DW 1000/W["...)
		open := false // most kanji are an em wide and need no entry
		for i, width := range s.Widths {
			switch {
			case width == 1000 && open:
				b = append(b, ']')
				open = false
			case width != 1000 && !open:
				b = append(strconv.AppendInt(b, int64(i+1), 10), '[')
				open = true
			case width != 1000:
				b = append(b, ' ')
			}
			if width != 1000 {
				b = strconv.AppendInt(b, int64(width), 10)
			}
		}
		if open {
			b = append(b, ']')
		}
		return append(b, "]>>"...)
	})
	w.Object(descriptor, func(b []byte) []byte {
		m := face.Metrics()
		b = append(b, "<</Type/FontDescriptor/Flags 4/ItalicAngle 0/FontName/"+name+"/FontBBox["...)
		for _, v := range m.Box {
			b = strconv.AppendInt(append(b, ' '), int64(v), 10)
		}
		b = append(b, ']')
		for _, e := range []struct {
			key   string
			value int
		}{{"Ascent", m.Ascent}, {"Descent", m.Descent}, {"CapHeight", m.CapHeight}, {"StemV", m.StemV}} {
			b = strconv.AppendInt(append(b, "/"+e.key+" "...), int64(e.value), 10)
		}
		b = pdffile.AppendRef(append(b, "/FontFile2 "...), file)
		return append(b, ">>"...)
	})
	w.Stream(file, "/Length1 "+strconv.Itoa(len(s.Data)), s.Data)
	w.Stream(unicode, "", toUnicode(s))
	return top
}

// subsetTag returns six letters that differ between different subsets (9.6.4).
func subsetTag(subset []byte) string {
	h := crc32.ChecksumIEEE(subset)
	tag := make([]byte, 6)
	for i := range tag {
		tag[i] = 'A' + byte(h%26)
		h /= 26
	}
	return string(tag)
}

// toUnicode returns the map from glyphs to characters, for search and copying
// (9.10.3).
func toUnicode(s *font.Subset) []byte {
	b := []byte("/CIDInit/ProcSet findresource begin\n12 dict begin\nbegincmap\n" +
		"/CIDSystemInfo<</Registry(Adobe)/Ordering(UCS)/Supplement 0>>def\n" +
		"/CMapName/Adobe-Identity-UCS def\n/CMapType 2 def\n" +
		"1 begincodespacerange\n<0000><FFFF>\nendcodespacerange\n")
	glyph := 1
	for part := range slices.Chunk(s.Runes, 100) { // at most 100 in a row
		b = strconv.AppendInt(b, int64(len(part)), 10)
		b = append(b, " beginbfchar\n"...)
		for _, r := range part {
			b = pdffile.AppendHex(append(b, '<'), uint16(glyph))
			b = append(b, "><"...)
			if r < 0x10000 {
				b = pdffile.AppendHex(b, uint16(r))
			} else {
				hi, lo := utf16.EncodeRune(r)
				b = pdffile.AppendHex(pdffile.AppendHex(b, uint16(hi)), uint16(lo))
			}
			b = append(b, ">\n"...)
			glyph++
		}
		b = append(b, "endbfchar\n"...)
	}
	return append(b, "endcmap\nCMapName currentdict/CMap defineresource pop\nend\nend\n"...)
}

// writePages writes the pages, their links and the page tree.
func (w *writer) writePages(tree, resources pdffile.Ref) {
	// A page tree of one level is slow to open when there are thousands of
	// pages (7.7.3.2).
	const fan = 64
	var nodes []pdffile.Ref
	for part := range slices.Chunk(w.pages, fan) {
		node := tree
		if len(w.pages) > fan {
			node = w.Reserve()
			nodes = append(nodes, node)
			w.node(node, tree, part, len(part))
		} else {
			w.node(tree, 0, part, len(part))
		}
		for _, ref := range part {
			w.page(ref, node, resources, w.c.pages[ref-w.pages[0]])
		}
	}
	if nodes != nil {
		w.node(tree, 0, nodes, len(w.pages))
	}
}

// node writes a node of the page tree.
func (w *writer) node(ref, parent pdffile.Ref, kids []pdffile.Ref, count int) {
	w.Object(ref, func(b []byte) []byte {
		b = append(b, "<</Type/Pages/Count "...)
		b = strconv.AppendInt(b, int64(count), 10)
		if parent != 0 {
			b = pdffile.AppendRef(append(b, "/Parent "...), parent)
		} else {
			b = append(b, "/MediaBox[0 0"...)
			b = append(pdffile.AppendNumbers(b, pageWidth, pageHeight), ']')
		}
		b = append(b, "/Kids["...)
		for i, k := range kids {
			if i > 0 {
				b = append(b, ' ')
			}
			b = pdffile.AppendRef(b, k)
		}
		return append(b, "]>>"...)
	})
}

// page writes a page, its content and its links.
func (w *writer) page(ref, parent, resources pdffile.Ref, p *Page) {
	content := w.Reserve()
	w.Object(ref, func(b []byte) []byte {
		b = pdffile.AppendRef(append(b, "<</Type/Page/Parent "...), parent)
		b = pdffile.AppendRef(append(b, "/Resources "...), resources)
		b = pdffile.AppendRef(append(b, "/Contents "...), content)
		first := true
		for i := range p.Ops {
			op := &p.Ops[i]
			if op.Kind != OpLink {
				continue
			}
			id, internal := strings.CutPrefix(op.Text, "#")
			to, known := w.c.places[id]
			if internal && !known {
				continue
			}
			if first {
				b = append(b, "/Annots["...)
				first = false
			}
			b = append(b, "<</Type/Annot/Subtype/Link/F 4/Border[0 0 0]/Rect["...)
			b = pdffile.AppendNumbers(b, op.X, pageHeight-op.Y-op.H, op.X+op.W, pageHeight-op.Y)
			b = append(b, ']')
			if internal {
				b = w.destination(append(b, "/Dest"...), to)
			} else {
				b = append(b, "/A<</S/URI/URI"...)
				b = append(pdffile.AppendString(b, ascii(op.Text)), ">>"...)
			}
			b = append(b, ">>"...)
		}
		if !first {
			b = append(b, ']')
		}
		return append(b, ">>"...)
	})
	w.Stream(content, "", w.content(p))
}

// ascii returns an address with what is not ASCII escaped (7.9.2: a URI is ASCII).
func ascii(s string) string {
	var b []byte
	for i := range len(s) {
		if s[i] > ' ' && s[i] < 0x7F {
			b = append(b, s[i])
		} else {
			b = append(b, '%', "0123456789ABCDEF"[s[i]>>4], "0123456789ABCDEF"[s[i]&15])
		}
	}
	return string(b)
}

// destination appends where a link or bookmark leads: a little above the place.
func (w *writer) destination(b []byte, to place) []byte {
	b = pdffile.AppendRef(append(b, '['), w.pages[to.page-1])
	b = append(b, "/XYZ null"...)
	b = pdffile.AppendNumbers(b, pageHeight-max(0, to.y-2*mm))
	return append(b, " null]"...)
}

// content returns the drawing commands of a page (8, 9.4).
func (w *writer) content(p *Page) []byte {
	b := make([]byte, 0, 64*len(p.Ops))
	var face look
	fill, stroke := NoColor, NoColor
	thick := float32(-1)
	dashed, inText := false, false
	endText := func() {
		if inText {
			b = append(b, "ET\n"...)
			inText = false
		}
	}
	setFill := func(c Color) {
		if c != fill {
			b = append(appendColor(b, c), " rg\n"...)
			fill = c
		}
	}
	setStroke := func(op *Op) {
		if op.Color != stroke {
			b = append(appendColor(b, op.Color), " RG\n"...)
			stroke = op.Color
		}
		if op.LineWidth != thick {
			b = append(pdffile.AppendNumber(b, op.LineWidth), " w\n"...)
			thick = op.LineWidth
		}
		if op.Dashed != dashed {
			dashed = op.Dashed
			if dashed {
				b = append(b, "[1 2] 0 d\n"...)
			} else {
				b = append(b, "[] 0 d\n"...)
			}
		}
	}
	for i := range p.Ops {
		op := &p.Ops[i]
		switch op.Kind {
		case OpText:
			if op.Text == "" {
				continue
			}
			setFill(op.Color)
			if !inText {
				b = append(b, "BT\n"...)
				inText = true
			}
			if op.Look.size != face.size || op.Look.weight != face.weight {
				face = op.Look
				b = append(b, "/F"+strconv.Itoa(int(face.weight))...)
				b = append(pdffile.AppendNumbers(b, face.size), " Tf\n"...)
			}
			b = append(b, "1 0 0 1"...)
			b = pdffile.AppendNumbers(b, op.X, pageHeight-op.Y)
			b = append(b, " Tm("...)
			sub := w.subsets[op.Look.weight]
			for _, r := range op.Text {
				g := sub.Glyph(r)
				b = appendByte(appendByte(b, byte(g>>8)), byte(g))
			}
			b = append(b, ")Tj\n"...)
		case OpBox:
			endText()
			how := " re f\n"
			if op.Fill != NoColor {
				setFill(op.Fill)
			}
			if op.Color != NoColor {
				setStroke(op)
				how = " re B\n"
				if op.Fill == NoColor {
					how = " re S\n"
				}
			} else if op.Fill == NoColor {
				continue
			}
			b = pdffile.AppendNumbers(b, op.X, pageHeight-op.Y-op.H, op.W, op.H)
			b = append(b, how...)
		case OpLine:
			endText()
			setStroke(op)
			b = append(pdffile.AppendNumbers(b, op.X, pageHeight-op.Y), " m"...)
			b = append(pdffile.AppendNumbers(b, op.X+op.W, pageHeight-op.Y-op.H), " l S\n"...)
		}
	}
	endText()
	return b
}

// appendByte appends a byte of a string.
func appendByte(b []byte, c byte) []byte {
	switch c {
	case '(', ')', '\\':
		return append(b, '\\', c)
	case '\r':
		return append(b, '\\', 'r')
	}
	return append(b, c)
}

// appendColor appends the components of a colour from 0 to 1.
func appendColor(b []byte, c Color) []byte {
	for i, shift := range []int{16, 8, 0} {
		if i > 0 {
			b = append(b, ' ')
		}
		v := math.Round(float64(c>>shift&255)/255*1000) / 1000
		b = strconv.AppendFloat(b, v, 'f', -1, 64)
	}
	return b
}

// outline writes the bookmarks and returns the number of their root, or 0 if
// there are none (12.3.3).
func (w *writer) outline() pdffile.Ref {
	entries := w.c.outline
	if len(entries) == 0 {
		return 0
	}
	root := w.Reserve()
	refs := make([]pdffile.Ref, len(entries))
	for i := range refs {
		refs[i] = w.Reserve()
	}
	type links struct{ parent, prev, next, first, last, kids int }
	ls := make([]links, len(entries))
	top := links{first: -1, last: -1}
	var path []int // the open entry of each level
	for i, e := range entries {
		level := min(e.level, len(path))
		path = path[:level]
		l := &top
		if level > 0 {
			l = &ls[path[level-1]]
		}
		ls[i] = links{parent: -1, prev: l.last, next: -1, first: -1, last: -1}
		if level > 0 {
			ls[i].parent = path[level-1]
		}
		if l.last >= 0 {
			ls[l.last].next = i
		} else {
			l.first = i
		}
		l.last = i
		l.kids++
		path = append(path, i)
	}
	ref := func(b []byte, key string, i int) []byte {
		if i < 0 {
			return b
		}
		return pdffile.AppendRef(append(b, "/"+key+" "...), refs[i])
	}
	w.Object(root, func(b []byte) []byte {
		b = append(b, "<</Type/Outlines/Count "...)
		b = strconv.AppendInt(b, int64(top.kids), 10)
		b = ref(ref(b, "First", top.first), "Last", top.last)
		return append(b, ">>"...)
	})
	for i, e := range entries {
		w.Object(refs[i], func(b []byte) []byte {
			b = pdffile.AppendText(append(b, "<</Title"...), e.title)
			l := ls[i]
			if l.parent < 0 {
				b = pdffile.AppendRef(append(b, "/Parent "...), root)
			}
			b = ref(b, "Parent", l.parent)
			b = ref(ref(b, "Prev", l.prev), "Next", l.next)
			b = ref(ref(b, "First", l.first), "Last", l.last)
			if l.kids > 0 { // closed
				b = strconv.AppendInt(append(b, "/Count "...), int64(-l.kids), 10)
			}
			b = w.destination(append(b, "/Dest"...), e.at)
			return append(b, ">>"...)
		})
	}
	return root
}

// xmp returns the properties as XMP (14.3.2).
func (w *writer) xmp() []byte {
	esc := strings.NewReplacer("&", "&amp;", "<", "&lt;", ">", "&gt;")
	cfg := w.cfg
	var b strings.Builder
	b.WriteString("<?xpacket begin=\"\uFEFF\" id=\"W5M0MpCehiHzreSzNTczkc9d\"?>\n" +
		`<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">` +
		`<rdf:Description rdf:about="" xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:xmp="http://ns.adobe.com/xap/1.0/" xmlns:pdf="http://ns.adobe.com/pdf/1.3/">` + "\n")
	put := func(tag, open, value, end string) {
		if value != "" {
			b.WriteString("<" + tag + ">" + open + esc.Replace(value) + end + "</" + tag + ">\n")
		}
	}
	alt, altEnd := `<rdf:Alt><rdf:li xml:lang="x-default">`, "</rdf:li></rdf:Alt>"
	put("dc:title", alt, cfg.Title, altEnd)
	put("dc:description", alt, cfg.Subject, altEnd)
	put("dc:creator", "<rdf:Seq><rdf:li>", cfg.Author, "</rdf:li></rdf:Seq>")
	put("dc:language", "<rdf:Bag><rdf:li>", string(cfg.Lang), "</rdf:li></rdf:Bag>")
	put("pdf:Keywords", "", cfg.Keywords, "")
	put("pdf:Producer", "", cfg.Creator, "")
	put("xmp:CreatorTool", "", cfg.Creator, "")
	date := cfg.Date.UTC().Format("2006-01-02T15:04:05Z")
	put("xmp:CreateDate", "", date, "")
	put("xmp:ModifyDate", "", date, "")
	b.WriteString("</rdf:Description></rdf:RDF></x:xmpmeta>\n<?xpacket end=\"r\"?>")
	return []byte(b.String())
}
