package catalog

import (
	"slices"

	"go.yaml.in/yaml/v3"

	"riskguide/catalog/strictyaml"
)

// guideFile decodes guide.yaml. It also sets the languages of the decoder,
// which every text needs, before any text is decoded.
func (d *decoder) guideFile(data []byte, g *Guide) bool {
	root, ok := d.Parse(data)
	if !ok {
		return false
	}
	g.Pos = d.pos(root)
	if langs := peekLanguages(root); len(langs) > 0 {
		d.setLanguages(langs[0], langs)
	}
	// A guide of controls alone has none of these three; one of risks has all.
	ofRisks := strictyaml.Optional
	for _, key := range []string{"severities", "layers", "columns"} {
		if strictyaml.Child(root, key) != nil {
			ofRisks = strictyaml.Required
		}
	}
	return d.Mapping(root, "the guide",
		strictyaml.Required("id", func(v *yaml.Node) { g.ID, _ = d.String(v, "id") }),
		strictyaml.Required("title", func(v *yaml.Node) { g.Title = d.text(v, "title") }),
		strictyaml.Optional("subtitle", func(v *yaml.Node) { g.Subtitle = d.text(v, "subtitle") }),
		strictyaml.Required("edition", func(v *yaml.Node) {
			g.Edition, _ = d.String(v, "edition")
			g.editionPos = d.pos(v)
		}),
		strictyaml.Required("date", func(v *yaml.Node) { g.Date = d.Date(v, "date") }),
		strictyaml.Required("languages", func(v *yaml.Node) { g.Languages = d.languages(v) }),
		strictyaml.Optional("publisher", func(v *yaml.Node) { g.Publisher = d.text(v, "publisher") }),
		strictyaml.Optional("rights", func(v *yaml.Node) { g.Rights = d.text(v, "rights") }),
		ofRisks("severities", func(v *yaml.Node) {
			d.List(v, "severities", func(v *yaml.Node) {
				if s := d.severity(v); s != nil {
					g.Severities = append(g.Severities, s)
				}
			})
		}),
		strictyaml.Optional("layer_model", func(v *yaml.Node) { g.LayerModel = d.text(v, "layer_model") }),
		ofRisks("layers", func(v *yaml.Node) { g.Layers = d.layers(v, nil) }),
		ofRisks("columns", func(v *yaml.Node) {
			d.List(v, "columns", func(v *yaml.Node) {
				if c := d.column(v); c != nil {
					g.Columns = append(g.Columns, c)
				}
			})
		}),
		strictyaml.Optional("references", func(v *yaml.Node) {
			d.List(v, "references", func(v *yaml.Node) {
				if r := d.reference(v); r != nil {
					g.References = append(g.References, r)
				}
			})
		}),
		strictyaml.Optional("pages", func(v *yaml.Node) {
			for _, r := range d.refs(v, "pages", "a page") {
				g.PageOrder = append(g.PageOrder, r.ID)
				g.pagePos = append(g.pagePos, r.Pos)
			}
		}),
		strictyaml.Optional("clauses", func(v *yaml.Node) {
			for _, r := range d.refs(v, "clauses", "a clause") {
				g.ClauseOrder = append(g.ClauseOrder, r.ID)
				g.clausePos = append(g.clausePos, r.Pos)
			}
		}),
		strictyaml.Optional("editions", func(v *yaml.Node) {
			d.List(v, "editions", func(v *yaml.Node) {
				if e := d.editionNote(v); e != nil {
					g.Editions = append(g.Editions, e)
				}
			})
		}),
	)
}

// peekLanguages reads the guide's languages without reporting anything.
func peekLanguages(root *yaml.Node) []Lang {
	var langs []Lang
	n := strictyaml.Child(root, "languages")
	if n == nil {
		return nil
	}
	for _, v := range n.Content {
		if v.Kind == yaml.ScalarNode && forms.lang.ok(v.Value) {
			langs = append(langs, Lang(v.Value))
		}
	}
	return langs
}

