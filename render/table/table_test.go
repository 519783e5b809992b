package table_test

import (
	"fmt"
	"os"
	"strings"
	"testing"

	"riskguide/catalog"
	"riskguide/render/table"
)

func load(t *testing.T) *catalog.Catalog {
	t.Helper()
	cat, problems := catalog.Load(t.Context(), os.DirFS("../../catalog/testdata/small"), catalog.LoadOptions{})
	if cat == nil {
		t.Fatal(problems)
	}
	return cat
}

// describe gives a cell as "row+rowspan/col+colspan kind: items".
func describe(c table.Cell) string {
	kinds := map[table.Kind]string{table.Filled: "", table.Empty: "empty", table.NotApplicable: "-", table.Missing: "missing " + string(c.Gap)}
	var items []string
	for _, it := range c.Items {
		s := strings.TrimSpace(it.Number + " " + it.Text)
		if it.Note != "" {
			s += "(" + it.Note + ")"
		}
		if it.Variant {
			s += "*"
		}
		if it.LeftOut {
			s += "†"
		}
		items = append(items, s)
	}
	return fmt.Sprintf("%d+%d/%d+%d %s%s", c.Row, c.RowSpan, c.Col, c.ColSpan, kinds[c.Kind], strings.Join(items, " | "))
}

func TestMergedCells(t *testing.T) {
	cat := load(t)
	tests := []struct {
		risk string
		rows int
		want []string // some of the cells
	}{
		{"H01", 6, []string{
			"0+2/0+1 Abstraction layer",
			"0+1/1+1 Resource layer",
			"0+1/2+1 -",
			"1+1/1+1 Function layer",
			"1+5/2+1 A partial failure does not stop the whole", // one objective over three layers
			"1+2/3+1 Failure | Wrong settings",                  // threats that end inside a layer
			"1+4/4+1 Single point of failure",                   // an unnumbered vulnerability over two layers
			"1+2/5+1 Make devices redundant",                    // one measure over two layers
			"2+3/0+2 Physical layer",                            // a layer without an upper one
			"3+2/6+1 C.1.1.1 Losing one site must not stop the service | 2.1.1.10 Complete recovery at another site within {hours} hours*", // one list over two measures
			"3+2/7+1 Simultaneous failure of redundant parts | A disaster beyond expectation",
			"4+1/5+1 Protect buildings against disasters",
			"4+1/8+1 Use regional assumptions.",
			"5+1/5+1 Make devices redundant", // the same wording, but a measure of its own
		}},
		{"M02", 4, []string{
			"1+1/4+1 V5 Hypervisor vulnerabilities | V6 Lack of resource isolation(sharing of hardware)",
			"1+1/5+1 missing measure",
			"2+1/2+1 -",
			"1+3/6+1 8.6.1.2 Act within a set time when a weakness is found", // runs past a layer that is not applicable
			"0+4/7+1 Attacks on unknown weaknesses",
			"3+1/4+1 V48 Business software vulnerabilities*",
			"0+1/6+1 8.6.1.1 Define in writing which systems are managed | 8.6.1.2 Act within a set time when a weakness is found | 8.6.1.3 Define roles and responsibilities",
		}},
	}
	for _, tt := range tests {
		g := table.Build(cat, cat.Risk(tt.risk), table.Options{Lang: catalog.English})
		if g.Rows != tt.rows {
			t.Errorf("%s: %d rows, want %d", tt.risk, g.Rows, tt.rows)
		}
		var got []string
		for _, c := range g.Cells {
			got = append(got, describe(c))
		}
		all := "\n" + strings.Join(got, "\n") + "\n"
		for _, w := range tt.want {
			if !strings.Contains(all, "\n"+w+"\n") {
				t.Errorf("%s: no cell %q in%s", tt.risk, w, all)
			}
		}
	}
}

// TestEveryPlaceIsCoveredOnce checks the arithmetic of the spans, also of tables
// from which a tailoring took rows.
func TestEveryPlaceIsCoveredOnce(t *testing.T) {
	cat := load(t)
	views := []*catalog.Catalog{cat}
	ms := cat.Measures()
	for bits := range 1 << len(ms) {
		views = append(views, cat.Select(func(m *catalog.Measure) bool {
			for i := range ms {
				if ms[i] == m {
					return bits&(1<<i) != 0
				}
			}
			return false
		}))
	}
	for _, v := range views {
		for _, r := range v.Risks {
			g := table.Build(v, r, table.Options{Lang: catalog.Japanese})
			covered(t, r.ID, g.Cells, g.Rows)
			covered(t, r.ID+" header", g.Header, g.HeaderRows)
		}
	}
}

func covered(t *testing.T, name string, cells []table.Cell, rows int) {
	t.Helper()
	n := make([]int, rows*table.Columns)
	last := -1
	for _, c := range cells {
		if at := c.Row*table.Columns + c.Col; at <= last {
			t.Errorf("%s: cell %s is out of order", name, describe(c))
		} else {
			last = at
		}
		for r := c.Row; r < c.Row+c.RowSpan; r++ {
			for col := c.Col; col < c.Col+c.ColSpan; col++ {
				n[r*table.Columns+col]++
			}
		}
	}
	for i, k := range n {
		if k != 1 {
			t.Errorf("%s: place %d,%d is covered %d times", name, i/table.Columns, i%table.Columns, k)
		}
	}
}

func TestStatementsOfATailoring(t *testing.T) {
	cat := load(t)
	g := table.Build(cat, cat.Risk("H01"), table.Options{Lang: catalog.English,
		Statement: func(m *catalog.Measure, c catalog.ControlCitation, text string) (string, bool) {
			return strings.ReplaceAll(text, "{hours}", "8"), c.Control.ID == "C.1.1.1"
		}})
	want := "3+2/6+1 C.1.1.1 Losing one site must not stop the service† | 2.1.1.10 Complete recovery at another site within 8 hours*"
	for _, c := range g.Cells {
		if describe(c) == want {
			return
		}
	}
	t.Errorf("no cell %q", want)
}
