package workbook

import (
	"fmt"
	"slices"
	"strings"

	"golang.org/x/text/unicode/norm"

	"riskguide/answers/xlsx"
	"riskguide/catalog"
)

// The names of the rules, as they stand in [catalog.Problem].Rule.
const (
	RuleForm    = "workbook-form"    // it is not a workbook for editing, or parts of it are missing
	RuleRow     = "workbook-row"     // a row that cannot be told, or that may not be added or removed
	RuleCell    = "workbook-cell"    // a cell that cannot be read
	RuleLocked  = "workbook-locked"  // a cell was changed that cannot be
	RuleRetired = "workbook-retired" // an id that was used before
)

// Book is a workbook that was edited.
type Book struct {
	Name    string // of the file, for positions
	Guide   string // the guide's id
	Edition string // from which it was exported
	tables  map[TableID]*sheetTable
	words   map[string]bool // what marks a row to be removed
}

// sheetTable is a table as the workbook holds it.
type sheetTable struct {
	id    TableID
	sheet string
	head  int
	// columns are the places of the columns by key; those of old are in the
	// order in which they were exported.
	columns map[string]int
	old     []string
	heads   map[string]string
	base    map[string]map[string]Cell // by key of the record and of the column
	order   []string                   // of base
	rows    []*sheetRow
}

// sheetRow is a row of a sheet.
type sheetRow struct {
	row   int
	key   string // empty where it is new
	cells map[string]*xlsx.Cell
}

// The columns that the sheets have beside those of the tables.
const (
	ColumnRowKey     = "key"
	ColumnRemove     = "remove"
	ColumnReplacedBy = "replaced_by"
)

// headerRows is the number of rows in which the row of the keys is looked for.
const headerRows = 50

// Read reads a workbook for editing. The problems tell why it is none, which
// sheets and columns are missing, and which rows cannot be told; the book is nil
// where nothing can be made of it.
func Read(name string, book *xlsx.Book) (*Book, catalog.Problems) {
	b := &Book{Name: name, tables: map[TableID]*sheetTable{}, words: map[string]bool{}}
	var ps catalog.Problems
	data := find(book.Sheets, func(s *xlsx.Sheet) bool {
		c := s.Cell(1, 1)
		return c != nil && c.Text == Format
	})
	if data == nil {
		return nil, catalog.Problems{{Pos: catalog.Position{File: name}, Level: catalog.LevelError, Rule: RuleForm,
			Message: "this is not a workbook for editing: the hidden sheet is missing that tells what was exported",
			Hint:    "make one with riskguide export workbook --edit, and copy no sheets out of it"}}
	}
	if v := text(data, 1, 2); v != FormatVersion {
		return nil, catalog.Problems{{Pos: catalog.Position{File: name, Sheet: data.Name}, Level: catalog.LevelError, Rule: RuleForm,
			Message: fmt.Sprintf("the workbook is of form %q; this program reads form %s", v, FormatVersion)}}
	}
	b.Guide, b.Edition = text(data, 1, 3), text(data, 1, 4)
	b.data(data)
	for _, id := range tableIDs() {
		t := b.tables[id]
		if t == nil {
			ps = append(ps, b.problem(RuleForm, nil, 0, 0, "the hidden sheet tells nothing of the table %q", id))
			continue
		}
		s := find(book.Sheets, func(s *xlsx.Sheet) bool { _, _, ok := headOf(s, t.id); return ok })
		if s == nil {
			s = find(book.Sheets, func(s *xlsx.Sheet) bool { return s != data && s.Name == t.sheet })
		}
		if s == nil {
			ps = append(ps, b.problem(RuleForm, nil, 0, 0, "the sheet %q is missing", t.sheet))
			continue
		}
		ps = append(ps, b.sheet(t, s)...)
	}
	return b, ps
}

// tableIDs lists the tables in the order in which their problems are told.
func tableIDs() []TableID {
	return []TableID{Risks, Measures, Citations, Objectives, Threats, Residuals, Controls, Clauses, Vulnerabilities}
}

func find(sheets []*xlsx.Sheet, is func(*xlsx.Sheet) bool) *xlsx.Sheet {
	for _, s := range sheets {
		if is(s) {
			return s
		}
	}
	return nil
}