func (d *decoder) languages(n *yaml.Node) []Lang {
	var langs []Lang
	before := len(d.problems)
	d.List(n, "languages", func(v *yaml.Node) {
		s, ok := d.String(v, "a language")
		switch {
		case !ok:
		case !forms.lang.ok(s):
			d.Fail(v, ruleIDForm, "", "language %q must be %s", clip(s), forms.lang.like)
		case slices.Contains(langs, Lang(s)):
			d.Fail(v, ruleTwiceID, "", "language %q is listed twice", s)
		default:
			langs = append(langs, Lang(s))
		}
	})
	if len(langs) == 0 && len(d.problems) == before {
		d.Fail(n, ruleValue, "", "the guide must have at least one language")
	}
	return langs
}

func (d *decoder) severity(n *yaml.Node) *Severity {
	s := &Severity{Pos: d.pos(n)}
	if !d.Mapping(n, "a severity",
		strictyaml.Required("id", func(v *yaml.Node) { s.ID, _ = d.String(v, "id") }),
		strictyaml.Required("letter", func(v *yaml.Node) { s.Letter, _ = d.String(v, "letter") }),
		strictyaml.Required("name", func(v *yaml.Node) { s.Name = d.text(v, "name") }),
	) {
		return nil
	}
	return s
}

// layers decodes a list of layers. Layers below one that is out of scope are
// out of scope themselves.
func (d *decoder) layers(n *yaml.Node, parent *Layer) []*Layer {
	var out []*Layer
	d.List(n, "layers", func(v *yaml.Node) {
		l := &Layer{Pos: d.pos(v), Parent: parent, InScope: true}
		var scope, children *yaml.Node
		if !d.Mapping(v, "a layer",
			strictyaml.Required("id", func(v *yaml.Node) { l.ID, _ = d.String(v, "id") }),
			strictyaml.Required("name", func(v *yaml.Node) { l.Name = d.text(v, "name") }),
			strictyaml.Optional("description", func(v *yaml.Node) { l.Description = d.text(v, "description") }),
			strictyaml.Optional("scope", func(v *yaml.Node) { scope = v }),
			strictyaml.Optional("cross_layer", func(v *yaml.Node) { l.CrossLayer = d.Boolean(v, "cross_layer") }),
			strictyaml.Optional("layers", func(v *yaml.Node) { children = v }),
		) {
			return
		}
		if parent != nil && !parent.InScope {
			l.InScope = false
		}
		if scope != nil {
			s := d.OneOf(scope, "scope", "in", "out")
			if s == "in" && !l.InScope {
				d.Fail(scope, ruleLayer, "", "layer %q cannot be in scope: the layer %q around it is not", l.ID, parent.ID)
			}
			l.InScope = l.InScope && s != "out"
		}
		if children != nil {
			l.Children = d.layers(children, l)
		}
		out = append(out, l)
	})
	return out
}

func (d *decoder) column(n *yaml.Node) *Column {
	c := &Column{Pos: d.pos(n)}
	if !d.Mapping(n, "a column",
		strictyaml.Required("id", func(v *yaml.Node) {
			ids := ColumnIDs()
			allowed := make([]string, len(ids))
			for i, id := range ids {
				allowed[i] = string(id)
			}
			c.ID = ColumnID(d.OneOf(v, "a column's id", allowed...))
		}),
		strictyaml.Required("name", func(v *yaml.Node) { c.Name = d.text(v, "name") }),
		strictyaml.Optional("description", func(v *yaml.Node) { c.Description = d.text(v, "description") }),
	) {
		return nil
	}
	return c
}

func (d *decoder) reference(n *yaml.Node) *Reference {
	r := &Reference{Pos: d.pos(n)}
	if !d.Mapping(n, "a reference",
		strictyaml.Required("id", func(v *yaml.Node) { r.ID, _ = d.String(v, "id") }),
		strictyaml.Required("text", func(v *yaml.Node) { r.Text = d.text(v, "text") }),
		strictyaml.Optional("note", func(v *yaml.Node) { r.Note = d.text(v, "note") }),
		strictyaml.Optional("url", func(v *yaml.Node) {
			r.URL, _ = d.String(v, "url")
			r.urlPos = d.pos(v)
		}),
	) {
		return nil
	}
	return r
}

