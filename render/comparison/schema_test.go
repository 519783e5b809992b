package comparison

import (
	"bytes"
	"testing"

	"github.com/santhosh-tekuri/jsonschema/v6"

	"riskguide/catalog/schema"
	"riskguide/catalog/schema/schematest"
)

// TestJSONSchema: what is written is what the schema says, and a key that it does
// not know is refused.
func TestJSONSchema(t *testing.T) {
	f, ok := schema.Lookup("comparison")
	if !ok {
		t.Fatal("there is no schema")
	}
	s := schematest.Compile(t, f.Name, f.Data)
	data, err := JSON(view(t, "ja"))
	if err != nil {
		t.Fatal(err)
	}
	v, err := jsonschema.UnmarshalJSON(bytes.NewReader(data))
	if err != nil {
		t.Fatal(err)
	}
	if err := s.Validate(v); err != nil {
		t.Error(err)
	}
	v.(map[string]any)["other"] = 1
	if s.Validate(v) == nil {
		t.Error("an unknown key is accepted")
	}
}
