package oscal_test

import (
	"flag"
	"fmt"
	"os"
	"reflect"
	"strings"
	"testing"

	"riskguide/catalog"
	"riskguide/catalog/oscal"
	"riskguide/catalog/oscal/document"
)

var update = flag.Bool("update", false, "rewrite the golden files")

// complete fails if the document says something that is neither in the guide nor in
// the report. It looks at the document and at the result from outside.
func complete(t *testing.T, doc any, src *catalog.Source, report *oscal.Report) {
	t.Helper()
	known := map[string]bool{}
	var collect func(v reflect.Value)
	collect = func(v reflect.Value) {
		switch v.Kind() {
		case reflect.Pointer:
			if !v.IsNil() {
				collect(v.Elem())
			}
		case reflect.Slice:
			for i := range v.Len() {
				collect(v.Index(i))
			}
		case reflect.Map:
			for _, k := range v.MapKeys() {
				collect(v.MapIndex(k))
			}
		case reflect.Struct:
			if v.Type().PkgPath() == "time" {
				return
			}
			for i := range v.NumField() {
				if v.Type().Field(i).IsExported() {
					collect(v.Field(i))
				}
			}
		case reflect.String:
			known[bare(v.String())] = true
			for _, p := range strings.Split(v.String(), "\n") {
				known[bare(p)] = true
			}
			known[bare(strings.TrimSuffix(v.String(), " (withdrawn)"))] = true
		}
	}
	collect(reflect.ValueOf(src))
	known[bare(src.Guide.Title.Values["en"]+": "+src.Guide.Subtitle.Values["en"])] = true
	for _, c := range src.Clauses {
		for _, p := range strings.Split(c.Title.Values["en"], " – ") {
			known[bare(p)] = true
		}
	}
	reported := map[string]bool{}
	for _, e := range report.Entries {
		reported[e.Path] = true
	}
	missing := 0
	var walk func(v reflect.Value, path string)
	walk = func(v reflect.Value, path string) {
		if reported[path] {
			return
		}
		switch v.Kind() {
		case reflect.Pointer:
			if !v.IsNil() {
				walk(v.Elem(), path)
			}
		case reflect.Slice:
			for i := range v.Len() {
				walk(v.Index(i), fmt.Sprintf("%s[%d]", path, i))
			}
		case reflect.Struct:
			for i := range v.NumField() {
				name, _, _ := strings.Cut(v.Type().Field(i).Tag.Get("json"), ",")
				if name == "-" || name == "" {
					continue
				}
				at := name
				if path != "" {
					at = path + "." + name
				}
				walk(v.Field(i), at)
			}
		case reflect.String:
			s := v.String()
			if s == "" || structural(path) {
				return
			}
			for _, p := range strings.Split(s, "\n\n") {
				if p := bare(p); p != "" && !known[p] {
					if missing++; missing <= 10 {
						t.Errorf("%s: %q is neither in the guide nor reported", path, p)
					}
				}
			}
		}
	}
	walk(reflect.ValueOf(doc), "")
}

// structural reports whether a value says how the document is built: names of
// parts, ids, links and what they are, all of which the guide says by its own
// structure.
func structural(path string) bool {
	for _, end := range []string{".name", ".rel", ".href", ".uuid", ".how-many", ".depends-on", "last-modified", "published"} {
		if strings.HasSuffix(path, end) {
			return true
		}
	}
	return strings.HasSuffix(path, ".value") && strings.Contains(path, ".props[") || strings.HasSuffix(path, ".id")
}

// bare leaves nothing of a text but its letters and digits, and nothing of where
// parameters stand in it.
func bare(s string) string {
	for {
		i := strings.Index(s, "{")
		if i < 0 {
			break
		}
		j := strings.Index(s[i:], "}")
		if j < 0 {
			break
		}
		s = s[:i] + " " + s[i+j+1:]
	}
	s = strings.NewReplacer("}", " ", "*", "", "\\", "", "[gate](#ga-2)", "gate").Replace(s)
	return strings.Join(strings.Fields(s), " ")
}

func harbour(t testing.TB) *document.File { return fixture(t, "harbour-catalog.json") }

func fixture(t testing.TB, name string) *document.File {
	t.Helper()
	data, err := os.ReadFile("testdata/" + name)
	if err != nil {
		t.Fatal(err)
	}
	return decode(t, name, data)
}

