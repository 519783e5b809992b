package oscal

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
	"time"

	"riskguide/catalog"
	"riskguide/catalog/oscal/document"
	"riskguide/catalog/strictyaml"
)

// ForeignOptions tells how the catalog of another publisher is read.
type ForeignOptions struct {
	// ID is the id of the guide; empty: one is made of the title.
	ID string
	// Lang is the language of the texts, which OSCAL does not say; empty: English.
	Lang catalog.Lang
}

// Foreign is a catalog of another publisher, read as a guide of controls alone:
// groups are clauses, controls inside controls enhancements, parameters stay
// parameters, withdrawn controls are retired ids.
type Foreign struct {
	Source *catalog.Source
	// Report lists what has no place in the guide and what was changed.
	Report *Report

	opts  ForeignOptions
	doc   *document.Catalog // what is not read of it yet
	ids   map[string]string // ids of the guide by those of the document
	taken map[string]bool   // ids of controls, in use or retired

	params     map[string]*document.Param // by their own ids
	owner      map[string]string          // of a parameter or part: the control's id in the document
	paramID    map[string]string          // ids of the guide by those of the document
	paramTaken map[string]bool
	declared   map[string][]*catalog.Control // the controls that declare a parameter, by its id in the document

	resources map[string]*catalog.Reference // by uuid
	withdrawn map[string]bool               // by id in the document
	controls  map[string]*catalog.Control   // by id in the document, those in use
	order     []string                      // their ids in the document, as they stand in it
	children  map[string][]string           // ids of enhancements in the document
}

// ReadForeign makes a guide of a catalog of another publisher. The document is used
// up: what is not read of it is what [Foreign.Report] tells as having no place, so
// that nothing is dropped in silence.
//
// Problems are errors that no guide could be made of: two controls with one id, a
// catalog without controls.
func ReadForeign(doc *document.Catalog, opts ForeignOptions) (*Foreign, catalog.Problems) {
	if opts.Lang == "" {
		opts.Lang = catalog.English
	}
	f := &Foreign{
		opts: opts, doc: doc, Report: &Report{},
		ids: map[string]string{}, taken: map[string]bool{},
		params: map[string]*document.Param{}, owner: map[string]string{},
		paramID: map[string]string{}, paramTaken: map[string]bool{}, declared: map[string][]*catalog.Control{},
		resources: map[string]*catalog.Reference{}, withdrawn: map[string]bool{},
		controls: map[string]*catalog.Control{}, children: map[string][]string{},
	}
	r := &reader{Foreign: f}
	r.index()
	if len(r.problems) == 0 {
		r.guide()
		r.references()
		r.groups()
		r.relations()
		r.retired()
		if len(f.Source.Clauses) == 0 {
			r.fail(doc.Metadata.Pos, "the catalog has no controls that are in use")
		}
	}
	if len(r.problems) > 0 {
		r.problems.Sort()
		return nil, r.problems
	}
	for id := range f.declared {
		f.params[id].ID = ""
	}
	f.Report.rest(doc)
	return f, nil
}

// RuleForeign is the rule that problems with documents of other publishers name.
const RuleForeign = "oscal-foreign"

// reader reads a foreign catalog.
type reader struct {
	*Foreign
	problems catalog.Problems

	gone    []goneControl
	related []relation
}

// goneControl is a withdrawn control with the ids that stand in its place.
type goneControl struct {
	retired *catalog.Retirement
	control *document.Control
	path    string
}

// relation is a link from a control.
type relation struct {
	from *catalog.Control
	link *document.Link
	path string
}

func (r *reader) fail(pos catalog.Position, format string, args ...any) {
	r.problems = append(r.problems, catalog.Problem{Pos: pos, Level: catalog.LevelError, Rule: RuleForeign, Message: fmt.Sprintf(format, args...)})
}

// take returns a value and leaves nothing in its place: it is read.
func take[T any](p *T) T {
	var none T
	v := *p
	*p = none
	return v
}