func (d *decoder) editionNote(n *yaml.Node) *EditionNote {
	e := &EditionNote{Pos: d.pos(n)}
	if !d.Mapping(n, "an edition",
		strictyaml.Required("edition", func(v *yaml.Node) { e.Edition, _ = d.String(v, "edition") }),
		strictyaml.Required("date", func(v *yaml.Node) { e.Date = d.Date(v, "date") }),
		strictyaml.Required("summary", func(v *yaml.Node) { e.Summary = d.text(v, "summary") }),
		strictyaml.Optional("editorial", func(v *yaml.Node) { e.Editorial = d.refs(v, "editorial", "an id of editorial") }),
	) {
		return nil
	}
	return e
}

// riskFile decodes risks/ID.yaml.
func (d *decoder) riskFile(data []byte, stem string) (*SourceRisk, bool) {
	root, ok := d.Parse(data)
	if !ok {
		return nil, false
	}
	r := &SourceRisk{Pos: d.pos(root)}
	list := func(key string, item func(v *yaml.Node)) strictyaml.Field {
		return strictyaml.Optional(key, func(v *yaml.Node) { d.List(v, key, item) })
	}
	ok = d.Mapping(root, "the risk",
		strictyaml.Required("id", func(v *yaml.Node) { r.ID = d.fileID(v, stem) }),
		strictyaml.Required("severity", func(v *yaml.Node) { r.Severity = d.ref(v, "severity") }),
		strictyaml.Required("name", func(v *yaml.Node) { r.Name = d.text(v, "name") }),
		strictyaml.Optional("enisa", func(v *yaml.Node) {
			d.List(v, "enisa", func(v *yaml.Node) {
				if i, ok := d.Integer(v, "a number of ENISA 2009"); ok {
					r.ENISA = append(r.ENISA, i)
				}
			})
		}),
		strictyaml.Optional("added_by_group", func(v *yaml.Node) { r.AddedByGroup = d.Boolean(v, "added_by_group") }),
		strictyaml.Required("description", func(v *yaml.Node) { r.Description = d.paragraphs(v, "description") }),
		strictyaml.Optional("notes", func(v *yaml.Node) { r.Notes = d.paragraphs(v, "notes") }),
		strictyaml.Optional("not_applicable", func(v *yaml.Node) { r.NotApplicable = d.refs(v, "not_applicable", "a layer") }),
		list("objectives", func(v *yaml.Node) {
			if id, t, ok := d.item(v, "an objective"); ok {
				r.Objectives = append(r.Objectives, &Objective{Pos: d.pos(v), ID: id, Text: t})
			}
		}),
		list("threats", func(v *yaml.Node) {
			if id, t, ok := d.item(v, "a threat"); ok {
				r.Threats = append(r.Threats, &Threat{Pos: d.pos(v), ID: id, Text: t})
			}
		}),
		list("residuals", func(v *yaml.Node) {
			if id, t, ok := d.item(v, "a residual risk"); ok {
				r.Residuals = append(r.Residuals, &Residual{Pos: d.pos(v), ID: id, Text: t})
			}
		}),
		list("measures", func(v *yaml.Node) {
			if m := d.measure(v); m != nil {
				r.Measures = append(r.Measures, m)
			}
		}),
		strictyaml.Optional("rows", func(v *yaml.Node) {
			d.List(v, "rows", func(v *yaml.Node) {
				if row := d.row(v); row != nil {
					r.Rows = append(r.Rows, row)
				}
			})
		}),
	)
	for _, l := range []struct {
		key  string
		kind kind
	}{{"objectives", kindObjective}, {"threats", kindThreat}, {"residuals", kindResidual}, {"measures", kindMeasure}} {
		if d.Unread(root, l.key) || d.HasUnknown(root) && strictyaml.Child(root, l.key) == nil {
			d.lossy = append(d.lossy, l.kind)
		}
	}
	return r, ok
}

