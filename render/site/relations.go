package site

import (
	"fmt"
	"html/template"
	"slices"
	"strconv"
	"strings"

	"riskguide/catalog"
)

// RelationsView is the page that lists what each control protects against and what
// each vulnerability leads to. The pages of controls and vulnerabilities follow
// the chain to its end and draw it.
type RelationsView struct {
	Clauses       []RelatedClause
	Numbered, Own []RelatedVulnerability
}

// RelatedClause is a clause with what its controls protect against.
type RelatedClause struct {
	ClauseHead
	Measures int // different ones
	Risks    []RelatedRisk
	Entries  []RelatedControl
}

// RelatedControl is a control with the risks whose measures cite it.
type RelatedControl struct {
	ID, Href  string
	Statement template.HTML
	Risks     []Link
}

// RelatedVulnerability is a vulnerability with the risks that it leads to.
type RelatedVulnerability struct {
	Number, Href string
	Label        template.HTML
	Measures     int // different ones
	Risks        []RelatedRisk
}

// RelatedRisk is a risk with those of its measures that are meant.
type RelatedRisk struct {
	Risk     Link
	Severity Severity
	Measures []Link
}

// Protection is what a control protects against: the risks, by the measures that
// cite it.
type Protection struct {
	Risks    []ProtectedRisk
	Measures int
	Open     bool // few enough to be shown at once
	Drawing  *Drawing
}

// ProtectedRisk is a risk with the measures as entries of a list, from the
// template "related-measure".
type ProtectedRisk struct {
	Risk     Link
	Severity Severity
	Measures []template.HTML
}

// Consequences is what a vulnerability leads to.
type Consequences struct {
	Ways     []Consequence
	Risks    int
	Measures int
	Open     bool // few enough to be shown at once
	Drawing  *Drawing
}

// Consequence is a way from a vulnerability through threats to a risk, and the
// measures against it as entries of a list, from the template "answering-measure".
type Consequence struct {
	Threats  []template.HTML
	Risk     Link
	Severity Severity
	Measures []template.HTML

	measures []*catalog.Measure
}

// MeasureRelations is what the templates "related-measure" and
// "answering-measure" get.
type MeasureRelations struct {
	MeasureLink
	Layers          []Link
	Threats         []template.HTML
	Vulnerabilities []ListLink
	Residuals       []template.HTML
	Clauses         []MeasureClause
}

// MeasureClause holds the controls of a clause that a measure cites.
type MeasureClause struct {
	Clause   ListLink
	Controls []Link
}

// related is a measure as it stands in the relations of all its controls and
// vulnerabilities.
type related struct {
	protects, answers fragmentCount
}

// fragmentCount is rendered HTML with the number of texts in it that are not in
// the page's language.
type fragmentCount struct {
	html    template.HTML
	foreign int
}

// openRelations is up to how many measures a tree of relations is shown unfolded.
const openRelations = 5

// prepareRelations renders what the pages of many controls and vulnerabilities
// repeat.
func (e *edition) prepareRelations() error {
	for _, r := range e.cat.Risks {
		name, _ := e.cat.Text(r.Name, e.lang)
		e.treeLines[r.ID] = clipped(r.ID+" "+name, treeName-10, 2)
		for _, m := range r.Measures {
			var rel related
			for name, to := range map[string]*fragmentCount{"related-measure": &rel.protects, "answering-measure": &rel.answers} {
				p := e.page("x/x.html")
				html, err := e.site.partial(name, PieceView{Page: p, Data: p.measureRelations(m, name == "answering-measure")})
				if err != nil {
					return err
				}
				*to = fragmentCount{html, p.Untranslated}
			}
			e.related[m] = rel
		}
	}
	return nil
}

func (p *Page) prepared(f fragmentCount) template.HTML {
	p.Untranslated += f.foreign
	return f.html
}

func (p *Page) measureRelations(m *catalog.Measure, answers bool) MeasureRelations {
	e := p.e
	v := MeasureRelations{MeasureLink: p.measureLink(m)}
	for _, l := range m.Layers() {
		v.Layers = append(v.Layers, p.layerLink(l))
	}
	if answers {
		for _, c := range controlsOf(m) {
			n := len(v.Clauses)
			if n == 0 || v.Clauses[n-1].Clause.ID != c.Clause.ID {
				title, _ := e.cat.Text(c.Clause.Title, e.lang)
				v.Clauses = append(v.Clauses, MeasureClause{Clause: ListLink{Href: p.Base + clauseFile(c.Clause.ID), ID: c.Clause.ID, Title: title}})
				n++
			}
			v.Clauses[n-1].Controls = append(v.Clauses[n-1].Controls, Link{ID: c.ID, Href: p.Base + controlFile(c.ID)})
		}
		return v
	}
	var threats []*catalog.Threat
	for _, row := range m.Rows {
		for _, t := range row.Threats {
			if !slices.Contains(threats, t) {
				threats = append(threats, t)
				v.Threats = append(v.Threats, p.text(t.Text))
			}
		}
	}
	for _, x := range vulnerabilitiesOf(m.Rows) {
		if e.ids[x.ID] != "" {
			v.Vulnerabilities = append(v.Vulnerabilities, p.vulnerabilityShort(x))
		}
	}
	for _, x := range m.Residuals {
		v.Residuals = append(v.Residuals, p.text(x.Text))
	}
	return v
}

