package synthetic

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"time"

	"riskguide/catalog"
)

// odd are wordings that a careless writer of some form gets wrong: YAML, JSON,
// CSV, Markdown, HTML, spreadsheets.
var odd = []string{
	"=1+1", "+81", "-", "- a", "@SUM(A1)", "'=1", "''quoted", "＝１", "a,b", `say "so"`, `back\slash`, "semi;colon", "tab\tinside",
	"two\nlines", "two\n\nparagraphs", " leading", "trailing ", "a | b", "`code`", "*stars* _under_", "# heading", "1. one", "> quote", "<b>bold</b>", "a & b &amp; c", "[text](link)", "~~gone~~", "$x$", "![i](j)",
	"日本語、。「」", "全角：コロン", "😀 emoji 🇯🇵", "𠮷野家", "a\u00A0b", "null", "true", "1.10", "010", "2026-01-31", "{{x}}", "a: b", "a #b", "https://example.org/?a=b&c",
	strings.Repeat("長い文。", 40),
}

// Random makes a small guide of odd texts, in which everything that a guide can
// say is said by some seed. It assembles without errors (warnings there may be);
// the same seed gives the same guide. It is for tests of round trips.
func Random(seed uint64) *catalog.Source {
	m := &randomizer{Rand: rand.New(rand.NewPCG(seed, 7)), used: map[string]bool{}}
	return m.source()
}

type randomizer struct {
	*rand.Rand
	used map[string]bool // wordings, which must not be repeated by accident
}

func (m *randomizer) chance(n int) bool { return m.IntN(n) == 0 }

// upTo returns a number from 0 to n.
func (m *randomizer) upTo(n int) int { return m.IntN(n + 1) }

func (m *randomizer) wording() string {
	s := odd[m.IntN(len(odd))]
	if m.chance(2) {
		var b strings.Builder
		alphabet := []rune("ab 12:#-'\"\\,.[]&*!|>%@=~\n\t日本、。😀")
		for range 1 + m.IntN(20) {
			b.WriteRune(alphabet[m.IntN(len(alphabet))])
		}
		s = b.String()
	}
	if strings.TrimSpace(s) == "" {
		s = "x"
	}
	for m.used[s] {
		s += fmt.Sprint(m.IntN(10))
	}
	m.used[s] = true
	return s
}

func (m *randomizer) text() catalog.Text {
	t := catalog.Text{Values: map[catalog.Lang]string{}}
	switch m.IntN(6) {
	case 0:
		t.Values[catalog.Japanese] = m.wording()
	case 1:
		t.Values[catalog.English] = m.wording()
	default:
		t.Values[catalog.Japanese], t.Values[catalog.English] = m.wording(), m.wording()
	}
	return t
}

func (m *randomizer) maybe() catalog.Text {
	if m.chance(2) {
		return catalog.Text{}
	}
	return m.text()
}

func (m *randomizer) day() time.Time {
	return time.Date(2020+m.IntN(6), time.Month(1+m.IntN(12)), 1+m.IntN(28), 0, 0, 0, 0, time.UTC)
}

func (m *randomizer) source() *catalog.Source {
	g := &catalog.Guide{ID: "random-guide", Title: m.text(), Subtitle: m.maybe(), Edition: fmt.Sprintf("%d.%d", 2020+m.IntN(5), 1+m.IntN(9)),
		Date: m.day(), Languages: []catalog.Lang{catalog.Japanese, catalog.English}, Publisher: m.text(), Rights: m.text(), LayerModel: m.text()}
	if m.chance(2) {
		g.Languages = []catalog.Lang{catalog.English, catalog.Japanese}
	}
	g.Severities = []*catalog.Severity{{ID: "high", Letter: "H", Name: m.text()}, {ID: "low", Letter: "L", Name: m.text()}}
	around := &catalog.Layer{ID: "around", Name: m.text(), Description: m.maybe(), InScope: true}
	for _, id := range []string{"upper", "lower"} {
		around.Children = append(around.Children, &catalog.Layer{ID: id, Name: m.text(), Description: m.maybe(), InScope: true, Parent: around})
	}
	g.Layers = []*catalog.Layer{{ID: "user", Name: m.text(), Description: m.maybe()}, around,
		{ID: "operation", Name: m.text(), Description: m.maybe(), InScope: true, CrossLayer: true}}
	for _, id := range catalog.ColumnIDs() {
		g.Columns = append(g.Columns, &catalog.Column{ID: id, Name: m.text(), Description: m.text()})
	}
	for i := range m.upTo(3) {
		r := &catalog.Reference{ID: fmt.Sprintf("REF %02d", i), Text: m.text(), Note: m.maybe()}
		if m.chance(2) {
			r.URL = fmt.Sprintf("https://example.org/%d?a=b&c", i)
		}
		g.References = append(g.References, r)
	}
	if m.chance(2) {
		g.Editions = []*catalog.EditionNote{{Edition: g.Edition, Date: g.Date, Summary: m.text(), Editorial: []catalog.Ref{{ID: "H01-01"}}}, {Edition: "2019.1", Date: time.Date(2019, 1, 2, 0, 0, 0, 0, time.UTC), Summary: m.text()}}
	}
	src := &catalog.Source{Guide: g}
	for i := range m.upTo(2) {
		p := &catalog.Page{ID: fmt.Sprintf("%d0-page", i+1), Title: catalog.Text{Values: map[catalog.Lang]string{}}, Body: catalog.Text{Values: map[catalog.Lang]string{}}}
		for _, l := range g.Languages[:1+m.upTo(1)] {
			p.Title.Values[l], p.Body.Values[l] = fmt.Sprintf("Page %d %s", i, l), "Some *text*.\n\n| a | b |\n| --- | --- |\n| 1 | 2 |"
		}
		src.Pages = append(src.Pages, p)
		g.PageOrder = append(g.PageOrder, p.ID)
	}
	m.controls(src)
	for i := range 2 + m.upTo(3) {
		id := fmt.Sprintf("V%d", i*7+1)
		if m.chance(3) {
			id = fmt.Sprintf("U%d", i+1)
		}
		src.Vulnerabilities = append(src.Vulnerabilities, &catalog.Vulnerability{ID: id, Label: m.text()})
	}
	for i := range 1 + m.upTo(3) {
		letter, severity := "H", "high"
		if i > 0 {
			letter, severity = "L", "low"
		}
		m.risk(src, fmt.Sprintf("%s%02d", letter, i+1), severity)
	}
	if m.chance(2) {
		src.Retired = []*catalog.Retirement{{ID: "H88", Edition: "2019.1", ReplacedBy: []string{"H01"}, Reason: m.maybe()}, {ID: "9.9.9.9", Edition: "2019.1"}}
	}
	return src
}

