package published

import (
	"fmt"
	"slices"
	"strings"

	"riskguide/catalog"
)

// riskPieces rebuilds what the catalog prints of a risk.
func (c *checker) riskPieces(r *catalog.Risk) *pieces {
	ps := newPieces()
	ps.add(c.ja(r.Name), roleOther, 1, 1)
	for _, t := range r.Description {
		ps.add(c.ja(t), roleOther, 1, 1)
	}
	for _, t := range r.Notes {
		ps.add(c.ja(t), roleOther, 1, 1)
	}
	order := map[*catalog.Layer]int{}
	for i, l := range c.cat.Guide.TableLayers() {
		order[l] = i
	}
	absent := map[int]bool{}
	for _, l := range r.NotApplicable {
		absent[order[l]] = true
	}
	// apart reports whether a layer that is not applicable lies between.
	apart := func(a, b *catalog.Row) bool {
		for i := order[a.Layer] + 1; i < order[b.Layer]; i++ {
			if absent[i] {
				return true
			}
		}
		return false
	}
	var above *catalog.Row
	for _, row := range r.Rows {
		fresh := above == nil || apart(above, row)
		// Where neighbouring rows have the same words, the catalog does not
		// tell one merged cell from several.
		least := func(same bool) int {
			if same && !fresh {
				return 0
			}
			return 1
		}
		left := func(p *piece) {
			if p != nil {
				p.rows = append(p.rows, row)
			}
		}
		if row.Objective != nil {
			left(ps.add(c.ja(row.Objective.Text), roleRow, least(above != nil && above.Objective == row.Objective), 1))
		}
		same := above != nil && slices.Equal(above.Threats, row.Threats)
		for _, t := range row.Threats {
			left(ps.add(c.ja(t.Text), roleRow, least(same), 1))
		}
		same = above != nil && sameCitations(above.Vulnerabilities, row.Vulnerabilities)
		for _, v := range row.Vulnerabilities {
			left(c.addLabel(ps, v, least(same)))
		}
		ps.add(c.ja(row.Remark), roleOther, least(above != nil && c.ja(above.Remark) == c.ja(row.Remark)), 1)
		above = row
	}
	for i, m := range r.Measures {
		if p := ps.add(c.ja(m.Text), roleMeasure, 1, 1); p != nil {
			p.measures = append(p.measures, m)
		}
		if m.Controls != nil && m.Controls.Owner == m {
			for _, ct := range m.Controls.Citations {
				s := ct.Control.ID + c.ja(ct.Statement())
				if note := c.ja(ct.Note); note != "" {
					s += "(" + note + ")"
				}
				if p := ps.add(s, roleControl, 1, 1); p != nil {
					p.lists = append(p.lists, m.Controls)
				}
			}
		}
		for _, x := range m.Residuals {
			least := 1
			if i > 0 && slices.Contains(r.Measures[i-1].Residuals, x) {
				least = 0
			}
			ps.add(c.ja(x.Text), roleOther, least, 1)
		}
	}
	ps.index()
	return ps
}

// addLabel adds the citation of a vulnerability.
func (c *checker) addLabel(ps *pieces, v catalog.VulnerabilityCitation, least int) *piece {
	s := c.ja(v.Label())
	if note := c.ja(v.Note); note != "" {
		s += "(" + note + ")"
	}
	numbered := v.Vulnerability.Numbered()
	if numbered {
		s = v.Vulnerability.ID + s
	}
	p := ps.add(s, roleRow, least, 1)
	if p != nil && numbered {
		p.label = true
	}
	return p
}

func sameCitations(a, b []catalog.VulnerabilityCitation) bool {
	if len(a) != len(b) {
		return false
	}
	for i := range a {
		x, y := a[i], b[i]
		if x.Vulnerability != y.Vulnerability ||
			x.Variant.Values[catalog.Japanese] != y.Variant.Values[catalog.Japanese] ||
			x.Note.Values[catalog.Japanese] != y.Note.Values[catalog.Japanese] {
			return false
		}
	}
	return true
}

