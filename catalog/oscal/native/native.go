// Package native reads the OSCAL documents that package riskguide/render/oscal wrote,
// with nothing lost: [Read] a guide, [ReadAnswers] a supplier's answers, [ReadProfile]
// the files of a profile.
//
// The package holds the words that both use ([PropID] and so on): names of
// properties, parts and links in riskguide's namespace, [document.Namespace].
// Catalogs of others are read by package riskguide/catalog/oscal.
//
// What another program put into a document of ours, and what a guide has no place
// for, is told in a warning and left out.
package native

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"riskguide/catalog"
	"riskguide/catalog/oscal/document"
)

// The rules that problems name.
const (
	RuleForm   = "oscal-form"    // a document of ours that was damaged
	RuleNoHome = "oscal-no-home" // what the guide has no place for
)

// Is reports whether riskguide wrote the document as the catalog of a guide.
func Is(f *document.File) bool {
	if f.Catalog == nil {
		return false
	}
	for _, p := range f.Catalog.Metadata.Props {
		if p.NS == document.Namespace && p.Name == PropFormat {
			return true
		}
	}
	return false
}

// Read reads a document for which [Is] holds. The source is nil where a problem is
// an error. Positions are those of the document.
func Read(f *document.File) (*catalog.Source, catalog.Problems) {
	r := &reader{ids: map[string]string{}, params: map[string]string{}, resources: map[string]string{}}
	src := r.source(f.Catalog)
	r.problems.Sort()
	if r.problems.HasErrors() {
		return nil, r.problems
	}
	return src, r.problems
}

type reader struct {
	problems catalog.Problems
	langs    []catalog.Lang
	lead     catalog.Lang

	// shared are the measures that share a wording or a control cell.
	shared []shared

	// The ids of the guide by those of the document.
	ids, params, resources map[string]string
}

func (r *reader) fail(pos catalog.Position, format string, args ...any) {
	r.problems = append(r.problems, catalog.Problem{Pos: pos, Level: catalog.LevelError, Rule: RuleForm, Message: fmt.Sprintf(format, args...)})
}

// noHome tells of what is left out.
func (r *reader) noHome(pos catalog.Position, format string, args ...any) {
	r.problems = append(r.problems, catalog.Problem{Pos: pos, Level: catalog.LevelWarning, Rule: RuleNoHome,
		Message: fmt.Sprintf(format, args...) + " has no place in a guide and is left out"})
}

func (r *reader) source(c *document.Catalog) *catalog.Source {
	src := &catalog.Source{Guide: &catalog.Guide{}}
	if !r.metadata(&c.Metadata, src.Guide) {
		return nil
	}
	r.index(c)
	for _, p := range c.Params {
		r.noHome(p.Pos, "parameter %q of the catalog", p.ID)
	}
	for _, x := range c.Controls {
		r.noHome(x.Pos, "control %q outside the groups", x.ID)
	}
	for i := range c.Groups {
		g := &c.Groups[i]
		switch g.Class {
		case ClassFront:
			r.plainGroup(g)
			for i := range g.Parts {
				r.page(&g.Parts[i], src)
			}
		case ClassClause:
			src.Clauses = append(src.Clauses, r.clause(g))
		case ClassRisks:
			r.plainGroup(g)
			for i := range g.Parts {
				r.strange(&g.Parts[i], "the risks")
			}
			for i := range g.Groups {
				if x := &g.Groups[i]; x.Class == ClassRisk {
					src.Risks = append(src.Risks, r.risk(x))
				} else {
					r.noHome(x.Pos, "group %q", x.Title)
				}
			}
		case ClassWeaknesses:
			r.plainGroup(g)
			for i := range g.Parts {
				r.weakness(&g.Parts[i], src)
			}
		case ClassStructure:
			r.plainGroup(g)
			for i := range g.Parts {
				r.structure(&g.Parts[i], src.Guide)
			}
		case ClassRetired:
			r.plainGroup(g)
			for i := range g.Parts {
				r.retired(&g.Parts[i], src)
			}
		default:
			r.noHome(g.Pos, "group %q", g.Title)
		}
	}
	r.checkShared(src)
	if c.BackMatter != nil {
		for i := range c.BackMatter.Resources {
			r.reference(&c.BackMatter.Resources[i], src.Guide)
		}
	}
	return src
}

