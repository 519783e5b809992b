// Package editing writes the workbook in which a guide is edited by people who
// have nothing but a spreadsheet program: one row a measure, control, risk and so
// on, the wordings of all languages side by side, lists to choose ids from.
//
// Package riskguide/catalog/workbook makes the tables and reads the workbook
// back. Beside what is seen, the workbook holds the keys of rows and columns (a
// hidden column and a hidden row of each sheet) and, on a hidden sheet, the values
// from which it was made. The sheets are protected without a password: what can
// be edited is unlocked.
//
// The fixed texts are the words of templates/editing.
package editing

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/xuri/excelize/v2"

	"riskguide/catalog"
	"riskguide/catalog/workbook"
	"riskguide/render"
	"riskguide/render/workbook/sheet"
	"riskguide/templates"
)

// WordsDir is where the templates hold the words of this format.
const WordsDir = "editing"

// The rows of a sheet: title, note, keys (hidden), headings, then the entries.
const (
	noteRow = 2
	keyRow  = 3
	headRow = 4
)

// spare is the number of empty rows for what is new.
const spare = 30

// listSheet is the name of the hidden sheet with the lists to choose from.
const listSheet = "riskguide-lists"

const (
	newFill    = "FFFBE8"
	lockedFill = sheet.RowHead
)

// Render returns the workbook of a source for editing. Its headings are in
// opts.Lang; langs are the languages whose wordings it holds, in their order.
// The source must be one that catalog.Assemble accepts.
func Render(ctx context.Context, src *catalog.Source, langs []catalog.Lang, opts render.Options) ([]byte, error) {
	w := &writer{src: src, langs: langs, opts: opts, grid: workbook.New(src), lists: map[string]list{}}
	words, err := templates.LoadWords(opts.Templates, WordsDir, opts.Lang)
	if err != nil {
		return nil, err
	}
	w.words = words
	g := src.Guide
	title, _ := g.Title.In(opts.Lang, g.Languages...)
	publisher, _ := g.Publisher.In(opts.Lang, g.Languages...)
	w.book = sheet.New(sheet.Properties{Title: w.fill("start.title", "title", title), Creator: publisher, Version: g.Edition,
		Language: opts.Lang, Created: opts.Date, Tool: strings.TrimSpace("riskguide " + opts.ToolVersion)}, opts.Warn)
	defer w.book.Close()
	w.page = sheet.Page{HeaderLeft: title, HeaderRight: w.fill("start.edition", "edition", g.Edition),
		FooterLeft: publisher, FooterRight: "{sheet} {page} / {pages}"}
	if err := w.start(title); err != nil {
		return nil, err
	}
	tables := w.tables()
	sheets := make([]*sheet.Sheet, len(tables))
	for i, t := range tables {
		page := w.page
		page.TabColor = tabs[t.ID]
		sheets[i] = w.book.AddSheet(w.words.Get("sheet."+string(t.ID)), page)
		sheets[i].Mark("sheet:"+string(t.ID), 1, 1)
	}
	w.data = w.book.AddSheet(workbook.DataSheet, sheet.Page{NotPrinted: true})
	w.choices = w.book.AddSheet(listSheet, sheet.Page{NotPrinted: true})
	w.put(workbook.Format, workbook.FormatVersion, g.ID, g.Edition)
	for _, word := range w.removeWords() {
		w.put(workbook.DataWord, workbook.WordRemove, word)
	}
	w.writeLists()
	for i, t := range tables {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		w.table(sheets[i], t)
	}
	f := w.book.File()
	for _, s := range []*sheet.Sheet{w.data, w.choices} {
		w.keep(f.SetSheetVisible(s.Name(), false, true))
		w.protect(s)
	}
	if w.err != nil {
		return nil, w.err
	}
	return w.book.Bytes(ctx)
}