// risk checks the section of a risk: the lines with the indexes from start up to
// end.
func (c *checker) risk(id string, start, end int) {
	c.begin(id)
	r := c.cat.Risk(id)
	for _, l := range c.lines[start:end] {
		c.part.Source += size(l)
	}
	if r == nil {
		c.part.Unexplained = c.part.Source
		c.find(FindingLost, id, start+1, c.part.Source, "the catalog lacks the risk")
		return
	}
	ps := c.riskPieces(r)
	_, name, _ := riskHeading(c.lines[start])
	head := strings.TrimSpace(c.lines[start])
	c.part.Catalog += size(id)
	c.list(FindingMark, start+1, size(head)-size(id)-size(name), "colon")
	c.words(ps, name, place{line: start + 1, page: 1})

	page, labelled := 0, false
	for i := start + 1; i < end; i++ {
		line := c.lines[i]
		switch {
		case strings.TrimSpace(line) == "":
		case isTableHeader(line) || page > 0 && isSubHeader(line):
			if isTableHeader(line) {
				page++
				labelled = false
				if _, _, ok := readHeader(line); !ok {
					c.lose(line, cover{}, i+1)
					continue
				}
			}
			c.list(FindingHeader, i+1, size(line), "header")
		case !strings.Contains(line, "\t"):
			text := strings.TrimSpace(line)
			rest := noteRE.ReplaceAllString(bulletRE.ReplaceAllString(text, ""), "")
			c.list(FindingMark, i+1, size(text)-size(rest), "marks")
			c.words(ps, rest, place{line: i + 1, page: 1})
		default:
			cells := strings.Split(line, "\t")
			at := place{line: i + 1, page: max(page, 1), top: page > 1 && !labelled}
			if strings.TrimSpace(cells[0]) != "" {
				labelled = true
			}
			c.row(r, ps, cells, at)
		}
	}
	c.settle(ps)
}

// row checks the cells of a row of a table.
func (c *checker) row(r *catalog.Risk, ps *pieces, cells []string, at place) {
	texts := make([]string, len(cells))
	dashes := true
	layer := ""
	for i, cell := range cells {
		var tags int
		texts[i], tags = untag(cell)
		c.list(FindingTag, at.line, tags, "tags")
		switch s := squeeze(texts[i]); {
		case s == "" || s == notApplicable:
		case i < 2 && (isLayerGroup(s) || layerOrder(s) >= 0):
			if layerOrder(s) >= 0 {
				layer = s
			}
		default:
			dashes = false
		}
	}
	var row []*piece
	for i, text := range texts {
		s := squeeze(text)
		switch {
		case s == "":
		case i < 2 && isLayerGroup(s):
			c.list(FindingLayer, at.line, size(s), "%s", s)
		case i < 2 && layerOrder(s) >= 0:
			if !answers(r, layerID(s)) {
				c.lose(s, cover{}, at.line)
				continue
			}
			c.list(FindingLayer, at.line, size(s), "%s", s)
		case s == notApplicable:
			if !dashes || !absentAt(r, layerID(layer)) {
				c.lose(s, cover{}, at.line)
				continue
			}
			c.list(FindingDash, at.line, 1, "dash")
		default:
			row = append(row, c.words(ps, text, at)...)
		}
	}
	c.together(row, layerID(layer), at)
}

// together checks that what stands in one row of the text belongs together in
// the catalog: the controls under the row's measure, and the cells left of the
// measure in a row with it. layer is the row's layer, empty where it has none.
func (c *checker) together(row []*piece, layer string, at place) {
	var measures []*catalog.Measure
	for _, p := range row {
		if p.roles == roleMeasure {
			measures = append(measures, p.measures...)
		}
	}
	if len(measures) == 0 {
		return
	}
	for _, p := range row {
		n := len(p.text)
		switch p.roles {
		case roleControl:
			under, gap := false, false
			for _, l := range p.lists {
				gap = gap || l.Owner.HasGap(catalog.GapMeasure)
				for _, m := range measures {
					under = under || m.Controls == l
				}
			}
			switch {
			case under:
			case gap:
				c.find(FindingApart, c.part.Name, at.line, n, "%s", quote(string(p.text)))
			default:
				c.find(FindingMoved, c.part.Name, at.line, n, "%s is not under the measure %s", quote(string(p.text)), quote(c.ja(measures[0].Text)))
			}
		case roleRow:
			with := false
			for _, r := range p.rows {
				for _, m := range measures {
					with = with || r.Measure == m && (layer == "" || r.Layer.ID == layer)
				}
			}
			if !with {
				c.find(FindingMoved, c.part.Name, at.line, n, "%s is in no row with the measure %s", quote(string(p.text)), quote(c.ja(measures[0].Text)))
			}
		}
	}
}

