package oscal

import (
	"fmt"
	"path"
	"slices"
	"strings"

	"riskguide/catalog"
	"riskguide/catalog/oscal/document"
	"riskguide/catalog/strictyaml"
)

// ForeignProfile is a profile of another publisher in our form.
type ForeignProfile struct {
	ID    string // the stem of its file
	Title string
	// Controls are the ids of the guide that it selects, in the guide's order.
	Controls []string
	// YAML is the file, which lies in the folder profiles of the guide.
	YAML   []byte
	Report *Report
}

// Profile makes a profile for the guide of a profile for the catalog. id is the
// stem of its file; empty: one is made of the title. Like the catalog, the
// document is used up, and what is left of it is reported.
//
// Its controls are written one by one, whatever patterns, children and exclusions
// name them; what it adds to statements and the values of its parameters are kept.
// Problems are errors: ids that the catalog does not have.
func (f *Foreign) Profile(doc *document.Profile, id string) (*ForeignProfile, catalog.Problems) {
	p := &profileReader{Foreign: f, doc: doc, report: &Report{}, chosen: map[string]bool{}}
	out := &ForeignProfile{Title: plain(take(&doc.Metadata.Title)), Report: p.report}
	if out.Title == "" {
		out.Title = "OSCAL"
	}
	if out.ID = slug(id); id == "" {
		out.ID = slug(out.Title)
	}
	for i := range doc.Imports {
		p.imported(&doc.Imports[i], fmt.Sprintf("imports[%d]", i))
	}
	if len(p.chosen) == 0 && len(p.problems) == 0 {
		p.fail(doc.Metadata.Pos, "the profile selects no control that is in use")
	}
	if doc.Modify != nil {
		p.alters()
		p.parameters()
	}
	if len(p.problems) > 0 {
		p.problems.Sort()
		return nil, p.problems
	}
	for _, old := range f.order {
		if p.chosen[old] {
			out.Controls = append(out.Controls, f.ids[old])
		}
	}
	out.YAML = p.yaml(out)
	p.resources()
	p.report.rest(doc)
	return out, nil
}

// profileReader reads a foreign profile.
type profileReader struct {
	*Foreign
	doc      *document.Profile
	report   *Report
	problems catalog.Problems
	chosen   map[string]bool // by id in the document
	adds     []addition
	values   []value
}

// addition is a text that a profile adds to the statement of a control of the guide.
type addition struct{ control, text string }

// value is what a profile sets a parameter of a control of the guide to.
type value struct {
	control, parameter string
	values             []string
}

func (p *profileReader) fail(pos catalog.Position, format string, args ...any) {
	p.problems = append(p.problems, catalog.Problem{Pos: pos, Level: catalog.LevelError, Rule: RuleForeign, Message: fmt.Sprintf(format, args...)})
}

// imported finds out which controls an import selects.
func (p *profileReader) imported(im *document.Import, at string) {
	from := take(&im.Href)
	p.report.changed(im.Pos, at+".href", "import", "what it names is taken to be the catalog that is imported with it", p.named(from))
	in := map[string]bool{}
	if im.IncludeAll != nil || len(im.IncludeControls) == 0 {
		im.IncludeAll = nil
		for _, id := range p.order {
			in[id] = true
		}
	}
	for i := range im.IncludeControls {
		p.selects(&im.IncludeControls[i], fmt.Sprintf("%s.include-controls[%d]", at, i), in, true)
	}
	im.IncludeControls = nil
	for i := range im.ExcludeControls {
		p.selects(&im.ExcludeControls[i], fmt.Sprintf("%s.exclude-controls[%d]", at, i), in, false)
	}
	im.ExcludeControls = nil
	for id := range in {
		if in[id] {
			p.chosen[id] = true
		}
	}
}

// named returns what a reference names: of one to the back-matter the address there.
func (p *profileReader) named(href string) string {
	uuid, local := strings.CutPrefix(href, "#")
	if local && p.doc.BackMatter != nil {
		for _, r := range p.doc.BackMatter.Resources {
			if r.UUID == uuid && len(r.Rlinks) > 0 {
				return path.Base(r.Rlinks[0].Href)
			}
		}
	}
	return href
}

// resources takes those out that imports name: they are read.
func (p *profileReader) resources() {
	if p.doc.BackMatter == nil {
		return
	}
	for i := range p.doc.BackMatter.Resources {
		r := &p.doc.BackMatter.Resources[i]
		for _, e := range p.report.Entries {
			if e.What == "import" && len(r.Rlinks) > 0 && e.Value == path.Base(r.Rlinks[0].Href) {
				*r = document.Resource{}
				break
			}
		}
	}
}