// tabs are the colours of the sheets.
var tabs = map[workbook.TableID]string{
	workbook.Measures: "2F7A55", workbook.Risks: "B3362B", workbook.Controls: "2F4A6B", workbook.Clauses: "2F4A6B",
	workbook.Objectives: "6B7280", workbook.Threats: "6B7280", workbook.Residuals: "6B7280", workbook.Vulnerabilities: "6B7280",
	workbook.Citations: "C8A200",
}

type writer struct {
	src   *catalog.Source
	langs []catalog.Lang
	opts  render.Options
	grid  *workbook.Grid
	words templates.Words
	book  *sheet.Book
	page  sheet.Page
	err   error

	data, choices *sheet.Sheet
	dataRows      int
	lists         map[string]list
}

// list is a column of the sheet of lists.
type list struct {
	column string
	last   int
}

func (w *writer) keep(err error) { w.err = errors.Join(w.err, err) }

// fill returns a word with its placeholders filled in; see [templates.Fill].
func (w *writer) fill(key string, pairs ...string) string { return w.words.With(key, pairs...) }

// tables returns the tables in the order of their sheets.
func (w *writer) tables() []*workbook.Table {
	var out []*workbook.Table
	for _, id := range []workbook.TableID{workbook.Measures, workbook.Risks, workbook.Controls, workbook.Clauses, workbook.Objectives,
		workbook.Threats, workbook.Residuals, workbook.Vulnerabilities, workbook.Citations} {
		out = append(out, w.grid.Table(id))
	}
	return out
}

// removeWords are the words that mark a row to be removed, in all languages that
// the sheet may be sent to.
func (w *writer) removeWords() []string {
	out := []string{w.words.Get("remove")}
	for _, l := range w.src.Guide.Languages {
		if words, err := templates.LoadWords(w.opts.Templates, WordsDir, l); err == nil && !slices.Contains(out, words.Get("remove")) {
			out = append(out, words.Get("remove"))
		}
	}
	return out
}

// start writes the first sheet, in the workbook's language and then the others.
func (w *writer) start(title string) error {
	page := w.page
	page.Portrait = true
	sh := w.book.AddSheet(w.words.Get("sheet.start"), page)
	sh.SetColumns(12, 24, 560, 12)
	sh.FixHeight(1, 12)
	sh.Box(2, 2, 1, 2, w.fill("start.title", "title", title), sheet.Style{Size: sheet.TitleSize, Bold: true}, catalog.Position{})
	sh.Box(3, 2, 1, 2, w.fill("start.edition", "edition", w.src.Guide.Edition), sheet.Style{Size: sheet.TextSize, Color: sheet.Muted}, catalog.Position{})
	row := 5
	langs := []catalog.Lang{w.opts.Lang}
	for _, l := range w.src.Guide.Languages {
		if !slices.Contains(langs, l) {
			langs = append(langs, l)
		}
	}
	for _, l := range langs {
		words, err := templates.LoadWords(w.opts.Templates, WordsDir, l)
		if err != nil {
			return err
		}
		head := sheet.Style{Size: sheet.HeadSize, Bold: true, Color: sheet.HeaderInk, Fill: sheet.HeaderFill, VAlign: sheet.Middle, Indent: 1}
		sh.Box(row, 2, 1, 2, words.Get("sheet.start"), head, catalog.Position{})
		sh.Height(row, 24)
		row++
		for i := 1; words["start."+strconv.Itoa(i)] != ""; i++ {
			edge := sheet.Edges{Bottom: sheet.Hair}
			sh.Text(row, 2, strconv.Itoa(i), sheet.Style{Size: sheet.TextSize, Bold: true, Color: sheet.Muted, Align: sheet.Center, Edges: edge})
			sh.Text(row, 3, words.Get("start."+strconv.Itoa(i)), sheet.Style{Size: sheet.TextSize, Edges: edge})
			row++
		}
		row++
	}
	sh.Box(row, 2, 1, 2, w.words.Get("start.sheets"), sheet.Style{Size: sheet.HeadSize, Bold: true}, catalog.Position{})
	for _, t := range w.tables() {
		row++
		sh.Box(row, 2, 1, 2, w.words.Get("sheet."+string(t.ID)), sheet.Style{Size: sheet.TextSize, Color: sheet.LinkColor, Underline: true}, catalog.Position{})
		sh.Link(row, 2, "sheet:"+string(t.ID), "")
	}
	w.protect(sh)
	sh.Close()
	return nil
}

