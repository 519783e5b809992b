// Package table computes the grid of a risk table once for all formats: which
// cells there are, how many rows and columns each covers, and what stands in it.
//
// # What merges
//
// Nothing in the catalog says that a cell is merged. Two neighbouring rows show
// one cell in a column where they cite the same thing: the same objective, the
// same threats, the same vulnerabilities, the same measure, the same control
// cell ([catalog.ControlList]), the same residual risks. Columns merge
// independently of each other, as in the printed guide, so that an objective
// may end in the middle of a threat. A control cell that runs past a layer
// which is not applicable covers that layer's row too (guide, table H06).
package table

import (
	"riskguide/catalog"
	"slices"
)

// The columns of the grid. The layer takes two: the upper layer and the layer
// below it; a layer without an upper one covers both.
const (
	ColLayerGroup = iota
	ColLayer
	ColObjective
	ColThreats
	ColVulnerabilities
	ColMeasure
	ColControls
	ColResiduals
	ColRemark
	Columns // number of columns
)

// Grid is one risk table. Rows count from 0 and do not include the header.
type Grid struct {
	Risk *catalog.Risk
	Rows int
	// Header holds the cells of the two header rows, in row-major order.
	Header []Cell
	// HeaderRows is the number of header rows.
	HeaderRows int
	// Cells holds the cells of the body in row-major order of their upper
	// left corners. Together they cover every place of Rows × Columns once.
	Cells []Cell
	// RowMeasures holds the measure of each row, nil where it has none.
	RowMeasures []*catalog.Measure
	// RowLayers holds the layer of each row.
	RowLayers []*catalog.Layer
}

// Kind tells what a cell shows.
type Kind int

// The kinds of cells.
const (
	Filled        Kind = iota // Items hold what stands in it
	Empty                     // nothing stands in it
	NotApplicable             // the risk does not arise at this layer
	Missing                   // the source lacks what should stand here; see Cell.Gap
)

// Cell is one cell with its place and content.
type Cell struct {
	Row, Col         int
	RowSpan, ColSpan int
	Column           catalog.ColumnID
	Kind             Kind
	Gap              catalog.Gap // for Missing
	// RowHeader marks a cell that heads its rows (the layers).
	RowHeader bool
	Items     []Item
	// Layer is set in layer cells, Measure in measure and control cells (for
	// a control cell: the measure in whose entry it is written).
	Layer   *catalog.Layer
	Measure *catalog.Measure
}

// Item is one paragraph or list item of a cell, in the grid's language.
type Item struct {
	// Bullet marks an item of a list of several.
	Bullet bool
	// Ref is the id that the item links to (control, vulnerability, measure,
	// objective, threat, residual, layer), empty where none.
	Ref string
	// Number is the id as printed before the text ("8.6.1.1", "V48"), empty
	// where none is printed.
	Number string
	Text   string
	// Note is printed in parentheses behind the text; empty where none.
	Note string
	// Lang is the language of Text, which differs from the grid's where the
	// translation is missing.
	Lang catalog.Lang
	// Second and SecondNote are text and note in the second language; empty
	// where the grid has none, or the item no wording of its own in it.
	Second, SecondNote string
	// Variant tells that the text is this citation's own wording.
	Variant bool
	// LeftOut tells that a profile excludes the item; see [Options.Statement].
	LeftOut bool
	// Pos is where the text stands in the source.
	Pos catalog.Position
}

// Options chooses the language and lets a tailoring change statements.
type Options struct {
	Lang catalog.Lang
	// Second, if not empty, is a language whose wordings stand below those in
	// Lang; see [Item].
	Second catalog.Lang
	// Statement, if not nil, gives the text of a citation in the control
	// cell of m and whether a profile leaves it out. The text that it is
	// given is the catalog's wording in the language.
	Statement func(m *catalog.Measure, c catalog.ControlCitation, text string) (newText string, leftOut bool)
	// SecondStatement, if not nil, does the same for the wording in the second
	// language.
	SecondStatement func(m *catalog.Measure, c catalog.ControlCitation, text string) string
}

