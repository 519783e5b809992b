package document

import "strings"

// Rect is a rectangle on a page in points, from the upper left corner.
type Rect struct{ X, Y, W, H float32 }

// Kind tells what an [Op] draws.
type Kind uint8

// The kinds of drawing commands.
const (
	OpText   Kind = iota // Text at X, baseline Y, W wide
	OpBox                // rectangle, filled with Fill and outlined with Color, each if not none
	OpLine               // from X, Y by W, H
	OpLink               // rectangle that links to Text
	OpPageOf             // as OpText, the number of the page of the place Text; W is its room, and it ends at the right of it
)

// NoColor leaves a fill or outline out.
const NoColor Color = 1 << 31

// Op is a drawing command. All that is on a page is a list of them, so that a
// test can see where everything stands; see [Document.Pages].
type Op struct {
	Kind       Kind
	Look       look
	X, Y, W, H float32
	Text       string
	Fill       Color
	Color      Color
	LineWidth  float32
	Dashed     bool
	// Box is the index in Page.Boxes of the box that the text must not
	// leave.
	Box int32
}

// Size returns the size of an OpText's characters in points.
func (o *Op) Size() float32 { return o.Look.size }

// Page is a laid-out page.
type Page struct {
	Ops []Op
	// Boxes holds the room of each cell or column: every text stands in one.
	Boxes   []Rect
	section string
	bare    bool // without header and footer
}

// box adds a box and returns its index.
func (p *Page) box(r Rect) int32 {
	p.Boxes = append(p.Boxes, r)
	return int32(len(p.Boxes) - 1)
}

// line draws a set line whose top is at y, in the room of width w at x.
func (p *Page) line(l *line, x, y, w float32, box int32) {
	x += l.indent
	switch l.align {
	case Center:
		x += (w - l.indent - l.w) / 2
	case Right:
		x += w - l.indent - l.w
	}
	base := y + l.ascent
	for i := range l.segs {
		s := &l.segs[i]
		if s.look.code {
			p.Ops = append(p.Ops, Op{Kind: OpBox, X: x + s.x, Y: base - s.look.size*0.9, W: s.w, H: s.look.size * 1.08, Fill: 0xEDEFF2, Color: NoColor, Box: box})
		}
		op := Op{Kind: OpText, Look: s.look, X: x + s.x, Y: base, W: s.w, Text: s.text, Color: s.look.color, Box: box}
		if s.pageOf != "" {
			op.Kind, op.Text = OpPageOf, s.pageOf
		}
		p.Ops = append(p.Ops, op)
		if s.link != "" {
			p.Ops = append(p.Ops, Op{Kind: OpLink, X: x + s.x, Y: y, W: s.w, H: l.leading, Text: s.link, Box: box})
		}
	}
}

// lines draws lines one below the other and returns where they end.
func (p *Page) lines(ls []line, x, y, w float32, box int32) float32 {
	for i := range ls {
		if i > 0 {
			y += ls[i].gap
		}
		p.line(&ls[i], x, y, w, box)
		y += ls[i].leading
	}
	return y
}

// linesHeight is the room that lines need one below the other.
func linesHeight(ls []line) float32 {
	var h float32
	for i := range ls {
		h += ls[i].leading
		if i > 0 {
			h += ls[i].gap
		}
	}
	return h
}

// place is where a link leads.
type place struct {
	page int // from 1
	y    float32
}

// entry is a line of the outline (bookmarks).
type entry struct {
	level int
	title string
	at    place
}

// frame is a column of text on a page.
type frame struct{ x, w float32 }

// composer lays blocks out on pages.
type composer struct {
	doc     *Document
	ts      *typesetter
	pages   []*Page
	page    *Page
	frames  []frame // columns of the pages
	frame   int     // current column
	top     float32 // of the columns
	bottom  float32
	y       float32 // where the next block goes
	fresh   bool    // nothing stands in the column yet
	section string
	places  map[string]place
	outline []entry
	box     int32 // box of the current column
}

// newPage begins a page.
func (c *composer) newPage() {
	// Most pages of a guide have some hundred commands.
	n := 64
	if c.page != nil {
		n = len(c.page.Ops) + len(c.page.Ops)/4
	}
	c.page = &Page{Ops: make([]Op, 0, n), section: c.section}
	c.pages = append(c.pages, c.page)
	c.frame = 0
	c.top, c.bottom = marginTop, pageBottom
	c.beginFrame()
}

func (c *composer) beginFrame() {
	c.y, c.fresh = c.top, true
	f := c.frames[c.frame]
	c.box = c.page.box(Rect{f.x, c.top, f.w, c.bottom - c.top})
}

// advance goes to the next column, or to the next page behind the last.
func (c *composer) advance() {
	if c.page == nil || c.frame+1 >= len(c.frames) {
		c.newPage()
		return
	}
	c.frame++
	c.beginFrame()
}

// room is the height that is left in the column.
func (c *composer) room() float32 { return c.bottom - c.y }

// need goes to the next column unless there is room for h points, or the column
// is fresh.
func (c *composer) need(h float32) {
	if c.page == nil || !c.fresh && c.room() < h {
		c.advance()
	}
}

// skip leaves a gap unless the column is fresh.
func (c *composer) skip(h float32) {
	if !c.fresh {
		c.y += h
	}
}

// width is the width of the column.
func (c *composer) width() float32 { return c.frames[c.frame].w }

// x is the left end of the column.
func (c *composer) x() float32 { return c.frames[c.frame].x }

// mark makes y on the current page the place with the id.
func (c *composer) mark(id string, y float32) {
	if id == "" {
		return
	}
	if _, ok := c.places[id]; !ok {
		c.places[id] = place{len(c.pages), y}
	}
}

// startHeight is the height of the lines that stay together at the start of a
// paragraph: all of a short one, two of a longer one.
func startHeight(ls []line) float32 {
	if len(ls) < 4 {
		return linesHeight(ls)
	}
	return linesHeight(ls[:2])
}

// flow draws lines in the column, over as many columns and pages as they take.
// No column holds the first or the last line alone where that can be helped.
func (c *composer) flow(ls []line, indent float32) {
	for i := range ls {
		h := ls[i].leading
		if i > 0 {
			h += ls[i].gap
		}
		switch {
		case i == 0:
			c.need(startHeight(ls))
		case i == len(ls)-2 && i > 1:
			c.need(h + ls[i+1].height())
		default:
			c.need(h)
		}
		if !c.fresh && i > 0 {
			c.y += ls[i].gap
		}
		c.page.line(&ls[i], c.x()+indent, c.y, c.width()-indent, c.box)
		c.y += ls[i].leading
		c.fresh = false
	}
}

// pageOf returns the page of a place, 0 if it is not known (yet).
func (c *composer) pageOf(id string) int {
	return c.places[strings.TrimPrefix(id, "#")].page
}
