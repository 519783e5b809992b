// Package sheettest checks finished workbooks in tests: what makes Excel offer a
// repair, and what LibreOffice makes of them.
package sheettest

import (
	"archive/zip"
	"bytes"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"path"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"unicode/utf16"

	"github.com/xuri/excelize/v2"
)

// Check reports every part of the workbook that is not as the file format
// (ECMA-376) and Excel's limits want it: parts that are not well-formed or not
// declared, relations and links that lead nowhere, cells, rows, columns and
// elements out of order, areas that overlap, tables whose columns are not their
// headings, names and numbers given twice.
func Check(t testing.TB, data []byte) {
	t.Helper()
	c := checker{t: t, parts: map[string][]byte{}, sheets: map[string]bool{},
		tableIDs: map[string]bool{}, tableNames: map[string]bool{}}
	c.unzip(data)
	c.container()
	c.workbook()
}

type checker struct {
	t      testing.TB
	parts  map[string][]byte
	sheets map[string]bool // by name

	styles               int
	tableIDs, tableNames map[string]bool
}

func (c *checker) unzip(data []byte) {
	c.t.Helper()
	zr, err := zip.NewReader(bytes.NewReader(data), int64(len(data)))
	if err != nil {
		c.t.Fatal(err)
	}
	for i, f := range zr.File {
		if i == 0 && f.Name != "[Content_Types].xml" {
			c.t.Errorf("the first part is %s, not the content types", f.Name)
		}
		if !f.Modified.IsZero() && f.Modified.Year() > 1980 {
			c.t.Errorf("%s carries a time: %v", f.Name, f.Modified)
		}
		if c.parts[f.Name] != nil {
			c.t.Errorf("%s is there twice", f.Name)
		}
		r, err := f.Open()
		if err != nil {
			c.t.Fatal(err)
		}
		b, err := io.ReadAll(r)
		if err != nil {
			c.t.Fatalf("%s: %v", f.Name, err)
		}
		c.parts[f.Name] = b
	}
	for name, b := range c.parts {
		d := xml.NewDecoder(bytes.NewReader(b))
		for {
			if _, err := d.Token(); errors.Is(err, io.EOF) {
				break
			} else if err != nil {
				c.t.Errorf("%s is not well-formed: %v", name, err)
				break
			}
		}
	}
}

func (c *checker) decode(name string, v any) {
	c.t.Helper()
	b, ok := c.parts[name]
	if !ok {
		c.t.Fatalf("there is no part %s", name)
	}
	if err := xml.Unmarshal(b, v); err != nil {
		c.t.Fatalf("%s: %v", name, err)
	}
}

type relation struct {
	ID     string `xml:"Id,attr"`
	Target string `xml:"Target,attr"`
	Type   string `xml:"Type,attr"`
	Mode   string `xml:"TargetMode,attr"`
}

// relations returns the relations of a part by id.
func (c *checker) relations(part string) map[string]relation {
	name := path.Join(path.Dir(part), "_rels", path.Base(part)+".rels")
	out := map[string]relation{}
	if c.parts[name] == nil {
		return out
	}
	var rels struct {
		R []relation `xml:"Relationship"`
	}
	c.decode(name, &rels)
	for _, r := range rels.R {
		if _, ok := out[r.ID]; ok {
			c.t.Errorf("%s: the id %s is given twice", name, r.ID)
		}
		if r.Mode != "External" {
			target := path.Join(path.Dir(part), r.Target)
			if strings.HasPrefix(r.Target, "/") {
				target = r.Target[1:]
			}
			if c.parts[target] == nil {
				c.t.Errorf("%s: %s leads to %s, which is not there", name, r.ID, r.Target)
			}
			r.Target = target
		}
		out[r.ID] = r
	}
	return out
}

