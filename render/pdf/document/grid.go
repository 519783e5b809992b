package document

import (
	"slices"
)

// This file lays tables out: cells with spans over pages.
//
// A table is a sheet: cells whose lines are set already. Pages are filled one
// after the other. On each, the rows that fit are placed whole; a cell that ends
// below them, or the rows of which go on, is cut where its text allows it and
// continued on the next page. Where to end the page is chosen by cost: blank
// space against cells that are cut in bad places (see [fill.cost]).
//
// Row heights are the least that let every cell fit: row boundaries are the
// longest paths over the cells' heights, and what a spanning cell needs beyond
// its rows is spread evenly over those that can take it (see [fill.boundaries]).

// continuation says what a cell shows on the next page when its rows go on there.
type continuation uint8

const (
	repeatAll   continuation = iota // all of it again, with the mark
	repeatShort                     // short, with the mark
	repeatNone                      // nothing
)

// para is a paragraph of a cell.
type para struct {
	text   Inline
	style  Style
	bullet bool
	hang   float32 // indent of the lines behind the first
	gap    float32 // above, unless first
}

// sheetCell is a cell of a sheet.
type sheetCell struct {
	row, col, rows, cols int
	paras                []para
	lines                []line // paras, set
	height               float32
	fill                 Color
	then                 continuation
	items                bool    // its paragraphs are items between which it is cut first
	short                []para  // for repeatShort
	id                   string  // names the place
	bookmark             string  // text of a bookmark, empty for none
	level                int     // of the bookmark, from 1
	accent               Color   // a bar at its left, 0 for none
	align                Align   // of the mark
	room                 float32 // width inside the padding
}

// sheet is a table ready to be placed. It is immutable, so that several
// documents can place it at the same time.
type sheet struct {
	x, w     []float32 // of the columns, in points from the left of the table
	header   []*sheetCell
	headRows int
	cells    []*sheetCell // in row-major order of their upper left corners
	first    []int        // index in cells of the first cell of each row, and len(cells)
	rows     int
	keepNext []bool  // rows that stay with the next one
	mark     string  // "(continued)"
	minRow   float32 // least height of a row
}

// Padding of cells in points.
const (
	padX = 1.3 * mm
	padY = 0.9 * mm
)

// prepare sets the texts of the cells and sorts them.
func (s *sheet) prepare(ts *typesetter) {
	s.rows = 0
	for _, c := range s.cells {
		s.prepareCell(ts, c)
		s.rows = max(s.rows, c.row+c.rows)
	}
	for _, c := range s.header {
		s.prepareCell(ts, c)
		s.headRows = max(s.headRows, c.row+c.rows)
	}
	slices.SortStableFunc(s.cells, func(a, b *sheetCell) int {
		if a.row != b.row {
			return a.row - b.row
		}
		return a.col - b.col
	})
	s.first = make([]int, s.rows+1)
	k := 0
	for r := range s.first {
		for k < len(s.cells) && s.cells[k].row < r {
			k++
		}
		s.first[r] = k
	}
	if s.minRow == 0 {
		s.minRow = 3 * mm
	}
}

func (s *sheet) prepareCell(ts *typesetter, c *sheetCell) {
	c.room = s.span(c.col, c.cols) - 2*padX
	c.lines = setParas(ts, c.paras, c.room)
	c.height = linesHeight(c.lines) + 2*padY
}

// span is the width of columns.
func (s *sheet) span(col, cols int) float32 {
	last := col + cols - 1
	return s.x[last] + s.w[last] - s.x[col]
}

// setParas sets paragraphs in a room.
func setParas(ts *typesetter, ps []para, room float32) []line {
	var out []line
	for _, p := range ps {
		n := len(out)
		if p.bullet {
			// The dot stands in the middle of half an em: its left part
			// may reach into the padding.
			size := p.style.Size
			out = ts.set(out, append(Inline{{Text: "・"}}, p.text...), p.style, room, -0.15*size, 0.35*size)
		} else {
			out = ts.set(out, p.text, p.style, room, 0, p.hang)
		}
		if n < len(out) {
			out[n].gap = p.gap
		}
	}
	return out
}

// piece is what one page shows of a cell.
type piece struct {
	cell     *sheetCell
	from, to int // rows of the page, from its first; to may lie beyond the page
	lines    []line
	mark     int     // how many of the lines are the mark's, not the cell's
	again    bool    // the lines are a repetition: the cell has nothing left
	height   float32 // of all the lines, with padding
	begun    bool    // an earlier page shows a part of it
	off      int     // lines of the cell that earlier pages show
	shown    int     // lines that this page shows
}

