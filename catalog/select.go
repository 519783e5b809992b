package catalog

// Select returns a view of the catalog that holds only the measures for which
// keep returns true: risks without such a measure are left out, and so are rows
// whose measure is not kept, and controls and clauses that no kept measure
// cites. Layers that are not applicable stay listed.
//
// Risks and clauses of the view are copies; measures, rows and controls are
// those of c, so that [Control.CitedBy], [Measure.Rows] and
// [Vulnerability.Rows] still tell of the whole guide. Lookups by id find
// everything of c.
func (c *Catalog) Select(keep func(*Measure) bool) *Catalog {
	return c.View(keep, func(*Control) bool { return false })
}

// View is [Select] with controls and their clauses besides for which direct returns
// true, whether or not a measure cites them.
func (c *Catalog) View(keep func(*Measure) bool, direct func(*Control) bool) *Catalog {
	view := *c
	view.Risks = nil
	cited := map[*Control]bool{}
	for _, r := range c.Risks {
		nr := *r
		nr.Measures, nr.Rows = nil, nil
		kept := map[*Measure]bool{}
		for _, m := range r.Measures {
			if !keep(m) {
				continue
			}
			kept[m] = true
			nr.Measures = append(nr.Measures, m)
			for _, ci := range m.Controls.Citations {
				cited[ci.Control] = true
			}
		}
		if len(nr.Measures) == 0 {
			continue
		}
		for _, row := range r.Rows {
			if row.Measure != nil && kept[row.Measure] {
				nr.Rows = append(nr.Rows, row)
			}
		}
		view.Risks = append(view.Risks, &nr)
	}
	view.Clauses = nil
	for _, cl := range c.Clauses {
		ncl := *cl
		ncl.Controls = nil
		for _, ct := range cl.Controls {
			if cited[ct] || direct(ct) {
				ncl.Controls = append(ncl.Controls, ct)
			}
		}
		if len(ncl.Controls) > 0 {
			view.Clauses = append(view.Clauses, &ncl)
		}
	}
	return &view
}
