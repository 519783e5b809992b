package site

import (
	"html/template"
	"slices"
	"strings"
	"unicode/utf8"

	"riskguide/catalog"
	"riskguide/render/table"
)

// TableView is a risk table in HTML's terms.
type TableView struct {
	// Columns holds a class for each column, in order; "narrow" is added to
	// one that is empty in every row.
	Columns []string
	Header  [][]CellView
	// Bodies are the row groups: as many as there are, such that no cell
	// crosses from one to the next (HTML ends every span at the end of its
	// row group).
	Bodies [][]RowView
	// Folds is how many times the compact view folds statements.
	Folds int
}

// RowView is a row with the cells that begin in it.
type RowView struct {
	// Same names the columns whose cell begins in a row above and still
	// holds here; for the narrow form, empty where none.
	Same string
	// NotApplicable tells that the risk does not arise at the row's layer.
	NotApplicable bool
	Cells         []CellView
}

// CellView is a cell.
type CellView struct {
	Class            string
	RowSpan, ColSpan int
	// Heading makes the cell a th; Scope and ID are then set.
	Heading bool
	Scope   string
	ID      string
	// Headers lists the ids of the headings of a cell that spans several
	// layers; elsewhere scope says enough and it is empty.
	Headers string
	// Label names the column, for the narrow form.
	Label string
	// NotApplicable, Empty, Gap: what stands in the cell if there are no items.
	NotApplicable bool
	Empty         bool
	Gap           template.HTML
	Items         []ItemView
	// List tells that the items form a list.
	List bool
	// Measure is set in a measure's cell.
	Measure *MeasureCell
	// Short marks content that is small enough to stay in view while the rest
	// of a tall row, or the rows that the cell covers, scroll by.
	Short bool
}

// MeasureCell is the head of a measure's cell.
type MeasureCell struct {
	ID string
	// First tells that this is the measure's first cell in the table, which
	// holds its anchor.
	First bool
}

// ItemView is a paragraph or list item of a cell.
type ItemView struct {
	// ID is the anchor of an objective, threat or residual risk at its first
	// place in the table; empty elsewhere.
	ID     string
	Href   string
	Number string // printed before the text, linked
	Text   template.HTML
	Note   template.HTML
	// Variant tells that the wording is this citation's own.
	Variant bool
	// Repeated tells that the statement stands in the table before already, as
	// do its neighbours: the compact view folds them. Fold is set on the first
	// of them.
	Repeated bool
	Fold     *FoldView
}

// FoldView stands for several statements in the compact view.
type FoldView struct {
	IDs   string // "8.6.1.1–8.6.1.19"
	Count int
	// Where is the measure beside which all of them stood before; empty where
	// they stood at several.
	Where string
}

// foldFrom is how many neighbouring statements must repeat to be folded: fewer take
// no more room than the sign that stands for them.
const foldFrom = 3

// columnKeys are the classes of the grid's columns.
var columnKeys = [table.Columns]string{"group", "layer", "objective", "threat", "vulnerability", "measure", "control", "residual", "remark"}

// shortRunes is the length up to which a cell's text is kept in view: some 14
// lines of a narrow column, which fit below the header on any desk.
const shortRunes = 160

func layerAnchor(l *catalog.Layer) string { return "layer-" + l.ID }

func columnAnchor(id catalog.ColumnID) string { return "col-" + string(id) }

// tableBuilder turns a grid into a view.
type tableBuilder struct {
	p    *Page
	grid *table.Grid
	seen map[string]bool // ids of measures and items whose anchor is placed
	// statedAt holds, by control, the measure beside which its statement stood
	// first.
	statedAt map[string]string
	folds    int
}