// answers reports whether the table of the catalog has the layer.
func answers(r *catalog.Risk, layer string) bool {
	for _, row := range r.Rows {
		if row.Layer.ID == layer {
			return true
		}
	}
	return absentAt(r, layer)
}

// absentAt reports whether the catalog says that the layer is not applicable.
func absentAt(r *catalog.Risk, layer string) bool {
	for _, l := range r.NotApplicable {
		if l.ID == layer {
			return true
		}
	}
	return false
}

// words checks the words of one cell or line and gives the pieces that cover
// them.
func (c *checker) words(ps *pieces, s string, at place) []*piece {
	if size(s) == 0 {
		return nil
	}
	cv, ok := ps.cover(s)
	if ok {
		c.take(cv, at)
		return cv.pieces
	}
	if c.rewordedItems(ps, s, at) {
		return nil
	}
	c.lose(s, cv, at.line)
	return nil
}

// rewordedItems checks a cell at the top of a page item by item. It reports
// whether every item is covered or repeats a piece in other words.
func (c *checker) rewordedItems(ps *pieces, s string, at place) bool {
	lead, its := splitBullets(s)
	if lead != "" || len(its) < 2 {
		its = strings.Fields(s)
	}
	if p := ps.reworded(s, at); p != nil {
		its = []string{s}
	}
	if !at.top {
		return false
	}
	for _, it := range its {
		if _, ok := ps.cover(it); !ok && ps.reworded(it, at) == nil {
			return false
		}
	}
	_, marks := unbullet(s)
	c.list(FindingMark, at.line, marks, "bullets")
	for _, it := range its {
		it, _ = unbullet(it)
		if cv, ok := ps.cover(it); ok {
			c.take(cv, at)
			continue
		}
		c.reword(it, ps.reworded(it, at), at)
	}
	return true
}

// reworded finds what words at the top of a later page repeat in other words,
// or nil.
func (ps *pieces) reworded(s string, at place) *piece {
	if !at.top {
		return nil
	}
	for _, p := range ps.order {
		if p.firstPage > 0 && p.firstPage < at.page && string(p.text) != s && similar(s, string(p.text)) {
			return p
		}
	}
	return nil
}

// reword notes words that repeat a piece in other words.
func (c *checker) reword(s string, p *piece, at place) {
	a, b := contrast(string(p.text), squeeze(s))
	c.part.Repeated += size(s)
	c.find(FindingReworded, c.part.Name, at.line, size(s), "%s; the catalog has %s", b, a)
}

// front checks the lines before the first risk.
func (c *checker) front(end int) {
	c.begin("front matter")
	for _, l := range c.lines[:end] {
		c.part.Source += size(l)
	}
	ps := newPieces()
	g := c.cat.Guide
	for _, t := range []catalog.Text{g.Title, g.Subtitle, g.Publisher, g.Rights} {
		ps.add(c.ja(t), roleOther, 1, 1)
	}
	for _, col := range g.Columns {
		ps.add(c.ja(col.Name), roleOther, 1, 1)
		ps.add(c.ja(col.Description), roleOther, 1, 1)
	}
	for _, ref := range g.References {
		ps.add("["+ref.ID+"]"+c.ja(ref.Text), roleOther, 1, 1)
		ps.add(c.ja(ref.Note), roleOther, 1, 1)
	}
	for _, pg := range c.cat.Pages {
		ps.add(c.ja(pg.Title), roleOther, 1, 1)
		for _, s := range paragraphs(c.ja(pg.Body)) {
			ps.add(s, roleOther, 1, 1)
		}
	}
	ps.index()
	for i := 0; i < end; {
		line := c.lines[i]
		switch {
		case strings.TrimSpace(line) == "":
			i++
		case strings.Contains(strings.TrimRight(line, "\t "), "\t"):
			c.frontRow(ps, line, i+1)
			i++
		default:
			i = c.frontLines(ps, i, end)
		}
	}
	c.settle(ps)
}