func (w *writer) protect(s *sheet.Sheet) {
	w.keep(w.book.File().ProtectSheet(s.Name(), &excelize.SheetProtectionOptions{
		SelectLockedCells: true, SelectUnlockedCells: true, AutoFilter: true, Sort: true,
		FormatColumns: true, FormatRows: true, FormatCells: true, InsertRows: true,
	}))
}

// put writes the next row of the data sheet.
func (w *writer) put(values ...string) {
	w.dataRows++
	st := sheet.Style{NoWrap: true, Format: "@"}
	for i, v := range values {
		if v != "" {
			w.data.Text(w.dataRows, i+1, v, st)
		}
	}
	w.data.FixHeight(w.dataRows, 12)
}

// writeLists fills the sheet of what there is to choose from.
func (w *writer) writeLists() {
	col := 0
	add := func(name string, values []string) {
		col++
		letter, err := excelize.ColumnNumberToName(col)
		w.keep(err)
		w.choices.Text(1, col, name, sheet.Style{NoWrap: true, Bold: true})
		for i, v := range values {
			w.choices.Text(i+2, col, v, sheet.Style{NoWrap: true, Format: "@"})
		}
		w.lists[name] = list{letter, len(values) + 1}
	}
	g := w.src.Guide
	var severities, layers []string
	for _, s := range g.Severities {
		severities = append(severities, w.grid.ShowChoice("severities", s.ID, w.opts.Lang))
	}
	for _, l := range g.TableLayers() {
		layers = append(layers, w.grid.ShowChoice("layers", l.ID, w.opts.Lang))
	}
	add("severities", severities)
	add("layers", layers)
	add(workbook.ColumnRemove, w.removeWords()[:1])
	for _, t := range w.tables() {
		var ids []string
		for _, r := range t.Records {
			if t.ID != workbook.Citations && !strings.Contains(r.Key, "/") {
				ids = append(ids, r.Key)
			}
		}
		if len(ids) > 0 {
			add(string(t.ID), ids)
		}
	}
}

// column is a column of a sheet.
type column struct {
	key, heading string
	width        float64
	c            workbook.Column
	at           int // in the table's columns, -1 for others
}

// widths are those of the columns in points; a wording has what is left.
var widths = map[string]float64{
	"id": 58, "risk": 46, "severity": 58, "name": 130, "description": 300, "notes": 160, "not_applicable": 92, "layer": 84, "objective": 66,
	"threats": 72, "vulnerabilities": 78, "controls": 122, "residuals": 72, "tags": 56, "remark": 84, "measure": 66, "row": 30, "cited": 66,
	"variant": 260, "note": 130, "clause": 54, "title": 200, "statement": 330, "label": 260,
	workbook.ColumnRemove: 54, workbook.ColumnReplacedBy: 66, "about": 110, "text": 320,
}

// columnsOf returns the columns of a table's sheet: the key, the id, the others,
// what is to be removed, and what is to be known.
func (w *writer) columnsOf(t *workbook.Table) []column {
	out := []column{{key: workbook.TablePrefix + string(t.ID), heading: w.words.Get("col.key"), width: 20, at: -1}}
	order := make([]int, 0, len(t.Columns))
	for i, c := range t.Columns {
		switch {
		case !c.IsText():
			order = append(order, i)
		case c.Lang == w.grid.Langs[0]: // the first of its field
			for _, l := range w.langs {
				order = append(order, t.Column(c.Field+"."+string(l)))
			}
		}
	}
	for _, i := range order {
		c := t.Columns[i]
		x := column{key: c.Key, heading: w.words.Get("col." + c.Field), width: widths[c.Field], c: c, at: i}
		if c.IsText() {
			lang := string(c.Lang)
			if name := w.words["lang."+lang]; name != "" {
				lang = name
			}
			x.heading = w.fill("heading", "name", x.heading, "lang", lang)
		}
		switch {
		case t.ID == workbook.Measures && c.Field == "text":
			x.width = 220
		case t.ID == workbook.Controls && c.Field == "title":
			x.width = 110
		}
		out = append(out, x)
	}
	if t.Remove {
		out = append(out, column{key: workbook.ColumnRemove, heading: w.words.Get("col.remove"), width: widths[workbook.ColumnRemove], at: -1},
			column{key: workbook.ColumnReplacedBy, heading: w.words.Get("col.replaced_by"), width: widths[workbook.ColumnReplacedBy], at: -1})
	}
	return append(out, column{heading: w.words.Get("col.about"), width: widths["about"], at: -1})
}

