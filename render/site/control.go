package site

import (
	"html/template"
	"slices"

	"riskguide/catalog"
)

// ControlView is the page of one control.
type ControlView struct {
	ID string
	// Number is the printed number, Title the title; see [catalog.Control].
	Number string
	Title  template.HTML
	// Statement is the whole statement or, where Items divide it, what stands
	// before them; it may be empty then.
	Statement  template.HTML
	Items      []PartView
	Clause     ClauseHead
	Parameters []ParameterView
	Guidance   []template.HTML
	// Enhances is the control that this one enhances, nil for most.
	Enhances     *ControlLink
	Enhancements []ControlLink
	Related      []ControlLink
	References   []ReferenceView
	// Siblings are the controls of the clause, this one among them. Those that
	// enhance another are left out, unless this one enhances it too.
	Siblings []ControlLink
	// Groups lists the measures that cite the control, by risk.
	Groups    []CitingRisk
	Citations int // measures that cite it
	// Protection is nil where nothing cites the control.
	Protection *Protection
}

// PartView is a part of a statement.
type PartView struct {
	Label string
	Text  template.HTML
	Items []PartView
}

// ControlLink is a control with its statement.
type ControlLink struct {
	ID        string        // the printed number
	Title     template.HTML // empty where the guide gives none
	Href      string
	Statement template.HTML
	Citations int // measures that cite it
	// CitedBy lists those measures; set on the page of a clause.
	CitedBy []Link
	// Entry is the control as an entry of a list, from the template
	// "control-entry"; empty on the page of a clause.
	Entry   template.HTML
	Current bool
	// Under are the controls that enhance it; set in the index of controls, where
	// they are folded.
	Under []ControlLink
}

// ParameterView is a value that a tailoring sets.
type ParameterView struct {
	ID      string
	Label   template.HTML
	Default string
	// Choices are the values among which a profile chooses, one of them or,
	// with Many, several.
	Choices  []template.HTML
	Many     bool
	Guidance template.HTML
}

// CitingRisk is a risk with those of its measures that cite a control.
type CitingRisk struct {
	Risk     Link
	Severity Severity
	Measures []CitingMeasure
}

// CitingMeasure is a measure that cites a control.
type CitingMeasure struct {
	// Name and Cells are the measure with its id, and the cells of its layers
	// and objectives: from the templates "citing-name" and "citing-cells".
	Name, Cells template.HTML
	// Variants are the wordings that its citations have of their own, Notes
	// what they add in parentheses.
	Variants []template.HTML
	Notes    []template.HTML
}

// MeasureView is what the templates "citing-name" and "citing-cells" get.
type MeasureView struct {
	MeasureLink
	Layers     []Link
	Objectives []template.HTML
}

// citing is a measure as it stands in the tables of all controls that it cites.
type citing struct {
	name, cells template.HTML
	foreign     int // texts in it that are not in the page's language
}

// prepareControls renders what the pages of many controls repeat: the entries of
// the lists of controls, and the rows of the measures that cite them.
func (e *edition) prepareControls() error {
	for _, c := range e.cat.Controls() {
		p := e.page("x/x.html")
		entry, err := e.site.partial("control-entry", PieceView{Page: p, Data: p.controlLink(c)})
		if err != nil {
			return err
		}
		e.entries[c.ID] = entry
	}
	for _, r := range e.cat.Risks {
		for _, m := range r.Measures {
			p := e.page("x/x.html")
			v := PieceView{Page: p, Data: p.measureView(m)}
			name, err := e.site.partial("citing-name", v)
			if err != nil {
				return err
			}
			cells, err := e.site.partial("citing-cells", v)
			if err != nil {
				return err
			}
			e.citing[m] = citing{name, cells, p.Untranslated}
		}
	}
	return nil
}

// ClauseHead is a clause's id and title.
type ClauseHead struct {
	ID       string
	Href     string
	Title    template.HTML // empty where the source gives none
	Controls int
}

// ControlsView is the index of controls.
type ControlsView struct {
	Chapters []Chapter
	// Grouped tells that a chapter has several clauses, or one that is not called
	// as the chapter is.
	Grouped  bool
	Controls int
	Lead     string
}

// Chapter holds the clauses whose ids begin with the same part.
type Chapter struct {
	ID      string
	Clauses []ClauseView
}

// Many tells that the chapter says more than its clauses.
func (c Chapter) Many() bool { return len(c.Clauses) != 1 || c.Clauses[0].ID != c.ID }

// ClauseView is a clause with its controls.
type ClauseView struct {
	ClauseHead
	Controls []ControlLink
}

