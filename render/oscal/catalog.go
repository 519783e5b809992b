package oscal

import (
	"strconv"
	"strings"
	"time"

	"riskguide/catalog"
	"riskguide/catalog/oscal/document"
	"riskguide/catalog/oscal/native"
)

// writer makes the catalog of a guide.
type writer struct {
	cat   *catalog.Catalog
	opts  Options
	langs []catalog.Lang // the leading one first
	ids   *ids
}

func newWriter(cat *catalog.Catalog, opts Options) *writer {
	w := &writer{cat: cat, opts: opts, ids: newIDs(cat)}
	lead := opts.Lang
	if lead == "" {
		lead = cat.DefaultLang()
	}
	w.langs = append(w.langs, lead)
	for _, l := range cat.Guide.Languages {
		if l != lead {
			w.langs = append(w.langs, l)
		}
	}
	return w
}

// Catalog makes the document of the whole guide, from which
// riskguide/catalog/oscal/native reads it back without loss.
func Catalog(cat *catalog.Catalog, opts Options) *document.File {
	w := newWriter(cat, opts)
	doc := &document.Catalog{UUID: document.UUID("catalog", cat.Guide.ID, cat.Guide.Edition), Metadata: w.guide()}
	put := func(g document.Group) {
		if len(g.Parts)+len(g.Groups)+len(g.Controls) > 0 {
			doc.Groups = append(doc.Groups, g)
		}
	}
	put(w.pages())
	for _, cl := range cat.Clauses {
		put(w.clause(cl))
	}
	put(w.risks())
	put(w.weaknesses())
	put(w.structure())
	put(w.retired())
	doc.BackMatter = w.references()
	return &document.File{Catalog: doc}
}

// group is a group that only arranges things; its title is one of ours.
func (w *writer) group(class string) document.Group {
	return document.Group{ID: w.ids.free(class), Class: class, Title: w.word(class)}
}

// words are the titles of groups that have none in the guide.
var words = map[string]map[catalog.Lang]string{
	native.ClassFront:      {catalog.Japanese: "本書について", catalog.English: "Front matter"},
	native.ClassRisks:      {catalog.Japanese: "リスク", catalog.English: "Risks"},
	native.ClassWeaknesses: {catalog.Japanese: "脆弱性", catalog.English: "Vulnerabilities"},
	native.ClassStructure:  {catalog.Japanese: "本書の構成", catalog.English: "Structure of the guide"},
	native.ClassRetired:    {catalog.Japanese: "廃止されたID", catalog.English: "Retired ids"},
	classAdded:             {catalog.Japanese: "独自の要求事項", catalog.English: "Requirements of our own"},
}

func (w *writer) word(key string) string {
	if s := words[key][w.langs[0]]; s != "" {
		return s
	}
	return words[key][catalog.English]
}

// The years that OSCAL's dates can have.
const firstYear, lastYear = 1900, 2999

// timestamp writes a moment as OSCAL wants it. A year that OSCAL does not know
// becomes the nearest one.
func timestamp(t time.Time) string {
	t = t.UTC()
	switch {
	case t.Year() < firstYear:
		t = time.Date(firstYear, 1, 1, 0, 0, 0, 0, time.UTC)
	case t.Year() > lastYear:
		t = time.Date(lastYear, 12, 31, 0, 0, 0, 0, time.UTC)
	}
	return t.Format("2006-01-02T15:04:05Z")
}

// metadata is what all documents say of themselves.
func (w *writer) metadata(version string) document.Metadata {
	date := w.opts.Date
	if date.IsZero() {
		date = w.cat.Guide.Date
	}
	return document.Metadata{LastModified: timestamp(date), Version: oneLine(version), OSCALVersion: document.Version}
}

// date puts a day into published, and into a property where that does not hold it.
func date(props *[]document.Prop, t time.Time) string {
	published := timestamp(t)
	if t.IsZero() || published[:10] != t.UTC().Format(time.DateOnly) {
		*props = append(*props, own(native.PropDate, t.UTC().Format(time.DateOnly)))
	}
	return published
}