// protection lists what the control protects against; nil if nothing cites it.
func (p *Page) protection(c *catalog.Control) *Protection {
	e := p.e
	v := &Protection{}
	d := tree{p: p, root: c.ID, rootHref: p.Base + controlFile(c.ID), leavesFirst: true}
	for _, m := range e.citedBy(c) {
		n := len(v.Risks)
		if n == 0 || v.Risks[n-1].Risk.ID != m.Risk.ID {
			v.Risks = append(v.Risks, ProtectedRisk{Risk: p.riskLink(m.Risk), Severity: p.severity(m.Risk.Severity)})
			d.group(m.Risk)
			n++
		}
		v.Risks[n-1].Measures = append(v.Risks[n-1].Measures, p.prepared(e.related[m].protects))
		d.leaf(m)
		v.Measures++
	}
	if v.Measures == 0 {
		return nil
	}
	v.Open = v.Measures <= openRelations
	d.heads = [3]string{p.T("control"), p.T("measures"), p.T("risk")}
	d.title = p.Fill("drawing-control", "id", c.ID)
	v.Drawing = d.draw()
	return v
}

// consequences lists what the vulnerability leads to; nil if no table names it.
func (p *Page) consequences(x *catalog.Vulnerability) *Consequences {
	e := p.e
	v := &Consequences{}
	label, _ := e.cat.Text(x.Label, e.lang)
	d := tree{p: p, root: withoutNote(label), rootHref: p.Base + vulnerabilityFile(x.ID)}
	if x.Numbered() {
		d.root = x.ID
	}
	var last []*catalog.Threat
	var risk *catalog.Risk
	drawn := map[*catalog.Measure]bool{}
	for _, row := range e.rowsOf(x) {
		n := len(v.Ways)
		if n == 0 || row.Risk != risk || !slices.Equal(row.Threats, last) {
			if row.Risk != risk {
				v.Risks++
				d.group(row.Risk)
			}
			risk, last = row.Risk, row.Threats
			way := Consequence{Risk: p.riskLink(risk), Severity: p.severity(risk.Severity)}
			for _, t := range row.Threats {
				way.Threats = append(way.Threats, plainLinks(p.text(t.Text)))
			}
			v.Ways = append(v.Ways, way)
			n++
		}
		if m := row.Measure; m != nil && !slices.Contains(v.Ways[n-1].measures, m) {
			w := &v.Ways[n-1]
			w.measures = append(w.measures, m)
			w.Measures = append(w.Measures, p.prepared(e.related[m].answers))
			if !drawn[m] {
				drawn[m] = true
				d.leaf(m)
				v.Measures++
			}
		}
	}
	if len(v.Ways) == 0 {
		return nil
	}
	v.Open = v.Measures <= openRelations
	d.heads = [3]string{p.T("vulnerability"), p.T("risk"), p.T("measures")}
	d.title = p.Fill("drawing-vulnerability", "id", d.root)
	v.Drawing = d.draw()
	return v
}

