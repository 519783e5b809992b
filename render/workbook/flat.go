package workbook

import (
	"strings"

	"riskguide/catalog"
	"riskguide/render/workbook/sheet"
)

// column is a column of a flat table.
type column struct {
	key   string  // of its heading's word
	width float64 // points
	align sheet.Align
}

// cell is a cell of a flat table.
type cell struct {
	text  string
	style sheet.Style
	link  string // place that it leads to; empty is none
	mark  string // name of the place that it is; empty is none
	num   int    // the value where number is set
	pos   catalog.Position

	number bool
}

// flatTop is the row of the headings of a flat table.
const flatTop = 3

// flat writes a flat table: title, note, headings and rows, as a real table with
// filters that can be sorted. freeze is the number of columns that stay in sight.
func (w *writer) flat(key, tableName string, columns []column, freeze int, rows [][]cell) {
	sh := w.addSheet(key)
	widths := make([]float64, len(columns))
	heads := make([]string, len(columns))
	texts := make([][]string, len(columns))
	for i, c := range columns {
		widths[i], heads[i] = c.width, w.words.Get("col."+c.key)
		seen := map[string]bool{}
		for _, r := range rows {
			if t := r[i].text; len(t) > 100 && !seen[t] {
				seen[t] = true
				texts[i] = append(texts[i], t)
			}
		}
	}
	// A row of a flat table cannot be divided, so its columns must be wide
	// enough for its longest text.
	widths, _ = sheet.FitWidths(widths, sheet.BodySize, sheet.MaxRow, texts)
	sh.SetColumns(widths...)
	sh.Box(1, 1, 1, len(columns), w.names[key], sheet.Style{Size: sheet.TitleSize, Bold: true, VAlign: sheet.Middle}, none)
	sh.Box(2, 1, 1, len(columns), w.words.Get("note."+key), sheet.Style{Color: sheet.Muted}, none)
	head := sheet.HeaderStyle()
	head.Align, head.VAlign = sheet.Left, sheet.Top
	for i, h := range sheet.Headings(heads...) {
		sh.Text(flatTop, i+1, h, head)
	}
	// The buttons of the filters stand below the text.
	sh.Height(flatTop, sh.RowHeight(flatTop)+sheet.LineHeight(sheet.BodySize))
	for i, r := range rows {
		row := flatTop + 1 + i
		for j, c := range r {
			st := c.style
			st.Edges = sheet.AllEdges(sheet.Thin)
			st.Align = columns[j].align
			if c.link != "" {
				st.Color = sheet.LinkColor
				sh.Link(row, j+1, c.link, "")
			}
			if c.number {
				sh.Value(row, j+1, c.num, st)
			} else {
				if len(c.text) > sheet.MaxRow {
					st.Size = shrunk(sh, j+1, c.text, st)
				}
				sh.TextAt(row, j+1, c.text, st, c.pos)
			}
			if c.mark != "" {
				sh.Mark(c.mark, row, j+1)
			}
		}
	}
	sh.Table(tableName, flatTop, 1, len(rows)+1, len(columns))
	sh.Freeze(flatTop, freeze)
	sh.RepeatRows(flatTop, flatTop)
	sh.Close()
}

// shrunk returns the size at which a text fits into the highest row that there
// can be: the widest column may not be enough for a text of several thousand
// characters. Smaller than 5 points nobody reads.
func shrunk(sh *sheet.Sheet, col int, text string, st sheet.Style) float64 {
	size := sheet.BodySize
	for size > 5 && sh.TextHeight(col, 1, text, st) > sheet.MaxRow {
		size--
		st.Size = size
	}
	return size
}

// textCell returns a cell with the wording of t.
func (w *writer) textCell(t catalog.Text) cell {
	s, st := w.styled(t, sheet.Style{})
	return cell{text: s, style: st, pos: t.Pos}
}

// statementCell returns a cell with the wording of a control.
func (w *writer) statementCell(c *catalog.Control, t catalog.Text) cell {
	out := w.textCell(t)
	out.text = w.filled(c, out.text)
	return out
}

func plain(s string) cell { return cell{text: s} }

func count(n int) cell { return cell{num: n, number: true} }

// severityCell names a risk's severity in its colour.
func (w *writer) severityCell(s *catalog.Severity) cell {
	tone := w.tones[s]
	return cell{text: w.text(s.Name), style: sheet.Style{Bold: true, Color: tone.Strong, Fill: tone.Light}}
}

