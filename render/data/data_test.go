package data_test

import (
	"bytes"
	"context"
	"encoding/csv"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/santhosh-tekuri/jsonschema/v6"

	"riskguide/catalog"
	"riskguide/catalog/edition"
	"riskguide/catalog/schema/schematest"
	"riskguide/catalog/synthetic"
	"riskguide/profile"
	"riskguide/render/data"
	"riskguide/render/rendertest"
)

func assemble(t testing.TB, src *catalog.Source) *catalog.Catalog {
	t.Helper()
	cat, ps := catalog.Assemble(src)
	if ps.HasErrors() {
		t.Fatal(ps.ErrorsOnly())
	}
	return cat
}

func load(t testing.TB, dir string) *catalog.Catalog {
	t.Helper()
	cat, ps := catalog.Load(context.Background(), os.DirFS(filepath.Join(rendertest.Root(t), dir)), catalog.LoadOptions{})
	if cat == nil {
		t.Fatal(ps)
	}
	return cat
}

// guides are the catalogs that every form is tried with.
func guides(t testing.TB, random int) map[string]*catalog.Catalog {
	t.Helper()
	out := map[string]*catalog.Catalog{"shipped": load(t, "content"), "small": load(t, "catalog/testdata/small"), "standard": load(t, "catalog/testdata/standard")}
	for seed := range random {
		out[fmt.Sprintf("seed %d", seed)] = assemble(t, synthetic.Random(uint64(seed)))
	}
	return out
}

func document(t testing.TB, d *data.Document) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := d.JSON(&b); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func compiled(t testing.TB) *jsonschema.Schema {
	t.Helper()
	doc, err := jsonschema.UnmarshalJSON(bytes.NewReader(data.Schema()))
	if err != nil {
		t.Fatal(err)
	}
	if d := doc.(map[string]any)["$schema"]; d != "https://json-schema.org/draft/2020-12/schema" {
		t.Errorf("the schema is of %v", d)
	}
	return schematest.Compile(t, "catalog.schema.json", data.Schema())
}

func validate(t testing.TB, s *jsonschema.Schema, doc []byte) {
	t.Helper()
	v, err := jsonschema.UnmarshalJSON(bytes.NewReader(doc))
	if err != nil {
		t.Fatal(err)
	}
	if err := s.Validate(v); err != nil {
		t.Errorf("the schema refuses it: %v", err)
	}
}

// TestRoundTrip: what was written and read again is the same guide, with the same
// links and the same shared cells, and the document is valid.
func TestRoundTrip(t *testing.T) {
	s := compiled(t)
	for name, cat := range guides(t, 80) {
		t.Run(name, func(t *testing.T) {
			doc := document(t, data.New(cat))
			validate(t, s, doc)
			read, err := data.Read(bytes.NewReader(doc))
			if err != nil {
				t.Fatal(err)
			}
			src, err := read.Source()
			if err != nil {
				t.Fatal(err)
			}
			again := assemble(t, src)
			if d := difference("catalog", reflect.ValueOf(cat), reflect.ValueOf(again), map[[2]any]bool{}); d != "" {
				t.Errorf("another guide came back: %s", d)
			}
			if !bytes.Equal(doc, document(t, data.New(again))) {
				t.Error("the document of what came back is another one")
			}
		})
	}
}

// TestRoundTripOfSources compares by meaning, as riskguide diff does.
func TestRoundTripOfSources(t *testing.T) {
	for seed := range uint64(40) {
		src := synthetic.Random(seed)
		again, err := data.New(assemble(t, src)).Source()
		if err != nil {
			t.Fatal(err)
		}
		for _, c := range edition.Compare(src, again) {
			t.Errorf("seed %d: %s", seed, c)
		}
	}
}