// citedBy lists the measures shown that cite the control.
func (e *edition) citedBy(c *catalog.Control) []*catalog.Measure {
	all := true
	for _, m := range c.CitedBy {
		all = all && e.measures[m.ID] == m
	}
	if all {
		return c.CitedBy
	}
	var out []*catalog.Measure
	for _, m := range c.CitedBy {
		if e.measures[m.ID] == m {
			out = append(out, m)
		}
	}
	return out
}

func (p *Page) clauseHead(cl *catalog.Clause) ClauseHead {
	return ClauseHead{ID: cl.ID, Href: p.Base + clauseFile(cl.ID), Title: p.text(cl.Title), Controls: len(cl.Controls)}
}

func (p *Page) controlLink(c *catalog.Control) ControlLink {
	return ControlLink{ID: c.Number(), Title: p.text(c.Title), Href: p.Base + controlFile(c.ID), Statement: p.fragment(p.e.statements[c.ID]),
		Citations: len(p.e.citedBy(c)), Entry: p.e.entries[c.ID]}
}

func (e *edition) controlView(p *Page, controls []*catalog.Control, i int) {
	c := controls[i]
	p.Title = c.Number()
	p.Class = "control"
	p.Description = e.plainStatement(c)
	title, _ := e.cat.Text(c.Title, e.lang)
	if title == "" {
		title, _ = e.cat.Text(c.Clause.Title, e.lang)
	}
	if title != "" {
		p.Title += " " + title
	}
	p.crumb(p.Base+homeFile, "", p.label("home"))
	p.crumb(p.Base+controlsFile, "", p.label("nav-controls"))
	p.crumb(p.Base+clauseFile(c.Clause.ID), c.Clause.ID, e.fragment(c.Clause.Title, p.Base).html)
	if c.Enhances != nil {
		p.crumb(p.Base+controlFile(c.Enhances.ID), c.Enhances.Number(), plainLinks(p.text(c.Enhances.Title)))
	}
	p.crumb("", c.Number(), plainLinks(p.text(c.Title)))
	if i > 0 {
		p.Prev = &Link{Href: p.Base + controlFile(controls[i-1].ID), ID: controls[i-1].Number(), Label: plainLinks(p.text(controls[i-1].Title))}
	}
	if i+1 < len(controls) {
		p.Next = &Link{Href: p.Base + controlFile(controls[i+1].ID), ID: controls[i+1].Number(), Label: plainLinks(p.text(controls[i+1].Title))}
	}
	v := &ControlView{ID: c.ID, Number: c.Number(), Title: plainLinks(p.text(c.Title)), Clause: p.clauseHead(c.Clause)}
	if len(c.Items) == 0 {
		v.Statement = p.fragment(e.statements[c.ID])
	} else {
		v.Statement = p.fragment(e.statement(c, c.Statement, p.Base))
		v.Items = p.items(c, c.Items)
	}
	for _, par := range c.Parameters {
		x := ParameterView{ID: par.ID, Label: p.text(par.Label), Default: par.Default, Many: par.Many, Guidance: p.text(par.Guidance)}
		for _, t := range par.Choices {
			x.Choices = append(x.Choices, p.fragment(e.statement(c, t, p.Base)))
		}
		v.Parameters = append(v.Parameters, x)
	}
	p.about(c, v)
	for _, s := range c.Clause.Controls {
		if s.Enhances != nil && s != c && s.Enhances != c.Enhances {
			continue // it stands with what it enhances
		}
		l := p.controlLink(s)
		l.Current = s == c
		v.Siblings = append(v.Siblings, l)
	}
	for _, m := range e.citedBy(c) {
		n := len(v.Groups)
		if n == 0 || v.Groups[n-1].Risk.ID != m.Risk.ID {
			v.Groups = append(v.Groups, CitingRisk{Risk: p.riskLink(m.Risk), Severity: p.severity(m.Risk.Severity)})
			n++
		}
		v.Groups[n-1].Measures = append(v.Groups[n-1].Measures, p.citingMeasure(m, c))
		v.Citations++
	}
	v.Protection = p.protection(c)
	p.Styles = append(p.Styles, "lists.css")
	if len(v.Groups) > 0 || !e.frame.TreatsRisks {
		p.Scripts = append(p.Scripts, "pick.js")
	}
	p.Data = v
}

// items shows the parts of a statement.
func (p *Page) items(c *catalog.Control, items []*catalog.Item) []PartView {
	var out []PartView
	for _, i := range items {
		out = append(out, PartView{Label: i.Label, Text: p.fragment(p.e.statement(c, i.Text, p.Base)), Items: p.items(c, i.Items)})
	}
	return out
}

