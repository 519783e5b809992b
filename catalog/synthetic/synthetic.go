// Package synthetic makes large catalogs out of small ones, to measure how time
// and memory grow with the size of a guide.
package synthetic

import (
	"fmt"
	"strconv"
	"strings"

	"riskguide/catalog"
)

// Scale returns a guide n times as large as src: n copies of every risk, control,
// vulnerability and page, each copy with ids of its own and citing its own
// copies. Texts are the same in every copy. n = 1 gives a guide equal to src.
// src is not changed; the copies share its texts.
func Scale(src *catalog.Source, n int) *catalog.Source {
	out := &catalog.Source{Guide: src.Guide, Pages: src.Pages}
	for k := range n {
		c := copier{k: k}
		for _, cl := range src.Clauses {
			out.Clauses = append(out.Clauses, c.clause(cl))
		}
		for _, v := range src.Vulnerabilities {
			nv := *v
			nv.ID = c.vulnerability(v.ID)
			out.Vulnerabilities = append(out.Vulnerabilities, &nv)
		}
	}
	// Risks of one severity stay together, as in the guide.
	for i, r := range src.Risks {
		if i > 0 && src.Risks[i-1].Severity.ID == r.Severity.ID {
			continue
		}
		for k := range n {
			c := copier{k: k}
			for _, same := range src.Risks[i:] {
				if same.Severity.ID != r.Severity.ID {
					break
				}
				out.Risks = append(out.Risks, c.risk(same))
			}
		}
	}
	return out
}

// copier makes the k-th copy.
type copier struct{ k int }

// risk maps "H05" to "H05", "H105", "H205", … and "H05-T1" alike.
func (c copier) riskID(id string) string {
	head, tail, _ := strings.Cut(id, "-")
	if c.k > 0 && len(head) > 1 {
		num, _ := strconv.Atoi(head[1:])
		head = fmt.Sprintf("%s%d", head[:1], c.k*100+num)
	}
	if tail != "" {
		return head + "-" + tail
	}
	return head
}

// control maps "8.6.1.1" to "8.6.1.1", "8.106.1.1", …
func (c copier) control(id string) string {
	if c.k > 0 && id != "" && id[0] >= 'a' && id[0] <= 'z' {
		return id + "-x" + strconv.Itoa(c.k) // a name, such as "ac-2"
	}
	parts := strings.SplitN(id, ".", 3)
	if c.k == 0 || len(parts) < 3 {
		return id
	}
	num, _ := strconv.Atoi(parts[1])
	return fmt.Sprintf("%s.%d.%s", parts[0], c.k*100+num, parts[2])
}

// vulnerability maps "V48" to "V48", "V148", …
func (c copier) vulnerability(id string) string {
	if c.k == 0 || len(id) < 2 {
		return id
	}
	num, _ := strconv.Atoi(id[1:])
	return fmt.Sprintf("%s%d", id[:1], c.k*100+num)
}

func (c copier) ref(r catalog.Ref) catalog.Ref {
	if r.ID != "" {
		r.ID = c.riskID(r.ID)
	}
	return r
}

func (c copier) refs(rs []catalog.Ref) []catalog.Ref {
	out := make([]catalog.Ref, len(rs))
	for i, r := range rs {
		out[i] = c.ref(r)
	}
	return out
}

func (c copier) clause(cl *catalog.Clause) *catalog.Clause {
	out := *cl
	out.ID = c.control(cl.ID)
	out.Controls = nil
	for _, ct := range cl.Controls {
		n := *ct
		n.ID = c.control(ct.ID)
		n.Clause = nil
		n.CitedBy = nil
		n.Parent = catalog.Ref{ID: c.control(ct.Parent.ID), Pos: ct.Parent.Pos}
		n.Related = nil
		for _, r := range ct.Related {
			n.Related = append(n.Related, catalog.Ref{ID: c.control(r.ID), Pos: r.Pos})
		}
		out.Controls = append(out.Controls, &n)
	}
	return &out
}

func (c copier) risk(r *catalog.SourceRisk) *catalog.SourceRisk {
	out := *r
	out.ID = c.riskID(r.ID)
	out.Objectives, out.Threats, out.Residuals = nil, nil, nil
	for _, o := range r.Objectives {
		n := *o
		n.ID = c.riskID(o.ID)
		out.Objectives = append(out.Objectives, &n)
	}
	for _, t := range r.Threats {
		n := *t
		n.ID = c.riskID(t.ID)
		out.Threats = append(out.Threats, &n)
	}
	for _, t := range r.Residuals {
		n := *t
		n.ID = c.riskID(t.ID)
		out.Residuals = append(out.Residuals, &n)
	}
	out.Measures = nil
	for _, m := range r.Measures {
		n := *m
		n.ID = c.riskID(m.ID)
		n.WordingOf, n.ControlsOf, n.Residuals = c.ref(m.WordingOf), c.ref(m.ControlsOf), c.refs(m.Residuals)
		n.Controls = nil
		for _, ci := range m.Controls {
			ci.ID = c.control(ci.ID)
			if ci.Through != "" {
				ci.Through = c.control(ci.Through)
			}
			n.Controls = append(n.Controls, ci)
		}
		out.Measures = append(out.Measures, &n)
	}
	out.Rows = nil
	for _, row := range r.Rows {
		n := *row
		n.Objective, n.Threats, n.Measure = c.ref(row.Objective), c.refs(row.Threats), c.ref(row.Measure)
		n.Vulnerabilities = nil
		for _, v := range row.Vulnerabilities {
			v.ID = c.vulnerability(v.ID)
			n.Vulnerabilities = append(n.Vulnerabilities, v)
		}
		out.Rows = append(out.Rows, &n)
	}
	return &out
}