// difference tells the first difference of two linked catalogs, apart from places
// in files: everything exported, also links, each pair of pointers once.
func difference(at string, x, y reflect.Value, seen map[[2]any]bool) string {
	if x.Type() == reflect.TypeFor[catalog.Position]() {
		return ""
	}
	if t, ok := x.Interface().(catalog.Text); ok {
		if !t.Equal(y.Interface().(catalog.Text)) {
			return fmt.Sprintf("%s: %v, %v", at, t.Values, y.Interface().(catalog.Text).Values)
		}
		return ""
	}
	switch x.Kind() {
	case reflect.Pointer:
		if x.IsNil() || y.IsNil() {
			if x.IsNil() != y.IsNil() {
				return at + ": one is nil"
			}
			return ""
		}
		pair := [2]any{x.Pointer(), y.Pointer()}
		if seen[pair] {
			return ""
		}
		for _, p := range []any{[2]any{"x", x.Pointer()}, [2]any{"y", y.Pointer()}} {
			if seen[p.([2]any)] {
				return at + ": what is shared in one guide is not in the other"
			}
			seen[p.([2]any)] = true
		}
		seen[pair] = true
		return difference(at, x.Elem(), y.Elem(), seen)
	case reflect.Slice:
		if x.Len() != y.Len() {
			return fmt.Sprintf("%s: %d elements, %d", at, x.Len(), y.Len())
		}
		for i := range x.Len() {
			if d := difference(fmt.Sprintf("%s[%d]", at, i), x.Index(i), y.Index(i), seen); d != "" {
				return d
			}
		}
		return ""
	case reflect.Struct:
		if x.Type().PkgPath() == "time" {
			break
		}
		for i := range x.NumField() {
			if f := x.Type().Field(i); f.IsExported() {
				if d := difference(at+"."+f.Name, x.Field(i), y.Field(i), seen); d != "" {
					return d
				}
			}
		}
		return ""
	}
	if !reflect.DeepEqual(x.Interface(), y.Interface()) {
		return fmt.Sprintf("%s: %v, %v", at, x.Interface(), y.Interface())
	}
	return ""
}

// TestDifferenceSees: the comparison above is no empty one.
func TestDifferenceSees(t *testing.T) {
	for what, change := range map[string]func(*catalog.Source){
		"text":  func(s *catalog.Source) { s.Risks[0].Measures[0].Text = catalog.NewText("ja", "別") },
		"order": func(s *catalog.Source) { slices.Reverse(s.Risks[0].Threats) },
		"sharing": func(s *catalog.Source) {
			s.Risks[1].Measures[2].ControlsOf, s.Risks[1].Measures[2].Controls = catalog.Ref{}, s.Risks[1].Measures[1].Controls
		},
		"citation": func(s *catalog.Source) { s.Risks[1].Measures[0].Controls = s.Risks[1].Measures[1].Controls },
	} {
		read := func() *catalog.Source {
			src, _ := catalog.LoadSource(context.Background(), os.DirFS(filepath.Join(rendertest.Root(t), "catalog/testdata/small")), catalog.LoadOptions{})
			return src
		}
		b := read()
		change(b)
		cat, _ := catalog.Assemble(b)
		if difference("", reflect.ValueOf(assemble(t, read())), reflect.ValueOf(cat), map[[2]any]bool{}) == "" {
			t.Errorf("%s: not noticed", what)
		}
	}
}

// TestEveryFieldIsInTheSchema: what the types can say, the schema describes, and
// nothing else.
func TestEveryFieldIsInTheSchema(t *testing.T) {
	var s struct {
		Properties map[string]any
		Defs       map[string]struct{ Properties map[string]any } `json:"$defs"`
	}
	if err := json.Unmarshal(data.Schema(), &s); err != nil {
		t.Fatal(err)
	}
	seen := map[reflect.Type]bool{}
	n := 0
	var walk func(typ reflect.Type)
	walk = func(typ reflect.Type) {
		switch typ.Kind() {
		case reflect.Pointer, reflect.Slice:
			walk(typ.Elem())
			return
		case reflect.Struct:
		default:
			return
		}
		if seen[typ] {
			return
		}
		seen[typ] = true
		name := strings.ToLower(typ.Name())
		if typ.Name() == "LeftOut" {
			name = "left_out"
		}
		props := s.Defs[name].Properties
		if typ == reflect.TypeFor[data.Document]() {
			props = s.Properties
		}
		fields := map[string]bool{}
		for i := range typ.NumField() {
			f := typ.Field(i)
			key, _, _ := strings.Cut(f.Tag.Get("json"), ",")
			fields[key] = true
			n++
			if props[key] == nil {
				t.Errorf("the schema does not know %s of %s", key, name)
			}
			walk(f.Type)
		}
		for key := range props {
			if !fields[key] {
				t.Errorf("the schema knows %s of %s, which is never written", key, name)
			}
		}
	}
	walk(reflect.TypeFor[data.Document]())
	if n < 120 {
		t.Errorf("only %d fields were seen", n)
	}
}

