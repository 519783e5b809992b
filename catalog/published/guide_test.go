package published

import (
	"bytes"
	"fmt"
	"reflect"
	"strings"
	"testing"

	"riskguide/catalog"
)

// These tests read the published guide, which is not in the repository, and
// skip where it is missing. They hold no sentence of it: only ids, names of
// columns and numbers.

func TestGuideTotals(t *testing.T) {
	res := parse(t, published(t))
	r := res.Report
	got := fmt.Sprintf("%d risks, %d measures, %d controls, %d citations, %d vulnerabilities, %d gaps", r.Risks, r.Measures, r.Controls, r.Citations, r.Vulnerabilities, r.Gaps)
	if want := "21 risks, 106 measures, 226 controls, 680 citations, 45 vulnerabilities, 5 gaps"; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
	// Counted from the raw text by hand: 24 numbers with more than one
	// wording, 18 once half- and full-width forms are folded.
	for kind, want := range map[Kind]int{
		KindWording: 18, KindWidth: 6, KindLabel: 3, KindNote: 6, KindPunctuation: 23,
		KindGap: 5, KindMoved: 4, KindRow: 7, KindLayerLabel: 2, KindRepeated: 1,
		KindGlued: 1, KindPageNote: 1, KindOverview: 8, KindSameMeasure: 6,
	} {
		if n := r.Count(kind); n != want {
			t.Errorf("%d judgements %s, want %d", n, kind, want)
		}
	}
	cat := load(t, res.Source)
	citations := 0
	measures := map[string]int{}
	for _, risk := range cat.Risks {
		measures[risk.ID] = len(risk.Measures)
		for _, m := range risk.Measures {
			if m.Controls.Owner == m {
				citations += len(m.Controls.Citations)
			}
		}
	}
	if len(cat.Risks) != 21 || len(cat.Controls()) != 226 || citations != 680 {
		t.Errorf("loaded: %d risks, %d controls, %d citations", len(cat.Risks), len(cat.Controls()), citations)
	}
	if want := map[string]int{
		"H01": 10, "H02": 7, "H03": 7, "H04": 9, "H05": 8, "H06": 4, "M07": 11, "M08": 3, "M09": 7, "M10": 1, "M11": 11,
		"L12": 1, "L13": 9, "L14": 2, "L15": 5, "L16": 3, "L17": 3, "L18": 1, "L19": 1, "L20": 2, "L21": 1,
	}; !reflect.DeepEqual(measures, want) {
		t.Errorf("measures by risk: %v, want %v", measures, want)
	}
	if n := len(cat.Control("8.6.1.1").CitedBy); n != 16 {
		t.Errorf("8.6.1.1 answers %d measures, want 16", n)
	}
}

