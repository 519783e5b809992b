// Package workbook reads a guide back from the workbook in which it was edited
// (see package riskguide/render/workbook/editing, which writes it) and makes of
// what was changed there a change of the YAML files that leaves the rest of them
// as it is.
//
// # Contract
//
// A [Grid] is a guide as tables: what the workbook shows and lets be edited. Each
// cell has a canonical value, so that a cell that was merely opened and saved, or
// whose ids stand in another order of commas, has not changed.
//
// [Read] takes a workbook from anywhere: rows are known by the keys in a hidden
// column, columns by those in a hidden row or else by their headings, so that
// they may be sorted, moved and hidden. The workbook holds what it was exported
// with. [Book.Import] compares three texts, cell by cell: what was exported, what
// the workbook says, and what the content says now. What only the workbook
// changed is taken over; what only the content changed stays; what both changed
// differently is a [Conflict].
//
// Nothing is guessed. A row that is new gets the next number that was never used;
// one that was removed is listed in retired.yaml. The guide's front matter, its
// layers, columns and severities, parameters and whatever else the tables do not
// show is not touched. The result is loaded, compared with what was asked for and
// checked before anybody writes it.
package workbook

import (
	"fmt"
	"slices"
	"strings"
	"unicode/utf16"

	"golang.org/x/text/unicode/norm"

	"riskguide/catalog"
)

// The parts of the workbook's form that its writer and its reader agree on.
const (
	// DataSheet is the name of the hidden sheet that holds what was exported.
	DataSheet = "riskguide"
	// Format begins the data sheet.
	Format        = "riskguide-edit"
	FormatVersion = "1"
	// TablePrefix begins the cell that tells which table a sheet holds. It
	// stands in the row of the columns' keys, above the keys of the rows.
	TablePrefix = "riskguide:"
	// Missing stands for a paragraph, or a cell of a row, that there is not.
	Missing = "-"

	// The kinds of rows of the data sheet.
	DataTable    = "table"    // table, sheet
	DataColumns  = "columns"  // table, key of each column
	DataHeadings = "headings" // table, heading of each column
	DataWord     = "word"     // what the word means, word
	DataRow      = "row"      // table, key, value of each column

	// WordRemove is the word that marks a row to be removed.
	WordRemove = "remove"

	// What a value on the data sheet begins with: one that can be edited, and
	// one that cannot, of which nothing else stands there.
	markValue = ":"
	markFixed = "!"
)

// TableID names a table.
type TableID string

// The tables.
const (
	Risks           TableID = "risks"
	Measures        TableID = "measures"
	Citations       TableID = "citations"
	Objectives      TableID = "objectives"
	Threats         TableID = "threats"
	Residuals       TableID = "residuals"
	Controls        TableID = "controls"
	Clauses         TableID = "clauses"
	Vulnerabilities TableID = "vulnerabilities"
)

// Kind tells what a column holds.
type Kind uint8

// The kinds of columns.
const (
	Wording    Kind = iota // a text in one language
	Paragraphs             // texts in one language, with blank lines between
	IDs                    // ids, with commas between
	Choice                 // one id out of a list
	Key                    // the id of the row's own thing
)

// Column is a column of a table.
type Column struct {
	Key   string       // "text.ja"
	Field string       // "text", as in the YAML form
	Lang  catalog.Lang // of a wording
	Kind  Kind
	// Of is the table that a column of ids is about: a [TableID], or "layers",
	// "severities", "tags".
	Of string
	// PerRow tells that the cell has a line for each row of the risk's table
	// that the measure covers.
	PerRow bool
	// Once tells that the value is given when a row is added and stays.
	Once bool
}

// Cell is what stands in a cell.
type Cell struct {
	// Value is canonical: ids with ", " between, a line a row where the column
	// is so.
	Value string
	// Fixed tells that the cell is shown only; why is a matter of the table.
	Fixed bool
}

// Record is a row of a table.
type Record struct {
	Key   string
	Cells []Cell // as the table's columns
	// Rows is the number of rows of the risk's table that a measure covers.
	Rows int
}

