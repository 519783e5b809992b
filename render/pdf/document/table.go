package document

import (
	"strings"

	"riskguide/catalog"
	"riskguide/render/pdf/font"
	"riskguide/render/table"
)

// The styles of cells.
var (
	cellStyle = Style{Size: 8, Leading: 12, Color: Black}
	headStyle = Style{Size: 8, Leading: 11.5, Bold: true, Color: Black}
	gridStyle = Style{Size: 7.2, Leading: 10.4, Color: Black}
	gridHead  = Style{Size: 7.2, Leading: 9.8, Bold: true, Color: Black, Align: Center}
	markStyle = Style{Size: 6, Leading: 8, Color: Muted}
	gridID    = Style{Size: 6, Leading: 8, Color: Muted}
	gridNA    = Style{Size: 7.2, Leading: 10.4, Color: Muted, Align: Center}
)

// Column is a column of a [Table].
type Column struct {
	Title Inline
	// Width is in millimetres; 0 takes an even share of what the others leave.
	Width float32
	Align Align
}

// Cell is a cell of a [Table].
type Cell struct {
	// Paragraphs stand one below the other.
	Paragraphs []Inline
	// Bullets sets the paragraphs as items of a list.
	Bullets bool
	// Columns and Rows are how many columns and rows the cell covers; 0 is 1.
	Columns, Rows int
	// ID names the place, for links.
	ID string
	// Bookmark, if not empty, makes the cell a bookmark at the level (from 1).
	Bookmark      string
	BookmarkLevel int
	// Fill is the background, 0 for none; Head sets the text as in a header;
	// Small sets it smaller.
	Fill  Color
	Head  bool
	Small bool
	// Accent, if not 0, is the colour of a bar at the left of the cell.
	Accent Color
	// Align replaces the column's alignment, if not Left.
	Align Align
}

// TextCell returns a cell with one paragraph in one look.
func TextCell(s string) Cell { return Cell{Paragraphs: []Inline{Plain(s)}} }

// Row is a row of a [Table]: the cells that begin in it, from left to right.
type Row struct {
	Cells []Cell
	// KeepWithNext keeps the row on the page of the next one, for rows that
	// head a group.
	KeepWithNext bool
}

// Table is a table with a header that is repeated on every page. A row that is
// parted by the end of a page repeats its texts on the next one.
type Table struct {
	Columns []Column
	Rows    []Row
	// Continued is the mark above what is repeated or goes on, such as
	// "(continued)".
	Continued string
	// NoHeader leaves the header out.
	NoHeader bool
	// Width is the width of the table in millimetres; 0 for that of the page.
	Width float32
}

// Table adds a table.
func (d *Document) Table(t Table) {
	// It is set when its turn comes, so that it can name pages before it.
	d.add(blockFunc(func(c *composer) {
		if c.page == nil {
			c.newPage()
		}
		c.table(t.sheet(c.ts, c.width()))
	}))
}

// sheet prepares the table for a room of the width.
func (t *Table) sheet(ts *typesetter, width float32) *sheet {
	if t.Width > 0 {
		width = min(width, t.Width*mm)
	}
	ws := make([]float32, len(t.Columns))
	var free float32
	used := float32(0)
	for i, c := range t.Columns {
		ws[i] = c.Width * mm
		used += ws[i]
		if c.Width == 0 {
			free++
		}
	}
	for i := range ws {
		switch {
		case ws[i] == 0:
			ws[i] = max(10*mm, width-used) / free
		case used > width:
			ws[i] *= width / used
		}
	}
	s := &sheet{x: starts(ws), w: ws, mark: t.Continued}
	if !t.NoHeader {
		for i, c := range t.Columns {
			st := headStyle
			st.Align = c.Align
			s.header = append(s.header, &sheetCell{row: 0, col: i, rows: 1, cols: 1, fill: Shade, paras: []para{{text: c.Title, style: st}}})
		}
	}
	s.keepNext = make([]bool, len(t.Rows))
	busy := make([]int, len(t.Columns)) // rows for which a column is covered from above
	for r, row := range t.Rows {
		s.keepNext[r] = row.KeepWithNext
		col := 0
		for _, c := range row.Cells {
			for col < len(busy) && busy[col] > r {
				col++
			}
			if col >= len(busy) {
				break
			}
			sc := &sheetCell{row: r, col: col, rows: max(1, c.Rows), cols: min(max(1, c.Columns), len(busy)-col), fill: c.Fill, id: c.ID, accent: c.Accent, bookmark: c.Bookmark, level: c.BookmarkLevel}
			sc.rows = min(sc.rows, len(t.Rows)-r)
			if c.Fill == 0 {
				sc.fill = NoColor
			}
			st := cellStyle
			if c.Head {
				st = headStyle
			}
			if c.Small {
				st.Size, st.Leading = st.Size*0.9, st.Leading*0.9
			}
			st.Align = t.Columns[col].Align
			if c.Align != Left {
				st.Align = c.Align
			}
			for i, p := range c.Paragraphs {
				pa := para{text: p, style: st, bullet: c.Bullets}
				if i > 0 && !c.Bullets {
					pa.gap = 0.25 * st.Size
				}
				sc.paras = append(sc.paras, pa)
			}
			for k := range sc.cols {
				busy[col+k] = r + sc.rows
			}
			s.cells = append(s.cells, sc)
			col += sc.cols
		}
	}
	s.prepare(ts)
	return s
}

