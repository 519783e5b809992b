package edition_test

import (
	"strings"
	"testing"

	"riskguide/catalog"
	"riskguide/catalog/edition"
)

// history gives a source a history of editions, newest first: "2026.1.1 H01-01 …"
// is the edition's number and what it declares editorial.
func history(s *catalog.Source, entries ...string) {
	s.Guide.Editions = nil
	for i, e := range entries {
		f := strings.Fields(e)
		n := &catalog.EditionNote{Edition: f[0], Date: s.Guide.Date, Summary: text("要約", "Summary")}
		for j, id := range f[1:] {
			n.Editorial = append(n.Editorial, catalog.Ref{ID: id, Pos: catalog.Position{File: "guide.yaml", Line: 100 + i, Column: 10 + j}})
		}
		s.Guide.Editions = append(s.Guide.Editions, n)
	}
	s.Guide.Edition = s.Guide.Editions[0].Edition
}

// TestEditorial declares rewordings to mean the same: they ask for a patch, and
// nothing else does for less than it did.
func TestEditorial(t *testing.T) {
	h01 := func(s *catalog.Source) *catalog.SourceRisk { return s.Risks[0] }
	measure := func(s *catalog.Source) { h01(s).Measures[0].Text.Values["ja"] = "装置を三重にする" }
	for _, c := range []struct {
		name     string
		change   func(s *catalog.Source)
		editions string // newest first, divided by semicolons
		level    edition.Level
		wrong    string // an id that lint --since refuses
	}{
		{"not declared", measure, "2026.1.1; 2026.1", edition.Major, ""},
		{"measure", measure, "2026.1.1 H01-01; 2026.1", edition.Patch, ""},
		{"objective", func(s *catalog.Source) { h01(s).Objectives[0].Text.Values["ja"] += "。" }, "2026.1.1 H01-O1; 2026.1", edition.Patch, ""},
		{"control", func(s *catalog.Source) { s.Clauses[0].Controls[0].Statement.Values["ja"] += "。" }, "2026.1.1 2.1.1.1; 2026.1", edition.Patch, ""},
		{"items of a control", func(s *catalog.Source) {
			s.Clauses[0].Controls[0].Items = []*catalog.Item{{Label: "a", Text: text("項目", "Item")}}
		}, "2026.1.1 2.1.1.1; 2026.1", edition.Patch, ""},
		{"variant of a citation", func(s *catalog.Source) { h01(s).Measures[1].Controls[1].Variant.Values["ja"] = "別" },
			"2026.1.1 H01-02/2.1.1.10; 2026.1", edition.Patch, ""},
		{"another measure", measure, "2026.1.1 H01-02; 2026.1", edition.Major, "H01-02"},
		{"a translation", func(s *catalog.Source) { h01(s).Measures[0].Text.Values["en"] = "Other" }, "2026.1.1 H01-01; 2026.1", edition.Patch, "H01-01"},
		{"a tag, too", func(s *catalog.Source) { measure(s); h01(s).Measures[0].Tags = []string{"x"} }, "2026.2 H01-01; 2026.1", edition.Minor, ""},
		{"a citation gone, too", func(s *catalog.Source) {
			measure(s)
			h01(s).Measures[0].Controls = h01(s).Measures[0].Controls[:1]
		}, "2027.1 H01-01; 2026.1", edition.Major, ""},
		{"no wording any more", func(s *catalog.Source) { h01(s).Measures[0].Text = catalog.Text{} }, "2026.1.1 H01-01; 2026.1", edition.Major, "H01-01"},
		{"two editions ago", measure, "2026.1.2; 2026.1.1 H01-01; 2026.1", edition.Patch, ""},
		{"declared by the old edition", measure, "2026.1 H01-01", edition.Major, ""},
		{"a major edition after it", measure, "2027.1; 2026.1.1 H01-01; 2026.1", edition.Major, ""},
		{"a major edition declares it, too", measure, "2027.1 H01-01; 2026.1.1 H01-01; 2026.1", edition.Patch, ""},
		{"a major edition in between", measure, "2027.1.1 H01-01; 2027.1; 2026.1", edition.Major, ""},
		{"and back again", func(*catalog.Source) {}, "2026.1.2 H01-01; 2026.1.1 H01-01; 2026.1", edition.None, ""},
	} {
		a, b := clone(load(t)), clone(load(t))
		c.change(b)
		history(a, "2026.1")
		history(b, strings.Split(c.editions, ";")...)
		changes := checkApply(t, c.name, a, b)
		if got := edition.Needed(changes); got != c.level {
			t.Errorf("%s: %s, want %s\n%v", c.name, got, c.level, changes)
		}
		_, ps := edition.Check(a, b, "v1")
		wrong := ""
		for _, p := range ps {
			if p.Rule == edition.RuleEditorial {
				wrong += strings.Split(p.Message, `"`)[1]
				if p.Level != catalog.LevelError || p.Pos.Line != 100 {
					t.Errorf("%s: %+v", c.name, p)
				}
			}
		}
		if wrong != c.wrong {
			t.Errorf("%s: refused is %q, want %q", c.name, wrong, c.wrong)
		}
	}
}
