package sheet

import (
	"math"
	"strings"

	"riskguide/catalog"
	"riskguide/render/table"
)

// RiskTable is a risk's table to be written on a sheet; see [Sheet.RiskTable].
type RiskTable struct {
	Grid  *table.Grid
	Lang  catalog.Lang
	Words TableWords
	// MeasureMark, if not nil, gives the name of the place of a measure's
	// first cell.
	MeasureMark func(measureID string) string
	// MeasureLink and ControlLink, if not nil, give the places that ids link
	// to; "" is no link. Vulnerabilities have no links: see [Sheet.Link].
	MeasureLink, ControlLink func(id string) string
}

// TableWords are the texts of a table that are not in the catalog.
type TableWords struct {
	NotApplicable   string // "-"
	MissingMeasure  string
	MissingControls string
	MissingResidual string
	Bullet          string // before an item of several: "・"
	Open, Close     string // parentheses around a note
}

// RiskTableExtent tells which rows of the sheet a table takes.
type RiskTableExtent struct {
	HeaderFirst, HeaderLast int
	// Rows holds the first and last row of the sheet for each row of the grid.
	Rows [][2]int
	// Last is the last row of the table.
	Last int
}

// RiskTableColumns is the number of columns of a sheet that a risk's table takes:
// the grid's, with a column of its own for the ids of measures and controls.
const RiskTableColumns = 11

// columnOf is the column of the sheet at which each column of the grid begins.
var columnOf = [table.Columns + 1]int{1, 2, 3, 4, 5, 6, 8, 10, 11, 12}

// The columns of ids and of what they name.
const (
	colMeasureID = 6
	colMeasure   = 7
	colControlID = 8
	colStatement = 9
)

// RiskTableWidths returns the widths of the table's columns in points. They are
// the same for all risks of a guide, but for a column of remarks without remarks,
// which leaves its place to the statements. The columns of layers are as wide as
// their longest word.
func RiskTableWidths(g *table.Grid) []float64 {
	w := []float64{36, 54, 98, 98, 102, 43, 128, 55, 226, 104, 76}
	remarks := false
	for i := range g.Cells {
		c := &g.Cells[i]
		switch {
		case c.RowHeader && c.ColSpan == 1:
			for _, it := range c.Items {
				word := math.Min(max(longestWord(it.Text, BodySize), longestWord(it.Second, BodySize)), 90)
				if grow := word - w[c.Col]; grow > 0 {
					w[c.Col] += grow
					w[colStatement-1] -= grow
				}
			}
		case c.Col == table.ColRemark && c.Kind == table.Filled:
			remarks = true
		}
	}
	if !remarks {
		w[colStatement-1] += w[RiskTableColumns-1] - 40
		w[RiskTableColumns-1] = 40
	}
	return w
}

// ItemText returns an item of a cell as it is printed: bullet, number, text, note,
// and below them text and note in the second language.
func (w TableWords) ItemText(it table.Item, number bool) string {
	var b strings.Builder
	if it.Bullet {
		b.WriteString(w.Bullet)
	}
	if number && it.Number != "" {
		b.WriteString(it.Number)
		b.WriteByte(' ')
	}
	said := func(text, note string) {
		b.WriteString(text)
		if note != "" {
			b.WriteString(w.Open)
			b.WriteString(note)
			b.WriteString(w.Close)
		}
	}
	said(it.Text, it.Note)
	if it.Second != "" {
		b.WriteByte('\n')
		said(it.Second, it.SecondNote)
	}
	return b.String()
}

// text returns what stands in a cell of the grid.
func (w TableWords) text(c *table.Cell) string {
	switch c.Kind {
	case table.NotApplicable:
		return w.NotApplicable
	case table.Missing:
		switch c.Gap {
		case catalog.GapMeasure:
			return w.MissingMeasure
		case catalog.GapControls:
			return w.MissingControls
		}
		return w.MissingResidual
	}
	texts := make([]string, len(c.Items))
	for i, it := range c.Items {
		texts[i] = w.ItemText(it, true)
	}
	return strings.Join(texts, "\n")
}

// HeaderStyle is the look of the headings of tables.
func HeaderStyle() Style {
	return Style{Bold: true, Color: HeaderInk, Fill: HeaderFill, Align: Center, VAlign: Middle,
		Edges: Edges{Left: Thin, Right: Thin, Top: Thin, Bottom: Thin, Color: LineColor}}
}

// BodyStyle is the look of the cells of tables.
func BodyStyle() Style { return Style{Edges: AllEdges(Thin)} }