// index finds all ids, so that texts and links can name what comes later.
func (r *reader) index() {
	var parts func(ps []document.Part, control string)
	parts = func(ps []document.Part, control string) {
		for i := range ps {
			if id := ps[i].ID; id != "" {
				r.owner["#"+id] = control
			}
			parts(ps[i].Parts, control)
		}
	}
	params := func(ps []document.Param, control string) {
		for i := range ps {
			if _, twice := r.params[ps[i].ID]; twice {
				r.fail(ps[i].Pos, "two parameters have the id %q", ps[i].ID)
				continue
			}
			r.params[ps[i].ID] = &ps[i]
			r.owner[ps[i].ID] = control
			r.paramID[ps[i].ID] = unique(catalog.NameOf(ps[i].ID), r.paramTaken)
		}
	}
	seen := map[string]bool{}
	var controls func(cs []document.Control, parent string)
	controls = func(cs []document.Control, parent string) {
		for i := range cs {
			c := &cs[i]
			if seen[c.ID] {
				r.fail(c.Pos, "two controls have the id %q", c.ID)
				continue
			}
			seen[c.ID] = true
			r.ids[c.ID] = unique(catalog.NameOf(c.ID), r.taken)
			r.withdrawn[c.ID] = isWithdrawn(c)
			if parent != "" {
				r.children[parent] = append(r.children[parent], c.ID)
			}
			params(c.Params, c.ID)
			parts(c.Parts, c.ID)
			controls(c.Controls, c.ID)
		}
	}
	var groups func(gs []document.Group)
	groups = func(gs []document.Group) {
		for i := range gs {
			params(gs[i].Params, "")
			controls(gs[i].Controls, "")
			groups(gs[i].Groups)
		}
	}
	params(r.doc.Params, "")
	controls(r.doc.Controls, "")
	groups(r.doc.Groups)
}

// unique returns the id or, where it is taken, one with a number behind it.
func unique(id string, taken map[string]bool) string {
	name := id
	for n := 2; taken[name]; n++ {
		name = fmt.Sprintf("%s-%d", id, n)
	}
	taken[name] = true
	return name
}

func isWithdrawn(c *document.Control) bool {
	return slices.ContainsFunc(c.Props, func(p document.Prop) bool { return isStatus(p) })
}

func isStatus(p document.Prop) bool {
	return p.Name == "status" && strings.EqualFold(p.Value, "withdrawn")
}

func (r *reader) text(s string) catalog.Text {
	if s == "" {
		return catalog.Text{}
	}
	return catalog.NewText(r.opts.Lang, s)
}

func (r *reader) guide() {
	m := &r.doc.Metadata
	g := &catalog.Guide{
		ID: r.opts.ID, Edition: strings.TrimSpace(take(&m.Version)), Languages: []catalog.Lang{r.opts.Lang},
	}
	title := plain(take(&m.Title))
	if title == "" {
		title = "OSCAL"
	}
	g.Title = r.text(title)
	if head, rest, ok := strings.Cut(title, ": "); ok && head != "" && rest != "" {
		g.Title, g.Subtitle = r.text(head), r.text(rest)
	}
	if g.ID == "" {
		g.ID = slug(title)
	}
	if g.Edition == "" {
		g.Edition = "1"
	}
	date := &m.Published
	if *date == "" {
		date = &m.LastModified
	}
	if g.Date = dateOf(*date); g.Date.IsZero() {
		g.Date = time.Date(1970, 1, 1, 0, 0, 0, 0, time.UTC)
		r.Report.changed(m.Pos, "metadata", "date", "the document has no date that can be read: the guide is of 1970-01-01", *date)
	}
	*date = ""
	r.publisher(g)
	r.Source = &catalog.Source{Guide: g}
}

// dateOf returns the day of a date and time, zero where there is none.
func dateOf(s string) time.Time {
	if len(s) < len(time.DateOnly) {
		return time.Time{}
	}
	t, err := time.Parse(time.DateOnly, s[:len(time.DateOnly)])
	if err != nil {
		return time.Time{}
	}
	return t
}

// publisher takes the name of the party that publishes or made the document.
func (r *reader) publisher(g *catalog.Guide) {
	m := &r.doc.Metadata
	for _, role := range []string{"publisher", "creator", "author", "prepared-by"} {
		for _, rp := range m.ResponsibleParties {
			if rp.RoleID != role {
				continue
			}
			for i := range m.Parties {
				if p := &m.Parties[i]; slices.Contains(rp.PartyUUIDs, p.UUID) && p.Name != "" {
					g.Publisher = r.text(plain(take(&p.Name)))
					return
				}
			}
		}
	}
}

var notSlug = regexp.MustCompile(`[^a-z0-9]+`)

