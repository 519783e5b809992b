package published

import (
	"fmt"
	"slices"
	"strings"

	"riskguide/catalog"
)

// tableReader rebuilds the printed cells of one risk's table. It goes down the
// rows and keeps, for every column, the cell that is open: the one with which an
// empty cell below is merged.
type tableReader struct {
	p    *parser
	risk *draftRisk

	layer     string
	before    string // the layer of the row above
	objective *draftText
	threats   *draftList
	labels    *draftLabels
	measures  []*draftMeasure // those of the last row with a measure
	controls  *draftControls
	residuals *draftList

	// waiting holds rows without a cell above: a merged cell is printed in
	// the middle of its span, so that the rows above it are empty.
	waiting [colMeasure][]*draftRow
	// through is the line of a row, not applicable, that the control cell
	// runs through; 0 where there is none.
	through int
	// absentRow tells that the last row was not applicable.
	absentRow bool
}

// add notes a judgement on this risk.
func (t *tableReader) add(kind Kind, line int, format string, args ...any) {
	t.p.report.add(kind, t.risk.id, line, format, args...)
}

// read goes through the rows.
func (t *tableReader) read(rows []*tableRow) {
	for i := 0; i < len(rows); i++ {
		r := rows[i]
		if !t.enterLayer(r) {
			return
		}
		switch {
		case r.dashed():
			t.absent(r)
			continue
		case r.empty():
			t.emptyRow(r)
			continue
		case slices.Contains(r.cells[:], notApplicable):
			t.p.fail(r.line, "risk %s: a row with a dash beside other cells: cannot tell whether the layer is not applicable", t.risk.id)
			return
		}
		t.absentRow = false
		if t.continuedControls(r) {
			continue
		}
		if i+1 < len(rows) && t.splitMeasure(r, rows[i+1]) {
			i++
			continue
		}
		t.filledRow(r)
	}
	t.close(rows[len(rows)-1].line)
}

// enterLayer settles the layer of a row.
func (t *tableReader) enterLayer(r *tableRow) bool {
	layer := r.layer
	switch {
	case layer == "" && r.group != "" && t.layer == labelResource && !r.top:
		// The upper layer's label stands in the only layer column.
		layer = labelFunction
		t.add(KindLayerLabel, r.line, "%s stands where the layer below it should: taken for %s, which follows %s", quote(r.group), labelFunction, labelResource)
	case layer == "" && r.group != "":
		t.p.fail(r.line, "risk %s: the row names the upper layer %s only", t.risk.id, r.group)
		return false
	case layer == "" && t.layer == "":
		t.p.fail(r.line, "risk %s: the first row of the table has no layer", t.risk.id)
		return false
	case layer == "":
		layer = t.layer
	case isLeafLayer(layer) && r.group == "" && layerOrder(t.layer) < layerOrder(labelResource):
		t.add(KindLayerLabel, r.line, "%s stands without the label of its upper layer", quote(layer))
	}
	if layerOrder(layer) < layerOrder(t.layer) {
		t.p.fail(r.line, "risk %s: %s after %s: the layers are out of order", t.risk.id, layer, t.layer)
		return false
	}
	t.before, t.layer = t.layer, layer
	return true
}

// absent reads a row that says that its layer is not applicable. Columns with a
// dash end the open cell; in an empty one it runs on.
func (t *tableReader) absent(r *tableRow) {
	t.absentRow = true
	t.risk.absent = append(t.risk.absent, draftText{t.layer, r.line, 1})
	for c := range t.waiting {
		if r.cells[c] != "" {
			t.lone(c)
		}
	}
	if r.cells[colObjective] != "" {
		t.objective = nil
	}
	if r.cells[colThreats] != "" {
		t.threats = nil
	}
	if r.cells[colVulnerabilities] != "" {
		t.labels = nil
	}
	if r.cells[colMeasure] != "" {
		t.measures = nil
	}
	if r.cells[colControls] != "" {
		t.controls = nil
	} else if t.controls != nil {
		t.through = r.line
	}
	if r.cells[colResiduals] != "" {
		t.residuals = nil
	}
}

// emptyRow reads a row with a layer and nothing else.
func (t *tableReader) emptyRow(r *tableRow) {
	if t.absentRow {
		t.risk.absent = append(t.risk.absent, draftText{t.layer, r.line, 1})
		t.add(KindRow, r.line, "%s: nothing in the row, below a layer that is not applicable: not applicable too", t.layer)
		return
	}
	if r.top || len(t.measures) == 0 {
		t.p.fail(r.line, "risk %s: an empty row with nothing above it; the text may be damaged here", t.risk.id)
		return
	}
	t.add(KindRow, r.line, "%s: nothing in the row: merged with the row above", t.layer)
	t.addRows(r)
}

