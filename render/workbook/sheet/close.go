package sheet

import (
	"fmt"
	"strings"
	"unicode/utf16"

	"github.com/xuri/excelize/v2"

	"riskguide/catalog"
)

// Close finishes the sheet and frees its cells. What is set through
// [Book.File] must be set before.
func (s *Sheet) Close() {
	if s.closed {
		return
	}
	s.closed = true
	if s.book.err != nil {
		return
	}
	s.heights()
	s.book.keep(s.settings())
	s.book.keep(s.stream())
	s.rows, s.merges, s.boxes = nil, nil, nil
}

// heights raises rows until the cells over several rows find their heights, and
// reports what cannot be shown in full.
func (s *Sheet) heights() {
	if len(s.boxes) > 0 {
		boxes := make([]Box, 0, len(s.boxes)+len(s.rows))
		for i, r := range s.rows {
			boxes = append(boxes, Box{Row: i, Span: 1, Need: r.height})
		}
		boxes = append(boxes, s.boxes...)
		for i, h := range RowHeights(len(s.rows), 0, boxes) {
			if r := &s.rows[i]; !r.fixed {
				r.height = max(r.height, h)
			}
		}
	}
	for i := range s.rows {
		r := &s.rows[i]
		if r.height == 0 {
			r.height = Height(1, BodySize)
		}
		if r.height > excelize.MaxRowHeight {
			s.book.warn(catalog.Problem{Level: catalog.LevelWarning, Rule: "workbook-height",
				Message: fmt.Sprintf("row %d of sheet %q of the workbook would need %.0f points and is cut at %d",
					i+1, s.name, r.height, excelize.MaxRowHeight)})
			r.height = excelize.MaxRowHeight
		}
	}
}

// settings states what stands before and behind the cells in the part.
func (s *Sheet) settings() error {
	f := s.book.file
	yes, no, zoom := true, false, 100.0
	if s.page.Zoom > 0 {
		zoom = float64(s.page.Zoom)
	}
	props := &excelize.SheetPropsOptions{FitToPage: &yes}
	if s.page.TabColor != "" {
		color := "FF" + s.page.TabColor // with its opacity
		props.TabColorRGB = &color
	}
	if err := f.SetSheetProps(s.name, props); err != nil {
		return err
	}
	view := &excelize.ViewOptions{ShowGridLines: &no, ZoomScale: &zoom}
	if s.page.GridLines {
		view.ShowGridLines = &yes
	}
	if err := f.SetSheetView(s.name, 0, view); err != nil {
		return err
	}
	paper, wide, tall, orientation := 9, 1, 0, "landscape"
	if s.page.Portrait {
		orientation = "portrait"
	}
	if err := f.SetPageLayout(s.name, &excelize.PageLayoutOptions{Size: &paper, Orientation: &orientation,
		FitToWidth: &wide, FitToHeight: &tall}); err != nil {
		return err
	}
	side, top, edge := 0.4, 0.7, 0.3 // inches
	if err := f.SetPageMargins(s.name, &excelize.PageLayoutMarginsOptions{Left: &side, Right: &side,
		Top: &top, Bottom: &top, Header: &edge, Footer: &edge, Horizontally: &yes}); err != nil {
		return err
	}
	if err := f.SetHeaderFooter(s.name, &excelize.HeaderFooterOptions{
		OddHeader: headerCode(s.page.HeaderLeft, s.page.HeaderRight),
		OddFooter: headerCode(s.page.FooterLeft, s.page.FooterRight),
	}); err != nil {
		return err
	}
	last := cellName(max(len(s.rows), 1), max(s.columns, 1))
	if err := f.SetSheetDimension(s.name, "A1:"+last); err != nil {
		return err
	}
	if !s.page.NotPrinted {
		s.printNames = append(s.printNames, printName{"_xlnm.Print_Area",
			fmt.Sprintf("%s!$A$1:%s", quoteSheet(s.name), absolute(max(len(s.rows), 1), max(s.columns, 1)))})
	}
	if s.titles[0] != 0 {
		s.printNames = append(s.printNames, printName{"_xlnm.Print_Titles",
			fmt.Sprintf("%s!$%d:$%d", quoteSheet(s.name), s.titles[0], s.titles[1])})
	}
	return nil
}