// table writes the sheet of a table.
func (w *writer) table(sh *sheet.Sheet, t *workbook.Table) {
	columns := w.columnsOf(t)
	about := w.about(t)
	fit := make([]float64, len(columns))
	texts := make([][]string, len(columns))
	heads := make([]string, len(columns))
	freeze := 1
	for i, c := range columns {
		fit[i], heads[i] = c.width, c.heading
		if c.key == "id" || t.ID == workbook.Citations && c.key == "cited" {
			freeze = i + 1
		}
		if c.key == "" && c.at < 0 {
			for _, r := range t.Records {
				if s := about[r.Key]; len(s) > 200 {
					fit[i], texts[i] = 240, append(texts[i], s)
				}
			}
		}
		if c.at < 0 || !c.c.IsText() {
			continue
		}
		for _, r := range t.Records {
			if s := r.Cells[c.at].Value; len(s) > 100 {
				texts[i] = append(texts[i], s)
			}
		}
	}
	fit, _ = sheet.FitWidths(fit, sheet.BodySize, sheet.MaxRow, texts)
	sh.SetColumns(fit...)
	heads = sheet.Headings(heads...)
	sh.Box(1, 2, 1, 6, w.words.Get("sheet."+string(t.ID)), sheet.Style{Size: sheet.TitleSize, Bold: true, VAlign: sheet.Middle, NoWrap: true}, catalog.Position{})
	sh.Height(1, 24)
	// As wide as a screen, whatever the columns.
	over, width := 0, 0.0
	for over < len(columns)-2 && width < 560 {
		width += fit[over+1]
		over++
	}
	sh.Box(noteRow, 2, 1, max(over, 1), w.words.Get("note."+string(t.ID)), sheet.Style{Color: sheet.Muted}, catalog.Position{})
	first := headRow + 1
	last := headRow + max(len(t.Records), 1)
	if t.Add {
		last = headRow + len(t.Records) + spare
	}
	oldKeys, oldHeads := []string{workbook.DataColumns, string(t.ID)}, []string{workbook.DataHeadings, string(t.ID)}
	for i, c := range columns {
		if c.key != "" {
			sh.Text(keyRow, i+1, c.key, sheet.Style{NoWrap: true, Color: sheet.Muted})
		}
		head := sheet.HeaderStyle()
		head.Align, head.VAlign = sheet.Left, sheet.Top
		if c.key == "" || c.c.Kind == workbook.Key && c.at >= 0 || c.c.Once {
			head.Fill = "5B6773" // what is not edited
		}
		sh.Text(headRow, i+1, heads[i], head)
		if c.at >= 0 {
			oldKeys, oldHeads = append(oldKeys, c.key), append(oldHeads, heads[i])
		}
	}
	sh.Height(headRow, sh.RowHeight(headRow)+sheet.LineHeight(sheet.BodySize)) // the buttons of the filters
	sh.FixHeight(keyRow, 12)
	sh.Hide(keyRow)
	w.put(workbook.DataTable, string(t.ID), sh.Name())
	w.put(oldKeys...)
	w.put(oldHeads...)
	for i, r := range t.Records {
		values := []string{workbook.DataRow, string(t.ID), r.Key}
		for j, c := range columns {
			if c.at < 0 {
				continue
			}
			x := r.Cells[c.at]
			switch {
			case x.Fixed:
				values = append(values, "!")
			case x.Value == "":
				values = append(values, "")
			default:
				values = append(values, ":"+x.Value)
			}
			w.cell(sh, first+i, j+1, c, r)
		}
		w.put(values...)
		w.otherCells(sh, first+i, columns, r.Key, about[r.Key], false)
	}
	for row := first + len(t.Records); row <= last; row++ {
		if !t.Add {
			break
		}
		for j, c := range columns {
			if c.at >= 0 {
				sh.Blank(row, j+1, 1, 1, w.style(c.c, false, true))
			}
		}
		w.otherCells(sh, row, columns, "", "", true)
		sh.Height(row, 2*sheet.LineHeight(sheet.BodySize))
	}
	w.rules(sh, t, columns, first, last)
	sh.Freeze(headRow, freeze)
	sh.RepeatRows(headRow, headRow)
	f := w.book.File()
	end, err := excelize.ColumnNumberToName(len(columns))
	w.keep(err)
	w.keep(f.AutoFilter(sh.Name(), fmt.Sprintf("A%d:%s%d", headRow, end, last), nil))
	w.keep(f.SetColVisible(sh.Name(), "A", false))
	w.protect(sh)
	sh.Close()
}

