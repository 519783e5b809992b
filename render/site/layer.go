package site

import (
	"html/template"
	"slices"

	"riskguide/catalog"
)

// LayerView is the page of one layer.
type LayerView struct {
	LayerHead
	Parent   *Link
	Children []LayerHead
	Figure   *FigureView
	// Risks lists the risks that arise at the layer, with their measures
	// there; NotApplicable those that do not. Both are empty where rows of a
	// table cannot stand at the layer.
	Risks         []LayerRisk
	NotApplicable []Link
}

// LayerHead is what lists tell of a layer.
type LayerHead struct {
	ID          string
	Href        string
	Name        template.HTML
	Description template.HTML
	InScope     bool
	CrossLayer  bool
	Depth       int // 0 at the top level
	Risks       int
	Measures    int
}

// LayerRisk is a risk with its measures at a layer.
type LayerRisk struct {
	Risk     Link
	Severity Severity
	Measures []MeasureLink
}

// LayersView is the layer model.
type LayersView struct {
	Figure *FigureView
	Layers []LayerHead
}

func (p *Page) layerLink(l *catalog.Layer) Link {
	return Link{Href: p.Base + layerFile(l.ID), Label: p.fragment(p.e.layerNames[l])}
}

func (p *Page) layerHead(l *catalog.Layer) LayerHead {
	h := LayerHead{ID: l.ID, Href: p.Base + layerFile(l.ID), Name: p.text(l.Name), Description: p.text(l.Description),
		InScope: inScope(l), CrossLayer: l.CrossLayer}
	for up := l.Parent; up != nil; up = up.Parent {
		h.Depth++
	}
	for _, r := range p.e.cat.Risks {
		if ms := measuresAt(r, l); len(ms) > 0 {
			h.Risks++
			h.Measures += len(ms)
		}
	}
	return h
}

// inScope reports whether the layer or one below it is in scope.
func inScope(l *catalog.Layer) bool {
	if l.IsLeaf() {
		return l.InScope
	}
	return slices.ContainsFunc(l.Children, inScope)
}

// measuresAt lists the measures of a risk at a layer or below it, each once.
func measuresAt(r *catalog.Risk, l *catalog.Layer) []*catalog.Measure {
	var out []*catalog.Measure
	for _, row := range r.Rows {
		if row.Measure == nil || !within(row.Layer, l) || slices.Contains(out, row.Measure) {
			continue
		}
		out = append(out, row.Measure)
	}
	return out
}

func within(l, outer *catalog.Layer) bool {
	for ; l != nil; l = l.Parent {
		if l == outer {
			return true
		}
	}
	return false
}

func (e *edition) layersView(p *Page) {
	p.Title = p.T("layers-title")
	p.Class = "layers"
	p.Description, _ = e.cat.Text(e.cat.Guide.LayerModel, e.lang)
	p.crumb(p.Base+homeFile, "", p.label("home"))
	p.crumb("", "", p.label("nav-layers"))
	p.Data = &LayersView{Figure: p.figure(nil, true), Layers: p.layerHeads()}
}

func (p *Page) layerHeads() []LayerHead {
	var out []LayerHead
	for _, l := range p.e.cat.Guide.AllLayers() {
		out = append(out, p.layerHead(l))
	}
	return out
}

func (e *edition) layerView(p *Page, l *catalog.Layer) {
	p.Title, _ = e.cat.Text(l.Name, e.lang)
	p.Class = "layer"
	p.Description, _ = e.cat.Text(l.Description, e.lang)
	p.crumb(p.Base+homeFile, "", p.label("home"))
	p.crumb(p.Base+layersFile, "", p.label("nav-layers"))
	if l.Parent != nil {
		p.crumb(p.Base+layerFile(l.Parent.ID), "", e.layerNames[l.Parent].html)
	}
	p.crumb("", "", e.layerNames[l].html)
	v := &LayerView{LayerHead: p.layerHead(l), Figure: p.figure(l, false)}
	if l.Parent != nil {
		up := p.layerLink(l.Parent)
		v.Parent = &up
	}
	for _, c := range l.Children {
		v.Children = append(v.Children, p.layerHead(c))
	}
	if l.IsLeaf() && l.InScope {
		for _, r := range e.cat.Risks {
			if slices.Contains(r.NotApplicable, l) {
				v.NotApplicable = append(v.NotApplicable, p.riskLink(r))
				continue
			}
			lr := LayerRisk{Risk: p.riskLink(r), Severity: p.severity(r.Severity)}
			for _, m := range measuresAt(r, l) {
				lr.Measures = append(lr.Measures, p.measureLink(m))
			}
			v.Risks = append(v.Risks, lr)
		}
	}
	p.Data = v
}
