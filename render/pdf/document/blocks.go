package document

import (
	"slices"
	"strconv"
	"strings"
)

// The styles of a document's parts.
var (
	bodyStyle     = Style{Size: 9.5, Leading: 16, Color: Black}
	noteStyle     = Style{Size: 8, Leading: 13, Color: Muted}
	pageHeadStyle = Style{Size: 7.5, Leading: 10, Color: Muted}
	headingStyles = []Style{
		{Size: 17, Leading: 25, Bold: true, Color: Accent},
		{Size: 12.5, Leading: 19, Bold: true, Color: Accent},
		{Size: 10.5, Leading: 17, Bold: true, Color: Black},
		{Size: 9.5, Leading: 16, Bold: true, Color: Black},
	}
)

// blockFunc is a block made of a function.
type blockFunc func(c *composer)

func (f blockFunc) layout(c *composer) { f(c) }

// NewPage begins a page, unless the current one is still empty.
func (d *Document) NewPage() {
	d.add(blockFunc(func(c *composer) {
		if c.page == nil || c.page.bare || c.frame > 0 || !c.fresh {
			c.newPage()
		}
	}))
}

// Space leaves h millimetres free, except at the top of a page.
func (d *Document) Space(h float32) {
	d.add(blockFunc(func(c *composer) {
		c.need(h * mm)
		c.skip(h * mm)
	}))
}

// HeadingOptions says what a heading does beside standing in the text.
type HeadingOptions struct {
	// ID names the place, for links.
	ID string
	// Section is what the head of the pages says from here on; empty for the
	// heading's own text at level 1, and for no change below it.
	Section string
	// Hidden puts the heading into contents and bookmarks only.
	Hidden bool
	// Contents and Bookmark replace the text there; empty for the heading's.
	Contents, Bookmark string
	// NotInContents leaves the heading out of the contents.
	NotInContents bool
	// Badge stands in a filled box before the text, such as the id of a risk.
	Badge string
	// BadgeColor is the colour of the badge and of a line below the heading.
	BadgeColor Color
	// Keep is the height in millimetres that must be left below the heading
	// on its page; 0 for some lines of text or rows of a table.
	Keep float32
	// Level, if not 0, is the level in contents and bookmarks (from 1), where
	// it differs from that of the text.
	Level int
}

type heading struct {
	text  string
	level int // of the style, from 1
	opts  HeadingOptions
}

// Heading adds a heading. Levels count from 1. It becomes a bookmark at its
// level; levels must not be skipped going down.
func (d *Document) Heading(level int, text string, opts HeadingOptions) {
	if opts.Level == 0 {
		opts.Level = level
	}
	if opts.Section == "" && level == 1 {
		opts.Section = text
	}
	if opts.Contents == "" {
		opts.Contents = text
	}
	if opts.Bookmark == "" {
		opts.Bookmark = text
	}
	h := &heading{text: text, level: min(max(level, 1), len(headingStyles)), opts: opts}
	if h.opts.ID == "" {
		h.opts.ID = "heading-" + strconv.Itoa(len(d.heads))
	}
	d.heads = append(d.heads, h)
	d.add(h)
}

func (h *heading) layout(c *composer) {
	if h.opts.Section != "" {
		c.section = h.opts.Section
		if c.page != nil && c.fresh && c.frame == 0 {
			c.page.section = c.section
		}
	}
	if h.opts.Hidden {
		// It belongs to what follows, which stands on a page of its own or
		// in the room that is left.
		if c.page == nil {
			c.newPage()
		}
		h.enter(c)
		return
	}
	st := headingStyles[h.level-1]
	keep := h.opts.Keep * mm
	if keep == 0 {
		keep = 28 * mm
	}
	const badgeGap = 3 * mm
	var badge []line
	var badgeWidth float32
	if h.opts.Badge != "" {
		bs := Style{Size: st.Size, Leading: st.Leading, Bold: true, Color: White, Align: Center}
		badge = c.ts.set(nil, Plain(h.opts.Badge), bs, textWidth, 0, 0)
		badgeWidth = badge[0].w + 5*mm
	}
	indent := badgeWidth
	if indent > 0 {
		indent += badgeGap
	}
	if c.page == nil {
		c.newPage()
	}
	ls := c.ts.set(nil, Plain(h.text), st, c.width()-indent, 0, 0)
	above := st.Leading * 0.6
	if h.level == 1 {
		above = st.Leading * 0.9
	}
	c.need(above + linesHeight(ls) + keep)
	if h.opts.Section != "" && c.fresh && c.frame == 0 {
		c.page.section = c.section
	}
	c.skip(above)
	h.enter(c)
	if badge != nil {
		c.page.Ops = append(c.page.Ops, Op{Kind: OpBox, X: c.x(), Y: c.y, W: badgeWidth, H: st.Leading, Fill: h.opts.BadgeColor, Color: NoColor, Box: c.box})
		box := c.page.box(Rect{c.x(), c.y, badgeWidth, st.Leading})
		c.page.lines(badge, c.x(), c.y, badgeWidth, box)
	}
	c.flow(ls, indent)
	if h.level == 1 {
		color := h.opts.BadgeColor
		if color == 0 {
			color = Accent
		}
		c.page.Ops = append(c.page.Ops, Op{Kind: OpBox, X: c.x(), Y: c.y + 1.2*mm, W: c.width(), H: 0.9, Fill: color, Color: NoColor, Box: c.box})
		c.y += 4 * mm
	} else {
		c.y += 1 * mm
	}
	c.fresh = false
}