// guide writes what concerns the guide as a whole.
func (w *writer) guide() document.Metadata {
	g := w.cat.Guide
	m := w.metadata(g.Edition)
	m.Props = append(m.Props, own(native.PropFormat, native.Format), own(native.PropGuide, g.ID))
	if m.Version != g.Edition {
		m.Props = append(m.Props, own(native.PropEdition, g.Edition))
	}
	m.Published = date(&m.Props, g.Date)
	for _, l := range g.Languages {
		m.Props = append(m.Props, own(native.PropLanguage, string(l)))
	}
	m.Props = append(m.Props, own(native.PropLead, string(w.langs[0])))
	m.Title = w.text(&m.Props, native.PropTitle, g.Title, plain)
	w.all(&m.Props, native.PropSubtitle, g.Subtitle)
	w.all(&m.Props, native.PropPublisher, g.Publisher)
	w.all(&m.Props, native.PropRights, g.Rights)
	w.all(&m.Props, native.PropLayerModel, g.LayerModel)
	for _, id := range g.PageOrder {
		m.Props = append(m.Props, own(native.PropPageOrder, id))
	}
	for _, id := range g.ClauseOrder {
		m.Props = append(m.Props, own(native.PropClauses, id))
	}
	for _, e := range g.Editions {
		r := document.Revision{Version: oneLine(e.Edition)}
		if r.Version != e.Edition {
			r.Props = append(r.Props, own(native.PropEdition, e.Edition))
		}
		r.Published = date(&r.Props, e.Date)
		r.Remarks = w.text(&r.Props, native.PropSummary, e.Summary, plain)
		for _, x := range e.Editorial {
			r.Props = append(r.Props, own(native.PropEditorial, x.ID))
		}
		m.Revisions = append(m.Revisions, r)
	}
	if document.IsString(g.ID) {
		m.DocumentIDs = []document.DocumentID{{Identifier: g.ID}}
	}
	if name := w.one(g.Publisher); name != "" {
		w.party(&m, "publisher", document.Party{UUID: document.UUID("party", "publisher", g.ID), Type: "organization", Name: oneLine(name)})
	}
	return m
}

// roleTitles are the titles of the roles that our documents name.
var roleTitles = map[string]map[catalog.Lang]string{
	"publisher": {catalog.Japanese: "発行者", catalog.English: "Publisher"},
	"customer":  {catalog.Japanese: "要求する組織", catalog.English: "Customer"},
	"provider":  {catalog.Japanese: "提供者", catalog.English: "Provider"},
	"contact":   {catalog.Japanese: "問合せ先", catalog.English: "Contact"},
}

// party enters a party and what it does.
func (w *writer) party(m *document.Metadata, role string, p document.Party) {
	title := roleTitles[role][w.langs[0]]
	if title == "" {
		title = roleTitles[role][catalog.English]
	}
	m.Roles = append(m.Roles, document.Role{ID: role, Title: title})
	m.Parties = append(m.Parties, p)
	m.ResponsibleParties = append(m.ResponsibleParties, document.ResponsibleParty{RoleID: role, PartyUUIDs: []string{p.UUID}})
}

func (w *writer) pages() document.Group {
	g := w.group(native.ClassFront)
	for _, p := range w.cat.Pages {
		part := w.part(native.PartPage, "page_"+p.ID, p.ID)
		part.Title = w.title(&part.Props, &part.Parts, p.Title)
		w.prose(&part, p.Body, markdown)
		g.Parts = append(g.Parts, part)
	}
	return g
}

// part is a part of our own for a thing with an id; at is its id in OSCAL if that
// is free.
func (w *writer) part(name, at, id string) document.Part {
	return w.partAs(name, w.ids.free(document.Token("_", at)), id)
}

func (w *writer) partAs(name, at, id string) document.Part {
	p := document.Part{ID: at, Name: name, NS: document.Namespace}
	if at != id {
		p.Props = append(p.Props, own(native.PropID, id))
	}
	return p
}