// selects sets what a rule names to whether it is in.
func (p *profileReader) selects(s *document.SelectControls, at string, in map[string]bool, yes bool) {
	var set func(id string, deep bool)
	set = func(id string, deep bool) {
		if p.controls[id] != nil {
			in[id] = yes
		}
		if deep {
			for _, c := range p.children[id] {
				set(c, true)
			}
		}
	}
	deep := s.WithChildControls == "yes"
	if deep {
		p.report.changed(s.Pos, at, "with-child-controls", "the controls are named one by one", "")
	}
	if !yes {
		p.report.changed(s.Pos, at, "exclude-controls", "the profile names what is left", strings.Join(s.WithIDs, " "))
	}
	for _, id := range s.WithIDs {
		switch {
		case p.ids[id] == "":
			hint := ""
			if near := catalog.Suggest(id, p.order); near != "" {
				hint = fmt.Sprintf("did you mean %q?", near)
			}
			p.problems = append(p.problems, catalog.Problem{Pos: s.Pos, Level: catalog.LevelError, Rule: RuleForeign,
				Message: fmt.Sprintf("the catalog has no control %q", id), Hint: hint})
		case p.withdrawn[id]:
			p.report.dropped(s.Pos, at, "withdrawn control", "it cannot be selected and is left out", id)
			fallthrough
		default:
			set(id, deep)
		}
	}
	for _, m := range s.Matching {
		n := 0
		for _, id := range p.order {
			if ok, err := path.Match(m.Pattern, id); err == nil && ok {
				set(id, deep)
				n++
			}
		}
		p.report.changed(s.Pos, at, "pattern", fmt.Sprintf("the %d controls that fit it are named one by one", n), m.Pattern)
	}
}

// alters reads what is added to statements. What is left of them is reported.
func (p *profileReader) alters() {
	for i := range p.doc.Modify.Alters {
		a := &p.doc.Modify.Alters[i]
		at := fmt.Sprintf("modify.alters[%d]", i)
		p.report.name(at, a.ControlID)
		c := p.controls[a.ControlID]
		switch {
		case c == nil && !p.withdrawn[a.ControlID]:
			p.fail(a.Pos, "the catalog has no control %q", a.ControlID)
			continue
		case c == nil || !p.chosen[a.ControlID]:
			p.report.dropped(a.Pos, at, "change of a control", "the profile does not select the control", a.ControlID)
			*a = document.Alter{}
			continue
		}
		a.ControlID = ""
		for j := range a.Adds {
			add := &a.Adds[j]
			for k := range add.Parts {
				p.addition(c, &add.Parts[k])
			}
			add.Position = ""
		}
	}
}

// addition reads a part that is added, if it belongs to the statement.
func (p *profileReader) addition(c *catalog.Control, part *document.Part) {
	if part.Name != "statement" && part.Name != "item" {
		return
	}
	part.Name = ""
	label := ""
	for i := range part.Props {
		if q := &part.Props[i]; q.Name == "label" {
			label = plain(q.Value) + " "
			*q = document.Prop{}
		}
	}
	if s := strings.Join(p.prose(c, take(&part.Prose)), "\n"); s != "" {
		p.adds = append(p.adds, addition{c.ID, label + s})
	}
	for i := range part.Parts {
		p.addition(c, &part.Parts[i])
	}
}

// prose turns prose into plain text with the control's parameters in it.
func (p *profileReader) prose(c *catalog.Control, s string) []string {
	return paragraphsOf(s, func(id string) (string, bool) {
		if c.Parameter(p.paramID[id]) == nil {
			return "[" + id + "]", true
		}
		return "{" + p.paramID[id] + "}", true
	})
}

// parameters reads the values of parameters.
func (p *profileReader) parameters() {
	for i := range p.doc.Modify.SetParameters {
		s := &p.doc.Modify.SetParameters[i]
		at := fmt.Sprintf("modify.set-parameters[%d]", i)
		p.report.name(at, s.ParamID)
		if p.paramID[s.ParamID] == "" {
			p.fail(s.Pos, "the catalog has no parameter %q", s.ParamID)
			continue
		}
		set := false
		for _, old := range p.order {
			c := p.controls[old]
			if !p.chosen[old] || !slices.Contains(p.declared[s.ParamID], c) {
				continue
			}
			set = p.value(c, s, at) || set
		}
		if set {
			s.Values = nil
		} else if len(s.Values) > 0 && len(p.declared[s.ParamID]) > 0 && !slices.ContainsFunc(p.order, func(old string) bool {
			return p.chosen[old] && slices.Contains(p.declared[s.ParamID], p.controls[old])
		}) {
			p.report.dropped(s.Pos, at, "value of a parameter", "the profile does not select a control that has it", s.ParamID)
			s.Values = nil
		}
		s.ParamID = ""
	}
}