// line is one row of the grid before merging.
type line struct {
	layer     *catalog.Layer
	row       *catalog.Row // nil where the layer is not applicable
	controls  *catalog.ControlList
	residuals []*catalog.Residual
}

// Build returns the grid of the risk's table.
func Build(cat *catalog.Catalog, risk *catalog.Risk, opts Options) *Grid {
	b := &builder{cat: cat, opts: opts}
	lines := b.lines(risk)
	g := &Grid{Risk: risk, Rows: len(lines), HeaderRows: 2, Header: b.header()}
	for _, l := range lines {
		g.RowLayers = append(g.RowLayers, l.layer)
		var m *catalog.Measure
		if l.row != nil {
			m = l.row.Measure
		}
		g.RowMeasures = append(g.RowMeasures, m)
	}
	starts := make([][]*Cell, len(lines)) // cells by the row in which they begin
	column := func(col int, same func(a, b line) bool, fill func(c *Cell, l line)) {
		for i := 0; i < len(lines); {
			j := i + 1
			for j < len(lines) && same(lines[j-1], lines[j]) {
				j++
			}
			c := &Cell{Row: i, Col: col, RowSpan: j - i, ColSpan: 1}
			fill(c, lines[i])
			starts[i] = append(starts[i], c)
			i = j
		}
	}
	b.layerColumns(lines, starts)
	both := func(same func(a, b *catalog.Row) bool) func(a, b line) bool {
		return func(a, b line) bool { return a.row != nil && b.row != nil && same(a.row, b.row) }
	}
	column(ColObjective, both(func(a, b *catalog.Row) bool {
		return a.Objective != nil && a.Objective == b.Objective
	}), b.applicable(catalog.ColumnObjective, b.objective))
	column(ColThreats, both(func(a, b *catalog.Row) bool {
		return len(a.Threats) > 0 && slices.Equal(a.Threats, b.Threats)
	}), b.applicable(catalog.ColumnThreats, b.threats))
	column(ColVulnerabilities, both(func(a, b *catalog.Row) bool {
		return len(a.Vulnerabilities) > 0 && sameVulnerabilities(a.Vulnerabilities, b.Vulnerabilities)
	}), b.applicable(catalog.ColumnVulnerabilities, b.vulnerabilities))
	column(ColMeasure, both(func(a, b *catalog.Row) bool {
		return a.Measure != nil && a.Measure == b.Measure
	}), b.applicable(catalog.ColumnMeasure, b.measure))
	column(ColControls, func(a, b line) bool {
		return a.controls != nil && a.controls == b.controls
	}, b.controls)
	column(ColResiduals, func(a, b line) bool {
		return len(a.residuals) > 0 && slices.Equal(a.residuals, b.residuals)
	}, b.residuals)
	column(ColRemark, both(func(a, b *catalog.Row) bool { return false }), func(c *Cell, l line) {
		c.Column = catalog.ColumnRemark
		c.Kind = Empty
		if l.row != nil && !l.row.Remark.IsZero() {
			c.Kind = Filled
			c.Items = []Item{b.item(l.row.Remark)}
		}
	})
	for _, cells := range starts {
		for _, c := range cells {
			g.Cells = append(g.Cells, *c)
		}
	}
	return g
}

type builder struct {
	cat  *catalog.Catalog
	opts Options
}

