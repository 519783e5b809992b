package profile_test

import (
	"context"
	"os"
	"strings"
	"testing"
	"testing/fstest"

	"riskguide/catalog"
	"riskguide/profile"
)

// standard loads the invented standard of controls alone.
func standard(t testing.TB) *catalog.Catalog {
	t.Helper()
	c, ps := catalog.Load(context.Background(), os.DirFS("../catalog/testdata/standard"), catalog.LoadOptions{})
	if len(ps) > 0 {
		t.Fatal(ps)
	}
	return c
}

// tailorText applies a profile, given as text, and returns the problems as text.
func tailorText(t testing.TB, cat *catalog.Catalog, text string) (*profile.Pack, string) {
	t.Helper()
	p, ps := profile.Load(context.Background(), fstest.MapFS{"p.yaml": {Data: []byte(text)}}, "p.yaml", profile.LoadOptions{})
	if p == nil {
		return nil, ps.Error()
	}
	pack, more := profile.Tailor(cat, p)
	ps = append(ps, more...)
	ps.Sort()
	return pack, ps.Error()
}

const directHead = "id: p\ntitle: P\nlanguages: [en]\n"

func TestDirectSelection(t *testing.T) {
	cat := standard(t)
	p, ps := profile.Load(context.Background(), os.DirFS("../catalog/testdata/standard/profiles"), "quay.yaml", profile.LoadOptions{})
	if len(ps) > 0 {
		t.Fatal(ps)
	}
	pack, ps := profile.Tailor(cat, p)
	if len(ps) > 0 {
		t.Fatal(ps)
	}
	if got, want := ids(pack.Requirements, func(r *profile.Requirement) string { return r.ID }), "ga-1 ga-1.1 ky-1 cr-1"; got != want {
		t.Errorf("requirements %s, want %s", got, want)
	}
	if got, want := ids(pack.View.Controls(), controlID), "ga-1 ga-1.1 ky-1 cr-1"; got != want {
		t.Errorf("the view has %s, want %s", got, want)
	}
	r := pack.Requirement("ga-1")
	for _, want := range []string{"tells [harbour-defined keepers];", "\u00A01. the list of keepers every spring; and"} {
		if got := pack.Text(r.Statement); !strings.Contains(got, want) {
			t.Errorf("the statement of ga-1 lacks %q:\n%s", want, got)
		}
	}
	if got := pack.Text(r.Title); got != "Gate Policy" || len(r.AskedBy)+len(r.Risks) > 0 || r.Obligation != profile.Must {
		t.Errorf("ga-1: title %q, obligation %s, asked by %v", got, r.Obligation, r.AskedBy)
	}
	if len(r.Values) != 2 || !r.Values[0].Open || r.Values[1].Open || r.Values[1].Value != "every spring" {
		t.Errorf("the values of ga-1 are %+v", r.Values)
	}
	if got, want := pack.Text(pack.Requirement("ga-1.1").Statement),
		"The harbour closes the gate and [rings the bell / calls [harbour-defined persons]]."; got != want {
		t.Errorf("ga-1.1 says %q, want %q", got, want)
	}
	if n := pack.Open(); n != 4 {
		t.Errorf("%d parameters are open, want 4: the keepers, the choice, the persons in it and the frequency of cr-1", n)
	}
}

func TestDirectValues(t *testing.T) {
	cat := standard(t)
	for _, tt := range []struct{ name, profile, id, want string }{
		{"all", "select: {all: true}\nopen_parameters: true\n", "ky-1.1", "The harbour opens the cabinet in the presence of two persons."},
		{"default", "select: {controls: [ga-2]}\n", "ga-2", "The harbour lights the gate 8 hours a night."},
		{"one choice", "select: {controls: [ga-1.1]}\nparameters: {ga-1.1: {ga-1.1_prm_1: rings the bell}}\n", "ga-1.1", "The harbour closes the gate and rings the bell."},
		{"choices that hold a value", "select: {controls: [ga-1.1]}\nparameters: {ga-1.1: {ga-1.1_prm_1: [rings the bell, 'calls {ga-1.1_prm_2}'], ga-1.1_prm_2: the master}}\n",
			"ga-1.1", "The harbour closes the gate and rings the bell; calls the master."},
		{"obligation", "select: {clauses: [ky]}\nobligations: {rules: [{controls: [ky-1.1], obligation: may}]}\n", "ky-1.1", "may"},
		{"exclusion", "select: {clauses: [ky]}\nexclude: [{controls: [ky-1.1], reason: One person works here.}]\n", "ky-1", "The harbour locks its keys away."},
		{"excluded", "select: {clauses: [ky]}\nexclude: [{controls: [ky-1.1], reason: One person works here.}]\n", "ky-1.1", ""},
	} {
		pack, ps := tailorText(t, cat, directHead+tt.profile)
		if pack == nil || ps != "" {
			t.Errorf("%s: %s", tt.name, ps)
			continue
		}
		got := ""
		if r := pack.Requirement(tt.id); r != nil {
			got = pack.Text(r.Statement)
			if tt.name == "obligation" {
				got = string(r.Obligation)
			}
		}
		if got != tt.want {
			t.Errorf("%s: %q, want %q", tt.name, got, tt.want)
		}
	}
}

