// Package data writes a guide as plain data for programs, spreadsheets and git
// forges: JSON, CSV and Markdown.
//
// # Contract
//
// A [Document] is the guide by ids instead of pointers. [New] makes it of a whole
// catalog, [Tailored] of what a profile selects. It is complete: [Document.Source]
// makes the guide of it again, apart from positions in files. What is said twice
// for convenience (the controls of a measure that shares another's cell, what a
// control is cited by) is marked as derived below and follows from the rest.
//
// [Document.JSON] writes it; the JSON Schema catalog.schema.json of package
// riskguide/catalog/schema describes every field, and so does docs/data.md.
// [Document.Tables] arranges it as tables for CSV, [Document.Markdown] as pages.
// All of them depend on the document alone: the same guide, the same bytes.
//
// # Versions
//
// [FormatVersion] changes when a field goes or means another thing. New fields
// may come at any time: readers must pass over what they do not know.
package data

import (
	"slices"
	"time"

	"riskguide/catalog"
	"riskguide/catalog/schema"
)

// FormatVersion is the version of the form of a [Document].
const FormatVersion = 1

// The names of a [Document]'s file and of its JSON Schema, which is written beside
// it.
const (
	CatalogFile = "catalog.json"
	SchemaFile  = "catalog.schema.json"
)

// Schema returns the JSON Schema of a [Document].
func Schema() []byte {
	f, _ := schema.Lookup("catalog")
	return f.Data
}

// Text is a wording by language. It is nil where there is none.
type Text map[catalog.Lang]string

// Document is a guide as plain data. Lists are in the guide's own order and are
// never null; texts and values that the guide does not give are left out.
type Document struct {
	Schema string `json:"$schema"` // [SchemaFile], relative to the document
	Format int    `json:"format"`  // [FormatVersion]

	Guide           Guide           `json:"guide"`
	Severities      []Severity      `json:"severities"`
	Layers          []Layer         `json:"layers"` // parents before their children
	Columns         []Column        `json:"columns"`
	Risks           []Risk          `json:"risks"`
	Clauses         []Clause        `json:"clauses"`
	Vulnerabilities []Vulnerability `json:"vulnerabilities"`
	Pages           []Page          `json:"pages"`
	References      []Reference     `json:"references"`
	Editions        []Edition       `json:"editions"` // newest first
	Retired         []Retirement    `json:"retired"`

	// Tailoring says what a profile made of the guide; nil for a whole guide.
	Tailoring *Tailoring `json:"tailoring,omitempty"`
}

// Guide is what concerns the guide as a whole.
type Guide struct {
	ID         string         `json:"id"`
	Title      Text           `json:"title"`
	Subtitle   Text           `json:"subtitle,omitempty"`
	Edition    string         `json:"edition"`
	Date       string         `json:"date,omitempty"` // YYYY-MM-DD
	Languages  []catalog.Lang `json:"languages"`
	Publisher  Text           `json:"publisher,omitempty"`
	Rights     Text           `json:"rights,omitempty"`
	LayerModel Text           `json:"layer_model,omitempty"`
	PageOrder  []string       `json:"page_order"`
	// ClauseOrder lists clauses that do not come in the order of their ids.
	ClauseOrder []string `json:"clause_order"`
}

// Severity is a class of risks.
type Severity struct {
	ID     string `json:"id"`
	Letter string `json:"letter"`
	Name   Text   `json:"name"`
}

// Layer is a layer of the service's structure.
type Layer struct {
	ID          string `json:"id"`
	Parent      string `json:"parent,omitempty"` // id of the layer around it
	Name        Text   `json:"name"`
	Description Text   `json:"description,omitempty"`
	InScope     bool   `json:"in_scope"`
	CrossLayer  bool   `json:"cross_layer"`
}

// Column is the heading of a column of the risk tables.
type Column struct {
	ID          catalog.ColumnID `json:"id"`
	Name        Text             `json:"name"`
	Description Text             `json:"description,omitempty"`
}

// Reference is an entry of the list of references.
type Reference struct {
	ID   string `json:"id"`
	Text Text   `json:"text"`
	Note Text   `json:"note,omitempty"`
	URL  string `json:"url,omitempty"`
}

// Edition is an entry of the history of editions.
type Edition struct {
	Edition string `json:"edition"`
	Date    string `json:"date,omitempty"`
	Summary Text   `json:"summary,omitempty"`
	// Editorial names what reads otherwise since the edition before and means
	// the same.
	Editorial []string `json:"editorial"`
}

// Page is a page of the front matter; its body is Markdown.
type Page struct {
	ID    string `json:"id"`
	Title Text   `json:"title"`
	Body  Text   `json:"body,omitempty"`
}

