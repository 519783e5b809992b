package oscal_test

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/fstest"

	"riskguide/catalog"
	"riskguide/catalog/oscal"
	"riskguide/catalog/oscal/document"
	"riskguide/profile"
)

// nist is the folder of NIST SP 800-53 rev 4 as published.
const nist = "../../../shared/oscal/nist-sp800-53-rev4"

// readNIST reads a document of NIST, or skips the test where it is not there.
func readNIST(t testing.TB, name string) *document.File {
	t.Helper()
	data, err := os.ReadFile(filepath.Join(nist, name))
	if err != nil {
		t.Skipf("SKIPPED: NIST SP 800-53 is not beside the repository: %v", err)
	}
	return decode(t, name, data)
}

func decode(t testing.TB, name string, data []byte) *document.File {
	t.Helper()
	f, ps := document.Decode(data, document.Options{Name: name, Lenient: true})
	if f == nil {
		t.Fatal(ps)
	}
	return f
}

func memory(files map[string][]byte) fstest.MapFS {
	fsys := fstest.MapFS{}
	for name, data := range files {
		fsys[name] = &fstest.MapFile{Data: data}
	}
	return fsys
}

// written writes a guide and loads it again; what is wrong with it fails the test.
func written(t testing.TB, src *catalog.Source) *catalog.Catalog {
	t.Helper()
	files, err := catalog.WriteFiles(src)
	if err != nil {
		t.Fatal(err)
	}
	cat, ps := catalog.Load(context.Background(), memory(files), catalog.LoadOptions{})
	if len(ps) > 0 {
		t.Fatalf("%d problems:\n%v", len(ps), ps[:min(len(ps), 20)])
	}
	return cat
}

// tailored applies a profile that was read; what is wrong with it fails the test.
func tailored(t testing.TB, cat *catalog.Catalog, p *oscal.ForeignProfile) *profile.Pack {
	t.Helper()
	file := p.ID + ".yaml"
	prof, ps := profile.Load(context.Background(), fstest.MapFS{file: {Data: p.YAML}}, file, profile.LoadOptions{})
	if len(ps) > 0 {
		t.Fatalf("%v\n%s", ps, p.YAML)
	}
	pack, ps := profile.Tailor(cat, prof)
	if len(ps) > 0 {
		t.Fatalf("%v\n%s", ps, p.YAML)
	}
	return pack
}

func TestNISTCatalog(t *testing.T) {
	f, ps := oscal.ReadForeign(readNIST(t, "catalog.json").Catalog, oscal.ForeignOptions{})
	if f == nil {
		t.Fatal(ps)
	}
	cat := written(t, f.Source)
	params, enhancements := 0, 0
	for _, c := range cat.Controls() {
		params += len(c.Parameters)
		if c.Enhances != nil {
			enhancements++
		}
	}
	got := fmt.Sprintf("%d controls (%d enhancements) in %d clauses, %d retired, %d parameters, %d references",
		len(cat.Controls()), enhancements, len(cat.Clauses), len(cat.Retired), params, len(cat.Guide.References))
	if want := "826 controls (586 enhancements) in 18 clauses, 96 retired, 853 parameters, 117 references"; got != want {
		t.Errorf("the guide has %s, want %s", got, want)
	}
	if n := len(cat.Controls()) + len(cat.Retired); n != 922 {
		t.Errorf("%d controls and retired ids, NIST has 922", n)
	}
	if first, last := cat.Clauses[0].ID, cat.Clauses[17].ID; first != "ac" || last != "pm" {
		t.Errorf("clauses from %s to %s, NIST's are from ac to pm", first, last)
	}
	complete(t, readNIST(t, "catalog.json").Catalog, f.Source, f.Report)
	for _, e := range f.Report.Entries {
		if e.Changed {
			t.Errorf("%s %s was changed: %s", e.What, e.Value, e.Why)
		}
	}
}