// style is the look of a cell of a table.
func (w *writer) style(c workbook.Column, locked, isNew bool) sheet.Style {
	st := sheet.Style{Edges: sheet.AllEdges(sheet.Thin), Unlocked: !locked}
	if !c.IsText() {
		st.Format = "@" // an id must not become a date
	}
	switch {
	case locked:
		st.Fill, st.Color = lockedFill, sheet.Muted
	case isNew:
		st.Fill = newFill
	}
	if c.Kind == workbook.Key {
		st.Bold = true
	}
	return st
}

// cell writes one cell of an entry.
func (w *writer) cell(sh *sheet.Sheet, row, col int, c column, r *workbook.Record) {
	x := r.Cells[c.at]
	locked := x.Fixed || c.c.Once || c.c.Kind == workbook.Key
	st := w.style(c.c, locked, false)
	if c.c.Kind == workbook.Key || c.c.Once {
		st.Color = sheet.Ink
	}
	text := w.grid.Show(c.c, x, r.Rows, w.opts.Lang)
	if len(text) > sheet.MaxRow {
		for st.Size = sheet.BodySize; st.Size > 5 && sh.TextHeight(col, 1, text, st) > sheet.MaxRow; st.Size-- {
		}
	}
	sh.TextUpTo(row, col, text, st, sheet.MaxRow)
}

// otherCells writes the key, what is to be removed, and what is to be known.
func (w *writer) otherCells(sh *sheet.Sheet, row int, columns []column, key, about string, isNew bool) {
	for j, c := range columns {
		switch {
		case c.at >= 0:
		case j == 0:
			sh.Text(row, 1, key, sheet.Style{NoWrap: true, Color: sheet.Muted, Format: "@"})
		case c.key == "":
			sh.TextUpTo(row, j+1, about, w.style(workbook.Column{}, true, false), sheet.MaxRow)
		default:
			sh.Blank(row, j+1, 1, 1, w.style(workbook.Column{Kind: workbook.IDs}, isNew, isNew))
		}
	}
}

