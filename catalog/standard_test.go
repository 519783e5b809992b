package catalog_test

import (
	"context"
	"os"
	"reflect"
	"testing"
	"testing/fstest"

	"riskguide/catalog"
)

// TestStandard loads a guide of controls alone and looks at what only such a guide
// has: items, enhancements, related controls, choices.
func TestStandard(t *testing.T) {
	cat, ps := catalog.Load(context.Background(), os.DirFS("testdata/standard"), catalog.LoadOptions{})
	if cat == nil || len(ps) > 0 {
		t.Fatal(ps)
	}
	if cat.Guide.TreatsRisks() || len(cat.Risks) > 0 {
		t.Error("the standard treats risks")
	}
	var clauses []string
	for _, cl := range cat.Clauses {
		clauses = append(clauses, cl.ID)
	}
	if want := []string{"ga", "ky", "cr"}; !reflect.DeepEqual(clauses, want) {
		t.Errorf("clauses %v, want the guide's order %v", clauses, want)
	}
	gate := cat.Control("ga-1")
	const nb = "\u00A0\u00A0\u00A0\u00A0"
	want := "The harbour:\na. Writes down who opens the gate and tells {ga-1_prm_1};\nb. Reviews at the gate:\n" +
		nb + "1. the list of keepers {ga-1_prm_2}; and\n" + nb + "2. the log of the gate."
	if got, _ := cat.Text(gate.Wording(), "en"); got != want {
		t.Errorf("wording %q, want %q", got, want)
	}
	if len(gate.Enhancements) != 1 || gate.Enhancements[0].ID != "ga-1.1" || gate.Enhancements[0].Enhances != gate {
		t.Errorf("the enhancements of ga-1 are %v", gate.Enhancements)
	}
	if len(gate.RelatedTo) != 1 || gate.RelatedTo[0] != cat.Control("ky-1") {
		t.Errorf("ga-1 is related to %v", gate.RelatedTo)
	}
	if len(gate.Cites) != 1 || gate.Cites[0] != cat.Reference("Lock Act") {
		t.Errorf("ga-1 cites %v", gate.Cites)
	}
	if gate.Number() != "GA-1" || cat.Control("ga-2").Parameter("ga-2_prm_1").Default != "8" {
		t.Error("label or default is not there")
	}
	if p := cat.Control("ga-1.1").Parameter("ga-1.1_prm_1"); len(p.Choices) != 2 || !p.Many {
		t.Errorf("the choices are %v", p)
	}
}

// TestStandardLayout holds the files of the standard to the canonical layout.
func TestStandardLayout(t *testing.T) {
	src, ps := catalog.LoadSource(context.Background(), os.DirFS("testdata/standard"), catalog.LoadOptions{})
	if len(ps) > 0 {
		t.Fatal(ps)
	}
	files, err := catalog.WriteFiles(src)
	if err != nil {
		t.Fatal(err)
	}
	for name, data := range files {
		if is, err := os.ReadFile("testdata/standard/" + name); err != nil || string(is) != string(data) {
			t.Errorf("%s would be written otherwise (%v):\n%s", name, err, data)
		}
	}
}

// TestRisksAreMissing: a guide that names severities must have risks, one that has
// risks must name severities.
func TestRisksAreMissing(t *testing.T) {
	const head = "id: x\ntitle: X\nedition: '1'\ndate: 2025-01-01\nlanguages: [en]\n"
	const clause = "clause: a\ncontrols: [{id: a-1, statement: Do it}]\n"
	for _, tt := range []struct {
		name  string
		files map[string]string
		rule  string
	}{
		{"standard", map[string]string{"guide.yaml": head, "controls/a.yaml": clause}, ""},
		{"severities only", map[string]string{"guide.yaml": head + "severities: [{id: high, letter: H, name: High}]\n", "controls/a.yaml": clause}, "missing-file"},
		{"risk without severities", map[string]string{"guide.yaml": head, "controls/a.yaml": clause,
			"risks/H01.yaml": "id: H01\nseverity: high\nname: R\nadded_by_group: true\ndescription: [D]\n"}, "missing-key"},
		{"no controls", map[string]string{"guide.yaml": head}, "missing-file"},
	} {
		fsys := fstest.MapFS{}
		for name, data := range tt.files {
			fsys[name] = &fstest.MapFile{Data: []byte(data)}
		}
		_, ps := catalog.Load(context.Background(), fsys, catalog.LoadOptions{})
		found := false
		for _, p := range ps {
			found = found || p.Rule == tt.rule
		}
		if tt.rule == "" && len(ps) > 0 || tt.rule != "" && !found {
			t.Errorf("%s: want a problem %q, got %v", tt.name, tt.rule, ps)
		}
	}
}

// TestNameOf makes ids of names; what it makes is an id, and an id stays as it is.
func TestNameOf(t *testing.T) {
	for in, want := range map[string]string{
		"ac-2.1": "ac-2.1", "ac-2.1_prm_1": "ac-2.1_prm_1", "AC-2(1)": "ac-2-1", "_a__b-": "a_b", "1.2": "c-1.2",
		"con": "c-con", "index": "c-index", "aux.1": "c-aux.1", "": "c", "管理": "c", "A.5.1": "a.5.1",
	} {
		got := catalog.NameOf(in)
		if got != want {
			t.Errorf("NameOf(%q) = %q, want %q", in, got, want)
		}
		if again := catalog.NameOf(got); again != got {
			t.Errorf("NameOf(%q) = %q", got, again)
		}
	}
}
