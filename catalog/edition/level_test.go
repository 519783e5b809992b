package edition_test

import (
	"testing"

	"riskguide/catalog"
	"riskguide/catalog/edition"
)

func text(ja, en string) catalog.Text {
	return catalog.Text{Values: map[catalog.Lang]string{"ja": ja, "en": en}}
}

// TestLevels makes each kind of change alone and checks what it is taken for and
// which edition it asks for.
func TestLevels(t *testing.T) {
	h01 := func(s *catalog.Source) *catalog.SourceRisk { return s.Risks[0] }
	for _, c := range []struct {
		name   string
		change func(s *catalog.Source)
		want   string // the first change
		level  edition.Level
	}{
		{"edition", func(s *catalog.Source) { s.Guide.Edition = "2027.1" }, "changed guide  edition", edition.None},
		{"history", func(s *catalog.Source) {
			s.Guide.Editions = append(s.Guide.Editions, &catalog.EditionNote{Edition: "2000.1"})
		}, "added edition 2000.1", edition.None},
		{"retired id", func(s *catalog.Source) {
			s.Retired = append(s.Retired, &catalog.Retirement{ID: "H99", Edition: "1"})
		}, "added retirement H99", edition.None},
		{"title", func(s *catalog.Source) { s.Guide.Title = text("別の題", "Small guide") }, "reworded guide  title[ja]", edition.Patch},
		{"page", func(s *catalog.Source) { s.Pages[0].Body = catalog.NewText("ja", "別の本文") }, "reworded page 10-purpose body[ja]", edition.Patch},
		{"page gone", func(s *catalog.Source) { s.Pages = s.Pages[1:] }, "removed page 10-purpose", edition.Minor},
		{"page order", func(s *catalog.Source) { s.Guide.PageOrder = []string{"20-risks", "10-purpose"} }, "moved guide  page_order", edition.Patch},
		{"reference added", func(s *catalog.Source) {
			s.Guide.References = append(s.Guide.References, &catalog.Reference{ID: "ABC"})
		}, "added reference ABC", edition.Minor},
		{"language gone", func(s *catalog.Source) { s.Guide.Languages = s.Guide.Languages[:1] }, "removed guide  languages", edition.Major},
		{"severity of a risk", func(s *catalog.Source) { h01(s).Severity.ID = "low" }, "severity risk H01 severity", edition.Major},
		{"letter", func(s *catalog.Source) { s.Guide.Severities[0].Letter = "X" }, "changed severity high letter", edition.Major},
		{"scope of a layer", func(s *catalog.Source) { s.Guide.Layers[0].InScope = true }, "changed layer user in_scope", edition.Major},
		{"layer moved", func(s *catalog.Source) {
			g := s.Guide
			g.Layers[1].Children = append(g.Layers[1].Children, g.Layers[2])
			g.Layers = append(g.Layers[:2:2], g.Layers[3:]...)
		}, "moved layer physical", edition.Major},
		{"name of a risk", func(s *catalog.Source) { h01(s).Name = text("別の名", "Spreading failure") }, "reworded risk H01 name[ja]", edition.Patch},
		{"translation", func(s *catalog.Source) { h01(s).Name.Values["en"] = "Other" }, "translation-changed risk H01 name[en]", edition.Patch},
		{"translation gone", func(s *catalog.Source) { delete(h01(s).Measures[0].Text.Values, "en") }, "translation-removed measure H01-01 text[en]", edition.Patch},
		{"description", func(s *catalog.Source) { h01(s).Description[0].Values["ja"] += "補足。" }, "reworded paragraph H01/description/1 text[ja]", edition.Patch},
		{"note gone", func(s *catalog.Source) { s.Risks[1].Notes = nil }, "removed paragraph M02/notes/1", edition.Patch},
		{"measure reworded", func(s *catalog.Source) { h01(s).Measures[0].Text.Values["ja"] = "装置を三重にする" }, "reworded measure H01-01 text[ja]", edition.Major},
		{"objective reworded", func(s *catalog.Source) { h01(s).Objectives[0].Text.Values["ja"] += "。" }, "reworded objective H01-O1 text[ja]", edition.Major},
		{"threat reworded", func(s *catalog.Source) { h01(s).Threats[0].Text.Values["ja"] += "など" }, "reworded threat H01-T1 text[ja]", edition.Patch},
		{"statement reworded", func(s *catalog.Source) { s.Clauses[0].Controls[0].Statement.Values["ja"] += "。" }, "reworded control 2.1.1.1 statement[ja]", edition.Major},
		{"parameter", func(s *catalog.Source) { s.Clauses[0].Controls[2].Parameters[0].Default = "48" }, "changed parameter 2.1.1.10/hours default", edition.Major},
		{"parameter's label", func(s *catalog.Source) { s.Clauses[0].Controls[2].Parameters[0].Label.Values["ja"] = "時間" }, "reworded parameter 2.1.1.10/hours label[ja]", edition.Patch},
		{"variant", func(s *catalog.Source) { h01(s).Measures[1].Controls[1].Variant.Values["ja"] = "別" }, "reworded citation H01-02/2.1.1.10 variant[ja]", edition.Major},
		{"note of a citation", func(s *catalog.Source) { h01(s).Measures[0].Controls[0].Note = catalog.NewText("ja", "注") }, "reworded citation H01-01/2.1.1.1 note[ja]", edition.Major},
		{"citation gone", func(s *catalog.Source) { m := h01(s).Measures[0]; m.Controls = m.Controls[:1] }, "removed citation H01-01/2.1.1.2", edition.Major},
		{"citation added", func(s *catalog.Source) {
			m := h01(s).Measures[3]
			m.Controls = append(m.Controls, catalog.SourceControlCitation{ID: "2.1.1.2"})
		}, "added citation H01-04/2.1.1.2", edition.Minor},
		{"citations as a run", func(s *catalog.Source) {
			m := s.Risks[1].Measures[0]
			m.Controls = []catalog.SourceControlCitation{{ID: "8.6.1.1"}, {ID: "8.6.1.2"}, {ID: "8.6.1.3"}}
		}, "", edition.None},
		{"cell no longer shared, the same", func(s *catalog.Source) {
			m := h01(s).Measures[2]
			m.ControlsOf, m.Controls = catalog.Ref{}, h01(s).Measures[1].Controls
		}, "changed measure H01-03 controls_of", edition.Patch},
		{"cell no longer shared, another", func(s *catalog.Source) {
			m := h01(s).Measures[2]
			m.ControlsOf, m.Controls = catalog.Ref{}, h01(s).Measures[0].Controls
		}, "changed measure H01-03 controls_of", edition.Major},
		{"wording shared, the same", func(s *catalog.Source) {
			h01(s).Measures[3].WordingOf, h01(s).Measures[3].Text = catalog.Ref{}, h01(s).Measures[0].Text
		}, "reworded measure H01-04 text[ja]", edition.Patch},
		{"residual of a measure gone", func(s *catalog.Source) { m := h01(s).Measures[1]; m.Residuals = m.Residuals[:1] }, "removed measure H01-02 residuals", edition.Major},
		{"tag added", func(s *catalog.Source) { h01(s).Measures[0].Tags = []string{"x"} }, "added measure H01-01 tags", edition.Minor},
		{"measure added", func(s *catalog.Source) {
			r := h01(s)
			r.Measures = append(r.Measures, &catalog.SourceMeasure{ID: "H01-05", Text: catalog.NewText("ja", "新しい対策")})
		}, "added measure H01-05", edition.Minor},
		{"measure gone", func(s *catalog.Source) { r := h01(s); r.Measures = r.Measures[:3] }, "removed measure H01-04", edition.Major},
		{"measures in another order", func(s *catalog.Source) { ms := h01(s).Measures; ms[0], ms[1] = ms[1], ms[0] }, "moved measure H01-02", edition.Patch},
		{"measure replaced", func(s *catalog.Source) {
			s.Retired = append(s.Retired, &catalog.Retirement{ID: "H01-04", ReplacedBy: []string{"H01-05"}, Edition: "2"})
			h01(s).Measures[3].ID, h01(s).Rows[4].Measure.ID = "H01-05", "H01-05"
		}, "replaced measure H01-04", edition.Major},
		{"gap filled", func(s *catalog.Source) {
			m := s.Risks[1].Measures[1]
			m.Text, m.Gaps = catalog.NewText("ja", "隔離を確かめる"), nil
		}, "reworded measure M02-02 text[ja]", edition.Minor},
		{"row gone", func(s *catalog.Source) { r := h01(s); r.Rows = r.Rows[1:] }, "removed row H01/function/H01-01", edition.Major},
		{"row at another layer", func(s *catalog.Source) { h01(s).Rows[4].Layer.ID = "physical" }, "moved row H01/physical/H01-04 layer", edition.Major},
		{"row with another measure", func(s *catalog.Source) { h01(s).Rows[4].Measure.ID = "H01-01" }, "changed row H01/service-management/H01-01 measure", edition.Major},
		{"row gained a measure", func(s *catalog.Source) { h01(s).Rows[4].Measure.ID = "" }, "changed row H01/service-management measure", edition.Major},
		{"remark", func(s *catalog.Source) { h01(s).Rows[0].Remark = catalog.NewText("ja", "備考") }, "reworded row H01/function/H01-01 remark[ja]", edition.Patch},
		{"threat of a row gone", func(s *catalog.Source) { h01(s).Rows[0].Threats = h01(s).Rows[0].Threats[:1] }, "removed row H01/function/H01-01 threats", edition.Major},
		{"vulnerability of a row added", func(s *catalog.Source) {
			r := h01(s).Rows[0]
			r.Vulnerabilities = append(r.Vulnerabilities, catalog.SourceVulnerabilityCitation{ID: "V5"})
		}, "added weakness H01/function/H01-01/V5", edition.Minor},
		{"vulnerability reworded", func(s *catalog.Source) { s.Vulnerabilities[0].Label.Values["ja"] = "別" }, "reworded vulnerability V5 label[ja]", edition.Patch},
		{"not applicable", func(s *catalog.Source) { h01(s).NotApplicable = nil }, "removed risk H01 not_applicable", edition.Patch},
		{"no longer treated", func(s *catalog.Source) {
			h01(s).NotApplicable = append(h01(s).NotApplicable, catalog.Ref{ID: "function"})
		}, "added risk H01 not_applicable", edition.Major},
		{"enisa", func(s *catalog.Source) { s.Risks[1].ENISA = []int{9} }, "removed risk M02 enisa", edition.Patch},
		{"control in another clause", func(s *catalog.Source) {
			a, b := s.Clauses[0], s.Clauses[1]
			b.Controls = append(b.Controls, a.Controls[2])
			a.Controls = a.Controls[:2]
		}, "moved control 2.1.1.10", edition.Major},
		{"risk gone", func(s *catalog.Source) { s.Risks = s.Risks[1:] }, "removed risk H01", edition.Major},
	} {
		a, b := clone(load(t)), clone(load(t))
		c.change(b)
		changes := checkApply(t, c.name, a, b)
		got := ""
		if len(changes) > 0 {
			got = changes[0].String()
		}
		if level := edition.Needed(changes); got != c.want || level != c.level {
			t.Errorf("%s: %q, %s; want %q, %s\n%v", c.name, got, level, c.want, c.level, changes)
		}
	}
}

