package oscal_test

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	foreign "riskguide/catalog/oscal"
	"riskguide/catalog/oscal/document"
	"riskguide/profile"
	"riskguide/render/oscal"
)

// nist is the folder of NIST SP 800-53 rev 4 as published.
const nist = "../../../shared/oscal/nist-sp800-53-rev4"

// publishedByNIST reads a document of NIST, or skips the test where it is not there.
func publishedByNIST(t testing.TB, name string) *document.File {
	t.Helper()
	data, err := os.ReadFile(filepath.Join(nist, name))
	if err != nil {
		t.Skipf("SKIPPED, NIST SP 800-53 is not beside the repository: %v", err)
	}
	f, problems := document.Decode(data, document.Options{Name: name, Lenient: true})
	if f == nil {
		t.Fatal(problems)
	}
	return f
}

// TestNIST takes NIST SP 800-53 through the guide: read as the catalog of another
// publisher, exported and read back it is the same guide; its controls and
// parameters have NIST's ids in our export; and the resolved catalogs of its
// baselines have the controls of those that NIST publishes, in its order.
func TestNIST(t *testing.T) {
	doc := publishedByNIST(t, "catalog.json")
	f, problems := foreign.ReadForeign(doc.Catalog, foreign.ForeignOptions{})
	if f == nil {
		t.Fatal(problems)
	}
	cat := assemble(t, f.Source)
	data := export(t, cat, oscal.Options{})
	again := readBack(t, data)
	if want, got := written(t, f.Source), written(t, again); !slices.Equal(keys(want), keys(got)) {
		t.Errorf("the files %v come back as %v", keys(want), keys(got))
	} else {
		for name := range want {
			if string(want[name]) != string(got[name]) {
				t.Errorf("%s comes back otherwise%s", name, firstDifference(want[name], got[name]))
			}
		}
	}
	checkFiles(t, map[string][]byte{oscal.CatalogFile: data})

	in := oscal.Input{Catalog: cat}
	for _, level := range []string{"LOW", "MODERATE", "HIGH"} {
		p, problems := f.Profile(publishedByNIST(t, level+"-baseline_profile.json").Profile, strings.ToLower(level))
		if p == nil {
			t.Fatal(problems)
		}
		prof, problems := profile.Load(context.Background(), fstest.MapFS{"p.yaml": {Data: p.YAML}}, "p.yaml", profile.LoadOptions{})
		if problems.HasErrors() {
			t.Fatal(problems)
		}
		pack, problems := profile.Tailor(cat, prof)
		if pack == nil {
			t.Fatal(problems)
		}
		in.Packs = append(in.Packs, pack)
	}
	all := files(t, in, oscal.Options{})
	checkFiles(t, all)
	for _, pack := range in.Packs {
		level := strings.ToUpper(pack.Profile.ID)
		want := controlsOf(publishedByNIST(t, level+"-baseline-resolved_catalog.json").Catalog)
		got := controlsOf(decode(t, all, oscal.ResolvedFile(pack.Profile.Name())).Catalog)
		t.Logf("%s: %d controls", level, len(got))
		if len(got) != len(want) {
			t.Errorf("%s: the resolved catalog has %d controls, NIST's %d", level, len(got), len(want))
		}
		for i := range min(len(got), len(want)) {
			if got[i] != want[i] {
				t.Errorf("%s: control %d is\n%s\nNIST has\n%s", level, i, got[i], want[i])
			}
		}
	}
}

// controlsOf writes every control of a catalog as its id, number, title, parameters
// and statement, in the catalog's order.
func controlsOf(c *document.Catalog) []string {
	var out []string
	eachControl(c, func(c *document.Control) {
		var b strings.Builder
		fmt.Fprintf(&b, "%s %s %s\n", c.ID, prop(c.Props, "", "label"), c.Title)
		for _, p := range c.Params {
			fmt.Fprintf(&b, "%s %q %q", p.ID, p.Label, p.Values)
			if p.Select != nil {
				fmt.Fprintf(&b, " %q", p.Select.HowMany)
				for _, s := range p.Select.Choice {
					fmt.Fprintf(&b, " %q", squeezed(s))
				}
			}
			b.WriteString("\n")
		}
		var part func(p document.Part)
		part = func(p document.Part) {
			if p.NS == "" && (p.Name == "statement" || p.Name == "item") {
				fmt.Fprintf(&b, "%s %s %s\n", p.Name, prop(p.Props, "", "label"), squeezed(p.Prose))
				for _, q := range p.Parts {
					part(q)
				}
			}
		}
		for _, p := range c.Parts {
			part(p)
		}
		out = append(out, b.String())
	})
	return out
}

// squeezed makes one of every run of spaces, which mean nothing in Markdown.
func squeezed(s string) string { return strings.Join(strings.Fields(s), " ") }

func keys(m map[string][]byte) []string {
	var out []string
	for k := range m {
		out = append(out, k)
	}
	slices.Sort(out)
	return out
}

// TestForeignReader lets the reader of other publishers' documents, which knows
// nothing of ours, read what we export: the same controls, parameters and selection.
func TestForeignReader(t *testing.T) {
	cat := assemble(t, shipped(t))
	all := files(t, oscal.Input{Catalog: cat, Packs: packs(t, cat)}, oscal.Options{})
	for _, name := range []string{"minimal", "high-severity"} {
		f, problems := foreign.ReadForeign(decode(t, all, oscal.CatalogFile).Catalog, foreign.ForeignOptions{Lang: "ja"})
		if f == nil {
			t.Fatal(problems)
		}
		read := assemble(t, f.Source)
		if len(read.Controls()) != len(cat.Controls()) {
			t.Fatalf("%d controls are read, want %d", len(read.Controls()), len(cat.Controls()))
		}
		for i, c := range read.Controls() {
			want := cat.Controls()[i]
			if c.Label != want.ID || len(c.Parameters) != len(want.Parameters) || len(c.Parameters) == 0 && c.Statement.Values["ja"] != want.Statement.Values["ja"] {
				t.Errorf("control %s is read as %s: %s", want.ID, c.Label, c.Statement.Values["ja"])
			}
		}
		p, problems := f.Profile(decode(t, all, oscal.ProfileFile(name)).Profile, name)
		if p == nil {
			t.Fatal(problems)
		}
		var want []string
		eachControl(decode(t, all, oscal.ResolvedFile(name)).Catalog, func(c *document.Control) { want = append(want, c.ID) })
		slices.Sort(want)
		got := slices.Sorted(slices.Values(p.Controls))
		if !slices.EqualFunc(got, want, strings.EqualFold) {
			t.Errorf("%s selects %d controls, want %d:\n%v\n%v", name, len(got), len(want), got, want)
		}
	}
}