// addRows adds a row for each of the open measures, or one without.
func (t *tableReader) addRows(r *tableRow) {
	first := len(t.risk.rows)
	row := func(m *draftMeasure) {
		d := &draftRow{line: r.line, layer: t.layer, objective: t.objective, threats: t.threats, labels: t.labels, measure: m}
		t.risk.rows = append(t.risk.rows, d)
		if t.objective == nil && r.cells[colObjective] == "" {
			t.waiting[colObjective] = append(t.waiting[colObjective], d)
		}
		if t.threats == nil && r.cells[colThreats] == "" {
			t.waiting[colThreats] = append(t.waiting[colThreats], d)
		}
		if t.labels == nil && r.cells[colVulnerabilities] == "" {
			t.waiting[colVulnerabilities] = append(t.waiting[colVulnerabilities], d)
		}
	}
	if len(t.measures) == 0 {
		row(nil)
	}
	for _, m := range t.measures {
		row(m)
	}
	t.readRemark(r, first)
}

// readRemark gives the remark of a row to the row with the index.
func (t *tableReader) readRemark(r *tableRow, index int) {
	cell := r.cells[colRemark]
	if cell == "" || kindOf(cell) == kindControls {
		return
	}
	d := t.risk.rows[index]
	if d.remark.text != "" {
		t.p.fail(r.line, "risk %s: a second remark on the row of line %d", t.risk.id, d.line)
		return
	}
	d.remark = draftText{plain(cell), r.line, r.cols[colRemark]}
}

// continuedControls reads the first row of a page that holds controls only: the
// rest of the list that the page break cut.
func (t *tableReader) continuedControls(r *tableRow) bool {
	if !r.firstOnPage || r.layer != "" || t.controls == nil {
		return false
	}
	for c, s := range r.cells {
		if (s != "") != (c == colControls) {
			return false
		}
	}
	cites := t.citations(r, colControls, r.cells[colControls])
	t.controls.cites = append(t.controls.cites, cites...)
	t.add(KindContinued, r.line, "the control list of the measure %s goes on: %s", quote(t.controls.owner.text.text), runOf(cites))
	return true
}

// splitMeasure reads two rows of which the upper has controls and no measure and
// the lower a measure and no controls, everything else empty: one measure over
// two layers whose cells are printed at different heights.
func (t *tableReader) splitMeasure(r, next *tableRow) bool {
	only := func(r *tableRow, want int) bool {
		for c, s := range r.cells {
			if c == want && s == "" || c != want && c != colResiduals && s != "" {
				return false
			}
		}
		return true
	}
	if next.page != r.page || r.layer == "" || next.layer == "" || r.layer == next.layer ||
		r.lost >= 0 || next.lost >= 0 || !only(r, colControls) || !only(next, colMeasure) || r.top {
		return false
	}
	t.add(KindSpan, r.line, "%s has controls and no measure, %s below it the measure %s and no controls: one measure over both layers",
		t.layer, next.layer, quote(plain(next.cells[colMeasure])))
	joined := *r
	joined.cells[colMeasure], joined.cols[colMeasure] = next.cells[colMeasure], next.cols[colMeasure]
	t.filledRow(&joined)
	// The measure's words stand in the lower row.
	for _, m := range t.measures {
		m.text.line = next.line
	}
	if t.enterLayer(next) {
		t.addRows(next)
	}
	return true
}

// filledRow reads a row that holds something.
func (t *tableReader) filledRow(r *tableRow) {
	for c := colObjective; c <= colVulnerabilities; c++ {
		if s := r.cells[c]; s != "" {
			if at := findControls(plain(s)); len(at) > 0 {
				t.p.fail(r.line, "risk %s: control numbers in the %s cell: cannot tell what they belong to", t.risk.id, columnName(c))
				return
			}
		}
	}
	if at := findControls(plain(r.cells[colResiduals])); len(at) > 0 {
		t.p.fail(r.line, "risk %s: control numbers in the residual risk cell: cannot tell what they belong to", t.risk.id)
		return
	}
	var joined []string
	sameObjective := t.readObjective(r, &joined)
	sameThreats := t.readThreats(r, &joined)
	sameLabels := t.readLabels(r, &joined)
	t.readMeasure(r, sameObjective && sameThreats && sameLabels, &joined)
	if r.top && len(joined) > 0 {
		across := ""
		if t.layer != t.before {
			across = fmt.Sprintf(" (from %s into %s)", t.before, t.layer)
		}
		t.add(KindContinued, r.line, "repeated after the page break and joined with the cells before%s: %s", across, strings.Join(joined, ", "))
	}
	t.movedRemark(r)
	t.through = 0
}