// slug makes the id of a guide or profile of a title.
func slug(title string) string {
	const most = 48
	s := strings.Trim(notSlug.ReplaceAllString(strings.ToLower(title), "-"), "-")
	if len(s) > most {
		s = s[:most+1]
		if i := strings.LastIndexByte(s, '-'); i > 0 {
			s = s[:i]
		}
		s = strings.Trim(s[:min(len(s), most)], "-")
	}
	if s == "" {
		return "oscal"
	}
	return s
}

// references makes entries of the list of references of the resources that say
// what they are.
func (r *reader) references() {
	if r.doc.BackMatter == nil {
		return
	}
	taken := map[string]bool{}
	for i := range r.doc.BackMatter.Resources {
		res := &r.doc.BackMatter.Resources[i]
		title, text := plain(res.Title), ""
		if res.Citation != nil {
			text = plain(res.Citation.Text)
		}
		if title == "" {
			title = text
		}
		if title == "" {
			continue // it stays in the document and is reported
		}
		if text == "" {
			text = title
		}
		id := clip(title)
		for n := 2; taken[id]; n++ {
			id = fmt.Sprintf("%s (%d)", clip(title), n)
		}
		taken[id] = true
		ref := &catalog.Reference{ID: id, Text: r.text(text), Note: r.text(plain(take(&res.Description)))}
		res.Title = ""
		if res.Citation != nil {
			res.Citation.Text = ""
		}
		if len(res.Rlinks) > 0 && isWebAddress(res.Rlinks[0].Href) {
			ref.URL = take(&res.Rlinks[0].Href)
		}
		r.resources[take(&res.UUID)] = ref
		r.Source.Guide.References = append(r.Source.Guide.References, ref)
	}
}

// clip shortens what is to be an id that people read.
func clip(s string) string {
	const most = 80
	if r := []rune(s); len(r) > most {
		return strings.TrimSpace(string(r[:most-1])) + "…"
	}
	return s
}

func isWebAddress(s string) bool {
	rest, ok := strings.CutPrefix(s, "https://")
	if !ok {
		rest, ok = strings.CutPrefix(s, "http://")
	}
	return ok && rest != "" && !strings.ContainsAny(s, " \t\r\n\"<>\\^`{|}%") && rest[0] != '/' && rest[0] != ':' && rest[0] != '@'
}

// groups makes clauses of groups; those of groups inside others bear the titles of
// both.
func (r *reader) groups() {
	taken := r.taken // a retired control keeps its id, and so does one in use
	if len(r.doc.Controls) > 0 {
		cl := &catalog.Clause{ID: unique("controls", taken)}
		r.clause(cl, r.doc.Controls, "controls")
	}
	var walk func(gs []document.Group, path string, titles []string)
	walk = func(gs []document.Group, path string, titles []string) {
		for i := range gs {
			g := &gs[i]
			at := fmt.Sprintf("%s[%d]", path, i)
			r.Report.name(at, g.ID)
			title := plain(g.Title)
			titles := append(slices.Clone(titles), title)
			name := g.ID
			if name == "" {
				name = title
			}
			if len(g.Controls) > 0 {
				cl := &catalog.Clause{ID: unique(catalog.NameOf(name), taken), Title: r.text(strings.Join(slices.DeleteFunc(slices.Clone(titles), func(s string) bool { return s == "" }), " – "))}
				if r.clause(cl, g.Controls, at+".controls") {
					g.Title = ""
					r.rename(g.Pos, at+".id", "group", take(&g.ID), cl.ID)
				}
			} else if len(g.Groups) > 0 {
				g.Title = "" // it stands in the titles of those inside
			}
			walk(g.Groups, at+".groups", titles)
		}
	}
	walk(r.doc.Groups, "groups", nil)
	src := r.Source
	ids := make([]string, len(src.Clauses))
	for i, cl := range src.Clauses {
		ids[i] = cl.ID
	}
	if !slices.IsSortedFunc(ids, catalog.CompareIDs) {
		src.Guide.ClauseOrder = ids
	}
}

// clause fills a clause and adds it to the guide, unless nothing of it is in use.
func (r *reader) clause(cl *catalog.Clause, cs []document.Control, path string) bool {
	r.list(cl, cs, "", path)
	if len(cl.Controls) == 0 {
		return false
	}
	r.Source.Clauses = append(r.Source.Clauses, cl)
	return true
}

