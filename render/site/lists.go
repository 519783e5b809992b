package site

import (
	"html/template"
	"slices"
	"strconv"
	"strings"

	"riskguide/catalog"
)

// ListView is a list that the reader can filter, sort and download: the risks or
// the measures. The whole list stands in the page; lists.js hides rows.
type ListView struct {
	// File begins the names of the downloaded files; Sheet names the sheet of
	// the workbook.
	File, Sheet string
	Total       int
	Facets      []Facet
	Columns     []ListColumn
	Rows        []ListRow
}

// Off names the columns that are hidden at first, separated by spaces.
func (v *ListView) Off() string {
	var off []string
	for _, c := range v.Columns {
		if c.Off {
			off = append(off, c.ID)
		}
	}
	return strings.Join(off, " ")
}

// Facet is a property by which a list can be filtered. A row has its values in
// the attribute data-KEY, separated by spaces.
type Facet struct {
	Key, Name string
	Options   []FacetOption
}

// FacetOption is a value of a facet that at least one row has.
type FacetOption struct {
	Value string
	Code  string // the id that people know it by; empty where it has none
	Label template.HTML
	Count int // rows that have it
}

// ListColumn is a column of a list. Sort is how its cells compare: "id" (numbers
// in ids by their value), "num" or "text".
type ListColumn struct {
	ID, Label, Sort string
	Fixed           bool // cannot be hidden
	Off             bool // hidden at first where scripts run
}

// ListRow is a risk or a measure in a list.
type ListRow struct {
	ID, Href string
	Name     template.HTML   // of the risk; set in the list of risks
	Summary  []template.HTML // likewise
	Text     template.HTML   // of the measure; set in the list of measures
	Risk     Link            // likewise
	Severity Severity
	// Rank orders severities as the guide does.
	Rank            int
	ENISA           string
	AddedByGroup    bool
	Layers          ListValues
	Vulnerabilities ListValues
	Clauses         ListValues
	Measures        int
	Controls        int // different ones
}

// ListValues are the values that a row has of a facet.
type ListValues struct {
	IDs string // separated by spaces
	// Key orders rows by their values: the places of the values in the guide.
	Key string
	// Links are the values as links; thousands of cells hold the same few.
	Links template.HTML
}

// ListLink is a value in a cell: its id, or its label where people know no id.
type ListLink struct {
	Href, ID string
	Label    template.HTML
	Title    string // what the id stands for
}

// ListCell is what the template "list-values" gets.
type ListCell struct {
	Column, Label string
	Values        ListValues
}

// Values is a cell of the column with the id, headed by the word with the key.
func (p *Page) Values(column, key string, v ListValues) ListCell {
	return ListCell{column, p.T(key), v}
}

// ListFound says how many rows of a list are shown.
func (p *Page) ListFound(n, total int) string {
	return strings.NewReplacer("{n}", strconv.Itoa(n), "{total}", strconv.Itoa(total)).Replace(p.T("list-found"))
}

// html writes the link.
func (l ListLink) html() string {
	b := append([]byte(nil), `<a`...)
	if l.ID != "" {
		b = append(b, ` class="id"`...)
	}
	b = append(b, ` href="`...)
	b = appendEscaped(b, l.Href)
	if l.Title != "" {
		b = append(b, `" title="`...)
		b = appendEscaped(b, l.Title)
	}
	b = append(b, `">`...)
	if l.ID != "" {
		b = appendEscaped(b, l.ID)
	} else {
		b = append(b, l.Label...)
	}
	return string(append(b, `</a>`...))
}

// lister prepares the lists of a page. Places are those in the guide's order.
type lister struct {
	p               *Page
	layers          []*catalog.Layer
	vulnerabilities []*catalog.Vulnerability
	place           map[any]int // by layer, vulnerability or clause
	links           map[any]ListLink
	written         map[any]string // the links in HTML
}

func (p *Page) lister() *lister {
	e := p.e
	l := &lister{p: p, layers: e.cat.Guide.TableLayers(), vulnerabilities: e.vulnerabilities(), place: map[any]int{}, links: map[any]ListLink{}, written: map[any]string{}}
	for i, x := range l.layers {
		l.place[x] = i
		l.links[x] = ListLink{Href: p.Base + layerFile(x.ID), Label: e.layerNames[x].html}
	}
	for i, v := range l.vulnerabilities {
		l.place[v] = i
		l.links[v] = p.vulnerabilityShort(v)
	}
	for i, cl := range e.cat.Clauses {
		title, _ := e.cat.Text(cl.Title, e.lang)
		// A view of the guide holds a copy of the clause.
		l.place[cl.ID] = i
		l.links[cl.ID] = ListLink{Href: p.Base + clauseFile(cl.ID), ID: cl.ID, Title: title}
	}
	return l
}

