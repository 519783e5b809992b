package data

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"time"

	"riskguide/catalog"
)

// JSON writes the document, indented and with a line break at its end.
func (d *Document) JSON(w io.Writer) error {
	enc := json.NewEncoder(w)
	enc.SetEscapeHTML(false)
	enc.SetIndent("", "  ")
	return enc.Encode(d)
}

// Read reads what [Document.JSON] wrote. It refuses a document of another
// format version and passes over fields that it does not know.
func Read(r io.Reader) (*Document, error) {
	dec := json.NewDecoder(r)
	var d Document
	if err := dec.Decode(&d); err != nil {
		return nil, fmt.Errorf("read the guide: %w", err)
	}
	if d.Format != FormatVersion {
		return nil, fmt.Errorf("read the guide: it has format %d, not %d", d.Format, FormatVersion)
	}
	if _, err := dec.Token(); !errors.Is(err, io.EOF) {
		return nil, errors.New("read the guide: something follows the document")
	}
	return &d, nil
}

// Source makes the guide of the document again, without positions;
// [catalog.Assemble] checks and links it. A tailored document names what it does
// not hold and gives no whole guide. The error names a date or a layer's parent
// that cannot be.
func (d *Document) Source() (*catalog.Source, error) {
	g := &catalog.Guide{ID: d.Guide.ID, Title: d.Guide.Title.text(), Subtitle: d.Guide.Subtitle.text(), Edition: d.Guide.Edition,
		Languages: some(d.Guide.Languages), Publisher: d.Guide.Publisher.text(), Rights: d.Guide.Rights.text(),
		LayerModel: d.Guide.LayerModel.text(), PageOrder: some(d.Guide.PageOrder), ClauseOrder: some(d.Guide.ClauseOrder)}
	src := &catalog.Source{Guide: g}
	var errs []error
	day := func(s string) time.Time {
		if s == "" {
			return time.Time{}
		}
		t, err := time.Parse(time.DateOnly, s)
		if err != nil {
			errs = append(errs, fmt.Errorf("%q is no date", s))
		}
		return t
	}
	g.Date = day(d.Guide.Date)
	for _, s := range d.Severities {
		g.Severities = append(g.Severities, &catalog.Severity{ID: s.ID, Letter: s.Letter, Name: s.Name.text()})
	}
	layers := map[string]*catalog.Layer{}
	for _, l := range d.Layers {
		x := &catalog.Layer{ID: l.ID, Name: l.Name.text(), Description: l.Description.text(), InScope: l.InScope, CrossLayer: l.CrossLayer}
		if p := layers[l.Parent]; p != nil {
			x.Parent = p
			p.Children = append(p.Children, x)
		} else {
			if l.Parent != "" {
				errs = append(errs, fmt.Errorf("layer %q stands before the layer around it, %q", l.ID, l.Parent))
			}
			g.Layers = append(g.Layers, x)
		}
		layers[l.ID] = x
	}
	for _, c := range d.Columns {
		g.Columns = append(g.Columns, &catalog.Column{ID: c.ID, Name: c.Name.text(), Description: c.Description.text()})
	}
	for _, r := range d.References {
		g.References = append(g.References, &catalog.Reference{ID: r.ID, Text: r.Text.text(), Note: r.Note.text(), URL: r.URL})
	}
	for _, e := range d.Editions {
		n := &catalog.EditionNote{Edition: e.Edition, Date: day(e.Date), Summary: e.Summary.text()}
		for _, id := range e.Editorial {
			n.Editorial = append(n.Editorial, catalog.Ref{ID: id})
		}
		g.Editions = append(g.Editions, n)
	}
	for _, p := range d.Pages {
		src.Pages = append(src.Pages, &catalog.Page{ID: p.ID, Title: p.Title.text(), Body: p.Body.text()})
	}
	for i := range d.Risks {
		src.Risks = append(src.Risks, d.Risks[i].source())
	}
	for _, cl := range d.Clauses {
		x := &catalog.Clause{ID: cl.ID, Title: cl.Title.text()}
		for _, c := range cl.Controls {
			ct := &catalog.Control{ID: c.ID, Label: c.Label, Title: c.Title.text(), Statement: c.Statement.text(), Items: items(c.Items),
				Guidance: texts(c.Guidance), Parent: ref(c.Parent), Related: refs(c.Related), References: refs(c.References)}
			for _, p := range c.Parameters {
				ct.Parameters = append(ct.Parameters, &catalog.Parameter{ID: p.ID, Label: p.Label.text(), Default: p.Default,
					Choices: texts(p.Choices), Many: p.Many, Guidance: p.Guidance.text()})
			}
			x.Controls = append(x.Controls, ct)
		}
		src.Clauses = append(src.Clauses, x)
	}
	for _, v := range d.Vulnerabilities {
		src.Vulnerabilities = append(src.Vulnerabilities, &catalog.Vulnerability{ID: v.ID, Label: v.Label.text()})
	}
	for _, r := range d.Retired {
		src.Retired = append(src.Retired, &catalog.Retirement{ID: r.ID, ReplacedBy: some(r.ReplacedBy), Edition: r.Edition, Reason: r.Reason.text()})
	}
	return src, errors.Join(errs...)
}