// value sets a parameter of a control and reports whether that is possible.
func (p *profileReader) value(c *catalog.Control, s *document.SetParameter, at string) bool {
	q := c.Parameter(p.paramID[s.ParamID])
	var values []string
	for _, v := range s.Values {
		if t := strings.Join(p.prose(c, v), " "); t != "" {
			values = append(values, strings.ReplaceAll(t, "\n", " "))
		}
	}
	if q == nil || len(values) == 0 {
		return false
	}
	if len(q.Choices) == 0 {
		t := strings.Join(values, "; ")
		if strings.ContainsAny(t, "{}") {
			t = strings.NewReplacer("{", "[", "}", "]").Replace(t)
			p.report.changed(s.Pos, at, "value with braces", "braces stand around parameters only: it has brackets", t)
		}
		values = []string{t}
	}
	for _, v := range values {
		if len(q.Choices) > 0 && !slices.ContainsFunc(q.Choices, func(t catalog.Text) bool { return t.Values[p.opts.Lang] == v }) {
			p.report.dropped(s.Pos, at, "value that is no choice", "the catalog lists the choices of the parameter: it stays open", v)
			return true
		}
	}
	if len(values) > 1 && !q.Many {
		p.report.dropped(s.Pos, at, "values of a parameter that takes one", "it stays open", strings.Join(values, "; "))
		return true
	}
	for i := range p.values {
		if v := &p.values[i]; v.control == c.ID && v.parameter == q.ID {
			p.report.dropped(s.Pos, at, "value of a parameter that is set again", "the last one counts", strings.Join(v.values, "; "))
			v.values = values
			return true
		}
	}
	p.values = append(p.values, value{c.ID, q.ID, values})
	return true
}

// yaml writes the profile.
func (p *profileReader) yaml(out *ForeignProfile) []byte {
	var b strings.Builder
	line := func(indent int, format string, args ...any) {
		b.WriteString(strings.Repeat(" ", indent) + fmt.Sprintf(format, args...) + "\n")
	}
	str := func(s string, indent int) string { return strictyaml.Scalar(s, indent, false) }
	line(0, "# yaml-language-server: $schema=../schemas/profile.schema.json")
	line(0, "id: %s", str(out.ID, 0))
	line(0, "title: %s", str(out.Title, 0))
	if s := strings.Join(paragraphs(take(&p.doc.Metadata.Remarks)), "\n\n"); s != "" {
		line(0, "description: %s", str(s, 0))
	}
	line(0, "edition: %s", strictyaml.Quoted(p.Source.Guide.Edition))
	line(0, "languages: [%s]", p.opts.Lang)
	open := false
	line(0, "select:")
	for _, cl := range p.Source.Clauses {
		var ids []string
		for _, c := range cl.Controls {
			if slices.Contains(out.Controls, c.ID) {
				ids = append(ids, strictyaml.Scalar(c.ID, 4, true))
				for _, q := range c.Parameters {
					open = open || q.Default == "" && !slices.ContainsFunc(p.values, func(v value) bool { return v.control == c.ID && v.parameter == q.ID })
				}
			}
		}
		writeIDs(&b, ids)
	}
	if open {
		line(0, "open_parameters: true")
	}
	if len(p.adds) > 0 {
		line(0, "modify:")
	}
	for _, old := range p.order {
		for _, a := range p.adds {
			if a.control == p.ids[old] {
				line(2, "- control: %s", strictyaml.Scalar(a.control, 2, false))
				line(4, "add: %s", str(a.text, 4))
			}
		}
	}
	if len(p.values) > 0 {
		line(0, "parameters:")
	}
	for _, old := range p.order {
		first := true
		for _, v := range p.values {
			if v.control != p.ids[old] {
				continue
			}
			if first {
				line(2, "%s:", strictyaml.Scalar(v.control, 2, false))
				first = false
			}
			if len(v.values) == 1 {
				line(4, "%s: %s", strictyaml.Scalar(v.parameter, 4, false), str(v.values[0], 4))
				continue
			}
			line(4, "%s:", strictyaml.Scalar(v.parameter, 4, false))
			for _, s := range v.values {
				line(6, "- %s", str(s, 6))
			}
		}
	}
	return []byte(b.String())
}

// writeIDs writes a rule that selects controls, in lines that are not too long.
func writeIDs(b *strings.Builder, ids []string) {
	const width = 96
	if len(ids) == 0 {
		return
	}
	row := "  - controls: ["
	for i, id := range ids {
		if i > 0 {
			row += ","
			if len(row)+len(id) > width {
				b.WriteString(row + "\n")
				row = "      "
			} else {
				row += " "
			}
		}
		row += id
	}
	b.WriteString(row + "]\n")
}