// printName is a name that a program for spreadsheets knows for a sheet.
type printName struct{ name, refersTo string }

// stream writes the rows.
func (s *Sheet) stream() error {
	sw, err := s.book.file.NewStreamWriter(s.name)
	if err != nil {
		return err
	}
	// excelize puts each new column before the others, and Excel wants them in
	// order.
	for i := len(s.widths); i > 0; i-- {
		if err := sw.SetColWidth(i, i, ColumnChars(s.widths[i-1])); err != nil {
			return err
		}
	}
	if s.freeze != [2]int{} {
		if err := sw.SetPanes(panes(s.freeze[0], s.freeze[1])); err != nil {
			return err
		}
	}
	for i := range s.rows {
		r := &s.rows[i]
		if err := sw.SetRow(fmt.Sprintf("A%d", i+1), r.cells, excelize.RowOpts{Height: r.height, Hidden: r.hidden}); err != nil {
			return err
		}
		r.cells = nil
	}
	for _, m := range s.merges {
		if err := sw.MergeCell(cellName(m.row, m.col), cellName(m.row+m.rows-1, m.col+m.cols-1)); err != nil {
			return err
		}
	}
	for _, t := range s.tables {
		no := false
		if err := sw.AddTable(&excelize.Table{
			Range:          cellName(t.area.row, t.area.col) + ":" + cellName(t.area.row+t.area.rows-1, t.area.col+t.area.cols-1),
			Name:           truncate(uniqueTable(t.name, s.book.tables), maxTableName),
			StyleName:      "TableStyleLight1",
			ShowRowStripes: &no,
		}); err != nil {
			return err
		}
	}
	return sw.Flush()
}

// uniqueTable returns the name, with a number where another table has it.
func uniqueTable(name string, taken map[string]bool) string {
	base := name
	for i := 2; taken[strings.ToLower(name)]; i++ {
		name = base + "_" + itoa(i)
	}
	taken[strings.ToLower(name)] = true
	return name
}

// panes returns the setting for frozen rows and columns, with the cursor in the
// part that scrolls.
func panes(rows, cols int) *excelize.Panes {
	pane := "bottomRight"
	switch {
	case rows == 0:
		pane = "topRight"
	case cols == 0:
		pane = "bottomLeft"
	}
	corner := cellName(rows+1, cols+1)
	return &excelize.Panes{Freeze: true, XSplit: cols, YSplit: rows, TopLeftCell: corner, ActivePane: pane,
		Selection: []excelize.Selection{{SQRef: corner, ActiveCell: corner, Pane: pane}}}
}

// headerCode returns the code of a header or footer (ECMA-376 part 1, 18.3.1.39),
// shortened to what Excel takes. The size stands before the font's name, so that
// a text that begins with a digit is not read as part of it.
func headerCode(left, right string) string {
	const font = `&8&"` + FontName + `,Regular"`
	fill := strings.NewReplacer("{page}", "&P", "{pages}", "&N", "{sheet}", "&A")
	code := func(limit int, s string) string {
		s, _, _ = Clean(s)
		for s = oneLine(s); ; {
			c := fill.Replace(EscapeHeader(s))
			if len(utf16.Encode([]rune(c))) <= limit {
				return c
			}
			r := []rune(s)
			s = string(r[:len(r)-1])
		}
	}
	const room = maxHeader - 2*(len(font)+len("&L"))
	r := code(room/2, right)
	l := code(room-len(utf16.Encode([]rune(r))), left)
	out := ""
	if l != "" {
		out += "&L" + font + l
	}
	if r != "" {
		out += "&R" + font + r
	}
	return out
}

func absolute(row, col int) string {
	name, err := excelize.CoordinatesToCellName(col, row, true)
	if err != nil {
		return "$A$1"
	}
	return name
}

func oneLine(s string) string { return strings.Join(strings.Fields(s), " ") }