// index enters every id, so that links are found whatever their order.
func (r *reader) index(c *document.Catalog) {
	enter := func(props []document.Prop, id string) {
		if id == "" {
			return
		}
		r.ids[id] = id
		for _, p := range props {
			if p.NS == document.Namespace && p.Name == PropID {
				r.ids[id] = value(p)
			}
		}
	}
	var parts func(ps []document.Part)
	parts = func(ps []document.Part) {
		for _, p := range ps {
			enter(p.Props, p.ID)
			parts(p.Parts)
		}
	}
	var controls func(cs []document.Control)
	controls = func(cs []document.Control) {
		for _, x := range cs {
			enter(x.Props, x.ID)
			for _, p := range x.Params {
				r.params[p.ID] = p.ID
				for _, q := range p.Props {
					if q.NS == document.Namespace && q.Name == PropID {
						r.params[p.ID] = value(q)
					}
				}
			}
			controls(x.Controls)
		}
	}
	var groups func(gs []document.Group)
	groups = func(gs []document.Group) {
		for _, g := range gs {
			enter(g.Props, g.ID)
			parts(g.Parts)
			controls(g.Controls)
			groups(g.Groups)
		}
	}
	groups(c.Groups)
	if c.BackMatter != nil {
		for _, x := range c.BackMatter.Resources {
			for _, p := range x.Props {
				if p.NS == document.Namespace && p.Name == PropID {
					r.resources[x.UUID] = value(p)
				}
			}
		}
	}
}

// plain gives the text of prose without parameters, inserted that of prose in which
// parameters are inserted.
func plain(s string) string { return document.Unescape(s, nil) }

func (r *reader) inserted(s string) string {
	return document.Unescape(s, func(param string) (string, bool) {
		name, ok := r.params[param]
		return name, ok
	})
}

func markdown(s string) string { return s }

// value is what a property of ours says.
func value(p document.Prop) string {
	if p.Value == Elsewhere && p.Remarks != "" {
		return plain(p.Remarks)
	}
	return p.Value
}

// day reads the day of published, or of the property where that could not hold it.
func (r *reader) day(published string, ps *props) time.Time {
	at, err := time.Parse(time.RFC3339, published)
	if err != nil {
		r.fail(ps.pos, "%s: published, %q, is no date with time and time zone", ps.what, published)
	}
	at = at.UTC()
	if s := ps.one(PropDate); s != "" {
		t, err := time.Parse(time.DateOnly, s)
		if err != nil {
			r.fail(ps.pos, "%s: %q is no day", ps.what, s)
		}
		return t
	}
	day := at.Truncate(24 * time.Hour)
	if !day.Equal(at) {
		r.noHome(ps.pos, "the time of day at which %s was published", ps.what)
	}
	return day
}

func (r *reader) metadata(m *document.Metadata, g *catalog.Guide) bool {
	ps := r.props(m.Props, m.Pos, "the document")
	if f := ps.one(PropFormat); f != Format {
		r.fail(m.Pos, "the document has the form %q, which this version of riskguide does not know; it knows %q", f, Format)
		return false
	}
	for _, l := range ps.list(PropLanguage) {
		g.Languages = append(g.Languages, catalog.Lang(l))
	}
	r.langs = g.Languages
	r.lead = catalog.Lang(ps.one(PropLead))
	if r.lead == "" {
		r.fail(m.Pos, "the document does not say which language is the leading one")
		return false
	}
	g.Pos = m.Pos
	g.ID = ps.one(PropGuide)
	if g.Edition = ps.one(PropEdition); g.Edition == "" {
		g.Edition = m.Version
	}
	g.Date = r.day(m.Published, ps)
	g.Title = ps.text(PropTitle, m.Title, plain)
	g.Subtitle = ps.text(PropSubtitle, "", plain)
	g.Publisher = ps.text(PropPublisher, "", plain)
	g.Rights = ps.text(PropRights, "", plain)
	g.LayerModel = ps.text(PropLayerModel, "", plain)
	g.PageOrder = ps.list(PropPageOrder)
	g.ClauseOrder = ps.list(PropClauses)
	ps.done()
	for _, v := range m.Revisions {
		ps := r.props(v.Props, m.Pos, "edition "+strconv.Quote(v.Version))
		e := &catalog.EditionNote{Pos: m.Pos, Edition: ps.one(PropEdition)}
		if e.Edition == "" {
			e.Edition = v.Version
		}
		e.Date = r.day(v.Published, ps)
		e.Summary = ps.text(PropSummary, v.Remarks, plain)
		for _, id := range ps.list(PropEditorial) {
			e.Editorial = append(e.Editorial, catalog.Ref{ID: id, Pos: m.Pos})
		}
		ps.done()
		g.Editions = append(g.Editions, e)
		if v.Title != "" || len(v.Links) > 0 || v.LastModified != "" || v.OSCALVersion != "" {
			r.noHome(m.Pos, "the title, link, last-modified or oscal-version of %s", ps.what)
		}
	}
	// Of parties, roles and ids of the document, ours follow from the guide.
	if len(m.Parties) > 1 || len(m.Roles) > 1 || len(m.ResponsibleParties) > 1 {
		r.noHome(m.Pos, "a party or role of the document")
	}
	if len(m.DocumentIDs) > 1 {
		r.noHome(m.Pos, "an id of the document")
	}
	if len(m.Links)+len(m.Locations)+len(m.Actions) > 0 || m.Remarks != "" {
		r.noHome(m.Pos, "a link, location, action or remark of the document")
	}
	return true
}

