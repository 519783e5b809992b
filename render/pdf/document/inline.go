package document

import (
	"strconv"
	"strings"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"

	"riskguide/catalog"
	"riskguide/render/pdf/font"
	"riskguide/render/pdf/linebreak"
)

// Color is 0xRRGGBB.
type Color uint32

// The colours that a document uses for its own parts.
const (
	Black  Color = 0x1A1A1A // text
	Muted  Color = 0x5F6670 // what matters less: ids, notes, page headers
	Accent Color = 0x1F4E79 // links, headings
	Rule   Color = 0xB4BAC2 // borders
	Shade  Color = 0xE8EDF3 // header cells
	Light  Color = 0xF5F7F9 // row headers
	White  Color = 0xFFFFFF
)

// Span is a piece of running text in one look.
type Span struct {
	Text string
	// Bold and Code choose the look; Small sets 80 % of the size; Color, if
	// not zero, replaces the colour of the text around.
	Bold, Code, Small bool
	Color             Color
	// Link makes the span a link: to a place in the document if it begins
	// with "#" (see [Document.Heading] and [Cell]), else to an address. A
	// link to a place that the document lacks is left out.
	Link string
	// PageOf, if not empty, puts the number of the page on which the place
	// stands where Text would be.
	PageOf string
	// Pos is where the text comes from, for reports of missing characters.
	Pos catalog.Position
}

// Inline is running text.
type Inline []Span

// Plain returns running text in one look.
func Plain(s string) Inline { return Inline{{Text: s}} }

// Strong returns running text in bold.
func Strong(s string) Inline { return Inline{{Text: s, Bold: true}} }

// Text returns the characters of the running text.
func (in Inline) Text() string {
	var b strings.Builder
	for _, s := range in {
		b.WriteString(s.Text)
	}
	return b.String()
}

// Align says where a line stands in its room.
type Align uint8

// The alignments of lines.
const (
	Left Align = iota
	Center
	Right
)

// Style is how a paragraph is set. Sizes are in points.
type Style struct {
	Size    float32 // of the characters
	Leading float32 // from one baseline to the next
	Bold    bool
	Color   Color
	Align   Align
}

// look is how the characters of a segment are drawn.
type look struct {
	size   float32
	color  Color
	weight font.Weight
	code   bool
}

// segment is a run of characters of one look in a line.
type segment struct {
	text   string
	x, w   float32 // from the left end of the line, in points
	look   look
	link   string
	pageOf string // if not empty, text is set when the page is known
}

// line is one set line.
type line struct {
	segs    []segment
	w       float32 // of its characters
	indent  float32
	leading float32
	gap     float32 // additional room above, except at the top of a column or cell
	item    bool    // begins a paragraph or list item: a good place to break before
	align   Align
	ascent  float32 // from the top of the leading to the baseline
}

// height is the room that the line needs, gap included.
func (l *line) height() float32 { return l.gap + l.leading }

// substitute stands for a character that the font lacks (geta mark, as printers
// set it).
const substitute = '〓'

// Missing is a character that the font lacks, with the place of the text in
// which it was met first.
type Missing struct {
	Rune rune
	Pos  catalog.Position
}

// typesetter sets running text into lines. It is not safe for concurrent use.
type typesetter struct {
	faces   font.Faces
	missing []Missing
	seen    map[rune]bool
	page    func(place string) int // number of the page of a place, 0 if not known

	// Buffers that are used again for each paragraph.
	widths []int32
	breaks []linebreak.Break
	looks  []look
	ends   []int // byte offset behind each span
}

// newTypesetter returns one for the faces, or for the built-in ones if nil.
func newTypesetter(faces *font.Faces) (*typesetter, error) {
	ts := &typesetter{seen: map[rune]bool{}, page: func(string) int { return 0 }}
	if faces != nil {
		ts.faces = *faces
		return ts, nil
	}
	var err error
	ts.faces, err = font.BuiltIn()
	return ts, err
}

// looks of spans within a paragraph's style.
func (s Style) look(sp *Span) look {
	l := look{size: s.Size, color: s.Color, code: sp.Code}
	if s.Bold || sp.Bold {
		l.weight = font.Bold
	}
	if sp.Small {
		l.size *= 0.8
	}
	if sp.Color != 0 {
		l.color = sp.Color
	}
	return l
}

// pageRoom is what a page number is set with while the page is not known.
const pageRoom = "000"

// set appends the lines of a paragraph to dst. width is the room in points;
// first and rest are the indents of the first line and of the others.
func (ts *typesetter) set(dst []line, in Inline, st Style, width, first, rest float32) []line {
	text := ts.join(in, st)
	if text == "" {
		return dst
	}
	ts.breaks = linebreak.Opportunities(ts.breaks[:0], text)
	ends := linebreak.Lines(text, ts.widths, ts.breaks, milli(width-first), milli(width-rest))
	asc := ascent(st)
	at, char, span := 0, 0, 0
	for n, end := range ends {
		l := line{indent: rest, leading: st.Leading, align: st.Align, ascent: asc}
		if n == 0 {
			l.indent, l.item = first, true
		}
		// The bytes of the line, without the spaces at its end.
		from := at
		widthAt := char
		for ; char < end; char++ {
			_, size := utf8.DecodeRuneInString(text[at:])
			at += size
		}
		stop := from + len(strings.TrimRight(text[from:at], " 　"+lineSeparator))
		for from < stop {
			for ts.ends[span] <= from {
				span++
			}
			to := min(stop, ts.ends[span])
			seg := segment{text: text[from:to], look: ts.looks[span], link: in[span].Link, x: l.w}
			var w int32
			for range seg.text {
				w += ts.widths[widthAt]
				widthAt++
			}
			seg.w = float32(w) / 1000
			l.w += seg.w
			if in[span].PageOf != "" && seg.text == pageRoom && ts.page(in[span].PageOf) == 0 {
				seg.pageOf = in[span].PageOf
			}
			if strings.Contains(seg.text, zeroWidth) {
				seg.text = strings.ReplaceAll(seg.text, zeroWidth, "")
			}
			l.segs = append(l.segs, seg)
			from = to
		}
		dst = append(dst, l)
	}
	return dst
}