// TestGuideTraps asserts what the places that are hard to read became.
func TestGuideTraps(t *testing.T) {
	cat := load(t, parse(t, published(t)).Source)
	for id, want := range map[string]string{
		"H01-05": "physical: 14 / 3",                            // two paragraphs, one control cell
		"H01-06": "physical: 14 of H01-05 / 3",                  //
		"H02-01": "function,physical: 2 / 1",                    // the upper layer's label in the only column
		"H03-01": "resource: 1 / 1",                             // the threat cell is missing
		"H03-02": "function: 19 / 3",                            // a list cut by the page, the rest in the measure column
		"H03-03": "function: 2 / 1",                             // two measures in one row, each with its own controls
		"H03-04": "function: 2 / 1",                             //
		"H03-05": "physical: 2 / 1 gap:measure",                 //
		"H04-07": "service-management: 1 / 1 = H04-03",          //
		"H04-08": "service-management: 1 / 1 gap:measure",       // in the remark column
		"H05-03": "function: 8 / 1 = H03-02",                    //
		"H05-08": "service-management: 19 of H05-07 / 1",        // an empty control cell
		"H06-02": "service-management: 19 of H06-01 / 1",        // a cell that runs through a layer that is not applicable
		"M07-05": "physical: 17 / 1",                            // a page that begins with the rest of a list
		"M11-04": "function: 19 / 1 = M09-04",                   // controls in the measure column
		"M11-05": "function: 4 / 1",                             //
		"M11-10": "service-management: 3 / 2 gap:measure",       //
		"L12-01": "resource:  / 1 gap:controls",                 //
		"L13-02": "resource: 11 / 4 = L12-01",                   //
		"L13-04": "function,physical: 18 / 1",                   // controls and measure in different rows
		"L14-02": "service-management: 21 / 1",                  // joined over a page note
		"L15-02": "function,physical,service-management: 6 / 1", // empty rows
		"L16-02": "service-management: 17 / 2",                  // two bullets, one control cell
		"L16-03": "service-management: 17 of L16-02 / 2",        //
		"L18-01": "function,physical,service-management: 6 / 1 gap:measure",
	} {
		m := cat.Measure(id)
		if m == nil {
			t.Errorf("no measure %s", id)
			continue
		}
		var layers []string
		for _, r := range m.Rows {
			layers = append(layers, r.Layer.ID)
		}
		got := strings.Join(layers, ",") + ": "
		if n := len(m.Controls.Citations); n > 0 {
			got += fmt.Sprint(n)
		}
		if o := m.Controls.Owner; o != nil && o != m {
			got += " of " + o.ID
		}
		got += fmt.Sprintf(" / %d", len(m.Residuals))
		if m.WordingOf != nil {
			got += " = " + m.WordingOf.ID
		}
		for _, g := range m.Gaps {
			got += " gap:" + string(g)
		}
		if got != want {
			t.Errorf("%s is %q, want %q", id, got, want)
		}
	}
	absent := map[string]string{}
	for _, r := range cat.Risks {
		for _, l := range r.NotApplicable {
			absent[r.ID] += l.ID[:1]
		}
	}
	if want := map[string]string{
		"H01": "r", "H02": "r", "H06": "rp", "M08": "rfp", "M10": "rfp", "L12": "fps", "L14": "rfp", "L16": "rf",
		"L17": "f", "L18": "r", "L19": "rfp", "L20": "fp", "L21": "rfp",
	}; !reflect.DeepEqual(absent, want) {
		t.Errorf("not applicable: %v, want %v", absent, want)
	}
	variants := map[string]string{}
	for _, m := range cat.Measures() {
		for _, c := range m.Controls.Citations {
			if !c.Variant.IsZero() && m.Controls.Owner == m && (c.Control.ID == "6.1.1.12" || c.Control.ID == "6.5.1.5") {
				variants[c.Control.ID] += m.ID + " "
			}
		}
	}
	if want := map[string]string{"6.1.1.12": "H02-02 ", "6.5.1.5": "H03-04 "}; !reflect.DeepEqual(variants, want) {
		t.Errorf("variants of 6.1.1.12 and 6.5.1.5: %v, want %v", variants, want)
	}
	added := ""
	for _, r := range cat.Risks {
		if r.AddedByGroup {
			added += r.ID + " "
		}
	}
	if added != "H01 H02 " {
		t.Errorf("added by the group: %s", added)
	}
	if got := cat.Risk("M09").ENISA; !reflect.DeepEqual(got, []int{12, 13}) {
		t.Errorf("M09 has the relation %v", got)
	}
	if g := cat.Guide; g.Edition != "2011.1" || g.Date.Format("2006-01-02") != "2012-08-01" || len(g.Columns) != 9 || len(g.References) != 1 || len(cat.Pages) != 4 {
		t.Errorf("front matter: edition %s of %v, %d columns, %d references, %d pages", g.Edition, g.Date, len(g.Columns), len(g.References), len(cat.Pages))
	}
	if l := cat.Guide.TableLayers(); len(l) != 4 {
		t.Errorf("%d layers in scope", len(l))
	}
}

func TestGuideCheck(t *testing.T) {
	data := published(t)
	check, err := Check("text", data, load(t, parse(t, data).Source))
	if err != nil {
		t.Fatal(err)
	}
	if !check.OK() {
		var b bytes.Buffer
		if _, err := check.WriteTo(&b); err != nil {
			t.Fatal(err)
		}
		t.Fatalf("the catalog is not the text:\n%s", b.String())
	}
	total := check.Total()
	n := 0
	for _, r := range strings.TrimPrefix(string(data), "\ufeff") {
		if !strings.ContainsRune(" \t\n\r\u3000", r) {
			n++
		}
	}
	if total.Source != n || total.Catalog+total.Repeated+total.Listed+total.Unexplained != n || total.Unexplained != 0 {
		t.Errorf("the text has %d characters; the check counts %+v", n, total)
	}
	for _, p := range check.Parts {
		if p.Source != p.Catalog+p.Repeated+p.Listed+p.Unexplained {
			t.Errorf("the counts do not add up: %+v", p)
		}
	}
	kinds := map[FindingKind]int{}
	for _, f := range check.Findings {
		kinds[f.Kind]++
	}
	for kind, want := range map[FindingKind]int{FindingReworded: 1, FindingOverview: 7, FindingRelation: 2, FindingPageNote: 1, FindingApart: 1} {
		if kinds[kind] != want {
			t.Errorf("%d findings %s, want %d", kinds[kind], kind, want)
		}
	}
}

func TestGuideCutOff(t *testing.T) { refuseCuts(t, published(t), 6) }

func TestGuideDeterministic(t *testing.T) {
	data := published(t)
	a, errA := catalog.WriteFiles(parse(t, data).Source)
	b, errB := catalog.WriteFiles(parse(t, data).Source)
	if errA != nil || errB != nil || !reflect.DeepEqual(a, b) {
		t.Error("two imports of one text differ")
	}
	var x, y bytes.Buffer
	for _, w := range []*bytes.Buffer{&x, &y} {
		if _, err := parse(t, data).Report.WriteTo(w); err != nil {
			t.Fatal(err)
		}
	}
	if x.String() != y.String() {
		t.Error("two reports on one text differ")
	}
}