func (e *edition) relationsView(p *Page) {
	p.Title = p.T("relations-title")
	p.Class = "relations"
	p.Styles = append(p.Styles, "lists.css")
	p.Description = p.T("relations-lead")
	p.crumb(p.Base+homeFile, "", p.label("home"))
	p.crumb(p.Base+matrixFile, "", p.label("nav-overview"))
	p.crumb("", "", p.label("relations-title"))
	v := &RelationsView{}
	for _, cl := range e.cat.Clauses {
		rc := RelatedClause{ClauseHead: p.clauseHead(cl)}
		measures := map[*catalog.Measure]bool{}
		for _, c := range cl.Controls {
			entry := RelatedControl{ID: c.ID, Href: p.Base + controlFile(c.ID), Statement: p.fragment(e.statements[c.ID])}
			for _, m := range e.citedBy(c) {
				measures[m] = true
				if n := len(entry.Risks); n == 0 || entry.Risks[n-1].ID != m.Risk.ID {
					entry.Risks = append(entry.Risks, Link{ID: m.Risk.ID, Href: p.Base + riskFile(m.Risk.ID)})
				}
			}
			rc.Entries = append(rc.Entries, entry)
		}
		rc.Measures = len(measures)
		rc.Risks = p.relatedRisks(measures)
		v.Clauses = append(v.Clauses, rc)
	}
	for _, x := range e.vulnerabilities() {
		rv := RelatedVulnerability{Href: p.Base + vulnerabilityFile(x.ID), Label: plainLinks(p.text(x.Label))}
		measures := map[*catalog.Measure]bool{}
		risks := map[string]bool{}
		for _, row := range e.rowsOf(x) {
			risks[row.Risk.ID] = true
			if row.Measure != nil {
				measures[row.Measure] = true
			}
		}
		rv.Measures = len(measures)
		rv.Risks = p.relatedRisks(measures)
		if x.Numbered() {
			rv.Number = x.ID
			v.Numbered = append(v.Numbered, rv)
		} else {
			v.Own = append(v.Own, rv)
		}
	}
	p.Data = v
}

// relatedRisks groups measures by risk, in the guide's order.
func (p *Page) relatedRisks(measures map[*catalog.Measure]bool) []RelatedRisk {
	ms := make([]*catalog.Measure, 0, len(measures))
	for m := range measures {
		ms = append(ms, m)
	}
	slices.SortFunc(ms, func(a, b *catalog.Measure) int { return p.e.order[a] - p.e.order[b] })
	var out []RelatedRisk
	for _, m := range ms {
		if n := len(out); n == 0 || out[n-1].Risk.ID != m.Risk.ID {
			out = append(out, RelatedRisk{Risk: p.riskLink(m.Risk), Severity: p.severity(m.Risk.Severity)})
		}
		r := &out[len(out)-1]
		r.Measures = append(r.Measures, Link{ID: m.ID, Href: p.Base + p.e.ids[m.ID]})
	}
	return out
}

// Drawing shows a small tree in three columns. Lengths are in the drawing's own
// units; the style scales it. What is in it is written here rather than by a
// template: there are as many drawings as controls, of a hundred pieces each.
type Drawing struct {
	Width, Height int
	Title         string
	Body          template.HTML // headings, lines and boxes with their links
	More          int           // measures that found no room

	edges, boxes []byte
}

// Measures of the drawing. It is narrow enough to be read on a telephone.
const (
	treeID     = 88  // width of a box with an id
	treeName   = 208 // width of a box with the name of a risk
	treeGap    = 34  // between columns
	treeMargin = 4
	treeHead   = 30 // height of the headings
	treeLeaf   = 26 // height of a measure
	treeSpace  = 6  // between boxes
	treeFont   = 14
	treeLine   = 18
	treeLeaves = 40 // at most
)

// tree collects the boxes of a [Drawing]: a root, risks, and their measures, which
// stand between root and risks if leavesFirst is set.
type tree struct {
	p           *Page
	root        string
	rootHref    string
	leavesFirst bool
	heads       [3]string
	title       string

	groups []treeGroup
	more   int
	leaves int
}

type treeGroup struct {
	risk   *catalog.Risk
	leaves []*catalog.Measure
}

func (t *tree) group(r *catalog.Risk) { t.groups = append(t.groups, treeGroup{risk: r}) }

func (t *tree) leaf(m *catalog.Measure) {
	if t.leaves == treeLeaves {
		t.more++
		return
	}
	t.leaves++
	g := &t.groups[len(t.groups)-1]
	g.leaves = append(g.leaves, m)
}