// enter makes the heading a place and a bookmark.
func (h *heading) enter(c *composer) {
	c.mark(h.opts.ID, c.y)
	c.outline = append(c.outline, entry{h.opts.Level - 1, h.opts.Bookmark, place{len(c.pages), c.y}})
}

// paragraph is running text, possibly as an item of a list.
type paragraph struct {
	text   Inline
	style  Style
	indent float32 // in points
	marker string  // of a list item, to the left of the text
	above  float32 // gap
	quote  bool    // with a line at its left
}

// Paragraph adds running text.
func (d *Document) Paragraph(text Inline) {
	d.add(&paragraph{text: text, style: bodyStyle, above: 3 * mm})
}

// Note adds running text that matters less, in small characters.
func (d *Document) Note(text Inline) {
	d.add(&paragraph{text: text, style: noteStyle, above: 1.5 * mm})
}

// List adds the items of a list, numbered from 1 if ordered.
func (d *Document) List(ordered bool, items ...Inline) {
	for i, it := range items {
		marker := "・"
		if ordered {
			marker = strconv.Itoa(i+1) + "."
		}
		d.item(it, marker, 0, i == 0)
	}
}

// item adds an item of a list that stands depth levels deep.
func (d *Document) item(text Inline, marker string, depth int, first bool) {
	p := &paragraph{text: text, style: bodyStyle, indent: float32(depth)*5*mm + 6*mm, marker: marker, above: 0.8 * mm}
	if first {
		p.above = 2.5 * mm
	}
	d.add(p)
}

func (p *paragraph) layout(c *composer) {
	if c.page == nil {
		c.newPage()
	}
	room := min(c.width(), proseWidth)
	indent := min(p.indent, room*0.6)
	const gap = 1.2 * mm
	var marker []line
	if p.marker != "" {
		marker = c.ts.set(nil, Plain(p.marker), p.style, room, 0, 0)
		indent = max(indent, marker[0].w+gap)
	}
	ls := c.ts.set(nil, p.text, p.style, room-indent, 0, 0)
	if len(ls) == 0 {
		return
	}
	c.need(p.above + startHeight(ls))
	c.skip(p.above)
	if marker != nil {
		c.page.line(&marker[0], c.x()+indent-marker[0].w-gap, c.y, marker[0].w, c.box)
	}
	page, y := c.page, c.y
	c.flow(ls, indent)
	if p.quote && c.page == page {
		c.page.Ops = append(c.page.Ops, Op{Kind: OpBox, X: c.x() + indent - 3*mm, Y: y, W: 0.8 * mm, H: c.y - y, Fill: Rule, Color: NoColor, Box: c.box})
	}
}

// RuleLine adds a thin line across the text.
func (d *Document) RuleLine() {
	d.add(blockFunc(func(c *composer) {
		c.need(6 * mm)
		c.skip(3 * mm)
		c.page.Ops = append(c.page.Ops, Op{Kind: OpBox, X: c.x(), Y: c.y, W: min(c.width(), proseWidth), H: 0.5, Fill: Rule, Color: NoColor, Box: c.box})
		c.y += 3 * mm
		c.fresh = false
	}))
}

// Cover is a title page.
type Cover struct {
	// Kicker stands above the title, in small characters.
	Kicker, Title, Subtitle string
	// Details are lines of a label and what it tells: edition, date, publisher.
	Details [][2]string
	// Notice stands at the foot: rights, a note about the edition.
	Notice []string
}