// vulnerabilityShort is a link to a vulnerability for a narrow place: its number,
// or the first words of its label, without what the label explains in parentheses.
func (p *Page) vulnerabilityShort(v *catalog.Vulnerability) ListLink {
	label, lang := p.e.cat.Text(v.Label, p.e.lang)
	l := ListLink{Href: p.Base + p.e.ids[v.ID], Label: p.e.foreign(appendEscaped(nil, withoutNote(label)), lang).html}
	if v.Numbered() {
		l.ID, l.Title = v.ID, label
	}
	return l
}

// withoutNote cuts a label before its first parenthesis, unless it begins with it.
func withoutNote(s string) string {
	for _, open := range []string{"（", " (", "("} {
		if head, _, ok := strings.Cut(s, open); ok && strings.TrimSpace(head) != "" {
			s = head
		}
	}
	return strings.TrimSpace(s)
}

// vulnerabilitiesOf lists the vulnerabilities that rows name, each once.
func vulnerabilitiesOf(rows []*catalog.Row) []*catalog.Vulnerability {
	var out []*catalog.Vulnerability
	for _, row := range rows {
		for _, c := range row.Vulnerabilities {
			if !slices.Contains(out, c.Vulnerability) {
				out = append(out, c.Vulnerability)
			}
		}
	}
	return out
}

func layersOf(rows []*catalog.Row) []*catalog.Layer {
	var out []*catalog.Layer
	for _, row := range rows {
		if !slices.Contains(out, row.Layer) {
			out = append(out, row.Layer)
		}
	}
	return out
}

// controlsOf lists the controls that measures cite, each once.
func controlsOf(ms ...*catalog.Measure) []*catalog.Control {
	var out []*catalog.Control
	seen := map[*catalog.Control]bool{}
	for _, m := range ms {
		for _, c := range m.Controls.Citations {
			if !seen[c.Control] {
				seen[c.Control] = true
				out = append(out, c.Control)
			}
		}
	}
	return out
}

func clausesOf(cs []*catalog.Control) []string {
	var out []string
	for _, c := range cs {
		if !slices.Contains(out, c.Clause.ID) {
			out = append(out, c.Clause.ID)
		}
	}
	return out
}

// values makes the cell of a facet; keys are what the maps of the lister know.
func (l *lister) values(keys []any, id func(any) string) ListValues {
	slices.SortFunc(keys, func(a, b any) int { return l.place[a] - l.place[b] })
	var v ListValues
	var ids, places []string
	for _, k := range keys {
		ids = append(ids, id(k))
		places = append(places, strconv.Itoa(l.place[k]))
		html, ok := l.written[k]
		if !ok {
			html = `<span class="v">` + l.links[k].html() + `</span> `
			l.written[k] = html
		}
		v.Links += template.HTML(html)
	}
	v.IDs, v.Key = strings.Join(ids, " "), strings.Join(places, ".")
	return v
}

// row fills what risks and measures have alike.
func (l *lister) row(row *ListRow, rows []*catalog.Row, ms []*catalog.Measure) {
	var layers, vulnerabilities, clauses []any
	for _, x := range layersOf(rows) {
		layers = append(layers, x)
	}
	for _, x := range vulnerabilitiesOf(rows) {
		if _, ok := l.place[x]; ok {
			vulnerabilities = append(vulnerabilities, x)
		}
	}
	controls := controlsOf(ms...)
	for _, id := range clausesOf(controls) {
		clauses = append(clauses, id)
	}
	row.Layers = l.values(layers, func(x any) string { return x.(*catalog.Layer).ID })
	row.Vulnerabilities = l.values(vulnerabilities, func(x any) string { return x.(*catalog.Vulnerability).ID })
	row.Clauses = l.values(clauses, func(x any) string { return x.(string) })
	row.Controls = len(controls)
}

// facets counts the values of the rows.
func (l *lister) facets(rows []ListRow, withRisks bool) []Facet {
	p, cat := l.p, l.p.e.cat
	plain := func(t catalog.Text) template.HTML {
		s, lang := cat.Text(t, p.e.lang)
		return p.e.foreign(appendEscaped(nil, s), lang).html
	}
	severity := Facet{Key: "severity", Name: p.T("severity")}
	for _, s := range cat.Guide.Severities {
		severity.Options = append(severity.Options, FacetOption{Value: s.ID, Label: plain(s.Name)})
	}
	layer := Facet{Key: "layer", Name: p.T("layer")}
	for _, x := range l.layers {
		layer.Options = append(layer.Options, FacetOption{Value: x.ID, Label: plain(x.Name)})
	}
	risk := Facet{Key: "risk", Name: p.T("risk")}
	for _, r := range cat.Risks {
		risk.Options = append(risk.Options, FacetOption{Value: r.ID, Code: r.ID, Label: plain(r.Name)})
	}
	vulnerability := Facet{Key: "vulnerability", Name: p.T("vulnerability")}
	for _, v := range l.vulnerabilities {
		link := l.links[v]
		vulnerability.Options = append(vulnerability.Options, FacetOption{Value: v.ID, Code: link.ID, Label: link.Label})
	}
	clause := Facet{Key: "clause", Name: p.T("clause")}
	for _, cl := range cat.Clauses {
		clause.Options = append(clause.Options, FacetOption{Value: cl.ID, Code: cl.ID, Label: plain(cl.Title)})
	}
	all := []Facet{severity, layer}
	if withRisks {
		all = append(all, risk)
	}
	all = append(all, vulnerability, clause)
	count := map[string]map[string]int{"severity": {}, "layer": {}, "risk": {}, "vulnerability": {}, "clause": {}}
	for i := range rows {
		r := &rows[i]
		count["severity"][r.Severity.ID]++
		count["risk"][r.Risk.ID]++
		for key, ids := range map[string]string{"layer": r.Layers.IDs, "vulnerability": r.Vulnerabilities.IDs, "clause": r.Clauses.IDs} {
			for id := range strings.FieldsSeq(ids) {
				count[key][id]++
			}
		}
	}
	var out []Facet
	for _, f := range all {
		var kept []FacetOption
		for _, o := range f.Options {
			if o.Count = count[f.Key][o.Value]; o.Count > 0 {
				kept = append(kept, o)
			}
		}
		if f.Options = kept; len(kept) > 0 {
			out = append(out, f)
		}
	}
	return out
}