// slot is where one control of a shared list stands: rows of the grid, and which
// of the rows that the first of them is divided into.
type slot struct {
	item *table.Item
	need float64
	row  int // the row of the grid in which it begins
	span int // rows of the grid that it reaches into, 1 or more
	last bool
	// first and count are the rows of the sheet, counted from the table's.
	first, count int
}

// RiskTable writes the table with its header from row top on, in the columns 1 to
// RiskTableColumns, whose widths must be set.
//
// Cells merge as the grid says. The grid's cell of controls is drawn as one box
// too, but each control in it has a row of its own, so that its number can be a
// link (Excel knows one link a cell), a list of any length has the height it
// needs, and a page ends between two controls. A row of the grid therefore takes
// as many rows of the sheet as controls begin in it; where a row would exceed
// MaxRow it is divided further.
func (s *Sheet) RiskTable(top int, t RiskTable) RiskTableExtent {
	g := t.Grid
	ext := RiskTableExtent{HeaderFirst: top, HeaderLast: top + g.HeaderRows - 1}
	head := HeaderStyle()
	for i := range g.Header {
		c := &g.Header[i]
		col, cols := sheetColumns(c)
		s.Box(top+c.Row, col, c.RowSpan, cols, t.Words.text(c), head, catalog.Position{})
	}
	lists, starts, heights := s.arrange(t)
	first := ext.HeaderLast + 1
	ext.Rows = make([][2]int, g.Rows)
	for i := range g.Rows {
		ext.Rows[i] = [2]int{first + starts[i], first + starts[i+1] - 1}
	}
	ext.Last = first + len(heights) - 1
	for i, h := range heights {
		s.Height(first+i, h)
	}
	marked := map[string]bool{}
	for i := range g.Cells {
		c := &g.Cells[i]
		r := first + starts[c.Row]
		rows := starts[c.Row+c.RowSpan] - starts[c.Row]
		if slots := lists[i]; slots != nil {
			s.controlBox(t, slots, first)
			continue
		}
		s.cellBox(t, c, r, rows, marked)
	}
	return ext
}

// sheetColumns returns the columns of the sheet that a cell of the grid covers.
func sheetColumns(c *table.Cell) (col, cols int) {
	col = columnOf[c.Col]
	return col, columnOf[c.Col+c.ColSpan] - col
}

// arrange finds the rows of the sheet for the rows of the grid: for each list of
// controls (by the cell's index) where its items stand, for each row of the grid
// (and the end) its first row, counted from 0, and the heights of all.
func (s *Sheet) arrange(t RiskTable) (lists map[int][]slot, starts []int, heights []float64) {
	g := t.Grid
	line := Height(1, BodySize)
	var boxes []Box // of everything but controls
	lists = map[int][]slot{}
	for i := range g.Cells {
		c := &g.Cells[i]
		if c.Col == table.ColControls && c.Kind == table.Filled && len(c.Items) > 0 {
			slots := make([]slot, len(c.Items))
			for j := range c.Items {
				it := &c.Items[j]
				slots[j] = slot{item: it, need: s.TextHeight(colStatement, 1, t.Words.ItemText(*it, false), itemStyle(t, it))}
			}
			lists[i] = slots
			continue
		}
		col, cols := sheetColumns(c)
		if c.Col == table.ColMeasure && c.Measure != nil {
			col, cols = colMeasure, 1
		}
		boxes = append(boxes, Box{c.Row, c.RowSpan, s.TextHeight(col, cols, t.Words.text(c), bodyOf(c))})
	}
	// A first arrangement with every list as one cell tells how the rows lie;
	// the controls are then dealt to the rows beside which they come to stand.
	rough := boxes
	for i := range g.Cells {
		if slots := lists[i]; slots != nil {
			sum := 0.0
			for _, sl := range slots {
				sum += sl.need
			}
			rough = append(rough[:len(rough):len(rough)], Box{g.Cells[i].Row, g.Cells[i].RowSpan, sum})
		}
	}
	lie := RowHeights(g.Rows, line, rough)
	begin := make([][]*slot, g.Rows) // controls by the row in which they begin
	final := boxes[:len(boxes):len(boxes)]
	for i := range g.Cells {
		slots := lists[i]
		if slots == nil {
			continue
		}
		c := &g.Cells[i]
		deal(slots, c.Row, lie[c.Row:c.Row+c.RowSpan])
		for j := range slots {
			begin[slots[j].row] = append(begin[slots[j].row], &slots[j])
		}
	}
	for i, slots := range begin {
		if len(slots) == 0 {
			continue
		}
		sum := 0.0
		for _, sl := range slots[:len(slots)-1] {
			sum += sl.need
		}
		end := slots[len(slots)-1]
		final = append(final, Box{i, 1, sum + line}, Box{i, end.span, sum + end.need})
	}
	rows := RowHeights(g.Rows, line, final)
	starts = make([]int, g.Rows+1)
	for i, h := range rows {
		starts[i] = len(heights)
		slots := begin[i]
		for j, sl := range slots {
			sl.first = len(heights)
			if j < len(slots)-1 {
				heights = append(heights, SplitHeight(sl.need)...)
				sl.count = len(heights) - sl.first
				h -= sl.need
			}
		}
		heights = append(heights, SplitHeight(h)...)
	}
	starts[g.Rows] = len(heights)
	for i := range begin {
		for j, sl := range begin[i] {
			if j == len(begin[i])-1 {
				sl.count = starts[i+sl.span] - sl.first
			}
		}
	}
	return lists, starts, heights
}