// riskList writes the list of risks.
func (w *writer) riskList() {
	columns := []column{{"risk", 58, sheet.Left}, {"risk-name", 180, sheet.Left}, {"severity", 50, sheet.Center},
		{"description", 350, sheet.Left}, {"enisa", 98, sheet.Left}, {"layers", 110, sheet.Left},
		{"measures", 50, sheet.Center}, {"controls", 62, sheet.Center}}
	var rows [][]cell
	for _, r := range w.cat.Risks {
		id := cell{text: r.ID, link: riskMark(r.ID), style: sheet.Style{Bold: true}}
		about, st, pos := w.paragraphs(append(append([]catalog.Text{}, r.Description...), r.Notes...))
		var layers []string
		var last *catalog.Layer
		for _, row := range r.Rows {
			if row.Layer != last {
				layers = append(layers, w.text(row.Layer.Name))
				last = row.Layer
			}
		}
		controls := map[*catalog.Control]bool{}
		for _, m := range r.Measures {
			for _, c := range m.Controls.Citations {
				controls[c.Control] = true
			}
		}
		rows = append(rows, []cell{id, w.textCell(r.Name), w.severityCell(r.Severity),
			{text: about, style: st, pos: pos}, plain(w.enisa(r)),
			plain(strings.Join(layers, w.words.Get("mark.separator"))),
			count(len(r.Measures)), count(len(controls))})
	}
	w.flat("risks", "Risks", columns, 1, rows)
}

// paragraphs joins texts, one a line, with bullets where they are several.
func (w *writer) paragraphs(ts []catalog.Text) (text string, st sheet.Style, pos catalog.Position) {
	parts := make([]string, len(ts))
	for i, t := range ts {
		s, one := w.styled(t, sheet.Style{})
		parts[i] = s
		if len(ts) > 1 {
			parts[i] = w.table.Bullet + s
		}
		if i == 0 {
			st, pos = one, t.Pos
		}
	}
	return strings.Join(parts, "\n"), st, pos
}

// allMeasures writes one row a measure and control.
func (w *writer) allMeasures() {
	columns := []column{{"risk", 56, sheet.Left}, {"risk-name", 92, sheet.Left}, {"severity", 46, sheet.Center},
		{"layers", 62, sheet.Left}, {"objective", 98, sheet.Left}, {"threats", 92, sheet.Left},
		{"vulnerabilities", 98, sheet.Left}, {"measure-id", 48, sheet.Left}, {"measure", 124, sheet.Left},
		{"control-id", 66, sheet.Left}, {"control", 210, sheet.Left}, {"residuals", 98, sheet.Left}, {"remark", 60, sheet.Left}}
	var rows [][]cell
	for _, r := range w.cat.Risks {
		risk := []cell{{text: r.ID, link: riskMark(r.ID)}, w.textCell(r.Name), w.severityCell(r.Severity)}
		for _, m := range r.Measures {
			row := append(append(make([]cell, 0, len(columns)), risk...), w.measureCells(m)...)
			if len(m.Controls.Citations) == 0 {
				none := cell{}
				if m.HasGap(catalog.GapControls) {
					none = w.gap(w.table.MissingControls)
				}
				row[9], row[10] = plain(""), none
				row[7].mark = flatMark(m.ID)
				rows = append(rows, row)
			}
			for i, c := range m.Controls.Citations {
				line := append([]cell(nil), row...)
				line[9] = cell{text: c.Control.ID, link: controlMark(c.Control.ID)}
				line[10] = w.statementCell(c.Control, c.Statement())
				if note := w.text(c.Note); note != "" {
					line[10].text += w.table.Open + note + w.table.Close
				}
				if i == 0 {
					line[7].mark = flatMark(m.ID)
				}
				rows = append(rows, line)
			}
		}
	}
	w.flat("measures", "AllMeasures", columns, 1, rows)
}

func (w *writer) gap(text string) cell {
	return cell{text: text, style: sheet.Style{Color: sheet.Muted, Fill: sheet.GapFill}}
}

// measureCells returns the cells from the layers to the remark for a measure,
// with those of the control empty. What differs between the measure's rows is
// joined.
func (w *writer) measureCells(m *catalog.Measure) []cell {
	var layers, remarks []string
	for _, l := range m.Layers() {
		layers = append(layers, w.text(l.Name))
	}
	var objectives, threats, weaknesses list
	for _, row := range m.Rows {
		if o := row.Objective; o != nil {
			objectives.add(w.text(o.Text), false)
		}
		for _, t := range row.Threats {
			threats.add(w.text(t.Text), false)
		}
		for _, v := range row.Vulnerabilities {
			s := w.text(v.Label())
			if v.Vulnerability.Numbered() {
				s = v.Vulnerability.ID + " " + s
			}
			if note := w.text(v.Note); note != "" {
				s += w.table.Open + note + w.table.Close
			}
			weaknesses.add(s, v.Vulnerability.Numbered())
		}
		if t := w.text(row.Remark); t != "" {
			remarks = append(remarks, t)
		}
	}
	var residuals list
	for _, r := range m.Residuals {
		residuals.add(w.text(r.Text), false)
	}
	left := plain(residuals.text(w.table.Bullet))
	if len(m.Residuals) == 0 && m.HasGap(catalog.GapResidual) {
		left = w.gap(w.table.MissingResidual)
	}
	what := w.textCell(m.Text)
	if m.HasGap(catalog.GapMeasure) {
		what = w.gap(w.table.MissingMeasure)
	}
	id := cell{text: m.ID, style: sheet.Style{Bold: true}}
	if len(m.Rows) > 0 {
		id.link = measureMark(m.ID)
	}
	return []cell{plain(strings.Join(layers, w.words.Get("mark.separator"))),
		plain(objectives.text(w.table.Bullet)), plain(threats.text(w.table.Bullet)), plain(weaknesses.text(w.table.Bullet)),
		id, what, {}, {}, left, plain(strings.Join(remarks, "\n"))}
}

