package catalog

import (
	"context"
	"os"
	"reflect"
	"slices"
	"testing"
)

func small(t *testing.T) *Catalog {
	t.Helper()
	c, ps := Load(context.Background(), os.DirFS("testdata/small"), LoadOptions{})
	if c == nil || len(ps) > 0 {
		t.Fatalf("problems: %v", ps)
	}
	return c
}

func TestCompareIDs(t *testing.T) {
	sorted := []string{"2.1.1.1", "2.1.1.2", "2.1.1.10", "8.6.1", "8.6.1.1", "8.6.1.9", "8.6.1.10", "11.1.2.11",
		"C.1.1.1", "C.2.1.4", "H05-01", "H05-O1", "U1", "V6", "V48", "V999999999999999999999"}
	for i, a := range sorted {
		for j, b := range sorted {
			if got := CompareIDs(a, b); got < 0 != (i < j) || got > 0 != (i > j) {
				t.Errorf("CompareIDs(%q, %q) = %d", a, b, got)
			}
		}
	}
}

func TestTextIn(t *testing.T) {
	text := Text{Values: map[Lang]string{"ja": "日", "en": "day", "fr": ""}}
	tests := []struct {
		lang     Lang
		fallback []Lang
		want     string
		wantLang Lang
	}{
		{"en", nil, "day", "en"},
		{"fr", []Lang{"ja", "en"}, "日", "ja"},
		{"fr", []Lang{"de"}, "day", "en"},
	}
	for _, tt := range tests {
		if got, lang := text.In(tt.lang, tt.fallback...); got != tt.want || lang != tt.wantLang {
			t.Errorf("In(%s, %v) = %q in %s", tt.lang, tt.fallback, got, lang)
		}
	}
	if got, lang := (Text{}).In("ja"); got != "" || lang != "ja" {
		t.Errorf("a text without wordings is %q in %s", got, lang)
	}
}

