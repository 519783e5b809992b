package pdf

import (
	"slices"
	"strings"

	"riskguide/catalog"
	"riskguide/render/pdf/document"
)

// guide returns the document of the whole guide.
func (r *renderer) guide(tables []*document.RiskTable, warn func(catalog.Problem)) (*document.Document, error) {
	g := r.cat.Guide
	d, err := document.New(r.config(r.title, r.word("subject-guide", "title", r.title, "edition", g.Edition), warn))
	if err != nil {
		return nil, err
	}
	r.cover(d)
	d.Contents(r.words.Get("contents"), 2)
	d.NewPage()
	for _, p := range r.cat.Pages {
		r.page(d, p)
	}
	var severity *catalog.Severity
	for i, risk := range r.cat.Risks {
		d.NewPage()
		if risk.Severity != severity {
			severity = risk.Severity
			title := r.word("severity-group", "name", r.text(severity.Name))
			d.Heading(1, title, document.HeadingOptions{ID: "severity:" + severity.ID, Hidden: true})
		}
		r.addRisk(d, risk, tables[i], 2)
	}
	if r.cat.Guide.TreatsRisks() {
		r.controlIndex(d)
	} else {
		r.standard(d)
	}
	r.vulnerabilityIndex(d)
	return d, nil
}

func (r *renderer) cover(d *document.Document) {
	g := r.cat.Guide
	measures := 0
	for _, risk := range r.cat.Risks {
		measures += len(risk.Measures)
	}
	c := document.Cover{
		Title: r.title, Subtitle: r.text(g.Subtitle),
		Details: [][2]string{{r.words.Get("edition"), r.word("edition-value", "edition", g.Edition)}},
	}
	add := func(label, value string) {
		if value != "" {
			c.Details = append(c.Details, [2]string{r.words.Get(label), value})
		}
	}
	if !g.Date.IsZero() {
		add("date", g.Date.Format(r.words.Get("date-layout")))
	}
	add("publisher", r.text(g.Publisher))
	counts := "counts"
	if !g.TreatsRisks() {
		counts = "counts-standard"
	}
	add("contents-of-guide", r.word(counts, "clauses", itoa(len(r.cat.Clauses)), "risks", itoa(len(r.cat.Risks)),
		"measures", itoa(measures), "controls", itoa(len(r.cat.Controls()))))
	if s := r.text(g.Rights); s != "" {
		c.Notice = append(c.Notice, s)
	}
	c.Notice = append(c.Notice, r.words.Get("accessible"))
	d.Cover(c)
}

// page adds a page of the front matter.
func (r *renderer) page(d *document.Document, p *catalog.Page) {
	d.Heading(1, r.text(p.Title), document.HeadingOptions{ID: "page:" + p.ID, Keep: 60})
	body, _ := r.cat.Text(p.Body, r.lang)
	pos := p.Body.Pos
	d.Markdown(body, document.MarkdownOptions{
		Pos:       pos,
		Continued: r.words.Get("continued"),
		Directive: func(name string) bool { return r.directive(d, name) },
		Link:      r.link,
	})
}

// link turns the destination of a link in the front matter into a place of the
// document: an id, or a page by its file's name; addresses stay.
func (r *renderer) link(to string) string {
	if strings.Contains(to, ":") {
		return to
	}
	to = strings.TrimSuffix(strings.TrimPrefix(to, "#"), ".md")
	switch {
	case r.cat.Risk(to) != nil:
		return "#risk:" + to
	case r.cat.Measure(to) != nil:
		return "#measure:" + to
	case r.cat.Control(to) != nil:
		return "#control:" + to
	case r.cat.Vulnerability(to) != nil:
		return "#vulnerability:" + to
	}
	for _, p := range r.cat.Pages {
		if p.ID == to || strings.HasPrefix(to, p.ID+".") {
			return "#page:" + p.ID
		}
	}
	return ""
}

