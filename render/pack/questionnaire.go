package pack

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"strings"
	"unicode/utf8"

	"github.com/xuri/excelize/v2"

	"riskguide/answers"
	"riskguide/catalog"
	"riskguide/profile"
	"riskguide/render"
	"riskguide/render/workbook/sheet"
)

// The parts of the questionnaire's form that a reader of answers relies on.
const (
	// DataSheet is the name of the hidden sheet that identifies the
	// questionnaire, in every language.
	DataSheet = "riskguide"
	// PropertyPrefix begins the names of the custom document properties.
	PropertyPrefix = "riskguide-"
	// HeadRow is the row of the sheet of requirements with the headings; the
	// requirements stand below it.
	HeadRow = 3
)

// The keys of the columns of the sheet of requirements, as they stand on the data sheet
// beside their headings.
const (
	ColumnID          = "id"
	ColumnObligation  = "obligation"
	ColumnClause      = "clause"
	ColumnStatement   = "statement"
	ColumnSecond      = "statement-2"
	ColumnAskedBy     = "asked-by"
	ColumnResidual    = "residual"
	ColumnStatus      = "status"
	ColumnExplanation = "explanation"
	ColumnEvidence    = "evidence"
	ColumnOwner       = "owner"
	ColumnPlanned     = "planned"
	ColumnCheck       = "check"
	ColumnRiskKeys    = "risk-keys"
	ColumnClauseKey   = "clause-key"

	// Those of a further round.
	ColumnTodo            = "todo"
	ColumnChange          = "change"
	ColumnPreviousWording = "previous-statement"
	ColumnPreviousAnswer  = "previous-answer"
)

// The names that formulas use; they are defined for the whole workbook.
const (
	nameIDs         = "rg_id"
	nameObligations = "rg_obligation"
	nameStatuses    = "rg_status"
	nameRisks       = "rg_risks"
	nameClauses     = "rg_clause"
	nameChecks      = "rg_check"
	nameStatusList  = "rg_status_list"
	nameTodos       = "rg_todo"
)

// Colours of the questionnaire beside those of package sheet.
const (
	answerFill = "FFFBE8" // cells to be filled in
	askFill    = "FFE0B8" // cells that must still be filled in
	bandFill   = "E9EFF6"
)

// questions writes the questionnaire.
type questions struct {
	p      *profile.Pack
	v      *view
	w      words
	opts   render.Options
	b      *sheet.Book
	footer sheet.Page

	start, reqs, sums, excl, data *sheet.Sheet
	removed                       *sheet.Sheet // nil where nothing was removed
	columns                       []qColumn
	at                            map[string]int // column by key, from 1
	first, last                   int            // rows of requirements
	err                           error
	// statusRows are the rows of the data sheet with the statuses.
	statusRows [2]int
}

// qColumn is a column of the sheet of requirements.
type qColumn struct {
	key, heading string
	width        float64
	answer       bool
	hidden       bool
}

func questionnaire(ctx context.Context, p *profile.Pack, v *view, w words, opts render.Options) ([]byte, error) {
	q := &questions{p: p, v: v, w: w, opts: opts, at: map[string]int{}, first: HeadRow + 1, last: HeadRow + len(v.Requirements)}
	q.b = sheet.New(sheet.Properties{
		Title: v.Title.line(), Subject: w.label("questionnaire"), Creator: q.creator(), Category: w.label("pack"),
		Description: join(" / ", v.PackID, factText(v, "supplier"), factText(v, "service")),
		Keywords:    join(", ", v.ProfileID, v.Edition), Version: v.Edition, Language: v.Lang, Created: opts.Date, Tool: toolName(opts),
	}, opts.Warn)
	q.footer = sheet.Page{
		HeaderLeft:  v.Title.Text,
		HeaderRight: "{sheet}",
		FooterLeft:  join(" / ", v.PackID, firstText(v, "supplier")),
		FooterRight: w.With("page_of", "page", "{page}", "pages", "{pages}"),
	}
	q.setColumns()
	name := func(key string) string { return q.sheetName(key) }
	q.start = q.b.AddSheet(name("sheet_start"), q.page("2F4A6B"))
	q.reqs = q.b.AddSheet(name("sheet_requirements"), q.page("C8A200"))
	q.sums = q.b.AddSheet(name("sheet_summary"), q.page("2F7A55"))
	q.excl = q.b.AddSheet(name("sheet_exclusions"), q.page("B3362B"))
	if v.Next != nil && len(v.Next.Removed) > 0 {
		q.removed = q.b.AddSheet(name("sheet_removed"), q.page("6B7280"))
	}
	tables := q.riskTables()
	q.data = q.b.AddSheet(DataSheet, sheet.Page{NotPrinted: true})

	q.writeData()
	q.writeRequirements()
	q.writeSummary()
	q.writeExclusions()
	q.writeRemoved()
	q.writeStart()
	q.writeSentTexts()
	q.properties()
	sheets := append([]*sheet.Sheet{q.start, q.reqs, q.sums, q.excl, q.data}, tables...)
	if q.removed != nil {
		sheets = append(sheets, q.removed)
	}
	for _, s := range sheets {
		q.keep(q.b.File().ProtectSheet(s.Name(), &excelize.SheetProtectionOptions{
			SelectLockedCells: true, SelectUnlockedCells: true, AutoFilter: true, Sort: true,
			FormatColumns: true, FormatRows: true,
		}))
	}
	q.keep(q.b.File().SetSheetVisible(q.data.Name(), false))
	recalculate := true
	q.keep(q.b.File().SetCalcProps(&excelize.CalcPropsOptions{FullCalcOnLoad: &recalculate}))
	if q.err != nil {
		return nil, q.err
	}
	return q.b.Bytes(ctx)
}

