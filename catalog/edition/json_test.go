package edition_test

import (
	"bytes"
	"encoding/json"
	"math/rand/v2"
	"reflect"
	"testing"

	"github.com/santhosh-tekuri/jsonschema/v6"

	"riskguide/catalog/edition"
	"riskguide/catalog/schema"
	"riskguide/catalog/schema/schematest"
)

// TestJSON checks what is written against the schema, and that the changes that
// are read back can be applied.
func TestJSON(t *testing.T) {
	f, ok := schema.Lookup("diff")
	if !ok {
		t.Fatal("there is no schema of comparisons")
	}
	s := schematest.Compile(t, f.Name, f.Data)
	for seed := range 20 {
		m := &mutator{Rand: rand.New(rand.NewPCG(uint64(seed), 9))}
		a, b := clone(load(t)), clone(load(t))
		for range 8 * (seed % 3) {
			m.mutate(b)
		}
		var out bytes.Buffer
		if err := edition.WriteJSON(&out, edition.Document{Old: edition.NewSide("old", a), New: edition.NewSide("new", b),
			Changes: edition.Compare(a, b)}); err != nil {
			t.Fatal(err)
		}
		v, err := jsonschema.UnmarshalJSON(bytes.NewReader(out.Bytes()))
		if err != nil {
			t.Fatal(err)
		}
		if err := s.Validate(v); err != nil {
			t.Fatalf("seed %d: %v", seed, err)
		}
		var d edition.Document
		if err := json.Unmarshal(out.Bytes(), &d); err != nil {
			t.Fatal(err)
		}
		got, err := edition.Apply(a, d.Changes)
		if err != nil {
			t.Fatalf("seed %d: %v", seed, err)
		}
		if !reflect.DeepEqual(plain(got), plain(b)) {
			t.Fatalf("seed %d: the changes read back do not give the new source", seed)
		}
	}
}