// readObjective opens the objective of the row. It reports whether a repeated
// one was joined with the open one.
func (t *tableReader) readObjective(r *tableRow, joined *[]string) bool {
	s := r.cells[colObjective]
	if s == "" {
		return t.objective != nil
	}
	text := plain(s)
	if r.top && t.objective != nil {
		if key(text) == key(t.objective.text) {
			*joined = append(*joined, columnName(colObjective))
			return true
		}
		if t.layer == t.before && similar(text, t.objective.text) {
			a, b := contrast(t.objective.text, text)
			t.add(KindRepeated, r.line, "objective: %s stands (line %d); here %s", a, t.objective.line, b)
			*joined = append(*joined, columnName(colObjective))
			return true
		}
	}
	t.objective = &draftText{text, r.line, r.cols[colObjective]}
	t.settle(colObjective, r.line)
	return false
}

// readThreats opens the threats of the row, like readObjective.
func (t *tableReader) readThreats(r *tableRow, joined *[]string) bool {
	s := r.cells[colThreats]
	if s == "" {
		if r.lost == colThreats && t.threats != nil {
			t.add(KindSpan, r.line, "the threat cell is missing: taken for merged with the one above")
		}
		return t.threats != nil
	}
	list := t.list(r, colThreats)
	if r.top && t.threats != nil {
		switch same := sameList(list, t.threats); {
		case same == listEqual:
			*joined = append(*joined, columnName(colThreats))
			return true
		case same == listSimilar && t.layer == t.before:
			a, b := contrast(strings.Join(t.threats.items, "・"), strings.Join(list.items, "・"))
			t.add(KindRepeated, r.line, "threats: %s stand (line %d); here %s", a, t.threats.line, b)
			*joined = append(*joined, columnName(colThreats))
			return true
		}
	}
	t.threats = list
	t.settle(colThreats, r.line)
	return false
}

// readLabels opens the vulnerabilities of the row, like readObjective.
func (t *tableReader) readLabels(r *tableRow, joined *[]string) bool {
	s := r.cells[colVulnerabilities]
	if s == "" {
		return t.labels != nil
	}
	labels := t.vulnerabilities(r)
	if r.top && t.labels != nil && sameLabels(labels, t.labels) {
		*joined = append(*joined, columnName(colVulnerabilities))
		return true
	}
	t.labels = labels
	t.settle(colVulnerabilities, r.line)
	return false
}

// settle gives the rows that waited for a cell the one that was just opened.
func (t *tableReader) settle(c, line int) {
	rows := t.waiting[c]
	t.waiting[c] = nil
	for _, d := range rows {
		switch c {
		case colObjective:
			d.objective = t.objective
		case colThreats:
			d.threats = t.threats
		case colVulnerabilities:
			d.labels = t.labels
		}
		t.add(KindSpan, d.line, "%s: the %s cell is empty and nothing stands above it: merged with the one below (line %d)", d.layer, columnName(c), line)
	}
}

// lone refuses the rows that wait for a cell that does not come.
func (t *tableReader) lone(c int) {
	for _, d := range t.waiting[c] {
		t.p.fail(d.line, "risk %s: the %s cell is empty, and there is none above or below it", t.risk.id, columnName(c))
	}
	t.waiting[c] = nil
}

// listRelation tells how two lists compare.
type listRelation int

const (
	listDifferent listRelation = iota
	listEqual
	listSimilar
)

func sameList(a, b *draftList) listRelation {
	ka, kb := key(strings.Join(a.items, partMark)), key(strings.Join(b.items, partMark))
	switch {
	case ka == kb:
		return listEqual
	case len(a.items) == len(b.items) && similar(ka, kb):
		return listSimilar
	}
	return listDifferent
}

func sameLabels(a, b *draftLabels) bool {
	if len(a.labels) != len(b.labels) {
		return false
	}
	for i, x := range a.labels {
		y := b.labels[i]
		if x.number != y.number || key(x.label) != key(y.label) || key(x.note) != key(y.note) {
			return false
		}
	}
	return true
}