// container checks that every part is declared and reached.
func (c *checker) container() {
	var types struct {
		Default []struct {
			Extension string `xml:"Extension,attr"`
		}
		Override []struct {
			Name string `xml:"PartName,attr"`
		}
	}
	c.decode("[Content_Types].xml", &types)
	declared := map[string]bool{}
	for _, o := range types.Override {
		name := strings.TrimPrefix(o.Name, "/")
		if declared[name] {
			c.t.Errorf("the type of %s is given twice", name)
		}
		declared[name] = true
		if c.parts[name] == nil {
			c.t.Errorf("a type is given for %s, which is not there", name)
		}
	}
	for name := range c.parts {
		if !declared[name] && name != "[Content_Types].xml" && !strings.HasSuffix(name, ".rels") {
			c.t.Errorf("no type is given for %s", name)
		}
	}
	c.relations("")
	var styles struct {
		Xfs struct {
			Count int `xml:"count,attr"`
			Xf    []struct {
				Font   int `xml:"fontId,attr"`
				Fill   int `xml:"fillId,attr"`
				Border int `xml:"borderId,attr"`
			} `xml:"xf"`
		} `xml:"cellXfs"`
		Fonts   counted `xml:"fonts"`
		Fills   counted `xml:"fills"`
		Borders counted `xml:"borders"`
	}
	c.decode("xl/styles.xml", &styles)
	c.styles = len(styles.Xfs.Xf)
	if styles.Xfs.Count != c.styles {
		c.t.Errorf("styles: %d formats, said to be %d", c.styles, styles.Xfs.Count)
	}
	for i, x := range styles.Xfs.Xf {
		if x.Font >= len(styles.Fonts.Items) || x.Fill >= len(styles.Fills.Items) || x.Border >= len(styles.Borders.Items) {
			c.t.Errorf("styles: format %d uses what is not there: %+v", i, x)
		}
	}
}

type counted struct {
	Items []struct {
		XMLName xml.Name
	} `xml:",any"`
}

func (c *checker) workbook() {
	const part = "xl/workbook.xml"
	var wb struct {
		Sheets []struct {
			Name string `xml:"name,attr"`
			ID   string `xml:"sheetId,attr"`
			RID  string `xml:"http://schemas.openxmlformats.org/officeDocument/2006/relationships id,attr"`
		} `xml:"sheets>sheet"`
		Names []struct {
			Name  string `xml:"name,attr"`
			Scope *int   `xml:"localSheetId,attr"`
			Value string `xml:",chardata"`
		} `xml:"definedNames>definedName"`
	}
	c.decode(part, &wb)
	rels := c.relations(part)
	lower, ids := map[string]bool{}, map[string]bool{}
	for _, s := range wb.Sheets {
		c.sheets[s.Name] = true
		if n := len(utf16.Encode([]rune(s.Name))); n < 1 || n > 31 || strings.ContainsAny(s.Name, `:\/?*[]`) ||
			strings.HasPrefix(s.Name, "'") || strings.HasSuffix(s.Name, "'") || strings.EqualFold(s.Name, "History") {
			c.t.Errorf("sheet name %q is not valid", s.Name)
		}
		if lower[strings.ToLower(s.Name)] || ids[s.ID] {
			c.t.Errorf("sheet %q or its id is there twice", s.Name)
		}
		lower[strings.ToLower(s.Name)], ids[s.ID] = true, true
	}
	names := map[string]bool{}
	for _, n := range wb.Names {
		key := strings.ToLower(n.Name)
		if n.Scope != nil {
			key += " " + strconv.Itoa(*n.Scope)
			if *n.Scope >= len(wb.Sheets) {
				c.t.Errorf("name %s is of sheet %d, which is not there", n.Name, *n.Scope)
			} else if strings.HasPrefix(n.Name, "_xlnm.Print_") && !strings.HasPrefix(n.Value, quote(wb.Sheets[*n.Scope].Name)+"!") {
				c.t.Errorf("name %s of sheet %q refers to %s", n.Name, wb.Sheets[*n.Scope].Name, n.Value)
			}
		}
		if names[key] {
			c.t.Errorf("name %s is there twice", n.Name)
		}
		names[key] = true
	}
	for _, s := range wb.Sheets {
		r, ok := rels[s.RID]
		if !ok {
			c.t.Errorf("sheet %q has no part", s.Name)
			continue
		}
		c.sheet(s.Name, r.Target)
	}
}