// longestWord returns the width of the widest part of a text that holds no place
// to break, in points.
func (ts *typesetter) longestWord(in Inline, st Style) float32 {
	text := ts.join(in, st)
	ts.breaks = linebreak.Opportunities(ts.breaks[:0], text)
	var longest, word int32
	i := 0
	for _, r := range text {
		if ts.breaks[i] != linebreak.Never {
			word = 0
		}
		word += ts.widths[i]
		if r != ' ' {
			longest = max(longest, word)
		}
		i++
	}
	return float32(longest) / 1000
}

// zeroWidth is a place to break that is not drawn.
const zeroWidth = "\u200b"

// LineSeparator ends a line within a paragraph.
const LineSeparator = lineSeparator

const lineSeparator = "\u2028"

// ascent returns the distance from the top of a line to its baseline, such that
// the characters stand in the middle of the leading. The typeface reaches 0.88
// above and 0.12 below the baseline.
func ascent(st Style) float32 { return (st.Leading-st.Size)/2 + 0.88*st.Size }

// milli turns points into the thousandths of a point in which widths are added
// up: integers, so that the same text breaks the same on every machine.
func milli(pt float32) int32 { return int32(pt * 1000) }

// join returns the characters of in as they can be drawn, and fills widths,
// looks and ends.
func (ts *typesetter) join(in Inline, st Style) string {
	ts.widths, ts.looks, ts.ends = ts.widths[:0], ts.looks[:0], ts.ends[:0]
	var text string
	var b strings.Builder
	for i := range in {
		sp := &in[i]
		s := sp.Text
		if sp.PageOf != "" {
			s = pageRoom
			if n := ts.page(sp.PageOf); n > 0 {
				s = strconv.Itoa(n)
			}
		}
		lk := st.look(sp)
		s = ts.drawable(s, ts.faces[lk.weight], sp.Pos)
		face, size := ts.faces[lk.weight], int32(lk.size*1000)
		for _, r := range s {
			ts.widths = append(ts.widths, int32(face.Width(r))*size/1000)
		}
		ts.looks = append(ts.looks, lk)
		if len(in) == 1 {
			text = s
		} else {
			b.WriteString(s)
			text = b.String()
		}
		ts.ends = append(ts.ends, len(text))
	}
	return text
}

// drawable returns s as the face can draw it: line breaks and tabs as spaces,
// invisible characters left out, a mark that is written behind its letter joined
// with it where the face has the joined form, and a geta mark for what the face
// lacks, which is noted.
func (ts *typesetter) drawable(s string, face *font.Face, pos catalog.Position) string {
	for i, r := range s {
		if !face.Has(r) || invisible(r) || mark(r) {
			return ts.redraw(s, i, face, pos)
		}
	}
	return s
}

func (ts *typesetter) redraw(s string, from int, face *font.Face, pos catalog.Position) string {
	b := make([]byte, from, len(s)+8)
	copy(b, s)
	for _, r := range s[from:] {
		switch {
		case r == '\u200b':
			b = append(b, zeroWidth...)
		case r == '\n' || r == '\t':
			b = append(b, ' ')
		case r == '\u2028':
			b = append(b, lineSeparator...)
		case invisible(r):
		case face.Has(r) && !mark(r):
			b = utf8.AppendRune(b, r)
		default:
			if last, size := utf8.DecodeLastRune(b); size > 0 {
				joined := norm.NFC.String(string(last) + string(r))
				if c, n := utf8.DecodeRuneInString(joined); n == len(joined) && face.Has(c) {
					b = utf8.AppendRune(b[:len(b)-size], c)
					continue
				}
			}
			if face.Has(r) {
				b = utf8.AppendRune(b, r)
				continue
			}
			if !ts.seen[r] {
				ts.seen[r] = true
				ts.missing = append(ts.missing, Missing{r, pos})
			}
			b = utf8.AppendRune(b, substitute)
		}
	}
	return string(b)
}

// mark reports whether a character is a mark that is commonly written behind its
// letter where one character has both: accents, and the voicing marks of kana.
func mark(r rune) bool { return 0x300 <= r && r <= 0x36F || r == 0x3099 || r == 0x309A }

// invisible reports whether a character has no shape of its own: controls, joiners,
// soft hyphens, byte order marks, variation selectors.
func invisible(r rune) bool {
	switch {
	case r < 0x20, 0x7F <= r && r < 0xA0, r == 0xAD:
		return true
	case 0x200B <= r && r <= 0x200F, 0x2028 <= r && r <= 0x202E, 0x2060 <= r && r <= 0x2064, r == 0xFEFF:
		return true
	case 0xFE00 <= r && r <= 0xFE0F, 0xE0100 <= r && r <= 0xE01EF:
		return true
	}
	return false
}