func TestReadRefuses(t *testing.T) {
	for doc, want := range map[string]string{
		`{"format": 2}`:        "format 2",
		`{"format": 1} {}`:     "follows",
		`{"format": "1"}`:      "cannot unmarshal",
		`{"format": 1, "ris`:   "unexpected EOF",
		`{"format": 1, "x":1}`: "",
	} {
		_, err := data.Read(strings.NewReader(doc))
		if (err == nil) != (want == "") || err != nil && !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v, want %q", doc, err, want)
		}
	}
	d := data.Document{Format: 1, Guide: data.Guide{Date: "yesterday"}, Layers: []data.Layer{{ID: "a", Parent: "b"}}}
	if _, err := d.Source(); err == nil || !strings.Contains(err.Error(), "no date") || !strings.Contains(err.Error(), "layer around it") {
		t.Error(err)
	}
}

func TestLanguages(t *testing.T) {
	s := compiled(t)
	fallbacks := 0
	for seed := range uint64(5) {
		cat := assemble(t, synthetic.Random(seed))
		d := data.New(cat, catalog.English)
		validate(t, s, document(t, d))
		if !reflect.DeepEqual(d.Guide.Languages, []catalog.Lang{catalog.English}) {
			t.Error(d.Guide.Languages)
		}
		for i, r := range cat.Risks {
			for j, m := range r.Measures {
				got := d.Risks[i].Measures[j].Text
				switch en := m.Text.Values[catalog.English]; {
				case m.Text.IsZero():
				case len(got) != 1:
					t.Errorf("%s: %v", m.ID, got)
				case en != "" && got[catalog.English] != en, en == "" && got[catalog.Japanese] == "":
					t.Errorf("%s has another wording, %v", m.ID, got)
				case en == "":
					fallbacks++
				}
			}
		}
	}
	if fallbacks == 0 {
		t.Error("no guide has a text without translation")
	}
}

func pack(t testing.TB, file string) *profile.Pack {
	t.Helper()
	p, ps := profile.Load(context.Background(), os.DirFS(filepath.Join(rendertest.Root(t), "content")), file, profile.LoadOptions{})
	if ps.HasErrors() {
		t.Fatal(ps)
	}
	out, ps := profile.Tailor(load(t, "content"), p)
	if out == nil {
		t.Fatal(ps)
	}
	return out
}

// TestTailored: a tailored document holds what the pack asks for and everything
// that it names.
func TestTailored(t *testing.T) {
	p := pack(t, "profiles/sample.yaml")
	d := data.Tailored(p)
	validate(t, compiled(t), document(t, d))
	if got, want := len(d.Tailoring.Requirements), len(p.Requirements); got != want || want == 0 {
		t.Errorf("%d requirements, want %d", got, want)
	}
	if len(d.Risks) == 0 || len(d.Risks) >= len(p.Catalog.Risks) {
		t.Errorf("%d risks of %d", len(d.Risks), len(p.Catalog.Risks))
	}
	has := map[string]bool{}
	for _, r := range d.Risks {
		for _, s := range slices.Concat(r.Objectives, r.Threats, r.Residuals) {
			has[s.ID] = true
		}
		for _, m := range r.Measures {
			has[m.ID] = true
		}
	}
	asked := map[string]bool{}
	for _, r := range d.Tailoring.Requirements {
		asked[r.ID] = true
	}
	for _, cl := range d.Clauses {
		for _, c := range cl.Controls {
			has[c.ID] = true
			if !asked[c.ID] {
				t.Errorf("control %s is listed and not asked", c.ID)
			}
		}
	}
	for _, v := range d.Vulnerabilities {
		has[v.ID] = true
	}
	names := func(what string, ids ...string) {
		for _, id := range ids {
			if id != "" && !has[id] {
				t.Errorf("%s names %s, which is not there", what, id)
			}
		}
	}
	left := 0
	for _, x := range d.Tailoring.Exclusions {
		left += len(x.Citations)
	}
	if left == 0 || len(d.Tailoring.Exclusions) == 0 {
		t.Error("the profile leaves nothing out")
	}
	for _, r := range d.Risks {
		for _, m := range r.Measures {
			names(m.ID, m.Residuals...)
			for _, c := range m.Controls {
				names(m.ID, c.ID)
				for _, x := range d.Tailoring.Exclusions {
					if slices.Contains(x.Citations, data.LeftOut{Measure: m.ID, Control: c.ID}) {
						t.Errorf("%s still cites %s, which was left out", m.ID, c.ID)
					}
				}
			}
		}
		for _, row := range r.Rows {
			names(r.ID, append(row.Threats, row.Objective, row.Measure)...)
			for _, v := range row.Vulnerabilities {
				names(r.ID, v.ID)
			}
		}
	}
}