// lines lists the rows of the table, layer by layer, with one line for each
// layer that is not applicable.
func (b *builder) lines(risk *catalog.Risk) []line {
	na := map[*catalog.Layer]bool{}
	for _, l := range risk.NotApplicable {
		na[l] = true
	}
	var lines []line
	for _, layer := range b.cat.Guide.TableLayers() {
		if na[layer] {
			lines = append(lines, line{layer: layer})
			continue
		}
		for _, r := range risk.Rows {
			if r.Layer != layer {
				continue
			}
			l := line{layer: layer, row: r}
			if r.Measure != nil {
				l.controls, l.residuals = r.Measure.Controls, r.Measure.Residuals
			}
			lines = append(lines, l)
		}
	}
	// A control cell that is shared across layers that are not applicable
	// runs through their rows, and its residual risks with it.
	for i := 0; i < len(lines); i++ {
		if lines[i].row != nil || i == 0 {
			continue
		}
		j := i
		for j < len(lines) && lines[j].row == nil {
			j++
		}
		if j < len(lines) && lines[i-1].controls != nil && lines[i-1].controls == lines[j].controls {
			through := len(lines[j].residuals) > 0 && slices.Equal(lines[i-1].residuals, lines[j].residuals)
			for k := i; k < j; k++ {
				lines[k].controls = lines[j].controls
				if through {
					lines[k].residuals = lines[j].residuals
				}
			}
		}
		i = j
	}
	return lines
}

// header returns the two header rows (guide p. 2: threat and vulnerability
// stand below "expected risk").
func (b *builder) header() []Cell {
	cell := func(row, col, rows, cols int, id catalog.ColumnID) Cell {
		c := Cell{Row: row, Col: col, RowSpan: rows, ColSpan: cols, Column: id, Kind: Filled}
		if h := b.cat.Guide.Column(id); h != nil {
			c.Items = []Item{b.item(h.Name)}
		}
		return c
	}
	return []Cell{
		cell(0, ColLayerGroup, 2, 2, catalog.ColumnLayer),
		cell(0, ColObjective, 2, 1, catalog.ColumnObjective),
		cell(0, ColThreats, 1, 2, catalog.ColumnRisk),
		cell(0, ColMeasure, 2, 1, catalog.ColumnMeasure),
		cell(0, ColControls, 2, 1, catalog.ColumnControls),
		cell(0, ColResiduals, 2, 1, catalog.ColumnResiduals),
		cell(0, ColRemark, 2, 1, catalog.ColumnRemark),
		cell(1, ColThreats, 1, 1, catalog.ColumnThreats),
		cell(1, ColVulnerabilities, 1, 1, catalog.ColumnVulnerabilities),
	}
}

func (b *builder) layerColumns(lines []line, starts [][]*Cell) {
	layerCell := func(i, j, col, cols int, l *catalog.Layer) {
		c := &Cell{Row: i, Col: col, RowSpan: j - i, ColSpan: cols, Column: catalog.ColumnLayer,
			RowHeader: true, Layer: l, Items: []Item{b.item(l.Name)}}
		c.Items[0].Ref = l.ID
		starts[i] = append(starts[i], c)
	}
	for i := 0; i < len(lines); {
		parent := lines[i].layer.Parent
		j := i + 1
		if parent != nil {
			for j < len(lines) && lines[j].layer.Parent == parent {
				j++
			}
			layerCell(i, j, ColLayerGroup, 1, parent)
		}
		for k := i; k < j; {
			n := k + 1
			for n < len(lines) && lines[n].layer == lines[k].layer {
				n++
			}
			if parent != nil {
				layerCell(k, n, ColLayer, 1, lines[k].layer)
			} else {
				layerCell(k, n, ColLayerGroup, 2, lines[k].layer)
				j = n
			}
			k = n
		}
		i = j
	}
}

// applicable wraps the filling of a cell for the rows of a layer at which the
// risk does not arise.
func (b *builder) applicable(id catalog.ColumnID, fill func(c *Cell, r *catalog.Row)) func(*Cell, line) {
	return func(c *Cell, l line) {
		c.Column = id
		if l.row == nil {
			c.Kind = NotApplicable
			return
		}
		fill(c, l.row)
		if c.Kind == Filled && len(c.Items) == 0 {
			c.Kind = Empty
		}
	}
}

func (b *builder) objective(c *Cell, r *catalog.Row) {
	if r.Objective != nil {
		it := b.item(r.Objective.Text)
		it.Ref = r.Objective.ID
		c.Items = []Item{it}
	}
}