func quote(name string) string { return "'" + strings.ReplaceAll(name, "'", "''") + "'" }

// order is the order of elements in a sheet (ECMA-376 part 1, A.2 CT_Worksheet).
var order = []string{"sheetPr", "dimension", "sheetViews", "sheetFormatPr", "cols", "sheetData", "sheetCalcPr",
	"sheetProtection", "protectedRanges", "scenarios", "autoFilter", "sortState", "dataConsolidate", "customSheetViews",
	"mergeCells", "phoneticPr", "conditionalFormatting", "dataValidations", "hyperlinks", "printOptions", "pageMargins",
	"pageSetup", "headerFooter", "rowBreaks", "colBreaks", "customProperties", "cellWatches", "ignoredErrors", "smartTags",
	"drawing", "legacyDrawing", "legacyDrawingHF", "picture", "oleObjects", "controls", "webPublishItems", "tableParts", "extLst"}

type worksheet struct {
	Cols []struct {
		Min   int     `xml:"min,attr"`
		Max   int     `xml:"max,attr"`
		Width float64 `xml:"width,attr"`
	} `xml:"cols>col"`
	Rows []struct {
		R     int     `xml:"r,attr"`
		H     float64 `xml:"ht,attr"`
		Cells []struct {
			R string `xml:"r,attr"`
			S int    `xml:"s,attr"`
			T string `xml:"t,attr"`
			I string `xml:"is>t"`
			V string `xml:"v"`
			F string `xml:"f"`
		} `xml:"c"`
	} `xml:"sheetData>row"`
	Merges struct {
		Count int `xml:"count,attr"`
		M     []struct {
			Ref string `xml:"ref,attr"`
		} `xml:"mergeCell"`
	} `xml:"mergeCells"`
	Links []struct {
		Ref      string `xml:"ref,attr"`
		Location string `xml:"location,attr"`
		RID      string `xml:"http://schemas.openxmlformats.org/officeDocument/2006/relationships id,attr"`
		Tooltip  string `xml:"tooltip,attr"`
	} `xml:"hyperlinks>hyperlink"`
	HeaderFooter struct {
		Header string `xml:"oddHeader"`
		Footer string `xml:"oddFooter"`
	} `xml:"headerFooter"`
	Tables []struct {
		RID string `xml:"http://schemas.openxmlformats.org/officeDocument/2006/relationships id,attr"`
	} `xml:"tableParts>tablePart"`
}

var location = regexp.MustCompile(`^('(?:[^']|'')+')!([A-Z]+[0-9]+)$`)

