package published

import (
	"fmt"
	"sort"
	"strconv"
	"strings"

	"golang.org/x/text/width"

	"riskguide/catalog"
)

// builder turns printed cells into entries with ids, each wording once.
type builder struct {
	p *parser
	// The ids of what is already defined, by wording.
	objectives, threats, residuals, measures map[string]string
	labels                                   map[string]string // free-text vulnerabilities

	// statements holds the wording that stands for each control, and labelOf
	// for each numbered vulnerability, as keys.
	statements map[string]string
	labelOf    map[string]string
}

// assemble makes the source of the guide.
func (p *parser) assemble(fm *frontMatter, risks []*draftRisk) *catalog.Source {
	b := &builder{
		p:          p,
		objectives: map[string]string{}, threats: map[string]string{}, residuals: map[string]string{}, measures: map[string]string{},
		labels:     map[string]string{},
		statements: map[string]string{}, labelOf: map[string]string{},
	}
	src := &catalog.Source{}
	src.Guide, src.Pages = p.guide(fm)
	src.Clauses = b.clauses(risks)
	src.Vulnerabilities = b.vulnerabilities(risks)
	overview := map[string]overviewRow{}
	for _, r := range fm.overview {
		overview[r.id] = r
	}
	for _, r := range risks {
		src.Risks = append(src.Risks, b.risk(r, overview[r.id]))
	}
	b.compareMeasures(risks)

	rep := p.report
	rep.Risks, rep.Vulnerabilities = len(src.Risks), len(src.Vulnerabilities)
	for _, c := range src.Clauses {
		rep.Controls += len(c.Controls)
	}
	for _, r := range risks {
		rep.Measures += len(r.measures)
		for _, m := range r.measures {
			if m.controls.owner == m {
				rep.Citations += len(m.controls.cites)
			}
		}
	}
	for _, r := range src.Risks {
		for _, m := range r.Measures {
			rep.Gaps += len(m.Gaps)
		}
	}
	return src
}

// allCitations gives the citations of controls in the order of the text, with
// the risk that each stands in.
func allCitations(risks []*draftRisk) []draftCitation {
	var out []draftCitation
	for _, r := range risks {
		for _, m := range r.measures {
			if m.controls.owner == m {
				out = append(out, m.controls.cites...)
			}
		}
	}
	return out
}

// wording is one way in which something is worded, with the lines where.
type wording struct {
	text  string
	key   string
	lines []int
}

// wordings groups texts by key, in order of appearance, and gives the place of
// the most frequent (the first of several).
func wordings(texts []string, lines []int, keyOf func(string) string) (ws []wording, best int) {
	at := map[string]int{}
	for i, s := range texts {
		k := keyOf(s)
		j, ok := at[k]
		if !ok {
			j = len(ws)
			at[k] = j
			ws = append(ws, wording{text: s, key: k})
		}
		ws[j].lines = append(ws[j].lines, lines[i])
	}
	for i := range ws {
		if len(ws[i].lines) > len(ws[best].lines) {
			best = i
		}
	}
	return ws, best
}

// clauses makes the controls: for each number the wording that most citations
// have.
func (b *builder) clauses(risks []*draftRisk) []*catalog.Clause {
	byID := map[string][]draftCitation{}
	var ids []string
	for _, c := range allCitations(risks) {
		if byID[c.id] == nil {
			ids = append(ids, c.id)
		}
		byID[c.id] = append(byID[c.id], c)
	}
	sort.Slice(ids, func(i, j int) bool { return catalog.CompareIDs(ids[i], ids[j]) < 0 })
	var clauses []*catalog.Clause
	for _, id := range ids {
		cites := byID[id]
		var texts []string
		var forms []string
		var lines []int
		for _, c := range cites {
			texts, forms, lines = append(texts, c.text), append(forms, c.form), append(lines, c.line)
		}
		folded, best := wordings(texts, lines, key)
		b.statements[id] = folded[best].key
		b.reportWordings(id, folded, best, forms, lines)

		// Of the forms of this wording the most frequent stands.
		var same []string
		var sameLines []int
		first := draftCitation{}
		for _, c := range cites {
			if key(c.text) != folded[best].key {
				continue
			}
			same, sameLines = append(same, c.text), append(sameLines, c.line)
			if first.id == "" {
				first = c
			}
		}
		exact, at := wordings(same, sameLines, func(s string) string { return s })
		clause := id[:strings.LastIndexByte(id, '.')]
		if n := len(clauses); n == 0 || clauses[n-1].ID != clause {
			clauses = append(clauses, &catalog.Clause{Pos: b.p.pos(first.line, first.col), ID: clause})
		}
		cl := clauses[len(clauses)-1]
		cl.Controls = append(cl.Controls, &catalog.Control{
			Pos: b.p.pos(first.line, first.col), ID: id, Clause: cl,
			Statement: b.p.text(exact[at].text, exact[at].lines[0], first.col),
		})
	}
	return clauses
}