func (m *randomizer) controls(src *catalog.Source) {
	clauses := 1 + m.upTo(2)
	for i := range clauses {
		cl := &catalog.Clause{ID: fmt.Sprintf("%d.1.1", i+1), Title: m.maybe()}
		if i == 2 {
			cl.ID = "ac" // a name
		}
		for k := range 1 + m.upTo(11) {
			c := &catalog.Control{ID: fmt.Sprintf("%s.%d", cl.ID, k+1), Statement: m.text(), Title: m.maybe()}
			if m.chance(3) {
				c.Label = fmt.Sprintf("%s(%d)", strings.ToUpper(cl.ID), k+1)
			}
			for range m.upTo(1) * m.upTo(2) {
				c.Guidance = append(c.Guidance, m.text())
			}
			if k > 0 && m.chance(3) {
				c.Parent.ID = cl.Controls[m.IntN(k)].ID
				c.Related = append(c.Related, catalog.Ref{ID: cl.Controls[m.IntN(k)].ID})
			}
			if refs := src.Guide.References; len(refs) > 0 && m.chance(3) {
				c.References = append(c.References, catalog.Ref{ID: refs[m.IntN(len(refs))].ID})
			}
			if m.chance(4) {
				m.parameters(c)
			} else if m.chance(4) {
				c.Items = m.items(2)
				if m.chance(2) {
					c.Statement = catalog.Text{}
				}
			}
			cl.Controls = append(cl.Controls, c)
		}
		src.Clauses = append(src.Clauses, cl)
	}
	if clauses > 1 && m.chance(2) {
		// Clauses stand as the guide orders them.
		src.Guide.ClauseOrder = []string{src.Clauses[1].ID}
		src.Clauses[0], src.Clauses[1] = src.Clauses[1], src.Clauses[0]
	}
	if len(src.Guide.Editions) > 0 && m.chance(2) {
		src.Guide.Editions[0].Editorial = []catalog.Ref{{ID: src.Clauses[0].Controls[0].ID}}
	}
}

func (m *randomizer) items(depth int) []*catalog.Item {
	var out []*catalog.Item
	for i := range 1 + m.upTo(2) {
		x := &catalog.Item{Text: m.text()}
		if !m.chance(4) {
			x.Label = string(rune('a'+i)) + "."
		}
		if depth > 0 && m.chance(3) {
			x.Items = m.items(depth - 1)
		}
		out = append(out, x)
	}
	return out
}

// parameters puts parameters into a statement: one with a number of hours or, as
// often, one with choices of which the last holds another.
func (m *randomizer) parameters(c *catalog.Control) {
	say := func(s string) {
		for l := range c.Statement.Values {
			c.Statement.Values[l] += s
		}
	}
	p := &catalog.Parameter{ID: "hours", Label: m.text(), Guidance: m.maybe()}
	if m.chance(2) {
		p.Default = "24"
	}
	c.Parameters = append(c.Parameters, p)
	if m.chance(2) {
		say(" {hours}")
		return
	}
	say(" {what}")
	last := m.text()
	for l := range last.Values {
		last.Values[l] += " {hours}"
	}
	c.Parameters = append(c.Parameters, &catalog.Parameter{ID: "what", Label: m.maybe(), Choices: []catalog.Text{m.text(), last}, Many: m.chance(2)})
}