// list reads controls and those inside them. parent is the id of the one around
// them in the document.
func (r *reader) list(cl *catalog.Clause, cs []document.Control, parent, path string) {
	for i := range cs {
		c := &cs[i]
		id := c.ID
		at := fmt.Sprintf("%s[%d]", path, i)
		r.Report.name(at, id)
		if r.withdrawn[id] {
			r.withdraw(c, at)
		} else {
			r.control(cl, c, parent, at)
		}
		r.list(cl, c.Controls, id, at+".controls")
	}
}

// rename reports an id that could not stay as it was.
func (r *reader) rename(pos catalog.Position, path, what, old, id string) {
	if old != id && old != "" {
		r.Report.changed(pos, path, "id of a "+what, fmt.Sprintf("ids have small letters and are no names of devices or pages: it is %s here", id), old)
	}
}

func (r *reader) withdraw(c *document.Control, path string) {
	old := take(&c.ID)
	id := r.ids[old]
	r.rename(c.Pos, path+".id", "control", old, id)
	reason := plain(take(&c.Title))
	for i := range c.Props {
		switch p := &c.Props[i]; {
		case isStatus(*p):
			reason = strings.TrimSpace(reason + " (" + strings.ToLower(take(&p.Value)) + ")")
			*p = document.Prop{}
		case p.Name == "label" && p.Class == "" && sameNumber(p.Value, id):
			*p = document.Prop{}
		}
	}
	gone := &catalog.Retirement{ID: id, Edition: r.Source.Guide.Edition, Reason: r.text(reason)}
	r.gone = append(r.gone, goneControl{gone, c, path})
	r.Source.Retired = append(r.Source.Retired, gone)
}

// sameNumber reports whether a printed number says no more than the id: "AC-2(1)"
// and "ac-2.1".
func sameNumber(label, id string) bool {
	bare := func(s string) string { return notSlug.ReplaceAllString(strings.ToLower(s), "") }
	return bare(label) == bare(id)
}

func (r *reader) control(cl *catalog.Clause, c *document.Control, parent, path string) {
	old := take(&c.ID)
	id := r.ids[old]
	r.rename(c.Pos, path+".id", "control", old, id)
	x := &catalog.Control{ID: id, Title: r.text(plain(take(&c.Title)))}
	if parent != "" {
		if r.withdrawn[parent] {
			r.Report.changed(c.Pos, path, "enhancement", "the control that it enhances is withdrawn: it stands by itself", old)
		} else {
			x.Parent.ID = r.ids[parent]
		}
	}
	for i := range c.Props {
		if p := &c.Props[i]; p.Name == "label" && p.NS == "" && p.Class == "" && x.Label == "" {
			x.Label = plain(take(&p.Value))
			if x.Label == id {
				x.Label = ""
			}
			*p = document.Prop{UUID: p.UUID, Group: p.Group, Remarks: p.Remarks}
		}
	}
	for i := range c.Params {
		r.declare(x, &c.Params[i])
	}
	for i := range c.Params {
		if p := &c.Params[i]; p.DependsOn != "" && r.choiceHolds(x, p.DependsOn, r.paramID[p.ID]) {
			p.DependsOn = "" // the choice says it
		}
	}
	r.controls[old] = x
	r.order = append(r.order, old)
	for i := range c.Parts {
		p := &c.Parts[i]
		at := fmt.Sprintf("%s.parts[%d]", path, i)
		switch p.Name {
		case "statement":
			r.statement(x, p, at)
		case "guidance", "discussion", "overview":
			r.guidance(x, p, at)
		}
	}
	for i := range c.Links {
		r.related = append(r.related, relation{x, &c.Links[i], fmt.Sprintf("%s.links[%d]", path, i)})
	}
	if x.Statement.IsZero() && len(x.Items) == 0 {
		s := x.Title
		if s.IsZero() {
			s = r.text(old)
		}
		x.Statement = s
		r.Report.changed(c.Pos, path, "control without a statement", "a control must say something: its title stands for the statement", old)
	}
	cl.Controls = append(cl.Controls, x)
}

// statement reads a part named statement and the items in it.
func (r *reader) statement(x *catalog.Control, p *document.Part, path string) {
	prose := r.wording(x, take(&p.Prose), path)
	if x.Statement.IsZero() && len(x.Items) == 0 {
		x.Statement = r.text(strings.Join(prose, "\n\n"))
	} else { // a second statement
		for _, s := range prose {
			x.Items = append(x.Items, &catalog.Item{Text: r.text(s)})
		}
	}
	p.Name = ""
	r.links(x, p, path)
	x.Items = append(x.Items, r.items(x, p.Parts, path)...)
}