// reportWordings notes the wordings of a control where there are several.
func (b *builder) reportWordings(id string, ws []wording, best int, forms []string, lines []int) {
	exact, _ := wordings(forms, lines, func(s string) string { return s })
	if len(exact) < 2 {
		return
	}
	if len(ws) == 1 {
		a, c := contrast(exact[0].text, exact[1].text)
		b.p.report.add(KindWidth, "", exact[1].lines[0], "%s: %s (%s) and %s (%s)", id, a, lineList(exact[0].lines), c, lineList(exact[1].lines))
		return
	}
	var others []string
	line, tie := 0, ""
	for i, w := range ws {
		if i == best {
			continue
		}
		if line == 0 {
			line = w.lines[0]
		}
		if len(w.lines) == len(ws[best].lines) {
			tie = ", the first of equally frequent ones"
		}
		a, c := contrast(width.Fold.String(ws[best].text), width.Fold.String(w.text))
		others = append(others, fmt.Sprintf("%s for %s (%s)", c, a, lineList(w.lines)))
	}
	b.p.report.add(KindWording, "", line, "%s: the wording of %s stands%s; variants: %s", id, lineList(ws[best].lines), tie, strings.Join(others, "; "))
}

// lineList names lines.
func lineList(lines []int) string {
	ss := make([]string, len(lines))
	for i, l := range lines {
		ss[i] = strconv.Itoa(l)
	}
	if len(ss) == 1 {
		return "line " + ss[0]
	}
	return "lines " + strings.Join(ss, ", ")
}

// vulnerabilities makes the vulnerabilities: the numbered ones in the order of
// their numbers, then those without a number in the order of the text.
func (b *builder) vulnerabilities(risks []*draftRisk) []*catalog.Vulnerability {
	byNumber := map[string][]draftLabel{}
	var numbers []string
	var free []*catalog.Vulnerability
	seen := map[*draftLabels]bool{}
	for _, r := range risks {
		for _, row := range r.rows {
			if row.labels == nil || seen[row.labels] {
				continue
			}
			seen[row.labels] = true
			for _, l := range row.labels.labels {
				if l.number == "" {
					if b.labels[l.label] == "" {
						id := fmt.Sprintf("U%d", len(b.labels)+1)
						b.labels[l.label] = id
						free = append(free, &catalog.Vulnerability{Pos: b.p.pos(l.line, l.col), ID: id, Label: b.p.text(l.label, l.line, l.col)})
					}
					continue
				}
				if byNumber[l.number] == nil {
					numbers = append(numbers, l.number)
				}
				byNumber[l.number] = append(byNumber[l.number], l)
			}
		}
	}
	sort.Slice(numbers, func(i, j int) bool { return catalog.CompareIDs(numbers[i], numbers[j]) < 0 })
	var out []*catalog.Vulnerability
	for _, n := range numbers {
		var texts []string
		var lines []int
		for _, l := range byNumber[n] {
			texts, lines = append(texts, l.label), append(lines, l.line)
		}
		ws, best := wordings(texts, lines, key)
		b.labelOf[n] = ws[best].key
		for i, w := range ws {
			if i != best {
				x, y := contrast(ws[best].text, w.text)
				b.p.report.add(KindLabel, "", w.lines[0], "V%s: %s stands (%s); variant: %s (%s)", n, x, lineList(ws[best].lines), y, lineList(w.lines))
			}
		}
		l := byNumber[n][0]
		out = append(out, &catalog.Vulnerability{Pos: b.p.pos(l.line, l.col), ID: "V" + n, Label: b.p.text(ws[best].text, ws[best].lines[0], l.col)})
	}
	return append(out, free...)
}