// Table is one table of a guide.
type Table struct {
	ID      TableID
	Columns []Column
	Records []*Record
	// Add and Remove tell whether rows may be added and removed.
	Add, Remove bool

	byKey map[string]*Record
}

// Record returns the record with a key, or nil.
func (t *Table) Record(key string) *Record { return t.byKey[key] }

// Column returns the index of the column with a key, or -1.
func (t *Table) Column(key string) int {
	return slices.IndexFunc(t.Columns, func(c Column) bool { return c.Key == key })
}

// Grid is a guide as tables.
type Grid struct {
	Tables []*Table
	Langs  []catalog.Lang

	names  map[string]map[string]string // of layers and severities: list → folded name → id
	shown  map[string]map[string]map[catalog.Lang]string
	clause map[string][]string // the controls of a clause in order
	in     map[string]string   // clause of a control

	aliases map[string]string // see alias
	known   map[string]string // ids of controls and clauses as they are written, by their capital form
}

// Table returns a table.
func (g *Grid) Table(id TableID) *Table {
	for _, t := range g.Tables {
		if t.ID == id {
			return t
		}
	}
	return nil
}

// New makes the tables of a guide.
func New(src *catalog.Source) *Grid {
	g := &Grid{Langs: src.Guide.Languages, clause: map[string][]string{}, in: map[string]string{},
		known: map[string]string{},
		names: map[string]map[string]string{}, shown: map[string]map[string]map[catalog.Lang]string{}}
	for _, s := range src.Guide.Severities {
		g.name("severities", s.ID, s.Name)
	}
	for _, l := range src.Guide.TableLayers() {
		g.name("layers", l.ID, l.Name)
	}
	for _, cl := range src.Clauses {
		g.known[strings.ToUpper(cl.ID)] = cl.ID
		var ids []string
		for _, c := range cl.Controls {
			ids, g.in[c.ID] = append(ids, c.ID), cl.ID
			g.known[strings.ToUpper(c.ID)] = c.ID
		}
		slices.SortStableFunc(ids, catalog.CompareIDs)
		g.clause[cl.ID] = ids
	}
	g.risks(src)
	g.measures(src)
	g.citations(src)
	items := func(id TableID, of func(r *catalog.SourceRisk, add func(id string, t catalog.Text))) {
		t := g.table(id, true, key("id"), once("risk", string(Risks)), wording("text"))
		for _, r := range src.Risks {
			of(r, func(id string, x catalog.Text) {
				t.add(id, g.texts([]string{id, r.ID}, x)...)
			})
		}
	}
	items(Objectives, func(r *catalog.SourceRisk, add func(string, catalog.Text)) {
		for _, o := range r.Objectives {
			add(o.ID, o.Text)
		}
	})
	items(Threats, func(r *catalog.SourceRisk, add func(string, catalog.Text)) {
		for _, o := range r.Threats {
			add(o.ID, o.Text)
		}
	})
	items(Residuals, func(r *catalog.SourceRisk, add func(string, catalog.Text)) {
		for _, o := range r.Residuals {
			add(o.ID, o.Text)
		}
	})
	controls := g.table(Controls, true, key("id"), once("clause", string(Clauses)), wording("title"), wording("statement"))
	clauses := g.table(Clauses, false, key("id"), wording("title"))
	for _, cl := range src.Clauses {
		clauses.add(cl.ID, g.texts([]string{cl.ID}, cl.Title)...)
		for _, c := range cl.Controls {
			controls.add(c.ID, g.texts([]string{c.ID, cl.ID}, c.Title, c.Statement)...)
		}
	}
	t := g.table(Vulnerabilities, true, key("id"), wording("label"))
	for _, v := range src.Vulnerabilities {
		t.add(v.ID, g.texts([]string{v.ID}, v.Label)...)
	}
	return g
}