// items reads the items among the parts of a statement.
func (r *reader) items(x *catalog.Control, ps []document.Part, path string) []*catalog.Item {
	var out []*catalog.Item
	for i := range ps {
		p := &ps[i]
		at := fmt.Sprintf("%s.parts[%d]", path, i)
		if p.Name != "item" {
			continue
		}
		p.Name = ""
		item := &catalog.Item{}
		for j := range p.Props {
			if q := &p.Props[j]; q.Name == "label" && q.NS == "" && q.Class == "" && item.Label == "" {
				item.Label = plain(take(&q.Value))
				*q = document.Prop{UUID: q.UUID, Group: q.Group, Remarks: q.Remarks}
			}
		}
		text := r.wording(x, take(&p.Prose), at)
		if title := plain(take(&p.Title)); title != "" {
			text = append([]string{title}, text...)
		}
		item.Text = r.text(strings.Join(text, "\n\n"))
		r.links(x, p, at)
		if item.Items = r.items(x, p.Parts, at); item.Text.IsZero() && len(item.Items) == 0 {
			if item.Label != "" {
				r.Report.dropped(p.Pos, at, "item without a text", "it says nothing", item.Label)
			}
			continue
		}
		out = append(out, item)
	}
	return out
}

// guidance reads a part that explains, and all parts in it.
func (r *reader) guidance(x *catalog.Control, p *document.Part, path string) {
	if name := take(&p.Name); name != "guidance" && name != "discussion" {
		r.Report.changed(p.Pos, path, "part "+name, "it is among the guidance", p.ID)
	}
	if title := plain(take(&p.Title)); title != "" {
		x.Guidance = append(x.Guidance, r.text(title))
	}
	for _, s := range r.wording(x, take(&p.Prose), path) {
		x.Guidance = append(x.Guidance, r.text(s))
	}
	r.links(x, p, path)
	for i := range p.Parts {
		r.guidance(x, &p.Parts[i], fmt.Sprintf("%s.parts[%d]", path, i))
	}
}

func (r *reader) links(x *catalog.Control, p *document.Part, path string) {
	for i := range p.Links {
		r.related = append(r.related, relation{x, &p.Links[i], fmt.Sprintf("%s.links[%d]", path, i)})
	}
}

// declare gives a control a parameter of the document.
func (r *reader) declare(x *catalog.Control, p *document.Param) {
	id := p.ID
	if slices.Contains(r.declared[id], x) {
		return
	}
	r.declared[id] = append(r.declared[id], x)
	q := &catalog.Parameter{ID: r.paramID[id]}
	x.Parameters = append(x.Parameters, q)
	if first := r.declared[id][0]; first != x {
		for _, o := range first.Parameters {
			if o.ID == q.ID {
				*q = *o
			}
		}
		for _, c := range q.Choices { // what stands in them is wanted here too
			for _, other := range placeholders(c.Values[r.opts.Lang]) {
				for doc, name := range r.paramID {
					if name == other {
						r.declare(x, r.params[doc])
					}
				}
			}
		}
		return
	}
	r.rename(p.Pos, "control "+x.ID, "parameter", id, q.ID)
	q.Label = r.text(strings.Join(r.wording(x, take(&p.Label), "parameter "+id), " "))
	if s := p.Select; s != nil {
		q.Many = s.HowMany == "one-or-more"
		if s.HowMany == "one" || q.Many {
			s.HowMany = ""
		}
		for i := range s.Choice {
			if w := strings.Join(r.wording(x, take(&s.Choice[i]), "parameter "+id), " "); w != "" {
				q.Choices = append(q.Choices, r.text(w))
			}
		}
		if len(q.Choices) == 0 {
			q.Many = false
		}
	}
	var guidance []string
	if s := plain(take(&p.Usage)); s != "" {
		guidance = append(guidance, s)
	}
	for i := range p.Guidelines {
		guidance = append(guidance, paragraphs(p.Guidelines[i].Prose)...)
		p.Guidelines[i].Prose = ""
	}
	q.Guidance = r.text(strings.Join(guidance, "\n"))
	if values := p.Values; len(values) > 0 && (len(values) == 1 || len(q.Choices) == 0) {
		p.Values = nil
		if v := plain(strings.Join(values, "; ")); v != "" && !strings.ContainsAny(v, "{}") {
			q.Default = v
		} else {
			p.Values = values // reported
		}
	}
	if q.Label.IsZero() && len(q.Choices) == 0 {
		q.Label = r.text(id)
		r.Report.changed(p.Pos, "control "+x.ID, "parameter without a label", "its id stands for the label", id)
	}
}