// list reads a cell that is a list.
func (t *tableReader) list(r *tableRow, c int) *draftList {
	its, form := items(r.cells[c])
	l := &draftList{items: its, line: r.line, col: r.cols[c]}
	switch form {
	case listMarked:
		t.add(KindList, r.line, "%s cell split into %d items", columnName(c), len(its))
	case listBlanks:
		t.add(KindSpan, r.line, "the %s list has no bullets: split at blanks into %d items, %s", columnName(c), len(its), quoteAll(its))
	case listLeadIn:
		t.add(KindLeadIn, r.line, "%s: the words before the first bullet belong to every item: kept as one text, %s", columnName(c), quote(its[0]))
	}
	return l
}

// quoteAll quotes several texts.
func quoteAll(ss []string) string {
	out := make([]string, len(ss))
	for i, s := range ss {
		out[i] = quote(s)
	}
	return strings.Join(out, ", ")
}

// vulnerabilities reads the vulnerability cell of a row.
func (t *tableReader) vulnerabilities(r *tableRow) *draftLabels {
	out := &draftLabels{}
	free := func(s string) {
		its, form := items(s)
		if form == listMarked {
			t.add(KindList, r.line, "vulnerability cell split into %d items", len(its))
		}
		for _, it := range its {
			out.labels = append(out.labels, draftLabel{label: it, line: r.line, col: r.cols[colVulnerabilities]})
		}
	}
	cell := r.cells[colVulnerabilities]
	ps, _ := parts(cell)
	whole := strings.Join(ps, " ")
	var at [][]int
	for _, m := range labelRE.FindAllStringSubmatchIndex(whole, -1) {
		if m[0] == 0 || whole[m[0]-1] == ' ' {
			at = append(at, m)
		}
	}
	if len(at) == 0 {
		free(cell)
		return out
	}
	if at[0][0] > 0 {
		free(whole[:at[0][0]])
	}
	for i, m := range at {
		end := len(whole)
		if i+1 < len(at) {
			end = at[i+1][0]
		}
		l := draftLabel{number: whole[m[4]:m[5]], line: r.line, col: r.cols[colVulnerabilities]}
		l.label, l.note = cutNote(clean(whole[m[1]:end]))
		if m[2] != m[3] || m[6] != m[7] {
			t.add(KindPunctuation, r.line, "%s is V%s", quote(strings.TrimSpace(whole[m[0]:m[1]])), l.number)
		}
		if l.note != "" {
			t.add(KindNote, r.line, "V%s %s: %s", l.number, quote(l.label), quote(l.note))
		}
		out.labels = append(out.labels, l)
	}
	return out
}

// citations reads the controls of a cell. What stands before the first number
// is not read.
func (t *tableReader) citations(r *tableRow, c int, cell string) []draftCitation {
	ps, _ := parts(cell)
	whole := strings.Join(ps, "\n")
	if pageRE.MatchString(whole) {
		t.add(KindPageNote, r.line, "%s removed", quote(pageRE.FindString(whole)))
		whole = pageRE.ReplaceAllString(whole, "")
	}
	at := findControls(whole)
	out := make([]draftCitation, 0, len(at))
	for i, m := range at {
		end := len(whole)
		if i+1 < len(at) {
			end = at[i+1][0]
		}
		id, s := whole[m[0]:m[1]], whole[m[1]:end]
		if m[0] > 0 && whole[m[0]-1] != ' ' && whole[m[0]-1] != '\n' && i > 0 {
			t.add(KindGlued, r.line, "%s stood directly behind the statement of %s", id, out[i-1].id)
		}
		ct := draftCitation{id: id, text: clean(s), form: joinLines(s, false), line: r.line, col: r.cols[c]}
		if ct.text == "" {
			t.p.fail(r.line, "risk %s: control %s has no statement; the text may be cut off here", t.risk.id, id)
		}
		out = append(out, ct)
	}
	return out
}

// runOf names the controls of a list for a message.
func runOf(cites []draftCitation) string {
	switch len(cites) {
	case 0:
		return "none"
	case 1:
		return cites[0].id
	case 2:
		return cites[0].id + ", " + cites[1].id
	}
	return fmt.Sprintf("%s … %s (%d controls)", cites[0].id, cites[len(cites)-1].id, len(cites))
}