func golden(t *testing.T, name, got string) {
	t.Helper()
	file := "testdata/" + name
	if *update {
		if err := os.WriteFile(file, []byte(got), 0o666); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(file)
	if err != nil || string(want) != got {
		t.Errorf("%s differs (%v); got:\n%s", name, err, got)
	}
}

// TestHarbour reads the invented catalog and profile: the whole guide, the profile
// and both reports are golden files.
func TestHarbour(t *testing.T) {
	f, ps := oscal.ReadForeign(harbour(t).Catalog, oscal.ForeignOptions{})
	if f == nil {
		t.Fatal(ps)
	}
	cat := written(t, f.Source)
	files, err := catalog.WriteFiles(f.Source)
	if err != nil {
		t.Fatal(err)
	}
	var b strings.Builder
	for _, name := range []string{"guide.yaml", "retired.yaml", "controls/ga.yaml", "controls/c-con.yaml"} {
		fmt.Fprintf(&b, "-- %s --\n%s", name, files[name])
	}
	golden(t, "harbour.golden", b.String())
	b.Reset()
	f.Report.WriteTo(&b)
	b.WriteString("\n")
	f.Report.WriteSummary(&b)
	golden(t, "harbour.report", b.String())
	complete(t, harbour(t).Catalog, f.Source, f.Report)

	p, ps := f.Profile(fixture(t, "quay-profile.json").Profile, "quay")
	if p == nil {
		t.Fatal(ps)
	}
	b.Reset()
	b.Write(p.YAML)
	b.WriteString("\n")
	p.Report.WriteTo(&b)
	golden(t, "quay.golden", b.String())
	pack := tailored(t, cat, p)
	var ids []string
	for _, r := range pack.Requirements {
		ids = append(ids, r.ID)
	}
	if got, want := strings.Join(ids, " "), "ga-1 ga-1.1 ky-1"; got != want {
		t.Errorf("requirements %s, want %s", got, want)
	}
	if got, want := pack.Text(pack.Requirement("ga-1.1").Statement),
		"The harbour closes the gate and rings the bell; calls the master in [harbour-defined season]."; got != want {
		t.Errorf("ga-1.1 says %q, want %q", got, want)
	}
}

func TestForeignProblems(t *testing.T) {
	const meta = `"metadata": {"title": "T", "version": "1", "last-modified": "2025-01-01T00:00:00Z", "oscal-version": "1.1.3"}`
	const uuid = `"uuid": "6f1d0c5e-2f0a-4c6b-9d0b-2b5b0c1f7b01"`
	for _, tt := range []struct{ name, body, want string }{
		{"empty", ``, "has no controls that are in use"},
		{"twice", `, "controls": [{"id": "a", "title": "A"}, {"id": "a", "title": "B"}]`, `c.json:1:213: two controls have the id "a"`},
		{"parameter twice", `, "controls": [{"id": "a", "title": "A", "params": [{"id": "p"}, {"id": "p"}]}]`, `two parameters have the id "p"`},
	} {
		doc := decode(t, "c.json", []byte(`{"catalog": {`+uuid+`, `+meta+tt.body+`}}`))
		if f, ps := oscal.ReadForeign(doc.Catalog, oscal.ForeignOptions{}); f != nil || !strings.Contains(ps.Error(), tt.want) {
			t.Errorf("%s: want a problem %q, got %v", tt.name, tt.want, ps)
		}
	}
	f, ps := oscal.ReadForeign(harbour(t).Catalog, oscal.ForeignOptions{})
	if f == nil {
		t.Fatal(ps)
	}
	for _, tt := range []struct{ name, body, want string }{
		{"unknown id", `"imports": [{"href": "x", "include-controls": [{"with-ids": ["ga-11"]}]}]`, `the catalog has no control "ga-11" (did you mean "ga-1"?)`},
		{"nothing", `"imports": [{"href": "x", "include-controls": [{"with-ids": ["ga-3"]}]}]`, "selects no control that is in use"},
		{"unknown parameter", `"imports": [{"href": "x"}], "modify": {"set-parameters": [{"param-id": "nope", "values": ["1"]}]}`, `the catalog has no parameter "nope"`},
		{"unknown alter", `"imports": [{"href": "x"}], "modify": {"alters": [{"control-id": "nope"}]}`, `the catalog has no control "nope"`},
	} {
		doc := decode(t, "p.json", []byte(`{"profile": {`+uuid+`, `+meta+`, `+tt.body+`}}`))
		if p, ps := f.Profile(doc.Profile, "p"); p != nil || !strings.Contains(ps.Error(), tt.want) {
			t.Errorf("%s: want a problem %q, got %v", tt.name, tt.want, ps)
		}
	}
}

// FuzzForeign: whatever document can be decoded, reading it never panics, and the
// guide that comes of it can be written and loads without errors.
func FuzzForeign(f *testing.F) {
	for _, name := range []string{"harbour-catalog.json", "quay-profile.json"} {
		data, err := os.ReadFile("testdata/" + name)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(data)
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		doc, _ := document.Decode(data, document.Options{Name: "f.json", Lenient: true, MaxSize: 1 << 16})
		if doc == nil {
			return
		}
		if doc.Profile != nil {
			x, ps := oscal.ReadForeign(harbour(t).Catalog, oscal.ForeignOptions{})
			if x == nil {
				t.Fatal(ps)
			}
			if p, _ := x.Profile(doc.Profile, "f"); p != nil {
				tailored(t, sound(t, x.Source), p)
			}
			return
		}
		if doc.Catalog == nil {
			return
		}
		if x, _ := oscal.ReadForeign(doc.Catalog, oscal.ForeignOptions{}); x != nil {
			sound(t, x.Source)
		}
	})
}

// sound writes a guide and loads it again; warnings may be, errors not.
func sound(t *testing.T, src *catalog.Source) *catalog.Catalog {
	t.Helper()
	files, err := catalog.WriteFiles(src)
	if err != nil {
		t.Fatal(err)
	}
	cat, ps := catalog.Load(t.Context(), memory(files), catalog.LoadOptions{})
	if cat == nil {
		t.Fatal(ps)
	}
	return cat
}