// risk makes a risk with its table.
func (b *builder) risk(r *draftRisk, overview overviewRow) *catalog.SourceRisk {
	p := b.p
	out := &catalog.SourceRisk{
		Pos: p.pos(r.line, 1), ID: r.id,
		Severity: catalog.Ref{ID: severityOf(r.id), Pos: p.pos(r.line, 1)},
		Name:     p.text(r.name, r.line, 1),
		ENISA:    overview.enisa, AddedByGroup: overview.added,
	}
	for _, d := range r.description {
		out.Description = append(out.Description, p.text(d.text, d.line, d.col))
	}
	for _, d := range r.notes {
		out.Notes = append(out.Notes, p.text(d.text, d.line, d.col))
	}
	for _, a := range r.absent {
		out.NotApplicable = append(out.NotApplicable, catalog.Ref{ID: layerID(a.text), Pos: p.pos(a.line, a.col)})
	}
	for _, m := range r.measures {
		out.Measures = append(out.Measures, b.measure(r, m, out))
	}
	for _, row := range r.rows {
		out.Rows = append(out.Rows, b.row(r, row, out))
	}
	return out
}

// measureID gives the id of a measure: its risk's and its place in the table.
func measureID(r *draftRisk, m *draftMeasure) string {
	return fmt.Sprintf("%s-%02d", r.id, m.index+1)
}

// measure makes a measure.
func (b *builder) measure(r *draftRisk, m *draftMeasure, risk *catalog.SourceRisk) *catalog.SourceMeasure {
	p := b.p
	id := measureID(r, m)
	pos := p.pos(m.text.line, m.text.col)
	out := &catalog.SourceMeasure{Pos: pos, ID: id}
	switch first, said := b.measures[m.text.text]; {
	case m.text.text == "":
		out.Gaps = append(out.Gaps, catalog.GapMeasure)
	case said:
		out.WordingOf = catalog.Ref{ID: first, Pos: pos}
	default:
		b.measures[m.text.text] = id
		out.Text = p.text(m.text.text, m.text.line, m.text.col)
	}
	switch {
	case m.noControls:
		out.Gaps = append(out.Gaps, catalog.GapControls)
	case m.controls.owner != m:
		out.ControlsOf = catalog.Ref{ID: measureID(r, m.controls.owner), Pos: pos}
	default:
		out.Controls = b.controls(m.controls.cites)
	}
	if m.residuals == nil {
		out.Gaps = append(out.Gaps, catalog.GapResidual)
		p.report.add(KindGap, r.id, m.text.line, "the measure %s has no residual risk in the text", quote(m.text.text))
		return out
	}
	for _, s := range m.residuals.items {
		rid, said := b.residuals[s]
		if !said {
			rid = fmt.Sprintf("%s-R%d", r.id, len(risk.Residuals)+1)
			b.residuals[s] = rid
			risk.Residuals = append(risk.Residuals, &catalog.Residual{Pos: p.pos(m.residuals.line, m.residuals.col), ID: rid, Text: p.text(s, m.residuals.line, m.residuals.col)})
		}
		out.Residuals = append(out.Residuals, catalog.Ref{ID: rid, Pos: p.pos(m.residuals.line, m.residuals.col)})
	}
	return out
}

// shortestRun is the number of neighbouring controls from which on a list names
// the first and the last only.
const shortestRun = 3

// controls makes the citations of a control cell. Controls with consecutive
// numbers, all in the words of their statement, become a run.
func (b *builder) controls(cites []draftCitation) []catalog.SourceControlCitation {
	var out []catalog.SourceControlCitation
	for i := 0; i < len(cites); {
		c := cites[i]
		if key(c.text) != b.statements[c.id] {
			out = append(out, catalog.SourceControlCitation{Pos: b.p.pos(c.line, c.col), ID: c.id, Variant: b.p.text(c.text, c.line, c.col)})
			i++
			continue
		}
		j := i + 1
		for j < len(cites) && follows(cites[j-1].id, cites[j].id) && key(cites[j].text) == b.statements[cites[j].id] {
			j++
		}
		if j-i >= shortestRun {
			out = append(out, catalog.SourceControlCitation{Pos: b.p.pos(c.line, c.col), ID: c.id, Through: cites[j-1].id})
			i = j
			continue
		}
		out = append(out, catalog.SourceControlCitation{Pos: b.p.pos(c.line, c.col), ID: c.id})
		i++
	}
	return out
}

