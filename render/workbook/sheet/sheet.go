package sheet

import (
	"fmt"
	"math"
	"strings"

	"github.com/xuri/excelize/v2"

	"riskguide/catalog"
)

// Page is how a sheet is printed and shown: always A4, one page wide, with
// 10 mm margins at the sides.
type Page struct {
	Portrait bool
	// HeaderLeft … FooterRight stand in the margins. They are plain text,
	// in which {page}, {pages} and {sheet} stand for the page, the number
	// of pages and the sheet's name.
	HeaderLeft, HeaderRight, FooterLeft, FooterRight string
	// TabColor is "RRGGBB" or empty.
	TabColor string
	// Zoom in percent; 0 is 100.
	Zoom int
	// GridLines shows the lines between cells that have no border.
	GridLines bool
	// NotPrinted leaves the print area out: LibreOffice prints even a hidden
	// sheet that has one.
	NotPrinted bool
}

// Sheet is a sheet under way. Rows and columns count from 1.
type Sheet struct {
	book    *Book
	name    string
	page    Page
	widths  []float64
	rows    []row
	merges  []area
	boxes   []Box // cells over several rows, for the heights
	links   []link
	freeze  [2]int
	titles  [2]int
	columns int // used
	tables  []tableArea
	closed  bool
	full    bool // of links

	printNames []printName // known when the sheet is closed
}

type row struct {
	cells  []any // nil or excelize.Cell, from column 1
	height float64
	fixed  bool
	hidden bool
}

type area struct{ row, col, rows, cols int }

type link struct {
	row, col int
	to, tip  string
}

type tableArea struct {
	name string
	area area
}

// Name returns the sheet's name in the workbook.
func (s *Sheet) Name() string { return s.name }

// SetColumns sets the widths of the columns from the first on, in points. It
// must stand before the cells, whose heights depend on it.
func (s *Sheet) SetColumns(widths ...float64) { s.widths = append([]float64(nil), widths...) }

// Width returns the width in points of cols columns from col on.
func (s *Sheet) Width(col, cols int) float64 {
	sum := 0.0
	for c := col; c < col+cols; c++ {
		if c <= len(s.widths) {
			sum += s.widths[c-1]
		} else {
			sum += 48
		}
	}
	return sum
}

// TextHeight returns the height that the text needs in a cell over cols columns
// from col on in the style.
func (s *Sheet) TextHeight(col, cols int, text string, st Style) float64 {
	if st.NoWrap {
		return Height(1, st.size())
	}
	n := s.book.textLines(text, usable(s.Width(col, cols), float64(st.Indent)*9), st.size(), st.Bold)
	return Height(n, st.size())
}

// at returns the row's record; a row that no sheet has gives one that is not kept,
// and an error.
func (s *Sheet) at(r int) *row {
	switch {
	case s.closed:
		s.book.keep(fmt.Errorf("sheet: %s is written to after it was closed", s.name))
		return &row{}
	case r < 1 || r > excelize.TotalRows:
		s.book.keep(fmt.Errorf("sheet: %s has no row %d", s.name, r))
		return &row{}
	}
	for len(s.rows) < r {
		s.rows = append(s.rows, row{})
	}
	return &s.rows[r-1]
}

// put writes a cell, an excelize.Cell.
func (s *Sheet) put(r, col int, c any) {
	if col < 1 || col > excelize.MaxColumns {
		s.book.keep(fmt.Errorf("sheet: %s has no column %d", s.name, col))
		return
	}
	x := s.at(r)
	if len(x.cells) < col {
		if cap(x.cells) < col {
			x.cells = append(make([]any, 0, max(col, len(s.widths))), x.cells...)
		}
		x.cells = x.cells[:col]
	}
	x.cells[col-1] = c
	s.columns = max(s.columns, col)
}

// Text writes text into a cell and makes its row high enough. Where text stands
// in the source is told by [Sheet.TextAt].
func (s *Sheet) Text(r, col int, text string, st Style) {
	s.Box(r, col, 1, 1, text, st, catalog.Position{})
}

// TextAt is Text with the place that a warning about the text names.
func (s *Sheet) TextAt(r, col int, text string, st Style, pos catalog.Position) {
	s.Box(r, col, 1, 1, text, st, pos)
}