// table returns the risk's table.
func (p *Page) table(r *catalog.Risk) *TableView {
	g := table.Build(p.e.cat, r, table.Options{Lang: p.e.lang})
	b := &tableBuilder{p: p, grid: g, seen: map[string]bool{}, statedAt: map[string]string{}}
	v := &TableView{Columns: b.columns(), Header: b.header()}
	rows := b.rows()
	start := 0
	for _, end := range b.boundaries() {
		v.Bodies = append(v.Bodies, rows[start:end])
		start = end
	}
	v.Folds = b.folds
	return v
}

// fold marks the runs of a cell's statements that stand in the table before already:
// neighbours of one clause in their usual wording.
func (b *tableBuilder) fold(c *table.Cell, items []ItemView) {
	clause := func(i int) *catalog.Clause {
		ctl := b.p.e.cat.Control(items[i].Number)
		if _, before := b.statedAt[items[i].Number]; !before || ctl == nil || items[i].Variant || items[i].Note != "" {
			return nil
		}
		return ctl.Clause
	}
	for i := 0; i < len(items); {
		cl := clause(i)
		n := i + 1
		for cl != nil && n < len(items) && clause(n) == cl {
			n++
		}
		if cl != nil && n-i >= foldFrom {
			f := &FoldView{Count: n - i, Where: b.statedAt[items[i].Number]}
			var ids []string
			for k := i; k < n; k++ {
				items[k].Repeated = true
				ids = append(ids, items[k].Number)
				if b.statedAt[items[k].Number] != f.Where {
					f.Where = ""
				}
			}
			f.IDs = b.p.e.join(ranges(cl, ids))
			items[i].Fold = f
			b.folds++
		}
		i = n
	}
	at := ""
	if m := b.grid.RowMeasures[c.Row]; m != nil {
		at = m.ID
	}
	for _, it := range items {
		if _, before := b.statedAt[it.Number]; !before && !it.Variant {
			b.statedAt[it.Number] = at
		}
	}
}

// ranges writes the ids of a clause's controls short: those that follow each other
// as "first–last".
func ranges(cl *catalog.Clause, ids []string) []string {
	place := func(id string) int {
		return slices.IndexFunc(cl.Controls, func(c *catalog.Control) bool { return c.ID == id })
	}
	var out []string
	for i := 0; i < len(ids); {
		n := i + 1
		for n < len(ids) && place(ids[n]) == place(ids[n-1])+1 {
			n++
		}
		if n-i > 2 {
			out = append(out, ids[i]+"–"+ids[n-1])
		} else {
			out = append(out, ids[i:n]...)
		}
		i = n
	}
	return out
}

// columns returns the classes of the columns.
func (b *tableBuilder) columns() []string {
	filled := [table.Columns]bool{table.ColLayerGroup: true, table.ColLayer: true}
	grouped := false
	for _, c := range b.grid.Cells {
		filled[c.Col] = filled[c.Col] || len(c.Items) > 0 || c.Kind == table.Missing
		grouped = grouped || c.Col == table.ColLayer
	}
	out := make([]string, table.Columns)
	for i, k := range columnKeys {
		out[i] = k
		if !filled[i] {
			out[i] += " narrow"
		}
		if i < 2 && !grouped {
			out[i] += " ungrouped"
		}
	}
	return out
}

func (b *tableBuilder) header() [][]CellView {
	out := make([][]CellView, b.grid.HeaderRows)
	for _, c := range b.grid.Header {
		scope := "col"
		if c.ColSpan > 1 {
			scope = "colgroup"
		}
		key := string(c.Column)
		v := CellView{Class: key, RowSpan: c.RowSpan, ColSpan: c.ColSpan, Heading: true, Scope: scope, ID: columnAnchor(c.Column)}
		for _, it := range c.Items {
			v.Items = append(v.Items, ItemView{Text: b.p.fragment(b.p.e.marked(it.Text, it.Lang, b.p.Base))})
		}
		out[c.Row] = append(out[c.Row], v)
	}
	return out
}