func (m *randomizer) risk(src *catalog.Source, id, severity string) {
	r := &catalog.SourceRisk{ID: id, Severity: catalog.Ref{ID: severity}, Name: m.text(), Description: []catalog.Text{m.text()}}
	if r.AddedByGroup = m.chance(3); !r.AddedByGroup {
		r.ENISA = []int{1 + m.IntN(30)}
	}
	for range m.upTo(2) {
		r.Description, r.Notes = append(r.Description, m.text()), append(r.Notes, m.text())
	}
	for i := range 1 + m.upTo(2) {
		r.Objectives = append(r.Objectives, &catalog.Objective{ID: fmt.Sprintf("%s-O%d", id, i+1), Text: m.text()})
		r.Threats = append(r.Threats, &catalog.Threat{ID: fmt.Sprintf("%s-T%d", id, i+1), Text: m.text()})
		r.Residuals = append(r.Residuals, &catalog.Residual{ID: fmt.Sprintf("%s-R%d", id, i+1), Text: m.text()})
	}
	ref := func(kind string, n int) catalog.Ref {
		return catalog.Ref{ID: fmt.Sprintf("%s-%s%d", id, kind, 1+m.IntN(n))}
	}
	layers := []string{"upper", "lower", "operation"}
	if m.chance(2) {
		k := m.IntN(len(layers))
		r.NotApplicable = []catalog.Ref{{ID: layers[k]}}
		layers = append(layers[:k:k], layers[k+1:]...)
	}
	var own []string // measures of this risk with controls of their own
	n := 0
	for _, layer := range layers {
		for range 1 + m.upTo(1) {
			n++
			sm := &catalog.SourceMeasure{ID: fmt.Sprintf("%s-%02d", id, n), Text: m.text(), Residuals: []catalog.Ref{ref("R", len(r.Residuals))}}
			for range m.upTo(2) {
				sm.Tags = append(sm.Tags, fmt.Sprintf("tag-%d", len(sm.Tags)))
			}
			switch {
			case len(own) > 0 && m.chance(4):
				sm.ControlsOf.ID = own[m.IntN(len(own))]
			case m.chance(5):
				sm.Gaps = append(sm.Gaps, catalog.GapControls)
			default:
				m.cite(src, sm)
				own = append(own, sm.ID)
			}
			switch {
			case m.chance(6):
				sm.Text, sm.Gaps = catalog.Text{}, append(sm.Gaps, catalog.GapMeasure)
			case len(src.Risks) > 0 && m.chance(4):
				// The first measure with a wording of its own, of a risk before.
				for _, x := range src.Risks[0].Measures {
					if !x.Text.IsZero() {
						sm.Text, sm.WordingOf.ID = catalog.Text{}, x.ID
						break
					}
				}
			}
			if m.chance(6) {
				sm.Residuals, sm.Gaps = nil, append(sm.Gaps, catalog.GapResidual)
			}
			r.Measures = append(r.Measures, sm)
			row := &catalog.SourceRow{Layer: catalog.Ref{ID: layer}, Measure: catalog.Ref{ID: sm.ID}, Remark: m.maybe()}
			if !m.chance(6) {
				row.Objective = ref("O", len(r.Objectives))
			}
			for range m.upTo(2) {
				row.Threats = append(row.Threats, ref("T", len(r.Threats)))
			}
			for range m.upTo(3) {
				v := src.Vulnerabilities[m.IntN(len(src.Vulnerabilities))]
				row.Vulnerabilities = append(row.Vulnerabilities, catalog.SourceVulnerabilityCitation{ID: v.ID, Variant: m.maybe(), Note: m.maybe()})
			}
			r.Rows = append(r.Rows, row)
		}
	}
	if m.chance(3) { // a row that adds nothing but a weakness has no measure
		r.Rows = append(r.Rows, &catalog.SourceRow{Layer: catalog.Ref{ID: layers[len(layers)-1]}, Remark: m.text()})
	}
	src.Risks = append(src.Risks, r)
}

// cite lets a measure cite controls, at least one.
func (m *randomizer) cite(src *catalog.Source, sm *catalog.SourceMeasure) {
	for _, cl := range src.Clauses {
		for _, c := range cl.Controls {
			switch m.IntN(8) {
			case 0:
				sm.Controls = append(sm.Controls, catalog.SourceControlCitation{ID: c.ID, Variant: m.maybe(), Note: m.maybe()})
			case 1, 2:
				sm.Controls = append(sm.Controls, catalog.SourceControlCitation{ID: c.ID})
			}
		}
	}
	if len(sm.Controls) == 0 {
		sm.Controls = append(sm.Controls, catalog.SourceControlCitation{ID: src.Clauses[0].Controls[0].ID})
	}
}