func text(s *xlsx.Sheet, row, col int) string {
	if c := s.Cell(row, col); c != nil {
		return c.Text
	}
	return ""
}

func (b *Book) problem(rule string, t *sheetTable, row, col int, format string, args ...any) catalog.Problem {
	pos := catalog.Position{File: b.Name, Line: row, Column: col}
	if t != nil {
		pos.Sheet = t.sheet
	}
	return catalog.Problem{Pos: pos, Level: catalog.LevelError, Rule: rule, Message: fmt.Sprintf(format, args...)}
}

// data reads the hidden sheet.
func (b *Book) data(s *xlsx.Sheet) {
	var row []string
	flush := func() {
		if len(row) < 2 {
			return
		}
		id := TableID(row[1])
		t := b.tables[id]
		switch {
		case row[0] == DataWord && len(row) > 2:
			b.words[fold(row[2])] = true
		case row[0] == DataTable && len(row) > 2:
			b.tables[id] = &sheetTable{id: id, sheet: row[2], columns: map[string]int{}, heads: map[string]string{}, base: map[string]map[string]Cell{}}
		case t == nil:
		case row[0] == DataColumns:
			t.old = slices.Clone(row[2:])
		case row[0] == DataHeadings:
			for i, h := range row[2:] {
				if i < len(t.old) && h != "" {
					t.heads[fold(h)] = t.old[i]
				}
			}
		case row[0] == DataRow && len(row) > 2:
			cells := map[string]Cell{}
			for i, v := range row[3:] {
				if i >= len(t.old) {
					break
				}
				if v == markFixed {
					cells[t.old[i]] = Cell{Fixed: true}
				} else if v != "" {
					cells[t.old[i]] = Cell{Value: strings.TrimPrefix(v, markValue)}
				}
			}
			if t.base[row[2]] == nil {
				t.order = append(t.order, row[2])
			}
			t.base[row[2]] = cells
		}
	}
	at := 0
	for i := range s.Cells {
		c := &s.Cells[i]
		if c.Row != at {
			flush()
			row, at = row[:0], c.Row
		}
		if c.Col > maxColumns {
			continue
		}
		for len(row) < c.Col {
			row = append(row, "")
		}
		row[c.Col-1] = c.Text
	}
	flush()
}

// maxColumns bounds how far a row of the hidden sheet is read.
const maxColumns = 500

// headOf finds the row of the columns' keys.
func headOf(s *xlsx.Sheet, id TableID) (row, col int, ok bool) {
	for i := range s.Cells {
		c := &s.Cells[i]
		if c.Row > headerRows {
			break
		}
		if c.Text == TablePrefix+string(id) {
			return c.Row, c.Col, true
		}
	}
	return 0, 0, false
}

// sheet reads the rows of a table.
func (b *Book) sheet(t *sheetTable, s *xlsx.Sheet) catalog.Problems {
	t.sheet = s.Name
	var ps catalog.Problems
	row, keyCol, ok := headOf(s, t.id)
	if ok {
		for _, c := range cellsOf(s, row) {
			if _, twice := t.columns[c.Text]; !twice && c.Col != keyCol {
				t.columns[c.Text] = c.Col
			}
		}
		t.columns[ColumnRowKey] = keyCol
		t.head = row + 1
	} else if t.head = t.byHeadings(s); t.head == 0 {
		return catalog.Problems{b.problem(RuleForm, t, 0, 0, "the row of the headings was not found")}
	}
	for _, k := range append(slices.Clone(t.old), ColumnRemove, ColumnReplacedBy) {
		_, has := t.columns[k]
		named := ""
		for h, key := range t.heads {
			if key == k && (named == "" || h < named) {
				named = h
			}
		}
		if !has && (slices.Contains(t.old, k)) && k != ColumnRemove && k != ColumnReplacedBy {
			if named == "" {
				named = k
			}
			ps = append(ps, b.problem(RuleForm, t, t.head, 0, "the column %q is missing", named))
		}
	}
	if len(ps) > 0 {
		return ps
	}
	known := map[int]string{}
	for k, c := range t.columns {
		if k == ColumnRowKey || k == ColumnRemove || k == ColumnReplacedBy || slices.Contains(t.old, k) {
			known[c] = k
		}
	}
	var cur *sheetRow
	for i := range s.Cells {
		c := &s.Cells[i]
		if c.Row <= t.head || known[c.Col] == "" || clean(c.Text) == "" && c.Formula == "" {
			continue
		}
		if cur == nil || cur.row != c.Row {
			cur = &sheetRow{row: c.Row, cells: map[string]*xlsx.Cell{}}
			t.rows = append(t.rows, cur)
		}
		cur.cells[known[c.Col]] = c
	}
	return append(ps, b.keys(t)...)
}