// Cover adds a title page, without header and footer.
func (d *Document) Cover(cv Cover) {
	d.add(blockFunc(func(c *composer) {
		c.newPage()
		p := c.page
		p.bare = true
		const left, width = 34 * mm, pageWidth - 68*mm
		p.Ops = append(p.Ops, Op{Kind: OpBox, X: 0, Y: 0, W: 12 * mm, H: pageHeight, Fill: Accent, Color: NoColor})
		box := p.box(Rect{left, 15 * mm, width, pageHeight - 30*mm})
		var foot []line
		for _, n := range cv.Notice {
			for i, l := range c.ts.set(nil, Plain(n), Style{Size: 8.5, Leading: 14, Color: Muted}, width, 0, 0) {
				if i == 0 {
					l.gap = 1.5 * mm
				}
				foot = append(foot, l)
			}
		}
		// A cover with much to tell is set closer, so that all of it stays on its
		// page; the foot leaves it first.
		h := linesHeight(foot)
		k := coverLooks[len(coverLooks)-1]
		for _, with := range []float32{4*mm + h, 0} {
			i := slices.IndexFunc(coverLooks, func(k coverLook) bool {
				return cv.draw(c, nil, k, left, width, 0)+with < pageHeight-15*mm
			})
			if i >= 0 {
				k = coverLooks[i]
				break
			}
		}
		y := cv.draw(c, p, k, left, width, box)
		if y+4*mm+h < pageHeight-15*mm {
			p.lines(foot, left, max(y+4*mm, pageHeight-20*mm-h), width, box)
		} else {
			c.newPage()
			c.page.bare = true
			c.flow(foot, 0)
		}
		c.fresh = false
	}))
}

// coverLook is how close a cover is set: where it begins, the sizes of its title
// and details, and the leading of these.
type coverLook struct{ top, title, details, leading float32 }

var coverLooks = []coverLook{{48 * mm, 28, 11, 19}, {30 * mm, 24, 10, 16}, {18 * mm, 20, 8.5, 13}}

// draw places all but the foot on the page and returns where it ends. Without a
// page it only measures.
func (cv *Cover) draw(c *composer, p *Page, k coverLook, left, width float32, box int32) float32 {
	place := func(lines []line, x, y, w float32) float32 {
		if p == nil {
			return y + linesHeight(lines)
		}
		return p.lines(lines, x, y, w, box)
	}
	set := func(s string, st Style, w float32) []line { return c.ts.set(nil, Plain(s), st, w, 0, 0) }
	y := k.top
	if cv.Kicker != "" {
		y = place(set(cv.Kicker, Style{Size: 11, Leading: 18, Color: Muted}, width), left, y, width) + 3*mm
	}
	y = place(set(cv.Title, Style{Size: k.title, Leading: 1.5 * k.title, Bold: true, Color: Black}, width), left, y, width)
	if cv.Subtitle != "" {
		y = place(set(cv.Subtitle, Style{Size: k.title / 2, Leading: k.title / 2 * 12 / 7, Color: Black}, width), left, y+3*mm, width)
	}
	y += 7 * mm
	if p != nil {
		p.Ops = append(p.Ops, Op{Kind: OpBox, X: left, Y: y, W: 40 * mm, H: 1.5, Fill: Accent, Color: NoColor, Box: box})
	}
	y += 8 * mm
	st := Style{Size: k.details, Leading: k.leading, Color: Black}
	label := st
	label.Color = Muted
	labelWidth := float32(0)
	for _, l := range cv.Details {
		for _, ln := range set(l[0], label, width/3) {
			labelWidth = max(labelWidth, ln.w)
		}
	}
	labelWidth += 6 * mm
	for _, l := range cv.Details {
		a, b := set(l[0], label, width/3), set(l[1], st, width-labelWidth)
		y = max(place(a, left, y, width/3), place(b, left+labelWidth, y, width-labelWidth)) + 1*mm
	}
	return y
}

// Contents adds the table of contents: the headings down to the level, with the
// pages on which they stand, in two columns.
func (d *Document) Contents(title string, depth int) {
	d.add(blockFunc(func(c *composer) {
		c.section = title
		c.newPage()
		d.contentsTitle(c, title)
		const gap = 12 * mm
		w := float32(textWidth-gap) / 2
		whole := c.frames
		c.frames = []frame{{marginLeft, w}, {marginLeft + w + gap, w}}
		c.top = c.y
		c.beginFrame()
		var lines []contentsLine
		var total, highest float32
		for _, h := range d.heads {
			if h.opts.Level <= depth && !h.opts.NotInContents {
				l := h.contentsLine(c)
				lines = append(lines, l)
				total += l.height()
				highest = max(highest, l.height())
			}
		}
		// On a single page both columns are as high.
		if half := total/2 + highest; half < c.room() {
			c.bottom = c.y + half
		}
		for i, l := range lines {
			h := l.height()
			if l.head.opts.Level == 1 && i+1 < len(lines) {
				h += lines[i+1].height()
			}
			c.need(h)
			l.draw(c)
		}
		c.frames, c.frame = whole, 0
		c.top, c.bottom = marginTop, pageBottom
		c.y = pageBottom // what follows stands on the next page
		c.fresh = false
	}))
}