// plainGroup checks a group that only arranges things.
func (r *reader) plainGroup(g *document.Group) {
	what := fmt.Sprintf("group %q", g.ID)
	r.props(g.Props, g.Pos, what).done()
	r.noLinks(g.Links, what)
	for _, p := range g.Params {
		r.noHome(p.Pos, "parameter %q of %s", p.ID, what)
	}
	for _, c := range g.Controls {
		r.noHome(c.Pos, "control %q of %s", c.ID, what)
	}
	if g.Class != ClassRisks {
		for _, x := range g.Groups {
			r.noHome(x.Pos, "group %q of %s", x.Title, what)
		}
	}
}

func (r *reader) noLinks(ls []document.Link, what string) {
	for _, l := range ls {
		r.noHome(l.Pos, "the link %q of %s", l.Href, what)
	}
}

// strange tells of a part that is none of ours.
func (r *reader) strange(p *document.Part, what string) {
	r.noHome(p.Pos, "the part %q of %s", p.Name, what)
}

// prose reads the text of a part whose own parts are translations and what rest
// takes; rest reports whether it does.
func (r *reader) prose(p *document.Part, ps *props, read func(string) string, rest func(q *document.Part) bool) catalog.Text {
	t := ps.text("prose", p.Prose, read)
	for i := range p.Parts {
		q := &p.Parts[i]
		switch {
		case q.NS == document.Namespace && q.Name == PartTranslation && q.Class != "":
			r.addWording(&t, q, read, ps.what)
		case rest != nil && rest(q):
		default:
			r.strange(q, ps.what)
		}
	}
	if len(t.Values) > 0 {
		t.Pos = p.Pos
	}
	return t
}

// addWording adds what a part says in the language of its class.
func (r *reader) addWording(t *catalog.Text, q *document.Part, read func(string) string, what string) {
	if t.Values == nil {
		t.Values = map[catalog.Lang]string{}
	}
	lang := catalog.Lang(q.Class)
	if t.Values[lang] != "" {
		r.fail(q.Pos, "%s is there twice in %s", what, lang)
	}
	t.Values[lang] = read(q.Prose)
	r.leaf(q, what)
}

// untitled tells of a title or class of a part that has none.
func (r *reader) untitled(p *document.Part, what string) {
	if p.Title != "" || p.Class != "" {
		r.noHome(p.Pos, "the title or class of %s", what)
	}
}

// classless tells of a class of a part that has none.
func (r *reader) classless(p *document.Part, what string) {
	if p.Class != "" {
		r.noHome(p.Pos, "the class of %s", what)
	}
}

// leaf checks a part that has nothing but prose, and a language as its class.
func (r *reader) leaf(q *document.Part, what string) {
	if q.Title != "" {
		r.noHome(q.Pos, "the title of %s", what)
	}
	r.props(q.Props, q.Pos, what).done()
	r.noLinks(q.Links, what)
	for i := range q.Parts {
		r.strange(&q.Parts[i], what)
	}
}

// title reads a title with its translations, which are parts.
func (r *reader) title(title string, parts []document.Part, ps *props) catalog.Text {
	t := ps.text(PropTitle, title, plain)
	for i := range parts {
		if q := &parts[i]; isTitle(q) {
			r.addWording(&t, q, plain, "the title of "+ps.what)
		}
	}
	t.Pos = ps.pos
	return t
}

