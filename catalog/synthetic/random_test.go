package synthetic_test

import (
	"context"
	"reflect"
	"testing"
	"testing/fstest"

	"riskguide/catalog"
	"riskguide/catalog/edition"
	"riskguide/catalog/synthetic"
)

// TestRandom: every guide assembles, is what its seed says, and survives being
// written and read; together they say everything that a source can say.
func TestRandom(t *testing.T) {
	said := map[string]bool{}
	var fields func(v reflect.Value)
	fields = func(v reflect.Value) {
		switch v.Kind() {
		case reflect.Pointer:
			if !v.IsNil() {
				fields(v.Elem())
			}
		case reflect.Slice:
			for i := range v.Len() {
				fields(v.Index(i))
			}
		case reflect.Struct:
			for i := range v.NumField() {
				f := v.Type().Field(i)
				if !f.IsExported() || f.Type == reflect.TypeFor[catalog.Position]() || f.Name == "Parent" {
					continue
				}
				name := v.Type().Name() + "." + f.Name
				said[name] = said[name] || !v.Field(i).IsZero()
				fields(v.Field(i))
			}
		}
	}
	for seed := range uint64(60) {
		src := synthetic.Random(seed)
		if _, ps := catalog.Assemble(src); ps.HasErrors() {
			t.Fatalf("seed %d: %v", seed, ps.ErrorsOnly())
		}
		if n := len(edition.Compare(src, synthetic.Random(seed))); n > 0 {
			t.Fatalf("seed %d gives two guides", seed)
		}
		files, err := catalog.WriteFiles(src)
		if err != nil {
			t.Fatalf("seed %d: %v", seed, err)
		}
		folder := fstest.MapFS{}
		for name, data := range files {
			folder[name] = &fstest.MapFile{Data: data}
		}
		again, ps := catalog.LoadSource(context.Background(), folder, catalog.LoadOptions{})
		if ps.HasErrors() {
			t.Fatalf("seed %d: %v", seed, ps)
		}
		for _, c := range edition.Compare(src, again) {
			t.Errorf("seed %d: %s", seed, c)
		}
		fields(reflect.ValueOf(src))
	}
	// What only links, or is another way to say the same.
	for _, f := range []string{"Control.Clause", "Control.CitedBy", "Control.Enhances", "Control.Enhancements",
		"Control.RelatedTo", "Control.Cites", "Vulnerability.Rows", "SourceControlCitation.Through"} {
		delete(said, f)
	}
	for f, is := range said {
		if !is {
			t.Errorf("no guide sets %s", f)
		}
	}
	if len(said) < 60 {
		t.Errorf("only %d fields were seen", len(said))
	}
}