// about tells, by key, what else there is to know of a table's entries.
func (w *writer) about(t *workbook.Table) map[string]string {
	out := map[string]string{}
	add := func(key, s string) {
		if out[key] != "" {
			s = out[key] + "\n" + s
		}
		out[key] = s
	}
	switch t.ID {
	case workbook.Measures:
		for _, r := range w.src.Risks {
			for _, m := range r.Measures {
				if m.WordingOf.ID != "" {
					add(m.ID, w.fill("about.wording_of", "id", m.WordingOf.ID))
				}
				if m.ControlsOf.ID != "" {
					add(m.ID, w.fill("about.controls_of", "id", m.ControlsOf.ID))
				}
				var gaps []string
				for _, g := range m.Gaps {
					gaps = append(gaps, string(g))
				}
				if len(gaps) > 0 {
					add(m.ID, w.fill("about.gaps", "gaps", strings.Join(gaps, ", ")))
				}
			}
		}
		for _, r := range t.Records {
			if strings.Contains(r.Key, "/") {
				add(r.Key, w.words.Get("about.no-measure"))
			}
		}
	case workbook.Controls:
		cited := map[string]int{}
		if cat, _ := catalog.Assemble(w.src); cat != nil {
			for _, c := range cat.Controls() {
				cited[c.ID] = len(c.CitedBy)
				if len(c.Items) > 0 { // edited in the file
					s, _ := c.Wording().In(w.opts.Lang, w.src.Guide.Languages...)
					add(c.ID, s)
				}
			}
		}
		for _, cl := range w.src.Clauses {
			for _, c := range cl.Controls {
				if w.src.Guide.TreatsRisks() {
					add(c.ID, w.fill("about.cited", "n", strconv.Itoa(cited[c.ID])))
				}
				for _, p := range c.Parameters {
					label, _ := p.Label.In(w.opts.Lang, w.src.Guide.Languages...)
					value := p.Default
					if value == "" {
						value = w.words.Get("about.open")
					}
					add(c.ID, w.fill("about.parameter", "id", p.ID, "label", label, "default", value))
				}
			}
		}
	}
	for _, r := range t.Records {
		for i, c := range r.Cells {
			if x := t.Columns[i]; c.Fixed && c.Value != "" && x.Field != "text" && x.Field != "controls" {
				add(r.Key, w.words.Get("about.fixed"))
				break
			}
		}
	}
	return out
}

// rules sets the lists to choose from, and what is told beside a selected cell.
func (w *writer) rules(sh *sheet.Sheet, t *workbook.Table, columns []column, first, last int) {
	f := w.book.File()
	for j, c := range columns {
		name, err := excelize.ColumnNumberToName(j + 1)
		w.keep(err)
		from, of, prompt := first, c.c.Of, ""
		strict := false
		switch {
		case c.key == workbook.ColumnRemove:
			of, prompt, strict = workbook.ColumnRemove, "prompt.remove", true
		case c.key == workbook.ColumnReplacedBy:
			of, prompt = string(t.ID), "prompt.replaced_by"
		case c.at < 0 || c.c.IsText() || of == "tags":
			continue
		case c.c.Kind == workbook.Key:
			if !t.Add {
				continue
			}
			from, prompt = first+len(t.Records), "prompt.new"
		case c.c.Once:
			from = first + len(t.Records)
			if of == "cited" {
				of = string(workbook.Controls)
			}
		case of == "severities":
			strict = true
		case c.c.Kind == workbook.IDs && of != "layers":
			prompt = "prompt.ids"
		}
		if from > last {
			continue
		}
		dv := excelize.NewDataValidation(true)
		dv.Sqref = fmt.Sprintf("%s%d:%s%d", name, from, name, last)
		if l, ok := w.lists[of]; ok && c.c.Kind != workbook.Key || c.at < 0 && ok {
			dv.SetSqrefDropList(fmt.Sprintf("'%s'!$%s$2:$%s$%d", listSheet, l.column, l.column, max(l.last, 2)))
		}
		if prompt != "" {
			dv.SetInput(clip(c.heading, 32), clip(w.words.Get(prompt), 255))
		}
		if strict {
			dv.SetError(excelize.DataValidationErrorStyleStop, clip(c.heading, 32), "")
		} else {
			dv.ShowErrorMessage = false
		}
		w.keep(f.AddDataValidation(sh.Name(), dv))
	}
}

// clip cuts a text to n characters, as data validation asks for.
func clip(s string, n int) string {
	if r := []rune(s); len(r) > n {
		return string(r[:n])
	}
	return s
}