func isTitle(p *document.Part) bool {
	return p.NS == document.Namespace && p.Name == PartTitle && p.Class != ""
}

// own reports whether a part is one of ours with the name.
func own(p *document.Part, name string) bool {
	return p.NS == document.Namespace && p.Name == name
}

// id is the guide's id of a part.
func (r *reader) id(id string, ps *props) string {
	if s := ps.one(PropID); s != "" {
		return s
	}
	return id
}

func (r *reader) page(p *document.Part, src *catalog.Source) {
	what := fmt.Sprintf("page %q", p.ID)
	if !own(p, PartPage) {
		r.strange(p, "the front matter")
		return
	}
	ps := r.props(p.Props, p.Pos, what)
	out := &catalog.Page{Pos: p.Pos, ID: r.id(p.ID, ps)}
	out.Title = r.title(p.Title, p.Parts, ps)
	out.Body = r.prose(p, ps, markdown, isTitle)
	ps.done()
	r.classless(p, what)
	r.noLinks(p.Links, what)
	src.Pages = append(src.Pages, out)
}

func (r *reader) clause(g *document.Group) *catalog.Clause {
	what := fmt.Sprintf("group %q", g.ID)
	ps := r.props(g.Props, g.Pos, what)
	cl := &catalog.Clause{Pos: g.Pos, ID: r.id(g.ID, ps)}
	if !ps.yes(PropNoTitle) {
		cl.Title = r.title(g.Title, g.Parts, ps)
	}
	for i := range g.Parts {
		if !isTitle(&g.Parts[i]) {
			r.strange(&g.Parts[i], what)
		}
	}
	ps.standard("label")
	ps.done()
	r.noLinks(g.Links, what)
	for _, p := range g.Params {
		r.noHome(p.Pos, "parameter %q of %s", p.ID, what)
	}
	for _, x := range g.Groups {
		r.noHome(x.Pos, "group %q of %s", x.Title, what)
	}
	r.controls(g.Controls, cl, catalog.Ref{})
	return cl
}

// controls reads controls and those inside them, in their order.
func (r *reader) controls(cs []document.Control, cl *catalog.Clause, parent catalog.Ref) {
	for i := range cs {
		c := r.control(&cs[i])
		if parent.ID != "" {
			c.Parent = parent
		}
		cl.Controls = append(cl.Controls, c)
		r.controls(cs[i].Controls, cl, catalog.Ref{ID: c.ID, Pos: cs[i].Pos})
	}
}

func (r *reader) control(d *document.Control) *catalog.Control {
	what := fmt.Sprintf("control %q", d.ID)
	ps := r.props(d.Props, d.Pos, what)
	c := &catalog.Control{Pos: d.Pos, ID: r.id(d.ID, ps)}
	if !ps.yes(PropNoTitle) {
		c.Title = r.title(d.Title, d.Parts, ps)
	}
	c.Label = r.label(c.ID, ps)
	ps.standard("sort-id")
	ps.list(PropMeasure) // follows from the measures
	ps.done()
	for i := range d.Params {
		c.Parameters = append(c.Parameters, r.param(&d.Params[i], what))
	}
	stated := false
	for i := range d.Parts {
		p := &d.Parts[i]
		switch {
		case isTitle(p):
		case p.NS == "" && p.Name == PartStatement && !stated:
			stated = true
			c.Statement, c.Items = r.statement(p, "the statement of "+what)
		case p.NS == "" && p.Name == PartGuidance:
			what := "the guidance of " + what
			gs := r.props(p.Props, p.Pos, what)
			c.Guidance = append(c.Guidance, r.prose(p, gs, r.inserted, nil))
			r.untitled(p, what)
			gs.done()
			r.noLinks(p.Links, what)
		default:
			r.strange(p, what)
		}
	}
	for _, l := range d.Links {
		switch {
		case l.Rel == RelRelated:
			c.Related = append(c.Related, r.target(l, what))
		case l.Rel == RelEnhances:
			c.Parent = r.target(l, what)
		case l.Rel == RelReference:
			r.more(l, what)
			id, ok := r.resources[strings.TrimPrefix(l.Href, "#")]
			if !ok {
				r.fail(l.Pos, "the link %q of %s points to no reference", l.Href, what)
			}
			c.References = append(c.References, catalog.Ref{ID: id, Pos: l.Pos})
		default:
			r.noHome(l.Pos, "the link %q of %s", l.Href, what)
		}
	}
	return c
}