func (w *writer) clause(cl *catalog.Clause) document.Group {
	g := document.Group{ID: w.ids.of[cl], Class: native.ClassClause, Props: []document.Prop{label(cl.ID)}}
	if g.ID != cl.ID {
		g.Props = append(g.Props, own(native.PropID, cl.ID))
	}
	if cl.Title.IsZero() {
		g.Title = plain(cl.ID)
		g.Props = append(g.Props, own(native.PropNoTitle, native.Yes))
	} else {
		g.Title = w.title(&g.Props, &g.Parts, cl.Title)
	}
	g.Controls = w.controls(cl.Controls, w.control)
	return g
}

// controls arranges controls: one that enhances another stands inside it, as far
// as the order allows.
func (w *writer) controls(cs []*catalog.Control, write func(c *catalog.Control, inside bool) document.Control) []document.Control {
	var at func(i int, around *catalog.Control) (out []document.Control, next int)
	at = func(i int, around *catalog.Control) ([]document.Control, int) {
		var out []document.Control
		for i < len(cs) && (around == nil || cs[i].Enhances == around) {
			c := write(cs[i], around != nil)
			c.Controls, i = at(i+1, cs[i])
			out = append(out, c)
		}
		return out, i
	}
	out, _ := at(0, nil)
	return out
}

func (w *writer) control(c *catalog.Control, inside bool) document.Control {
	d := w.statement(c, inside)
	for _, m := range c.CitedBy {
		d.Props = append(d.Props, own(native.PropMeasure, m.ID))
	}
	for _, r := range c.Related {
		if to := w.cat.Control(r.ID); to != nil {
			d.Links = append(d.Links, local(native.RelRelated, w.ids.of[to], oneLine(to.Number())))
		}
	}
	for _, r := range c.References {
		d.Links = append(d.Links, local(native.RelReference, w.resource(r.ID), oneLine(r.ID)))
	}
	return d
}

// titleLength is the number of characters of a statement that stand for a title.
const titleLength = 60

// statement writes a control without what it says of others. inside tells that it
// will stand inside the one that it enhances.
func (w *writer) statement(c *catalog.Control, inside bool) document.Control {
	id := w.ids.of[c]
	d := document.Control{ID: id, Class: native.ClassStatement, Props: []document.Prop{label(c.Number())}}
	if c.Enhances != nil {
		d.Class = "enhancement"
	}
	d.Props = append(d.Props, document.Prop{Name: "sort-id", Value: oneLine(sortID(c.ID))})
	if id != c.ID {
		d.Props = append(d.Props, own(native.PropID, c.ID))
	}
	if c.Label != "" && (c.Label == c.ID || oneLine(c.Label) != c.Label) {
		d.Props = append(d.Props, own(native.PropLabel, c.Label))
	}
	if c.Title.IsZero() {
		title := []rune(strings.Join(strings.Fields(w.one(c.Wording())), " "))
		if len(title) > titleLength {
			title = append(title[:titleLength-1], '…')
		}
		d.Title = plain(string(title))
		d.Props = append(d.Props, own(native.PropNoTitle, native.Yes))
	} else {
		d.Title = w.title(&d.Props, &d.Parts, c.Title)
	}
	escape := w.inserting(c)
	for _, p := range c.Parameters {
		d.Params = append(d.Params, w.param(c, p, escape))
	}
	smt := document.Part{ID: w.ids.of[statementOf{c}], Name: native.PartStatement}
	w.prose(&smt, c.Statement, escape)
	smt.Parts = append(smt.Parts, w.items(c.Items, smt.ID, escape)...)
	d.Parts = append(d.Parts, smt)
	for i, t := range c.Guidance {
		g := document.Part{ID: w.ids.free(numbered(id+"_gdn", i, len(c.Guidance))), Name: native.PartGuidance}
		w.prose(&g, t, escape)
		d.Parts = append(d.Parts, g)
	}
	if p := c.Enhances; p != nil && !inside {
		d.Links = append(d.Links, local(native.RelEnhances, w.ids.of[p], oneLine(p.Number())))
	}
	return d
}

