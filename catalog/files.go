package catalog

import (
	"go.yaml.in/yaml/v3"
)

// guideFile decodes guide.yaml. It also sets the languages of the decoder,
// which every text needs, before any text is decoded.
func (d *decoder) guideFile(data []byte, g *Guide) bool {
	root, ok := d.parse(data)
	if !ok {
		return false
	}
	g.Pos = d.pos(root)
	if langs := peekLanguages(root); len(langs) > 0 {
		d.lang, d.langs = langs[0], langs
	}
	return d.mapping(root, "the guide",
		field{"id", required, func(v *yaml.Node) { g.ID, _ = d.str(v, "id") }},
		field{"title", required, func(v *yaml.Node) { g.Title = d.text(v, "title") }},
		field{"subtitle", optional, func(v *yaml.Node) { g.Subtitle = d.text(v, "subtitle") }},
		field{"edition", required, func(v *yaml.Node) { g.Edition, _ = d.str(v, "edition") }},
		field{"date", required, func(v *yaml.Node) { g.Date = d.date(v, "date") }},
		field{"languages", required, func(v *yaml.Node) { g.Languages = d.languages(v) }},
		field{"publisher", optional, func(v *yaml.Node) { g.Publisher = d.text(v, "publisher") }},
		field{"rights", optional, func(v *yaml.Node) { g.Rights = d.text(v, "rights") }},
		field{"severities", required, func(v *yaml.Node) {
			d.list(v, "severities", func(v *yaml.Node) {
				if s := d.severity(v); s != nil {
					g.Severities = append(g.Severities, s)
				}
			})
		}},
		field{"layer_model", optional, func(v *yaml.Node) { g.LayerModel = d.text(v, "layer_model") }},
		field{"layers", required, func(v *yaml.Node) { g.Layers = d.layers(v, nil) }},
		field{"columns", required, func(v *yaml.Node) {
			d.list(v, "columns", func(v *yaml.Node) {
				if c := d.column(v); c != nil {
					g.Columns = append(g.Columns, c)
				}
			})
		}},
		field{"references", optional, func(v *yaml.Node) {
			d.list(v, "references", func(v *yaml.Node) {
				if r := d.reference(v); r != nil {
					g.References = append(g.References, r)
				}
			})
		}},
		field{"pages", optional, func(v *yaml.Node) {
			for _, r := range d.refs(v, "pages", "a page") {
				g.PageOrder = append(g.PageOrder, r.ID)
				g.pagePos = append(g.pagePos, r.Pos)
			}
		}},
	)
}

// peekLanguages reads the guide's languages without reporting anything.
func peekLanguages(root *yaml.Node) []Lang {
	var langs []Lang
	if root.Kind != yaml.MappingNode {
		return nil
	}
	for i := 0; i+1 < len(root.Content); i += 2 {
		if root.Content[i].Value != "languages" {
			continue
		}
		for _, v := range root.Content[i+1].Content {
			if v.Kind == yaml.ScalarNode && forms.lang.ok(v.Value) {
				langs = append(langs, Lang(v.Value))
			}
		}
		break
	}
	return langs
}

func (d *decoder) languages(n *yaml.Node) []Lang {
	var langs []Lang
	before := len(d.problems)
	d.list(n, "languages", func(v *yaml.Node) {
		s, ok := d.str(v, "a language")
		switch {
		case !ok:
		case !forms.lang.ok(s):
			d.fail(v, ruleIDForm, "", "language %q must be %s", clip(s), forms.lang.like)
		case hasLang(langs, Lang(s)):
			d.fail(v, ruleTwiceID, "", "language %q is listed twice", s)
		default:
			langs = append(langs, Lang(s))
		}
	})
	if len(langs) == 0 && len(d.problems) == before {
		d.fail(n, ruleValue, "", "the guide must have at least one language")
	}
	return langs
}

func (d *decoder) severity(n *yaml.Node) *Severity {
	s := &Severity{Pos: d.pos(n)}
	if !d.mapping(n, "a severity",
		field{"id", required, func(v *yaml.Node) { s.ID, _ = d.str(v, "id") }},
		field{"letter", required, func(v *yaml.Node) { s.Letter, _ = d.str(v, "letter") }},
		field{"name", required, func(v *yaml.Node) { s.Name = d.text(v, "name") }},
	) {
		return nil
	}
	return s
}