// TestNISTBaselines holds our resolution of NIST's three profiles to the resolved
// catalogs that NIST publishes: the same controls, with the same statements and the
// same values of parameters in them.
func TestNISTBaselines(t *testing.T) {
	f, ps := oscal.ReadForeign(readNIST(t, "catalog.json").Catalog, oscal.ForeignOptions{})
	if f == nil {
		t.Fatal(ps)
	}
	cat := written(t, f.Source)
	for _, tt := range []struct {
		name             string
		controls, params int
	}{{"LOW", 124, 209}, {"MODERATE", 261, 323}, {"HIGH", 343, 405}} {
		t.Run(tt.name, func(t *testing.T) {
			p, ps := f.Profile(readNIST(t, tt.name+"-baseline_profile.json").Profile, tt.name+"-baseline")
			if p == nil {
				t.Fatal(ps)
			}
			pack := tailored(t, cat, p)
			published := readNIST(t, tt.name+"-baseline-resolved_catalog.json").Catalog
			want := resolved(published)
			if len(want) != tt.controls || len(pack.Requirements) != tt.controls {
				t.Errorf("%d requirements, NIST has %d, want %d", len(pack.Requirements), len(want), tt.controls)
			}
			params := 0
			for _, r := range pack.Requirements {
				w, ok := want[r.ID]
				if !ok {
					t.Errorf("%s is not in NIST's baseline", r.ID)
					continue
				}
				delete(want, r.ID)
				if got := squeezed(pack.Text(r.Statement)); got != w.statement {
					t.Errorf("%s says\n%s\nNIST says\n%s", r.ID, got, w.statement)
				}
				for _, v := range r.Values {
					params++
					value := v.Value
					if v.Open {
						value = pack.Text(pack.Shown(r, v.Parameter.ID))
					}
					if got := squeezed(value); got != w.values[v.Parameter.ID] {
						t.Errorf("%s: %s is %q, NIST has %q", r.ID, v.Parameter.ID, got, w.values[v.Parameter.ID])
					}
					delete(w.values, v.Parameter.ID)
				}
				if len(w.values) > 0 {
					t.Errorf("%s lacks the parameters %v", r.ID, w.values)
				}
			}
			for id := range want {
				t.Errorf("%s of NIST's baseline is missing", id)
			}
			if params != tt.params {
				t.Errorf("%d parameters, want %d", params, tt.params)
			}
			for _, e := range p.Report.Entries {
				if !e.Changed && e.What != "prop priority" && !strings.Contains(e.Path, "metadata") && !strings.HasPrefix(e.Path, "merge") && e.Path != "uuid" {
					t.Errorf("dropped: %s at %s", e.What, e.Path)
				}
			}
		})
	}
}

// resolvedControl is a control of a published resolved catalog as people read it.
type resolvedControl struct {
	statement string
	values    map[string]string
}

// resolved reads a resolved catalog in another way than the package does: it looks
// at nothing but statements and parameters.
func resolved(doc *document.Catalog) map[string]resolvedControl {
	out := map[string]resolvedControl{}
	var control func(c document.Control)
	control = func(c document.Control) {
		values := map[string]string{}
		var fill func(s string) string
		value := func(id string) string {
			for _, p := range c.Params {
				switch {
				case p.ID != id:
				case len(p.Values) > 0:
					return strings.Join(p.Values, "; ")
				case p.Select != nil:
					var choices []string
					for _, s := range p.Select.Choice {
						choices = append(choices, fill(s))
					}
					return "[" + strings.Join(choices, " / ") + "]"
				default:
					return "[" + p.Label + "]"
				}
			}
			return "?"
		}
		fill = func(s string) string {
			for _, id := range document.Inserts(s) {
				s = strings.ReplaceAll(s, document.Insert(id), value(id))
			}
			return squeezed(s)
		}
		var lines []string
		var part func(p document.Part)
		part = func(p document.Part) {
			line := ""
			for _, q := range p.Props {
				if q.Name == "label" {
					line = q.Value + " "
				}
			}
			lines = append(lines, line+fill(p.Prose))
			for _, q := range p.Parts {
				part(q)
			}
		}
		for _, p := range c.Parts {
			if p.Name == "statement" {
				part(p)
			}
		}
		for _, p := range c.Params {
			values[p.ID] = squeezed(value(p.ID))
		}
		out[c.ID] = resolvedControl{squeezed(strings.Join(lines, " ")), values}
		for _, k := range c.Controls {
			control(k)
		}
	}
	for _, g := range doc.Groups {
		for _, c := range g.Controls {
			control(c)
		}
	}
	for _, c := range doc.Controls {
		control(c)
	}
	return out
}

// squeezed writes a text in one line; white space next to brackets does not count.
func squeezed(s string) string {
	s = strings.Join(strings.Fields(s), " ")
	return strings.NewReplacer("[ ", "[", " ]", "]").Replace(s)
}