// list collects texts, each once, in order.
type list struct {
	items    []string
	numbered []bool
	seen     map[string]bool
}

// add adds a text; one that begins with a number needs no bullet.
func (l *list) add(s string, numbered bool) {
	if l.seen == nil {
		l.seen = map[string]bool{}
	}
	if s != "" && !l.seen[s] {
		l.seen[s] = true
		l.items = append(l.items, s)
		l.numbered = append(l.numbered, numbered)
	}
}

// text returns the items one a line, with bullets where they are several.
func (l *list) text(bullet string) string {
	var b strings.Builder
	for i, s := range l.items {
		if i > 0 {
			b.WriteByte('\n')
		}
		if len(l.items) > 1 && !l.numbered[i] {
			b.WriteString(bullet)
		}
		b.WriteString(s)
	}
	return b.String()
}

// controlIndex writes the controls by clause, with the titles of the clauses
// where the guide gives any.
func (w *writer) controlIndex() {
	titled := false
	for _, cl := range w.cat.Clauses {
		titled = titled || !cl.Title.IsZero()
	}
	columns := []column{{"clause", 50, sheet.Left}}
	statement := 500.0
	if titled {
		columns = append(columns, column{"clause-title", 120, sheet.Left})
		statement = 380
	}
	columns = append(columns, column{"control-id", 68, sheet.Left}, column{"control", statement, sheet.Left},
		column{"cited", 46, sheet.Center}, column{"first", 60, sheet.Left}, column{"cited-by", 260, sheet.Left})
	var rows [][]cell
	for _, cl := range w.cat.Clauses {
		for _, c := range cl.Controls {
			row := []cell{plain(cl.ID)}
			if titled {
				row = append(row, w.textCell(cl.Title))
			}
			id := cell{text: c.ID, mark: controlMark(c.ID), style: sheet.Style{Bold: true}}
			n, first, all := w.citedBy(c.CitedBy)
			rows = append(rows, append(row, id, w.statementCell(c, c.Wording()), n, first, all))
		}
	}
	w.flat("controls", "Controls", columns, len(columns)-4, rows)
}

// vulnerabilityIndex writes the vulnerabilities.
func (w *writer) vulnerabilityIndex() {
	columns := []column{{"vulnerability-id", 60, sheet.Left}, {"vulnerability", 400, sheet.Left},
		{"cited", 46, sheet.Center}, {"first", 60, sheet.Left}, {"vulnerability-cited-by", 410, sheet.Left}}
	var rows [][]cell
	for _, v := range w.cat.Vulnerabilities {
		id := cell{text: v.ID, mark: vulnerabilityMark(v.ID), style: sheet.Style{Bold: true}}
		if !v.Numbered() {
			id.text, id.style = w.words.Get("mark.unnumbered"), sheet.Style{Color: sheet.Muted}
		}
		var ms []*catalog.Measure
		for _, r := range v.Rows {
			if r.Measure != nil {
				ms = append(ms, r.Measure)
			}
		}
		n, first, all := w.citedBy(ms)
		rows = append(rows, []cell{id, w.textCell(v.Label), n, first, all})
	}
	w.flat("vulnerabilities", "Vulnerabilities", columns, 1, rows)
}

// citedBy returns cells with the number of the measures that the catalog shows,
// each counted once, the first of them as a link, and all of them.
func (w *writer) citedBy(ms []*catalog.Measure) (number, first, all cell) {
	seen := map[*catalog.Measure]bool{}
	var ids []string
	for _, m := range ms {
		if !w.shown[m] || seen[m] {
			continue
		}
		seen[m] = true
		ids = append(ids, m.ID)
		if first.link == "" && len(m.Rows) > 0 {
			first = cell{text: m.ID, link: measureMark(m.ID)}
		}
	}
	return count(len(ids)), first, plain(strings.Join(ids, w.words.Get("mark.separator")))
}