// about fills in what a standard says of a control beside its statement.
func (p *Page) about(c *catalog.Control, v *ControlView) {
	for _, t := range c.Guidance {
		v.Guidance = append(v.Guidance, p.text(t))
	}
	if c.Enhances != nil {
		l := p.controlLink(c.Enhances)
		v.Enhances = &l
	}
	for _, x := range c.Enhancements {
		v.Enhancements = append(v.Enhancements, p.controlLink(x))
	}
	for _, x := range c.RelatedTo {
		v.Related = append(v.Related, p.controlLink(x))
	}
	for _, r := range c.Cites {
		v.References = append(v.References, ReferenceView{ID: r.ID, Anchor: p.Base + referencesFile + "#" + anchor(r.ID), Text: p.text(r.Text)})
	}
}

func (p *Page) citingMeasure(m *catalog.Measure, c *catalog.Control) CitingMeasure {
	row := p.e.citing[m]
	p.Untranslated += row.foreign
	cm := CitingMeasure{Name: row.name, Cells: row.cells}
	for _, ci := range m.Controls.Citations {
		if ci.Control != c {
			continue
		}
		if !ci.Variant.IsZero() {
			cm.Variants = append(cm.Variants, p.fragment(p.e.statement(c, ci.Variant, p.Base)))
		}
		if !ci.Note.IsZero() {
			cm.Notes = append(cm.Notes, p.text(ci.Note))
		}
	}
	return cm
}

func (p *Page) measureView(m *catalog.Measure) MeasureView {
	v := MeasureView{MeasureLink: p.measureLink(m)}
	for _, l := range m.Layers() {
		v.Layers = append(v.Layers, p.layerLink(l))
	}
	seen := map[*catalog.Objective]bool{}
	for _, row := range m.Rows {
		if o := row.Objective; o != nil && !seen[o] {
			seen[o] = true
			v.Objectives = append(v.Objectives, p.text(o.Text))
		}
	}
	return v
}

func (e *edition) controlsView(p *Page) {
	p.Title = p.T("controls-title")
	p.Class = "controls"
	p.crumb(p.Base+homeFile, "", p.label("home"))
	p.crumb("", "", p.label("nav-controls"))
	v := &ControlsView{}
	for _, cl := range e.cat.Clauses {
		n := len(v.Chapters)
		if n == 0 || v.Chapters[n-1].ID != cl.Chapter() {
			v.Chapters = append(v.Chapters, Chapter{ID: cl.Chapter()})
			n++
		}
		cv := ClauseView{ClauseHead: p.clauseHead(cl)}
		for _, c := range cl.Controls {
			if c.Enhances != nil && c.Enhances.Clause == cl {
				continue // it stands under that
			}
			l := p.controlLink(c)
			l.Under = p.under(nil, c)
			cv.Controls = append(cv.Controls, l)
		}
		v.Chapters[n-1].Clauses = append(v.Chapters[n-1].Clauses, cv)
		v.Controls += len(cl.Controls)
	}
	v.Grouped = slices.ContainsFunc(v.Chapters, Chapter.Many)
	v.Lead = e.count("controls-lead", v.Controls)
	if !e.frame.TreatsRisks {
		v.Lead = e.count("controls-standard-lead", v.Controls)
	}
	p.Description = v.Lead
	p.Data = v
}

// under appends the controls of the same clause that enhance c, and those that
// enhance them.
func (p *Page) under(list []ControlLink, c *catalog.Control) []ControlLink {
	for _, x := range c.Enhancements {
		if x.Clause == c.Clause {
			list = p.under(append(list, p.controlLink(x)), x)
		}
	}
	return list
}

func (e *edition) clauseView(p *Page, i int, cl *catalog.Clause) {
	p.Title = cl.ID
	p.Class = "clause"
	if title, _ := e.cat.Text(cl.Title, e.lang); title != "" {
		p.Title += " " + title
	}
	p.crumb(p.Base+homeFile, "", p.label("home"))
	p.crumb(p.Base+controlsFile, "", p.label("nav-controls"))
	p.crumb("", cl.ID, e.fragment(cl.Title, p.Base).html)
	if i > 0 {
		p.Prev = p.clauseLink(e.cat.Clauses[i-1])
	}
	if i+1 < len(e.cat.Clauses) {
		p.Next = p.clauseLink(e.cat.Clauses[i+1])
	}
	v := &ClauseView{ClauseHead: p.clauseHead(cl)}
	for _, c := range cl.Controls {
		l := p.controlLink(c)
		l.Entry = ""
		for _, m := range e.citedBy(c) {
			l.CitedBy = append(l.CitedBy, Link{ID: m.ID, Href: p.Base + e.ids[m.ID]})
		}
		v.Controls = append(v.Controls, l)
	}
	if !e.frame.TreatsRisks {
		p.Scripts = append(p.Scripts, "pick.js")
	}
	p.Data = v
}

func (p *Page) clauseLink(cl *catalog.Clause) *Link {
	return &Link{Href: p.Base + clauseFile(cl.ID), ID: cl.ID, Label: p.text(cl.Title)}
}