// TestResolved checks what assembling makes of references.
func TestResolved(t *testing.T) {
	c := small(t)
	if c.DefaultLang() != Japanese {
		t.Errorf("first language %s", c.DefaultLang())
	}
	h01 := c.Risk("H01")
	if h01.Severity != c.Severity("high") || !reflect.DeepEqual(h01.NotApplicable, []*Layer{c.Layer("resource")}) {
		t.Errorf("H01: severity %v, not applicable %v", h01.Severity, h01.NotApplicable)
	}
	row := h01.Rows[1]
	if row.Layer != c.Layer("physical") || row.Objective != c.Objective("H01-O1") || row.Measure != c.Measure("H01-01") ||
		!slices.Equal(row.Threats, []*Threat{c.Threat("H01-T1"), c.Threat("H01-T2")}) || row.Risk != h01 {
		t.Errorf("row %+v", row)
	}
	m := c.Measure("H01-01")
	if !slices.Equal(m.Rows, h01.Rows[:2]) || !slices.Equal(m.Layers(), []*Layer{c.Layer("function"), c.Layer("physical")}) ||
		!slices.Equal(m.Residuals, []*Residual{c.Residual("H01-R1")}) || m.Controls.Owner != m {
		t.Errorf("measure %+v", m)
	}
	if w := c.Measure("H01-04"); w.WordingOf != m || !reflect.DeepEqual(w.Text, m.Text) {
		t.Errorf("H01-04 has the wording of %v: %v", w.WordingOf, w.Text)
	}
	shared := c.Measure("H01-03").Controls
	if shared != c.Measure("H01-02").Controls || shared.Owner != c.Measure("H01-02") {
		t.Error("the control cell of H01-02 and H01-03 is not one")
	}
	by := c.Control("2.1.1.10").CitedBy
	if !slices.Equal(by, []*Measure{c.Measure("H01-02"), c.Measure("H01-03")}) {
		t.Errorf("2.1.1.10 is cited by %v", by)
	}
	variant := shared.Citations[1]
	if s, _ := c.Text(variant.Statement(), English); s != "Complete recovery at another site within {hours} hours" {
		t.Errorf("variant %q", s)
	}
	if !reflect.DeepEqual(shared.Citations[0].Statement(), c.Control("C.1.1.1").Statement) {
		t.Error("a citation without a variant has another statement than its control")
	}
	var run []string
	for _, ci := range c.Measure("M02-01").Controls.Citations {
		run = append(run, ci.Control.ID)
	}
	if !slices.Equal(run, []string{"8.6.1.1", "8.6.1.2", "8.6.1.3"}) {
		t.Errorf("the run is %v", run)
	}
	v6 := c.Vulnerability("V6")
	if len(v6.Rows) != 3 || v6.Rows[0] != h01.Rows[4] || !v6.Numbered() || c.Vulnerability("U1").Numbered() {
		t.Errorf("V6 is cited by %v", v6.Rows)
	}
	m02 := c.Risk("M02")
	if s, _ := c.Text(m02.Rows[2].Vulnerabilities[0].Label(), English); s != "Business software vulnerabilities" {
		t.Errorf("variant of V48: %q", s)
	}
	if s, _ := c.Text(m02.Rows[0].Vulnerabilities[0].Label(), English); s != "Lack of resource isolation" {
		t.Errorf("label of V6: %q", s)
	}
	if !c.Measure("M02-02").HasGap(GapMeasure) || c.Measure("M02-02").HasGap(GapControls) {
		t.Errorf("gaps of M02-02: %v", c.Measure("M02-02").Gaps)
	}
	if cl := c.Control("C.1.1.1").Clause; cl.ID != "C.1.1" || cl.Chapter() != "C" || c.Clauses[2] != cl {
		t.Errorf("clause %v", cl)
	}
	if c.Guide.Column(ColumnMeasure).ID != ColumnMeasure || c.Guide.Column("nothing") != nil {
		t.Error("columns")
	}
	for _, id := range []string{"", "H99", "high"} {
		if c.Risk(id) != nil || c.Measure(id) != nil || c.Control(id) != nil {
			t.Errorf("something has the id %q", id)
		}
	}
}

// TestPositions checks places that problems of later steps name.
func TestPositions(t *testing.T) {
	c, _ := Load(context.Background(), os.DirFS("testdata/small"), LoadOptions{Prefix: "content"})
	tests := []struct {
		name string
		got  Position
		want Position
	}{
		{"guide", c.Guide.Pos, Position{File: "content/guide.yaml", Line: 2, Column: 1}},
		{"text in one line", c.Guide.Title.Pos, Position{File: "content/guide.yaml", Line: 3, Column: 8}},
		{"text over lines", c.Risk("H01").Description[0].Pos, Position{File: "content/risks/H01.yaml", Line: 7, Column: 5}},
		{"risk", c.Risk("H01").Pos, Position{File: "content/risks/H01.yaml", Line: 2, Column: 1}},
		{"behind wide characters", c.Threat("H01-T1").Text.Pos, Position{File: "content/risks/H01.yaml", Line: 14, Column: 24}},
		{"measure", c.Measure("H01-02").Pos, Position{File: "content/risks/H01.yaml", Line: 25, Column: 5}},
		{"citation", c.Measure("H01-01").Controls.Citations[1].Pos, Position{File: "content/risks/H01.yaml", Line: 23, Column: 25}},
		{"run", c.Measure("M02-01").Controls.Citations[2].Pos, Position{File: "content/risks/M02.yaml", Line: 22, Column: 16}},
		{"control", c.Control("2.1.1.10").Pos, Position{File: "content/controls/2.1.1.yaml", Line: 9, Column: 5}},
		{"label behind Japanese", c.Control("2.1.1.10").Parameters[0].Pos, Position{File: "content/controls/2.1.1.yaml", Line: 14, Column: 9}},
		{"page", c.Pages[0].Title.Pos, Position{File: "content/pages/10-purpose.ja.md", Line: 1, Column: 1}},
		{"body of a page", c.Pages[0].Body.Pos, Position{File: "content/pages/10-purpose.ja.md", Line: 3, Column: 1}},
	}
	for _, tt := range tests {
		if tt.got != tt.want {
			t.Errorf("%s stands at %v, want %v", tt.name, tt.got, tt.want)
		}
	}
}