// name notes the names of what a [Choice] chooses from.
func (g *Grid) name(list, id string, names catalog.Text) {
	if g.names[list] == nil {
		g.names[list], g.shown[list] = map[string]string{}, map[string]map[catalog.Lang]string{}
	}
	g.shown[list][id] = map[catalog.Lang]string{}
	put := func(name, id string) {
		if old, twice := g.names[list][name]; twice && old != id {
			id = "" // nobody knows which one is meant
		}
		g.names[list][name] = id
	}
	for lang, s := range names.Values {
		g.shown[list][id][lang] = s
		put(fold(s), id)
	}
	put(fold(id), id)
}

// ShowChoice is the name under which a layer or severity stands in cells.
func (g *Grid) ShowChoice(list, id string, lang catalog.Lang) string {
	if s := g.shown[list][id][lang]; s != "" && g.names[list][fold(s)] == id && !strings.ContainsAny(s, ",、，\n") {
		return s
	}
	return id
}

// The columns; a wording has one for each language.
func key(k string) Column           { return Column{Key: k, Field: k, Kind: Key} }
func once(k, of string) Column      { return Column{Key: k, Field: k, Kind: Choice, Of: of, Once: true} }
func ids(k, of string) Column       { return Column{Key: k, Field: k, Kind: IDs, Of: of} }
func wording(k string) Column       { return Column{Key: k, Field: k} }
func (c Column) perRow() Column     { c.PerRow = true; return c }
func (c Column) kind(k Kind) Column { c.Kind = k; return c }

// IsText reports whether the column holds text for people.
func (c Column) IsText() bool { return c.Kind == Wording || c.Kind == Paragraphs }

// table begins a table.
func (g *Grid) table(id TableID, rows bool, columns ...Column) *Table {
	t := &Table{ID: id, Add: rows, Remove: rows, byKey: map[string]*Record{}}
	for _, c := range columns {
		if !c.IsText() {
			t.Columns = append(t.Columns, c)
			continue
		}
		for _, l := range g.Langs {
			x := c
			x.Key, x.Lang = c.Field+"."+string(l), l
			t.Columns = append(t.Columns, x)
		}
	}
	g.Tables = append(g.Tables, t)
	return t
}

// add adds a record; the first of records with one key counts.
func (t *Table) add(key string, cells ...Cell) *Record {
	r := &Record{Key: key, Cells: cells, Rows: 1}
	for i := range cells {
		if !t.Columns[i].IsText() {
			continue
		}
		if len(utf16.Encode([]rune(cells[i].Value))) > maxCell {
			cells[i].Fixed = true
		}
	}
	if t.byKey[key] == nil {
		t.byKey[key] = r
		t.Records = append(t.Records, r)
	}
	return r
}

// maxCell is the length in UTF-16 units up to which a text is edited in a cell; a
// cell holds 32,767.
const maxCell = 32_000

// texts returns cells with values, and behind them the wordings of texts.
func (g *Grid) texts(values []string, ts ...catalog.Text) []Cell {
	var out []Cell
	for _, v := range values {
		out = append(out, Cell{Value: v})
	}
	for _, t := range ts {
		for _, l := range g.Langs {
			out = append(out, Cell{Value: t.Values[l]})
		}
	}
	return out
}

func (g *Grid) risks(src *catalog.Source) {
	t := g.table(Risks, false, key("id"), Column{Key: "severity", Field: "severity", Kind: Choice, Of: "severities"},
		wording("name"), wording("description").kind(Paragraphs), wording("notes").kind(Paragraphs), ids("not_applicable", "layers"))
	for _, r := range src.Risks {
		cells := g.texts([]string{r.ID, r.Severity.ID}, r.Name)
		cells = append(cells, g.paragraphs(r.Description)...)
		cells = append(cells, g.paragraphs(r.Notes)...)
		t.add(r.ID, append(cells, Cell{Value: join(r.NotApplicable)})...)
	}
}