func (c *checker) sheet(name, part string) {
	c.elements(part)
	var ws worksheet
	c.decode(part, &ws)
	rels := c.relations(part)
	at := 0
	for _, col := range ws.Cols {
		if col.Min <= at || col.Max < col.Min || col.Width <= 0 || col.Width > 255 {
			c.t.Errorf("%s: column %+v is not valid or not in order", name, col)
		}
		at = col.Max
	}
	strs := map[string]string{} // cells that are strings
	lastRow := 0
	for _, r := range ws.Rows {
		if r.R <= lastRow || r.H > 409.5 {
			c.t.Errorf("%s: row %d is not in order or %v points high", name, r.R, r.H)
		}
		lastRow = r.R
		lastCol := 0
		for _, cell := range r.Cells {
			col, row, err := excelize.CellNameToCoordinates(cell.R)
			if err != nil || row != r.R || col <= lastCol {
				c.t.Errorf("%s: cell %s is not in order", name, cell.R)
			}
			lastCol = col
			if cell.S >= c.styles {
				c.t.Errorf("%s: cell %s has the style %d of %d", name, cell.R, cell.S, c.styles)
			}
			if n := len(utf16.Encode([]rune(cell.I))); n > 32767 {
				c.t.Errorf("%s: cell %s holds %d characters", name, cell.R, n)
			}
			if cell.T == "inlineStr" || cell.T == "str" && cell.F == "" {
				strs[cell.R] = cell.I
			}
		}
	}
	taken := map[[2]int]string{}
	if ws.Merges.Count != len(ws.Merges.M) {
		c.t.Errorf("%s: %d merged cells, said to be %d", name, len(ws.Merges.M), ws.Merges.Count)
	}
	for _, m := range ws.Merges.M {
		x1, y1, x2, y2 := c.area(name, m.Ref)
		if x1 == x2 && y1 == y2 {
			c.t.Errorf("%s: one cell is merged: %s", name, m.Ref)
		}
		c.take(name, taken, x1, y1, x2, y2, m.Ref)
	}
	if len(ws.Links) > 65530 {
		c.t.Errorf("%s: %d links", name, len(ws.Links))
	}
	linked := map[string]bool{}
	for _, l := range ws.Links {
		if linked[l.Ref] {
			c.t.Errorf("%s: %s has two links", name, l.Ref)
		}
		linked[l.Ref] = true
		if l.RID != "" {
			if rels[l.RID].Mode != "External" {
				c.t.Errorf("%s: the link of %s has no address", name, l.Ref)
			}
			continue
		}
		m := location.FindStringSubmatch(l.Location)
		if m == nil || !c.sheets[strings.ReplaceAll(m[1][1:len(m[1])-1], "''", "'")] {
			c.t.Errorf("%s: the link of %s leads to %q, which is not there", name, l.Ref, l.Location)
		}
		if len(utf16.Encode([]rune(l.Tooltip))) > 255 {
			c.t.Errorf("%s: the tip of %s is too long", name, l.Ref)
		}
	}
	for _, s := range []string{ws.HeaderFooter.Header, ws.HeaderFooter.Footer} {
		if n := len(utf16.Encode([]rune(s))); n > 255 {
			c.t.Errorf("%s: header or footer of %d characters", name, n)
		}
	}
	for _, tp := range ws.Tables {
		c.table(name, rels[tp.RID].Target, strs, taken)
	}
}

// elements checks the order of a sheet's elements.
func (c *checker) elements(part string) {
	d := xml.NewDecoder(bytes.NewReader(c.parts[part]))
	depth, at := 0, -1
	for {
		tok, err := d.Token()
		if err != nil {
			return
		}
		switch tok := tok.(type) {
		case xml.StartElement:
			if depth++; depth != 2 {
				continue
			}
			i := index(order, tok.Name.Local)
			if i < at || i < 0 || i == at && tok.Name.Local != "conditionalFormatting" {
				c.t.Errorf("%s: element %s is unknown or not in order", part, tok.Name.Local)
			}
			at = i
		case xml.EndElement:
			depth--
		}
	}
}

func index(list []string, s string) int {
	for i, x := range list {
		if x == s {
			return i
		}
	}
	return -1
}

func (c *checker) area(sheet, ref string) (x1, y1, x2, y2 int) {
	a, b, _ := strings.Cut(ref, ":")
	x1, y1, err1 := excelize.CellNameToCoordinates(a)
	x2, y2, err2 := excelize.CellNameToCoordinates(b)
	if err1 != nil || err2 != nil || x2 < x1 || y2 < y1 {
		c.t.Errorf("%s: %q is no area", sheet, ref)
	}
	return x1, y1, x2, y2
}

// take reports an area that overlaps one that was taken before.
func (c *checker) take(sheet string, taken map[[2]int]string, x1, y1, x2, y2 int, what string) {
	for y := y1; y <= y2; y++ {
		for x := x1; x <= x2; x++ {
			if other, ok := taken[[2]int{x, y}]; ok {
				c.t.Errorf("%s: %s overlaps %s", sheet, what, other)
				return
			}
			taken[[2]int{x, y}] = what
		}
	}
}

var tableName = regexp.MustCompile(`^[A-Za-z_][A-Za-z0-9_.]*$`)