// Risk is a risk with its table.
type Risk struct {
	ID            string      `json:"id"`
	Severity      string      `json:"severity"`
	Name          Text        `json:"name"`
	Description   []Text      `json:"description"` // paragraphs
	Notes         []Text      `json:"notes"`
	ENISA         []int       `json:"enisa"`
	AddedByGroup  bool        `json:"added_by_group"`
	NotApplicable []string    `json:"not_applicable"` // layers
	Objectives    []Statement `json:"objectives"`
	Threats       []Statement `json:"threats"`
	Residuals     []Statement `json:"residuals"`
	Measures      []Measure   `json:"measures"`
	Rows          []Row       `json:"rows"`
}

// Statement is an objective, a threat or a residual risk.
type Statement struct {
	ID   string `json:"id"`
	Text Text   `json:"text"`
}

// Measure is what the provider does.
type Measure struct {
	ID string `json:"id"`
	// Text is also given where it is that of another measure, WordingOf.
	Text      Text   `json:"text,omitempty"`
	WordingOf string `json:"wording_of,omitempty"`
	// Controls is also given where the printed cell is shared with another
	// measure, ControlsOf.
	Controls   []Citation    `json:"controls"`
	ControlsOf string        `json:"controls_of,omitempty"`
	Residuals  []string      `json:"residuals"`
	Tags       []string      `json:"tags"`
	Gaps       []catalog.Gap `json:"gaps"`
	Layers     []string      `json:"layers"` // derived: of its rows
}

// Citation is a control in the cell of a measure.
type Citation struct {
	ID      string `json:"id"`
	Variant Text   `json:"variant,omitempty"` // replaces the statement here
	Note    Text   `json:"note,omitempty"`
}

// Row is a row of a risk's table.
type Row struct {
	Layer           string     `json:"layer"`
	Objective       string     `json:"objective,omitempty"`
	Threats         []string   `json:"threats"`
	Vulnerabilities []Citation `json:"vulnerabilities"`
	Measure         string     `json:"measure,omitempty"`
	Remark          Text       `json:"remark,omitempty"`
}

// Clause is a group of controls.
type Clause struct {
	ID       string    `json:"id"`
	Title    Text      `json:"title,omitempty"`
	Controls []Control `json:"controls"`
}

// Control is a statement of the control standard.
type Control struct {
	ID    string `json:"id"`
	Label string `json:"label,omitempty"` // as printed, where that is not the id
	Title Text   `json:"title,omitempty"`
	// Statement is what is required; where items divide it, what stands before
	// them, which may be nothing.
	Statement Text   `json:"statement,omitempty"`
	Items     []Item `json:"items"`
	// Wording is derived: the statement with all its items as plain text. It is
	// nil where there are no items.
	Wording    Text        `json:"wording,omitempty"`
	Guidance   []Text      `json:"guidance"`
	Parameters []Parameter `json:"parameters"`
	Parent     string      `json:"parent,omitempty"` // the control that this one enhances
	Related    []string    `json:"related"`
	References []string    `json:"references"` // entries of the list of references
	CitedBy    []string    `json:"cited_by"`   // derived: measures
}

// whole is the whole statement.
func (c *Control) whole() Text {
	if c.Wording != nil {
		return c.Wording
	}
	return c.Statement
}

// Item is a part of a statement.
type Item struct {
	Label string `json:"label,omitempty"`
	Text  Text   `json:"text,omitempty"`
	Items []Item `json:"items"`
}

// Parameter is a value that stands as {id} in a statement.
type Parameter struct {
	ID       string `json:"id"`
	Label    Text   `json:"label,omitempty"`
	Default  string `json:"default,omitempty"`
	Choices  []Text `json:"choices"` // the values that are allowed; all, if empty
	Many     bool   `json:"many"`    // whether several choices may be taken
	Guidance Text   `json:"guidance,omitempty"`
}

// Vulnerability is a weakness.
type Vulnerability struct {
	ID      string   `json:"id"`
	Label   Text     `json:"label"`
	CitedBy []string `json:"cited_by"` // derived: risks
}

// Retirement is an id that is no longer in use.
type Retirement struct {
	ID         string   `json:"id"`
	ReplacedBy []string `json:"replaced_by"`
	Edition    string   `json:"edition"`
	Reason     Text     `json:"reason,omitempty"`
}

// New makes a document of a catalog, or of a view of one. Where languages are
// given, the texts hold only these; a text that has none of them keeps the one
// to which [catalog.Catalog.Text] falls back, under its own language.
func New(cat *catalog.Catalog, langs ...catalog.Lang) *Document {
	m := maker{cat: cat, langs: langs, risks: map[*catalog.Risk]bool{}, measures: map[*catalog.Measure]bool{}}
	for _, r := range cat.Risks {
		for _, x := range r.Measures {
			m.measures[x] = true
			m.risks[x.Risk] = true // of a view, r is a copy
		}
		m.risks[r] = true
	}
	return m.document()
}