// open is a cell that goes on behind the page.
type open struct {
	cell  *sheetCell
	off   int  // lines that are shown
	begun bool // something is
}

// fill places a part of a sheet on one page.
type fill struct {
	sheet  *sheet
	ts     *typesetter
	row    int     // first row of the page
	room   float32 // height for rows
	full   float32 // height for rows on an empty page
	fresh  bool    // nothing stands above on the page
	pieces []*piece
	// y holds the boundaries of the rows that fit whole, from 0.
	y []float32
}

// table places the sheet in the current column.
func (c *composer) table(s *sheet) {
	if s.rows == 0 {
		return
	}
	if c.page == nil {
		c.newPage()
	}
	c.skip(2 * mm)
	head := newFill(s, c.ts, 1e9).headerBoundaries()
	headHeight := head[len(head)-1]
	full := c.bottom - c.top - headHeight
	var opens []open
	for row := 0; row < s.rows; {
		f := newFill(s, c.ts, c.room()-headHeight)
		f.row, f.full, f.fresh = row, full, c.fresh
		if f.room < 0 && !c.fresh {
			c.advance()
			continue
		}
		f.begin(opens)
		cut := f.choose()
		if cut.defer_ {
			c.advance()
			continue
		}
		opens = f.cutAt(cut)
		c.drawHeader(s, head)
		c.y += headHeight
		c.drawPieces(f, cut)
		row += cut.rows
		if row < s.rows {
			c.advance()
		}
	}
	c.fresh = false
}

func newFill(s *sheet, ts *typesetter, room float32) *fill {
	return &fill{sheet: s, ts: ts, room: room, full: room}
}

// begin makes the pieces of the rows that fit, and of one more row that does not
// fit whole. Opens are the cells that go on from the page before.
func (f *fill) begin(opens []open) {
	s := f.sheet
	f.y = append(f.y, 0)
	var live []*piece
	add := func(p *piece) {
		f.pieces = append(f.pieces, p)
		live = append(live, p)
	}
	for i := f.row; i < s.rows; i++ {
		if i == f.row {
			for _, o := range opens {
				add(f.reopen(o))
			}
		}
		starting := s.cells[s.first[i]:s.first[i+1]]
		if i == f.row && slices.ContainsFunc(opens, func(o open) bool { return o.cell.row == i }) {
			starting = nil // the row goes on from the page before: all its cells are open
		}
		for _, c := range starting {
			add(&piece{cell: c, from: i - f.row, to: c.row + c.rows - f.row, lines: c.lines, height: c.height})
		}
		k := i - f.row
		bottom := f.y[k] + s.minRow
		for _, p := range live {
			if p.to == k+1 {
				bottom = max(bottom, f.y[p.from]+p.height)
			}
		}
		if bottom > f.room {
			return
		}
		f.y = append(f.y, bottom)
		live = slices.DeleteFunc(live, func(p *piece) bool { return p.to == k+1 })
	}
}

// reopen makes the piece of a cell that goes on from the page before.
func (f *fill) reopen(o open) *piece {
	c := o.cell
	p := &piece{cell: c, from: 0, to: c.row + c.rows - f.row, begun: o.begun, off: o.off}
	switch {
	case !o.begun:
		p.lines = c.lines
	case o.off < len(c.lines):
		p.lines = f.mark(c)
		p.mark = len(p.lines)
		p.lines = append(p.lines, c.lines[o.off:]...)
	default:
		p.again = true
		if len(c.lines) > 0 {
			p.lines = f.mark(c)
			again := c.lines
			if c.then == repeatShort {
				again = setParas(f.ts, c.short, c.room)
			}
			// So high a text would leave no room for what is new.
			if linesHeight(again) < f.full/2 {
				p.lines = append(p.lines, again...)
			}
		}
	}
	p.height = linesHeight(p.lines) + 2*padY
	return p
}

// mark sets the mark of a cell that is repeated or goes on.
func (f *fill) mark(c *sheetCell) []line {
	st := markStyle
	st.Align = c.align
	return f.ts.set(nil, Plain(f.sheet.mark), st, c.room, 0, 0)
}

// cut is where a page ends: behind a number of whole rows, and possibly in the
// row below them.
type cut struct {
	rows    int  // whole rows
	partial bool // a part of the next row stands below them
	bottom  float32
	defer_  bool // nothing on this page: begin on the next one
	cost    float32
}

// Costs of an end of a page; the blank part of the page counts from 0 to 1.
const (
	costPartialRow   = 0.10 // a row goes on on the next page
	costMerged       = 0.01 // a merged cell goes on and is repeated
	costListCut      = 0.03 // a list is cut between two items
	costListUnbegun  = 0.25 // a list begins, and shows no item
	costItemCut      = 0.40 // an item of a list is cut
	costTextCut      = 0.50 // a text is cut
	costKeep         = 0.60 // a row is parted from the next with which it stays
	costLittle       = 0.30 // a partial row shows very little
	enoughOfAPartial = 18 * mm
)

