package sheet

import (
	"bytes"
	"context"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/xuri/excelize/v2"

	"riskguide/catalog"
)

// Properties are the document properties of a workbook.
type Properties struct {
	Title, Subject, Description string
	// Creator is who answers for the content; also the company.
	Creator  string
	Keywords string
	Category string
	Version  string // the edition
	Language catalog.Lang
	// Created is also the time of the last change; UTC.
	Created time.Time
	// Tool is the program's name and version.
	Tool string
}

// Book is a workbook under way.
type Book struct {
	file   *excelize.File
	warn   func(catalog.Problem)
	err    error
	sheets []*Sheet
	byPath map[string]*Sheet // by the part's name in the package
	names  map[string]bool   // sheet names in use, lower case
	tables map[string]bool   // table names in use, lower case
	styles map[Style]int
	marks  map[string]mark
	lines  map[linesKey]int
}

// mark is a place that links lead to.
type mark struct {
	sheet    *Sheet
	row, col int
}

// New begins a workbook. warn takes what a person should know (see [Clean]); nil
// discards.
func New(p Properties, warn func(catalog.Problem)) *Book {
	b := &Book{
		file:   excelize.NewFile(),
		warn:   warn,
		byPath: map[string]*Sheet{},
		names:  map[string]bool{},
		tables: map[string]bool{},
		styles: map[Style]int{},
		marks:  map[string]mark{},
		lines:  map[linesKey]int{},
	}
	if b.warn == nil {
		b.warn = func(catalog.Problem) {}
	}
	created := p.Created.UTC().Format("2006-01-02T15:04:05Z")
	text := func(s string) string { s, _, _ = Clean(s); return s }
	b.keep(b.file.SetDocProps(&excelize.DocProperties{
		Title: text(p.Title), Subject: text(p.Subject), Description: text(p.Description),
		Creator: text(p.Creator), LastModifiedBy: text(p.Creator), Keywords: text(p.Keywords),
		Category: text(p.Category), Version: text(p.Version), Language: string(p.Language),
		Created: created, Modified: created,
	}))
	b.keep(b.file.SetAppProps(&excelize.AppProperties{Application: text(p.Tool), Company: text(p.Creator)}))
	b.defaultFont()
	if views := b.file.WorkBook.BookViews; views != nil && len(views.WorkBookView) > 0 {
		// A window for a screen of today, with room for the names of sheets.
		v := &views.WorkBookView[0]
		v.WindowWidth, v.WindowHeight, v.TabRatio = 28800, 15000, 800 // twentieths of a point; thousandths
	}
	return b
}

// defaultFont makes FontName at 10 points the font of the Normal style: the
// widths of columns are counted in its digits.
func (b *Book) defaultFont() {
	charset := charsetShiftJIS
	_, err := b.file.NewStyle(&excelize.Style{Font: &excelize.Font{Family: FontName, Size: defaultSize,
		Color: Ink, Charset: &charset}})
	b.keep(err)
	if err == nil {
		fonts := b.file.Styles.Fonts.Font
		fonts[0] = fonts[len(fonts)-1]
	}
}

// File is the workbook as excelize has it, for what this package does not know;
// see the package documentation.
func (b *Book) File() *excelize.File { return b.file }

// Close frees what the workbook holds, temporary files of very large sheets among
// it. Bytes does so by itself; a Book that is given up needs it.
func (b *Book) Close() { b.keep(b.file.Close()) }

// keep remembers the first error.
func (b *Book) keep(err error) {
	if err != nil && b.err == nil {
		b.err = err
	}
}

// Style returns the number of the style in the workbook.
func (b *Book) Style(s Style) int {
	if id, ok := b.styles[s]; ok {
		return id
	}
	plain := s
	plain.quote = false
	id, err := b.file.NewStyle(plain.style())
	b.keep(err)
	if s.quote && err == nil {
		// excelize has no name for the quote prefix: the record is copied.
		xfs := b.file.Styles.CellXfs
		xf, yes := xfs.Xf[id], true
		xf.QuotePrefix = &yes
		id = len(xfs.Xf)
		xfs.Xf = append(xfs.Xf, xf)
		xfs.Count = len(xfs.Xf)
	}
	b.styles[s] = id
	return id
}

// linesKey identifies a text laid out in a width.
type linesKey struct {
	text        string
	width, size float64
	bold        bool
}

// textLines is Lines, remembered: a flat table repeats its texts many times.
func (b *Book) textLines(text string, width, size float64, bold bool) int {
	if len(text) < 24 {
		return Lines(text, width, size, bold)
	}
	k := linesKey{text, width, size, bold}
	n, ok := b.lines[k]
	if !ok {
		n = Lines(text, width, size, bold)
		b.lines[k] = n
	}
	return n
}

// mark names a place that [Sheet.Link] can lead to. A name is given once.
func (b *Book) mark(name string, m mark) {
	if _, ok := b.marks[name]; ok {
		b.keep(fmt.Errorf("sheet: the place %q is named twice", name))
		return
	}
	b.marks[name] = m
}

// HasMark reports whether a place of that name was named so far.
func (b *Book) HasMark(name string) bool { _, ok := b.marks[name]; return ok }