// fileID decodes the id of the thing that a file defines, which is also the
// file's name.
func (d *decoder) fileID(n *yaml.Node, stem string) string {
	id, ok := d.String(n, n.Value)
	if ok && id != stem {
		d.Complain(n, ruleFileName, "", "the file is named %s.yaml but defines %q", stem, clip(id))
	}
	return id
}

// paragraphs decodes a list of texts; a single text is a list of one.
func (d *decoder) paragraphs(n *yaml.Node, what string) []Text {
	var out []Text
	d.List(n, what, func(v *yaml.Node) {
		out = append(out, d.text(v, "a paragraph of "+what))
	})
	return out
}

// item decodes what has an id and a text.
func (d *decoder) item(n *yaml.Node, what string) (id string, t Text, ok bool) {
	ok = d.Mapping(n, what,
		strictyaml.Required("id", func(v *yaml.Node) { id, _ = d.String(v, "id") }),
		strictyaml.Required("text", func(v *yaml.Node) { t = d.text(v, "text") }),
	)
	return id, t, ok
}

func (d *decoder) measure(n *yaml.Node) *SourceMeasure {
	m := &SourceMeasure{Pos: d.pos(n)}
	if !d.Mapping(n, "a measure",
		strictyaml.Required("id", func(v *yaml.Node) { m.ID, _ = d.String(v, "id") }),
		strictyaml.Optional("text", func(v *yaml.Node) { m.Text = d.text(v, "text") }),
		strictyaml.Optional("wording_of", func(v *yaml.Node) { m.WordingOf = d.ref(v, "wording_of") }),
		strictyaml.Optional("controls", func(v *yaml.Node) {
			d.List(v, "controls", func(v *yaml.Node) {
				if c, ok := d.controlCitation(v); ok {
					m.Controls = append(m.Controls, c)
				}
			})
		}),
		strictyaml.Optional("controls_of", func(v *yaml.Node) { m.ControlsOf = d.ref(v, "controls_of") }),
		strictyaml.Optional("residuals", func(v *yaml.Node) { m.Residuals = d.refs(v, "residuals", "a residual risk") }),
		strictyaml.Optional("tags", func(v *yaml.Node) {
			d.List(v, "tags", func(v *yaml.Node) {
				if s, ok := d.String(v, "a tag"); ok {
					m.Tags = append(m.Tags, s)
				}
			})
		}),
		strictyaml.Optional("gaps", func(v *yaml.Node) {
			d.List(v, "gaps", func(v *yaml.Node) {
				if s := d.OneOf(v, "a gap", string(GapMeasure), string(GapControls), string(GapResidual)); s != "" {
					m.Gaps = append(m.Gaps, Gap(s))
				}
			})
		}),
	) {
		return nil
	}
	return m
}

// controlCitation decodes a control's id, a run of controls, or a mapping with
// an id and what this citation says differently.
func (d *decoder) controlCitation(n *yaml.Node) (SourceControlCitation, bool) {
	c := SourceControlCitation{Pos: d.pos(n)}
	if n.Kind == yaml.MappingNode {
		ok := d.Mapping(n, "a citation",
			strictyaml.Required("id", func(v *yaml.Node) { c.ID = d.ref(v, "id").ID }),
			strictyaml.Optional("variant", func(v *yaml.Node) { c.Variant = d.text(v, "variant") }),
			strictyaml.Optional("note", func(v *yaml.Node) { c.Note = d.text(v, "note") }),
		)
		if _, _, run := cutRun(c.ID); run {
			d.Fail(n, ruleControls, "", "a run of controls has no variant and no note of its own")
			return c, false
		}
		return c, ok && c.ID != ""
	}
	r := d.ref(n, "a control")
	if r.ID == "" {
		return c, false
	}
	if from, to, run := cutRun(r.ID); run {
		c.ID, c.Through = from, to
	} else {
		c.ID = r.ID
	}
	return c, true
}