// choiceHolds reports whether a choice of a parameter holds another one.
func (r *reader) choiceHolds(x *catalog.Control, param, inside string) bool {
	if p := x.Parameter(r.paramID[param]); p != nil {
		for _, c := range p.Choices {
			if slices.Contains(placeholders(c.Values[r.opts.Lang]), inside) {
				return true
			}
		}
	}
	return false
}

var placeholder = regexp.MustCompile(`\{([a-z][a-z0-9]*(?:[-_.][a-z0-9]+)*)\}`)

// anyPlace matches what the texts of a guide take for the place of a parameter, or
// what looks like it.
var anyPlace = regexp.MustCompile(`\{([\pL\pN_.-]+)\}`)

func placeholders(s string) []string {
	var out []string
	for _, m := range placeholder.FindAllStringSubmatch(s, -1) {
		out = append(out, m[1])
	}
	return out
}

// wording turns prose into plain paragraphs, with the parameters in it as {id}. A
// parameter of another control, of a group or of the catalog becomes one of the
// control too.
func (r *reader) wording(x *catalog.Control, prose, path string) []string {
	if prose == "" {
		return nil
	}
	return paragraphsOf(prose, func(id string) (string, bool) {
		p := r.params[id]
		if p == nil {
			r.Report.changed(catalog.Position{}, path, "insertion of an unknown parameter", "it stands in brackets", id)
			return "[" + id + "]", true
		}
		if !slices.Contains(r.declared[id], x) {
			if r.owner[id] != "" && r.ids[r.owner[id]] != x.ID || r.owner[id] == "" {
				r.Report.changed(p.Pos, path, "parameter from elsewhere", "each control has parameters of its own: it is one of this control too", id)
			}
			r.declare(x, p)
		}
		return "{" + r.paramID[id] + "}", true
	})
}

// relations resolves links of controls.
func (r *reader) relations() {
	for _, l := range r.related {
		to, local := strings.CutPrefix(l.link.Href, "#")
		if !local {
			continue // reported with the rest of the document
		}
		if ref := r.resources[to]; ref != nil {
			if !slices.ContainsFunc(l.from.References, func(x catalog.Ref) bool { return x.ID == ref.ID }) {
				l.from.References = append(l.from.References, catalog.Ref{ID: ref.ID})
			}
			r.used(l.link, "reference")
			continue
		}
		id := r.target(to)
		switch {
		case id == "" || l.link.Rel == "corresp":
		case r.withdrawn[id]:
			r.Report.dropped(l.link.Pos, l.path, "link to a withdrawn control", "it is left out", l.link.Href)
			*l.link = document.Link{}
		case r.ids[id] == l.from.ID:
		default:
			if !slices.ContainsFunc(l.from.Related, func(x catalog.Ref) bool { return x.ID == r.ids[id] }) {
				l.from.Related = append(l.from.Related, catalog.Ref{ID: r.ids[id]})
			}
			r.used(l.link, "related")
		}
	}
}

// used notes that a link is read. Its relation is said by where it went only if it
// is the usual one.
func (r *reader) used(l *document.Link, rel string) {
	l.Href = ""
	if l.Rel == rel || l.Rel == "" {
		l.Rel = ""
	}
}

// target returns the id, in the document, of the control that a link inside the
// document points to: itself or a part of it.
func (r *reader) target(to string) string {
	if r.ids[to] != "" {
		return to
	}
	return r.owner["#"+to]
}

// retired finds out what stands in the place of withdrawn controls.
func (r *reader) retired() {
	by := map[string][]string{}
	var reaches func(from, to string, seen map[string]bool) bool
	reaches = func(from, to string, seen map[string]bool) bool {
		if from == to {
			return true
		}
		if seen[from] {
			return false
		}
		seen[from] = true
		return slices.ContainsFunc(by[from], func(next string) bool { return reaches(next, to, seen) })
	}
	for _, g := range r.gone {
		for i := range g.control.Links {
			l := &g.control.Links[i]
			to, local := strings.CutPrefix(l.Href, "#")
			id := r.ids[r.target(to)]
			if !local || id == "" || l.Rel != "incorporated-into" && l.Rel != "moved-to" && l.Rel != "incorporated_into" {
				continue
			}
			switch {
			case slices.Contains(by[g.retired.ID], id):
			case reaches(id, g.retired.ID, map[string]bool{}):
				r.Report.dropped(l.Pos, fmt.Sprintf("%s.links[%d]", g.path, i), "link of a withdrawn control", "controls replace each other in a circle: this link is left out", l.Href)
			default:
				by[g.retired.ID] = append(by[g.retired.ID], id)
			}
			*l = document.Link{}
		}
		g.retired.ReplacedBy = by[g.retired.ID]
	}
}