// label is the printed number of a control where that is not its id.
func (r *reader) label(id string, ps *props) string {
	printed := ps.standard("label")
	if s := ps.one(PropLabel); s != "" {
		return s
	}
	if printed == id {
		return ""
	}
	return printed
}

func (r *reader) statement(p *document.Part, what string) (catalog.Text, []*catalog.Item) {
	ps := r.props(p.Props, p.Pos, what)
	var items []*catalog.Item
	t := r.prose(p, ps, r.inserted, func(q *document.Part) bool {
		if q.NS != "" || q.Name != PartItem {
			return false
		}
		items = append(items, r.item(q, what))
		return true
	})
	ps.done()
	r.noLinks(p.Links, what)
	r.untitled(p, what)
	return t, items
}

func (r *reader) item(p *document.Part, what string) *catalog.Item {
	ps := r.props(p.Props, p.Pos, fmt.Sprintf("an item of %s", what))
	it := &catalog.Item{Pos: p.Pos, Label: r.label("", ps)}
	it.Text = r.prose(p, ps, r.inserted, func(q *document.Part) bool {
		if q.NS != "" || q.Name != PartItem {
			return false
		}
		it.Items = append(it.Items, r.item(q, what))
		return true
	})
	ps.done()
	r.noLinks(p.Links, ps.what)
	r.untitled(p, ps.what)
	return it
}

func (r *reader) param(d *document.Param, control string) *catalog.Parameter {
	what := fmt.Sprintf("parameter %q of %s", d.ID, control)
	ps := r.props(d.Props, d.Pos, what)
	p := &catalog.Parameter{Pos: d.Pos, ID: r.id(d.ID, ps)}
	p.Label = ps.text(PropParamText, d.Label, plain)
	if p.Default = ps.one(PropDefault); p.Default == "" && len(d.Values) > 0 {
		p.Default = d.Values[0]
	}
	if len(d.Values) > 1 {
		r.noHome(d.Pos, "a second value of %s", what)
	}
	if d.Select != nil {
		p.Many = d.Select.HowMany == "one-or-more"
		for i, s := range d.Select.Choice {
			p.Choices = append(p.Choices, ps.text(PropChoice+strconv.Itoa(i+1), s, r.inserted))
		}
	}
	for i, g := range d.Guidelines {
		if i == 0 {
			p.Guidance = ps.text(PropGuidance, g.Prose, plain)
		} else {
			r.noHome(d.Pos, "a second guideline of %s", what)
		}
	}
	ps.done()
	r.noLinks(d.Links, what)
	if d.Usage != "" || d.Remarks != "" || d.Class != "" || d.DependsOn != "" || len(d.Constraints) > 0 {
		r.noHome(d.Pos, "the usage, remark, class, dependence or constraint of %s", what)
	}
	return p
}

// more tells of what a link says beside where it points to.
func (r *reader) more(l document.Link, what string) {
	if l.MediaType != "" || l.ResourceFragment != "" {
		r.noHome(l.Pos, "the media type or fragment of a link of %s", what)
	}
}

// target is the guide's id of what a link points to.
func (r *reader) target(l document.Link, what string) catalog.Ref {
	r.more(l, what)
	id, ok := r.ids[strings.TrimPrefix(l.Href, "#")]
	if !ok || !strings.HasPrefix(l.Href, "#") {
		r.fail(l.Pos, "the link %q of %s points to nothing in the document", l.Href, what)
	}
	return catalog.Ref{ID: id, Pos: l.Pos}
}