// paragraphs returns a cell a language. Paragraphs that a cell could not tell apart
// are not edited there.
func (g *Grid) paragraphs(ps []catalog.Text) []Cell {
	fixed := false
	for _, p := range ps {
		for _, s := range p.Values {
			fixed = fixed || len(splitParagraphs(s)) != 1 || s == Missing
		}
	}
	out := make([]Cell, len(g.Langs))
	for i, l := range g.Langs {
		parts := make([]string, len(ps))
		for j, p := range ps {
			parts[j] = p.Values[l]
		}
		out[i] = Cell{Value: joinParagraphs(parts), Fixed: fixed}
	}
	return out
}

// joinParagraphs puts blank lines between paragraphs. One that is missing is
// marked, but for those at the end.
func joinParagraphs(ps []string) string {
	ps = slices.Clone(ps)
	for len(ps) > 0 && ps[len(ps)-1] == "" {
		ps = ps[:len(ps)-1]
	}
	for i := range ps {
		if ps[i] == "" {
			ps[i] = Missing
		}
	}
	return strings.Join(ps, "\n\n")
}

// splitParagraphs is the inverse of joinParagraphs.
func splitParagraphs(s string) []string {
	var out []string
	for _, l := range append(strings.Split(s, "\n"), "") {
		if strings.TrimSpace(l) == "" {
			if len(out) > 0 && out[len(out)-1] != "" {
				out = append(out, "")
			}
			continue
		}
		if len(out) == 0 {
			out = append(out, "")
		}
		if last := &out[len(out)-1]; *last == "" {
			*last = l
		} else {
			*last += "\n" + l
		}
	}
	if len(out) > 0 && out[len(out)-1] == "" {
		out = out[:len(out)-1]
	}
	for i := range out {
		if out[i] = strings.TrimSpace(out[i]); out[i] == Missing {
			out[i] = ""
		}
	}
	return out
}

func join(refs []catalog.Ref) string {
	out := make([]string, len(refs))
	for i, r := range refs {
		out[i] = r.ID
	}
	return strings.Join(out, ", ")
}

func (g *Grid) measures(src *catalog.Source) {
	t := g.table(Measures, true, key("id"), once("risk", string(Risks)),
		Column{Key: "layer", Field: "layer", Kind: Choice, Of: "layers", PerRow: true},
		Column{Key: "objective", Field: "objective", Kind: Choice, Of: string(Objectives), PerRow: true},
		ids("threats", string(Threats)).perRow(), ids("vulnerabilities", string(Vulnerabilities)).perRow(),
		wording("text"), ids("controls", string(Controls)), ids("residuals", string(Residuals)), ids("tags", "tags"),
		wording("remark").perRow())
	shared := map[string]*catalog.SourceMeasure{}
	for _, r := range src.Risks {
		for _, m := range r.Measures {
			shared[m.ID] = m
		}
	}
	follow := func(m *catalog.SourceMeasure, next func(*catalog.SourceMeasure) string) *catalog.SourceMeasure {
		for range len(shared) {
			to := shared[next(m)]
			if to == nil {
				break
			}
			m = to
		}
		return m
	}
	for _, r := range src.Risks {
		rows := map[string][]*catalog.SourceRow{}
		for _, row := range r.Rows {
			rows[row.Measure.ID] = append(rows[row.Measure.ID], row)
		}
		for _, m := range r.Measures {
			text, controls := m.Text, m
			if m.WordingOf.ID != "" {
				text = follow(m, func(m *catalog.SourceMeasure) string { return m.WordingOf.ID }).Text
			}
			if m.ControlsOf.ID != "" {
				controls = follow(m, func(m *catalog.SourceMeasure) string { return m.ControlsOf.ID })
			}
			cells := []Cell{{Value: m.ID}, {Value: r.ID}}
			cells = append(cells, g.place(rows[m.ID])...)
			for _, c := range g.texts(nil, text) {
				c.Fixed = m.WordingOf.ID != ""
				cells = append(cells, c)
			}
			cells = append(cells, Cell{Value: joinControls(controls.Controls), Fixed: m.ControlsOf.ID != ""},
				Cell{Value: join(m.Residuals)}, Cell{Value: strings.Join(m.Tags, ", ")})
			cells = append(cells, g.remarks(rows[m.ID])...)
			t.add(m.ID, cells...).Rows = len(rows[m.ID])
		}
		for i, row := range rows[""] {
			one := []*catalog.SourceRow{row}
			cells := append([]Cell{{Fixed: true}, {Value: r.ID}}, g.place(one)...)
			for range len(g.Langs) + 3 {
				cells = append(cells, Cell{Fixed: true})
			}
			t.add(RowKey(r.ID, i+1), append(cells, g.remarks(one)...)...)
		}
	}
}