// cellsOf returns the cells of a row.
func cellsOf(s *xlsx.Sheet, row int) []xlsx.Cell {
	from, _ := slices.BinarySearchFunc(s.Cells, row, func(c xlsx.Cell, row int) int { return c.Row - row })
	to := from
	for to < len(s.Cells) && s.Cells[to].Row == row {
		to++
	}
	return s.Cells[from:to]
}

// byHeadings finds the columns by their headings, where the hidden row is lost.
func (t *sheetTable) byHeadings(s *xlsx.Sheet) int {
	for row := 1; row <= headerRows; row++ {
		found := map[string]int{}
		for _, c := range cellsOf(s, row) {
			if k := t.heads[fold(c.Text)]; k != "" {
				found[k] = c.Col
			}
		}
		if len(found) > 1 && len(found)*2 >= len(t.heads) {
			t.columns = found
			return row
		}
	}
	return 0
}

func (r *sheetRow) text(key string) string {
	if c := r.cells[key]; c != nil {
		return c.Text
	}
	return ""
}

// keys tells which record each row is. A row that was copied has the key of the
// one that it was copied from: it is new if its id was taken out.
func (b *Book) keys(t *sheetTable) catalog.Problems {
	var ps catalog.Problems
	known := map[string]string{}
	for k := range t.base {
		known[strings.ToUpper(k)] = k
	}
	id := func(r *sheetRow) string {
		s := strings.TrimSpace(norm.NFKC.String(r.text("id")))
		if k := known[strings.ToUpper(s)]; k != "" {
			return k
		}
		return s
	}
	hasID := slices.Contains(t.old, "id")
	byKey := map[string][]*sheetRow{}
	for _, r := range t.rows {
		r.key = strings.TrimSpace(r.text(ColumnRowKey))
		if r.key == "" && hasID && t.base[id(r)] != nil {
			r.key = id(r)
		}
		if r.key != "" {
			byKey[r.key] = append(byKey[r.key], r)
		}
	}
	for _, r := range t.rows {
		if r.key == "" {
			continue
		}
		named := t.base[r.key]["id"].Value
		switch {
		case t.base[r.key] == nil:
			ps = append(ps, b.problem(RuleRow, t, r.row, t.columns[ColumnRowKey], "the key %q was not exported", clip(r.key)))
		case len(byKey[r.key]) > 1:
			if !hasID || named == "" || id(r) == named && slices.ContainsFunc(byKey[r.key], func(o *sheetRow) bool { return o != r && id(o) == named }) {
				p := b.problem(RuleRow, t, r.row, t.columns["id"], "%s stands in rows %s", r.key, rowList(byKey[r.key]))
				if hasID {
					p.Hint = "delete the copies, or take the id out of one that is meant to be new"
				}
				ps = append(ps, p)
			} else if id(r) != named {
				r.key = "" // a copy, meant to be new
			}
		case hasID && id(r) != named:
			p := b.problem(RuleLocked, t, r.row, t.columns["id"], "the id of %s cannot be changed: it stays for life", r.key)
			p.Hint = "remove the row and add a new one"
			ps = append(ps, p)
		}
	}
	return ps
}

func rowList(rows []*sheetRow) string {
	var out []string
	for _, r := range rows {
		out = append(out, fmt.Sprint(r.row))
	}
	return strings.Join(out, ", ")
}

// clip shortens what is quoted in a message.
func clip(s string) string {
	if r := []rune(s); len(r) > 60 {
		return string(r[:60]) + "…"
	}
	return s
}