func (r *reader) risk(g *document.Group) *catalog.SourceRisk {
	what := fmt.Sprintf("group %q", g.ID)
	ps := r.props(g.Props, g.Pos, what)
	x := &catalog.SourceRisk{Pos: g.Pos, ID: r.id(g.ID, ps), Name: r.title(g.Title, g.Parts, ps)}
	x.Severity = catalog.Ref{ID: ps.one(PropSeverity), Pos: g.Pos}
	for _, s := range ps.list(PropENISA) {
		n, err := strconv.Atoi(s)
		if err != nil {
			r.fail(g.Pos, "%s: %q is no number of ENISA 2009", what, s)
		}
		x.ENISA = append(x.ENISA, n)
	}
	x.AddedByGroup = ps.yes(PropAdded)
	for _, id := range ps.list(PropNA) {
		x.NotApplicable = append(x.NotApplicable, catalog.Ref{ID: id, Pos: g.Pos})
	}
	ps.standard("label")
	ps.done()
	r.noLinks(g.Links, what)
	for _, p := range g.Params {
		r.noHome(p.Pos, "parameter %q of %s", p.ID, what)
	}
	for _, c := range g.Controls {
		r.noHome(c.Pos, "control %q of %s", c.ID, what)
	}
	for _, y := range g.Groups {
		r.noHome(y.Pos, "group %q of %s", y.Title, what)
	}
	for i := range g.Parts {
		p := &g.Parts[i]
		switch {
		case isTitle(p):
		case p.NS == "" && p.Name == PartOverview:
			x.Description = append(x.Description, r.said(p, "the description of "+what))
		case own(p, PartNote):
			x.Notes = append(x.Notes, r.said(p, "a note of "+what))
		case own(p, PartObjective):
			id, t := r.entry(p)
			x.Objectives = append(x.Objectives, &catalog.Objective{Pos: p.Pos, ID: id, Text: t})
		case own(p, PartThreat):
			id, t := r.entry(p)
			x.Threats = append(x.Threats, &catalog.Threat{Pos: p.Pos, ID: id, Text: t})
		case own(p, PartResidual):
			id, t := r.entry(p)
			x.Residuals = append(x.Residuals, &catalog.Residual{Pos: p.Pos, ID: id, Text: t})
		case own(p, PartMeasure):
			x.Measures = append(x.Measures, r.measure(p))
		case own(p, PartRow):
			x.Rows = append(x.Rows, r.row(p, what))
		default:
			r.strange(p, what)
		}
	}
	return x
}

// said reads a part that has nothing but a text.
func (r *reader) said(p *document.Part, what string) catalog.Text {
	ps := r.props(p.Props, p.Pos, what)
	t := r.prose(p, ps, plain, nil)
	ps.done()
	r.noLinks(p.Links, what)
	r.untitled(p, what)
	return t
}

// entry reads a part that has an id and a text.
func (r *reader) entry(p *document.Part) (string, catalog.Text) {
	ps := r.props(p.Props, p.Pos, fmt.Sprintf("part %q", p.ID))
	id := r.id(p.ID, ps)
	t := r.prose(p, ps, plain, nil)
	ps.done()
	r.noLinks(p.Links, ps.what)
	r.untitled(p, ps.what)
	return id, t
}

// citation is what a citation says of its own.
type citation struct{ variant, note catalog.Text }

// citations collects the parts of a measure or row that belong to citations, by
// position.
type citations map[int]citation

// take reads a part if it belongs to a citation.
func (cs citations) take(r *reader, p *document.Part, what string, read func(string) string) bool {
	if !own(p, PartCitation) {
		return false
	}
	what = "a citation of " + what
	ps := r.props(p.Props, p.Pos, what)
	n, err := strconv.Atoi(ps.one(PropPosition))
	if err != nil {
		r.fail(p.Pos, "%s does not say which one it is", what)
	}
	ps.done()
	r.noLinks(p.Links, what)
	r.untitled(p, what)
	if p.Prose != "" {
		r.noHome(p.Pos, "the prose of %s", what)
	}
	var c citation
	for i := range p.Parts {
		q := &p.Parts[i]
		switch {
		case own(q, PartVariant) || own(q, PartNote):
			qs := r.props(q.Props, q.Pos, what)
			t := r.prose(q, qs, read, nil)
			qs.done()
			r.noLinks(q.Links, what)
			r.untitled(q, what)
			if q.Name == PartVariant {
				c.variant = t
			} else {
				c.note = t
			}
		default:
			r.strange(q, what)
		}
	}
	cs[n] = c
	return true
}