// boundaries returns the rows after which a row group ends: the last row of a
// layer of the top level where no cell goes on.
func (b *tableBuilder) boundaries() []int {
	crossed := make([]bool, b.grid.Rows+1) // a cell reaches from row i-1 to row i
	for _, c := range b.grid.Cells {
		for i := c.Row + 1; i < c.Row+c.RowSpan; i++ {
			crossed[i] = true
		}
	}
	var out []int
	for i := 1; i < b.grid.Rows; i++ {
		if !crossed[i] && top(b.grid.RowLayers[i-1]) != top(b.grid.RowLayers[i]) {
			out = append(out, i)
		}
	}
	return append(out, b.grid.Rows)
}

// top returns the layer of the top level that holds l.
func top(l *catalog.Layer) *catalog.Layer {
	for l.Parent != nil {
		l = l.Parent
	}
	return l
}

func (b *tableBuilder) rows() []RowView {
	rows := make([]RowView, b.grid.Rows)
	same := make([][table.Columns]string, b.grid.Rows)
	bounds := b.boundaries()
	for i := range b.grid.Cells {
		c := &b.grid.Cells[i]
		rows[c.Row].Cells = append(rows[c.Row].Cells, b.cell(c, bounds))
		if c.RowHeader || c.Kind != table.Filled && c.Kind != table.Missing {
			continue
		}
		for r := c.Row + 1; r < c.Row+c.RowSpan; r++ {
			same[r][c.Col] = b.p.e.columns[c.Column]
		}
	}
	for i := range rows {
		rows[i].NotApplicable = b.notApplicable(i)
		names := slices.DeleteFunc(same[i][:], func(s string) bool { return s == "" })
		if len(names) > 0 {
			rows[i].Same = b.p.Fill("same-as-above", "columns", b.p.e.join(names))
		}
	}
	return rows
}

// notApplicable reports whether the row stands for a layer at which the risk
// does not arise.
func (b *tableBuilder) notApplicable(row int) bool {
	return slices.Contains(b.grid.Risk.NotApplicable, b.grid.RowLayers[row])
}

func (b *tableBuilder) cell(c *table.Cell, bounds []int) CellView {
	p := b.p
	v := CellView{Class: columnKeys[c.Col], RowSpan: c.RowSpan, ColSpan: c.ColSpan}
	if c.RowHeader {
		v.Heading, v.ID, v.Short = true, layerAnchor(c.Layer), true
		v.Scope = b.layerScope(c, bounds)
		v.Items = []ItemView{{Text: linkTo(p.Base+layerFile(c.Layer.ID), p.fragment(p.e.layerNames[c.Layer]))}}
		return v
	}
	v.Label = p.e.columns[c.Column]
	v.Headers = b.headers(c)
	switch c.Kind {
	case table.NotApplicable:
		v.NotApplicable = true
		return v
	case table.Empty:
		v.Empty = true
		return v
	case table.Missing:
		v.Gap = p.e.gap(c.Gap)
	}
	if c.Column == catalog.ColumnMeasure && c.Measure != nil {
		id := c.Measure.ID
		v.Measure = &MeasureCell{ID: id, First: !b.seen[id]}
		b.seen[id] = true
	}
	if c.Column == catalog.ColumnControls || c.Column == catalog.ColumnResiduals || c.Column == catalog.ColumnMeasure {
		v.Label = b.sharedLabel(c, v.Label)
	}
	length := 0
	for _, it := range c.Items {
		v.Items = append(v.Items, b.item(c, it))
		v.List = v.List || it.Bullet || it.Number != "" && len(c.Items) > 1 || c.Column == catalog.ColumnControls
		length += utf8.RuneCountInString(it.Text) + utf8.RuneCountInString(it.Note)
	}
	v.Short = length <= shortRunes
	if c.Column == catalog.ColumnControls {
		b.fold(c, v.Items)
	}
	return v
}