// sheetName is the name of a sheet, in all languages as far as they fit; a name
// may not have a slash.
func (q *questions) sheetName(key string) string {
	if p := q.w.both(key); p.Other() != "" {
		if s := p.Text + " " + p.Second; utf8.RuneCountInString(s) <= sheet.MaxName {
			return s
		}
	}
	return q.w.Get(key)
}

func (q *questions) page(tab string) sheet.Page {
	p := q.footer
	p.TabColor = tab
	return p
}

func (q *questions) creator() string {
	if s := firstText(q.v, "organisation"); s != "" {
		return s
	}
	return q.p.Text(q.p.Catalog.Guide.Publisher)
}

// firstText returns the text of a fact of the cover in the first language, or "".
func firstText(v *view, key string) string {
	for _, f := range v.Facts {
		if f.Key == key {
			return f.Text.Text
		}
	}
	return ""
}

// factText returns the text of a fact of the cover in all languages, or "".
func factText(v *view, key string) string {
	for _, f := range v.Facts {
		if f.Key == key {
			return f.Text.line()
		}
	}
	return ""
}

func (q *questions) setColumns() {
	w := q.w
	// Where there are no risks, their columns are there for programs only.
	noRisks := !q.p.Catalog.Guide.TreatsRisks()
	statement := 224.0
	if noRisks {
		statement = 400
	}
	q.columns = []qColumn{{key: ColumnID, heading: w.label("requirement_id"), width: 54}}
	if q.v.Next != nil {
		q.columns = append(q.columns,
			qColumn{key: ColumnTodo, heading: w.label("todo"), width: 62},
			qColumn{key: ColumnChange, heading: w.label("change_since"), width: 84})
	}
	q.columns = append(q.columns, []qColumn{
		{key: ColumnObligation, heading: w.label("obligation"), width: 42},
		{key: ColumnClause, heading: w.label("clause"), width: 72},
		{key: ColumnStatement, heading: w.Get("requirement"), width: statement},
	}...)
	if w.second != nil {
		second := w.second.Get("requirement")
		if second == w.Get("requirement") { // headings tell columns apart
			second += w.parens(string(q.v.Second))
		}
		q.columns = append(q.columns, qColumn{key: ColumnSecond, heading: second, width: 200})
	}
	if q.anyNext(func(n *nextRequirement) bool { return n.Old != "" }) {
		q.columns = append(q.columns, qColumn{key: ColumnPreviousWording, heading: w.label("previous_wording"), width: 168})
	}
	residual := 84.0
	if w.lang != catalog.Japanese || w.second != nil {
		residual = 122 // words are longer, and so would be the rows
	}
	q.columns = append(q.columns,
		qColumn{key: ColumnAskedBy, heading: w.label("asked_by"), width: 122, hidden: noRisks},
		qColumn{key: ColumnResidual, heading: w.label("residual"), width: residual, hidden: noRisks})
	if q.anyNext(func(n *nextRequirement) bool { return len(n.Previous) > 0 }) {
		q.columns = append(q.columns, qColumn{key: ColumnPreviousAnswer, heading: w.label("previous_answer"), width: 140})
	}
	q.columns = append(q.columns,
		qColumn{key: ColumnStatus, heading: w.label("answer"), width: 64, answer: true},
		qColumn{key: ColumnExplanation, heading: w.label("explanation"), width: 176, answer: true},
		qColumn{key: ColumnEvidence, heading: w.label("evidence"), width: 108, answer: true},
		qColumn{key: ColumnOwner, heading: w.label("owner"), width: 62, answer: true},
		qColumn{key: ColumnPlanned, heading: w.label("planned"), width: 66, answer: true},
		qColumn{key: ColumnCheck, heading: w.label("check"), width: 70},
		qColumn{key: ColumnRiskKeys, heading: ColumnRiskKeys, width: 30, hidden: true},
		qColumn{key: ColumnClauseKey, heading: ColumnClauseKey, width: 30, hidden: true},
	)
	for i := range q.columns {
		c := &q.columns[i]
		q.at[c.key] = i + 1
		if !c.hidden {
			c.width = max(c.width, longestWord(c.heading))
		}
	}
}

// longestWord returns the width in points that a column needs so that no word of
// its heading is broken.
func longestWord(heading string) float64 {
	widest := 0.0
	for _, w := range strings.Fields(heading) {
		if w[0] < 0x80 {
			widest = max(widest, sheet.TextWidth(w, sheet.BodySize)*1.06+12)
		}
	}
	return widest
}