// directive adds what stands for a directive of the front matter; see
// [catalog.Directives].
func (r *renderer) directive(d *document.Document, name string) bool {
	g := r.cat.Guide
	t := document.Table{Continued: r.words.Get("continued")}
	column := func(word string, width float32) {
		t.Columns = append(t.Columns, document.Column{Title: document.Strong(r.words.Get(word)), Width: width})
	}
	row := func(cells ...document.Cell) { t.Rows = append(t.Rows, document.Row{Cells: cells}) }
	cell := func(in document.Inline) document.Cell { return document.Cell{Paragraphs: []document.Inline{in}} }
	head := func(t catalog.Text) document.Cell {
		c := cell(r.inline(t))
		c.Head, c.Fill = true, document.Light
		return c
	}
	switch name {
	case "columns":
		column("column", 55)
		column("meaning", 165)
		for _, c := range g.Columns {
			h := head(c.Name)
			if c.ID == catalog.ColumnThreats || c.ID == catalog.ColumnVulnerabilities {
				h.Paragraphs[0] = append(document.Inline{{Text: "　"}}, h.Paragraphs[0]...)
			}
			row(h, cell(r.inline(c.Description)))
		}
	case "references":
		column("reference", 30)
		column("entry", 190)
		for _, ref := range g.References {
			entry := cell(r.inline(ref.Text))
			if !ref.Note.IsZero() {
				entry.Paragraphs = append(entry.Paragraphs, r.inline(ref.Note))
			}
			if ref.URL != "" {
				entry.Paragraphs = append(entry.Paragraphs, document.Inline{{Text: ref.URL, Link: ref.URL, Color: document.Accent}})
			}
			row(document.Cell{Paragraphs: []document.Inline{{{Text: "[" + ref.ID + "]", Pos: ref.Pos}}}, Head: true, Fill: document.Light, ID: "reference:" + ref.ID}, entry)
		}
	case "risk-list":
		r.riskList(d)
		return true
	case "layers":
		column("layer", 55)
		column("layer-description", 135)
		column("scope", 30)
		depth := map[*catalog.Layer]int{}
		for _, l := range g.AllLayers() {
			if l.Parent != nil {
				depth[l] = depth[l.Parent] + 1
			}
			h := head(l.Name)
			h.Paragraphs[0] = append(document.Inline{{Text: strings.Repeat("　", depth[l])}}, h.Paragraphs[0]...)
			in := r.words.Get("out-of-scope")
			if inScope(l) {
				in = r.words.Get("in-scope")
			}
			row(h, cell(r.inline(l.Description)), document.TextCell(in))
		}
	case "layer-model":
		r.layerModel(d)
		return true
	default:
		return false
	}
	for _, c := range t.Columns {
		t.Width += c.Width
	}
	d.Table(t)
	return true
}

// riskList adds the list of the risks.
func (r *renderer) riskList(d *document.Document) {
	t := document.Table{
		Continued: r.words.Get("continued"),
		Columns: []document.Column{
			{Title: document.Strong(r.words.Get("risk-id")), Width: 14},
			{Title: document.Strong(r.words.Get("risk-name")), Width: 68},
			{Title: document.Strong(r.words.Get("risk-description"))},
			{Title: document.Strong(r.words.Get("enisa")), Width: 42},
		},
	}
	for _, risk := range r.cat.Risks {
		color := r.severityColor(risk.Severity)
		link := "#risk:" + risk.ID
		name := r.inline(risk.Name)
		name[0].Link = link
		var text []document.Inline
		for _, p := range risk.Description {
			text = append(text, r.inline(p))
		}
		c := document.Cell{Paragraphs: text, Bullets: len(text) > 1, Small: true}
		for _, n := range risk.Notes {
			note := append(document.Inline{{Text: r.words.Get("note"), Color: document.Muted}}, r.inline(n)...)
			note[1].Color = document.Muted
			c.Paragraphs = append(c.Paragraphs, note)
		}
		t.Rows = append(t.Rows, document.Row{Cells: []document.Cell{
			{Paragraphs: []document.Inline{{{Text: risk.ID, Bold: true, Color: color, Link: link}}}, Accent: color},
			{Paragraphs: []document.Inline{name}, Head: true},
			c,
			document.TextCell(r.enisa(risk)),
		}})
	}
	d.Table(t)
}