func (c *checker) table(sheet, part string, strs map[string]string, taken map[[2]int]string) {
	var tb struct {
		ID      string `xml:"id,attr"`
		Name    string `xml:"name,attr"`
		Display string `xml:"displayName,attr"`
		Ref     string `xml:"ref,attr"`
		Filter  struct {
			Ref string `xml:"ref,attr"`
		} `xml:"autoFilter"`
		Columns struct {
			Count int `xml:"count,attr"`
			C     []struct {
				ID   int    `xml:"id,attr"`
				Name string `xml:"name,attr"`
			} `xml:"tableColumn"`
		} `xml:"tableColumns"`
	}
	c.decode(part, &tb)
	lower := strings.ToLower(tb.Name)
	if c.tableIDs[tb.ID] || c.tableNames[lower] || tb.Name != tb.Display || !tableName.MatchString(tb.Name) {
		c.t.Errorf("%s: table %q (id %s): its name or id is not valid or there twice", sheet, tb.Name, tb.ID)
	}
	c.tableIDs[tb.ID], c.tableNames[lower] = true, true
	x1, y1, x2, y2 := c.area(sheet, tb.Ref)
	if y2 == y1 || tb.Filter.Ref != tb.Ref {
		c.t.Errorf("%s: table %s covers %s, its filter %s", sheet, tb.Name, tb.Ref, tb.Filter.Ref)
	}
	c.take(sheet, taken, x1, y1, x2, y2, "table "+tb.Name)
	if len(tb.Columns.C) != x2-x1+1 || tb.Columns.Count != len(tb.Columns.C) {
		c.t.Errorf("%s: table %s has %d columns in %s", sheet, tb.Name, len(tb.Columns.C), tb.Ref)
	}
	seen := map[string]bool{}
	for i, col := range tb.Columns.C {
		cell, _ := excelize.CoordinatesToCellName(x1+i, y1)
		if head, ok := strs[cell]; !ok || head != col.Name {
			c.t.Errorf("%s: column %q of table %s has the heading %q", sheet, col.Name, tb.Name, head)
		}
		if seen[strings.ToLower(col.Name)] || col.Name == "" || col.ID != i+1 {
			c.t.Errorf("%s: column %q (id %d) of table %s is there twice or out of order", sheet, col.Name, col.ID, tb.Name)
		}
		seen[strings.ToLower(col.Name)] = true
	}
}

// Texts returns what stands in the cells of every sheet, as it is shown.
func Texts(t testing.TB, data []byte) map[string]map[string]string {
	t.Helper()
	f := Open(t, data)
	out := map[string]map[string]string{}
	for _, sheet := range f.GetSheetList() {
		cells := map[string]string{}
		rows, err := f.GetRows(sheet)
		if err != nil {
			t.Fatalf("%s: %v", sheet, err)
		}
		for y, row := range rows {
			for x, s := range row {
				if s != "" {
					name, _ := excelize.CoordinatesToCellName(x+1, y+1)
					cells[name] = s
				}
			}
		}
		out[sheet] = cells
	}
	return out
}

// Open opens the workbook; it is closed when the test ends.
func Open(t testing.TB, data []byte) *excelize.File {
	t.Helper()
	f, err := excelize.OpenReader(bytes.NewReader(data))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := f.Close(); err != nil {
			t.Error(err)
		}
	})
	return f
}

// SameTexts reports the cells in which the workbooks differ.
func SameTexts(t testing.TB, want, got map[string]map[string]string) {
	t.Helper()
	errs := 0
	report := func(format string, args ...any) {
		if errs++; errs <= 10 {
			t.Errorf(format, args...)
		}
	}
	for sheet, cells := range want {
		for name, s := range cells {
			if got[sheet][name] != s {
				report("%s!%s is %q, want %q", sheet, name, got[sheet][name], s)
			}
		}
		for name, s := range got[sheet] {
			if _, ok := cells[name]; !ok {
				report("%s!%s is %q, want nothing", sheet, name, s)
			}
		}
	}
	if len(got) != len(want) {
		report("%d sheets, want %d", len(got), len(want))
	}
	if errs > 10 {
		t.Errorf("and %d more", errs-10)
	}
}

// Reference returns sheet and cell of a link's location.
func Reference(loc string) (sheet, cell string, err error) {
	m := location.FindStringSubmatch(loc)
	if m == nil {
		return "", "", fmt.Errorf("%q is no reference", loc)
	}
	return strings.ReplaceAll(m[1][1:len(m[1])-1], "''", "'"), m[2], nil
}
