// Package xlsx reads workbooks that strangers send: every cell that holds
// something, as text, with its place. It takes what Excel, LibreOffice and Google
// Sheets write (ISO/IEC 29500-1, transitional and strict) and trusts none of it.
//
// # Why not excelize
//
// The project writes workbooks with excelize. To read hostile ones it is no fit:
// it keeps a whole sheet in memory as Go structures, fills up the rows that a file
// leaves out, has no notion of the depth of XML, and hands out phonetic runs and
// cached results of formulas where this needs the text and the formula. This
// reader streams each part once through encoding/xml and keeps only cells that
// hold something. BenchmarkRead compares the two.
//
// # Limits
//
// Nothing is written to the disk, nothing is fetched, no formula is evaluated and
// no macro is run. Time and memory are bounded by the size of the file, the number
// of its parts, what the parts expand to, how far one expands, and the number of
// cells and the length of text that are kept; see the constants. A file that
// exceeds a limit, or that is no workbook at all, gives a [Refused] that says what
// it is and what to do.
package xlsx

import (
	"cmp"
	"context"
	"fmt"
	"io"
	"slices"
	"strings"
)

// The limits. A questionnaire of a thousand requirements with full answers is
// within them, with the pictures that people paste, too.
const (
	MaxFile      = 50 << 20 // bytes of the file
	maxDirectory = 4 << 20  // bytes read to list the parts
	maxParts     = 5000     // parts of the file, pictures included
	maxExpanded  = 96 << 20 // bytes of all parts that are read
	maxRatio     = 400      // times that a part of more than ratioFrom may expand
	ratioFrom    = 8 << 20  // bytes
	maxDepth     = 100      // levels of XML
	maxTag       = 1 << 20  // bytes of one tag with its attributes
	maxSheets    = 500
	maxCells     = 400_000  // cells that hold something, of all sheets
	maxTexts     = 400_000  // shared texts
	maxText      = 48 << 20 // bytes of text that are kept
	maxMerged    = 50_000
	maxLinks     = 50_000
	maxObjects   = 20_000
	maxRow       = 1 << 20
	maxColumn    = 1 << 14
)

// Refused says why a file is not read, for the person who collects it.
type Refused struct {
	// Reason says what is wrong with the file, in words that follow its name.
	Reason string
	// Hint says what to do; may be empty.
	Hint string
}

// Error implements error.
func (r *Refused) Error() string {
	if r.Hint == "" {
		return r.Reason
	}
	return r.Reason + " (" + r.Hint + ")"
}

func refuse(hint, format string, args ...any) error {
	return &Refused{Reason: fmt.Sprintf(format, args...), Hint: hint}
}

// Kind tells what a cell holds.
type Kind uint8

// The kinds of cells.
const (
	Text   Kind = iota // a text
	Number             // a number or a date; see [Cell.Date]
	Bool               // TRUE or FALSE
	Error              // an error value such as #REF!
)

// Cell is a cell that holds something.
type Cell struct {
	Row, Col int // from 1
	Kind     Kind
	// Date tells that a number is formatted as a date.
	Date bool
	// Text is the text, the number as the file writes it, TRUE or FALSE, or
	// the error value. For a formula it is the result that was stored.
	Text string
	// Formula is the formula without its equals sign; empty where there is
	// none.
	Formula string
}

// Range is a rectangle of cells, its ends included.
type Range struct{ Row, Col, LastRow, LastCol int }

// Note is a comment on a cell.
type Note struct {
	Row, Col int
	Text     string
}

// Link is a hyperlink of a cell to somewhere outside the workbook.
type Link struct {
	Row, Col int
	Target   string
}

// Object is what lies over the cells: "picture", "chart", "text box" or
// "embedded object". Row and Col are 0 where its place is not known.
type Object struct {
	Row, Col int
	What     string
	Text     string // of a text box
}

// Sheet is a sheet of cells.
type Sheet struct {
	Name   string
	Hidden bool
	// Cells are in the order of rows and columns, each place once.
	Cells []Cell
	// Repeated counts cells that a damaged file holds a second time; the
	// first one counts.
	Repeated int
	Merged   []Range
	Notes    []Note
	Links    []Link
	Objects  []Object
}

// Cell returns the cell at a place, or nil where it holds nothing.
func (s *Sheet) Cell(row, col int) *Cell {
	i, ok := slices.BinarySearchFunc(s.Cells, Cell{Row: row, Col: col}, compareCells)
	if !ok {
		return nil
	}
	return &s.Cells[i]
}

func compareCells(a, b Cell) int {
	return cmp.Or(cmp.Compare(a.Row, b.Row), cmp.Compare(a.Col, b.Col))
}

// Book is what a workbook holds.
type Book struct {
	Sheets []*Sheet // in their order, hidden ones too
	// Properties are the custom document properties that are text.
	Properties map[string]string
	// Date1904 tells that dates are counted from 1904 (old Macintosh).
	Date1904 bool
	Macros   bool
	// External are the other files that formulas refer to, as the workbook
	// names them. They are not opened.
	External []string
	// Connections tells that the workbook wants to fetch data from elsewhere.
	Connections bool
	// NotRead are sheets that hold no cells, such as a chart that is a sheet.
	NotRead []string
}

// Read reads a workbook. The error is a [*Refused] where the file is at fault, and
// the context's where that ended.
func Read(ctx context.Context, r io.ReaderAt, size int64) (*Book, error) {
	p, err := open(ctx, r, size)
	if err != nil {
		return nil, err
	}
	b := &Book{Properties: map[string]string{}}
	if err := p.book(b); err != nil {
		return nil, err
	}
	return b, nil
}

// CellName is the name of a place, such as "F41".
func CellName(row, col int) string { return ColumnName(col) + fmt.Sprint(row) }

// ColumnName is the name of a column, such as "AB" for 28.
func ColumnName(col int) string {
	var b [8]byte
	i := len(b)
	for col > 0 && i > 0 {
		i--
		b[i] = byte('A' + (col-1)%26)
		col = (col - 1) / 26
	}
	return string(b[i:])
}

// parseRef reads the name of a cell; ok tells that it is one.
func parseRef(s string) (row, col int, ok bool) {
	i := 0
	for ; i < len(s); i++ {
		c := s[i] &^ 0x20
		if c < 'A' || c > 'Z' || col > maxColumn {
			break
		}
		col = col*26 + int(c-'A'+1)
	}
	if i == 0 || i == len(s) {
		return 0, 0, false
	}
	for ; i < len(s); i++ {
		c := s[i]
		if c < '0' || c > '9' || row > maxRow {
			return 0, 0, false
		}
		row = row*10 + int(c-'0')
	}
	return row, col, row >= 1 && row <= maxRow && col <= maxColumn
}

// parseRange reads "A1:B2" or "A1".
func parseRange(s string) (Range, bool) {
	from, to, two := strings.Cut(strings.ReplaceAll(s, "$", ""), ":")
	var r Range
	var ok bool
	if r.Row, r.Col, ok = parseRef(from); !ok {
		return r, false
	}
	if !two {
		r.LastRow, r.LastCol = r.Row, r.Col
		return r, true
	}
	if r.LastRow, r.LastCol, ok = parseRef(to); !ok {
		return r, false
	}
	return Range{min(r.Row, r.LastRow), min(r.Col, r.LastCol), max(r.Row, r.LastRow), max(r.Col, r.LastCol)}, true
}