// deal assigns the controls of a cell to the rows of the grid that it covers,
// which begin at row and lie as high as heights say: each control to the row in
// which it begins when they are set one below the other.
func deal(slots []slot, row int, heights []float64) {
	// bounds[i] is where row i ends.
	at, bound, i := 0.0, heights[0], 0
	for j := range slots {
		for i < len(heights)-1 && at >= bound-1 {
			i++
			bound += heights[i]
		}
		slots[j].row, slots[j].span = row+i, 1
		at += slots[j].need
	}
	slots[0].row = row
	for j := range slots {
		next := row + len(heights)
		if j+1 < len(slots) {
			next = slots[j+1].row
		} else {
			slots[j].last = true
		}
		if next > slots[j].row {
			slots[j].span = next - slots[j].row
		}
	}
}

// bodyOf returns the style of a cell of the grid.
func bodyOf(c *table.Cell) Style {
	st := BodyStyle()
	switch {
	case c.RowHeader:
		st.Bold, st.Fill = true, RowHead
	case c.Kind == table.NotApplicable:
		st.Align, st.Color = Center, Muted
	case c.Kind == table.Missing:
		st.Color, st.Fill = Muted, GapFill
	}
	return st
}

// itemStyle returns the style of a control's statement, without edges.
func itemStyle(t RiskTable, it *table.Item) Style {
	st := Style{}
	if it.LeftOut {
		st.Strike, st.Color = true, Muted
	} else if it.Lang != t.Lang {
		st.Color = Muted
	}
	return st
}

// cellBox writes a cell of the grid that is no list of controls.
func (s *Sheet) cellBox(t RiskTable, c *table.Cell, r, rows int, marked map[string]bool) {
	st := bodyOf(c)
	pos := catalog.Position{}
	leftOut := len(c.Items) > 0
	for _, it := range c.Items {
		pos = c.Items[0].Pos
		if it.Lang != t.Lang {
			st.Color = Muted
		}
		leftOut = leftOut && it.LeftOut
	}
	if leftOut {
		st.Strike, st.Color = true, Muted
	}
	text := t.Words.text(c)
	if c.Col == table.ColMeasure && c.Measure != nil {
		id := c.Measure.ID
		ids := st.With(Edges{Left: Thin, Top: Thin, Bottom: Thin})
		ids.Bold = true
		if t.MeasureLink != nil {
			if to := t.MeasureLink(id); to != "" {
				ids.Color = LinkColor
				s.Link(r, colMeasureID, to, "")
			}
		}
		s.Box(r, colMeasureID, rows, 1, id, ids, catalog.Position{})
		s.Box(r, colMeasure, rows, 1, text, st.With(Edges{Right: Thin, Top: Thin, Bottom: Thin}), pos)
		if t.MeasureMark != nil && !marked[id] {
			marked[id] = true
			s.Mark(t.MeasureMark(id), r, colMeasureID)
		}
		return
	}
	col, cols := sheetColumns(c)
	s.Box(r, col, rows, cols, text, st, pos)
}

// controlBox writes a list of controls: one box, a row or more for each.
func (s *Sheet) controlBox(t RiskTable, slots []slot, first int) {
	for j := range slots {
		sl := &slots[j]
		st := itemStyle(t, sl.item)
		e := Edges{Top: Hair, Bottom: Hair}
		if j == 0 {
			e.Top = Thin
		}
		if sl.last {
			e.Bottom = Thin
		}
		left, right := e, e
		left.Left, right.Right = Thin, Thin
		r := first + sl.first
		number := st.With(left)
		if t.ControlLink != nil {
			if to := t.ControlLink(sl.item.Ref); to != "" {
				number.Color = LinkColor
				s.Link(r, colControlID, to, "")
			}
		}
		s.Box(r, colControlID, sl.count, 1, sl.item.Number, number, sl.item.Pos)
		s.Box(r, colStatement, sl.count, 1, t.Words.ItemText(*sl.item, false), st.With(right), sl.item.Pos)
	}
}