// plain turns a line of markup into plain text.
func plain(s string) string { return strings.Join(paragraphs(s), " ") }

// paragraphs turns prose into plain paragraphs; parameters in it stay as they are.
func paragraphs(s string) []string { return paragraphsOf(s, nil) }

var (
	markdownLink = regexp.MustCompile(`!?\[([^\]\[]*)\]\(([^()\s]*)(?:\s+"[^"]*")?\)`)
	emphasis     = regexp.MustCompile(`(\*\*|\*|__|\x60)(\pL[^*_\x60]*?|\S)(\*\*|\*|__|\x60)`)
	blankLines   = regexp.MustCompile(`\n[ \t]*(?:\n[ \t]*)+`)
	listMarker   = regexp.MustCompile(`^\s*(?:[-*+]|[0-9]+[.)])\s`)
)

// paragraphsOf turns prose, which is Markdown, into plain paragraphs: emphasis is
// left out, a link is its text with the address behind it, lists stay lines. A name
// in braces that is no insertion gets spaces around it.
func paragraphsOf(prose string, param func(id string) (string, bool)) []string {
	prose = strings.Map(func(r rune) rune {
		switch {
		case r == '\r' || r == '\t':
			return ' '
		case r != '\n' && strictyaml.Forbidden(r):
			return -1
		}
		return r
	}, strings.ReplaceAll(prose, "\r\n", "\n"))
	var out []string
	for _, p := range blankLines.Split(prose, -1) {
		var lines []string
		for _, line := range strings.Split(p, "\n") {
			if len(lines) > 0 && !listMarker.MatchString(line) {
				lines[len(lines)-1] += " " + strings.TrimSpace(line)
			} else {
				lines = append(lines, strings.TrimRight(line, " "))
			}
		}
		s := strings.Join(lines, "\n")
		s = markdownLink.ReplaceAllStringFunc(s, func(m string) string {
			part := markdownLink.FindStringSubmatch(m)
			if strings.HasPrefix(part[2], "#") || part[2] == "" || part[1] == part[2] {
				return part[1]
			}
			return strings.TrimSpace(part[1] + " (" + part[2] + ")")
		})
		s = emphasis.ReplaceAllStringFunc(s, func(m string) string {
			part := emphasis.FindStringSubmatch(m)
			if part[1] != part[3] {
				return m
			}
			return part[2]
		})
		s = strings.TrimSpace(unescape(s, param))
		if s != "" {
			out = append(out, s)
		}
	}
	return out
}

// unescape takes the backslashes of Markdown out and puts {id} in the places of
// parameters.
func unescape(s string, param func(id string) (string, bool)) string {
	const open = "\uFFFC" // not allowed in the text: it was taken out
	s = strings.ReplaceAll(s, open, "")
	var places []string
	if param != nil {
		for {
			ids := document.Inserts(s)
			if len(ids) == 0 {
				break
			}
			i := insertAt(s)
			if i < 0 {
				break
			}
			end := i + strings.Index(s[i:], "}}") + 2
			text, _ := param(ids[0])
			places = append(places, text)
			s = s[:i] + open + s[end:]
		}
	}
	// What stands in braces and is no insertion must not become one.
	s = anyPlace.ReplaceAllString(document.Unescape(s, nil), "{ $1 }")
	for _, p := range places {
		s = strings.Replace(s, open, p, 1)
	}
	return s
}

// insertAt returns where the first insertion of a parameter begins.
func insertAt(s string) int {
	for i := 0; i < len(s); i++ {
		if s[i] == '\\' {
			i++
			continue
		}
		if strings.HasPrefix(s[i:], "{{") {
			end := strings.Index(s[i:], "}}")
			if end >= 0 && len(document.Inserts(s[i:i+end+2])) == 1 {
				return i
			}
		}
	}
	return -1
}