// item marks up an item; texts that many tables share are prepared.
func (b *tableBuilder) item(c *table.Cell, it table.Item) ItemView {
	p, e := b.p, b.p.e
	v := ItemView{Number: it.Number, Variant: it.Variant}
	switch c.Column {
	case catalog.ColumnObjective, catalog.ColumnThreats, catalog.ColumnResiduals:
		if !b.seen[it.Ref] {
			b.seen[it.Ref] = true
			v.ID = it.Ref
		}
	}
	switch {
	case c.Column == catalog.ColumnControls:
		v.Href = p.Base + controlFile(it.Ref)
		if f, ok := e.statements[it.Ref]; ok && !it.Variant {
			v.Text = p.fragment(f)
		} else if ctl := e.cat.Control(it.Ref); ctl != nil {
			v.Text = p.fragment(e.statementText(ctl, it.Text, it.Lang, p.Base))
		}
	case c.Column == catalog.ColumnMeasure:
		v.Text = p.fragment(e.measureTxt[c.Measure])
	case c.Column == catalog.ColumnVulnerabilities:
		v.Href = p.Base + vulnerabilityFile(it.Ref)
		v.Text = p.fragment(e.marked(it.Text, it.Lang, p.Base))
		if it.Number == "" {
			// Without a number the label itself is the link.
			v.Text = linkTo(v.Href, v.Text)
		}
	default:
		v.Text = p.fragment(e.marked(it.Text, it.Lang, p.Base))
	}
	if it.Note != "" {
		v.Note = e.marked(it.Note, e.lang, p.Base).html
	}
	return v
}

// sharedLabel adds to a column's name the measures that share the cell.
func (b *tableBuilder) sharedLabel(c *table.Cell, label string) string {
	if c.Column == catalog.ColumnMeasure {
		var layers []string
		for i := c.Row; i < c.Row+c.RowSpan; i++ {
			name, _ := b.p.e.cat.Text(b.grid.RowLayers[i].Name, b.p.e.lang)
			if len(layers) == 0 || layers[len(layers)-1] != name {
				layers = append(layers, name)
			}
		}
		return b.p.e.labelled(label, b.p.e.join(layers))
	}
	var ids []string
	for _, m := range b.grid.RowMeasures[c.Row : c.Row+c.RowSpan] {
		if m != nil && !slices.Contains(ids, m.ID) {
			ids = append(ids, m.ID)
		}
	}
	if len(ids) < 2 {
		return label
	}
	return b.p.e.labelled(label, b.p.Fill("shared-by", "measures", b.p.e.join(ids)))
}

// labelled writes a label with what belongs to it.
func (e *edition) labelled(label, of string) string {
	return strings.NewReplacer("{label}", label, "{of}", of).Replace(e.words.Get("label-of"))
}

// layerScope is "rowgroup" for a layer that heads a whole row group, else "row".
func (b *tableBuilder) layerScope(c *table.Cell, bounds []int) string {
	start := 0
	for _, end := range bounds {
		if c.Row == start && c.Row+c.RowSpan == end && c.Col == table.ColLayerGroup {
			return "rowgroup"
		}
		start = end
	}
	return "row"
}

// headers lists the headings of a cell that spans rows of several layers: HTML
// finds them itself only for cells within one.
func (b *tableBuilder) headers(c *table.Cell) string {
	layers := []*catalog.Layer{b.grid.RowLayers[c.Row]}
	for _, l := range b.grid.RowLayers[c.Row+1 : c.Row+c.RowSpan] {
		if l != layers[len(layers)-1] {
			layers = append(layers, l)
		}
	}
	if len(layers) < 2 {
		return ""
	}
	var ids []string
	if c.Column == catalog.ColumnThreats || c.Column == catalog.ColumnVulnerabilities {
		ids = append(ids, columnAnchor(catalog.ColumnRisk))
	}
	ids = append(ids, columnAnchor(c.Column))
	for _, l := range layers {
		if l.Parent != nil && !slices.Contains(ids, layerAnchor(l.Parent)) {
			ids = append(ids, layerAnchor(l.Parent))
		}
		ids = append(ids, layerAnchor(l))
	}
	return strings.Join(ids, " ")
}