// numbered puts a number behind an id where there are several.
func numbered(id string, i, n int) string {
	if n < 2 {
		return id
	}
	return id + "." + strconv.Itoa(i+1)
}

// sortID writes the numbers of an id with leading zeros, so that the order of
// texts is that of ids.
func sortID(id string) string {
	var b strings.Builder
	for i := 0; i < len(id); {
		j := i
		for j < len(id) && id[j] >= '0' && id[j] <= '9' {
			j++
		}
		if j > i {
			b.WriteString(strings.Repeat("0", max(0, 3-(j-i))) + id[i:j])
			i = j
			continue
		}
		b.WriteByte(id[i])
		i++
	}
	return b.String()
}

func (w *writer) items(items []*catalog.Item, id string, escape escaper) []document.Part {
	var out []document.Part
	for i, it := range items {
		p := document.Part{ID: w.ids.free(id + "." + strconv.Itoa(i+1)), Name: native.PartItem}
		if it.Label != "" {
			p.Props = append(p.Props, label(it.Label))
			if oneLine(it.Label) != it.Label {
				p.Props = append(p.Props, own(native.PropLabel, it.Label))
			}
		}
		w.prose(&p, it.Text, escape)
		p.Parts = append(p.Parts, w.items(it.Items, p.ID, escape)...)
		out = append(out, p)
	}
	return out
}

func (w *writer) param(c *catalog.Control, p *catalog.Parameter, escape escaper) document.Param {
	d := document.Param{ID: w.ids.of[paramOf{c, p}]}
	if d.ID != p.ID {
		d.Props = append(d.Props, own(native.PropID, p.ID))
	}
	d.Label = w.text(&d.Props, native.PropParamText, p.Label, plain)
	switch {
	case p.Default == "":
	case document.IsString(p.Default) && len(p.Choices) == 0: // OSCAL wants either values or choices
		d.Values = []string{p.Default}
	default:
		d.Props = append(d.Props, own(native.PropDefault, p.Default))
	}
	if len(p.Choices) > 0 {
		d.Select = &document.Selection{} // of which one is to be chosen
		if p.Many {
			d.Select.HowMany = "one-or-more"
		}
		for i, t := range p.Choices {
			d.Select.Choice = append(d.Select.Choice, w.text(&d.Props, native.PropChoice+strconv.Itoa(i+1), t, escape))
		}
	}
	if !p.Guidance.IsZero() {
		d.Guidelines = []document.Guideline{{Prose: w.text(&d.Props, native.PropGuidance, p.Guidance, plain)}}
	}
	return d
}

func (w *writer) risks() document.Group {
	g := w.group(native.ClassRisks)
	for _, r := range w.cat.Risks {
		g.Groups = append(g.Groups, w.risk(r))
	}
	return g
}