func (r *reader) measure(p *document.Part) *catalog.SourceMeasure {
	what := fmt.Sprintf("part %q", p.ID)
	ps := r.props(p.Props, p.Pos, what)
	m := &catalog.SourceMeasure{Pos: p.Pos, ID: r.id(p.ID, ps), Tags: ps.list(PropTag)}
	for _, g := range ps.list(PropGap) {
		m.Gaps = append(m.Gaps, catalog.Gap(g))
	}
	ps.standard("label")
	cs := citations{}
	m.Text = r.prose(p, ps, plain, func(q *document.Part) bool { return cs.take(r, q, what, r.inserted) })
	ps.done()
	r.untitled(p, what)
	n := 0
	for _, l := range p.Links {
		switch l.Rel {
		case RelWordingOf:
			m.WordingOf = r.target(l, what)
		case RelControlsOf:
			m.ControlsOf = r.target(l, what)
		case RelControl:
			n++
			ref := r.target(l, what)
			m.Controls = append(m.Controls, catalog.SourceControlCitation{Pos: l.Pos, ID: ref.ID, Variant: cs[n].variant, Note: cs[n].note})
		case RelResidual:
			m.Residuals = append(m.Residuals, r.target(l, what))
		default:
			r.noHome(l.Pos, "the link %q of %s", l.Href, what)
		}
	}
	if m.WordingOf.ID != "" || m.ControlsOf.ID != "" {
		r.shared = append(r.shared, shared{m, m.Text, m.Controls})
	}
	if m.WordingOf.ID != "" {
		m.Text = catalog.Text{}
	}
	if m.ControlsOf.ID != "" {
		m.Controls = nil
	}
	return m
}

// shared is a measure that shares what the document shows with it all the same.
type shared struct {
	measure  *catalog.SourceMeasure
	text     catalog.Text
	controls []catalog.SourceControlCitation
}

// checkShared tells where a measure does not show what it shares.
func (r *reader) checkShared(src *catalog.Source) {
	measures := map[string]*catalog.SourceMeasure{}
	for _, x := range src.Risks {
		for _, m := range x.Measures {
			measures[m.ID] = m
		}
	}
	// root follows links to the measure that has none, at most once each.
	root := func(m *catalog.SourceMeasure, next func(*catalog.SourceMeasure) string) *catalog.SourceMeasure {
		for range measures {
			id := next(m)
			if id == "" || measures[id] == nil {
				return m
			}
			m = measures[id]
		}
		return m
	}
	for _, s := range r.shared {
		m := s.measure
		if id := m.WordingOf.ID; id != "" {
			if o := root(m, func(m *catalog.SourceMeasure) string { return m.WordingOf.ID }); !o.Text.Equal(s.text) {
				r.noHome(m.Pos, "the wording of measure %s, other than that of %s, which it shares,", m.ID, id)
			}
		}
		if id := m.ControlsOf.ID; id != "" {
			o := root(m, func(m *catalog.SourceMeasure) string { return m.ControlsOf.ID })
			if !slices.EqualFunc(o.Controls, s.controls, func(a, b catalog.SourceControlCitation) bool { return a.ID == b.ID }) {
				r.noHome(m.Pos, "the controls of measure %s, other than those of %s, which it shares,", m.ID, id)
			}
		}
	}
}

func (r *reader) row(p *document.Part, risk string) *catalog.SourceRow {
	what := fmt.Sprintf("a row of %s", risk)
	ps := r.props(p.Props, p.Pos, what)
	x := &catalog.SourceRow{Pos: p.Pos, Layer: catalog.Ref{ID: ps.one(PropLayer), Pos: p.Pos}}
	cs := citations{}
	r.classless(p, what)
	said := r.prose(p, ps, plain, func(q *document.Part) bool {
		if own(q, PartRemark) {
			x.Remark = r.said(q, "the remark of "+what)
			return true
		}
		return cs.take(r, q, what, plain)
	})
	if !said.IsZero() {
		r.noHome(p.Pos, "the prose of %s", what)
	}
	ps.done()
	n := 0
	for _, l := range p.Links {
		switch l.Rel {
		case RelObjective:
			x.Objective = r.target(l, what)
		case RelThreat:
			x.Threats = append(x.Threats, r.target(l, what))
		case RelWeakness:
			n++
			x.Vulnerabilities = append(x.Vulnerabilities, catalog.SourceVulnerabilityCitation{Pos: l.Pos, ID: r.target(l, what).ID,
				Variant: cs[n].variant, Note: cs[n].note})
		case RelMeasure:
			x.Measure = r.target(l, what)
		default:
			r.noHome(l.Pos, "the link %q of %s", l.Href, what)
		}
	}
	return x
}