// AddSheet adds a sheet behind the others. A name that Excel refuses is changed
// so that it is valid, and one that is taken gets a number; see [Sheet.Name].
func (b *Book) AddSheet(name string, page Page) *Sheet {
	s := &Sheet{book: b, name: uniqueName(cleanName(name), MaxName, b.names), page: page}
	if len(b.sheets) == 0 {
		b.keep(b.file.SetSheetName("Sheet1", s.name))
	} else {
		_, err := b.file.NewSheet(s.name)
		b.keep(err)
	}
	b.sheets = append(b.sheets, s)
	b.byPath[fmt.Sprintf("xl/worksheets/sheet%d.xml", len(b.sheets))] = s
	return s
}

// Bytes closes the sheets that are still open and returns the workbook as a file.
// Its error is the first that occurred anywhere, or that a link leads nowhere.
func (b *Book) Bytes(ctx context.Context) ([]byte, error) {
	defer b.file.Close()
	if len(b.sheets) == 0 {
		b.keep(errors.New("sheet: a workbook needs a sheet"))
	}
	for _, s := range b.sheets {
		s.Close()
	}
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	for _, s := range b.sheets {
		for _, l := range s.links {
			if _, ok := b.marks[l.to]; !ok {
				b.keep(fmt.Errorf("sheet: %s!%s links to %q, which is nowhere", s.name, cellName(l.row, l.col), l.to))
			}
		}
	}
	if b.err != nil {
		return nil, b.err
	}
	if err := b.definePrintNames(); err != nil {
		return nil, err
	}
	b.file.SetZipWriter(func(w io.Writer) excelize.ZipWriter { return newArchive(w, b.finish) })
	buf, err := b.file.WriteToBuffer()
	if err != nil {
		return nil, err
	}
	return buf.Bytes(), nil
}

// definePrintNames tells which area of each sheet is printed and which rows are
// repeated. For every name excelize looks through all names and sheets, which
// for some thousand sheets takes minutes: it is asked for the first name, the
// others are copies of that record.
func (b *Book) definePrintNames() error {
	for i, s := range b.sheets {
		for _, n := range s.printNames {
			if i == 0 {
				if err := b.file.SetDefinedName(&excelize.DefinedName{Name: n.name, RefersTo: n.refersTo, Scope: s.name}); err != nil {
					return err
				}
				continue
			}
			names := b.file.WorkBook.DefinedNames
			record, index := names.DefinedName[0], i
			record.Name, record.Data, record.LocalSheetID, record.Comment = n.name, n.refersTo, &index, ""
			names.DefinedName = append(names.DefinedName, record)
		}
	}
	return nil
}

// contentTypes is the part that lists the types of the others.
const contentTypes = "[Content_Types].xml"

var defaultType = regexp.MustCompile(`<Default [^>]*></Default>`)

// sortedDefaults puts the types by file extension in order: with a chart, excelize
// adds those of images from a map.
func sortedDefaults(data []byte) []byte {
	all := defaultType.FindAll(data, -1)
	sorted := slices.Clone(all)
	slices.SortFunc(sorted, bytes.Compare)
	i := -1
	return defaultType.ReplaceAllFunc(data, func([]byte) []byte {
		i++
		return sorted[i]
	})
}

// finish puts the hyperlinks into a sheet's part. excelize would look through
// all links of the sheet for each new one; and places may be named after the
// links that lead to them.
func (b *Book) finish(name string, data []byte) []byte {
	if name == contentTypes {
		return sortedDefaults(data)
	}
	s := b.byPath[name]
	if s == nil || len(s.links) == 0 {
		return data
	}
	// The order of elements is fixed (ECMA-376 part 1, 18.3.1.99 worksheet):
	// hyperlinks stand before the print settings, which every sheet has.
	from := bytes.LastIndex(data, []byte("</sheetData>"))
	if from < 0 {
		return data
	}
	open, end := "<hyperlinks>", "</hyperlinks>"
	at := bytes.Index(data[from:], []byte(open))
	if at >= 0 { // external links that excelize wrote
		at += len(open)
		open, end = "", ""
	} else if at = bytes.Index(data[from:], []byte("<printOptions")); at < 0 {
		at = bytes.Index(data[from:], []byte("<pageMargins"))
	}
	if at < 0 {
		return data
	}
	at += from
	var x bytes.Buffer
	x.Grow(len(data) + 80*len(s.links))
	x.Write(data[:at])
	x.WriteString(open)
	for _, l := range s.links {
		m := b.marks[l.to]
		x.WriteString(`<hyperlink ref="`)
		x.WriteString(cellName(l.row, l.col))
		x.WriteString(`" location="`)
		_ = xml.EscapeText(&x, []byte(quoteSheet(m.sheet.name)+"!"+cellName(m.row, m.col)))
		if l.tip != "" {
			x.WriteString(`" tooltip="`)
			_ = xml.EscapeText(&x, []byte(l.tip))
		}
		x.WriteString(`"/>`)
	}
	x.WriteString(end)
	x.Write(data[at:])
	return x.Bytes()
}

// quoteSheet returns a sheet's name as it stands in a reference.
func quoteSheet(name string) string { return "'" + strings.ReplaceAll(name, "'", "''") + "'" }

func cellName(row, col int) string {
	name, err := excelize.CoordinatesToCellName(col, row)
	if err != nil {
		return "A1"
	}
	return name
}