// layers decodes a list of layers. Layers below one that is out of scope are
// out of scope themselves.
func (d *decoder) layers(n *yaml.Node, parent *Layer) []*Layer {
	var out []*Layer
	d.list(n, "layers", func(v *yaml.Node) {
		l := &Layer{Pos: d.pos(v), Parent: parent, InScope: true}
		var scope, children *yaml.Node
		if !d.mapping(v, "a layer",
			field{"id", required, func(v *yaml.Node) { l.ID, _ = d.str(v, "id") }},
			field{"name", required, func(v *yaml.Node) { l.Name = d.text(v, "name") }},
			field{"description", optional, func(v *yaml.Node) { l.Description = d.text(v, "description") }},
			field{"scope", optional, func(v *yaml.Node) { scope = v }},
			field{"cross_layer", optional, func(v *yaml.Node) { l.CrossLayer = d.boolean(v, "cross_layer") }},
			field{"layers", optional, func(v *yaml.Node) { children = v }},
		) {
			return
		}
		if parent != nil && !parent.InScope {
			l.InScope = false
		}
		if scope != nil {
			s := d.oneOf(scope, "scope", "in", "out")
			if s == "in" && !l.InScope {
				d.fail(scope, ruleLayer, "", "layer %q cannot be in scope: the layer %q around it is not", l.ID, parent.ID)
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
	if !d.mapping(n, "a column",
		field{"id", required, func(v *yaml.Node) {
			ids := ColumnIDs()
			allowed := make([]string, len(ids))
			for i, id := range ids {
				allowed[i] = string(id)
			}
			c.ID = ColumnID(d.oneOf(v, "a column's id", allowed...))
		}},
		field{"name", required, func(v *yaml.Node) { c.Name = d.text(v, "name") }},
		field{"description", optional, func(v *yaml.Node) { c.Description = d.text(v, "description") }},
	) {
		return nil
	}
	return c
}

func (d *decoder) reference(n *yaml.Node) *Reference {
	r := &Reference{Pos: d.pos(n)}
	if !d.mapping(n, "a reference",
		field{"id", required, func(v *yaml.Node) { r.ID, _ = d.str(v, "id") }},
		field{"text", required, func(v *yaml.Node) { r.Text = d.text(v, "text") }},
		field{"note", optional, func(v *yaml.Node) { r.Note = d.text(v, "note") }},
		field{"url", optional, func(v *yaml.Node) {
			r.URL, _ = d.str(v, "url")
			r.urlPos = d.pos(v)
		}},
	) {
		return nil
	}
	return r
}

// riskFile decodes risks/ID.yaml.
func (d *decoder) riskFile(data []byte, stem string) (*SourceRisk, bool) {
	root, ok := d.parse(data)
	if !ok {
		return nil, false
	}
	r := &SourceRisk{Pos: d.pos(root)}
	lists := map[kind]bool{} // whether what there is was read without loss
	list := func(k kind, what string, item func(v *yaml.Node)) func(v *yaml.Node) {
		return func(v *yaml.Node) {
			before := d.lost
			d.list(v, what, item)
			lists[k] = d.lost == before
		}
	}
	ok = d.mapping(root, "the risk",
		field{"id", required, func(v *yaml.Node) { r.ID = d.fileID(v, stem) }},
		field{"severity", required, func(v *yaml.Node) { r.Severity = d.ref(v, "severity") }},
		field{"name", required, func(v *yaml.Node) { r.Name = d.text(v, "name") }},
		field{"enisa", optional, func(v *yaml.Node) {
			d.list(v, "enisa", func(v *yaml.Node) {
				if i, ok := d.integer(v, "a number of ENISA 2009"); ok {
					r.ENISA = append(r.ENISA, i)
				}
			})
		}},
		field{"added_by_group", optional, func(v *yaml.Node) { r.AddedByGroup = d.boolean(v, "added_by_group") }},
		field{"description", required, func(v *yaml.Node) { r.Description = d.paragraphs(v, "description") }},
		field{"notes", optional, func(v *yaml.Node) { r.Notes = d.paragraphs(v, "notes") }},
		field{"not_applicable", optional, func(v *yaml.Node) { r.NotApplicable = d.refs(v, "not_applicable", "a layer") }},
		field{"objectives", optional, list(kindObjective, "objectives", func(v *yaml.Node) {
			if id, t, ok := d.item(v, "an objective"); ok {
				r.Objectives = append(r.Objectives, &Objective{Pos: d.pos(v), ID: id, Text: t})
			}
		})},
		field{"threats", optional, list(kindThreat, "threats", func(v *yaml.Node) {
			if id, t, ok := d.item(v, "a threat"); ok {
				r.Threats = append(r.Threats, &Threat{Pos: d.pos(v), ID: id, Text: t})
			}
		})},
		field{"residuals", optional, list(kindResidual, "residuals", func(v *yaml.Node) {
			if id, t, ok := d.item(v, "a residual risk"); ok {
				r.Residuals = append(r.Residuals, &Residual{Pos: d.pos(v), ID: id, Text: t})
			}
		})},
		field{"measures", optional, list(kindMeasure, "measures", func(v *yaml.Node) {
			if m := d.measure(v); m != nil {
				r.Measures = append(r.Measures, m)
			}
		})},
		field{"rows", optional, func(v *yaml.Node) {
			d.list(v, "rows", func(v *yaml.Node) {
				if row := d.row(v); row != nil {
					r.Rows = append(r.Rows, row)
				}
			})
		}},
	)
	for _, k := range []kind{kindObjective, kindThreat, kindResidual, kindMeasure} {
		if whole, there := lists[k]; there && !whole || !there && d.unknown[r.Pos] {
			d.lossy = append(d.lossy, k)
		}
	}
	return r, ok
}

// fileID decodes the id of the thing that a file defines, which is also the
// file's name.
func (d *decoder) fileID(n *yaml.Node, stem string) string {
	id, ok := d.str(n, n.Value)
	if ok && id != stem {
		d.fail(n, ruleFileName, "", "the file is named %s.yaml but defines %q", stem, clip(id))
	}
	return id
}

// paragraphs decodes a list of texts; a single text is a list of one.
func (d *decoder) paragraphs(n *yaml.Node, what string) []Text {
	var out []Text
	d.list(n, what, func(v *yaml.Node) {
		out = append(out, d.text(v, "a paragraph of "+what))
	})
	return out
}

// item decodes what has an id and a text.
func (d *decoder) item(n *yaml.Node, what string) (id string, t Text, ok bool) {
	ok = d.mapping(n, what,
		field{"id", required, func(v *yaml.Node) { id, _ = d.str(v, "id") }},
		field{"text", required, func(v *yaml.Node) { t = d.text(v, "text") }},
	)
	return id, t, ok
}

func (d *decoder) measure(n *yaml.Node) *SourceMeasure {
	m := &SourceMeasure{Pos: d.pos(n)}
	if !d.mapping(n, "a measure",
		field{"id", required, func(v *yaml.Node) { m.ID, _ = d.str(v, "id") }},
		field{"text", optional, func(v *yaml.Node) { m.Text = d.text(v, "text") }},
		field{"wording_of", optional, func(v *yaml.Node) { m.WordingOf = d.ref(v, "wording_of") }},
		field{"controls", optional, func(v *yaml.Node) {
			d.list(v, "controls", func(v *yaml.Node) {
				if c, ok := d.controlCitation(v); ok {
					m.Controls = append(m.Controls, c)
				}
			})
		}},
		field{"controls_of", optional, func(v *yaml.Node) { m.ControlsOf = d.ref(v, "controls_of") }},
		field{"residuals", optional, func(v *yaml.Node) { m.Residuals = d.refs(v, "residuals", "a residual risk") }},
		field{"tags", optional, func(v *yaml.Node) {
			d.list(v, "tags", func(v *yaml.Node) {
				if s, ok := d.str(v, "a tag"); ok {
					m.Tags = append(m.Tags, s)
				}
			})
		}},
		field{"gaps", optional, func(v *yaml.Node) {
			d.list(v, "gaps", func(v *yaml.Node) {
				if s := d.oneOf(v, "a gap", string(GapMeasure), string(GapControls), string(GapResidual)); s != "" {
					m.Gaps = append(m.Gaps, Gap(s))
				}
			})
		}},
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
		ok := d.mapping(n, "a citation",
			field{"id", required, func(v *yaml.Node) { c.ID = d.ref(v, "id").ID }},
			field{"variant", optional, func(v *yaml.Node) { c.Variant = d.text(v, "variant") }},
			field{"note", optional, func(v *yaml.Node) { c.Note = d.text(v, "note") }},
		)
		if _, _, run := cutRun(c.ID); run {
			d.fail(n, ruleControls, "", "a run of controls has no variant and no note of its own")
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
		ok := d.mapping(n, "a citation",
			field{"id", required, func(v *yaml.Node) { c.ID = d.ref(v, "id").ID }},
			field{"variant", optional, func(v *yaml.Node) { c.Variant = d.text(v, "variant") }},
			field{"note", optional, func(v *yaml.Node) { c.Note = d.text(v, "note") }},
		)
		return c, ok && c.ID != ""
	}
	c.ID = d.ref(n, "a vulnerability").ID
	return c, c.ID != ""
}

func (d *decoder) row(n *yaml.Node) *SourceRow {
	r := &SourceRow{Pos: d.pos(n)}
	if !d.mapping(n, "a row",
		field{"layer", required, func(v *yaml.Node) { r.Layer = d.ref(v, "layer") }},
		field{"objective", optional, func(v *yaml.Node) { r.Objective = d.ref(v, "objective") }},
		field{"threats", optional, func(v *yaml.Node) { r.Threats = d.refs(v, "threats", "a threat") }},
		field{"vulnerabilities", optional, func(v *yaml.Node) {
			d.list(v, "vulnerabilities", func(v *yaml.Node) {
				if c, ok := d.vulnerabilityCitation(v); ok {
					r.Vulnerabilities = append(r.Vulnerabilities, c)
				}
			})
		}},
		field{"measure", optional, func(v *yaml.Node) { r.Measure = d.ref(v, "measure") }},
		field{"remark", optional, func(v *yaml.Node) { r.Remark = d.text(v, "remark") }},
	) {
		return nil
	}
	return r
}

// controlFile decodes controls/CLAUSE.yaml.
func (d *decoder) controlFile(data []byte, stem string) (*Clause, bool) {
	root, ok := d.parse(data)
	if !ok {
		return nil, false
	}
	cl := &Clause{Pos: d.pos(root)}
	ok = d.mapping(root, "the clause",
		field{"clause", required, func(v *yaml.Node) { cl.ID = d.fileID(v, stem) }},
		field{"title", optional, func(v *yaml.Node) { cl.Title = d.text(v, "title") }},
		field{"controls", required, func(v *yaml.Node) {
			d.list(v, "controls", func(v *yaml.Node) {
				if c := d.control(v); c != nil {
					cl.Controls = append(cl.Controls, c)
				}
			})
		}},
	)
	return cl, ok
}

func (d *decoder) control(n *yaml.Node) *Control {
	c := &Control{Pos: d.pos(n)}
	if !d.mapping(n, "a control",
		field{"id", required, func(v *yaml.Node) { c.ID, _ = d.str(v, "id") }},
		field{"statement", required, func(v *yaml.Node) { c.Statement = d.text(v, "statement") }},
		field{"parameters", optional, func(v *yaml.Node) {
			d.list(v, "parameters", func(v *yaml.Node) {
				p := &Parameter{Pos: d.pos(v)}
				if d.mapping(v, "a parameter",
					field{"id", required, func(v *yaml.Node) { p.ID, _ = d.str(v, "id") }},
					field{"label", required, func(v *yaml.Node) { p.Label = d.text(v, "label") }},
					field{"default", optional, func(v *yaml.Node) { p.Default, _ = d.str(v, "default") }},
				) {
					c.Parameters = append(c.Parameters, p)
				}
			})
		}},
	) {
		return nil
	}
	return c
}

// vulnerabilityFile decodes vulnerabilities.yaml.
func (d *decoder) vulnerabilityFile(data []byte) ([]*Vulnerability, bool) {
	root, ok := d.parse(data)
	if !ok {
		return nil, false
	}
	var out []*Vulnerability
	ok = d.mapping(root, "the file", field{"vulnerabilities", required, func(v *yaml.Node) {
		d.list(v, "vulnerabilities", func(v *yaml.Node) {
			u := &Vulnerability{Pos: d.pos(v)}
			if d.mapping(v, "a vulnerability",
				field{"id", required, func(v *yaml.Node) { u.ID, _ = d.str(v, "id") }},
				field{"label", required, func(v *yaml.Node) { u.Label = d.text(v, "label") }},
			) {
				out = append(out, u)
			}
		})
	}})
	return out, ok
}

// retiredFile decodes retired.yaml.
func (d *decoder) retiredFile(data []byte) ([]*Retirement, bool) {
	root, ok := d.parse(data)
	if !ok {
		return nil, false
	}
	var out []*Retirement
	ok = d.mapping(root, "the file", field{"retired", required, func(v *yaml.Node) {
		d.list(v, "retired", func(v *yaml.Node) {
			r := &Retirement{Pos: d.pos(v)}
			if d.mapping(v, "a retired id",
				field{"id", required, func(v *yaml.Node) { r.ID, _ = d.str(v, "id") }},
				field{"replaced_by", optional, func(v *yaml.Node) {
					for _, ref := range d.refs(v, "replaced_by", "an id") {
						r.ReplacedBy = append(r.ReplacedBy, ref.ID)
						r.replacedPos = append(r.replacedPos, ref.Pos)
					}
				}},
				field{"edition", required, func(v *yaml.Node) { r.Edition, _ = d.str(v, "edition") }},
				field{"reason", optional, func(v *yaml.Node) { r.Reason = d.text(v, "reason") }},
			) {
				out = append(out, r)
			}
		})
	}})
	return out, ok
}