func (w *writer) risk(r *catalog.Risk) document.Group {
	g := document.Group{ID: w.ids.of[r], Class: native.ClassRisk, Props: []document.Prop{label(r.ID)}}
	if g.ID != r.ID {
		g.Props = append(g.Props, own(native.PropID, r.ID))
	}
	g.Title = w.title(&g.Props, &g.Parts, r.Name)
	if r.Severity != nil {
		g.Props = append(g.Props, own(native.PropSeverity, r.Severity.ID))
	}
	for _, n := range r.ENISA {
		g.Props = append(g.Props, own(native.PropENISA, strconv.Itoa(n)))
	}
	if r.AddedByGroup {
		g.Props = append(g.Props, own(native.PropAdded, native.Yes))
	}
	for _, l := range r.NotApplicable {
		g.Props = append(g.Props, own(native.PropNA, l.ID))
	}
	for i, t := range r.Description {
		p := document.Part{ID: w.ids.free(numbered(g.ID+"_ovw", i, len(r.Description))), Name: native.PartOverview}
		w.prose(&p, t, plain)
		g.Parts = append(g.Parts, p)
	}
	for _, t := range r.Notes {
		g.Parts = append(g.Parts, w.said(native.PartNote, t, plain))
	}
	entry := func(name, at, id string, t catalog.Text) {
		p := w.partAs(name, at, id)
		w.prose(&p, t, plain)
		g.Parts = append(g.Parts, p)
	}
	for _, o := range r.Objectives {
		entry(native.PartObjective, w.ids.of[o], o.ID, o.Text)
	}
	for _, t := range r.Threats {
		entry(native.PartThreat, w.ids.of[t], t.ID, t.Text)
	}
	for _, x := range r.Residuals {
		entry(native.PartResidual, w.ids.of[x], x.ID, x.Text)
	}
	for _, m := range r.Measures {
		g.Parts = append(g.Parts, w.measure(m))
	}
	for i, row := range r.Rows {
		g.Parts = append(g.Parts, w.row(row, g.ID+"_row."+strconv.Itoa(i+1)))
	}
	return g
}

// said is a part of our own that has nothing but a text.
func (w *writer) said(name string, t catalog.Text, escape escaper) document.Part {
	p := document.Part{Name: name, NS: document.Namespace}
	w.prose(&p, t, escape)
	return p
}

func (w *writer) measure(m *catalog.Measure) document.Part {
	p := w.partAs(native.PartMeasure, w.ids.of[m], m.ID)
	p.Props = append(p.Props, label(m.ID))
	for _, t := range m.Tags {
		p.Props = append(p.Props, own(native.PropTag, t))
	}
	for _, g := range m.Gaps {
		p.Props = append(p.Props, own(native.PropGap, string(g)))
	}
	w.prose(&p, m.Text, plain)
	if m.WordingOf != nil {
		p.Links = append(p.Links, local(native.RelWordingOf, w.ids.of[m.WordingOf], oneLine(m.WordingOf.ID)))
	}
	if o := m.Controls.Owner; o != nil && o != m {
		p.Links = append(p.Links, local(native.RelControlsOf, w.ids.of[o], oneLine(o.ID)))
	}
	for i, c := range m.Controls.Citations {
		p.Links = append(p.Links, local(native.RelControl, w.ids.of[c.Control], oneLine(c.Control.Number())))
		if m.Controls.Owner == m {
			w.citation(&p, i, c.Variant, c.Note, w.inserting(c.Control))
		}
	}
	for _, x := range m.Residuals {
		p.Links = append(p.Links, local(native.RelResidual, w.ids.of[x], oneLine(x.ID)))
	}
	return p
}

// citation adds what the i-th citation among the links of its kind says of its own.
func (w *writer) citation(p *document.Part, i int, variant, note catalog.Text, escape escaper) {
	if variant.IsZero() && note.IsZero() {
		return
	}
	c := document.Part{Name: native.PartCitation, NS: document.Namespace, Props: []document.Prop{own(native.PropPosition, strconv.Itoa(i+1))}}
	if !variant.IsZero() {
		c.Parts = append(c.Parts, w.said(native.PartVariant, variant, escape))
	}
	if !note.IsZero() {
		c.Parts = append(c.Parts, w.said(native.PartNote, note, escape))
	}
	p.Parts = append(p.Parts, c)
}