// starts returns where columns of the widths begin.
func starts(ws []float32) []float32 {
	xs := make([]float32, len(ws))
	var x float32
	for i, w := range ws {
		xs[i] = x
		x += w
	}
	return xs
}

// RiskTableWords are the fixed texts of a risk table.
type RiskTableWords struct {
	// Lang is the language of the document. An item in another one, for
	// want of a translation, is followed by Untranslated.
	Lang          catalog.Lang
	Untranslated  string
	Continued     string                 // above what is repeated or goes on: "(continued)"
	NotApplicable string                 // in the cells of layers at which the risk does not arise: "－"
	Missing       map[catalog.Gap]string // where the source lacks a cell
	LeftOut       string                 // before an item that a profile excludes
	Note          string                 // behind an item, with {note}: "（{note}）"
}

// RiskTable is a risk table with its texts set. It can be placed in several
// documents, at the same time.
type RiskTable struct {
	sheet   *sheet
	missing []Missing
}

// The widths of the columns of a risk table in millimetres, with and without
// remarks: they are the same in every table, so that a reader who goes through
// the guide finds each column in its place.
var (
	gridWidths         = [table.Columns]float32{15.5, 15.5, 30, 29, 35, 39, 73, 24, 12}
	gridWidthsRemarked = [table.Columns]float32{15.5, 15.5, 29, 28, 34, 37, 67, 23, 24}
)

// NewRiskTable sets the texts of a risk table. Every cell keeps its place: the
// items of the cells link to the places "control:ID" and "vulnerability:ID", and
// a measure is the place "measure:ID". Where a page ends in a cell, the next one
// repeats it with the mark; of controls that were listed it repeats the numbers.
// The faces are those of the document that it goes into; see [Config].
func NewRiskTable(g *table.Grid, words RiskTableWords, faces *font.Faces) (*RiskTable, error) {
	ts, err := newTypesetter(faces)
	if err != nil {
		return nil, err
	}
	mmWidths := gridWidths
	for _, c := range g.Cells {
		if c.Column == catalog.ColumnRemark && c.Kind == table.Filled {
			mmWidths = gridWidthsRemarked
		}
	}
	ws := make([]float32, table.Columns)
	for i, w := range mmWidths {
		ws[i] = w * mm
	}
	s := &sheet{w: ws, mark: words.Continued}
	for _, c := range g.Header {
		sc := &sheetCell{row: c.Row, col: c.Col, rows: c.RowSpan, cols: c.ColSpan, fill: Shade}
		for _, it := range c.Items {
			sc.paras = append(sc.paras, para{text: Inline{{Text: it.Text, Pos: it.Pos}}, style: gridHead})
			if it.Second != "" {
				sc.paras = append(sc.paras, para{text: Inline{{Text: it.Second, Color: Muted, Pos: it.Pos}}, style: gridHead})
			}
		}
		s.header = append(s.header, sc)
	}
	for i := range g.Cells {
		s.cells = append(s.cells, riskCell(&g.Cells[i], words))
	}
	fitWords(ts, s, table.ColControls)
	s.x = starts(ws)
	s.prepare(ts)
	return &RiskTable{s, ts.missing}, nil
}