func (t *tree) draw() *Drawing {
	p := t.p
	x := [3]int{treeMargin, treeMargin + treeID + treeGap, treeMargin + treeID + treeGap + treeID + treeGap}
	w := [3]int{treeID, treeID, treeName}
	leafCol, riskCol := 1, 2
	if !t.leavesFirst {
		w = [3]int{treeID, treeName, treeID}
		x[2] = x[1] + treeName + treeGap
		leafCol, riskCol = 2, 1
	}
	d := &Drawing{Width: x[2] + w[2] + treeMargin, Title: t.title, More: t.more}
	var heads []byte
	for i, s := range t.heads {
		at := x[i] + w[i]/2
		if i == 0 {
			at = x[i] // the style lets the first one begin there: it may be wider than its column
		}
		heads = append(heads, `<text class="h"`...)
		heads = appendLength(heads, "x", at)
		heads = appendLength(heads, "y", treeHead-11)
		heads = append(heads, '>')
		heads = appendEscaped(heads, clipped(s, w[i]+treeGap, 1)[0])
		heads = append(heads, "</text>\n"...)
	}
	var toRoot []int
	y := treeHead
	for _, g := range t.groups {
		if len(g.leaves) == 0 && t.more > 0 {
			continue // all of it is among what found no room
		}
		lines := p.e.treeLines[g.risk.ID]
		rh := len(lines)*treeLine + 10
		lh := len(g.leaves)*(treeLeaf+treeSpace) - treeSpace
		block := max(rh, lh)
		mid := y + block/2
		d.box(x[riskCol], mid-rh/2, w[riskCol], rh, p.Base+riskFile(g.risk.ID), "b sev-"+g.risk.Severity.ID, lines...)
		if riskCol == 1 {
			toRoot = append(toRoot, mid)
		}
		ly := mid - lh/2
		for _, m := range g.leaves {
			my := ly + treeLeaf/2
			d.box(x[leafCol], ly, w[leafCol], treeLeaf, p.Base+p.e.ids[m.ID], "b", m.ID)
			if leafCol == 1 {
				toRoot = append(toRoot, my)
				d.edge(x[1]+w[1], my, x[2], mid)
			} else {
				d.edge(x[1]+w[1], mid, x[2], my)
			}
			ly += treeLeaf + treeSpace
		}
		y += block + 2*treeSpace
	}
	lines := clipped(t.root, treeID-10, 4)
	rh := len(lines)*treeLine + 12
	bottom := max(y-2*treeSpace, treeHead+rh)
	root := treeHead + (bottom-treeHead)/2
	d.box(x[0], root-rh/2, w[0], rh, t.rootHref, "b root", lines...)
	for _, to := range toRoot {
		d.edge(x[0]+w[0], root, x[1], to)
	}
	d.Height = bottom + treeMargin
	d.Body = template.HTML(heads) + template.HTML(d.edges) + template.HTML(d.boxes)
	return d
}

// box writes a box with its link; lines of text stand in its middle.
func (d *Drawing) box(x, y, w, h int, href, class string, lines ...string) {
	b := append(d.boxes, `<a href="`...)
	b = appendEscaped(b, href)
	b = append(b, `"><rect class="`...)
	b = appendEscaped(b, class)
	b = append(b, '"')
	b = appendLength(b, "x", x)
	b = appendLength(b, "y", y)
	b = appendLength(b, "width", w)
	b = appendLength(b, "height", h)
	b = append(b, ` rx="5"/><text>`...)
	y += h/2 - (len(lines)-1)*treeLine/2 + treeFont*3/8
	for i, s := range lines {
		b = append(b, "<tspan"...)
		b = appendLength(b, "x", x+w/2)
		b = appendLength(b, "y", y+i*treeLine)
		b = append(b, '>')
		b = appendEscaped(b, s)
		b = append(b, "</tspan>"...)
	}
	d.boxes = append(b, "</text></a>\n"...)
}

// edge writes a line from one box to another.
func (d *Drawing) edge(x0, y0, x1, y1 int) {
	mid := (x0 + x1) / 2
	d.edges = fmt.Appendf(d.edges, "<path class=\"e\" d=\"M%d %dC%d %d %d %d %d %d\"/>\n", x0, y0, mid, y0, mid, y1, x1, y1)
}

func appendLength(b []byte, name string, n int) []byte {
	b = append(b, ' ')
	b = append(b, name...)
	b = append(b, `="`...)
	b = strconv.AppendInt(b, int64(n), 10)
	return append(b, '"')
}

// clipped breaks a text into at most n lines that fit the width; what does not fit
// ends in an ellipsis.
func clipped(s string, width, n int) []string {
	var lines []string
	line := ""
	for _, part := range parts(s) {
		if line != "" && labelWidth(line+strings.TrimRight(part, " ")) > width {
			lines = append(lines, line)
			line = ""
		}
		line += part
	}
	lines = append(lines, line)
	cut := len(lines) > n
	lines = lines[:min(n, len(lines))]
	for i, l := range lines {
		r := []rune(strings.TrimRight(l, " "))
		if (!cut || i < n-1) && labelWidth(string(r)) <= width {
			continue
		}
		for len(r) > 1 && labelWidth(string(r)+"…") > width {
			r = r[:len(r)-1]
		}
		lines[i] = string(r) + "…"
	}
	return lines
}

// labelWidth estimates how wide a text is drawn, rather too wide than too narrow:
// the browser's font is not known.
func labelWidth(s string) int {
	w := 0 // in hundredths of the type's height
	for _, r := range s {
		switch {
		case r >= 0x2E80 || r == '…':
			w += 100
		case 'A' <= r && r <= 'Z' || r == 'm' || r == 'w':
			w += 76
		case r == ' ':
			w += 33
		default:
			w += 62
		}
	}
	return w * treeFont / 100
}
