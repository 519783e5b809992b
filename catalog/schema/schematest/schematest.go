// Package schematest compiles JSON Schemas for tests of what is written by them.
package schematest

import (
	"bytes"
	"testing"

	"github.com/santhosh-tekuri/jsonschema/v6"
)

// Compile compiles a schema that needs no other, such as a schema.File, with formats
// such as dates asserted. Name is the name of its file, for messages. What is no
// schema ends the test.
func Compile(t testing.TB, name string, data []byte) *jsonschema.Schema {
	t.Helper()
	doc, err := jsonschema.UnmarshalJSON(bytes.NewReader(data))
	if err != nil {
		t.Fatalf("%s: %v", name, err)
	}
	c := jsonschema.NewCompiler()
	c.AssertFormat()
	if err := c.AddResource("file:///"+name, doc); err != nil {
		t.Fatalf("%s: %v", name, err)
	}
	s, err := c.Compile("file:///" + name)
	if err != nil {
		t.Fatalf("%s: %v", name, err)
	}
	return s
}