// readMeasure reads the measure, the controls and the residual risks of a row
// and adds the row. same tells that the row repeats the cells to the left of the
// measure.
func (t *tableReader) readMeasure(r *tableRow, same bool, joined *[]string) {
	measureCell, controlCell := t.movedControls(r)
	texts := measureTexts(measureCell)

	if r.top && same && t.layer == t.before && len(texts) == 1 && len(t.measures) > 0 {
		if last := t.measures[len(t.measures)-1]; key(last.text.text) == key(texts[0]) {
			t.continueMeasure(r, last, controlCell, joined)
			t.readRemark(r, len(t.risk.rows)-1)
			return
		}
	}
	switch {
	case len(texts) > 0:
		t.newMeasures(r, texts, measureCell, controlCell, joined)
	case controlCell != "":
		t.lostMeasure(r, controlCell, joined)
	default:
		if r.cells[colResiduals] == "" {
			break
		}
		if len(t.measures) == 0 {
			t.p.fail(r.line, "risk %s: residual risks beside no measure", t.risk.id)
			return
		}
		list := t.list(r, colResiduals)
		t.add(KindSpan, r.line, "residual risks (%s) beside a measure that is merged with the row above: kept with that measure", quoteAll(list.items))
		for _, m := range t.measures {
			t.addResiduals(m, list)
		}
	}
	t.addRows(r)
}

// measureTexts splits a measure cell into its measures.
func measureTexts(cell string) []string {
	its, _ := items(cell)
	return its
}

// movedControls separates the controls that stand in the measure cell. It gives
// the measure cell and the control cell as they should be.
func (t *tableReader) movedControls(r *tableRow) (measure, controls string) {
	measure, controls = r.cells[colMeasure], r.cells[colControls]
	at := findControls(measure)
	if len(at) == 0 {
		return measure, controls
	}
	moved := measure[at[0][0]:]
	cs := findControls(moved)
	t.add(KindMoved, r.line, "%s from %s on stood in the measure column", catalog.Plural(len(cs), "control number"), moved[:cs[0][1]])
	return strings.TrimSpace(measure[:at[0][0]]), strings.TrimSpace(moved + " " + controls)
}

// continueMeasure joins a measure that the page repeats with the one before the
// page break.
func (t *tableReader) continueMeasure(r *tableRow, m *draftMeasure, controlCell string, joined *[]string) {
	*joined = append(*joined, columnName(colMeasure))
	if controlCell != "" {
		cites := t.citations(r, colControls, controlCell)
		m.controls.cites = append(m.controls.cites, cites...)
		m.noControls = false
		t.add(KindContinued, r.line, "the control list of the measure %s goes on: %s", quote(m.text.text), runOf(cites))
	}
	if r.cells[colResiduals] == "" {
		return
	}
	list := t.list(r, colResiduals)
	if m.residuals != nil && sameList(list, m.residuals) == listEqual {
		*joined = append(*joined, columnName(colResiduals))
		return
	}
	if m.residuals != nil {
		t.add(KindSpan, r.line, "the measure is continued from the page before, where its residual risk is %s; here it is %s: both kept",
			quoteAll(m.residuals.items), quoteAll(list.items))
	}
	t.addResiduals(m, list)
}

// addResiduals gives a measure residual risks in addition to those it has.
func (t *tableReader) addResiduals(m *draftMeasure, list *draftList) {
	if m.residuals != nil {
		list = &draftList{
			items: append(append([]string(nil), m.residuals.items...), list.items...),
			line:  m.residuals.line, col: m.residuals.col,
		}
	}
	m.residuals, t.residuals = list, list
}