// choose picks the best place to end the page.
func (f *fill) choose() cut {
	whole := len(f.y) - 1
	if f.row+whole == f.sheet.rows {
		return cut{rows: whole, bottom: f.y[whole]}
	}
	best := cut{cost: 1e9}
	consider := func(c cut) {
		c.cost += (f.room - c.bottom) / f.full
		if c.cost < best.cost {
			best = c
		}
	}
	for k := whole; k > 0 && (k == whole || f.y[k] > f.room/2); k-- {
		consider(f.cost(k, false))
	}
	if whole == 0 && f.fresh || best.cost > costPartialRow && f.room-f.y[whole] > enoughOfAPartial {
		consider(f.cost(whole, true))
	}
	if !f.fresh {
		if blank := f.room / f.full; blank < best.cost {
			return cut{defer_: true}
		}
	}
	return best
}

// cost finds how high the page becomes if it ends behind k whole rows or in the
// row below them, and how bad the cuts are.
func (f *fill) cost(k int, partial bool) cut {
	c := cut{rows: k, partial: partial, bottom: f.y[k]}
	last := k // pieces that begin before this row take part
	if partial {
		last++
		c.cost += costPartialRow
	} else if f.row+k > 0 && f.sheet.keepNext != nil && f.sheet.keepNext[f.row+k-1] {
		c.cost += costKeep
	}
	// Texts that go on should be shown whole: they may pull the bottom down.
	for _, p := range f.pieces {
		if p.from >= last || p.to <= k || p.cell.items {
			continue
		}
		if b := f.y[p.from] + p.height; b <= f.room {
			c.bottom = max(c.bottom, b)
		} else {
			c.bottom = f.room
			c.cost += costTextCut
		}
	}
	// Lists take what there is; in a partial row they may fill the page.
	limit := c.bottom
	if partial {
		limit = f.room
	}
	for _, p := range f.pieces {
		if p.from >= last || p.to <= k || !p.cell.items {
			continue
		}
		n, h, clean := f.fits(p, limit-f.y[p.from], false)
		switch {
		case n == len(p.lines):
		case n <= p.mark:
			c.cost += costListUnbegun
		case clean:
			c.cost += costListCut
		default:
			c.cost += costItemCut
		}
		if n > 0 {
			c.bottom = max(c.bottom, f.y[p.from]+h)
		}
	}
	if partial && c.bottom-f.y[k] < enoughOfAPartial {
		c.cost += costLittle
	}
	for _, p := range f.pieces {
		if p.from < k && p.to > k {
			c.cost += costMerged
		}
	}
	return c
}

// fits returns how many lines of a piece fit into a height, how high they are
// with padding, and whether the cut lies between two items. Where no item fits
// whole it returns 0 lines, or with force as many as fit.
func (f *fill) fits(p *piece, height float32, force bool) (n int, h float32, clean bool) {
	height -= 2 * padY
	var sum, atItem float32
	item := p.mark // where the item begins that line i is of
	for i := range p.lines {
		l := p.lines[i].leading
		if i > 0 {
			l += p.lines[i].gap
		}
		if p.lines[i].item && i > p.mark {
			item, atItem = i, sum
		}
		// A hundredth of a point forgives rounding.
		if sum+l > height+0.01 {
			switch {
			case !p.cell.items || f.tall(p, item):
				return i, sum + 2*padY, false
			case item > p.mark:
				return item, atItem + 2*padY, true
			case force:
				return i, sum + 2*padY, false
			}
			return 0, 0, false
		}
		sum += l
	}
	return len(p.lines), sum + 2*padY, true
}

// tall reports whether the item that begins at a line is so high that cutting it
// is better than moving it to another page.
func (f *fill) tall(p *piece, item int) bool {
	var h float32
	for i := item; i < len(p.lines); i++ {
		if i > item && p.lines[i].item {
			break
		}
		h += p.lines[i].leading
	}
	return h > f.full*0.6
}

