package comparison

import (
	"bytes"
	"fmt"
	"html/template"
	"io/fs"

	"riskguide/render"
	"riskguide/templates"
)

// Page is the data of the template compare/report.html.
type Page struct {
	*View
	// GapLists hold, for each supplier, the gaps that the page shows.
	GapLists []GapList
	// Histories are the suppliers with more than one round.
	Histories []*Supplier
	// OnlyNone says of whom there is nothing that only they lack.
	OnlyNone []string
	// Style is the style of the site and that of this page; Policy the
	// Content-Security-Policy that allows it, by its hash, and nothing else.
	Style       template.CSS
	Policy      string
	ToolVersion string
}

// GapList is what the page shows of a supplier's gaps: First those that must be
// met, Others the rest; More says how many are left out.
type GapList struct {
	*Supplier
	First, Others []*Gap
	More          string
}

// OtherCount is the number of Others.
func (g GapList) OtherCount() string { return itoa(len(g.Others)) }

// A page of 100 suppliers with all of their gaps would be too long to be read and
// too heavy for a browser. Of one supplier and of a few, all gaps are shown;
// of more, the gravest: at most mostGaps in all, but leastGaps of each supplier.
const (
	mostGaps  = 1000
	leastGaps = 5
)

func (v *View) gapLists() []GapList {
	room := max(mostGaps/len(v.Suppliers), leastGaps)
	var out []GapList
	for _, s := range v.Suppliers {
		g := GapList{Supplier: s}
		shown := min(len(s.Gaps), room)
		must := min(s.Now.MustUnmet, shown) // they come first
		g.First, g.Others = s.Gaps[:must], s.Gaps[must:shown]
		if must == 0 {
			g.First, g.Others = g.Others, nil
		}
		if n := len(s.Gaps) - shown; n > 0 {
			g.More = v.With("more_gaps", "n", itoa(n), "sheet", v.Word("sheet.gaps"))
		}
		out = append(out, g)
	}
	return out
}

// HTML writes the view as a page that needs no other file and no script.
func HTML(v *View, opts render.Options) ([]byte, error) {
	fsys := opts.Templates
	if fsys == nil {
		fsys = templates.FS()
	}
	src, err := fs.ReadFile(fsys, WordsDir+"/report.html")
	if err != nil {
		return nil, fmt.Errorf("templates: %w", err)
	}
	css, policy, err := templates.Style(fsys, "site/assets/site.css", WordsDir+"/report.css")
	if err != nil {
		return nil, err
	}
	place := map[*Supplier]int{}
	for i, s := range v.Suppliers {
		place[s] = i
	}
	t, err := template.New("report.html").Funcs(template.FuncMap{
		"word": v.Word, "say": v.With, "itoa": itoa, "gapcount": v.GapCount,
		"bar": v.stackedBar, "scorebar": v.scoreBar, "minibar": miniBar, "parts": v.partsText, "line": v.lineChart,
		"answerOf": func(r *Row, s *Supplier) Cell { return r.Answers[place[s]] },
		"changed": func(class string, list []Change) any {
			return struct {
				Class, Title string
				List         []Change
			}{class, v.Word("history." + class), list}
		},
	}).Parse(string(src))
	if err != nil {
		return nil, fmt.Errorf("templates: %w", err)
	}
	p := Page{View: v, GapLists: v.gapLists(), Style: template.CSS(css), ToolVersion: opts.ToolVersion,
		Policy: policy}
	for _, s := range v.Suppliers {
		if len(s.Rounds) > 1 {
			p.Histories = append(p.Histories, s)
		}
		if len(s.Only) == 0 {
			p.OnlyNone = append(p.OnlyNone, v.With("only.none", "name", s.Name))
		}
	}
	var b bytes.Buffer
	if err := t.Execute(&b, p); err != nil {
		return nil, fmt.Errorf("templates: %w", err)
	}
	return b.Bytes(), nil
}