// Box writes text into a cell that covers rows × cols cells, merged where that
// is more than one, draws the style's edges around the whole and sees to it that
// the rows together are high enough. pos is where the text stands in its source.
func (s *Sheet) Box(r, col, rows, cols int, text string, st Style, pos catalog.Position) {
	text = s.clean(text, pos)
	s.frame(r, col, rows, cols, st, text)
	need := s.TextHeight(col, cols, text, st)
	if rows == 1 {
		s.Height(r, need)
	} else {
		s.at(r) // reports a row that no sheet has
		if r > 0 {
			s.boxes = append(s.boxes, Box{Row: r - 1, Span: rows, Need: need})
		}
	}
}

// clean returns the text as a cell can hold it and reports what was lost.
func (s *Sheet) clean(text string, pos catalog.Position) string {
	text, dropped, cut := Clean(text)
	if dropped > 0 {
		s.book.warn(catalog.Problem{Pos: pos, Level: catalog.LevelWarning, Rule: "workbook-character",
			Message: "left out: " + catalog.Plural(dropped, "character") + " that a workbook cannot hold"})
	}
	if cut {
		s.book.warn(catalog.Problem{Pos: pos, Level: catalog.LevelWarning, Rule: "workbook-length",
			Message: fmt.Sprintf("the text is cut: a cell of a workbook holds at most %d characters", MaxChars)})
	}
	return text
}

// frame writes the cells of a box: the text into the first, the style into all,
// because Excel draws the border of a merged cell from its single cells (and none
// inside).
func (s *Sheet) frame(r, col, rows, cols int, st Style, text string) {
	if rows > 1 || cols > 1 {
		s.Blank(r, col, rows, cols, st)
		s.merges = append(s.merges, area{r, col, rows, cols})
	}
	x := excelize.Cell{}
	if text != "" {
		x.Value = text
		st.quote = NeedsQuote(text)
	}
	x.StyleID = s.book.Style(st)
	s.put(r, col, x)
}

// Blank gives the cells of an area a style and no text, without merging them.
func (s *Sheet) Blank(r, col, rows, cols int, st Style) {
	var blank any = excelize.Cell{StyleID: s.book.Style(st)}
	for i := range rows {
		for j := range cols {
			s.put(r+i, col+j, blank)
		}
	}
}

// Value writes a number, a bool or a time.
func (s *Sheet) Value(r, col int, v any, st Style) {
	s.put(r, col, excelize.Cell{Value: v, StyleID: s.book.Style(st)})
	s.Height(r, Height(1, st.size()))
}

// Formula writes a formula (without the =) and the result that programs show
// which do not calculate: a number, a string or nil.
func (s *Sheet) Formula(r, col int, formula string, result any, st Style) {
	s.put(r, col, excelize.Cell{Formula: formula, Value: result, StyleID: s.book.Style(st)})
	s.Height(r, Height(1, st.size()))
}

// Height makes the row at least points high.
func (s *Sheet) Height(r int, points float64) {
	x := s.at(r)
	if !x.fixed {
		x.height = math.Max(x.height, points)
	}
}

// TextUpTo writes text into a cell as [Sheet.Text] does, but makes the row at most
// so many points high for it: what does not fit is in the cell, out of sight.
func (s *Sheet) TextUpTo(r, col int, text string, st Style, most float64) {
	text = s.clean(text, catalog.Position{})
	s.frame(r, col, 1, 1, st, text)
	s.Height(r, math.Min(s.TextHeight(col, 1, text, st), most))
}

// Run is a piece of text with a look of its own beside that of its cell.
type Run struct {
	Text                    string
	Bold, Strike, Underline bool
	Color                   string // "RRGGBB"; empty is the cell's
}

// Rich writes a text of several looks into a cell. The cell's text is that of the
// runs, one behind the other.
func (s *Sheet) Rich(r, col int, runs []Run, st Style, pos catalog.Position) {
	var whole strings.Builder
	for _, x := range runs {
		whole.WriteString(x.Text)
	}
	text := s.clean(whole.String(), pos)
	s.frame(r, col, 1, 1, st, text)
	if text != whole.String() || text == "" { // what a cell can't hold has no looks
		s.Height(r, s.TextHeight(col, 1, text, st))
		return
	}
	out := make([]excelize.RichTextRun, len(runs))
	wide := st
	for i, x := range runs {
		look := st
		look.Bold, look.Strike, look.Underline = st.Bold || x.Bold, st.Strike || x.Strike, st.Underline || x.Underline
		look.Color = or(x.Color, st.Color)
		wide.Bold = wide.Bold || look.Bold
		out[i] = excelize.RichTextRun{Text: x.Text, Font: look.style().Font}
	}
	s.Height(r, s.TextHeight(col, 1, text, wide))
	st.quote = NeedsQuote(text)
	s.put(r, col, excelize.Cell{Value: out, StyleID: s.book.Style(st)})
}