// follows reports whether a control's number is the next after another's in the
// same clause.
func follows(a, b string) bool {
	i, j := strings.LastIndexByte(a, '.'), strings.LastIndexByte(b, '.')
	if a[:i] != b[:j] {
		return false
	}
	x, errX := strconv.Atoi(a[i+1:])
	y, errY := strconv.Atoi(b[j+1:])
	return errX == nil && errY == nil && y == x+1
}

// row makes a row.
func (b *builder) row(r *draftRisk, d *draftRow, risk *catalog.SourceRisk) *catalog.SourceRow {
	p := b.p
	pos := p.pos(d.line, 1)
	out := &catalog.SourceRow{Pos: pos, Layer: catalog.Ref{ID: layerID(d.layer), Pos: pos}}
	if o := d.objective; o != nil {
		id, said := b.objectives[o.text]
		if !said {
			id = fmt.Sprintf("%s-O%d", r.id, len(risk.Objectives)+1)
			b.objectives[o.text] = id
			risk.Objectives = append(risk.Objectives, &catalog.Objective{Pos: p.pos(o.line, o.col), ID: id, Text: p.text(o.text, o.line, o.col)})
		}
		out.Objective = catalog.Ref{ID: id, Pos: pos}
	}
	if d.threats != nil {
		for _, s := range d.threats.items {
			id, said := b.threats[s]
			if !said {
				id = fmt.Sprintf("%s-T%d", r.id, len(risk.Threats)+1)
				b.threats[s] = id
				risk.Threats = append(risk.Threats, &catalog.Threat{Pos: p.pos(d.threats.line, d.threats.col), ID: id, Text: p.text(s, d.threats.line, d.threats.col)})
			}
			out.Threats = append(out.Threats, catalog.Ref{ID: id, Pos: pos})
		}
	}
	if d.labels != nil {
		for _, l := range d.labels.labels {
			out.Vulnerabilities = append(out.Vulnerabilities, b.label(l))
		}
	}
	if d.measure != nil {
		out.Measure = catalog.Ref{ID: measureID(r, d.measure), Pos: pos}
	}
	if d.remark.text != "" {
		out.Remark = p.text(d.remark.text, d.remark.line, d.remark.col)
	}
	return out
}

// label makes the citation of a vulnerability.
func (b *builder) label(l draftLabel) catalog.SourceVulnerabilityCitation {
	c := catalog.SourceVulnerabilityCitation{Pos: b.p.pos(l.line, l.col)}
	if l.number == "" {
		c.ID = b.labels[l.label]
		return c
	}
	c.ID = "V" + l.number
	if key(l.label) != b.labelOf[l.number] {
		c.Variant = b.p.text(l.label, l.line, l.col)
	}
	if l.note != "" {
		c.Note = b.p.text(l.note, l.line, l.col)
	}
	return c
}

// compareMeasures notes measures in the same words that have different controls:
// one of the lists may have suffered.
func (b *builder) compareMeasures(risks []*draftRisk) {
	type place struct {
		id   string
		line int
		list string
	}
	byWords := map[string][]place{}
	var order []string
	for _, r := range risks {
		for _, m := range r.measures {
			if m.text.text == "" {
				continue
			}
			k := strings.TrimRight(key(m.text.text), "。")
			if byWords[k] == nil {
				order = append(order, k)
			}
			var ids []string
			for _, c := range m.controls.cites {
				ids = append(ids, c.id)
			}
			byWords[k] = append(byWords[k], place{measureID(r, m), m.text.line, strings.Join(ids, " ")})
		}
	}
	for _, k := range order {
		ps := byWords[k]
		for _, q := range ps[1:] {
			if q.list != ps[0].list {
				b.p.report.add(KindSameMeasure, q.id[:3], q.line, "%s has the words of %s (line %d) and other controls: %s there, %s here",
					q.id, ps[0].id, ps[0].line, listOf(ps[0].list), listOf(q.list))
			}
		}
	}
}

// listOf names a list of controls given as ids with blanks between.
func listOf(list string) string {
	var cites []draftCitation
	for _, id := range strings.Fields(list) {
		cites = append(cites, draftCitation{id: id})
	}
	return runOf(cites)
}