// maker makes a document.
type maker struct {
	cat   *catalog.Catalog
	langs []catalog.Lang
	// risks and measures are those shown.
	risks    map[*catalog.Risk]bool
	measures map[*catalog.Measure]bool
	// leftOut, if not nil, tells that a citation is not shown.
	leftOut func(*catalog.ControlList, *catalog.Control) bool
	// stated holds the ids of the objectives, threats and residual risks that
	// some shown risk lists.
	stated map[string]bool
}

func (m *maker) document() *Document {
	cat, g := m.cat, m.cat.Guide
	d := &Document{Schema: SchemaFile, Format: FormatVersion,
		Guide: Guide{ID: g.ID, Title: m.text(g.Title), Subtitle: m.text(g.Subtitle), Edition: g.Edition, Date: date(g.Date),
			Languages: list(g.Languages, m.shown), Publisher: m.text(g.Publisher), Rights: m.text(g.Rights),
			LayerModel: m.text(g.LayerModel), PageOrder: list(g.PageOrder, always), ClauseOrder: list(g.ClauseOrder, always)},
		Severities: each(g.Severities, func(s *catalog.Severity) Severity { return Severity{s.ID, s.Letter, m.text(s.Name)} }),
		Layers:     each(g.AllLayers(), m.layer),
		Columns: each(g.Columns, func(c *catalog.Column) Column {
			return Column{c.ID, m.text(c.Name), m.text(c.Description)}
		}),
		Risks:   each(cat.Risks, m.risk),
		Clauses: each(cat.Clauses, m.clause),
		Vulnerabilities: each(cat.Vulnerabilities, func(v *catalog.Vulnerability) Vulnerability {
			return Vulnerability{v.ID, m.text(v.Label), m.riskIDs(v.Rows)}
		}),
		Pages: each(cat.Pages, func(p *catalog.Page) Page { return Page{p.ID, m.text(p.Title), m.text(p.Body)} }),
		References: each(g.References, func(r *catalog.Reference) Reference {
			return Reference{r.ID, m.text(r.Text), m.text(r.Note), r.URL}
		}),
		Editions: each(g.Editions, func(e *catalog.EditionNote) Edition {
			return Edition{e.Edition, date(e.Date), m.text(e.Summary),
				each(e.Editorial, func(r catalog.Ref) string { return r.ID })}
		}),
		Retired: each(cat.Retired, func(r *catalog.Retirement) Retirement {
			return Retirement{r.ID, list(r.ReplacedBy, always), r.Edition, m.text(r.Reason)}
		}),
	}
	return d
}

func (m *maker) layer(l *catalog.Layer) Layer {
	out := Layer{ID: l.ID, Name: m.text(l.Name), Description: m.text(l.Description), InScope: l.InScope, CrossLayer: l.CrossLayer}
	if l.Parent != nil {
		out.Parent = l.Parent.ID
	}
	return out
}

func (m *maker) risk(r *catalog.Risk) Risk {
	out := Risk{ID: r.ID, Severity: r.Severity.ID, Name: m.text(r.Name), Description: m.texts(r.Description), Notes: m.texts(r.Notes),
		ENISA: list(r.ENISA, always), AddedByGroup: r.AddedByGroup,
		NotApplicable: each(r.NotApplicable, func(l *catalog.Layer) string { return l.ID }),
		Objectives:    each(r.Objectives, m.objective), Threats: each(r.Threats, m.threat), Residuals: each(r.Residuals, m.residual),
		Measures: each(r.Measures, m.measure), Rows: each(r.Rows, m.row)}
	if m.stated == nil {
		return out
	}
	// What is cited of a risk that is not shown is listed where it is cited.
	for _, row := range r.Rows {
		if o := row.Objective; o != nil && m.state(o.ID) {
			out.Objectives = append(out.Objectives, m.objective(o))
		}
		for _, t := range row.Threats {
			if m.state(t.ID) {
				out.Threats = append(out.Threats, m.threat(t))
			}
		}
	}
	for _, x := range r.Measures {
		for _, y := range x.Residuals {
			if m.state(y.ID) {
				out.Residuals = append(out.Residuals, m.residual(y))
			}
		}
	}
	return out
}

func (m *maker) objective(o *catalog.Objective) Statement { return Statement{o.ID, m.text(o.Text)} }
func (m *maker) threat(t *catalog.Threat) Statement       { return Statement{t.ID, m.text(t.Text)} }
func (m *maker) residual(r *catalog.Residual) Statement   { return Statement{r.ID, m.text(r.Text)} }