// Hide hides the row, as a filter does.
func (s *Sheet) Hide(r int) { s.at(r).hidden = true }

// Texts returns what the cells of the rows first … last hold so far, as text, in
// their order; formulas aside. A last of 0 is the last row.
func (s *Sheet) Texts(first, last int) []string {
	var out []string
	for i, r := range s.rows {
		if i+1 < first || last > 0 && i+1 > last {
			continue
		}
		for _, c := range r.cells {
			x, _ := c.(excelize.Cell)
			if x.Value == nil || x.Formula != "" {
				continue
			}
			if runs, ok := x.Value.([]excelize.RichTextRun); ok {
				text := ""
				for _, run := range runs {
					text += run.Text
				}
				out = append(out, text)
				continue
			}
			out = append(out, fmt.Sprint(x.Value))
		}
	}
	return out
}

// FixHeight sets the row's height whatever stands in it.
func (s *Sheet) FixHeight(r int, points float64) {
	x := s.at(r)
	x.height, x.fixed = points, true
}

// RowHeight returns the row's height so far; cells over several rows count when
// the sheet is closed.
func (s *Sheet) RowHeight(r int) float64 { return s.at(r).height }

// Rows returns the number of rows so far.
func (s *Sheet) Rows() int { return len(s.rows) }

// Mark names the cell as a place for [Sheet.Link] on any sheet.
func (s *Sheet) Mark(name string, r, col int) { s.book.mark(name, mark{s, r, col}) }

// Link makes a cell (the first of a merged one) a link to the place that was or
// will be named to. tip, if not empty, is shown by the mouse. The text of the
// cell must fit on one line: LibreOffice makes it a field, which does not wrap.
// Links beyond MaxLinks on one sheet are left out with a warning.
func (s *Sheet) Link(r, col int, to, tip string) {
	if len(s.links) < MaxLinks {
		s.links = append(s.links, link{r, col, to, truncate(s.clean(tip, catalog.Position{}), 255)})
		return
	}
	if !s.full {
		s.full = true
		s.book.warn(catalog.Problem{Level: catalog.LevelWarning, Rule: "workbook-links",
			Message: fmt.Sprintf("sheet %q of the workbook has more than %d links; the others are left out", s.name, MaxLinks)})
	}
}

// URL makes a cell a link to an address outside of the workbook. As with
// [Sheet.Link], the text of the cell must fit on one line.
func (s *Sheet) URL(r, col int, url string) {
	s.book.keep(s.book.file.SetCellHyperLink(s.name, cellName(r, col), url, "External"))
}

// Freeze keeps the first rows and columns in sight.
func (s *Sheet) Freeze(rows, cols int) { s.freeze = [2]int{rows, cols} }

// RepeatRows prints the rows first … last at the top of every page.
func (s *Sheet) RepeatRows(first, last int) { s.titles = [2]int{first, last} }

// Table makes an Excel table with filters of the area, whose first row holds the
// headings: strings, each different from the others. The name is made of ASCII
// letters; Excel has one space of names for a workbook. An area of one row gets
// an empty one. A sheet has at most one table.
func (s *Sheet) Table(name string, r, col, rows, cols int) {
	s.tables = append(s.tables, tableArea{name, area{r, col, max(rows, 2), cols}})
}

// Headings returns the texts as headings of a table: on one line, none empty,
// each different from the others but for case.
func Headings(texts ...string) []string {
	taken := map[string]bool{}
	out := make([]string, len(texts))
	for i, t := range texts {
		t, _, _ = Clean(t)
		t = oneLine(t)
		if t == "" {
			t = "-"
		}
		out[i] = uniqueName(truncate(t, maxHeader), maxHeader, taken)
	}
	return out
}