func (w *writer) row(r *catalog.Row, id string) document.Part {
	p := document.Part{ID: w.ids.free(id), Name: native.PartRow, NS: document.Namespace}
	if r.Layer != nil {
		p.Title = plain(w.one(r.Layer.Name))
		p.Props = append(p.Props, own(native.PropLayer, r.Layer.ID))
	}
	if o := r.Objective; o != nil {
		p.Links = append(p.Links, local(native.RelObjective, w.ids.of[o], oneLine(o.ID)))
	}
	for _, t := range r.Threats {
		p.Links = append(p.Links, local(native.RelThreat, w.ids.of[t], oneLine(t.ID)))
	}
	for i, c := range r.Vulnerabilities {
		p.Links = append(p.Links, local(native.RelWeakness, w.ids.of[c.Vulnerability], oneLine(c.Vulnerability.ID)))
		w.citation(&p, i, c.Variant, c.Note, plain)
	}
	if m := r.Measure; m != nil {
		p.Links = append(p.Links, local(native.RelMeasure, w.ids.of[m], oneLine(m.ID)))
	}
	if !r.Remark.IsZero() {
		p.Parts = append(p.Parts, w.said(native.PartRemark, r.Remark, plain))
	}
	return p
}

func (w *writer) weaknesses() document.Group {
	g := w.group(native.ClassWeaknesses)
	for _, v := range w.cat.Vulnerabilities {
		p := w.partAs(native.PartWeakness, w.ids.of[v], v.ID)
		w.prose(&p, v.Label, plain)
		g.Parts = append(g.Parts, p)
	}
	return g
}

// structure writes the severities, layers and columns of the risk tables.
func (w *writer) structure() document.Group {
	g := w.group(native.ClassStructure)
	for _, s := range w.cat.Guide.Severities {
		p := w.part(native.PartSeverity, "severity_"+s.ID, s.ID)
		p.Title = w.title(&p.Props, &p.Parts, s.Name)
		p.Props = append(p.Props, own(native.PropLetter, s.Letter))
		g.Parts = append(g.Parts, p)
	}
	g.Parts = append(g.Parts, w.layers(w.cat.Guide.Layers)...)
	for _, c := range w.cat.Guide.Columns {
		p := w.part(native.PartColumn, "column_"+string(c.ID), string(c.ID))
		p.Title = w.title(&p.Props, &p.Parts, c.Name)
		w.prose(&p, c.Description, plain)
		g.Parts = append(g.Parts, p)
	}
	return g
}

func (w *writer) layers(layers []*catalog.Layer) []document.Part {
	var out []document.Part
	for _, l := range layers {
		p := w.part(native.PartLayer, "layer_"+l.ID, l.ID)
		p.Title = w.title(&p.Props, &p.Parts, l.Name)
		if !l.InScope {
			p.Props = append(p.Props, own(native.PropScope, "out"))
		}
		if l.CrossLayer {
			p.Props = append(p.Props, own(native.PropCross, native.Yes))
		}
		w.prose(&p, l.Description, plain)
		p.Parts = append(p.Parts, w.layers(l.Children)...)
		out = append(out, p)
	}
	return out
}

func (w *writer) retired() document.Group {
	g := w.group(native.ClassRetired)
	for _, r := range w.cat.Retired {
		p := w.part(native.PartRetired, "retired_"+r.ID, r.ID)
		p.Props = append(p.Props, own(native.PropEdition, r.Edition))
		for _, id := range r.ReplacedBy {
			p.Props = append(p.Props, own(native.PropReplaced, id))
		}
		w.prose(&p, r.Reason, plain)
		g.Parts = append(g.Parts, p)
	}
	return g
}

// resource is the UUID of an entry of the list of references.
func (w *writer) resource(reference string) string {
	return document.UUID("reference", w.cat.Guide.ID, reference)
}

func (w *writer) references() *document.BackMatter {
	var out []document.Resource
	for _, r := range w.cat.Guide.References {
		d := document.Resource{UUID: w.resource(r.ID), Title: plain(r.ID), Props: []document.Prop{own(native.PropID, r.ID)}}
		d.Citation = &document.Citation{Text: w.text(&d.Props, native.PropCitation, r.Text, plain)}
		d.Remarks = w.text(&d.Props, native.PropNote, r.Note, plain)
		if r.URL != "" {
			d.Rlinks = []document.Rlink{{Href: r.URL}}
		}
		out = append(out, d)
	}
	if len(out) == 0 {
		return nil
	}
	return &document.BackMatter{Resources: out}
}