// newMeasures opens the measures of a row.
func (t *tableReader) newMeasures(r *tableRow, texts []string, measureCell, controlCell string, joined *[]string) {
	ms := make([]*draftMeasure, len(texts))
	for i, s := range texts {
		ms[i] = t.measure(draftText{s, r.line, r.cols[colMeasure]})
	}
	t.measures = ms
	controlParts, _ := parts(controlCell)
	residualParts, _ := parts(r.cells[colResiduals])
	if n := len(ms); n > 1 && len(controlParts) == n && len(residualParts) == n {
		t.add(KindSpan, r.line, "%d measures in one row, with as many paragraphs of controls and of residual risks: each measure has its own", n)
		for i, m := range ms {
			m.controls = &draftControls{owner: m, cites: t.citations(r, colControls, controlParts[i])}
			its, _ := items(residualParts[i])
			m.residuals = &draftList{items: its, line: r.line, col: r.cols[colResiduals]}
		}
		t.controls, t.residuals = ms[n-1].controls, ms[n-1].residuals
		return
	}
	t.readResiduals(r, joined)
	for _, m := range ms {
		m.residuals = t.residuals
	}
	switch {
	case controlCell != "":
		t.controls = &draftControls{owner: ms[0], cites: t.citations(r, colControls, controlCell)}
	case r.lost == colControls || t.controls == nil:
		t.controls = nil
		t.add(KindGap, r.line, "the measure %s has no controls in the text", quote(texts[0]))
	case t.through > 0:
		t.add(KindSpan, r.line, "the cells of the controls and the residual risk of %s run through line %d, which is not applicable, to the measure %s",
			quote(t.controls.owner.text.text), t.through, quote(texts[0]))
	}
	for _, m := range ms {
		if t.controls == nil {
			m.controls, m.noControls = &draftControls{owner: m}, true
			continue
		}
		m.controls = t.controls
	}
	if len(ms) > 1 {
		t.add(KindSpan, r.line, "%d measures in one cell (%s), one list of controls and of residual risks: shared by all", len(ms), quoteAll(texts))
	}
}

// lostMeasure opens a measure without words for controls that no measure calls
// for.
func (t *tableReader) lostMeasure(r *tableRow, controlCell string, joined *[]string) {
	t.readResiduals(r, joined)
	m := t.measure(draftText{line: r.line, col: r.cols[colControls]})
	m.controls = &draftControls{owner: m, cites: t.citations(r, colControls, controlCell)}
	m.residuals = t.residuals
	t.measures, t.controls = []*draftMeasure{m}, m.controls
	t.add(KindGap, r.line, "%s: the row has controls (%s) and no measure in the text", t.layer, runOf(m.controls.cites))
}

// movedRemark reads controls that stand in the remark column. The row has its
// controls, so they belong to a row that the conversion lost: they become a
// measure without words and are not ascribed to the row's own measure.
func (t *tableReader) movedRemark(r *tableRow) {
	cell := r.cells[colRemark]
	at := findControls(cell)
	if len(at) == 0 {
		return
	}
	if kindOf(cell) != kindControls {
		t.p.fail(r.line, "risk %s: control numbers inside a remark: cannot tell what they belong to", t.risk.id)
		return
	}
	m := t.measure(draftText{line: r.line, col: r.cols[colRemark]})
	m.controls = &draftControls{owner: m, cites: t.citations(r, colRemark, cell)}
	m.residuals = t.residuals
	t.add(KindMoved, r.line, "%s stood in the remark column", runOf(m.controls.cites))
	t.add(KindGap, r.line, "%s: a row of its own was lost of which only the controls are left (%s): a measure without words, not ascribed to %s",
		t.layer, runOf(m.controls.cites), quote(plain(r.cells[colMeasure])))
	t.measures, t.controls = []*draftMeasure{m}, m.controls
	t.addRows(&tableRow{line: r.line})
}

// measure adds a measure to the risk.
func (t *tableReader) measure(text draftText) *draftMeasure {
	m := &draftMeasure{text: text, index: len(t.risk.measures)}
	t.risk.measures = append(t.risk.measures, m)
	return m
}

// readResiduals opens the residual risks of the row; in an empty cell the open
// ones run on.
func (t *tableReader) readResiduals(r *tableRow, joined *[]string) {
	if r.cells[colResiduals] == "" {
		return
	}
	list := t.list(r, colResiduals)
	if r.top && t.layer == t.before && t.residuals != nil && sameList(list, t.residuals) == listEqual {
		*joined = append(*joined, columnName(colResiduals))
		return
	}
	t.residuals = list
}

// close checks that the table is whole.
func (t *tableReader) close(line int) {
	for c := range t.waiting {
		t.lone(c)
	}
	has := map[string]string{}
	for _, d := range t.risk.rows {
		if d.objective == nil && d.threats == nil && d.labels == nil && d.measure == nil {
			t.p.fail(d.line, "risk %s: nothing is left of the row; the text may be damaged here", t.risk.id)
		}
		has[d.layer] = "rows"
	}
	for _, a := range t.risk.absent {
		if has[a.text] != "" {
			t.p.fail(a.line, "risk %s: %s is not applicable and has rows", t.risk.id, a.text)
		}
		has[a.text] = "absent"
	}
	for _, l := range leafLayers() {
		if has[l] == "" {
			t.p.fail(line, "risk %s: the table ends before the layer %s; the text may be cut off here", t.risk.id, l)
		}
	}
}