// fitWords widens the columns in which a word of the header or of a layer's name
// would have to be broken, at the cost of the column that has most room. As
// header and layers are those of every table, so are the widths.
func fitWords(ts *typesetter, s *sheet, giver int) {
	widen := func(c *sheetCell) {
		if c.cols > 1 || c.col == giver {
			return
		}
		for _, p := range c.paras {
			// A hundredth of a point forgives rounding.
			if more := ts.longestWord(p.text, p.style) + 2*padX + 0.01 - s.w[c.col]; more > 0 && s.w[giver]-more > 50*mm {
				s.w[c.col] += more
				s.w[giver] -= more
			}
		}
	}
	for _, c := range s.header {
		widen(c)
	}
	for _, c := range s.cells {
		if c.fill == Light { // a layer
			widen(c)
			widen(&sheetCell{col: c.col, cols: c.cols, paras: []para{{text: Plain(s.mark), style: markStyle}}})
		}
	}
}

// RiskTable adds a risk table.
func (d *Document) RiskTable(t *RiskTable) {
	for _, m := range t.missing {
		if !d.ts.seen[m.Rune] {
			d.ts.seen[m.Rune] = true
			d.ts.missing = append(d.ts.missing, m)
		}
	}
	d.add(blockFunc(func(c *composer) { c.table(t.sheet) }))
}

// second is an item's wording in the second language, on a line of its own in
// the same paragraph, so that no page parts the two.
func second(it table.Item, words RiskTableWords) Inline {
	in := Inline{{Text: lineSeparator + it.Second, Color: Muted, Pos: it.Pos}}
	if it.SecondNote != "" {
		in = append(in, Span{Text: strings.ReplaceAll(words.Note, "{note}", it.SecondNote), Color: Muted, Pos: it.Pos})
	}
	return in
}

// riskCell turns a cell of the grid into one of the sheet.
func riskCell(c *table.Cell, words RiskTableWords) *sheetCell {
	sc := &sheetCell{row: c.Row, col: c.Col, rows: c.RowSpan, cols: c.ColSpan, fill: NoColor}
	if c.RowHeader {
		sc.fill = Light
	}
	switch c.Kind {
	case table.NotApplicable:
		sc.paras = []para{{text: Plain(words.NotApplicable), style: gridNA}}
		return sc
	case table.Missing:
		sc.paras = []para{{text: Inline{{Text: words.Missing[c.Gap], Color: Muted}}, style: gridStyle}}
	}
	if c.Measure != nil && c.Column == catalog.ColumnMeasure {
		sc.id = "measure:" + c.Measure.ID
		sc.paras = append([]para{{text: Plain(c.Measure.ID), style: gridID}}, sc.paras...)
	}
	st := gridStyle
	st.Bold = c.RowHeader
	prefix, gap := "", float32(0)
	switch c.Column {
	case catalog.ColumnControls:
		sc.items, sc.then = true, repeatShort
		prefix, gap = "#control:", 2.2
	case catalog.ColumnVulnerabilities:
		prefix, gap = "#vulnerability:", 1
	case catalog.ColumnThreats, catalog.ColumnResiduals:
		gap = 0.6
	}
	var short Inline
	for i, it := range c.Items {
		var in Inline
		link := ""
		if prefix != "" && it.Ref != "" {
			link = prefix + it.Ref
		}
		color := Color(0)
		if it.LeftOut {
			color = Muted
			in = append(in, Span{Text: words.LeftOut, Color: Muted})
		}
		if it.Number != "" {
			in = append(in, Span{Text: it.Number + " ", Bold: true, Color: Accent, Link: link})
		}
		in = append(in, Span{Text: it.Text, Color: color, Pos: it.Pos})
		if it.Number == "" && link != "" {
			in[len(in)-1].Link = link
		}
		if it.Note != "" {
			in = append(in, Span{Text: strings.ReplaceAll(words.Note, "{note}", it.Note), Color: color, Pos: it.Pos})
		}
		if words.Lang != "" && it.Lang != words.Lang && it.Text != "" {
			in = append(in, Span{Text: words.Untranslated, Small: true, Color: Muted})
		}
		if it.Second != "" {
			in = append(in, second(it, words)...)
		}
		p := para{text: in, style: st, bullet: it.Bullet, gap: gap}
		if it.Number != "" && len(c.Items) > 1 {
			p.hang = 0.7 * st.Size
		}
		sc.paras = append(sc.paras, p)
		if sc.then == repeatShort {
			if i > 0 {
				short = append(short, Span{Text: ", "})
			}
			short = append(short, Span{Text: it.Number, Color: Accent, Link: link})
		}
	}
	if short != nil {
		sc.short = []para{{text: short, style: st}}
	}
	return sc
}