// TestSuccessor follows ids to what replaced them.
func TestSuccessor(t *testing.T) {
	a, b := clone(load(t)), clone(load(t))
	// H01-01 was split, H01-04 merged into H01-03, M02-03 renamed twice with its
	// citations and wording changed.
	r := b.Risks[0]
	r.Measures[0].ID = "H01-05"
	r.Measures = append(r.Measures[:3:3], &catalog.SourceMeasure{ID: "H01-06", Text: catalog.NewText("ja", "回線も冗長にする")})
	m := b.Risks[1].Measures[2]
	m.ID, m.Text = "M02-05", text("管理用ソフトウェアの脆弱性に直ちに対処する", "Handle weaknesses of management software")
	for _, x := range b.Risks[1].Rows {
		if x.Measure.ID == "M02-03" {
			x.Measure.ID = "M02-05"
		}
	}
	b.Retired = append(b.Retired,
		&catalog.Retirement{ID: "H01-01", ReplacedBy: []string{"H01-05", "H01-06"}},
		&catalog.Retirement{ID: "H01-04", ReplacedBy: []string{"H01-03"}},
		&catalog.Retirement{ID: "M02-03", ReplacedBy: []string{"M02-04"}},
		&catalog.Retirement{ID: "M02-04", ReplacedBy: []string{"M02-05"}})
	got := map[string]edition.Change{}
	for _, c := range checkApply(t, "successors", a, b) {
		if c.Entity == edition.EntityMeasure && !c.Item && c.Path == "" {
			got[string(c.Kind)+" "+c.ID] = c
		}
		if c.Entity == edition.EntityRow && c.Path == "measure" && c.Old == "M02-03" {
			t.Errorf("a row that cites a renamed measure is a change: %s", c)
		}
	}
	for _, c := range []struct{ key, by, replaces, newID, new string }{
		{"replaced H01-01", "H01-05 H01-06", "", "", ""},
		{"added H01-05", "", "H01-01", "", "装置を冗長にする"},
		{"added H01-06", "", "H01-01", "", "回線も冗長にする"},
		{"replaced H01-04", "H01-03", "", "", "建物を災害から守る"},
		{"replaced M02-03", "M02-05", "", "M02-05", "管理用ソフトウェアの脆弱性に直ちに対処する"},
	} {
		x, ok := got[c.key]
		if !ok || join(x.ReplacedBy) != c.by || join(x.Replaces) != c.replaces || x.NewID != c.newID || x.New != c.new {
			t.Errorf("%s: %+v", c.key, x)
		}
	}
}