// RowKey is the key of the n-th row of a risk's table that has no measure.
func RowKey(risk string, n int) string { return fmt.Sprintf("%s/%d", risk, n) }

// place returns the cells of rows but for their remarks.
func (g *Grid) place(rows []*catalog.SourceRow) []Cell {
	out := make([]Cell, 4)
	for i, row := range rows {
		sep := ""
		if i > 0 {
			sep = "\n"
		}
		vs := make([]string, len(row.Vulnerabilities))
		for j, v := range row.Vulnerabilities {
			vs[j] = v.ID
		}
		for j, s := range []string{row.Layer.ID, row.Objective.ID, join(row.Threats), strings.Join(vs, ", ")} {
			out[j].Value += sep + s
		}
	}
	return out
}

func (g *Grid) remarks(rows []*catalog.SourceRow) []Cell {
	out := make([]Cell, len(g.Langs))
	for i, l := range g.Langs {
		for j, row := range rows {
			s := row.Remark.Values[l]
			if j > 0 {
				out[i].Value += "\n"
			}
			out[i].Value += s
			// Lines could not be told from rows.
			out[i].Fixed = out[i].Fixed || len(rows) > 1 && (strings.Contains(s, "\n") || s == Missing || strings.TrimSpace(s) != s)
		}
	}
	return out
}

// joinControls writes citations of controls without what they say of their own.
func joinControls(cs []catalog.SourceControlCitation) string {
	out := make([]string, len(cs))
	for i, c := range cs {
		out[i] = c.ID
		if c.Through != "" {
			out[i] += ".." + c.Through
		}
	}
	return strings.Join(out, ", ")
}

// citations lists the citations that say something of their own.
func (g *Grid) citations(src *catalog.Source) {
	t := g.table(Citations, true, once("measure", string(Measures)), once("row", "rows"), once("cited", "cited"), wording("variant"), wording("note"))
	for _, r := range src.Risks {
		for _, m := range r.Measures {
			seen := map[string]int{}
			for _, c := range m.Controls {
				seen[c.ID]++
				if c.Variant.IsZero() && c.Note.IsZero() {
					continue
				}
				t.add(citationKey(m.ID, "", c.ID, seen[c.ID]), g.texts([]string{m.ID, "", c.ID}, c.Variant, c.Note)...)
			}
		}
		nth := map[string]int{}
		for _, row := range r.Rows {
			nth[row.Measure.ID]++
			of, n := row.Measure.ID, fmt.Sprint(nth[row.Measure.ID])
			if of == "" {
				of, n = RowKey(r.ID, nth[""]), "1"
			}
			seen := map[string]int{}
			for _, v := range row.Vulnerabilities {
				seen[v.ID]++
				if v.Variant.IsZero() && v.Note.IsZero() {
					continue
				}
				t.add(citationKey(of, n, v.ID, seen[v.ID]), g.texts([]string{of, n, v.ID}, v.Variant, v.Note)...)
			}
		}
	}
}

// citationKey is the key of a citation: of a control by a measure or, where row
// tells the number of one of its rows, of a vulnerability there.
func citationKey(measure, row, cited string, nth int) string {
	k := measure
	if row != "" {
		k += "@" + row
	}
	k += ">" + cited
	if nth > 1 {
		k += fmt.Sprintf("#%d", nth)
	}
	return k
}

// fold makes names comparable: width, case and space do not count.
func fold(s string) string {
	return strings.ToLower(strings.Join(strings.Fields(norm.NFKC.String(s)), " "))
}