func (r *reader) weakness(p *document.Part, src *catalog.Source) {
	if !own(p, PartWeakness) {
		r.strange(p, "the vulnerabilities")
		return
	}
	id, t := r.entry(p)
	src.Vulnerabilities = append(src.Vulnerabilities, &catalog.Vulnerability{Pos: p.Pos, ID: id, Label: t})
}

func (r *reader) structure(p *document.Part, g *catalog.Guide) {
	what := fmt.Sprintf("part %q", p.ID)
	switch {
	case own(p, PartSeverity):
		ps := r.props(p.Props, p.Pos, what)
		s := &catalog.Severity{Pos: p.Pos, ID: r.id(p.ID, ps), Letter: ps.one(PropLetter)}
		s.Name = r.title(p.Title, p.Parts, ps)
		if t := r.prose(p, ps, plain, isTitle); !t.IsZero() {
			r.noHome(p.Pos, "the prose of %s", what)
		}
		ps.done()
		r.classless(p, what)
		g.Severities = append(g.Severities, s)
	case own(p, PartLayer):
		g.Layers = append(g.Layers, r.layer(p, nil))
	case own(p, PartColumn):
		ps := r.props(p.Props, p.Pos, what)
		c := &catalog.Column{Pos: p.Pos, ID: catalog.ColumnID(r.id(p.ID, ps))}
		c.Name = r.title(p.Title, p.Parts, ps)
		c.Description = r.prose(p, ps, plain, isTitle)
		ps.done()
		r.classless(p, what)
		g.Columns = append(g.Columns, c)
	default:
		r.strange(p, "the structure of the guide")
		return
	}
	r.noLinks(p.Links, what)
}

func (r *reader) layer(p *document.Part, around *catalog.Layer) *catalog.Layer {
	what := fmt.Sprintf("part %q", p.ID)
	ps := r.props(p.Props, p.Pos, what)
	l := &catalog.Layer{Pos: p.Pos, ID: r.id(p.ID, ps), Parent: around, InScope: ps.one(PropScope) != "out", CrossLayer: ps.yes(PropCross)}
	l.Name = r.title(p.Title, p.Parts, ps)
	l.Description = r.prose(p, ps, plain, func(q *document.Part) bool {
		if own(q, PartLayer) {
			l.Children = append(l.Children, r.layer(q, l))
			return true
		}
		return isTitle(q)
	})
	ps.done()
	r.classless(p, what)
	r.noLinks(p.Links, what)
	return l
}

func (r *reader) retired(p *document.Part, src *catalog.Source) {
	if !own(p, PartRetired) {
		r.strange(p, "the retired ids")
		return
	}
	ps := r.props(p.Props, p.Pos, fmt.Sprintf("part %q", p.ID))
	x := &catalog.Retirement{Pos: p.Pos, ID: r.id(p.ID, ps), Edition: ps.one(PropEdition), ReplacedBy: ps.list(PropReplaced)}
	x.Reason = r.prose(p, ps, plain, nil)
	ps.done()
	r.noLinks(p.Links, ps.what)
	r.untitled(p, ps.what)
	src.Retired = append(src.Retired, x)
}

func (r *reader) reference(d *document.Resource, g *catalog.Guide) {
	what := fmt.Sprintf("resource %q", d.Title)
	ps := r.props(d.Props, d.Pos, what)
	id := ps.one(PropID)
	if id == "" || d.Citation == nil {
		r.noHome(d.Pos, "%s", what)
		return
	}
	x := &catalog.Reference{Pos: d.Pos, ID: id}
	x.Text = ps.text(PropCitation, d.Citation.Text, plain)
	x.Note = ps.text(PropNote, d.Remarks, plain)
	ps.done()
	if len(d.Citation.Props)+len(d.Citation.Links) > 0 {
		r.noHome(d.Pos, "a property or link of the citation of %s", what)
	}
	for i, l := range d.Rlinks {
		if l.MediaType != "" || len(l.Hashes) > 0 {
			r.noHome(d.Pos, "the media type or digest of %s", what)
		}
		if i == 0 {
			x.URL = l.Href
		} else {
			r.noHome(d.Pos, "a second address of %s", what)
		}
	}
	if d.Description != "" || len(d.DocumentIDs) > 0 || d.Base64 != nil {
		r.noHome(d.Pos, "the description, id or content of %s", what)
	}
	g.References = append(g.References, x)
}