func join(ids []string) string {
	s := ""
	for i, id := range ids {
		if i > 0 {
			s += " "
		}
		s += id
	}
	return s
}

func TestNumbers(t *testing.T) {
	for _, s := range []string{"", "2011", "2011.", ".1", "2011.1.1.1", "v2011.1", "2011.1a", "2011.-1", "2011.1 ", "２０１１.1", "1234567890.1"} {
		if n, err := edition.ParseNumber(s); err == nil {
			t.Errorf("%q is taken for %v", s, n)
		}
	}
	for _, c := range []struct {
		from, to string
		step     edition.Level
	}{
		{"2011.1", "2011.1", edition.None}, {"2011.1", "2011.1.0", edition.None}, {"2011.1", "2010.9", edition.None},
		{"2011.1", "2011.1.1", edition.Patch}, {"2011.1.1", "2011.1.10", edition.Patch},
		{"2011.1", "2011.2", edition.Minor}, {"2011.9", "2011.10", edition.Minor}, {"2011.1.5", "2011.2", edition.Minor},
		{"2011.1", "2012.1", edition.Major}, {"2011.5", "2012.0", edition.Major},
	} {
		a, err := edition.ParseNumber(c.from)
		if err != nil {
			t.Fatal(err)
		}
		b, err := edition.ParseNumber(c.to)
		if err != nil {
			t.Fatal(err)
		}
		if got := a.StepTo(b); got != c.step {
			t.Errorf("%s → %s is %s, want %s", c.from, c.to, got, c.step)
		}
		for _, l := range []edition.Level{edition.Patch, edition.Minor, edition.Major} {
			if got := a.StepTo(a.Next(l)); got != l {
				t.Errorf("%s → %s is %s, want %s", a, a.Next(l), got, l)
			}
		}
	}
}