func TestSuggest(t *testing.T) {
	controls := []string{"6.6.1.1", "6.6.1.9", "6.6.1.19", "6.6.2.9", "C.1.1.1"}
	tests := []struct {
		got  string
		from []string
		want string
	}{
		{"6.6.1.99", controls, "6.6.1.9"},
		{"6.6.1.8", controls, "6.6.1.1"},
		{"c.1.1.1", controls, "C.1.1.1"},
		{"Ｃ．１．１．１", controls, "C.1.1.1"},
		{"9.9.9.9", controls, ""},
		{"contorls", []string{"controls", "controls_of"}, "controls"},
		{"controlsof", []string{"controls", "controls_of"}, "controls_of"},
		{"title", []string{"controls", "clause"}, ""},
		{"", controls, ""},
		{"x", nil, ""},
		{"6.6.1.1", []string{"6.6.1.1"}, ""},
	}
	for _, tt := range tests {
		if got := Suggest(tt.got, tt.from); got != tt.want {
			t.Errorf("Suggest(%q) = %q, want %q", tt.got, got, tt.want)
		}
	}
}

func TestHeadings(t *testing.T) {
	tests := []struct {
		line, want string
		ok         bool
	}{
		{"# Purpose", "Purpose", true},
		{"#  目的と使い方  ", "目的と使い方", true},
		{"#\tTab", "Tab", true},
		{"# Closed ##", "Closed", true},
		{"# C#", "C#", true},
		{`# C \#`, "C #", true},
		{"#", "", true},
		{"# #", "", true},
		{"## Second", "", false},
		{"#Purpose", "", false},
		{"Purpose", "", false},
		{" # Purpose", "", false},
	}
	for _, tt := range tests {
		if got, ok := headingText(tt.line); got != tt.want || ok != tt.ok {
			t.Errorf("headingText(%q) = %q, %v", tt.line, got, ok)
		}
	}
	for _, title := range []string{"Purpose", "C#", "C #", "#", "##", "# #", `a\`, `a \#`, "目的"} {
		if got, ok := headingText(headingLine(title)); !ok || got != title {
			t.Errorf("title %q is written %q and read %q", title, headingLine(title), got)
		}
	}
}

func TestTextEqual(t *testing.T) {
	text := func(pos int, values ...string) Text {
		t := Text{Pos: Position{Line: pos}, Values: map[Lang]string{}}
		for i := 0; i < len(values); i += 2 {
			t.Values[Lang(values[i])] = values[i+1]
		}
		return t
	}
	for _, tt := range []struct {
		a, b Text
		want bool
	}{
		{Text{}, Text{}, true},
		{Text{}, text(1), true},
		{Text{}, text(1, "ja", ""), true},
		{text(1, "ja", "甲"), text(2, "ja", "甲"), true},
		{text(1, "ja", "甲", "en", ""), text(2, "ja", "甲"), true},
		{text(1, "ja", "甲", "en", "a"), text(1, "en", "a", "ja", "甲"), true},
		{text(1, "ja", "甲"), text(1, "ja", "乙"), false},
		{text(1, "ja", "甲"), text(1, "en", "甲"), false},
		{text(1, "ja", "甲"), text(1, "ja", "甲", "en", "a"), false},
		{text(1, "ja", "甲"), Text{}, false},
	} {
		if got := tt.a.Equal(tt.b); got != tt.want {
			t.Errorf("%v.Equal(%v) = %v", tt.a, tt.b, got)
		}
		if got := tt.b.Equal(tt.a); got != tt.want {
			t.Errorf("%v.Equal(%v) = %v, unlike the reverse", tt.b, tt.a, got)
		}
	}
}