// controlIndex adds the index of controls, clause by clause.
func (r *renderer) controlIndex(d *document.Document) {
	if len(r.cat.Clauses) == 0 {
		return
	}
	d.NewPage()
	d.Heading(1, r.words.Get("control-index"), document.HeadingOptions{ID: "control-index"})
	d.Paragraph(document.Plain(r.words.Get("control-index-lead")))
	t := document.Table{
		Continued: r.words.Get("continued"),
		Columns: []document.Column{
			{Title: document.Strong(r.words.Get("control-id")), Width: 20},
			{Title: document.Strong(r.words.Get("control-statement"))},
			{Title: document.Strong(r.words.Get("cited-by")), Width: 80},
		},
	}
	for _, cl := range r.cat.Clauses {
		title := document.Inline{{Text: cl.ID, Bold: true}}
		bookmark := cl.ID
		if !cl.Title.IsZero() {
			title = append(title, document.Span{Text: "  "})
			title = append(title, r.inline(cl.Title)...)
			bookmark += " " + r.text(cl.Title)
		}
		t.Rows = append(t.Rows, document.Row{KeepWithNext: true, Cells: []document.Cell{{
			Paragraphs: []document.Inline{title}, Columns: 3, Head: true, Fill: document.Light,
			ID: "clause:" + cl.ID, Bookmark: bookmark, BookmarkLevel: 2,
		}}})
		for i, c := range cl.Controls {
			s, l := r.cat.Text(c.Wording(), r.lang)
			st := document.Inline{{Text: r.statement(c, s), Pos: c.Statement.Pos}}
			if l != r.lang {
				st = append(st, document.Span{Text: r.words.Get("untranslated"), Small: true, Color: document.Muted})
			}
			cells := []document.Cell{
				{Paragraphs: []document.Inline{{{Text: c.ID, Bold: true}}}, ID: "control:" + c.ID},
				{Paragraphs: []document.Inline{st}},
			}
			// Neighbours that the same measures cite share a cell.
			if i == 0 || !slices.Equal(c.CitedBy, cl.Controls[i-1].CitedBy) {
				n := 1
				for i+n < len(cl.Controls) && slices.Equal(c.CitedBy, cl.Controls[i+n].CitedBy) {
					n++
				}
				cells = append(cells, document.Cell{Paragraphs: []document.Inline{r.citedBy(c.CitedBy)}, Small: true, Rows: n})
			}
			t.Rows = append(t.Rows, document.Row{Cells: cells})
		}
	}
	d.Table(t)
}

// citedBy returns the ids of measures with the pages on which they stand.
func (r *renderer) citedBy(ms []*catalog.Measure) document.Inline {
	form := r.words.Get("cited-one")
	before, after, _ := strings.Cut(form, "{id}")
	middle, end, _ := strings.Cut(after, "{page}")
	var in document.Inline
	for i, m := range ms {
		if i > 0 {
			in = append(in, document.Span{Text: r.words.Get("list-separator")})
		}
		place := "measure:" + m.ID
		in = append(in, document.Span{Text: before + m.ID, Link: "#" + place, Color: document.Accent},
			document.Span{Text: middle}, document.Span{PageOf: place, Link: "#" + place}, document.Span{Text: end})
	}
	return in
}

// vulnerabilityIndex adds the index of vulnerabilities.
func (r *renderer) vulnerabilityIndex(d *document.Document) {
	if len(r.cat.Vulnerabilities) == 0 {
		return
	}
	d.NewPage()
	d.Heading(1, r.words.Get("vulnerability-index"), document.HeadingOptions{ID: "vulnerability-index"})
	d.Paragraph(document.Plain(r.words.Get("vulnerability-index-lead")))
	t := document.Table{
		Continued: r.words.Get("continued"),
		Columns: []document.Column{
			{Title: document.Strong(r.words.Get("vulnerability-id")), Width: 20},
			{Title: document.Strong(r.words.Get("vulnerability-label"))},
			{Title: document.Strong(r.words.Get("vulnerability-cited")), Width: 120},
		},
	}
	for _, v := range r.cat.Vulnerabilities {
		number := "－"
		if v.Numbered() {
			number = v.ID
		}
		var ms []*catalog.Measure
		seen := map[*catalog.Measure]bool{}
		for _, row := range v.Rows {
			if m := row.Measure; m != nil && !seen[m] {
				seen[m] = true
				ms = append(ms, m)
			}
		}
		t.Rows = append(t.Rows, document.Row{Cells: []document.Cell{
			{Paragraphs: []document.Inline{{{Text: number, Bold: true}}}, ID: "vulnerability:" + v.ID},
			{Paragraphs: []document.Inline{r.inline(v.Label)}},
			{Paragraphs: []document.Inline{r.citedBy(ms)}, Small: true},
		}})
	}
	d.Table(t)
}