func (b *builder) threats(c *Cell, r *catalog.Row) {
	for _, t := range r.Threats {
		it := b.item(t.Text)
		it.Ref, it.Bullet = t.ID, len(r.Threats) > 1
		c.Items = append(c.Items, it)
	}
}

func (b *builder) vulnerabilities(c *Cell, r *catalog.Row) {
	for _, v := range r.Vulnerabilities {
		it := b.item(v.Label())
		it.Ref = v.Vulnerability.ID
		if v.Vulnerability.Numbered() {
			it.Number = v.Vulnerability.ID
		} else {
			it.Bullet = len(r.Vulnerabilities) > 1
		}
		b.note(&it, v.Note)
		it.Variant = !v.Variant.IsZero()
		c.Items = append(c.Items, it)
	}
}

func (b *builder) measure(c *Cell, r *catalog.Row) {
	m := r.Measure
	if m == nil {
		return
	}
	c.Measure = m
	if m.Text.IsZero() {
		c.Kind, c.Gap = Missing, catalog.GapMeasure
		return
	}
	it := b.item(m.Text)
	it.Ref = m.ID
	c.Items = []Item{it}
}

func (b *builder) controls(c *Cell, l line) {
	c.Column = catalog.ColumnControls
	switch {
	case l.controls == nil && l.row == nil:
		c.Kind = NotApplicable
		return
	case l.controls == nil:
		c.Kind = Empty
		return
	}
	c.Measure = l.controls.Owner
	for _, ci := range l.controls.Citations {
		it := b.item(ci.Statement())
		it.Ref, it.Number = ci.Control.ID, ci.Control.ID
		b.note(&it, ci.Note)
		it.Variant = !ci.Variant.IsZero()
		if b.opts.Statement != nil {
			it.Text, it.LeftOut = b.opts.Statement(l.controls.Owner, ci, it.Text)
		}
		if b.opts.SecondStatement != nil && it.Second != "" {
			it.Second = b.opts.SecondStatement(l.controls.Owner, ci, it.Second)
		}
		c.Items = append(c.Items, it)
	}
	if len(c.Items) == 0 {
		c.Kind = Empty
		if c.Measure != nil && c.Measure.HasGap(catalog.GapControls) {
			c.Kind, c.Gap = Missing, catalog.GapControls
		}
	}
}

func (b *builder) residuals(c *Cell, l line) {
	c.Column = catalog.ColumnResiduals
	for _, r := range l.residuals {
		it := b.item(r.Text)
		it.Ref, it.Bullet = r.ID, len(l.residuals) > 1
		c.Items = append(c.Items, it)
	}
	switch {
	case len(c.Items) > 0:
	case l.row == nil:
		c.Kind = NotApplicable
	case l.row.Measure != nil && l.row.Measure.HasGap(catalog.GapResidual):
		c.Kind, c.Gap = Missing, catalog.GapResidual
	default:
		c.Kind = Empty
	}
}

func (b *builder) item(t catalog.Text) Item {
	s, l := b.cat.Text(t, b.opts.Lang)
	it := Item{Text: s, Lang: l, Pos: t.Pos}
	if b.opts.Second != "" && b.opts.Second != l {
		it.Second = t.Values[b.opts.Second]
	}
	return it
}

// note sets what is printed in parentheses behind the text.
func (b *builder) note(it *Item, t catalog.Text) {
	it.Note, _ = b.cat.Text(t, b.opts.Lang)
	if it.Second != "" {
		it.SecondNote, _ = b.cat.Text(t, b.opts.Second)
	}
}

func sameVulnerabilities(a, b []catalog.VulnerabilityCitation) bool {
	return slices.EqualFunc(a, b, func(a, b catalog.VulnerabilityCitation) bool {
		return a.Vulnerability == b.Vulnerability && a.Variant.Equal(b.Variant) && a.Note.Equal(b.Note)
	})
}