func (d *decoder) vulnerabilityCitation(n *yaml.Node) (SourceVulnerabilityCitation, bool) {
	c := SourceVulnerabilityCitation{Pos: d.pos(n)}
	if n.Kind == yaml.MappingNode {
		ok := d.Mapping(n, "a citation",
			strictyaml.Required("id", func(v *yaml.Node) { c.ID = d.ref(v, "id").ID }),
			strictyaml.Optional("variant", func(v *yaml.Node) { c.Variant = d.text(v, "variant") }),
			strictyaml.Optional("note", func(v *yaml.Node) { c.Note = d.text(v, "note") }),
		)
		return c, ok && c.ID != ""
	}
	c.ID = d.ref(n, "a vulnerability").ID
	return c, c.ID != ""
}

func (d *decoder) row(n *yaml.Node) *SourceRow {
	r := &SourceRow{Pos: d.pos(n)}
	if !d.Mapping(n, "a row",
		strictyaml.Required("layer", func(v *yaml.Node) { r.Layer = d.ref(v, "layer") }),
		strictyaml.Optional("objective", func(v *yaml.Node) { r.Objective = d.ref(v, "objective") }),
		strictyaml.Optional("threats", func(v *yaml.Node) { r.Threats = d.refs(v, "threats", "a threat") }),
		strictyaml.Optional("vulnerabilities", func(v *yaml.Node) {
			d.List(v, "vulnerabilities", func(v *yaml.Node) {
				if c, ok := d.vulnerabilityCitation(v); ok {
					r.Vulnerabilities = append(r.Vulnerabilities, c)
				}
			})
		}),
		strictyaml.Optional("measure", func(v *yaml.Node) { r.Measure = d.ref(v, "measure") }),
		strictyaml.Optional("remark", func(v *yaml.Node) { r.Remark = d.text(v, "remark") }),
	) {
		return nil
	}
	return r
}

// controlFile decodes controls/CLAUSE.yaml.
func (d *decoder) controlFile(data []byte, stem string) (*Clause, bool) {
	root, ok := d.Parse(data)
	if !ok {
		return nil, false
	}
	cl := &Clause{Pos: d.pos(root)}
	ok = d.Mapping(root, "the clause",
		strictyaml.Required("clause", func(v *yaml.Node) { cl.ID = d.fileID(v, stem) }),
		strictyaml.Optional("title", func(v *yaml.Node) { cl.Title = d.text(v, "title") }),
		strictyaml.Required("controls", func(v *yaml.Node) {
			d.List(v, "controls", func(v *yaml.Node) {
				if c := d.control(v); c != nil {
					cl.Controls = append(cl.Controls, c)
				}
			})
		}),
	)
	return cl, ok
}

func (d *decoder) control(n *yaml.Node) *Control {
	c := &Control{Pos: d.pos(n)}
	if !d.Mapping(n, "a control",
		strictyaml.Required("id", func(v *yaml.Node) { c.ID, _ = d.String(v, "id") }),
		strictyaml.Optional("label", func(v *yaml.Node) { c.Label, _ = d.String(v, "label") }),
		strictyaml.Optional("title", func(v *yaml.Node) { c.Title = d.text(v, "title") }),
		strictyaml.Optional("parent", func(v *yaml.Node) { c.Parent = d.ref(v, "parent") }),
		unless(n, "items")("statement", func(v *yaml.Node) { c.Statement = d.text(v, "statement") }),
		strictyaml.Optional("items", func(v *yaml.Node) { c.Items = d.items(v) }),
		strictyaml.Optional("parameters", func(v *yaml.Node) {
			d.List(v, "parameters", func(v *yaml.Node) {
				if p := d.parameter(v); p != nil {
					c.Parameters = append(c.Parameters, p)
				}
			})
		}),
		strictyaml.Optional("guidance", func(v *yaml.Node) { c.Guidance = d.paragraphs(v, "guidance") }),
		strictyaml.Optional("related", func(v *yaml.Node) { c.Related = d.refs(v, "related", "a control") }),
		strictyaml.Optional("references", func(v *yaml.Node) { c.References = d.refs(v, "references", "a reference") }),
	) {
		return nil
	}
	return c
}

