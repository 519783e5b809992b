package oscal

import (
	"fmt"
	"slices"

	"riskguide/catalog/oscal/document"
)

// resolve applies a profile of ours to the catalogs that it imports, by href, and
// gives the resolved catalog: the groups of the catalogs with the selected controls
// alone, and these with the profile's values and additions
// (https://pages.nist.gov/OSCAL/concepts/processing/profile-resolution/). It knows
// what our profiles use; the profile has been checked, so that an id that is not
// there is an error of the program.
func resolve(p *document.Profile, imported map[string]*document.Catalog) (*document.Catalog, error) {
	out := &document.Catalog{}
	r := &resolver{kept: map[string]bool{}, alters: map[string]*document.Alter{}, values: map[string]*document.SetParameter{}}
	if m := p.Modify; m != nil {
		for i := range m.Alters {
			r.alters[m.Alters[i].ControlID] = &m.Alters[i]
		}
		for i := range m.SetParameters {
			r.values[m.SetParameters[i].ParamID] = &m.SetParameters[i]
		}
	}
	for _, imp := range p.Imports {
		c := imported[imp.Href]
		if c == nil {
			return nil, fmt.Errorf("resolve the profile: %s is not there", imp.Href)
		}
		r.all = imp.IncludeAll != nil
		r.ids = map[string]bool{}
		for _, s := range imp.IncludeControls {
			for _, id := range s.WithIDs {
				r.ids[id] = true
			}
		}
		out.Groups = append(out.Groups, r.groups(c.Groups)...)
		for id := range r.ids {
			if !r.kept[id] {
				return nil, fmt.Errorf("resolve the profile: %s has no control %q", imp.Href, id)
			}
		}
		if c.BackMatter != nil {
			if out.BackMatter == nil {
				out.BackMatter = &document.BackMatter{}
			}
			out.BackMatter.Resources = append(out.BackMatter.Resources, c.BackMatter.Resources...)
		}
	}
	r.links(out)
	return out, nil
}

type resolver struct {
	all    bool
	ids    map[string]bool // selected of the catalog at hand
	kept   map[string]bool // of all catalogs
	alters map[string]*document.Alter
	values map[string]*document.SetParameter
}

func (r *resolver) groups(gs []document.Group) []document.Group {
	var out []document.Group
	for _, g := range gs {
		g.Groups = r.groups(g.Groups)
		g.Controls = r.controls(g.Controls)
		if len(g.Groups)+len(g.Controls) > 0 {
			out = append(out, g)
		}
	}
	return out
}

// controls keeps what is selected; where a control is not, those inside it take its
// place.
func (r *resolver) controls(cs []document.Control) []document.Control {
	var out []document.Control
	for _, c := range cs {
		inner := r.controls(c.Controls)
		if !r.all && !r.ids[c.ID] {
			out = append(out, inner...)
			continue
		}
		r.kept[c.ID] = true
		c.Controls = inner
		out = append(out, r.control(c))
	}
	return out
}

// control applies what the profile says of a control. The control's lists are those
// of the catalog and are copied before anything is added.
func (r *resolver) control(c document.Control) document.Control {
	c.Params = slices.Clone(c.Params)
	for i := range c.Params {
		if s := r.values[c.Params[i].ID]; s != nil {
			p := &c.Params[i]
			if p.Values = s.Values; len(p.Values) > 0 {
				p.Select = nil // it was taken
			}
			p.Constraints = append(slices.Clone(p.Constraints), s.Constraints...)
			p.Props = append(slices.Clone(p.Props), s.Props...)
		}
	}
	a := r.alters[c.ID]
	if a == nil {
		return c
	}
	c.Parts = slices.Clone(c.Parts)
	for _, x := range a.Removes {
		c.Parts = slices.DeleteFunc(c.Parts, func(p document.Part) bool { return p.ID == x.ByID })
	}
	for _, add := range a.Adds {
		if add.ByID == "" {
			c.Params = append(c.Params, add.Params...)
			c.Props = append(slices.Clone(c.Props), add.Props...)
			c.Links = append(slices.Clone(c.Links), add.Links...)
			c.Parts = append(c.Parts, add.Parts...)
			continue
		}
		for i := range c.Parts {
			if p := &c.Parts[i]; p.ID == add.ByID {
				p.Parts = append(slices.Clone(p.Parts), add.Parts...)
			}
		}
	}
	return c
}

// links drops links to controls that were not selected, and resources to which
// nothing links any more.
func (r *resolver) links(c *document.Catalog) {
	linked := map[string]bool{}
	resources := map[string]bool{}
	if c.BackMatter != nil {
		for _, x := range c.BackMatter.Resources {
			resources["#"+x.UUID] = true
		}
	}
	var walk func(cs []document.Control)
	walk = func(cs []document.Control) {
		for i := range cs {
			cs[i].Links = slices.DeleteFunc(slices.Clone(cs[i].Links), func(l document.Link) bool {
				linked[l.Href] = true
				return l.Href[0] == '#' && !resources[l.Href] && !r.kept[l.Href[1:]]
			})
			walk(cs[i].Controls)
		}
	}
	var groups func(gs []document.Group)
	groups = func(gs []document.Group) {
		for i := range gs {
			walk(gs[i].Controls)
			groups(gs[i].Groups)
		}
	}
	groups(c.Groups)
	if c.BackMatter == nil {
		return
	}
	c.BackMatter.Resources = slices.DeleteFunc(slices.Clone(c.BackMatter.Resources), func(x document.Resource) bool { return !linked["#"+x.UUID] })
	if len(c.BackMatter.Resources) == 0 {
		c.BackMatter = nil
	}
}