// TestTables reads the CSV files and finds in them everything that JSON says.
func TestTables(t *testing.T) {
	for name, cat := range guides(t, 30) {
		d := data.New(cat)
		var all strings.Builder
		names := map[string]bool{}
		for _, table := range append(d.Tables(), d.GuideTable()) {
			if names[table.Name] {
				t.Errorf("%s: two tables %s", name, table.Name)
			}
			names[table.Name] = true
			for _, opts := range []data.CSVOptions{{}, {BOM: true}, {Raw: true}} {
				out, escaped := table.CSV(opts)
				if bytes.HasPrefix(out, []byte("\xef\xbb\xbf")) != opts.BOM {
					t.Errorf("%s: byte order mark", table.Name)
				}
				out = bytes.TrimPrefix(out, []byte("\xef\xbb\xbf"))
				r := csv.NewReader(bytes.NewReader(out))
				r.FieldsPerRecord = len(table.Columns)
				got, err := r.ReadAll()
				if err != nil {
					t.Fatalf("%s: %s: %v", name, table.Name, err)
				}
				if !reflect.DeepEqual(got[0], table.Columns) {
					t.Errorf("%s: columns %q, want %q", table.Name, got[0], table.Columns)
				}
				for i, row := range got[1:] {
					for j, cell := range row {
						if !opts.Raw && cell != "" && strings.ContainsRune("=+-@\t＝＋－＠", []rune(cell)[0]) {
							t.Errorf("%s: a cell begins like a formula: %q", table.Name, cell)
						}
						if !opts.Raw {
							cell = data.Unquote(cell)
						} else if escaped > 0 {
							t.Errorf("%s: raw and escaped", table.Name)
						}
						if cell != table.Rows[i][j] {
							t.Errorf("%s: %q came back as %q", table.Name, table.Rows[i][j], cell)
						}
						all.WriteString(cell + "\x00")
					}
				}
			}
		}
		var v any
		if err := json.Unmarshal(document(t, d), &v); err != nil {
			t.Fatal(err)
		}
		var walk func(x any)
		walk = func(x any) {
			switch x := x.(type) {
			case map[string]any:
				for k, y := range x {
					if k != "$schema" && k != "format" {
						walk(y)
					}
				}
			case []any:
				for _, y := range x {
					walk(y)
				}
			case string:
				if !strings.Contains(all.String(), x) {
					t.Errorf("%s: no table says %q", name, x)
				}
			}
		}
		walk(v)
	}
}

func TestCSV(t *testing.T) {
	table := data.Table{Name: "x", Columns: []string{"id", "text_ja"}, Rows: [][]string{
		{"1", "a,b"}, {"2", `say "so"`}, {"3", "two\nlines"}, {"4", "=HYPERLINK(1)"}, {"5", "'=1"}, {"6", " =1"}, {"7", "'quoted'"}, {"8", ""}, {"9", "＝１"}, {"10", "\t=1"}, {"11", "a-b"}}}
	got, n := table.CSV(data.CSVOptions{BOM: true})
	want := "\ufeffid,text_ja\r\n1,\"a,b\"\r\n2,\"say \"\"so\"\"\"\r\n3,\"two\nlines\"\r\n4,'=HYPERLINK(1)\r\n5,''=1\r\n6,' =1\r\n7,'quoted'\r\n8,\r\n9,'＝１\r\n10,'\t=1\r\n11,a-b\r\n"
	if string(got) != want || n != 5 {
		t.Errorf("%d escaped:\n%q, want\n%q", n, got, want)
	}
}

// TestStable: the same guide gives the same bytes.
func TestStable(t *testing.T) {
	for range 3 {
		cat := load(t, "content")
		if !bytes.Equal(document(t, data.New(cat)), document(t, data.New(load(t, "content")))) {
			t.Fatal("two documents of one guide differ")
		}
		if !reflect.DeepEqual(data.New(cat).Tables(), data.New(cat).Tables()) {
			t.Fatal("two sets of tables of one guide differ")
		}
	}
}

func FuzzCSV(f *testing.F) {
	for _, s := range []string{"=1", "'", "''=", "a\r\nb", "\"", "\ufeff=1", "　＝"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		table := data.Table{Columns: []string{"a", "b"}, Rows: [][]string{{s, "x"}}}
		out, _ := table.CSV(data.CSVOptions{})
		got, err := csv.NewReader(bytes.NewReader(out)).ReadAll()
		if err != nil {
			t.Fatal(err)
		}
		// The reader makes LF of CR LF, as it says.
		if want := strings.ReplaceAll(s, "\r\n", "\n"); data.Unquote(got[1][0]) != want {
			t.Errorf("%q came back as %q", s, data.Unquote(got[1][0]))
		}
	})
}