func (d *Document) contentsTitle(c *composer, title string) {
	ls := c.ts.set(nil, Plain(title), headingStyles[0], c.width(), 0, 0)
	c.outline = append(c.outline, entry{0, title, place{len(c.pages), c.y}})
	c.flow(ls, 0)
	c.y += 5 * mm
}

// contentsLine is an entry of the contents.
type contentsLine struct {
	head   *heading
	lines  []line
	indent float32
	above  float32
}

func (l *contentsLine) height() float32 { return l.above + linesHeight(l.lines) }

// numberRoom is the room of a page number in the contents.
const numberRoom = 11 * mm

var contentsStyle = Style{Size: 9, Leading: 14.5, Color: Black}

func (h *heading) contentsLine(c *composer) contentsLine {
	l := contentsLine{head: h, indent: float32(h.opts.Level-1) * 5 * mm}
	st := contentsStyle
	if h.opts.Level == 1 {
		st.Bold, l.above = true, 1.5*mm
	}
	in := Inline{{Text: h.opts.Contents, Link: "#" + h.opts.ID}}
	hang := float32(0)
	if h.opts.Badge != "" {
		in = append(Inline{{Text: h.opts.Badge + "  ", Bold: true, Color: h.opts.BadgeColor, Link: "#" + h.opts.ID}}, in...)
		hang = 9 * mm
	}
	l.lines = c.ts.set(nil, in, st, c.width()-l.indent-numberRoom, 0, hang)
	return l
}

func (l *contentsLine) draw(c *composer) {
	if len(l.lines) == 0 {
		return
	}
	c.skip(l.above)
	st := contentsStyle
	st.Bold = l.head.opts.Level == 1
	x, y := c.x()+l.indent, c.y
	c.page.lines(l.lines, x, y, c.width()-l.indent-numberRoom, c.box)
	c.y += linesHeight(l.lines)
	c.fresh = false
	last := l.lines[len(l.lines)-1]
	y = c.y - st.Leading
	base := y + last.ascent
	// Dots lead from the end of the text to the number.
	from, to := x+last.indent+last.w+1.5*mm, c.x()+c.width()-numberRoom+3*mm
	if to > from+2*mm {
		c.page.Ops = append(c.page.Ops, Op{Kind: OpLine, X: from, Y: base - 1, W: to - from, Color: Rule, LineWidth: 0.5, Dashed: true, Box: c.box})
	}
	id := l.head.opts.ID
	c.page.Ops = append(c.page.Ops,
		Op{Kind: OpPageOf, Look: st.look(&Span{}), X: c.x() + c.width() - numberRoom, Y: base, W: numberRoom, Text: id, Color: Black, Box: c.box},
		Op{Kind: OpLink, X: c.x() + c.width() - numberRoom, Y: y, W: numberRoom, H: st.Leading, Text: "#" + id, Box: c.box})
}

// finish draws what is known only when all pages are there: headers, footers
// and page numbers.
func (c *composer) finish() {
	cfg := &c.doc.cfg
	const half = textWidth / 2
	total := strconv.Itoa(len(c.pages))
	for i, p := range c.pages {
		for k := range p.Ops {
			op := &p.Ops[k]
			if op.Kind != OpPageOf {
				continue
			}
			op.Kind = OpText
			n := c.pageOf(op.Text)
			op.Text = ""
			if n > 0 {
				op.Text = strconv.Itoa(n)
			}
			w := float32(c.ts.faces[op.Look.weight].StringWidth(op.Text)) * op.Look.size / 1000
			op.X, op.W = op.X+op.W-w, w
		}
		if p.bare {
			continue
		}
		put := func(s string, al Align, x, y, w float32) {
			st := pageHeadStyle
			st.Align = al
			ls := c.ts.set(nil, Plain(s), st, w, 0, 0)
			if len(ls) == 0 {
				return
			}
			if len(ls) > 1 { // one line only, cut with a leader
				ls = c.ts.set(nil, Plain(ls[0].segs[0].text+"…"), st, w+st.Size, 0, 0)
			}
			p.line(&ls[0], x, y, w, p.box(Rect{x - st.Size, y, w + 2*st.Size, st.Leading}))
		}
		const headY, footY = 8 * mm, pageHeight - 11*mm
		put(cfg.Header, Left, marginLeft, headY, half-4*mm)
		put(p.section, Right, marginLeft+half, headY, half)
		p.Ops = append(p.Ops, Op{Kind: OpBox, X: marginLeft, Y: headY + 4.6*mm, W: textWidth, H: 0.4, Fill: Rule, Color: NoColor})
		put(cfg.Footer, Left, marginLeft, footY, half)
		number := strings.NewReplacer("{page}", strconv.Itoa(i+1), "{pages}", total).Replace(cfg.PageNumber)
		put(number, Right, marginLeft+half, footY, half)
	}
}