func TestDirectExclusion(t *testing.T) {
	pack, ps := tailorText(t, standard(t), directHead+"select: {clauses: [ky]}\nexclude: [{controls: [ky-1.1], reason: One person works here.}]\n")
	if pack == nil {
		t.Fatal(ps)
	}
	if len(pack.Exclusions) != 1 || ids(pack.Exclusions[0].Direct, controlID) != "ky-1.1" || ids(pack.Exclusions[0].Controls, controlID) != "ky-1.1" {
		t.Errorf("the exclusion takes away %+v", pack.Exclusions)
	}
}

func TestDirectProblems(t *testing.T) {
	for _, tt := range []struct{ name, profile, want string }{
		{"no value", "select: {controls: [cr-1]}\n", `parameter "cr-1_prm_1" of cr-1 has no value (write parameters: {"cr-1": {cr-1_prm_1: …}}, or open_parameters: true`},
		{"unknown", "select: {controls: [cr-2]}\n", `the catalog has no control "cr-2" (did you mean "cr-1"?)`},
		{"retired", "select: {controls: [ga-3]}\n", `control "ga-3" was retired in edition 1.2 (replaced by ga-1, ky-1)`},
		{"twice", "select: [{controls: [ky-1, ky-1.1], clauses: [ky, cr]}]\n", `clause "cr" selects nothing here`},
		{"mixed", "select: {controls: [ky-1], severities: [high]}\n", "make two rules of it"},
		{"no choice", "select: {controls: [ga-1.1]}\nparameters: {ga-1.1: {ga-1.1_prm_1: shouts}}\n", `value "shouts" of parameter "ga-1.1_prm_1" of ga-1.1 is none of "rings the bell", "calls {ga-1.1_prm_2}"`},
		{"no list", "select: {controls: [ga-2]}\nparameters: {ga-2: {ga-2_prm_1: [1, 2]}}\n", "has no choices, so that it takes one value, not 2"},
		{"brace", "select: {controls: [ga-2]}\nparameters: {ga-2: {ga-2_prm_1: '{x}'}}\n", "holds a brace"},
		{"excluded twice", "select: {clauses: [ky]}\nexclude: [{controls: [ky-1.1], reason: R}, {controls: [ky-1.1], reason: R}]\n", "excludes nothing that another entry does not exclude already"},
		{"not selected", "select: {controls: [ky-1]}\nparameters: {ga-2: {ga-2_prm_1: 3}}\n", "sets a parameter of control ga-2, which the pack does not ask for"},
		{"empty", "select: {controls: [ky-1]}\nexclude: [{clauses: [ky], reason: R}]\n", "nothing is left to ask for"},
	} {
		if pack, ps := tailorText(t, standard(t), directHead+tt.profile); pack != nil || !strings.Contains(ps, tt.want) {
			t.Errorf("%s: want a problem %q, got:\n%s", tt.name, tt.want, ps)
		}
	}
}

// TestDirectWithRisks: in a guide of risks, a control selected directly is asked for
// beside those of the measures.
func TestDirectWithRisks(t *testing.T) {
	pack, ps := tailorText(t, small(t), "id: p\ntitle: P\nlanguages: [ja]\nselect: [{risks: [H01]}, {controls: [8.6.1.1]}]\nparameters: {2.1.1.10: {hours: 4}}\n")
	if pack == nil {
		t.Fatal(ps)
	}
	r := pack.Requirement("8.6.1.1")
	if r == nil || len(r.AskedBy) > 0 {
		t.Fatalf("8.6.1.1: %+v", r)
	}
	if !strings.Contains(ids(pack.View.Controls(), controlID), "8.6.1.1") {
		t.Error("the view lacks 8.6.1.1")
	}
}