// state reports whether no shown risk lists the id yet, and notes that one does.
func (m *maker) state(id string) bool {
	if m.stated[id] {
		return false
	}
	m.stated[id] = true
	return true
}

func (m *maker) measure(x *catalog.Measure) Measure {
	out := Measure{ID: x.ID, Text: m.text(x.Text), Controls: []Citation{},
		Residuals: each(x.Residuals, func(r *catalog.Residual) string { return r.ID }),
		Tags:      list(x.Tags, always), Gaps: list(x.Gaps, always),
		Layers: each(x.Layers(), func(l *catalog.Layer) string { return l.ID })}
	if x.WordingOf != nil {
		out.WordingOf = x.WordingOf.ID
	}
	if x.Controls.Owner != x && x.Controls.Owner != nil {
		out.ControlsOf = x.Controls.Owner.ID
	}
	for _, c := range x.Controls.Citations {
		if m.leftOut == nil || !m.leftOut(x.Controls, c.Control) {
			out.Controls = append(out.Controls, Citation{c.Control.ID, m.text(c.Variant), m.text(c.Note)})
		}
	}
	return out
}

func (m *maker) row(r *catalog.Row) Row {
	out := Row{Layer: r.Layer.ID, Remark: m.text(r.Remark),
		Threats: each(r.Threats, func(t *catalog.Threat) string { return t.ID }),
		Vulnerabilities: each(r.Vulnerabilities, func(c catalog.VulnerabilityCitation) Citation {
			return Citation{c.Vulnerability.ID, m.text(c.Variant), m.text(c.Note)}
		})}
	if r.Objective != nil {
		out.Objective = r.Objective.ID
	}
	if r.Measure != nil {
		out.Measure = r.Measure.ID
	}
	return out
}

func (m *maker) clause(c *catalog.Clause) Clause {
	return Clause{ID: c.ID, Title: m.text(c.Title), Controls: each(c.Controls, m.control)}
}

func (m *maker) control(x *catalog.Control) Control {
	out := Control{ID: x.ID, Label: x.Label, Title: m.text(x.Title), Statement: m.text(x.Statement), Items: each(x.Items, m.item),
		Guidance: m.texts(x.Guidance), Parent: x.Parent.ID, Related: each(x.Related, refID), References: each(x.References, refID),
		Parameters: each(x.Parameters, func(p *catalog.Parameter) Parameter {
			return Parameter{p.ID, m.text(p.Label), p.Default, m.texts(p.Choices), p.Many, m.text(p.Guidance)}
		}), CitedBy: []string{}}
	if len(x.Items) > 0 {
		out.Wording = m.text(x.Wording())
	}
	for _, by := range x.CitedBy {
		if m.measures[by] && (m.leftOut == nil || !m.leftOut(by.Controls, x)) {
			out.CitedBy = append(out.CitedBy, by.ID)
		}
	}
	return out
}

func (m *maker) item(i *catalog.Item) Item {
	return Item{i.Label, m.text(i.Text), each(i.Items, m.item)}
}

func refID(r catalog.Ref) string { return r.ID }

// riskIDs returns the shown risks of rows, each once.
func (m *maker) riskIDs(rows []*catalog.Row) []string {
	ids := []string{}
	for _, row := range rows {
		if m.risks[row.Risk] && (len(ids) == 0 || ids[len(ids)-1] != row.Risk.ID) {
			ids = append(ids, row.Risk.ID)
		}
	}
	return ids
}

func (m *maker) text(t catalog.Text) Text {
	var out Text
	add := func(l catalog.Lang, s string) {
		if out == nil {
			out = make(Text, len(t.Values))
		}
		out[l] = s
	}
	for l, s := range t.Values {
		if s != "" && m.shown(l) {
			add(l, s)
		}
	}
	if out == nil && len(m.langs) > 0 {
		if s, l := m.cat.Text(t, m.langs[0]); s != "" {
			add(l, s)
		}
	}
	return out
}

func (m *maker) texts(ts []catalog.Text) []Text { return each(ts, m.text) }

// shown reports whether wordings of a language are taken over.
func (m *maker) shown(l catalog.Lang) bool { return len(m.langs) == 0 || slices.Contains(m.langs, l) }

func always[T any](T) bool { return true }

// list returns what of a list is kept, never nil.
func list[T any](xs []T, keep func(T) bool) []T {
	out := make([]T, 0, len(xs))
	for _, x := range xs {
		if keep(x) {
			out = append(out, x)
		}
	}
	return out
}

// each returns what is made of each element, never nil.
func each[T, U any](xs []T, to func(T) U) []U {
	out := make([]U, 0, len(xs))
	for _, x := range xs {
		out = append(out, to(x))
	}
	return out
}

func date(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.Format(time.DateOnly)
}