func (r *Risk) source() *catalog.SourceRisk {
	out := &catalog.SourceRisk{ID: r.ID, Severity: ref(r.Severity), Name: r.Name.text(), Description: texts(r.Description), Notes: texts(r.Notes),
		ENISA: some(r.ENISA), AddedByGroup: r.AddedByGroup, NotApplicable: refs(r.NotApplicable)}
	for _, o := range r.Objectives {
		out.Objectives = append(out.Objectives, &catalog.Objective{ID: o.ID, Text: o.Text.text()})
	}
	for _, t := range r.Threats {
		out.Threats = append(out.Threats, &catalog.Threat{ID: t.ID, Text: t.Text.text()})
	}
	for _, x := range r.Residuals {
		out.Residuals = append(out.Residuals, &catalog.Residual{ID: x.ID, Text: x.Text.text()})
	}
	for _, m := range r.Measures {
		sm := &catalog.SourceMeasure{ID: m.ID, WordingOf: ref(m.WordingOf), ControlsOf: ref(m.ControlsOf),
			Residuals: refs(m.Residuals), Tags: some(m.Tags), Gaps: some(m.Gaps)}
		if m.WordingOf == "" {
			sm.Text = m.Text.text()
		}
		if m.ControlsOf == "" {
			for _, c := range m.Controls {
				sm.Controls = append(sm.Controls, catalog.SourceControlCitation{ID: c.ID, Variant: c.Variant.text(), Note: c.Note.text()})
			}
		}
		out.Measures = append(out.Measures, sm)
	}
	for _, row := range r.Rows {
		x := &catalog.SourceRow{Layer: ref(row.Layer), Objective: ref(row.Objective), Threats: refs(row.Threats),
			Measure: ref(row.Measure), Remark: row.Remark.text()}
		for _, c := range row.Vulnerabilities {
			x.Vulnerabilities = append(x.Vulnerabilities, catalog.SourceVulnerabilityCitation{ID: c.ID, Variant: c.Variant.text(), Note: c.Note.text()})
		}
		out.Rows = append(out.Rows, x)
	}
	return out
}

func items(list []Item) []*catalog.Item {
	return some(each(list, func(i Item) *catalog.Item {
		return &catalog.Item{Label: i.Label, Text: i.Text.text(), Items: items(i.Items)}
	}))
}

func (t Text) text() catalog.Text {
	if len(t) == 0 {
		return catalog.Text{}
	}
	return catalog.Text{Values: t}
}

func texts(ts []Text) []catalog.Text { return some(each(ts, Text.text)) }

func ref(id string) catalog.Ref { return catalog.Ref{ID: id} }

func refs(ids []string) []catalog.Ref { return some(each(ids, ref)) }

// some returns nil for an empty list, as readers of other forms do.
func some[T any](xs []T) []T {
	if len(xs) == 0 {
		return nil
	}
	return xs
}