// TestCheck lets a change of each level meet each step.
func TestCheck(t *testing.T) {
	changes := map[edition.Level]func(s *catalog.Source){
		edition.None:  func(*catalog.Source) {},
		edition.Patch: func(s *catalog.Source) { s.Risks[0].Name.Values["en"] = "Other" },
		edition.Minor: func(s *catalog.Source) { s.Risks[0].Measures[0].Tags = []string{"x"} },
		edition.Major: func(s *catalog.Source) { s.Risks[0].Measures[0].Text.Values["ja"] = "別の対策" },
	}
	ranks := map[edition.Level]int{edition.None: 0, edition.Patch: 1, edition.Minor: 2, edition.Major: 3}
	for level, change := range changes {
		for number, step := range map[string]edition.Level{"2026.1": edition.None, "2026.1.1": edition.Patch,
			"2026.2": edition.Minor, "2027.1": edition.Major} {
			a, b := load(t), load(t)
			change(b)
			b.Guide.Edition = number
			v, ps := edition.Check(a, b, "v1")
			if v.Level != level {
				t.Errorf("%s: the verdict is %s", level, v)
			}
			if low := ranks[step] < ranks[level]; ps.HasErrors() != low {
				t.Errorf("a %s change and edition %s: %v", level, number, ps)
			} else if low && (ps[0].Pos.File != "guide.yaml" || ps[0].Pos.Line != 5 || ps[0].Pos.Column != 10) {
				t.Errorf("the problem stands at %+v", ps[0].Pos)
			}
		}
	}
	a, b := load(t), load(t)
	b.Guide.Edition = "2025.9"
	if _, ps := edition.Check(a, b, "v1"); !ps.HasErrors() {
		t.Error("an edition lower than the one before it is accepted")
	}
	b.Guide.Edition = "第2版"
	if _, ps := edition.Check(a, b, "v1"); !ps.HasErrors() || ps[0].Rule != edition.RuleNumber {
		t.Errorf("an edition that is no number is accepted: %v", ps)
	}
	b = load(t)
	b.Guide.Edition = "2027.1"
	b.Risks[0].Measures = b.Risks[0].Measures[:3]
	if _, ps := edition.Check(a, b, "v1"); len(ps) != 1 || ps[0].Rule != edition.RuleNotRetired || ps.HasErrors() {
		t.Errorf("an id that is gone and not retired: %v", ps)
	}
}