// cutAt cuts the pieces where the page ends and returns the cells that go on.
func (f *fill) cutAt(c cut) []open {
	var opens []open
	last := c.rows
	if c.partial {
		last++
	}
	forced := c.rows == 0 && f.fresh
	kept := f.pieces[:0]
	for _, p := range f.pieces {
		if p.from >= last {
			continue
		}
		kept = append(kept, p)
		p.shown = len(p.lines)
		if p.to <= c.rows {
			continue
		}
		limit := c.bottom
		if c.partial && p.cell.items {
			limit = f.room
		}
		p.shown, p.height, _ = f.fits(p, limit-f.y[p.from], forced)
		if p.shown <= p.mark && p.shown < len(p.lines) {
			p.shown, p.height = 0, 0 // a mark alone says nothing
		}
		p.to = last
		o := open{cell: p.cell, off: p.off, begun: p.begun || p.shown > 0 || len(p.lines) == 0}
		if p.again {
			o.off = len(p.cell.lines)
		} else if p.shown > p.mark {
			o.off += p.shown - p.mark
		}
		opens = append(opens, o)
	}
	f.pieces = kept
	slices.SortStableFunc(opens, func(a, b open) int { return a.cell.col - b.cell.col })
	return opens
}

// boundaries returns the places of the row boundaries of a page with n rows:
// the least total height, and rooms that spanning cells need beyond their rows
// spread evenly.
func boundaries(pieces []*piece, n int, minRow float32) []float32 {
	// early[i] is the least place of boundary i, late[i] the greatest with
	// the same total.
	early, late := make([]float32, n+1), make([]float32, n+1)
	byEnd, byStart := make([][]*piece, n+1), make([][]*piece, n+1)
	for _, p := range pieces {
		byEnd[p.to] = append(byEnd[p.to], p)
		byStart[p.from] = append(byStart[p.from], p)
	}
	for i := 1; i <= n; i++ {
		early[i] = early[i-1] + minRow
		for _, p := range byEnd[i] {
			early[i] = max(early[i], early[p.from]+p.height)
		}
	}
	late[n] = early[n]
	for i := n - 1; i >= 0; i-- {
		late[i] = late[i+1] - minRow
		for _, p := range byStart[i] {
			late[i] = min(late[i], late[p.to]-p.height)
		}
	}
	// Go down; each boundary takes its share of the play that is left until
	// the next one that has none.
	y := make([]float32, n+1)
	tight := n
	next := make([]int, n+1) // next boundary without play
	for i := n; i >= 1; i-- {
		if late[i]-early[i] < 0.01 {
			tight = i
		}
		next[i] = tight
	}
	for i := 1; i <= n; i++ {
		low := y[i-1] + minRow
		for _, p := range byEnd[i] {
			low = max(low, y[p.from]+p.height)
		}
		y[i] = low
		if play := late[i] - low; play > 0 {
			y[i] += play / float32(next[i]-i+1)
		}
	}
	return y
}

// headerBoundaries returns the row boundaries of the header.
func (f *fill) headerBoundaries() []float32 {
	var ps []*piece
	for _, c := range f.sheet.header {
		ps = append(ps, &piece{cell: c, from: c.row, to: c.row + c.rows, height: c.height})
	}
	return boundaries(ps, f.sheet.headRows, 0)
}

func (c *composer) drawHeader(s *sheet, y []float32) {
	for _, h := range s.header {
		top, high := c.y+y[h.row], y[h.row+h.rows]-y[h.row]
		c.drawCell(s, h, h.lines, top, high, (high-h.height)/2)
	}
}

func (c *composer) drawPieces(f *fill, ct cut) {
	n := ct.rows
	if ct.partial {
		n++
	}
	y := boundaries(f.pieces, n, f.sheet.minRow)
	for _, p := range f.pieces {
		top := c.y + y[p.from]
		if !p.begun {
			c.mark(p.cell.id, top)
			if p.cell.bookmark != "" {
				c.outline = append(c.outline, entry{p.cell.level - 1, p.cell.bookmark, place{len(c.pages), top}})
			}
		}
		c.drawCell(f.sheet, p.cell, p.lines[:p.shown], top, y[p.to]-y[p.from], 0)
	}
	c.y += y[n]
	c.fresh = false
}

// drawCell draws a cell with lines, which begin a distance below its padding.
func (c *composer) drawCell(s *sheet, cell *sheetCell, ls []line, y, h, down float32) {
	x, w := c.x()+s.x[cell.col], s.span(cell.col, cell.cols)
	p := c.page
	box := p.box(Rect{x, y, w, h})
	p.Ops = append(p.Ops, Op{Kind: OpBox, X: x, Y: y, W: w, H: h, Fill: cell.fill, Color: Rule, LineWidth: 0.4, Box: box})
	if cell.accent != 0 {
		p.Ops = append(p.Ops, Op{Kind: OpBox, X: x, Y: y, W: 0.9 * mm, H: h, Fill: cell.accent, Color: NoColor, Box: box})
	}
	p.lines(ls, x+padX, y+padY+max(0, down), w-2*padX, box)
}