// listFile begins the name of a downloaded list.
func (e *edition) listFile(what string) string {
	return e.cat.Guide.ID + "-" + what + "-" + string(e.lang)
}

func (e *edition) risksView(p *Page) {
	p.Title = p.T("risks-title")
	p.Class = "list"
	p.Styles, p.Scripts = append(p.Styles, "lists.css"), append(p.Scripts, "lists.js", "pick.js")
	p.crumb(p.Base+homeFile, "", p.label("home"))
	p.crumb("", "", p.label("nav-risks"))
	p.Description = e.count("risks-lead", len(e.cat.Risks))
	v := &ListView{File: e.listFile("risks"), Sheet: p.T("nav-risks"), Total: len(e.cat.Risks), Columns: []ListColumn{
		{ID: "id", Label: p.T("risk-id"), Sort: "id", Fixed: true},
		{ID: "name", Label: p.T("risk"), Sort: "text"},
		{ID: "severity", Label: p.T("severity"), Sort: "id"},
		{ID: "layer", Label: p.T("layers"), Sort: "id"},
		{ID: "enisa", Label: p.T("enisa-short"), Sort: "id"},
		{ID: "vulnerability", Label: p.T("nav-vulnerabilities"), Sort: "id", Off: true},
		{ID: "clause", Label: p.T("clauses"), Sort: "id", Off: true},
		{ID: "measures", Label: p.T("measures"), Sort: "num"},
		{ID: "controls", Label: p.T("controls"), Sort: "num"},
	}}
	l := p.lister()
	for _, r := range e.cat.Risks {
		h := p.riskHead(r)
		row := ListRow{ID: h.ID, Href: h.Href, Name: h.Name, Summary: p.texts(r.Description), Severity: h.Severity,
			Rank: slices.Index(e.cat.Guide.Severities, r.Severity), ENISA: h.ENISA, AddedByGroup: h.AddedByGroup, Measures: h.Measures}
		l.row(&row, r.Rows, r.Measures)
		v.Rows = append(v.Rows, row)
	}
	v.Facets = l.facets(v.Rows, false)
	p.Data = v
}

func (e *edition) measuresView(p *Page) {
	p.Title = p.T("measures-title")
	p.Class = "list"
	p.Styles, p.Scripts = append(p.Styles, "lists.css"), append(p.Scripts, "lists.js", "pick.js")
	p.crumb(p.Base+homeFile, "", p.label("home"))
	p.crumb("", "", p.label("nav-measures"))
	v := &ListView{File: e.listFile("measures"), Sheet: p.T("nav-measures"), Columns: []ListColumn{
		{ID: "id", Label: p.T("risk-id"), Sort: "id", Fixed: true},
		{ID: "risk", Label: p.T("risk"), Sort: "id"},
		{ID: "severity", Label: p.T("severity"), Sort: "id"},
		{ID: "layer", Label: p.T("layers"), Sort: "id"},
		{ID: "text", Label: p.T("measure"), Sort: "text"},
		{ID: "vulnerability", Label: p.T("nav-vulnerabilities"), Sort: "id"},
		{ID: "clause", Label: p.T("clauses"), Sort: "id"},
		{ID: "controls", Label: p.T("controls"), Sort: "num"},
	}}
	l := p.lister()
	for _, r := range e.cat.Risks {
		severity, link := p.severity(r.Severity), p.riskLink(r)
		for _, m := range r.Measures {
			x := p.measureLink(m)
			row := ListRow{ID: x.ID, Href: x.Href, Text: x.Text, Risk: link, Severity: severity,
				Rank: slices.Index(e.cat.Guide.Severities, r.Severity)}
			l.row(&row, m.Rows, []*catalog.Measure{m})
			v.Rows = append(v.Rows, row)
		}
	}
	v.Total = len(v.Rows)
	v.Facets = l.facets(v.Rows, true)
	p.Description = e.count("measures-lead", v.Total)
	p.Data = v
}
