package site

import (
	"fmt"
	"html/template"
	"slices"
	"strings"

	"riskguide/catalog"
)

// RiskView is the page of one risk.
type RiskView struct {
	RiskHead
	Description []template.HTML
	Notes       []template.HTML
	// Layers is the overview: every layer that the table answers for, with
	// the measures that apply there.
	Layers    []LayerOverview
	Table     *TableView
	Downloads []DownloadView
	Retired   []Retired
}

// RiskHead is what lists tell of a risk.
type RiskHead struct {
	ID       string
	Href     string
	Name     template.HTML
	Severity Severity
	// ENISA is the relation to the ENISA 2009 list: its numbers, joined;
	// empty where AddedByGroup.
	ENISA        string
	AddedByGroup bool
	Measures     int
	Controls     int // different ones
	// Summary holds the paragraphs of the description, for the list.
	Summary []template.HTML
}

// Severity is a class of risks.
type Severity struct {
	ID   string
	Name template.HTML
}

// LayerOverview is a layer in the overview of a risk.
type LayerOverview struct {
	Name          template.HTML
	Parent        template.HTML // the upper layer; empty where none
	Anchor        string        // id of its first cell in the table; empty where it has none
	NotApplicable bool
	Measures      []MeasureLink
}

// MeasureLink is a measure with its wording.
type MeasureLink struct {
	ID   string
	Href string
	Text template.HTML
}

// RiskGroup holds the risks of a severity.
type RiskGroup struct {
	Severity Severity
	Risks    []RiskHead
}

func (p *Page) severity(s *catalog.Severity) Severity {
	if s == nil {
		return Severity{}
	}
	return Severity{ID: s.ID, Name: p.text(s.Name)}
}

func (p *Page) riskHead(r *catalog.Risk) RiskHead {
	e := p.e
	h := RiskHead{ID: r.ID, Href: p.Base + riskFile(r.ID), Name: p.text(r.Name), Severity: p.severity(r.Severity),
		AddedByGroup: r.AddedByGroup, Measures: len(r.Measures)}
	var nos []string
	for _, n := range r.ENISA {
		nos = append(nos, fmt.Sprintf("%s%d", e.words.Get("number-sign"), n))
	}
	h.ENISA = e.join(nos)
	cited := map[*catalog.Control]bool{}
	for _, m := range r.Measures {
		for _, c := range m.Controls.Citations {
			cited[c.Control] = true
		}
	}
	h.Controls = len(cited)
	return h
}

// riskLink is a link to a risk, its id before its name.
func (p *Page) riskLink(r *catalog.Risk) Link {
	return Link{Href: p.Base + riskFile(r.ID), ID: r.ID, Label: p.fragment(p.e.riskNames[r.ID])}
}

// label escapes a fixed text for use as a link's label.
func (p *Page) label(key string) template.HTML {
	return template.HTML(template.HTMLEscapeString(p.T(key)))
}

// measureLink is a link to a measure.
func (p *Page) measureLink(m *catalog.Measure) MeasureLink {
	return MeasureLink{ID: m.ID, Href: p.Base + p.e.ids[m.ID], Text: p.fragment(p.e.measureTxt[m])}
}

func (e *edition) riskView(p *Page, i int, r *catalog.Risk) {
	name, _ := e.cat.Text(r.Name, e.lang)
	p.Title = r.ID + " " + name
	p.Class = "risk"
	p.Scripts = append(p.Scripts, "pick.js")
	if len(r.Description) > 0 {
		p.Description, _ = e.cat.Text(r.Description[0], e.lang)
	}
	p.crumb(p.Base+homeFile, "", p.label("home"))
	p.crumb(p.Base+risksFile, "", p.label("nav-risks"))
	p.crumb("", r.ID, e.riskNames[r.ID].html)
	if i > 0 {
		l := p.riskLink(e.cat.Risks[i-1])
		p.Prev = &l
	}
	if i+1 < len(e.cat.Risks) {
		l := p.riskLink(e.cat.Risks[i+1])
		p.Next = &l
	}
	v := &RiskView{RiskHead: p.riskHead(r), Description: p.texts(r.Description), Notes: p.texts(r.Notes)}
	v.Table = p.table(r)
	v.Layers = p.layerOverview(r)
	v.Downloads = p.riskDownloads(r)
	v.Retired = p.retiredOn(p.Path)
	p.Data = v
}

// layerOverview lists the measures by layer; their wordings stand in the table
// already and count as untranslated only there.
func (p *Page) layerOverview(r *catalog.Risk) []LayerOverview {
	var out []LayerOverview
	for _, l := range p.e.cat.Guide.TableLayers() {
		o := LayerOverview{Name: p.e.layerNames[l].html}
		if l.Parent != nil {
			o.Parent = p.e.layerNames[l.Parent].html
		}
		o.NotApplicable = slices.Contains(r.NotApplicable, l)
		if o.NotApplicable || slices.ContainsFunc(r.Rows, func(row *catalog.Row) bool { return row.Layer == l }) {
			o.Anchor = layerAnchor(l)
		}
		seen := map[*catalog.Measure]bool{}
		for _, row := range r.Rows {
			if m := row.Measure; row.Layer == l && m != nil && !seen[m] {
				seen[m] = true
				o.Measures = append(o.Measures, MeasureLink{ID: m.ID, Href: "#" + m.ID, Text: plainLinks(p.e.measureTxt[m].html)})
			}
		}
		out = append(out, o)
	}
	return out
}

// plainLinks takes the links out of a marked-up text, for use inside a link.
func plainLinks(h template.HTML) template.HTML {
	s := string(h)
	if !strings.Contains(s, "<a ") {
		return h
	}
	var b strings.Builder
	for {
		i := strings.Index(s, "<a ")
		if i < 0 {
			break
		}
		b.WriteString(s[:i])
		s = s[i:]
		s = s[strings.IndexByte(s, '>')+1:]
		label, rest, _ := strings.Cut(s, "</a>")
		b.WriteString(label)
		s = rest
	}
	b.WriteString(s)
	return template.HTML(b.String())
}

// riskGroups lists the risks by severity, with their descriptions if asked for.
// Severities without a risk are left out.
func (p *Page) riskGroups(summary bool) []RiskGroup {
	var out []RiskGroup
	for _, s := range p.e.cat.Guide.Severities {
		g := RiskGroup{Severity: p.severity(s)}
		for _, r := range p.e.cat.Risks {
			if r.Severity == s {
				h := p.riskHead(r)
				if summary {
					h.Summary = p.texts(r.Description)
				}
				g.Risks = append(g.Risks, h)
			}
		}
		if len(g.Risks) > 0 {
			out = append(out, g)
		}
	}
	return out
}