// frontLines checks a line of the front matter, or, where a text runs over
// several, the lines up to the next blank one. It returns the index of the line
// after them.
func (c *checker) frontLines(ps *pieces, start, end int) int {
	bare := func(line string) (string, int) {
		s := strings.TrimSpace(line)
		rest := strings.TrimSpace(strings.TrimPrefix(s, "●"))
		rest = bulletRE.ReplaceAllString(rest, "")
		return rest, size(s) - size(rest)
	}
	s, marks := strings.TrimSpace(c.lines[start]), 0
	cv, ok := ps.cover(s)
	if !ok {
		s, marks = bare(s)
		cv, ok = ps.cover(s)
	}
	next := start + 1
	for joined := s; !ok && next < end && strings.TrimSpace(c.lines[next]) != "" && !strings.Contains(c.lines[next], "\t"); {
		joined += strings.TrimSpace(c.lines[next])
		next++
		if cv, ok = ps.cover(joined); ok {
			s = joined
		}
	}
	if !ok {
		next = start + 1
	}
	c.list(FindingMark, start+1, marks, "marks")
	if ok {
		c.take(cv, place{line: start + 1, page: 1})
	} else {
		c.lose(s, cv, start+1)
	}
	return next
}

// frontRow checks a row of a table of the front matter.
func (c *checker) frontRow(ps *pieces, line string, n int) {
	cells := strings.Split(line, "\t")
	id := strings.TrimSpace(cells[0])
	if isFrontHeader(line) {
		c.list(FindingHeader, n, size(line), "header")
		return
	}
	r := c.cat.Risk(id)
	if r == nil || len(cells) < 4 {
		for _, cell := range cells {
			c.words(ps, cell, place{line: n, page: 1})
		}
		return
	}
	// The row is drawn from the risk's own data.
	c.part.Catalog += size(id)
	c.overviewCell(n, cells[1], c.ja(r.Name))
	var words []string
	for _, t := range r.Description {
		words = append(words, string(bullet)+c.ja(t))
	}
	for _, t := range r.Notes {
		words = append(words, "(注)"+c.ja(t))
	}
	c.overviewCell(n, cells[2], strings.Join(words, ""))
	relation := "(WGIによる追加)"
	if !r.AddedByGroup {
		var nos []string
		for _, e := range r.ENISA {
			nos = append(nos, fmt.Sprintf("ENISANo.%d", e))
		}
		relation = strings.Join(nos, ",")
	}
	cell := strings.Join(cells[3:], "")
	switch {
	case squeeze(cell) == relation && r.AddedByGroup, addedRE.MatchString(strings.TrimSpace(cell)) && r.AddedByGroup:
		c.list(FindingRelation, n, size(cell), "%s is the mark: added by the working group", quote(strings.TrimSpace(cell)))
	case squeeze(cell) == relation:
		c.part.Catalog += size(cell)
	default:
		c.lose(cell, cover{}, n)
	}
}

// overviewCell compares a cell of the list of risks with the risk's own words.
func (c *checker) overviewCell(n int, cell, own string) {
	a, b := squeeze(cell), squeeze(own)
	if a == b {
		c.part.Catalog += size(a)
		return
	}
	x, y := contrast(a, b)
	c.list(FindingOverview, n, size(a), "%s; the catalog has %s", x, y)
}

// paragraphs gives the words of a Markdown page, paragraph by paragraph and item
// by item, without directives and without the marks of Markdown that the import
// writes.
func paragraphs(body string) []string {
	var out []string
	for _, line := range strings.Split(body, "\n") {
		s := strings.TrimSpace(line)
		if s == "" || strings.HasPrefix(s, "{{") && strings.HasSuffix(s, "}}") {
			continue
		}
		s = strings.TrimPrefix(strings.TrimLeft(s, "#"), "- ")
		var b strings.Builder
		escaped := false
		for _, r := range s {
			if r == '\\' && !escaped {
				escaped = true
				continue
			}
			escaped = false
			b.WriteRune(r)
		}
		out = append(out, strings.TrimSpace(b.String()))
	}
	return out
}