// ref returns a reference to a cell of a column of the sheet of requirements,
// such as "$F5".
func (q *questions) ref(key string, row int) string { return "$" + q.letter(key) + fmt.Sprint(row) }

func (q *questions) letter(key string) string {
	name, err := excelize.ColumnNumberToName(q.at[key])
	if err != nil {
		return "A"
	}
	return name
}

// area returns the reference to the requirements' cells of a column, such as
// "F5:F90".
func (q *questions) area(key string) string {
	c := q.letter(key)
	return fmt.Sprintf("%s%d:%s%d", c, q.first, c, q.last)
}

// quoted returns a text as a string in a formula.
func quoted(s string) string { return `"` + strings.ReplaceAll(s, `"`, `""`) + `"` }

// sheetRef returns a sheet's name as it stands in a reference.
func sheetRef(name string) string { return "'" + strings.ReplaceAll(name, "'", "''") + "'" }

// key encloses an id so that a formula finds it whole, and no program takes it
// for a number or a date.
func key(id string) string { return ";" + id + ";" }

// writeData fills the hidden sheet; see the package documentation.
func (q *questions) writeData() {
	s := q.data
	s.SetColumns(90, 160, 200, 420, 420)
	put := q.putData
	for _, p := range q.identity() {
		put("property", p[0], p[1])
	}
	for _, c := range q.columns {
		put("column", c.key, c.heading)
	}
	q.statusRows[0] = s.Rows() + 1
	for _, x := range answers.Statuses() {
		put("status", string(x), q.w.status(x))
	}
	q.statusRows[1] = s.Rows()
	for _, o := range profile.ObligationIDs() {
		put("obligation", string(o), q.w.label(string(o)))
	}
	for _, x := range []struct {
		key   string
		sheet *sheet.Sheet
	}{{"start", q.start}, {"requirements", q.reqs}, {"summary", q.sums}, {"exclusions", q.excl}} {
		put("sheet", x.key, x.sheet.Name())
	}
	for _, r := range q.v.Requirements {
		cells := []string{"requirement", r.ID, string(r.Obligation), WordingHash(q.cellText(r))}
		if q.v.Second != "" {
			cells = append(cells, WordingHash(q.secondText(r)))
		}
		put(cells...)
	}
	q.writeCarryData()
	q.define(nameStatusList, fmt.Sprintf("%s!$C$%d:$C$%d", sheetRef(s.Name()), q.statusRows[0], q.statusRows[1]))
}

// putData writes the next row of the hidden sheet.
func (q *questions) putData(cells ...string) {
	row := q.data.Rows() + 1
	for i, c := range cells {
		q.data.Text(row, i+1, c, sheet.Style{NoWrap: true})
	}
}

// WordingHash returns the SHA-256, in hexadecimal, of the text of a requirement
// as it stands in its cell, white space aside.
func WordingHash(text string) string {
	sum := sha256.Sum256([]byte(strings.Join(strings.Fields(text), "")))
	return hex.EncodeToString(sum[:])
}

// identity lists what identifies the questionnaire.
func (q *questions) identity() [][2]string {
	g := q.p.Catalog.Guide
	list := [][2]string{
		{"format", FormatVersion},
		{"pack", q.p.ID},
		{"fingerprint", q.p.Fingerprint},
		{"profile", q.p.Profile.ID},
		{"profile-sha256", q.p.Profile.Digest()},
		{"guide", g.ID},
		{"edition", g.Edition},
		{"catalog-sha256", q.p.CatalogSHA256},
		{"commit", q.p.Commit},
		{"language", string(q.v.Lang)},
		{"second-language", string(q.v.Second)},
		{"supplier", q.p.Text(q.p.Profile.Supplier.Name)},
		{"service", q.p.Text(q.p.Profile.Service.Name)},
		{"tool", toolName(q.opts)},
	}
	if q.v.Next == nil {
		return list
	}
	set := q.v.Next.Set
	round := ""
	if set.Round > 0 {
		round = fmt.Sprint(set.Round)
	}
	return append(list,
		[2]string{"previous-pack", set.Pack.ID},
		[2]string{"previous-edition", set.Pack.Edition},
		[2]string{"previous-round", round},
		[2]string{"previous-supplier", set.Supplier})
}

// properties sets the custom document properties.
func (q *questions) properties() {
	for _, p := range q.identity() {
		if p[1] == "" {
			continue
		}
		value, _, _ := sheet.Clean(p[1])
		q.keep(q.b.File().SetCustomProps(excelize.CustomProperty{Name: PropertyPrefix + p[0], Value: value}))
	}
}

// define names a range.
func (q *questions) define(name, ref string) {
	q.keep(q.b.File().SetDefinedName(&excelize.DefinedName{Name: name, RefersTo: ref}))
}

// keep remembers the first error.
func (q *questions) keep(err error) {
	if err != nil && q.err == nil {
		q.err = err
	}
}