// unless returns what makes a field: required, unless the mapping has another key
// that can stand in its place.
func unless(n *yaml.Node, other string) func(string, func(*yaml.Node)) strictyaml.Field {
	if strictyaml.Child(n, other) != nil {
		return strictyaml.Optional
	}
	return strictyaml.Required
}

// items decodes the parts of a statement.
func (d *decoder) items(n *yaml.Node) []*Item {
	var out []*Item
	d.List(n, "items", func(v *yaml.Node) {
		i := &Item{Pos: d.pos(v)}
		if d.Mapping(v, "an item",
			strictyaml.Optional("label", func(v *yaml.Node) { i.Label, _ = d.String(v, "label") }),
			unless(v, "items")("text", func(v *yaml.Node) { i.Text = d.text(v, "text") }),
			strictyaml.Optional("items", func(v *yaml.Node) { i.Items = d.items(v) }),
		) {
			out = append(out, i)
		}
	})
	return out
}

func (d *decoder) parameter(n *yaml.Node) *Parameter {
	p := &Parameter{Pos: d.pos(n)}
	if !d.Mapping(n, "a parameter",
		strictyaml.Required("id", func(v *yaml.Node) { p.ID, _ = d.String(v, "id") }),
		unless(n, "choices")("label", func(v *yaml.Node) { p.Label = d.text(v, "label") }),
		strictyaml.Optional("default", func(v *yaml.Node) { p.Default, _ = d.String(v, "default") }),
		strictyaml.Optional("choices", func(v *yaml.Node) { p.Choices = d.paragraphs(v, "choices") }),
		strictyaml.Optional("many", func(v *yaml.Node) { p.Many = d.Boolean(v, "many") }),
		strictyaml.Optional("guidance", func(v *yaml.Node) { p.Guidance = d.text(v, "guidance") }),
	) {
		return nil
	}
	return p
}

// vulnerabilityFile decodes vulnerabilities.yaml.
func (d *decoder) vulnerabilityFile(data []byte) ([]*Vulnerability, bool) {
	root, ok := d.Parse(data)
	if !ok {
		return nil, false
	}
	var out []*Vulnerability
	ok = d.Mapping(root, "the file", strictyaml.Required("vulnerabilities", func(v *yaml.Node) {
		d.List(v, "vulnerabilities", func(v *yaml.Node) {
			u := &Vulnerability{Pos: d.pos(v)}
			if d.Mapping(v, "a vulnerability",
				strictyaml.Required("id", func(v *yaml.Node) { u.ID, _ = d.String(v, "id") }),
				strictyaml.Required("label", func(v *yaml.Node) { u.Label = d.text(v, "label") }),
			) {
				out = append(out, u)
			}
		})
	}))
	return out, ok
}

// retiredFile decodes retired.yaml.
func (d *decoder) retiredFile(data []byte) ([]*Retirement, bool) {
	root, ok := d.Parse(data)
	if !ok {
		return nil, false
	}
	var out []*Retirement
	ok = d.Mapping(root, "the file", strictyaml.Required("retired", func(v *yaml.Node) {
		d.List(v, "retired", func(v *yaml.Node) {
			r := &Retirement{Pos: d.pos(v)}
			if d.Mapping(v, "a retired id",
				strictyaml.Required("id", func(v *yaml.Node) { r.ID, _ = d.String(v, "id") }),
				strictyaml.Optional("replaced_by", func(v *yaml.Node) {
					for _, ref := range d.refs(v, "replaced_by", "an id") {
						r.ReplacedBy = append(r.ReplacedBy, ref.ID)
						r.replacedPos = append(r.replacedPos, ref.Pos)
					}
				}),
				strictyaml.Required("edition", func(v *yaml.Node) { r.Edition, _ = d.String(v, "edition") }),
				strictyaml.Optional("reason", func(v *yaml.Node) { r.Reason = d.text(v, "reason") }),
			) {
				out = append(out, r)
			}
		})
	}))
	return out, ok
}
